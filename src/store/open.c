/*
 * Opening and closing. A new database is built under the name <path>.creating and renamed when it is complete and synced, so that no half-made one
 * is ever seen under its own name.
 */
#include "store_inside.h"

/* Closing would merge the log too, but would not say when that fails. */
static bool merge_log(store *s, heng_err *err)
{
    return sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK || fail_sqlite(s, err);
}

static bool build_new(store *s, const char *file, heng_err *err)
{
    bool ok = connect_writer(s, file, true, err) && migrate_up(s, err) && merge_log(s, err);
    statement_close(&s->look);
    int rc = sqlite3_close(s->db);
    s->db = NULL;
    if (ok && rc != SQLITE_OK) return fail_db(NULL, rc, s->path, err);
    return ok;
}

static bool create(store *s, heng_err *err)
{
    if (path_exists(s->real)) {
        err_fill(err, &MSG_STORE_EXISTS, NULL, NULL, NULL);
        return err_in_file(err, s->path);
    }
    if (!path_no_orphan(s->path, s->real, err)) return false;
    const char *file = path_beside(&s->memory, s->real, ".creating");
    path_remove_database(file); /* left by a process that died */
    bool ok = build_new(s, file, err) && path_sync(file, err) && path_rename(file, s->real, err);
    path_remove_database(file); /* what is left of it: all of it, or at most an empty log */
    return ok;
}

static bool open_writer(store *s, store_mode mode, heng_err *err)
{
    if (mode == STORE_WRITE && !path_is_database(s->path, s->real, s->options.vfs, err)) return false;
    if (!lock_take(s, &s->lock_fd, err)) return false;
    if (mode == STORE_CREATE && !create(s, err)) return false;
    return path_is_database(s->path, s->real, s->options.vfs, err) && connect_writer(s, s->real, false, err) && migrate_up(s, err);
}

static bool open_reader(store *s, heng_err *err)
{
    return path_is_database(s->path, s->real, s->options.vfs, err) && connect_reader(s, err) && migrate_accept(s, err);
}

static store *new_store(const char *path, store_mode mode, const store_options *options)
{
    arena memory = {0};
    store *s = NEW(&memory, store);
    if (options) s->options = *options;
    if (s->options.command) s->options.command = arena_copy(&memory, options->command, strlen(options->command));
    if (s->options.vfs) s->options.vfs = arena_copy(&memory, options->vfs, strlen(options->vfs));
    s->path = arena_copy(&memory, path, strlen(path));
    s->wait_ms = s->options.wait_ms > 0 ? s->options.wait_ms : STORE_WAIT_MS;
    s->writer = mode != STORE_READ;
    s->lock_fd = -1;
    s->memory = memory;
    return s;
}

static bool open_new(store *s, store_mode mode, store **ret, heng_err *err)
{
    bool ok = path_real(&s->memory, s->path, &s->real, err) && (s->writer ? open_writer(s, mode, err) : open_reader(s, err));
    if (!ok) {
        store_close(s);
        return false;
    }
    *ret = s;
    return true;
}

bool store_open(const char *path, store_mode mode, const store_options *options, store **ret, heng_err *err)
{
    return open_new(new_store(path, mode, options), mode, ret, err);
}

bool store_open_reader(const store *s, store **ret, heng_err *err)
{
    return store_open(s->real, STORE_READ, &(store_options){.wait_ms = s->options.wait_ms, .cache_mib = s->options.cache_mib, .vfs = s->options.vfs}, ret, err);
}

bool open_to_copy(const char *path, const char *vfs, store **ret, heng_err *err)
{
    store *s = new_store(path, STORE_READ, &(store_options){.vfs = vfs});
    s->any_version = true;
    return open_new(s, STORE_READ, ret, err);
}

void store_close(store *s)
{
    if (!s) return;
    if (s->db) store_rollback(s);
    statement *own[] = {&s->begin, &s->commit, &s->roll_back, &s->look, &s->data_version};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) statement_close(own[i]);
    for (size_t i = 0; i < SQL_COUNT; i++) statement_close(&s->statements[i]), statement_close(&s->many[i]);
    sqlite3_close(s->db);
    lock_release(s->lock_fd); /* after the database: closing a writer merges its log */
    arena memory = s->memory; /* the store lives in it */
    arena_free(&memory);
}

const char *store_path(const store *s)
{
    return s->path;
}

bool store_is_writer(const store *s)
{
    return s->writer;
}

uint64_t store_call_count(const store *s)
{
    return s->calls;
}
