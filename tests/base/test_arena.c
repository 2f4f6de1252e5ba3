/* Arenas: alignment, growth, rewinding, cleanups. */
#include "check.h"
#include "random.h"

static void note(void *arg)
{
    int **end = arg;
    *(*end)++ = 1;
}

static int order[3], order_count;
static void first_note(void *arg) { order[order_count++] = *(int *)arg; }

static void hands_out(void)
{
    arena a = {0};
    bool ok = true;
    uint64_t state = 1;
    for (int i = 0; i < 2000; i++) {
        size_t bytes = next_random(&state) % 3000;
        char *p = arena_alloc(&a, bytes);
        ok &= p && (uintptr_t)p % 16 == 0;
        if (bytes) memset(p, 0x5A, bytes);
    }
    check(ok, "every size is handed out, 16-byte aligned");
    char *big = arena_alloc(&a, 5 << 20), *after = arena_alloc(&a, 10);
    big[0] = big[(5 << 20) - 1] = after[9] = 1;
    check(a.bytes_used > 5 << 20, "a large piece gets its own block, and is counted");
    const int *cleared = NEW_ARRAY(&a, 1000, int);
    for (int i = 0; i < 1000; i++) ok &= cleared[i] == 0;
    check(ok, "an array is cleared");
    arena_free(&a);
    check(!a.block && a.bytes_used == 0, "freed to empty");
    arena_free(&a);
    check(true, "freeing an empty one is fine");
}

static void grows(void)
{
    arena a = {0};
    char *p = arena_copy(&a, "abc", 3);
    check(p[3] == 0, "a copy ends with 0");
    char *q = arena_grow(&a, p, 4, 100);
    check(p == q && memcmp(q, "abc", 4) == 0, "the newest grows in place");
    arena_alloc(&a, 1);
    char *r = arena_grow(&a, q, 100, 200);
    check(r != q && memcmp(r, "abc", 4) == 0, "another is copied");
    int *items = NULL;
    size_t count = 0, max = 0;
    for (int i = 0; i < 10000; i++) *ARENA_PUSH(&a, items, count, max) = i;
    bool ok = count == 10000;
    for (int i = 0; i < 10000; i++) ok &= items[i] == i;
    check(ok, "ten thousand pushed");
    check_text(text_of(arena_printf(&a, "%d-%s", 7, "x")), TEXT("7-x"), "printf, short");
    check_int((int64_t)strlen(arena_printf(&a, "%0900d", 7)), 900, "printf, long");
    arena_free(&a);
}

static void rewinds(void)
{
    arena a = {0};
    arena_mark empty = arena_here(&a);
    int numbers[3] = {0, 1, 2};
    char *kept = arena_copy(&a, "kept", 4);
    arena_mark mark = arena_here(&a);
    for (int i = 0; i < 3; i++) arena_on_free(&a, first_note, &numbers[i]);
    for (int i = 0; i < 100; i++) arena_alloc(&a, 5000);
    arena_rewind(&a, mark);
    check(order_count == 3 && order[0] == 2 && order[2] == 0, "cleanups run at rewind, newest first");
    check(strcmp(kept, "kept") == 0 && a.bytes_used == mark.bytes_used, "what is older stays");
    const arena_block *spare = NULL;
    bool same = true;
    for (int round = 0; round < 10; round++) {
        arena_mark row = arena_here(&a);
        for (int i = 0; i < 10; i++) arena_alloc(&a, 1000);
        if (round > 2 && spare) same &= a.block == spare;
        spare = a.block;
        arena_rewind(&a, row);
    }
    check(same, "a loop that rewinds per row comes to rest in one block");
    for (int round = 0; round < 20; round++) {
        arena_mark row = arena_here(&a);
        for (int i = 0; i < 40; i++) arena_alloc(&a, 100000);
        arena_rewind(&a, row);
    }
    int notes[2], *end = notes;
    arena_on_free(&a, note, &end);
    arena_rewind(&a, empty);
    check(end == notes + 1 && a.bytes_used == 0, "rewound to empty");
    arena_on_free(&a, note, &end);
    arena_free(&a);
    check(end == notes + 2, "cleanups run at free");
}

int main(void)
{
    hands_out();
    grows();
    rewinds();
    return check_done();
}
