/*
 * Devices, topics and sources that may bring readings, as entries of the book: dated, authored, chained.
 *
 *   intake.device   key MN       {"password": "123456", "zone": "Asia/Shanghai", "key": "<32 hex digits>", "lenient": true}
 *   intake.topic    key filter   {"value": "data.kwh", "time": "data.t", "flag": ""}
 *   intake.source   key name     {"token": "<SHA-256 of the token, hex>"}
 *
 * The password of HJ 212 goes over the wire in the clear and must be sent to the device with each request, and its key opens what it sends, so both are kept as they
 * are; a token is kept as its hash.
 */
#ifndef INTAKE_DECLARED_H
#define INTAKE_DECLARED_H
#include "book.h"
#include "hj212_server.h"
#include "http.h"
#include "mqtt.h"

enum { DECLARED_MN_MAX = 64, DECLARED_TOKEN_MIN = 16 };

typedef struct declared {
    size_t device_count; hj212_device *devices;
    size_t topic_count; mqtt_rule *topics;
    size_t source_count; http_source *sources;
} declared;
MUST_USE bool declared_load(book *b, arena *a, declared *ret, heng_err *err);

/* The body of an entry; errors intake.mn_bad, intake.key_bad, intake.filter_bad, intake.token_short, base.zone_unknown. */
MUST_USE bool declared_device(arena *a, text mn, text password, text zone, text key /* 16 characters, 32 hex digits, or empty */, bool is_lenient, book_entry *ret, heng_err *err);
MUST_USE bool declared_topic(arena *a, const mqtt_rule *rule, book_entry *ret, heng_err *err);
MUST_USE bool declared_source(arena *a, text name, text token, book_entry *ret, heng_err *err);
#endif
