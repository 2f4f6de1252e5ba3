/*
 * Long passes: sums of many channels, shared among threads and added slot by slot, are those of the channels one by one, which one
 * thread looks up. Values are far apart (some near the ends of 64 bits), some days have holes, some readings are estimated or withdrawn.
 */
#include "meters.h"

enum { CHANNELS = 300, DAYS = 70, EACH = 6 /* a day */, GROUP = 12 /* few enough to be looked up */ };
static const int64_t FIRST_DAY = INT64_C(1704038400000000); /* 2024-01-01 in the town's zone */

static int64_t value_at(uint64_t *random, int ch)
{
    int64_t v = (int64_t)(next_random(random) >> 20);
    if (ch % 29 == 0) return v * 20000 - INT64_C(90000000000000000);
    return (v & 0xfffff) - (ch % 7 == 0 ? 0x80000 : 0);
}

static void fill(place *p, meter_book *m)
{
    uint64_t random = 5;
    size_t n = (size_t)CHANNELS * DAYS * EACH, at = 0;
    int32_t *channel = NEW_ARRAY(&p->a, n, int32_t);
    int64_t *time = NEW_ARRAY(&p->a, n, int64_t), *value = NEW_ARRAY(&p->a, n, int64_t);
    uint8_t *flag = NEW_ARRAY(&p->a, n, uint8_t);
    for (int t = 0; t < DAYS * EACH; t++)
        for (int ch = 0; ch < CHANNELS; ch++) {
            if (ch % 31 == 3 && next_random(&random) % 5 == 0) continue;
            channel[at] = ch, time[at] = FIRST_DAY + t * 4 * HOUR, value[at] = value_at(&random, ch);
            flag[at++] = ch % 37 == 2 && next_random(&random) % 9 == 0 ? METER_ESTIMATED : METER_GOOD;
        }
    meter_receipt r;
    meter_batch b = {.count = at, .channel = channel, .time_us = time, .value = value, .flag = flag, .source = TEXT("test")};
    town_must(meter_take(m, &b, NULL, &r, &p->err), &p->err, "take");
    uint8_t gone = METER_GONE;
    take_some(p, m, 11, &time[0], &value[0], &gone, 1, NULL);
    town_must(meter_days_close(m, FIRST_DAY * 2, NULL, &p->err), &p->err, "close");
}

static meter_table sums(place *p, meter_book *m, const int32_t *channels, size_t count, meter_step step, meter_group group, int64_t hours_in)
{
    meter_table t;
    period when = {FIRST_DAY + hours_in * HOUR, FIRST_DAY + DAYS * 24 * HOUR};
    town_must(meter_sums(m, &p->a, channels, count, when, step, group, BOOK_KNOWN_NOW, &t, &p->err), &p->err, "sums");
    return t;
}

static bool is_same(const meter_cell *a, const meter_cell *b) { return a->sum == b->sum && a->count == b->count && a->estimated == b->estimated && a->is_open == b->is_open && (!a->count || (a->min == b->min && a->max == b->max)); }

static void cell_join(meter_cell *to, const meter_cell *c)
{
    if (c->count && (!to->count || c->min < to->min)) to->min = c->min;
    if (c->count && (!to->count || c->max > to->max)) to->max = c->max;
    to->sum += c->sum, to->count += c->count, to->estimated += c->estimated, to->is_open |= c->is_open;
}

static void totals_agree(place *p, meter_book *m, meter_step step, int64_t hours_in, const char *says)
{
    meter_table all = sums(p, m, NULL, 0, step, METER_TOTAL, hours_in);
    meter_cell *added = NEW_ARRAY(&p->a, all.steps, meter_cell);
    for (int32_t ch = 0; ch < CHANNELS; ch += GROUP) {
        int32_t ids[GROUP];
        for (int32_t i = 0; i < GROUP; i++) ids[i] = ch + i;
        meter_table one = sums(p, m, ids, GROUP, step, METER_EACH, hours_in);
        for (size_t k = 0; k < one.channels * one.steps; k++) cell_join(&added[k % one.steps], &one.cells[k]);
    }
    size_t bad = 0;
    for (size_t k = 0; k < all.steps; k++) bad += !is_same(&all.cells[k], &added[k]);
    check_int((int64_t)bad, 0, says);
}

static void each_agrees(place *p, meter_book *m, meter_step step, const char *says)
{
    meter_table all = sums(p, m, NULL, 0, step, METER_EACH, 0);
    size_t bad = 0;
    for (int32_t ch = 0; ch < CHANNELS; ch++) {
        meter_table one = sums(p, m, &ch, 1, step, METER_EACH, 0);
        for (size_t k = 0; k < one.steps; k++) bad += !is_same(&all.cells[(size_t)ch * all.steps + k], &one.cells[k]);
    }
    check_int((int64_t)bad, 0, says);
}

int main(void)
{
    place p;
    place_make(&p, T0 + 1000 * DAY, NULL);
    meter_book *m = meters_open(&p);
    meter_channel *c = NEW_ARRAY(&p.a, CHANNELS, meter_channel);
    for (int i = 0; i < CHANNELS; i++) c[i] = channel_like(&p, arena_printf(&p.a, "S%03d/kwh", i), METER_LEVEL, 4 * 3600);
    channels_declare(&p, m, c, CHANNELS);
    fill(&p, m);
    totals_agree(&p, m, METER_BY_HOUR, 0, "by hour, the total of all channels at once is that of the channels added");
    totals_agree(&p, m, METER_BY_HOUR, 7, "from the middle of a day too");
    totals_agree(&p, m, METER_BY_DAY, 0, "by day");
    totals_agree(&p, m, METER_BY_MONTH, 0, "by month");
    each_agrees(&p, m, METER_BY_MONTH, "each channel's months are those of the channel alone");
    check_meters_verify(&p, m, "verify passes");
    meter_book_close(m);
    book_close(p.b);
    p.b = NULL;
    town_must(book_open(p.path, false, NULL, &p.b, &p.err), &p.err, "a reader");
    m = meters_open(&p);
    totals_agree(&p, m, METER_BY_HOUR, 0, "a reader finds the same");
    each_agrees(&p, m, METER_BY_MONTH, "for each channel too");
    meter_book_close(m);
    place_remove(&p);
    return check_done();
}
