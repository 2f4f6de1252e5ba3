/*
 * Quantitative goals: every number of the plan proper is judged by the words beside it.
 *
 *   indicator cue NUMBER unit          森林覆盖率达到39%                   the cue tells comparison and firmness (goal_cues.csv)
 *   verb NUMBER unit thing             培育150家市级以上龙头企业           the verb tells them (action_verbs.csv)
 *   verb thing NUMBER unit             创建绿色工厂1000家
 *   thing NUMBER% verb                 规模以上企业30%以上完成智能化转型   a share of the thing
 *   a、b分别cue NUMBER、NUMBER         one goal each
 *
 * What none of these fits is no goal: dates, thresholds (2万平方米以上的…), names (500千伏变电站, “871”). The target year is the last one named
 * before the number in its sentence; in sections of goals, and in paragraphs that begin with a year, it carries to the next sentences.
 * A number that is visibly damaged stays as printed, marked, with the likely reading beside it.
 */
#include "inside.h"

enum { INDICATOR_MAX = 60 }; /* characters */

typedef struct token { /* a number with its unit and the word behind it; places in the sentence */
    size_t start, digits_end, end;
    text value, high, unit, unit_class;
    const plan_word *after;
    bool is_cut_word;     /* 82%上 */
    bool is_about;        /* 约 stands before it */
} token;

typedef struct scan {
    reading *r;
    const plan_piece *piece;
    text s;                /* the sentence */
    size_t base;           /* its place in clean */
    plan_years years;
    text carried;          /* target year from sentences before */
    enum { PAST_UNKNOWN, PAST_NO, PAST_YES } past; /* the sentence tells what was: looked for when it first matters */
    size_t clause, clause_end, free; /* free: behind the last goal of this clause, or behind a number that 、 parts from the next */
    const plan_word *verb; /* shared by a list: 培育150家…、20个… */
    const plan_word *list_verb; /* the same for the next clause: 建成联盟5家,中心10家 */
    size_t list_end;       /* where the clause ends that has it */
    text indicator;        /* last one, for 2030年达到… */
    bool was_change;       /* it was told by how much it changes */
    bool has_parts;        /* the document has 分之, 一半, 成以上 */
    size_t hang;           /* start of a clause before that ends in 的; SIZE_MAX = none */
} scan;

typedef struct found { /* a goal as it is put together */
    text indicator, scope, base_year, base_value, year; /* year: told for this one; 0 bytes: the last one named */
    size_t start, end;     /* the quote */
    const char *op, *firmness;
    const plan_word *cue;
    text cue_word;
    bool is_suspect, is_borderline;
    text likely, note;
} found;

static bool at_text(text t, size_t at, const char *s) { return text_starts(text_part(t, at, t.len), s); }

static size_t skip_blanks(text t, size_t at)
{
    while (at < t.len && t.ptr[at] == ' ') at++;
    return at;
}

static size_t read_digits(text s, size_t at)
{
    size_t end = at;
    while (end < s.len && is_digit(s.ptr[end])) end++;
    while (end + 3 < s.len && s.ptr[end] == ',' && end - at <= 3 && is_digit(s.ptr[end + 1]) && is_digit(s.ptr[end + 2]) && is_digit(s.ptr[end + 3]) &&
           (end + 4 >= s.len || !is_digit(s.ptr[end + 4])))
        end += 4;
    if (end + 1 < s.len && s.ptr[end] == '.' && is_digit(s.ptr[end + 1])) {
        end++;
        while (end < s.len && is_digit(s.ptr[end])) end++;
    }
    return end;
}

/* Magnitude (百千万亿) and the longest unit of the table behind it; 0 bytes if none. */
static size_t read_unit(const reading *r, text s, size_t at, const plan_word **ret)
{
    static const char *const SCALES[] = {"十", "百", "千", "万", "亿", "兆"};
    size_t end = at;
    const plan_word *w = list_start(&r->rules->units, text_part(s, at, s.len));
    for (bool more = true; more && !w;) {
        more = false;
        for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++)
            if (at_text(s, end, SCALES[i])) {
                end += 3;
                more = true;
                break;
            }
        w = more ? list_start(&r->rules->units, text_part(s, end, s.len)) : NULL;
    }
    *ret = w;
    return w ? end + w->word.len - at : 0;
}

static size_t skip_scales(text s, size_t at)
{
    while (at_text(s, at, "万") || at_text(s, at, "亿") || at_text(s, at, "千") || at_text(s, at, "百")) at += 3;
    return at;
}

static bool is_dash(text s, size_t at, size_t *ret_end)
{
    static const char *const DASHES[] = {"-", "——", "—", "–", "~", "至", "到", "~"};
    for (size_t i = 0; i < sizeof DASHES / sizeof *DASHES; i++)
        if (at_text(s, at, DASHES[i])) {
            *ret_end = at + strlen(DASHES[i]);
            return true;
        }
    return false;
}

/* Digits that are no amount: names (PM2.5, “871”, 5G, 1+3+3), ordinals, times, numbers of documents. */
static bool is_name(text s, size_t at, size_t end)
{
    static const char *const BEHIND[] = {"年", "月", "日", "号", "时", "届", "+", "版", "#", "期", "〕", "批次", "周年"};
    if (at > 0 && (is_latin(s.ptr[at - 1]) || strchr("+#/.", s.ptr[at - 1]))) return true;
    if (at >= 3 && (memcmp(s.ptr + at - 3, "第", 3) == 0 || memcmp(s.ptr + at - 3, "“", 3) == 0 || memcmp(s.ptr + at - 3, "〔", 3) == 0 || memcmp(s.ptr + at - 3, "零", 3) == 0)) return true;
    size_t k = skip_blanks(s, end);
    for (size_t i = 0; i < sizeof BEHIND / sizeof *BEHIND; i++)
        if (at_text(s, k, BEHIND[i])) return true;
    return k < s.len && is_latin(s.ptr[k]) && !strchr("kMGmTEPu", s.ptr[k]); /* 4A, 3D; units begin with the letters listed */
}

static void read_after(const reading *r, text s, token *t)
{
    size_t k = skip_blanks(s, t->end);
    const plan_word *w = list_start(&r->rules->qualifiers, text_part(s, k, s.len));
    if (w && text_is(w->cells[0], "after")) {
        t->after = w;
        t->end = k + w->word.len;
    } else if (at_text(s, k, "上") && (k + 3 >= s.len || strchr(",;:", s.ptr[k + 3]))) {
        t->is_cut_word = true;
        t->end = k + 3;
    }
}

/* 30家(含市级10家)绿色工厂: what a bracket adds does not part the number from its thing. */
static void skip_bracket(text s, token *t)
{
    size_t end = t->end + 1;
    if (t->end >= s.len || s.ptr[t->end] != '(') return;
    while (end < s.len && s.ptr[end] != ')' && s.ptr[end] != '(') end++;
    text content = text_part(s, t->end + 1, end);
    bool adds = text_starts(content, "其中") || text_starts(content, "含") || text_starts(content, "包括") || text_starts(content, "不含");
    if (end < s.len && s.ptr[end] == ')' && adds) t->end = end + 1;
}

static bool read_token(const reading *r, text s, size_t at, token *ret)
{
    size_t end = read_digits(s, at), dash, high_at;
    if (is_name(s, at, end)) return false;
    token t = {.start = at, .digits_end = end, .end = end, .value = text_part(s, at, end)};
    const plan_word *unit = NULL;
    size_t k = skip_blanks(s, end), n = read_unit(r, s, k, &unit);
    size_t behind = n ? skip_blanks(s, k + n) : skip_scales(s, k); /* 550亿-600亿立方米 */
    if (is_dash(s, behind, &dash) && (high_at = skip_blanks(s, dash)) < s.len && is_digit(s.ptr[high_at])) {
        size_t high_end = read_digits(s, high_at);
        const plan_word *high_unit;
        size_t hk = skip_blanks(s, high_end), hn = read_unit(r, s, hk, &high_unit);
        if (hn && (!n || unit == high_unit)) {
            t.high = text_part(s, high_at, high_end);
            k = hk;
            n = hn;
            unit = high_unit;
        }
    }
    if (n) {
        t.unit = text_part(s, k, k + n);
        t.unit_class = unit->cells[0];
        t.end = k + n;
    }
    read_after(r, s, &t);
    skip_bracket(s, &t);
    *ret = t;
    return true;
}

