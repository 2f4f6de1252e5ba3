/* The block codec, see block.h. Every read is checked against the end: hostile bytes give false, never a read past them. */
#include "block.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_VECTOR 1
#else
#define HAS_VECTOR 0
#endif

enum { MODE_CONST, MODE_GRID, MODE_RAW, MODE_DELTA, MODE_DELTA2, MODE_WIDE, MODE_RUNS, MODE_PACK, MODE_PACK_DELTA, MODE_PACK_DELTA2, MODES };
enum { CHUNK = 256 /* numbers worked on at a time; a multiple of 4 */, VERSION = 1, RUN_BYTES = 5 /* of a run, about */, GROUP = 32 /* packed numbers of one width: as many bits are four bytes each */ };

/* ---- Bytes ---- */

static uint64_t zigzag(uint64_t v) { return v << 1 ^ (0 - (v >> 63)); }
static uint64_t unzigzag(uint64_t z) { return z >> 1 ^ (0 - (z & 1)); }

static uint8_t *varint_put(uint8_t *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) *out++ = (uint8_t)(v | 0x80);
    *out++ = (uint8_t)v;
    return out;
}

/* The byte behind it; NULL when it does not end in time. */
static const uint8_t *varint_get(const uint8_t *in, const uint8_t *end, uint64_t *ret)
{
    uint64_t v = 0;
    for (int shift = 0; in < end && shift < 64; shift += 7) {
        uint8_t b = *in++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            *ret = v;
            return in;
        }
    }
    return NULL;
}

static uint8_t *signed_put(uint8_t *out, uint64_t v) { return varint_put(out, zigzag(v)); }

static const uint8_t *signed_get(const uint8_t *in, const uint8_t *end, uint64_t *ret)
{
    uint64_t z = 0;
    in = varint_get(in, end, &z);
    *ret = unzigzag(z);
    return in;
}

/* ---- Four numbers, one control byte: tables ---- */

/* Bytes of lane j under control byte c, and where lane j begins. */
#define K(c, j) ((((c) >> (2 * (j))) & 3) + 1)
#define S1(c) K(c, 0)
#define S2(c) (S1(c) + K(c, 1))
#define S3(c) (S2(c) + K(c, 2))
#define S4(c) (S3(c) + K(c, 3))
#define E4(X, c) X(c), X((c) + 1), X((c) + 2), X((c) + 3)
#define E16(X, c) E4(X, c), E4(X, (c) + 4), E4(X, (c) + 8), E4(X, (c) + 12)
#define E64(X, c) E16(X, c), E16(X, (c) + 16), E16(X, (c) + 32), E16(X, (c) + 48)
#define E256(X) E64(X, 0), E64(X, 64), E64(X, 128), E64(X, 192)

static const uint8_t LENGTH[256] = {E256(S4)};

#if HAS_VECTOR
#define B(base, k, i) ((i) < (k) ? (base) + (i) : 0x80)
#define LANE(base, k) B(base, k, 0), B(base, k, 1), B(base, k, 2), B(base, k, 3)
#define SPREAD(c) {LANE(0, K(c, 0)), LANE(S1(c), K(c, 1)), LANE(S2(c), K(c, 2)), LANE(S3(c), K(c, 3))}
#define FROM(c, p) ((p) < S1(c) ? (p) : (p) < S2(c) ? 4 + (p) - S1(c) : (p) < S3(c) ? 8 + (p) - S2(c) : (p) < S4(c) ? 12 + (p) - S3(c) : 0x80)
#define GATHER(c) {FROM(c, 0), FROM(c, 1), FROM(c, 2), FROM(c, 3), FROM(c, 4), FROM(c, 5), FROM(c, 6), FROM(c, 7), \
                   FROM(c, 8), FROM(c, 9), FROM(c, 10), FROM(c, 11), FROM(c, 12), FROM(c, 13), FROM(c, 14), FROM(c, 15)}
static const uint8_t SPREAD_TABLE[256][16] = {E256(SPREAD)};
static const uint8_t GATHER_TABLE[256][16] = {E256(GATHER)};
#endif

bool meter_path_has_vector(void)
{
#if HAS_VECTOR
    return __builtin_cpu_supports("ssse3");
#else
    return false;
#endif
}

static bool is_vector(meter_path path) { return path != METER_PATH_PLAIN && meter_path_has_vector(); }

/* ---- Plain path ---- */

static unsigned bytes_of(uint32_t v) { return 1u + (v > 0xff) + (v > 0xffff) + (v > 0xffffff); }

