/*
 * SM4 (GB/T 32907-2016), single blocks under a key of 16 bytes, each by itself (ECB). Whoever needs more than a protocol's own wording of this looks elsewhere.
 */
#ifndef BASE_SM4_H
#define BASE_SM4_H
#include "text.h"

enum { SM4_BYTES = 16 };
/* from and to may be the same; count blocks of 16 bytes. */
void sm4_encipher(const uint8_t key[SM4_BYTES], const void *from, void *to, size_t count);
void sm4_decipher(const uint8_t key[SM4_BYTES], const void *from, void *to, size_t count);
#endif
