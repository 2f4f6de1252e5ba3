/* heng plan list, documents, sections, goals, trends, tasks, damage: what is kept. Narrow for people, every column for a program. */
#include <stdlib.h>
#include "plan_desk.h"

typedef struct listing { ops_call *c; plan_table t; text doc; plan_records rows; size_t copies, suspects; bool is_unkept, has_states; } listing;

/* ---- Which rows ---- */

static bool holds_words(text where, text words)
{
    while (words.len) {
        text one = text_next(&words, ' ');
        if (one.len && !text_find(where, one, &(size_t){0})) return false;
    }
    return true;
}

/* Asked for in a text of several columns; an option that is not given asks nothing. */
static bool asked_in(ops_call *c, const char *option, const plan_record *r, const char *const *columns)
{
    text words = ops_get(c, option);
    text_buf b = {.a = c->a};
    if (!words.len) return true;
    for (; *columns; columns++) buf_printf(&b, "%.*s\n", TEXT_FMT(plan_cell(r, *columns)));
    return holds_words(buf_text(&b), words);
}

static bool is_asked(listing *l, const plan_record *r)
{
    static const char *const WORDS[] = {"indicator", "scope", "subject", NULL}, *const BODIES[] = {"bodies", "bodies_norm", "items", NULL};
    text year = ops_get(l->c, "--year"), kind = ops_get(l->c, "--kind");
    if (r->head.is_copy && !l->doc.len && l->t != PLAN_DOCUMENTS && !ops_has(l->c, "--copies")) {
        l->copies++;
        return false;
    }
    if (year.len && !text_equal(plan_cell(r, "target_year"), year)) return false;
    if (kind.len && !text_equal(plan_cell(r, "kind"), kind)) return false;
    if (ops_has(l->c, "--suspect") && !text_is(plan_cell(r, "suspect"), "1")) return false;
    return asked_in(l->c, "--indicator", r, WORDS) && asked_in(l->c, "--body", r, BODIES);
}

static bool load(ops_call *c, plan_table t, listing *l, heng_err *err)
{
    plan_records all;
    *l = (listing){.c = c, .t = t};
    if (!plan_desk_doc(c, &l->doc, err) || !plan_records_load(c->book, c->a, c->known_us, t, l->doc, ops_has(c, "--dropped"), &all, err)) return false;
    for (size_t i = 0; i < all.count; i++) {
        if (!is_asked(l, &all.items[i])) continue;
        l->suspects += text_is(plan_cell(&all.items[i], "suspect"), "1");
        *ARENA_PUSH(c->a, l->rows.items, l->rows.count, l->rows.max) = all.items[i];
    }
    return true;
}

static void notes(listing *l, sheet *s)
{
    ops_call *c = l->c;
    if (c->wants_rows) return;
    if (!l->rows.count) sheet_note(s, pick(c->lang, "没有符合的行", "no such rows"));
    if (l->copies) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "另有 %zu 行出自同一规划的副本，--copies 可列出" : "%zu more rows stand in copies of these plans, --copies lists them", l->copies)));
    if (l->suspects && l->is_unkept) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "带 ? 的 %zu 个数存疑" : "%zu marked ? may be damaged", l->suspects)));
    else if (l->suspects)
        sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "带 ? 的 %zu 个数存疑：heng plan show 键 查看原文，heng plan confirm 键 接受可能的读法" : "%zu marked ? may be damaged: heng plan show KEY shows the place, heng plan confirm KEY takes the likely reading", l->suspects)));
}

/* ---- Tables for people ---- */

enum { CELLS = 10 };
typedef struct people { sheet_column columns[CELLS]; size_t count; text cells[CELLS]; size_t at; } people;

static void head(ops_call *c, people *p, const char *id, const char *zh, const char *en, bool is_number)
{
    p->columns[p->count++] = column(text_of(id), pick(c->lang, zh, en), is_number);
}

static void cell(people *p, text t) { p->cells[p->at++] = t; }

/* Document, state and key stand last in every table; a state only where some row has another than "read", and none where nothing is kept. */
static void head_tail(listing *l, people *p)
{
    if (!l->doc.len) head(l->c, p, "doc", "文件", "document", false);
    if (l->is_unkept) return;
    if (l->has_states) head(l->c, p, "state", "状态", "state", false);
    head(l->c, p, "key", "键", "key", false);
}

