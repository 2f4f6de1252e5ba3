/*
 * Factors: which row serves a commodity in a place on a day, and its exact value per recorded unit.
 *
 * All rows of (set, commodity) or (set, id) are looked through; those that hold on the day are ranked by place (own code, parents upward,
 * everywhere), then sector (own, parents, all), then basis, then unit (the recorded one, another of its dimension, energy). If none
 * holds and the set says nearest_earlier, the one that ended last before the day serves, flagged.
 *
 *   emission per recorded unit = ncv * carbon_content * oxidation * 44/12 * ratio      ratio: factor units per recorded unit
 *   recorded in energy:          carbon_content * oxidation * 44/12 * ratio            ratio: GJ per recorded unit
 *   without parts:               printed factor (in t) * ratio
 *
 * 44/12 is the mass of CO2 by the mass of its carbon. A look-up costs a few microseconds; an account keeps what it has looked up.
 */
#include "inside.h"

static const char *const CARBON_RATIO = "44/12";

/* What a look-up asks. */
typedef struct factor_want {
    const rule_set *r;
    int32_t unit, day;
    size_t place_count, sector_count;
    text places[RULE_CLIMB_MAX];
    int32_t sectors[RULE_CLIMB_MAX];
    text gas;       /* emissions only */
    text id;        /* purchased: preferred, not needed */
    text to, basis; /* conversions only */
    bool unit_exact;/* choices: a row's unit, where given, is the recorded one */
} factor_want;

/* ---- building ---- */

static text head_key(arena *a, text x, text y)
{
    return join_cells(a, (const text[]){x, y}, 2);
}

static void chain_rows(builder *b, rule_factor_table *f, int tbl, const char *first, const char *second)
{
    const rule_table_rows *t = &b->index->tables[tbl];
    f->heads.a = b->a;
    f->rows = NEW_ARRAY(b->a, t->count, rule_factor_row);
    for (size_t i = t->count; i-- > 0;) {
        const rule_row *row = t->rows[i];
        text unit = row_text(row, tbl, "unit"), sector = row_text(row, tbl, "sector");
        text key = head_key(b->a, row_text(row, tbl, first), row_text(row, tbl, second));
        int64_t next;
        f->rows[i] = (rule_factor_row){row, unit.len ? id_find(b->set, T_UNITS, unit) : RULE_NONE,
                                       sector.len ? id_find(b->set, T_SECTORS, sector) : RULE_NONE, RULE_NONE};
        if (text_map_find(&f->heads, key, &next)) f->rows[i].next = (int32_t)next;
        text_map_put(&f->heads, key, (int64_t)i);
    }
}

static void chain_sets(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_EMISSION_FACTORS];
    b->index->emission_sets.a = b->a;
    b->index->next_in_set = NEW_ARRAY(b->a, t->count, int32_t);
    for (size_t i = t->count; i-- > 0;) {
        text set = row_text(t->rows[i], T_EMISSION_FACTORS, "set");
        int64_t next;
        b->index->next_in_set[i] = text_map_find(&b->index->emission_sets, set, &next) ? (int32_t)next : RULE_NONE;
        text_map_put(&b->index->emission_sets, set, (int64_t)i);
    }
}

static const rat *cell_rat(arena *a, const rule_row *row, int tbl, const char *column)
{
    const rat *v = NULL;
    heng_err err = {0};
    text t = row_text(row, tbl, column);
    return t.len > 0 && rat_parse(a, t, &v, &err) ? v : NULL;
}

static void gwp_values(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_GWP];
    b->index->gwp_values = NEW_ARRAY(b->a, t->count, const rat *);
    for (size_t i = 0; i < t->count; i++) b->index->gwp_values[i] = cell_rat(b->a, t->rows[i], T_GWP, "value");
}

void factors_build(builder *b)
{
    chain_rows(b, &b->index->conversions, T_CONVERSIONS, "set", "commodity");
    chain_rows(b, &b->index->emissions, T_EMISSION_FACTORS, "set", "id");
    chain_rows(b, &b->index->choices, T_FACTOR_CHOICES, "choice", "commodity");
    chain_sets(b);
    gwp_values(b);
}

