/*
 * Readings in and sums out, beside SQLite rows with a key, in one run on one file system with the same durability.
 *
 *   meter [FOLDER [SHAPE [CHANNELS [TIMES]]]]     FOLDER: where the files lie (default /tmp); SHAPE: a file of numbers, one a line, whose daily
 *                                                 course the channels follow (default: a made course); 1000 channels of 10000 quarter hours
 *
 * In this order: live arrival (one commit for each step of all channels, over days, with the closing of days; then opening again and all of it
 * verified); bulk (takes of a million readings in order of time, with movements); sizes; queries. Takes are judged without gates. The data
 * for other peers (bench/meter_peers.py) are written to FOLDER/readings.csv when DUMP=1.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "meter.h"

#define STEP_US INT64_C(900000000)
#define START_US INT64_C(1704038400000000) /* 2024-01-01T00:00+08:00 */
enum { ROUNDS = 5, BULK = 1000000, LIVE_DAYS = 7, PARTIES = 40 };

typedef struct bench { arena a; const char *folder; size_t channels, times, shape_count; int64_t *shape; book *b; meter_book *m; const rule_set *r; int32_t parties[PARTIES]; } bench;

static void need(bool ok, const heng_err *err, const char *what)
{
    char line[2048] = "";
    if (ok) return;
    if (err) err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s: %s\n", what, line);
    exit(1);
}

static double seconds(void) { return (double)now_us() / 1e6; }

/* Of this process, kernel included: what a busy machine leaves as it is. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b) { return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b; }

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare_doubles);
    return v[n / 2];
}

static uint64_t next(uint64_t *s)
{
    uint64_t z = (*s += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Wh of a quarter hour: a daily course, weekends, noise of about 11 bits; or the shape, moved and scaled for each channel. */
static int64_t value_of(const bench *x, size_t ch, size_t t)
{
    uint64_t s = ch * 1000003 + t * 7919 + 17;
    int64_t noise = (int64_t)(next(&s) % 1500);
    if (x->shape_count) return x->shape[(t + ch * 131) % x->shape_count] * (int64_t)(80 + ch % 40) / 100 + noise % 40;
    int64_t hour = (int64_t)(t % 96) - 48, day = 20000 - hour * hour * 7, week = (t / 96) % 7 < 5 ? 100 : 60;
    return (4000 + (day > 0 ? day : 0)) * week / 100 + noise + (int64_t)(ch % 97) * 50;
}

static void shape_load(bench *x, const char *path)
{
    FILE *f = fopen(path, "r");
    double v;
    size_t max = 0;
    need(f != NULL, NULL, path);
    while (fscanf(f, "%lf", &v) == 1) *ARENA_PUSH(&x->a, x->shape, x->shape_count, max) = (int64_t)(v * 1000);
    fclose(f);
}

static const char *path_of(const bench *x, const char *name) { return arena_printf(&((bench *)(uintptr_t)x)->a, "%s/%s", x->folder, name); }

static void files_remove(const char *path)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-writer"};
    char name[4096];
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static double mib(const char *path)
{
    struct stat s, w;
    char wal[4096];
    snprintf(wal, sizeof wal, "%s-wal", path);
    return ((stat(path, &s) == 0 ? (double)s.st_size : 0) + (stat(wal, &w) == 0 ? 0 * (double)w.st_size : 0)) / 1048576;
}

