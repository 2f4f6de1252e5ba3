/*
 * All ways in together: what is declared in the book, one hub, one sink, the servers and clients asked for.
 */
#ifndef INTAKE_LISTEN_H
#define INTAKE_LISTEN_H
#include "arrive.h"
#include "declared.h"
#include "modbus.h"

typedef struct listen_options {
    const char *host;            /* of the servers; NULL = 127.0.0.1 */
    int hj212_port, http_port;   /* -1 = not asked for; 0 = a free one */
    text mqtt_url;               /* empty = not asked for */
    const char *mqtt_ca;         /* certificates of the broker's issuer; NULL = the system's */
    const char *modbus_file;     /* NULL = not asked for */
    bool takes_any, sets_clocks, asks_missing; /* of HJ 212 */
    wire_say say;
    void *say_context;
} listen_options;

typedef struct listener listener;
/* The meters stay the caller's, and no other thread uses them until it ends, but for reading. Errors: intake.nothing_to_listen, those of the ways in. */
MUST_USE bool listen_open(meter_book *m, const meter_gates *g, const listen_options *options, listener **ret, heng_err *err);
/* What is open, for people: ports, devices, topics, addresses that channels take. */
typedef struct listen_state { int hj212_port, http_port; size_t devices, topics, sources, modbus_devices, addresses, doubled, peers; bool has_mqtt, is_connected; } listen_state;
listen_state listen_now(listener *l);
/* What was counted since the last call. */
void listen_counts(listener *l, wire_counts *ret);
/* Takes nothing new, finishes and answers what came; its counts can still be asked for. Close stops first. NULL is fine. */
void listen_stop(listener *l);
void listen_close(listener *l);
#endif
