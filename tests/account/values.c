/* Indicators and formulas over the accounts; bounds; what is missing; why of each. */
#include "city.h"

static void observe(city *c, const char *statistic, const char *year, const char *number, const char *vintage)
{
    int32_t s = rule_statistic_find(c->r, text_of(statistic));
    book_observation o = {.party = c->city, .statistic = s, .when = when_of(c, year), .vintage = text_of(vintage), .unit = c->r->statistics[s].unit, .source_note = TEXT("yearbook")};
    book_batch batch = {.source = TEXT("yearbook"), .observation_count = 1, .observations = &o};
    book_result result = {0};
    must_work(dec_parse_any(text_of(number), &o.count, &o.scale, &c->err), &c->err, number);
    must_work(book_post(c->b, &c->a, &batch, &result, NULL, &c->err), &c->err, statistic);
    if (result.status == BOOK_REFUSED) must_work(false, result.why, statistic);
}

static const struct { const char *says, *formula, *unit, *party, *when; int base; const char *wanted; } CASES[] = {
    {"consumption is final use, material, losses and what transformation took net of what it made", "use(raw_coal, t)", "t", "city", "2021", 0, "970"},
    {"of the park only", "use(electricity, kWh)", "kWh", "park", "2021", 0, "-800000"},
    {"part of it", "use(raw_coal, t, part = transform_in)", "t", "city", "2021", 0, "800"},
    {"of a sector", "use(raw_coal, t, sector = industry, part = final)", "t", "city", "2021", 0, "150"},
    {"of a role", "use(raw_coal, t, role = thermal_power)", "t", "city", "2021", 0, "800"},
    {"in tce by heat", "use(electricity, tce, part = transform_out)", "tce", "city", "2021", 0, "245.8"},
    {"in tce by coal", "use(electricity, tce, part = transform_out, basis = coal_equal)", "tce", "city", "2021", 0, "600"},
    {"supply is what came in", "supply(energy, tce)", "tce", "city", "2021", 0, "712.955"},
    {"import of a park is what crossed its border", "supply(raw_coal, t, part = import)", "t", "park", "2021", 0, "1000"},
    {"flows of a kind", "flow(electricity, kWh, kind = use)", "kWh", "city", "2021", 0, "1700000"},
    {"flows from a class", "flow(raw_coal, kind = import, from = rest_of_country)", "t", "city", "2021", 0, "1000"},
    {"fuel emissions", "emit(co2)", "t", "city", "2021", 0, "1885"},
    {"of a sector", "emit(co2, sector = thermal_power)", "t", "city", "2021", 0, "1600"},
    {"with purchased electricity", "emit(co2, part = energy)", "t", "city", "2021", 0, "1935"},
    {"by fuel", "emit(co2, fuel = natural_gas)", "t", "city", "2021", 0, "0"},
    {"a statistic", "stat(gdp_current)", "1e8yuan", "city", "2021", 0, "110"},
    {"its latest vintage", "stat(gdp_current)", "1e8yuan", "city", "2020", 0, "100.5"},
    {"a level carried on by growth", "chain(gdp_current, gdp_growth, base = 2020)", "1e8yuan", "city", "2021", 0, "105.525"},
    {"and back", "chain(gdp_current, gdp_growth, base = 2021)", "1e8yuan", "city", "2020", 0, "2200/21"},
    {"change since the base", "1 - stat(gdp_current)[base] / stat(gdp_current)", "%", "city", "2021", 2020, "95/11"},
    {"the year before", "stat(gdp_current) - stat(gdp_current)[-1]", "1e8yuan", "city", "2021", 0, "9.5"},
    {"no base year", "stat(gdp_current)[base]", "1e8yuan", "city", "2021", 0, "!no base year given"},
    {"no observation", "stat(gdp_current)", "1e8yuan", "city", "2018", 0, "!no data: gdp_current 2018"},
    {"no growth on the way", "chain(gdp_current, gdp_growth, base = 2020)", "1e8yuan", "city", "2022", 0, "!no data: gdp_growth 2022"},
    {"no movement at all is no data", "use(energy, tce)", "tce", "city", "2015", 0, "!no data: use(energy, tce) 2015"},
    {"energy recorded, none of it diesel: nothing", "use(diesel, t)", "t", "city", "2021", 0, "0"},
    {"a tax on nothing: division by zero is missing", "use(raw_coal, t) / use(diesel, t)", "%", "city", "2021", 0, "!divide by zero: use(diesel, t)"},
    {"what is held", "holding(cea, allowance)", "allowance", "park", "2021", 0, "100"},
    {"nothing yet", "holding(cea, allowance)", "allowance", "park", "2021-04", 0, "!no data: holding(cea, allowance) 2021-04"},
};

