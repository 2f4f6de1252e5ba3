/* Named rules: counters (turn of the register, reset, swap, jump, dip, gap), clocks (doubled and skipped hours, zone mistaken), and what becomes of each reading. */
#include "meters.h"
#include "../../src/meter/inside.h"

typedef struct step_case { const char *says; int64_t from, to, hours; uint8_t flag; int64_t roll_over, capacity; meter_reset reset; counter_rule rule; int64_t amount; } step_case;

static const step_case STEPS[] = {
    {"a counter that grew: the difference", 100, 130, 1, 0, 0, 0, METER_RESET_ZERO, COUNTER_PLAIN, 30},
    {"no growth is nothing", 100, 100, 1, 0, 0, 0, METER_RESET_ZERO, COUNTER_PLAIN, 0},
    {"the register turned: difference and one turn", 999990, 15, 1, 0, 1000000, 0, METER_RESET_ZERO, COUNTER_ROLLED, 25},
    {"a turn that would be a tenth of the register and more is a reset", 500000, 15, 1, 0, 1000000, 0, METER_RESET_ZERO, COUNTER_RESET, 15},
    {"a turn within the capacity is believed", 500000, 15, 600, 0, 1000000, 1000, METER_RESET_ZERO, COUNTER_ROLLED, 500015},
    {"without a register declared a fall is a reset: it counted from zero", 500, 20, 1, 0, 0, 0, METER_RESET_ZERO, COUNTER_RESET, 20},
    {"or from a new start, when declared so", 500, 20, 1, 0, 0, 0, METER_RESET_START, COUNTER_RESET, 0},
    {"a reset to more than could flow is a new start", 5000, 4000, 1, 0, 0, 100, METER_RESET_ZERO, COUNTER_RESET, 0},
    {"a new meter: nothing flowed between the two registers", 5000, 12, 1, METER_START, 0, 0, METER_RESET_ZERO, COUNTER_STARTED, 0},
    {"a new meter that shows more: nothing either", 12, 5000, 1, METER_START, 0, 0, METER_RESET_ZERO, COUNTER_STARTED, 0},
    {"more than the equipment can pass is a jump", 100, 15500000, 1, 0, 0, 1000, METER_RESET_ZERO, COUNTER_JUMP, 0},
    {"what the equipment can just pass is none", 100, 1100, 1, 0, 0, 1000, METER_RESET_ZERO, COUNTER_PLAIN, 1000},
    {"a fall below zero counts nothing", 100, -5, 1, 0, 0, 0, METER_RESET_ZERO, COUNTER_RESET, 0},
    {"readings more than 400 days apart are not bridged", 100, 900, 24 * 401, 0, 0, 0, METER_RESET_ZERO, COUNTER_GAP, 0},
    {"400 days are", 100, 900, 24 * 400, 0, 0, 0, METER_RESET_ZERO, COUNTER_PLAIN, 800},
    {"the ends of 64 bits are a jump, not an overflow", INT64_MIN + 1, INT64_MAX, 1, 0, 0, 0, METER_RESET_ZERO, COUNTER_JUMP, 0},
};

static meter_channel channel_of(const step_case *s)
{
    meter_channel c;
    meter_channel_init(&c);
    c.kind = METER_COUNTER;
    c.roll_over = s->roll_over, c.reset = s->reset;
    c.has_capacity = s->capacity > 0, c.capacity_per_hour = s->capacity;
    return c;
}

static void test_steps(void)
{
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        const step_case *s = &STEPS[i];
        meter_channel c = channel_of(s);
        meter_reading from = {0, s->from, 0, 0}, to = {s->hours * HOUR, s->to, 0, s->flag};
        int64_t amount = -1;
        counter_rule rule = counter_step(&c, &from, &to, &amount);
        check(rule == s->rule && amount == s->amount, s->says);
    }
}

