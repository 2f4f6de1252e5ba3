/*
 * Movements posted durably, beside a plain SQLite table of eight integers with a primary key only.
 *
 *   post [FOLDER [SECONDS [BATCH]]]      FOLDER: where both files lie (default /tmp)
 *
 * Both sides run in one process, on one file system, WAL, synchronous=FULL, the same checkpoint; turns alternate, medians are printed.
 * Heng judges each movement, keeps sums and the index of keys, and hashes a chain. 1000 flows of 12 months; state of the data: fresh files.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "book.h"

enum { ROUNDS = 5, FLOWS = 1000, PARTIES = 40, THREADS = 16 };

typedef struct bench { arena a; book *b; const rule_set *r; sqlite3 *peer; sqlite3_stmt *insert; int64_t peer_id, serial; double round_s; int32_t parties[PARTIES]; book_movement pattern; } bench;

static void need(bool ok, const heng_err *err, const char *what)
{
    char line[2048] = "";
    if (ok) return;
    if (err) err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s: %s\n", what, line);
    exit(1);
}

static double seconds(void) { return (double)now_us() / 1e6; }

static void sql(bench *x, const char *s) { need(sqlite3_exec(x->peer, s, NULL, NULL, NULL) == SQLITE_OK, NULL, s); }

static void peer_open(bench *x, const char *path)
{
    need(sqlite3_open(path, &x->peer) == SQLITE_OK, NULL, path);
    sql(x, "PRAGMA journal_mode=WAL");
    sql(x, "PRAGMA synchronous=FULL");
    sql(x, "PRAGMA wal_autocheckpoint=10000");
    sql(x, "CREATE TABLE movement (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER, f INTEGER, g INTEGER)");
    need(sqlite3_prepare_v2(x->peer, "INSERT INTO movement VALUES (?,?,?,?,?,?,?,?)", -1, &x->insert, NULL) == SQLITE_OK, NULL, "insert");
}

static void peer_batch(bench *x, size_t n)
{
    sql(x, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < n; i++) {
        int64_t id = ++x->peer_id;
        int64_t v[8] = {id, id, id % FLOWS, id * 7, 1609459200000000 + id, 1612137600000000 + id, id / 8192, id % 8192};
        for (int k = 0; k < 8; k++) sqlite3_bind_int64(x->insert, k + 1, v[k]);
        need(sqlite3_step(x->insert) == SQLITE_DONE, NULL, "step");
        sqlite3_reset(x->insert);
    }
    sql(x, "COMMIT");
}

static void book_make(bench *x, const char *path, const char *pack)
{
    heng_err err = {0}, item = {0};
    rule_faults faults = {&item, 0, 1, 0};
    const rule_set *r;
    book_options o = {.user = TEXT("bench")};
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
    x->pattern = (book_movement){.commodity = rule_commodity_find(x->r, TEXT("raw_coal")), .unit = rule_unit_find(x->r, TEXT("t")), .kind = rule_kind_find(x->r, TEXT("supply")),
                                 .when = {1609459200000000, 1609459200000000 + 900000000}};
}

/* Time goes on as movements come: each reports a later second. */
static book_movement movement_of(const bench *x, int64_t serial)
{
    book_movement m = x->pattern;
    int64_t flow = serial % FLOWS;
    m.giver = x->parties[flow % PARTIES];
    m.taker = x->parties[(flow + 1 + flow / PARTIES) % PARTIES];
    m.amount = serial * 7;
    m.when.start_us += serial * 1000000;
    m.when.end_us += serial * 1000000;
    m.row = serial % 8192;
    return m;
}

static void heng_batch(bench *x, size_t n, book_movement *m, book_group *g)
{
    heng_err err = {0};
    book_receipt receipt;
    arena a = {0};
    for (size_t i = 0; i < n; i++) {
        m[i] = movement_of(x, ++x->serial);
        g[i] = (book_group){.movements = &m[i], .count = 1};
    }
    book_batch batch = {.source = TEXT("bench"), .group_count = n, .groups = g};
    need(book_post(x->b, &a, &batch, NULL, &receipt, &err), &err, "post");
    need(receipt.link > 0 && receipt.refused == 0, NULL, "all are created");
    arena_free(&a);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, compare);
    return v[n / 2];
}

