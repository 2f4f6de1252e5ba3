/* One MQTT message into readings. See mqtt.h. */
#include "format.h"
#include "json.h"
#include "messages.h"
#include "mqtt.h"
#include "when.h"

bool mqtt_filter_fits(text filter, text topic)
{
    for (;;) {
        text want = text_next(&filter, '/');
        if (text_is(want, "#")) return true;
        if (topic.ptr == NULL) return false;
        text level = text_next(&topic, '/');
        if (!text_is(want, "+") && !text_equal(want, level)) return false;
        if (filter.len == 0 || topic.len == 0) return (filter.len == 0 || text_is(filter, "#")) && topic.len == 0;
    }
}

/* data.items.0.kwh */
static const json *at_path(const json *n, text path)
{
    while (path.len && n) {
        text key = text_next(&path, '.');
        bool is_index;
        int64_t index = text_to_i64(key, &is_index);
        if (n->kind == JSON_ARRAY && is_index) {
            n = n->first;
            while (n && index-- > 0) n = n->next;
            continue;
        }
        const json *child = n->kind == JSON_OBJECT ? n->first : NULL;
        while (child && !text_equal(child->key, key)) child = child->next;
        n = child;
    }
    return n;
}

static bool is_scalar(const json *n)
{
    return n && (n->kind == JSON_NUMBER || n->kind == JSON_STRING || n->kind == JSON_BOOL);
}

typedef struct moment { int64_t time_us; text flag; } moment;

static void add(arena *a, mqtt_found *into, text topic, text path, text value, const moment *m)
{
    const char *address = path.len ? arena_printf(a, "mqtt:%.*s#%.*s", TEXT_FMT(topic), TEXT_FMT(path)) : arena_printf(a, "mqtt:%.*s", TEXT_FMT(topic));
    *ARENA_PUSH(a, into->items, into->count, into->max) = (wire_reading){.address = text_of(address), .time_us = m->time_us, .value = text_copy(a, value), .flag = text_copy(a, m->flag)};
}

/* Every number below n, by its path; the time and the flag are none. */
static void add_all(arena *a, mqtt_found *into, const mqtt_rule *r, text topic, const json *n, text path, const moment *m)
{
    size_t index = 0;
    for (const json *c = n->first; c; c = c->next, index++) {
        const char *dot = path.len ? "." : "";
        text below = n->kind == JSON_OBJECT ? text_of(arena_printf(a, "%.*s%s%.*s", TEXT_FMT(path), dot, TEXT_FMT(c->key))) : text_of(arena_printf(a, "%.*s%s%zu", TEXT_FMT(path), dot, index));
        if (text_equal(below, r->time) || text_equal(below, r->flag)) continue;
        if (c->kind == JSON_NUMBER) add(a, into, topic, below, c->value, m);
        else if (c->count) add_all(a, into, r, topic, c, below, m);
    }
}

static bool read_moment(const mqtt_rule *r, const cal_zone *z, const json *n, int64_t arrival_us, bool is_retained, moment *ret, heng_err *err)
{
    *ret = (moment){.time_us = arrival_us};
    const json *flag = r->flag.len ? at_path(n, r->flag) : NULL, *t = r->time.len ? at_path(n, r->time) : NULL;
    if (is_scalar(flag)) ret->flag = flag->value;
    if (r->time.len == 0) return !is_retained || err_fill(err, &MSG_WIRE_MQTT_RETAINED, NULL, NULL, NULL);
    if (!is_scalar(t)) return err_fill_n(err, &MSG_WIRE_PATH_MISSING, r->time.ptr, r->time.len, NULL);
    return wire_time_parse(z, t->value, &ret->time_us) || err_fill_n(err, &MSG_WIRE_TIME_BAD, t->value.ptr, t->value.len, NULL);
}

static bool read_object(arena *a, const mqtt_rule *r, const cal_zone *z, text topic, const json *n, int64_t arrival_us, bool is_retained, mqtt_found *into, heng_err *err)
{
    moment m;
    if (!read_moment(r, z, n, arrival_us, is_retained, &m, err)) return false;
    if (text_is(r->value, "*")) {
        add_all(a, into, r, topic, n, (text){0}, &m);
        return true;
    }
    const json *v = at_path(n, r->value);
    if (!is_scalar(v)) return err_fill_n(err, &MSG_WIRE_PATH_MISSING, r->value.ptr, r->value.len, NULL);
    add(a, into, topic, r->value, v->value, &m);
    return true;
}

bool mqtt_read(arena *a, const mqtt_rule *rules, size_t rule_count, const cal_zone *z, text topic, text payload, int64_t arrival_us, bool is_retained, mqtt_found *into, heng_err *err)
{
    size_t i = 0, before = into->count;
    while (i < rule_count && !mqtt_filter_fits(rules[i].filter, topic)) i++;
    if (i == rule_count) return err_fill_n(err, &MSG_WIRE_NO_RULE, topic.ptr, topic.len, NULL);
    const mqtt_rule *r = &rules[i];
    const json *root;
    if (!json_parse(a, text_trim(payload), &root, err)) return false;
    if (root->kind == JSON_ARRAY) {
        bool ok = true;
        for (const json *n = root->first; ok && n; n = n->next) ok = read_object(a, r, z, topic, n, arrival_us, is_retained, into, err);
        if (!ok) into->count = before; /* a message is read whole or not at all */
        return ok;
    }
    return read_object(a, r, z, topic, root, arrival_us, is_retained, into, err);
}