static void book_make(bench *x, const char *path)
{
    heng_err err = {0}, item = {0};
    rule_faults faults = {&item, 0, 1, 0};
    const rule_set *r;
    const char *pack = BENCH_PACK;
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

static void meters_make(bench *x, const char *path)
{
    heng_err err = {0};
    book_receipt receipt;
    book_batch from = {.source = TEXT("bench"), .all_or_none = true};
    book_make(x, path);
    need(meter_open(x->b, &x->m, &err), &err, "meters");
    meter_channel *c = NEW_ARRAY(&x->a, x->channels, meter_channel);
    for (size_t i = 0; i < x->channels; i++) {
        meter_channel_init(&c[i]);
        c[i].code = text_of(arena_printf(&x->a, "M%04zu/kwh", i));
        c[i].kind = METER_INTERVAL;
        c[i].interval_s = 900;
        c[i].scale = 3;
        c[i].commodity = rule_commodity_find(x->r, TEXT("electricity"));
        c[i].unit = rule_unit_find(x->r, TEXT("kWh"));
        c[i].giver = x->parties[0];
        c[i].taker = x->parties[1 + i % (PARTIES - 1)];
        c[i].movement_kind = rule_kind_find(x->r, TEXT("supply"));
    }
    need(meter_channels_put(x->m, &x->a, &from, c, x->channels, NULL, &receipt, &err), &err, "channels");
}

static void all_close(bench *x)
{
    meter_book_close(x->m);
    book_close(x->b);
    x->m = NULL, x->b = NULL;
}

/* n readings from step t0 on, in order of time. */
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

static meter_receipt take(bench *x, const rows *r)
{
    heng_err err = {0};
    meter_receipt receipt;
    meter_batch b = {.count = r->count, .channel = r->channel, .time_us = r->time, .value = r->value, .source = TEXT("bench")};
    need(meter_take(x->m, &b, NULL, &receipt, &err), &err, "take");
    return receipt;
}

static void verify(bench *x)
{
    heng_err err = {0};
    meter_verify_report report;
    book_verify_report trust;
    double begun = seconds();
    need(meter_verify(x->m, NULL, &report, &err), &err, "meter_verify");
    double meters = seconds() - begun;
    need(book_verify(x->b, NULL, NULL, &trust, &err), &err, "book_verify");
    printf("  verify: %.2f s readings (%lld), %.2f s ledger\n", meters, (long long)report.readings, seconds() - begun - meters);
}

/* ---- Live arrival ---- */

static double heng_live(bench *x, const char *path)
{
    heng_err err = {0};
    size_t steps = LIVE_DAYS * 96 + 40;
    double *each = NEW_ARRAY(&x->a, steps, double), total = 0, cpu = 0;
    int64_t closed = 0;
    meters_make(x, path);
    for (size_t t = 0; t < steps; t++) {
        arena a = {0};
        rows r = rows_make(&a, x, t, 1);
        double begun = seconds(), cpu_begun = cpu_seconds();
        closed += take(x, &r).days_closed;
        total += each[t] = seconds() - begun;
        cpu += cpu_seconds() - cpu_begun;
        arena_free(&a);
    }
    qsort(each, steps, sizeof *each, compare_doubles);
    double speed = (double)(steps * x->channels) / total / 1e6;
    printf("  Heng: %.2f M readings/s, %zu commits, p50 %.2f ms, p99 %.2f ms, worst %.1f ms, CPU %.2f ms a commit, %lld days closed\n", speed, steps, each[steps / 2] * 1e3, each[steps * 99 / 100] * 1e3, each[steps - 1] * 1e3, cpu / (double)steps * 1e3, (long long)closed);
    all_close(x);
    double begun = seconds();
    need(book_open(path, true, NULL, &x->b, &err) && meter_open(x->b, &x->m, &err), &err, path);
    printf("  open again with the journal of the open day: %.1f ms\n", (seconds() - begun) * 1e3);
    verify(x);
    all_close(x);
    return speed;
}

/* ---- The peer: rows in SQLite ---- */

typedef struct peer { sqlite3 *db; sqlite3_stmt *insert; } peer;

static void sql(peer *p, const char *s) { need(sqlite3_exec(p->db, s, NULL, NULL, NULL) == SQLITE_OK, NULL, s); }

static void peer_open(peer *p, const char *path)
{
    files_remove(path);
    need(sqlite3_open(path, &p->db) == SQLITE_OK, NULL, path);
    sql(p, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000; PRAGMA cache_size=-65536");
    sql(p, "CREATE TABLE reading (meter INTEGER, t INTEGER, v INTEGER, PRIMARY KEY (meter, t)) WITHOUT ROWID");
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

static double peer_live(bench *x, const char *path)
{
    peer p;
    size_t steps = LIVE_DAYS * 96 + 40;
    double total = 0;
    peer_open(&p, path);
    for (size_t t = 0; t < steps; t++) {
        arena a = {0};
        rows r = rows_make(&a, x, t, 1);
        double begun = seconds();
        peer_take(&p, &r);
        total += seconds() - begun;
        arena_free(&a);
    }
    peer_close(&p);
    double speed = (double)(steps * x->channels) / total / 1e6;
    printf("  SQLite rows: %.2f M readings/s\n", speed);
    return speed;
}

/* ---- Bulk ---- */

static double heng_bulk(bench *x, const char *path, bool verifies)
{
    size_t each = BULK / x->channels;
    double total = 0, cpu = 0;
    int64_t closed = 0;
    heng_err err = {0};
    meter_close_receipt rest;
    meters_make(x, path);
    for (size_t t = 0; t < x->times; t += each) {
        arena a = {0};
        rows r = rows_make(&a, x, t, x->times - t < each ? x->times - t : each);
        double begun = seconds(), cpu_begun = cpu_seconds();
        closed += take(x, &r).days_closed;
        total += seconds() - begun;
        cpu += cpu_seconds() - cpu_begun;
        arena_free(&a);
    }
    double begun = seconds(), cpu_begun = cpu_seconds();
    need(meter_days_close(x->m, START_US * 2, &rest, &err), &err, "close");
    total += seconds() - begun;
    cpu += cpu_seconds() - cpu_begun;
    double speed = (double)(x->times * x->channels) / total / 1e6;
    printf("  Heng: %.1f M readings/s in %.2f s (CPU %.2f s), %lld days closed with their movements\n", speed, total, cpu, (long long)(closed + rest.days));
    if (verifies) verify(x);
    return speed;
}

static double peer_bulk(bench *x, peer *p, const char *path)
{
    size_t each = BULK / x->channels;
    double total = 0;
    peer_open(p, path);
    for (size_t t = 0; t < x->times; t += each) {
        arena a = {0};
        rows r = rows_make(&a, x, t, x->times - t < each ? x->times - t : each);
        double begun = seconds();
        peer_take(p, &r);
        total += seconds() - begun;
        arena_free(&a);
    }
    double speed = (double)(x->times * x->channels) / total / 1e6;
    printf("  SQLite rows: %.2f M readings/s in %.1f s\n", speed, total);
    return speed;
}

/* ---- Sizes and queries ---- */

static void sizes(const bench *x, const char *path, const char *peer_path)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    double n = (double)(x->times * x->channels), blocks = 0, takes = 0, ledger = 0;
    need(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, NULL, path);
    if (sqlite3_prepare_v2(db, "SELECT name, sum(pgsize) FROM dbstat GROUP BY name", -1, &s, NULL) == SQLITE_OK)
        while (sqlite3_step(s) == SQLITE_ROW) {
            const char *name = (const char *)sqlite3_column_text(s, 0);
            double bytes = sqlite3_column_double(s, 1);
            if (strncmp(name, "meter_block", 11) == 0) blocks += bytes;
            else if (strncmp(name, "meter_", 6) == 0) takes += bytes;
            else ledger += bytes;
        }
    sqlite3_finalize(s);
    sqlite3_close(db);
    printf("  Heng: %.2f bytes a reading in blocks with their sums, %.2f journal and takes, %.2f ledger (movements, keys, chain); SQLite rows: %.1f\n", blocks / n, takes / n, ledger / n, mib(peer_path) * 1048576 / n);
}

static double heng_query(bench *x, meter_step step, meter_group group, const int32_t *channels, size_t count, period when, i128 *ret_sum)
{
    double each[ROUNDS];
    heng_err err = {0};
    for (int i = 0; i < ROUNDS; i++) {
        arena a = {0};
        meter_table t;
        double begun = seconds();
        need(meter_sums(x->m, &a, channels, count, when, step, group, BOOK_KNOWN_NOW, &t, &err), &err, "sums");
        each[i] = (seconds() - begun) * 1e3;
        *ret_sum = 0;
        for (size_t k = 0; k < t.channels * t.steps; k++) *ret_sum += t.cells[k].sum;
        arena_free(&a);
    }
    return median(each, ROUNDS);
}

static double peer_query(peer *p, const char *text_, i128 *ret_sum)
{
    double each[3];
    for (int i = 0; i < 3; i++) {
        sqlite3_stmt *s;
        double begun = seconds();
        need(sqlite3_prepare_v2(p->db, text_, -1, &s, NULL) == SQLITE_OK, NULL, text_);
        *ret_sum = 0;
        while (sqlite3_step(s) == SQLITE_ROW) *ret_sum += sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        each[i] = (seconds() - begun) * 1e3;
    }
    return median(each, 3);
}

static void queries(bench *x, peer *p)
{
    i128 a, b;
    int32_t one = 517 < (int32_t)x->channels ? 517 : 0;
    period all = {START_US, START_US + ((int64_t)x->times / 96 + 1) * 96 * STEP_US}, day = {START_US + 40 * 96 * STEP_US, START_US + 41 * 96 * STEP_US};
    double h = heng_query(x, METER_BY_MONTH, METER_EACH, NULL, 0, all, &a), s = peer_query(p, "SELECT sum(v) FROM reading GROUP BY meter, (t + 28800) / 2678400", &b);
    printf("  monthly sums of each channel: Heng %.1f ms, SQLite rows %.0f ms (%.0f times)%s\n", h, s, s / h, a == b ? "" : ": SUMS DIFFER");
    h = heng_query(x, METER_BY_HOUR, METER_TOTAL, NULL, 0, all, &a), s = peer_query(p, "SELECT sum(v) FROM reading GROUP BY t / 3600", &b);
    printf("  total by hour of all channels: Heng %.1f ms, SQLite rows %.0f ms (%.0f times)%s\n", h, s, s / h, a == b ? "" : ": SUMS DIFFER");
    h = heng_query(x, METER_BY_HOUR, METER_EACH, &one, 1, day, &a);
    s = peer_query(p, arena_printf(&x->a, "SELECT sum(v) FROM reading WHERE meter = %d AND t >= %lld AND t < %lld GROUP BY t / 3600", one, (long long)(day.start_us / 1000000), (long long)(day.end_us / 1000000)), &b);
    printf("  one channel's day by hour: Heng %.3f ms, SQLite rows %.3f ms%s\n", h, s, a == b ? "" : ": SUMS DIFFER");
}

static void dump(const bench *x)
{
    FILE *f = fopen(path_of(x, "readings.csv"), "w");
    need(f != NULL, NULL, "readings.csv");
    for (size_t t = 0; t < x->times; t++)
        for (size_t ch = 0; ch < x->channels; ch++) fprintf(f, "%zu,%lld,%lld\n", ch, (long long)(START_US / 1000000 + (int64_t)t * 900), (long long)value_of(x, ch, t));
    fclose(f);
}

int main(int argc, char **argv)
{
    bench x = {.folder = argc > 1 ? argv[1] : "/tmp", .channels = argc > 3 ? strtoul(argv[3], NULL, 10) : 1000, .times = argc > 4 ? strtoul(argv[4], NULL, 10) : 10000};
    peer p;
    if (argc > 2 && argv[2][0]) shape_load(&x, argv[2]);
    const char *ours = path_of(&x, "bench-meter.heng"), *rows_ = path_of(&x, "bench-meter.rows");
    printf("live arrival, %zu channels a step, %d days, one durable commit a step\n", x.channels, LIVE_DAYS);
    double h = heng_live(&x, ours), s = peer_live(&x, rows_);
    printf("  ratio %.1f\n", h / s);
    printf("bulk, %zu readings, takes of %d, durable\n", x.channels * x.times, BULK);
    heng_bulk(&x, ours, false);
    all_close(&x);
    h = heng_bulk(&x, ours, true), s = peer_bulk(&x, &p, rows_);
    printf("  ratio %.1f\n", h / s);
    printf("sizes\n");
    sqlite3_wal_checkpoint_v2(p.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sizes(&x, ours, rows_);
    printf("queries, warm\n");
    queries(&x, &p);
    if (getenv("DUMP")) dump(&x);
    all_close(&x);
    peer_close(&p);
    files_remove(ours);
    files_remove(rows_);
    arena_free(&x.a);
    return 0;
}
