/* Modbus: values to the digit, tables and their faults, and a server of libmodbus that goes away and comes back. */
#include "modbus.h"
#include <errno.h>
#include <modbus/modbus.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include "check.h"
#include "wire_sink.h"

static const struct { const char *says; modbus_register r; uint16_t words[4]; const char *want; } VALUES[] = {
    {"unsigned 16", {.kind = WIRE_U16}, {65535}, "65535"},
    {"signed 16", {.kind = WIRE_I16}, {65535}, "-1"},
    {"with two decimals", {.kind = WIRE_U16, .scale = 2}, {12345}, "123.45"},
    {"less than one", {.kind = WIRE_I16, .scale = 3}, {0xFFFB}, "-0.005"},
    {"unsigned 32, high word first", {.kind = WIRE_U32}, {0x0001, 0x0002}, "65538"},
    {"unsigned 32, low word first", {.kind = WIRE_U32, .low_word_first = true}, {0x0002, 0x0001}, "65538"},
    {"low byte first", {.kind = WIRE_U32, .low_byte_first = true}, {0x0100, 0x0200}, "65538"},
    {"both the other way round", {.kind = WIRE_U32, .low_word_first = true, .low_byte_first = true}, {0x0200, 0x0100}, "65538"},
    {"signed 32", {.kind = WIRE_I32}, {0xFFFF, 0xFFFF}, "-1"},
    {"unsigned 64 keeps all digits", {.kind = WIRE_U64}, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}, "18446744073709551615"},
    {"signed 64", {.kind = WIRE_I64, .scale = 18}, {0x8000, 0, 0, 0}, "-9.223372036854775808"},
    {"a float is its shortest decimal", {.kind = WIRE_F32}, {0x3DCC, 0xCCCD}, "0.1"},
    {"a float of 123.456", {.kind = WIRE_F32}, {0x42F6, 0xE979}, "123.456"},
    {"a double", {.kind = WIRE_F64}, {0x3FB9, 0x9999, 0x9999, 0x999A}, "0.1"},
    {"no number", {.kind = WIRE_F32}, {0x7FC0, 0x0000}, ""},
};

static void values(void)
{
    arena a = {0};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) check_text(modbus_value(&a, &VALUES[i].r, VALUES[i].words), text_of(VALUES[i].want), VALUES[i].says);
    arena_free(&a);
}

static const struct { const char *says, *csv, *id; int64_t row; const char *field; } TABLES[] = {
    {"a table", "host,port,unit,register,function,type,order,scale,interval_s\n10.0.0.1,1502,3,40,input,f32,CDAB,0,15\n10.0.0.1,1502,3,42,,u16,,2,15\n10.0.0.2,,,0,,,,,\n", NULL, 0, NULL},
    {"a register that is none", "host,register\n10.0.0.1,70000\n", "wire.cell_bad", 2, "register"},
    {"no register", "host,register\n10.0.0.1,1\n10.0.0.1,\n", "wire.cell_bad", 3, "register"},
    {"a type that is none", "host,register,type\n10.0.0.1,1,float\n", "wire.cell_bad", 2, "type"},
    {"an interval of 0", "host,register,interval_s\n10.0.0.1,1,0\n", "wire.cell_bad", 2, "interval_s"},
    {"no host", "host,register\n,1\n", "wire.cell_bad", 2, "host"},
    {"no column of hosts", "register,type\n1,u16\n", "wire.column_missing", 0, ""},
};

static void tables(void)
{
    char path[] = "/tmp/heng-registers-XXXXXX";
    close(mkstemp(path));
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        arena a = {0};
        heng_err err = {0};
        modbus_device *devices = NULL;
        size_t count = 0;
        FILE *f = fopen(path, "w");
        must(f && fputs(TABLES[i].csv, f) >= 0 && fclose(f) == 0);
        bool ok = modbus_load(&a, path, &devices, &count, &err);
        if (TABLES[i].id) check(check_fails(ok, &err, TABLES[i].id, TABLES[i].says) && err.row == TABLES[i].row && strcmp(err.field, TABLES[i].field) == 0, "with its place");
        else {
            check_ok(ok, &err, TABLES[i].says);
            check(count == 2 && devices[0].register_count == 2 && devices[0].port == 1502 && devices[0].unit == 3 && devices[0].interval_s == 15 && devices[1].port == 502 && devices[1].interval_s == 60, "devices by host, port and unit");
            check(devices[0].registers[0].is_input && devices[0].registers[0].kind == WIRE_F32 && devices[0].registers[0].low_word_first && devices[0].registers[1].scale == 2, "and their registers");
            check_text(modbus_address(&a, &devices[0], &devices[0].registers[0]), TEXT("modbus:10.0.0.1:1502/3/40"), "and their addresses");
        }
        arena_free(&a);
    }
    unlink(path);
}

/* ---- A device ---- */