static void test_dips(void)
{
    static const struct { const char *says; int64_t v[3]; bool is_dip; } CASES[] = {
        {"one reading of zero between like ones is a dip", {1000000, 0, 1000001}, true}, {"back at the same count", {50, 0, 50}, true}, {"a reset that went on is none", {1000000, 0, 10}, false},
        {"a small fall and a large growth are a reset", {10, 3, 12}, false}, {"growth is none", {1, 2, 3}, false}};
    meter_channel c = channel_of(&STEPS[0]);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        meter_reading r[3];
        for (int k = 0; k < 3; k++) r[k] = (meter_reading){k * HOUR, CASES[i].v[k], 0, 0};
        check(counter_is_dip(&c, &r[0], &r[1], &r[2]) == CASES[i].is_dip, CASES[i].says);
    }
}

static int64_t local(int y, int mo, int d, int h, int mi) { return (int64_t)day_from(y, mo, d) * 86400 + h * 3600 + mi * 60; }

static void test_clocks(void)
{
    arena a = {0};
    heng_err err = {0};
    const cal_zone *copenhagen, *auckland, *shanghai;
    int64_t us[8];
    uint8_t was[8];
    check_ok(zone_open(&a, "Europe/Copenhagen", &copenhagen, &err) && zone_open(&a, "Pacific/Auckland", &auckland, &err) && zone_open(&a, "Asia/Shanghai", &shanghai, &err), &err, "zones");
    int64_t autumn[] = {local(2021, 10, 31, 1, 0), local(2021, 10, 31, 2, 0), local(2021, 10, 31, 2, 0), local(2021, 10, 31, 3, 0)};
    check_ok(meter_clock_local(copenhagen, autumn, 4, us, was, &err), &err, "an autumn night");
    check(us[1] - us[0] == HOUR && us[2] - us[1] == HOUR && us[3] - us[2] == HOUR, "the doubled hour is two hours");
    check(was[1] == 0 && was[2] == 1, "and says which is the second");
    int64_t quarters[] = {local(2021, 10, 31, 2, 30), local(2021, 10, 31, 2, 45), local(2021, 10, 31, 2, 0), local(2021, 10, 31, 2, 15)};
    check_ok(meter_clock_local(copenhagen, quarters, 4, us, was, &err), &err, "quarter hours of it");
    check(us[2] - us[1] == 15 * MINUTE && us[3] - us[2] == 15 * MINUTE, "go on after the first hour");
    int64_t spring[] = {local(2021, 3, 28, 1, 0), local(2021, 3, 28, 2, 0), local(2021, 3, 28, 3, 0)};
    check_ok(meter_clock_local(copenhagen, spring, 3, us, was, &err), &err, "a spring night");
    check(us[1] - us[0] == HOUR && was[1] == 2, "an hour that is not there is moved on, and said");
    int64_t nz[] = {local(2021, 4, 4, 1, 30), local(2021, 4, 4, 2, 0), local(2021, 4, 4, 2, 30), local(2021, 4, 4, 2, 0), local(2021, 4, 4, 2, 30), local(2021, 4, 4, 3, 0)};
    check_ok(meter_clock_local(auckland, nz, 6, us, was, &err), &err, "Auckland in April");
    check(us[5] - us[0] == 5 * 30 * MINUTE, "half hours of New Zealand's doubled hour");
    int64_t china[] = {local(2021, 4, 4, 2, 0), local(2021, 4, 4, 2, 0)};
    check_ok(meter_clock_local(shanghai, china, 2, us, was, &err), &err, "Shanghai");
    check(us[0] == us[1] && was[1] == 0, "where no clock changes, the same time is the same time");
    int64_t ahead[] = {T0 + 7 * HOUR, T0 + 8 * HOUR}, near[] = {T0 - HOUR, T0 + 5 * MINUTE};
    check_int(meter_clock_shift_hours(ahead, 2, T0, 15 * MINUTE), 8, "a batch eight hours ahead has the wrong zone");
    check_int(meter_clock_shift_hours(near, 2, T0, 15 * MINUTE), 0, "a clock that is a little fast has not");
    ahead[1] = T0 + 8 * HOUR + 30 * MINUTE;
    check_int(meter_clock_shift_hours(ahead, 2, T0, 15 * MINUTE), 0, "nor one that is off by no full hours");
    arena_free(&a);
}

