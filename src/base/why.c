/*
 * The explanation of a number: building the tree and checking that it adds up. See why.h; printing is in why_print.c.
 *
 * The rules of the check, by kind. A child "counts" if it has a value; a ROW never does.
 *
 *   SUM FLOW MONTH                    value = sum of the children that count; a MISSING child is a hole that is shown, not a 0
 *   PRODUCT DIFFERENCE                all children count
 *   QUOTIENT NEGATE SAME              all count, and there are two, one, one
 *   FORMULA MOVEMENT FACTOR OBSERVED  not computed again
 *
 * A node without value is one that could not be computed: nothing to check in it.
 */
#include "why.h"

enum { DEPTH_MAX = 200 };

why_node *why_new(arena *a, why_kind kind, text label_zh, text label_en, const rat *value, text unit)
{
    why_node *n = NEW(a, why_node);
    *n = (why_node){.kind = kind, .label_zh = label_zh, .label_en = label_en, .value = value, .unit = unit};
    return n;
}

why_node *why_add(why_node *parent, why_node *child)
{
    must(!child->next);
    if (parent->last) parent->last->next = child;
    else parent->first = child;
    parent->last = child;
    return child;
}

static const why_node *next_operand(const why_node *n)
{
    while (n && n->kind == WHY_ROW) n = n->next;
    return n;
}

static size_t operand_count(const why_node *n)
{
    size_t count = 0;
    for (const why_node *c = next_operand(n->first); c; c = next_operand(c->next)) count++;
    return count;
}

static bool is_adding(why_kind k)
{
    return k == WHY_SUM || k == WHY_FLOW || k == WHY_MONTH;
}

static bool check_sum(arena *a, const why_node *n)
{
    const rat *sum = NULL;
    for (const why_node *c = next_operand(n->first); c; c = next_operand(c->next))
        if (c->value) sum = sum ? rat_add(a, sum, c->value) : c->value;
    return !sum || rat_equal(sum, n->value);
}

/* PRODUCT, QUOTIENT, DIFFERENCE: the first child, then each further one applied to it. */
static bool check_chain(arena *a, const why_node *n)
{
    const why_node *c = next_operand(n->first);
    if (!c->value) return false;
    const rat *v = c->value;
    heng_err ignored;
    while ((c = next_operand(c->next))) {
        if (!c->value) return false;
        if (n->kind == WHY_PRODUCT) v = rat_mul(a, v, c->value);
        else if (n->kind == WHY_DIFFERENCE) v = rat_sub(a, v, c->value);
        else if (!rat_div(a, v, c->value, &v, &ignored)) return false;
    }
    return rat_equal(v, n->value);
}

static bool check_only_child(arena *a, const why_node *n)
{
    const why_node *c = next_operand(n->first);
    if (!c->value) return false;
    return rat_equal(n->kind == WHY_NEGATE ? rat_neg(a, c->value) : c->value, n->value);
}

static bool follows(arena *a, const why_node *n)
{
    size_t count = operand_count(n);
    if (!n->value || count == 0) return true;
    if (is_adding(n->kind)) return check_sum(a, n);
    switch (n->kind) {
    case WHY_PRODUCT: case WHY_DIFFERENCE: return check_chain(a, n);
    case WHY_QUOTIENT: return count == 2 && check_chain(a, n);
    case WHY_NEGATE: case WHY_SAME: return count == 1 && check_only_child(a, n);
    default: return true;
    }
}

static bool check_below(arena *scratch, const why_node *n, int depth, const why_node **ret_bad)
{
    arena_mark mark = arena_here(scratch);
    bool ok = depth < DEPTH_MAX && follows(scratch, n);
    arena_rewind(scratch, mark);
    if (!ok) {
        if (ret_bad) *ret_bad = n;
        return false;
    }
    for (const why_node *c = n->first; c; c = c->next)
        if (!check_below(scratch, c, depth + 1, ret_bad)) return false;
    return true;
}

bool why_check(arena *scratch, const why_node *root, const why_node **ret_bad)
{
    return check_below(scratch, root, 0, ret_bad);
}
