/*
 * A sink for tests and benchmarks of the wires: readings go to a file, one line each, and are on disk (fdatasync) before it returns. What is in
 * the file already is WIRE_EXISTS; a value that is no number, or an address that holds "unknown", is refused. It can be told to fail.
 */
#ifndef WIRE_SINK_H
#define WIRE_SINK_H
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "../../src/wire/messages.h"
#include "wire.h"

typedef struct file_sink {
    arena a;
    pthread_mutex_t lock;
    text_map lines;
    int fd;
    bool fails;
    int64_t taken, again;
} file_sink;

/* "address time value" of each line so far. */
static inline void file_sink_open(file_sink *k, const char *path)
{
    *k = (file_sink){.lock = PTHREAD_MUTEX_INITIALIZER};
    k->lines = (text_map){.a = &k->a};
    k->fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    must(k->fd >= 0);
    off_t size = lseek(k->fd, 0, SEEK_END);
    char *bytes = arena_alloc(&k->a, (size_t)size + 1);
    must(pread(k->fd, bytes, (size_t)size, 0) == size);
    text rest = {bytes, (size_t)size};
    while (rest.len) {
        size_t at;
        if (!text_find(rest, TEXT("\n"), &at)) { /* a line that a kill cut in two was not acknowledged */
            must(ftruncate(k->fd, size - (off_t)rest.len) == 0);
            break;
        }
        text_map_put(&k->lines, (text){rest.ptr, at}, 1);
        rest = (text){rest.ptr + at + 1, rest.len - at - 1};
    }
}

static inline void file_sink_close(file_sink *k)
{
    close(k->fd);
    arena_free(&k->a);
}

static inline bool file_sink_write(file_sink *k, text lines)
{
    return (lines.len == 0 || write(k->fd, lines.ptr, lines.len) == (ssize_t)lines.len) && fdatasync(k->fd) == 0;
}

static inline bool file_sink_take(void *context, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err)
{
    file_sink *k = context;
    arena a = {0};
    text_buf lines = {.a = &a};
    pthread_mutex_lock(&k->lock);
    bool ok = !k->fails;
    for (size_t i = 0; ok && i < count; i++) {
        int64_t value, known;
        int scale;
        heng_err why;
        size_t at;
        if (text_find(items[i].address, TEXT("unknown"), &at) || !dec_parse_any(items[i].value, &value, &scale, &why)) {
            verdicts[i] = (wire_verdict){.status = WIRE_REFUSED, .why = &MSG_WIRE_NO_RULE};
            continue;
        }
        text line = text_of(arena_printf(&k->a, "%.*s %lld %.*s", TEXT_FMT(items[i].address), (long long)items[i].time_us, TEXT_FMT(items[i].value)));
        if (text_map_find(&k->lines, line, &known)) {
            verdicts[i].status = WIRE_EXISTS;
            k->again++;
            continue;
        }
        text_map_put(&k->lines, line, 1);
        k->taken++;
        verdicts[i].status = WIRE_TAKEN;
        buf_add(&lines, line);
        buf_char(&lines, '\n');
    }
    ok = ok && file_sink_write(k, buf_text(&lines));
    pthread_mutex_unlock(&k->lock);
    arena_free(&a);
    return ok || err_fill(err, &MSG_WIRE_FULL, NULL, NULL, NULL);
}

static inline int64_t file_sink_taken(file_sink *k)
{
    pthread_mutex_lock(&k->lock);
    int64_t taken = k->taken;
    pthread_mutex_unlock(&k->lock);
    return taken;
}

static inline void file_sink_fail(file_sink *k, bool fails)
{
    pthread_mutex_lock(&k->lock);
    k->fails = fails;
    pthread_mutex_unlock(&k->lock);
}
#endif
