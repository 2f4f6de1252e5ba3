/* The grammar of a written number. See number.h. */
#include "number.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_from(text t, size_t at)
{
    while (at < t.len && is_digit(t.ptr[at])) at++;
    return at;
}

/* Commas only where thousands stand; returns the end, or 0 if the commas are wrong. */
static size_t groups_from(text t, size_t start, size_t at)
{
    if (at - start > 3 || at == start || t.ptr[start] == '0') return 0;
    while (at < t.len && t.ptr[at] == ',') {
        size_t end = digits_from(t, at + 1);
        if (end - at != 4) return 0;
        at = end;
    }
    return at;
}

/* Reads "[+-]digits" to the end of t; large ones stay at the limit, whose meaning (nothing, or too large) is the same. */
static bool scan_exponent(text t, size_t at, int *ret)
{
    bool negative = at < t.len && t.ptr[at] == '-';
    if (at < t.len && (t.ptr[at] == '-' || t.ptr[at] == '+')) at++;
    if (at == t.len || digits_from(t, at) != t.len) return false;
    int v = 0;
    for (; at < t.len; at++) {
        v = v * 10 + (t.ptr[at] - '0');
        if (v > NUMBER_EXPONENT_MAX) v = NUMBER_EXPONENT_MAX;
    }
    *ret = negative ? -v : v;
    return true;
}

bool number_scan(text t, number_form *ret)
{
    if (t.len == 0) return false;
    if ((unsigned)((unsigned char)t.ptr[0] - '+') > '9' - '+' || !is_digit(t.ptr[t.len - 1])) t = text_trim(t);
    if (t.len == 0) return false;
    ret->negative = t.ptr[0] == '-';
    size_t start = ret->negative || t.ptr[0] == '+', at = digits_from(t, start);
    if (at < t.len && t.ptr[at] == ',' && (at = groups_from(t, start, at)) == 0) return false;
    ret->whole = (text){t.ptr + start, at - start};
    ret->fraction = (text){t.ptr + at, 0};
    ret->exponent = 0;
    if (at < t.len && t.ptr[at] == '.') {
        size_t end = digits_from(t, at + 1);
        if (end == at + 1) return false;
        ret->fraction = (text){t.ptr + at + 1, end - at - 1};
        at = end;
    }
    if (ret->whole.len + ret->fraction.len == 0) return false;
    if (at == t.len) return true;
    return (t.ptr[at] == 'e' || t.ptr[at] == 'E') && scan_exponent(t, at + 1, &ret->exponent);
}
