/*
 * CSV in (RFC 4180), over text that is already UTF-8.
 *
 *   row    = cell (separator cell)* (LF | CRLF | CR | end)
 *   cell   = " (anything, " written twice) "   |   anything without separator and line end
 *
 * A cell is a slice of the file: nothing is copied but quoted cells that hold a doubled quote. A table of 256 flags says which bytes
 * end an unquoted cell, so that the inner loop is one load and one test a byte. A quote inside an unquoted cell is itself (5" pipe).
 */
#include <stdio.h>
#include "messages.h"
#include "table_in.h"

enum { HEADER_LINES = 20, CELLS_FIRST = 8 };

struct csv {
    const char *at, *end;
    int64_t line;          /* of at, from 1 */
    char separator;
    size_t header_count;   /* cells of the line that showed the separator; 0 = no line did */
    bool ends[256];        /* bytes that end an unquoted cell */
};

typedef struct row_in {
    table_cell *cells;
    size_t count, max;
    bool has_content;
} row_in;

static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/* Count one candidate in one line, outside quotes; *ret_next is where the next line starts. */
static size_t count_in_line(const char *p, const char *end, char separator, const char **ret_next)
{
    size_t count = 0;
    bool quoted = false;
    for (; p < end && (quoted || !is_line_end(*p)); p++) {
        if (*p == '"') quoted = !quoted;
        else if (*p == separator && !quoted) count++;
    }
    *ret_next = p < end ? p + 1 : p;
    return count;
}

/* The first line that holds any candidate decides, by the most frequent one; title lines above the header hold none. */
static void find_separator(csv *c, char wanted)
{
    static const char CANDIDATES[] = ",;\t|";
    const char *p = c->at, *next = p;
    for (int line = 0; line < HEADER_LINES && p < c->end; line++, p = next) {
        size_t best = 0;
        for (const char *s = CANDIDATES; *s; s++) {
            size_t n = wanted && wanted != *s ? 0 : count_in_line(p, c->end, *s, &next);
            if (n > best) {
                best = n;
                c->separator = *s;
            }
        }
        if (wanted) best = count_in_line(p, c->end, wanted, &next);
        if (best == 0) continue;
        c->header_count = best + 1;
        return;
    }
}

bool csv_open(table *t, heng_err *err)
{
    csv *c = NEW(&t->mem, csv);
    text decoded = {0};
    if (!text_decode(&t->mem, t->bytes.ptr, t->bytes.len, &decoded, &t->encoding, err)) return false;
    if (text_trim(decoded).len == 0) return err_fill(err, &MSG_FILE_EMPTY, NULL, NULL, NULL);
    *c = (csv){.at = decoded.ptr, .end = decoded.ptr + decoded.len, .line = 1, .separator = ','};
    find_separator(c, t->options.separator);
    if (t->options.separator) c->separator = t->options.separator;
    c->ends[(unsigned char)c->separator] = c->ends['\n'] = c->ends['\r'] = true;
    t->csv = c;
    return true;
}

/* Line ends inside a quoted cell, so that later rows keep their line numbers. */
static int64_t count_lines(const char *p, const char *end)
{
    int64_t lines = 0;
    for (; p < end; p++)
        if (*p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'))) lines++;
    return lines;
}

static text undouble(arena *scratch, const char *p, size_t len)
{
    char *out = arena_alloc(scratch, len);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        out[n++] = p[i];
        if (p[i] == '"') i++; /* the second of the pair */
    }
    return (text){out, n};
}

static bool after_quote(const csv *c, heng_err *err)
{
    const char *p = c->at;
    size_t len = 1;
    while (len < 4 && p + len < c->end && ((unsigned char)p[len] & 0xC0) == 0x80) len++;
    err_fill_n(err, &MSG_CSV_AFTER_QUOTE, p, len, NULL);
    return err_at_row(err, c->line);
}

