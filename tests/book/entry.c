/* Keyed texts: the newest counts, an empty one withdraws, an undo brings back the version before; and a naive twin of all that. */
#include "../base/random.h"
#include "place.h"

typedef struct put { bool ok; book_result result; book_receipt receipt; } put;

static put put_one(place *p, const char *key, const char *body)
{
    put x = {0};
    book_entry e = {TEXT("note"), text_of(key), text_of(body), 7};
    book_batch batch = {.source = TEXT("desk"), .entry_count = 1, .entries = &e};
    x.ok = book_post(p->b, &p->a, &batch, &x.result, &x.receipt, &p->err);
    town_must(x.ok, &p->err, "posting an entry");
    return x;
}

static text body_of(place *p, const char *key, int64_t known_us)
{
    book_entry_row *rows;
    size_t count;
    town_must(book_entries(p->b, &p->a, TEXT("note"), text_of(key), known_us, false, &rows, &count, &p->err), &p->err, "entries");
    for (size_t i = 0; i < count; i++)
        if (text_is(rows[i].key, key)) return rows[i].body;
    return TEXT("(none)");
}

static book_status undo(place *p, int64_t delivery)
{
    book_batch batch = {.source = TEXT("desk"), .undo_delivery = delivery};
    book_receipt receipt;
    town_must(book_post(p->b, &p->a, &batch, NULL, &receipt, &p->err), &p->err, "undo");
    return receipt.undone ? BOOK_SUPERSEDED : BOOK_EXISTS;
}

static void test_versions(place *p)
{
    static const struct { const char *says, *body; book_status status; const char *now; } STEPS[] = {
        {"nothing to withdraw exists", "", BOOK_EXISTS, "(none)"}, {"a first body is created", "one", BOOK_CREATED, "one"},
        {"the same again exists", "one", BOOK_EXISTS, "one"},      {"another supersedes", "two", BOOK_SUPERSEDED, "two"},
        {"an empty one withdraws", "", BOOK_SUPERSEDED, "(none)"}, {"twice is once", "", BOOK_EXISTS, "(none)"},
        {"and it may come again", "one", BOOK_CREATED, "one"},
    };
    int64_t known[sizeof STEPS / sizeof *STEPS];
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        put x = put_one(p, "a/1", STEPS[i].body);
        book_head head;
        check(x.result.status == STEPS[i].status, STEPS[i].says);
        check_text(body_of(p, "a/1", BOOK_KNOWN_NOW), text_of(STEPS[i].now), "this body counts");
        town_must(book_head_of(p->b, &head, &p->err), &p->err, "head");
        known[i] = head.known_us;
    }
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) check_text(body_of(p, "a/1", known[i]), text_of(STEPS[i].now), "as known then");
    book_entry_row *rows;
    size_t count;
    check_ok(book_entries(p->b, &p->a, TEXT("note"), TEXT("a/"), BOOK_KNOWN_NOW, true, &rows, &count, &p->err), &p->err, "history");
    check(count == 4 && rows[0].version == 1 && rows[3].version == 4 && rows[2].body.len == 0, "every version, the withdrawal too");
    check(rows[0].superseded_us == rows[1].known_us && rows[3].superseded_us == 0 && text_is(rows[0].author, "tester") && rows[0].row == 7, "with times, author and row");
}

static void test_bad(place *p)
{
    char *large = arena_alloc(&p->a, 2 << 20);
    memset(large, 'x', 2 << 20);
    const struct { const char *says; book_entry e; const char *id; } CASES[] = {
        {"no kind", {TEXT(""), TEXT("k"), TEXT("b"), 3}, "book.field_missing"},
        {"no key", {TEXT("note"), TEXT(""), TEXT("b"), 3}, "book.field_missing"},
        {"a body that is no text", {TEXT("note"), TEXT("k"), TEXT("\xff"), 3}, "book.text_bad"},
        {"a body of 2 MiB", {TEXT("note"), TEXT("k"), {large, 2 << 20}, 3}, "book.text_too_long"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        book_batch batch = {.source = TEXT("desk"), .entry_count = 1, .entries = &CASES[i].e};
        book_result result;
        check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "judged");
        check_fails(result.status != BOOK_REFUSED, result.why, CASES[i].id, CASES[i].says);
        check(result.why->row == 3, "with its row");
    }
}

static void test_undo(place *p)
{
    put one = put_one(p, "u", "one"), two = put_one(p, "u", "two"), three = put_one(p, "u", "three");
    check(undo(p, two.receipt.delivery) == BOOK_EXISTS, "a version already replaced is not live");
    check_text(body_of(p, "u", BOOK_KNOWN_NOW), TEXT("three"), "and what replaced it stays");
    undo(p, three.receipt.delivery);
    check_text(body_of(p, "u", BOOK_KNOWN_NOW), TEXT("one"), "the newest that was not undone comes back");
    undo(p, one.receipt.delivery);
    check_text(body_of(p, "u", BOOK_KNOWN_NOW), TEXT("(none)"), "also what came back is undone with its delivery");
    check_text(body_of(p, "u", three.receipt.known_us), TEXT("three"), "as known before, nothing has changed");
    check(put_one(p, "u", "four").result.status == BOOK_CREATED, "the key is free again");
    check_verifies(p, "the chain and its marks hold");
}

