/* What the operations on kept plans share. */
#include "plan_desk.h"

bool plan_desk_open(ops_call *c, plan_desk *ret, heng_err *err)
{
    *ret = (plan_desk){.c = c};
    return plan_rules_open(c->a, arena_printf(c->a, "%s/cn/plan", c->rulebook), &ret->rules, err) && book_rules(c->book, &ret->regions, err);
}

/* Old kinds too: they are refused with what to do, not passed over. */
bool plan_is_document_name(const char *name)
{
    static const char *const ENDINGS[] = {".txt", ".html", ".htm", ".docx", ".pdf", ".ofd", ".xlsx", ".csv", ".doc", ".wps", ".rtf", ".xls", ".et", ".mht", ".mhtml"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (strcasecmp(dot, ENDINGS[i]) == 0) return true;
    return false;
}

text plan_short(ops_call *c, text t, size_t chars)
{
    size_t at = 0, n = 0;
    if (c->wants_rows || text_chars(t) <= chars) return t;
    for (; at < t.len && n + 1 < chars; n++)
        for (at++; at < t.len && ((unsigned char)t.ptr[at] & 0xC0) == 0x80;) at++;
    return text_of(arena_printf(c->a, "%.*s…", (int)at, t.ptr));
}

typedef struct word { const char *id, *zh, *en; } word;

static text word_of(ops_call *c, text id, const word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(id, words[i].id)) return pick(c->lang, words[i].zh, words[i].en);
    return id;
}

text plan_number_words(ops_call *c, const plan_record *g)
{
    static const word OPS[] = {{">=", "≥", "≥"}, {"<=", "≤", "≤"}, {"=", "=", "="}, {"~", "约", "about"}, {"decrease_by", "降低", "down by"}, {"increase_by", "提高", "up by"}, {"rank", "位次", "rank"}};
    text op = plan_cell(g, "op"), value = plan_cell(g, "value"), hi = plan_cell(g, "value_hi"), unit = plan_cell(g, "unit");
    bool suspect = text_is(plan_cell(g, "suspect"), "1"), range = hi.len && text_is(op, "~");
    text shown = range ? TEXT("") : word_of(c, op, OPS, sizeof OPS / sizeof *OPS);
    return text_of(arena_printf(c->a, "%.*s%s%.*s%s%.*s%s%.*s%s", TEXT_FMT(shown), shown.len ? " " : "", TEXT_FMT(value), hi.len ? "–" : "", TEXT_FMT(hi), unit.len && unit.ptr[0] != '%' ? " " : "", TEXT_FMT(unit), suspect ? " ?" : ""));
}

text plan_year_words(const plan_record *r) { return plan_cell(r, "target_year"); }

text plan_firmness_words(ops_call *c, text id)
{
    static const word WORDS[] = {{"reach", "达到", "reach"}, {"strive", "力争", "strive"}, {"keep", "保持", "keep"}, {"cap", "不超过", "cap"}, {"about", "左右", "about"}};
    return word_of(c, id, WORDS, sizeof WORDS / sizeof *WORDS);
}

text plan_direction_words(ops_call *c, text id)
{
    static const word WORDS[] = {{"up", "上升", "up"}, {"down", "下降", "down"}, {"peak", "达峰", "peak"}, {"reach_level", "达到水平", "reach a level"}, {"complete", "建成", "complete"}};
    return word_of(c, id, WORDS, sizeof WORDS / sizeof *WORDS);
}

text plan_state_words(ops_call *c, plan_state s)
{
    static const word WORDS[] = {[PLAN_AS_READ] = {"", "", ""},           [PLAN_CONFIRMED] = {"", "已确认", "confirmed"}, [PLAN_CORRECTED] = {"", "已更正", "corrected"},
                                 [PLAN_ADDED] = {"", "人工新增", "added"}, [PLAN_LEFT] = {"", "人工保留", "left"},        [PLAN_DROPPED] = {"", "已删去", "dropped"}};
    return pick(c->lang, WORDS[s].zh, WORDS[s].en);
}

text plan_short_key(ops_call *c, const plan_record *r)
{
    text rest = r->head.key;
    text_next(&rest, '/');
    return !c->wants_rows && ops_get(c, "--doc").len && rest.len ? rest : r->head.key;
}

bool plan_desk_doc(ops_call *c, text *ret, heng_err *err)
{
    text name = ops_get(c, "--doc");
    *ret = (text){"", 0};
    return !name.len || plan_document_want(c->book, c->a, c->known_us, name, ret, err);
}
