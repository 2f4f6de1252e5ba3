/*
 * Goals of several plans side by side. Goals are of one kind when an indicator is exactly linked to them, or their wording, scope, unit and kind are the same in
 * one form (plan_link.key). Numbers are compared exactly, in one unit.
 */
#include <stdlib.h>
#include "inside.h"
#include "links.h"

typedef struct placed { size_t doc, index; const plan_goal *goal; const plan_link *link; text kind; bool is_taken; } placed;
typedef struct comparing { arena *a; const rule_set *r; size_t doc_count, count, row_count, row_max; placed *all; plan_compare_row *rows; const plan_compared *docs; } comparing;

const char *plan_verdict_id(plan_verdict v)
{
    static const char *const IDS[] = {"", "first", "same", "higher", "lower", "new", "dropped", "other_unit", "other_year", "other_base", "other_comparison", "suspect"};
    return IDS[v];
}

/* What makes goals comparable: the indicator, else the wording. The unit is judged later where an indicator is known. */
static text kind_of(const comparing *c, const plan_link *l)
{
    if (l->indicator == RULE_NONE || l->grade != PLAN_LINK_EXACT) return l->key;
    return text_of(arena_printf(c->a, "%.*s%s", TEXT_FMT(c->r->indicators[l->indicator].id), l->is_change ? "|change" : ""));
}

static void place_all(comparing *c)
{
    for (size_t d = 0; d < c->doc_count; d++) c->count += c->docs[d].goal_count;
    c->all = NEW_ARRAY(c->a, c->count + 1, placed);
    size_t at = 0;
    for (size_t d = 0; d < c->doc_count; d++)
        for (size_t i = 0; i < c->docs[d].goal_count; i++)
            c->all[at++] = (placed){d, i, c->docs[d].goals[i], &c->docs[d].links[i], kind_of(c, &c->docs[d].links[i]), false};
}

/* ---- Two goals ---- */

static bool amount_of(const comparing *c, const plan_goal *g, text value, const rat **ret, int32_t *ret_unit)
{
    const rat *v, *times;
    heng_err ignored = {0};
    if (!plan_unit_find(c->a, c->r, text_ends(g->unit, "百分点") ? TEXT("%") : g->unit, ret_unit, &times) || !rat_parse(c->a, value, &v, &ignored)) return false;
    *ret = rat_mul(c->a, rat_mul(c->a, v, times), c->r->units[*ret_unit].factor);
    return true;
}

static bool same_unit(const comparing *c, int32_t x, int32_t y) { return rule_dim_equal(c->r->units[x].dim, c->r->units[y].dim); }

static bool is_change(const plan_goal *g) { return g->op == PLAN_DECREASE_BY || g->op == PLAN_INCREASE_BY; }

static plan_verdict by_number(const comparing *c, const plan_goal *x, const plan_goal *y)
{
    const rat *p, *q;
    int32_t u, v;
    if (!amount_of(c, x, x->value, &p, &u) || !amount_of(c, y, y->value, &q, &v)) {
        heng_err ignored = {0};
        if (!text_equal(x->unit, y->unit) || !rat_parse(c->a, x->value, &p, &ignored) || !rat_parse(c->a, y->value, &q, &ignored)) return PLAN_OTHER_UNIT;
    } else if (!same_unit(c, u, v)) {
        return PLAN_OTHER_UNIT;
    }
    int order = rat_compare(q, p);
    if (order == 0 && !text_equal(x->value_hi, y->value_hi)) return PLAN_OTHER_KIND;
    return order > 0 ? PLAN_HIGHER : order < 0 ? PLAN_LOWER : PLAN_SAME;
}

static plan_verdict judge(const comparing *c, const plan_goal *x, const plan_goal *y)
{
    if (x->is_suspect || y->is_suspect) return PLAN_DOUBTFUL;
    if (!text_equal(x->target_year, y->target_year)) return PLAN_OTHER_YEAR;
    if (is_change(x) != is_change(y) || (is_change(x) && x->op != y->op)) return PLAN_OTHER_KIND;
    if ((x->op == PLAN_AT_MOST) != (y->op == PLAN_AT_MOST) && x->op != PLAN_ABOUT && y->op != PLAN_ABOUT) return PLAN_OTHER_KIND;
    if (is_change(x) && x->base_year.len && y->base_year.len && !text_equal(x->base_year, y->base_year)) return PLAN_OTHER_BASE;
    return by_number(c, x, y);
}

/* ---- Rows ---- */

static placed *other_of(const comparing *c, const placed *x, size_t doc, bool same_year)
{
    for (size_t i = 0; i < c->count; i++) {
        placed *y = &c->all[i];
        if (y->doc == doc && !y->is_taken && text_equal(y->kind, x->kind) && (!same_year || text_equal(y->goal->target_year, x->goal->target_year))) return y;
    }
    return NULL;
}

/* Is there a goal of that kind and year in another document that has not been seen yet? Then y waits for it. */
static bool is_awaited(const comparing *c, const placed *y, const plan_compare_cell *cells)
{
    for (size_t d = 0; d < c->doc_count; d++)
        if (d != y->doc && !cells[d].goal && other_of(c, y, d, true)) return true;
    return false;
}

static plan_compare_cell *start_row(comparing *c, const placed *x)
{
    plan_compare_cell *cells = NEW_ARRAY(c->a, c->doc_count, plan_compare_cell);
    plan_compare_row *row = ARENA_PUSH(c->a, c->rows, c->row_count, c->row_max);
    *row = (plan_compare_row){.indicator = x->link->grade == PLAN_LINK_EXACT ? x->link->indicator : RULE_NONE, .wording = x->goal->indicator, .scope = x->goal->scope, .cells = cells};
    return cells;
}

static void take(plan_compare_cell *cell, placed *y)
{
    y->is_taken = true;
    *cell = (plan_compare_cell){.goal = y->goal, .index = y->index};
}

static void judge_row(const comparing *c, plan_compare_cell *cells)
{
    const plan_goal *first = NULL;
    for (size_t d = 0; d < c->doc_count; d++) {
        if (!cells[d].goal) cells[d].verdict = first ? PLAN_GONE : PLAN_ABSENT;
        else if (first) cells[d].verdict = judge(c, first, cells[d].goal);
        else cells[d].verdict = d ? PLAN_NEW : PLAN_FIRST;
        if (!first) first = cells[d].goal;
    }
}

static void make_row(comparing *c, placed *x)
{
    plan_compare_cell *cells = start_row(c, x);
    take(&cells[x->doc], x);
    for (size_t d = 0; d < c->doc_count; d++) {
        placed *y = cells[d].goal ? NULL : other_of(c, x, d, true);
        if (y) take(&cells[d], y);
    }
    for (size_t d = 0; d < c->doc_count; d++) {
        placed *y = cells[d].goal ? NULL : other_of(c, x, d, false);
        if (y && !is_awaited(c, y, cells)) take(&cells[d], y);
    }
    judge_row(c, cells);
}

size_t plan_compare_goals(arena *a, const rule_set *r, const plan_compared *docs, size_t doc_count, const plan_compare_row **ret)
{
    comparing c = {.a = a, .r = r, .doc_count = doc_count, .docs = docs};
    place_all(&c);
    for (size_t i = 0; i < c.count; i++)
        if (!c.all[i].is_taken) make_row(&c, &c.all[i]);
    *ret = c.rows;
    return c.row_count;
}
