/*
 * Which indicator judges a goal.
 *
 * Goal and indicators are brought into one form (marks out, synonyms of link_words.csv replaced, the plan's own area off) and compared:
 *
 *   exact   an indicator's name or alias is the goal's wording, alone or behind its scope; unit and comparison fit
 *   likely  the wording is near, or is the indicator's but for a part of the place, or the goal is a change and the indicator a level
 *   none    neither
 *
 * How near: the share of common pairs of characters (Dice), 0 to 1000; a word of the kind "other" that stands on one side only makes it another thing.
 * An indicator of kind change (单位地区生产总值能耗降低) is compared without its word of change and fits only goals that are changes
 * that way. Which words these are is data; no indicator is named here. A person's choice stands above all of it.
 */
#include <stdlib.h>
#include "inside.h"
#include "links.h"

enum { LIKELY_SCORE = 620, PAIRS_MAX = 256 };

typedef enum change { CHANGE_NONE, CHANGE_DOWN, CHANGE_UP } change;
typedef struct form { int32_t indicator; text words; change stem; /* not none: words are without the word of change */ } form;
struct plan_linker { const plan_rules *rules; const rule_set *r; size_t form_count, form_max; form *forms; };

typedef struct asked { /* the goal in one form */
    text words, scope, whole; /* whole: scope and words */
    change change;
    int32_t unit;             /* RULE_NONE: no rule's unit */
    bool is_share;            /* unit % or points: of a change, relative to the base */
} asked;

typedef struct match { int32_t indicator; int score; bool is_equal, is_part, is_change; } match;

/* ---- One form ---- */

static bool is_kind(const plan_word *w, const char *kind) { return text_is(w->cells[0], kind); }

static size_t mark_bytes(text t, size_t at)
{
    static const char *const MARKS[] = {"“", "”", "、", "·", "的", "《", "》", "—"};
    if (strchr(" ()[],.;:\"'\n-", t.ptr[at])) return t.ptr[at] == '.' && at + 1 < t.len && is_digit(t.ptr[at + 1]) ? 0 : 1;
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (text_starts(text_part(t, at, t.len), MARKS[i])) return strlen(MARKS[i]);
    return 0;
}

text without_marks(arena *a, text t)
{
    text_buf b = {.a = a};
    for (size_t at = 0, n; at < t.len; at += n) {
        size_t mark = mark_bytes(t, at);
        n = mark ? mark : char_bytes(t.ptr + at, t.len - at);
        if (!mark) buf_add(&b, text_part(t, at, at + n));
    }
    return buf_text(&b);
}

text plan_wording(arena *a, const plan_rules *rules, text t)
{
    text_buf b = {.a = a};
    t = without_marks(a, text_nfkc(a, t));
    for (size_t at = 0; at < t.len;) {
        text rest = text_part(t, at, t.len);
        const plan_word *w = list_start(&rules->link_same, rest);
        if (!w) w = list_start(&rules->link_drop, rest);
        if (w) {
            buf_add(&b, w->cells[1]);
            at += w->word.len;
        } else {
            size_t n = char_bytes(rest.ptr, rest.len);
            buf_add(&b, text_part(rest, 0, n));
            at += n;
        }
    }
    return buf_text(&b);
}

/* Words for the whole place (全市, 本市) off the front. */
static text without_area(const plan_rules *rules, text jurisdiction, text t)
{
    const plan_word *w;
    for (;;) {
        if (jurisdiction.len && t.len >= jurisdiction.len && memcmp(t.ptr, jurisdiction.ptr, jurisdiction.len) == 0) t = text_part(t, jurisdiction.len, t.len);
        else if ((w = list_start(&rules->link_whole, t)) != NULL) t = text_part(t, w->word.len, t.len);
        else return t;
    }
}

/* The word of change at the end of a wording, cut off. */
static change cut_change(const plan_rules *rules, text *t)
{
    const plan_word *w = list_end(&rules->link_changes, *t);
    if (!w || w->word.len == t->len) return CHANGE_NONE;
    t->len -= w->word.len;
    return text_is(w->cells[1], "down") ? CHANGE_DOWN : CHANGE_UP;
}

bool cut_word_of_change(const plan_rules *rules, text *t) { return cut_change(rules, t) != CHANGE_NONE; }

/* ---- The indicators ---- */

