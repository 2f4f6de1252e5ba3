/*
 * Live: the newest reading of each channel, and every reading that came after a cursor.
 *
 *   takes after the cursor, as many as the limit asks for -> their readings in the journal -> if some have left it for blocks: blocks, from the newest day
 *   back, until all are found -> in order of take, channel, time -> as many as wanted
 *
 * The takes are read first: a reading that leaves the journal meanwhile is then found in its block. How many readings each take has is written with it, so that
 * the way back ends with the days that they fell on; where a take had one time twice it counts both, and the way goes on to the first day.
 */
#include "inside.h"

enum { CHANGES_USUAL = 1000, TAKES_PAGE = 1024, BLOCKS_PAGE = 2048 };

bool meter_last(meter_book *m, arena *a, meter_reading **ret, size_t *ret_count, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    *ret_count = m->channel_count;
    *ret = NEW_ARRAY(a, m->channel_count, meter_reading);
    for (size_t i = 0; i < m->channel_count; i++) {
        (*ret)[i] = m->channels[i]->last;
        if (!m->channels[i]->has_last) (*ret)[i].channel = METER_NONE;
    }
    meter_leave(m);
    return true;
}

/* ---- Cursors ---- */

bool meter_cursor_now(meter_book *m, meter_cursor *ret, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    *ret = (meter_cursor){m->next_take - 1, 0};
    meter_leave(m);
    return true;
}

text meter_cursor_format(arena *a, meter_cursor c)
{
    if (c.part == 0) return text_of(arena_printf(a, "%lld", (long long)c.take));
    return text_of(arena_printf(a, "%lld.%lld", (long long)c.take, (long long)c.part));
}

bool meter_cursor_parse(text t, meter_cursor *ret, heng_err *err)
{
    text rest = text_trim(t), take = text_next(&rest, '.');
    bool ok, part_ok = true;
    meter_cursor c = {.take = text_to_i64(take, &ok)};
    if (rest.len) c.part = text_to_i64(rest, &part_ok);
    if (!ok || !part_ok || c.take < 0 || c.part < 0) return err_fill_n(err, &MSG_METER_CURSOR_BAD, t.ptr, t.len, NULL);
    *ret = c;
    return true;
}

/* ---- Changes ---- */

typedef struct found { int64_t take, time, value; int32_t channel; uint8_t flag; size_t order; } found;
typedef struct changing {
    meter_book *m;
    int64_t after, to;           /* takes that are asked for */
    int64_t readings;            /* of these takes, as they were counted */
    size_t take_count, take_max;
    int64_t *takes, *known_us;
    bool has_more;               /* takes behind them */
    size_t count, max, order;
    found *items;
} changing;

/* Takes after the cursor until they hold as many readings as are wanted. */
static bool takes_load(changing *c, int64_t wanted, heng_err *err)
{
    int64_t limit = TAKES_PAGE;
    store_rows r;
    arena *a = &c->m->scratch;
    c->to = c->after;
    for (;;) {
        store_param params[] = {{.name = "after", .ints = &c->to}, {.name = "limit", .ints = &limit}};
        if (!store_run(c->m->store, SQL_meter_take_page, params, 2, 1, a, &r, err)) return false;
        for (size_t i = 0; i < r.count; i++) {
            if (c->readings >= wanted) return c->has_more = true;
            size_t known_max = c->take_max;
            *ARENA_PUSH(a, c->takes, c->take_count, c->take_max) = row_int(&r, 0, i);
            if (c->take_max != known_max) c->known_us = arena_grow(a, c->known_us, known_max * sizeof *c->known_us, c->take_max * sizeof *c->known_us);
            c->known_us[c->take_count - 1] = row_int(&r, 1, i);
            c->readings += row_int(&r, 3, i);
            c->to = row_int(&r, 0, i);
        }
        if (r.count < TAKES_PAGE) return true;
    }
}

static void found_add(changing *c, int64_t take, int64_t of, int64_t time, int64_t value, uint8_t flag)
{
    if (take <= c->after || take > c->to) return;
    *ARENA_PUSH(&c->m->scratch, c->items, c->count, c->max) = (found){take, time, value, (int32_t)of, flag, c->order++};
}

static bool journal_row(void *context, const store_rows *r, heng_err *err)
{
    changing *c = context;
    journal_cols j;
    arena scratch = {0};
    char seen[24];
    bool ok = journal_unpack(&scratch, row_text(r, 2, 0), (size_t)row_int(r, 1, 0), &j);
    bool is_over = row_int(r, 0, 0) > c->to; /* only the first row can hold older takes as well */
    for (size_t i = 0; ok && i < j.count; i++) {
        is_over &= j.take[i] > c->to;
        found_add(c, j.take[i], j.channel[i], j.time[i], j.value[i], j.flag[i]);
    }
    arena_free(&scratch);
    snprintf(seen, sizeof seen, "%lld", (long long)row_int(r, 0, 0));
    if (!ok) return err_fill(err, &MSG_METER_JOURNAL_BROKEN, seen, NULL, NULL);
    return !is_over;
}

