/*
 * Backup, restore, check.
 *
 * A copy is made with SQLite's backup API inside one read transaction of a connection of its own: writers go on, and the copy shows the moment it
 * began. It is built under another name, checked, synced and only then renamed.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "store_inside.h"

enum { PAGES_PER_STEP = 1024, BUSY_NAP_MS = 10, BUSY_STEPS_MAX = 1000 };

static bool step_pages(sqlite3_backup *copy, const store *from, const char *to_path, heng_err *err)
{
    int busy = 0;
    for (;;) {
        int rc = sqlite3_backup_step(copy, PAGES_PER_STEP);
        if (rc == SQLITE_DONE) return true;
        if ((rc & 0xff) == SQLITE_FULL) return fail_db(NULL, rc, to_path, err);
        if (rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED) return fail_db(NULL, rc, from->path, err);
        if (rc != SQLITE_OK && ++busy > BUSY_STEPS_MAX) return fail_db(NULL, rc, from->path, err);
        if (rc != SQLITE_OK) sqlite3_sleep(BUSY_NAP_MS);
    }
}

static bool copy_pages(store *from, sqlite3 *to, const char *to_path, heng_err *err)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from->db, "main");
    if (!copy) return fail_db(to, sqlite3_errcode(to), to_path, err);
    bool ok = step_pages(copy, from, to_path, err);
    int rc = sqlite3_backup_finish(copy);
    return ok && (rc == SQLITE_OK || fail_db(to, rc, from->path, err));
}

/* The whole of from into a new file, in one snapshot. The file is synced by the caller, once. */
static bool copy_to_file(store *from, const char *file, const char *to_path, heng_err *err)
{
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    bool ok = rc == SQLITE_OK || fail_db(to, rc, to_path, err);
    if (ok) sqlite3_exec(to, "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF", NULL, NULL, NULL);
    if (ok && store_begin(from, err)) {
        ok = copy_pages(from, to, to_path, err);
        store_rollback(from);
    } else ok = false;
    rc = sqlite3_close(to);
    return ok && (rc == SQLITE_OK || fail_db(NULL, rc, to_path, err));
}

/* Runs a checking pragma; the first line that is not "ok" goes to found (empty = sound). */
static bool first_complaint(store *s, const char *pragma, char *found, size_t size, heng_err *err)
{
    statement st = {0};
    found[0] = 0;
    if (!statement_prepare(s, &st, pragma, pragma, err)) return false;
    int rc = sqlite3_step(st.stmt);
    const char *line = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st.stmt, 0) : NULL;
    if (line && strcmp(line, "ok") != 0) snprintf(found, size, "%s", line);
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || fail_sqlite(s, err);
    statement_close(&st);
    return ok;
}

static bool is_sound(store *s, const char *pragma, const heng_message *message, heng_err *err)
{
    char found[256];
    if (!first_complaint(s, pragma, found, sizeof found, err)) return false;
    if (!found[0]) return true;
    err_fill(err, message, found, NULL, NULL);
    return err_in_file(err, s->path);
}

static bool are_parents_there(store *s, heng_err *err)
{
    statement st = {0};
    if (!statement_prepare(s, &st, "PRAGMA foreign_key_check", "foreign_key_check", err)) return false;
    int rc = sqlite3_step(st.stmt);
    if (rc == SQLITE_ROW) {
        const char *row = (const char *)sqlite3_column_text(st.stmt, 1);
        err_fill(err, &MSG_STORE_ORPHAN_ROWS, row ? row : "?", (const char *)sqlite3_column_text(st.stmt, 0), (const char *)sqlite3_column_text(st.stmt, 2));
        err_in_file(err, s->path);
    }
    bool ok = rc == SQLITE_DONE || (rc != SQLITE_ROW && fail_sqlite(s, err));
    statement_close(&st);
    return ok;
}

bool store_check(store *s, heng_err *err)
{
    return is_sound(s, "PRAGMA quick_check(1)", &MSG_STORE_CHECK_BAD, err) && are_parents_there(s, err);
}

