/* Rows as cells: which columns each table has, from the structs of plan.h and back, and as JSON. */
#include <stddef.h>
#include <stdio.h>
#include "keep_inside.h"

#define HEAD(id, zh, kind) {id, zh, kind, 0, PLAN_FIXED, NULL}
#define FIXED(id, zh, kind, type, field) {id, zh, kind, offsetof(type, field), PLAN_FIXED, NULL}
#define EDIT(id, zh, kind, type, field, check, choices) {id, zh, kind, offsetof(type, field), check, choices}
#define TAIL HEAD("block", "块", PLAN_COL_BLOCK), HEAD("byte", "字节", PLAN_COL_BYTE), HEAD("state", "状态", PLAN_COL_STATE), HEAD("version", "版本", PLAN_COL_VERSION), \
    HEAD("author", "作者", PLAN_COL_AUTHOR), HEAD("key", "键", PLAN_COL_KEY)
#define D(id, zh, field, check) EDIT(id, zh, PLAN_COL_TEXT, plan_kept_document, field, check, NULL)

static const plan_column DOCUMENTS[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), D("title", "标题", row.title, PLAN_WORDS), D("issuer", "发文机关", row.issuer, PLAN_FREE), D("doc_number", "文号", row.doc_number, PLAN_FREE),
    D("issue_date", "成文日期", row.issue_date, PLAN_DAY), D("kind", "种类", row.kind, PLAN_FREE), D("region", "地区", row.region, PLAN_FREE), D("gbt2260", "区划代码", row.gbt2260, PLAN_FREE),
    D("note", "说明", row.note, PLAN_FREE), HEAD("copies", "同一规划", PLAN_COL_COPIES), D("notice_title", "通知标题", row.notice_title, PLAN_FREE),
    D("publish_date", "发布日期", row.publish_date, PLAN_DAY), D("basis", "依据", row.basis, PLAN_FREE), FIXED("is_plan", "是规划", PLAN_COL_FLAG, plan_kept_document, is_plan),
    FIXED("sections", "章节", PLAN_COL_SIZE, plan_kept_document, sections), FIXED("goals", "目标", PLAN_COL_SIZE, plan_kept_document, goals),
    FIXED("trends", "趋势", PLAN_COL_SIZE, plan_kept_document, trends), FIXED("tasks", "任务", PLAN_COL_SIZE, plan_kept_document, tasks),
    FIXED("damage", "损伤", PLAN_COL_SIZE, plan_kept_document, damages), FIXED("file", "来源文件", PLAN_COL_TEXT, plan_kept_document, file),
    FIXED("copy_of", "以何为准", PLAN_COL_TEXT, plan_kept_document, copy_of), HEAD("state", "状态", PLAN_COL_STATE), HEAD("version", "版本", PLAN_COL_VERSION),
    HEAD("author", "作者", PLAN_COL_AUTHOR), HEAD("key", "键", PLAN_COL_KEY),
    {"order", NULL, PLAN_COL_EXTRA, 0, PLAN_FIXED, NULL}, {"hash", NULL, PLAN_COL_EXTRA, 0, PLAN_FIXED, NULL}, {"delivery", NULL, PLAN_COL_EXTRA, 0, PLAN_FIXED, NULL}};

static const plan_column SECTIONS[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), FIXED("order", "序", PLAN_COL_INT, plan_section, order), EDIT("part", "部分", PLAN_COL_PART, plan_section, in_annex, PLAN_CHOICE, "body|annex"),
    EDIT("level", "层级", PLAN_COL_INT, plan_section, level, PLAN_CHOICE, "1|2|3|4|5|6|7|8|9"), EDIT("chapter", "章", PLAN_COL_TEXT, plan_section, chapter, PLAN_FREE, NULL),
    EDIT("parent", "上级", PLAN_COL_TEXT, plan_section, parent, PLAN_FREE, NULL), EDIT("number", "编号", PLAN_COL_TEXT, plan_section, number, PLAN_FREE, NULL),
    EDIT("heading", "标题", PLAN_COL_TEXT, plan_section, heading, PLAN_WORDS, NULL), EDIT("note", "说明", PLAN_COL_TEXT, plan_section, note, PLAN_FREE, NULL), TAIL,
    {"span", NULL, PLAN_COL_SPAN, offsetof(plan_section, span), PLAN_FIXED, NULL}, {"whole", NULL, PLAN_COL_SPAN, offsetof(plan_section, whole), PLAN_FIXED, NULL}};

