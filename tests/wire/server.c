/* The HJ 212 server against devices that are slow, broken or hostile; a real socket on loopback for each. */
#include "hj212_server.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "check.h"
#include "hj212_field.h"
#include "wire_sink.h"

typedef struct place {           /* a server with its hub and sink, and what it said */
    arena a;
    char folder[64], file[96];
    file_sink sink;
    wire_hub *hub;
    hj212_server *server;
    uint16_t port;
    pthread_mutex_t lock;
    char said[8192];
} place;

static void hear(void *context, const heng_err *what)
{
    place *p = context;
    pthread_mutex_lock(&p->lock);
    size_t len = strlen(p->said);
    snprintf(p->said + len, sizeof p->said - len, "%s ", what->message->id);
    pthread_mutex_unlock(&p->lock);
}

static bool has_said(place *p, const char *id)
{
    pthread_mutex_lock(&p->lock);
    bool has = strstr(p->said, id) != NULL;
    pthread_mutex_unlock(&p->lock);
    return has;
}

static int times_said(place *p, const char *id)
{
    int n = 0;
    pthread_mutex_lock(&p->lock);
    for (const char *at = strstr(p->said, id); at; at = strstr(at + 1, id)) n++;
    pthread_mutex_unlock(&p->lock);
    return n;
}

static const char A[] = "010000A8900016F000169DC0", B[] = "88888880000001";

