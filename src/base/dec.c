/*
 * Decimals as scaled integers. See dec.h.
 *
 * A number is read as mantissa * 10^exponent, at most 38 significant digits in the mantissa and a flag that says whether a digit
 * other than 0 stood behind them. count = mantissa * 10^(exponent + scale) is then one multiplication or one division, rounded once.
 * Reading allocates nothing; err is touched on failure only.
 */
#include "dec.h"
#include "messages.h"
#include "number.h"
#include <stdio.h>
#include <string.h>

enum { POW10_MAX = 38, DIGITS64 = 18, ANY_DIGITS_MAX = 18, I128_CHARS = 48 };

static const uint64_t POW10_64[20] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
                                      10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
                                      10000000000000000000u};

static u128 pow10_u128(int n)
{
    return n < 20 ? POW10_64[n] : (u128)POW10_64[19] * POW10_64[n - 19];
}

i128 pow10_i128(int n)
{
    must(n >= 0 && n <= POW10_MAX);
    return (i128)pow10_u128(n);
}

typedef struct mantissa {
    u128 digits;   /* below 10^38 */
    int exponent;
    bool more;     /* a digit other than 0 follows */
} mantissa;

static int take_digits(text t, mantissa *m, int count)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] == ',') continue;
        unsigned digit = (unsigned)(t.ptr[i] - '0');
        if (count < POW10_MAX) {
            m->digits = m->digits * 10 + digit;
            count += m->digits != 0;
        } else {
            m->more |= digit != 0;
            m->exponent++;
        }
    }
    return count;
}

/* Up to 18 digits in one machine word; a comma counts as a digit here, which only makes the bound safer. */
static u128 take_short(text whole, text fraction)
{
    uint64_t v = 0;
    for (size_t i = 0; i < whole.len; i++)
        if (whole.ptr[i] != ',') v = v * 10 + (uint64_t)(whole.ptr[i] - '0');
    for (size_t i = 0; i < fraction.len; i++) v = v * 10 + (uint64_t)(fraction.ptr[i] - '0');
    return v;
}

/* Text is bounded by memory, so a fraction may be longer than an int: such a length is far past every scale anyway. */
static int length_of(text t)
{
    return t.len > NUMBER_EXPONENT_MAX ? NUMBER_EXPONENT_MAX : (int)t.len;
}

static bool take_number(const number_form *n, mantissa *m)
{
    *m = (mantissa){.exponent = n->exponent - length_of(n->fraction)};
    if (n->whole.len + n->fraction.len <= DIGITS64) {
        m->digits = take_short(n->whole, n->fraction);
        return true;
    }
    if (n->whole.len + n->fraction.len > NUMBER_EXPONENT_MAX) return false;
    take_digits(n->fraction, m, take_digits(n->whole, m, 0));
    return true;
}

static bool rounds_up(u128 quotient, u128 rest, u128 divisor, bool more)
{
    u128 other = divisor - rest;
    if (rest != other) return rest > other;
    return more || (quotient & 1);
}

typedef enum scaled { SCALED_OK, SCALED_DECIMALS, SCALED_OVERFLOW } scaled;

/* digits * 10^shift as a whole number, rounded as said. */
static scaled scale_up(const mantissa *m, int shift, u128 *ret)
{
    if (m->digits == 0) return *ret = 0, SCALED_OK;
    if (m->more || shift > DEC_SCALE_MAX + 1) return SCALED_OVERFLOW;
    return __builtin_mul_overflow(m->digits, pow10_u128(shift), ret) ? SCALED_OVERFLOW : SCALED_OK;
}

static scaled scale_down(const mantissa *m, int shift, dec_rounding rounding, u128 *ret)
{
    u128 rest = m->digits, quotient = 0;
    if (shift > POW10_MAX) { /* below a tenth of a count */
        *ret = 0;
        return rounding == DEC_EXACT && m->digits != 0 ? SCALED_DECIMALS : SCALED_OK;
    }
    u128 divisor = pow10_u128(shift);
    if ((m->digits >> 64) == 0 && shift < 20) {
        uint64_t small = (uint64_t)m->digits / (uint64_t)divisor;
        quotient = small;
        rest = (uint64_t)m->digits - small * (uint64_t)divisor;
    } else {
        quotient = m->digits / divisor;
        rest = m->digits % divisor;
    }
    if (rounding == DEC_EXACT && (rest != 0 || m->more)) return quotient > (u128)INT64_MAX ? SCALED_OVERFLOW : SCALED_DECIMALS;
    if (rounding == DEC_HALF_EVEN && rounds_up(quotient, rest, divisor, m->more)) quotient++;
    *ret = quotient;
    return SCALED_OK;
}

