/* Gaps filled by named methods. Every filled reading is marked METER_ESTIMATED and the method is kept in an entry of the book. */
#include "messages.h"
#include "quality.h"

enum { BACK_DAYS = 28, WORST_DAYS = 30, LAST_DAYS = 31 };
static const int64_t US_PER_S = 1000000, US_PER_DAY = 86400000000;

const struct meter_fill_name meter_fill_names[FILL_METHODS] = {
    {"last_day", "取最近一天的同一时刻", "same time of the newest day before"},
    {"linear", "前后读数之间线性内插", "straight line between the readings around"},
    {"profile", "前28天同类日同一时刻的平均", "mean of the same time and kind of day, 28 days before"},
    {"worst_case", "前30天的最大值", "greatest value of the 30 days before"},
};

typedef struct filler {
    meter_book *m;
    arena *a;
    const meter_channel *c;
    const cal_zone *zone;
    int64_t step_us;
    meter_series past;           /* true readings before and behind the gaps */
    int64_t *times, *values;     /* made so far */
    size_t count, time_max, value_max;
    int64_t left;
} filler;

static bool is_true(const filler *f, size_t i) { return (f->past.flag[i] & METER_QUALITY) != METER_ESTIMATED; }

/* The first reading at or behind t. */
static size_t at_or_after(const filler *f, int64_t t)
{
    size_t low = 0, high = f->past.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->past.time_us[middle] < t) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool true_at(const filler *f, int64_t t, int64_t *ret)
{
    size_t i = at_or_after(f, t);
    if (i >= f->past.count || f->past.time_us[i] != t || !is_true(f, i)) return false;
    *ret = f->past.value[i];
    return true;
}

/* The same clock time so many days earlier, also over a clock change. */
static int64_t days_earlier(const filler *f, int64_t t, int32_t days)
{
    int32_t day = zone_day_of(f->zone, t);
    return zone_day_start_us(f->zone, day - days) + (t - zone_day_start_us(f->zone, day));
}

static bool fill_last_day(const filler *f, int64_t t, int64_t *ret)
{
    for (int32_t d = 1; d <= LAST_DAYS; d++)
        if (true_at(f, days_earlier(f, t, d), ret)) return true;
    return false;
}

static bool is_weekend(const filler *f, int64_t t)
{
    int32_t weekday = (zone_day_of(f->zone, t) % 7 + 7) % 7; /* 1970-01-01 was a Thursday: 2 and 3 are Saturday and Sunday */
    return weekday == 2 || weekday == 3;
}

static bool fill_profile(const filler *f, int64_t t, int64_t *ret)
{
    i128 sum = 0;
    int64_t n = 0, v;
    heng_err ignored = {0};
    for (int32_t d = 1; d <= BACK_DAYS; d++) {
        int64_t then = days_earlier(f, t, d);
        if (is_weekend(f, then) == is_weekend(f, t) && true_at(f, then, &v)) sum += v, n++;
    }
    return n > 0 && dec_divide_half_even(sum, n, ret, &ignored);
}

static bool fill_worst(const filler *f, int64_t t, int64_t *ret)
{
    bool has = false;
    for (size_t i = at_or_after(f, t - WORST_DAYS * US_PER_DAY); i < f->past.count && f->past.time_us[i] < t; i++)
        if (is_true(f, i) && (!has || f->past.value[i] > *ret)) *ret = f->past.value[i], has = true;
    return has;
}

static bool fill_linear(const filler *f, int64_t t, int64_t *ret)
{
    size_t after = at_or_after(f, t), before = after;
    heng_err ignored = {0};
    while (after < f->past.count && !is_true(f, after)) after++;
    while (before > 0 && !is_true(f, before - 1)) before--;
    if (before == 0 || after == f->past.count) return false;
    int64_t t0 = f->past.time_us[before - 1], t1 = f->past.time_us[after], v0 = f->past.value[before - 1], v1 = f->past.value[after];
    int64_t part;
    if (!dec_divide_half_even(((i128)v1 - v0) * ((t - t0) / 1000), (t1 - t0) / 1000, &part, &ignored)) return false;
    *ret = v0 + part;
    return true;
}

static void fill_gap(filler *f, const meter_gap *gap, meter_fill_method method)
{
    static bool (*const BY[FILL_METHODS])(const filler *, int64_t, int64_t *) = {fill_last_day, fill_linear, fill_profile, fill_worst};
    for (int64_t t = gap->when.start_us; t < gap->when.end_us; t += f->step_us) {
        int64_t v;
        size_t same = f->count;
        if (!BY[method](f, t, &v)) {
            f->left++;
            continue;
        }
        *ARENA_PUSH(f->a, f->times, f->count, f->time_max) = t;
        *ARENA_PUSH(f->a, f->values, same, f->value_max) = v;
    }
}

