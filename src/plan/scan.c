/* Small tools on clean text: characters, numerals, years, sentences and clauses. */
#include <stdlib.h>
#include "inside.h"

size_t text_back(text t, size_t at)
{
    if (at == 0) return 0;
    at--;
    while (at > 0 && ((unsigned char)t.ptr[at] & 0xC0) == 0x80) at--;
    return at;
}

text text_trim_junk(text t)
{
    while (t.len && strchr(" ?\t\r\n;:,|", t.ptr[0])) t = text_part(t, 1, t.len);
    while (t.len && strchr(" ?\t\r\n;:,|", t.ptr[t.len - 1])) t.len--;
    return t;
}

text squeeze(arena *a, text t)
{
    char *out = arena_alloc(a, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] != ' ' && t.ptr[i] != '\n' && t.ptr[i] != '?') out[n++] = t.ptr[i];
    return (text){out, n};
}

bool has_set(const plan_rules *r, plan_set set, text t) { return list_inside(&r->sets[set], t) != NULL; }

static int zh_digit(text t, size_t at)
{
    static const char *const DIGITS[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    for (int i = 0; i < 10; i++)
        if (at + 3 <= t.len && memcmp(t.ptr + at, DIGITS[i], 3) == 0) return i;
    return -1;
}

int zh_numeral(text t)
{
    int value = 0, digit = -1;
    if (t.len == 0 || t.len % 3 != 0 || t.len > 15) return -1;
    for (size_t at = 0; at < t.len; at += 3) {
        bool is_ten = memcmp(t.ptr + at, "十", 3) == 0, is_hundred = memcmp(t.ptr + at, "百", 3) == 0;
        int d = zh_digit(t, at);
        if (is_ten || is_hundred) {
            value += (digit < 0 ? 1 : digit) * (is_ten ? 10 : 100);
            digit = -1;
        } else if (d >= 0) {
            digit = d;
        } else {
            return -1;
        }
    }
    return value + (digit > 0 ? digit : 0);
}

size_t count_of(text whole, text needle)
{
    size_t count = 0, at;
    while (needle.len && text_find(whole, needle, &at)) {
        count++;
        whole = text_part(whole, at + needle.len, whole.len);
    }
    return count;
}

/* One pass: each kind of mark opens or closes. */
size_t lost_pairs(text t)
{
    long quotes = 0, round = 0, titles = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];
        if (c == '(') round++;
        if (c == ')') round--;
        if (i + 3 > t.len || (c != 0xE2 && c != 0xE3) || (unsigned char)t.ptr[i + 1] != 0x80) continue;
        unsigned char d = (unsigned char)t.ptr[i + 2];
        if (c == 0xE2) quotes += (d == 0x9C) - (d == 0x9D);
        else titles += (d == 0x8A) - (d == 0x8B);
    }
    return (size_t)(labs(quotes) + labs(round) + labs(titles));
}

enum { GRAM_BYTES = 12, GRAM_HEADS = 16384 };

static size_t gram_hash(const char *p)
{
    uint64_t a;
    uint32_t b;
    memcpy(&a, p, 8);
    memcpy(&b, p + 8, 4);
    return (size_t)((a * 0x9E3779B97F4A7C15ULL ^ b * 0xC2B2AE3D27D4EB4FULL) >> 33) % GRAM_HEADS;
}

/* Chains run from the first place to the last. */
void grams_make(arena *a, text t, plan_grams *ret)
{
    plan_grams g = {.t = t, .heads = NEW_ARRAY(a, GRAM_HEADS, int32_t), .next = arena_alloc(a, (t.len + 1) * sizeof(int32_t))};
    for (size_t i = 0; i < GRAM_HEADS; i++) g.heads[i] = -1;
    for (size_t i = t.len; i-- > 0;) {
        if (((unsigned char)t.ptr[i] & 0xC0) == 0x80 || i + GRAM_BYTES > t.len) continue;
        size_t h = gram_hash(t.ptr + i);
        g.next[i] = g.heads[h];
        g.heads[h] = (int32_t)i;
    }
    *ret = g;
}

bool grams_next(const plan_grams *g, text quote, size_t from, size_t *ret_at)
{
    if (quote.len < GRAM_BYTES) {
        bool found = quote.len && text_find(text_part(g->t, from, g->t.len), quote, ret_at);
        if (found) *ret_at += from;
        return found;
    }
    for (int32_t i = g->heads[gram_hash(quote.ptr)]; i >= 0; i = g->next[i]) {
        size_t at = (size_t)i;
        if (at < from || quote.len > g->t.len - at || memcmp(g->t.ptr + at, quote.ptr, quote.len) != 0) continue;
        *ret_at = at;
        return true;
    }
    return false;
}

size_t grams_count(const plan_grams *g, text quote)
{
    size_t count = 0, at;
    for (size_t from = 0; grams_next(g, quote, from, &at); from = at + quote.len) count++;
    return count;
}

