/* heng plan compare: one plan found twice, or plans side by side; heng systems: what plans ask for, and what serves it. */
#include "plan_view.h"

/* ---- the same plan found again ---- */

static text stretch_name(const ops_call *c, const plan_stretch *s)
{
    static const char *const IDS[] = {"missing", "extra", "doubled", "moved"}, *const ZH[] = {"缺失", "多出", "重复", "错位"};
    if (c->wants_exact) return text_of(arena_printf(c->a, "%s%s", IDS[s->kind], s->is_heading ? "_heading" : ""));
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%s%s" : "%s%s", c->lang == HENG_ZH ? ZH[s->kind] : IDS[s->kind], !s->is_heading ? "" : c->lang == HENG_ZH ? "（标题）" : " (heading)"));
}

static text place_text(const ops_call *c, const plan_doc *d, size_t at)
{
    plan_place p = at < d->place_count ? d->places[at] : (plan_place){0, 0};
    return text_of(arena_printf(c->a, c->lang == HENG_ZH && !c->wants_exact ? "第 %d 段第 %d 字节" : "%d:%d", p.block + 1, p.byte));
}

static text short_text(const ops_call *c, text t, size_t chars)
{
    size_t at = 0;
    if (c->wants_rows || text_chars(t) <= chars) return t;
    for (size_t i = 0; i < chars && at < t.len; i++)
        for (at++; at < t.len && ((unsigned char)t.ptr[at] & 0xC0) == 0x80;) at++;
    return text_of(arena_printf(c->a, "%.*s…", (int)at, t.ptr));
}

