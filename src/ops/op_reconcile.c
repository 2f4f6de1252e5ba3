/* heng reconcile, conform: our figures beside published ones. */
#include <stdlib.h>
#include <unistd.h>
#include "ops_internal.h"

static text figure(ops_call *c, const rat *value, int digits) { return c->wants_exact ? exact_number(c->a, value) : value ? rat_format_grouped(c->a, value, digits) : (text){0}; }

static text figure_or_missing(ops_call *c, const rule_set *r, const account_value *v, int digits) { return v->value ? figure(c, v->value, digits) : show_missing(c, r, v->missing); }

/* Are the parts of this row (the lines that follow it with a part) all absent? */
static bool agrees(const account_reconcile_line *line) { return !line->difference || rat_sign(line->difference) == 0 || line->is_rounding; }

/* The only part of a row that is explained whole: the row has said it. */
static bool says_the_same(const account_reconcile_line *lines, size_t count, size_t i)
{
    bool is_only = i && !lines[i - 1].part.len && (i + 1 == count || !lines[i + 1].part.len);
    const account_reconcile_line *row = &lines[i - 1];
    return is_only && row->cause.zh.len && row->unexplained && rat_sign(row->unexplained) == 0;
}

bool op_reconcile(ops_call *c, heng_err *err)
{
    account *x;
    account_reconcile_line *lines;
    size_t count, agreeing = 0, rows = 0;
    if (!want_account(c, &x, err)) return false;
    text *tables;
    size_t table_count = account_reconcile_tables(x, c->a, &tables);
    bool known = false;
    text_buf names = {.a = c->a};
    for (size_t i = 0; i < table_count; i++) {
        known |= text_equal(tables[i], ops_get(c, "TABLE"));
        if (i) buf_str(&names, ", ");
        buf_add(&names, tables[i]);
    }
    bool ok = known ? account_reconcile(x, c->a, ops_get(c, "TABLE"), &lines, &count, err)
                    : err_fill_n(err, &MSG_OPS_UNKNOWN_TABLE, ops_get(c, "TABLE").ptr, ops_get(c, "TABLE").len, text_str(c->a, buf_text(&names)));
    const sheet_column columns[] = {column(TEXT("row"), pick(c->lang, "项目", "row"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                    column(TEXT("published"), pick(c->lang, "公布数", "published"), true), column(TEXT("computed"), pick(c->lang, "本账数", "computed"), true),
                                    column(TEXT("difference"), pick(c->lang, "差额", "difference"), true), column(TEXT("unexplained"), pick(c->lang, "未解释", "unexplained"), true),
                                    column(TEXT("cause"), pick(c->lang, "原因", "cause"), false)};
    sheet *s = ok ? sheet_new(c->out, ops_get(c, "TABLE"), text_of(arena_printf(c->a, c->lang == HENG_ZH ? "对账：%.*s" : "reconciliation: %.*s", TEXT_FMT(ops_get(c, "TABLE")))), columns, 7) : NULL;
    bool showing = true;
    for (size_t i = 0; ok && i < count; i++) {
        const account_reconcile_line *line = &lines[i];
        bool is_part = line->part.len > 0;
        if (!is_part) {
            rows++;
            if (agrees(line) && line->published.value && line->computed.value) agreeing++;
            showing = ops_has(c, "--all") || !agrees(line) || !line->published.value || !line->computed.value;
        }
        if (!showing || (is_part && !ops_has(c, "--all") && says_the_same(lines, count, i))) continue;
        text cause = line->is_rounding && !line->cause.zh.len ? pick(c->lang, "四舍五入", "rounding") : show_name(line->cause, c->lang);
        sheet_row(s, (text[]){show_name(line->name, c->lang), line->unit, is_part ? (text){0} : figure_or_missing(c, account_rules(x), &line->published, line->digits),
                              is_part ? (text){0} : figure_or_missing(c, account_rules(x), &line->computed, line->digits), figure(c, line->difference, line->digits),
                              is_part ? (text){0} : figure(c, line->unexplained, line->digits), cause});
        sheet_row_style(s, is_part ? 1 : 0, false);
    }
    if (ok)
        sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%zu 行中 %zu 行一致（差额不大于末位一个单位）%s" : "%zu rows, of which %zu agree (within one unit of the last digit)%s", rows, agreeing,
                                           ops_has(c, "--all") ? "" : c->lang == HENG_ZH ? "；--all 全部列出" : "; --all lists them too")));
    account_close(x);
    return ok;
}

bool op_reconcile_list(ops_call *c, heng_err *err)
{
    account *x;
    if (!want_account(c, &x, err)) return false;
    text *tables;
    size_t count = account_reconcile_tables(x, c->a, &tables);
    const sheet_column columns[] = {column(TEXT("table"), pick(c->lang, "对账表", "table"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "对账表", "tables"), (text){0}, columns, 1);
    for (size_t i = 0; i < count; i++) sheet_row(s, &tables[i]);
    account_close(x);
    return true;
}
