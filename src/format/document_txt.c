/*
 * Plain text in: a line is a paragraph, except where a program has broken long paragraphs at a fixed width.
 *
 * Such a text shows in its widths: most lines are as wide as the widest few. Then a line goes on where the one before was full and it is
 * neither indented nor numbered. Invalid bytes are refused with their place (text_decode), never mended.
 */
#include "document_in.h"
#include "messages.h"
#include "table_in.h"

enum { WRAP_LINES_MIN = 12, WRAP_WIDTH_MIN = 40, WRAP_WIDTH_MAX = 120, WRAP_SLACK = 4 };

typedef struct txt_line { text raw, content; int64_t number; int32_t width; } txt_line;
typedef struct txt_lines { arena *a; txt_line *items; size_t count, max; } txt_lines;

static bool ends_line(char c) { return c == '\n' || c == '\r' || c == '\f'; }

static void split_lines(txt_lines *l, text t)
{
    int64_t number = 1;
    for (size_t at = 0; at < t.len; number++) {
        size_t end = at;
        while (end < t.len && !ends_line(t.ptr[end])) end++;
        text raw = {t.ptr + at, end - at};
        *ARENA_PUSH(l->a, l->items, l->count, l->max) = (txt_line){.raw = raw, .content = text_trim(raw), .number = number};
        at = end + (end + 1 < t.len && t.ptr[end] == '\r' && t.ptr[end + 1] == '\n' ? 2 : 1);
    }
}

/* The width at which the text was broken, in columns; 0: it was not. */
static int32_t wrap_width(txt_lines *l)
{
    size_t of_width[WRAP_WIDTH_MAX + 1] = {0}, filled = 0;
    for (size_t i = 0; i < l->count; i++) {
        txt_line *line = &l->items[i];
        if (line->content.len == 0) continue;
        if (line->raw.len > (size_t)WRAP_WIDTH_MAX * 4) return 0;
        line->width = (int32_t)text_width(line->raw);
        if (line->width > WRAP_WIDTH_MAX) return 0;
        of_width[line->width]++;
        filled++;
    }
    int32_t widest = WRAP_WIDTH_MAX;
    size_t near = 0;
    while (widest > 0 && of_width[widest] == 0) widest--;
    for (int32_t w = widest; w >= 0 && w > widest - WRAP_SLACK; w--) near += of_width[w];
    return filled >= WRAP_LINES_MIN && widest >= WRAP_WIDTH_MIN && near * 2 > filled ? widest : 0;
}

static bool goes_on(const txt_line *before, const txt_line *line, int32_t wrap)
{
    bool indented = line->content.ptr != line->raw.ptr;
    return wrap > 0 && before && before->content.len > 0 && before->width > wrap - WRAP_SLACK - 2 && !indented && !text_is_numbered(line->content);
}

static document_block *add_line(document_out *o, const txt_line *line)
{
    document_block *b = document_add(o, text_is_dashed_number(line->content) ? BLOCK_FURNITURE : BLOCK_PARAGRAPH, line->content);
    b->line = line->number;
    b->offset = line->content.ptr - o->doc->decoded.ptr;
    return b;
}

static void add_lines(document_out *o, txt_lines *l)
{
    int32_t wrap = wrap_width(l);
    const txt_line *before = NULL;
    text_buf joined = {.a = o->a}; /* the content of the last block, once it has more than one line */
    for (size_t i = 0; i < l->count; i++) {
        const txt_line *line = &l->items[i];
        if (line->content.len > 0 && goes_on(before, line, wrap) && o->count > 0) {
            document_block *b = &o->blocks[o->count - 1];
            if (joined.len == 0) buf_add(&joined, b->content);
            buf_join(&joined, line->content, GAP_LINE_BREAK);
            b->content = buf_text(&joined);
        } else if (line->content.len > 0) {
            add_line(o, line);
            joined = (text_buf){.a = o->a};
        }
        before = line;
    }
}

/* Counted before any memory is taken for them. */
static size_t count_lines(text t)
{
    size_t count = 0;
    for (size_t at = 0; at < t.len; at++) count += ends_line(t.ptr[at]);
    return count;
}

bool document_txt(document_out *o, heng_err *err)
{
    text original = o->doc->original;
    if (!text_decode(o->a, original.ptr, original.len, &o->doc->decoded, &o->doc->encoding, err)) return false;
    if (count_lines(o->doc->decoded) > DOCUMENT_BLOCKS_MAX) return fail_limit(err, &MSG_DOCUMENT_BLOCKS, NULL, DOCUMENT_BLOCKS_MAX);
    arena work = {0};
    txt_lines lines = {.a = &work};
    split_lines(&lines, o->doc->decoded);
    add_lines(o, &lines);
    o->doc->has_no_text = o->count == 0;
    arena_free(&work);
    return true;
}
