/* Sharing a period out: every nesting of parts adds up. */
#include "check.h"
#include "random.h"

enum { PARTS_MAX = 4000 };

static i128 by_days(const cal_zone *z, int64_t amount, period p, int64_t from_us, int64_t to_us)
{
    i128 sum = 0;
    for (int32_t d = zone_day_of(z, from_us); zone_day_start_us(z, d) < to_us; d++) {
        int64_t start = zone_day_start_us(z, d), end = zone_day_start_us(z, d + 1);
        sum += share_between(amount, p, start < from_us ? from_us : start, end > to_us ? to_us : end);
    }
    return sum;
}

/* The definition, written the slow way. */
static int64_t defined(int64_t amount, period p, int64_t us)
{
    if (us <= p.start_us) return 0;
    if (us >= p.end_us) return amount;
    i128 product = (i128)amount * ((i128)us - p.start_us);
    return (int64_t)(product / ((i128)p.end_us - p.start_us)); /* toward zero: floor of the absolute value */
}

static void parts_add_up(arena *a, const char *name)
{
    heng_err err;
    const cal_zone *z = NULL;
    static share_part parts[PARTS_MAX];
    if (!check_ok(zone_open(a, name, &z, &err), &err, name)) return;
    uint64_t state = 31;
    int wrong_sum = 0, wrong_part = 0, wrong_days = 0, wrong_years = 0;
    for (int i = 0; i < 3000; i++) {
        int64_t amount = random_i64(&state), start = random_between(&state, -INT64_C(900000000000000), INT64_C(3000000000000000));
        period p = {start, start + random_between(&state, 0, (int64_t)1 << (20 + next_random(&state) % 27))};
        size_t count = share_months(z, amount, p, parts, PARTS_MAX);
        i128 sum = 0, year_sum = 0;
        wrong_sum += count != share_month_count(z, p);
        for (size_t k = 0; k < count; k++) {
            int64_t from = zone_month_start_us(z, parts[k].month), to = zone_month_start_us(z, parts[k].month + 1);
            sum += parts[k].amount;
            wrong_part += parts[k].amount != share_between(amount, p, from, to);
            if (!period_is_instant(p)) wrong_part += parts[k].amount != defined(amount, p, to) - defined(amount, p, from);
            if (i % 20 == 0) wrong_days += by_days(z, amount, p, from, to) != parts[k].amount;
        }
        wrong_sum += sum != amount;
        for (int y = month_year(parts[0].month); y <= month_year(parts[count - 1].month); y++) {
            period year = period_year(z, y);
            i128 quarters = 0;
            for (int q = 0; q < 4; q++) {
                period quarter = period_months(z, month_from(y, 1 + 3 * q), 3);
                quarters += share_between(amount, p, quarter.start_us, quarter.end_us);
            }
            int64_t part = share_between(amount, p, year.start_us, year.end_us);
            wrong_years += quarters != part;
            year_sum += part;
        }
        wrong_years += year_sum != amount;
    }
    check_int(wrong_sum, 0, "months add up to the amount");
    check_int(wrong_part, 0, "each month is the difference of two values of the definition");
    check_int(wrong_days, 0, "days add up to their month");
    check_int(wrong_years, 0, "quarters add up to years, years to the amount");
}

static void edges(arena *a)
{
    heng_err err;
    const cal_zone *z = NULL;
    share_part parts[12];
    if (!check_ok(zone_open(a, "Asia/Shanghai", &z, &err), &err, "Shanghai")) return;
    period year = period_year(z, 2021), first = period_months(z, month_from(2021, 1), 1);
    check_int(share_between(365, year, first.start_us, first.end_us), 31, "a day each");
    check_int(share_between(-365, year, first.start_us, first.end_us), -31, "a negative amount is shared the same way");
    check_int((int64_t)share_months(z, 100, year, parts, 12), 12, "twelve months");
    check_int((int64_t)share_months(z, 100, year, parts, 5), 5, "at most max parts");
    check_int((int64_t)share_months(z, 100, year, parts, 0), 0, "no room, no parts");
    check(share_months(z, 77, first, parts, 12) == 1 && parts[0].amount == 77 && parts[0].month == month_from(2021, 1), "one month whole");
    period at = {first.end_us, first.end_us};
    check(share_months(z, 5, at, parts, 12) == 1 && parts[0].month == month_from(2021, 2) && share_month_count(z, at) == 1, "an instant falls into what starts at it");
    check_int(share_between(5, at, first.start_us, first.end_us), 0, "and not into what ends at it");
    check_int(share_between(5, at, first.end_us, first.end_us + 1), 5, "but whole");
    check_int(share_between(5, year, first.end_us, first.start_us), 0, "nothing falls into a part that ends before it starts");
    check_int(share_between(INT64_MIN, year, year.start_us, year.end_us), INT64_MIN, "the least amount");
    period all = {INT64_MIN, INT64_MAX};
    int64_t left = share_between(INT64_MIN, all, INT64_MIN, 0), right = share_between(INT64_MIN, all, 0, INT64_MAX);
    check((i128)left + right == INT64_MIN && left < 0 && right < 0, "the longest period");
}

int main(void)
{
    arena a = {0};
    parts_add_up(&a, "Asia/Shanghai");
    parts_add_up(&a, "Europe/Berlin");
    parts_add_up(&a, "America/St_Johns");
    edges(&a);
    arena_free(&a);
    return check_done();
}
