/*
 * HJ 212: many monitors that each send one frame a second, and how long they wait for their answer.
 *
 *   hj212 [DEVICES [SECONDS [VALUES [burst]]]]     default 5000 20 5; burst: all devices send in the same 50 ms of each second
 *
 * The server runs in a process of its own, all its threads on core 0; the devices are one process on core 1, loopback between them. The sink writes
 * each reading to a file and calls fdatasync before it says so: an answer (9014) means on disk. State of the data: a fresh file. The first two seconds,
 * while devices connect, are not measured. Every answer is counted, and at the end every reading is looked for in the file.
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

static void serve(const char *file, int to_parent)
{
    arena a = {0};
    heng_err err;
    file_sink sink;
    wire_hub *hub;
    hj212_server *server;
    const cal_zone *zone;
    stay_on(0);
    signal(SIGTERM, on_end);
    file_sink_open(&sink, file);
    need(zone_open(&a, "Asia/Shanghai", &zone, &err) && wire_hub_open(file_sink_take, &sink, &hub, &err) &&
         hj212_server_open(hub, &(hj212_options){.takes_any = true, .zone = zone, .peers_max = DEVICES_MAX}, &server, &err), "server");
    uint16_t port = hj212_server_port(server);
    need(write(to_parent, &port, sizeof port) == sizeof port, "pipe");
    while (!ends_now) usleep(20000);
    hj212_server_close(server);
    int64_t calls = wire_hub_calls(hub);
    wire_hub_close(hub);
    int64_t report[2] = {calls, (int64_t)sink.lines.count};
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

static void hear(load *x, int timeout_ms, bool measures)
{
    struct epoll_event events[512];
    int n = epoll_wait(x->epoll, events, 512, timeout_ms);
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
            while (now_us() < due) hear(x, due - now_us() > 2000 ? 1 : 0, tick >= WARM_S);
            if (now_us() > due + 10000) x->late_start++;
            send_frame(x, &x->ends[i], tick);
            if (i % 64 == 0) hear(x, 0, tick >= WARM_S);
        }
        while (now_us() < second + 1000000) hear(x, 1, tick >= WARM_S);
    }
    int64_t until = now_us() + DRAIN_US;
    while (x->answered < x->sent && now_us() < until) hear(x, 10, true);
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
    load x = {.devices = argc > 1 ? atoi(argv[1]) : 5000, .seconds = argc > 2 ? atoi(argv[2]) : 20, .burst = argc > 4};
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
    if (pid == 0) serve(file, pipes[1]);
    need(read(pipes[0], &x.port, sizeof x.port) == sizeof x.port, "the server did not start");
    stay_on(1);
    x.epoll = epoll_create1(0);
    x.ends = NEW_ARRAY(&x.a, (size_t)x.devices, device_end);
    x.delays_us = NEW_ARRAY(&x.a, (size_t)x.devices * (size_t)x.seconds + 1, int64_t);
    for (int i = 0; i < x.devices; i++) dial(&x, i);
    run_load(&x);
    int64_t report[2];
    struct rusage used;
    kill(pid, SIGTERM);
    need(read(pipes[0], report, sizeof report) == sizeof report && wait4(pid, NULL, 0, &used) == pid, "the server did not end");
    qsort(x.delays_us, x.delay_count, sizeof *x.delays_us, by_size);
    double cpu = (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6 + (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
    printf("%d devices, %d s, %d values a frame%s\n", x.devices, x.seconds + WARM_S, x.f.codes, x.burst ? ", in bursts" : "");
    printf("frames sent %lld, answered %lld, readings on disk %lld of %lld\n", (long long)x.sent, (long long)x.answered, (long long)report[1], (long long)x.sent * x.f.codes);
    printf("answer: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; sent late by the generator: %lld\n", ms_at(&x, 0.5), ms_at(&x, 0.99), ms_at(&x, 0.999), ms_at(&x, 1), (long long)x.late_start);
    printf("server: %.1f s of one core (%.0f %%), %.1f us a frame, %lld commits, %ld MiB at most\n", cpu, 100 * cpu / (x.seconds + WARM_S), 1e6 * cpu / (double)x.sent, (long long)report[0], used.ru_maxrss / 1024);
    unlink(file);
    rmdir(folder);
    return x.answered == x.sent && report[1] == x.sent * x.f.codes ? 0 : 1;
}
