/* Opening: what is no database, what is too new, what cannot be written, a full disk. */
#include <grp.h>
#include <sys/wait.h>
#include "place.h"
#include "powercut_vfs.h"

static bool copy_file(const char *from, const char *to, size_t bytes_max)
{
    static char bytes[1 << 20];
    int fd = open(from, O_RDONLY);
    ssize_t got = read(fd, bytes, bytes_max < sizeof bytes ? bytes_max : sizeof bytes);
    close(fd);
    return got >= 0 && place_write(to, bytes, (size_t)got);
}

static void fails_to_open(const char *path, store_mode mode, const char *id, const char *says)
{
    store *s = NULL;
    heng_err err = {0};
    check_fails(store_open(path, mode, &(store_options){.wait_ms = 50}, &s, &err), &err, id, says);
    check(s == NULL && err.file[0], "nothing is opened, and the file is named");
    if (s) store_close(s);
}

static void set_pragma(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
}

static void what_is_no_database_is_told_apart(place *p, const char *good)
{
    const char *other = place_file(p, "other.sqlite"), *cut = place_file(p, "cut"), *stub = place_file(p, "stub");
    const char *empty = place_file(p, "empty"), *words = place_file(p, "words.csv"), *damaged = place_file(p, "damaged");
    set_pragma(other, "CREATE TABLE t (x)");
    place_write(empty, "", 0);
    static const char WORDS[] = "年份,煤炭\n2021,1\n";
    place_write(words, WORDS, sizeof WORDS - 1);
    copy_file(good, cut, 4096);
    copy_file(good, stub, 50);
    copy_file(good, damaged, 1 << 20);
    int fd = open(damaged, O_WRONLY);
    check(pwrite(fd, "garbage garbage garbage", 23, 100) == 23, "a page is damaged");
    close(fd);
    for (store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        fails_to_open(place_file(p, "absent"), mode, "store.not_found", "a file that does not exist");
        fails_to_open(place_file(p, "no/folder"), mode, "store.no_folder", "a folder that does not exist");
        fails_to_open(p->folder, mode, "store.not_database", "a folder");
        fails_to_open(empty, mode, "store.not_database", "an empty file");
        fails_to_open(words, mode, "store.not_database", "a table of another kind");
        fails_to_open(other, mode, "store.not_heng", "another program's database");
        fails_to_open(cut, mode, "store.truncated", "a database cut to its first page");
        fails_to_open(stub, mode, "store.truncated", "a database cut inside its header");
        fails_to_open(damaged, mode, "store.corrupt", "a database with a damaged page");
    }
    check(!path_exists(place_file(p, "other.sqlite-wal")), "another program's database is left as it was");
}

static void a_newer_file_names_both_versions(place *p, const char *good)
{
    const char *newer = place_file(p, "newer");
    copy_file(good, newer, 1 << 20);
    set_pragma(newer, "PRAGMA user_version=9999");
    for (store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        store *s = NULL;
        heng_err err = {0};
        char known[16];
        snprintf(known, sizeof known, "%d", store_version());
        check_fails(store_open(newer, mode, NULL, &s, &err), &err, "store.newer", "a file of a newer version");
        check(err.message && err.message->code == HENG_NEWER, "has the code of its own");
        check_text(text_of(err.seen), TEXT("9999"), "its version is named");
        check_text(text_of(err.wanted), text_of(known), "and the one of this program");
    }
}

static void a_new_database_takes_no_ones_place(place *p, const char *good)
{
    fails_to_open(good, STORE_CREATE, "store.exists", "a new database over another");
    place_write(place_file(p, "lost-wal"), "log", 3);
    fails_to_open(place_file(p, "lost"), STORE_CREATE, "store.orphan", "a new database beside an old log");
    fails_to_open(place_file(p, "no/folder"), STORE_CREATE, "store.no_folder", "a new database in no folder");
    place_write(place_file(p, "again.creating"), "half", 4);
    store_close(place_create(place_file(p, "again"), NULL));
    check(!path_exists(place_file(p, "again.creating")), "a half-made one of a dead process is no hindrance and does not stay");
}

