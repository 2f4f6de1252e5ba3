/*
 * Green Button files (ESPI, NAESB REQ.21): a feed of XML entries becomes a table that the reader of files understands: meter, start, end (seconds since 1970),
 * value, unit, quality, one row an IntervalReading.
 *
 *   entry: MeterReading  --related link-->  ReadingType (uom, powerOfTenMultiplier)
 *   entry: IntervalBlock, whose own link stands below that of its MeterReading
 *
 * Entries come in any order, so all are read before a row is made. The codes of units are names of the units of the rule pack ("uom 72").
 */
#include <stdio.h>
#include "inside.h"
#include "readings_in.h"
#include "xml_in.h"

enum { LINK_MAX = 400, LOOK_BYTES = 4096 };
typedef struct espi_type { text self, uom, power; } espi_type;
typedef struct espi_meter { text self, type; } espi_meter;
typedef struct espi_value { text block, value, quality; int64_t start_s, duration_s; } espi_value;
typedef struct espi {
    arena *a;
    text self, related;          /* of the entry being read */
    char word[64];
    size_t len;
    bool in_reading, is_kept;    /* is_kept: the text of this element is wanted */
    espi_type type;
    espi_value value;
    size_t type_count, type_max, meter_count, meter_max, value_count, value_max;
    espi_type *types;
    espi_meter *meters;
    espi_value *values;
} espi;

static bool is(const char *name, const char *want) { return strcmp(name, want) == 0; }

static void take_link(espi *e, const char **attributes)
{
    const char *href = xml_attribute(attributes, "href"), *rel = xml_attribute(attributes, "rel");
    size_t at;
    if (!href || !rel || strlen(href) > LINK_MAX) return;
    if (is(rel, "self")) e->self = text_copy(e->a, text_of(href));
    else if (is(rel, "related") && text_find(text_of(href), TEXT("ReadingType"), &at)) e->related = text_copy(e->a, text_of(href));
}

static void on_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    espi *e = ctx;
    (void)x;
    if (is(name, "entry")) e->self = e->related = (text){0}, e->type = (espi_type){0};
    else if (is(name, "link")) take_link(e, attributes);
    else if (is(name, "IntervalReading")) e->value = (espi_value){.block = e->self}, e->in_reading = true;
    e->len = 0;
    e->is_kept = is(name, "value") || is(name, "start") || is(name, "duration") || is(name, "quality") || is(name, "uom") || is(name, "powerOfTenMultiplier");
}

static void on_chars(void *ctx, xml_in *x, const char *s, size_t len)
{
    espi *e = ctx;
    (void)x;
    if (!e->is_kept || e->len + len > sizeof e->word) return;
    memcpy(e->word + e->len, s, len);
    e->len += len;
}

/* Seconds of this era; anything else is no time, and its row is refused. */
static int64_t seconds_of(text word)
{
    bool ok;
    int64_t v = text_to_i64(word, &ok);
    return ok && v > 0 && v < INT64_C(10000000000) ? v : 0;
}

static void take_word(espi *e, const char *name, text word)
{
    if (is(name, "uom")) e->type.uom = text_copy(e->a, word);
    else if (is(name, "powerOfTenMultiplier")) e->type.power = text_copy(e->a, word);
    else if (!e->in_reading) return;
    else if (is(name, "value")) e->value.value = text_copy(e->a, word);
    else if (is(name, "start")) e->value.start_s = seconds_of(word);
    else if (is(name, "duration")) e->value.duration_s = seconds_of(word);
    else if (is(name, "quality")) e->value.quality = text_copy(e->a, word);
}

static void on_end(void *ctx, xml_in *x, const char *name)
{
    espi *e = ctx;
    (void)x;
    if (e->is_kept) take_word(e, name, text_trim((text){e->word, e->len}));
    e->is_kept = false;
    if (is(name, "IntervalReading")) *ARENA_PUSH(e->a, e->values, e->value_count, e->value_max) = e->value, e->in_reading = false;
    else if (is(name, "MeterReading")) *ARENA_PUSH(e->a, e->meters, e->meter_count, e->meter_max) = (espi_meter){e->self, e->related};
    else if (is(name, "ReadingType")) e->type.self = e->self, *ARENA_PUSH(e->a, e->types, e->type_count, e->type_max) = e->type;
}

