/*
 * Opening a view of the book: the rules as known then, the parties as of a day, the profile, the columns.
 *
 * The book numbers rules by those of now. A view of an earlier moment has its own rule set, so every index that comes from the book
 * (flows, classes and roles of parties) is carried over by name when the two sets differ.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "inside.h"

rule_name name_of(const char *zh, const char *en) { return (rule_name){text_of(zh), text_of(en)}; }

text printed(arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    must(len >= 0);
    char *p = arena_alloc(a, (size_t)len + 1);
    vsnprintf(p, (size_t)len + 1, format, again);
    va_end(again);
    return (text){p, (size_t)len};
}

/* ---- Rules of now to rules of then ---- */

static bool same_rules(const account *x, const rule_set *now) { return x->r == now || hash_equal(x->r->hash, now->hash); }

#define MAP_BY_ID(x, now, items, count, find) \
    int32_t *map = NEW_ARRAY((x)->a, (now)->count + 1, int32_t); \
    for (size_t i = 0; i < (now)->count; i++) map[i] = find((x)->r, (now)->items[i].id)

static const int32_t *map_commodities(account *x, const rule_set *now) { MAP_BY_ID(x, now, commodities, commodity_count, rule_commodity_find); return map; }
static const int32_t *map_units(account *x, const rule_set *now) { MAP_BY_ID(x, now, units, unit_count, rule_unit_find); return map; }
static const int32_t *map_kinds(account *x, const rule_set *now) { MAP_BY_ID(x, now, kinds, kind_count, rule_kind_find); return map; }
static const int32_t *map_classes(account *x, const rule_set *now) { MAP_BY_ID(x, now, party_classes, party_class_count, rule_party_class_find); return map; }
static const int32_t *map_roles(account *x, const rule_set *now) { MAP_BY_ID(x, now, roles, role_count, rule_role_find); return map; }

static int32_t carried(const int32_t *map, int32_t i) { return i < 0 ? RULE_NONE : map[i]; }

static void carry_columns(account *x, const rule_set *now)
{
    const int32_t *commodity = map_commodities(x, now), *unit = map_units(x, now), *kind = map_kinds(x, now);
    flow_sort *to = NEW_ARRAY(x->a, x->c->sort_count + 1, flow_sort);
    for (size_t i = 0; i < x->c->sort_count; i++) {
        const flow_sort *k = &x->c->sorts[i];
        to[i] = (flow_sort){carried(kind, k->kind), carried(commodity, k->commodity), carried(unit, k->unit), k->basis};
    }
    x->c->sorts = to;
}

/* ---- Opening ---- */

static bool check_options(account *x, heng_err *err)
{
    account_options *o = &x->o;
    if (o->basis.len == 0) o->basis = TEXT("calorific");
    if (o->unit.len == 0) o->unit = TEXT("tce");
    if (!text_is(o->basis, "calorific") && !text_is(o->basis, "coal_equal")) return err_fill_n(err, &MSG_BASIS_UNKNOWN, o->basis.ptr, o->basis.len, NULL);
    if (!text_is(o->unit, "tce") && !text_is(o->unit, "GJ")) return err_fill_n(err, &MSG_UNIT_UNKNOWN, o->unit.ptr, o->unit.len, NULL);
    if (o->profile.len == 0) return true;
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "profiles", &rows);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rule_cell(rows[i], "profile"), o->profile)) return true;
    return err_fill_n(err, &MSG_PROFILE_ABSENT, o->profile.ptr, o->profile.len, NULL);
}

static void note_rules(account *x)
{
    int32_t energy = rule_tag_find(x->r, TEXT("energy"));
    x->is_energy = NEW_ARRAY(x->a, x->r->commodity_count / 64 + 1, uint64_t);
    note_parts(x);
    for (size_t i = 0; i < x->r->commodity_count && energy >= 0; i++)
        if (x->r->commodities[i].tags[energy / 64] >> (energy % 64) & 1) x->is_energy[i / 64] |= (uint64_t)1 << (i % 64);
    x->factors = (text_map){.a = x->a};
}

bool is_energy(const account *x, int32_t commodity) { return x->is_energy[commodity / 64] >> (commodity % 64) & 1; }

