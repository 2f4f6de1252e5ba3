/* Written periods: each form, each refusal, and back. */
#include "check.h"
#include "random.h"

static void reads(arena *a, const cal_zone *z)
{
    static const struct { const char *t, *canonical; } CASES[] = {
        {"2021", "2021"}, {"2021年", "2021"}, {" 2021 ", "2021"},
        {"2021-03", "2021-03"}, {"2021年3月", "2021-03"}, {"2021年03月", "2021-03"}, {"2021/3", "2021-03"},
        {"2021Q1", "2021Q1"}, {"2021年一季度", "2021Q1"}, {"2021年第四季度", "2021Q4"}, {"2021年2季度", "2021Q2"}, {"2021年Q3", "2021Q3"}, {"2021一季度", "2021Q1"},
        {"2021H1", "2021H1"}, {"2021上半年", "2021H1"}, {"2021年下半年", "2021H2"},
        {"2021-03-15", "2021-03-15"}, {"2021/3/15", "2021-03-15"}, {"2021年3月15日", "2021-03-15"}, {"2024-02-29", "2024-02-29"},
        {"2021-01..2021-03", "2021Q1"}, {"2021-01..2021-02", "2021-01..2021-02"}, {"2021..2023", "2021..2023"}, {"2020-11..2021-02", "2020-11..2021-02"},
        {"2021Q1..2021Q4", "2021"}, {"2021-01-05..2021-02-03", "2021-01-05..2021-02-03"}, {"2021-01-01..2021-01-31", "2021-01"}, {"2021 .. 2022", "2021..2022"},
        {"2021-03-15T08:00+08:00", "2021-03-15T08:00:00+08:00"}, {"2021-03-15T00:00Z", "2021-03-15T08:00:00+08:00"},
        {"2021-03-15 8:00:30.5", "2021-03-15T08:00:30.500000+08:00"}, {"2021-03-15T24:00", "2021-03-16T00:00:00+08:00"},
        {"2021-03-15T08:00..2021-03-15T09:30", "2021-03-15T08:00:00+08:00..2021-03-15T09:30:00+08:00"},
        {"2021-03-15T00:00..2021-03-16T00:00", "2021-03-15"}, {"2021-03-15T08:00-0330", "2021-03-15T19:30:00+08:00"},
        {"0001", "0001"}, {"1850-01-01", "1850-01-01"},
    };
    heng_err err;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        period p;
        if (check_ok(period_parse(z, text_of(CASES[i].t), &p, &err), &err, CASES[i].t)) check_text(period_format(a, z, p), text_of(CASES[i].canonical), CASES[i].t);
    }
}

static void refuses(const cal_zone *z)
{
    static const char *const CASES[] = {
        "", " ", "21", "202", "20211", "2021-13", "2021-00", "2021-02-29", "2021-04-31", "2021-3-", "2021-", "2021-03/15", "2021年13月", "2021年3月32日", "2021年3月15",
        "2021Q5", "2021Q0", "2021H3", "2021Q", "2021年五季度", "2021年第季度", "2021上半", "2021-03-15T", "2021-03-15T25:00", "2021-03-15T08:60", "2021-03-15T24:01",
        "2021-03-15T08:00+26:00", "2021-03-15T08:00+8", "2021-03-15T08:00x", "2021-03-15T08:00:00.", "2021-03-15T08:00:00.1234567", "0000", "2021..", "..2021",
        "2021..2022..2023", "x", "-2021", "２０２１", "2021-03Q1", "2021年3月上半年", "20210315", "2021-003", "2021-03-015", "2021年3", "T08:00",
    };
    heng_err err;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        period p = {1, 2};
        check_fails(period_parse(z, text_of(CASES[i]), &p, &err), &err, "base.period_bad", CASES[i]);
        check(p.start_us == 1 && p.end_us == 2, "the result is kept on error");
    }
    period p;
    check_fails(period_parse(z, TEXT("2021-03..2021-01"), &p, &err), &err, "base.period_backwards", "backwards");
    check(strcmp(err.seen, "2021-03") == 0 && strcmp(err.other, "2021-01") == 0, "both ends are named");
}

