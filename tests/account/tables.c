/* The tables: energy, carbon, supply and use, members, holdings; what is missing; why of every cell. */
#include "city.h"

static void energy(city *c)
{
    account *x = city_account(c, NULL);
    account_table t;
    heng_err err = {0};
    period y = when_of(c, "2021");
    if (!check_ok(account_energy(x, &c->a, c->city, y, ENERGY_PHYSICAL, &t, &err), &err, "the city has an energy account in recorded units")) return;
    check_cell(c, &t, "import_domestic", "raw_coal.t", "1000", "coal came in from the rest of the country");
    check_cell(c, &t, "tr_thermal_power_in", "raw_coal.t", "800", "power took 800 t");
    check_cell(c, &t, "transformation", "raw_coal.t", "-800", "transformation takes coal");
    check_cell(c, &t, "transformation", "electricity.kWh", "2000000", "and makes power");
    check_cell(c, &t, "final_industry", "raw_coal.t", "170", "industry: energy and material");
    check_cell(c, &t, "final_industry_nonenergy", "raw_coal.t", "20", "of which material");
    check_cell(c, &t, "difference", "raw_coal.t", "30", "what nobody used is the difference, a number of its own");
    check_cell(c, &t, "difference", "electricity.kWh", "400000", "the difference of power");
    check_cell(c, &t, "total", "raw_coal.t", "970", "total consumption");
    check_cell(c, &t, "total", "electricity.kWh", "-300000", "what was made is taken off");
    check_cell(c, &t, "final_construction", "raw_coal.t", "", "no movement, an empty cell");
    check_whys(x, &t, "every cell in recorded units is explained");

    if (!check_ok(account_energy(x, &c->a, c->city, y, ENERGY_STANDARD, &t, &err), &err, "and in tce")) return;
    check_cell(c, &t, "import_domestic", "raw_coal", "700", "by the factor 0.7");
    check_cell(c, &t, "difference", "total", "70.825", "all in one unit: 30 t, 400 MWh and 500 m3 are 21 + 49.16 + 0.665");
    check_whys(x, &t, "every cell in tce is explained");
    if (!check_ok(account_energy(x, &c->a, c->city, y, ENERGY_SUMMARY, &t, &err), &err, "and side by side")) return;
    check_cell(c, &t, "tr_thermal_power_out", "tce", "245.8", "power by its heat");
    check_cell(c, &t, "tr_thermal_power_out", "tce_coal_equal", "600", "power by the coal it takes");
    check_cell(c, &t, "tr_thermal_power_in", "tce_coal_equal", "560", "coal is the same in both");
    check_whys(x, &t, "every cell side by side is explained");
}

static void park(city *c)
{
    account *x = city_account(c, NULL);
    account_table t;
    heng_err err = {0};
    city_post(c, "coal among members", move(c, c->yard, c->mill, "raw_coal", "supply", "50", "2021"));
    city_post(c, "coal from the shop", move(c, c->shop, c->mill, "raw_coal", "supply", "10", "2021"));
    x = city_account(c, NULL);
    check_ok(account_energy(x, &c->a, c->park, when_of(c, "2021"), ENERGY_PHYSICAL, &t, &err), &err, "the park has an account");
    check_cell(c, &t, "bought", "raw_coal.t", "10", "a park's purchases are what crosses its border");
    check_cell(c, &t, "sold", "electricity.kWh", "500000", "what the shop outside uses is sold");
    check_cell(c, &t, "internal", "raw_coal.t", "50", "what members pass on is listed apart");
    check_ok(account_energy_members(x, &c->a, c->park, when_of(c, "2021"), &t, &err), &err, "by member");
    check_cell(c, &t, "mill", "bought", "308.48", "the mill bought from members and from outside: 230 t and 1.2 GWh");
    check_cell(c, &t, "whole", "bought", "7", "the whole bought 10 t");
    check_cell(c, &t, "whole", "internal", "35", "and passed 50 t on inside");
    check_whys(x, &t, "every cell by member is explained");
    check_ok(account_energy(x, &c->a, c->mill, when_of(c, "2021"), ENERGY_PHYSICAL, &t, &err), &err, "the mill alone");
    check_cell(c, &t, "difference", "raw_coal.t", "60", "the mill took 230 t and used 170");
}

static void carbon(city *c)
{
    account *x = city_account(c, NULL);
    account_table t;
    heng_err err = {0};
    city_post(c, "methane", move(c, c->mill, c->air, "ch4", "emit", "2 t", "2021"));
    city_post(c, "measured co2", move(c, c->plant, c->air, "co2", "emit", "1500 t", "2021"));
    x = city_account(c, NULL);
    if (!check_ok(account_carbon(x, &c->a, c->city, when_of(c, "2021"), &t, &err), &err, "the city has a carbon account")) return;
    check_cell(c, &t, "thermal_power", "raw_coal", "1600", "power by the factor of its sector");
    check_cell(c, &t, "total", "raw_coal", "1885", "power and the mill");
    check_cell(c, &t, "total", "co2", "1885", "gas only came in: nobody burnt it");
    check_cell(c, &t, "nonenergy", "raw_coal", "38", "carbon kept in products is a memo");
    check_cell(c, &t, "purchased_electricity", "indirect", "50", "100 MWh over the border, apart");
    check_cell(c, &t, "total", "measured", "1500", "measured CO2 stands beside");
    check_cell(c, &t, "total", "co2e", "1941", "methane by its warming potential, CO2 once");
    check_whys(x, &t, "every cell of the carbon account is explained");
    check_ok(account_carbon(x, &c->a, c->park, when_of(c, "2021"), &t, &err), &err, "the park's carbon");
    check_cell(c, &t, "purchased_electricity", "indirect", "-200", "a park that sells power has a negative purchase");
}

