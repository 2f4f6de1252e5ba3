/* Factors: place, date, sector, unit, ranges, fallback; exact values. */
#include "packs.h"

typedef struct conversion_case { const char *says, *commodity, *unit, *to, *basis, *place, *day, *want; bool is_fallback; } conversion_case;

static const conversion_case CONVERSIONS[] = {
    {"the row of the day", "raw_coal", "t", "tce", "", "", "2020-12-31", "0.7143", false},
    {"the next row from its first day", "raw_coal", "t", "tce", "", "130000", "2021-01-01", "0.72", false},
    {"the own place before everywhere", "raw_coal", "t", "tce", "", "120000", "2021-01-01", "0.8", false},
    {"a parent's row serves its districts", "raw_coal", "t", "tce", "", "120111", "2021-01-01", "0.8", false},
    {"the unit recorded converts", "raw_coal", "1e4t", "tce", "", "", "2021-01-01", "7200", false},
    {"tce itself is tce", "raw_coal", "tce", "tce", "calorific", "", "2021-01-01", "1", false},
    {"tce in GJ is exact", "raw_coal", "tce", "GJ", "", "", "2021-01-01", "29.3076", false},
    {"a row in GJ gives tce by the units", "coke", "t", "tce", "", "", "2021-01-01", "0.9714203824", false},
    {"electricity, calorific", "electricity", "kWh", "tce", "calorific", "", "2020-06-01", "0.0001229", false},
    {"electricity, coal equal", "electricity", "kWh", "tce", "coal_equal", "", "2020-06-01", "0.0003", false},
    {"electricity in tce, coal equal, goes by kWh", "electricity", "tce", "tce", "coal_equal", "", "2020-06-01", "2.4423", false},
    {"a fuel without coal_equal is the same on both", "raw_coal", "t", "tce", "coal_equal", "", "2020-06-01", "0.7143", false},
    {"coal_equal of another year is missing", "electricity", "kWh", "tce", "coal_equal", "", "2021-06-01", "rule.no_factor", false},
    {"a range has no default", "straw", "t", "tce", "", "", "2021-01-01", "rule.factor_is_range", false},
    {"gas per m3 has a range beside its value: the value counts", "natural_gas", "m3", "tce", "", "", "2021-01-01", "0.0012143", false},
    {"no factor at all", "solar", "kWh", "tce", "coal_equal", "", "2021-01-01", "0.00012283503", false},
};

static void check_value(arena *a, bool ok, const heng_err *err, const rule_factor *f, const char *want, const char *says)
{
    if (text_starts(text_of(want), "rule.")) check_fails(ok, err, want, says);
    else if (check_ok(ok, err, says)) check_text(rat_is_decimal(f->value, 10) ? rat_exact(a, f->value) : rat_format(a, f->value, (int)strlen(want) - 2), text_of(want), says);
}

static void test_conversions(arena *a, const rule_set *r)
{
    for (size_t i = 0; i < sizeof CONVERSIONS / sizeof CONVERSIONS[0]; i++) {
        const conversion_case *c = &CONVERSIONS[i];
        rule_factor f = {0};
        heng_err err = {0};
        bool ok = rule_conversion(a, r, TEXT("conv"), rule_commodity_find(r, text_of(c->commodity)), rule_unit_find(r, text_of(c->unit)), text_of(c->to),
                                  text_of(c->basis), text_of(c->place), day_of(c->day), &f, &err);
        check_value(a, ok, &err, &f, c->want, c->says);
    }
    rule_factor f = {0};
    heng_err err = {0};
    check_ok(rule_conversion(a, r, TEXT("conv"), 0, rule_unit_find(r, TEXT("t")), TEXT("tce"), TEXT(""), TEXT("120111"), GIVEN_DAY, &f, &err), &err, "a factor");
    check_text(f.row->source, TEXT("a city's own"), "cites its row");
    const rule_set *city = load_packs(a, (const char *const[]){"ground", "city"}, 2);
    check_ok(rule_conversion(a, city, TEXT("conv"), rule_commodity_find(city, TEXT("straw")), rule_unit_find(city, TEXT("t")), TEXT("tce"), TEXT(""), TEXT("120000"),
                             GIVEN_DAY, &f, &err), &err, "an upper pack chooses from a range");
    check_text(rat_exact(a, f.value), TEXT("0.45"), "for its own place");
}

static const struct { const char *says, *commodity, *unit, *gas, *sector, *want; } EMISSIONS[] = {
    {"a choice leads to a row; its parts count", "raw_coal", "t", "CO2", "", "1.98"},
    {"the sector's own row before the general", "raw_coal", "t", "CO2", "steel", "2.09"},
    {"another sector takes the general", "raw_coal", "t", "CO2", "services", "1.98"},
    {"recorded in energy: carbon by energy, without the heating value", "raw_coal", "GJ", "CO2", "", "0.099"},
    {"one tce is 29.3076 GJ", "raw_coal", "tce", "CO2", "", "2.9014524"},
    {"a choice's own unit ratio", "natural_gas", "m3", "CO2", "", "0.0021621888"},
    {"the parts count, not the printed factor", "natural_gas", "1e4m3", "CO2", "", "21.62188809"},
    {"another gas is not there", "raw_coal", "t", "CH4", "", "rule.no_factor"},
    {"a commodity without choice is not there", "straw", "t", "CO2", "", "rule.no_factor"},
};

