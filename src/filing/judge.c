/* Checks of a form over the rows of a report, and gate 80: the report against the meters. */
#include "inside.h"

bool filing_gate(const filing *f, int number, const rat **ret_parameter, rule_name *ret_sentence)
{
    const rule_row *const *rows;
    size_t n = rule_rows(f->r, "gates", &rows);
    heng_err ignored = {0};
    bool ok;
    if (ret_parameter) *ret_parameter = NULL;
    for (size_t i = 0; i < n; i++) {
        if (text_to_i64(rule_cell(rows[i], "number"), &ok) != number) continue;
        if (ret_parameter && !rat_parse(f->a, rule_cell(rows[i], "parameter"), ret_parameter, &ignored)) *ret_parameter = NULL;
        if (ret_sentence) *ret_sentence = (rule_name){rule_cell(rows[i], "sentence_zh"), rule_cell(rows[i], "sentence_en")};
        return !text_is(rule_cell(rows[i], "outcome"), "off");
    }
    return false;
}

/* ---- The reports that checks speak of ---- */

static bool speaks_of(const rule_report_check *c, rule_report_from from)
{
    for (size_t i = 0; i < c->left_count; i++)
        if (c->left[i].column >= 0 && c->left[i].from == from) return true;
    for (size_t i = 0; i < c->right_count; i++)
        if (c->right[i].column >= 0 && c->right[i].from == from) return true;
    return false;
}

static bool form_speaks_of(const rule_report_form *form, rule_report_from from)
{
    for (size_t i = 0; i < form->check_count; i++)
        if (speaks_of(&form->checks[i], from)) return true;
    return false;
}

bool filing_before_load(filing *f, const filing_report *x, filing_before *ret, heng_err *err)
{
    const rule_report_form *form = &f->forms[x->form];
    filing_report *last = NEW(f->a, filing_report), *all;
    size_t n;
    *ret = (filing_before){0};
    if (form_speaks_of(form, REPORT_OF_LAST)) {
        if (!filing_load(f, x->form, x->party, filing_last_period(f, x->form, x->when), last, err)) return false;
        if (filing_is_in(last)) ret->last = last;
    }
    if (form->months < 0 || !form_speaks_of(form, REPORT_OF_MONTHS)) return true;
    if (!filing_load_all(f, form->months, x->when, &all, &n, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].party == x->party && filing_is_in(&all[i])) all[ret->month_count++] = all[i];
    ret->months = all;
    return true;
}

/* ---- One check ---- */

typedef struct side { const rat *sum; bool is_silent, has_value; } side;

/* In another report the same energy may stand in another unit: taken over exactly, or not at all. */
static const rat *value_in(const filing *f, const filing_report *x, int32_t commodity, int32_t unit, int column)
{
    heng_err ignored = {0};
    for (size_t i = 0; i < x->row_count; i++) {
        const filing_row *row = &x->rows[i];
        const rat *here, *there, *v = row->values[column];
        int32_t u, w;
        if (row->commodity != commodity) continue;
        if (!v || row->unit == unit || f->forms[x->form].columns[column].type == REPORT_NUMBER) return v;
        if (!filing_recorded(f, commodity, row->unit, v, &u, &here, &ignored) || !filing_recorded(f, commodity, unit, rat_int(f->a, 1), &w, &there, &ignored) || u != w) return NULL;
        return rat_div(f->a, here, there, &v, &ignored) ? v : NULL;
    }
    return NULL;
}

static int column_named(const rule_report_form *form, text id)
{
    for (size_t c = 0; c < form->column_count; c++)
        if (text_equal(form->columns[c].id, id)) return (int)c;
    return -1;
}

static const rat *months_value(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, int column)
{
    const rule_report_form *monthly = &f->forms[f->forms[x->form].months];
    int c = column_named(monthly, f->forms[x->form].columns[column].id);
    const rat *sum = NULL;
    for (size_t i = 0; c >= 0 && i < before->month_count; i++) {
        const rat *v = value_in(f, &before->months[i], row->commodity, row->unit, c);
        if (v) sum = sum ? rat_add(f->a, sum, v) : v;
    }
    return sum;
}

static void add_term(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, const rule_report_term *t, side *s)
{
    const rat *v = t->column < 0 ? rat_int(f->a, 1) : NULL;
    if (t->column >= 0 && t->from == REPORT_OF_ROW) v = row->values[t->column];
    if (t->column >= 0 && t->from == REPORT_OF_LAST) {
        v = before->last ? value_in(f, before->last, row->commodity, row->unit, t->column) : NULL;
        s->is_silent = s->is_silent || !v;
    }
    if (t->column >= 0 && t->from == REPORT_OF_MONTHS) {
        v = months_value(f, x, row, before, t->column);
        s->is_silent = s->is_silent || !v;
    }
    if (!v) return;
    s->has_value = s->has_value || t->column >= 0;
    s->sum = rat_add(f->a, s->sum, rat_mul(f->a, t->factor, v));
}

static side side_of(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, const rule_report_term *terms, size_t count)
{
    side s = {.sum = rat_int(f->a, 0)};
    for (size_t i = 0; i < count; i++) add_term(f, x, row, before, &terms[i], &s);
    return s;
}

