/*
 * Pages printed in two columns, as gazettes are: the right column becomes a page of its own behind the left one, moved to the left one's place,
 * so that all that follows sees pages of one column.
 *
 * A page has two columns when a strip near its middle is crossed by few words and both sides are filled like prose: many lines, most of them
 * nearly as wide as the column. Columns of a table are not filled like that. Words that cross (a title) stay with the left column.
 */
#include "document_in.h"
#include <stdlib.h>

enum { LINES_MIN = 12, FILLED_PERCENT = 72, CROSSING_PERCENT = 8, STEPS = 40 };

typedef struct side { int64_t width_sum; int32_t left, right; size_t lines; } side;

static int by_middle(const void *x, const void *y)
{
    const line_word *a = x, *b = y;
    int32_t p = a->y0 / 2 + a->y1 / 2, q = b->y0 / 2 + b->y1 / 2;
    return p != q ? (p < q ? -1 : 1) : (a->x0 > b->x0) - (a->x0 < b->x0);
}

/* Words sorted by height; on one side of x. */
static side measure_side(const line_word *words, size_t count, int32_t x, bool right)
{
    side s = {.left = INT32_MAX, .right = INT32_MIN};
    const line_word *line = NULL;
    for (size_t i = 0; i < count; i++) {
        const line_word *w = &words[i];
        if (right ? w->x0 < x : w->x1 > x) continue;
        s.width_sum += w->x1 - w->x0;
        if (w->x0 < s.left) s.left = w->x0;
        if (w->x1 > s.right) s.right = w->x1;
        int64_t away = line ? (int64_t)w->y0 / 2 + w->y1 / 2 - (line->y0 / 2 + line->y1 / 2) : 0;
        if (line && away * 2 <= (int64_t)w->y1 - w->y0) continue;
        s.lines++;
        line = w;
    }
    return s;
}

static bool is_filled(const side *s)
{
    return s->lines >= LINES_MIN && s->width_sum * 100 >= ((int64_t)s->right - s->left) * (int64_t)s->lines * FILLED_PERCENT;
}

static size_t count_crossing(const line_word *words, size_t count, int32_t x)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += words[i].x0 < x && words[i].x1 > x;
    return n;
}

/* Where the columns part; 0: one column. */
static int32_t find_gutter(const line_word *words, size_t count, int32_t width)
{
    int32_t best = 0;
    size_t fewest = count * CROSSING_PERCENT / 100 + 1;
    for (int32_t i = 0; i <= STEPS; i++) {
        int32_t x = (int32_t)((int64_t)width * (400 + 200 * i / STEPS) / 1000);
        size_t n = count_crossing(words, count, x);
        if (n >= fewest) continue;
        fewest = n;
        best = x;
    }
    if (best == 0) return 0;
    side left = measure_side(words, count, best, false), right = measure_side(words, count, best, true);
    return is_filled(&left) && is_filled(&right) ? best : 0;
}

static void add_sheet(line_sheets *s, line_page page, int32_t number)
{
    *ARENA_PUSH(s->a, s->pages, s->count, s->max) = page;
    *ARENA_PUSH(s->a, s->numbers, s->number_count, s->number_max) = number;
}

/* Moves the right column's words to a sheet of their own. */
static void part_page(line_sheets *s, line_word *words, size_t count, line_page page, int32_t number)
{
    int32_t gutter = 0;
    if (count > 0) qsort(words, count, sizeof *words, by_middle);
    if (count >= 2 * LINES_MIN) gutter = find_gutter(words, count, page.width);
    add_sheet(s, page, number);
    int32_t sheet = (int32_t)s->count, shift = 0;
    if (gutter > 0) {
        side left = measure_side(words, count, gutter, false), right = measure_side(words, count, gutter, true);
        shift = right.left - left.left;
        add_sheet(s, page, number);
    }
    for (size_t i = 0; i < count; i++) {
        bool moves = gutter > 0 && words[i].x0 >= gutter;
        words[i].page = sheet + (moves ? 1 : 0);
        words[i].x0 -= moves ? shift : 0;
        words[i].x1 -= moves ? shift : 0;
    }
}

line_sheets layout_part_columns(arena *a, line_word *words, size_t count, const line_page *pages, size_t page_count)
{
    line_sheets s = {.a = a};
    size_t first = 0;
    for (size_t i = 0; i < page_count; i++) {
        size_t end = first;
        while (end < count && words[end].page == (int32_t)i + 1) end++;
        part_page(&s, end > first ? words + first : NULL, end - first, pages[i], (int32_t)i + 1);
        first = end;
    }
    return s;
}
