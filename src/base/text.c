/*
 * Text as pointer and length: comparing, cutting, counting. See text.h.
 *
 * Not here: the builder (text_buf.c), the hash map (text_map.c), Unicode forms and folding (text_fold.c), pinyin (text_pinyin.c),
 * nearest names (text_nearest.c).
 */
#include "text.h"
#include <string.h>

text text_of(const char *s)
{
    return s ? (text){s, strlen(s)} : TEXT("");
}

char *text_str(arena *a, text t)
{
    return arena_copy(a, t.ptr, t.len);
}

char *text_words(arena *a, text zh, text en)
{
    return arena_printf(a, "%.*s%c%.*s", TEXT_FMT(zh), HENG_ERR_WORDS, TEXT_FMT(en));
}

text text_copy(arena *a, text t)
{
    return (text){arena_copy(a, t.ptr, t.len), t.len};
}

bool text_equal(text a, text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool text_is(text a, const char *s)
{
    return text_equal(a, text_of(s));
}

int text_compare(text a, text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0) return order < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

bool text_starts(text t, const char *prefix)
{
    size_t len = strlen(prefix);
    return t.len >= len && (len == 0 || memcmp(t.ptr, prefix, len) == 0);
}

bool text_ends(text t, const char *suffix)
{
    size_t len = strlen(suffix);
    return t.len >= len && (len == 0 || memcmp(t.ptr + t.len - len, suffix, len) == 0);
}

bool text_find(text t, text needle, size_t *ret_at)
{
    const char *at = needle.len == 0 ? t.ptr : t.len == 0 ? NULL : memmem(t.ptr, t.len, needle.ptr, needle.len);
    if (needle.len > 0 && !at) return false;
    *ret_at = needle.len == 0 ? 0 : (size_t)(at - t.ptr);
    return true;
}

/* Length of the blank at the start: ASCII blanks, U+00A0, U+3000, and U+FEFF as some programs leave it inside files. */
static size_t blank_at_start(text t)
{
    if (t.len == 0) return 0;
    unsigned char c = (unsigned char)t.ptr[0];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0x80) return 0;
    if (text_starts(t, "\xC2\xA0")) return 2;
    return text_starts(t, "\xE3\x80\x80") || text_starts(t, "\xEF\xBB\xBF") ? 3 : 0;
}

static size_t blank_at_end(text t)
{
    if (t.len == 0) return 0;
    unsigned char c = (unsigned char)t.ptr[t.len - 1];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0x80) return 0;
    if (text_ends(t, "\xC2\xA0")) return 2;
    return text_ends(t, "\xE3\x80\x80") || text_ends(t, "\xEF\xBB\xBF") ? 3 : 0;
}

text text_trim(text t)
{
    for (size_t n = blank_at_start(t); n > 0; n = blank_at_start(t)) t = (text){t.ptr + n, t.len - n};
    for (size_t n = blank_at_end(t); n > 0; n = blank_at_end(t)) t.len -= n;
    return t;
}

text text_next(text *rest, char separator)
{
    const char *at = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    text piece = *rest;
    if (!at) {
        *rest = rest->len ? (text){rest->ptr + rest->len, 0} : TEXT("");
        return piece;
    }
    piece.len = (size_t)(at - rest->ptr);
    *rest = (text){at + 1, rest->len - piece.len - 1};
    return piece;
}

size_t text_split(arena *a, text t, char separator, text **ret_parts)
{
    size_t count = t.len > 0;
    for (size_t i = 0; i < t.len; i++) count += t.ptr[i] == separator;
    *ret_parts = NEW_ARRAY(a, count, text);
    for (size_t i = 0; i < count; i++) (*ret_parts)[i] = text_trim(text_next(&t, separator));
    return count;
}

/* Bytes of the character at s, of at most len; 0 if it is not UTF-8 (too long a form, surrogate, above U+10FFFF). */
static size_t utf8_bytes(const unsigned char *s, size_t len)
{
    unsigned char c = s[0];
    if (c < 0x80) return 1;
    size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || wanted > len) return 0;
    for (size_t i = 1; i < wanted; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F)) return 0;
    if ((c == 0xF0 && s[1] < 0x90) || (c == 0xF4 && s[1] > 0x8F)) return 0;
    return wanted;
}

bool text_is_utf8(text t, size_t *ret_bad_at)
{
    const unsigned char *s = (const unsigned char *)t.ptr;
    size_t i = 0;
    while (i < t.len) {
        uint64_t eight;
        if (t.len - i >= 8 && (memcpy(&eight, s + i, 8), (eight & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        size_t n = utf8_bytes(s + i, t.len - i);
        if (n == 0) {
            if (ret_bad_at) *ret_bad_at = i;
            return false;
        }
        i += n;
    }
    return true;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

uint64_t text_hash(text t)
{
    uint64_t h = 0x243F6A8885A308D3u ^ t.len, word;
    size_t i = 0;
    for (; t.len - i >= 8; i += 8) {
        memcpy(&word, t.ptr + i, 8);
        h = mix(h, word);
    }
    word = 0;
    if (i < t.len) memcpy(&word, t.ptr + i, t.len - i);
    h = mix(h, word);
    return h ^ (h >> 32);
}

size_t text_chars(text t)
{
    size_t count = 0;
    for (size_t i = 0; i < t.len; i++) count += ((unsigned char)t.ptr[i] & 0xC0) != 0x80;
    return count;
}

int64_t text_to_i64(text t, bool *ret_ok)
{
    *ret_ok = false;
    bool negative = t.len > 0 && t.ptr[0] == '-';
    size_t i = negative || (t.len > 0 && t.ptr[0] == '+');
    if (i == t.len) return 0;
    int64_t v = 0;
    for (; i < t.len; i++) {
        if (t.ptr[i] < '0' || t.ptr[i] > '9') return 0;
        int digit = t.ptr[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v)) return 0; /* counted down: INT64_MIN fits */
    }
    if (!negative && v == INT64_MIN) return 0;
    *ret_ok = true;
    return negative ? v : -v;
}
