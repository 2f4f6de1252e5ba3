/* Readings from the wires into the meters of a real book: verdicts, and a listener that is killed under load again and again. */
#include "../meter/meters.h"
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "hj212_field.h"
#include "listen.h"
#include "../../src/intake/messages.h"

static const char MN[] = "010000A8900016F000169DC0";
#define RTD "hj212:010000A8900016F000169DC0/2011/"

static void declare(place *p, meter_book *m)
{
    meter_channel c[] = {channel_like(p, "S1/cod", METER_LEVEL, 0), channel_like(p, "S1/nh3n", METER_LEVEL, 0), channel_like(p, "S1/tp", METER_LEVEL, 0), channel_like(p, "M1/kwh", METER_COUNTER, 900), channel_like(p, "M2/kwh", METER_COUNTER, 900)};
    c[0].address = TEXT(RTD "w01018-Rtd hj212:010000A8900016F000169DC0/2051/w01018-Avg");
    c[1].address = TEXT(RTD "w21003-Rtd");
    c[2].address = TEXT(RTD "w21011-Rtd");
    c[3].address = TEXT("mqtt:park/m1#kwh");
    c[4].address = TEXT("mqtt:park/m1#kwh");
    c[0].scale = c[1].scale = c[2].scale = 2;
    c[3].scale = c[4].scale = 1;
    channels_declare(p, m, c, 5);
}

static const struct { const char *says, *address, *value, *flag; wire_status status; const char *why; } TAKEN[] = {
    {"a monitor's value", RTD "w01018-Rtd", "2.25", "N", WIRE_TAKEN, NULL},
    {"the same again", RTD "w01018-Rtd", "2.25", "N", WIRE_EXISTS, NULL},
    {"another value of the same moment", RTD "w01018-Rtd", "2.26", "N", WIRE_REPLACED, NULL},
    {"the second address of a channel", "hj212:010000A8900016F000169DC0/2051/w01018-Avg", "2.26", "N", WIRE_EXISTS, NULL},
    {"a level is rounded to its channel", RTD "w21003-Rtd", "119.90287", "D", WIRE_TAKEN, NULL},
    {"a counter is not", "mqtt:park/m1#kwh", "100.25", "", WIRE_REFUSED, "intake.value_unfit"},
    {"a counter", "mqtt:park/m1#kwh", "100.50", "", WIRE_TAKEN, NULL},
    {"by its channel", "http:M2/kwh", "7", "", WIRE_TAKEN, NULL},
    {"no number", RTD "w21011-Rtd", "--", "N", WIRE_REFUSED, "intake.value_unfit"},
    {"an address that no channel takes", RTD "w99999-Rtd", "1", "N", WIRE_REFUSED, "intake.no_channel"},
    {"a channel that is not there", "http:M9/kwh", "1", "", WIRE_REFUSED, "intake.no_channel"},
    {"a way that is not there", "fax:M1/kwh", "1", "", WIRE_REFUSED, "intake.no_channel"},
};

static void hear(void *context, const heng_err *what)
{
    ++*(int *)context;
    if (what->message != &MSG_INTAKE_NO_CHANNEL) *(int *)context += 100;
}

static void verdicts(void)
{
    int heard = 0;
    place p;
    arrivals *v;
    size_t doubled;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    declare(&p, m);
    check_ok(arrivals_open(m, NULL, hear, &heard, &v, &doubled, &p.err), &p.err, "a sink opens");
    check_int((int64_t)doubled, 1, "an address that two channels name is told");
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++) {
        wire_reading r = {.address = text_of(TAKEN[i].address), .time_us = T0, .value = text_of(TAKEN[i].value), .flag = text_of(TAKEN[i].flag)};
        wire_verdict verdict = {0};
        bool ok = arrivals_take(v, &r, 1, &verdict, &p.err);
        const char *why = verdict.why ? verdict.why->id : "";
        check(ok && verdict.status == TAKEN[i].status && strcmp(why, TAKEN[i].why ? TAKEN[i].why : "") == 0, TAKEN[i].says);
    }
    check_int(heard, 2, "each address that no channel takes is told");
    meter_series s;
    check(meter_readings(m, &p.a, channel_id(&p, m, "S1/nh3n"), (period){T0 - DAY, T0 + DAY}, BOOK_KNOWN_NOW, &s, &p.err) && s.count == 1 && s.value[0] == 11990 && (s.flag[0] & METER_QUALITY) == METER_SUSPECT, "half to even, and D is suspect");
    wire_reading both[] = {{.address = TEXT("mqtt:park/m1#kwh"), .time_us = T0 + HOUR, .value = TEXT("101")}, {.address = TEXT("http:M2/kwh"), .time_us = T0 + HOUR, .value = TEXT("8")}};
    wire_verdict of[2];
    check(arrivals_take(v, both, 2, of, &p.err) && of[0].status == WIRE_TAKEN && of[1].status == WIRE_TAKEN, "two ways in one call");
    arrivals_close(v);
    check_meters_verify(&p, m, "the meters verify");
    meter_book_close(m);
    place_remove(&p);
}

