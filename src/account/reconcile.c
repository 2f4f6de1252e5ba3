/*
 * Reconciliation: a published figure, ours, the difference, and what explains it, row by row of reconcile.csv.
 *
 * A row is two formulas, either of which may be absent where a side has no such figure; its parts are formulas that say how much of the
 * difference each cause makes. What no part explains stands in unexplained. A difference no larger than one unit of the last
 * printed digit is rounding. Conformance cases are the same with one side given as a number.
 */
#include "inside.h"

static text cell(const rule_row *row, const char *column) { return rule_cell(row, column); }

text reconcile_address(account *x, arena *a, const rule_row *row)
{
    addr at;
    address_of(x, a, "reconcile", cell(row, "profile"), &at);
    addr_part(&at, cell(row, "table"));
    addr_part(&at, cell(row, "row"));
    if (cell(row, "part").len > 0) addr_part(&at, cell(row, "part"));
    return addr_format(a, &at);
}

size_t account_reconcile_tables(account *x, arena *a, text **ret)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "reconcile", &rows), kept = 0;
    text *names = NEW_ARRAY(a, count + 1, text);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < kept; k++) known |= text_equal(names[k], cell(rows[i], "table"));
        if (!known) names[kept++] = cell(rows[i], "table");
    }
    return *ret = names, kept;
}

/* The account with the row's profile; party and period of the row. */
static bool row_run(account *x, arena *a, const rule_row *row, formula_run *run, heng_err *err)
{
    account_options o = x->o;
    *run = (formula_run){.x = x, .a = a, .first_unit = RULE_NONE};
    if (cell(row, "profile").len > 0) o.profile = cell(row, "profile");
    if (!account_view(x, &o, &run->x, err)) return false;
    text code = cell(row, "party");
    run->party = book_party_find(x->b, code);
    if (run->party == BOOK_NONE) return err_fill_n(err, &MSG_PARTY_UNKNOWN, code.ptr, code.len, NULL);
    return period_parse(x->zone, cell(row, "period"), &run->when, err);
}

static int digits_of(const rule_row *row)
{
    bool ok;
    int64_t v = text_to_i64(cell(row, "digits"), &ok);
    return ok && v >= 0 && v <= 18 ? (int)v : 2;
}

static bool side(formula_run *run, text formula_text, int32_t unit, account_value *ret, heng_err *err)
{
    *ret = (account_value){.unit = unit};
    return formula_text.len == 0 || formula_run_text(run, formula_text, unit, ret, NULL, err);
}

static bool is_rounding(arena *a, const rat *difference, int digits)
{
    const rat *size = rat_sign(difference) < 0 ? rat_neg(a, difference) : difference;
    return rat_sign(difference) != 0 && rat_compare(size, rat_scaled(a, 1, digits)) <= 0;
}

static bool row_line(account *x, arena *a, const rule_row *row, account_reconcile_line *l, int32_t *ret_unit, heng_err *err)
{
    formula_run run;
    text published = cell(row, "published"), computed = cell(row, "computed");
    if (!row_run(x, a, row, &run, err) || !side(&run, published, RULE_NONE, &l->published, err)) return false;
    int32_t unit = published.len > 0 ? l->published.unit : RULE_NONE;
    if (!side(&run, computed, unit, &l->computed, err)) return false;
    if (published.len == 0) unit = l->computed.unit;
    *ret_unit = unit;
    const rat *zero = rat_int(a, 0), *p = published.len == 0 ? zero : l->published.value, *c = computed.len == 0 ? zero : l->computed.value;
    if (!p || !c) return true;
    l->difference = rat_sub(a, p, c);
    l->unexplained = l->difference;
    l->is_rounding = is_rounding(a, l->difference, l->digits);
    return true;
}

static bool part_line(account *x, arena *a, const rule_row *row, account_reconcile_line *l, int32_t unit, account_reconcile_line *whole, heng_err *err)
{
    formula_run run;
    if (!row_run(x, a, row, &run, err) || !side(&run, cell(row, "computed"), unit, &l->computed, err)) return false;
    l->difference = l->computed.value;
    if (whole && whole->unexplained && l->difference) whole->unexplained = rat_sub(a, whole->unexplained, l->difference);
    else if (whole) whole->unexplained = NULL;
    return true;
}

