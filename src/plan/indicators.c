/*
 * Tables of indicators: a header row with a cell 指标, columns of years, perhaps unit and property (约束性, 预期性); each further row is a goal for
 * each year behind the base. A value keeps its sign words (≥, 下降, 左右); brackets 〔〕 (a sum over the period) are taken off and noted.
 */
#include "inside.h"

enum { COLUMNS_MAX = 16, HEAD_BYTES_MAX = 90 };
typedef struct columns { size_t count; int name, unit, binding; text years[COLUMNS_MAX]; int base; bool found; } columns; /* found: a header was read; else name etc. wait for a row of years */

static bool is_any(text t, const char *const *words, size_t count)
{
    size_t at;
    for (size_t i = 0; i < count; i++)
        if (text_find(t, text_of(words[i]), &at)) return true;
    return false;
}

/* The last year of the plan's period, for a column 目标值 that names none. */
static text period_end(const reading *r)
{
    size_t at;
    for (size_t i = 0; i < r->rules->years.count; i++) {
        const plan_word *w = &r->rules->years.words[i];
        if (!text_is(w->cells[1], "target") || !text_starts(w->word, "“")) continue;
        text span = text_part(w->word, 0, 15); /* “十四五” */
        if (text_ends(span, "”") && text_find(r->doc->title, span, &at)) return w->cells[0];
    }
    return (text){"", 0};
}

static text cell_year(text cell)
{
    for (size_t i = 0; i + 4 <= cell.len; i++) {
        bool ok = memcmp(cell.ptr + i, "20", 2) == 0 && is_digit(cell.ptr[i + 2]) && is_digit(cell.ptr[i + 3]);
        if (ok) return text_part(cell, i, i + 4);
    }
    return (text){"", 0};
}

static void read_head_cell(const reading *r, columns *c, int i, text cell, size_t *years)
{
    static const char *const CLASSES[] = {"类别", "类型", "体系", "分类"};
    const plan_list *sets = r->rules->sets;
    size_t at;
    text year = cell_year(cell);
    bool target = text_find(cell, TEXT("目标"), &at) && !list_inside(&sets[SET_TABLE_GOAL], cell);
    if (list_equal(&sets[SET_TABLE_BINDING], cell)) c->binding = i;
    else if (list_equal(&sets[SET_TABLE_UNIT], cell)) c->unit = i;
    else if (year.len) c->years[i] = year, (*years)++;
    else if (target && text_chars(cell) <= 8 && period_end(r).len) c->years[i] = period_end(r), (*years)++;
    else if (list_inside(&sets[SET_TABLE_GOAL], cell) && *years == 0 && (c->name < 0 || !is_any(cell, CLASSES, 4))) c->name = i;
}

/* The column of the base year: the first one not after the year of issue. */
static int base_column(const reading *r, const columns *c)
{
    for (size_t i = 0; i < c->count && i < COLUMNS_MAX; i++) {
        bool ok;
        if (c->years[i].len && (r->year == 0 || text_to_i64(c->years[i], &ok) <= r->year)) return (int)i;
    }
    return -1;
}

/* A header may stand in two rows: names of columns, and years below one of them. */
static bool read_header(const reading *r, const text *cells, size_t count, columns *c)
{
    columns n = {.count = count, .name = -1, .unit = -1, .binding = -1, .base = -1};
    size_t years = 0;
    for (size_t i = 0; i < count && i < COLUMNS_MAX; i++)
        if (cells[i].len && cells[i].len <= HEAD_BYTES_MAX) read_head_cell(r, &n, (int)i, squeeze(r->a, cells[i]), &years);
    bool waits = !c->found && c->count == count && c->name >= 0;
    if (n.name < 0 && years && waits) n.name = c->name, n.unit = n.unit < 0 ? c->unit : n.unit, n.binding = n.binding < 0 ? c->binding : n.binding;
    if (n.name < 0) return false;
    n.found = years > 0;
    if (years > 1) n.base = base_column(r, &n);
    if (!n.found && c->found) return false;
    *c = n;
    return true;
}

/* 森林覆盖率(%) -> 森林覆盖率, %. */
static text split_unit(text name, text *ret_unit)
{
    size_t end = name.len, at = name.len;
    while (end > 0 && strchr("#*0123456789. ", name.ptr[end - 1])) end--; /* a footnote; a lowered 2.5 that fell behind */
    if (end > 0 && name.ptr[end - 1] == ')') name.len = at = end;
    while (name.len && strchr("#* ", name.ptr[name.len - 1])) name.len--;
    if (!text_ends(name, ")")) return name;
    while (at > 0 && name.ptr[at - 1] != '(') at--;
    if (at < 2) return name;
    *ret_unit = text_part(name, at, name.len - 1);
    return text_trim(text_part(name, 0, at - 1));
}

