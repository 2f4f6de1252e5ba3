/* The formula language: what reads, what it is worth, what it says when it does not. */
#include "packs.h"

static void test_reading(arena *a, const rule_set *r)
{
    static const struct { const char *formula, *dim; } CASES[] = {
        {"1", "1"}, {"45 t", "mass"}, {"45t * 2", "mass"}, {"5 tce/1e4yuan", "energy/money"}, {"5 tce / 2", "energy"}, {"12 %", "1"}, {"1e4t", "mass"},
        {"- -3 kWh", "energy"}, {"(1 + 2) * 3 GJ", "energy"}, {"1 kWh / 1 s - 1 kW", "energy/time"},
        {"use(energy, tce)", "energy"}, {"use( energy&!fossil , tce , part=final )[base]", "energy"}, {"use(raw_coal | (coke & !nonfossil), t, sector = steel)", "mass"},
        {"supply(energy, tce, part = import)[-1]", "energy"}, {"flow(straw, kind = treat) / flow(straw, kind = generate)", "1"},
        {"flow(raw_coal, tce, kind = use, from = storage, to = thermal_power, basis = metered)", "energy"},
        {"emit(co2e, 1e4t, part = fuel, fuel = fossil | coke) / stat(population)", "mass/person"}, {"emit(CO2)[2020]", "mass"},
        {"stat(gdp)[-1][base]", "money"}, {"stat(gdp, item = \"a, (b\")", "money"}, {"chain(gdp, gdp_growth, base = 2020)", "money"}, {"holding(straw, t)", "mass"},
        {"total(energy_total, from = base)", "energy"}, {"min(use(energy, tce), 3 GJ) - max(1 tce, energy_total)", "energy"}, {"energy_intensity / energy_intensity[base]", "1"},
        {"能源消费总量 / 2", "energy"}, {"stat(常住人口)", "person"}, {"stat(population) * stat(population)", "person*person"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const formula *f = NULL;
        heng_err err = {0};
        if (check_ok(formula_parse(a, r, text_of(CASES[i].formula), RULE_NONE, &f, &err), &err, CASES[i].formula))
            check_text(rule_dim_text(a, r, formula_dim(f)), text_of(CASES[i].dim), "has its dimension");
    }
}

static void test_faults(arena *a, const rule_set *r)
{
    static const struct { const char *formula, *id; int64_t column; const char *wanted; } CASES[] = {
        {"", "rule.formula_ends_early", 1, NULL}, {"1 +", "rule.formula_ends_early", 4, NULL}, {"(1", "rule.formula_ends", 3, ")"},
        {"1 )", "rule.formula_left_over", 3, NULL}, {"1 ^ 2", "rule.formula_left_over", 3, NULL}, {"* 2", "rule.formula_unexpected", 1, NULL},
        {"1.2.3", "rule.number", 1, NULL}, {"1 foo", "rule.unknown_unit", 3, NULL}, {"1 + 2 t", "rule.formula_terms", 5, "1"},
        {"能源消费总量 + 1 t", "rule.formula_terms", 10, "energy"}, {"min(1, 2 t)", "rule.formula_terms", 8, NULL}, {"max(1)", "rule.formula_wanted", 6, ","},
        {"energy_totl", "rule.formula_unknown_indicator", 1, "energy_total"}, {"stat(gdpp)", "rule.formula_unknown_statistic", 6, "gdp"},
        {"usee(energy, tce)", "rule.formula_unknown_function", 1, "use"}, {"use(enrgy, tce)", "rule.formula_unknown_commodity", 5, "energy"},
        {"use(energy & , tce)", "rule.formula_ends_early", 13, NULL}, {"use(energy, tcee)", "rule.unknown_unit", 13, "tce"}, {"use(energy)", "rule.formula_argument_missing", 11, "unit"},
        {"use()", "rule.formula_argument_missing", 5, NULL}, {"use(energy, tce, part = all)", "rule.formula_value", 25, "part"},
        {"use(energy, tce, colour = red)", "rule.formula_unknown_key", 18, NULL}, {"use(energy, tce, part = final, part = loss)", "rule.formula_key_twice", 32, NULL},
        {"use(energy, part = final, tce)", "rule.formula_argument_many", 27, NULL}, {"stat(gdp, tce)", "rule.formula_argument_many", 11, NULL},
        {"use(energy, tce, sector = stel)", "rule.formula_value", 27, "sector"}, {"use(raw_coal, m3)", "rule.formula_call_unit", 1, NULL}, {"emit(CO2, m3)", "rule.formula_call_unit", 1, NULL},
        {"flow(energy, kind = use)", "rule.formula_flow_unit", 1, NULL}, {"flow(straw)", "rule.formula_argument_missing", 11, "kind"}, {"flow(straw, kind = trea)", "rule.formula_value", 20, "kind"},
        {"chain(gdp, gdp_growth)", "rule.formula_argument_missing", 22, "base"}, {"chain(gdp, population, base = 2020)", "rule.formula_terms", 1, "1"}, {"chain(gdp, base = 2020)", "rule.formula_argument_missing", 23, NULL},
        {"energy_total[now]", "rule.formula_when", 14, NULL}, {"energy_total[+1]", "rule.formula_when", 14, NULL}, {"energy_total[1]", "rule.formula_when", 14, NULL},
        {"(energy_total)[base]", "rule.formula_when_place", 15, NULL}, {"3[base]", "rule.formula_when_place", 2, NULL}, {"energy_total[base", "rule.formula_ends", 18, "]"},
        {"stat(gdp, item = \"x)", "rule.formula_ends", 21, "\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const formula *f = NULL;
        heng_err err = {0};
        bool ok = formula_parse(a, r, text_of(CASES[i].formula), RULE_NONE, &f, &err);
        check_fails(ok, &err, CASES[i].id, arena_printf(a, "'%s'", CASES[i].formula));
        check_int(err.column, CASES[i].column, "names its character");
        if (CASES[i].wanted) check_text(text_of(err.wanted), text_of(CASES[i].wanted), "and what is wanted");
        check(f == NULL, "and gives nothing");
    }
}

static void test_limits(arena *a, const rule_set *r)
{
    static const char *const REPEATED[] = {"(", "-", "1+", "1*", "min(1,", "use(!"};
    const formula *f = NULL;
    heng_err err = {0};
    for (size_t i = 0; i < sizeof REPEATED / sizeof REPEATED[0]; i++) {
        text_buf t = {.a = a};
        while (t.len + 20 < FORMULA_BYTES_MAX) buf_str(&t, REPEATED[i]);
        check_fails(formula_parse(a, r, buf_text(&t), RULE_NONE, &f, &err), &err, i == 5 ? "rule.formula_ends" : "rule.formula_too_deep", "depth has a limit");
        while (t.len <= FORMULA_BYTES_MAX) buf_str(&t, "1");
        check_fails(formula_parse(a, r, buf_text(&t), RULE_NONE, &f, &err), &err, "rule.formula_too_long", "and length");
    }
    check_fails(formula_parse(a, r, TEXT("1 t"), rule_unit_find(r, TEXT("tce")), &f, &err), &err, "rule.formula_unit", "the result must fit the unit asked for");
}

/* A source whose numbers are known: every call is 60 tce (or 50 of what it is measured in), 40 tce a period earlier, missing in 2000. */
static bool answer(void *context, const formula_call *call, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    const rule_set *r = context;
    (void)err;
    if (when.kind == FORMULA_YEAR && when.n == 2000) {
        text *what = NEW(a, text);
        *what = text_of(arena_printf(a, "%.*s 2000", TEXT_FMT(call->name.len ? call->name : call->function)));
        *ret = (formula_value){.missing = what, .missing_count = 1};
        return true;
    }
    const rat *v = rat_int(a, when.kind == FORMULA_OFFSET ? 40 : when.kind == FORMULA_BASE ? 80 : 60);
    text unit = call->unit >= 0 ? r->units[call->unit].id : TEXT("");
    if (call->unit < 0 && text_is(call->function, "stat")) unit = r->units[r->statistics[rule_statistic_find(r, call->name)].unit].id;
    ret->why = why_new(a, WHY_OBSERVED, call->written, call->written, v, unit);
    ret->value = unit.len ? rat_mul(a, v, r->units[rule_unit_find(r, unit)].factor) : v;
    ret->is_flagged = text_is(call->function, "supply");
    return true;
}

static bool answer_indicator(void *context, int32_t indicator, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    const rule_set *r = context;
    const rule_unit *u = &r->units[r->indicators[indicator].unit];
    (void)err;
    const rat *v = rat_int(a, when.kind == FORMULA_BASE ? 5 : 4);
    ret->why = why_new(a, WHY_OBSERVED, r->indicators[indicator].name.zh, r->indicators[indicator].name.en, v, u->id);
    ret->value = rat_mul(a, v, u->factor);
    return true;
}

static void test_values(arena *a, const rule_set *r)
{
    static const struct { const char *formula, *unit, *want; bool is_flagged; } CASES[] = {
        {"1 + 2 * 3 - 4 / 8", "", "6.5", false}, {"-(2 - 5) * 2", "", "6", false}, {"1 - 5 - 3", "", "-7", false}, {"8 / 4 / 2", "", "1", false},
        {"50 %", "%", "50", false}, {"use(energy, tce) / 3", "tce", "20", false}, {"use(energy, tce) / 3", "GJ", "586.152", false},
        {"use(energy, tce) / stat(gdp)", "tce/1e4yuan", "1", false}, {"1 - energy_intensity / energy_intensity[base]", "%", "20", false},
        {"use(energy, tce)[-1] / use(energy, tce)[base]", "%", "50", false}, {"min(use(energy, tce), 1 GJ)", "GJ", "1", false}, {"max(use(energy, tce), 1 GJ)", "tce", "60", false},
        {"supply(energy, tce) - 10 tce", "tce", "50", true}, {"1 / 3", "", "1/3", false}, {"energy_total[2020] * 2", "tce", "8", false},
    };
    formula_source source = {.context = (void *)(uintptr_t)r, .want_why = true, .call = answer, .indicator = answer_indicator};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const formula *f = NULL;
        formula_value v = {0};
        heng_err err = {0};
        const why_node *bad = NULL;
        int32_t unit = CASES[i].unit[0] ? rule_unit_find(r, text_of(CASES[i].unit)) : RULE_NONE;
        bool ok = formula_parse(a, r, text_of(CASES[i].formula), unit, &f, &err) && formula_eval(a, r, f, &source, &v, &err);
        if (!check_ok(ok, &err, CASES[i].formula) || !check(v.value != NULL, "has a value")) continue;
        const rat *in_unit = unit >= 0 ? formula_in_unit(a, r, &v, unit) : v.value;
        check_text(rat_exact(a, in_unit), text_of(CASES[i].want), "is worth this");
        check(v.is_flagged == CASES[i].is_flagged, "is flagged when a part is");
        check(why_check(a, v.why, &bad), "its explanation follows exactly");
        check(v.why && rat_equal(v.why->value, in_unit), "and ends in the value in its unit");
    }
}

static void test_missing(arena *a, const rule_set *r)
{
    formula_source source = {.context = (void *)(uintptr_t)r, .want_why = true, .call = answer, .indicator = answer_indicator};
    const formula *f = NULL;
    formula_value v = {0};
    heng_err err = {0};
    check_ok(formula_parse(a, r, TEXT("use(energy, tce) / stat(gdp)[2000] + use(energy, tce)[2000] / stat(gdp)[2000]"), RULE_NONE, &f, &err) &&
                 formula_eval(a, r, f, &source, &v, &err), &err, "missing data are no error");
    check(!v.value, "but a missing value");
    check_int((int64_t)v.missing_count, 2, "with all that is missing, each once");
    check_text(v.missing[0], TEXT("gdp 2000"), "in the order of the formula");
    check(why_check(a, v.why, NULL), "which can be explained");
    check_ok(formula_parse(a, r, TEXT("1 tce / (stat(gdp) - stat(gdp))"), RULE_NONE, &f, &err) && formula_eval(a, r, f, &source, &v, &err), &err, "division by zero is no error");
    check(!v.value && v.missing_count == 1, "but a missing value");
    check_text(v.missing[0], TEXT("divide by zero: stat(gdp) - stat(gdp)"), "that names the divisor");
    source.want_why = false;
    check_ok(formula_eval(a, r, f, &source, &v, &err), &err, "without explanation too");
}

static bool take_selector(void *context, const formula_call *call, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    (void)when;
    (void)err;
    *(const selector **)context = call->what;
    ret->value = rat_int(a, 1);
    return true;
}

static void test_selectors(arena *a, const rule_set *r)
{
    static const struct { const char *selector, *commodities, *printed; } CASES[] = {
        {"energy & !fossil", "electricity solar ", "energy & !fossil"}, {"raw_coal|coke", "raw_coal coke ", "raw_coal | coke"},
        {"!(energy | straw)", "", "!(energy | straw)"}, {"nonfossil | fossil & raw_coal", "raw_coal solar ", "nonfossil | fossil & raw_coal"},
        {"(nonfossil | fossil) & solar", "solar ", "(nonfossil | fossil) & solar"}, {"!!straw", "straw ", "!!straw"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const formula *f = NULL;
        heng_err err = {0};
        text_buf seen = {.a = a};
        text written = text_of(arena_printf(a, "use(%s, tce)", CASES[i].selector));
        const selector *s = NULL;
        formula_source source = {.context = &s, .call = take_selector};
        formula_value v;
        if (!check_ok(formula_parse(a, r, written, RULE_NONE, &f, &err) && formula_eval(a, r, f, &source, &v, &err), &err, CASES[i].selector)) continue;
        for (size_t c = 0; c < r->commodity_count; c++)
            if (selector_match(r, s, (int32_t)c)) buf_printf(&seen, "%.*s ", TEXT_FMT(r->commodities[c].id));
        check_text(buf_text(&seen), text_of(CASES[i].commodities), "means these");
        check_text(selector_text(a, s), text_of(CASES[i].printed), "and is printed so");
    }
}

int main(void)
{
    arena a = {0};
    const rule_set *r = load_ground(&a);
    test_reading(&a, r);
    test_faults(&a, r);
    test_limits(&a, r);
    test_values(&a, r);
    test_missing(&a, r);
    test_selectors(&a, r);
    arena_free(&a);
    return check_done();
}
