/*
 * Entries: keyed texts of the rooms above. Judged in order against the newest version of their key, of the store or of this batch.
 *
 *   nothing live, a body     created        live, the same body    exists         nothing live, no body    exists (id 0)
 *   live, another body       superseded     live, no body          superseded: a version with an empty body, which withdraws
 *
 * Undoing a delivery ends its live versions. What stood before and whose own delivery stands comes back as a new version with the body, delivery and
 * row of then, as a version that was ended stays so.
 */
#include "inside.h"

typedef struct entry_state { int64_t id, version; text body; bool is_live; } entry_state;

static text or_empty(text t) { return t.ptr ? t : TEXT(""); }

static void entry_end(pending *p, int64_t id)
{
    *ARENA_PUSH(p->a, p->ends, p->end_count, p->end_max) = (end_mark){TEXT("entry"), id};
}

static bool entry_check(const book_entry *x, heng_err *err)
{
    return book_text_ok(x->kind, 64, false, "kind", err) && book_text_ok(x->key, BOOK_KEY_MAX, false, "key", err) && book_text_ok(x->body, BOOK_ENTRY_MAX, true, "body", err);
}

static bool entries_load(pending *p, const book_batch *x, entry_state *known, heng_err *err)
{
    book_cols c = book_cols_of(p->a, x->entry_count);
    text *kind = book_col_text(&c, "kind"), *key = book_col_text(&c, "key");
    for (size_t i = 0; i < x->entry_count; i++) {
        kind[i] = or_empty(x->entries[i].kind);
        key[i] = or_empty(x->entries[i].key);
    }
    store_rows r;
    if (!book_run(p->b, SQL_book_entry_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        known[r.origin[i]] = (entry_state){.id = book_at(&r, 0, i), .version = book_at(&r, 1, i), .body = book_text_at(&r, 2, i), .is_live = book_at(&r, 3, i) == 0};
    return true;
}

static void entry_add(pending *p, const entry_new *x)
{
    p->next.entry++;
    *ARENA_PUSH(p->a, p->entries, p->entry_count, p->entry_max) = *x;
}

/* The place of a version of this batch in what is to be written. */
static entry_new *entry_fresh(pending *p, int64_t id)
{
    return id > p->b->next.entry ? &p->entries[id - p->b->next.entry - 1] : NULL;
}

static void entry_judge(pending *p, batch_state *s, const book_entry *x, entry_state *k, book_result *result)
{
    bool stands = k->is_live && k->body.len > 0;
    if (stands ? text_equal(k->body, x->body) : x->body.len == 0) {
        *result = (book_result){.status = BOOK_EXISTS, .id = stands ? k->id : 0};
        return;
    }
    if (k->is_live) {
        entry_new *fresh = entry_fresh(p, k->id);
        if (fresh) fresh->is_ended = true;
        entry_end(p, k->id);
    }
    entry_add(p, &(entry_new){.kind = x->kind, .key = x->key, .body = or_empty(x->body), .version = k->version + 1, .row = x->row});
    *k = (entry_state){.id = p->next.entry, .version = k->version + 1, .body = or_empty(x->body), .is_live = true};
    s->made++;
    *result = (book_result){.status = stands ? BOOK_SUPERSEDED : BOOK_CREATED, .id = k->id};
}

static text words_of(pending *p, const book_entry *x)
{
    return text_of(arena_printf(p->a, "%.*s\x1f%.*s", TEXT_FMT(x->kind), TEXT_FMT(x->key)));
}

bool book_entries_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    entry_state *known = NEW_ARRAY(p->a, x->entry_count, entry_state);
    text_map seen = {.a = p->a};
    if (!entries_load(p, x, known, err)) return false;
    for (size_t i = 0; i < x->entry_count; i++, (*item)++) {
        heng_err why = {0};
        int64_t at = (int64_t)i;
        if (!entry_check(&x->entries[i], &why)) {
            book_refuse(s, *item, (err_at_row(&why, x->entries[i].row), &why));
            continue;
        }
        text words = words_of(p, &x->entries[i]);
        if (!text_map_find(&seen, words, &at)) text_map_put(&seen, words, at); /* equal keys share what is known */
        entry_judge(p, s, &x->entries[i], &known[at], book_result_of(s, *item));
    }
    return true;
}

static bool befores_load(pending *p, const store_rows *live, int64_t delivery, store_rows *ret, heng_err *err)
{
    book_cols c = book_cols_of(p->a, live->count);
    int64_t *version = book_col(&c, "version"), *undone = book_col(&c, "delivery");
    text *kind = book_col_text(&c, "kind"), *key = book_col_text(&c, "key");
    for (size_t i = 0; i < live->count; i++) {
        kind[i] = book_text_at(live, 1, i);
        key[i] = book_text_at(live, 2, i);
        version[i] = book_at(live, 3, i);
        undone[i] = delivery;
    }
    return book_run(p->b, SQL_book_entry_before, &c, p->a, ret, err);
}

bool book_entries_undo(pending *p, int64_t delivery, heng_err *err)
{
    static const char *const NAMES[] = {"delivery"};
    store_rows live, before;
    if (!book_run_ints(p->b, SQL_book_entry_live_of, p->a, &live, err, 1, NAMES, &delivery) || !befores_load(p, &live, delivery, &before, err)) return false;
    for (size_t i = 0; i < live.count; i++) entry_end(p, book_at(&live, 0, i));
    p->undone += (int64_t)live.count;
    for (size_t i = 0; i < before.count; i++) {
        size_t k = before.origin[i];
        entry_add(p, &(entry_new){.kind = book_text_at(&live, 1, k), .key = book_text_at(&live, 2, k), .version = book_at(&live, 3, k) + 1, .body = book_text_at(&before, 0, i),
                                  .delivery = book_at(&before, 1, i), .row = book_at(&before, 2, i)});
    }
    return true;
}

bool book_entries_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->entry_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *version = book_col(&c, "version"), *delivery = book_col(&c, "delivery"), *row = book_col(&c, "row_no"),
            *ended = book_col(&c, "ended");
    text *kind = book_col_text(&c, "kind"), *key = book_col_text(&c, "key"), *body = book_col_text(&c, "body");
    for (size_t i = 0; i < p->entry_count; i++) {
        const entry_new *x = &p->entries[i];
        id[i] = p->b->next.entry + 1 + (int64_t)i;
        link[i] = p->link;
        version[i] = x->version;
        delivery[i] = x->delivery ? x->delivery : p->batches[0].delivery;
        row[i] = x->row;
        ended[i] = x->is_ended ? p->link : 0;
        kind[i] = x->kind;
        key[i] = x->key;
        body[i] = x->body;
        book_line_entry(p->chain, kind[i], key[i], version[i], body[i], delivery[i], row[i]);
    }
    return book_run(p->b, SQL_book_entry_add, &c, p->a, p->unused, err);
}
