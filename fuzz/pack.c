/* Fuzz: any bytes as a rule pack. Lines "== name" begin a table; a pack without faults answers look-ups. */
#include "inside.h"

enum { TABLES_MAX = 32, FAULTS_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t split(arena *a, text t, rule_file files[TABLES_MAX])
{
    size_t count = 0;
    while (t.len > 0) {
        const char *line = t.ptr;
        text one = text_next(&t, '\n');
        if (text_starts(one, "== ") && count < TABLES_MAX) {
            files[count++] = (rule_file){text_str(a, (text){one.ptr + 3, one.len - 3}), {t.ptr, 0}};
        } else if (count > 0) {
            files[count - 1].bytes.len = (size_t)(line + one.len - files[count - 1].bytes.ptr) + (t.len > 0);
        }
    }
    return count;
}

static void ask(arena *a, const rule_set *r)
{
    rule_factor f;
    heng_err err = {0};
    rule_remark *remarks;
    text everywhere = {"", 0};
    rule_remarks(a, r, &remarks);
    for (size_t c = 0; c < r->commodity_count && c < 4 && r->unit_count > 0; c++) {
        int32_t unit = r->commodities[c].unit_count > 0 ? r->commodities[c].units[0] : 0;
        for (size_t s = 0; s < r->set_count && s < 4; s++) {
            (void)!rule_conversion(a, r, r->sets[s].id, (int32_t)c, unit, TEXT("tce"), everywhere, TEXT("120111"), 18628, &f, &err);
            (void)!rule_emission(a, r, r->sets[s].id, (int32_t)c, unit, TEXT("CO2"), RULE_NONE, TEXT("120111"), 18628, &f, &err);
            (void)!rule_purchased(a, r, r->sets[s].id, (int32_t)c, unit, TEXT("120111"), 18628, &f, &err);
        }
        rule_combustion(r, RULE_NONE, RULE_NONE, (int32_t)c, NULL);
    }
    rule_sector_of(r, TEXT("2511"), RULE_NONE);
    rule_region_is_within(r, TEXT("120221"), TEXT("120000"));
    rule_region_find(r, TEXT("天津"), 18628);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    rule_file files[TABLES_MAX];
    heng_err err = {0};
    rule_faults faults = {.items = NEW_ARRAY(&a, FAULTS_MAX, heng_err), .max = FAULTS_MAX};
    const rule_set *r = NULL;
    if (len > 0) {
        size_t count = split(&a, (text){(const char *)bytes, len}, files);
        if (rule_load_bytes(&a, files, count, &r, &faults, &err)) ask(&a, r);
        else must(err.message && faults.total > 0);
    }
    arena_free(&a);
    return 0;
}
