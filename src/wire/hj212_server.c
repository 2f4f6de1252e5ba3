/*
 * The loop of the HJ 212 server: peers, rounds, limits. What a frame means is in hj212_frames.c.
 *
 *   read -> cut frames -> gather into a round -> window over, nothing flying -> hub -> wake -> answers -> next round
 *
 * A peer's bytes are cut where they lie, in the one read buffer of the loop; only an unfinished frame is copied into the peer's hand, which comes
 * from a free list and goes back when the frame is whole.
 */
#include "hj212_inside.h"
#include <arpa/inet.h>
#include <signal.h>

enum { READ_BYTES = 65536, SAID_MAX = 20 /* lines a second */, GATHER_MAX = WIRE_WAITING_MAX / 4 };

/* ---- Words to the outside ---- */

void server_say_err(hj212_server *s, const heng_err *what)
{
    if (!s->options.say) return;
    if (s->said_second != s->second) {
        s->said_second = s->second;
        s->said_count = 0;
    }
    if (s->said_count++ >= SAID_MAX) return; /* the counts have them all */
    s->options.say(s->options.say_context, what);
}

void server_say(hj212_server *s, const heng_message *message, const char *seen, const char *wanted, const char *other)
{
    heng_err what;
    if (!s->options.say) return;
    err_fill(&what, message, seen, wanted, other);
    server_say_err(s, &what);
}

void server_say_of(hj212_server *s, const char *who, const heng_err *what)
{
    char key[160];
    int64_t at;
    if (!s->options.say) return;
    snprintf(key, sizeof key, "%s %s", who, what->message->id);
    bool is_known = text_map_find(&s->said, text_of(key), &at);
    if (is_known ? s->second - s->said_at[at] < SAID_AGAIN_S : s->said_at_count == SAID_KEPT_MAX) return; /* the counts have them all */
    if (is_known) s->said_at[at] = s->second;
    else {
        text_map_put(&s->said, text_copy(&s->a, text_of(key)), (int64_t)s->said_at_count);
        *ARENA_PUSH(&s->a, s->said_at, s->said_at_count, s->said_at_max) = s->second;
    }
    server_say_err(s, what);
}

void peer_host(const peer *p, char ret[NAME_MAX_])
{
    snprintf(ret, NAME_MAX_, "%.*s", (int)p->host_len, p->name);
}

void server_count_reason(hj212_server *s, const heng_message *message)
{
    pthread_mutex_lock(&s->lock);
    wire_count_reason(&s->counts, message, 1);
    pthread_mutex_unlock(&s->lock);
}

static void say_cut(peer *p, const heng_message *message, int seconds)
{
    char wanted[16];
    snprintf(wanted, sizeof wanted, "%d", seconds);
    server_count_reason(p->server, message);
    server_say(p->server, message, p->name, wanted, NULL);
}

/* ---- Hands: memory for unfinished frames ---- */

static char *hand_take(hj212_server *s, size_t bytes)
{
    hand **list = bytes == HAND_SMALL ? &s->free_small : &s->free_large;
    hand *h = *list;
    if (!h) return arena_alloc(&s->a, bytes);
    *list = h->next;
    return (char *)h;
}

static void hand_give_back(peer *p)
{
    if (!p->hand) return;
    hand **list = p->hand_max == HAND_SMALL ? &p->server->free_small : &p->server->free_large;
    hand *h = (hand *)(void *)p->hand;
    h->next = *list;
    *list = h;
    p->hand = NULL;
    p->hand_len = p->hand_max = 0;
}

/* Keep what is left of a frame; it is never longer than HAND_LARGE. */
static void hand_keep(peer *p, const char *bytes, size_t len)
{
    if (len == 0) {
        hand_give_back(p);
        p->frame_since_s = 0;
        return;
    }
    must(len <= HAND_LARGE);
    if (p->hand_max < len) {
        size_t max = len <= HAND_SMALL ? HAND_SMALL : HAND_LARGE;
        char *larger = hand_take(p->server, max);
        memcpy(larger, bytes, len);
        hand_give_back(p);
        p->hand = larger;
        p->hand_max = max;
    } else if (p->hand != bytes) memmove(p->hand, bytes, len);
    p->hand_len = len;
    if (!p->frame_since_s) p->frame_since_s = p->server->second;
}

/* ---- Peers ---- */

