/*
 * From a flow down to the rows of files: months, movements, the printed row.
 *
 * The part of a movement that falls into a month is the same share_between that the book summed, so months add up to the last
 * digit. Rows are noted while the tree is built and read at the end, each file once, in order.
 */
#include <stdlib.h>
#include "format.h"
#include "inside.h"

enum { ROW_TEXT_MAX = 1000 };

typedef struct wanted_row { why_node *node; int64_t delivery, row; } wanted_row;
struct why_rows { account *x; arena *a; wanted_row *wanted; size_t count, max; };

why_rows *why_rows_new(account *x, arena *a)
{
    why_rows *w = NEW(a, why_rows);
    *w = (why_rows){.x = x, .a = a};
    return w;
}

/* ---- File rows ---- */

void why_file_row(why_rows *w, why_node *below, int64_t delivery, int64_t row)
{
    if (delivery <= 0) return;
    why_node *n = why_new(w->a, WHY_ROW, TEXT("文件行"), TEXT("file row"), NULL, (text){0});
    why_add(below, n);
    *ARENA_PUSH(w->a, w->wanted, w->count, w->max) = (wanted_row){n, delivery, row};
}

static int by_row(const void *a, const void *b)
{
    const wanted_row *x = a, *y = b;
    if (x->delivery != y->delivery) return x->delivery < y->delivery ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static text row_text(arena *a, const table_row *row)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < row->count && b.len < ROW_TEXT_MAX; i++) {
        if (i > 0) buf_char(&b, ',');
        csv_field(&b, row->cells[i].value, ',');
    }
    return buf_text(&b);
}

/* Rows rising; the file is read once, up to the last one wanted. */
static bool read_rows(why_rows *w, table *t, wanted_row *rows, size_t count, heng_err *err)
{
    arena scratch = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < count;) {
        table_row row;
        arena_mark mark = arena_here(&scratch);
        ok = table_next(t, &scratch, &row, err);
        if (!ok || row.is_end) break;
        for (; i < count && rows[i].row < row.number; i++) {} /* an empty row: nothing to print */
        for (; i < count && rows[i].row == row.number; i++) rows[i].node->detail = row_text(w->a, &row);
        arena_rewind(&scratch, mark);
    }
    arena_free(&scratch);
    return ok;
}

static void name_rows(why_rows *w, const book_delivery *d, wanted_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text file = d->file.len > 0 ? d->file : d->source;
        rows[i].node->source = rows[i].row > 0 ? printed(w->a, "%.*s%s%.*s:%lld", TEXT_FMT(file), d->sheet.len > 0 ? "#" : "", TEXT_FMT(d->sheet), (long long)rows[i].row)
                                               : printed(w->a, "%.*s", TEXT_FMT(file));
        if (d->file.len > 0 && d->source.len > 0 && !text_equal(d->file, d->source))
            rows[i].node->source = printed(w->a, "%.*s (%.*s)", TEXT_FMT(rows[i].node->source), TEXT_FMT(d->source));
        if (rows[i].row <= 0) rows[i].node->label_zh = TEXT("来源"), rows[i].node->label_en = TEXT("source");
    }
}

static bool print_delivery(why_rows *w, wanted_row *rows, size_t count, heng_err *err)
{
    book_delivery d;
    text bytes;
    arena scratch = {0};
    table *t = NULL;
    bool ok = book_delivery_bytes(w->x->b, &scratch, rows[0].delivery, &d, &bytes, err);
    if (ok) name_rows(w, &d, rows, count);
    if (ok && bytes.len > 0 && rows[count - 1].row > 0) {
        table_options o = {.sheet = d.sheet};
        heng_err unreadable = {0}; /* not a table, or no longer read: the place still stands */
        if (table_open_bytes(bytes.ptr, bytes.len, text_str(&scratch, d.file), &o, &t, &unreadable)) ok = read_rows(w, t, rows, count, &unreadable) || true;
    }
    table_close(t);
    arena_free(&scratch);
    return ok;
}

bool why_rows_print(why_rows *w, heng_err *err)
{
    if (w->count > 0) qsort(w->wanted, w->count, sizeof *w->wanted, by_row);
    for (size_t i = 0, end; i < w->count; i = end) {
        for (end = i; end < w->count && w->wanted[end].delivery == w->wanted[i].delivery; end++) {}
        if (!print_delivery(w, w->wanted + i, end - i, err)) return false;
    }
    w->count = 0;
    return true;
}

/* ---- Movements, months, flows ---- */

static text movement_label(const why_rows *w, const book_movement_row *m, bool is_part)
{
    static const char *const basis[] = {"metered", "reported", "estimated", "apportioned"};
    text_buf b = {.a = w->a};
    buf_printf(&b, "%.*s, %s", TEXT_FMT(period_format(w->a, w->x->zone, m->when)), basis[m->ends.basis & 3]);
    if (is_part) buf_str(&b, ", part");
    return buf_text(&b);
}

