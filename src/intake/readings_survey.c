/*
 * The channels of a whole file as they could be declared: for each code that the mapping makes, how many values, how many decimals, which interval.
 * A bureau fills in party and commodity and declares them all at once (heng meter add).
 */
#include "inside.h"
#include "readings_look.h"

enum { RANGE_SCALE = 6 };
struct readings_stat { readings_guess guess; int64_t low, high, last, last_s, step_s, steps, step_hits, period_s; bool has_range, falls, is_period, starts_late; text unit; };

static readings_stat *stat_of(load *l, text code, const readings_value *v)
{
    int64_t at;
    if (text_map_find(&l->by_code, code, &at)) return l->stats[at];
    readings_stat *s = NEW(l->a, readings_stat);
    s->guess = (readings_guess){.code = text_copy(l->a, code), .header = v->header, .is_declared = meter_channel_find(l->m, code) != METER_NONE};
    text_map_put(&l->by_code, s->guess.code, (int64_t)l->stat_count);
    *(readings_stat **)ARENA_PUSH(l->a, l->stats, l->stat_count, l->stat_max) = s;
    return s;
}

static void count_number(readings_stat *s, int64_t count, int scale)
{
    int64_t v = 0;
    heng_err ignored = {0};
    while (scale > 0 && count % 10 == 0) count /= 10, scale--;
    if (scale > s->guess.scale) s->guess.scale = scale;
    s->guess.count++;
    if (!dec_rescale(count, scale, RANGE_SCALE, DEC_DOWN, &v, &ignored)) return;
    s->falls |= s->has_range && v < s->last;
    if (!s->has_range || v < s->low) s->low = v;
    if (!s->has_range || v > s->high) s->high = v;
    s->last = v, s->has_range = true;
}

/* A number of more than 18 digits, at the most decimals that it leaves room for. */
static bool round_long(text t, int64_t *ret, int *ret_scale)
{
    for (*ret_scale = DEC_SCALE_MAX; *ret_scale >= RANGE_SCALE; --*ret_scale) {
        heng_err ignored = {0};
        if (dec_parse(t, *ret_scale, DEC_HALF_EVEN, ret, &ignored)) return true;
    }
    return false;
}

/* The smallest step between two times, and how often it is that. */
static void count_step(readings_stat *s, int64_t at)
{
    int64_t step = at - s->last_s;
    if (s->guess.count > 1 && step > 0) {
        s->steps++;
        if (s->step_s == 0 || step < s->step_s) s->step_s = step, s->step_hits = 0;
        s->step_hits += step == s->step_s;
    }
    s->last_s = at;
}

void readings_survey_cell(load *l, arena *scratch, const table_row *row, size_t i, int step, const row_when *when)
{
    const readings_value *v = &l->map.values[i];
    text t = readings_plain(scratch, readings_cell(row, v->at + step));
    int64_t count, at = when->at.local_s + (v->across ? v->first_s + (int64_t)step * v->step_s : 0);
    int scale;
    heng_err ignored = {0};
    text code = readings_filled(&l->code, &l->bound.values[i].code, row), rest = code;
    bool is_total = false;
    while (l->bound.values[i].code.count && rest.len) is_total |= readings_is_total(scratch, &l->map, text_next(&rest, '/'));
    if (is_total) return;
    readings_stat *s = stat_of(l, code, v);
    if (dec_parse_any(t, &count, &scale, &ignored)) {
        count_number(s, count, scale);
    } else if (round_long(t, &count, &scale)) {
        count_number(s, count, scale);
        s->guess.too_fine++;
    } else {
        s->guess.missing += !t.len || readings_word_is(l->map.missing, t);
        return;
    }
    count_step(s, at);
    s->guess.has_own_column = l->bound.values[i].code.count == 0 && !v->across;
    if (s->guess.count == 1) s->starts_late = v->across && v->first_s == v->step_s;
    s->is_period |= when->is_period;
    if (when->is_period && (s->period_s == 0 || when->to_s - when->at.local_s < s->period_s)) s->period_s = when->to_s - when->at.local_s;
    text unit = readings_unit(&l->bound.values[i].unit, row);
    if (s->guess.count == 1 && unit.len) s->unit = text_copy(l->a, unit);
    text multiplier = readings_cell(row, l->bound.multiplier_at);
    if (s->guess.count == 1 && multiplier.len) s->guess.multiplier = text_copy(l->a, multiplier);
}

