/*
 * Tables of indicators: a header row with a cell 指标, columns of years, perhaps unit and property (约束性, 预期性); each further row is a goal for
 * each year behind the base. A value keeps its sign words (≥, 下降, 左右); brackets 〔〕 (a sum over the period) are taken off and noted.
 */
#include "inside.h"

enum { COLUMNS_MAX = 16 };
typedef struct columns { size_t count; int name, unit, binding; text years[COLUMNS_MAX]; int base; bool found; } columns;

static text cell_year(text cell)
{
    for (size_t i = 0; i + 4 <= cell.len; i++) {
        bool ok = memcmp(cell.ptr + i, "20", 2) == 0 && is_digit(cell.ptr[i + 2]) && is_digit(cell.ptr[i + 3]);
        if (ok) return text_part(cell, i, i + 4);
    }
    return (text){"", 0};
}

static bool read_header(const reading *r, const text *cells, size_t count, columns *ret)
{
    columns c = {.count = count, .name = -1, .unit = -1, .binding = -1, .base = -1};
    size_t years = 0;
    for (size_t i = 0; i < count && i < COLUMNS_MAX; i++) {
        text cell = squeeze(r->a, cells[i]), year = cell_year(cell);
        if (list_equal(&r->rules->sets[SET_TABLE_BINDING], cell)) c.binding = (int)i;
        else if (list_equal(&r->rules->sets[SET_TABLE_UNIT], cell)) c.unit = (int)i;
        else if (year.len) c.years[i] = year, years++;
        else if (c.name < 0 && list_inside(&r->rules->sets[SET_TABLE_GOAL], cell)) c.name = (int)i;
    }
    if (c.name < 0 || years == 0) return false;
    for (size_t i = 0; i < count && i < COLUMNS_MAX && years > 1; i++) {
        bool ok;
        if (c.years[i].len && (r->year == 0 || text_to_i64(c.years[i], &ok) <= r->year)) {
            c.base = (int)i;
            break;
        }
    }
    c.found = true;
    *ret = c;
    return true;
}

/* 森林覆盖率(%) -> 森林覆盖率, %. */
static text split_unit(text name, text *ret_unit)
{
    if (!text_ends(name, ")")) return name;
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '(') at--;
    if (at < 2) return name;
    *ret_unit = text_part(name, at, name.len - 1);
    return text_trim(text_part(name, 0, at - 1));
}

static text without_number(text name) /* 1.森林覆盖率, (2)森林覆盖率 */
{
    size_t at = 0;
    while (at < name.len && (is_digit(name.ptr[at]) || strchr(" .()", name.ptr[at]))) at++;
    text rest = text_part(name, at, name.len);
    return text_starts(rest, "、") ? text_part(rest, 3, rest.len) : rest;
}

static bool read_value(text cell, text *ret_value, const char **ret_op, text *ret_unit)
{
    static const struct { const char *sign, *op; } SIGNS[] = {
        {"≥", ">="}, {">", ">="}, {"≤", "<="}, {"<", "<="}, {"下降", "decrease_by"}, {"降低", "decrease_by"}, {"减少", "decrease_by"}, {"左右", "~"}, {"以内", "<="}, {"以下", "<="}, {"不超过", "<="}};
    size_t at = 0, found, end;
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (text_find(cell, text_of(SIGNS[i].sign), &found)) {
            *ret_op = SIGNS[i].op;
            break;
        }
    while (at < cell.len && !is_digit(cell.ptr[at])) at++;
    for (end = at; end < cell.len && (is_digit(cell.ptr[end]) || cell.ptr[end] == '.');) end++;
    if (end == at || at > 24) return false;
    *ret_value = text_part(cell, at, end);
    if (end < cell.len && cell.ptr[end] == '%') *ret_unit = TEXT("%");
    return !text_starts(text_part(cell, end, cell.len), "年");
}

static void add_goal(reading *r, const plan_piece *p, const columns *c, const text *cells, size_t i)
{
    text unit = {"", 0}, value, base = {"", 0}, name = without_number(split_unit(cells[c->name], &unit));
    const char *op = ">=", *ignored = ">=";
    if (c->unit >= 0 && cells[c->unit].len) unit = cells[c->unit];
    if (!name.len || r->goal_count >= PLAN_ROWS_MAX || !read_value(cells[i], &value, &op, &unit)) return;
    if (strcmp(op, ">=") == 0 && (text_ends(name, "降低") || text_ends(name, "下降"))) op = "decrease_by";
    plan_goal g = {.indicator = name, .value = value, .unit = unit, .target_year = c->years[i], .firmness = TEXT("reach"), .cue = TEXT("")};
    g.op = op[0] == 'd' ? PLAN_DECREASE_BY : op[0] == '<' ? PLAN_AT_MOST : op[0] == '~' ? PLAN_ABOUT : PLAN_AT_LEAST;
    if (c->base >= 0 && read_value(cells[c->base], &base, &ignored, &(text){0})) {
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

void read_indicators(reading *r)
{
    columns c = {0};
    for (size_t i = 0; i < r->piece_count; i++) {
        const plan_piece *p = &r->pieces[i];
        if (!p->is_row) {
            c.found = false;
            continue;
        }
        text *cells;
        size_t count = row_cells(r->a, clean_part(r, p->span), &cells);
        if (read_header(r, cells, count, &c) || !c.found || count < c.count) continue;
        for (size_t k = 0; k < count && k < COLUMNS_MAX; k++)
            if (c.years[k].len && (int)k != c.base) add_goal(r, p, &c, cells, k);
    }
}
