/*
 * The days in memory: a channel's readings of one day, in order of time; older values of the same time stand before the newer ones.
 *
 * In memory are the open days (their journal is the truth on disk) and, while a call needs them, closed days loaded from their blocks. Objects
 * are used again, with their arrays.
 */
#include "inside.h"

static size_t day_index(const channel *ch, int32_t d) /* of the first object not before d */
{
    size_t low = 0, high = ch->day_count;
    if (high && ch->days[high - 1]->day < d) return high;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (ch->days[mid]->day < d) low = mid + 1;
        else high = mid;
    }
    return low;
}

day *day_find(const channel *ch, int32_t d)
{
    size_t at = day_index(ch, d);
    return at < ch->day_count && ch->days[at]->day == d ? ch->days[at] : NULL;
}

static int64_t expected_of(const channel *ch, int32_t d, int64_t length_us)
{
    const meter_channel *c = channel_state(ch, d);
    return c && c->interval_s ? length_us / (c->interval_s * INT64_C(1000000)) : 0;
}

static day *day_new(meter_book *m)
{
    day *x = m->free_days;
    if (!x) return NEW(&m->days_memory, day);
    m->free_days = x->next_free;
    day kept = *x;
    *x = (day){.max = kept.max, .time = kept.time, .value = kept.value, .take = kept.take, .flag = kept.flag};
    return x;
}

day *day_make(meter_book *m, channel *ch, int32_t d)
{
    size_t at = day_index(ch, d);
    if (at < ch->day_count && ch->days[at]->day == d) return ch->days[at];
    day *x = day_new(m);
    clock_set(ch->clock, d);
    x->of = ch;
    x->day = d;
    x->start_us = ch->clock->start_us;
    x->end_us = ch->clock->end_us;
    x->expected = expected_of(ch, d, x->end_us - x->start_us);
    x->is_plain = true;
    x->is_loaded = d < ch->first_day || d > ch->last_day; /* no row there */
    if (ch->day_count == ch->day_max) arena_push_grow(&m->days_memory, (void **)&ch->days, &ch->day_max, sizeof *ch->days);
    memmove(ch->days + at + 1, ch->days + at, (ch->day_count - at) * sizeof *ch->days);
    ch->days[at] = x;
    ch->day_count++;
    return x;
}

void day_drop(meter_book *m, day *x)
{
    channel *ch = x->of;
    size_t at = day_index(ch, x->day);
    must(ch->days[at] == x);
    ch->day_count--;
    memmove(ch->days + at, ch->days + at + 1, (ch->day_count - at) * sizeof *ch->days);
    x->next_free = m->free_days;
    m->free_days = x;
}

void day_room(meter_book *m, day *x, size_t count)
{
    if (count <= x->max) return;
    size_t max = x->max ? x->max * 2 : 128;
    while (max < count) max *= 2;
    arena *a = &m->days_memory;
    int64_t *time = arena_alloc(a, max * sizeof *time), *value = arena_alloc(a, max * sizeof *value), *take = arena_alloc(a, max * sizeof *take);
    uint8_t *flag = arena_alloc(a, max);
    if (x->count) {
        memcpy(time, x->time, x->count * sizeof *time);
        memcpy(value, x->value, x->count * sizeof *value);
        memcpy(take, x->take, x->count * sizeof *take);
        memcpy(flag, x->flag, x->count);
    }
    x->time = time, x->value = value, x->take = take, x->flag = flag, x->max = max;
}

void day_list_add(meter_book *m, day_list *l, day *d)
{
    if (l->count == l->max) arena_push_grow(l == &m->open ? &m->days_memory : &m->scratch, (void **)&l->items, &l->max, sizeof *l->items);
    l->items[l->count++] = d;
}

/* ---- Entries that stand ---- */

static bool stands(const int64_t *time, const int64_t *take, const uint8_t *flag, size_t i, size_t count, int64_t take_max)
{
    if (take[i] > take_max || flag[i] & METER_GONE) return false;
    return i + 1 == count || time[i + 1] != time[i] || take[i + 1] > take_max;
}

live live_of(arena *a, const int64_t *time, const int64_t *value, const uint8_t *flag, const int64_t *take, size_t count, int64_t take_max)
{
    int64_t *t = arena_alloc(a, (count + 1) * sizeof *t), *v = arena_alloc(a, (count + 1) * sizeof *v);
    uint8_t *f = arena_alloc(a, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!stands(time, take, flag, i, count, take_max)) continue;
        t[n] = time[i], v[n] = value[i], f[n++] = flag[i];
    }
    return (live){n, t, v, f};
}

