/* How figures are shown to people: their units, names in their language, derived tables as sheets. */
#include <stdarg.h>
#include <stdio.h>
#include "ops_internal.h"

text pick(heng_lang lang, const char *zh, const char *en) { return text_of(lang == HENG_ZH ? zh : en); }

text show_name(rule_name n, heng_lang lang)
{
    if (lang == HENG_ZH) return n.zh.len ? n.zh : n.en;
    return n.en.len ? n.en : n.zh;
}

void say(ops_call *c, const char *zh, const char *en, ...)
{
    char line[4096];
    va_list args;
    va_start(args, en);
    vsnprintf(line, sizeof line, c->lang == HENG_ZH ? zh : en, args);
    va_end(args);
    buf_str(&c->lines, line);
    buf_char(&c->lines, '\n');
}

sheet_column column(text id, text title, bool is_number)
{
    return (sheet_column){.id = id, .title = title, .align = is_number ? SHEET_RIGHT : SHEET_LEFT, .is_number = is_number};
}

static const rule_row *display_row(const rule_set *r, text unit)
{
    const rule_row *const *rows;
    size_t count = rule_rows(r, "display", &rows);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rule_cell(rows[i], "unit"), unit)) return rows[i];
    return NULL;
}

/* 万吨标准煤, ktce; a pure number by its symbol: %, not 百分之一. */
text unit_label(const rule_unit *u, heng_lang lang)
{
    static const rule_dim pure;
    text symbol = u->symbol.len ? u->symbol : u->id;
    if (rule_dim_equal(u->dim, pure)) return symbol;
    return lang == HENG_ZH && u->name.zh.len ? u->name.zh : symbol;
}

text show_amount(ops_call *c, const rule_set *r, text amount)
{
    size_t at = amount.len;
    while (at > 0 && amount.ptr[at - 1] != ' ') at--;
    int32_t unit = at ? rule_unit_find(r, (text){amount.ptr + at, amount.len - at}) : RULE_NONE;
    if (c->wants_exact || unit == RULE_NONE) return amount;
    return text_of(arena_printf(c->a, "%.*s%.*s", (int)at, amount.ptr, TEXT_FMT(unit_label(&r->units[unit], c->lang))));
}

shown_unit show_unit_of(arena *a, const rule_set *r, text unit, heng_lang lang)
{
    shown_unit u = {.ratio = rat_int(a, 1), .label = unit, .digits = 4};
    int32_t own = rule_unit_find(r, unit);
    if (own != RULE_NONE) u.label = unit_label(&r->units[own], lang);
    const rule_row *row = display_row(r, unit);
    if (!row || own == RULE_NONE) return u;
    int32_t shown = rule_unit_find(r, rule_cell(row, lang == HENG_ZH ? "display_zh" : "display_en"));
    bool ok = true;
    int64_t digits = text_to_i64(rule_cell(row, "digits"), &ok);
    if (ok) u.digits = (int)digits;
    heng_err ignored;
    if (shown == RULE_NONE || !rat_div(a, r->units[shown].factor, r->units[own].factor, &u.ratio, &ignored)) return u;
    u.label = unit_label(&r->units[shown], lang);
    return u;
}

text show_number(arena *a, const rat *value, const shown_unit *u)
{
    if (!value) return (text){0};
    const rat *shown = NULL;
    heng_err ignored;
    if (!rat_div(a, value, u->ratio, &shown, &ignored)) return (text){0};
    return rat_format_grouped(a, shown, u->digits);
}

text show_party_name(const book_party *p, heng_lang lang)
{
    text first = lang == HENG_ZH ? p->name_zh : p->name_en;
    if (!first.len) first = lang == HENG_ZH ? p->name_en : p->name_zh;
    return first.len ? first : p->code;
}

text show_instant(ops_call *c, int64_t us) { return instant_format(c->a, book_zone(c->book), us); }

/* What is missing comes as "no data: gdp_growth 2016"; people read it in their language, statistics by name. */
static const struct { const char *en, *zh; } MISSING[] = {{"no data: ", "缺数据："}, {"no factor: ", "缺因子："}, {"divide by zero: ", "除数为零："}, {"no rule: ", "缺规则："}, {"no warming potential: ", "缺增温潜势："}, {"no indicator: ", "没有指标："}};

static void add_words(text_buf *b, const rule_set *r, text words)
{
    while (words.len) {
        text word = text_next(&words, ' ');
        int32_t statistic = rule_statistic_find(r, word), commodity = statistic == RULE_NONE ? rule_commodity_find(r, word) : RULE_NONE;
        buf_add(b, statistic != RULE_NONE ? r->statistics[statistic].name.zh : commodity != RULE_NONE ? r->commodities[commodity].name.zh : word);
        if (words.len) buf_char(b, ' ');
    }
}

