/*
 * The HTTP way in. See http.h.
 *
 *   headers -> token, size -> body -> readings -> hub (the connection is suspended) -> verdicts -> answer
 *
 * The library's own time limit starts anew with each byte, so a watcher ends connections that have not completed a request in time.
 */
#include "http.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include "http_body.h"
#include "messages.h"

enum { KEYS_MAX = 10000, HEADER_BYTES_MAX = 16384, THREADS = 2 };

typedef struct key { size_t source; hash name, body; } key;
typedef struct line { int fd; int64_t since_us; bool is_busy; struct line *next, **link; arena a; } line; /* a connection */

struct http_server {
    arena a;
    http_options options;
    http_source *sources;
    wire_hub *hub;
    struct MHD_Daemon *daemon;
    uint16_t port;
    pthread_t watcher;
    pthread_mutex_t lock;        /* over what follows */
    pthread_cond_t wake;
    wire_counts counts;
    key *keys;                   /* a ring of what was kept last */
    size_t key_count, key_at;
    line *lines;
    size_t waiting;              /* requests that the hub has */
    bool is_ending, is_stopped;
};

typedef struct request {
    arena a;
    http_server *server;
    struct MHD_Connection *connection;
    size_t source;
    heng_lang lang;
    char *body;
    size_t len, max;
    bool is_ready, is_submitted, has_key;
    hash key_name, body_hash;
    http_items items;
    wire_reading *sent;          /* what the sink judges */
    wire_verdict *verdicts;
    wire_job job;
    unsigned status;             /* 0 = not known yet */
    text answer;
} request;

/* ---- Connections and their time ---- */

static void line_changes(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode what)
{
    http_server *s = context;
    pthread_mutex_lock(&s->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        arena a = {0};
        line *l = NEW(&a, line);
        *l = (line){.fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, .since_us = now_us(), .next = s->lines, .link = &s->lines, .a = a};
        if (l->next) l->next->link = &l->next;
        s->lines = l;
        *own = l;
    } else if (*own) {
        line *l = *own;
        *l->link = l->next;
        if (l->next) l->next->link = l->link;
        arena a = l->a;
        arena_free(&a);
        *own = NULL;
    }
    pthread_mutex_unlock(&s->lock);
}

static void set_busy(request *q, bool is_busy)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    line *l = info ? info->socket_context : NULL;
    if (!l) return;
    pthread_mutex_lock(&q->server->lock);
    l->is_busy = is_busy;
    l->since_us = now_us();
    pthread_mutex_unlock(&q->server->lock);
}

