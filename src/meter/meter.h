/*
 * Meters: channels, their readings in, days closed into movements of the book.
 *
 *   meter_take -> gates judge -> journal (durable) -> a day is complete, or its wait is over -> one block, one movement, one transaction
 *
 * A channel is one series of a meter ("M001/kwh"). Its declaration is a keyed entry of the book (kind "meter.channel"), so it is
 * dated, authored, chained and known-as-of. A reading is (channel, time, count, flag). Readings live in a journal (one
 * row a take) until their day is written as one block (block.h) with its exact sum. Nothing that was taken is ever lost: a changed
 * value is kept behind the newer one, each with the number of its take, so that any moment can be asked "as known then".
 *
 * A meter_book is used by several threads; they take turns. One writer, any number of readers in other processes.
 */
#ifndef METER_H
#define METER_H
#include "book.h"

enum { METER_NONE = -1, METER_BATCH_MAX = 1 << 24 /* readings of one take */, METER_CODE_MAX = 120 /* bytes */ };

typedef struct meter_book meter_book;
/* The book stays the caller's and outlives the meter_book. A writer recovers the journal here; a reader sees what is committed. */
MUST_USE bool meter_open(book *b, meter_book **ret, heng_err *err);
void meter_book_close(meter_book *m); /* NULL is fine */
book *meter_book_of(const meter_book *m);

/* ---- Channels ---- */

typedef enum meter_kind { METER_COUNTER, METER_INTERVAL, METER_LEVEL, METER_STATE } meter_kind;
/*
 * counter   a register that only grows; amounts are differences (rules: counter.c)
 * interval  the amount of one interval; a reading's time is the START of its interval (stamp says what the source writes)
 * level     a temperature, concentration, power: minimum, maximum, mean; no amount
 * state     a code that holds until the next reading; no amount
 */
typedef enum meter_stamp { METER_STAMP_START, METER_STAMP_END } meter_stamp; /* interval: what the source's time means; meter_take subtracts the interval */
typedef enum meter_reset { METER_RESET_ZERO, METER_RESET_START } meter_reset; /* a counter that fell: it counted from zero (amount = new count), or a new start (amount 0) */

typedef struct meter_channel {
    text code;                   /* unique: "M001/kwh" */
    text meter;                  /* the device: "M001"; empty = what stands before '/' in code */
    text name;                   /* for people, may be empty */
    int32_t party;               /* that owns the meter */
    int32_t commodity, unit;     /* rule indexes of book_rules; unit one that the commodity may be recorded in (levels: any unit) */
    meter_kind kind;
    int scale;                   /* counts are 10^-scale of what the meter shows: 12.34 at scale 2 is 1234 */
    const rat *multiplier;       /* amount in unit = count / 10^scale * multiplier; NULL = 1 */
    int64_t roll_over;           /* count at which a counter is 0 again (a register of 6 digits at scale 0: 1000000); 0 = none declared */
    meter_reset reset;
    int32_t interval_s;          /* expected; 0 = no expectation (its days close by their wait only) */
    meter_stamp stamp;
    int32_t wait_days;           /* an incomplete day closes this long after its end; default 3 */
    const char *zone;            /* of its clock and its days; NULL = the book's */
    bool has_low, has_high, has_rate, has_capacity;
    int64_t low, high;           /* counts; of an interval amount or a level */
    int64_t rate_per_hour;       /* counts; the most that a counter or level changes in an hour */
    int64_t capacity_per_hour;   /* counts; what the equipment can pass in an hour: judges roll-over, reset and jumps */
    int32_t calibrated, calibration_due; /* days, 0 = unknown */
    int32_t giver, taker, movement_kind; /* the flow its amounts become; movement_kind BOOK_NONE = none (a sub-meter, a level) */
    text parent;                 /* code of the channel above it in the meter tree; empty = top */
    text formula;                /* a virtual channel: "M001/kwh - M002/kwh", see formula.c; has no readings of its own */
    text address;                /* where it comes from, for the adapters: "hj212:MN=...;w01018-Rtd", "mqtt:site/1/p"; free words parted by blanks */
    int32_t valid_from, valid_to;/* days, inclusive; INT32_MIN, INT32_MAX = open. The same code with another valid_from is a later state of the channel (new multiplier) */
    text note;
    int32_t id;                  /* set by meter: dense from 0, the store's own number; never in the chain */
} meter_channel;

void meter_channel_init(meter_channel *c); /* all defaults, all BOOK_NONE */
/* Declare channels, by one batch of the book. The same again: BOOK_EXISTS; another content under (code, valid_from): a new version known from now on.
 * from: source, file, content, note, dry_run, all_or_none as in book_batch; its items are ignored. Errors of a channel are its result's why. */
