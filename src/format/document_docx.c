/*
 * Word processor files in (Office Open XML): libzip and expat.
 *
 * A paragraph (w:p) is a block, in a table (w:tbl) part of its cell. Text boxes stand as paragraphs of their own before the paragraph that anchors
 * them; the copy that old programs would read (mc:Fallback) is left out, like tracked deletions (w:del, w:moveFrom) and hidden text. A line
 * break inside a paragraph parts it in two, in a centred title it joins. Numbers that the program makes are written out (document_numbering.c).
 * Headers and footers of the pages are furniture; they come first and last. Not here: comments, footnotes, drawings.
 */
#include "document_docx.h"
#include <stdlib.h>
#include <string.h>
#include "messages.h"
#include "package.h"
#include "table_in.h"

enum { PARAGRAPH_DEPTH_MAX = 16, TITLE_HALF_POINTS = 36, HEADING_CHARS_MAX = 80 };

typedef struct docx_paragraph {
    text_buf content;
    docx_format format;     /* of the paragraph, with its style filled in at its end */
    const char *style;
    bool is_run, run_is_bold, run_is_hidden, in_text;
    size_t bold_bytes, large_bytes;
    int32_t run_half_points;
    bool mark_is_deleted, in_properties;
} docx_paragraph;

typedef struct docx_cell { text_buf content; int32_t span; bool goes_on, starts_merge; } docx_cell;
typedef struct docx_table {
    int32_t number, row, column;
    docx_cell cell;
    bool in_cell;
    size_t *starts;         /* by column: block (plus 1) that a vertical merge belongs to; 0 = none */
    size_t base;            /* depth of paragraphs outside of it */
} docx_table;

typedef struct docx {
    document_out *o;
    arena *a;               /* while reading */
    docx_styles styles;
    docx_numbering numbering;
    docx_paragraph paragraphs[PARAGRAPH_DEPTH_MAX];
    docx_table tables[DOCUMENT_TABLE_DEPTH_MAX];
    size_t paragraph_depth, table_depth;
    int skipped;            /* elements that are left out, one in another */
    bool is_furniture;
} docx;

static docx_paragraph *paragraph_now(docx *d) { return d->paragraph_depth > 0 ? &d->paragraphs[d->paragraph_depth - 1] : NULL; }
static docx_table *table_now(docx *d) { return d->table_depth > 0 ? &d->tables[d->table_depth - 1] : NULL; }

static void fail_depth(xml_in *x, int64_t max)
{
    fail_limit(xml_err(x), &MSG_DOCUMENT_BLOCKS, NULL, max);
    xml_stop(x);
}

bool docx_is_on(const char **attributes)
{
    const char *value = xml_attribute(attributes, "val");
    return !value || (strcmp(value, "0") != 0 && strcmp(value, "false") != 0 && strcmp(value, "none") != 0 && strcmp(value, "off") != 0);
}

int32_t docx_value(const char **attributes, int32_t otherwise)
{
    const char *value = xml_attribute(attributes, "val");
    bool ok = false;
    int64_t n = value ? text_to_i64(text_of(value), &ok) : 0;
    return ok && n >= INT32_MIN && n <= INT32_MAX ? (int32_t)n : otherwise;
}

/* Paragraphs */

static void paragraph_start(docx *d, xml_in *x)
{
    docx_paragraph *p;
    if (d->paragraph_depth == PARAGRAPH_DEPTH_MAX) {
        fail_depth(x, PARAGRAPH_DEPTH_MAX);
        return;
    }
    p = &d->paragraphs[d->paragraph_depth++];
    bool goes_on = p->mark_is_deleted && p->content.len > 0; /* its mark was deleted: this paragraph is one with the one before */
    size_t kept = goes_on ? p->content.len : 0;
    text_buf content = p->content;
    content.a = d->a;
    content.len = kept;
    *p = (docx_paragraph){.content = content, .format = DOCX_FORMAT_NONE};
}

static bool in_cell(const docx *d)
{
    const docx_table *t = d->table_depth > 0 ? &d->tables[d->table_depth - 1] : NULL;
    return t && t->in_cell && d->paragraph_depth >= t->base;
}

