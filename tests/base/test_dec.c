/* Decimals: what is read, what is refused, and arithmetic beside GMP. */
#include <gmp.h>
#include "check.h"
#include "random.h"

static void reads(void)
{
    static const struct { const char *t; int scale; dec_rounding rounding; const char *error; int64_t v; } CASES[] = {
        {"12.30", 2, DEC_EXACT, NULL, 1230},
        {"12.3", 3, DEC_EXACT, NULL, 12300},
        {"12.300", 2, DEC_EXACT, NULL, 1230}, /* zeros behind the scale lose nothing */
        {"12.345", 2, DEC_EXACT, "base.number_decimals", 0},
        {"-1,234.5", 1, DEC_EXACT, NULL, -12345},
        {"1,234,567", 0, DEC_EXACT, NULL, 1234567},
        {"1,23", 2, DEC_EXACT, "base.number_bad", 0},
        {"1234,567", 0, DEC_EXACT, "base.number_bad", 0},
        {"1,2345", 0, DEC_EXACT, "base.number_bad", 0},
        {",123", 0, DEC_EXACT, "base.number_bad", 0},
        {"0,123", 0, DEC_EXACT, "base.number_bad", 0},
        {"1,234,", 0, DEC_EXACT, "base.number_bad", 0},
        {"1.234,5", 3, DEC_EXACT, "base.number_bad", 0},
        {"3.0E-02", 2, DEC_EXACT, NULL, 3},
        {"3.0E-02", 1, DEC_EXACT, "base.number_decimals", 0},
        {"1e4", 0, DEC_EXACT, NULL, 10000},
        {"1e", 0, DEC_EXACT, "base.number_bad", 0},
        {"1e+", 0, DEC_EXACT, "base.number_bad", 0},
        {"e5", 0, DEC_EXACT, "base.number_bad", 0},
        {".5", 1, DEC_EXACT, NULL, 5},
        {"5.", 1, DEC_EXACT, "base.number_bad", 0},
        {".", 1, DEC_EXACT, "base.number_bad", 0},
        {"+7", 0, DEC_EXACT, NULL, 7},
        {"+-7", 0, DEC_EXACT, "base.number_bad", 0},
        {" 7 ", 0, DEC_EXACT, NULL, 7},
        {" 7", 0, DEC_EXACT, NULL, 7},
        {"　7", 0, DEC_EXACT, NULL, 7},
        {"7 8", 0, DEC_EXACT, "base.number_bad", 0},
        {"", 0, DEC_EXACT, "base.number_bad", 0},
        {" ", 0, DEC_EXACT, "base.number_bad", 0},
        {"-", 0, DEC_EXACT, "base.number_bad", 0},
        {"—", 0, DEC_EXACT, "base.number_bad", 0},
        {"NaN", 0, DEC_EXACT, "base.number_bad", 0},
        {"inf", 0, DEC_EXACT, "base.number_bad", 0},
        {"0x10", 0, DEC_EXACT, "base.number_bad", 0},
        {"１２", 0, DEC_EXACT, "base.number_bad", 0},
        {"-0", 2, DEC_EXACT, NULL, 0},
        {"9223372036854775807", 0, DEC_EXACT, NULL, INT64_MAX},
        {"-9223372036854775808", 0, DEC_EXACT, NULL, INT64_MIN},
        {"9223372036854775808", 0, DEC_EXACT, "base.number_overflow", 0},
        {"-9223372036854775809", 0, DEC_EXACT, "base.number_overflow", 0},
        {"9.223372036854775807", 18, DEC_EXACT, NULL, INT64_MAX},
        {"9223372036854775807.5", 0, DEC_HALF_EVEN, "base.number_overflow", 0},
        {"9223372036854775807.49999999999999999999999999", 0, DEC_HALF_EVEN, NULL, INT64_MAX},
        {"1e19", 0, DEC_EXACT, "base.number_overflow", 0},
        {"1e99999999999999999999", 0, DEC_EXACT, "base.number_overflow", 0},
        {"0e99999999999999999999", 0, DEC_EXACT, NULL, 0},
        {"1e-99999999999999999999", 0, DEC_DOWN, NULL, 0},
        {"1e-99999999999999999999", 0, DEC_EXACT, "base.number_decimals", 0},
        {"0.000000000000000000000000000000000000000000000000005", 2, DEC_HALF_EVEN, NULL, 0},
        {"0.005", 2, DEC_HALF_EVEN, NULL, 0},
        {"0.015", 2, DEC_HALF_EVEN, NULL, 2},
        {"-0.015", 2, DEC_HALF_EVEN, NULL, -2},
        {"-0.025", 2, DEC_HALF_EVEN, NULL, -2},
        {"0.0050000000000000000000000000000000000000000000001", 2, DEC_HALF_EVEN, NULL, 1}, /* a digit past the 38 that are kept */
        {"0.0050000000000000000000000000000000000000000000000", 2, DEC_HALF_EVEN, NULL, 0},
        {"10.0050000000000000000000000000000000000000000000001", 2, DEC_HALF_EVEN, NULL, 1001},
        {"1.999", 2, DEC_DOWN, NULL, 199},
        {"-1.999", 2, DEC_DOWN, NULL, -199},
        {"000000000000000000000000000000000000000000000000000012.5", 1, DEC_EXACT, NULL, 125},
        {"12.50000000000000000000000000000000000000000000000000000", 1, DEC_EXACT, NULL, 125},
        {"100000000000000000000000000000000000000000e-30", 0, DEC_EXACT, NULL, 100000000000},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        heng_err err;
        int64_t v = 42;
        bool ok = dec_parse(text_of(CASES[i].t), CASES[i].scale, CASES[i].rounding, &v, &err);
        if (CASES[i].error) {
            check_fails(ok, &err, CASES[i].error, CASES[i].t);
            check_int(v, 42, "the result is kept on error");
        } else if (check_ok(ok, &err, CASES[i].t)) {
            check_int(v, CASES[i].v, CASES[i].t);
        }
    }
    heng_err err;
    int64_t v;
    check_fails(dec_parse(TEXT("12.3456"), 3, DEC_EXACT, &v, &err), &err, "base.number_decimals", "decimals are counted");
    check(strcmp(err.other, "4") == 0 && strcmp(err.wanted, "3") == 0 && strcmp(err.seen, "12.3456") == 0, "and named");
}