MUST_USE bool meter_channels_put(meter_book *m, arena *a, const book_batch *from, const meter_channel *channels, size_t count, book_result *results /* or NULL */, book_receipt *receipt, heng_err *err);
size_t meter_channel_count(meter_book *m);                      /* ids are 0 .. count-1 */
const meter_channel *meter_channel_get(meter_book *m, int32_t id);                 /* its newest state */
const meter_channel *meter_channel_on(meter_book *m, int32_t id, int32_t day);     /* the state valid on that day; NULL = none */
int32_t meter_channel_find(meter_book *m, text code);           /* exact code; METER_NONE */
MUST_USE bool meter_channel_want(meter_book *m, text code, int32_t *ret, heng_err *err); /* meter.channel_unknown names the nearest */
const cal_zone *meter_channel_zone(meter_book *m, int32_t id);
/* count (of sums: i128) to an exact amount in the channel's unit on that day. */
const rat *meter_amount(arena *a, const meter_channel *c, i128 count);

/* ---- Readings in ---- */

/* A flag is a quality (low nibble) and marks. */
enum {
    METER_GOOD = 0, METER_SUSPECT = 1 /* accepted with a flag by a gate */, METER_ESTIMATED = 2 /* filled in; a true value replaces it */, METER_MANUAL = 3, METER_QUALITY = 0x0f,
    METER_START = 0x10,          /* counting begins anew at this count (new meter, announced reset): no amount since the reading before */
    METER_RETIMED = 0x20,        /* its time was mended */
    METER_GONE = 0x40            /* withdraws the reading at this time; count is ignored */
};
typedef struct meter_reading { int64_t time_us, count; int32_t channel; uint8_t flag; } meter_reading;

/* Columns, not rows. Any order; several readings of one (channel, time) count in their order here, the last one stands. */
typedef struct meter_batch {
    size_t count;
    const int32_t *channel;      /* ids; or NULL and one_channel for all */
    int32_t one_channel;
    const int64_t *time_us;      /* as the source writes it (see stamp) */
    const int64_t *value;        /* counts at the channel's scale */
    const uint8_t *flag;         /* NULL = all METER_GOOD */
    int64_t arrival_us;          /* when it came, for the gates; 0 = now */
    text source;                 /* who sends: "hj212", "mqtt:broker", "import:meter.csv" */
    int64_t delivery;            /* of the book, when a file stands behind it; 0 = none */
    bool dry_run;                /* judge, write nothing */
    bool keep_present;           /* a value that differs from a present one is refused (gate "changed") instead of superseding it */
    bool no_gates;               /* only format and channel are judged: gap filling, released quarantine, tests */
} meter_batch;

typedef enum meter_status { METER_ACCEPTED, METER_FLAGGED, METER_MOVED /* re-timed */, METER_QUARANTINED, METER_REFUSED, METER_EXISTS, METER_SUPERSEDED /* accepted in place of another value */, METER_STATUSES } meter_status;
typedef struct meter_result { int64_t time_us; /* as kept */ uint16_t gate; /* 0 = none, else METER_GATE_... or a row of the gates */ uint8_t status, flag; } meter_result;

/* Gates that the room itself knows; those of the rule pack begin at METER_GATE_RULES. */
enum { METER_GATE_NONE, METER_GATE_CHANNEL /* no such channel */, METER_GATE_VIRTUAL /* has a formula */, METER_GATE_TIME /* outside 1970..2200 */, METER_GATE_INVALID /* channel not valid then */, METER_GATE_CHANGED, METER_GATE_RULES = 16 };

typedef struct meter_receipt {
    int64_t take, known_us;      /* 0 = nothing was new */
    int64_t counts[METER_STATUSES];
    int64_t days_closed, days_corrected; /* channel-days that closed, or were closed and changed */
} meter_receipt;

/*
 * Take readings in: durable when it returns. Late, out of order and repeated readings are merged; the same again changes nothing; a
 * changed value supersedes. A channel-day that becomes complete is closed here, with its movement, in the same transaction; a day already closed that
 * changes is closed again and its movement superseded. results (batch->count long) may be NULL. A bounded number of store calls.
 * False: an error that stopped it all (disk, busy, overflow); nothing was taken.
 */
MUST_USE bool meter_take(meter_book *m, const meter_batch *batch, meter_result *results, meter_receipt *receipt, heng_err *err);

/*
 * A gate judges one channel's part of a batch, by columns in order of time; before: the last readings known earlier (newest last, up to 8). It fills
 * verdict[i] (all METER_ACCEPTED at first) and may change time_us[i] and flag[i]. Quarantined and refused readings are not taken; quarantined ones are kept
 * in meter_quarantine with their gate. Called under the lock of the meter_book; no store calls but through book_store for reading.
 */
