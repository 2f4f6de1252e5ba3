/*
 * Readings in.
 *
 *   by channel --> in order of time --> gates --> the days they fall on are loaded, if they have rows --> merged --> days that are complete, or were closed
 *   and changed, close --> one transaction
 *
 * What is remembered is changed before it is written; when writing fails, it is read again from the store. Nothing is allocated per reading:
 * columns for the whole batch, arrays of days that are used again.
 */
#include "inside.h"

/* A part of one channel's readings that falls on one day. */
typedef struct part { day *x; size_t begin, end; } part;
typedef struct work {
    meter_book *m;
    const meter_batch *batch;
    meter_result *results;           /* the caller's, or NULL */
    int64_t *counts;                 /* of the receipt */
    int64_t arrival_us, take;
    size_t count;                    /* columns below, by channel */
    int64_t *time; int64_t *value; uint8_t *flag; meter_verdict *verdict; uint32_t *from; /* from: index in the batch, NULL when nobody asks */
    size_t run_count; channel **runs; size_t *run_begin;          /* channels of the batch; run_count + 1 */
    size_t part_count, part_max; part *parts;
    day_list changed, loads;
    journal_cols journal;
    size_t held_count, held_max; meter_held *held;
    size_t ended_count, ended_max; int64_t *ended;
} work;

static void refuse(work *w, size_t i, uint16_t gate) { w->verdict[i] = (meter_verdict){METER_REFUSED, gate}; }

/* ---- By channel ---- */

static int32_t channel_at(const meter_batch *b, size_t i) { return b->channel ? b->channel[i] : b->one_channel; }

static void runs_count(work *w)
{
    meter_book *m = w->m;
    const meter_batch *b = w->batch;
    w->runs = arena_alloc(&m->scratch, ((b->channel && b->count < m->channel_count ? b->count : b->channel ? m->channel_count : 1) + 1) * sizeof *w->runs);
    for (size_t i = 0; i < b->count; i++) {
        int32_t id = channel_at(b, i);
        if (id < 0 || (size_t)id >= m->channel_count) continue;
        channel *ch = m->channels[id];
        if (ch->run++ == 0) w->runs[w->run_count++] = ch;
    }
    size_t at = 0;
    w->run_begin = arena_alloc(&m->scratch, (w->run_count + 1) * sizeof *w->run_begin);
    for (size_t k = 0; k < w->run_count; k++) {
        size_t n = w->runs[k]->run;
        w->run_begin[k] = w->runs[k]->run = at;
        at += n;
    }
    w->run_begin[w->run_count] = w->count = at;
}

static void scatter(work *w)
{
    meter_book *m = w->m;
    const meter_batch *b = w->batch;
    for (size_t i = 0; i < b->count; i++) {
        int32_t id = channel_at(b, i);
        if (id < 0 || (size_t)id >= m->channel_count) {
            w->counts[METER_REFUSED]++;
            if (w->results) w->results[i] = (meter_result){b->time_us[i], METER_GATE_CHANNEL, METER_REFUSED, 0};
            continue;
        }
        size_t to = m->channels[id]->run++;
        w->time[to] = b->time_us[i];
        w->value[to] = b->value[i];
        if (b->flag) w->flag[to] = b->flag[i];
        if (w->from) w->from[to] = (uint32_t)i;
    }
    for (size_t k = 0; k < w->run_count; k++) w->runs[k]->run = 0;
}

static void columns_make(work *w)
{
    arena *a = &w->m->scratch;
    w->time = arena_alloc(a, (w->count + 1) * sizeof *w->time);
    w->value = arena_alloc(a, (w->count + 1) * sizeof *w->value);
    w->flag = w->batch->flag ? arena_alloc(a, w->count + 1) : arena_zero(a, w->count + 1); /* METER_GOOD is 0 */
    w->verdict = NEW_ARRAY(a, w->count + 1, meter_verdict);                                 /* and so is METER_ACCEPTED */
    if (w->results) w->from = arena_alloc(a, (w->count + 1) * sizeof *w->from);
}

/* ---- The same, when each step of the batch holds the same channels in the same order ---- */

enum { TILE = 8 }; /* numbers of a line of the processor's cache */

