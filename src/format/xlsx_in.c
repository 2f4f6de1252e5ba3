/* XLSX in: from the package's relationships to the workbook and its sheets. */
#include <stdio.h>
#include "messages.h"
#include "package.h"
#include "xlsx.h"

static const int64_t INFLATED_MAX = (int64_t)2 << 30;

static void ignore_end(void *ctx, xml_in *xml, const char *name) { (void)ctx, (void)xml, (void)name; }

static const char *copy_or_empty(arena *a, const char *s) { return s ? arena_copy(a, s, strlen(s)) : ""; }

typedef struct workbook_in {
    arena *a;
    xlsx *x;
    const char *part;
    const relations *relations;
} workbook_in;

static bool is_true(const char *s) { return s && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0); }

static const char *relation_id(const char **attributes)
{
    for (; *attributes; attributes += 2) { /* r:id, and not the plain id that some programs add */
        const char *colon = strchr(*attributes, ':');
        if (colon && strcmp(colon, ":id") == 0) return attributes[1];
    }
    return NULL;
}

static void workbook_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    (void)xml;
    workbook_in *w = ctx;
    if (strcmp(name, "workbookPr") == 0) w->x->is_1904 = is_true(xml_attribute(attributes, "date1904"));
    if (strcmp(name, "sheet") != 0) return;
    const char *id = relation_id(attributes), *state = xml_attribute(attributes, "state");
    const relation *r = id ? relation_with_id(w->relations, id) : NULL;
    if (!r || !relation_is(r, "worksheet")) return; /* chart sheets and dialogs hold no rows */
    xlsx_sheet_info *s = ARENA_PUSH(w->a, w->x->sheets, w->x->sheet_count, w->x->sheet_max);
    s->name = text_of(copy_or_empty(w->a, xml_attribute(attributes, "name")));
    s->part = package_resolve(w->a, w->part, r->target);
    s->is_hidden = state && strcmp(state, "visible") != 0;
}

static bool workbook_find(arena *a, zip_in *z, const char **ret, heng_err *err)
{
    relations root;
    if (!relations_load(a, z, "_rels/.rels", &root, err)) return false;
    const relation *r = relation_of_type(&root, "officeDocument");
    *ret = r ? package_resolve(a, "", r->target) : "xl/workbook.xml";
    if (zip_in_has(z, *ret) && strstr(*ret, "workbook")) return true;
    return err_fill(err, zip_in_has(z, "[Content_Types].xml") && !zip_in_has(z, *ret) ? &MSG_XLSX_PART : &MSG_XLSX_NOT, *ret, NULL, NULL);
}

static bool sheet_missing(arena *a, const xlsx *x, text wanted, heng_err *err)
{
    text_buf names = {.a = a};
    for (size_t i = 0; i < x->sheet_count; i++) {
        if (i > 0) buf_str(&names, ", ");
        buf_add(&names, x->sheets[i].name);
    }
    return err_fill(err, &MSG_XLSX_SHEET, text_str(a, wanted), NULL, text_str(a, buf_text(&names)));
}

static bool choose_sheet(arena *a, xlsx *x, text wanted, heng_err *err)
{
    if (x->sheet_count == 0) return err_fill(err, &MSG_XLSX_NO_SHEET, NULL, NULL, NULL);
    for (size_t i = 0; i < x->sheet_count; i++) {
        bool fits = wanted.len > 0 ? text_equal(x->sheets[i].name, wanted) : !x->sheets[i].is_hidden;
        if (!fits) continue;
        x->current = i;
        return true;
    }
    return wanted.len == 0 || sheet_missing(a, x, wanted, err);
}

static bool load_tables(arena *a, xlsx *x, const char *workbook, const relations *r, heng_err *err)
{
    const relation *strings = relation_of_type(r, "sharedStrings"), *styles = relation_of_type(r, "styles");
    if (strings && !xlsx_strings_load(a, x, package_resolve(a, workbook, strings->target), err)) return false;
    return !styles || xlsx_styles_load(a, x, package_resolve(a, workbook, styles->target), err);
}

static void free_c_locale(void *x) { freelocale(((xlsx *)x)->c_locale); }

bool xlsx_open(table *t, heng_err *err)
{
    static const xml_events EVENTS = {workbook_start, ignore_end, NULL};
    arena *a = &t->mem;
    xlsx *x = NEW(a, xlsx);
    const char *workbook = NULL;
    relations r;
    int64_t inflated_max = t->options.bytes_max > 0 ? t->options.bytes_max : INFLATED_MAX;
    if (!zip_in_open(a, t->bytes, inflated_max, &x->zip, err) || !workbook_find(a, x->zip, &workbook, err)) return false;
    x->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    must(x->c_locale);
    arena_on_free(a, free_c_locale, x);
    if (!relations_load(a, x->zip, package_rels_name(a, workbook), &r, err)) return false;
    workbook_in w = {.a = a, .x = x, .part = workbook, .relations = &r};
    if (!xml_all(x->zip, workbook, &EVENTS, &w, err) || !choose_sheet(a, x, t->options.sheet, err)) return false;
    if (!load_tables(a, x, workbook, &r, err)) return false;
    t->xlsx = x;
    return true;
}

size_t xlsx_sheet_count(const xlsx *x) { return x->sheet_count; }

text xlsx_sheet_name(const xlsx *x, size_t i) { return i < x->sheet_count ? x->sheets[i].name : TEXT(""); }

bool xlsx_sheet_is_hidden(const xlsx *x, size_t i) { return i < x->sheet_count && x->sheets[i].is_hidden; }

size_t xlsx_sheet_current(const xlsx *x) { return x->current; }
