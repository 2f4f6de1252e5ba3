/*
 * The rules of the plan reader: the tables of rulebook/cn/plan/, loaded once. What each table means is told in docs/plan.md.
 * Every table has a column note, which is not kept. Words are folded as the clean text is (NFKC) and sorted longest first, so that
 * "提高到" is met before "提高".
 */
#include <stdlib.h>
#include "inside.h"
#include "messages.h"

static const char *const SET_NAMES[SET_COUNT] = {
    "starter", "heading_end", "goal_heading", "past_heading", "past", "lead", "cut", "follow", "rate", "thing_head",
    "name_after", "annex", "after", "spam", "traditional", "open_tail", "table_body", "table_lead", "table_support", "table_task",
    "table_goal", "table_unit", "table_binding", "table_section", "table_number", "table_deadline", "table_target", "adverb", "not_trend", "actor", "mojibake", "prologue", "shared", "trail", "into", "less", "rated", "not_name", "more", "not_body", "per", "per_amount", "made"};

static int by_length(const void *x, const void *y)
{
    const plan_word *a = x, *b = y;
    if (a->word.len != b->word.len) return a->word.len > b->word.len ? -1 : 1;
    return text_compare(a->word, b->word);
}

static unsigned word_bucket(text w, bool at_end)
{
    return w.len < 3 ? PLAN_BUCKETS - 1 : plan_bucket(at_end ? w.ptr + w.len - 3 : w.ptr);
}

/* Counting sort of the words into buckets; within one the longest stays first. */
static const plan_index *index_words(arena *a, const plan_list *l, bool at_end)
{
    plan_index *x = NEW(a, plan_index);
    uint16_t next[PLAN_BUCKETS];
    x->order = NEW_ARRAY(a, l->count, uint16_t);
    for (size_t i = 0; i < l->count; i++) x->from[word_bucket(l->words[i].word, at_end) + 1]++;
    for (int i = 0; i < PLAN_BUCKETS; i++) x->from[i + 1] = (uint16_t)(x->from[i + 1] + x->from[i]);
    memcpy(next, x->from, sizeof next);
    for (size_t i = 0; i < l->count; i++) x->order[next[word_bucket(l->words[i].word, at_end)]++] = (uint16_t)i;
    return x;
}

static bool list_ready(arena *a, plan_list *l, heng_err *err)
{
    if (l->count > UINT16_MAX) return err_fill(err, &MSG_PLAN_RULE_MANY, NULL, NULL, NULL);
    if (l->count > 1) qsort(l->words, l->count, sizeof *l->words, by_length);
    l->starts = index_words(a, l, false);
    l->ends = index_words(a, l, true);
    return true;
}

static const plan_word *find_in(const plan_list *l, const plan_index *x, unsigned at, text t, bool at_end)
{
    for (unsigned i = x->from[at]; i < x->from[at + 1]; i++) {
        const plan_word *w = &l->words[x->order[i]];
        if (w->word.len <= t.len && memcmp(at_end ? t.ptr + t.len - w->word.len : t.ptr, w->word.ptr, w->word.len) == 0) return w;
    }
    return NULL;
}

static const plan_word *find_word(const plan_list *l, const plan_index *x, text t, bool at_end)
{
    const plan_word *w = l->count && t.len >= 3 ? find_in(l, x, plan_bucket(at_end ? t.ptr + t.len - 3 : t.ptr), t, at_end) : NULL;
    return w || !l->count ? w : find_in(l, x, PLAN_BUCKETS - 1, t, at_end);
}

const plan_word *list_start(const plan_list *l, text t) { return find_word(l, l->starts, t, false); }
const plan_word *list_end(const plan_list *l, text t) { return find_word(l, l->ends, t, true); }

/* The longest word that stands anywhere in t: words are asked for at each character, not characters for each word. */
const plan_word *list_inside(const plan_list *l, text t)
{
    const plan_word *best = NULL;
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        text rest = text_part(t, at, t.len);
        const plan_word *w = l->count && list_may_start(l, rest) ? list_start(l, rest) : NULL;
        if (w && (!best || w < best)) best = w;
    }
    return best;
}

const plan_word *list_equal(const plan_list *l, text t)
{
    if (!l->count) return NULL;
    unsigned at = word_bucket(t, false);
    for (unsigned i = l->starts->from[at]; i < l->starts->from[at + 1]; i++)
        if (text_equal(l->words[l->starts->order[i]].word, t)) return &l->words[l->starts->order[i]];
    return NULL;
}

typedef struct loader {
    arena *a;
    plan_rules *rules;
    plan_form *forms;
    size_t form_max;
} loader;

typedef bool (*row_taker)(loader *l, const text *cells, plan_list *into, heng_err *err);

static bool take_word(loader *l, const text *cells, plan_list *into, heng_err *err)
{
    if (cells[0].len == 0) return err_fill(err, &MSG_PLAN_RULE_EMPTY, NULL, NULL, NULL);
    plan_word *w = ARENA_PUSH(l->a, into->words, into->count, into->max);
    w->word = cells[0];
    for (int i = 0; i < PLAN_WORD_CELLS; i++) w->cells[i] = cells[i + 1];
    return true;
}

