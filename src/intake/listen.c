/* All ways in together. See listen.h. */
#include "listen.h"
#include "messages.h"

struct listener {
    arena a;
    arrivals *sink;
    wire_hub *hub;
    hj212_server *hj212;
    mqtt_client *mqtt;
    modbus_poller *modbus;
    http_server *http;
    listen_state state;
};

static bool open_hj212(listener *l, book *b, const declared *d, const listen_options *o, heng_err *err)
{
    hj212_options h = {.host = o->host, .port = (uint16_t)o->hj212_port, .devices = d->devices, .device_count = d->device_count, .zone = book_zone(b), .takes_any = o->takes_any,
                       .sets_clocks = o->sets_clocks, .asks_missing = o->asks_missing, .say = o->say, .say_context = o->say_context};
    if (o->hj212_port < 0) return true;
    if (!hj212_server_open(l->hub, &h, &l->hj212, err)) return false;
    l->state.hj212_port = hj212_server_port(l->hj212);
    return true;
}

static bool open_http(listener *l, book *b, const declared *d, const listen_options *o, heng_err *err)
{
    http_options h = {.host = o->host, .port = (uint16_t)o->http_port, .sources = d->sources, .source_count = d->source_count, .zone = book_zone(b), .say = o->say, .say_context = o->say_context};
    if (o->http_port < 0) return true;
    if (!http_open(l->hub, &h, &l->http, err)) return false;
    l->state.http_port = http_port(l->http);
    return true;
}

static bool open_mqtt(listener *l, book *b, const declared *d, const listen_options *o, heng_err *err)
{
    mqtt_options m = {.url = o->mqtt_url, .ca_file = o->mqtt_ca, .rules = d->topics, .rule_count = d->topic_count, .zone = book_zone(b), .say = o->say, .say_context = o->say_context};
    l->state.has_mqtt = o->mqtt_url.len > 0;
    return !l->state.has_mqtt || mqtt_open(l->hub, &m, &l->mqtt, err);
}

static bool open_modbus(listener *l, const listen_options *o, heng_err *err)
{
    modbus_device *devices;
    if (!o->modbus_file) return true;
    if (!modbus_load(&l->a, o->modbus_file, &devices, &l->state.modbus_devices, err)) return false;
    return modbus_open(l->hub, devices, l->state.modbus_devices, 0, o->say, o->say_context, &l->modbus, err);
}

/* hj212:<MN>/<CN>/... */
static hj212_device *device_at(const declared *d, text address, int *ret_cn)
{
    text word = address, way = text_next(&word, ':'), mn = text_next(&word, '/'), cn = text_next(&word, '/');
    bool ok;
    *ret_cn = (int)text_to_i64(cn, &ok);
    if (!ok || !text_is(way, "hj212") || (*ret_cn != 2051 && *ret_cn != 2061 && *ret_cn != 2031)) return NULL;
    for (size_t i = 0; i < d->device_count; i++)
        if (text_equal(d->devices[i].mn, mn)) return &d->devices[i];
    return NULL;
}

static void note_history(hj212_device *device, int cn, int64_t us)
{
    for (int i = 0; i < HJ212_HISTORIES; i++) {
        if (device->history[i].cn && device->history[i].cn != cn) continue;
        if (!device->history[i].cn || us > device->history[i].last_us) device->history[i].last_us = us;
        device->history[i].cn = cn;
        return;
    }
}

/* The newest reading of each kind of history of each device: what came later is missing. */
static bool find_history(meter_book *m, declared *d, heng_err *err)
{
    arena a = {0};
    meter_reading *last;
    size_t count;
    bool ok = d->device_count == 0 || meter_last(m, &a, &last, &count, err);
    for (size_t i = 0; ok && d->device_count && i < count; i++) {
        if (last[i].channel == METER_NONE) continue;
        text rest = meter_channel_get(m, last[i].channel)->address;
        while (rest.len) {
            int cn;
            hj212_device *device = device_at(d, text_next(&rest, ' '), &cn);
            if (device) note_history(device, cn, last[i].time_us);
        }
    }
    arena_free(&a);
    return ok;
}

static bool open_all(listener *l, meter_book *m, const meter_gates *g, const listen_options *o, heng_err *err)
{
    book *b = meter_book_of(m);
    declared d;
    if (!declared_load(b, &l->a, &d, err) || !find_history(m, &d, err) || !arrivals_open(m, g, o->say, o->say_context, &l->sink, &l->state.doubled, err)) return false;
    l->state.devices = d.device_count;
    l->state.topics = d.topic_count;
    l->state.sources = d.source_count;
    l->state.addresses = arrivals_addresses(l->sink);
    if (!wire_hub_open(arrivals_take, l->sink, &l->hub, err)) return false;
    return open_hj212(l, b, &d, o, err) && open_http(l, b, &d, o, err) && open_mqtt(l, b, &d, o, err) && open_modbus(l, o, err);
}

bool listen_open(meter_book *m, const meter_gates *g, const listen_options *o, listener **ret, heng_err *err)
{
    if (o->hj212_port < 0 && o->http_port < 0 && o->mqtt_url.len == 0 && !o->modbus_file) return err_fill(err, &MSG_INTAKE_NOTHING_TO_LISTEN, NULL, NULL, NULL);
    arena a = {0};
    listener *l = NEW(&a, listener);
    l->a = a;
    if (open_all(l, m, g, o, err)) {
        *ret = l;
        return true;
    }
    listen_close(l);
    return false;
}

listen_state listen_now(listener *l)
{
    listen_state s = l->state;
    s.peers = l->hj212 ? hj212_server_peers(l->hj212) : 0;
    s.is_connected = l->mqtt && mqtt_is_connected(l->mqtt);
    return s;
}

void listen_counts(listener *l, wire_counts *ret)
{
    wire_counts c;
    *ret = (wire_counts){0};
    if (l->hj212) hj212_server_counts(l->hj212, &c), wire_counts_add(ret, &c);
    if (l->mqtt) mqtt_counts(l->mqtt, &c), wire_counts_add(ret, &c);
    if (l->modbus) modbus_counts(l->modbus, &c), wire_counts_add(ret, &c);
    if (l->http) http_counts(l->http, &c), wire_counts_add(ret, &c);
}

void listen_stop(listener *l)
{
    modbus_poller_stop(l->modbus); /* those that ask, before those that are told, before the hub that they all wait for */
    mqtt_stop(l->mqtt);
    http_stop(l->http);
    hj212_server_stop(l->hj212);
}

void listen_close(listener *l)
{
    if (!l) return;
    listen_stop(l);
    modbus_poller_close(l->modbus);
    mqtt_close(l->mqtt);
    http_close(l->http);
    hj212_server_close(l->hj212);
    wire_hub_close(l->hub);
    arrivals_close(l->sink);
    arena a = l->a;
    arena_free(&a);
}
