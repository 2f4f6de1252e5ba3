/*
 * How a name is found: each row of bodies gives patterns head-place-tail. A name fits a pattern if it begins with the head, ends with the tail, and what is
 * between is a place (or any words, for {w}). Of all patterns that fit, the one with the most fixed text wins: 政府外办 before 外办.
 *
 *   市发展改革委      {p} 市, tail 发展改革委          天津市发展和改革委员会
 *   人行太原中心支行  head 人行, {n} 太原, tail 中心支行  中国人民银行太原市中心支行
 *   有农业的区人民政府  {p} a group, tail 人民政府       the governments of its members
 */
#include "directory.h"
#include "inside.h"
#include "messages.h"

enum { PLACE_CHAIN_MAX = 8, PLACE_CHARS_MAX = 12, WORDS_CHARS_MAX = 30 };
typedef struct pattern { text head, tail; char mark; const rule_row *row; } pattern; /* mark: p P n w; 0 = the whole is head */
typedef struct group_name { text name; const rule_row *row; } group_name;

struct plan_directory {
    const rule_set *rules;
    size_t pattern_count, pattern_max; pattern *patterns;
    size_t group_count, group_max; group_name *groups;
};

/* What stands between head and tail. */
typedef enum place_kind { PLACE_NONE, PLACE_REGION, PLACE_NAME, PLACE_GROUP, PLACE_GROUP_UNKNOWN, PLACE_WORDS } place_kind;
typedef struct place { place_kind kind; text code, level, full, brief; bool is_assumed; const rule_row *group; } place;

typedef struct asking { arena *a; const plan_directory *d; const plan_jurisdiction *whose; const rule_region *chain[PLACE_CHAIN_MAX]; size_t chain_count; } asking;

static bool parse_pattern(text t, pattern *ret)
{
    size_t at;
    if (t.len && t.ptr[0] == '=') {
        *ret = (pattern){.head = text_part(t, 1, t.len)};
        return t.len > 1 && !text_find(t, TEXT("{"), &at);
    }
    if (!text_find(t, TEXT("{"), &at)) {
        *ret = (pattern){.head = {"", 0}, .tail = t, .mark = 'p'};
        return t.len > 0;
    }
    text rest = text_part(t, at + 3, t.len);
    *ret = (pattern){.head = text_part(t, 0, at), .tail = rest, .mark = t.ptr[at + 1]};
    return at + 3 <= t.len && t.ptr[at + 2] == '}' && strchr("pPnw", t.ptr[at + 1]) && !text_find(rest, TEXT("{"), &at);
}

static bool add_pattern(arena *a, plan_directory *d, const rule_row *row, text t, const char *column, heng_err *err)
{
    pattern p;
    if (!parse_pattern(text_copy(a, text_nfkc(a, t)), &p)) {
        bool ok = err_fill_n(err, &MSG_PLAN_BODY_PATTERN, t.ptr, t.len, NULL);
        return ok || err_in_field(err, column) || err_at_row(err, row->line) || err_in_file(err, text_str(a, row->file));
    }
    p.row = row;
    *ARENA_PUSH(a, d->patterns, d->pattern_count, d->pattern_max) = p;
    return true;
}

