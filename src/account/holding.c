/*
 * Holdings: what the parties of a subtree hold of rights, money and lots, how much of it is reserved, what is free.
 */
#include <stdlib.h>
#include "inside.h"

/* Every party makes a line: printing would cost more than all else here. */
static text joined(arena *a, const text *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) len += parts[i].len;
    char *out = arena_alloc(a, len), *at = out;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0) memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (text){out, len};
}

static bool add_line(account *x, arena *a, frame *f, const book_party *p, const book_holding *h, const rule_set *now)
{
    const rule_commodity *c = &now->commodities[h->commodity];
    const rule_unit *u = &now->units[h->unit];
    (void)x;
    rule_name name = {joined(a, (const text[]){party_name(p, HENG_ZH), TEXT(" · "), c->name.zh, TEXT("("), u->id, TEXT(")")}, 6),
                      joined(a, (const text[]){party_name(p, HENG_EN), TEXT(" · "), c->name.en, TEXT(" ("), u->id, TEXT(")")}, 6)};
    frame_line(f, joined(a, (const text[]){p->code, TEXT("."), c->id, TEXT("."), u->id}, 5), name, 0, false, false);
    f->lines[f->line_count - 1].unit = u->id;
    return true;
}

static void set_cells(arena *a, account_cell *cells, const book_holding *h, int scale)
{
    cells[0].value = rat_scaled(a, h->posted, scale);
    cells[1].value = rat_scaled(a, h->held, scale);
    cells[2].value = rat_scaled(a, (i128)h->posted - h->held, scale);
}

