/*
 * The power goes, the disk is full, while readings are taken: what was acknowledged is there once, with the corrections and the held readings of its takes,
 * nothing is half there, the ledger is the sum of the closed days, and all verifies.
 *
 *   test_meter_power [ROUNDS [SEED]]
 */
#include "meters.h"
#include "gate.h"
#include "powercut_vfs.h"

enum { CHANNELS = 4, STEPS = 30 }; /* A and B: amounts, C: a register, D: a level of which every seventh value is out of range */
static const char *const CODES[CHANNELS] = {"A/kwh", "B/kwh", "C/kwh", "D/level"};

typedef struct world { place p; meter_book *m; arena gates; } world;

static void declare(place *p)
{
    meter_book *m = meters_open(p);
    meter_channel c[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) c[i] = channel_like(p, CODES[i], i == 2 ? METER_COUNTER : i == 3 ? METER_LEVEL : METER_INTERVAL, 3600);
    c[3].has_high = true, c[3].high = 100;
    channels_declare(p, m, c, CHANNELS);
    meter_book_close(m);
}

static bool open_with(world *w, const char *vfs)
{
    const meter_gates *g;
    book_options o = {.store = {.vfs = vfs}};
    w->p.b = NULL, w->m = NULL;
    if (!book_open(w->p.path, true, &o, &w->p.b, &w->p.err) || !book_rules(w->p.b, &w->p.r, &w->p.err) || !meter_open(w->p.b, &w->m, &w->p.err)) return false;
    if (!meter_gates_open(&w->gates, w->m, &g, &w->p.err)) return false;
    meter_gates_set(w->m, meter_gate_judge, (void *)(uintptr_t)g);
    return true;
}

static void close_all(world *w)
{
    meter_book_close(w->m);
    book_close(w->p.b);
    arena_free(&w->gates);
    w->m = NULL, w->p.b = NULL;
}

static bool is_bad(int64_t step) { return step % 7 == 3; }

/* B is sent with a first value and corrected by the next take. */
static int64_t value_at(int ch, int64_t step, int64_t steps)
{
    if (ch == 2) return 1000 + step * 40;
    if (ch == 3) return is_bad(step) ? 500 : 20 + step % 11;
    return 10 + step % 13 + (ch == 1 && step + 1 < steps);
}

static bool take_step(world *w, int64_t step)
{
    int32_t ch[CHANNELS + 1];
    int64_t t[CHANNELS + 1], v[CHANNELS + 1];
    size_t n = 0;
    for (int i = 0; i < CHANNELS; i++, n++) ch[n] = meter_channel_find(w->m, text_of(CODES[i])), t[n] = T0 + step * HOUR, v[n] = value_at(i, step, step + 1);
    if (step > 0) ch[n] = ch[1], t[n] = T0 + (step - 1) * HOUR, v[n] = value_at(1, step - 1, step + 1), n++;
    meter_batch b = {.count = n, .channel = ch, .time_us = t, .value = v, .source = TEXT("power"), .arrival_us = T0 + (step + 1) * HOUR};
    return meter_take(w->m, &b, NULL, NULL, &w->p.err);
}

static int64_t bad_before(int64_t steps)
{
    int64_t n = 0;
    for (int64_t i = 0; i < steps; i++) n += is_bad(i);
    return n;
}

static bool series_right(world *w, int ch, int64_t steps)
{
    meter_series s;
    size_t at = 0;
    if (!meter_readings(w->m, &w->p.a, meter_channel_find(w->m, text_of(CODES[ch])), (period){0, INT64_MAX}, BOOK_KNOWN_NOW, &s, &w->p.err)) return false;
    for (int64_t k = 0; k < steps; k++) {
        if (ch == 3 && is_bad(k)) continue;
        if (at >= s.count || s.time_us[at] != T0 + k * HOUR || s.value[at++] != value_at(ch, k, steps)) return false;
    }
    return at == s.count;
}

static bool ledger_right(world *w, int64_t steps)
{
    meter_day *days;
    size_t n;
    int64_t closed = 0;
    if (!meter_days(w->m, &w->p.a, NULL, 0, zone_day_of(book_zone(w->p.b), T0), (int32_t)(steps / 24) + 2, &days, &n, &w->p.err)) return false;
    for (size_t i = 0; i < n; i++)
        if (days[i].state == METER_DAY_CLOSED && meter_channel_get(w->m, days[i].channel)->kind != METER_LEVEL) closed += days[i].sum;
    return sum_of(&w->p, w->p.works, w->p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW) == closed * 1000;
}

