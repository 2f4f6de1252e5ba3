/*
 * Words with places on pages to paragraphs; shared by pdf and ofd.
 *
 *   words  -> pages of one column (document_columns.c) -> rows (same height on the page) -> pieces (no wide gap inside) -> furniture out, tables out -> paragraphs
 *
 * A line begins a paragraph when it is indented by about two characters, or numbered after a line that ended; when it is centred or of
 * another size; when more than the usual space stands above it; or when the line before ended short of the margin with the end of a
 * sentence. An open bracket or a line that fills its measure without ending a sentence binds the next line to it, over page ends too.
 */
#include "document_in.h"
#include <stdlib.h>
#include "messages.h"
#include "table_in.h"

enum { GAP_OF_PIECES = 1000 }; /* thousandths of a character: wider parts a row */

static int32_t middle_y(const line_word *w) { return w->y0 / 2 + w->y1 / 2; }

static int by_page_and_height(const void *x, const void *y)
{
    const line_word *a = x, *b = y;
    if (a->page != b->page) return a->page < b->page ? -1 : 1;
    int32_t p = middle_y(a), q = middle_y(b);
    return p != q ? (p < q ? -1 : 1) : (a->x0 > b->x0) - (a->x0 < b->x0);
}

static int by_x(const void *x, const void *y)
{
    const line_word *a = x, *b = y;
    return (a->x0 > b->x0) - (a->x0 < b->x0);
}

/* Columns as printed: Chinese quotes and dashes are as wide as characters. */
static int64_t columns_of(text t)
{
    int64_t columns = 0;
    for (size_t at = 0; at < t.len;) columns += char_next(t, &at) >= 0x2010 ? 2 : 1;
    return columns;
}

/* Width of a Chinese character, of which a Latin one is half. */
static int32_t word_em(const line_word *w)
{
    int64_t columns = columns_of(w->content);
    int64_t em = columns > 0 ? ((int64_t)w->x1 - w->x0) * 2 / columns : 0;
    return em < 1 ? 1 : em > INT32_MAX / 64 ? INT32_MAX / 64 : (int32_t)em;
}

static bool is_turned(const line_word *w)
{
    size_t chars = text_chars(w->content);
    return chars >= 2 && ((int64_t)w->y1 - w->y0) * 10 > (int64_t)word_em(w) * 26;
}

static bool same_row(const line_word *first, const line_word *w)
{
    int32_t h = first->y1 - first->y0, k = w->y1 - w->y0;
    int64_t away = (int64_t)middle_y(w) - middle_y(first);
    return first->page == w->page && away * 20 <= (int64_t)(h < k ? h : k) * 9;
}

/* PM2.5, μg/m3: a few letters or figures, clearly smaller, right behind the other word and half of their height or more beside it. */
static bool is_raised(const line_word *small, const line_word *host)
{
    int64_t h = (int64_t)small->y1 - small->y0, k = (int64_t)host->y1 - host->y0, gap = (int64_t)small->x0 - host->x1;
    int64_t top = small->y0 > host->y0 ? small->y0 : host->y0, bottom = small->y1 < host->y1 ? small->y1 : host->y1;
    return small->page == host->page && h * 100 < k * 80 && (bottom - top) * 2 >= h && gap * 10 < k * 3 && gap * 10 > -k * 3;
}

/* Raised and lowered words go to the middle of the word that they stand behind, so that they are of its row. Words by page and height; true if any moved. */
static bool settle_raised(line_word *words, size_t count)
{
    enum { BYTES_MAX = 4, NEAR = 48 };
    bool moved = false;
    for (size_t i = 0; i < count; i++) {
        if (words[i].content.len > BYTES_MAX) continue;
        const line_word *host = NULL;
        for (size_t k = i > NEAR ? i - NEAR : 0; k < count && k < i + NEAR && !host; k++)
            if (k != i && is_raised(&words[i], &words[k])) host = &words[k];
        if (!host) continue;
        int32_t away = middle_y(host) - middle_y(&words[i]);
        words[i].y0 += away;
        words[i].y1 += away;
        moved = true;
    }
    return moved;
}

static line_piece *new_piece(line_layout *l, const line_word *w, int32_t row)
{
    line_piece *p = ARENA_PUSH(l->a, l->pieces, l->count, l->max);
    *p = (line_piece){.page = w->page, .row = row, .x0 = w->x0, .y0 = w->y0, .x1 = w->x1, .y1 = w->y1, .em = word_em(w), .is_turned = is_turned(w)};
    return p;
}