/* The next number at or behind *at and before end that is no year and stands in no title or bracket. */
static bool next_token(scan *g, size_t *at, size_t end, token *ret)
{
    int titles = 0, brackets = 0;
    bool any = false;
    for (size_t i = *at; i < end && !any; i++) any = is_digit(g->s.ptr[i]);
    for (size_t i = g->clause; any && i < end;) {
        bool mark = (unsigned char)g->s.ptr[i] == 0xE3;
        if (mark && at_text(g->s, i, "《")) titles++;
        if (mark && at_text(g->s, i, "》") && titles) titles--;
        if (g->s.ptr[i] == '(' && memchr(g->s.ptr + i, ')', end - i)) brackets++;
        if (g->s.ptr[i] == ')' && brackets) brackets--;
        if (!is_digit(g->s.ptr[i])) {
            i += char_bytes(g->s.ptr + i, end - i);
            continue;
        }
        size_t stop = read_digits(g->s, i);
        bool year = false;
        for (size_t k = 0; k < g->years.count; k++) year |= i >= g->years.items[k].start && i < g->years.items[k].end;
        if (i >= *at && !year && !titles && !brackets && read_token(g->r, g->s, i, ret)) {
            *at = ret->end > stop ? ret->end : stop;
            return true;
        }
        i = stop;
    }
    return false;
}

static bool has_any(text t, const char *const *words, size_t count)
{
    size_t at;
    for (size_t i = 0; i < count; i++)
        if (text_find(t, text_of(words[i]), &at)) return true;
    return false;
}

static bool is_strive(text t)
{
    static const char *const WORDS[] = {"力争", "争取", "努力", "力求"};
    return has_any(t, WORDS, 4);
}

/* A verb, unless the table has it as a word that only looks like one (建成区). */
static const plan_word *counted(const plan_word *verb) { return verb && text_is(verb->cells[0], "none") ? NULL : verb; }

/* Words such as 力争, 累计, 分别 off the end; *ret_each: 分别 was among them. */
static text drop_before(const reading *r, text t, bool *ret_each)
{
    for (;;) {
        t = text_trim(t);
        const plan_word *w = list_end(&r->rules->qualifiers, t);
        if (!w || !text_is(w->cells[0], "before")) return t;
        if (text_is(w->word, "分别") && ret_each) *ret_each = true;
        t.len -= w->word.len;
    }
}

static text drop_lead(const reading *r, text t, text *ret_scope)
{
    for (;;) {
        t = text_trim_junk(t);
        const plan_word *w = list_start(&r->rules->sets[SET_LEAD], t);
        const plan_word *s = list_start(&r->rules->scopes, t);
        if (s && text_is(s->cells[0], "area") && t.len > s->word.len) {
            if (ret_scope && !ret_scope->len) *ret_scope = s->word;
            t = text_part(t, s->word.len, t.len);
        } else if (w && t.len > w->word.len + 6) {
            t = text_part(t, w->word.len, t.len);
        } else if (text_starts(t, "、")) {
            t = text_part(t, 3, t.len);
        } else {
            return t;
        }
    }
}

static bool is_rate(const reading *r, text t)
{
    t = text_trim_junk(t);
    if (text_ends(t, ")")) {
        size_t at = t.len;
        while (at > 0 && t.ptr[at - 1] != '(') at--;
        if (at > 1) t.len = at - 1;
    }
    return list_end(&r->rules->sets[SET_RATE], t) != NULL;
}

/* 较2020年 and the like out of the subject; what they name is the base year. */
static text drop_base(scan *g, text subject, text *ret_year)
{
    for (size_t i = 0; i < g->years.count; i++) {
        plan_year *y = &g->years.items[i];
        const char *p = g->s.ptr + y->start;
        if (y->role != YEAR_BASE || p < subject.ptr || p >= subject.ptr + subject.len) continue;
        *ret_year = y->year;
        size_t start = (size_t)(p - subject.ptr), end = start + (y->end - y->start);
        static const char *const HEADS[] = {"相较于", "相对", "相较", "相比", "较", "比", "在", "以", "与"};
        static const char *const TAILS[] = {"的基础上", "基础上", "为基期", "为基准", "相比", "水平", "的"};
        text head = text_trim(text_part(subject, 0, start));
        for (size_t k = 0; k < sizeof HEADS / sizeof *HEADS; k++)
            if (text_ends(head, HEADS[k])) {
                head.len -= strlen(HEADS[k]);
                break;
            }
        for (size_t k = 0; k < sizeof TAILS / sizeof *TAILS; k++)
            if (at_text(subject, end, TAILS[k])) {
                end += strlen(TAILS[k]);
                break;
            }
        text tail = text_trim_junk(text_part(subject, end, subject.len));
        head = text_trim_junk(head);
        return tail.len > 6 || !head.len ? tail : head; /* what stands behind it is the indicator, else what stood before */
    }
    return subject;
}

/* The thing an indicator is measured on, before it: 新建…建筑 | 屋顶光伏覆盖率. */
static text drop_thing(const reading *r, text t, text *ret_scope)
{
    static const char *const NEW_ENDS[] = {"建筑中", "建筑", "厂房", "项目中", "通道"};
    size_t cut = 0;
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        text head = text_part(t, 0, at), rest = text_part(t, at, t.len);
        const plan_word *w = list_end(&r->rules->scopes, head);
        bool thing = w && (text_is(w->cells[0], "thing") || text_is(w->cells[0], "area_end"));
        size_t place;
        for (size_t i = 0; i < sizeof NEW_ENDS / sizeof *NEW_ENDS && !thing; i++) thing = text_find(head, TEXT("新建"), &place) && place <= 12 && text_ends(head, NEW_ENDS[i]);
        const plan_word *begin = list_start(&r->rules->scopes, rest);
        for (size_t i = 0; begin && text_is(begin->cells[0], "begin") && i < 3 && !thing; i++) thing = text_ends(head, NEW_ENDS[i]) && i != 0;
        if (thing && !cut && text_chars(rest) >= 4 && !list_start(&r->rules->sets[SET_THING_HEAD], rest)) cut = at;
    }
    if (!cut) return t;
    *ret_scope = text_part(t, 0, cut);
    if (text_ends(*ret_scope, "中")) ret_scope->len -= 3;
    return text_part(t, cut, t.len);
}

/* Words that are not of the name off its end: 改造工作 -> 改造, 使用比例每年 -> 使用比例. */
static text drop_trail(const reading *r, text t)
{
    const plan_word *w;
    while ((w = list_end(&r->rules->sets[SET_TRAIL], t)) != NULL && t.len > w->word.len + 6) t = text_trim_junk(text_part(t, 0, t.len - w->word.len));
    return t;
}

/* 改造后实现整体能效: the name begins behind the verb, unless it is part of an attribute (实现联网的企业占比). */
static text drop_into(const reading *r, text t)
{
    const plan_list *words = &r->rules->sets[SET_INTO];
    size_t cut = 0, of;
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        const plan_word *w = list_may_start(words, text_part(t, at, t.len)) ? list_start(words, text_part(t, at, t.len)) : NULL;
        text rest = w ? text_part(t, at + w->word.len, t.len) : (text){"", 0};
        if (text_chars(rest) >= 4 && !text_find(rest, TEXT("的"), &of) && is_rate(r, rest)) cut = at + w->word.len;
    }
    return text_part(t, cut, t.len);
}

static text clean_subject(scan *g, text t, found *f)
{
    t = drop_base(g, t, &f->base_year);
    t = drop_before(g->r, t, NULL);
    t = drop_lead(g->r, t, &f->scope);
    size_t comma = t.len;
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == ',' || t.ptr[i] == ';') comma = i;
    if (comma < t.len) { /* …的,比例 */
        f->scope = text_part(t, 0, comma);
        t = drop_lead(g->r, text_part(t, comma + 1, t.len), NULL);
    }
    const char *first = t.ptr;
    for (int i = 0; i < 3; i++) {
        text scope = {"", 0}, rest = drop_thing(g->r, t, &scope);
        if (!scope.len) break;
        t = rest;
        f->scope = (text){first, (size_t)(scope.ptr + scope.len - first)};
    }
    if (text_ends(t, "的")) t.len -= 3;
    t = drop_before(g->r, drop_trail(g->r, drop_into(g->r, text_trim_junk(t))), NULL); /* 总量力争较峰值: one word behind the other */
    return drop_trail(g->r, t);
}

