/*
 * Keys of groups inside their source.
 *
 *   'x' ext id                                     the source names its rows
 *   'm' start (8 bytes) content (12) [ordinal (4)] it does not: the key is made of the first period's start, big endian with the sign
 *                                                  turned, and a hash of all periods, givers, takers, commodities and kinds
 *
 * Made keys begin with time, so that a source that reports in order appends to the index. The hash is SipHash-2-4 with 128
 * bits and no secret: someone who makes two keys collide gets a refusal, since the contents are compared. Unit, basis and
 * amount are no part: a row with another amount is the same row, corrected. Source: Aumasson and Bernstein, SipHash.
 */
#include "inside.h"

static uint64_t rotate(uint64_t v, int n) { return (v << n) | (v >> (64 - n)); }

typedef struct sip { uint64_t v0, v1, v2, v3; } sip;

static void sip_round(sip *s)
{
    s->v0 += s->v1; s->v1 = rotate(s->v1, 13); s->v1 ^= s->v0; s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3; s->v3 = rotate(s->v3, 16); s->v3 ^= s->v2;
    s->v0 += s->v3; s->v3 = rotate(s->v3, 21); s->v3 ^= s->v0;
    s->v2 += s->v1; s->v1 = rotate(s->v1, 17); s->v1 ^= s->v2; s->v2 = rotate(s->v2, 32);
}

static void sip_word(sip *s, uint64_t m)
{
    s->v3 ^= m;
    sip_round(s);
    sip_round(s);
    s->v0 ^= m;
}

static uint64_t little(const char *p, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < len; i++) v |= (uint64_t)(uint8_t)p[i] << (8 * i);
    return v;
}

void book_key_of_words(text words, uint64_t ret[2])
{
    sip s = {0x736f6d6570736575u, 0x646f72616e646f6du ^ 0xee, 0x6c7967656e657261u, 0x7465646279746573u};
    size_t at = 0;
    for (; at + 8 <= words.len; at += 8) sip_word(&s, little(words.ptr + at, 8));
    sip_word(&s, little(words.ptr + at, words.len - at) | (uint64_t)words.len << 56);
    s.v2 ^= 0xee;
    for (int i = 0; i < 4; i++) sip_round(&s);
    ret[0] = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    s.v1 ^= 0xdd;
    for (int i = 0; i < 4; i++) sip_round(&s);
    ret[1] = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* One step that joins a number to a hash; the parts were hashed well before. Finisher of MurmurHash3. */
uint64_t book_mix(uint64_t h, uint64_t v)
{
    h = rotate(h, 23) ^ (v * 0x9e3779b97f4a7c15u);
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 33);
}

static void big(char *to, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) to[i] = (char)(v >> (8 * (bytes - 1 - i)));
}

enum { MADE_BYTES = 1 + 8 + 12, ORDINAL_BYTES = 4 };

text book_key_made(arena *a, int64_t start_us, const uint64_t h[2])
{
    char *p = arena_alloc(a, MADE_BYTES + ORDINAL_BYTES); /* room for an ordinal that may come */
    p[0] = 'm';
    big(p + 1, (uint64_t)start_us ^ (uint64_t)1 << 63, 8);
    big(p + 9, h[0], 8);
    big(p + 17, h[1], 4);
    return (text){p, MADE_BYTES};
}

text book_key_ext(arena *a, text ext_id)
{
    char *p = arena_alloc(a, ext_id.len + 1);
    p[0] = 'x';
    memcpy(p + 1, ext_id.ptr, ext_id.len);
    return (text){p, ext_id.len + 1};
}

/* The second, third, ... of equal made keys in one delivery. */
text book_key_ordinal(arena *a, text key, uint32_t ordinal)
{
    if (ordinal == 0) return key;
    char *p = arena_alloc(a, key.len + ORDINAL_BYTES);
    memcpy(p, key.ptr, key.len);
    big(p + key.len, ordinal, ORDINAL_BYTES);
    return (text){p, key.len + ORDINAL_BYTES};
}

text book_key_printable(arena *a, text key)
{
    if (key.len == 0) return key;
    if (key.ptr[0] == 'x') return text_copy(a, (text){key.ptr + 1, key.len - 1});
    text_buf b = {.a = a};
    buf_char(&b, '#');
    for (size_t i = 1; i < key.len; i++) buf_printf(&b, "%02x", (uint8_t)key.ptr[i]);
    return buf_text(&b);
}