static bool add_body_row(arena *a, plan_directory *d, const rule_row *row, heng_err *err)
{
    text *aliases;
    size_t count = text_split(a, rule_cell(row, "aliases"), ';', &aliases);
    if (!add_pattern(a, d, row, rule_cell(row, "name_zh"), "name_zh", err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!add_pattern(a, d, row, aliases[i], "aliases", err)) return false;
    return true;
}

static void add_group_row(arena *a, plan_directory *d, const rule_row *row)
{
    text *aliases;
    size_t count = text_split(a, rule_cell(row, "aliases"), ';', &aliases);
    *ARENA_PUSH(a, d->groups, d->group_count, d->group_max) = (group_name){text_nfkc(a, rule_cell(row, "name_zh")), row};
    for (size_t i = 0; i < count; i++) *ARENA_PUSH(a, d->groups, d->group_count, d->group_max) = (group_name){text_nfkc(a, aliases[i]), row};
}

bool plan_directory_open(arena *a, const rule_set *r, const plan_directory **ret, heng_err *err)
{
    plan_directory *d = NEW(a, plan_directory);
    const rule_row *const *rows;
    size_t count = rule_rows(r, "bodies", &rows);
    d->rules = r;
    for (size_t i = 0; i < count; i++)
        if (!add_body_row(a, d, rows[i], err)) return false;
    count = rule_rows(r, "body_groups", &rows);
    for (size_t i = 0; i < count; i++) add_group_row(a, d, rows[i]);
    *ret = d;
    return true;
}

static int32_t day_of(text date)
{
    char iso[16];
    int32_t day;
    heng_err err = {0};
    if (date.len != 10) return INT32_MAX;
    memcpy(iso, date.ptr, 10);
    iso[10] = 0;
    return day_parse((text){iso, 10}, &day, &err) ? day : INT32_MAX;
}

plan_jurisdiction plan_jurisdiction_of(const plan_doc *d)
{
    return (plan_jurisdiction){.code = d->gbt2260, .name = d->region, .day = day_of(d->issue_date)};
}

/* Places. */

static const rule_region *region_at(const asking *q, text code_or_name)
{
    int32_t i = rule_region_find(q->d->rules, code_or_name, q->whose->day);
    return i >= 0 ? &q->d->rules->regions[i] : NULL;
}

/* The plan's own place and what it lies in, nearest first. */
static void climb(asking *q)
{
    const rule_region *g = q->whose->code.len ? region_at(q, q->whose->code) : NULL;
    while (g && q->chain_count < PLACE_CHAIN_MAX) {
        q->chain[q->chain_count++] = g;
        g = g->parent.len ? region_at(q, g->parent) : NULL;
    }
}

static text first_alias(const rule_region *g)
{
    text all = rule_cell(g->row, "aliases");
    return all.len ? text_trim(text_next(&all, ';')) : (text){"", 0};
}

static place place_region(const rule_region *g)
{
    text brief = first_alias(g);
    return (place){.kind = PLACE_REGION, .code = g->code, .level = g->level, .full = g->name.zh, .brief = brief.len ? brief : g->name.zh};
}

static bool is_called(const rule_region *g, text name)
{
    return text_equal(g->name.zh, name) || (name.len > 3 && text_equal(first_alias(g), name));
}

/* 市, 省, 区, 县, 州, 旗, 自治区, with 本 or 全 before it, 国家: the form of a level, not a name. */
static text level_word(text t)
{
    static const char *const LEVELS[] = {"市", "省", "区", "县", "州", "旗", "自治区"};
    if (text_starts(t, "本") || text_starts(t, "全") || text_starts(t, "我")) t = text_part(t, 3, t.len);
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++)
        if (text_is(t, LEVELS[i])) return t;
    return (text){"", 0};
}

static bool ends_as(text name, text level)
{
    bool autonomous = text_ends(name, "自治区");
    if (text_is(level, "省")) return autonomous || text_ends(name, "省");
    if (text_is(level, "区") && autonomous) return false;
    return name.len > level.len && memcmp(name.ptr + name.len - level.len, level.ptr, level.len) == 0;
}

/* The place of that level that the plan lies in; a plan of a place that no table knows is known by the name alone. */
static place find_level(const asking *q, text level)
{
    for (size_t i = 0; i < q->chain_count; i++)
        if (ends_as(q->chain[i]->name.zh, level)) return place_region(q->chain[i]);
    if (!q->chain_count && ends_as(q->whose->name, level)) return (place){.kind = PLACE_NAME, .full = q->whose->name, .brief = q->whose->name};
    return (place){.kind = PLACE_GROUP_UNKNOWN, .full = level, .brief = level};
}

/* A place by its name: of the plan's own chain, of what lies in it, of the whole table. */
static const rule_region *find_region(const asking *q, text name)
{
    const rule_set *r = q->d->rules;
    for (size_t i = 0; i < q->chain_count; i++)
        if (is_called(q->chain[i], name)) return q->chain[i];
    for (size_t c = 0; c < q->chain_count; c++)
        for (size_t i = 0; i < r->region_count; i++) {
            const rule_region *g = &r->regions[i];
            if (text_equal(g->parent, q->chain[c]->code) && g->row->valid_from <= q->whose->day && g->row->valid_to >= q->whose->day && is_called(g, name)) return g;
        }
    return text_chars(name) > 1 ? region_at(q, name) : NULL;
}

/* 天津市西青区: the last of several names. */
static const rule_region *find_path(const asking *q, text name)
{
    const rule_region *g = find_region(q, name);
    for (size_t at = 6; !g && at + 6 <= name.len; at += 3)
        if (find_region(q, text_part(name, 0, at))) g = find_region(q, text_part(name, at, name.len));
    return g;
}

static const rule_row *find_group(const asking *q, text name)
{
    const plan_directory *d = q->d;
    for (size_t i = 0; i < d->group_count; i++) {
        const rule_row *row = d->groups[i].row;
        bool ours = !row->region.len || (q->chain_count && text_equal(q->chain[0]->code, row->region));
        for (size_t c = 1; c < q->chain_count && !ours; c++) ours = text_equal(q->chain[c]->code, row->region);
        if (ours && text_equal(d->groups[i].name, name)) return row;
    }
    return NULL;
}

