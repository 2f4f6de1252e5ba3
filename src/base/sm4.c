/* SM4 over OpenSSL's EVP. See sm4.h. */
#include "sm4.h"
#include <openssl/evp.h>

static void run(const uint8_t key[SM4_BYTES], const void *from, void *to, size_t count, int enciphers)
{
    int len = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    must(context && count < INT_MAX / SM4_BYTES);
    must(EVP_CipherInit_ex(context, EVP_sm4_ecb(), NULL, key, NULL, enciphers) == 1 && EVP_CIPHER_CTX_set_padding(context, 0) == 1); /* an OpenSSL built without it */
    if (count) must(EVP_CipherUpdate(context, to, &len, from, (int)count * SM4_BYTES) == 1 && len == (int)count * SM4_BYTES);
    EVP_CIPHER_CTX_free(context);
}

void sm4_encipher(const uint8_t key[SM4_BYTES], const void *from, void *to, size_t count)
{
    run(key, from, to, count, 1);
}

void sm4_decipher(const uint8_t key[SM4_BYTES], const void *from, void *to, size_t count)
{
    run(key, from, to, count, 0);
}
