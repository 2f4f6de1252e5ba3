/* Sheets: filling them, and the choice of how they are written. See sheet.h. */
#include "sheet_in.h"
#include "table.h"

sheet_book *sheet_book_new(arena *a)
{
    sheet_book *b = NEW(a, sheet_book);
    b->a = a;
    return b;
}

static text copy(arena *a, text t) { return t.len ? text_copy(a, t) : TEXT(""); }

static const sheet_column *copy_columns(arena *a, const sheet_column *columns, size_t count)
{
    sheet_column *own = NEW_ARRAY(a, count, sheet_column);
    for (size_t i = 0; i < count; i++) {
        text *choices = NEW_ARRAY(a, columns[i].choice_count, text);
        own[i] = columns[i];
        own[i].id = copy(a, columns[i].id);
        own[i].title = copy(a, columns[i].title);
        own[i].comment = copy(a, columns[i].comment);
        own[i].input_says = copy(a, columns[i].input_says);
        for (size_t k = 0; k < columns[i].choice_count; k++) choices[k] = copy(a, columns[i].choices[k]);
        own[i].choices = choices;
    }
    return own;
}

size_t sheet_book_count(const sheet_book *b) { return b->count; }

sheet *sheet_new(sheet_book *b, text name, text title, const sheet_column *columns, size_t count)
{
    sheet *s = NEW(b->a, sheet);
    *s = (sheet){.book = b, .name = copy(b->a, name), .title = copy(b->a, title), .column_count = count};
    s->columns = copy_columns(b->a, columns, count);
    *ARENA_PUSH(b->a, b->sheets, b->count, b->max) = s;
    return s;
}

sheet *sheet_last(sheet_book *b) { return b->count ? b->sheets[b->count - 1] : NULL; }

void sheet_row(sheet *s, const text *cells)
{
    arena *a = s->book->a;
    text *own = NEW_ARRAY(a, s->column_count, text);
    for (size_t i = 0; i < s->column_count; i++) own[i] = copy(a, cells[i]);
    ARENA_PUSH(a, s->lines, s->line_count, s->line_max)->cells = own;
}

void sheet_row_style(sheet *s, int indent, bool is_total)
{
    must(s->line_count > 0 && indent >= 0);
    s->lines[s->line_count - 1].indent = indent;
    s->lines[s->line_count - 1].is_total = is_total;
}

void sheet_cell_mark(sheet *s, size_t column, text comment)
{
    must(s->line_count > 0 && column < s->column_count);
    sheet_line *line = &s->lines[s->line_count - 1];
    sheet_mark *m = NEW(s->book->a, sheet_mark);
    *m = (sheet_mark){line->marks, column, copy(s->book->a, comment)};
    line->marks = m;
}

void sheet_cell_formula(sheet *s, size_t column, text formula)
{
    must(s->line_count > 0 && column < s->column_count);
    sheet_line *line = &s->lines[s->line_count - 1];
    sheet_formula *f = NEW(s->book->a, sheet_formula);
    *f = (sheet_formula){line->formulas, column, copy(s->book->a, formula)};
    line->formulas = f;
}

void sheet_note(sheet *s, text line)
{
    *ARENA_PUSH(s->book->a, s->notes, s->note_count, s->note_max) = copy(s->book->a, line);
}

const sheet_mark *sheet_mark_find(const sheet_line *line, size_t column)
{
    for (const sheet_mark *m = line->marks; m; m = m->next)
        if (m->column == column) return m;
    return NULL;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_at(text t, size_t i)
{
    size_t n = 0;
    while (i + n < t.len && is_digit(t.ptr[i + n])) n++;
    return n;
}

/* "1,234,567" up to the point; commas only where thousands stand. Returns the end, 0 = no whole number. */
static size_t whole_part(text t, size_t at, text_buf *out)
{
    size_t n = digits_at(t, at), i = at + n;
    if (n == 0) return 0;
    buf_add(out, (text){t.ptr + at, n});
    if (n > 3) return i;
    while (i < t.len && t.ptr[i] == ',' && digits_at(t, i + 1) == 3) {
        buf_add(out, (text){t.ptr + i + 1, 3});
        i += 4;
    }
    return i;
}

bool sheet_number(arena *a, text t, text *ret)
{
    text_buf b = {.a = a};
    size_t sign = t.len > 0 && t.ptr[0] == '-';
    if (sign) buf_char(&b, '-');
    size_t zeros = sign;
    while (zeros + 1 < t.len && t.ptr[zeros] == '0' && is_digit(t.ptr[zeros + 1])) zeros++; /* 007 is no number in JSON */
    size_t i = whole_part(t, zeros, &b);
    if (i == 0) return false;
    if (i < t.len) {
        size_t n = t.ptr[i] == '.' ? digits_at(t, i + 1) : 0;
        if (n == 0 || i + 1 + n != t.len) return false;
        buf_add(&b, (text){t.ptr + i, n + 1});
    }
    *ret = buf_text(&b);
    return true;
}

text sheet_text(arena *a, const sheet_book *b, sheet_format format, const sheet_style *style)
{
    static const sheet_style PLAIN = {0};
    must(format != SHEET_XLSX);
    if (!style) style = &PLAIN;
    if (format == SHEET_CSV) return sheet_csv(a, b, style);
    if (format == SHEET_JSON) return sheet_json(a, b);
    return sheet_text_lines(a, b, style);
}

bool sheet_write(const sheet_book *b, sheet_format format, const char *path, const sheet_style *style, heng_err *err)
{
    arena a = {0};
    bool ok = format == SHEET_XLSX ? xlsx_write(b, path, err) : file_write(path, sheet_text(&a, b, format, style), err);
    arena_free(&a);
    return ok;
}
