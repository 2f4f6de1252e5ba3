/*
 * Written periods, days and instants. See cal.h for the forms; years have four digits, 0001 to 9999.
 *
 *   period  = one [".." one]
 *   one     = year | year half | year quarter | year month | day | day time
 *
 * Each form takes its words off the front of the rest and must use all of it. What the calendar does not have (month 13, 30 February,
 * 25 o'clock) is refused.
 */
#include <stdio.h>
#include <string.h>
#include "messages.h"
#include "zone.h"

enum { US_DIGITS = 6, OFFSET_HOURS_MAX = 25 };

static bool take(text *t, const char *word)
{
    if (!text_starts(*t, word)) return false;
    size_t len = strlen(word);
    *t = (text){t->ptr + len, t->len - len};
    return true;
}

static bool take_number(text *t, size_t digits_min, size_t digits_max, int *ret)
{
    int v = 0;
    size_t n = 0;
    for (; n < t->len && n < digits_max && t->ptr[n] >= '0' && t->ptr[n] <= '9'; n++) v = v * 10 + (t->ptr[n] - '0');
    if (n < digits_min) return false;
    *t = (text){t->ptr + n, t->len - n};
    *ret = v;
    return true;
}

/* One of "1" to "4", "一" to "四". */
static bool take_ordinal(text *t, int *ret)
{
    static const char *const words[][2] = {{"1", "一"}, {"2", "二"}, {"3", "三"}, {"4", "四"}};
    for (int i = 0; i < 4; i++) {
        if (!take(t, words[i][0]) && !take(t, words[i][1])) continue;
        *ret = i + 1;
        return true;
    }
    return false;
}

/* Halves and quarters, to the end of the text: first month (from 0) and count. */
static bool take_part_of_year(text t, int *ret_first, int *ret_count)
{
    int n = 0;
    if (take(&t, "Q")) {
        if (!take_ordinal(&t, &n)) return false;
        *ret_count = 3;
    } else if (take(&t, "H")) {
        if (!take_ordinal(&t, &n) || n > 2) return false;
        *ret_count = 6;
    } else if ((n = take(&t, "上半年") ? 1 : take(&t, "下半年") ? 2 : 0) > 0) {
        *ret_count = 6;
    } else {
        take(&t, "第");
        if (!take_ordinal(&t, &n) || !take(&t, "季度")) return false;
        *ret_count = 3;
    }
    *ret_first = (n - 1) * *ret_count;
    return t.len == 0;
}

