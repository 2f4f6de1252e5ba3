/*
 * A configured SQLite connection.
 *
 * The writer: WAL with synchronous=FULL, so a commit is on disk when it returns. Checkpoints come every 10,000 pages (log.c): at the default of
 * 1,000 batches of a hundred rows take half as long again. Readers: query_only, memory-mapped, and without a checkpoint at close.
 * A file in a folder that cannot be written is read as immutable when it has no log; with a log this would show an old state, so it is an error.
 */
#include <inttypes.h>
#include <stdio.h>
#include "store_inside.h"

enum { READER_MAP_BYTES = 1 << 30 };

static bool run_pragma(store *s, const char *sql, heng_err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail_sqlite(s, err);
}

bool connect_pragma_int(store *s, const char *pragma, int64_t *ret, heng_err *err)
{
    char sql[64];
    statement st = {0};
    snprintf(sql, sizeof sql, "PRAGMA %s", pragma);
    bool ok = statement_step_once(s, &st, sql, ret, err);
    statement_close(&st);
    return ok;
}

/* Strictness that SQLite leaves off for old programs: "x" is never a string, and a prepared file cannot run code of its own. */
static bool open_db(store *s, const char *file, int flags, heng_err *err)
{
    int rc = sqlite3_open_v2(file, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, s->options.vfs);
    if (rc != SQLITE_OK) return fail_db(s->db, rc, s->path, err);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_busy_timeout(s->db, s->wait_ms);

    char sql[160];
    snprintf(sql, sizeof sql, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA cache_size=-%d",
             (s->options.cache_mib > 0 ? s->options.cache_mib : STORE_CACHE_MIB) * 1024);
    return run_pragma(s, sql, err);
}

static void close_db(store *s)
{
    sqlite3_close(s->db);
    s->db = NULL;
}

static bool enter_wal(store *s, heng_err *err)
{
    statement st = {0};
    bool ok = statement_prepare(s, &st, "PRAGMA journal_mode=WAL", "journal_mode", err);
    if (ok) {
        int rc = sqlite3_step(st.stmt);
        if (rc != SQLITE_ROW) ok = fail_sqlite(s, err);
        else if (strcmp((const char *)sqlite3_column_text(st.stmt, 0), "wal") != 0) {
            err_fill(err, &MSG_STORE_FAILED, "journal_mode", "wal", NULL);
            ok = err_in_file(err, s->path);
        }
    }
    statement_close(&st);
    return ok;
}

/* The first touch reads the file, and the log if there is one: damage, locks and missing permissions show here. */
static bool touch(store *s, heng_err *err)
{
    return statement_step_once(s, &s->look, "SELECT count(*) FROM sqlite_schema", NULL, err);
}

/* SQLite quietly opens a file that may not be written for reading; a writer wants to know at once. */
static bool may_write(store *s, heng_err *err)
{
    if (!sqlite3_db_readonly(s->db, "main")) return true;
    err_fill(err, &MSG_STORE_READ_ONLY, "EACCES", NULL, NULL);
    return err_in_file(err, s->path);
}

bool connect_writer(store *s, const char *file, bool create, heng_err *err)
{
    char sql[128];
    if (!open_db(s, file, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), err)) return false;
    if (!may_write(s, err)) return false;
    snprintf(sql, sizeof sql, "PRAGMA page_size=%d", STORE_PAGE_BYTES);
    if (create && !run_pragma(s, sql, err)) return false;
    if (!enter_wal(s, err)) return false;
    snprintf(sql, sizeof sql, "PRAGMA synchronous=%s", s->options.no_sync ? "OFF" : "FULL");
    log_attach(s);
    return run_pragma(s, sql, err) && touch(s, err) && feed_attach(s, err);
}

static bool try_reader(store *s, const char *file, int flags, heng_err *err)
{
    char sql[96];
    if (!open_db(s, file, flags, err)) return false;
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    snprintf(sql, sizeof sql, "PRAGMA query_only=ON; PRAGMA mmap_size=%d", READER_MAP_BYTES);
    return run_pragma(s, sql, err) && touch(s, err);
}

static bool try_immutable(store *s, heng_err *err)
{
    const char *log = path_beside(&s->memory, s->real, "-wal");
    if (path_bytes(log) > 0) {
        err_fill(err, &MSG_STORE_READ_ONLY_LOG, log, NULL, NULL);
        return err_in_file(err, s->path);
    }
    s->immutable = true;
    path_stamp(s->real, &s->stamp);
    return try_reader(s, path_uri_immutable(&s->memory, s->real), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err) &&
           transaction_unchanged_below(s, err);
}

bool connect_reader(store *s, heng_err *err)
{
    heng_err first = {0};
    if (try_reader(s, s->real, SQLITE_OPEN_READWRITE, &first)) return true;
    if (first.message != &MSG_STORE_READ_ONLY) {
        *err = first;
        return false;
    }
    statement_close(&s->look);
    close_db(s);
    return try_immutable(s, err);
}
