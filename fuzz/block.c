/* Fuzz: any bytes as a block of readings. Both paths must agree on them and never read past the end; what is a block comes back when it is written again. */
#include <stdlib.h>
#include <string.h>
#include "base.h"
#include "block.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { COUNT_MAX = 4096 };

static bool read_block(const uint8_t *bytes, size_t len, size_t n, meter_path path, int64_t *columns, uint8_t *flag)
{
    meter_block_out out = {columns, columns + n, flag, columns + 2 * n};
    return meter_block_decode(bytes, len, &out, path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    meter_block_head h;
    if (!meter_block_look(bytes, len, &h) || h.count > COUNT_MAX) return 0;
    arena a = {0};
    size_t n = h.count;
    int64_t *plain = NEW_ARRAY(&a, 3 * n, int64_t), *vector = NEW_ARRAY(&a, 3 * n, int64_t);
    uint8_t *flag = arena_zero(&a, n), *flag_vector = arena_zero(&a, n), *again = arena_alloc(&a, meter_block_bound(n));
    bool ok = read_block(bytes, len, n, METER_PATH_PLAIN, plain, flag);
    must(ok == read_block(bytes, len, n, METER_PATH_VECTOR, vector, flag_vector));
    if (ok) {
        must(memcmp(plain, vector, 3 * n * sizeof *plain) == 0 && memcmp(flag, flag_vector, n) == 0);
        meter_block in = {plain, plain + n, flag, plain + 2 * n};
        size_t written = meter_block_encode(&in, n, again, METER_PATH_BEST);
        must(written <= meter_block_bound(n) && read_block(again, written, n, METER_PATH_BEST, vector, flag_vector) && memcmp(plain, vector, 3 * n * sizeof *plain) == 0);
    }
    arena_free(&a);
    return 0;
}
