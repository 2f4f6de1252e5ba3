/* Reports as kept: the newest version, the history, all of a period. */
#include "inside.h"

static bool read_entries(const filing *f, text prefix, bool with_history, filing_report **ret, size_t *ret_count, heng_err *err)
{
    book_entry_row *rows;
    size_t n;
    if (!book_entries(f->b, f->a, FILING_KIND, prefix, f->known_us, with_history, &rows, &n, err)) return false;
    *ret = NEW_ARRAY(f->a, n + 1, filing_report);
    for (size_t i = 0; i < n; i++)
        if (!filing_body_read(f, &rows[i], &(*ret)[i], err)) return false;
    *ret_count = n;
    return true;
}

static bool is_of(const filing_report *x, int form, int32_t party, period when) { return x->form == form && x->party == party && x->when.start_us == when.start_us && x->when.end_us == when.end_us; }

bool filing_load(const filing *f, int form, int32_t party, period when, filing_report *ret, heng_err *err)
{
    filing_report *all;
    size_t n;
    *ret = (filing_report){.form = form, .party = party, .when = when};
    if (!read_entries(f, filing_key(f->a, f, form, party, when), false, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (is_of(&all[i], form, party, when)) *ret = all[i];
    return true;
}

bool filing_history(const filing *f, int form, int32_t party, period when, filing_report **ret, size_t *ret_count, heng_err *err)
{
    filing_report *all;
    size_t n, kept = 0;
    if (!read_entries(f, filing_key(f->a, f, form, party, when), true, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (is_of(&all[i], form, party, when)) all[kept++] = all[i];
    *ret = all, *ret_count = kept;
    return true;
}

/* The key of a month begins as that of its year does. */
bool filing_load_all(const filing *f, int form, period when, filing_report **ret, size_t *ret_count, heng_err *err)
{
    filing_report *all;
    size_t n, kept = 0;
    if (!read_entries(f, text_of(arena_printf(f->a, "%.*s/%.*s", TEXT_FMT(f->forms[form].id), TEXT_FMT(period_format(f->a, f->zone, when)))), false, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].form == form && period_contains(when, all[i].when)) all[kept++] = all[i];
    *ret = all, *ret_count = kept;
    return true;
}

bool filing_since(const filing *f, int form, bool *ret_any, period *ret, heng_err *err)
{
    book_entry_row *rows;
    size_t n;
    *ret_any = false;
    if (!book_entries(f->b, f->a, FILING_SINCE_KIND, f->forms[form].id, f->known_us, false, &rows, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(rows[i].key, f->forms[form].id) || !rows[i].body.len) continue;
        if (!filing_period_want(f, form, rows[i].body, ret, err)) return false;
        *ret_any = true;
    }
    return true;
}

bool filing_want_report(const filing *f, const filing_report *x, heng_err *err)
{
    return x->state != FILING_MISSING || err_fill(err, &MSG_FILING_NO_REPORT, filing_party_words(f, x->party), filing_period_str(f, x->when), NULL);
}

bool filing_is_in(const filing_report *x) { return x->state == FILING_FILLED || x->state == FILING_CHECKED || x->state == FILING_APPROVED; }

bool filing_is_late(const filing *f, const filing_report *x) { return x->version > 0 && x->state != FILING_MISSING && x->first_received > filing_due_day(f, x->form, x->when); }

const rat *filing_value(const filing_report *x, int32_t commodity, int column)
{
    for (size_t i = 0; i < x->row_count; i++)
        if (x->rows[i].commodity == commodity) return x->rows[i].values[column];
    return NULL;
}
