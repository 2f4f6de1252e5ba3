/*
 * Readings that come over a wire: what every way in (HJ 212, MQTT, Modbus, HTTP) hands on, and the hub that makes them durable together.
 *
 *   device -> adapter -> job -> hub (one thread, all waiting jobs in one call) -> sink -> verdicts -> adapter -> answer
 *
 * An adapter answers its device only after its job is done and ok: what was acknowledged is durable. While the sink works on one call, jobs
 * gather for the next: the group commit needs no clock. The hub's memory is bounded: a job that does not fit is declined, and the adapter
 * stops reading until there is room.
 */
#ifndef WIRE_H
#define WIRE_H
#include "base.h"

/*
 * One value as its device said it. The address names the series, not the moment:
 *   hj212:<MN>/<CN>/<code>-<what>    hj212:010000A8900016F000169DC0/2051/w01018-Avg
 *   mqtt:<topic>#<path>              mqtt:park/m1#data.kwh
 *   modbus:<host>:<port>/<unit>/<register>
 *   http:<channel as posted>
 */
typedef struct wire_reading {
    text address;
    int64_t time_us;             /* as the source writes it */
    text value;                  /* decimal digits as sent: never a float */
    text flag;                   /* as sent ("N", "D"); empty = none */
} wire_reading;

typedef enum wire_status {
    WIRE_TAKEN,                  /* new, durable */
    WIRE_EXISTS,                 /* was there with the same value */
    WIRE_REPLACED,               /* durable in place of another value */
    WIRE_FLAGGED,                /* durable, with a mark of a gate */
    WIRE_HELD,                   /* durable in quarantine */
    WIRE_REFUSED,                /* judged and declined: why */
    WIRE_STATUSES
} wire_status;
typedef struct wire_verdict { wire_status status; const heng_message *why; text other; /* constant or as long as the call's items */ } wire_verdict;

/* Judge and keep: one verdict an item. True: all that is not refused is durable. False: nothing was kept, come again (disk, busy). One thread at a time. */
typedef bool (*wire_sink)(void *context, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err);

/* Something worth a line in the log. May be called by several threads. */
typedef void (*wire_say)(void *context, const heng_err *what);

/* ---- The hub ---- */

typedef struct wire_job wire_job;
struct wire_job {                /* the adapter's, untouched until done */
    const wire_reading *items;
    size_t count;
    wire_verdict *verdicts;      /* count long */
    void (*done)(wire_job *job); /* in the hub's thread, soon over: pass the word on to your own thread */
    void *context;
    bool ok;
    heng_err err;                /* when not ok */
    wire_job *next;
};

enum { WIRE_CALL_MAX = 1 << 16 /* readings of one call of the sink, unless one job has more */, WIRE_WAITING_MAX = 1 << 18 /* readings of all waiting jobs */ };
typedef struct wire_hub wire_hub;
MUST_USE bool wire_hub_open(wire_sink sink, void *context, wire_hub **ret, heng_err *err);
/* False: no room, or closing; the job is not kept and done is not called. An empty hub takes any job. */
MUST_USE bool wire_submit(wire_hub *hub, wire_job *job);
/* Submit and wait for the verdicts. False with err: not kept. */
MUST_USE bool wire_submit_and_wait(wire_hub *hub, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err);
/* Ends after all that was submitted is done. NULL is fine. */
void wire_hub_close(wire_hub *hub);

/* ---- Counts ---- */

enum { WIRE_REASONS_MAX = 48 };
typedef struct wire_counts {
    int64_t frames;              /* messages of any kind that were understood */
    int64_t status[WIRE_STATUSES];
    int64_t failed;              /* frames whose readings could not be kept and will come again */
    size_t reason_count;
    struct { const heng_message *message; int64_t count; } reasons[WIRE_REASONS_MAX]; /* of refused frames and readings */
} wire_counts;
void wire_count_reason(wire_counts *c, const heng_message *message, int64_t n);
void wire_count_verdicts(wire_counts *c, const wire_verdict *verdicts, size_t count);
void wire_counts_add(wire_counts *to, const wire_counts *from);

/* The reason of a refused reading, with its address, value and what the sink said. Returns false. */
bool wire_fill_refusal(heng_err *err, const wire_reading *reading, const wire_verdict *verdict);

extern const heng_message *const wire_messages[];
#endif
