/*
 * One group commit, from begin to answer.
 *
 *   check each batch --> load what the store knows of all --> judge batch by batch in order --> write all, one link --> commit --> answer
 *
 * A batch of groups only shares the commit with others of its kind; its effects on what is remembered (balances, holds, who replaces
 * whom) go through a journal, so that a refused batch leaves no trace and the others stand. Any other batch stands
 * alone, and what is remembered is dropped when it is not written.
 */
#include "inside.h"

bool book_batch_is_light(const book_batch *x)
{
    return x->party_count + x->party_fact_count + x->observation_count + x->hold_count + x->closing_count + x->bound_count + x->edition_count + x->entry_count == 0 &&
           !x->rules && !x->undo_delivery && x->bytes.len == 0 && !x->within;
}

size_t book_batch_items(const book_batch *x)
{
    return x->party_count + x->party_fact_count + x->group_count + x->observation_count + x->hold_count + x->closing_count + x->bound_count + x->edition_count + x->entry_count;
}

book_result *book_result_of(batch_state *s, size_t item)
{
    return &s->results[item];
}

bool book_refuse(batch_state *s, size_t item, const heng_err *why)
{
    heng_err *kept = NULL;
    s->refused++;
    if (s->r->results) {
        kept = arena_alloc(s->r->a, sizeof *kept);
        *kept = *why;
    }
    s->results[item] = (book_result){.status = BOOK_REFUSED, .why = kept};
    return true;
}

/* ---- Journal and balances ---- */

void book_journal_set(pending *p, int64_t *where, int64_t value)
{
    if (p->journal_count == p->journal_max) arena_push_grow(p->a, (void **)&p->journal, &p->journal_max, sizeof *p->journal);
    p->journal[p->journal_count++] = (journal_entry){where, *where};
    *where = value;
}

void book_journal_revert(pending *p, size_t mark)
{
    while (p->journal_count > mark) {
        const journal_entry *j = &p->journal[--p->journal_count];
        *j->where = j->before;
    }
}

void book_balance_changed(pending *p, balance_entry *e)
{
    if (e->pending == p->stamp) return;
    e->pending = p->stamp;
    *ARENA_PUSH(p->a, p->balances, p->balance_count, p->balance_max) = e;
}

static const char *balance_what(arena *a, const book *b, const balance_entry *e)
{
    const rule_commodity *c = &b->rules->commodities[e->commodity];
    return book_label(a, c->id, c->name);
}

bool book_balance_move(pending *p, balance_entry *e, int64_t delta, heng_err *err)
{
    int64_t sum;
    if (__builtin_add_overflow(e->posted, delta, &sum) || sum == INT64_MIN)
        return err_fill(err, &MSG_BOOK_BALANCE_OVERFLOW, book_party_words(p->a, p->b, e->party), NULL, balance_what(p->a, p->b, e));
    book_journal_set(p, &e->posted, sum);
    book_balance_changed(p, e);
    return true;
}

bool book_below_zero(const pending *p, const balance_entry *e, int32_t day, heng_err *err)
{
    i128 free_ = (i128)e->posted - e->held;
    if (free_ >= 0 || book_is_issuer(p->b, e->party, day)) return false;
    const rule_unit *u = &p->b->rules->units[e->unit];
    text amount = dec_format(p->a, -free_, u->scale < 0 ? 0 : u->scale);
    const char *lacks = arena_printf(p->a, "%.*s %.*s", TEXT_FMT(amount), TEXT_FMT(u->id));
    err_fill(err, &MSG_BOOK_BALANCE_BELOW_ZERO, book_party_words(p->a, p->b, e->party), lacks, balance_what(p->a, p->b, e));
    return true;
}

/* ---- Sources and deliveries ---- */

static book_source *source_of(book *b, text name)
{
    int64_t at;
    if (!b->source_names.a) b->source_names.a = &b->sources_memory;
    if (text_map_find(&b->source_names, name, &at)) return (book_source *)(intptr_t)at;
    book_source *s = NEW(&b->sources_memory, book_source); /* stays where it is: batches point to it */
    s->name = text_copy(&b->sources_memory, name);
    s->last_bytes = arena_alloc(&b->sources_memory, BOOK_KEY_MAX + 2);
    text_map_put(&b->source_names, s->name, (int64_t)(intptr_t)s);
    return s;
}

