/* The calendar and zones: beside glibc, on days of 23 and 25 hours, and where a name is not one. */
#include <stdlib.h>
#include <time.h>
#include "check.h"
#include "random.h"

static const int64_t HOUR_US = INT64_C(3600000000);

static const cal_zone *open_zone(arena *a, const char *name)
{
    heng_err err;
    const cal_zone *z = NULL;
    check_ok(zone_open(a, name, &z, &err), &err, name);
    return z;
}

static void civil(void)
{
    bool ok = true;
    int32_t day = day_from(1600, 1, 1);
    for (int y = 1600; y < 2400; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= 31; d++) {
                int ry, rm, rd;
                if (d > 28 + (m != 2) * 2 + (m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))) + (m == 1 || m == 3 || m == 5 || m == 7 || m == 8 || m == 10 || m == 12)) continue;
                day_split(day, &ry, &rm, &rd);
                ok &= day_from(y, m, d) == day && ry == y && rm == m && rd == d;
                day++;
            }
    check(ok, "eight hundred years, day by day");
    check_int(day_from(1970, 1, 1), 0, "day 0");
    check_int(day_from(2000, 3, 1), 11017, "1 March 2000");
    check_int(month_from(1970, 1), 0, "month 0");
    check(month_year(-1) == 1969 && month_number(-1) == 12 && month_year(11) == 1970 && month_number(11) == 12, "months before 1970");
}