/* k numbers: control bytes to *control, data to *data; both moved on. */
static void put_plain(const uint32_t *v, size_t k, uint8_t **control, uint8_t **data)
{
    uint8_t *d = *data;
    for (size_t i = 0; i < k; i += 4) {
        unsigned c = 0;
        for (unsigned j = 0; j < 4 && i + j < k; j++) {
            unsigned n = bytes_of(v[i + j]);
            c |= (n - 1) << (2 * j);
            for (unsigned b = 0; b < n; b++) *d++ = (uint8_t)(v[i + j] >> (8 * b));
        }
        *(*control)++ = (uint8_t)c;
    }
    *data = d;
}

/* The data of all numbers lie before the end: the caller has added up the control bytes. */
static uint32_t one_plain(const uint8_t *control, size_t i, const uint8_t **data)
{
    unsigned n = K(control[i / 4], i % 4);
    uint32_t x = 0;
    for (unsigned b = 0; b < n; b++) x |= (uint32_t)*(*data)++ << (8 * b);
    return x;
}

static const uint8_t *get_plain(const uint8_t *control, const uint8_t *data, uint32_t *v, size_t k)
{
    for (size_t i = 0; i < k; i++) v[i] = one_plain(control, i, &data);
    return data;
}

/* ---- Vector path: four numbers a step ---- */

#if HAS_VECTOR
__attribute__((target("ssse3"))) static void put_vector(const uint32_t *v, size_t k, uint8_t **control, uint8_t **data)
{
    uint8_t *d = *data, *c = *control;
    size_t i = 0;
    const __m128i sign = _mm_set1_epi32((int)0x80000000u), one = _mm_set1_epi32((int)(0xffu ^ 0x80000000u)), two = _mm_set1_epi32((int)(0xffffu ^ 0x80000000u)),
                  three = _mm_set1_epi32((int)(0xffffffu ^ 0x80000000u)), low = _mm_set_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 12, 8, 4, 0);
    for (; i + 4 <= k; i += 4) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(v + i)), y = _mm_xor_si128(x, sign);
        __m128i n = _mm_add_epi32(_mm_add_epi32(_mm_cmpgt_epi32(y, one), _mm_cmpgt_epi32(y, two)), _mm_cmpgt_epi32(y, three));
        uint32_t lanes = (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi8(_mm_sub_epi32(_mm_setzero_si128(), n), low));
        uint32_t code = lanes * 0x01041040u >> 24; /* the four 2-bit lengths side by side */
        _mm_storeu_si128((__m128i *)(void *)d, _mm_shuffle_epi8(x, _mm_loadu_si128((const __m128i *)(const void *)GATHER_TABLE[code])));
        d += LENGTH[code];
        *c++ = (uint8_t)code;
    }
    *data = d;
    *control = c;
    put_plain(v + i, k - i, control, data);
}

/* Loads 16 bytes at a time while they lie before end; the rest is read plainly. */
__attribute__((target("ssse3"))) static const uint8_t *get_vector(const uint8_t *control, const uint8_t *data, const uint8_t *end, uint32_t *v, size_t k)
{
    size_t i = 0;
    for (; i + 4 <= k && end - data >= 16; i += 4) {
        uint8_t c = control[i / 4];
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)data);
        _mm_storeu_si128((__m128i *)(void *)(v + i), _mm_shuffle_epi8(x, _mm_loadu_si128((const __m128i *)(const void *)SPREAD_TABLE[c])));
        data += LENGTH[c];
    }
    return get_plain(control + i / 4, data, v + i, k - i);
}

/* Four numbers to their running sums behind what came before. */
__attribute__((target("avx2"))) static inline __m256i running(__m256i x, __m256i before)
{
    x = _mm256_add_epi64(x, _mm256_slli_si256(x, 8));                                                              /* a, a+b, c, c+d */
    x = _mm256_add_epi64(x, _mm256_blend_epi32(_mm256_setzero_si256(), _mm256_permute4x64_epi64(x, 0x55), 0xf0)); /* a, a+b, a+b+c, a+b+c+d */
    return _mm256_add_epi64(x, before);
}

/* Differences straight into values, eight bytes a lane: the sum of what came before runs along in all four lanes. Near the end of the input what is left is
 * read from a copy, so that no load passes it. k numbers, whose bytes lie before end. */
