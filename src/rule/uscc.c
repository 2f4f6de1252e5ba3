/*
 * Unified social credit code (GB 32100-2015): 18 characters of 0-9 and A-Y without I, O, S, V, Z.
 *
 *   place 18:  C = (31 - sum(c_i * 3^(i-1)) mod 31) mod 31, i = 1..17, c_i the value of character i in the alphabet
 *   place 17:  organisation code check (GB 11714) of places 9-16: C = 11 - sum(c_i * W_i) mod 11, W = 3 7 9 10 5 8 4 2,
 *              A = 10 ... Z = 35; 10 is written X, 11 is written 0
 */
#include "inside.h"

enum { USCC_LENGTH = 18 };
static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int value_of(char c)
{
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

static char check_character(const char *code)
{
    int sum = 0, weight = 1;
    for (int i = 0; i < USCC_LENGTH - 1; i++) {
        sum += value_of(code[i]) * weight;
        weight = weight * 3 % 31;
    }
    return ALPHABET[(31 - sum % 31) % 31];
}

static char organisation_check(const char *organisation)
{
    static const int WEIGHTS[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        char c = organisation[i];
        sum += WEIGHTS[i] * (c >= 'A' ? c - 'A' + 10 : c - '0');
    }
    int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

static text normalised(arena *a, text code)
{
    text t = text_trim(text_nfkc(a, code));
    char *s = arena_copy(a, t.ptr, t.len);
    for (size_t i = 0; i < t.len; i++)
        if (s[i] >= 'a' && s[i] <= 'z') s[i] = (char)(s[i] - 'a' + 'A');
    return (text){s, t.len};
}

/* Length of the character that starts at s, for naming it whole. */
static size_t character_length(const char *s, size_t rest)
{
    size_t len = 1;
    while (len < rest && ((unsigned char)s[len] & 0xC0) == 0x80) len++;
    return len;
}

static bool check_characters(arena *a, text t, heng_err *err)
{
    for (size_t i = 0; i < t.len; i++)
        if (value_of(t.ptr[i]) < 0)
            return err_fill(err, &MSG_USCC_CHARACTER, t.ptr, ALPHABET, arena_copy(a, t.ptr + i, character_length(t.ptr + i, t.len - i)));
    return true;
}

bool rule_uscc_check(arena *a, text code, text *ret, heng_err *err)
{
    if (!text_is_utf8(code, NULL)) code = TEXT("?");
    text t = normalised(a, code);
    size_t length = text_chars(t);
    if (length != USCC_LENGTH) return err_fill(err, &MSG_USCC_LENGTH, t.ptr, "18", arena_printf(a, "%zu", length));
    if (!check_characters(a, t, err)) return false;
    char last[2] = {check_character(t.ptr), 0}, inner[2] = {organisation_check(t.ptr + 8), 0};
    if (t.ptr[17] != last[0]) return err_fill(err, &MSG_USCC_CHECK, t.ptr, last, NULL);
    if (t.ptr[16] != inner[0]) return err_fill(err, &MSG_USCC_ORGANISATION_CHECK, t.ptr, inner, NULL);
    *ret = t;
    return true;
}
