/*
 * Exact rationals over GMP's mpq. See rat.h.
 *
 * Each rat is an mpq of its own, always canonical (lowest terms, denominator above 0), cleared with its arena. GMP stops the
 * program when memory runs out, as the arena does; what could grow without bound from small input (exponents, powers) is limited here.
 */
#include "rat.h"
#include "messages.h"
#include "number.h"
#include <gmp.h>
#include <stdio.h>
#include <string.h>

enum { PARSE_DIGITS_MAX = 4096, PARSE_EXPONENT_MAX = 4096, POW_MAX = 64, POW_BITS_MAX = 1 << 20, FORMAT_DIGITS_MAX = 30 };

struct rat {
    mpq_t q;
};

static void clear(void *q)
{
    mpq_clear(q);
}

static rat *make(arena *a)
{
    rat *x = arena_alloc(a, sizeof *x);
    mpq_init(x->q);
    arena_on_free(a, clear, x->q);
    return x;
}

static void set_i128(mpz_ptr z, i128 v)
{
    u128 u = v < 0 ? 0 - (u128)v : (u128)v;
    const uint64_t words[2] = {(uint64_t)u, (uint64_t)(u >> 64)};
    mpz_import(z, 2, -1, sizeof words[0], 0, 0, words);
    if (v < 0) mpz_neg(z, z);
}

const rat *rat_int(arena *a, int64_t v)
{
    rat *x = make(a);
    _Static_assert(sizeof(long) == sizeof(int64_t), "mpz_set_si takes 64 bits");
    mpz_set_si(mpq_numref(x->q), v);
    return x;
}

const rat *rat_i128(arena *a, i128 v)
{
    rat *x = make(a);
    set_i128(mpq_numref(x->q), v);
    return x;
}

/* Lowest terms of count / 10^scale where both fit into 64 bits: only 2 and 5 can be common. False: they do not. */
static bool scaled_small(mpq_ptr q, i128 count, int scale)
{
    if (scale > DEC_SCALE_MAX || count < -INT64_MAX || count > INT64_MAX) return false;
    long n = (long)count;
    unsigned long d = (unsigned long)pow10_i128(scale);
    for (; d % 2 == 0 && n % 2 == 0; d /= 2) n /= 2;
    for (; d % 5 == 0 && n % 5 == 0; d /= 5) n /= 5;
    mpq_set_si(q, n, n ? d : 1);
    return true;
}

const rat *rat_scaled(arena *a, i128 count, int scale)
{
    must(scale >= 0 && scale <= PARSE_EXPONENT_MAX);
    rat *x = make(a);
    if (scaled_small(x->q, count, scale)) return x;
    set_i128(mpq_numref(x->q), count);
    if (scale > 0) {
        mpz_ui_pow_ui(mpq_denref(x->q), 10, (unsigned long)scale);
        mpq_canonicalize(x->q);
    }
    return x;
}

static bool is_zero(text digits)
{
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] != '0' && digits.ptr[i] != ',') return false;
    return true;
}

/* A written decimal into q (new, 0), exactly. False if it is longer than the stated limits. */
static bool set_number(mpq_ptr q, const number_form *n)
{
    char digits[PARSE_DIGITS_MAX + 1];
    size_t len = 0;
    if (is_zero(n->whole) && is_zero(n->fraction)) return true; /* whatever its exponent; q is 0 already */
    int scale = (int)n->fraction.len - n->exponent;
    if (n->whole.len + n->fraction.len >= PARSE_DIGITS_MAX || n->exponent > PARSE_EXPONENT_MAX || n->exponent < -PARSE_EXPONENT_MAX) return false;
    for (size_t i = 0; i < n->whole.len; i++)
        if (n->whole.ptr[i] != ',') digits[len++] = n->whole.ptr[i];
    if (n->fraction.len > 0) memcpy(digits + len, n->fraction.ptr, n->fraction.len);
    digits[len + n->fraction.len] = 0;
    must(mpz_set_str(mpq_numref(q), digits, 10) == 0);
    if (n->negative) mpz_neg(mpq_numref(q), mpq_numref(q));
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(scale < 0 ? -scale : scale));
    if (scale < 0) mpz_mul(mpq_numref(q), mpq_numref(q), power);
    else mpz_swap(mpq_denref(q), power);
    mpz_clear(power);
    mpq_canonicalize(q);
    return true;
}

static bool parse_decimal(arena *a, text t, text whole_text, rat **ret, heng_err *err)
{
    number_form n;
    if (!number_scan(t, &n)) return err_fill_n(err, &MSG_NUMBER_BAD, whole_text.ptr, whole_text.len, NULL);
    rat *x = make(a);
    if (!set_number(x->q, &n)) return err_fill_n(err, &MSG_NUMBER_OVERFLOW, whole_text.ptr, whole_text.len, NULL);
    *ret = x;
    return true;
}