static void reads_any(void)
{
    static const struct { const char *t, *error; int64_t count; int scale; } CASES[] = {
        {"3.00E+00", NULL, 300, 2}, {"3.0E-02", NULL, 30, 3}, {"1e3", NULL, 1000, 0}, {"1.5e3", NULL, 1500, 0}, {"-0.10", NULL, -10, 2}, {"7", NULL, 7, 0},
        {"999999999999999999", NULL, 999999999999999999, 0}, {"1000000000000000000", "base.number_overflow", 0, 0},
        {"0.0000000000000000001", "base.number_decimals", 0, 0}, {"x", "base.number_bad", 0, 0}, {"0e-30", "base.number_decimals", 0, 0},
        {"1e400", "base.number_overflow", 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        heng_err err;
        int64_t count = 42;
        int scale = 42;
        bool ok = dec_parse_any(text_of(CASES[i].t), &count, &scale, &err);
        if (CASES[i].error) check_fails(ok, &err, CASES[i].error, CASES[i].t);
        else check(ok && count == CASES[i].count && scale == CASES[i].scale, CASES[i].t);
    }
}

static void prints(arena *a)
{
    check_text(dec_format(a, 12300, 3), TEXT("12.300"), "all decimals");
    check_text(dec_format(a, -5, 3), TEXT("-0.005"), "leading zeros");
    check_text(dec_format(a, 0, 0), TEXT("0"), "zero");
    check_text(dec_format(a, INT64_MIN, 18), TEXT("-9.223372036854775808"), "the least");
    check_text(dec_format_trim(a, 12300, 3), TEXT("12.3"), "zeros off");
    check_text(dec_format_trim(a, -12000, 3), TEXT("-12"), "the point too");
    check_text(dec_format_trim(a, 0, 3), TEXT("0"), "zero, trimmed");
    check_text(dec_format_grouped(a, 1234565, 3, 2), TEXT("1,234.56"), "half to even, grouped");
    check_text(dec_format_grouped(a, 1234575, 3, 2), TEXT("1,234.58"), "half to even, up");
    check_text(dec_format_grouped(a, -999999, 3, 0), TEXT("-1,000"), "no decimals, a carry");
    check_text(dec_format_grouped(a, -4, 3, 2), TEXT("0.00"), "no minus on zero");
    check_text(dec_format_grouped(a, 5, 0, 2), TEXT("5.00"), "more decimals than there are");
    i128 most = (i128)(((u128)1 << 127) - 1);
    check_text(i128_text(a, most), TEXT("170141183460469231731687303715884105727"), "the largest");
    check_text(i128_text(a, -most - 1), TEXT("-170141183460469231731687303715884105728"), "the least of all");
    check_text(dec_format_grouped(a, most, 38, 1), TEXT("1.7"), "from 38 decimals");
}

static void round_trips(arena *a)
{
    uint64_t state = 7;
    bool ok = true;
    heng_err err;
    for (int i = 0; i < 100000 && ok; i++) {
        arena_mark mark = arena_here(a);
        int64_t v = random_i64(&state), back;
        int scale = (int)(next_random(&state) % (DEC_SCALE_MAX + 1));
        ok &= dec_parse(dec_format(a, v, scale), scale, DEC_EXACT, &back, &err) && back == v;
        ok &= dec_parse(dec_format_trim(a, v, scale), scale, DEC_EXACT, &back, &err) && back == v;
        ok &= dec_parse(dec_format_grouped(a, v, scale, scale), scale, DEC_EXACT, &back, &err) && back == v;
        arena_rewind(a, mark);
    }
    check(ok, "what is printed is read back, 100000 times");
}

static void set_i128(mpz_t z, i128 v)
{
    u128 u = v < 0 ? 0 - (u128)v : (u128)v;
    mpz_set_ui(z, (unsigned long)(u >> 64));
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, (unsigned long)u);
    if (v < 0) mpz_neg(z, z);
}

