/* Every statement prepares on SQLite, every table is STRICT, and both stores have the same migrations. */
#include "place.h"

static void each_statement_prepares(store *s)
{
    for (int id = 0; id < SQL_COUNT; id++) {
        statement st = {0};
        heng_err err = {0};
        char says[256];
        snprintf(says, sizeof says, "src/store/sql/%s.sql prepares on SQLite", store_sql_name((sql_id)id));
        if (check_ok(statement_prepare(s, &st, store_sql_text((sql_id)id), store_sql_name((sql_id)id), &err), &err, says)) {
            const sql_statement *made = &sql_statements[id];
            bool same = (size_t)sqlite3_bind_parameter_count(st.stmt) == made->name_count;
            for (size_t i = 0; same && i < made->name_count; i++) same = strcmp(sqlite3_bind_parameter_name(st.stmt, (int)i + 1) + 1, made->names[i]) == 0;
            if (!same) check(false, "embed_sql.py and SQLite see the same parameters");
        }
        statement_close(&st);
    }
}

/* The form for many rows, of every insert that adds plain rows. */
static void each_insert_has_a_form_for_many_rows(store *s)
{
    for (int id = 0; id < SQL_COUNT; id++) {
        statement st = {0};
        heng_err err = {0};
        char says[256];
        const char *name = store_sql_name((sql_id)id);
        size_t len = strlen(name);
        bool adds = len > 4 && strcmp(name + len - 4, "_add") == 0;
        if (adds) check(sql_statements[id].sqlite_many != NULL, name);
        if (!sql_statements[id].sqlite_many) continue;
        snprintf(says, sizeof says, "src/store/sql/%s.sql prepares for many rows", name);
        check_ok(statement_prepare(s, &st, sql_statements[id].sqlite_many, name, &err), &err, says);
        statement_close(&st);
    }
}

static void each_table_is_strict(store *s)
{
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    bool ok = run_text(s, "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                       NULL, 0, 1, &a, &rows, &err);
    check_ok(ok && rows.count > 0, &err, "the tables are listed");
    for (size_t i = 0; ok && i < rows.count; i++)
        check(rows.columns[1].ints[i] == 1, arena_printf(&a, "table %.*s is STRICT", TEXT_FMT(rows.columns[0].texts[i])));
    arena_free(&a);
}

static void both_stores_have_the_same_migrations(void)
{
    size_t count = sql_migration_count(sql_migrations_sqlite);
    check_int((int64_t)sql_migration_count(sql_migrations_postgresql), (int64_t)count, "as many migrations for PostgreSQL as for SQLite");
    for (size_t i = 0; i < count && sql_migrations_postgresql[i].name; i++)
        check_text(text_of(sql_migrations_postgresql[i].name), text_of(sql_migrations_sqlite[i].name), "a migration has one name on both stores");
    check_int(store_version(), (int64_t)count, "the version is the number of the last migration");
}

/* Applied one by one, each step leaves a file that says its version. */
static void migrations_go_up_from_each_version(place *p)
{
    for (int from = 1; from < store_version(); from++) {
        const char *path = place_file(p, arena_printf(&p->a, "from-%d", from));
        sqlite3 *db = NULL;
        store *s = NULL;
        heng_err err = {0};
        int version = 0;
        sqlite3_open(path, &db);
        for (int i = 0; i < from; i++) sqlite3_exec(db, sql_migrations_sqlite[i].text, NULL, NULL, NULL);
        sqlite3_exec(db, arena_printf(&p->a, "PRAGMA application_id=%d; PRAGMA user_version=%d", STORE_APPLICATION_ID, from), NULL, NULL, NULL);
        sqlite3_close(db);
        check_fails(store_open(path, STORE_READ, NULL, &s, &err), &err, "store.too_old", "a reader refuses an older file");
        check_ok(store_open(path, STORE_WRITE, NULL, &s, &err) && store_version_of(s, &version, &err), &err, "a writer brings an older file up");
        check_int(version, store_version(), "to the version of this program");
        store_close(s);
    }
}

int main(void)
{
    place p;
    if (!place_open(&p)) return 1;
    store *s = place_create(place_file(&p, "all"), NULL);
    each_statement_prepares(s);
    each_insert_has_a_form_for_many_rows(s);
    each_table_is_strict(s);
    store_close(s);
    both_stores_have_the_same_migrations();
    migrations_go_up_from_each_version(&p);
    place_close(&p);
    return check_done();
}