__attribute__((target("avx2"))) static void delta_vector(const uint8_t *control, const uint8_t *data, const uint8_t *end, int64_t *to, size_t k, uint64_t last)
{
    uint8_t tail[48] = {0};
    const __m128i one = _mm_set1_epi32(1);
    __m256i before = _mm256_set1_epi64x((long long)last);
    size_t i = 0;
    for (; i + 4 <= k; i += 4) {
        if (end - data < 16) { /* once: the copy is long enough */
            memcpy(tail, data, (size_t)(end - data) & 15);
            data = tail, end = tail + sizeof tail;
        }
        uint8_t c = control[i / 4];
        __m128i z = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)data), _mm_loadu_si128((const __m128i *)(const void *)SPREAD_TABLE[c]));
        __m256i x = _mm256_cvtepi32_epi64(_mm_xor_si128(_mm_srli_epi32(z, 1), _mm_sub_epi32(_mm_setzero_si128(), _mm_and_si128(z, one))));
        x = running(x, before);
        _mm256_storeu_si256((__m256i *)(void *)(to + i), x);
        before = _mm256_permute4x64_epi64(x, 0xff);
        data += LENGTH[c];
    }
    for (uint64_t v = i ? (uint64_t)to[i - 1] : last; i < k; i++) to[i] = (int64_t)(v += unzigzag(one_plain(control, i, &data)));
}

/* The same for numbers that are unpacked already. */
__attribute__((target("avx2"))) static void sums_vector(const uint32_t *from, int64_t *to, size_t k, uint64_t *last)
{
    const __m128i one = _mm_set1_epi32(1);
    __m256i before = _mm256_set1_epi64x((long long)*last);
    size_t i = 0;
    for (; i + 4 <= k; i += 4) {
        __m128i z = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        __m256i x = running(_mm256_cvtepi32_epi64(_mm_xor_si128(_mm_srli_epi32(z, 1), _mm_sub_epi32(_mm_setzero_si128(), _mm_and_si128(z, one)))), before);
        _mm256_storeu_si256((__m256i *)(void *)(to + i), x);
        before = _mm256_permute4x64_epi64(x, 0xff);
    }
    uint64_t v = i ? (uint64_t)to[i - 1] : *last;
    for (; i < k; i++) to[i] = (int64_t)(v += unzigzag(from[i]));
    *last = v;
}

/* Eight packed numbers of w bits are w bytes. Half of them are taken from each of two loads: byte shuffled to its lane, shifted, masked; up to 25 bits a lane holds them. */
#define START(w, half, j) (((half) ? 4 * (w) & 7 : 0) + (j) * (w))
#define TAKE4(w, half, j) START(w, half, j) / 8, START(w, half, j) / 8 + 1, START(w, half, j) / 8 + 2, START(w, half, j) / 8 + 3
#define TAKE(w) {TAKE4(w, 0, 0), TAKE4(w, 0, 1), TAKE4(w, 0, 2), TAKE4(w, 0, 3), TAKE4(w, 1, 0), TAKE4(w, 1, 1), TAKE4(w, 1, 2), TAKE4(w, 1, 3)}
#define SHIFT(w) {START(w, 0, 0) & 7, START(w, 0, 1) & 7, START(w, 0, 2) & 7, START(w, 0, 3) & 7, START(w, 1, 0) & 7, START(w, 1, 1) & 7, START(w, 1, 2) & 7, START(w, 1, 3) & 7}
#define EACH_WIDTH(X) {X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25)}
enum { UNPACK_BITS_MAX = 25 };
static const uint8_t UNPACK_TAKE[UNPACK_BITS_MAX + 1][32] = EACH_WIDTH(TAKE);
static const uint32_t UNPACK_SHIFT[UNPACK_BITS_MAX + 1][8] = EACH_WIDTH(SHIFT);

/* As many as whole loads allow; returns how many. */
__attribute__((target("avx2"))) static size_t unpack_vector(const uint8_t *in, const uint8_t *end, uint32_t *v, size_t k, unsigned bits)
{
    const __m256i take = _mm256_loadu_si256((const __m256i *)(const void *)UNPACK_TAKE[bits]), shift = _mm256_loadu_si256((const __m256i *)(const void *)UNPACK_SHIFT[bits]),
                  mask = _mm256_set1_epi32((int)((UINT32_C(1) << bits) - 1));
    size_t half = 4 * bits / 8, i = 0;
    for (; i + 8 <= k && (size_t)(end - in) >= half + 16; i += 8, in += bits) {
        __m256i x = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)in)), _mm_loadu_si128((const __m128i *)(const void *)(in + half)), 1);
        x = _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(x, take), shift), mask);
        _mm256_storeu_si256((__m256i *)(void *)(v + i), x);
    }
    return i;
}

