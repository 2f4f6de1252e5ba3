/* heng post, flow, hold: single movements and holds. */
#include "ops_internal.h"

static bool read_basis(text name, book_basis *ret)
{
    static const char *const names[] = {"metered", "reported", "estimated", "apportioned"};
    *ret = BOOK_REPORTED;
    for (int i = 0; i < 4; i++)
        if (text_is(name, names[i])) *ret = (book_basis)i;
    return true;
}

/* Amount in the unit given, into a count of the recorded unit. */
static bool read_amount(ops_call *c, const rule_set *r, int32_t commodity, text unit_name, int32_t *ret_unit, int64_t *ret, heng_err *err)
{
    int32_t unit = r->commodities[commodity].units[0];
    const rat *ratio, *given;
    if (unit_name.len && !rule_unit_want(r, unit_name, &unit, err)) return err_in_field(err, "--unit");
    if (!rule_recording_unit(r, commodity, unit, ret_unit, &ratio, c->a, err)) return err_in_field(err, "--unit");
    return (rat_parse(c->a, ops_get(c, "--amount"), &given, err) && rat_to_scaled(rat_mul(c->a, given, ratio), r->units[*ret_unit].scale, DEC_EXACT, ret, err)) ||
           err_in_field(err, "--amount");
}

static bool read_movement(ops_call *c, const rule_set *r, book_movement *m, heng_err *err)
{
    return (rule_commodity_want(r, ops_get(c, "--commodity"), &m->commodity, err) || err_in_field(err, "--commodity")) &&
           (rule_kind_want(r, ops_get(c, "--kind"), &m->kind, err) || err_in_field(err, "--kind")) && want_period(c, "--period", &m->when, err) &&
           want_party(c, "--from", m->when.start_us, &m->giver, NULL, err) && want_party(c, "--to", m->when.start_us, &m->taker, NULL, err) &&
           read_amount(c, r, m->commodity, ops_get(c, "--unit"), &m->unit, &m->amount, err) && read_basis(ops_get(c, "--basis"), &m->basis);
}

static void say_posted(ops_call *c, const book_batch *batch, const book_receipt *receipt, const book_result *result)
{
    if (result->status == BOOK_EXISTS) say(c, "已有同键同内容的记录（heng:movement/%lld），没有改动", "it is there already (heng:movement/%lld); nothing was changed", (long long)result->id);
    else if (batch->dry_run) say(c, "可以登记（试运行，没有写入）", "it would be posted (dry run, nothing written)");
    else say(c, "已登记 heng:movement/%lld，链环 %lld", "posted heng:movement/%lld, link %lld", (long long)result->id, (long long)receipt->link);
    if (result->is_restatement) say(c, "  落入已封账的期间，列为重述", "  it falls into a closed period and shows as a restatement");
    if (result->goes_below_zero) say(c, "  注意：该库存将低于零", "  note: the physical stock goes below zero");
    bool has_number = !batch->dry_run || result->status == BOOK_EXISTS;
    show_record(c, "post", (shown_field[]){
        {"status", "结果", "status", batch->dry_run && result->status != BOOK_EXISTS ? TEXT("dry_run") : text_of(status_name(result->status)), false},
        {"address", "地址", "address", has_number ? text_of(arena_printf(c->a, "heng:movement/%lld", (long long)result->id)) : (text){0}, false},
        {"link", "链环", "link", receipt->link && !batch->dry_run ? number_text(c->a, receipt->link) : (text){0}, true},
        {"is_restatement", "重述", "restatement", yes_no(result->is_restatement), false},
        {"goes_below_zero", "库存低于零", "stock below zero", yes_no(result->goes_below_zero), false}}, 5);
}

bool op_post(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_movement m = {0};
    if (!book_rules(c->book, &r, err) || !read_movement(c, r, &m, err)) return false;
    text source = ops_get(c, "--source");
    book_group group = {.ext_id = ops_get(c, "--key"), .movements = &m, .count = 1, .hold = ops_get(c, "--hold")};
    book_batch batch = {.source = source.len ? source : TEXT("cli"), .all_or_none = true, .dry_run = ops_has(c, "--dry-run"),
                        .supersede = ops_has(c, "--supersede"), .group_count = 1, .groups = &group};
    book_receipt receipt;
    book_result result = {0};
    if (!post_one(c, &batch, &receipt, &result, err)) return false;
    say_posted(c, &batch, &receipt, &result);
    return true;
}

