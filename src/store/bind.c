/*
 * Columns of parameters into a statement. Values are not copied: they belong to the caller until the call returns.
 * A name that the statement does not have, or lacks, is a mistake in the program.
 */
#include <stdio.h>
#include "store_inside.h"

static _Noreturn void stop_at_name(const statement *st, const char *name, const char *why)
{
    char what[256];
    snprintf(what, sizeof what, "%s: %s :%s", st->name, why, name);
    must_failed(what, __FILE__, __LINE__);
}

static int position_of(const statement *st, const char *name)
{
    int count = sqlite3_bind_parameter_count(st->stmt);
    for (int i = 1; i <= count; i++)
        if (strcmp(sqlite3_bind_parameter_name(st->stmt, i) + 1, name) == 0) return i;
    stop_at_name(st, name, "has no parameter");
}

static void stop_at_missing(const binding *b, const statement *st)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(st->stmt); i++) {
        size_t at = 0;
        while (at < b->count && b->positions[at] != i) at++;
        if (at == b->count) stop_at_name(st, sqlite3_bind_parameter_name(st->stmt, i) + 1, "was not given");
    }
}

void bind_names(binding *b, const statement *st, const store_param *params, size_t count)
{
    must(count <= STORE_PARAMS_MAX);
    b->params = params;
    b->count = count;
    for (size_t i = 0; i < count; i++) b->positions[i] = position_of(st, params[i].name);
    stop_at_missing(b, st);
}

/* A NULL pointer would bind NULL: an empty text is not an absent one. */
static int bind_text(sqlite3_stmt *stmt, int at, text t)
{
    return sqlite3_bind_text64(stmt, at, t.ptr ? t.ptr : "", t.len, SQLITE_STATIC, SQLITE_UTF8);
}

static int bind_blob(sqlite3_stmt *stmt, int at, text t)
{
    return sqlite3_bind_blob64(stmt, at, t.ptr ? t.ptr : "", t.len, SQLITE_STATIC);
}

static int bind_value(sqlite3_stmt *stmt, int at, const store_param *p, size_t row)
{
    if (p->nulls && p->nulls[row]) return sqlite3_bind_null(stmt, at);
    switch (p->type) {
    case STORE_INT: return sqlite3_bind_int64(stmt, at, p->ints[row]);
    case STORE_TEXT: return bind_text(stmt, at, p->texts[row]);
    case STORE_BLOB: return bind_blob(stmt, at, p->texts[row]);
    }
    must_failed("a parameter's type", __FILE__, __LINE__);
}

bool bind_row(const store *s, const binding *b, sqlite3_stmt *stmt, size_t row, heng_err *err)
{
    for (size_t i = 0; i < b->count; i++) {
        int rc = bind_value(stmt, b->positions[i], &b->params[i], row);
        if (rc != SQLITE_OK) {
            fail_db(s->db, rc, s->path, err);
            return err_in_field(err, b->params[i].name);
        }
    }
    return true;
}
