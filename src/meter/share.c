/*
 * Readers for passes over many blocks: a thread each. A connection is used by one thread at a time, so each has its own, kept open until the book of meters closes.
 *
 * All threads must see one state. In the process that writes, blocks change only under the lock of the meter_book, which the asking thread holds; so a reader that begins
 * now sees what is remembered. In another process the writer may have committed since: a reader whose newest take is not the remembered one is not used.
 */
#include <sched.h>
#include "inside.h"

static size_t cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 1 ? (size_t)n : 1;
}

bool reader_sees_the_same(meter_book *m, store *s)
{
    store_rows r;
    heng_err ignored = {0};
    return store_run(s, SQL_meter_take_last, NULL, 0, 1, &m->scratch, &r, &ignored) && (r.count ? row_int(&r, 0, 0) : 0) == m->next_take - 1;
}

static bool begins_at_the_same(meter_book *m, store *s)
{
    heng_err ignored = {0};
    if (!store_begin(s, &ignored)) return false;
    bool ok = reader_sees_the_same(m, s);
    if (!ok) store_rollback(s);
    return ok;
}

size_t readers_take(meter_book *m, size_t wanted)
{
    heng_err ignored = {0};
    size_t most = cores() - 1, taken = 0;
    if (wanted > most) wanted = most;
    if (wanted > METER_READERS_MAX) wanted = METER_READERS_MAX;
    while (m->reader_count < wanted && !m->has_no_readers) {
        m->has_no_readers = !store_open_reader(m->store, &m->readers[m->reader_count], &ignored);
        m->reader_count += !m->has_no_readers;
    }
    while (taken < wanted && taken < m->reader_count && begins_at_the_same(m, m->readers[taken])) taken++;
    return taken;
}

void readers_give(meter_book *m, size_t count)
{
    for (size_t i = 0; i < count; i++) store_rollback(m->readers[i]);
}

void readers_close(meter_book *m)
{
    for (size_t i = 0; i < m->reader_count; i++) store_close(m->readers[i]);
    m->reader_count = 0;
}
