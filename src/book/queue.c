/*
 * book_post: who leads, who waits (group commit).
 *
 *   a thread comes --> nobody leads: it leads --> takes what waits --> one group commit --> answers --> next in line leads
 *                  \-> somebody leads: it waits until it is answered or told to lead
 *
 * Threads that were answered together come again together. So a leader who has had company waits a moment for it, no
 * longer than half of the last commit took; alone, it never waits.
 */
#include <sched.h>
#include "inside.h"

enum { WAIT_US_MAX = 200 };

static void queue_add(book_queue *q, request *r)
{
    r->next = NULL;
    if (q->last) q->last->next = r;
    else q->first = r;
    q->last = r;
    q->count++;
}

static bool request_is_light(const request *r) { return book_batch_is_light(r->batch); }

/* The head of the line, and behind it all batches that may share its group commit, up to the bounds. */
static size_t queue_take(book_queue *q, request **taken)
{
    size_t count = 0, movements = 0;
    while (q->first && count < BOOK_PENDING_BATCHES && movements < BOOK_PENDING_MOVEMENTS) {
        request *r = q->first;
        bool is_light = request_is_light(r);
        if (count > 0 && !is_light) break;
        q->first = r->next;
        if (!q->first) q->last = NULL;
        q->count--;
        taken[count++] = r;
        for (size_t i = 0; i < r->batch->group_count; i++) movements += r->batch->groups[i].count;
        if (!is_light) break;
    }
    return count;
}

static void wait_for_company(book *b)
{
    book_queue *q = &b->queue;
    int64_t limit_us = q->commit_us / 2 < WAIT_US_MAX ? q->commit_us / 2 : WAIT_US_MAX;
    if (q->count_before <= 1) return;
    int64_t until = now_us() + limit_us;
    while (now_us() < until) {
        must(pthread_mutex_lock(&q->lock) == 0);
        bool all_here = q->count >= q->count_before;
        must(pthread_mutex_unlock(&q->lock) == 0);
        if (all_here) return;
        sched_yield();
    }
}

static void lead(book *b, const request *own)
{
    book_queue *q = &b->queue;
    request *taken[BOOK_PENDING_BATCHES];
    heng_err err = {0};
    wait_for_company(b);
    book_lock(b);
    must(pthread_mutex_lock(&q->lock) == 0);
    size_t count = queue_take(q, taken);
    must(pthread_mutex_unlock(&q->lock) == 0);
    int64_t begun = now_us();
    bool ok = book_pending_run(b, taken, count, &err);
    int64_t took = now_us() - begun;
    book_unlock(b);
    must(pthread_mutex_lock(&q->lock) == 0);
    q->count_before = count;
    q->commit_us = took;
    request *next = q->first;
    q->is_led = next != NULL;
    must(pthread_mutex_unlock(&q->lock) == 0);
    if (next) {
        next->leads = true;
        sem_post(&next->answered);
    }
    for (size_t i = 0; i < count; i++) {
        if (!ok) taken[i]->ok = false, *taken[i]->err = err;
        if (taken[i] != own) sem_post(&taken[i]->answered); /* after this it may be gone */
    }
}

static void wait_answer(request *r)
{
    while (sem_wait(&r->answered) != 0) continue; /* a signal */
}

bool book_post(book *b, arena *a, const book_batch *batch, book_result *results, book_receipt *receipt, heng_err *err)
{
    book_receipt spare;
    heng_err own = {0};
    if (!b->is_writer) return err_fill(err, &MSG_BOOK_READ_ONLY, store_path(b->store), NULL, NULL);
    request r = {.batch = batch, .a = a, .results = results, .receipt = receipt ? receipt : &spare, .err = &own};
    must(sem_init(&r.answered, 0, 0) == 0);
    book_queue *q = &b->queue;
    must(pthread_mutex_lock(&q->lock) == 0);
    queue_add(q, &r);
    r.leads = !q->is_led;
    q->is_led = true;
    bool leads = r.leads;
    must(pthread_mutex_unlock(&q->lock) == 0);
    if (!leads) wait_answer(&r);
    if (r.leads) lead(b, &r);
    sem_destroy(&r.answered);
    if (!r.ok) *err = own;
    return r.ok;
}
