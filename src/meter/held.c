/*
 * Quarantine: readings that a gate held back, with its code, until somebody accepts, corrects or drops them, with name and reason. What is accepted is
 * taken without gates, as good as it stands; the held row stays and says how it ended.
 *
 * One also ends by itself ("replaced") when a value for its time arrives that the gates let pass; who is then the source, reason the number of the take. The
 * same value held again is not held twice, and one that was worked through is known.
 */
#include "inside.h"

/* ---- In memory: the open ones, so that a take sees at once whether it replaces any ---- */

static int compare_open(const void *a, const void *b)
{
    const open_held *x = a, *y = b;
    if (x->channel != y->channel) return x->channel < y->channel ? -1 : 1;
    return x->time_us < y->time_us ? -1 : x->time_us > y->time_us;
}

bool held_load(meter_book *m, heng_err *err)
{
    store_rows r;
    int64_t id = METER_NONE, ended = 0;
    store_param params[] = {{.name = "channel", .ints = &id}, {.name = "with_ended", .ints = &ended}};
    if (!store_run(m->store, SQL_meter_held_all, params, 2, 1, &m->scratch, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) *ARENA_PUSH(&m->memory, m->held, m->held_count, m->held_max) = (open_held){row_int(&r, 0, i), row_int(&r, 3, i), (int32_t)row_int(&r, 2, i)};
    if (m->held_count) qsort(m->held, m->held_count, sizeof *m->held, compare_open);
    return true;
}

void held_of(const meter_book *m, int32_t channel_, const open_held **ret, size_t *ret_count)
{
    size_t low = 0, high = m->held_count, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->held[middle].channel < channel_) low = middle + 1;
        else high = middle;
    }
    for (end = low; end < m->held_count && m->held[end].channel == channel_;) end++;
    *ret = m->held ? m->held + low : NULL, *ret_count = end - low;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void forget_ended(meter_book *m, const int64_t *ids, size_t count)
{
    size_t to = 0;
    int64_t *sorted = NEW_ARRAY(&m->scratch, count, int64_t);
    memcpy(sorted, ids, count * sizeof *ids);
    qsort(sorted, count, sizeof *sorted, compare_ids);
    for (size_t i = 0; i < m->held_count; i++)
        if (!bsearch(&m->held[i].id, sorted, count, sizeof *sorted, compare_ids)) m->held[to++] = m->held[i];
    m->held_count = to;
}

void held_settle(meter_book *m, const take_write *w)
{
    if (w->ended_count) forget_ended(m, w->ended, w->ended_count);
    for (size_t i = 0; i < w->held_count; i++) *ARENA_PUSH(&m->memory, m->held, m->held_count, m->held_max) = (open_held){m->next_held + (int64_t)i, w->held[i].time_us, w->held[i].channel};
    if (w->held_count) qsort(m->held, m->held_count, sizeof *m->held, compare_open);
    m->next_held += (int64_t)w->held_count;
}

/* ---- Written with a take ---- */

static bool add_write(meter_book *m, store *s, const take_write *w, heng_err *err)
{
    mcols c = mcols_of(&m->scratch, w->held_count);
    int64_t *id = mcol(&c, "id"), *take = mcol(&c, "take"), *channel_ = mcol(&c, "channel"), *time = mcol(&c, "time_us"), *value = mcol(&c, "value"), *flag = mcol(&c, "flag"), *gate = mcol(&c, "gate"),
            *known = mcol(&c, "known_us");
    text *source = mcol_text(&c, "source");
    for (size_t i = 0; i < w->held_count; i++) {
        const meter_held *h = &w->held[i];
        id[i] = m->next_held + (int64_t)i, take[i] = w->take, channel_[i] = h->channel, time[i] = h->time_us, value[i] = h->count, flag[i] = h->flag, gate[i] = h->gate;
        known[i] = w->known_us, source[i] = w->source.ptr ? w->source : TEXT("");
    }
    return mcols_run(s, SQL_meter_held_add, &c, &m->scratch, NULL, err);
}