static void add_paragraph(docx *d, xml_in *x, text content, bool is_heading)
{
    content = text_trim(content);
    if (content.len == 0) return;
    if (in_cell(d)) {
        text_buf *cell = &table_now(d)->cell.content;
        if (cell->len > 0) buf_char(cell, '\n');
        buf_add(cell, content);
        return;
    }
    if (d->o->count >= DOCUMENT_BLOCKS_MAX) fail_depth(x, DOCUMENT_BLOCKS_MAX);
    document_add(d->o, d->is_furniture ? BLOCK_FURNITURE : BLOCK_PARAGRAPH, text_copy(d->o->a, content))->looks_like_heading = is_heading && !d->is_furniture;
}

static bool is_heading(const docx_paragraph *p)
{
    text t = text_trim(buf_text(&p->content));
    if (t.len == 0 || text_chars(t) > HEADING_CHARS_MAX) return false;
    if (p->format.outline >= 0 && p->format.outline < 9) return true;
    bool stands_out = p->bold_bytes * 10 >= t.len * 8 || p->large_bytes * 10 >= t.len * 8;
    return p->format.centred == 1 && stands_out;
}

/* Line breaks part a paragraph in two, except in a title. */
static void add_split(docx *d, xml_in *x, docx_paragraph *p, bool heading)
{
    text rest = buf_text(&p->content);
    if (p->format.centred != 1) {
        while (rest.len > 0) {
            text line = text_next(&rest, '\n');
            add_paragraph(d, x, line, heading);
        }
        return;
    }
    text_buf joined = {.a = d->a};
    while (rest.len > 0) buf_join(&joined, text_next(&rest, '\n'), GAP_LINE_BREAK);
    add_paragraph(d, x, buf_text(&joined), heading);
}

static void paragraph_end(docx *d, xml_in *x)
{
    docx_paragraph *p = paragraph_now(d);
    if (!p) return;
    if (p->mark_is_deleted) {
        d->paragraph_depth--;
        return;
    }
    docx_format_fill(&p->format, &d->styles, p->style);
    text number = d->is_furniture ? TEXT("") : docx_number(d->a, &d->numbering, &p->format, text_trim(buf_text(&p->content)).len > 0);
    if (number.len > 0) {
        text body = text_copy(d->a, buf_text(&p->content));
        p->content.len = 0;
        buf_add(&p->content, number);
        buf_add(&p->content, body);
    }
    add_split(d, x, p, is_heading(p));
    d->paragraph_depth--;
    p->content.len = 0;
}

/* Tables */

static void table_start(docx *d, xml_in *x)
{
    if (d->table_depth == DOCUMENT_TABLE_DEPTH_MAX) {
        fail_depth(x, DOCUMENT_TABLE_DEPTH_MAX);
        return;
    }
    docx_table *t = &d->tables[d->table_depth++];
    size_t *starts = t->starts ? t->starts : NEW_ARRAY(d->a, DOCUMENT_COLUMNS_MAX + 1, size_t); /* used again by the next table of this depth */
    memset(starts, 0, (DOCUMENT_COLUMNS_MAX + 1) * sizeof *starts);
    *t = (docx_table){.number = ++d->o->table_count, .base = d->paragraph_depth, .starts = starts};
}

static void cell_start(docx *d)
{
    docx_table *t = table_now(d);
    if (!t) return;
    t->cell = (docx_cell){.content = {.a = d->a}, .span = 1};
    t->in_cell = true;
}

static bool column_fits(docx_table *t, int32_t span, xml_in *x)
{
    if (span >= 0 && span <= DOCUMENT_COLUMNS_MAX && t->column + span <= DOCUMENT_COLUMNS_MAX) return true;
    fail_limit(xml_err(x), &MSG_COLUMNS_TOO_MANY, NULL, DOCUMENT_COLUMNS_MAX);
    xml_stop(x);
    return false;
}

static void cell_end(docx *d, xml_in *x)
{
    docx_table *t = table_now(d);
    if (!t || !t->in_cell) return;
    docx_cell *c = &t->cell;
    t->in_cell = false;
    if (!column_fits(t, c->span < 1 ? 1 : c->span, x)) return;
    text content = text_trim(buf_text(&c->content));
    size_t *start = &t->starts[t->column];
    if (c->goes_on && *start > 0) {
        d->o->blocks[*start - 1].row_span++;
    } else if (content.len > 0 || c->starts_merge) {
        document_block *b = document_add(d->o, d->is_furniture ? BLOCK_FURNITURE : BLOCK_CELL, text_copy(d->o->a, content));
        b->table = t->number;
        b->row = t->row;
        b->column = t->column + 1;
        b->column_span = c->span < 1 ? 1 : c->span;
        *start = c->starts_merge ? d->o->count : 0;
    } else {
        *start = 0;
    }
    t->column += c->span < 1 ? 1 : c->span;
    if (d->o->count >= DOCUMENT_BLOCKS_MAX) fail_depth(x, DOCUMENT_BLOCKS_MAX);
}

