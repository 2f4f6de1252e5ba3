/*
 * Inside the room: what its files share. Not for the rooms above.
 *
 *   block.c      the codec of a day's readings; knows nothing of the rest
 *   channel.c    declarations: entries of the book to channels and back
 *   open.c       open, close, what is remembered, recovery from the journal
 *   day.c        the days in memory: readings merged in, loaded from their blocks
 *   counter.c    the rules of counters, named
 *   sum.c        the sums of a day
 *   take.c       readings in
 *   journal.c    the journal: readings that stand in no block yet
 *   close.c      days become blocks and movements, in one transaction
 *   held.c       quarantine
 *   read.c       readings, days, gaps
 *   live.c       last values, what came after a cursor
 *   table.c      sums by hour, day, month
 *   share.c      a pass over the blocks shared among threads
 *   fold.c       days of many channels on one grid, added slot by slot
 *   tree.c       the meter tree
 *   formula.c    virtual channels
 *   clock.c      rules about clocks
 *   verify.c     all of it again from nothing
 */
#ifndef METER_INSIDE_H
#define METER_INSIDE_H
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "block.h"
#include "messages.h"
#include "meter.h"

enum {
    METER_CHANNEL_BITS = 22,
    METER_VERSION_BITS = 16,
    METER_BRIDGE_DAYS = 400,        /* two readings of a counter further apart have no amount between them */
    METER_PENDING_MAX = 8 << 20,    /* readings in the journal before open days are written as blocks */
    METER_READERS_MAX = 3,          /* besides the thread that asks */
    METER_EDGE = 2                  /* readings beyond a day that its sum may depend on */
};
#define METER_DAY_US INT64_C(86400000000)
#define METER_HOUR_US INT64_C(3600000000)

typedef struct mclock { const char *name; const cal_zone *zone; int32_t day; int64_t start_us, end_us; struct mclock *next; } mclock; /* a zone, and its day used last */

/* Figures of a day, as in the columns of its row. */
typedef struct day_sums { int64_t count, quality, sum, first, last, low, high; } day_sums;
/* quality: counts of 18 bits each and marks. */
#define QUALITY(estimated, suspect, resets) ((int64_t)(estimated) | (int64_t)(suspect) << 18 | (int64_t)(resets) << 36)
#define QUALITY_ESTIMATED(q) ((q) & 0x3ffff)
#define QUALITY_SUSPECT(q) ((q) >> 18 & 0x3ffff)
#define QUALITY_RESETS(q) ((q) >> 36 & 0x3ffff)
#define QUALITY_REFUSED (INT64_C(1) << 60)  /* the book refused its movement */

typedef struct channel channel;
typedef struct day {
    channel *of;
    int32_t day, version;           /* version: closings so far */
    int64_t start_us, end_us, expected;
    bool has_row;                   /* an open row (version 0) in the store */
    bool is_loaded;                 /* the entries of its row are here */
    bool is_plain;                  /* every entry stands: no time twice, none withdrawn */
    bool is_changed, is_listed;     /* in this take; in a list */
    bool low_changed, high_changed; /* its first or last two readings changed */
    int64_t row_take;               /* newest take in its row; later entries are pending */
    size_t count, max;              /* entries in order of time, then take */
    int64_t *time, *value, *take;
    uint8_t *flag;
    size_t live;                    /* entries that stand */
    size_t pending;                 /* entries that stand in the journal only */
    bool is_open;                   /* in the list of open days */
    uint32_t packed;                /* its place in the packer + 1; 0 = not packed in this call */
    day_sums row;                   /* of its newest closing */
    struct day *next_free;
} day;

struct channel {
    int32_t id;
    text code;
    size_t state_count; meter_channel *states; /* by valid_from; at least one */
    bool is_known;                  /* has a declaration */
    mclock *clock;
    int32_t first_day, last_day;    /* days that have rows; first > last: none */
    bool days_grown;
    size_t day_count, day_max; day **days;     /* in memory, by day */
    bool has_last; meter_reading last;
    size_t run;                     /* take.c: readings of it in this batch */
    int64_t factor; bool has_factor;/* amount in the ledger's count = sum * factor, when that is whole (newest state) */
};

