/*
 * The HJ 212 server: monitors connect, report, and are answered after their readings are durable.
 *
 * One event loop (libuv) in a thread of its own. Frames that come within a few milliseconds make one job of the hub; while the hub works on one
 * job, the next one gathers. What each peer may cost is bounded: memory (one frame in the making), time for a frame, silence,
 * noise, answers not read. A device (MN) stands at one peer at a time: one that is alive keeps its place, a silent one gives way.
 *
 * What is missing is asked for: when minute, hour or day data skip a stretch, the server requests it (CN 2051, 2061, 2031 with
 * BeginTime and EndTime) and takes the answers as any other data.
 */
#ifndef WIRE_HJ212_SERVER_H
#define WIRE_HJ212_SERVER_H
#include "hj212.h"
#include "wire.h"

enum { HJ212_HISTORIES = 3 };    /* minutes, hours, days */
typedef struct hj212_device {
    text mn;
    text password;               /* empty = any */
    const cal_zone *zone;        /* of its clock */
    bool is_lenient;             /* frames without CRC are taken */
    bool has_key;                /* of version 2025: its data may come enciphered */
    uint8_t key[16];
    struct { int cn; int64_t last_us; } history[HJ212_HISTORIES]; /* newest time that is known of CN 2051, 2061, 2031; cn 0 ends */
} hj212_device;

typedef struct hj212_options {
    const char *host;            /* address to listen at; NULL = 127.0.0.1 */
    uint16_t port;               /* 0 = a free one */
    const hj212_device *devices; /* copied */
    size_t device_count;
    const cal_zone *zone;        /* of devices that are not declared */
    bool takes_any;              /* devices that are not declared too, with any password */
    bool sets_clocks;            /* a device whose clock is off by more than ten minutes, or that asks, is sent the time (CN 1012) */
    bool asks_missing;
    /* limits; 0 = the default */
    size_t peers_max;            /* 10,000 */
    int window_ms;               /* frames gather this long: 2 */
    int frame_s;                 /* from a frame's first byte to its last: 30 */
    int hello_s;                 /* until the first good frame: 60 */
    int silent_s;                /* between frames: 3,600 */
    size_t unread_bytes;         /* answers that it has not read, here; the system holds as much again: 64 KiB */
    int unread_s;                /* until it reads the answers that wait for it: 60 */
    int ask_s;                   /* until a request is sent again, three times in all: 30 */
    int hold_s;                  /* a device heard of within this time keeps its place against another address: 30 */
    wire_say say;                /* NULL = nobody listens */
    void *say_context;
} hj212_options;

typedef struct hj212_server hj212_server;
MUST_USE bool hj212_server_open(wire_hub *hub, const hj212_options *options, hj212_server **ret, heng_err *err);
uint16_t hj212_server_port(const hj212_server *s);
/* What was counted since the last call. */
void hj212_server_counts(hj212_server *s, wire_counts *ret);
size_t hj212_server_peers(hj212_server *s);
/* Ask a device for its history, when it is there: CN 2051, 2061 or 2031, local times. False: no such device or too many requests are waiting. */
bool hj212_server_ask(hj212_server *s, text mn, int cn, int64_t begin_s, int64_t end_s);
/* Stops listening, waits for what the hub has, answers it; what was counted can still be asked for. Close stops first. NULL is fine. */
void hj212_server_stop(hj212_server *s);
void hj212_server_close(hj212_server *s);
#endif