static bool signed_count(u128 v, bool negative, int64_t *ret)
{
    if (v > (u128)INT64_MAX + negative) return false;
    *ret = negative ? (int64_t)(0 - (uint64_t)v) : (int64_t)v;
    return true;
}

static bool decimals_error(text t, const number_form *n, int scale, heng_err *err)
{
    char has[16], wanted[16];
    int decimals = length_of(n->fraction) - n->exponent;
    snprintf(has, sizeof has, "%d", decimals);
    snprintf(wanted, sizeof wanted, "%d", scale);
    err_fill_n(err, &MSG_NUMBER_DECIMALS, t.ptr, t.len, wanted);
    memcpy(err->other, has, strlen(has) + 1);
    return false;
}

bool dec_parse(text t, int scale, dec_rounding rounding, int64_t *ret, heng_err *err)
{
    must(scale >= 0 && scale <= DEC_SCALE_MAX);
    number_form n;
    mantissa m;
    u128 v = 0;
    if (!number_scan(t, &n)) return err_fill_n(err, &MSG_NUMBER_BAD, t.ptr, t.len, NULL);
    if (!take_number(&n, &m)) return err_fill_n(err, &MSG_NUMBER_OVERFLOW, t.ptr, t.len, NULL);
    int shift = m.exponent + scale;
    scaled how = shift >= 0 ? scale_up(&m, shift, &v) : scale_down(&m, -shift, rounding, &v);
    if (how == SCALED_DECIMALS) return decimals_error(t, &n, scale, err);
    if (how == SCALED_OVERFLOW || !signed_count(v, n.negative, ret)) return err_fill_n(err, &MSG_NUMBER_OVERFLOW, t.ptr, t.len, NULL);
    return true;
}

bool dec_parse_any(text t, int64_t *ret_count, int *ret_scale, heng_err *err)
{
    number_form n;
    mantissa m;
    u128 v = 0;
    int64_t count;
    if (!number_scan(t, &n)) return err_fill_n(err, &MSG_NUMBER_BAD, t.ptr, t.len, NULL);
    if (!take_number(&n, &m)) return err_fill_n(err, &MSG_NUMBER_OVERFLOW, t.ptr, t.len, NULL);
    int scale = m.exponent < 0 ? -m.exponent : 0;
    if (scale > DEC_SCALE_MAX) return decimals_error(t, &n, DEC_SCALE_MAX, err);
    scaled how = m.more ? SCALED_OVERFLOW : scale_up(&m, m.exponent + scale, &v);
    if (how != SCALED_OK || v >= pow10_u128(ANY_DIGITS_MAX) || !signed_count(v, n.negative, &count))
        return err_fill_n(err, &MSG_NUMBER_OVERFLOW, t.ptr, t.len, NULL);
    *ret_count = count;
    *ret_scale = scale;
    return true;
}

static u128 absolute(i128 v)
{
    return v < 0 ? 0 - (u128)v : (u128)v;
}

/* Digits of v at the end of out[I128_CHARS], with leading zeros up to least; returns the first. */
static char *write_digits(u128 v, int least, char out[I128_CHARS])
{
    char *at = out + I128_CHARS;
    for (int written = 0; v != 0 || written < least; written++) {
        *--at = (char)('0' + (int)(v % 10));
        v /= 10;
    }
    return at;
}

text i128_text(arena *a, i128 v)
{
    return dec_format(a, v, 0);
}

text dec_format(arena *a, i128 count, int scale)
{
    must(scale >= 0 && scale <= POW10_MAX);
    char digits[I128_CHARS], out[I128_CHARS + 2];
    const char *at = write_digits(absolute(count), scale + 1, digits);
    size_t whole = (size_t)(digits + I128_CHARS - at) - (size_t)scale, len = 0;
    if (count < 0) out[len++] = '-';
    memcpy(out + len, at, whole);
    len += whole;
    if (scale > 0) {
        out[len++] = '.';
        memcpy(out + len, at + whole, (size_t)scale);
        len += (size_t)scale;
    }
    return (text){arena_copy(a, out, len), len};
}

text dec_format_trim(arena *a, i128 count, int scale)
{
    must(scale >= 0 && scale <= POW10_MAX);
    while (scale > 0 && count % 10 == 0) {
        count /= 10;
        scale--;
    }
    return dec_format(a, count, scale);
}