static bool ends_write(meter_book *m, store *s, const char *state, const int64_t *ids, size_t count, text who, text reason, int64_t known_us, heng_err *err)
{
    mcols c = mcols_of(&m->scratch, count);
    int64_t *id = mcol(&c, "id"), *ended = mcol(&c, "ended_us");
    text *states = mcol_text(&c, "state"), *whos = mcol_text(&c, "who"), *reasons = mcol_text(&c, "reason");
    for (size_t i = 0; i < count; i++) id[i] = ids[i], ended[i] = known_us, states[i] = text_of(state), whos[i] = who, reasons[i] = reason;
    return mcols_run(s, SQL_meter_held_end, &c, &m->scratch, NULL, err);
}

bool held_write(meter_book *m, store *s, const take_write *w, heng_err *err)
{
    text reason = text_of(arena_printf(&m->scratch, "#%lld", (long long)w->take)), who = w->source.ptr ? w->source : TEXT("");
    return add_write(m, s, w, err) && ends_write(m, s, "replaced", w->ended, w->ended_count, who, reason, w->known_us, err);
}

/* ---- The same again ---- */

typedef struct same_key { int64_t channel, time_us, count, gate; } same_key;
enum { SAME_OPEN, SAME_ENDED };

static text same_text(arena *a, int64_t channel_, int64_t time_us, int64_t count, int64_t gate)
{
    same_key *k = NEW(a, same_key);
    *k = (same_key){channel_, time_us, count, gate};
    return (text){(const char *)k, sizeof *k};
}

/* What is there with the channels, times and values of these: by gate, the newest row counts. */
static bool same_load(meter_book *m, const meter_held *held, size_t count, text_map *ret, heng_err *err)
{
    store_rows r;
    arena *a = &m->scratch;
    mcols c = mcols_of(a, count);
    int64_t *channel_ = mcol(&c, "channel"), *time = mcol(&c, "time_us"), *value = mcol(&c, "value");
    for (size_t i = 0; i < count; i++) channel_[i] = held[i].channel, time[i] = held[i].time_us, value[i] = held[i].count;
    if (!mcols_run(m->store, SQL_meter_held_same, &c, a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) text_map_put(ret, same_text(a, row_int(&r, 0, i), row_int(&r, 1, i), row_int(&r, 2, i), row_int(&r, 3, i)), row_text(&r, 4, i).len ? SAME_ENDED : SAME_OPEN);
    return true;
}

bool held_known(meter_book *m, meter_held *held, size_t *count, int64_t *ended, size_t *ended_count, heng_err *err)
{
    text_map same = {.a = &m->scratch};
    size_t to = 0;
    *ended_count = 0;
    if (!same_load(m, held, *count, &same, err)) return false;
    for (size_t i = 0; i < *count; i++) {
        int64_t state;
        text key = same_text(&m->scratch, held[i].channel, held[i].time_us, held[i].count, held[i].gate);
        if (!text_map_find(&same, key, &state)) {
            text_map_put(&same, key, SAME_OPEN);
            held[to++] = held[i];
        } else if (state == SAME_ENDED) {
            ended[(*ended_count)++] = held[i].id;
        }
    }
    *count = to;
    return true;
}

/* ---- For people ---- */

bool meter_held_list(meter_book *m, arena *a, int32_t channel_, bool with_ended, meter_held **ret, size_t *ret_count, heng_err *err)
{
    store_rows r;
    if (!meter_enter(m, err)) return false;
    int64_t id = channel_, ended = with_ended;
    store_param params[] = {{.name = "channel", .ints = &id}, {.name = "with_ended", .ints = &ended}};
    bool ok = store_run(m->store, SQL_meter_held_all, params, 2, 1, a, &r, err);
    *ret_count = ok ? r.count : 0;
    *ret = NEW_ARRAY(a, *ret_count, meter_held);
    for (size_t i = 0; i < *ret_count; i++)
        (*ret)[i] = (meter_held){.id = row_int(&r, 0, i), .take = row_int(&r, 1, i), .channel = (int32_t)row_int(&r, 2, i), .time_us = row_int(&r, 3, i), .count = row_int(&r, 4, i), .flag = (uint8_t)row_int(&r, 5, i),
                                 .gate = (uint16_t)row_int(&r, 6, i), .source = row_text(&r, 7, i), .known_us = row_int(&r, 8, i), .state = row_text(&r, 9, i), .who = row_text(&r, 10, i),
                                 .reason = row_text(&r, 11, i), .ended_us = row_int(&r, 12, i)};
    meter_leave(m);
    return ok;
}

typedef struct end_job { meter_book *m; const char *state; const int64_t *ids; size_t count; text who, reason; } end_job;

static bool end_write(void *context, store *s, int64_t known_us, heng_err *err)
{
    const end_job *j = context;
    return ends_write(j->m, s, j->state, j->ids, j->count, j->who, j->reason, known_us, err);
}

static const meter_held *held_find(const meter_held *all, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].id == id) return &all[i];
    return NULL;
}

