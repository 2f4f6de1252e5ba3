/* Readings, days, gaps: what memory holds of open days, and the blocks behind it. */
#include "inside.h"

channel *channel_by_id(meter_book *m, int32_t id, heng_err *err)
{
    char seen[16];
    if (id >= 0 && (size_t)id < m->channel_count) return m->channels[id];
    snprintf(seen, sizeof seen, "%d", id);
    err_fill(err, &MSG_METER_CHANNEL_UNKNOWN, seen, NULL, NULL);
    return NULL;
}

bool take_max_of(meter_book *m, int64_t known_us, int64_t *ret, heng_err *err)
{
    store_rows r;
    *ret = INT64_MAX;
    if (known_us >= m->last_known_us) return true;
    store_param params[] = {{.name = "known_us", .ints = &known_us}};
    if (!store_run(m->store, SQL_meter_take_known, params, 1, 1, &m->scratch, &r, err)) return false;
    *ret = r.count ? row_int(&r, 0, 0) : 0;
    return true;
}

bool block_entries(meter_book *m, arena *a, const channel *ch, int32_t d, text body, entries *e, heng_err *err)
{
    meter_block_head h = {0};
    size_t n;
    if (body.len == 0) return true;
    bool ok = meter_block_look((const uint8_t *)body.ptr, body.len, &h);
    n = ok ? h.count : 0;
    int64_t *time = arena_alloc(a, n * 8), *value = arena_alloc(a, n * 8), *take = arena_alloc(a, n * 8);
    uint8_t *flag = arena_alloc(a, n);
    meter_block_out out = {time, value, flag, take};
    ok = ok && meter_block_decode((const uint8_t *)body.ptr, body.len, &out, METER_PATH_BEST);
    if (!ok) return err_fill(err, &MSG_METER_BLOCK_WRONG, text_str(&m->scratch, ch->code), NULL, text_str(&m->scratch, day_format(&m->scratch, d)));
    e->count = n, e->time = time, e->value = value, e->take = take, e->flag = flag;
    return true;
}

static bool object_entries(const channel *ch, int32_t d, entries *e)
{
    const day *x = ch->day_count ? day_find(ch, d) : NULL;
    if (!x || !x->is_loaded) return false;
    *e = (entries){d, 0, x->count, x->time, x->value, x->take, x->flag, x->is_plain, x->version == 0};
    return true;
}

enum { DAYS_PAGE = 512 };

static bool days_page(meter_book *m, channel *ch, int32_t first, int32_t last, entries_fn fn, void *context, heng_err *err)
{
    arena a = {0};
    size_t n = 0, at = 0;
    mcols c = mcols_of(&a, (size_t)(last - first + 1));
    int64_t *low = mcol(&c, "low"), *high = mcol(&c, "high");
    store_rows r = {0};
    entries e;
    for (int32_t d = first; d <= last; d++) {
        if (d < ch->first_day || d > ch->last_day || object_entries(ch, d, &e)) continue;
        low[n] = block_id(d, ch->id, 0);
        high[n++] = block_id(d, ch->id, (1 << METER_VERSION_BITS) - 1);
    }
    c.rows = n;
    bool ok = mcols_run(m->store, SQL_meter_block_live, &c, &a, &r, err);
    for (int32_t d = first; d <= last && ok; d++) {
        bool is_row = at < r.count && block_day(row_int(&r, 0, at)) == d;
        if (is_row) {
            e = (entries){.day = d, .link = row_int(&r, 1, at), .is_open = row_int(&r, 1, at) == 0};
            ok = block_entries(m, &a, ch, d, row_text(&r, 9, at++), &e, err);
        } else if (!object_entries(ch, d, &e)) continue;
        ok = ok && fn(context, ch, &e, err);
    }
    arena_free(&a);
    return ok;
}

bool channel_each_day(meter_book *m, channel *ch, int32_t first, int32_t last, entries_fn fn, void *context, heng_err *err)
{
    int32_t low = ch->first_day <= ch->last_day ? ch->first_day : INT32_MAX, high = ch->first_day <= ch->last_day ? ch->last_day : INT32_MIN;
    if (ch->day_count && ch->days[0]->day < low) low = ch->days[0]->day;
    if (ch->day_count && ch->days[ch->day_count - 1]->day > high) high = ch->days[ch->day_count - 1]->day;
    first = first < low ? low : first;
    last = last > high ? high : last;
    for (int32_t d = first; d <= last; d += DAYS_PAGE)
        if (!days_page(m, ch, d, last - d < DAYS_PAGE ? last : d + DAYS_PAGE - 1, fn, context, err)) return false;
    return true;
}

/* ---- Series ---- */

typedef struct gather { arena *a; int64_t take_max, from_us, to_us; size_t count, max; int64_t *time, *value, *take; uint8_t *flag; } gather;

static void gather_room(gather *g, size_t more)
{
    if (g->count + more <= g->max) return;
    size_t max = g->max ? g->max * 2 : 256;
    while (max < g->count + more) max *= 2;
    g->time = arena_grow(g->a, g->time, g->max * 8, max * 8);
    g->value = arena_grow(g->a, g->value, g->max * 8, max * 8);
    g->take = arena_grow(g->a, g->take, g->max * 8, max * 8);
    g->flag = arena_grow(g->a, g->flag, g->max, max);
    g->max = max;
}