static bool has_wide(void) { return __builtin_cpu_supports("avx2"); }
#else
static void put_vector(const uint32_t *v, size_t k, uint8_t **control, uint8_t **data) { put_plain(v, k, control, data); }
static const uint8_t *get_vector(const uint8_t *control, const uint8_t *data, const uint8_t *end, uint32_t *v, size_t k)
{
    (void)end;
    return get_plain(control, data, v, k);
}
static void delta_vector(const uint8_t *control, const uint8_t *data, const uint8_t *end, int64_t *to, size_t k, uint64_t last) { (void)control, (void)data, (void)end, (void)to, (void)k, (void)last; }
static void sums_vector(const uint32_t *from, int64_t *to, size_t k, uint64_t *last) { (void)from, (void)to, (void)k, (void)last; }
enum { UNPACK_BITS_MAX = 25 };
static size_t unpack_vector(const uint8_t *in, const uint8_t *end, uint32_t *v, size_t k, unsigned bits) { (void)in, (void)end, (void)v, (void)k, (void)bits; return 0; }
static bool has_wide(void) { return false; }
#endif

/* ---- Columns of numbers ---- */

typedef struct survey { uint64_t bytes[3], runs; bool fits[3], is_grid; } survey; /* of orders 0 (RAW), 1 (DELTA), 2 (DELTA2); bytes without control */

/* One pass over the column: how long each order would be. Adding up conditions keeps the loop free of branches. */
static survey survey_of(const int64_t *values, size_t n)
{
    survey s = {0};
    uint64_t high0 = zigzag((uint64_t)values[0]), high1 = 0, high2 = 0, runs = 1, before = (uint64_t)values[0], step = (uint64_t)values[1] - before;
    uint64_t b0 = bytes_of((uint32_t)high0), b1 = 0, b2 = 0, delta = step;
    for (size_t i = 1; i < n; i++) {
        uint64_t v = (uint64_t)values[i], d = v - before, z0 = zigzag(v), z1 = zigzag(d), z2 = zigzag(d - delta);
        b0 += bytes_of((uint32_t)z0);
        b1 += bytes_of((uint32_t)z1);
        b2 += bytes_of((uint32_t)z2);
        high0 |= z0, high1 |= z1, high2 |= z2;
        runs += d != delta;
        before = v, delta = d;
    }
    s.fits[0] = high0 <= UINT32_MAX, s.fits[1] = high1 <= UINT32_MAX, s.fits[2] = high2 <= UINT32_MAX;
    s.bytes[0] = b0 + (n + 3) / 4, s.bytes[1] = b1 + (n + 2) / 4, s.bytes[2] = b2 + (n + 1) / 4; /* order 2: the first z2 is 0, its byte stands for the step */
    s.runs = runs;
    s.is_grid = runs == 1;
    return s;
}

static int mode_of(const survey *s, size_t n)
{
    int best = MODE_WIDE;
    uint64_t bytes = UINT64_MAX;
    static const int MODE[3] = {MODE_RAW, MODE_DELTA, MODE_DELTA2};
    for (int i = 0; i < 3; i++)
        if (s->fits[i] && s->bytes[i] < bytes) bytes = s->bytes[i], best = MODE[i];
    return s->runs * RUN_BYTES < bytes && s->runs * RUN_BYTES < n ? MODE_RUNS : best;
}

/* Differences are divided by `by`, which divides them all. */
static uint8_t *runs_put(const int64_t *values, size_t n, int64_t by, uint8_t *out)
{
    for (size_t i = 1, run; i < n; i += run) {
        uint64_t step = (uint64_t)values[i] - (uint64_t)values[i - 1];
        for (run = 1; i + run < n && (uint64_t)values[i + run] - (uint64_t)values[i + run - 1] == step;) run++;
        out = signed_put(varint_put(out, run), by == 1 ? step : (uint64_t)((int64_t)step / by));
    }
    return out;
}

static const uint8_t *runs_get(const uint8_t *in, const uint8_t *end, int64_t *values, size_t n, uint64_t v)
{
    if (values) values[0] = (int64_t)v;
    for (size_t i = 1; i < n;) {
        uint64_t run, step;
        if (!(in = varint_get(in, end, &run)) || run == 0 || run > n - i || !(in = signed_get(in, end, &step))) return NULL;
        for (size_t k = 0; k < run && values; k++) values[i + k] = (int64_t)(v += step);
        i += (size_t)run;
    }
    return in;
}

