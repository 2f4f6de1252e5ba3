/*
 * Tables in: CSV and XLSX read as rows of cells, the same to the caller. The kind of file is found by content,
 * not by name. Nothing of the domain.
 *
 * CSV: RFC 4180; separator found among , ; tab | (by the header line); UTF-8 with or without BOM, UTF-16 LE/BE by BOM (or by its pattern of
 * zero bytes), GB18030 where the bytes are no UTF-8; LF, CRLF, CR. A file that ends inside a quoted field, or whose last row has fewer
 * cells than the header and no line end, is cut: an error, not data.
 * XLSX: libzip + expat; shared strings, inline strings, numbers as printed digits (of more than 15, the noise of 0.30000000000000004 is
 * taken off, as the spreadsheet program does when it shows 0.3; what is no noise is given as the shortest decimal that reads back
 * to the same double), date styles (1900 and 1904 systems) as ISO text, booleans ("true", "false"), formulas by cached value, error
 * cells as text "#REF!" of kind TABLE_ERROR (also a formula that was never computed, as "=SUM(A1:A3)", a day that never was, and
 * a number that is none), merged cells (the value stands in the first cell; table_options.fill_merged repeats it, in rows that hold something
 * of their own), several sheets, hidden sheets listed as such. Runs of empty rows are passed over without cost; inflated size, rows
 * and columns have limits.
 */
#ifndef FORMAT_TABLE_H
#define FORMAT_TABLE_H
#include "base.h"

typedef enum table_cell_kind { TABLE_EMPTY, TABLE_TEXT, TABLE_NUMBER, TABLE_DATE, TABLE_BOOL, TABLE_ERROR } table_cell_kind;

typedef struct table_cell {
    text value;             /* trimmed UTF-8; numbers as decimal digits; dates "2021-03-15", "2021-03" (shown so) or "2021-03-15T08:00:00"; times of day and
                             * elapsed time "08:00:00", "30:00:00" */
    table_cell_kind kind;   /* CSV gives TEXT and EMPTY only */
} table_cell;

typedef struct table_row {
    int64_t number;         /* line of the file (CSV: line where the row starts) or row of the sheet, from 1 */
    size_t count;           /* cells; trailing empty cells may be missing */
    const table_cell *cells;
    bool is_end;
} table_row;

enum { TABLE_ENCODING_UTF8, TABLE_ENCODING_UTF16, TABLE_ENCODING_GB18030 };

typedef struct table_options {
    text sheet;             /* name; empty = the first visible sheet */
    char separator;         /* 0 = found */
    bool fill_merged;
    int64_t bytes_max;      /* of the file and of anything inflated from it; 0 = 1 GiB file, 2 GiB inflated, ratio 200 above 16 MiB */
    int64_t rows_max;       /* 0 = 20,000,000 */
    int32_t columns_max;    /* 0 = 16,384 */
} table_options;

typedef struct table table;
MUST_USE bool table_open(const char *path, const table_options *options /* NULL = all default */, table **ret, heng_err *err);
/* The bytes must stay until table_close. */
MUST_USE bool table_open_bytes(const void *bytes, size_t len, const char *name, const table_options *options, table **ret, heng_err *err);
void table_close(table *t); /* NULL is fine */
/* The next row that is not all empty; cells live in scratch. At the end ret->is_end is true. Errors carry row and file. */
MUST_USE bool table_next(table *t, arena *scratch, table_row *ret, heng_err *err);
size_t table_sheet_count(const table *t);      /* CSV: 1 */
text table_sheet_name(const table *t, size_t i); /* CSV: "" */
bool table_sheet_is_hidden(const table *t, size_t i);
text table_sheet_current(const table *t);
bool table_is_xlsx(const table *t);
int table_encoding(const table *t);
hash table_hash(const table *t);               /* SHA-256 of the file's bytes */
text table_bytes(const table *t);              /* the file's bytes, as long as the table is open */

/* Bytes to UTF-8 as above; *ret lives in the arena (or is the input itself). Errors: format.encoding_bad with the place. */
MUST_USE bool text_decode(arena *a, const void *bytes, size_t len, text *ret, int *ret_encoding, heng_err *err);
/* Whole file into memory; bytes_max 0 = 1 GiB. Errors: format.file_open (there is none), format.file_denied, format.file_directory,
 * format.file_too_large, format.file_read. */
MUST_USE bool file_read(arena *a, const char *path, int64_t bytes_max, text *ret, heng_err *err);
/* Write whole: to a temporary name beside it, fsync, rename; a link stays a link, a device or pipe is written in place.
 * Errors: format.file_folder (its folder is not there), format.file_denied, format.file_directory, format.file_full, format.file_write. */
MUST_USE bool file_write(const char *path, text bytes, heng_err *err);

extern const heng_message *const format_messages[];
#endif
