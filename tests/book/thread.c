/* Threads post at once: each is answered for itself, a refused batch leaves the others, readers see only whole commits. */
#include <pthread.h>
#include "place.h"

enum { THREADS = 16, EACH = 100 };

typedef struct worker { place *p; int number; int created, exists, refused, errors; int64_t last_known; bool order_ok; pthread_t thread; } worker;

static void one(worker *w, int i, arena *a)
{
    heng_err err = {0};
    place *p = w->p;
    char source[16], key[16];
    snprintf(source, sizeof source, "t%d", w->number % 4); /* four threads share a source and its keys */
    snprintf(key, sizeof key, "%d", i);
    book_movement m = move(p, p->mill, p->works, "raw_coal", "supply", 1 + i);
    book_movement right = move(p, p->mill, p->home, "allowance", "right", 1);
    if (i % 10 == 9) m = right; /* the mill holds 100: most of these are refused */
    if (i % 10 == 9) snprintf(key, sizeof key, "r%d-%d", w->number, i);
    book_group g = {.ext_id = text_of(key), .movements = &m, .count = 1};
    book_batch batch = {.source = text_of(source), .group_count = 1, .groups = &g, .all_or_none = i % 2};
    book_result result = {0};
    book_receipt receipt;
    if (!book_post(p->b, a, &batch, &result, &receipt, &err)) {
        w->errors++;
        return;
    }
    w->created += result.status == BOOK_CREATED;
    w->exists += result.status == BOOK_EXISTS;
    w->refused += result.status == BOOK_REFUSED;
    if (receipt.known_us && receipt.known_us < w->last_known) w->order_ok = false;
    if (receipt.known_us) w->last_known = receipt.known_us;
}

static void *work(void *context)
{
    worker *w = context;
    arena a = {0};
    for (int i = 0; i < EACH; i++) one(w, i, &a);
    arena_free(&a);
    return NULL;
}

typedef struct watcher { place *p; bool stop, whole; pthread_t thread; pthread_mutex_t lock; } watcher;

static void *watch(void *context)
{
    watcher *w = context;
    heng_err err = {0};
    book *b;
    if (!book_open(w->p->path, false, NULL, &b, &err)) return NULL;
    for (bool stop = false; !stop;) {
        arena a = {0};
        book_sums s;
        int64_t total = 0, parts = 0;
        book_movement_row *rows;
        size_t count;
        if (!book_sums_load(b, &a, BOOK_KNOWN_NOW, 0, 0, &s, &err)) break;
        for (size_t i = 0; i < s.count; i++) total += s.sum[i];
        book_query q = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE};
        book_head h;
        if (!book_movements_query(b, &a, &q, BOOK_KNOWN_NOW, &rows, &count, &err) || !book_head_of(b, &h, &err)) break;
        for (size_t i = 0; i < count && rows[i].link <= s.link; i++) parts += rows[i].amount;
        if (parts != total) w->whole = false;
        book_verify_report report;
        if (!book_verify(b, NULL, NULL, &report, &err)) break;
        arena_free(&a);
        pthread_mutex_lock(&w->lock);
        stop = w->stop;
        pthread_mutex_unlock(&w->lock);
    }
    book_close(b);
    if (err.message) w->whole = false;
    return NULL;
}

int main(void)
{
    place p;
    worker w[THREADS];
    place_make(&p, 0, NULL);
    post_one(&p, "issue", "1", move(&p, p.gov, p.mill, "allowance", "right", 40), false);
    watcher reader = {.p = &p, .whole = true, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_create(&reader.thread, NULL, watch, &reader);
    for (int i = 0; i < THREADS; i++) {
        w[i] = (worker){.p = &p, .number = i, .order_ok = true};
        pthread_create(&w[i].thread, NULL, work, &w[i]);
    }
    int created = 0, exists = 0, refused = 0, errors = 0;
    bool in_order = true;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(w[i].thread, NULL);
        created += w[i].created, exists += w[i].exists, refused += w[i].refused, errors += w[i].errors;
        in_order = in_order && w[i].order_ok;
    }
    pthread_mutex_lock(&reader.lock);
    reader.stop = true;
    pthread_mutex_unlock(&reader.lock);
    pthread_join(reader.thread, NULL);
    int plain = EACH - EACH / 10, rights = THREADS * (EACH / 10);
    check_int(errors, 0, "no thread gets an error");
    check_int(created, 4 * plain + 40, "each key is created once, and forty rights are given");
    check_int(exists, 12 * plain, "the other threads of a source hear that it exists");
    check_int(refused, rights - 40, "rights beyond the holding are refused, in commit order");
    check(in_order, "answers come in the order of known-times");
    check(reader.whole, "a reader sees whole commits only, and each state verifies");
    book_head h;
    town_must(book_head_of(p.b, &h, &p.err), &p.err, "head");
    printf("# %d created in %lld links\n", created, (long long)h.link);
    check_verifies(&p, "the book verifies");
    place_remove(&p);
    return check_done();
}