/* Where a class or a footnote ran into the cell behind the unit: 能源消耗降低(%)变化, 消费总量比例()5%. */
static text cut_behind_unit(const reading *r, text name, text *ret_unit)
{
    for (size_t at = 6; at < name.len; at++) {
        size_t end = at + 1;
        if (name.ptr[at] != '(') continue;
        while (end < name.len && name.ptr[end] != ')') end++;
        if (end >= name.len) return name;
        text content = text_part(name, at + 1, end), behind = text_part(name, end + 1, name.len);
        bool unit = list_equal(&r->rules->units, content) != NULL;
        if ((!unit && content.len) || behind.len > 30) continue;
        size_t share;
        *ret_unit = unit ? content : text_find(behind, TEXT("%"), &share) ? TEXT("%") : TEXT("");
        return text_trim(text_part(name, 0, at));
    }
    return name;
}

/* The cell that names the indicator: where rows are shifted by a class that spans them, the first long one. */
static text name_cell(const columns *c, const text *cells)
{
    enum { NAME_MIN = 15 };
    if (cells[c->name].len >= NAME_MIN) return cells[c->name];
    for (size_t i = 0; i < c->count && i < COLUMNS_MAX && !c->years[i].len; i++)
        if (cells[i].len > NAME_MIN) return cells[i];
    return cells[c->name];
}

static text without_number(text name) /* 1.森林覆盖率, (2)森林覆盖率 */
{
    size_t at = 0;
    while (at < name.len && (is_digit(name.ptr[at]) || strchr(" .()", name.ptr[at]))) at++;
    text rest = text_part(name, at, name.len);
    if (text_starts(rest, "其中:")) rest = text_part(rest, 7, rest.len);
    return text_starts(rest, "、") ? text_part(rest, 3, rest.len) : rest;
}

/* What may stand before the number of a cell: a sign or a word of comparison, not another column's word. */
static bool is_sign(const reading *r, text t, bool signs)
{
    t = text_trim(t);
    while (t.len && strchr("[(+ ", t.ptr[t.len - 1])) t.len--;
    return !t.len || signs || list_end(&r->rules->cues, t) || text_ends(t, "〔") || text_ends(t, "【") || text_ends(t, "约") || text_chars(t) == 1;
}

static bool read_value(const reading *r, text cell, text *ret_value, const char **ret_op, text *ret_unit)
{
    static const struct { const char *sign, *op; } SIGNS[] = {
        {"≥", ">="}, {">", ">="}, {"≤", "<="}, {"<", "<="}, {"下降", "decrease_by"}, {"降低", "decrease_by"}, {"减少", "decrease_by"},
        {"左右", "~"}, {"以内", "<="}, {"以下", "<="}, {"不超过", "<="}, {"不低于", ">="}, {"低于", "<="}, {"不高于", "<="}, {"小于", "<="}, {"控制在", "<="}};
    size_t at = 0, found, end;
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (text_find(cell, text_of(SIGNS[i].sign), &found)) {
            *ret_op = SIGNS[i].op;
            break;
        }
    while (at < cell.len && !is_digit(cell.ptr[at])) at++;
    for (end = at; end < cell.len && (is_digit(cell.ptr[end]) || cell.ptr[end] == '.');) end++;
    if (end == at || at > 24 || !is_sign(r, text_part(cell, 0, at), strcmp(*ret_op, "?") != 0)) return false;
    *ret_value = text_part(cell, at, end);
    if (end < cell.len && cell.ptr[end] == '%') *ret_unit = TEXT("%");
    return !text_starts(text_part(cell, end, cell.len), "年");
}

static text without_cut(text name) /* 能源消耗降低 -> 能源消耗: the comparison says it */
{
    static const char *const CUTS[] = {"累计降低", "累计下降", "降低", "下降", "减少", "削减", "减排"};
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++)
        if (text_ends(name, CUTS[i]) && name.len > strlen(CUTS[i]) + 6) return text_trim(text_part(name, 0, name.len - strlen(CUTS[i])));
    return name;
}

