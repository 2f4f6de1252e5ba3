/*
 * Readings in and sums out: Heng, and rows in SQLite. bench/meter runs this beside the servers and DuckDB and prints the table.
 *
 *   meter FOLDER SHAPES CHANNELS TIMES PART...      FOLDER: where the files lie; SHAPES: a table as examples/park/shapes.csv, or a file of numbers,
 *                                                   one a line, whose course the channels follow
 *
 *   live, live-gates    one commit for each step of all channels over LIVE_DAYS days, days closing with their movements on the way; then the book is
 *                       opened again in the middle of a day, and all of it verified. -gates: each take through the gates of the national pack
 *   bulk, bulk-gates    takes of a million readings in order of time, with movements; BULK_ROUNDS books one after the other, the best is told
 *   bulk-plain          the same of channels without a flow: readings, days and chain, no movements
 *   query               on the book that bulk left: sums by month, by hour, of one day
 *   floor               what no program passes here: the codec alone out of and into memory, turning rows into columns, and a commit as one write of 8 KiB over a
 *                       file that is there, with fdatasync
 *   rows-live, rows-bulk, rows-query    the same into and out of rows in SQLite
 *   data                the readings for other peers: FOLDER/rows.bin (int32 channel, uint32 seconds, int64 value) and FOLDER/rows.lp
 *                       (InfluxDB's line protocol); and FOLDER/edges: the first second of each month, and of the day that is asked for
 *
 * A line of output: side, what, figure, unit, processor seconds or "", a fingerprint of the sums or a note. Tab between.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "block.h"
#include "gate.h"
#include "meter.h"

#define STEP_US INT64_C(900000000)
#define START_US INT64_C(1704038400000000) /* 2024-01-01T00:00+08:00 */
enum { ROUNDS = 9, PEER_ROUNDS = 3, BULK = 1000000, BULK_ROUNDS = 3, LIVE_DAYS = 7, LIVE_REST = 40, PARTIES = 40, SHAPES_MAX = 16, ASKED_DAY = 40, DAY_STEPS = 96 };

typedef struct shape { int64_t work[24], rest[24]; } shape;
typedef struct bench {
    arena a;
    const char *folder;
    size_t channels, times;
    size_t shape_count; shape shapes[SHAPES_MAX];   /* by hour, permille of the mean */
    size_t course_count; int64_t *course;           /* or one long course */
    bool posts;                                     /* the channels have a flow: each day closed is a movement */
    book *b; meter_book *m; const meter_gates *gates; const rule_set *r;
    int32_t parties[PARTIES];
} bench;

static void need(bool ok, const heng_err *err, const char *what)
{
    char line[2048] = "";
    if (ok) return;
    if (err) err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "meter: %s: %s\n", what, line);
    exit(1);
}

static void say(const char *side, const char *what, double figure, const char *unit, double cpu, const char *note)
{
    char used[32] = "";
    if (cpu >= 0) snprintf(used, sizeof used, "%.6f", cpu);
    printf("%s\t%s\t%.6f\t%s\t%s\t%s\n", side, what, figure, unit, used, note);
    fflush(stdout);
}

/* ---- Time: by the clock, and of this process with the kernel's part, which a busy machine leaves as it is ---- */

typedef struct span { double clock, cpu; } span;

static span span_now(void)
{
    struct timespec t, c;
    clock_gettime(CLOCK_MONOTONIC, &t);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c);
    return (span){(double)t.tv_sec + (double)t.tv_nsec / 1e9, (double)c.tv_sec + (double)c.tv_nsec / 1e9};
}

static span span_since(span begun)
{
    span now = span_now();
    return (span){now.clock - begun.clock, now.cpu - begun.cpu};
}

static void span_add(span *to, span more) { to->clock += more.clock, to->cpu += more.cpu; }

static int compare_doubles(const void *a, const void *b) { return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b; }

