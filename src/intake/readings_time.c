/*
 * Times as people, meters and spreadsheets write them: 2021-03-15 08:00, 2021/3/15 8:00, 15/03/2021 08:00, 3/15/2021 8:00 AM, Jan 1, 2018 12:00 AM,
 * 20210315080000, 2021年3月15日8时, 2021-03-15T08:00:00.000+08:00. 24:00 is the end of its day.
 */
#include "readings.h"

enum { NUMBERS_MAX = 8 };
typedef struct stamp { int64_t number[NUMBERS_MAX]; int digits[NUMBERS_MAX]; size_t count; size_t month_at; int month; int half; /* 1 AM, 2 PM */ bool has_offset; int64_t offset_s; } stamp;

static const char *const MONTHS[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static int month_of_word(text t)
{
    for (int m = 0; m < 12; m++) {
        const char *w = MONTHS[m];
        if (t.len >= 3 && lower(t.ptr[0]) == w[0] && lower(t.ptr[1]) == w[1] && lower(t.ptr[2]) == w[2]) return m + 1;
    }
    return 0;
}

/* A word of letters: a month, AM or PM, T, Z. */
static bool take_word(stamp *s, text w)
{
    int month = month_of_word(w);
    char c = lower(w.ptr[0]);
    if (month) {
        s->month = month, s->month_at = s->count;
        return true;
    }
    if (w.len == 2 && (c == 'a' || c == 'p') && lower(w.ptr[1]) == 'm') s->half = c == 'a' ? 1 : 2;
    else if (w.len == 1 && c == 'z') s->has_offset = true;
    else return w.len == 1 && c == 't';
    return true;
}

static size_t take_number(stamp *s, text t, size_t i)
{
    int64_t v = 0;
    int digits = 0;
    for (; i < t.len && is_digit(t.ptr[i]); i++, digits++) v = digits < 18 ? v * 10 + (t.ptr[i] - '0') : v;
    if (s->count < NUMBERS_MAX) s->number[s->count] = v, s->digits[s->count++] = digits;
    return i;
}

/* +08:00, -0700, +08 behind a clock time; after a date alone it is a separator. */
static bool take_offset(stamp *s, text t, size_t i)
{
    int64_t sign = t.ptr[i] == '-' ? -1 : 1, n[2] = {0};
    size_t k = 0, digits = 0;
    for (i++; i < t.len; i++) {
        if (t.ptr[i] == ':') k = 1;
        else if (is_digit(t.ptr[i]) && k < 2) n[k] = n[k] * 10 + (t.ptr[i] - '0'), digits++;
        else return false;
    }
    if (k == 0 && digits > 2) n[1] = n[0] % 100, n[0] /= 100;
    s->has_offset = true, s->offset_s = sign * (n[0] * 3600 + n[1] * 60);
    return digits >= 2 && n[0] <= 14 && n[1] < 60;
}

static bool scan(text t, stamp *s)
{
    bool clock = false;
    *s = (stamp){0};
    for (size_t i = 0; i < t.len;) {
        char c = t.ptr[i];
        if (is_digit(c)) {
            i = take_number(s, t, i);
        } else if ((lower(c) >= 'a' && lower(c) <= 'z')) {
            size_t from = i;
            while (i < t.len && lower(t.ptr[i]) >= 'a' && lower(t.ptr[i]) <= 'z') i++;
            if (!take_word(s, (text){t.ptr + from, i - from})) return false;
        } else if ((c == '+' || c == '-') && clock && s->count >= 5) {
            return take_offset(s, t, i);
        } else if (c == '.' && clock && s->count >= 6) {
            for (i++; i < t.len && is_digit(t.ptr[i]); i++) {} /* parts of a second */
        } else {
            clock |= c == ':' || (s->count >= 3 && (unsigned char)c >= 0x80); /* 时, 分 */
            i++;
        }
    }
    return s->count > 0;
}

/* 20210315, 202103150800, 20210315080000 and the 17 digits of some devices (milliseconds behind). */
static void unfold(stamp *s)
{
    if (s->count == 0 || s->digits[0] < 8) return;
    int64_t v = s->number[0];
    int n = s->digits[0];
    stamp out = {.has_offset = s->has_offset, .offset_s = s->offset_s, .half = s->half};
    for (; n > 14; n--) v /= 10;
    int64_t part[6] = {0};
    size_t parts = n == 8 ? 3 : n == 10 ? 4 : n == 12 ? 5 : n == 14 ? 6 : 0;
    for (size_t i = parts; i-- > 1;) part[i] = v % 100, v /= 100;
    part[0] = v;
    for (size_t i = 0; i < parts; i++) out.number[i] = part[i], out.digits[i] = i ? 2 : 4;
    out.count = parts;
    for (size_t i = 1; i < s->count && out.count < NUMBERS_MAX; i++) out.number[out.count] = s->number[i], out.digits[out.count++] = s->digits[i];
    *s = out;
}

static bool date_of(const stamp *s, readings_order order, int *year, int *month, int *day, size_t *used)
{
    const int64_t *n = s->number;
    *used = 3;
    if (s->month) {                                    /* Jan 1, 2018; 1 Jan 2018 */
        *used = 2;
        if (s->count < 2) return false;
        *month = s->month, *day = (int)(s->digits[0] == 4 ? n[1] : n[0]), *year = (int)(s->digits[0] == 4 ? n[0] : n[1]);
    } else if (s->count < 3) {
        return false;
    } else if (s->digits[0] == 4) {
        *year = (int)n[0], *month = (int)n[1], *day = (int)n[2];
    } else if (s->digits[2] == 4) {
        *year = (int)n[2], *month = (int)(order == ORDER_MDY ? n[0] : n[1]), *day = (int)(order == ORDER_MDY ? n[1] : n[0]);
    } else {
        return false;
    }
    int y, m, d;
    if (*year < 1900 || *year > 2200 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return false;
    day_split(day_from(*year, *month, *day), &y, &m, &d);
    return y == *year && m == *month && d == *day;
}

bool clock_read(text t, readings_order order, clock_time *ret)
{
    stamp s;
    int year, month, day;
    size_t used;
    if (!scan(t, &s)) return false;
    unfold(&s);
    if (!date_of(&s, order, &year, &month, &day, &used)) return false;
    int64_t hour = s.count > used ? s.number[used] : 0, minute = s.count > used + 1 ? s.number[used + 1] : 0, second = s.count > used + 2 ? s.number[used + 2] : 0;
    if (s.half && (hour < 1 || hour > 12)) return false;
    if (s.half) hour = hour % 12 + (s.half == 2 ? 12 : 0);
    if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute || second)) || s.count > used + 4) return false;
    int64_t local = (int64_t)day_from(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    *ret = (clock_time){.local_s = local, .has_offset = s.has_offset, .at_us = (local - s.offset_s) * 1000000, .has_date = true};
    return true;
}

int clock_order_evidence(text t)
{
    stamp s;
    if (!scan(t, &s) || s.month || s.count < 3 || s.digits[0] > 2 || s.digits[2] != 4) return 0;
    return 4 | (s.number[0] > 12 ? 1 : 0) | (s.number[1] > 12 ? 2 : 0);
}
