/*
 * Which cell of the balance a flow fills for a subtree of parties (docs/rulebook.md, "Effects of kinds").
 *
 * What happens at the giver's end (leave, produce) belongs to the giver, all else to the taker. A flow that crosses the
 * subtree's border is bought or sold as well, except where the effect itself says that the other end is outside every
 * territory. The difference of a commodity is enter + produce + bought + adjust - leave - consume - sold. What a stock-take finds
 * (the taker inside) is there and adds; what it misses (the giver inside) takes off.
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
        ret[0] = ends == ENDS_BOTH ? internal() : own(x, kind, ends == ENDS_GIVER, ends == ENDS_TAKER ? 1 : -1);
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

static filter_part part_of_word(const account *x, text word, bool is_first)
{
    text rest = word, name = text_next(&rest, ':');
    rest = text_trim(rest);
    filter_part p = {FILTER_NEVER, RULE_NONE, is_first};
    if (text_is(name, "sector")) p.what = FILTER_SECTOR, p.id = rule_sector_find(x->r, rest);
    if (text_is(name, "role")) p.what = FILTER_ROLE, p.id = rule_role_find(x->r, rest);
    if (text_is(name, "other")) p.what = FILTER_OTHER, p.id = rule_party_class_find(x->r, rest);
    if (p.id < 0) p.what = FILTER_NEVER; /* a name that the rules do not know fits nobody */
    return p;
}

cell_filter cell_filter_of(const account *x, arena *a, text cells, text filter)
{
    cell_filter f = {.x = x, .cells = cells};
    cell_name *names = NULL;
    filter_part *parts = NULL;
    size_t name_max = 0, part_max = 0;
    while (cells.len > 0) {
        text name = text_trim(text_next(&cells, ';'));
        bool minus = text_starts(name, "-"), plus = text_starts(name, "+");
        if (minus || plus) name = text_trim((text){name.ptr + 1, name.len - 1});
        if (name.len > 0) *ARENA_PUSH(a, names, f.name_count, name_max) = (cell_name){name, minus ? -1 : 1};
    }
    while (filter.len > 0) {
        text piece = text_trim(text_next(&filter, ';'));
        for (bool is_first = true; piece.len > 0; is_first = false) {
            text word = text_trim(text_next(&piece, '|'));
            *ARENA_PUSH(a, parts, f.part_count, part_max) = part_of_word(x, word, is_first);
        }
    }
    f.names = names, f.parts = parts;
    return f;
}

static bool part_holds(const account *x, const filter_part *p, const trait *end, const trait *other)
{
    switch (p->what) {
    case FILTER_SECTOR: return end->sector >= 0 && rule_sector_is_within(x->r, end->sector, p->id);
    case FILTER_ROLE: return end->role == p->id;
    case FILTER_OTHER: return other->class_ == p->id;
    case FILTER_NEVER: return false;
    }
    return false;
}

/* Every piece must hold by one of its parts. */
static bool filter_holds(const cell_filter *f, const trait *end, const trait *other)
{
    bool holds = true;
    for (size_t i = 0; i < f->part_count; i++) {
        if (f->parts[i].is_first) {
            if (!holds) return false;
            holds = false;
        }
        holds = holds || part_holds(f->x, &f->parts[i], end, other);
    }
    return holds;
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
    int way = x->r->kinds[g->kind].effect == RULE_ADJUST && e->source == CELL_OWN ? e->sign : 1; /* found or missed */
    if (text_equal(name, e->cell) && e->cell.len > 0) return way;
    return e->source == CELL_OWN && text_equal(name, x->r->kinds[g->kind].id) ? way : 0;
}

int cell_match(const cell_filter *f, const selection *s, const group *g)
{
    cell_entry entries[2];
    size_t count = cells_of(f->x, g->kind, g->ends, entries);
    const trait *giver = &s->traits[g->giver], *taker = &s->traits[g->taker];
    int sign = 0;
    for (size_t i = 0; i < count; i++) {
        int of_entry = 0;
        for (size_t k = 0; k < f->name_count; k++) of_entry += f->names[k].sign * name_match(f->x, f->names[k].name, g, &entries[i]);
        if (of_entry != 0 && filter_holds(f, entries[i].by_giver ? giver : taker, entries[i].by_giver ? taker : giver)) sign += of_entry;
    }
    return sign;
}
