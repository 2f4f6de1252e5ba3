/* MQTT against a real broker on loopback with its own configuration: at least once, never twice, over restarts of both sides. */
#include "mqtt.h"
#include <arpa/inet.h>
#include <mosquitto.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "check.h"
#include "wire_sink.h"
#include "when.h"

static const cal_zone *zone_of(arena *a)
{
    const cal_zone *z;
    heng_err err;
    must(zone_open(a, "Asia/Shanghai", &z, &err));
    return z;
}

static const struct { const char *says, *filter, *topic; bool want; } FILTERS[] = {
    {"the same topic", "a/b", "a/b", true}, {"another", "a/b", "a/c", false}, {"one level", "a/+/c", "a/b/c", true}, {"one level is one", "a/+", "a/b/c", false},
    {"the rest", "a/#", "a/b/c", true}, {"the rest may be nothing", "a/#", "a", true}, {"all", "#", "a/b", true}, {"longer", "a", "a/b", false}, {"shorter", "a/b", "a", false},
};

static const struct { const char *says, *value, *time, *payload; size_t want; const char *address, *shows; int64_t time_us; const char *id; } MESSAGES[] = {
    {"a bare number", "", "", " 12.50 ", 1, "mqtt:park/m1", "12.50", 5, NULL},
    {"a path", "data.kwh", "data.t", "{\"data\":{\"kwh\":0.10,\"t\":\"2024-03-15T08:00:00+08:00\"}}", 1, "mqtt:park/m1#data.kwh", "0.10", INT64_C(1710460800000000), NULL},
    {"seconds since 1970", "v", "t", "{\"v\":1,\"t\":1710460800}", 1, "mqtt:park/m1#v", "1", INT64_C(1710460800000000), NULL},
    {"milliseconds since 1970", "v", "t", "{\"v\":1,\"t\":1710460800123}", 1, "mqtt:park/m1#v", "1", INT64_C(1710460800123000), NULL},
    {"a local time", "v", "t", "{\"v\":\"1.5\",\"t\":\"2024-03-15 08:00:00\"}", 1, "mqtt:park/m1#v", "1.5", INT64_C(1710460800000000), NULL},
    {"several moments", "v", "t", "[{\"v\":1,\"t\":1710460800},{\"v\":2,\"t\":1710461700}]", 2, "mqtt:park/m1#v", "2", INT64_C(1710461700000000), NULL},
    {"every number", "*", "t", "{\"t\":1710460800,\"p\":1.25,\"n\":\"x\",\"q\":[3,4]}", 3, "mqtt:park/m1#q.1", "4", INT64_C(1710460800000000), NULL},
    {"nothing at the path", "v", "", "{\"w\":1}", 0, NULL, NULL, 0, "wire.path_missing"},
    {"no time at the path", "v", "t", "{\"v\":1}", 0, NULL, NULL, 0, "wire.path_missing"},
    {"a time that is none", "v", "t", "{\"v\":1,\"t\":\"soon\"}", 0, NULL, NULL, 0, "wire.time_bad"},
    {"one bad moment refuses the message", "v", "t", "[{\"v\":1,\"t\":1710460800},{\"v\":2}]", 0, NULL, NULL, 0, "wire.path_missing"},
    {"no JSON", "v", "", "v=1", 0, NULL, NULL, 0, "format.json_bad"},
};

static void messages(void)
{
    arena a = {0};
    const cal_zone *z = zone_of(&a);
    for (size_t i = 0; i < sizeof FILTERS / sizeof *FILTERS; i++) check(mqtt_filter_fits(text_of(FILTERS[i].filter), text_of(FILTERS[i].topic)) == FILTERS[i].want, FILTERS[i].says);
    for (size_t i = 0; i < sizeof MESSAGES / sizeof *MESSAGES; i++) {
        heng_err err = {0};
        mqtt_rule rule = {.filter = TEXT("park/+"), .value = text_of(MESSAGES[i].value), .time = text_of(MESSAGES[i].time)};
        mqtt_found found = {0};
        bool ok = mqtt_read(&a, &rule, 1, z, TEXT("park/m1"), text_of(MESSAGES[i].payload), 5, false, &found, &err);
        if (MESSAGES[i].id) {
            check_fails(ok, &err, MESSAGES[i].id, MESSAGES[i].says);
            continue;
        }
        const wire_reading *last = ok && found.count ? &found.items[found.count - 1] : NULL;
        check(found.count == MESSAGES[i].want && last && text_is(last->address, MESSAGES[i].address) && text_is(last->value, MESSAGES[i].shows) && last->time_us == MESSAGES[i].time_us, MESSAGES[i].says);
    }
    heng_err err = {0};
    mqtt_rule rule = {.filter = TEXT("park/+")};
    mqtt_found found = {0};
    check_fails(mqtt_read(&a, &rule, 1, z, TEXT("town/m1"), TEXT("1"), 5, false, &found, &err), &err, "wire.no_rule", "a topic that nobody declared");
    check_fails(mqtt_read(&a, &rule, 1, z, TEXT("park/m1"), TEXT("1"), 5, true, &found, &err), &err, "wire.mqtt_retained", "a kept message without a time");
    arena_free(&a);
}

