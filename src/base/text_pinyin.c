/*
 * Initials of the pinyin reading, for finding names by typing. See text.h.
 *
 * Words with a reading of their own come first (重庆 "cq"), then the table of single characters. No tone, no full syllable.
 */
#include <string.h>
#include "text.h"

enum { FIRST_IDEOGRAPH = 0x4E00, ROW_CHARS = 64 };

static const char ROWS[][ROW_CHARS + 1] = {
#define PINYIN_ROW(letters) letters,
#include "pinyin.def"
#undef PINYIN_ROW
};

static const struct { const char *word, *initials; } WORDS[] = {
#define PINYIN_WORD(word, initials) {word, initials},
#include "pinyin_word.def"
#undef PINYIN_WORD
};

/* Only U+0800 to U+FFFF matter here: three bytes. */
static char initial_of(const char *s, size_t len)
{
    const unsigned char *b = (const unsigned char *)s;
    if (len < 3 || (b[0] & 0xF0) != 0xE0 || (b[1] & 0xC0) != 0x80 || (b[2] & 0xC0) != 0x80) return '.';
    unsigned c = (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
    if (c < FIRST_IDEOGRAPH || (c - FIRST_IDEOGRAPH) / ROW_CHARS >= sizeof ROWS / sizeof *ROWS) return '.';
    return ROWS[(c - FIRST_IDEOGRAPH) / ROW_CHARS][(c - FIRST_IDEOGRAPH) % ROW_CHARS];
}

/* Bytes of the listed word that t starts with, its initials added to b; 0 if none. */
static size_t add_word(text_buf *b, text t)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (!text_starts(t, WORDS[i].word)) continue;
        buf_str(b, WORDS[i].initials);
        return strlen(WORDS[i].word);
    }
    return 0;
}

text text_pinyin_initials(arena *a, text t)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < t.len;) {
        text rest = {t.ptr + i, t.len - i};
        unsigned char c = (unsigned char)rest.ptr[0];
        if (c < 0x80) {
            if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) buf_char(&b, (char)c);
            i++;
            continue;
        }
        size_t word_len = add_word(&b, rest);
        i += word_len;
        if (word_len > 0) continue;
        char initial = initial_of(rest.ptr, rest.len);
        if (initial != '.') buf_char(&b, initial);
        for (i++; i < t.len && ((unsigned char)t.ptr[i] & 0xC0) == 0x80;) i++;
    }
    return buf_text(&b);
}
