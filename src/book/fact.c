/* Observations, holds, closings, bounds and editions: judged in order against what the store holds and against each other, then written. */
#include "inside.h"

static bool party_ok(const book *b, int32_t party, heng_err *err)
{
    char seen[24];
    if (party >= 0 && (size_t)party < b->parties.count) return true;
    snprintf(seen, sizeof seen, "%d", party);
    err_fill(err, &MSG_BOOK_INDEX_BAD, seen, NULL, "party");
    return err_in_field(err, "party");
}

static bool period_ok(const book *b, period when, heng_err *err)
{
    if (when.start_us <= when.end_us) return true;
    arena a = {0};
    err_fill(err, &MSG_BOOK_PERIOD_BACKWARDS, text_str(&a, instant_format(&a, b->zone, when.start_us)), NULL, text_str(&a, instant_format(&a, b->zone, when.end_us)));
    arena_free(&a);
    return err_in_field(err, "period");
}

static text or_empty(text t) { return t.ptr ? t : TEXT(""); }

static void end_fact(pending *p, const char *tbl, int64_t id)
{
    *ARENA_PUSH(p->a, p->ends, p->end_count, p->end_max) = (end_mark){text_of(tbl), id};
}

/* ---- Closed periods ---- */

static bool closings_read(book *b, heng_err *err)
{
    closing_cache *c = &b->closings;
    book_cursor cursor;
    bool end = false, ok;
    book_cursor_open(&cursor, SQL_book_closing_page, 0);
    while ((ok = book_cursor_peek(b, &cursor, &end, err)) && !end) {
        const store_rows *r = &cursor.rows;
        for (; cursor.at < r->count; cursor.at++) {
            size_t i = cursor.at;
            closing_item *x = ARENA_PUSH(&c->memory, c->items, c->count, c->max);
            *x = (closing_item){.id = book_at(r, 0, i), .link = book_at(r, 1, i), .party = (int32_t)book_at(r, 2, i), .when = {book_at(r, 3, i), book_at(r, 4, i)},
                                .reopens = book_at(r, 5, i), .reason = text_copy(&c->memory, book_text_at(r, 6, i)), .known_us = book_at(r, 7, i)};
            for (size_t k = 0; x->reopens && k < c->count; k++)
                if (c->items[k].id == x->reopens) c->items[k].reopened_link = x->link, c->items[k].reopened_us = x->known_us;
        }
    }
    book_cursor_close(&cursor);
    return ok;
}

bool book_closings_load(book *b, heng_err *err)
{
    if (b->closings.is_loaded) return true;
    if (!closings_read(b, err)) return false;
    b->closings.is_loaded = true;
    for (size_t i = 0; i < b->closings.count; i++) b->closings.open += !b->closings.items[i].reopens && !b->closings.items[i].reopened_link;
    return true;
}

static const closing_item *closing_open(const book *b, int32_t party, period when)
{
    for (size_t i = 0; i < b->closings.count; i++) {
        const closing_item *c = &b->closings.items[i];
        if (c->party == party && !c->reopens && !c->reopened_link && c->when.start_us == when.start_us && c->when.end_us == when.end_us) return c;
    }
    return NULL;
}

static bool touches(period closed, period when)
{
    if (when.start_us == when.end_us) return when.start_us >= closed.start_us && when.start_us < closed.end_us;
    return when.start_us < closed.end_us && when.end_us > closed.start_us;
}

/* The subtree is that of place on the first day of the closed period. */
bool book_is_closed(book *b, int32_t party, period when)
{
    for (size_t i = 0; b->closings.open && i < b->closings.count; i++) {
        const closing_item *c = &b->closings.items[i];
        if (c->reopens || c->reopened_link || !touches(c->when, when)) continue;
        if (book_party_inside(b, party, c->party, zone_day_of(b->zone, c->when.start_us))) return true;
    }
    return false;
}

