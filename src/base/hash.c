/*
 * Hashes over OpenSSL's EVP. See hash.h.
 *
 * The three digests are fetched once for the process and then only read; a state keeps its context, so that many small messages
 * cost no fetch. BLAKE2b is the first 32 bytes of BLAKE2b-512 on every version of OpenSSL: 3.0 cannot set the output size, and a
 * value that changed with the library could not be verified later.
 */
#include "hash.h"
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

enum { KIND_COUNT = 3 };

static const struct { const char *name, *openssl; } KINDS[KIND_COUNT] = {{"sha256", "SHA256"}, {"sm3", "SM3"}, {"blake2b", "BLAKE2B-512"}};

static struct {
    pthread_once_t once;
    EVP_MD *digests[KIND_COUNT]; /* written once, read only afterwards */
} shared = {.once = PTHREAD_ONCE_INIT};

struct hash_state {
    EVP_MD_CTX *context;
};

static void fetch_digests(void)
{
    for (size_t i = 0; i < KIND_COUNT; i++) shared.digests[i] = EVP_MD_fetch(NULL, KINDS[i].openssl, NULL);
}

static const EVP_MD *digest_of(hash_kind k)
{
    must((unsigned)k < KIND_COUNT);
    must(pthread_once(&shared.once, fetch_digests) == 0);
    must(shared.digests[k] != NULL); /* an OpenSSL built without it */
    return shared.digests[k];
}

const char *hash_kind_name(hash_kind k)
{
    must((unsigned)k < KIND_COUNT);
    return KINDS[k].name;
}

bool hash_kind_find(text name, hash_kind *ret)
{
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (!text_is(name, KINDS[i].name)) continue;
        *ret = (hash_kind)i;
        return true;
    }
    return false;
}

static void context_free(void *context)
{
    EVP_MD_CTX_free(context);
}

hash_state *hash_open(arena *a, hash_kind k)
{
    hash_state *s = NEW(a, hash_state);
    s->context = EVP_MD_CTX_new();
    must(s->context != NULL);
    arena_on_free(a, context_free, s->context);
    must(EVP_DigestInit_ex2(s->context, digest_of(k), NULL) == 1);
    return s;
}

void hash_add(hash_state *s, const void *bytes, size_t len)
{
    if (len > 0) must(EVP_DigestUpdate(s->context, bytes, len) == 1);
}

static void finish(EVP_MD_CTX *context, hash *ret)
{
    unsigned char whole[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    must(EVP_DigestFinal_ex(context, whole, &len) == 1);
    must(len >= HASH_BYTES);
    memcpy(ret->bytes, whole, HASH_BYTES);
}

void hash_done(hash_state *s, hash *ret)
{
    finish(s->context, ret);
    must(EVP_DigestInit_ex2(s->context, NULL, NULL) == 1);
}

hash hash_of(hash_kind k, const void *bytes, size_t len)
{
    hash h;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL);
    must(EVP_DigestInit_ex2(context, digest_of(k), NULL) == 1);
    if (len > 0) must(EVP_DigestUpdate(context, bytes, len) == 1);
    finish(context, &h);
    EVP_MD_CTX_free(context);
    return h;
}

void hash_hex(hash h, char out[HASH_HEX + 1])
{
    for (size_t i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = "0123456789abcdef"[h.bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[h.bytes[i] & 15];
    }
    out[HASH_HEX] = 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hash_parse(text hex, hash *ret)
{
    hash h;
    if (hex.len != HASH_HEX) return false;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        int high = hex_digit(hex.ptr[2 * i]), low = hex_digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        h.bytes[i] = (uint8_t)(high * 16 + low);
    }
    *ret = h;
    return true;
}

bool hash_equal(hash a, hash b)
{
    return memcmp(a.bytes, b.bytes, HASH_BYTES) == 0;
}
