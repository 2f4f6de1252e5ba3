/* The block codec: what goes in comes out; the plain and the vector path give the same bytes; hostile bytes are refused. */
#include <stdlib.h>
#include "block.h"
#include "check.h"
#include "../base/random.h"

enum { N_MAX = 3000 };
typedef struct work { int64_t value[N_MAX], back[N_MAX + 16], time[N_MAX], take[N_MAX], time_back[N_MAX + 16], take_back[N_MAX + 16]; uint8_t flag[N_MAX], flag_back[N_MAX], plain[1 << 17], vector[1 << 17]; } work;

static void fill(int64_t *v, size_t n, int shape, uint64_t *seed)
{
    int64_t at = random_i64(seed) >> 8, step = random_i64(seed) >> 34;
    for (size_t i = 0; i < n; i++) {
        switch (shape) {
        case 0: v[i] = at; break;                                             /* all the same */
        case 1: v[i] = at + (int64_t)i * step; break;                         /* a grid */
        case 2: v[i] = random_i64(seed); break;                               /* anything */
        case 3: v[i] = at += random_between(seed, -2000, 2000); break;        /* a noisy walk */
        case 4: v[i] = random_between(seed, 0, 255); break;                   /* small */
        case 5: v[i] = at += next_random(seed) % 50 ? 900 : 1800; break;      /* a grid with gaps */
        case 6: v[i] = at += step += random_between(seed, -3, 3); break;      /* a counter that speeds up */
        case 7: v[i] = i % 2 ? INT64_MAX : INT64_MIN; break;
        default: v[i] = (int64_t)(UINT32_MAX / 2) + (int64_t)(next_random(seed) % 3) - 1; break; /* at the edge of 32 bits */
        }
    }
}
enum { SHAPES = 9 };

static bool ints_hold(work *w, size_t n, int shape, uint64_t *seed)
{
    fill(w->value, n, shape, seed);
    size_t a = meter_ints_encode(w->value, n, w->plain, METER_PATH_PLAIN), b = meter_ints_encode(w->value, n, w->vector, METER_PATH_VECTOR);
    if (a != b || memcmp(w->plain, w->vector, a) != 0 || a > meter_ints_bound(n)) return false;
    for (int path = METER_PATH_PLAIN; path <= METER_PATH_VECTOR; path++) {
        memset(w->back, 0x55, sizeof w->back);
        if (meter_ints_decode(w->plain, a, w->back, n, (meter_path)path) != a || memcmp(w->back, w->value, n * sizeof *w->value) != 0) return false;
    }
    return meter_ints_decode(w->plain, a, NULL, n, METER_PATH_BEST) == a;
}

static void test_ints(work *w)
{
    static const char *const SAYS[SHAPES] = {"equal numbers", "a grid", "any numbers", "a noisy walk", "small numbers", "a grid with gaps", "a counter that speeds up", "the ends of 64 bits", "the edge of 32 bits"};
    uint64_t seed = 1;
    for (int shape = 0; shape < SHAPES; shape++) {
        bool ok = true;
        for (size_t n = 1; n < 70; n++) ok = ok && ints_hold(w, n, shape, &seed);
        for (int k = 0; k < 200; k++) ok = ok && ints_hold(w, 1 + next_random(&seed) % N_MAX, shape, &seed);
        check(ok, SAYS[shape]);
    }
}

static size_t block_make(work *w, size_t n, uint64_t *seed)
{
    int shape = (int)(next_random(seed) % 3);
    int64_t at = 1700000000000000 + (int64_t)(next_random(seed) % 3 ? 0 : next_random(seed) % 1000000);
    for (size_t i = 0; i < n; i++) {
        at += shape == 0 ? 900000000 : shape == 1 ? (int64_t)(next_random(seed) % 20 ? 60000000 : 120000000) : (int64_t)(next_random(seed) % 1000000000);
        w->time[i] = at;
        w->flag[i] = next_random(seed) % 30 ? i > n / 2 : (uint8_t)next_random(seed);
    }
    fill(w->value, n, (int)(next_random(seed) % SHAPES), seed);
    fill(w->take, n, (int)(next_random(seed) % 2), seed);
    meter_block in = {w->time, w->value, next_random(seed) % 2 ? w->flag : NULL, w->take};
    if (!in.flag) memset(w->flag, 0, n);
    size_t a = meter_block_encode(&in, n, w->plain, METER_PATH_PLAIN), b = meter_block_encode(&in, n, w->vector, METER_PATH_VECTOR);
    return a == b && memcmp(w->plain, w->vector, a) == 0 && a <= meter_block_bound(n) ? a : 0;
}

