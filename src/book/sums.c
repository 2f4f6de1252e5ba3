/*
 * Exact sums as known at a moment: flow_month up to a day; inside that day, its movements and supersessions up to the link, replayed.
 * Entries are read in order and added where flow and month agree; a month whose movements have all gone is left out.
 */
#include <stdlib.h>
#include "inside.h"

enum { CHUNK = 1 << 16 };

typedef struct sum_entry { int64_t flow; int32_t month, parts; int64_t delta; } sum_entry;
typedef struct chunk { struct chunk *next; size_t count; sum_entry items[CHUNK]; } chunk;
typedef struct loader {
    book *b;
    arena scratch;
    chunk *first, *last;
    size_t count;
    int32_t first_month, last_month;
} loader;

static void entry_add(loader *l, sum_entry e)
{
    if (!l->last || l->last->count == CHUNK) {
        chunk *c = arena_alloc(&l->scratch, sizeof *c);
        c->next = NULL;
        c->count = 0;
        if (l->last) l->last->next = c;
        else l->first = c;
        l->last = c;
    }
    l->last->items[l->last->count++] = e;
    l->count++;
}

static bool row_in(void *context, const store_rows *r, heng_err *err)
{
    (void)err;
    entry_add(context, (sum_entry){r->columns[0].ints[0], (int32_t)r->columns[1].ints[0], (int32_t)r->columns[4].ints[0], r->columns[3].ints[0]});
    return true;
}

static bool months_read(loader *l, int64_t known_day, heng_err *err)
{
    int64_t first = l->first_month, last = l->last_month;
    store_param params[] = {{.name = "first", .ints = &first}, {.name = "last", .ints = &last}, {.name = "known_day", .ints = &known_day}};
    return store_each(l->b->store, SQL_book_flow_month_all, params, 3, row_in, l, err);
}

/* ---- Inside a day ---- */

static void replay(loader *l, int64_t flow, int64_t amount, period when, int sign)
{
    size_t max = share_month_count(l->b->zone, when);
    share_part *parts = NEW_ARRAY(&l->scratch, max, share_part);
    size_t n = share_months(l->b->zone, amount, when, parts, max);
    for (size_t i = 0; i < n; i++)
        if (parts[i].month >= l->first_month && parts[i].month <= l->last_month) entry_add(l, (sum_entry){flow, parts[i].month, sign, sign * parts[i].amount});
}

static bool replay_range(loader *l, sql_id sql, int64_t first, int64_t last, size_t column, int sign, heng_err *err)
{
    static const char *const NAMES[] = {"first", "last"};
    arena a = {0};
    store_rows r;
    bool ok = book_run_ints(l->b, sql, &a, &r, err, 2, NAMES, (int64_t[]){first, last});
    for (size_t i = 0; ok && i < r.count; i++)
        replay(l, book_at(&r, column, i), book_at(&r, column + 1, i), (period){book_at(&r, column + 2, i), book_at(&r, column + 3, i)}, sign);
    arena_free(&a);
    return ok;
}

static int compare_entries(const void *a, const void *b)
{
    const sum_entry *x = a, *y = b;
    if (x->flow != y->flow) return x->flow < y->flow ? -1 : 1;
    return x->month < y->month ? -1 : x->month > y->month;
}

static bool day_replay(loader *l, int32_t day, int64_t link, heng_err *err)
{
    arena a = {0};
    book_head before, last;
    int64_t first;
    bool ok = book_link_at(l->b, zone_day_start_us(l->b->zone, day) - 1, &first, err) && book_link_get(l->b, &a, first, &before, err) && book_link_get(l->b, &a, link, &last, err) &&
              replay_range(l, SQL_book_movement_range, before.movements + 1, last.movements, 2, 1, err) &&
              replay_range(l, SQL_book_supersession_of_links, first + 1, link, 0, -1, err);
    arena_free(&a);
    return ok;
}

/* ---- Together ---- */

static bool whole_day(book *b, int64_t link, bool *ret_whole, int32_t *ret_day, heng_err *err)
{
    arena a = {0};
    book_head at, next;
    *ret_whole = true;
    *ret_day = INT32_MAX;
    if (link >= b->next.link) return true;
    bool ok = book_link_get(b, &a, link, &at, err) && book_link_get(b, &a, link + 1, &next, err);
    if (ok) {
        *ret_day = link == 0 ? INT32_MIN : zone_day_of(b->zone, at.known_us);
        *ret_whole = *ret_day != zone_day_of(b->zone, next.known_us);
    }
    arena_free(&a);
    return ok;
}

static bool entries_read(loader *l, int64_t link, heng_err *err)
{
    bool is_whole;
    int32_t day;
    if (!whole_day(l->b, link, &is_whole, &day, err)) return false;
    return is_whole ? months_read(l, day, err) : months_read(l, (int64_t)day - 1, err) && day_replay(l, day, link, err);
}

static sum_entry *entries_flat(loader *l)
{
    sum_entry *all = arena_alloc(&l->scratch, (l->count + 1) * sizeof *all);
    size_t at = 0;
    bool is_sorted = true;
    for (const chunk *c = l->first; c; c = c->next) {
        memcpy(all + at, c->items, c->count * sizeof *all);
        at += c->count;
    }
    for (size_t i = 1; i < at && is_sorted; i++) is_sorted = compare_entries(&all[i - 1], &all[i]) <= 0;
    if (!is_sorted) qsort(all, at, sizeof *all, compare_entries);
    return all;
}

