/* heng indicator, bound: indicators over periods, and the bounds on them. */
#include "why_reading.h"

static bool base_year_of(ops_call *c, int *ret, heng_err *err)
{
    int64_t year = 0;
    if (ops_has(c, "--base") && !want_number(c, "--base", &year, err)) return false;
    *ret = (int)year;
    return true;
}

/* "2015..2021" of whole years is one period for each year; anything else is itself. */
static bool add_periods(ops_call *c, text t, period *periods, size_t *count, size_t max, heng_err *err)
{
    size_t at;
    if (text_find(t, TEXT(".."), &at) && at == 4 && t.len == 10) {
        bool first_ok, last_ok;
        int64_t first = text_to_i64((text){t.ptr, 4}, &first_ok), last = text_to_i64((text){t.ptr + 6, 4}, &last_ok);
        for (int64_t year = first; first_ok && last_ok && year <= last && *count < max; year++) periods[(*count)++] = period_year(book_zone(c->book), (int)year);
        if (first_ok && last_ok && first <= last) return true;
    }
    if (*count == max) return true;
    return period_parse(book_zone(c->book), t, &periods[(*count)++], err) || err_in_field(err, "--period");
}

bool op_indicator(ops_call *c, heng_err *err)
{
    enum { PERIODS_MAX = 400 };
    const rule_set *r;
    int32_t indicator, party;
    int base_year;
    period *periods = NEW_ARRAY(c->a, PERIODS_MAX, period);
    size_t count = 0;
    account *x;
    if (!book_rules(c->book, &r, err) || !want_indicator(r, c->a, ops_get(c, "NAME"), &indicator, err)) return false;
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, "--period") == 0 && !add_periods(c, c->given[i].value, periods, &count, PERIODS_MAX, err)) return false;
    if (!want_party(c, "--party", count ? periods[0].start_us : 0, &party, NULL, err) || !base_year_of(c, &base_year, err) || !want_account(c, &x, err)) return false;
    r = account_rules(x);
    const rule_indicator *what = &r->indicators[indicator];
    shown_unit u = {0};
    text unit = what->unit == RULE_NONE ? (text){0} : unit_label(&r->units[what->unit], c->lang);
    text title = text_of(arena_printf(c->a, unit.len ? "%.*s(%.*s)" : "%.*s%.*s", TEXT_FMT(show_name(what->name, c->lang)), TEXT_FMT(unit)));
    const sheet_column columns[] = {column(TEXT("period"), pick(c->lang, "期间", "period"), false), column(TEXT("value"), title, true), column(TEXT("address"), pick(c->lang, "地址（heng why）", "address (heng why)"), false)};
    sheet *s = sheet_new(c->out, show_name(what->name, c->lang), (text){0}, columns, 3);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        account_value v;
        ok = account_indicator(x, c->a, indicator, party, periods[i], base_year, &v, err);
        if (!ok) break;
        text shown = c->wants_exact && v.value ? exact_number(c->a, v.value) : show_value(c, r, &v, &u);
        sheet_row(s, (text[]){period_format(c->a, book_zone(c->book), periods[i]), shown, v.address});
    }
    if (what->formula_text.len) sheet_note(s, text_of(arena_printf(c->a, "= %.*s", TEXT_FMT(what->formula_text))));
    account_close(x);
    return ok;
}

