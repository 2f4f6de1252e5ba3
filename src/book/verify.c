/*
 * Recompute all from nothing.
 *
 * Every table of facts is read once in order of its numbers, side by side; link after link takes the rows that name it, and their lines must give its
 * hash. On the way the sums of months, the balances and the index of movements by flow are computed again and compared at the end with
 * what is kept. A number that is missing, a row that no link takes, a mark that no line records are errors too.
 */
#include "inside.h"

enum table_of { DELIVERIES, PARTIES, PARTY_FACTS, MOVEMENTS, SUPERSESSIONS, OBSERVATIONS, HOLDS, HOLD_EVENTS, CLOSINGS, BOUNDS, EDITIONS, ENTRIES, RULE_LOADS, RULE_ROWS, FACT_ENDS, UNDOS, TABLES };

static const struct { const char *name; sql_id sql; } TABLE[TABLES] = {
    {"delivery", SQL_book_delivery_page}, {"party", SQL_book_party_page}, {"party_fact", SQL_book_party_fact_page}, {"movement", SQL_book_movement_page},
    {"supersession", SQL_book_supersession_page}, {"observation", SQL_book_observation_page}, {"hold", SQL_book_hold_page}, {"hold_event", SQL_book_hold_event_page},
    {"closing", SQL_book_closing_page}, {"bound", SQL_book_bound_page}, {"edition", SQL_book_edition_page}, {"entry", SQL_book_entry_page}, {"rule_load", SQL_book_rule_load_page}, {"rule_row", SQL_book_rule_row_page},
    {"fact_end", SQL_book_fact_end_page}, {"undo", SQL_book_undo_page}};

typedef struct month_slot { int64_t flow, delta, parts; int32_t month, known_day; bool is_used, is_seen; } month_slot;
typedef struct verify_flow { text line; int32_t giver, taker; text commodity, unit; i128 net; int64_t last_block; /* + 1 */ bool is_there; } verify_flow;
typedef struct verify_delivery { int64_t first_movement, movements, first_observation, observations, seen_movements, seen_observations; } verify_delivery;
typedef struct verify_balance { int32_t party; text commodity, unit; i128 posted, held; bool is_seen; } verify_balance;
typedef struct verifier {
    book *b;
    arena a;
    book_cursor cursors[TABLES];
    int64_t expected[TABLES];    /* the number the next row must have */
    book_chain *chain;
    book_head at;                /* the link in hand */
    int64_t links, facts;
    size_t party_count, party_max; text *parties;
    size_t flow_count; verify_flow *flows; /* by id */
    size_t delivery_count, delivery_max; verify_delivery *deliveries; /* by id - 1 */
    month_slot *slots; size_t slot_count, slot_mask;
    text_map balances_at; size_t balance_count, balance_max; verify_balance *balances;
    uint64_t touch_sum; int64_t touches;
    int64_t month_count, balances_compared;
    int32_t known_day;
    size_t hold_count, hold_max; size_t *holds; /* index of its balance, by id - 1 */
    int64_t grp_first;
} verifier;

static bool missing(const char *tbl, int64_t id, heng_err *err)
{
    char seen[24];
    snprintf(seen, sizeof seen, "%lld", (long long)id);
    return err_fill(err, &MSG_BOOK_FACT_MISSING, seen, NULL, tbl);
}

static bool mark_wrong(const char *tbl, int64_t id, heng_err *err)
{
    char seen[24];
    snprintf(seen, sizeof seen, "%lld", (long long)id);
    return err_fill(err, &MSG_BOOK_MARK_WRONG, seen, NULL, tbl);
}

static bool broken(int64_t link, heng_err *err)
{
    char seen[24];
    snprintf(seen, sizeof seen, "%lld", (long long)link);
    return err_fill(err, &MSG_BOOK_CHAIN_BROKEN, seen, NULL, NULL);
}

static text party_of(const verifier *v, int64_t id) { return id >= 0 && (size_t)id < v->party_count ? v->parties[id] : TEXT("?"); }

