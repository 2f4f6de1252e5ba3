/*
 * HJ 212: many monitors that each send one frame a second, and how long they wait for their answer.
 *
 *   hj212 [DEVICES [SECONDS [VALUES [file|heng [burst]]]]]     default 5000 20 5 heng; burst: all devices send in the same 50 ms of each second
 *
 * The server runs in a process of its own, all its threads on core 0; the devices are one process on core 1, loopback between them. Sink heng: a book with a
 * channel for each value, through the quality gates of the national pack. Sink file: a line for each reading, then fdatasync: the floor. An answer
 * (9014) means on disk. State of the data: fresh. The first two seconds, while devices connect, are not measured. Every answer is counted, and at the end
 * every reading is looked for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "hj212_field.h"
#include "hj212_server.h"
#include "listen.h"
#include "wire_sink.h"

enum { WARM_S = 2, DRAIN_US = 3000000, DEVICES_MAX = 20000 };

typedef struct device_end { int fd; char mn[25]; int64_t sent_us; size_t line_ends; bool waits; } device_end;
typedef struct load {
    arena a, scratch;
    field f;
    int devices, seconds;
    bool burst;
    uint16_t port;
    device_end *ends;
    int epoll;
    int64_t sent, answered, late_start, *delays_us;
    size_t delay_count;
} load;

static void need(bool ok, const char *what)
{
    if (ok) return;
    fprintf(stderr, "hj212: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void stay_on(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* ---- The server ---- */

static volatile sig_atomic_t ends_now;

static void on_end(int signal_number)
{
    (void)signal_number;
    ends_now = 1;
}

static int64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void need_ok(bool ok, const heng_err *err, const char *what)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "hj212: %s: %s\n", what, line);
    exit(1);
}

/* A book with the national pack and a channel for each value of each device. */
static book *make_book(arena *a, const char *path, int devices, int codes)
{
    static const char *const CODES[] = {"w01018", "w21003", "w21011", "w01001", "w00000", "a21026", "a21002", "a34013"};
    heng_err err, faulty[4];
    rule_faults faults = {faulty, 0, 4, 0};
    const char *folder = BENCH_RULEBOOK;
    const rule_set *r;
    book *b;
    meter_book *m;
    need_ok(rule_load_folders(a, &folder, 1, &r, &faults, &err), faults.count ? &faulty[0] : &err, "rules");
    need_ok(book_create(path, NULL, &b, &err) && book_post(b, a, &(book_batch){.source = TEXT("pack"), .rules = r}, NULL, NULL, &err) && book_rules(b, &r, &err), &err, "book");
    book_party_new party = {TEXT("works"), rule_party_class_find(r, TEXT("enterprise")), 0};
    need_ok(book_post(b, a, &(book_batch){.source = TEXT("bench"), .party_count = 1, .parties = &party}, NULL, NULL, &err) && meter_open(b, &m, &err), &err, "party");
    size_t count = (size_t)devices * (size_t)codes;
    meter_channel *channels = NEW_ARRAY(a, count, meter_channel);
    for (size_t i = 0; i < count; i++) {
        const char *code = CODES[i % (size_t)codes];
        int device = (int)(i / (size_t)codes);
        meter_channel_init(&channels[i]);
        channels[i].code = text_of(arena_printf(a, "%024d/%s", device, code));
        channels[i].party = book_party_find(b, TEXT("works"));
        channels[i].commodity = rule_commodity_find(r, TEXT("electricity"));
        channels[i].unit = rule_unit_find(r, TEXT("kWh"));
        channels[i].kind = METER_LEVEL;
        channels[i].scale = 2;
        channels[i].address = text_of(arena_printf(a, "hj212:%024d/2011/%s-Rtd", device, code));
    }
    book_receipt receipt;
    for (size_t at = 0; at < count; at += 5000) {
        size_t n = count - at < 5000 ? count - at : 5000;
        need_ok(meter_channels_put(m, a, &(book_batch){.source = TEXT("bench"), .all_or_none = true}, channels + at, n, NULL, &receipt, &err) && receipt.refused == 0, &err, "channels");
    }
    meter_book_close(m);
    return b;
}

