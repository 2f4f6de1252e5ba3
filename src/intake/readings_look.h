/* A look at a file of readings: what its columns are called and what stands in them. Inside the room. */
#ifndef INTAKE_READINGS_LOOK_H
#define INTAKE_READINGS_LOOK_H
#include "readings_in.h"

/* Roles of headers and words of cells, from the table reading_words of the rules. */
typedef enum role { ROLE_NONE = -1, ROLE_WHOLE, ROLE_DATE, ROLE_CLOCK, ROLE_YEAR, ROLE_MONTH, ROLE_DAY, ROLE_HOUR, ROLE_MINUTE, ROLE_FROM, ROLE_TO, ROLE_CHANNEL, ROLE_METER, ROLE_QUANTITY, ROLE_VALUE, ROLE_FLAG, ROLE_UNIT,
    ROLE_MULTIPLIER, ROLE_SKIP, ROLE_TOTAL, ROLE_HEADERS, ROLE_MISSING = ROLE_HEADERS, ROLE_SUSPECT, ROLE_BAD, ROLE_COUNTER, ROLE_INTERVAL, ROLE_LEVEL, ROLES } role;

typedef struct looked {          /* a column */
    text header, words, unit;    /* words: the header without its unit and without the header above it */
    text over;                   /* the header above it, may be empty */
    role role;
    int64_t numbers, texts, missing, times /* dates, with a clock or without */, clocks /* dates with a clock */, periods, day_times;
    int64_t steps;               /* numbers that are one more than the number before */
    int64_t first, last;         /* whole numbers, down */
    int scale;
} looked;
typedef struct look {
    arena *a;
    meter_book *m;
    const rule_set *rules;
    const rule_row *const *words;
    size_t word_count, column_count;
    text missing;
    table_row head, lower;       /* the names; lower: of two rows put together the lower one, else number 0 */
    bool is_last;                /* the head is the last line */
    text title_unit;             /* 单位：万kWh in a line above the head; of all columns that name none */
    looked *columns;
    int evidence;                /* of the order of dates: clock_order_evidence */
    int64_t rows;
} look;

MUST_USE bool look_open(look *k, meter_book *m, arena *a, heng_err *err);
text look_words(const look *k, role which); /* of the table, parted by ; */
bool look_has_word(const look *k, role which, text in); /* one of the table's words stands in this text, folded */
MUST_USE bool look_at_sheet(look *k, const char *path, text sheet_name, heng_err *err);
text look_code(arena *a, text words);   /* words as a part of a code */
#endif