static int compare_found(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->take != y->take) return x->take < y->take ? -1 : 1;
    if (x->channel != y->channel) return x->channel < y->channel ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* In order, each reading once: of one take, channel and time the last one stands. */
static void settle(changing *c)
{
    size_t n = 0;
    if (c->count) qsort(c->items, c->count, sizeof *c->items, compare_found);
    for (size_t i = 0; i < c->count; i++) {
        const found *next = i + 1 < c->count ? &c->items[i + 1] : NULL, *it = &c->items[i];
        if (next && next->take == it->take && next->channel == it->channel && next->time == it->time) continue;
        c->items[n++] = *it;
    }
    c->count = n;
}

static bool block_in(changing *c, int64_t id, text body, heng_err *err)
{
    arena a = {0};
    entries e = {0};
    channel *ch = channel_by_id(c->m, block_channel(id), err);
    bool ok = ch && block_entries(c->m, &a, ch, block_day(id), body, &e, err);
    for (size_t i = 0; ok && i < e.count; i++) found_add(c, e.take[i], ch->id, e.time[i], e.value[i], e.flag[i]);
    arena_free(&a);
    return ok;
}

/* From the newest day back, until as many are found as were taken. */
static bool blocks_load(changing *c, heng_err *err)
{
    int64_t before = INT64_MAX, limit = BLOCKS_PAGE;
    for (bool more = true; more && (int64_t)c->count < c->readings;) {
        store_rows r;
        arena page = {0};
        store_param params[] = {{.name = "before", .ints = &before}, {.name = "limit", .ints = &limit}};
        bool ok = store_run(c->m->store, SQL_meter_block_back, params, 2, 1, &page, &r, err);
        for (size_t i = 0; ok && i < r.count; i++) {
            before = row_int(&r, 0, i);
            ok = block_in(c, before, row_text(&r, 2, i), err);
        }
        more = ok && r.count == BLOCKS_PAGE;
        arena_free(&page);
        if (!ok) return false;
        settle(c);
    }
    return true;
}

static bool changes_find(changing *c, heng_err *err)
{
    store_param params[] = {{.name = "after", .ints = &c->after}};
    if (c->readings == 0) return true;
    if (!store_each(c->m->store, SQL_meter_journal_all, params, 1, journal_row, c, err)) return false;
    bool is_whole = (int64_t)c->count >= c->readings; /* none has left the journal yet */
    settle(c);
    return is_whole || blocks_load(c, err);
}

static int64_t known_of(const changing *c, int64_t take)
{
    size_t low = 0, high = c->take_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c->takes[mid] < take) low = mid + 1;
        else high = mid;
    }
    return low < c->take_count && c->takes[low] == take ? c->known_us[low] : 0;
}

/* Those from the cursor on, each with the cursor behind it. */
static void changes_give(const changing *c, arena *a, meter_cursor after, size_t limit, meter_change *ret)
{
    size_t begin = (size_t)after.part < c->count ? (size_t)after.part : c->count, end = c->count - begin > limit ? begin + limit : c->count;
    meter_changed *items = NEW_ARRAY(a, end - begin, meter_changed);
    int64_t base = after.take, part = 0;
    for (size_t i = 0; i < end; i++) {
        const found *f = &c->items[i];
        if (i == 0 || c->items[i - 1].take != f->take) base = i == 0 ? after.take : f->take - 1, part = 0;
        part++;
        if (i < begin) continue;
        items[i - begin] = (meter_changed){{f->time, f->value, f->channel, f->flag}, f->take, known_of(c, f->take), {base, part}};
    }
    bool is_all = end == c->count;
    *ret = (meter_change){.has_more = !is_all || c->has_more, .count = end - begin, .items = items};
    ret->cursor = is_all ? (meter_cursor){c->to, 0} : end > begin ? items[end - begin - 1].cursor : after;
}

bool meter_changes(meter_book *m, arena *a, meter_cursor after, size_t limit, meter_change *ret, heng_err *err)
{
    changing c = {.m = m, .after = after.take};
    if (limit == 0) limit = CHANGES_USUAL;
    if (!meter_enter(m, err)) return false;
    bool ok = after.take < m->next_take;
    if (!ok) err_fill_n(err, &MSG_METER_CURSOR_AHEAD, meter_cursor_format(&m->scratch, after).ptr, meter_cursor_format(&m->scratch, after).len, arena_printf(&m->scratch, "%lld", (long long)(m->next_take - 1)));
    ok = ok && takes_load(&c, after.part + (int64_t)limit, err) && changes_find(&c, err);
    if (ok) changes_give(&c, a, after, limit, ret);
    meter_leave(m);
    return ok;
}
