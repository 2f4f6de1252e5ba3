/* Days that are in, judged by the gates of level day. See quality.h. */
#include <stdlib.h>
#include "quality.h"

enum { DAYS_BEFORE = 7 };

/* Joined while they are added up: a share (got of wanted), or a count (got, where wanted would have been too many). */
typedef struct found { meter_finding finding; int64_t got, wanted; bool is_share, is_count; } found;
typedef struct quality { meter_book *m; const meter_gates *g; arena *a; const cal_zone *zone; period when; int64_t known_us; found *items; size_t count, max; } quality;

static bool is_on(const quality *q, int number) { const meter_gate *x = meter_gate_of(q->g, number); return x->number && !x->is_off; }

static found *add(quality *q, int32_t channel, int gate, period when)
{
    found *x = ARENA_PUSH(q->a, q->items, q->count, q->max);
    x->finding = (meter_finding){.channel = channel, .gate = (uint16_t)gate, .when = when, .seen = TEXT(""), .wanted = TEXT("")};
    return x;
}

static period day_period(const quality *q, int32_t day) { return (period){zone_day_start_us(q->zone, day), zone_day_start_us(q->zone, day + 1)}; }

/* Found on a day: joined to the finding of the day before. */
static void add_day(quality *q, int32_t channel, int gate, int32_t day, int64_t got, int64_t wanted, bool is_share)
{
    period when = day_period(q, day);
    for (size_t i = q->count; i-- > 0 && q->items[i].finding.channel == channel;) {
        found *x = &q->items[i];
        if (x->finding.gate != gate || x->finding.when.end_us != when.start_us) continue;
        x->finding.when.end_us = when.end_us, x->got += got, x->wanted += is_share ? wanted : 0;
        return;
    }
    found *x = add(q, channel, gate, when);
    x->got = got, x->wanted = wanted, x->is_share = is_share, x->is_count = !is_share;
}

static text amount_text(const quality *q, const meter_channel *c, i128 count)
{
    const rule_set *r;
    heng_err ignored = {0};
    text value = rat_format(q->a, meter_amount(q->a, c, count), 2);
    if (c->unit < 0 || !book_rules(meter_book_of(q->m), &r, &ignored)) return value;
    text symbol = r->units[c->unit].symbol.len ? r->units[c->unit].symbol : r->units[c->unit].id;
    return text_of(arena_printf(q->a, "%.*s %.*s", TEXT_FMT(value), TEXT_FMT(symbol)));
}

static text percent(const quality *q, const rat *share) { return text_of(arena_printf(q->a, "%.*s%%", TEXT_FMT(rat_format(q->a, rat_mul(q->a, share, rat_int(q->a, 100)), 1)))); }

static void judge_complete(quality *q, const meter_day *d)
{
    const rat *least = meter_gate_of(q->g, GATE_INCOMPLETE)->parameter;
    if (!is_on(q, GATE_INCOMPLETE) || !least || d->expected <= 0) return;
    int64_t true_ones = d->count - d->estimated;
    if (rat_compare(rat_int(q->a, true_ones), rat_mul(q->a, least, rat_int(q->a, d->expected))) < 0) add_day(q, d->channel, GATE_INCOMPLETE, d->day, true_ones, d->expected, true);
}

static void judge_still(quality *q, const meter_channel *c, const meter_day *d)
{
    int64_t most = meter_gate_of(q->g, GATE_STUCK_DAY)->whole;
    bool moves = c->kind == METER_COUNTER || c->kind == METER_STATE || d->min != d->max || d->min == 0;
    if (d->expected > 1 && d->expected < most) most = d->expected; /* fewer in a day: the whole day */
    if (is_on(q, GATE_STUCK_DAY) && !moves && d->count >= most) add_day(q, d->channel, GATE_STUCK_DAY, d->day, d->count, most, false);
}