static const char *with_after(const token *t, const char *op)
{
    if (t->is_about && strcmp(op, ">=") == 0) return "~";
    bool change = strcmp(op, "decrease_by") == 0 || strcmp(op, "increase_by") == 0;
    if (change) return op;
    if (t->high.len) return "~";
    if (t->after && t->after->cells[1].len) {
        if (text_is(t->after->word, "内") && strcmp(op, "<=") != 0) return op;
        return text_is(t->after->cells[1], "~") ? "~" : text_is(t->after->cells[1], "<=") ? "<=" : ">=";
    }
    return op;
}

static text firmness_of(const scan *g, const token *t, const found *f)
{
    text before = text_part(g->s, f->start < t->start ? f->start : t->start, t->start);
    size_t head = g->free > g->clause ? g->free : g->clause; /* 力争到2030年 stands before the quote */
    if (is_strive(before) || is_strive(text_part(g->s, head, t->start))) return TEXT("strive");
    if (t->is_about || (t->after && text_is(t->after->cells[2], "about"))) return TEXT("about");
    if (strcmp(f->firmness, "reach") == 0 && strcmp(with_after(t, f->op), "<=") == 0 && t->after && text_is(t->after->cells[2], "cap")) return TEXT("cap");
    return text_of(f->firmness);
}

static plan_op op_of(const char *op)
{
    return strcmp(op, ">=") == 0 ? PLAN_AT_LEAST : strcmp(op, "<=") == 0 ? PLAN_AT_MOST : strcmp(op, "=") == 0 ? PLAN_EQUAL : strcmp(op, "~") == 0 ? PLAN_ABOUT
         : strcmp(op, "decrease_by") == 0 ? PLAN_DECREASE_BY : strcmp(op, "increase_by") == 0 ? PLAN_INCREASE_BY : PLAN_RANK;
}

size_t find_places(const reading *r, text quote, plan_span first, const plan_span **ret)
{
    plan_span *items = NULL;
    size_t count = 0, max = 0, from = 0, at;
    *ARENA_PUSH(r->a, items, count, max) = first;
    while (count < PLAN_PLACES_MAX && grams_next(&r->grams, quote, from, &at)) {
        plan_span s = {at, at + quote.len};
        if (s.start != first.start) *ARENA_PUSH(r->a, items, count, max) = s;
        from = s.end;
    }
    *ret = items;
    return count;
}

static plan_goal *same_goal(reading *r, const plan_goal *g, bool in_annex)
{
    for (size_t i = r->table_goal_count; i < r->goal_count; i++) {
        plan_goal *o = &r->goals[i];
        bool annex = text_starts(o->chapter, "附件");
        if (annex == in_annex && !in_annex && o->op == g->op && text_equal(o->value, g->value) && text_equal(o->unit, g->unit) && text_equal(o->indicator, g->indicator) &&
            text_equal(o->target_year, g->target_year) && text_equal(o->base_year, g->base_year) && text_equal(o->scope, g->scope))
            return o;
    }
    return NULL;
}

static text plain_number(const reading *r, text t)
{
    size_t at;
    if (!text_find(t, TEXT(","), &at)) return t;
    text_buf b = {.a = r->a};
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] != ',') buf_char(&b, t.ptr[i]);
    return buf_text(&b);
}

static void add_place(reading *r, plan_goal *g, const plan_goal *again)
{
    if (g->occurrence_count >= PLAN_PLACES_MAX) return;
    plan_span *all = NEW_ARRAY(r->a, g->occurrence_count + 1, plan_span);
    for (size_t i = 0; i < g->occurrence_count; i++) {
        all[i] = g->occurrences[i];
        if (all[i].start == again->span.start) return;
    }
    all[g->occurrence_count++] = again->span;
    g->occurrences = all;
}

/* The last year named before the number; 80%以上的机关2025年底前达到要求: one behind it that says by when holds before years of clauses before. */
static text year_of(const scan *g, const token *t, const found *f)
{
    if (f->year.len) return f->year;
    for (size_t i = 0; i < g->years.count; i++) {
        const plan_year *y = &g->years.items[i];
        if (y->role == YEAR_TARGET && y->start >= g->clause && y->start < t->start) break;
        if (y->role == YEAR_TARGET && y->start >= t->end && y->end < f->end && text_ends(text_part(g->s, y->start, y->end), "前")) return y->year;
    }
    return year_before(&g->years, t->start, g->carried);
}

/* 环境优美、…、机制健全的示范县城: of a name too long the attributes go. */
static text without_attributes(text name)
{
    size_t at;
    while (text_chars(name) > INDICATOR_MAX && text_find(name, TEXT("的"), &at) && at + 12 < name.len) name = text_trim_junk(text_part(name, at + 3, name.len));
    return name;
}

static void emit(scan *g, const token *t, found *f)
{
    reading *r = g->r;
    text indicator = without_attributes(text_trim_junk(f->indicator));
    if (text_chars(indicator) < 2 || text_chars(indicator) > INDICATOR_MAX || r->goal_count >= PLAN_ROWS_MAX || list_equal(&r->rules->sets[SET_NOT_NAME], indicator) || text_ends(indicator, "最高")) return;
    const char *op = with_after(t, f->op);
    plan_goal x = {.indicator = indicator, .value = plain_number(r, t->value), .value_hi = plain_number(r, t->high), .unit = t->unit, .base_year = f->base_year, .scope = f->scope,
        .target_year = year_of(g, t, f), .op = op_of(op), .is_suspect = f->is_suspect, .is_borderline = f->is_borderline, .likely = f->likely, .note = f->note};
    x.firmness = firmness_of(g, t, f);
    x.cue = t->after && !text_starts(t->after->word, "的") ? text_of(arena_printf(r->a, "%.*s…%.*s", TEXT_FMT(f->cue_word), TEXT_FMT(t->after->word))) : f->cue_word;
    x.span = (plan_span){g->base + f->start, g->base + f->end};
    x.quote = clean_part(r, x.span);
    section_labels(r, g->piece->section, g->piece->in_annex, &x.chapter, &x.section);
    plan_goal *same = same_goal(r, &x, g->piece->in_annex);
    g->indicator = indicator;
    g->was_change = x.op == PLAN_DECREASE_BY || x.op == PLAN_INCREASE_BY;
    if (f->end > g->free) g->free = f->end;
    if (same) {
        add_place(r, same, &x);
        return;
    }
    x.occurrence_count = find_places(r, x.quote, x.span, &x.occurrences);
    *ARENA_PUSH(r->a, r->goals, r->goal_count, r->goal_max) = x;
}

/* A further number with a verb or cue of its own, its comma lost: where its clause begins, behind at least `from`; 0 if none. */
static size_t lost_clause(const scan *g, text rest)
{
    for (size_t at = 6; at < rest.len; at += char_bytes(rest.ptr + at, rest.len - at)) {
        if (!is_digit(rest.ptr[at]) || is_digit(rest.ptr[at - 1])) continue;
        text head = drop_before(g->r, text_part(rest, 0, at), NULL);
        const plan_word *verb = counted(list_end(&g->r->rules->verbs, head));
        if (!verb) return 0;
        head.len -= verb->word.len;
        const plan_word *actor = list_end(&g->r->rules->sets[SET_ACTOR], head);
        return actor ? head.len - actor->word.len : head.len;
    }
    return 0;
}

static size_t join_bytes(text t)
{
    return text_starts(t, "以及") ? 6 : text_starts(t, "和") || text_starts(t, "及") || text_starts(t, "与") ? 3 : 0;
}

/* What stands behind the number up to the end of the clause, or to 、 where a further number follows. */
static text rest_of(const scan *g, const token *t)
{
    text rest = text_part(g->s, t->end, g->clause_end);
    for (size_t at = 0; at < rest.len; at += char_bytes(rest.ptr + at, rest.len - at)) {
        size_t join = join_bytes(text_part(rest, at, rest.len)); /* 和, 以及: right before a number */
        bool comma = text_starts(text_part(rest, at, rest.len), "、");
        for (size_t k = at; (comma || join) && k < (join ? at + join + 1 : rest.len) && k < rest.len; k++)
            if (is_digit(rest.ptr[k]) && (k == at + (join ? join : 3) || text_chars(text_part(rest, at, k)) <= 14)) return text_part(rest, 0, at);
    }
    size_t lost = lost_clause(g, rest);
    return lost ? text_part(rest, 0, lost) : rest;
}

