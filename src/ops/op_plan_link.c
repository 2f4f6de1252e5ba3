/* heng plan link, plan bounds, plan status: goals tied to indicators, posted as bounds, and how far each is. */
#include "plan_view.h"

/* ---- plan link ---- */

static text candidates_text(const plan_view *v, const plan_link *l)
{
    text_buf b = {.a = v->c->a};
    for (size_t i = 0; i < l->candidate_count; i++) {
        const rule_indicator *x = &v->r->indicators[l->candidates[i].indicator];
        text name = v->c->wants_exact ? x->id : show_name(x->name, v->c->lang);
        buf_printf(&b, "%s%.*s %d", i ? "; " : "", TEXT_FMT(name), l->candidates[i].score);
    }
    return buf_text(&b);
}

static text indicator_cell(const plan_view *v, const plan_link *l)
{
    if (l->indicator == RULE_NONE) return (text){0};
    const rule_indicator *x = &v->r->indicators[l->indicator];
    return name_cell(v->c, x->id, x->name);
}

static void list_links(const plan_view *v, bool all)
{
    ops_call *c = v->c;
    size_t counts[3] = {0};
    const sheet_column columns[] = {column(TEXT("key"), pick(c->lang, "键", "key"), false), column(TEXT("goal"), pick(c->lang, "目标", "goal"), false), column(TEXT("value"), pick(c->lang, "目标值", "value"), false),
        column(TEXT("year"), pick(c->lang, "年份", "year"), false), column(TEXT("indicator"), pick(c->lang, "指标", "indicator"), false), column(TEXT("link"), pick(c->lang, "挂接", "link"), false),
        column(TEXT("reason"), pick(c->lang, "理由", "reason"), false), column(TEXT("candidates"), pick(c->lang, "候选（相近度）", "candidates (likeness)"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "目标与指标", "goals and indicators"), (text){0}, columns, all || c->wants_rows ? 8 : 7);
    for (size_t i = 0; i < v->kept.goal_count; i++) {
        const plan_kept_goal *g = &v->kept.goals[i];
        const plan_link *l = &v->links[i];
        counts[l->grade]++;
        if (l->grade == PLAN_LINK_NONE && !all && !c->wants_rows) continue;
        sheet_row(s, (text[]){g->head.key, goal_words(c, &g->row), goal_text(c, &g->row), g->row.target_year, indicator_cell(v, l), grade_text(c, l), c->lang == HENG_ZH ? l->reason_zh : l->reason_en,
                              candidates_text(v, l)});
    }
    text note = text_of(arena_printf(c->a, c->lang == HENG_ZH ? "确定 %zu，可能 %zu，无对应指标 %zu%s" : "exact %zu, likely %zu, none %zu%s", counts[PLAN_LINK_EXACT], counts[PLAN_LINK_LIKELY], counts[PLAN_LINK_NONE],
                                     all || c->wants_rows ? "" : c->lang == HENG_ZH ? "（--all 列出）" : " (--all lists them)"));
    sheet_note(s, note);
}

static text choice_body(const plan_view *v, size_t goal, text indicator)
{
    text_buf b = {.a = v->c->a};
    buf_str(&b, "{\"key\":");
    json_string(&b, v->links[goal].key);
    buf_str(&b, ",\"indicator\":");
    json_string(&b, indicator);
    buf_str(&b, ",\"goal\":");
    json_string(&b, v->kept.goals[goal].head.key);
    buf_str(&b, ",\"quote\":");
    json_string(&b, v->kept.goals[goal].row.quote);
    buf_char(&b, '}');
    return buf_text(&b);
}

/* The key of an entry is short: the words of a goal as far as they fit, then their hash. */
static text choice_key(arena *a, text key)
{
    char hex[HASH_HEX + 1];
    hash_hex(hash_of(HASH_SHA256, key.ptr, key.len), hex);
    return text_of(arena_printf(a, "%.16s", hex));
}

static bool choose(plan_view *v, size_t goal, text name, heng_err *err)
{
    ops_call *c = v->c;
    int32_t indicator = RULE_NONE;
    const plan_link *l = &v->links[goal];
    if (text_is(name, "yes")) indicator = l->indicator != RULE_NONE ? l->indicator : l->candidate_count ? l->candidates[0].indicator : RULE_NONE;
    else if (!text_is(name, "none") && !want_indicator(v->r, c->a, name, &indicator, err)) return false;
    text id = indicator == RULE_NONE ? (text){0} : v->r->indicators[indicator].id;
    book_entry entry = {.kind = TEXT("plan.link"), .key = choice_key(c->a, v->links[goal].key), .body = choice_body(v, goal, id)};
    book_batch batch = {.source = TEXT("plan"), .all_or_none = true, .entry_count = 1, .entries = &entry};
    book_receipt receipt;
    book_result result;
    if (!post_one(c, &batch, &receipt, &result, err)) return false;
    const plan_goal *g = &v->kept.goals[goal].row;
    if (indicator == RULE_NONE) say(c, "“%.*s”没有对应指标：已记住，今后同样写法的目标照此处理", "'%.*s' has no indicator: kept, and used for goals worded so from now on", TEXT_FMT(g->indicator));
    else say(c, "“%.*s”对应指标“%.*s”：已记住，今后同样写法的目标照此处理", "'%.*s' is judged by '%.*s': kept, and used for goals worded so from now on", TEXT_FMT(g->indicator),
             TEXT_FMT(show_name(v->r->indicators[indicator].name, c->lang)));
    show_record(c, "link", (shown_field[]){{"goal", "目标", "goal", v->kept.goals[goal].head.key, false}, {"indicator", "指标", "indicator", id, false},
                                           {"status", "结果", "status", text_of(status_name(result.status)), false}}, 3);
    return true;
}

bool op_plan_link(ops_call *c, heng_err *err)
{
    plan_view v;
    size_t goal = 0;
    text key = ops_get(c, "GOAL"), name = ops_get(c, "INDICATOR");
    if (!plan_view_load(c, ops_get(c, "--doc"), &v, err)) return false;
    if (!key.len) return list_links(&v, ops_has(c, "--all")), true;
    if (!plan_view_goal(&v, key, &goal, err)) return false;
    if (name.len) return choose(&v, goal, name, err);
    v.kept.goals += goal, v.links += goal, v.kept.goal_count = 1;
    list_links(&v, true);
    return true;
}

/* ---- plan bounds ---- */

typedef struct bounding { plan_view v; book_bound *bounds; size_t *goals; text *reasons; size_t count; bool *no_party; } bounding;

/* The bounds of all goals that make one; why the others make none. */
static bool make_bounds(bounding *b, heng_err *err)
{
    ops_call *c = b->v.c;
    size_t n = b->v.kept.goal_count;
    book_parties parties;
    b->bounds = NEW_ARRAY(c->a, n + 1, book_bound);
    b->goals = NEW_ARRAY(c->a, n + 1, size_t);
    b->reasons = NEW_ARRAY(c->a, n + 1, text);
    b->no_party = NEW_ARRAY(c->a, n + 1, bool);
    if (!book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const plan_kept_document *d = plan_view_document_of(&b->v, &b->v.kept.goals[i].head);
        int32_t party = plan_view_party(&b->v, &parties, d);
        book_bound *x = &b->bounds[b->count];
        bool makes = goal_bound(&b->v, i, party, x, &b->reasons[i]);
        b->no_party[i] = makes && party == BOOK_NONE;
        if (b->no_party[i]) b->reasons[i] = text_of(arena_printf(c->a, c->lang == HENG_ZH ? "库中没有主体 %.*s %.*s" : "no party for %.*s %.*s", TEXT_FMT(d->row.region), TEXT_FMT(d->row.gbt2260)));
        else if (makes) b->goals[b->count++] = i;
    }
    return true;
}

/* Goals of places that the book does not know, one line for each plan. */
static void note_parties(const bounding *b, sheet *s)
{
    ops_call *c = b->v.c;
    for (size_t d = 0; d < b->v.kept.document_count; d++) {
        const plan_kept_document *doc = &b->v.kept.documents[d];
        size_t count = 0, last = 0;
        for (size_t i = 0; i < b->v.kept.goal_count; i++)
            if (b->no_party[i] && text_equal(b->v.kept.goals[i].head.doc, doc->head.doc)) count++, last = i;
        if (count) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s：%.*s，%zu 个目标没有登记" : "%.*s: %.*s, %zu goals not posted", TEXT_FMT(doc->head.doc), TEXT_FMT(b->reasons[last]), count)));
    }
}

static void show_bound_rows(bounding *b, const book_result *results)
{
    static const char *const SIGNS[] = {"≤ ", "≥ ", "= ", ""};
    ops_call *c = b->v.c;
    const sheet_column columns[] = {column(TEXT("goal"), pick(c->lang, "目标", "goal"), false), column(TEXT("words"), pick(c->lang, "指标用语", "worded"), false), column(TEXT("indicator"), pick(c->lang, "指标", "indicator"), false),
        column(TEXT("bound"), pick(c->lang, "约束", "bound"), false), column(TEXT("period"), pick(c->lang, "期间", "period"), false), column(TEXT("base"), pick(c->lang, "基期", "base"), false),
        column(TEXT("status"), pick(c->lang, "结果", "status"), false), column(TEXT("reason"), pick(c->lang, "说明", "why"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "目标成为约束", "goals as bounds"), (text){0}, columns, 8);
    for (size_t i = 0, next = 0; i < b->v.kept.goal_count; i++) {
        const plan_kept_goal *g = &b->v.kept.goals[i];
        bool is_bound = next < b->count && b->goals[next] == i, assumed = false;
        const book_bound *x = is_bound ? &b->bounds[next] : NULL;
        if (x && x->base.len) plan_view_base(&b->v, &g->row, &assumed);
        if (!x && (b->v.links[i].indicator == RULE_NONE || b->no_party[i]) && !c->wants_rows) continue;
        const rule_indicator *k = x ? &b->v.r->indicators[rule_indicator_find(b->v.r, x->indicator)] : NULL;
        text bound = x ? text_of(arena_printf(c->a, "%s%.*s%s%.*s %.*s", SIGNS[x->compare], TEXT_FMT(x->value), x->value_hi.len ? ".." : "", TEXT_FMT(x->value_hi), TEXT_FMT(c->wants_exact ? x->unit : unit_label(&b->v.r->units[rule_unit_find(b->v.r, x->unit)], c->lang)))) : (text){0};
        text status = !x ? TEXT("-") : !results ? TEXT("dry_run") : text_of(status_name(results[next].status));
        text why = !x ? b->reasons[i] : assumed ? pick(c->lang, "原文没有基期，按五年规划取", "no base in the text: that of the five-year plan") : (text){0};
        sheet_row(s, (text[]){g->head.key, goal_words(c, &g->row), k ? name_cell(c, k->id, k->name) : (text){0}, bound, g->row.target_year, x ? x->base : (text){0}, status, why});
        next += is_bound;
    }
    note_parties(b, s);
}

bool op_plan_bounds(ops_call *c, heng_err *err)
{
    bounding b = {0};
    book_receipt receipt = {0};
    bool dry_run = ops_has(c, "--dry-run");
    if (!plan_view_load(c, ops_get(c, "--doc"), &b.v, err) || !make_bounds(&b, err)) return false;
    book_result *results = NEW_ARRAY(c->a, b.count + 1, book_result);
    book_batch batch = {.source = TEXT("plan"), .all_or_none = true, .supersede = true, .dry_run = dry_run, .bound_count = b.count, .bounds = b.bounds};
    if (b.count && !book_post(c->book, c->a, &batch, results, &receipt, err)) return false;
    for (size_t i = 0; i < b.count; i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    say(c, dry_run ? "试运行：%zu 个目标中 %zu 个可成为约束" : "%zu 个目标中 %zu 个成为约束", dry_run ? "dry run: of %zu goals, %zu would be bounds" : "of %zu goals, %zu are bounds now", b.v.kept.goal_count, b.count);
    show_bound_rows(&b, dry_run ? NULL : results);
    return true;
}

/* ---- plan status ---- */

static text no_figure_reason(const plan_view *v, size_t goal)
{
    const plan_kept_document *d = plan_view_document_of(v, &v->kept.goals[goal].head);
    if (v->links[goal].indicator == RULE_NONE) return pick(v->c->lang, "没有对应指标", "no indicator");
    return text_of(arena_printf(v->c->a, v->c->lang == HENG_ZH ? "库中没有主体 %.*s" : "no party %.*s in the book", TEXT_FMT(d ? d->row.gbt2260 : (text){0})));
}

/* For people: goal and year in one, the key without its document. */
static void status_people(plan_view *v, sheet *s, size_t goal, const plan_figure *f, const plan_view_answer *answers, size_t count)
{
    ops_call *c = v->c;
    const plan_kept_goal *g = &v->kept.goals[goal];
    text key = g->head.key, bodies = plan_view_bodies(v, answers, count, 3);
    text_next(&key, '/');
    const char *year = g->row.target_year.len ? arena_printf(c->a, c->lang == HENG_ZH ? "（%.*s）" : " (%.*s)", TEXT_FMT(g->row.target_year)) : "";
    const char *tasks = !count ? "-" : arena_printf(c->a, c->lang == HENG_ZH ? "%zu 项任务：%.*s" : count == 1 ? "%zu task: %.*s" : "%zu tasks: %.*s", count, TEXT_FMT(bodies.len ? bodies : pick(c->lang, "未写单位", "no bodies named")));
    sheet_row(s, (text[]){goal_words(c, &g->row), text_of(arena_printf(c->a, "%.*s%s", TEXT_FMT(goal_text(c, &g->row)), year)), f->has_party ? figure_text(v, f) : no_figure_reason(v, goal), distance_text(v, goal, f), text_of(tasks), key});
}

static void status_fields(plan_view *v, sheet *s, size_t goal, const plan_figure *f, const plan_view_answer *answers, size_t count)
{
    ops_call *c = v->c;
    const plan_kept_goal *g = &v->kept.goals[goal];
    text now = !f->has_party ? no_figure_reason(v, goal) : f->value.value ? c->wants_exact ? exact_number(c->a, f->value.value) : figure_text(v, f) : f->value.missing;
    text distance = !f->distance ? (text){0} : c->wants_exact ? exact_number(c->a, f->distance) : distance_text(v, goal, f);
    static const char *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};
    text value = g->row.value_hi.len ? text_of(arena_printf(c->a, "%.*s-%.*s", TEXT_FMT(g->row.value), TEXT_FMT(g->row.value_hi))) : g->row.value;
    sheet_row(s, (text[]){g->row.indicator, g->row.scope, text_of(OPS[g->row.op]), value, g->row.unit, g->row.target_year, indicator_cell(v, &v->links[goal]), grade_text(c, &v->links[goal]), now,
                          f->year ? number_text(c->a, f->year) : (text){0}, distance, number_text(c->a, (int64_t)count), plan_view_bodies(v, answers, count, 400), goal_address(c->a, g->head.key)});
}

static bool status_row(plan_view *v, sheet *s, size_t goal, heng_err *err)
{
    plan_figure f;
    plan_view_answer *answers;
    if (!plan_view_figure(v, goal, &f, err)) return false;
    size_t count = plan_view_answers(v, goal, &answers);
    (v->c->wants_rows ? status_fields : status_people)(v, s, goal, &f, answers, count);
    return true;
}

static sheet *status_sheet(ops_call *c, const plan_kept_document *doc)
{
    const sheet_column people[] = {column(TEXT("goal"), pick(c->lang, "目标", "goal"), false), column(TEXT("value"), pick(c->lang, "目标值", "value"), false),
        column(TEXT("now"), pick(c->lang, "现值，或缺什么", "now, or what is missing"), false), column(TEXT("distance"), pick(c->lang, "差距", "distance"), false),
        column(TEXT("tasks"), pick(c->lang, "负责的任务与单位", "tasks and bodies that answer for it"), false), column(TEXT("key"), pick(c->lang, "键", "key"), false)};
    const sheet_column fields[] = {column(TEXT("goal"), pick(c->lang, "目标", "goal"), false), column(TEXT("scope"), pick(c->lang, "范围", "scope"), false), column(TEXT("op"), pick(c->lang, "比较", "op"), false),
        column(TEXT("value"), pick(c->lang, "目标值", "value"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("year"), pick(c->lang, "年份", "year"), false),
        column(TEXT("indicator"), pick(c->lang, "指标", "indicator"), false), column(TEXT("link"), pick(c->lang, "挂接", "link"), false), column(TEXT("now"), pick(c->lang, "现值", "now"), false),
        column(TEXT("now_year"), pick(c->lang, "现值年份", "year of the value"), false), column(TEXT("distance"), pick(c->lang, "差距", "distance"), false), column(TEXT("tasks"), pick(c->lang, "任务数", "tasks"), true),
        column(TEXT("bodies"), pick(c->lang, "责任单位", "bodies"), false), column(TEXT("address"), pick(c->lang, "地址", "address"), false)};
    if (c->wants_rows) return sheet_new(c->out, doc->head.doc, doc->row.title, fields, 14);
    sheet *s = sheet_new(c->out, doc->head.doc, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s：%.*s" : "%.*s: %.*s", TEXT_FMT(doc->head.doc), TEXT_FMT(doc->row.title))), people, 6);
    sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "为什么：heng why heng:goal/%.*s/键" : "why: heng why heng:goal/%.*s/KEY", TEXT_FMT(doc->head.doc))));
    return s;
}

bool op_plan_status(ops_call *c, heng_err *err)
{
    plan_view v;
    bool ok = true, all = ops_has(c, "--all") || c->wants_rows;
    if (!plan_view_load(c, ops_get(c, "--doc"), &v, err)) return false;
    for (size_t d = 0; ok && d < v.kept.document_count; d++) {
        const plan_kept_document *doc = &v.kept.documents[d];
        sheet *s = NULL;
        if (doc->copy_of.len && !ops_has(c, "--doc")) continue;
        for (size_t i = 0; ok && i < v.kept.goal_count; i++) {
            if (!text_equal(v.kept.goals[i].head.doc, doc->head.doc) || (!all && v.links[i].grade != PLAN_LINK_EXACT)) continue;
            if (!s) s = status_sheet(c, doc);
            ok = status_row(&v, s, i, err);
        }
    }
    plan_view_close(&v);
    return ok;
}