/* ---- the printed factor's unit ---- */

static bool same_gas(text x, text y)
{
    if (x.len != y.len) return false;
    for (size_t i = 0; i < x.len; i++)
        if ((x.ptr[i] | 0x20) != (y.ptr[i] | 0x20)) return false;
    return true;
}

/* "tCO2/t": the mass unit before the gas. NULL when well formed; the unit after the slash must be the row's own. */
const char *printed_factor_unit(const rule_set *r, const rule_row *row, int32_t *ret_mass_unit)
{
    text t = row_text(row, T_EMISSION_FACTORS, "factor_unit"), gas = row_text(row, T_EMISSION_FACTORS, "gas");
    text below = t;
    text above = text_trim(text_next(&below, '/'));
    *ret_mass_unit = id_find(r, T_UNITS, TEXT("t"));
    if (t.len == 0) return NULL;
    below = text_trim(below);
    if (below.len > 0 && exact_find(r, T_UNITS, below) != exact_find(r, T_UNITS, row_text(row, T_EMISSION_FACTORS, "unit"))) return "unit";
    int32_t mass = id_find(r, T_UNITS, TEXT("g"));
    for (size_t cut = above.len; cut > 0; cut--) {
        int32_t unit = exact_find(r, T_UNITS, (text){above.ptr, cut});
        text rest = {above.ptr + cut, above.len - cut};
        bool fits = rest.len == 0 || gas.len == 0 || same_gas(rest, gas) || same_gas(rest, TEXT("CO2e")) || same_gas(rest, TEXT("C"));
        if (unit < 0 || (mass >= 0 && !rule_dim_equal(r->units[unit].dim, r->units[mass].dim)) || !fits) continue;
        *ret_mass_unit = unit;
        return NULL;
    }
    return "mass";
}

/* ---- choosing a row ---- */

static int place_rank(const factor_want *w, const rule_row *row)
{
    for (size_t i = 0; i < w->place_count; i++)
        if (text_equal(w->places[i], row->region)) return (int)i;
    return -1;
}

static int sector_rank(const factor_want *w, int32_t sector)
{
    for (size_t i = 0; i < w->sector_count; i++)
        if (w->sectors[i] == sector) return (int)i;
    return -1;
}

static bool is_energy(const rule_set *r, int32_t unit)
{
    int32_t gj = id_find(r, T_UNITS, TEXT("GJ"));
    return unit >= 0 && gj >= 0 && rule_dim_equal(r->units[unit].dim, r->units[gj].dim);
}

static bool has_carbon(const rule_row *row)
{
    return row_text(row, T_EMISSION_FACTORS, "carbon_content").len > 0 && row_text(row, T_EMISSION_FACTORS, "oxidation").len > 0;
}

static int unit_rank(const factor_want *w, const rule_factor_row *f)
{
    if (f->unit == w->unit) return 0;
    if (f->unit < 0) return 1; /* a choice that serves any unit */
    if (w->unit_exact) return -1;
    if (rule_dim_equal(w->r->units[f->unit].dim, w->r->units[w->unit].dim)) return 1;
    return w->gas.len > 0 && is_energy(w->r, w->unit) && has_carbon(f->row) ? 2 : -1;
}

static int basis_rank(const factor_want *w, const rule_row *row)
{
    if (w->to.len == 0) return 0;
    int rank = text_equal(row_text(row, T_CONVERSIONS, "to"), w->to) ? 0 : 2;
    text basis = row_text(row, T_CONVERSIONS, "basis");
    return text_equal(basis, w->basis) ? rank : basis.len == 0 || (w->basis.len == 0 && text_is(basis, "calorific")) ? rank + 1 : -1;
}

