/* Modbus registers: the table that declares them, and their values as decimal text. See modbus.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "format.h"
#include "messages.h"
#include "modbus.h"

static const char *const KINDS[] = {"u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"};
static const int WORDS[] = {1, 1, 2, 2, 4, 4, 2, 4};
static const char *const ORDERS[] = {"ABCD", "CDAB", "BADC", "DCBA"}; /* bit 0: low word first, bit 1: low byte first */
static const char *const COLUMNS[] = {"host", "port", "unit", "register", "function", "type", "order", "scale", "interval_s"};
enum { HOST, PORT, UNIT, REGISTER, FUNCTION, TYPE, ORDER, SCALE, INTERVAL, COLUMN_COUNT };

int modbus_words(modbus_kind kind)
{
    return WORDS[kind];
}

/* The shortest decimal of at most max digits that reads back to the same value; a float has 9, a double 17. */
static text shortest(arena *a, double value, int digits_max, bool is_float)
{
    char out[40];
    if (!isfinite(value)) return (text){0};
    for (int digits = 1; digits <= digits_max; digits++) {
        snprintf(out, sizeof out, "%.*g", digits, value);
        if (is_float ? strtof(out, NULL) == (float)value : strtod(out, NULL) == value) break;
    }
    return text_of(arena_copy(a, out, strlen(out)));
}

text modbus_value(arena *a, const modbus_register *r, const uint16_t *words)
{
    uint64_t bits = 0;
    int count = WORDS[r->kind];
    for (int i = 0; i < count; i++) {
        uint16_t w = words[r->low_word_first ? count - 1 - i : i];
        if (r->low_byte_first) w = (uint16_t)(w << 8 | w >> 8);
        bits = bits << 16 | w;
    }
    float f;
    double d;
    uint32_t half = (uint32_t)bits;
    switch (r->kind) {
    case WIRE_I16: return dec_format(a, (int16_t)bits, r->scale);
    case WIRE_I32: return dec_format(a, (int32_t)bits, r->scale);
    case WIRE_I64: return dec_format(a, (int64_t)bits, r->scale);
    case WIRE_F32: memcpy(&f, &half, sizeof f); return shortest(a, f, 9, true);
    case WIRE_F64: memcpy(&d, &bits, sizeof d); return shortest(a, d, 17, false);
    default: return dec_format(a, (i128)bits, r->scale);
    }
}

text modbus_address(arena *a, const modbus_device *d, const modbus_register *r)
{
    return text_of(arena_printf(a, "modbus:%.*s:%d/%d/%d", TEXT_FMT(d->host), d->port ? d->port : 502, d->unit, r->number));
}

/* ---- The table ---- */

typedef struct row { text cells[COLUMN_COUNT]; int64_t number; } row;

static bool number_in(const row *x, int column, int64_t low, int64_t high, int64_t fallback, int64_t *ret, heng_err *err)
{
    bool ok;
    text t = x->cells[column];
    *ret = t.len ? text_to_i64(t, &ok) : fallback;
    if (t.len == 0) ok = fallback >= low;
    if (ok && *ret >= low && *ret <= high) return true;
    char wanted[48];
    snprintf(wanted, sizeof wanted, "%lld - %lld", (long long)low, (long long)high);
    err_fill_n(err, &MSG_WIRE_CELL_BAD, t.ptr, t.len, wanted);
    return err_in_field(err, COLUMNS[column]);
}

static bool one_of(const row *x, int column, const char *const *names, size_t count, size_t *ret, heng_err *err)
{
    char wanted[96] = "";
    for (size_t i = 0; i < count; i++) {
        if (text_is(x->cells[column], names[i]) || (i == 0 && x->cells[column].len == 0)) {
            *ret = i;
            return true;
        }
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%s", i ? ", " : "", names[i]);
    }
    err_fill_n(err, &MSG_WIRE_CELL_BAD, x->cells[column].ptr, x->cells[column].len, wanted);
    return err_in_field(err, COLUMNS[column]);
}

