/* Everything that is read besides parties and sums. Lists are bounded by the facts there are; pages where they may be long. */
#include <zlib.h>
#include "inside.h"

/* ---- Movements ---- */

static bool open_for_reading(book *b, int64_t known_us, int64_t *ret_link, heng_err *err)
{
    return book_fresh(b, err) && book_rules_load(b, err) && book_link_at(b, known_us, ret_link, err);
}

static void movement_row_fill(const store_rows *r, size_t i, arena *a, book_movement_row *m)
{
    *m = (book_movement_row){.id = book_at(r, 0, i), .group = book_at(r, 1, i), .delivery = book_at(r, 2, i), .row = book_at(r, 3, i), .row_less = book_at(r, 4, i),
                             .link = book_at(r, 5, i), .known_us = book_at(r, 6, i), .flow = (int32_t)book_at(r, 7, i) - 1, .amount = book_at(r, 8, i),
                             .when = {book_at(r, 9, i), book_at(r, 10, i)}, .group_key = book_key_printable(a, book_text_at(r, 11, i))};
    if (book_null_at(r, 12, i)) return;
    m->superseded_by = book_at(r, 12, i) ? book_at(r, 12, i) : -1;
    m->superseded_us = book_at(r, 13, i);
}

static book_flow flow_words(const rule_set *r, const store_rows *rows, size_t c, size_t i)
{
    return (book_flow){(int32_t)book_at(rows, c, i), (int32_t)book_at(rows, c + 1, i), rule_commodity_find(r, book_text_at(rows, c + 2, i)), rule_unit_find(r, book_text_at(rows, c + 3, i)),
                       rule_kind_find(r, book_text_at(rows, c + 4, i)), (uint8_t)book_at(rows, c + 5, i)};
}

static void months_us(const book *b, int32_t first, int32_t count, int64_t *ret_from, int64_t *ret_to)
{
    *ret_from = count ? zone_month_start_us(b->zone, first) : INT64_MIN;
    *ret_to = count ? zone_month_start_us(b->zone, first + count) : INT64_MAX;
}

static bool movements_of(book *b, arena *a, int64_t flow_id, int64_t from_us, int64_t to_us, int64_t link, store_rows *ret, book_flow *ret_flow, heng_err *err)
{
    static const char *const ID[] = {"id"}, *const NAMES[] = {"flow", "from_us", "to_us", "link"};
    store_rows f;
    if (!book_run_ints(b, SQL_book_flow_get, a, &f, err, 1, ID, &flow_id)) return false;
    if (f.count) *ret_flow = flow_words(b->rules, &f, 1, 0);
    return book_run_ints(b, SQL_book_movement_of_flow, a, ret, err, 4, NAMES, (int64_t[]){flow_id, from_us, to_us, link});
}

bool book_movements_of(book *b, arena *a, int64_t flow_id, int32_t first_month, int32_t month_count, int64_t known_us, book_movement_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link, from_us, to_us;
    store_rows r = {0};
    book_flow ends = {0};
    months_us(b, first_month, month_count, &from_us, &to_us);
    book_lock(b);
    bool ok = open_for_reading(b, known_us, &link, err) && movements_of(b, a, flow_id, from_us, to_us, link, &r, &ends, err);
    book_unlock(b);
    if (!ok) return false;
    book_movement_row *items = NEW_ARRAY(a, r.count, book_movement_row);
    for (size_t i = 0; i < r.count; i++) {
        movement_row_fill(&r, i, a, &items[i]);
        items[i].ends = ends;
    }
    *ret = items;
    *ret_count = r.count;
    return true;
}

/* A delivery or a group narrows the ids to a run; everything else is a filter over it. */
static bool id_range(book *b, arena *a, const book_query *q, int64_t *ret_first, int64_t *ret_last, heng_err *err)
{
    static const char *const NAMES[] = {"id"};
    *ret_first = 1;
    *ret_last = INT64_MAX;
    if (q->group) *ret_first = q->group, *ret_last = q->group + BOOK_GROUP_MAX;
    if (!q->delivery) return true;
    store_rows r;
    if (!book_run_ints(b, SQL_book_delivery_get, a, &r, err, 1, NAMES, &q->delivery)) return false;
    int64_t first = r.count ? book_at(&r, 1, 0) : 1, last = r.count ? first + book_at(&r, 2, 0) - 1 : 0;
    if (first > *ret_first) *ret_first = first;
    if (last < *ret_last) *ret_last = last;
    return true;
}