/* What a number without a sign means: PM2.5浓度 is not to be above it, 排放量减少 is by how much. */
static const char *plain_op(const reading *r, text name)
{
    static const char *const CUTS[] = {"降低", "下降", "减少", "削减", "减排"};
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++)
        if (text_ends(name, CUTS[i])) return "decrease_by";
    return !is_any(name, CUTS, sizeof CUTS / sizeof *CUTS) && has_set(r->rules, SET_LESS, name) ? "<=" : ">=";
}

/* A column of a year before the plan's own tells what was. */
static bool is_ahead(const reading *r, text year)
{
    bool ok;
    return r->year == 0 || text_to_i64(year, &ok) >= r->year;
}

static void add_goal(reading *r, const plan_piece *p, const columns *c, const text *cells, size_t i)
{
    text unit = {"", 0}, value, base = {"", 0}, name = without_number(cut_behind_unit(r, split_unit(name_cell(c, cells), &unit), &unit));
    const char *op = "?", *ignored = "?";
    if (c->unit >= 0 && cells[c->unit].len) unit = cells[c->unit];
    if (!name.len || r->goal_count >= PLAN_ROWS_MAX || !read_value(r, cells[i], &value, &op, &unit)) return;
    if (strcmp(op, "?") == 0) op = plain_op(r, name);
    if (op[0] == 'd') name = without_cut(name);
    plan_goal g = {.indicator = name, .value = value, .unit = unit, .target_year = c->years[i], .firmness = op[0] == '<' ? TEXT("cap") : TEXT("reach"), .cue = TEXT("")};
    g.op = op[0] == 'd' ? PLAN_DECREASE_BY : op[0] == '<' ? PLAN_AT_MOST : op[0] == '~' ? PLAN_ABOUT : PLAN_AT_LEAST;
    if (c->base >= 0 && read_value(r, cells[c->base], &base, &ignored, &(text){0})) {
        g.base_year = c->years[c->base];
        g.base_value = base;
    }
    if (c->binding >= 0) g.binding = cells[c->binding];
    g.span = p->span;
    g.quote = clean_part(r, p->span);
    section_labels(r, p->section, p->in_annex, &g.chapter, &g.section);
    g.occurrence_count = find_places(r, g.quote, g.span, &g.occurrences);
    *ARENA_PUSH(r->a, r->goals, r->goal_count, r->goal_max) = g;
}

/* As many cells as the header; one more only when it is empty. */
static bool fits(const columns *c, const text *cells, size_t count)
{
    return count == c->count || (count == c->count + 1 && !cells[count - 1].len);
}

/* A row with fewer cells than the header (layout joined some): its last number is of the last year, its first long cell the name. */
static bool narrow_row(const columns *c, const text *cells, size_t count, columns *ret)
{
    enum { NAME_MIN = 15 };
    size_t tail = c->binding >= 0 && (size_t)c->binding + 1 == c->count ? 1 : 0, last = c->count - 1 - tail;
    if (count >= c->count || count < 2 + tail || last >= COLUMNS_MAX || !c->years[last].len) return false;
    *ret = (columns){.count = count, .name = -1, .unit = -1, .binding = tail ? (int)count - 1 : -1, .base = -1, .found = true};
    ret->years[count - 1 - tail] = c->years[last];
    for (size_t i = 0; i + 1 + tail < count && ret->name < 0; i++)
        if (cells[i].len >= NAME_MIN) ret->name = (int)i;
    return ret->name >= 0;
}

void read_indicators(reading *r)
{
    columns c = {.name = -1};
    for (size_t i = 0; i < r->piece_count; i++) {
        const plan_piece *p = &r->pieces[i];
        bool stray = !p->is_row && p->span.end - p->span.start <= HEAD_BYTES_MAX; /* a line of a cell that layout left alone */
        if (stray) continue;
        if (!p->is_row || is_past(r, p->section)) {
            c = (columns){.name = -1};
            continue;
        }
        text *cells, t = clean_part(r, p->span);
        if (!c.found && c.name < 0 && !has_set(r->rules, SET_TABLE_GOAL, t)) continue;
        size_t count = row_cells(r->a, t, &cells);
        columns row = c, narrow;
        if (read_header(r, cells, count, &c) || !c.found) continue;
        if (narrow_row(&c, cells, count, &narrow)) row = narrow;
        else if (!fits(&c, cells, count)) continue;
        for (size_t k = 0; k < count && k < COLUMNS_MAX; k++)
            if (row.years[k].len && (int)k != row.base && is_ahead(r, row.years[k])) add_goal(r, p, &row, cells, k);
    }
}
