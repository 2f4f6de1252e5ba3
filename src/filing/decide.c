/*
 * Checking, returning, approving. Approving posts: each cell of a column that names a kind, less the columns that it takes off, becomes a movement, all in one
 * group with the new version of the report, in one transaction.
 *
 * A cell that the party's meters have too (the column's `meter`, the same energy, the same period) is compared and not posted, so that nothing counts twice;
 * asked for, what is reported above the meters is posted as a remainder, or the cell whole. A report whose cells are all empty or metered posts one movement of
 * 0, so that what an earlier version posted is superseded.
 */
#include "inside.h"

typedef struct approval {
    filing *f;
    filing_report *x;
    const rule_report_form *form;
    const filing_meters *meters;
    const bool *inside;
    filing_metered metered;
    book_movement *items; size_t count, max;
    int64_t compared;
} approval;

/* ---- Steps ---- */

static bool open_report(filing *f, int form, int32_t party, period when, filing_report *ret, heng_err *err)
{
    filing_closing c;
    if (!filing_at(f, when, err) || !filing_closing_of(f, form, when, &c, err)) return false;
    if (c.is_closed) return err_fill(err, &MSG_FILING_CLOSED, filing_form_words(f, form), filing_period_str(f, when), text_str(f->a, c.by));
    if (!filing_load(f, form, party, when, ret, err)) return false;
    return filing_want_report(f, ret, err);
}

static char *state_words(const filing *f, filing_state s) { return text_words(f->a, text_of(filing_state_names[s].zh), text_of(filing_state_names[s].en)); }

static bool want_state(const filing *f, const filing_report *x, filing_state wanted, heng_err *err)
{
    return x->state == wanted || err_fill(err, &MSG_FILING_STATE, state_words(f, x->state), state_words(f, wanted), NULL);
}

static bool other_person(const filing *f, text by, text before, const char *zh, const char *en, heng_err *err)
{
    return !text_equal(by, before) || err_fill(err, &MSG_FILING_SAME_PERSON, text_str(f->a, by), NULL, text_words(f->a, text_of(zh), text_of(en)));
}