/* Days and months of random instants beside localtime_r. */
static void beside_glibc(arena *a, const char *name)
{
    const cal_zone *z = open_zone(a, name);
    setenv("TZ", name, 1);
    tzset();
    uint64_t state = 5;
    int wrong_days = 0, wrong_months = 0;
    int64_t low = -INT64_C(2208988800), high = INT64_C(2145916800); /* 1900 to 2037 */
    for (int i = 0; i < 100000; i++) {
        int64_t s = random_between(&state, low, high);
        if (i % 3 == 0) s -= (s + 28800) % 86400 - (int64_t)(next_random(&state) % 3) + 1; /* near a midnight */
        time_t at = (time_t)s;
        struct tm tm;
        localtime_r(&at, &tm);
        int64_t us = s * 1000000 + (int64_t)(next_random(&state) % 1000000);
        wrong_days += zone_day_of(z, us) != day_from(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        wrong_months += zone_month_of(z, us) != month_from(tm.tm_year + 1900, tm.tm_mon + 1);
    }
    check_int(wrong_days, 0, "days are glibc's, 100000 times");
    check_int(wrong_months, 0, "months are glibc's");
}

/* Starts and numbers fit together over the whole range, each boundary exactly. */
static void boundaries(arena *a, const char *name)
{
    const cal_zone *z = open_zone(a, name);
    bool ok = true;
    for (int32_t m = month_from(1880, 1); m < month_from(2230, 1); m++) {
        int64_t start = zone_month_start_us(z, m);
        ok &= zone_month_of(z, start) == m && zone_month_of(z, start - 1) == m - 1 && start < zone_month_start_us(z, m + 1);
        ok &= start == zone_day_start_us(z, day_from(month_year(m), month_number(m), 1));
    }
    for (int32_t d = day_from(1960, 1, 1); d < day_from(2045, 1, 1); d++) {
        int64_t start = zone_day_start_us(z, d);
        bool skipped = start == zone_day_start_us(z, d + 1);
        ok &= skipped || (zone_day_of(z, start) == d && zone_day_of(z, start - 1) < d);
    }
    check(ok, "each day and month starts where the one before ends");
}

static int64_t hours(const cal_zone *z, int y, int m, int d)
{
    int32_t day = day_from(y, m, d);
    return (zone_day_start_us(z, day + 1) - zone_day_start_us(z, day)) / HOUR_US;
}

static void long_and_short_days(arena *a)
{
    const cal_zone *shanghai = open_zone(a, "Asia/Shanghai"), *berlin = open_zone(a, "Europe/Berlin"), *sydney = open_zone(a, "Australia/Sydney");
    check_int(hours(shanghai, 1986, 5, 4), 23, "Shanghai 1986-05-04: summer time begins");
    check_int(hours(shanghai, 1986, 9, 14), 25, "Shanghai 1986-09-14: summer time ends");
    check_int(hours(shanghai, 1991, 9, 15), 25, "Shanghai 1991-09-15: for the last time");
    check_int(hours(shanghai, 1992, 4, 5), 24, "Shanghai 1992: none");
    check_int(zone_day_start_us(shanghai, day_from(1988, 7, 1)), INT64_C(583686000000000), "Shanghai in summer 1988 is nine hours ahead");
    check_int(zone_day_start_us(shanghai, day_from(2021, 1, 1)), INT64_C(1609430400000000), "Shanghai is eight hours ahead");
    check_int(hours(berlin, 2021, 3, 28), 23, "Berlin in March");
    check_int(hours(berlin, 2021, 10, 31), 25, "Berlin in October");
    check_int(hours(berlin, 2050, 3, 27), 23, "Berlin in 2050, by the rule at the end of the file");
    check_int(hours(berlin, 2199, 10, 27), 25, "Berlin in 2199");
    check_int(hours(sydney, 2050, 4, 3), 25, "Sydney in 2050: the southern rule");
    check_int(hours(sydney, 2050, 10, 2), 23, "Sydney in spring");
    check_text(text_of(zone_name(berlin)), TEXT("Europe/Berlin"), "a zone knows its name");
    const cal_zone *apia = open_zone(a, "Pacific/Apia");
    check_int(hours(apia, 2011, 12, 30), 0, "Samoa left a day out");
    check_int(zone_day_of(apia, zone_day_start_us(apia, day_from(2011, 12, 31))), day_from(2011, 12, 31), "and went on with the next");
}

/* The table for systems without tzdata, beside the system's own file. */
static void built_in_table(arena *a)
{
    static const struct { int64_t from_s; int32_t offset_s; } SPANS[] = {
#define ZONE_SPAN(from, offset) {from, offset},
#include "zone_shanghai.def"
#undef ZONE_SPAN
    };
    const cal_zone *z = open_zone(a, "Asia/Shanghai");
    bool ok = true;
    for (size_t i = 1; i < sizeof SPANS / sizeof *SPANS; i++) {
        int32_t before = SPANS[i - 1].offset_s, after = SPANS[i].offset_s;
        char wanted[2][16];
        const int32_t offsets[2] = {before, after};
        for (int k = 0; k < 2; k++) {
            int32_t s = offsets[k] % 60;
            snprintf(wanted[k], sizeof wanted[k], s ? "+%02d:%02d:%02d" : "+%02d:%02d", (int)(offsets[k] / 3600), (int)(offsets[k] / 60 % 60), (int)s);
        }
        ok &= text_ends(instant_format(a, z, SPANS[i].from_s * 1000000 - 1), wanted[0]);
        ok &= text_ends(instant_format(a, z, SPANS[i].from_s * 1000000), wanted[1]);
    }
    check(ok, "the built-in table of Shanghai is the tz database's");
}

static void extremes(arena *a)
{
    const cal_zone *z = open_zone(a, "Asia/Shanghai");
    uint64_t state = 9;
    bool ok = true;
    for (int i = 0; i < 20000; i++) {
        int64_t us = random_i64(&state);
        int32_t day = zone_day_of(z, us), month = zone_month_of(z, us);
        ok &= zone_day_start_us(z, day) <= us && zone_month_start_us(z, month) <= us;
        arena_mark mark = arena_here(a);
        ok &= instant_format(a, z, us).len > 0;
        arena_rewind(a, mark);
    }
    ok &= zone_day_of(z, INT64_MAX) > 0 && zone_day_of(z, INT64_MIN) < 0 && zone_month_of(z, INT64_MIN) < zone_month_of(z, INT64_MAX);
    ok &= zone_day_start_us(z, INT32_MAX) == INT64_MAX && zone_month_start_us(z, INT32_MAX) == INT64_MAX && zone_month_start_us(z, INT32_MIN) == INT64_MIN;
    check(ok, "no instant is out of range");
}

static void names(arena *a)
{
    static const char *const BAD[] = {"", "Asia/Nowhere", "../../etc/passwd", "/etc/localtime", "Asia/../UTC", "Asia", "a b", "zone.tab", "tzdata.zi", "UTC\n",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err;
        const cal_zone *z = NULL;
        check_fails(zone_open(a, BAD[i], &z, &err), &err, "base.zone_unknown", BAD[i][0] && BAD[i][3] ? "not a zone" : "no zone");
        check(z == NULL, "the result is kept");
    }
    const cal_zone *utc = open_zone(a, "UTC");
    check_int(zone_day_start_us(utc, 1), 24 * HOUR_US, "UTC");
    int64_t now = now_us();
    check(now > INT64_C(1700000000000000), "now is after 2023");
}

static void containing(void)
{
    period year = {0, 100}, part = {10, 20}, at_start = {0, 0}, at_end = {100, 100};
    check(period_contains(year, part) && !period_contains(part, year) && period_contains(year, year), "a period contains its parts");
    check(period_contains(year, at_start) && !period_contains(year, at_end), "an instant belongs to what starts at it");
    check(period_overlaps(part, (period){19, 30}) && !period_overlaps(part, (period){20, 30}), "periods that touch do not overlap");
    check(period_overlaps(year, at_start) && !period_overlaps(at_end, year) && period_overlaps(at_end, at_end), "instants overlap what contains them");
}

int main(void)
{
    arena a = {0};
    civil();
    static const char *const ZONES[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"};
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
        beside_glibc(&a, ZONES[i]);
        boundaries(&a, ZONES[i]);
    }
    boundaries(&a, "Pacific/Apia");
    boundaries(&a, "America/Sao_Paulo");
    boundaries(&a, "America/St_Johns");
    long_and_short_days(&a);
    built_in_table(&a);
    extremes(&a);
    names(&a);
    containing();
    arena_free(&a);
    return check_done();
}