static bool read_query(ops_call *c, const rule_set *r, book_query *q, heng_err *err)
{
    *q = (book_query){.party = BOOK_NONE, .commodity = RULE_NONE, .kind = RULE_NONE, .source = ops_get(c, "--source"), .with_superseded = ops_has(c, "--all")};
    int64_t limit = 100;
    if (ops_has(c, "--party") && !want_party(c, "--party", 0, &q->party, NULL, err)) return false;
    if (ops_has(c, "--commodity") && !rule_commodity_want(r, ops_get(c, "--commodity"), &q->commodity, err)) return err_in_field(err, "--commodity");
    if (ops_has(c, "--kind") && !rule_kind_want(r, ops_get(c, "--kind"), &q->kind, err)) return err_in_field(err, "--kind");
    if (ops_has(c, "--delivery") && !want_number(c, "--delivery", &q->delivery, err)) return false;
    if (ops_has(c, "--limit") && !want_number(c, "--limit", &limit, err)) return false;
    q->has_when = ops_has(c, "--period");
    if (q->has_when && !want_period(c, "--period", &q->when, err)) return false;
    if (limit < 0) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, ops_get(c, "--limit").ptr, ops_get(c, "--limit").len, "0|1|2|…") || err_in_field(err, "--limit");
    q->limit = limit > 0 ? (size_t)limit : 0;
    return true;
}

static text movement_state(const ops_call *c, const book_movement_row *m)
{
    if (!m->superseded_by) return TEXT("");
    if (c->wants_exact) return m->superseded_by < 0 ? TEXT("undone") : TEXT("superseded");
    return m->superseded_by < 0 ? pick(c->lang, "已撤销", "undone") : pick(c->lang, "已更正", "superseded");
}

bool op_flow(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_query q;
    book_parties parties;
    book_movement_row *rows;
    size_t count;
    if (!book_rules(c->book, &r, err) || !read_query(c, r, &q, err)) return false;
    if (!book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err)) return false;
    if (!book_movements_query(c->book, c->a, &q, c->known_us, &rows, &count, err)) return false;
    const sheet_column columns[] = {
        column(TEXT("id"), pick(c->lang, "编号", "id"), true), column(TEXT("period"), pick(c->lang, "期间", "period"), false), column(TEXT("giver"), pick(c->lang, "给出方", "giver"), false),
        column(TEXT("taker"), pick(c->lang, "接收方", "taker"), false), column(TEXT("kind"), pick(c->lang, "类别", "kind"), false), column(TEXT("commodity"), pick(c->lang, "物品", "commodity"), false),
        column(TEXT("amount"), pick(c->lang, "数量", "amount"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("delivery"), pick(c->lang, "交付", "delivery"), true),
        column(TEXT("row"), pick(c->lang, "行", "row"), true), column(TEXT("state"), pick(c->lang, "状态", "state"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "流动", "movements"), (text){0}, columns, 11);
    for (size_t i = 0; i < count; i++) {
        const book_movement_row *m = &rows[i];
        const rule_kind *kind = &r->kinds[m->ends.kind];
        const rule_commodity *what = &r->commodities[m->ends.commodity];
        sheet_row(s, (text[]){text_of(arena_printf(c->a, "%lld", (long long)m->id)), period_format(c->a, book_zone(c->book), m->when),
                              party_cell(c, &parties.items[m->ends.giver]), party_cell(c, &parties.items[m->ends.taker]), name_cell(c, kind->id, kind->name),
                              name_cell(c, what->id, what->name),
                              dec_format_trim(c->a, m->amount, r->units[m->ends.unit].scale), r->units[m->ends.unit].id,
                              m->delivery ? text_of(arena_printf(c->a, "%lld", (long long)m->delivery)) : TEXT(""),
                              m->row ? text_of(arena_printf(c->a, "%lld", (long long)m->row)) : TEXT(""), movement_state(c, m)});
    }
    if (q.limit && count == q.limit) sheet_note(s, pick(c->lang, "可能还有更多，用 --limit 放宽", "there may be more: raise --limit"));
    return true;
}

static void show_hold(ops_call *c, text key, const char *status)
{
    show_record(c, "hold", (shown_field[]){{"key", "编号", "key", key, false}, {"status", "结果", "status", text_of(status), false}}, 2);
}

/* done: what becomes of it, for programs. *ret_is_new is false when it was so already; that is said here. */
static bool post_hold(ops_call *c, book_hold hold, const char *done, bool *ret_is_new, heng_err *err)
{
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .hold_count = 1, .holds = &hold};
    book_receipt receipt;
    book_result result = {0};
    if (!post_one(c, &batch, &receipt, &result, err)) return false;
    *ret_is_new = result.status != BOOK_EXISTS;
    show_hold(c, hold.key, *ret_is_new ? done : "exists");
    if (!*ret_is_new) say(c, "%.*s 原已如此，没有改动", "%.*s is so already; nothing was changed", TEXT_FMT(hold.key));
    return true;
}

bool op_hold_reserve(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_hold hold = {.key = ops_get(c, "KEY"), .action = BOOK_RESERVE};
    int32_t until;
    if (!book_rules(c->book, &r, err) || !want_party(c, "--party", 0, &hold.party, NULL, err)) return false;
    if (!rule_commodity_want(r, ops_get(c, "--commodity"), &hold.commodity, err)) return err_in_field(err, "--commodity");
    if (!read_amount(c, r, hold.commodity, ops_get(c, "--unit"), &hold.unit, &hold.amount, err)) return false;
    if (ops_has(c, "--until")) {
        if (!day_parse(ops_get(c, "--until"), &until, err)) return err_in_field(err, "--until");
        hold.expires_us = zone_day_start_us(book_zone(c->book), until + 1);
    }
    bool is_new;
    if (!post_hold(c, hold, "reserved", &is_new, err)) return false;
    if (is_new) say(c, "已冻结 %.*s", "reserved %.*s", TEXT_FMT(hold.key));
    return true;
}

