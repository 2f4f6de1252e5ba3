/*
 * The arena: a stack of blocks, newest first. See arena.h.
 *
 *   arena.block ──► [used 900 of 8192] ──► [used 4096 of 4096] ──► NULL
 *
 * Blocks double from 4 KiB to 2 MiB; what does not fit into the next block gets a block of its own size. A rewind gives blocks back
 * but keeps the newest one of ordinary size as a spare on top, so that a loop that rewinds per row does not call malloc per row.
 * A spare above an empty block is kept only if it is larger, so the empty blocks under the top never pass 4 MiB together.
 * Under AddressSanitizer everything not handed out is poisoned: use after rewind is found like use after free.
 */
#include "arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(at, bytes) __asan_poison_memory_region((at), (bytes))
#define UNPOISON(at, bytes) __asan_unpoison_memory_region((at), (bytes))
#else
#define POISON(at, bytes) ((void)(at), (void)(bytes))
#define UNPOISON(at, bytes) ((void)(at), (void)(bytes))
#endif

enum { ALIGNMENT = 16, BLOCK_BYTES_MIN = 4096, HUGE_BYTES = 2 << 20 };

struct arena_block {
    arena_block *older;
    size_t bytes; /* of data */
    size_t used;
    _Alignas(ALIGNMENT) unsigned char data[];
};

#define BLOCK_BYTES_MAX (HUGE_BYTES - sizeof(arena_block))

struct arena_cleanup {
    void (*fn)(void *);
    void *arg;
    arena_cleanup *older;
};

static _Noreturn void stop_without_memory(void)
{
    fputs("heng: out of memory (内存不足)\n", stderr);
    abort();
}

/* Large blocks lie on huge pages where the kernel has them: one fault instead of 512, and a thousand streams side by side fit the processor's page tables. */
static void *block_alloc(size_t bytes)
{
    if (bytes < HUGE_BYTES) return malloc(bytes);
    size_t whole = (bytes + (HUGE_BYTES - 1)) & ~(size_t)(HUGE_BYTES - 1);
    void *p = aligned_alloc(HUGE_BYTES, whole);
    if (p) (void)madvise(p, whole, MADV_HUGEPAGE);
    return p;
}

static arena_block *block_make(arena_block *older, size_t bytes)
{
    size_t want = older ? older->bytes * 2 : BLOCK_BYTES_MIN;
    if (want > BLOCK_BYTES_MAX) want = BLOCK_BYTES_MAX;
    if (want < bytes) want = bytes;
    if (want > SIZE_MAX / 2) stop_without_memory();
    arena_block *b = block_alloc(sizeof *b + want);
    if (!b) stop_without_memory();
    *b = (arena_block){.older = older, .bytes = want};
    POISON(b->data, want);
    return b;
}

static void block_free(arena_block *b)
{
    UNPOISON(b->data, b->bytes);
    free(b);
}

static size_t aligned(size_t n)
{
    return (n + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc(arena *a, size_t bytes)
{
    arena_block *b = a->block;
    size_t at = b ? aligned(b->used) : 0;
    if (!b || at > b->bytes || bytes > b->bytes - at) {
        b = a->block = block_make(b, bytes);
        at = 0;
    }
    b->used = at + bytes;
    a->bytes_used += bytes;
    UNPOISON(b->data + at, bytes);
    return b->data + at;
}

void *arena_zero(arena *a, size_t bytes)
{
    void *p = arena_alloc(a, bytes);
    memset(p, 0, bytes);
    return p;
}

void *arena_array(arena *a, size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total)) stop_without_memory();
    return arena_zero(a, total);
}

static bool grow_in_place(arena *a, const void *old, size_t old_bytes, size_t new_bytes)
{
    arena_block *b = a->block;
    if (!b || old_bytes > b->used) return false;
    size_t at = b->used - old_bytes;
    if (b->data + at != (const unsigned char *)old || new_bytes > b->bytes - at) return false;
    b->used = at + new_bytes;
    a->bytes_used += new_bytes - old_bytes;
    UNPOISON(b->data + at, new_bytes);
    return true;
}

void *arena_grow(arena *a, const void *old, size_t old_bytes, size_t new_bytes)
{
    if (old && new_bytes <= old_bytes) return (void *)(uintptr_t)old;
    if (old && grow_in_place(a, old, old_bytes, new_bytes)) return (void *)(uintptr_t)old;
    void *p = arena_alloc(a, new_bytes);
    if (old && old_bytes > 0) memcpy(p, old, old_bytes);
    return p;
}

char *arena_copy(arena *a, const char *s, size_t len)
{
    char *p = arena_alloc(a, len + 1);
    if (len > 0) memcpy(p, s, len);
    p[len] = 0;
    return p;
}

char *arena_printf(arena *a, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    must(len >= 0);
    char *p;
    if ((size_t)len < sizeof small) {
        p = arena_copy(a, small, (size_t)len);
    } else {
        p = arena_alloc(a, (size_t)len + 1);
        vsnprintf(p, (size_t)len + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return p;
}

void arena_push_grow(arena *a, void **items, size_t *max, size_t item_bytes)
{
    size_t more = *max ? *max * 2 : 8, bytes;
    if (__builtin_mul_overflow(more, item_bytes, &bytes)) stop_without_memory();
    *items = arena_grow(a, *items, *max * item_bytes, bytes);
    *max = more;
}

void arena_on_free(arena *a, void (*fn)(void *), void *arg)
{
    arena_cleanup *c = arena_alloc(a, sizeof *c);
    *c = (arena_cleanup){.fn = fn, .arg = arg, .older = a->cleanups};
    a->cleanups = c;
}

arena_mark arena_here(const arena *a)
{
    return (arena_mark){.block = a->block, .used = a->block ? a->block->used : 0, .cleanups = a->cleanups, .bytes_used = a->bytes_used};
}

static void run_cleanups(arena *a, const arena_cleanup *until)
{
    while (a->cleanups != until) {
        arena_cleanup *c = a->cleanups;
        a->cleanups = c->older;
        c->fn(c->arg);
    }
}

static bool worth_keeping(const arena_block *spare, const arena_block *below)
{
    if (spare->bytes > BLOCK_BYTES_MAX) return false;
    return !below || below->used > 0 || spare->bytes > below->bytes;
}

void arena_rewind(arena *a, arena_mark mark)
{
    run_cleanups(a, mark.cleanups);
    if (mark.block) {
        POISON(mark.block->data + mark.used, mark.block->bytes - mark.used);
        mark.block->used = mark.used;
    }
    arena_block *spare = NULL;
    while (a->block != mark.block) {
        arena_block *b = a->block;
        a->block = b->older;
        if (!spare && worth_keeping(b, mark.block)) spare = b;
        else block_free(b);
    }
    if (spare) {
        spare->older = mark.block;
        spare->used = 0;
        POISON(spare->data, spare->bytes);
        a->block = spare;
    }
    a->bytes_used = mark.bytes_used;
}

void arena_free(arena *a)
{
    run_cleanups(a, NULL);
    while (a->block) {
        arena_block *b = a->block;
        a->block = b->older;
        block_free(b);
    }
    *a = (arena){0};
}