static double share_of(double *v, size_t n, double share)
{
    qsort(v, n, sizeof *v, compare_doubles);
    return v[(size_t)((double)(n - 1) * share)];
}

/* ---- The data ---- */

static uint64_t next(uint64_t *s)
{
    uint64_t z = (*s += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Wh of a quarter hour: the channel's mean by its shape, and noise of about 11 bits, as a large meter has. The same on every run. */
static int64_t value_of(const bench *x, size_t ch, size_t t)
{
    uint64_t s = ch * 1000003 + t * 7919 + 17;
    int64_t noise = (int64_t)(next(&s) % 1500);
    if (x->course_count) return x->course[(t + ch * 131) % x->course_count] * (int64_t)(80 + ch % 40) / 100 + noise % 16;
    const shape *sh = &x->shapes[ch % x->shape_count];
    const int64_t *of = t / DAY_STEPS % 7 < 5 ? sh->work : sh->rest;
    size_t hour = t / 4 % 24;
    int64_t permille = (of[hour] * (int64_t)(4 - t % 4) + of[(hour + 1) % 24] * (int64_t)(t % 4)) / 4, mean = 4000 + (int64_t)(ch % 97) * 80;
    return mean * permille / 1000 + noise;
}

static void shape_row(bench *x, char *line)
{
    char *at = strchr(line, ',');
    if (!at || x->shape_count > SHAPES_MAX) return;
    bool is_work = strncmp(at + 1, "work,", 5) == 0;
    if (!is_work && strncmp(at + 1, "rest,", 5) != 0) return; /* the header */
    if (is_work) need(x->shape_count++ < SHAPES_MAX, NULL, "too many shapes");
    shape *to = &x->shapes[x->shape_count - 1];
    at = strchr(at + 1, ',');
    for (int i = 0; i < 24 && at; i++, at = strchr(at + 1, ',')) (is_work ? to->work : to->rest)[i] = strtoll(at + 1, NULL, 10);
}

static void shapes_load(bench *x, const char *path)
{
    char line[4096];
    size_t max = 0;
    FILE *f = fopen(path, "r");
    need(f != NULL, NULL, path);
    while (fgets(line, sizeof line, f))
        if (strchr(line, ',')) shape_row(x, line);
        else *ARENA_PUSH(&x->a, x->course, x->course_count, max) = (int64_t)(strtod(line, NULL) * 1000);
    fclose(f);
    need(x->shape_count || x->course_count, NULL, "no shape in the file");
}

/* Readings of some steps, in order of time. */
typedef struct rows { size_t count; int32_t *channel; int64_t *time, *value; } rows;

static rows rows_make(arena *a, const bench *x, size_t t0, size_t steps)
{
    size_t n = steps * x->channels;
    rows r = {n, NEW_ARRAY(a, n, int32_t), NEW_ARRAY(a, n, int64_t), NEW_ARRAY(a, n, int64_t)};
    for (size_t i = 0; i < n; i++) {
        size_t t = t0 + i / x->channels, ch = i % x->channels;
        r.channel[i] = (int32_t)ch, r.time[i] = START_US + (int64_t)t * STEP_US, r.value[i] = value_of(x, ch, t);
    }
    return r;
}

/* ---- Files ---- */

static char *path_of(bench *x, const char *name) { return arena_printf(&x->a, "%s/%s", x->folder, name); }

static void files_remove(const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-writer"};
    char name[4096];
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

/* By table; without dbstat the file is told whole. */
static void sizes_say(bench *x, const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    double n = (double)(x->times * x->channels), blocks = 0, takes = 0, ledger = 0;
    need(sqlite3_open(path, &db) == SQLITE_OK, NULL, path);
    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    bool ok = sqlite3_prepare_v2(db, "SELECT name, sum(pgsize) FROM dbstat GROUP BY name", -1, &s, NULL) == SQLITE_OK;
    while (ok && sqlite3_step(s) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(s, 0);
        double bytes = sqlite3_column_double(s, 1);
        if (strncmp(name, "meter_block", 11) == 0) blocks += bytes;
        else if (strncmp(name, "meter_", 6) == 0) takes += bytes;
        else ledger += bytes;
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    say("Heng", "bytes", (blocks + takes) / n, "byte", -1, "blocks with the sums of each day, takes, journal");
    say("Heng", "bytes-ledger", ledger / n, "byte", -1, "movements, their keys, chain, rules");
}

/* ---- Heng: a book with its channels ---- */

static void book_make(bench *x, const char *path)
{
    heng_err err = {0}, item = {0};
    rule_faults faults = {&item, 0, 1, 0};
    const rule_set *r;
    const char *pack = BENCH_RULEBOOK;
    book_options o = {.user = TEXT("bench")};
    files_remove(path);
    need(book_create(path, &o, &x->b, &err), &err, path);
    need(rule_load_folders(&x->a, &pack, 1, &r, &faults, &err), faults.count ? &item : &err, pack);
    book_batch load = {.source = TEXT("pack"), .rules = r};
    need(book_post(x->b, &x->a, &load, NULL, NULL, &err), &err, "rules");
    need(book_rules(x->b, &x->r, &err), &err, "rules");
    book_party_new n[PARTIES];
    book_result results[PARTIES];
    for (int i = 0; i < PARTIES; i++) n[i] = (book_party_new){text_of(arena_printf(&x->a, "works%d", i)), rule_party_class_find(x->r, TEXT("enterprise")), 0};
    book_batch parties = {.source = TEXT("pack"), .party_count = PARTIES, .parties = n};
    need(book_post(x->b, &x->a, &parties, results, NULL, &err), &err, "parties");
    for (int i = 0; i < PARTIES; i++) x->parties[i] = (int32_t)results[i].id;
}

static void channel_fill(bench *x, meter_channel *c, size_t i)
{
    meter_channel_init(c);
    c->code = text_of(arena_printf(&x->a, "M%04zu/kwh", i));
    c->kind = METER_INTERVAL;
    c->interval_s = 900;
    c->scale = 3;
    c->has_high = c->has_low = c->has_capacity = true;
    c->high = 200000, c->capacity_per_hour = 800000;
    c->commodity = rule_commodity_find(x->r, TEXT("electricity"));
    c->unit = rule_unit_find(x->r, TEXT("kWh"));
    c->party = x->parties[1 + i % (PARTIES - 1)];
    if (!x->posts) return;
    c->giver = x->parties[0];
    c->taker = c->party;
    c->movement_kind = rule_kind_find(x->r, TEXT("supply"));
}

static void gates_put(bench *x, bool has_gates)
{
    heng_err err = {0};
    if (!has_gates) return;
    need(meter_gates_open(&x->a, x->m, &x->gates, &err), &err, "gates");
    meter_gates_set(x->m, meter_gate_judge, (void *)(uintptr_t)x->gates);
}

static void meters_make(bench *x, const char *path, bool has_gates)
{
    heng_err err = {0};
    book_receipt receipt;
    book_batch from = {.source = TEXT("bench"), .all_or_none = true};
    book_make(x, path);
    need(meter_open(x->b, &x->m, &err), &err, "meters");
    meter_channel *c = NEW_ARRAY(&x->a, x->channels, meter_channel);
    for (size_t i = 0; i < x->channels; i++) channel_fill(x, &c[i], i);
    need(meter_channels_put(x->m, &x->a, &from, c, x->channels, NULL, &receipt, &err) && receipt.refused == 0, &err, "channels");
    gates_put(x, has_gates);
}

static void all_close(bench *x)
{
    meter_book_close(x->m);
    book_close(x->b);
    x->m = NULL, x->b = NULL;
}

static meter_receipt take(bench *x, const rows *r)
{
    heng_err err = {0};
    meter_receipt receipt;
    meter_batch b = {.count = r->count, .channel = r->channel, .time_us = r->time, .value = r->value, .arrival_us = r->time[r->count - 1] + STEP_US, .source = TEXT("bench")};
    need(meter_take(x->m, &b, NULL, &receipt, &err), &err, "take");
    need(receipt.counts[METER_ACCEPTED] + receipt.counts[METER_FLAGGED] == (int64_t)r->count, NULL, "readings were held back");
    return receipt;
}

static void verify(bench *x)
{
    heng_err err = {0};
    meter_verify_report report;
    book_verify_report trust;
    span begun = span_now();
    need(meter_verify(x->m, NULL, &report, &err), &err, "meter_verify");
    span meters = span_since(begun);
    begun = span_now();
    need(book_verify(x->b, NULL, NULL, &trust, &err), &err, "book_verify");
    span ledger = span_since(begun);
    say("Heng", "verify", meters.clock, "s", meters.cpu, arena_printf(&x->a, "%lld readings", (long long)report.readings));
    say("Heng", "verify-ledger", ledger.clock, "s", ledger.cpu, "");
}

static const char *named(bench *x, const char *what, bool has_gates) { return arena_printf(&x->a, "%s%s", what, has_gates ? "-gates" : ""); }

/* ---- Live arrival ---- */

static void heng_live(bench *x, bool has_gates)
{
    heng_err err = {0};
    size_t steps = LIVE_DAYS * DAY_STEPS + LIVE_REST;
    double *each = NEW_ARRAY(&x->a, steps, double), n = (double)(steps * x->channels);
    const char *path = path_of(x, "live.heng"), *what = named(x, "live", has_gates);
    int64_t closed = 0;
    span all = {0, 0};
    meters_make(x, path, has_gates);
    for (size_t t = 0; t < steps; t++) {
        arena a = {0};
        rows r = rows_make(&a, x, t, 1);
        span begun = span_now();
        closed += take(x, &r).days_closed;
        span one = span_since(begun);
        each[t] = one.clock * 1e3;
        span_add(&all, one);
        arena_free(&a);
    }
    say("Heng", what, n / all.clock / 1e6, "M/s", all.cpu, arena_printf(&x->a, "%zu commits, %lld days closed", steps, (long long)closed));
    say("Heng", arena_printf(&x->a, "%s-p50", what), share_of(each, steps, 0.5), "ms", -1, "");
    say("Heng", arena_printf(&x->a, "%s-p99", what), share_of(each, steps, 0.99), "ms", -1, "");
    say("Heng", arena_printf(&x->a, "%s-worst", what), share_of(each, steps, 1), "ms", -1, "");
    all_close(x);
    span begun = span_now();
    need(book_open(path, true, NULL, &x->b, &err) && meter_open(x->b, &x->m, &err), &err, path);
    span reopened = span_since(begun);
    say("Heng", "recovery", reopened.clock, "s", reopened.cpu, arena_printf(&x->a, "%zu readings of the open day from the journal", LIVE_REST * x->channels));
    verify(x);
    all_close(x);
    files_remove(path);
}

/* ---- Bulk ---- */

static span heng_bulk_once(bench *x, const char *path, bool has_gates, int64_t *ret_days)
{
    size_t each = BULK / x->channels;
    span all = {0, 0};
    heng_err err = {0};
    meter_close_receipt rest;
    *ret_days = 0;
    meters_make(x, path, has_gates);
    for (size_t t = 0; t < x->times; t += each) {
        arena a = {0};
        rows r = rows_make(&a, x, t, x->times - t < each ? x->times - t : each);
        span begun = span_now();
        *ret_days += take(x, &r).days_closed;
        span_add(&all, span_since(begun));
        arena_free(&a);
    }
    span begun = span_now();
    need(meter_days_close(x->m, START_US * 2, &rest, &err), &err, "close");
    span_add(&all, span_since(begun));
    *ret_days += rest.days;
    return all;
}

static void heng_bulk(bench *x, bool has_gates, const char *what)
{
    const char *path = path_of(x, !x->posts ? "plain.heng" : has_gates ? "gates.heng" : "bulk.heng");
    span best = {1e9, 1e9};
    int64_t days = 0;
    for (int i = 0; i < BULK_ROUNDS; i++) {
        if (x->m) all_close(x);
        span one = heng_bulk_once(x, path, has_gates, &days);
        if (one.clock < best.clock) best.clock = one.clock;
        if (one.cpu < best.cpu) best.cpu = one.cpu;
    }
    say("Heng", what, (double)(x->times * x->channels) / best.clock / 1e6, "M/s", best.cpu, arena_printf(&x->a, "%lld days closed%s", (long long)days, x->posts ? " with their movements" : ""));
    bool is_the_one = x->posts && !has_gates;
    if (is_the_one) verify(x);
    all_close(x);
    if (is_the_one) sizes_say(x, path);
    else files_remove(path);
}

/* ---- Questions ---- */

static const char *print_of(bench *x, uint64_t h) { return arena_printf(&x->a, "%016llx", (unsigned long long)h); }
static uint64_t print_add(uint64_t h, int64_t sum) { return h * 1000003 + (uint64_t)sum; }
static period whole(const bench *x) { return (period){START_US, START_US + ((int64_t)x->times / DAY_STEPS + 1) * DAY_STEPS * STEP_US}; }
static period asked_day(void) { return (period){START_US + ASKED_DAY * DAY_STEPS * STEP_US, START_US + (ASKED_DAY + 1) * DAY_STEPS * STEP_US}; }

static void heng_ask(bench *x, const char *what, meter_step step, meter_group group, const int32_t *channels, size_t count, period when)
{
    double clock[ROUNDS], cpu[ROUNDS];
    heng_err err = {0};
    uint64_t h = 0;
    for (int i = 0; i < ROUNDS; i++) {
        arena a = {0};
        meter_table t;
        span begun = span_now();
        need(meter_sums(x->m, &a, channels, count, when, step, group, BOOK_KNOWN_NOW, &t, &err), &err, "sums");
        span one = span_since(begun);
        clock[i] = one.clock * 1e3, cpu[i] = one.cpu;
        h = 0;
        for (size_t k = 0; k < t.channels * t.steps; k++)
            if (t.cells[k].count) h = print_add(h, (int64_t)t.cells[k].sum);
        arena_free(&a);
    }
    say("Heng", what, share_of(clock, ROUNDS, 0.5), "ms", share_of(cpu, ROUNDS, 0.5), print_of(x, h));
    say("Heng", arena_printf(&x->a, "%s-best", what), share_of(clock, ROUNDS, 0), "ms", -1, "");
}

static void heng_query(bench *x)
{
    heng_err err = {0};
    const char *path = path_of(x, "bulk.heng");
    int32_t one = 517 < (int32_t)x->channels ? 517 : 0;
    need(book_open(path, false, NULL, &x->b, &err) && meter_open(x->b, &x->m, &err), &err, path);
    heng_ask(x, "month", METER_BY_MONTH, METER_EACH, NULL, 0, whole(x));
    heng_ask(x, "hour", METER_BY_HOUR, METER_TOTAL, NULL, 0, whole(x));
    heng_ask(x, "day", METER_BY_HOUR, METER_EACH, &one, 1, asked_day());
    all_close(x);
}

/* ---- The floor ---- */

enum { SYNCS = 1000, SYNC_BYTES = 8192 };

static void floor_sync(bench *x)
{
    static char page[SYNC_BYTES];
    double each[SYNCS];
    const char *path = path_of(x, "floor");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0, NULL, path);
    for (int round = 0; round < 2; round++) /* the first makes the file */
        for (int i = 0; i < SYNCS; i++) {
            span begun = span_now();
            need(pwrite(fd, page, sizeof page, (off_t)i * SYNC_BYTES) == SYNC_BYTES && (round == 0 || fdatasync(fd) == 0), NULL, "sync");
            each[i] = span_since(begun).clock * 1e3;
        }
    close(fd);
    unlink(path);
    say("floor", "sync-p50", share_of(each, SYNCS, 0.5), "ms", -1, "write of 8 KiB and fdatasync");
    say("floor", "live", (double)x->channels / share_of(each, SYNCS, 0.5) / 1e3, "M/s", -1, "by that alone");
}

/* Days of a channel after the other: times, values and takes are in columns already, as a reader of a column file would have them. */
static void floor_codec(bench *x)
{
    size_t days = x->times / DAY_STEPS, n = days * x->channels, bound = meter_block_bound(DAY_STEPS), used = 0;
    int64_t time[DAY_STEPS], take_[DAY_STEPS], back[DAY_STEPS + METER_BLOCK_SLACK], *values = NEW_ARRAY(&x->a, n * DAY_STEPS, int64_t), sum = 0;
    uint8_t *out = arena_alloc(&x->a, n * bound / 4 + bound), **at = NEW_ARRAY(&x->a, n + 1, uint8_t *);
    for (size_t d = 0; d < n; d++)
        for (size_t i = 0; i < DAY_STEPS; i++) values[d * DAY_STEPS + i] = value_of(x, d / days, d % days * DAY_STEPS + i);
    for (size_t i = 0; i < DAY_STEPS; i++) time[i] = START_US + (int64_t)i * STEP_US, take_[i] = 1;
    span begun = span_now();
    for (size_t d = 0; d < n; d++) {
        meter_block in = {time, values + d * DAY_STEPS, NULL, take_};
        at[d] = out + used;
        used += meter_block_encode(&in, DAY_STEPS, out + used, METER_PATH_BEST);
    }
    at[n] = out + used;
    span made = span_since(begun);
    begun = span_now();
    for (size_t d = 0; d < n; d++) {
        bool is_plain;
        need(meter_block_values(at[d], (size_t)(at[d + 1] - at[d]), back, &is_plain, METER_PATH_BEST), NULL, "decode");
        for (size_t i = 0; i < DAY_STEPS; i++) sum += back[i];
    }
    span read = span_since(begun);
    double all = (double)n * DAY_STEPS;
    say("floor", "encode", all / made.clock / 1e6, "M/s", made.cpu, arena_printf(&x->a, "%.2f bytes a reading", (double)used / all));
    say("floor", "decode", read.clock * 1e3, "ms", read.cpu, arena_printf(&x->a, "one thread, from memory; sum %lld", (long long)sum));
}

/* Rows of steps into columns of channels: what arrival in order of time costs whoever keeps columns. */
static void floor_turn(bench *x)
{
    size_t steps = BULK / x->channels;
    rows r = rows_make(&x->a, x, 0, steps);
    int64_t *time = NEW_ARRAY(&x->a, r.count, int64_t), *value = NEW_ARRAY(&x->a, r.count, int64_t);
    span begun = span_now();
    for (size_t s = 0; s + 8 <= steps; s += 8)
        for (size_t c = 0; c < x->channels; c++)
            for (size_t i = 0; i < 8; i++) time[c * steps + s + i] = r.time[(s + i) * x->channels + c], value[c * steps + s + i] = r.value[(s + i) * x->channels + c];
    span turned = span_since(begun);
    say("floor", "turn", (double)r.count / turned.clock / 1e6, "M/s", turned.cpu, arena_printf(&x->a, "a million rows; %lld", (long long)(time[steps] + value[steps])));
}

/* ---- The peer in this process: rows in SQLite ---- */

typedef struct peer { sqlite3 *db; sqlite3_stmt *insert; } peer;

static void sql(peer *p, const char *s) { need(sqlite3_exec(p->db, s, NULL, NULL, NULL) == SQLITE_OK, NULL, s); }

static void peer_open(peer *p, const char *path)
{
    need(sqlite3_open(path, &p->db) == SQLITE_OK, NULL, path);
    sql(p, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000; PRAGMA cache_size=-65536; PRAGMA mmap_size=2147418112");
    sql(p, "CREATE TABLE IF NOT EXISTS reading (meter INTEGER, t INTEGER, v INTEGER, PRIMARY KEY (meter, t)) WITHOUT ROWID");
    need(sqlite3_prepare_v2(p->db, "INSERT INTO reading VALUES (?,?,?)", -1, &p->insert, NULL) == SQLITE_OK, NULL, "insert");
}

static void peer_take(peer *p, const rows *r)
{
    sql(p, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < r->count; i++) {
        sqlite3_bind_int64(p->insert, 1, r->channel[i]);
        sqlite3_bind_int64(p->insert, 2, r->time[i] / 1000000);
        sqlite3_bind_int64(p->insert, 3, r->value[i]);
        need(sqlite3_step(p->insert) == SQLITE_DONE, NULL, "step");
        sqlite3_reset(p->insert);
    }
    sql(p, "COMMIT");
}

static void peer_close(peer *p)
{
    sqlite3_finalize(p->insert);
    sqlite3_close(p->db);
}

static void peer_fill(bench *x, const char *what, const char *path, size_t steps, size_t each)
{
    peer p;
    span all = {0, 0};
    files_remove(path);
    peer_open(&p, path);
    for (size_t t = 0; t < steps; t += each) {
        arena a = {0};
        rows r = rows_make(&a, x, t, steps - t < each ? steps - t : each);
        span begun = span_now();
        peer_take(&p, &r);
        span_add(&all, span_since(begun));
        arena_free(&a);
    }
    sqlite3_wal_checkpoint_v2(p.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    peer_close(&p);
    say("SQLite", what, (double)(steps * x->channels) / all.clock / 1e6, "M/s", all.cpu, "");
}

static void peer_size(bench *x, const char *path)
{
    struct stat s;
    need(stat(path, &s) == 0, NULL, path);
    say("SQLite", "bytes", (double)s.st_size / (double)(x->times * x->channels), "byte", -1, "");
}

static void peer_ask(bench *x, peer *p, const char *what, const char *text_)
{
    double clock[PEER_ROUNDS], cpu[PEER_ROUNDS];
    uint64_t h = 0;
    for (int i = 0; i < PEER_ROUNDS; i++) {
        sqlite3_stmt *s;
        span begun = span_now();
        need(sqlite3_prepare_v2(p->db, text_, -1, &s, NULL) == SQLITE_OK, NULL, text_);
        for (h = 0; sqlite3_step(s) == SQLITE_ROW;) h = print_add(h, sqlite3_column_int64(s, 0));
        sqlite3_finalize(s);
        span one = span_since(begun);
        clock[i] = one.clock * 1e3, cpu[i] = one.cpu;
    }
    say("SQLite", what, share_of(clock, PEER_ROUNDS, 0.5), "ms", share_of(cpu, PEER_ROUNDS, 0.5), print_of(x, h));
}

/* First seconds of February, March and so on, as long as there are readings. */
static size_t month_edges(const bench *x, int64_t *edges, size_t max)
{
    static const int DAYS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t at = START_US / 1000000, end = at + (int64_t)x->times * 900;
    size_t n = 0;
    for (size_t i = 0; n < max && (at += DAYS[i % 12] * 86400) < end; i++) edges[n++] = at;
    return n;
}

static void peer_query(bench *x)
{
    peer p;
    int64_t edges[12];
    size_t n = month_edges(x, edges, 12);
    period day = asked_day();
    const char *month = "CASE";
    for (size_t i = 0; i < n; i++) month = arena_printf(&x->a, "%s WHEN t < %lld THEN %zu", month, (long long)edges[i], i);
    peer_open(&p, path_of(x, "rows.sqlite"));
    peer_ask(x, &p, "month", arena_printf(&x->a, "SELECT sum(v) FROM reading GROUP BY meter, %s ELSE %zu END", n ? month : "CASE WHEN 0 THEN 0", n));
    peer_ask(x, &p, "hour", "SELECT sum(v) FROM reading GROUP BY t / 3600");
    peer_ask(x, &p, "day", arena_printf(&x->a, "SELECT sum(v) FROM reading WHERE meter = %d AND t >= %lld AND t < %lld GROUP BY t / 3600", 517 < x->channels ? 517 : 0, (long long)(day.start_us / 1000000), (long long)(day.end_us / 1000000)));
    peer_close(&p);
}

/* ---- For other peers ---- */

static FILE *made(bench *x, const char *name)
{
    const char *path = path_of(x, name);
    FILE *f = fopen(path, "w");
    need(f != NULL, NULL, path);
    return f;
}

static void data(bench *x)
{
    FILE *bin = made(x, "rows.bin"), *lp = made(x, "rows.lp"), *e = made(x, "edges");
    int64_t edges[12];
    size_t n = month_edges(x, edges, 12);
    for (size_t t = 0; t < x->times; t++)
        for (size_t ch = 0; ch < x->channels; ch++) {
            int32_t id = (int32_t)ch;
            uint32_t at = (uint32_t)(START_US / 1000000 + (int64_t)t * 900);
            int64_t v = value_of(x, ch, t);
            fwrite(&id, 4, 1, bin), fwrite(&at, 4, 1, bin), fwrite(&v, 8, 1, bin);
            fprintf(lp, "r,m=%zu v=%lldi %u\n", ch, (long long)v, at);
        }
    for (size_t i = 0; i < n; i++) fprintf(e, "month %lld\n", (long long)edges[i]);
    fprintf(e, "day %lld %lld\n", (long long)(asked_day().start_us / 1000000), (long long)(asked_day().end_us / 1000000));
    need(fclose(bin) == 0 && fclose(lp) == 0 && fclose(e) == 0, NULL, "writing the data");
}

static void run(bench *x, const char *part)
{
    size_t live = LIVE_DAYS * DAY_STEPS + LIVE_REST;
    if (strcmp(part, "live") == 0 || strcmp(part, "live-gates") == 0) heng_live(x, part[4] != 0);
    else if (strcmp(part, "bulk") == 0 || strcmp(part, "bulk-gates") == 0 || strcmp(part, "bulk-plain") == 0) {
        x->posts = strcmp(part, "bulk-plain") != 0;
        heng_bulk(x, strcmp(part, "bulk-gates") == 0, part);
        x->posts = true;
    }
    else if (strcmp(part, "query") == 0) heng_query(x);
    else if (strcmp(part, "floor") == 0) floor_sync(x), floor_codec(x), floor_turn(x);
    else if (strcmp(part, "rows-live") == 0) peer_fill(x, "live", path_of(x, "live.sqlite"), live, 1), files_remove(path_of(x, "live.sqlite"));
    else if (strcmp(part, "rows-bulk") == 0) peer_fill(x, "bulk", path_of(x, "rows.sqlite"), x->times, BULK / x->channels), peer_size(x, path_of(x, "rows.sqlite"));
    else if (strcmp(part, "rows-query") == 0) peer_query(x);
    else if (strcmp(part, "data") == 0) data(x);
    else need(false, NULL, part);
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "meter FOLDER SHAPES CHANNELS TIMES PART...\n");
        return 2;
    }
    bench x = {.posts = true, .folder = argv[1], .channels = strtoul(argv[3], NULL, 10), .times = strtoul(argv[4], NULL, 10)};
    need(x.channels >= 1 && x.channels <= BULK && x.times >= 1, NULL, "channels 1 to 1000000, times 1 and more");
    shapes_load(&x, argv[2]);
    for (int i = 5; i < argc; i++) run(&x, argv[i]);
    arena_free(&x.a);
    return 0;
}
