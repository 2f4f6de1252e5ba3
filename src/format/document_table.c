/*
 * Tables by position: the text layer has no lines, only words that stand in columns.
 *
 * A region is a stretch of rows on a page of which enough have several pieces; its columns are parted by strips that (nearly) no piece
 * crosses. Cells of wrapped text have their lines joined. Which lines make one row of the table is found by a column of numbers where there is
 * one (each number stands at the top or in the middle of its row), else by a column of two or three short words again and again, else by the wider blanks between rows, else by the first column.
 * A region that goes on at the top of the next page with the same columns is the same table; a first row that is repeated there is furniture.
 *
 * Two columns need four rows, three need two: signatures side by side are no table.
 */
#include "document_in.h"
#include <stdlib.h>

enum { TABLE_COLUMNS_MAX = 40, REGION_ROWS_MAX = 400, REGION_PIECES_MAX = 16000, CELL_LINES_MAX = 240, CELL_LINES_OF_ROW_MAX = 30 };

typedef struct strip { int32_t from, to; } strip;
typedef struct page_row { size_t first, count; int32_t y0, y1; } page_row;

typedef struct region {
    line_layout *l;
    arena *a;
    page_row rows[REGION_ROWS_MAX];
    size_t row_count;
    strip columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    int32_t tops[REGION_ROWS_MAX], middles[REGION_ROWS_MAX]; /* of the table's rows: where their anchors stand */
    size_t anchor_count;
    bool is_centred;
} region;

static int32_t middle(const line_piece *p) { return p->y0 / 2 + p->y1 / 2; }

static page_row row_at(const line_layout *l, size_t i)
{
    page_row r = {.first = i, .y0 = l->pieces[i].y0, .y1 = l->pieces[i].y1};
    for (; i < l->count && l->pieces[i].row == l->pieces[r.first].row; i++) {
        r.count++;
        if (l->pieces[i].y0 < r.y0) r.y0 = l->pieces[i].y0;
        if (l->pieces[i].y1 > r.y1) r.y1 = l->pieces[i].y1;
    }
    return r;
}

static size_t text_pieces(const line_layout *l, const page_row *r)
{
    size_t n = 0;
    for (size_t i = r->first; i < r->first + r->count; i++) n += !l->pieces[i].is_furniture;
    return n;
}

static int32_t measure(const line_layout *l, int32_t page) { return l->margins[page - 1].right - l->margins[page - 1].left; }

/* A number that hangs before its paragraph is no first column. */
static bool is_hanging(const line_layout *l, const page_row *r)
{
    const line_piece *p = &l->pieces[r->first];
    return r->count == 2 && text_is_numbered(p->content) && text_chars(p->content) <= 6 && (int64_t)p[1].x1 - p->x0 > (int64_t)measure(l, p->page) * 7 / 10;
}

/* 第三章, 第二节: a heading, also where a wide blank parts its number from its words. */
static bool is_chapter(const line_layout *l, const page_row *r)
{
    text t = l->pieces[r->first].content;
    size_t at;
    if (!text_starts(t, "第") || text_pieces(l, r) > 2) return false;
    return text_find((text){t.ptr, t.len < 18 ? t.len : 18}, TEXT("章"), &at) || text_find((text){t.ptr, t.len < 18 ? t.len : 18}, TEXT("节"), &at);
}

static bool has_columns(const line_layout *l, const page_row *r) { return text_pieces(l, r) >= 2 && !is_hanging(l, r) && !is_chapter(l, r); }

/* One piece that may be a further line of a cell: not as wide as the text, and not far below. */
static bool may_belong(const line_layout *l, const page_row *r, const page_row *before)
{
    const line_piece *p = &l->pieces[r->first];
    if (r->count != 1 || p->is_furniture) return p->is_furniture;
    if ((int64_t)r->y0 - before->y1 > (int64_t)l->leading * 2) return false;
    return (int64_t)p->x1 - p->x0 < (int64_t)measure(l, p->page) * 7 / 10;
}

