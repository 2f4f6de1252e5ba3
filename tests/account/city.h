/*
 * A small city to test accounts in: the rules of rulebook/cn with a pack of round factors over it (written to a folder of the
 * test, so that a test can change a factor and load it again), a few parties, and short words for posting.
 */
#ifndef TEST_CITY_H
#define TEST_CITY_H
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "account.h"
#include "check.h"

/* 2022-06-01T00:00+08:00: known-times of the tests begin here. */
#define CITY_NOW ((int64_t)1654012800000000)

typedef struct city_factors { const char *coal_tce, *gas_tce, *coal_co2, *coal_power_co2, *gas_co2, *grid; } city_factors;
static const city_factors CITY_FACTORS = {"0.7", "0.00133", "1.9", "2", "0.0021622", "0.5"};

typedef struct city {
    arena a;
    char folder[64], path[128], pack[128];
    book *b;
    const rule_set *r;
    heng_err err;
    int32_t city, park, plant, mill, yard, grid, shop, home, stock, rest, resources, air, registry;
} city;

static inline void must_work(bool ok, const heng_err *err, const char *what)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    printf("Bail out! %s: %s\n", what, line);
    exit(1);
}

static inline void city_write(const city *c, const char *file, const char *bytes)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", c->pack, file);
    FILE *f = fopen(path, "w");
    if (!f || fputs(bytes, f) < 0 || fclose(f) != 0) printf("Bail out! cannot write %s\n", path), exit(1);
}

static inline void city_pack(city *c, const city_factors *f)
{
    char text_[4096];
    mkdir(c->pack, 0700);
    city_write(c, "pack.csv", "key,value,source\nid,testcity,test\nversion,1,test\ntitle_zh,测试市,test\ntitle_en,Test city,test\nover,cn,test\n");
    city_write(c, "sets.csv", "id,role,name_zh,name_en,fallback,source\nT-CONV,conversion,测试,test,none,test\nT-CE,conversion,测试等价,test coal equal,none,test\n"
                              "T-EMI,emission,测试,test,none,test\nT-GRID,electricity,测试,test,none,test\n");
    snprintf(text_, sizeof text_, "set,commodity,unit,to,basis,value,source\nT-CONV,raw_coal,t,tce,,%s,test\nT-CONV,natural_gas,m3,tce,,%s,test\nT-CONV,electricity,kWh,tce,calorific,0.0001229,test\n"
                                  "T-CE,electricity,kWh,tce,coal_equal,0.0003,test\n", f->coal_tce, f->gas_tce);
    city_write(c, "conversions.csv", text_);
    snprintf(text_, sizeof text_, "set,kind,id,name_zh,name_en,unit,gas,sector,factor,factor_unit,source\nT-EMI,fuel,raw_coal,原煤,raw coal,t,co2,,%s,tCO2/t,test\n"
                                  "T-EMI,fuel,raw_coal,原煤,raw coal,t,co2,thermal_power,%s,tCO2/t,test\nT-EMI,fuel,natural_gas,天然气,natural gas,m3,co2,,%s,tCO2/m3,test\n"
                                  "T-GRID,electricity,electricity,电力,electricity,kWh,co2,,%s,kgCO2/kWh,test\n", f->coal_co2, f->coal_power_co2, f->gas_co2, f->grid);
    city_write(c, "emission_factors.csv", text_);
    city_write(c, "factor_choices.csv", "choice,commodity,unit,sector,set,id,source\ntest,raw_coal,,,T-EMI,raw_coal,test\ntest,natural_gas,,,T-EMI,natural_gas,test\n");
    city_write(c, "profiles.csv", "profile,role,set,source\ntest,conversion,T-CONV,test\ntest,conversion_coal_equal,T-CE,test\ntest,emission,test,test\ntest,electricity,T-GRID,test\ntest,gwp,GWP100-AR5,test\n");
}

static inline void city_load_rules(city *c)
{
    heng_err items[8];
    rule_faults faults = {items, 0, 8, 0};
    const rule_set *r;
    const char *folders[] = {TEST_RULEBOOK, c->pack};
    bool ok = rule_load_folders(&c->a, folders, 2, &r, &faults, &c->err);
    must_work(ok, faults.count ? &items[0] : &c->err, "rules");
    book_batch batch = {.source = TEXT("pack"), .rules = r};
    must_work(book_post(c->b, &c->a, &batch, NULL, NULL, &c->err), &c->err, "posting rules");
    must_work(book_rules(c->b, &c->r, &c->err), &c->err, "reading rules");
}

