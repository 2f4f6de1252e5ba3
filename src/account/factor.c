/*
 * What one recorded unit is worth in the unit asked for, exactly, with the rows it came from.
 *
 *   RECORDED   1
 *   UNIT       size of the recorded unit / size of the wanted one; only inside a dimension
 *   ENERGY     conversion row of the profile's set (coal_equal: of that set first) x size of tce or GJ / size of the wanted unit
 *   EMISSION   emission row by the profile's choice, t of gas, x warming potential for CO2e; PROCESS the same from its own set
 *   PURCHASED  row of the profile's set for electricity or heat
 *   GAS        a measured gas in t, x warming potential for CO2e
 *
 * Of a party that has measured its fuel itself the measured values come first (measured.c), flagged.
 *
 * A factor that is not there makes the result missing, with the name of what is not there. Results are kept for the life of the account.
 */
#include <ctype.h>
#include <stdio.h>
#include "inside.h"

static text commodity_id(const account *x, int32_t i) { return x->r->commodities[i].id; }
static text unit_id(const account *x, int32_t i) { return i < 0 ? (text){0} : x->r->units[i].id; }

static bool miss(account *x, factor *f, const char *what, const factor_ask *q, text set)
{
    f->value = NULL;
    f->missing = set.len > 0 ? printed(x->a, "%s: %.*s (%.*s) in %.*s", what, TEXT_FMT(commodity_id(x, q->commodity)), TEXT_FMT(unit_id(x, q->unit)), TEXT_FMT(set))
                             : printed(x->a, "%s: %.*s (%.*s)", what, TEXT_FMT(commodity_id(x, q->commodity)), TEXT_FMT(unit_id(x, q->unit)));
    return false;
}

/* Recorded in tce because its source prints tce only: no factor leads back to tonnes, and the reader is told so. */
static bool miss_unit(account *x, factor *f, const factor_ask *q, const rule_unit *kept, const rule_unit *wanted)
{
    f->value = NULL;
    f->missing = printed(x->a, "kept in %.*s as its source gives it, with no way to %.*s: %.*s", TEXT_FMT(kept->id), TEXT_FMT(wanted->id), TEXT_FMT(commodity_id(x, q->commodity)));
    return false;
}

static bool miss_of(account *x, factor *f, const heng_err *e, const factor_ask *q, text set)
{
    bool is_range = e->message && strcmp(e->message->id, "rule.factor_is_range") == 0;
    return miss(x, f, is_range ? "factor is a range" : "no factor", q, set);
}

static void add_step(account *x, factor *f, factor_step step)
{
    must(f->step_count < ACCOUNT_STEPS_MAX);
    f->value = rat_mul(x->a, f->value, step.value);
    f->steps[f->step_count++] = step;
}

static text parts_text(account *x, const rule_factor *rf)
{
    text_buf b = {.a = x->a};
    const struct { const char *name; const rat *v; } parts[] = {{"ncv", rf->ncv}, {"carbon content", rf->carbon_content}, {"oxidation", rf->oxidation}};
    for (size_t i = 0; i < 3; i++)
        if (parts[i].v) buf_printf(&b, "%s%s %.*s", b.len ? " × " : "", parts[i].name, TEXT_FMT(rat_exact(x->a, parts[i].v)));
    if (b.len > 0) buf_str(&b, " × 44/12");
    if (rf->ratio && b.len > 0) buf_printf(&b, " × %.*s", TEXT_FMT(rat_exact(x->a, rf->ratio)));
    return buf_text(&b);
}

static void add_rule_step(account *x, factor *f, const rule_factor *rf, rule_name label, text unit)
{
    add_step(x, f, (factor_step){rf->value, label, parts_text(x, rf), unit, rf->row, rf->choice, rf->is_fallback, NULL});
    f->is_flagged |= rf->is_fallback;
    f->uncertainty = rf->uncertainty;
}

/* One unit in another of the same dimension. False (and missing) across dimensions. */
static bool add_unit_step(account *x, factor *f, const factor_ask *q, int32_t from, int32_t to)
{
    const rat *ratio;
    heng_err ignored = {0};
    const rule_unit *u = &x->r->units[from], *w = &x->r->units[to];
    if (from == to) return true;
    if (!rule_dim_equal(u->dim, w->dim) || !rat_div(x->a, u->factor, w->factor, &ratio, &ignored))
        return miss_unit(x, f, q, u, w);
    add_step(x, f, (factor_step){.value = ratio, .label = {printed(x->a, "单位换算 %.*s→%.*s", TEXT_FMT(u->id), TEXT_FMT(w->id)), printed(x->a, "unit %.*s to %.*s", TEXT_FMT(u->id), TEXT_FMT(w->id))},
                                 .unit = printed(x->a, "%.*s/%.*s", TEXT_FMT(w->id), TEXT_FMT(u->id))});
    return true;
}

