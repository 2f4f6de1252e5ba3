/* Times as meters, people and spreadsheets write them. */
#include "check.h"
#include "readings.h"

typedef struct clock_case { const char *in; readings_order order; const char *out; /* local time; NULL = no time */ bool has_offset; } clock_case;
static const clock_case CASES[] = {
    {"2021-03-15 08:00", ORDER_FOUND, "2021-03-15 08:00:00", false}, {"2021-03-15T08:00:30", ORDER_FOUND, "2021-03-15 08:00:30", false}, {"2021/3/5 8:05", ORDER_FOUND, "2021-03-05 08:05:00", false},
    {"15/03/2021 08:00", ORDER_DMY, "2021-03-15 08:00:00", false}, {"03/04/2021 08:00", ORDER_DMY, "2021-04-03 08:00:00", false}, {"03/04/2021 08:00", ORDER_MDY, "2021-03-04 08:00:00", false},
    {"7/2/2021 0:15", ORDER_MDY, "2021-07-02 00:15:00", false}, {"Jan 1, 2018 12:00 AM", ORDER_FOUND, "2018-01-01 00:00:00", false}, {"Jan 1, 2018 12:30 PM", ORDER_FOUND, "2018-01-01 12:30:00", false},
    {"1 Jan 2018 1:05 PM", ORDER_FOUND, "2018-01-01 13:05:00", false}, {"20210315080000", ORDER_FOUND, "2021-03-15 08:00:00", false}, {"20210315080000123", ORDER_FOUND, "2021-03-15 08:00:00", false},
    {"202103150800", ORDER_FOUND, "2021-03-15 08:00:00", false}, {"20210315", ORDER_FOUND, "2021-03-15 00:00:00", false}, {"20210315 08:15", ORDER_FOUND, "2021-03-15 08:15:00", false},
    {"2021年3月15日8时30分", ORDER_FOUND, "2021-03-15 08:30:00", false}, {"2021-03-15 24:00", ORDER_FOUND, "2021-03-16 00:00:00", false}, {"2016-07-01 00:00:00-07:00", ORDER_FOUND, "2016-07-01 00:00:00", true},
    {"2018-01-02T00:00:00Z", ORDER_FOUND, "2018-01-02 00:00:00", true}, {"2021-03-15T08:00:00.250+08:00", ORDER_FOUND, "2021-03-15 08:00:00", true}, {"2021-03-15", ORDER_FOUND, "2021-03-15 00:00:00", false},
    {"2021-02-29 08:00", ORDER_FOUND, NULL, false}, {"2021-13-01", ORDER_FOUND, NULL, false}, {"2021-03-15 25:00", ORDER_FOUND, NULL, false}, {"2021-03-15 24:01", ORDER_FOUND, NULL, false},
    {"2021-03-15 13:00 PM", ORDER_FOUND, NULL, false}, {"昨天", ORDER_FOUND, NULL, false}, {"", ORDER_FOUND, NULL, false}, {"12.5", ORDER_FOUND, NULL, false}, {"08:00", ORDER_FOUND, NULL, false},
    {"12/31/10", ORDER_MDY, "2010-12-31 00:00:00", false}, {"31/12/10 8:15", ORDER_DMY, "2010-12-31 08:15:00", false}, {"10/12/31", ORDER_YMD, "2010-12-31 00:00:00", false}, {"12/31/10", ORDER_FOUND, NULL, false},
    {"2024-03-01 下午1:05", ORDER_FOUND, "2024-03-01 13:05:00", false}, {"2024年3月1日 上午12:30", ORDER_FOUND, "2024-03-01 00:30:00", false}, {"1299387600", ORDER_FOUND, "2011-03-06 05:00:00", true},
    {"2021031508", ORDER_FOUND, "2021-03-15 08:00:00", false}, {"1299387600123", ORDER_FOUND, NULL, false},
    {"99999999999999999999999999", ORDER_FOUND, NULL, false}, {"2021-03-15 08:00:00 1 2 3 4 5 6", ORDER_FOUND, NULL, false},
};

