/* Any bytes as a period: no crash, and what is accepted is printed and read back as the same period. */
#include <stdlib.h>
#include "base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const cal_zone *zone_of(arena *a, const char *name)
{
    heng_err err;
    const cal_zone *z = NULL;
    if (!zone_open(a, name, &z, &err)) abort();
    return z;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static arena forever; /* the zone is opened once for all runs */
    static const cal_zone *z;
    if (!z) z = zone_of(&forever, "Asia/Shanghai");
    arena a = {0};
    heng_err err;
    period p, back;
    int32_t day;
    text t = {(const char *)bytes, len}, start = t, end;
    if (period_parse(z, t, &p, &err)) {
        if (p.end_us < p.start_us) abort();
        bool printable = p.start_us > INT64_C(-62135000000000000) && p.end_us < INT64_C(253402000000000000); /* years 1 to 9999 */
        if (printable && (!period_parse(z, period_format(&a, z, p), &back, &err) || back.start_us != p.start_us || back.end_us != p.end_us)) abort();
        if (share_month_count(z, p) < 1) abort();
    }
    end = text_next(&start, '\n');
    if (period_parse_pair(z, start, end, &p, &err) && p.end_us < p.start_us) abort();
    if (day_parse(t, &day, &err) && (!day_parse(day_format(&a, day), &day, &err))) abort();
    arena_free(&a);
    return 0;
}
