/*
 * Clean text: what the document says, in one form.
 *
 * Character by character: NFKC and radicals (base), runs of marks that belong to a character with it. Where the document is in Traditional
 * characters, block by block to Simplified (tw2s), which keeps the number of characters; a block where it does not is converted character by
 * character. Blanks that layout put beside ideographs and digits go, except in plain text and spreadsheets, which are taken as typed. Rows of tables become
 * lines whose cells are parted by " | ", a cell covered by a merged one being empty. Every byte knows the block and byte it came from.
 */
#include "inside.h"

typedef struct cleaner {
    arena *a;
    char *out;
    size_t len, max;
    plan_place *places;
    bool strip_blanks;
} cleaner;

static void put(cleaner *c, const char *s, size_t len, plan_place place)
{
    if (c->len + len > c->max) {
        size_t max = (c->len + len) * 2 + 4096;
        c->out = arena_grow(c->a, c->out, c->len, max);
        c->places = arena_grow(c->a, c->places, c->len * sizeof *c->places, max * sizeof *c->places);
        c->max = max;
    }
    memcpy(c->out + c->len, s, len);
    for (size_t i = 0; i < len; i++) c->places[c->len + i] = place;
    c->len += len;
}

/* A character that NFKC keeps as it is: ASCII, the common ideographs, 、。《》〔〕“”‘’ — … */
static bool is_plain(const unsigned char *p, size_t len)
{
    if (p[0] < 0x80) return p[0] != '\t';
    if (len < 3 || p[0] < 0xE2 || p[0] > 0xE9 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return false;
    if (p[0] == 0xE2) return p[1] == 0x80 && (p[2] == 0x94 || p[2] == 0x93 || (p[2] >= 0x98 && p[2] <= 0x9D));
    if (p[0] == 0xE3) return p[1] == 0x80 && p[2] >= 0x81 && p[2] <= 0x95;
    if (p[0] == 0xE4) return p[1] >= 0xB8;
    return p[0] < 0xE9 || p[1] < 0xBF;
}

/* The character at p with the marks that combine with it. */
static size_t cluster(const char *p, size_t len)
{
    size_t n = char_bytes(p, len);
    while (n + 1 < len && ((unsigned char)p[n] == 0xCC || ((unsigned char)p[n] == 0xCD && (unsigned char)p[n + 1] < 0xB0) ||
                           (n + 2 < len && (unsigned char)p[n] == 0xE3 && (unsigned char)p[n + 1] == 0x82 && ((unsigned char)p[n + 2] | 1) == 0x9B)))
        n += char_bytes(p + n, len - n);
    return n;
}

static void put_character(cleaner *c, const char *p, size_t len, plan_place place)
{
    if (len == char_bytes(p, len) && is_plain((const unsigned char *)p, len)) {
        put(c, p, len, place);
        return;
    }
    arena_mark mark = arena_here(c->a);
    char kept[64];
    size_t bad;
    text folded = text_is_utf8((text){p, len}, &bad) ? text_nfkc(c->a, (text){p, len}) : TEXT("\xEF\xBF\xBD");
    size_t n = folded.len < sizeof kept ? folded.len : 0;
    memcpy(kept, folded.ptr, n);
    arena_rewind(c->a, mark);
    for (size_t i = 0; i < n; i++)
        if (kept[i] == '\t' || kept[i] == '\r' || kept[i] == '\n') kept[i] = ' ';
    put(c, kept, n, place);
}

static bool sticks(text t, size_t at) /* an ideograph, a digit or Chinese punctuation */
{
    unsigned char ch = (unsigned char)t.ptr[at];
    return ch >= 0xE2 || is_digit(t.ptr[at]) || strchr("%,;:()", ch) != NULL;
}

/* A blank goes when an ideograph stands on one side and an ideograph, digit, letter or mark on the other. */
static bool blank_goes(text t, size_t at, size_t next)
{
    if (at == 0 || next >= t.len) return true;
    size_t back = text_back(t, at);
    bool left = (unsigned char)t.ptr[back] >= 0xE2, right = (unsigned char)t.ptr[next] >= 0xE2;
    return (left && (sticks(t, next) || is_latin(t.ptr[next]))) || (right && (sticks(t, back) || is_latin(t.ptr[back])));
}

/* Bytes at `at` that go over as they are: plain characters, no blanks and no line ends. */
static size_t plain_run(text t, size_t at)
{
    size_t end = at;
    while (end < t.len && (unsigned char)t.ptr[end] > ' ' && is_plain((const unsigned char *)t.ptr + end, t.len - end)) end += char_bytes(t.ptr + end, t.len - end);
    if (end < t.len && end > at && ((unsigned char)t.ptr[end] == 0xCC || (unsigned char)t.ptr[end] == 0xCD || (unsigned char)t.ptr[end] == 0xE3)) end = text_back(t, end); /* a mark may combine with the last */
    return end;
}

static void put_run(cleaner *c, text t, size_t at, size_t end, int32_t block)
{
    size_t start = c->len;
    put(c, t.ptr + at, end - at, (plan_place){block, (int32_t)at});
    for (size_t i = 1; i < end - at; i++) c->places[start + i].byte = (int32_t)(at + i);
}

static void put_block(cleaner *c, text t, int32_t block)
{
    for (size_t at = 0; at < t.len;) {
        size_t run = plain_run(t, at);
        if (run > at) {
            put_run(c, t, at, run, block);
            at = run;
            continue;
        }
        size_t n = cluster(t.ptr + at, t.len - at);
        plan_place place = {block, (int32_t)at};
        bool is_blank = t.ptr[at] == ' ' || (n == 2 && memcmp(t.ptr + at, "\xC2\xA0", 2) == 0) || (n == 3 && memcmp(t.ptr + at, "\xE3\x80\x80", 3) == 0);
        if (!(is_blank && c->strip_blanks && blank_goes(t, at, at + n))) {
            if (t.ptr[at] == '\n' || t.ptr[at] == '\r') put(c, " ", 1, place);
            else put_character(c, t.ptr + at, n, place);
        }
        at += n;
    }
}

/* The cells of a row that no block fills (merged into a neighbour) are empty. */
static void put_cell(cleaner *c, const document *d, size_t i, const document_block *last)
{
    const document_block *b = &d->blocks[i];
    bool same_row = last && last->kind == BLOCK_CELL && last->table == b->table && last->row == b->row;
    plan_place place = {(int32_t)i, 0};
    if (last && !same_row) put(c, "\n", 1, place);
    int32_t from = same_row ? last->column : 1;
    for (int32_t column = from; column < b->column && column - from < 64; column++) put(c, " | ", 3, place);
    size_t start = c->len;
    put_block(c, b->content, (int32_t)i);
    for (size_t k = start; k < c->len; k++)
        if (c->out[k] == '|' || c->out[k] == '\n') c->out[k] = ' ';
}

static void put_blocks(cleaner *c, const document *d)
{
    const document_block *last = NULL;
    for (size_t i = 0; i < d->block_count; i++) {
        const document_block *b = &d->blocks[i];
        if (b->kind == BLOCK_FURNITURE) continue;
        if (b->kind == BLOCK_CELL) {
            put_cell(c, d, i, last);
        } else {
            if (last) put(c, "\n", 1, (plan_place){(int32_t)i, 0});
            put_block(c, b->content, (int32_t)i);
        }
        last = b;
    }
    put(c, "\n", 1, (plan_place){d->block_count ? (int32_t)d->block_count - 1 : 0, 0});
}

static bool is_traditional(const plan_rules *rules, text t)
{
    const plan_list *l = &rules->sets[SET_TRADITIONAL];
    size_t hits = 0, chars = 0;
    for (size_t at = 0; at < t.len && chars < 20000; chars++) {
        size_t n = char_bytes(t.ptr + at, t.len - at);
        if (n == 3 && list_start(l, text_part(t, at, at + 3))) hits++;
        at += n;
    }
    return hits >= 10 && hits * 50 >= chars;
}

/* Simplified text of one line, put in the place of the line's characters one for one; false when the counts differ. */
static bool put_simplified(cleaner *c, text from, const plan_place *places, text to)
{
    if (text_chars(from) != text_chars(to)) return false;
    size_t i = 0, k = 0;
    while (i < from.len && k < to.len) {
        size_t n = char_bytes(to.ptr + k, to.len - k);
        put(c, to.ptr + k, n, places[i]);
        i += char_bytes(from.ptr + i, from.len - i);
        k += n;
    }
    return true;
}

/* Bytes of a mark at p that no phrase spans, 0 if it is none. */
static size_t mark_bytes(text t, size_t at)
{
    unsigned char c = (unsigned char)t.ptr[at];
    if (c < 0x80) return 1;
    return c == 0xE3 && at + 3 <= t.len && (unsigned char)t.ptr[at + 1] == 0x80 && ((unsigned char)t.ptr[at + 2] == 0x81 || (unsigned char)t.ptr[at + 2] == 0x82) ? 3 : 0;
}

static bool is_context(text t, size_t at) { return char_bytes(t.ptr + at, t.len - at) == 3 && text_in_phrase(t.ptr + at); }

/* The next piece that is converted alone: a run of characters that phrases are made of, or one character; marks before it are passed over. */
static bool next_phrase(text t, size_t *at, text *ret)
{
    size_t n;
    while (*at < t.len && (n = mark_bytes(t, *at)) != 0) *at += n;
    size_t end = *at;
    while (end < t.len && is_context(t, end)) end += 3;
    if (end == *at && end < t.len) end += char_bytes(t.ptr + end, t.len - end);
    *ret = text_part(t, *at, end);
    *at = end;
    return ret->len > 0;
}

/* Every different piece once, one a line, converted in one call: a document has some hundreds. */
static bool convert_phrases(arena *a, text t, text_map *seen, text **ret, heng_err *err)
{
    text_buf b = {.a = a};
    text phrase, whole;
    size_t at = 0, count = 0;
    int64_t known;
    while (next_phrase(t, &at, &phrase)) {
        if (text_map_find(seen, phrase, &known)) continue;
        text_map_put(seen, phrase, (int64_t)count++);
        buf_add(&b, phrase);
        buf_char(&b, '\n');
    }
    if (!text_simplify(a, buf_text(&b), &whole, err)) return false;
    *ret = NEW_ARRAY(a, count, text);
    for (size_t i = 0; i < count; i++) (*ret)[i] = text_next(&whole, '\n');
    return true;
}

/* The counts of characters differ: character by character, so that each keeps its place. */
static bool simplify_slowly(cleaner *c, text from, const plan_place *places, heng_err *err)
{
    text to;
    for (size_t i = 0; i < from.len;) {
        size_t n = char_bytes(from.ptr + i, from.len - i);
        if (!text_simplify(c->a, text_part(from, i, i + n), &to, err)) return false;
        put(c, to.ptr, to.len, places[i]);
        i += n;
    }
    return true;
}

static bool simplify(cleaner *c, heng_err *err)
{
    cleaner into = {.a = c->a};
    text_map seen = {.a = c->a};
    text t = {c->out, c->len}, *converted, phrase;
    if (!convert_phrases(c->a, t, &seen, &converted, err)) return false;
    for (size_t at = 0, done = 0; done < t.len; done = at) {
        bool any = next_phrase(t, &at, &phrase);
        size_t start = at - (any ? phrase.len : 0);
        for (size_t i = done; i < start; i++) put(&into, t.ptr + i, 1, c->places[i]);
        int64_t i = 0;
        if (!any || !text_map_find(&seen, phrase, &i)) continue;
        if (!put_simplified(&into, phrase, c->places + start, converted[i]) && !simplify_slowly(&into, phrase, c->places + start, err)) return false;
    }
    *c = into;
    return true;
}

bool clean_document(arena *a, const plan_rules *rules, const document *d, plan_doc *ret, heng_err *err)
{
    cleaner c = {.a = a, .strip_blanks = d->kind != DOCUMENT_TXT && d->kind != DOCUMENT_SHEET};
    for (size_t i = 0; i < d->block_count; i++) c.max += d->blocks[i].content.len + 4;
    c.max += 64;
    c.out = arena_alloc(a, c.max);
    c.places = arena_alloc(a, c.max * sizeof *c.places);
    put_blocks(&c, d);
    bool traditional = is_traditional(rules, (text){c.out, c.len});
    if (traditional && !simplify(&c, err)) return false;
    *ret = (plan_doc){.source = d, .clean = {c.out, c.len}, .place_count = c.len, .places = c.places, .was_traditional = traditional};
    return true;
}