static bool post_version(filing *f, const filing_report *x, book_batch *b, book_result *results, book_receipt *ret, heng_err *err)
{
    book_entry entry = {.kind = FILING_KIND, .key = filing_key(f->a, f, x->form, x->party, x->when), .body = filing_body(f->a, f, x)};
    b->source = b->source.len ? b->source : text_of(arena_printf(f->a, "report:%.*s", TEXT_FMT(entry.key)));
    b->all_or_none = true, b->entry_count = 1, b->entries = &entry;
    if (!book_post(f->b, f->a, b, results, ret, err)) return false;
    for (size_t i = 0; i < book_batch_items(b); i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    return true;
}

bool filing_check(filing *f, int form, int32_t party, period when, text by, book_receipt *ret, heng_err *err)
{
    filing_report x;
    book_result result;
    book_batch b = {.note = TEXT("report check")};
    if (!filing_person(by, &by, err) || !open_report(f, form, party, when, &x, err) || !want_state(f, &x, FILING_FILLED, err)) return false;
    if (!other_person(f, by, x.filled_by, "填报", "filled", err)) return false;
    x.state = FILING_CHECKED, x.checked_by = by;
    return post_version(f, &x, &b, &result, ret, err);
}

bool filing_return(filing *f, int form, int32_t party, period when, text by, text reason, book_receipt *ret, heng_err *err)
{
    filing_report x;
    book_result result;
    book_batch b = {.note = TEXT("report return")};
    if (!filing_person(by, &by, err) || !filing_reason_given(reason, "退回报告", "return a report", f->a, err) || !open_report(f, form, party, when, &x, err)) return false;
    if (x.state == FILING_RETURNED) return want_state(f, &x, FILING_FILLED, err); /* an approved one too: it stands until its correction is approved */
    if (!other_person(f, by, x.filled_by, "填报", "filled", err)) return false;
    x.state = FILING_RETURNED, x.decided_by = by, x.reason = text_trim(reason);
    return post_version(f, &x, &b, &result, ret, err);
}

/* ---- Movements ---- */

static bool less_of(const approval *w, const filing_row *row, size_t c, const rat **ret, heng_err *err)
{
    const rule_report_column *k = &w->form->columns[c];
    const rat *v = row->values[c] ? row->values[c] : rat_int(w->f->a, 0);
    for (size_t i = 0; i < k->less_count; i++)
        if (row->values[k->less[i]]) v = rat_sub(w->f->a, v, row->values[k->less[i]]);
    *ret = v;
    if (rat_sign(v) >= 0 || k->kind_less >= 0) return true;
    err_fill(err, &MSG_FILING_LESS, text_words(w->f->a, k->name.zh, k->name.en), text_str(w->f->a, rat_exact(w->f->a, rat_neg(w->f->a, v))), NULL);
    return err_at_row(err, row->row);
}

/* What of a cell is posted, in the unit it is recorded in: all, the rest above the meters, or nothing. */
static bool to_post(approval *w, const filing_row *row, size_t c, const rat *v, int32_t *ret_unit, const rat **ret, heng_err *err)
{
    const rule_report_column *k = &w->form->columns[c];
    if (!filing_recorded(w->f, row->commodity, row->unit, v, ret_unit, ret, err)) return false;
    const rat *metered = k->meter == REPORT_NOT_METERED ? NULL : filing_metered_of(w->meters, w->inside, row->commodity, *ret_unit, k->meter);
    w->compared += metered != NULL;
    if (!metered || w->metered == FILING_ALL) return true;
    const rat *rest = rat_sub(w->f->a, *ret, metered);
    *ret = w->metered == FILING_REMAINDER && rat_sign(rest) > 0 ? rest : rat_int(w->f->a, 0);
    return true;
}

static bool add_cell(approval *w, filing_row *row, size_t c, heng_err *err)
{
    const rule_report_column *k = &w->form->columns[c];
    book_movement m = {.commodity = row->commodity, .basis = BOOK_REPORTED, .when = w->x->when, .row = row->row};
    const rat *v;
    row->posted[c] = false;
    if (k->kind < 0 || !less_of(w, row, c, &v, err)) return k->kind < 0;
    bool is_back = rat_sign(v) < 0;
    if (is_back) v = rat_neg(w->f->a, v);
    if (!to_post(w, row, c, v, &m.unit, &v, err)) return false;
    if (rat_sign(v) == 0) return true;
    m.kind = is_back ? k->kind_less : k->kind;
    if (!filing_ends(w->f, k, w->x->party, is_back ? &m.taker : &m.giver, is_back ? &m.giver : &m.taker, err)) return err_at_row(err, row->row);
    if (!rat_to_scaled(v, w->f->r->units[m.unit].scale, DEC_HALF_EVEN, &m.amount, err)) return err_at_row(err, row->row); /* exact as filled; a remainder of meters is too */
    row->posted[c] = true;
    *ARENA_PUSH(w->f->a, w->items, w->count, w->max) = m;
    return true;
}

/* Something of 0, in place of what an earlier version posted. */
static bool add_nothing(approval *w, heng_err *err)
{
    book_movement m = {.basis = BOOK_REPORTED, .when = w->x->when};
    size_t c = 0;
    while (c < w->form->column_count && w->form->columns[c].kind < 0) c++;
    if (c == w->form->column_count || w->form->row_count == 0) return true; /* a form that posts nothing */
    const rule_report_column *k = &w->form->columns[c];
    m.kind = k->kind, m.commodity = w->form->rows[0].commodity;
    const rat *v;
    if (!filing_recorded(w->f, m.commodity, w->form->rows[0].unit, rat_int(w->f->a, 0), &m.unit, &v, err) || !filing_ends(w->f, k, w->x->party, &m.giver, &m.taker, err)) return false;
    *ARENA_PUSH(w->f->a, w->items, w->count, w->max) = m;
    return true;
}

static bool add_cells(approval *w, heng_err *err)
{
    for (size_t i = 0; i < w->x->row_count; i++)
        for (size_t c = 0; c < w->form->column_count; c++)
            if (!add_cell(w, &w->x->rows[i], c, err)) return false;
    return w->count > 0 || w->x->approved_version == 0 || add_nothing(w, err);
}

/* Stock parties that are new must be there before the movements are judged: names and numbers are asked for again. */
static bool prepare(approval *w, heng_err *err)
{
    filing *f = w->f;
    if (!filing_at(f, w->x->when, err) || !filing_meters_load(f, w->x->when, &w->meters, err)) return false;
    w->inside = book_subtree(f->a, &f->parties, BOOK_BY_PLACE, w->x->party);
    w->count = 0, w->compared = 0;
    return add_cells(w, err);
}

static bool may_approve(filing *f, const filing_report *x, text by, heng_err *err)
{
    bool checked = x->state == FILING_CHECKED || x->state == FILING_APPROVED; /* approved again: meters have come since */
    if (!checked) return want_state(f, x, FILING_CHECKED, err);
    if (!other_person(f, by, x->filled_by, "填报", "filled", err)) return false;
    return f->forms[x->form].people < 3 || other_person(f, by, x->checked_by, "审核", "checked", err);
}

static bool post_approval(approval *w, text by, filing_posted *ret, heng_err *err)
{
    filing *f = w->f;
    book_delivery d;
    text bytes = {0}, key = filing_key(f->a, f, w->x->form, w->x->party, w->x->when);
    if (w->x->delivery > 0 && !book_delivery_bytes(f->b, f->a, w->x->delivery, &d, &bytes, err)) return false;
    book_group group = {.ext_id = key, .movements = w->items, .count = w->count};
    book_batch b = {.source = FILING_SOURCE, .file = w->x->file, .sheet = w->x->sheet, .bytes = bytes, .note = TEXT("report approve"), .supersede = true, .group_count = w->count > 0, .groups = &group};
    book_result results[2] = {{0}};
    w->x->state = FILING_APPROVED, w->x->decided_by = by;
    w->x->approved_version = w->x->version + 1;
    if (!post_version(f, w->x, &b, results, &ret->receipt, err)) return false;
    ret->movements = (int64_t)w->count, ret->compared = w->compared, ret->restated = ret->receipt.restated;
    ret->below_zero = w->count > 0 && results[0].goes_below_zero;
    return true;
}

/* Whether what is posted falls into a closed period is known before: it belongs to the kept version. */
static bool mark_restated(approval *w, heng_err *err)
{
    book_closing_row *rows;
    size_t n;
    if (!book_closings(w->f->b, w->f->a, BOOK_KNOWN_NOW, &rows, &n, err)) return false;
    w->x->restated = 0;
    for (size_t i = 0; i < n && w->x->restated == 0; i++) {
        const bool *inside = book_subtree(w->f->a, &w->f->parties, BOOK_BY_PLACE, rows[i].party);
        if (!rows[i].reopened_us && inside[w->x->party] && period_overlaps(rows[i].when, w->x->when)) w->x->restated = (int64_t)w->count;
    }
    return true;
}

bool filing_approve(filing *f, int form, int32_t party, period when, text by, filing_metered metered, filing_posted *ret, heng_err *err)
{
    filing_report x;
    *ret = (filing_posted){0};
    if (!filing_person(by, &by, err) || !open_report(f, form, party, when, &x, err) || !may_approve(f, &x, by, err)) return false;
    approval w = {.f = f, .x = &x, .form = &f->forms[form], .metered = metered};
    return prepare(&w, err) && filing_at(f, when, err) && mark_restated(&w, err) && post_approval(&w, by, ret, err);
}
