/*
 * Plans read per second, beside grep -c over the same bytes (the floor: what it costs to look at every byte once).
 *
 *   plan FILE...          cold: processes that start, load the rules and the regions, read the files and write their tables as csv, the median of several, beside
 *                         grep -c started on the same files; warm: the files read as many times over as make 1,000 documents, in one process, beside
 *                         grep -c over the same bytes; peak memory of both
 *   plan --once FILE...   what the cold measurement starts
 *
 * Times are of the clock; those of the processor stand beside them, since they do not change with what else runs on the machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "plan.h"

enum { DOCUMENTS = 1000, COLD_RUNS = 11 };
typedef struct cost { double wall, cpu, peak_mb; } cost;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_of(const struct rusage *u) { return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) + (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6; }

static void need(bool ok, const heng_err *err)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    exit(1);
}

/* One document from its file to its tables; returns how many rows, so that nothing is left out. */
static size_t read_one(arena *a, const plan_rules *rules, const rule_set *regions, const char *path, size_t *ret_bytes)
{
    arena_mark mark = arena_here(a);
    heng_err err = {0};
    document d;
    plan_read p;
    need(document_open(a, path, 0, &d, &err) && plan_read_document(a, rules, regions, &d, &p, &err), &err);
    size_t rows = p.goal_count + p.task_count + p.section_count + p.trend_count + p.damage_count;
    sheet_book *b = sheet_book_new(a);
    sheet_style style = {0};
    plan_sheet_goals(b, &p, TEXT("x"));
    plan_sheet_tasks(b, &p, TEXT("x"));
    if (sheet_text(a, b, SHEET_CSV, &style).len == 0) rows = 0;
    *ret_bytes = d.original.len;
    arena_rewind(a, mark);
    return rows;
}

static void load(arena *a, const plan_rules **ret, const rule_set **ret_regions)
{
    heng_err err = {0};
    rule_faults faults = {0};
    const char *pack = BENCH_PACK;
    need(plan_rules_open(a, BENCH_PLAN_RULES, ret, &err) && rule_load_folders(a, &pack, 1, ret_regions, &faults, &err), &err);
}

static int once(int count, char **files)
{
    arena a = {0};
    const plan_rules *rules;
    const rule_set *regions;
    size_t rows = 0, bytes;
    load(&a, &rules, &regions);
    for (int i = 0; i < count; i++) rows += read_one(&a, rules, regions, files[i], &bytes);
    arena_free(&a);
    return rows == 0;
}

/* One process from its start to its end. */
static cost run(const char *program, char *const *argv)
{
    struct rusage use;
    int status;
    double start = now();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(126);
        execvp(program, argv);
        _exit(127);
    }
    wait4(child, &status, 0, &use);
    cost c = {now() - start, cpu_of(&use), (double)use.ru_maxrss / 1e3};
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) fprintf(stderr, "%s failed\n", program);
    return c;
}

static int by_wall(const void *x, const void *y)
{
    const cost *a = x, *b = y;
    return a->wall < b->wall ? -1 : a->wall > b->wall;
}

static cost median(const char *program, char *const *argv)
{
    cost c[COLD_RUNS];
    run(program, argv);
    for (int i = 0; i < COLD_RUNS; i++) c[i] = run(program, argv);
    qsort(c, COLD_RUNS, sizeof *c, by_wall);
    return c[COLD_RUNS / 2];
}

/* {first words, FILE..., NULL}, the files over and over as often as asked. */
static char **command(arena *a, char *first, char *second, char *third, int count, char **files, int rounds)
{
    char **argv = NEW_ARRAY(a, (size_t)(count * rounds) + 4, char *);
    size_t n = 0;
    argv[n++] = first;
    argv[n++] = second;
    if (third) argv[n++] = third;
    for (int k = 0; k < rounds; k++)
        for (int i = 0; i < count; i++) argv[n++] = files[i];
    return argv;
}

static cost warm(int count, char **files, int rounds, size_t *ret_bytes)
{
    arena a = {0};
    const plan_rules *rules;
    const rule_set *regions;
    struct rusage before, after;
    size_t bytes = 0, one;
    load(&a, &rules, &regions);
    getrusage(RUSAGE_SELF, &before);
    double start = now();
    for (int k = 0; k < rounds; k++)
        for (int i = 0; i < count; i++) {
            read_one(&a, rules, regions, files[i], &one);
            bytes += one;
        }
    double wall = now() - start;
    getrusage(RUSAGE_SELF, &after);
    arena_free(&a);
    *ret_bytes = bytes;
    return (cost){wall, cpu_of(&after) - cpu_of(&before), (double)after.ru_maxrss / 1e3};
}

int main(int argc, char **argv)
{
    arena a = {0};
    size_t bytes;
    if (argc < 2) return 2;
    if (strcmp(argv[1], "--once") == 0) return once(argc - 2, argv + 2);
    int count = argc - 1, rounds = (DOCUMENTS + count - 1) / count;
    char grep[] = "grep", how[] = "-c", word[] = "达到", flag[] = "--once";
    cost cold = median("/proc/self/exe", command(&a, argv[0], flag, NULL, count, argv + 1, 1));
    cost cold_grep = median(grep, command(&a, grep, how, word, count, argv + 1, 1));
    printf("cold, %d documents: %.1f ms (processor %.1f ms, peak %.1f MB); grep -c %.1f ms; ratio %.0f\n", count, cold.wall * 1e3, cold.cpu * 1e3, cold.peak_mb, cold_grep.wall * 1e3, cold.wall / cold_grep.wall);
    cost many = warm(count, argv + 1, rounds, &bytes);
    cost many_grep = median(grep, command(&a, grep, how, word, count, argv + 1, rounds));
    printf("warm, %d documents, %.1f MB: %.2f s (processor %.2f s, %.1f MB/s, peak %.1f MB); grep -c %.3f s; ratio %.0f\n", rounds * count, (double)bytes / 1e6, many.wall, many.cpu,
        (double)bytes / many.wall / 1e6, many.peak_mb, many_grep.wall, many.wall / many_grep.wall);
    arena_free(&a);
    return 0;
}