/* ---- Sums ---- */

static uint64_t slot_hash(int64_t flow, int32_t month, int32_t day) { return book_mix((uint64_t)flow, (uint64_t)(uint32_t)month << 32 | (uint32_t)day); }

static month_slot *slot_find(const verifier *v, int64_t flow, int32_t month, int32_t day)
{
    size_t at = slot_hash(flow, month, day) & v->slot_mask;
    while (v->slots[at].is_used && (v->slots[at].flow != flow || v->slots[at].month != month || v->slots[at].known_day != day)) at = (at + 1) & v->slot_mask;
    return &v->slots[at];
}

static void slots_grow(verifier *v)
{
    month_slot *old = v->slots;
    size_t old_mask = v->slot_mask;
    v->slot_mask = old ? old_mask * 2 + 1 : 4095;
    v->slots = NEW_ARRAY(&v->a, v->slot_mask + 1, month_slot);
    for (size_t i = 0; old && i <= old_mask; i++)
        if (old[i].is_used) *slot_find(v, old[i].flow, old[i].month, old[i].known_day) = old[i];
}

static bool month_in(verifier *v, int64_t flow, int32_t month, int64_t delta, int sign, heng_err *err)
{
    if (!v->slots || v->slot_count * 2 > v->slot_mask) slots_grow(v);
    month_slot *s = slot_find(v, flow, month, v->known_day);
    if (!s->is_used) {
        *s = (month_slot){.flow = flow, .month = month, .known_day = v->known_day, .is_used = true};
        v->slot_count++;
    }
    s->parts += sign;
    if (__builtin_add_overflow(s->delta, sign * delta, &s->delta)) return missing("flow_month", flow, err);
    return true;
}

static bool movement_sum(verifier *v, int64_t flow, int64_t amount, period when, int sign, heng_err *err)
{
    book *b = v->b;
    if (flow < 1 || (size_t)flow >= v->flow_count || !v->flows[flow].is_there) return missing("flow", flow, err);
    v->flows[flow].net += (i128)sign * amount;
    int32_t month = book_month_of(b, when.start_us);
    if (when.end_us <= b->month_end_us) return month_in(v, flow, month, amount, sign, err);
    arena scratch = {0};
    size_t max = share_month_count(b->zone, when);
    share_part *parts = NEW_ARRAY(&scratch, max, share_part);
    size_t n = share_months(b->zone, amount, when, parts, max);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) ok = month_in(v, flow, parts[i].month, parts[i].amount, sign, err);
    arena_free(&scratch);
    return ok;
}

static bool group_out(verifier *v, int64_t grp, heng_err *err)
{
    static const char *const NAMES[] = {"grp"};
    arena a = {0};
    store_rows r;
    bool ok = book_run_ints(v->b, SQL_book_movement_group, &a, &r, err, 1, NAMES, &grp);
    if (ok && r.count == 0) ok = missing("movement", grp, err);
    for (size_t i = 0; ok && i < r.count; i++) ok = movement_sum(v, book_at(&r, 2, i), book_at(&r, 3, i), (period){book_at(&r, 4, i), book_at(&r, 5, i)}, -1, err);
    arena_free(&a);
    return ok;
}

/* ---- Rows of each table: their line, and what follows from them ---- */

static size_t balance_index(verifier *v, int32_t party, text commodity, text unit)
{
    int64_t at;
    arena scratch = {0};
    text key = text_of(arena_printf(&scratch, "%d\x1f%.*s\x1f%.*s", party, TEXT_FMT(commodity), TEXT_FMT(unit)));
    if (!text_map_find(&v->balances_at, key, &at)) {
        at = (int64_t)v->balance_count;
        text_map_put(&v->balances_at, text_copy(&v->a, key), at);
        verify_balance *x = ARENA_PUSH(&v->a, v->balances, v->balance_count, v->balance_max);
        *x = (verify_balance){.party = party, .commodity = text_copy(&v->a, commodity), .unit = text_copy(&v->a, unit)};
    }
    arena_free(&scratch);
    return (size_t)at;
}

