/* heng plan confirm, correct, add, prefer: what a person says about kept rows, under the person's name. */
#include "plan_desk.h"

static bool set_parse(ops_call *c, text t, plan_change *ret, heng_err *err)
{
    const char *sign = t.len ? memchr(t.ptr, '=', t.len) : NULL;
    if (!sign || sign == t.ptr) return err_fill(err, &MSG_OPS_SET_FORM, text_str(c->a, t), NULL, NULL);
    size_t at = (size_t)(sign - t.ptr);
    *ret = (plan_change){text_trim((text){t.ptr, at}), text_trim((text){sign + 1, t.len - at - 1})};
    return true;
}

static bool sets_parse(ops_call *c, plan_edit *to, heng_err *err)
{
    plan_change *sets = NEW_ARRAY(c->a, OPS_GIVEN_MAX, plan_change);
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, "--set") == 0 && !set_parse(c, c->given[i].value, &sets[to->set_count++], err)) return false;
    to->sets = sets;
    return true;
}

static bool post(ops_call *c, const plan_edit *edits, size_t count, plan_edit_report *ret, heng_err *err)
{
    plan_desk desk;
    return plan_desk_open(c, &desk, err) && plan_edit_post(c->book, c->a, desk.rules, edits, count, (text){"", 0}, ops_has(c, "--dry-run"), ret, err);
}

static void show_report(ops_call *c, const char *name, const plan_edit_report *r)
{
    const shown_field fields[] = {{"corrected", "更正", "corrected", number_text(c->a, r->changed), true}, {"added", "新增", "added", number_text(c->a, r->added), true},
        {"dropped", "删去", "dropped", number_text(c->a, r->dropped), true}, {"confirmed", "确认", "confirmed", number_text(c->a, r->confirmed), true}, {"restored", "撤回", "restored", number_text(c->a, r->restored), true},
        {"same", "没有变化", "same", number_text(c->a, r->same), true}};
    show_record(c, name, fields, sizeof fields / sizeof *fields);
}

static text row_words(ops_call *c, const plan_record *r)
{
    if (r->table == PLAN_GOALS) return text_of(arena_printf(c->a, "%.*s %.*s %.*s", TEXT_FMT(plan_cell(r, "indicator")), TEXT_FMT(plan_number_words(c, r)), TEXT_FMT(plan_cell(r, "target_year"))));
    static const char *const COLUMNS[PLAN_TABLES] = {"title", "heading", "indicator", "subject", "text", "what_zh"};
    return plan_short(c, plan_cell(r, COLUMNS[r->table]), 40);
}

static bool say_row(ops_call *c, text key, heng_err *err)
{
    plan_record r;
    if (!plan_record_want(c->book, c->a, BOOK_KNOWN_NOW, key, &r, err)) return false;
    say(c, "%.*s：%.*s %.*s", "%.*s: %.*s %.*s", TEXT_FMT(r.head.key), TEXT_FMT(row_words(c, &r)), TEXT_FMT(plan_state_words(c, r.head.state)));
    return true;
}

