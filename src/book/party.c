/*
 * Parties and their dated facts in memory; trees; finding.
 *
 * The whole table is read at first need and kept; a writer adds what it posts, a reader reads again when others have committed. Facts of a
 * party form a list, newest first. A fact is live as known at link L if link <= L and not ended by a link <= L; it
 * holds from valid_from until the next live fact of the same attribute (book rule 8).
 */
#include "inside.h"

static const char *const ATTR_NAMES[ATTR_COUNT] = {"name_zh", "name_en", "short_name", "place", "owner", "industry", "region_code", "role", "note", "ext_id:"};

book_attr book_attr_of(text t)
{
    for (int i = 0; i < ATTR_EXT_ID; i++)
        if (text_is(t, ATTR_NAMES[i])) return (book_attr)i;
    return text_starts(t, "ext_id:") && t.len > 7 && t.len <= 64 ? ATTR_EXT_ID : ATTR_UNKNOWN;
}

void book_party_drop(book *b)
{
    arena_free(&b->parties.memory);
    b->parties = (party_cache){0};
}

int32_t book_party_code(const book *b, text code)
{
    int64_t v;
    return text_map_find(&b->parties.codes, code, &v) ? (int32_t)v : BOOK_NONE;
}

int32_t book_party_add(book *b, text code, text class_text, int32_t class_, int64_t link)
{
    party_cache *c = &b->parties;
    party_item *p = ARENA_PUSH(&c->memory, c->items, c->count, c->max);
    *p = (party_item){text_copy(&c->memory, code), text_copy(&c->memory, class_text), class_, link, -1};
    text_map_put(&c->codes, p->code, (int64_t)c->count - 1);
    return (int32_t)c->count - 1;
}

bool book_party_fact_add(book *b, const party_fact *f)
{
    party_cache *c = &b->parties;
    int32_t other = BOOK_NONE;
    if ((f->attr == ATTR_PLACE || f->attr == ATTR_OWNER) && f->value.len > 0) {
        other = book_party_code(b, f->value);
        if (other == BOOK_NONE) return false;
    }
    party_fact *to = ARENA_PUSH(&c->memory, c->facts, c->fact_count, c->fact_max);
    *to = *f;
    to->attr_text = f->attr == ATTR_EXT_ID ? text_copy(&c->memory, f->attr_text) : text_of(ATTR_NAMES[f->attr]);
    to->value = text_copy(&c->memory, f->value);
    to->other = other;
    to->next = c->items[f->party].facts;
    c->items[f->party].facts = (int64_t)c->fact_count - 1;
    if (f->attr == ATTR_EXT_ID && f->ended == 0) text_map_put(&c->ext_ids, to->value, f->party);
    return true;
}

static bool parties_read(book *b, heng_err *err)
{
    book_cursor c;
    bool end = false, ok;
    book_cursor_open(&c, SQL_book_party_page, -1);
    while ((ok = book_cursor_peek(b, &c, &end, err)) && !end) {
        for (; c.at < c.rows.count; c.at++) {
            text class_text = book_text_at(&c.rows, 3, c.at);
            int32_t class_ = b->rules ? rule_party_class_find(b->rules, class_text) : RULE_NONE;
            book_party_add(b, book_text_at(&c.rows, 2, c.at), class_text, class_, book_at(&c.rows, 1, c.at));
        }
    }
    book_cursor_close(&c);
    return ok;
}

static bool facts_read(book *b, heng_err *err)
{
    book_cursor c;
    bool end = false, ok;
    book_cursor_open(&c, SQL_book_party_fact_page, 0);
    while ((ok = book_cursor_peek(b, &c, &end, err)) && !end) {
        for (; c.at < c.rows.count; c.at++) {
            party_fact f = {.id = book_at(&c.rows, 0, c.at), .link = book_at(&c.rows, 1, c.at), .party = (int32_t)book_at(&c.rows, 2, c.at),
                            .attr_text = book_text_at(&c.rows, 3, c.at), .value = book_text_at(&c.rows, 4, c.at),
                            .valid_from = (int32_t)book_at(&c.rows, 5, c.at), .ended = book_at(&c.rows, 8, c.at)};
            book_attr attr = book_attr_of(f.attr_text);
            if (attr == ATTR_UNKNOWN || f.party < 0 || (size_t)f.party >= b->parties.count) continue; /* verify tells */
            f.attr = (int8_t)attr;
            (void)book_party_fact_add(b, &f);
        }
    }
    book_cursor_close(&c);
    return ok;
}