static inline int32_t city_party(city *c, const char *code, const char *class_)
{
    book_party_new n = {text_of(code), rule_party_class_find(c->r, text_of(class_)), 0};
    book_batch batch = {.source = TEXT("city"), .party_count = 1, .parties = &n};
    book_result result = {0};
    must_work(book_post(c->b, &c->a, &batch, &result, NULL, &c->err), &c->err, "party");
    if (result.status == BOOK_REFUSED) must_work(false, result.why, code);
    return (int32_t)result.id;
}

static inline void city_fact(city *c, const char *code, const char *attr, const char *value, int32_t day)
{
    book_party_fact f = {text_of(code), text_of(attr), text_of(value), day, 0};
    book_batch batch = {.source = TEXT("city"), .party_fact_count = 1, .party_facts = &f, .supersede = true};
    book_result result = {0};
    must_work(book_post(c->b, &c->a, &batch, &result, NULL, &c->err), &c->err, "fact");
    if (result.status == BOOK_REFUSED) must_work(false, result.why, value);
}

static inline void city_parties(city *c)
{
    static const char *const facts[][3] = {
        {"park", "place", "city"}, {"plant", "place", "park"}, {"mill", "place", "park"}, {"yard", "place", "park"}, {"grid", "place", "park"}, {"shop", "place", "city"},
        {"home", "place", "city"}, {"stock", "place", "park"}, {"plant", "role", "thermal_power"}, {"plant", "industry", "44"}, {"mill", "industry", "31"}, {"shop", "industry", "52"},
        {"home", "role", "household_urban"}, {"registry", "role", "registry"}, {"city", "region_code", "120000"}, {"city", "name_zh", "测试市"}};
    c->city = city_party(c, "city", "government"), c->park = city_party(c, "park", "park"), c->plant = city_party(c, "plant", "enterprise");
    c->mill = city_party(c, "mill", "enterprise"), c->yard = city_party(c, "yard", "pool"), c->grid = city_party(c, "grid", "pool");
    c->shop = city_party(c, "shop", "enterprise"), c->home = city_party(c, "home", "household"), c->stock = city_party(c, "stock", "stock");
    c->rest = city_party(c, "rest_of_china", "rest_of_country"), c->resources = city_party(c, "resources", "environment");
    c->air = city_party(c, "air", "environment"), c->registry = city_party(c, "registry", "registry");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) city_fact(c, facts[i][0], facts[i][1], facts[i][2], day_from(2000, 1, 1));
}

static inline void city_make(city *c)
{
    *c = (city){0};
    snprintf(c->folder, sizeof c->folder, "/tmp/heng-account-XXXXXX");
    must_work(mkdtemp(c->folder) != NULL, &c->err, "folder");
    snprintf(c->path, sizeof c->path, "%s/city.heng", c->folder);
    snprintf(c->pack, sizeof c->pack, "%s/pack", c->folder);
    city_pack(c, &CITY_FACTORS);
    book_options o = {.fixed_now_us = CITY_NOW, .user = TEXT("tester")};
    must_work(book_create(c->path, &o, &c->b, &c->err), &c->err, "create");
    city_load_rules(c);
    city_parties(c);
}

static inline void city_remove(city *c)
{
    char command[160];
    book_close(c->b);
    snprintf(command, sizeof command, "rm -rf %s", c->folder);
    if (system(command) != 0) printf("# %s stays\n", c->folder);
    arena_free(&c->a);
}

static inline period when_of(const city *c, const char *t)
{
    period p = {0};
    heng_err err = {0};
    must_work(period_parse(book_zone(c->b), text_of(t), &p, &err), &err, t);
    return p;
}

/* amount as people write it, in the commodity's usual unit unless one is named after a blank: "100", "100 tce" */
static inline book_movement move(const city *c, int32_t giver, int32_t taker, const char *commodity, const char *kind, const char *amount, const char *when)
{
    text rest = text_of(amount), number = text_next(&rest, ' ');
    int32_t what = rule_commodity_find(c->r, text_of(commodity)), unit = rest.len ? rule_unit_find(c->r, text_trim(rest)) : c->r->commodities[what].units[0];
    book_movement m = {.giver = giver, .taker = taker, .commodity = what, .unit = unit, .kind = rule_kind_find(c->r, text_of(kind)), .basis = BOOK_REPORTED, .when = when_of(c, when)};
    heng_err err = {0};
    must_work(dec_parse(number, c->r->units[unit].scale, DEC_EXACT, &m.amount, &err), &err, amount);
    return m;
}

