/*
 * DuckDB for account_peers.py: run statements from the command line with the library of its npm package, which brings no header.
 *
 *   duckdb LIBRARY DATABASE TIMES SQL...      each SQL but the last runs once, the last TIMES times; its rows are printed, tab between
 *                                             cells, then a line "ms" with the time of each run (query and fetching all rows)
 *
 * The prototypes are written by hand from DuckDB's public C interface (duckdb.h, 1.x); the library is loaded when the program runs, so
 * that building needs nothing.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct duckdb_result { uint64_t columns, rows, changed; void *deprecated_columns; char *deprecated_error; void *internal; } duckdb_result;

typedef struct duckdb {
    int (*open)(const char *path, void **db);
    int (*connect)(void *db, void **connection);
    int (*query)(void *connection, const char *sql, duckdb_result *result);
    const char *(*error)(duckdb_result *result);
    uint64_t (*columns)(duckdb_result *result);
    uint64_t (*rows)(duckdb_result *result);
    char *(*value)(duckdb_result *result, uint64_t column, uint64_t row);
    void (*free)(void *p);
    void (*destroy)(duckdb_result *result);
    void (*disconnect)(void **connection);
    void (*close)(void **db);
} duckdb;

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "duckdb: %s\n", what);
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* POSIX lets a function's address pass through void *; ISO C does not say so. */
static void find(void *library, const char *name, void *ret)
{
    void *at = dlsym(library, name);
    if (!at) stop(name);
    *(void **)ret = at;
}

static duckdb load(const char *path)
{
    duckdb d;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) stop(dlerror());
    find(library, "duckdb_open", &d.open);
    find(library, "duckdb_connect", &d.connect);
    find(library, "duckdb_query", &d.query);
    find(library, "duckdb_result_error", &d.error);
    find(library, "duckdb_column_count", &d.columns);
    find(library, "duckdb_row_count", &d.rows);
    find(library, "duckdb_value_varchar", &d.value);
    find(library, "duckdb_free", &d.free);
    find(library, "duckdb_destroy_result", &d.destroy);
    find(library, "duckdb_disconnect", &d.disconnect);
    find(library, "duckdb_close", &d.close);
    return d;
}

static void print_rows(const duckdb *d, duckdb_result *r, int print)
{
    uint64_t columns = d->columns(r), rows = d->rows(r);
    for (uint64_t i = 0; i < rows; i++)
        for (uint64_t c = 0; c < columns; c++) {
            char *v = d->value(r, c, i);
            if (print) printf("%s%c", v ? v : "", c + 1 < columns ? '\t' : '\n');
            d->free(v);
        }
}

static double run(const duckdb *d, void *connection, const char *sql, int print)
{
    duckdb_result r;
    double begun = now_ms();
    if (d->query(connection, sql, &r) != 0) stop(d->error(&r));
    print_rows(d, &r, print);
    d->destroy(&r);
    return now_ms() - begun;
}

int main(int argc, char **argv)
{
    void *db, *connection;
    if (argc < 5) stop("LIBRARY DATABASE TIMES SQL...");
    duckdb d = load(argv[1]);
    int times = atoi(argv[3]);
    if (d.open(argv[2], &db) != 0 || d.connect(db, &connection) != 0) stop(argv[2]);
    for (int i = 4; i + 1 < argc; i++) run(&d, connection, argv[i], 0);
    double *ms = calloc((size_t)times + 1, sizeof *ms);
    for (int i = 0; i < times; i++) ms[i] = run(&d, connection, argv[argc - 1], i == 0);
    printf("ms");
    for (int i = 0; i < times; i++) printf("\t%.3f", ms[i]);
    printf("\n");
    free(ms);
    d.disconnect(&connection);
    d.close(&db);
    return 0;
}