typedef struct meter_verdict { uint8_t status; uint16_t gate; } meter_verdict;
typedef struct meter_run { const meter_channel *channel; size_t count; int64_t *time_us; const int64_t *value; uint8_t *flag; meter_verdict *verdict; size_t before_count; const meter_reading *before; int64_t arrival_us; } meter_run;
typedef bool (*meter_gate_fn)(void *context, arena *scratch, const meter_run *run, heng_err *err);
void meter_gates_set(meter_book *m, meter_gate_fn fn, void *context); /* NULL = none */

/* Quarantine: what gates held back, until it is worked through. */
typedef struct meter_held { int64_t id, take, known_us; int32_t channel; uint8_t flag; uint16_t gate; int64_t time_us, count; text source; /* how it ended: "" = open, "accept", "correct", "drop" */ text state, who, reason; int64_t ended_us; } meter_held;
MUST_USE bool meter_held_list(meter_book *m, arena *a, int32_t channel /* METER_NONE = all */, bool with_ended, meter_held **ret, size_t *ret_count, heng_err *err);
/* End held readings: state "accept" (taken as they stand), "start" (taken as the first count of a new meter: nothing flowed since the reading before), "correct" (values and times given here are taken), "drop". A reason is needed. One transaction for the mark; the readings by meter_take without gates. */
MUST_USE bool meter_held_end(meter_book *m, const char *state, const int64_t *ids, const int64_t *times_us, const int64_t *values, size_t count, text who, text reason, meter_receipt *receipt, heng_err *err);

/* Close what is due: incomplete days whose wait is over at now_us (0 = the clock), and with all_complete_only only complete ones. An import calls it at its end. */
typedef struct meter_close_receipt { int64_t days, movements, refused; int64_t link; } meter_close_receipt;
MUST_USE bool meter_days_close(meter_book *m, int64_t now_us, meter_close_receipt *ret, heng_err *err);
/* Write what stands in the journal into (open) blocks; done by itself when the journal is long. */
MUST_USE bool meter_compact(meter_book *m, heng_err *err);

/* ---- Readings out. known_us BOOK_KNOWN_NOW: as known now ---- */

typedef struct meter_series { size_t count; const int64_t *time_us, *value; const uint8_t *flag; const int64_t *take; } meter_series; /* in order of time */
MUST_USE bool meter_readings(meter_book *m, arena *a, int32_t channel, period when, int64_t known_us, meter_series *ret, heng_err *err);

/* Where a take came from: the source that it named, and the delivery that it belongs to (0 = none). Take 0 or one that is not there: an empty source. */
typedef struct meter_take_row { int64_t take, known_us, delivery; text source; } meter_take_row;
MUST_USE bool meter_take_of(meter_book *m, arena *a, int64_t take, meter_take_row *ret, heng_err *err);

typedef enum meter_step { METER_BY_HOUR, METER_BY_DAY, METER_BY_MONTH, METER_WHOLE } meter_step;
typedef enum meter_group { METER_EACH /* channel */, METER_TOTAL /* of all */ } meter_group;
/* A cell without readings has count 0: a hole, not a zero. sum: of counts, exact (counter: differences by the rules; interval: amounts; level: of values, mean = sum / count). */
typedef struct meter_cell { i128 sum; int64_t count, estimated, min, max; int64_t expected; bool is_open; /* an open day went in: provisional */ } meter_cell;
typedef struct meter_table { size_t channels, steps; const int64_t *start_us; /* steps + 1 */ const meter_cell *cells; /* channel by channel; METER_TOTAL: channels is 1 */ } meter_table;
/* Days and months are those of the zone that the channels share, else of the book. Sums of count/10^scale x multiplier need one scale to be added: with METER_TOTAL, channels whose counts differ in scale or multiplier are refused (meter.mixed_scales): ask for METER_EACH and add amounts. */
MUST_USE bool meter_sums(meter_book *m, arena *a, const int32_t *channels, size_t count /* 0 = all real ones */, period when, meter_step step, meter_group group, int64_t known_us, meter_table *ret, heng_err *err);

