/*
 * Regions (GB/T 2260) and what lies within what. Codes are retired: facts keep the code of their date, and a retired code counts within whatever its
 * successor lies in. A code that no row names is placed by its digits (province 2, prefecture 2, county 2).
 */
#include "inside.h"

static void add_region_name(struct rule_index *x, text name, int32_t at)
{
    int64_t first;
    if (name.len == 0) return;
    if (text_map_find(&x->region_names, name, &first)) {
        if (first == at || x->region_next_name[at] >= 0) return;
        x->region_next_name[at] = (int32_t)first;
    }
    text_map_put(&x->region_names, name, at);
}

/* Only name_zh chains rows of one name; an alias or English name that is taken stays with the first. */
void regions_build(builder *b)
{
    struct rule_index *x = b->index;
    const rule_table_rows *t = &x->tables[T_REGIONS];
    x->region_names.a = b->a;
    x->region_next_name = NEW_ARRAY(b->a, t->count, int32_t);
    for (size_t i = 0; i < t->count; i++) x->region_next_name[i] = RULE_NONE;
    for (size_t i = 0; i < t->count; i++) add_region_name(x, b->set->regions[i].name.zh, (int32_t)i);
    for (size_t i = 0; i < t->count; i++) {
        text names[64];
        int64_t there;
        size_t count = names_of_row(t->rows[i], T_REGIONS, names);
        for (size_t n = 0; n < count; n++)
            if (!text_map_find(&x->region_names, names[n], &there)) text_map_put(&x->region_names, names[n], (int64_t)i);
    }
}

static bool is_valid_on(const rule_row *row, int32_t day)
{
    return row->valid_from <= day && day <= row->valid_to;
}

static int level_rank(text level)
{
    static const char *const LEVELS[] = {"nation", "province", "prefecture", "county"};
    for (int i = 0; i < 4; i++)
        if (text_is(level, LEVELS[i])) return i;
    return 4;
}

/* Of the regions of one name the highest level counts; two of the same level mean neither. */
static int32_t find_by_name(const rule_set *r, text name, int32_t day)
{
    int64_t first;
    if (!text_map_find(&r->index->region_names, name, &first)) return RULE_NONE;
    int32_t best = RULE_NONE;
    bool is_twice = false;
    for (int32_t at = (int32_t)first; at >= 0; at = r->index->region_next_name[at]) {
        const rule_region *g = &r->regions[at];
        if (!is_valid_on(g->row, day)) continue;
        int by_level = best < 0 ? -1 : level_rank(g->level) - level_rank(r->regions[best].level);
        if (by_level == 0 && !text_equal(g->code, r->regions[best].code)) is_twice = true;
        if (by_level < 0) {
            best = at;
            is_twice = false;
        }
    }
    return is_twice ? RULE_NONE : best;
}

int32_t rule_region_find_in(const rule_set *r, text name, text within, int32_t day)
{
    int64_t first;
    if (!text_map_find(&r->index->region_names, name, &first)) return RULE_NONE;
    for (int32_t at = (int32_t)first; at >= 0; at = r->index->region_next_name[at]) {
        const rule_region *g = &r->regions[at];
        if (is_valid_on(g->row, day) && rule_region_is_within(r, g->code, within)) return at;
    }
    return RULE_NONE;
}

int32_t rule_region_find(const rule_set *r, text code_or_name, int32_t day)
{
    int32_t at = id_find(r, T_REGIONS, code_or_name);
    if (at < 0) return find_by_name(r, code_or_name, day);
    for (; at >= 0; at = r->index->tables[T_REGIONS].next[at])
        if (is_valid_on(r->regions[at].row, day)) return at;
    return RULE_NONE;
}

/* The row that held last. */
static const rule_region *last_region(const rule_set *r, text code)
{
    const rule_region *last = NULL;
    for (int32_t at = id_find(r, T_REGIONS, code); at >= 0; at = r->index->tables[T_REGIONS].next[at])
        if (!last || r->regions[at].row->valid_to > last->row->valid_to) last = &r->regions[at];
    return last;
}

/* 120103 -> 120100 -> 120000 -> nothing: where no row says better. */
static text digits_parent(text code, char buffer[8])
{
    if (code.len != 6 || text_ends(code, "0000")) return (text){"", 0};
    memcpy(buffer, code.ptr, 6);
    if (memcmp(buffer + 4, "00", 2) != 0) memcpy(buffer + 4, "00", 2);
    else memcpy(buffer + 2, "0000", 4);
    return (text){buffer, 6};
}

static bool is_within(const rule_set *r, text code, text ancestor, int depth)
{
    char buffer[2][8];
    for (int step = 0; step < RULE_CLIMB_MAX && code.len > 0; step++) {
        if (text_equal(code, ancestor)) return true;
        const rule_region *g = last_region(r, code);
        if (g && g->successor.len > 0 && depth < RULE_CLIMB_MAX && is_within(r, g->successor, ancestor, depth + 1)) return true;
        code = g && g->parent.len > 0 ? g->parent : g ? (text){"", 0} : digits_parent(code, buffer[step & 1]);
    }
    return false;
}

bool rule_region_is_within(const rule_set *r, text code, text ancestor)
{
    return is_within(r, code, ancestor, 0);
}

/* Codes from the place up to "" (everywhere). A digits-only parent is given only when a row names it. */
size_t region_climb(const rule_set *r, text place, text ret[RULE_CLIMB_MAX])
{
    size_t count = 0;
    char buffer[2][8];
    for (int step = 0; place.len > 0 && count + 1 < RULE_CLIMB_MAX && step < RULE_CLIMB_MAX; step++) {
        const rule_region *g = last_region(r, place);
        if (g) ret[count++] = g->code;
        else if (step == 0) ret[count++] = place;
        place = g ? g->parent : digits_parent(place, buffer[step & 1]);
    }
    ret[count++] = (text){"", 0};
    return count;
}
