/* Gates of a reading, one row of the table each: what comes in, and which gate judges what. A gate of 0 lets it pass. */
#include "meters.h"
#include "gate.h"

enum { MAX = 12 };
typedef struct gate_case {
    const char *says;
    meter_kind kind;
    int64_t low, high, rate, capacity, roll_over; /* counts; 0 = not declared */
    size_t before_count;
    int64_t before[4];                            /* readings known earlier, a quarter hour apart, ending a quarter before the first */
    size_t count;
    int64_t value[MAX];
    int minute[MAX];                              /* 0, 0, ...: every quarter hour */
    int gate[MAX];
    uint8_t flags[MAX];                           /* marks wanted besides METER_SUSPECT; only looked at where not 0 */
} gate_case;

static const gate_case CASES[] = {
    {.says = "good interval amounts pass", .kind = METER_INTERVAL, .high = 100, .count = 4, .value = {10, 12, 9, 0}},
    {.says = "a negative amount is held", .kind = METER_INTERVAL, .count = 3, .value = {10, -1, 9}, .gate = {0, GATE_NEGATIVE, 0}},
    {.says = "a value above its range is held", .kind = METER_LEVEL, .low = -5, .high = 100, .count = 3, .value = {99, 101, -6}, .gate = {0, GATE_RANGE, GATE_RANGE}},
    {.says = "an amount that the equipment cannot pass is held: 400 an hour, with allowance 480, are 120 a quarter", .kind = METER_INTERVAL, .capacity = 400, .count = 3, .value = {120, 121, 100}, .gate = {0, GATE_CAPACITY, 0}},
    {.says = "131072 is a word for no value", .kind = METER_LEVEL, .count = 3, .value = {7, 131072, 8}, .gate = {0, GATE_SENTINEL, 0}},
    {.says = "9999 inside declared limits is a value", .kind = METER_LEVEL, .low = -1, .high = 20000, .count = 2, .value = {9998, 9999}},
    {.says = "a register that grows passes", .kind = METER_COUNTER, .capacity = 400, .count = 4, .value = {1000, 1050, 1050, 1100}},
    {.says = "a register at zero once, that stands where it was afterwards, is held and the rest passes", .kind = METER_COUNTER, .capacity = 400, .count = 4, .value = {1000, 0, 1020, 1040}, .gate = {0, GATE_BACKWARDS, 0, 0}},
    {.says = "the same without a declared capacity", .kind = METER_COUNTER, .count = 4, .value = {1000, 0, 1020, 1040}, .gate = {0, GATE_BACKWARDS, 0, 0}},
    {.says = "a register that begins anew is flagged as reset", .kind = METER_COUNTER, .capacity = 400, .count = 4, .value = {1000, 30, 60, 90}, .gate = {0, GATE_RESET, 0, 0}},
    {.says = "a register that falls to what cannot have passed since zero is held", .kind = METER_COUNTER, .capacity = 400, .count = 2, .value = {1000, 700}, .gate = {0, GATE_BACKWARDS}},
    {.says = "a jump above the equipment is held, the readings behind it pass", .kind = METER_COUNTER, .capacity = 400, .count = 4, .value = {1000, 1500, 1040, 1060}, .gate = {0, GATE_CAPACITY, 0, 0}},
    {.says = "without a capacity a lone jump up and back is held", .kind = METER_COUNTER, .count = 4, .value = {1000, 90000, 1040, 1060}, .gate = {0, GATE_BACKWARDS, 0, 0}},
    {.says = "a roll-over passes", .kind = METER_COUNTER, .capacity = 400, .roll_over = 10000, .count = 3, .value = {9950, 9990, 20}},
    {.says = "a register that fell in an earlier delivery and now stands where it had been does not count the jump back", .kind = METER_COUNTER, .capacity = 400, .before_count = 2, .before = {1000, 0}, .count = 2, .value = {1030, 1060},
     .gate = {GATE_RETURNED, 0}, .flags = {METER_START, 0}},
    {.says = "a catch-up after an hour without readings fits the hour", .kind = METER_COUNTER, .capacity = 400, .count = 2, .value = {1000, 1470}, .minute = {0, 60}},
    {.says = "a level that changes too fast is flagged", .kind = METER_LEVEL, .rate = 40, .count = 4, .value = {100, 109, 121, 121}, .gate = {0, 0, GATE_RATE, 0}},
    {.says = "two values for one time: the first stands", .kind = METER_LEVEL, .count = 3, .value = {5, 6, 7}, .minute = {0, 0, 15}, .gate = {0, GATE_DOUBLE, 0}},
    {.says = "the same value twice is no double", .kind = METER_LEVEL, .count = 3, .value = {5, 5, 7}, .minute = {0, 0, 15}},
    {.says = "a lone spike is flagged", .kind = METER_INTERVAL, .count = 4, .value = {10, 11, 250, 10}, .gate = {0, 0, GATE_SPIKE, 0}},
    {.says = "a load that starts is no spike", .kind = METER_INTERVAL, .count = 4, .value = {0, 0, 250, 240}},
};