/* Channels of a step; 0: the batch is not of that kind. */
static size_t cycle_of(const work *w)
{
    const meter_batch *b = w->batch;
    size_t cycle = 1;
    if (!b->channel || b->flag) return 0;
    while (cycle < b->count && b->channel[cycle] != b->channel[0]) cycle++;
    if (b->count / cycle < TILE || memcmp(b->channel, b->channel + cycle, (b->count - cycle) * sizeof *b->channel) != 0) return 0;
    for (size_t k = 0; k < cycle; k++)
        if (b->channel[k] < 0 || (size_t)b->channel[k] >= w->m->channel_count) return 0;
    return cycle;
}

/* Whole lines are written, instead of one number in each of a thousand places. */
static void turn(const int64_t *from, size_t count, size_t cycle, const size_t *begin, int64_t *to)
{
    size_t steps = count / cycle / TILE * TILE;
    for (size_t s = 0; s < steps; s += TILE)
        for (size_t k = 0; k < cycle; k++)
            for (size_t i = 0; i < TILE; i++) to[begin[k] + s + i] = from[(s + i) * cycle + k];
    for (size_t at = steps * cycle; at < count; at++) to[begin[at % cycle] + at / cycle] = from[at];
}

static bool turned(work *w)
{
    meter_book *m = w->m;
    const meter_batch *b = w->batch;
    size_t cycle = cycle_of(w), at = 0;
    bool is_twice = cycle == 0;
    if (is_twice) return false;
    w->runs = arena_alloc(&m->scratch, cycle * sizeof *w->runs);
    w->run_begin = arena_alloc(&m->scratch, (cycle + 1) * sizeof *w->run_begin);
    for (size_t k = 0; k < cycle; k++) {
        w->runs[k] = m->channels[b->channel[k]];
        is_twice |= w->runs[k]->run++ > 0;
        w->run_begin[k] = at;
        at += b->count / cycle + (k < b->count % cycle);
    }
    for (size_t k = 0; k < cycle; k++) w->runs[k]->run = 0;
    if (is_twice) return false;
    w->run_count = cycle;
    w->run_begin[cycle] = w->count = at;
    columns_make(w);
    turn(b->time_us, b->count, cycle, w->run_begin, w->time);
    turn(b->value, b->count, cycle, w->run_begin, w->value);
    for (size_t i = 0; w->from && i < b->count; i++) w->from[w->run_begin[i % cycle] + i / cycle] = (uint32_t)i;
    return true;
}

typedef struct sorted { int64_t time, value; size_t at; uint32_t from; meter_verdict verdict; uint8_t flag; } sorted; /* at: equal times stay as they came */

