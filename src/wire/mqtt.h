/*
 * Readings by MQTT (libmosquitto), version 3.1.1, quality of service 1, one persistent session.
 *
 * A message is acknowledged to the broker after its readings are durable: the library queues the acknowledgement when it hands the message over, and
 * it leaves only when this file lets it write (the library is told that threads are used, so it does not write by itself; tests/wire/mqtt.c holds this).
 * What could not be kept is not acknowledged: the connection is dropped, and the broker sends it again to the same session. So every message comes at
 * least once; a reading with a time of its own that comes twice counts once. A reading without one is given the time of its arrival: let it be a
 * counter or a level, for which a second reading adds nothing; for an amount of an interval name the path of its time.
 */
#ifndef WIRE_MQTT_H
#define WIRE_MQTT_H
#include "wire.h"

/* What messages of a topic hold. A payload is a number, a JSON object, or an array of objects (several moments). */
typedef struct mqtt_rule {
    text filter;                 /* subscription: park/+/power, park/# */
    text value;                  /* path of the value: data.kwh; empty = the payload is the number; * = every number in the object */
    text time;                   /* path of the time; empty = arrival */
    text flag;                   /* path of the flag; empty = none */
} mqtt_rule;

typedef struct mqtt_options {
    text url;                    /* mqtt://[user:password@]host[:port], mqtts:// with the system's certificates or ca_file */
    const char *ca_file;
    text client;                 /* name of the session; empty = heng */
    const mqtt_rule *rules;      /* copied */
    size_t rule_count;
    const cal_zone *zone;        /* of local times */
    wire_say say;
    void *say_context;
} mqtt_options;

typedef struct mqtt_client mqtt_client;
/* Starts a thread that connects, and connects again for ever. Errors: wire.url_bad, wire.no_rules. */
MUST_USE bool mqtt_open(wire_hub *hub, const mqtt_options *options, mqtt_client **ret, heng_err *err);
bool mqtt_is_connected(mqtt_client *c);
void mqtt_counts(mqtt_client *c, wire_counts *ret);
/* Finishes what was received, then leaves; the broker keeps the session; what was counted can still be asked for. Close stops first. NULL is fine. */
void mqtt_stop(mqtt_client *c);
void mqtt_close(mqtt_client *c);

/* Does a topic fall under a filter (+ one level, # the rest)? */
bool mqtt_filter_fits(text filter, text topic);
/* One message into readings, by the first rule that fits; the pure part. Faults: a message as in messages.def. */
typedef struct mqtt_found { wire_reading *items; size_t count, max; } mqtt_found;
MUST_USE bool mqtt_read(arena *a, const mqtt_rule *rules, size_t rule_count, const cal_zone *z, text topic, text payload, int64_t arrival_us, bool is_retained, mqtt_found *into, heng_err *err);
#endif
