/*
 * Readings by Modbus TCP (libmodbus): a site without a gateway is asked at its own devices.
 *
 * Each device has a thread that asks at every tick (a whole multiple of its interval since 1970) and gives the values the tick's time, so that a grid
 * comes out whatever the delay. A device that does not answer leaves a gap, is said once, and dialled again at the next tick; nothing is made up.
 * Registers that lie close together are read in one request.
 */
#ifndef WIRE_MODBUS_H
#define WIRE_MODBUS_H
#include "wire.h"

typedef enum modbus_kind { WIRE_U16, WIRE_I16, WIRE_U32, WIRE_I32, WIRE_U64, WIRE_I64, WIRE_F32, WIRE_F64 } modbus_kind;
typedef struct modbus_register {
    int number;                  /* as on the wire, from 0 */
    bool is_input;               /* function 4; else holding registers, function 3 */
    modbus_kind kind;
    bool low_word_first;         /* CDAB; else ABCD */
    bool low_byte_first;         /* BADC, and with low_word_first DCBA */
    int scale;                   /* an integer is shown with so many decimals: 12345 at 2 is 123.45; 0..18 */
} modbus_register;

typedef struct modbus_device {
    text host;
    int port;                    /* 0 = 502 */
    int unit;                    /* 0..255 */
    int interval_s;              /* 1.. */
    const modbus_register *registers;
    size_t register_count;
} modbus_device;

/* A table of registers: columns host, port, unit, register, function (holding, input), type (u16 i16 u32 i32 u64 i64 f32 f64), order (ABCD CDAB BADC
 * DCBA), scale, interval_s; one row a register. Errors carry file, row, field. Devices live in the arena. */
MUST_USE bool modbus_load(arena *a, const char *path, modbus_device **ret, size_t *ret_count, heng_err *err);

/*
 * The value in words (as read, high byte first in each) as decimal text: integers exact; a float as the shortest decimal that reads back to the same
 * float. Empty: no number (NaN, infinite).
 */
int modbus_words(modbus_kind kind);
text modbus_value(arena *a, const modbus_register *r, const uint16_t *words);
/* modbus:10.1.2.3:502/1/40 */
text modbus_address(arena *a, const modbus_device *d, const modbus_register *r);

typedef struct modbus_poller modbus_poller;
enum { MODBUS_DEVICES_MAX = 256 };
MUST_USE bool modbus_open(wire_hub *hub, const modbus_device *devices, size_t count, int timeout_ms /* 0 = 1,000 */, wire_say say, void *say_context, modbus_poller **ret, heng_err *err);
void modbus_counts(modbus_poller *p, wire_counts *ret);
/* Finishes the round that is under way; what was counted can still be asked for. Close stops first. NULL is fine. */
void modbus_poller_stop(modbus_poller *p);
void modbus_poller_close(modbus_poller *p);
#endif
