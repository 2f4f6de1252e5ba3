/* The Modbus poller: one thread a device. See modbus.h. */
#include "modbus.h"
#include <errno.h>
#include <modbus/modbus.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "messages.h"

enum { REQUEST_WORDS_MAX = 125, GAP_WORDS_MAX = 8 /* read along rather than asked for apart */, TIMEOUT_MS = 1000 };

typedef struct asked {           /* one request: registers first..first+count of the sorted list, in words from number on */
    size_t first, count;
    int number, words;
} asked;

typedef struct line {            /* one device */
    modbus_poller *poller;
    modbus_device is;
    modbus_register *registers;  /* sorted */
    text *addresses;
    asked *requests;
    size_t request_count;
    modbus_t *modbus;            /* NULL = not connected */
    bool is_silent;
    char name[96];
    pthread_t thread;
    arena round;
} line;

struct modbus_poller {
    arena a;
    wire_hub *hub;
    wire_say say;
    void *say_context;
    int timeout_ms;
    line *lines;
    size_t count, started;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    wire_counts counts;
    bool is_ending, is_stopped;
};

static void say(line *l, const heng_message *message, const char *other)
{
    heng_err what;
    if (!l->poller->say) return;
    err_fill(&what, message, l->name, NULL, other);
    l->poller->say(l->poller->say_context, &what);
}

static int by_place(const void *a, const void *b)
{
    const modbus_register *x = a, *y = b;
    return x->is_input != y->is_input ? x->is_input - y->is_input : x->number - y->number;
}

static void plan_requests(line *l, arena *a)
{
    size_t n = l->is.register_count, max = 0;
    for (size_t i = 0; i < n; i++) {
        const modbus_register *r = &l->registers[i];
        asked *last = l->request_count ? &l->requests[l->request_count - 1] : NULL;
        int end = r->number + modbus_words(r->kind);
        bool joins = last && l->registers[last->first].is_input == r->is_input && r->number <= last->number + last->words + GAP_WORDS_MAX && end - last->number <= REQUEST_WORDS_MAX;
        if (!joins) {
            last = ARENA_PUSH(a, l->requests, l->request_count, max);
            *last = (asked){.first = i, .number = r->number};
        }
        last->count++;
        if (end - last->number > last->words) last->words = end - last->number;
    }
}

static void hang_up(line *l)
{
    if (!l->modbus) return;
    modbus_close(l->modbus);
    modbus_free(l->modbus);
    l->modbus = NULL;
}

static bool dial(line *l)
{
    char host[64], service[8];
    snprintf(host, sizeof host, "%.*s", TEXT_FMT(l->is.host));
    snprintf(service, sizeof service, "%d", l->is.port ? l->is.port : 502);
    l->modbus = modbus_new_tcp_pi(host, service);
    if (!l->modbus) return false;
    int ms = l->poller->timeout_ms;
    modbus_set_response_timeout(l->modbus, (uint32_t)(ms / 1000), (uint32_t)(ms % 1000) * 1000);
    modbus_set_slave(l->modbus, l->is.unit);
    if (modbus_connect(l->modbus) == 0) return true;
    hang_up(l);
    return false;
}

/* One request's registers as readings; a register that says no number is left out. */
static bool ask(line *l, const asked *q, int64_t time_us, wire_reading *items, size_t *count)
{
    uint16_t words[REQUEST_WORDS_MAX];
    int n = l->registers[q->first].is_input ? modbus_read_input_registers(l->modbus, q->number, q->words, words) : modbus_read_registers(l->modbus, q->number, q->words, words);
    if (n != q->words) return false;
    for (size_t i = q->first; i < q->first + q->count; i++) {
        text value = modbus_value(&l->round, &l->registers[i], words + (l->registers[i].number - q->number));
        if (value.len) items[(*count)++] = (wire_reading){.address = l->addresses[i], .time_us = time_us, .value = value};
    }
    return true;
}

static bool ask_all(line *l, int64_t time_us, wire_reading *items, size_t *count)
{
    if (!l->modbus && !dial(l)) return false;
    for (size_t i = 0; i < l->request_count; i++) {
        if (ask(l, &l->requests[i], time_us, items, count)) continue;
        if (errno >= EMBXILFUN && errno < EMBBADCRC) { /* the device answers, but has no such registers */
            say(l, &MSG_WIRE_MODBUS_DECLINED, modbus_strerror(errno));
            continue;
        }
        return false;
    }
    return true;
}

static void keep(line *l, const wire_reading *items, size_t count)
{
    modbus_poller *p = l->poller;
    heng_err err = {0};
    wire_verdict *verdicts = NEW_ARRAY(&l->round, count + 1, wire_verdict);
    bool ok = count == 0 || wire_submit_and_wait(p->hub, items, count, verdicts, &err);
    pthread_mutex_lock(&p->lock);
    p->counts.frames++;
    if (ok) wire_count_verdicts(&p->counts, verdicts, count);
    else p->counts.failed++;
    pthread_mutex_unlock(&p->lock);
    if (ok || !p->say) return;
    heng_err what;
    char number[24];
    snprintf(number, sizeof number, "%zu", count);
    err_fill(&what, &MSG_WIRE_NOT_KEPT, number, NULL, NULL);
    p->say(p->say_context, &what);
    p->say(p->say_context, &err);
}

