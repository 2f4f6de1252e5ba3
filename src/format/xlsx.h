/*
 * The inside of the XLSX reader.
 *
 *   xlsx_in.c       relationships and workbook: which parts there are, which sheet is read
 *   xlsx_strings.c  shared strings            xlsx_styles.c  which styles are dates
 *   xlsx_number.c   numbers and dates as text  xlsx_merge.c   merged cells
 *   xlsx_sheet.c    rows of a sheet
 */
#ifndef FORMAT_XLSX_H
#define FORMAT_XLSX_H
#include <locale.h>
#include "table_in.h"
#include "xml_in.h"

typedef struct xlsx_sheet_info { text name; const char *part; bool is_hidden; } xlsx_sheet_info;

typedef enum xlsx_form { FORM_NUMBER = 0, FORM_DATE = 1, FORM_TIME = 2, FORM_DATE_TIME = 3, FORM_ELAPSED = 4, FORM_MONTH = 5 } xlsx_form;

typedef struct xlsx_merge { int64_t row_first, row_last; uint32_t column_first, column_last; table_cell value; bool has_value; } xlsx_merge;

typedef struct merge_set {
    xlsx_merge *items; /* by first row */
    size_t count, max, next;
    size_t *active;    /* merges that the current row touches */
    size_t active_count;
    int64_t work;      /* cells and merges looked at, against crafted files */
} merge_set;

struct xlsx {
    zip_in *zip;
    xlsx_sheet_info *sheets;
    size_t sheet_count, sheet_max, current;
    text *strings;
    size_t string_count, string_max;
    uint8_t *forms;     /* xlsx_form by style index */
    size_t form_count, form_max;
    bool has_styles, is_1904;
    locale_t c_locale;  /* strtod and printf with a point, whatever the user's locale */
    merge_set merges;
    struct sheet_in *sheet;
};

MUST_USE bool xlsx_strings_load(arena *a, xlsx *x, const char *part, heng_err *err);
MUST_USE bool xlsx_styles_load(arena *a, xlsx *x, const char *part, heng_err *err);
xlsx_form xlsx_form_of_code(text code); /* of a number format such as yyyy"年"m"月" */
text xlsx_unescape(arena *a, text t);   /* _x000D_ to the character it stands for */

/* The XML's number as decimal digits; false: it is none. */
bool xlsx_number(arena *a, locale_t c, text raw, text *ret);
/* A day number as ISO text. False: no such day; *ret is then what to show. */
bool xlsx_date(arena *a, const xlsx *x, text raw, xlsx_form form, text *ret);

/* "BC23" into column (from 0) and row (from 1); false: none. */
bool xlsx_place(const char *s, uint32_t *ret_column, int64_t *ret_row);
MUST_USE bool xlsx_merges_load(arena *a, xlsx *x, const char *part, heng_err *err);
typedef struct xlsx_cells { table_cell *cells; size_t count, max; } xlsx_cells;
MUST_USE bool xlsx_merges_fill(arena *a, xlsx *x, arena *scratch, int64_t row, xlsx_cells *cells, size_t columns_max, heng_err *err);
table_cell *xlsx_cell_at(arena *scratch, xlsx_cells *cells, size_t column); /* grows, gaps are empty */
#endif
