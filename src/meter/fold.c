/*
 * Days of many channels on one grid, added slot by slot: sum, least and greatest of each slot.
 *
 * A total of all channels by hour meets a thousand blocks of one day one after the other. Adding each into its hours would touch wide cells two and a half million times for
 * ten million readings; the slots of a day fit into the nearest cache and are brought into the cells once, when the day is over.
 */
#include "inside.h"
#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_VECTOR 1
#else
#define HAS_VECTOR 0
#endif

/* Sums of FOLD_BLOCKS_MAX values below this stay in 64 bits. */
enum { VALUE_BITS = 40 };
_Static_assert(((int64_t)FOLD_BLOCKS_MAX << VALUE_BITS) <= INT64_MAX / 2, "sums of slots fit into 64 bits");

static bool add_plain(fold *f, const int64_t *v, size_t n)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) any |= (uint64_t)(v[i] < 0 ? ~v[i] : v[i]);
    if (any >> VALUE_BITS) return false;
    for (size_t i = 0; i < n; i++) {
        f->sum[i] += v[i];
        f->low[i] = v[i] < f->low[i] ? v[i] : f->low[i];
        f->high[i] = v[i] > f->high[i] ? v[i] : f->high[i];
    }
    return true;
}

#if HAS_VECTOR
static __m256i *at(const int64_t *p) { return (__m256i *)(void *)(uintptr_t)p; }

/* Four slots a step; the rest, and values that are too large, plainly. */
__attribute__((target("avx2"))) static bool add_vector(fold *f, const int64_t *v, size_t n)
{
    size_t whole = n / 4 * 4;
    __m256i any = _mm256_setzero_si256();
    for (size_t i = 0; i < whole; i += 4) {
        __m256i x = _mm256_loadu_si256(at(v + i));
        any = _mm256_or_si256(any, _mm256_xor_si256(x, _mm256_cmpgt_epi64(_mm256_setzero_si256(), x)));
    }
    uint64_t rest = 0;
    for (size_t i = whole; i < n; i++) rest |= (uint64_t)(v[i] < 0 ? ~v[i] : v[i]);
    if (rest >> VALUE_BITS || !_mm256_testz_si256(any, _mm256_set1_epi64x(-(INT64_C(1) << VALUE_BITS)))) return false;
    for (size_t i = 0; i < whole; i += 4) {
        __m256i x = _mm256_loadu_si256(at(v + i)), low = _mm256_loadu_si256(at(f->low + i)), high = _mm256_loadu_si256(at(f->high + i));
        _mm256_storeu_si256(at(f->sum + i), _mm256_add_epi64(_mm256_loadu_si256(at(f->sum + i)), x));
        _mm256_storeu_si256(at(f->low + i), _mm256_blendv_epi8(low, x, _mm256_cmpgt_epi64(low, x)));
        _mm256_storeu_si256(at(f->high + i), _mm256_blendv_epi8(high, x, _mm256_cmpgt_epi64(x, high)));
    }
    for (size_t i = whole; i < n; i++) {
        f->sum[i] += v[i];
        f->low[i] = v[i] < f->low[i] ? v[i] : f->low[i];
        f->high[i] = v[i] > f->high[i] ? v[i] : f->high[i];
    }
    return true;
}
#endif

void fold_begin(fold *f, int64_t start_us, int64_t step_us, size_t n)
{
    f->start_us = start_us, f->step_us = step_us, f->count = n, f->blocks = 0, f->is_open = false;
    for (size_t i = 0; i < n; i++) f->sum[i] = 0, f->low[i] = INT64_MAX, f->high[i] = INT64_MIN;
}

bool fold_add(fold *f, const int64_t *values)
{
    bool ok;
#if HAS_VECTOR
    ok = __builtin_cpu_supports("avx2") ? add_vector(f, values, f->count) : add_plain(f, values, f->count);
#else
    ok = add_plain(f, values, f->count);
#endif
    f->blocks += ok;
    return ok;
}