/* "kept in tce as its source gives it, with no way to t: raw_coal": two units inside the sentence. */
static bool kept_in_words(text_buf *b, text *one)
{
    static const char before[] = "kept in ", between[] = " as its source gives it, with no way to ";
    size_t at, end;
    if (!text_starts(*one, before) || !text_find(*one, text_of(between), &at) || !text_find(*one, TEXT(": "), &end) || end < at) return false;
    text kept = {one->ptr + strlen(before), at - strlen(before)}, wanted = {one->ptr + at + strlen(between), end - at - strlen(between)};
    buf_printf(b, "来源只给出以 %.*s 计的数，照此记录，不能换算成 %.*s：", TEXT_FMT(kept), TEXT_FMT(wanted));
    *one = (text){one->ptr + end + 2, one->len - end - 2};
    return true;
}

/* "no data: gdp_growth 2011" as its words and its year; no year: 0. */
static int64_t year_at_end(text *one)
{
    bool ok;
    if (one->len < 6 || one->ptr[one->len - 5] != ' ') return 0;
    int64_t year = text_to_i64((text){one->ptr + one->len - 4, 4}, &ok);
    if (!ok || year < 1000) return 0;
    one->len -= 5;
    return year;
}

/* What is missing, next: years that follow one another are one. */
static text next_missing(text *missing, int64_t *first, int64_t *last)
{
    text one = text_trim(text_next(missing, ';'));
    *first = *last = year_at_end(&one);
    while (*first) {
        text rest = *missing, next = text_trim(text_next(&rest, ';'));
        if (year_at_end(&next) != *last + 1 || !text_equal(next, one)) break;
        ++*last;
        *missing = rest;
    }
    return one;
}

text show_missing(ops_call *c, const rule_set *r, text missing)
{
    bool zh = c->lang == HENG_ZH;
    if (c->wants_exact) return missing;
    text_buf b = {.a = c->a};
    while (missing.len) {
        int64_t first, last;
        text one = next_missing(&missing, &first, &last);
        if (b.len) buf_str(&b, zh ? "；" : "; ");
        size_t i = 0, count = sizeof MISSING / sizeof MISSING[0];
        while (i < count && !text_starts(one, MISSING[i].en)) i++;
        if (zh && !kept_in_words(&b, &one) && i < count) {
            buf_str(&b, MISSING[i].zh);
            one = (text){one.ptr + strlen(MISSING[i].en), one.len - strlen(MISSING[i].en)};
        }
        if (zh) add_words(&b, r, one);
        else buf_add(&b, one);
        if (first) buf_printf(&b, first == last ? " %lld" : " %lld..%lld", (long long)first, (long long)last);
    }
    return buf_text(&b);
}

text show_value(ops_call *c, const rule_set *r, const account_value *v, shown_unit *u)
{
    *u = (shown_unit){.ratio = rat_int(c->a, 1), .digits = v->digits};
    if (v->unit != RULE_NONE) u->label = unit_label(&r->units[v->unit], c->lang);
    if (!v->value) return show_missing(c, r, v->missing);
    return show_number(c->a, v->value, u);
}

static text cell_text(ops_call *c, const rule_set *r, const account_cell *cell, const shown_unit *u, bool people)
{
    if (!cell->value) return show_missing(c, r, cell->missing);
    if (people) {
        text shown = show_number(c->a, cell->value, u);
        text_buf b = {.a = c->a};
        buf_add(&b, shown);
        if (cell->is_flagged) buf_char(&b, '*');
        if (cell->is_restated) buf_char(&b, 'r');
        return buf_text(&b);
    }
    return rat_is_decimal(cell->value, 12) ? rat_exact(c->a, cell->value) : rat_format(c->a, cell->value, 12);
}

static bool column_is_empty(const account_table *t, size_t column)
{
    for (size_t i = 0; i < t->line_count; i++) {
        const account_cell *cell = &t->cells[i * t->column_count + column];
        if (cell->missing.len || (cell->value && rat_sign(cell->value) != 0)) return false;
    }
    return true;
}

static bool line_is_empty(const account_table *t, size_t line)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const account_cell *cell = &t->cells[line * t->column_count + i];
        if (cell->missing.len || (cell->value && rat_sign(cell->value) != 0)) return false;
    }
    return true;
}

bool show_is_large(arena *a, const rat *v, const shown_unit *u)
{
    return v && rat_compare(rat_sign(v) < 0 ? rat_neg(a, v) : v, rat_mul(a, u->ratio, rat_int(a, 10))) >= 0;
}