static inline book_receipt city_post(city *c, const char *key, book_movement m)
{
    book_group g = {.ext_id = text_of(key), .movements = &m, .count = 1};
    book_batch batch = {.source = TEXT("test"), .group_count = 1, .groups = &g, .supersede = true};
    book_result result = {0};
    book_receipt receipt = {0};
    must_work(book_post(c->b, &c->a, &batch, &result, &receipt, &c->err), &c->err, key);
    if (result.status == BOOK_REFUSED) must_work(false, result.why, key);
    return receipt;
}

/* A year of the city; see the numbers expected in the tests. */
static inline void city_year(city *c, const char *year)
{
    city_post(c, "coal in", move(c, c->rest, c->yard, "raw_coal", "import", "1000", year));
    city_post(c, "coal burnt for power", move(c, c->yard, c->plant, "raw_coal", "transform_in", "800", year));
    city_post(c, "power", move(c, c->plant, c->grid, "electricity", "transform_out", "2000000", year));
    city_post(c, "power bought", move(c, c->rest, c->grid, "electricity", "import", "100000", year));
    city_post(c, "power of the mill", move(c, c->grid, c->mill, "electricity", "use", "1200000", year));
    city_post(c, "power of the shop", move(c, c->grid, c->shop, "electricity", "use", "500000", year));
    city_post(c, "coal of the mill", move(c, c->yard, c->mill, "raw_coal", "use", "150", year));
    city_post(c, "coal as material", move(c, c->yard, c->mill, "raw_coal", "nonenergy", "20", year));
    city_post(c, "gas in", move(c, c->rest, c->home, "natural_gas", "import", "500", year));
}

static inline account *city_account(city *c, const account_options *options)
{
    account *x;
    account_options o = options ? *options : (account_options){.known_us = BOOK_KNOWN_NOW};
    if (o.profile.len == 0) o.profile = TEXT("test");
    must_work(account_open(&c->a, c->b, &o, &x, &c->err), &c->err, "account");
    return x;
}

static inline const account_cell *cell_of(const account_table *t, const char *line, const char *column)
{
    static const account_cell none = {0};
    for (size_t l = 0; l < t->line_count; l++)
        for (size_t k = 0; k < t->column_count; k++)
            if (text_is(t->lines[l].id, line) && text_is(t->columns[k].id, column)) return &t->cells[l * t->column_count + k];
    return &none;
}

/* "" = empty, "!..." = missing, else the exact number */
static inline text shown(city *c, const account_cell *k)
{
    if (k->value) return rat_exact(&c->a, k->value);
    if (k->missing.len) return text_of(arena_printf(&c->a, "!%.*s", TEXT_FMT(k->missing)));
    return TEXT("");
}

static inline void check_cell(city *c, const account_table *t, const char *line, const char *column, const char *wanted, const char *says)
{
    check_text(shown(c, cell_of(t, line, column)), text_of(wanted), says);
}

/* The address of a cell of a table. */
static inline text address_of_cell(arena *a, const account_table *t, text line, text column)
{
    addr x;
    heng_err err = {0};
    must_work(addr_parse(a, t->address, &x, &err), &err, "address");
    addr_part(&x, line);
    addr_part(&x, column);
    return addr_format(a, &x);
}

/* Every cell with a value: why passes its check, its root is the number. Returns how many cells were checked; prints the first that fails. */
static inline size_t check_whys(account *x, const account_table *t, const char *says)
{
    size_t checked = 0, failed = 0;
    for (size_t l = 0; l < t->line_count; l++)
        for (size_t k = 0; k < t->column_count; k++) {
            const account_cell *cell = &t->cells[l * t->column_count + k];
            const why_node *bad = NULL;
            why_node *root = NULL;
            heng_err err = {0};
            arena scratch = {0};
            char line[1024] = "";
            if (!cell->value) continue;
            checked++;
            text address = address_of_cell(&scratch, t, t->lines[l].id, t->columns[k].id);
            bool ok = account_why(x, &scratch, address, &root, &err);
            if (!ok) err_format(&err, HENG_EN, line, sizeof line);
            bool adds = ok && why_check(&scratch, root, &bad), same = ok && root->value && rat_equal(root->value, cell->value);
            if ((!adds || !same) && failed++ == 0)
                printf("# %.*s: %s %s%.*s\n", TEXT_FMT(address), line, adds ? "another value" : "does not add up at ", bad ? (int)bad->label_en.len : 0, bad ? bad->label_en.ptr : "");
            arena_free(&scratch);
        }
    check(failed == 0 && checked > 0, says);
    printf("# %zu cells explained\n", checked);
    return checked;
}
#endif