static bool sounds_plural(text t)
{
    size_t at;
    return text_starts(t, "各") || text_starts(t, "有关") || text_starts(t, "相关") || text_starts(t, "其他") || (text_starts(t, "有") && text_find(t, TEXT("的"), &at));
}

static bool sounds_like_place(text t)
{
    static const char *const ENDS[] = {"省", "市", "区", "县", "州", "旗", "盟"};
    if (text_chars(t) < 2 || text_chars(t) > PLACE_CHARS_MAX) return false;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (text_ends(t, ENDS[i])) return true;
    return false;
}

static bool has_level(const rule_row *row, text level)
{
    text all = rule_cell(row, "levels");
    while (all.len) {
        text one = text_trim(text_next(&all, ';'));
        if (text_is(one, "*") || text_equal(one, level)) return true;
    }
    return false;
}

/* No place in the name: the plan's own, or the nearest above that has such a body. */
static place own_place(const asking *q, const rule_row *row)
{
    place p = {.kind = PLACE_NAME, .full = q->whose->name, .brief = q->whose->name, .is_assumed = true};
    for (size_t i = 0; i < q->chain_count; i++)
        if (has_level(row, q->chain[i]->level)) {
            p = place_region(q->chain[i]);
            p.is_assumed = true;
            break;
        }
    return p;
}

/* 国家发展改革委: its name is 国家…, not 中华人民共和国…. */
static place nation(const asking *q)
{
    const rule_region *g = region_at(q, TEXT("100000"));
    return (place){.kind = g ? PLACE_REGION : PLACE_NAME, .code = g ? g->code : (text){"", 0}, .full = TEXT("国家"), .brief = TEXT("国家")};
}

static place find_place(const asking *q, text t, const pattern *p)
{
    bool bare = p->tail.len == 0 && p->head.len == 0;
    if (p->mark == 'w') return (place){.kind = t.len && text_chars(t) <= WORDS_CHARS_MAX ? PLACE_WORDS : PLACE_NONE, .full = t, .brief = t};
    if (!t.len) return p->mark == 'p' && !bare ? own_place(q, p->row) : (place){0};
    text level = level_word(t);
    if (level.len && !bare) return find_level(q, level);
    if (text_is(t, "国家")) return nation(q);
    const rule_region *g = find_path(q, t);
    if (g && (!bare || text_equal(g->name.zh, t) || sounds_like_place(t))) return place_region(g);
    const rule_row *group = find_group(q, t);
    if (group) return (place){.kind = PLACE_GROUP, .full = rule_cell(group, "name_zh"), .group = group};
    if (sounds_plural(t)) return (place){.kind = !bare || sounds_like_place(t) ? PLACE_GROUP_UNKNOWN : PLACE_NONE, .full = t, .brief = t};
    bool is_name = sounds_like_place(t) || (strchr("nP", p->mark) && text_chars(t) <= PLACE_CHARS_MAX - 4);
    return (place){.kind = is_name ? PLACE_NAME : PLACE_NONE, .full = t, .brief = t};
}

/* Names. */

static bool fits(const pattern *p, text t)
{
    if (t.len < p->head.len + p->tail.len || (!p->mark && t.len != p->head.len)) return false;
    return text_equal(text_part(t, t.len - p->tail.len, t.len), p->tail) && text_equal(text_part(t, 0, p->head.len), p->head);
}

static bool is_ours(const asking *q, const rule_row *row)
{
    if (row->valid_from > q->whose->day || row->valid_to < q->whose->day) return q->whose->day == INT32_MAX && row->valid_to == INT32_MAX;
    if (!row->region.len) return true;
    return q->chain_count && rule_region_is_within(q->d->rules, q->chain[0]->code, row->region);
}

/* More fixed text is better; of equal patterns a place that is known, a body usual at its level, then the pack above (the later row). */
static int weight(const pattern *p, const place *x)
{
    int known = x->kind == PLACE_REGION || x->kind == PLACE_GROUP ? 2 : x->kind == PLACE_NONE || x->kind == PLACE_WORDS ? 0 : 1;
    bool usual = x->kind == PLACE_REGION && has_level(p->row, x->level);
    return (int)(p->head.len + p->tail.len) * 8 + (known + (p->mark ? 0 : 2)) * 2 + usual;
}

static const pattern *best_pattern(const asking *q, text t, place *ret)
{
    const pattern *best = NULL;
    for (size_t i = 0; i < q->d->pattern_count; i++) {
        const pattern *p = &q->d->patterns[i];
        if (!fits(p, t) || !is_ours(q, p->row)) continue;
        place x = p->mark ? find_place(q, text_part(t, p->head.len, t.len - p->tail.len), p) : (place){0};
        if (p->mark && x.kind == PLACE_NONE) continue;
        if (best && weight(p, &x) < weight(best, ret)) continue;
        best = p;
        *ret = x;
    }
    return best;
}

