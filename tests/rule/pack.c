/* Packs: what loads, what lies over what, and every fault with its place. */
#include "packs.h"

enum { FAULTS_MAX = 64 };

static void test_arrays(arena *a)
{
    const rule_set *r = load_ground(a);
    check_text(r->packs, TEXT("ground@1"), "the set names its packs");
    check_int((int64_t)r->commodity_count, 6, "a comment row is no commodity");
    const rule_commodity *coal = &r->commodities[rule_commodity_find(r, TEXT("raw_coal"))];
    check_int((int64_t)coal->unit_count, 2, "a commodity has its units in order");
    check_text(r->units[coal->units[0]].id, TEXT("t"), "the usual unit is first");
    check(coal->class_ == RULE_PRODUCT, "a commodity has its class");
    const rule_unit *kw = &r->units[rule_unit_find(r, TEXT("kW"))];
    check_text(rule_dim_text(a, r, kw->dim), TEXT("energy/time"), "power is energy by time");
    const rule_kind *k = &r->kinds[rule_kind_find(r, TEXT("transform_in"))];
    check(k->effect == RULE_CONSUME && k->giver_classes == UINT64_MAX, "a star stands for every class");
    check_text(rule_cell(coal->row, "order"), TEXT("1"), "a cell is found by its column");
    check_text(rule_cell(coal->row, "nothing"), TEXT(""), "a column that is not there is empty");
}

static void test_over(arena *a)
{
    const rule_set *ground = load_ground(a), *r = load_packs(a, (const char *const[]){"ground", "city"}, 2);
    check_text(r->packs, TEXT("ground@1+city@7"), "packs are named from the ground up");
    check_int((int64_t)r->commodity_count, (int64_t)ground->commodity_count + 1, "an upper pack adds rows");
    const rule_row *const *rows;
    size_t count = rule_rows(r, "conversions", &rows);
    check_int((int64_t)count, 9, "a row with the same key replaces, another is added");
    check_text(rule_cell(rows[2], "value"), TEXT("0.81"), "the upper row stands in the lower one's place");
    check_text(rows[2]->pack, TEXT("city"), "and says from which pack it is");
    check(!hash_equal(r->hash, ground->hash), "other rows, other hash");
    check(hash_equal(ground->hash, load_ground(a)->hash), "same rows, same hash");
    count = rule_rows(r, "pack", &rows);
    check_int((int64_t)count, 7, "lines of pack.csv belong to their own pack");
}

static void test_order(arena *a)
{
    const rule_set *r = load_ground(a);
    const rule_row *const *rows;
    size_t count = rule_all_rows(r, &rows);
    bool sorted = true;
    for (size_t i = 1; i < count; i++) {
        int by_table = text_compare(rows[i - 1]->table, rows[i]->table);
        sorted = sorted && (by_table < 0 || (by_table == 0 && text_compare(rows[i - 1]->key, rows[i]->key) < 0));
    }
    check(sorted, "all rows come in order of table and key");
}

/* One line per fault wanted: where and what. */
static const struct { const char *id, *file; int64_t row, column; const char *field; } FAULTS[] = {
    {"rule.pack_over", "pack.csv", 0, 0, "over"},
    {"rule.unknown_table", "unit.csv", 0, 0, ""},
    {"rule.unknown_column", "units.csv", 1, 0, ""},
    {"rule.duplicate", "units.csv", 4, 0, ""},
    {"rule.too_many_cells", "commodities.csv", 6, 0, ""},
    {"rule.date", "conversions.csv", 4, 0, "valid_from"},
    {"rule.dates_backwards", "conversions.csv", 5, 0, "valid_to"},
    {"rule.missing_column", "gwp.csv", 1, 0, ""},
    {"rule.number", "units.csv", 5, 0, "factor"},
    {"rule.no_source", "units.csv", 7, 0, "source"},
    {"rule.word", "commodities.csv", 2, 0, "class"},
    {"rule.unknown_reference", "commodities.csv", 3, 0, "units"},
    {"rule.empty", "commodities.csv", 5, 0, "id"},
    {"rule.dimension_text", "units.csv", 6, 0, "dimension"},
    {"rule.unit_no_scale", "commodities.csv", 4, 0, "units"},
    {"rule.cycle", "sectors.csv", 2, 0, "parent"},
    {"rule.overlap", "conversions.csv", 3, 0, ""},
    {"rule.industries_text", "sectors.csv", 3, 0, "industries"},
    {"rule.no_value", "conversions.csv", 6, 0, "value"},
    {"rule.unit_dimension", "conversions.csv", 7, 0, "unit"},
    {"rule.formula_ends_early", "indicators.csv", 2, 15, "formula"},
    {"rule.formula_unknown_function", "indicators.csv", 6, 1, "formula"},
    {"rule.formula_call_unit", "indicators.csv", 7, 1, "formula"},
    {"rule.no_formula", "indicators.csv", 8, 0, "formula"},
    {"rule.formula_too", "indicators.csv", 9, 0, "formula"},
    {"rule.formula_cycle", "indicators.csv", 3, 0, "formula"},
};

