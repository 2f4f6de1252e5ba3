/* Hashes: published examples, one road as good as another. */
#include "check.h"
#include "sm4.h"

static const struct { hash_kind kind; const char *t, *hex; } CASES[] = {
    {HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HASH_SM3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}, /* GB/T 32905-2016, example 1 */
    {HASH_SM3, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
    {HASH_BLAKE2B, "abc", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"}, /* RFC 7693, appendix A, first half */
};

/* GB/T 32907-2016, annex A: one block under itself. */
static void sm4(void)
{
    static const uint8_t key[SM4_BYTES] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    static const uint8_t want[SM4_BYTES] = {0x68, 0x1e, 0xdf, 0x34, 0xd2, 0x06, 0x96, 0x5e, 0x86, 0xb3, 0xe9, 0x4f, 0x53, 0x6e, 0x42, 0x46};
    uint8_t block[2 * SM4_BYTES];
    memcpy(block, key, SM4_BYTES);
    memcpy(block + SM4_BYTES, key, SM4_BYTES);
    sm4_encipher(key, block, block, 2);
    check(memcmp(block, want, SM4_BYTES) == 0 && memcmp(block + SM4_BYTES, want, SM4_BYTES) == 0, "SM4: the example of the standard, in each block");
    sm4_decipher(key, block, block, 2);
    check(memcmp(block, key, SM4_BYTES) == 0 && memcmp(block + SM4_BYTES, key, SM4_BYTES) == 0, "and back");
}

int main(void)
{
    sm4();
    arena a = {0};
    char hex[HASH_HEX + 1];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t len = strlen(CASES[i].t);
        hash h = hash_of(CASES[i].kind, CASES[i].t, len), again, parsed;
        hash_hex(h, hex);
        check_text(text_of(hex), text_of(CASES[i].hex), hash_kind_name(CASES[i].kind));
        hash_state *s = hash_open(&a, CASES[i].kind);
        bool same = true;
        for (int round = 0; round < 3; round++) {
            for (size_t k = 0; k < len; k++) hash_add(s, CASES[i].t + k, 1);
            hash_done(s, &again);
            same &= hash_equal(h, again);
        }
        check(same, "byte by byte, and the state is ready again");
        check(hash_parse(text_of(hex), &parsed) && hash_equal(parsed, h), "hex and back");
    }
    hash h;
    check(!hash_parse(TEXT("ba78"), &h) && !hash_parse(TEXT("zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), &h), "what is not a hash");
    check(hash_parse(TEXT("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"), &h), "capitals are read");
    hash_kind kind = HASH_SM3;
    check(hash_kind_find(TEXT("blake2b"), &kind) && kind == HASH_BLAKE2B && !hash_kind_find(TEXT("md5"), &kind) && kind == HASH_BLAKE2B, "kinds by name");
    arena_free(&a);
    return check_done();
}
