/*
 * All of it again from nothing.
 *
 *   closings   each take that closed days has its entry in the chain; the hashes of the block rows that came with its link give the entry's hash
 *   blocks     every block is read; its readings that stand give the count and, for intervals and levels, the sum in its row; a newer version holds
 *              all that the older one held
 *   days       the newest closed version of every channel-day: the sum is computed again from the readings (of a counter with its neighbours)
 *   movements  the live movement under the day's key has the day's amount and period
 *
 * The chain itself is the book's to verify (book_verify).
 */
#include "inside.h"

typedef struct block_mark { int64_t link, id; hash h; } block_mark;
typedef struct day_mark { int64_t id, sum, quality; } day_mark; /* newest closed versions */
typedef struct verifier {
    meter_book *m;
    arena a;
    hash_state *hasher;
    size_t mark_count, mark_max; block_mark *marks;
    size_t day_count, day_max; day_mark *days;
    size_t at;                       /* marks that takes have claimed */
    meter_verify_report report;
    progress *p;
} verifier;

static bool wrong(verifier *v, const heng_message *message, int64_t id, const char *wanted, heng_err *err)
{
    arena *a = &v->a;
    int32_t ch = block_channel(id);
    text code = (size_t)ch < v->m->channel_count ? v->m->channels[ch]->code : TEXT("?");
    return err_fill(err, message, text_str(a, code), wanted, text_str(a, day_format(a, block_day(id))));
}

/* ---- Blocks ---- */

static bool body_check(verifier *v, channel *ch, int64_t id, const day_sums *row, text body, heng_err *err)
{
    arena a = {0};
    char wanted[48];
    meter_block_head h = {0};
    bool ok = body.len == 0 || meter_block_look((const uint8_t *)body.ptr, body.len, &h);
    size_t n = h.count;
    int64_t *time = arena_alloc(&a, n * 8 + 8), *value = arena_alloc(&a, n * 8 + 8), *take = arena_alloc(&a, n * 8 + 8);
    uint8_t *flag = arena_alloc(&a, n + 1);
    meter_block_out out = {time, value, flag, take};
    ok = ok && (n == 0 || meter_block_decode((const uint8_t *)body.ptr, body.len, &out, METER_PATH_BEST));
    if (!ok) wrong(v, &MSG_METER_BLOCK_WRONG, id, NULL, err);
    edge none = {0};
    day_sums s = {0};
    if (ok) {
        live l = live_of(&a, time, value, flag, take, n, INT64_MAX);
        clock_set(ch->clock, block_day(id));
        ok = day_sum(v->m, ch, block_day(id), ch->clock->start_us, ch->clock->end_us, &l, &none, &none, &s, err);
        for (size_t i = 0; ok && i < l.count; i++)
            if (l.time[i] < ch->clock->start_us || l.time[i] >= ch->clock->end_us) ok = wrong(v, &MSG_METER_BLOCK_WRONG, id, NULL, err);
        bool same = s.count == row->count && s.first == row->first && s.last == row->last && s.low == row->low && s.high == row->high && QUALITY_ESTIMATED(s.quality) == QUALITY_ESTIMATED(row->quality) &&
                    (is_counter(ch) || s.sum == row->sum);
        snprintf(wanted, sizeof wanted, "%lld", (long long)s.sum);
        if (ok && !same) ok = wrong(v, &MSG_METER_SUM_WRONG, id, wanted, err);
        v->report.readings += (int64_t)l.count;
    }
    arena_free(&a);
    return ok;
}

static bool row_check(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t id = row_int(r, 0, i), link = row_int(r, 1, i), ended = row_int(r, 2, i);
    day_sums s = {row_int(r, 3, i), row_int(r, 4, i), row_int(r, 5, i), row_int(r, 6, i), row_int(r, 7, i), row_int(r, 8, i), row_int(r, 9, i)};
    text body = row_text(r, 10, i);
    if ((size_t)block_channel(id) >= v->m->channel_count || (link == 0) != (block_version(id) == 0)) return wrong(v, &MSG_METER_BLOCK_WRONG, id, NULL, err);
    channel *ch = v->m->channels[block_channel(id)];
    v->report.blocks++;
    if (!body_check(v, ch, id, &s, body, err)) return false;
    if (link == 0) return true;
    *ARENA_PUSH(&v->a, v->marks, v->mark_count, v->mark_max) = (block_mark){link, id, closing_row_hash(v->hasher, ch->code, block_day(id), block_version(id), &s, body)};
    if (!ended) *ARENA_PUSH(&v->a, v->days, v->day_count, v->day_max) = (day_mark){id, s.sum, s.quality};
    return true;
}

