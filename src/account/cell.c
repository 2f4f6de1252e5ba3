/*
 * Which cell of the balance a flow fills for a subtree of parties (docs/rulebook.md, "Effects of kinds").
 *
 * What happens at the giver's end (leave, produce) belongs to the giver, all else to the taker. A flow that crosses the
 * subtree's border is bought or sold as well, except where the effect itself says that the other end is outside every
 * territory. The difference of a commodity is enter + produce + bought - leave - consume - sold - adjust.
 */
#include "inside.h"

static cell_entry own(const account *x, int32_t kind, bool by_giver, int sign)
{
    return (cell_entry){CELL_OWN, x->r->kinds[kind].balance_cell, by_giver, sign};
}

static cell_entry bought(void) { return (cell_entry){CELL_BOUGHT, TEXT("bought"), false, 1}; }
static cell_entry sold(void) { return (cell_entry){CELL_SOLD, TEXT("sold"), true, -1}; }
static cell_entry internal(void) { return (cell_entry){CELL_INTERNAL, TEXT("internal"), false, 0}; }

size_t cells_of(const account *x, int32_t kind, flow_ends ends, cell_entry ret[2])
{
    switch (x->r->kinds[kind].effect) {
    case RULE_ENTER:
        ret[0] = ends == ENDS_GIVER ? sold() : own(x, kind, false, 1);
        return 1;
    case RULE_LEAVE:
        ret[0] = ends == ENDS_TAKER ? bought() : own(x, kind, true, -1);
        return 1;
    case RULE_TRANSFER:
        ret[0] = ends == ENDS_BOTH ? internal() : ends == ENDS_TAKER ? bought() : sold();
        return 1;
    case RULE_CONSUME:
        if (ends == ENDS_GIVER) return ret[0] = sold(), 1;
        ret[0] = own(x, kind, false, -1);
        ret[1] = bought();
        return ends == ENDS_TAKER ? 2 : 1;
    case RULE_PRODUCE:
        if (ends == ENDS_TAKER) return ret[0] = bought(), 1;
        ret[0] = own(x, kind, true, 1);
        ret[1] = sold();
        return ends == ENDS_GIVER ? 2 : 1;
    case RULE_ADJUST:
        ret[0] = own(x, kind, ends != ENDS_TAKER, -1);
        return 1;
    case RULE_HOLD:
        return 0;
    }
    return 0;
}

/* Parts of use() and supply(), by the kind's cell, else by its id. */
static const struct { const char *word; cell_part part; } PARTS[] = {
    {"production", PART_PRODUCTION}, {"extract", PART_PRODUCTION}, {"import", PART_IMPORT}, {"export", PART_EXPORT}, {"final", PART_FINAL},
    {"final_use", PART_FINAL}, {"use", PART_FINAL}, {"nonenergy", PART_NONENERGY}, {"loss", PART_LOSS}, {"losses", PART_LOSS}, {"lose", PART_LOSS},
    {"transform_in", PART_TRANSFORM_IN}, {"transform_out", PART_TRANSFORM_OUT}, {"stock_in", PART_STOCK_IN}, {"store_in", PART_STOCK_IN},
    {"stock_out", PART_STOCK_OUT}, {"store_out", PART_STOCK_OUT}};

static cell_part find_part(const account *x, int32_t kind)
{
    const rule_kind *k = &x->r->kinds[kind];
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (text_is(k->id, PARTS[i].word)) return PARTS[i].part;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (text_is(k->balance_cell, PARTS[i].word)) return PARTS[i].part;
    return PART_OTHER;
}

bool actor_is_inside(const account *x, const group *g)
{
    rule_effect e = x->r->kinds[g->kind].effect;
    return e == RULE_PRODUCE || e == RULE_LEAVE ? g->ends != ENDS_TAKER : g->ends != ENDS_GIVER;
}

const trait *trait_actor(const account *x, const selection *s, const group *g)
{
    rule_effect e = x->r->kinds[g->kind].effect;
    return &s->traits[e == RULE_PRODUCE || e == RULE_LEAVE ? g->giver : g->taker];
}

void note_parts(account *x)
{
    x->kind_part = arena_zero(x->a, x->r->kind_count + 1);
    for (size_t k = 0; k < x->r->kind_count; k++) x->kind_part[k] = (uint8_t)find_part(x, (int32_t)k);
}

cell_part part_of_kind(const account *x, int32_t kind) { return (cell_part)x->kind_part[kind]; }

/* ---- The filter of a balance row ---- */

static bool filter_one(const account *x, text word, const trait *end, const trait *other)
{
    text rest = word, name = text_next(&rest, ':');
    rest = text_trim(rest);
    if (text_is(name, "sector")) {
        int32_t want = rule_sector_find(x->r, rest);
        return want >= 0 && end->sector >= 0 && rule_sector_is_within(x->r, end->sector, want);
    }
    if (text_is(name, "role")) return end->role >= 0 && end->role == rule_role_find(x->r, rest);
    if (text_is(name, "other")) return other->class_ >= 0 && other->class_ == rule_party_class_find(x->r, rest);
    return false;
}

/* Pieces between ';' must all hold; alternatives between '|' of one piece. */
static bool filter_holds(const account *x, text filter, const trait *end, const trait *other)
{
    while (filter.len > 0) {
        text piece = text_trim(text_next(&filter, ';'));
        bool any = piece.len == 0;
        while (!any && piece.len > 0) any = filter_one(x, text_trim(text_next(&piece, '|')), end, other);
        if (!any) return false;
    }
    return true;
}

static int sign_in_consumption(const account *x, const group *g)
{
    switch (part_of_kind(x, g->kind)) {
    case PART_FINAL: case PART_NONENERGY: case PART_LOSS: case PART_TRANSFORM_IN: return 1;
    case PART_TRANSFORM_OUT: return -1;
    default: return 0;
    }
}

/* Sign with which a cell entry counts under one name asked for. */
static int name_match(const account *x, text name, const group *g, const cell_entry *e)
{
    if (text_is(name, "difference")) return e->sign;
    if (text_is(name, "consumption") || text_is(name, "total_consumption")) return e->source == CELL_OWN ? sign_in_consumption(x, g) : 0;
    if (text_equal(name, e->cell) && e->cell.len > 0) return 1;
    return e->source == CELL_OWN && text_equal(name, x->r->kinds[g->kind].id) ? 1 : 0;
}

int cell_match(const cell_filter *f, const selection *s, const group *g)
{
    cell_entry entries[2];
    size_t count = cells_of(f->x, g->kind, g->ends, entries);
    int sign = 0;
    for (size_t i = 0; i < count; i++) {
        const trait *giver = &s->traits[g->giver], *taker = &s->traits[g->taker];
        int of_entry = 0;
        text rest = f->cells;
        while (rest.len > 0) {
            text name = text_trim(text_next(&rest, ';'));
            int way = 1;
            if (text_starts(name, "-")) way = -1, name = text_trim((text){name.ptr + 1, name.len - 1});
            else if (text_starts(name, "+")) name = text_trim((text){name.ptr + 1, name.len - 1});
            if (name.len > 0) of_entry += way * name_match(f->x, name, g, &entries[i]);
        }
        /* The cell first: it rules out most, and a filter looks names up. */
        if (of_entry != 0 && filter_holds(f->x, f->filter, entries[i].by_giver ? giver : taker, entries[i].by_giver ? taker : giver)) sign += of_entry;
    }
    return sign;
}
