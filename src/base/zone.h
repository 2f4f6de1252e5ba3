/* A time zone as spans of one offset, and how it is read. Private to base. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H
#include "cal.h"

enum { SECONDS_PER_DAY = 86400, ZONE_YEAR_FIRST = 1900, ZONE_YEAR_LAST = 2200 };
#define US_PER_S INT64_C(1000000)

typedef struct zone_span {
    int64_t from_s;   /* UTC seconds since 1970; the first span is from INT64_MIN */
    int32_t offset_s; /* local time = UTC + offset */
} zone_span;

typedef struct zone_spans {
    zone_span *items;
    size_t count, max;
} zone_spans;

/* The spans of TZif bytes (version 2 or later), its footer rule written out to ZONE_YEAR_LAST. False if the bytes are not such a file. */
MUST_USE bool zone_read(arena *a, text bytes, zone_spans *ret);

/* First UTC second whose local time is at least local_s: midnight that a clock change skips becomes the change itself. */
int64_t zone_first_at(const cal_zone *z, int64_t local_s);
int32_t zone_offset_at(const cal_zone *z, int64_t utc_s);

int64_t floor_divide(int64_t v, int64_t by);
int64_t us_of_s(int64_t s); /* saturates at the ends of int64_t */
#endif
