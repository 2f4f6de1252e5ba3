/* The kept plans with their links, figures and tasks. See plan_view.h. */
#include <stdlib.h>
#include "plan_view.h"

/* ---- Loading ---- */

/* {"key":...,"indicator":...}: a person's choice. */
static bool load_choices(plan_view *v, heng_err *err)
{
    book_entry_row *rows;
    size_t count, kept = 0;
    if (!book_entries(v->c->book, v->c->a, TEXT("plan.link"), (text){0}, v->c->known_us, false, &rows, &count, err)) return false;
    plan_choice *choices = NEW_ARRAY(v->c->a, count + 1, plan_choice);
    for (size_t i = 0; i < count; i++) {
        const json *body;
        heng_err ignored = {0};
        if (!rows[i].body.len || !json_parse(v->c->a, rows[i].body, &body, &ignored)) continue;
        const json *key = json_get(body, "key"), *indicator = json_get(body, "indicator");
        if (key && indicator) choices[kept++] = (plan_choice){key->value, indicator->value, rows[i].author.len ? rows[i].author : pick(v->c->lang, "用户", "a user")};
    }
    v->choices = choices, v->choice_count = kept;
    return true;
}

/* Copies stand behind the document that counts: their rows are left out where all documents are asked for. */
static void leave_copies(plan_view *v)
{
    plan_kept *k = &v->kept;
    size_t goals = 0, tasks = 0, sections = 0;
    for (size_t i = 0; i < k->goal_count; i++)
        if (!k->goals[i].head.is_copy) k->goals[goals++] = k->goals[i];
    for (size_t i = 0; i < k->task_count; i++)
        if (!k->tasks[i].head.is_copy) k->tasks[tasks++] = k->tasks[i];
    for (size_t i = 0; i < k->section_count; i++)
        if (!k->sections[i].head.is_copy) k->sections[sections++] = k->sections[i];
    k->goal_count = goals, k->task_count = tasks, k->section_count = sections;
}

static void link_all(plan_view *v)
{
    v->links = NEW_ARRAY(v->c->a, v->kept.goal_count + 1, plan_link);
    for (size_t i = 0; i < v->kept.goal_count; i++) {
        const plan_kept_document *d = plan_view_document_of(v, &v->kept.goals[i].head);
        plan_link_goal(v->linker, v->c->a, &v->kept.goals[i].row, d ? d->row.region : (text){0}, v->choices, v->choice_count, &v->links[i]);
    }
}

static bool load_view(ops_call *c, text doc, bool with_copies, plan_view *ret, heng_err *err)
{
    *ret = (plan_view){.c = c};
    if (!book_rules(c->book, &ret->r, err) || !plan_rules_open(c->a, arena_printf(c->a, "%s/cn/plan", c->rulebook), &ret->rules, err)) return false;
    if (doc.len && !plan_document_want(c->book, c->a, c->known_us, doc, &doc, err)) return false;
    if (!plan_kept_load(c->book, c->a, c->known_us, doc, &ret->kept, err) || !load_choices(ret, err)) return false;
    if (!doc.len && !with_copies) leave_copies(ret);
    ret->linker = plan_linker_new(c->a, ret->rules, ret->r);
    link_all(ret);
    return true;
}

bool plan_view_load(ops_call *c, text doc, plan_view *ret, heng_err *err) { return load_view(c, doc, false, ret, err); }
bool plan_view_load_all(ops_call *c, plan_view *ret, heng_err *err) { return load_view(c, (text){0}, true, ret, err); }

void plan_view_close(plan_view *v)
{
    if (v->x) account_close(v->x);
    v->x = NULL;
}

/* "g12ab34" of one document that counts, its copies left aside. */
static bool goal_by_part(const plan_view *v, text key, size_t *ret)
{
    size_t found = 0;
    for (size_t i = 0; i < v->kept.goal_count; i++) {
        const plan_kept_head *h = &v->kept.goals[i].head;
        if (text_equal(h->key, key)) return *ret = i, true;
        if (h->is_copy || !text_ends(h->key, arena_printf(v->c->a, "/%.*s", TEXT_FMT(key)))) continue;
        *ret = i;
        found++;
    }
    return found == 1;
}

