/*
 * Tables of indicators: a header row with a cell 指标, columns of years, perhaps unit and property (约束性, 预期性); each further row is a goal for
 * each year behind the base. A value keeps its sign words (≥, 下降, 左右); brackets 〔〕 (a sum over the period) are taken off and noted.
 */
#include "inside.h"

enum { COLUMNS_MAX = 16, HEAD_BYTES_MAX = 90 };
typedef struct columns { size_t count; int name, unit, binding; text years[COLUMNS_MAX]; int base; bool found, is_now[COLUMNS_MAX]; } columns; /* found: a header was read; else name etc. wait for a row of years. is_now: the head says that it tells what is (现状) */

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
    static const char *const CLASSES[] = {"类别", "类型", "体系", "分类"}, *const NOW[] = {"现状", "基期", "基准", "实际", "现值"};
    const plan_list *sets = r->rules->sets;
    size_t at;
    text year = cell_year(cell);
    bool target = text_find(cell, TEXT("目标"), &at) && !list_inside(&sets[SET_TABLE_GOAL], cell);
    if (list_equal(&sets[SET_TABLE_BINDING], cell)) c->binding = i;
    else if (list_equal(&sets[SET_TABLE_UNIT], cell)) c->unit = i;
    else if (year.len) c->years[i] = year, c->is_now[i] = is_any(cell, NOW, 5), (*years)++;
    else if (target && text_chars(cell) <= 8 && period_end(r).len) c->years[i] = period_end(r), (*years)++;
    else if (list_inside(&sets[SET_TABLE_GOAL], cell) && *years == 0 && (c->name < 0 || !is_any(cell, CLASSES, 4))) c->name = i;
}

/* The column of the base year: one that says so, else that of the earliest year, unless it is after the year of issue. */
static int base_column(const reading *r, const columns *c)
{
    int best = -1;
    bool ok, differ = false;
    for (size_t i = 0; i < c->count && i < COLUMNS_MAX; i++) {
        if (c->is_now[i]) return (int)i;
        if (c->years[i].len && best >= 0) differ = differ || !text_equal(c->years[i], c->years[best]);
        if (c->years[i].len && (best < 0 || text_compare(c->years[i], c->years[best]) < 0)) best = (int)i;
    }
    return differ && (r->year == 0 || text_to_i64(c->years[best], &ok) <= r->year) ? best : -1;
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

/* 个, 万吨, 亿千瓦时: a unit and nothing else, with its magnitude. */
static bool is_unit(const reading *r, text t)
{
    static const char *const SCALES[] = {"十", "百", "千", "万", "亿"};
    for (size_t tries = 0; tries < 4 && t.len; tries++) {
        size_t i = 0;
        if (list_equal(&r->rules->units, t)) return true;
        while (i < 5 && !text_starts(t, SCALES[i])) i++;
        if (i == 5) return false;
        t = text_part(t, 3, t.len);
    }
    return false;
}

/* 森林覆盖率(%) -> 森林覆盖率, %. */
static text split_unit(text name, text *ret_unit)
{
    if (text_ends(name, "%)") && !memchr(name.ptr, '(', name.len)) { /* its bracket is lost */
        *ret_unit = TEXT("%");
        return text_trim(text_part(name, 0, name.len - 2));
    }
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
        bool unit = is_unit(r, content);
        if ((!unit && content.len) || (behind.len > 30 && !(behind.ptr[0] == '(' && zh_numeral(text_part(behind, 1, 4)) > 0))) continue;
        size_t share;
        *ret_unit = unit ? content : text_find(behind, TEXT("%"), &share) ? TEXT("%") : TEXT("");
        return text_trim(text_part(name, 0, at));
    }
    return name;
}

static bool is_number(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is_digit(t.ptr[i])) return false;
    return t.len > 0;
}

/* The cell that names the indicator: where rows are shifted by a class that spans them, the first long one. */
static text name_cell(const reading *r, const columns *c, const text *cells)
{
    enum { NAME_MIN = 15 };
    size_t next = (size_t)c->name + 1; /* 绿色低碳 | 7 | 非化石能源占比: a class and a number before it */
    if (next + 1 < c->count && next + 1 < COLUMNS_MAX && !c->years[next].len && !c->years[next + 1].len && is_number(cells[next]) && cells[next + 1].len >= NAME_MIN) return cells[next + 1];
    if (cells[c->name].len >= NAME_MIN) return cells[c->name];
    for (size_t i = 0; i < c->count && i < COLUMNS_MAX && !c->years[i].len; i++)
        if (cells[i].len > NAME_MIN) /* its last words may stand in the next column: …二氧化碳排 | 放降低 */
            return (int)i + 1 == c->name && cells[c->name].len ? text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(cells[i]), TEXT_FMT(cells[c->name]))) : cells[i];
    return cells[c->name];
}