typedef enum meter_day_state { METER_DAY_EMPTY, METER_DAY_OPEN, METER_DAY_CLOSED, METER_DAY_REFUSED /* closed, but the book refused its movement */ } meter_day_state;
typedef struct meter_day {
    int32_t channel, day;
    meter_day_state state;
    int32_t version;             /* closings so far */
    int64_t sum, count, expected, min, max, first, last, estimated, suspect, resets;
    bool is_complete;
    int64_t link;                /* of its newest closing */
} meter_day;
MUST_USE bool meter_days(meter_book *m, arena *a, const int32_t *channels, size_t count, int32_t first_day, int32_t day_count, meter_day **ret, size_t *ret_count, heng_err *err);
typedef struct meter_gap { int32_t channel; period when; int64_t missing; /* readings */ } meter_gap;
MUST_USE bool meter_gaps(meter_book *m, arena *a, const int32_t *channels, size_t count, period when, meter_gap **ret, size_t *ret_count, heng_err *err);

/* ---- Live ---- */

/* The newest reading of each channel, by its time. */
MUST_USE bool meter_last(meter_book *m, arena *a, meter_reading **ret /* by channel id; channel METER_NONE = none */, size_t *ret_count, heng_err *err);

/*
 * What came after a cursor: every reading that was taken, once, in the order of takes; one that is told later for the same channel and time stands in place
 * of the earlier one (METER_GONE: withdrawn). A cursor is good for ever, in every process: it names what has been given, not a place in a file. Cursor 0 is
 * the beginning. To follow from now on: meter_cursor_now, then meter_last, then the changes after that cursor.
 */
typedef struct meter_cursor { int64_t take, part; } meter_cursor; /* all takes up to take were given, and so many readings of those behind it */
typedef struct meter_changed { meter_reading reading; int64_t take, known_us; meter_cursor cursor; /* when this one has been given */ } meter_changed;
typedef struct meter_change { meter_cursor cursor; bool has_more; size_t count; const meter_changed *items; } meter_change;
/* Errors: meter.cursor_ahead (of another database, or of one that was restored). */
MUST_USE bool meter_changes(meter_book *m, arena *a, meter_cursor after, size_t limit /* 0 = 1,000 */, meter_change *ret, heng_err *err);
MUST_USE bool meter_cursor_now(meter_book *m, meter_cursor *ret, heng_err *err);
text meter_cursor_format(arena *a, meter_cursor c);              /* "12", "12.500" */
MUST_USE bool meter_cursor_parse(text t, meter_cursor *ret, heng_err *err); /* meter.cursor_bad */

/* ---- Meter tree, virtual channels ---- */

typedef struct meter_node { int32_t channel; int depth; size_t children; const rat *amount, *below /* sum of the children, NULL = none */, *loss /* amount - below */; const rat *unmetered; /* loss / amount, NULL when amount is 0 or missing */ int64_t missing; /* children without data */ } meter_node;
/* Nodes of the tree under root (METER_NONE: all trees) in order of the tree, for one period. */
MUST_USE bool meter_tree(meter_book *m, arena *a, int32_t root, period when, int64_t known_us, meter_node **ret, size_t *ret_count, heng_err *err);
/* The exact amount of a channel, real or virtual, in a period. ret NULL inside: no data; missing counts what is not there. */
typedef struct meter_value { const rat *amount; int64_t missing, incomplete /* channels that have only some of their readings: the amount stands for less than it seems */; bool is_open; } meter_value;
MUST_USE bool meter_value_of(meter_book *m, arena *a, int32_t channel, period when, int64_t known_us, meter_value *ret, heng_err *err);
/* A formula over channels: codes (in quotes when they hold blanks or operators), numbers, + - * / ( ). */
MUST_USE bool meter_formula(meter_book *m, arena *a, text formula, period when, int64_t known_us, meter_value *ret, heng_err *err);

/* ---- Rules about clocks (clock.c), for the adapters ---- */

/* Local wall-clock seconds in the order of the source -> instants. A doubled hour: the second time it comes is an hour later; a skipped hour moves on. was[i]: 1 = the second of a doubled hour, 2 = in a skipped hour. */
MUST_USE bool meter_clock_local(const cal_zone *z, const int64_t *local_s, size_t count, int64_t *ret_us, uint8_t *was /* or NULL */, heng_err *err);
/* Whole hours by which a batch's times are off (a zone mistaken): newest lies in the future of its arrival by that many hours within a tolerance of one interval; 0 = none. */
int meter_clock_shift_hours(const int64_t *time_us, size_t count, int64_t arrival_us, int64_t tolerance_us);

/* ---- Trust ---- */

typedef struct meter_verify_report { int64_t blocks, closings, readings, days; } meter_verify_report;
/* Blocks against the chain's entries, day sums against blocks, movements against day sums. Errors: meter.block_wrong, meter.sum_wrong, meter.movement_wrong. */
MUST_USE bool meter_verify(meter_book *m, progress *p, meter_verify_report *ret, heng_err *err);

extern const heng_message *const meter_messages[];
#endif