static text rule_word(text id) { return id.ptr ? id : TEXT(""); }

static bool movements_query(book *b, arena *a, const book_query *q, int64_t link, store_rows *ret, heng_err *err)
{
    int64_t first, last;
    if (!id_range(b, a, q, &first, &last, err)) return false;
    const rule_set *r = b->rules;
    bool has_commodity = q->commodity >= 0 && (size_t)q->commodity < r->commodity_count, has_kind = q->kind >= 0 && (size_t)q->kind < r->kind_count;
    book_cols c = book_cols_of(a, 1);
    book_col(&c, "after_id")[0] = q->after_id;
    book_col(&c, "first_id")[0] = first;
    book_col(&c, "last_id")[0] = last;
    book_col(&c, "link")[0] = link;
    book_col(&c, "grp")[0] = q->group;
    book_col(&c, "party")[0] = q->party;
    book_col(&c, "from_us")[0] = q->has_when ? q->when.start_us : INT64_MIN;
    book_col(&c, "to_us")[0] = q->has_when ? (q->when.end_us > q->when.start_us ? q->when.end_us : q->when.start_us + 1) : INT64_MAX;
    book_col(&c, "with_superseded")[0] = q->with_superseded;
    book_col(&c, "limit")[0] = q->limit ? (int64_t)q->limit : INT64_MAX;
    book_col_text(&c, "commodity")[0] = has_commodity ? rule_word(r->commodities[q->commodity].id) : TEXT("");
    book_col_text(&c, "kind")[0] = has_kind ? rule_word(r->kinds[q->kind].id) : TEXT("");
    book_col_text(&c, "source")[0] = rule_word(q->source);
    return book_run(b, SQL_book_movement_query, &c, a, ret, err);
}

bool book_movements_query(book *b, arena *a, const book_query *q, int64_t known_us, book_movement_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link;
    store_rows r = {0};
    book_lock(b);
    bool ok = open_for_reading(b, known_us, &link, err) && movements_query(b, a, q, link, &r, err);
    if (ok) {
        book_movement_row *items = NEW_ARRAY(a, r.count, book_movement_row);
        for (size_t i = 0; i < r.count; i++) {
            movement_row_fill(&r, i, a, &items[i]);
            items[i].ends = flow_words(b->rules, &r, 14, i);
        }
        *ret = items;
        *ret_count = r.count;
    }
    book_unlock(b);
    return ok;
}

/* ---- All rows of a paged statement ---- */

typedef void (*row_fn)(book *b, arena *a, const store_rows *r, size_t i, void *context);

static bool each_row(book *b, arena *a, sql_id sql, int64_t after, row_fn fn, void *context, heng_err *err)
{
    book_cursor c;
    bool end = false, ok;
    book_cursor_open(&c, sql, after);
    while ((ok = book_cursor_peek(b, &c, &end, err)) && !end)
        for (; c.at < c.rows.count; c.at++) fn(b, a, &c.rows, c.at, context);
    book_cursor_close(&c);
    return ok;
}

static text copy_at(arena *a, const store_rows *r, size_t column, size_t i) { return text_copy(a, book_text_at(r, column, i)); }

static hash hash_at(const store_rows *r, size_t column, size_t i)
{
    hash h = {{0}};
    text t = book_text_at(r, column, i);
    if (t.len == HASH_BYTES) memcpy(h.bytes, t.ptr, HASH_BYTES);
    return h;
}

/* ---- Deliveries ---- */

typedef struct delivery_list { book_delivery *items; size_t count, max; int64_t only; } delivery_list;

static void delivery_row(book *b, arena *a, const store_rows *r, size_t i, void *context)
{
    delivery_list *l = context;
    (void)b;
    if (l->only && book_at(r, 0, i) != l->only) return;
    book_delivery *d = ARENA_PUSH(a, l->items, l->count, l->max);
    *d = (book_delivery){.id = book_at(r, 0, i), .link = book_at(r, 1, i), .source = copy_at(a, r, 2, i), .file = copy_at(a, r, 3, i), .sheet = copy_at(a, r, 4, i), .note = copy_at(a, r, 8, i),
                         .user = copy_at(a, r, 7, i), .content = hash_at(r, 5, i), .movements = book_at(r, 10, i), .observations = book_at(r, 12, i), .entries = book_at(r, 16, i), .is_undone = !book_null_at(r, 14, i)};
}

