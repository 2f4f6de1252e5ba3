/* The synthetic park. See park.h. Every figure comes from a hash of channel and time, so a day can be made again. */
#include "format.h"
#include "messages.h"
#include "park.h"

enum { SLOTS = 96, HOURS = 24, SHAPES_MAX = 16, LATE_FROM = 60, LATE_DAYS = 2, LATE_MAX = 1 << 16 };
static const int64_t SLOT_US = 900000000, HOUR_US = 3600000000, DAY_US = 86400000000;

const struct park_defect_name park_defect_names[PARK_DEFECTS] = {
    [PARK_GAP] = {"缺数", "missing", 0}, [PARK_SPIKE] = {"小数点错（放大千倍）", "decimal point (a thousand times)", 27}, [PARK_ZERO] = {"累计读数闪零", "counter at zero once", 28},
    [PARK_RESET] = {"累计读数归零", "counter reset", 29}, [PARK_WORD] = {"占位数131072", "131072 for no value", 24}, [PARK_FUTURE] = {"时间在将来", "time in the future", 21},
    [PARK_CLOCK] = {"时钟停在2000年", "clock at 2000", 22}, [PARK_REPEAT] = {"同值重发", "sent twice", 0}, [PARK_DOUBLE] = {"同一时刻两个值", "two values for one time", 23},
    [PARK_LATE] = {"迟到两天", "two days late", 0}, [PARK_STUCK] = {"整天不动", "stuck for a day", 32}, [PARK_SHIFT] = {"时区错八小时", "eight hours off", 20},
};
/* Of 100,000 channel-days; a reset is for the channel-day of one in 16 counters each 200 days. */
static const int RATES[PARK_DEFECTS] = {[PARK_GAP] = 400, [PARK_SPIKE] = 40, [PARK_ZERO] = 40, [PARK_RESET] = 30, [PARK_WORD] = 60, [PARK_FUTURE] = 30, [PARK_CLOCK] = 20, [PARK_REPEAT] = 400,
    [PARK_DOUBLE] = 30, [PARK_LATE] = 300, [PARK_STUCK] = 30, [PARK_SHIFT] = 20};

typedef struct shape { text id; int64_t hour[2][HOURS], month[12]; } shape;
typedef struct source { int32_t channel, parent; int64_t per_slot, noise; meter_kind kind; bool ends, is_main; const shape *shape; int64_t at; } source;
struct park {
    arena *a;
    const cal_zone *zone;
    shape shapes[SHAPES_MAX];
    size_t shape_count, source_count, source_max;
    source *sources;
    int64_t (*amounts)[SLOTS];   /* of the day, by source */
    int64_t injected[PARK_DEFECTS], made;
    size_t count, max, late_count[LATE_DAYS + 1];
    int32_t *channel, *late_channel[LATE_DAYS + 1];
    int64_t *time, *value, *late_time[LATE_DAYS + 1], *late_value[LATE_DAYS + 1];
};