static uint8_t *wide_put(const int64_t *values, size_t n, int64_t by, uint8_t *out)
{
    uint8_t *nibbles = out;
    size_t k = n - 1;
    memset(nibbles, 0, (k + 1) / 2);
    out += (k + 1) / 2;
    for (size_t i = 0; i < k; i++) {
        uint64_t d = (uint64_t)values[i + 1] - (uint64_t)values[i], z = zigzag(by == 1 ? d : (uint64_t)((int64_t)d / by));
        unsigned bytes = 0;
        for (; z; z >>= 8, bytes++) *out++ = (uint8_t)z;
        nibbles[i / 2] |= (uint8_t)(bytes << (4 * (i % 2)));
    }
    return out;
}

static void chunk_of(const int64_t *values, size_t at, size_t k, int order, uint32_t *to)
{
    const int64_t *v = values + at;
    if (order == 0)
        for (size_t i = 0; i < k; i++) to[i] = (uint32_t)zigzag((uint64_t)v[i]);
    else if (order == 1)
        for (size_t i = 0; i < k; i++) to[i] = (uint32_t)zigzag((uint64_t)v[i] - (uint64_t)values[at + i - 1]);
    else
        for (size_t i = 0; i < k; i++) to[i] = (uint32_t)zigzag((uint64_t)v[i] - 2 * (uint64_t)values[at + i - 1] + (uint64_t)values[at + i - 2]);
}

static uint8_t *svb_put(const int64_t *values, size_t n, int order, uint8_t *out, bool vector)
{
    uint32_t chunk[CHUNK];
    size_t first = (size_t)order, k = n - first;
    uint8_t *control = out, *data = out + (k + 3) / 4;
    for (size_t at = 0; at < k; at += CHUNK) {
        size_t part = k - at < CHUNK ? k - at : CHUNK;
        chunk_of(values, first + at, part, order, chunk);
        if (vector) put_vector(chunk, part, &control, &data);
        else put_plain(chunk, part, &control, &data);
    }
    return data;
}

static void chunk_back(const uint32_t *from, size_t k, int order, int64_t *to, uint64_t *last, uint64_t *step)
{
    uint64_t v = *last, d = *step;
    if (order == 0)
        for (size_t i = 0; i < k; i++) to[i] = (int64_t)unzigzag(from[i]);
    else if (order == 1)
        for (size_t i = 0; i < k; i++) to[i] = (int64_t)(v += unzigzag(from[i]));
    else
        for (size_t i = 0; i < k; i++) to[i] = (int64_t)(v += d += unzigzag(from[i]));
    *last = v, *step = d;
}

/* ---- Packed: in groups of GROUP, each with the bits that its largest number needs ---- */

static unsigned bits_of(const uint32_t *v, size_t k)
{
    uint32_t any = 0;
    for (size_t i = 0; i < k; i++) any |= v[i];
    return any ? 32u - (unsigned)__builtin_clz(any) : 0;
}

static size_t pack_bytes(const int64_t *values, size_t n, int order)
{
    uint32_t group[GROUP];
    size_t bytes = 0;
    for (size_t at = (size_t)order; at < n; at += GROUP) {
        size_t k = n - at < GROUP ? n - at : GROUP;
        chunk_of(values, at, k, order, group);
        bytes += 1 + (k * bits_of(group, k) + 7) / 8;
    }
    return bytes;
}

static uint8_t *bits_put(const uint32_t *v, size_t k, unsigned bits, uint8_t *out)
{
    uint64_t held = 0;
    unsigned have = 0;
    for (size_t i = 0; i < k; i++) {
        held |= (uint64_t)v[i] << have;
        for (have += bits; have >= 8; have -= 8, held >>= 8) *out++ = (uint8_t)held;
    }
    if (have) *out++ = (uint8_t)held;
    return out;
}

static uint8_t *pack_put(const int64_t *values, size_t n, int order, uint8_t *out)
{
    uint32_t group[GROUP];
    for (size_t at = (size_t)order; at < n; at += GROUP) {
        size_t k = n - at < GROUP ? n - at : GROUP;
        chunk_of(values, at, k, order, group);
        unsigned bits = bits_of(group, k);
        *out++ = (uint8_t)bits;
        out = bits_put(group, k, bits, out);
    }
    return out;
}

static void bits_get_plain(const uint8_t *in, uint32_t *v, size_t k, unsigned bits)
{
    uint64_t held = 0;
    unsigned have = 0;
    for (size_t i = 0; i < k; i++) {
        for (; have < bits; have += 8) held |= (uint64_t)*in++ << have;
        v[i] = (uint32_t)(held & ((UINT64_C(1) << bits) - 1));
        held >>= bits;
        have -= bits;
    }
}

