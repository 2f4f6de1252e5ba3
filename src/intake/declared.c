/* Devices, topics and sources as entries of the book. See declared.h. */
#include "declared.h"
#include "sm4.h"
#include "format.h"
#include "json.h"
#include "messages.h"
#include "sheet.h"

static const char DEVICE[] = "intake.device", TOPIC[] = "intake.topic", SOURCE[] = "intake.source";

static text word_of(const json *n, const char *key)
{
    const json *value = json_get(n, key);
    return value && value->kind == JSON_STRING ? value->value : (text){0};
}

static bool rows_of(book *b, arena *a, const char *kind, book_entry_row **ret, size_t *ret_count, heng_err *err)
{
    return book_entries(b, a, text_of(kind), (text){0}, BOOK_KNOWN_NOW, false, ret, ret_count, err);
}

/* 32 hex digits, or 16 characters as they stand. */
static bool read_key(text t, uint8_t ret[SM4_BYTES])
{
    static const char DIGITS[] = "0123456789abcdef";
    if (t.len == SM4_BYTES) memcpy(ret, t.ptr, SM4_BYTES);
    if (t.len != 2 * SM4_BYTES) return t.len == SM4_BYTES;
    for (size_t i = 0; i < t.len; i++) {
        const char *digit = t.ptr[i] ? strchr(DIGITS, t.ptr[i] >= 'A' && t.ptr[i] <= 'F' ? t.ptr[i] | 0x20 : t.ptr[i]) : NULL;
        if (!digit) return false;
        ret[i / 2] = (uint8_t)(ret[i / 2] << 4 | (digit - DIGITS));
    }
    return true;
}

static bool load_devices(book *b, arena *a, declared *d, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    const json *body;
    if (!rows_of(b, a, DEVICE, &rows, &count, err)) return false;
    d->devices = NEW_ARRAY(a, count + 1, hj212_device);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].body.len == 0) continue;
        if (!json_parse(a, rows[i].body, &body, err)) return false;
        text zone = word_of(body, "zone"), key = word_of(body, "key");
        const json *lenient = json_get(body, "lenient");
        hj212_device device = {.mn = rows[i].key, .password = word_of(body, "password"), .zone = book_zone(b), .is_lenient = lenient && text_is(lenient->value, "true")};
        device.has_key = key.len && read_key(key, device.key);
        if (zone.len && !zone_open(a, text_str(a, zone), &device.zone, err)) return false;
        d->devices[d->device_count++] = device;
    }
    return true;
}

static bool load_topics(book *b, arena *a, declared *d, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    const json *body;
    if (!rows_of(b, a, TOPIC, &rows, &count, err)) return false;
    d->topics = NEW_ARRAY(a, count + 1, mqtt_rule);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].body.len == 0) continue;
        if (!json_parse(a, rows[i].body, &body, err)) return false;
        d->topics[d->topic_count++] = (mqtt_rule){.filter = rows[i].key, .value = word_of(body, "value"), .time = word_of(body, "time"), .flag = word_of(body, "flag")};
    }
    return true;
}

static bool load_sources(book *b, arena *a, declared *d, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    const json *body;
    if (!rows_of(b, a, SOURCE, &rows, &count, err)) return false;
    d->sources = NEW_ARRAY(a, count + 1, http_source);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].body.len == 0) continue;
        if (!json_parse(a, rows[i].body, &body, err)) return false;
        http_source source = {.name = rows[i].key};
        if (hash_parse(word_of(body, "token"), &source.token)) d->sources[d->source_count++] = source;
    }
    return true;
}

bool declared_load(book *b, arena *a, declared *ret, heng_err *err)
{
    declared d = {0};
    if (!load_devices(b, a, &d, err) || !load_topics(b, a, &d, err) || !load_sources(b, a, &d, err)) return false;
    *ret = d;
    return true;
}

static void add_word(text_buf *b, const char *key, text value)
{
    buf_printf(b, "%s\"%s\": ", b->len > 1 ? ", " : "", key);
    json_string(b, value);
}

bool declared_device(arena *a, text mn, text password, text zone, text key, bool is_lenient, book_entry *ret, heng_err *err)
{
    bool ok = mn.len > 0 && mn.len <= DECLARED_MN_MAX;
    for (size_t i = 0; i < mn.len; i++) ok = ok && mn.ptr[i] > ' ' && mn.ptr[i] < 127 && !strchr(";,=&#/", mn.ptr[i]);
    if (!ok) return err_fill_n(err, &MSG_INTAKE_MN_BAD, mn.ptr, mn.len, NULL);
    const cal_zone *found;
    uint8_t bytes[SM4_BYTES] = {0};
    if (key.len && !read_key(key, bytes)) return err_fill(err, &MSG_INTAKE_KEY_BAD, NULL, NULL, NULL);
    if (zone.len && !zone_open(a, text_str(a, zone), &found, err)) return false;
    text_buf b = {.a = a};
    buf_char(&b, '{');
    if (password.len) add_word(&b, "password", password);
    if (zone.len) add_word(&b, "zone", zone);
    if (key.len) {
        buf_printf(&b, "%s\"key\": \"", b.len > 1 ? ", " : "");
        for (int i = 0; i < SM4_BYTES; i++) buf_printf(&b, "%02x", bytes[i]);
        buf_char(&b, '"');
    }
    if (is_lenient) buf_printf(&b, "%s\"lenient\": true", b.len > 1 ? ", " : "");
    buf_char(&b, '}');
    *ret = (book_entry){.kind = text_of(DEVICE), .key = mn, .body = buf_text(&b)};
    return true;
}

/* # only at the end, + only as a whole level. */
static bool is_filter(text t)
{
    for (size_t i = 0; i < t.len; i++) {
        bool starts = i == 0 || t.ptr[i - 1] == '/', ends = i + 1 == t.len || t.ptr[i + 1] == '/';
        if (t.ptr[i] == '#' && !(starts && i + 1 == t.len)) return false;
        if (t.ptr[i] == '+' && !(starts && ends)) return false;
    }
    return t.len > 0 && t.len <= 255;
}

bool declared_topic(arena *a, const mqtt_rule *rule, book_entry *ret, heng_err *err)
{
    if (!is_filter(rule->filter)) return err_fill_n(err, &MSG_INTAKE_FILTER_BAD, rule->filter.ptr, rule->filter.len, NULL);
    text_buf b = {.a = a};
    buf_char(&b, '{');
    add_word(&b, "value", rule->value);
    add_word(&b, "time", rule->time);
    add_word(&b, "flag", rule->flag);
    buf_char(&b, '}');
    *ret = (book_entry){.kind = text_of(TOPIC), .key = rule->filter, .body = buf_text(&b)};
    return true;
}

bool declared_source(arena *a, text name, text token, book_entry *ret, heng_err *err)
{
    char hex[HASH_HEX + 1];
    if (token.len < DECLARED_TOKEN_MIN) return err_fill(err, &MSG_INTAKE_TOKEN_SHORT, NULL, arena_printf(a, "%d", DECLARED_TOKEN_MIN), NULL);
    hash_hex(hash_of(HASH_SHA256, token.ptr, token.len), hex);
    *ret = (book_entry){.kind = text_of(SOURCE), .key = name, .body = text_of(arena_printf(a, "{\"token\": \"%s\"}", hex))};
    return true;
}
