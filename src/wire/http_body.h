/* A posted body into readings, and verdicts into an answer: the pure part of http.h. */
#ifndef WIRE_HTTP_BODY_H
#define WIRE_HTTP_BODY_H
#include "wire.h"

typedef struct http_items {      /* in the order of the body */
    size_t count;
    wire_reading *readings;      /* address "http:<channel>" */
    wire_verdict *verdicts;      /* of those refused before the sink; other WIRE_TAKEN for now */
    size_t *sent;                /* index in readings of each that goes to the sink */
    size_t sent_count;
} http_items;
/* Errors: format.json_*, wire.http_shape, wire.http_many. What is wrong with one reading is its verdict. */
MUST_USE bool http_body_read(arena *a, text body, const cal_zone *z, size_t readings_max, http_items *ret, heng_err *err);
text http_answer(arena *a, const http_items *items, heng_lang lang);
text http_error(arena *a, const heng_err *err, heng_lang lang);
#endif