static void cell_tail(listing *l, people *p, const plan_record *r)
{
    if (!l->doc.len) cell(p, r->head.doc);
    if (l->is_unkept) return;
    if (l->has_states) cell(p, plan_state_words(l->c, r->head.state));
    text key = r->head.key;
    text_next(&key, '/');
    cell(p, key.len ? key : r->head.key);
}

static void heads_of(listing *l, people *p)
{
    ops_call *c = l->c;
    switch (l->t) {
    case PLAN_DOCUMENTS:
        head(c, p, "doc", "文件", "document", false), head(c, p, "title", "标题", "title", false), head(c, p, "issue_date", "成文日期", "issued", false), head(c, p, "goals", "目标", "goals", true);
        head(c, p, "trends", "趋势", "trends", true), head(c, p, "tasks", "任务", "tasks", true), head(c, p, "damage", "损伤", "damage", true), head(c, p, "copies", "同一规划", "same plan", false);
        return;
    case PLAN_SECTIONS: head(c, p, "heading", "章节", "section", false), head(c, p, "part", "部分", "part", false); break;
    case PLAN_GOALS:
        head(c, p, "indicator", "指标", "indicator", false), head(c, p, "value", "要求", "wanted", false), head(c, p, "target_year", "目标年", "year", false), head(c, p, "firmness", "力度", "firmness", false);
        break;
    case PLAN_TRENDS: head(c, p, "subject", "对象", "subject", false), head(c, p, "direction", "方向", "direction", false), head(c, p, "target_year", "目标年", "year", false); break;
    case PLAN_TASKS: head(c, p, "no", "序号", "no", true), head(c, p, "section", "章节", "section", false), head(c, p, "text", "任务", "task", false), head(c, p, "bodies", "责任单位", "bodies", false); break;
    default: head(c, p, "severity", "轻重", "severity", false), head(c, p, "what", "情况", "what", false), head(c, p, "block", "位置", "place", false), head(c, p, "quote", "原文", "quote", false); break;
    }
    head_tail(l, p);
}

static text copies_words(ops_call *c, const plan_record *r)
{
    text of = plan_cell(r, "copies");
    if (!of.len) return of;
    return text_of(arena_printf(c->a, r->head.is_copy ? (c->lang == HENG_ZH ? "副本：%.*s" : "copy of %.*s") : "%.*s", TEXT_FMT(r->head.is_copy ? plan_cell(r, "copy_of") : plan_short(c, of, 40))));
}

static text heading_words(ops_call *c, const plan_record *r)
{
    bool ok;
    int64_t level = text_to_i64(plan_cell(r, "level"), &ok);
    text number = plan_cell(r, "number");
    return text_of(arena_printf(c->a, "%*s%.*s%s%.*s", level > 1 && level < 9 ? (int)(level - 1) * 2 : 0, "", TEXT_FMT(number), number.len ? " " : "", TEXT_FMT(plan_short(c, plan_cell(r, "heading"), 40))));
}

