/*
 * Holdings: what the parties of a subtree hold of rights, money and lots, how much of it is reserved, what is free.
 */
#include <stdlib.h>
#include "inside.h"

static bool add_line(account *x, arena *a, frame *f, const book_party *p, const book_holding *h, const rule_set *now)
{
    const rule_commodity *c = &now->commodities[h->commodity];
    const rule_unit *u = &now->units[h->unit];
    (void)x;
    frame_line(f, printed(a, "%.*s.%.*s.%.*s", TEXT_FMT(p->code), TEXT_FMT(c->id), TEXT_FMT(u->id)),
               (rule_name){printed(a, "%.*s · %.*s(%.*s)", TEXT_FMT(party_name(p, HENG_ZH)), TEXT_FMT(c->name.zh), TEXT_FMT(u->id)),
                           printed(a, "%.*s · %.*s (%.*s)", TEXT_FMT(party_name(p, HENG_EN)), TEXT_FMT(c->name.en), TEXT_FMT(u->id))}, 0, false, false);
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
