/* Names, regions, sectors, recording units, credit codes. */
#include "packs.h"

static void test_names(arena *a, const rule_set *r)
{
    static const struct { const char *says, *name, *id; } CASES[] = {
        {"an id finds itself", "raw_coal", "raw_coal"},
        {"a Chinese name", "原煤", "raw_coal"},
        {"a Traditional one", "電力", "electricity"},
        {"an alias", "煤炭", "raw_coal"},
        {"an English name in other letters and blanks", "RAW  Coal", "raw_coal"},
        {"full-width letters", "ＣＯＫＥ", "coke"},
        {"nothing", "plutonium", NULL},
        {"no name", "", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int32_t at = rule_commodity_find(r, text_of(CASES[i].name));
        check_text(at >= 0 ? r->commodities[at].id : TEXT("-"), CASES[i].id ? text_of(CASES[i].id) : TEXT("-"), CASES[i].says);
    }
    heng_err err = {0};
    int32_t at = 7;
    check_fails(rule_commodity_want(r, TEXT("raw_cool"), &at, &err), &err, "rule.unknown_commodity", "an unknown commodity is an error");
    check_text(text_of(err.wanted), TEXT("raw_coal"), "that names the nearest");
    check_int(at, 7, "and leaves the result alone");
    check_fails(rule_unit_want(r, TEXT("tcf"), &at, &err), &err, "rule.unknown_unit", "an unknown unit is an error");
    check_fails(rule_kind_want(r, TEXT("ues"), &at, &err), &err, "rule.unknown_kind", "an unknown kind is an error");
    check_int(rule_commodity_find(r, (text){"\xff\xfe", 2}), RULE_NONE, "bytes that are no text find nothing");
    (void)a;
}

static void test_regions(const rule_set *r)
{
    check(rule_region_find(r, TEXT("120221"), day_of("2014-01-01")) >= 0, "a code holds in its time");
    check_int(rule_region_find(r, TEXT("120221"), day_of("2020-01-01")), RULE_NONE, "and not after");
    int32_t at = rule_region_find(r, TEXT("天津"), day_of("2020-01-01"));
    check_text(at >= 0 ? r->regions[at].code : TEXT("-"), TEXT("120000"), "a region is found by its short name");
    check(rule_region_is_within(r, TEXT("120111"), TEXT("120000")), "a district lies in its city");
    check(rule_region_is_within(r, TEXT("120111"), TEXT("100000")), "and in the country");
    check(rule_region_is_within(r, TEXT("120221"), TEXT("120117")), "a retired code lies in its successor");
    check(!rule_region_is_within(r, TEXT("120111"), TEXT("130000")), "not in the neighbour");
    check(rule_region_is_within(r, TEXT("120103"), TEXT("120000")), "a code that no row names goes by its digits");
    check(!rule_region_is_within(r, TEXT(""), TEXT("120000")), "nowhere lies in nothing");
}

static void test_sectors(const rule_set *r)
{
    static const struct { const char *says, *industry, *role, *sector; } CASES[] = {
        {"a role comes first by order", "3110", "thermal_power", "power"},
        {"a division", "31", "", "steel"},
        {"a class lies in its division", "C3120", "", "steel"},
        {"a section by its division's parent", "2511", "", "industry_all"},
        {"a section by the code's own letter", "B06", "", "industry_all"},
        {"a range", "6311", "", "services"},
        {"no industry and no role: no sector", "", "", "-"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int32_t at = rule_sector_of(r, text_of(CASES[i].industry), rule_role_find(r, text_of(CASES[i].role)));
        check_text(at >= 0 ? r->sectors[at].id : TEXT("-"), text_of(CASES[i].sector), CASES[i].says);
    }
    check(rule_sector_is_within(r, rule_sector_find(r, TEXT("steel")), rule_sector_find(r, TEXT("industry_all"))), "a sector lies in its parent");
    check(!rule_sector_is_within(r, rule_sector_find(r, TEXT("services")), rule_sector_find(r, TEXT("industry_all"))), "and in no other");
}

static void test_recording(arena *a, const rule_set *r)
{
    heng_err err = {0};
    int32_t unit = -5, coal = rule_commodity_find(r, TEXT("raw_coal"));
    const rat *ratio = NULL;
    check_ok(rule_recording_unit(r, coal, rule_unit_find(r, TEXT("1e4t")), &unit, &ratio, a, &err), &err, "coal may be given in 10^4 t");
    check_text(r->units[unit].id, TEXT("t"), "and is kept in t");
    check_text(rat_exact(a, ratio), TEXT("10000"), "times 10000");
    check_ok(rule_recording_unit(r, coal, rule_unit_find(r, TEXT("tce")), &unit, &ratio, a, &err), &err, "a listed unit is kept");
    check_text(r->units[unit].id, TEXT("tce"), "as it is");
    check_fails(rule_recording_unit(r, coal, rule_unit_find(r, TEXT("m3")), &unit, &ratio, a, &err), &err, "rule.unit_dimension", "coal has no volume");
    check_fails(rule_recording_unit(r, rule_commodity_find(r, TEXT("coke")), rule_unit_find(r, TEXT("GJ")), &unit, &ratio, a, &err), &err,
                "rule.unit_not_listed", "an energy unit must be listed");
}

static void test_credit_codes(arena *a)
{
    static const struct { const char *reason, *id; } REASONS[] = {
        {"invalid_check_character", "rule.uscc_check"}, {"invalid_organisation_check", "rule.uscc_organisation_check"},
        {"invalid_alphabet", "rule.uscc_character"}, {"invalid_length", "rule.uscc_length"}};
    table *t = NULL;
    heng_err err = {0};
    size_t seen = 0;
    table_row row;
    if (!check_ok(table_open(TEST_PACKS "/../uscc_vectors.csv", NULL, &t, &err), &err, "the vectors are there")) return;
    while (table_next(t, a, &row, &err) && !row.is_end) {
        if (seen++ == 0) continue;
        text code = row.cells[0].value, expect = row.cells[1].value, out = TEXT("");
        heng_err fault = {0};
        bool ok = rule_uscc_check(a, code, &out, &fault);
        const char *wanted = NULL;
        for (size_t i = 0; i < 4; i++)
            if (text_starts(expect, REASONS[i].reason)) wanted = REASONS[i].id;
        if (wanted) check_fails(ok, &fault, wanted, text_str(a, code));
        else check_ok(ok, &fault, text_str(a, code));
    }
    table_close(t);
    check_int((int64_t)seen, 39, "all vectors were read");
    text out;
    check_ok(rule_uscc_check(a, TEXT("９１350100m000100y43"), &out, &err), &err, "full-width and lower case are normalised");
    check_text(out, TEXT("91350100M000100Y43"), "to the printed form");
    check_fails(rule_uscc_check(a, TEXT(""), &out, &err), &err, "rule.uscc_length", "an empty code has the wrong length");
    check_fails(rule_uscc_check(a, TEXT("91350100M000100Y4中"), &out, &err), &err, "rule.uscc_character", "a Chinese character is none of them");
    check_text(text_of(err.other), TEXT("中"), "and is named whole");
}

int main(void)
{
    arena a = {0};
    const rule_set *r = load_ground(&a);
    test_names(&a, r);
    test_regions(r);
    test_sectors(r);
    test_recording(&a, r);
    test_credit_codes(&a);
    arena_free(&a);
    return check_done();
}