#define G(id, zh, field, check) EDIT(id, zh, PLAN_COL_TEXT, plan_goal, field, check, NULL)
static const plan_column GOALS[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), G("indicator", "指标", indicator, PLAN_WORDS),
    EDIT("op", "比较", PLAN_COL_OP, plan_goal, op, PLAN_CHOICE, ">=|<=|=|~|decrease_by|increase_by|rank"), G("value", "数值", value, PLAN_NUMBER),
    G("value_hi", "上限", value_hi, PLAN_NUMBER), G("unit", "单位", unit, PLAN_FREE), G("base_year", "基年", base_year, PLAN_YEAR), G("target_year", "目标年", target_year, PLAN_YEAR),
    EDIT("firmness", "力度", PLAN_COL_TEXT, plan_goal, firmness, PLAN_CHOICE, "reach|strive|keep|cap|about"), G("scope", "范围", scope, PLAN_FREE),
    EDIT("suspect", "存疑", PLAN_COL_FLAG, plan_goal, is_suspect, PLAN_CHOICE, "0|1"), G("note", "说明", note, PLAN_FREE), FIXED("quote", "原文", PLAN_COL_TEXT, plan_goal, quote),
    FIXED("cue", "提示词", PLAN_COL_TEXT, plan_goal, cue), FIXED("chapter", "章", PLAN_COL_TEXT, plan_goal, chapter), FIXED("section", "节", PLAN_COL_TEXT, plan_goal, section),
    FIXED("occurrences", "出现次数", PLAN_COL_SIZE, plan_goal, occurrence_count), G("likely", "可能读法", likely, PLAN_FREE),
    EDIT("borderline", "边界", PLAN_COL_FLAG, plan_goal, is_borderline, PLAN_CHOICE, "0|1"), G("base_value", "基期值", base_value, PLAN_NUMBER),
    EDIT("binding", "约束", PLAN_COL_TEXT, plan_goal, binding, PLAN_CHOICE, "|约束性|预期性"), TAIL, {"span", NULL, PLAN_COL_SPAN, offsetof(plan_goal, span), PLAN_FIXED, NULL},
    {"places", NULL, PLAN_COL_SPANS, 0, PLAN_FIXED, NULL}};

#define R(id, zh, field, check) EDIT(id, zh, PLAN_COL_TEXT, plan_trend, field, check, NULL)
static const plan_column TRENDS[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), R("target_year", "目标年", target_year, PLAN_YEAR), R("subject", "对象", subject, PLAN_WORDS),
    EDIT("direction", "方向", PLAN_COL_TEXT, plan_trend, direction, PLAN_CHOICE, "up|down|peak|reach_level|complete"), FIXED("quote", "原文", PLAN_COL_TEXT, plan_trend, quote),
    R("note", "说明", note, PLAN_FREE), EDIT("firmness", "力度", PLAN_COL_TEXT, plan_trend, firmness, PLAN_CHOICE, "reach|strive|keep|cap|about"),
    FIXED("chapter", "章", PLAN_COL_TEXT, plan_trend, chapter), FIXED("section", "节", PLAN_COL_TEXT, plan_trend, section),
    FIXED("occurrences", "出现次数", PLAN_COL_SIZE, plan_trend, occurrence_count), TAIL, {"span", NULL, PLAN_COL_SPAN, offsetof(plan_trend, span), PLAN_FIXED, NULL}};

static const plan_column TASKS[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), FIXED("no", "序号", PLAN_COL_INT, plan_task, no), FIXED("chapter", "章", PLAN_COL_TEXT, plan_task, chapter),
    FIXED("section", "节", PLAN_COL_TEXT, plan_task, section), FIXED("seq", "节内序", PLAN_COL_INT, plan_task, seq), HEAD("first_12_chars", "开头", PLAN_COL_FIRST),
    HEAD("last_12_chars", "结尾", PLAN_COL_LAST), EDIT("bodies", "责任单位", PLAN_COL_TEXT, plan_task, bodies, PLAN_FREE, NULL),
    EDIT("mode", "负责方式", PLAN_COL_TEXT, plan_task, mode, PLAN_CHOICE, "按职责分工负责|负责|other|none"), FIXED("bodies_norm", "单位（去尾）", PLAN_COL_TEXT, plan_task, bodies_norm),
    EDIT("open_list", "列举未尽", PLAN_COL_FLAG, plan_task, is_open_list, PLAN_CHOICE, "0|1"), HEAD("n_chars", "字数", PLAN_COL_CHARS), EDIT("note", "说明", PLAN_COL_TEXT, plan_task, note, PLAN_FREE, NULL),
    {"lead", "牵头", PLAN_COL_LEAD, 0, PLAN_FREE, NULL}, {"support", "配合", PLAN_COL_SUPPORT, 0, PLAN_FREE, NULL},
    FIXED("no_bodies", "未写单位", PLAN_COL_FLAG, plan_task, has_no_bodies), FIXED("text", "全文", PLAN_COL_TEXT, plan_task, whole), TAIL,
    {"span", NULL, PLAN_COL_SPAN, offsetof(plan_task, span), PLAN_FIXED, NULL}, {"items", NULL, PLAN_COL_ITEMS, 0, PLAN_FIXED, NULL}};

