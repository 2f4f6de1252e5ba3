/* What the files of intake share: a file read as a form, and its rows on their way into a batch. */
#ifndef INTAKE_INSIDE_H
#define INTAKE_INSIDE_H
#include "intake.h"
#include "messages.h"

enum { COLUMNS_MAX = 32, REFUSALS_KEPT = 1000, HEADER_SEARCH_ROWS = 20 };

typedef struct form_column { const char *id; const char *zh, *en; bool required; const char *others; const char *wants_zh, *wants_en; } form_column;
typedef struct form { const char *id, *zh, *en; const form_column *columns; size_t column_count; } form;
extern const form FORMS[];
extern const size_t FORM_COUNT;
const form *form_find(text id);

typedef struct row_in {          /* one data row; cells by column of the form, missing = empty */
    int64_t number;
    const table_cell *cells;     /* as in the file, for writing it out again */
    size_t cell_count;
    const heng_err *refused;     /* NULL = good so far */
    int64_t item;                /* index of its item in the batch, -1 = none */
    const book_result *result;   /* of its first fact in the batch; NULL = none was made */
    const char *noun;            /* "movement", "observation": with the number its address; NULL = none */
    int64_t id;
} row_in;

typedef struct reading {         /* a file in work */
    arena *a;
    book *b;
    const rule_set *rules;
    const cal_zone *zone;
    const intake_options *options;
    book_parties parties;
    const form *form;
    int at[COLUMNS_MAX];         /* column of the file for each column of the form, -1 = absent */
    const table_cell *header;
    size_t header_count;
    text header_unit;            /* 吨 of the header 数量(吨); empty = none */
    row_in *rows;
    size_t row_count, row_max;
    text_map party_cache, commodity_cache, unit_cache, kind_cache;
    int64_t skipped;
    book_batch batch;
} reading;

text cell_at(const reading *x, const row_in *row, const char *column);
table_cell_kind cell_kind_at(const reading *x, const row_in *row, const char *column);
/* Refuse a row; err is copied. */
void refuse(reading *x, row_in *row, const heng_err *err);
MUST_USE bool want_cell(const reading *x, const row_in *row, const char *column, text *ret, heng_err *err);
text plain_text(arena *a, text t);
MUST_USE bool cell_party(reading *x, const row_in *row, const char *column, int32_t *ret, heng_err *err);
MUST_USE bool cell_period(reading *x, const row_in *row, period *ret, heng_err *err);

/* total.c: is the row refused because it is a total? *ret_word: the cell that says so. */
bool looks_like_total(reading *x, const row_in *row, const heng_err *why, text *ret_word);
/* header.c */
MUST_USE bool find_header(reading *x, table *t, heng_err *err);
/* movements.c, observations.c, parties.c, balance.c: rows into x->batch */
MUST_USE bool read_movements(reading *x, heng_err *err);
MUST_USE bool read_observations(reading *x, heng_err *err);
MUST_USE bool read_parties(reading *x, heng_err *err);
MUST_USE bool read_balance(reading *x, heng_err *err);
/* refused.c */
MUST_USE bool write_refused(const reading *x, const char *path, bool is_xlsx, heng_err *err);
#endif