static void test_emissions(arena *a, const rule_set *r)
{
    for (size_t i = 0; i < sizeof EMISSIONS / sizeof EMISSIONS[0]; i++) {
        rule_factor f = {0};
        heng_err err = {0};
        bool ok = rule_emission(a, r, TEXT("main"), rule_commodity_find(r, text_of(EMISSIONS[i].commodity)), rule_unit_find(r, text_of(EMISSIONS[i].unit)),
                                text_of(EMISSIONS[i].gas), rule_sector_find(r, text_of(EMISSIONS[i].sector)), TEXT("120111"), GIVEN_DAY, &f, &err);
        check_value(a, ok, &err, &f, EMISSIONS[i].want, EMISSIONS[i].says);
    }
    rule_factor f = {0};
    heng_err err = {0};
    check_ok(rule_emission(a, r, TEXT("main"), 0, rule_unit_find(r, TEXT("1e4t")), TEXT("CO2"), RULE_NONE, TEXT(""), GIVEN_DAY, &f, &err), &err, "parts of a factor");
    const rat *forty_four = NULL;
    check(f.ncv && f.carbon_content && f.oxidation && f.ratio && rat_parse(a, TEXT("44/12"), &forty_four, &err) &&
              rat_equal(f.value, rat_mul(a, rat_mul(a, rat_mul(a, f.ncv, f.carbon_content), rat_mul(a, f.oxidation, f.ratio)), forty_four)),
          "their product by 44/12 is the value exactly");
    check_text(rat_exact(a, f.uncertainty), TEXT("0.05"), "the uncertainty stands beside it");
    check(f.choice != NULL, "and the choice that led here");
    check_ok(rule_emission(a, r, TEXT("fuel"), rule_commodity_find(r, TEXT("coke")), rule_unit_find(r, TEXT("t")), TEXT("CO2"), RULE_NONE, TEXT(""), GIVEN_DAY, &f, &err), &err,
             "a set instead of a choice goes by the commodity's id");
    check(f.is_fallback, "an earlier year's factor is flagged");
    check_text(rat_exact(a, f.value), TEXT("3"), "a printed factor in g per t comes in t per t");
    check_fails(rule_emission(a, r, TEXT("fuel"), rule_commodity_find(r, TEXT("coke")), rule_unit_find(r, TEXT("t")), TEXT("CO2"), RULE_NONE, TEXT(""), day_of("2009-12-31"), &f, &err),
                &err, "rule.no_factor", "no later year steps in");
}

static void test_purchased(arena *a, const rule_set *r)
{
    rule_factor f = {0};
    heng_err err = {0};
    int32_t power = rule_commodity_find(r, TEXT("electricity")), kwh = rule_unit_find(r, TEXT("kWh"));
    check_ok(rule_purchased(a, r, TEXT("grid"), power, kwh, TEXT("120111"), day_of("2020-05-01"), &f, &err), &err, "power of the year");
    check_text(rat_exact(a, f.value), TEXT("0.0005"), "takes the year's row, though the place's own is older");
    check_ok(rule_purchased(a, r, TEXT("grid"), power, kwh, TEXT("120111"), day_of("2022-05-01"), &f, &err), &err, "power of a later year");
    check_text(rat_exact(a, f.value), TEXT("0.0006"), "falls back at the nearest place");
    check(f.is_fallback, "and is flagged");
    check_ok(rule_purchased(a, r, TEXT("grid"), power, rule_unit_find(r, TEXT("tce")), TEXT(""), day_of("2020-05-01"), &f, &err), &err, "power recorded in tce");
    check_text(rat_exact(a, f.value), TEXT("4.0705"), "converts by the units");
    check_fails(rule_purchased(a, r, TEXT("nothing"), power, kwh, TEXT(""), GIVEN_DAY, &f, &err), &err, "rule.no_factor", "an unknown set has no factor");
}

static void test_rest(arena *a, const rule_set *r)
{
    const rat *gwp = NULL;
    const rule_row *row = NULL;
    heng_err err = {0};
    check_ok(rule_gwp(r, TEXT("ar5"), TEXT("ch4"), &gwp, &row, &err), &err, "a warming potential");
    check_text(rat_exact(a, gwp), TEXT("28"), "is found");
    check_fails(rule_gwp(r, TEXT("ar5"), TEXT("SF6"), &gwp, &row, &err), &err, "rule.no_gwp", "or is missing");
    check_text(rule_profile_set(r, TEXT("national"), "conversion"), TEXT("conv"), "a profile names a set for a role");
    check_text(rule_profile_set(r, TEXT("national"), "heat"), TEXT(""), "or none");
    int32_t use = rule_kind_find(r, TEXT("use")), in = rule_kind_find(r, TEXT("transform_in")), coal = rule_commodity_find(r, TEXT("raw_coal"));
    check_text(rule_combustion(r, use, RULE_NONE, coal, &row), TEXT("burnt"), "fuel used is burnt");
    check_text(rule_combustion(r, in, RULE_NONE, coal, &row), TEXT("feedstock"), "fuel transformed goes into products");
    check_text(rule_combustion(r, in, rule_role_find(r, TEXT("coking")), coal, &row), TEXT("feedstock"), "in a coking plant too");
    check_text(rule_combustion(r, use, RULE_NONE, rule_commodity_find(r, TEXT("electricity")), &row), TEXT("purchased"), "power is bought");
    check_text(rule_combustion(r, use, RULE_NONE, rule_commodity_find(r, TEXT("straw")), &row), TEXT("none"), "and straw is not listed");
}

int main(void)
{
    arena a = {0};
    const rule_set *r = load_ground(&a);
    test_conversions(&a, r);
    test_emissions(&a, r);
    test_purchased(&a, r);
    test_rest(&a, r);
    arena_free(&a);
    return check_done();
}
