/* The hub: jobs of many adapters in one call of the sink. See wire.h. */
#include "wire.h"
#include <pthread.h>
#include <stdio.h>
#include "messages.h"

struct wire_hub {
    arena a;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    wire_sink sink;
    void *context;
    wire_job *first, *last;
    size_t waiting;              /* readings of the jobs in the list */
    int64_t calls;
    bool is_closing;
};

/* As many jobs as one call may hold, at least one; called with the lock. */
static wire_job *take_jobs(wire_hub *hub, size_t *ret_count)
{
    wire_job *first = hub->first, *last = first;
    size_t count = first->count;
    while (last->next && count + last->next->count <= WIRE_CALL_MAX) {
        last = last->next;
        count += last->count;
    }
    hub->first = last->next;
    if (!hub->first) hub->last = NULL;
    last->next = NULL;
    hub->waiting -= count;
    *ret_count = count;
    return first;
}

static void share_out(wire_job *jobs, const wire_verdict *verdicts, bool ok, const heng_err *err)
{
    for (wire_job *job = jobs, *next; job; job = next) {
        next = job->next; /* done may reuse the job */
        job->ok = ok;
        if (ok && job->count) memcpy(job->verdicts, verdicts, job->count * sizeof *verdicts);
        if (!ok) job->err = *err;
        verdicts += job->count;
        job->done(job);
    }
}

static void run_jobs(wire_hub *hub, arena *scratch, wire_job *jobs, size_t count)
{
    heng_err err = {0};
    wire_reading *items = NEW_ARRAY(scratch, count + 1, wire_reading);
    wire_verdict *verdicts = NEW_ARRAY(scratch, count + 1, wire_verdict);
    size_t at = 0;
    for (const wire_job *job = jobs; job; at += job->count, job = job->next)
        if (job->count) memcpy(items + at, job->items, job->count * sizeof *items);
    bool ok = count == 0 || hub->sink(hub->context, items, count, verdicts, &err);
    share_out(jobs, verdicts, ok, &err);
}

static void *run_hub(void *context)
{
    wire_hub *hub = context;
    arena scratch = {0};
    pthread_mutex_lock(&hub->lock);
    for (;;) {
        while (!hub->first && !hub->is_closing) pthread_cond_wait(&hub->more, &hub->lock);
        if (!hub->first) break;
        size_t count;
        wire_job *jobs = take_jobs(hub, &count);
        hub->calls++;
        pthread_mutex_unlock(&hub->lock);
        arena_mark mark = arena_here(&scratch);
        run_jobs(hub, &scratch, jobs, count);
        arena_rewind(&scratch, mark);
        pthread_mutex_lock(&hub->lock);
    }
    pthread_mutex_unlock(&hub->lock);
    arena_free(&scratch);
    return NULL;
}

bool wire_hub_open(wire_sink sink, void *context, wire_hub **ret, heng_err *err)
{
    arena a = {0};
    wire_hub *hub = NEW(&a, wire_hub);
    hub->sink = sink;
    hub->context = context;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->more, NULL);
    hub->a = a;
    if (pthread_create(&hub->thread, NULL, run_hub, hub) != 0) {
        arena_free(&a);
        return err_fill(err, &MSG_WIRE_NO_THREAD, NULL, NULL, NULL);
    }
    *ret = hub;
    return true;
}

bool wire_submit(wire_hub *hub, wire_job *job)
{
    pthread_mutex_lock(&hub->lock);
    bool fits = !hub->is_closing && (!hub->first || hub->waiting + job->count <= WIRE_WAITING_MAX);
    if (fits) {
        job->next = NULL;
        if (hub->last) hub->last->next = job;
        else hub->first = job;
        hub->last = job;
        hub->waiting += job->count;
        pthread_cond_signal(&hub->more);
    }
    pthread_mutex_unlock(&hub->lock);
    return fits;
}

typedef struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool done;
} waiter;

static void wake(wire_job *job)
{
    waiter *w = job->context;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->is_done);
    pthread_mutex_unlock(&w->lock);
}

bool wire_submit_and_wait(wire_hub *hub, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err)
{
    waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .is_done = PTHREAD_COND_INITIALIZER};
    wire_job job = {.items = items, .count = count, .verdicts = verdicts, .done = wake, .context = &w};
    if (!wire_submit(hub, &job)) return err_fill(err, &MSG_WIRE_FULL, NULL, NULL, NULL);
    pthread_mutex_lock(&w.lock);
    while (!w.done) pthread_cond_wait(&w.is_done, &w.lock);
    pthread_mutex_unlock(&w.lock);
    if (!job.ok) *err = job.err;
    return job.ok;
}

void wire_hub_close(wire_hub *hub)
{
    if (!hub) return;
    pthread_mutex_lock(&hub->lock);
    hub->is_closing = true;
    pthread_cond_signal(&hub->more);
    pthread_mutex_unlock(&hub->lock);
    pthread_join(hub->thread, NULL);
    pthread_cond_destroy(&hub->more);
    pthread_mutex_destroy(&hub->lock);
    arena a = hub->a;
    arena_free(&a);
}

void wire_count_reason(wire_counts *c, const heng_message *message, int64_t n)
{
    size_t i = 0;
    while (i < c->reason_count && c->reasons[i].message != message) i++;
    if (i == WIRE_REASONS_MAX) return;
    if (i == c->reason_count) c->reasons[c->reason_count++].message = message;
    c->reasons[i].count += n;
}

void wire_count_verdicts(wire_counts *c, const wire_verdict *verdicts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        c->status[verdicts[i].status]++;
        if (verdicts[i].why) wire_count_reason(c, verdicts[i].why, 1);
    }
}

void wire_counts_add(wire_counts *to, const wire_counts *from)
{
    to->frames += from->frames;
    to->failed += from->failed;
    for (int i = 0; i < WIRE_STATUSES; i++) to->status[i] += from->status[i];
    for (size_t i = 0; i < from->reason_count; i++) wire_count_reason(to, from->reasons[i].message, from->reasons[i].count);
}

bool wire_fill_refusal(heng_err *err, const wire_reading *reading, const wire_verdict *verdict)
{
    char seen[HENG_ERR_TEXT_MAX], other[HENG_ERR_TEXT_MAX], address[HENG_ERR_FIELD_MAX];
    snprintf(seen, sizeof seen, "%.*s", TEXT_FMT(reading->value));
    snprintf(other, sizeof other, "%.*s", TEXT_FMT(verdict->other));
    snprintf(address, sizeof address, "%.*s", TEXT_FMT(reading->address));
    err_fill(err, verdict->why, seen, NULL, other);
    return err_in_field(err, address);
}
