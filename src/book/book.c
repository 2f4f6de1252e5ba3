/* Open and close, the head, the rules, links by known-time. */
#include "inside.h"

enum { HEAD_COLUMNS = 19 };

void book_lock(book *b) { must(pthread_mutex_lock(&b->work) == 0); }
void book_unlock(book *b) { must(pthread_mutex_unlock(&b->work) == 0); }

store *book_store(book *b) { return b->store; }
const cal_zone *book_zone(const book *b) { return b->zone; }

/* ---- The head ---- */

static void next_fill(book_next *n, const store_rows *r)
{
    int64_t *to[HEAD_COLUMNS] = {&n->link, &n->source, &n->delivery, &n->undo, &n->party, &n->party_fact, &n->flow, &n->movement, &n->supersession,
                                 &n->hold, &n->hold_event, &n->observation, &n->closing, &n->bound, &n->edition, &n->rule_load, &n->rule_row, &n->fact_end, &n->entry};
    for (size_t i = 0; i < HEAD_COLUMNS; i++) *to[i] = book_at(r, i, 0);
    n->party = book_null_at(r, 4, 0) ? -1 : n->party; /* parties count from 0 */
}

static bool link_row(book *b, arena *a, int64_t link, store_rows *ret, heng_err *err)
{
    static const char *const NAMES[] = {"id"};
    return book_run_ints(b, SQL_book_link_get, a, ret, err, 1, NAMES, &link);
}

bool book_link_get(book *b, arena *a, int64_t link, book_head *ret, heng_err *err)
{
    *ret = (book_head){.link = link, .kind = b->hash, .known_us = INT64_MIN};
    if (link == 0) {
        ret->hash = book_chain_ground(b);
        return true;
    }
    store_rows r;
    if (!link_row(b, a, link, &r, err)) return false;
    text h = r.count ? book_text_at(&r, 2, 0) : (text){0};
    if (h.len != HASH_BYTES) {
        char id[24];
        snprintf(id, sizeof id, "%lld", (long long)link);
        return err_fill(err, &MSG_BOOK_FACT_MISSING, id, NULL, "link");
    }
    memcpy(ret->hash.bytes, h.ptr, HASH_BYTES);
    ret->known_us = book_at(&r, 1, 0);
    ret->movements = book_at(&r, 3, 0) + book_at(&r, 4, 0) - 1;
    return true;
}

bool book_head_load(book *b, heng_err *err)
{
    arena a = {0};
    store_rows r;
    book_cols none = book_cols_of(&a, 1);
    bool ok = book_run(b, SQL_book_head, &none, &a, &r, err);
    if (ok) {
        book_next next;
        next_fill(&next, &r);
        ok = book_link_get(b, &a, next.link, &b->head, err);
        if (ok) b->next = next;
        b->head.movements = next.movement;
        b->head.observations = next.observation;
        b->head.parties = next.party + 1;
    }
    arena_free(&a);
    return ok;
}

/* Binary search over links: known-times strictly increase, so no index is needed. */
bool book_link_at(book *b, int64_t known_us, int64_t *ret, heng_err *err)
{
    int64_t low = 0, high = b->next.link; /* known(low) <= known_us < known(high+1) */
    if (known_us == BOOK_KNOWN_NOW) {
        *ret = INT64_MAX;
        return true;
    }
    if (high > 0 && b->head.known_us <= known_us) low = high;
    arena a = {0};
    bool ok = true;
    while (low < high && ok) {
        int64_t middle = low + (high - low + 1) / 2;
        store_rows r;
        ok = link_row(b, &a, middle, &r, err);
        if (ok && r.count && book_at(&r, 1, 0) <= known_us) low = middle;
        else high = middle - 1;
        arena_free(&a);
    }
    if (ok) *ret = low;
    return ok;
}

/* ---- What is remembered ---- */

void book_drop(book *b)
{
    book_party_drop(b);
    arena_free(&b->flows.memory);
    b->flows = (flow_cache){0};
    arena_free(&b->closings.memory);
    b->closings = (closing_cache){0};
    arena_free(&b->sources_memory);
    b->source_count = b->source_max = 0;
    b->sources = NULL;
    b->source_names = (text_map){0};
}

