/*
 * The MQTT client: one thread, one session. See mqtt.h for when a message is acknowledged.
 *
 *   connect -> subscribe -> read some messages -> hub -> ok: write (the acknowledgements leave) | not kept: drop the line, come again
 */
#include "mqtt.h"
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "messages.h"

enum { KEEP_ALIVE_S = 30, GATHER_MAX = 5000 /* readings */, PAYLOAD_MAX = 1 << 20, AGAIN_MS_MIN = 200, AGAIN_MS_MAX = 10000 };

struct mqtt_client {
    arena a;
    wire_hub *hub;
    mqtt_rule *rules;
    size_t rule_count;
    const cal_zone *zone;
    const char *host, *user, *password, *ca_file, *name;
    int port;
    bool is_tls;
    wire_say say;
    void *say_context;
    struct mosquitto *m;
    arena round;                 /* of the messages that wait */
    mqtt_found found;
    int64_t messages;
    bool has_failed;             /* the line is broken */
    pthread_t thread;
    pthread_mutex_t lock;        /* over what follows */
    pthread_cond_t wake;
    wire_counts counts;
    bool is_ending, is_connected, is_stopped;
};

static void say(mqtt_client *c, const heng_message *message, const char *seen, const char *other)
{
    heng_err what;
    if (!c->say) return;
    err_fill(&what, message, seen, NULL, other);
    c->say(c->say_context, &what);
}

static bool is_ending(mqtt_client *c)
{
    pthread_mutex_lock(&c->lock);
    bool ends = c->is_ending;
    pthread_mutex_unlock(&c->lock);
    return ends;
}

static void set_connected(mqtt_client *c, bool is)
{
    pthread_mutex_lock(&c->lock);
    c->is_connected = is;
    pthread_mutex_unlock(&c->lock);
}

static void on_connect(struct mosquitto *m, void *context, int rc)
{
    mqtt_client *c = context;
    c->has_failed = rc != 0;
    if (rc) {
        say(c, &MSG_WIRE_MQTT_REFUSED, c->host, mosquitto_connack_string(rc));
        return;
    }
    for (size_t i = 0; i < c->rule_count && !c->has_failed; i++) {
        arena a = {0};
        c->has_failed = mosquitto_subscribe(m, NULL, text_str(&a, c->rules[i].filter), 1) != MOSQ_ERR_SUCCESS;
        arena_free(&a);
    }
    set_connected(c, !c->has_failed);
}

static void on_disconnect(struct mosquitto *m, void *context, int rc)
{
    (void)m, (void)rc;
    ((mqtt_client *)context)->has_failed = true;
}

/* What is refused here is acknowledged with the rest: sending it again would change nothing. */
static void refuse_message(mqtt_client *c, const char *topic, const heng_err *err)
{
    pthread_mutex_lock(&c->lock);
    c->counts.status[WIRE_REFUSED]++;
    wire_count_reason(&c->counts, err->message, 1);
    bool is_first = c->counts.status[WIRE_REFUSED] <= 20; /* between two calls for the counts */
    pthread_mutex_unlock(&c->lock);
    heng_err what = *err;
    err_in_field(&what, topic);
    if (is_first && c->say) c->say(c->say_context, &what);
}

static void on_message(struct mosquitto *m, void *context, const struct mosquitto_message *message)
{
    (void)m;
    mqtt_client *c = context;
    heng_err err = {0};
    text payload = {message->payload ? message->payload : "", message->payloadlen > 0 ? (size_t)message->payloadlen : 0};
    c->messages++;
    if (payload.len > PAYLOAD_MAX) err_fill(&err, &MSG_WIRE_BODY_TOO_LARGE, NULL, "1 MiB", NULL);
    else if (mqtt_read(&c->round, c->rules, c->rule_count, c->zone, text_of(message->topic), payload, now_us(), message->retain, &c->found, &err)) return;
    refuse_message(c, message->topic, &err);
}

