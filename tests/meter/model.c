/*
 * Random takes beside a naive twin: an array of all readings ever taken. Late, repeated, changed and withdrawn readings, closings, reopenings of the
 * book; after each round readings, sums, movements and what was known at earlier moments must agree, and all verifies. A follower asks now and then for
 * what came after its cursor, and must have been given each reading once, in order. usage: model [SEED]
 */
#include "meters.h"
#include "../../src/meter/inside.h"

typedef struct fact { int32_t ch; int64_t time, value; uint8_t flag; int64_t take, known; } fact;
typedef struct twin { size_t count, max; fact *facts; } twin;
enum { CHANNELS = 6, DAYS = 8, KNOWNS = 24 };

static void twin_add(twin *t, fact f)
{
    if (t->count == t->max) t->facts = realloc(t->facts, (t->max = t->max ? t->max * 2 : 1024) * sizeof *t->facts);
    must(t->facts);
    t->facts[t->count++] = f;
}

/* The newest fact of a time known then; NULL: none. */
static const fact *twin_at(const twin *t, int32_t ch, int64_t time, int64_t known)
{
    const fact *found = NULL;
    for (size_t i = 0; i < t->count; i++)
        if (t->facts[i].ch == ch && t->facts[i].time == time && t->facts[i].known <= known) found = &t->facts[i];
    return found;
}

static int compare_readings(const void *a, const void *b)
{
    const meter_reading *x = a, *y = b;
    return x->time_us < y->time_us ? -1 : x->time_us > y->time_us;
}

static size_t twin_series(const twin *t, int32_t ch, int64_t known, meter_reading *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++) {
        const fact *f = &t->facts[i];
        if (f->ch != ch || f->known > known || twin_at(t, ch, f->time, known) != f || f->flag & METER_GONE) continue;
        out[n++] = (meter_reading){f->time, f->value, ch, f->flag};
    }
    qsort(out, n, sizeof *out, compare_readings);
    return n;
}

/* What flowed in [from, to) by the readings: the walk over all of them, dips left out first. */
static int64_t twin_sum(const meter_channel *c, const meter_reading *r, size_t n, int64_t from, int64_t to)
{
    int64_t sum = 0;
    const meter_reading *last = NULL;
    for (size_t i = 0; i < n; i++) {
        int64_t amount = 0;
        if (c->kind != METER_COUNTER) {
            if (r[i].time_us >= from && r[i].time_us < to) sum += r[i].count;
            continue;
        }
        if (i > 0 && i + 1 < n && counter_is_dip(c, &r[i - 1], &r[i], &r[i + 1])) continue;
        if (last) {
            counter_step(c, last, &r[i], &amount);
            if (r[i].time_us > from && last->time_us < to) sum += share_between(amount, (period){last->time_us, r[i].time_us}, from, to);
        }
        last = &r[i];
    }
    return sum;
}

typedef struct world { place p; meter_book *m; twin t; uint64_t seed; int32_t ids[CHANNELS]; int64_t start, knowns[KNOWNS]; size_t known_count; int64_t now; meter_reading *out; meter_cursor cursor; twin got; } world;

static void declare(world *w)
{
    static const char *const CODES[CHANNELS] = {"M1/kwh", "M2/kwh", "M3/level", "M4/kwh", "M5/kwh", "M6/state"};
    static const meter_kind KINDS[CHANNELS] = {METER_INTERVAL, METER_COUNTER, METER_LEVEL, METER_COUNTER, METER_INTERVAL, METER_STATE};
    static const int32_t INTERVALS[CHANNELS] = {3600, 3600, 1800, 0, 7200, 0};
    meter_channel c[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
        c[i] = channel_like(&w->p, CODES[i], KINDS[i], INTERVALS[i]);
        c[i].wait_days = i % 3;
    }
    c[1].roll_over = 100000;
    c[4].scale = 2;
    c[4].multiplier = rat_int(&w->p.a, 40);
    channels_declare(&w->p, w->m, c, CHANNELS);
    for (int i = 0; i < CHANNELS; i++) w->ids[i] = channel_id(&w->p, w->m, CODES[i]);
}

static int64_t some_time(world *w, int which)
{
    int64_t step = which == 2 ? HOUR / 2 : which == 4 ? 2 * HOUR : HOUR;
    int64_t t = w->start + random_between(&w->seed, 0, DAYS * DAY / step - 1) * step;
    if (which == 3) t = w->start + random_between(&w->seed, 0, DAYS * 3) * 8 * HOUR + random_between(&w->seed, 0, 2) * 17 * MINUTE;
    return t;
}