static void place_open(place *p, hj212_options o)
{
    heng_err err = {0};
    *p = (place){.lock = PTHREAD_MUTEX_INITIALIZER};
    snprintf(p->folder, sizeof p->folder, "/tmp/heng-wire-XXXXXX");
    must(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/readings", p->folder);
    file_sink_open(&p->sink, p->file);
    const cal_zone *zone;
    must(zone_open(&p->a, "Asia/Shanghai", &zone, &err));
    hj212_device devices[] = {{.mn = text_of(A), .password = TEXT("123456"), .zone = zone}, {.mn = text_of(B), .zone = zone, .is_lenient = true}, {.mn = TEXT("SEALED01"), .zone = zone, .has_key = true}};
    memcpy(devices[2].key, "0123456789abcdef", sizeof devices[2].key);
    o.devices = devices;
    o.device_count = 3;
    o.zone = zone;
    o.say = hear;
    o.say_context = p;
    check_ok(wire_hub_open(file_sink_take, &p->sink, &p->hub, &err) && hj212_server_open(p->hub, &o, &p->server, &err), &err, "a server opens on a free port");
    p->port = hj212_server_port(p->server);
}

static void place_close(place *p)
{
    hj212_server_close(p->server);
    wire_hub_close(p->hub);
    file_sink_close(&p->sink);
    unlink(p->file);
    rmdir(p->folder);
    arena_free(&p->a);
}

static int dial_as(const place *p, const char *host, int receive_bytes)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(p->port)};
    inet_pton(AF_INET, host, &from.sin_addr);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (receive_bytes) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes); /* before the window is told: one that shrinks later stalls both sides */
    must(bind(fd, (struct sockaddr *)&from, sizeof from) == 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static int dial_from(const place *p, const char *host)
{
    return dial_as(p, host, 0);
}

static int dial(const place *p)
{
    return dial_as(p, "127.0.0.1", 0);
}

static void say(int fd, text t)
{
    size_t at = 0;
    while (at < t.len) {
        ssize_t n = send(fd, t.ptr + at, t.len - at, MSG_NOSIGNAL);
        if (n <= 0) return;
        at += (size_t)n;
    }
}

/* What comes within the time, up to a count of frames; len 0 with *ret_closed when the other side hung up. */
static text listen_for(arena *a, int fd, int frames, int ms, bool *ret_closed)
{
    char *bytes = arena_alloc(a, 65536);
    size_t len = 0;
    *ret_closed = false;
    int64_t until = now_us() + (int64_t)ms * 1000;
    while (now_us() < until && len < 65000) {
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        if (poll(&pfd, 1, 20) <= 0) continue;
        ssize_t n = recv(fd, bytes + len, 65536 - len, 0);
        if (n <= 0) {
            *ret_closed = true;
            break;
        }
        len += (size_t)n;
        int seen = 0;
        for (size_t i = 0; i < len; i++) seen += bytes[i] == '\n';
        if (seen >= frames) break;
    }
    return (text){bytes, len};
}

static text frame_of(arena *a, const char *mn, const char *pw, int cn, int flag, const char *cp)
{
    static int serial;
    return hj212_encode(a, text_of(arena_printf(a, "QN=20240315080000%03d;ST=32;CN=%d;PW=%s;MN=%s;Flag=%d;CP=&&%s&&", ++serial % 1000, cn, pw, mn, flag, cp)));
}

static bool has(text t, const char *word)
{
    size_t at;
    return text_find(t, text_of(word), &at);
}

/* Send one frame on a new line and give back the answer. */
static text ask_once(place *p, text frame, int ms)
{
    int fd = dial(p);
    bool closed;
    say(fd, frame);
    text answer = listen_for(&p->a, fd, 1, ms, &closed);
    close(fd);
    return answer;
}

#define RTD "DataTime=20240315080000;w01018-Rtd=2.2,w01018-Flag=N;w21003-Rtd=0.5,w21003-Flag=N"

static void good_and_bad(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 2011, 5, RTD), 2000), "CN=9014"), "data that wants an answer gets 9014");
    check_int(file_sink_taken(&p.sink), 2, "and its readings are kept");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 2011, 5, RTD), 2000), "CN=9014"), "the same again is answered");
    check_int(file_sink_taken(&p.sink), 2, "and counts once");
    check_int((int64_t)ask_once(&p, frame_of(&p.a, A, "123456", 2011, 4, RTD), 150).len, 0, "data that wants no answer gets none");
    check(has(ask_once(&p, frame_of(&p.a, A, "654321", 2011, 5, RTD), 2000), "QnRtn=3"), "a wrong password");
    check(has(ask_once(&p, frame_of(&p.a, A, "654321", 2011, 5, RTD), 2000), "QnRtn=3"), "and again");
    check_int(times_said(&p, "wire.hj212_password"), 1, "is said once");
    check(has(ask_once(&p, frame_of(&p.a, "77777777", "123456", 2011, 5, RTD), 2000), "QnRtn=4"), "a device that nobody declared");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 4711, 5, RTD), 2000), "QnRtn=8"), "a command that no device sends");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 2011, 5, "w01018-Rtd=2.2"), 2000), "QnRtn=2"), "values without a time");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 1013, 5, "PolId=w01018"), 2000), "CN=9013"), "a notice gets 9013");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 9015, 9, ""), 2000), "CN=9014"), "a heartbeat of 2025");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 2011, 5, "DataTime=20240315080100;unknown-Rtd=1;w01018-Rtd=--"), 2000), "CN=9014"), "readings that are judged and refused are answered, or they would come for ever");
    text whole = frame_of(&p.a, B, "x", 2011, 5, "DataTime=20240315080000;011-Rtd=1.0");
    text bare = text_of(arena_printf(&p.a, "%.*s\r\n", (int)whole.len - 6, whole.ptr));
    check(has(ask_once(&p, bare, 2000), "CN=9014"), "a lenient device may leave the CRC out");
    check(has_said(&p, "wire.hj212_odd"), "and that is said, once");
    whole = frame_of(&p.a, A, "123456", 2011, 5, "DataTime=20240315080200;w01018-Rtd=1.0");
    bare = text_of(arena_printf(&p.a, "%.*s\r\n", (int)whole.len - 6, whole.ptr));
    check(has(ask_once(&p, bare, 2000), "QnRtn=9"), "another may not");
    char *damaged = text_str(&p.a, whole);
    damaged[60] ^= 1;
    check_int((int64_t)ask_once(&p, text_of(damaged), 150).len, 0, "a damaged frame gets no answer");
    check_int(file_sink_taken(&p.sink), 3, "and leaves nothing");
    wire_counts counts;
    hj212_server_counts(p.server, &counts);
    check(counts.status[WIRE_TAKEN] == 3 && counts.status[WIRE_EXISTS] == 4 && counts.status[WIRE_REFUSED] == 2, "readings are counted by what became of them");
    place_close(&p);
}