static int compare_sorted(const void *a, const void *b)
{
    const sorted *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void run_sort(work *w, size_t begin, size_t end)
{
    size_t n = end - begin, i = begin + 1;
    while (i < end && w->time[i - 1] <= w->time[i]) i++;
    if (i >= end) return;
    sorted *s = arena_alloc(&w->m->scratch, n * sizeof *s);
    for (size_t k = 0; k < n; k++) s[k] = (sorted){w->time[begin + k], w->value[begin + k], k, w->from ? w->from[begin + k] : 0, w->verdict[begin + k], w->flag[begin + k]};
    qsort(s, n, sizeof *s, compare_sorted);
    for (size_t k = 0; k < n; k++) {
        w->time[begin + k] = s[k].time, w->value[begin + k] = s[k].value, w->verdict[begin + k] = s[k].verdict, w->flag[begin + k] = s[k].flag;
        if (w->from) w->from[begin + k] = s[k].from;
    }
}

static void by_channel(work *w)
{
    if (turned(w)) return;
    runs_count(w);
    columns_make(w);
    scatter(w);
}

/* ---- Gates ---- */

enum { BEFORE_MAX = 8 };

/* The last readings that are remembered of before a time; at least the newest of the channel when it is older. */
static size_t before_of(const channel *ch, int64_t time, meter_reading *ret)
{
    meter_reading found[BEFORE_MAX];
    size_t n = 0;
    for (size_t k = ch->day_count; k-- > 0 && n < BEFORE_MAX;) {
        const day *x = ch->days[k];
        for (size_t i = x->count; i-- > 0 && n < BEFORE_MAX;)
            if (x->time[i] < time && !(x->flag[i] & METER_GONE) && (n == 0 || found[n - 1].time_us != x->time[i])) found[n++] = (meter_reading){x->time[i], x->value[i], ch->id, x->flag[i]};
    }
    if (n == 0 && ch->has_last && ch->last.time_us < time) found[n++] = ch->last;
    for (size_t i = 0; i < n; i++) ret[i] = found[n - 1 - i];
    return n;
}

static void hold(work *w, const channel *ch, size_t i, uint16_t gate)
{
    *ARENA_PUSH(&w->m->scratch, w->held, w->held_count, w->held_max) = (meter_held){.id = (int64_t)i, .channel = ch->id, .time_us = w->time[i], .count = w->value[i], .flag = w->flag[i], .gate = gate};
}

static bool gates_run(work *w, channel *ch, size_t begin, size_t end, heng_err *err)
{
    meter_book *m = w->m;
    meter_reading before[BEFORE_MAX];
    size_t n = end - begin;
    meter_verdict *verdict = w->verdict + begin;
    meter_run run = {channel_newest(ch), n, w->time + begin, w->value + begin, w->flag + begin, verdict, before_of(ch, w->time[begin], before), before, w->arrival_us};
    if (!m->gate(m->gate_context, &m->scratch, &run, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (verdict[i].status == METER_FLAGGED && (w->flag[begin + i] & METER_QUALITY) == METER_GOOD) w->flag[begin + i] |= METER_SUSPECT;
        if (verdict[i].status == METER_MOVED) w->flag[begin + i] |= METER_RETIMED;
    }
    run_sort(w, begin, end); /* times may have been mended */
    for (size_t i = 0; i < n; i++)
        if (verdict[i].status == METER_QUARANTINED) hold(w, ch, begin + i, verdict[i].gate);
    return true;
}

static bool is_out(const work *w, size_t i) { return w->verdict[i].status == METER_QUARANTINED || w->verdict[i].status == METER_REFUSED; }

/* ---- Days ---- */

static void run_clean(work *w, channel *ch, size_t begin, size_t end)
{
    const meter_channel *c = channel_newest(ch);
    int64_t shift = c->kind == METER_INTERVAL && c->stamp == METER_STAMP_END ? c->interval_s * INT64_C(1000000) : 0;
    bool takes_none = !ch->is_known || c->formula.len;
    for (size_t i = begin; i < end; i++) {
        int64_t t = w->time[i];
        bool is_time = t >= METER_DAY_US && t < (METER_DAY_LAST - 1) * METER_DAY_US;
        w->time[i] = is_time ? t - shift : 0;
        if (takes_none || !is_time) refuse(w, i, !ch->is_known ? METER_GATE_CHANNEL : !is_time ? METER_GATE_TIME : METER_GATE_VIRTUAL);
    }
}

static void part_add(work *w, day *x, size_t begin, size_t end)
{
    *ARENA_PUSH(&w->m->scratch, w->parts, w->part_count, w->part_max) = (part){x, begin, end};
    if (x->is_loaded || x->is_listed) return;
    x->is_listed = true;
    day_list_add(w->m, &w->loads, x);
}

static day *day_at(work *w, channel *ch, int64_t time)
{
    day *x = ch->day_count ? ch->days[ch->day_count - 1] : NULL;
    if (x && time >= x->start_us && time < x->end_us) return x;
    mclock *c = ch->clock;
    if (time < c->start_us || time >= c->end_us || c->day == INT32_MIN) clock_set(c, zone_day_of(c->zone, time));
    return day_make(w->m, ch, c->day);
}

static void run_parts(work *w, channel *ch, size_t begin, size_t end)
{
    for (size_t i = begin, next; i < end; i = next) {
        next = i + 1;
        if (is_out(w, i)) continue;
        day *x = day_at(w, ch, w->time[i]);
        const meter_channel *c = channel_state(ch, x->day);
        while (next < end && w->time[next] < x->end_us && !is_out(w, next)) next++;
        if (c) part_add(w, x, i, next);
        for (size_t k = i; k < next && !c; k++) refuse(w, k, METER_GATE_INVALID);
    }
}

static bool runs_judge(work *w, heng_err *err)
{
    for (size_t k = 0; k < w->run_count; k++) {
        channel *ch = w->runs[k];
        size_t begin = w->run_begin[k], end = w->run_begin[k + 1];
        run_clean(w, ch, begin, end);
        run_sort(w, begin, end);
        size_t judged = begin; /* refused ones stand first, at time 0 */
        while (judged < end && w->verdict[judged].status == METER_REFUSED) judged++;
        if (w->m->gate && !w->batch->no_gates && judged < end && !gates_run(w, ch, judged, end, err)) return false;
        run_parts(w, ch, begin, end);
    }
    if (w->loads.count && !days_load(w->m, w->loads.items, w->loads.count, err)) return false;
    for (size_t i = 0; i < w->loads.count; i++) w->loads.items[i]->is_listed = false;
    return true;
}

/* ---- Merging ---- */

void day_open_set(meter_book *m, day *x)
{
    if (x->is_open || x->version > 0) return;
    x->is_open = true;
    day_list_add(m, &m->open, x);
}

static bool is_new(uint8_t status) { return status == METER_ACCEPTED || status == METER_FLAGGED || status == METER_MOVED || status == METER_SUPERSEDED; }

/* Readings behind all that the day has, rising: columns copied, nothing to look up. */
static bool part_append(work *w, const part *p)
{
    day *x = p->x;
    size_t n = p->end - p->begin;
    const int64_t *t = w->time + p->begin;
    if (n < 4 || (x->count && x->time[x->count - 1] >= t[0])) return false;
    uint8_t any = 0;
    bool rises = true;
    for (size_t i = 0; i < n; i++) any |= w->flag[p->begin + i];
    for (size_t i = 1; i < n; i++) rises &= t[i - 1] < t[i];
    if (any & METER_GONE || !rises) return false;
    day_room(w->m, x, x->count + n);
    memcpy(x->time + x->count, t, n * sizeof *t);
    memcpy(x->value + x->count, w->value + p->begin, n * sizeof *x->value);
    memcpy(x->flag + x->count, w->flag + p->begin, n);
    for (size_t i = 0; i < n; i++) x->take[x->count + i] = w->take;
    x->low_changed |= x->count < METER_EDGE + 1 || !x->is_plain;
    x->high_changed = x->is_changed = true;
    x->count += n, x->live += n, x->pending += n;
    return true;
}

static void part_put(work *w, const part *p)
{
    if (part_append(w, p)) return;
    for (size_t i = p->begin; i < p->end; i++) day_put(w->m, p->x, w->time[i], w->value[i], w->flag[i], w->take, w->batch->keep_present, &w->verdict[i]);
}

static void last_note(channel *ch, const work *w, const part *p)
{
    size_t i = p->end - 1;
    if (w->flag[i] & METER_GONE || (ch->has_last && ch->last.time_us > w->time[i])) return;
    if (!is_new(w->verdict[i].status)) return;
    ch->last = (meter_reading){w->time[i], w->value[i], ch->id, w->flag[i]};
    ch->has_last = true;
}

enum { PACK_EARLY = 8 }; /* readings: else the day has come in pieces, and most of it is not in the cache */

static void parts_put(work *w)
{
    for (size_t k = 0; k < w->part_count; k++) {
        const part *p = &w->parts[k];
        day *x = p->x;
        bool was_changed = x->is_changed;
        size_t pending = x->pending;
        part_put(w, p);
        x->packed = 0;
        if (x->version == 0 && p->end - p->begin >= PACK_EARLY && day_is_complete(x) && !is_counter(x->of)) day_pack_early(w->m, x);
        w->m->pending += (int64_t)x->pending - (int64_t)pending;
        last_note(x->of, w, p);
        if (!x->is_changed || was_changed) continue;
        day_list_add(w->m, &w->changed, x);
        if (x->version == 0) day_open_set(w->m, x);
    }
}

/* ---- Quarantine ---- */

/* A good value stands at this time, and the same delivery holds none back for it. */
static bool is_replaced(const work *w, size_t begin, size_t end, int64_t time)
{
    size_t low = begin, high = end;
    bool is_good = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->time[middle] < time) low = middle + 1;
        else high = middle;
    }
    for (; low < end && w->time[low] == time; low++) {
        uint8_t status = w->verdict[low].status;
        if (status == METER_QUARANTINED) return false;
        is_good |= status != METER_REFUSED && !(w->flag[low] & METER_GONE);
    }
    return is_good;
}

