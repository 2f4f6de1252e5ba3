/* Sheets as CSV (RFC 4180: CRLF, column ids as header) and as JSON. Several sheets: CSV parts them by an empty line. */
#include "sheet_in.h"

static bool is_control(char c) { return (unsigned char)c < ' '; }

static bool starts_formula(text t)
{
    arena none = {0};
    text number;
    if (!strchr("=+-@", t.ptr[0])) return false;
    bool is_number = sheet_number(&none, t, &number);
    arena_free(&none);
    return !is_number;
}

static bool needs_quotes(text t, char separator)
{
    if (t.len == 0) return false;
    if (t.ptr[0] == ' ' || t.ptr[t.len - 1] == ' ' || starts_formula(t)) return true;
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == separator || t.ptr[i] == '"' || is_control(t.ptr[i])) return true;
    return false;
}

void csv_field(text_buf *b, text value, char separator)
{
    if (!needs_quotes(value, separator)) {
        buf_add(b, value);
        return;
    }
    buf_char(b, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"') buf_char(b, '"');
        buf_char(b, value.ptr[i]);
    }
    buf_char(b, '"');
}

static void csv_sheet(text_buf *b, const sheet *s)
{
    for (size_t c = 0; c < s->column_count; c++) {
        if (c > 0) buf_char(b, ',');
        csv_field(b, s->columns[c].id, ',');
    }
    buf_str(b, "\r\n");
    for (size_t i = 0; i < s->line_count; i++) {
        for (size_t c = 0; c < s->column_count; c++) {
            text cell = s->lines[i].cells[c];
            if (s->columns[c].is_number && !sheet_number(b->a, cell, &cell)) cell = s->lines[i].cells[c];
            if (c > 0) buf_char(b, ',');
            csv_field(b, cell, ',');
        }
        buf_str(b, "\r\n");
    }
}

text sheet_csv(arena *a, const sheet_book *book, const sheet_style *style)
{
    text_buf b = {.a = a};
    if (style->csv_bom) buf_str(&b, "\xEF\xBB\xBF");
    for (size_t i = 0; i < book->count; i++) {
        if (i > 0) buf_str(&b, "\r\n");
        csv_sheet(&b, book->sheets[i]);
    }
    return buf_text(&b);
}

static void json_char(text_buf *b, char c)
{
    static const char NAMED[] = "\"\"\\\\\nn\rr\tt\bb\ff";
    for (const char *p = NAMED; *p; p += 2) {
        if (*p != c) continue;
        buf_char(b, '\\');
        buf_char(b, p[1]);
        return;
    }
    if (is_control(c)) buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
    else buf_char(b, c);
}

/* JSON must be UTF-8, so bytes that are not become U+FFFD. */
void json_string(text_buf *b, text value)
{
    size_t bad = 0;
    buf_char(b, '"');
    while (value.len > 0) {
        bool whole = text_is_utf8(value, &bad);
        size_t n = whole ? value.len : bad;
        for (size_t i = 0; i < n; i++) json_char(b, value.ptr[i]);
        if (whole) break;
        buf_str(b, "\xEF\xBF\xBD");
        value = (text){value.ptr + n + 1, value.len - n - 1};
    }
    buf_char(b, '"');
}

/* A number as its digits; nothing as null; what should be a number and is words ("no data") as a string. */
static void json_cell(text_buf *b, const sheet_column *c, text cell)
{
    text digits;
    if (c->is_number && cell.len == 0) buf_str(b, "null");
    else if (c->is_number && sheet_number(b->a, cell, &digits)) buf_add(b, digits);
    else json_string(b, cell);
}

static void json_columns(text_buf *b, const sheet *s)
{
    for (size_t c = 0; c < s->column_count; c++) {
        buf_str(b, c > 0 ? ",{\"id\":" : "{\"id\":");
        json_string(b, s->columns[c].id);
        buf_str(b, ",\"title\":");
        json_string(b, s->columns[c].title);
        buf_char(b, '}');
    }
}

static void json_rows(text_buf *b, const sheet *s)
{
    for (size_t i = 0; i < s->line_count; i++) {
        buf_str(b, i > 0 ? ",\n {" : "\n {");
        for (size_t c = 0; c < s->column_count; c++) {
            if (c > 0) buf_char(b, ',');
            json_string(b, s->columns[c].id);
            buf_char(b, ':');
            json_cell(b, &s->columns[c], s->lines[i].cells[c]);
        }
        buf_char(b, '}');
    }
}

static void json_sheet(text_buf *b, const sheet *s)
{
    buf_str(b, "{\"title\":");
    json_string(b, s->title);
    buf_str(b, ",\"columns\":[");
    json_columns(b, s);
    buf_str(b, "],\"rows\":[");
    json_rows(b, s);
    buf_str(b, "],\"notes\":[");
    for (size_t i = 0; i < s->note_count; i++) {
        if (i > 0) buf_char(b, ',');
        json_string(b, s->notes[i]);
    }
    buf_str(b, "]}");
}

text sheet_json(arena *a, const sheet_book *book)
{
    text_buf b = {.a = a};
    bool list = book->count != 1;
    if (list) buf_char(&b, '[');
    for (size_t i = 0; i < book->count; i++) {
        if (i > 0) buf_str(&b, ",\n");
        json_sheet(&b, book->sheets[i]);
    }
    buf_str(&b, list ? "]\n" : "\n");
    return buf_text(&b);
}