bool plan_view_goal(const plan_view *v, text key, size_t *ret, heng_err *err)
{
    plan_record record;
    if (goal_by_part(v, key, ret)) return true;
    if (!plan_record_want(v->c->book, v->c->a, v->c->known_us, key, &record, err)) return false;
    for (*ret = 0; *ret < v->kept.goal_count; (*ret)++)
        if (text_equal(v->kept.goals[*ret].head.key, record.head.key)) return true;
    return err_fill_n(err, &MSG_OPS_NO_GOAL, key.ptr, key.len, NULL);
}

const plan_kept_document *plan_view_document_of(const plan_view *v, const plan_kept_head *head)
{
    for (size_t i = 0; i < v->kept.document_count; i++)
        if (text_equal(v->kept.documents[i].head.doc, head->doc)) return &v->kept.documents[i];
    return NULL;
}

bool plan_view_document(const plan_view *v, text name, const plan_kept_document **ret, heng_err *err)
{
    text doc;
    if (!plan_document_want(v->c->book, v->c->a, v->c->known_us, name, &doc, err)) return false;
    const plan_kept_head head = {.doc = doc};
    *ret = plan_view_document_of(v, &head);
    must(*ret);
    return true;
}

int32_t plan_view_party(const plan_view *v, const book_parties *parties, const plan_kept_document *d)
{
    int32_t own = d && d->row.gbt2260.len ? book_party_find(v->c->book, d->row.gbt2260) : BOOK_NONE;
    if (own != BOOK_NONE || !d || !d->row.gbt2260.len) return own;
    for (size_t i = 0; i < parties->count; i++) {
        const book_party *p = &parties->items[i];
        bool is_top = p->place == BOOK_NONE || !text_equal(parties->items[p->place].region_code, p->region_code);
        if (is_top && text_equal(p->region_code, d->row.gbt2260)) return (int32_t)i;
    }
    return BOOK_NONE;
}

bool plan_view_read(const plan_view *v, const plan_kept_document *d, plan_read *ret, heng_err *err)
{
    return plan_reopen(v->c->book, v->c->a, v->rules, v->r, d->head.doc, NEW(v->c->a, document), ret, err);
}

/* ---- Bounds and figures ---- */

bool plan_view_limit(const plan_view *v, const plan_goal *g, text value, text *ret_value, int32_t *ret_unit)
{
    const rat *times, *number;
    heng_err ignored = {0};
    text unit = text_ends(g->unit, "百分点") ? TEXT("%") : g->unit;
    if (!plan_unit_find(v->c->a, v->r, unit, ret_unit, &times) || !rat_parse(v->c->a, value, &number, &ignored)) return false;
    *ret_value = rat_exact(v->c->a, rat_mul(v->c->a, number, times));
    return true;
}

int plan_view_base(const plan_view *v, const plan_goal *g, bool *ret_assumed)
{
    bool ok;
    int64_t year = text_to_i64(g->base_year, &ok);
    *ret_assumed = false;
    if (ok) return (int)year;
    year = text_to_i64(plan_period_base(v->rules, g->target_year), &ok);
    *ret_assumed = ok;
    return ok ? (int)year : 0;
}

static book_compare compare_of(const plan_view *v, size_t goal)
{
    const plan_goal *g = &v->kept.goals[goal].row;
    const rule_indicator *i = &v->r->indicators[v->links[goal].indicator];
    switch (g->op) {
    case PLAN_AT_MOST: return BOOK_AT_MOST;
    case PLAN_EQUAL: return BOOK_EQUAL;
    case PLAN_ABOUT: return g->value_hi.len ? BOOK_BETWEEN : text_is(i->direction, "down") ? BOOK_AT_MOST : BOOK_AT_LEAST;
    default: return BOOK_AT_LEAST;
    }
}

static bool no_bound(text *ret_reason, text reason) { return *ret_reason = reason, false; }

