/*
 * Sums by hour, day, month over any channels.
 *
 *   whole days, as known now: the sums beside the blocks are added; nothing is decoded (open days: summed from memory)
 *   else: blocks are decoded one after the other, in order of day, and their readings fall into steps
 *   counters by hour or as known then: the readings of each channel are walked (counter.c) and each pair is shared out
 *
 * One pass over the blocks serves all channels; a long one is shared among threads (share.c). Steps are cut in the zone that the channels share, else in that of the book.
 */
#include "inside.h"

typedef struct table_work {
    meter_book *m;
    store *store; arena *scratch;    /* of this thread */
    const cal_zone *zone;            /* in which steps are cut */
    period when;
    int32_t first, last;             /* days, in the zone of the book; wide enough for every channel */
    int64_t take_max;
    meter_group group;
    size_t steps; int64_t *edges;    /* steps + 1 */
    size_t *step_of_day;             /* by day - first, when days are whole */
    int64_t even_us;                 /* all steps have this length; 0 = not */
    int32_t *row_of;                 /* by channel id: row of its cells, -1 = not asked for */
    channel **channels; size_t channel_count;
    meter_cell *cells; size_t cell_rows;
    bool whole_days;
    size_t max; int64_t *time, *value, *take; uint8_t *flag; /* of a block */
    fold *folded;                    /* METER_TOTAL: the blocks of a day that lie on one grid */
    heng_err *err;
} table_work;

/* ---- Steps ---- */

static void edge_add(arena *a, table_work *w, size_t *max, int64_t us)
{
    if (w->steps && w->edges[w->steps - 1] >= us) return;
    if (w->steps == *max) arena_push_grow(a, (void **)&w->edges, max, sizeof *w->edges);
    w->edges[w->steps++] = us;
}

static void edges_make(arena *a, table_work *w, meter_step step)
{
    const cal_zone *z = w->zone;
    size_t max = 0;
    edge_add(a, w, &max, w->when.start_us);
    for (int32_t d = w->first; step == METER_BY_HOUR && d <= w->last; d++)
        for (int64_t t = zone_day_start_us(z, d), end = zone_day_start_us(z, d + 1); t < end; t += METER_HOUR_US)
            if (t > w->when.start_us && t < w->when.end_us) edge_add(a, w, &max, t);
    for (int32_t d = w->first; step == METER_BY_DAY && d <= w->last; d++) {
        int64_t t = zone_day_start_us(z, d);
        if (t > w->when.start_us && t < w->when.end_us) edge_add(a, w, &max, t);
    }
    for (int32_t k = zone_month_of(z, w->when.start_us) + 1; step == METER_BY_MONTH && zone_month_start_us(z, k) < w->when.end_us; k++) edge_add(a, w, &max, zone_month_start_us(z, k));
    edge_add(a, w, &max, w->when.end_us);
    w->steps--;
    w->even_us = w->steps ? w->edges[1] - w->edges[0] : 0;
    for (size_t i = 1; i < w->steps; i++)
        if (w->edges[i + 1] - w->edges[i] != w->even_us) w->even_us = 0;
}

static size_t step_at(const table_work *w, int64_t us)
{
    if (w->even_us) return (size_t)((us - w->edges[0]) / w->even_us);
    size_t low = 0, high = w->steps;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (w->edges[mid] <= us) low = mid;
        else high = mid;
    }
    return low;
}

/* ---- Into cells ---- */

static meter_cell *cells_of(const table_work *w, const channel *ch) { return w->cells + (size_t)w->row_of[ch->id] * w->steps; }

static void cell_add(meter_cell *c, i128 sum, int64_t count, int64_t estimated, int64_t low, int64_t high)
{
    if (count) {
        c->min = c->count == 0 || low < c->min ? low : c->min;
        c->max = c->count == 0 || high > c->max ? high : c->max;
    }
    c->sum += sum;
    c->count += count;
    c->estimated += estimated;
}