static void supply_use(city *c)
{
    account *x = city_account(c, NULL);
    account_table t;
    heng_err err = {0};
    if (!check_ok(account_supply_use(x, &c->a, c->city, when_of(c, "2021"), &t, &err), &err, "the city has a supply and use table")) return;
    check_cell(c, &t, "supply.raw_coal.t", "row", "1000", "imports are supplied by the rest of the world");
    check_cell(c, &t, "use.raw_coal.t", "C", "230", "manufacturing takes 170 to use, 50 and 10 to keep");
    check(rat_equal(cell_of(&t, "supply.raw_coal.t", "total")->value, cell_of(&t, "use.raw_coal.t", "total")->value), "row identity: supply = use");
    check_cell(c, &t, "balance.tce", "total", "0", "column identities add up to nothing over all columns");
    check_cell(c, &t, "balance.t", "environment", "1502", "what the air took in t");
    check_whys(x, &t, "every cell of supply and use is explained");
}

static void missing(city *c)
{
    account *x;
    account_table t;
    heng_err err = {0};
    city_post(c, "diesel", move(c, c->rest, c->shop, "diesel", "import", "3", "2020"));
    city_post(c, "coal 2020", move(c, c->rest, c->yard, "raw_coal", "import", "5", "2020"));
    x = city_account(c, NULL);
    check_ok(account_energy(x, &c->a, c->city, when_of(c, "2020"), ENERGY_STANDARD, &t, &err), &err, "an account with a fuel without factor");
    check_cell(c, &t, "import_domestic", "raw_coal", "3.5", "what has a factor is computed");
    check_cell(c, &t, "import_domestic", "diesel", "!no factor: diesel (t) in T-CONV", "what has none says so");
    check_cell(c, &t, "import_domestic", "total", "!no factor: diesel (t) in T-CONV", "and so does every total over it");
    check_cell(c, &t, "difference", "total", "!no factor: diesel (t) in T-CONV", "up to the difference");
    check(t.note_count > 0, "the table says that it is incomplete");
    check_whys(x, &t, "what can be computed is explained");
    city_post(c, "coal by energy", move(c, c->rest, c->yard, "raw_coal", "import", "7 tce", "2020"));
    x = city_account(c, NULL);
    check_ok(account_energy(x, &c->a, c->city, when_of(c, "2020"), ENERGY_PHYSICAL, &t, &err), &err, "a commodity in two units");
    check_cell(c, &t, "import_domestic", "raw_coal.tce", "7", "shows both");
    check_cell(c, &t, "import_domestic", "raw_coal.t", "5", "each in its own column");
    check_fails(account_energy(x, &c->a, c->city, when_of(c, "2020-01-15"), ENERGY_PHYSICAL, &t, &err), &err, "account.period_not_months", "half a month has no account");
}

static void apportioned(city *c)
{
    account_table t;
    heng_err err = {0};
    city_post(c, "odd", move(c, c->rest, c->yard, "raw_coal", "import", "100", "2019-01-10..2019-03-20"));
    account *x = city_account(c, NULL);
    const rat *sum = rat_int(&c->a, 0);
    for (int m = 1; m <= 12; m++) {
        char when[16];
        snprintf(when, sizeof when, "2019-%02d", m);
        check_ok(account_energy(x, &c->a, c->city, when_of(c, when), ENERGY_PHYSICAL, &t, &err), &err, "a month");
        const account_cell *k = cell_of(&t, "import_domestic", "raw_coal.t");
        if (k->value) sum = rat_add(&c->a, sum, k->value), check_whys(x, &t, "the part of a longer period is explained");
    }
    check_text(rat_exact(&c->a, sum), TEXT("100"), "the months of a movement over months add up to it");
    check_ok(account_energy(x, &c->a, c->city, when_of(c, "2019Q1"), ENERGY_PHYSICAL, &t, &err), &err, "a quarter");
    check_cell(c, &t, "import_domestic", "raw_coal.t", "100", "a quarter is its months");
}

static void holdings(city *c)
{
    account_table t;
    heng_err err = {0};
    city_post(c, "given", move(c, c->registry, c->mill, "cea", "right", "100", "2021-05"));
    city_post(c, "passed", move(c, c->mill, c->plant, "cea", "right", "40", "2021-06"));
    account *x = city_account(c, NULL);
    check_ok(account_holdings(x, &c->a, c->park, &t, &err), &err, "holdings of the members of a park");
    check_cell(c, &t, "mill.cea.allowance", "posted", "60", "what is left");
    check_cell(c, &t, "plant.cea.allowance", "free", "40", "what came");
}

int main(void)
{
    city c;
    city_make(&c);
    city_year(&c, "2021");
    energy(&c);
    park(&c);
    carbon(&c);
    supply_use(&c);
    missing(&c);
    apportioned(&c);
    holdings(&c);
    city_remove(&c);
    return check_done();
}