typedef struct packed { day_sums sums; text body; } packed;
typedef struct packer { char *at; size_t left, count, max; packed *days; } packer; /* of one call, in scratch */

typedef struct day_list { size_t count, max; day **items; } day_list;

struct meter_book {
    arena memory;                   /* channels, as long as they are as they were */
    arena days_memory;              /* days; dropped with them */
    arena scratch;                  /* of one call */
    packer packer;
    book *b;
    store *store;
    bool is_writer, is_fresh;
    int64_t changed;                /* store_changed when this was read */
    pthread_mutex_t lock; int depth; /* calls within calls: gates look channels up */
    const rule_set *rules;
    size_t channel_count, channel_max; channel **channels;
    text_map codes;
    mclock *clocks;
    int64_t next_take, last_known_us, next_held;
    size_t held_count, held_max; struct open_held *held; /* open ones, by channel and time */
    int64_t journal_readings, journal_take, pending;
    day *free_days;
    day_list open;                  /* open days, in no order */
    meter_gate_fn gate; void *gate_context;
    size_t reader_count; store *readers[METER_READERS_MAX]; /* for passes on several threads; opened when first wanted */
    bool has_no_readers;            /* they could not be opened: one thread then */
};

/* Every call of the face: the lock, and what is remembered is as in the store. meter_leave gives scratch back. */
bool meter_enter(meter_book *m, heng_err *err);
void meter_leave(meter_book *m);
bool meter_refresh(meter_book *m, heng_err *err); /* read all again now */
void meter_forget(meter_book *m);                /* after a failure: read all again at the next call */

static inline int64_t block_id(int32_t d, int32_t ch, int32_t version) { return (int64_t)d << (METER_CHANNEL_BITS + METER_VERSION_BITS) | (int64_t)ch << METER_VERSION_BITS | version; }
static inline int32_t block_day(int64_t id) { return (int32_t)(id >> (METER_CHANNEL_BITS + METER_VERSION_BITS)); }
static inline int32_t block_channel(int64_t id) { return (int32_t)(id >> METER_VERSION_BITS & ((1 << METER_CHANNEL_BITS) - 1)); }
static inline int32_t block_version(int64_t id) { return (int32_t)(id & ((1 << METER_VERSION_BITS) - 1)); }
enum { METER_DAY_FIRST = 0, METER_DAY_LAST = 84000, METER_CHANNELS_MAX = (1 << METER_CHANNEL_BITS) - 1, METER_VERSIONS_MAX = (1 << METER_VERSION_BITS) - 2 };

/* ---- columns for the store ---- */
typedef struct mcols { arena *a; size_t rows, count; store_param params[16]; } mcols;
mcols mcols_of(arena *a, size_t rows);
int64_t *mcol(mcols *c, const char *name);
text *mcol_text(mcols *c, const char *name);
text *mcol_blob(mcols *c, const char *name);
bool mcols_run(store *s, sql_id id, const mcols *c, arena *a, store_rows *ret, heng_err *err);
static inline int64_t row_int(const store_rows *r, size_t column, size_t row) { return r->columns[column].ints ? r->columns[column].ints[row] : 0; }
static inline text row_text(const store_rows *r, size_t column, size_t row) { return r->columns[column].texts ? r->columns[column].texts[row] : (text){"", 0}; }

/* ---- channel.c ---- */
bool channels_load(meter_book *m, heng_err *err);
const meter_channel *channel_state(const channel *ch, int32_t d); /* valid then, else NULL */
const meter_channel *channel_newest(const channel *ch);
static inline bool is_counter(const channel *ch) { return channel_newest(ch)->kind == METER_COUNTER; }
void clock_set(mclock *c, int32_t d);
bool channel_amount(meter_book *m, const channel *ch, const meter_channel *c, int64_t sum, int64_t *ret, heng_err *err);
bool channel_amount_was(meter_book *m, const channel *ch, int64_t sum, int64_t amount, bool *ret, heng_err *err);

