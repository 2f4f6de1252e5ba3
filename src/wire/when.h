/* Times as gateways write them. */
#ifndef WIRE_WHEN_H
#define WIRE_WHEN_H
#include "base.h"
/*
 * "2024-03-15T08:00:00+08:00", "2024-03-15 08:00:00.250" and "20240315080000" (local in the zone, or with Z or an offset), or digits since 1970: 10 =
 * seconds, 13 = milliseconds, 16 = microseconds. False: none of these. In a zone with clock changes a local time of the doubled hour is the first of the two.
 */
MUST_USE bool wire_time_parse(const cal_zone *z, text t, int64_t *ret_us);
#endif