static peer *peer_take(hj212_server *s)
{
    peer *p = s->free_peers;
    if (p) s->free_peers = p->next_free;
    else {
        p = NEW(&s->a, peer);
        *ARENA_PUSH(&s->a, s->peers, s->peer_count, s->peer_max) = p;
    }
    uint32_t generation = p->generation + 1;
    *p = (peer){.server = s, .generation = generation, .is_used = true, .heard_s = s->second};
    s->used_count++;
    return p;
}

static void peer_is_closed(uv_handle_t *handle)
{
    peer *p = handle->data;
    hj212_server *s = p->server;
    hand_give_back(p);
    p->is_used = false;
    p->next_free = s->free_peers;
    s->free_peers = p;
    s->used_count--;
}

void peer_close(peer *p)
{
    if (p->is_closing) return;
    p->is_closing = true;
    while (p->devices) device_leave(p->devices);
    uv_close((uv_handle_t *)&p->tcp, peer_is_closed);
}

typedef struct sent { uv_write_t request; char bytes[]; } sent;

static void sent_is_done(uv_write_t *request, int status)
{
    (void)status; /* a broken connection is seen by the reader */
    peer *p = request->handle->data;
    p->unread_since_s = uv_stream_get_write_queue_size(request->handle) ? p->server->second : 0;
    arena a = *(arena *)request->data;
    arena_free(&a);
}

/* What the socket does not take at once waits in memory, with a bound on bytes and time for each peer. */
static void send_later(peer *p, const char *bytes, size_t len)
{
    if (uv_stream_get_write_queue_size((uv_stream_t *)&p->tcp) + len > p->server->options.unread_bytes) {
        say_cut(p, &MSG_WIRE_PEER_DEAF, 0);
        peer_close(p);
        return;
    }
    arena a = {0};
    sent *w = arena_alloc(&a, sizeof *w + len);
    arena *owner = NEW(&a, arena);
    memcpy(w->bytes, bytes, len);
    *owner = a;
    w->request.data = owner;
    uv_buf_t buffer = uv_buf_init(w->bytes, (unsigned)len);
    if (uv_write(&w->request, (uv_stream_t *)&p->tcp, &buffer, 1, sent_is_done) != 0) arena_free(&a);
    else if (!p->unread_since_s) p->unread_since_s = p->server->second;
}

void peer_send(peer *p, text bytes)
{
    if (p->is_closing || bytes.len == 0) return;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes.ptr, (unsigned)bytes.len);
    int done = uv_try_write((uv_stream_t *)&p->tcp, &buffer, 1);
    if (done == UV_EAGAIN) done = 0;
    if (done < 0) peer_close(p);
    else if ((size_t)done < bytes.len) send_later(p, bytes.ptr + done, bytes.len - (size_t)done);
}

/* ---- Rounds ---- */

/* In the hub's thread. */
static void round_is_done(wire_job *job)
{
    hj212_server *s = job->context;
    pthread_mutex_lock(&s->lock);
    s->is_flying_done = true;
    pthread_mutex_unlock(&s->lock);
    uv_async_send(&s->wake);
}

static void round_send(hj212_server *s)
{
    hj212_round *r = s->gathering;
    if (s->flying || r->frame_count == 0) return;
    r->job = (wire_job){.items = r->items, .count = r->count, .verdicts = NEW_ARRAY(&r->a, r->count + 1, wire_verdict), .done = round_is_done, .context = s};
    if (!wire_submit(s->hub, &r->job)) return; /* no room: the next tick tries again */
    s->flying = r;
    s->gathering = r == &s->rounds[0] ? &s->rounds[1] : &s->rounds[0];
}

static void window_is_over(uv_timer_t *timer)
{
    hj212_server *s = timer->data;
    s->is_window_open = false;
    round_send(s);
}

void round_gather(hj212_server *s)
{
    if (s->is_window_open || s->flying) return;
    s->is_window_open = true;
    uv_timer_start(&s->window, window_is_over, (uint64_t)s->options.window_ms, 0);
}

static void round_clear(hj212_round *r)
{
    arena a = r->a;
    arena_free(&a);
    *r = (hj212_round){0};
}

static void peer_resume(hj212_server *s);

