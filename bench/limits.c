/*
 * What this machine can do at best: reading memory, and making 4 KiB durable. The ceilings that docs/performance.md compares with.
 *
 *   limits [FOLDER]      FOLDER: where a file of 4 MB is written (default .)
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 32 << 20, ROUNDS = 9, SYNCS = 1000, PAGE = 4096, THREADS_MAX = 2 };

typedef struct part { const int64_t *words; size_t count; int64_t sum; } part;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void stop(const char *what)
{
    perror(what);
    exit(1);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void *sum(void *context)
{
    part *p = context;
    int64_t total = 0;
    for (size_t i = 0; i < p->count; i++) total += p->words[i];
    p->sum = total;
    return NULL;
}

/* Best of the rounds, GB/s. */
static double read_memory(const int64_t *words, size_t threads)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        part parts[THREADS_MAX];
        pthread_t id[THREADS_MAX];
        double begun = now_s();
        for (size_t i = 0; i < threads; i++) {
            parts[i] = (part){.words = words + WORDS / threads * i, .count = WORDS / threads};
            if (pthread_create(&id[i], NULL, sum, &parts[i]) != 0) stop("thread");
        }
        int64_t total = 0;
        for (size_t i = 0; i < threads; i++) pthread_join(id[i], NULL), total += parts[i].sum;
        double rate = (double)WORDS * 8 / (now_s() - begun) / 1e9;
        if (total == WORDS && rate > best) best = rate;
    }
    return best;
}

/* Appended pages first, then the same pages again: a log that is written over does not grow. */
static void sync_pages(int fd, const char *what)
{
    static double ms[SYNCS];
    static const char page[PAGE];
    for (int i = 0; i < SYNCS; i++) {
        double begun = now_s();
        if (pwrite(fd, page, PAGE, (off_t)i * PAGE) != PAGE || fdatasync(fd) != 0) stop("sync");
        ms[i] = (now_s() - begun) * 1e3;
    }
    qsort(ms, SYNCS, sizeof *ms, compare);
    printf("fdatasync after 4 KiB %-10s median %.3f ms, 99th of 100 %.3f ms\n", what, ms[SYNCS / 2], ms[SYNCS * 99 / 100]);
}

int main(int argc, char **argv)
{
    char path[4096];
    int64_t *words = malloc((size_t)WORDS * sizeof *words);
    if (!words) stop("memory");
    for (size_t i = 0; i < WORDS; i++) words[i] = 1;
    printf("reading memory: %.1f GB/s with one thread, %.1f with two (best of %d)\n", read_memory(words, 1), read_memory(words, 2), ROUNDS);
    free(words);
    snprintf(path, sizeof path, "%s/limits.tmp", argc > 1 ? argv[1] : ".");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) stop(path);
    sync_pages(fd, "appended");
    sync_pages(fd, "overwritten");
    close(fd);
    return unlink(path) == 0 ? 0 : 1;
}