static void close_piece(line_layout *l, text_buf *now)
{
    if (l->count == 0) return;
    line_piece *p = &l->pieces[l->count - 1];
    p->content = text_copy(l->a, buf_text(now));
    line_word whole = {p->page, p->x0, p->y0, p->x1, p->y1, p->content};
    p->em = word_em(&whole);
    now->len = 0;
}

/* A number that opens an item begins a piece of its own after the end of a sentence on the same row. */
static bool parts(const line_piece *p, const line_word *w, const text_buf *now, int64_t gap)
{
    if (p->is_turned || is_turned(w) || gap > GAP_OF_PIECES) return true;
    return gap > GAP_OF_PIECES / 2 && text_is_ended(buf_text(now)) && text_is_numbered(w->content);
}

static void add_row(line_layout *l, line_word *words, size_t count, int32_t row, text_buf *now)
{
    qsort(words, count, sizeof *words, by_x);
    for (size_t i = 0; i < count; i++) {
        const line_word *w = &words[i];
        line_piece *p = i > 0 ? &l->pieces[l->count - 1] : NULL;
        int64_t gap = p ? ((int64_t)w->x0 - p->x1) * 1000 / (word_em(w) > p->em ? word_em(w) : p->em) : 0;
        if (!p || parts(p, w, now, gap)) {
            if (p) close_piece(l, now);
            p = new_piece(l, w, row);
        }
        buf_join(now, w->content, gap < 0 ? 0 : gap > GAP_OF_PIECES ? GAP_OF_PIECES : (int)gap);
        if (w->x1 > p->x1) p->x1 = w->x1;
        if (w->y0 < p->y0) p->y0 = w->y0;
        if (w->y1 > p->y1) p->y1 = w->y1;
        if (word_em(w) > p->em && columns_of(w->content) >= 4) p->em = word_em(w);
    }
    close_piece(l, now);
}

static void make_pieces(line_layout *l, line_word *words, size_t count)
{
    arena work = {0};
    text_buf now = {.a = &work};
    int32_t row = 0;
    if (count > 0) qsort(words, count, sizeof *words, by_page_and_height);
    if (settle_raised(words, count)) qsort(words, count, sizeof *words, by_page_and_height);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && same_row(&words[i], &words[end]);) end++;
        add_row(l, words + i, end - i, ++row, &now);
    }
    arena_free(&work);
}

/* The paragraph being put together. */
typedef struct paragraph {
    text_buf content;
    const line_piece *first, *last; /* NULL: none */
    size_t lines;
    bool is_centred;
} paragraph;
typedef struct joiner { document_out *o; const line_layout *l; paragraph now; } joiner;

enum { TAIL_BYTES = 2400 };

/* Brackets opened in the paragraph and not closed; of a very long one, in its last part. */
static bool has_open_bracket(const paragraph *p)
{
    text t = buf_text(&p->content);
    if (t.len > TAIL_BYTES) t = (text){t.ptr + t.len - TAIL_BYTES, TAIL_BYTES};
    while (t.len > 0 && ((unsigned char)t.ptr[0] & 0xC0) == 0x80) t = (text){t.ptr + 1, t.len - 1};
    return text_open_brackets(t) > 0;
}

static int64_t em_of(const line_layout *l, int64_t length) { return length * 1000 / l->em; }
static int64_t indent_of(const line_layout *l, const line_piece *p) { return em_of(l, (int64_t)p->x0 - l->margins[p->page - 1].left); }
static int64_t short_by(const line_layout *l, const line_piece *p) { return em_of(l, (int64_t)l->margins[p->page - 1].right - p->x1); }
static bool is_short(const line_layout *l, const line_piece *p) { return short_by(l, p) > 2500; }

/* Larger in width and in height: spread letters are only wider, another face is only higher. */
static bool is_larger(int64_t em, int64_t height, int64_t than_em, int64_t than_height) { return em * 100 > than_em * 114 && height * 100 > than_height * 108; }

static bool is_other_size(const line_piece *p, const line_piece *q)
{
    if (columns_of(p->content) < 8 || columns_of(q->content) < 8) return false;
    int64_t a = p->y1 - p->y0, b = q->y1 - q->y0;
    return is_larger(p->em, a, q->em, b) || is_larger(q->em, b, p->em, a);
}

static bool is_large(const line_layout *l, const line_piece *p)
{
    int64_t columns = columns_of(p->content);
    bool all_wide = columns == 2 * (int64_t)text_chars(p->content) && columns >= 8;
    return is_larger(p->em, p->y1 - p->y0, l->em, l->height) || (all_wide && p->em * 100 > (int64_t)l->em * 120);
}