bool columns_need(account *x, heng_err *err)
{
    account *of = x->columns_of ? x->columns_of : x;
    const rule_set *now;
    columns *c;
    if (x->c) return true;
    if (!of->c) {
        if (!columns_open(of, &c, err) || !book_rules(of->b, &now, err)) return false;
        of->c = c;
        if (!same_rules(of, now)) carry_columns(of, now);
    }
    x->c = of->c;
    return true;
}

/* columns_of: a view of the same known-time, or NULL. */
static bool open_view(arena *a, book *b, const account_options *options, account *columns_of, account **ret, heng_err *err)
{
    account *x = NEW(a, account);
    const rule_set *now;
    x->a = a, x->b = b, x->o = *options, x->known_us = options->known_us, x->zone = book_zone(b);
    x->o.profile = text_copy(a, options->profile), x->o.basis = text_copy(a, options->basis);
    x->o.unit = text_copy(a, options->unit), x->o.gwp = text_copy(a, options->gwp);
    if (!book_rules(b, &now, err)) return false;
    x->r = now;
    if (x->known_us != BOOK_KNOWN_NOW && !book_rules_at(b, a, x->known_us, &x->r, err)) return false;
    if (!check_options(x, err)) return false;
    note_rules(x);
    if (!same_rules(x, now)) x->class_map = map_classes(x, now), x->role_map = map_roles(x, now);
    x->columns_of = columns_of;
    *ret = x;
    return true;
}

bool account_open(arena *a, book *b, const account_options *options, account **ret, heng_err *err)
{
    account_options none = {.known_us = BOOK_KNOWN_NOW};
    return open_view(a, b, options ? options : &none, NULL, ret, err);
}

void account_close(account *x) { (void)x; } /* all of it lives in the arena given, the mapped file too */

static bool same_options(const account_options *a, const account_options *b)
{
    return a->known_us == b->known_us && a->tree == b->tree && text_equal(a->profile, b->profile) && text_equal(a->basis, b->basis) &&
           text_equal(a->unit, b->unit) && text_equal(a->gwp, b->gwp);
}

bool account_view(account *x, const account_options *options, account **ret, heng_err *err)
{
    account *v = x;
    while (v && !same_options(&v->o, options)) v = v->other;
    if (v) return *ret = v, true;
    account *shared = NULL;
    for (v = x; v && !shared; v = v->other)
        if (v->known_us == options->known_us) shared = v->columns_of ? v->columns_of : v;
    if (!open_view(x->a, x->b, options, shared, &v, err)) return false;
    v->other = x->other;
    x->other = v;
    *ret = v;
    return true;
}

const rule_set *account_rules(const account *x) { return x->r; }

/* ---- Parties as of a day ---- */

/* Nearest region code above a party by place; itself first. */
static text place_of(const book_parties *p, int32_t party)
{
    for (size_t depth = 0; party >= 0 && (size_t)party < p->count && depth <= p->count; depth++, party = p->items[party].place)
        if (p->items[party].region_code.len > 0) return p->items[party].region_code;
    return (text){0};
}

/* The section (A, B, ... T) of an industry code: up by parents; RULE_NONE. */
static int32_t section_of(const rule_set *r, text industry)
{
    int32_t i = industry.len > 0 ? rule_industry_find(r, industry) : RULE_NONE;
    for (int depth = 0; i >= 0 && depth < 8; depth++) {
        if (text_is(r->industries[i].level, "section") || r->industries[i].parent.len == 0) return i;
        i = rule_industry_find(r, r->industries[i].parent);
    }
    return RULE_NONE;
}

static int32_t index_of_text(arena *a, text_map *map, const text **items, size_t *count, size_t *max, text t)
{
    int64_t found;
    if (text_map_find(map, t, &found)) return (int32_t)found;
    text *grown = (text *)(uintptr_t)*items;
    *ARENA_PUSH(a, grown, *count, *max) = t;
    *items = grown;
    text_map_put(map, t, (int64_t)*count - 1);
    return (int32_t)*count - 1;
}

typedef struct trait_work { account *x; party_state *s; text_map places, sections, traits; size_t place_max, trait_max; } trait_work;

static int32_t section_cached(trait_work *w, text industry)
{
    int64_t found;
    if (text_map_find(&w->sections, industry, &found)) return (int32_t)found;
    int32_t section = section_of(w->x->r, industry);
    text_map_put(&w->sections, industry, section);
    return section;
}