/* Nothing that was read is acknowledged before this says true. */
static bool keep_round(mqtt_client *c)
{
    heng_err err = {0};
    size_t count = c->found.count;
    wire_verdict *verdicts = NEW_ARRAY(&c->round, count + 1, wire_verdict);
    bool ok = count == 0 || wire_submit_and_wait(c->hub, c->found.items, count, verdicts, &err);
    pthread_mutex_lock(&c->lock);
    c->counts.frames += c->messages;
    if (ok) wire_count_verdicts(&c->counts, verdicts, count);
    else c->counts.failed += c->messages;
    pthread_mutex_unlock(&c->lock);
    if (!ok) {
        char number[24];
        snprintf(number, sizeof number, "%zu", count);
        say(c, &MSG_WIRE_NOT_KEPT, number, NULL);
        if (c->say) c->say(c->say_context, &err);
    }
    c->messages = 0;
    c->found = (mqtt_found){0};
    arena_free(&c->round);
    return ok;
}

static bool wait_for(mqtt_client *c, short events, int ms)
{
    struct pollfd p = {.fd = mosquitto_socket(c->m), .events = events};
    return p.fd >= 0 && poll(&p, 1, ms) > 0 && (p.revents & (events | POLLERR | POLLHUP));
}

/* Read until nothing more is there at once; keep; let the acknowledgements go. False: the line is to be dropped. */
static bool one_turn(mqtt_client *c)
{
    bool wants_write = mosquitto_want_write(c->m);
    if (wait_for(c, POLLIN, wants_write ? 0 : 200)) {
        do {
            if (mosquitto_loop_read(c->m, 1) != MOSQ_ERR_SUCCESS) c->has_failed = true;
        } while (!c->has_failed && c->found.count < GATHER_MAX && wait_for(c, POLLIN, 1));
    }
    if (c->messages && !keep_round(c)) return false;
    if (c->has_failed || mosquitto_loop_misc(c->m) != MOSQ_ERR_SUCCESS) return false;
    while (mosquitto_want_write(c->m) && wait_for(c, POLLOUT, 1000))
        if (mosquitto_loop_write(c->m, 1) != MOSQ_ERR_SUCCESS) return false;
    return true;
}

static bool connect_once(mqtt_client *c)
{
    c->has_failed = false;
    c->m = mosquitto_new(c->name, false, c);
    if (!c->m) return false;
    mosquitto_threaded_set(c->m, true); /* then nothing is written but by mosquitto_loop_write */
    mosquitto_connect_callback_set(c->m, on_connect);
    mosquitto_disconnect_callback_set(c->m, on_disconnect);
    mosquitto_message_callback_set(c->m, on_message);
    if (c->user) mosquitto_username_pw_set(c->m, c->user, c->password);
    if (c->is_tls && mosquitto_tls_set(c->m, c->ca_file, c->ca_file ? NULL : "/etc/ssl/certs", NULL, NULL, NULL) != MOSQ_ERR_SUCCESS) return false;
    int rc = mosquitto_connect(c->m, c->host, c->port, KEEP_ALIVE_S);
    if (rc != MOSQ_ERR_SUCCESS) say(c, &MSG_WIRE_MQTT_AWAY, c->host, mosquitto_strerror(rc));
    return rc == MOSQ_ERR_SUCCESS;
}

/* Destroyed, not disconnected: what was not written must not leave. */
static void drop_line(mqtt_client *c)
{
    set_connected(c, false);
    if (c->m) mosquitto_destroy(c->m);
    c->m = NULL;
    c->messages = 0;
    c->found = (mqtt_found){0};
    arena_free(&c->round);
}

static void rest(mqtt_client *c, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&c->lock);
    if (!c->is_ending) pthread_cond_timedwait(&c->wake, &c->lock, &until);
    pthread_mutex_unlock(&c->lock);
}

static void *run_client(void *context)
{
    mqtt_client *c = context;
    int again_ms = AGAIN_MS_MIN;
    sigset_t broken_pipes;
    sigemptyset(&broken_pipes);
    sigaddset(&broken_pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipes, NULL);
    while (!is_ending(c)) {
        bool was_there = false;
        if (connect_once(c))
            while (!is_ending(c) && one_turn(c)) was_there = was_there || mqtt_is_connected(c);
        if (was_there && !is_ending(c)) say(c, &MSG_WIRE_MQTT_AWAY, c->host, "");
        drop_line(c);
        again_ms = was_there ? AGAIN_MS_MIN : again_ms * 2 > AGAIN_MS_MAX ? AGAIN_MS_MAX : again_ms * 2;
        rest(c, again_ms);
    }
    return NULL;
}

