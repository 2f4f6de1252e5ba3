/*
 * Exact rationals (GMP mpq) owned by an arena. A rat is never changed after it is made, so it can be
 * shared; every operation gives a new one.
 */
#ifndef BASE_RAT_H
#define BASE_RAT_H
#include "dec.h"

typedef struct rat rat; /* immutable; lives as long as its arena */

const rat *rat_int(arena *a, int64_t v);
const rat *rat_i128(arena *a, i128 v);
const rat *rat_scaled(arena *a, i128 count, int scale);          /* count / 10^scale */
MUST_USE bool rat_parse(arena *a, text t, const rat **ret, heng_err *err); /* "0.7143", "44/12", "1e4", "3.0E-02" */
const rat *rat_add(arena *a, const rat *x, const rat *y);
const rat *rat_sub(arena *a, const rat *x, const rat *y);
const rat *rat_mul(arena *a, const rat *x, const rat *y);
MUST_USE bool rat_div(arena *a, const rat *x, const rat *y, const rat **ret, heng_err *err); /* base.divide_by_zero */
const rat *rat_neg(arena *a, const rat *x);
MUST_USE bool rat_pow(arena *a, const rat *x, int n, const rat **ret, heng_err *err); /* |n| <= 64 */
int rat_compare(const rat *x, const rat *y);
int rat_sign(const rat *x);
bool rat_equal(const rat *x, const rat *y);
/* Rounded half to even to digits decimals (0..30), "-0.50"; the only place where a rational is rounded. */
text rat_format(arena *a, const rat *x, int digits);
text rat_format_grouped(arena *a, const rat *x, int digits);     /* "1,234.50" */
text rat_exact(arena *a, const rat *x);                          /* terminating: plain decimal; else "p/q" */
bool rat_is_decimal(const rat *x, int digits);                   /* x * 10^digits is whole */
MUST_USE bool rat_to_scaled(const rat *x, int scale, dec_rounding, int64_t *ret, heng_err *err);
#endif
