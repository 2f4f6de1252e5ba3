/*
 * Loading packs: rows that differ from the stored ones of the same packs are ended and added (book rule 10). What facts already use may not go
 * away or change its meaning: the scale of a unit, the class of a commodity, what a class of parties stores.
 */
#include "inside.h"

typedef struct rules_change { size_t add_count; const rule_row **adds; text *cells; size_t end_count; int64_t *ends; size_t pack_count; text *packs, *versions; const rule_set *set; } rules_change;

/* "cn@1+tianjin@2" */
static void packs_of(pending *p, rules_change *c, text packs)
{
    size_t max = 1;
    for (size_t i = 0; i < packs.len; i++) max += packs.ptr[i] == '+';
    c->packs = NEW_ARRAY(p->a, max, text);
    c->versions = NEW_ARRAY(p->a, max, text);
    while (packs.len > 0) {
        text one = text_next(&packs, '+');
        c->packs[c->pack_count] = text_next(&one, '@');
        c->versions[c->pack_count++] = one.ptr ? one : TEXT("");
    }
}

static text row_word(arena *a, text pack, text tbl, text key, text h)
{
    text_buf b = {.a = a};
    buf_add(&b, pack);
    buf_char(&b, 0x1e);
    buf_add(&b, tbl);
    buf_char(&b, 0x1e);
    buf_add(&b, key);
    buf_char(&b, 0x1e);
    buf_add(&b, h);
    return buf_text(&b);
}

static bool live_rows(pending *p, const rules_change *c, store_rows *ret, heng_err *err)
{
    book_cols cols = book_cols_of(p->a, c->pack_count);
    text *pack = book_col_text(&cols, "pack");
    memcpy(pack, c->packs, c->pack_count * sizeof *pack);
    return book_run(p->b, SQL_book_rule_row_live, &cols, p->a, ret, err);
}

static void compare_rows(pending *p, rules_change *c, const store_rows *live)
{
    const rule_row *const *rows;
    size_t count = rule_all_rows(c->set, &rows);
    text_map stored = {.a = p->a};
    bool *stays = NEW_ARRAY(p->a, live->count, bool);
    c->adds = NEW_ARRAY(p->a, count, const rule_row *);
    c->cells = NEW_ARRAY(p->a, count, text);
    c->ends = NEW_ARRAY(p->a, live->count, int64_t);
    for (size_t i = 0; i < live->count; i++)
        text_map_put(&stored, row_word(p->a, c->packs[live->origin[i]], book_text_at(live, 1, i), book_text_at(live, 2, i), book_text_at(live, 3, i)), (int64_t)i);
    for (size_t i = 0; i < count; i++) {
        int64_t at;
        text word = row_word(p->a, rows[i]->pack, rows[i]->table, rows[i]->key, (text){(const char *)rows[i]->hash.bytes, HASH_BYTES});
        if (text_map_find(&stored, word, &at) && !stays[at]) {
            stays[at] = true;
            continue;
        }
        c->cells[c->add_count] = rule_row_text(p->a, rows[i]);
        c->adds[c->add_count++] = rows[i];
    }
    for (size_t i = 0; i < live->count; i++)
        if (!stays[i]) c->ends[c->end_count++] = book_at(live, 0, i);
}

/* ---- What is in use ---- */

static bool in_use(pending *p, const char *tbl, text id, const char *what, heng_err *err)
{
    return err_fill(err, &MSG_BOOK_RULE_IN_USE, text_str(p->a, id), what, tbl);
}

static bool unit_kept(pending *p, const rule_set *now, const rule_set *next, text id, heng_err *err)
{
    if (id.len == 0) return true;
    int32_t a = rule_unit_find(now, id), b = rule_unit_find(next, id);
    if (b == RULE_NONE || !text_equal(next->units[b].id, id)) return in_use(p, "units", id, "id", err);
    if (a == RULE_NONE) return true;
    if (now->units[a].scale != next->units[b].scale) return in_use(p, "units", id, "scale", err);
    if (rat_compare(now->units[a].factor, next->units[b].factor) != 0 || !rule_dim_equal(now->units[a].dim, next->units[b].dim)) return in_use(p, "units", id, "factor, dimension", err);
    return true;
}

static bool commodity_kept(pending *p, const rule_set *now, const rule_set *next, text id, heng_err *err)
{
    if (id.len == 0) return true;
    int32_t a = rule_commodity_find(now, id), b = rule_commodity_find(next, id);
    if (b == RULE_NONE || !text_equal(next->commodities[b].id, id)) return in_use(p, "commodities", id, "id", err);
    if (a != RULE_NONE && now->commodities[a].class_ != next->commodities[b].class_) return in_use(p, "commodities", id, "class", err);
    return true;
}

static bool class_kept(pending *p, const rule_set *now, const rule_set *next, text id, heng_err *err)
{
    int32_t a = rule_party_class_find(now, id), b = rule_party_class_find(next, id);
    if (b == RULE_NONE || !text_equal(next->party_classes[b].id, id)) return in_use(p, "party_classes", id, "id", err);
    if (a != RULE_NONE && now->party_classes[a].stores != next->party_classes[b].stores) return in_use(p, "party_classes", id, "stores", err);
    return true;
}