/* How many decimals one of the smallest step needs in another unit; -1: it does not come out. */
static int decimals_in(load *l, const readings_stat *s, const rule_unit *from, const rule_unit *to)
{
    const rat *factor;
    heng_err ignored = {0};
    if (memcmp(&from->dim, &to->dim, sizeof to->dim) != 0 || !rat_div(l->a, from->factor, to->factor, &factor, &ignored)) return -1;
    const rat *least = rat_mul(l->a, factor, rat_scaled(l->a, 1, s->guess.scale));
    for (int d = 0; d <= DEC_SCALE_MAX; d++)
        if (rat_is_decimal(least, d)) return d;
    return -1;
}

/* The unit to declare: the file's when it may be recorded, else the one that needs the fewest decimals: of 万kWh and Wh the kWh, of kBtu the GJ. */
static void settle_unit(load *l, readings_stat *s)
{
    int32_t id = rule_unit_find(l->rules, s->unit);
    const rule_unit *u = id >= 0 ? &l->rules->units[id] : NULL, *to = NULL;
    int best = -1;
    s->guess.unit = u ? u->id : s->unit;
    if (!u || u->scale >= 0) return;
    for (size_t i = 0; i < l->rules->unit_count; i++) {
        const rule_unit *x = &l->rules->units[i];
        int d = x->scale >= 0 ? decimals_in(l, s, u, x) : -1;
        if (d >= 0 && (best < 0 || d < best)) best = d, to = x;
    }
    if (to) s->guess.unit = to->id, s->guess.scale = best;
}

/* No more decimals than leave room for a day's sum. */
static void settle_scale(readings_stat *s)
{
    i128 most = s->high > -s->low ? s->high : -s->low;
    i128 of_day = (most + 1) * (s->step_s > 0 && s->step_s < 86400 ? 86400 / s->step_s : 1);
    while (s->guess.scale > RANGE_SCALE && of_day * pow10_i128(s->guess.scale - RANGE_SCALE) > INT64_MAX) s->guess.scale--;
}

static text kind_of(const look *k, const readings_stat *s)
{
    text words = text_of(arena_printf(k->a, "%.*s %.*s", TEXT_FMT(s->guess.header), TEXT_FMT(s->guess.code)));
    if (s->is_period) return TEXT("interval");
    if (look_has_word(k, ROLE_COUNTER, words)) return TEXT("counter");
    if (look_has_word(k, ROLE_LEVEL, words)) return TEXT("level");
    bool is_register = !s->falls && s->guess.count > 24 && s->high > s->low;
    return is_register && !look_has_word(k, ROLE_INTERVAL, words) ? TEXT("counter") : s->low < 0 ? TEXT("level") : TEXT("interval");
}

static void settle(load *l, const look *k, readings_stat *s)
{
    readings_guess *g = &s->guess;
    g->low = s->has_range ? dec_format_trim(l->a, s->low, RANGE_SCALE) : (text){0};
    g->high = s->has_range ? dec_format_trim(l->a, s->high, RANGE_SCALE) : (text){0};
    g->kind = kind_of(k, s);
    int wanted = g->scale;
    settle_scale(s);
    g->too_fine += g->scale < wanted;
    g->interval_s = s->is_period ? (s->period_s < 86400 ? s->period_s : 86400) : s->steps > 0 && s->step_hits * 5 >= s->steps * 4 && s->step_s <= 31 * 86400 ? s->step_s : 0;
    g->stamp = s->starts_late && text_is(g->kind, "interval") ? TEXT("end") : (text){0};
    settle_unit(l, s);
}

bool readings_survey_end(load *l, readings_guess **ret, size_t *ret_count, heng_err *err)
{
    look k;
    if (!look_open(&k, l->m, l->a, err)) return false;
    readings_guess *all = NEW_ARRAY(l->a, l->stat_count + 1, readings_guess);
    for (size_t i = 0; i < l->stat_count; i++) settle(l, &k, l->stats[i]), all[i] = l->stats[i]->guess;
    *ret = all, *ret_count = l->stat_count;
    return true;
}