/* ---- day.c ---- */
day *day_find(const channel *ch, int32_t d);
day *day_make(meter_book *m, channel *ch, int32_t d);             /* finds or makes; not loaded when it may have a row */
void day_drop(meter_book *m, day *d);
void day_room(meter_book *m, day *d, size_t count);
bool days_load(meter_book *m, day *const *days, size_t count, heng_err *err); /* their rows, by one store call */
typedef struct live { size_t count; const int64_t *time, *value; const uint8_t *flag; } live;
live day_live(arena *a, const day *d);                            /* entries that stand */
live live_of(arena *a, const int64_t *time, const int64_t *value, const uint8_t *flag, const int64_t *take, size_t count, int64_t take_max); /* as known at take_max */
void day_put(meter_book *m, day *d, int64_t time, int64_t value, uint8_t flag, int64_t take, bool keep_present, meter_verdict *ret);
bool day_is_complete(const day *d);
void day_restore(meter_book *m, day *d, int64_t time, int64_t value, uint8_t flag, int64_t take); /* from the journal; day_recount when all are in */
void day_recount(day *d);
typedef struct edge { size_t count; meter_reading at[METER_EDGE]; } edge; /* before: newest last; after: oldest first */
/* What stands before and after a day of a counter, from memory; days that must be loaded first go to wanted. */
void day_edges(meter_book *m, const day *d, edge *before, edge *after, day_list *wanted);
bool counter_ready(meter_book *m, day *const *days, size_t count, heng_err *err); /* load until the edges of all are known */
void day_list_add(meter_book *m, day_list *l, day *d);
bool counter_bridge(meter_book *m, channel *ch, int32_t d);       /* days between the readings around d get objects */

/* ---- counter.c ---- */
typedef enum counter_rule { COUNTER_PLAIN, COUNTER_ROLLED, COUNTER_RESET, COUNTER_STARTED, COUNTER_JUMP, COUNTER_GAP } counter_rule;
counter_rule counter_step(const meter_channel *c, const meter_reading *from, const meter_reading *to, int64_t *ret_amount);
bool counter_is_dip(const meter_channel *c, const meter_reading *before, const meter_reading *at, const meter_reading *after);
typedef void (*counter_part_fn)(void *context, const meter_reading *from, const meter_reading *to, int64_t amount, counter_rule rule);
void counter_walk(const meter_channel *c, const edge *before, const live *l, const edge *after, counter_part_fn fn, void *context);

/* ---- sum.c ---- */
bool day_sum(meter_book *m, const channel *ch, int32_t d, int64_t start_us, int64_t end_us, const live *l, const edge *before, const edge *after, day_sums *ret, heng_err *err);

/* ---- journal.c ---- */
typedef struct journal_cols { size_t count; int64_t *channel, *time, *value, *take; uint8_t *flag; } journal_cols;
text journal_pack(arena *a, const journal_cols *c);
bool journal_unpack(arena *a, text body, size_t count, journal_cols *ret);
bool journal_recover(meter_book *m, heng_err *err);

/* ---- take.c ---- */
void day_open_set(meter_book *m, day *x);        /* into the list of open days */
bool candidates_of(meter_book *m, day *const *changed, size_t count, day_list *ret, heng_err *err); /* days to close or close again after changes */

void days_tidy(meter_book *m, day *const *days, size_t count);   /* closed days of these channels leave memory */