static void add_form(arena *a, plan_linker *l, int32_t indicator, text name)
{
    text words = plan_wording(a, l->rules, name), stem = words;
    if (!words.len) return;
    *(form *)ARENA_PUSH(a, l->forms, l->form_count, l->form_max) = (form){.indicator = indicator, .words = words};
    change way = text_is(l->r->indicators[indicator].kind, "change") ? cut_change(l->rules, &stem) : CHANGE_NONE;
    if (way != CHANGE_NONE) *(form *)ARENA_PUSH(a, l->forms, l->form_count, l->form_max) = (form){indicator, stem, way};
}

const plan_linker *plan_linker_new(arena *a, const plan_rules *rules, const rule_set *r)
{
    plan_linker *l = NEW(a, plan_linker);
    l->rules = rules, l->r = r;
    for (size_t i = 0; i < r->indicator_count; i++) {
        text *aliases;
        size_t count = text_split(a, r->indicators[i].aliases, ';', &aliases);
        add_form(a, l, (int32_t)i, r->indicators[i].name.zh);
        for (size_t k = 0; k < count; k++) add_form(a, l, (int32_t)i, aliases[k]);
    }
    return l;
}

/* ---- Units ---- */

bool plan_unit_find(arena *a, const rule_set *r, text unit, int32_t *ret_unit, const rat **ret_ratio)
{
    static const struct { const char *word; int64_t times; } TIMES[] = {{"万亿", 1000000000000}, {"百万", 1000000}, {"十万", 100000}, {"亿", 100000000}, {"万", 10000}, {"千", 1000}, {"百", 100}};
    *ret_ratio = rat_int(a, 1);
    if (!unit.len) unit = TEXT("1");
    *ret_unit = rule_unit_find(r, unit);
    for (size_t i = 0; *ret_unit == RULE_NONE && i < sizeof TIMES / sizeof *TIMES; i++) {
        if (!text_starts(unit, TIMES[i].word)) continue;
        *ret_unit = rule_unit_find(r, text_part(unit, strlen(TIMES[i].word), unit.len));
        *ret_ratio = rat_int(a, TIMES[i].times);
    }
    return *ret_unit != RULE_NONE;
}

/* ">= 100 个": the unit of the likely reading of a damaged number. */
static text likely_unit(text likely)
{
    text last = {0};
    while (likely.len) last = text_next(&likely, ' ');
    return last.len && !is_digit(last.ptr[0]) ? last : (text){0};
}

static bool is_points(text unit) { return text_ends(unit, "百分点"); }

static bool unit_fits(const plan_linker *l, const asked *q, const rule_indicator *i, change stem)
{
    static const rule_dim pure;
    if (q->unit == RULE_NONE || i->unit == RULE_NONE) return false;
    rule_dim have = l->r->units[q->unit].dim, want = l->r->units[i->unit].dim;
    if (q->change != CHANGE_NONE && stem == CHANGE_NONE && q->is_share) return true; /* so much per cent less of any level */
    return rule_dim_equal(have, want) && (!rule_dim_equal(want, pure) || q->is_share || !text_is(l->r->units[i->unit].id, "%"));
}

/* ---- Comparing ---- */

static size_t pairs_of(text t, uint64_t *ret)
{
    size_t count = 0;
    uint64_t before = 0;
    for (size_t at = 0, n; at < t.len && count < PAIRS_MAX; at += n) {
        uint64_t c = 0;
        n = char_bytes(t.ptr + at, t.len - at);
        memcpy(&c, t.ptr + at, n);
        if (at) ret[count++] = before << 32 | c;
        before = c;
    }
    return count;
}

static int likeness(text x, text y)
{
    uint64_t p[PAIRS_MAX], q[PAIRS_MAX];
    size_t n = pairs_of(x, p), m = pairs_of(y, q), common = 0, fewer = n < m ? n : m;
    if (2000 * fewer < (LIKELY_SCORE / 2) * (n + m)) return 0; /* not even a candidate, whatever they share */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (p[i] == q[k]) {
                common++;
                q[k] = 0;
                break;
            }
    return n + m ? (int)(2000 * common / (n + m)) : 0;
}

static bool is_other(const plan_rules *rules, text x, text y)
{
    size_t at;
    for (size_t i = 0; i < rules->link_others.count; i++) {
        text word = rules->link_others.words[i].word;
        if (text_find(x, word, &at) != text_find(y, word, &at)) return true;
    }
    return false;
}

