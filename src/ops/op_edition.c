/* heng edition: accounts as announced, and what has changed since. */
#include "ops_internal.h"

bool op_edition_issue(ops_call *c, heng_err *err)
{
    account *x;
    book_receipt receipt;
    text kind = ops_get(c, "--kind"), name = ops_get(c, "--name"), key = ops_get(c, "KEY");
    if (!want_account(c, &x, err)) return false;
    bool ok = account_edition_issue(x, c->a, key, kind.len ? kind : TEXT("preliminary"), name.len ? name : key, ops_get(c, "ADDRESS"), &receipt, err);
    if (ok) say(c, "已发布版本 %.*s，链环 %lld", "issued edition %.*s, link %lld", TEXT_FMT(key), (long long)receipt.link);
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

bool op_edition_show(ops_call *c, heng_err *err)
{
    book_edition_row *rows;
    size_t count;
    if (!editions(c, ops_get(c, "KEY"), &rows, &count, err)) return false;
    c->raw = rows[count - 1].body;
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
    sheet *s = ok && count ? sheet_new(c->out, pick(c->lang, "变化", "changes"), (text){0}, columns, 5) : NULL;
    for (size_t i = 0; ok && i < count; i++) {
        shown_unit u = show_unit_of(c->a, r, rows[i].unit, c->lang);
        if (!show_is_large(c->a, rows[i].then, &u) && !show_is_large(c->a, rows[i].now, &u)) u = show_own_unit(c->a, r, rows[i].unit, c->lang);
        const rat *then = rows[i].then ? rows[i].then : rat_int(c->a, 0), *now = rows[i].now ? rows[i].now : rat_int(c->a, 0);
        sheet_row(s, (text[]){show_name(rows[i].name, c->lang), u.label, show_number(c->a, rows[i].then, &u), show_number(c->a, rows[i].now, &u), show_number(c->a, rat_sub(c->a, now, then), &u)});
    }
    if (ok && !count) say(c, "与公布时相同", "the same as announced");
    account_close(x);
    return ok;
}
