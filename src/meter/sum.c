/*
 * The sums of a day, from the readings that stand.
 *
 *   interval  sum of the amounts          level, state  sum of the values (mean = sum / count)
 *   counter   what flowed between midnight and midnight: pairs of readings inside the day whole, the pairs that lie across midnight shared
 *             out by time (design: sharing a period out), so that the days of a month add up to last less first, whatever the hours of reading
 */
#include "inside.h"

typedef struct counted { int64_t start_us, end_us; i128 sum; int64_t resets; } counted;

static void pair_in(void *context, const meter_reading *from, const meter_reading *to, int64_t amount, counter_rule rule)
{
    counted *c = context;
    if (to->time_us <= c->start_us || from->time_us >= c->end_us) return;
    c->resets += rule != COUNTER_PLAIN && rule != COUNTER_ROLLED && rule != COUNTER_STARTED;
    bool is_inside = from->time_us >= c->start_us && to->time_us <= c->end_us;
    c->sum += is_inside ? amount : share_between(amount, (period){from->time_us, to->time_us}, c->start_us, c->end_us);
}

static i128 counter_sum(const meter_channel *c, int64_t start_us, int64_t end_us, const live *l, const edge *before, const edge *after, int64_t *resets)
{
    counted x = {start_us, end_us, 0, 0};
    counter_walk(c, before, l, after, pair_in, &x);
    *resets = x.resets;
    return x.sum;
}

static int64_t quality_of(const live *l)
{
    int64_t estimated = 0, suspect = 0;
    uint8_t any = 0;
    for (size_t i = 0; i < l->count; i++) any |= l->flag[i];
    for (size_t i = 0; any && i < l->count; i++) {
        estimated += (l->flag[i] & METER_QUALITY) == METER_ESTIMATED;
        suspect += (l->flag[i] & METER_QUALITY) == METER_SUSPECT;
    }
    return QUALITY(estimated, suspect, 0);
}

static i128 wide_sum(const live *l)
{
    i128 sum = 0;
    for (size_t i = 0; i < l->count; i++) sum += l->value[i];
    return sum;
}

bool day_sum(meter_book *m, const channel *ch, int32_t d, int64_t start_us, int64_t end_us, const live *l, const edge *before, const edge *after, day_sums *ret, heng_err *err)
{
    const meter_channel *c = channel_state(ch, d);
    int64_t resets = 0;
    i128 sum = 0;
    if (!c) c = channel_newest(ch);
    *ret = (day_sums){.count = (int64_t)l->count, .quality = quality_of(l)};
    if (l->count) {
        int64_t low = l->value[0], high = l->value[0], narrow = 0;
        bool is_over = false;
        for (size_t i = 0; i < l->count; i++) {
            int64_t v = l->value[i];
            is_over |= __builtin_add_overflow(narrow, v, &narrow);
            low = v < low ? v : low, high = v > high ? v : high;
        }
        sum = narrow;
        if (is_over) sum = wide_sum(l);
        ret->first = l->value[0], ret->last = l->value[l->count - 1], ret->low = low, ret->high = high;
    }
    if (c->kind == METER_COUNTER) sum = counter_sum(c, start_us, end_us, l, before, after, &resets);
    ret->quality |= QUALITY(INT64_C(0), INT64_C(0), resets < 0x3ffff ? resets : 0x3ffff);
    ret->sum = (int64_t)sum;
    if (ret->sum == sum) return true;
    return err_fill(err, &MSG_METER_SUM_OVERFLOW, text_str(&m->scratch, ch->code), NULL, text_str(&m->scratch, day_format(&m->scratch, d)));
}
