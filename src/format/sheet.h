/*
 * Tables out: one interface for aligned text, CSV, JSON and XLSX, so that every command can print all four. Nothing of the domain.
 * A sheet is filled row by row in memory (reports are small) and written at the end.
 */
#ifndef FORMAT_SHEET_H
#define FORMAT_SHEET_H
#include "base.h"

typedef enum sheet_format { SHEET_TEXT, SHEET_CSV, SHEET_JSON, SHEET_XLSX } sheet_format;
typedef enum sheet_align { SHEET_LEFT, SHEET_RIGHT } sheet_align;
/* What a spreadsheet program lets a person type into a column: anything, a number, a number that is not negative. */
typedef enum sheet_input { SHEET_INPUT_ANY, SHEET_INPUT_NUMBER, SHEET_INPUT_AMOUNT } sheet_input;

typedef struct sheet_column {
    text id;                /* JSON key and CSV header, "value_tce" */
    text title;             /* header people read, unit in it: "原煤(万吨)" */
    sheet_align align;
    bool is_number;         /* cells hold decimal text: XLSX and JSON write numbers (JSON as printed digits) */
    const text *choices;    /* drop-down in XLSX (template), NULL = none */
    size_t choice_count;
    text comment;           /* of the header cell in XLSX */
    int width;              /* XLSX columns; 0 = from content */
    sheet_input input;      /* XLSX: other input is refused there, with input_says */
    text input_says;
    bool is_check;          /* XLSX: a cell that is not empty is coloured red: the formulas of a template's checks */
} sheet_column;

typedef struct sheet sheet;
typedef struct sheet_book sheet_book; /* one or more sheets that are written together */

sheet_book *sheet_book_new(arena *a);
size_t sheet_book_count(const sheet_book *b);
sheet *sheet_new(sheet_book *b, text name, text title /* printed above as text; "" = none */, const sheet_column *columns, size_t count);
sheet *sheet_last(sheet_book *b); /* NULL = none yet */
void sheet_row(sheet *s, const text *cells);                 /* one cell per column; copied */
void sheet_row_style(sheet *s, int indent, bool is_total);   /* of the last row: indent of its first column, bold/ruled total */
void sheet_cell_mark(sheet *s, size_t column, text comment); /* of the last row: cell coloured, comment attached (XLSX), "!" in text */
void sheet_cell_formula(sheet *s, size_t column, text formula); /* of the last row: in XLSX the cell holds "=..." and shows the cell's text until it is computed; elsewhere the text */
void sheet_note(sheet *s, text line);                        /* printed below (text), as a row behind the data that begins with # (XLSX); not in CSV; "notes" in JSON */

typedef struct sheet_style {
    bool colour;            /* ANSI colours, only when out is a terminal */
    bool csv_bom;           /* UTF-8 BOM before CSV so that spreadsheet programs read Chinese */
    int width_max;          /* terminal columns; 0 = no limit */
} sheet_style;
/* Text with Chinese width right; CSV per RFC 4180 with column ids as header; JSON {"title","columns","rows":[{}],"notes":[]} (an array of such when several sheets). */
text sheet_text(arena *a, const sheet_book *b, sheet_format format, const sheet_style *style); /* SHEET_TEXT, _CSV, _JSON */
MUST_USE bool sheet_write(const sheet_book *b, sheet_format format, const char *path, const sheet_style *style, heng_err *err);

/* One CSV field, quoted where needed (also when it starts with = + - @ and is no number, against formula injection: a leading ' is NOT added;
 * the field is quoted only). */
void csv_field(text_buf *b, text value, char separator);
/* JSON string with its quotes. */
void json_string(text_buf *b, text value);
#endif