static void show_same(ops_call *c, const plan_kept_document *const *docs, const plan_read *reads, const plan_same *r)
{
    text x = docs[0]->head.doc, y = docs[1]->head.doc;
    say(c, "%.*s 与 %.*s 是同一规划（相似度 %d/1000）。以 %.*s 的 %zu 句为准：%.*s 有其中 %zu 句", "%.*s and %.*s are the same plan (likeness %d/1000). %.*s has %zu sentences; %.*s has %zu of them", TEXT_FMT(x), TEXT_FMT(y), r->likeness,
        TEXT_FMT(x), r->first_sentences, TEXT_FMT(y), r->common);
    say(c, "  缺 %zu 句，多出 %zu 句，重复 %zu 句，错位 %zu 句；标题缺 %zu 个，错位 %zu 个", "  missing %zu sentences, extra %zu, doubled %zu, out of order %zu; headings missing %zu, out of order %zu", r->missing, r->extra,
        r->doubled, r->moved, r->missing_headings, r->moved_headings);
    const sheet_column columns[] = {column(TEXT("kind"), pick(c->lang, "情况", "what"), false), column(TEXT("sentences"), pick(c->lang, "句", "sentences"), true), column(TEXT("chars"), pick(c->lang, "字", "characters"), true),
        column(TEXT("doc"), pick(c->lang, "见于", "in"), false), column(TEXT("place"), pick(c->lang, "位置", "place"), false), column(TEXT("quote"), pick(c->lang, "首句", "begins"), false),
        column(TEXT("behind"), pick(c->lang, "原在此句之后", "in the first it stands behind"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "逐句比较", "sentence by sentence"), (text){0}, columns, 7);
    for (size_t i = 0; i < r->count; i++) {
        const plan_stretch *k = &r->stretches[i];
        int in = k->kind == PLAN_MISSING ? 0 : 1;
        sheet_row(s, (text[]){stretch_name(c, k), number_text(c->a, (int64_t)k->sentences), number_text(c->a, (int64_t)k->chars), docs[in]->head.doc, place_text(c, &reads[in].doc, k->at.start), short_text(c, k->quote, 28),
                              short_text(c, k->behind, 14)});
    }
}

/* ---- plans side by side ---- */

static text verdict_text(const ops_call *c, plan_verdict v)
{
    static const char *const ZH[] = {"", "基准", "相同", "较高", "较低", "新增", "没有", "不可比：单位不同", "不可比：年份不同", "不可比：基期不同", "不可比：口径不同", "不可比：数字可疑"};
    static const char *const EN[] = {"", "first", "same", "higher", "lower", "new", "dropped", "not comparable: other unit", "not comparable: other year", "not comparable: other base", "not comparable: other comparison",
        "not comparable: damaged number"};
    if (c->wants_exact) return text_of(plan_verdict_id(v));
    return pick(c->lang, ZH[v], EN[v]);
}

static text compared_cell(const ops_call *c, const plan_compare_cell *x)
{
    if (!x->goal) return (text){0};
    const char *year = x->goal->target_year.len ? arena_printf(c->a, c->lang == HENG_ZH ? "（%.*s）" : " (%.*s)", TEXT_FMT(x->goal->target_year)) : "";
    return text_of(arena_printf(c->a, "%.*s%s", TEXT_FMT(goal_text(c, x->goal)), year));
}

static text row_name(const plan_view *v, const plan_compare_row *row)
{
    if (row->indicator != RULE_NONE) return show_name(v->r->indicators[row->indicator].name, v->c->lang);
    plan_goal g = {.indicator = row->wording, .scope = row->scope};
    return goal_words(v->c, &g);
}

enum { COMPARED_MAX = 20, FIELDS = 7 };

/* For people: value and year, then the verdict. */
static void show_people(const plan_view *v, const plan_compared *docs, size_t count, const plan_compare_row *rows, size_t row_count)
{
    ops_call *c = v->c;
    sheet_column columns[1 + 2 * COMPARED_MAX];
    size_t n = 0;
    columns[n++] = column(TEXT("indicator"), pick(c->lang, "指标", "indicator"), false);
    for (size_t d = 0; d < count; d++) {
        columns[n++] = column(docs[d].doc, docs[d].doc, false);
        if (d) columns[n++] = column(TEXT("verdict"), pick(c->lang, "比较", "verdict"), false);
    }
    sheet *s = sheet_new(c->out, pick(c->lang, "规划比较", "plans compared"), (text){0}, columns, n);
    for (size_t i = 0; i < row_count; i++) {
        text cells[1 + 2 * COMPARED_MAX];
        size_t at = 0;
        cells[at++] = row_name(v, &rows[i]);
        for (size_t d = 0; d < count; d++) {
            cells[at++] = compared_cell(c, &rows[i].cells[d]);
            if (d) cells[at++] = verdict_text(c, rows[i].cells[d].verdict);
        }
        sheet_row(s, cells);
    }
    sheet_note(s, pick(c->lang, "与第一个有此目标的规划比较；较高、较低指数值，不指力度", "compared with the first plan that has the goal; higher and lower are of the number, not of the ambition"));
}

/* For programs: each document's fields in columns of their own. */
static void show_fields(const plan_view *v, const plan_compared *docs, const plan_kept_goal *const *const *goals, size_t count, const plan_compare_row *rows, size_t row_count)
{
    static const char *const IDS[FIELDS] = {"op", "value", "unit", "year", "base_year", "key", "verdict"}, *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};
    ops_call *c = v->c;
    sheet_column columns[3 + FIELDS * COMPARED_MAX];
    size_t n = 0;
    columns[n++] = column(TEXT("indicator"), TEXT("indicator"), false);
    columns[n++] = column(TEXT("wording"), TEXT("wording"), false);
    columns[n++] = column(TEXT("scope"), TEXT("scope"), false);
    for (size_t d = 0; d < count; d++)
        for (size_t k = 0; k < FIELDS; k++) columns[n] = column(text_of(arena_printf(c->a, "%.*s_%s", TEXT_FMT(docs[d].doc), IDS[k])), text_of(arena_printf(c->a, "%.*s %s", TEXT_FMT(docs[d].doc), IDS[k])), false), n++;
    sheet *s = sheet_new(c->out, TEXT("compare"), (text){0}, columns, n);
    for (size_t i = 0; i < row_count; i++) {
        text *cells = NEW_ARRAY(c->a, n, text);
        size_t at = 3;
        if (rows[i].indicator != RULE_NONE) cells[0] = v->r->indicators[rows[i].indicator].id;
        cells[1] = rows[i].wording, cells[2] = rows[i].scope;
        for (size_t d = 0; d < count; d++, at += FIELDS) {
            const plan_compare_cell *x = &rows[i].cells[d];
            cells[at + 6] = text_of(plan_verdict_id(x->verdict));
            if (!x->goal) continue;
            const plan_goal *g = x->goal;
            const text value = g->value_hi.len ? text_of(arena_printf(c->a, "%.*s-%.*s", TEXT_FMT(g->value), TEXT_FMT(g->value_hi))) : g->value;
            const text fields[] = {text_of(OPS[g->op]), value, g->unit, g->target_year, g->base_year, goals[d][x->index]->head.key};
            memcpy(&cells[at], fields, sizeof fields);
        }
        sheet_row(s, cells);
    }
}