/* Lower is better; -1: does not serve. */
static int rank_of(const factor_want *w, const rule_factor_row *f)
{
    int place = place_rank(w, f->row), sector = sector_rank(w, f->sector), unit = unit_rank(w, f), basis = basis_rank(w, f->row);
    if (place < 0 || sector < 0 || unit < 0 || basis < 0) return -1;
    if (w->gas.len > 0) {
        text gas = row_text(f->row, T_EMISSION_FACTORS, "gas");
        if (gas.len > 0 ? !same_gas(gas, w->gas) : !same_gas(w->gas, TEXT("CO2"))) return -1;
    }
    int id = w->id.len > 0 && !text_equal(row_text(f->row, T_EMISSION_FACTORS, "id"), w->id);
    return (((place * 32 + sector) * 4 + id) * 4 + basis) * 4 + unit;
}

typedef struct factor_best { const rule_factor_row *now, *earlier; int now_rank, earlier_rank; } factor_best;

static void consider(const factor_want *w, const rule_factor_row *f, factor_best *best)
{
    int rank = rank_of(w, f);
    if (rank < 0 || f->row->valid_from > w->day) return;
    if (f->row->valid_to >= w->day) {
        if (!best->now || rank < best->now_rank) *best = (factor_best){f, best->earlier, rank, best->earlier_rank};
        return;
    }
    bool is_later = best->earlier && rank == best->earlier_rank && f->row->valid_to > best->earlier->row->valid_to;
    if (!best->earlier || rank < best->earlier_rank || is_later) *best = (factor_best){best->now, f, best->now_rank, rank};
}

static const rule_factor_row *best_of(const factor_want *w, const factor_best *best, text set, bool *ret_is_fallback)
{
    *ret_is_fallback = false;
    if (best->now || !best->earlier) return best->now;
    int32_t at = id_find(w->r, T_SETS, set);
    *ret_is_fallback = at >= 0 && w->r->sets[at].nearest_earlier;
    return *ret_is_fallback ? best->earlier : NULL;
}

static int32_t head_of(const rule_factor_table *t, text x, text y)
{
    arena scratch = {0};
    text key = head_key(&scratch, x, y);
    int64_t at = RULE_NONE;
    if (!text_map_find(&t->heads, key, &at)) at = RULE_NONE;
    arena_free(&scratch);
    return (int32_t)at;
}

static const rule_factor_row *pick(const factor_want *w, const rule_factor_table *t, text x, text y, text set, bool *ret_is_fallback)
{
    factor_best best = {0};
    for (int32_t at = head_of(t, x, y); at >= 0; at = t->rows[at].next) consider(w, &t->rows[at], &best);
    return best_of(w, &best, set, ret_is_fallback);
}

static void want_place(factor_want *w, text place, int32_t sector)
{
    w->place_count = region_climb(w->r, place, w->places);
    for (int step = 0; sector >= 0 && step + 1 < RULE_CLIMB_MAX; step++) {
        w->sectors[w->sector_count++] = sector;
        sector = w->r->sectors[sector].parent;
    }
    w->sectors[w->sector_count++] = RULE_NONE;
}

static bool no_factor(const factor_want *w, int32_t commodity, text set, heng_err *err)
{
    arena scratch = {0};
    const rule_commodity *c = &w->r->commodities[commodity];
    const char *seen = arena_printf(&scratch, "%.*s (%.*s)%s%.*s", TEXT_FMT(c->id), TEXT_FMT(w->r->units[w->unit].id), w->basis.len || w->gas.len ? " " : "",
                                    TEXT_FMT(w->basis.len ? w->basis : w->gas));
    err_fill(err, &MSG_RULE_NO_FACTOR, seen, text_str(&scratch, set), text_str(&scratch, day_format(&scratch, w->day)));
    arena_free(&scratch);
    return false;
}

/* How many `to` one `from` is; both of one dimension. */
static const rat *unit_ratio(arena *a, const rule_set *r, int32_t from, int32_t to)
{
    const rat *v = NULL;
    heng_err err = {0};
    if (from == to) return r->index->one;
    return rat_div(a, r->units[from].factor, r->units[to].factor, &v, &err) ? v : r->index->one; /* a unit's size is above zero */
}