static int64_t some_value(world *w, int which, int64_t t)
{
    bool is_counter_ = which == 1 || which == 3;
    int64_t v = is_counter_ ? (t - w->start) / HOUR * 700 + random_between(&w->seed, 0, 650) : random_between(&w->seed, 0, 5000);
    if (is_counter_ && next_random(&w->seed) % 40 == 0) v = random_between(&w->seed, 0, 100); /* falls: a reset, a dip or a turn */
    return which == 1 ? v % 100000 : v;
}

static void one_take(world *w)
{
    enum { MAX = 220 };
    int32_t ch[MAX];
    int64_t time[MAX], value[MAX];
    uint8_t flag[MAX];
    meter_result results[MAX];
    size_t n = 1 + next_random(&w->seed) % (next_random(&w->seed) % 3 ? 12 : MAX);
    int64_t run = w->start + random_between(&w->seed, 0, DAYS - 1) * DAY;
    bool in_order = next_random(&w->seed) % 2;
    for (size_t i = 0; i < n; i++) {
        int which = (int)(next_random(&w->seed) % CHANNELS);
        if (in_order) which = 0, time[i] = run + (int64_t)i % 48 * HOUR;
        else time[i] = some_time(w, which);
        ch[i] = w->ids[which];
        value[i] = some_value(w, which, time[i]);
        flag[i] = next_random(&w->seed) % 25 == 0 ? METER_GONE : next_random(&w->seed) % 25 == 0 ? METER_ESTIMATED : next_random(&w->seed) % 90 == 0 ? METER_START : METER_GOOD;
    }
    meter_batch b = {.count = n, .channel = ch, .time_us = time, .value = value, .flag = flag, .source = TEXT("model")};
    meter_receipt r;
    town_must(meter_take(w->m, &b, results, &r, &w->p.err), &w->p.err, "take");
    for (size_t i = 0; i < n; i++) {
        uint8_t s = results[i].status;
        if (s == METER_ACCEPTED || s == METER_SUPERSEDED || s == METER_FLAGGED) twin_add(&w->t, (fact){ch[i], time[i], value[i], flag[i], r.take, r.known_us});
    }
    if (r.known_us) w->knowns[w->known_count++ % KNOWNS] = r.known_us;
}

static bool series_agree(world *w, int i, int64_t known)
{
    meter_series s;
    arena a = {0};
    size_t n = twin_series(&w->t, w->ids[i], known, w->out);
    bool ok = meter_readings(w->m, &a, w->ids[i], (period){0, INT64_MAX}, known, &s, &w->p.err) && s.count == n;
    for (size_t k = 0; k < n && ok; k++) ok = s.time_us[k] == w->out[k].time_us && s.value[k] == w->out[k].count && s.flag[k] == w->out[k].flag;
    for (size_t k = 0, q = 0; !ok && (k < s.count || q < n); k++, q++) {
        if (k < s.count && q < n && s.time_us[k] == w->out[q].time_us && s.value[k] == w->out[q].count) continue;
        printf("# at %zu: %lld %lld %d take %lld, wanted %lld %lld\n", k, (long long)s.time_us[k], (long long)s.value[k], s.flag[k], (long long)s.take[k], (long long)w->out[q].time_us, (long long)w->out[q].count);
        for (size_t z = 0; z < w->t.count; z++)
            if (w->t.facts[z].ch == w->ids[i] && w->t.facts[z].time == s.time_us[k]) printf("#   fact %lld flag %d take %lld\n", (long long)w->t.facts[z].value, w->t.facts[z].flag, (long long)w->t.facts[z].take);
        break;
    }
    if (!ok) printf("# series of channel %d known %lld: %zu wanted %zu\n", i, (long long)known, s.count, n);
    arena_free(&a);
    return ok;
}

