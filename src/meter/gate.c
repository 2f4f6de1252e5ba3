/* The gates of a reading: one pass finds whether a run can be wrong at all; only then each reading is looked at. */
#include <stdio.h>
#include "gate.h"
#include "messages.h"

enum { LIST_MAX = 32 };
static const int64_t US_PER_S = 1000000, US_PER_HOUR = 3600000000;

struct meter_gates {
    meter_gate items[GATE_NUMBERS];
    int64_t words[LIST_MAX];     /* what devices write for no value, whole numbers as shown by the meter */
    size_t word_count;
    int64_t word_low, word_high; /* the nearest to zero from below and above */
    size_t comparison_count, comparison_max;
    meter_comparison *comparisons;
    size_t permit_count;
    const meter_permit *permits;
};

/* ---- Opening ---- */

static bool bad_row(const rule_row *row, const char *field, heng_err *err)
{
    char seen[64];
    text t = rule_cell(row, field);
    snprintf(seen, sizeof seen, "%.*s", (int)(t.len < 60 ? t.len : 60), t.ptr ? t.ptr : "");
    err_fill(err, &MSG_METER_GATE_BAD, seen, NULL, NULL);
    err_in_field(err, field);
    return err_at_row(err, row->line);
}

static uint8_t status_of(text outcome)
{
    static const struct { const char *word; uint8_t status; } OUTCOMES[] = {{"flag", METER_FLAGGED}, {"move", METER_MOVED}, {"hold", METER_QUARANTINED}, {"refuse", METER_REFUSED}};
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof OUTCOMES[0]; i++)
        if (text_is(outcome, OUTCOMES[i].word)) return OUTCOMES[i].status;
    return METER_ACCEPTED;
}

static bool read_words(meter_gates *g, const rule_row *row, heng_err *err)
{
    text rest = rule_cell(row, "list");
    g->word_low = INT64_MIN, g->word_high = INT64_MAX;
    while (rest.len) {
        bool ok;
        int64_t v = text_to_i64(text_trim(text_next(&rest, ';')), &ok);
        if (!ok || g->word_count == LIST_MAX) return bad_row(row, "list", err);
        g->words[g->word_count++] = v;
        if (v < 0 && v > g->word_low) g->word_low = v;
        if (v >= 0 && v < g->word_high) g->word_high = v;
    }
    return true;
}

static bool read_comparison(arena *a, meter_gates *g, int gate, text t)
{
    static const struct { const char *word; meter_sign sign; } SIGNS[] = {{"<=", METER_AT_MOST}, {">=", METER_AT_LEAST}, {"=", METER_EQUAL}};
    size_t at;
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (!text_find(t, text_of(SIGNS[i].word), &at)) continue;
        size_t after = at + strlen(SIGNS[i].word);
        meter_comparison x = {gate, SIGNS[i].sign, text_trim((text){t.ptr, at}), text_trim((text){t.ptr + after, t.len - after})};
        *ARENA_PUSH(a, g->comparisons, g->comparison_count, g->comparison_max) = x;
        return x.left.len && x.right.len;
    }
    return false;
}

static bool read_comparisons(arena *a, meter_gates *g, const meter_gate *x, heng_err *err)
{
    text rest = rule_cell(x->row, "list");
    while (rest.len)
        if (!read_comparison(a, g, x->number, text_trim(text_next(&rest, ';')))) return bad_row(x->row, "list", err);
    return true;
}