static bool is_power_of_ten(arena *a, const rat *v)
{
    heng_err ignored = {0};
    if (rat_sign(v) <= 0) return false;
    const rat *p;
    for (int n = -15; n <= 15; n++)
        if (rat_pow(a, rat_int(a, 10), n, &p, &ignored) && rat_equal(p, v)) return true;
    return false;
}

bool unit_is_energy_scale(const account *x, int32_t unit, int32_t *ret_base)
{
    static const char *const bases[] = {"tce", "GJ"};
    arena scratch = {0};
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        const rat *ratio;
        heng_err ignored = {0};
        int32_t base = rule_unit_find(x->r, text_of(bases[i]));
        if (base < 0 || !rule_dim_equal(x->r->units[base].dim, x->r->units[unit].dim)) continue;
        found = rat_div(&scratch, x->r->units[unit].factor, x->r->units[base].factor, &ratio, &ignored) && is_power_of_ten(&scratch, ratio);
        if (found) *ret_base = base;
    }
    arena_free(&scratch);
    return found;
}

/* ---- Measured by the party itself ---- */

/* A pure number bears no unit. */
static text shown_unit_id(const account *x, int32_t unit) { return text_is(unit_id(x, unit), "1") ? (text){0} : unit_id(x, unit); }

/* The measured value, in the unit given, as a step of its own. */
static bool add_measured_step(account *x, factor *f, const measured *m, int32_t unit, rule_name label)
{
    const rat *v;
    heng_err ignored = {0};
    const rule_unit *u = &x->r->units[unit];
    if (!rat_div(x->a, m->value, u->factor, &v, &ignored)) return false;
    add_step(x, f, (factor_step){.value = v, .label = label, .unit = shown_unit_id(x, unit), .by = m});
    f->is_flagged = true;
    return true;
}

static bool is_by_mass(const account *x, const factor_ask *q)
{
    int32_t t = rule_unit_find(x->r, TEXT("t"));
    return t >= 0 && rule_dim_equal(x->r->units[t].dim, x->r->units[q->unit].dim);
}

/* GJ of one recorded unit by the measured heating value; false: none, or not by mass. */
static bool measured_energy(account *x, factor *f, const factor_ask *q)
{
    const measured *ncv = measured_find(x, q->own, q->commodity, q->day, MEASURED_NCV);
    int32_t per = rule_unit_find(x->r, TEXT("GJ/t")), t = rule_unit_find(x->r, TEXT("t"));
    if (!ncv || per < 0 || !is_by_mass(x, q) || !add_unit_step(x, f, q, q->unit, t)) return false;
    return add_measured_step(x, f, ncv, per, (rule_name){TEXT("实测低位发热量"), TEXT("measured net calorific value")});
}

/* ---- Energy ---- */

static bool convert(account *x, text set, const factor_ask *q, text to, rule_factor *rf, heng_err *e)
{
    return set.len > 0 && rule_conversion(x->a, x->r, set, q->commodity, q->unit, to, q->basis, q->place, q->day, rf, e);
}

/* The set for coal_equal may hold only what differs there (electricity, heat): the rest comes from the set for calorific. */
static bool convert_by_profile(account *x, const factor_ask *q, text to, rule_factor *rf, text *ret_set, heng_err *e)
{
    text plain = rule_profile_set(x->r, q->profile, "conversion"), special = rule_profile_set(x->r, q->profile, "conversion_coal_equal");
    *ret_set = special;
    if (text_is(q->basis, "coal_equal") && convert(x, special, q, to, rf, e)) return true;
    *ret_set = plain;
    return convert(x, plain, q, to, rf, e);
}

static bool energy_factor(account *x, factor *f, const factor_ask *q)
{
    rule_factor rf = {0};
    heng_err e = {0};
    text set;
    int32_t base = RULE_NONE, tce = rule_unit_find(x->r, TEXT("tce"));
    static const rule_name label = {{"折标准煤系数", sizeof "折标准煤系数" - 1}, {"conversion factor", sizeof "conversion factor" - 1}};
    if (!unit_is_energy_scale(x, q->to_unit, &base)) return miss(x, f, "no energy unit", q, unit_id(x, q->to_unit));
    int32_t gj = rule_unit_find(x->r, TEXT("GJ"));
    if (gj >= 0 && measured_energy(x, f, q)) return add_unit_step(x, f, q, gj, q->to_unit);
    bool ok = convert_by_profile(x, q, unit_id(x, base), &rf, &set, &e);
    if (!ok && base != tce && tce >= 0 && convert_by_profile(x, q, TEXT("tce"), &rf, &set, &e)) ok = true, base = tce;
    if (!ok) return miss_of(x, f, &e, q, set.len > 0 ? set : q->profile);
    text per = printed(x->a, "%.*s/%.*s", TEXT_FMT(unit_id(x, base)), TEXT_FMT(unit_id(x, q->unit)));
    if (rf.row || q->unit != base) add_rule_step(x, f, &rf, label, per);
    if (!rf.row) f->uncertainty = rat_int(x->a, 0);
    return add_unit_step(x, f, q, base, q->to_unit);
}