bool next_sentence(text t, size_t *at, text *ret)
{
    while (*at < t.len && (t.ptr[*at] == '\n' || t.ptr[*at] == ' ')) (*at)++;
    if (*at >= t.len) return false;
    size_t i = *at;
    while (i < t.len && t.ptr[i] != '\n' && t.ptr[i] != '!' && !((unsigned char)t.ptr[i] == 0xE3 && t.len - i >= 3 && memcmp(t.ptr + i, "。", 3) == 0)) i++;
    *ret = text_part(t, *at, i);
    *at = i + (i < t.len ? char_bytes(t.ptr + i, t.len - i) : 0);
    return true;
}

/* A comma between thousands: 11,600. */
static bool is_thousands(text t, size_t at)
{
    if (t.ptr[at] != ',' || at == 0 || at + 3 >= t.len || !is_digit(t.ptr[at - 1])) return false;
    for (size_t i = 1; i <= 3; i++)
        if (!is_digit(t.ptr[at + i])) return false;
    return at + 4 >= t.len || !is_digit(t.ptr[at + 4]);
}

/* 以“率先达峰,带动周边”为主题: what is called by a few words in quotation marks is not parted at their comma. The end of the closing mark, else `at`. */
static size_t behind_quote(text s, size_t at)
{
    enum { QUOTE_MAX = 120 };
    text open = TEXT("“"), close = TEXT("”");
    if (s.len - at < open.len || memcmp(s.ptr + at, open.ptr, open.len) != 0) return at;
    text words = text_part(s, at, at + QUOTE_MAX < s.len ? at + QUOTE_MAX : s.len);
    size_t end;
    if (!text_find(words, close, &end)) return at;
    for (size_t i = 0; i < end; i++)
        if (is_digit(words.ptr[i])) return at; /* “森林覆盖率达到39%,…” is read */
    return at + end + close.len - 1;
}

bool next_clause(text s, size_t *at, text *ret)
{
    if (*at >= s.len) return false;
    int depth = 0;
    size_t i = *at;
    for (; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] == 0xE2) i = behind_quote(s, i);
        char c = s.ptr[i];
        if (c == '(' && memchr(s.ptr + i, ')', s.len - i)) depth++;
        if (c == ')' && depth > 0) depth--;
        if (depth == 0 && (c == ',' || c == ';' || c == ':' || c == '|') && !is_thousands(s, i)) break;
    }
    *ret = text_part(s, *at, i);
    *at = i + 1;
    return true;
}

static size_t blanks(text t, size_t at)
{
    while (at < t.len && t.ptr[at] == ' ') at++;
    return at;
}

static bool starts_at(text t, size_t at, const char *s) { return text_starts(text_part(t, at, t.len), s); }
static bool ends_at(text t, size_t at, const char *s) { return text_ends(text_trim(text_part(t, 0, at)), s); }

/* The four digits of a year at this byte and what follows them; 0 if none. */
static size_t year_digits(text t, size_t at, text *ret)
{
    if (at + 4 > t.len || (at > 0 && (is_digit(t.ptr[at - 1]) || t.ptr[at - 1] == '.'))) return 0;
    for (size_t i = 0; i < 4; i++)
        if (!is_digit(t.ptr[at + i])) return 0;
    if (at + 4 < t.len && is_digit(t.ptr[at + 4])) return 0;
    if (memcmp(t.ptr + at, "19", 2) != 0 && memcmp(t.ptr + at, "20", 2) != 0) return 0;
    *ret = text_part(t, at, at + 4);
    return at + 4;
}

/* Base years: 较2020年, 比2020年, 在2020年(的)基础上, 以2020年为基期; 与2020年相比. */
static bool is_base_year(text t, size_t start, size_t end)
{
    static const char *const BEFORE[] = {"较", "比", "相比", "相较", "相对", "相较于", "对比"};
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
        if (ends_at(t, start, BEFORE[i])) return true;
    return starts_at(t, end, "基础上") || starts_at(t, end, "的基础上") || starts_at(t, end, "为基") || starts_at(t, end, "相比") || starts_at(t, end, "水平");
}

static void push_year(const reading *r, plan_years *y, size_t start, size_t end, text year, int role)
{
    plan_year *n = ARENA_PUSH(r->a, y->items, y->count, y->max);
    *n = (plan_year){start, end, SIZE_MAX, year, role};
}

/* (其中2021年达到60%): the year holds inside its bracket. */
static void bound_by_brackets(text t, plan_years *y)
{
    for (size_t i = 0, open = 0; i < y->count; i++) {
        size_t at = i ? y->items[i - 1].end : 0;
        for (; at < y->items[i].start; at++)
            if (t.ptr[at] == '(' || t.ptr[at] == ')') open = t.ptr[at] == '(' ? at + 1 : 0;
        const char *close = open ? memchr(t.ptr + y->items[i].end, ')', t.len - y->items[i].end) : NULL;
        if (close) y->items[i].until = (size_t)(close - t.ptr);
    }
}