static bool deliveries_known(book *b, delivery_list *l, heng_err *err)
{
    arena a = {0};
    book_cols c = book_cols_of(&a, l->count);
    int64_t *id = book_col(&c, "id");
    for (size_t i = 0; i < l->count; i++) id[i] = l->items[i].link;
    store_rows r;
    bool ok = book_run(b, SQL_book_link_get, &c, &a, &r, err);
    for (size_t i = 0; ok && i < r.count; i++) l->items[r.origin[i]].known_us = book_at(&r, 1, i);
    arena_free(&a);
    return ok;
}

bool book_deliveries(book *b, arena *a, book_delivery **ret, size_t *ret_count, heng_err *err)
{
    delivery_list l = {0};
    book_lock(b);
    bool ok = book_fresh(b, err) && each_row(b, a, SQL_book_delivery_page, 0, delivery_row, &l, err) && deliveries_known(b, &l, err);
    book_unlock(b);
    if (!ok) return false;
    *ret = l.items;
    *ret_count = l.count;
    return true;
}

static bool unpack(arena *a, const store_rows *r, int64_t delivery, text *ret, heng_err *err)
{
    *ret = TEXT("");
    if (r->count == 0) return true;
    text packed = book_text_at(r, 1, 0);
    int64_t bytes = book_at(r, 0, 0);
    uLongf len = (uLongf)bytes;
    if (bytes > 0 && bytes <= BOOK_FILE_MAX) {
        char *out = arena_alloc(a, (size_t)bytes);
        if (uncompress((Bytef *)out, &len, (const Bytef *)packed.ptr, (uLong)packed.len) == Z_OK && len == (uLongf)bytes) {
            *ret = (text){out, len};
            return true;
        }
    }
    return err_fill(err, &MSG_BOOK_FACT_MISSING, arena_printf(a, "%lld", (long long)delivery), NULL, "delivery_bytes");
}

bool book_delivery_bytes_load(book *b, arena *a, int64_t delivery, text *ret, heng_err *err)
{
    static const char *const NAMES[] = {"delivery"};
    store_rows r;
    return book_run_ints(b, SQL_book_delivery_bytes_get, a, &r, err, 1, NAMES, &delivery) && unpack(a, &r, delivery, ret, err);
}

static bool delivery_one(book *b, arena *a, int64_t delivery, book_delivery *ret, heng_err *err)
{
    static const char *const NAMES[] = {"after", "limit"};
    delivery_list l = {.only = delivery};
    store_rows r;
    if (!book_run_ints(b, SQL_book_delivery_page, a, &r, err, 2, NAMES, (int64_t[]){delivery - 1, 1})) return false;
    if (r.count) delivery_row(b, a, &r, 0, &l);
    if (l.count == 0) return err_fill(err, &MSG_BOOK_DELIVERY_UNKNOWN, arena_printf(a, "%lld", (long long)delivery), NULL, NULL);
    if (!deliveries_known(b, &l, err)) return false;
    *ret = l.items[0];
    return true;
}

bool book_delivery_bytes(book *b, arena *a, int64_t delivery, book_delivery *ret, text *ret_bytes, heng_err *err)
{
    book_delivery d;
    text bytes;
    book_lock(b);
    bool ok = book_fresh(b, err) && delivery_one(b, a, delivery, &d, err) && book_delivery_bytes_load(b, a, delivery, &bytes, err);
    book_unlock(b);
    if (ok) *ret = d, *ret_bytes = bytes;
    return ok;
}

/* ---- Observations ---- */

static bool observations_query(book *b, arena *a, int32_t party, int32_t statistic, text item, const period *within, int64_t link, store_rows *ret, heng_err *err)
{
    book_cols c = book_cols_of(a, 1);
    book_col(&c, "link")[0] = link;
    book_col(&c, "party")[0] = party;
    book_col_text(&c, "statistic")[0] = statistic >= 0 && (size_t)statistic < b->rules->statistic_count ? b->rules->statistics[statistic].id : TEXT("");
    book_col(&c, "any_item")[0] = item.ptr == NULL;
    book_col_text(&c, "item")[0] = item.ptr ? item : TEXT("");
    book_col(&c, "from_us")[0] = within ? within->start_us : INT64_MIN;
    book_col(&c, "to_us")[0] = within ? within->end_us : INT64_MAX;
    return book_run(b, SQL_book_observation_query, &c, a, ret, err);
}