static bool pages(verifier *v, sql_id sql, int64_t limit, bool (*fn)(verifier *v, const store_rows *r, size_t i, heng_err *err), heng_err *err)
{
    int64_t after = -1;
    for (;;) {
        arena a = {0};
        store_rows r;
        store_param params[] = {{.name = "after", .ints = &after}, {.name = "limit", .ints = &limit}};
        bool ok = store_run(v->m->store, sql, params, 2, 1, &a, &r, err);
        for (size_t i = 0; ok && i < r.count; i++) ok = fn(v, &r, i, err);
        size_t n = ok ? r.count : 0;
        if (n) after = row_int(&r, 0, n - 1);
        arena_free(&a);
        if (!ok) return false;
        if (v->p) progress_add(v->p, (int64_t)n);
        if (n == 0) return true;
    }
}

/* ---- Closings ---- */

static int compare_marks(const void *a, const void *b)
{
    const block_mark *x = a, *y = b;
    if (x->link != y->link) return x->link < y->link ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool closing_check(verifier *v, int64_t take, int64_t link, size_t *at, heng_err *err)
{
    char hex[HASH_HEX + 1], seen[24];
    book_entry_row *rows;
    size_t count, begin = *at;
    hash all;
    arena a = {0};
    hash_state *sum = hash_open(&a, book_hash_kind(v->m->b));
    for (; *at < v->mark_count && v->marks[*at].link == link; (*at)++) hash_add(sum, v->marks[*at].h.bytes, HASH_BYTES);
    hash_done(sum, &all);
    hash_hex(all, hex);
    text want = text_of(arena_printf(&a, "{\"blocks\":%zu,\"hash\":\"%s\"}", *at - begin, hex));
    bool ok = book_entries(v->m->b, &a, TEXT("meter.close"), text_of(arena_printf(&a, "%012lld", (long long)take)), BOOK_KNOWN_NOW, false, &rows, &count, err);
    snprintf(seen, sizeof seen, "%lld", (long long)take);
    if (ok && count != 1) ok = err_fill(err, &MSG_METER_CLOSING_ABSENT, seen, NULL, NULL);
    if (ok && (!text_equal(rows[0].body, want) || *at == begin)) ok = *at == begin ? err_fill(err, &MSG_METER_CLOSING_ABSENT, seen, NULL, NULL) : wrong(v, &MSG_METER_BLOCK_WRONG, v->marks[begin].id, NULL, err);
    v->report.closings++;
    arena_free(&a);
    return ok;
}

static bool take_check(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t link = row_int(r, 2, i);
    return link == 0 || closing_check(v, row_int(r, 0, i), link, &v->at, err); /* takes come in the order of their links */
}

/* ---- Days ---- */

static bool counters_check(verifier *v, channel *ch, size_t begin, size_t end, const size_t *order, heng_err *err)
{
    meter_book *m = v->m;
    arena a = {0};
    bool ok = true;
    meter_series s;
    if (begin == end) return true;
    ok = series_load(m, &a, ch, METER_DAY_FIRST, METER_DAY_LAST, INT64_MAX, &s, err);
    size_t at = 0;
    for (size_t k = begin; k < end && ok; k++) {
        const day_mark *d = &v->days[order[k]];
        char wanted[24];
        day_sums got;
        int32_t when = block_day(d->id);
        clock_set(ch->clock, when);
        while (at < s.count && s.time_us[at] < ch->clock->start_us) at++;
        size_t last = at;
        while (last < s.count && s.time_us[last] < ch->clock->end_us) last++;
        live l = {last - at, s.time_us + at, s.value + at, s.flag + at};
        edge before = {0}, after = {0};
        for (size_t i = at > METER_EDGE ? at - METER_EDGE : 0; i < at; i++) before.at[before.count++] = (meter_reading){s.time_us[i], s.value[i], ch->id, s.flag[i]};
        for (size_t i = last; i < s.count && i < last + METER_EDGE; i++) after.at[after.count++] = (meter_reading){s.time_us[i], s.value[i], ch->id, s.flag[i]};
        ok = day_sum(m, ch, when, ch->clock->start_us, ch->clock->end_us, &l, &before, &after, &got, err);
        snprintf(wanted, sizeof wanted, "%lld", (long long)got.sum);
        if (ok && got.sum != d->sum) ok = wrong(v, &MSG_METER_SUM_WRONG, d->id, wanted, err);
    }
    arena_free(&a);
    return ok;
}

/* days are in order of day, then channel: taken channel by channel by counting. */
static bool days_check(verifier *v, heng_err *err)
{
    meter_book *m = v->m;
    size_t *first = NEW_ARRAY(&v->a, m->channel_count + 2, size_t), *order = NEW_ARRAY(&v->a, v->day_count + 1, size_t);
    for (size_t i = 0; i < v->day_count; i++) first[block_channel(v->days[i].id) + 1]++;
    for (size_t i = 0; i < m->channel_count; i++) first[i + 1] += first[i];
    size_t *at = NEW_ARRAY(&v->a, m->channel_count + 1, size_t);
    memcpy(at, first, (m->channel_count + 1) * sizeof *at);
    for (size_t i = 0; i < v->day_count; i++) order[at[block_channel(v->days[i].id)]++] = i;
    for (size_t i = 0; i < m->channel_count; i++)
        if (is_counter(m->channels[i]) && !counters_check(v, m->channels[i], first[i], first[i + 1], order, err)) return false;
    return true;
}

/* ---- Movements ---- */

typedef struct moved { int64_t amount; period when; } moved;

static bool movements_load(verifier *v, text_map *keys, moved **ret, size_t *ret_count, heng_err *err)
{
    size_t count = 0, max = 0;
    int64_t after = 0;
    moved *items = NULL;
    for (;;) {
        book_movement_row *rows;
        size_t n;
        book_query q = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE, .source = TEXT("meter"), .after_id = after, .limit = 8192};
        if (!book_movements_query(v->m->b, &v->a, &q, BOOK_KNOWN_NOW, &rows, &n, err)) return false;
        for (size_t i = 0; i < n; i++) {
            text_map_put(keys, rows[i].group_key, (int64_t)count);
            *ARENA_PUSH(&v->a, items, count, max) = (moved){rows[i].amount, rows[i].when};
        }
        if (n == 0) break;
        after = rows[n - 1].id;
    }
    *ret = items;
    *ret_count = count;
    return true;
}