static bool has_fault(const rule_faults *faults, size_t i)
{
    for (size_t n = 0; n < faults->count; n++) {
        const heng_err *e = &faults->items[n];
        if (strcmp(e->message->id, FAULTS[i].id) == 0 && text_ends(text_of(e->file), FAULTS[i].file) && e->row == FAULTS[i].row &&
            e->column == FAULTS[i].column && strcmp(e->field, FAULTS[i].field) == 0)
            return true;
    }
    return false;
}

static void test_faults(arena *a)
{
    const char *folder = arena_printf(a, "%s/faulty", TEST_PACKS);
    rule_faults faults = {.items = NEW_ARRAY(a, FAULTS_MAX, heng_err), .max = FAULTS_MAX};
    const rule_set *r = NULL;
    heng_err err = {0};
    check_fails(rule_load_folders(a, &folder, 1, &r, &faults, &err), &err, "rule.pack_over", "a pack with faults does not load; the first fault is the error");
    check(r == NULL, "and gives no rules");
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++)
        check(has_fault(&faults, i), arena_printf(a, "one pass finds %s at %s:%lld", FAULTS[i].id, FAULTS[i].file, (long long)FAULTS[i].row));
    for (size_t n = 0; n < faults.count; n++)
        if (strcmp(faults.items[n].message->id, "rule.formula_cycle") == 0) check_text(text_of(faults.items[n].seen), TEXT("i2 > i3 > i4 > i2"), "a circle names its path");
    rule_faults few = {.items = faults.items, .max = 2};
    check(!rule_load_folders(a, &folder, 1, &r, &few, &err), "faults beyond the room given are counted");
    check(few.count == 2 && few.total > 20, "but not kept");
}

static void test_no_pack(arena *a)
{
    const rule_set *r = NULL;
    heng_err err = {0};
    const char *folder = "/nowhere/at/all";
    check_fails(rule_load_folders(a, &folder, 1, &r, NULL, &err), &err, "rule.no_pack", "a folder without pack.csv is no pack");
    const char *twice[2] = {arena_printf(a, "%s/ground", TEST_PACKS), arena_printf(a, "%s/ground", TEST_PACKS)};
    check_fails(rule_load_folders(a, twice, 2, &r, NULL, &err), &err, "rule.pack_twice", "a pack does not lie over itself");
    check_ok(rule_load_folders(a, NULL, 0, &r, NULL, &err), &err, "no pack at all is a set without rules");
    check_int(rule_unit_find(r, TEXT("t")), RULE_NONE, "in which nothing is found");
}

static void test_remarks(arena *a)
{
    rule_remark *remarks;
    size_t count = rule_remarks(a, load_ground(a), &remarks);
    check_int((int64_t)count, 2, "an inexpressible indicator and a printed factor that differs are remarks");
    size_t at;
    check(text_find(remarks[0].what_en, TEXT("registers are not kept yet"), &at), "the reason is given");
    check(text_find(remarks[1].what_zh, TEXT("25"), &at), "and the printed factor, in Chinese too");
}

int main(void)
{
    arena a = {0};
    test_arrays(&a);
    test_over(&a);
    test_order(&a);
    test_faults(&a);
    test_no_pack(&a);
    test_remarks(&a);
    arena_free(&a);
    return check_done();
}