bool book_fresh(book *b, heng_err *err)
{
    if (b->is_writer) return true;
    int64_t now = store_changed(b->store);
    if (now == b->changed) return true;
    int64_t loads = b->next.rule_load;
    book_drop(b);
    if (!book_head_load(b, err)) return false;
    if (loads != b->next.rule_load) b->rules = NULL;
    b->changed = now;
    return true;
}

static bool rules_stamp(book *b, arena *a, hash *ret, heng_err *err)
{
    store_rows r;
    book_cols none = book_cols_of(a, 1);
    *ret = (hash){0};
    if (!book_run(b, SQL_book_rule_load_stamp, &none, a, &r, err)) return false;
    text h = r.count ? book_text_at(&r, 0, 0) : (text){0};
    if (h.len == HASH_BYTES) memcpy(ret->bytes, h.ptr, HASH_BYTES);
    return true;
}

/* From the file beside the book when it was made from these rules, else from the store, and the file is made again. */
static bool rules_find(book *b, arena *a, const rule_set **ret, heng_err *err)
{
    hash before, after;
    const char *path = arena_printf(a, "%s-rules", store_path(b->store));
    if (!rules_stamp(b, a, &before, err)) return false;
    if (rule_load_kept(&b->rules_memory, path, &before, ret)) return true;
    if (!rule_load_store(&b->rules_memory, b->store, INT64_MAX, ret, err) || !rules_stamp(b, a, &after, err)) return false;
    if (hash_equal(before, after)) rule_keep(*ret, path, &before); /* else another pack came meanwhile */
    return true;
}

bool book_rules_load(book *b, heng_err *err)
{
    if (b->rules) return true;
    if (b->next.rule_load == 0) return err_fill(err, &MSG_BOOK_NO_RULES, store_path(b->store), NULL, NULL);
    const rule_set *r;
    arena a = {0};
    bool ok = rules_find(b, &a, &r, err);
    arena_free(&a);
    if (!ok) return false;
    b->rules = r;
    book_drop(b); /* flows and parties are kept by index of the rules */
    return true;
}

bool book_rules(book *b, const rule_set **ret, heng_err *err)
{
    book_lock(b);
    bool ok = book_fresh(b, err) && book_rules_load(b, err);
    if (ok) *ret = b->rules;
    book_unlock(b);
    return ok;
}

bool book_rules_at(book *b, arena *a, int64_t known_us, const rule_set **ret, heng_err *err)
{
    if (known_us == BOOK_KNOWN_NOW) return book_rules(b, ret, err);
    book_lock(b);
    bool ok = book_fresh(b, err);
    if (ok && b->next.rule_load == 0) ok = err_fill(err, &MSG_BOOK_NO_RULES, store_path(b->store), NULL, NULL);
    ok = ok && rule_load_store(a, b->store, known_us, ret, err);
    book_unlock(b);
    return ok;
}

bool book_head_of(book *b, book_head *ret, heng_err *err)
{
    book_lock(b);
    bool ok = book_fresh(b, err);
    if (ok) *ret = b->head;
    book_unlock(b);
    return ok;
}

int32_t book_month_of(book *b, int64_t us)
{
    if (us < b->month_start_us || us >= b->month_end_us) {
        b->month = zone_month_of(b->zone, us);
        b->month_start_us = zone_month_start_us(b->zone, b->month);
        b->month_end_us = zone_month_start_us(b->zone, b->month + 1);
    }
    return b->month;
}

/* Bytes of a long text that are shown: at most max, and no character cut. */
static size_t start_of(text t, size_t max)
{
    size_t n = t.len < max ? t.len : max;
    while (n < t.len && n > 0 && ((uint8_t)t.ptr[n] & 0xC0) == 0x80) n--;
    return n;
}

bool book_text_ok(text t, size_t max, bool may_be_empty, const char *field, heng_err *err)
{
    size_t bad;
    if (t.len == 0 && may_be_empty) return true;
    if (t.len == 0) err_fill(err, &MSG_BOOK_FIELD_MISSING, field, NULL, NULL);
    else if (t.len > max) {
        char limit[24];
        snprintf(limit, sizeof limit, "%zu", max);
        err_fill_n(err, &MSG_BOOK_TEXT_TOO_LONG, t.ptr, start_of(t, 48), limit);
    } else if (!text_is_utf8(t, &bad) || memchr(t.ptr, 0, t.len)) {
        err_fill(err, &MSG_BOOK_TEXT_BAD, field, NULL, NULL);
    } else return true;
    return err_in_field(err, field);
}

