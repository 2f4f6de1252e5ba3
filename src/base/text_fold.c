/*
 * Unicode forms of text: NFKC with radicals (utf8proc), Traditional to Simplified (OpenCC), the key for "same word?", width.
 *
 *   text ──► NFKC ──► radicals ──► simplified ──► lower case, no blanks, ASCII brackets ──► key
 *
 * OpenCC is loaded and its converter opened once for the process, on first need, and used under a lock: OpenCC does not promise that one converter
 * may serve two threads. Text that is only ASCII, or holds no ideograph, goes past it.
 */
#include <opencc/opencc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>
#include "library.h"
#include "messages.h"
#include "text.h"

enum { SHORT_CHARS = 256, IDEOGRAPH_LEAD = 0xE3 /* first byte of U+3000 and on */ };

static const struct { uint16_t radical, ideograph; } RADICALS[] = {
#define TEXT_RADICAL(radical, ideograph) {radical, ideograph},
#include "text_radical.def"
#undef TEXT_RADICAL
};

static bool all_below(text t, unsigned char limit)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.ptr[i] >= limit) return false;
    return true;
}

static int32_t without_radical(int32_t c)
{
    size_t low = 0, high = sizeof RADICALS / sizeof *RADICALS;
    if (c < RADICALS[0].radical || c > RADICALS[high - 1].radical) return c;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (RADICALS[middle].radical <= c) low = middle;
        else high = middle;
    }
    return RADICALS[low].radical == c ? RADICALS[low].ideograph : c;
}