/* The name of the things counted: up to a verb. */
static text thing_of(const reading *r, text rest)
{
    if (text_starts(rest, "的")) rest = text_part(rest, 3, rest.len);
    const plan_word *unit;
    size_t digits = read_digits(rest, 0), width = digits ? read_unit(r, rest, digits, &unit) : 0;
    if (width) rest = text_part(rest, digits + width, rest.len); /* 9条115.56公里河流 */
    const plan_list *cuts = &r->rules->sets[SET_CUT];
    for (size_t at = 6; at < rest.len; at += char_bytes(rest.ptr + at, rest.len - at)) {
        const plan_word *cut = list_start(cuts, text_part(rest, at, rest.len));
        if (cut && !text_starts(text_part(rest, at + cut->word.len, rest.len), "的")) { /* 限期完成的任务: an attribute */
            text thing = text_part(rest, 0, at);
            const plan_word *adverb = list_end(&r->rules->sets[SET_ADVERB], thing);
            return adverb && thing.len > adverb->word.len + 6 ? text_part(thing, 0, thing.len - adverb->word.len) : thing;
        }
    }
    return drop_trail(r, rest);
}

static const char *const ALREADY = "";

/* 5-10 without its dash is 510: in a document that lost its dashes such a count is suspect. */
static text merged_range(const scan *g, const token *t)
{
    bool ok;
    int64_t v = text_to_i64(t->value, &ok);
    if (!ok || !g->r->lost_marks || t->high.len || !text_is(t->unit_class, "count")) return text_of(ALREADY);
    for (int64_t ten = 100; ten >= 10; ten /= 10) {
        int64_t low = v / ten, high = v % ten;
        if (v >= 100 && low > 0 && high >= ten / 10 && high > low && high <= low * 3 && high % 5 == 0 && (low < 5 || low % 5 == 0 || low == 8))
            return text_of(arena_printf(g->r->a, "~ %lld %lld %.*s", (long long)low, (long long)high, TEXT_FMT(t->unit)));
    }
    return text_of(ALREADY);
}

static void judge_damage(const scan *g, const token *t, text rest, found *f)
{
    const char *op = with_after(t, f->op);
    text range = merged_range(g, t);
    if (range.len) {
        f->is_suspect = true;
        f->likely = range;
        f->note = TEXT("range dash lost");
    } else if (t->is_cut_word) {
        f->is_suspect = true;
        f->likely = text_of(arena_printf(g->r->a, ">= %.*s %.*s", TEXT_FMT(t->value), TEXT_FMT(t->unit)));
        f->note = TEXT("word behind the number cut");
    } else if (!t->unit.len && rest.len) {
        f->is_suspect = true;
        f->likely = text_of(arena_printf(g->r->a, "%s %.*s %s", op, TEXT_FMT(t->value), text_ends(rest, "产业链") ? "条" : "个"));
        f->note = TEXT("measure word lost");
    }
}

/* 淘汰10蒸吨以下燃煤锅炉, 推进65蒸吨及以上锅炉改造: what is large enough, not how much. */
static bool is_threshold(const reading *r, const token *t, text thing)
{
    if (!text_is(t->unit_class, "measure") || !t->after) return false;
    if (text_starts(t->after->word, "及以") || text_is(t->after->word, "以下")) return true;
    return text_is(t->after->word, "以上") && has_set(r->rules, SET_RATED, thing);
}

/* Who or where, before the verb; an adverb or a further verb is neither. */
static text actor_of(const reading *r, text before)
{
    text t = drop_lead(r, before, NULL);
    if (text_ends(t, "并")) t.len -= 3; /* 培育并验收 */
    if (text_starts(t, "在") && list_equal(&r->rules->scopes, text_part(t, 3, t.len))) t = text_part(t, 3, t.len);
    return list_equal(&r->rules->sets[SET_ADVERB], t) || list_equal(&r->rules->verbs, t) || list_equal(&r->rules->sets[SET_LEAD], t) ? (text){"", 0} : t;
}

/* verb NUMBER unit thing */
static void verb_goal(scan *g, const token *t, text rest, size_t start, const plan_word *verb, const char *op, text cue, text before)
{
    found f = {.start = start, .op = op, .firmness = text_is(verb->cells[1], "keep") ? "keep" : "reach", .cue = verb, .cue_word = cue};
    f.is_borderline = text_is(verb->word, "现有");
    if (text_is(t->unit_class, "rating") || text_is(t->unit_class, "rank")) return;
    if (!t->unit.len && !g->r->lost_marks && !text_starts(rest, "“")) return;
    text thing = thing_of(g->r, rest);
    if (list_start(&g->r->rules->sets[SET_NAME_AFTER], thing) && text_chars(thing) <= 8) return;
    if (is_threshold(g->r, t, thing) || text_starts(text_trim_junk(before), "允许")) return; /* what may be done is no goal */
    f.scope = actor_of(g->r, before);
    f.indicator = thing;
    size_t at;
    bool service = text_is(verb->word, "累计为") && text_find(rest, TEXT("提供"), &at); /* 累计为40家企业提供… */
    if (service) {
        f.scope = text_part(rest, 0, at);
        f.indicator = text_part(rest, at + 6, rest.len);
    }
    f.end = t->end + rest.len;
    judge_damage(g, t, rest, &f);
    emit(g, t, &f);
    g->verb = verb;
}

/* Parts of a subject such as 甲、乙和丙, cut at the first `kinds` separators of the list. */
static size_t split_subject(text t, size_t kinds, text *parts, size_t max)
{
    static const char *const SEPARATORS[] = {"、", "和", "以及", "及", "与"};
    size_t count = 0, start = 0;
    int depth = 0;
    for (size_t at = 0; at <= t.len && count < max;) {
        size_t width = 0;
        if (at < t.len) depth += (t.ptr[at] == '(') - (t.ptr[at] == ')');
        for (size_t i = 0; i < kinds && !width && at < t.len && depth <= 0; i++)
            if (at_text(t, at, SEPARATORS[i])) width = strlen(SEPARATORS[i]);
        if (at >= t.len || width) {
            if (at > start) parts[count++] = text_trim_junk(text_part(t, start, at));
            start = at + width;
        }
        if (at >= t.len) break;
        at += width ? width : char_bytes(t.ptr + at, t.len - at);
    }
    return count;
}

/* Where the part of the name begins that a list shares: 化学需氧量、氨氮排放总量 | 排放总量; t.len if it has none. */
static size_t shared_start(const reading *r, text last)
{
    size_t chars = 0, each, of;
    if (text_find(last, TEXT("的"), &of) && of >= 6 && of + 12 < last.len) return of;
    for (size_t at = 0; at < last.len; at += char_bytes(last.ptr + at, last.len - at), chars++)
        if (chars >= 2 && list_start(&r->rules->sets[SET_SHARED], text_part(last, at, last.len))) return text_ends(text_part(last, 0, at), "的") ? at - 3 : at;
    if (text_find(last, TEXT("等"), &each) && each + 9 < last.len) return each + 3;
    const plan_word *rate = list_end(&r->rules->sets[SET_RATE], last);
    return rate ? last.len - rate->word.len : last.len;
}

/* 城市地区、农村地区供电可靠率: what both parts have (地区) ends the part; 0 if there is none. */
static size_t like_end(text first, text last)
{
    enum { TWO = 6 };
    size_t at;
    if (text_chars(first) == 1 && last.len > TWO) return 3; /* 大、中、小型矿山建设率 */
    if (first.len <= TWO) return 0;
    text both = text_part(first, first.len - TWO, first.len);
    return text_find(last, both, &at) && at >= 3 && at + TWO + 6 < last.len ? at + TWO : 0;
}