static void pairs(const cal_zone *z)
{
    heng_err err;
    period p, january = period_months(z, month_from(2021, 1), 1);
    check(period_parse_pair(z, TEXT("2021-01-01"), TEXT("2021-01-31"), &p, &err) && p.start_us == january.start_us && p.end_us == january.end_us, "dates include the last day");
    check(period_parse_pair(z, TEXT("2021-01-01T00:00"), TEXT("2021-02-01T00:00"), &p, &err) && p.end_us == january.end_us, "instants do not");
    check(period_parse_pair(z, TEXT("2021-01-01"), TEXT("2021-01-01"), &p, &err) && !period_is_instant(p), "one day");
    check_fails(period_parse_pair(z, TEXT("2021-01-02"), TEXT("2020-12-31"), &p, &err), &err, "base.period_backwards", "backwards");
    check_fails(period_parse_pair(z, TEXT("2021-01-02"), TEXT(""), &p, &err), &err, "base.period_bad", "no end");
    check_fails(period_parse_pair(z, TEXT("2021-01-02..2021-01-03"), TEXT("2021"), &p, &err), &err, "base.period_bad", "a range is not a start");
}

static void days(arena *a)
{
    heng_err err;
    int32_t day = 42;
    check(day_parse(TEXT("2021-03-15"), &day, &err) && day == day_from(2021, 3, 15), "a day");
    check(day_parse(TEXT("2021年3月15日"), &day, &err) && day == day_from(2021, 3, 15), "a Chinese day");
    check_text(day_format(a, day), TEXT("2021-03-15"), "and back");
    check_fails(day_parse(TEXT("2021-03"), &day, &err), &err, "base.date_bad", "a month is no day");
    check_fails(day_parse(TEXT("2021-02-30"), &day, &err), &err, "base.date_bad", "30 February");
    check_fails(day_parse(TEXT("2021-03-15T08:00"), &day, &err), &err, "base.date_bad", "an instant is no day");
}

/* Ends on years, months, days or anywhere; what is printed must be read back as the same period. */
static int64_t random_end(const cal_zone *z, uint64_t *state)
{
    int64_t us = random_between(state, -INT64_C(2500000000000000), INT64_C(7000000000000000));
    switch (next_random(state) % 5) {
    case 0: return zone_month_start_us(z, month_from(month_year(zone_month_of(z, us)), 1));
    case 1: return zone_month_start_us(z, zone_month_of(z, us));
    case 2: return zone_day_start_us(z, zone_day_of(z, us));
    case 3: return us / 1000000 * 1000000;
    default: return us;
    }
}

static void round_trips(arena *a, const char *name)
{
    heng_err err;
    const cal_zone *z = NULL;
    if (!check_ok(zone_open(a, name, &z, &err), &err, name)) return;
    uint64_t state = 21;
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        arena_mark mark = arena_here(a);
        period p = {random_end(z, &state), random_end(z, &state)}, back = {0};
        if (i % 10 == 0) p = period_months(z, (int32_t)random_between(&state, -600, 600), (int32_t)random_between(&state, 1, 12));
        if (p.end_us < p.start_us) p = (period){p.end_us, p.start_us};
        text t = period_format(a, z, p);
        bool ok = period_parse(z, t, &back, &err) && back.start_us == p.start_us && back.end_us == p.end_us;
        if (!ok && wrong++ < 3) printf("# %.*s: %lld %lld, %lld %lld\n", TEXT_FMT(t), (long long)p.start_us, (long long)p.end_us, (long long)back.start_us, (long long)back.end_us);
        arena_rewind(a, mark);
    }
    check_int(wrong, 0, "what is printed is read back, 20000 times");
}

int main(void)
{
    arena a = {0};
    heng_err err;
    const cal_zone *z = NULL;
    if (!check_ok(zone_open(&a, "Asia/Shanghai", &z, &err), &err, "Shanghai")) return check_done();
    reads(&a, z);
    refuses(z);
    pairs(z);
    days(&a);
    period y = period_year(z, 2024);
    check_int((y.end_us - y.start_us) / INT64_C(86400000000), 366, "a leap year");
    round_trips(&a, "Asia/Shanghai");
    round_trips(&a, "Europe/Berlin");
    round_trips(&a, "America/St_Johns");
    round_trips(&a, "Pacific/Apia");
    arena_free(&a);
    return check_done();
}
