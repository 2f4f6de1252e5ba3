/*
 * The journal: readings that stand in no block yet.
 *
 * A row is the take's new readings as five columns, coded as block.h codes numbers. When days close, what they held leaves the journal: the
 * rest is carried on in one row, once it is a small part of the whole, and the older rows go. So each reading is written a bounded number of times.
 * Opening a book puts the rows back into the days they belong to; an entry that a block already holds (same time, same take) is passed over.
 */
#include "inside.h"

text journal_pack(arena *a, const journal_cols *c)
{
    size_t bound = 4 * meter_ints_bound(c->count) + c->count;
    uint8_t *out = arena_alloc(a, bound), *at = out;
    at += meter_ints_encode(c->channel, c->count, at, METER_PATH_BEST);
    at += meter_ints_encode(c->time, c->count, at, METER_PATH_BEST);
    at += meter_ints_encode(c->value, c->count, at, METER_PATH_BEST);
    at += meter_ints_encode(c->take, c->count, at, METER_PATH_BEST);
    uint8_t any = 0;
    for (size_t i = 0; i < c->count; i++) any |= c->flag[i];
    if (any) memcpy(at, c->flag, c->count), at += c->count; /* all 0: left out */
    return (text){(const char *)out, (size_t)(at - out)};
}

static bool column(const uint8_t **at, const uint8_t *end, int64_t *to, size_t count)
{
    size_t used = meter_ints_decode(*at, (size_t)(end - *at), to, count, METER_PATH_BEST);
    *at += used;
    return used > 0;
}

bool journal_unpack(arena *a, text body, size_t count, journal_cols *ret)
{
    const uint8_t *at = (const uint8_t *)body.ptr, *end = at + body.len;
    if (count == 0 || count > METER_BATCH_MAX * 2u) return false;
    *ret = (journal_cols){count, NEW_ARRAY(a, count, int64_t), NEW_ARRAY(a, count, int64_t), NEW_ARRAY(a, count, int64_t), NEW_ARRAY(a, count, int64_t), arena_zero(a, count)};
    if (!column(&at, end, ret->channel, count) || !column(&at, end, ret->time, count) || !column(&at, end, ret->value, count) || !column(&at, end, ret->take, count)) return false;
    if (at == end) return true;
    if ((size_t)(end - at) != count) return false;
    memcpy(ret->flag, at, count);
    return true;
}

static bool is_of_here(const meter_book *m, const journal_cols *c, size_t i)
{
    return c->channel[i] >= 0 && (size_t)c->channel[i] < m->channel_count && c->time[i] >= 0 && c->time[i] < METER_DAY_LAST * METER_DAY_US;
}

static bool row_recover(meter_book *m, const journal_cols *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (!is_of_here(m, c, i)) return false;
        channel *ch = m->channels[c->channel[i]];
        day *x = ch->day_count ? ch->days[ch->day_count - 1] : NULL;
        if (!x || c->time[i] < x->start_us || c->time[i] >= x->end_us) x = day_make(m, ch, zone_day_of(ch->clock->zone, c->time[i]));
        day_restore(m, x, c->time[i], c->value[i], c->flag[i], c->take[i]);
    }
    return true;
}

static bool recover(void *context, const store_rows *r, heng_err *err)
{
    meter_book *m = context;
    journal_cols c;
    arena a = {0};
    char seen[24];
    int64_t take = row_int(r, 0, 0), count = row_int(r, 1, 0);
    bool ok = journal_unpack(&a, row_text(r, 2, 0), (size_t)count, &c) && row_recover(m, &c);
    arena_free(&a);
    m->journal_readings += count;
    m->journal_take = take;
    snprintf(seen, sizeof seen, "%lld", (long long)take);
    return ok || err_fill(err, &MSG_METER_JOURNAL_BROKEN, seen, NULL, NULL);
}

/* Days that have a row get it; what their row holds is no longer pending. A closed day has nothing left here. */
static bool rows_behind(meter_book *m, heng_err *err)
{
    day_list list = {0};
    for (size_t i = 0; i < m->channel_count; i++)
        for (size_t k = 0; k < m->channels[i]->day_count; k++)
            if (!m->channels[i]->days[k]->is_loaded && m->channels[i]->days[k]->count) day_list_add(m, &list, m->channels[i]->days[k]);
    if (list.count && !days_load(m, list.items, list.count, err)) return false;
    for (size_t i = 0; i < m->channel_count; i++)
        for (size_t k = 0; k < m->channels[i]->day_count; k++)
            if (m->channels[i]->days[k]->is_loaded) day_recount(m->channels[i]->days[k]);
    return true;
}

static bool open_rows(meter_book *m, heng_err *err)
{
    store_rows r;
    if (!store_run(m->store, SQL_meter_block_open, NULL, 0, 1, &m->scratch, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) {
        int64_t id = row_int(&r, 0, i);
        if ((size_t)block_channel(id) >= m->channel_count) continue;
        day *x = day_make(m, m->channels[block_channel(id)], block_day(id));
        x->has_row = true;
    }
    return true;
}

static void last_set(channel *ch, const day *x)
{
    for (size_t i = x->count; i-- > 0;) {
        if (x->flag[i] & METER_GONE) continue;
        ch->last = (meter_reading){x->time[i], x->value[i], ch->id, x->flag[i]};
        ch->has_last = true;
        return;
    }
}

/* The newest reading of channels whose last day is closed; days that were only looked at go. */
static bool lasts(meter_book *m, heng_err *err)
{
    day_list list = {0};
    for (size_t i = 0; i < m->channel_count; i++) {
        channel *ch = m->channels[i];
        if (ch->first_day > ch->last_day || (ch->day_count && ch->days[ch->day_count - 1]->day >= ch->last_day && ch->days[ch->day_count - 1]->live)) continue;
        day_list_add(m, &list, day_make(m, ch, ch->last_day));
    }
    if (list.count && !days_load(m, list.items, list.count, err)) return false;
    for (size_t i = 0; i < m->channel_count; i++) {
        channel *ch = m->channels[i];
        for (size_t k = ch->day_count; k-- > 0 && !ch->has_last;) last_set(ch, ch->days[k]);
        for (size_t k = ch->day_count; k-- > 0;) {
            day *x = ch->days[k];
            if (x->version > 0 && x->pending == 0) day_drop(m, x);
            else day_open_set(m, x), m->pending += (int64_t)x->pending;
            x->is_changed = x->low_changed = x->high_changed = false;
        }
    }
    return true;
}

bool journal_recover(meter_book *m, heng_err *err)
{
    int64_t after = 0;
    store_param params[] = {{.name = "after", .ints = &after}};
    m->journal_readings = m->journal_take = m->pending = 0;
    if (!open_rows(m, err) || !store_each(m->store, SQL_meter_journal_all, params, 1, recover, m, err) || !rows_behind(m, err) || !lasts(m, err)) return false;
    for (size_t i = 0; i < m->channel_count; i++) {
        channel *ch = m->channels[i];
        if (!is_counter(ch)) continue;
        for (size_t k = 0; k < ch->day_count; k++) counter_bridge(m, ch, ch->days[k]->day);
    }
    return true;
}