/* Who filled what, by which method, and why: an entry, so that a number can say so. */
static bool keep_method(filler *f, const meter_gap *first, const meter_gap *last, meter_fill_method method, text who, text reason, heng_err *err)
{
    book_receipt receipt;
    book *b = meter_book_of(f->m);
    text from = instant_format(f->a, f->zone, first->when.start_us), to = instant_format(f->a, f->zone, last->when.end_us);
    book_entry e = {.kind = TEXT("meter.fill"), .key = text_of(arena_printf(f->a, "%.*s/%.*s", TEXT_FMT(f->c->code), TEXT_FMT(from))),
        .body = text_of(arena_printf(f->a, "%s;%.*s;%.*s;%zu;%.*s;%.*s", meter_fill_names[method].id, TEXT_FMT(from), TEXT_FMT(to), f->count, TEXT_FMT(who), TEXT_FMT(reason)))};
    book_batch batch = {.source = TEXT("meter.fill"), .all_or_none = true, .entry_count = 1, .entries = &e};
    return book_post(b, f->a, &batch, NULL, &receipt, err);
}

bool meter_filled_at(meter_book *m, arena *a, int32_t channel, int64_t time_us, int64_t known_us, meter_filled_by *ret, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    text at = instant_format(a, meter_channel_zone(m, channel), time_us), prefix = text_of(arena_printf(a, "%.*s/", TEXT_FMT(meter_channel_get(m, channel)->code)));
    *ret = (meter_filled_by){0};
    if (!book_entries(meter_book_of(m), a, TEXT("meter.fill"), prefix, known_us, true, &rows, &count, err)) return false;
    for (size_t i = count; i-- > 0 && !ret->method;) {
        text body = rows[i].body, method = text_next(&body, ';'), from = text_next(&body, ';'), to = text_next(&body, ';'), number = text_next(&body, ';');
        if (!number.len || from.len != at.len || to.len != at.len || memcmp(from.ptr, at.ptr, at.len) > 0 || memcmp(to.ptr, at.ptr, at.len) < 0) continue;
        ret->who = text_next(&body, ';');
        ret->reason = body;
        for (int k = 0; k < FILL_METHODS; k++)
            if (text_is(method, meter_fill_names[k].id)) ret->method = &meter_fill_names[k];
    }
    return true;
}

static bool take_filled(filler *f, bool dry_run, meter_receipt *ret, heng_err *err)
{
    uint8_t *flags = NEW_ARRAY(f->a, f->count, uint8_t);
    int64_t stamp = f->c->stamp == METER_STAMP_END && f->c->kind == METER_INTERVAL ? f->step_us : 0; /* times as the source would write them */
    for (size_t i = 0; i < f->count; i++) flags[i] = METER_ESTIMATED, f->times[i] += stamp;
    meter_batch batch = {.count = f->count, .one_channel = f->c->id, .time_us = f->times, .value = f->values, .flag = flags, .source = TEXT("meter.fill"), .no_gates = true, .keep_present = true, .dry_run = dry_run};
    return meter_take(f->m, &batch, NULL, ret, err);
}

bool meter_fill(meter_book *m, arena *a, int32_t channel, period when, meter_fill_method method, text who, text reason, bool dry_run, meter_filled *ret, heng_err *err)
{
    const meter_channel *c = meter_channel_get(m, channel);
    filler f = {.m = m, .a = a, .c = c, .zone = meter_channel_zone(m, channel), .step_us = c->interval_s * US_PER_S};
    meter_gap *gaps;
    size_t count;
    *ret = (meter_filled){0};
    if (c->interval_s <= 0) return err_fill(err, &MSG_METER_FILL_INTERVAL, text_str(a, c->code), NULL, NULL);
    if (c->kind == METER_COUNTER && method != FILL_LINEAR) return err_fill(err, &MSG_METER_FILL_COUNTER, meter_fill_names[method].id, "linear", NULL);
    period around = {when.start_us - LAST_DAYS * US_PER_DAY, when.end_us + LAST_DAYS * US_PER_DAY};
    if (!meter_gaps(m, a, &channel, 1, when, &gaps, &count, err) || !meter_readings(m, a, channel, around, BOOK_KNOWN_NOW, &f.past, err)) return false;
    for (size_t i = 0; i < count; i++) fill_gap(&f, &gaps[i], method);
    *ret = (meter_filled){.gaps = (int64_t)count, .readings = (int64_t)f.count, .left = f.left};
    if (f.count == 0) return true;
    if (!dry_run && !keep_method(&f, &gaps[0], &gaps[count - 1], method, who, reason, err)) return false;
    return take_filled(&f, dry_run, &ret->receipt, err);
}
