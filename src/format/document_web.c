/*
 * What of a web page is its article, by link density and position.
 *
 * Prose is a piece long enough, mostly without links. The article is the innermost box that holds nine tenths of the prose. What stands after it is
 * furniture; so is what stands before it as far as the last menu (a run of links). Between, heading, date and document number are kept.
 * A piece that is mostly links is furniture anywhere.
 *
 * A table is data when it holds no other table and has two rows of several cells; else it only lays the page out.
 */
#include "document_web.h"

enum { PROSE_CHARS = 25, LONG_CHARS = 150, PROSE_TOTAL_MIN = 60, MENU_PIECES = 4, MENU_CHARS = 30 };

static bool is_links(const web_piece *p) { return p->link_chars > 0 && p->link_chars * 2 >= p->chars; }

/* Sentences end in a full stop; the address in a footer does not. */
static bool is_prose(const web_piece *p)
{
    size_t at = 0;
    bool has_sentence = text_find(p->content, TEXT("。"), &at) || text_find(p->content, TEXT(". "), &at) || p->chars >= LONG_CHARS;
    return !p->is_aside && p->chars >= PROSE_CHARS && p->link_chars * 3 < p->chars && has_sentence;
}

static size_t measure_boxes(web *w)
{
    size_t total = 0;
    for (size_t i = 0; i < w->piece_count; i++) {
        const web_piece *p = &w->pieces[i];
        if (!is_prose(p)) continue;
        total += p->chars;
        w->boxes[p->box].prose_chars += p->chars;
        w->boxes[p->box].prose_count++;
    }
    for (size_t i = w->box_count; i-- > 1;) { /* a box comes after the one it stands in */
        w->boxes[w->boxes[i].parent].prose_chars += w->boxes[i].prose_chars;
        w->boxes[w->boxes[i].parent].prose_count += w->boxes[i].prose_count;
    }
    return total;
}

static size_t find_article(const web *w, size_t total)
{
    size_t article = 0;
    for (size_t i = 0; i < w->box_count; i++)
        if (w->boxes[i].prose_chars * 10 >= total * 9) article = i;
    while (article > 0 && w->boxes[article].prose_count < 2) article = w->boxes[article].parent;
    return article;
}

/* Marks every box within article, itself too. */
static bool *boxes_within(const web *w, size_t article)
{
    bool *within = NEW_ARRAY(w->a, w->box_count, bool);
    within[article] = true;
    for (size_t i = article + 1; i < w->box_count; i++) within[i] = within[w->boxes[i].parent];
    return within;
}

/* Going back from the first prose: the piece after the last menu. */
static size_t find_begin(const web *w, size_t first_prose)
{
    size_t run = 0;
    for (size_t i = first_prose; i-- > 0;) {
        const web_piece *p = &w->pieces[i];
        if (p->is_heading) {
            run = 0;
            continue;
        }
        run = is_links(p) || p->is_aside ? run + 1 : 0;
        if (run >= MENU_PIECES || (is_links(p) && p->link_chars >= MENU_CHARS)) return i + run;
    }
    return 0;
}

static size_t find_end(const web *w, const bool *within, size_t last_prose)
{
    size_t run = 0;
    for (size_t i = last_prose + 1; i < w->piece_count; i++) {
        const web_piece *p = &w->pieces[i];
        if (!within[p->box]) return i;
        run = is_links(p) ? run + 1 : 0;
        if (run >= MENU_PIECES) return i + 1 - run;
    }
    return w->piece_count;
}

void web_judge(web *w)
{
    size_t total = measure_boxes(w), begin = 0, end = w->piece_count;
    if (total >= PROSE_TOTAL_MIN) {
        bool *within = boxes_within(w, find_article(w, total));
        size_t first = w->piece_count, last = 0;
        for (size_t i = 0; i < w->piece_count; i++) {
            if (!is_prose(&w->pieces[i]) || !within[w->pieces[i].box]) continue;
            if (first == w->piece_count) first = i;
            last = i;
        }
        begin = find_begin(w, first);
        end = find_end(w, within, last);
    }
    for (size_t i = 0; i < w->piece_count; i++) {
        web_piece *p = &w->pieces[i];
        p->is_furniture = p->is_aside || i < begin || i >= end || is_links(p);
    }
}

static bool is_data(const web_table *t) { return !t->has_table && t->rows_of_many >= 2; }

static bool same_cell(const web_piece *p, const document_block *b, int32_t number)
{
    return b->kind == BLOCK_CELL && b->table == number && b->row == p->row && b->column == p->column;
}

/* joined: the content of the last cell, once it has more than one piece. */
static void add_cell(const web *w, document_out *o, const web_piece *p, text_buf *joined)
{
    web_table *t = &w->tables[p->table - 1];
    if (t->number == 0) t->number = ++o->table_count;
    document_block *before = o->count > 0 ? &o->blocks[o->count - 1] : NULL;
    if (before && same_cell(p, before, t->number)) {
        if (joined->len == 0) buf_add(joined, before->content);
        buf_char(joined, '\n');
        buf_add(joined, p->content);
        before->content = buf_text(joined);
        return;
    }
    *joined = (text_buf){.a = o->a};
    document_block *b = document_add(o, BLOCK_CELL, text_copy(o->a, p->content));
    b->table = t->number;
    b->row = p->row;
    b->column = p->column;
    b->row_span = p->row_span;
    b->column_span = p->column_span;
    b->line = p->line;
}

void web_blocks(const web *w, document_out *o)
{
    text_buf joined = {.a = o->a};
    for (size_t i = 0; i < w->piece_count; i++) {
        const web_piece *p = &w->pieces[i];
        if (p->table > 0 && !p->is_furniture && is_data(&w->tables[p->table - 1])) {
            add_cell(w, o, p, &joined);
            continue;
        }
        document_block *b = document_add(o, p->is_furniture ? BLOCK_FURNITURE : BLOCK_PARAGRAPH, text_copy(o->a, p->content));
        b->line = p->line;
        b->looks_like_heading = p->is_heading && !p->is_furniture;
    }
}
