/*
 * heng plan bodies, and plan tasks --expand: who answers for what, each body by its name in the directory (plan/directory.h), whatever the plans call it.
 *
 * Bodies of all plans that are listed are counted together: 市发展改革委 in a district's plan and 市发改委 in its city's are one.
 */
#include <stdlib.h>
#include "directory.h"
#include "plan_desk.h"

typedef struct body_row { text id, name; const plan_named *named; int64_t lead, support, other, tasks; text_buf written, keys; size_t last_task; } body_row;
typedef struct body_table { ops_call *c; const plan_directory *d; plan_kept kept; text_map at, asked; size_t count, max; body_row *items; } body_table;

static const plan_jurisdiction *whose_of(body_table *b, text doc)
{
    static const plan_jurisdiction NOBODY = {.day = INT32_MAX};
    for (size_t i = 0; i < b->kept.document_count; i++)
        if (text_equal(b->kept.documents[i].head.doc, doc)) {
            plan_jurisdiction *w = NEW(b->c->a, plan_jurisdiction);
            *w = plan_jurisdiction_of(&b->kept.documents[i].row);
            return w;
        }
    return &NOBODY;
}

/* The same words in the same document are asked of the directory once. */
static const plan_named *name_of(body_table *b, text doc, const plan_body *x)
{
    int64_t at;
    text key = text_of(arena_printf(b->c->a, "%.*s\n%.*s", TEXT_FMT(doc), TEXT_FMT(x->as_written)));
    if (text_map_find(&b->asked, key, &at)) return (const plan_named *)(uintptr_t)at;
    plan_named *n = NEW(b->c->a, plan_named);
    *n = plan_body_named(b->c->a, b->d, whose_of(b, doc), x->as_written);
    if (n->naming == PLAN_NOT_NAMED && x->normal.len) n->name = x->normal;
    text_map_put(&b->asked, key, (int64_t)(uintptr_t)n);
    return n;
}

static body_row *row_of(body_table *b, text id, text name, const plan_named *n)
{
    int64_t at;
    text key = id.len ? id : name;
    if (text_map_find(&b->at, key, &at)) return &b->items[at];
    text_map_put(&b->at, key, (int64_t)b->count);
    body_row *r = ARENA_PUSH(b->c->a, b->items, b->count, b->max);
    *r = (body_row){.id = id, .name = name, .named = n, .written = {.a = b->c->a}, .keys = {.a = b->c->a}};
    return r;
}

static void add_once(text_buf *list, text word)
{
    arena *a = list->a;
    text whole = text_of(arena_printf(a, ";%.*s;", TEXT_FMT(list->len ? buf_text(list) : TEXT("")))), one = text_of(arena_printf(a, ";%.*s;", TEXT_FMT(word)));
    if (!text_find(whole, one, &(size_t){0})) buf_printf(list, "%s%.*s", list->len ? ";" : "", TEXT_FMT(word));
}

static void count_in(body_row *r, const plan_body *x, const plan_kept_task *t, size_t task)
{
    r->lead += x->role == PLAN_LEAD;
    r->support += x->role == PLAN_SUPPORT;
    r->other += x->role == PLAN_BODY;
    add_once(&r->written, x->as_written);
    if (r->last_task == task + 1) return;
    r->last_task = task + 1;
    r->tasks++;
    buf_printf(&r->keys, "%s%.*s", r->keys.len ? ";" : "", TEXT_FMT(t->head.key));
}

static bool is_asked(ops_call *c, const plan_body *x, text name)
{
    text part = ops_get(c, "--body");
    return !part.len || text_find(name, part, &(size_t){0}) || text_find(x->as_written, part, &(size_t){0});
}

static void add_body(body_table *b, const plan_body *x, const plan_kept_task *t, size_t task)
{
    const plan_named *n = name_of(b, t->head.doc, x);
    bool expand = ops_has(b->c, "--expand") && n->member_count > 0;
    for (size_t m = 0; expand && m < n->member_count; m++)
        if (is_asked(b->c, x, n->members[m].name)) count_in(row_of(b, n->members[m].id, n->members[m].name, NULL), x, t, task);
    if (!expand && is_asked(b->c, x, n->name)) count_in(row_of(b, n->id, n->name, n), x, t, task);
}

static bool is_left_out(const body_table *b, const plan_kept_task *t, text doc) { return t->head.is_copy && !doc.len && !ops_has(b->c, "--copies"); }

static int by_tasks(const void *x, const void *y)
{
    const body_row *a = x, *b = y;
    if (a->tasks != b->tasks) return a->tasks > b->tasks ? -1 : 1;
    return text_compare(a->name, b->name);
}

/* For people: how many members a group has; or that nobody can be meant by it. */
static text naming_words(ops_call *c, const plan_named *n)
{
    if (!n || n->naming == PLAN_NAMED) return (text){"", 0};
    if (n->naming == PLAN_NAMED_GROUP) return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "统称，%zu 个成员" : "group of %zu", n->member_count));
    if (n->naming == PLAN_GROUP_UNDEFINED) return pick(c->lang, "统称，规则包未定义成员", "group that no pack defines");
    return n->naming == PLAN_NAMED_OPEN ? pick(c->lang, "未指明", "nobody in particular") : pick(c->lang, "名录中没有", "not in the directory");
}

