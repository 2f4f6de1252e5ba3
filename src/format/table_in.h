/* The inside of a table: shared by table.c and its two readers, csv.c and xlsx_sheet.c. */
#ifndef FORMAT_TABLE_IN_H
#define FORMAT_TABLE_IN_H
#include "table.h"

typedef struct csv csv;
typedef struct xlsx xlsx;

struct table {
    arena mem;     /* holds the table itself and all below */
    const char *name;
    text bytes;
    table_options options; /* limits filled in */
    int64_t rows_given;
    int encoding;
    heng_err *fault; /* of an earlier table_next */
    csv *csv;      /* one of these two */
    xlsx *xlsx;
};

MUST_USE bool csv_open(table *t, heng_err *err);
MUST_USE bool csv_next(table *t, arena *scratch, table_row *ret, heng_err *err);

MUST_USE bool xlsx_open(table *t, heng_err *err);
MUST_USE bool xlsx_next(table *t, arena *scratch, table_row *ret, heng_err *err);
size_t xlsx_sheet_count(const xlsx *x);
text xlsx_sheet_name(const xlsx *x, size_t i);
bool xlsx_sheet_is_hidden(const xlsx *x, size_t i);
size_t xlsx_sheet_current(const xlsx *x);

/* A limit error with the limit as its wanted. Returns false. */
bool fail_limit(heng_err *err, const heng_message *message, const char *seen, int64_t wanted);
/* text_trim, but quick where the ends are plain ASCII, as nearly always. */
static inline text trim_quick(text t)
{
    if (t.len == 0) return t;
    unsigned char first = (unsigned char)t.ptr[0], last = (unsigned char)t.ptr[t.len - 1];
    if (first > ' ' && first < 0x7F && last > ' ' && last < 0x7F) return t;
    return text_trim(t);
}
#endif