/* Version 2025, data enciphered with the key that is declared. */
static void sealed(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    static const uint8_t key[17] = "0123456789abcdef", other[17] = "0123456789abcdeX";
#define OPEN(mn) "QN=20260103101500123;ST=31;CN=2011;PW=123456;MN=" mn ";Flag=9;CP=&&DataTime=20260103101500;a21026-Rtd=12.5,a21026-Flag=N;a21002-Rtd=3&&"
    check(has(ask_once(&p, hj212_encode_sealed(&p.a, TEXT(OPEN("SEALED01")), key, HJ212_SEALED_BYTES), 2000), "CN=9014"), "enciphered data is opened and answered");
    check_int(file_sink_taken(&p.sink), 2, "and kept");
    check(has(ask_once(&p, hj212_encode_sealed(&p.a, TEXT(OPEN("SEALED01")), key, HJ212_SEALED_WRITTEN), 2000), "CN=9014"), "also as the standard prints it");
    check(has(ask_once(&p, hj212_encode(&p.a, TEXT(OPEN("SEALED01"))), 2000), "CN=9014") && file_sink_taken(&p.sink) == 2, "and open, all three the same readings");
    check_int((int64_t)ask_once(&p, hj212_encode_sealed(&p.a, TEXT(OPEN("SEALED01")), other, HJ212_SEALED_BYTES), 150).len, 0, "what another key closed gets no answer");
    check(has_said(&p, "wire.hj212_key"), "and that is said");
    check(has(ask_once(&p, hj212_encode_sealed(&p.a, TEXT(OPEN("88888880000001")), key, HJ212_SEALED_BYTES), 2000), "QnRtn=2") && has_said(&p, "wire.hj212_sealed"), "a device without a key may not send so");
    place_close(&p);
}

static void split_packets(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    int fd = dial(&p);
    bool closed;
    say(fd, hj212_encode(&p.a, text_of("QN=20240315080000001;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20240315070000;w00000-Cou=63.0&&")));
    say(fd, hj212_encode(&p.a, text_of("QN=20240315080000002;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=2;CP=&&w01018-Cou=5.0&&")));
    text answers = listen_for(&p.a, fd, 2, 2000, &closed);
    check(has(answers, "QN=20240315080000001;ST=91;CN=9014") && has(answers, "QN=20240315080000002;ST=91;CN=9014"), "each packet is answered by its own number");
    int64_t value;
    check(text_map_find(&p.sink.lines, TEXT("hj212:010000A8900016F000169DC0/2061/w01018-Cou 1710457200000000 5.0"), &value), "a second packet without a time has that of the first; local times become instants");
    close(fd);
    place_close(&p);
}

static void pieces_and_glue(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    field f = {.state = 7, .codes = 4};
    text_buf b = {.a = &p.a};
    for (int i = 0; i < 300; i++) buf_add(&b, field_frame(&p.a, &f, FIELD_NONE, text_of(A), 2011, INT64_C(1700000000) + i));
    text all = buf_text(&b);
    int fd = dial(&p);
    for (size_t at = 0; at < all.len;) {
        size_t n = (size_t)field_below(&f, 1500) + 1;
        if (n > all.len - at) n = all.len - at;
        say(fd, (text){all.ptr + at, n});
        at += n;
    }
    bool closed;
    text answers = listen_for(&p.a, fd, 300, 5000, &closed);
    int count = 0;
    for (size_t i = 0; i < answers.len; i++) count += answers.ptr[i] == '\n';
    check_int(count, 300, "300 frames glued together and cut anywhere: 300 answers");
    check_int(file_sink_taken(&p.sink), 1200, "and all their readings");
    close(fd);
    place_close(&p);
}