/* 化学需氧量、氨氮排放总量: each part with the tail of the last one, unless every part is a name of its own. */
static void share_tail(const reading *r, text *parts, size_t count)
{
    bool own = true;
    for (size_t i = 0; i < count; i++) own = own && is_rate(r, parts[i]);
    text last = parts[count - 1];
    size_t at = like_end(parts[0], last);
    if (!at) at = shared_start(r, last);
    if (own || at == 0 || at >= last.len) return;
    text tail = text_part(last, at, last.len);
    size_t each;
    parts[count - 1] = text_trim(text_part(last, 0, text_find(text_part(last, 0, at), TEXT("等"), &each) ? each : at));
    for (size_t i = 0; i < count; i++) {
        if (text_ends(parts[i], "等")) parts[i].len -= 3;
        parts[i] = text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(parts[i]), TEXT_FMT(tail)));
    }
}

/* 单位GDP能耗、水耗: what the first part is measured by holds for a bare amount behind it. */
static void share_head(const reading *r, text *parts, size_t count)
{
    const plan_word *per = NULL;
    for (size_t at = 0; at < parts[0].len && !per; at += char_bytes(parts[0].ptr + at, parts[0].len - at)) {
        const plan_word *w = list_start(&r->rules->sets[SET_PER], text_part(parts[0], at, parts[0].len));
        if (w && text_chars(parts[0]) - text_chars(w->word) >= 2) per = w;
    }
    size_t at;
    if (!per || !text_find(parts[0], per->word, &at)) return;
    text head = text_part(parts[0], 0, at + per->word.len);
    for (size_t i = 1; i < count; i++)
        if (list_equal(&r->rules->sets[SET_PER_AMOUNT], parts[i]))
            parts[i] = text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(head), TEXT_FMT(parts[i])));
}

/* 到2025年、2030年,…分别达到…: the first of exactly `count` years listed before byte at, the last ones named; SIZE_MAX if they are not. */
static size_t listed_years(const scan *g, size_t at, size_t count)
{
    size_t last = SIZE_MAX, run = 0;
    for (size_t i = 0; i < g->years.count; i++) {
        const plan_year *y = &g->years.items[i];
        if (y->role != YEAR_TARGET || y->start > at) continue;
        size_t gap = last == SIZE_MAX ? 0 : y->start - g->years.items[last].end;
        bool joins = last + 1 == i && run && gap == 3 && (at_text(g->s, y->start - 3, "、") || at_text(g->s, y->start - 3, "和"));
        run = joins ? run + 1 : 1;
        last = i;
    }
    return run == count && last != SIZE_MAX ? last + 1 - count : SIZE_MAX;
}

/* a、b分别cue NUMBER、NUMBER; returns how many numbers were taken. */
static size_t each_goal(scan *g, const token *first, found *f, text subject, size_t *ret_end)
{
    token tokens[8] = {*first};
    text parts[8];
    size_t count = 1, at = first->end;
    while (count < 8) {
        size_t k = skip_blanks(g->s, at);
        k += at_text(g->s, k, "、") || at_text(g->s, k, "和") ? 3 : k < g->s.len && (g->s.ptr[k] == ',') ? 1 : 0;
        k = skip_blanks(g->s, k);
        if (k == at || k >= g->s.len || !is_digit(g->s.ptr[k]) || !read_token(g->r, g->s, k, &tokens[count])) break;
        at = tokens[count++].end;
    }
    size_t n = 0;
    for (size_t kinds = 1; kinds <= 5 && n != count; kinds++) n = split_subject(subject, kinds, parts, 8);
    if (n != count) n = split_subject(subject, 1, parts, 8);
    if (count < 2 || (n != count && n != 1)) return 0;
    if (n > 1) share_tail(g->r, parts, n), share_head(g->r, parts, n);
    bool n_was_one = n == 1;
    if (n == 1) /* what is told apart stands in a clause before */
        for (; n < count; n++) parts[n] = parts[0];
    size_t first_year = n_was_one ? listed_years(g, first->start, count) : SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        found one = *f;
        if (first_year != SIZE_MAX) one.year = g->years.items[first_year + i].year;
        if (tokens[i].unit.len && text_starts(tokens[count - 1].unit, text_str(g->r->a, tokens[i].unit))) { /* 20个、10个百分点 */
            tokens[i].unit = tokens[count - 1].unit;
            tokens[i].unit_class = tokens[count - 1].unit_class;
        }
        if (!tokens[i].after) tokens[i].after = tokens[count - 1].after;
        one.indicator = parts[i];
        one.end = at;
        emit(g, &tokens[i], &one);
    }
    *ret_end = at;
    return count;
}

/* 建设充电站达到50座: the verb tells no more than the cue; 改造面积, 建设规模 are names. */
static text drop_made(const reading *r, text name)
{
    const plan_word *none = list_start(&r->rules->verbs, name), *w = list_start(&r->rules->sets[SET_MADE], name);
    text rest = w ? text_trim_junk(text_part(name, w->word.len, name.len)) : name;
    bool noun = (none && text_is(none->cells[0], "none")) || (text_chars(rest) < 5 && is_rate(r, rest));
    return w && !noun && text_chars(rest) >= 3 ? rest : name;
}

/* indicator cue NUMBER unit */
static bool cue_goal(scan *g, const token *t, text left, size_t start, const plan_word *cue, text rest, size_t *ret_end)
{
    bool each = false, weak = text_is(cue->cells[2], "weak");
    text subject = text_part(left, 0, left.len - cue->word.len);
    drop_before(g->r, left, &each);
    subject = drop_before(g->r, subject, &each);
    found f = {.start = start, .end = t->end, .op = text_str(g->r->a, cue->cells[0]), .firmness = text_str(g->r->a, cue->cells[1]), .cue = cue, .cue_word = cue->word};
    text name = clean_subject(g, subject, &f);
    text behind = text_trim_junk(rest);
    if (text_starts(behind, ")") || text_starts(behind, "、") || text_starts(behind, "和")) behind.len = 0;
    size_t at;
    bool level = !text_is(cue->cells[2], "change"), yearly = text_find(left, TEXT("年均"), &at); /* 达到200亿元,年均增长15% */
    bool year = year_before(&g->years, t->start, g->carried).len > 0 || (text_is(cue->word, "实现") && text_is(t->unit_class, "share"));
    if (weak && !(is_rate(g->r, name) && year)) return false;
    if (name.len == 0 && behind.len == 0 && g->indicator.len && (level != g->was_change || yearly || (!level && f.base_year.len))) name = g->indicator; /* 下降14%,力争下降14.5% */
    if (name.len == 0) return false;
    if (t->after && text_starts(t->after->word, "及以") && text_is(t->unit_class, "measure")) return false; /* (建筑面积达到10万平方米及以上) */
    bool compares = text_is(cue->cells[2], "compare"); /* 产废量超100吨企业 is a threshold */
    if (behind.len && level && (compares || !is_rate(g->r, name))) return false;
    if (compares && (text_starts(rest, "、或") || text_starts(rest, "或"))) return false; /* 资金超过500万元、或情况特殊 */
    if (list_start(&g->r->rules->sets[SET_NAME_AFTER], behind)) return false;
    if (!level && !t->unit.len) return false;
    if (level && (text_is(t->unit_class, "count") || text_is(t->unit_class, "measure"))) name = drop_made(g->r, name);
    if (each && each_goal(g, t, &f, name, ret_end)) return true;
    f.indicator = name;
    judge_damage(g, t, (text){"", 0}, &f);
    emit(g, t, &f);
    return true;
}

/* (建设)和修复防护林带: further verbs before the object. */
static text drop_verbs(const reading *r, text t)
{
    static const char *const JOINS[] = {"和", "与", "及", "、", "并"};
    for (size_t i = 0; i < sizeof JOINS / sizeof *JOINS; i++) {
        const plan_word *w = text_starts(t, JOINS[i]) ? list_start(&r->rules->verbs, text_part(t, strlen(JOINS[i]), t.len)) : NULL;
        if (w && text_chars(t) > text_chars(w->word) + 3) return text_trim_junk(text_part(t, strlen(JOINS[i]) + w->word.len, t.len));
    }
    return t;
}

