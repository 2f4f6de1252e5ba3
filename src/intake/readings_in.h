/* What the files that read readings share. Inside the room. */
#ifndef INTAKE_READINGS_IN_H
#define INTAKE_READINGS_IN_H
#include "readings.h"

enum { READINGS_REFUSALS_KEPT = 1000 };
typedef struct load_item { int64_t local_s, at_us, value, row; int16_t column; uint8_t flag; bool has_offset; } load_item;
typedef struct series { text code; int32_t channel; int scale; size_t count, max; load_item *items; } series;
/* A cell that was not taken: column of mapping.values, -1 = the time; gate 0: the reason is reason (in the user's language), and why for the first ones. */
typedef struct load_refusal { int64_t row, time_us, value; int column, gate; int32_t channel; text reason; const heng_err *why; } load_refusal;
typedef struct load {
    meter_book *m;
    arena *a;
    const readings_options *options;
    readings_mapping map;
    int key_at[READINGS_COLUMNS_MAX];
    const cal_zone *zone;        /* NULL = each channel's */
    text source;
    int64_t header_row;
    size_t count, max;
    series **all, *last;
    text_map by_code;
    text_buf code;
    size_t refusal_count, refusal_max;
    load_refusal *refusals;
    int64_t refused_total;
    readings_report report;
} load;

bool readings_word_is(text list, text word); /* one of a list parted by ; */
void readings_refuse(load *l, int64_t row, int column, const heng_err *why);
/* readings_out.c */
MUST_USE bool readings_write_refused(load *l, const char *path, bool is_xlsx, heng_err *err);
void readings_report_refusals(load *l);
#endif