typedef struct device_end { modbus_t *modbus; modbus_mapping_t *map; int listener, port, line; pthread_t thread; _Atomic bool ends; } device_end;

static void *serve(void *context)
{
    device_end *d = context;
    while (!d->ends) {
        uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
        if (modbus_tcp_accept(d->modbus, &d->listener) < 0) break;
        d->line = modbus_get_socket(d->modbus);
        while (!d->ends) {
            int n = modbus_receive(d->modbus, query);
            if (n < 0) break;
            if (n > 0) modbus_reply(d->modbus, query, n, d->map);
        }
        modbus_close(d->modbus);
    }
    return NULL;
}

static void device_start(device_end *d, int port)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    d->modbus = modbus_new_tcp("127.0.0.1", port);
    d->map = modbus_mapping_new(0, 0, 100, 100);
    d->ends = false;
    d->line = -1;
    d->listener = modbus_tcp_listen(d->modbus, 4);
    must(d->listener >= 0 && getsockname(d->listener, (struct sockaddr *)&at, &len) == 0);
    d->port = ntohs(at.sin_port);
    d->map->tab_registers[10] = 12345;
    d->map->tab_registers[20] = 0x42F6;
    d->map->tab_registers[21] = 0xE979;
    d->map->tab_input_registers[0] = 7;
    must(pthread_create(&d->thread, NULL, serve, d) == 0);
}

static void device_stop(device_end *d)
{
    d->ends = true;
    shutdown(d->listener, SHUT_RDWR);
    if (d->line >= 0) shutdown(d->line, SHUT_RDWR);
    pthread_join(d->thread, NULL);
    close(d->listener);
    modbus_mapping_free(d->map);
    modbus_free(d->modbus);
}

typedef struct heard { pthread_mutex_t lock; char said[4096]; } heard;

static void hear(void *context, const heng_err *what)
{
    heard *h = context;
    pthread_mutex_lock(&h->lock);
    snprintf(h->said + strlen(h->said), sizeof h->said - strlen(h->said), "%s ", what->message->id);
    pthread_mutex_unlock(&h->lock);
}

static bool waits_for(heard *h, const char *id)
{
    bool found = false;
    for (int i = 0; i < 300 && !found; i++) {
        pthread_mutex_lock(&h->lock);
        found = strstr(h->said, id) != NULL;
        pthread_mutex_unlock(&h->lock);
        usleep(20000);
    }
    return found;
}

static void polled(void)
{
    device_end d = {0};
    char path[] = "/tmp/heng-polled-XXXXXX";
    close(mkstemp(path));
    file_sink sink;
    wire_hub *hub;
    modbus_poller *p;
    heng_err err = {0};
    heard h = {.lock = PTHREAD_MUTEX_INITIALIZER};
    device_start(&d, 0);
    int port = d.port;
    file_sink_open(&sink, path);
    modbus_register registers[] = {{.number = 20, .kind = WIRE_F32}, {.number = 10, .scale = 2}, {.number = 0, .is_input = true}, {.number = 99, .kind = WIRE_U32}}; /* the last one reaches past the map */
    modbus_device device = {.host = TEXT("127.0.0.1"), .port = port, .unit = 1, .interval_s = 1, .registers = registers, .register_count = 4};
    check_ok(wire_hub_open(file_sink_take, &sink, &hub, &err) && modbus_open(hub, &device, 1, 300, hear, &h, &p, &err), &err, "a poller starts");
    for (int i = 0; i < 200 && file_sink_taken(&sink) < 6; i++) usleep(20000);
    check(file_sink_taken(&sink) >= 6, "three registers at two ticks");
    check(waits_for(&h, "wire.modbus_declined"), "a register that the device does not have is said");
    device_stop(&d);
    check(waits_for(&h, "wire.modbus_silent"), "a device that went away is said");
    int64_t before = file_sink_taken(&sink);
    usleep(1300000);
    check_int(file_sink_taken(&sink), before, "and nothing is made up for it");
    device_start(&d, port);
    check(waits_for(&h, "wire.modbus_back"), "it is dialled again");
    for (int i = 0; i < 200 && file_sink_taken(&sink) <= before; i++) usleep(20000);
    check(file_sink_taken(&sink) > before, "and read again");
    modbus_poller_close(p);
    wire_hub_close(hub);
    device_stop(&d);
    bool grid = true, digits = false;
    FILE *f = fopen(path, "r");
    char address[128], value[64];
    long long us;
    while (f && fscanf(f, "%127s %lld %63s", address, &us, value) == 3) {
        grid = grid && us % 1000000 == 0;
        digits = digits || strcmp(value, "123.456") == 0;
    }
    fclose(f);
    check(grid, "times lie on the grid of the interval");
    check(digits, "a float of the device is in the file to the digit");
    file_sink_close(&sink);
    unlink(path);
}

int main(void)
{
    values();
    tables();
    polled();
    return check_done();
}