static const plan_column DAMAGE[] = {
    HEAD("doc", "文件", PLAN_COL_DOC), FIXED("kind", "种类", PLAN_COL_TEXT, plan_damage, kind),
    EDIT("severity", "轻重", PLAN_COL_TEXT, plan_damage, severity, PLAN_CHOICE, "note|warning|error"), FIXED("count", "处数", PLAN_COL_SIZE, plan_damage, count),
    FIXED("what_zh", "说明", PLAN_COL_TEXT, plan_damage, what_zh), FIXED("what_en", "说明（英文）", PLAN_COL_TEXT, plan_damage, what_en), {"quote", "原文", PLAN_COL_EXTRA, 0, PLAN_FIXED, NULL}, TAIL,
    {"span", NULL, PLAN_COL_SPAN, offsetof(plan_damage, span), PLAN_FIXED, NULL}};

#define OF(t) t, sizeof t / sizeof *t
static const struct { const char *name, *kind; char letter; const plan_column *columns; size_t count; size_t bytes; } TABLE[PLAN_TABLES] = {
    {"documents", "plan.document", 0, OF(DOCUMENTS), sizeof(plan_kept_document)}, {"sections", "plan.section", 's', OF(SECTIONS), sizeof(plan_section)},
    {"goals", "plan.goal", 'g', OF(GOALS), sizeof(plan_goal)}, {"trends", "plan.trend", 'r', OF(TRENDS), sizeof(plan_trend)},
    {"tasks", "plan.task", 't', OF(TASKS), sizeof(plan_task)}, {"damage", "plan.damage", 'd', OF(DAMAGE), sizeof(plan_damage)}};

static const char *const STATES[] = {"read", "confirmed", "corrected", "added", "left", "dropped"};
const char *plan_state_name(plan_state s) { return STATES[s]; }

size_t plan_columns(plan_table t, const plan_column **ret)
{
    *ret = TABLE[t].columns;
    return TABLE[t].count;
}

const char *plan_table_name(plan_table t) { return TABLE[t].name; }
const char *plan_table_kind(plan_table t) { return TABLE[t].kind; }
char plan_table_letter(plan_table t) { return TABLE[t].letter; }
bool plan_column_is_shown(const plan_column *c) { return c->zh != NULL; }

bool plan_column_is_kept(const plan_column *c) { return c->kind >= PLAN_COL_BLOCK; }

int plan_column_any(plan_table t, const char *id)
{
    for (size_t i = 0; i < TABLE[t].count; i++)
        if (strcmp(TABLE[t].columns[i].id, id) == 0) return (int)i;
    return -1;
}

int plan_column_find(plan_table t, text id)
{
    for (size_t i = 0; i < TABLE[t].count; i++)
        if (text_is(id, TABLE[t].columns[i].id) && plan_column_is_shown(&TABLE[t].columns[i])) return (int)i;
    return -1;
}

plan_table plan_table_of_key(text key)
{
    text rest = key;
    text_next(&rest, '/');
    if (!memchr(key.ptr ? key.ptr : "", '/', key.len)) return PLAN_DOCUMENTS;
    for (int t = PLAN_SECTIONS; t < PLAN_TABLES && rest.len; t++)
        if (rest.ptr[0] == TABLE[t].letter) return (plan_table)t;
    return PLAN_TABLES;
}

text plan_cell(const plan_record *r, const char *column)
{
    int at = plan_column_any(r->table, column);
    return at < 0 ? (text){"", 0} : r->cells[at];
}

/* ---- Structs to cells ---- */

static const char *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};

static text number(arena *a, int64_t n) { return n == 0 ? TEXT("0") : text_of(arena_printf(a, "%lld", (long long)n)); }