/* ---- conversions ---- */

static bool is_range(const rule_set *r, const rule_row *row, int32_t commodity, text set, heng_err *err)
{
    if (row_text(row, T_CONVERSIONS, "value").len > 0) return false;
    arena scratch = {0};
    text low = row_text(row, T_CONVERSIONS, "value_low"), high = row_text(row, T_CONVERSIONS, "value_high");
    err_fill(err, &MSG_RULE_FACTOR_IS_RANGE, text_str(&scratch, r->commodities[commodity].id), text_str(&scratch, set),
             arena_printf(&scratch, "%.*s-%.*s", TEXT_FMT(low), TEXT_FMT(high)));
    arena_free(&scratch);
    return true;
}

/* Does the set ever convert this commodity on this basis? Then a missing year is missing, and no other basis steps in. */
static bool has_basis(const rule_set *r, text set, int32_t commodity, text basis)
{
    const rule_factor_table *t = &r->index->conversions;
    for (int32_t at = head_of(t, set, r->commodities[commodity].id); at >= 0; at = t->rows[at].next)
        if (text_equal(row_text(t->rows[at].row, T_CONVERSIONS, "basis"), basis)) return true;
    return false;
}

static bool by_row(arena *a, const factor_want *w, const rule_factor_row *f, int32_t to_unit, rule_factor *ret)
{
    int32_t row_to = id_find(w->r, T_UNITS, row_text(f->row, T_CONVERSIONS, "to"));
    const rat *value = cell_rat(a, f->row, T_CONVERSIONS, "value");
    if (row_to < 0 || !value || !rule_dim_equal(w->r->units[row_to].dim, w->r->units[to_unit].dim)) return false;
    ret->ratio = rat_mul(a, unit_ratio(a, w->r, w->unit, f->unit), unit_ratio(a, w->r, row_to, to_unit));
    ret->value = rat_mul(a, value, ret->ratio);
    ret->row = f->row;
    return true;
}

bool rule_conversion(arena *a, const rule_set *r, text set, int32_t commodity, int32_t unit, text to_unit, text basis, text place, int32_t day,
                     rule_factor *ret, heng_err *err)
{
    factor_want w = {.r = r, .unit = unit, .day = day, .to = to_unit, .basis = basis};
    rule_factor out = {0};
    int32_t to;
    if (!rule_unit_want(r, to_unit, &to, err)) return false;
    w.to = r->units[to].id;
    bool is_coal_equal = text_is(basis, "coal_equal") && has_basis(r, set, commodity, basis);
    bool is_same = rule_dim_equal(r->units[unit].dim, r->units[to].dim);
    bool is_heat_unit = is_same && (text_is(r->units[unit].id, "tce") || text_is(r->units[unit].id, "GJ"));
    want_place(&w, place, RULE_NONE);
    const rule_factor_row *f = NULL;
    /* What is recorded as energy is its own measure, unless the set declares its unit: declared beats derived (heat at 0.034 tce/GJ). */
    if (unit != to || is_coal_equal) f = pick(&w, &r->index->conversions, set, r->commodities[commodity].id, set, &out.is_fallback);
    if (f && is_heat_unit && !is_coal_equal && f->unit != unit) f = NULL;
    if (f && is_coal_equal && !text_equal(row_text(f->row, T_CONVERSIONS, "basis"), basis)) f = NULL;
    if (f && is_range(r, f->row, commodity, set, err)) return false;
    if (!f && is_same && !is_coal_equal) {
        out.value = out.ratio = unit_ratio(a, r, unit, to);
    } else if (!f || !by_row(a, &w, f, to, &out)) {
        return no_factor(&w, commodity, set, err);
    }
    *ret = out;
    return true;
}

/* ---- emissions ---- */