static int by_party(const void *a, const void *b)
{
    const book_holding *x = a, *y = b;
    if (x->party != y->party) return x->party < y->party ? -1 : 1;
    if (x->commodity != y->commodity) return x->commodity < y->commodity ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* One question for the whole subtree: holdings come for one party or for all. */
static bool holdings_of(account *x, arena *a, const bool *inside, size_t party_count, int32_t party, book_holding **ret, size_t *ret_count, heng_err *err)
{
    size_t members = 0, kept = 0;
    book_holding *rows;
    for (size_t p = 0; p < party_count; p++) members += inside[p];
    if (!book_holdings(x->b, a, members > 1 ? BOOK_NONE : party, x->known_us, &rows, ret_count, err)) return false;
    for (size_t i = 0; i < *ret_count; i++)
        if ((size_t)rows[i].party < party_count && inside[rows[i].party]) rows[kept++] = rows[i];
    if (kept > 0) qsort(rows, kept, sizeof *rows, by_party);
    *ret = rows;
    *ret_count = kept;
    return true;
}

bool account_holdings(account *x, arena *a, int32_t party, account_table *ret, heng_err *err)
{
    const rule_set *now;
    const party_state *s;
    frame f;
    book_holding *rows;
    size_t count;
    int64_t us = x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us;
    if (!book_rules(x->b, &now, err) || !party_state_at(x, zone_day_of(x->zone, us), &s, err)) return false;
    if (party < 0 || (size_t)party >= s->parties.count) return err_fill(err, &MSG_PARTY_UNKNOWN, "", NULL, NULL);
    const bool *inside = book_subtree(a, &s->parties, x->o.tree, party);
    frame_init(&f, x, a);
    frame_column(&f, TEXT("posted"), name_of("持有", "Held"), (text){0});
    frame_column(&f, TEXT("reserved"), name_of("其中冻结", "Reserved of it"), (text){0});
    frame_column(&f, TEXT("free"), name_of("可用", "Free"), (text){0});
    if (!holdings_of(x, a, inside, s->parties.count, party, &rows, &count, err)) return false;
    account_cell *cells = NEW_ARRAY(a, 3 * count + 1, account_cell);
    for (size_t i = 0; i < count; i++) {
        add_line(x, a, &f, &s->parties.items[rows[i].party], &rows[i], now);
        set_cells(a, &cells[3 * i], &rows[i], now->units[rows[i].unit].scale);
    }
    const book_party *root = &s->parties.items[party];
    address_of(x, a, "holdings", (text){0}, &f.address);
    addr_part(&f.address, root->code);
    *ret = (account_table){.title = {printed(a, "%.*s 持有量", TEXT_FMT(party_name(root, HENG_ZH))), printed(a, "%.*s holdings", TEXT_FMT(party_name(root, HENG_EN)))},
                           .address = addr_format(a, &f.address), .line_count = f.line_count, .lines = f.lines, .column_count = f.column_count, .columns = f.columns, .cells = cells};
    return true;
}

/* ---- Why ---- */

/* What came in, less what was given on: the movements themselves, live as known then. */
static bool posted_why(account *x, arena *a, const book_holding *h, why_rows *rows, why_node *n, heng_err *err)
{
    book_movement_row *m;
    size_t count;
    book_query q = {.party = h->party, .commodity = h->commodity, .kind = BOOK_NONE};
    if (!book_movements_query(x->b, a, &q, x->known_us, &m, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        why_node *one;
        if (m[i].ends.unit != h->unit || m[i].ends.giver == m[i].ends.taker) continue;
        if (!why_movement(rows, &m[i], INT64_MIN, INT64_MAX, &one, err)) return false;
        if (m[i].ends.giver == h->party) {
            why_node *given = why_new(a, WHY_NEGATE, TEXT("给出"), TEXT("given"), rat_neg(a, one->value), n->unit);
            why_add(given, one);
            one = given;
        }
        why_add(n, one);
    }
    return true;
}

static why_node *side(account *x, arena *a, const rule_unit *u, text at, const char *column, const char *zh, const char *en, i128 count)
{
    addr address;
    why_node *n = why_new(a, WHY_SUM, text_of(zh), text_of(en), rat_scaled(a, count, u->scale), u->id);
    address_of(x, a, "holdings", (text){0}, &address);
    addr_part(&address, text_next(&at, '/'));
    addr_part(&address, at);
    addr_part(&address, text_of(column));
    n->address = addr_format(a, &address);
    return n;
}

static bool holding_why(account *x, arena *a, const book_holding *h, const rule_unit *u, text at, text column, why_rows *rows, why_node **ret, heng_err *err)
{
    why_node *posted = side(x, a, u, at, "posted", "持有", "Held", h->posted);
    why_node *reserved = side(x, a, u, at, "reserved", "其中冻结", "Reserved of it", h->held);
    why_node *free = side(x, a, u, at, "free", "可用", "Free", (i128)h->posted - h->held);
    reserved->kind = WHY_SAME;
    reserved->detail = TEXT("heng hold list");
    free->kind = WHY_DIFFERENCE;
    if (!posted_why(x, a, h, rows, posted, err)) return false;
    if (text_is(column, "free")) why_add(free, posted), why_add(free, reserved);
    *ret = text_is(column, "free") ? free : text_is(column, "reserved") ? reserved : posted;
    return true;
}

bool holdings_why(account *x, arena *a, const addr *at, why_rows *rows, why_node **ret, heng_err *err)
{
    const rule_set *now;
    const party_state *s;
    account_table t;
    book_holding *found;
    size_t count;
    int64_t us = x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us;
    if (at->part_count < 1 || at->part_count > 3) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(a, addr_format(a, at)), "<party>/<line>/<column>", NULL);
    int32_t party = book_party_find(x->b, at->parts[0]);
    if (party == BOOK_NONE) return err_fill_n(err, &MSG_PARTY_UNKNOWN, at->parts[0].ptr, at->parts[0].len, NULL);
    if (!account_holdings(x, a, party, &t, err) || !book_rules(x->b, &now, err) || !party_state_at(x, zone_day_of(x->zone, us), &s, err)) return false;
    if (!holdings_of(x, a, book_subtree(a, &s->parties, x->o.tree, party), s->parties.count, party, &found, &count, err)) return false;
    text line = at->part_count > 1 ? at->parts[1] : (text){0}, column = at->part_count > 2 ? at->parts[2] : TEXT("posted");
    for (size_t c = 0; c <= t.column_count; c++) {
        if (c == t.column_count) return err_fill_n(err, &MSG_COLUMN_UNKNOWN, column.ptr, column.len, NULL);
        if (text_equal(column, t.columns[c].id)) break;
    }
    for (size_t i = 0; i < count; i++)
        if (!line.len || text_equal(line, t.lines[i].id))
            return holding_why(x, a, &found[i], &now->units[found[i].unit], printed(a, "%.*s/%.*s", TEXT_FMT(at->parts[0]), TEXT_FMT(t.lines[i].id)), column, rows, ret, err);
    return err_fill_n(err, &MSG_LINE_UNKNOWN, line.ptr, line.len, NULL);
}
