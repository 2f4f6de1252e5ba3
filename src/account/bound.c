/*
 * Bounds: a plan's goal, a permit limit, a quota are an indicator, a comparison and a value for a party and a period.
 *
 *   not_due  the period has not ended and there is no value yet     no_data  it has ended, the value is missing
 *   met      the value keeps to the bound                           missed   it does not
 */
#include "inside.h"

/* The base of a bound: a year, or nothing. */
static int base_year_of(const account *x, text base)
{
    period p;
    heng_err ignored = {0};
    if (base.len == 0 || !period_parse(x->zone, base, &p, &ignored)) return 0;
    return month_year(zone_month_of(x->zone, p.start_us));
}

static bool limit_of(account *x, arena *a, const book_bound *b, text value, int32_t want_unit, const rat **ret, heng_err *err)
{
    const rat *v, *ratio;
    int32_t unit = b->unit.len > 0 ? rule_unit_find(x->r, b->unit) : want_unit;
    if (!rat_parse(a, value, &v, err)) return false;
    if (unit >= 0 && want_unit >= 0 && unit != want_unit) {
        if (!rule_dim_equal(x->r->units[unit].dim, x->r->units[want_unit].dim)) return err_fill(err, &MSG_UNIT_UNKNOWN, text_str(a, b->unit), NULL, NULL);
        if (!rat_div(a, x->r->units[unit].factor, x->r->units[want_unit].factor, &ratio, err)) return false;
        v = rat_mul(a, v, ratio);
    }
    *ret = v;
    return true;
}

/* Positive distance: room left (or, missed, negative: how much is lacking). */
static bool judge(account *x, arena *a, account_bound_state *s, heng_err *err)
{
    const book_bound *b = &s->row.bound;
    const rat *low, *high = NULL, *v = s->value.value;
    if (!limit_of(x, a, b, b->value, s->value.unit, &low, err)) return false;
    if (b->compare == BOOK_BETWEEN && !limit_of(x, a, b, b->value_hi, s->value.unit, &high, err)) return false;
    switch (b->compare) {
    case BOOK_AT_MOST: s->distance = rat_sub(a, low, v); break;
    case BOOK_AT_LEAST: s->distance = rat_sub(a, v, low); break;
    case BOOK_EQUAL:
        s->distance = rat_sub(a, v, low);
        if (rat_sign(s->distance) > 0) s->distance = rat_neg(a, s->distance);
        break;
    case BOOK_BETWEEN: {
        const rat *above = rat_sub(a, v, low), *below = rat_sub(a, high, v);
        s->distance = rat_compare(above, below) < 0 ? above : below;
        break;
    }
    }
    s->state = rat_sign(s->distance) >= 0 ? TEXT("met") : TEXT("missed");
    return true;
}

void account_channels_set(account *x, account_channel_fn fn, void *context) { x->channel_fn = fn, x->channel_context = context; }

/* Of a channel of a meter: what it measured in the period. */
static bool channel_value(account *x, arena *a, const book_bound *b, account_value *ret, heng_err *err)
{
    text prefix = TEXT("channel:");
    account_channel_value v = {0};
    *ret = (account_value){.unit = RULE_NONE, .digits = 2, .missing = printed(a, "no data: %.*s", TEXT_FMT(b->indicator))};
    if (!x->channel_fn) return true;
    if (!x->channel_fn(x->channel_context, a, (text){b->indicator.ptr + prefix.len, b->indicator.len - prefix.len}, b->when, x->known_us, &v, err)) return false;
    if (v.amount) *ret = (account_value){.value = v.amount, .unit = rule_unit_find(x->r, v.unit), .digits = 3, .address = v.address};
    return true;
}

static bool is_of_channel(const book_bound *b) { return text_starts(b->indicator, "channel:"); }