bool book_party_load(book *b, heng_err *err)
{
    if (b->parties.is_loaded) return true;
    if (!b->rules && b->next.rule_load && !book_rules_load(b, err)) return false; /* drops, so before */
    book_party_drop(b);
    b->parties.codes.a = b->parties.ext_ids.a = &b->parties.memory;
    if (!parties_read(b, err) || !facts_read(b, err)) {
        book_party_drop(b);
        return false;
    }
    b->parties.is_loaded = true;
    return true;
}

/* The fact of an attribute that holds on a day, as known at a link; of ext ids and other lists use the loop in parties_at. */
const party_fact *book_party_fact_on(const book *b, int32_t party, book_attr attr, int32_t day, int64_t link)
{
    const party_fact *best = NULL;
    for (int64_t i = b->parties.items[party].facts; i >= 0; i = b->parties.facts[i].next) {
        const party_fact *f = &b->parties.facts[i];
        bool is_live = f->link <= link && (f->ended == 0 || f->ended > link);
        if (f->attr == attr && is_live && f->valid_from <= day && (!best || f->valid_from > best->valid_from)) best = f;
    }
    return best;
}

int32_t book_party_role(const book *b, int32_t party, int32_t day)
{
    const party_fact *f = book_party_fact_on(b, party, ATTR_ROLE, day, INT64_MAX);
    return f && f->value.len > 0 && b->rules ? rule_role_find(b->rules, f->value) : RULE_NONE;
}

int32_t book_party_up(const book *b, int32_t party, book_attr tree, int32_t day)
{
    const party_fact *f = book_party_fact_on(b, party, tree, day, INT64_MAX);
    return f ? f->other : BOOK_NONE;
}

bool book_party_inside(const book *b, int32_t party, int32_t root, int32_t day)
{
    while (party != BOOK_NONE) { /* ends: there is no cycle */
        if (party == root) return true;
        party = book_party_up(b, party, ATTR_PLACE, day);
    }
    return false;
}

/* A party without an English name is told by its code, with the name behind it. */
static text english_name(arena *a, text code, text name_zh, text name_en)
{
    if (name_en.len) return name_en;
    return name_zh.len ? text_of(arena_printf(a, "%.*s (%.*s)", TEXT_FMT(code), TEXT_FMT(name_zh))) : code;
}

char *book_party_words(arena *a, const book *b, int32_t party)
{
    const party_fact *zh = book_party_fact_on(b, party, ATTR_NAME_ZH, INT32_MAX, INT64_MAX), *en = book_party_fact_on(b, party, ATTR_NAME_EN, INT32_MAX, INT64_MAX);
    text code = b->parties.items[party].code, name = zh ? zh->value : (text){0};
    return text_words(a, name.len ? name : code, english_name(a, code, name, en ? en->value : (text){0}));
}

/* ---- As of a day, as known ---- */

static void apply(book *b, arena *a, const party_fact *f, book_party *p)
{
    text v = text_copy(a, f->value);
    switch ((book_attr)f->attr) {
    case ATTR_NAME_ZH: p->name_zh = v; break;
    case ATTR_NAME_EN: p->name_en = v; break;
    case ATTR_SHORT_NAME: p->short_names = v; break;
    case ATTR_PLACE: p->place = f->other; break;
    case ATTR_OWNER: p->owner = f->other; break;
    case ATTR_INDUSTRY: p->industry = v; break;
    case ATTR_REGION_CODE: p->region_code = v; break;
    case ATTR_ROLE: p->role = b->rules && v.len ? rule_role_find(b->rules, v) : RULE_NONE; break;
    default: break;
    }
}