static void sums_in(const table_work *w, const channel *ch, int32_t d, const day_sums *s, bool is_open)
{
    if (d < w->first || d > w->last || w->step_of_day[d - w->first] == SIZE_MAX) return;
    meter_cell *c = cells_of(w, ch) + w->step_of_day[d - w->first];
    cell_add(c, s->sum, s->count, QUALITY_ESTIMATED(s->quality), s->low, s->high);
    c->is_open |= is_open;
}

/* n readings of one cell side by side. In 64 bits as long as they hold it. */
static inline void stretch_in(meter_cell *c, const int64_t *value, size_t n)
{
    int64_t low = value[0], high = value[0], sum = value[0];
    bool over = false;
    for (size_t i = 1; i < n; i++) {
        int64_t v = value[i];
        low = v < low ? v : low, high = v > high ? v : high;
        over |= __builtin_add_overflow(sum, v, &sum);
    }
    i128 wide = sum;
    for (size_t i = 0; i < n && over; i++) wide = i ? wide + value[i] : value[0];
    bool first = c->count == 0;
    c->min = first || low < c->min ? low : c->min;
    c->max = first || high > c->max ? high : c->max;
    c->sum += wide;
    c->count += (int64_t)n;
}

/* A grid whose step divides the steps of the table: no times are looked at. */
static bool grid_in(const table_work *w, meter_cell *cells, int64_t start_us, int64_t step_us, const int64_t *value, size_t n, bool is_open)
{
    if (!w->even_us || step_us <= 0 || w->even_us % step_us || (start_us - w->edges[0]) % step_us || start_us < w->when.start_us || start_us + (int64_t)(n - 1) * step_us >= w->when.end_us) return false;
    size_t each = (size_t)(w->even_us / step_us), at = (size_t)((start_us - w->edges[0]) / w->even_us), gone = (size_t)((start_us - w->edges[0]) % w->even_us / step_us);
    size_t i = 0;
    for (; i < n && (gone || n - i < each || each != 4); at++) {
        size_t part = each - gone < n - i ? each - gone : n - i;
        stretch_in(&cells[at], value + i, part);
        cells[at].is_open |= is_open;
        i += part;
        gone = 0;
    }
    for (; i + 4 <= n; i += 4, at++) { /* quarter hours into hours, the usual case, unrolled */
        stretch_in(&cells[at], value + i, 4);
        cells[at].is_open |= is_open;
    }
    if (i < n) {
        stretch_in(&cells[at], value + i, n - i);
        cells[at].is_open |= is_open;
    }
    return true;
}

/* What was folded, into the cells. */
static void fold_out(const table_work *w)
{
    const fold *f = w->folded;
    if (!f || f->blocks == 0) return;
    for (size_t i = 0; i < f->count; i++) {
        meter_cell *c = &w->cells[step_at(w, f->start_us + (int64_t)i * f->step_us)];
        cell_add(c, f->sum[i], (int64_t)f->blocks, 0, f->low[i], f->high[i]);
        c->is_open |= f->is_open;
    }
}

/* False: the block has to go its own way. */
static bool fold_in(table_work *w, const meter_block_head *h, const int64_t *value, bool is_open)
{
    int64_t last_us = h->start_us + (int64_t)(h->count - 1) * h->step_us;
    if (w->group != METER_TOTAL || h->count > FOLD_SLOTS_MAX || h->step_us <= 0 || h->start_us < w->when.start_us || last_us >= w->when.end_us) return false;
    fold *f = w->folded;
    if (!f) f = w->folded = NEW(w->scratch, fold);
    if (f->start_us != h->start_us || f->step_us != h->step_us || f->count != h->count || f->blocks == FOLD_BLOCKS_MAX) {
        fold_out(w);
        fold_begin(f, h->start_us, h->step_us, h->count);
    }
    if (!fold_add(f, value)) return false;
    f->is_open |= is_open;
    return true;
}