/* ---- Emissions ---- */

static bool add_gwp(account *x, factor *f, const factor_ask *q)
{
    const rat *v;
    const rule_row *row;
    heng_err e = {0};
    text set = x->o.gwp.len > 0 ? x->o.gwp : rule_profile_set(x->r, q->profile, "gwp");
    if (!q->as_co2e || text_is(q->gas, "co2")) return true;
    if (set.len == 0 || !rule_gwp(x->r, set, q->gas, &v, &row, &e)) {
        f->value = NULL;
        f->missing = printed(x->a, "no warming potential: %.*s in %.*s", TEXT_FMT(q->gas), TEXT_FMT(set));
        return false;
    }
    add_step(x, f, (factor_step){.value = v, .label = {TEXT("全球增温潜势"), TEXT("global warming potential")}, .unit = TEXT("t/t"), .row = row});
    return true;
}

static void add_part_step(account *x, factor *f, const rule_factor *rf, const measured *m, int32_t unit, const rat *of_rule, rule_name label)
{
    if (m && add_measured_step(x, f, m, unit, label)) return;
    add_step(x, f, (factor_step){.value = of_rule, .label = label, .unit = shown_unit_id(x, unit), .row = rf->row, .choice = rf->choice, .is_fallback = rf->is_fallback});
}

/* Heating value x carbon content x oxidation x 44/12, each measured where it is, else the part of the rule row. False: nothing measured, or no parts. */
static bool measured_emission(account *x, factor *f, const factor_ask *q, const rule_factor *rf)
{
    const measured *m[MEASURED_KINDS];
    const rat *by_mass;
    heng_err ignored = {0};
    bool any = false;
    for (int k = 0; k < MEASURED_KINDS; k++) any |= (m[k] = measured_find(x, q->own, q->commodity, q->day, (measured_kind)k)) != NULL;
    int32_t per = rule_unit_find(x->r, TEXT("GJ/t")), carbon = rule_unit_find(x->r, TEXT("t/GJ")), one = rule_unit_find(x->r, TEXT("1")), t = rule_unit_find(x->r, TEXT("t"));
    if (!any || q->use != FACTOR_EMISSION || per < 0 || carbon < 0 || one < 0 || !is_by_mass(x, q) || !rf->carbon_content || !rf->oxidation || (!rf->ncv && !m[MEASURED_NCV])) return false;
    if (!rat_parse(x->a, TEXT("44/12"), &by_mass, &ignored) || !add_unit_step(x, f, q, q->unit, t)) return false;
    add_part_step(x, f, rf, m[MEASURED_NCV], per, rf->ncv, (rule_name){TEXT("低位发热量"), TEXT("net calorific value")});
    add_part_step(x, f, rf, m[MEASURED_CARBON], carbon, rf->carbon_content, (rule_name){TEXT("单位热值含碳量"), TEXT("carbon content")});
    add_part_step(x, f, rf, m[MEASURED_OXIDATION], one, rf->oxidation, (rule_name){TEXT("碳氧化率"), TEXT("oxidation")});
    add_step(x, f, (factor_step){.value = by_mass, .label = {TEXT("二氧化碳与碳的分子量之比"), TEXT("CO2 per carbon by mass")}});
    f->is_flagged |= rf->is_fallback;
    return true;
}

static bool emission_factor(account *x, factor *f, const factor_ask *q)
{
    rule_factor rf = {0};
    heng_err e = {0};
    static const rule_name label = {{"排放因子", sizeof "排放因子" - 1}, {"emission factor", sizeof "emission factor" - 1}};
    text set = {0};
    if (q->use == FACTOR_PROCESS) set = rule_profile_set(x->r, q->profile, "process");
    if (set.len == 0) set = rule_profile_set(x->r, q->profile, "emission");
    if (set.len == 0 || !rule_emission(x->a, x->r, set, q->commodity, q->unit, q->gas, q->sector, q->place, q->day, &rf, &e))
        return miss_of(x, f, &e, q, set.len > 0 ? set : q->profile);
    if (!measured_emission(x, f, q, &rf)) add_rule_step(x, f, &rf, label, printed(x->a, "t/%.*s", TEXT_FMT(unit_id(x, q->unit))));
    return add_gwp(x, f, q);
}

