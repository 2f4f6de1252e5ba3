/*
 * Readings as JSON over HTTP (libmicrohttpd).
 *
 *   POST /readings     Authorization: Bearer <token of a source>     Idempotency-Key: <any, optional>     Accept-Language: zh or en
 *   [{"channel": "M001/kwh", "time": "2024-03-15T08:00:00+08:00", "value": 12.5, "flag": "N"}, ...]          or {"readings": [...]}
 *
 *   200 {"readings": 2, "taken": 1, "refused": 1, "verdicts": [{"status": "taken"}, {"status": "refused", "message": "intake.no_channel", "reason": "..."}]}
 *   400 not such JSON   401 no or unknown token   404, 405   409 the same key with another body   413 too large   503 not kept: come again
 *
 * 200 is said after all that is not refused is durable. The same readings again change nothing, with or without a key. Each connection has a
 * minute to complete a request, however slowly its bytes drip.
 */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H
#include "wire.h"

typedef struct http_source { text name; hash token; /* SHA-256 of the token */ } http_source;
typedef struct http_options {
    const char *host;            /* NULL = 127.0.0.1 */
    uint16_t port;               /* 0 = a free one */
    const http_source *sources;  /* copied; none: nobody may post */
    size_t source_count;
    const cal_zone *zone;
    size_t body_max;             /* 0 = 4 MiB */
    size_t readings_max;         /* 0 = 50,000 */
    int request_s;               /* 0 = 60 */
    unsigned connections_max;    /* 0 = 1,000 */
    wire_say say;
    void *say_context;
} http_options;

typedef struct http_server http_server;
MUST_USE bool http_open(wire_hub *hub, const http_options *options, http_server **ret, heng_err *err);
uint16_t http_port(const http_server *s);
void http_counts(http_server *s, wire_counts *ret);
/* Ends after the requests that wait for the hub are answered; what was counted can still be asked for. Close stops first. NULL is fine. */
void http_stop(http_server *s);
void http_close(http_server *s);
#endif
