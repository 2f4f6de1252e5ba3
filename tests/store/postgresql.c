/*
 * PostgreSQL can stand behind the same statements: its migrations apply, give the same tables and columns as SQLite's, and every statement prepares.
 * Run by tests/support/postgresql.sh, which starts a server of its own.
 */
#include <libpq-fe.h>
#include "place.h"

static bool says(PGconn *c, bool ok, const char *what)
{
    check(ok, what);
    if (!ok) {
        char *rest = PQerrorMessage(c), *line;
        while ((line = strsep(&rest, "\n")))
            if (*line) printf("# %s\n", line);
    }
    return ok;
}

static bool command(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    return ok;
}

static bool apply_migrations(PGconn *c, arena *a)
{
    for (size_t i = 0; sql_migrations_postgresql[i].name; i++) {
        const sql_migration *m = &sql_migrations_postgresql[i];
        bool ok = command(c, "BEGIN") && command(c, m->text) && command(c, "COMMIT");
        if (!says(c, ok, arena_printf(a, "src/store/migrations/postgresql/%s.sql applies", m->name))) return false;
    }
    return true;
}

static void each_statement_prepares(PGconn *c, arena *a)
{
    for (int id = 0; id < SQL_COUNT; id++) {
        text sql = store_sql_postgresql(a, (sql_id)id);
        PGresult *r = PQprepare(c, store_sql_name((sql_id)id), text_str(a, sql), 0, NULL);
        says(c, PQresultStatus(r) == PGRES_COMMAND_OK, arena_printf(a, "src/store/sql/%s.sql prepares on PostgreSQL", store_sql_name((sql_id)id)));
        PQclear(r);
    }
}

/* One line for each column, "table.column family", in order; on both stores the same. */
static text columns_of_sqlite(arena *a, store *s)
{
    static const char SQL[] =
        "SELECT t.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'int' WHEN 'INT' THEN 'int' ELSE lower(c.type) END AS line "
        "FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY line";
    store_rows rows;
    heng_err err = {0};
    text_buf b = {.a = a};
    if (!check_ok(run_text(s, SQL, NULL, 0, 1, a, &rows, &err), &err, "SQLite's columns are listed")) return TEXT("");
    for (size_t i = 0; i < rows.count; i++) buf_printf(&b, "%.*s\n", TEXT_FMT(rows.columns[0].texts[i]));
    return buf_text(&b);
}

static text columns_of_postgresql(arena *a, PGconn *c)
{
    static const char SQL[] =
        "SELECT line FROM (SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bigint' THEN 'int' WHEN 'bytea' THEN 'blob' ELSE data_type END AS line "
        "FROM information_schema.columns WHERE table_schema = 'public') AS found ORDER BY line COLLATE \"C\"";
    text_buf b = {.a = a};
    PGresult *r = PQexec(c, SQL);
    says(c, PQresultStatus(r) == PGRES_TUPLES_OK, "PostgreSQL's columns are listed");
    for (int i = 0; i < PQntuples(r); i++) buf_printf(&b, "%s\n", PQgetvalue(r, i, 0));
    PQclear(r);
    return buf_text(&b);
}

static void print_lines_missing(text from, text in, const char *where)
{
    while (from.len) {
        size_t at;
        text line = text_next(&from, '\n');
        if (line.len && !text_find(in, line, &at)) printf("# not on %s: %.*s\n", where, TEXT_FMT(line));
    }
}

static void both_stores_have_the_same_columns(PGconn *c, arena *a)
{
    place p;
    if (!place_open(&p)) exit(1);
    store *s = place_create(place_file(&p, "db"), NULL);
    text sqlite = columns_of_sqlite(a, s), postgresql = columns_of_postgresql(a, c);
    if (!check(sqlite.len && text_equal(sqlite, postgresql), "both stores have the same tables and columns")) {
        print_lines_missing(sqlite, postgresql, "PostgreSQL");
        print_lines_missing(postgresql, sqlite, "SQLite");
    }
    store_close(s);
    place_close(&p);
}

int main(void)
{
    arena a = {0};
    PGconn *c = PQconnectdb("");
    if (says(c, PQstatus(c) == CONNECTION_OK, "PostgreSQL answers") && apply_migrations(c, &a)) {
        each_statement_prepares(c, &a);
        both_stores_have_the_same_columns(c, &a);
    }
    PQfinish(c);
    arena_free(&a);
    return check_done();
}