static bool read_gate(arena *a, meter_gates *g, const rule_row *row, heng_err *err)
{
    bool ok;
    int64_t number = text_to_i64(rule_cell(row, "number"), &ok);
    if (!ok || number < METER_GATE_RULES || number >= GATE_NUMBERS) return bad_row(row, "number", err);
    text outcome = rule_cell(row, "outcome"), parameter = rule_cell(row, "parameter");
    meter_gate *x = &g->items[number];
    *x = (meter_gate){.number = (uint16_t)number, .is_off = text_is(outcome, "off"), .status = status_of(outcome), .id = rule_cell(row, "id"), .level = rule_cell(row, "level"), .row = row,
        .severity = rule_cell(row, "severity"), .name = {rule_cell(row, "name_zh"), rule_cell(row, "name_en")}, .sentence = {rule_cell(row, "sentence_zh"), rule_cell(row, "sentence_en")},
        .remedy = {rule_cell(row, "remedy_zh"), rule_cell(row, "remedy_en")}};
    if (parameter.len && (!rat_parse(a, parameter, &x->parameter, err) || !rat_to_scaled(x->parameter, 0, DEC_DOWN, &x->whole, err))) return bad_row(row, "parameter", err);
    if (number >= GATE_COMPARE && number <= GATE_COMPARE_LAST && !x->is_off) return read_comparisons(a, g, x, err);
    return number != GATE_SENTINEL || read_words(g, row, err);
}

size_t meter_gate_comparisons(const meter_gates *g, const meter_comparison **ret)
{
    *ret = g->comparisons;
    return g->comparison_count;
}

/* The room's own judgements have no row: they are no matter of rules. */
static void own_gates(meter_gates *g)
{
    static const struct { int number; const char *id, *zh, *en, *sentence_zh, *sentence_en; } OWN[] = {
        {METER_GATE_CHANNEL, "channel", "没有这个通道", "no such channel", "没有登记这个通道", "No such channel has been declared"},
        {METER_GATE_VIRTUAL, "virtual", "虚拟通道", "virtual channel", "虚拟通道由公式计算，不收读数", "A virtual channel is computed by its formula and takes no readings"},
        {METER_GATE_TIME, "time", "时间不可用", "time cannot be used", "时间不在1970年至2200年之间", "The time is not between 1970 and 2200"},
        {METER_GATE_INVALID, "invalid", "通道当时无效", "channel not valid then", "通道在那一天尚未启用或已停用", "The channel was not yet, or no longer, valid on that day"},
        {METER_GATE_CHANGED, "changed", "与已有读数不同", "differs from what is there", "同一时刻已有另一个值，按要求不覆盖", "Another value is there for this time, and it was asked not to replace it"}};
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
        g->items[OWN[i].number] = (meter_gate){.number = (uint16_t)OWN[i].number, .status = METER_REFUSED, .id = text_of(OWN[i].id), .level = TEXT("reading"), .severity = TEXT("error"),
            .name = {text_of(OWN[i].zh), text_of(OWN[i].en)}, .sentence = {text_of(OWN[i].sentence_zh), text_of(OWN[i].sentence_en)}};
}

/* A permit counts when its unit is of the channel's dimension; else it is no judge of this channel. */
static bool permit_amount(arena *a, const rule_set *r, const meter_channel *c, const book_bound *x, const rat **ret, heng_err *err)
{
    int32_t unit = rule_unit_find(r, x->unit);
    const rat *value;
    *ret = NULL;
    if (unit == RULE_NONE || c->unit < 0 || !rule_dim_equal(r->units[unit].dim, r->units[c->unit].dim)) return true;
    if (!rat_parse(a, x->value, &value, err)) return false;
    return rat_div(a, rat_mul(a, value, r->units[unit].factor), r->units[c->unit].factor, ret, err);
}