/* floor(2n + d / 2d), less one where the half lands on odd. */
static void divide_by_gmp(mpz_t ret, i128 n, i128 d)
{
    mpz_t top, bottom, rest;
    mpz_inits(top, bottom, rest, NULL);
    set_i128(top, n);
    set_i128(bottom, d);
    mpz_mul_ui(top, top, 2);
    mpz_add(top, top, bottom);
    mpz_mul_ui(bottom, bottom, 2);
    mpz_fdiv_qr(ret, rest, top, bottom);
    if (mpz_sgn(rest) == 0 && mpz_odd_p(ret)) mpz_sub_ui(ret, ret, 1);
    mpz_clears(top, bottom, rest, NULL);
}

static void divides(void)
{
    uint64_t state = 11;
    bool ok = true;
    heng_err err;
    mpz_t wanted;
    mpz_init(wanted);
    for (int i = 0; i < 200000; i++) {
        i128 n = (i128)random_i64(&state) * random_i64(&state), d = (i128)random_i64(&state) * (i % 2 ? 1 : random_i64(&state));
        if (d < 0) d = -d;
        if (d == 0) d = 2;
        if (i % 4 == 0) n = n / d * d + d / 2; /* exactly half, or nearly */
        int64_t v = 0;
        bool fits = dec_divide_half_even(n, d, &v, &err);
        divide_by_gmp(wanted, n, d);
        ok &= fits == (mpz_fits_slong_p(wanted) != 0) && (!fits || mpz_cmp_si(wanted, v) == 0);
    }
    mpz_clear(wanted);
    check(ok, "division half to even is GMP's, 200000 times");
    int64_t v = 42;
    i128 most = (i128)(((u128)1 << 127) - 1);
    check(dec_divide_half_even(most, most, &v, &err) && v == 1, "the largest by itself");
    check_fails(dec_divide_half_even(most, 1, &v, &err), &err, "base.number_overflow", "the largest by one");
}

static void adds(void)
{
    heng_err err;
    int64_t v = 42;
    i128 w = 42, most = (i128)(((u128)1 << 127) - 1);
    check(dec_add(2, -3, &v, &err) && v == -1, "sum");
    check_fails(dec_add(INT64_MAX, 1, &v, &err), &err, "base.number_overflow", "sum past 64 bits");
    check_text(text_of(err.seen), TEXT("9223372036854775807 + 1"), "the sum is named");
    check_fails(i128_add(most, 1, &w, &err), &err, "base.number_overflow", "sum past 128 bits");
    check_fails(i128_to_i64((i128)INT64_MAX + 1, &v, &err), &err, "base.number_overflow", "128 to 64 bits");
    check(i128_to_i64(INT64_MIN, &v, &err) && v == INT64_MIN, "the least fits");
    check(dec_rescale(15, 1, 0, DEC_HALF_EVEN, &v, &err) && v == 2, "rescaled, half to even");
    check(dec_rescale(-15, 1, 0, DEC_DOWN, &v, &err) && v == -1, "rescaled, toward zero");
    check(dec_rescale(-15, 1, 4, DEC_EXACT, &v, &err) && v == -15000, "rescaled, finer");
    check_fails(dec_rescale(15, 1, 0, DEC_EXACT, &v, &err), &err, "base.number_decimals", "rescaled, not exact");
    check_fails(dec_rescale(INT64_MAX, 0, 18, DEC_EXACT, &v, &err), &err, "base.number_overflow", "rescaled, too large");
    check(pow10_i128(38) / pow10_i128(37) == 10 && pow10_i128(0) == 1, "powers of ten");
}

int main(void)
{
    arena a = {0};
    reads();
    reads_any();
    prints(&a);
    round_trips(&a);
    divides();
    adds();
    arena_free(&a);
    return check_done();
}
