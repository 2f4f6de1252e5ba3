/*
 * What of a page is not its text: page numbers, running heads and feet; and the measures of its text: margins, character width, leading, indent.
 *
 * Furniture stands in the first or last two rows of a page. It is a page number by its form, or it comes again (digits aside) on
 * several pages. Measures are the most frequent values, so a few odd lines do not move them.
 */
#include "document_in.h"
#include <stdlib.h>

enum { EDGE_ROWS = 2, EDGE_PERCENT = 15, REPEATS_MIN = 3, ROW_PIECES = 20 };

static int by_number(const void *x, const void *y)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return (a > b) - (a < b);
}

/* The rows of a page, as the range of its pieces. */
static size_t page_end(const line_layout *l, size_t first)
{
    size_t end = first;
    while (end < l->count && l->pieces[end].page == l->pieces[first].page) end++;
    return end;
}

/* Near the top or foot: among the outermost rows, and not in the middle of the paper. */
static bool is_edge(const line_layout *l, size_t first, size_t end, size_t i)
{
    const line_piece *p = &l->pieces[i];
    int32_t height = l->pages[p->page - 1].height, middle = p->y0 / 2 + p->y1 / 2;
    bool outer = p->row < l->pieces[first].row + EDGE_ROWS || p->row > l->pieces[end - 1].row - EDGE_ROWS;
    return outer && (middle < height / 100 * EDGE_PERCENT || middle > height / 100 * (100 - EDGE_PERCENT));
}

/* What repeats: the text without digits and blanks, and whether it stands above or below. */
static text repeat_key(arena *a, const line_layout *l, const line_piece *p)
{
    text_buf key = {.a = a};
    buf_char(&key, p->y0 < l->pages[p->page - 1].height / 2 ? 'h' : 'f');
    for (size_t i = 0; i < p->content.len; i++) {
        char c = p->content.ptr[i];
        if (c != ' ' && (c < '0' || c > '9')) buf_char(&key, c);
    }
    return buf_text(&key);
}

/* The whole row in which a piece stands. */
static text row_text(arena *a, const line_layout *l, size_t i)
{
    text_buf row = {.a = a};
    for (int n = 0; n < ROW_PIECES && i > 0 && l->pieces[i - 1].row == l->pieces[i].row; n++) i--;
    for (size_t k = i; k < l->count && l->pieces[k].row == l->pieces[i].row && row.len < 100; k++) buf_add(&row, l->pieces[k].content);
    return buf_text(&row);
}

/* A number between dashes is one anywhere at the edge; a bare one only where it is the whole row and far out. */
static bool is_number_here(arena *a, const line_layout *l, size_t i)
{
    const line_piece *p = &l->pieces[i];
    text row = row_text(a, l, i);
    if (text_is_dashed_number(p->content) || text_is_dashed_number(row)) return true;
    bool far = p->y0 < l->pages[p->page - 1].height / 100 * 9 || p->y1 > l->pages[p->page - 1].height / 100 * 90;
    return far && text_is_page_number(row);
}

typedef struct edge { size_t piece; text key; } edge;
typedef struct edges { arena *a; edge *items; size_t count, max; text_map seen; } edges;

static void note_edge(edges *e, const line_layout *l, size_t i)
{
    int64_t n = 0;
    text key = repeat_key(e->a, l, &l->pieces[i]);
    if (key.len < 2) return;
    *ARENA_PUSH(e->a, e->items, e->count, e->max) = (edge){i, key};
    text_map_find(&e->seen, key, &n);
    text_map_put(&e->seen, key, n + 1);
}

void layout_mark_furniture(line_layout *l)
{
    arena work = {0};
    edges e = {.a = &work, .seen = {.a = &work}};
    for (size_t first = 0, end; first < l->count; first = end) {
        end = page_end(l, first);
        for (size_t i = first; i < end; i++) {
            line_piece *p = &l->pieces[i];
            if (p->is_turned) p->is_furniture = true;
            else if (is_edge(l, first, end, i) && is_number_here(&work, l, i)) p->is_furniture = true;
            else if (is_edge(l, first, end, i)) note_edge(&e, l, i);
        }
    }
    for (size_t i = 0; i < e.count; i++) {
        int64_t n = 0;
        text_map_find(&e.seen, e.items[i].key, &n);
        if (n >= REPEATS_MIN && n * 3 >= (int64_t)l->numbers[l->page_count - 1]) l->pieces[e.items[i].piece].is_furniture = true;
    }
    arena_free(&work);
}

/*
 * The value around which most of the sorted numbers stand. With a share (of 1000): instead the lowest, or the highest, that this share of all stands by.
 * A window of the width moves over the numbers once.
 */
