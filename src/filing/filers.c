/* Who must file: named one by one by report_filers.csv, else all of the classes and roles of the form. */
#include <stdlib.h>
#include "inside.h"

static bool is_listed(text list, text id)
{
    while (list.len)
        if (text_equal(text_trim(text_next(&list, ';')), id)) return true;
    return false;
}

static bool fits(const filing *f, const rule_report_form *form, const book_party *p)
{
    text role = p->role >= 0 ? f->r->roles[p->role].id : (text){0};
    if (form->filer_classes.len && !is_listed(form->filer_classes, f->r->party_classes[p->class_].id)) return false;
    return !form->filer_roles.len || (role.len && is_listed(form->filer_roles, role));
}

/* Parties that the pack names for the form; *ret_any: it names some. */
static void named(const filing *f, const rule_report_form *form, int32_t day, bool *ret, bool *ret_any)
{
    const rule_row *const *rows;
    size_t n = rule_rows(f->r, "report_filers", &rows);
    *ret_any = false;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(rule_cell(rows[i], "form"), form->id)) continue;
        *ret_any = true;
        int32_t p = book_party_find(f->b, rule_cell(rows[i], "party"));
        if (p >= 0 && (size_t)p < f->parties.count && rows[i]->valid_from <= day && day <= rows[i]->valid_to) ret[p] = true;
    }
}

static int by_code(const void *x, const void *y)
{
    const book_party *const *a = x, *const *b = y;
    return text_compare((*a)->code, (*b)->code);
}

bool filing_filers(filing *f, int form, period when, int32_t root, int32_t **ret, size_t *ret_count, heng_err *err)
{
    bool any;
    if (!filing_at(f, when, err)) return false;
    bool *is_named = NEW_ARRAY(f->a, f->parties.count + 1, bool), *inside = root >= 0 ? book_subtree(f->a, &f->parties, BOOK_BY_PLACE, root) : NULL;
    const book_party **found = NEW_ARRAY(f->a, f->parties.count + 1, const book_party *);
    size_t n = 0;
    named(f, &f->forms[form], f->parties_day, is_named, &any);
    for (size_t i = 0; i < f->parties.count; i++) {
        const book_party *p = &f->parties.items[i];
        bool files = p->class_ >= 0 && (any ? is_named[i] : fits(f, &f->forms[form], p));
        if (files && (!inside || inside[i])) found[n++] = p;
    }
    if (n) qsort(found, n, sizeof *found, by_code);
    *ret = NEW_ARRAY(f->a, n + 1, int32_t);
    for (size_t i = 0; i < n; i++) (*ret)[i] = found[i]->id;
    *ret_count = n;
    return true;
}

bool filing_filer_want(filing *f, int form, period when, int32_t party, heng_err *err)
{
    int32_t *all;
    size_t n;
    if (!filing_filers(f, form, when, BOOK_NONE, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (all[i] == party) return true;
    return err_fill(err, &MSG_FILING_NO_FILER, filing_party_words(f, party), filing_form_words(f, form), NULL);
}
