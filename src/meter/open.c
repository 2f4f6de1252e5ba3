/* Open, close, what is remembered of the store and when it is read again; columns of parameters. */
#include "inside.h"

mcols mcols_of(arena *a, size_t rows) { return (mcols){.a = a, .rows = rows}; }

static store_param *column_new(mcols *c, const char *name, store_type type)
{
    must(c->count < sizeof c->params / sizeof *c->params);
    store_param *p = &c->params[c->count++];
    *p = (store_param){.name = name, .type = type};
    return p;
}

int64_t *mcol(mcols *c, const char *name)
{
    int64_t *ints = NEW_ARRAY(c->a, c->rows, int64_t);
    column_new(c, name, STORE_INT)->ints = ints;
    return ints;
}

text *mcol_text(mcols *c, const char *name)
{
    text *texts = NEW_ARRAY(c->a, c->rows, text);
    column_new(c, name, STORE_TEXT)->texts = texts;
    return texts;
}

text *mcol_blob(mcols *c, const char *name)
{
    text *texts = NEW_ARRAY(c->a, c->rows, text);
    column_new(c, name, STORE_BLOB)->texts = texts;
    return texts;
}

bool mcols_run(store *s, sql_id id, const mcols *c, arena *a, store_rows *ret, heng_err *err)
{
    if (ret) *ret = (store_rows){0};
    return c->rows == 0 || store_run(s, id, c->params, c->count, c->rows, a, ret, err);
}

/* ---- What is remembered ---- */

void meter_forget(meter_book *m) { m->is_fresh = false; }

static void drop(meter_book *m)
{
    arena_free(&m->memory);
    arena_free(&m->days_memory);
    m->channel_count = m->channel_max = 0;
    m->channels = NULL;
    m->codes = (text_map){.a = &m->memory};
    m->clocks = NULL;
    m->free_days = NULL;
    m->open = (day_list){0};
    m->held_count = m->held_max = 0, m->held = NULL;
}

static bool numbers(meter_book *m, heng_err *err)
{
    store_rows r;
    if (!store_run(m->store, SQL_meter_take_last, NULL, 0, 1, &m->scratch, &r, err)) return false;
    m->next_take = r.count ? row_int(&r, 0, 0) + 1 : 1;
    m->last_known_us = r.count ? row_int(&r, 1, 0) : INT64_MIN;
    if (!store_run(m->store, SQL_meter_held_last, NULL, 0, 1, &m->scratch, &r, err)) return false;
    m->next_held = r.count && !r.columns[0].nulls[0] ? row_int(&r, 0, 0) + 1 : 1;
    return true;
}

static bool read_all(meter_book *m, heng_err *err)
{
    heng_err none = {0};
    drop(m);
    if (!book_rules(m->b, &m->rules, &none)) m->rules = NULL; /* no pack yet: nothing is declared either */
    return channels_load(m, err) && numbers(m, err) && held_load(m, err) && journal_recover(m, err);
}

bool meter_refresh(meter_book *m, heng_err *err)
{
    m->changed = m->is_writer ? 0 : store_changed(m->store);
    return m->is_fresh = read_all(m, err);
}

static bool is_stale(meter_book *m)
{
    heng_err ignored = {0};
    const rule_set *r;
    if (!m->is_fresh) return true;
    if (!m->is_writer) return store_changed(m->store) != m->changed;
    return book_rules(m->b, &r, &ignored) && r != m->rules; /* a writer alone changes the store, but rules may have come */
}

bool meter_enter(meter_book *m, heng_err *err)
{
    must(pthread_mutex_lock(&m->lock) == 0);
    m->depth++;
    if (m->depth > 1 || !is_stale(m)) return true; /* within a call nothing changes below it */
    if (meter_refresh(m, err)) return true;
    meter_leave(m);
    return false;
}

void meter_leave(meter_book *m)
{
    if (--m->depth == 0) {
        arena_free(&m->scratch);
        m->packer = (packer){0};
    }
    must(pthread_mutex_unlock(&m->lock) == 0);
}

/* ---- Open and close ---- */

static void lock_make(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;
    must(pthread_mutexattr_init(&attr) == 0 && pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE) == 0);
    must(pthread_mutex_init(lock, &attr) == 0);
    pthread_mutexattr_destroy(&attr);
}

typedef struct holder { arena memory; meter_book m; } holder; /* the book of meters lies in an arena of its own */

bool meter_open(book *b, meter_book **ret, heng_err *err)
{
    arena memory = {0};
    holder *h = NEW(&memory, holder);
    h->memory = memory;
    meter_book *m = &h->m;
    m->b = b;
    m->store = book_store(b);
    m->is_writer = store_is_writer(m->store);
    lock_make(&m->lock);
    if (!meter_enter(m, err)) {
        meter_book_close(m);
        return false;
    }
    meter_leave(m);
    *ret = m;
    return true;
}

void meter_book_close(meter_book *m)
{
    if (!m) return;
    readers_close(m);
    drop(m);
    arena_free(&m->scratch);
    pthread_mutex_destroy(&m->lock);
    arena memory = ((holder *)(void *)((char *)m - offsetof(holder, m)))->memory;
    arena_free(&memory);
}

book *meter_book_of(const meter_book *m) { return m->b; }
void meter_gates_set(meter_book *m, meter_gate_fn fn, void *context) { m->gate = fn, m->gate_context = context; }