bool book_observations(book *b, arena *a, int32_t party, int32_t statistic, text item, const period *within, int64_t known_us, book_observation_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link;
    store_rows r = {0};
    book_lock(b);
    bool ok = open_for_reading(b, known_us, &link, err) && observations_query(b, a, party, statistic, item, within, link, &r, err);
    if (ok) {
        book_observation_row *items = NEW_ARRAY(a, r.count, book_observation_row);
        for (size_t i = 0; i < r.count; i++)
            items[i] = (book_observation_row){.id = book_at(&r, 0, i), .party = (int32_t)book_at(&r, 1, i), .statistic = rule_statistic_find(b->rules, book_text_at(&r, 2, i)),
                                              .unit = rule_unit_find(b->rules, book_text_at(&r, 3, i)), .item = book_text_at(&r, 4, i), .when = {book_at(&r, 5, i), book_at(&r, 6, i)},
                                              .vintage = book_text_at(&r, 7, i), .count = book_at(&r, 8, i), .scale = (int)book_at(&r, 9, i), .delivery = book_at(&r, 10, i),
                                              .row = book_at(&r, 11, i), .source_note = book_text_at(&r, 12, i), .known_us = book_at(&r, 13, i), .superseded_us = book_at(&r, 14, i)};
        *ret = items;
        *ret_count = r.count;
    }
    book_unlock(b);
    return ok;
}

/* ---- Holdings and holds ---- */

static bool holdings_now(book *b, arena *a, int32_t party, book_holding **ret, size_t *ret_count, heng_err *err)
{
    static const char *const NAMES[] = {"party", "last"};
    store_rows r;
    if (!book_run_ints(b, SQL_book_balance_all, a, &r, err, 2, NAMES, (int64_t[]){party, party == BOOK_NONE ? INT32_MAX : party})) return false;
    book_holding *items = NEW_ARRAY(a, r.count, book_holding);
    for (size_t i = 0; i < r.count; i++)
        items[i] = (book_holding){(int32_t)book_at(&r, 0, i), rule_commodity_find(b->rules, book_text_at(&r, 1, i)), rule_unit_find(b->rules, book_text_at(&r, 2, i)), book_at(&r, 3, i), book_at(&r, 4, i)};
    *ret = items;
    *ret_count = r.count;
    return true;
}

typedef struct holding_list { arena *a; book_holding *items; size_t count, max; text_map at; } holding_list;

static book_holding *holding_of(holding_list *l, int32_t party, int32_t commodity, int32_t unit)
{
    int64_t at;
    text key = text_of(arena_printf(l->a, "%d %d %d", party, commodity, unit));
    if (text_map_find(&l->at, key, &at)) return &l->items[at];
    text_map_put(&l->at, key, (int64_t)l->count);
    book_holding *h = ARENA_PUSH(l->a, l->items, l->count, l->max);
    *h = (book_holding){party, commodity, unit, 0, 0};
    return h;
}

static bool holds_query(book *b, arena *a, int32_t party, int64_t link, store_rows *ret, heng_err *err)
{
    static const char *const NAMES[] = {"party", "link"};
    return book_run_ints(b, SQL_book_hold_all, a, ret, err, 2, NAMES, (int64_t[]){party, link});
}