bool op_hold_void(ops_call *c, heng_err *err)
{
    text key = ops_get(c, "KEY");
    bool is_new;
    if (!post_hold(c, (book_hold){.key = key, .action = BOOK_VOID}, "void", &is_new, err)) return false;
    if (is_new) say(c, "已解除 %.*s", "given back %.*s", TEXT_FMT(key));
    return true;
}

static bool is_due(const book_hold_row *h, int64_t us) { return h->open > 0 && h->expires_us && us >= h->expires_us; }

/* Time alone changes nothing in a ledger: what has expired is given back by a fact of its own, so that balances have one history. */
bool op_hold_expire(ops_call *c, heng_err *err)
{
    book_hold_row *rows;
    size_t count, due = 0;
    text key = ops_get(c, "KEY");
    bool is_new;
    if (key.len) {
        if (!post_hold(c, (book_hold){.key = key, .action = BOOK_EXPIRE}, "expired", &is_new, err)) return false;
        if (is_new) say(c, "已到期解除 %.*s", "expired %.*s", TEXT_FMT(key));
        return true;
    }
    if (!book_holds(c->book, c->a, BOOK_NONE, BOOK_KNOWN_NOW, &rows, &count, err)) return false;
    book_hold *holds = NEW_ARRAY(c->a, count + 1, book_hold);
    for (size_t i = 0; i < count; i++)
        if (is_due(&rows[i], now_us())) holds[due++] = (book_hold){.key = rows[i].key, .action = BOOK_EXPIRE};
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .hold_count = due, .holds = holds};
    book_receipt receipt;
    if (due && !post_one(c, &batch, &receipt, NULL, err)) return false;
    const sheet_column columns[] = {column(TEXT("key"), pick(c->lang, "编号", "key"), false), column(TEXT("status"), pick(c->lang, "结果", "status"), false)};
    sheet *s = c->wants_rows ? sheet_new(c->out, TEXT("hold"), TEXT("hold"), columns, 2) : NULL;
    for (size_t i = 0; i < due; i++) {
        say(c, "已到期解除 %.*s", "expired %.*s", TEXT_FMT(holds[i].key));
        if (s) sheet_row(s, (text[]){holds[i].key, TEXT("expired")});
    }
    if (!due) say(c, "没有到期的冻结", "no hold has expired");
    return true;
}

static text hold_state(const ops_call *c, const book_hold_row *h)
{
    static const struct { const char *id, *zh, *en; } states[] = {{"open", "有效", "open"}, {"posted", "已过账", "posted"}, {"void", "已解除", "void"}, {"expired", "已到期", "expired"}};
    bool due = is_due(h, c->known_us == BOOK_KNOWN_NOW ? now_us() : c->known_us);
    if (c->wants_exact) return due ? TEXT("due") : h->state;
    if (due) return pick(c->lang, "已到期，待解除", "due: heng hold expire gives it back");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (text_is(h->state, states[i].id)) return pick(c->lang, states[i].zh, states[i].en);
    return h->state;
}

static text last_day(const ops_call *c, int64_t expires_us)
{
    return expires_us ? day_format(c->a, zone_day_of(book_zone(c->book), expires_us - 1)) : (text){0};
}

bool op_hold_list(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_parties parties;
    book_hold_row *rows;
    size_t count;
    int32_t party = BOOK_NONE;
    if (!book_rules(c->book, &r, err) || !book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err)) return false;
    if (ops_has(c, "--party") && !want_party(c, "--party", 0, &party, NULL, err)) return false;
    if (!book_holds(c->book, c->a, party, c->known_us, &rows, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("key"), pick(c->lang, "编号", "key"), false), column(TEXT("party"), pick(c->lang, "持有人", "holder"), false),
                                    column(TEXT("commodity"), pick(c->lang, "物品", "commodity"), false), column(TEXT("reserved"), pick(c->lang, "冻结", "reserved"), true),
                                    column(TEXT("posted"), pick(c->lang, "已过账", "posted"), true), column(TEXT("open"), pick(c->lang, "剩余", "open"), true),
                                    column(TEXT("until"), pick(c->lang, "到期日", "until"), false), column(TEXT("state"), pick(c->lang, "状态", "state"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "冻结", "holds"), (text){0}, columns, 8);
    for (size_t i = 0; i < count; i++) {
        int scale = r->units[rows[i].unit].scale;
        const rule_commodity *what = &r->commodities[rows[i].commodity];
        sheet_row(s, (text[]){rows[i].key, party_cell(c, &parties.items[rows[i].party]), name_cell(c, what->id, what->name),
                              dec_format_trim(c->a, rows[i].reserved, scale), dec_format_trim(c->a, rows[i].posted, scale), dec_format_trim(c->a, rows[i].open, scale),
                              last_day(c, rows[i].expires_us), hold_state(c, &rows[i])});
    }
    return true;
}
