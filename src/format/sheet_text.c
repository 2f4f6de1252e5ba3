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
 * the table or speak to the terminal. When the table is too wide, the widest column of words is cut with …; numbers never are.
 */
#include "sheet_in.h"

enum { GAP = 2, INDENT = 2, CUT_MIN = 6 };

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

static text cut_to(arena *a, text t, size_t width)
{
    static const text DOTS = {"…", sizeof "…" - 1};
    if (text_width(t) <= width) return t;
    size_t room = width > text_width(DOTS) ? width - text_width(DOTS) : 0, used = 0, i = 0;
    while (i < t.len) {
        size_t n = char_bytes(t, i), w = text_width((text){t.ptr + i, n});
        if (used + w > room) break;
        used += w;
        i += n;
    }
    text_buf b = {.a = a};
    buf_add(&b, (text){t.ptr, i});
    buf_add(&b, DOTS);
    return buf_text(&b);
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

/* One cell with its indent, padded to the column's width; blanks behind the last cell are taken off by the caller. */
static void cell_text(text_buf *b, const sheet_column *c, text value, size_t width, size_t indent)
{
    text_buf padded = {.a = b->a};
    blanks(&padded, indent);
    buf_add(&padded, without_controls(b->a, value));
    text shown = c->is_number ? buf_text(&padded) : cut_to(b->a, buf_text(&padded), width);
    size_t used = text_width(shown), pad = used < width ? width - used : 0;
    if (is_right(c)) blanks(b, pad);
    buf_add(b, shown);
    if (!is_right(c)) blanks(b, pad);
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

/* line NULL is the header. */
static void row_text(text_buf *b, const sheet *s, const layout *l, const sheet_line *line)
{
    bool bold = l->colour && (!line || line->is_total);
    if (bold) buf_str(b, "\033[1m");
    for (size_t c = 0; c < s->column_count; c++) {
        cell_text(b, &s->columns[c], line ? line->cells[c] : s->columns[c].title, l->widths[c], line ? cell_indent(line, c) : 0);
        mark(b, l, line && sheet_mark_find(line, c));
        if (c + 1 < s->column_count) blanks(b, GAP - 1);
    }
    trim_end(b);
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