/* Good until the next call, which may move them. */
static verify_balance *balance_of(verifier *v, int32_t party, text commodity, text unit)
{
    size_t at = balance_index(v, party, commodity, unit);
    return &v->balances[at];
}

static bool delivery_bytes_fit(verifier *v, int64_t id, text wanted, heng_err *err)
{
    arena a = {0};
    text bytes;
    if (wanted.len == 0) return true;
    bool ok = book_delivery_bytes_load(v->b, &a, id, &bytes, err);
    if (ok) {
        hash h = hash_of(v->b->hash, bytes.ptr, bytes.len);
        bool may_be_dropped = bytes.len == 0; /* larger than is kept */
        if (!may_be_dropped && (wanted.len != HASH_BYTES || memcmp(h.bytes, wanted.ptr, HASH_BYTES) != 0)) ok = missing("delivery_bytes", id, err);
    }
    arena_free(&a);
    return ok;
}

static bool row_delivery(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    book_line_delivery(v->chain, book_at(r, 0, i), book_text_at(r, 2, i), book_text_at(r, 3, i), book_text_at(r, 4, i), book_text_at(r, 5, i), book_text_at(r, 6, i), book_text_at(r, 7, i),
                       book_text_at(r, 8, i), book_at(r, 13, i));
    verify_delivery *d = ARENA_PUSH(&v->a, v->deliveries, v->delivery_count, v->delivery_max);
    *d = (verify_delivery){.first_movement = book_at(r, 9, i), .movements = book_at(r, 10, i), .first_observation = book_at(r, 11, i), .observations = book_at(r, 12, i)};
    return delivery_bytes_fit(v, book_at(r, 0, i), book_text_at(r, 6, i), err);
}

static bool row_movement(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t id = book_at(r, 0, i), grp = book_at(r, 1, i), flow = book_at(r, 2, i), delivery = book_at(r, 6, i);
    if (flow < 1 || (size_t)flow >= v->flow_count || !v->flows[flow].is_there) return missing("flow", flow, err);
    if (id == grp) v->grp_first = grp;
    if (grp != v->grp_first || (id == grp) == book_null_at(r, 9, i)) return missing("movement", id, err);
    book_movement_line line = {grp, book_text_at(r, 9, i), v->flows[flow].line, book_at(r, 3, i), book_at(r, 4, i), book_at(r, 5, i), delivery, book_at(r, 7, i), book_at(r, 8, i)};
    book_line_movement(v->chain, &line);
    int64_t block = id >> BOOK_BLOCK_BITS;
    if (v->flows[flow].last_block != block + 1) {
        v->flows[flow].last_block = block + 1;
        v->touch_sum += book_mix((uint64_t)flow, (uint64_t)block);
        v->touches++;
    }
    if (delivery < 1 || (size_t)delivery > v->delivery_count) return missing("delivery", delivery, err);
    verify_delivery *d = &v->deliveries[delivery - 1];
    if (id != d->first_movement + d->seen_movements++) return mark_wrong("delivery", delivery, err);
    return movement_sum(v, flow, line.amount, (period){line.start_us, line.end_us}, 1, err);
}

static bool row_observation(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t id = book_at(r, 0, i), delivery = book_at(r, 11, i);
    book_observation_line line = {party_of(v, book_at(r, 2, i)), book_text_at(r, 3, i), book_text_at(r, 4, i), book_text_at(r, 5, i), book_at(r, 6, i), book_at(r, 7, i), book_text_at(r, 8, i),
                                  book_at(r, 9, i), book_at(r, 10, i), delivery, book_at(r, 12, i), book_text_at(r, 13, i)};
    book_line_observation(v->chain, &line);
    if (delivery < 1 || (size_t)delivery > v->delivery_count) return missing("delivery", delivery, err);
    verify_delivery *d = &v->deliveries[delivery - 1];
    return id == d->first_observation + d->seen_observations++ || mark_wrong("delivery", delivery, err);
}

