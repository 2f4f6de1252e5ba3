/*
 * The damage report: what a reader should look at before trusting the document. Nothing is taken out; each finding has a kind, a severity and a place.
 *
 *   doubled         the same sentences again            out_of_order   numbers of sections that go back
 *   lost_heading    a number left out                   injected       a string that stands again and again where it breaks the sentence
 *   lost_separator  merged numbers, marks without pair  mojibake       replacement characters and runs of ?
 *   before, after   text outside the document proper
 */
#include "inside.h"

enum { SENTENCE_CHARS_MIN = 14 };

void add_damage(reading *r, const char *kind, const char *severity, plan_span at, size_t count, text zh, text en)
{
    *ARENA_PUSH(r->a, r->damages, r->damage_count, r->damage_max) =
        (plan_damage){.kind = text_of(kind), .severity = text_of(severity), .what_zh = zh, .what_en = en, .span = at, .count = count};
}

#define TOLD(r, zh, en, ...) text_of(arena_printf((r)->a, zh, __VA_ARGS__)), text_of(arena_printf((r)->a, en, __VA_ARGS__))

/* Pieces are in order of place: the last that begins at or before `at`. */
static bool in_rows(const reading *r, size_t at)
{
    size_t low = 0, high = r->piece_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->pieces[middle].span.start <= at) low = middle + 1;
        else high = middle;
    }
    return low > 0 && r->pieces[low - 1].is_row && at < r->pieces[low - 1].span.end;
}

/* Sentences seen before; neighbours that repeat together are one finding. */
static void find_doubled(reading *r)
{
    text_map seen = {.a = r->a};
    text t = r->doc->clean, s;
    size_t at = 0, count = 0, first = 0, last = 0;
    while (next_sentence(t, &at, &s)) {
        int64_t place;
        size_t start = (size_t)(s.ptr - t.ptr);
        s = text_trim_junk(s);
        if (text_chars(s) < SENTENCE_CHARS_MIN || start >= r->doc->after.start || memchr(s.ptr, '|', s.len) || in_rows(r, start)) continue;
        if (s.ptr[0] == '(' && text_ends(s, "负责)")) continue;
        if (!text_map_find(&seen, s, &place)) {
            text_map_put(&seen, s, (int64_t)start);
            continue;
        }
        if (count == 0) first = start;
        last = start + s.len;
        count++;
    }
    if (count) add_damage(r, "doubled", count > 3 ? "error" : "warning", (plan_span){first, last}, count, TOLD(r, "有 %zu 个句子重复出现", "%zu sentences stand here again", count));
}

static int value_of(text number)
{
    while (number.len && (number.ptr[0] == '(' || is_latin(number.ptr[0]))) number = text_part(number, 1, number.len);
    if (text_starts(number, "第")) number = text_part(number, 3, number.len);
    size_t end = 0;
    if (number.len && is_digit(number.ptr[0])) {
        int v = 0;
        while (end < number.len && is_digit(number.ptr[end]) && end < 4) v = v * 10 + (number.ptr[end++] - '0');
        return v;
    }
    int value = 0;
    for (end = 3; end <= number.len; end += 3) {
        int v = zh_numeral(text_part(number, 0, end));
        if (v < 0) break;
        value = v;
    }
    return value;
}

/* Numbers of one level: through the document, or from one again below each parent. */
static void find_order(reading *r)
{
    int last[10] = {0};
    bool annex = false;
    size_t back = 0, lost = 0;
    plan_span back_at = {0}, lost_at = {0};
    for (size_t i = 0; i < r->section_count; i++) {
        const plan_section *s = &r->sections[i];
        int v = value_of(s->number), level = s->level > 9 ? 9 : s->level;
        if (s->in_annex != annex) {
            memset(last, 0, sizeof last);
            annex = s->in_annex;
        }
        bool again = v == 1; /* a level may begin again below each parent */
        if (!again && v <= last[level] && last[level] && back++ == 0) back_at = s->span;
        if (!again && v > last[level] + 1 && last[level] && lost++ == 0) lost_at = s->span;
        if (!again && !last[level] && v > 1 && level == 1 && lost++ == 0) lost_at = s->span;
        last[level] = v;
        for (int k = level + 1; k < 10 && level == 1; k++) last[k] = k >= 3 ? 0 : last[k];
        if (level == 2) last[3] = last[4] = 0;
    }
    if (back) add_damage(r, "out_of_order", "error", back_at, back, TOLD(r, "有 %zu 处章节编号倒退", "numbers of sections go back in %zu places", back));
    if (lost) add_damage(r, "lost_heading", "warning", lost_at, lost, TOLD(r, "有 %zu 处章节编号缺失", "numbers of sections are missing in %zu places", lost));
}

static void find_separators(reading *r)
{
    size_t count = 0, pairs = lost_pairs(clean_part(r, r->doc->body));
    plan_span at = {0};
    for (size_t i = 0; i < r->goal_count; i++)
        if (r->goals[i].is_suspect && count++ == 0) at = r->goals[i].span;
    if (count) add_damage(r, "lost_separator", "error", at, count, TOLD(r, "有 %zu 个数值疑似受损", "%zu numbers are suspect", count));
    if (pairs >= 2) add_damage(r, "lost_separator", "warning", r->doc->body, pairs, TOLD(r, "有 %zu 个引号或括号不成对", "%zu quotation marks or brackets have no pair", pairs));
}