/* verb thing NUMBER unit: 创建绿色工厂1000家; where the verb counts what it names (做强甲、乙2条产业链) the thing stands behind. */
static bool object_goal(scan *g, const token *t, text left, size_t start, text rest)
{
    for (size_t at = 0; at < left.len; at += char_bytes(left.ptr + at, left.len - at)) {
        const plan_word *verb = list_start(&g->r->rules->verbs, text_part(left, at, left.len));
        if (!verb || text_is(verb->cells[0], "none")) {
            at += verb ? verb->word.len - char_bytes(left.ptr + at, left.len - at) : 0;
            continue;
        }
        text object = drop_verbs(g->r, text_trim_junk(text_part(left, at + verb->word.len, left.len)));
        bool counts = text_is(verb->cells[0], "="), empty = text_trim_junk(rest).len == 0 || text_starts(rest, "、") || text_starts(rest, "和");
        if (text_chars(object) < 2) return false;
        if (counts && rest.len && (t->unit.len || g->r->lost_marks)) {
            found f = {.start = start + at, .end = t->end + rest.len, .op = "=", .firmness = "reach", .cue = verb, .cue_word = verb->word, .is_borderline = true};
            f.scope = object;
            f.indicator = thing_of(g->r, rest);
            judge_damage(g, t, rest, &f);
            emit(g, t, &f);
            return true;
        }
        bool part = text_is(t->unit_class, "share") && !(text_ends(verb->word, "完成") && year_before(&g->years, t->start, g->carried).len); /* 完成矿山修复60% */
        if (!empty || !t->unit.len || text_is(t->unit_class, "rating") || part) return false;
        found f = {.start = start + at, .end = t->end, .op = ">=", .firmness = "reach", .cue = verb, .cue_word = verb->word, .indicator = object};
        if (text_starts(verb->word, "新") || text_starts(verb->word, "净")) f.indicator = text_trim_junk(text_part(left, at, left.len)); /* what is added is another amount than what is there */
        else f.indicator = text_starts(object, "全国") ? object : drop_lead(g->r, object, &f.scope); /* 完成全市矿山修复60%; 全国示范县 is a name */
        f.indicator = drop_trail(g->r, f.indicator);
        judge_damage(g, t, (text){"", 0}, &f);
        emit(g, t, &f);
        g->verb = verb;
        return true;
    }
    return false;
}

static size_t segment_start(const scan *g, const token *t);

/* Where the verb stands in 城乡家庭初步达到…要求; SIZE_MAX if there is none. */
static size_t follow_verb(const reading *r, text t)
{
    int depth = 0;
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        depth += (t.ptr[at] == '(') - (t.ptr[at] == ')');
        const plan_word *w = depth <= 0 ? list_start(&r->rules->sets[SET_FOLLOW], text_part(t, at, t.len)) : NULL;
        if (w && text_chars(text_part(t, at + w->word.len, t.len)) >= 2 && !(at >= 3 && text_is(text_part(t, at - 3, at), "建"))) return at;
    }
    return SIZE_MAX;
}

/* thing NUMBER% verb, NUMBER%的 thing verb: a share of the thing; the indicator is what it does. */
static bool share_goal(scan *g, const token *t, text left, size_t start, text rest, const plan_word *cue)
{
    if (!text_is(t->unit_class, "share") || !rest.len || is_rate(g->r, left)) return false;
    text scope = {"", 0}, thing = drop_lead(g->r, left, &scope), of = text_starts(rest, "的") ? text_part(rest, 3, rest.len) : rest;
    const plan_word *area = list_equal(&g->r->rules->scopes, thing);
    bool joined = text_ends(thing, "和") || text_ends(thing, "及") || text_ends(thing, "与"); /* 省直机关及60%以上的省属单位… */
    if (area || joined || list_equal(&g->r->rules->sets[SET_LEAD], thing)) thing.len = 0; /* 全省40%以上大型商场…; 推动85%的党政机关… */
    bool year = year_before(&g->years, t->start, g->carried).len > 0, bare = of.ptr == rest.ptr;
    size_t verb = follow_verb(g->r, of);
    text whole = of;
    if (verb == SIZE_MAX && of.ptr != rest.ptr && rest.ptr + rest.len < g->s.ptr + g->clause_end) { /* 95%的省级、90%的市级机关达到…: the verb stands behind the list */
        whole = (text){of.ptr, (size_t)(g->s.ptr + g->clause_end - of.ptr)};
        verb = follow_verb(g->r, whole);
    }
    bool both = thing.len && bare && verb > 0; /* 港口75%以上泊位具备…: only where a year stands */
    if (verb == SIZE_MAX || (thing.len && !bare && !cue) || (both && !(year && t->after)) || !(year || cue || !bare || (!left.len && verb > 0) || t->after || (verb == 0 && text_is(t->value, "100")))) return false;
    found f = {.start = start, .end = t->end + rest.len, .op = cue ? text_str(g->r->a, cue->cells[0]) : ">=", .firmness = "reach", .cue_word = cue ? cue->word : t->after ? t->after->word : TEXT("")};
    text owner = text_part(of, 0, verb); /* of a list only its own part */
    const plan_word *adverb = list_end(&g->r->rules->sets[SET_ADVERB], owner);
    if (adverb) owner.len -= adverb->word.len;
    f.scope = owner.len ? owner : thing.len ? thing : scope;
    f.indicator = text_part(whole, verb, whole.len);
    if (text_starts(f.indicator, "基本") && f.indicator.len > 12) f.indicator = text_part(f.indicator, 6, f.indicator.len);
    emit(g, t, &f);
    return true;
}

/* 比重70%, 装机容量约2800万千瓦: without a verb. */
static bool bare_goal(scan *g, const token *t, text left, size_t start, text rest)
{
    found f = {.start = start, .end = t->end, .op = ">=", .firmness = "reach", .cue_word = TEXT("")};
    size_t of;
    bool part = text_is(t->unit_class, "share") && t->after && text_find(left, TEXT("占"), &of) && of >= 12 && of + 12 < left.len; /* 装配式建筑占新建建筑30%以上 */
    bool amount = t->unit.len && !text_is(t->unit_class, "rating") && is_rate(g->r, left) && (g->indicator.len || year_before(&g->years, t->start, g->carried).len); /* also behind another goal of the sentence */
    bool reaches = text_is(t->unit_class, "share") && text_starts(left, "实现") && is_rate(g->r, left); /* 实现光源使用率100% */
    if (!(amount || part || reaches) || text_trim_junk(rest).len) return false;
    f.indicator = clean_subject(g, left, &f);
    emit(g, t, &f);
    return true;
}

/* 翻一番 is an increase by 100 %, 翻两番 by 300 %. */
static void double_goal(scan *g, text clause)
{
    static const struct { const char *words, *value; } TIMES[] = {{"翻一番", "100"}, {"翻两番", "300"}, {"翻番", "100"}};
    size_t at;
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        if (!text_find(clause, text_of(TIMES[i].words), &at)) continue;
        size_t place = g->clause + at;
        token t = {.start = place, .end = place + strlen(TIMES[i].words), .value = text_of(TIMES[i].value), .unit = TEXT("%"), .unit_class = TEXT("share")};
        found f = {.start = segment_start(g, &t), .end = t.end, .op = "increase_by", .firmness = "reach", .cue_word = text_of(TIMES[i].words), .note = TEXT("reckoned from the words")};
        if (f.start >= place) return;
        f.indicator = clean_subject(g, text_part(g->s, f.start, place), &f);
        if (text_ends(f.indicator, "实现")) f.indicator.len -= 6;
        if (is_rate(g->r, f.indicator)) emit(g, &t, &f);
    }
}

/* 三分之一, 九成, 一半 as a share in percent, of two decimals where it does not come out; its bytes, 0 if there is none. */
static size_t read_part(reading *r, text s, size_t at, text *ret)
{
    static const char *const HALVES[] = {"一半", "半数", "过半"};
    for (size_t i = 0; i < sizeof HALVES / sizeof *HALVES; i++)
        if (at_text(s, at, HALVES[i])) return *ret = TEXT("50"), strlen(HALVES[i]);
    int whole = zh_numeral(text_part(s, at, at + 3)), n;
    if (whole < 2) return 0;
    if (at_text(s, at + 3, "成") && whole < 10) return *ret = text_of(arena_printf(r->a, "%d", whole * 10)), 6;
    if (!at_text(s, at + 3, "分之") || (n = zh_numeral(text_part(s, at + 9, at + 12))) < 1 || n >= whole) return 0;
    int hundredths = (n * 10000 + whole / 2) / whole;
    *ret = text_of(hundredths % 100 ? arena_printf(r->a, "%d.%02d", hundredths / 100, hundredths % 100) : arena_printf(r->a, "%d", hundredths / 100));
    return 12;
}