static bool read_permits(arena *a, meter_book *m, meter_gates *g, heng_err *err)
{
    book_bound_row *rows;
    size_t count, max = 0;
    const rule_set *r;
    meter_permit *items = NULL;
    if (!book_bounds(meter_book_of(m), a, BOOK_KNOWN_NOW, &rows, &count, err) || !book_rules(meter_book_of(m), &r, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const book_bound *x = &rows[i].bound;
        if (x->compare != BOOK_AT_MOST || !text_starts(x->indicator, "channel:")) continue;
        int32_t id = meter_channel_find(m, (text){x->indicator.ptr + 8, x->indicator.len - 8});
        const rat *amount;
        if (id == METER_NONE) continue;
        if (!permit_amount(a, r, meter_channel_get(m, id), x, &amount, err)) return false;
        if (amount) *ARENA_PUSH(a, items, g->permit_count, max) = (meter_permit){id, amount, x->when, x->key};
    }
    g->permits = items;
    return true;
}

bool meter_gates_open(arena *a, meter_book *m, const meter_gates **ret, heng_err *err)
{
    const rule_set *r;
    const rule_row *const *rows;
    meter_gates *g = NEW(a, meter_gates);
    if (!book_rules(meter_book_of(m), &r, err)) return false;
    own_gates(g);
    size_t count = rule_rows(r, "gates", &rows);
    for (size_t i = 0; i < count; i++)
        if (!read_gate(a, g, rows[i], err)) return err_in_file(err, text_str(a, rows[i]->file));
    if (!read_permits(a, m, g, err)) return false;
    *ret = g;
    return true;
}

const meter_gate *meter_gate_of(const meter_gates *g, int number)
{
    return &g->items[number > 0 && number < GATE_NUMBERS ? number : 0];
}

const meter_permit *meter_permit_of(const meter_gates *g, int32_t channel, int64_t at_us)
{
    for (size_t i = 0; i < g->permit_count; i++) {
        const meter_permit *p = &g->permits[i];
        if (p->channel == channel && at_us >= p->when.start_us && at_us < p->when.end_us) return p;
    }
    return NULL;
}

/* ---- The limit behind a judgement ---- */

static text unit_text(meter_book *m, const meter_channel *c)
{
    const rule_set *r;
    heng_err ignored = {0};
    if (c->unit < 0 || !book_rules(meter_book_of(m), &r, &ignored)) return (text){0};
    return r->units[c->unit].symbol.len ? r->units[c->unit].symbol : r->units[c->unit].id;
}

/* Of an interval: what may pass in one; of a counter: in an hour. */
static text capacity_limit(arena *a, const meter_gates *g, const meter_channel *c)
{
    bool is_interval = c->kind == METER_INTERVAL && c->interval_s > 0;
    const rat *times = g->items[GATE_CAPACITY].parameter, *most = rat_scaled(a, c->capacity_per_hour, c->scale);
    if (times) most = rat_mul(a, most, times);
    heng_err ignored = {0};
    if (is_interval && !rat_div(a, rat_mul(a, most, rat_int(a, c->interval_s)), rat_int(a, 3600), &most, &ignored)) return (text){0};
    return text_of(arena_printf(a, "> %.*s%s", TEXT_FMT(rat_format(a, most, c->scale)), is_interval ? "" : "/h"));
}

static text permit_limit(arena *a, meter_book *m, const meter_gates *g, const meter_channel *c, int64_t time_us)
{
    const meter_permit *p = meter_permit_of(g, c->id, time_us);
    if (!p) return (text){0};
    const rat *times = g->items[GATE_PERMIT].parameter, *most = times ? rat_mul(a, p->amount, times) : p->amount;
    return text_of(arena_printf(a, "> %.*s %.*s (%.*s)", TEXT_FMT(rat_exact(a, most)), TEXT_FMT(unit_text(m, c)), TEXT_FMT(p->key)));
}

text meter_gate_limit(arena *a, meter_book *m, const meter_gates *g, int number, int32_t channel, int64_t time_us, int64_t count)
{
    const meter_channel *c = channel >= 0 && (size_t)channel < meter_channel_count(m) ? meter_channel_get(m, channel) : NULL;
    if (!c) return (text){0};
    if (number == GATE_NEGATIVE) return TEXT("< 0");
    if (number == GATE_RANGE && c->has_low && count < c->low) return text_of(arena_printf(a, "< %.*s", TEXT_FMT(dec_format_trim(a, c->low, c->scale))));
    if (number == GATE_RANGE && c->has_high) return text_of(arena_printf(a, "> %.*s", TEXT_FMT(dec_format_trim(a, c->high, c->scale))));
    if (number == GATE_CAPACITY && c->has_capacity) return capacity_limit(a, g, c);
    return number == GATE_PERMIT ? permit_limit(a, m, g, c, time_us) : (text){0};
}

/* ---- Judging a run ---- */

typedef struct judge {
    const meter_gates *g;
    const meter_run *r;
    const meter_channel *c;
    int64_t capacity;            /* per hour with the rule's allowance, 0 = none */
    int64_t low, high;           /* of the values */
    int64_t step_low, step_high; /* of the differences, the reading before the run included */
    int64_t dt_low;              /* shortest time between two readings; INT64_MAX when there is only one */
} judge;

static bool is_on(const judge *j, int number) { return j->g->items[number].number && !j->g->items[number].is_off; }
static bool is_kept(const judge *j, size_t i) { return j->r->verdict[i].status != METER_QUARANTINED && j->r->verdict[i].status != METER_REFUSED; }

/* The first judgement that holds a reading stands; a flag gives way to a later hold. */
static void mark(const judge *j, size_t i, int number)
{
    const meter_gate *x = &j->g->items[number];
    if (!is_on(j, number) || !is_kept(j, i)) return;
    if (x->status == METER_FLAGGED && j->r->verdict[i].status == METER_FLAGGED) return;
    j->r->verdict[i] = (meter_verdict){x->status, (uint16_t)number};
    if (x->status == METER_FLAGGED && (j->r->flag[i] & METER_QUALITY) == METER_GOOD) j->r->flag[i] |= METER_SUSPECT;
    if (x->status == METER_MOVED) j->r->flag[i] |= METER_RETIMED;
}

static int64_t clamp(i128 v) { return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v; }

/* The most that may pass in dt. */
static int64_t passes(int64_t per_hour, int64_t dt_us) { return clamp((i128)per_hour * dt_us / US_PER_HOUR); }

static void measure(judge *j)
{
    const meter_run *r = j->r;
    bool has_before = r->before_count > 0;
    int64_t last = has_before ? r->before[r->before_count - 1].count : r->value[0];
    int64_t at = has_before ? r->before[r->before_count - 1].time_us : INT64_MIN;
    j->low = j->high = r->value[0], j->step_low = j->step_high = 0, j->dt_low = INT64_MAX;
    for (size_t i = 0; i < r->count; i++) {
        int64_t v = r->value[i], d = (int64_t)((uint64_t)v - (uint64_t)last), dt = at == INT64_MIN ? INT64_MAX : r->time_us[i] - at;
        j->low = v < j->low ? v : j->low, j->high = v > j->high ? v : j->high;
        j->step_low = d < j->step_low ? d : j->step_low, j->step_high = d > j->step_high ? d : j->step_high;
        j->dt_low = dt < j->dt_low ? dt : j->dt_low;
        last = v, at = r->time_us[i];
    }
}

static void judge_times(const judge *j)
{
    const meter_run *r = j->r;
    const meter_gate *shift = &j->g->items[GATE_ZONE_SHIFT];
    int64_t tolerance = j->g->items[GATE_FUTURE].whole * US_PER_S, earliest = j->g->items[GATE_CLOCK_LOST].whole * US_PER_S;
    int64_t limit = r->arrival_us + tolerance;
    if (r->time_us[r->count - 1] > limit && is_on(j, GATE_ZONE_SHIFT)) {
        int64_t lag = 2 * j->c->interval_s * US_PER_S; /* the newest reading is up to two intervals old when it arrives */
        int hours = meter_clock_shift_hours(r->time_us, r->count, r->arrival_us, lag > tolerance ? lag < US_PER_HOUR / 2 ? lag : US_PER_HOUR / 2 : tolerance);
        for (size_t i = 0; hours > 0 && hours <= shift->whole && i < r->count; i++) {
            r->time_us[i] -= hours * US_PER_HOUR;
            mark(j, i, GATE_ZONE_SHIFT);
        }
    }
    for (size_t i = r->count; i-- > 0 && r->time_us[i] > limit;) mark(j, i, GATE_FUTURE);
    for (size_t i = 0; i < r->count && r->time_us[i] < earliest; i++) mark(j, i, GATE_CLOCK_LOST);
}

/* Two values for one time: the first stands. */
static void judge_doubles(const judge *j)
{
    const meter_run *r = j->r;
    if (j->dt_low > 0) return;
    for (size_t i = 1, first = 0; i < r->count; i++) {
        if (r->time_us[i] != r->time_us[first]) first = i;
        else if (r->value[i] != r->value[first]) mark(j, i, GATE_DOUBLE);
    }
}

static bool is_word(const judge *j, int64_t value)
{
    int64_t one = (int64_t)pow10_i128(j->c->scale > 12 ? 12 : j->c->scale);
    if (j->c->has_low && j->c->has_high && value >= j->c->low && value <= j->c->high) return false;
    for (size_t i = 0; i < j->g->word_count; i++)
        if ((i128)j->g->words[i] * one == value) return true;
    return false;
}

static bool may_hold_word(const judge *j)
{
    i128 one = pow10_i128(j->c->scale > 12 ? 12 : j->c->scale);
    return j->g->word_count > 0 && (j->high >= j->g->word_high * one || j->low <= j->g->word_low * one);
}

/* Intervals and levels: each value against limits, the equipment and the permit. */
static void judge_values(const judge *j)
{
    const meter_channel *c = j->c;
    const meter_run *r = j->r;
    bool is_interval = c->kind == METER_INTERVAL, words = may_hold_word(j);
    int64_t most = is_interval && j->capacity && c->interval_s > 0 ? passes(j->capacity, c->interval_s * US_PER_S) : INT64_MAX;
    bool outside = (c->has_low && j->low < c->low) || (c->has_high && j->high > c->high) || j->high > most || (is_interval && j->low < 0);
    if (!outside && !words) return;
    for (size_t i = 0; i < r->count; i++) {
        int64_t v = r->value[i];
        if (words && is_word(j, v)) mark(j, i, GATE_SENTINEL);
        else if (is_interval && v < 0 && !(c->has_low && c->low < 0)) mark(j, i, GATE_NEGATIVE);
        else if ((c->has_low && v < c->low) || (c->has_high && v > c->high)) mark(j, i, GATE_RANGE);
        else if (v > most) mark(j, i, GATE_CAPACITY);
    }
}

/* What the reading adds: of a counter the difference to the reading before it that stands. */
static int64_t adds(const judge *j, size_t i)
{
    const meter_run *r = j->r;
    if (j->c->kind != METER_COUNTER) return r->value[i];
    bool has = r->before_count > 0;
    int64_t last = has ? r->before[r->before_count - 1].count : 0;
    for (size_t k = i; k-- > 0;) {
        if (!is_kept(j, k)) continue;
        last = r->value[k], has = true;
        break;
    }
    return has && r->value[i] > last && !(r->flag[i] & METER_START) ? r->value[i] - last : 0;
}

static const rat *permit_limit_of(const judge *j, arena *a, const meter_permit *p)
{
    const rat *times = j->g->items[GATE_PERMIT].parameter;
    return times ? rat_mul(a, p->amount, times) : p->amount;
}

/* The largest amount of the run within the smallest permit of the channel: nothing more to look at. */
static bool is_within_permits(const judge *j, arena *scratch)
{
    int64_t most = j->c->kind == METER_COUNTER ? j->step_high : j->high;
    for (size_t i = 0; i < j->g->permit_count; i++)
        if (j->g->permits[i].channel == j->c->id && rat_compare(meter_amount(scratch, j->c, most), permit_limit_of(j, scratch, &j->g->permits[i])) > 0) return false;
    return true;
}

/* One reading alone above what the whole period of its permit allows. */
static void judge_permit(const judge *j, arena *scratch)
{
    const meter_run *r = j->r;
    if ((j->c->kind != METER_INTERVAL && j->c->kind != METER_COUNTER) || !j->g->permit_count || !is_on(j, GATE_PERMIT) || is_within_permits(j, scratch)) return;
    for (size_t i = 0; i < r->count; i++) {
        arena_mark here = arena_here(scratch);
        const meter_permit *p = meter_permit_of(j->g, j->c->id, r->time_us[i]);
        if (p && rat_compare(meter_amount(scratch, j->c, adds(j, i)), permit_limit_of(j, scratch, p)) > 0) mark(j, i, GATE_PERMIT);
        arena_rewind(scratch, here);
    }
}

typedef struct counter { int64_t at, value, fell_at, fell_from; bool has, fell; } counter; /* fell: the last reading stood below the one before it */

static void counter_begin(const judge *j, counter *s)
{
    const meter_run *r = j->r;
    size_t n = r->before_count;
    *s = (counter){0};
    if (n == 0) return;
    *s = (counter){.at = r->before[n - 1].time_us, .value = r->before[n - 1].count, .has = true};
    if (n > 1 && s->value < r->before[n - 2].count) s->fell = true, s->fell_at = r->before[n - 2].time_us, s->fell_from = r->before[n - 2].count;
}

static bool fits(const judge *j, int64_t amount, int64_t dt_us) { return amount >= 0 && (!j->capacity || amount <= passes(j->capacity, dt_us)); }

static bool rolls_over(const judge *j, const counter *s, int64_t v, int64_t dt)
{
    int64_t wrap = j->c->roll_over;
    if (wrap <= 0 || s->value >= wrap || v < 0) return false;
    return j->capacity ? fits(j, wrap - s->value + v, dt) : s->value >= wrap - wrap / 10 && v <= wrap / 10;
}

/* The value of the next reading that is kept, behind i. */
static bool next_value(const judge *j, size_t i, int64_t *ret)
{
    for (i++; i < j->r->count; i++)
        if (is_kept(j, i)) return *ret = j->r->value[i], true;
    return false;
}

static void judge_fall(const judge *j, counter *s, size_t i)
{
    int64_t v = j->r->value[i], t = j->r->time_us[i], next;
    if (rolls_over(j, s, v, t - s->at)) return;
    bool comes_back = next_value(j, i, &next) && next >= s->value;
    if (comes_back || v < 0 || !fits(j, j->c->reset == METER_RESET_ZERO ? v : 0, t - s->at)) mark(j, i, GATE_BACKWARDS);
    else mark(j, i, GATE_RESET);
}

static void judge_rise(const judge *j, counter *s, size_t i)
{
    int64_t v = j->r->value[i], t = j->r->time_us[i], next;
    if (s->fell && v >= s->fell_from && (!j->capacity || fits(j, v - s->fell_from, t - s->fell_at)) && (v - s->value) / 2 > v - s->fell_from) {
        mark(j, i, GATE_RETURNED);
        j->r->flag[i] |= METER_START;
    } else if (!fits(j, v - s->value, t - s->at)) {
        mark(j, i, GATE_CAPACITY);
    } else if (!j->capacity && next_value(j, i, &next) && next >= s->value && next < v && (v - next) / 16 > next - s->value) {
        mark(j, i, GATE_BACKWARDS); /* a lone jump up and back again, much larger than the step over it */
    }
}

static void judge_counter(const judge *j)
{
    const meter_run *r = j->r;
    counter s;
    if (j->low >= 0 && j->step_low >= 0 && (!j->capacity || (j->dt_low > 0 && j->dt_low != INT64_MAX && j->step_high <= passes(j->capacity, j->dt_low)))) return;
    counter_begin(j, &s);
    for (size_t i = 0; i < r->count; i++) {
        if (!is_kept(j, i)) continue;
        if (r->value[i] < 0) mark(j, i, GATE_NEGATIVE);
        else if (s.has && !(r->flag[i] & METER_START)) r->value[i] < s.value ? judge_fall(j, &s, i) : judge_rise(j, &s, i);
        if (!is_kept(j, i)) continue;
        bool fell = s.has && r->value[i] < s.value;
        s = (counter){.at = r->time_us[i], .value = r->value[i], .has = true, .fell = fell, .fell_at = fell ? s.at : 0, .fell_from = fell ? s.value : 0};
    }
}

static void judge_rate(const judge *j)
{
    const meter_run *r = j->r;
    if (!j->c->has_rate || j->c->kind == METER_INTERVAL || r->count + r->before_count < 2) return;
    int64_t widest = j->step_low == INT64_MIN ? INT64_MAX : j->step_high > -j->step_low ? j->step_high : -j->step_low;
    if (j->dt_low > 0 && widest <= passes(j->c->rate_per_hour, j->dt_low)) return;
    bool has = r->before_count > 0;
    int64_t last = has ? r->before[r->before_count - 1].count : 0, at = has ? r->before[r->before_count - 1].time_us : 0;
    for (size_t i = 0; i < r->count; i++) {
        if (!is_kept(j, i)) continue;
        i128 step = (i128)r->value[i] - last;
        if (has && (step < 0 ? -step : step) > passes(j->c->rate_per_hour, r->time_us[i] - at)) mark(j, i, GATE_RATE);
        last = r->value[i], at = r->time_us[i], has = true;
    }
}

/* Equal values in a row: of any `most` of them two that stand most/2 apart are equal, so only those are looked at first. */
static void judge_stuck(const judge *j)
{
    const meter_run *r = j->r;
    int64_t most = j->g->items[GATE_STUCK].whole;
    if (!is_on(j, GATE_STUCK) || most < 4 || j->c->kind == METER_COUNTER || j->c->kind == METER_STATE || r->count < (size_t)most) return;
    size_t half = (size_t)most / 2, i = half;
    while (i < r->count && (r->value[i] != r->value[i - half] || r->value[i] == 0)) i += half;
    for (i = i < r->count ? i - half : r->count; i < r->count;) {
        size_t from = i, to = i;
        while (from > 0 && r->value[from - 1] == r->value[i]) from--;
        while (to < r->count && r->value[to] == r->value[i]) to++;
        for (size_t k = from; r->value[i] != 0 && to - from >= (size_t)most && k < to; k++) mark(j, k, GATE_STUCK);
        i = to;
    }
}

/* A value many times both of its neighbours. */
static void judge_spike(const judge *j)
{
    const meter_run *r = j->r;
    int64_t times = j->g->items[GATE_SPIKE].whole;
    if (!is_on(j, GATE_SPIKE) || times < 2 || j->c->kind == METER_COUNTER || j->c->kind == METER_STATE || j->high <= 0) return;
    if (j->low > 0 && j->high / times < j->low) return;
    for (size_t i = 1; i + 1 < r->count; i++) {
        int64_t v = r->value[i] / times, a = r->value[i - 1], b = r->value[i + 1];
        if (v > a && v > b && a > 0 && b > 0) mark(j, i, GATE_SPIKE);
    }
}

bool meter_gate_judge(void *gates, arena *scratch, const meter_run *run, heng_err *err)
{
    judge j = {.g = gates, .r = run, .c = run->channel};
    const meter_gate *capacity = &j.g->items[GATE_CAPACITY];
    (void)err;
    if (run->count == 0) return true;
    if (run->channel->has_capacity && is_on(&j, GATE_CAPACITY) && capacity->parameter) {
        int64_t milli; /* a parameter that needs more than three decimals was refused at opening */
        heng_err ignored = {0};
        j.capacity = rat_to_scaled(capacity->parameter, 3, DEC_DOWN, &milli, &ignored) ? clamp((i128)run->channel->capacity_per_hour * milli / 1000) : run->channel->capacity_per_hour;
    }
    measure(&j);
    judge_times(&j);
    judge_doubles(&j);
    if (run->channel->kind == METER_COUNTER) judge_counter(&j);
    else if (run->channel->kind != METER_STATE) judge_values(&j);
    judge_permit(&j, scratch);
    judge_rate(&j);
    judge_stuck(&j);
    judge_spike(&j);
    return true;
}
