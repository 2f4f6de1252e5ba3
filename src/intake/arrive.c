/* Readings from the wires into meters. See arrive.h. */
#include "arrive.h"
#include "messages.h"

static const char *const WAYS[] = {"hj212", "mqtt", "modbus", "http"};
enum { WAY_COUNT = 4, TOLD_MAX = 1000 };

struct arrivals {
    arena a;
    meter_book *m;
    const meter_gates *gates;
    text_map channels;           /* address -> channel */
    text_map told;               /* addresses that no channel takes and the log knows */
    wire_say say;
    void *say_context;
    arena round;
};

typedef struct columns { int32_t *channel; int64_t *time_us, *value; uint8_t *flag; size_t *item; size_t count; } columns;

static text next_word(text *rest)
{
    text t = text_trim(*rest);
    size_t end = 0;
    while (end < t.len && t.ptr[end] != ' ' && t.ptr[end] != '\t' && t.ptr[end] != '\n') end++;
    *rest = (text){t.ptr + end, t.len - end};
    return (text){t.ptr, end};
}

static size_t map_channel(arrivals *v, int32_t id)
{
    const meter_channel *c = meter_channel_get(v->m, id);
    size_t doubled = 0;
    int64_t other;
    text rest = c->formula.len ? (text){0} : c->address;
    for (text word = next_word(&rest); word.len; word = next_word(&rest)) {
        if (text_map_find(&v->channels, word, &other)) doubled += other != id;
        else text_map_put(&v->channels, text_copy(&v->a, word), id);
    }
    if (c->formula.len == 0) text_map_put(&v->channels, text_of(arena_printf(&v->a, "http:%.*s", TEXT_FMT(c->code))), id);
    return doubled;
}

bool arrivals_open(meter_book *m, const meter_gates *g, wire_say say, void *say_context, arrivals **ret, size_t *ret_doubled, heng_err *err)
{
    (void)err;
    arena a = {0};
    arrivals *v = NEW(&a, arrivals);
    *v = (arrivals){.a = a, .m = m, .gates = g, .say = say, .say_context = say_context};
    v->channels.a = v->told.a = &v->a;
    *ret_doubled = 0;
    for (size_t i = 0; i < meter_channel_count(m); i++) *ret_doubled += map_channel(v, (int32_t)i);
    *ret = v;
    return true;
}

void arrivals_close(arrivals *v)
{
    if (!v) return;
    arena_free(&v->round);
    arena a = v->a;
    arena_free(&a);
}

size_t arrivals_addresses(const arrivals *v)
{
    return v->channels.count;
}

static uint8_t flag_of(text flag)
{
    if (flag.len == 0 || text_is(flag, "N")) return METER_GOOD;
    return text_is(flag, "S") ? METER_MANUAL : METER_SUSPECT;
}

static bool is_way(const wire_reading *r, const char *way)
{
    size_t len = strlen(way);
    return r->address.len > len && memcmp(r->address.ptr, way, len) == 0 && r->address.ptr[len] == ':';
}

static void tell_once(arrivals *v, const wire_reading *r, const wire_verdict *verdict)
{
    int64_t known;
    heng_err what;
    if (!v->say || v->told.count >= TOLD_MAX || r->address.len >= HENG_ERR_FIELD_MAX || text_map_find(&v->told, r->address, &known)) return;
    text_map_put(&v->told, text_copy(&v->a, r->address), 1);
    wire_fill_refusal(&what, r, verdict);
    v->say(v->say_context, &what);
}

/* A reading into the columns, or its refusal. */
static void put(arrivals *v, const wire_reading *r, size_t item, columns *c, wire_verdict *ret)
{
    int64_t id, value;
    heng_err err;
    if (!text_map_find(&v->channels, r->address, &id)) {
        *ret = (wire_verdict){.status = WIRE_REFUSED, .why = &MSG_INTAKE_NO_CHANNEL};
        tell_once(v, r, ret);
        return;
    }
    const meter_channel *channel = meter_channel_get(v->m, (int32_t)id);
    dec_rounding rounding = channel->kind == METER_LEVEL || channel->kind == METER_STATE ? DEC_HALF_EVEN : DEC_EXACT;
    if (!dec_parse(r->value, channel->scale, rounding, &value, &err)) {
        *ret = (wire_verdict){.status = WIRE_REFUSED, .why = &MSG_INTAKE_VALUE_UNFIT, .other = channel->code};
        return;
    }
    size_t i = c->count++;
    c->channel[i] = (int32_t)id;
    c->time_us[i] = r->time_us;
    c->value[i] = value;
    c->flag[i] = flag_of(r->flag);
    c->item[i] = item;
}