/* ---- A broker of its own ---- */

typedef struct broker { char folder[64], config[96]; int port; pid_t pid; } broker;

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    close(fd);
    return ntohs(at.sin_port);
}

static bool answers(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool ok = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return ok;
}

static void broker_start(broker *b)
{
    fflush(stdout);
    b->pid = fork();
    if (b->pid == 0) {
        must(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
        execlp("mosquitto", "mosquitto", "-c", b->config, (char *)NULL);
        execl("/usr/sbin/mosquitto", "mosquitto", "-c", b->config, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 100 && !answers(b->port); i++) usleep(50000);
}

static void broker_stop(broker *b)
{
    kill(b->pid, SIGTERM);
    waitpid(b->pid, NULL, 0);
}

/* One user, heng with the password secret. */
static void users_make(const broker *b)
{
    char path[96], command[256];
    snprintf(path, sizeof path, "%s/users", b->folder);
    FILE *f = fopen(path, "w");
    must(f);
    fputs("heng:secret\n", f);
    fclose(f);
    snprintf(command, sizeof command, "mosquitto_passwd -U %s && chmod 644 %s", path, path);
    must(system(command) == 0);
}

static void broker_make(broker *b, bool wants_password)
{
    snprintf(b->folder, sizeof b->folder, "/tmp/heng-broker-XXXXXX");
    must(mkdtemp(b->folder));
    must(chmod(b->folder, 0777) == 0); /* the broker may step down to a user of its own */
    b->port = free_port();
    snprintf(b->config, sizeof b->config, "%s/mosquitto.conf", b->folder);
    FILE *f = fopen(b->config, "w");
    must(f);
    if (wants_password) fprintf(f, "password_file %s/users\n", b->folder);
    fprintf(f, "listener %d 127.0.0.1\nallow_anonymous %s\nmax_queued_messages 0\nmax_inflight_messages 0\npersistence true\npersistence_location %s/\n", b->port, wants_password ? "false" : "true", b->folder);
    fclose(f);
    if (wants_password) users_make(b);
    broker_start(b);
}

static void broker_remove(broker *b)
{
    arena a = {0};
    broker_stop(b);
    unlink(b->config);
    unlink(arena_printf(&a, "%s/mosquitto.db", b->folder));
    unlink(arena_printf(&a, "%s/readings", b->folder));
    unlink(arena_printf(&a, "%s/users", b->folder));
    rmdir(b->folder);
    arena_free(&a);
}

static void count_published(struct mosquitto *m, void *context, int id)
{
    (void)m, (void)id;
    ++*(_Atomic int *)context;
}

/* Messages first..last with quality 1; true when the broker has acknowledged them all. */
static bool publish(const broker *b, int first, int last)
{
    _Atomic int published = 0;
    struct mosquitto *m = mosquitto_new(NULL, true, &published);
    mosquitto_publish_callback_set(m, count_published);
    bool ok = mosquitto_connect(m, "127.0.0.1", b->port, 30) == MOSQ_ERR_SUCCESS && mosquitto_loop_start(m) == MOSQ_ERR_SUCCESS;
    for (int i = first; ok && i <= last; i++) {
        char payload[80];
        int n = snprintf(payload, sizeof payload, "{\"t\":%lld,\"kwh\":%d.25}", 1710460800LL + i, i);
        ok = mosquitto_publish(m, NULL, "park/m1", n, payload, 1, false) == MOSQ_ERR_SUCCESS;
    }
    for (int i = 0; i < 1000 && published < last - first + 1; i++) usleep(10000);
    ok = ok && published == last - first + 1;
    mosquitto_disconnect(m);
    mosquitto_loop_stop(m, false);
    mosquitto_destroy(m);
    return ok;
}

typedef struct taker { arena a; file_sink sink; wire_hub *hub; mqtt_client *client; char file[96]; } taker;

static void taker_open(taker *t, const broker *b)
{
    heng_err err = {0};
    *t = (taker){0};
    snprintf(t->file, sizeof t->file, "%s/readings", b->folder);
    file_sink_open(&t->sink, t->file);
    mqtt_rule rule = {.filter = TEXT("park/+"), .value = TEXT("kwh"), .time = TEXT("t")};
    mqtt_options o = {.url = text_of(arena_printf(&t->a, "mqtt://127.0.0.1:%d", b->port)), .client = TEXT("heng-test"), .rules = &rule, .rule_count = 1, .zone = zone_of(&t->a)};
    check_ok(wire_hub_open(file_sink_take, &t->sink, &t->hub, &err) && mqtt_open(t->hub, &o, &t->client, &err), &err, "a client starts");
    for (int i = 0; i < 200 && !mqtt_is_connected(t->client); i++) usleep(20000);
}

static void taker_close(taker *t)
{
    mqtt_close(t->client);
    wire_hub_close(t->hub);
    file_sink_close(&t->sink);
    arena_free(&t->a);
}

static int64_t wait_taken(taker *t, int64_t want)
{
    for (int i = 0; i < 400 && file_sink_taken(&t->sink) < want; i++) usleep(20000);
    return file_sink_taken(&t->sink);
}

static void with_a_broker(void)
{
    broker b;
    taker t;
    broker_make(&b, false);
    if (!check(answers(b.port), "a broker starts (package mosquitto)")) return;
    taker_open(&t, &b);
    check(publish(&b, 0, 4999), "5,000 messages are published");
    check_int(wait_taken(&t, 5000), 5000, "and all are kept, past the 1,000 of a default broker");
    broker_stop(&b);
    broker_start(&b);
    for (int i = 0; i < 200 && !mqtt_is_connected(t.client); i++) usleep(20000);
    check(mqtt_is_connected(t.client), "after a restart of the broker the client comes back");
    check(publish(&b, 5000, 5099), "a hundred more");
    check_int(wait_taken(&t, 5100), 5100, "are kept too");
    taker_close(&t);
    check(publish(&b, 5100, 5199), "a hundred while the client is away");
    taker_open(&t, &b);
    check_int(wait_taken(&t, 100), 100, "wait in the session");
    /* The heart of it: what the sink did not keep was not acknowledged, so the broker sends it again. */
    file_sink_fail(&t.sink, true);
    check(publish(&b, 5200, 5299), "a hundred while nothing can be kept");
    usleep(600000);
    check_int(file_sink_taken(&t.sink), 100, "are not kept");
    file_sink_fail(&t.sink, false);
    check_int(wait_taken(&t, 200), 200, "come again, and are kept then");
    usleep(300000);
    check_int((int64_t)t.sink.lines.count, 5300, "each once");
    taker_close(&t);
    broker_remove(&b);
}

/* The taker is killed in the middle; the broker knows what it had not acknowledged. */
static void killed(void)
{
    broker b;
    broker_make(&b, false);
    if (!answers(b.port)) return;
    taker t;
    taker_open(&t, &b); /* the session exists before the first message */
    taker_close(&t);
    for (int round = 0; round < 3; round++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            must(freopen("/dev/null", "w", stdout));
            taker_open(&t, &b);
            for (;;) pause();
        }
        check(publish(&b, round * 2000, round * 2000 + 1999), "2,000 messages are published");
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    taker_open(&t, &b);
    int64_t before = (int64_t)t.sink.lines.count - file_sink_taken(&t.sink);
    wait_taken(&t, 6000 - before);
    check_int((int64_t)t.sink.lines.count, 6000, "6,000 messages over three kills: nothing lost, nothing double");
    taker_close(&t);
    broker_remove(&b);
}

static void hear(void *context, const heng_err *what)
{
    if (strcmp(what->message->id, "wire.mqtt_refused") == 0) *(_Atomic int *)context = 1;
}

static bool lets_in(const broker *b, const char *who, _Atomic int *refused)
{
    arena a = {0};
    heng_err err = {0};
    wire_hub *hub;
    mqtt_client *client;
    file_sink sink;
    char file[96];
    snprintf(file, sizeof file, "%s/readings", b->folder);
    file_sink_open(&sink, file);
    mqtt_rule rule = {.filter = TEXT("park/+")};
    mqtt_options o = {.url = text_of(arena_printf(&a, "mqtt://%s127.0.0.1:%d", who, b->port)), .client = TEXT("heng-user"), .rules = &rule, .rule_count = 1, .zone = zone_of(&a), .say = hear, .say_context = (void *)(uintptr_t)refused};
    check_ok(wire_hub_open(file_sink_take, &sink, &hub, &err) && mqtt_open(hub, &o, &client, &err), &err, "a client starts");
    for (int i = 0; i < 200 && !mqtt_is_connected(client) && !*refused; i++) usleep(20000);
    bool is_in = mqtt_is_connected(client);
    mqtt_close(client);
    wire_hub_close(hub);
    file_sink_close(&sink);
    arena_free(&a);
    return is_in;
}

static void with_a_password(void)
{
    broker b;
    _Atomic int refused = 0;
    broker_make(&b, true);
    if (!answers(b.port)) return;
    check(!lets_in(&b, "", &refused) && refused, "a broker that asks for a password refuses, and that is said");
    refused = 0;
    check(!lets_in(&b, "heng:wrong@", &refused) && refused, "a wrong one too");
    refused = 0;
    check(lets_in(&b, "heng:secret@", &refused) && !refused, "the right one is in the address");
    broker_remove(&b);
}

int main(void)
{
    messages();
    mosquitto_lib_init();
    with_a_broker();
    killed();
    with_a_password();
    mosquitto_lib_cleanup();
    return check_done();
}