static int32_t crowded(const int32_t *n, size_t count, int32_t width, size_t share, bool from_high)
{
    size_t need = count * share / 1000 < 2 ? 2 : count * share / 1000, best_count = 0;
    int32_t best = count == 0 ? 0 : from_high ? n[count - 1] : n[0];
    for (size_t low = 0, high = 0; low < count; low++) { /* the window is low to high, not included */
        while (high < count && n[high] - n[low] <= width) high++;
        if (share > 0 && high - low < need) continue;
        if (share > 0 && !from_high) return n[low];
        if (share > 0) best = n[high - 1];
        else if (high - low > best_count) best_count = high - low, best = n[low];
    }
    return best;
}

typedef struct numbers { arena *a; int32_t *items; size_t count, max; } numbers;

static void number_add(numbers *n, int32_t value) { *ARENA_PUSH(n->a, n->items, n->count, n->max) = value; }

static int32_t most_frequent(numbers *n, int32_t width)
{
    if (n->count == 0) return 0;
    qsort(n->items, n->count, sizeof *n->items, by_number);
    return crowded(n->items, n->count, width, 0, false);
}

static bool counts(const line_piece *p) { return !p->is_furniture && p->region == 0; }

static bool is_first_in_row(const line_layout *l, size_t i) { return i == 0 || l->pieces[i - 1].row != l->pieces[i].row || l->pieces[i - 1].is_furniture; }
static bool is_last_in_row(const line_layout *l, size_t i)
{
    return i + 1 == l->count || l->pieces[i + 1].row != l->pieces[i].row || l->pieces[i + 1].is_furniture;
}

static line_margins measure_margins(const line_layout *l, size_t first, size_t end)
{
    arena work = {0};
    numbers left = {.a = &work}, right = {.a = &work};
    line_margins m = {0, 0};
    for (size_t i = first; i < end; i++) {
        const line_piece *p = &l->pieces[i];
        if (!counts(p)) continue;
        if (is_first_in_row(l, i)) number_add(&left, p->x0);
        if (is_last_in_row(l, i)) number_add(&right, p->x1);
    }
    if (left.count >= 2 && right.count >= 2) {
        qsort(left.items, left.count, sizeof *left.items, by_number);
        qsort(right.items, right.count, sizeof *right.items, by_number);
        m.left = crowded(left.items, left.count, l->em / 2, 100, false);
        m.right = crowded(right.items, right.count, l->em, 150, true);
    }
    arena_free(&work);
    return m;
}

static void measure_type(line_layout *l)
{
    arena work = {0};
    numbers em = {.a = &work}, height = {.a = &work}, leading = {.a = &work};
    for (size_t i = 0; i < l->count; i++) {
        const line_piece *p = &l->pieces[i];
        if (!counts(p)) continue;
        size_t weight = p->content.len / 24;
        for (size_t k = 0; k <= weight && k < 8; k++) {
            number_add(&em, p->em);
            number_add(&height, p->y1 - p->y0);
        }
        if (i > 0 && p->page == l->pieces[i - 1].page && p->row != l->pieces[i - 1].row) number_add(&leading, p->y1 - l->pieces[i - 1].y1);
    }
    l->em = most_frequent(&em, 40);
    if (l->em < 1) l->em = 1;
    l->height = most_frequent(&height, l->em / 10);
    l->leading = most_frequent(&leading, l->em / 5);
    if (l->leading < l->em) l->leading = l->em;
    arena_free(&work);
}

static void measure_indent(line_layout *l)
{
    arena work = {0};
    numbers indents = {.a = &work};
    size_t scraps = 0, lines = 0;
    for (size_t i = 0; i < l->count; i++) {
        const line_piece *p = &l->pieces[i];
        if (!counts(p) || !is_first_in_row(l, i)) continue;
        int32_t indent = p->x0 - l->margins[p->page - 1].left;
        lines++;
        if (indent * 5 >= l->em * 6 && indent <= l->em * 3) number_add(&indents, indent);
        scraps += p->x1 - p->x0 <= l->em * 5 && !text_is_ended(p->content) && indent < l->em && is_last_in_row(l, i);
    }
    l->indent = indents.count >= 3 || indents.count * 10 > lines ? most_frequent(&indents, l->em / 3) : 0;
    l->has_spills = scraps >= 3;
    arena_free(&work);
}

void layout_measure(line_layout *l)
{
    measure_type(l);
    line_margins whole = measure_margins(l, 0, l->count);
    for (size_t i = 0; i < l->page_count; i++) l->margins[i] = whole;
    for (size_t first = 0, end; first < l->count; first = end) {
        end = page_end(l, first);
        line_margins m = measure_margins(l, first, end), *page = &l->margins[l->pieces[first].page - 1];
        if (m.left > 0 && m.left < whole.left + l->em) page->left = m.left;
        if (m.right > whole.right - l->em) page->right = m.right;
    }
    measure_indent(l);
}
