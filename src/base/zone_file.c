/*
 * Reading a TZif file (RFC 8536): header, 32-bit data (passed over), header, 64-bit data, footer.
 *
 *   header  "TZif" version 15*0 isutcnt isstdcnt leapcnt timecnt typecnt charcnt     (big-endian, 4 bytes each)
 *   data    timecnt times (8 bytes), timecnt type numbers (1), typecnt * {utoff 4, isdst 1, idx 1}, chars, ...
 *   footer  \n POSIX rule \n      such as CET-1CEST,M3.5.0,M10.5.0/3
 *
 * The rule holds after the last time; "slim" files rely on it for today's dates. It is written out year by year. Rules in the forms Jn
 * and n are not used by the tz database and leave standard time. Files that count leap seconds (right/...) are refused.
 */
#include <string.h>
#include "zone.h"

enum { HEADER_BYTES = 44, TIME_COUNT_MAX = 4096, OFFSET_MAX_S = 26 * 3600 };

typedef struct tz_header {
    uint32_t isut_count, isstd_count, leap_count, time_count, type_count, char_count;
} tz_header;

static uint32_t read_u32(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t read_i64(const char *at)
{
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

static text skip(text t, size_t n)
{
    return n > t.len ? (text){t.ptr + t.len, 0} : (text){t.ptr + n, t.len - n};
}

static bool read_header(text *bytes, tz_header *ret)
{
    if (bytes->len < HEADER_BYTES || !text_starts(*bytes, "TZif") || bytes->ptr[4] < '2') return false;
    uint32_t n[6];
    for (size_t i = 0; i < 6; i++) {
        n[i] = read_u32(bytes->ptr + 20 + 4 * i);
        if (n[i] > TIME_COUNT_MAX) return false;
    }
    *ret = (tz_header){n[0], n[1], n[2], n[3], n[4], n[5]};
    *bytes = skip(*bytes, HEADER_BYTES);
    return true;
}

static size_t data_bytes(const tz_header *h, size_t time_bytes)
{
    return h->time_count * (time_bytes + 1) + h->type_count * (size_t)6 + h->char_count + h->leap_count * (time_bytes + 4) + h->isstd_count +
           h->isut_count;
}

static void add_span(arena *a, zone_spans *spans, int64_t from_s, int32_t offset_s)
{
    *ARENA_PUSH(a, spans->items, spans->count, spans->max) = (zone_span){from_s, offset_s};
}

static bool read_spans(arena *a, const tz_header *h, text data, zone_spans *ret)
{
    const char *kinds = data.ptr + h->time_count * (size_t)8, *types = kinds + h->time_count;
    add_span(a, ret, INT64_MIN, (int32_t)read_u32(types));
    for (size_t i = 0; i < h->time_count; i++) {
        unsigned char kind = (unsigned char)kinds[i];
        if (kind >= h->type_count) return false;
        int64_t from_s = read_i64(data.ptr + 8 * i);
        if (ret->count > 1 && from_s <= ret->items[ret->count - 1].from_s) return false;
        if (from_s < -INT64_C(1000000000000) || from_s > INT64_C(1000000000000)) continue; /* "big bang" entries */
        add_span(a, ret, from_s, (int32_t)read_u32(types + 6 * (size_t)kind));
    }
    for (size_t i = 0; i < ret->count; i++)
        if (ret->items[i].offset_s > OFFSET_MAX_S || ret->items[i].offset_s < -OFFSET_MAX_S) return false;
    return true;
}

typedef struct tz_change {
    int month, week, weekday; /* week 5: the last */
    int32_t at_s;             /* local seconds of the day, may lie outside it */
} tz_change;

typedef struct tz_rule {
    int32_t standard_s, summer_s;
    tz_change begin, end; /* of summer time */
} tz_rule;

static bool take(text *t, char c)
{
    if (t->len == 0 || t->ptr[0] != c) return false;
    *t = skip(*t, 1);
    return true;
}

static bool take_small(text *t, int max, int *ret)
{
    int v = 0;
    size_t n = 0;
    for (; n < t->len && n < 3 && t->ptr[n] >= '0' && t->ptr[n] <= '9'; n++) v = v * 10 + (t->ptr[n] - '0');
    *t = skip(*t, n);
    *ret = v;
    return n > 0 && v <= max;
}

static bool take_zone_letters(text *t)
{
    size_t n = 0;
    bool quoted = take(t, '<');
    while (n < t->len && (quoted ? t->ptr[n] != '>' : (t->ptr[n] | 32) >= 'a' && (t->ptr[n] | 32) <= 'z')) n++;
    *t = skip(*t, n);
    return n > 0 && (!quoted || take(t, '>'));
}

/* [+-]h[:mm[:ss]] */
static bool take_clock(text *t, int32_t *ret)
{
    bool negative = take(t, '-');
    if (!negative) take(t, '+');
    int h, m = 0, s = 0;
    if (!take_small(t, 167, &h)) return false;
    if (take(t, ':') && !take_small(t, 59, &m)) return false;
    if (take(t, ':') && !take_small(t, 59, &s)) return false;
    int32_t v = h * 3600 + m * 60 + s;
    *ret = negative ? -v : v;
    return true;
}

static bool take_change(text *t, tz_change *ret)
{
    *ret = (tz_change){.at_s = 2 * 3600};
    if (!take(t, ',') || !take(t, 'M') || !take_small(t, 12, &ret->month) || !take(t, '.')) return false;
    if (!take_small(t, 5, &ret->week) || !take(t, '.') || !take_small(t, 6, &ret->weekday)) return false;
    if (ret->month < 1 || ret->week < 1) return false;
    return !take(t, '/') || take_clock(t, &ret->at_s);
}

static bool parse_rule(text t, tz_rule *ret)
{
    int32_t west_s;
    if (!take_zone_letters(&t) || !take_clock(&t, &west_s)) return false;
    ret->standard_s = -west_s;
    ret->summer_s = ret->standard_s + 3600;
    if (!take_zone_letters(&t)) return false;
    if (t.len > 0 && t.ptr[0] != ',') {
        if (!take_clock(&t, &west_s)) return false;
        ret->summer_s = -west_s;
    }
    return take_change(&t, &ret->begin) && take_change(&t, &ret->end) && t.len == 0;
}

/* Local seconds since 1970 at which the change stands in a year. */
static int64_t change_in_year(const tz_change *c, int year)
{
    int32_t first = day_from(year, c->month, 1);
    int32_t next = c->month == 12 ? day_from(year + 1, 1, 1) : day_from(year, c->month + 1, 1);
    int weekday = (int)(((int64_t)first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int32_t day = first + (c->weekday - weekday + 7) % 7 + 7 * (c->week - 1);
    while (day >= next) day -= 7;
    return (int64_t)day * SECONDS_PER_DAY + c->at_s;
}

static void add_rule(arena *a, const tz_rule *r, zone_spans *spans)
{
    int64_t last_s = spans->count > 1 ? spans->items[spans->count - 1].from_s : -INT64_C(2208988800);
    for (int year = ZONE_YEAR_FIRST; year <= ZONE_YEAR_LAST; year++) {
        zone_span begin = {change_in_year(&r->begin, year) - r->standard_s, r->summer_s};
        zone_span end = {change_in_year(&r->end, year) - r->summer_s, r->standard_s};
        zone_span first = begin.from_s < end.from_s ? begin : end, second = begin.from_s < end.from_s ? end : begin;
        if (first.from_s > last_s) add_span(a, spans, first.from_s, first.offset_s);
        if (second.from_s > last_s && second.from_s > first.from_s) add_span(a, spans, second.from_s, second.offset_s);
    }
}

bool zone_read(arena *a, text bytes, zone_spans *ret)
{
    tz_header old, h;
    zone_spans spans = {0};
    if (!read_header(&bytes, &old)) return false;
    bytes = skip(bytes, data_bytes(&old, 4));
    if (!read_header(&bytes, &h) || h.leap_count > 0 || h.type_count == 0 || bytes.len < data_bytes(&h, 8)) return false;
    if (!read_spans(a, &h, bytes, &spans)) return false;
    text footer = text_trim(skip(bytes, data_bytes(&h, 8)));
    tz_rule rule;
    if (parse_rule(footer, &rule)) add_rule(a, &rule, &spans);
    *ret = spans;
    return true;
}
