/* heng why heng:goal/<document>/<key>: from the sentence to the figure that judges it, and down to facts. */
#include "plan_desk.h"
#include "plan_view.h"

typedef struct telling { plan_view v; const plan_kept_goal *g; const plan_kept_document *d; size_t at; why_node *root; } telling;

static void tell(telling *t, const char *zh, const char *en, text detail, text source)
{
    if (!detail.len && !source.len) return;
    why_node *n = why_add(t->root, why_new(t->v.c->a, WHY_ROW, text_of(zh), text_of(en), NULL, (text){0}));
    n->detail = detail;
    n->source = source;
}

/* A goal said again: each further place. */
static void tell_other_places(telling *t, const document *d, const plan_read *read)
{
    const plan_goal *g = &t->g->row;
    for (size_t i = 1; i < g->occurrence_count; i++)
        if (g->occurrences[i].start < read->doc.place_count) tell(t, "又见", "and again", plan_place_words(t->v.c, d, read->doc.places[g->occurrences[i].start]), (text){0});
}

static bool tell_place(telling *t, heng_err *err)
{
    document d;
    plan_read read;
    ops_call *c = t->v.c;
    text file = t->d ? t->d->file : (text){0};
    if (!t->d || t->g->head.place.block < 0) return true;
    if (!plan_reopen(c->book, c->a, t->v.rules, t->v.r, t->d->head.doc, &d, &read, err)) return false;
    tell(t, "位置", "place", plan_place_words(c, &d, t->g->head.place), text_of(arena_printf(c->a, "%.*s (heng:document/%.*s)", TEXT_FMT(file), TEXT_FMT(t->d->head.doc))));
    tell_other_places(t, &d, &read);
    return true;
}

static void add_reading(text_buf *b, const char *name, text value)
{
    if (value.len) buf_printf(b, "%s%s %.*s", b->len ? "; " : "", name, TEXT_FMT(value));
}

static void tell_reading(telling *t)
{
    const plan_goal *g = &t->g->row;
    bool zh = t->v.c->lang == HENG_ZH;
    text_buf b = {.a = t->v.c->a};
    add_reading(&b, zh ? "提示词" : "cue", g->cue);
    add_reading(&b, zh ? "数值" : "value", g->value);
    add_reading(&b, zh ? "至" : "to", g->value_hi);
    add_reading(&b, zh ? "单位" : "unit", g->unit);
    add_reading(&b, zh ? "目标年" : "target year", g->target_year);
    add_reading(&b, zh ? "基期" : "base year", g->base_year);
    add_reading(&b, zh ? "范围" : "scope", g->scope);
    add_reading(&b, zh ? "性质" : "firmness", g->binding.len ? g->binding : plan_firmness_words(t->v.c, g->firmness));
    add_reading(&b, zh ? "章" : "chapter", g->chapter);
    add_reading(&b, zh ? "节" : "section", g->section);
    tell(t, "读法", "read as", buf_text(&b), (text){0});
    if (g->is_suspect) tell(t, "数字可疑", "damaged number", g->note, g->likely.len ? text_of(arena_printf(t->v.c->a, zh ? "可能是 %.*s" : "likely %.*s", TEXT_FMT(g->likely))) : (text){0});
    else tell(t, "备注", "note", g->note, (text){0});
}

static void tell_version(telling *t)
{
    ops_call *c = t->v.c;
    const plan_kept_head *h = &t->g->head;
    static const char *const ZH[] = {"机读", "人工确认", "人工更正", "人工新增", "人工保留", "已删除"};
    text state = c->lang == HENG_ZH ? text_of(ZH[h->state]) : text_of(plan_state_name(h->state));
    tell(t, "版本", "version", text_of(arena_printf(c->a, c->lang == HENG_ZH ? "第 %lld 版，%.*s" : "version %lld, %.*s", (long long)h->version, TEXT_FMT(state))),
         text_of(arena_printf(c->a, "%.*s %.*s", TEXT_FMT(h->author), TEXT_FMT(show_instant(c, h->known_us)))));
}

static void tell_link(telling *t)
{
    ops_call *c = t->v.c;
    const plan_link *l = &t->v.links[t->at];
    const rule_indicator *i = l->indicator == RULE_NONE ? NULL : &t->v.r->indicators[l->indicator];
    text name = i ? show_name(i->name, c->lang) : pick(c->lang, "无", "none");
    tell(t, "挂接指标", "indicator", text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s（%.*s）：%.*s" : "%.*s (%.*s): %.*s", TEXT_FMT(name), TEXT_FMT(grade_text(c, l)), TEXT_FMT(c->lang == HENG_ZH ? l->reason_zh : l->reason_en))),
         i ? i->formula_text : (text){0});
}

static void tell_tasks(telling *t)
{
    ops_call *c = t->v.c;
    plan_view_answer *answers;
    size_t count = plan_view_answers(&t->v, t->at, &answers);
    for (size_t i = 0; i < count && i < 5; i++) {
        const plan_kept_task *k = &t->v.kept.tasks[answers[i].task];
        static const char *const ZH[] = {"", "目标在此任务中", "同一节的任务", "提到该指标的任务"}, *const EN[] = {"", "task it stands in", "task of its section", "task that names it"};
        size_t cut = 0;
        for (size_t n = 0; n < 30 && cut < k->row.whole.len; n++)
            for (cut++; cut < k->row.whole.len && ((unsigned char)k->row.whole.ptr[cut] & 0xC0) == 0x80;) cut++;
        tell(t, ZH[answers[i].how], EN[answers[i].how], text_of(arena_printf(c->a, "%.*s%s [%.*s]", (int)cut, k->row.whole.ptr, cut < k->row.whole.len ? "…" : "", TEXT_FMT(k->head.key))), k->row.bodies);
    }
    if (count > 5) tell(t, "另有任务", "more tasks", number_text(c->a, (int64_t)count - 5), (text){0});
}