static bool row_hold(verifier *v, const store_rows *r, size_t i)
{
    int32_t party = (int32_t)book_at(r, 3, i);
    book_line_hold(v->chain, book_text_at(r, 2, i), party_of(v, party), book_text_at(r, 4, i), book_text_at(r, 5, i), book_at(r, 6, i), book_at(r, 7, i));
    size_t at = balance_index(v, party, book_text_at(r, 4, i), book_text_at(r, 5, i));
    v->balances[at].held += book_at(r, 6, i);
    *ARENA_PUSH(&v->a, v->holds, v->hold_count, v->hold_max) = at;
    return true;
}

static bool row_hold_event(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t hold = book_at(r, 2, i);
    book_line_hold_event(v->chain, hold, book_text_at(r, 3, i), book_at(r, 4, i), book_at(r, 5, i));
    if (hold < 1 || (size_t)hold > v->hold_count) return missing("hold", hold, err);
    v->balances[v->holds[hold - 1]].held -= book_at(r, 4, i);
    return true;
}

static bool row_edition(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    text body = book_text_at(r, 7, i), body_hash = book_text_at(r, 8, i);
    book_line_edition(v->chain, book_text_at(r, 2, i), book_text_at(r, 3, i), book_text_at(r, 4, i), book_text_at(r, 5, i), book_text_at(r, 6, i), body_hash, book_text_at(r, 9, i));
    hash h = hash_of(v->b->hash, body.ptr, body.len);
    return (body_hash.len == HASH_BYTES && memcmp(h.bytes, body_hash.ptr, HASH_BYTES) == 0) || mark_wrong("edition", book_at(r, 0, i), err);
}

static bool row_entry(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    int64_t delivery = book_at(r, 6, i);
    book_line_entry(v->chain, book_text_at(r, 2, i), book_text_at(r, 3, i), book_at(r, 4, i), book_text_at(r, 5, i), delivery, book_at(r, 7, i));
    return (delivery >= 1 && (size_t)delivery <= v->delivery_count) || missing("delivery", delivery, err);
}

static bool row_rule(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    book_line_rule_row(v->chain, book_text_at(r, 2, i), book_text_at(r, 3, i), book_text_at(r, 4, i), book_at(r, 5, i), book_text_at(r, 6, i), book_text_at(r, 7, i), book_text_at(r, 8, i));
    return book_at(r, 11, i) == v->at.known_us || mark_wrong("rule_row", book_at(r, 0, i), err);
}

static bool row_supersession(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    book_line_supersession(v->chain, book_at(r, 2, i), book_at(r, 3, i));
    return group_out(v, book_at(r, 2, i), err);
}

static bool row_party(verifier *v, const store_rows *r, size_t i)
{
    text code = text_copy(&v->a, book_text_at(r, 2, i));
    *ARENA_PUSH(&v->a, v->parties, v->party_count, v->party_max) = code;
    book_line_party(v->chain, code, book_text_at(r, 3, i), book_at(r, 4, i), book_at(r, 5, i));
    return true;
}

static void row_bound(verifier *v, const store_rows *r, size_t i)
{
    book_bound_line line = {book_text_at(r, 2, i), book_text_at(r, 3, i), party_of(v, book_at(r, 4, i)), book_at(r, 5, i), book_text_at(r, 6, i), book_text_at(r, 7, i), book_text_at(r, 8, i),
                            book_at(r, 9, i), book_at(r, 10, i), book_text_at(r, 11, i), book_text_at(r, 12, i)};
    book_line_bound(v->chain, &line);
}

