/*
 * Decimals as scaled integers: an int64_t count of 10^-scale of a unit. Sums and products in 128
 * bits; overflow is an error; a division names its rounding. No float anywhere.
 */
#ifndef BASE_DEC_H
#define BASE_DEC_H
#include "text.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum { DEC_SCALE_MAX = 18 };

typedef enum dec_rounding { DEC_EXACT, DEC_HALF_EVEN, DEC_DOWN } dec_rounding; /* DEC_EXACT: more decimals than scale is an error */

/*
 * "12.30", "-1,234.5" (thousands separators only where thousands stand), "3.0E-02" read exactly; full-width digits after NFKC are the
 * caller's. Blank, "—", "NaN", "1,23" are errors. Errors: base.number_bad, base.number_decimals, base.number_overflow.
 */
MUST_USE bool dec_parse(text t, int scale, dec_rounding rounding, int64_t *ret, heng_err *err);
/* Any decimal with its own scale: digits and scale as printed ("3.00E+00" -> 300, 2). At most 18 digits. */
MUST_USE bool dec_parse_any(text t, int64_t *ret_count, int *ret_scale, heng_err *err);
text dec_format(arena *a, i128 count, int scale);               /* all decimals of the scale: "12.300" */
text dec_format_trim(arena *a, i128 count, int scale);          /* trailing zeros off: "12.3" */
text dec_format_grouped(arena *a, i128 count, int scale, int digits); /* "1,234.57", rounded half to even to digits */

MUST_USE bool dec_add(int64_t a, int64_t b, int64_t *ret, heng_err *err);
MUST_USE bool dec_rescale(int64_t count, int from_scale, int to_scale, dec_rounding, int64_t *ret, heng_err *err);
MUST_USE bool dec_divide_half_even(i128 numerator, i128 divisor, int64_t *ret, heng_err *err); /* divisor > 0 */
MUST_USE bool i128_add(i128 a, i128 b, i128 *ret, heng_err *err);
MUST_USE bool i128_to_i64(i128 v, int64_t *ret, heng_err *err);
i128 pow10_i128(int n); /* 0 <= n <= 38 */
text i128_text(arena *a, i128 v);
#endif
