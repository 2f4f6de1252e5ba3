/*
 * The meter tree: a main meter and the meters below it. Of each node: its amount, what its children measured, the loss between them
 * (amount - children) and the unmetered share (loss / amount). A node whose children lack data shows how many lack it, and no loss.
 */
#include "inside.h"

enum { DEEP_MAX = 64 };

typedef struct tree_work { meter_book *m; arena *a; period when; int64_t known_us; size_t count, max; meter_node *items; } tree_work;

static bool is_child(const meter_book *m, const channel *ch, const channel *parent)
{
    int64_t id;
    text up = channel_newest(ch)->parent;
    bool has = up.len && text_map_find(&m->codes, up, &id);
    return parent ? has && id == parent->id : !has;
}

static bool has_children(const meter_book *m, const channel *ch)
{
    for (size_t i = 0; i < m->channel_count; i++)
        if (is_child(m, m->channels[i], ch)) return true;
    return false;
}

static bool node_run(tree_work *w, channel *ch, int depth, size_t *ret_at, heng_err *err)
{
    meter_book *m = w->m;
    meter_value v;
    size_t at = w->count;
    const rat *below = NULL;
    if (depth > DEEP_MAX) return true;
    (void)ARENA_PUSH(w->a, w->items, w->count, w->max);
    w->items[at] = (meter_node){.channel = ch->id, .depth = depth};
    if (!value_run(m, w->a, ch, w->when, w->known_us, 0, &v, err)) return false;
    size_t children = 0;
    int64_t missing = 0;
    for (size_t i = 0; i < m->channel_count; i++) {
        size_t child;
        if (m->channels[i] == ch || !is_child(m, m->channels[i], ch)) continue;
        if (!node_run(w, m->channels[i], depth + 1, &child, err)) return false;
        children++;
        const rat *x = w->items[child].amount;
        missing += x == NULL;
        if (x) below = below ? rat_add(w->a, below, x) : x;
    }
    meter_node *n = &w->items[at];
    n->children = children, n->missing = missing, n->amount = v.amount, n->below = below;
    if (v.amount && below && !missing) {
        n->loss = rat_sub(w->a, v.amount, below);
        if (rat_sign(v.amount) != 0 && !rat_div(w->a, n->loss, v.amount, &n->unmetered, err)) return false;
    }
    *ret_at = at;
    return true;
}

bool meter_tree(meter_book *m, arena *a, int32_t root, period when, int64_t known_us, meter_node **ret, size_t *ret_count, heng_err *err)
{
    tree_work w = {.m = m, .a = a, .when = when, .known_us = known_us};
    size_t at;
    if (!meter_enter(m, err)) return false;
    channel *top = root == METER_NONE ? NULL : channel_by_id(m, root, err);
    bool ok = root == METER_NONE || top;
    if (top) ok = node_run(&w, top, 0, &at, err);
    for (size_t i = 0; ok && !top && i < m->channel_count; i++)
        if (is_child(m, m->channels[i], NULL) && has_children(m, m->channels[i])) ok = node_run(&w, m->channels[i], 0, &at, err);
    *ret = w.items, *ret_count = w.count;
    meter_leave(m);
    return ok;
}
