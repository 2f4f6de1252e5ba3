/* Which tasks of a plan answer for a goal of it: by place, else by name. */
#include "inside.h"
#include "links.h"

const char *plan_answer_id(plan_answer x)
{
    static const char *const IDS[] = {"", "inside", "section", "names"};
    return IDS[x];
}

static void add_name(arena *a, const plan_rules *rules, text name, text *names, size_t *count)
{
    text words = plan_wording(a, rules, name);
    cut_word_of_change(rules, &words);
    if (text_chars(words) >= 3) names[(*count)++] = words;
}

size_t plan_goal_names(arena *a, const plan_rules *rules, const rule_set *r, const plan_goal *g, int32_t indicator, text **ret)
{
    text *aliases = NULL;
    size_t count = 0, alias_count = indicator == RULE_NONE ? 0 : text_split(a, r->indicators[indicator].aliases, ';', &aliases);
    text *names = NEW_ARRAY(a, alias_count + 2, text);
    add_name(a, rules, g->indicator, names, &count);
    if (indicator != RULE_NONE) add_name(a, rules, r->indicators[indicator].name.zh, names, &count);
    for (size_t i = 0; i < alias_count; i++) add_name(a, rules, aliases[i], names, &count);
    *ret = names;
    return count;
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
