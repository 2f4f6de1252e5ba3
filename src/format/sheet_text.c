/*
 * Sheets as aligned text.
 *
 *   能源平衡                      title
 *   指标            2014   2015   header
 *   ───────────────────────────   rule
 *   原煤            12.3    4.0!  a marked cell has ! in the gap behind it
 *     其中:发电      1.0    2.0   indent: two blanks a level
 *   ───────────────────────────   a total has a rule above it, or is bold where there is colour
 *   合计            13.3    6.0
 *   注:……                         notes
 *
 * Widths are columns of the terminal: a Chinese character takes two. Control characters are shown as blanks, so that no cell can break
 * the table or speak to the terminal. When the table is too wide, the widest column of words is made narrower and its cells go on in
 * the lines below, up to LINES_MAX, then cut with …; numbers are neither broken nor cut.
 */
#include "sheet_in.h"

enum { GAP = 2, INDENT = 2, CUT_MIN = 6, LINES_MAX = 4 };

typedef struct layout {
    size_t *widths;
    size_t total; /* with gaps */
    bool colour;
} layout;

static bool is_blank_control(text t, size_t i, size_t *ret_len)
{
    unsigned char c = (unsigned char)t.ptr[i];
    *ret_len = c == 0xC2 && i + 1 < t.len && (unsigned char)t.ptr[i + 1] < 0xA0 ? 2 : 1; /* C1 controls */
    return c < ' ' || c == 0x7F || *ret_len == 2;
}

static text without_controls(arena *a, text t)
{
    text_buf b = {.a = a};
    size_t len = 1;
    bool clean = true;
    for (size_t i = 0; i < t.len && clean; i++) clean = !is_blank_control(t, i, &len);
    if (clean) return t;
    for (size_t i = 0; i < t.len; i += len) {
        bool control = is_blank_control(t, i, &len);
        buf_char(&b, control ? ' ' : t.ptr[i]);
    }
    return buf_text(&b);
}

static size_t char_bytes(text t, size_t i)
{
    size_t n = 1;
    while (i + n < t.len && ((unsigned char)t.ptr[i + n] & 0xC0) == 0x80) n++;
    return n;
}

/* How many bytes of t stand in a width; at least one character. */
static size_t fitting_bytes(text t, size_t width)
{
    size_t used = 0, i = 0;
    while (i < t.len) {
        size_t n = char_bytes(t, i), w = text_width((text){t.ptr + i, n});
        if (i > 0 && used + w > width) break;
        used += w;
        i += n;
    }
    return i;
}

static text cut_to(arena *a, text t, size_t width)
{
    static const text DOTS = {"…", sizeof "…" - 1};
    if (text_width(t) <= width) return t;
    size_t room = width > text_width(DOTS) ? width - text_width(DOTS) : 0, i = room ? fitting_bytes(t, room) : 0;
    text_buf b = {.a = a};
    buf_add(&b, (text){t.ptr, i});
    buf_add(&b, DOTS);
    return buf_text(&b);
}

static bool is_plain(char c) { return (unsigned char)c > ' ' && (unsigned char)c < 0x7F; }

static bool begins_with_any(text t, const char *const *marks)
{
    while (*marks && !text_starts(t, *marks)) marks++;
    return *marks != NULL;
}

static size_t char_before(text t, size_t at)
{
    for (at--; at > 0 && ((unsigned char)t.ptr[at] & 0xC0) == 0x80;) at--;
    return at;
}

/* May a line end before the byte at? Not inside a word of letters or digits, before a closing mark, behind an opening one. */
static bool may_break(text t, size_t at)
{
    static const char *const CLOSING[] = {"）", "、", "，", "。", "；", "：", "”", "》", "…", NULL}, *const OPENING[] = {"（", "“", "《", NULL};
    if (at >= t.len) return true;
    size_t last = char_before(t, at);
    if (is_plain(t.ptr[at]) && is_plain(t.ptr[last])) return false;
    return !begins_with_any((text){t.ptr + at, t.len - at}, CLOSING) && !begins_with_any((text){t.ptr + last, t.len - last}, OPENING);
}

/* Takes from *rest what stands in one line; where no place to break is found it breaks at the width. */
static text take_line(text *rest, size_t width)
{
    size_t n = fitting_bytes(*rest, width), at = n;
    while (at > 0 && !may_break(*rest, at)) at = char_before(*rest, at);
    if (at == 0) at = n;
    text line = {rest->ptr, at};
    while (line.len > 0 && line.ptr[line.len - 1] == ' ') line.len--;
    while (at < rest->len && rest->ptr[at] == ' ') at++;
    *rest = (text){rest->ptr + at, rest->len - at};
    return line;
}

static bool is_right(const sheet_column *c) { return c->is_number || c->align == SHEET_RIGHT; }

static size_t cell_indent(const sheet_line *line, size_t column) { return column == 0 ? (size_t)line->indent * INDENT : 0; }

static size_t column_width(arena *a, const sheet *s, size_t c)
{
    size_t width = text_width(without_controls(a, s->columns[c].title));
    for (size_t i = 0; i < s->line_count; i++) {
        size_t w = text_width(without_controls(a, s->lines[i].cells[c])) + cell_indent(&s->lines[i], c);
        if (w > width) width = w;
    }
    return width;
}