/* The type of a block's readings: by its meter reading's link, or the only one there is. */
static const espi_type *type_of(const espi *e, text block)
{
    for (size_t i = 0; i < e->meter_count; i++) {
        text self = e->meters[i].self;
        if (!self.len || block.len < self.len || memcmp(block.ptr, self.ptr, self.len) != 0) continue;
        for (size_t k = 0; k < e->type_count; k++)
            if (text_equal(e->types[k].self, e->meters[i].type)) return &e->types[k];
    }
    return e->type_count == 1 ? &e->types[0] : NULL;
}

/* .../UsagePoint/409483/MeterReading/1/IntervalBlock/1: 409483/1. */
static text meter_of(arena *a, text block)
{
    size_t at;
    text usage = {0}, meter = {0}, rest = block;
    if (text_find(rest, TEXT("UsagePoint/"), &at)) rest = (text){rest.ptr + at + 11, rest.len - at - 11}, usage = text_next(&rest, '/');
    if (text_find(rest, TEXT("MeterReading/"), &at)) rest = (text){rest.ptr + at + 13, rest.len - at - 13}, meter = text_next(&rest, '/');
    if (!usage.len && !meter.len) return TEXT("meter");
    if (!usage.len || !meter.len) return usage.len ? usage : meter;
    return text_of(arena_printf(a, "%.*s/%.*s", TEXT_FMT(usage), TEXT_FMT(meter)));
}

static text quality_of(text code)
{
    if (text_is(code, "8") || text_is(code, "9")) return TEXT("estimated");
    return text_is(code, "10") ? TEXT("suspect") : (text){0};
}

static text rows_of(espi *e)
{
    text_buf b = {.a = e->a};
    text last = {0}, meter = {0};
    const espi_type *type = NULL;
    buf_str(&b, "meter,start,end,value,unit,quality\n");
    for (size_t i = 0; i < e->value_count; i++) {
        const espi_value *v = &e->values[i];
        if (i == 0 || !text_equal(v->block, last)) last = v->block, meter = meter_of(e->a, last), type = type_of(e, last);
        text power = type && type->power.len && !text_is(type->power, "0") ? type->power : (text){0};
        csv_field(&b, meter, ',');
        buf_printf(&b, ",%lld,%lld,", (long long)v->start_s, (long long)(v->start_s + v->duration_s));
        csv_field(&b, v->value, ',');
        if (power.len) buf_char(&b, 'e');
        buf_add(&b, power);
        buf_char(&b, ',');
        if (type && type->uom.len) buf_printf(&b, "uom %.*s", TEXT_FMT(type->uom));
        buf_char(&b, ',');
        buf_add(&b, quality_of(v->quality));
        buf_char(&b, '\n');
    }
    return buf_text(&b);
}

static bool looks_like_it(const char *path)
{
    char bytes[LOOK_BYTES];
    size_t at, len;
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    text t = text_trim((text){bytes, len});
    return t.len && (t.ptr[0] == '<' || (unsigned char)t.ptr[0] == 0xef) && text_find(t, TEXT("naesb.org/espi"), &at);
}

/* A workbook of one sheet is read whatever the sheet is called: what was refused comes back under another name. */
static bool open_table(const char *path, text sheet_name, table **ret, heng_err *err)
{
    table *only = NULL;
    heng_err why = {0};
    if (table_open(path, &(table_options){.sheet = sheet_name}, ret, &why)) return true;
    bool is_sheet = strcmp(why.message->id, "format.xlsx_sheet") == 0;
    if (is_sheet && table_open(path, NULL, &only, err) && table_sheet_count(only) == 1) return *ret = only, true;
    table_close(only);
    return *err = why, false;
}

bool readings_open(arena *a, const char *path, text sheet_name, table **ret, heng_err *err)
{
    text bytes;
    espi e = {.a = a};
    static const xml_events EVENTS = {on_start, on_end, on_chars};
    if (!looks_like_it(path)) return open_table(path, sheet_name, ret, err);
    if (!file_read(a, path, 0, &bytes, err) || !xml_text(bytes, path, &EVENTS, &e, err)) return false;
    text rows = rows_of(&e);
    return table_open_bytes(rows.ptr, rows.len, path, &(table_options){.separator = ','}, ret, err);
}
