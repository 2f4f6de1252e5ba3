/*
 * Flows and balances in memory, of a writer: valid as long as it holds the writer lock. An entry is made at first use; whether the store has
 * it is asked once, for all new entries of a group commit together. After a failed commit everything is dropped.
 *
 * What piles up: rights, money and lots pile up at every party; physical commodities only at parties whose class
 * stores (party_classes.stores). Parties whose class stands for nature or the rest of the world (psut_column environment, row) or
 * for the other end of an opening (accumulation without stores), and parties of role `issuer` or `registry`, issue rights, money
 * and lots: only they may hold less than nothing of them (book rule 6).
 */
#include "inside.h"

static uint64_t ends_hash(const book_flow *f)
{
    uint64_t h = book_mix((uint64_t)(uint32_t)f->giver << 32 | (uint32_t)f->taker, (uint64_t)(uint32_t)f->commodity << 32 | (uint32_t)f->unit);
    return book_mix(h, (uint64_t)(uint32_t)f->kind << 8 | f->basis);
}

static bool ends_equal(const book_flow *a, const book_flow *b)
{
    return a->giver == b->giver && a->taker == b->taker && a->commodity == b->commodity && a->unit == b->unit && a->kind == b->kind && a->basis == b->basis;
}

bool book_is_holding(const rule_set *r, int32_t commodity)
{
    return r->commodities[commodity].class_ >= RULE_RIGHT;
}

bool book_balance_kept(const rule_set *r, int32_t class_, int32_t commodity)
{
    return book_is_holding(r, commodity) || (class_ != RULE_NONE && r->party_classes[class_].stores);
}

bool book_is_issuer(const book *b, int32_t party, int32_t day)
{
    int32_t class_ = b->parties.items[party].class_;
    if (class_ != RULE_NONE) {
        text column = b->rules->party_classes[class_].psut_column;
        bool is_counterpart = text_is(column, "accumulation") && !b->rules->party_classes[class_].stores;
        if (text_is(column, "environment") || text_is(column, "row") || is_counterpart) return true;
    }
    int32_t role = book_party_role(b, party, day);
    return role != RULE_NONE && (text_is(b->rules->roles[role].id, "issuer") || text_is(b->rules->roles[role].id, "registry"));
}

/* ---- Does the kind fit? ---- */

static bool class_fits(uint64_t classes, int32_t class_)
{
    return class_ != RULE_NONE && class_ < 64 && (classes >> class_ & 1) != 0;
}

static text id_with_name(arena *a, text id, text name)
{
    return name.len && !text_equal(name, id) ? text_of(arena_printf(a, "%.*s(%.*s)", TEXT_FMT(id), TEXT_FMT(name))) : id;
}

char *book_label(arena *a, text id, rule_name name) { return text_words(a, id_with_name(a, id, name.zh), id_with_name(a, id, name.en)); }

char *book_name_words(arena *a, text id, rule_name name) { return text_words(a, name.zh.len ? name.zh : id, name.en.len ? name.en : id); }

static bool party_misfits(const book *b, int32_t party, const rule_kind *k, const heng_message *m, heng_err *err)
{
    arena a = {0};
    int32_t class_ = b->parties.items[party].class_;
    const char *class_label = class_ == RULE_NONE ? text_str(&a, b->parties.items[party].class_text)
                                                  : book_label(&a, b->rules->party_classes[class_].id, b->rules->party_classes[class_].name);
    err_fill(err, m, book_party_words(&a, b, party), book_label(&a, k->id, k->name), class_label);
    arena_free(&a);
    return false;
}

static bool unit_misfits(const rule_set *r, const rule_commodity *c, int32_t unit, heng_err *err)
{
    arena a = {0};
    text_buf listed = {.a = &a};
    for (size_t i = 0; i < c->unit_count; i++) {
        if (i) buf_str(&listed, ", ");
        buf_add(&listed, r->units[c->units[i]].id);
    }
    err_fill(err, &MSG_BOOK_UNIT_NOT_LISTED, book_label(&a, c->id, c->name), text_str(&a, buf_text(&listed)), text_str(&a, r->units[unit].id));
    arena_free(&a);
    return false;
}

bool book_flow_judge(const book *b, const book_flow *f, heng_err *err)
{
    const rule_set *r = b->rules;
    const rule_kind *k = &r->kinds[f->kind];
    const rule_commodity *c = &r->commodities[f->commodity];
    bool may_be_same = k->effect == RULE_CONSUME || k->effect == RULE_PRODUCE || k->effect == RULE_ADJUST;
    if (f->giver == f->taker && !may_be_same) return party_misfits(b, f->giver, k, &MSG_BOOK_SAME_PARTY, err);
    if (!class_fits(k->giver_classes, b->parties.items[f->giver].class_)) return party_misfits(b, f->giver, k, &MSG_BOOK_KIND_DOES_NOT_FIT_GIVER, err);
    if (!class_fits(k->taker_classes, b->parties.items[f->taker].class_)) return party_misfits(b, f->taker, k, &MSG_BOOK_KIND_DOES_NOT_FIT_TAKER, err);
    if ((k->commodity_classes >> c->class_ & 1) == 0) {
        arena a = {0};
        err_fill(err, &MSG_BOOK_KIND_DOES_NOT_FIT_COMMODITY, book_label(&a, c->id, c->name), book_label(&a, k->id, k->name), NULL);
        arena_free(&a);
        return false;
    }
    for (size_t i = 0; i < c->unit_count; i++)
        if (c->units[i] == f->unit) return true;
    return unit_misfits(r, c, f->unit, err);
}

