/* Which tasks of a plan answer for a goal of it: by place, else by name. */
#include "inside.h"
#include "links.h"

typedef struct name_list { arena *a; size_t count, max; text *items; } name_list;

static void push_name(name_list *l, text name)
{
    for (size_t i = 0; i < l->count; i++)
        if (text_equal(l->items[i], name)) return;
    *(text *)ARENA_PUSH(l->a, l->items, l->count, l->max) = name;
}

/* The name, and the thing that it measures: what stands before 占, without 比重, 率, 增加值. */
static void add_name(name_list *l, const plan_rules *rules, text name)
{
    enum { CHARS_MIN = 4 };
    text words = plan_wording(l->a, rules, name);
    size_t at;
    cut_word_of_change(rules, &words);
    for (size_t i = 0; i < rules->link_names.count; i++)
        if (text_equal(rules->link_names.words[i].word, words)) push_name(l, rules->link_names.words[i].cells[1]);
    if (text_chars(words) >= CHARS_MIN) push_name(l, words);
    if (text_find(words, TEXT("占"), &at) && at > 0) words.len = at;
    for (const plan_word *w; (w = list_end(&rules->link_tails, words)) != NULL && w->word.len < words.len;) words.len -= w->word.len;
    if (text_chars(words) >= CHARS_MIN) push_name(l, words);
}

size_t plan_goal_names(arena *a, const plan_rules *rules, const rule_set *r, const plan_goal *g, int32_t indicator, text **ret)
{
    text *aliases = NULL;
    name_list l = {.a = a};
    size_t alias_count = indicator == RULE_NONE ? 0 : text_split(a, r->indicators[indicator].aliases, ';', &aliases);
    add_name(&l, rules, g->indicator);
    if (indicator != RULE_NONE) add_name(&l, rules, r->indicators[indicator].name.zh);
    for (size_t i = 0; i < alias_count; i++) add_name(&l, rules, aliases[i]);
    *ret = l.items;
    return l.count;
}

/* (三)4 lies in (三). */
static bool is_within(text section, text whole) { return whole.len && section.len >= whole.len && memcmp(section.ptr, whole.ptr, whole.len) == 0; }

plan_answer plan_task_answers(arena *a, const plan_rules *rules, const plan_goal *g, const plan_task *t, const text *names, size_t name_count)
{
    size_t at;
    if (g->span.end > g->span.start && g->span.start >= t->span.start && g->span.end <= t->span.end) return PLAN_ANSWER_INSIDE;
    if (text_equal(g->chapter, t->chapter) && g->section.len && (is_within(g->section, t->section) || is_within(t->section, g->section))) return PLAN_ANSWER_SECTION;
    text words = plan_wording(a, rules, t->whole);
    for (size_t i = 0; i < name_count; i++)
        if (text_find(words, names[i], &at)) return PLAN_ANSWER_NAMES;
    return PLAN_NO_ANSWER;
}