static void test_results(void)
{
    place p;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    meter_channel c[2] = {channel_like(&p, "A/kwh", METER_INTERVAL, 3600), channel_like(&p, "B/kwh", METER_INTERVAL, 3600)};
    c[1].stamp = METER_STAMP_END;
    c[1].valid_to = zone_day_of(book_zone(p.b), T0 - 2 * DAY);
    channels_declare(&p, m, c, 2);
    int32_t a = channel_id(&p, m, "A/kwh"), b = channel_id(&p, m, "B/kwh");
    meter_result r[3];
    int64_t t[3] = {T0 - 3 * DAY, T0 - 3 * DAY + HOUR, T0 - 3 * DAY + 2 * HOUR}, v[3] = {10, 20, 30}, v2[3] = {10, 21, 30};
    meter_receipt first = take_some(&p, m, a, t, v, NULL, 3, r);
    check(r[0].status == METER_ACCEPTED && first.counts[METER_ACCEPTED] == 3 && first.take > 0, "new readings are accepted");
    meter_receipt again = take_some(&p, m, a, t, v, NULL, 3, r);
    check(r[2].status == METER_EXISTS && again.counts[METER_EXISTS] == 3 && again.take == 0, "the same again changes nothing");
    take_some(&p, m, a, t, v2, NULL, 3, r);
    check(r[1].status == METER_SUPERSEDED && r[0].status == METER_EXISTS, "a changed value supersedes, and only it");
    uint8_t estimated[3] = {METER_ESTIMATED, METER_ESTIMATED, METER_ESTIMATED};
    take_some(&p, m, a, t, v, estimated, 3, r);
    check(r[1].status == METER_REFUSED && r[1].gate == METER_GATE_CHANGED && r[0].status == METER_EXISTS, "an estimate never replaces a true value");
    take_some(&p, m, 99, t, v, NULL, 1, r);
    check(r[0].status == METER_REFUSED && r[0].gate == METER_GATE_CHANNEL, "a channel that is not there is refused");
    int64_t early = -5;
    take_some(&p, m, a, &early, v, NULL, 1, r);
    check(r[0].status == METER_REFUSED && r[0].gate == METER_GATE_TIME, "a time before 1970 is refused");
    int64_t late = T0;
    take_some(&p, m, b, &late, v, NULL, 1, r);
    check(r[0].status == METER_REFUSED && r[0].gate == METER_GATE_INVALID, "a reading after the channel's last day is refused");
    take_some(&p, m, b, t, v, NULL, 1, r);
    check(r[0].status == METER_ACCEPTED && r[0].time_us == t[0] - HOUR, "an interval stamped at its end is kept at its start");
    uint8_t gone = METER_GONE;
    take_some(&p, m, a, &t[1], v, &gone, 1, r);
    meter_series s;
    check_ok(meter_readings(m, &p.a, a, (period){0, INT64_MAX}, BOOK_KNOWN_NOW, &s, &p.err), &p.err, "reading back");
    check(s.count == 2 && s.value[1] == 30, "a withdrawn reading is gone");
    check_ok(meter_readings(m, &p.a, a, (period){0, INT64_MAX}, first.known_us, &s, &p.err), &p.err, "as known before");
    check(s.count == 3 && s.value[1] == 20, "but not from what was known then");
    meter_book_close(m);
    place_remove(&p);
}