static text span_text(arena *a, plan_span s) { return text_of(arena_printf(a, "%zu-%zu", s.start, s.end)); }

static text places_text(arena *a, const plan_goal *g)
{
    text_buf b = {.a = a};
    for (size_t i = 1; i < g->occurrence_count; i++) buf_printf(&b, "%s%zu-%zu", i > 1 ? " " : "", g->occurrences[i].start, g->occurrences[i].end);
    return buf_text(&b);
}

text plan_role_list(arena *a, const plan_body *items, size_t count, plan_role role)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < count; i++) {
        if (items[i].role != role) continue;
        if (b.len) buf_str(&b, "、");
        buf_add(&b, items[i].as_written);
    }
    return buf_text(&b);
}

/* One line for each body: role, whether a group, as written, in its normal form; parted by tabs. */
text plan_items_text(arena *a, const plan_body *items, size_t count)
{
    static const char ROLES[] = "bls";
    text_buf b = {.a = a};
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%c\t%d\t%.*s\t%.*s\n", ROLES[items[i].role], items[i].is_group, TEXT_FMT(items[i].as_written), TEXT_FMT(items[i].normal));
    return buf_text(&b);
}

static text cell_of(arena *a, const plan_column *c, const void *row)
{
    const char *p = (const char *)row + c->offset;
    const plan_task *task = row;
    switch (c->kind) {
    case PLAN_COL_TEXT: return *(const text *)(const void *)p;
    case PLAN_COL_INT: return number(a, *(const int *)(const void *)p);
    case PLAN_COL_SIZE: return number(a, (int64_t) * (const size_t *)(const void *)p);
    case PLAN_COL_FLAG: return *(const bool *)p ? TEXT("1") : TEXT("0");
    case PLAN_COL_PART: return *(const bool *)p ? TEXT("annex") : TEXT("body");
    case PLAN_COL_OP: return text_of(OPS[*(const plan_op *)(const void *)p]);
    case PLAN_COL_SPAN: return span_text(a, *(const plan_span *)(const void *)p);
    case PLAN_COL_SPANS: return places_text(a, row);
    case PLAN_COL_LEAD: return plan_role_list(a, task->items, task->body_count, PLAN_LEAD);
    case PLAN_COL_SUPPORT: return plan_role_list(a, task->items, task->body_count, PLAN_SUPPORT);
    case PLAN_COL_ITEMS: return plan_items_text(a, task->items, task->body_count);
    default: return (text){"", 0};
    }
}

text *plan_cells_of(arena *a, plan_table t, const void *row)
{
    text *cells = NEW_ARRAY(a, TABLE[t].count, text);
    for (size_t i = 0; i < TABLE[t].count; i++) cells[i] = cell_of(a, &TABLE[t].columns[i], row);
    return cells;
}

/* ---- Cells to structs ---- */

static size_t size_of_text(text t)
{
    bool ok;
    int64_t n = text_to_i64(t, &ok);
    return ok && n > 0 ? (size_t)n : 0;
}

plan_span plan_span_of(text t)
{
    text first = text_next(&t, '-');
    return (plan_span){size_of_text(first), size_of_text(t)};
}

static void places_set(arena *a, plan_goal *g, text t)
{
    text *parts;
    size_t n = text_split(a, t, ' ', &parts);
    plan_span *all = NEW_ARRAY(a, n + 1, plan_span);
    all[0] = g->span;
    for (size_t i = 0; i < n; i++) all[i + 1] = plan_span_of(parts[i]);
    g->occurrences = all;
    g->occurrence_count = n + 1;
}

static void items_set(arena *a, plan_task *task, text t)
{
    size_t max = 0;
    plan_body *items = NULL;
    while (t.len) {
        text line = text_next(&t, '\n'), role = text_next(&line, '\t'), group = text_next(&line, '\t'), written = text_next(&line, '\t');
        plan_body *b = ARENA_PUSH(a, items, task->body_count, max);
        *b = (plan_body){written, line, text_is(role, "l") ? PLAN_LEAD : text_is(role, "s") ? PLAN_SUPPORT : PLAN_BODY, text_is(group, "1")};
    }
    task->items = items;
}

static plan_op op_of(text t)
{
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (text_is(t, OPS[i])) return (plan_op)i;
    return PLAN_EQUAL;
}

