/* The inside of a sheet: shared by sheet.c (filling), sheet_text.c, sheet_data.c (CSV, JSON) and xlsx_out.c. */
#ifndef FORMAT_SHEET_IN_H
#define FORMAT_SHEET_IN_H
#include "sheet.h"

typedef struct sheet_mark { struct sheet_mark *next; size_t column; text comment; } sheet_mark;

typedef struct sheet_formula { struct sheet_formula *next; size_t column; text formula; } sheet_formula;

typedef struct sheet_line {
    const text *cells;
    int indent;
    bool is_total;
    sheet_mark *marks; /* newest first */
    sheet_formula *formulas;
} sheet_line;

struct sheet {
    sheet_book *book;
    text name, title;
    const sheet_column *columns;
    size_t column_count;
    sheet_line *lines;
    size_t line_count, line_max;
    text *notes;
    size_t note_count, note_max;
};

struct sheet_book {
    arena *a;
    sheet **sheets;
    size_t count, max;
};

const sheet_mark *sheet_mark_find(const sheet_line *line, size_t column);

/* The digits of a decimal number, thousands separators taken out. False: no number. */
bool sheet_number(arena *a, text t, text *ret);

text sheet_text_lines(arena *a, const sheet_book *b, const sheet_style *style);
text sheet_csv(arena *a, const sheet_book *b, const sheet_style *style);
text sheet_json(arena *a, const sheet_book *b);
MUST_USE bool xlsx_write(const sheet_book *b, const char *path, heng_err *err);
#endif
