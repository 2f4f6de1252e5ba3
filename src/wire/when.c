/* Times as gateways write them. See when.h. */
#include "when.h"

static bool take_digits(text *t, int count, int *ret)
{
    if (t->len < (size_t)count) return false;
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (t->ptr[i] < '0' || t->ptr[i] > '9') return false;
        n = n * 10 + (t->ptr[i] - '0');
    }
    *t = (text){t->ptr + count, t->len - (size_t)count};
    *ret = n;
    return true;
}

static bool take_char(text *t, const char *among)
{
    if (t->len == 0 || !strchr(among, t->ptr[0])) return false;
    *t = (text){t->ptr + 1, t->len - 1};
    return true;
}

static size_t digits_of(text t)
{
    size_t n = 0;
    while (n < t.len && t.ptr[n] >= '0' && t.ptr[n] <= '9') n++;
    return n;
}

static bool since_1970(text t, int64_t *ret_us)
{
    bool ok;
    int64_t n = text_to_i64(t, &ok);
    *ret_us = n * (t.len == 10 ? 1000000 : t.len == 13 ? 1000 : 1);
    return ok;
}

/* Microseconds of ".25"; more than six digits are cut. */
static int64_t fraction_us(text *t)
{
    if (!take_char(t, ".,")) return 0;
    int64_t us = 0, unit = 100000;
    for (; t->len && t->ptr[0] >= '0' && t->ptr[0] <= '9'; *t = (text){t->ptr + 1, t->len - 1}, unit /= 10) us += (t->ptr[0] - '0') * unit;
    return us;
}

/* What stands behind the time: nothing (local), Z, +08:00, +0800, +08. */
static bool read_offset(text t, bool *ret_is_local, int64_t *ret_offset_s)
{
    int hours = 0, minutes = 0;
    *ret_is_local = t.len == 0;
    *ret_offset_s = 0;
    if (t.len == 0) return true;
    if (take_char(&t, "Zz")) return t.len == 0;
    int sign = t.ptr[0] == '-' ? -1 : 1;
    if (!take_char(&t, "+-") || !take_digits(&t, 2, &hours)) return false;
    take_char(&t, ":");
    if (t.len && !take_digits(&t, 2, &minutes)) return false;
    *ret_offset_s = sign * (hours * INT64_C(3600) + minutes * 60);
    return t.len == 0 && hours <= 14 && minutes < 60;
}

bool wire_time_parse(const cal_zone *z, text t, int64_t *ret_us)
{
    int year, month, day, hour, minute, second = 0, y, m, d;
    t = text_trim(t);
    if (digits_of(t) == t.len && (t.len == 10 || t.len == 13 || t.len == 16)) return since_1970(t, ret_us);
    bool has_marks = t.len > 4 && (t.ptr[4] == '-' || t.ptr[4] == '/');
    if (!take_digits(&t, 4, &year) || (has_marks && !take_char(&t, "-/")) || !take_digits(&t, 2, &month)) return false;
    if ((has_marks && !take_char(&t, "-/")) || !take_digits(&t, 2, &day)) return false;
    if ((has_marks && !take_char(&t, "Tt ")) || !take_digits(&t, 2, &hour) || (has_marks && !take_char(&t, ":")) || !take_digits(&t, 2, &minute)) return false;
    bool has_second = has_marks ? take_char(&t, ":") : digits_of(t) >= 2;
    if (has_second && !take_digits(&t, 2, &second)) return false;
    if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return false;
    int32_t number = day_from(year, month, day);
    day_split(number, &y, &m, &d);
    if (m != month || d != day) return false;
    int64_t us = fraction_us(&t) + (hour * INT64_C(3600) + minute * 60 + second) * 1000000, offset_s;
    bool is_local;
    if (!read_offset(t, &is_local, &offset_s)) return false;
    *ret_us = us + (is_local ? zone_day_start_us(z, number) : (number * INT64_C(86400) - offset_s) * 1000000);
    return true;
}
