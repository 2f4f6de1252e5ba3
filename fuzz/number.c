/* Any bytes as a number: no crash, and the three readers agree where they all accept. */
#include <stdlib.h>
#include "base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool ok)
{
    if (!ok) abort();
}

/* First byte: scale and rounding; the rest: the text, in memory of exactly its size. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0) return 0;
    arena a = {0};
    heng_err err;
    text t = {(const char *)bytes + 1, len - 1};
    int scale = bytes[0] % (DEC_SCALE_MAX + 1), any_scale;
    int64_t count, any, back;
    const rat *x = NULL;
    bool is_rat = rat_parse(&a, t, &x, &err);
    text exact = is_rat ? rat_exact(&a, x) : TEXT("");
    if (is_rat && exact.len <= 1000) check(rat_parse(&a, exact, &x, &err)); /* longer ones may pass the limit of reading */
    if (dec_parse_any(t, &any, &any_scale, &err) && is_rat) check(rat_equal(x, rat_scaled(&a, any, any_scale)));
    if (dec_parse(t, scale, DEC_EXACT, &count, &err)) {
        if (is_rat) check(rat_equal(x, rat_scaled(&a, count, scale)));
        check(dec_parse(dec_format(&a, count, scale), scale, DEC_EXACT, &back, &err) && back == count);
    }
    if (dec_parse(t, scale, DEC_HALF_EVEN, &count, &err) && is_rat) check(rat_to_scaled(x, scale, DEC_HALF_EVEN, &back, &err) && back == count);
    if (dec_parse(t, scale, DEC_DOWN, &count, &err) && is_rat) check(rat_to_scaled(x, scale, DEC_DOWN, &back, &err) && back == count);
    arena_free(&a);
    return 0;
}