/* Held readings end by themselves when a value for their time arrives that the gates let pass. */
static void find_replaced(work *w)
{
    for (size_t k = 0; k < w->run_count && w->m->held_count && !w->batch->no_gates; k++) {
        const open_held *h;
        size_t count;
        held_of(w->m, w->runs[k]->id, &h, &count);
        for (size_t i = 0; i < count; i++)
            if (is_replaced(w, w->run_begin[k], w->run_begin[k + 1], h[i].time_us)) *ARENA_PUSH(&w->m->scratch, w->ended, w->ended_count, w->ended_max) = h[i].id;
    }
}

/* What was held before in the same words is not held twice; what was worked through exists. */
static bool find_known(work *w, heng_err *err)
{
    size_t n = 0;
    int64_t *ids = NEW_ARRAY(&w->m->scratch, w->held_count, int64_t);
    if (w->held_count && !held_known(w->m, w->held, &w->held_count, ids, &n, err)) return false;
    for (size_t i = 0; i < n; i++) w->verdict[ids[i]] = (meter_verdict){.status = METER_EXISTS};
    return true;
}

/* ---- What closes ---- */

static void candidate(meter_book *m, day_list *l, day *x, bool is_changed)
{
    bool closes = x->version > 0 || (day_is_complete(x) && x->is_open);
    (void)is_changed;
    if (!closes || x->is_listed) return;
    x->is_listed = true;
    day_list_add(m, l, x);
}