bool op_indicator_list(ops_call *c, heng_err *err)
{
    const rule_set *r;
    if (!book_rules(c->book, &r, err)) return false;
    const sheet_column columns[] = {column(TEXT("id"), TEXT("id"), false), column(TEXT("name"), pick(c->lang, "名称", "name"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                    column(TEXT("formula"), pick(c->lang, "公式，或不可表达的原因", "formula, or why there is none"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "指标", "indicators"), (text){0}, columns, 4);
    for (size_t i = 0; i < r->indicator_count; i++) {
        const rule_indicator *x = &r->indicators[i];
        text shown = x->formula ? x->formula_text : text_of(arena_printf(c->a, "(%.*s)", TEXT_FMT(x->reason)));
        sheet_row(s, (text[]){x->id, show_name(x->name, c->lang), x->unit == RULE_NONE ? (text){0} : r->units[x->unit].id, shown});
    }
    return true;
}

static const char *const COMPARES[] = {"at_most", "at_least", "equal", "between"};

/* --indicator channel:CODE: a permit of what a meter measures. */
static bool want_channel(ops_call *c, text code, text *ret_unit, heng_err *err)
{
    meter_book *m;
    const rule_set *r;
    int32_t id;
    if (!book_rules(c->book, &r, err) || !meter_open(c->book, &m, err)) return false;
    bool ok = meter_channel_want(m, code, &id, err);
    if (ok && !ret_unit->len && meter_channel_get(m, id)->unit >= 0) *ret_unit = r->units[meter_channel_get(m, id)->unit].id;
    meter_book_close(m);
    return ok;
}

static bool want_bound_of(ops_call *c, book_bound *b, heng_err *err)
{
    const rule_set *r;
    int32_t indicator;
    text asked = ops_get(c, "--indicator");
    b->indicator = asked;
    if (text_starts(asked, "channel:")) return want_channel(c, (text){asked.ptr + 8, asked.len - 8}, &b->unit, err);
    if (!book_rules(c->book, &r, err) || !want_indicator(r, c->a, asked, &indicator, err)) return false;
    b->indicator = r->indicators[indicator].id;
    if (!b->unit.len && r->indicators[indicator].unit != RULE_NONE) b->unit = r->units[r->indicators[indicator].unit].id;
    return true;
}

bool op_bound_add(ops_call *c, heng_err *err)
{
    book_bound b = {.key = ops_get(c, "KEY"), .value = ops_get(c, "--value"), .value_hi = ops_get(c, "--value-hi"), .base = ops_get(c, "--base"), .source = ops_get(c, "--source"), .unit = ops_get(c, "--unit")};
    if (!want_bound_of(c, &b, err)) return false;
    for (int i = 0; i < 4; i++)
        if (text_is(ops_get(c, "--compare"), COMPARES[i])) b.compare = (book_compare)i;
    if (b.compare == BOOK_BETWEEN && !b.value_hi.len) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, c->op->name, "--value-hi", NULL);
    if (!want_period(c, "--period", &b.when, err) || !want_party(c, "--party", 0, &b.party, NULL, err)) return false;
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .supersede = true, .bound_count = 1, .bounds = &b};
    book_receipt receipt;
    if (!post_one(c, &batch, &receipt, NULL, err)) return false;
    const char *status = receipt.superseded ? "superseded" : receipt.created ? "created" : "exists";
    show_record(c, "bound", (shown_field[]){{"key", "编号", "key", b.key, false}, {"status", "结果", "status", text_of(status), false}}, 2);
    say(c, "已设定 %.*s", "set %.*s", TEXT_FMT(b.key));
    return true;
}

static text bound_text(ops_call *c, const book_bound *b)
{
    static const char *const signs[] = {"≤", "≥", "=", ""};
    if (b->compare == BOOK_BETWEEN) return text_of(arena_printf(c->a, "%.*s..%.*s", TEXT_FMT(b->value), TEXT_FMT(b->value_hi)));
    return text_of(arena_printf(c->a, "%s %.*s", signs[b->compare], TEXT_FMT(b->value)));
}

static text state_text(ops_call *c, text state)
{
    static const char *const names[][3] = {{"met", "达成", "met"}, {"missed", "未达成", "missed"}, {"no_data", "缺数据", "no data"}, {"not_due", "未到期", "not due"}};
    for (size_t i = 0; i < 4; i++)
        if (text_is(state, names[i][0])) return pick(c->lang, names[i][1], names[i][2]);
    return state;
}

static void show_bounds(ops_call *c, account *x, const account_bound_state *rows, size_t count)
{
    bool exact = c->wants_exact;
    const rule_set *r = account_rules(x);
    const sheet_column all[] = {column(TEXT("key"), pick(c->lang, "编号", "key"), false), column(TEXT("indicator"), pick(c->lang, "指标", "indicator"), false),
                                column(TEXT("party"), pick(c->lang, "主体", "party"), false), column(TEXT("period"), pick(c->lang, "期间", "period"), false),
                                column(TEXT("bound"), pick(c->lang, "约束", "bound"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                column(TEXT("value"), pick(c->lang, "现值", "value"), true), column(TEXT("state"), pick(c->lang, "状态", "state"), false),
                                column(TEXT("source"), pick(c->lang, "依据", "source"), false), column(TEXT("compare"), TEXT("compare"), false),
                                column(TEXT("bound_hi"), TEXT("bound_hi"), true), column(TEXT("address"), TEXT("address"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "约束", "bounds"), (text){0}, all, exact ? 12 : 9);
    for (size_t i = 0; i < count; i++) {
        const book_bound *b = &rows[i].row.bound;
        int32_t indicator = rule_indicator_find(r, b->indicator);
        shown_unit u;
        text name = indicator == RULE_NONE || exact ? b->indicator : show_name(r->indicators[indicator].name, c->lang);
        text value = exact && rows[i].value.value ? exact_number(c->a, rows[i].value.value) : show_value(c, r, &rows[i].value, &u);
        sheet_row(s, (text[]){b->key, name, party_cell(c, &account_parties(x)->items[b->party]), period_format(c->a, book_zone(c->book), b->when), exact ? b->value : bound_text(c, b), b->unit,
                              value, exact ? rows[i].state : state_text(c, rows[i].state), b->source, text_of(COMPARES[b->compare]), b->value_hi,
                              text_of(arena_printf(c->a, "heng:bound/%.*s", TEXT_FMT(b->key)))});
    }
}

bool op_bound_list(ops_call *c, heng_err *err)
{
    int32_t party = BOOK_NONE;
    account *x;
    account_bound_state *rows;
    size_t count;
    if (ops_has(c, "--party") && !want_party(c, "--party", 0, &party, NULL, err)) return false;
    meter_book *m = NULL;
    if (!want_account(c, &x, err)) return false;
    bool ok = account_asks_meters(c, x, &m, err) && account_bounds(x, c->a, party, &rows, &count, err);
    if (ok) show_bounds(c, x, rows, count);
    meter_book_close(m);
    account_close(x);
    return ok;
}