/* All judged: answers go out. Not kept: silence, and the devices come again. */
static void round_land(hj212_server *s)
{
    hj212_round *r = s->flying;
    pthread_mutex_lock(&s->lock);
    if (r->job.ok) wire_count_verdicts(&s->counts, r->job.verdicts, r->count);
    else s->counts.failed += (int64_t)r->frame_count;
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; r->job.ok && i < r->frame_count; i++)
        if (r->frames[i].peer->generation == r->frames[i].generation) peer_send(r->frames[i].peer, r->frames[i].answer);
    if (!r->job.ok) {
        char count[24];
        snprintf(count, sizeof count, "%zu", r->count);
        server_say(s, &MSG_WIRE_NOT_KEPT, count, NULL, NULL);
        if (s->options.say) s->options.say(s->options.say_context, &r->job.err);
    }
    round_clear(r);
    s->flying = NULL;
    if (s->is_draining) round_send(s);
    else if (s->gathering->frame_count) round_gather(s); /* a commit for each loop would cost more than it gives */
    peer_resume(s);
}

/* ---- Reading ---- */

static void lend_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    (void)suggested;
    *ret = uv_buf_init(((peer *)handle->data)->server->read_buffer, READ_BYTES);
}

static void count_noise(peer *p, const char *bytes, size_t len)
{
    size_t noise = 0;
    for (size_t i = 0; i < len; i++) noise += !strchr("\r\n \t", bytes[i]) || bytes[i] == 0;
    if (noise && !p->noise) server_count_reason(p->server, &MSG_WIRE_HJ212_NOISE);
    p->noise += noise;
}

static void count_fault(peer *p, const hj212_cut *cut)
{
    char seen[32], wanted[32], host[NAME_MAX_];
    bool is_crc = cut->kind == HJ212_CRC_WRONG;
    const heng_message *message = is_crc ? &MSG_WIRE_HJ212_CRC_WRONG : &MSG_WIRE_HJ212_ENDLESS;
    p->faults++;
    server_count_reason(p->server, message);
    if (is_crc) {
        snprintf(seen, sizeof seen, "%.*s", TEXT_FMT(cut->crc_seen));
        snprintf(wanted, sizeof wanted, "%04X", cut->crc);
    } else {
        snprintf(seen, sizeof seen, "%zu", cut->used);
        snprintf(wanted, sizeof wanted, "%d", HJ212_FRAME_MAX);
    }
    heng_err what;
    err_fill(&what, message, seen, wanted, NULL);
    err_in_file(&what, p->name);
    peer_host(p, host);
    server_say_of(p->server, host, &what);
}

static void take_cut(peer *p, const hj212_cut *cut, const char *bytes)
{
    p->frame_since_s = 0;
    if (cut->kind == HJ212_JUNK) count_noise(p, bytes, cut->used);
    else if (cut->kind != HJ212_FRAME) count_fault(p, cut);
    else if (!frame_take(p, cut)) p->faults++;
    else {
        p->faults = 0;
        p->noise = 0;
        p->is_greeted = true;
        p->heard_s = p->server->second;
    }
}

/* Cut what is there; returns how many bytes were used. */
static size_t cut_all(peer *p, const char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && !p->is_closing) {
        hj212_cut cut = hj212_next(bytes + at, len - at);
        if (cut.kind == HJ212_WAIT) break;
        take_cut(p, &cut, bytes + at);
        at += cut.used;
        if (p->faults <= FAULTS_MAX && p->noise <= NOISE_MAX) continue;
        say_cut(p, &MSG_WIRE_PEER_HOSTILE, 0);
        peer_close(p);
    }
    return at;
}

/* New bytes behind an unfinished frame: fill the hand only as far as that frame may go, then cut the rest where it lies. */
static void bytes_come(peer *p, const char *bytes, size_t len)
{
    while (p->hand_len && len && !p->is_closing) {
        size_t old = p->hand_len, room = HAND_LARGE - old, add = len < room ? len : room;
        char *joined = arena_alloc(&p->server->scratch, old + add);
        memcpy(joined, p->hand, old);
        memcpy(joined + old, bytes, add);
        size_t used = cut_all(p, joined, old + add);
        if (used < old) { /* still waiting for more, or closing */
            hand_keep(p, joined + used, old + add - used);
            return;
        }
        bytes += used - old;
        len -= used - old;
        hand_keep(p, NULL, 0);
    }
    if (!len || p->is_closing) return;
    size_t used = cut_all(p, bytes, len);
    if (!p->is_closing) hand_keep(p, bytes + used, len - used);
}