/* As known then: from the sums of the flows, and the holds up to that link. */
static bool holdings_then(book *b, arena *a, int32_t party, int64_t known_us, book_holding **ret, size_t *ret_count, heng_err *err)
{
    book_sums s;
    int64_t link;
    store_rows h;
    holding_list l = {.a = a, .at = {.a = a}};
    if (!book_sums_load(b, a, known_us, 0, 0, &s, err) || !book_party_load(b, err) || !book_link_at(b, known_us, &link, err) || !holds_query(b, a, party, link, &h, err)) return false;
    for (size_t i = 0; i < s.count; i++) {
        const book_flow *f = &s.flows[s.flow[i]];
        if (f->commodity < 0) continue;
        bool gives = (party < 0 || f->giver == party) && book_balance_kept(b->rules, b->parties.items[f->giver].class_, f->commodity);
        bool takes = (party < 0 || f->taker == party) && book_balance_kept(b->rules, b->parties.items[f->taker].class_, f->commodity);
        if (gives) holding_of(&l, f->giver, f->commodity, f->unit)->posted -= s.sum[i];
        if (takes) holding_of(&l, f->taker, f->commodity, f->unit)->posted += s.sum[i];
    }
    for (size_t i = 0; i < h.count; i++) {
        int64_t open = book_at(&h, 4, i) - book_at(&h, 6, i) - book_at(&h, 7, i);
        holding_of(&l, (int32_t)book_at(&h, 1, i), rule_commodity_find(b->rules, book_text_at(&h, 2, i)), rule_unit_find(b->rules, book_text_at(&h, 3, i)))->held += open;
    }
    *ret = l.items;
    *ret_count = l.count;
    return true;
}

bool book_holdings(book *b, arena *a, int32_t party, int64_t known_us, book_holding **ret, size_t *ret_count, heng_err *err)
{
    book_lock(b);
    bool ok = book_fresh(b, err) && book_rules_load(b, err);
    if (ok && (known_us == BOOK_KNOWN_NOW || known_us >= b->head.known_us)) ok = holdings_now(b, a, party, ret, ret_count, err);
    else if (ok) ok = holdings_then(b, a, party, known_us, ret, ret_count, err);
    book_unlock(b);
    return ok;
}

bool book_holds(book *b, arena *a, int32_t party, int64_t known_us, book_hold_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link;
    store_rows r = {0};
    book_lock(b);
    bool ok = book_fresh(b, err) && book_rules_load(b, err) && book_link_at(b, known_us, &link, err) && holds_query(b, a, party, link, &r, err);
    if (ok) {
        book_hold_row *items = NEW_ARRAY(a, r.count, book_hold_row);
        for (size_t i = 0; i < r.count; i++) {
            int64_t open = book_at(&r, 4, i) - book_at(&r, 6, i) - book_at(&r, 7, i);
            text last = book_text_at(&r, 9, i);
            text state = open > 0 ? TEXT("open") : text_is(last, "void") ? TEXT("void") : text_is(last, "expire") ? TEXT("expired") : TEXT("posted");
            items[i] = (book_hold_row){book_text_at(&r, 8, i), (int32_t)book_at(&r, 1, i), rule_commodity_find(b->rules, book_text_at(&r, 2, i)), rule_unit_find(b->rules, book_text_at(&r, 3, i)),
                                       book_at(&r, 4, i), book_at(&r, 6, i), open, state, book_at(&r, 5, i)};
        }
        *ret = items;
        *ret_count = r.count;
    }
    book_unlock(b);
    return ok;
}

/* ---- Closings, bounds, editions ---- */

static void closings_fill(const book *b, arena *a, int64_t link, book_closing_row **ret, size_t *ret_count)
{
    const closing_cache *c = &b->closings;
    book_closing_row *items = NEW_ARRAY(a, c->count, book_closing_row);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const closing_item *x = &c->items[i];
        if (x->reopens || x->link > link) continue;
        bool is_reopened = x->reopened_link && x->reopened_link <= link;
        text reason = x->reason;
        for (size_t k = 0; is_reopened && k < c->count; k++)
            if (c->items[k].reopens == x->id) reason = c->items[k].reason;
        items[count++] = (book_closing_row){x->party, x->when, x->known_us, is_reopened ? x->reopened_us : 0, text_copy(a, reason)};
    }
    *ret = items;
    *ret_count = count;
}

bool book_closings(book *b, arena *a, int64_t known_us, book_closing_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link;
    book_lock(b);
    bool ok = book_fresh(b, err) && book_link_at(b, known_us, &link, err) && book_closings_load(b, err);
    if (ok) closings_fill(b, a, link, ret, ret_count);
    book_unlock(b);
    return ok;
}

typedef struct bound_list { book_bound_row *items; size_t count, max; int64_t link; } bound_list;