static void compare_goals(const plan_view *v, const plan_kept_document *const *docs, size_t count)
{
    arena *a = v->c->a;
    plan_compared *compared = NEW_ARRAY(a, count, plan_compared);
    const plan_kept_goal ***kept = NEW_ARRAY(a, count, const plan_kept_goal **);
    const plan_compare_row *rows;
    for (size_t d = 0; d < count; d++) {
        const plan_goal **goals = NEW_ARRAY(a, v->kept.goal_count + 1, const plan_goal *);
        plan_link *links = NEW_ARRAY(a, v->kept.goal_count + 1, plan_link);
        size_t n = 0;
        kept[d] = NEW_ARRAY(a, v->kept.goal_count + 1, const plan_kept_goal *);
        for (size_t i = 0; i < v->kept.goal_count; i++) {
            if (!text_equal(v->kept.goals[i].head.doc, docs[d]->head.doc)) continue;
            goals[n] = &v->kept.goals[i].row, links[n] = v->links[i], kept[d][n] = &v->kept.goals[i];
            n++;
        }
        compared[d] = (plan_compared){.doc = docs[d]->head.doc, .goal_count = n, .goals = goals, .links = links};
    }
    size_t row_count = plan_compare_goals(a, v->r, compared, count, &rows);
    if (v->c->wants_rows) show_fields(v, compared, (const plan_kept_goal *const *const *)kept, count, rows, row_count);
    else show_people(v, compared, count, rows, row_count);
}

static bool compare_text(const plan_view *v, const plan_kept_document *const *docs, bool *ret_same, heng_err *err)
{
    plan_read *reads = NEW_ARRAY(v->c->a, 2, plan_read);
    plan_same r;
    if (!plan_view_read(v, docs[0], &reads[0], err) || !plan_view_read(v, docs[1], &reads[1], err)) return false;
    *ret_same = plan_likeness(v->c->a, &reads[0].doc, &reads[1].doc) >= PLAN_SAME_PERMILLE;
    if (!*ret_same) return true;
    plan_compare_same(v->c->a, &reads[0], &reads[1], &r);
    show_same(v->c, docs, reads, &r);
    return true;
}

/* The documents asked for; copies too. */
static bool given_documents(plan_view *v, const plan_kept_document **docs, size_t *ret_count, heng_err *err)
{
    ops_call *c = v->c;
    *ret_count = 0;
    for (size_t i = 0; i < c->given_count; i++) {
        text name = c->given[i].value;
        if (strcmp(c->given[i].name, "DOC") != 0) continue;
        if (*ret_count == COMPARED_MAX) return err_fill_n(err, &MSG_OPS_TOO_MANY, name.ptr, name.len, c->op->name);
        if (!plan_view_document(v, name, &docs[(*ret_count)++], err)) return false;
    }
    if (*ret_count < 2) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, c->op->name, "DOC DOC", NULL);
    return true;
}

bool op_plan_compare(ops_call *c, heng_err *err)
{
    plan_view v;
    const plan_kept_document *docs[COMPARED_MAX];
    size_t count;
    bool is_same = false;
    if (!plan_view_load_all(c, &v, err) || !given_documents(&v, docs, &count, err)) return false;
    if (count == 2 && !ops_has(c, "--goals") && !compare_text(&v, docs, &is_same, err)) return false;
    if (!is_same) compare_goals(&v, docs, count);
    return true;
}

/* ---- systems ---- */

typedef struct asking { const plan_kept_head *head; text quote; } asking;
typedef struct asked_list { size_t count, max; asking *items; } asked_list;

typedef struct collecting { const plan_view *v; const plan_system *systems; size_t count; text *words; asked_list *lists; } collecting;

/* A document's row asks for a system once, and no row does in whose words another one stands already. */
static bool is_said(const asked_list *l, const plan_kept_head *head, text quote)
{
    size_t at;
    for (size_t i = 0; i < l->count; i++)
        if (text_equal(l->items[i].head->doc, head->doc) && (text_find(l->items[i].quote, quote, &at) || text_find(quote, l->items[i].quote, &at))) return true;
    return false;
}

