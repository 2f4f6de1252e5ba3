/* How much of what must be filed is there, and totals over it. */
#include "inside.h"

static void count_report(const filing *f, const filing_report *x, filing_count *c)
{
    c->wanted++;
    bool has_approved = x->approved_version > 0;
    c->in += filing_is_in(x) || has_approved;
    c->approved += x->state == FILING_APPROVED;
    c->waiting += x->state == FILING_FILLED || x->state == FILING_CHECKED;
    c->returned += x->state == FILING_RETURNED;
    c->missing += x->state == FILING_MISSING;
    c->late += filing_is_late(f, x);
    c->corrected += has_approved && (x->state != FILING_APPROVED || x->restated > 0);
}

/* A correction that was sent back leaves what was approved before. */
static bool standing(const filing *f, filing_report *x, heng_err *err)
{
    filing_report *all;
    size_t n;
    if (x->state != FILING_RETURNED || x->approved_version == 0) return true;
    if (!filing_history(f, x->form, x->party, x->when, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].version == x->approved_version) x->rows = all[i].rows, x->row_count = all[i].row_count;
    return true;
}

bool filing_status_of(filing *f, int form, period when, int32_t root, filing_status *ret, heng_err *err)
{
    int32_t *filers;
    filing_report *all;
    size_t n, m;
    *ret = (filing_status){0};
    if (!filing_filers(f, form, when, root, &filers, &n, err) || !filing_load_all(f, form, when, &all, &m, err)) return false;
    ret->reports = NEW_ARRAY(f->a, n + 1, filing_report);
    for (size_t i = 0; i < n; i++) {
        filing_report *x = &ret->reports[ret->row_count++];
        *x = (filing_report){.form = form, .party = filers[i], .when = when};
        for (size_t k = 0; k < m; k++)
            if (all[k].party == filers[i]) *x = all[k];
        if (!standing(f, x, err)) return false;
        count_report(f, x, &ret->count);
    }
    return true;
}

/* ---- Totals ---- */

typedef struct totals { filing *f; const rule_report_form *form; filing_total *items; size_t count, max; } totals;

/* The line that a row's amounts can be added to, in the form's unit; amounts recorded in another unit (tonnes and gigajoules) get a line of their own. */
static bool line_of(totals *t, const filing_row *row, size_t *ret_at, const rat **ret_ratio, heng_err *err)
{
    arena *a = t->f->a;
    int32_t recorded, other;
    const rat *one, *there;
    if (!filing_recorded(t->f, row->commodity, row->unit, rat_int(a, 1), &recorded, &one, err)) return false;
    for (*ret_at = 0; *ret_at < t->count; (*ret_at)++) {
        const filing_total *x = &t->items[*ret_at];
        if (x->commodity != row->commodity) continue;
        if (!filing_recorded(t->f, x->commodity, x->unit, rat_int(a, 1), &other, &there, err)) return false;
        if (other == recorded) return rat_div(a, one, there, ret_ratio, err);
    }
    filing_total *x = ARENA_PUSH(a, t->items, t->count, t->max);
    *x = (filing_total){.commodity = row->commodity, .unit = row->unit, .values = NEW_ARRAY(a, t->form->column_count + 1, const rat *)};
    for (size_t i = 0; i < t->form->row_count; i++) {
        heng_err ignored = {0};
        if (t->form->rows[i].commodity != row->commodity || !filing_recorded(t->f, row->commodity, t->form->rows[i].unit, rat_int(a, 1), &other, &there, &ignored)) continue;
        if (other == recorded) x->unit = t->form->rows[i].unit;
    }
    return filing_recorded(t->f, x->commodity, x->unit, rat_int(a, 1), &other, &there, err) && rat_div(a, one, there, ret_ratio, err);
}

