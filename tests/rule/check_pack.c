/* heng-rule-check FOLDER...: builds a rule set from pack folders (ground first) and prints every fault and remark. A helper for those who write packs. */
#include <stdio.h>
#include "rule.h"

enum { FAULTS_MAX = 1000 };

static void print_fault(const heng_err *err)
{
    char line[4096];
    err_format(err, HENG_EN, line, sizeof line);
    if (err->column > 0) printf("%s  [character %lld of the cell]\n", line, (long long)err->column);
    else printf("%s\n", line);
}

static void print_remarks(arena *a, const rule_set *r)
{
    rule_remark *remarks;
    size_t count = rule_remarks(a, r, &remarks);
    for (size_t i = 0; i < count; i++)
        printf("%.*s:%lld: remark: %.*s\n", TEXT_FMT(remarks[i].row->file), (long long)remarks[i].row->line, TEXT_FMT(remarks[i].what_en));
}

static bool check_folders(arena *a, const char *const *folders, size_t count)
{
    rule_faults faults = {.items = NEW_ARRAY(a, FAULTS_MAX, heng_err), .max = FAULTS_MAX};
    const rule_set *r;
    heng_err err = {0};
    int64_t start = now_us();
    bool ok = rule_load_folders(a, folders, count, &r, &faults, &err);
    int64_t took = now_us() - start;
    for (size_t i = 0; i < faults.count; i++) print_fault(&faults.items[i]);
    if (!ok && faults.total == 0) print_fault(&err);
    if (!ok) {
        printf("%zu faults\n", faults.total);
        return false;
    }
    const rule_row *const *rows;
    size_t row_count = rule_all_rows(r, &rows);
    print_remarks(a, r);
    printf("%.*s: %zu rows, no faults, %lld us\n", TEXT_FMT(r->packs), row_count, (long long)took);
    return true;
}

int main(int argc, char **argv)
{
    arena a = {0};
    bool ok = argc > 1 && check_folders(&a, (const char *const *)(argv + 1), (size_t)argc - 1);
    if (argc < 2) fprintf(stderr, "usage: heng-rule-check FOLDER...\n");
    arena_free(&a);
    return ok ? 0 : 1;
}