static bool row_line(verifier *v, enum table_of t, const store_rows *r, size_t i, heng_err *err)
{
    switch (t) {
    case DELIVERIES: return row_delivery(v, r, i, err);
    case PARTIES: return row_party(v, r, i);
    case PARTY_FACTS:
        book_line_party_fact(v->chain, party_of(v, book_at(r, 2, i)), book_text_at(r, 3, i), book_text_at(r, 4, i), book_at(r, 5, i), book_at(r, 6, i), book_at(r, 7, i));
        return true;
    case MOVEMENTS: return row_movement(v, r, i, err);
    case SUPERSESSIONS: return row_supersession(v, r, i, err);
    case OBSERVATIONS: return row_observation(v, r, i, err);
    case HOLDS: return row_hold(v, r, i);
    case HOLD_EVENTS: return row_hold_event(v, r, i, err);
    case CLOSINGS:
        book_line_closing(v->chain, party_of(v, book_at(r, 2, i)), book_at(r, 3, i), book_at(r, 4, i), book_at(r, 5, i), book_text_at(r, 6, i));
        return true;
    case BOUNDS: row_bound(v, r, i); return true;
    case EDITIONS: return row_edition(v, r, i, err);
    case ENTRIES: return row_entry(v, r, i, err);
    case RULE_LOADS:
        book_line_rule_load(v->chain, book_text_at(r, 2, i), book_text_at(r, 3, i), book_text_at(r, 4, i));
        return book_at(r, 5, i) == v->at.known_us || mark_wrong("rule_load", book_at(r, 0, i), err);
    case RULE_ROWS: return row_rule(v, r, i, err);
    case FACT_ENDS: book_line_end(v->chain, book_text_at(r, 2, i), book_at(r, 3, i)); return true;
    case UNDOS: book_line_undo(v->chain, book_at(r, 2, i)); return true;
    case TABLES: break;
    }
    return false;
}

/* ---- Links ---- */

/* Rows of a table that belong to the link in hand. Movements say it by number, the others name it. */
static bool table_rows(verifier *v, enum table_of t, int64_t last_movement, heng_err *err)
{
    book_cursor *c = &v->cursors[t];
    bool end;
    for (;;) {
        if (!book_cursor_peek(v->b, c, &end, err)) return false;
        if (end) return true;
        int64_t id = book_at(&c->rows, 0, c->at), link = book_at(&c->rows, 1, c->at);
        bool is_of_it = t == MOVEMENTS ? id <= last_movement : link <= v->at.link;
        if (!is_of_it) return true;
        if (id != v->expected[t] || (t != MOVEMENTS && link != v->at.link)) return missing(TABLE[t].name, v->expected[t] < id ? v->expected[t] : id, err);
        v->expected[t] = id + 1;
        if (!row_line(v, t, &c->rows, c->at, err)) return false;
        c->at++;
    }
}

static bool link_rows(verifier *v, const store_rows *r, size_t i, heng_err *err)
{
    hash before = v->at.hash, seen;
    int64_t link = book_at(r, 0, i), known_us = book_at(r, 1, i), first = book_at(r, 3, i), count = book_at(r, 4, i);
    if (link != v->at.link + 1) return missing("link", v->at.link + 1, err);
    if (link > 1 && known_us <= v->at.known_us) return broken(link, err);
    if (first != v->expected[MOVEMENTS]) return broken(link, err);
    v->at.link = link;
    v->at.known_us = known_us;
    v->known_day = zone_day_of(v->b->zone, known_us);
    book_chain_begin(v->chain, &before, link, known_us);
    for (int t = 0; t < TABLES; t++)
        if (!table_rows(v, (enum table_of)t, first + count - 1, err)) return false;
    if (v->expected[MOVEMENTS] != first + count) return missing("movement", v->expected[MOVEMENTS], err);
    book_chain_done(v->chain, &seen);
    text kept = book_text_at(r, 2, i);
    if (kept.len != HASH_BYTES || memcmp(kept.ptr, seen.bytes, HASH_BYTES) != 0 || book_at(r, 5, i) != v->chain->facts) return broken(link, err);
    v->at.hash = seen;
    v->facts += v->chain->facts;
    v->links++;
    return true;
}