/* All or nothing of each take; at most one more than was acknowledged. */
static bool whole(world *w, int64_t acknowledged, int64_t *next)
{
    meter_reading *last;
    meter_held *held;
    size_t n, h = 0;
    book_verify_report report;
    bool ok = open_with(w, NULL) && meter_last(w->m, &w->p.a, &last, &n, &w->p.err) && n >= CHANNELS;
    int64_t steps = ok && last[0].channel != METER_NONE ? (last[0].time_us - T0) / HOUR + 1 : 0;
    ok = ok && steps >= acknowledged && steps <= acknowledged + 1;
    for (int i = 0; i < CHANNELS && ok; i++) ok = series_right(w, i, steps);
    ok = ok && meter_held_list(w->m, &w->p.a, METER_NONE, true, &held, &h, &w->p.err) && (int64_t)h == bad_before(steps);
    ok = ok && ledger_right(w, steps) && book_verify(w->p.b, NULL, NULL, &report, &w->p.err) && meter_verify(w->m, NULL, NULL, &w->p.err);
    if (!ok) printf("# acknowledged %lld, there %lld, held %zu: %s\n", (long long)acknowledged, (long long)steps, h, w->p.err.message ? w->p.err.message->id : "differs");
    *next = steps;
    close_all(w);
    arena_free(&w->p.a);
    return ok;
}

static bool cut_round(world *w, int64_t *next, uint64_t random)
{
    powercut *cut = powercut_install("cut", random);
    int64_t acknowledged = *next;
    w->p.err = (heng_err){0};
    powercut_arm(cut, POWERCUT_CUT, 1 + (int64_t)(random % 60), (int)(random / 60 % 3) * 40);
    bool ok = open_with(w, "cut");
    for (int64_t i = *next; ok && i < *next + STEPS; i++) {
        ok = take_step(w, i);
        acknowledged += ok;
    }
    close_all(w);
    powercut_remove(cut);
    w->p.err = (heng_err){0};
    return whole(w, acknowledged, next);
}

/* A full disk refuses one take whole; when there is room again, the same meters go on. */
static bool full_round(world *w, int64_t *next, uint64_t random, int *refused)
{
    powercut *cut = powercut_install("full", random);
    int64_t acknowledged = *next;
    w->p.err = (heng_err){0};
    bool ok = open_with(w, "full") && take_step(w, acknowledged);
    acknowledged += ok;
    powercut_arm(cut, random % 2 ? POWERCUT_FULL : POWERCUT_IO_ERROR, 1 + (int64_t)(random % 7), 0);
    bool fits = take_step(w, acknowledged);
    acknowledged += fits;
    *refused += !fits;
    powercut_arm(cut, POWERCUT_FULL, 0, 0);
    w->p.err = (heng_err){0};
    for (int i = 0; i < 26 && ok; i++) ok = take_step(w, acknowledged), acknowledged += ok;
    if (!ok) printf("# after room was made: %s\n", w->p.err.message ? w->p.err.message->id : "?");
    close_all(w);
    powercut_remove(cut);
    w->p.err = (heng_err){0};
    return whole(w, acknowledged, next) && ok;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60, good = 0, full = 0, refused = 0;
    int64_t next = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_us(), random = seed;
    world w = {0};
    place_make(&w.p, 0, NULL);
    declare(&w.p);
    book_close(w.p.b);
    w.p.b = NULL;
    printf("# seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < rounds; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        good += cut_round(&w, &next, random >> 33);
    }
    check_int(good, rounds, "after every cut the acknowledged takes are there, none is half there, and all verifies");
    for (int i = 0; i < 12; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        full += full_round(&w, &next, random >> 33, &refused);
    }
    check_int(full, 12, "a full disk refuses a take whole, and taking goes on when there is room");
    check(refused > 0, "some takes met the full disk");
    printf("# %lld takes, %d refused by a full disk\n", (long long)next, refused);
    place_remove(&w.p);
    return check_done();
}
