/* Exact rationals: reading, arithmetic laws, the one rounding. */
#include "check.h"
#include "random.h"

static void reads(arena *a)
{
    static const struct { const char *t, *error, *exact; } CASES[] = {
        {"0.7143", NULL, "0.7143"}, {"44/12", NULL, "11/3"}, {"1e4", NULL, "10000"}, {"3.0E-02", NULL, "0.03"}, {"-1/8", NULL, "-0.125"}, {"0/5", NULL, "0"},
        {"1,234.50", NULL, "1234.5"}, {"0.1/0.3", NULL, "1/3"}, {" 44 / 12 ", NULL, "11/3"}, {"1e-3", NULL, "0.001"}, {"-0", NULL, "0"}, {"0.0E7777777777", NULL, "0"},
        {"1/0", "base.divide_by_zero", NULL}, {"1/0.0", "base.divide_by_zero", NULL}, {"1/", "base.number_bad", NULL}, {"/2", "base.number_bad", NULL},
        {"1/2/3", "base.number_bad", NULL}, {"", "base.number_bad", NULL}, {"x", "base.number_bad", NULL}, {"1e5000", "base.number_overflow", NULL},
        {"1e-99999999", "base.number_overflow", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        heng_err err;
        const rat *x = NULL;
        bool ok = rat_parse(a, text_of(CASES[i].t), &x, &err);
        if (CASES[i].error) check_fails(ok, &err, CASES[i].error, CASES[i].t);
        else if (check_ok(ok, &err, CASES[i].t)) check_text(rat_exact(a, x), text_of(CASES[i].exact), CASES[i].t);
    }
}

static const rat *half(arena *a)
{
    return rat_scaled(a, 5, 1);
}

static void rounds(arena *a)
{
    heng_err err;
    int64_t v = 42;
    const rat *third = NULL;
    if (!check_ok(rat_div(a, rat_int(a, -1), rat_int(a, 3), &third, &err), &err, "a third")) return;
    check_text(rat_format(a, half(a), 2), TEXT("0.50"), "decimals are filled up");
    check_text(rat_format(a, rat_neg(a, half(a)), 0), TEXT("0"), "half to even, and no minus on zero");
    check_text(rat_format(a, rat_scaled(a, 15, 1), 0), TEXT("2"), "half to even, up");
    check_text(rat_format(a, third, 3), TEXT("-0.333"), "a third");
    check_text(rat_format_grouped(a, rat_scaled(a, -1234500, 3), 2), TEXT("-1,234.50"), "grouped");
    check_text(rat_format_grouped(a, rat_int(a, 123), 0), TEXT("123"), "grouped, short");
    check_text(rat_exact(a, third), TEXT("-1/3"), "exact, endless");
    check(rat_is_decimal(half(a), 1) && !rat_is_decimal(half(a), 0) && !rat_is_decimal(third, 30), "ends within digits");
    check(rat_to_scaled(half(a), 0, DEC_HALF_EVEN, &v, &err) && v == 0, "to a count, half to even");
    check(rat_to_scaled(rat_scaled(a, -19, 1), 0, DEC_DOWN, &v, &err) && v == -1, "to a count, toward zero");
    check_fails(rat_to_scaled(half(a), 0, DEC_EXACT, &v, &err), &err, "base.number_decimals", "to a count, not exact");
    check_fails(rat_to_scaled(third, 6, DEC_EXACT, &v, &err), &err, "base.number_endless", "to a count, endless");
    check_fails(rat_to_scaled(rat_i128(a, (i128)1 << 100), 0, DEC_EXACT, &v, &err), &err, "base.number_overflow", "to a count, too large");
    check(rat_to_scaled(rat_int(a, INT64_MIN), 0, DEC_EXACT, &v, &err) && v == INT64_MIN, "the least count");
    check_text(rat_exact(a, rat_i128(a, -((i128)1 << 100))), TEXT("-1267650600228229401496703205376"), "128 bits");
}

static void powers(arena *a)
{
    heng_err err;
    const rat *x = NULL;
    check(rat_pow(a, half(a), -3, &x, &err) && rat_equal(x, rat_int(a, 8)), "a half to the minus third");
    check(rat_pow(a, rat_int(a, 0), 0, &x, &err) && rat_equal(x, rat_int(a, 1)), "nothing to the nothing");
    check_fails(rat_pow(a, rat_int(a, 0), -1, &x, &err), &err, "base.divide_by_zero", "nothing to the minus first");
    check_fails(rat_pow(a, half(a), 65, &x, &err), &err, "base.number_overflow", "past 64");
    check_fails(rat_pow(a, half(a), INT32_MIN, &x, &err), &err, "base.number_overflow", "far past 64");
    check_fails(rat_div(a, half(a), rat_int(a, 0), &x, &err), &err, "base.divide_by_zero", "by zero");
    check_text(text_of(err.seen), TEXT("1/2 / 0"), "what was divided is named");
    x = rat_int(a, 3);
    bool ok = true;
    for (int i = 0; i < 8 && ok; i++) ok = rat_pow(a, x, 64, &x, &err);
    check_fails(ok, &err, "base.number_overflow", "powers of powers have an end");
}

static void laws(arena *a)
{
    uint64_t state = 3;
    bool ok = true;
    heng_err err;
    for (int i = 0; i < 5000 && ok; i++) {
        arena_mark mark = arena_here(a);
        const rat *x = rat_scaled(a, random_i64(&state), (int)(next_random(&state) % 19)), *y = rat_scaled(a, random_i64(&state), 3);
        const rat *z = rat_int(a, random_i64(&state)), *q, *back;
        ok &= rat_equal(rat_mul(a, z, rat_add(a, x, y)), rat_add(a, rat_mul(a, z, x), rat_mul(a, z, y)));
        ok &= rat_equal(rat_sub(a, rat_add(a, x, y), y), x) && rat_compare(x, y) == -rat_compare(y, x);
        ok &= rat_sign(rat_sub(a, x, y)) == rat_compare(x, y);
        if (rat_sign(y) != 0) ok &= rat_div(a, x, y, &q, &err) && rat_equal(rat_mul(a, q, y), x) && rat_parse(a, rat_exact(a, q), &back, &err) && rat_equal(back, q);
        ok &= rat_parse(a, rat_exact(a, x), &back, &err) && rat_equal(back, x);
        arena_rewind(a, mark);
    }
    check(ok, "sums, products and quotients obey their laws, and what is printed is read back");
}

/* Small numbers take a short way: it must end where the long one does. */
static void test_scaled_ways(void)
{
    static const i128 COUNTS[] = {0, 1, -1, 10, -250, 123456789, 5000000000, INT64_MAX, -INT64_MAX, INT64_MIN, (i128)INT64_MAX + 1, (i128)INT64_MAX * 1000};
    arena a = {0};
    heng_err err = {0};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        for (int scale = 0; scale <= 30; scale++) {
            const rat *x = rat_scaled(&a, COUNTS[i], scale), *parsed = NULL;
            text written = dec_format_trim(&a, COUNTS[i], scale);
            bool ok = rat_parse(&a, written, &parsed, &err) && rat_equal(x, parsed);
            ok = ok && text_equal(rat_exact(&a, x), written) && rat_equal(rat_mul(&a, x, rat_i128(&a, pow10_i128(scale))), rat_i128(&a, COUNTS[i]));
            wrong += !ok;
        }
    }
    check(wrong == 0, "scaled counts are exact, small and large");
    arena_free(&a);
}

int main(void)
{
    test_scaled_ways();
    arena a = {0};
    reads(&a);
    rounds(&a);
    powers(&a);
    laws(&a);
    arena_free(&a);
    return check_done();
}