/* Why a goal makes no bound, before its numbers are looked at. */
static bool may_bound(const plan_view *v, size_t goal, text *ret_reason)
{
    const plan_kept_goal *k = &v->kept.goals[goal];
    const plan_link *l = &v->links[goal];
    heng_lang lang = v->c->lang;
    if (l->indicator == RULE_NONE) return no_bound(ret_reason, pick(lang, "没有对应指标", "no indicator"));
    if (l->grade != PLAN_LINK_EXACT) return no_bound(ret_reason, pick(lang, "指标只是可能，先用 plan link 确认", "the indicator is only likely: confirm it with plan link"));
    if (k->row.is_suspect && k->head.state == PLAN_AS_READ) return no_bound(ret_reason, pick(lang, "数字可疑，先确认或更正", "the number is damaged: confirm or correct it"));
    if (l->is_change) return no_bound(ret_reason, pick(lang, "目标是变化幅度，该指标是水平，没有相应的变化指标", "the goal is a change, the indicator a level, and there is no indicator of its change"));
    if (!k->row.target_year.len) return no_bound(ret_reason, pick(lang, "原文没有目标年份", "the text names no target year"));
    return true;
}

bool goal_bound(const plan_view *v, size_t goal, int32_t party, book_bound *ret, text *ret_reason)
{
    const plan_kept_goal *k = &v->kept.goals[goal];
    const plan_kept_document *d = plan_view_document_of(v, &k->head);
    arena *a = v->c->a;
    heng_err ignored = {0};
    int32_t unit = RULE_NONE;
    bool assumed;
    if (!may_bound(v, goal, ret_reason)) return false;
    const rule_indicator *i = &v->r->indicators[v->links[goal].indicator];
    int base = text_is(i->kind, "change") ? plan_view_base(v, &k->row, &assumed) : 0;
    *ret = (book_bound){.key = text_of(arena_printf(a, "goal/%.*s", TEXT_FMT(k->head.key))), .indicator = i->id, .party = party, .compare = compare_of(v, goal)};
    if (!plan_view_limit(v, &k->row, k->row.value, &ret->value, &unit) || (k->row.value_hi.len && !plan_view_limit(v, &k->row, k->row.value_hi, &ret->value_hi, &unit)))
        return no_bound(ret_reason, pick(v->c->lang, "数值或单位无法换算", "the number or unit cannot be converted"));
    if (text_is(i->kind, "change") && !base) return no_bound(ret_reason, pick(v->c->lang, "原文没有基期年份", "the text names no base year"));
    if (!period_parse(book_zone(v->c->book), k->row.target_year, &ret->when, &ignored)) return no_bound(ret_reason, pick(v->c->lang, "目标年份不是年份", "the target year is none"));
    ret->unit = v->r->units[unit].id;
    if (base) ret->base = number_text(a, base);
    ret->source = text_of(arena_printf(a, "%.*s：%.*s [%.*s]", TEXT_FMT(d ? d->row.title : k->head.doc), TEXT_FMT(k->row.quote), TEXT_FMT(k->head.key)));
    return true;
}

typedef struct figure { int32_t indicator, party; int base; plan_figure value; } figure;

static int by_newest(const void *x, const void *y) { return *(const int *)y - *(const int *)x; }

/* Years of which the book knows anything. */
static bool load_years(plan_view *v, heng_err *err)
{
    book_observation_row *rows;
    book_sums sums;
    arena *a = v->c->a;
    size_t count, max = 0, kept = 0;
    if (!book_observations(v->c->book, a, BOOK_NONE, RULE_NONE, (text){0}, NULL, v->c->known_us, &rows, &count, err)) return false;
    if (!book_sums_load(v->c->book, a, v->c->known_us, 0, 0, &sums, err)) return false;
    for (size_t i = 0; i < count; i++) *ARENA_PUSH(a, v->years, v->year_count, max) = month_year(zone_month_of(book_zone(v->c->book), rows[i].when.start_us));
    for (size_t i = 0; i < sums.count; i += 1) {
        int year = month_year(sums.month[i]);
        if (!v->year_count || v->years[v->year_count - 1] != year) *ARENA_PUSH(a, v->years, v->year_count, max) = year;
    }
    if (v->year_count > 1) qsort(v->years, v->year_count, sizeof *v->years, by_newest);
    for (size_t i = 0; i < v->year_count; i++)
        if (!kept || v->years[kept - 1] != v->years[i]) v->years[kept++] = v->years[i];
    v->year_count = kept;
    return true;
}