static void bound_row(book *b, arena *a, const store_rows *r, size_t i, void *context)
{
    bound_list *l = context;
    (void)b;
    int64_t ended = book_at(r, 13, i);
    if (book_at(r, 1, i) > l->link || (ended && ended <= l->link)) return;
    book_bound_row *x = ARENA_PUSH(a, l->items, l->count, l->max);
    *x = (book_bound_row){.bound = {.key = copy_at(a, r, 2, i), .indicator = copy_at(a, r, 3, i), .party = (int32_t)book_at(r, 4, i), .compare = (book_compare)book_at(r, 5, i), .value = copy_at(a, r, 6, i),
                                    .value_hi = copy_at(a, r, 7, i), .unit = copy_at(a, r, 8, i), .when = {book_at(r, 9, i), book_at(r, 10, i)}, .base = copy_at(a, r, 11, i),
                                    .source = copy_at(a, r, 12, i)},
                          .known_us = book_at(r, 14, i), .id = book_at(r, 0, i)};
}

bool book_bounds(book *b, arena *a, int64_t known_us, book_bound_row **ret, size_t *ret_count, heng_err *err)
{
    bound_list l = {0};
    book_lock(b);
    bool ok = book_fresh(b, err) && book_link_at(b, known_us, &l.link, err) && each_row(b, a, SQL_book_bound_page, 0, bound_row, &l, err);
    book_unlock(b);
    if (!ok) return false;
    *ret = l.items;
    *ret_count = l.count;
    return true;
}

bool book_editions(book *b, arena *a, text key, book_edition_row **ret, size_t *ret_count, heng_err *err)
{
    store_rows r = {0};
    book_cols c = book_cols_of(a, 1);
    book_col_text(&c, "key")[0] = key.ptr ? key : TEXT("");
    book_lock(b);
    bool ok = book_fresh(b, err) && book_run(b, SQL_book_edition_query, &c, a, &r, err);
    book_unlock(b);
    if (!ok) return false;
    book_edition_row *items = NEW_ARRAY(a, r.count, book_edition_row);
    for (size_t i = 0; i < r.count; i++)
        items[i] = (book_edition_row){.id = book_at(&r, 0, i), .link = book_at(&r, 1, i), .key = book_text_at(&r, 2, i), .kind = book_text_at(&r, 3, i), .name = book_text_at(&r, 4, i),
                                      .address = book_text_at(&r, 5, i), .profile = book_text_at(&r, 6, i), .body = book_text_at(&r, 7, i), .body_hash = hash_at(&r, 8, i),
                                      .rules_hash = hash_at(&r, 9, i), .known_us = book_at(&r, 10, i)};
    *ret = items;
    *ret_count = r.count;
    return true;
}

/* ---- Entries ---- */

/* Keys that begin with a prefix stand together: up to the prefix and the last character there is. */
static bool entries_query(book *b, arena *a, text kind, text prefix, int64_t link, bool with_history, store_rows *ret, heng_err *err)
{
    book_cols c = book_cols_of(a, 1);
    book_col(&c, "link")[0] = link;
    book_col(&c, "with_history")[0] = with_history;
    book_col_text(&c, "kind")[0] = rule_word(kind);
    book_col_text(&c, "first")[0] = rule_word(prefix);
    book_col_text(&c, "past")[0] = text_of(arena_printf(a, "%.*s\xf4\x8f\xbf\xbf", TEXT_FMT(prefix)));
    return book_run(b, SQL_book_entry_query, &c, a, ret, err);
}

bool book_entries(book *b, arena *a, text kind, text key_prefix, int64_t known_us, bool with_history, book_entry_row **ret, size_t *ret_count, heng_err *err)
{
    int64_t link;
    store_rows r = {0};
    book_lock(b);
    bool ok = book_fresh(b, err) && book_link_at(b, known_us, &link, err) && entries_query(b, a, kind, key_prefix, link, with_history, &r, err);
    book_unlock(b);
    if (!ok) return false;
    book_entry_row *items = NEW_ARRAY(a, r.count, book_entry_row);
    for (size_t i = 0; i < r.count; i++)
        items[i] = (book_entry_row){.id = book_at(&r, 0, i), .kind = book_text_at(&r, 1, i), .key = book_text_at(&r, 2, i), .version = book_at(&r, 3, i), .body = book_text_at(&r, 4, i),
                                    .author = book_text_at(&r, 5, i), .known_us = book_at(&r, 6, i), .delivery = book_at(&r, 7, i), .row = book_at(&r, 8, i), .superseded_us = book_at(&r, 9, i)};
    *ret = items;
    *ret_count = r.count;
    return true;
}