static void read_some(uv_stream_t *stream, ssize_t len, const uv_buf_t *buffer)
{
    peer *p = stream->data;
    hj212_server *s = p->server;
    if (len < 0) {
        peer_close(p);
        return;
    }
    arena_mark mark = arena_here(&s->scratch);
    bytes_come(p, buffer->base, (size_t)len);
    arena_rewind(&s->scratch, mark);
    if (s->gathering->count > GATHER_MAX && !p->is_closing) { /* the sink is behind: the peer's system holds the rest */
        uv_read_stop(stream);
        p->is_paused = s->has_paused = true;
    }
}

static void peer_resume(hj212_server *s)
{
    if (!s->has_paused || s->gathering->count > GATHER_MAX || s->is_draining) return;
    s->has_paused = false;
    for (size_t i = 0; i < s->peer_count; i++) {
        peer *p = s->peers[i];
        if (!p->is_used || p->is_closing || !p->is_paused) continue;
        p->is_paused = false;
        uv_read_start((uv_stream_t *)&p->tcp, lend_buffer, read_some);
    }
}

static void name_peer(peer *p)
{
    struct sockaddr_storage address;
    int len = sizeof address;
    char host[INET6_ADDRSTRLEN] = "?";
    int port = 0;
    if (uv_tcp_getpeername(&p->tcp, (struct sockaddr *)&address, &len) == 0) {
        if (address.ss_family == AF_INET6) uv_ip6_name((struct sockaddr_in6 *)&address, host, sizeof host);
        else uv_ip4_name((struct sockaddr_in *)&address, host, sizeof host);
        port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port : ((struct sockaddr_in *)&address)->sin_port);
    }
    p->host_len = strlen(host);
    snprintf(p->name, sizeof p->name, "%s:%d", host, port);
}

static void turn_away(peer *p)
{
    char max[24];
    snprintf(max, sizeof max, "%zu", p->server->options.peers_max);
    server_count_reason(p->server, &MSG_WIRE_PEERS_MAX);
    server_say(p->server, &MSG_WIRE_PEERS_MAX, p->name, max, NULL);
    peer_close(p);
}

static void peer_comes(uv_stream_t *listener, int status)
{
    hj212_server *s = listener->data;
    if (status < 0) return;
    peer *p = peer_take(s);
    uv_tcp_init(&s->loop, &p->tcp);
    p->tcp.data = p;
    if (uv_accept(listener, (uv_stream_t *)&p->tcp) != 0) {
        peer_close(p);
        return;
    }
    name_peer(p);
    uv_tcp_nodelay(&p->tcp, 1);
    uv_tcp_keepalive(&p->tcp, 1, 60);
    int unread_max = UNREAD_MAX;
    uv_send_buffer_size((uv_handle_t *)&p->tcp, &unread_max);
    if (s->used_count > s->options.peers_max) turn_away(p);
    else uv_read_start((uv_stream_t *)&p->tcp, lend_buffer, read_some);
}

/* ---- Limits of time ---- */

static void check_peer(hj212_server *s, peer *p)
{
    if (p->frame_since_s && s->second - p->frame_since_s > s->options.frame_s) {
        say_cut(p, &MSG_WIRE_PEER_SLOW, s->options.frame_s);
        peer_close(p);
    } else if (p->unread_since_s && s->second - p->unread_since_s > s->options.unread_s) {
        say_cut(p, &MSG_WIRE_PEER_DEAF, 0);
        peer_close(p);
    } else if (s->second - p->heard_s > (p->is_greeted ? s->options.silent_s : s->options.hello_s)) {
        say_cut(p, &MSG_WIRE_PEER_SILENT, p->is_greeted ? s->options.silent_s : s->options.hello_s);
        peer_close(p);
    }
}

static void every_second(uv_timer_t *timer)
{
    hj212_server *s = timer->data;
    s->second++;
    for (size_t i = 0; i < s->peer_count; i++)
        if (s->peers[i]->is_used && !s->peers[i]->is_closing) check_peer(s, s->peers[i]);
    for (size_t i = 0; i < s->device_count; i++)
        if (s->devices[i]->ask_count) ask_go_on(s, s->devices[i]);
    arena_free(&s->scratch);
    round_send(s);
    pthread_mutex_lock(&s->lock);
    s->peers_now = s->used_count;
    pthread_mutex_unlock(&s->lock);
}