static void party_at(book *b, arena *a, int32_t id, int32_t day, int64_t link, book_party *p)
{
    const party_item *item = &b->parties.items[id];
    const party_fact *best[ATTR_COUNT] = {0};
    *p = (book_party){.id = id, .code = text_copy(a, item->code), .class_ = item->class_, .name_zh = TEXT(""), .name_en = TEXT(""), .short_names = TEXT(""),
                      .place = BOOK_NONE, .owner = BOOK_NONE, .industry = TEXT(""), .region_code = TEXT(""), .role = RULE_NONE, .sector = RULE_NONE};
    for (int64_t i = item->facts; i >= 0; i = b->parties.facts[i].next) {
        const party_fact *f = &b->parties.facts[i];
        bool is_live = f->link <= link && (f->ended == 0 || f->ended > link);
        if (is_live && f->valid_from <= day && (!best[f->attr] || f->valid_from > best[f->attr]->valid_from)) best[f->attr] = f;
    }
    for (int k = 0; k < ATTR_COUNT; k++)
        if (best[k]) apply(b, a, best[k], p);
    if (b->rules) p->sector = rule_sector_of(b->rules, p->industry, p->role);
}

bool book_parties_at(book *b, arena *a, int32_t day, int64_t known_us, book_parties *ret, heng_err *err)
{
    int64_t link;
    book_lock(b);
    bool ok = book_fresh(b, err) && book_party_load(b, err) && book_link_at(b, known_us, &link, err);
    if (ok) {
        size_t count = 0; /* parties come in order of link */
        while (count < b->parties.count && b->parties.items[count].link <= link) count++;
        book_party *items = NEW_ARRAY(a, count, book_party);
        for (size_t i = 0; i < count; i++) party_at(b, a, (int32_t)i, day, link, &items[i]);
        *ret = (book_parties){count, items};
    }
    book_unlock(b);
    return ok;
}

/* Iterative: each party's answer follows from the one above it, found once. */
bool *book_subtree(arena *a, const book_parties *parties, book_tree tree, int32_t root)
{
    bool *inside = NEW_ARRAY(a, parties->count, bool), *known = NEW_ARRAY(a, parties->count, bool);
    int32_t *path = NEW_ARRAY(a, parties->count, int32_t);
    for (size_t i = 0; i < parties->count; i++) {
        size_t depth = 0;
        int32_t at = (int32_t)i;
        bool is_in = false;
        while (at != BOOK_NONE && !known[at] && at != root && depth < parties->count) {
            path[depth++] = at;
            at = tree == BOOK_BY_PLACE ? parties->items[at].place : parties->items[at].owner;
            if (at < 0 || (size_t)at >= parties->count) at = BOOK_NONE;
        }
        if (at != BOOK_NONE) is_in = at == root || (known[at] && inside[at]);
        while (depth > 0) inside[path[--depth]] = is_in, known[path[depth]] = true;
    }
    if (root >= 0 && (size_t)root < parties->count) inside[root] = true;
    return inside;
}

/* ---- Finding ---- */

static int32_t find_now(const book *b, text code)
{
    int64_t v;
    if (text_map_find(&b->parties.codes, code, &v) || text_map_find(&b->parties.ext_ids, code, &v)) return (int32_t)v;
    return BOOK_NONE;
}

int32_t book_party_find(book *b, text code)
{
    heng_err err = {0};
    book_lock(b);
    int32_t found = b->parties.is_loaded ? find_now(b, code) : BOOK_NONE;
    if (found == BOOK_NONE && book_fresh(b, &err) && book_party_load(b, &err)) found = find_now(b, code);
    book_unlock(b);
    return found;
}

typedef enum match { MATCH_NONE, MATCH_INITIALS, MATCH_PART, MATCH_NAME, MATCH_SHORT, MATCH_CODE } match;

static text folded(arena *a, text t)
{
    heng_err ignored = {0};
    text f;
    return text_fold(a, t, &f, &ignored) ? f : t;
}

static bool short_matches(arena *a, text names, text wanted)
{
    while (names.len > 0)
        if (text_equal(folded(a, text_next(&names, ';')), wanted)) return true;
    return false;
}

static match match_party(arena *a, const book_party *p, text raw, text wanted)
{
    size_t at;
    text zh = folded(a, p->name_zh), en = folded(a, p->name_en);
    if (text_equal(p->code, raw)) return MATCH_CODE;
    if (short_matches(a, p->short_names, wanted)) return MATCH_SHORT;
    if (wanted.len && (text_equal(zh, wanted) || text_equal(en, wanted))) return MATCH_NAME;
    if (wanted.len && (text_find(zh, wanted, &at) || text_find(en, wanted, &at) || text_find(folded(a, p->short_names), wanted, &at))) return MATCH_PART;
    if (wanted.len >= 2 && text_starts(text_pinyin_initials(a, p->name_zh), text_str(a, wanted))) return MATCH_INITIALS;
    return MATCH_NONE;
}