static void entries_in(const table_work *w, meter_cell *cells, const entries *e)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->take[i] > w->take_max || e->flag[i] & METER_GONE || e->time[i] < w->when.start_us || e->time[i] >= w->when.end_us) continue;
        if (i + 1 < e->count && e->time[i + 1] == e->time[i] && e->take[i + 1] <= w->take_max) continue;
        meter_cell *c = &cells[step_at(w, e->time[i])];
        cell_add(c, e->value[i], 1, (e->flag[i] & METER_QUALITY) == METER_ESTIMATED, e->value[i], e->value[i]);
        c->is_open |= e->is_open;
    }
}

/* ---- Passes over the blocks ---- */

static channel *asked_for(const table_work *w, int64_t id)
{
    int32_t ch = block_channel(id);
    if ((size_t)ch >= w->m->channel_count || w->row_of[ch] < 0) return NULL;
    return w->m->channels[ch];
}

/* Open days in memory are taken from there, after the pass. */
static bool is_in_memory(const channel *ch, int32_t d)
{
    const day *x = ch->day_count ? day_find(ch, d) : NULL;
    return x && x->is_open && x->is_loaded;
}

static bool sum_row(void *context, const store_rows *r, heng_err *err)
{
    const table_work *w = context;
    (void)err;
    int64_t id = row_int(r, 0, 0);
    const channel *ch = asked_for(w, id);
    int32_t d = block_day(id);
    if (!ch || is_in_memory(ch, d)) return true;
    day_sums s = {.count = row_int(r, 1, 0), .quality = row_int(r, 2, 0), .sum = row_int(r, 3, 0), .low = row_int(r, 4, 0), .high = row_int(r, 5, 0)};
    sums_in(w, ch, d, &s, block_version(id) == 0);
    return true;
}

static void block_room(table_work *w, size_t n)
{
    if (n <= w->max) return;
    arena *a = w->scratch;
    w->max = n * 2;
    w->time = arena_alloc(a, w->max * 8), w->value = arena_alloc(a, w->max * 8), w->take = arena_alloc(a, w->max * 8), w->flag = arena_alloc(a, w->max);
}

static bool block_in(table_work *w, const channel *ch, int32_t d, text body, int64_t quality, bool is_open, heng_err *err)
{
    meter_block_head h;
    const uint8_t *in = (const uint8_t *)body.ptr;
    if (body.len == 0) return true;
    bool ok = meter_block_look(in, body.len, &h);
    if (ok) block_room(w, h.count);
    meter_cell *cells = cells_of(w, ch);
    bool is_simple = ok && quality == 0 && h.is_grid && h.count > 1 && w->take_max == INT64_MAX;
    if (is_simple) {
        bool is_plain;
        ok = meter_block_values(in, body.len, w->value, &is_plain, METER_PATH_BEST);
        if (ok && is_plain && (fold_in(w, &h, w->value, is_open) || grid_in(w, cells, h.start_us, h.step_us, w->value, h.count, is_open))) return true;
    }
    meter_block_out all = {w->time, w->value, w->flag, w->take};
    ok = ok && meter_block_decode(in, body.len, &all, METER_PATH_BEST);
    if (!ok) return err_fill(err, &MSG_METER_BLOCK_WRONG, text_str(w->scratch, ch->code), NULL, text_str(w->scratch, day_format(w->scratch, d)));
    entries e = {d, 0, h.count, w->time, w->value, w->take, w->flag, false, is_open};
    entries_in(w, cells, &e);
    return true;
}

static bool block_row(void *context, const store_rows *r, heng_err *err)
{
    table_work *w = context;
    int64_t id = row_int(r, 0, 0);
    const channel *ch = asked_for(w, id);
    int32_t d = block_day(id);
    if (!ch || is_counter(ch) || is_in_memory(ch, d)) return true;
    return block_in(w, ch, d, row_text(r, 2, 0), row_int(r, 1, 0), block_version(id) == 0, err);
}