bool why_movement(why_rows *w, const book_movement_row *m, int64_t from_us, int64_t to_us, why_node **ret, heng_err *err)
{
    const rule_set *now;
    if (!book_rules(w->x->b, &now, err)) return false; /* the book numbers units by the rules of now */
    const rule_unit *unit = &now->units[m->ends.unit];
    int64_t part = share_between(m->amount, m->when, from_us, to_us);
    bool is_part = part != m->amount;
    why_node *n = why_new(w->a, WHY_MOVEMENT, printed(w->a, is_part ? "流动 %lld 的一部分" : "流动 %lld", (long long)m->id),
                          printed(w->a, is_part ? "part of movement %lld" : "movement %lld", (long long)m->id), rat_scaled(w->a, part, unit->scale), unit->id);
    n->address = printed(w->a, "heng:movement/%lld", (long long)m->id);
    n->detail = movement_label(w, m, is_part);
    if (is_part) n->detail = printed(w->a, "%.*s of %.*s %.*s", TEXT_FMT(n->detail), TEXT_FMT(dec_format_trim(w->a, m->amount, unit->scale)), TEXT_FMT(unit->id));
    n->source = m->group_key;
    why_file_row(w, n, m->delivery, m->row);
    if (m->row_less > 0) why_file_row(w, n, m->delivery, m->row_less);
    return *ret = n, true;
}

static bool add_month(why_rows *w, const book_movement_row *rows, size_t count, int32_t month, why_node *flow, heng_err *err)
{
    int64_t from = zone_month_start_us(w->x->zone, month), to = zone_month_start_us(w->x->zone, month + 1);
    const rule_set *now;
    i128 sum = 0;
    why_node *n = NULL, *child;
    if (!book_rules(w->x->b, &now, err)) return false;
    for (size_t i = 0; i < count; i++) {
        int64_t part = share_between(rows[i].amount, rows[i].when, from, to);
        if (part == 0) continue;
        if (!n) n = why_new(w->a, WHY_MONTH, printed(w->a, "%04d-%02d", month_year(month), month_number(month)), printed(w->a, "%04d-%02d", month_year(month), month_number(month)), NULL, flow->unit);
        if (!why_movement(w, &rows[i], from, to, &child, err)) return false;
        why_add(n, child);
        sum += part;
    }
    if (!n) return true;
    n->value = rat_scaled(w->a, sum, now->units[rows[0].ends.unit].scale);
    why_add(flow, n);
    return true;
}

static i128 months_sum(const columns *c, uint32_t f, const span *s)
{
    i128 sum = 0;
    for (uint32_t r = c->row_start[f]; r < c->row_start[f + 1]; r++)
        for (int m = 0; m < ACCOUNT_ROW_MONTHS; m++) {
            int32_t month = month_from(c->row_year[r], m + 1);
            if (month >= s->first_month && month < s->first_month + s->month_count) sum += c->sums[(size_t)r * ACCOUNT_ROW_MONTHS + (size_t)m];
        }
    return sum;
}

/* The rows may belong to another view than the one that summed: what this needs is asked for, not taken as there. */
static why_node *flow_node(why_rows *w, uint32_t f, const span *months)
{
    account *x = w->x;
    const columns *c = x->c;
    const book_party *items = account_parties(x)->items, *giver = &items[c->giver[f]], *taker = &items[c->taker[f]];
    const flow_sort *sort = &c->sorts[c->sort[f]];
    const rule_commodity *what = &x->r->commodities[sort->commodity];
    const rule_kind *kind = &x->r->kinds[sort->kind];
    const rule_unit *unit = &x->r->units[sort->unit];
    why_node *n = why_new(w->a, WHY_FLOW,
                          printed(w->a, "%.*s→%.*s %.*s %.*s", TEXT_FMT(party_name(giver, HENG_ZH)), TEXT_FMT(party_name(taker, HENG_ZH)), TEXT_FMT(kind->name.zh), TEXT_FMT(what->name.zh)),
                          printed(w->a, "%.*s to %.*s, %.*s %.*s", TEXT_FMT(party_name(giver, HENG_EN)), TEXT_FMT(party_name(taker, HENG_EN)), TEXT_FMT(kind->name.en), TEXT_FMT(what->name.en)),
                          rat_scaled(w->a, months_sum(c, f, months), unit->scale), unit->id);
    addr at = {.kind = TEXT("flow")};
    addr_part(&at, printed(w->a, "%lld", (long long)c->flow_id[f]));
    addr_part(&at, period_format(w->a, x->zone, period_months(x->zone, months->first_month, months->month_count)));
    if (x->known_us != BOOK_KNOWN_NOW) addr_set(&at, "known", printed(w->a, "%lld", (long long)x->known_us));
    n->address = addr_format(w->a, &at);
    return n;
}

bool why_flow(why_rows *w, uint32_t flow, const span *months, bool is_whole, why_node **ret, heng_err *err)
{
    book_movement_row *rows;
    size_t count;
    if (!columns_need(w->x, err)) return false;
    why_node *n = flow_node(w, flow, months);
    *ret = n;
    if (!is_whole) return true;
    if (!book_movements_of(w->x->b, w->a, w->x->c->flow_id[flow], months->first_month, months->month_count, w->x->known_us, &rows, &count, err)) return false;
    int32_t first = months->first_month, end = first + months->month_count;
    int32_t low = end, high = first; /* only months that the movements touch */
    for (size_t i = 0; i < count; i++) {
        int32_t from = zone_month_of(w->x->zone, rows[i].when.start_us);
        int32_t to = period_is_instant(rows[i].when) ? from : zone_month_of(w->x->zone, rows[i].when.end_us - 1);
        if (from < low) low = from;
        if (to >= high) high = to + 1;
    }
    for (int32_t m = low > first ? low : first; m < (high < end ? high : end); m++)
        if (!add_month(w, rows, count, m, n, err)) return false;
    return true;
}
