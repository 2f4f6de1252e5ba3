/*
 * Which of the systems of systems.csv a text asks for: those of which a word stands in it, marks and blanks left out on both sides.
 */
#include <stdlib.h>
#include "inside.h"
#include "links.h"

static size_t words_of(arena *a, text joined, const text **ret)
{
    text *parts;
    size_t count = text_split(a, joined, ';', &parts);
    for (size_t i = 0; i < count; i++) parts[i] = without_marks(a, text_nfkc(a, parts[i]));
    *ret = parts;
    return count;
}

size_t plan_systems(arena *a, const rule_set *r, const plan_system **ret)
{
    const rule_row *const *rows;
    size_t count = rule_rows(r, "systems", &rows);
    plan_system *out = NEW_ARRAY(a, count + 1, plan_system);
    for (size_t i = 0; i < count; i++) {
        plan_system *s = &out[i];
        s->id = rule_cell(rows[i], "id");
        s->name = (rule_name){rule_cell(rows[i], "name_zh"), rule_cell(rows[i], "name_en")};
        s->software = rule_cell(rows[i], "software");
        s->served_by = rule_cell(rows[i], "served_by");
        s->shown_by = rule_cell(rows[i], "shown_by");
        s->extent = (rule_name){rule_cell(rows[i], "extent_zh"), rule_cell(rows[i], "extent_en")};
        s->word_count = words_of(a, rule_cell(rows[i], "words"), &s->words);
    }
    *ret = out;
    return count;
}

size_t plan_systems_asked(arena *a, const plan_system *systems, size_t count, text t, text *ret_words)
{
    size_t asked = 0, at;
    text plain = without_marks(a, t);
    for (size_t i = 0; i < count; i++) {
        ret_words[i] = (text){0};
        for (size_t k = 0; k < systems[i].word_count && !ret_words[i].len; k++)
            if (systems[i].words[k].len && text_find(plain, systems[i].words[k], &at)) ret_words[i] = systems[i].words[k];
        asked += ret_words[i].len > 0;
    }
    return asked;
}

static bool ends_sentence(text t, size_t at) { return t.ptr[at] == '\n' || t.ptr[at] == ';' || t.ptr[at] == '!' || text_starts(text_part(t, at, t.len), "。"); }

text plan_sentence_with(arena *a, text t, text word)
{
    for (size_t start = 0; start < t.len;) {
        size_t end = start, found;
        while (end < t.len && !ends_sentence(t, end)) end += char_bytes(t.ptr + end, t.len - end);
        text sentence = text_trim(text_part(t, start, end));
        if (text_find(without_marks(a, sentence), word, &found)) return sentence;
        start = end < t.len ? end + char_bytes(t.ptr + end, t.len - end) : end;
    }
    return t;
}