enum { FEW_CHANNELS = 16 };

/* All blocks of some days. */
static bool days_pass(table_work *w, int32_t first, int32_t last, store_row_fn fn, sql_id sql, heng_err *err)
{
    int64_t low = block_id(first, 0, 0), high = block_id(last + 1, 0, 0) - 1;
    store_param params[] = {{.name = "low", .ints = &low}, {.name = "high", .ints = &high}};
    bool ok = store_each(w->store, sql, params, 2, fn, w, err);
    fold_out(w);
    w->folded = NULL;
    return ok;
}

static bool channel_pass(table_work *w, const channel *ch, store_row_fn fn, sql_id sql, heng_err *err)
{
    for (int32_t d = w->first > ch->first_day ? w->first : ch->first_day; d <= w->last && d <= ch->last_day; d++) {
        int64_t low = block_id(d, ch->id, 0), high = block_id(d, ch->id + 1, 0) - 1;
        store_param params[] = {{.name = "low", .ints = &low}, {.name = "high", .ints = &high}};
        if (!store_each(w->store, sql, params, 2, fn, w, err)) return false;
    }
    fold_out(w);
    w->folded = NULL;
    return true;
}

/* ---- A long pass, shared among threads by days: each has cells of its own, which are added up ---- */

enum { SHARE_BLOCKS_MIN = 8192 /* of a thread: fewer are read sooner than a thread starts */, SHARE_CELLS_MAX = 1 << 16 };

typedef struct share { table_work w; arena a; heng_err err; int32_t first, last; store_row_fn fn; sql_id sql; bool ok, started; pthread_t thread; } share;

static void *share_run(void *context)
{
    share *s = context;
    s->ok = days_pass(&s->w, s->first, s->last, s->fn, s->sql, &s->err);
    return NULL;
}

static size_t cell_count(const table_work *w) { return w->cell_rows * w->steps; }

static void cells_gather(const table_work *w, const meter_cell *from)
{
    for (size_t i = 0; i < cell_count(w); i++) {
        cell_add(&w->cells[i], from[i].sum, from[i].count, from[i].estimated, from[i].min, from[i].max);
        w->cells[i].is_open |= from[i].is_open;
    }
}

static void share_begin(share *s, const table_work *w, size_t reader)
{
    s->w = *w;
    s->w.store = w->m->readers[reader];
    s->w.scratch = &s->a;
    s->w.cells = NEW_ARRAY(&s->a, cell_count(w), meter_cell);
    s->w.max = 0, s->w.folded = NULL;
    s->started = pthread_create(&s->thread, NULL, share_run, s) == 0;
    if (!s->started) share_run(s);
}

static bool share_end(share *s, const table_work *w, heng_err *err)
{
    if (s->started) pthread_join(s->thread, NULL);
    if (s->ok) cells_gather(w, s->w.cells);
    else *err = s->err;
    arena_free(&s->a);
    return s->ok;
}

static size_t readers_useful(const table_work *w)
{
    int64_t useful = ((int64_t)w->last - w->first + 1) * (int64_t)w->m->channel_count / SHARE_BLOCKS_MIN;
    if (useful < 2 || cell_count(w) > SHARE_CELLS_MAX) return 0;
    return useful > METER_READERS_MAX ? METER_READERS_MAX : (size_t)useful - 1;
}

typedef struct long_pass { table_work *w; store_row_fn fn; sql_id sql; size_t readers; } long_pass;

/* The first days here, the rest by readers. */
static bool shared_pass(const long_pass *l, heng_err *err)
{
    share shares[METER_READERS_MAX] = {0};
    table_work *w = l->w;
    int64_t days = (int64_t)w->last - w->first + 1, parts = (int64_t)l->readers + 1;
    for (size_t i = 0; i < l->readers; i++) {
        shares[i].first = w->first + (int32_t)(days * (int64_t)(i + 1) / parts), shares[i].last = w->first + (int32_t)(days * (int64_t)(i + 2) / parts) - 1;
        shares[i].fn = l->fn, shares[i].sql = l->sql;
        share_begin(&shares[i], w, i);
    }
    bool ok = days_pass(w, w->first, w->first + (int32_t)(days / parts) - 1, l->fn, l->sql, err);
    for (size_t i = 0; i < l->readers; i++) ok &= share_end(&shares[i], w, ok ? err : &shares[i].err);
    return ok;
}

