/*
 * Qualitative goals: a clause without a number that has a year and a direction. A word of trends.csv stands at its end (产业结构明显优化), at its start
 * (广泛形成绿色生产生活方式) or inside; a bare word of two characters counts only behind an adverb. Clauses that order work (推动…优化) are tasks.
 */
#include "inside.h"

typedef struct clause { text t; size_t base; text year; bool goals; } clause;

static bool overlaps(const reading *r, size_t start, size_t end, size_t *ret_end)
{
    bool any = false;
    for (size_t i = 0; i < r->goal_count; i++)
        for (size_t k = 0; k < r->goals[i].occurrence_count; k++) {
            plan_span s = r->goals[i].occurrences[k];
            if (s.start < end && s.end > start) {
                any = true;
                if (s.end > *ret_end) *ret_end = s.end;
            }
        }
    return any;
}

static text drop_scope(const reading *r, text t)
{
    const plan_word *w;
    t = text_trim_junk(t);
    while ((w = list_start(&r->rules->scopes, t)) != NULL && text_is(w->cells[0], "area") && t.len > w->word.len) t = text_trim_junk(text_part(t, w->word.len, t.len));
    return t;
}

static text drop_adverb(const reading *r, text t, bool *ret_any)
{
    const plan_word *w;
    while ((w = list_end(&r->rules->sets[SET_ADVERB], t)) != NULL && t.len > w->word.len) {
        t.len -= w->word.len;
        *ret_any = true;
    }
    for (const char *const *p = (const char *const[]){"力争", "将", "要", "努力", "并", NULL}; *p; p++)
        if (text_ends(t, *p)) t.len -= strlen(*p);
    return t;
}

static bool is_bare(const plan_word *w) { return text_chars(w->word) <= 2 && !text_is(w->cells[0], "peak"); }

/* The longest word that stands inside t, not at its start. */
static const plan_word *inside_word(const plan_list *l, text t)
{
    for (size_t at = 3; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        const plan_word *w = list_may_start(l, text_part(t, at, t.len)) ? list_start(l, text_part(t, at, t.len)) : NULL;
        if (w) return w;
    }
    return NULL;
}

static bool judge(const reading *r, text t, bool goals, text *ret_subject, text *ret_direction)
{
    const plan_word *end = list_end(&r->rules->trend_end, t), *start = list_start(&r->rules->trend_start, t);
    bool orders = list_start(&r->rules->sets[SET_STARTER], t) != NULL && !text_starts(t, "全面建") && !text_starts(t, "建立");
    bool adverb = false;
    if (end && !orders) {
        text subject = drop_adverb(r, text_part(t, 0, t.len - end->word.len), &adverb);
        bool peak = text_is(end->cells[0], "peak") || text_is(end->cells[0], "reach_level");
        if ((!is_bare(end) || adverb || (goals && text_is(end->cells[0], "complete"))) && (text_chars(subject) >= 2 || peak)) {
            size_t at;
            *ret_subject = subject.len ? subject : end->word;
            if (text_is(end->cells[0], "peak") && text_find(t, TEXT("碳达峰"), &at)) *ret_subject = text_part(t, at, at + 9);
            *ret_direction = end->cells[0];
            return true;
        }
    }
    if (start && text_chars(t) - text_chars(start->word) >= 3 && (goals || text_chars(start->word) > 2 || text_is(start->cells[2], "1")) && !(orders && text_chars(start->word) <= 2)) {
        *ret_subject = text_part(t, start->word.len, t.len);
        *ret_direction = start->cells[0];
        return true;
    }
    const plan_word *inside = orders ? NULL : inside_word(&r->rules->trend_inside, t);
    size_t at;
    if (!inside || !text_find(t, inside->word, &at)) return false;
    *ret_subject = text_part(t, 0, at);
    *ret_direction = inside->cells[0];
    return text_chars(*ret_subject) >= 2;
}

/* 完成国家下达指标: what is done is no part of the subject, nor is a verb that leads in. */
static text trim_subject(text t)
{
    static const char *const TAILS[] = {"完成国家", "完成省", "完成市", "完成上级", "完成", "达到", "达峰后"};
    static const char *const LEADS[] = {"实现", "推动", "促进"};
    t = text_trim_junk(t);
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++)
        if (text_ends(t, TAILS[i]) && t.len > strlen(TAILS[i]) + 3) t.len -= strlen(TAILS[i]);
    for (size_t i = 0; i < sizeof LEADS / sizeof *LEADS; i++)
        if (text_starts(t, LEADS[i]) && t.len > strlen(LEADS[i]) + 6) t = text_part(t, strlen(LEADS[i]), t.len);
    return t;
}

static bool same_place(const reading *r, plan_span s)
{
    for (size_t i = 0; i < r->trend_count; i++)
        if (r->trends[i].span.start < s.end && r->trends[i].span.end > s.start) return true;
    return false;
}

