/* Readings over HTTP: verdict by verdict, the faults of a request, and clients that drip. */
#include "http.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "check.h"
#include "wire_sink.h"

typedef struct place { arena a; char path[64]; file_sink sink; wire_hub *hub; http_server *server; } place;

static void place_open(place *p, http_options o)
{
    heng_err err = {0};
    *p = (place){0};
    snprintf(p->path, sizeof p->path, "/tmp/heng-http-XXXXXX");
    close(mkstemp(p->path));
    file_sink_open(&p->sink, p->path);
    http_source source = {.name = TEXT("gateway"), .token = hash_of(HASH_SHA256, "secret", 6)};
    must(zone_open(&p->a, "Asia/Shanghai", &o.zone, &err));
    o.sources = &source;
    o.source_count = 1;
    check_ok(wire_hub_open(file_sink_take, &p->sink, &p->hub, &err) && http_open(p->hub, &o, &p->server, &err), &err, "a server opens on a free port");
}

static void place_close(place *p)
{
    http_close(p->server);
    wire_hub_close(p->hub);
    file_sink_close(&p->sink);
    unlink(p->path);
    arena_free(&p->a);
}

static int dial(place *p)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(p->server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static text hear(place *p, int fd, int ms)
{
    char *bytes = arena_alloc(&p->a, 65536);
    size_t len = 0;
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    while (len < 65536 && poll(&pfd, 1, ms) > 0) {
        ssize_t n = recv(fd, bytes + len, 65536 - len, 0);
        if (n <= 0) break;
        len += (size_t)n;
    }
    return (text){bytes, len};
}

static text post(place *p, const char *headers, const char *body)
{
    int fd = dial(p);
    const char *all = arena_printf(&p->a, "POST /readings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", strlen(body), headers, body);
    must(send(fd, all, strlen(all), MSG_NOSIGNAL) == (ssize_t)strlen(all));
    text answer = hear(p, fd, 5000);
    close(fd);
    return answer;
}

static bool has(text t, const char *word)
{
    size_t at;
    return text_find(t, text_of(word), &at);
}

#define TOKEN "Authorization: Bearer secret\r\n"
#define EN TOKEN "Accept-Language: en\r\n"
#define ONE "{\"channel\":\"M1/kwh\",\"time\":\"2024-03-15T08:00:00+08:00\",\"value\":12.50}"

static const struct { const char *says, *headers, *body, *status, *word; } REFUSED[] = {
    {"no token", "Accept-Language: en\r\n", "[]", "401", "wire.http_token"},
    {"another token", "Authorization: Bearer secre\r\n", "[]", "401", "令牌"},
    {"no JSON", EN, "[{", "400", "format.json"},
    {"where it breaks off", EN, "[{\"channel\": \"M1/kwh\",\n  \"value\": 1,,\n", "400", "\"line\": 2, \"column\": "},
    {"a key twice", EN, "[{\"a\":1,\"a\":2}]", "400", "format.json_duplicate"},
    {"no array", EN, "{\"reading\":[]}", "400", "wire.http_shape"},
    {"nothing", EN, "", "400", "format.json"},
    {"too many readings", EN, "[1,2,3,4,5,6,7,8,9]", "400", "wire.http_many"},
};

static void requests(void)
{
    place p;
    place_open(&p, (http_options){.readings_max = 8, .body_max = 2000});
    text answer = post(&p, EN, "[" ONE ",{\"channel\":\"unknown\",\"time\":1710460800,\"value\":\"1\"},{\"channel\":\"M1/kwh\",\"value\":1},{\"time\":1,\"value\":1},{\"channel\":\"M1/kwh\",\"time\":\"soon\",\"value\":1},7]");
    check(has(answer, "HTTP/1.1 200") && has(answer, "\"readings\": 6, \"taken\": 1, ") && has(answer, "\"refused\": 5"), "each reading has its verdict");
    check(has(answer, "wire.no_rule") && has(answer, "the reading has no time") && has(answer, "the reading has no channel") && has(answer, "'soon' is no time"), "and its reason");
    int64_t found;
    check(text_map_find(&p.sink.lines, TEXT("http:M1/kwh 1710460800000000 12.50"), &found), "the value is kept as its digits were sent");
    check(has(post(&p, TOKEN, "{\"readings\":[" ONE "]}"), "\"exists\": 1"), "the same again changes nothing");
    check(has(post(&p, TOKEN, "[{\"channel\":\"M1/kwh\"}]"), "读数缺少 value"), "reasons in Chinese");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        text said = post(&p, REFUSED[i].headers, REFUSED[i].body);
        if (!check(said.len > 12 && strncmp(said.ptr + 9, REFUSED[i].status, 3) == 0 && has(said, REFUSED[i].word), REFUSED[i].says)) printf("# %.*s\n", TEXT_FMT(said));
    }
    char large[3000];
    memset(large, ' ', sizeof large - 1);
    large[sizeof large - 1] = 0;
    check(has(post(&p, EN, large), " 413 "), "a body that says it is too large");
    check(has(post(&p, EN "Idempotency-Key: k1\r\n", "[" ONE "]"), "200") && has(post(&p, EN "Idempotency-Key: k1\r\n", "[" ONE "]"), "200"), "a key with the same body");
    check(has(post(&p, EN "Idempotency-Key: k1\r\n", "[]"), " 409 "), "a key with another body");
    int fd = dial(&p);
    must(send(fd, "GET /readings HTTP/1.0\r\n\r\n", 26, MSG_NOSIGNAL) == 26);
    check(has(hear(&p, fd, 3000), " 405 "), "another method");
    close(fd);
    file_sink_fail(&p.sink, true);
    answer = post(&p, EN, "[{\"channel\":\"M2/kwh\",\"time\":1710460800,\"value\":1}]");
    check(has(answer, " 503 ") && has(answer, "Retry-After"), "what could not be kept is not acknowledged");
    file_sink_fail(&p.sink, false);
    check(has(post(&p, EN, "[{\"channel\":\"M2/kwh\",\"time\":1710460800,\"value\":1}]"), "\"taken\": 1"), "sent again, it is");
    wire_counts counts;
    http_counts(p.server, &counts);
    check(counts.status[WIRE_TAKEN] == 2 && counts.failed == 1 && counts.status[WIRE_REFUSED] == 6, "and all is counted");
    place_close(&p);
}

static void drips(void)
{
    place p;
    place_open(&p, (http_options){.request_s = 1});
    int head = dial(&p), body = dial(&p);
    const char *begin = "POST /readings HTTP/1.1\r\nHost: x\r\n" TOKEN "Content-Length: 1000\r\n\r\n[";
    must(send(body, begin, strlen(begin), MSG_NOSIGNAL) == (ssize_t)strlen(begin));
    bool closed[2] = {false, false};
    for (int i = 0; i < 40 && !(closed[0] && closed[1]); i++) {
        int fds[2] = {head, body};
        for (int k = 0; k < 2; k++) {
            char byte;
            send(fds[k], k ? " " : "G", 1, MSG_NOSIGNAL);
            struct pollfd pfd = {.fd = fds[k], .events = POLLIN};
            if (poll(&pfd, 1, 50) > 0 && recv(fds[k], &byte, 1, 0) <= 0) closed[k] = true;
        }
    }
    check(closed[0], "a header that drips is cut off");
    check(closed[1], "a body that drips is cut off");
    check(has(post(&p, EN, "[" ONE "]"), "\"taken\": 1"), "others are served");
    close(head);
    close(body);
    place_close(&p);
}

int main(void)
{
    requests();
    drips();
    return check_done();
}