static const rat *carbon_product(arena *a, const rat *carbon_content, const rat *oxidation)
{
    const rat *per_carbon = NULL;
    heng_err err = {0};
    if (!rat_parse(a, text_of(CARBON_RATIO), &per_carbon, &err)) return NULL;
    return rat_mul(a, rat_mul(a, carbon_content, oxidation), per_carbon);
}

const rat *parts_factor(arena *a, const rule_set *r, const rule_row *row, int32_t unit)
{
    const rat *ncv = cell_rat(a, row, T_EMISSION_FACTORS, "ncv");
    const rat *carbon = cell_rat(a, row, T_EMISSION_FACTORS, "carbon_content"), *oxidation = cell_rat(a, row, T_EMISSION_FACTORS, "oxidation");
    if (!carbon || !oxidation || (!ncv && !is_energy(r, unit))) return NULL;
    if (!ncv) ncv = unit_ratio(a, r, unit, id_find(r, T_UNITS, TEXT("GJ")));
    return rat_mul(a, ncv, carbon_product(a, carbon, oxidation));
}

static void by_parts(arena *a, const factor_want *w, const rule_factor_row *f, const rat *ratio, rule_factor *ret)
{
    ret->carbon_content = cell_rat(a, f->row, T_EMISSION_FACTORS, "carbon_content");
    ret->oxidation = cell_rat(a, f->row, T_EMISSION_FACTORS, "oxidation");
    const rat *per_gj = carbon_product(a, ret->carbon_content, ret->oxidation);
    ret->ncv = cell_rat(a, f->row, T_EMISSION_FACTORS, "ncv");
    if (is_energy(w->r, w->unit)) {
        ret->ncv = NULL;
        ret->ratio = unit_ratio(a, w->r, w->unit, id_find(w->r, T_UNITS, TEXT("GJ")));
        ret->value = rat_mul(a, per_gj, ret->ratio);
        return;
    }
    ret->ratio = ratio;
    ret->value = rat_mul(a, rat_mul(a, ret->ncv, per_gj), ratio);
}

/* ratio: factor units per recorded unit, NULL = by the units. */
static bool by_emission_row(arena *a, const factor_want *w, const rule_factor_row *f, const rat *ratio, rule_factor *ret)
{
    const rule_set *r = w->r;
    bool has_ncv = row_text(f->row, T_EMISSION_FACTORS, "ncv").len > 0;
    bool same_dim = rule_dim_equal(r->units[f->unit].dim, r->units[w->unit].dim);
    int32_t t = id_find(r, T_UNITS, TEXT("t")), mass;
    if (!ratio && same_dim) ratio = unit_ratio(a, r, w->unit, f->unit);
    ret->row = f->row;
    ret->uncertainty = cell_rat(a, f->row, T_EMISSION_FACTORS, "uncertainty");
    if (has_carbon(f->row) && ((has_ncv && ratio) || is_energy(r, w->unit))) {
        by_parts(a, w, f, ratio, ret);
        return true;
    }
    const rat *factor = cell_rat(a, f->row, T_EMISSION_FACTORS, "factor");
    if (!factor || !ratio || printed_factor_unit(r, f->row, &mass) || mass < 0 || t < 0) return false;
    ret->ratio = rat_mul(a, ratio, unit_ratio(a, r, mass, t));
    ret->value = rat_mul(a, factor, ret->ratio);
    return true;
}

/* Recorded units per factor unit, as a choice gives it; turned round. */
static const rat *choice_ratio(arena *a, const rule_row *choice)
{
    const rat *per = choice ? cell_rat(a, choice, T_FACTOR_CHOICES, "factor_unit_ratio") : NULL, *ratio = NULL;
    heng_err err = {0};
    return per && rat_div(a, rat_int(a, 1), per, &ratio, &err) ? ratio : NULL;
}