static bool words_kept(pending *p, const rule_set *next, heng_err *err)
{
    const rule_set *now = p->b->rules;
    store_rows r, classes;
    book_cols none = book_cols_of(p->a, 1);
    if (!now) return true;
    if (!book_run(p->b, SQL_book_flow_words, &none, p->a, &r, err) || !book_run(p->b, SQL_book_party_words, &none, p->a, &classes, err)) return false;
    for (size_t i = 0; i < r.count; i++) {
        text kind = book_text_at(&r, 2, i), statistic = book_text_at(&r, 3, i);
        if (!commodity_kept(p, now, next, book_text_at(&r, 0, i), err) || !unit_kept(p, now, next, book_text_at(&r, 1, i), err)) return false;
        if (kind.len && rule_kind_find(next, kind) == RULE_NONE) return in_use(p, "kinds", kind, "id", err);
        if (statistic.len && rule_statistic_find(next, statistic) == RULE_NONE) return in_use(p, "statistics", statistic, "id", err);
    }
    for (size_t i = 0; i < classes.count; i++)
        if (!class_kept(p, now, next, book_text_at(&classes, 0, i), err)) return false;
    return true;
}

bool book_rules_judge(pending *p, const rule_set *rules, heng_err *err)
{
    rules_change *c = NEW(p->a, rules_change);
    store_rows live;
    c->set = rules;
    packs_of(p, c, rules->packs);
    if (!live_rows(p, c, &live, err)) return false;
    compare_rows(p, c, &live);
    p->rules_added = (int64_t)c->add_count;
    p->rules_ended = (int64_t)c->end_count;
    if (c->add_count + c->end_count == 0) return true;
    if (!words_kept(p, rules, err)) return false;
    for (size_t i = 0; i < c->end_count; i++) *ARENA_PUSH(p->a, p->ends, p->end_count, p->end_max) = (end_mark){TEXT("rule_row"), c->ends[i]};
    p->rules = c;
    return true;
}

/* ---- Writing ---- */

static bool loads_write(pending *p, const rules_change *c, heng_err *err)
{
    book_cols cols = book_cols_of(p->a, c->pack_count);
    int64_t *id = book_col(&cols, "id"), *link = book_col(&cols, "link"), *known = book_col(&cols, "known_us");
    text *pack = book_col_text(&cols, "pack"), *version = book_col_text(&cols, "version"), *h = book_col_blob(&cols, "hash");
    for (size_t i = 0; i < c->pack_count; i++) {
        id[i] = ++p->next.rule_load;
        link[i] = p->link;
        known[i] = p->known_us;
        pack[i] = c->packs[i];
        version[i] = c->versions[i];
        h[i] = (text){(const char *)c->set->hash.bytes, HASH_BYTES};
        book_line_rule_load(p->chain, pack[i], version[i], h[i]);
    }
    return book_run(p->b, SQL_book_rule_load_add, &cols, p->a, p->unused, err);
}

static bool ends_run(pending *p, const rules_change *c, heng_err *err)
{
    book_cols cols = book_cols_of(p->a, c->end_count);
    int64_t *id = book_col(&cols, "id"), *to_load = book_col(&cols, "to_load"), *to_us = book_col(&cols, "to_us");
    for (size_t i = 0; i < c->end_count; i++) {
        id[i] = c->ends[i];
        to_load[i] = p->next.rule_load;
        to_us[i] = p->known_us;
    }
    return book_run(p->b, SQL_book_rule_row_end, &cols, p->a, p->unused, err);
}

static bool rows_write(pending *p, const rules_change *c, heng_err *err)
{
    book_cols cols = book_cols_of(p->a, c->add_count);
    int64_t *id = book_col(&cols, "id"), *link = book_col(&cols, "link"), *line = book_col(&cols, "line"), *from_load = book_col(&cols, "from_load"), *from_us = book_col(&cols, "from_us");
    text *pack = book_col_text(&cols, "pack"), *tbl = book_col_text(&cols, "tbl"), *file = book_col_text(&cols, "file"), *key = book_col_text(&cols, "key"),
         *cells = book_col_text(&cols, "cells"), *h = book_col_blob(&cols, "hash");
    for (size_t i = 0; i < c->add_count; i++) {
        const rule_row *row = c->adds[i];
        id[i] = ++p->next.rule_row;
        link[i] = p->link;
        line[i] = row->line;
        from_load[i] = p->next.rule_load;
        from_us[i] = p->known_us;
        pack[i] = row->pack;
        tbl[i] = row->table;
        file[i] = row->file;
        key[i] = row->key;
        cells[i] = c->cells[i];
        h[i] = (text){(const char *)row->hash.bytes, HASH_BYTES};
        book_line_rule_row(p->chain, pack[i], tbl[i], file[i], line[i], key[i], cells[i], h[i]);
    }
    return book_run(p->b, SQL_book_rule_row_add, &cols, p->a, p->unused, err);
}

/* The set is built again from what the store now holds, before the commit: rows that do not make a pack are not stored. */
bool book_rules_write(pending *p, heng_err *err)
{
    const rules_change *c = p->rules;
    if (!c) return true;
    return loads_write(p, c, err) && rows_write(p, c, err) && ends_run(p, c, err) && rule_load_store(&p->b->rules_memory, p->b->store, INT64_MAX, &p->new_rules, err);
}
