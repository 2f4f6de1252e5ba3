/* heng verify, head, backup, restore. */
#include "meter.h"
#include "ops_internal.h"

bool op_head(ops_call *c, heng_err *err)
{
    book_head h;
    if (!book_head_of(c->book, &h, err)) return false;
    char hex[HASH_HEX + 1];
    hash_hex(h.hash, hex);
    say(c, "链头 %s（%s，第 %lld 环，%.*s）", "head %s (%s, link %lld, %.*s)", hex, hash_kind_name(h.kind), (long long)h.link, TEXT_FMT(show_instant(c, h.known_us)));
    say(c, "  流动 %lld，统计值 %lld，主体 %lld", "  movements %lld, observations %lld, parties %lld", (long long)h.movements, (long long)h.observations, (long long)h.parties);
    show_record(c, "head", (shown_field[]){{"head", "链头", "head", text_of(hex), false}, {"hash", "算法", "hash", text_of(hash_kind_name(h.kind)), false},
                                           {"link", "链环", "link", number_text(c->a, h.link), true}, {"known", "入账时间", "known", show_instant(c, h.known_us), false},
                                           {"movements", "流动", "movements", number_text(c->a, h.movements), true}, {"observations", "统计值", "observations", number_text(c->a, h.observations), true},
                                           {"parties", "主体", "parties", number_text(c->a, h.parties), true}}, 7);
    return true;
}

/* Readings, where there are any: blocks, day sums, movements. */
static bool verify_meters(ops_call *c, progress *p, meter_verify_report *ret, heng_err *err)
{
    meter_book *m;
    if (!meter_open(c->book, &m, err)) return false;
    bool ok = meter_verify(m, p, ret, err);
    meter_book_close(m);
    return ok;
}

bool op_verify(ops_call *c, heng_err *err)
{
    hash want;
    text head = ops_get(c, "--head");
    if (head.len && !hash_parse(head, &want)) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, head.ptr, head.len, "64 hex digits") || err_in_field(err, "--head");
    progress p = {0};
    book_verify_report report;
    meter_verify_report meters = {0};
    progress_begin(&p, c->lang == HENG_ZH ? "核验" : "verify", 0, c->quiet);
    bool ok = book_verify(c->book, head.len ? &want : NULL, &p, &report, err) && verify_meters(c, &p, &meters, err);
    progress_end(&p);
    if (!ok) return false;
    char hex[HASH_HEX + 1];
    hash_hex(report.head.hash, hex);
    say(c, "核验通过：%lld 环、%lld 项事实、%lld 个合计、%lld 个余额", "verified: %lld links, %lld facts, %lld sums, %lld balances", (long long)report.links, (long long)report.facts,
        (long long)report.sums, (long long)report.balances);
    if (meters.blocks) say(c, "  读数 %lld 条、数据块 %lld 个、关闭日 %lld 个", "  readings %lld, blocks %lld, closed days %lld", (long long)meters.readings, (long long)meters.blocks, (long long)meters.days);
    say(c, "链头 %s", "head %s", hex);
    if (head.len) say(c, "给出的链头是第 %lld 环", "the head given is link %lld", (long long)report.head_link);
    show_record(c, "verify", (shown_field[]){{"status", "结果", "status", TEXT("verified"), false}, {"head", "链头", "head", text_of(hex), false},
                                             {"links", "链环", "links", number_text(c->a, report.links), true}, {"facts", "事实", "facts", number_text(c->a, report.facts), true},
                                             {"sums", "合计", "sums", number_text(c->a, report.sums), true}, {"balances", "余额", "balances", number_text(c->a, report.balances), true},
                                             {"head_link", "给出的链头所在环", "link of the head given", head.len ? number_text(c->a, report.head_link) : (text){0}, true}}, 7);
    return true;
}

bool op_backup(ops_call *c, heng_err *err)
{
    char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!store_backup(book_store(c->book), path, err)) return false;
    say(c, "已备份到 %s", "backed up to %s", path);
    show_record(c, "backup", (shown_field[]){{"file", "文件", "file", text_of(path), false}}, 1);
    return true;
}

bool op_restore(ops_call *c, heng_err *err)
{
    char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!store_restore(path, c->book_path, ops_has(c, "--replace"), err)) return false;
    say(c, "已用 %s 恢复 %s", "restored %s from %s", c->lang == HENG_ZH ? path : c->book_path, c->lang == HENG_ZH ? c->book_path : path);
    show_record(c, "restore", (shown_field[]){{"database", "数据库", "database", text_of(c->book_path), false}, {"backup", "备份", "backup", text_of(path), false}}, 2);
    return true;
}