/* In another process than the writer's the asking store needs one state for the whole pass too. */
static bool shared_reading(void *context, store *s, int64_t now, heng_err *err)
{
    long_pass *l = context;
    (void)now;
    size_t taken = l->readers;
    if (!reader_sees_the_same(l->w->m, s)) l->readers = 0;
    bool ok = shared_pass(l, err);
    l->readers = taken;
    return ok;
}

static bool all_channels_pass(table_work *w, store_row_fn fn, sql_id sql, heng_err *err)
{
    long_pass l = {w, fn, sql, readers_take(w->m, readers_useful(w))};
    bool ok = l.readers && !w->m->is_writer ? book_reading(w->m->b, shared_reading, &l, err) : shared_pass(&l, err);
    readers_give(w->m, l.readers);
    return ok;
}

/* Few channels: their rows are looked up; many: one pass. */
static bool rows_pass(table_work *w, store_row_fn fn, sql_id sql, heng_err *err)
{
    if (w->channel_count > FEW_CHANNELS) return all_channels_pass(w, fn, sql, err);
    for (size_t i = 0; i < w->channel_count; i++)
        if (!channel_pass(w, w->channels[i], fn, sql, err)) return false;
    return true;
}

static bool open_day_in(table_work *w, day *x, heng_err *err)
{
    meter_book *m = w->m;
    channel *ch = x->of;
    if (!w->whole_days) {
        entries e = {x->day, 0, x->count, x->time, x->value, x->take, x->flag, false, true};
        entries_in(w, cells_of(w, ch), &e);
        return true;
    }
    edge before = {0}, after = {0};
    day_sums s;
    if (is_counter(ch)) day_edges(m, x, &before, &after, NULL);
    live l = day_live(&m->scratch, x);
    if (!day_sum(m, ch, x->day, x->start_us, x->end_us, &l, &before, &after, &s, err)) return false;
    sums_in(w, ch, x->day, &s, true);
    return true;
}

/* Before the pass: what the open days of counters look at is loaded, so that each day is taken once, from its row or from memory. */
static bool open_days_ready(table_work *w, heng_err *err)
{
    meter_book *m = w->m;
    day_list list = {0};
    for (size_t i = 0; i < m->open.count && w->whole_days; i++) {
        day *x = m->open.items[i];
        if (x->is_loaded && is_counter(x->of) && w->row_of[x->of->id] >= 0) day_list_add(m, &list, x);
    }
    return counter_ready(m, list.items, list.count, err);
}

static bool open_days_in(table_work *w, heng_err *err)
{
    for (size_t i = 0; i < w->m->open.count; i++) {
        day *x = w->m->open.items[i];
        if (!x->is_loaded || w->row_of[x->of->id] < 0 || x->day < w->first || x->day > w->last) continue;
        if (!w->whole_days && is_counter(x->of)) continue;
        if (!open_day_in(w, x, err)) return false;
    }
    return true;
}

/* ---- Counters, pair by pair ---- */

typedef struct pairs { const table_work *w; meter_cell *cells; } pairs;

static void pair_in(void *context, const meter_reading *from, const meter_reading *to, int64_t amount, counter_rule rule)
{
    const pairs *p = context;
    const table_work *w = p->w;
    (void)rule;
    int64_t begin = from->time_us > w->when.start_us ? from->time_us : w->when.start_us, end = to->time_us < w->when.end_us ? to->time_us : w->when.end_us;
    for (size_t i = begin < end ? step_at(w, begin) : w->steps; i < w->steps && w->edges[i] < end; i++)
        p->cells[i].sum += share_between(amount, (period){from->time_us, to->time_us}, w->edges[i], w->edges[i + 1]);
}