static const int64_t NOON = INT64_C(1622520000000000); /* 2021-06-01 12:00 in Shanghai */

static int64_t minute_of(const gate_case *x, size_t i)
{
    bool given = false;
    for (size_t k = 0; k < x->count; k++) given |= x->minute[k] != 0;
    return given ? x->minute[i] : 15 * (int64_t)i;
}

static void judge_case(place *p, const meter_gates *g, const gate_case *x)
{
    meter_channel c = channel_like(p, "X/1", x->kind, 900);
    int64_t time[MAX], value[MAX];
    uint8_t flag[MAX] = {0};
    meter_verdict verdict[MAX] = {{0}};
    meter_reading before[4];
    heng_err err = {0};
    c.has_low = c.has_high = x->low != 0 || x->high != 0, c.low = x->low, c.high = x->high, c.has_rate = x->rate != 0, c.rate_per_hour = x->rate;
    if (x->kind == METER_INTERVAL && !x->low) c.has_low = false;
    c.has_capacity = x->capacity != 0, c.capacity_per_hour = x->capacity, c.roll_over = x->roll_over;
    for (size_t i = 0; i < x->count; i++) time[i] = NOON + minute_of(x, i) * MINUTE, value[i] = x->value[i];
    for (size_t i = 0; i < x->before_count; i++) before[i] = (meter_reading){.time_us = NOON - (int64_t)(x->before_count - i) * 15 * MINUTE, .count = x->before[i]};
    meter_run run = {.channel = &c, .count = x->count, .time_us = time, .value = value, .flag = flag, .verdict = verdict, .before_count = x->before_count, .before = before, .arrival_us = NOON + 24 * HOUR};
    check_ok(meter_gate_judge((void *)(uintptr_t)g, &p->a, &run, &err), &err, x->says);
    bool right = true;
    for (size_t i = 0; i < x->count; i++) right = right && verdict[i].gate == x->gate[i] && (!x->flags[i] || (flag[i] & x->flags[i]));
    check(right, x->says);
    for (size_t i = 0; !right && i < x->count; i++) printf("# reading %zu: gate %d, wanted %d\n", i, verdict[i].gate, x->gate[i]);
}

static void judge_clocks(place *p, const meter_gates *g)
{
    meter_channel c = channel_like(p, "X/1", METER_LEVEL, 900);
    heng_err err = {0};
    int64_t future[] = {NOON, NOON + 30 * 24 * HOUR}, lost[] = {INT64_C(946656000000000), NOON}, value[] = {5, 6, 7};
    uint8_t flag[3] = {0};
    meter_verdict verdict[3] = {{0}};
    meter_run run = {.channel = &c, .count = 2, .time_us = future, .value = value, .flag = flag, .verdict = verdict, .arrival_us = NOON + 5 * MINUTE};
    check_ok(meter_gate_judge((void *)(uintptr_t)g, &p->a, &run, &err), &err, "future");
    check(verdict[0].gate == 0 && verdict[1].gate == GATE_FUTURE && verdict[1].status == METER_QUARANTINED, "a month ahead of its arrival is held");
    memset(verdict, 0, sizeof verdict);
    run.time_us = lost;
    check_ok(meter_gate_judge((void *)(uintptr_t)g, &p->a, &run, &err), &err, "lost");
    check(verdict[0].gate == GATE_CLOCK_LOST && verdict[1].gate == 0, "a clock at its first day is held");
    memset(verdict, 0, sizeof verdict);
    int64_t shifted[] = {NOON + 8 * HOUR - 30 * MINUTE, NOON + 8 * HOUR - 15 * MINUTE, NOON + 8 * HOUR};
    run.time_us = shifted, run.count = 3;
    check_ok(meter_gate_judge((void *)(uintptr_t)g, &p->a, &run, &err), &err, "shift");
    check(verdict[2].gate == GATE_ZONE_SHIFT && verdict[2].status == METER_MOVED && shifted[2] == NOON && (flag[2] & METER_RETIMED), "a delivery eight hours ahead is moved back eight hours");
}

/* ---- Permits: the story of 11,000,000,000 t of SO2 against 0.36 t a year ---- */

static void permit_put(place *p, const char *key, const char *indicator, const char *value, const char *unit, int year)
{
    book_bound x = {.key = text_of(key), .indicator = text_of(indicator), .party = p->mill, .compare = BOOK_AT_MOST, .value = text_of(value), .unit = text_of(unit), .when = period_year(book_zone(p->b), year),
        .value_hi = TEXT(""), .base = TEXT(""), .source = TEXT("a permit")};
    book_batch batch = {.source = TEXT("permits"), .bound_count = 1, .bounds = &x};
    book_result result = {0};
    town_must(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "permit");
    if (result.status == BOOK_REFUSED) town_must(false, result.why, key);
}