static void race(bench *x, size_t n)
{
    double heng[ROUNDS], peer[ROUNDS];
    book_movement *m = NEW_ARRAY(&x->a, n, book_movement);
    book_group *g = NEW_ARRAY(&x->a, n, book_group);
    heng_batch(x, n, m, g); /* warm */
    peer_batch(x, n);
    for (int i = 0; i < ROUNDS; i++) {
        size_t done = 0;
        double begun = seconds();
        while (seconds() - begun < x->round_s) heng_batch(x, n, m, g), done += n;
        heng[i] = (double)done / (seconds() - begun);
        begun = seconds();
        done = 0;
        while (seconds() - begun < x->round_s) peer_batch(x, n), done += n;
        peer[i] = (double)done / (seconds() - begun);
    }
    double h = median(heng, ROUNDS), p = median(peer, ROUNDS);
    printf("batch %5zu   heng %9.0f/s   sqlite %9.0f/s   ratio %.2f\n", n, h, p, h / p);
}

typedef struct worker { bench *x; double until; size_t done; pthread_t thread; } worker;

static void *work(void *context)
{
    worker *w = context;
    heng_err err = {0};
    arena a = {0};
    while (seconds() < w->until) {
        arena_mark mark = arena_here(&a);
        book_movement m = movement_of(w->x, __atomic_add_fetch(&w->x->serial, 1, __ATOMIC_RELAXED));
        book_group g = {.movements = &m, .count = 1};
        book_batch batch = {.source = TEXT("bench"), .group_count = 1, .groups = &g};
        need(book_post(w->x->b, &a, &batch, NULL, NULL, &err), &err, "post");
        w->done++;
        arena_rewind(&a, mark);
    }
    arena_free(&a);
    return NULL;
}

static double crowd(bench *x, int threads)
{
    worker w[THREADS];
    size_t done = 0;
    double begun = seconds();
    for (int i = 0; i < threads; i++) {
        w[i] = (worker){.x = x, .until = begun + x->round_s};
        need(pthread_create(&w[i].thread, NULL, work, &w[i]) == 0, NULL, "thread");
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(w[i].thread, NULL);
        done += w[i].done;
    }
    return (double)done / (seconds() - begun);
}

static void crowds(bench *x)
{
    double heng[ROUNDS], peer[ROUNDS];
    heng_err err = {0};
    book_head before, after;
    need(book_head_of(x->b, &before, &err), &err, "head");
    for (int i = 0; i < ROUNDS; i++) {
        heng[i] = crowd(x, THREADS);
        double begun = seconds();
        size_t done = 0;
        while (seconds() - begun < x->round_s) peer_batch(x, 1), done++;
        peer[i] = (double)done / (seconds() - begun);
    }
    double h = median(heng, ROUNDS), p = median(peer, ROUNDS);
    need(book_head_of(x->b, &after, &err), &err, "head");
    double together = (double)(after.movements - before.movements) / (double)(after.link - before.link);
    printf("%d threads, one movement each   heng %9.0f/s   sqlite batch 1, one thread %9.0f/s   ratio %.2f   (%.1f in a commit)\n", THREADS, h, p, h / p, together);
}

static double mib(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 ? (double)s.st_size / 1048576 : 0;
}

int main(int argc, char **argv)
{
    bench x = {.round_s = argc > 2 ? atof(argv[2]) : 1};
    const char *folder = argc > 1 ? argv[1] : "/tmp";
    char *base = arena_printf(&x.a, "%s/heng-bench-post-%d", folder, (int)now_us());
    char *own = arena_printf(&x.a, "%s.heng", base), *peer = arena_printf(&x.a, "%s.sqlite", base);
    book_make(&x, own, BENCH_PACK);
    peer_open(&x, peer);
    printf("durable posting; fsync at each commit; WAL, synchronous=FULL, checkpoint 10000 pages; %d rounds of %.1f s; fresh files in %s\n", ROUNDS, x.round_s, folder);
    size_t only = argc > 3 ? (size_t)atoll(argv[3]) : 0; /* for a profile: this batch size alone; 16: the threads */
    if (only == THREADS) crowds(&x);
    else if (only) race(&x, only);
    if (only) return 0;
    race(&x, 1);
    race(&x, 100);
    race(&x, 8192);
    crowds(&x);
    book_head head;
    heng_err err = {0};
    need(book_head_of(x.b, &head, &err), &err, "head");
    double begun = seconds();
    book_verify_report report;
    need(book_verify(x.b, NULL, NULL, &report, &err), &err, "verify");
    printf("verify %lld movements in %lld links: %.2f s\n", (long long)head.movements, (long long)report.links, seconds() - begun);
    book_close(x.b);
    sqlite3_finalize(x.insert);
    sqlite3_close(x.peer);
    printf("bytes per movement: heng %.1f, sqlite %.1f\n", mib(own) * 1048576 / (double)head.movements, mib(peer) * 1048576 / (double)x.peer_id);
    (void)remove(own);
    (void)remove(arena_printf(&x.a, "%s-writer", own));
    (void)remove(peer);
    arena_free(&x.a);
    return 0;
}