static bool is_day(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

typedef struct date {
    int year, month, day; /* month 0: the year alone; day 0: the month alone */
} date;

/* "2021-3", "2021/03/15", "2021年3月15日" and what is before; stops where no further date can follow. */
static bool take_date(text *t, date *ret)
{
    *ret = (date){0};
    if (!take_number(t, 4, 4, &ret->year) || ret->year < 1) return false;
    text rest = *t;
    const char *mark = take(&rest, "年") ? "月" : take(&rest, "-") ? "-" : take(&rest, "/") ? "/" : NULL;
    if (!mark) return true;
    bool chinese = strcmp(mark, "月") == 0;
    if (chinese) *t = rest;
    text after = rest;
    if (!take_number(&rest, 1, 2, &ret->month)) return chinese;
    if (chinese && !take(&rest, mark)) { /* "2021年1季度" */
        ret->month = 0;
        *t = after;
        return true;
    }
    *t = rest;
    if (!chinese && !take(&rest, mark)) return is_day(ret->year, ret->month, 1);
    if (!take_number(&rest, 1, 2, &ret->day)) return chinese && is_day(ret->year, ret->month, 1);
    if (chinese && !take(&rest, "日") && !take(&rest, "号")) return false;
    *t = rest;
    return is_day(ret->year, ret->month, ret->day);
}

/* Digits after the point as microseconds. */
static bool take_fraction(text *t, int64_t *ret_us)
{
    int v = 0;
    size_t before = t->len;
    if (!take_number(t, 1, US_DIGITS, &v)) return false;
    for (size_t n = before - t->len; n < US_DIGITS; n++) v *= 10;
    *ret_us += v;
    return true;
}

/* "08:00", "8:00:30.5", "24:00": microseconds of the day. */
static bool take_clock(text *t, int64_t *ret_us)
{
    int h, m, s = 0;
    int64_t us = 0;
    if (!take_number(t, 1, 2, &h) || !take(t, ":") || !take_number(t, 2, 2, &m)) return false;
    if (take(t, ":")) {
        if (!take_number(t, 2, 2, &s)) return false;
        if (take(t, ".") && !take_fraction(t, &us)) return false;
    }
    us += ((int64_t)h * 3600 + m * 60 + s) * US_PER_S;
    *ret_us = us;
    return m <= 59 && s <= 59 && us <= SECONDS_PER_DAY * US_PER_S;
}

/* "Z", "+08:00", "+0800", "+08:05:43" */
static bool take_offset(text *t, int64_t *ret_s)
{
    int h, m, s = 0;
    *ret_s = 0;
    if (take(t, "Z")) return true;
    bool negative = take(t, "-");
    if (!negative && !take(t, "+")) return false;
    if (!take_number(t, 2, 2, &h)) return false;
    take(t, ":");
    if (!take_number(t, 2, 2, &m) || (take(t, ":") && !take_number(t, 2, 2, &s))) return false;
    int64_t v = (int64_t)h * 3600 + m * 60 + s;
    *ret_s = negative ? -v : v;
    return h <= OFFSET_HOURS_MAX && m <= 59 && s <= 59;
}

static bool parse_instant(const cal_zone *z, text t, date d, period *ret)
{
    int64_t clock_us, offset_s, day_s = (int64_t)day_from(d.year, d.month, d.day) * SECONDS_PER_DAY;
    if (!take_clock(&t, &clock_us)) return false;
    int64_t local_s = day_s + clock_us / US_PER_S, at_s;
    if (t.len == 0) {
        at_s = zone_first_at(z, local_s);
    } else {
        if (!take_offset(&t, &offset_s) || t.len > 0) return false;
        at_s = local_s - offset_s;
    }
    ret->start_us = ret->end_us = at_s * US_PER_S + clock_us % US_PER_S;
    return true;
}

static bool parse_one(const cal_zone *z, text t, period *ret)
{
    date d;
    t = text_trim(t);
    if (!take_date(&t, &d)) return false;
    if (d.day > 0) {
        int32_t day = day_from(d.year, d.month, d.day);
        if (t.len > 0) return (take(&t, "T") || take(&t, " ")) && parse_instant(z, t, d, ret);
        *ret = (period){zone_day_start_us(z, day), zone_day_start_us(z, day + 1)};
        return true;
    }
    int first = d.month > 0 ? d.month - 1 : 0, count = d.month > 0 ? 1 : 12;
    if (t.len > 0 && (d.month > 0 || !take_part_of_year(t, &first, &count))) return false;
    *ret = period_months(z, month_from(d.year, 1) + first, count);
    return true;
}

static bool join(period from, period to, text start, text end, period *ret, heng_err *err)
{
    if (to.end_us < from.start_us) {
        err_fill_n(err, &MSG_PERIOD_BACKWARDS, start.ptr, start.len, NULL);
        snprintf(err->other, sizeof err->other, "%.*s", end.len < 64 ? (int)end.len : 64, end.ptr);
        return false;
    }
    *ret = (period){from.start_us, to.end_us};
    return true;
}

bool period_parse_pair(const cal_zone *z, text start, text end, period *ret, heng_err *err)
{
    period from, to;
    if (!parse_one(z, start, &from)) return err_fill_n(err, &MSG_PERIOD_BAD, start.ptr, start.len, NULL);
    if (!parse_one(z, end, &to)) return err_fill_n(err, &MSG_PERIOD_BAD, end.ptr, end.len, NULL);
    return join(from, to, text_trim(start), text_trim(end), ret, err);
}

bool period_parse(const cal_zone *z, text t, period *ret, heng_err *err)
{
    size_t dots;
    period p;
    if (text_find(t, TEXT(".."), &dots)) {
        period to;
        text start = {t.ptr, dots}, end = {t.ptr + dots + 2, t.len - dots - 2};
        if (parse_one(z, start, &p) && parse_one(z, end, &to)) return join(p, to, text_trim(start), text_trim(end), ret, err);
    } else if (parse_one(z, t, &p)) {
        *ret = p;
        return true;
    }
    return err_fill_n(err, &MSG_PERIOD_BAD, t.ptr, t.len, NULL);
}

bool day_parse(text t, int32_t *ret, heng_err *err)
{
    date d;
    text rest = text_trim(t);
    if (!take_date(&rest, &d) || d.day == 0 || rest.len > 0) return err_fill_n(err, &MSG_DATE_BAD, t.ptr, t.len, NULL);
    *ret = day_from(d.year, d.month, d.day);
    return true;
}

text day_format(arena *a, int32_t day)
{
    int y, m, d;
    day_split(day, &y, &m, &d);
    return text_of(arena_printf(a, "%04d-%02d-%02d", y, m, d));
}

text instant_format(arena *a, const cal_zone *z, int64_t us)
{
    int64_t s = floor_divide(us, US_PER_S), fraction_us = us - s * US_PER_S;
    int32_t offset_s = zone_offset_at(z, s), ahead_s = offset_s < 0 ? -offset_s : offset_s;
    int64_t local_s = s + offset_s, day = floor_divide(local_s, SECONDS_PER_DAY);
    int clock_s = (int)(local_s - day * SECONDS_PER_DAY), y, m, d;
    day_split((int32_t)day, &y, &m, &d);
    text_buf b = {.a = a};
    buf_printf(&b, "%04d-%02d-%02dT%02d:%02d:%02d", y, m, d, clock_s / 3600, clock_s / 60 % 60, clock_s % 60);
    if (fraction_us > 0) buf_printf(&b, ".%06d", (int)fraction_us);
    buf_printf(&b, "%c%02d:%02d", offset_s < 0 ? '-' : '+', (int)(ahead_s / 3600), (int)(ahead_s / 60 % 60));
    if (ahead_s % 60) buf_printf(&b, ":%02d", (int)(ahead_s % 60));
    return buf_text(&b);
}

static text format_months(arena *a, int32_t first, int32_t count)
{
    int year = month_year(first), month = month_number(first), last_year = month_year(first + count - 1);
    int last_month = month_number(first + count - 1);
    if (count % 12 == 0 && month == 1)
        return text_of(count == 12 ? arena_printf(a, "%04d", year) : arena_printf(a, "%04d..%04d", year, last_year));
    if (count == 6 && month % 6 == 1) return text_of(arena_printf(a, "%04dH%d", year, month / 6 + 1));
    if (count == 3 && month % 3 == 1) return text_of(arena_printf(a, "%04dQ%d", year, month / 3 + 1));
    if (count == 1) return text_of(arena_printf(a, "%04d-%02d", year, month));
    return text_of(arena_printf(a, "%04d-%02d..%04d-%02d", year, month, last_year, last_month));
}

static text format_days(arena *a, int32_t first, int32_t end)
{
    text from = day_format(a, first), to = day_format(a, end - 1);
    if (end - first == 1) return from;
    return text_of(arena_printf(a, "%.*s..%.*s", TEXT_FMT(from), TEXT_FMT(to)));
}

text period_format(arena *a, const cal_zone *z, period p)
{
    if (period_is_instant(p)) return instant_format(a, z, p.start_us);
    int32_t first = zone_day_of(z, p.start_us), end = zone_day_of(z, p.end_us);
    if (zone_day_start_us(z, first) != p.start_us || zone_day_start_us(z, end) != p.end_us || end <= first) {
        text from = instant_format(a, z, p.start_us), to = instant_format(a, z, p.end_us);
        return text_of(arena_printf(a, "%.*s..%.*s", TEXT_FMT(from), TEXT_FMT(to)));
    }
    int32_t first_month = zone_month_of(z, p.start_us), end_month = zone_month_of(z, p.end_us);
    if (zone_month_start_us(z, first_month) == p.start_us && zone_month_start_us(z, end_month) == p.end_us)
        return format_months(a, first_month, end_month - first_month);
    return format_days(a, first, end);
}