/* ---- Tables ---- */

static void flows_grow(flow_cache *c)
{
    size_t mask = c->mask ? c->mask * 2 + 1 : 1023;
    flow_entry **slots = NEW_ARRAY(&c->memory, mask + 1, flow_entry *), **by_id = NEW_ARRAY(&c->memory, mask + 1, flow_entry *);
    for (size_t i = 0; c->slots && i <= c->mask; i++) {
        for (flow_entry *f = c->slots[i], *next; f; f = next) {
            next = f->next;
            flow_entry **to = &slots[ends_hash(&f->ends) & mask];
            f->next = *to;
            *to = f;
            if (f->id == 0) continue;
            to = &by_id[(uint64_t)f->id & mask];
            f->next_by_id = *to;
            *to = f;
        }
    }
    c->slots = slots;
    c->by_id = by_id;
    c->mask = mask;
}

static text key_words(arena *a, const book *b, const book_flow *f)
{
    const rule_set *r = b->rules;
    return book_flow_line(a, b->parties.items[f->giver].code, b->parties.items[f->taker].code, r->commodities[f->commodity].id, TEXT(""), r->kinds[f->kind].id, 0);
}

static flow_entry *flow_new(book *b, const book_flow *ends)
{
    flow_cache *c = &b->flows;
    const rule_set *r = b->rules;
    heng_err ignored = {0};
    flow_entry *f = NEW(&c->memory, flow_entry);
    f->ends = *ends;
    f->fits = book_flow_judge(b, ends, &ignored);
    f->is_holding = book_is_holding(r, ends->commodity);
    f->line = book_flow_line(&c->memory, b->parties.items[ends->giver].code, b->parties.items[ends->taker].code, r->commodities[ends->commodity].id,
                             r->units[ends->unit].id, r->kinds[ends->kind].id, ends->basis);
    if (book_balance_kept(r, b->parties.items[ends->giver].class_, ends->commodity)) f->giver = book_balance_entry(b, ends->giver, ends->commodity, ends->unit);
    if (book_balance_kept(r, b->parties.items[ends->taker].class_, ends->commodity)) f->taker = book_balance_entry(b, ends->taker, ends->commodity, ends->unit);
    return f;
}

const uint64_t *book_flow_key(const book *b, flow_entry *f)
{
    if (f->has_key) return f->key;
    arena scratch = {0};
    book_key_of_words(key_words(&scratch, b, &f->ends), f->key);
    arena_free(&scratch);
    f->has_key = true;
    return f->key;
}

flow_entry *book_flow_entry(book *b, const book_flow *ends)
{
    flow_cache *c = &b->flows;
    uint64_t h = ends_hash(ends);
    if (c->slots)
        for (flow_entry *f = c->slots[h & c->mask]; f; f = f->next)
            if (ends_equal(&f->ends, ends)) return f;
    if (c->count >= c->mask) flows_grow(c);
    flow_entry *f = flow_new(b, ends);
    f->next = c->slots[h & c->mask];
    c->slots[h & c->mask] = f;
    c->count++;
    return f;
}

flow_entry *book_flow_by_id(const book *b, int64_t id)
{
    const flow_cache *c = &b->flows;
    if (!c->by_id) return NULL;
    for (flow_entry *f = c->by_id[(uint64_t)id & c->mask]; f; f = f->next_by_id)
        if (f->id == id) return f;
    return NULL;
}

void book_flow_numbered(book *b, flow_entry *f, int64_t id)
{
    flow_entry **to = &b->flows.by_id[(uint64_t)id & b->flows.mask];
    f->id = id;
    b->flows.numbered++;
    f->next_by_id = *to;
    *to = f;
}

static uint64_t balance_hash(int32_t party, int32_t commodity, int32_t unit)
{
    return book_mix((uint64_t)(uint32_t)party, (uint64_t)(uint32_t)commodity << 32 | (uint32_t)unit);
}

static void balances_grow(flow_cache *c)
{
    size_t mask = c->balance_mask ? c->balance_mask * 2 + 1 : 255;
    balance_entry **slots = NEW_ARRAY(&c->memory, mask + 1, balance_entry *);
    for (size_t i = 0; c->balances && i <= c->balance_mask; i++) {
        for (balance_entry *e = c->balances[i], *next; e; e = next) {
            next = e->next;
            balance_entry **to = &slots[balance_hash(e->party, e->commodity, e->unit) & mask];
            e->next = *to;
            *to = e;
        }
    }
    c->balances = slots;
    c->balance_mask = mask;
}

balance_entry *book_balance_entry(book *b, int32_t party, int32_t commodity, int32_t unit)
{
    flow_cache *c = &b->flows;
    uint64_t h = balance_hash(party, commodity, unit);
    if (c->balances)
        for (balance_entry *e = c->balances[h & c->balance_mask]; e; e = e->next)
            if (e->party == party && e->commodity == commodity && e->unit == unit) return e;
    if (c->balance_count >= c->balance_mask) balances_grow(c);
    balance_entry *e = NEW(&c->memory, balance_entry);
    *e = (balance_entry){.party = party, .commodity = commodity, .unit = unit, .is_holding = book_is_holding(b->rules, commodity), .next = c->balances[h & c->balance_mask]};
    c->balances[h & c->balance_mask] = e;
    c->balance_count++;
    return e;
}