live day_live(arena *a, const day *x)
{
    if (x->is_plain) return (live){x->count, x->time, x->value, x->flag};
    return live_of(a, x->time, x->value, x->flag, x->take, x->count, INT64_MAX);
}

bool day_is_complete(const day *x) { return x->expected > 0 && (int64_t)x->live >= x->expected; }

/* ---- Loading ---- */

static bool block_broken(meter_book *m, const day *x, heng_err *err)
{
    return err_fill(err, &MSG_METER_BLOCK_WRONG, text_str(&m->scratch, x->of->code), NULL, text_str(&m->scratch, day_format(&m->scratch, x->day)));
}

static bool body_read(meter_book *m, day *x, text body, heng_err *err)
{
    meter_block_head h = {0};
    if (body.len == 0) return true;
    if (!meter_block_look((const uint8_t *)body.ptr, body.len, &h)) return block_broken(m, x, err);
    day_room(m, x, h.count + METER_BLOCK_SLACK);
    meter_block_out out = {x->time, x->value, x->flag, x->take};
    if (!meter_block_decode((const uint8_t *)body.ptr, body.len, &out, METER_PATH_BEST)) return block_broken(m, x, err);
    x->count = h.count;
    x->live = 0;
    for (size_t i = 0; i < x->count; i++) {
        x->live += stands(x->time, x->take, x->flag, i, x->count, INT64_MAX);
        x->row_take = x->take[i] > x->row_take ? x->take[i] : x->row_take;
    }
    x->is_plain = x->live == x->count;
    return true;
}

/* ---- One reading in ---- */

static void entry_insert(meter_book *m, day *x, size_t at, int64_t time, int64_t value, uint8_t flag, int64_t take)
{
    size_t rest = x->count - at;
    day_room(m, x, x->count + 1);
    if (rest) {
        memmove(x->time + at + 1, x->time + at, rest * sizeof *x->time);
        memmove(x->value + at + 1, x->value + at, rest * sizeof *x->value);
        memmove(x->take + at + 1, x->take + at, rest * sizeof *x->take);
        memmove(x->flag + at + 1, x->flag + at, rest);
    }
    x->time[at] = time, x->value[at] = value, x->take[at] = take, x->flag[at] = flag;
    x->count++;
    x->pending += take > x->row_take;
}

/* From the journal: no judging, it was judged when it was taken. */
void day_restore(meter_book *m, day *x, int64_t time, int64_t value, uint8_t flag, int64_t take)
{
    size_t at = x->count;
    if (take <= x->row_take) return; /* the row has it */
    while (at > 0 && (x->time[at - 1] > time || (x->time[at - 1] == time && x->take[at - 1] > take))) at--;
    if (at > 0 && x->time[at - 1] == time && x->take[at - 1] == take) x->value[at - 1] = value, x->flag[at - 1] = flag;
    else entry_insert(m, x, at, time, value, flag, take);
    x->is_plain = false; /* until day_recount */
}

void day_recount(day *x)
{
    x->live = 0;
    for (size_t i = 0; i < x->count; i++) x->live += stands(x->time, x->take, x->flag, i, x->count, INT64_MAX);
    x->is_plain = x->live == x->count;
}

/* Pending entries that came before the row was here (recovery) are put in again behind it. */
static bool row_in(meter_book *m, day *x, const store_rows *r, size_t i, heng_err *err)
{
    size_t pending = x->count;
    int64_t *time = NULL, *value = NULL, *take = NULL;
    uint8_t *flag = NULL;
    if (pending) {
        time = arena_alloc(&m->scratch, pending * 8), value = arena_alloc(&m->scratch, pending * 8), take = arena_alloc(&m->scratch, pending * 8), flag = arena_alloc(&m->scratch, pending);
        memcpy(time, x->time, pending * 8), memcpy(value, x->value, pending * 8), memcpy(take, x->take, pending * 8), memcpy(flag, x->flag, pending);
    }
    x->count = x->live = x->pending = 0;
    x->is_plain = true;
    x->version = block_version(row_int(r, 0, i));
    x->has_row = x->version == 0;
    x->row = (day_sums){row_int(r, 2, i), row_int(r, 3, i), row_int(r, 4, i), row_int(r, 5, i), row_int(r, 6, i), row_int(r, 7, i), row_int(r, 8, i)};
    if (!body_read(m, x, row_text(r, 9, i), err)) return false;
    for (size_t k = 0; k < pending; k++) day_restore(m, x, time[k], value[k], flag[k], take[k]);
    day_recount(x);
    return true;
}