/* ---- close.c ---- */
typedef struct take_write {         /* what a take writes besides blocks */
    int64_t take, readings;
    text source; int64_t delivery;
    const journal_cols *journal;    /* new entries of days that stay open, or NULL */
    size_t held_count; const meter_held *held;
    size_t ended_count; const int64_t *ended; /* held readings that a good value replaces */
    bool spills;                    /* open days become rows: the journal is emptied */
    int64_t known_us;               /* set when written */
    int64_t days, corrected, movements, refused, link;
} take_write;
bool take_commit(meter_book *m, take_write *w, day **closing, size_t count, heng_err *err); /* one transaction */
text day_pack(meter_book *m, const day *x);       /* in scratch */
void day_pack_early(meter_book *m, day *x);       /* a complete day of a channel that is no counter */
hash closing_row_hash(hash_state *h, text code, int32_t d, int32_t version, const day_sums *s, text body);

/* ---- held.c ---- */
typedef struct open_held { int64_t id, time_us; int32_t channel; } open_held;
bool held_load(meter_book *m, heng_err *err);    /* the open ones into memory */
void held_of(const meter_book *m, int32_t channel_, const open_held **ret, size_t *ret_count);
/* Held before in the same words: they leave the list. The ids of those that were worked through go to ended (room for all): they exist. */
bool held_known(meter_book *m, meter_held *held, size_t *count, int64_t *ended, size_t *ended_count, heng_err *err);
bool held_write(meter_book *m, store *s, const take_write *w, heng_err *err);
void held_settle(meter_book *m, const take_write *w); /* in memory, when it is written */

/* ---- share.c ---- */
/* Readers of what m has read, each in a transaction of its own on the same state, up to wanted; 0 when there are none. To be given back. */
size_t readers_take(meter_book *m, size_t wanted);
void readers_give(meter_book *m, size_t count);
void readers_close(meter_book *m);
bool reader_sees_the_same(meter_book *m, store *s); /* within a transaction of s */

/* ---- fold.c ---- */
enum { FOLD_SLOTS_MAX = 1440, FOLD_BLOCKS_MAX = 1 << 20 };
typedef struct fold { int64_t start_us, step_us; size_t count, blocks; bool is_open; int64_t sum[FOLD_SLOTS_MAX], low[FOLD_SLOTS_MAX], high[FOLD_SLOTS_MAX]; } fold;
void fold_begin(fold *f, int64_t start_us, int64_t step_us, size_t n); /* n to FOLD_SLOTS_MAX */
bool fold_add(fold *f, const int64_t *values); /* n of them, to FOLD_BLOCKS_MAX times; false: too large to be added so, nothing was */

/* ---- read.c ---- */
/* Entries of one channel's day, from memory or from its row, in the arena. */
typedef struct entries { int32_t day; int64_t link; size_t count; const int64_t *time, *value, *take; const uint8_t *flag; bool is_plain, is_open; } entries;
typedef bool (*entries_fn)(void *context, const channel *ch, const entries *e, heng_err *err);
bool channel_each_day(meter_book *m, channel *ch, int32_t first, int32_t last, entries_fn fn, void *context, heng_err *err);
bool block_entries(meter_book *m, arena *a, const channel *ch, int32_t d, text body, entries *e, heng_err *err);
bool take_max_of(meter_book *m, int64_t known_us, int64_t *ret, heng_err *err); /* INT64_MAX: now */
bool series_load(meter_book *m, arena *a, channel *ch, int32_t first, int32_t last, int64_t take_max, meter_series *ret, heng_err *err);
channel *channel_by_id(meter_book *m, int32_t id, heng_err *err);
/* The readings of a counter around days, so far that the sums of those days are settled. */
bool counter_series(meter_book *m, arena *a, channel *ch, int32_t first, int32_t last, int64_t take_max, meter_series *ret, heng_err *err);
bool sums_run(meter_book *m, arena *a, const int32_t *channels, size_t count, period when, meter_step step, meter_group group, int64_t known_us, meter_table *ret, heng_err *err);
bool value_run(meter_book *m, arena *a, channel *ch, period when, int64_t known_us, int deep, meter_value *ret, heng_err *err);
#endif
