/* Quarantine from end to end: held once, worked through by people, ended by a better value, known when it comes again; what stands is exact and verifies. */
#include "meters.h"
#include "gate.h"

typedef struct world { place p; meter_book *m; int32_t ch; } world;
static int64_t hour_at(int i) { return T0 - 5 * DAY + i * HOUR; }

static void open_gates(world *w)
{
    const meter_gates *g;
    w->m = meters_open(&w->p);
    town_must(meter_gates_open(&w->p.a, w->m, &g, &w->p.err), &w->p.err, "gates");
    meter_gates_set(w->m, meter_gate_judge, (void *)(uintptr_t)g);
    w->ch = channel_id(&w->p, w->m, "A/kwh");
}

static void begin(world *w)
{
    place_make(&w->p, T0, NULL);
    meter_book *m = meters_open(&w->p);
    meter_channel c = channel_like(&w->p, "A/kwh", METER_INTERVAL, 3600);
    c.has_high = true, c.high = 100;
    channels_declare(&w->p, m, &c, 1);
    meter_book_close(m);
    open_gates(w);
}

static void end(world *w)
{
    check_meters_verify(&w->p, w->m, "it verifies");
    meter_book_close(w->m);
    place_remove(&w->p);
}

static meter_receipt send(world *w, const char *source, int first, const int64_t *values, size_t n, meter_result *results)
{
    meter_receipt r;
    int64_t time[32];
    for (size_t i = 0; i < n; i++) time[i] = hour_at(first + (int)i);
    meter_batch b = {.count = n, .one_channel = w->ch, .time_us = time, .value = values, .source = text_of(source)};
    town_must(meter_take(w->m, &b, results, &r, &w->p.err), &w->p.err, "take");
    return r;
}

static size_t held(world *w, bool with_ended, meter_held **ret)
{
    size_t n;
    town_must(meter_held_list(w->m, &w->p.a, METER_NONE, with_ended, ret, &n, &w->p.err), &w->p.err, "held");
    return n;
}

static int64_t sum(world *w)
{
    meter_value v;
    int64_t ret = 0;
    town_must(meter_value_of(w->m, &w->p.a, w->ch, (period){hour_at(0), hour_at(48)}, BOOK_KNOWN_NOW, &v, &w->p.err), &w->p.err, "sum");
    if (v.amount) town_must(rat_to_scaled(v.amount, 0, DEC_EXACT, &ret, &w->p.err), &w->p.err, "whole");
    return ret;
}

static void test_replaced(void)
{
    world w = {0};
    meter_held *h;
    begin(&w);
    send(&w, "july.csv", 0, (int64_t[]){10, 999, 30}, 3, NULL);
    check(held(&w, false, &h) == 1 && h[0].count == 999, "a value out of range waits");
    check_int(sum(&w), 40, "and is in no sum");
    meter_receipt r = send(&w, "july.csv", 0, (int64_t[]){10, 999, 30}, 3, NULL);
    check(r.take == 0 && r.counts[METER_QUARANTINED] == 1 && r.counts[METER_EXISTS] == 2, "the same file again changes nothing");
    check(held(&w, true, &h) == 1, "and holds nothing twice");
    send(&w, "august.csv", 5, (int64_t[]){50}, 1, NULL);
    check(held(&w, false, &h) == 1, "readings of other times leave it waiting");
    r = send(&w, "july-mended.csv", 1, (int64_t[]){20}, 1, NULL);
    check(held(&w, false, &h) == 0, "a good value for its time ends it");
    check(held(&w, true, &h) == 1 && text_is(h[0].state, "replaced") && text_is(h[0].who, "july-mended.csv") && h[0].ended_us == r.known_us, "and leaves its trace: by whom and when");
    check_int(sum(&w), 110, "the good value counts");
    r = send(&w, "july.csv", 0, (int64_t[]){10, 999, 30}, 3, NULL);
    check(r.counts[METER_EXISTS] == 3 && held(&w, false, &h) == 0, "the first file once more: all of it is known, nothing waits again");
    check_int(sum(&w), 110, "and nothing is counted twice");
    end(&w);
}

static void test_by_people(void)
{
    world w = {0};
    meter_held *h;
    meter_receipt r;
    begin(&w);
    send(&w, "july.csv", 0, (int64_t[]){10, 901, 902, 903, 20}, 5, NULL);
    town_must(held(&w, false, &h) == 3, &w.p.err, "three held");
    int64_t ids[3] = {h[0].id, h[1].id, h[2].id}, better = 77;
    check_ok(meter_held_end(w.m, "accept", &ids[0], NULL, NULL, 1, TEXT("li"), TEXT("it was so"), &r, &w.p.err), &w.p.err, "accept");
    check_ok(meter_held_end(w.m, "correct", &ids[1], NULL, &better, 1, TEXT("li"), TEXT("a digit too many"), &r, &w.p.err), &w.p.err, "correct");
    check_ok(meter_held_end(w.m, "drop", &ids[2], NULL, NULL, 1, TEXT("li"), TEXT("a fault"), &r, &w.p.err), &w.p.err, "drop");
    check(held(&w, false, &h) == 0 && held(&w, true, &h) == 3 && text_is(h[0].state, "accept") && text_is(h[1].state, "correct") && text_is(h[2].state, "drop") && text_is(h[2].who, "li"), "each end is kept, with name and reason");
    check_int(sum(&w), 10 + 901 + 77 + 20, "accepted and corrected values count");
    r = send(&w, "july.csv", 0, (int64_t[]){10, 901, 902, 903, 20}, 5, NULL);
    check(r.take == 0 && r.counts[METER_EXISTS] == 5 && held(&w, false, &h) == 0, "the file once more: what people decided stands");
    check_fails(meter_held_end(w.m, "drop", &ids[0], NULL, NULL, 1, TEXT("li"), TEXT("again"), &r, &w.p.err), &w.p.err, "meter.held_unknown", "one that was worked through cannot be again");
    end(&w);
}

