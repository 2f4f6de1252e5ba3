/*
 * The store: one set-based interface over SQLite (WAL, STRICT tables, foreign keys); PostgreSQL can stand behind
 * the same interface later. No room above knows a SQL dialect.
 *
 * A statement lives in src/store/sql/<room>/<name>.sql, one per file, with named parameters (:flow). The build turns it into
 * the constant SQL_<room>_<name> (store_sql.h, generated). A call runs one statement for a whole set of parameter rows and
 * gives back all result rows: load a batch's keys, decide in C, write the batch. So posting a batch makes a bounded
 * number of store calls whatever its size (store_call_count; a test counts). On PostgreSQL a call is one pipelined round trip.
 *
 * One writer, many readers. The writer holds <path>-writer (flock; its content names process id, host, command and start). Opening a
 * second writer waits up to wait_ms, then fails with HENG_BUSY and names the holder.
 */
#ifndef STORE_H
#define STORE_H
#include "base.h"
#include "store_sql.h" /* generated: enum sql_id { SQL_book_flow_month_add, ... SQL_COUNT } */

typedef struct store store;
typedef enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE } store_mode; /* CREATE: new file, fails if there is one */

typedef struct store_options {
    int wait_ms;            /* for another writer; 0 = 5000 */
    const char *command;    /* named to a waiting second writer */
    int cache_mib;          /* 0 = 64 */
    bool no_sync;           /* tests and benchmarks of the unsafe peer only */
    const char *vfs;        /* NULL = default; tests put a layer below */
} store_options;

MUST_USE bool store_open(const char *path, store_mode mode, const store_options *options, store **ret, heng_err *err);
/* One more reader of the file that s has open: another thread reads with it. It sees what is committed. */
MUST_USE bool store_open_reader(const store *s, store **ret, heng_err *err);
void store_close(store *s); /* NULL is fine; an open transaction is rolled back */
const char *store_path(const store *s);
bool store_is_writer(const store *s);

/* Columns of parameters: one array per named parameter, nrows long. NULL value: nulls[i] true (nulls may be NULL). */
typedef enum store_type { STORE_INT, STORE_TEXT, STORE_BLOB } store_type;
typedef struct store_param {
    const char *name;       /* without the colon */
    store_type type;
    const int64_t *ints;    /* STORE_INT */
    const text *texts;      /* STORE_TEXT and STORE_BLOB */
    const bool *nulls;
} store_param;

typedef struct store_column {
    store_type type;        /* of the first value that is not null */
    int64_t *ints;          /* 0 where null */
    text *texts;            /* empty where null */
    bool *nulls;
} store_column;
typedef struct store_rows {
    size_t count;
    size_t column_count;
    store_column *columns;
    size_t *origin;         /* which parameter row a result row came from */
} store_rows;

/*
 * Run a statement once for each of param_rows rows (params all that long; a statement without parameters: params NULL, 0, rows 1). Result rows
 * go to ret (NULL when the statement gives none), in the arena. One store call. A statement that writes needs a writer inside a transaction.
 */
MUST_USE bool store_run(store *s, sql_id statement, const store_param *params, size_t param_count, size_t param_rows, arena *a, store_rows *ret, heng_err *err);
/* Same for large results, row by row without keeping them: return false from fn to stop (not an error when err is not filled). */
typedef bool (*store_row_fn)(void *context, const store_rows *one_row, heng_err *err);
MUST_USE bool store_each(store *s, sql_id statement, const store_param *params, size_t param_count, store_row_fn fn, void *context, heng_err *err);

MUST_USE bool store_begin(store *s, heng_err *err);        /* writer: immediate; reader: a consistent snapshot until commit */
MUST_USE bool store_commit(store *s, heng_err *err);       /* durable when it returns (fsync) */
void store_rollback(store *s);
uint64_t store_call_count(const store *s);                 /* store_run and store_each so far; begin and commit not counted */
int64_t store_changed(store *s);                           /* changes when another connection has committed */

/* Numbered migrations, src/store/migrations/<store>/NNNN_name.sql, only forward, each in one transaction; applied by STORE_CREATE and, for
 * an older file, by STORE_WRITE (a reader of an older file fails with store.too_old and says to open it once for writing). A newer file: HENG_NEWER. */
int store_version(void);
MUST_USE bool store_version_of(store *s, int *ret, heng_err *err);

/* On-line copy (SQLite backup API) to a new file, checked by integrity_check and fsynced before it gets its name. Writers go on meanwhile. */
MUST_USE bool store_backup(store *s, const char *to_path, heng_err *err);
/* Put a backup in place of path (path must not exist unless replace; the old file is kept as path.before-restore-<time>). */
MUST_USE bool store_restore(const char *backup_path, const char *path, bool replace, heng_err *err);
/* SQLite quick_check and foreign_key_check. */
MUST_USE bool store_check(store *s, heng_err *err);

const char *store_sql_text(sql_id statement);              /* as written */
const char *store_sql_name(sql_id statement);              /* "book/flow_month_add" */
/* The statement with $1.. for PostgreSQL, in the arena; and its migrations. For the test that prepares all of them on both. */
text store_sql_postgresql(arena *a, sql_id statement);

extern const heng_message *const store_messages[];
#endif
