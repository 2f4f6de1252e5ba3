/* Radix sort, lowest byte first; a byte that all keys share costs nothing but its counting. See sort.h. */
#include "sort.h"
#include <string.h>

enum { BYTES = 8, VALUES = 256, FEW = 32 };

static void insertion_sort(sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        sort_item moved = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].key > moved.key; at--) items[at] = items[at - 1];
        items[at] = moved;
    }
}

static void sort_byte(const sort_item *from, sort_item *to, size_t count, int byte, size_t counts[VALUES])
{
    size_t at = 0;
    for (int v = 0; v < VALUES; v++) {
        size_t n = counts[v];
        counts[v] = at;
        at += n;
    }
    for (size_t i = 0; i < count; i++) to[counts[from[i].key >> (8 * byte) & 0xFF]++] = from[i];
}

void sort_by_key(sort_item *items, size_t count)
{
    if (count <= FEW) {
        insertion_sort(items, count);
        return;
    }
    arena scratch = {0};
    size_t(*counts)[VALUES] = arena_zero(&scratch, BYTES * sizeof *counts);
    sort_item *from = items, *to = arena_alloc(&scratch, count * sizeof *to);
    for (size_t i = 0; i < count; i++)
        for (int b = 0; b < BYTES; b++) counts[b][items[i].key >> (8 * b) & 0xFF]++;
    for (int b = 0; b < BYTES; b++) {
        if (counts[b][items[0].key >> (8 * b) & 0xFF] == count) continue;
        sort_byte(from, to, count, b, counts[b]);
        sort_item *other = from;
        from = to;
        to = other;
    }
    if (from != items) memcpy(items, from, count * sizeof *items);
    arena_free(&scratch);
}