static text indicator_words(ops_call *c, const plan_record *r)
{
    text scope = plan_cell(r, "scope"), name = plan_cell(r, "indicator");
    size_t at;
    bool is_said = !scope.len || text_find(name, scope, &at);
    return plan_short(c, is_said ? name : text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s（%.*s）" : "%.*s (%.*s)", TEXT_FMT(name), TEXT_FMT(scope))), 30);
}

/* Where a damage begins: the paragraph or cell of the document. */
static text block_words(ops_call *c, const plan_record *r)
{
    text block = plan_cell(r, "block");
    return block.len ? text_of(arena_printf(c->a, c->lang == HENG_ZH ? "第 %.*s 段" : "block %.*s", TEXT_FMT(block))) : block;
}

static void cells_of(listing *l, people *p, const plan_record *r)
{
    ops_call *c = l->c;
    static const struct { const char *id, *zh, *en; } SEVERITY[] = {{"note", "提示", "note"}, {"warning", "警告", "warning"}, {"error", "错误", "error"}};
    text severity = plan_cell(r, "severity");
    p->at = 0;
    switch (l->t) {
    case PLAN_DOCUMENTS:
        cell(p, r->head.doc), cell(p, plan_short(c, plan_cell(r, "title"), 40)), cell(p, plan_cell(r, "issue_date")), cell(p, plan_cell(r, "goals")), cell(p, plan_cell(r, "trends"));
        cell(p, plan_cell(r, "tasks")), cell(p, plan_cell(r, "damage")), cell(p, copies_words(c, r));
        return;
    case PLAN_SECTIONS: cell(p, heading_words(c, r)), cell(p, text_is(plan_cell(r, "part"), "annex") ? pick(c->lang, "附件", "annex") : (text){"", 0}); break;
    case PLAN_GOALS: cell(p, indicator_words(c, r)), cell(p, plan_number_words(c, r)), cell(p, plan_year_words(r)), cell(p, plan_firmness_words(c, plan_cell(r, "firmness"))); break;
    case PLAN_TRENDS: cell(p, plan_short(c, plan_cell(r, "subject"), 36)), cell(p, plan_direction_words(c, plan_cell(r, "direction"))), cell(p, plan_year_words(r)); break;
    case PLAN_TASKS:
        cell(p, plan_cell(r, "no")), cell(p, text_of(arena_printf(c->a, "%.*s%.*s", TEXT_FMT(plan_cell(r, "chapter")), TEXT_FMT(plan_cell(r, "section"))))), cell(p, plan_short(c, plan_cell(r, "text"), 28));
        cell(p, text_is(plan_cell(r, "no_bodies"), "1") ? pick(c->lang, "（没有写明）", "(none named)") : plan_short(c, plan_cell(r, "bodies"), 26));
        break;
    default:
        for (size_t i = 0; i < 3; i++)
            if (text_is(severity, SEVERITY[i].id)) severity = pick(c->lang, SEVERITY[i].zh, SEVERITY[i].en);
        cell(p, severity), cell(p, plan_short(c, plan_cell(r, c->lang == HENG_ZH ? "what_zh" : "what_en"), 40)), cell(p, block_words(c, r)), cell(p, plan_short(c, plan_cell(r, "quote"), 20));
        break;
    }
    cell_tail(l, p, r);
}

static void show_people(listing *l)
{
    people p = {.count = 0};
    for (size_t i = 0; i < l->rows.count; i++) l->has_states |= l->rows.items[i].head.state != PLAN_AS_READ;
    heads_of(l, &p);
    sheet *s = sheet_new(l->c->out, text_of(plan_table_name(l->t)), (text){0}, p.columns, p.count);
    for (size_t i = 0; i < l->rows.count; i++) {
        cells_of(l, &p, &l->rows.items[i]);
        sheet_row(s, p.cells);
    }
    notes(l, s);
}

static bool list(ops_call *c, plan_table t, heng_err *err)
{
    listing l;
    if (!load(c, t, &l, err)) return false;
    if (c->wants_rows) plan_sheet_records(c->out, t, &l.rows);
    else show_people(&l);
    return true;
}

void plan_show_read(ops_call *c, plan_table t, const plan_records *rows)
{
    listing l = {.c = c, .t = t, .rows = *rows, .is_unkept = true};
    for (size_t i = 0; i < rows->count; i++) l.suspects += text_is(plan_cell(&rows->items[i], "suspect"), "1");
    show_people(&l);
}

bool op_plan_list(ops_call *c, heng_err *err) { return list(c, PLAN_DOCUMENTS, err); }
bool op_plan_documents(ops_call *c, heng_err *err) { return list(c, PLAN_DOCUMENTS, err); }
bool op_plan_sections(ops_call *c, heng_err *err) { return list(c, PLAN_SECTIONS, err); }
bool op_plan_goals(ops_call *c, heng_err *err) { return list(c, PLAN_GOALS, err); }
bool op_plan_trends(ops_call *c, heng_err *err) { return list(c, PLAN_TRENDS, err); }
bool op_plan_tasks(ops_call *c, heng_err *err) { return ops_has(c, "--expand") ? plan_list_task_bodies(c, err) : list(c, PLAN_TASKS, err); }
bool op_plan_damage(ops_call *c, heng_err *err) { return list(c, PLAN_DAMAGES, err); }