/* 三、主要任务 or （三）主要任务 on a line of its own. */
static bool is_heading(const line_piece *p)
{
    static const char *const NUMERALS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
    text t = p->content;
    size_t skip = text_starts(t, "（") ? 3 : text_starts(t, "(") ? 1 : 0, at = skip;
    for (bool more = true; more && at + 3 < t.len;) {
        more = false;
        for (size_t i = 0; i < sizeof NUMERALS / sizeof *NUMERALS && !more; i++) more = memcmp(t.ptr + at, NUMERALS[i], 3) == 0;
        if (more) at += 3;
    }
    text rest = {t.ptr + at, t.len - at};
    if (at == skip || text_chars(t) < 5) return false;
    return skip ? text_starts(rest, "）") || text_starts(rest, ")") : text_starts(rest, "、");
}

/* Rows from piece first on, as far as they may be of one table. */
static void gather_rows(region *g, size_t first)
{
    const line_layout *l = g->l;
    int32_t page = l->pieces[first].page;
    size_t last_with_columns = 0;
    for (size_t i = first; i < l->count && l->pieces[i].page == page && g->row_count < REGION_ROWS_MAX;) {
        page_row r = row_at(l, i);
        bool columns = has_columns(l, &r);
        if (g->row_count > 0) {
            const page_row *before = &g->rows[g->row_count - 1];
            bool far = (int64_t)r.y0 - before->y1 > (int64_t)l->leading * 4;
            if (far || is_chapter(l, &r) || (!columns && !may_belong(l, &r, before))) break;
        }
        g->rows[g->row_count++] = r;
        if (columns) last_with_columns = g->row_count;
        i += r.count;
    }
    while (g->row_count > last_with_columns && g->row_count - last_with_columns > 2) g->row_count--; /* the last cell may have two more lines */
    for (size_t i = last_with_columns; i < g->row_count; i++) /* the heading behind a table is none of its cells */
        if (is_heading(&l->pieces[g->rows[i].first])) g->row_count = i;
}

static int by_from(const void *x, const void *y)
{
    const strip *a = x, *b = y;
    return (a->from > b->from) - (a->from < b->from);
}

/* Columns: what is left of the measure when the strips that at most one row in ten crosses are taken out. */
static void find_columns(region *g)
{
    const line_layout *l = g->l;
    strip *pieces = NULL;
    size_t count = 0, max = 0, allowed = g->row_count / 10;
    for (size_t r = 0; r < g->row_count; r++)
        for (size_t i = g->rows[r].first; i < g->rows[r].first + g->rows[r].count; i++)
            if (!l->pieces[i].is_furniture) *ARENA_PUSH(g->a, pieces, count, max) = (strip){l->pieces[i].x0, l->pieces[i].x1};
    g->column_count = 0;
    if (count == 0 || count > REGION_PIECES_MAX) return;
    qsort(pieces, count, sizeof *pieces, by_from);
    int32_t from = pieces[0].from, right = from, step = l->em / 4 > 0 ? l->em / 4 : 1;
    for (size_t i = 0; i < count; i++) right = pieces[i].to > right ? pieces[i].to : right;
    int32_t begin = -1, last_covered = from;
    if ((int64_t)right - from > (int64_t)step * 4000) return;
    for (int32_t x = from; x <= right; x += step) {
        size_t over = 0;
        for (size_t i = 0; i < count && pieces[i].from <= x; i++) over += pieces[i].to > x;
        if (over > allowed) {
            if (begin < 0) begin = x;
            last_covered = x;
        } else if (begin >= 0 && x - last_covered >= step * 2) {
            if (g->column_count == TABLE_COLUMNS_MAX) return;
            g->columns[g->column_count++] = (strip){begin, last_covered + step};
            begin = -1;
        }
    }
    if (begin >= 0 && g->column_count < TABLE_COLUMNS_MAX) g->columns[g->column_count++] = (strip){begin, right};
}

static size_t column_of(const region *g, int32_t x)
{
    size_t best = 0;
    int64_t best_away = INT64_MAX;
    for (size_t c = 0; c < g->column_count; c++) {
        int64_t away = x < g->columns[c].from ? (int64_t)g->columns[c].from - x : x > g->columns[c].to ? (int64_t)x - g->columns[c].to : 0;
        if (away < best_away) best = c, best_away = away;
    }
    return best;
}

static size_t last_column_of(const region *g, const line_piece *p, size_t first)
{
    size_t last = first;
    for (size_t c = first; c < g->column_count; c++)
        if (g->columns[c].from + (g->columns[c].to - g->columns[c].from) / 2 < p->x1) last = c;
    return last;
}

