/* Days judged: comparisons between channels, and what was known at an earlier moment. Each gate of a day has a case in tests/errors. */
#include "meters.h"
#include "quality.h"

static const int64_t DAY0 = T0 - 30 * DAY;

static void level(place *p, meter_book *m, const char *code, int scale)
{
    meter_channel c = channel_like(p, code, METER_LEVEL, 3600);
    c.scale = scale;
    channels_declare(p, m, &c, 1);
}

static void put(place *p, meter_book *m, const char *code, int day, const int64_t *values, size_t n)
{
    int64_t time[24];
    for (size_t i = 0; i < n; i++) time[i] = DAY0 + day * DAY + (int64_t)i * HOUR;
    take_some(p, m, channel_id(p, m, code), time, values, NULL, n, NULL);
}

static size_t compare(place *p, meter_book *m, const char *code, meter_finding **ret)
{
    const meter_gates *g;
    size_t n;
    int32_t id = code ? channel_id(p, m, code) : METER_NONE;
    town_must(meter_gates_open(&p->a, m, &g, &p->err), &p->err, "gates");
    check_ok(meter_compare(m, g, &p->a, &id, code ? 1 : 0, (period){DAY0, DAY0 + 3 * DAY}, BOOK_KNOWN_NOW, ret, &n, &p->err), &p->err, "comparisons");
    return n;
}

static void test_dust(void)
{
    place p;
    meter_finding *f;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    level(&p, m, "S1/pm25", 0), level(&p, m, "S1/pm10", 1), level(&p, m, "S2/pm25", 0), level(&p, m, "S3/pm10", 0);
    put(&p, m, "S1/pm25", 0, (int64_t[]){30, 40, 66, 50}, 4);
    put(&p, m, "S1/pm10", 0, (int64_t[]){600, 300, 600, 480}, 4);
    put(&p, m, "S1/pm25", 1, (int64_t[]){30, 40}, 2);
    put(&p, m, "S1/pm10", 1, (int64_t[]){300, 400}, 2);
    put(&p, m, "S2/pm25", 0, (int64_t[]){900}, 1);
    put(&p, m, "S3/pm10", 0, (int64_t[]){1}, 1);
    size_t n = compare(&p, m, NULL, &f);
    check(n == 1 && f[0].gate == GATE_COMPARE && f[0].channel == channel_id(&p, m, "S1/pm25"), "more fine dust than dust at one station is found, once a day; another station is not asked");
    if (n) check_text(f[0].seen, TEXT("1/4: 01:00 40 > 30"), "it says how many of how many, the first time and both values; a tenth is allowed for");
    if (n) check_text(f[0].wanted, TEXT("≤ S1/pm10"), "and with what it was compared");
    check(compare(&p, m, "S1/pm10", &f) == 0 && compare(&p, m, "S1/pm25", &f) == 1, "one channel is asked for by its left side");
    meter_book_close(m);
    place_remove(&p);
}

static void test_order(void)
{
    place p;
    meter_finding *f;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    level(&p, m, "MN1/w01018-Min", 2), level(&p, m, "MN1/w01018-Avg", 2), level(&p, m, "MN1/w01018-Max", 2);
    put(&p, m, "MN1/w01018-Min", 0, (int64_t[]){100, 100, 500}, 3);
    put(&p, m, "MN1/w01018-Avg", 0, (int64_t[]){100, 200, 300}, 3);
    put(&p, m, "MN1/w01018-Max", 0, (int64_t[]){100, 199, 900}, 3);
    size_t n = compare(&p, m, NULL, &f);
    check(n == 2 && f[0].gate == GATE_COMPARE + 1, "least, mean and greatest of a monitor are compared by their names");
    if (n == 2) check_text(f[0].seen, TEXT("1/3: 02:00 5 > 3"), "a least value above the mean"), check_text(f[1].seen, TEXT("1/3: 01:00 2 > 1.99"), "a mean above the greatest, without any allowance");
    meter_book_close(m);
    place_remove(&p);
}

/* What was known then: by readings of that moment. */
static void test_known(void)
{
    place p;
    meter_finding *f;
    const meter_gates *g;
    size_t n, k;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    meter_channel c = channel_like(&p, "A/kwh", METER_INTERVAL, 3600);
    channels_declare(&p, m, &c, 1);
    int64_t values[24];
    for (int i = 0; i < 24; i++) values[i] = 10 + i;
    put(&p, m, "A/kwh", 0, values, 12);
    meter_book_close(m);
    place_reopen_at(&p, T0 + DAY);
    m = meters_open(&p);
    put(&p, m, "A/kwh", 0, values, 24);
    town_must(meter_gates_open(&p.a, m, &g, &p.err), &p.err, "gates");
    period when = {DAY0, DAY0 + DAY};
    check_ok(meter_quality(m, g, &p.a, NULL, 0, when, BOOK_KNOWN_NOW, &f, &n, &p.err), &p.err, "now");
    check_int((int64_t)n, 0, "a day whose second half came later is whole now");
    check_ok(meter_quality(m, g, &p.a, NULL, 0, when, T0 + DAY / 2, &f, &k, &p.err), &p.err, "then");
    check(k == 2 && f[0].gate == GATE_INCOMPLETE && f[1].gate == GATE_GAP, "and was incomplete, with a gap, as known then");
    if (k == 2) check_text(f[0].seen, TEXT("12/24"), "twelve of twenty-four"), check_text(f[1].seen, TEXT("12"), "twelve missing");
    meter_book_close(m);
    place_remove(&p);
}

int main(void)
{
    test_dust();
    test_order();
    test_known();
    return check_done();
}
