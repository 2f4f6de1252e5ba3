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

shown_unit show_unit_of(arena *a, const rule_set *r, text unit, heng_lang lang)
{
    shown_unit u = {.ratio = rat_int(a, 1), .label = unit, .digits = 4};
    int32_t own = rule_unit_find(r, unit);
    if (own != RULE_NONE) u.label = lang == HENG_ZH && r->units[own].name.zh.len ? r->units[own].name.zh : r->units[own].id;
    const rule_row *row = display_row(r, unit);
    if (!row || own == RULE_NONE) return u;
    int32_t shown = rule_unit_find(r, rule_cell(row, lang == HENG_ZH ? "display_zh" : "display_en"));
    bool ok = true;
    int64_t digits = text_to_i64(rule_cell(row, "digits"), &ok);
    if (ok) u.digits = (int)digits;
    heng_err ignored;
    if (shown == RULE_NONE || !rat_div(a, r->units[shown].factor, r->units[own].factor, &u.ratio, &ignored)) return u;
    const rule_unit *x = &r->units[shown];
    u.label = lang == HENG_ZH ? x->name.zh : x->symbol.len ? x->symbol : x->id;
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

text show_value(ops_call *c, const rule_set *r, const account_value *v, shown_unit *u)
{
    *u = (shown_unit){.ratio = rat_int(c->a, 1), .digits = v->digits};
    if (v->unit != RULE_NONE) u->label = c->lang == HENG_ZH && r->units[v->unit].name.zh.len ? r->units[v->unit].name.zh : r->units[v->unit].id;
    if (!v->value) return v->missing;
    return show_number(c->a, v->value, u);
}

static text cell_text(ops_call *c, const account_cell *cell, const shown_unit *u, bool people)
{
    if (!cell->value) return cell->missing;
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

void show_table(ops_call *c, const rule_set *r, const account_table *t, bool people)
{
    size_t *kept = NEW_ARRAY(c->a, t->column_count + 1, size_t), kept_count = 0;
    shown_unit *units = NEW_ARRAY(c->a, t->column_count + 1, shown_unit);
    sheet_column *columns = NEW_ARRAY(c->a, t->column_count + 2, sheet_column);
    columns[0] = column(TEXT("line"), pick(c->lang, "项目", "item"), false);
    for (size_t i = 0; i < t->column_count; i++) {
        if (column_is_empty(t, i)) continue;
        units[kept_count] = show_unit_of(c->a, r, t->columns[i].unit, c->lang);
        if (!people) units[kept_count].label = t->columns[i].unit;
        text name = show_name(t->columns[i].name, c->lang);
        text label = units[kept_count].label;
        const char *title = arena_printf(c->a, label.len ? "%.*s(%.*s)" : "%.*s%.*s", TEXT_FMT(name), TEXT_FMT(label));
        const char *id = arena_printf(c->a, t->columns[i].unit.len ? "%.*s_%.*s" : "%.*s%.*s", TEXT_FMT(t->columns[i].id), TEXT_FMT(t->columns[i].unit));
        kept[kept_count] = i;
        columns[++kept_count] = column(text_of(id), text_of(title), true);
    }
    sheet *s = sheet_new(c->out, show_name(t->title, c->lang), show_name(t->title, c->lang), columns, kept_count + 1);
    text *cells = NEW_ARRAY(c->a, kept_count + 1, text);
    for (size_t line = 0; line < t->line_count; line++) {
        if (people && line_is_empty(t, line) && !t->lines[line].is_total) continue;
        cells[0] = people ? show_name(t->lines[line].name, c->lang) : t->lines[line].id;
        for (size_t i = 0; i < kept_count; i++)
            cells[i + 1] = cell_text(c, &t->cells[line * t->column_count + kept[i]], &units[i], people);
        sheet_row(s, cells);
        sheet_row_style(s, t->lines[line].level, t->lines[line].is_total);
    }
    for (size_t i = 0; i < t->note_count; i++) sheet_note(s, show_name(t->notes[i], c->lang));
    sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "为什么：heng why '%.*s'" : "explain: heng why '%.*s'", TEXT_FMT(t->address))));
}

void say_receipt(ops_call *c, const book_receipt *r, bool dry_run)
{
    if (r->delivery_exists) {
        say(c, "这个文件以前已经导入（第 %lld 次交付），没有改动", "this file was imported before (delivery %lld); nothing was changed", (long long)r->delivery);
        return;
    }
    if (dry_run) say(c, "试运行，没有写入：", "dry run, nothing written:");
    else if (r->link) say(c, "交付 %lld，链环 %lld", "delivery %lld, link %lld", (long long)r->delivery, (long long)r->link);
    say(c, "  新建 %lld，已有 %lld，更正 %lld，拒绝 %lld", "  created %lld, existing %lld, superseded %lld, refused %lld", (long long)r->created,
        (long long)r->exists, (long long)r->superseded, (long long)r->refused);
    if (r->restated) say(c, "  其中 %lld 项落入已封账的期间，列为重述", "  %lld fall into a closed period and show as restatements", (long long)r->restated);
    if (r->undone) say(c, "  撤销 %lld", "  undone %lld", (long long)r->undone);
    if (r->rules_added || r->rules_ended) say(c, "  规则：新增 %lld 行，终止 %lld 行", "  rules: %lld rows added, %lld ended", (long long)r->rules_added, (long long)r->rules_ended);
}