/* Open until told to end; then the calls of the sink and the readings found. */
static void serve_heng(const char *path, int devices, int codes, int to_parent, int64_t report[3])
{
    arena a = {0};
    heng_err err;
    meter_book *m;
    listener *l;
    const meter_gates *g;
    book *b = make_book(&a, path, devices, codes);
    need_ok(meter_open(b, &m, &err) && meter_gates_open(&a, m, &g, &err), &err, "meters");
    meter_gates_set(m, meter_gate_judge, (void *)(uintptr_t)g);
    need_ok(listen_open(m, g, &(listen_options){.hj212_port = 0, .http_port = -1, .takes_any = true}, &l, &err), &err, "listen");
    uint16_t port = (uint16_t)listen_now(l).hj212_port;
    need(write(to_parent, &port, sizeof port) == sizeof port, "pipe");
    int64_t before_us = cpu_us();
    while (!ends_now) usleep(20000);
    report[2] = cpu_us() - before_us;
    wire_counts counts;
    listen_counts(l, &counts);
    for (size_t i = 0; i < counts.reason_count; i++) fprintf(stderr, "hj212: %s %lld\n", counts.reasons[i].message->id, (long long)counts.reasons[i].count);
    listen_close(l);
    meter_series s;
    report[1] = counts.status[WIRE_HELD];
    for (int32_t i = 0; i < (int32_t)meter_channel_count(m); i++) {
        arena one = {0};
        need_ok(meter_readings(m, &one, i, (period){0, INT64_MAX / 2}, BOOK_KNOWN_NOW, &s, &err), &err, "readings");
        report[1] += (int64_t)s.count;
        arena_free(&one);
    }
    meter_book_close(m);
    book_close(b);
}

static void serve_file(const char *path, int to_parent, int64_t report[3])
{
    arena a = {0};
    heng_err err;
    file_sink sink;
    wire_hub *hub;
    hj212_server *server;
    const cal_zone *zone;
    file_sink_open(&sink, path);
    need_ok(zone_open(&a, "Asia/Shanghai", &zone, &err) && wire_hub_open(file_sink_take, &sink, &hub, &err) &&
            hj212_server_open(hub, &(hj212_options){.takes_any = true, .zone = zone, .peers_max = DEVICES_MAX}, &server, &err), &err, "server");
    uint16_t port = hj212_server_port(server);
    need(write(to_parent, &port, sizeof port) == sizeof port, "pipe");
    int64_t before_us = cpu_us();
    while (!ends_now) usleep(20000);
    report[2] = cpu_us() - before_us;
    hj212_server_close(server);
    wire_hub_close(hub);
    report[1] = (int64_t)sink.lines.count;
}

static void serve(const char *path, bool is_file, int devices, int codes, int to_parent)
{
    int64_t report[3] = {0};
    stay_on(0);
    signal(SIGTERM, on_end);
    if (is_file) serve_file(path, to_parent, report);
    else serve_heng(path, devices, codes, to_parent, report);
    need(write(to_parent, report, sizeof report) == sizeof report, "pipe");
    exit(0);
}

/* ---- The devices ---- */

static void dial(load *x, int i)
{
    device_end *d = &x->ends[i];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(x->port)};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    d->fd = socket(AF_INET, SOCK_STREAM, 0);
    need(d->fd >= 0 && connect(d->fd, (struct sockaddr *)&to, sizeof to) == 0, "connect (ulimit -n?)");
    snprintf(d->mn, sizeof d->mn, "%024d", i);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    need(epoll_ctl(x->epoll, EPOLL_CTL_ADD, d->fd, &e) == 0, "epoll");
}

static void send_frame(load *x, device_end *d, int64_t tick)
{
    arena_mark mark = arena_here(&x->scratch);
    text frame = field_frame(&x->scratch, &x->f, FIELD_NONE, text_of(d->mn), 2011, INT64_C(1700000000) + tick);
    d->sent_us = now_us();
    need(send(d->fd, frame.ptr, frame.len, MSG_NOSIGNAL) == (ssize_t)frame.len, "send");
    x->sent++;
    d->waits = true;
    arena_rewind(&x->scratch, mark);
}