static void *watch(void *context)
{
    http_server *s = context;
    pthread_mutex_lock(&s->lock);
    while (!s->is_ending) {
        int64_t now = now_us();
        struct timespec until = {.tv_sec = now / 1000000 + 1};
        for (line *l = s->lines; l; l = l->next) {
            if (l->is_busy || now - l->since_us <= s->options.request_s * INT64_C(1000000)) continue;
            shutdown(l->fd, SHUT_RDWR); /* still open: its end is told to line_changes before it is closed */
            wire_count_reason(&s->counts, &MSG_WIRE_PEER_SLOW, 1);
            l->since_us = now;
        }
        pthread_cond_timedwait(&s->wake, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- Answers ---- */

static enum MHD_Result send_answer(request *q)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(q->answer.len, (void *)(uintptr_t)q->answer.ptr, MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    MHD_add_response_header(r, "Content-Type", "application/json; charset=utf-8");
    if (q->status == MHD_HTTP_UNAUTHORIZED) MHD_add_response_header(r, "WWW-Authenticate", "Bearer");
    if (q->status == MHD_HTTP_SERVICE_UNAVAILABLE) MHD_add_response_header(r, "Retry-After", "2");
    if (q->status == MHD_HTTP_METHOD_NOT_ALLOWED) MHD_add_response_header(r, "Allow", "POST");
    enum MHD_Result ok = MHD_queue_response(q->connection, q->status, r);
    MHD_destroy_response(r);
    set_busy(q, false);
    return ok;
}

static void say_error(request *q, unsigned status, const heng_err *err)
{
    q->status = status;
    q->answer = http_error(&q->a, err, q->lang);
    pthread_mutex_lock(&q->server->lock);
    if (status != MHD_HTTP_SERVICE_UNAVAILABLE) wire_count_reason(&q->server->counts, err->message, 1);
    else q->server->counts.failed++;
    pthread_mutex_unlock(&q->server->lock);
}

static void refuse(request *q, unsigned status, const heng_message *message, const char *seen, const char *wanted)
{
    heng_err err;
    err_fill(&err, message, seen, wanted, NULL);
    say_error(q, status, &err);
}

/* ---- Requests ---- */

static const char *header(request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

static bool find_source(request *q)
{
    const char *said = header(q, "Authorization");
    if (!said || strncmp(said, "Bearer ", 7) != 0) return false;
    hash token = hash_of(HASH_SHA256, said + 7, strlen(said + 7));
    for (size_t i = 0; i < q->server->options.source_count; i++) {
        if (!hash_equal(token, q->server->sources[i].token)) continue;
        q->source = i;
        return true;
    }
    return false;
}

/* What can be said before the body comes. */
static void judge_head(request *q, const char *url, const char *method)
{
    size_t max = q->server->options.body_max;
    const char *lang = header(q, "Accept-Language"), *length = header(q, "Content-Length"), *name = header(q, "Idempotency-Key");
    q->lang = lang && strncmp(lang, "en", 2) == 0 ? HENG_EN : HENG_ZH;
    bool ok = true;
    int64_t bytes = length ? text_to_i64(text_of(length), &ok) : 0;
    if (strcmp(url, "/readings") != 0) refuse(q, MHD_HTTP_NOT_FOUND, &MSG_WIRE_HTTP_NOT_HERE, url, NULL);
    else if (strcmp(method, "POST") != 0) refuse(q, MHD_HTTP_METHOD_NOT_ALLOWED, &MSG_WIRE_HTTP_NOT_HERE, method, NULL);
    else if (!find_source(q)) refuse(q, MHD_HTTP_UNAUTHORIZED, &MSG_WIRE_HTTP_TOKEN, NULL, NULL);
    else if (!ok || bytes > (int64_t)max) refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, &MSG_WIRE_BODY_TOO_LARGE, NULL, arena_printf(&q->a, "%zu KiB", max >> 10));
    q->has_key = name != NULL;
    if (name) q->key_name = hash_of(HASH_SHA256, name, strlen(name));
}

static bool take_body(request *q, const char *bytes, size_t len)
{
    if (q->len + len > q->server->options.body_max) {
        q->len = 0;
        refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, &MSG_WIRE_BODY_TOO_LARGE, NULL, arena_printf(&q->a, "%zu KiB", q->server->options.body_max >> 10));
        return false;
    }
    if (q->len + len > q->max) {
        size_t larger = q->max ? q->max * 2 : 4096;
        while (larger < q->len + len) larger *= 2;
        q->body = arena_grow(&q->a, q->body, q->len, larger);
        q->max = larger;
    }
    memcpy(q->body + q->len, bytes, len);
    q->len += len;
    return true;
}

static bool is_key_of_other(request *q)
{
    http_server *s = q->server;
    bool other = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->key_count && !other; i++)
        other = s->keys[i].source == q->source && hash_equal(s->keys[i].name, q->key_name) && !hash_equal(s->keys[i].body, q->body_hash);
    pthread_mutex_unlock(&s->lock);
    return other;
}

/* In the hub's thread: the connection goes on. */
static void judged(wire_job *job)
{
    request *q = job->context;
    http_server *s = q->server;
    pthread_mutex_lock(&s->lock);
    s->waiting--;
    q->is_ready = true;
    if (q->job.ok) {
        s->counts.frames++;
        wire_count_verdicts(&s->counts, q->verdicts, q->items.sent_count);
        if (q->has_key) {
            s->keys[s->key_at] = (key){q->source, q->key_name, q->body_hash};
            s->key_at = (s->key_at + 1) % KEYS_MAX;
            if (s->key_count < KEYS_MAX) s->key_count++;
        }
    }
    pthread_cond_signal(&s->wake);
    MHD_resume_connection(q->connection); /* under the lock: http_close waits for it */
    pthread_mutex_unlock(&s->lock);
}

static void submit(request *q)
{
    http_server *s = q->server;
    size_t n = q->items.sent_count;
    q->sent = NEW_ARRAY(&q->a, n + 1, wire_reading);
    q->verdicts = NEW_ARRAY(&q->a, n + 1, wire_verdict);
    for (size_t i = 0; i < n; i++) q->sent[i] = q->items.readings[q->items.sent[i]];
    q->job = (wire_job){.items = q->sent, .count = n, .verdicts = q->verdicts, .done = judged, .context = q};
    set_busy(q, true);
    pthread_mutex_lock(&s->lock);
    bool ends = s->is_ending;
    s->waiting += !ends;
    pthread_mutex_unlock(&s->lock);
    q->is_submitted = true;
    if (!ends) {
        MHD_suspend_connection(q->connection);
        if (wire_submit(s->hub, &q->job)) return;
        pthread_mutex_lock(&s->lock);
        s->waiting--;
        pthread_mutex_unlock(&s->lock);
        MHD_resume_connection(q->connection);
    }
    refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE, &MSG_WIRE_FULL, NULL, NULL);
}