/* With a ratio of its own a choice may lead to a factor in any unit. */
static const rule_factor_row *any_unit(factor_want *w, text set, text id, const rat *ratio, bool *ret_is_fallback)
{
    const rule_factor_row *f = pick(w, &w->r->index->emissions, set, id, set, ret_is_fallback);
    if (f || !ratio) return f;
    int32_t unit = w->unit;
    for (int32_t at = head_of(&w->r->index->emissions, set, id); at >= 0 && !f; at = w->r->index->emissions.rows[at].next) {
        w->unit = w->r->index->emissions.rows[at].unit;
        f = pick(w, &w->r->index->emissions, set, id, set, ret_is_fallback);
    }
    w->unit = unit;
    return f;
}

bool rule_emission(arena *a, const rule_set *r, text choice, int32_t commodity, int32_t unit, text gas, int32_t sector, text place, int32_t day,
                   rule_factor *ret, heng_err *err)
{
    factor_want w = {.r = r, .unit = unit, .day = day, .unit_exact = true};
    rule_factor out = {0};
    want_place(&w, place, sector);
    const rule_factor_row *c = pick(&w, &r->index->choices, choice, r->commodities[commodity].id, choice, &out.is_fallback);
    if (!c) {
        w.unit_exact = false;
        c = pick(&w, &r->index->choices, choice, r->commodities[commodity].id, choice, &out.is_fallback);
    }
    text set = c ? row_text(c->row, T_FACTOR_CHOICES, "set") : choice;
    text id = c ? row_text(c->row, T_FACTOR_CHOICES, "id") : r->commodities[commodity].id;
    const rat *ratio = c && c->unit == unit ? choice_ratio(a, c->row) : NULL;
    w.gas = gas;
    w.unit_exact = false;
    const rule_factor_row *f = any_unit(&w, set, id, ratio, &out.is_fallback);
    if (!f || !by_emission_row(a, &w, f, ratio, &out)) return no_factor(&w, commodity, set, err);
    out.choice = c ? c->row : NULL;
    *ret = out;
    return true;
}

bool rule_purchased(arena *a, const rule_set *r, text set, int32_t commodity, int32_t unit, text place, int32_t day, rule_factor *ret, heng_err *err)
{
    factor_want w = {.r = r, .unit = unit, .day = day, .gas = TEXT("CO2"), .id = r->commodities[commodity].id};
    rule_factor out = {0};
    factor_best best = {0};
    int64_t at = RULE_NONE;
    int32_t set_at = id_find(r, T_SETS, set);
    want_place(&w, place, RULE_NONE);
    if (!text_map_find(&r->index->emission_sets, set, &at)) at = RULE_NONE;
    for (; at >= 0 && set_at >= 0; at = r->index->next_in_set[at]) {
        const rule_factor_row *f = &r->index->emissions.rows[at];
        if (text_equal(row_text(f->row, T_EMISSION_FACTORS, "kind"), r->sets[set_at].role)) consider(&w, f, &best);
    }
    const rule_factor_row *f = best_of(&w, &best, set, &out.is_fallback);
    if (!f || !by_emission_row(a, &w, f, NULL, &out)) return no_factor(&w, commodity, set, err);
    *ret = out;
    return true;
}

/* ---- the rest ---- */

bool rule_gwp(const rule_set *r, text set, text gas, const rat **ret, const rule_row **ret_row, heng_err *err)
{
    const rule_table_rows *t = &r->index->tables[T_GWP];
    for (size_t i = 0; i < t->count; i++) {
        if (!text_equal(t->rows[i]->cells[0], set) || !same_gas(t->rows[i]->cells[1], gas)) continue;
        *ret = r->index->gwp_values[i];
        if (ret_row) *ret_row = t->rows[i];
        return true;
    }
    arena scratch = {0};
    err_fill(err, &MSG_RULE_NO_GWP, text_str(&scratch, gas), text_str(&scratch, set), NULL);
    arena_free(&scratch);
    return false;
}