/* Hostile peers: none may stop another. */
static void hostile(void)
{
    place p;
    place_open(&p, (hj212_options){.frame_s = 1, .hello_s = 2, .peers_max = 6});
    arena a = {0};
    bool closed;
    int slow = dial(&p), silent = dial(&p), endless = dial(&p);
    say(slow, TEXT("##0136ST=3"));
    text junk = {arena_zero(&a, 1 << 20), 1 << 20};
    memset((char *)(uintptr_t)junk.ptr, 'x', junk.len);
    say(endless, TEXT("##9999"));
    for (int i = 0; i < 64; i++) say(endless, junk);
    listen_for(&a, endless, 1, 3000, &closed);
    check(closed && has_said(&p, "wire.peer_hostile"), "who sends without end is cut off");
    close(endless);
    for (int i = 0; i < 20; i++) { /* a byte every 200 ms */
        listen_for(&a, slow, 1, 200, &closed);
        if (closed) break;
        say(slow, TEXT("2"));
    }
    check(closed && has_said(&p, "wire.peer_slow"), "who never ends a frame is cut off");
    listen_for(&a, silent, 1, 3000, &closed);
    check(closed && has_said(&p, "wire.peer_silent"), "who says nothing is cut off");
    check(has(ask_once(&p, frame_of(&p.a, A, "123456", 2011, 5, RTD), 2000), "CN=9014"), "others are served all the while");
    int fds[7];
    for (int i = 0; i < 7; i++) fds[i] = dial(&p);
    listen_for(&a, fds[6], 1, 1000, &closed);
    check(closed && has_said(&p, "wire.peers_max"), "one connection too many is turned away");
    for (int i = 0; i < 7; i++) close(fds[i]);
    close(slow);
    close(silent);
    arena_free(&a);
    place_close(&p);
}

/* Send heartbeats that want an answer, and read none, until the server says so. */
static bool is_cut_off(place *p, int frames_at_once, int times, int rest_ms)
{
    int fd = dial_as(p, "127.0.0.1", 4096);
    bool cut = false;
    arena a = {0};
    text frame = frame_of(&a, A, "123456", 9015, 9, "");
    text_buf many = {.a = &a};
    for (int i = 0; i < frames_at_once; i++) buf_add(&many, frame);
    for (int i = 0; i < times && !cut; i++) {
        say(fd, buf_text(&many));
        usleep((useconds_t)rest_ms * 1000);
        cut = has_said(p, "wire.peer_deaf");
    }
    close(fd);
    arena_free(&a);
    return cut;
}

/* A peer that never reads: its answers pile up to a bound, and for a time. */
static void deaf(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    check(is_cut_off(&p, 500, 2000, 0), "who sends on and does not read the answers is cut off");
    place_close(&p);
    place_open(&p, (hj212_options){.unread_s = 1, .unread_bytes = 1 << 30});
    check(is_cut_off(&p, 5000, 100, 50), "who reads nothing for too long is cut off, whatever there is room for");
    place_close(&p);
}

static void places(void)
{
    place p;
    place_open(&p, (hj212_options){.hold_s = 1});
    bool closed;
    int first = dial(&p), other = dial_from(&p, "127.0.0.2"), again = dial(&p);
    say(first, frame_of(&p.a, A, "123456", 2011, 5, RTD));
    check(has(listen_for(&p.a, first, 1, 2000, &closed), "CN=9014"), "a device reports");
    say(other, frame_of(&p.a, A, "123456", 2011, 5, RTD));
    check(has(listen_for(&p.a, other, 1, 2000, &closed), "QnRtn=2") && has_said(&p, "wire.hj212_mn_taken"), "its MN from another address is refused while it is alive");
    say(again, frame_of(&p.a, A, "123456", 2011, 5, RTD));
    check(has(listen_for(&p.a, again, 1, 2000, &closed), "CN=9014") && has_said(&p, "wire.hj212_mn_moved"), "the same address may dial again");
    listen_for(&p.a, first, 1, 1000, &closed);
    check(closed, "and its old line is closed");
    bool moved = false;
    for (int i = 0; i < 20 && !moved; i++) {
        usleep(200000);
        say(other, frame_of(&p.a, A, "123456", 2011, 5, RTD));
        moved = has(listen_for(&p.a, other, 1, 2000, &closed), "CN=9014");
    }
    check(moved, "a silent one gives way");
    close(first);
    close(other);
    close(again);
    place_close(&p);
}

static void not_durable(void)
{
    place p;
    place_open(&p, (hj212_options){0});
    file_sink_fail(&p.sink, true);
    int fd = dial(&p);
    bool closed;
    text frame = frame_of(&p.a, A, "123456", 2011, 5, RTD);
    say(fd, frame);
    check_int((int64_t)listen_for(&p.a, fd, 1, 300, &closed).len, 0, "what could not be kept is not acknowledged");
    check(has_said(&p, "wire.not_kept"), "and that is said");
    file_sink_fail(&p.sink, false);
    say(fd, frame);
    check(has(listen_for(&p.a, fd, 1, 2000, &closed), "CN=9014"), "sent again, it is");
    check_int(file_sink_taken(&p.sink), 2, "and stands once");
    close(fd);
    place_close(&p);
}