/* Eight numbers begin on a whole byte: what the vectors leave is read plainly from there. */
static void bits_get(const uint8_t *in, const uint8_t *end, uint32_t *v, size_t k, unsigned bits, bool is_wide)
{
    size_t done = is_wide && bits <= UNPACK_BITS_MAX ? unpack_vector(in, end, v, k, bits) : 0;
    bits_get_plain(in + done / 8 * bits, v + done, k - done, bits);
}

static const uint8_t *pack_get(const uint8_t *in, const uint8_t *end, int64_t *values, size_t n, int order, uint64_t first, uint64_t step, bool vector)
{
    uint32_t group[GROUP];
    bool is_wide = vector && has_wide();
    if (values && order >= 1) values[0] = (int64_t)first;
    if (values && order == 2) values[1] = (int64_t)(first += step);
    for (size_t at = (size_t)order; at < n; at += GROUP) {
        size_t k = n - at < GROUP ? n - at : GROUP;
        if (in >= end || *in > 32) return NULL;
        unsigned bits = *in++;
        size_t bytes = (k * bits + 7) / 8;
        if ((size_t)(end - in) < bytes) return NULL;
        if (values) bits_get(in, end, group, k, bits, is_wide);
        if (values && is_wide && order == 1) sums_vector(group, values + at, k, &first);
        else if (values) chunk_back(group, k, order, values + at, &first, &step);
        in += bytes;
    }
    return in;
}

/* ---- A column ---- */

size_t meter_ints_bound(size_t n) { return 1 + 10 + 10 + (n + 1) / 2 + 8 * n + METER_BLOCK_SLACK; }

static bool is_svb(int mode) { return mode == MODE_RAW || mode == MODE_DELTA || mode == MODE_DELTA2; }

size_t meter_ints_encode(const int64_t *values, size_t n, uint8_t *out, meter_path path)
{
    uint8_t *at = out + 1;
    if (n == 0) return *out = MODE_CONST, (size_t)(signed_put(at, 0) - out);
    uint64_t step = n > 1 ? (uint64_t)values[1] - (uint64_t)values[0] : 0;
    size_t even = 2;
    while (even < n && (uint64_t)values[even] - (uint64_t)values[even - 1] == step) even++;
    survey s = {.is_grid = true};
    if (even < n) s = survey_of(values, n);
    int mode = s.is_grid ? step ? MODE_GRID : MODE_CONST : mode_of(&s, n);
    if (is_svb(mode) && pack_bytes(values, n, mode - MODE_RAW) < s.bytes[mode - MODE_RAW]) mode += MODE_PACK - MODE_RAW;
    *out = (uint8_t)mode;
    if (mode != MODE_RAW && mode != MODE_PACK) at = signed_put(at, (uint64_t)values[0]);
    if (mode == MODE_GRID || mode == MODE_DELTA2 || mode == MODE_PACK_DELTA2) at = signed_put(at, step);
    if (mode == MODE_WIDE) at = wide_put(values, n, 1, at);
    if (mode == MODE_RUNS) at = runs_put(values, n, 1, at);
    if (is_svb(mode)) at = svb_put(values, n, mode - MODE_RAW, at, is_vector(path));
    if (mode >= MODE_PACK) at = pack_put(values, n, mode - MODE_PACK, at);
    return (size_t)(at - out);
}

static const uint8_t *wide_get(const uint8_t *in, const uint8_t *end, int64_t *values, size_t n, uint64_t first)
{
    const uint8_t *nibbles = in;
    size_t k = n - 1;
    if ((size_t)(end - in) < (k + 1) / 2) return NULL;
    in += (k + 1) / 2;
    if (values) values[0] = (int64_t)first;
    for (size_t i = 0; i < k; i++) {
        unsigned bytes = nibbles[i / 2] >> (4 * (i % 2)) & 15;
        uint64_t z = 0;
        if (bytes > 8 || (size_t)(end - in) < bytes) return NULL;
        for (unsigned b = 0; b < bytes; b++) z |= (uint64_t)*in++ << (8 * b);
        first += unzigzag(z);
        if (values) values[i + 1] = (int64_t)first;
    }
    return in;
}

/* Bytes of data that the control bytes announce; the unused lanes of the last one count 1 each and are taken off. */
static size_t data_bytes(const uint8_t *control, size_t k)
{
    size_t sum = 0, full = k / 4;
    for (size_t i = 0; i < full; i++) sum += LENGTH[control[i]];
    for (size_t j = 0; j < k % 4; j++) sum += K(control[full], j);
    return sum;
}