static const rat *magnitude(const filing *f, const rat *x) { return rat_sign(x) < 0 ? rat_neg(f->a, x) : x; }

static bool holds(const filing *f, const rule_report_check *c, const rat *tolerance, const rat *left, const rat *right)
{
    const rat *gap = rat_sub(f->a, left, right), *l = magnitude(f, left), *r = magnitude(f, right);
    const rat *slack = tolerance ? rat_mul(f->a, tolerance, rat_compare(l, r) > 0 ? l : r) : rat_int(f->a, 0);
    if (c->compare == REPORT_EQUAL) return rat_compare(magnitude(f, gap), slack) <= 0;
    return rat_compare(c->compare == REPORT_AT_MOST ? gap : rat_neg(f->a, gap), slack) <= 0;
}

static text amount_text(const filing *f, const rat *v, int32_t unit)
{
    text n = rat_is_decimal(v, 6) ? rat_exact(f->a, v) : rat_format(f->a, v, 6);
    const rule_unit *u = &f->r->units[unit];
    return text_of(arena_printf(f->a, "%.*s %.*s", TEXT_FMT(n), TEXT_FMT(u->symbol.len ? u->symbol : u->id)));
}

static void judge_check(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, const rule_report_check *c, filing_finding **items, size_t *count, size_t *max)
{
    const rat *parameter = NULL;
    if (c->gate && !filing_gate(f, c->gate, &parameter, NULL)) return;
    side l = side_of(f, x, row, before, c->left, c->left_count), r = side_of(f, x, row, before, c->right, c->right_count);
    if (l.is_silent || r.is_silent || (!l.has_value && !r.has_value)) return;
    if (holds(f, c, c->tolerance ? c->tolerance : c->compare == REPORT_EQUAL ? parameter : NULL, l.sum, r.sum)) return;
    static const char *const SIGN[] = {"=", "≤", "≥"};
    *ARENA_PUSH(f->a, *items, *count, *max) = (filing_finding){.form = x->form, .party = x->party, .when = x->when, .commodity = row->commodity, .row = row->row, .id = c->id, .sentence = c->sentence,
        .gate = c->gate, .seen = amount_text(f, l.sum, row->unit), .wanted = text_of(arena_printf(f->a, "%s %.*s", SIGN[c->compare], TEXT_FMT(amount_text(f, r.sum, row->unit)))),
        .refuses = c->refuses, .is_explained = row->note.len > 0};
}

void filing_judge_row(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, filing_finding **items, size_t *count, size_t *max)
{
    const rule_report_form *form = &f->forms[x->form];
    for (size_t i = 0; i < form->check_count; i++) judge_check(f, x, row, before, &form->checks[i], items, count, max);
}

bool filing_judge(filing *f, const filing_report *x, filing_finding **ret, size_t *ret_count, heng_err *err)
{
    filing_before before;
    size_t max = 0;
    *ret = NULL, *ret_count = 0;
    if (!filing_before_load(f, x, &before, err)) return false;
    for (size_t i = 0; i < x->row_count; i++) filing_judge_row(f, x, &x->rows[i], &before, ret, ret_count, &max);
    return true;
}

/* ---- All that a period's reports do not pass ---- */

static void add_compared(filing *f, const filing_report *x, const filing_compared *k, filing_finding **items, size_t *count, size_t *max)
{
    rule_name sentence;
    if (!k->is_far && !k->is_double) return;
    filing_gate(f, 80, NULL, &sentence);
    const rule_report_column *c = &f->forms[x->form].columns[k->column];
    if (k->is_double && !k->is_far) sentence = (rule_name){text_of(MSG_FILING_DOUBLE.zh), text_of(MSG_FILING_DOUBLE.en)};
    *ARENA_PUSH(f->a, *items, *count, *max) = (filing_finding){.form = x->form, .party = x->party, .when = x->when, .commodity = k->commodity, .id = c->id, .sentence = sentence, .gate = 80,
        .seen = amount_text(f, k->metered, k->unit), .wanted = amount_text(f, k->reported, k->unit)};
}

static bool findings_of(filing *f, const filing_meters *m, const filing_report *x, filing_finding **items, size_t *count, size_t *max, heng_err *err)
{
    filing_finding *own;
    filing_compared *cells;
    size_t n, k;
    if (!filing_judge(f, x, &own, &n, err) || !filing_compare(f, m, x, &cells, &k, err)) return false;
    for (size_t i = 0; i < n; i++) *ARENA_PUSH(f->a, *items, *count, *max) = own[i];
    for (size_t i = 0; i < k; i++) add_compared(f, x, &cells[i], items, count, max);
    return true;
}

bool filing_findings(filing *f, int form, period when, int32_t party, filing_finding **ret, size_t *ret_count, heng_err *err)
{
    filing_report *all;
    const filing_meters *m;
    size_t n, max = 0;
    *ret = NULL, *ret_count = 0;
    if (!filing_load_all(f, form, when, &all, &n, err)) return false;
    if (n == 0) return true;
    if (!filing_meters_load(f, when, &m, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (filing_is_in(&all[i]) && (party == BOOK_NONE || all[i].party == party) && !findings_of(f, m, &all[i], ret, ret_count, &max, err)) return false;
    return true;
}
