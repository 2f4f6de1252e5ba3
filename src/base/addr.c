/*
 * Addresses of derived numbers: parse, print, parts and parameters. See addr.h.
 *
 * The printed form is canonical: parameters sorted by key, an empty value left out, everything but letters, digits and -._~ as
 * %XX. Parsing takes any order, and also raw characters of other scripts and the : of a time, so that an address may be typed by hand.
 */
#include "addr.h"
#include "messages.h"
#include <string.h>

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte of "%XX" at t.ptr[at]; -1 if broken. */
static int encoded_byte(text t, size_t at)
{
    if (t.len - at < 3) return -1;
    int high = hex_digit(t.ptr[at + 1]), low = hex_digit(t.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* One part, key or value: %XX to bytes; false if broken, not UTF-8, or with a byte that must be encoded. */
static bool decode(arena *a, text t, text *ret)
{
    char *out = arena_alloc(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        int c = (unsigned char)t.ptr[i];
        if (c < 0x80 && c != '%' && c != ':' && !is_plain((unsigned char)c)) return false;
        if (c == '%') {
            c = encoded_byte(t, i);
            i += 2;
        }
        if (c <= 0) return false;
        out[len++] = (char)c;
    }
    *ret = (text){out, len};
    return text_is_utf8(*ret, NULL);
}

void addr_part(addr *x, text part)
{
    must(x->part_count < ADDR_PARTS_MAX);
    x->parts[x->part_count++] = part;
}

static size_t param_place(const addr *x, text key, bool *ret_found)
{
    size_t i = 0;
    while (i < x->param_count && text_compare(x->params[i].key, key) < 0) i++;
    *ret_found = i < x->param_count && text_equal(x->params[i].key, key);
    return i;
}

static void param_set(addr *x, text key, text value)
{
    bool found;
    size_t at = param_place(x, key, &found);
    size_t above = x->param_count - at;
    if (value.len == 0) {
        if (found) memmove(&x->params[at], &x->params[at + 1], (above - 1) * sizeof *x->params);
        x->param_count -= found;
        return;
    }
    if (!found) {
        must(x->param_count < ADDR_PARAMS_MAX);
        memmove(&x->params[at + 1], &x->params[at], above * sizeof *x->params);
        x->param_count++;
    }
    x->params[at] = (addr_param){key, value};
}

void addr_set(addr *x, const char *key, text value)
{
    param_set(x, text_of(key), value);
}

text addr_get(const addr *x, const char *key)
{
    bool found;
    size_t at = param_place(x, text_of(key), &found);
    return found ? x->params[at].value : TEXT("");
}

static bool parse_parts(arena *a, text path, bool has_parts, addr *x)
{
    while (has_parts) {
        if (x->part_count == ADDR_PARTS_MAX) return false;
        size_t slash;
        has_parts = text_find(path, TEXT("/"), &slash);
        if (!decode(a, text_next(&path, '/'), &x->parts[x->part_count++])) return false;
    }
    return true;
}

static bool parse_params(arena *a, text query, addr *x)
{
    while (query.len > 0) {
        text value = text_next(&query, '&'), key, decoded;
        size_t equals;
        if (!text_find(value, TEXT("="), &equals)) return false;
        if (!decode(a, text_next(&value, '='), &key) || !decode(a, value, &decoded)) return false;
        if (key.len == 0 || x->param_count == ADDR_PARAMS_MAX) return false;
        bool found;
        param_place(x, key, &found);
        if (found) return false;
        param_set(x, key, decoded);
    }
    return true;
}

static bool parse_kind(text kind)
{
    for (size_t i = 0; i < kind.len; i++)
        if (!is_plain((unsigned char)kind.ptr[i])) return false;
    return kind.len > 0;
}

bool addr_parse(arena *a, text t, addr *ret, heng_err *err)
{
    addr x = {0};
    text query = t, path = text_next(&query, '?');
    if (!text_starts(path, "heng:")) return err_fill_n(err, &MSG_ADDRESS_BAD, t.ptr, t.len, NULL);
    path = (text){path.ptr + strlen("heng:"), path.len - strlen("heng:")};
    size_t slash;
    bool has_parts = text_find(path, TEXT("/"), &slash);
    text kind = text_next(&path, '/');
    x.kind = text_copy(a, kind);
    if (!parse_kind(kind) || !parse_parts(a, path, has_parts, &x) || !parse_params(a, query, &x))
        return err_fill_n(err, &MSG_ADDRESS_BAD, t.ptr, t.len, NULL);
    *ret = x;
    return true;
}

static void encode(text_buf *b, text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];
        if (is_plain(c)) {
            buf_char(b, (char)c);
        } else {
            buf_char(b, '%');
            buf_char(b, "0123456789ABCDEF"[c >> 4]);
            buf_char(b, "0123456789ABCDEF"[c & 15]);
        }
    }
}

text addr_format(arena *a, const addr *x)
{
    text_buf b = {.a = a};
    buf_str(&b, "heng:");
    buf_add(&b, x->kind);
    for (size_t i = 0; i < x->part_count; i++) {
        buf_char(&b, '/');
        encode(&b, x->parts[i]);
    }
    for (size_t i = 0; i < x->param_count; i++) {
        buf_char(&b, i == 0 ? '?' : '&');
        encode(&b, x->params[i].key);
        buf_char(&b, '=');
        encode(&b, x->params[i].value);
    }
    return buf_text(&b);
}