shown_unit show_own_unit(arena *a, const rule_set *r, text unit, heng_lang lang)
{
    int32_t own = rule_unit_find(r, unit);
    return (shown_unit){.ratio = rat_int(a, 1), .label = own == RULE_NONE ? unit : unit_label(&r->units[own], lang), .digits = show_unit_of(a, r, unit, lang).digits};
}

/* People's unit where a figure of the table is worth it (at least 10 of them); a small works keeps its tonnes. */
static shown_unit table_unit(ops_call *c, const rule_set *r, const account_table *t, text unit)
{
    shown_unit u = show_unit_of(c->a, r, unit, c->lang);
    for (size_t i = 0; i < t->line_count * t->column_count; i++) {
        const account_line *line = &t->lines[i / t->column_count];
        if (!text_equal(line->unit.len ? line->unit : t->columns[i % t->column_count].unit, unit)) continue;
        if (show_is_large(c->a, t->cells[i].value, &u)) return u;
    }
    return show_own_unit(c->a, r, unit, c->lang);
}

/* "原煤(t)" of a line with a unit of its own, in people's unit: "原煤(万吨)". */
static text line_name(ops_call *c, const account_line *line, const shown_unit *own)
{
    text name = show_name(line->name, c->lang);
    const char *ending = arena_printf(c->a, "(%.*s)", TEXT_FMT(line->unit));
    if (line->unit.len && text_ends(name, ending)) name.len -= strlen(ending);
    return line->unit.len ? text_of(arena_printf(c->a, "%.*s(%.*s)", TEXT_FMT(name), TEXT_FMT(own->label))) : name;
}

/* A total below its parts is ruled off; a heading above them is not. */
static bool is_ruled(const account_table *t, size_t line)
{
    return t->lines[line].is_total && (line + 1 == t->line_count || t->lines[line + 1].level <= t->lines[line].level);
}

typedef struct shown_columns { size_t count; size_t *at; shown_unit *units; sheet_column *heads; } shown_columns;

static sheet_column head_of(ops_call *c, const account_head *head, const shown_unit *u)
{
    text name = show_name(head->name, c->lang);
    const char *title = u->label.len && !text_ends(name, arena_printf(c->a, "(%.*s)", TEXT_FMT(u->label))) ? arena_printf(c->a, "%.*s(%.*s)", TEXT_FMT(name), TEXT_FMT(u->label))
                                                                                                          : text_str(c->a, name);
    bool named = !head->unit.len || text_equal(head->id, head->unit) || text_ends(head->id, arena_printf(c->a, "_%.*s", TEXT_FMT(head->unit))) ||
                 text_ends(head->id, arena_printf(c->a, ".%.*s", TEXT_FMT(head->unit)));
    const char *id = named ? text_str(c->a, head->id) : arena_printf(c->a, "%.*s_%.*s", TEXT_FMT(head->id), TEXT_FMT(head->unit));
    return column(text_of(id), text_of(title), true);
}

static shown_columns columns_of(ops_call *c, const rule_set *r, const account_table *t, bool people)
{
    shown_columns x = {.at = NEW_ARRAY(c->a, t->column_count + 1, size_t), .units = NEW_ARRAY(c->a, t->column_count + 1, shown_unit),
                       .heads = NEW_ARRAY(c->a, t->column_count + 1, sheet_column)};
    for (size_t n = 0; n < 2 * t->column_count; n++) {
        size_t i = n % t->column_count;
        bool totals_first = c->width > 0; /* a broken table begins with what most readers look for */
        if (column_is_empty(t, i) || (n < t->column_count) != (t->columns[i].is_total && totals_first)) continue;
        shown_unit u = table_unit(c, r, t, t->columns[i].unit);
        if (!people) u.label = t->columns[i].unit;
        x.at[x.count] = i;
        x.units[x.count] = u;
        x.heads[x.count++] = head_of(c, &t->columns[i], &u);
    }
    return x;
}