/* A device whose hours skip from 7 to 10 is asked for 8 and 9, and its answers are taken. */
static void missing(void)
{
    place p;
    place_open(&p, (hj212_options){.asks_missing = true, .sets_clocks = true});
    int fd = dial(&p);
    bool closed;
    say(fd, frame_of(&p.a, A, "123456", 2061, 4, "DataTime=20240315070000;w01018-Cou=1"));
    say(fd, frame_of(&p.a, A, "123456", 2061, 4, "DataTime=20240315100000;w01018-Cou=4"));
    text asked = listen_for(&p.a, fd, 2, 3000, &closed);
    check(has(asked, "CN=1012") && has(asked, "SystemTime="), "a device whose clock is years off is sent the time");
    check(has(asked, "CN=2061") && has(asked, "CP=&&BeginTime=20240315080000;EndTime=20240315090000&&"), "hours that were skipped are asked for");
    size_t at;
    char qn[18] = "";
    if (text_find(asked, TEXT(";ST=32;CN=2061"), &at)) snprintf(qn, sizeof qn, "%.*s", 17, asked.ptr + at - 17);
    say(fd, hj212_encode(&p.a, text_of(arena_printf(&p.a, "QN=%s;ST=91;CN=9011;PW=123456;MN=%s;Flag=4;CP=&&QnRtn=1&&", qn, A))));
    say(fd, frame_of(&p.a, A, "123456", 2061, 5, "DataTime=20240315080000;w01018-Cou=2"));
    say(fd, frame_of(&p.a, A, "123456", 2061, 5, "DataTime=20240315090000;w01018-Cou=3"));
    say(fd, hj212_encode(&p.a, text_of(arena_printf(&p.a, "QN=%s;ST=91;CN=9012;PW=123456;MN=%s;Flag=4;CP=&&ExeRtn=1&&", qn, A))));
    text answers = listen_for(&p.a, fd, 2, 3000, &closed);
    check(has(answers, "CN=9014"), "what it sends then is data like any other");
    check_int(file_sink_taken(&p.sink), 4, "and the day is whole");
    check(hj212_server_ask(p.server, text_of(A), 2031, 1710374400, 1710374400) && !hj212_server_ask(p.server, TEXT("nobody"), 2031, 0, 0), "history may be asked for by hand");
    check(has(listen_for(&p.a, fd, 1, 3000, &closed), "CN=2031"), "and the device hears it");
    close(fd);
    place_close(&p);
}

static text qn_before(arena *a, text said, const char *what)
{
    size_t at;
    return text_find(said, text_of(what), &at) && at >= 17 ? text_copy(a, (text){said.ptr + at - 17, 17}) : (text){0};
}

/* Requests that come to nothing: declined, and not answered at all. */
static void declined(void)
{
    place p;
    place_open(&p, (hj212_options){.ask_s = 1});
    int fd = dial(&p);
    bool closed;
    say(fd, frame_of(&p.a, A, "123456", 2061, 5, "DataTime=20240315070000;w01018-Cou=1"));
    listen_for(&p.a, fd, 1, 3000, &closed);
    check(hj212_server_ask(p.server, text_of(A), 2061, 1710374400, 1710378000) && hj212_server_ask(p.server, text_of(A), 2031, 1710374400, 1710374400), "two requests for history");
    text qn = qn_before(&p.a, listen_for(&p.a, fd, 1, 3000, &closed), ";ST=32;CN=2061");
    check(qn.len == 17, "the first is sent");
    say(fd, hj212_encode(&p.a, text_of(arena_printf(&p.a, "QN=%.*s;ST=91;CN=9012;PW=123456;MN=%s;Flag=4;CP=&&ExeRtn=100&&", TEXT_FMT(qn), A))));
    check(has(listen_for(&p.a, fd, 1, 3000, &closed), "CN=2031") && has_said(&p, "wire.hj212_declined"), "declined, it is said, and the next one goes out");
    text again = listen_for(&p.a, fd, 2, 6000, &closed);
    check(has(again, "CN=2031"), "not answered, it is sent again");
    for (int i = 0; i < 100 && !has_said(&p, "wire.hj212_no_answer"); i++) usleep(50000);
    check(has_said(&p, "wire.hj212_no_answer"), "and given up after the third time");
    close(fd);
    place_close(&p);
}