enum { CANDIDATES_BYTES = 200 }; /* in each language; the message holds no more */

static void add_candidate(text_buf *list, text name, text code)
{
    if (list->len > CANDIDATES_BYTES) return;
    if (list->len) buf_str(list, ", ");
    if (name.len) buf_printf(list, "%.*s (%.*s)", TEXT_FMT(name), TEXT_FMT(code));
    else buf_add(list, code);
}

static void add_party(text_buf *zh, text_buf *en, const book_party *p)
{
    add_candidate(zh, p->name_zh.len ? p->name_zh : p->name_en, p->code);
    add_candidate(en, p->name_en.len ? p->name_en : p->name_zh, p->code);
}

static bool unknown(arena *a, const book_parties *among, text name, heng_err *err)
{
    enum { WORDS = 3 }; /* of each party: code and both names */
    text *names = NEW_ARRAY(a, WORDS * among->count, text);
    size_t nearest[3], count = 0;
    for (size_t i = 0; i < among->count; i++) {
        names[count++] = among->items[i].code;
        names[count++] = among->items[i].name_zh;
        names[count++] = among->items[i].name_en;
    }
    size_t n = text_nearest(a, name, names, count, 3, nearest);
    text_buf zh = {.a = a}, en = {.a = a};
    for (size_t i = 0; i < n; i++) {
        const book_party *p = &among->items[nearest[i] / WORDS];
        bool is_code = nearest[i] % WORDS == 0;
        buf_printf(&zh, "%s%.*s", i ? ", " : "", TEXT_FMT(names[nearest[i]]));
        buf_printf(&en, "%s%.*s", i ? ", " : "", TEXT_FMT(is_code ? p->code : english_name(a, p->code, p->name_zh, p->name_en)));
    }
    return err_fill(err, n ? &MSG_BOOK_PARTY_NEAR : &MSG_BOOK_PARTY_UNKNOWN, text_str(a, name), n ? text_words(a, buf_text(&zh), buf_text(&en)) : "", NULL);
}

/* The best kind of match decides; several of that kind are ambiguous. */
bool book_party_want(book *b, const book_parties *among, text name, int32_t *ret, heng_err *err)
{
    arena a = {0};
    match best = MATCH_NONE;
    size_t count = 0;
    int32_t found = book_party_find(b, name);
    bool ok = found != BOOK_NONE && (size_t)found < among->count;
    if (!ok) {
        text raw = text_trim(name), wanted = folded(&a, raw);
        text_buf zh = {.a = &a}, en = {.a = &a};
        for (size_t i = 0; i < among->count; i++) {
            arena_mark mark = arena_here(&a);
            match m = match_party(&a, &among->items[i], raw, wanted);
            arena_rewind(&a, mark);
            if (m == MATCH_NONE || m < best) continue;
            if (m > best) count = 0, zh.len = 0, en.len = 0, best = m;
            if (count++ == 0) found = among->items[i].id;
            add_party(&zh, &en, &among->items[i]);
        }
        ok = count == 1;
        if (count == 0) unknown(&a, among, name, err);
        if (count > 1) err_fill(err, &MSG_BOOK_PARTY_AMBIGUOUS, text_str(&a, name), text_words(&a, buf_text(&zh), buf_text(&en)), NULL);
    }
    if (ok) *ret = found;
    arena_free(&a);
    return ok;
}

bool book_party_history_of(book *b, arena *a, int32_t party, book_party_history **ret, size_t *ret_count, heng_err *err)
{
    static const char *const NAMES[] = {"party"};
    int64_t value = party;
    store_rows r;
    book_lock(b);
    bool ok = book_fresh(b, err) && book_run_ints(b, SQL_book_party_fact_of, a, &r, err, 1, NAMES, &value);
    book_unlock(b);
    if (!ok) return false;
    book_party_history *items = NEW_ARRAY(a, r.count, book_party_history);
    for (size_t i = 0; i < r.count; i++)
        items[i] = (book_party_history){book_text_at(&r, 0, i), book_text_at(&r, 1, i), (int32_t)book_at(&r, 2, i), book_at(&r, 5, i), book_at(&r, 6, i),
                                        book_at(&r, 3, i), book_at(&r, 4, i)};
    *ret = items;
    *ret_count = r.count;
    return true;
}