/* Sleeps until then at most: a generator that spins would keep the kernel's own threads from the core. */
static void hear(load *x, int64_t timeout_us, bool measures)
{
    struct epoll_event events[512];
    struct timespec wait = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
    int n = epoll_pwait2(x->epoll, events, 512, &wait, NULL);
    for (int i = 0; i < n; i++) {
        device_end *d = &x->ends[events[i].data.u32];
        char bytes[4096];
        ssize_t len = recv(d->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        need(len > 0 || errno == EAGAIN, "the server hung up");
        for (ssize_t k = 0; k < len; k++) {
            if (bytes[k] != '\n') continue;
            x->answered++;
            if (measures && d->waits) x->delays_us[x->delay_count++] = now_us() - d->sent_us;
            d->waits = false;
        }
    }
}

/* Device i sends at i/devices of each second, or within the first 50 ms of it. */
static void run_load(load *x)
{
    int64_t start = now_us(), span = x->burst ? 50000 : 1000000;
    for (int tick = 0; tick < x->seconds + WARM_S; tick++) {
        int64_t second = start + (int64_t)tick * 1000000;
        for (int i = 0; i < x->devices; i++) {
            int64_t due = second + span * i / x->devices;
            for (int64_t left; (left = due - now_us()) > 0;) hear(x, left, tick >= WARM_S);
            if (now_us() > due + 10000) x->late_start++;
            send_frame(x, &x->ends[i], tick);
            if (i % 64 == 0) hear(x, 0, tick >= WARM_S);
        }
        while (now_us() < second + 1000000) hear(x, 1000, tick >= WARM_S);
    }
    int64_t until = now_us() + DRAIN_US;
    while (x->answered < x->sent && now_us() < until) hear(x, 10000, true);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double ms_at(const load *x, double part)
{
    return x->delay_count ? (double)x->delays_us[(size_t)((double)(x->delay_count - 1) * part)] / 1000 : 0;
}

int main(int argc, char **argv)
{
    load x = {.devices = argc > 1 ? atoi(argv[1]) : 5000, .seconds = argc > 2 ? atoi(argv[2]) : 20, .burst = argc > 5};
    bool is_file = argc > 4 && strcmp(argv[4], "file") == 0;
    x.f = (field){.state = 5, .codes = argc > 3 ? atoi(argv[3]) : 5};
    if (x.f.codes > 8) x.f.codes = 8;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    char folder[] = "/tmp/heng-bench-XXXXXX", file[64];
    int pipes[2];
    need(x.devices > 0 && x.devices <= DEVICES_MAX && mkdtemp(folder) && pipe(pipes) == 0, "start");
    snprintf(file, sizeof file, "%s/readings", folder);
    pid_t pid = fork();
    if (pid == 0) serve(file, is_file, x.devices, x.f.codes, pipes[1]);
    need(read(pipes[0], &x.port, sizeof x.port) == sizeof x.port, "the server did not start");
    stay_on(1);
    x.epoll = epoll_create1(0);
    x.ends = NEW_ARRAY(&x.a, (size_t)x.devices, device_end);
    x.delays_us = NEW_ARRAY(&x.a, (size_t)x.devices * (size_t)x.seconds + 1, int64_t);
    for (int i = 0; i < x.devices; i++) dial(&x, i);
    run_load(&x);
    int64_t report[3];
    struct rusage used;
    kill(pid, SIGTERM);
    need(read(pipes[0], report, sizeof report) == sizeof report && wait4(pid, NULL, 0, &used) == pid, "the server did not end");
    qsort(x.delays_us, x.delay_count, sizeof *x.delays_us, by_size);
    double cpu = (double)report[2] / 1e6;
    printf("sink %s: %d devices, %d s, %d values a frame%s\n", is_file ? "file" : "heng", x.devices, x.seconds + WARM_S, x.f.codes, x.burst ? ", in bursts" : "");
    printf("frames sent %lld, answered %lld, readings on disk %lld of %lld\n", (long long)x.sent, (long long)x.answered, (long long)report[1], (long long)x.sent * x.f.codes);
    printf("answer: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; sent late by the generator: %lld\n", ms_at(&x, 0.5), ms_at(&x, 0.99), ms_at(&x, 0.999), ms_at(&x, 1), (long long)x.late_start);
    printf("server: %.1f s of one core (%.0f %%), %.1f us a frame, %ld MiB at most\n", cpu, 100 * cpu / (x.seconds + WARM_S), 1e6 * cpu / (double)x.sent, used.ru_maxrss / 1024);
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    need(system(command) == 0, "remove");
    return x.answered == x.sent && report[1] == x.sent * x.f.codes ? 0 : 1;
}