/* The readings are taken first: when that stops half way, the rows are still open, and taking them again changes nothing. */
static bool held_take(meter_book *m, const meter_held *all, size_t n, const int64_t *ids, const int64_t *times_us, const int64_t *values, bool is_start, size_t count, meter_receipt *receipt, heng_err *err)
{
    arena *a = &m->scratch;
    int32_t *ch = NEW_ARRAY(a, count, int32_t);
    int64_t *time = NEW_ARRAY(a, count, int64_t), *value = NEW_ARRAY(a, count, int64_t);
    uint8_t *flag = arena_zero(a, count);
    for (size_t i = 0; i < count; i++) {
        const meter_held *h = held_find(all, n, ids[i]);
        const meter_channel *c = meter_channel_get(m, h->channel);
        bool at_end = c && c->kind == METER_INTERVAL && c->stamp == METER_STAMP_END;
        ch[i] = h->channel;
        time[i] = times_us ? times_us[i] : h->time_us + (at_end ? c->interval_s * INT64_C(1000000) : 0); /* kept as the start: given back as the source writes it */
        value[i] = values ? values[i] : h->count;
        flag[i] = values ? METER_MANUAL : is_start ? h->flag | METER_START : h->flag;
    }
    meter_batch b = {.count = count, .channel = ch, .time_us = time, .value = value, .flag = flag, .source = TEXT("quarantine"), .no_gates = true};
    return meter_take(m, &b, NULL, receipt, err);
}

static bool held_end(meter_book *m, const char *state, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, text who, text reason, meter_receipt *receipt, heng_err *err)
{
    meter_held *all;
    size_t n;
    char seen[24];
    bool is_start = strcmp(state, "start") == 0, takes = strcmp(state, "accept") == 0 || strcmp(state, "correct") == 0 || is_start;
    if (!takes && strcmp(state, "drop") != 0) return err_fill(err, &MSG_METER_HELD_STATE, state, "accept, correct, start, drop", NULL);
    if (text_trim(who).len == 0 || text_trim(reason).len == 0) return err_fill(err, &MSG_METER_HELD_REASON, NULL, NULL, NULL);
    if (!meter_held_list(m, &m->scratch, METER_NONE, false, &all, &n, err)) return false;
    for (size_t i = 0; i < count; i++) {
        snprintf(seen, sizeof seen, "%lld", (long long)ids[i]);
        if (!held_find(all, n, ids[i])) return err_fill(err, &MSG_METER_HELD_UNKNOWN, seen, NULL, NULL);
    }
    bool is_correct = strcmp(state, "correct") == 0;
    if (takes && !held_take(m, all, n, ids, is_correct ? times_us : NULL, is_correct ? values : NULL, is_start, count, receipt, err)) return false;
    end_job j = {m, state, ids, count, who, reason};
    if (!book_within(m->b, end_write, &j, err)) return false;
    forget_ended(m, ids, count);
    return true;
}

bool meter_held_end(meter_book *m, const char *state, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, text who, text reason, meter_receipt *receipt, heng_err *err)
{
    meter_receipt spare;
    if (!meter_enter(m, err)) return false;
    bool ok = held_end(m, state, ids, times_us, values, count, who, reason, receipt ? receipt : &spare, err);
    meter_leave(m);
    return ok;
}
