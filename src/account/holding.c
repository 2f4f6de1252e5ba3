/*
 * Holdings: what the parties of a subtree hold of rights, money and lots, how much of it is reserved, what is free.
 */
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

bool account_holdings(account *x, arena *a, int32_t party, account_table *ret, heng_err *err)
{
    const rule_set *now;
    const party_state *s;
    frame f;
    account_cell *cells = NULL;
    size_t cell_count = 0, cell_max = 0;
    int64_t us = x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us;
    if (!book_rules(x->b, &now, err) || !party_state_at(x, zone_day_of(x->zone, us), &s, err)) return false;
    if (party < 0 || (size_t)party >= s->parties.count) return err_fill(err, &MSG_PARTY_UNKNOWN, "", NULL, NULL);
    const bool *inside = book_subtree(a, &s->parties, x->o.tree, party);
    frame_init(&f, x, a);
    frame_column(&f, TEXT("posted"), name_of("持有", "Held"), (text){0});
    frame_column(&f, TEXT("reserved"), name_of("其中冻结", "Reserved of it"), (text){0});
    frame_column(&f, TEXT("free"), name_of("可用", "Free"), (text){0});
    for (size_t p = 0; p < s->parties.count; p++) {
        book_holding *rows;
        size_t count;
        if (!inside[p]) continue;
        if (!book_holdings(x->b, a, (int32_t)p, x->known_us, &rows, &count, err)) return false;
        for (size_t i = 0; i < count; i++) {
            add_line(x, a, &f, &s->parties.items[p], &rows[i], now);
            account_cell three[3] = {{0}};
            set_cells(a, three, &rows[i], now->units[rows[i].unit].scale);
            for (int c = 0; c < 3; c++) *ARENA_PUSH(a, cells, cell_count, cell_max) = three[c];
        }
    }
    const book_party *root = &s->parties.items[party];
    address_of(x, a, "holdings", (text){0}, &f.address);
    addr_part(&f.address, root->code);
    *ret = (account_table){.title = {printed(a, "%.*s 持有量", TEXT_FMT(party_name(root, HENG_ZH))), printed(a, "%.*s holdings", TEXT_FMT(party_name(root, HENG_EN)))},
                           .address = addr_format(a, &f.address), .line_count = f.line_count, .lines = f.lines, .column_count = f.column_count, .columns = f.columns, .cells = cells};
    return true;
}