/* splitmix64 of a place: the same number for the same place. */
static uint64_t chance(uint64_t channel, uint64_t day, uint64_t what)
{
    uint64_t x = channel * 0x9e3779b97f4a7c15u ^ day * 0xd1b54a32d192ed03u ^ what * 0x8cb92ba72f3d8dd7u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static bool happens(const source *s, int32_t day, park_defect what) { return chance((uint64_t)s->channel, (uint64_t)day, 100 + what) % 100000 < (uint64_t)RATES[what]; }

/* ---- Tables ---- */

typedef bool (*row_fn)(park *p, meter_book *m, const table_row *row, heng_err *err);

static bool whole(const table_row *row, size_t i, int64_t *ret, heng_err *err)
{
    bool ok = i < row->count;
    *ret = ok ? text_to_i64(row->cells[i].value, &ok) : 0;
    if (ok) return true;
    err_fill(err, &MSG_OPS_PARK_ROW, NULL, NULL, NULL);
    return err_at_row(err, row->number);
}

static bool each_row(park *p, meter_book *m, const char *path, row_fn fn, heng_err *err)
{
    table *t;
    arena scratch = {0};
    table_row row;
    bool ok = table_open(path, NULL, &t, err), is_head = true;
    if (!ok) return err_in_file(err, path);
    while (ok && (ok = table_next(t, &scratch, &row, err)) && !row.is_end) {
        if (!is_head) ok = fn(p, m, &row, err);
        is_head = false;
    }
    table_close(t);
    arena_free(&scratch);
    return ok || err_in_file(err, path);
}

static shape *shape_of(park *p, text id)
{
    for (size_t i = 0; i < p->shape_count; i++)
        if (text_equal(p->shapes[i].id, id)) return &p->shapes[i];
    if (p->shape_count == SHAPES_MAX) return &p->shapes[0];
    p->shapes[p->shape_count].id = text_copy(p->a, id);
    return &p->shapes[p->shape_count++];
}

static bool add_shape(park *p, meter_book *m, const table_row *row, heng_err *err)
{
    (void)m;
    shape *s = shape_of(p, row->cells[0].value);
    bool is_rest = row->count > 1 && text_is(row->cells[1].value, "rest");
    for (size_t h = 0; h < HOURS; h++)
        if (!whole(row, h + 2, &s->hour[is_rest][h], err)) return false;
    return true;
}

static bool add_months(park *p, meter_book *m, const table_row *row, heng_err *err)
{
    (void)m;
    shape *s = shape_of(p, row->cells[0].value);
    for (size_t i = 0; i < 12; i++)
        if (!whole(row, i + 1, &s->month[i], err)) return false;
    return true;
}

static bool add_source(park *p, meter_book *m, const table_row *row, heng_err *err)
{
    int32_t id;
    int64_t per_slot, noise;
    if (row->count < 4) return whole(row, row->count, &per_slot, err);
    if (!meter_channel_want(m, row->cells[0].value, &id, err) || !whole(row, 2, &per_slot, err) || !whole(row, 3, &noise, err)) return err_at_row(err, row->number);
    const meter_channel *c = meter_channel_get(m, id);
    *ARENA_PUSH(p->a, p->sources, p->source_count, p->source_max) = (source){.channel = id, .parent = c->parent.len ? meter_channel_find(m, c->parent) : METER_NONE, .per_slot = per_slot, .noise = noise,
        .kind = c->kind, .ends = c->kind == METER_INTERVAL && c->stamp == METER_STAMP_END, .is_main = row->count > 4 && row->cells[4].value.len > 0, .shape = shape_of(p, row->cells[1].value)};
    return true;
}

bool park_open(arena *a, const char *folder, meter_book *m, park **ret, heng_err *err)
{
    park *p = NEW(a, park);
    p->a = a, p->zone = book_zone(meter_book_of(m));
    if (!each_row(p, m, arena_printf(a, "%s/shapes.csv", folder), add_shape, err) || !each_row(p, m, arena_printf(a, "%s/months.csv", folder), add_months, err) ||
        !each_row(p, m, arena_printf(a, "%s/profile.csv", folder), add_source, err)) return false;
    p->amounts = arena_array(a, p->source_count, sizeof *p->amounts);
    p->max = p->source_count * SLOTS * 3;
    p->channel = NEW_ARRAY(a, p->max, int32_t), p->time = NEW_ARRAY(a, p->max, int64_t), p->value = NEW_ARRAY(a, p->max, int64_t);
    for (int i = 0; i <= LATE_DAYS; i++) p->late_channel[i] = NEW_ARRAY(a, LATE_MAX, int32_t), p->late_time[i] = NEW_ARRAY(a, LATE_MAX, int64_t), p->late_value[i] = NEW_ARRAY(a, LATE_MAX, int64_t);
    for (size_t i = 0; i < p->source_count; i++) p->sources[i].at = p->sources[i].kind == METER_COUNTER ? 1000000 + (int64_t)(chance(i, 0, 1) % 9000000) : 0;
    *ret = p;
    return true;
}

/* ---- A day ---- */

static bool is_rest_day(int32_t day) { int32_t w = (day % 7 + 7) % 7; return w == 2 || w == 3; } /* 1970-01-01 was a Thursday */

static void make_amounts(park *p, int32_t day)
{
    int year, month, of_month;
    day_split(day, &year, &month, &of_month);
    for (size_t i = 0; i < p->source_count; i++) {
        const source *s = &p->sources[i];
        for (int k = 0; k < SLOTS; k++) {
            int64_t mean = s->is_main ? 0 : s->per_slot * s->shape->hour[is_rest_day(day)][k / 4] / 1000;
            if (s->kind != METER_LEVEL) mean = mean * s->shape->month[month - 1] / 1000;
            int64_t noise = s->noise ? (int64_t)(chance((uint64_t)s->channel, (uint64_t)day, 1000u + (unsigned)k) % (uint64_t)(2 * s->noise + 1)) - s->noise : 0;
            p->amounts[i][k] = mean + mean * noise / 1000;
        }
    }
    for (size_t i = 0; i < p->source_count; i++)      /* a main meter: what is below it, and two in a hundred lost */
        for (size_t j = 0; p->sources[i].is_main && j < p->source_count; j++)
            for (int k = 0; p->sources[j].parent == p->sources[i].channel && k < SLOTS; k++) p->amounts[i][k] += p->amounts[j][k] * 1000 / 980;
}

static void put(park *p, int32_t channel, int64_t time, int64_t value)
{
    if (p->count == p->max) return;
    p->channel[p->count] = channel, p->time[p->count] = time, p->value[p->count++] = value;
}

static void put_late(park *p, int32_t channel, int64_t time, int64_t value)
{
    int at = LATE_DAYS;
    size_t n = p->late_count[at];
    if (n == LATE_MAX) {
        put(p, channel, time, value);
        return;
    }
    p->late_channel[at][n] = channel, p->late_time[at][n] = time, p->late_value[at][n] = value;
    p->late_count[at]++;
}

static void take_late(park *p)
{
    for (size_t i = 0; i < p->late_count[0]; i++) put(p, p->late_channel[0][i], p->late_time[0][i], p->late_value[0][i]);
    int32_t *c = p->late_channel[0];
    int64_t *t = p->late_time[0], *v = p->late_value[0];
    for (int i = 0; i < LATE_DAYS; i++) p->late_channel[i] = p->late_channel[i + 1], p->late_time[i] = p->late_time[i + 1], p->late_value[i] = p->late_value[i + 1], p->late_count[i] = p->late_count[i + 1];
    p->late_channel[LATE_DAYS] = c, p->late_time[LATE_DAYS] = t, p->late_value[LATE_DAYS] = v, p->late_count[LATE_DAYS] = 0;
}

/* What is wrong with a channel on a day; slots where it strikes. */
typedef struct fate { bool has[PARK_DEFECTS]; int at, length; } fate;

static fate fate_of(const source *s, int32_t day)
{
    fate f = {.at = 8 + (int)(chance((uint64_t)s->channel, (uint64_t)day, 2) % 70), .length = 4 + (int)(chance((uint64_t)s->channel, (uint64_t)day, 3) % 36)};
    bool is_counter = s->kind == METER_COUNTER, is_level = s->kind == METER_LEVEL, is_amount = s->kind == METER_INTERVAL;
    const bool fits[PARK_DEFECTS] = {[PARK_GAP] = true, [PARK_SPIKE] = is_amount, [PARK_ZERO] = is_counter, [PARK_RESET] = is_counter, [PARK_WORD] = is_level, [PARK_FUTURE] = true, [PARK_CLOCK] = true,
        [PARK_REPEAT] = true, [PARK_DOUBLE] = !is_counter, [PARK_LATE] = true, [PARK_STUCK] = is_level, [PARK_SHIFT] = true};
    for (int i = 0; i < PARK_DEFECTS; i++) {
        f.has[i] = fits[i] && happens(s, day, (park_defect)i);
        if (f.has[i]) break; /* one a day, so that each can be looked for */
    }
    return f;
}

static int64_t true_value(const park *p, source *s, size_t i, int k)
{
    if (s->kind != METER_COUNTER) return p->amounts[i][k];
    int64_t v = s->at;
    s->at += p->amounts[i][k];
    return v;
}

static void send(park *p, source *s, const fate *f, int32_t day, int k, int64_t v)
{
    int64_t start = zone_day_start_us(p->zone, day), t = start + (k + s->ends) * SLOT_US;
    bool here = k == f->at, inside = k >= f->at && k < f->at + f->length && k < SLOTS;
    p->made++;
    if (f->has[PARK_GAP] && inside) { p->injected[PARK_GAP]++; return; }
    if (f->has[PARK_STUCK]) v = p->amounts[s - p->sources][0], p->injected[PARK_STUCK]++;
    if (f->has[PARK_SHIFT]) t += 8 * HOUR_US, p->injected[PARK_SHIFT]++;
    if (f->has[PARK_LATE] && k >= LATE_FROM) { p->injected[PARK_LATE]++; put_late(p, s->channel, t, v); return; }
    if (f->has[PARK_SPIKE] && here && v > 0) v *= 1000, p->injected[PARK_SPIKE]++;
    if (f->has[PARK_ZERO] && here) v = 0, p->injected[PARK_ZERO]++;
    if (f->has[PARK_WORD] && here) v = 13107200, p->injected[PARK_WORD]++;
    if (f->has[PARK_FUTURE] && here) t += 30 * DAY_US, p->injected[PARK_FUTURE]++;
    if (f->has[PARK_CLOCK] && here) t = INT64_C(946656000000000) + k * SLOT_US, p->injected[PARK_CLOCK]++;
    put(p, s->channel, t, v);
    if (f->has[PARK_REPEAT] && inside) put(p, s->channel, t, v), p->injected[PARK_REPEAT]++;
    if (f->has[PARK_DOUBLE] && here) put(p, s->channel, t, v + v / 3 + 7), p->injected[PARK_DOUBLE]++;
}

void park_day(park *p, int32_t day, meter_batch *ret)
{
    p->count = 0;
    make_amounts(p, day);
    take_late(p);
    for (size_t i = 0; i < p->source_count; i++) {
        source *s = &p->sources[i];
        fate f = fate_of(s, day);
        for (int k = 0; k < SLOTS; k++) {
            if (f.has[PARK_RESET] && k == f.at) s->at = 0, p->injected[PARK_RESET]++;
            send(p, s, &f, day, k, true_value(p, s, i, k));
        }
    }
    *ret = (meter_batch){.count = p->count, .channel = p->channel, .time_us = p->time, .value = p->value, .arrival_us = zone_day_start_us(p->zone, day + 1) + 300000000, .source = TEXT("park")};
}

const int64_t *park_injected(const park *p) { return p->injected; }
int64_t park_made(const park *p) { return p->made; }
