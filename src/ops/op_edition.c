/* heng edition: accounts as announced, and what has changed since. */
#include "ops_internal.h"

bool op_edition_issue(ops_call *c, heng_err *err)
{
    account *x;
    book_receipt receipt;
    text kind = ops_get(c, "--kind"), name = ops_get(c, "--name"), key = ops_get(c, "KEY");
    if (!want_account(c, &x, err)) return false;
    bool ok = account_edition_issue(x, c->a, key, kind.len ? kind : TEXT("preliminary"), name.len ? name : key, ops_get(c, "ADDRESS"), &receipt, err);
    if (ok) {
        say(c, "已发布版本 %.*s，链环 %lld", "issued edition %.*s, link %lld", TEXT_FMT(key), (long long)receipt.link);
        show_record(c, "edition", (shown_field[]){{"key", "编号", "key", key, false}, {"address", "地址", "address", text_of(arena_printf(c->a, "heng:edition/%.*s", TEXT_FMT(key))), false},
                                                  {"link", "链环", "link", receipt.link ? number_text(c->a, receipt.link) : (text){0}, true}}, 3);
    }
    account_close(x);
    return ok;
}

static bool editions(ops_call *c, text key, book_edition_row **rows, size_t *count, heng_err *err)
{
    if (!book_editions(c->book, c->a, key, rows, count, err)) return false;
    if (key.len && !*count) return err_fill_n(err, &MSG_OPS_UNKNOWN_ID, key.ptr, key.len, c->lang == HENG_ZH ? "版本" : "edition");
    return true;
}

