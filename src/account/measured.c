/*
 * What a party has measured itself stands before the factors of the pack: the heating value and carbon content of its own coal of the month.
 *
 * The measurements are observations of the party, with the commodity as item: statistics measured_ncv (GJ/t), measured_carbon_content
 * (tC/GJ) and measured_oxidation (a ratio). Of several the one with the shortest period counts, then the latest vintage, then the one known
 * last. They serve commodities recorded by mass. A party with measurements is a trait of its own, and the period is cut at the months where one begins or ends, so
 * that one value holds in a group.
 */
#include "inside.h"

static const char *const STATISTICS[MEASURED_KINDS] = {[MEASURED_NCV] = "measured_ncv", [MEASURED_CARBON] = "measured_carbon_content", [MEASURED_OXIDATION] = "measured_oxidation"};

struct measured_list { measured *items; size_t count, max; };

static bool load_kind(account *x, measured_list *l, measured_kind kind, const rule_set *now, heng_err *err)
{
    book_observation_row *rows;
    size_t count;
    int32_t statistic = rule_statistic_find(now, text_of(STATISTICS[kind]));
    if (statistic < 0) return true;
    if (!book_observations(x->b, x->a, BOOK_NONE, statistic, (text){0}, NULL, x->known_us, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        int32_t commodity = rule_commodity_find(x->r, rows[i].item);
        if (commodity < 0) continue;
        *ARENA_PUSH(x->a, l->items, l->count, l->max) =
            (measured){.kind = kind, .party = rows[i].party, .commodity = commodity, .when = rows[i].when, .row = rows[i], .value = rat_mul(x->a, rat_scaled(x->a, rows[i].count, rows[i].scale), now->units[rows[i].unit].factor)};
    }
    return true;
}

bool measured_need(account *x, heng_err *err)
{
    const rule_set *now;
    if (x->measured) return true;
    measured_list *l = NEW(x->a, measured_list);
    if (!book_rules(x->b, &now, err)) return false;
    for (int k = 0; k < MEASURED_KINDS; k++)
        if (!load_kind(x, l, (measured_kind)k, now, err)) return false;
    x->measured = l;
    return true;
}

size_t measured_all(const account *x, const measured **ret)
{
    *ret = x->measured ? x->measured->items : NULL;
    return x->measured ? x->measured->count : 0;
}

static bool is_better(const measured *a, const measured *than)
{
    int64_t length = a->when.end_us - a->when.start_us, other = than->when.end_us - than->when.start_us;
    if (length != other) return length < other;
    int order = text_compare(a->row.vintage, than->row.vintage);
    return order > 0 || (order == 0 && a->row.known_us >= than->row.known_us);
}

const measured *measured_find(const account *x, int32_t party, int32_t commodity, int32_t day, measured_kind kind)
{
    const measured *best = NULL;
    int64_t us = zone_day_start_us(x->zone, day);
    for (size_t i = 0; party >= 0 && x->measured && i < x->measured->count; i++) {
        const measured *m = &x->measured->items[i];
        if (m->party != party || m->commodity != commodity || m->kind != kind || m->when.start_us > us || m->when.end_us <= us) continue;
        if (!best || is_better(m, best)) best = m;
    }
    return best;
}