/* mqtt[s]://[user:password@]host[:port] */
static bool read_url(mqtt_client *c, text url, heng_err *err)
{
    size_t at;
    text rest_of = url;
    c->is_tls = text_starts(url, "mqtts://");
    if (!c->is_tls && !text_starts(url, "mqtt://")) return err_fill_n(err, &MSG_WIRE_URL_BAD, url.ptr, url.len, NULL);
    rest_of = (text){url.ptr + (c->is_tls ? 8 : 7), url.len - (c->is_tls ? 8 : 7)};
    if (text_find(rest_of, TEXT("@"), &at)) {
        text who = {rest_of.ptr, at}, user = text_next(&who, ':');
        c->user = text_str(&c->a, user);
        c->password = text_str(&c->a, who);
        rest_of = (text){rest_of.ptr + at + 1, rest_of.len - at - 1};
    }
    if (rest_of.len && rest_of.ptr[rest_of.len - 1] == '/') rest_of.len--;
    c->port = c->is_tls ? 8883 : 1883;
    if (text_find(rest_of, TEXT(":"), &at)) {
        bool ok;
        int64_t port = text_to_i64((text){rest_of.ptr + at + 1, rest_of.len - at - 1}, &ok);
        if (!ok || port < 1 || port > 65535) return err_fill_n(err, &MSG_WIRE_URL_BAD, url.ptr, url.len, NULL);
        c->port = (int)port;
        rest_of.len = at;
    }
    c->host = text_str(&c->a, rest_of);
    return rest_of.len > 0 || err_fill_n(err, &MSG_WIRE_URL_BAD, url.ptr, url.len, NULL);
}

static void copy_rules(mqtt_client *c, const mqtt_options *o)
{
    c->rules = NEW_ARRAY(&c->a, o->rule_count, mqtt_rule);
    c->rule_count = o->rule_count;
    for (size_t i = 0; i < o->rule_count; i++)
        c->rules[i] = (mqtt_rule){text_copy(&c->a, o->rules[i].filter), text_copy(&c->a, o->rules[i].value), text_copy(&c->a, o->rules[i].time), text_copy(&c->a, o->rules[i].flag)};
}

static void free_client(mqtt_client *c)
{
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    mosquitto_lib_cleanup();
    arena a = c->a;
    arena_free(&a);
}

bool mqtt_open(wire_hub *hub, const mqtt_options *o, mqtt_client **ret, heng_err *err)
{
    if (o->rule_count == 0) return err_fill(err, &MSG_WIRE_NO_RULES, NULL, NULL, NULL);
    arena a = {0};
    mqtt_client *c = NEW(&a, mqtt_client);
    c->a = a;
    c->hub = hub;
    c->zone = o->zone;
    c->ca_file = o->ca_file;
    c->name = o->client.len ? text_str(&c->a, o->client) : "heng";
    c->say = o->say;
    c->say_context = o->say_context;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    mosquitto_lib_init();
    copy_rules(c, o);
    bool ok = read_url(c, o->url, err);
    if (ok && pthread_create(&c->thread, NULL, run_client, c) != 0) ok = err_fill(err, &MSG_WIRE_NO_THREAD, NULL, NULL, NULL);
    if (!ok) free_client(c);
    else *ret = c;
    return ok;
}

bool mqtt_is_connected(mqtt_client *c)
{
    pthread_mutex_lock(&c->lock);
    bool is = c->is_connected;
    pthread_mutex_unlock(&c->lock);
    return is;
}

void mqtt_counts(mqtt_client *c, wire_counts *ret)
{
    pthread_mutex_lock(&c->lock);
    *ret = c->counts;
    c->counts = (wire_counts){0};
    pthread_mutex_unlock(&c->lock);
}

void mqtt_stop(mqtt_client *c)
{
    if (!c || c->is_stopped) return;
    pthread_mutex_lock(&c->lock);
    c->is_ending = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    c->is_stopped = true;
}

void mqtt_close(mqtt_client *c)
{
    if (!c) return;
    mqtt_stop(c);
    free_client(c);
}
