/*
 * Links the goals of a reader's table to indicators: link_goals RULES PACK GOALS.tsv... writes csv (doc, indicator, grade, goal, reason) in the table's order.
 * For the comparison with a reader's links (links.py).
 */
#include <stdio.h>
#include "links.h"

typedef struct linking { arena *a; const plan_rules *rules; const plan_linker *l; const rule_set *r; } linking;

static plan_op op_of(text t)
{
    static const char *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (text_is(t, OPS[i])) return (plan_op)i;
    return PLAN_AT_LEAST;
}

static text cell_of(const text *head, size_t count, const text *cells, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(head[i], name)) return cells[i];
    return (text){0};
}

static void link_line(const linking *k, const text *head, size_t count, const text *cells)
{
    plan_goal g = {.indicator = cell_of(head, count, cells, "indicator"), .value = cell_of(head, count, cells, "value"), .unit = cell_of(head, count, cells, "unit"),
        .scope = cell_of(head, count, cells, "scope"), .likely = cell_of(head, count, cells, "likely"), .op = op_of(cell_of(head, count, cells, "op")),
        .is_suspect = text_is(cell_of(head, count, cells, "suspect"), "1")};
    plan_link link;
    plan_link_goal(k->l, k->a, &g, (text){0}, NULL, 0, &link);
    text id = link.indicator == RULE_NONE ? TEXT("none") : k->r->indicators[link.indicator].id, doc = cell_of(head, count, cells, "doc");
    printf("%.*s,%.*s,%s,\"%.*s\",\"%.*s\"\n", TEXT_FMT(doc), TEXT_FMT(id), plan_link_grade_id(link.grade), TEXT_FMT(g.indicator), TEXT_FMT(link.reason_en));
}

static size_t columns_of(text line, text *cells, size_t max)
{
    size_t count = 0;
    while (line.len && count < max) cells[count++] = text_next(&line, '\t');
    return count;
}

static void link_table(const linking *k, text whole)
{
    enum { MAX = 32 };
    text head[MAX] = {0}, line = text_next(&whole, '\n');
    size_t count = columns_of(line, head, MAX);
    while (whole.len) {
        text cells[MAX] = {0};
        line = text_next(&whole, '\n');
        if (columns_of(line, cells, MAX)) link_line(k, head, count, cells);
    }
}

static bool run(arena *a, int argc, char **argv, heng_err *err)
{
    linking k = {.a = a};
    rule_faults faults = {0};
    const char *pack = argv[2];
    text whole;
    if (!plan_rules_open(a, argv[1], &k.rules, err) || !rule_load_folders(a, &pack, 1, &k.r, &faults, err)) return false;
    k.l = plan_linker_new(a, k.rules, k.r);
    for (int i = 3; i < argc; i++) {
        if (!file_read(a, argv[i], 1 << 24, &whole, err)) return false;
        link_table(&k, whole);
    }
    return true;
}

int main(int argc, char **argv)
{
    arena a = {0};
    heng_err err = {0};
    if (argc < 4) return 2;
    bool ok = run(&a, argc, argv, &err);
    if (!ok) {
        char line[2048];
        err_format(&err, HENG_EN, line, sizeof line);
        fprintf(stderr, "%s\n", line);
    }
    arena_free(&a);
    return ok ? 0 : 1;
}
