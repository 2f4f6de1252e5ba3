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

static bool bound_state(account *x, arena *a, account_bound_state *s, heng_err *err)
{
    const book_bound *b = &s->row.bound;
    int32_t indicator = rule_indicator_find(x->r, b->indicator);
    bool is_due = b->when.end_us <= (x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us);
    s->state = is_due ? TEXT("no_data") : TEXT("not_due");
    if (indicator < 0) {
        s->value = (account_value){.unit = RULE_NONE, .missing = printed(a, "no indicator: %.*s", TEXT_FMT(b->indicator))};
        return true;
    }
    if (!account_indicator(x, a, indicator, b->party, b->when, base_year_of(x, b->base), &s->value, err)) return false;
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