static void table_property(docx *d, xml_in *x, const char *name, const char **attributes)
{
    docx_table *t = table_now(d);
    if (!t) return;
    if (strcmp(name, "tr") == 0) {
        t->row++;
        t->column = 0;
    } else if (strcmp(name, "gridSpan") == 0) {
        t->cell.span = docx_value(attributes, 1);
    } else if (strcmp(name, "gridBefore") == 0) {
        int32_t before = docx_value(attributes, 0);
        if (column_fits(t, before, x)) t->column += before;
    } else if (strcmp(name, "vMerge") == 0) {
        const char *value = xml_attribute(attributes, "val");
        t->cell.starts_merge = value && strcmp(value, "restart") == 0;
        t->cell.goes_on = !t->cell.starts_merge;
    }
}

/* Runs */

static void run_property(docx_paragraph *p, const char *name, const char **attributes)
{
    if (strcmp(name, "b") == 0) p->run_is_bold = docx_is_on(attributes);
    else if (strcmp(name, "vanish") == 0) p->run_is_hidden = docx_is_on(attributes);
    else if (strcmp(name, "sz") == 0) p->run_half_points = docx_value(attributes, 0);
}

static void add_mark(docx_paragraph *p, const char *name, const char **attributes)
{
    const char *type = xml_attribute(attributes, "type");
    if (p->run_is_hidden) return;
    if (strcmp(name, "tab") == 0 || strcmp(name, "ptab") == 0) buf_char(&p->content, ' ');
    else if (strcmp(name, "noBreakHyphen") == 0) buf_char(&p->content, '-');
    else if (strcmp(name, "cr") == 0 || (strcmp(name, "br") == 0 && (!type || strcmp(type, "textWrapping") == 0))) buf_char(&p->content, '\n');
}

static void paragraph_element(docx_paragraph *p, arena *a, const char *name, const char **attributes)
{
    const char *value = xml_attribute(attributes, "val");
    if (strcmp(name, "pPr") == 0) p->in_properties = true;
    else if (strcmp(name, "r") == 0) {
        p->is_run = true;
        p->run_is_bold = p->run_is_hidden = false;
        p->run_half_points = 0;
    } else if (p->in_properties && strcmp(name, "pStyle") == 0) p->style = value ? arena_copy(a, value, strlen(value)) : NULL;
    else if (p->in_properties) docx_format_read(&p->format, name, attributes);
    else if (p->is_run && strcmp(name, "t") == 0) p->in_text = true;
    else if (p->is_run) {
        run_property(p, name, attributes);
        add_mark(p, name, attributes);
    }
}

static bool is_skipped(const char *name)
{
    static const char *const SKIPPED[] = {"del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "tblPrChange", "tcPrChange", "trPrChange", "sectPr", "rubyPr", "rt"};
    for (size_t i = 0; i < sizeof SKIPPED / sizeof *SKIPPED; i++)
        if (strcmp(name, SKIPPED[i]) == 0) return true;
    return false;
}

static void docx_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    docx *d = ctx;
    docx_paragraph *p = paragraph_now(d);
    if (p && p->in_properties && strcmp(name, "del") == 0) p->mark_is_deleted = true;
    if (is_skipped(name)) d->skipped++;
    if (d->skipped > 0) return;
    if (strcmp(name, "p") == 0) paragraph_start(d, x);
    else if (strcmp(name, "tbl") == 0) table_start(d, x);
    else if (strcmp(name, "tc") == 0) cell_start(d);
    else if (p && (!table_now(d) || d->paragraph_depth > table_now(d)->base)) paragraph_element(p, d->a, name, attributes);
    else table_property(d, x, name, attributes);
}

static void docx_end(void *ctx, xml_in *x, const char *name)
{
    docx *d = ctx;
    docx_paragraph *p = paragraph_now(d);
    if (is_skipped(name)) {
        d->skipped--;
        return;
    }
    if (d->skipped > 0) return;
    if (strcmp(name, "p") == 0) paragraph_end(d, x);
    else if (strcmp(name, "tbl") == 0 && d->table_depth > 0) d->table_depth--;
    else if (strcmp(name, "tc") == 0) cell_end(d, x);
    else if (p && strcmp(name, "pPr") == 0) p->in_properties = false;
    else if (p && strcmp(name, "r") == 0) p->is_run = false;
    else if (p && strcmp(name, "t") == 0) p->in_text = false;
}

