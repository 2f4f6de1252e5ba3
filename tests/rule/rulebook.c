/* The rule pack that ships with the program loads without faults, and quickly: every command line starts with it. */
#include "packs.h"

enum { FAULTS_MAX = 50, LOADS = 5, FIRST_LINES = 20 };

static void print_faults(const rule_faults *faults)
{
    for (size_t i = 0; i < faults->count && i < FIRST_LINES; i++) {
        char line[2048];
        err_format(&faults->items[i], HENG_EN, line, sizeof line);
        printf("# %s\n", line);
    }
}

/* The monthly form of energy: what its rows became. */
static void test_reports(arena *a, const rule_set *r)
{
    const rule_report_form *f;
    if (!check(rule_report_forms(a, r, &f) >= 3 && text_is(f[0].id, "energy_monthly"), "it holds report forms")) return;
    check(!f[0].is_yearly && f[2].is_yearly && f[2].months == 0, "the yearly one is compared with the monthly one");
    check(f[0].row_count > 20 && f[0].column_count == 13 && f[0].check_count == 8, "with rows, columns and checks");
    const rule_report_column *last = &f[0].columns[f[0].column_count - 1];
    check(text_is(last->id, "closing") && last->less_count == 1 && last->less[0] == 0 && last->kind_less >= 0, "the closing stock posts what it has more or less than the opening one");
    const rule_report_check *c = &f[0].checks[0];
    check(c->gate == 81 && c->left_count == 3 && c->right_count == 3 && c->compare == REPORT_EQUAL && c->right[2].column == 12, "the identity is a sum of three columns on each side");
    check(f[0].checks[6].right[0].from == REPORT_OF_LAST && rat_equal(f[0].checks[6].right[0].factor, rat_int(a, 3)), "a check may speak of the period before");
}

int main(void)
{
    arena a = {0};
    heng_err err = {0};
    rule_faults faults = {.items = NEW_ARRAY(&a, FAULTS_MAX, heng_err), .max = FAULTS_MAX};
    const char *folder = TEST_RULEBOOK;
    const rule_set *r = NULL;
    int64_t best_us = INT64_MAX;
    bool ok = true;
    for (int i = 0; i < LOADS && ok; i++) {
        int64_t start_us = now_us();
        ok = rule_load_folders(&a, &folder, 1, &r, &faults, &err);
        int64_t took_us = now_us() - start_us;
        if (took_us < best_us) best_us = took_us;
    }
    check_ok(ok, &err, "rulebook/cn loads without faults");
    print_faults(&faults);
    if (ok) {
        const rule_row *const *rows;
        printf("# %zu rows in %lld us\n", rule_all_rows(r, &rows), (long long)best_us);
        check(r->commodity_count > 30 && r->indicator_count > 80 && r->kind_count > 15, "it holds commodities, kinds and indicators");
        check(rule_commodity_find(r, TEXT("原煤")) >= 0 && rule_unit_find(r, TEXT("万吨标准煤")) >= 0, "under their Chinese names");
        test_reports(&a, r);
    }
    arena_free(&a);
    return check_done();
}