/* ---- Open, close ---- */

static book *book_new(bool is_writer, const book_options *o)
{
    arena memory = {0};
    book *b = NEW(&memory, book);
    b->memory = memory;
    b->is_writer = is_writer;
    b->fixed_now_us = o ? o->fixed_now_us : 0;
    b->user = o ? text_copy(&b->memory, o->user) : (text){0};
    if (!b->user.ptr) b->user = TEXT("");
    pthread_mutexattr_t attr;
    must(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE) == 0);
    must(pthread_mutex_init(&b->work, &attr) == 0 && pthread_mutex_init(&b->queue.lock, NULL) == 0);
    pthread_mutexattr_destroy(&attr);
    return b;
}

void book_close(book *b)
{
    if (!b) return;
    book_drop(b);
    arena_free(&b->rules_memory);
    store_close(b->store);
    pthread_mutex_destroy(&b->work);
    pthread_mutex_destroy(&b->queue.lock);
    arena memory = b->memory; /* the book itself lies in it */
    arena_free(&memory);
}

static bool meta_put(book *b, arena *a, const char *key, const char *value, heng_err *err)
{
    book_cols c = book_cols_of(a, 1);
    book_col_text(&c, "key")[0] = text_of(key);
    book_col_text(&c, "value")[0] = text_of(value);
    return book_run(b, SQL_store_meta_put, &c, a, NULL, err);
}

static bool meta_write(book *b, heng_err *err)
{
    arena a = {0};
    bool ok = store_begin(b->store, err);
    if (ok) {
        ok = meta_put(b, &a, "zone", zone_name(b->zone), err) && meta_put(b, &a, "hash", hash_kind_name(b->hash), err) && store_commit(b->store, err);
        if (!ok) store_rollback(b->store);
    }
    arena_free(&a);
    return ok;
}

static bool meta_find(book *b, arena *a, const char *key, text *ret, heng_err *err)
{
    book_cols c = book_cols_of(a, 1);
    book_col_text(&c, "key")[0] = text_of(key);
    store_rows r;
    if (!book_run(b, SQL_store_meta_find, &c, a, &r, err)) return false;
    *ret = r.count ? book_text_at(&r, 0, 0) : (text){"", 0};
    return true;
}

static bool meta_read(book *b, heng_err *err)
{
    arena a = {0};
    text zone, kind;
    bool ok = meta_find(b, &a, "zone", &zone, err) && meta_find(b, &a, "hash", &kind, err);
    if (ok && (zone.len == 0 || !hash_kind_find(kind, &b->hash))) ok = err_fill(err, &MSG_BOOK_NOT_A_BOOK, store_path(b->store), NULL, NULL);
    ok = ok && zone_open(&b->memory, text_str(&a, zone), &b->zone, err);
    arena_free(&a);
    return ok;
}

bool book_create(const char *path, const book_options *options, book **ret, heng_err *err)
{
    book *b = book_new(true, options);
    b->hash = options ? options->hash : HASH_SHA256;
    const char *zone = options && options->zone ? options->zone : "Asia/Shanghai";
    bool ok = zone_open(&b->memory, zone, &b->zone, err) && store_open(path, STORE_CREATE, options ? &options->store : NULL, &b->store, err) &&
              meta_write(b, err) && book_head_load(b, err);
    if (ok) *ret = b;
    else book_close(b);
    return ok;
}

bool book_open(const char *path, bool write, const book_options *options, book **ret, heng_err *err)
{
    book *b = book_new(write, options);
    bool ok = store_open(path, write ? STORE_WRITE : STORE_READ, options ? &options->store : NULL, &b->store, err) && meta_read(b, err);
    if (ok) b->changed = store_changed(b->store);
    ok = ok && book_head_load(b, err);
    if (ok) *ret = b;
    else book_close(b);
    return ok;
}
