/*
 * What the set-based interface costs: store_run beside a loop written by hand against sqlite3.
 *
 * Both put the same rows of eight integers into a table with a primary key only, 8,192 rows a transaction, WAL and synchronous=FULL, into new files
 * on the same disk, in turns, after one round of each to warm the disk blocks. Prints rows per second (median) and the ratio.
 *     store_insert [rounds, default 9] [folder, default .]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "store_inside.h"

enum { COLUMNS = 8, BATCH = 8192, BATCHES = 40, ROUNDS_MAX = 99 };

static const char TABLE[] = "CREATE TABLE bench (a INTEGER PRIMARY KEY, b INTEGER, c INTEGER, d INTEGER, e INTEGER, f INTEGER, g INTEGER, h INTEGER) STRICT";
static const char INSERT[] = "INSERT INTO bench (a, b, c, d, e, f, g, h) VALUES (:a, :b, :c, :d, :e, :f, :g, :h)";
static const char *const NAMES[COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h"};

typedef struct batch { int64_t columns[COLUMNS][BATCH]; } batch;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "store_insert: %s\n", what);
    exit(1);
}

static void fill(batch *b, int64_t first)
{
    for (int64_t i = 0; i < BATCH; i++)
        for (int c = 0; c < COLUMNS; c++) b->columns[c][i] = c ? (first + i) * 7919 % 1000003 * (c + 1) : first + i;
}

static bool by_store(store *s, batch *b)
{
    heng_err err = {0};
    store_param params[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) params[c] = (store_param){NAMES[c], STORE_INT, b->columns[c], NULL, NULL};
    for (int64_t n = 0; n < BATCHES; n++) {
        arena a = {0};
        fill(b, n * BATCH);
        bool ok = store_begin(s, &err) && run_text(s, INSERT, params, COLUMNS, BATCH, &a, NULL, &err) && store_commit(s, &err);
        arena_free(&a);
        if (!ok) return false;
    }
    return true;
}

static bool by_hand(sqlite3 *db, batch *b)
{
    sqlite3_stmt *st;
    bool ok = sqlite3_prepare_v3(db, INSERT, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK;
    for (int64_t n = 0; ok && n < BATCHES; n++) {
        fill(b, n * BATCH);
        ok = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
        for (int i = 0; ok && i < BATCH; i++) {
            for (int c = 0; c < COLUMNS; c++) sqlite3_bind_int64(st, c + 1, b->columns[c][i]);
            ok = sqlite3_step(st) == SQLITE_DONE;
            sqlite3_reset(st);
        }
        ok = ok && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    }
    sqlite3_finalize(st);
    return ok;
}

static store *open_store(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    path_remove_database(path);
    if (!store_open(path, STORE_CREATE, NULL, &s, &err)) stop(err.message->en);
    if (sqlite3_exec(s->db, TABLE, NULL, NULL, NULL) != SQLITE_OK) stop(sqlite3_errmsg(s->db));
    return s;
}

static double time_store(const char *path, batch *b)
{
    store *s = open_store(path);
    double begin = now_s();
    if (!by_store(s, b)) stop("store_run failed");
    double seconds = now_s() - begin;
    store_close(s);
    return seconds;
}

/* Nothing but what the peer needs: the same durability, checkpoint and cache. */
static double time_hand(const char *path, batch *b)
{
    static const char SETTINGS[] = "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000; PRAGMA cache_size=-65536;";
    sqlite3 *db;
    path_remove_database(path);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) stop("open");
    if (sqlite3_exec(db, SETTINGS, NULL, NULL, NULL) != SQLITE_OK || sqlite3_exec(db, TABLE, NULL, NULL, NULL) != SQLITE_OK) stop(sqlite3_errmsg(db));
    double begin = now_s();
    if (!by_hand(db, b)) stop(sqlite3_errmsg(db));
    double seconds = now_s() - begin;
    sqlite3_close(db);
    return seconds;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    static batch b;
    double store_s[ROUNDS_MAX], hand_s[ROUNDS_MAX];
    char path[STORE_PATH_MAX], lock[STORE_PATH_MAX + 8];
    int rounds = argc > 1 ? atoi(argv[1]) : 9;
    if (rounds < 1 || rounds > ROUNDS_MAX) stop("1 to 99 rounds");
    snprintf(path, sizeof path, "%s/store_insert.tmp", argc > 2 ? argv[2] : ".");
    snprintf(lock, sizeof lock, "%s-writer", path);
    for (int i = -1; i < rounds; i++) {
        double s = time_store(path, &b), h = time_hand(path, &b);
        if (i >= 0) store_s[i] = s, hand_s[i] = h;
    }
    path_remove_database(path);
    unlink(lock);
    double rows = (double)BATCH * BATCHES, s = median(store_s, rounds), h = median(hand_s, rounds);
    printf("8 integers, primary key only, %d rows a commit, synced; SQLite %s; median of %d\n", BATCH, sqlite3_libversion(), rounds);
    printf("store_run   %10.0f rows/s\nby hand     %10.0f rows/s\nratio       %10.3f (time of store_run / time by hand)\n", rows / s, rows / h, s / h);
    return 0;
}