static bool take_set(loader *l, const text *cells, plan_list *into, heng_err *err)
{
    (void)into;
    for (int i = 0; i < SET_COUNT; i++)
        if (text_is(cells[0], SET_NAMES[i])) return take_word(l, cells + 1, &l->rules->sets[i], err);
    return err_fill_n(err, &MSG_PLAN_RULE_LIST, cells[0].ptr, cells[0].len, NULL);
}

static bool take_form(loader *l, const text *cells, plan_list *into, heng_err *err)
{
    (void)into;
    bool ok;
    int64_t level = text_to_i64(cells[4], &ok);
    if (!ok || level < 1 || level > 9) return err_fill_n(err, &MSG_PLAN_RULE_LEVEL, cells[4].ptr, cells[4].len, NULL);
    plan_form *f = ARENA_PUSH(l->a, l->forms, l->rules->form_count, l->form_max);
    *f = (plan_form){.id = cells[0], .open = cells[1], .close = cells[3], .is_digit = text_is(cells[2], "digit"), .level = (int)level};
    return true;
}

/* The words of a row, NFKC; the column note and what lies behind it left out. */
static bool take_row(loader *l, const table_row *row, size_t columns, row_taker take, plan_list *into, heng_err *err)
{
    text cells[PLAN_WORD_CELLS + 4] = {0};
    for (size_t i = 0; i < row->count && i < columns && i < PLAN_WORD_CELLS + 2; i++) cells[i] = text_copy(l->a, text_nfkc(l->a, row->cells[i].value));
    return take(l, cells, into, err) || err_at_row(err, row->number);
}

static bool take_rows(loader *l, table *t, row_taker take, plan_list *into, heng_err *err)
{
    arena scratch = {0};
    bool ok = true;
    size_t columns = 0;
    for (;;) {
        arena_mark mark = arena_here(&scratch);
        table_row row;
        ok = table_next(t, &scratch, &row, err);
        if (!ok || row.is_end) break;
        if (columns == 0) {
            columns = row.count > 0 ? row.count - 1 : 0;
        } else {
            ok = take_row(l, &row, columns, take, into, err);
            if (!ok) break;
        }
        arena_rewind(&scratch, mark);
    }
    arena_free(&scratch);
    return ok;
}

static bool load_table(loader *l, const char *folder, const char *name, row_taker take, plan_list *into, heng_err *err)
{
    char *path = arena_printf(l->a, "%s/%s.csv", folder, name);
    table *t = NULL;
    table_options options = {.separator = ','};
    if (!table_open(path, &options, &t, err)) return err_in_file(err, path);
    bool ok = take_rows(l, t, take, into, err);
    table_close(t);
    ok = ok && (!into || list_ready(l->a, into, err));
    return ok || err_in_file(err, path);
}

static bool part_list(arena *a, const plan_list *from, int cell, const char *value, plan_list *into, heng_err *err)
{
    for (size_t i = 0; i < from->count; i++)
        if (text_is(from->words[i].cells[cell], value)) *ARENA_PUSH(a, into->words, into->count, into->max) = from->words[i];
    return list_ready(a, into, err);
}

static bool part_links(arena *a, plan_rules *r, heng_err *err)
{
    const struct { const char *kind; plan_list *into; } kinds[] = {{"same", &r->link_same}, {"drop", &r->link_drop}, {"whole", &r->link_whole}, {"change", &r->link_changes},
        {"other", &r->link_others}, {"tail", &r->link_tails}, {"names", &r->link_names}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!part_list(a, &r->link_words, 0, kinds[i].kind, kinds[i].into, err)) return false;
    return true;
}

/* Lists that are asked by place are parted by it once. */
static bool part_lists(arena *a, plan_rules *r, heng_err *err)
{
    return part_list(a, &r->duties, 0, "head", &r->heads, err) && part_list(a, &r->duties, 0, "tail", &r->tails, err) && part_list(a, &r->trends, 1, "end", &r->trend_end, err) &&
           part_list(a, &r->trends, 1, "start", &r->trend_start, err) && part_list(a, &r->trends, 1, "inside", &r->trend_inside, err) &&
           part_links(a, r, err);
}

bool plan_rules_open(arena *a, const char *folder, const plan_rules **ret, heng_err *err)
{
    loader l = {.a = a, .rules = NEW(a, plan_rules)};
    plan_rules *r = l.rules;
    const struct { const char *name; plan_list *into; } tables[] = {
        {"goal_cues", &r->cues}, {"qualifiers", &r->qualifiers}, {"units", &r->units}, {"action_verbs", &r->verbs}, {"years", &r->years},
        {"scopes", &r->scopes}, {"trends", &r->trends}, {"kinds", &r->kinds}, {"responsibility", &r->duties}, {"body_endings", &r->endings},
        {"body_names", &r->names}, {"link_words", &r->link_words}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!load_table(&l, folder, tables[i].name, take_word, tables[i].into, err)) return false;
    if (!load_table(&l, folder, "numbering", take_form, NULL, err)) return false;
    if (!load_table(&l, folder, "words", take_set, NULL, err)) return false;
    for (int i = 0; i < SET_COUNT; i++)
        if (!list_ready(a, &r->sets[i], err)) return false;
    if (!part_lists(a, r, err)) return false;
    r->forms = l.forms;
    *ret = r;
    return true;
}
