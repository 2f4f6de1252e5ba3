/*
 * Days, months and years of the proleptic Gregorian calendar. See cal.h; zones are in zone.c, written periods in period.c.
 *
 * Days are counted in eras of 400 years (146097 days) that start on 1 March, so that the leap day comes last in its year.
 */
#include <time.h>
#include "zone.h"

enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468, YEAR_MAX = 300000 }; /* int64_t microseconds end near the year 294000 */

static int clamp_year(int year)
{
    if (year > YEAR_MAX) return YEAR_MAX;
    return year < -YEAR_MAX ? -YEAR_MAX : year;
}

int32_t month_from(int year, int month_1_to_12)
{
    return (int32_t)((clamp_year(year) - 1970) * 12 + month_1_to_12 - 1);
}

int month_year(int32_t month)
{
    return 1970 + (int)floor_divide(month, 12);
}

int month_number(int32_t month)
{
    return (int)(month - floor_divide(month, 12) * 12) + 1;
}

int32_t day_from(int year, int month, int day)
{
    int64_t y = (int64_t)clamp_year(year) - (month <= 2), era = floor_divide(y, 400), year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * ERA_DAYS + day_of_era - DAYS_TO_1970);
}

void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = (int64_t)day + DAYS_TO_1970, era = floor_divide(z, ERA_DAYS), day_of_era = z - era * ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    *ret_day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *ret_month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

period period_months(const cal_zone *z, int32_t first, int32_t count)
{
    return (period){zone_month_start_us(z, first), zone_month_start_us(z, first + count)};
}

period period_year(const cal_zone *z, int year)
{
    return period_months(z, month_from(year, 1), 12);
}

bool period_is_instant(period p)
{
    return p.start_us == p.end_us;
}

/* An instant belongs to what starts at it, not to what ends at it; an instant contains itself. */
bool period_contains(period outer, period inner)
{
    if (period_is_instant(outer)) return period_is_instant(inner) && inner.start_us == outer.start_us;
    if (period_is_instant(inner)) return outer.start_us <= inner.start_us && inner.start_us < outer.end_us;
    return outer.start_us <= inner.start_us && inner.end_us <= outer.end_us;
}

bool period_overlaps(period a, period b)
{
    if (period_is_instant(a)) return period_contains(b, a);
    if (period_is_instant(b)) return period_contains(a, b);
    return a.start_us < b.end_us && b.start_us < a.end_us;
}

int64_t now_us(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_REALTIME, &t) == 0);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}
