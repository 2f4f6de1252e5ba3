/*
 * Times as people, meters and spreadsheets write them: 2021-03-15 08:00, 2021/3/15 8:00, 15/03/2021 08:00, 3/15/2021 8:00 AM, Jan 1, 2018 12:00 AM,
 * 20210315080000, 2021年3月15日8时, 2021-03-15T08:00:00.000+08:00, 2021-03-15 下午1:05, seconds since 1970. 24:00 is the end of its day. A year of two digits
 * is one of this century, and only where the order of the date is given. A bill's month: 2021-03, 2021年3月, 202103, Jan-16, 2021, 2021-03-15.
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
    } else if (s->digits[2] == 4 || (s->digits[2] == 2 && (order == ORDER_MDY || order == ORDER_DMY))) {
        *year = (int)n[2], *month = (int)(order == ORDER_MDY ? n[0] : n[1]), *day = (int)(order == ORDER_MDY ? n[1] : n[0]);
    } else if (s->digits[0] == 2 && order == ORDER_YMD) {
        *year = (int)n[0], *month = (int)n[1], *day = (int)n[2];
    } else {
        return false;
    }
    if (*year < 100) *year += 2000;
    int y, m, d;
    if (*year < 1900 || *year > 2200 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return false;
    day_split(day_from(*year, *month, *day), &y, &m, &d);
    return y == *year && m == *month && d == *day;
}

/* Ten digits that are no year, month, day and hour: seconds since 1970. */
static bool epoch_read(text t, clock_time *ret)
{
    bool ok;
    int64_t v = t.len == 10 && t.ptr[0] == '1' && t.ptr[1] < '9' ? text_to_i64(t, &ok) : 0;
    if (v <= 0) return false;
    *ret = (clock_time){.local_s = v, .has_offset = true, .at_us = v * 1000000, .has_date = true};
    return true;
}

static void find_half(text t, stamp *s)
{
    size_t at;
    if (text_find(t, TEXT("下午"), &at)) s->half = 2;
    else if (text_find(t, TEXT("上午"), &at)) s->half = 1;
}

bool clock_read(text t, readings_order order, clock_time *ret)
{
    stamp s;
    int year, month, day;
    size_t used;
    if (epoch_read(t, ret)) return true;
    if (!scan(t, &s)) return false;
    unfold(&s);
    find_half(t, &s);
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
    if (!scan(t, &s) || s.month || s.count < 3 || s.digits[0] > 2 || s.digits[1] > 2 || (s.digits[2] != 4 && s.digits[2] != 2)) return 0;
    const int64_t *n = s.number;
    int found = 4 | (n[0] > 12 ? 1 : 0) | (n[1] > 12 ? 2 : 0);
    if (s.digits[2] == 2) found |= 8 | (s.digits[0] < 2 || n[1] > 12 || n[2] > 31 || n[2] == 0 ? 16 : 0);
    return found;
}

/* The period that a text of a date's parts names, in wall-clock seconds. */
bool clock_period(text t, int64_t *ret_from, int64_t *ret_to)
{
    stamp s;
    int year = 0, month = 0, day = 0;
    if (!scan(t, &s) || s.has_offset || s.half) return false;
    unfold(&s);
    const int64_t *n = s.number;
    if (s.month && s.count == 1) year = (int)(s.digits[0] == 2 ? 2000 + n[0] : n[0]), month = s.month;
    else if (s.month) return false;
    else if (s.count == 1 && s.digits[0] == 6) year = (int)(n[0] / 100), month = (int)(n[0] % 100);
    else if (s.count == 1 && s.digits[0] == 4) year = (int)n[0];
    else if (s.count == 2 && s.digits[0] == 4) year = (int)n[0], month = (int)n[1];
    else if (s.count == 2 && s.digits[1] == 4) year = (int)n[1], month = (int)n[0];
    else if (s.count == 3 && s.digits[0] == 4) year = (int)n[0], month = (int)n[1], day = (int)n[2];
    bool is_year = s.count == 1 && month == 0 && s.digits[0] == 4;
    if (year < 1900 || year > 2200 || (!is_year && (month < 1 || month > 12)) || (s.count == 3 && (day < 1 || day > 31))) return false;
    int32_t from = day_from(year, is_year ? 1 : month, day ? day : 1);
    int32_t to = day ? from + 1 : is_year ? day_from(year + 1, 1, 1) : day_from(month == 12 ? year + 1 : year, month % 12 + 1, 1);
    *ret_from = (int64_t)from * 86400, *ret_to = (int64_t)to * 86400;
    return true;
}

/* 08:45, 8:45:00, 8点45分, 8时; of 08:45-09:00 the first. */
bool clock_of_day(text t, int64_t *ret_s)
{
    stamp s;
    size_t at;
    bool has_mark = text_find(t, TEXT(":"), &at) || text_find(t, TEXT("时"), &at) || text_find(t, TEXT("点"), &at);
    if (!has_mark || !t.len || !is_digit(t.ptr[0]) || !scan(clock_first(t), &s) || s.month || s.has_offset || s.count > 3 || s.digits[0] > 2) return false;
    find_half(t, &s);
    const int64_t *n = s.number;
    int64_t minute = s.count > 1 ? n[1] : 0, second = s.count > 2 ? n[2] : 0, hour = s.half ? n[0] % 12 + (s.half == 2 ? 12 : 0) : n[0];
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute || second))) return false;
    *ret_s = hour * 3600 + minute * 60 + second;
    return true;
}

/* A span of the clock, 08:45-09:00 or 8:00~9:00, less its end; any other text as it is. */
text clock_first(text t)
{
    static const char *const SIGNS[] = {"-", "~", "—", "–", "至", "到"};
    size_t colon, at;
    if (!text_find(t, TEXT(":"), &colon)) return t;
    text rest = {t.ptr + colon, t.len - colon};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        if (!text_find(rest, text_of(SIGNS[i]), &at)) continue;
        text behind = {rest.ptr + at, rest.len - at};
        size_t other;
        if (!text_find(behind, TEXT(":"), &other) || !text_find(text_trim((text){behind.ptr + strlen(SIGNS[i]), behind.len - strlen(SIGNS[i])}), TEXT(":"), &other) || other > 2) continue;
        bool is_offset = SIGNS[i][0] == '-' && at > 5;      /* 08:00:00-07:00 is one time with its offset */
        if (!is_offset) return text_trim((text){t.ptr, colon + at});
    }
    return t;
}
