/*
 * The nearest of a list of names, for "did you mean". See text.h.
 *
 * Edit distance in characters (insert, delete, replace, swap of neighbours), one row of the table at a time. A name whose length alone
 * differs too much is passed over, so a list of ten thousand names costs milliseconds.
 */
#include <string.h>
#include "text.h"

enum { CHARS_MAX = 64 }; /* longer names are not mistyped names */

typedef struct word {
    uint32_t chars[CHARS_MAX];
    size_t count;
} word;

/* Bytes of one character packed into a number: equal characters, equal numbers; broken bytes stand for themselves. */
static bool take_word(text t, word *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < t.len;) {
        if (ret->count == CHARS_MAX) return false;
        uint32_t c = (unsigned char)t.ptr[i++];
        for (int n = 0; n < 3 && i < t.len && ((unsigned char)t.ptr[i] & 0xC0) == 0x80; n++) c = c << 8 | (unsigned char)t.ptr[i++];
        ret->chars[ret->count++] = c;
    }
    return true;
}

static size_t least(size_t x, size_t y)
{
    return x < y ? x : y;
}

static size_t edit_distance(const word *x, const word *y)
{
    size_t rows[3][CHARS_MAX + 1]; /* rows i-2, i-1, i of the table, in turn */
    for (size_t j = 0; j <= y->count; j++) rows[0][j] = j;
    for (size_t i = 1; i <= x->count; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *twice_before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= y->count; j++) {
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x->chars[i - 1] != y->chars[j - 1]));
            bool swapped = i > 1 && j > 1 && x->chars[i - 1] == y->chars[j - 2] && x->chars[i - 2] == y->chars[j - 1];
            if (swapped) now[j] = least(now[j], twice_before[j - 2] + 1);
        }
    }
    return rows[x->count % 3][y->count];
}

size_t text_nearest(arena *a, text t, const text *names, size_t count, size_t max, size_t *ret_indexes)
{
    word wanted, name;
    size_t found = 0;
    if (max == 0 || !take_word(t, &wanted)) return 0;
    arena_mark mark = arena_here(a);
    size_t *distances = NEW_ARRAY(a, max, size_t);
    for (size_t i = 0; i < count; i++) {
        if (!take_word(names[i], &name)) continue;
        size_t longer = wanted.count > name.count ? wanted.count : name.count, limit = longer / 3;
        if (longer - least(wanted.count, name.count) > limit) continue;
        size_t distance = edit_distance(&wanted, &name);
        if (distance > limit || (found == max && distance >= distances[max - 1])) continue;
        size_t at = found < max ? found++ : max - 1; /* keep sorted by distance, earlier names first among equals */
        for (; at > 0 && distances[at - 1] > distance; at--) {
            distances[at] = distances[at - 1];
            ret_indexes[at] = ret_indexes[at - 1];
        }
        distances[at] = distance;
        ret_indexes[at] = i;
    }
    arena_rewind(a, mark);
    return found;
}
