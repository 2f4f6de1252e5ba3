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

static text number_words(ops_call *c, text op, text value, text hi, text unit)
{
    static const word OPS[] = {{">=", "≥", "≥"}, {"<=", "≤", "≤"}, {"=", "=", "="}, {"~", "约", "about"}, {"decrease_by", "降低", "down by"}, {"increase_by", "提高", "up by"}, {"rank", "位次", "rank"}};
    text shown = hi.len && text_is(op, "~") ? TEXT("") : word_of(c, op, OPS, sizeof OPS / sizeof *OPS);
    return text_of(arena_printf(c->a, "%.*s%s%.*s%s%.*s%s%.*s", TEXT_FMT(shown), shown.len ? " " : "", TEXT_FMT(value), hi.len ? "–" : "", TEXT_FMT(hi), unit.len && unit.ptr[0] != '%' ? " " : "", TEXT_FMT(unit)));
}

text plan_number_words(ops_call *c, const plan_record *g)
{
    text words = number_words(c, plan_cell(g, "op"), plan_cell(g, "value"), plan_cell(g, "value_hi"), plan_cell(g, "unit"));
    return text_is(plan_cell(g, "suspect"), "1") ? text_of(arena_printf(c->a, "%.*s ?", TEXT_FMT(words))) : words;
}

text plan_likely_words(ops_call *c, text likely)
{
    text rest = likely, op = text_next(&rest, ' '), value = text_next(&rest, ' '), hi = {"", 0};
    if (!value.len) return likely;
    if (rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9') hi = text_next(&rest, ' ');
    return number_words(c, op, value, hi, rest);
}

text plan_note_words(ops_call *c, text note)
{
    static const word NOTES[] = {
        {"range dash lost", "范围号丢失", "the dash of a range is lost"},
        {"word behind the number cut", "数后的字残缺", "the word behind the number is cut"},
        {"measure word lost", "量词丢失", "the measure word is lost"},
        {"reckoned from the words", "由文字折算", "reckoned from the words"},
        {"too short for a plan", "篇幅过短，不是规划", "too short for a plan"},
        {"too long for a plan", "篇幅过长，不是规划", "too long for a plan"},
        {"no numbered sections found", "没有找到带编号的章节", "no numbered sections found"},
        {"neither the title nor the text speaks of goals or tasks", "标题和正文都没有提到目标或任务", "neither the title nor the text speaks of goals or tasks"},
    };
    static const char SPAM[] = "in the title of the notice '", AFTER[] = "' stands for 关于";
    size_t at = sizeof SPAM - 1;
    if (c->lang == HENG_ZH && text_starts(note, SPAM) && text_ends(note, AFTER))
        return text_of(arena_printf(c->a, "通知标题中“%.*s”占了“关于”的位置", (int)(note.len - at - (sizeof AFTER - 1)), note.ptr + at));
    return word_of(c, note, NOTES, sizeof NOTES / sizeof *NOTES);
}

text plan_place_words(ops_call *c, const document *d, plan_place at)
{
    text_buf t = {.a = c->a};
    bool zh = c->lang == HENG_ZH;
    if (at.block < 0 || (size_t)at.block >= d->block_count) return (text){"", 0};
    const document_block *b = &d->blocks[at.block];
    if (b->page) buf_printf(&t, zh ? "第 %d 页，" : "page %d, ", b->page);
    if (b->line) buf_printf(&t, zh ? "第 %lld 行，" : "line %lld, ", (long long)b->line);
    if (b->table) buf_printf(&t, zh ? "表 %d 行 %d 列 %d，" : "table %d row %d column %d, ", b->table, b->row, b->column);
    buf_printf(&t, zh ? "第 %d 段第 %d 字节" : "block %d, byte %d", at.block + 1, at.byte);
    return buf_text(&t);
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

bool plan_desk_doc(ops_call *c, text *ret, heng_err *err)
{
    text name = ops_get(c, "--doc");
    *ret = (text){"", 0};
    return !name.len || plan_document_want(c->book, c->a, c->known_us, name, ret, err);
}
