/*
 * Calendar in the city's zone, and the sharing of a period's amount.
 *
 * Instants are int64_t microseconds since 1970-01-01T00:00Z. A period is [start, end); start = end is an instant. Days,
 * months, quarters and years are cut in the city's zone (TZif data of the system; "Asia/Shanghai" by default).
 * A month is counted from 0 = 1970-01, a day from 0 = 1970-01-01.
 */
#ifndef BASE_CAL_H
#define BASE_CAL_H
#include "dec.h"

typedef struct cal_zone cal_zone;
typedef struct period { int64_t start_us, end_us; } period;

MUST_USE bool zone_open(arena *a, const char *name, const cal_zone **ret, heng_err *err); /* base.zone_unknown */
const char *zone_name(const cal_zone *z);
int64_t zone_day_start_us(const cal_zone *z, int32_t day);
int64_t zone_month_start_us(const cal_zone *z, int32_t month);
int32_t zone_day_of(const cal_zone *z, int64_t us);
int32_t zone_month_of(const cal_zone *z, int64_t us);
int32_t month_from(int year, int month_1_to_12);
int month_year(int32_t month);
int month_number(int32_t month);   /* 1..12 */
int32_t day_from(int year, int month, int day); /* proleptic Gregorian */
void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day);

/* "2021", "2021年", "2021-03", "2021年3月", "2021Q1", "2021年一季度", "2021H1", "2021上半年", "2021-03-15", "2021/3/15",
 * "2021-01..2021-03", "2021-03-15T08:00+08:00". Errors: base.period_bad, base.period_backwards. */
MUST_USE bool period_parse(const cal_zone *z, text t, period *ret, heng_err *err);
/* Start and end given apart, end inclusive when a date ("2021-01-01","2021-01-31" is January). */
MUST_USE bool period_parse_pair(const cal_zone *z, text start, text end, period *ret, heng_err *err);
text period_format(arena *a, const cal_zone *z, period p);      /* shortest of the forms above; parse gives it back */
text instant_format(arena *a, const cal_zone *z, int64_t us);   /* "2021-03-15T08:00:00+08:00" */
text day_format(arena *a, int32_t day);                         /* "2021-03-15" */
MUST_USE bool day_parse(text t, int32_t *ret, heng_err *err);
period period_year(const cal_zone *z, int year);
period period_months(const cal_zone *z, int32_t first, int32_t count);
bool period_is_instant(period p);
bool period_contains(period outer, period inner);
bool period_overlaps(period a, period b);

/*
 * The amount up to instant t is floor(amount*(t-start)/(end-start)) in 128 bits, 0 before start, amount from end on; the part
 * that falls into [from,to) is a difference of two such values, so every nesting of parts adds up. An instant falls
 * whole into the part with from <= start < to. amount may be negative (floor of the absolute value, sign kept). Source: design section 3.
 */
int64_t share_between(int64_t amount, period p, int64_t from_us, int64_t to_us);
/* Parts by month of the zone: first month and count; at most max parts (share_month_count says how many
 * there are: with less room the rest is not given). Returns the number of parts written. */
typedef struct share_part { int32_t month; int64_t amount; } share_part;
size_t share_months(const cal_zone *z, int64_t amount, period p, share_part *parts, size_t max);
size_t share_month_count(const cal_zone *z, period p);

int64_t now_us(void);
#endif
