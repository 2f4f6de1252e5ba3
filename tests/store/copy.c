/* Backup while a writer commits, restore, and what stands in their way. */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include "place.h"

static const char TABLES[] = "CREATE TABLE pair (a INTEGER PRIMARY KEY, b INTEGER NOT NULL, fill BLOB) STRICT";

/* Commits rows whose two numbers agree, so that a copy of half a transaction shows: each transaction has ten. */
typedef struct busy_writer { store *s; atomic_bool stop; int64_t next; int64_t commits; bool ok; } busy_writer;

static bool commit_ten(busy_writer *w)
{
    arena a = {0};
    heng_err err = {0};
    int64_t ids[10];
    for (int i = 0; i < 10; i++) ids[i] = w->next++;
    bool ok = store_begin(w->s, &err) &&
              run_text(w->s, "INSERT INTO pair (a, b, fill) VALUES (:n, :n, zeroblob(2000))", &(store_param){"n", STORE_INT, ids, NULL, NULL}, 1, 10, &a, NULL, &err) &&
              store_commit(w->s, &err);
    arena_free(&a);
    w->commits += ok;
    return ok;
}

static void *keep_committing(void *arg)
{
    busy_writer *w = arg;
    w->ok = true;
    while (w->ok && !atomic_load(&w->stop)) w->ok = commit_ten(w);
    return NULL;
}

static bool leaves_nothing_else(const place *p, const char *part)
{
    DIR *dir = opendir(p->folder);
    bool found = false;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) found = found || strstr(e->d_name, part);
    closedir(dir);
    return !found;
}

static void a_backup_is_whole_while_a_writer_commits(place *p, const char *path, const char *to)
{
    busy_writer w = {.next = 1};
    store *reader = NULL, *copy = NULL;
    heng_err err = {0};
    pthread_t thread;
    check_ok(store_open(path, STORE_WRITE, NULL, &w.s, &err), &err, "a writer opens");
    for (int i = 0; i < 400; i++)
        if (!commit_ten(&w)) check(false, "the writer fills the database");
    check_ok(store_open(path, STORE_READ, NULL, &reader, &err), &err, "a reader opens");
    pthread_create(&thread, NULL, keep_committing, &w);
    check_ok(store_backup(reader, to, &err), &err, "a backup is made meanwhile");
    atomic_store(&w.stop, true);
    pthread_join(thread, NULL);
    check(w.ok && w.commits >= 400, "the writer went on");
    check_ok(store_open(to, STORE_READ, NULL, &copy, &err) && store_check(copy, &err), &err, "the copy opens and is sound");
    int64_t rows = count_rows(copy, "SELECT count(*) FROM pair");
    check(rows >= 4000 && rows % 10 == 0 && rows <= w.commits * 10, "it has whole transactions");
    check_int(count_rows(copy, "SELECT count(*) FROM pair WHERE a <> b OR a > (SELECT count(*) FROM pair)"), 0, "and all of them up to its moment");
    store_close(copy);
    check_fails(store_backup(reader, to, &err), &err, "store.exists", "a second backup does not replace the first");
    err_clear(&err);
    check_fails(store_backup(reader, place_file(p, "no/folder"), &err), &err, "store.no_folder", "nor go to a folder that is not there");
    store_close(reader);
    err_clear(&err);
    check_ok(store_backup(w.s, place_file(p, "second"), &err), &err, "a writer can make a backup itself");
    store_close(w.s);
    check(leaves_nothing_else(p, ".partial"), "no half-made copy stays");
}

static void a_restore_brings_back_the_state(place *p, const char *path, const char *backup)
{
    store *s = NULL;
    heng_err err = {0};
    const char *fresh = place_file(p, "fresh");
    check_ok(store_restore(backup, fresh, false, &err), &err, "a backup is restored where nothing was");
    check_ok(store_open(fresh, STORE_WRITE, NULL, &s, &err) && meta_put_committed(s, "zone", "x", &err), &err, "and can be written");
    store_close(s);

    check_fails(store_restore(backup, path, false, &err), &err, "store.exists", "a database is not replaced unless told");
    err_clear(&err);
    check_ok(store_restore(backup, path, true, &err), &err, "it is replaced when told");
    check(!leaves_nothing_else(p, ".before-restore-"), "and the old one is kept beside it");
    check_ok(store_open(path, STORE_READ, NULL, &s, &err) && store_check(s, &err), &err, "the new one opens");
    store_close(s);
    check(leaves_nothing_else(p, ".restoring"), "no half-made copy stays");
}