static bool sums_agree(world *w, int i, meter_step step, int64_t known)
{
    meter_table t;
    arena a = {0};
    period when = {w->start - DAY, w->start + (DAYS + 1) * DAY};
    size_t n = twin_series(&w->t, w->ids[i], known, w->out);
    const meter_channel *c = meter_channel_get(w->m, w->ids[i]);
    bool ok = meter_sums(w->m, &a, &w->ids[i], 1, when, step, METER_EACH, known, &t, &w->p.err);
    for (size_t k = 0; ok && k < t.steps; k++) {
        int64_t want = twin_sum(c, w->out, n, t.start_us[k], t.start_us[k + 1]), count = 0;
        for (size_t r = 0; r < n; r++) count += w->out[r].time_us >= t.start_us[k] && w->out[r].time_us < t.start_us[k + 1];
        ok = t.cells[k].sum == want && t.cells[k].count == count;
        if (!ok) printf("# sum of channel %d step %d cell %zu: %lld of %lld, wanted %lld of %lld\n", i, (int)step, k, (long long)t.cells[k].sum, (long long)t.cells[k].count, (long long)want, (long long)count);
    }
    arena_free(&a);
    return ok;
}

static bool all_agree(world *w)
{
    bool ok = true;
    for (int i = 0; i < CHANNELS && ok; i++) {
        int64_t known = w->known_count ? w->knowns[next_random(&w->seed) % (w->known_count < KNOWNS ? w->known_count : KNOWNS)] : BOOK_KNOWN_NOW;
        ok = series_agree(w, i, BOOK_KNOWN_NOW) && series_agree(w, i, known) && sums_agree(w, i, METER_BY_HOUR, BOOK_KNOWN_NOW) && sums_agree(w, i, METER_BY_DAY, BOOK_KNOWN_NOW) &&
             sums_agree(w, i, METER_BY_MONTH, BOOK_KNOWN_NOW) && sums_agree(w, i, METER_WHOLE, BOOK_KNOWN_NOW) && sums_agree(w, i, METER_BY_DAY, known);
    }
    return ok;
}

/* Closed days are in the ledger to the count: by the flow of all channels together. */
static bool ledger_agrees(world *w)
{
    meter_day *days;
    size_t n;
    int64_t want = 0, have;
    arena a = {0};
    bool ok = meter_days(w->m, &a, w->ids, CHANNELS, zone_day_of(book_zone(w->p.b), w->start) - 1, DAYS + 3, &days, &n, &w->p.err);
    for (size_t i = 0; i < n && ok; i++) {
        if (days[i].state != METER_DAY_CLOSED) continue;
        const meter_channel *c = meter_channel_get(w->m, days[i].channel);
        int64_t factor = c->multiplier ? 400 : 1000; /* kWh has 3 decimals; the multiplied channel counts hundredths times 40 */
        if (c->movement_kind != BOOK_NONE) want += days[i].sum * factor;
    }
    have = sum_of(&w->p, w->p.works, w->p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW);
    if (have != want) printf("# ledger %lld, closed days %lld\n", (long long)have, (long long)want);
    arena_free(&a);
    return ok && have == want;
}

/* ---- What came after a cursor ---- */

static bool follow(world *w, meter_cursor *cursor, twin *got, size_t limit, int pages)
{
    meter_change c = {.has_more = true};
    bool ok = true;
    for (int i = 0; ok && c.has_more && i < pages; i++) {
        arena a = {0};
        ok = meter_changes(w->m, &a, *cursor, limit, &c, &w->p.err) && c.count <= limit;
        for (size_t k = 0; ok && k < c.count; k++) {
            const meter_changed *x = &c.items[k];
            twin_add(got, (fact){x->reading.channel, x->reading.time_us, x->reading.count, x->reading.flag, x->take, x->known_us});
        }
        bool stops = ok && c.count > 1 && next_random(&w->seed) % 8 == 0; /* died in the middle of a page, with the cursor of what it had done */
        size_t done = stops ? c.count / 2 : c.count;
        if (ok) got->count -= c.count - done;
        if (ok) *cursor = done < c.count ? c.items[done - 1].cursor : c.cursor;
        if (stops) c.has_more = true;
        text said = meter_cursor_format(&a, *cursor);
        ok = ok && meter_cursor_parse(said, cursor, &w->p.err);
        arena_free(&a);
    }
    return ok;
}