text rule_profile_set(const rule_set *r, text profile, const char *role)
{
    arena scratch = {0};
    text key = head_key(&scratch, profile, text_of(role));
    int64_t at;
    bool found = text_map_find(&r->index->tables[T_PROFILES].by_key, key, &at);
    arena_free(&scratch);
    return found ? row_text(r->index->tables[T_PROFILES].rows[at], T_PROFILES, "set") : (text){"", 0};
}

typedef struct combustion_columns { int kind, role, commodity; } combustion_columns;

/* Named columns that match count; -1: the row does not match. */
static int combustion_rank(const rule_set *r, const rule_row *row, const combustion_columns *at, int32_t kind, int32_t role, int32_t commodity)
{
    text k = row->cells[at->kind], ro = row->cells[at->role], c = row->cells[at->commodity];
    bool any_kind = k.len == 0 || text_is(k, "*"), any_role = ro.len == 0 || text_is(ro, "*"), any = c.len == 0 || text_is(c, "*");
    if (!any_kind && (kind < 0 || !text_equal(k, r->kinds[kind].id))) return -1;
    if (!any_role && (role < 0 || !text_equal(ro, r->roles[role].id))) return -1;
    if (any) return 2 * (!any_kind + !any_role);
    if (commodity < 0) return -1;
    if (!text_starts(c, "tag:")) return text_equal(c, r->commodities[commodity].id) ? 2 * (!any_kind + !any_role) + 3 : -1;
    int32_t tag = id_find(r, T_TAGS, text_trim((text){c.ptr + 4, c.len - 4}));
    bool has = tag >= 0 && tag < RULE_TAGS_MAX && (r->commodities[commodity].tags[tag / 64] >> (tag % 64) & 1);
    return has ? 2 * (!any_kind + !any_role) + 2 : -1;
}

text rule_combustion(const rule_set *r, int32_t kind, int32_t role, int32_t commodity, const rule_row **ret_row)
{
    const rule_table_rows *t = &r->index->tables[T_COMBUSTION];
    const combustion_columns at = {row_column(T_COMBUSTION, "kind"), row_column(T_COMBUSTION, "role"), row_column(T_COMBUSTION, "commodity")};
    const rule_row *best = NULL;
    int best_rank = -1;
    must(at.kind >= 0 && at.role >= 0 && at.commodity >= 0);
    for (size_t i = 0; i < t->count; i++) {
        int rank = combustion_rank(r, t->rows[i], &at, kind, role, commodity);
        if (rank > best_rank) {
            best = t->rows[i];
            best_rank = rank;
        }
    }
    if (ret_row) *ret_row = best;
    return best ? row_text(best, T_COMBUSTION, "treatment") : TEXT("none");
}

static text listed_units(arena *a, const rule_set *r, const rule_commodity *c)
{
    text_buf out = {.a = a};
    for (size_t i = 0; i < c->unit_count; i++) {
        if (i > 0) buf_str(&out, ", ");
        buf_add(&out, r->units[c->units[i]].id);
    }
    return buf_text(&out);
}

bool rule_recording_unit(const rule_set *r, int32_t commodity, int32_t unit, int32_t *ret_unit, const rat **ret_ratio, arena *a, heng_err *err)
{
    const rule_commodity *c = &r->commodities[commodity];
    int32_t same_dim = RULE_NONE;
    for (size_t i = 0; i < c->unit_count; i++) {
        int32_t listed = c->units[i];
        if (listed == unit) same_dim = listed;
        if (same_dim < 0 && rule_dim_equal(r->units[listed].dim, r->units[unit].dim)) same_dim = listed;
    }
    if (same_dim < 0) {
        arena scratch = {0};
        err_fill(err, is_energy(r, unit) ? &MSG_RULE_UNIT_NOT_LISTED : &MSG_RULE_UNIT_DIMENSION, text_str(&scratch, r->units[unit].id),
                 text_str(&scratch, listed_units(&scratch, r, c)), text_str(&scratch, c->id));
        arena_free(&scratch);
        return false;
    }
    *ret_unit = same_dim;
    *ret_ratio = unit_ratio(a, r, unit, same_dim);
    return true;
}