static void check_case(arena *a, const clock_case *x)
{
    clock_time t = {0};
    bool ok = clock_read(text_of(x->in), x->order, &t);
    if (!ok || !x->out) {
        check(ok == (x->out != NULL), arena_printf(a, "'%s' %s", x->in, x->out ? "is a time" : "is no time"));
        return;
    }
    int y, m, d, s = (int)(t.local_s % 86400);
    day_split((int32_t)(t.local_s / 86400), &y, &m, &d);
    char *seen = arena_printf(a, "%04d-%02d-%02d %02d:%02d:%02d", y, m, d, s / 3600, s / 60 % 60, s % 60);
    check_text(text_of(seen), text_of(x->out), arena_printf(a, "'%s' is read", x->in));
    check(t.has_offset == x->has_offset, arena_printf(a, "'%s' %s", x->in, x->has_offset ? "knows its zone" : "is of the wall clock"));
}

static const struct { const char *in; int days; const char *from; /* NULL = no period */ } PERIODS[] = {{"2024-02", 29, "2024-02-01"}, {"2024年1月", 31, "2024-01-01"}, {"202402", 29, "2024-02-01"}, {"Jan-16", 31, "2016-01-01"},
    {"Feb 2023", 28, "2023-02-01"}, {"03/2024", 31, "2024-03-01"}, {"2024", 366, "2024-01-01"}, {"2024-03-05", 1, "2024-03-05"}, {"2024-12", 31, "2024-12-01"}, {"2024-13", 0, NULL}, {"一月", 0, NULL}, {"", 0, NULL}, {"2024-03-05 08:00", 0, NULL}};
static const struct { const char *in; int64_t s; /* -1 = no time of day */ } DAY_TIMES[] = {{"00:15", 900}, {"8:45:00", 31500}, {"24:00", 86400}, {"08:45-09:00", 31500}, {"23:00~24:00", 82800}, {"8点45分", 31500}, {"8时", 28800}, {"25:00", -1},
    {"24:01", -1}, {"8", -1}, {"P1", -1}, {"2024-03-01 08:00", -1}};
static const struct { const char *in, *first; } SPANS[] = {{"08:45-09:00", "08:45"}, {"8:00~9:00", "8:00"}, {"08:00至09:00", "08:00"}, {"08:00:00-07:00", "08:00:00-07:00"}, {"2024-03-01 08:00", "2024-03-01 08:00"}, {"-", "-"}};

static void check_parts(arena *a)
{
    for (size_t i = 0; i < sizeof PERIODS / sizeof *PERIODS; i++) {
        int64_t from = 0, to = 0;
        bool ok = clock_period(text_of(PERIODS[i].in), &from, &to);
        check(ok == (PERIODS[i].from != NULL), arena_printf(a, "'%s' %s", PERIODS[i].in, PERIODS[i].from ? "is a period" : "is no period"));
        if (ok && PERIODS[i].from) check(to - from == PERIODS[i].days * 86400 && text_is(day_format(a, (int32_t)(from / 86400)), PERIODS[i].from), arena_printf(a, "'%s' begins and ends", PERIODS[i].in));
    }
    for (size_t i = 0; i < sizeof DAY_TIMES / sizeof *DAY_TIMES; i++) {
        int64_t s = -1;
        if (!clock_of_day(text_of(DAY_TIMES[i].in), &s)) s = -1;
        check_int(s, DAY_TIMES[i].s, arena_printf(a, "'%s' as a time of day", DAY_TIMES[i].in));
    }
    for (size_t i = 0; i < sizeof SPANS / sizeof *SPANS; i++) check_text(clock_first(text_of(SPANS[i].in)), text_of(SPANS[i].first), arena_printf(a, "where '%s' begins", SPANS[i].in));
}

int main(void)
{
    arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) check_case(&a, &CASES[i]);
    check_parts(&a);
    clock_time t;
    check(clock_read(TEXT("2016-07-01 00:00:00-07:00"), ORDER_FOUND, &t) && t.at_us == INT64_C(1467356400000000), "an offset gives the instant");
    check_int(clock_order_evidence(TEXT("15/03/2021")), 5, "a first number above 12 is a day");
    check_int(clock_order_evidence(TEXT("03/15/2021")), 6, "a second number above 12 is a day");
    check_int(clock_order_evidence(TEXT("03/04/2021")), 4, "two small numbers tell nothing");
    check_int(clock_order_evidence(TEXT("2021-03-04")), 0, "a year in front needs no evidence");
    check_int(clock_order_evidence(TEXT("12/31/10")), 4 | 2 | 8 | 16, "12/31/10 can only be month, day, year");
    arena_free(&a);
    return check_done();
}