bool op_plan_confirm(ops_call *c, heng_err *err)
{
    plan_edit *edits = NEW_ARRAY(c->a, OPS_GIVEN_MAX, plan_edit);
    plan_edit_report report;
    size_t count = 0;
    for (size_t i = 0; i < c->given_count; i++) {
        plan_record r;
        if (strcmp(c->given[i].name, "KEY") != 0) continue;
        if (!plan_record_want(c->book, c->a, BOOK_KNOWN_NOW, c->given[i].value, &r, err)) return false;
        plan_change *sets = NEW_ARRAY(c->a, 6, plan_change);
        edits[count++] = (plan_edit){.table = r.table, .key = r.head.key, .confirm = true, .set_count = plan_likely_sets(c->a, &r, sets), .sets = sets};
    }
    if (!post(c, edits, count, &report, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!say_row(c, edits[i].key, err)) return false;
    show_report(c, "plan confirm", &report);
    return true;
}

bool op_plan_correct(ops_call *c, heng_err *err)
{
    plan_record r;
    plan_edit_report report;
    plan_edit edit = {.drop = ops_has(c, "--drop"), .restore = ops_has(c, "--restore")};
    if (!sets_parse(c, &edit, err)) return false;
    if (!edit.set_count && !edit.drop && !edit.restore) return err_fill(err, &MSG_OPS_NOTHING_TO_DO, NULL, NULL, NULL);
    if (!plan_record_want(c->book, c->a, BOOK_KNOWN_NOW, ops_get(c, "KEY"), &r, err)) return false;
    edit.table = r.table;
    edit.key = r.head.key;
    if (!post(c, &edit, 1, &report, err)) return false;
    bool changed = report.changed + report.dropped + report.restored > 0;
    if (!changed) say(c, "没有变化", "nothing changed");
    if (!edit.restore || r.head.state != PLAN_LEFT) { if (!say_row(c, edit.key, err)) return false; }
    show_report(c, "plan correct", &report);
    return true;
}

bool op_plan_add(ops_call *c, heng_err *err)
{
    static const struct { const char *name; plan_table t; } TABLES[] = {{"goals", PLAN_GOALS}, {"trends", PLAN_TRENDS}, {"tasks", PLAN_TASKS}, {"sections", PLAN_SECTIONS}};
    plan_edit_report report;
    plan_edit edit = {0};
    text name = ops_get(c, "TABLE");
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        if (text_is(name, TABLES[i].name)) edit.table = TABLES[i].t;
    if (!plan_desk_doc(c, &edit.doc, err) || !sets_parse(c, &edit, err) || !post(c, &edit, 1, &report, err)) return false;
    say(c, "在 %.*s 的 %.*s 表新增 1 行", "added 1 row to the table %.*s of %.*s", TEXT_FMT(c->lang == HENG_ZH ? edit.doc : name), TEXT_FMT(c->lang == HENG_ZH ? name : edit.doc));
    show_report(c, "plan add", &report);
    return true;
}

/* ---- Corrections taken along to another copy of the plan ---- */

typedef struct taking { ops_call *c; text from, to; plan_edit *edits; size_t count, max; } taking;

/* What a person set: the columns that differ from what was read; of an added row all that may be set. */
static void take_sets(taking *t, const plan_record *r, plan_edit *e)
{
    const plan_column *columns;
    size_t count = plan_columns(r->table, &columns);
    plan_change *sets = NEW_ARRAY(t->c->a, count, plan_change);
    for (size_t i = 0; i < count; i++) {
        bool differs = r->head.state == PLAN_ADDED ? r->cells[i].len > 0 : r->read && !text_equal(r->read[i], r->cells[i]);
        if (plan_column_is_shown(&columns[i]) && columns[i].check != PLAN_FIXED && differs) sets[e->set_count++] = (plan_change){text_of(columns[i].id), r->cells[i]};
    }
    e->sets = sets;
}

static const plan_record *record_of(const plan_records *rows, text key)
{
    for (size_t i = 0; i < rows->count; i++)
        if (text_equal(rows->items[i].head.key, key)) return &rows->items[i];
    return NULL;
}

/* Rows of the same words have the same key behind the document's id; one that a person changed in the other copy stays as it is there. */
static void take_row(taking *t, const plan_record *r, const plan_records *there)
{
    text rest = r->head.key;
    plan_state state = r->head.state;
    if (state == PLAN_AS_READ || state == PLAN_LEFT) return;
    text_next(&rest, '/');
    text key = text_of(arena_printf(t->c->a, "%.*s/%.*s", TEXT_FMT(t->to), TEXT_FMT(rest)));
    plan_edit e = {.table = r->table, .drop = state == PLAN_DROPPED, .confirm = state == PLAN_CONFIRMED};
    const plan_record *same = record_of(there, key);
    bool is_added = state == PLAN_ADDED;
    if (is_added ? same != NULL : !same || same->head.state != PLAN_AS_READ) return;
    if (is_added) e.doc = t->to;
    else e.key = key;
    take_sets(t, r, &e);
    *(plan_edit *)ARENA_PUSH(t->c->a, t->edits, t->count, t->max) = e;
}

static bool take_tables(taking *t, heng_err *err)
{
    for (int at = PLAN_SECTIONS; at < PLAN_TABLES; at++) {
        plan_records here, there;
        if (!plan_records_load(t->c->book, t->c->a, BOOK_KNOWN_NOW, (plan_table)at, t->from, true, &here, err)) return false;
        if (!plan_records_load(t->c->book, t->c->a, BOOK_KNOWN_NOW, (plan_table)at, t->to, true, &there, err)) return false;
        for (size_t i = 0; i < here.count; i++) take_row(t, &here.items[i], &there);
    }
    return true;
}

/* What was corrected in the copy that counted until now. */
static bool take_along(ops_call *c, text doc, plan_edit_report *ret, heng_err *err)
{
    plan_desk d;
    plan_record r;
    taking t = {.c = c, .to = doc};
    *ret = (plan_edit_report){0};
    if (!plan_record_want(c->book, c->a, BOOK_KNOWN_NOW, doc, &r, err)) return false;
    t.from = plan_cell(&r, "copy_of");
    if (!t.from.len) return true;
    if (!take_tables(&t, err) || !plan_desk_open(c, &d, err)) return false;
    return !t.count || plan_edit_post(c->book, c->a, d.rules, t.edits, t.count, (text){0}, false, ret, err);
}

bool op_plan_prefer(ops_call *c, heng_err *err)
{
    text doc;
    plan_edit_report report, taken;
    if (!plan_document_want(c->book, c->a, BOOK_KNOWN_NOW, ops_get(c, "DOC"), &doc, err) || !take_along(c, doc, &taken, err) || !plan_prefer(c->book, c->a, doc, &report, err)) return false;
    int64_t along = taken.changed + taken.added + taken.dropped + taken.confirmed;
    if (report.changed) say(c, "今后以 %.*s 为准", "%.*s counts from now on", TEXT_FMT(doc));
    else say(c, "%.*s：没有变化", "%.*s: nothing changed", TEXT_FMT(doc));
    if (along) say(c, "  人工更正一并带来 %lld 处", "  %lld corrections of people were taken along", (long long)along);
    show_report(c, "plan prefer", &report);
    return true;
}