static const uint8_t *svb_get(const uint8_t *in, const uint8_t *end, int64_t *values, size_t n, int order, uint64_t first, uint64_t step, bool vector)
{
    uint32_t chunk[CHUNK];
    size_t lead = (size_t)order, k = n - lead, controls = (k + 3) / 4;
    if ((size_t)(end - in) < controls) return NULL;
    const uint8_t *control = in, *data = in + controls;
    size_t bytes = data_bytes(control, k);
    if ((size_t)(end - data) < bytes) return NULL;
    if (!values) return data + bytes;
    if (order >= 1) values[0] = (int64_t)first;
    if (order == 2) values[1] = (int64_t)(first += step);
    if (vector && order == 1 && has_wide()) return delta_vector(control, data, end, values + 1, k, first), data + bytes;
    for (size_t at = 0; at < k; at += CHUNK) {
        size_t part = k - at < CHUNK ? k - at : CHUNK;
        data = vector ? get_vector(control + at / 4, data, end, chunk, part) : get_plain(control + at / 4, data, chunk, part);
        chunk_back(chunk, part, order, values + lead + at, &first, &step);
    }
    return data;
}

size_t meter_ints_decode(const uint8_t *in, size_t len, int64_t *values, size_t n, meter_path path)
{
    const uint8_t *at = in + 1, *end = in + len;
    uint64_t first = 0, step = 0;
    if (len < 1 || *in >= MODES) return 0;
    int mode = *in;
    if (mode != MODE_RAW && mode != MODE_PACK && !(at = signed_get(at, end, &first))) return 0;
    if ((mode == MODE_GRID || mode == MODE_DELTA2 || mode == MODE_PACK_DELTA2) && !(at = signed_get(at, end, &step))) return 0;
    if (mode != MODE_CONST && n < 2) return 0; /* the encoder writes nothing else */
    if (mode == MODE_WIDE) at = wide_get(at, end, values, n, first);
    else if (mode == MODE_RUNS) at = runs_get(at, end, values, n, first);
    else if (mode >= MODE_PACK) at = pack_get(at, end, values, n, mode - MODE_PACK, first, step, is_vector(path));
    else if (mode >= MODE_RAW) at = svb_get(at, end, values, n, mode - MODE_RAW, first, step, is_vector(path));
    else
        for (size_t i = 0; values && i < n; i++) values[i] = (int64_t)(first + i * step);
    return at ? (size_t)(at - in) : 0;
}

/* ---- Blocks ---- */

static const int64_t UNIT_US[] = {1, 1000, 1000000};
enum { UNITS = 3 };

static unsigned unit_within(unsigned unit, int64_t us)
{
    while (unit && us % UNIT_US[unit]) unit--;
    return unit;
}

/* Stretches of a regular grid; 1: it is one. */
static size_t runs_of(const int64_t *time_us, size_t n)
{
    const uint64_t *t = (const uint64_t *)time_us; /* differences wrap around, whatever the times */
    size_t runs = 1;
    for (size_t i = 2; i < n; i++) runs += t[i] - t[i - 1] != t[i - 1] - t[i - 2];
    return runs;
}

/* The largest unit that divides all times. */
static unsigned unit_of(const int64_t *time_us, size_t n, size_t runs)
{
    unsigned unit = unit_within(UNITS - 1, time_us[0]);
    size_t looked_at = runs == 1 && n > 2 ? 2 : n; /* on a grid the second one settles the rest */
    for (size_t i = 1; i < looked_at && unit; i++) unit = unit_within(unit, time_us[i]);
    return unit;
}

static uint8_t *flags_put(const uint8_t *flag, size_t n, uint8_t *out)
{
    bool any = false;
    for (size_t i = 0; flag && i < n; i++) any |= flag[i] != 0;
    *out++ = any;
    for (size_t i = 0, run; any && i < n; i += run) {
        for (run = 1; i + run < n && flag[i + run] == flag[i];) run++;
        out = varint_put(out, run);
        *out++ = flag[i];
    }
    return out;
}

static const uint8_t *flags_get(const uint8_t *in, const uint8_t *end, uint8_t *flag, size_t n)
{
    if (in >= end || *in > 1) return NULL;
    bool any = *in++;
    if (!any && flag) memset(flag, 0, n);
    for (size_t i = 0; any && i < n;) {
        uint64_t run;
        if (!(in = varint_get(in, end, &run)) || in >= end || run == 0 || run > n - i) return NULL;
        if (flag) memset(flag + i, *in, (size_t)run);
        in++;
        i += (size_t)run;
    }
    return in;
}