/* The row's full name with the place put in. */
static text full_name(arena *a, const rule_row *row, const place *x)
{
    pattern p;
    text name = text_nfkc(a, rule_cell(row, "name_zh"));
    if (!parse_pattern(name, &p)) return name;
    text where = p.mark == 'n' ? x->brief : x->full;
    return text_of(arena_printf(a, "%.*s%.*s%.*s", TEXT_FMT(p.head), p.mark ? (int)where.len : 0, where.ptr, TEXT_FMT(p.tail)));
}

static text body_id(const asking *q, const rule_row *row, const place *x, text name)
{
    text type = rule_cell(row, "type"), whose = q->whose->code.len ? q->whose->code : q->whose->name;
    if (x->kind == PLACE_REGION) return text_of(arena_printf(q->a, "%.*s:%.*s", TEXT_FMT(x->code), TEXT_FMT(type)));
    text place_name = x->kind == PLACE_NONE ? name : x->full;
    if (text_equal(place_name, whose)) return text_of(arena_printf(q->a, "%.*s:%.*s", TEXT_FMT(whose), TEXT_FMT(type)));
    return text_of(arena_printf(q->a, "%.*s/%.*s:%.*s", TEXT_FMT(whose), TEXT_FMT(place_name), TEXT_FMT(type)));
}

static void expand(const asking *q, const rule_row *row, const place *x, plan_named *ret)
{
    text *codes;
    size_t count = text_split(q->a, rule_cell(x->group, "members"), ';', &codes), n = 0;
    plan_member *members = NEW_ARRAY(q->a, count, plan_member);
    for (size_t i = 0; i < count; i++) {
        const rule_region *g = region_at(q, codes[i]);
        if (!g) continue;
        place one = place_region(g);
        text name = full_name(q->a, row, &one);
        members[n++] = (plan_member){.id = body_id(q, row, &one, name), .name = name, .place = g->code};
    }
    ret->members = members;
    ret->member_count = n;
}

static plan_naming naming_of(const rule_row *row, const place *x)
{
    if (text_is(rule_cell(row, "kind"), "open")) return PLAN_NAMED_OPEN;
    if (x->kind == PLACE_GROUP) return PLAN_NAMED_GROUP;
    return x->kind == PLACE_GROUP_UNKNOWN ? PLAN_GROUP_UNDEFINED : PLAN_NAMED;
}

static plan_named named_by(const asking *q, const pattern *p, const place *x, text as_written)
{
    plan_named n = {.row = p->row, .type = rule_cell(p->row, "type"), .kind = rule_cell(p->row, "kind"), .place_is_assumed = x->is_assumed, .group = x->group};
    n.naming = naming_of(p->row, x);
    n.place = x->code.len ? x->code : x->full;
    n.name = n.naming == PLAN_NAMED || n.naming == PLAN_NAMED_GROUP ? full_name(q->a, p->row, x) : as_written;
    if (n.naming == PLAN_NAMED || n.naming == PLAN_NAMED_GROUP) n.id = body_id(q, p->row, x, n.name);
    if (n.naming == PLAN_NAMED_GROUP) expand(q, p->row, x, &n);
    return n;
}

/* 省发展改革委(省能源局): what stands in brackets behind a name is left out where the whole is not known. */
static text without_bracket(text t)
{
    size_t at;
    return text_ends(t, ")") && text_find(t, TEXT("("), &at) && at > 0 ? text_part(t, 0, at) : t;
}

plan_named plan_body_named(arena *a, const plan_directory *d, const plan_jurisdiction *whose, text as_written)
{
    asking q = {.a = a, .d = d, .whose = whose};
    place x = {0};
    text t = squeeze(a, text_nfkc(a, as_written));
    climb(&q);
    if (text_starts(t, "中共")) t = text_part(t, 6, t.len);
    const pattern *p = t.len ? best_pattern(&q, t, &x) : NULL;
    if (!p && without_bracket(t).len < t.len) p = best_pattern(&q, without_bracket(t), &x);
    if (p) return named_by(&q, p, &x, as_written);
    bool plural = sounds_plural(t);
    return (plan_named){.naming = plural ? PLAN_GROUP_UNDEFINED : PLAN_NOT_NAMED, .name = as_written};
}

const char *plan_naming_word(plan_naming n)
{
    static const char *const WORDS[] = {"named", "group", "undefined", "open", "unknown"};
    return WORDS[n];
}