static bool closing_judge(pending *p, batch_state *s, const book_closing *x, book_result *result, heng_err *err)
{
    book *b = p->b;
    if (!party_ok(b, x->party, err) || !period_ok(b, x->when, err) || !book_text_ok(x->reason, BOOK_TEXT_MAX, true, "reason", err)) return false;
    if (x->reopen && text_trim(x->reason).len == 0) return err_fill(err, &MSG_BOOK_REOPEN_NEEDS_REASON, NULL, NULL, NULL);
    const closing_item *open = closing_open(b, x->party, x->when);
    if (open && !x->reopen) {
        *result = (book_result){.status = BOOK_EXISTS, .id = open->id};
        return true;
    }
    if (!open && x->reopen)
        return err_fill(err, &MSG_BOOK_NOT_CLOSED, book_party_words(p->a, b, x->party), text_str(p->a, period_format(p->a, b->zone, x->when)), NULL);
    closing_cache *c = &b->closings; /* remembered at once: the next item sees it; dropped if not written */
    int64_t reopens = open ? open->id : 0;
    for (size_t i = 0; i < c->count; i++)
        if (reopens && c->items[i].id == reopens) c->items[i].reopened_link = p->link, c->items[i].reopened_us = p->known_us;
    int64_t id = ++p->next.closing;
    *ARENA_PUSH(&c->memory, c->items, c->count, c->max) =
        (closing_item){.id = id, .link = p->link, .party = x->party, .when = x->when, .reopens = reopens, .known_us = p->known_us, .reason = text_copy(&c->memory, or_empty(x->reason))};
    c->open += x->reopen ? (size_t)-1 : 1;
    p->closing_reopens[p->closing_count] = reopens;
    p->closings[p->closing_count++] = x;
    s->made++;
    *result = (book_result){.status = BOOK_CREATED, .id = id};
    return true;
}

/* ---- Observations ---- */

typedef struct known_value { int64_t id, amount, scale; text unit, note; } known_value;

static bool observation_check(pending *p, const book_observation *o, heng_err *err)
{
    const rule_set *r = p->b->rules;
    if (!party_ok(p->b, o->party, err) || !period_ok(p->b, o->when, err)) return false;
    if (o->statistic < 0 || (size_t)o->statistic >= r->statistic_count) return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", o->statistic), NULL, "statistic");
    if (o->unit < 0 || (size_t)o->unit >= r->unit_count) return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", o->unit), NULL, "unit");
    if (o->scale < 0 || o->scale > DEC_SCALE_MAX) return err_fill(err, &MSG_BOOK_SCALE_BAD, arena_printf(p->a, "%d", o->scale), arena_printf(p->a, "%d", DEC_SCALE_MAX), NULL);
    int32_t wanted = r->statistics[o->statistic].unit;
    if (wanted != RULE_NONE && !rule_dim_equal(r->units[wanted].dim, r->units[o->unit].dim)) {
        const rule_statistic *what = &r->statistics[o->statistic];
        return err_fill(err, &MSG_BOOK_STATISTIC_UNIT, book_name_words(p->a, what->id, what->name), text_str(p->a, r->units[wanted].id), text_str(p->a, r->units[o->unit].id));
    }
    return book_text_ok(o->item, BOOK_TEXT_MAX, true, "item", err) && book_text_ok(o->vintage, 64, true, "vintage", err) && book_text_ok(o->source_note, BOOK_TEXT_MAX, true, "source_note", err);
}

static text observation_key(pending *p, const book_observation *o)
{
    return text_of(arena_printf(p->a, "%d\x1f%d\x1f%.*s\x1f%lld\x1f%lld\x1f%.*s", o->party, o->statistic, TEXT_FMT(or_empty(o->item)), (long long)o->when.start_us,
                                (long long)o->when.end_us, TEXT_FMT(or_empty(o->vintage))));
}