static bool links_all(verifier *v, const hash *want, progress *p, book_verify_report *ret, heng_err *err)
{
    book_cursor c;
    bool end = false, ok = true;
    book_cursor_open(&c, SQL_book_link_page, 0);
    while (ok && (ok = book_cursor_peek(v->b, &c, &end, err)) && !end) {
        for (; ok && c.at < c.rows.count; c.at++) {
            ok = link_rows(v, &c.rows, c.at, err);
            if (ok && want && hash_equal(*want, v->at.hash)) ret->head_found = true, ret->head_link = v->at.link;
            if (p) progress_add(p, 1);
        }
    }
    book_cursor_close(&c);
    for (int t = 0; t < TABLES && ok; t++) { /* rows that no link takes */
        ok = book_cursor_peek(v->b, &v->cursors[t], &end, err);
        if (ok && !end) ok = missing(TABLE[t].name, book_at(&v->cursors[t].rows, 0, v->cursors[t].at), err);
    }
    return ok;
}

/* ---- What is kept beside the facts ---- */

static bool flows_load(verifier *v, heng_err *err)
{
    book_cursor c;
    bool end = false, ok;
    v->flow_count = (size_t)v->b->next.flow + 1;
    v->flows = NEW_ARRAY(&v->a, v->flow_count, verify_flow);
    text *codes = NEW_ARRAY(&v->a, v->b->parties.count, text);
    for (size_t i = 0; i < v->b->parties.count; i++) codes[i] = v->b->parties.items[i].code;
    book_cursor_open(&c, SQL_book_flow_page, 0);
    while ((ok = book_cursor_peek(v->b, &c, &end, err)) && !end) {
        for (; c.at < c.rows.count; c.at++) {
            int64_t id = book_at(&c.rows, 0, c.at), giver = book_at(&c.rows, 1, c.at), taker = book_at(&c.rows, 2, c.at);
            if (id < 1 || (size_t)id >= v->flow_count || giver < 0 || taker < 0 || (size_t)giver >= v->b->parties.count || (size_t)taker >= v->b->parties.count) continue;
            verify_flow *f = &v->flows[id];
            *f = (verify_flow){.giver = (int32_t)giver, .taker = (int32_t)taker, .commodity = text_copy(&v->a, book_text_at(&c.rows, 3, c.at)), .unit = text_copy(&v->a, book_text_at(&c.rows, 4, c.at)),
                               .is_there = true};
            f->line = book_flow_line(&v->a, codes[giver], codes[taker], f->commodity, f->unit, book_text_at(&c.rows, 5, c.at), (int)book_at(&c.rows, 6, c.at));
        }
    }
    book_cursor_close(&c);
    return ok;
}

static bool sum_wrong(const verifier *v, int64_t flow, int64_t month, int64_t wanted, heng_err *err)
{
    (void)v;
    char id[24], when[24], sum[24];
    snprintf(id, sizeof id, "%lld", (long long)flow);
    snprintf(when, sizeof when, "%04d-%02d", month_year((int32_t)month), month_number((int32_t)month));
    snprintf(sum, sizeof sum, "%lld", (long long)wanted);
    return err_fill(err, &MSG_BOOK_SUM_WRONG, id, sum, when);
}

static bool month_row(void *context, const store_rows *r, heng_err *err)
{
    verifier *v = context;
    int64_t flow = book_at(r, 0, 0), month = book_at(r, 1, 0), day = book_at(r, 2, 0);
    if (!v->slots) slots_grow(v);
    month_slot *s = slot_find(v, flow, (int32_t)month, (int32_t)day);
    if (!s->is_used || s->delta != book_at(r, 3, 0) || s->parts != book_at(r, 4, 0)) return sum_wrong(v, flow, month, s->is_used ? s->delta : 0, err);
    s->is_seen = true;
    v->month_count++;
    return true;
}