static wire_verdict verdict_of(const arrivals *v, const meter_result *r)
{
    static const struct { wire_status status; const heng_message *why; } OF[METER_STATUSES] = {
        [METER_ACCEPTED] = {WIRE_TAKEN, NULL}, [METER_FLAGGED] = {WIRE_FLAGGED, &MSG_INTAKE_GATE_FLAGGED}, [METER_MOVED] = {WIRE_FLAGGED, &MSG_INTAKE_GATE_FLAGGED}, [METER_QUARANTINED] = {WIRE_HELD, &MSG_INTAKE_GATE_HELD},
        [METER_REFUSED] = {WIRE_REFUSED, &MSG_INTAKE_GATE_REFUSED}, [METER_EXISTS] = {WIRE_EXISTS, NULL}, [METER_SUPERSEDED] = {WIRE_REPLACED, NULL}};
    wire_verdict out = {.status = OF[r->status].status, .why = OF[r->status].why};
    if (out.why && v->gates) out.other = meter_gate_of(v->gates, r->gate)->id;
    return out;
}

/* Disk and lock stop everything, and it comes again; any other fault lies in the readings. */
static bool is_own_fault(const heng_err *err)
{
    heng_code code = err->message->code;
    return code != HENG_IO && code != HENG_BUSY && code != HENG_NO_MEMORY && code != HENG_CORRUPT && code != HENG_NEWER;
}

static bool take_part(arrivals *v, const char *way, const columns *c, size_t from, size_t to, wire_verdict *verdicts, heng_err *err)
{
    size_t count = to - from, middle = from + count / 2;
    if (count == 0) return true;
    meter_result *results = NEW_ARRAY(&v->round, count, meter_result);
    meter_receipt receipt;
    meter_batch batch = {.count = count, .channel = c->channel + from, .time_us = c->time_us + from, .value = c->value + from, .flag = c->flag + from, .source = text_of(way)};
    if (meter_take(v->m, &batch, results, &receipt, err)) {
        for (size_t i = 0; i < count; i++) verdicts[c->item[from + i]] = verdict_of(v, &results[i]);
        return true;
    }
    if (!is_own_fault(err)) return false;
    if (count > 1) return take_part(v, way, c, from, middle, verdicts, err) && take_part(v, way, c, middle, to, verdicts, err);
    verdicts[c->item[from]] = (wire_verdict){.status = WIRE_REFUSED, .why = err->message};
    return true;
}

static bool take_way(arrivals *v, const char *way, const wire_reading *items, size_t count, columns *c, wire_verdict *verdicts, heng_err *err)
{
    c->count = 0;
    for (size_t i = 0; i < count; i++)
        if (is_way(&items[i], way)) put(v, &items[i], i, c, &verdicts[i]);
    return take_part(v, way, c, 0, c->count, verdicts, err);
}

bool arrivals_take(void *context, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err)
{
    arrivals *v = context;
    arena_mark mark = arena_here(&v->round);
    columns c = {NEW_ARRAY(&v->round, count + 1, int32_t), NEW_ARRAY(&v->round, count + 1, int64_t), NEW_ARRAY(&v->round, count + 1, int64_t), NEW_ARRAY(&v->round, count + 1, uint8_t), NEW_ARRAY(&v->round, count + 1, size_t), 0};
    bool ok = true;
    for (size_t i = 0; i < count; i++) verdicts[i] = (wire_verdict){.status = WIRE_REFUSED, .why = &MSG_INTAKE_NO_CHANNEL};
    for (int w = 0; ok && w < WAY_COUNT; w++) ok = take_way(v, WAYS[w], items, count, &c, verdicts, err);
    arena_rewind(&v->round, mark);
    return ok;
}