static bool observations_load(pending *p, const book_batch *x, const bool *fit, known_value *known, heng_err *err)
{
    size_t count = 0, *who = NEW_ARRAY(p->a, x->observation_count, size_t);
    for (size_t i = 0; i < x->observation_count; i++)
        if (fit[i]) who[count++] = i;
    book_cols c = book_cols_of(p->a, count);
    int64_t *party = book_col(&c, "party"), *start = book_col(&c, "start_us"), *end = book_col(&c, "end_us");
    text *statistic = book_col_text(&c, "statistic"), *item = book_col_text(&c, "item"), *vintage = book_col_text(&c, "vintage");
    for (size_t i = 0; i < count; i++) {
        const book_observation *o = &x->observations[who[i]];
        party[i] = o->party;
        start[i] = o->when.start_us;
        end[i] = o->when.end_us;
        statistic[i] = p->b->rules->statistics[o->statistic].id;
        item[i] = or_empty(o->item);
        vintage[i] = or_empty(o->vintage);
    }
    store_rows r;
    if (!book_run(p->b, SQL_book_observation_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        known[who[r.origin[i]]] = (known_value){book_at(&r, 0, i), book_at(&r, 2, i), book_at(&r, 3, i), book_text_at(&r, 1, i), book_text_at(&r, 4, i)};
    return true;
}

static bool same_value(int64_t x, int64_t x_scale, int64_t y, int64_t y_scale)
{
    int64_t scale = x_scale > y_scale ? x_scale : y_scale;
    return (i128)x * pow10_i128((int)(scale - x_scale)) == (i128)y * pow10_i128((int)(scale - y_scale));
}

static bool observation_judge(pending *p, batch_state *s, const book_observation *o, known_value *k, book_result *result, heng_err *err)
{
    const rule_set *r = p->b->rules;
    text unit = r->units[o->unit].id;
    if (k->id && text_equal(k->unit, unit) && same_value(k->amount, k->scale, o->count, o->scale)) {
        *result = (book_result){.status = BOOK_EXISTS, .id = k->id};
        return true;
    }
    if (k->id && !s->r->batch->supersede) {
        text id = r->statistics[o->statistic].id, when = period_format(p->a, p->b->zone, o->when);
        const char *key = arena_printf(p->a, "%.*s %.*s %.*s %.*s", TEXT_FMT(p->b->parties.items[o->party].code), TEXT_FMT(id), TEXT_FMT(or_empty(o->item)), TEXT_FMT(when));
        return err_fill(err, &MSG_BOOK_KEY_CONFLICT, key, NULL, text_str(p->a, s->source->name));
    }
    if (k->id) end_fact(p, "observation", k->id);
    book_status status = k->id ? BOOK_SUPERSEDED : BOOK_CREATED;
    *k = (known_value){++p->next.observation, o->count, o->scale, unit, o->source_note};
    p->observations[p->observation_count++] = o;
    s->made++;
    *result = (book_result){.status = status, .id = k->id, .is_restatement = book_is_closed(p->b, o->party, o->when)};
    return true;
}

static bool observations_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    bool *fit = NEW_ARRAY(p->a, x->observation_count, bool);
    known_value *known = NEW_ARRAY(p->a, x->observation_count, known_value);
    text_map seen = {.a = p->a};
    size_t first = *item;
    p->observations = NEW_ARRAY(p->a, x->observation_count, const book_observation *);
    for (size_t i = 0; i < x->observation_count; i++) {
        heng_err why = {0};
        fit[i] = observation_check(p, &x->observations[i], &why);
        if (!fit[i]) book_refuse(s, first + i, (err_at_row(&why, x->observations[i].row), &why));
    }
    if (!observations_load(p, x, fit, known, err)) return false;
    for (size_t i = 0; i < x->observation_count; i++) {
        int64_t at = (int64_t)i;
        heng_err why = {0};
        if (!fit[i]) continue;
        text key = observation_key(p, &x->observations[i]);
        if (!text_map_find(&seen, key, &at)) text_map_put(&seen, key, at); /* equal keys share what is known */
        if (!observation_judge(p, s, &x->observations[i], &known[at], book_result_of(s, first + i), &why))
            book_refuse(s, first + i, (err_at_row(&why, x->observations[i].row), &why));
    }
    s->first_observation = p->b->next.observation + 1;
    s->observations = (int64_t)p->observation_count;
    *item += x->observation_count;
    return true;
}

/* Was this fact, made by this batch, ended by it too? */
static int64_t ended_here(const pending *p, const char *tbl, int64_t id)
{
    for (size_t i = 0; i < p->end_count; i++)
        if (p->ends[i].fact == id && text_is(p->ends[i].tbl, tbl)) return p->link;
    return 0;
}

static bool observations_write(pending *p, heng_err *err)
{
    const rule_set *r = p->b->rules;
    book_cols c = book_cols_of(p->a, p->observation_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *party = book_col(&c, "party"), *start = book_col(&c, "start_us"), *end = book_col(&c, "end_us");
    int64_t *amount = book_col(&c, "amount"), *scale = book_col(&c, "scale"), *delivery = book_col(&c, "delivery"), *row = book_col(&c, "row_no"), *ended = book_col(&c, "ended");
    text *statistic = book_col_text(&c, "statistic"), *unit = book_col_text(&c, "unit"), *item = book_col_text(&c, "item"), *vintage = book_col_text(&c, "vintage"),
         *note = book_col_text(&c, "source_note");
    bool any_ended = false;
    for (size_t i = 0; i < p->end_count; i++) any_ended = any_ended || p->ends[i].fact > p->b->next.observation;
    for (size_t i = 0; i < p->observation_count; i++) {
        const book_observation *o = p->observations[i];
        book_observation_line line = {p->b->parties.items[o->party].code, r->statistics[o->statistic].id, r->units[o->unit].id, or_empty(o->item), o->when.start_us, o->when.end_us,
                                      or_empty(o->vintage), o->count, o->scale, p->batches[0].delivery, o->row, or_empty(o->source_note)};
        id[i] = p->b->next.observation + 1 + (int64_t)i;
        link[i] = p->link;
        party[i] = o->party;
        start[i] = line.start_us;
        end[i] = line.end_us;
        amount[i] = line.amount;
        scale[i] = line.scale;
        delivery[i] = line.delivery;
        row[i] = line.row;
        ended[i] = any_ended ? ended_here(p, "observation", id[i]) : 0;
        statistic[i] = line.statistic;
        unit[i] = line.unit;
        item[i] = line.item;
        vintage[i] = line.vintage;
        note[i] = line.source_note;
        book_line_observation(p->chain, &line);
    }
    return book_run(p->b, SQL_book_observation_add, &c, p->a, p->unused, err);
}

/* ---- Holds ---- */

static bool hold_same(const hold_state *h, const book_hold *x)
{
    return h->party == x->party && h->commodity == x->commodity && h->unit == x->unit && h->amount == x->amount && h->expires_us == x->expires_us;
}

static bool reserve_check(pending *p, const book_hold *x, heng_err *err)
{
    const rule_set *r = p->b->rules;
    if (!party_ok(p->b, x->party, err)) return false;
    if (x->commodity < 0 || (size_t)x->commodity >= r->commodity_count) return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", x->commodity), NULL, "commodity");
    if (x->unit < 0 || (size_t)x->unit >= r->unit_count) return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", x->unit), NULL, "unit");
    const rule_commodity *c = &r->commodities[x->commodity];
    if (!book_is_holding(r, x->commodity)) return err_fill(err, &MSG_BOOK_HOLD_NOT_A_HOLDING, book_name_words(p->a, c->id, c->name), NULL, NULL);
    if (x->amount == 0) return err_fill(err, &MSG_BOOK_HOLD_ZERO, text_str(p->a, x->key), NULL, NULL);
    if (x->amount < 0) return err_fill(err, &MSG_BOOK_AMOUNT_NEGATIVE, arena_printf(p->a, "%lld", (long long)x->amount), NULL, NULL);
    return true;
}

static bool hold_reserve(pending *p, batch_state *s, const book_hold *x, hold_state *h, book_result *result, heng_err *err)
{
    if (!reserve_check(p, x, err)) return false;
    if (h->id) {
        if (!hold_same(h, x)) return err_fill(err, &MSG_BOOK_NAME_TAKEN, text_str(p->a, x->key), NULL, NULL);
        *result = (book_result){.status = BOOK_EXISTS, .id = h->id};
        return true;
    }
    balance_entry *e = book_balance_entry(p->b, x->party, x->commodity, x->unit);
    must(e->is_loaded);
    size_t mark = p->journal_count;
    int64_t held;
    if (__builtin_add_overflow(e->held, x->amount, &held)) return err_fill(err, &MSG_BOOK_BALANCE_OVERFLOW, book_party_words(p->a, p->b, x->party), NULL, text_str(p->a, x->key));
    book_journal_set(p, &e->held, held);
    if (book_below_zero(p, e, p->known_day, err)) {
        book_journal_revert(p, mark);
        return false;
    }
    book_balance_changed(p, e);
    *h = (hold_state){x->key, ++p->next.hold, x->party, x->commodity, x->unit, x->amount, x->expires_us, 0, 0};
    p->hold_ids[p->hold_new_count] = h->id;
    p->hold_news[p->hold_new_count++] = x;
    s->made++;
    *result = (book_result){.status = BOOK_CREATED, .id = h->id};
    return true;
}

static bool hold_release(pending *p, batch_state *s, const book_hold *x, hold_state *h, book_result *result, heng_err *err)
{
    const char *name = text_str(p->a, x->key);
    if (!h->id) return err_fill(err, &MSG_BOOK_HOLD_UNKNOWN, name, NULL, NULL);
    bool is_due = h->expires_us && p->known_us >= h->expires_us;
    if (x->action == BOOK_EXPIRE && !is_due) {
        text when = h->expires_us ? instant_format(p->a, p->b->zone, h->expires_us) : TEXT("-");
        return err_fill(err, &MSG_BOOK_HOLD_NOT_EXPIRED, name, text_str(p->a, when), NULL);
    }
    int64_t open = h->amount - h->posted - h->released;
    if (open == 0 && h->released > 0) { /* released before: nothing changes */
        *result = (book_result){.status = BOOK_EXISTS, .id = h->id};
        return true;
    }
    if (open == 0) return err_fill(err, &MSG_BOOK_HOLD_NOT_OPEN, name, NULL, NULL);
    balance_entry *e = book_balance_entry(p->b, h->party, h->commodity, h->unit);
    book_journal_set(p, &e->held, e->held - open);
    book_balance_changed(p, e);
    h->released += open;
    *ARENA_PUSH(p->a, p->events, p->event_count, p->event_max) = (hold_event){h->id, x->action == BOOK_VOID ? TEXT("void") : TEXT("expire"), open, 0};
    s->made++;
    *result = (book_result){.status = BOOK_CREATED, .id = h->id};
    return true;
}

static bool hold_judge(pending *p, batch_state *s, const book_hold *x, book_result *result, heng_err *err)
{
    int64_t at;
    if (!book_text_ok(x->key, BOOK_KEY_MAX, false, "key", err)) return false;
    must(text_map_find(&p->holds, x->key, &at));
    hold_state *h = &p->hold_items[at];
    return x->action == BOOK_RESERVE ? hold_reserve(p, s, x, h, result, err) : hold_release(p, s, x, h, result, err);
}

/* ---- Bounds and editions ---- */

static bool bound_check(pending *p, const book_bound *x, heng_err *err)
{
    const rule_set *r = p->b->rules;
    int64_t count;
    int scale;
    if (!book_text_ok(x->key, BOOK_KEY_MAX, false, "key", err) || !party_ok(p->b, x->party, err) || !period_ok(p->b, x->when, err)) return false;
    bool is_of_channel = text_starts(x->indicator, "channel:") && x->indicator.len > 8; /* of a meter: the room that knows meters has looked */
    if (is_of_channel && !book_text_ok(x->indicator, BOOK_TEXT_MAX, false, "indicator", err)) return false;
    if (!is_of_channel && rule_indicator_find(r, x->indicator) == RULE_NONE) return err_fill(err, &MSG_BOOK_INDICATOR_UNKNOWN, text_str(p->a, x->indicator), NULL, NULL);
    if (x->unit.len && rule_unit_find(r, x->unit) == RULE_NONE) return err_fill(err, &MSG_BOOK_UNIT_UNKNOWN, text_str(p->a, x->unit), NULL, NULL);
    if ((int)x->compare < BOOK_AT_MOST || (int)x->compare > BOOK_BETWEEN) return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", (int)x->compare), NULL, "compare");
    if (!dec_parse_any(x->value, &count, &scale, err)) return err_in_field(err, "value");
    if (x->compare == BOOK_BETWEEN && !dec_parse_any(x->value_hi, &count, &scale, err)) return err_in_field(err, "value_hi");
    return book_text_ok(x->base, 64, true, "base", err) && book_text_ok(x->source, BOOK_TEXT_MAX, true, "source", err) && book_text_ok(x->value_hi, 64, true, "value_hi", err);
}

static text bound_words(pending *p, text indicator, int64_t party, int64_t compare, text value, text value_hi, text unit, int64_t start, int64_t end, text base, text source)
{
    return text_of(arena_printf(p->a, "%.*s\x1f%lld\x1f%lld\x1f%.*s\x1f%.*s\x1f%.*s\x1f%lld\x1f%lld\x1f%.*s\x1f%.*s", TEXT_FMT(or_empty(indicator)), (long long)party, (long long)compare,
                                TEXT_FMT(or_empty(value)), TEXT_FMT(or_empty(value_hi)), TEXT_FMT(or_empty(unit)), (long long)start, (long long)end, TEXT_FMT(or_empty(base)),
                                TEXT_FMT(or_empty(source))));
}

static text words_of_bound(pending *p, const book_bound *x)
{
    return bound_words(p, x->indicator, x->party, x->compare, x->value, x->value_hi, x->unit, x->when.start_us, x->when.end_us, x->base, x->source);
}

typedef struct known_words { int64_t id; text words; } known_words;

static bool bounds_load(pending *p, const book_batch *x, known_words *known, heng_err *err)
{
    book_cols c = book_cols_of(p->a, x->bound_count);
    text *key = book_col_text(&c, "key");
    for (size_t i = 0; i < x->bound_count; i++) key[i] = or_empty(x->bounds[i].key);
    store_rows r;
    if (!book_run(p->b, SQL_book_bound_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        known[r.origin[i]] = (known_words){book_at(&r, 0, i), bound_words(p, book_text_at(&r, 1, i), book_at(&r, 2, i), book_at(&r, 3, i), book_text_at(&r, 4, i), book_text_at(&r, 5, i),
                                                                          book_text_at(&r, 6, i), book_at(&r, 7, i), book_at(&r, 8, i), book_text_at(&r, 9, i), book_text_at(&r, 10, i))};
    return true;
}

static bool bounds_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    known_words *known = NEW_ARRAY(p->a, x->bound_count, known_words);
    text_map seen = {.a = p->a};
    p->bounds = NEW_ARRAY(p->a, x->bound_count, const book_bound *);
    if (!bounds_load(p, x, known, err)) return false;
    for (size_t i = 0; i < x->bound_count; i++, (*item)++) {
        heng_err why = {0};
        int64_t at = (int64_t)i;
        if (!bound_check(p, &x->bounds[i], &why)) {
            book_refuse(s, *item, &why);
            continue;
        }
        if (!text_map_find(&seen, x->bounds[i].key, &at)) text_map_put(&seen, x->bounds[i].key, at);
        known_words *k = &known[at];
        text words = words_of_bound(p, &x->bounds[i]);
        book_status status = !k->id ? BOOK_CREATED : text_equal(k->words, words) ? BOOK_EXISTS : BOOK_SUPERSEDED;
        if (status == BOOK_SUPERSEDED) end_fact(p, "bound", k->id);
        if (status != BOOK_EXISTS) {
            *k = (known_words){++p->next.bound, words};
            p->bounds[p->bound_count++] = &x->bounds[i];
            s->made++;
        }
        *book_result_of(s, *item) = (book_result){.status = status, .id = k->id};
    }
    return true;
}

static text edition_words(pending *p, text kind, text name, text address, text profile, text body_hash)
{
    text_buf b = {.a = p->a};
    text parts[] = {kind, name, address, profile, body_hash};
    for (size_t i = 0; i < 5; i++) buf_add(&b, or_empty(parts[i])), buf_char(&b, 0x1f);
    return buf_text(&b);
}

static text hash_text(pending *p, text body)
{
    hash *h = NEW(p->a, hash);
    *h = hash_of(p->b->hash, body.len ? body.ptr : "", body.len);
    return (text){(const char *)h->bytes, HASH_BYTES};
}

static bool editions_load(pending *p, const book_batch *x, known_words *known, heng_err *err)
{
    book_cols c = book_cols_of(p->a, x->edition_count);
    text *key = book_col_text(&c, "key");
    for (size_t i = 0; i < x->edition_count; i++) key[i] = or_empty(x->editions[i].key);
    store_rows r;
    if (!book_run(p->b, SQL_book_edition_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        known[r.origin[i]] = (known_words){book_at(&r, 0, i), edition_words(p, book_text_at(&r, 1, i), book_text_at(&r, 2, i), book_text_at(&r, 3, i), book_text_at(&r, 4, i), book_text_at(&r, 5, i))};
    return true;
}

static bool edition_judge(pending *p, batch_state *s, const book_edition *x, known_words *k, book_result *result, heng_err *err)
{
    if (!book_text_ok(x->key, BOOK_KEY_MAX, false, "key", err) || !book_text_ok(x->kind, 64, true, "kind", err) || !book_text_ok(x->name, BOOK_TEXT_MAX, true, "name", err) ||
        !book_text_ok(x->address, BOOK_TEXT_MAX, true, "address", err) || !book_text_ok(x->profile, BOOK_TEXT_MAX, true, "profile", err) ||
        !book_text_ok(x->body, BOOK_FILE_MAX, true, "body", err))
        return false;
    text words = edition_words(p, x->kind, x->name, x->address, x->profile, hash_text(p, x->body));
    if (k->id && !text_equal(words, k->words)) return err_fill(err, &MSG_BOOK_NAME_TAKEN, text_str(p->a, x->key), NULL, NULL);
    *result = (book_result){.status = k->id ? BOOK_EXISTS : BOOK_CREATED, .id = k->id};
    if (k->id) return true;
    *k = (known_words){result->id = ++p->next.edition, words};
    p->editions[p->edition_count++] = x;
    s->made++;
    return true;
}

static bool editions_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    known_words *known = NEW_ARRAY(p->a, x->edition_count, known_words);
    text_map seen = {.a = p->a};
    p->editions = NEW_ARRAY(p->a, x->edition_count, const book_edition *);
    if (!editions_load(p, x, known, err)) return false;
    for (size_t i = 0; i < x->edition_count; i++, (*item)++) {
        heng_err why = {0};
        int64_t at = (int64_t)i;
        if (!text_map_find(&seen, x->editions[i].key, &at)) text_map_put(&seen, x->editions[i].key, at);
        if (!edition_judge(p, s, &x->editions[i], &known[at], book_result_of(s, *item), &why)) book_refuse(s, *item, &why);
    }
    return true;
}

/* ---- All of them ---- */

static bool balances_of_holds(pending *p, const book_batch *x, heng_err *err)
{
    for (size_t i = 0; i < x->hold_count; i++) { /* a reservation may name a balance that no group and no hold has asked for */
        int64_t at;
        heng_err ignored = {0};
        if (x->holds[i].action != BOOK_RESERVE || !reserve_check(p, &x->holds[i], &ignored) || !text_map_find(&p->holds, x->holds[i].key, &at)) continue;
        hold_state *h = &p->hold_items[at];
        if (h->id == 0 && h->party == BOOK_NONE) *h = (hold_state){.key = h->key, .id = -1, .party = x->holds[i].party, .commodity = x->holds[i].commodity, .unit = x->holds[i].unit};
    }
    bool ok = book_balances_load(p, err);
    for (size_t i = 0; i < p->hold_count; i++)
        if (p->hold_items[i].id == -1) p->hold_items[i] = (hold_state){.key = p->hold_items[i].key, .party = BOOK_NONE};
    return ok;
}

bool book_facts_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    if (book_batch_is_light(x)) return true;
    if (!observations_judge(p, s, item, err)) return false;
    p->hold_news = NEW_ARRAY(p->a, x->hold_count, const book_hold *);
    p->hold_ids = NEW_ARRAY(p->a, x->hold_count, int64_t);
    p->closings = NEW_ARRAY(p->a, x->closing_count, const book_closing *);
    p->closing_reopens = NEW_ARRAY(p->a, x->closing_count, int64_t);
    if (x->hold_count && !balances_of_holds(p, x, err)) return false;
    for (size_t i = 0; i < x->hold_count; i++, (*item)++) {
        heng_err why = {0};
        if (!hold_judge(p, s, &x->holds[i], book_result_of(s, *item), &why)) book_refuse(s, *item, &why);
    }
    for (size_t i = 0; i < x->closing_count; i++, (*item)++) {
        heng_err why = {0};
        if (!closing_judge(p, s, &x->closings[i], book_result_of(s, *item), &why)) book_refuse(s, *item, &why);
    }
    return bounds_judge(p, s, item, err) && editions_judge(p, s, item, err) && book_entries_judge(p, s, item, err);
}

/* ---- Writing ---- */

static bool holds_write(pending *p, heng_err *err)
{
    const rule_set *r = p->b->rules;
    book_cols c = book_cols_of(p->a, p->hold_new_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *party = book_col(&c, "party"), *amount = book_col(&c, "amount"), *expires = book_col(&c, "expires_us");
    text *key = book_col_text(&c, "key"), *commodity = book_col_text(&c, "commodity"), *unit = book_col_text(&c, "unit");
    for (size_t i = 0; i < p->hold_new_count; i++) {
        const book_hold *x = p->hold_news[i];
        id[i] = p->hold_ids[i];
        link[i] = p->link;
        party[i] = x->party;
        amount[i] = x->amount;
        expires[i] = x->expires_us;
        key[i] = x->key;
        commodity[i] = r->commodities[x->commodity].id;
        unit[i] = r->units[x->unit].id;
        book_line_hold(p->chain, x->key, p->b->parties.items[x->party].code, commodity[i], unit[i], x->amount, x->expires_us);
    }
    return book_run(p->b, SQL_book_hold_add, &c, p->a, p->unused, err);
}

static bool hold_events_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->event_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *hold = book_col(&c, "hold"), *amount = book_col(&c, "amount"), *grp = book_col(&c, "grp");
    text *action = book_col_text(&c, "action");
    for (size_t i = 0; i < p->event_count; i++) {
        const hold_event *e = &p->events[i];
        id[i] = ++p->next.hold_event;
        link[i] = p->link;
        hold[i] = e->hold;
        amount[i] = e->amount;
        grp[i] = e->grp;
        action[i] = e->action;
        book_line_hold_event(p->chain, e->hold, e->action, e->amount, e->grp);
    }
    return book_run(p->b, SQL_book_hold_event_add, &c, p->a, p->unused, err);
}

static bool closings_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->closing_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *party = book_col(&c, "party"), *start = book_col(&c, "start_us"), *end = book_col(&c, "end_us"),
            *reopens = book_col(&c, "reopens");
    text *reason = book_col_text(&c, "reason");
    for (size_t i = 0; i < p->closing_count; i++) {
        const book_closing *x = p->closings[i];
        id[i] = p->b->next.closing + 1 + (int64_t)i;
        link[i] = p->link;
        party[i] = x->party;
        start[i] = x->when.start_us;
        end[i] = x->when.end_us;
        reopens[i] = p->closing_reopens[i];
        reason[i] = or_empty(x->reason);
        book_line_closing(p->chain, p->b->parties.items[x->party].code, start[i], end[i], reopens[i], reason[i]);
    }
    return book_run(p->b, SQL_book_closing_add, &c, p->a, p->unused, err);
}

static bool bounds_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->bound_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *party = book_col(&c, "party"), *compare = book_col(&c, "compare"), *start = book_col(&c, "start_us"),
            *end = book_col(&c, "end_us"), *ended = book_col(&c, "ended");
    text *key = book_col_text(&c, "key"), *indicator = book_col_text(&c, "indicator"), *value = book_col_text(&c, "value"), *value_hi = book_col_text(&c, "value_hi"),
         *unit = book_col_text(&c, "unit"), *base_ = book_col_text(&c, "base"), *source = book_col_text(&c, "source");
    for (size_t i = 0; i < p->bound_count; i++) {
        const book_bound *x = p->bounds[i];
        id[i] = p->b->next.bound + 1 + (int64_t)i;
        link[i] = p->link;
        party[i] = x->party;
        compare[i] = x->compare;
        start[i] = x->when.start_us;
        end[i] = x->when.end_us;
        ended[i] = ended_here(p, "bound", id[i]);
        key[i] = x->key;
        indicator[i] = x->indicator;
        value[i] = x->value;
        value_hi[i] = or_empty(x->value_hi);
        unit[i] = or_empty(x->unit);
        base_[i] = or_empty(x->base);
        source[i] = or_empty(x->source);
        book_bound_line line = {key[i], indicator[i], p->b->parties.items[x->party].code, compare[i], value[i], value_hi[i], unit[i], start[i], end[i], base_[i], source[i]};
        book_line_bound(p->chain, &line);
    }
    return book_run(p->b, SQL_book_bound_add, &c, p->a, p->unused, err);
}

static bool editions_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->edition_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link");
    text *key = book_col_text(&c, "key"), *kind = book_col_text(&c, "kind"), *name = book_col_text(&c, "name"), *address = book_col_text(&c, "address"),
         *profile = book_col_text(&c, "profile"), *body = book_col_text(&c, "body"), *body_hash = book_col_blob(&c, "body_hash"), *rules_hash = book_col_blob(&c, "rules_hash");
    for (size_t i = 0; i < p->edition_count; i++) {
        const book_edition *x = p->editions[i];
        id[i] = p->b->next.edition + 1 + (int64_t)i;
        link[i] = p->link;
        key[i] = x->key;
        kind[i] = or_empty(x->kind);
        name[i] = or_empty(x->name);
        address[i] = or_empty(x->address);
        profile[i] = or_empty(x->profile);
        body[i] = or_empty(x->body);
        body_hash[i] = hash_text(p, x->body);
        rules_hash[i] = (text){(const char *)p->b->rules->hash.bytes, HASH_BYTES};
        book_line_edition(p->chain, key[i], kind[i], name[i], address[i], profile[i], body_hash[i], rules_hash[i]);
    }
    return book_run(p->b, SQL_book_edition_add, &c, p->a, p->unused, err);
}

