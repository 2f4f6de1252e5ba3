/*
 * Keys of rows. A key is made of a row's own words, so it is the same whenever the document is read. Where words repeat (several numbers in one quote) or
 * a rule now cuts a quote elsewhere, the rows kept before decide, in this order:
 *
 *   same words and same mark (the value, the number of the heading) --> same words, in order --> mostly the same place and same mark --> a new key
 *
 * So a correction stays with its own sentence and number, whatever else is found new beside it.
 */
#include "keep_inside.h"

typedef struct matching {
    arena *a;
    plan_table t;
    text doc;
    plan_fresh *fresh; size_t count;
    const plan_records *before; bool *is_taken;
    text_map used;               /* keys given */
    text_map by_base; int64_t *next; /* rows before, chained by the words of their keys */
} matching;

static const char *words_column(plan_table t)
{
    switch (t) {
    case PLAN_SECTIONS: return "heading";
    case PLAN_TASKS: return "text";
    default: return "quote";
    }
}

static const char *mark_column(plan_table t)
{
    switch (t) {
    case PLAN_SECTIONS: return "number";
    case PLAN_GOALS: return "value";
    case PLAN_TRENDS: return "subject";
    case PLAN_TASKS: return NULL;
    default: return "kind";
    }
}

/* Ideographs, letters and digits: what a cleaner may do about blanks and marks changes no key. */
static text bare(arena *a, text t)
{
    text_buf b = {.a = a};
    for (size_t at = 0; at < t.len;) {
        size_t n = char_bytes(t.ptr + at, t.len - at);
        if (is_han(t, at) || is_digit(t.ptr[at]) || is_latin(t.ptr[at])) buf_add(&b, text_part(t, at, at + n));
        at += n;
    }
    return b.len ? buf_text(&b) : t;
}

text plan_row_base(arena *a, plan_table t, text doc, const text *cells)
{
    char hex[HASH_HEX + 1];
    text words = bare(a, cells[plan_column_any(t, words_column(t))]);
    hash_hex(hash_of(HASH_SHA256, words.ptr ? words.ptr : "", words.len), hex);
    return text_of(arena_printf(a, "%.*s/%c%.6s", TEXT_FMT(doc), plan_table_letter(t), hex));
}

/* DOC/g12ab34-2: without the number among equals. */
static text base_of_key(text key)
{
    size_t slash = 0;
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] == '/') slash = i;
    size_t end = slash + 8; /* slash, letter, six digits */
    return text_part(key, 0, end);
}

static text mark_of(const matching *m, const text *cells)
{
    const char *column = mark_column(m->t);
    return column ? cells[plan_column_any(m->t, column)] : (text){"", 0};
}

static void take(matching *m, size_t fresh, size_t before)
{
    m->fresh[fresh].key = m->before->items[before].head.key;
    m->is_taken[before] = true;
    text_map_put(&m->used, m->fresh[fresh].key, 1);
}

static void chain_before(matching *m)
{
    m->next = NEW_ARRAY(m->a, m->before->count, int64_t);
    for (size_t i = m->before->count; i > 0; i--) { /* backwards, so that a chain runs in order */
        int64_t head = -1;
        text base = base_of_key(m->before->items[i - 1].head.key);
        m->next[i - 1] = text_map_find(&m->by_base, base, &head) ? head : -1;
        text_map_put(&m->by_base, base, (int64_t)i - 1);
    }
}

static void by_words(matching *m, const text *bases, bool with_mark)
{
    for (size_t i = 0; i < m->count; i++) {
        int64_t k = -1;
        if (m->fresh[i].key.len || !text_map_find(&m->by_base, bases[i], &k)) continue;
        for (; k >= 0; k = m->next[k]) {
            if (m->is_taken[k] || (with_mark && !text_equal(mark_of(m, m->fresh[i].cells), mark_of(m, m->before->items[k].cells)))) continue;
            take(m, i, (size_t)k);
            break;
        }
    }
}

static bool mostly_same_place(const plan_fresh *f, const plan_record *r)
{
    size_t from = f->start > r->start ? f->start : r->start, to = f->end < r->end ? f->end : r->end;
    size_t n = f->end - f->start, m = r->end - r->start, shorter = n < m ? n : m;
    return to > from && shorter > 0 && (to - from) * 2 >= shorter;
}

static void by_place(matching *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->fresh[i].key.len) continue;
        for (size_t k = 0; k < m->before->count; k++) {
            const plan_record *r = &m->before->items[k];
            if (m->is_taken[k] || !mostly_same_place(&m->fresh[i], r) || !text_equal(mark_of(m, m->fresh[i].cells), mark_of(m, r->cells))) continue;
            take(m, i, k);
            break;
        }
    }
}

static void new_keys(matching *m, const text *bases, const text_map *taken)
{
    text_map ordinals = {.a = m->a};
    for (size_t i = 0; i < m->count; i++) {
        int64_t n = 1, there;
        if (m->fresh[i].key.len) continue;
        text_map_find(&ordinals, bases[i], &n);
        text key = bases[i];
        for (;; n++) {
            if (n > 1) key = text_of(arena_printf(m->a, "%.*s-%lld", TEXT_FMT(bases[i]), (long long)n));
            if (!text_map_find(&m->used, key, &there) && !(taken && text_map_find(taken, key, &there))) break;
        }
        text_map_put(&ordinals, bases[i], n + 1);
        text_map_put(&m->used, key, 1);
        m->fresh[i].key = key;
    }
}

void plan_match_keys(arena *a, plan_table t, text doc, plan_fresh *fresh, size_t count, const plan_records *before, const text_map *taken)
{
    static const plan_records NOTHING = {0};
    matching m = {.a = a, .t = t, .doc = doc, .fresh = fresh, .count = count, .before = before ? before : &NOTHING, .used = {.a = a}, .by_base = {.a = a}};
    text *bases = NEW_ARRAY(a, count, text);
    m.is_taken = NEW_ARRAY(a, m.before->count, bool);
    for (size_t i = 0; i < count; i++) bases[i] = plan_row_base(a, t, doc, fresh[i].cells);
    chain_before(&m);
    by_words(&m, bases, true);
    by_words(&m, bases, false);
    by_place(&m);
    for (size_t k = 0; k < m.before->count; k++) text_map_put(&m.used, m.before->items[k].head.key, 1); /* a key that is withdrawn is not given to another row */
    new_keys(&m, bases, taken);
}