static bool add_row(account *x, arena *a, const rule_row *row, account_reconcile_line *l, account_reconcile_line *whole, int32_t *unit, heng_err *err)
{
    *l = (account_reconcile_line){.row = cell(row, "row"), .part = cell(row, "part"), .name = {cell(row, "name_zh"), cell(row, "name_en")}, .digits = digits_of(row),
                                  .cause = {cell(row, "cause_zh"), cell(row, "cause_en")}, .address = reconcile_address(x, a, row)};
    if (l->part.len == 0 ? !row_line(x, a, row, l, unit, err) : !part_line(x, a, row, l, *unit, whole, err)) {
        err_in_file(err, text_str(a, row->file));
        return err_at_row(err, row->line);
    }
    if (*unit != RULE_NONE) l->unit = x->r->units[*unit].id;
    return true;
}

bool account_reconcile(account *x, arena *a, text name, account_reconcile_line **ret, size_t *ret_count, heng_err *err)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "reconcile", &rows), kept = 0;
    account_reconcile_line *lines = NEW_ARRAY(a, count + 1, account_reconcile_line), *whole = NULL;
    int32_t unit = RULE_NONE;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(cell(rows[i], "table"), name)) continue;
        bool is_whole = cell(rows[i], "part").len == 0;
        if (!is_whole && (!whole || !text_equal(whole->row, cell(rows[i], "row")))) whole = NULL;
        if (!add_row(x, a, rows[i], &lines[kept], whole, &unit, err)) return false;
        if (is_whole) whole = &lines[kept];
        kept++;
    }
    if (kept == 0) return err_fill_n(err, &MSG_TABLE_UNKNOWN, name.ptr, name.len, "");
    *ret = lines, *ret_count = kept;
    return true;
}

/* ---- Conformance ---- */

static bool conform_run(account *x, arena *a, const account_conform_case *c, account_conform_line *l, heng_err *err)
{
    formula_run run = {.x = x, .a = a, .first_unit = RULE_NONE};
    account_options o = x->o;
    int32_t unit = RULE_NONE;
    const rat *zero = rat_int(a, 0);
    if (c->profile.len > 0) o.profile = c->profile;
    if (!account_view(x, &o, &run.x, err)) return false;
    run.party = book_party_find(x->b, c->party);
    if (run.party == BOOK_NONE) return err_fill_n(err, &MSG_PARTY_UNKNOWN, c->party.ptr, c->party.len, NULL);
    if (c->unit.len > 0 && !rule_unit_want(x->r, c->unit, &unit, err)) return false;
    if (!period_parse(x->zone, c->period, &run.when, err) || !rat_parse(a, c->published, &l->published, err)) return false;
    l->tolerance = zero;
    if (c->tolerance.len > 0 && !rat_parse(a, c->tolerance, &l->tolerance, err)) return false;
    if (!formula_run_text(&run, c->computed, unit, &l->computed, NULL, err)) return false;
    l->note = l->computed.missing;
    if (!l->computed.value) return true;
    const rat *d = rat_sub(a, l->computed.value, l->published);
    if (rat_sign(d) < 0) d = rat_neg(a, d);
    l->passed = rat_compare(d, l->tolerance) <= 0;
    return true;
}

bool account_conform(account *x, arena *a, const account_conform_case *cases, size_t count, account_conform_line **ret, heng_err *err)
{
    (void)err;
    account_conform_line *lines = NEW_ARRAY(a, count + 1, account_conform_line);
    for (size_t i = 0; i < count; i++) {
        heng_err inner = {0};
        char reason[1024];
        lines[i] = (account_conform_line){.case_ = cases[i].case_, .source = cases[i].source, .name = cases[i].name};
        if (conform_run(x, a, &cases[i], &lines[i], &inner)) continue;
        err_format_reason(&inner, HENG_EN, reason, sizeof reason);
        lines[i].passed = false;
        lines[i].note = text_copy(a, text_of(reason));
    }
    *ret = lines;
    return true;
}