/* Days whose sums look at the changed readings: until two readings have been passed. */
static void neighbours(meter_book *m, day *x, int step, day_list *l)
{
    channel *ch = x->of;
    size_t at = 0, seen = 0;
    while (at < ch->day_count && ch->days[at] != x) at++;
    while (seen < METER_EDGE && (step > 0 ? at + 1 < ch->day_count : at > 0)) {
        at = step > 0 ? at + 1 : at - 1;
        day *y = ch->days[at];
        if ((step > 0 ? y->day - x->day : x->day - y->day) > METER_BRIDGE_DAYS + 1) return;
        candidate(m, l, y, false);
        seen += y->live;
    }
}

static bool has_after(meter_book *m, const day *x)
{
    edge before, after;
    if (!is_counter(x->of)) return true;
    day_edges(m, x, &before, &after, NULL);
    return after.count > 0;
}

static bool is_quiet(const day *x) /* a counter's open day that grew at its end, and is the last: nothing else looks at it */
{
    const channel *ch = x->of;
    return x->version == 0 && !x->low_changed && ch->days[ch->day_count - 1] == x && x->day > ch->last_day;
}

bool candidates_of(meter_book *m, day *const *changed, size_t count, day_list *ret, heng_err *err)
{
    day_list counters = {0};
    for (size_t i = 0; i < count; i++) {
        day *x = changed[i];
        if (!is_counter(x->of)) candidate(m, ret, x, true);
        else if (!is_quiet(x)) day_list_add(m, &counters, x);
    }
    for (size_t i = 0; i < counters.count; i++) counter_bridge(m, counters.items[i]->of, counters.items[i]->day);
    if (!counter_ready(m, counters.items, counters.count, err)) return false;
    for (size_t i = 0; i < counters.count; i++) {
        day *x = counters.items[i];
        candidate(m, ret, x, true);
        if (x->low_changed) neighbours(m, x, -1, ret);
        if (x->high_changed) neighbours(m, x, 1, ret);
    }
    day_list unloaded = {0};
    for (size_t i = 0; i < ret->count; i++)
        if (!ret->items[i]->is_loaded) day_list_add(m, &unloaded, ret->items[i]);
    if (unloaded.count && !days_load(m, unloaded.items, unloaded.count, err)) return false;
    if (!counter_ready(m, ret->items, ret->count, err)) return false;
    size_t n = 0;
    for (size_t i = 0; i < ret->count; i++) {
        day *x = ret->items[i];
        x->is_listed = false;
        if (x->version > 0 || has_after(m, x)) ret->items[n++] = x;
    }
    ret->count = n;
    return true;
}

/* ---- Writing ---- */

/* New readings of days that do not close now. Closing days are marked. */
static void journal_make(work *w, const day_list *closing)
{
    arena *a = &w->m->scratch;
    journal_cols *c = &w->journal;
    for (size_t i = 0; i < closing->count; i++) closing->items[i]->is_listed = true;
    size_t n = w->count;
    *c = (journal_cols){0, arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n + 1)};
    for (size_t k = 0; k < w->part_count; k++) {
        const part *p = &w->parts[k];
        for (size_t i = p->begin; i < p->end && !p->x->is_listed; i++) {
            if (!is_new(w->verdict[i].status)) continue;
            c->channel[c->count] = p->x->of->id, c->time[c->count] = w->time[i], c->value[c->count] = w->value[i], c->take[c->count] = w->take, c->flag[c->count++] = w->flag[i];
        }
    }
    for (size_t i = 0; i < closing->count; i++) closing->items[i]->is_listed = false;
}