size_t meter_block_bound(size_t n) { return 16 + 3 * meter_ints_bound(n) + 1 + 4 * n; }

static uint8_t *times_put(const int64_t *time_us, size_t n, size_t runs, unsigned unit, uint8_t *out)
{
    int64_t by = UNIT_US[unit], step = n > 1 ? (int64_t)((uint64_t)time_us[1] - (uint64_t)time_us[0]) : 0;
    uint8_t *at = signed_put(out + 1, (uint64_t)(time_us[0] / by));
    if (runs == 1) {
        *out = step ? MODE_GRID : MODE_CONST;
        return step ? signed_put(at, (uint64_t)(step / by)) : at;
    }
    bool few = runs * RUN_BYTES < n * 2;
    *out = few ? MODE_RUNS : MODE_WIDE;
    return few ? runs_put(time_us, n, by, at) : wide_put(time_us, n, by, at);
}

size_t meter_block_encode(const meter_block *in, size_t n, uint8_t *out, meter_path path)
{
    size_t runs = runs_of(in->time_us, n);
    unsigned unit = unit_of(in->time_us, n, runs);
    uint8_t *at = out;
    *at++ = VERSION;
    at = varint_put(at, n);
    *at++ = (uint8_t)unit;
    at = times_put(in->time_us, n, runs, unit, at);
    at += meter_ints_encode(in->value, n, at, path);
    at = flags_put(in->flag, n, at);
    at += meter_ints_encode(in->take, n, at, path);
    return (size_t)(at - out);
}

/* Version, count and unit; the byte behind them. */
static const uint8_t *front_get(const uint8_t *in, size_t len, uint64_t *n, unsigned *unit)
{
    const uint8_t *end = in + len;
    if (len < 4 || *in != VERSION) return NULL;
    in = varint_get(in + 1, end, n);
    if (!in || in >= end || *n == 0 || *n > METER_BLOCK_MAX || *in >= UNITS) return NULL;
    *unit = *in;
    return in + 1;
}

bool meter_block_look(const uint8_t *in, size_t len, meter_block_head *ret)
{
    uint64_t n, first, step = 0;
    unsigned unit;
    const uint8_t *at = front_get(in, len, &n, &unit), *end = in + len;
    if (!at || at >= end) return false;
    *ret = (meter_block_head){.count = (uint32_t)n, .is_grid = *at == MODE_GRID || (*at == MODE_CONST && n == 1)};
    if (!ret->is_grid) return *at < MODES;
    bool has_step = *at == MODE_GRID;
    if (!(at = signed_get(at + 1, end, &first)) || (has_step && !(at = signed_get(at, end, &step)))) return false;
    ret->start_us = (int64_t)(first * (uint64_t)UNIT_US[unit]);
    ret->step_us = (int64_t)(step * (uint64_t)UNIT_US[unit]);
    return true;
}

bool meter_block_values(const uint8_t *in, size_t len, int64_t *values, bool *ret_plain, meter_path path)
{
    uint64_t n64;
    unsigned unit;
    size_t used;
    const uint8_t *at = front_get(in, len, &n64, &unit), *end = in + len;
    size_t n = (size_t)n64;
    if (!at || !(used = meter_ints_decode(at, (size_t)(end - at), NULL, n, path))) return false;
    at += used;
    if (!(used = meter_ints_decode(at, (size_t)(end - at), values, n, path))) return false;
    at += used;
    *ret_plain = at < end && *at == 0;
    if (!*ret_plain) return true;
    used = meter_ints_decode(at + 1, (size_t)(end - at - 1), NULL, n, path);
    return used && at + 1 + used == end;
}

bool meter_block_decode(const uint8_t *in, size_t len, const meter_block_out *out, meter_path path)
{
    uint64_t n64;
    unsigned unit;
    size_t used;
    const uint8_t *at = front_get(in, len, &n64, &unit), *end = in + len;
    size_t n = (size_t)n64;
    if (!at || !(used = meter_ints_decode(at, (size_t)(end - at), out->time_us, n, path))) return false;
    at += used;
    for (size_t i = 0; out->time_us && unit && i < n; i++) out->time_us[i] = (int64_t)((uint64_t)out->time_us[i] * (uint64_t)UNIT_US[unit]);
    if (!(used = meter_ints_decode(at, (size_t)(end - at), out->value, n, path))) return false;
    if (!(at = flags_get(at + used, end, out->flag, n))) return false;
    if (!(used = meter_ints_decode(at, (size_t)(end - at), out->take, n, path))) return false;
    return at + used == end;
}
