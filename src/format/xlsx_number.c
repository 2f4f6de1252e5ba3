/*
 * Numbers and dates of a spreadsheet as text.
 *
 * The XML holds what the spreadsheet program printed of a double. Up to 15 significant digits that is the number as a person typed
 * it, and stays as it is. With more digits, 0.1 + 0.2 = 0.30000000000000004 is noise of the sum when its 15 digits end in three zeros or
 * more: the program shows 0.3, and 0.3 it is. Else the shortest decimal is taken that reads back to the same double. An exponent is
 * written out, exactly. A first day shown as a month is that month: 2021年3月 typed into a cell is kept by the program as 2021-03-01.
 *
 * A day number counts from 1899-12-31 = 0, with a 29 February 1900 that never was (60): from 61 on, days since 1899-12-30. In
 * the 1904 system, days since 1904-01-01. The fraction is the time of day, rounded to the second.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "xlsx.h"

enum { DIGITS_EXACT = 15, DIGITS_NOISE = 12, RAW_MAX = 400, EXPONENT_MAX = 330, DAY_SECONDS = 86400, LEAP_1900 = 60, DAYS_1904 = 1462, DAY_LAST = 2958465 };

typedef struct number_parts {
    bool negative;
    char digits[RAW_MAX]; /* whole and fraction, no leading zeros */
    int count, point;     /* value = 0.digits * 10^point */
} number_parts;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void add_digit(number_parts *n, char c, bool fraction)
{
    if (n->count == 0 && c == '0') {
        if (fraction) n->point--;
        return;
    }
    n->digits[n->count++] = c;
    if (!fraction) n->point++;
}

static bool parse_exponent(text t, size_t i, int *ret)
{
    bool negative = i < t.len && t.ptr[i] == '-';
    int v = 0;
    if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) i++;
    if (i >= t.len) return false;
    for (; i < t.len; i++) {
        if (!is_digit(t.ptr[i])) return false;
        if (v <= EXPONENT_MAX) v = v * 10 + (t.ptr[i] - '0');
    }
    *ret = negative ? -v : v;
    return v <= EXPONENT_MAX;
}

static bool parse_parts(text t, number_parts *n)
{
    bool seen_point = false, any = false;
    size_t i = 0;
    int exponent = 0;
    *n = (number_parts){.negative = t.len > 0 && t.ptr[0] == '-'};
    if (t.len >= RAW_MAX) return false;
    if (t.len > 0 && (t.ptr[0] == '-' || t.ptr[0] == '+')) i++;
    for (; i < t.len && (is_digit(t.ptr[i]) || (t.ptr[i] == '.' && !seen_point)); i++) {
        if (t.ptr[i] == '.') seen_point = true;
        else add_digit(n, t.ptr[i], seen_point);
        any |= t.ptr[i] != '.';
    }
    if (!any) return false;
    if (i < t.len && ((t.ptr[i] | 0x20) != 'e' || !parse_exponent(t, i + 1, &exponent))) return false;
    n->point += exponent;
    while (n->count > 0 && n->digits[n->count - 1] == '0' && (seen_point || exponent)) n->count--;
    return true;
}

/* 0.digits * 10^point, written out. */
static text write_plain(arena *a, const number_parts *n)
{
    if (n->count == 0) return TEXT("0");
    text_buf b = {.a = a};
    if (n->negative) buf_char(&b, '-');
    for (int i = 0; i < n->point || i == 0; i++) buf_char(&b, n->point <= 0 ? '0' : i < n->count ? n->digits[i] : '0');
    if (n->count > n->point) buf_char(&b, '.');
    for (int i = n->point; i < 0; i++) buf_char(&b, '0');
    for (int i = n->point > 0 ? n->point : 0; i < n->count; i++) buf_char(&b, n->digits[i]);
    return buf_text(&b);
}

/* Plain digits as a person types them: kept, trailing zeros and all. */
static bool is_plain(text t, int significant)
{
    size_t i = t.len > 0 && t.ptr[0] == '-';
    if (significant == 0 || significant > DIGITS_EXACT || i >= t.len || !is_digit(t.ptr[i]) || !is_digit(t.ptr[t.len - 1])) return false;
    for (; i < t.len; i++)
        if (!is_digit(t.ptr[i]) && t.ptr[i] != '.') return false;
    return true;
}

static bool to_double(locale_t c, text raw, double *ret)
{
    char z[RAW_MAX];
    char *end;
    if (raw.len == 0 || raw.len >= sizeof z) return false;
    memcpy(z, raw.ptr, raw.len);
    z[raw.len] = 0;
    *ret = strtod_l(z, &end, c);
    return *end == 0 && isfinite(*ret);
}

static bool shortest(locale_t c, double v, number_parts *ret)
{
    char z[64];
    locale_t before = uselocale(c);
    bool ok = true;
    for (int digits = DIGITS_EXACT; digits <= 17 && ok; digits++) {
        snprintf(z, sizeof z, "%.*g", digits, v);
        ok = parse_parts(text_of(z), ret);
        if (strtod(z, NULL) == v || ret->count <= DIGITS_NOISE) break;
    }
    uselocale(before);
    return ok;
}

bool xlsx_number(arena *a, locale_t c, text raw, text *ret)
{
    number_parts n;
    double v;
    if (!parse_parts(raw, &n)) return false;
    if (is_plain(raw, n.count)) {
        *ret = text_copy(a, raw);
        return true;
    }
    if (n.count > DIGITS_EXACT && (!to_double(c, raw, &v) || !shortest(c, v, &n))) return false;
    *ret = write_plain(a, &n);
    return true;
}

static text clock_text(arena *a, const char *day, int64_t seconds)
{
    const char *s = arena_printf(a, "%s%02lld:%02d:%02d", day, (long long)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    return text_of(s);
}

static bool no_such_day(text shown, text *ret)
{
    *ret = shown;
    return false;
}

bool xlsx_date(arena *a, const xlsx *x, text raw, xlsx_form form, text *ret)
{
    double v;
    if (!to_double(x->c_locale, raw, &v) || v < 0 || v >= (double)DAY_LAST + 1) return no_such_day(text_copy(a, raw), ret);
    int64_t seconds = llround(v * DAY_SECONDS);
    if (form == FORM_ELAPSED || (form == FORM_TIME && v < 1)) {
        *ret = clock_text(a, "", seconds);
        return true;
    }
    int64_t day = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
    if (x->is_1904) day += DAYS_1904;
    else if (day == 0) return no_such_day(TEXT("1900-01-00"), ret);
    else if (day == LEAP_1900) return no_such_day(TEXT("1900-02-29"), ret);
    else if (day < LEAP_1900) day++;
    int year, month, of_month;
    day_split((int32_t)(day + day_from(1899, 12, 30)), &year, &month, &of_month);
    if (year > 9999) return no_such_day(text_copy(a, raw), ret);
    if (form == FORM_MONTH && of_month == 1 && rest == 0) return *ret = text_of(arena_printf(a, "%04d-%02d", year, month)), true;
    const char *iso = arena_printf(a, "%04d-%02d-%02d", year, month, of_month);
    *ret = (form == FORM_DATE || form == FORM_MONTH) && rest == 0 ? text_of(iso) : clock_text(a, arena_printf(a, "%sT", iso), rest);
    return true;
}
