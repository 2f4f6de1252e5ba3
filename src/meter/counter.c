/*
 * The rules of counters: what flowed between two readings.
 *
 *   plain     it grew: the difference
 *   rolled    it fell, and with one turn of the register the difference is plausible: difference + roll_over
 *   reset     it fell otherwise: it counted from zero (the new count) or from a new start (nothing), as declared
 *   started   the reading says that counting begins here (a new meter): nothing
 *   jump      it grew by more than the equipment can pass: nothing, and said
 *   gap       more than METER_BRIDGE_DAYS lie between: nothing, and said
 *   dip       one reading fell and the next is back where it was: that reading is passed over
 *
 * Each rule looks at two readings, the dip at three; so the days on both sides of midnight judge alike, and their shares add up.
 */
#include "inside.h"

static bool is_passable(const meter_channel *c, int64_t from_us, int64_t to_us, i128 amount)
{
    return !c->has_capacity || amount * METER_HOUR_US <= (i128)c->capacity_per_hour * (to_us - from_us);
}

static counter_rule fell(const meter_channel *c, const meter_reading *from, const meter_reading *to, int64_t *ret)
{
    i128 turned = (i128)to->count - from->count + c->roll_over;
    bool in_register = c->roll_over > 0 && from->count < c->roll_over && to->count >= 0;
    bool is_small = c->has_capacity ? is_passable(c, from->time_us, to->time_us, turned) : turned <= c->roll_over / 10;
    if (in_register && turned >= 0 && is_small) return *ret = (int64_t)turned, COUNTER_ROLLED;
    bool from_zero = c->reset == METER_RESET_ZERO && to->count >= 0 && is_passable(c, from->time_us, to->time_us, to->count);
    *ret = from_zero ? to->count : 0;
    return COUNTER_RESET;
}

counter_rule counter_step(const meter_channel *c, const meter_reading *from, const meter_reading *to, int64_t *ret)
{
    *ret = 0;
    if (to->flag & METER_START) return COUNTER_STARTED;
    if (to->time_us - from->time_us > METER_BRIDGE_DAYS * METER_DAY_US) return COUNTER_GAP;
    i128 grown = (i128)to->count - from->count;
    if (grown < 0) return fell(c, from, to, ret);
    if (grown > INT64_MAX || !is_passable(c, from->time_us, to->time_us, grown)) return COUNTER_JUMP;
    *ret = (int64_t)grown;
    return COUNTER_PLAIN;
}

/* The fall must be large beside the growth: 10, 3, 12 is a reset, 1000, 0, 1001 a dip. */
bool counter_is_dip(const meter_channel *c, const meter_reading *before, const meter_reading *at, const meter_reading *after)
{
    int64_t amount;
    if (at->count >= before->count || after->count < before->count || (at->flag | after->flag) & METER_START) return false;
    if ((i128)before->count - at->count < 8 * ((i128)after->count - before->count)) return false;
    return counter_step(c, before, at, &amount) != COUNTER_ROLLED && counter_step(c, before, after, &amount) == COUNTER_PLAIN;
}

typedef struct row_of { const edge *before, *after; const live *l; } row_of;

static meter_reading row_at(const row_of *s, size_t i)
{
    if (i < s->before->count) return s->before->at[i];
    i -= s->before->count;
    if (i < s->l->count) return (meter_reading){s->l->time[i], s->l->value[i], 0, s->l->flag[i]};
    return s->after->at[i - s->l->count];
}

/* Every pair of neighbours without dips, from the oldest of before to the newest of after. */
void counter_walk(const meter_channel *c, const edge *before, const live *l, const edge *after, counter_part_fn fn, void *context)
{
    row_of s = {before, after, l};
    size_t n = before->count + l->count + after->count;
    if (n < 2) return;
    meter_reading last = row_at(&s, 0), raw = last, at = row_at(&s, 1);
    for (size_t i = 1; i < n; i++) {
        meter_reading next = i + 1 < n ? row_at(&s, i + 1) : at;
        if (at.count >= raw.count || i + 1 == n || !counter_is_dip(c, &raw, &at, &next)) {
            int64_t amount;
            counter_rule rule = counter_step(c, &last, &at, &amount);
            fn(context, &last, &at, amount, rule);
            last = at;
        }
        raw = at, at = next;
    }
}
