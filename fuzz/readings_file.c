/*
 * Fuzz: a whole file of readings, as anybody may hand it in, against a book with channels and gates: looked at, surveyed, and judged without being taken. A
 * mapping may stand in front of the file, parted by a line "===". (Times, mappings and rows by themselves: readings.c.)
 */
#include "../tests/meter/meters.h"
#include "readings.h"

#include <sys/mman.h>

typedef struct town { place p; meter_book *m; const meter_gates *gates; int fd; char path[64]; } town;

/* The database is held open and nothing is written to it: its folder may go at once. */
static void folder_remove(const place *p)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    if (system(command) != 0) printf("%s stays\n", p->folder);
}

static town *town_open(void)
{
    static town t;               /* one for the whole run: nothing is written to it */
    if (t.m) return &t;
    place_make(&t.p, T0, NULL);
    t.m = meters_open(&t.p);
    meter_channel c[] = {channel_like(&t.p, "A/kwh", METER_INTERVAL, 3600), channel_like(&t.p, "B", METER_COUNTER, 900), channel_like(&t.p, "0012", METER_INTERVAL, 0)};
    c[0].scale = 2, c[0].has_high = true, c[0].high = 10000;
    channels_declare(&t.p, t.m, c, 3);
    town_must(meter_gates_open(&t.p.a, t.m, &t.gates, &t.p.err), &t.p.err, "gates");
    meter_gates_set(t.m, meter_gate_judge, (void *)(uintptr_t)t.gates);
    folder_remove(&t.p);
    t.fd = memfd_create("readings", 0);
    snprintf(t.path, sizeof t.path, "/proc/self/fd/%d", t.fd);
    return &t;
}

static void read_file(arena *a, text in)
{
    town *t = town_open();
    heng_err err = {0};
    size_t at;
    readings_mapping map;
    readings_guess *guesses;
    readings_report report;
    size_t count;
    bool given = text_find(in, TEXT("\n===\n"), &at) && readings_mapping_read(a, (text){in.ptr, at}, &map, &err);
    err_clear(&err);
    if (given) in = (text){in.ptr + at + 5, in.len - at - 5};
    if (ftruncate(t->fd, 0) != 0 || pwrite(t->fd, in.ptr, in.len, 0) != (ssize_t)in.len) return;
    if (!given && !readings_suggest(t->m, a, t->path, (text){0}, ORDER_FOUND, &map, &err)) {
        must(err.message != NULL);
        return;
    }
    (void)readings_survey(t->m, a, t->path, &map, &guesses, &count, &err);
    err_clear(&err);
    readings_options options = {.mapping = &map, .dry_run = true, .keep_going = true};
    if (!readings_file(t->m, a, t->path, &options, &report, &err)) must(err.message != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena a = {0};
    if (size == 0 || size > 1 << 16) return 0;
    char *copy = arena_alloc(&a, size);
    memcpy(copy, data, size);
    read_file(&a, (text){copy, size});
    arena_free(&a);
    return 0;
}