static void cell_set(arena *a, const plan_column *c, text t, void *row)
{
    void *p = (char *)row + c->offset;
    switch (c->kind) {
    case PLAN_COL_TEXT: *(text *)p = t.ptr ? t : (text){"", 0}; return;
    case PLAN_COL_INT: *(int *)p = (int)size_of_text(t); return;
    case PLAN_COL_SIZE: *(size_t *)p = size_of_text(t); return;
    case PLAN_COL_FLAG: *(bool *)p = text_is(t, "1"); return;
    case PLAN_COL_PART: *(bool *)p = text_is(t, "annex"); return;
    case PLAN_COL_OP: *(plan_op *)p = op_of(t); return;
    case PLAN_COL_SPAN: *(plan_span *)p = plan_span_of(t); return;
    case PLAN_COL_SPANS: places_set(a, row, t); return;
    case PLAN_COL_ITEMS: items_set(a, row, t); return;
    default: return;
    }
}

void plan_row_of(arena *a, const plan_record *r, void *row)
{
    for (size_t i = 0; i < TABLE[r->table].count; i++) cell_set(a, &TABLE[r->table].columns[i], r->cells[i], row);
}

/* ---- Cells as JSON ---- */

/* Cells in the order of the columns, empty ones left out: the same row has the same bytes. */
text plan_cells_json(arena *a, plan_table t, const text *cells)
{
    text_buf b = {.a = a};
    buf_char(&b, '{');
    for (size_t i = 0; i < TABLE[t].count; i++) {
        if (!plan_column_is_kept(&TABLE[t].columns[i]) || !cells[i].len) continue;
        if (b.len > 1) buf_char(&b, ',');
        json_string(&b, text_of(TABLE[t].columns[i].id));
        buf_char(&b, ':');
        json_string(&b, cells[i]);
    }
    buf_char(&b, '}');
    return buf_text(&b);
}

void plan_cells_from(plan_table t, const json *object, text *cells, bool *is_set)
{
    const json *x = object ? object->first : NULL;
    size_t at = 0;
    for (; x; x = x->next) { /* mostly in the order of the columns */
        for (size_t tried = 0; tried < TABLE[t].count; tried++, at = (at + 1) % TABLE[t].count)
            if (text_is(x->key, TABLE[t].columns[at].id)) break;
        if (!text_is(x->key, TABLE[t].columns[at].id) || !plan_column_is_kept(&TABLE[t].columns[at])) continue;
        cells[at] = x->value;
        if (is_set) is_set[at] = true;
    }
}

/* ---- Cells of the head, and those worked out ---- */

static text head_cell(arena *a, const plan_column *c, const plan_record *r, text whole)
{
    size_t chars;
    switch (c->kind) {
    case PLAN_COL_DOC: return r->head.doc;
    case PLAN_COL_KEY: return r->head.key;
    case PLAN_COL_STATE: return text_of(STATES[r->head.state]);
    case PLAN_COL_VERSION: return number(a, r->head.version);
    case PLAN_COL_AUTHOR: return r->head.author;
    case PLAN_COL_FIRST: return char_part(whole, 0, 12);
    case PLAN_COL_LAST: return chars = text_chars(whole), char_part(whole, chars > 12 ? chars - 12 : 0, 12);
    case PLAN_COL_CHARS: return number(a, (int64_t)text_chars(whole));
    default: return (text){"", 0};
    }
}

void plan_head_cells(arena *a, plan_record *r)
{
    text whole = plan_cell(r, "text");
    for (size_t i = 0; i < TABLE[r->table].count; i++) {
        const plan_column *c = &TABLE[r->table].columns[i];
        if (!plan_column_is_kept(c) && c->kind != PLAN_COL_COPIES) r->cells[i] = head_cell(a, c, r, whole);
        if (!r->cells[i].ptr) r->cells[i] = (text){"", 0};
    }
}

sheet *plan_sheet_records(sheet_book *b, plan_table t, const plan_records *rows)
{
    sheet_column columns[PLAN_CELLS_MAX] = {0};
    text cells[PLAN_CELLS_MAX];
    int from[PLAN_CELLS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < TABLE[t].count; i++) {
        const plan_column *c = &TABLE[t].columns[i];
        if (!plan_column_is_shown(c)) continue;
        from[count] = (int)i;
        columns[count++] = (sheet_column){.id = text_of(c->id), .title = text_of(c->id), .comment = text_of(c->zh)};
    }
    sheet *s = sheet_new(b, text_of(TABLE[t].name), TEXT(""), columns, count);
    for (size_t i = 0; i < rows->count; i++) {
        for (size_t k = 0; k < count; k++) cells[k] = rows->items[i].cells[from[k]];
        sheet_row(s, cells);
    }
    return s;
}