static bool has_usual_indent(const line_layout *l, const line_piece *p)
{
    return l->indent > 0 && llabs(indent_of(l, p) - em_of(l, l->indent)) <= 350;
}

static bool is_centred(const line_layout *l, const line_piece *p)
{
    line_margins m = l->margins[p->page - 1];
    int64_t left = indent_of(l, p), right = short_by(l, p);
    int64_t off = em_of(l, ((int64_t)p->x0 + p->x1) / 2 - ((int64_t)m.left + m.right) / 2);
    int64_t off_paper = em_of(l, ((int64_t)p->x0 + p->x1) / 2 - l->pages[p->page - 1].width / 2);
    int64_t slack = is_large(l, p) || (left >= 8000 && right >= 8000) ? 2400 : left >= 5000 && right >= 5000 ? 1600 : 1000; /* a line in the middle of nowhere may be a little off */
    if (has_usual_indent(l, p) && !is_large(l, p)) return false;
    if (right < -1500) return left >= 1500 && llabs(off_paper) <= 1000; /* a title over two columns */
    return left >= 1500 && right >= 1500 && (llabs(off) <= slack || llabs(off_paper) <= 600);
}

static bool is_at_right(const line_layout *l, const line_piece *p)
{
    line_margins m = l->margins[p->page - 1];
    return (int64_t)p->x0 - m.left > ((int64_t)m.right - m.left) * 35 / 100;
}

/* More space than usual; within a sentence it must be much more. */
static bool has_space_above(const line_layout *l, const line_piece *before, const line_piece *p)
{
    int percent = text_is_ended(before->content) || is_short(l, before) ? 140 : 170;
    return before->page == p->page && ((int64_t)p->y1 - before->y1) * 100 > (int64_t)l->leading * percent;
}

static bool is_scrap(const line_layout *l, const line_piece *p) { return em_of(l, (int64_t)p->x1 - p->x0) <= 5200; }

/* Titles: a centred line goes on from one that began a paragraph, and did not end. */
static bool begins_centred(const joiner *j, const line_piece *p, bool before_is_centred)
{
    const line_piece *before = j->now.last;
    if (is_other_size(before, p)) return true;
    if (text_starts(p->content, "（") || text_starts(p->content, "(") || text_is_ended(before->content)) return true;
    if (has_space_above(j->l, before, p)) return true;
    return !before_is_centred && j->now.lines > 1;
}

/* A further piece on the same row, after a wide gap. */
static bool begins_on_row(const joiner *j, const line_piece *p)
{
    const line_piece *before = j->now.last;
    if (text_is_numbered(p->content) && text_is_ended(before->content)) return true;
    if (text_is_numbered(before->content) && text_chars(before->content) <= 8) return false;
    return em_of(j->l, (int64_t)p->x0 - before->x1) > 3000;
}

/* The line before is at the left margin or indented as usual, and nothing special about either line. */
static bool begins_plain(const joiner *j, const line_piece *p)
{
    const line_layout *l = j->l;
    const line_piece *before = j->now.last;
    bool ended = text_is_ended(before->content), ended_short = is_short(l, before), numbered = text_is_numbered(p->content);
    bool indented = indent_of(l, p) >= 1200;
    if (has_open_bracket(&j->now) && !ended && !numbered && !has_usual_indent(l, p)) return false;
    if (numbered && (indented || ended || ended_short || text_ends(before->content, "）") || text_ends(before->content, ")"))) return true;
    if (indented && (ended || ended_short)) return true;
    if (indented) return has_usual_indent(l, p);
    if (ended_short && !ended && j->now.lines == 1 && text_is_numbered(before->content)) return short_by(l, before) > 6000;
    if (!ended || !ended_short) return false;
    return l->indent == 0 || !(l->has_spills && is_scrap(l, before));
}

static bool begins(const joiner *j, const line_piece *p)
{
    const line_layout *l = j->l;
    const line_piece *before = j->now.last;
    if (!before) return true;
    if (before->row == p->row) return begins_on_row(j, p);
    bool unended_full = !text_is_ended(before->content) && !is_short(l, before);
    if (unended_full && em_of(l, (int64_t)p->x1 - p->x0) <= 4200 && !text_is_numbered(p->content)) return false;
    if (is_at_right(l, p) && is_at_right(l, before)) return true;
    bool open = has_open_bracket(&j->now) && unended_full;
    bool centred = is_centred(l, p);
    if (centred && !open) return begins_centred(j, p, j->now.is_centred);
    if (j->now.is_centred && !open) return true;
    if (is_other_size(before, p) || has_space_above(l, before, p)) return true;
    return begins_plain(j, p);
}