static void a_restore_keeps_away_from_readers_and_writers(place *p, const char *backup)
{
    store *s = NULL;
    heng_err err = {0};
    const char *path = place_file(p, "in use");
    check_ok(store_restore(backup, path, false, &err) && store_open(path, STORE_READ, NULL, &s, &err), &err, "a database is being read");
    check_fails(store_restore(backup, path, true, &err), &err, "store.in_use", "so it is not replaced");
    store_close(s);
    err_clear(&err);
    check_ok(store_open(path, STORE_READ, NULL, &s, &err) && store_check(s, &err), &err, "and is as it was");
    store_close(s);
}

static void only_a_sound_backup_is_restored(place *p, const char *backup, const char *path)
{
    static const char GARBAGE[2000] = "garbage";
    heng_err err = {0};
    const char *bad = place_file(p, "bad backup"), *newer = place_file(p, "newer backup"), *words = place_file(p, "words");
    check_ok(store_restore(backup, bad, false, &err) && store_restore(backup, newer, false, &err), &err, "two copies");
    int fd = open(bad, O_WRONLY);
    check(pwrite(fd, GARBAGE, sizeof GARBAGE, path_bytes(bad) / 2) == (ssize_t)sizeof GARBAGE, "one is damaged in the middle");
    close(fd);
    check_fails(store_restore(bad, path, true, &err), &err, "store.backup_bad", "a damaged backup is not restored");
    sqlite3 *db = NULL;
    sqlite3_open(newer, &db);
    sqlite3_exec(db, "PRAGMA user_version=9999", NULL, NULL, NULL);
    sqlite3_close(db);
    err_clear(&err);
    check_fails(store_restore(newer, path, true, &err), &err, "store.newer", "nor one of a newer version");
    place_write(words, "words", 5);
    err_clear(&err);
    check_fails(store_restore(words, path, true, &err), &err, "store.not_database", "nor something else");
    err_clear(&err);
    check_fails(store_restore(place_file(p, "absent"), path, true, &err), &err, "store.not_found", "nor nothing");
}

static void a_damaged_database_can_be_replaced(place *p, const char *backup)
{
    store *s = NULL;
    heng_err err = {0};
    const char *path = place_file(p, "damaged");
    place_write(path, "SQLite format 3\0 and then rubbish", 33);
    place_write(place_file(p, "damaged-wal"), "rubbish", 7);
    check_ok(store_restore(backup, path, true, &err), &err, "a damaged database is replaced");
    check_ok(store_open(path, STORE_WRITE, NULL, &s, &err) && store_check(s, &err), &err, "and works again");
    store_close(s);
}

static void a_check_finds_rows_without_their_parents(place *p)
{
    heng_err err = {0};
    store *s = place_create(place_file(p, "orphans"), "PRAGMA foreign_keys=OFF; CREATE TABLE m (id INTEGER PRIMARY KEY) STRICT;"
                                                      "CREATE TABLE c (id INTEGER PRIMARY KEY, m INTEGER REFERENCES m) STRICT; INSERT INTO c VALUES (5, 9)");
    check_fails(store_check(s, &err), &err, "store.orphan_rows", "a check finds a row without its parent");
    check(strcmp(err.seen, "5") == 0 && strcmp(err.wanted, "c") == 0 && strcmp(err.other, "m") == 0, "and names it");
    store_close(s);
}

int main(void)
{
    place p;
    if (!place_open(&p)) return 1;
    const char *path = place_file(&p, "db"), *backup = place_file(&p, "backup");
    store_close(place_create(path, TABLES));
    a_backup_is_whole_while_a_writer_commits(&p, path, backup);
    a_restore_brings_back_the_state(&p, path, backup);
    a_restore_keeps_away_from_readers_and_writers(&p, backup);
    only_a_sound_backup_is_restored(&p, backup, path);
    a_damaged_database_can_be_replaced(&p, backup);
    a_check_finds_rows_without_their_parents(&p);
    place_close(&p);
    return check_done();
}
