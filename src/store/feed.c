/*
 * Many rows by one run of a statement.
 *
 *   as written     INSERT INTO t (a, b) VALUES (:a, :b)                          one run a row
 *   for many rows  INSERT INTO t (a, b) SELECT c0, c1 FROM store_feed WHERE true   one run for all (embed_sql.py makes it)
 *
 * store_feed is a virtual table that exists in the writer's connection alone; its rows are the parameters of the call, c<n> the n-th name of the
 * statement. One run keeps its cursors open, so that rows in order of the key are appended without a search, and spares what begins and ends a run.
 */
#include "store_inside.h"

enum { FEED_ROWS_MIN = 8 };

typedef struct feed_table { sqlite3_vtab base; store *s; } feed_table;
typedef struct feed_cursor { sqlite3_vtab_cursor base; const store *s; size_t row; } feed_cursor;

static int feed_connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **ret, char **ret_error)
{
    char sql[1024] = "CREATE TABLE x(c0";
    size_t len = strlen(sql);
    (void)argc, (void)argv, (void)ret_error;
    for (int i = 1; i < STORE_FEED_COLUMNS; i++) {
        sqlite3_snprintf((int)(sizeof sql - len), sql + len, ",c%d", i);
        len += strlen(sql + len);
    }
    sqlite3_snprintf((int)(sizeof sql - len), sql + len, ")");
    int rc = sqlite3_declare_vtab(db, sql);
    feed_table *t = rc == SQLITE_OK ? sqlite3_malloc(sizeof *t) : NULL;
    if (!t) return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
    *t = (feed_table){.s = context};
    *ret = &t->base;
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    return SQLITE_OK;
}

static int feed_disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

static int feed_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    (void)t;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int feed_open(sqlite3_vtab *t, sqlite3_vtab_cursor **ret)
{
    feed_cursor *c = sqlite3_malloc(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    *c = (feed_cursor){.s = ((feed_table *)t)->s};
    *ret = &c->base;
    return SQLITE_OK;
}

static int feed_close(sqlite3_vtab_cursor *c)
{
    sqlite3_free(c);
    return SQLITE_OK;
}

static int feed_filter(sqlite3_vtab_cursor *c, int number, const char *text_, int argc, sqlite3_value **argv)
{
    (void)number, (void)text_, (void)argc, (void)argv;
    ((feed_cursor *)c)->row = 0;
    return SQLITE_OK;
}

static int feed_next(sqlite3_vtab_cursor *c)
{
    ((feed_cursor *)c)->row++;
    return SQLITE_OK;
}

static int feed_eof(sqlite3_vtab_cursor *c)
{
    const feed_cursor *f = (const feed_cursor *)c;
    return f->row >= f->s->feed_rows;
}

/* The values belong to the caller of store_run, so they are not copied. */
static int feed_column(sqlite3_vtab_cursor *c, sqlite3_context *to, int column)
{
    const feed_cursor *f = (const feed_cursor *)c;
    const store_param *p = f->s->feed[column];
    if (p->nulls && p->nulls[f->row]) sqlite3_result_null(to);
    else if (p->type == STORE_INT) sqlite3_result_int64(to, p->ints[f->row]);
    else {
        text t = p->texts[f->row];
        const char *bytes = t.ptr ? t.ptr : "";
        if (p->type == STORE_TEXT) sqlite3_result_text64(to, bytes, t.len, SQLITE_STATIC, SQLITE_UTF8);
        else sqlite3_result_blob64(to, bytes, t.len, SQLITE_STATIC);
    }
    return SQLITE_OK;
}

static int feed_rowid(sqlite3_vtab_cursor *c, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((feed_cursor *)c)->row;
    return SQLITE_OK;
}

bool feed_attach(store *s, heng_err *err)
{
    static const sqlite3_module MODULE = {.xConnect = feed_connect, .xDisconnect = feed_disconnect, .xBestIndex = feed_best_index, .xOpen = feed_open,
                                          .xClose = feed_close, .xFilter = feed_filter, .xNext = feed_next, .xEof = feed_eof, .xColumn = feed_column,
                                          .xRowid = feed_rowid};
    return sqlite3_create_module_v2(s->db, "store_feed", &MODULE, s, NULL) == SQLITE_OK || fail_sqlite(s, err);
}

bool feed_suits(const store *s, sql_id id, size_t rows)
{
    return s->writer && rows >= FEED_ROWS_MIN && sql_statements[id].sqlite_many;
}

bool feed_run(store *s, sql_id id, const binding *b, size_t rows, heng_err *err)
{
    statement *st = &s->many[id];
    if (!statement_prepare(s, st, sql_statements[id].sqlite_many, sql_statements[id].name, err)) return false;
    for (size_t i = 0; i < b->count; i++) s->feed[b->positions[i] - 1] = &b->params[i];
    s->feed_rows = rows;
    bool ok = sqlite3_step(st->stmt) == SQLITE_DONE || fail_sqlite(s, err);
    sqlite3_reset(st->stmt);
    s->feed_rows = 0;
    return ok;
}