static void docx_chars(void *ctx, xml_in *x, const char *s, size_t len)
{
    (void)x;
    docx *d = ctx;
    docx_paragraph *p = paragraph_now(d);
    if (d->skipped > 0 || !p || !p->in_text || p->run_is_hidden) return;
    for (size_t i = 0; i < len; i++) buf_char(&p->content, s[i] == '\n' || s[i] == '\r' || s[i] == '\t' ? ' ' : s[i]);
    if (p->run_is_bold) p->bold_bytes += len;
    if (p->run_half_points >= TITLE_HALF_POINTS) p->large_bytes += len;
}

static bool read_part(docx *d, zip_in *z, const char *part, heng_err *err)
{
    static const xml_events EVENTS = {docx_start, docx_end, docx_chars};
    d->paragraph_depth = d->table_depth = 0;
    d->skipped = 0;
    memset(d->paragraphs, 0, sizeof d->paragraphs);
    return xml_all(z, part, &EVENTS, d, err);
}

static bool read_furniture(docx *d, zip_in *z, const char *main_part, const relations *r, const char *type, heng_err *err)
{
    d->is_furniture = true;
    for (size_t i = 0; i < r->count; i++) {
        if (!relation_is(&r->items[i], type)) continue;
        const char *part = package_resolve(d->a, main_part, r->items[i].target);
        if (zip_in_has(z, part) && !read_part(d, z, part, err)) return false;
    }
    d->is_furniture = false;
    return true;
}

typedef struct title_in { text_buf content; bool in_title; } title_in;
static void title_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    (void)x, (void)attributes;
    ((title_in *)ctx)->in_title = strcmp(name, "title") == 0;
}
static void title_end(void *ctx, xml_in *x, const char *name) { (void)x, (void)name, ((title_in *)ctx)->in_title = false; }
static void title_chars(void *ctx, xml_in *x, const char *s, size_t len)
{
    (void)x;
    title_in *t = ctx;
    if (t->in_title) buf_add(&t->content, (text){s, len});
}

static bool read_title(docx *d, zip_in *z, const relations *root, heng_err *err)
{
    static const xml_events EVENTS = {title_start, title_end, title_chars};
    const relation *r = relation_of_type(root, "core-properties");
    const char *part = r ? package_resolve(d->a, "", r->target) : "docProps/core.xml";
    title_in title = {.content = {.a = d->o->a}};
    if (zip_in_has(z, part) && !xml_all(z, part, &EVENTS, &title, err)) return false;
    d->o->doc->title = text_trim(buf_text(&title.content));
    return true;
}

static bool read_all(docx *d, heng_err *err)
{
    arena *a = d->a;
    zip_in *z = NULL;
    relations root, parts;
    if (!zip_in_open(a, d->o->doc->original, DOCUMENT_INFLATED_MAX, &z, err) || !relations_load(a, z, "_rels/.rels", &root, err)) return false;
    const relation *office = relation_of_type(&root, "officeDocument");
    const char *main_part = office ? package_resolve(a, "", office->target) : "word/document.xml";
    if (!relations_load(a, z, package_rels_name(a, main_part), &parts, err)) return false;
    const relation *styles = relation_of_type(&parts, "styles"), *numbering = relation_of_type(&parts, "numbering");
    if (!docx_styles_load(a, z, styles ? package_resolve(a, main_part, styles->target) : "word/styles.xml", &d->styles, err)) return false;
    if (!docx_numbering_load(a, z, numbering ? package_resolve(a, main_part, numbering->target) : "word/numbering.xml", &d->numbering, err)) return false;
    return read_title(d, z, &root, err) && read_furniture(d, z, main_part, &parts, "header", err) && read_part(d, z, main_part, err) &&
           read_furniture(d, z, main_part, &parts, "footer", err);
}

static bool has_text(const document_out *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->blocks[i].kind != BLOCK_FURNITURE && o->blocks[i].content.len > 0) return true;
    return false;
}

bool document_docx(document_out *o, heng_err *err)
{
    arena work = {0};
    docx *d = NEW(&work, docx);
    d->o = o;
    d->a = &work;
    o->doc->kind = DOCUMENT_DOCX;
    bool ok = read_all(d, err);
    o->doc->has_no_text = ok && !has_text(o);
    arena_free(&work);
    return ok;
}
