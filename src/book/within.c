/* Transactions of the rooms above on their own tables in the same store: readings in the journal, say. They take turns with the commits of the book. */
#include "inside.h"

int64_t book_now_us(const book *b) { return b->fixed_now_us ? b->fixed_now_us : now_us(); }

hash_kind book_hash_kind(const book *b) { return b->hash; }

bool book_within(book *b, book_within_fn fn, void *context, heng_err *err)
{
    if (!b->is_writer) return err_fill(err, &MSG_BOOK_READ_ONLY, store_path(b->store), NULL, NULL);
    book_lock(b);
    int64_t now = book_now_us(b), next = b->next.link ? b->head.known_us + 1 : INT64_MIN; /* as clock_set: never before the last link */
    bool ok = store_begin(b->store, err);
    if (ok) {
        ok = fn(context, b->store, now > next ? now : next, err);
        if (ok) ok = store_commit(b->store, err);
        else store_rollback(b->store);
    }
    book_unlock(b);
    return ok;
}

bool book_reading(book *b, book_within_fn fn, void *context, heng_err *err)
{
    book_lock(b);
    bool begins = !b->is_writer; /* a writer sees its own state under the lock */
    bool ok = !begins || store_begin(b->store, err);
    if (ok) {
        ok = fn(context, b->store, book_now_us(b), err);
        if (begins) store_rollback(b->store);
    }
    book_unlock(b);
    return ok;
}