static bool gather_day(void *context, const channel *ch, const entries *e, heng_err *err)
{
    gather *g = context;
    (void)ch, (void)err;
    gather_room(g, e->count);
    for (size_t i = 0; i < e->count; i++) {
        bool is_in = e->take[i] <= g->take_max && !(e->flag[i] & METER_GONE) && e->time[i] >= g->from_us && e->time[i] < g->to_us;
        bool is_last = i + 1 == e->count || e->time[i + 1] != e->time[i] || e->take[i + 1] > g->take_max;
        if (!is_in || !is_last) continue;
        g->time[g->count] = e->time[i], g->value[g->count] = e->value[i], g->take[g->count] = e->take[i], g->flag[g->count++] = e->flag[i];
    }
    return true;
}

static bool series(meter_book *m, arena *a, channel *ch, int32_t first, int32_t last, period when, int64_t take_max, meter_series *ret, heng_err *err)
{
    gather g = {.a = a, .take_max = take_max, .from_us = when.start_us, .to_us = when.end_us};
    if (!channel_each_day(m, ch, first, last, gather_day, &g, err)) return false;
    *ret = (meter_series){g.count, g.time, g.value, g.flag, g.take};
    return true;
}

bool series_load(meter_book *m, arena *a, channel *ch, int32_t first, int32_t last, int64_t take_max, meter_series *ret, heng_err *err)
{
    return series(m, a, ch, first, last, (period){INT64_MIN, INT64_MAX}, take_max, ret, err);
}

bool counter_series(meter_book *m, arena *a, channel *ch, int32_t first, int32_t last, int64_t take_max, meter_series *ret, heng_err *err)
{
    static const int32_t REACH[] = {1, 8, 64, METER_BRIDGE_DAYS + 1};
    int64_t start_us = zone_day_start_us(ch->clock->zone, first), end_us = zone_day_start_us(ch->clock->zone, last + 1);
    for (size_t k = 0; k < sizeof REACH / sizeof *REACH; k++) {
        size_t before = 0, after = 0;
        if (!series_load(m, a, ch, first - REACH[k], last + REACH[k], take_max, ret, err)) return false;
        while (before < ret->count && ret->time_us[before] < start_us) before++;
        while (after < ret->count && ret->time_us[ret->count - 1 - after] >= end_us) after++;
        if (before >= METER_EDGE && after >= METER_EDGE) return true;
    }
    return true;
}

static int32_t day_of_us(const channel *ch, int64_t us)
{
    if (us <= 0) return METER_DAY_FIRST;
    if (us >= METER_DAY_LAST * METER_DAY_US) return METER_DAY_LAST;
    return zone_day_of(ch->clock->zone, us);
}

bool meter_readings(meter_book *m, arena *a, int32_t id, period when, int64_t known_us, meter_series *ret, heng_err *err)
{
    int64_t take_max;
    if (!meter_enter(m, err)) return false;
    channel *ch = channel_by_id(m, id, err);
    bool ok = ch && take_max_of(m, known_us, &take_max, err) && series(m, a, ch, day_of_us(ch, when.start_us), day_of_us(ch, when.end_us), when, take_max, ret, err);
    meter_leave(m);
    return ok;
}

bool meter_take_of(meter_book *m, arena *a, int64_t take, meter_take_row *ret, heng_err *err)
{
    store_rows r;
    int64_t after = take - 1, limit = 1;
    store_param params[] = {{.name = "after", .ints = &after}, {.name = "limit", .ints = &limit}};
    *ret = (meter_take_row){0};
    if (!meter_enter(m, err)) return false;
    bool ok = store_run(m->store, SQL_meter_take_page, params, 2, 1, a, &r, err);
    if (ok && r.count && row_int(&r, 0, 0) == take) *ret = (meter_take_row){take, row_int(&r, 1, 0), row_int(&r, 5, 0), text_copy(a, row_text(&r, 4, 0))};
    meter_leave(m);
    return ok;
}

/* ---- Days ---- */

typedef struct days_out { meter_book *m; arena *a; size_t count, max; meter_day *items; } days_out;

static meter_day day_shape(const channel *ch, int32_t d)
{
    const meter_channel *c = channel_state(ch, d);
    clock_set(ch->clock, d);
    int64_t length = ch->clock->end_us - ch->clock->start_us;
    return (meter_day){.channel = ch->id, .day = d, .expected = c && c->interval_s ? length / (c->interval_s * INT64_C(1000000)) : 0};
}

static void day_figures(meter_day *to, const day_sums *s)
{
    to->sum = s->sum, to->count = s->count, to->first = s->first, to->last = s->last, to->min = s->low, to->max = s->high;
    to->estimated = QUALITY_ESTIMATED(s->quality), to->suspect = QUALITY_SUSPECT(s->quality), to->resets = QUALITY_RESETS(s->quality);
    to->is_complete = to->expected > 0 && s->count >= to->expected;
}