/* ---- Why ---- */

static const rule_row *find_row(const account *x, const addr *at)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "reconcile", &rows);
    text part = at->part_count > 2 ? at->parts[2] : (text){0};
    for (size_t i = 0; i < count; i++)
        if (text_equal(cell(rows[i], "table"), at->parts[0]) && text_equal(cell(rows[i], "row"), at->parts[1]) && text_equal(cell(rows[i], "part"), part)) return rows[i];
    return NULL;
}

static bool side_why(account *x, arena *a, const rule_row *row, const char *column, const char *zh, const char *en, int32_t *unit, why_rows *rows, why_node **ret, heng_err *err)
{
    formula_run run;
    account_value v;
    why_node *inner;
    *ret = NULL;
    if (cell(row, column).len == 0) return true;
    if (!row_run(x, a, row, &run, err)) return false;
    run.want_why = true, run.rows = rows;
    if (!formula_run_text(&run, cell(row, column), *unit, &v, &inner, err)) return false;
    *unit = v.unit;
    *ret = why_new(a, v.value ? WHY_SAME : WHY_MISSING, text_of(zh), text_of(en), v.value, v.unit == RULE_NONE ? (text){0} : x->r->units[v.unit].id);
    (*ret)->detail = cell(row, column);
    if (inner) why_add(*ret, inner);
    return true;
}

/* A part is shown in the unit of its row. */
static bool unit_of_row(account *x, arena *a, const rule_row *part, int32_t *ret, heng_err *err)
{
    addr whole = {.part_count = 2, .parts = {cell(part, "table"), cell(part, "row")}};
    const rule_row *row = find_row(x, &whole);
    account_reconcile_line line = {.digits = 0};
    *ret = RULE_NONE;
    return cell(part, "part").len == 0 || !row || row_line(x, a, row, &line, ret, err);
}

bool reconcile_why(account *x, arena *a, const addr *at, why_rows *rows, why_node **ret, heng_err *err)
{
    const rule_row *row = at->part_count >= 2 ? find_row(x, at) : NULL;
    int32_t unit = RULE_NONE;
    why_node *published, *computed;
    if (!row) return err_fill(err, &MSG_ROW_UNKNOWN, text_str(a, at->part_count > 1 ? at->parts[1] : (text){0}), text_str(a, at->part_count > 0 ? at->parts[0] : (text){0}), NULL);
    if (!unit_of_row(x, a, row, &unit, err)) return false;
    if (!side_why(x, a, row, "published", "公布数", "published", &unit, rows, &published, err)) return false;
    if (!side_why(x, a, row, "computed", "本账数", "computed", &unit, rows, &computed, err)) return false;
    const rat *zero = rat_int(a, 0), *p = published ? published->value : zero, *c = computed ? computed->value : zero;
    bool is_part = cell(row, "part").len > 0;
    const rat *value = !p || !c ? NULL : is_part ? c : rat_sub(a, p, c);
    why_node *n = why_new(a, !value ? WHY_MISSING : is_part ? WHY_SAME : published && computed ? WHY_DIFFERENCE : published ? WHY_SAME : WHY_NEGATE, cell(row, "name_zh"), cell(row, "name_en"), value,
                          unit == RULE_NONE ? (text){0} : x->r->units[unit].id);
    n->address = reconcile_address(x, a, row);
    n->detail = cell(row, "cause_zh").len > 0 ? printed(a, "%.*s / %.*s", TEXT_FMT(cell(row, "cause_zh")), TEXT_FMT(cell(row, "cause_en"))) : (text){0};
    n->source = printed(a, "%.*s:%lld %.*s", TEXT_FMT(row->table), (long long)row->line, TEXT_FMT(row->source));
    if (published && !is_part) why_add(n, published);
    if (computed) why_add(n, computed);
    if (!published && !computed) n->kind = WHY_SUM;
    return *ret = n, true;
}
