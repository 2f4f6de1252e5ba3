/*
 * Reads one document as a plan and writes its tables as csv: read_plan RULES DOC_ID FILE FOLDER [PACK] makes FOLDER/documents.csv, sections.csv, goals.csv,
 * trends.csv, tasks.csv, damage.csv. For the comparison with careful readers' tables (gold.py).
 */
#include <stdio.h>
#include "plan.h"

typedef void (*maker)(sheet_book *b, const plan_read *p, text doc);

static bool write_table(arena *a, const char *folder, const char *name, maker make, const plan_read *p, text doc, heng_err *err)
{
    sheet_book *b = sheet_book_new(a);
    sheet_style style = {0};
    make(b, p, doc);
    return sheet_write(b, SHEET_CSV, arena_printf(a, "%s/%s.csv", folder, name), &style, err);
}

static void documents(sheet_book *b, const plan_read *p, text doc) { plan_sheet_documents(b, &p, &doc, 1); }

static bool load_regions(arena *a, const char *pack, const rule_set **ret, heng_err *err)
{
    rule_faults faults = {0};
    return !pack || rule_load_folders(a, &pack, 1, ret, &faults, err);
}

static bool run(arena *a, char **argv, const char *pack, heng_err *err)
{
    const plan_rules *rules;
    const rule_set *regions = NULL;
    document d;
    plan_read p;
    text doc = text_of(argv[2]);
    if (!plan_rules_open(a, argv[1], &rules, err) || !load_regions(a, pack, &regions, err) || !document_open(a, argv[3], 0, &d, err)) return false;
    if (!plan_read_document(a, rules, regions, &d, &p, err)) return false;
    const struct { const char *name; maker make; } tables[] = {{"documents", documents}, {"sections", plan_sheet_sections}, {"goals", plan_sheet_goals},
        {"trends", plan_sheet_trends}, {"tasks", plan_sheet_tasks}, {"damage", plan_sheet_damage}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!write_table(a, argv[4], tables[i].name, tables[i].make, &p, doc, err)) return false;
    return file_write(arena_printf(a, "%s/clean.txt", argv[4]), p.doc.clean, err);
}

int main(int argc, char **argv)
{
    arena a = {0};
    heng_err err = {0};
    if (argc < 5) return 2;
    bool ok = run(&a, argv, argc > 5 ? argv[5] : NULL, &err);
    if (!ok) {
        char line[2048];
        err_format(&err, HENG_EN, line, sizeof line);
        fprintf(stderr, "%s\n", line);
    }
    arena_free(&a);
    return ok ? 0 : 1;
}
