/*
 * Rules about clocks.
 *
 *   doubled hour   when clocks go back, an hour of wall-clock time comes twice. Readings are taken in the order of the source: a time that does not
 *                  rise any more, or that comes again, is the second of the two
 *   skipped hour   when clocks go forward, an hour is not there; a reading in it is moved on by the jump
 *   zone mistaken  a whole batch lies in the future by full hours: the source wrote another zone's time
 *
 * China has had no clock changes since 1991; data from elsewhere have.
 */
#include "inside.h"

enum { HOURS_MAX = 14, NEAR_S = 6 * 3600 };

/* Offset of local time in seconds at an instant, from the starts of days: the zone says nothing else here. */
static int64_t local_at(const cal_zone *z, int64_t us)
{
    arena a = {0};
    text t = instant_format(&a, z, us); /* ...+08:00 */
    int64_t sign = t.len >= 6 && t.ptr[t.len - 6] == '-' ? -1 : 1, hours = 0, minutes = 0;
    if (t.len >= 6 && t.ptr[t.len - 3] == ':') {
        hours = (t.ptr[t.len - 5] - '0') * 10 + (t.ptr[t.len - 4] - '0');
        minutes = (t.ptr[t.len - 2] - '0') * 10 + (t.ptr[t.len - 1] - '0');
    }
    arena_free(&a);
    return sign * (hours * 3600 + minutes * 60);
}


/* Both instants whose wall clock shows local_s: n = 1 usual, 2 doubled, 0 skipped (then ret[0] is moved on). */
static int instants_of(const cal_zone *z, int64_t local_s, int64_t ret[2])
{
    int64_t before = local_at(z, (local_s - NEAR_S) * 1000000 - local_at(z, local_s * 1000000) * 1000000), after = local_at(z, (local_s + NEAR_S) * 1000000 - local_at(z, local_s * 1000000) * 1000000);
    int64_t first = (local_s - before) * 1000000, second = (local_s - after) * 1000000;
    if (before == after) return ret[0] = first, 1;
    bool first_fits = local_at(z, first) == before, second_fits = local_at(z, second) == after;
    if (first_fits && second_fits) return ret[0] = first, ret[1] = second, 2;
    if (!first_fits && !second_fits) return ret[0] = first, 0;
    ret[0] = first_fits ? first : second;
    return 1;
}

bool meter_clock_local(const cal_zone *z, const int64_t *local_s, size_t count, int64_t *ret_us, uint8_t *was, heng_err *err)
{
    (void)err;
    int64_t quiet_day = INT64_MIN, quiet_offset = 0; /* days without a change near them need one look */
    for (size_t i = 0; i < count; i++) {
        int64_t both[2], day_ = local_s[i] / 86400 - (local_s[i] % 86400 < 0);
        if (was) was[i] = 0;
        if (day_ == quiet_day) {
            ret_us[i] = (local_s[i] - quiet_offset) * 1000000;
            continue;
        }
        int64_t noon = (day_ * 86400 + 43200) * 1000000, offset = local_at(z, noon);
        if (local_at(z, noon - 2 * METER_DAY_US) == offset && local_at(z, noon + 2 * METER_DAY_US) == offset) {
            quiet_day = day_, quiet_offset = offset;
            ret_us[i] = (local_s[i] - offset) * 1000000;
            continue;
        }
        int n = instants_of(z, local_s[i], both);
        bool is_second = n == 2 && i > 0 && ret_us[i - 1] >= both[0];
        ret_us[i] = both[is_second];
        if (was && (is_second || n == 0)) was[i] = n == 0 ? 2 : 1;
    }
    return true;
}

int meter_clock_shift_hours(const int64_t *time_us, size_t count, int64_t arrival_us, int64_t tolerance_us)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < count; i++) newest = time_us[i] > newest ? time_us[i] : newest;
    if (count == 0 || newest <= arrival_us + tolerance_us) return 0;
    int64_t ahead = newest - arrival_us, hours = (ahead + METER_HOUR_US / 2) / METER_HOUR_US, off = ahead - hours * METER_HOUR_US;
    return hours >= 1 && hours <= HOURS_MAX && off <= tolerance_us && off >= -tolerance_us ? (int)hours : 0;
}