static bool sum_too_large(const sum_entry *e, heng_err *err)
{
    char flow[24];
    snprintf(flow, sizeof flow, "%lld", (long long)e->flow);
    return err_fill(err, &MSG_BOOK_SUM_OVERFLOW, flow, flow, flow);
}

static bool entries_merge(loader *l, arena *a, const int64_t *position, int64_t max_id, book_sums *ret, heng_err *err)
{
    const sum_entry *all = entries_flat(l);
    uint32_t *flow = arena_alloc(a, l->count * sizeof *flow);
    int32_t *month = arena_alloc(a, l->count * sizeof *month);
    int64_t *sum = arena_alloc(a, l->count * sizeof *sum);
    size_t count = 0;
    for (size_t i = 0, j; i < l->count; i = j) {
        i128 total = 0;
        int64_t parts = 0;
        for (j = i; j < l->count && compare_entries(&all[i], &all[j]) == 0; j++) total += all[j].delta, parts += all[j].parts;
        if (parts == 0 && total == 0) continue;
        if (total > INT64_MAX || total < INT64_MIN) return sum_too_large(&all[i], err);
        if (all[i].flow < 1 || all[i].flow > max_id || position[all[i].flow] < 0) continue; /* verify tells */
        flow[count] = (uint32_t)position[all[i].flow];
        month[count] = all[i].month;
        sum[count++] = (int64_t)total;
    }
    ret->count = count;
    ret->flow = flow;
    ret->month = month;
    ret->sum = sum;
    return true;
}

/* ---- Flows ---- */

typedef int32_t (*find_fn)(const rule_set *r, text name);

/* Finding folds names; a word is folded once. */
static int32_t word_index(const rule_set *r, text_map *m, arena *a, text word, find_fn find)
{
    int64_t v;
    if (text_map_find(m, word, &v)) return (int32_t)v;
    v = find(r, word);
    text_map_put(m, text_copy(a, word), v);
    return (int32_t)v;
}

static bool flows_read(loader *l, arena *a, book_sums *ret, int64_t **ret_position, int64_t *ret_max, heng_err *err)
{
    book *b = l->b;
    text_map commodities = {.a = &l->scratch}, units = {.a = &l->scratch}, kinds = {.a = &l->scratch};
    size_t max = (size_t)b->next.flow, count = 0;
    book_flow *flows = arena_alloc(a, (max + 1) * sizeof *flows);
    int64_t *ids = arena_alloc(a, (max + 1) * sizeof *ids), *position = arena_alloc(&l->scratch, (max + 1) * sizeof *position);
    memset(position, 0xff, (max + 1) * sizeof *position);
    book_cursor c;
    bool end = false, ok;
    book_cursor_open(&c, SQL_book_flow_page, 0);
    while ((ok = book_cursor_peek(b, &c, &end, err)) && !end) {
        for (; c.at < c.rows.count; c.at++) {
            size_t i = c.at;
            int64_t id = book_at(&c.rows, 0, i);
            if (id > (int64_t)max || count >= max) continue; /* committed after we began */
            position[id] = (int64_t)count;
            ids[count] = id;
            flows[count++] = (book_flow){(int32_t)book_at(&c.rows, 1, i), (int32_t)book_at(&c.rows, 2, i), word_index(b->rules, &commodities, &l->scratch, book_text_at(&c.rows, 3, i), rule_commodity_find),
                                         word_index(b->rules, &units, &l->scratch, book_text_at(&c.rows, 4, i), rule_unit_find),
                                         word_index(b->rules, &kinds, &l->scratch, book_text_at(&c.rows, 5, i), rule_kind_find), (uint8_t)book_at(&c.rows, 6, i)};
        }
    }
    book_cursor_close(&c);
    ret->flow_count = count;
    ret->flows = flows;
    ret->flow_ids = ids;
    *ret_position = position;
    *ret_max = (int64_t)max;
    return ok;
}

static bool sums_once(book *b, arena *a, int64_t known_us, int32_t first_month, int32_t month_count, book_sums *ret, heng_err *err)
{
    loader l = {.b = b, .first_month = month_count ? first_month : INT32_MIN, .last_month = month_count ? first_month + month_count - 1 : INT32_MAX};
    int64_t link, *position, max;
    bool ok = book_rules_load(b, err) && book_link_at(b, known_us, &link, err) && entries_read(&l, link, err) && flows_read(&l, a, ret, &position, &max, err) &&
              entries_merge(&l, a, position, max, ret, err);
    if (ok) ret->link = link < b->next.link ? link : b->next.link;
    arena_free(&l.scratch);
    return ok;
}

/* A reader's statements see what was committed before each; so it reads again if a link came in between. */
bool book_sums_load(book *b, arena *a, int64_t known_us, int32_t first_month, int32_t month_count, book_sums *ret, heng_err *err)
{
    bool ok;
    book_lock(b);
    for (int tries = 0;; tries++) {
        arena_mark mark = arena_here(a);
        book_sums sums = {0};
        ok = book_fresh(b, err) && sums_once(b, a, known_us, first_month, month_count, &sums, err);
        if (ok) *ret = sums;
        if (!ok || b->is_writer || tries == 8 || store_changed(b->store) == b->changed) break;
        arena_rewind(a, mark);
    }
    book_unlock(b);
    return ok;
}
