/*
 * Files of readings: CSV and XLSX of any layout, through a mapping that is suggested from the file, can be edited and saved per source.
 *
 * Layouts: one column a channel (wide), or columns that name the channel and one value column (long), or both. Time in one column or
 * several (date + time; year, month, day, hour). Every cell is taken, flagged, held, refused or found to be there already, with its reason.
 */
#ifndef INTAKE_READINGS_H
#define INTAKE_READINGS_H
#include "gate.h"
#include "intake.h"

enum { READINGS_COLUMNS_MAX = 512, READINGS_TIMES_MAX = 6 };
typedef enum readings_order { ORDER_FOUND, ORDER_YMD, ORDER_DMY, ORDER_MDY } readings_order;
/* whole: a date, a time, or both. from, to: the ends of a bill; period: a month or year; index: how many steps after the start, without a column the row's place. */
typedef enum readings_part { PART_WHOLE, PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE, PART_FROM, PART_TO, PART_PERIOD, PART_INDEX } readings_part;
typedef enum readings_head { HEAD_FOUND, HEAD_LAST /* names on the last line */, HEAD_NONE /* no names: columns are #1, #2 */ } readings_head;

/*
 * A column is named by its header; of two rows of headers by both, 1#变压器/有功(kWh); #3 is the third column. channel: its code, in which {header} stands for the
 * cell of that column. across > 0: so many columns from this one on are the times of a day, the first at first_s, step_s apart.
 */
typedef struct readings_value {
    text header, channel;
    text flag;                   /* header of its quality column, may be empty */
    text unit;                   /* of the file: a unit, or {header}; empty = the channel's */
    int at, flag_at;
    int32_t across, first_s, step_s;
    bool is_guess;               /* left out when the book has no channel for it, instead of refused */
} readings_value;
typedef struct readings_mapping {
    text sheet;                  /* empty = the first; * = every sheet that has the columns */
    readings_head head;
    bool has_start;
    int64_t start_s, step_s;     /* of PART_INDEX: wall clock of the first, seconds between */
    bool end_is_in;              /* the last day of a bill belongs to it */
    text multiplier;             /* header of the column that states the multiplier: compared with the channel's, never multiplied */
    text title_unit;             /* of a suggestion: the unit that stood in a line above the table */
    text totals;                 /* words of rows that are sums of others and are passed over, parted by ; */
    size_t time_count; struct { text header; readings_part part; int at; } times[READINGS_TIMES_MAX];
    size_t value_count; readings_value *values;
    readings_order order;
    text zone;                   /* empty = the channel's */
    text missing;                /* words for no value, parted by ; (an empty cell is always none) */
    text bad_flags;              /* flags whose value is not taken, parted by ; */
    text suspect_flags;          /* flags whose value is taken as suspect */
    bool rounds;                 /* more decimals than the channel keeps are rounded half to even; else refused */
} readings_mapping;

/* As a table of rows item, name, value; and back. Errors: intake.mapping_bad with the row. */
text readings_mapping_text(arena *a, const readings_mapping *m);
MUST_USE bool readings_mapping_read(arena *a, text csv, readings_mapping *ret, heng_err *err);
/* Saved per source: entries of the book of kind intake.mapping. */
MUST_USE bool readings_mapping_save(book *b, arena *a, text name, const readings_mapping *m, book_receipt *receipt, heng_err *err);
MUST_USE bool readings_mapping_find(book *b, arena *a, text name, readings_mapping *ret, bool *ret_found, heng_err *err);

/* A mapping for a file whose layout is not known. sheet empty: the one with the most values. Errors: intake.readings_header, intake.readings_column_kind, intake.readings_order. */
MUST_USE bool readings_suggest(meter_book *m, arena *a, const char *path, text sheet_name, readings_order order, readings_mapping *ret, heng_err *err);
/* What a whole file says of a channel, as it could be declared: scale, the most decimals of any value; interval_s 0, none that fits; stamp empty: start. */
typedef struct readings_guess { text code, header, unit, kind, multiplier, stamp; int scale; int64_t interval_s, count, missing; int64_t too_fine; /* > 0: values with more decimals than any channel keeps */ text low, high; bool is_declared, has_own_column; } readings_guess;
MUST_USE bool readings_survey(meter_book *m, arena *a, const char *path, const readings_mapping *mapping, readings_guess **ret, size_t *ret_count, heng_err *err);

typedef struct readings_options {
    const readings_mapping *mapping; /* NULL: suggested from the file */
    text sheet;                  /* of a suggested mapping, as in readings_suggest */
    readings_order order;
    text source;                 /* empty: the file's name */
    bool dry_run, keep_going;    /* without keep_going any refused cell means that nothing is taken */
    bool keep_present;           /* a value that differs from a present one is refused instead of superseding it */
    const char *refused_path;    /* NULL = <file>.refused.<csv|xlsx> */
    heng_lang lang;
} readings_options;
typedef struct readings_report {
    int64_t rows, cells, missing;    /* cells: values that were there */
    int64_t refused;             /* cells that could not be read at all or were refused */
    int64_t midnights;           /* 00:00 that stood at the end of its day and was read as 24:00 */
    int64_t doubled;             /* of the second run of a doubled hour */
    int64_t rounded;
    int64_t totals, notes;       /* rows passed over: sums of others; words under the table */
    int64_t shared;              /* bills shared out over their days */
    text left_out;               /* columns without a channel, where the mapping was a guess */
    int64_t since;               /* of a file that came before: values that were corrected since, and stay so */
    int64_t by_gate[GATE_NUMBERS];
    meter_receipt receipt;
    int64_t delivery;
    period when;                 /* from the first to the last reading */
    size_t channels;
    size_t refusal_count; const intake_refusal *refusals; /* at most 1000 kept */
    text refused_path;
} readings_report;
MUST_USE bool readings_file(meter_book *m, arena *a, const char *path, const readings_options *options, readings_report *ret, heng_err *err);

/* ---- Inside ---- */
typedef struct clock_time { int64_t local_s; /* seconds of the wall clock since 1970-01-01T00:00 */ bool has_offset; int64_t at_us; /* with an offset: the instant */ bool has_date; } clock_time;
/* One stamp, or a date and a time put together with a blank between. False: not a time. */
bool clock_read(text t, readings_order order, clock_time *ret);
/* What the first two numbers of a stamp tell of their order: bit 1 the first cannot be a month, bit 2 the second cannot; 4 neither has a year in front; 8 the
 * year has two digits; 16 then it cannot stand in front. */
int clock_order_evidence(text t);
bool clock_period(text t, int64_t *ret_from, int64_t *ret_to);
bool clock_of_day(text t, int64_t *ret_s);
text clock_first(text t);
#endif