/* Behind the digits: 年, and what belongs to the time: 底 末 前 初 期间. */
static size_t year_tail(text t, size_t at)
{
    static const char *const TAILS[] = {"年年底前", "年年底", "年底之前", "年底前", "年底", "年末前", "年末", "年之前", "年前", "年初", "年内", "年"};
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++)
        if (starts_at(t, at, TAILS[i])) return at + strlen(TAILS[i]);
    return 0;
}

static size_t time_head(text t, size_t start)
{
    static const char *const HEADS[] = {"力争到", "争取到", "确保到", "预计到", "到", "至", "截至", "力争", "确保", "于"};
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        if (ends_at(t, start, HEADS[i])) return text_trim(text_part(t, 0, start)).len - strlen(HEADS[i]);
    return start;
}

static size_t take_year(const reading *r, text t, size_t at, plan_years *ret)
{
    text year;
    size_t end = year_digits(t, at, &year), tail;
    if (!end) return at + 1;
    size_t k = blanks(t, end);
    text second;
    size_t dash = k;
    while (dash < t.len && (t.ptr[dash] == '-' || t.ptr[dash] == '~' || starts_at(t, dash, "—") || starts_at(t, dash, "–") || starts_at(t, dash, "至"))) dash += char_bytes(t.ptr + dash, t.len - dash);
    size_t range = dash > k ? year_digits(t, blanks(t, dash), &second) : 0;
    if (range && (tail = year_tail(t, blanks(t, range))) != 0) { /* 2021-2025年 */
        push_year(r, ret, at, tail, second, YEAR_TARGET);
        return tail;
    }
    tail = year_tail(t, k);
    if (!tail) return end;
    int role = is_base_year(t, at, tail) ? YEAR_BASE : ends_at(t, at, "截至") || ends_at(t, at, "截止") ? YEAR_PAST : YEAR_TARGET;
    bool ok;
    int64_t value = text_to_i64(year, &ok);
    if (role == YEAR_TARGET && r->year && value < r->year) role = YEAR_PAST;
    push_year(r, ret, role == YEAR_TARGET ? time_head(t, at) : at, tail, year, role);
    return tail;
}

void find_years(const reading *r, text t, plan_years *ret)
{
    ret->count = 0;
    int depth = 0;
    for (size_t at = 0; at < t.len;) {
        unsigned char c = (unsigned char)t.ptr[at];
        if (c == 0xE3 && (starts_at(t, at, "《") || starts_at(t, at, "〔"))) depth++;
        if (c == 0xE3 && (starts_at(t, at, "》") || starts_at(t, at, "〕")) && depth > 0) depth--;
        const plan_word *w = depth == 0 && (c == 0xE2 || c == 0xE5) ? list_start(&r->rules->years, text_part(t, at, t.len)) : NULL;
        if (w) {
            push_year(r, ret, time_head(t, at), at + w->word.len, w->cells[0], text_is(w->cells[1], "past") ? YEAR_PAST : YEAR_TARGET);
            at += w->word.len;
        } else if (depth == 0 && is_digit(t.ptr[at])) {
            at = take_year(r, t, at, ret);
        } else {
            at += char_bytes(t.ptr + at, t.len - at);
        }
    }
    if (ret->count && memchr(t.ptr, '(', t.len)) bound_by_brackets(t, ret);
}

text year_before(const plan_years *y, size_t at, text carried)
{
    for (size_t i = 0; i < y->count; i++) {
        const plan_year *n = &y->items[i];
        if (n->role == YEAR_BASE || n->start > at || (n->until < at && carried.len)) continue; /* one in a bracket holds behind it where no other is named */
        carried = n->role == YEAR_PAST ? (text){"", 0} : n->year;
    }
    return carried;
}

size_t row_cells(arena *a, text row, text **ret)
{
    size_t count = 0, max = 0;
    text *cells = NULL;
    for (size_t at = 0; at <= row.len;) {
        const char *bar = at < row.len ? memchr(row.ptr + at, '|', row.len - at) : NULL;
        size_t end = bar ? (size_t)(bar - row.ptr) : row.len;
        *ARENA_PUSH(a, cells, count, max) = text_trim(text_part(row, at, end));
        at = end + 1;
    }
    *ret = cells;
    return count;
}

text char_part(text t, size_t from, size_t count)
{
    size_t at = 0, start = 0, i = 0;
    for (; at < t.len && i < from + count; i++) {
        if (i == from) start = at;
        at += char_bytes(t.ptr + at, t.len - at);
    }
    return from >= i ? (text){"", 0} : text_part(t, start, at);
}