/* The lines of a column, downward. A piece belongs to the column where it begins. */
typedef struct column_lines { const line_piece *lines[CELL_LINES_MAX]; size_t count; int32_t narrow; /* between the nearest two */ } column_lines;

static void lines_of(const region *g, size_t column, column_lines *ret)
{
    ret->count = 0;
    ret->narrow = INT32_MAX;
    for (size_t r = 0; r < g->row_count; r++)
        for (size_t i = g->rows[r].first; i < g->rows[r].first + g->rows[r].count; i++) {
            const line_piece *p = &g->l->pieces[i];
            if (p->is_furniture || ret->count == CELL_LINES_MAX) continue;
            if (column_of(g, p->x0 + g->l->em / 4) != column) continue;
            int32_t step = ret->count > 0 ? p->y0 - ret->lines[ret->count - 1]->y0 : 0;
            if (step > 0 && step < ret->narrow) ret->narrow = step;
            ret->lines[ret->count++] = p;
        }
    if (ret->narrow == INT32_MAX) ret->narrow = 0;
}

static bool is_number(text t)
{
    size_t digits = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] >= '0' && t.ptr[i] <= '9') digits++;
        else if (t.ptr[i] != '.' && t.ptr[i] != ' ') return false;
    }
    return digits > 0 && digits <= 4;
}

static void set_anchors(region *g, const column_lines *c)
{
    g->anchor_count = 0;
    for (size_t i = 0; i < c->count && g->anchor_count < REGION_ROWS_MAX; i++) {
        g->tops[g->anchor_count] = c->lines[i]->y0;
        g->middles[g->anchor_count++] = middle(c->lines[i]);
    }
}

/* A column that, but for its head, holds nothing but numbers, each a line. */
static bool anchor_by_numbers(region *g)
{
    column_lines c;
    for (size_t column = 0; column < g->column_count && column < 3; column++) {
        size_t numbers = 0;
        lines_of(g, column, &c);
        for (size_t i = 0; i < c.count; i++) numbers += is_number(c.lines[i]->content);
        if (numbers < 2 || c.count - numbers > 2 || (c.count > numbers && is_number(c.lines[0]->content))) continue;
        if (c.count - numbers == 2) { /* two lines of one head: 序|号 */
            if (is_number(c.lines[1]->content)) continue;
            memmove(c.lines, c.lines + 1, sizeof *c.lines * --c.count);
        }
        set_anchors(g, &c);
        if (c.count > numbers) g->tops[0] = g->rows[0].y0;
        return true;
    }
    return false;
}

/* The lines of a column behind its head (at most two) are of at most three words, all of one length: a property, one line for each row. *ret_head: lines of the head. */
static bool is_property(const column_lines *c, size_t *ret_head)
{
    enum { WORDS_MAX = 3, LINES_MIN = 3 };
    for (size_t head = 0; head <= 2 && head + LINES_MIN <= c->count; head++) {
        text words[WORDS_MAX];
        size_t count = 0, i = head, chars = text_chars(c->lines[head]->content);
        for (; i < c->count; i++) {
            text t = c->lines[i]->content;
            size_t k = 0;
            while (k < count && !text_equal(words[k], t)) k++;
            if (text_chars(t) != chars || (k == count && count == WORDS_MAX)) break;
            if (k == count) words[count++] = t;
        }
        if (i < c->count || chars < 2 || chars > 4 || count * 2 > c->count - head) continue;
        *ret_head = head;
        return true;
    }
    return false;
}

/* A column of a property (mandatory, expected): each of its lines is a row. */
static bool anchor_by_property(region *g)
{
    column_lines c;
    size_t head;
    for (size_t column = g->column_count; column-- > 2;) {
        lines_of(g, column, &c);
        if (!is_property(&c, &head)) continue;
        if (head == 2) { /* two lines of one head */
            memmove(c.lines, c.lines + 1, sizeof *c.lines * --c.count);
            head = 1;
        }
        set_anchors(g, &c);
        if (head == 1) g->tops[0] = g->rows[0].y0;
        return true;
    }
    return false;
}