static bool object_day(days_out *o, day *x, heng_err *err)
{
    meter_day *to = ARENA_PUSH(o->a, o->items, o->count, o->max);
    edge before = {0}, after = {0};
    day_sums sums;
    *to = day_shape(x->of, x->day);
    if (is_counter(x->of)) {
        if (!counter_ready(o->m, &x, 1, err)) return false;
        day_edges(o->m, x, &before, &after, NULL);
    }
    live l = day_live(&o->m->scratch, x);
    if (!day_sum(o->m, x->of, x->day, x->start_us, x->end_us, &l, &before, &after, &sums, err)) return false;
    day_figures(to, &sums);
    to->state = METER_DAY_OPEN;
    return true;
}

static bool row_day(days_out *o, const channel *ch, const store_rows *r, size_t i)
{
    meter_day *to = ARENA_PUSH(o->a, o->items, o->count, o->max);
    day_sums s = {row_int(r, 2, i), row_int(r, 3, i), row_int(r, 4, i), row_int(r, 5, i), row_int(r, 6, i), row_int(r, 7, i), row_int(r, 8, i)};
    *to = day_shape(ch, block_day(row_int(r, 0, i)));
    day_figures(to, &s);
    to->version = block_version(row_int(r, 0, i));
    to->link = row_int(r, 1, i);
    to->state = to->link == 0 ? METER_DAY_OPEN : s.quality & QUALITY_REFUSED ? METER_DAY_REFUSED : METER_DAY_CLOSED;
    return true;
}

static bool channel_days(days_out *o, channel *ch, int32_t first, int32_t count, heng_err *err)
{
    meter_book *m = o->m;
    mcols c = mcols_of(&m->scratch, (size_t)count);
    int64_t *low = mcol(&c, "low"), *high = mcol(&c, "high");
    store_rows r = {0};
    size_t n = 0, at = 0;
    for (int32_t d = first; d < first + count; d++) {
        const day *x = day_find(ch, d);
        if (d < ch->first_day || d > ch->last_day || (x && x->is_open && x->is_loaded)) continue;
        low[n] = block_id(d, ch->id, 0), high[n++] = block_id(d, ch->id, (1 << METER_VERSION_BITS) - 1);
    }
    c.rows = n;
    if (!mcols_run(m->store, SQL_meter_block_live, &c, &m->scratch, &r, err)) return false;
    for (int32_t d = first; d < first + count; d++) {
        day *x = day_find(ch, d);
        if (at < r.count && block_day(row_int(&r, 0, at)) == d) row_day(o, ch, &r, at++);
        else if (x && x->is_open && x->is_loaded) {
            if (!object_day(o, x, err)) return false;
        } else *ARENA_PUSH(o->a, o->items, o->count, o->max) = day_shape(ch, d);
    }
    return true;
}

bool meter_days(meter_book *m, arena *a, const int32_t *channels, size_t count, int32_t first_day, int32_t day_count, meter_day **ret, size_t *ret_count, heng_err *err)
{
    days_out o = {.m = m, .a = a};
    if (!meter_enter(m, err)) return false;
    bool ok = true;
    size_t n = count ? count : m->channel_count;
    for (size_t i = 0; i < n && ok; i++) {
        channel *ch = channel_by_id(m, count ? channels[i] : (int32_t)i, err);
        ok = ch && channel_days(&o, ch, first_day, day_count, err);
    }
    *ret = o.items, *ret_count = o.count;
    meter_leave(m);
    return ok;
}

/* ---- Gaps ---- */

static void gap_add(arena *a, meter_gap **items, size_t *count, size_t *max, int32_t id, int64_t from, int64_t to, int64_t step)
{
    if (to - from < step) return;
    *ARENA_PUSH(a, *items, *count, *max) = (meter_gap){id, {from, to}, (to - from) / step};
}

bool meter_gaps(meter_book *m, arena *a, const int32_t *channels, size_t count, period when, meter_gap **ret, size_t *ret_count, heng_err *err)
{
    size_t found = 0, max = 0;
    meter_gap *items = NULL;
    bool ok = true;
    if (!meter_enter(m, err)) return false;
    size_t n = count ? count : m->channel_count;
    for (size_t i = 0; i < n && ok; i++) {
        channel *ch = channel_by_id(m, count ? channels[i] : (int32_t)i, err);
        meter_series s;
        const meter_channel *c = ch ? channel_newest(ch) : NULL;
        if (!(ok = ch != NULL) || !c->interval_s || c->formula.len) continue;
        int64_t step = c->interval_s * INT64_C(1000000), at = when.start_us;
        ok = series(m, &m->scratch, ch, day_of_us(ch, when.start_us), day_of_us(ch, when.end_us), when, INT64_MAX, &s, err);
        for (size_t k = 0; ok && k < s.count; k++) {
            gap_add(a, &items, &found, &max, ch->id, at, s.time_us[k], step);
            at = s.time_us[k] + step;
        }
        if (ok) gap_add(a, &items, &found, &max, ch->id, at, when.end_us, step);
    }
    *ret = items, *ret_count = found;
    meter_leave(m);
    return ok;
}