static u128 rounded_to(u128 v, int drop)
{
    u128 divisor = pow10_u128(drop), quotient = v / divisor;
    return quotient + rounds_up(quotient, v % divisor, divisor, false);
}

text dec_format_grouped(arena *a, i128 count, int scale, int digits)
{
    must(scale >= 0 && scale <= POW10_MAX && digits >= 0);
    int kept = digits < scale ? digits : scale;
    u128 v = rounded_to(absolute(count), scale - kept);
    char buffer[I128_CHARS];
    const char *at = write_digits(v, kept + 1, buffer), *point = buffer + I128_CHARS - kept;
    text_buf b = {.a = a};
    if (count < 0 && v != 0) buf_char(&b, '-');
    for (; at < point; at++) {
        buf_char(&b, *at);
        if (point - at > 1 && (point - at) % 3 == 1) buf_char(&b, ',');
    }
    if (digits > 0) buf_char(&b, '.');
    buf_add(&b, (text){point, (size_t)kept});
    for (int i = kept; i < digits; i++) buf_char(&b, '0');
    return buf_text(&b);
}

/* An arithmetic overflow has no text that was read: show the value or the sum that does not fit. */
static bool overflow_error(i128 x, const char *between, i128 y, heng_err *err)
{
    char seen[2 * I128_CHARS + 8], digits[I128_CHARS];
    const char *at = write_digits(absolute(x), 1, digits);
    int len = snprintf(seen, sizeof seen, "%s%.*s", x < 0 ? "-" : "", (int)(digits + I128_CHARS - at), at);
    if (between) {
        at = write_digits(absolute(y), 1, digits);
        snprintf(seen + len, sizeof seen - (size_t)len, "%s%s%.*s", between, y < 0 ? "-" : "", (int)(digits + I128_CHARS - at), at);
    }
    return err_fill(err, &MSG_NUMBER_OVERFLOW, seen, NULL, NULL);
}

bool dec_add(int64_t a, int64_t b, int64_t *ret, heng_err *err)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) return overflow_error(a, " + ", b, err);
    *ret = sum;
    return true;
}

bool i128_add(i128 a, i128 b, i128 *ret, heng_err *err)
{
    i128 sum;
    if (__builtin_add_overflow(a, b, &sum)) return overflow_error(a, " + ", b, err);
    *ret = sum;
    return true;
}

bool i128_to_i64(i128 v, int64_t *ret, heng_err *err)
{
    if (v > INT64_MAX || v < INT64_MIN) return overflow_error(v, NULL, 0, err);
    *ret = (int64_t)v;
    return true;
}

static bool rescale_decimals_error(int64_t count, int from_scale, int to_scale, heng_err *err)
{
    char seen[I128_CHARS], has[16], wanted[16];
    snprintf(seen, sizeof seen, "%llde-%d", (long long)count, from_scale);
    snprintf(has, sizeof has, "%d", from_scale);
    snprintf(wanted, sizeof wanted, "%d", to_scale);
    return err_fill(err, &MSG_NUMBER_DECIMALS, seen, wanted, has);
}

bool dec_rescale(int64_t count, int from_scale, int to_scale, dec_rounding rounding, int64_t *ret, heng_err *err)
{
    must(from_scale >= 0 && from_scale <= DEC_SCALE_MAX && to_scale >= 0 && to_scale <= DEC_SCALE_MAX);
    mantissa m = {.digits = absolute(count)};
    int shift = to_scale - from_scale;
    u128 v = 0;
    scaled how = shift >= 0 ? scale_up(&m, shift, &v) : scale_down(&m, -shift, rounding, &v);
    if (how == SCALED_DECIMALS) return rescale_decimals_error(count, from_scale, to_scale, err);
    if (how == SCALED_OVERFLOW || !signed_count(v, count < 0, ret)) return overflow_error(count, " * ", pow10_i128(shift > 0 ? shift : 0), err);
    return true;
}

bool dec_divide_half_even(i128 numerator, i128 divisor, int64_t *ret, heng_err *err)
{
    must(divisor > 0);
    u128 n = absolute(numerator), d = (u128)divisor, quotient, rest;
    if ((n >> 64) == 0 && (d >> 64) == 0) { /* the common case is one machine division */
        quotient = (uint64_t)n / (uint64_t)d;
        rest = (uint64_t)n % (uint64_t)d;
    } else {
        quotient = n / d;
        rest = n % d;
    }
    quotient += rounds_up(quotient, rest, d, false);
    if (!signed_count(quotient, numerator < 0, ret)) return overflow_error(numerator, " / ", divisor, err);
    return true;
}