/* Blanks between rows that are clearly wider than the narrowest. */
static bool anchor_by_blanks(region *g)
{
    int32_t narrow = INT32_MAX, wide = INT32_MIN;
    for (size_t r = 1; r < g->row_count; r++) {
        int32_t blank = g->rows[r].y0 - g->rows[r - 1].y0;
        if (blank < narrow) narrow = blank;
        if (blank > wide) wide = blank;
    }
    if (g->row_count < 3 || wide - narrow < g->l->em * 35 / 100) return false;
    int32_t limit = narrow / 2 + wide / 2;
    g->anchor_count = 0;
    for (size_t r = 0, first = 0; r < g->row_count; r++) {
        bool ends = r + 1 == g->row_count || g->rows[r + 1].y0 - g->rows[r].y0 > limit;
        if (!ends) continue;
        g->tops[g->anchor_count] = g->rows[first].y0;
        g->middles[g->anchor_count++] = g->rows[first].y0 / 2 + g->rows[r].y1 / 2;
        first = r + 1;
    }
    return g->anchor_count >= 2;
}

static void anchor_by_first_column(region *g)
{
    column_lines c;
    lines_of(g, 0, &c);
    set_anchors(g, &c);
    if (g->anchor_count > 0 && g->tops[0] > g->rows[0].y0 + g->l->em) {
        lines_of(g, 1, &c); /* no text in the corner: every row by itself */
        set_anchors(g, &c);
    }
}

/* How badly lines j to i (not included) fit row k: how far from its anchor, and how far from one another. */
static int64_t misfit(const region *g, const column_lines *c, size_t j, size_t i, size_t k)
{
    const line_piece *first = c->lines[j], *last = c->lines[i - 1];
    int64_t away = g->is_centred ? (int64_t)first->y0 / 2 + last->y1 / 2 - g->middles[k] : (int64_t)first->y0 - g->tops[k];
    return llabs(away) + (int64_t)last->y0 - first->y0 - (int64_t)(i - 1 - j) * c->narrow;
}

/*
 * Lines of a column shared out to the rows, in order, so that each row's lines stand around its anchor (or begin at its top).
 * cost[i][k]: the first i lines given to the first k rows. Returns the whole cost.
 */
static int64_t share_out(const region *g, const column_lines *c, size_t *ret_row)
{
    size_t n = c->count, rows = g->anchor_count, wide = rows + 1;
    int64_t *cost = NEW_ARRAY(g->a, (n + 1) * wide, int64_t);
    size_t *from = NEW_ARRAY(g->a, (n + 1) * wide, size_t);
    for (size_t i = 1; i <= n; i++) cost[i * wide] = INT64_MAX / 4;
    for (size_t k = 1; k <= rows; k++)
        for (size_t i = 0; i <= n; i++) {
            int64_t best = cost[i * wide + k - 1] + g->l->leading / 2; /* no lines for this row */
            size_t best_from = i;
            for (size_t j = i; j-- > 0 && i - j <= CELL_LINES_OF_ROW_MAX;) {
                int64_t sum = cost[j * wide + k - 1] + misfit(g, c, j, i, k - 1);
                if (sum < best) best = sum, best_from = j;
            }
            cost[i * wide + k] = best;
            from[i * wide + k] = best_from;
        }
    for (size_t i = n, k = rows; k > 0; k--) {
        size_t first = from[i * wide + k];
        for (size_t j = first; j < i; j++) ret_row[j] = k;
        i = first;
    }
    return cost[n * wide + rows];
}

/* Do the texts of cells stand in the middle of their rows, or at the top? What fits better. */
static void choose_alignment(region *g)
{
    int64_t cost[2] = {0, 0};
    for (int centred = 0; centred < 2; centred++)
        for (size_t column = 0; column < g->column_count; column++) {
            column_lines c;
            size_t rows[CELL_LINES_MAX];
            g->is_centred = centred == 1;
            lines_of(g, column, &c);
            cost[centred] += share_out(g, &c, rows);
        }
    g->is_centred = cost[1] <= cost[0];
}

static bool is_table(const region *g)
{
    size_t rows = 0, wide = 0;
    for (size_t r = 0; r < g->row_count; r++) {
        size_t n = text_pieces(g->l, &g->rows[r]);
        rows += n >= 2;
        wide += n >= 3;
    }
    return g->column_count >= 3 ? wide >= 2 : g->column_count == 2 && rows >= 4;
}

typedef struct cells { arena *a; line_cell *items; size_t count, max; } cells;