bool rat_parse(arena *a, text t, const rat **ret, heng_err *err)
{
    size_t slash;
    rat *x, *below;
    if (!text_find(t, TEXT("/"), &slash)) {
        if (!parse_decimal(a, t, t, &x, err)) return false;
        *ret = x;
        return true;
    }
    text above = {t.ptr, slash}, under = {t.ptr + slash + 1, t.len - slash - 1};
    if (!parse_decimal(a, above, t, &x, err) || !parse_decimal(a, under, t, &below, err)) return false;
    if (mpq_sgn(below->q) == 0) return err_fill_n(err, &MSG_DIVIDE_BY_ZERO, t.ptr, t.len, NULL);
    mpq_div(x->q, x->q, below->q);
    *ret = x;
    return true;
}

const rat *rat_add(arena *a, const rat *x, const rat *y)
{
    rat *z = make(a);
    mpq_add(z->q, x->q, y->q);
    return z;
}

const rat *rat_sub(arena *a, const rat *x, const rat *y)
{
    rat *z = make(a);
    mpq_sub(z->q, x->q, y->q);
    return z;
}

const rat *rat_mul(arena *a, const rat *x, const rat *y)
{
    rat *z = make(a);
    mpq_mul(z->q, x->q, y->q);
    return z;
}

const rat *rat_neg(arena *a, const rat *x)
{
    rat *z = make(a);
    mpq_neg(z->q, x->q);
    return z;
}

/* "p/q" of x into a buffer, cut if long: for messages, where there is no arena. */
static void describe(const rat *x, char *out, size_t size)
{
    gmp_snprintf(out, size, "%Qd", x->q);
}

bool rat_div(arena *a, const rat *x, const rat *y, const rat **ret, heng_err *err)
{
    if (mpq_sgn(y->q) == 0) {
        char seen[128];
        describe(x, seen, sizeof seen - 8);
        memcpy(seen + strlen(seen), " / 0", 5);
        return err_fill(err, &MSG_DIVIDE_BY_ZERO, seen, NULL, NULL);
    }
    rat *z = make(a);
    mpq_div(z->q, x->q, y->q);
    *ret = z;
    return true;
}

bool rat_pow(arena *a, const rat *x, int n, const rat **ret, heng_err *err)
{
    char seen[160];
    unsigned long times = n < 0 ? 0 - (unsigned long)n : (unsigned long)n;
    size_t bits = mpz_sizeinbase(mpq_numref(x->q), 2) + mpz_sizeinbase(mpq_denref(x->q), 2);
    if (times > POW_MAX || bits * times > POW_BITS_MAX || (n < 0 && mpq_sgn(x->q) == 0)) {
        describe(x, seen, 120);
        size_t len = strlen(seen);
        snprintf(seen + len, sizeof seen - len, " ^ %d", n);
        return err_fill(err, times > POW_MAX || bits * times > POW_BITS_MAX ? &MSG_NUMBER_OVERFLOW : &MSG_DIVIDE_BY_ZERO, seen, NULL, NULL);
    }
    rat *z = make(a);
    mpz_pow_ui(mpq_numref(z->q), mpq_numref(x->q), times);
    mpz_pow_ui(mpq_denref(z->q), mpq_denref(x->q), times);
    if (n < 0) mpq_inv(z->q, z->q);
    *ret = z;
    return true;
}

int rat_compare(const rat *x, const rat *y)
{
    int order = mpq_cmp(x->q, y->q);
    return (order > 0) - (order < 0);
}

int rat_sign(const rat *x)
{
    return mpq_sgn(x->q);
}

bool rat_equal(const rat *x, const rat *y)
{
    return mpq_equal(x->q, y->q) != 0;
}

/* ret = |x| * 10^digits, rounded as said; returns whether it was whole. */
static bool scaled_whole(mpz_ptr ret, const rat *x, int digits, dec_rounding rounding)
{
    mpz_t rest;
    mpz_init(rest);
    mpz_ui_pow_ui(ret, 10, (unsigned long)digits);
    mpz_mul(ret, ret, mpq_numref(x->q));
    mpz_abs(ret, ret);
    mpz_tdiv_qr(ret, rest, ret, mpq_denref(x->q));
    bool whole = mpz_sgn(rest) == 0;
    mpz_mul_2exp(rest, rest, 1);
    int half = mpz_cmp(rest, mpq_denref(x->q));
    if (rounding == DEC_HALF_EVEN && (half > 0 || (half == 0 && mpz_odd_p(ret)))) mpz_add_ui(ret, ret, 1);
    mpz_clear(rest);
    return whole;
}