static size_t missing_count(text missing)
{
    size_t count = missing.len > 0;
    for (size_t i = 0; i < missing.len; i++) count += missing.ptr[i] == ';';
    return count;
}

/* The newest year that has a value; without any, the newest of those that lack least. */
static bool newest_value(plan_view *v, int32_t indicator, int32_t party, int base, plan_figure *ret, heng_err *err)
{
    for (size_t i = 0; i < v->year_count; i++) {
        account_value value;
        if (base && v->years[i] <= base) break;
        if (!account_indicator(v->x, v->c->a, indicator, party, period_year(book_zone(v->c->book), v->years[i]), base, &value, err)) return false;
        if (ret->year && !value.value && missing_count(value.missing) >= missing_count(ret->value.missing)) continue;
        ret->value = value, ret->year = v->years[i];
        if (value.value) return true;
    }
    return true;
}

static bool figure_for(plan_view *v, int32_t indicator, int32_t party, int base, plan_figure *ret, heng_err *err)
{
    for (size_t i = 0; i < v->figure_count; i++)
        if (v->figures[i].indicator == indicator && v->figures[i].party == party && v->figures[i].base == base) return *ret = v->figures[i].value, true;
    *ret = (plan_figure){.has_party = true, .base = base, .value = {.unit = v->r->indicators[indicator].unit}};
    if (!newest_value(v, indicator, party, base, ret, err)) return false;
    figure *f = ARENA_PUSH(v->c->a, v->figures, v->figure_count, v->figure_max);
    *f = (figure){indicator, party, base, *ret};
    return true;
}

static void measure(plan_view *v, size_t goal, int32_t party, plan_figure *f)
{
    book_bound b;
    text reason;
    const rat *low, *times;
    heng_err ignored = {0};
    arena *a = v->c->a;
    if (!f->value.value || f->value.unit == RULE_NONE || !goal_bound(v, goal, party, &b, &reason)) return;
    int32_t unit = rule_unit_find(v->r, b.unit);
    if (!rat_parse(a, b.value, &low, &ignored) || !rat_div(a, v->r->units[unit].factor, v->r->units[f->value.unit].factor, &times, &ignored)) return;
    low = rat_mul(a, low, times);
    f->distance = b.compare == BOOK_AT_MOST ? rat_sub(a, low, f->value.value) : rat_sub(a, f->value.value, low);
}

bool plan_view_figure(plan_view *v, size_t goal, plan_figure *ret, heng_err *err)
{
    const plan_kept_goal *k = &v->kept.goals[goal];
    const plan_link *l = &v->links[goal];
    *ret = (plan_figure){.value = {.unit = RULE_NONE}};
    if (l->indicator == RULE_NONE) return true;
    if (!v->x && (!want_account(v->c, &v->x, err) || !load_years(v, err))) return false;
    int32_t party = plan_view_party(v, account_parties(v->x), plan_view_document_of(v, &k->head));
    bool assumed = false;
    int base = text_is(v->r->indicators[l->indicator].kind, "change") ? plan_view_base(v, &k->row, &assumed) : 0;
    if (party == BOOK_NONE) return true;
    if (!figure_for(v, l->indicator, party, base, ret, err)) return false;
    ret->base_assumed = assumed;
    measure(v, goal, party, ret);
    return true;
}

/* ---- Tasks ---- */

static int by_how(const void *x, const void *y)
{
    const plan_view_answer *a = x, *b = y;
    return a->how != b->how ? (int)a->how - (int)b->how : a->task < b->task ? -1 : a->task > b->task;
}