/* The finished copy, read as immutable so that the check leaves no files beside it. */
static bool check_copy(const char *file, const char *to_path, heng_err *err)
{
    store copy = {.path = to_path, .real = file, .lock_fd = -1};
    bool ok = true;
    int rc = sqlite3_open_v2(path_uri_immutable(&copy.memory, file), &copy.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) ok = fail_db(copy.db, rc, to_path, err);
    ok = ok && is_sound(&copy, "PRAGMA integrity_check(1)", &MSG_STORE_BACKUP_BAD, err);
    sqlite3_close(copy.db);
    arena_free(&copy.memory);
    return ok;
}

static bool fail_exists(const char *path, heng_err *err)
{
    err_fill(err, &MSG_STORE_EXISTS, NULL, NULL, NULL);
    return err_in_file(err, path);
}

/* A checked and synced copy under a name of its own beside its place. */
static bool make_copy(store *from, const char *file, const char *to_path, heng_err *err)
{
    path_remove_database(file); /* left by a process that died */
    return copy_to_file(from, file, to_path, err) && check_copy(file, to_path, err) && path_sync(file, err);
}

static bool backup_from(store *from, arena *a, const char *to_path, heng_err *err)
{
    const char *real;
    if (!path_real(a, to_path, &real, err)) return false;
    if (path_exists(real)) return fail_exists(to_path, err);
    if (!path_no_orphan(to_path, real, err)) return false;
    const char *file = arena_printf(a, "%s.partial-%ld", real, (long)getpid());
    bool ok = make_copy(from, file, to_path, err) && (!path_exists(real) || fail_exists(to_path, err)) && path_rename(file, real, err);
    if (!ok) path_remove_database(file);
    return ok;
}

bool store_backup(store *s, const char *to_path, heng_err *err)
{
    store *from = NULL;
    arena a = {0};
    bool ok = open_to_copy(s->real, s->options.vfs, &from, err) && backup_from(from, &a, to_path, err);
    store_close(from);
    arena_free(&a);
    return ok;
}

/*
 * Merge the old file's log into it, which only works when nobody else has it open. A damaged old file cannot do that
 * and must not stop its own replacement: its log is then moved along with it.
 */
static bool merge_old_log(const char *path, const char *real, heng_err *err)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(real, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    sqlite3_close(db);
    if (rc != SQLITE_BUSY && rc != SQLITE_LOCKED) return true;
    err_fill(err, &MSG_STORE_IN_USE, NULL, NULL, NULL);
    return err_in_file(err, path);
}

/* A second restore within one second gets its own name. */
static const char *old_name(arena *a, const char *real)
{
    char stamp[32] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (localtime_r(&now, &tm)) strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &tm);
    const char *name = arena_printf(a, "%s.before-restore-%s", real, stamp);
    for (int i = 2; path_exists(name); i++) name = arena_printf(a, "%s.before-restore-%s-%d", real, stamp, i);
    return name;
}

static bool keep_old(arena *a, const char *path, const char *real, heng_err *err)
{
    if (!merge_old_log(path, real, err)) return false;
    const char *kept = old_name(a, real), *log = path_beside(a, real, "-wal"), *shm = path_beside(a, real, "-shm");
    if (path_exists(log) && !path_rename(log, path_beside(a, kept, "-wal"), err)) return false;
    unlink(shm);
    /* A second name for the old file, so that at no moment there is none under path; file systems without links rename. */
    if (link(real, kept) == 0) return true;
    return path_rename(real, kept, err);
}

static bool restore_locked(store *backup, arena *a, const char *path, const char *real, bool replace, heng_err *err)
{
    bool there = path_exists(real);
    if (there && !replace) return fail_exists(path, err);
    if (!there && !path_no_orphan(path, real, err)) return false;
    const char *file = arena_printf(a, "%s.restoring-%ld", real, (long)getpid());
    bool ok = make_copy(backup, file, path, err) && (!there || keep_old(a, path, real, err)) && path_rename(file, real, err);
    if (!ok) path_remove_database(file);
    return ok;
}

bool store_restore(const char *backup_path, const char *path, bool replace, heng_err *err)
{
    store target = {.path = path, .wait_ms = STORE_WAIT_MS, .lock_fd = -1, .options.command = "restore"};
    store *backup = NULL;
    arena a = {0};
    bool ok = open_to_copy(backup_path, NULL, &backup, err) && path_real(&a, path, &target.real, err) && lock_take(&target, &target.lock_fd, err) &&
              restore_locked(backup, &a, path, target.real, replace, err);
    lock_release(target.lock_fd);
    store_close(backup);
    arena_free(&a);
    return ok;
}
