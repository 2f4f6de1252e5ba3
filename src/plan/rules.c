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
    "table_goal", "table_unit", "table_binding", "adverb", "not_trend", "actor"};

static int by_length(const void *x, const void *y)
{
    const plan_word *a = x, *b = y;
    if (a->word.len != b->word.len) return a->word.len > b->word.len ? -1 : 1;
    return text_compare(a->word, b->word);
}

static void list_sort(plan_list *l)
{
    if (l->count > 1) qsort(l->words, l->count, sizeof *l->words, by_length);
}

const plan_word *list_start(const plan_list *l, text t)
{
    for (size_t i = 0; i < l->count; i++) {
        text w = l->words[i].word;
        if (w.len <= t.len && memcmp(t.ptr, w.ptr, w.len) == 0) return &l->words[i];
    }
    return NULL;
}

const plan_word *list_end(const plan_list *l, text t)
{
    for (size_t i = 0; i < l->count; i++) {
        text w = l->words[i].word;
        if (w.len <= t.len && memcmp(t.ptr + t.len - w.len, w.ptr, w.len) == 0) return &l->words[i];
    }
    return NULL;
}

const plan_word *list_inside(const plan_list *l, text t)
{
    size_t at;
    for (size_t i = 0; i < l->count; i++)
        if (text_find(t, l->words[i].word, &at)) return &l->words[i];
    return NULL;
}

const plan_word *list_equal(const plan_list *l, text t)
{
    for (size_t i = 0; i < l->count; i++)
        if (text_equal(l->words[i].word, t)) return &l->words[i];
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
    if (ok && into) list_sort(into);
    return ok || err_in_file(err, path);
}

bool plan_rules_open(arena *a, const char *folder, const plan_rules **ret, heng_err *err)
{
    loader l = {.a = a, .rules = NEW(a, plan_rules)};
    plan_rules *r = l.rules;
    const struct { const char *name; plan_list *into; } tables[] = {
        {"goal_cues", &r->cues}, {"qualifiers", &r->qualifiers}, {"units", &r->units}, {"action_verbs", &r->verbs}, {"years", &r->years},
        {"scopes", &r->scopes}, {"trends", &r->trends}, {"kinds", &r->kinds}, {"responsibility", &r->duties}, {"body_endings", &r->endings},
        {"body_names", &r->names}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!load_table(&l, folder, tables[i].name, take_word, tables[i].into, err)) return false;
    if (!load_table(&l, folder, "numbering", take_form, NULL, err)) return false;
    if (!load_table(&l, folder, "words", take_set, NULL, err)) return false;
    for (int i = 0; i < SET_COUNT; i++) list_sort(&r->sets[i]);
    r->forms = l.forms;
    *ret = r;
    return true;
}