static bool sources_load(pending *p, heng_err *err)
{
    book_source **list = NEW_ARRAY(p->a, p->batch_count, book_source *);
    size_t count = 0;
    for (size_t i = 0; i < p->batch_count; i++) {
        book_source *s = p->batches[i].source = source_of(p->b, p->batches[i].r->batch->source);
        if (s->is_looked_up) continue;
        s->is_looked_up = true;
        list[count++] = s;
    }
    book_cols c = book_cols_of(p->a, count);
    text *name = book_col_text(&c, "name");
    for (size_t i = 0; i < count; i++) name[i] = list[i]->name;
    store_rows r;
    if (!book_run(p->b, SQL_book_source_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) {
        book_source *s = list[r.origin[i]];
        s->id = book_at(&r, 0, i);
        text last = book_text_at(&r, 1, i);
        s->has_last = last.len > 0 && last.len <= BOOK_KEY_MAX + 1;
        if (!s->has_last) continue;
        memcpy(s->last_bytes, last.ptr, last.len);
        s->last_key = (text){s->last_bytes, last.len};
    }
    return true;
}

static bool deliveries_find(pending *p, heng_err *err)
{
    size_t count = 0, *who = NEW_ARRAY(p->a, p->batch_count, size_t);
    for (size_t i = 0; i < p->batch_count; i++)
        if (p->batches[i].r->batch->has_content && p->batches[i].source->id) who[count++] = i;
    book_cols c = book_cols_of(p->a, count);
    int64_t *source = book_col(&c, "source");
    text *content = book_col_blob(&c, "content");
    for (size_t i = 0; i < count; i++) {
        source[i] = p->batches[who[i]].source->id;
        content[i] = (text){(const char *)p->batches[who[i]].r->batch->content.bytes, HASH_BYTES};
    }
    store_rows r;
    if (!book_run(p->b, SQL_book_delivery_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) {
        batch_state *s = &p->batches[who[r.origin[i]]];
        s->is_known = true;
        s->delivery_before = book_at(&r, 0, i);
    }
    return true;
}

/* ---- Batches ---- */

static bool batch_check(const book *b, const book_batch *x, heng_err *err)
{
    bool needs_source = x->group_count + x->observation_count + x->entry_count > 0;
    if (book_batch_items(x) > BOOK_BATCH_MAX) {
        char seen[24], wanted[24];
        snprintf(seen, sizeof seen, "%zu", book_batch_items(x));
        snprintf(wanted, sizeof wanted, "%d", BOOK_BATCH_MAX);
        return err_fill(err, &MSG_BOOK_BATCH_TOO_LARGE, seen, wanted, NULL);
    }
    if (!b->rules && book_batch_items(x)) return err_fill(err, &MSG_BOOK_NO_RULES, store_path(b->store), NULL, NULL);
    return book_text_ok(x->source, BOOK_TEXT_MAX, !needs_source, "source", err) && book_text_ok(x->file, BOOK_TEXT_MAX, true, "file", err) &&
           book_text_ok(x->sheet, BOOK_TEXT_MAX, true, "sheet", err) && book_text_ok(x->note, BOOK_TEXT_MAX, true, "note", err);
}

static void batch_begin(pending *p, size_t i, request *r)
{
    batch_state *s = &p->batches[i];
    const book_batch *x = r->batch;
    s->r = r;
    s->group_item = x->party_count + x->party_fact_count;
    *r->receipt = (book_receipt){0};
    r->ok = true;
    s->is_failed = !batch_check(p->b, x, r->err);
    r->ok = !s->is_failed;
    size_t items = s->is_failed ? 0 : book_batch_items(x);
    s->results = r->results ? r->results : arena_alloc(p->a, (items + 1) * sizeof *s->results);
    for (size_t k = 0; k < items; k++) s->results[k] = (book_result){.status = BOOK_NOT_TRIED};
}

static bool batch_judge(pending *p, batch_state *s, heng_err *err)
{
    const book_batch *x = s->r->batch;
    size_t item = s->group_item + x->group_count;
    if (!book_groups_judge(p, s, err) || !book_facts_judge(p, s, &item, err)) return false;
    if (x->undo_delivery && !book_undo_judge(p, s, err)) return false;
    return !x->rules || book_rules_judge(p, x->rules, err);
}

/* Journal and counts show what the batch would do; a batch that is not to be written is taken back here. */
static bool batch_settle(pending *p, batch_state *s, heng_err *err)
{
    const book_batch *x = s->r->batch;
    s->is_reverted = x->dry_run || (x->all_or_none && s->refused > 0);
    if (!s->is_reverted) return book_groups_accept(p, s, err);
    book_journal_revert(p, s->journal_mark);
    return true;
}

static bool judge_all(pending *p, heng_err *err)
{
    for (size_t i = 0; i < p->batch_count; i++) {
        batch_state *s = &p->batches[i];
        if (s->is_failed || s->is_known) continue;
        s->journal_mark = p->journal_count;
        if (!batch_judge(p, s, err) || !batch_settle(p, s, err)) return false;
    }
    return true;
}

/* ---- Answers ---- */

static void answer_group(const pending *p, const group_state *gs, batch_state *s)
{
    book_result *to = book_result_of(s, gs->item);
    if (gs->exists) {
        *to = (book_result){.status = BOOK_EXISTS, .id = gs->exists_pending >= 0 ? p->groups[gs->exists_pending].id : gs->exists_id};
    } else if (gs->refs && (gs->id || s->is_reverted) && to->status != BOOK_REFUSED) {
        bool is_not_tried = s->is_reverted && !s->r->batch->dry_run;
        book_status status = gs->replaces || gs->replaces_pending >= 0 ? BOOK_SUPERSEDED : BOOK_CREATED;
        *to = (book_result){.status = is_not_tried ? BOOK_NOT_TRIED : status, .id = gs->id, .is_restatement = gs->is_restatement, .goes_below_zero = gs->goes_below_zero};
    }
}

static void count_results(batch_state *s)
{
    book_receipt *r = s->r->receipt;
    size_t n = book_batch_items(s->r->batch);
    for (size_t i = 0; i < n; i++) {
        const book_result *x = &s->results[i];
        r->created += x->status == BOOK_CREATED;
        r->superseded += x->status == BOOK_SUPERSEDED;
        r->exists += x->status == BOOK_EXISTS;
        r->restated += x->is_restatement;
    }
}

static void answer_known(batch_state *s)
{
    size_t n = book_batch_items(s->r->batch);
    for (size_t i = 0; i < n; i++) s->results[i] = (book_result){.status = BOOK_EXISTS};
    s->r->receipt->delivery = s->delivery_before;
    s->r->receipt->delivery_exists = true;
    s->r->receipt->exists = (int64_t)n;
}

/* Facts of a lone batch that is not written: what was called created is not. */
static void untry(batch_state *s)
{
    size_t n = book_batch_items(s->r->batch);
    for (size_t i = 0; i < n; i++) {
        book_result *x = &s->results[i];
        if (x->status == BOOK_CREATED || x->status == BOOK_SUPERSEDED) *x = (book_result){.status = s->r->batch->dry_run ? x->status : BOOK_NOT_TRIED, .is_restatement = x->is_restatement, .goes_below_zero = x->goes_below_zero};
    }
}

static void answer(pending *p, bool is_written)
{
    for (size_t i = 0; i < p->group_count; i++) answer_group(p, &p->groups[i], &p->batches[p->groups[i].batch]);
    for (size_t i = 0; i < p->batch_count; i++) {
        batch_state *s = &p->batches[i];
        book_receipt *r = s->r->receipt;
        if (s->is_failed) continue;
        if (s->is_known) {
            answer_known(s);
            continue;
        }
        if (s->is_reverted) untry(s);
        count_results(s);
        r->refused = s->refused;
        r->undone = p->undone;
        r->restated += p->restated;
        r->rules_added = p->rules_added;
        r->rules_ended = p->rules_ended;
        if (!is_written || s->is_reverted) continue;
        r->delivery = s->delivery;
        r->link = p->link;
        r->known_us = p->known_us;
    }
}

/* ---- The commit ---- */

static bool has_work(const pending *p)
{
    if (p->rules_added + p->rules_ended > 0 || p->next.undo > p->b->next.undo) return true;
    for (size_t i = 0; i < p->batch_count; i++)
        if (p->batches[i].made > 0 && !p->batches[i].is_reverted && !p->batches[i].is_failed) return true;
    return false;
}

static bool is_lone(const pending *p)
{
    return p->batch_count == 1 && !book_batch_is_light(p->batches[0].r->batch);
}

static void committed(pending *p)
{
    book *b = p->b;
    b->next = p->next;
    b->head.link = p->link;
    b->head.hash = p->head;
    b->head.known_us = p->known_us;
    b->head.movements = p->next.movement;
    b->head.observations = p->next.observation;
    b->head.parties = p->next.party + 1;
    if (!p->new_rules) return;
    b->rules = p->new_rules; /* the older sets stay for those who hold them */
    book_drop(b);
}

static bool within_run(const pending *p, heng_err *err)
{
    const batch_state *s = &p->batches[0]; /* alone: such a batch is not light */
    const book_receipt at = {.link = p->link, .known_us = p->known_us, .delivery = s->delivery};
    return !s->r->batch->within || s->r->batch->within(s->r->batch->within_context, p->b->store, &at, err);
}

static bool judge_and_write(pending *p, bool *ret_written, heng_err *err)
{
    batch_state *first = &p->batches[0];
    size_t item = 0;
    if (!sources_load(p, err) || !deliveries_find(p, err)) return false;
    if (is_lone(p) && !first->is_failed && !first->is_known && !book_parties_judge(p, first, &item, err)) return false;
    if (!book_groups_prepare(p, err) || !judge_all(p, err)) return false;
    *ret_written = has_work(p) && !(is_lone(p) && first->is_reverted);
    if (!*ret_written) return true;
    return book_write(p, err) && within_run(p, err) && store_commit(p->b->store, err);
}

static bool remembered(book *b, heng_err *err)
{
    if (b->next.rule_load == 0) return true;
    return book_rules_load(b, err) && book_party_load(b, err) && book_closings_load(b, err);
}

static void clock_set(pending *p)
{
    book *b = p->b;
    int64_t now = b->fixed_now_us ? b->fixed_now_us : now_us(), next = b->next.link ? b->head.known_us + 1 : INT64_MIN;
    p->known_us = now > next ? now : next; /* strictly rising, whatever the clock does (book rule 4) */
    p->known_day = zone_day_of(b->zone, p->known_us);
    p->link = b->next.link + 1;
    p->next = b->next;
    p->next.link = p->link;
}

static bool pending_work(pending *p, request **requests, size_t count, heng_err *err)
{
    book *b = p->b;
    bool is_written = false;
    p->batches = NEW_ARRAY(p->a, count, batch_state);
    p->batch_count = count;
    if (!remembered(b, err)) return false;
    clock_set(p);
    for (size_t i = 0; i < count; i++) batch_begin(p, i, requests[i]);
    if (!store_begin(b->store, err)) return false;
    bool ok = judge_and_write(p, &is_written, err);
    if (!ok || !is_written) store_rollback(b->store);
    if (!ok) return false;
    if (is_written) committed(p);
    answer(p, is_written);
    if (!is_written && is_lone(p)) book_drop(b); /* parties that were not made */
    return true;
}

static bool pending_once(book *b, request **requests, size_t count, heng_err *err)
{
    arena a = {0};
    pending p = {.b = b, .a = &a, .stamp = ++b->pending};
    bool ok = pending_work(&p, requests, count, err);
    if (!ok) book_drop(b); /* what is remembered may speak of rows that were rolled back */
    arena_free(&a);
    return ok;
}

/* An error stops the whole commit. Batches that shared it get a second chance one by one, so that the faulty one fails alone. */
bool book_pending_run(book *b, request **requests, size_t count, heng_err *err)
{
    if (pending_once(b, requests, count, err)) return true;
    if (count == 1) return false;
    for (size_t i = 0; i < count; i++) {
        heng_err own = {0};
        bool ok = pending_once(b, &requests[i], 1, &own);
        if (!ok) requests[i]->ok = false, *requests[i]->err = own;
    }
    return true;
}
