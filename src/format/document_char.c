/* Characters and ends of lines, for putting lines together again. */
#include "document_in.h"

uint32_t char_next(text t, size_t *at)
{
    if (*at >= t.len) return 0;
    const unsigned char *p = (const unsigned char *)t.ptr + *at;
    size_t left = t.len - *at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0xFFu >> (n + 1));
    if (n > left) n = left;
    for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3F);
    *at += n;
    return c;
}

uint32_t char_last(text t)
{
    size_t at = t.len;
    while (at > 0 && ((unsigned char)t.ptr[at - 1] & 0xC0) == 0x80) at--;
    if (at > 0) at--;
    return char_next(t, &at);
}

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static bool is_any_digit(uint32_t c) { return is_digit(c) || (c >= 0xFF10 && c <= 0xFF19); }
static bool is_letter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7); }

bool char_is_latin(uint32_t c) { return is_digit(c) || is_letter(c); }

static bool is_among(uint32_t c, const char *set)
{
    text t = text_of(set);
    for (size_t at = 0; c != 0 && at < t.len;)
        if (char_next(t, &at) == c) return true;
    return false;
}

static bool is_blank(uint32_t c) { return c == ' ' || c == '\t' || c == 0x3000 || c == 0xA0; }

/* The text without its blanks, as code points. Returns how many; more than max: max + 1. */
static size_t squeeze(text t, uint32_t *to, size_t max)
{
    size_t n = 0;
    for (size_t at = 0; at < t.len;) {
        uint32_t c = char_next(t, &at);
        if (is_blank(c)) continue;
        if (n == max) return max + 1;
        to[n++] = c;
    }
    return n;
}

enum { NUMBER_CHARS_MAX = 16 };
#define DASHES "-—–―－─~～·•_"

/* Recognition of scans reads the dashes beside a page number as 一. */
static bool is_dash(uint32_t c) { return is_among(c, DASHES); }

bool text_is_dashed_number(text t)
{
    uint32_t c[NUMBER_CHARS_MAX];
    size_t n = squeeze(t, c, NUMBER_CHARS_MAX), first = 0, last = n;
    if (n < 3 || n > NUMBER_CHARS_MAX) return false;
    while (first < n && (is_dash(c[first]) || c[first] == 0x4E00)) first++;
    while (last > first && (is_dash(c[last - 1]) || c[last - 1] == 0x4E00)) last--;
    if (first == 0 || last == n || last == first || last - first > 4) return false;
    for (size_t i = first; i < last; i++)
        if (!is_any_digit(c[i])) return false;
    return true;
}

bool text_is_page_number(text t)
{
    uint32_t c[NUMBER_CHARS_MAX];
    size_t n = squeeze(t, c, NUMBER_CHARS_MAX), digits = 0;
    if (n == 0 || n > NUMBER_CHARS_MAX) return false;
    for (size_t i = 0; i < n; i++) {
        bool joins = is_dash(c[i]) || is_among(c[i], "/／第页頁共,，");
        if (!joins && !is_any_digit(c[i]) && !(c[i] == 0x4E00 && n > 2)) return false;
        digits += is_any_digit(c[i]);
    }
    return digits > 0 && digits <= 8;
}

#define NUMERALS "一二三四五六七八九十百零〇两"

static size_t skip_numerals(text t, size_t at, bool arabic)
{
    for (;;) {
        size_t next = at;
        uint32_t c = char_next(t, &next);
        if (!is_among(c, NUMERALS) && !(arabic && is_any_digit(c))) return at;
        at = next;
    }
}

static bool is_bracketed_number(text t, size_t at)
{
    size_t end = skip_numerals(t, at, true);
    return end > at && end - at <= 12 && is_among(char_next(t, &end), "）)﹞〕");
}

static bool is_chapter(text t)
{
    size_t at = sizeof "第" - 1, end = skip_numerals(t, at, true);
    return end > at && end - at <= 15 && is_among(char_next(t, &end), "章节節条條篇编編部");
}

static bool is_plain_number(text t)
{
    size_t at = 0, end = skip_numerals(t, 0, false);
    if (end > 0 && end <= 12) return is_among(char_next(t, &end), "、");
    for (at = 0, end = 0; is_any_digit(char_next(t, &end)) && end <= 9;) at = end;
    end = at;
    if (at == 0 || at > 9 || !is_among(char_next(t, &end), ".．、")) return false;
    return end >= t.len || !is_any_digit(char_next(t, &end));
}

bool text_is_numbered(text t)
{
    static const char *const WORDS[] = {"——", "附件", "附表", "附录", "附錄", "专栏", "專欄"};
    size_t at = 0;
    t = text_trim(t);
    uint32_t c = char_next(t, &at);
    if (is_among(c, "（(﹝〔") && is_bracketed_number(t, at)) return true;
    if (c == 0x7B2C && is_chapter(t)) return true; /* 第 */
    if (c >= 0x2460 && c <= 0x249B) return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_starts(t, WORDS[i])) return true;
    return is_plain_number(t);
}

bool text_is_ended(text t)
{
    t = text_trim(t);
    for (int i = 0; i < 3 && t.len > 0; i++) {
        uint32_t c = char_last(t);
        if (is_among(c, "。！？；：!?;:…｡．")) return true;
        if (!is_among(c, "”’」』）)】》>〉\"'")) return false;
        while (t.len > 0 && ((unsigned char)t.ptr[t.len - 1] & 0xC0) == 0x80) t.len--;
        if (t.len > 0) t.len--;
    }
    return false;
}

int text_open_brackets(text t)
{
    int open = 0;
    for (size_t at = 0; at < t.len;) {
        uint32_t c = char_next(t, &at);
        if (is_among(c, "（(〔《“")) open++;
        else if (is_among(c, "）)〕》”")) open -= open > 0;
    }
    return open;
}

enum { GAP_SEEN = 150 }; /* thousandths of a character */

/* Is the blank between a and b one that a writer made? Around Chinese characters and punctuation only layout makes them. */
static bool keeps_blank(uint32_t a, uint32_t b, int gap)
{
    if (gap == GAP_LINE_BREAK) return char_is_latin(a) && char_is_latin(b) && !(is_digit(a) && is_digit(b));
    bool left = char_is_latin(a) || is_among(a, ",.;:)!?%'\"");
    bool right = char_is_latin(b) || is_among(b, "('\"&");
    return left && right && gap >= GAP_SEEN;
}

void buf_join(text_buf *b, text next, int gap)
{
    next = text_trim(next);
    if (next.len == 0) return;
    size_t at = 0;
    if (b->len > 0 && keeps_blank(char_last((text){b->ptr, b->len}), char_next(next, &at), gap)) buf_char(b, ' ');
    buf_add(b, next);
}