static void test_a_closed_day(void)
{
    place p;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    meter_channel c = channel_like(&p, "A/kwh", METER_INTERVAL, 3600);
    c.multiplier = rat_int(&p.a, 60);
    channels_declare(&p, m, &c, 1);
    int32_t a = channel_id(&p, m, "A/kwh"), today = zone_day_of(book_zone(p.b), T0);
    int64_t t[24], v[24];
    for (int i = 0; i < 24; i++) t[i] = zone_day_start_us(book_zone(p.b), today - 2) + i * HOUR, v[i] = i;
    meter_receipt r = take_some(&p, m, a, t, v, NULL, 23, NULL);
    check_int(r.days_closed, 0, "a day with 23 of 24 hours stays open");
    check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 0, "and is not in the ledger");
    r = take_some(&p, m, a, t + 23, v + 23, NULL, 1, NULL);
    check_int(r.days_closed, 1, "the last hour closes it");
    check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 276 * 60 * 1000, "with the exact sum times the multiplier in the ledger");
    int64_t better = 100, known = r.known_us;
    uint64_t calls = store_call_count(book_store(p.b));
    r = take_some(&p, m, a, t, &better, NULL, 1, NULL);
    check_int(r.days_corrected, 1, "a changed value closes the day again");
    check(store_call_count(book_store(p.b)) - calls < 40, "by a bounded number of store calls");
    check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 376 * 60 * 1000, "and its movement is superseded");
    meter_table table_;
    check_ok(meter_sums(m, &p.a, &a, 1, (period){t[0], t[0] + DAY}, METER_BY_DAY, METER_EACH, known, &table_, &p.err), &p.err, "as known before");
    check_int((int64_t)table_.cells[0].sum, 276, "the day has its older sum");
    check_meters_verify(&p, m, "verify agrees");
    c.multiplier = rat_int(&p.a, 40);
    channels_declare(&p, m, &c, 1);
    check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 376 * 40 * 1000, "a corrected multiplier restates the closed days");
    check_meters_verify(&p, m, "and verify agrees again");
    meter_book_close(m);
    place_remove(&p);
}

static int64_t closed_after(place *p, meter_book *m, int32_t ch, int64_t start_us, int hours)
{
    int64_t t[25], v[25];
    for (int i = 0; i < hours; i++) t[i] = start_us + i * HOUR, v[i] = 10;
    return take_some(p, m, ch, t, v, NULL, (size_t)hours, NULL).days_closed;
}

/* Days of a clock change are as long as they are: the movement is from midnight to midnight. */
static void test_long_and_short_days(void)
{
    static const struct { const char *says; int month, day, hours; } DAYS[] = {{"in autumn a day of 25 hours", 10, 31, 25}, {"in spring a day of 23 hours", 3, 28, 23}, {"between them a day of 24 hours", 6, 1, 24}};
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        place p;
        place_make(&p, T0 + 300 * DAY, NULL);
        meter_book *m = meters_open(&p);
        meter_channel c = channel_like(&p, "A/kwh", METER_INTERVAL, 3600);
        c.zone = "Europe/Copenhagen";
        channels_declare(&p, m, &c, 1);
        int32_t id = channel_id(&p, m, "A/kwh"), date = day_from(2021, DAYS[i].month, DAYS[i].day);
        int64_t start = zone_day_start_us(meter_channel_zone(m, id), date);
        check_int(zone_day_start_us(meter_channel_zone(m, id), date + 1) - start, DAYS[i].hours * HOUR, DAYS[i].says);
        check_int(closed_after(&p, m, id, start, DAYS[i].hours - 1), 0, "is open without its last hour");
        check_int(closed_after(&p, m, id, start, DAYS[i].hours), 1, "closes with it");
        check_int(sum_of(&p, p.works, p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), DAYS[i].hours * 10 * 1000, "and counts each hour once");
        meter_book_close(m);
        place_remove(&p);
    }
}

static int64_t register_sum(place *p, meter_book *m, int32_t ch)
{
    meter_value v;
    int64_t ret = 0;
    town_must(meter_value_of(m, &p->a, ch, (period){T0 - 5 * DAY, T0}, BOOK_KNOWN_NOW, &v, &p->err), &p->err, "value");
    if (v.amount) town_must(rat_to_scaled(v.amount, 0, DEC_EXACT, &ret, &p->err), &p->err, "whole");
    return ret;
}

