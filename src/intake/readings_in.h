/* What the files that read readings share. Inside the room. */
#ifndef INTAKE_READINGS_IN_H
#define INTAKE_READINGS_IN_H
#include "readings.h"

enum { READINGS_REFUSALS_KEPT = 1000, READINGS_KEYS_MAX = 4, READINGS_SHEETS_MAX = 255, READINGS_PARTS_MAX = 40000 /* of one bill */ };
/* A text with cells in it: before[0] cell at[0] before[1] cell at[1] ... after. */
typedef struct code_pattern { size_t count; text before[READINGS_KEYS_MAX]; int at[READINGS_KEYS_MAX]; text after; } code_pattern;
typedef struct bound_value { code_pattern code, unit; } bound_value;
typedef struct columns_bound { bound_value *values; /* of the mapping's values */ int multiplier_at; } columns_bound;
typedef struct row_when { clock_time at; bool is_period; int64_t to_s; /* wall clock of its end */ } row_when;
typedef struct load_item { int64_t local_s, at_us, value, row; int16_t column, step; uint8_t flag, sheet; bool has_offset; } load_item;
typedef struct series { text code; int32_t channel; int scale; size_t count, max; load_item *items; text unit; const rat *factor; /* of that unit of the file; NULL = 1 */ } series;
/* A cell that was not taken: column of mapping.values, -1 = the time; step: how many columns to the right of it; gate 0: the reason is reason (in the
 * user's language), and why for the first ones. */
typedef struct load_refusal { int64_t row, time_us, value; int column, step, sheet, gate; int32_t channel; text reason; const heng_err *why; } load_refusal;
/* A code that no channel has: told once, with the first row. */
typedef struct load_unknown { text code; int64_t row, count; int column, sheet; heng_err why; } load_unknown;
typedef struct readings_stat readings_stat; /* readings_survey.c */
typedef struct load {
    meter_book *m;
    arena *a;
    const readings_options *options;
    readings_mapping map;
    columns_bound bound;
    const rule_set *rules;
    const cal_zone *zone;        /* NULL = each channel's */
    text source;
    table_row head;              /* names of the sheet being read; number 0 = none */
    size_t sheet_count;
    int sheet;                   /* the one being read */
    text sheets[READINGS_SHEETS_MAX];
    size_t unknown_count, unknown_max;
    load_unknown *unknown;
    size_t count, max;
    series **all, *last;
    text_map by_code;
    text_buf code;
    bool is_survey;              /* nothing is taken: what could be declared is counted */
    size_t stat_count, stat_max;
    readings_stat **stats;
    size_t refusal_count, refusal_max;
    load_refusal *refusals;
    int64_t refused_total;
    text readings;               /* hash of what was read */
    bool is_again;               /* this file was taken before, with the same readings */
    readings_report report;
} load;

void readings_refuse(load *l, int64_t row, int column, int step, const heng_err *why);
/* readings_espi.c: table_open, and Green Button feeds as tables */
MUST_USE bool readings_open(arena *a, const char *path, text sheet_name, table **ret, heng_err *err);
/* readings_head.c */
table_row readings_join(arena *a, const table_row *upper, const table_row *lower);
table_row readings_row_copy(arena *a, const table_row *row);
int readings_column(const table_row *head, text name); /* -1 = none */
MUST_USE bool readings_bind(arena *a, readings_mapping *map, const table_row *head, columns_bound *ret, size_t *fitting, heng_err *err);
MUST_USE bool readings_last_row(arena *a, const char *path, text sheet_name, table_row *ret, heng_err *err);
MUST_USE bool readings_find_head(load *l, table *t, const char *path, heng_err *err);
/* readings_row.c */
text readings_cell(const table_row *row, int at);
bool readings_word_is(text list, text word); /* one of a list parted by ; */
bool readings_is_mark(text list, text mark);
bool readings_is_total(arena *a, const readings_mapping *map, text cell);
text readings_plain(arena *a, text t);
bool readings_row_when(const readings_mapping *map, arena *scratch, const table_row *row, int64_t ordinal /* of the data rows, from 0 */, row_when *ret);
text readings_filled(text_buf *b, const code_pattern *p, const table_row *row);
text readings_unit(const code_pattern *p, const table_row *row);
/* readings_survey.c */
void readings_survey_cell(load *l, arena *scratch, const table_row *row, size_t i, int step, const row_when *when);
MUST_USE bool readings_survey_end(load *l, readings_guess **ret, size_t *ret_count, heng_err *err);
/* readings_out.c */
MUST_USE bool readings_write_refused(load *l, const char *path, bool is_xlsx, heng_err *err);
void readings_report_refusals(load *l);
#endif
