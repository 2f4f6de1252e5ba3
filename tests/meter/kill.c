/*
 * A process that takes readings is killed, again and again: what it had acknowledged is there, once, with its sums, and all verifies.
 * The child says each take through a pipe after meter_take has answered. usage: kill [ROUNDS]
 */
#include <signal.h>
#include <sys/wait.h>
#include "meters.h"

enum { CHANNELS = 12, STEPS_MAX = 2000 };

static int64_t value_at(int ch, int64_t step) { return 1000 + (ch * 37 + step * 11) % 500; }

static void declare(place *p, meter_book *m)
{
    meter_channel c[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
        c[i] = channel_like(p, arena_printf(&p->a, "K%02d/kwh", i), i % 3 ? METER_INTERVAL : METER_COUNTER, 3600);
        if (i % 3 == 0) c[i].roll_over = 0;
    }
    channels_declare(p, m, c, CHANNELS);
}

/* From step on, until it is killed. */
static _Noreturn void child(const char *path, int64_t step, int to)
{
    heng_err err = {0};
    book *b;
    meter_book *m;
    if (!book_open(path, true, NULL, &b, &err) || !meter_open(b, &m, &err)) _exit(2);
    for (; step < STEPS_MAX; step++) {
        int32_t ch[CHANNELS];
        int64_t t[CHANNELS], v[CHANNELS];
        for (int i = 0; i < CHANNELS; i++) ch[i] = i, t[i] = T0 + step * HOUR, v[i] = i % 3 ? value_at(i, step) : step * 100 + i;
        meter_batch batch = {.count = CHANNELS, .channel = ch, .time_us = t, .value = v, .source = TEXT("kill")};
        if (!meter_take(m, &batch, NULL, NULL, &err)) _exit(3);
        if (write(to, &step, sizeof step) != sizeof step) _exit(4);
    }
    _exit(0);
}

/* Readings up to the acknowledged step are all there, each once; at most one step more. */
static bool holds(place *p, meter_book *m, int64_t acknowledged, int64_t *ret_next)
{
    int64_t most = 0, least = INT64_MAX;
    bool ok = true;
    for (int i = 0; i < CHANNELS && ok; i++) {
        meter_series s;
        ok = meter_readings(m, &p->a, i, (period){0, INT64_MAX}, BOOK_KNOWN_NOW, &s, &p->err);
        for (size_t k = 0; ok && k < s.count; k++) ok = s.time_us[k] == T0 + (int64_t)k * HOUR && s.value[k] == (i % 3 ? value_at(i, (int64_t)k) : (int64_t)k * 100 + i);
        most = (int64_t)s.count > most ? (int64_t)s.count : most;
        least = (int64_t)s.count < least ? (int64_t)s.count : least;
    }
    *ret_next = most;
    return ok && most == least && most >= acknowledged && most <= acknowledged + 1;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 12;
    uint64_t seed = 5;
    place p;
    place_make(&p, 0, NULL);
    meter_book *m = meters_open(&p);
    declare(&p, m);
    int64_t next = 0;
    bool all_held = true;
    for (int i = 0; i < rounds && next < STEPS_MAX - 200; i++) {
        int ends[2], status;
        int64_t acknowledged = next, step;
        meter_book_close(m);
        book_close(p.b);
        town_must(pipe(ends) == 0, &p.err, "pipe");
        pid_t pid = fork();
        if (pid == 0) child(p.path, next, ends[1]);
        close(ends[1]);
        int64_t until = next + 3 + (int64_t)(next_random(&seed) % 60);
        while (acknowledged < until && read(ends[0], &step, sizeof step) == sizeof step) acknowledged = step + 1;
        usleep((useconds_t)(next_random(&seed) % 3000));
        kill(pid, SIGKILL);
        while (read(ends[0], &step, sizeof step) == sizeof step) acknowledged = step + 1;
        waitpid(pid, &status, 0);
        close(ends[0]);
        town_must(book_open(p.path, true, NULL, &p.b, &p.err), &p.err, "open");
        town_must(book_rules(p.b, &p.r, &p.err), &p.err, "rules");
        m = meters_open(&p);
        all_held &= acknowledged > 0 && holds(&p, m, acknowledged, &next);
        if (!all_held) printf("# round %d: acknowledged %lld, there %lld, child %d\n", i, (long long)acknowledged, (long long)next, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    check(all_held, "after every kill, what was acknowledged is there once, and at most one take more");
    check_meters_verify(&p, m, "blocks, sums, movements and chain verify");
    meter_day *days;
    size_t n;
    int64_t closed = 0;
    check_ok(meter_days(m, &p.a, NULL, 0, zone_day_of(book_zone(p.b), T0), (int32_t)(next / 24) + 2, &days, &n, &p.err), &p.err, "days");
    for (size_t i = 0; i < n; i++)
        if (days[i].state == METER_DAY_CLOSED) closed += days[i].sum;
    check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), closed * 1000, "the ledger is the sum of the closed days");
    meter_book_close(m);
    place_remove(&p);
    return check_done();
}