static bool sums_compare(verifier *v, heng_err *err)
{
    int64_t first = INT32_MIN, last = INT32_MAX;
    store_param params[] = {{.name = "first", .ints = &first}, {.name = "last", .ints = &last}, {.name = "known_day", .ints = &last}};
    if (!store_each(v->b->store, SQL_book_flow_month_all, params, 3, month_row, v, err)) return false;
    for (size_t i = 0; v->slots && i <= v->slot_mask; i++)
        if (v->slots[i].is_used && !v->slots[i].is_seen) return sum_wrong(v, v->slots[i].flow, v->slots[i].month, v->slots[i].delta, err);
    return true;
}

static bool touch_row(void *context, const store_rows *r, heng_err *err)
{
    verifier *v = context;
    (void)err;
    v->touch_sum -= book_mix((uint64_t)book_at(r, 0, 0), (uint64_t)book_at(r, 1, 0));
    v->touches--;
    return true;
}

static bool touches_compare(verifier *v, heng_err *err)
{
    if (!store_each(v->b->store, SQL_book_touch_all, NULL, 0, touch_row, v, err)) return false;
    return (v->touches == 0 && v->touch_sum == 0) || missing("touch", v->touches < 0 ? -v->touches : v->touches, err);
}

static void balances_of_flows(verifier *v)
{
    const rule_set *r = v->b->rules;
    for (size_t i = 1; r && i < v->flow_count; i++) {
        const verify_flow *f = &v->flows[i];
        int32_t commodity = f->is_there ? rule_commodity_find(r, f->commodity) : RULE_NONE;
        if (commodity == RULE_NONE) continue;
        if (book_balance_kept(r, v->b->parties.items[f->giver].class_, commodity)) balance_of(v, f->giver, f->commodity, f->unit)->posted -= f->net;
        if (book_balance_kept(r, v->b->parties.items[f->taker].class_, commodity)) balance_of(v, f->taker, f->commodity, f->unit)->posted += f->net;
    }
}

static bool balance_wrong(const verifier *v, int32_t party, text commodity, i128 wanted, heng_err *err)
{
    arena a = {0};
    err_fill(err, &MSG_BOOK_BALANCE_WRONG, text_str(&a, party_of(v, party)), text_str(&a, i128_text(&a, wanted)), text_str(&a, commodity));
    arena_free(&a);
    return false;
}

static bool balances_compare(verifier *v, heng_err *err)
{
    static const char *const NAMES[] = {"party", "last"};
    store_rows r;
    balances_of_flows(v);
    if (!book_run_ints(v->b, SQL_book_balance_all, &v->a, &r, err, 2, NAMES, (int64_t[]){-1, INT32_MAX})) return false;
    for (size_t i = 0; i < r.count; i++) {
        verify_balance *x = balance_of(v, (int32_t)book_at(&r, 0, i), book_text_at(&r, 1, i), book_text_at(&r, 2, i));
        x->is_seen = true;
        if (x->posted != book_at(&r, 3, i) || x->held != book_at(&r, 4, i)) return balance_wrong(v, x->party, x->commodity, x->posted - x->held, err);
        v->balances_compared++;
    }
    for (size_t i = 0; i < v->balance_count; i++) {
        const verify_balance *x = &v->balances[i];
        if (!x->is_seen && (x->posted != 0 || x->held != 0)) return balance_wrong(v, x->party, x->commodity, x->posted - x->held, err);
    }
    return true;
}

static bool none_wrong(verifier *v, sql_id sql, const char *tbl, heng_err *err)
{
    store_rows r;
    book_cols none = book_cols_of(&v->a, 1);
    if (!book_run(v->b, sql, &none, &v->a, &r, err)) return false;
    return r.count == 0 || mark_wrong(tbl, book_at(&r, 0, 0), err);
}