static void find_mojibake(reading *r)
{
    const plan_list *signs = &r->rules->sets[SET_MOJIBAKE];
    text t = r->doc->clean;
    size_t count = 0, first = 0;
    for (size_t i = 0; i < t.len; i += char_bytes(t.ptr + i, t.len - i))
        if ((unsigned char)t.ptr[i] >= 0x80 && list_may_start(signs, text_part(t, i, t.len)) && list_start(signs, text_part(t, i, t.len)) && count++ == 0) first = i;
    if (count) add_damage(r, "mojibake", "error", (plan_span){first, first + char_bytes(t.ptr + first, t.len - first)}, count, TOLD(r, "有 %zu 处乱码", "characters are broken in %zu places", count));
    size_t runs = 0, marks_first = 0;
    for (size_t i = 0; i < t.len; i++) {
        bool junk = t.ptr[i] == '?' && (i + 1 < t.len && (t.ptr[i + 1] == '?' || is_han(t, i + 1) || t.ptr[i + 1] == '\n'));
        if (junk && (i == 0 || t.ptr[i - 1] != '?') && runs++ == 0) marks_first = i;
    }
    if (runs >= 3) add_damage(r, "mojibake", "note", (plan_span){marks_first, marks_first + 1}, runs, TOLD(r, "有 %zu 处问号代替了空格或丢失的字符", "question marks stand for blanks or lost characters in %zu places", runs));
}

/* A word of advertising, and what stands beside it in every place. */
static text grow(text t, text word, size_t *ret_count)
{
    size_t at, from = 0, count = 0, left = 0, right = 0, first = 0;
    while (text_find(text_part(t, from, t.len), word, &at)) {
        at += from;
        if (count++ == 0) {
            first = at;
            while (left < 24 && at > left && t.ptr[at - left - 1] != '\n') left++;
            while (right < 24 && at + word.len + right < t.len && t.ptr[at + word.len + right] != '\n') right++;
        } else {
            size_t n = 0;
            while (n < left && at > n && t.ptr[at - n - 1] == t.ptr[first - n - 1]) n++;
            left = n;
            for (n = 0; n < right && at + word.len + n < t.len && t.ptr[at + word.len + n] == t.ptr[first + word.len + n]; n++) {}
            right = n;
        }
        from = at + word.len;
    }
    *ret_count = count;
    while (left > 0 && ((unsigned char)t.ptr[first - left] & 0xC0) == 0x80) left--;
    while (right > 0 && first + word.len + right < t.len && ((unsigned char)t.ptr[first + word.len + right] & 0xC0) == 0x80) right--;
    return text_part(t, first - left, first + word.len + right);
}

static bool was_told(const reading *r, text word)
{
    size_t at;
    for (size_t i = 0; i < r->damage_count; i++)
        if (text_is(r->damages[i].kind, "injected") && text_find(clean_part(r, r->damages[i].span), word, &at)) return true;
    return false;
}

static void report_injected(reading *r, text token, size_t count)
{
    size_t at;
    if (was_told(r, token)) return;
    text shown = text_trim_junk(token);
    if (!text_find(r->doc->clean, shown, &at)) return;
    add_damage(r, "injected", "error", (plan_span){at, at + shown.len}, count,
        text_of(arena_printf(r->a, "字符串“%.*s”出现 %zu 次，疑为植入", TEXT_FMT(shown), count)), text_of(arena_printf(r->a, "the string '%.*s' stands in %zu places and looks injected", TEXT_FMT(shown), count)));
}

/* A short line with digits or letters that also stands inside sentences. */
static void find_injected(reading *r)
{
    text t = r->doc->clean;
    const plan_list *spam = &r->rules->sets[SET_SPAM];
    for (size_t i = 0; i < t.len; i += char_bytes(t.ptr + i, t.len - i)) {
        const plan_word *w = list_may_start(spam, text_part(t, i, t.len)) ? list_start(spam, text_part(t, i, t.len)) : NULL;
        size_t count;
        if (!w || was_told(r, w->word)) continue;
        text token = grow(t, w->word, &count);
        if (count >= 3 && token.len) report_injected(r, token, count);
    }
    for (size_t at = 0, lines = 0; at < t.len && lines < 200; lines++) {
        const char *stop = memchr(t.ptr + at, '\n', t.len - at);
        size_t end = stop ? (size_t)(stop - t.ptr) : t.len;
        text line = text_trim(text_part(t, at, end));
        bool latin = false, han = false;
        for (size_t k = 0; k < line.len && line.len <= 60; k++) {
            latin |= is_digit(line.ptr[k]) || is_latin(line.ptr[k]);
            han |= is_han(line, k);
        }
        size_t count = latin && han && text_chars(line) >= 4 && text_chars(line) <= 14 && !memchr(line.ptr, '|', line.len) ? grams_count(&r->grams, line) - 1 : 0;
        if (count != SIZE_MAX && count >= 2 && !text_find(line, TEXT("年"), &(size_t){0}) && !text_find(line, TEXT("."), &(size_t){0})) report_injected(r, line, count + 1);
        at = end + 1;
    }
}

static void find_outside(reading *r)
{
    plan_doc *d = r->doc;
    size_t before = text_chars(text_trim_junk(clean_part(r, d->before))), after = text_chars(text_trim_junk(clean_part(r, d->after)));
    if (before > 4) add_damage(r, "before", "note", d->before, before, TOLD(r, "正文之前有 %zu 个字", "%zu characters stand before the document", before));
    if (after > 4) add_damage(r, "after", "note", d->after, after, TOLD(r, "正文之后有 %zu 个字", "%zu characters stand behind the document", after));
}

void read_damage(reading *r)
{
    find_doubled(r);
    find_order(r);
    find_injected(r);
    find_separators(r);
    find_mojibake(r);
    find_outside(r);
}