/* NFKC of t in the code points of buffer, which holds max; returns how many are needed, or below 0 if t is not UTF-8. */
static utf8proc_ssize_t decompose(text t, int32_t *buffer, size_t max)
{
    return utf8proc_decompose((const utf8proc_uint8_t *)t.ptr, (utf8proc_ssize_t)t.len, buffer, (utf8proc_ssize_t)max,
                              UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
}

text text_nfkc(arena *a, text t)
{
    if (all_below(t, 0x80)) return text_copy(a, t);
    int32_t few[SHORT_CHARS + 1], *chars = few; /* one more: the bytes are written over the code points, with a final 0 */
    arena scratch = {0};
    utf8proc_ssize_t count = decompose(t, chars, SHORT_CHARS);
    if (count > SHORT_CHARS) {
        chars = arena_array(&scratch, (size_t)count + 1, sizeof *chars);
        count = decompose(t, chars, (size_t)count);
    }
    text result = t;
    if (count >= 0) {
        for (utf8proc_ssize_t i = 0; i < count; i++) chars[i] = without_radical(chars[i]);
        utf8proc_ssize_t len = utf8proc_reencode(chars, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        if (len >= 0) result = (text){(const char *)chars, (size_t)len};
    }
    result = text_copy(a, result);
    arena_free(&scratch);
    return result;
}

/* What is used of OpenCC, in the order of NAMES. */
typedef struct opencc_functions {
    __typeof__(opencc_open) *open;
    __typeof__(opencc_error) *error;
    __typeof__(opencc_convert_utf8) *convert;
    __typeof__(opencc_convert_utf8_free) *free;
} opencc_functions;

static struct {
    pthread_once_t once;
    pthread_mutex_t lock;
    opencc_functions opencc;
    opencc_t converter; /* (opencc_t)-1 if it could not be opened */
    char reason[256];
} shared = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

static void open_converter(void)
{
    static const char *const NAMES[] = {"opencc_open", "opencc_error", "opencc_convert_utf8", "opencc_convert_utf8_free", NULL};
    void *found[4];
    _Static_assert(sizeof found == sizeof shared.opencc, "a place for each name");
    shared.converter = (opencc_t)-1;
    if (!library_load(BASE_OPENCC, NAMES, found, shared.reason, sizeof shared.reason)) return;
    memcpy(&shared.opencc, found, sizeof found);
    shared.converter = shared.opencc.open("tw2s.json");
    if (shared.converter == (opencc_t)-1) snprintf(shared.reason, sizeof shared.reason, "%s", shared.opencc.error());
}

static bool not_utf8(size_t at, heng_err *err)
{
    char place[24];
    snprintf(place, sizeof place, "%zu", at + 1);
    return err_fill(err, &MSG_TEXT_NOT_UTF8, NULL, NULL, place);
}

static bool convert(arena *a, text t, text *ret, heng_err *err)
{
    must(pthread_once(&shared.once, open_converter) == 0);
    if (shared.converter == (opencc_t)-1) return err_fill(err, &MSG_CONVERTER_MISSING, shared.reason, NULL, NULL);
    must(pthread_mutex_lock(&shared.lock) == 0);
    char *converted = shared.opencc.convert(shared.converter, t.ptr, t.len);
    must(pthread_mutex_unlock(&shared.lock) == 0);
    if (!converted) return err_fill_n(err, &MSG_CONVERTER_FAILED, t.ptr, t.len, NULL);
    *ret = text_copy(a, text_of(converted));
    shared.opencc.free(converted);
    return true;
}

/* OpenCC stops at a 0 byte, so the pieces between 0 bytes are converted apart. */
static bool convert_pieces(arena *a, text t, text *ret, heng_err *err)
{
    text_buf b = {.a = a};
    text rest = t, simple;
    for (size_t at; text_find(rest, (text){"", 1}, &at);) {
        if (!convert(a, text_next(&rest, 0), &simple, err)) return false;
        buf_add(&b, simple);
        buf_char(&b, 0);
    }
    if (!convert(a, rest, &simple, err)) return false;
    buf_add(&b, simple);
    *ret = buf_text(&b);
    return true;
}

bool text_simplify(arena *a, text t, text *ret, heng_err *err)
{
    size_t at;
    if (!text_is_utf8(t, &at)) return not_utf8(at, err);
    if (all_below(t, IDEOGRAPH_LEAD)) {
        *ret = text_copy(a, t);
        return true;
    }
    bool has_zero = text_find(t, (text){"", 1}, &at);
    return has_zero ? convert_pieces(a, t, ret, err) : convert(a, t, ret, err);
}

bool text_in_phrase(const char *p)
{
    static const uint16_t CHARACTERS[] = {
#include "text_phrase.def"
    };
    const unsigned char *u = (const unsigned char *)p;
    unsigned c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    size_t low = 0, high = sizeof CHARACTERS / sizeof *CHARACTERS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (CHARACTERS[middle] < c) low = middle + 1;
        else high = middle;
    }
    return low < sizeof CHARACTERS / sizeof *CHARACTERS && CHARACTERS[low] == c;
}

/* One character of the key, or 0 for none. */
static int32_t key_char(int32_t c)
{
    switch (c) {
    case 0x3014: case 0x3010: case 0x3016: return '['; /* 〔【〖 */
    case 0x3015: case 0x3011: case 0x3017: return ']'; /* 〕】〗 */
    default: break;
    }
    if (c < 0x80) return c > ' ' && c < 0x7F ? (c >= 'A' && c <= 'Z' ? c + 32 : c) : 0;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP: case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF:
        return 0;
    default: return utf8proc_tolower(c);
    }
}

static text make_key(arena *a, text t)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < t.len;) {
        int32_t c;
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)t.ptr + i, (utf8proc_ssize_t)(t.len - i), &c);
        if (n <= 0) break; /* cannot be: the text was checked */
        i += (size_t)n;
        c = key_char(c);
        if (c != 0) buf_add(&b, (text){(const char *)bytes, (size_t)utf8proc_encode_char(c, bytes)});
    }
    return buf_text(&b);
}

bool text_fold(arena *a, text t, text *ret, heng_err *err)
{
    size_t at;
    if (!text_is_utf8(t, &at)) return not_utf8(at, err);
    arena scratch = {0};
    text simple;
    bool ok = text_simplify(&scratch, text_nfkc(&scratch, t), &simple, err);
    if (ok) *ret = make_key(a, simple);
    arena_free(&scratch);
    return ok;
}

size_t text_width(text t)
{
    size_t width = 0;
    for (size_t i = 0; i < t.len;) {
        int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)t.ptr + i, (utf8proc_ssize_t)(t.len - i), &c);
        if (n <= 0) { /* a terminal shows one mark for a broken byte */
            i++;
            width++;
            continue;
        }
        int columns = utf8proc_charwidth(c);
        width += columns > 0 ? (size_t)columns : 0;
        i += (size_t)n;
    }
    return width;
}