/* Permissions do not bind root: become somebody else, in a process of one's own whose exit code says how it went. */
static bool as_somebody(bool (*fn)(const char *), const char *path)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        bool plain = geteuid() != 0 || (setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
        _exit(plain && fn(path) ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_error(bool ok, const heng_err *err, const char *id)
{
    if (!ok && err->message && strcmp(err->message->id, id) == 0) return true;
    fprintf(stderr, "# seen %s, wanted %s\n", ok ? "success" : err->message ? err->message->id : "nothing", id);
    return false;
}

static bool reads_zone(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    arena a = {0};
    bool ok = store_open(path, STORE_READ, NULL, &s, &err) && store_begin(s, &err) && text_is(meta_get(&a, s, "zone"), "Asia/Shanghai") && store_commit(s, &err);
    if (!ok && err.message) fprintf(stderr, "# %s\n", err.message->id);
    store_close(s);
    arena_free(&a);
    return ok;
}

static bool cannot_write(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    return is_error(store_open(path, STORE_WRITE, NULL, &s, &err), &err, "store.read_only");
}

static bool cannot_create(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    char name[256];
    snprintf(name, sizeof name, "%s-new", path);
    return is_error(store_open(name, STORE_CREATE, NULL, &s, &err), &err, "store.read_only");
}

static bool cannot_read_log(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    return is_error(store_open(path, STORE_READ, NULL, &s, &err), &err, "store.read_only_log");
}

static bool cannot_read(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    return is_error(store_open(path, STORE_READ, NULL, &s, &err), &err, "store.no_access");
}

static bool sees_change(const char *path)
{
    store *s = NULL;
    heng_err err = {0};
    char log[256];
    snprintf(log, sizeof log, "%s-wal", path);
    if (!store_open(path, STORE_READ, NULL, &s, &err) || !s->immutable) return false;
    s->stamp.changed_ns--; /* as if it had been written since */
    bool ok = is_error(store_begin(s, &err), &err, "store.changed_below");
    store_close(s);
    return ok;
}

static void reading_works_where_writing_does_not(place *p)
{
    const char *folder = place_file(p, "closed"), *path = place_file(p, "closed/db"), *log = place_file(p, "closed/db-wal");
    heng_err err = {0};
    mkdir(folder, 0755);
    store *s = place_create(path, NULL);
    check_ok(meta_put_committed(s, "zone", "Asia/Shanghai", &err), &err, "a word is kept");
    store_close(s);
    unlink(place_file(p, "closed/db-writer"));
    chmod(path, 0444);
    chmod(folder, 0555);
    check(as_somebody(reads_zone, path), "a file and folder that cannot be written are read");
    check(as_somebody(cannot_write, path), "but not written");
    check(as_somebody(cannot_create, path), "and nothing new is made there");
    check(as_somebody(sees_change, path), "a change from outside is noticed");
    chmod(folder, 0755);
    place_write(log, "a log with something in it", 26);
    chmod(folder, 0555);
    check(as_somebody(cannot_read_log, path), "a log that cannot be read is not passed over");
    chmod(path, 0000);
    check(as_somebody(cannot_read, path), "a file without permission says so");
    chmod(folder, 0755);
    chmod(path, 0644);
}

static void a_write_that_fails_leaves_nothing(place *p, powercut_event event, const char *id)
{
    arena a = {0};
    store *s = NULL;
    heng_err err = {0};
    const char *path = arena_printf(&p->a, "%s/fault-%d", p->folder, (int)event);
    powercut *layer = powercut_install("fault", 1);
    store_close(place_create(path, NULL));
    check_ok(store_open(path, STORE_WRITE, &(store_options){.vfs = "fault"}, &s, &err) && meta_put_committed(s, "zone", "first", &err), &err, "a word is kept");
    powercut_arm(layer, event, 1, 0);
    check_fails(meta_put_committed(s, "zone", "second", &err), &err, id, "a write fails with its own message");
    powercut_arm(layer, event, 0, 0);
    check_text(meta_get(&a, s, "zone"), TEXT("first"), "nothing of it is there");
    err_clear(&err);
    check_ok(meta_put_committed(s, "zone", "third", &err), &err, "when there is room again, writing goes on");
    store_close(s);
    powercut_remove(layer);
    s = NULL;
    check_ok(store_open(path, STORE_READ, NULL, &s, &err), &err, "the file opens again");
    check_text(meta_get(&a, s, "zone"), TEXT("third"), "with the last word");
    store_close(s);
    arena_free(&a);
}

static void a_new_database_without_room_leaves_no_file(place *p)
{
    const char *path = place_file(p, "no-room");
    for (int64_t n = 1; n < 5000; n++) {
        store *s = NULL;
        heng_err err = {0};
        powercut *layer = powercut_install("full", 1);
        powercut_arm(layer, POWERCUT_FULL, n, 0);
        bool ok = store_open(path, STORE_CREATE, &(store_options){.vfs = "full"}, &s, &err);
        powercut_arm(layer, POWERCUT_FULL, 0, 0);
        store_close(s);
        powercut_remove(layer);
        if (ok) {
            check(n > 3, "a new database is made when there is room");
            break;
        }
        if (!check_fails(ok, &err, "store.full", "a full disk at the n-th write is told") || path_exists(path) || path_exists(place_file(p, "no-room.creating"))) {
            check(false, "a full disk at any write leaves no file");
            break;
        }
    }
}

int main(void)
{
    place p;
    if (!place_open(&p)) return 1;
    const char *good = place_file(&p, "good");
    store_close(place_create(good, NULL));
    what_is_no_database_is_told_apart(&p, good);
    a_newer_file_names_both_versions(&p, good);
    a_new_database_takes_no_ones_place(&p, good);
    reading_works_where_writing_does_not(&p);
    a_write_that_fails_leaves_nothing(&p, POWERCUT_FULL, "store.full");
    a_write_that_fails_leaves_nothing(&p, POWERCUT_IO_ERROR, "store.io");
    a_write_that_fails_leaves_nothing(&p, POWERCUT_IO_ONCE, "store.io");
    a_new_database_without_room_leaves_no_file(&p);
    place_close(&p);
    return check_done();
}