/* A new meter that shows more than the old one: held as a jump, taken as a new start, nothing counted between the registers. */
static void test_new_meter(void)
{
    world w = {0};
    meter_held *h;
    meter_receipt r;
    meter_value v;
    begin(&w);
    meter_channel c = channel_like(&w.p, "R/kwh", METER_COUNTER, 3600);
    c.has_capacity = true, c.capacity_per_hour = 100;
    channels_declare(&w.p, w.m, &c, 1);
    int32_t id = channel_id(&w.p, w.m, "R/kwh");
    int64_t time[] = {hour_at(0), hour_at(1), hour_at(2), hour_at(3)}, value[] = {500, 540, 90000, 90030};
    for (int i = 0; i < 4; i++) take_some(&w.p, w.m, id, &time[i], &value[i], NULL, 1, NULL);
    town_must(held(&w, false, &h) == 2, &w.p.err, "held");
    check_ok(meter_held_end(w.m, "start", &h[0].id, NULL, NULL, 1, TEXT("li"), TEXT("meter changed"), &r, &w.p.err), &w.p.err, "a new start");
    check_ok(meter_held_end(w.m, "accept", &h[1].id, NULL, NULL, 1, TEXT("li"), TEXT("after the change"), &r, &w.p.err), &w.p.err, "the next count");
    check_ok(meter_value_of(w.m, &w.p.a, id, (period){hour_at(0), hour_at(48)}, BOOK_KNOWN_NOW, &v, &w.p.err), &w.p.err, "sum");
    check(v.amount && rat_equal(v.amount, rat_int(&w.p.a, 40 + 30)), "what each register ran is counted, the step between them is not");
    end(&w);
}

/* What is remembered comes back from the store. */
static void test_reopened(void)
{
    world w = {0};
    meter_held *h;
    begin(&w);
    send(&w, "july.csv", 0, (int64_t[]){10, 999, 999, 30}, 4, NULL);
    meter_book_close(w.m);
    place_reopen_at(&w.p, T0 + 1000000);
    open_gates(&w);
    send(&w, "mended.csv", 2, (int64_t[]){25}, 1, NULL);
    check(held(&w, false, &h) == 1 && h[0].time_us == hour_at(1), "another process replaces what the first one held");
    meter_book_close(w.m);
    place_reopen_at(&w.p, T0 + 2000000);
    open_gates(&w);
    check(held(&w, false, &h) == 1 && held(&w, true, &h) == 2, "and what was replaced stays so");
    uint8_t estimated = METER_ESTIMATED;
    int64_t time = hour_at(1), value = 22;
    meter_batch fill = {.count = 1, .one_channel = w.ch, .time_us = &time, .value = &value, .flag = &estimated, .source = TEXT("meter.fill"), .no_gates = true};
    check_ok(meter_take(w.m, &fill, NULL, NULL, &w.p.err), &w.p.err, "a gap filled");
    check(held(&w, false, &h) == 1, "an estimate ends nothing");
    end(&w);
}

static void test_doubles(void)
{
    world w = {0};
    meter_held *h;
    int64_t time[] = {hour_at(0), hour_at(1), hour_at(1)}, value[] = {10, 20, 21};
    meter_batch b = {.count = 3, .time_us = time, .value = value, .source = TEXT("july.csv")};
    begin(&w);
    b.one_channel = w.ch;
    for (int i = 0; i < 2; i++) town_must(meter_take(w.m, &b, NULL, NULL, &w.p.err), &w.p.err, "take");
    check(held(&w, true, &h) == 1 && h[0].count == 21 && h[0].state.len == 0, "of two values for one time the second waits, also when both are sent again");
    send(&w, "settled.csv", 1, (int64_t[]){20}, 1, NULL);
    check(held(&w, false, &h) == 0, "the first one alone confirms it: nothing waits");
    end(&w);
}

/* A closed day: the value that ends a held one restates the movement. */
static void test_closed_day(void)
{
    world w = {0};
    meter_held *h;
    int64_t values[24];
    begin(&w);
    for (int i = 0; i < 24; i++) values[i] = i == 7 ? 999 : 10;
    send(&w, "july.csv", 0, values, 24, NULL);
    meter_close_receipt closed;
    check_ok(meter_days_close(w.m, 0, &closed, &w.p.err), &w.p.err, "close");
    check_int(sum_of(&w.p, w.p.works, w.p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 230 * 1000, "the day closes without it when its wait is over");
    int64_t known = T0 + DAY - 1;
    meter_book_close(w.m);
    place_reopen_at(&w.p, T0 + DAY);
    open_gates(&w);
    meter_receipt r = send(&w, "mended.csv", 7, (int64_t[]){11}, 1, NULL);
    check(r.days_corrected == 1 && held(&w, false, &h) == 0, "the mended value closes the day again");
    check_int(sum_of(&w.p, w.p.works, w.p.mill, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 241 * 1000, "and restates its movement");
    check_int(sum_of(&w.p, w.p.works, w.p.mill, "electricity", BOOK_NONE, known), 230 * 1000, "as known before it is what it was");
    end(&w);
}

int main(void)
{
    test_replaced();
    test_by_people();
    test_new_meter();
    test_reopened();
    test_doubles();
    test_closed_day();
    return check_done();
}
