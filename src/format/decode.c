/*
 * Bytes to UTF-8.
 *
 * A byte order mark decides. Without one, zero bytes mean UTF-16 (plain text has none; the digits, separators and line ends of
 * a table have theirs all on one side). Then UTF-8 if the whole is valid, else GB18030. A damaged UTF-8 file must not be taken as
 * GB18030, where almost any pair of bytes is a character: when whole three-byte characters outnumber the bad bytes,
 * it is UTF-8 with damage and an error.
 */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include "decode.h"
#include "messages.h"

enum { ZERO_SAMPLE = 64 * 1024 };
typedef enum encoding { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_GB18030, ENC_NONE } encoding;

void text_place(text bytes, size_t at, int64_t *ret_line, int64_t *ret_column)
{
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        bool pair = c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n';
        if ((c == '\n' || c == '\r') && !pair) {
            line++;
            column = 1;
        } else if ((c & 0xC0) != 0x80 && !pair) {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

static bool bad_byte(text decoded, size_t at, unsigned char byte, heng_err *err)
{
    char seen[8];
    int64_t line, column;
    snprintf(seen, sizeof seen, "0x%02X", byte);
    text_place(decoded, at, &line, &column);
    err_fill(err, &MSG_ENCODING_BAD, seen, NULL, NULL);
    err_at_row(err, line);
    return err_at_column(err, column);
}

static encoding utf16_by_zeros(const unsigned char *p, size_t len)
{
    size_t even = 0, odd = 0;
    for (size_t i = 0; i < len && i < ZERO_SAMPLE; i++) {
        if (p[i] != 0) continue;
        if (i % 2 == 0) even++;
        else odd++;
    }
    if (odd > 4 * even) return ENC_UTF16LE;
    if (even > 4 * odd) return ENC_UTF16BE;
    return ENC_NONE;
}

static bool is_trail(unsigned char c) { return (c & 0xC0) == 0x80; }

/* UTF-8 with a few bad bytes, rather than GB18030? */
static bool is_damaged_utf8(text t)
{
    const unsigned char *p = (const unsigned char *)t.ptr;
    size_t whole = 0, bad = 0;
    for (size_t i = 0; i < t.len;) {
        unsigned char c = p[i];
        bool three = (c & 0xF0) == 0xE0 && i + 2 < t.len && is_trail(p[i + 1]) && is_trail(p[i + 2]);
        bool two = c >= 0xC2 && c <= 0xDF && i + 1 < t.len && is_trail(p[i + 1]);
        if (three) whole++;
        else if (c >= 0x80 && !two) bad++;
        i += three ? 3 : two ? 2 : 1;
    }
    return whole > bad;
}

static encoding detect(text *bytes)
{
    const unsigned char *p = (const unsigned char *)bytes->ptr;
    size_t n = bytes->len;
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        *bytes = (text){bytes->ptr + 3, n - 3};
        return memchr(bytes->ptr, 0, bytes->len) ? ENC_NONE : ENC_UTF8;
    }
    if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) {
        *bytes = (text){bytes->ptr + 2, n - 2};
        return p[0] == 0xFF ? ENC_UTF16LE : ENC_UTF16BE;
    }
    if (n > 0 && memchr(p, 0, n)) return utf16_by_zeros(p, n);
    return ENC_UTF8;
}

/* How many bytes of UTF-8 the longest decoding may take: two bytes of either encoding give at most three. */
static size_t decoded_max(size_t len) { return len + len / 2 + 4; }

static bool convert(arena *a, const char *from, text bytes, text *ret, heng_err *err)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1) return err_fill(err, &MSG_FILE_READ, from, NULL, NULL);
    size_t max = decoded_max(bytes.len), in_left = bytes.len, out_left = max;
    char *out = arena_alloc(a, max), *to = out;
    union { const char *from; char *to; } in = {.from = bytes.ptr}; /* iconv takes char ** and does not write there */
    size_t n = iconv(cd, &in.to, &in_left, &to, &out_left);
    iconv_close(cd);
    text decoded = {out, max - out_left};
    if (n == (size_t)-1 || in_left > 0) return bad_byte(decoded, decoded.len, (unsigned char)*in.from, err);
    const char *zero = decoded.len > 0 ? memchr(decoded.ptr, 0, decoded.len) : NULL;
    if (zero) return bad_byte(decoded, (size_t)(zero - decoded.ptr), 0, err);
    *ret = decoded;
    return true;
}

static bool decode_plain(arena *a, text in, text *ret, int *ret_encoding, heng_err *err)
{
    size_t bad_at = 0;
    if (text_is_utf8(in, &bad_at)) {
        *ret = in;
        *ret_encoding = TABLE_ENCODING_UTF8;
        return true;
    }
    if (is_damaged_utf8(in)) return bad_byte(in, bad_at, (unsigned char)in.ptr[bad_at], err);
    if (!convert(a, "GB18030", in, ret, err)) return false;
    *ret_encoding = TABLE_ENCODING_GB18030;
    return true;
}

bool text_decode(arena *a, const void *bytes, size_t len, text *ret, int *ret_encoding, heng_err *err)
{
    text in = {bytes, len};
    encoding found = detect(&in);
    if (found == ENC_NONE) {
        const char *zero = memchr(in.ptr, 0, in.len);
        return bad_byte(in, (size_t)(zero - in.ptr), 0, err);
    }
    if (found == ENC_UTF8) return decode_plain(a, in, ret, ret_encoding, err);
    if (!convert(a, found == ENC_UTF16LE ? "UTF-16LE" : "UTF-16BE", in, ret, err)) return false;
    *ret_encoding = TABLE_ENCODING_UTF16;
    return true;
}