static bool add_row(totals *t, const filing_row *row, heng_err *err)
{
    const rat *ratio;
    size_t at;
    if (!line_of(t, row, &at, &ratio, err)) return false;
    for (size_t c = 0; c < t->form->column_count; c++) {
        const rat *v = row->values[c], **sum = &t->items[at].values[c];
        if (!v) continue;
        if (t->form->columns[c].type == REPORT_AMOUNT) v = rat_mul(t->f->a, v, ratio);
        *sum = *sum ? rat_add(t->f->a, *sum, v) : v;
    }
    return true;
}

static size_t place_on_form(const rule_report_form *form, int32_t commodity)
{
    size_t i = 0;
    while (i < form->row_count && form->rows[i].commodity != commodity) i++;
    return i;
}

/* In the order of the form. */
static void sort_lines(totals *t)
{
    for (size_t i = 1; i < t->count; i++)
        for (size_t k = i; k > 0 && place_on_form(t->form, t->items[k].commodity) < place_on_form(t->form, t->items[k - 1].commodity); k--) {
            filing_total x = t->items[k];
            t->items[k] = t->items[k - 1], t->items[k - 1] = x;
        }
}

bool filing_total_of(filing *f, const filing_status *s, filing_total **ret, size_t *ret_count, heng_err *err)
{
    totals t = {.f = f};
    for (size_t i = 0; i < s->row_count; i++) {
        const filing_report *x = &s->reports[i];
        t.form = &f->forms[x->form];
        for (size_t k = 0; (filing_is_in(x) || x->approved_version > 0) && k < x->row_count; k++)
            if (!add_row(&t, &x->rows[k], err)) return false;
    }
    sort_lines(&t);
    *ret = t.items, *ret_count = t.count;
    return true;
}

/* ---- Beside accounts ---- */

/* Over the months, or years, of the period. */
static bool count_all(filing *f, int form, period when, period since, int32_t root, filing_count *ret, heng_err *err)
{
    int64_t now = f->known_us == BOOK_KNOWN_NOW ? book_now_us(f->b) : f->known_us;
    int32_t step = f->forms[form].is_yearly ? 12 : 1, first = zone_month_of(f->zone, when.start_us), last = zone_month_of(f->zone, when.end_us - 1);
    *ret = (filing_count){0};
    if (f->forms[form].is_yearly) first += (12 - (month_number(first) - 1)) % 12;
    for (int32_t m = first; m + step - 1 <= last; m += step) {
        filing_status s;
        period p = period_months(f->zone, m, step);
        if (p.end_us > now || p.start_us < since.start_us) continue;
        if (!filing_status_of(f, form, p, root, &s, err)) return false;
        ret->wanted += s.count.wanted, ret->in += s.count.in, ret->approved += s.count.approved;
    }
    return true;
}

text filing_reported(const filing *f, int form, const filing_count *c, heng_lang lang)
{
    rule_name n = f->forms[form].name;
    const heng_message *m = &MSG_FILING_REPORTED;
    heng_err line = {0};
    err_fill(&line, m, arena_printf(f->a, "%lld", (long long)c->in), arena_printf(f->a, "%lld", (long long)c->wanted), text_words(f->a, n.zh, n.en.len ? n.en : n.zh));
    char shown[1024];
    err_format_reason(&line, lang, shown, sizeof shown);
    return text_of(arena_printf(f->a, "%s", shown));
}

bool filing_notes(filing *f, period when, int32_t root, text **ret_zh, text **ret_en, size_t *ret_count, heng_err *err)
{
    *ret_zh = NEW_ARRAY(f->a, f->form_count + 1, text), *ret_en = NEW_ARRAY(f->a, f->form_count + 1, text), *ret_count = 0;
    for (size_t i = 0; i < f->form_count; i++) {
        filing_count c;
        period since;
        bool any;
        if (!filing_since(f, (int)i, &any, &since, err)) return false;
        if (!any) continue;
        if (!count_all(f, (int)i, when, since, root, &c, err)) return false;
        if (c.wanted == 0) continue;
        (*ret_zh)[*ret_count] = filing_reported(f, (int)i, &c, HENG_ZH);
        (*ret_en)[(*ret_count)++] = filing_reported(f, (int)i, &c, HENG_EN);
    }
    return filing_at(f, when, err);
}
