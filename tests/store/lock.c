/* One writer: between threads, between processes, and after a process has died. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include "place.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_second_writer_is_told_who_holds_it(const char *path)
{
    store *first = NULL, *second = NULL, *reader = NULL;
    heng_err err = {0};
    char holder[160], host[128] = "";
    gethostname(host, sizeof host - 1);
    snprintf(holder, sizeof holder, "%ld@%s", (long)getpid(), host);
    check_ok(store_open(path, STORE_WRITE, &(store_options){.command = "import 表.csv"}, &first, &err), &err, "a writer opens");
    int64_t begin = now_ms();
    check_fails(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 100}, &second, &err), &err, "store.busy", "a second one in the same process does not");
    check(now_ms() - begin >= 100 && now_ms() - begin < 5000, "after it has waited as long as it was told");
    check(err.message && err.message->code == HENG_BUSY, "with the code of its own");
    check_text(text_of(err.seen), text_of(holder), "process and host of the holder are named");
    check_text(text_of(err.wanted), TEXT("import 表.csv"), "its command too");
    check(strlen(err.other) == 25 && err.other[4] == '-' && err.other[10] == ' ', "and since when");
    err_clear(&err);
    check_ok(store_open(path, STORE_READ, NULL, &reader, &err), &err, "a reader opens meanwhile");
    store_close(reader);
    store_close(first);
    check_ok(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 1}, &second, &err), &err, "when the writer has closed, the next one opens");
    store_close(second);
}

static void another_name_of_the_file_has_the_same_lock(place *p, const char *path)
{
    store *first = NULL, *second = NULL;
    heng_err err = {0};
    const char *link = place_file(p, "link");
    check(symlink(path, link) == 0, "a link to the database");
    check_ok(store_open(link, STORE_WRITE, NULL, &first, &err), &err, "opens for writing");
    check_fails(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 20}, &second, &err), &err, "store.busy", "and keeps others out under every name");
    store_close(first);
}

typedef struct closer { store *s; } closer;

static void *close_soon(void *arg)
{
    closer *c = arg;
    nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    store_close(c->s);
    return NULL;
}

static void a_waiting_writer_goes_on_when_the_first_ends(const char *path)
{
    closer c = {NULL};
    store *second = NULL;
    heng_err err = {0};
    pthread_t thread;
    check_ok(store_open(path, STORE_WRITE, NULL, &c.s, &err), &err, "a writer opens");
    pthread_create(&thread, NULL, close_soon, &c);
    check_ok(store_open(path, STORE_WRITE, NULL, &second, &err), &err, "a second one waits until it closes");
    pthread_join(thread, NULL);
    store_close(second);
}

static pid_t hold_in_child(const char *path)
{
    int ready[2];
    char byte;
    if (pipe(ready) != 0) return -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        store *s = NULL;
        heng_err err = {0};
        bool ok = store_open(path, STORE_WRITE, &(store_options){.command = "child"}, &s, &err) && store_begin(s, &err) && meta_put(s, "half", "1", &err);
        if (write(ready[1], ok ? "y" : "n", 1) == 1) pause();
        _exit(0);
    }
    bool ok = read(ready[0], &byte, 1) == 1 && byte == 'y';
    close(ready[0]);
    close(ready[1]);
    return ok ? child : -1;
}

static void a_dead_process_does_not_block(const char *path)
{
    arena a = {0};
    store *s = NULL;
    heng_err err = {0};
    char pid[16];
    pid_t child = hold_in_child(path);
    if (!check(child > 0, "another process writes")) return;
    snprintf(pid, sizeof pid, "%ld@", (long)child);
    check_fails(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 20}, &s, &err), &err, "store.busy", "then this one cannot");
    check(strncmp(err.seen, pid, strlen(pid)) == 0 && strcmp(err.wanted, "child") == 0, "and names that process");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    err_clear(&err);
    check(path_bytes(path_beside(&a, path, "-writer")) > 0, "it is killed, and its words are left behind");
    check_ok(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 20}, &s, &err), &err, "but its lock is not");
    check_text(meta_get(&a, s, "half"), TEXT(""), "and nothing of its open transaction");
    store_close(s);
    arena_free(&a);
}

/* A program that is not Heng may hold SQLite's own lock. */
static void a_foreign_lock_is_waited_for_and_named(const char *path)
{
    sqlite3 *other = NULL;
    store *s = NULL;
    heng_err err = {0};
    sqlite3_open(path, &other);
    check_int(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK, "another program holds the file");
    check_ok(store_open(path, STORE_WRITE, &(store_options){.wait_ms = 30}, &s, &err), &err, "a writer opens");
    check_fails(store_begin(s, &err), &err, "store.locked", "but cannot begin, and says why");
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(other);
    err_clear(&err);
    check_ok(meta_put_committed(s, "x", "1", &err), &err, "later it can");
    store_close(s);
}

/* A process of its own that opens and closes the database as any program may: if it thinks itself alone, it removes the log. */
static int visit(const char *path)
{
    sqlite3 *db = NULL;
    bool ok = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, "SELECT count(*) FROM meta", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return ok ? 0 : 1;
}

static bool visit_in_another_process(const char *self, const char *path)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl(self, self, "visit", path, (char *)NULL);
        _exit(1);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void opening_once_more_drops_no_lock(const char *self, const char *path)
{
    arena a = {0};
    store *writer = NULL, *reader = NULL;
    heng_err err = {0};
    check_ok(store_open(path, STORE_WRITE, NULL, &writer, &err) && meta_put_committed(writer, "in", "the log", &err), &err, "a writer has committed to the log");
    check_ok(store_open(path, STORE_READ, NULL, &reader, &err), &err, "the same process opens the file once more");
    store_close(reader);
    check(visit_in_another_process(self, path), "another process comes and goes");
    check(path_bytes(path_beside(&a, path, "-wal")) > 0, "and has left the log, since the writer still has its locks (store rule 11)");
    store_close(writer);
    arena_free(&a);
}

int main(int argc, char **argv)
{
    place p;
    if (argc == 3) return visit(argv[2]);
    if (!place_open(&p)) return 1;
    const char *path = place_file(&p, "db");
    store_close(place_create(path, NULL));
    a_second_writer_is_told_who_holds_it(path);
    another_name_of_the_file_has_the_same_lock(&p, path);
    a_waiting_writer_goes_on_when_the_first_ends(path);
    a_dead_process_does_not_block(path);
    opening_once_more_drops_no_lock(argv[0], path);
    a_foreign_lock_is_waited_for_and_named(path);
    place_close(&p);
    return check_done();
}