static bool bound_state(account *x, arena *a, account_bound_state *s, heng_err *err)
{
    const book_bound *b = &s->row.bound;
    int32_t indicator = rule_indicator_find(x->r, b->indicator);
    bool is_due = b->when.end_us <= (x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us);
    s->state = is_due ? TEXT("no_data") : TEXT("not_due");
    if (is_of_channel(b)) {
        if (!channel_value(x, a, b, &s->value, err)) return false;
    } else if (indicator < 0) {
        s->value = (account_value){.unit = RULE_NONE, .missing = printed(a, "no indicator: %.*s", TEXT_FMT(b->indicator))};
        return true;
    }
    else if (!account_indicator(x, a, indicator, b->party, b->when, base_year_of(x, b->base), &s->value, err)) return false;
    if (!s->value.value) return true;
    if (!judge(x, a, s, err)) return false;
    if (!is_due && text_is(s->state, "met")) s->state = TEXT("not_due"); /* what is kept so far may yet be missed */
    return true;
}

bool account_bounds(account *x, arena *a, int32_t party, account_bound_state **ret, size_t *ret_count, heng_err *err)
{
    book_bound_row *rows;
    size_t count, kept = 0;
    if (!book_bounds(x->b, a, x->known_us, &rows, &count, err)) return false;
    account_bound_state *out = NEW_ARRAY(a, count + 1, account_bound_state);
    for (size_t i = 0; i < count; i++) {
        if (party != BOOK_NONE && rows[i].bound.party != party) continue;
        out[kept].row = rows[i];
        if (!bound_state(x, a, &out[kept], err)) return false;
        kept++;
    }
    *ret = out, *ret_count = kept;
    return true;
}

/* ---- Why ---- */

static const struct { const char *id, *zh, *en; } STATES[] = {
    {"met", "达成", "met"}, {"missed", "未达成", "missed"}, {"no_data", "缺数据", "no data"}, {"not_due", "未到期", "not due"}};

static rule_name state_name(text id)
{
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (text_is(id, STATES[i].id)) return name_of(STATES[i].zh, STATES[i].en);
    return (rule_name){id, id};
}

static why_node *root_node(account *x, arena *a, const account_bound_state *s, text unit)
{
    const book_bound *b = &s->row.bound;
    const book_party *p = &account_parties(x)->items[b->party];
    int32_t indicator = rule_indicator_find(x->r, b->indicator);
    rule_name what = indicator < 0 ? (rule_name){b->indicator, b->indicator} : x->r->indicators[indicator].name, state = state_name(s->state);
    text when = period_format(a, x->zone, b->when);
    why_node *n = why_new(a, WHY_DIFFERENCE, printed(a, "约束 %.*s：%.*s %.*s %.*s，%.*s；余量", TEXT_FMT(b->key), TEXT_FMT(party_name(p, HENG_ZH)), TEXT_FMT(when), TEXT_FMT(what.zh), TEXT_FMT(state.zh)),
                          printed(a, "bound %.*s: %.*s %.*s %.*s, %.*s; room left", TEXT_FMT(b->key), TEXT_FMT(party_name(p, HENG_EN)), TEXT_FMT(when), TEXT_FMT(what.en), TEXT_FMT(state.en)),
                          s->distance, unit);
    addr at = {.kind = TEXT("bound")};
    addr_part(&at, b->key);
    n->address = addr_format(a, &at);
    return n;
}

/* The limit as it was set, with the sentence that set it. A bound made of a goal of a plan hangs the way to that goal below this node. */
static bool limit_node(account *x, arena *a, const account_bound_state *s, bool is_high, why_node **ret, heng_err *err)
{
    static const struct { const char *zh, *en; } words[][2] = {{{"上限", "at most"}, {"上限", "at most"}}, {{"下限", "at least"}, {"下限", "at least"}},
                                         {{"应等于", "to equal"}, {"应等于", "to equal"}}, {{"下限", "at least"}, {"上限", "at most"}}};
    const book_bound *b = &s->row.bound;
        const rat *v = NULL;
    text set = is_high ? b->value_hi : b->value;
    if (!limit_of(x, a, b, set, s->value.unit, &v, err)) return false;
    why_node *n = why_new(a, WHY_OBSERVED, text_of(words[b->compare][is_high].zh), text_of(words[b->compare][is_high].en), v, s->value.unit < 0 ? b->unit : x->r->units[s->value.unit].id);
    if (s->value.unit >= 0 && !text_equal(b->unit, n->unit)) n->detail = printed(a, "%.*s %.*s", TEXT_FMT(set), TEXT_FMT(b->unit));
    n->source = b->source;
    return *ret = n, true;
}