static bool ends_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->end_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *fact = book_col(&c, "fact");
    text *tbl = book_col_text(&c, "tbl");
    for (size_t i = 0; i < p->end_count; i++) {
        id[i] = ++p->next.fact_end;
        link[i] = p->link;
        fact[i] = p->ends[i].fact;
        tbl[i] = p->ends[i].tbl;
        book_line_end(p->chain, tbl[i], fact[i]);
    }
    return book_run(p->b, SQL_book_fact_end_add, &c, p->a, p->unused, err);
}

/* Marks go before the new rows: of one key only one may be live. */
bool book_marks_write(pending *p, heng_err *err)
{
    static const struct { const char *tbl; sql_id sql; } MARKS[] = {
        {"party_fact", SQL_book_party_fact_end}, {"observation", SQL_book_observation_end}, {"bound", SQL_book_bound_end}, {"entry", SQL_book_entry_end}};
    for (size_t k = 0; k < sizeof MARKS / sizeof *MARKS; k++) {
        size_t count = 0;
        for (size_t i = 0; i < p->end_count; i++) count += text_is(p->ends[i].tbl, MARKS[k].tbl);
        book_cols c = book_cols_of(p->a, count);
        int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link");
        size_t at = 0;
        for (size_t i = 0; i < p->end_count; i++) {
            if (!text_is(p->ends[i].tbl, MARKS[k].tbl)) continue;
            id[at] = p->ends[i].fact;
            link[at++] = p->link;
        }
        if (!book_run(p->b, MARKS[k].sql, &c, p->a, p->unused, err)) return false;
    }
    return true;
}

static bool undo_write(pending *p, heng_err *err)
{
    size_t count = (size_t)(p->next.undo - p->b->next.undo);
    book_cols c = book_cols_of(p->a, count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *delivery = book_col(&c, "delivery");
    if (count) {
        id[0] = p->next.undo;
        link[0] = p->link;
        delivery[0] = p->batches[0].r->batch->undo_delivery;
        book_line_undo(p->chain, delivery[0]);
    }
    return book_run(p->b, SQL_book_undo_add, &c, p->a, p->unused, err);
}

bool book_facts_write(pending *p, heng_err *err)
{
    return observations_write(p, err) && holds_write(p, err) && hold_events_write(p, err) && closings_write(p, err) && bounds_write(p, err) && editions_write(p, err) &&
           book_entries_write(p, err) && book_rules_write(p, err) && ends_write(p, err) && undo_write(p, err);
}