bool op_edition_list(ops_call *c, heng_err *err)
{
    book_edition_row *rows;
    size_t count;
    if (!editions(c, (text){0}, &rows, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("key"), pick(c->lang, "编号", "key"), false), column(TEXT("kind"), pick(c->lang, "性质", "kind"), false), column(TEXT("name"), pick(c->lang, "标题", "title"), false),
                                    column(TEXT("issued"), pick(c->lang, "发布时间", "issued"), false), column(TEXT("address"), pick(c->lang, "地址", "address"), false), column(TEXT("hash"), pick(c->lang, "内容哈希", "hash"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "版本", "editions"), (text){0}, columns, 6);
    for (size_t i = 0; i < count; i++) {
        char hex[HASH_HEX + 1];
        hash_hex(rows[i].body_hash, hex);
        hex[16] = '\0';
        sheet_row(s, (text[]){rows[i].key, rows[i].kind, rows[i].name, show_instant(c, rows[i].known_us), rows[i].address, text_of(hex)});
    }
    return true;
}

static text field(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->kind == JSON_STRING ? j->value : (text){0};
}

static text name_field(const ops_call *c, const json *object) { return field(object, c->lang == HENG_ZH ? "name_zh" : "name_en"); }

/* The cells of a frozen line, in the unit of the line, else of the column. False: none has a value. */
static bool frozen_cells(ops_call *c, const rule_set *r, const json *heads, const json *line, text *cells)
{
    const json *list = json_get(line, "cells"), *k = heads->first;
    size_t n = 0;
    bool any = false;
    for (const json *cell = list ? list->first : NULL; cell && k; cell = cell->next, k = k->next, n++) {
        text unit = field(line, "unit").len ? field(line, "unit") : field(k, "unit");
        shown_unit u = show_own_unit(c->a, r, unit, c->lang);
        heng_err ignored = {0};
        const rat *v;
        bool has = cell->kind == JSON_STRING && rat_parse(c->a, cell->value, &v, &ignored);
        cells[n] = !has ? (text){0} : c->wants_exact ? cell->value : show_number(c->a, v, &u);
        any |= has;
    }
    for (; k; k = k->next) cells[n++] = (text){0};
    return any;
}

static void show_frozen(ops_call *c, const rule_set *r, const json *body, const json *heads, const json *lines)
{
    text title = field(body, c->lang == HENG_ZH ? "title_zh" : "title_en");
    sheet_column *columns = NEW_ARRAY(c->a, heads->count + 1, sheet_column);
    text *cells = NEW_ARRAY(c->a, heads->count + 1, text);
    size_t n = 1, at;
    columns[0] = column(TEXT("line"), pick(c->lang, "项目", "item"), false);
    for (const json *k = heads->first; k; k = k->next) {
        text name = name_field(c, k), unit = field(k, "unit");
        if (unit.len) name = text_of(arena_printf(c->a, "%.*s(%.*s)", TEXT_FMT(name), TEXT_FMT(show_own_unit(c->a, r, unit, c->lang).label)));
        columns[n++] = column(field(k, "id"), name, true);
    }
    sheet *s = sheet_new(c->out, title, title, columns, n);
    for (const json *l = lines->first; l; l = l->next) {
        text unit = field(l, "unit");
        if (!frozen_cells(c, r, heads, l, cells + 1)) continue;
        cells[0] = name_field(c, l);
        if (unit.len && !text_find(cells[0], TEXT("("), &at)) cells[0] = text_of(arena_printf(c->a, "%.*s (%.*s)", TEXT_FMT(cells[0]), TEXT_FMT(show_own_unit(c->a, r, unit, c->lang).label)));
        sheet_row(s, cells);
    }
    sheet_note(s, field(body, "address"));
}

/* As JSON the frozen bytes themselves, whose hash stands in the chain. */
bool op_edition_show(ops_call *c, heng_err *err)
{
    const rule_set *r;
    const json *body;
    book_edition_row *rows;
    size_t count;
    if (!editions(c, ops_get(c, "KEY"), &rows, &count, err)) return false;
    if (!book_rules(c->book, &r, err) || !json_parse(c->a, rows[count - 1].body, &body, err)) return false;
    const json *heads = json_get(body, "columns"), *lines = json_get(body, "lines");
    if (c->wants_json || !heads || !lines) c->raw = rows[count - 1].body;
    else show_frozen(c, r, body, heads, lines);
    return true;
}

bool op_edition_diff(ops_call *c, heng_err *err)
{
    account *x;
    account_edition_change *rows;
    size_t count;
    if (!want_account(c, &x, err)) return false;
    bool ok = account_edition_diff(x, c->a, ops_get(c, "KEY"), &rows, &count, err);
    const rule_set *r = account_rules(x);
    const sheet_column columns[] = {column(TEXT("item"), pick(c->lang, "项目", "item"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("then"), pick(c->lang, "公布时", "then"), true),
                                    column(TEXT("now"), pick(c->lang, "现在", "now"), true), column(TEXT("change"), pick(c->lang, "变化", "change"), true)};
    sheet *s = ok && (count || c->wants_rows) ? sheet_new(c->out, pick(c->lang, "变化", "changes"), (text){0}, columns, 5) : NULL;
    for (size_t i = 0; ok && i < count; i++) {
        shown_unit u = show_unit_of(c->a, r, rows[i].unit, c->lang);
        if (!show_is_large(c->a, rows[i].then, &u) && !show_is_large(c->a, rows[i].now, &u)) u = show_own_unit(c->a, r, rows[i].unit, c->lang);
        const rat *then = rows[i].then ? rows[i].then : rat_int(c->a, 0), *now = rows[i].now ? rows[i].now : rat_int(c->a, 0);
        if (c->wants_exact) sheet_row(s, (text[]){show_name(rows[i].name, c->lang), rows[i].unit, exact_number(c->a, rows[i].then), exact_number(c->a, rows[i].now), exact_number(c->a, rat_sub(c->a, now, then))});
        else sheet_row(s, (text[]){show_name(rows[i].name, c->lang), u.label, show_number(c->a, rows[i].then, &u), show_number(c->a, rows[i].now, &u), show_number(c->a, rat_sub(c->a, now, then), &u)});
    }
    if (ok && !count) say(c, "与公布时相同", "the same as announced");
    account_close(x);
    return ok;
}