static void add_trend(reading *r, const plan_piece *p, size_t start, size_t end, text year, text subject, text direction, text t)
{
    size_t at;
    if (r->trend_count >= PLAN_ROWS_MAX) return;
    plan_trend x = {.target_year = year, .subject = trim_subject(subject), .direction = direction, .span = {start, end}};
    x.quote = clean_part(r, x.span);
    x.firmness = text_find(t, TEXT("力争"), &at) ? TEXT("strive") : text_find(t, TEXT("保持"), &at) ? TEXT("keep") : TEXT("reach");
    section_labels(r, p->section, p->in_annex, &x.chapter, &x.section);
    x.occurrence_count = grams_count(&r->grams, x.quote);
    if (!same_place(r, x.span)) *ARENA_PUSH(r->a, r->trends, r->trend_count, r->trend_max) = x;
}

/* The time a clause begins with is no part of the quote. */
static size_t behind_time(const plan_years *y, text sentence, size_t start, size_t end)
{
    for (size_t i = 0; i < y->count; i++)
        if (y->items[i].role == YEAR_TARGET && y->items[i].start >= start && y->items[i].start <= start + 3 && y->items[i].end < end) start = y->items[i].end;
    while (start < end && strchr(" ,?", sentence.ptr[start])) start++;
    while (start + 3 < end && memcmp(sentence.ptr + start, "—", 3) == 0) start += 3;
    return start;
}

/* 能源资源配置更加合理、利用效率大幅提高: two trends. Returns where the second begins, 0 if it is one. */
static size_t second_trend(const reading *r, text t, bool goals)
{
    text subject, direction;
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        text head = text_part(t, 0, at), rest = text_part(t, at + 3, t.len);
        if (!text_starts(text_part(t, at, t.len), "、") || text_chars(head) < 5 || text_chars(rest) < 5) continue;
        if (judge(r, head, goals, &subject, &direction) && judge(r, rest, goals, &subject, &direction) && list_end(&r->rules->trend_end, head)) return at + 3;
    }
    return 0;
}

static text drop_purpose(text t)
{
    static const char *const WORDS[] = {"确保", "力争", "努力", "使"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_starts(t, WORDS[i])) t = text_trim_junk(text_part(t, strlen(WORDS[i]), t.len));
    return t;
}

/* The year of a clause; one at its end, its comma lost, belongs to the next. */
static text clause_year(const plan_years *years, size_t start, size_t end, text carried)
{
    for (size_t i = 1; i < years->count; i++)
        if (years->items[i].role == YEAR_TARGET && years->items[i].start >= start && years->items[i].end + 3 >= end && years->items[i].start < end) return years->items[i - 1].year;
    return year_before(years, end, carried);
}

static void read_part(reading *r, const plan_piece *p, text sentence, size_t start, size_t end, text year, bool goals)
{
    size_t base = (size_t)(sentence.ptr - r->doc->clean.ptr);
    text whole = text_part(sentence, start, end), t = drop_purpose(drop_scope(r, whole)), subject, direction;
    if (!year.len || text_chars(t) < 4 || has_set(r->rules, SET_NOT_TREND, t)) return;
    size_t second = second_trend(r, t, goals);
    if (second) {
        size_t cut = (size_t)(t.ptr - sentence.ptr) + second;
        read_part(r, p, sentence, start, cut - 3, year, goals);
        read_part(r, p, sentence, cut, end, year, goals);
        return;
    }
    if (judge(r, t, goals, &subject, &direction)) add_trend(r, p, base + start, base + end, year, drop_scope(r, subject), direction, whole);
}

static void read_clause(reading *r, const plan_piece *p, text sentence, const plan_years *years, text carried, text c, bool goals)
{
    size_t base = (size_t)(sentence.ptr - r->doc->clean.ptr), start = (size_t)(c.ptr - sentence.ptr), end = start + c.len, goal_end = 0;
    if (overlaps(r, base + start, base + end, &goal_end)) {
        if (goal_end >= base + end) return;
        start = goal_end - base;
    }
    start = behind_time(years, sentence, start, end);
    read_part(r, p, sentence, start, end, clause_year(years, start, end, carried), goals);
}

void read_trends(reading *r)
{
    plan_years years = {0};
    text carried = {"", 0};
    int last = -2;
    for (size_t i = 0; i < r->piece_count; i++) {
        const plan_piece *p = &r->pieces[i];
        bool goals = is_goal_section(r, p->section), carries = goals;
        if (is_past(r, p->section) || p->is_row) continue; /* a cell names no subject */
        if (p->section != last || !goals) carried = (text){"", 0};
        last = p->section;
        text t = clean_part(r, p->span), sentence, c;
        for (size_t at = 0, n = 0; next_sentence(t, &at, &sentence); n++) {
            find_years(r, sentence, &years);
            if (n == 0 && years.count && years.items[0].role == YEAR_TARGET && years.items[0].start <= 8) carries = true;
            bool dated = years.count > 0 || carried.len > 0;
            for (size_t k = 0; dated && next_clause(sentence, &k, &c);) read_clause(r, p, sentence, &years, carried, c, goals);
            carried = carries ? year_before(&years, sentence.len, carried) : (text){"", 0};
        }
    }
}