/* The time that the source wrote stands by what was not taken, but for a day on which the channel does not hold. */
static int64_t told_time(const work *w, size_t i)
{
    bool is_as_sent = is_out(w, i) && w->verdict[i].gate != METER_GATE_INVALID && w->verdict[i].gate != METER_GATE_CHANGED;
    return is_as_sent ? w->batch->time_us[w->from[i]] : w->time[i];
}

static void count_results(const work *w)
{
    for (size_t i = 0; i < w->count; i++) w->counts[w->verdict[i].status]++;
    for (size_t i = 0; w->results && i < w->count; i++) w->results[w->from[i]] = (meter_result){told_time(w, i), w->verdict[i].gate, w->verdict[i].status, w->flag[i]};
}

static int64_t new_count(const meter_receipt *r) { return r->counts[METER_ACCEPTED] + r->counts[METER_FLAGGED] + r->counts[METER_MOVED] + r->counts[METER_SUPERSEDED]; }

void days_tidy(meter_book *m, day *const *days, size_t count)
{
    enum { COUNTER_KEPT = 2 }; /* the newest closed days with readings: the next day's sum looks at them */
    for (size_t i = 0; i < count; i++) {
        channel *ch = days[i]->of;
        size_t closed = 0, kept = is_counter(ch) ? COUNTER_KEPT : 0;
        if (ch->run) continue; /* done in this call */
        ch->run = 1;
        for (size_t k = ch->day_count; k-- > 0;) {
            day *x = ch->days[k];
            x->is_changed = x->low_changed = x->high_changed = false;
            x->packed = 0;
            if (x->is_open) continue;
            if (closed < kept && x->version > 0 && x->is_loaded) closed += x->live > 0;
            else day_drop(m, x);
        }
    }
    for (size_t i = 0; i < count; i++) days[i]->of->run = 0; /* an object that was dropped still names its channel */
}

static void tidy(work *w)
{
    day **all = arena_alloc(&w->m->scratch, (w->part_count + 1) * sizeof *all);
    size_t at = 0;
    for (size_t k = 0; k < w->part_count; k++) /* parts of a channel stand together */
        if (at == 0 || all[at - 1]->of != w->parts[k].x->of) all[at++] = w->parts[k].x;
    days_tidy(w->m, all, at);
}

static bool work_run(work *w, meter_receipt *receipt, heng_err *err)
{
    meter_book *m = w->m;
    by_channel(w);
    if (!runs_judge(w, err)) return false;
    parts_put(w);
    find_replaced(w);
    if (!find_known(w, err)) return false;
    count_results(w);
    day_list closing = {0};
    if (!candidates_of(m, w->changed.items, w->changed.count, &closing, err)) return false;
    if (w->batch->dry_run) return meter_forget(m), true;
    journal_make(w, &closing);
    take_write t = {.take = w->take, .readings = new_count(receipt), .source = w->batch->source, .delivery = w->batch->delivery, .journal = &w->journal, .held_count = w->held_count, .held = w->held, .ended_count = w->ended_count, .ended = w->ended};
    if (!take_commit(m, &t, closing.items, closing.count, err)) return false;
    receipt->take = t.known_us ? t.take : 0;
    receipt->known_us = t.known_us;
    receipt->days_closed = t.days;
    receipt->days_corrected = t.corrected;
    tidy(w);
    return true;
}

bool meter_take(meter_book *m, const meter_batch *batch, meter_result *results, meter_receipt *receipt, heng_err *err)
{
    meter_receipt spare;
    char seen[24];
    meter_receipt *to = receipt ? receipt : &spare;
    *to = (meter_receipt){0};
    if (batch->count > METER_BATCH_MAX) {
        snprintf(seen, sizeof seen, "%zu", batch->count);
        return err_fill(err, &MSG_METER_BATCH_TOO_LARGE, seen, "16777216", NULL);
    }
    if (!meter_enter(m, err)) return false;
    work w = {.m = m, .batch = batch, .results = results, .counts = to->counts, .arrival_us = batch->arrival_us ? batch->arrival_us : book_now_us(m->b), .take = m->next_take};
    bool ok = batch->count == 0 || work_run(&w, to, err);
    if (!ok) meter_forget(m);
    meter_leave(m);
    return ok;
}
