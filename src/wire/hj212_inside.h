/* What the files of the HJ 212 server share. Everything here belongs to the loop's thread, except what says otherwise. */
#ifndef WIRE_HJ212_INSIDE_H
#define WIRE_HJ212_INSIDE_H
#include <pthread.h>
#include <uv.h>
#include "hj212_server.h"
#include "messages.h"

enum {
    HAND_SMALL = 1024, HAND_LARGE = HJ212_FRAME_MAX + 1, /* bytes of a frame in the making that a peer may hold */
    FAULTS_MAX = 20,             /* bad frames in a row */
    NOISE_MAX = 65536,           /* bytes outside frames since the last good frame */
    UNREAD_MAX = 65536,          /* bytes of answers that the system holds for a peer that does not read */
    ASKS_MAX = 4096, ASKS_EACH = 4 /* of one device */, ASK_TRIES = 3, ASK_DAYS_MAX = 30,
    SAID_AGAIN_S = 600, SAID_KEPT_MAX = 20000,
    NAME_MAX_ = 64               /* an address and port as text */
};

typedef struct peer peer;
typedef struct device device;
typedef struct hand { struct hand *next; } hand; /* a free buffer */

typedef struct series {          /* of one kind of history of a device */
    int cn;
    bool has_last;
    bool is_seeded;              /* last_s is the book's, not the device's of this run */
    int64_t last_s;              /* newest DataTime, local */
    int64_t step_s;              /* 0 = not known yet */
} series;

typedef struct ask {
    int cn;
    int64_t begin_s, end_s;
    char qn[20];                 /* empty = not sent yet */
    int tries;
    int64_t until_s;
} ask;

struct device {
    hj212_device is;
    peer *at;                    /* NULL = not connected */
    device *next_at_peer;
    char where[NAME_MAX_];       /* host:port last heard from */
    int64_t heard_s;             /* loop seconds; 0 = never */
    int64_t clock_set_s;
    unsigned odd_told;           /* what the log knows of how it writes */
    series series[HJ212_HISTORIES];
    ask asks[ASKS_EACH];         /* the first one is under way */
    int ask_count;
    int split_cn;                /* of the last packet that gave a time */
    int64_t split_time_s;
};

struct peer {
    uv_tcp_t tcp;
    hj212_server *server;
    peer *next_free;
    uint32_t generation;
    bool is_used, is_closing, is_greeted, is_paused;
    char name[NAME_MAX_];
    size_t host_len;             /* of name */
    char *hand;                  /* bytes of an unfinished frame */
    size_t hand_len, hand_max;
    int64_t frame_since_s, heard_s;
    int64_t unread_since_s;      /* answers wait for it to read; 0 = none do */
    int faults;
    size_t noise;
    device *devices;             /* that report here */
};

typedef struct waiting {         /* a frame whose answer waits for its readings */
    peer *peer;
    uint32_t generation;
    text answer;                 /* empty = none wanted */
} waiting;

typedef struct hj212_round {     /* what gathers, or is with the hub */
    arena a;
    wire_job job;
    wire_reading *items;
    size_t count, max;
    waiting *frames;
    size_t frame_count, frame_max;
} hj212_round;

struct hj212_server {
    arena a;
    hj212_options options;
    wire_hub *hub;
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_async_t wake;
    uv_timer_t window, tick;
    uv_thread_t thread;
    uint16_t port;
    peer **peers;                /* all that were ever made */
    size_t peer_count, peer_max, used_count;
    peer *free_peers;
    hand *free_small, *free_large;
    char *read_buffer;
    text_map by_mn;
    device **devices;            /* grows with devices that nobody declared */
    size_t device_count, device_max;
    device **declared;           /* fixed: other threads read it */
    hj212_round rounds[2];
    hj212_round *gathering, *flying; /* flying NULL = the hub has nothing of ours */
    bool is_window_open, is_draining, has_paused;
    int64_t last_day;            /* cache of local day -> instant */
    int64_t last_day_us;
    const cal_zone *last_zone;
    int64_t second;              /* loop seconds, for the limits */
    int64_t said_second;
    int said_count;
    text_map said;               /* who and what -> place in said_at */
    int64_t *said_at;            /* the second it was last said */
    size_t said_at_count, said_at_max;
    arena scratch;
    /* under the lock: read by other threads, and set by them */
    pthread_mutex_t lock;
    wire_counts counts;
    size_t peers_now;
    bool wants_end, is_flying_done, is_stopped;
    ask *asked;                  /* from other threads */
    device **asked_of;
    size_t asked_count;
};

/* hj212_server.c */
void peer_close(peer *p);
void peer_send(peer *p, text bytes);
void server_say(hj212_server *s, const heng_message *message, const char *seen, const char *wanted, const char *other);
void server_say_err(hj212_server *s, const heng_err *what);
void server_say_of(hj212_server *s, const char *who, const heng_err *what); /* what comes again and again: once in ten minutes for each who */
void peer_host(const peer *p, char ret[NAME_MAX_]);
void server_count_reason(hj212_server *s, const heng_message *message);
void round_gather(hj212_server *s);
/* hj212_frames.c: one frame's data; false: the peer sent something it may not. */
bool frame_take(peer *p, const hj212_cut *cut);
void device_leave(device *d);
/* hj212_ask.c */
void ask_missing(hj212_server *s, device *d, const hj212_frame *f);
bool ask_add(hj212_server *s, device *d, int cn, int64_t begin_s, int64_t end_s);
void ask_go_on(hj212_server *s, device *d);   /* send the first, or again, or give up */
void ask_answered(hj212_server *s, device *d, const hj212_frame *f);
void clock_check(hj212_server *s, device *d, const hj212_frame *f);
void clock_send(hj212_server *s, device *d, const hj212_frame *f);
#endif