static void collect_text(collecting *w, const plan_kept_head *head, text t)
{
    arena *a = w->v->c->a;
    if (!plan_systems_asked(a, w->systems, w->count, t, w->words)) return;
    for (size_t i = 0; i < w->count; i++) {
        asked_list *l = &w->lists[i];
        text quote = w->words[i].len ? plan_sentence_with(a, t, w->words[i]) : (text){0};
        if (quote.len && !is_said(l, head, quote)) *(asking *)ARENA_PUSH(a, l->items, l->count, l->max) = (asking){head, quote};
    }
}

static bool has_annex(const plan_view *v, text doc)
{
    for (size_t i = 0; i < v->kept.section_count; i++)
        if (v->kept.sections[i].row.in_annex && text_equal(v->kept.sections[i].head.doc, doc)) return true;
    return false;
}

/* A plan whose tasks stand in an annex says more in its own text, which no kept row holds whole: that is read again. */
static bool collect_body(collecting *w, const plan_kept_document *d, heng_err *err)
{
    plan_read read;
    if (!has_annex(w->v, d->head.doc)) return true;
    if (d->copy_of.len || !d->is_plan) return true;
    if (!plan_view_read(w->v, d, &read, err)) return false;
    size_t start = read.doc.body.start, end = read.doc.body.end <= read.doc.clean.len ? read.doc.body.end : read.doc.clean.len;
    text body = {read.doc.clean.ptr + start, end > start ? end - start : 0};
    while (body.len) collect_text(w, &d->head, text_next(&body, '\n'));
    return true;
}

/* Every sentence of the kept rows that asks for a system: of tasks first, then of goals, trends and headings. */
static bool collect(const plan_view *v, const plan_system *systems, size_t count, asked_list *lists, heng_err *err)
{
    const plan_kept *k = &v->kept;
    collecting w = {v, systems, count, NEW_ARRAY(v->c->a, count + 1, text), lists};
    for (size_t i = 0; i < k->task_count; i++) collect_text(&w, &k->tasks[i].head, k->tasks[i].row.whole);
    for (size_t i = 0; i < k->goal_count; i++) collect_text(&w, &k->goals[i].head, k->goals[i].row.quote);
    for (size_t i = 0; i < k->trend_count; i++)
        if (!k->trends[i].head.is_copy) collect_text(&w, &k->trends[i].head, k->trends[i].row.quote);
    for (size_t i = 0; i < k->section_count; i++) collect_text(&w, &k->sections[i].head, k->sections[i].row.heading);
    for (size_t i = 0; i < k->document_count; i++)
        if (!collect_body(&w, &k->documents[i], err)) return false;
    return true;
}

static text served_text(const ops_call *c, const plan_system *s)
{
    if (c->wants_exact) return s->served_by;
    if (!s->served_by.len) return pick(c->lang, "尚无", "nothing yet");
    text extent = show_name(s->extent, c->lang);
    return text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s：%.*s" : "%.*s: %.*s", TEXT_FMT(s->served_by), TEXT_FMT(extent)));
}

static void list_systems(const plan_view *v, const plan_system *systems, size_t count, const asked_list *lists, bool only_asked)
{
    ops_call *c = v->c;
    size_t served = 0, asked = 0;
    const sheet_column columns[] = {column(TEXT("name"), pick(c->lang, "系统", "system"), false), column(TEXT("asked"), pick(c->lang, "原句", "sentences that ask"), true),
        column(TEXT("doc"), pick(c->lang, "例如", "for example"), false), column(TEXT("served_by"), pick(c->lang, "现有功能", "what serves it today"), false),
        column(TEXT("extent"), TEXT("extent"), false), column(TEXT("shown_by"), TEXT("shown_by"), false), column(TEXT("software"), TEXT("software"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "规划要求的系统", "systems that plans ask for"), (text){0}, columns, c->wants_rows ? 7 : 4);
    for (size_t i = 0; i < count; i++) {
        const plan_system *x = &systems[i];
        served += x->served_by.len > 0;
        asked += lists[i].count > 0;
        if (only_asked && !lists[i].count) continue;
        sheet_row(s, (text[]){name_cell(c, x->id, x->name), number_text(c->a, (int64_t)lists[i].count), lists[i].count ? lists[i].items[0].head->key : (text){0}, served_text(c, x), show_name(x->extent, c->lang), x->shown_by, x->software});
    }
    sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "共 %zu 个系统；已导入的规划要求 %zu 个；现有功能服务（多为部分）%zu 个。heng systems 名称 列出原句" :
                                       "%zu systems; %zu asked for by the plans imported; %zu served today, most in part. heng systems NAME lists the sentences", count, asked, served)));
}

