/*
 * Sharing a period's amount out: amount up to t = floor(|amount| * (t - start) / (end - start)), with the sign of amount. See cal.h.
 *
 * A part is the difference of two such values, so parts of any nesting add up. All products stay below 2^63 * 2^64.
 */
#include "zone.h"

static uint64_t portion(uint64_t amount, uint64_t passed, uint64_t whole)
{
    uint64_t product;
    if (!__builtin_mul_overflow(amount, passed, &product)) return product / whole;
    return (uint64_t)((u128)amount * passed / whole);
}

/* Distance of two instants, b not before a: may pass INT64_MAX, never UINT64_MAX. */
static uint64_t distance(int64_t a, int64_t b)
{
    return (uint64_t)b - (uint64_t)a;
}

static uint64_t magnitude(int64_t amount)
{
    return amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
}

static int64_t with_sign(uint64_t part, int64_t amount)
{
    return (int64_t)(amount < 0 ? 0 - part : part);
}

/* p is not an instant. */
static uint64_t up_to(uint64_t amount, period p, int64_t us)
{
    if (us <= p.start_us) return 0;
    if (us >= p.end_us) return amount;
    return portion(amount, distance(p.start_us, us), distance(p.start_us, p.end_us));
}

int64_t share_between(int64_t amount, period p, int64_t from_us, int64_t to_us)
{
    if (to_us <= from_us) return 0;
    if (p.end_us <= p.start_us) return from_us <= p.start_us && p.start_us < to_us ? amount : 0;
    if (from_us <= p.start_us && p.end_us <= to_us) return amount;
    uint64_t all = magnitude(amount);
    return with_sign(up_to(all, p, to_us) - up_to(all, p, from_us), amount);
}

size_t share_month_count(const cal_zone *z, period p)
{
    if (p.end_us <= p.start_us) return 1;
    return (size_t)(zone_month_of(z, p.end_us - 1) - zone_month_of(z, p.start_us)) + 1;
}

size_t share_months(const cal_zone *z, int64_t amount, period p, share_part *parts, size_t max)
{
    if (max == 0) return 0;
    int32_t month = zone_month_of(z, p.start_us);
    int64_t next_us = zone_month_start_us(z, month + 1);
    if (p.end_us <= next_us) { /* most movements lie within one month */
        parts[0] = (share_part){month, amount};
        return 1;
    }
    uint64_t all = magnitude(amount), before = 0;
    size_t count = 0;
    while (count < max) {
        uint64_t upto = up_to(all, p, next_us);
        parts[count++] = (share_part){month, with_sign(upto - before, amount)};
        if (next_us >= p.end_us) break;
        before = upto;
        next_us = zone_month_start_us(z, ++month + 1);
    }
    return count;
}