static bool block_holds(work *w, size_t n, uint64_t *seed, meter_path path)
{
    size_t len = block_make(w, n, seed);
    meter_block_head h;
    meter_block_out out = {w->time_back, w->back, w->flag_back, w->take_back}, none = {0};
    /* a copy that ends where the block ends, so that a read past it is seen by the sanitizers */
    uint8_t *own = malloc(len ? len : 1);
    must(own);
    memcpy(own, w->plain, len);
    bool ok = len && meter_block_look(own, len, &h) && h.count == n && meter_block_decode(own, len, &out, path) && meter_block_decode(own, len, &none, path) &&
              memcmp(w->time, w->time_back, n * 8) == 0 && memcmp(w->value, w->back, n * 8) == 0 && memcmp(w->take, w->take_back, n * 8) == 0 && memcmp(w->flag, w->flag_back, n) == 0;
    if (ok && h.is_grid) ok = h.start_us == w->time[0] && (n == 1 || h.step_us == w->time[1] - w->time[0]);
    if (ok) ok = !meter_block_decode(own, len - 1, &out, path);
    free(own);
    return ok;
}

static void test_blocks(work *w)
{
    uint64_t seed = 7;
    bool plain = true, vector = true;
    for (int i = 0; i < 500; i++) {
        size_t n = i < 40 ? (size_t)i + 1 : 1 + next_random(&seed) % 1500;
        plain = plain && block_holds(w, n, &seed, METER_PATH_PLAIN);
        vector = vector && block_holds(w, n, &seed, METER_PATH_VECTOR);
    }
    check(plain, "random blocks come back, plain path");
    check(vector, "random blocks come back, vector path; a block without its last byte is refused");
}

static void test_damage(work *w)
{
    uint64_t seed = 3;
    int refused = 0, taken = 0;
    for (int i = 0; i < 3000; i++) {
        size_t len = block_make(w, 1 + next_random(&seed) % 300, &seed);
        meter_block_head h;
        for (int k = 0; k < 3; k++) w->plain[next_random(&seed) % len] = (uint8_t)next_random(&seed);
        len -= next_random(&seed) % (len / 2 + 1);
        uint8_t *own = malloc(len ? len : 1);
        must(own);
        memcpy(own, w->plain, len);
        meter_block_out out = {w->time_back, w->back, w->flag_back, w->take_back};
        bool ok = meter_block_look(own, len, &h) && h.count <= N_MAX && meter_block_decode(own, len, &out, i % 2 ? METER_PATH_VECTOR : METER_PATH_PLAIN);
        free(own);
        if (ok) taken++;
        else refused++;
    }
    check(refused > taken, "damaged blocks are mostly refused, and never read past their end");
}

static void test_size(work *w)
{
    uint64_t seed = 5;
    for (size_t i = 0; i < 96; i++) w->time[i] = 1700000000000000 + (int64_t)i * 900000000, w->value[i] = 40000 + random_between(&seed, -1000, 1000), w->take[i] = (int64_t)i + 77;
    meter_block in = {w->time, w->value, NULL, w->take};
    size_t len = meter_block_encode(&in, 96, w->plain, METER_PATH_BEST);
    check(len <= 96 * 12 / 8 + 36, "a day of noisy quarter hours takes 12 bits a reading and a head");
    check(meter_path_has_vector() || !meter_path_has_vector(), meter_path_has_vector() ? "vector path: SSSE3" : "vector path: none here, plain only");
}

int main(void)
{
    work *w = malloc(sizeof *w);
    must(w);
    test_ints(w);
    test_blocks(w);
    test_damage(w);
    test_size(w);
    free(w);
    return check_done();
}
