/* Prepared statements, each prepared once per store, at its first use. */
#include <stdio.h>
#include "store_inside.h"

bool statement_prepare(store *s, statement *st, const char *sql, const char *name, heng_err *err)
{
    if (st->stmt) return true;
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->stmt, NULL) != SQLITE_OK) return fail_sqlite(s, err);
    st->name = name;
    return true;
}

/* A statement that is running already (a callback of store_each asks for the same one) is prepared once more, into *spare. */
bool statement_take(store *s, sql_id id, statement *spare, statement **ret, heng_err *err)
{
    must((unsigned)id < SQL_COUNT);
    statement *st = s->statements[id].taken ? spare : &s->statements[id];
    if (!statement_prepare(s, st, sql_statements[id].sqlite, sql_statements[id].name, err)) return false;
    st->taken = true;
    *ret = st;
    return true;
}

void statement_give(statement *st, const statement *spare)
{
    sqlite3_reset(st->stmt);
    st->taken = false;
    if (st == spare) statement_close(st);
}

bool statement_step_once(store *s, statement *st, const char *sql, int64_t *ret, heng_err *err)
{
    if (!statement_prepare(s, st, sql, sql, err)) return false;
    int rc = sqlite3_step(st->stmt);
    if (rc == SQLITE_ROW && ret) *ret = sqlite3_column_int64(st->stmt, 0);
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || fail_sqlite(s, err);
    sqlite3_reset(st->stmt);
    return ok;
}

void statement_close(statement *st)
{
    sqlite3_finalize(st->stmt);
    *st = (statement){0};
}
