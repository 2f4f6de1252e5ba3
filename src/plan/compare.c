/*
 * The same plan found again: what one copy lacks, has twice, has elsewhere or has besides.
 *
 * Both texts are cut into sentences (at 。;! and line ends, round long brackets, before numbers) of at least six characters, compared without marks and blanks. A sentence of the first that
 * stands nowhere in the second is missing; one that stands more often there is doubled. Of the sentences found, the longest run that rises in
 * both documents is in order; the others have moved. Sentences that follow one another make one stretch. Headings are judged by themselves.
 */
#include <stdlib.h>
#include "inside.h"
#include "links.h"

enum { SENTENCE_CHARS = 6, BRACKET_CHARS = 8, BRACKET_BYTES = 600 };
typedef struct sentence { text plain; plan_span at; int32_t twin; bool is_heading, is_marked, is_repeated; } sentence; /* twin: place in the other document, -1 none */
typedef struct sentences { size_t count, max; sentence *items; } sentences;

/* A bracket that opens here, with its content; empty when it is not closed soon. */
static text bracket_at(text t, size_t at)
{
    size_t end = at + 1;
    while (end < t.len && end - at < BRACKET_BYTES && t.ptr[end] != ')' && t.ptr[end] != '\n') end++;
    return end < t.len && t.ptr[end] == ')' ? text_part(t, at + 1, end) : (text){0};
}

/* 一、 or (三): a heading begins, though no line does (copies lose line ends). */
static bool is_number_at(text t, size_t at)
{
    if (t.ptr[at] == '(') return zh_numeral(bracket_at(t, at)) > 0;
    size_t end = at;
    while (end < t.len && end - at <= 9 && is_han(t, end) && zh_numeral(text_part(t, at, end + 3)) > 0) end += 3;
    return end > at && text_starts(text_part(t, end, t.len), "、") && (at == 0 || !is_han(t, text_back(t, at)));
}

/* How many bytes part two sentences here: a stop, a line end; a long bracket (bodies) and a number begin a sentence of their own. */
static bool parts_here(text t, size_t at, size_t start, size_t *ret_bytes)
{
    bool is_stop = strchr("\n;!", t.ptr[at]) || text_starts(text_part(t, at, t.len), "。");
    *ret_bytes = is_stop ? char_bytes(t.ptr + at, t.len - at) : 0;
    if (is_stop || at == start) return is_stop;
    if (t.ptr[at - 1] == ')') {
        size_t open = at - 1;
        while (open > start && at - open < BRACKET_BYTES && t.ptr[open] != '(') open--;
        if (open == start && text_chars(text_part(t, open, at)) >= BRACKET_CHARS) return true;
    }
    if (t.ptr[at] == '(' && text_chars(bracket_at(t, at)) >= BRACKET_CHARS) return true;
    return is_number_at(t, at);
}

static void add_sentence(arena *a, sentences *s, text whole, size_t start, size_t end, bool is_heading)
{
    text plain = without_marks(a, text_part(whole, start, end));
    if (is_heading ? plain.len == 0 : text_chars(plain) < SENTENCE_CHARS) return;
    *(sentence *)ARENA_PUSH(a, s->items, s->count, s->max) = (sentence){.plain = plain, .at = {start, end}, .twin = -1, .is_heading = is_heading};
}

static void cut_sentences(arena *a, const plan_doc *d, sentences *s)
{
    text t = d->clean;
    for (size_t start = 0; start < t.len;) {
        size_t end = start, skipped = 0;
        while (end < t.len && !parts_here(t, end, start, &skipped)) end += char_bytes(t.ptr + end, t.len - end);
        add_sentence(a, s, t, start, end, false);
        start = end + skipped;
    }
}

static void cut_headings(arena *a, const plan_read *p, sentences *s)
{
    for (size_t i = 0; i < p->section_count; i++) {
        size_t before = s->count;
        add_sentence(a, s, p->doc.clean, p->sections[i].span.start, p->sections[i].span.end, true);
        if (s->count > before) s->items[before].plain = without_marks(a, text_of(arena_printf(a, "%.*s%.*s", TEXT_FMT(p->sections[i].number), TEXT_FMT(p->sections[i].heading))));
    }
}

/* Twins: the k-th of equal sentences with the k-th of the other. */
static void pair_sentences(arena *a, sentences *x, sentences *y)
{
    text_map first = {.a = a};
    int32_t *next = NEW_ARRAY(a, y->count + 1, int32_t);
    for (size_t i = y->count; i-- > 0;) {
        int64_t head = -1;
        text_map_find(&first, y->items[i].plain, &head);
        next[i] = (int32_t)head;
        text_map_put(&first, y->items[i].plain, (int64_t)i);
    }
    for (size_t i = 0; i < x->count; i++) {
        int64_t at = -1;
        if (!text_map_find(&first, x->items[i].plain, &at) || at < 0) continue;
        x->items[i].twin = (int32_t)at;
        y->items[at].twin = (int32_t)i;
        text_map_put(&first, x->items[i].plain, next[at]);
    }
}

/* What the first says more than once (the same bodies, over and over) says nothing of order. */
static void mark_repeated(arena *a, sentences *x)
{
    text_map first = {.a = a};
    for (size_t i = 0; i < x->count; i++) {
        int64_t at;
        if (!text_map_find(&first, x->items[i].plain, &at)) text_map_put(&first, x->items[i].plain, (int64_t)i);
        else x->items[i].is_repeated = x->items[at].is_repeated = true;
    }
}