/* ---- Words from other threads ---- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

static void end_all(hj212_server *s)
{
    if (s->flying || s->gathering->frame_count) return; /* comes again when it has landed */
    for (size_t i = 0; i < s->peer_count; i++)
        if (s->peers[i]->is_used) peer_close(s->peers[i]);
    close_handle((uv_handle_t *)&s->wake);
    close_handle((uv_handle_t *)&s->window);
    close_handle((uv_handle_t *)&s->tick);
}

static void begin_end(hj212_server *s)
{
    s->is_draining = true;
    close_handle((uv_handle_t *)&s->listener);
    for (size_t i = 0; i < s->peer_count; i++)
        if (s->peers[i]->is_used && !s->peers[i]->is_closing) uv_read_stop((uv_stream_t *)&s->peers[i]->tcp);
    round_send(s);
}

static void take_asked(hj212_server *s)
{
    pthread_mutex_lock(&s->lock);
    size_t count = s->asked_count;
    ask asks[16];
    device *of[16];
    if (count > 16) count = 16;
    s->asked_count -= count;
    for (size_t i = 0; i < count; i++) {
        asks[i] = s->asked[s->asked_count + i];
        of[i] = s->asked_of[s->asked_count + i];
    }
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < count; i++) ask_add(s, of[i], asks[i].cn, asks[i].begin_s, asks[i].end_s);
    if (count == 16) uv_async_send(&s->wake);
}

static void word_comes(uv_async_t *async)
{
    hj212_server *s = async->data;
    pthread_mutex_lock(&s->lock);
    bool landed = s->is_flying_done, ends = s->wants_end;
    s->is_flying_done = false;
    pthread_mutex_unlock(&s->lock);
    if (landed) round_land(s);
    take_asked(s);
    if (ends && !s->is_draining) begin_end(s);
    if (s->is_draining) end_all(s);
}

/* ---- Open and close ---- */

static void set_defaults(hj212_options *o)
{
    if (!o->host) o->host = "127.0.0.1";
    if (!o->peers_max) o->peers_max = 10000;
    if (!o->window_ms) o->window_ms = 2;
    if (!o->frame_s) o->frame_s = 30;
    if (!o->hello_s) o->hello_s = 60;
    if (!o->silent_s) o->silent_s = 3600;
    if (!o->unread_bytes) o->unread_bytes = UNREAD_MAX;
    if (!o->unread_s) o->unread_s = 60;
    if (!o->ask_s) o->ask_s = 30;
    if (!o->hold_s) o->hold_s = 30;
}

/* What the book has is where the history goes on: what came while nobody listened is missing. */
static void seed_history(device *d)
{
    for (int i = 0; i < HJ212_HISTORIES && d->is.history[i].cn; i++) {
        int64_t us = d->is.history[i].last_us;
        int32_t day = zone_day_of(d->is.zone, us);
        d->series[i] = (series){.cn = d->is.history[i].cn, .has_last = true, .is_seeded = true, .last_s = (int64_t)day * 86400 + (us - zone_day_start_us(d->is.zone, day)) / 1000000};
    }
}

static void copy_devices(hj212_server *s)
{
    s->by_mn = s->said = (text_map){.a = &s->a};
    s->declared = NEW_ARRAY(&s->a, s->options.device_count + 1, device *);
    for (size_t i = 0; i < s->options.device_count; i++) {
        device *d = NEW(&s->a, device);
        d->is = s->options.devices[i];
        d->is.mn = text_copy(&s->a, d->is.mn);
        d->is.password = text_copy(&s->a, d->is.password);
        seed_history(d);
        text_map_put(&s->by_mn, d->is.mn, (int64_t)s->device_count);
        *ARENA_PUSH(&s->a, s->devices, s->device_count, s->device_max) = d;
        s->declared[i] = d;
    }
}

static bool listen_at(hj212_server *s, heng_err *err)
{
    struct sockaddr_storage address = {0};
    int len = sizeof address, rc = uv_ip4_addr(s->options.host, s->options.port, (struct sockaddr_in *)&address);
    if (rc != 0) rc = uv_ip6_addr(s->options.host, s->options.port, (struct sockaddr_in6 *)&address);
    if (rc == 0) rc = uv_tcp_bind(&s->listener, (struct sockaddr *)&address, 0);
    if (rc == 0) rc = uv_listen((uv_stream_t *)&s->listener, 1024, peer_comes);
    if (rc != 0) {
        char port[64];
        snprintf(port, sizeof port, "%s:%u", s->options.host, s->options.port);
        return err_fill(err, &MSG_WIRE_PORT_TAKEN, port, NULL, uv_strerror(rc));
    }
    uv_tcp_getsockname(&s->listener, (struct sockaddr *)&address, &len);
    s->port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port : ((struct sockaddr_in *)&address)->sin_port);
    return true;
}