/* 环境16受污染耕地安全利用率, (五)农业领域8.高标准农田面积: a class and a number ran into the cell; where the name begins. */
static size_t class_end(const reading *r, text name)
{
    enum { CLASS_MAX = 12, HEAD_MAX = 36 };
    for (size_t at = 3; at + 8 < name.len && at <= HEAD_MAX; at++) {
        size_t end = at;
        if (!is_digit(name.ptr[at]) || is_digit(name.ptr[at - 1]) || is_latin(name.ptr[at - 1])) continue;
        while (end < name.len && end < at + 2 && is_digit(name.ptr[end])) end++;
        bool dot = end < name.len && name.ptr[end] == '.', head = text_starts(name, "(") || text_starts(text_part(name, 3, name.len), "、");
        text rest = text_part(name, end + dot, name.len);
        bool runs_in = is_han(rest, 0) && !list_start(&r->rules->units, rest) && rest.len > 12;
        if (runs_in && (dot || head || at <= CLASS_MAX) && (is_han(name, at - 3) || name.ptr[at - 1] == ')')) return end + dot;
    }
    return 0;
}

static text without_number(const reading *r, text name) /* 1.森林覆盖率, (2)森林覆盖率 */
{
    size_t at = class_end(r, name);
    while (at < name.len && (is_digit(name.ptr[at]) || strchr(" .()*#", name.ptr[at]))) at++;
    text rest = text_part(name, at, name.len);
    while (text_starts(rest, "★") || text_starts(rest, "☆") || text_starts(rest, "▲") || text_starts(rest, "△")) rest = text_trim(text_part(rest, 3, rest.len));
    if (text_starts(rest, "其中") && text_chars(rest) >= 6) rest = text_part(rest, rest.ptr[6] == ':' ? 7 : 6, rest.len);
    if (text_starts(rest, "、")) rest = text_part(rest, 3, rest.len);
    while (text_ends(rest, "★") || text_ends(rest, "☆") || text_ends(rest, "▲") || text_ends(rest, "△")) rest.len -= 3;
    size_t end = rest.len; /* a raised number behind the name is of a footnote */
    while (end > 0 && end + 2 > rest.len && is_digit(rest.ptr[end - 1])) end--;
    return end < rest.len && end > 6 && is_han(rest, end - 3) ? text_part(rest, 0, end) : rest;
}

/* What may stand before the number of a cell: a sign or a word of comparison, not another column's word. */
static bool is_sign(const reading *r, text t, bool signs)
{
    t = text_trim(t);
    while (t.len && strchr("[(+ ", t.ptr[t.len - 1])) t.len--;
    return !t.len || signs || list_end(&r->rules->cues, t) || text_ends(t, "〔") || text_ends(t, "【") || text_ends(t, "约") || text_chars(t) == 1;
}

/* The upper end of 3-5, 3～5; 0 bytes if there is none. */
static text upper_value(text cell, size_t end)
{
    static const char *const DASHES[] = {"-", "~", "—", "–", "至"};
    for (size_t i = 0; i < sizeof DASHES / sizeof *DASHES; i++) {
        size_t at = end + strlen(DASHES[i]), stop = at;
        if (!text_starts(text_part(cell, end, cell.len), DASHES[i])) continue;
        while (stop < cell.len && (is_digit(cell.ptr[stop]) || cell.ptr[stop] == '.')) stop++;
        if (stop > at) return text_part(cell, at, stop);
    }
    return (text){"", 0};
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
    if (count_of(*ret_value, TEXT(".")) > 1 || cell.ptr[end - 1] == '.') return false; /* two numbers in one */
    if (end < cell.len && cell.ptr[end] == '%') *ret_unit = TEXT("%");
    else if (!ret_unit->len && is_unit(r, text_trim(text_part(cell, end, cell.len)))) *ret_unit = text_trim(text_part(cell, end, cell.len));
    return !text_starts(text_part(cell, end, cell.len), "年");
}

/* 能源消费 | 比例: a name whose last word stands in the next cell. */
static text whole_name(const reading *r, const columns *c, const text *cells, text name)
{
    enum { TAIL_CHARS_MAX = 4 };
    int i = c->name + 1;
    if (c->name < 0 || (size_t)i >= c->count || i >= COLUMNS_MAX || c->years[i].len || i == c->unit || i == c->binding || name.ptr != cells[c->name].ptr) return name;
    text tail = squeeze(r->a, cells[i]);
    bool fits = tail.len && text_chars(tail) <= TAIL_CHARS_MAX && list_end(&r->rules->sets[SET_RATE], tail) && !text_ends(name, ")");
    return fits ? text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(name), TEXT_FMT(tail))) : name;
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
    size_t of;
    bool is_part = (text_find(name, TEXT("占"), &of) && of > 0) || text_find(name, TEXT("中"), &of); /* …占能源消费总量比重 is not the less the better */
    const plan_word *less = list_inside(&r->rules->sets[SET_LESS], name);
    bool is_amount = less && list_end(&r->rules->sets[SET_RATE], less->word) && !text_ends(name, text_str(r->a, less->word));
    return !is_any(name, CUTS, sizeof CUTS / sizeof *CUTS) && less && !(is_part && is_amount) && !list_end(&r->rules->sets[SET_MORE], name) ? "<=" : ">=";
}