/* ---- SIGKILL under load, with the real book ---- */

typedef struct killed { pid_t pid; int port; } killed;

static killed start_process(const char *path)
{
    int pipes[2];
    must(pipe(pipes) == 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        heng_err err = {0};
        book *b;
        meter_book *m;
        listener *l;
        listen_options o = {.hj212_port = 0, .http_port = -1, .takes_any = true};
        bool ok = book_open(path, true, &(book_options){.store.wait_ms = 20000}, &b, &err) && meter_open(b, &m, &err) && listen_open(m, NULL, &o, &l, &err);
        killed k = {.port = ok ? listen_now(l).hj212_port : -1};
        must(write(pipes[1], &k.port, sizeof k.port) == sizeof k.port);
        for (;;) pause();
    }
    killed k = {.pid = pid};
    close(pipes[1]);
    must(read(pipes[0], &k.port, sizeof k.port) == sizeof k.port && k.port > 0);
    close(pipes[0]);
    return k;
}

static text frame_at(arena *a, int i)
{
    field f = {.state = (uint64_t)i + 1, .codes = 3}; /* the same frame, whenever it is sent */
    return field_frame(a, &f, FIELD_NONE, text_of(MN), 2011, INT64_C(1700000000) + i);
}

/* Send without waiting, up to eight frames ahead of their answers, as devices do that have much to catch up. */
static void send_until(const killed *k, bool *acknowledged, int count, int kill_after)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)k->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), sent = 0, answered = 0, order[1000];
    must(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    arena a = {0};
    for (int i = 0; i < count; i++) {
        if (acknowledged[i]) continue;
        text frame = frame_at(&a, i);
        if (send(fd, frame.ptr, frame.len, MSG_NOSIGNAL) != (ssize_t)frame.len) break;
        order[sent++] = i;
        if (answered >= kill_after) kill(k->pid, SIGKILL);
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        bool rest = i + 1 == count;
        while (answered < sent && poll(&pfd, 1, rest ? 3000 : sent - answered > 8 ? 1000 : 0) > 0) {
            char bytes[4096];
            ssize_t n = recv(fd, bytes, sizeof bytes, 0);
            if (n <= 0) goto done;
            for (ssize_t b = 0; b < n; b++)
                if (bytes[b] == '\n' && answered < sent) acknowledged[order[answered++]] = true;
        }
    }
done:
    close(fd);
    arena_free(&a);
}

static int64_t lost_of(const bool *acknowledged, int count, const meter_series *s)
{
    int64_t lost = 0;
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        int64_t us = (INT64_C(1700000000) + i - 28800) * 1000000;
        while (at < s->count && s->time_us[at] < us) at++;
        lost += acknowledged[i] && !(at < s->count && s->time_us[at] == us);
    }
    return lost;
}

static void killed_under_load(void)
{
    enum { FRAMES = 600, ROUNDS = 6 };
    bool acknowledged[FRAMES] = {false};
    place p;
    place_make(&p, 0, NULL);
    meter_book *m = meters_open(&p);
    declare(&p, m);
    int32_t channels[] = {channel_id(&p, m, "S1/cod"), channel_id(&p, m, "S1/nh3n"), channel_id(&p, m, "S1/tp")};
    meter_book_close(m);
    for (int round = 0; round < ROUNDS; round++) {
        book_close(p.b);
        p.b = NULL;
        killed k = start_process(p.path);
        send_until(&k, acknowledged, FRAMES, round == ROUNDS - 1 ? INT32_MAX : 20 + round * 17);
        kill(k.pid, SIGKILL);
        waitpid(k.pid, NULL, 0);
        town_must(book_open(p.path, true, NULL, &p.b, &p.err), &p.err, "open again");
        m = meters_open(&p);
        meter_series s;
        for (int c = 0; c < 3; c++) {
            town_must(meter_readings(m, &p.a, channels[c], (period){INT64_C(1699900000000000), INT64_C(1700100000000000)}, BOOK_KNOWN_NOW, &s, &p.err), &p.err, "readings");
            check_int(lost_of(acknowledged, FRAMES, &s), 0, "nothing acknowledged is lost");
            if (round == ROUNDS - 1) check_int((int64_t)s.count, FRAMES, "all are there in the end, each once");
        }
        check_meters_verify(&p, m, "book and meters verify");
        meter_book_close(m);
    }
    place_remove(&p);
}

int main(void)
{
    verdicts();
    killed_under_load();
    return check_done();
}
