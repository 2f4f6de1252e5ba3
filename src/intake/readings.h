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
typedef enum readings_part { PART_WHOLE, PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE } readings_part; /* whole: a date, a time, or both */

typedef struct readings_value { text header; /* of the file */ text channel; /* code; {header} stands for the cell of that column */ text flag; /* header of its quality column, may be empty */ int at, flag_at; } readings_value;
typedef struct readings_mapping {
    text sheet;
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

/* What a look at the file says of a column of values: a channel as it could be declared. */
typedef struct readings_guess { text code, header, unit, kind; int scale; int64_t interval_s, count, missing; text low, high; bool is_declared; } readings_guess;
MUST_USE bool readings_suggest(meter_book *m, arena *a, const char *path, text sheet_name, readings_order order, readings_mapping *ret, readings_guess **ret_guesses, size_t *ret_count, heng_err *err);

typedef struct readings_options {
    const readings_mapping *mapping; /* NULL: suggested from the file */
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
/* What the first two numbers of a stamp tell of their order: bit 1 the first cannot be a month, bit 2 the second cannot; 4 neither has a year in front. */
int clock_order_evidence(text t);
#endif