/* Goal less figure, or figure less goal: what is lacking, and the figure explained to the facts. */
static bool tell_figure(telling *t, heng_err *err)
{
    ops_call *c = t->v.c;
    plan_figure f;
    why_node *below;
    if (!plan_view_figure(&t->v, t->at, &f, err)) return false;
    if (!f.has_party || !f.value.address.len) return true;
    if (!account_why(t->v.x, c->a, f.value.address, &below, err)) return false;
    const rule_indicator *i = &t->v.r->indicators[t->v.links[t->at].indicator];
    if (f.base_assumed) tell(t, "基期", "base year", pick(c->lang, "原文没有写，按五年规划取", "not in the text: that of the five-year plan"), number_text(c->a, f.base));
    why_node *now = why_new(c->a, f.value.value ? WHY_SAME : WHY_MISSING, text_of(arena_printf(c->a, "现值 %d：%.*s", f.year, TEXT_FMT(i->name.zh))), text_of(arena_printf(c->a, "now, %d: %.*s", f.year, TEXT_FMT(i->name.en))),
                            f.value.value, t->v.r->units[f.value.unit].id);
    bool has_formula = i->formula_text.len > 0;
    now->detail = f.value.value ? (text){0} : has_formula ? show_missing(c, t->v.r, f.value.missing) : figure_text(&t->v, &f);
    if (has_formula) why_add(now, below);
    if (!f.distance) return why_add(t->root, now), true;
    bool at_most = t->g->row.op == PLAN_AT_MOST;
    text unit = t->v.r->units[f.value.unit].id;
    const rat *lack = rat_neg(c->a, f.distance), *goal = at_most ? rat_add(c->a, f.value.value, f.distance) : rat_sub(c->a, f.value.value, f.distance);
    why_node *target = why_new(c->a, WHY_FACTOR, TEXT("目标值"), TEXT("goal"), goal, unit);
    why_node *gap = why_add(t->root, why_new(c->a, WHY_DIFFERENCE, rat_sign(lack) > 0 ? TEXT("还差") : TEXT("差距（负数为已超过）"), rat_sign(lack) > 0 ? TEXT("to go") : TEXT("distance (below zero: passed)"), lack, unit));
    target->source = t->g->row.quote;
    if (at_most) why_add(gap, now), why_add(gap, target);
    else why_add(gap, target), why_add(gap, now);
    return true;
}

bool why_goal(ops_call *c, const addr *at, why_node **ret, heng_err *err)
{
    telling t = {0};
    if (at->part_count != 2) return err_fill(err, &MSG_OPS_GOAL_ADDRESS, text_str(c->a, addr_format(c->a, at)), NULL, NULL);
    text key = text_of(arena_printf(c->a, "%.*s/%.*s", TEXT_FMT(at->parts[0]), TEXT_FMT(at->parts[1])));
    if (!plan_view_load_all(c, &t.v, err) || !plan_view_goal(&t.v, key, &t.at, err)) return false;
    t.g = &t.v.kept.goals[t.at];
    t.d = plan_view_document_of(&t.v, &t.g->head);
    text words = goal_words(c, &t.g->row), value = goal_text(c, &t.g->row);
    t.root = why_new(c->a, WHY_ROW, text_of(arena_printf(c->a, "目标：%.*s %.*s %.*s", TEXT_FMT(words), TEXT_FMT(value), TEXT_FMT(t.g->row.target_year))),
                     text_of(arena_printf(c->a, "goal: %.*s %.*s %.*s", TEXT_FMT(words), TEXT_FMT(value), TEXT_FMT(t.g->row.target_year))), NULL, (text){0});
    t.root->address = goal_address(c->a, t.g->head.key);
    tell(&t, "原句", "sentence", t.g->row.quote, t.d ? t.d->row.title : (text){0});
    bool ok = tell_place(&t, err);
    if (ok) tell_reading(&t), tell_version(&t), tell_link(&t), tell_tasks(&t);
    ok = ok && tell_figure(&t, err);
    *ret = t.root;
    plan_view_close(&t.v);
    return ok;
}

/* The words of the plan; nothing when the goal is there no more. */
static text goal_sentence(ops_call *c, text key)
{
    plan_view v = {0};
    size_t at;
    heng_err ignored = {0};
    text quote = {0};
    if (!plan_view_load_all(c, &v, &ignored)) return quote;
    if (plan_view_goal(&v, key, &at, &ignored)) quote = v.kept.goals[at].row.quote;
    plan_view_close(&v);
    return quote;
}

/* heng:bound/goal/<document>/<key>, heng:bound/split/<document>/<key>/<party>; the key of a bound may also stand in one part. */
void why_of_goal_bound(ops_call *c, const addr *at, why_node *root)
{
    text_buf key = {.a = c->a};
    if (!text_is(at->kind, "bound")) return;
    for (size_t i = 0; i < at->part_count; i++) buf_printf(&key, "%s%.*s", i ? "/" : "", TEXT_FMT(at->parts[i]));
    text rest = buf_text(&key), head = text_next(&rest, '/'), doc = text_next(&rest, '/'), row = text_next(&rest, '/');
    if ((!text_is(head, "goal") && !text_is(head, "split")) || !row.len) return;
    why_node *n = why_add(root, why_new(c->a, WHY_ROW, TEXT("由规划目标而来"), TEXT("from the goal of a plan"), NULL, (text){0}));
    text goal = text_of(arena_printf(c->a, "%.*s/%.*s", TEXT_FMT(doc), TEXT_FMT(row)));
    n->address = goal_address(c->a, goal);
    n->detail = goal_sentence(c, goal);
}
