/* One document read: the steps in order, and the judgement whether it is a plan at all. */
#include <stdlib.h>
#include "inside.h"
#include "messages.h"

enum { PLAN_CHARS_MIN = 300 };

static int by_place(const void *x, const void *y)
{
    const plan_goal *a = x, *b = y;
    if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
    uintptr_t p = (uintptr_t)a->value.ptr, q = (uintptr_t)b->value.ptr; /* one quote, several values: as they stand */
    return p < q ? -1 : p > q;
}

static size_t chapters(const reading *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->section_count; i++) n += r->sections[i].level <= 2;
    return n;
}

/* A string put in the place of 关于 in the title of the notice is told, and the title read without it. */
static void mend_notice(reading *r)
{
    plan_doc *d = r->doc;
    size_t at, found;
    if (text_find(d->notice_title, TEXT("关于"), &found)) return;
    for (size_t i = 0; i < r->damage_count; i++) {
        text token = clean_part(r, r->damages[i].span);
        if (!text_is(r->damages[i].kind, "injected") || !text_find(d->notice_title, token, &at)) continue;
        text tail = text_part(d->notice_title, at + token.len, d->notice_title.len);
        d->notice_title = text_of(arena_printf(r->a, "%.*s关于%.*s", (int)at, d->notice_title.ptr, TEXT_FMT(tail)));
        d->note = text_of(arena_printf(r->a, "in the title of the notice '%.*s' stands for 关于", TEXT_FMT(token)));
        return;
    }
}

/* A plan has numbered sections, and says in its title or its goals that it is one. */
static bool judge(reading *r)
{
    plan_doc *d = r->doc;
    size_t chars = text_chars(d->clean);
    if (d->source->kind == DOCUMENT_SHEET) {
        if (r->task_count == 0 && r->goal_count == 0) d->note = TEXT("no column of tasks beside one of bodies, and no table of indicators, is headed so");
        return r->task_count > 0 || r->goal_count > 0;
    }
    bool named = d->kind.len > 0, numbered = chapters(r) >= 3, orders = r->goal_count > 0 || r->trend_count > 2 || r->task_count > 2;
    if (chars < PLAN_CHARS_MIN) d->note = TEXT("too short for a plan");
    else if (!numbered) d->note = TEXT("no numbered sections found");
    else if (!named && !orders) d->note = TEXT("neither the title nor the text speaks of goals or tasks");
    else return true;
    return false;
}

static size_t block_bytes(const document *d)
{
    size_t bytes = 0;
    for (size_t i = 0; i < d->block_count; i++) bytes += d->blocks[i].content.len;
    return bytes;
}

bool plan_read_document(arena *a, const plan_rules *rules, const rule_set *regions, const document *d, plan_read *ret, heng_err *err)
{
    plan_read out = {.doc = {.source = d}};
    if (block_bytes(d) > PLAN_BYTES_MAX * 2) { /* cleaning takes off blanks, never half of a plan */
        out.doc.note = TEXT("too long for a plan");
        *ret = out;
        return true;
    }
    if (!clean_document(a, rules, d, &out.doc, err)) return false;
    reading r = {.a = a, .rules = rules, .regions = regions, .doc = &out.doc};
    if (out.doc.clean.len > PLAN_BYTES_MAX) {
        out.doc.note = TEXT("too long for a plan");
        *ret = out;
        return true;
    }
    bool is_list = d->kind == DOCUMENT_SHEET;
    read_head(&r);
    if (is_list) out.doc.body = (plan_span){0, out.doc.clean.len}, out.doc.after = (plan_span){0, 0}, out.doc.before = (plan_span){0, 0};
    if (is_list) read_task_list(&r);
    else read_structure(&r);
    r.lost_marks = r.lost_marks || lost_pairs(clean_part(&r, out.doc.body)) >= 6;
    grams_make(a, out.doc.clean, &r.grams);
    read_indicators(&r);
    read_goals(&r);
    if (r.goal_count > 1) qsort(r.goals, r.goal_count, sizeof *r.goals, by_place);
    read_trends(&r);
    if (!is_list) read_tasks(&r);
    read_damage(&r);
    mend_notice(&r);
    out.is_plan = judge(&r);
    out.section_count = r.section_count;
    out.sections = r.sections;
    out.goal_count = r.goal_count;
    out.goals = r.goals;
    out.trend_count = r.trend_count;
    out.trends = r.trends;
    out.task_count = r.task_count;
    out.tasks = r.tasks;
    out.damage_count = r.damage_count;
    out.damages = r.damages;
    *ret = out;
    return true;
}

/* The notes of judge are for tables; here each is a message. */
bool plan_fits(const plan_read *p, heng_err *err)
{
    static const struct { const char *note; const heng_message *message; } WHY[] = {
        {"too long for a plan", &MSG_PLAN_TOO_LONG}, {"too short for a plan", &MSG_PLAN_TOO_SHORT}, {"no numbered sections found", &MSG_PLAN_NO_SECTIONS}};
    if (p->doc.source->has_no_text) return err_fill(err, &MSG_PLAN_NO_TEXT_LAYER, NULL, NULL, NULL);
    if (p->is_plan) return true;
    for (size_t i = 0; i < sizeof WHY / sizeof *WHY; i++)
        if (text_is(p->doc.note, WHY[i].note)) return err_fill(err, WHY[i].message, NULL, NULL, NULL);
    return err_fill(err, p->doc.source->kind == DOCUMENT_SHEET ? &MSG_PLAN_NO_COLUMNS : &MSG_PLAN_NO_GOALS, NULL, NULL, NULL);
}