size_t plan_view_answers(const plan_view *v, size_t goal, plan_view_answer **ret)
{
    const plan_kept_goal *g = &v->kept.goals[goal];
    text *names;
    size_t count = 0, name_count = plan_goal_names(v->c->a, v->rules, v->r, &g->row, v->links[goal].indicator, &names);
    plan_view_answer *out = NEW_ARRAY(v->c->a, v->kept.task_count + 1, plan_view_answer);
    for (size_t i = 0; i < v->kept.task_count; i++) {
        if (!text_equal(v->kept.tasks[i].head.doc, g->head.doc)) continue;
        plan_answer how = plan_task_answers(v->c->a, v->rules, &g->row, &v->kept.tasks[i].row, names, name_count);
        if (how != PLAN_NO_ANSWER) out[count++] = (plan_view_answer){i, how};
    }
    if (count > 1) qsort(out, count, sizeof *out, by_how);
    /* the task in which a goal stands answers for it, not the others of its section */
    if (count && out[0].how == PLAN_ANSWER_INSIDE)
        while (count > 1 && out[count - 1].how != PLAN_ANSWER_INSIDE) count--;
    *ret = out;
    return count;
}

static bool add_once(text_buf *b, text name, text *seen, size_t *count, size_t max)
{
    for (size_t i = 0; i < *count; i++)
        if (text_equal(seen[i], name)) return false;
    seen[(*count)++] = name;
    if (*count > max) return false;
    if (b->len) buf_str(b, "、");
    buf_add(b, name);
    return true;
}

text plan_view_bodies(const plan_view *v, const plan_view_answer *answers, size_t count, size_t max)
{
    enum { SEEN_MAX = 400 };
    text_buf b = {.a = v->c->a};
    text *seen = NEW_ARRAY(v->c->a, SEEN_MAX, text);
    size_t bodies = 0;
    for (size_t i = 0; i < count; i++) {
        const plan_task *t = &v->kept.tasks[answers[i].task].row;
        for (size_t k = 0; k < t->body_count && bodies < SEEN_MAX; k++) add_once(&b, t->items[k].normal.len ? t->items[k].normal : t->items[k].as_written, seen, &bodies, max);
    }
    if (bodies > max) buf_printf(&b, v->c->lang == HENG_ZH ? " 等 %zu 个" : " and others, %zu in all", bodies);
    return buf_text(&b);
}

/* ---- Words ---- */

text goal_text(const ops_call *c, const plan_goal *g)
{
    static const char *const ZH[] = {"≥ ", "≤ ", "= ", "约 ", "降低 ", "提高 ", "第 "}, *const EN[] = {"≥ ", "≤ ", "= ", "about ", "down by ", "up by ", "rank "};
    text_buf b = {.a = c->a};
    bool is_range = g->op == PLAN_ABOUT && g->value_hi.len;
    if (!is_range) buf_str(&b, c->lang == HENG_ZH ? ZH[g->op] : EN[g->op]);
    buf_add(&b, g->value);
    if (g->value_hi.len) buf_printf(&b, "–%.*s", TEXT_FMT(g->value_hi));
    buf_printf(&b, "%s%.*s%s", g->unit.len && g->unit.ptr[0] != '%' ? " " : "", TEXT_FMT(g->unit), g->is_suspect ? " ?" : "");
    return buf_text(&b);
}

text goal_words(const ops_call *c, const plan_goal *g)
{
    size_t at;
    if (!g->scope.len || text_find(g->indicator, g->scope, &at)) return g->indicator;
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s（%.*s）" : "%.*s (%.*s)", TEXT_FMT(g->indicator), TEXT_FMT(g->scope)));
}

text grade_text(const ops_call *c, const plan_link *l)
{
    if (c->wants_exact) return text_of(plan_link_grade_id(l->grade));
    if (l->by_person) return l->grade == PLAN_LINK_NONE ? pick(c->lang, "人工否定", "denied") : pick(c->lang, "人工确认", "confirmed");
    return l->grade == PLAN_LINK_EXACT ? pick(c->lang, "确定", "exact") : l->grade == PLAN_LINK_LIKELY ? pick(c->lang, "可能", "likely") : pick(c->lang, "无", "none");
}