static bool marks_compare(verifier *v, heng_err *err)
{
    store_rows r;
    book_cols none = book_cols_of(&v->a, 1);
    if (!book_run(v->b, SQL_book_ended_wrong, &none, &v->a, &r, err)) return false;
    if (r.count) return mark_wrong(text_str(&v->a, book_text_at(&r, 0, 0)), book_at(&r, 1, 0), err);
    for (size_t i = 0; i < v->delivery_count; i++) {
        const verify_delivery *d = &v->deliveries[i];
        if (d->movements != d->seen_movements || d->observations != d->seen_observations) return mark_wrong("delivery", (int64_t)i + 1, err);
    }
    for (size_t i = 1; i < v->flow_count; i++)
        if (v->flows[i].last_block == 0) return missing("flow", (int64_t)i, err);
    return none_wrong(v, SQL_book_identity_wrong, "identity", err) && none_wrong(v, SQL_book_identity_stray, "identity", err) &&
           none_wrong(v, SQL_book_entry_wrong, "entry", err);
}

/* What is remembered may come from the file of kept rules; here the store alone counts. */
static bool rules_true(verifier *v, heng_err *err)
{
    const rule_set *r;
    book *b = v->b;
    if (!rule_load_store(&v->a, b->store, INT64_MAX, &r, err)) return false;
    if (b->rules && hash_equal(b->rules->hash, r->hash)) return true;
    b->rules = NULL;
    if (!rule_load_store(&b->rules_memory, b->store, INT64_MAX, &b->rules, err)) return false;
    book_drop(b);
    return true;
}

static bool verify_all(verifier *v, const hash *want_head, progress *p, book_verify_report *ret, heng_err *err)
{
    book *b = v->b;
    if (b->next.rule_load && !rules_true(v, err)) return false;
    if (!book_party_load(b, err) || !flows_load(v, err)) return false;
    v->chain = book_chain_new(&v->a, b->hash);
    v->balances_at.a = &v->a;
    v->at = (book_head){.hash = book_chain_ground(b), .kind = b->hash};
    for (int t = 0; t < TABLES; t++) {
        v->expected[t] = t == PARTIES ? 0 : 1;
        book_cursor_open(&v->cursors[t], TABLE[t].sql, INT64_MIN);
    }
    if (p) p->total = b->next.link;
    if (!links_all(v, want_head, p, ret, err) || !sums_compare(v, err) || !balances_compare(v, err) || !touches_compare(v, err) || !marks_compare(v, err)) return false;
    if (want_head && !ret->head_found) {
        char hex[HASH_HEX + 1];
        hash_hex(*want_head, hex);
        return err_fill(err, &MSG_BOOK_HEAD_ABSENT, hex, NULL, NULL);
    }
    return true;
}

/* A reader holds one state of the store while it reads: others may commit meanwhile. */
static bool verify_snapshot(verifier *v, const hash *want_head, progress *p, book_verify_report *ret, heng_err *err)
{
    book *b = v->b;
    if (!b->is_writer && !store_begin(b->store, err)) return false;
    bool ok = book_fresh(b, err) && verify_all(v, want_head, p, ret, err);
    if (!b->is_writer) store_rollback(b->store);
    return ok;
}

bool book_verify(book *b, const hash *want_head, progress *p, book_verify_report *ret, heng_err *err)
{
    verifier *v;
    arena a = {0};
    book_verify_report report = {0};
    v = NEW(&a, verifier);
    v->b = b;
    book_lock(b);
    if (!b->is_writer) b->changed = -1; /* look at the file itself, not at what is remembered */
    bool ok = verify_snapshot(v, want_head, p, &report, err);
    if (ok) {
        report.head = b->head;
        report.links = v->links;
        report.facts = v->facts;
        report.sums = v->month_count;
        report.balances = v->balances_compared;
        *ret = report;
    }
    for (int t = 0; t < TABLES; t++) book_cursor_close(&v->cursors[t]);
    book_unlock(b);
    arena_free(&v->a);
    arena_free(&a);
    return ok;
}