/* 外受电比重超过三分之一: a part in words behind a cue. */
static void part_goal(scan *g, text clause)
{
    for (size_t at = 12; at < clause.len; at += char_bytes(clause.ptr + at, clause.len - at)) {
        text value, left;
        size_t place = g->clause + at, width = place >= g->free ? read_part(g->r, g->s, place, &value) : 0;
        if (!width || place + width > g->clause_end) continue;
        token t = {.start = place, .end = place + width, .value = value, .unit = TEXT("%"), .unit_class = TEXT("share")};
        read_after(g->r, g->s, &t);
        found f = {.start = segment_start(g, &t), .end = t.end, .firmness = "reach", .note = TEXT("reckoned from the words")};
        if (f.start >= place) return;
        left = drop_before(g->r, text_part(g->s, f.start, place), NULL);
        const plan_word *cue = list_end(&g->r->rules->cues, left);
        if (!cue || text_is(cue->cells[2], "weak") || text_trim_junk(rest_of(g, &t)).len) return;
        f.op = text_str(g->r->a, cue->cells[0]);
        f.firmness = text_str(g->r->a, cue->cells[1]);
        f.cue_word = cue->word;
        f.indicator = clean_subject(g, text_part(left, 0, left.len - cue->word.len), &f);
        if (is_rate(g->r, f.indicator) && year_before(&g->years, place, g->carried).len) emit(g, &t, &f);
    }
}

/* The text before the number that belongs to it: behind the last goal, the last time named, and what joins. */
static size_t segment_start(const scan *g, const token *t)
{
    size_t start = g->hang != SIZE_MAX && g->free <= g->clause ? g->hang : g->clause;
    if (g->free > start) start = g->free;
    for (size_t i = 0; i < g->years.count; i++) {
        const plan_year *y = &g->years.items[i];
        if (y->role == YEAR_BASE || y->start < start || y->end > t->start) continue;
        text before = text_trim_junk(text_part(g->s, start, y->start));
        if (is_rate(g->r, before) && y->start - start > 9 && t->start - y->end < 24) continue; /* 占比到2025年达到… */
        start = y->end;
    }
    for (;;) {
        if (start < t->start && strchr(" ,;:?", g->s.ptr[start])) start++;
        else if (at_text(g->s, start, "、") || at_text(g->s, start, "—") || at_text(g->s, start, "前") || at_text(g->s, start, "底")) start += 3;
        else if (join_bytes(text_part(g->s, start, t->start))) start += join_bytes(text_part(g->s, start, t->start));
        else return start;
    }
}

static text without_years(const scan *g, text left, size_t start)
{
    for (size_t i = 0; i < g->years.count; i++) {
        const plan_year *y = &g->years.items[i];
        if (y->role == YEAR_BASE || y->start <= start || y->end > start + left.len) continue;
        text behind = text_part(left, y->end - start, left.len);
        char *joined = arena_printf(g->r->a, "%.*s%.*s", (int)(y->start - start), left.ptr, TEXT_FMT(behind));
        return text_of(joined);
    }
    return left;
}

/* 建成联盟5家,技术中心10家: a clause of a thing and its number takes the verb of the clause before. */
static bool list_clause_goal(scan *g, const token *t, text left, size_t start, text rest)
{
    bool goes_on = g->list_verb && g->list_end + 1 == g->clause && (text_is(t->unit_class, "count") || text_is(t->unit_class, "measure"));
    bool object = left.len && text_chars(left) >= 3 && !text_trim_junk(rest).len, subject = !left.len && text_chars(rest) >= 3;
    if (!goes_on || (!object && !subject)) return false;
    for (size_t at = 0; at < left.len; at += char_bytes(left.ptr + at, left.len - at))
        if (counted(list_start(&g->r->rules->verbs, text_part(left, at, left.len)))) return false;
    if (text_starts(left, "其中") && text_chars(left) >= 5) left = text_part(left, 6, left.len);
    if (subject) {
        verb_goal(g, t, rest, start, g->list_verb, text_str(g->r->a, g->list_verb->cells[0]), g->list_verb->word, (text){"", 0});
        return true;
    }
    found f = {.start = start, .end = t->end, .op = text_str(g->r->a, g->list_verb->cells[0]), .firmness = "reach", .cue_word = g->list_verb->word, .indicator = drop_trail(g->r, left)};
    emit(g, t, &f);
    g->verb = g->list_verb;
    return true;
}

/* 新车销售量达到汽车销售总量的20%: a share of another amount. */
static bool of_goal(scan *g, const token *t, text left, size_t start)
{
    if (!text_is(t->unit_class, "share") || !text_ends(left, "的")) return false;
    for (size_t at = 6; at < left.len; at += char_bytes(left.ptr + at, left.len - at)) {
        const plan_word *cue = list_start(&g->r->rules->cues, text_part(left, at, left.len));
        if (!cue || text_is(cue->cells[2], "change") || text_is(cue->word, "为") || left.len < at + cue->word.len + 9) continue;
        text name = drop_before(g->r, text_part(left, 0, at), NULL), whole = drop_before(g->r, text_part(left, 0, left.len - 3), NULL);
        bool part = text_starts(cue->word, "占");
        if (!part && !is_rate(g->r, name)) return false;
        if (!year_before(&g->years, t->start, g->carried).len) return false;
        found f = {.start = start, .end = t->end, .op = text_str(g->r->a, cue->cells[0]), .firmness = text_str(g->r->a, cue->cells[1]), .cue_word = cue->word};
        f.indicator = clean_subject(g, part ? whole : name, &f);
        emit(g, t, &f);
        return true;
    }
    return false;
}

static text drop_area(const reading *r, text t) /* 形成全市392吨/日的…能力 */
{
    const plan_word *w = list_end(&r->rules->scopes, t);
    return w && text_is(w->cells[0], "area") && list_end(&r->rules->verbs, text_part(t, 0, t.len - w->word.len)) ? text_part(t, 0, t.len - w->word.len) : t;
}

/* 执行“室温不低于26摄氏度”的标准: a number in quotation marks with its words is of a rule that is named. */
static bool is_quoted(const scan *g, const token *t)
{
    size_t open = SIZE_MAX, at;
    for (size_t i = g->clause; i + 3 <= t->start; i++) {
        if ((unsigned char)g->s.ptr[i] != 0xE2) continue; /* the first byte of both marks */
        if (at_text(g->s, i, "“")) open = i;
        if (at_text(g->s, i, "”")) open = SIZE_MAX;
    }
    return open != SIZE_MAX && open + 12 < t->start && text_find(text_part(g->s, t->end, g->s.len), TEXT("”"), &at);
}