/* What a call of the formula language is of: "use(energy, tce, basis = ...) 2020" is the use of energy. */
static text call_words(const ops_call *c, const rule_set *r, text call)
{
    static const char *const CALLS[][3] = {{"use(", "使用量", "use"}, {"flow(", "流量", "flow"}, {"emit(", "排放量", "emission"}, {"supply(", "供应量", "supply"}};
    size_t at, end;
    for (size_t i = 0; i < 4; i++) {
        if (!text_starts(call, CALLS[i][0]) || !text_find(call, TEXT(")"), &end)) continue;
        text inside = {call.ptr + strlen(CALLS[i][0]), end - strlen(CALLS[i][0])}, year = text_trim((text){call.ptr + end + 1, call.len - end - 1});
        if (text_find(inside, TEXT(","), &at)) inside.len = at;
        int32_t tag = rule_tag_find(r, inside), commodity = tag == RULE_NONE ? rule_commodity_find(r, inside) : RULE_NONE;
        text what = tag != RULE_NONE ? show_name(r->tags[tag].name, c->lang) : commodity != RULE_NONE ? show_name(r->commodities[commodity].name, c->lang) : inside;
        return text_of(arena_printf(c->a, "%s%s%s %.*s", c->lang == HENG_ZH ? text_str(c->a, what) : CALLS[i][2], c->lang == HENG_ZH ? "" : " of ", c->lang == HENG_ZH ? CALLS[i][1] : text_str(c->a, what), TEXT_FMT(year)));
    }
    return (text){0};
}

/* The first thing that is missing, in words, and how many there are. */
static text missing_text(const plan_view *v, text missing)
{
    ops_call *c = v->c;
    size_t count = missing_count(missing);
    text rest = missing, first = text_trim(text_next(&rest, ';')), call = first;
    if (text_starts(first, "not expressible")) return pick(c->lang, "尚无登记簿或公式可算", "no register or formula for it yet");
    if (text_starts(first, "no data: ")) call = (text){first.ptr + 9, first.len - 9};
    text words = call_words(c, v->r, call);
    text shown = words.len ? text_of(arena_printf(c->a, "%s%.*s", c->lang == HENG_ZH ? "缺数据：" : "no data: ", TEXT_FMT(words))) : show_missing(c, v->r, first);
    if (count < 2) return shown;
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s 等 %zu 项" : "%.*s and %zu more", TEXT_FMT(shown), c->lang == HENG_ZH ? count : count - 1));
}

text figure_text(plan_view *v, const plan_figure *f)
{
    shown_unit u;
    ops_call *c = v->c;
    if (!f->has_party) return (text){0};
    if (!f->value.value) return f->value.missing.len ? missing_text(v, f->value.missing) : pick(c->lang, "没有数据", "no data");
    text shown = show_value(c, v->r, &f->value, &u);
    const char *base = f->base ? arena_printf(c->a, c->lang == HENG_ZH ? "，比 %d 年" : ", against %d", f->base) : "";
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s%s%.*s（%d%s）" : "%.*s%s%.*s (%d%s)", TEXT_FMT(shown), u.label.len && u.label.ptr[0] != '%' ? " " : "", TEXT_FMT(u.label), f->year, base));
}

text distance_text(plan_view *v, size_t goal, const plan_figure *f)
{
    ops_call *c = v->c;
    if (!f->distance) return (text){0};
    if (rat_sign(f->distance) >= 0) return pick(c->lang, "已达到", "reached");
    bool is_share = text_is(v->r->units[f->value.unit].id, "%");
    shown_unit u = {.ratio = rat_int(c->a, 1), .digits = f->value.digits};
    text number = show_number(c->a, rat_neg(c->a, f->distance), &u);
    text unit = is_share ? pick(c->lang, "个百分点", "percentage points") : unit_label(&v->r->units[f->value.unit], c->lang);
    (void)goal;
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "还差 %.*s %.*s" : "%.*s %.*s to go", TEXT_FMT(number), TEXT_FMT(unit)));
}

text goal_address(arena *a, text key)
{
    addr at = {.kind = TEXT("goal")};
    addr_part(&at, text_next(&key, '/'));
    addr_part(&at, key);
    return addr_format(a, &at);
}
