/*
 * Days and months in a time zone. See cal.h; the file format is in zone_file.c.
 *
 * A day starts at the first instant whose local time is at least its midnight, so days and months are intervals without gap or
 * overlap even where a clock change falls on midnight. Month starts of 1900 to 2200 are kept in the zone: month_of and month_start
 * stand in the hot path of posting. A zone is not changed after it is opened, so threads may share it.
 */
#include "zone.h"
#include <stdio.h>
#include <string.h>
#include "messages.h"

enum { MONTH_FIRST = (ZONE_YEAR_FIRST - 1970) * 12, MONTH_COUNT = (ZONE_YEAR_LAST - ZONE_YEAR_FIRST) * 12, NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 1 << 18 };
#define MEAN_MONTH_US (INT64_C(2629746) * US_PER_S) /* 400 Gregorian years / 4800 */

struct cal_zone {
    char *name;
    zone_spans spans;
    int64_t month_starts_us[MONTH_COUNT + 1];
};

int64_t floor_divide(int64_t v, int64_t by)
{
    return v / by - (v % by < 0);
}

int64_t us_of_s(int64_t s)
{
    if (s > INT64_MAX / US_PER_S) return INT64_MAX;
    return s < INT64_MIN / US_PER_S ? INT64_MIN : s * US_PER_S;
}

static size_t span_at(const zone_spans *spans, int64_t utc_s)
{
    size_t low = 0, high = spans->count; /* items[low].from_s <= utc_s < items[high].from_s */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (spans->items[middle].from_s <= utc_s) low = middle;
        else high = middle;
    }
    return low;
}

int32_t zone_offset_at(const cal_zone *z, int64_t utc_s)
{
    return z->spans.items[span_at(&z->spans, utc_s)].offset_s;
}

int64_t zone_first_at(const cal_zone *z, int64_t local_s)
{
    const zone_spans *spans = &z->spans;
    size_t i = span_at(spans, local_s - 2 * SECONDS_PER_DAY); /* surely before: offsets stay below 26 hours */
    for (;; i++) {
        int64_t at = local_s - spans->items[i].offset_s;
        if (at < spans->items[i].from_s) at = spans->items[i].from_s;
        if (i + 1 == spans->count || at < spans->items[i + 1].from_s) return at;
    }
}

int64_t zone_day_start_us(const cal_zone *z, int32_t day)
{
    return us_of_s(zone_first_at(z, (int64_t)day * SECONDS_PER_DAY));
}

static bool is_kept(int32_t month)
{
    return month >= MONTH_FIRST && month <= MONTH_FIRST + MONTH_COUNT;
}

int64_t zone_month_start_us(const cal_zone *z, int32_t month)
{
    if (is_kept(month)) return z->month_starts_us[month - MONTH_FIRST];
    return zone_day_start_us(z, day_from(month_year(month), month_number(month), 1));
}

int32_t zone_day_of(const cal_zone *z, int64_t us)
{
    int64_t s = floor_divide(us, US_PER_S);
    int32_t day = (int32_t)floor_divide(s + zone_offset_at(z, s), SECONDS_PER_DAY);
    while (zone_day_start_us(z, day) > us) day--; /* where a clock goes back over midnight, the later day has begun and stays */
    while (zone_day_start_us(z, day + 1) <= us && zone_day_start_us(z, day + 1) != INT64_MAX) day++;
    return day;
}

int32_t zone_month_of(const cal_zone *z, int64_t us)
{
    const int64_t *starts = z->month_starts_us;
    if (us >= starts[0] && us < starts[MONTH_COUNT]) {
        int32_t i = (int32_t)((us - starts[0]) / MEAN_MONTH_US); /* off by one at most, or two */
        if (i >= MONTH_COUNT) i = MONTH_COUNT - 1;
        while (starts[i] > us) i--;
        while (starts[i + 1] <= us) i++;
        return MONTH_FIRST + i;
    }
    int year, month, day;
    day_split(zone_day_of(z, us), &year, &month, &day);
    return month_from(year, month);
}

const char *zone_name(const cal_zone *z)
{
    return z->name;
}

static bool is_safe_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_BYTES || name[0] == '/' || strstr(name, "..")) return false;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("_+-/", c)) return false;
    }
    return true;
}

static bool read_system_file(arena *a, const char *name, zone_spans *ret)
{
    arena scratch = {0};
    FILE *file = fopen(arena_printf(&scratch, "/usr/share/zoneinfo/%s", name), "rbe");
    bool ok = false;
    if (file) {
        char *bytes = arena_alloc(&scratch, FILE_MAX_BYTES);
        size_t len = fread(bytes, 1, FILE_MAX_BYTES, file);
        ok = len < FILE_MAX_BYTES && !ferror(file) && zone_read(a, (text){bytes, len}, ret);
        fclose(file);
    }
    arena_free(&scratch);
    return ok;
}

static zone_spans spans_of(arena *a, const zone_span *items, size_t count)
{
    zone_spans spans = {.items = NEW_ARRAY(a, count, zone_span), .count = count, .max = count};
    memcpy(spans.items, items, count * sizeof *items);
    return spans;
}

/* What a system without tzdata still has. */
static bool read_built_in(arena *a, const char *name, zone_spans *ret)
{
    static const zone_span utc[] = {{INT64_MIN, 0}};
    static const zone_span shanghai[] = {
#define ZONE_SPAN(from_s, offset_s) {from_s, offset_s},
#include "zone_shanghai.def"
#undef ZONE_SPAN
    };
    if (strcmp(name, "UTC") == 0) *ret = spans_of(a, utc, 1);
    else if (strcmp(name, "Asia/Shanghai") == 0) *ret = spans_of(a, shanghai, sizeof shanghai / sizeof *shanghai);
    else return false;
    return true;
}

static void keep_months(cal_zone *z)
{
    for (int32_t i = 0; i <= MONTH_COUNT; i++) {
        int32_t month = MONTH_FIRST + i;
        z->month_starts_us[i] = zone_day_start_us(z, day_from(month_year(month), month_number(month), 1));
    }
}

bool zone_open(arena *a, const char *name, const cal_zone **ret, heng_err *err)
{
    zone_spans spans = {0};
    if (!is_safe_name(name) || (!read_system_file(a, name, &spans) && !read_built_in(a, name, &spans)))
        return err_fill(err, &MSG_ZONE_UNKNOWN, name, NULL, NULL);
    cal_zone *z = NEW(a, cal_zone);
    z->name = arena_copy(a, name, strlen(name));
    z->spans = spans;
    keep_months(z);
    *ret = z;
    return true;
}
