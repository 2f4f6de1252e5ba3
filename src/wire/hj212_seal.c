/*
 * HJ 212-2025, 6.4.2 and annex A.2: data enciphered with SM4. See hj212.h.
 *
 * What stands between CP=&& and the closing && is enciphered in groups of 16 characters (ECB); a rest of less than 16 stays as it is. Length and CRC are those of the
 * frame before. The standard prints the groups as {0xE4,0x3E,...}; devices send the bytes themselves, or what is printed: both are read. (By public codecs
 * that quote the text of the standard; no device was at hand.)
 */
#include "format.h"
#include "hj212.h"
#include "sm4.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Where the enciphered part begins and ends; false: no CP that is closed. */
static bool find_part(text data, size_t *ret_begin, size_t *ret_end)
{
    size_t at;
    if (!text_find(data, TEXT("CP=&&"), &at)) return false;
    *ret_begin = at + 5;
    *ret_end = data.len - 2;
    return data.len >= at + 7 && memcmp(data.ptr + data.len - 2, "&&", 2) == 0;
}

static bool is_written(text part)
{
    return text_starts(part, "{0x") || text_starts(part, "{0X");
}

hj212_seal_kind hj212_sealed(text data)
{
    size_t at;
    if (!text_find(data, TEXT("CP=&&"), &at)) return HJ212_OPEN;
    text part = {data.ptr + at + 5, data.len - at - 5};
    if (is_written(part)) return HJ212_SEALED_WRITTEN;
    for (size_t i = 0; i < SM4_BYTES && i < part.len; i++) { /* the first group of open data is DataTime=20240315 and the like */
        unsigned char c = (unsigned char)part.ptr[i];
        if ((c < ' ' && c != '\r' && c != '\n' && c != '\t') || c > '~') return HJ212_SEALED_BYTES;
    }
    return HJ212_OPEN;
}

text hj212_head_only(arena *a, text data)
{
    size_t at = data.len;
    text_buf b = {.a = a};
    if (text_find(data, TEXT("CP=&&"), &at)) buf_add(&b, (text){data.ptr, at});
    buf_str(&b, "CP=&&&&");
    return buf_text(&b);
}

/* {0xE4,0x3E} and what follows, as bytes. */
static bool read_written(arena *a, text part, char **ret, size_t *ret_len, size_t *ret_groups)
{
    size_t at = 1, n = 0;
    char *out = arena_alloc(a, part.len + 1);
    while (at + 4 <= part.len && part.ptr[at] == '0' && (part.ptr[at + 1] | 0x20) == 'x') {
        int high = hex_digit(part.ptr[at + 2]), low = hex_digit(part.ptr[at + 3]);
        if (high < 0 || low < 0) return false;
        out[n++] = (char)(high << 4 | low);
        at += 4;
        while (at < part.len && (part.ptr[at] == ',' || part.ptr[at] == ' ')) at++;
    }
    if (at >= part.len || part.ptr[at] != '}' || n % SM4_BYTES) return false;
    *ret_groups = n / SM4_BYTES;
    memcpy(out + n, part.ptr + at + 1, part.len - at - 1);
    *ret = out;
    *ret_len = n + part.len - at - 1;
    return true;
}

bool hj212_unseal(arena *a, text data, const uint8_t key[SM4_BYTES], text *ret)
{
    size_t begin, end, len, groups;
    char *part;
    if (!find_part(data, &begin, &end) || end < begin) return false;
    text sealed = {data.ptr + begin, end - begin};
    if (is_written(sealed)) {
        if (!read_written(a, sealed, &part, &len, &groups)) return false;
    } else {
        part = arena_copy(a, sealed.ptr, sealed.len);
        len = sealed.len;
        groups = len / SM4_BYTES;
    }
    sm4_decipher(key, part, part, groups);
    text_buf b = {.a = a};
    buf_add(&b, (text){data.ptr, begin});
    buf_add(&b, (text){part, len});
    buf_str(&b, "&&");
    *ret = buf_text(&b);
    return true;
}

text hj212_encode_sealed(arena *a, text data, const uint8_t key[SM4_BYTES], hj212_seal_kind kind)
{
    size_t begin, end;
    must(find_part(data, &begin, &end) && end >= begin && data.len <= HJ212_DATA_MAX);
    size_t groups = (end - begin) / SM4_BYTES, rest = begin + groups * SM4_BYTES;
    char *sealed = arena_copy(a, data.ptr, data.len);
    sm4_encipher(key, sealed + begin, sealed + begin, groups);
    text_buf b = {.a = a};
    buf_printf(&b, "##%04d", (int)data.len);
    buf_add(&b, (text){sealed, begin});
    if (kind == HJ212_SEALED_BYTES || groups == 0) buf_add(&b, (text){sealed + begin, groups * SM4_BYTES});
    else
        for (size_t i = begin; i < rest; i++) buf_printf(&b, "%s0x%02X%s", i == begin ? "{" : "", (unsigned char)sealed[i], i + 1 == rest ? "}" : ",");
    buf_add(&b, (text){data.ptr + rest, data.len - rest});
    buf_printf(&b, "%04X\r\n", hj212_crc(data.ptr, data.len));
    return buf_text(&b);
}