static void judge_body(request *q)
{
    heng_err err = {0};
    const http_options *o = &q->server->options;
    q->body_hash = hash_of(HASH_SHA256, q->body, q->len);
    if (q->has_key && is_key_of_other(q)) refuse(q, MHD_HTTP_CONFLICT, &MSG_WIRE_HTTP_KEY, NULL, NULL);
    else if (!http_body_read(&q->a, q->len ? (text){q->body, q->len} : TEXT(""), o->zone, o->readings_max, &q->items, &err)) say_error(q, MHD_HTTP_BAD_REQUEST, &err);
    else submit(q);
}

static void conclude(request *q)
{
    if (!q->job.ok) {
        say_error(q, MHD_HTTP_SERVICE_UNAVAILABLE, &q->job.err);
        return;
    }
    for (size_t i = 0; i < q->items.sent_count; i++) q->items.verdicts[q->items.sent[i]] = q->verdicts[i];
    pthread_mutex_lock(&q->server->lock);
    for (size_t i = 0, k = 0; i < q->items.count; i++) {
        if (k < q->items.sent_count && q->items.sent[k] == i) k++;
        else wire_count_verdicts(&q->server->counts, &q->items.verdicts[i], 1);
    }
    pthread_mutex_unlock(&q->server->lock);
    q->status = MHD_HTTP_OK;
    q->answer = http_answer(&q->a, &q->items, q->lang);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *bytes, size_t *len, void **own)
{
    (void)version;
    request *q = *own;
    if (!q) {
        arena a = {0};
        q = NEW(&a, request);
        *q = (request){.a = a, .server = context, .connection = connection};
        *own = q;
        judge_head(q, url, method);
        return q->status ? send_answer(q) : MHD_YES;
    }
    if (*len) {
        if (!q->status) take_body(q, bytes, *len);
        *len = 0;
        return MHD_YES; /* the rest of a refused body is read and thrown away, within the time of a request */
    }
    if (!q->status && !q->is_submitted) {
        judge_body(q);
        if (!q->status) return MHD_YES; /* suspended */
    }
    if (!q->status && q->is_ready) conclude(q);
    return q->status ? send_answer(q) : MHD_YES;
}