/* Takes a column's width from the widest column of words until the table fits or all of them are narrow. */
static void shrink(const sheet *s, layout *l, size_t width_max)
{
    while (l->total > width_max) {
        size_t widest = s->column_count, second = CUT_MIN;
        for (size_t c = 0; c < s->column_count; c++) {
            if (s->columns[c].is_number || l->widths[c] <= CUT_MIN) continue;
            if (widest == s->column_count || l->widths[c] > l->widths[widest]) {
                if (widest < s->column_count) second = l->widths[widest];
                widest = c;
            } else if (l->widths[c] > second) {
                second = l->widths[c];
            }
        }
        if (widest == s->column_count) return;
        size_t over = l->total - width_max, down = l->widths[widest] - second;
        if (down == 0) down = 1; /* several are equally wide: one at a time */
        if (down > over) down = over;
        l->widths[widest] -= down;
        l->total -= down;
    }
}

static layout lay_out(arena *a, const sheet *s, const sheet_style *style)
{
    layout l = {.widths = NEW_ARRAY(a, s->column_count, size_t), .colour = style->colour};
    for (size_t c = 0; c < s->column_count; c++) {
        l.widths[c] = column_width(a, s, c);
        l.total += l.widths[c] + (c > 0 ? GAP : 0);
    }
    if (style->width_max > 0) shrink(s, &l, (size_t)style->width_max);
    return l;
}

static void blanks(text_buf *b, size_t n)
{
    while (n-- > 0) buf_char(b, ' ');
}

static void rule(text_buf *b, const layout *l)
{
    for (size_t i = 0; i < l->total; i++) buf_str(b, "─");
    buf_char(b, '\n');
}

/* One line of a cell with its indent, padded to the column's width; blanks behind the last cell are taken off by the caller. */
static void cell_text(text_buf *b, const sheet_column *c, text shown, size_t width, size_t indent)
{
    size_t used = text_width(shown) + indent, pad = used < width ? width - used : 0;
    if (is_right(c)) blanks(b, pad);
    blanks(b, indent);
    buf_add(b, shown);
    if (!is_right(c)) blanks(b, pad);
}

/* The next line of a cell; the last line that a cell may have is cut. */
static text cell_line(arena *a, const sheet_column *c, text *rest, size_t width, size_t indent, int number)
{
    text all = *rest;
    size_t room = width > indent ? width - indent : 1;
    if (!c->is_number && number + 1 < LINES_MAX) return rest->len ? take_line(rest, room) : all;
    *rest = (text){"", 0};
    return c->is_number ? all : cut_to(a, all, room);
}

static void trim_end(text_buf *b)
{
    while (b->len > 0 && b->ptr[b->len - 1] == ' ') b->len--;
}

static void mark(text_buf *b, const layout *l, bool marked)
{
    if (!marked) buf_char(b, ' ');
    else buf_str(b, l->colour ? "\033[31m!\033[39m" : "!");
}

/* One line of the terminal of a row; whether any cell goes on below. */
static bool row_line(text_buf *b, const sheet *s, const layout *l, const sheet_line *line, text *rests, int number)
{
    bool goes_on = false;
    for (size_t c = 0; c < s->column_count; c++) {
        size_t indent = line && rests[c].len ? cell_indent(line, c) : 0;
        cell_text(b, &s->columns[c], cell_line(b->a, &s->columns[c], &rests[c], l->widths[c], indent, number), l->widths[c], indent);
        mark(b, l, line && number == 0 && sheet_mark_find(line, c));
        if (c + 1 < s->column_count) blanks(b, GAP - 1);
        goes_on = goes_on || rests[c].len;
    }
    trim_end(b);
    return goes_on;
}

/* line NULL is the header. */
static void row_text(text_buf *b, const sheet *s, const layout *l, const sheet_line *line)
{
    bool bold = l->colour && (!line || line->is_total), goes_on = true;
    text *rests = NEW_ARRAY(b->a, s->column_count + 1, text);
    for (size_t c = 0; c < s->column_count; c++) rests[c] = without_controls(b->a, line ? line->cells[c] : s->columns[c].title);
    if (bold) buf_str(b, "\033[1m");
    for (int number = 0; goes_on; number++) {
        if (number) buf_char(b, '\n');
        goes_on = row_line(b, s, l, line, rests, number);
    }
    if (bold) buf_str(b, "\033[22m");
    buf_char(b, '\n');
}

static void line_text(text_buf *b, text t)
{
    buf_add(b, without_controls(b->a, t));
    buf_char(b, '\n');
}

static void sheet_lines(text_buf *b, const sheet *s, const sheet_style *style)
{
    layout l = lay_out(b->a, s, style);
    if (s->title.len > 0) line_text(b, s->title);
    if (s->column_count > 0) {
        row_text(b, s, &l, NULL);
        rule(b, &l);
    }
    for (size_t i = 0; i < s->line_count; i++) {
        if (s->lines[i].is_total && !l.colour && i > 0 && !s->lines[i - 1].is_total) rule(b, &l);
        row_text(b, s, &l, &s->lines[i]);
    }
    for (size_t i = 0; i < s->note_count; i++) line_text(b, s->notes[i]);
}

text sheet_text_lines(arena *a, const sheet_book *book, const sheet_style *style)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < book->count; i++) {
        if (i > 0) buf_char(&b, '\n');
        sheet_lines(&b, book->sheets[i], style);
    }
    return buf_text(&b);
}
