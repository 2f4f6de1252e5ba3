/* heng verify, head, backup, restore. */
#include "ops_internal.h"

bool op_head(ops_call *c, heng_err *err)
{
    book_head h;
    if (!book_head_of(c->book, &h, err)) return false;
    char hex[HASH_HEX + 1];
    hash_hex(h.hash, hex);
    say(c, "链头 %s（%s，第 %lld 环，%.*s）", "head %s (%s, link %lld, %.*s)", hex, hash_kind_name(h.kind), (long long)h.link, TEXT_FMT(show_instant(c, h.known_us)));
    say(c, "  流动 %lld，统计值 %lld，主体 %lld", "  movements %lld, observations %lld, parties %lld", (long long)h.movements, (long long)h.observations, (long long)h.parties);
    return true;
}

bool op_verify(ops_call *c, heng_err *err)
{
    hash want;
    text head = ops_get(c, "--head");
    if (head.len && !hash_parse(head, &want)) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, head.ptr, head.len, "64 hex digits") || err_in_field(err, "--head");
    progress p = {0};
    book_verify_report report;
    progress_begin(&p, c->lang == HENG_ZH ? "核验" : "verify", 0, c->quiet);
    bool ok = book_verify(c->book, head.len ? &want : NULL, &p, &report, err);
    progress_end(&p);
    if (!ok) return false;
    char hex[HASH_HEX + 1];
    hash_hex(report.head.hash, hex);
    say(c, "核验通过：%lld 环、%lld 项事实、%lld 个合计、%lld 个余额", "verified: %lld links, %lld facts, %lld sums, %lld balances", (long long)report.links, (long long)report.facts,
        (long long)report.sums, (long long)report.balances);
    say(c, "链头 %s", "head %s", hex);
    if (head.len) say(c, "给出的链头是第 %lld 环", "the head given is link %lld", (long long)report.head_link);
    return true;
}

bool op_backup(ops_call *c, heng_err *err)
{
    char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!store_backup(book_store(c->book), path, err)) return false;
    say(c, "已备份到 %s", "backed up to %s", path);
    return true;
}

bool op_restore(ops_call *c, heng_err *err)
{
    char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!store_restore(path, c->book_path, ops_has(c, "--replace"), err)) return false;
    say(c, "已用 %s 恢复 %s", "restored %s from %s", c->lang == HENG_ZH ? path : c->book_path, c->lang == HENG_ZH ? c->book_path : path);
    return true;
}