static bool trait_index(trait_work *w, const trait *t, uint16_t *ret, heng_err *err)
{
    int64_t found;
    text key = {(const char *)t, sizeof *t};
    if (!text_map_find(&w->traits, key, &found)) {
        trait *grown = (trait *)(uintptr_t)w->s->traits;
        *ARENA_PUSH(w->x->a, grown, w->s->trait_count, w->trait_max) = *t;
        w->s->traits = grown;
        found = (int64_t)w->s->trait_count - 1;
        if (found >= ACCOUNT_TRAITS_MAX / 2) return err_fill(err, &MSG_TOO_MANY_TRAITS, NULL, "32768", NULL);
        text_map_put(&w->traits, text_copy(w->x->a, key), found);
    }
    *ret = (uint16_t)found;
    return true;
}

static bool make_traits(account *x, party_state *s, heng_err *err)
{
    trait_work w = {.x = x, .s = s, .places = {.a = x->a}, .sections = {.a = x->a}, .traits = {.a = x->a}};
    uint16_t *of = NEW_ARRAY(x->a, s->parties.count + 1, uint16_t);
    for (size_t i = 0; i < s->parties.count; i++) {
        const book_party *p = &s->parties.items[i];
        trait t;
        memset(&t, 0, sizeof t); /* padding too: the bytes are the key */
        t.class_ = p->class_ >= 0 && x->class_map ? x->class_map[p->class_] : p->class_;
        t.role = p->role >= 0 && x->role_map ? x->role_map[p->role] : p->role;
        t.sector = x->class_map ? rule_sector_of(x->r, p->industry, t.role) : p->sector;
        t.section = section_cached(&w, p->industry);
        t.place = index_of_text(x->a, &w.places, &s->places, &s->place_count, &w.place_max, place_of(&s->parties, (int32_t)i));
        if (!trait_index(&w, &t, &of[i], err)) return false;
    }
    s->trait_of = of;
    return true;
}

bool party_state_at(account *x, int32_t day, const party_state **ret, heng_err *err)
{
    party_state *s = x->states;
    while (s && s->day != day) s = s->next;
    if (!s) {
        s = NEW(x->a, party_state);
        s->day = day;
        if (!book_parties_at(x->b, x->a, day, x->known_us, &s->parties, err) || !make_traits(x, s, err)) return false;
        s->next = x->states;
        x->states = s;
    }
    *ret = s;
    return true;
}

const book_parties *account_parties(account *x)
{
    static const book_parties none = {0};
    const party_state *s = x->states;
    heng_err ignored = {0};
    int64_t us = x->known_us == BOOK_KNOWN_NOW ? now_us() : x->known_us;
    if (party_state_at(x, zone_day_of(x->zone, us), &s, &ignored)) return &s->parties;
    return &none;
}

/* ---- Profile and period ---- */

text account_profile(const account *x, text place, int32_t day)
{
    const rule_row *const *rows;
    text everywhere = {0};
    if (x->o.profile.len > 0) return x->o.profile;
    size_t count = rule_rows(x->r, "pack", &rows);
    for (size_t i = 0; i < count; i++)
        if (text_is(rule_cell(rows[i], "key"), "profile") && rule_cell(rows[i], "value").len > 0) return rule_cell(rows[i], "value");
    count = rule_rows(x->r, "profiles", &rows);
    for (size_t i = 0; i < count; i++) {
        if (day < rows[i]->valid_from || day > rows[i]->valid_to) continue;
        if (rows[i]->region.len > 0 && place.len > 0 && rule_region_is_within(x->r, place, rows[i]->region)) return rule_cell(rows[i], "profile");
        if (rows[i]->region.len == 0 && everywhere.len == 0) everywhere = rule_cell(rows[i], "profile");
    }
    return everywhere;
}

bool period_in_months(const account *x, period when, int32_t *ret_first, int32_t *ret_count, heng_err *err)
{
    int32_t first = zone_month_of(x->zone, when.start_us), end = zone_month_of(x->zone, when.end_us);
    if (when.end_us > when.start_us && zone_month_start_us(x->zone, first) == when.start_us && zone_month_start_us(x->zone, end) == when.end_us) {
        *ret_first = first, *ret_count = end - first;
        return true;
    }
    arena scratch = {0};
    text shown = period_format(&scratch, x->zone, when);
    err_fill_n(err, &MSG_PERIOD_NOT_MONTHS, shown.ptr, shown.len, NULL);
    arena_free(&scratch);
    return false;
}

void account_forget(account *x) { x->selections = NULL; }