static void cells_of_column(const region *g, size_t column, cells *to)
{
    column_lines c;
    lines_of(g, column, &c);
    size_t rows[CELL_LINES_MAX] = {0};
    share_out(g, &c, rows);
    for (size_t i = 0; i < c.count;) {
        text_buf content = {.a = to->a};
        size_t first = i, last = column;
        for (; i < c.count && rows[i] == rows[first]; i++) {
            buf_join(&content, c.lines[i]->content, GAP_LINE_BREAK);
            size_t end = last_column_of(g, c.lines[i], column);
            if (end > last) last = end;
        }
        *ARENA_PUSH(to->a, to->items, to->count, to->max) =
            (line_cell){(int32_t)rows[first], (int32_t)column + 1, (int32_t)(last - column) + 1, buf_text(&content), c.lines[first]->page};
    }
}

static int by_place(const void *x, const void *y)
{
    const line_cell *a = x, *b = y;
    return a->row != b->row ? (a->row > b->row) - (a->row < b->row) : (a->column > b->column) - (a->column < b->column);
}

static line_table build(region *g, int32_t number)
{
    line_layout *l = g->l;
    cells all = {.a = l->a};
    if (!anchor_by_numbers(g) && !anchor_by_property(g) && !anchor_by_blanks(g)) anchor_by_first_column(g);
    choose_alignment(g);
    for (size_t c = 0; c < g->column_count; c++) cells_of_column(g, c, &all);
    if (all.count > 0) qsort(all.items, all.count, sizeof *all.items, by_place);
    for (size_t r = 0; r < g->row_count; r++)
        for (size_t i = g->rows[r].first; i < g->rows[r].first + g->rows[r].count; i++)
            if (!l->pieces[i].is_furniture) l->pieces[i].region = number;
    return (line_table){.cell_count = all.count, .cells = all.items, .columns = (int32_t)g->column_count, .rows = (int32_t)g->anchor_count, .region = number};
}

typedef struct tables { arena *a; line_table *items; size_t count, max; } tables;

/* Tries the rows from piece i on. Returns where to go on. */
static size_t try_region(line_layout *l, tables *to, size_t i)
{
    arena work = {0};
    page_row r = row_at(l, i);
    size_t next = i + r.count;
    if (has_columns(l, &r)) {
        region *g = NEW(&work, region);
        g->l = l;
        g->a = &work;
        gather_rows(g, i);
        find_columns(g);
        if (is_table(g)) {
            line_table found = build(g, (int32_t)to->count + 1);
            *ARENA_PUSH(to->a, to->items, to->count, to->max) = found;
            next = g->rows[g->row_count - 1].first + g->rows[g->row_count - 1].count;
        }
    }
    arena_free(&work);
    return next;
}

static bool is_text_between(const line_layout *l, int32_t from, int32_t to)
{
    bool passed = false;
    for (size_t i = 0; i < l->count; i++) {
        const line_piece *p = &l->pieces[i];
        if (p->region == to) return false;
        if (passed && p->region == 0 && !p->is_furniture) return true;
        passed = passed || p->region == from;
    }
    return true;
}

static bool same_head(const line_table *t, const line_table *next)
{
    size_t i = 0;
    for (; i < t->cell_count && t->cells[i].row == 1; i++)
        if (i >= next->cell_count || next->cells[i].row != 1 || !text_equal(t->cells[i].content, next->cells[i].content)) return false;
    return i > 0 && (i == next->cell_count || next->cells[i].row != 1);
}

/* A table that goes on at the top of the next page continues the rows of the one before; its repeated head is told apart. */
static void connect(const line_layout *l, line_table *all, size_t count)
{
    size_t head = 0;
    for (size_t i = 1; i < count; i++) {
        const line_table *before = &all[i - 1];
        line_table *t = &all[i];
        bool goes_on = t->columns == before->columns && t->cell_count > 0 && before->cell_count > 0 &&
                       t->cells[0].page == before->cells[before->cell_count - 1].page + 1 && !is_text_between(l, before->region, t->region);
        if (!goes_on) {
            head = i;
            continue;
        }
        t->goes_on = true;
        t->repeats_head = same_head(&all[head], t);
        t->row_offset = before->row_offset + before->rows - (t->repeats_head ? 1 : 0);
    }
}

void layout_find_tables(line_layout *l, line_table **ret, size_t *ret_count)
{
    tables all = {.a = l->a};
    for (size_t i = 0; i < l->count;) i = try_region(l, &all, i);
    connect(l, all.items, all.count);
    *ret = all.items;
    *ret_count = all.count;
}