/* Writes whole / 10^digits with a point, and commas if grouped. */
static text write_decimal(arena *a, mpz_srcptr whole, bool negative, int digits, bool grouped)
{
    size_t room = mpz_sizeinbase(whole, 10) + (size_t)digits + 3;
    arena scratch = {0};
    char *all = arena_alloc(&scratch, room), *raw = arena_alloc(&scratch, room);
    mpz_get_str(raw, 10, whole);
    size_t len = strlen(raw), zeros = len <= (size_t)digits ? (size_t)digits + 1 - len : 0;
    memset(all, '0', zeros);
    memcpy(all + zeros, raw, len);
    len += zeros;
    size_t before = len - (size_t)digits;
    text_buf b = {.a = a};
    if (negative && mpz_sgn(whole) != 0) buf_char(&b, '-');
    for (size_t i = 0; i < before; i++) {
        buf_char(&b, all[i]);
        if (grouped && before - i > 1 && (before - i) % 3 == 1) buf_char(&b, ',');
    }
    if (digits > 0) buf_char(&b, '.');
    buf_add(&b, (text){all + before, (size_t)digits});
    arena_free(&scratch);
    return buf_text(&b);
}

static text format(arena *a, const rat *x, int digits, bool grouped)
{
    must(digits >= 0 && digits <= FORMAT_DIGITS_MAX);
    mpz_t whole;
    mpz_init(whole);
    scaled_whole(whole, x, digits, DEC_HALF_EVEN);
    text t = write_decimal(a, whole, mpq_sgn(x->q) < 0, digits, grouped);
    mpz_clear(whole);
    return t;
}

text rat_format(arena *a, const rat *x, int digits)
{
    return format(a, x, digits, false);
}

text rat_format_grouped(arena *a, const rat *x, int digits)
{
    return format(a, x, digits, true);
}

static int decimals_small(unsigned long rest)
{
    int fives = 0, twos = 0;
    for (; rest % 2 == 0; rest /= 2) twos++;
    for (; rest % 5 == 0; rest /= 5) fives++;
    return rest == 1 ? (fives > twos ? fives : twos) : -1;
}

/* Decimals that x needs, or -1 if it does not end: the denominator must be 2^i * 5^j, and then it is the larger of i, j. */
static int decimals_of(const rat *x)
{
    mpz_t rest, five;
    if (mpz_fits_ulong_p(mpq_denref(x->q))) return decimals_small(mpz_get_ui(mpq_denref(x->q)));
    mpz_init(rest);
    mpz_init_set_ui(five, 5);
    mp_bitcnt_t fives = mpz_remove(rest, mpq_denref(x->q), five), twos = mpz_scan1(rest, 0);
    mpz_tdiv_q_2exp(rest, rest, twos);
    bool ends = mpz_cmp_ui(rest, 1) == 0;
    mpz_clear(five);
    mpz_clear(rest);
    return ends ? (int)(fives > twos ? fives : twos) : -1;
}

text rat_exact(arena *a, const rat *x)
{
    int decimals = decimals_of(x);
    if (decimals < 0) {
        size_t room = mpz_sizeinbase(mpq_numref(x->q), 10) + mpz_sizeinbase(mpq_denref(x->q), 10) + 3;
        return text_of(mpq_get_str(arena_alloc(a, room), 10, x->q));
    }
    if (decimals <= DEC_SCALE_MAX && mpz_fits_slong_p(mpq_numref(x->q))) /* then the denominator divides 10^decimals */
        return dec_format(a, mpz_get_si(mpq_numref(x->q)) * (pow10_i128(decimals) / (i128)mpz_get_ui(mpq_denref(x->q))), decimals);
    mpz_t whole;
    mpz_init(whole);
    scaled_whole(whole, x, decimals, DEC_EXACT);
    text t = write_decimal(a, whole, mpq_sgn(x->q) < 0, decimals, false);
    mpz_clear(whole);
    return t;
}

bool rat_is_decimal(const rat *x, int digits)
{
    int decimals = decimals_of(x);
    return decimals >= 0 && decimals <= digits;
}

static bool inexact_error(const rat *x, int scale, heng_err *err)
{
    char seen[128], wanted[16], has[16];
    int decimals = decimals_of(x);
    describe(x, seen, sizeof seen);
    snprintf(wanted, sizeof wanted, "%d", scale);
    if (decimals < 0) return err_fill(err, &MSG_NUMBER_ENDLESS, seen, wanted, NULL);
    snprintf(has, sizeof has, "%d", decimals);
    return err_fill(err, &MSG_NUMBER_DECIMALS, seen, wanted, has);
}

bool rat_to_scaled(const rat *x, int scale, dec_rounding rounding, int64_t *ret, heng_err *err)
{
    must(scale >= 0 && scale <= DEC_SCALE_MAX);
    char seen[128];
    mpz_t whole;
    mpz_init(whole);
    bool exact = scaled_whole(whole, x, scale, rounding);
    if (mpq_sgn(x->q) < 0) mpz_neg(whole, whole);
    bool fits = mpz_fits_slong_p(whole) != 0;
    int64_t v = fits ? mpz_get_si(whole) : 0;
    mpz_clear(whole);
    if (!fits) {
        describe(x, seen, sizeof seen);
        return err_fill(err, &MSG_NUMBER_OVERFLOW, seen, NULL, NULL);
    }
    if (!exact && rounding == DEC_EXACT) return inexact_error(x, scale, err);
    *ret = v;
    return true;
}