static bool read_register(const row *x, modbus_register *ret, heng_err *err)
{
    static const char *const FUNCTIONS[] = {"holding", "input"};
    int64_t number = 0, scale = 0;
    size_t function = 0, kind = 0, order = 0;
    if (!number_in(x, REGISTER, 0, 65535, -1, &number, err) || !number_in(x, SCALE, 0, DEC_SCALE_MAX, 0, &scale, err)) return false;
    if (!one_of(x, FUNCTION, FUNCTIONS, 2, &function, err) || !one_of(x, TYPE, KINDS, 8, &kind, err) || !one_of(x, ORDER, ORDERS, 4, &order, err)) return false;
    *ret = (modbus_register){.number = (int)number, .is_input = function == 1, .kind = (modbus_kind)kind, .low_word_first = order & 1, .low_byte_first = order & 2, .scale = (int)scale};
    return true;
}

static bool read_device(arena *a, const row *x, modbus_device *ret, heng_err *err)
{
    int64_t port = 0, unit = 0, interval = 0;
    if (x->cells[HOST].len == 0) return err_fill(err, &MSG_WIRE_CELL_BAD, "", "10.1.2.3", NULL) || err_in_field(err, COLUMNS[HOST]);
    if (!number_in(x, PORT, 1, 65535, 502, &port, err) || !number_in(x, UNIT, 0, 255, 1, &unit, err) || !number_in(x, INTERVAL, 1, 86400, 60, &interval, err)) return false;
    *ret = (modbus_device){.host = text_copy(a, x->cells[HOST]), .port = (int)port, .unit = (int)unit, .interval_s = (int)interval};
    return true;
}

/* Registers of the same host, port and unit are one device; the first row says the interval. */
typedef struct list { arena *a; modbus_device *devices; size_t count, max; modbus_register **registers; size_t *maxes; size_t list_max, maxes_max, list_count, maxes_count; } list;

static void add_register(list *l, const modbus_device *d, const modbus_register *r)
{
    size_t i = 0;
    while (i < l->count && !(text_equal(l->devices[i].host, d->host) && l->devices[i].port == d->port && l->devices[i].unit == d->unit)) i++;
    if (i == l->count) {
        *ARENA_PUSH(l->a, l->devices, l->count, l->max) = *d;
        *ARENA_PUSH(l->a, l->registers, l->list_count, l->list_max) = NULL;
        *ARENA_PUSH(l->a, l->maxes, l->maxes_count, l->maxes_max) = 0;
    }
    *ARENA_PUSH(l->a, l->registers[i], l->devices[i].register_count, l->maxes[i]) = *r;
    l->devices[i].registers = l->registers[i];
}

static bool find_columns(const table_row *header, int at[COLUMN_COUNT], heng_err *err)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        at[c] = -1;
        for (size_t i = 0; i < header->count; i++)
            if (text_is(header->cells[i].value, COLUMNS[c])) at[c] = (int)i;
        if (at[c] < 0 && (c == HOST || c == REGISTER)) return err_fill(err, &MSG_WIRE_COLUMN_MISSING, COLUMNS[c], NULL, NULL);
    }
    return true;
}

static bool load_rows(table *t, list *l, arena *scratch, heng_err *err)
{
    int at[COLUMN_COUNT];
    table_row header, cells;
    if (!table_next(t, scratch, &header, err)) return false;
    if (header.is_end || !find_columns(&header, at, err)) return header.is_end ? err_fill(err, &MSG_WIRE_COLUMN_MISSING, COLUMNS[HOST], NULL, NULL) : false;
    for (;;) {
        if (!table_next(t, scratch, &cells, err)) return false;
        if (cells.is_end) return true;
        row x = {.number = cells.number};
        modbus_device d;
        modbus_register r;
        for (int c = 0; c < COLUMN_COUNT; c++) x.cells[c] = at[c] >= 0 && (size_t)at[c] < cells.count ? cells.cells[at[c]].value : (text){0};
        if (!read_device(l->a, &x, &d, err) || !read_register(&x, &r, err)) return err_at_row(err, cells.number);
        add_register(l, &d, &r);
    }
}

bool modbus_load(arena *a, const char *path, modbus_device **ret, size_t *ret_count, heng_err *err)
{
    table *t = NULL;
    arena scratch = {0};
    list l = {.a = a};
    bool ok = table_open(path, NULL, &t, err) && load_rows(t, &l, &scratch, err);
    table_close(t);
    arena_free(&scratch);
    if (!ok) return err_in_file(err, path);
    *ret = l.devices;
    *ret_count = l.count;
    return true;
}
