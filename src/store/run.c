/*
 * One statement for a set of parameter rows: store_run and store_each.
 *
 * A statement that writes is run by a writer inside a transaction; when it fails, the transaction can only be rolled back (store rule 4), so a batch
 * is never half there. Look-ups for several rows outside a transaction get one of their own, so that all see one state of the store.
 */
#include "store_inside.h"

/* Whether the statement may run now. That a writer forgot to begin is a mistake in the program. */
static bool may_run(const store *s, const statement *st, heng_err *err)
{
    if (s->failed) {
        err_fill(err, &MSG_STORE_BROKEN, NULL, NULL, NULL);
        return err_in_file(err, s->path);
    }
    if (sqlite3_stmt_readonly(st->stmt)) return true;
    must(s->writer);
    must(s->in_transaction);
    return true;
}

/* All rows of one run of the statement. */
static bool step_all(store *s, sqlite3_stmt *stmt, collector *c, size_t origin, heng_err *err)
{
    int rc = sqlite3_step(stmt);
    for (; rc == SQLITE_ROW; rc = sqlite3_step(stmt))
        if (c && !collect_row(c, s, stmt, origin, err)) return false;
    if (rc != SQLITE_DONE) return fail_sqlite(s, err);
    sqlite3_reset(stmt);
    return true;
}

static bool run_rows(store *s, const statement *st, const binding *b, size_t rows, collector *c, heng_err *err)
{
    for (size_t row = 0; row < rows; row++) {
        if (!bind_row(s, b, st->stmt, row, err)) return false;
        if (!step_all(s, st->stmt, c, row, err)) return false;
    }
    return true;
}

static bool run_in_snapshot(store *s, const statement *st, const binding *b, size_t rows, collector *c, heng_err *err)
{
    bool own = !s->in_transaction && rows > 1;
    if (own && !statement_step_once(s, &s->begin, "BEGIN", NULL, err)) return false;
    bool ok = run_rows(s, st, b, rows, c, err);
    if (!ok) sqlite3_reset(st->stmt);
    if (own && !sqlite3_get_autocommit(s->db)) {
        heng_err ignored = {0}; /* ending a read changes nothing */
        (void)!statement_step_once(s, &s->commit, "COMMIT", NULL, &ignored);
    }
    return ok && transaction_unchanged_below(s, err);
}

/* An insert that gives no rows: nothing to collect, and the writer's transaction is its snapshot. */
static bool run_feed(store *s, sql_id id, const statement *st, const store_param *params, size_t param_count, size_t rows, store_rows *ret, heng_err *err)
{
    binding b;
    if (!may_run(s, st, err)) return false;
    bind_names(&b, st, params, param_count);
    if (ret) *ret = (store_rows){0};
    if (feed_run(s, id, &b, rows, err)) return true;
    s->failed = true;
    return false;
}

static bool run_statement(store *s, const statement *st, const store_param *params, size_t param_count, size_t rows, arena *a, store_rows *ret, heng_err *err)
{
    binding b;
    collector c;
    bool gives_rows = sqlite3_column_count(st->stmt) > 0;

    must(ret || !gives_rows);
    if (!may_run(s, st, err)) return false;
    bind_names(&b, st, params, param_count);
    if (ret) collect_begin(&c, a, st, rows);
    if (!run_in_snapshot(s, st, &b, rows, gives_rows ? &c : NULL, err)) {
        s->failed = s->in_transaction;
        return false;
    }
    if (ret) collect_end(&c, ret);
    return true;
}

bool store_run(store *s, sql_id id, const store_param *params, size_t param_count, size_t param_rows, arena *a, store_rows *ret, heng_err *err)
{
    statement spare = {0}, *st;
    s->calls++;
    if (!statement_take(s, id, &spare, &st, err)) return false;
    bool ok = feed_suits(s, id, param_rows) ? run_feed(s, id, st, params, param_count, param_rows, ret, err)
                                            : run_statement(s, st, params, param_count, param_rows, a, ret, err);
    statement_give(st, &spare);
    return ok;
}

bool run_text(store *s, const char *sql, const store_param *params, size_t param_count, size_t param_rows, arena *a, store_rows *ret, heng_err *err)
{
    statement st = {0};
    s->calls++;
    bool ok = statement_prepare(s, &st, sql, sql, err) && run_statement(s, &st, params, param_count, param_rows, a, ret, err);
    statement_close(&st);
    return ok;
}

static bool hand_out(store *s, const statement *st, store_rows *one, store_row_fn fn, void *context, heng_err *err)
{
    int rc;
    while ((rc = sqlite3_step(st->stmt)) == SQLITE_ROW) {
        heng_err own = {0}; /* whether fn stopped with an error must not hang on what err held before */
        if (!collect_one(one, s, st, err)) return false;
        if (fn(context, one, &own)) continue;
        if (own.message) *err = own;
        return !own.message;
    }
    return rc == SQLITE_DONE || fail_sqlite(s, err);
}

bool store_each(store *s, sql_id id, const store_param *params, size_t param_count, store_row_fn fn, void *context, heng_err *err)
{
    statement spare = {0}, *st;
    binding b;
    store_rows one;
    arena scratch = {0};

    s->calls++;
    if (!statement_take(s, id, &spare, &st, err)) return false;
    must(sqlite3_stmt_readonly(st->stmt));
    bind_names(&b, st, params, param_count);
    collect_one_begin(&one, &scratch, st);
    bool ok = may_run(s, st, err) && bind_row(s, &b, st->stmt, 0, err) && hand_out(s, st, &one, fn, context, err) && transaction_unchanged_below(s, err);
    statement_give(st, &spare);
    arena_free(&scratch);
    return ok;
}