static void formulas(city *c, account *x)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        account_value v;
        heng_err err = {0};
        why_node *root;
        const why_node *bad;
        int32_t party = book_party_find(c->b, text_of(CASES[i].party));
        if (!check_ok(account_formula(x, &c->a, text_of(CASES[i].formula), rule_unit_find(c->r, text_of(CASES[i].unit)), party, when_of(c, CASES[i].when), CASES[i].base, &v, &err), &err, CASES[i].formula)) continue;
        check_text(v.value ? rat_exact(&c->a, v.value) : text_of(arena_printf(&c->a, "!%.*s", TEXT_FMT(v.missing))), text_of(CASES[i].wanted), CASES[i].says);
        if (!check_ok(account_why(x, &c->a, v.address, &root, &err), &err, "it has an explanation")) continue;
        check(why_check(&c->a, root, &bad), "that adds up");
        check(v.value ? root->value && rat_equal(root->value, v.value) : !root->value, "to the number");
    }
}

static void units_found(city *c, account *x)
{
    account_value v;
    heng_err err = {0};
    check_ok(account_formula(x, &c->a, TEXT("use(raw_coal, t) + use(raw_coal, kg)"), RULE_NONE, c->city, when_of(c, "2021"), 0, &v, &err), &err, "a formula without unit");
    check(v.unit >= 0 && text_is(c->r->units[v.unit].id, "t"), "takes the unit of its first amount");
    check_text(rat_exact(&c->a, v.value), TEXT("1940"), "and its value is in it");
    int32_t i = rule_indicator_find(c->r, TEXT("energy_total"));
    check_ok(account_indicator(x, &c->a, i, c->city, when_of(c, "2021"), 0, &v, &err), &err, "an indicator of the pack");
    check(v.value != NULL, "has a value");
}

static void bounds(city *c)
{
    book_bound b[] = {
        {.key = TEXT("a"), .indicator = TEXT("coal_total"), .party = c->city, .compare = BOOK_AT_MOST, .value = TEXT("1000"), .unit = TEXT("t"), .when = when_of(c, "2021")},
        {.key = TEXT("b"), .indicator = TEXT("coal_total"), .party = c->city, .compare = BOOK_AT_MOST, .value = TEXT("969.9"), .unit = TEXT("t"), .when = when_of(c, "2021")},
        {.key = TEXT("c"), .indicator = TEXT("coal_total"), .party = c->city, .compare = BOOK_AT_MOST, .value = TEXT("1"), .unit = TEXT("t"), .when = when_of(c, "2015")},
        {.key = TEXT("d"), .indicator = TEXT("coal_total"), .party = c->city, .compare = BOOK_AT_MOST, .value = TEXT("1"), .unit = TEXT("t"), .when = when_of(c, "2190")}};
    static const char *const wanted[] = {"met", "missed", "no_data", "not_due"};
    book_batch batch = {.source = TEXT("plan"), .bound_count = 4, .bounds = b};
    heng_err err = {0};
    account_bound_state *states;
    size_t count;
    must_work(book_post(c->b, &c->a, &batch, NULL, NULL, &c->err), &c->err, "bounds");
    account *x = city_account(c, NULL);
    if (!check_ok(account_bounds(x, &c->a, c->city, &states, &count, &err), &err, "bounds are judged")) return;
    check_int((int64_t)count, 4, "all four");
    for (size_t i = 0; i < count; i++) check_text(states[i].state, text_of(wanted[states[i].row.bound.key.ptr[0] - 'a']), "its state");
}

int main(void)
{
    city c;
    city_make(&c);
    city_year(&c, "2021");
    observe(&c, "gdp_current", "2020", "100", "2021-03-01");
    observe(&c, "gdp_current", "2020", "100.5", "2022-01-01");
    observe(&c, "gdp_current", "2021", "110", "");
    observe(&c, "gdp_growth", "2021", "5", "");
    city_post(&c, "given", move(&c, c.registry, c.mill, "cea", "right", "100", "2021-05"));
    account *x = city_account(&c, NULL);
    formulas(&c, x);
    units_found(&c, x);
    bounds(&c);
    city_remove(&c);
    return check_done();
}