static void show_bodies(ops_call *c, const body_table *b)
{
    const sheet_column columns[] = {column(TEXT("body"), pick(c->lang, "单位", "body"), false), column(TEXT("tasks"), pick(c->lang, "任务", "tasks"), true), column(TEXT("lead"), pick(c->lang, "牵头", "lead"), true),
        column(TEXT("support"), pick(c->lang, "配合", "support"), true), column(TEXT("no_role"), pick(c->lang, "未分主次", "no role"), true), column(TEXT("naming"), pick(c->lang, "名录", "directory"), false),
        column(TEXT("as_written"), pick(c->lang, "原文写法", "as written"), false), column(TEXT("id"), TEXT("id"), false), column(TEXT("kind"), TEXT("kind"), false), column(TEXT("members"), TEXT("members"), true),
        column(TEXT("task_keys"), TEXT("task_keys"), false)};
    sheet *s = sheet_new(c->out, TEXT("bodies"), (text){0}, columns, c->wants_rows ? 11 : 7);
    for (size_t i = 0; i < b->count; i++) {
        const body_row *r = &b->items[i];
        text naming = c->wants_rows ? text_of(plan_naming_word(r->named ? r->named->naming : PLAN_NAMED)) : naming_words(c, r->named);
        sheet_row(s, (text[]){r->name, number_text(c->a, r->tasks), number_text(c->a, r->lead), number_text(c->a, r->support), number_text(c->a, r->other), naming, plan_short(c, buf_text(&r->written), 40), r->id,
                              r->named ? r->named->kind : TEXT("government"), number_text(c->a, r->named ? (int64_t)r->named->member_count : 0), buf_text(&r->keys)});
    }
    if (!b->count && !c->wants_rows) sheet_note(s, pick(c->lang, "没有符合的行", "no such rows"));
}

static bool open_table(ops_call *c, body_table *b, text *ret_doc, heng_err *err)
{
    const rule_set *rules;
    *b = (body_table){.c = c, .at = {.a = c->a}, .asked = {.a = c->a}};
    return plan_desk_doc(c, ret_doc, err) && plan_kept_load(c->book, c->a, c->known_us, *ret_doc, &b->kept, err) && book_rules_at(c->book, c->a, c->known_us, &rules, err) &&
           plan_directory_open(c->a, rules, &b->d, err);
}

bool op_plan_bodies(ops_call *c, heng_err *err)
{
    body_table b;
    text doc;
    if (!open_table(c, &b, &doc, err)) return false;
    for (size_t i = 0; i < b.kept.task_count; i++) {
        const plan_kept_task *t = &b.kept.tasks[i];
        for (size_t k = 0; k < t->row.body_count && !is_left_out(&b, t, doc); k++) add_body(&b, &t->row.items[k], t, i);
    }
    if (b.count > 1) qsort(b.items, b.count, sizeof *b.items, by_tasks);
    show_bodies(c, &b);
    return true;
}

/* ---- Tasks, a row for each body ---- */

static void task_row(body_table *b, sheet *s, const plan_kept_task *t, const plan_body *x, const plan_named *n, const plan_member *m)
{
    ops_call *c = b->c;
    static const char *const ROLES[][3] = {[PLAN_BODY] = {"body", "", ""}, [PLAN_LEAD] = {"lead", "牵头", "leads"}, [PLAN_SUPPORT] = {"support", "配合", "supports"}};
    text key = t->head.key, role = c->wants_rows ? text_of(ROLES[x->role][0]) : pick(c->lang, ROLES[x->role][1], ROLES[x->role][2]);
    text where = text_of(arena_printf(c->a, "%.*s%.*s", TEXT_FMT(t->row.chapter), TEXT_FMT(t->row.section)));
    sheet_row(s, (text[]){number_text(c->a, t->row.no), where, plan_short(c, t->row.whole, 28), m ? m->name : n->name, role, x->as_written, c->wants_rows ? text_of(plan_naming_word(n->naming)) : naming_words(c, m ? NULL : n),
                          t->head.doc, key, m ? m->id : n->id});
}

bool plan_list_task_bodies(ops_call *c, heng_err *err)
{
    body_table b;
    text doc;
    if (!open_table(c, &b, &doc, err)) return false;
    const sheet_column columns[] = {column(TEXT("no"), pick(c->lang, "序号", "no"), true), column(TEXT("section"), pick(c->lang, "章节", "section"), false), column(TEXT("text"), pick(c->lang, "任务", "task"), false),
        column(TEXT("body"), pick(c->lang, "单位", "body"), false), column(TEXT("role"), pick(c->lang, "角色", "role"), false), column(TEXT("as_written"), pick(c->lang, "原文写法", "as written"), false),
        column(TEXT("naming"), pick(c->lang, "名录", "directory"), false), column(TEXT("doc"), pick(c->lang, "文件", "document"), false), column(TEXT("key"), pick(c->lang, "键", "key"), false), column(TEXT("id"), TEXT("id"), false)};
    sheet *s = sheet_new(c->out, TEXT("task_bodies"), (text){0}, columns, c->wants_rows ? 10 : 8);
    for (size_t i = 0; i < b.kept.task_count; i++) {
        const plan_kept_task *t = &b.kept.tasks[i];
        for (size_t k = 0; k < t->row.body_count && !is_left_out(&b, t, doc); k++) {
            const plan_body *x = &t->row.items[k];
            const plan_named *n = name_of(&b, t->head.doc, x);
            for (size_t m = 0; m < n->member_count; m++)
                if (is_asked(c, x, n->members[m].name)) task_row(&b, s, t, x, n, &n->members[m]);
            if (!n->member_count && is_asked(c, x, n->name)) task_row(&b, s, t, x, n, NULL);
        }
    }
    return true;
}
