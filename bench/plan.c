/*
 * Plans read per second, beside grep -c over the same bytes (the floor: what it costs to look at every byte once).
 *
 *   plan FILE...      reads the files once from a cold start (rules, region table left out, first document and all), then as many times
 *                     over as make 1,000 documents; prints both times, the memory of one document, and grep's time
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "plan.h"

enum { DOCUMENTS = 1000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(bool ok, const heng_err *err)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    exit(1);
}

/* One document from its file to its rows; returns how many rows, so that nothing is left out. */
static size_t read_one(arena *a, const plan_rules *rules, const char *path, size_t *ret_bytes, size_t *ret_memory)
{
    arena_mark mark = arena_here(a);
    size_t before = a->bytes_used;
    heng_err err = {0};
    document d;
    plan_read p;
    need(document_open(a, path, 0, &d, &err) && plan_read_document(a, rules, NULL, &d, &p, &err), &err);
    size_t rows = p.goal_count + p.task_count + p.section_count + p.trend_count + p.damage_count;
    *ret_bytes = d.original.len;
    if (a->bytes_used - before > *ret_memory) *ret_memory = a->bytes_used - before;
    arena_rewind(a, mark);
    return rows;
}

static double grep_time(int count, char **files)
{
    char command[8192];
    size_t len = (size_t)snprintf(command, sizeof command, "for i in $(seq %d); do grep -c 达到", DOCUMENTS / count);
    for (int i = 0; i < count && len < sizeof command; i++) len += (size_t)snprintf(command + len, sizeof command - len, " '%s'", files[i]);
    if (len < sizeof command) snprintf(command + len, sizeof command - len, "; done > /dev/null");
    double start = now();
    if (system(command) != 0) fprintf(stderr, "grep failed\n");
    return now() - start;
}

int main(int argc, char **argv)
{
    arena a = {0};
    heng_err err = {0};
    const plan_rules *rules;
    size_t rows = 0, bytes = 0, memory = 0, one;
    if (argc < 2) return 2;
    double start = now();
    need(plan_rules_open(&a, BENCH_PLAN_RULES, &rules, &err), &err);
    double loaded = now();
    for (int i = 1; i < argc; i++) {
        rows += read_one(&a, rules, argv[i], &one, &memory);
        bytes += one;
    }
    double cold = now();
    int rounds = DOCUMENTS / (argc - 1);
    for (int k = 0; k < rounds; k++)
        for (int i = 1; i < argc; i++) read_one(&a, rules, argv[i], &one, &memory);
    double warm = now() - cold;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("cold: rules %.1f ms, %d documents (%zu bytes, %zu rows) %.1f ms\n", (loaded - start) * 1e3, argc - 1, bytes, rows, (cold - loaded) * 1e3);
    printf("%d documents: %.2f s, %.1f MB/s; arena of a document at most %.1f MB, peak of the process %.1f MB\n", rounds * (argc - 1), warm, (double)bytes * rounds / warm / 1e6,
        (double)memory / 1e6, (double)use.ru_maxrss / 1e3);
    printf("grep -c over the same bytes: %.2f s\n", grep_time(argc - 1, argv + 1));
    arena_free(&a);
    return 0;
}