static size_t judge(scan *g, token *t)
{
    size_t start = segment_start(g, t), end = t->end;
    const plan_rules *rules = g->r->rules;
    if (start > t->start || text_is(t->unit_class, "rank")) return end;
    text whole = text_trim(without_years(g, text_part(g->s, start, t->start), start)), left = drop_area(g->r, drop_before(g->r, whole, NULL));
    t->is_about = text_ends(whole, "约");
    if (text_ends(left, "“")) left.len -= 3;
    text rest = rest_of(g, t);
    const plan_word *cue = list_end(&rules->cues, left), *verb = counted(list_end(&rules->verbs, left));
    if (is_quoted(g, t)) return end;
    if (cue && verb && verb->word.len > cue->word.len && text_is(t->unit_class, "count")) cue = NULL; /* 改造提升13处 */
    if (cue) {
        text head = drop_before(g->r, text_part(left, 0, left.len - cue->word.len), NULL);
        const plan_word *behind_verb = list_end(&rules->verbs, head);
        if (cue_goal(g, t, left, start, cue, rest, &end)) return end;
        if (behind_verb && rest.len && !text_starts(rest, "的")) { /* 创建不少于100个… */
            verb_goal(g, t, rest, start + head.len - behind_verb->word.len, behind_verb, text_str(g->r->a, cue->cells[0]), cue->word, (text){"", 0});
            return end;
        }
        if (share_goal(g, t, head, start, rest, cue)) return end;
        if (!verb) return end;
    }
    size_t every;
    bool yearly = text_find(left, TEXT("每年"), &every); /* 每年推动2万平方米以上的改造: an amount, not a size */
    bool has = verb && (text_is(verb->word, "具备") || text_is(verb->word, "形成")); /* 具备5%以上的响应能力 */
    if (verb && rest.len && !text_starts(rest, "、") && (has || yearly || !(text_starts(rest, "的") && t->after))) {
        text before = drop_before(g->r, text_part(left, 0, left.len - verb->word.len), NULL);
        size_t comma, at = text_find(before, TEXT(","), &comma) ? start + before.len : start;
        bool bound = drop_lead(g->r, before, NULL).len > 0 && !list_end(&rules->verbs, before);
        verb_goal(g, t, rest, bound ? at : start + (left.len - verb->word.len), verb, text_str(g->r->a, verb->cells[0]), verb->word, before);
        return end;
    }
    if (left.len == 0 && g->verb && rest.len && t->unit.len && start > g->clause) {
        verb_goal(g, t, rest, start, g->verb, text_str(g->r->a, g->verb->cells[0]), g->verb->word, (text){"", 0});
        return end;
    }
    if (left.len && g->verb && start > g->clause && !text_trim_junk(rest).len && (text_is(t->unit_class, "count") || text_is(t->unit_class, "measure"))) { /* 新增绿色工厂35家、绿色园区3个 */
        found f = {.start = start, .end = t->end, .op = text_str(g->r->a, g->verb->cells[0]), .firmness = "reach", .cue_word = g->verb->word, .indicator = left};
        emit(g, t, &f);
        return end;
    }
    if (list_clause_goal(g, t, left, start, rest)) return end;
    (void)(object_goal(g, t, left, start, rest) || of_goal(g, t, left, start) || share_goal(g, t, left, start, rest, NULL) || bare_goal(g, t, left, start, rest));
    return end;
}

static bool tells_past(scan *g)
{
    if (g->past == PAST_UNKNOWN) g->past = has_set(g->r->rules, SET_PAST, g->s) ? PAST_YES : PAST_NO;
    return g->past == PAST_YES;
}

static void read_clause(scan *g, text clause)
{
    g->clause = (size_t)(clause.ptr - g->s.ptr);
    g->clause_end = g->clause + clause.len;
    g->free = g->clause;
    g->verb = NULL;
    token t;
    size_t at = g->clause;
    while (next_token(g, &at, g->clause_end, &t)) {
        bool told = !year_before(&g->years, t.start, (text){"", 0}).len && tells_past(g);
        bool was = false;
        for (size_t i = 0; i < g->years.count; i++)
            if (g->years.items[i].role != YEAR_BASE && g->years.items[i].start <= t.start) was = g->years.items[i].role == YEAR_PAST;
        if (!told && !was) {
            size_t end = judge(g, &t);
            if (end > at) at = end;
            if (g->free < at && t.unit.len && at_text(g->s, at, "、")) g->free = at; /* 造林8万公顷、封山育林25万公顷 */
        }
    }
    if (g->verb) g->list_verb = g->verb, g->list_end = g->clause_end;
    size_t twice;
    if (text_find(clause, TEXT("翻"), &twice) && !tells_past(g)) double_goal(g, clause);
    if (g->has_parts && !tells_past(g)) part_goal(g, clause);
    g->hang = text_ends(text_trim(clause), "的") && clause.len > 9 ? g->clause : SIZE_MAX;
    if (g->hang != SIZE_MAX)
        for (size_t i = 0; i < g->years.count; i++)
            if (g->years.items[i].start >= g->clause && g->years.items[i].end < g->clause_end) g->hang = g->years.items[i].end;
}

/* (2024年完成造林30万亩以上): opens with a year to come, then a verb. */
static bool is_dated(const scan *g, text content)
{
    size_t at = (size_t)(content.ptr - g->s.ptr);
    for (size_t i = 0; i < g->years.count; i++) {
        const plan_year *y = &g->years.items[i];
        if (y->role != YEAR_TARGET || y->start != at || y->end >= at + content.len) continue;
        text rest = text_trim_junk(text_part(g->s, y->end, at + content.len));
        return counted(list_start(&g->r->rules->verbs, rest)) != NULL;
    }
    return false;
}

/* A bracket may state a goal of its own: (可再生能源电量比例原则上不低于50%), (其中:森林达到600万吨、草原达到180万吨). */
static void read_brackets(scan *g, text clause)
{
    for (size_t at = 0; at < clause.len; at++) {
        size_t end = at + 1, inner = 0;
        if (clause.ptr[at] != '(') continue;
        while (end < clause.len && clause.ptr[end] != ')') end++;
        text content = text_part(clause, at + 1, end), part;
        const plan_word *cue = end < clause.len && text_chars(content) >= 8 ? list_inside(&g->r->rules->cues, content) : NULL;
        bool dated = end < clause.len && is_dated(g, content);
        if (dated || (cue && text_is(cue->cells[2], "level")))
            while (next_clause(content, &inner, &part)) read_clause(g, part);
        at = end;
    }
}

static void read_sentence(scan *g, text sentence)
{
    g->s = sentence;
    g->base = (size_t)(sentence.ptr - g->r->doc->clean.ptr);
    g->hang = SIZE_MAX;
    g->list_verb = NULL;
    g->indicator = (text){"", 0};
    find_years(g->r, sentence, &g->years);
    bool numbers = false;
    size_t twice;
    for (size_t i = 0; i < sentence.len && !numbers; i++) numbers = is_digit(sentence.ptr[i]);
    if (!numbers && !text_find(sentence, TEXT("翻"), &twice)) return;
    g->past = PAST_UNKNOWN;
    size_t at = 0;
    text clause;
    while (next_clause(sentence, &at, &clause)) {
        read_clause(g, clause);
        if (memchr(clause.ptr, '(', clause.len)) read_brackets(g, clause);
    }
}

bool is_goal_section(const reading *r, int section) { return section >= 0 && r->goal_sections[section]; }
bool is_past(const reading *r, int section) { return section >= 0 && r->past_sections[section]; }

/* 到2025年,…; “十四五”期间,…: what follows is of that time. 2022年底前完成… is of its own sentence. */
static bool opens_with_year(const scan *g)
{
    const plan_year *y = g->years.items;
    if (!g->years.count || y->role != YEAR_TARGET || y->start > 8) return false;
    text words = text_part(g->s, y->start, y->end);
    return !text_ends(words, "前") || !is_digit(words.ptr[0]) || at_text(g->s, y->end, ",");
}

/* 1.建立12个碳汇片区。 A heading may say what is counted; a year in it is of its own. */
static void read_heading(scan *g, const plan_section *s)
{
    text heading = clean_part(g->r, s->span);
    size_t at;
    if (!text_find(heading, s->heading, &at)) return;
    heading = text_part(heading, at, at + s->heading.len);
    bool digits = false;
    for (size_t i = 0; i < heading.len && !digits; i++) digits = is_digit(heading.ptr[i]);
    if (digits && list_inside(&g->r->rules->verbs, heading)) read_sentence(g, heading);
}

void read_goals(reading *r)
{
    static const char *const PARTS[] = {"分之", "一半", "成以上"};
    scan g = {.r = r, .has_parts = has_any(r->doc->clean, PARTS, 3)};
    int last = -2;
    for (size_t i = 0; i < r->piece_count; i++) {
        const plan_piece *p = &r->pieces[i];
        bool goals = is_goal_section(r, p->section);
        if (is_past(r, p->section) || p->is_figures) continue;
        if (p->section != last || !goals) g.carried = (text){"", 0};
        last = p->section;
        g.piece = p;
        text t = clean_part(r, p->span), sentence;
        bool carries = goals;
        if (p->opens && p->section >= 0) read_heading(&g, &r->sections[p->section]);
        for (size_t at = 0, n = 0; next_sentence(t, &at, &sentence); n++) {
            read_sentence(&g, sentence);
            if (n == 0 && opens_with_year(&g)) carries = true;
            g.carried = carries ? year_before(&g.years, sentence.len, g.carried) : (text){"", 0};
        }
    }
}