static int compare_facts(const void *a, const void *b)
{
    const fact *x = *(const fact *const *)a, *y = *(const fact *const *)b;
    if (x->take != y->take) return x->take < y->take ? -1 : 1;
    if (x->ch != y->ch) return x->ch < y->ch ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Every fact of the twin, once, in order; of one take, channel and time the last. */
static bool feed_agrees(const world *w, const twin *got)
{
    const fact **all = calloc(w->t.count + 1, sizeof *all);
    must(all);
    size_t n = 0;
    for (size_t i = 0; i < w->t.count; i++) all[i] = &w->t.facts[i];
    qsort(all, w->t.count, sizeof *all, compare_facts);
    bool ok = true;
    for (size_t i = 0; i < w->t.count && ok; i++) {
        const fact *f = all[i], *next = i + 1 < w->t.count ? all[i + 1] : NULL;
        if (next && next->take == f->take && next->ch == f->ch && next->time == f->time) continue;
        const fact *g = n < got->count ? &got->facts[n] : NULL;
        ok = g && g->ch == f->ch && g->time == f->time && g->take == f->take && g->known == f->known && g->flag == f->flag && (g->value == f->value || f->flag & METER_GONE);
        if (!ok) printf("# feed at %zu of %zu: take %lld channel %d, wanted take %lld channel %d time %lld\n", n, got->count, g ? (long long)g->take : -1, g ? g->ch : -1, (long long)f->take, f->ch, (long long)f->time);
        n++;
    }
    free(all);
    if (ok && n != got->count) printf("# feed has %zu, wanted %zu\n", got->count, n);
    return ok && n == got->count;
}

static void test_feed(world *w)
{
    meter_cursor start = {0}, now = {0};
    meter_change none;
    twin whole = {0};
    check(follow(w, &w->cursor, &w->got, 50, 10000) && feed_agrees(w, &w->got), "who followed all the while was given each reading once");
    check(follow(w, &start, &whole, 97, 10000) && feed_agrees(w, &whole), "and so is who begins now");
    check_ok(meter_cursor_now(w->m, &now, &w->p.err) && meter_changes(w->m, &w->p.a, now, 10, &none, &w->p.err), &w->p.err, "the cursor of now");
    check(none.count == 0 && !none.has_more && none.cursor.take == now.take && w->cursor.take == now.take, "has nothing behind it");
    now.take += 2;
    check_fails(meter_changes(w->m, &w->p.a, now, 10, &none, &w->p.err), &w->p.err, "meter.cursor_ahead", "a cursor of another database is refused");
    free(whole.facts);
}

static void reopen(world *w)
{
    meter_book_close(w->m);
    w->now += 1000000;
    place_reopen_at(&w->p, w->now);
    w->m = meters_open(&w->p);
}

static void test_round(uint64_t seed, int takes)
{
    world w = {.seed = seed};
    char says[96];
    place_make(&w.p, T0, NULL);
    w.m = meters_open(&w.p);
    w.start = T0 - 20 * DAY;
    w.now = T0;
    w.out = calloc(100000, sizeof *w.out);
    must(w.out);
    declare(&w);
    bool agrees = true, ledger = true;
    for (int i = 0; i < takes && agrees && ledger; i++) {
        uint64_t dice = next_random(&w.seed) % 20;
        meter_close_receipt closed;
        if (dice == 0) town_must(meter_days_close(w.m, w.start + random_between(&w.seed, 0, DAYS + 2) * DAY, &closed, &w.p.err), &w.p.err, "close");
        else if (dice == 1) reopen(&w);
        else if (dice == 2) town_must(meter_compact(w.m, &w.p.err), &w.p.err, "compact");
        else one_take(&w);
        if (dice % 4 == 1) agrees = follow(&w, &w.cursor, &w.got, 1 + next_random(&w.seed) % 40, 3);
        if (i % 10 == 9 || i + 1 == takes) agrees = agrees && all_agree(&w), ledger = ledger_agrees(&w);
    }
    snprintf(says, sizeof says, "seed %llu: readings and sums are those of the twin, now and as known", (unsigned long long)seed);
    check(agrees, says);
    check(ledger, "the ledger holds the closed days to the count");
    town_must(meter_days_close(w.m, w.start + 100 * DAY, NULL, &w.p.err), &w.p.err, "close");
    check(all_agree(&w) && ledger_agrees(&w), "also when all days are closed");
    reopen(&w);
    check(all_agree(&w), "and after opening again");
    test_feed(&w);
    check_meters_verify(&w.p, w.m, "and it verifies");
    meter_book_close(w.m);
    place_remove(&w.p);
    free(w.out);
    free(w.t.facts);
    free(w.got.facts);
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    int rounds = argc > 1 ? 1 : 6;
    for (int i = 0; i < rounds; i++) test_round(first + (uint64_t)i, 60);
    return check_done();
}