static int by_value(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* Median of the complete days before; false when there are fewer than four. */
static bool median_before(const meter_day *d, size_t at, int64_t *ret)
{
    int64_t sums[DAYS_BEFORE];
    size_t n = 0;
    for (size_t i = at; i-- > 0 && d[i].channel == d[at].channel && d[i].day >= d[at].day - DAYS_BEFORE;)
        if (d[i].is_complete) sums[n++] = d[i].sum;
    if (n < 4) return false;
    qsort(sums, n, sizeof *sums, by_value);
    *ret = sums[n / 2];
    return true;
}

static void judge_before(quality *q, const meter_channel *c, const meter_day *d, size_t at)
{
    const rat *times = meter_gate_of(q->g, GATE_LAST_PERIOD)->parameter;
    int64_t usual;
    bool has_amount = c->kind == METER_COUNTER || c->kind == METER_INTERVAL;
    if (!is_on(q, GATE_LAST_PERIOD) || !times || !has_amount || !d[at].is_complete || !median_before(d, at, &usual) || usual <= 0) return;
    const rat *x = rat_int(q->a, d[at].sum), *y = rat_int(q->a, usual);
    if (rat_compare(x, rat_mul(q->a, times, y)) <= 0 && rat_compare(rat_mul(q->a, times, x), y) >= 0) return;
    found *f = add(q, d[at].channel, GATE_LAST_PERIOD, day_period(q, d[at].day));
    f->finding.seen = amount_text(q, c, d[at].sum), f->finding.wanted = amount_text(q, c, usual);
}

/* As known then: the sums of days, made anew. */
static bool days_as_known(quality *q, int32_t channel, int32_t first, int32_t count, meter_day **ret, heng_err *err)
{
    meter_table t;
    period when = {zone_day_start_us(q->zone, first), zone_day_start_us(q->zone, first + count)};
    if (!meter_sums(q->m, q->a, &channel, 1, when, METER_BY_DAY, METER_EACH, q->known_us, &t, err)) return false;
    *ret = NEW_ARRAY(q->a, (size_t)count, meter_day);
    for (size_t i = 0; i < (size_t)count && i < t.steps; i++) {
        const meter_cell *x = &t.cells[i];
        (*ret)[i] = (meter_day){.channel = channel, .day = first + (int32_t)i, .state = x->count ? METER_DAY_CLOSED : METER_DAY_EMPTY, .sum = x->sum > INT64_MAX ? INT64_MAX : (int64_t)x->sum, .count = x->count,
            .expected = x->expected, .min = x->min, .max = x->max, .estimated = x->estimated, .is_complete = x->expected > 0 && x->count >= x->expected};
    }
    return true;
}

static bool judge_days(quality *q, int32_t channel, heng_err *err)
{
    meter_day *d;
    size_t count;
    int32_t first = zone_day_of(q->zone, q->when.start_us), last = zone_day_of(q->zone, q->when.end_us - 1);
    int32_t from = first - DAYS_BEFORE, days = last - from + 1;
    count = (size_t)days;
    if (!(q->known_us == BOOK_KNOWN_NOW ? meter_days(q->m, q->a, &channel, 1, from, days, &d, &count, err) : days_as_known(q, channel, from, days, &d, err))) return false;
    for (size_t i = 0; i < count; i++) {
        const meter_channel *c = meter_channel_on(q->m, channel, d[i].day);
        arena_mark here = arena_here(q->a);
        size_t before = q->count;
        if (d[i].day < first || !c || (d[i].state == METER_DAY_EMPTY && c->interval_s == 0)) continue;
        judge_complete(q, &d[i]);
        judge_still(q, c, &d[i]);
        judge_before(q, c, d, i);
        if (q->count == before) arena_rewind(q->a, here);
    }
    return true;
}

static void add_gap(quality *q, const meter_channel *c, int64_t from, int64_t to)
{
    int64_t missing = (to - from) / (c->interval_s * INT64_C(1000000)), most = meter_gate_of(q->g, GATE_GAP)->whole;
    if (missing < most || missing < 1) return;
    found *f = add(q, c->id, GATE_GAP, (period){from, to});
    f->got = missing, f->wanted = most, f->is_count = true;
}

static bool judge_gaps(quality *q, int32_t channel, heng_err *err)
{
    meter_series s;
    arena scratch = {0};
    const meter_channel *c = meter_channel_get(q->m, channel);
    int64_t at = q->when.start_us;
    if (!is_on(q, GATE_GAP) || c->interval_s <= 0) return true;
    bool ok = meter_readings(q->m, &scratch, channel, q->when, q->known_us, &s, err);
    for (size_t i = 0; ok && i < s.count; i++) {
        add_gap(q, c, at, s.time_us[i]);
        at = s.time_us[i] + c->interval_s * INT64_C(1000000);
    }
    if (ok) add_gap(q, c, at, q->when.end_us);
    arena_free(&scratch);
    return ok;
}

static void judge_calibration(quality *q, int32_t channel)
{
    const meter_channel *c = meter_channel_get(q->m, channel);
    int32_t last = zone_day_of(q->zone, q->when.end_us - 1);
    if (!is_on(q, GATE_CALIBRATION) || c->calibration_due == 0 || c->calibration_due >= last) return;
    int64_t start = zone_day_start_us(q->zone, c->calibration_due + 1);
    found *f = add(q, channel, GATE_CALIBRATION, (period){start > q->when.start_us ? start : q->when.start_us, q->when.end_us});
    f->finding.wanted = day_format(q->a, c->calibration_due);
}

/* From the start of the permit to the end of the period asked for. */
static bool judge_permit(quality *q, int32_t channel, heng_err *err)
{
    const meter_permit *p = meter_permit_of(q->g, channel, q->when.end_us - 1);
    const rat *times = meter_gate_of(q->g, GATE_PERMIT_TOTAL)->parameter;
    if (!p || !is_on(q, GATE_PERMIT_TOTAL)) return true;
    meter_value sum;
    period so_far = {p->when.start_us, q->when.end_us};
    if (!meter_value_of(q->m, q->a, channel, so_far, q->known_us, &sum, err)) return false;
    if (!sum.amount || rat_compare(sum.amount, times ? rat_mul(q->a, p->amount, times) : p->amount) <= 0) return true;
    found *f = add(q, channel, GATE_PERMIT_TOTAL, so_far);
    f->finding.seen = rat_format(q->a, sum.amount, 3), f->finding.wanted = text_of(arena_printf(q->a, "≤ %.*s (%.*s)", TEXT_FMT(rat_exact(q->a, p->amount)), TEXT_FMT(p->key)));
    return true;
}

/* The upper meter against the sum of those below, over the whole period. */
static bool judge_tree(quality *q, heng_err *err)
{
    const rat *most = meter_gate_of(q->g, GATE_NEIGHBOURS)->parameter;
    meter_node *nodes;
    size_t count;
    if (!is_on(q, GATE_NEIGHBOURS) || !most) return true;
    if (!meter_tree(q->m, q->a, METER_NONE, q->when, q->known_us, &nodes, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const meter_node *n = &nodes[i];
        if (!n->children || !n->unmetered || n->missing || (rat_sign(n->unmetered) >= 0 && rat_compare(n->unmetered, most) <= 0)) continue;
        found *f = add(q, n->channel, GATE_NEIGHBOURS, q->when);
        f->finding.seen = percent(q, n->unmetered), f->finding.wanted = text_of(arena_printf(q->a, "0..%.*s", TEXT_FMT(percent(q, most))));
    }
    return true;
}

static bool judge_comparisons(quality *q, const int32_t *channels, size_t count, heng_err *err)
{
    meter_finding *items;
    size_t n;
    if (!meter_compare(q->m, q->g, q->a, channels, count, q->when, q->known_us, &items, &n, err)) return false;
    for (size_t i = 0; i < n; i++) ARENA_PUSH(q->a, q->items, q->count, q->max)->finding = items[i];
    return true;
}

static int by_place(const void *x, const void *y)
{
    const meter_finding *a = x, *b = y;
    if (a->channel != b->channel) return a->channel < b->channel ? -1 : 1;
    if (a->gate != b->gate) return a->gate < b->gate ? -1 : 1;
    return (a->when.start_us > b->when.start_us) - (a->when.start_us < b->when.start_us);
}

static void take_out(quality *q, meter_finding **ret, size_t *ret_count)
{
    meter_finding *all = NEW_ARRAY(q->a, q->count, meter_finding);
    for (size_t i = 0; i < q->count; i++) {
        found *x = &q->items[i];
        all[i] = x->finding;
        if (x->is_share) {
            all[i].seen = text_of(arena_printf(q->a, "%lld/%lld", (long long)x->got, (long long)x->wanted));
            all[i].wanted = text_of(arena_printf(q->a, "≥ %.*s", TEXT_FMT(percent(q, meter_gate_of(q->g, x->finding.gate)->parameter))));
        } else if (x->is_count) {
            all[i].seen = text_of(arena_printf(q->a, "%lld", (long long)x->got));
            all[i].wanted = text_of(arena_printf(q->a, "< %lld", (long long)x->wanted));
        }
    }
    if (q->count) qsort(all, q->count, sizeof *all, by_place);
    *ret = all, *ret_count = q->count;
}

bool meter_quality(meter_book *m, const meter_gates *g, arena *a, const int32_t *channels, size_t count, period when, int64_t known_us, meter_finding **ret, size_t *ret_count, heng_err *err)
{
    quality q = {.m = m, .g = g, .a = a, .when = when, .known_us = known_us};
    size_t n = count ? count : meter_channel_count(m);
    for (size_t i = 0; i < n; i++) {
        int32_t id = count ? channels[i] : (int32_t)i;
        if (meter_channel_get(m, id)->formula.len) continue;
        q.zone = meter_channel_zone(m, id);
        if (!judge_days(&q, id, err) || !judge_gaps(&q, id, err) || !judge_permit(&q, id, err)) return false;
        judge_calibration(&q, id);
    }
    if (count == 0 && !judge_tree(&q, err)) return false;
    if (!judge_comparisons(&q, channels, count, err)) return false;
    take_out(&q, ret, ret_count);
    return true;
}
