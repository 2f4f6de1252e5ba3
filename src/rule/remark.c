/*
 * What heng rule check prints besides faults: things that are as they should be said and are no error. Worked out on request, not at load.
 */
#include "inside.h"

typedef struct remarks { arena *a; const rule_set *r; rule_remark *items; size_t count, max; } remarks;

static void add(remarks *m, const rule_row *row, const char *zh, const char *en)
{
    *ARENA_PUSH(m->a, m->items, m->count, m->max) = (rule_remark){text_of(zh), text_of(en), row};
}

static void inexpressible(remarks *m)
{
    for (size_t i = 0; i < m->r->indicator_count; i++) {
        const rule_indicator *x = &m->r->indicators[i];
        if (x->formula) continue;
        add(m, x->row, arena_printf(m->a, "指标 %.*s（%.*s）不可用公式表达：%.*s", TEXT_FMT(x->id), TEXT_FMT(x->name.zh), TEXT_FMT(x->reason)),
            arena_printf(m->a, "the indicator %.*s (%.*s) cannot be expressed as a formula: %.*s", TEXT_FMT(x->id), TEXT_FMT(x->name.en), TEXT_FMT(x->reason)));
    }
}

/* |printed / parts - 1| > 1e-4 */
static bool is_far(arena *a, const rat *printed, const rat *parts)
{
    const rat *ratio, *limit = rat_scaled(a, 1, 4);
    heng_err err = {0};
    if (!rat_div(a, printed, parts, &ratio, &err)) return rat_sign(printed) != 0;
    const rat *off = rat_sub(a, ratio, rat_int(a, 1));
    if (rat_sign(off) < 0) off = rat_neg(a, off);
    return rat_compare(off, limit) > 0;
}

static void printed_factors(remarks *m)
{
    const rule_table_rows *t = &m->r->index->tables[T_EMISSION_FACTORS];
    for (size_t i = 0; i < t->count; i++) {
        const rule_row *row = t->rows[i];
        const rat *printed, *parts = parts_factor(m->a, m->r, row, id_find(m->r, T_UNITS, row_text(row, T_EMISSION_FACTORS, "unit")));
        heng_err err = {0};
        text written = row_text(row, T_EMISSION_FACTORS, "factor"), id = row_text(row, T_EMISSION_FACTORS, "id");
        if (!parts || written.len == 0 || !rat_parse(m->a, written, &printed, &err) || !is_far(m->a, printed, parts)) continue;
        text value = rat_format(m->a, parts, 6);
        add(m, row, arena_printf(m->a, "%.*s：印出的排放因子 %.*s 与其组成部分之积 %.*s 相差超过万分之一；以组成部分为准", TEXT_FMT(id), TEXT_FMT(written), TEXT_FMT(value)),
            arena_printf(m->a, "%.*s: the printed factor %.*s differs from the product of its parts, %.*s, by more than 1e-4; the parts count", TEXT_FMT(id),
                         TEXT_FMT(written), TEXT_FMT(value)));
    }
}

/* A name that two rows bear means the first. */
static void shared_names(remarks *m, int tbl)
{
    const rule_table_rows *t = &m->r->index->tables[tbl];
    for (size_t i = 0; i < t->count; i++) {
        text names[64];
        size_t count = names_of_row(t->rows[i], tbl, names);
        for (size_t n = 0; n < count; n++) {
            int32_t at = exact_find(m->r, tbl, names[n]);
            if (at < 0 || (size_t)at == i) continue;
            text id = t->rows[i]->cells[0], other = t->rows[at]->cells[0];
            add(m, t->rows[i], arena_printf(m->a, "%.*s 与 %.*s 都叫“%.*s”；按名称查找时得到后者", TEXT_FMT(id), TEXT_FMT(other), TEXT_FMT(names[n])),
                arena_printf(m->a, "%.*s and %.*s are both called '%.*s'; the name finds the second", TEXT_FMT(id), TEXT_FMT(other), TEXT_FMT(names[n])));
        }
    }
}

/* Parties that a mapping names and no pack brings along: they must be posted before an import. */
static void unknown_parties(remarks *m)
{
    static const char *const COLUMNS[] = {"giver", "taker"};
    const rule_table_rows *t = &m->r->index->tables[T_MAPPINGS];
    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 0; c < 2; c++) {
            text code = row_text(t->rows[i], T_MAPPINGS, COLUMNS[c]);
            if (code.len == 0 || id_find(m->r, T_PARTIES, code) >= 0) continue;
            add(m, t->rows[i], arena_printf(m->a, "没有规则包带来代码为“%.*s”的主体，导入之前须先登记", TEXT_FMT(code)),
                arena_printf(m->a, "no pack brings along the party '%.*s'; post it before an import", TEXT_FMT(code)));
        }
    }
}

size_t rule_remarks(arena *a, const rule_set *r, rule_remark **ret)
{
    remarks m = {.a = a, .r = r};
    inexpressible(&m);
    printed_factors(&m);
    unknown_parties(&m);
    shared_names(&m, T_UNITS);
    shared_names(&m, T_COMMODITIES);
    shared_names(&m, T_STATISTICS);
    shared_names(&m, T_INDICATORS);
    *ret = m.items;
    return m.count;
}