/* At the opening quote; leaves c->at behind the closing one. */
static bool quoted_cell(csv *c, arena *scratch, text *ret, heng_err *err)
{
    const char *start = c->at + 1, *p = start;
    bool doubled = false;
    for (;;) {
        p = memchr(p, '"', (size_t)(c->end - p));
        if (!p) {
            err_fill(err, &MSG_CSV_QUOTE_OPEN, NULL, NULL, NULL);
            return err_at_row(err, c->line);
        }
        if (p + 1 >= c->end || p[1] != '"') break;
        doubled = true;
        p += 2;
    }
    size_t len = (size_t)(p - start);
    *ret = doubled ? undouble(scratch, start, len) : (text){start, len};
    c->line += count_lines(start, p);
    c->at = p + 1;
    while (c->at < c->end && *c->at == ' ' && c->separator != ' ') c->at++;
    return c->at >= c->end || c->ends[(unsigned char)*c->at] || after_quote(c, err);
}

static text plain_cell(csv *c)
{
    const char *start = c->at, *p = start, *end = c->end;
    while (p < end && !c->ends[(unsigned char)*p]) p++;
    c->at = p;
    return (text){start, (size_t)(p - start)};
}

static bool push_cell(const table *t, row_in *r, arena *scratch, text value, heng_err *err)
{
    if (r->count == r->max) {
        if (r->count >= (size_t)t->options.columns_max) {
            fail_limit(err, &MSG_COLUMNS_TOO_MANY, NULL, t->options.columns_max);
            return err_at_row(err, t->csv->line);
        }
        size_t max = r->max * 2, limit = (size_t)t->options.columns_max;
        if (max > limit) max = limit;
        r->cells = arena_grow(scratch, r->cells, r->max * sizeof *r->cells, max * sizeof *r->cells);
        r->max = max;
    }
    value = trim_quick(value);
    r->has_content |= value.len > 0;
    r->cells[r->count++] = (table_cell){value, value.len > 0 ? TABLE_TEXT : TABLE_EMPTY};
    return true;
}

/* Step over the line end, if there is one. */
static bool skip_line_end(csv *c)
{
    if (c->at >= c->end) return false;
    if (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n') c->at++;
    c->at++;
    c->line++;
    return true;
}

static bool read_row(table *t, row_in *r, arena *scratch, heng_err *err)
{
    csv *c = t->csv;
    r->count = 0;
    r->has_content = false;
    for (;;) {
        text value = {0};
        if (c->at < c->end && *c->at == '"') {
            if (!quoted_cell(c, scratch, &value, err)) return false;
        } else {
            value = plain_cell(c);
        }
        if (!push_cell(t, r, scratch, value, err)) return false;
        if (c->at >= c->end || *c->at != c->separator) return true;
        c->at++;
    }
}

static bool check_cut(const csv *c, const row_in *r, int64_t line, heng_err *err)
{
    if (!r->has_content || r->count >= c->header_count) return true;
    char seen[32];
    snprintf(seen, sizeof seen, "%zu", r->count);
    fail_limit(err, &MSG_CSV_CUT, seen, (int64_t)c->header_count);
    return err_at_row(err, line);
}

bool csv_next(table *t, arena *scratch, table_row *ret, heng_err *err)
{
    csv *c = t->csv;
    row_in r = {.max = c->header_count > CELLS_FIRST ? c->header_count : CELLS_FIRST};
    if (r.max > (size_t)t->options.columns_max) r.max = (size_t)t->options.columns_max;
    r.cells = arena_alloc(scratch, r.max * sizeof *r.cells);
    while (c->at < c->end) {
        int64_t line = c->line;
        if (!read_row(t, &r, scratch, err)) return false;
        bool has_end = skip_line_end(c);
        if (!has_end && !check_cut(c, &r, line, err)) return false;
        if (!r.has_content) continue;
        *ret = (table_row){.number = line, .count = r.count, .cells = r.cells};
        return true;
    }
    *ret = (table_row){.number = c->line, .is_end = true};
    return true;
}