static void show_system(const plan_view *v, const plan_system *x, const asked_list *list)
{
    ops_call *c = v->c;
    say(c, "%.*s（%.*s）", "%.*s (%.*s)", TEXT_FMT(show_name(x->name, c->lang)), TEXT_FMT(x->id));
    say(c, "软件应做（英文）：%.*s", "what software must do: %.*s", TEXT_FMT(x->software));
    say(c, "现有功能：%.*s", "serves it today: %.*s", TEXT_FMT(served_text(c, x)));
    if (x->shown_by.len) say(c, "示例：heng %.*s", "example: heng %.*s", TEXT_FMT(x->shown_by));
    const sheet_column columns[] = {column(TEXT("doc"), pick(c->lang, "规划", "plan"), false), column(TEXT("key"), pick(c->lang, "键", "key"), false), column(TEXT("quote"), pick(c->lang, "原句", "sentence"), false)};
    sheet *s = sheet_new(c->out, show_name(x->name, c->lang), (text){0}, columns, 3);
    for (size_t i = 0; i < list->count; i++) sheet_row(s, (text[]){list->items[i].head->doc, list->items[i].head->key, list->items[i].quote});
    if (!list->count) sheet_note(s, pick(c->lang, "已导入的规划没有句子要求它", "no sentence of the plans imported asks for it"));
}

static void list_sentences(const plan_view *v, const plan_system *systems, size_t count, const asked_list *lists)
{
    ops_call *c = v->c;
    const sheet_column columns[] = {column(TEXT("system"), pick(c->lang, "系统", "system"), false), column(TEXT("doc"), pick(c->lang, "规划", "plan"), false), column(TEXT("key"), pick(c->lang, "键", "key"), false),
                                    column(TEXT("quote"), pick(c->lang, "原句", "sentence"), false)};
    sheet *s = sheet_new(c->out, TEXT("sentences"), (text){0}, columns, 4);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lists[i].count; k++)
            sheet_row(s, (text[]){name_cell(c, systems[i].id, systems[i].name), lists[i].items[k].head->doc, lists[i].items[k].head->key, lists[i].items[k].quote});
}

static bool want_system(ops_call *c, const plan_system *systems, size_t count, text name, size_t *ret, heng_err *err)
{
    size_t at, nearest[3];
    text *names = NEW_ARRAY(c->a, 2 * count + 1, text);
    for (*ret = 0; *ret < count; (*ret)++)
        if (text_equal(systems[*ret].id, name) || text_equal(systems[*ret].name.zh, name) || text_equal(systems[*ret].name.en, name)) return true;
    for (*ret = 0; *ret < count; (*ret)++)
        if (text_find(systems[*ret].name.zh, name, &at)) return true;
    for (size_t i = 0; i < count; i++) names[i] = systems[i].name.zh, names[count + i] = systems[i].name.en;
    size_t near = text_nearest(c->a, name, names, 2 * count, 1, nearest);
    return err_fill_n(err, &MSG_OPS_UNKNOWN_SYSTEM, name.ptr, name.len, near ? text_str(c->a, names[nearest[0]]) : NULL);
}

bool op_systems(ops_call *c, heng_err *err)
{
    plan_view v;
    const plan_system *systems;
    size_t at;
    text name = ops_get(c, "NAME");
    if (!plan_view_load(c, (text){0}, &v, err)) return false;
    size_t count = plan_systems(c->a, v.r, &systems);
    asked_list *lists = NEW_ARRAY(c->a, count + 1, asked_list);
    if (name.len && !want_system(c, systems, count, name, &at, err)) return false;
    if (!collect(&v, systems, count, lists, err)) return false;
    if (name.len) show_system(&v, &systems[at], &lists[at]);
    else if (ops_has(c, "--sentences")) list_sentences(&v, systems, count, lists);
    else list_systems(&v, systems, count, lists, ops_has(c, "--asked"));
    return true;
}
