/*
 * Versions. The version of a file is the number of the last migration it has had (PRAGMA user_version); migrations only go forward, each in one
 * transaction with its number, so a file is always at some version whole.
 */
#include <stdio.h>
#include "store_inside.h"

static bool fail_version(const store *s, const heng_message *message, int seen, heng_err *err)
{
    char seen_text[16], wanted_text[16];
    snprintf(seen_text, sizeof seen_text, "%d", seen);
    snprintf(wanted_text, sizeof wanted_text, "%d", store_version());
    err_fill(err, message, seen_text, wanted_text, NULL);
    return err_in_file(err, s->path);
}

bool store_version_of(store *s, int *ret, heng_err *err)
{
    int64_t version;
    if (!connect_pragma_int(s, "user_version", &version, err)) return false;
    *ret = (int)version;
    return true;
}

static bool fail_migration(store *s, const char *name, heng_err *err)
{
    int rc = sqlite3_errcode(s->db);
    if (rc != SQLITE_ERROR && rc != SQLITE_CONSTRAINT) return fail_sqlite(s, err);
    err_fill(err, &MSG_STORE_MIGRATION, sqlite3_errmsg(s->db), name, NULL);
    return err_in_file(err, s->path);
}

static bool apply(store *s, int number, heng_err *err)
{
    const sql_migration *m = &sql_migrations_sqlite[number - 1];
    char mark[96];
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", STORE_APPLICATION_ID, number);
    bool ok = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_exec(s->db, m->text, NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_exec(s->db, mark, NULL, NULL, NULL) == SQLITE_OK;
    if (ok) return true;
    fail_migration(s, m->name, err);
    if (!sqlite3_get_autocommit(s->db)) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool migrate_up(store *s, heng_err *err)
{
    int version;
    if (!store_version_of(s, &version, err)) return false;
    if (version > store_version()) return fail_version(s, &MSG_STORE_NEWER, version, err);
    for (int number = version + 1; number <= store_version(); number++)
        if (!apply(s, number, err)) return false;
    return true;
}

bool migrate_accept(store *s, heng_err *err)
{
    int version;
    if (!store_version_of(s, &version, err)) return false;
    if (version > store_version()) return fail_version(s, &MSG_STORE_NEWER, version, err);
    if (version < store_version() && !s->any_version) return fail_version(s, &MSG_STORE_TOO_OLD, version, err);
    return true;
}