/* A meter swapped for one with another multiplier: the old register ends, the new one begins at its own count, each day by the multiplier of its time. */
static void test_swap(void)
{
    place p;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    meter_channel c[2] = {channel_like(&p, "A/kwh", METER_COUNTER, 0), channel_like(&p, "A/kwh", METER_COUNTER, 0)};
    int64_t midnight = zone_day_start_us(book_zone(p.b), zone_day_of(book_zone(p.b), T0) - 3);
    c[0].multiplier = rat_int(&p.a, 40), c[1].multiplier = rat_int(&p.a, 60);
    c[1].valid_from = zone_day_of(book_zone(p.b), midnight);
    channels_declare(&p, m, c, 2);
    int32_t id = channel_id(&p, m, "A/kwh");
    int64_t t[] = {midnight - DAY, midnight - HOUR, midnight, midnight + HOUR, midnight + 2 * HOUR}, v[] = {9000, 9010, 9010, 3, 7};
    uint8_t flag[] = {0, 0, 0, METER_START, 0};
    take_some(&p, m, id, t, v, flag, 5, NULL);
    check_int(register_sum(&p, m, id), 10 * 40 + 4 * 60, "a swapped meter counts what each register ran, by the multiplier of its days");
    meter_book_close(m);
    place_remove(&p);
}

static void test_formula_and_tree(void)
{
    place p;
    place_make(&p, T0, NULL);
    meter_book *m = meters_open(&p);
    meter_channel c[4] = {channel_like(&p, "DC/total", METER_INTERVAL, 3600), channel_like(&p, "DC/it", METER_INTERVAL, 3600), channel_like(&p, "DC/cooling", METER_INTERVAL, 3600), channel_like(&p, "PUE", METER_INTERVAL, 0)};
    c[1].parent = c[2].parent = TEXT("DC/total");
    c[3].formula = TEXT("DC/total / DC/it");
    for (int i = 1; i < 4; i++) c[i].giver = c[i].taker = c[i].movement_kind = BOOK_NONE;
    channels_declare(&p, m, c, 4);
    int64_t t = T0 - DAY, v[3] = {150, 100, 30};
    for (int i = 0; i < 3; i++) take_some(&p, m, channel_id(&p, m, (const char *[]){"DC/total", "DC/it", "DC/cooling"}[i]), &t, &v[i], NULL, 1, NULL);
    meter_value value;
    period day_ = {T0 - DAY, T0};
    check_ok(meter_value_of(m, &p.a, channel_id(&p, m, "PUE"), day_, BOOK_KNOWN_NOW, &value, &p.err), &p.err, "a virtual channel");
    check(value.amount && rat_equal(value.amount, rat_scaled(&p.a, 15, 1)) && value.is_open, "total by IT is 1.5, provisional");
    check_ok(meter_formula(m, &p.a, TEXT("2 * (DC/total - DC/it) + -\"DC/cooling\""), day_, BOOK_KNOWN_NOW, &value, &p.err), &p.err, "a formula");
    check(value.amount && rat_equal(value.amount, rat_int(&p.a, 70)), "is exact");
    check_ok(meter_formula(m, &p.a, TEXT("DC/it / DC/it"), (period){T0, T0 + DAY}, BOOK_KNOWN_NOW, &value, &p.err), &p.err, "a day without data");
    check(!value.amount && value.missing == 2, "says how much is missing");
    check_fails(meter_formula(m, &p.a, TEXT("DC/it +"), day_, BOOK_KNOWN_NOW, &value, &p.err), &p.err, "meter.formula_bad", "a formula that ends early is an error");
    check_fails(meter_formula(m, &p.a, TEXT("DC/ti"), day_, BOOK_KNOWN_NOW, &value, &p.err), &p.err, "meter.channel_unknown", "and so is a channel that is not there");
    meter_node *n;
    size_t count;
    check_ok(meter_tree(m, &p.a, METER_NONE, day_, BOOK_KNOWN_NOW, &n, &count, &p.err), &p.err, "the tree");
    check(count == 3 && n[0].children == 2 && n[0].loss && rat_equal(n[0].loss, rat_int(&p.a, 20)), "has a loss of 20");
    meter_change change;
    check_ok(meter_changes(m, &p.a, (meter_cursor){1, 0}, 0, &change, &p.err), &p.err, "changes");
    check(change.count == 2 && change.cursor.take == 3 && !change.has_more, "after the first take are two readings");
    meter_book_close(m);
    place_remove(&p);
}

int main(void)
{
    test_steps();
    test_dips();
    test_clocks();
    test_results();
    test_a_closed_day();
    test_long_and_short_days();
    test_swap();
    test_formula_and_tree();
    return check_done();
}
