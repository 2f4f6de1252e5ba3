/* Hashes (OpenSSL libcrypto EVP): SHA-256 by default, SM3 as Chinese administrations ask, BLAKE2b. All 32 bytes:
 * BLAKE2b is the first half of BLAKE2b-512, because OpenSSL 3.0 cannot set its output size. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "text.h"

enum { HASH_BYTES = 32, HASH_HEX = 64 };
typedef enum hash_kind { HASH_SHA256 = 0, HASH_SM3 = 1, HASH_BLAKE2B = 2 } hash_kind;
typedef struct hash { uint8_t bytes[HASH_BYTES]; } hash;
typedef struct hash_state hash_state;

const char *hash_kind_name(hash_kind k);                       /* "sha256" "sm3" "blake2b" */
bool hash_kind_find(text name, hash_kind *ret);
hash_state *hash_open(arena *a, hash_kind k);                  /* freed with the arena */
void hash_add(hash_state *s, const void *bytes, size_t len);
void hash_done(hash_state *s, hash *ret);                      /* the state is ready for a new message afterwards */
hash hash_of(hash_kind k, const void *bytes, size_t len);
void hash_hex(hash h, char out[HASH_HEX + 1]);
bool hash_parse(text hex, hash *ret);
bool hash_equal(hash a, hash b);
#endif