static bool looks_like_heading(const joiner *j, const paragraph *p)
{
    text t = buf_text(&p->content);
    if (text_is_ended(t) || text_chars(t) > 80) return false;
    if (is_at_right(j->l, p->first) && !p->is_centred) return false;
    if (p->is_centred || is_large(j->l, p->first)) return true;
    return p->lines == 1 && text_is_numbered(t) && is_short(j->l, p->last);
}

static void end_paragraph(joiner *j)
{
    paragraph *p = &j->now;
    if (p->first && p->content.len > 0) {
        document_block *b = document_add(j->o, BLOCK_PARAGRAPH, text_copy(j->o->a, buf_text(&p->content)));
        b->page = j->l->numbers[p->first->page - 1];
        b->looks_like_heading = looks_like_heading(j, p);
    }
    p->first = p->last = NULL;
    p->content.len = p->lines = 0;
    p->is_centred = false;
}

static void add_piece(joiner *j, const line_piece *p)
{
    paragraph *now = &j->now;
    if (begins(j, p)) end_paragraph(j);
    if (!now->first) {
        now->first = p;
        now->is_centred = is_centred(j->l, p);
    } else {
        now->is_centred = now->is_centred || (is_centred(j->l, p) && now->lines == 1 && !has_open_bracket(now));
    }
    now->lines += !now->last || now->last->row != p->row;
    buf_join(&now->content, p->content, GAP_LINE_BREAK);
    now->last = p;
}

static void add_furniture(document_out *o, const line_layout *l, const line_piece *p)
{
    document_add(o, BLOCK_FURNITURE, text_copy(o->a, p->content))->page = l->numbers[p->page - 1];
}

static void add_table(document_out *o, const line_layout *l, const line_table *t)
{
    o->table_count += !t->goes_on;
    for (size_t i = 0; i < t->cell_count; i++) {
        const line_cell *c = &t->cells[i];
        bool is_head_again = t->repeats_head && c->row == 1;
        document_block *b = document_add(o, is_head_again ? BLOCK_FURNITURE : BLOCK_CELL, text_copy(o->a, c->content));
        b->page = l->numbers[c->page - 1];
        b->table = o->table_count;
        b->row = is_head_again ? 1 : c->row + t->row_offset;
        b->column = c->column;
        b->column_span = c->column_span;
    }
}

/* Paragraphs go on over furniture and page ends, so furniture waits until the paragraph has ended. */
static void add_all(document_out *o, const line_layout *l, const line_table *tables, size_t table_count)
{
    arena work = {0};
    joiner j = {.o = o, .l = l, .now = {.content = {.a = &work}}};
    size_t waiting = 0, done = 0; /* furniture pieces before waiting have been given */
    for (size_t i = 0; i <= l->count; i++) {
        const line_piece *p = i < l->count ? &l->pieces[i] : NULL;
        if (p && p->is_furniture) continue;
        bool is_table = p && p->region > 0;
        if (!p || is_table || begins(&j, p)) {
            end_paragraph(&j);
            for (; waiting < i; waiting++)
                if (l->pieces[waiting].is_furniture) add_furniture(o, l, &l->pieces[waiting]);
        }
        if (!p) break;
        if (!is_table) add_piece(&j, p);
        else if (done < table_count && p->region == tables[done].region) add_table(o, l, &tables[done++]);
    }
    arena_free(&work);
}

static bool has_text(const line_layout *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!l->pieces[i].is_furniture) return true;
    return false;
}

bool document_join(document_out *o, const line_words *w, heng_err *err)
{
    arena work = {0};
    line_table *tables = NULL;
    size_t table_count = 0;
    if (w->count > DOCUMENT_BLOCKS_MAX) return fail_limit(err, &MSG_DOCUMENT_BLOCKS, NULL, DOCUMENT_BLOCKS_MAX);
    line_sheets sheets = layout_part_columns(&work, w->words, w->count, w->pages, w->page_count);
    line_layout l = {.a = &work, .pages = sheets.pages, .numbers = sheets.numbers, .page_count = sheets.count, .em = 1};
    l.margins = NEW_ARRAY(&work, sheets.count + 1, line_margins);
    make_pieces(&l, w->words, w->count);
    layout_mark_furniture(&l);
    layout_measure(&l);
    layout_find_tables(&l, &tables, &table_count);
    if (table_count > 0) layout_measure(&l);
    add_all(o, &l, tables, table_count);
    o->doc->page_count = (int32_t)w->page_count;
    o->doc->has_no_text = !has_text(&l);
    arena_free(&work);
    return true;
}