/* Columns first to last of the table as one sheet. */
static sheet *show_part(ops_call *c, const rule_set *r, const account_table *t, const shown_columns *x, size_t first, size_t last, bool people)
{
    sheet_column *heads = NEW_ARRAY(c->a, last - first + 1, sheet_column);
    text *cells = NEW_ARRAY(c->a, last - first + 1, text);
    heads[0] = column(TEXT("line"), pick(c->lang, "项目", "item"), false);
    memcpy(heads + 1, x->heads + first, (last - first) * sizeof *heads);
    sheet *s = sheet_new(c->out, show_name(t->title, c->lang), first ? (text){0} : show_name(t->title, c->lang), heads, last - first + 1);
    text unit = {0}; /* of the line before: mostly the same, and it takes a look at the whole table */
    shown_unit own = {.ratio = rat_int(c->a, 1)};
    for (size_t line = 0; line < t->line_count; line++) {
        const account_line *l = &t->lines[line];
        if (!text_equal(l->unit, unit)) own = l->unit.len ? table_unit(c, r, t, l->unit) : (shown_unit){.ratio = rat_int(c->a, 1)};
        unit = l->unit;
        if (people && l->level > 1 && line_is_empty(t, line)) continue;
        cells[0] = people ? line_name(c, l, &own) : l->id;
        for (size_t i = first; i < last; i++)
            cells[i - first + 1] = cell_text(c, r, &t->cells[line * t->column_count + x->at[i]], l->unit.len ? &own : &x->units[i], people);
        sheet_row(s, cells);
        sheet_row_style(s, l->level, is_ruled(t, line));
    }
    return s;
}

/* As many columns as fit the width, at least one. */
static size_t fitting(const shown_columns *x, size_t first, size_t width)
{
    enum { FIRST_COLUMN = 44, NUMBER_LEAST = 12, GAP = 2 };
    size_t used = FIRST_COLUMN, last = first;
    while (last < x->count) {
        size_t title = text_width(x->heads[last].title);
        used += (title > NUMBER_LEAST ? title : NUMBER_LEAST) + GAP;
        if (width && last > first && used > width) break;
        last++;
    }
    return last;
}

/* What * and r mean, where they stand; and that there is nothing, where there is nothing. */
static void note_signs(ops_call *c, sheet *s, const account_table *t, bool people)
{
    bool flagged = false, restated = false, any = false;
    for (size_t i = 0; i < t->line_count * t->column_count; i++) {
        flagged |= t->cells[i].is_flagged;
        restated |= t->cells[i].is_restated;
        any |= t->cells[i].value || t->cells[i].missing.len;
    }
    if (people && flagged) sheet_note(s, pick(c->lang, "* 用了较早年份的因子、本单位实测值或不完整的数据，heng why 说明是哪一个", "* an earlier year's factor, a party's own measurement or incomplete data went in; heng why says which"));
    if (people && restated) sheet_note(s, pick(c->lang, "r 封账之后有更正", "r corrected since its period was closed"));
    if (!any && !t->note_count) sheet_note(s, pick(c->lang, "这一期间没有任何流动落入此表", "no movement of this period falls into this table"));
}

void show_table(ops_call *c, const rule_set *r, const account_table *t, bool people)
{
    shown_columns x = columns_of(c, r, t, people);
    sheet *s = NULL;
    size_t first = 0;
    do {
        size_t last = fitting(&x, first, c->width);
        s = show_part(c, r, t, &x, first, last, people);
        first = last;
    } while (first < x.count);
    for (size_t i = 0; i < t->note_count; i++) sheet_note(s, show_name(t->notes[i], c->lang));
    note_signs(c, s, t, people);
    sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "为什么：heng why '%.*s'" : "explain: heng why '%.*s'", TEXT_FMT(t->address))));
}

void say_receipt(ops_call *c, const book_receipt *r, bool dry_run)
{
    if (r->delivery_exists) {
        say(c, "这个文件以前已经导入（第 %lld 次交付），没有改动", "this file was imported before (delivery %lld); nothing was changed", (long long)r->delivery);
        return;
    }
    if (dry_run) say(c, "试运行，没有写入：", "dry run, nothing written:");
    else if (r->link && r->delivery) say(c, "交付 %lld，链环 %lld", "delivery %lld, link %lld", (long long)r->delivery, (long long)r->link);
    else if (r->link) say(c, "链环 %lld", "link %lld", (long long)r->link);
    if (r->undone) say(c, "  撤销 %lld", "  undone %lld", (long long)r->undone);
    else say(c, "  新建 %lld，已有 %lld，更正 %lld，拒绝 %lld", "  created %lld, existing %lld, superseded %lld, refused %lld", (long long)r->created,
        (long long)r->exists, (long long)r->superseded, (long long)r->refused);
    if (r->restated) say(c, "  其中 %lld 项落入已封账的期间，列为重述", "  %lld fall into a closed period and show as restatements", (long long)r->restated);
    if (r->rules_added || r->rules_ended) say(c, "  规则：新增 %lld 行，终止 %lld 行", "  rules: %lld rows added, %lld ended", (long long)r->rules_added, (long long)r->rules_ended);
}
