/* A folder of its own for each test program, removed at the end; files in it; small helpers shared by the tests of this room. */
#ifndef PLACE_H
#define PLACE_H
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"
#include "store_inside.h"

typedef struct place { arena a; char folder[64]; } place;

static inline bool place_open(place *p)
{
    *p = (place){.folder = "/tmp/heng-store-XXXXXX"};
    return mkdtemp(p->folder) && chmod(p->folder, 0755) == 0;
}

static inline const char *place_file(place *p, const char *name)
{
    return arena_printf(&p->a, "%s/%s", p->folder, name);
}

static inline int place_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static inline void place_close(place *p)
{
    nftw(p->folder, place_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(&p->a);
}

static inline bool place_write(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    bool ok = fd >= 0 && write(fd, bytes, len) == (ssize_t)len;
    close(fd);
    return ok;
}

/* A new database; with a table of this room's own tests when sql is given. */
static inline store *place_create(const char *path, const char *sql)
{
    store *s = NULL;
    heng_err err = {0};
    if (!check_ok(store_open(path, STORE_CREATE, &(store_options){.command = "a test"}, &s, &err), &err, "a new database is made")) exit(check_done());
    if (sql && sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        check(false, sqlite3_errmsg(s->db));
        exit(check_done());
    }
    return s;
}

static inline bool meta_put(store *s, const char *key, const char *value, heng_err *err)
{
    arena a = {0};
    text k = text_of(key), v = text_of(value);
    bool ok = store_run(s, SQL_store_meta_put, (store_param[]){{"key", STORE_TEXT, NULL, &k, NULL}, {"value", STORE_TEXT, NULL, &v, NULL}}, 2, 1, &a, NULL, err);
    arena_free(&a);
    return ok;
}

static inline bool meta_put_committed(store *s, const char *key, const char *value, heng_err *err)
{
    if (!store_begin(s, err)) return false;
    if (meta_put(s, key, value, err)) return store_commit(s, err);
    store_rollback(s);
    return false;
}

/* The value in the arena; empty when absent. */
static inline text meta_get(arena *a, store *s, const char *key)
{
    store_rows rows;
    heng_err err = {0};
    text k = text_of(key);
    if (!store_run(s, SQL_store_meta_find, &(store_param){"key", STORE_TEXT, NULL, &k, NULL}, 1, 1, a, &rows, &err)) return TEXT("(error)");
    return rows.count ? rows.columns[0].texts[0] : (text){"", 0};
}

static inline int64_t count_rows(store *s, const char *sql)
{
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    int64_t count = run_text(s, sql, NULL, 0, 1, &a, &rows, &err) ? rows.columns[0].ints[0] : -1;
    arena_free(&a);
    return count;
}
#endif
