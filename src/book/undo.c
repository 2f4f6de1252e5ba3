/*
 * Undoing a delivery: all its groups and observations that are live are replaced by nothing, its live entries by the version before. Those that something later has replaced already stay as
 * they are. The delivery is marked as undone, so that the same file can be loaded again.
 */
#include "inside.h"

static bool unknown_delivery(pending *p, int64_t id, heng_err *err)
{
    return err_fill(err, &MSG_BOOK_DELIVERY_UNKNOWN, arena_printf(p->a, "%lld", (long long)id), NULL, NULL);
}

static bool was_undone(pending *p, int64_t id, int64_t link, heng_err *err)
{
    book_head h;
    if (!book_link_get(p->b, p->a, link, &h, err)) return false;
    const char *name = arena_printf(p->a, "%lld", (long long)id);
    return err_fill(err, &MSG_BOOK_ALREADY_UNDONE, name, text_str(p->a, instant_format(p->a, p->b->zone, h.known_us)), NULL);
}

static size_t groups_of(pending *p, const store_rows *m, int64_t **ret_ids)
{
    int64_t *ids = NEW_ARRAY(p->a, m->count, int64_t);
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++)
        if (book_at(m, 0, i) == book_at(m, 1, i)) ids[count++] = book_at(m, 0, i);
    *ret_ids = ids;
    return count;
}

static bool old_leaves(pending *p, const old_group *o, heng_err *err)
{
    for (size_t i = 0; i < o->count; i++) {
        const movement_ref *m = &o->refs[i];
        if (m->flow->giver && !book_balance_move(p, m->flow->giver, m->amount, err)) return false;
        if (m->flow->taker && !book_balance_move(p, m->flow->taker, -m->amount, err)) return false;
        if (!book_month_movement(p, m, -1, err)) return false;
    }
    int64_t(*pair)[2] = ARENA_PUSH(p->a, p->supers, p->super_count, p->super_max);
    (*pair)[0] = o->id;
    (*pair)[1] = 0;
    return true;
}

static void restated(pending *p, const old_group *o)
{
    for (size_t i = 0; p->b->closings.open && i < o->count; i++) {
        const movement_ref *m = &o->refs[i];
        if (!book_is_closed(p->b, m->flow->ends.giver, m->when) && !book_is_closed(p->b, m->flow->ends.taker, m->when)) continue;
        p->restated++;
        return;
    }
}

static bool groups_undo(pending *p, int64_t first, int64_t count, heng_err *err)
{
    static const char *const NAMES[] = {"first", "last"};
    int64_t range[] = {first, first + count - 1};
    store_rows m = {0};
    int64_t *ids;
    if (count == 0) return true;
    if (!book_run_ints(p->b, SQL_book_movement_range, p->a, &m, err, 2, NAMES, range)) return false;
    size_t n = groups_of(p, &m, &ids);
    if (!book_olds_load(p, n, ids, err) || !book_balances_load(p, err)) return false;
    for (size_t i = 0; i < p->old_count; i++) {
        if (p->olds[i].by) continue;
        if (!old_leaves(p, &p->olds[i], err)) return false;
        restated(p, &p->olds[i]);
        p->undone++;
    }
    for (size_t i = 0; i < p->balance_count; i++)
        if (p->balances[i]->is_holding && book_below_zero(p, p->balances[i], p->known_day, err)) return false;
    return true;
}

static bool observations_undo(pending *p, int64_t first, int64_t count, heng_err *err)
{
    static const char *const NAMES[] = {"first", "last"};
    int64_t range[] = {first, first + count - 1};
    store_rows r = {0};
    if (count == 0) return true;
    if (!book_run_ints(p->b, SQL_book_observation_live_range, p->a, &r, err, 2, NAMES, range)) return false;
    for (size_t i = 0; i < r.count; i++) {
        *ARENA_PUSH(p->a, p->ends, p->end_count, p->end_max) = (end_mark){TEXT("observation"), book_at(&r, 0, i)};
        p->restated += book_is_closed(p->b, (int32_t)book_at(&r, 1, i), (period){book_at(&r, 2, i), book_at(&r, 3, i)});
        p->undone++;
    }
    return true;
}

bool book_undo_judge(pending *p, batch_state *s, heng_err *err)
{
    static const char *const NAMES[] = {"id"};
    int64_t id = s->r->batch->undo_delivery;
    store_rows r;
    if (!book_run_ints(p->b, SQL_book_delivery_get, p->a, &r, err, 1, NAMES, &id)) return false;
    if (r.count == 0) return unknown_delivery(p, id, err);
    if (!book_null_at(&r, 5, 0)) return was_undone(p, id, book_at(&r, 5, 0), err);
    if (!groups_undo(p, book_at(&r, 1, 0), book_at(&r, 2, 0), err) || !observations_undo(p, book_at(&r, 3, 0), book_at(&r, 4, 0), err) ||
        !book_entries_undo(p, id, err))
        return false;
    if (!s->r->batch->dry_run) p->next.undo++;
    return true;
}