static void test_calls_and_ranges(place *p)
{
    enum { COUNT = 8192 };
    book_entry *e = NEW_ARRAY(&p->a, COUNT, book_entry);
    uint64_t calls[2];
    for (int k = 0; k < 2; k++) {
        size_t n = k ? COUNT : 1;
        for (size_t i = 0; i < n; i++) e[i] = (book_entry){TEXT("many"), text_of(arena_printf(&p->a, "%zu/%zu", i % 100, i)), text_of(arena_printf(&p->a, "body %d %zu", k, i)), 0};
        book_batch batch = {.source = TEXT("many"), .entry_count = n, .entries = e};
        uint64_t before = store_call_count(book_store(p->b));
        check_ok(book_post(p->b, &p->a, &batch, NULL, NULL, &p->err), &p->err, "many entries");
        calls[k] = store_call_count(book_store(p->b)) - before;
    }
    check(calls[1] <= calls[0] + 2 && calls[1] <= 16, "a batch makes a bounded number of store calls");
    book_entry_row *rows;
    size_t count;
    check_ok(book_entries(p->b, &p->a, TEXT("many"), TEXT("7/"), BOOK_KNOWN_NOW, false, &rows, &count, &p->err), &p->err, "those below a prefix");
    size_t wanted = 0, strange = 0;
    for (size_t i = 0; i < COUNT; i++) wanted += i % 100 == 7;
    for (size_t i = 0; i < count; i++) strange += !text_starts(rows[i].key, "7/") || (i && text_compare(rows[i - 1].key, rows[i].key) >= 0);
    check(count == wanted && strange == 0, "and no others, in order");
    check_ok(book_entries(p->b, &p->a, TEXT("many"), TEXT(""), BOOK_KNOWN_NOW, false, &rows, &count, &p->err), &p->err, "an empty prefix");
    check(count == COUNT, "is all of the kind");
}

/* ---- A naive twin: every version in a list ---- */

enum { KEYS = 5, STEPS_MAX = 300 };
typedef struct twin_version { int key, body; int64_t delivery; bool is_live; } twin_version;
typedef struct twin { twin_version v[STEPS_MAX * 8]; size_t count; bool undone[4096]; } twin;

static twin_version *twin_live(twin *t, int key)
{
    for (size_t i = t->count; i > 0; i--)
        if (t->v[i - 1].key == key && t->v[i - 1].is_live) return &t->v[i - 1];
    return NULL;
}

static void twin_put(twin *t, int key, int body, int64_t delivery)
{
    twin_version *live = twin_live(t, key);
    if (live) live->is_live = false;
    t->v[t->count++] = (twin_version){key, body, delivery, true};
}

static void twin_undo(twin *t, int64_t delivery)
{
    size_t n = t->count;
    t->undone[delivery] = true;
    for (size_t i = 0; i < n; i++) {
        if (t->v[i].delivery != delivery || !t->v[i].is_live) continue;
        t->v[i].is_live = false;
        for (size_t k = i; k > 0; k--) {
            twin_version *o = &t->v[k - 1];
            if (o->key != t->v[i].key || t->undone[o->delivery]) continue;
            t->v[t->count++] = (twin_version){o->key, o->body, o->delivery, true};
            break;
        }
    }
}

static void twin_step(place *p, twin *t, uint64_t *seed, int64_t *deliveries, size_t *count)
{
    if (random_between(seed, 0, 3) == 0 && *count > 0) {
        int64_t d = deliveries[random_between(seed, 0, (int64_t)*count - 1)];
        if (t->undone[d]) return;
        undo(p, d);
        twin_undo(t, d);
        return;
    }
    book_entry e[3];
    size_t n = (size_t)random_between(seed, 1, 3);
    int keys[3], bodies[3];
    for (size_t i = 0; i < n; i++) {
        keys[i] = (int)random_between(seed, 0, KEYS - 1), bodies[i] = (int)random_between(seed, 0, 2);
        e[i] = (book_entry){TEXT("twin"), text_of(arena_printf(&p->a, "%d", keys[i])), bodies[i] ? text_of(arena_printf(&p->a, "%d", bodies[i])) : TEXT(""), 0};
    }
    book_batch batch = {.source = TEXT("twin"), .entry_count = n, .entries = e};
    book_receipt r;
    town_must(book_post(p->b, &p->a, &batch, NULL, &r, &p->err), &p->err, "twin");
    if (r.delivery) deliveries[(*count)++] = r.delivery;
    for (size_t i = 0; i < n; i++) {
        const twin_version *live = twin_live(t, keys[i]);
        if ((live ? live->body : 0) != bodies[i]) twin_put(t, keys[i], bodies[i], r.delivery);
    }
}

static void test_twin(place *p)
{
    uint64_t seed = 20260101;
    twin *t = NEW(&p->a, twin);
    int64_t deliveries[STEPS_MAX];
    size_t count = 0, wrong = 0;
    for (int step = 0; step < STEPS_MAX; step++) {
        book_entry_row *rows;
        size_t n, live = 0;
        twin_step(p, t, &seed, deliveries, &count);
        town_must(book_entries(p->b, &p->a, TEXT("twin"), TEXT(""), BOOK_KNOWN_NOW, false, &rows, &n, &p->err), &p->err, "entries");
        for (int key = 0; key < KEYS; key++) {
            const twin_version *v = twin_live(t, key);
            if (!v || v->body == 0) continue;
            wrong += live >= n || rows[live].key.ptr[0] != '0' + key || rows[live].body.ptr[0] != '0' + v->body;
            live++;
        }
        wrong += live != n;
    }
    check_int((int64_t)wrong, 0, "300 random steps agree with a naive twin (seed 20260101)");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    test_versions(&p);
    test_bad(&p);
    test_undo(&p);
    test_calls_and_ranges(&p);
    test_twin(&p);
    check_verifies(&p, "the book verifies");
    place_reopen_at(&p, T0 + DAY);
    check_verifies(&p, "and after it was opened again");
    place_remove(&p);
    return check_done();
}