/* The scope is no part: none, or said in the name of the goal or of the indicator. */
static bool is_whole(const plan_linker *l, const asked *q, int32_t indicator)
{
    size_t at;
    if (!q->scope.len || text_find(q->words, q->scope, &at)) return true;
    for (size_t i = 0; i < l->form_count; i++)
        if (l->forms[i].indicator == indicator && text_find(l->forms[i].words, q->scope, &at)) return true;
    return false;
}

static match match_form(const plan_linker *l, const asked *q, const form *f)
{
    match m = {.indicator = f->indicator};
    if (f->stem != CHANGE_NONE && f->stem != q->change) return m;
    bool alone = text_equal(f->words, q->words);
    m.is_equal = alone || text_equal(f->words, q->whole);
    m.is_part = !(m.is_equal && !alone) && !is_whole(l, q, f->indicator);
    m.is_change = q->change != CHANGE_NONE && f->stem == CHANGE_NONE;
    int score = likeness(q->words, f->words), with_scope = likeness(q->whole, f->words);
    m.score = m.is_equal ? 1000 : with_scope > score ? with_scope : score;
    if (!m.is_equal && is_other(l->rules, q->words, f->words) && is_other(l->rules, q->whole, f->words)) m.score /= 2;
    if (m.score == 1000 && !m.is_equal) m.score = 999;
    return m;
}

static plan_link_grade grade_of(const match *m)
{
    if (m->is_equal && !m->is_part && !m->is_change) return PLAN_LINK_EXACT;
    return m->is_equal || m->score >= LIKELY_SCORE ? PLAN_LINK_LIKELY : PLAN_LINK_NONE;
}

static bool is_better(const match *x, const match *y)
{
    if (grade_of(x) != grade_of(y)) return grade_of(x) > grade_of(y);
    return x->score != y->score ? x->score > y->score : y->is_change && !x->is_change;
}

/* The best match of each indicator; how many have any. */
static size_t match_all(const plan_linker *l, arena *a, const asked *q, match **ret)
{
    match *best = NEW_ARRAY(a, l->r->indicator_count + 1, match);
    size_t count = 0;
    for (size_t i = 0; i < l->form_count; i++) {
        match m = match_form(l, q, &l->forms[i]);
        if (m.score > 0 && (best[m.indicator].score == 0 || is_better(&m, &best[m.indicator]))) best[m.indicator] = m;
    }
    for (size_t i = 0; i < l->r->indicator_count; i++)
        if (best[i].score > 0) best[count++] = best[i];
    *ret = best;
    return count;
}

/* ---- The goal ---- */

static asked goal_asked(const plan_linker *l, arena *a, const plan_goal *g, text jurisdiction)
{
    asked q = {.unit = RULE_NONE};
    const rat *ratio;
    text unit = g->unit;
    if (!unit.len && g->is_suspect) unit = likely_unit(g->likely);
    q.words = plan_wording(a, l->rules, without_area(l->rules, jurisdiction, g->indicator));
    q.scope = plan_wording(a, l->rules, without_area(l->rules, jurisdiction, g->scope));
    q.change = g->op == PLAN_DECREASE_BY ? CHANGE_DOWN : g->op == PLAN_INCREASE_BY ? CHANGE_UP : CHANGE_NONE;
    if (q.change != CHANGE_NONE) cut_change(l->rules, &q.words);
    q.whole = text_of(arena_printf(a, "%.*s%.*s", TEXT_FMT(q.scope), TEXT_FMT(q.words)));
    plan_unit_find(a, l->r, is_points(unit) ? TEXT("%") : unit, &q.unit, &ratio);
    q.is_share = text_is(unit, "%") || is_points(unit);
    return q;
}

static text key_of(const plan_linker *l, arena *a, const asked *q, text unit)
{
    text id = q->unit == RULE_NONE ? unit : l->r->units[q->unit].id;
    const char *kind = q->change == CHANGE_DOWN ? "decrease" : q->change == CHANGE_UP ? "increase" : "level";
    return text_of(arena_printf(a, "%.*s|%.*s|%.*s|%s", TEXT_FMT(q->words), TEXT_FMT(q->scope), TEXT_FMT(id), kind));
}

static void say_reason(plan_link *link, const char *zh, const char *en) { link->reason_zh = text_of(zh), link->reason_en = text_of(en); }