static bool value_node(account *x, arena *a, const book_bound *b, why_rows *rows, why_node **ret, heng_err *err)
{
    int32_t indicator = rule_indicator_find(x->r, b->indicator);
    account_value v = {.missing = printed(a, "no indicator: %.*s", TEXT_FMT(b->indicator))};
    formula_run run = {.x = x, .a = a, .party = b->party, .when = b->when, .base_year = base_year_of(x, b->base), .want_why = true, .rows = rows, .first_unit = RULE_NONE};
    *ret = NULL;
    if (is_of_channel(b)) {
        if (!channel_value(x, a, b, &v, err)) return false;
        if (v.value) *ret = why_new(a, WHY_OBSERVED, printed(a, "通道 %.*s 的读数合计", TEXT_FMT(b->indicator)), printed(a, "sum of the readings of %.*s", TEXT_FMT(b->indicator)), v.value, v.unit < 0 ? b->unit : x->r->units[v.unit].id);
    }
    if (indicator >= 0 && !formula_run_indicator(&run, indicator, &v, ret, err)) return false;
    if (!*ret) *ret = why_new(a, WHY_MISSING, v.missing, v.missing, NULL, (text){0});
    if (v.address.len) (*ret)->address = v.address;
    return true;
}

/* Room left is limit less value, or value less limit: the signs of judge. Of two limits the nearer one counts, the other is shown. */
static void put_in_order(arena *a, why_node *root, const account_bound_state *s, why_node *value, why_node *low, why_node *high)
{
    const rat *v = s->value.value;
    bool is_above = v && (s->row.bound.compare == BOOK_EQUAL ? rat_compare(v, low->value) > 0 : high && rat_compare(rat_sub(a, high->value, v), rat_sub(a, v, low->value)) <= 0);
    bool from_limit = s->row.bound.compare == BOOK_AT_MOST || is_above;
    why_node *near = high && is_above ? high : low, *far = near == high ? low : high;
    why_add(root, from_limit ? near : value);
    why_add(root, from_limit ? value : near);
    if (!far) return;
    far->kind = WHY_ROW; /* takes no part in the difference */
    far->detail = printed(a, "%.*s %.*s", TEXT_FMT(rat_exact(a, far->value)), TEXT_FMT(far->unit));
    far->value = NULL;
    why_add(root, far);
}

bool bound_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err)
{
    book_bound_row *all;
    size_t count, i = 0;
    why_node *value, *low, *high = NULL;
    if (address->part_count != 1) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(a, addr_format(a, address)), "<key>", NULL);
    if (!book_bounds(x->b, a, x->known_us, &all, &count, err)) return false;
    while (i < count && !text_equal(all[i].bound.key, address->parts[0])) i++;
    if (i == count) return err_fill(err, &MSG_NOT_FOUND, text_str(a, addr_format(a, address)), NULL, NULL);
    account_bound_state s = {.row = all[i]};
    if (!bound_state(x, a, &s, err) || !value_node(x, a, &s.row.bound, rows, &value, err) || !limit_node(x, a, &s, false, &low, err)) return false;
    if (s.row.bound.compare == BOOK_BETWEEN && !limit_node(x, a, &s, true, &high, err)) return false;
    *ret = root_node(x, a, &s, low->unit);
    put_in_order(a, *ret, &s, value, low, high);
    return true;
}