/* The longest rising run of twins stays; the others are marked as moved. Patience: tails[k] ends the best run of length k + 1. */
static void mark_moved(arena *a, sentences *x)
{
    int32_t *tails = NEW_ARRAY(a, x->count + 1, int32_t), *before = NEW_ARRAY(a, x->count + 1, int32_t);
    size_t length = 0;
    for (size_t i = 0; i < x->count; i++) {
        size_t low = 0, high = length;
        if (x->items[i].twin < 0 || x->items[i].is_repeated) continue;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (x->items[tails[middle]].twin < x->items[i].twin) low = middle + 1;
            else high = middle;
        }
        before[i] = low ? tails[low - 1] : -1;
        tails[low] = (int32_t)i;
        if (low == length) length++;
    }
    for (size_t i = 0; i < x->count; i++) x->items[i].is_marked = x->items[i].twin >= 0 && !x->items[i].is_repeated;
    for (int32_t i = length ? tails[length - 1] : -1; i >= 0; i = before[i]) x->items[i].is_marked = false;
}

/* A heading that lost its line but stands in the text is not lost: it gets itself as twin. */
static void find_run_in(arena *a, sentences *headings, text whole)
{
    text plain = without_marks(a, whole);
    size_t at;
    for (size_t i = 0; i < headings->count; i++) {
        sentence *s = &headings->items[i];
        if (s->twin < 0 && text_find(plain, s->plain, &at)) s->twin = (int32_t)i, s->is_marked = false;
    }
}

typedef struct report { arena *a; plan_same *ret; size_t max; plan_stretch *stretches; } report;

static void add_stretch(report *r, plan_stretch_kind kind, const sentence *s, text whole, bool continues)
{
    plan_stretch *last = r->ret->count ? &r->stretches[r->ret->count - 1] : NULL;
    if (continues && last && last->kind == kind && !last->is_heading && !s->is_heading) {
        last->sentences++;
        last->chars += text_chars(s->plain);
        last->at.end = s->at.end;
        return;
    }
    plan_stretch *n = ARENA_PUSH(r->a, r->stretches, r->ret->count, r->max);
    *n = (plan_stretch){.kind = kind, .is_heading = s->is_heading, .sentences = 1, .chars = text_chars(s->plain), .quote = text_trim(text_part(whole, s->at.start, s->at.end)), .at = s->at};
}

static text before_of(const sentences *x, text whole, size_t i) { return i ? text_trim(text_part(whole, x->items[i - 1].at.start, x->items[i - 1].at.end)) : (text){0}; }

static void report_first(report *r, const sentences *x, const sentences *y, text whole, text other)
{
    bool was_missing = false;
    int32_t moved = -2;
    for (size_t i = 0; i < x->count; i++) {
        const sentence *s = &x->items[i];
        size_t count = r->ret->count;
        if (s->twin < 0) {
            add_stretch(r, PLAN_MISSING, s, whole, was_missing);
            *(s->is_heading ? &r->ret->missing_headings : &r->ret->missing) += 1;
        } else if (s->is_marked) {
            add_stretch(r, PLAN_MOVED, &y->items[s->twin], other, moved >= 0 && s->twin == moved + 1);
            *(s->is_heading ? &r->ret->moved_headings : &r->ret->moved) += 1;
        }
        if (r->ret->count > count) r->stretches[count].behind = before_of(x, whole, i);
        was_missing = s->twin < 0;
        moved = s->is_marked ? s->twin : -2;
        r->ret->common += s->twin >= 0 && !s->is_heading;
    }
}

/* What the second has besides: once more what it has already, or nothing that the first has. */
static void report_second(report *r, arena *a, const sentences *x, const sentences *y, text whole)
{
    text_map known = {.a = a};
    plan_stretch_kind before = PLAN_MISSING;
    for (size_t i = 0; i < x->count; i++) text_map_put(&known, x->items[i].plain, 1);
    for (size_t i = 0; i < y->count; i++) {
        int64_t ignored;
        bool has_twin = y->items[i].twin >= 0, is_known = text_map_find(&known, y->items[i].plain, &ignored);
        plan_stretch_kind kind = is_known ? PLAN_DOUBLED : PLAN_EXTRA;
        if (!has_twin && !y->items[i].is_heading) {
            add_stretch(r, kind, &y->items[i], whole, before == kind);
            *(is_known ? &r->ret->doubled : &r->ret->extra) += 1;
        }
        before = has_twin ? PLAN_MISSING : kind;
    }
}

void plan_compare_same(arena *a, const plan_read *first, const plan_read *second, plan_same *ret)
{
    *ret = (plan_same){.likeness = plan_likeness(a, &first->doc, &second->doc)};
    report r = {.a = a, .ret = ret};
    for (int headings = 1; headings >= 0; headings--) {
        sentences x = {0}, y = {0};
        if (headings) cut_headings(a, first, &x), cut_headings(a, second, &y);
        else cut_sentences(a, &first->doc, &x), cut_sentences(a, &second->doc, &y);
        pair_sentences(a, &x, &y);
        mark_repeated(a, &x);
        mark_moved(a, &x);
        if (headings) find_run_in(a, &x, second->doc.clean);
        report_first(&r, &x, &y, first->doc.clean, second->doc.clean);
        if (!headings) report_second(&r, a, &x, &y, second->doc.clean);
        if (!headings) ret->first_sentences = x.count, ret->second_sentences = y.count;
    }
    ret->stretches = r.stretches;
}