static void one_tick(line *l, int64_t time_us)
{
    size_t count = 0;
    wire_reading *items = NEW_ARRAY(&l->round, l->is.register_count, wire_reading);
    bool answered = ask_all(l, time_us, items, &count);
    if (!answered) { /* a line that was closed since the last tick is dialled once more in the same tick */
        hang_up(l);
        count = 0;
        answered = !l->is_silent && ask_all(l, time_us, items, &count);
    }
    if (!answered) {
        hang_up(l);
        pthread_mutex_lock(&l->poller->lock);
        wire_count_reason(&l->poller->counts, &MSG_WIRE_MODBUS_SILENT, 1);
        pthread_mutex_unlock(&l->poller->lock);
        if (!l->is_silent) say(l, &MSG_WIRE_MODBUS_SILENT, modbus_strerror(errno));
    } else if (l->is_silent) say(l, &MSG_WIRE_MODBUS_BACK, NULL);
    l->is_silent = !answered;
    if (answered) keep(l, items, count);
    arena_free(&l->round);
}

/* Sleep until a moment of the clock; false when the poller ends. */
static bool sleep_until(modbus_poller *p, int64_t us)
{
    struct timespec until = {.tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000};
    pthread_mutex_lock(&p->lock);
    while (!p->is_ending && now_us() < us) pthread_cond_timedwait(&p->wake, &p->lock, &until);
    bool goes_on = !p->is_ending;
    pthread_mutex_unlock(&p->lock);
    return goes_on;
}

static void *run_line(void *context)
{
    line *l = context;
    sigset_t broken_pipes;
    sigemptyset(&broken_pipes);
    sigaddset(&broken_pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipes, NULL);
    int64_t step_us = l->is.interval_s * INT64_C(1000000), tick_us = now_us() / step_us * step_us;
    do {
        one_tick(l, tick_us);
        int64_t next_us = now_us() / step_us * step_us; /* ticks that passed meanwhile are gaps */
        tick_us = next_us > tick_us ? next_us : tick_us + step_us;
    } while (sleep_until(l->poller, tick_us));
    hang_up(l);
    return NULL;
}

static void make_line(modbus_poller *p, line *l, const modbus_device *d)
{
    *l = (line){.poller = p, .is = *d};
    l->is.host = text_copy(&p->a, d->host);
    l->registers = NEW_ARRAY(&p->a, d->register_count + 1, modbus_register);
    l->addresses = NEW_ARRAY(&p->a, d->register_count + 1, text);
    if (d->register_count) memcpy(l->registers, d->registers, d->register_count * sizeof *d->registers);
    qsort(l->registers, d->register_count, sizeof *l->registers, by_place);
    for (size_t i = 0; i < d->register_count; i++) l->addresses[i] = modbus_address(&p->a, &l->is, &l->registers[i]);
    snprintf(l->name, sizeof l->name, "%.*s:%d/%d", TEXT_FMT(l->is.host), l->is.port ? l->is.port : 502, l->is.unit);
    plan_requests(l, &p->a);
}

bool modbus_open(wire_hub *hub, const modbus_device *devices, size_t count, int timeout_ms, wire_say say_to, void *say_context, modbus_poller **ret, heng_err *err)
{
    if (count > MODBUS_DEVICES_MAX) {
        char seen[24];
        snprintf(seen, sizeof seen, "%zu", count);
        return err_fill(err, &MSG_WIRE_MODBUS_MANY, seen, "256", NULL);
    }
    arena a = {0};
    modbus_poller *p = NEW(&a, modbus_poller);
    *p = (modbus_poller){.a = a, .hub = hub, .say = say_to, .say_context = say_context, .timeout_ms = timeout_ms ? timeout_ms : TIMEOUT_MS, .count = count};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->lines = NEW_ARRAY(&p->a, count + 1, line);
    for (size_t i = 0; i < count; i++) make_line(p, &p->lines[i], &devices[i]);
    bool ok = true;
    for (; ok && p->started < count; p->started++) ok = pthread_create(&p->lines[p->started].thread, NULL, run_line, &p->lines[p->started]) == 0;
    if (ok) {
        *ret = p;
        return true;
    }
    p->started--; /* the last one did not start */
    modbus_poller_close(p);
    return err_fill(err, &MSG_WIRE_NO_THREAD, NULL, NULL, NULL);
}

void modbus_counts(modbus_poller *p, wire_counts *ret)
{
    pthread_mutex_lock(&p->lock);
    *ret = p->counts;
    p->counts = (wire_counts){0};
    pthread_mutex_unlock(&p->lock);
}

void modbus_poller_stop(modbus_poller *p)
{
    if (!p || p->is_stopped) return;
    pthread_mutex_lock(&p->lock);
    p->is_ending = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->started; i++) pthread_join(p->lines[i].thread, NULL);
    p->is_stopped = true;
}

void modbus_poller_close(modbus_poller *p)
{
    if (!p) return;
    modbus_poller_stop(p);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    arena a = p->a;
    arena_free(&a);
}
