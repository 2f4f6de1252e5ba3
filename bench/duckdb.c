/*
 * DuckDB for account_peers.py and meter: run statements from the command line with the library of its npm package, which brings no header.
 *
 *   duckdb LIBRARY DATABASE TIMES [--rows FILE TABLE BATCH COUNT] SQL...
 *
 * Each SQL but the last runs once, the last TIMES times; its rows are printed, tab between cells, then a line "ms" with the time of each run (query and
 * fetching all rows). --rows: before the last one, the first COUNT rows of a file (int32, uint32, int64, as bench/meter writes it) are appended to a table by
 * its fastest way, whole chunks, BATCH rows a transaction; a line "rows" tells the seconds by the clock and of the processor.
 *
 * The prototypes are written by hand from DuckDB's public C interface (duckdb.h, 1.x); the library is loaded when the program runs, so
 * that building needs nothing.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK_ROWS = 2048, COLUMNS = 3, TYPE_INTEGER = 4, TYPE_BIGINT = 5, TYPE_UINTEGER = 8 };

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
    int (*appender_create)(void *connection, const char *schema, const char *table, void **appender);
    int (*append_chunk)(void *appender, void *chunk);
    int (*appender_destroy)(void **appender);
    void *(*create_type)(int type);
    void *(*create_chunk)(void **types, uint64_t count);
    void *(*chunk_vector)(void *chunk, uint64_t column);
    void *(*vector_data)(void *vector);
    void (*chunk_size)(void *chunk, uint64_t rows);
    void (*chunk_reset)(void *chunk);
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
    find(library, "duckdb_appender_create", &d.appender_create);
    find(library, "duckdb_append_data_chunk", &d.append_chunk);
    find(library, "duckdb_appender_destroy", &d.appender_destroy);
    find(library, "duckdb_create_logical_type", &d.create_type);
    find(library, "duckdb_create_data_chunk", &d.create_chunk);
    find(library, "duckdb_data_chunk_get_vector", &d.chunk_vector);
    find(library, "duckdb_vector_get_data", &d.vector_data);
    find(library, "duckdb_data_chunk_set_size", &d.chunk_size);
    find(library, "duckdb_data_chunk_reset", &d.chunk_reset);
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

/* ---- Rows from a file ---- */

typedef struct source { const char *file, *table; uint64_t batch, count; } source;
typedef struct row { int32_t id; uint32_t at; int64_t value; } row;

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void chunk_fill(const duckdb *d, void *chunk, const row *rows, uint64_t n)
{
    d->chunk_reset(chunk);
    int32_t *id = d->vector_data(d->chunk_vector(chunk, 0));
    uint32_t *at = d->vector_data(d->chunk_vector(chunk, 1));
    int64_t *value = d->vector_data(d->chunk_vector(chunk, 2));
    for (uint64_t i = 0; i < n; i++) id[i] = rows[i].id, at[i] = rows[i].at, value[i] = rows[i].value;
    d->chunk_size(chunk, n);
}

static void batch_append(const duckdb *d, void *connection, const char *table, void *chunk, const row *rows, uint64_t count)
{
    void *appender;
    run(d, connection, "BEGIN", 0);
    if (d->appender_create(connection, NULL, table, &appender) != 0) stop(table);
    for (uint64_t i = 0; i < count; i += CHUNK_ROWS) {
        chunk_fill(d, chunk, rows + i, count - i < CHUNK_ROWS ? count - i : CHUNK_ROWS);
        if (d->append_chunk(appender, chunk) != 0) stop("append");
    }
    if (d->appender_destroy(&appender) != 0) stop("append");
    run(d, connection, "COMMIT", 0);
}

static void rows_append(const duckdb *d, void *connection, const source *s)
{
    FILE *f = fopen(s->file, "rb");
    row *rows = malloc(s->count * sizeof *rows);
    if (!f || !rows || fread(rows, sizeof *rows, s->count, f) != s->count) stop(s->file);
    fclose(f);
    void *types[COLUMNS] = {d->create_type(TYPE_INTEGER), d->create_type(TYPE_UINTEGER), d->create_type(TYPE_BIGINT)}, *chunk = d->create_chunk(types, COLUMNS);
    double begun = now_ms(), cpu = cpu_ms();
    for (uint64_t i = 0; i < s->count; i += s->batch) batch_append(d, connection, s->table, chunk, rows + i, s->count - i < s->batch ? s->count - i : s->batch);
    printf("rows\t%.6f\t%.6f\n", (now_ms() - begun) / 1e3, (cpu_ms() - cpu) / 1e3);
    free(rows);
}

int main(int argc, char **argv)
{
    void *db, *connection;
    source rows = {0};
    int at = 4;
    if (argc < 5) stop("LIBRARY DATABASE TIMES [--rows FILE TABLE BATCH COUNT] SQL...");
    if (argc > 9 && strcmp(argv[4], "--rows") == 0) {
        rows = (source){argv[5], argv[6], strtoull(argv[7], NULL, 10), strtoull(argv[8], NULL, 10)};
        at = 9;
    }
    duckdb d = load(argv[1]);
    int times = atoi(argv[3]);
    if (d.open(argv[2], &db) != 0 || d.connect(db, &connection) != 0) stop(argv[2]);
    for (int i = at; i + 1 < argc; i++) run(&d, connection, argv[i], 0);
    if (rows.count) rows_append(&d, connection, &rows);
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