static void is_completed(void *context, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    request *q = *own;
    if (!q) return;
    arena a = q->a;
    arena_free(&a);
    *own = NULL;
}

/* ---- Open and close ---- */

static void set_defaults(http_server *s)
{
    http_options *o = &s->options;
    if (!o->host) o->host = "127.0.0.1";
    if (!o->body_max) o->body_max = 4 << 20;
    if (!o->readings_max) o->readings_max = 50000;
    if (!o->request_s) o->request_s = 60;
    if (!o->connections_max) o->connections_max = 1000;
    s->sources = NEW_ARRAY(&s->a, o->source_count + 1, http_source);
    for (size_t i = 0; i < o->source_count; i++) s->sources[i] = (http_source){text_copy(&s->a, o->sources[i].name), o->sources[i].token};
    s->keys = NEW_ARRAY(&s->a, KEYS_MAX, key);
}

static bool start_daemon(http_server *s, heng_err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(s->options.port)};
    struct sockaddr_in6 at6 = {.sin6_family = AF_INET6, .sin6_port = htons(s->options.port)};
    bool is_6 = inet_pton(AF_INET, s->options.host, &at.sin_addr) != 1;
    if (!is_6 || inet_pton(AF_INET6, s->options.host, &at6.sin6_addr) == 1)
        s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (is_6 ? MHD_USE_IPv6 : 0), s->options.port, NULL, NULL, handle, s,
                                     MHD_OPTION_SOCK_ADDR, is_6 ? (struct sockaddr *)&at6 : (struct sockaddr *)&at, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
                                     MHD_OPTION_CONNECTION_LIMIT, s->options.connections_max, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->options.request_s,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX * 2, MHD_OPTION_NOTIFY_CONNECTION, line_changes, s, MHD_OPTION_NOTIFY_COMPLETED, is_completed, s, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (info) {
        s->port = info->port;
        return true;
    }
    char port[64];
    snprintf(port, sizeof port, "%s:%u", s->options.host, s->options.port);
    return err_fill(err, &MSG_WIRE_PORT_TAKEN, port, NULL, "HTTP");
}

static void free_server(http_server *s)
{
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    arena a = s->a;
    arena_free(&a);
}

bool http_open(wire_hub *hub, const http_options *options, http_server **ret, heng_err *err)
{
    arena a = {0};
    http_server *s = NEW(&a, http_server);
    *s = (http_server){.a = a, .options = *options, .hub = hub};
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    set_defaults(s);
    bool ok = start_daemon(s, err);
    if (ok && pthread_create(&s->watcher, NULL, watch, s) != 0) {
        MHD_stop_daemon(s->daemon);
        ok = err_fill(err, &MSG_WIRE_NO_THREAD, NULL, NULL, NULL);
    }
    if (ok) *ret = s;
    else free_server(s);
    return ok;
}

uint16_t http_port(const http_server *s)
{
    return s->port;
}

void http_counts(http_server *s, wire_counts *ret)
{
    pthread_mutex_lock(&s->lock);
    *ret = s->counts;
    s->counts = (wire_counts){0};
    pthread_mutex_unlock(&s->lock);
}

static size_t busy_lines(http_server *s)
{
    size_t n = 0;
    for (line *l = s->lines; l; l = l->next) n += l->is_busy;
    return n;
}

void http_stop(http_server *s)
{
    if (!s || s->is_stopped) return;
    pthread_mutex_lock(&s->lock);
    s->is_ending = true;
    pthread_cond_broadcast(&s->wake);
    for (int i = 0; i < 500 && (s->waiting || busy_lines(s)); i++) { /* their answers go out; at most five seconds for those that do not listen */
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 10000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&s->wake, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->watcher, NULL);
    MHD_stop_daemon(s->daemon);
    s->is_stopped = true;
}

void http_close(http_server *s)
{
    if (!s) return;
    http_stop(s);
    free_server(s);
}
