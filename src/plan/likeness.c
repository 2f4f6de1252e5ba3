/*
 * How alike two plans are: shares of common shingles (five characters of the clean text, blanks and marks left out), estimated from the smallest
 * hashes of each (bottom-k sketch). Order and doubling do not matter, so a shuffled copy is still the same plan.
 */
#include <stdlib.h>
#include "keep_inside.h"

enum { SHINGLE = 5, SKETCH = 2048 };

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/* The smallest different hashes of a document's shingles, rising. */
static size_t sketch(arena *a, text t, size_t max, uint64_t **ret)
{
    uint64_t window[SHINGLE] = {0}, *all = NEW_ARRAY(a, t.len / 3 + SHINGLE, uint64_t);
    size_t chars = 0, count = 0, kept = 0;
    for (size_t at = 0; at < t.len;) {
        size_t n = char_bytes(t.ptr + at, t.len - at);
        if (is_han(t, at)) {
            uint64_t c = 0;
            memcpy(&c, t.ptr + at, n);
            window[chars++ % SHINGLE] = c;
            uint64_t h = 0;
            for (size_t i = 0; i < SHINGLE && chars >= SHINGLE; i++) h = mix(h + window[(chars + i) % SHINGLE]);
            if (chars >= SHINGLE) all[count++] = h;
        }
        at += n;
    }
    qsort(all, count, sizeof *all, by_value);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || all[i] != all[kept - 1]) all[kept++] = all[i];
    *ret = all;
    return kept < max ? kept : max;
}

size_t plan_sketch(arena *a, const plan_doc *d, size_t max, uint64_t **ret) { return sketch(a, d->clean, max, ret); }

int plan_sketch_likeness(const uint64_t *p, size_t n, const uint64_t *q, size_t m, size_t max)
{
    size_t i = 0, j = 0, seen = 0, common = 0;
    while ((i < n || j < m) && seen < max) {
        if (i < n && j < m && p[i] == q[j]) common++, i++, j++;
        else if (j >= m || (i < n && p[i] < q[j])) i++;
        else j++;
        seen++;
    }
    return seen ? (int)(common * 1000 / seen) : 0;
}

int plan_likeness(arena *a, const plan_doc *x, const plan_doc *y)
{
    arena_mark mark = arena_here(a);
    uint64_t *p, *q;
    size_t n = sketch(a, x->clean, SKETCH, &p), m = sketch(a, y->clean, SKETCH, &q);
    int alike = plan_sketch_likeness(p, n, q, m, SKETCH);
    arena_rewind(a, mark);
    return alike;
}