static void give_reason(plan_link *link, arena *a, const match *m, const asked *q, bool unit_ok)
{
    if (!unit_ok)
        say_reason(link, arena_printf(a, "用词相近，但单位或比较方式不符"), "the words are near, but unit or comparison does not fit");
    else if (link->grade == PLAN_LINK_NONE)
        say_reason(link, "没有用词相近的指标", "no indicator has words like these");
    else if (link->grade == PLAN_LINK_EXACT)
        say_reason(link, "名称或别名相同，单位和比较方式相符", "a name or alias is the same; unit and comparison fit");
    else if (m->is_equal && m->is_part)
        say_reason(link, arena_printf(a, "名称相同，但只针对一部分：%.*s", TEXT_FMT(q->scope)), arena_printf(a, "the name is the same, but only for a part: %.*s", TEXT_FMT(q->scope)));
    else if (m->is_equal)
        say_reason(link, "名称相同；目标是变化幅度，指标是水平，须按基期换算", "the name is the same; the goal is a change, the indicator a level: it needs the base year");
    else
        say_reason(link, arena_printf(a, "用词相近（%d/1000）", m->score), arena_printf(a, "the words are near (%d/1000)", m->score));
}

static bool apply_choice(const plan_linker *l, arena *a, const plan_choice *choices, size_t count, plan_link *link)
{
    for (size_t i = count; i-- > 0;) { /* the newest last */
        if (!text_equal(choices[i].key, link->key)) continue;
        int32_t at = choices[i].indicator.len ? rule_indicator_find(l->r, choices[i].indicator) : RULE_NONE;
        if (choices[i].indicator.len && at == RULE_NONE) continue; /* of a pack that is no longer loaded */
        link->by_person = true;
        link->is_change = at != RULE_NONE && link->is_change && !text_is(l->r->indicators[at].kind, "change");
        link->indicator = at;
        link->grade = at == RULE_NONE ? PLAN_LINK_NONE : PLAN_LINK_EXACT;
        const char *who = text_str(a, choices[i].author);
        if (at == RULE_NONE) say_reason(link, arena_printf(a, "%s 认定没有对应指标", who), arena_printf(a, "%s said that none of them is it", who));
        else say_reason(link, arena_printf(a, "由 %s 确认", who), arena_printf(a, "confirmed by %s", who));
        return true;
    }
    return false;
}

static int by_rank(const void *x, const void *y)
{
    const match *a = x, *b = y;
    if (is_better(a, b)) return -1;
    if (is_better(b, a)) return 1;
    return a->indicator < b->indicator ? -1 : a->indicator > b->indicator;
}

void plan_link_goal(const plan_linker *l, arena *a, const plan_goal *g, text jurisdiction, const plan_choice *choices, size_t choice_count, plan_link *ret)
{
    asked q = goal_asked(l, a, g, jurisdiction);
    match *all;
    const match *best = NULL;
    size_t count = match_all(l, a, &q, &all);
    *ret = (plan_link){.indicator = RULE_NONE, .is_change = q.change != CHANGE_NONE, .key = key_of(l, a, &q, g->unit)};
    if (count > 1) qsort(all, count, sizeof *all, by_rank);
    for (size_t i = 0; i < count; i++) {
        if (ret->candidate_count < PLAN_CANDIDATES_MAX && all[i].score >= LIKELY_SCORE / 2) ret->candidates[ret->candidate_count++] = (plan_candidate){all[i].indicator, all[i].score};
        const rule_indicator *x = &l->r->indicators[all[i].indicator];
        if (!best && grade_of(&all[i]) != PLAN_LINK_NONE && g->op != PLAN_RANK && unit_fits(l, &q, x, all[i].is_change ? CHANGE_NONE : q.change)) best = &all[i];
    }
    if (best) {
        ret->indicator = best->indicator;
        ret->grade = grade_of(best);
        ret->is_change = best->is_change;
    }
    give_reason(ret, a, best, &q, best || !count || grade_of(&all[0]) == PLAN_LINK_NONE);
    if (!apply_choice(l, a, choices, choice_count, ret) && !best) ret->is_change = false;
}

text plan_period_base(const plan_rules *rules, text target_year)
{
    const plan_word *w = target_year.len ? list_equal(&rules->link_words, target_year) : NULL;
    return w && is_kind(w, "base") ? w->cells[1] : (text){0};
}

const char *plan_link_grade_id(plan_link_grade g) { return g == PLAN_LINK_EXACT ? "exact" : g == PLAN_LINK_LIKELY ? "likely" : "none"; }
