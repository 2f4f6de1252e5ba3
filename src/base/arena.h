/*
 * Memory with a named lifetime. An arena hands out memory and gives all of it back at once. A
 * function that returns memory takes the arena first; the result lives as long as the arena.
 * Only base calls malloc. Running out of memory stops the program (a stated limit is checked by the caller).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include "err.h"

typedef struct arena_block arena_block;
typedef struct arena_cleanup arena_cleanup;
typedef struct arena {
    arena_block *block; /* newest */
    arena_cleanup *cleanups;
    size_t bytes_used;  /* handed out since the start, for limits and tests */
} arena;                /* {0} is an empty arena, ready to use */

typedef struct arena_mark { arena_block *block; size_t used; arena_cleanup *cleanups; size_t bytes_used; } arena_mark;

void *arena_alloc(arena *a, size_t bytes);                /* 16-byte aligned, not cleared; bytes 0 gives a valid pointer */
void *arena_zero(arena *a, size_t bytes);
void *arena_array(arena *a, size_t count, size_t bytes);  /* cleared; stops the program if count*bytes overflows */
void *arena_grow(arena *a, const void *old, size_t old_bytes, size_t new_bytes); /* copies; in place when newest */
char *arena_copy(arena *a, const char *s, size_t len);    /* adds a final 0 */
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_on_free(arena *a, void (*fn)(void *), void *arg); /* runs at free or rewind, newest first */
arena_mark arena_here(const arena *a);
void arena_rewind(arena *a, arena_mark mark);             /* all handed out since mark is gone */
void arena_free(arena *a);                                /* back to {0}; fine on {0} */

/* Growable array in an arena: ARENA_PUSH(a, items, count, max) gives a pointer to a new cleared slot. */
#define ARENA_PUSH(a, items, count, max) \
    ((count) < (max) ? (void)0 : arena_push_grow((a), (void **)&(items), &(max), sizeof *(items)), \
     memset(&(items)[count], 0, sizeof *(items)), &(items)[(count)++])
void arena_push_grow(arena *a, void **items, size_t *max, size_t item_bytes);

#define NEW(a, type) ((type *)arena_zero((a), sizeof(type)))
#define NEW_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))
#endif