static bool purchased_factor(account *x, factor *f, const factor_ask *q)
{
    rule_factor rf = {0};
    heng_err e = {0};
    bool is_heat = false;
    (void)is_purchased_commodity(x, q->commodity, &is_heat);
    text set = rule_profile_set(x->r, q->profile, is_heat ? "heat" : "electricity");
    if (set.len == 0 || !rule_purchased(x->a, x->r, set, q->commodity, q->unit, q->place, q->day, &rf, &e))
        return miss_of(x, f, &e, q, set.len > 0 ? set : q->profile);
    add_rule_step(x, f, &rf, (rule_name){is_heat ? TEXT("外购热力排放因子") : TEXT("外购电力排放因子"), is_heat ? TEXT("purchased heat factor") : TEXT("purchased electricity factor")},
                  printed(x->a, "t/%.*s", TEXT_FMT(unit_id(x, q->unit))));
    return true;
}

static bool gas_factor(account *x, factor *f, const factor_ask *q)
{
    int32_t t = rule_unit_find(x->r, TEXT("t"));
    if (t < 0) return miss(x, f, "no unit t", q, (text){0});
    return add_unit_step(x, f, q, q->unit, t) && add_gwp(x, f, q);
}

/* Letters and digits in lower case: "HFC-134a" and "hfc_134a" are one name. */
static text bare(arena *a, text t)
{
    char *p = arena_alloc(a, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        if (isalnum((unsigned char)t.ptr[i])) p[n++] = (char)tolower((unsigned char)t.ptr[i]);
    return (text){p, n};
}

text gas_of_commodity(const account *x, int32_t commodity)
{
    arena scratch = {0};
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "gwp", &rows);
    text id = bare(&scratch, commodity_id(x, commodity)), found = {0};
    if (text_is(id, "co2")) found = TEXT("co2");
    for (size_t i = 0; i < count && found.len == 0; i++)
        if (text_equal(bare(&scratch, rule_cell(rows[i], "gas")), id)) found = rule_cell(rows[i], "gas");
    arena_free(&scratch);
    return found;
}

static bool has_tag(const account *x, int32_t commodity, const char *tag)
{
    int32_t t = rule_tag_find(x->r, text_of(tag));
    return t >= 0 && (x->r->commodities[commodity].tags[t / 64] >> (t % 64) & 1);
}

bool is_purchased_commodity(const account *x, int32_t commodity, bool *ret_is_heat)
{
    text id = commodity_id(x, commodity);
    if (x->r->commodities[commodity].class_ != RULE_PRODUCT) return false;
    *ret_is_heat = text_is(id, "heat") || has_tag(x, commodity, "thermal");
    return *ret_is_heat || text_is(id, "electricity") || has_tag(x, commodity, "electric");
}

/* ---- Memory of factors ---- */

/* False: missing, and says what. */
static bool make_factor(account *x, factor *f, const factor_ask *q)
{
    f->value = rat_int(x->a, 1);
    if (q->use == FACTOR_RECORDED || q->use == FACTOR_UNIT) f->uncertainty = rat_int(x->a, 0);
    switch (q->use) {
    case FACTOR_RECORDED: return true;
    case FACTOR_UNIT: return add_unit_step(x, f, q, q->unit, q->to_unit);
    case FACTOR_ENERGY: return energy_factor(x, f, q);
    case FACTOR_EMISSION: case FACTOR_PROCESS: return emission_factor(x, f, q);
    case FACTOR_PURCHASED: return purchased_factor(x, f, q);
    case FACTOR_GAS: return gas_factor(x, f, q);
    }
    return false;
}

bool factor_get(account *x, const factor_ask *q, const factor **ret, heng_err *err)
{
    char key[512];
    int64_t found;
    (void)err;
    int len = snprintf(key, sizeof key, "%d %d %d %d %d %d %d %d|%.*s|%.*s|%.*s|%.*s", (int)q->use, q->commodity, q->unit, q->to_unit, q->sector, (int)q->as_co2e, q->day, q->own,
                       TEXT_FMT(q->basis), TEXT_FMT(q->gas), TEXT_FMT(q->place), TEXT_FMT(q->profile));
    text t = {key, len < (int)sizeof key ? (size_t)len : sizeof key - 1};
    if (!text_map_find(&x->factors, t, &found)) {
        factor *f = NEW(x->a, factor);
        f->id = (int)x->factors.count;
        if (!make_factor(x, f, q)) f->value = NULL;
        found = (int64_t)(intptr_t)f;
        text_map_put(&x->factors, text_copy(x->a, t), found);
    }
    *ret = (const factor *)(intptr_t)found;
    return true;
}

factor_ask factor_ask_of(const account *x, const selection *s, const group *g, factor_use use, const trait *end)
{
    return (factor_ask){.use = use, .commodity = g->commodity, .unit = g->unit, .to_unit = RULE_NONE, .sector = end->sector, .own = end->own, .basis = x->o.basis,
                        .place = s->state->places[end->place], .profile = s->profile, .day = s->spans[g->span].day};
}