static bool counter_in(table_work *w, channel *ch, heng_err *err)
{
    meter_book *m = w->m;
    meter_series s;
    edge none = {0};
    if (!counter_series(m, &m->scratch, ch, w->first, w->last, w->take_max, &s, err)) return false;
    pairs p = {w, cells_of(w, ch)};
    live l = {s.count, s.time_us, s.value, s.flag};
    counter_walk(channel_newest(ch), &none, &l, &none, pair_in, &p);
    for (size_t i = 0; i < s.count; i++) {
        if (s.time_us[i] < w->when.start_us || s.time_us[i] >= w->when.end_us) continue;
        cell_add(&p.cells[step_at(w, s.time_us[i])], 0, 1, (s.flag[i] & METER_QUALITY) == METER_ESTIMATED, s.value[i], s.value[i]);
    }
    return true;
}

/* ---- All together ---- */

static bool is_like(const meter_channel *a, const meter_channel *b)
{
    bool same = (!a->multiplier && !b->multiplier) || (a->multiplier && b->multiplier && rat_equal(a->multiplier, b->multiplier));
    return same && a->scale == b->scale && a->unit == b->unit;
}

static bool channels_make(arena *a, table_work *w, const int32_t *channels, size_t count, heng_err *err)
{
    meter_book *m = w->m;
    w->row_of = arena_alloc(&m->scratch, (m->channel_count + 1) * sizeof *w->row_of);
    for (size_t i = 0; i < m->channel_count; i++) w->row_of[i] = -1;
    size_t n = count ? count : m->channel_count, rows = 0;
    w->channels = NEW_ARRAY(&m->scratch, n, channel *);
    for (size_t i = 0; i < n; i++) {
        channel *ch = channel_by_id(m, count ? channels[i] : (int32_t)i, err);
        if (!ch) return false;
        bool skips = !count && (channel_newest(ch)->formula.len || !ch->is_known);
        w->row_of[ch->id] = skips ? -1 : w->group == METER_TOTAL ? 0 : (int32_t)i;
        if (skips) continue;
        w->channels[w->channel_count++] = ch;
        if (w->group == METER_TOTAL && !is_like(channel_newest(ch), channel_newest(w->channels[0])))
            return err_fill(err, &MSG_METER_MIXED_SCALES, text_str(&m->scratch, w->channels[0]->code), NULL, text_str(&m->scratch, ch->code));
    }
    rows = w->group == METER_TOTAL ? 1 : n;
    w->cell_rows = rows;
    w->cells = NEW_ARRAY(a, rows * w->steps + 1, meter_cell);
    return true;
}

/* Whole days of every channel's own zone fall into one step. */
static bool days_are_whole(table_work *w, meter_step step)
{
    const cal_zone *z = w->zone;
    if (step == METER_BY_HOUR || w->take_max != INT64_MAX) return false;
    for (size_t i = 0; i < w->channel_count; i++)
        if (strcmp(w->channels[i]->clock->name, zone_name(z)) != 0) return false;
    if (zone_day_start_us(z, zone_day_of(z, w->when.start_us)) != w->when.start_us || zone_day_start_us(z, zone_day_of(z, w->when.end_us)) != w->when.end_us) return false;
    w->step_of_day = NEW_ARRAY(&w->m->scratch, (size_t)(w->last - w->first + 1), size_t);
    for (int32_t d = w->first; d <= w->last; d++) {
        int64_t t = zone_day_start_us(z, d);
        w->step_of_day[d - w->first] = t < w->when.start_us || t >= w->when.end_us ? SIZE_MAX : step_at(w, t);
    }
    return true;
}