/* ---- SIGKILL under load ---- */

typedef struct killed { pid_t pid; uint16_t port; } killed;

/* The server in a process of its own, on a file; its port comes through a pipe. */
static killed start_process(const char *file)
{
    int pipes[2];
    must(pipe(pipes) == 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        arena a = {0};
        heng_err err;
        file_sink sink;
        wire_hub *hub;
        hj212_server *server;
        const cal_zone *zone;
        file_sink_open(&sink, file);
        must(zone_open(&a, "Asia/Shanghai", &zone, &err) && wire_hub_open(file_sink_take, &sink, &hub, &err) && hj212_server_open(hub, &(hj212_options){.takes_any = true, .zone = zone}, &server, &err));
        uint16_t port = hj212_server_port(server);
        must(write(pipes[1], &port, sizeof port) == sizeof port);
        for (;;) pause();
    }
    killed k = {.pid = pid};
    close(pipes[1]);
    must(read(pipes[0], &k.port, sizeof k.port) == sizeof k.port);
    close(pipes[0]);
    return k;
}

/* Send frames one after the other; what was answered before the kill is marked. */
static void send_until(const killed *k, field *f, bool *acknowledged, int count, int kill_after)
{
    arena a = {0};
    place p = {.port = k->port};
    int fd = dial(&p), answered = 0;
    for (int i = 0; i < count; i++) {
        if (acknowledged[i]) continue;
        bool closed;
        uint64_t keep = f->state;
        f->state = (uint64_t)i + 1; /* the same frame, whenever it is sent */
        text frame = field_frame(&a, f, FIELD_NONE, text_of(A), 2011, INT64_C(1700000000) + i);
        f->state = keep;
        if (answered == kill_after) kill(k->pid, SIGKILL); /* somewhere between the frame and its answer */
        say(fd, frame);
        text answer = listen_for(&a, fd, 1, 2000, &closed);
        if (has(answer, "CN=9014")) {
            acknowledged[i] = true;
            answered++;
        }
        if (closed) break;
    }
    close(fd);
    arena_free(&a);
}

static void killed_under_load(void)
{
    enum { FRAMES = 120, ROUNDS = 6 };
    bool acknowledged[FRAMES] = {false};
    char folder[] = "/tmp/heng-wire-XXXXXX", file[64];
    must(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/readings", folder);
    field f = {.state = 99, .codes = 3};
    int lost = 0;
    for (int round = 0; round < ROUNDS; round++) {
        killed k = start_process(file);
        send_until(&k, &f, acknowledged, FRAMES, round == ROUNDS - 1 ? -1 : field_below(&f, 20));
        kill(k.pid, SIGKILL);
        waitpid(k.pid, NULL, 0);
        file_sink sink;
        file_sink_open(&sink, file);
        arena a = {0};
        for (int i = 0; i < FRAMES; i++) {
            uint64_t keep = f.state;
            f.state = (uint64_t)i + 1;
            hj212_frame frame;
            heng_err err;
            text data = field_data(&a, &f, FIELD_NONE, text_of(A), 2011, INT64_C(1700000000) + i);
            f.state = keep;
            int64_t is_there;
            must(hj212_parse(&a, data, &frame, &err));
            text line = text_of(arena_printf(&a, "hj212:%s/2011/w01018-Rtd %lld %.*s", A, (long long)(INT64_C(1700000000) + i - 28800) * 1000000, TEXT_FMT(frame.values[0].value)));
            lost += acknowledged[i] && !text_map_find(&sink.lines, line, &is_there);
        }
        if (round == ROUNDS - 1) check_int((int64_t)sink.lines.count, FRAMES * 3, "all readings are there, each once");
        arena_free(&a);
        file_sink_close(&sink);
    }
    check_int(lost, 0, "nothing acknowledged is lost by six kills");
    unlink(file);
    rmdir(folder);
}

int main(void)
{
    good_and_bad();
    sealed();
    split_packets();
    pieces_and_glue();
    hostile();
    deaf();
    places();
    not_durable();
    missing();
    declined();
    killed_under_load();
    return check_done();
}