/* A column of a year before the plan's own tells what was. */
static bool is_ahead(const reading *r, const columns *c, text year)
{
    bool ok;
    if (c->base >= 0 && text_compare(year, c->years[c->base]) <= 0) return false;
    return r->year == 0 || text_to_i64(year, &ok) >= r->year;
}

/* 排放较2020年(下降): the base year out of the name. */
static text without_base(text name, text *ret_year)
{
    static const char *const HEADS[] = {"较", "比", "相比", "相较"};
    size_t tail = text_ends(name, "年") ? 3 : text_ends(name, "年累计") ? 9 : 0;
    if (!tail || name.len < tail + 10) return name;
    text year = text_part(name, name.len - tail - 4, name.len - tail), head = text_part(name, 0, name.len - tail - 4);
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        if (cell_year(year).len == 4 && text_ends(head, HEADS[i])) {
            *ret_year = year;
            return text_trim(text_part(head, 0, head.len - strlen(HEADS[i])));
        }
    return name;
}

/* 细颗粒物(PM)浓度2.5: a lowered number that layout put behind the name goes where it belongs. */
static text raise_lowered(const reading *r, text name)
{
    static const char *const SIZES[] = {"2.5", "10"};
    size_t at;
    if (!text_find(name, TEXT("PM"), &at) || (at + 2 < name.len && (is_digit(name.ptr[at + 2]) || name.ptr[at + 2] == ' '))) return name;
    for (size_t i = 0; i < 2; i++)
        if (text_ends(name, SIZES[i]))
            return text_of(arena_printf(r->a, "%.*s%s%.*s", TEXT_FMT(text_part(name, 0, at + 2)), SIZES[i], TEXT_FMT(text_part(name, at + 2, name.len - strlen(SIZES[i])))));
    return name;
}

/* The unit where no head names its column: a cell that is a unit and nothing else, behind the name. */
static text unit_cell(const reading *r, const columns *c, const text *cells, int value)
{
    for (int i = c->name + 1; i < value; i++)
        if (is_unit(r, squeeze(r->a, cells[i]))) return squeeze(r->a, cells[i]);
    return (text){"", 0};
}

/* %(38)7.9: figures of a row above ran into the unit. */
static bool has_amount(text t)
{
    size_t digits = 0;
    for (size_t i = 0; i < t.len; i++) digits += is_digit(t.ptr[i]);
    return digits >= 2;
}

static bool has_han(text t)
{
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at))
        if (is_han(t, at)) return true;
    return false;
}

static void add_goal(reading *r, const plan_piece *p, const columns *c, const text *cells, size_t i)
{
    text unit = {"", 0}, value, base = {"", 0}, year = {"", 0}, name = without_number(r, cut_behind_unit(r, split_unit(raise_lowered(r, whole_name(r, c, cells, name_cell(r, c, cells))), &unit), &unit));
    const char *op = "?", *ignored = "?";
    if (c->unit >= 0 && cells[c->unit].len && !has_amount(cells[c->unit])) unit = cells[c->unit];
    else if (!unit.len) unit = unit_cell(r, c, cells, (int)i);
    if (text_ends(unit, "g/m")) unit = text_of(arena_printf(r->a, "%.*s3", TEXT_FMT(unit))); /* its raised 3 is lost */
    if (!name.len || r->goal_count >= PLAN_ROWS_MAX || !read_value(r, cells[i], &value, &op, &unit)) return;
    if (strcmp(op, "?") == 0) op = plain_op(r, name);
    if (op[0] == 'd') name = without_base(without_cut(name), &year);
    if (text_chars(name) < 2 || !has_han(name) || name.ptr[0] == '/' || name.ptr[0] == ')') return;
    text high = upper_value(cells[i], (size_t)(value.ptr + value.len - cells[i].ptr));
    if (high.len) op = "~";
    plan_goal g = {.indicator = name, .value = value, .value_hi = high, .base_year = year, .unit = unit, .target_year = c->years[i], .firmness = op[0] == '<' ? TEXT("cap") : TEXT("reach"), .cue = TEXT("")};
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
        plan_piece *p = &r->pieces[i];
        size_t bytes = p->span.end - p->span.start;
        bool stray = !p->is_row && bytes <= HEAD_BYTES_MAX; /* a line of a cell that layout left alone */
        p->is_figures = c.found && (p->is_row || bytes <= HEAD_BYTES_MAX / 3);
        if (stray) continue;
        if (!p->is_row || is_past(r, p->section)) {
            p->is_figures = false;
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
            if (row.years[k].len && (int)k != row.base && is_ahead(r, &row, row.years[k])) add_goal(r, p, &row, cells, k);
    }
    r->table_goal_count = r->goal_count;
}