static void run_loop(void *context)
{
    hj212_server *s = context;
    sigset_t broken_pipes; /* a peer that went away is an error of the write, not a signal */
    sigemptyset(&broken_pipes);
    sigaddset(&broken_pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipes, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
}

static void free_server(hj212_server *s)
{
    uv_loop_close(&s->loop);
    for (int i = 0; i < 2; i++) round_clear(&s->rounds[i]);
    arena_free(&s->scratch);
    pthread_mutex_destroy(&s->lock);
    arena a = s->a;
    arena_free(&a);
}

static void close_unused(hj212_server *s)
{
    close_handle((uv_handle_t *)&s->listener);
    close_handle((uv_handle_t *)&s->wake);
    close_handle((uv_handle_t *)&s->window);
    close_handle((uv_handle_t *)&s->tick);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    free_server(s);
}

bool hj212_server_open(wire_hub *hub, const hj212_options *options, hj212_server **ret, heng_err *err)
{
    arena a = {0};
    hj212_server *s = NEW(&a, hj212_server);
    s->a = a; /* from here on the server's own */
    s->options = *options;
    set_defaults(&s->options);
    s->hub = hub;
    s->second = 1;
    s->read_buffer = arena_alloc(&s->a, READ_BYTES);
    s->gathering = &s->rounds[0];
    s->asked = NEW_ARRAY(&s->a, ASKS_MAX, ask);
    s->asked_of = NEW_ARRAY(&s->a, ASKS_MAX, device *);
    pthread_mutex_init(&s->lock, NULL);
    copy_devices(s);
    must(uv_loop_init(&s->loop) == 0);
    uv_tcp_init(&s->loop, &s->listener);
    uv_async_init(&s->loop, &s->wake, word_comes);
    uv_timer_init(&s->loop, &s->window);
    uv_timer_init(&s->loop, &s->tick);
    s->listener.data = s->wake.data = s->window.data = s->tick.data = s;
    uv_timer_start(&s->tick, every_second, 1000, 1000);
    bool ok = listen_at(s, err);
    if (ok && uv_thread_create(&s->thread, run_loop, s) != 0) ok = err_fill(err, &MSG_WIRE_NO_THREAD, NULL, NULL, NULL);
    if (!ok) close_unused(s);
    else *ret = s;
    return ok;
}

uint16_t hj212_server_port(const hj212_server *s)
{
    return s->port;
}

void hj212_server_counts(hj212_server *s, wire_counts *ret)
{
    pthread_mutex_lock(&s->lock);
    *ret = s->counts;
    s->counts = (wire_counts){0};
    pthread_mutex_unlock(&s->lock);
}

size_t hj212_server_peers(hj212_server *s)
{
    pthread_mutex_lock(&s->lock);
    size_t n = s->peers_now;
    pthread_mutex_unlock(&s->lock);
    return n;
}

bool hj212_server_ask(hj212_server *s, text mn, int cn, int64_t begin_s, int64_t end_s)
{
    bool ok = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; !ok && i < s->options.device_count && s->asked_count < ASKS_MAX; i++) {
        if (!text_equal(s->declared[i]->is.mn, mn)) continue;
        s->asked[s->asked_count] = (ask){.cn = cn, .begin_s = begin_s, .end_s = end_s};
        s->asked_of[s->asked_count++] = s->declared[i];
        ok = true;
    }
    pthread_mutex_unlock(&s->lock);
    if (ok) uv_async_send(&s->wake);
    return ok;
}

void hj212_server_stop(hj212_server *s)
{
    if (!s || s->is_stopped) return;
    pthread_mutex_lock(&s->lock);
    s->wants_end = true;
    pthread_mutex_unlock(&s->lock);
    uv_async_send(&s->wake);
    uv_thread_join(&s->thread);
    s->is_stopped = true;
}

void hj212_server_close(hj212_server *s)
{
    if (!s) return;
    hj212_server_stop(s);
    free_server(s);
}