static void expect(table_work *w)
{
    for (size_t i = 0; i < w->channel_count; i++) {
        const meter_channel *c = channel_newest(w->channels[i]);
        meter_cell *cells = cells_of(w, w->channels[i]);
        for (size_t k = 0; c->interval_s && k < w->steps; k++) cells[k].expected += (w->edges[k + 1] - w->edges[k]) / (c->interval_s * INT64_C(1000000));
    }
}

static void range_clip(table_work *w)
{
    int32_t low = INT32_MAX, high = INT32_MIN;
    for (size_t i = 0; i < w->channel_count; i++) {
        const channel *ch = w->channels[i];
        if (ch->first_day <= ch->last_day) low = ch->first_day < low ? ch->first_day : low, high = ch->last_day > high ? ch->last_day : high;
        if (ch->day_count) low = ch->days[0]->day < low ? ch->days[0]->day : low, high = ch->days[ch->day_count - 1]->day > high ? ch->days[ch->day_count - 1]->day : high;
    }
    w->first = w->first < low ? low : w->first;
    w->last = w->last > high ? high : w->last;
}

/* The zone that all channels asked for share; else that of the book. */
static const cal_zone *zone_of_all(meter_book *m, const int32_t *channels, size_t count)
{
    const cal_zone *zone = NULL;
    for (size_t i = 0; i < (count ? count : m->channel_count); i++) {
        int32_t id = count ? channels[i] : (int32_t)i;
        if (id < 0 || (size_t)id >= m->channel_count || !m->channels[id]->is_known) continue;
        const mclock *clock = m->channels[id]->clock;
        if (zone && strcmp(zone_name(zone), clock->name) != 0) return book_zone(m->b);
        zone = clock->zone;
    }
    return zone ? zone : book_zone(m->b);
}

bool sums_run(meter_book *m, arena *a, const int32_t *channels, size_t count, period when, meter_step step, meter_group group, int64_t known_us, meter_table *ret, heng_err *err)
{
    table_work w = {.m = m, .store = m->store, .scratch = &m->scratch, .when = when, .group = group};
    if (w.when.start_us < 0) w.when.start_us = 0;
    if (w.when.end_us > METER_DAY_LAST * METER_DAY_US) w.when.end_us = METER_DAY_LAST * METER_DAY_US;
    if (w.when.end_us <= w.when.start_us) return *ret = (meter_table){0}, true;
    w.zone = zone_of_all(m, channels, count);
    w.first = zone_day_of(w.zone, w.when.start_us) - 1;
    w.last = zone_day_of(w.zone, w.when.end_us - 1) + 1;
    if (w.first < 0) w.first = 0;
    edges_make(a, &w, step);
    if (!take_max_of(m, known_us, &w.take_max, err) || !channels_make(a, &w, channels, count, err)) return false;
    w.whole_days = days_are_whole(&w, step);
    int32_t first = w.first;
    range_clip(&w);
    if (w.whole_days) w.step_of_day += w.first > first && w.first <= w.last ? w.first - first : 0;
    expect(&w);
    *ret = (meter_table){group == METER_TOTAL ? 1 : count ? count : m->channel_count, w.steps, w.edges, w.cells};
    if (w.first > w.last) return true;
    if (!open_days_ready(&w, err)) return false;
    bool ok = w.whole_days ? rows_pass(&w, sum_row, SQL_meter_sum_scan, err) : rows_pass(&w, block_row, SQL_meter_block_read, err);
    ok = ok && open_days_in(&w, err);
    for (size_t i = 0; i < w.channel_count && ok && !w.whole_days; i++)
        if (is_counter(w.channels[i])) ok = counter_in(&w, w.channels[i], err);
    return ok;
}

bool meter_sums(meter_book *m, arena *a, const int32_t *channels, size_t count, period when, meter_step step, meter_group group, int64_t known_us, meter_table *ret, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    bool ok = sums_run(m, a, channels, count, when, step, group, known_us, ret, err);
    meter_leave(m);
    return ok;
}