bool days_load(meter_book *m, day *const *days, size_t count, heng_err *err)
{
    mcols c = mcols_of(&m->scratch, count);
    int64_t *low = mcol(&c, "low"), *high = mcol(&c, "high");
    store_rows r;
    for (size_t i = 0; i < count; i++) {
        low[i] = block_id(days[i]->day, days[i]->of->id, 0);
        high[i] = block_id(days[i]->day, days[i]->of->id, (1 << METER_VERSION_BITS) - 1);
    }
    if (!mcols_run(m->store, SQL_meter_block_live, &c, &m->scratch, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        if (!row_in(m, days[r.origin[i]], &r, i, err)) return false;
    for (size_t i = 0; i < count; i++) days[i]->is_loaded = true;
    return true;
}

static void day_marked(day *x, size_t at)
{
    x->is_changed = true;
    x->low_changed |= at < METER_EDGE + 1 || !x->is_plain; /* with older values between, places do not say how many stand before */
    x->high_changed |= at + METER_EDGE + 2 > x->count || !x->is_plain;
}

static size_t entry_behind(const day *x, int64_t time) /* the first entry later than time */
{
    size_t low = 0, high = x->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (x->time[mid] <= time) low = mid + 1;
        else high = mid;
    }
    return low;
}

static bool is_estimated(uint8_t flag) { return (flag & METER_QUALITY) == METER_ESTIMATED; }

/* What becomes of a reading whose time is there already: entry i stands for it now. */
static void put_again(meter_book *m, day *x, size_t i, int64_t value, uint8_t flag, int64_t take, bool keep_present, meter_verdict *ret)
{
    bool was_gone = x->flag[i] & METER_GONE, is_gone = flag & METER_GONE;
    bool is_same = was_gone ? is_gone : !is_gone && x->value[i] == value && (x->flag[i] & ~METER_RETIMED) == (flag & ~METER_RETIMED);
    bool is_worse = !was_gone && !is_gone && x->value[i] == value && flag != METER_GOOD && !is_estimated(x->flag[i]) && !(flag & METER_START);
    if (is_same || is_worse) {
        ret->status = METER_EXISTS;
        return;
    }
    bool is_kept = !was_gone && !is_estimated(x->flag[i]) && (keep_present || is_estimated(flag));
    if (is_kept) {
        ret->status = METER_REFUSED;
        ret->gate = METER_GATE_CHANGED;
        return;
    }
    x->live += (size_t)was_gone;
    x->live -= (size_t)is_gone;
    if (x->take[i] == take) x->value[i] = value, x->flag[i] = flag;
    else entry_insert(m, x, i + 1, x->time[i], value, flag, take);
    x->is_plain = x->live == x->count;
    if (!was_gone && ret->status == METER_ACCEPTED) ret->status = METER_SUPERSEDED;
    day_marked(x, i);
}

void day_put(meter_book *m, day *x, int64_t time, int64_t value, uint8_t flag, int64_t take, bool keep_present, meter_verdict *ret)
{
    size_t at = x->count && x->time[x->count - 1] >= time ? entry_behind(x, time) : x->count;
    if (at > 0 && x->time[at - 1] == time) {
        put_again(m, x, at - 1, value, flag, take, keep_present, ret);
        return;
    }
    if (flag & METER_GONE) {
        ret->status = METER_EXISTS; /* nothing there to withdraw */
        return;
    }
    entry_insert(m, x, at, time, value, flag, take);
    x->live++;
    day_marked(x, at);
}

/* ---- Neighbours of a counter's day ---- */

static bool may_have_row(const channel *ch, int32_t d) { return d >= ch->first_day && d <= ch->last_day; }

static meter_reading entry_of(const day *x, const live *l, size_t i) { return (meter_reading){l->time[i], l->value[i], x->of->id, l->flag[i]}; }

enum { LOAD_AHEAD = 8 };

/* Days that must be loaded to go on from d (included) in a direction. */
static void want_days(meter_book *m, channel *ch, int32_t d, int step, day_list *wanted)
{
    if (!wanted) return;
    for (int k = 0; k < LOAD_AHEAD && may_have_row(ch, d); k++, d += step) {
        day *x = day_make(m, ch, d);
        if (x->is_loaded || x->is_listed) return;
        x->is_listed = true;
        day_list_add(m, wanted, x);
    }
}

/* The next day in a direction that may hold readings, *ret NULL: none. False: it must be loaded first. */
static bool next_day(meter_book *m, channel *ch, int32_t from, int step, const day **ret, day_list *wanted)
{
    int32_t d = from + step, row;
    size_t at = day_index(ch, d);
    bool is_there = at < ch->day_count && (step > 0 || ch->days[at]->day == d);
    const day *x = is_there ? ch->days[at] : step < 0 && at > 0 ? ch->days[at - 1] : NULL;
    *ret = x;
    if (step > 0) row = d < ch->first_day ? ch->first_day : d;
    else row = d > ch->last_day ? ch->last_day : d;
    bool has_row_between = may_have_row(ch, row) && (!x || (step > 0 ? x->day > row : x->day < row));
    if (has_row_between && (step > 0 ? row - from : from - row) > METER_BRIDGE_DAYS + 1) return *ret = NULL, true;
    if (has_row_between) want_days(m, ch, row, step, wanted);
    else if (x && !x->is_loaded) want_days(m, ch, x->day, step, wanted);
    return !has_row_between && (!x || x->is_loaded);
}

static bool edge_fill(meter_book *m, const day *d, int step, edge *e, day_list *wanted)
{
    meter_reading found[METER_EDGE];
    size_t n = 0;
    const day *x = d;
    int32_t at = d->day;
    while (n < METER_EDGE) {
        if (!next_day(m, d->of, at, step, &x, wanted)) return false;
        if (!x || (step > 0 ? x->day - d->day : d->day - x->day) > METER_BRIDGE_DAYS + 1) break;
        live l = day_live(&m->scratch, x);
        for (size_t k = 0; k < l.count && n < METER_EDGE; k++) found[n++] = entry_of(x, &l, step > 0 ? k : l.count - 1 - k);
        at = x->day;
    }
    e->count = n;
    for (size_t k = 0; k < n; k++) e->at[step > 0 ? k : n - 1 - k] = found[k];
    return true;
}

void day_edges(meter_book *m, const day *d, edge *before, edge *after, day_list *wanted)
{
    *before = *after = (edge){0};
    edge_fill(m, d, -1, before, wanted);
    edge_fill(m, d, 1, after, wanted);
}

bool counter_ready(meter_book *m, day *const *days, size_t count, heng_err *err)
{
    for (;;) {
        day_list wanted = {0};
        for (size_t i = 0; i < count; i++) {
            edge before, after;
            if (is_counter(days[i]->of)) day_edges(m, days[i], &before, &after, &wanted);
        }
        if (wanted.count == 0) return true;
        if (!days_load(m, wanted.items, wanted.count, err)) return false;
        for (size_t i = 0; i < wanted.count; i++) wanted.items[i]->is_listed = false;
    }
}

/* Days without readings between two that have some, not further apart than a counter is bridged. They are open until their wait is over. */
static void bridge_between(meter_book *m, channel *ch, int32_t from, int32_t to)
{
    if (to - from > METER_BRIDGE_DAYS) return;
    for (int32_t d = from + 1; d < to; d++)
        if (!may_have_row(ch, d)) day_open_set(m, day_make(m, ch, d)); /* an object may be there that a refused reading left */
}

/* Not an object that only a refused reading left. */
static bool counts(const day *x) { return x->is_open || x->version > 0 || x->is_changed; }

bool counter_bridge(meter_book *m, channel *ch, int32_t d)
{
    size_t at = day_index(ch, d), low = at, high = at + 1;
    while (low > 0 && !counts(ch->days[low - 1])) low--;
    while (high < ch->day_count && !counts(ch->days[high])) high++;
    int32_t before = low > 0 ? ch->days[low - 1]->day : INT32_MIN, after = high < ch->day_count ? ch->days[high]->day : INT32_MAX;
    bool has_rows = ch->first_day <= ch->last_day;
    if (has_rows && ch->last_day < d && ch->last_day > before) before = ch->last_day;
    if (has_rows && ch->first_day > d && ch->first_day < after) after = ch->first_day;
    if (before != INT32_MIN && !(has_rows && d <= ch->last_day && d > ch->first_day && before < d - 1)) bridge_between(m, ch, before, d);
    if (after != INT32_MAX) bridge_between(m, ch, d, after);
    return true;
}
