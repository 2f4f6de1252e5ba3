/* heng rule: packs checked and shown. */
#include "ops_internal.h"

void show_faults(ops_call *c, const rule_faults *faults)
{
    const sheet_column columns[] = {column(TEXT("place"), pick(c->lang, "位置", "place"), false), column(TEXT("field"), pick(c->lang, "字段", "field"), false), column(TEXT("fault"), pick(c->lang, "问题", "fault"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "问题", "faults"), (text){0}, columns, 3);
    char reason[2048];
    for (size_t i = 0; i < faults->count; i++) {
        const heng_err *e = &faults->items[i];
        err_format_reason(e, c->lang, reason, sizeof reason);
        const char *place = !e->row ? e->file : e->column ? arena_printf(c->a, "%s:%lld:%lld", e->file, (long long)e->row, (long long)e->column) : arena_printf(c->a, "%s:%lld", e->file, (long long)e->row);
        sheet_row(s, (text[]){text_of(place), text_of(e->field), text_of(reason)});
    }
    if (faults->total > faults->count) sheet_note(s, text_of(arena_printf(c->a, "+%zu", faults->total - faults->count)));
}

static void show_remarks(ops_call *c, const rule_set *r)
{
    rule_remark *remarks;
    size_t count = rule_remarks(c->a, r, &remarks);
    if (!count) return;
    const sheet_column columns[] = {column(TEXT("place"), pick(c->lang, "位置", "place"), false), column(TEXT("remark"), pick(c->lang, "说明", "remark"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "说明", "remarks"), pick(c->lang, "不算错误，但应知道", "no faults, but to be known"), columns, 2);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){text_of(arena_printf(c->a, "%.*s:%lld", TEXT_FMT(remarks[i].row->file), (long long)remarks[i].row->line)),
                              show_name((rule_name){remarks[i].what_zh, remarks[i].what_en}, c->lang)});
}

static void show_check(ops_call *c, text packs, size_t rows, size_t faults, text rules_hash)
{
    show_record(c, "rule check", (shown_field[]){{"status", "结果", "status", faults ? TEXT("faulty") : TEXT("checked"), false}, {"packs", "规则包", "packs", packs, false},
                                                 {"rows", "行数", "rows", faults ? (text){0} : number_text(c->a, (int64_t)rows), true},
                                                 {"faults", "错误", "faults", number_text(c->a, (int64_t)faults), true}, {"hash", "哈希", "hash", rules_hash, false}}, 5);
}

bool op_rule_check(ops_call *c, heng_err *err)
{
    enum { FAULTS_MAX = 200 };
    const char **folders = NEW_ARRAY(c->a, c->given_count + 1, const char *);
    size_t count = 0;
    folders[count++] = arena_printf(c->a, "%s/cn", c->rulebook);
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, "DIR") == 0) folders[count++] = text_str(c->a, c->given[i].value);
    rule_faults faults = {.items = NEW_ARRAY(c->a, FAULTS_MAX, heng_err), .max = FAULTS_MAX};
    const rule_set *r;
    if (rule_load_folders(c->a, folders, count, &r, &faults, err)) {
        const rule_row *const *rows;
        char hex[HASH_HEX + 1];
        hash_hex(r->hash, hex);
        say(c, "%.*s：%zu 行，没有错误；哈希 %.16s", "%.*s: %zu rows, no faults; hash %.16s", TEXT_FMT(r->packs), rule_all_rows(r, &rows), hex);
        show_check(c, r->packs, rule_all_rows(r, &rows), 0, text_of(hex));
        show_remarks(c, r);
        return true;
    }
    if (!faults.count) return false;
    say(c, "%zu 处错误", "%zu faults", faults.total);
    show_check(c, (text){0}, 0, faults.total, (text){0});
    show_faults(c, &faults);
    c->exit_code = OPS_FINDINGS;
    return true;
}

static void list_tables(ops_call *c, const rule_set *r)
{
    const sheet_column columns[] = {column(TEXT("table"), pick(c->lang, "表", "table"), false), column(TEXT("rows"), pick(c->lang, "行数", "rows"), true)};
    sheet *s = sheet_new(c->out, pick(c->lang, "规则表", "tables"), (text){0}, columns, 2);
    for (const char *const *t = rule_tables(); *t; t++) {
        const rule_row *const *rows;
        sheet_row(s, (text[]){text_of(*t), text_of(arena_printf(c->a, "%zu", rule_rows(r, *t, &rows)))});
    }
}

static bool row_has(const rule_row *row, text key)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (text_equal(row->cells[i], key)) return true;
    return !key.len;
}

bool op_rule_show(ops_call *c, heng_err *err)
{
    const rule_set *r;
    if (!book_rules_at(c->book, c->a, c->known_us, &r, err)) return false;
    text name_given = ops_get(c, "TABLE"), key = ops_get(c, "KEY");
    if (!name_given.len) {
        list_tables(c, r);
        return true;
    }
    char *name = text_str(c->a, name_given);
    if (!rule_column_name(name, 0)) {
        text_buf all = {.a = c->a};
        for (const char *const *t = rule_tables(); *t; t++) buf_printf(&all, "%s%s", all.len ? ", " : "", *t);
        return err_fill(err, &MSG_OPS_UNKNOWN_TABLE, name, text_str(c->a, buf_text(&all)), NULL);
    }
    size_t column_count = 0;
    while (rule_column_name(name, column_count)) column_count++;
    sheet_column *columns = NEW_ARRAY(c->a, column_count + 1, sheet_column);
    for (size_t i = 0; i < column_count; i++) columns[i] = column(text_of(rule_column_name(name, i)), text_of(rule_column_name(name, i)), false);
    columns[column_count] = column(TEXT("place"), TEXT("place"), false);
    sheet *s = sheet_new(c->out, name_given, (text){0}, columns, column_count + 1);
    const rule_row *const *rows;
    size_t count = rule_rows(r, name, &rows);
    text *cells = NEW_ARRAY(c->a, column_count + 1, text);
    for (size_t i = 0; i < count; i++) {
        if (!row_has(rows[i], key)) continue;
        for (size_t k = 0; k < column_count; k++) cells[k] = k < rows[i]->cell_count ? rows[i]->cells[k] : (text){0};
        cells[column_count] = text_of(arena_printf(c->a, "%.*s:%lld", TEXT_FMT(rows[i]->file), (long long)rows[i]->line));
        sheet_row(s, cells);
    }
    return true;
}
