/*
 * Quarantine: readings that a gate held back, with its code, until somebody accepts, corrects or drops them, with name and reason. What is accepted is
 * taken without gates, as good as it stands; the held row stays and says how it ended.
 */
#include "inside.h"

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
    end_job *j = context;
    mcols c = mcols_of(&j->m->scratch, j->count);
    int64_t *id = mcol(&c, "id"), *ended = mcol(&c, "ended_us");
    text *state = mcol_text(&c, "state"), *who = mcol_text(&c, "who"), *reason = mcol_text(&c, "reason");
    for (size_t i = 0; i < j->count; i++) id[i] = j->ids[i], ended[i] = known_us, state[i] = text_of(j->state), who[i] = j->who, reason[i] = j->reason;
    return mcols_run(s, SQL_meter_held_end, &c, &j->m->scratch, NULL, err);
}

static const meter_held *held_find(const meter_held *all, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].id == id) return &all[i];
    return NULL;
}

/* The readings are taken first: when that stops half way, the rows are still open, and taking them again changes nothing. */
static bool held_take(meter_book *m, const meter_held *all, size_t n, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, meter_receipt *receipt, heng_err *err)
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
        flag[i] = values ? METER_MANUAL : h->flag;
    }
    meter_batch b = {.count = count, .channel = ch, .time_us = time, .value = value, .flag = flag, .source = TEXT("quarantine"), .no_gates = true};
    return meter_take(m, &b, NULL, receipt, err);
}

static bool held_end(meter_book *m, const char *state, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, text who, text reason, meter_receipt *receipt, heng_err *err)
{
    meter_held *all;
    size_t n;
    char seen[24];
    bool takes = strcmp(state, "accept") == 0 || strcmp(state, "correct") == 0;
    if (!takes && strcmp(state, "drop") != 0) return err_fill(err, &MSG_METER_HELD_STATE, state, "accept, correct, drop", NULL);
    if (text_trim(who).len == 0 || text_trim(reason).len == 0) return err_fill(err, &MSG_METER_HELD_REASON, NULL, NULL, NULL);
    if (!meter_held_list(m, &m->scratch, METER_NONE, false, &all, &n, err)) return false;
    for (size_t i = 0; i < count; i++) {
        snprintf(seen, sizeof seen, "%lld", (long long)ids[i]);
        if (!held_find(all, n, ids[i])) return err_fill(err, &MSG_METER_HELD_UNKNOWN, seen, NULL, NULL);
    }
    bool is_correct = strcmp(state, "correct") == 0;
    if (takes && !held_take(m, all, n, ids, is_correct ? times_us : NULL, is_correct ? values : NULL, count, receipt, err)) return false;
    end_job j = {m, state, ids, count, who, reason};
    return book_within(m->b, end_write, &j, err);
}

bool meter_held_end(meter_book *m, const char *state, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, text who, text reason, meter_receipt *receipt, heng_err *err)
{
    meter_receipt spare;
    if (!meter_enter(m, err)) return false;
    bool ok = held_end(m, state, ids, times_us, values, count, who, reason, receipt ? receipt : &spare, err);
    meter_leave(m);
    return ok;
}
