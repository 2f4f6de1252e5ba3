/*
 * Inside the room: what its files share. Not for the rooms above.
 *
 *   fail.c         SQLite and system errors become messages
 *   path.c         names beside the database, headers, syncing and renaming
 *   lock.c         the writer lock
 *   connect.c      a configured SQLite connection
 *   migrate.c      versions
 *   open.c         store_open, store_close
 *   statement.c    prepared statements
 *   bind.c         parameter columns in
 *   feed.c         parameter columns as a table: many rows by one run
 *   collect.c      result columns out
 *   run.c          store_run, store_each
 *   transaction.c  begin, commit, roll back
 *   log.c          the log grows ahead of its end; checkpoints
 *   copy.c         backup, restore, check
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H
#include <sqlite3.h>
#include "messages.h"
#include "sql.h"

enum {
    STORE_APPLICATION_ID = 0x48454E47, /* 'HENG' */
    STORE_PAGE_BYTES = 4096,
    STORE_WAIT_MS = 5000,
    STORE_CACHE_MIB = 64,
    STORE_CHECKPOINT_PAGES = 10000,
    STORE_PARAMS_MAX = 128,
    STORE_FEED_COLUMNS = 32,           /* as embed_sql.py says */
    STORE_PATH_MAX = 4096
};

typedef struct statement {
    sqlite3_stmt *stmt;  /* NULL = not prepared yet */
    const char *name;
    bool taken;          /* in use: a callback of store_each may run the same statement again */
} statement;

/* Which file stands at a path, and in which state. */
typedef struct file_stamp { int64_t device, inode, bytes, changed_ns; } file_stamp;

struct store {
    arena memory;        /* holds the store itself */
    sqlite3 *db;
    const char *path;    /* as the caller named it: for messages */
    const char *real;    /* resolved: two names of one file have one lock */
    store_options options;
    int wait_ms;
    int lock_fd;         /* -1 = no writer */
    bool writer;
    bool in_transaction;
    bool failed;         /* a call of this transaction failed: it can only be rolled back (store rule 4) */
    bool any_version;    /* a copy may be made of an older file */
    bool immutable;      /* read without lock and log, because the folder cannot be written */
    file_stamp stamp;    /* of an immutable file */
    uint64_t calls;
    statement begin, commit, roll_back, look, data_version;
    statement statements[SQL_COUNT];
    statement many[SQL_COUNT];         /* their forms for many rows */
    const store_param *feed[STORE_FEED_COLUMNS]; /* what store_feed shows now */
    size_t feed_rows;
};

/* fail.c: all return false with err filled and the file named. */
bool fail_sqlite(const store *s, heng_err *err);             /* the last error of the connection */
bool fail_db(sqlite3 *db, int rc, const char *path, heng_err *err);
bool fail_errno(const char *path, int number, bool writing, heng_err *err);

/* log.c */
void log_attach(store *s); /* of a writer */

/* path.c */
bool path_real(arena *a, const char *path, const char **ret, heng_err *err);
const char *path_beside(arena *a, const char *path, const char *suffix);
bool path_exists(const char *path);
int64_t path_bytes(const char *path);                        /* -1 = absent */
bool path_is_database(const char *path, const char *real, const char *vfs, heng_err *err); /* by its header: a Heng file, not cut off */
bool path_no_orphan(const char *path, const char *real, heng_err *err);
bool path_sync(const char *path, heng_err *err);             /* file and its folder */
bool path_rename(const char *from, const char *to, heng_err *err);
void path_remove_database(const char *path);                 /* with log, shared memory and journal */
void path_stamp(const char *path, file_stamp *ret);
const char *path_uri_immutable(arena *a, const char *path);

/* open.c */
bool open_to_copy(const char *path, const char *vfs, store **ret, heng_err *err); /* a reader; older files are fine */

/* lock.c */
bool lock_take(const store *s, int *ret_fd, heng_err *err);
void lock_release(int fd);                                   /* -1 is fine */

/* connect.c */
bool connect_writer(store *s, const char *file, bool create, heng_err *err);
bool connect_reader(store *s, heng_err *err);
bool connect_pragma_int(store *s, const char *pragma, int64_t *ret, heng_err *err);

/* migrate.c */
bool migrate_up(store *s, heng_err *err);                    /* writer: to store_version() */
bool migrate_accept(store *s, heng_err *err);                /* reader: newer and older files are errors */

/* statement.c */
bool statement_prepare(store *s, statement *st, const char *sql, const char *name, heng_err *err);
bool statement_take(store *s, sql_id id, statement *spare, statement **ret, heng_err *err);
void statement_give(statement *st, const statement *spare);
bool statement_step_once(store *s, statement *st, const char *sql, int64_t *ret, heng_err *err); /* first column; ret may be NULL */
void statement_close(statement *st);

/* bind.c: columns of parameters to positions, then row by row. */
typedef struct binding { const store_param *params; size_t count; int positions[STORE_PARAMS_MAX]; } binding;
void bind_names(binding *b, const statement *st, const store_param *params, size_t count);
bool bind_row(const store *s, const binding *b, sqlite3_stmt *stmt, size_t row, heng_err *err);

/* feed.c: inserts of many rows by one run of the statement. */
bool feed_attach(store *s, heng_err *err);                   /* to the writer's connection */
bool feed_suits(const store *s, sql_id id, size_t rows);
bool feed_run(store *s, sql_id id, const binding *b, size_t rows, heng_err *err);

/* collect.c: result rows into columns. */
typedef struct collector {
    arena *a;
    store_rows rows;
    size_t max;
    bool *typed;         /* column has had a value that is not null */
    char *bytes;         /* room for short texts */
    size_t bytes_left;
    const char *name;    /* of the statement, for errors */
} collector;
void collect_begin(collector *c, arena *a, const statement *st, size_t rows_hint);
bool collect_row(collector *c, const store *s, sqlite3_stmt *stmt, size_t origin, heng_err *err);
void collect_end(collector *c, store_rows *ret);
/* One row whose texts point into the statement's own memory. */
void collect_one_begin(store_rows *one, arena *a, const statement *st);
bool collect_one(store_rows *one, const store *s, const statement *st, heng_err *err);

/* run.c: any SQL text, for the tests and benchmarks of this room, which bring their own tables. */
bool run_text(store *s, const char *sql, const store_param *params, size_t param_count, size_t param_rows, arena *a, store_rows *ret, heng_err *err);
/* transaction.c */
bool transaction_unchanged_below(const store *s, heng_err *err);
#endif