static bool movements_check(verifier *v, heng_err *err)
{
    meter_book *m = v->m;
    text_map keys = {.a = &v->a};
    moved *items;
    size_t count;
    if (!movements_load(v, &keys, &items, &count, err)) return false;
    for (size_t i = 0; i < v->day_count; i++) {
        const day_mark *d = &v->days[i];
        channel *ch = m->channels[block_channel(d->id)];
        const meter_channel *c = channel_state(ch, block_day(d->id));
        int64_t at, amount = 0;
        char wanted[24];
        arena_mark mark = arena_here(&v->a);
        text on = day_format(&v->a, block_day(d->id));
        text key = text_of(arena_printf(&v->a, "%.*s/%.*s", TEXT_FMT(on), TEXT_FMT(ch->code)));
        bool found = text_map_find(&keys, key, &at);
        arena_rewind(&v->a, mark);
        if (!found || !c || c->movement_kind == BOOK_NONE || c->unit < 0) continue; /* a flow that was declared before or after the day closed */
        if (d->quality & QUALITY_REFUSED) continue;
        if (!channel_amount(m, ch, c, d->sum, &amount, err)) return false;
        snprintf(wanted, sizeof wanted, "%lld", (long long)amount);
        clock_set(ch->clock, block_day(d->id));
        bool was = false;
        if (items[at].amount != amount && !channel_amount_was(m, ch, d->sum, items[at].amount, &was, err)) return false;
        if ((items[at].amount != amount && !was) || items[at].when.start_us != ch->clock->start_us) return wrong(v, &MSG_METER_MOVEMENT_WRONG, d->id, wanted, err);
    }
    return true;
}

static bool verify(verifier *v, heng_err *err)
{
    meter_book *m = v->m;
    v->hasher = hash_open(&v->a, book_hash_kind(m->b));
    if (!pages(v, SQL_meter_block_page, 1024, row_check, err)) return false;
    if (v->mark_count) qsort(v->marks, v->mark_count, sizeof *v->marks, compare_marks);
    if (!pages(v, SQL_meter_take_page, 4096, take_check, err)) return false;
    if (v->at != v->mark_count) return wrong(v, &MSG_METER_BLOCK_WRONG, v->marks[v->at].id, NULL, err);
    v->report.days = (int64_t)v->day_count;
    return days_check(v, err) && movements_check(v, err);
}

bool meter_verify(meter_book *m, progress *p, meter_verify_report *ret, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    verifier v = {.m = m, .p = p};
    bool ok = verify(&v, err);
    if (ok && ret) *ret = v.report;
    arena_free(&v.a);
    meter_leave(m);
    return ok;
}
