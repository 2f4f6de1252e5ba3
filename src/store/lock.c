/*
 * The writer lock: flock on <path>-writer, kept while the store is open. The kernel frees it when its process dies, so what stands
 * in the file never blocks; it only tells a waiting writer who holds the lock: process and host, command, since when, one a line.
 * flock belongs to the open file, so two stores in one process exclude each other too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "store_inside.h"

enum { NAP_MS = 10, WORD_BYTES_MAX = 400, FILE_BYTES_MAX = 1024 };

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = NAP_MS * 1000000}, NULL);
}

/* Who may write the database may take its lock. Who may not leaves none behind, which would carry the rights of that moment. */
static int open_lock(const store *s, const char *name)
{
    struct stat st;
    if (access(s->real, F_OK) == 0 && access(s->real, W_OK) != 0) return -1;
    mode_t mode = stat(s->real, &st) == 0 ? st.st_mode & 0666 : 0666;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    return fd;
}

static void write_holder(int fd, const char *command)
{
    char host[128] = "", since[64] = "", line[FILE_BYTES_MAX];
    time_t now = time(NULL);
    struct tm tm;
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &tm)) strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S %z", &tm);
    int len = snprintf(line, sizeof line, "%ld@%s\n%.*s\n%s\n", (long)getpid(), host, WORD_BYTES_MAX, command ? command : "heng", since);
    /* Only a courtesy to others: a full disk here must not stop a writer that may free space. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, line, (size_t)len, 0) != len) return;
}

static bool fail_busy(const store *s, int fd, heng_err *err)
{
    char words[FILE_BYTES_MAX] = "";
    const char *lines[3] = {"?", "?", "?"};
    char *rest = words;
    ssize_t got = pread(fd, words, sizeof words - 1, 0);
    if (got > 0) words[got] = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *line = strsep(&rest, "\n");
        if (line && *line) lines[i] = line;
    }
    err_fill(err, &MSG_STORE_BUSY, lines[0], lines[1], lines[2]);
    return err_in_file(err, s->path);
}

static bool wait_for_lock(const store *s, int fd, heng_err *err)
{
    int64_t until_ms = now_ms() + s->wait_ms;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno(s->path, errno, true, err);
        if (now_ms() >= until_ms) return fail_busy(s, fd, err);
        nap();
    }
    return true;
}

bool lock_take(const store *s, int *ret_fd, heng_err *err)
{
    arena a = {0};
    int fd = open_lock(s, path_beside(&a, s->real, "-writer"));
    int number = errno;
    arena_free(&a);
    if (fd < 0) return fail_errno(s->path, number, true, err);
    if (!wait_for_lock(s, fd, err)) {
        close(fd);
        return false;
    }
    write_holder(fd, s->options.command);
    *ret_fd = fd;
    return true;
}

void lock_release(int fd)
{
    if (fd < 0) return;
    if (ftruncate(fd, 0) != 0) { /* then the old words stay, which nobody reads while the lock is free */ }
    close(fd);
}