typedef struct permit_case { const char *says, *code; int64_t before; size_t count; int64_t value[4]; int day[4]; /* from NOON */ int gate[4]; } permit_case;
static const permit_case PERMITS[] = {
    {.says = "eleven thousand million tonnes are held", .code = "S/t", .count = 3, .value = {100, INT64_C(11000000000000), 100}, .gate = {0, GATE_PERMIT, 0}},
    {.says = "just what is permitted passes, a gram more is held", .code = "S/t", .count = 2, .value = {360, 361}, .gate = {0, GATE_PERMIT}},
    {.says = "each reading is judged by the permit of its own year", .code = "S/t", .count = 2, .value = {361, 361}, .day = {0, 365}, .gate = {GATE_PERMIT, 0}},
    {.says = "without a permit in that year nothing is held", .code = "S/t", .count = 1, .value = {INT64_C(11000000000000)}, .day = {800}},
    {.says = "of a counter the difference counts, not the register", .code = "C/t", .before = 5000000, .count = 2, .value = {5000300, 5000600}},
    {.says = "and a difference above the permit is held; the next reading is seen from the one before it", .code = "C/t", .before = 5000000, .count = 3, .value = {5000300, 5900000, 5900300}, .gate = {0, GATE_PERMIT, GATE_PERMIT}},
    {.says = "the multiplier counts: 10 shown are 0.4 t", .code = "M/t", .count = 2, .value = {9, 10}, .gate = {0, GATE_PERMIT}},
    {.says = "a permit in another dimension is no judge", .code = "K/kwh", .count = 1, .value = {1000000}},
};

static void judge_permit_case(place *p, meter_book *m, const meter_gates *g, const permit_case *x)
{
    int64_t time[4], value[4];
    uint8_t flag[4] = {0};
    meter_verdict verdict[4] = {{0}};
    heng_err err = {0};
    meter_reading before = {.time_us = NOON - HOUR, .count = x->before};
    bool right = true;
    for (size_t i = 0; i < x->count; i++) time[i] = NOON + x->day[i] * DAY + (int64_t)i * 15 * MINUTE, value[i] = x->value[i];
    meter_run run = {.channel = meter_channel_get(m, channel_id(p, m, x->code)), .count = x->count, .time_us = time, .value = value, .flag = flag, .verdict = verdict, .before_count = x->before > 0, .before = &before,
        .arrival_us = NOON + 900 * DAY};
    check_ok(meter_gate_judge((void *)(uintptr_t)g, &p->a, &run, &err), &err, x->says);
    for (size_t i = 0; i < x->count; i++) right = right && verdict[i].gate == x->gate[i];
    check(right, x->says);
    for (size_t i = 0; !right && i < x->count; i++) printf("# reading %zu: gate %d, wanted %d\n", i, verdict[i].gate, x->gate[i]);
}

static void judge_permits(place *p, meter_book *m)
{
    const meter_gates *g;
    meter_channel c[] = {channel_like(p, "S/t", METER_INTERVAL, 900), channel_like(p, "C/t", METER_COUNTER, 900), channel_like(p, "M/t", METER_INTERVAL, 900), channel_like(p, "K/kwh", METER_INTERVAL, 900)};
    for (int i = 0; i < 4; i++) c[i].giver = c[i].taker = c[i].movement_kind = BOOK_NONE;
    for (int i = 0; i < 3; i++) c[i].commodity = rule_commodity_find(p->r, TEXT("slag")), c[i].unit = rule_unit_find(p->r, TEXT("t")), c[i].scale = i < 2 ? 3 : 0;
    c[2].multiplier = rat_scaled(&p->a, 4, 2);
    channels_declare(p, m, c, 4);
    permit_put(p, "so2-2021", "channel:S/t", "0.36", "t", 2021);
    permit_put(p, "so2-2022", "channel:S/t", "0.9", "t", 2022);
    permit_put(p, "dust-2021", "channel:C/t", "0.36", "t", 2021);
    permit_put(p, "ash-2021", "channel:M/t", "0.36", "t", 2021);
    permit_put(p, "odd-2021", "channel:K/kwh", "1", "t", 2021);
    check_ok(meter_gates_open(&p->a, m, &g, &p->err), &p->err, "gates with permits");
    for (size_t i = 0; i < sizeof PERMITS / sizeof PERMITS[0]; i++) judge_permit_case(p, m, g, &PERMITS[i]);
    int32_t id = channel_id(p, m, "S/t");
    check_text(meter_gate_limit(&p->a, m, g, GATE_PERMIT, id, NOON, 361), TEXT("> 0.36 t (so2-2021)"), "the limit is the permit, by its key");
    check_text(meter_gate_limit(&p->a, m, g, GATE_NEGATIVE, id, NOON, -1), TEXT("< 0"), "a negative amount is below zero");
    check_text(meter_gate_limit(&p->a, m, g, GATE_STUCK, id, NOON, 1), TEXT(""), "a gate without a limit says none");
}

int main(void)
{
    place p;
    const meter_gates *g;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    check_ok(meter_gates_open(&p.a, m, &g, &p.err), &p.err, "gates");
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) judge_case(&p, g, &CASES[i]);
    judge_clocks(&p, g);
    judge_permits(&p, m);
    meter_book_close(m);
    place_remove(&p);
    return check_done();
}
