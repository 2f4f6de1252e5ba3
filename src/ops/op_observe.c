/* heng observe, close: statistics that are no flows, and the closing of periods. */
#include "ops_internal.h"

bool op_observe(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_observation o = {.item = ops_get(c, "--item"), .vintage = ops_get(c, "--vintage"), .source_note = ops_get(c, "--source")};
    if (!book_rules(c->book, &r, err) || !want_period(c, "--period", &o.when, err) || !want_party(c, "PARTY", o.when.start_us, &o.party, NULL, err)) return false;
    if (!want_statistic(r, c->a, ops_get(c, "STATISTIC"), &o.statistic, err)) return false;
    o.unit = r->statistics[o.statistic].unit;
    if (ops_has(c, "--unit") && !rule_unit_want(r, ops_get(c, "--unit"), &o.unit, err)) return err_in_field(err, "--unit");
    if (!dec_parse_any(ops_get(c, "VALUE"), &o.count, &o.scale, err)) return err_in_field(err, "VALUE");
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .supersede = ops_has(c, "--supersede"), .observation_count = 1, .observations = &o};
    book_receipt receipt;
    book_result result = {0};
    if (!post_one(c, &batch, &receipt, &result, err)) return false;
    text address = text_of(arena_printf(c->a, "heng:observation/%lld", (long long)result.id));
    show_record(c, "observe", (shown_field[]){{"status", "结果", "status", text_of(status_name(result.status)), false}, {"address", "地址", "address", address, false}}, 2);
    if (result.status == BOOK_EXISTS) say(c, "已有相同的统计值，没有改动", "it is there already; nothing was changed");
    else say(c, "已登记 heng:observation/%lld", "recorded heng:observation/%lld", (long long)result.id);
    return true;
}

bool op_observe_list(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_parties parties;
    int32_t party = BOOK_NONE, statistic = RULE_NONE;
    period within;
    book_observation_row *rows;
    size_t count;
    if (!book_rules(c->book, &r, err) || !book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err)) return false;
    if (ops_has(c, "--party") && !want_party(c, "--party", 0, &party, NULL, err)) return false;
    if (ops_has(c, "--statistic") && !want_statistic(r, c->a, ops_get(c, "--statistic"), &statistic, err)) return false;
    if (ops_has(c, "--period") && !want_period(c, "--period", &within, err)) return false;
    if (!book_observations(c->book, c->a, party, statistic, ops_get(c, "--item"), ops_has(c, "--period") ? &within : NULL, c->known_us, &rows, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("party"), pick(c->lang, "主体", "party"), false), column(TEXT("statistic"), pick(c->lang, "统计项目", "statistic"), false),
                                    column(TEXT("item"), pick(c->lang, "分项", "item"), false), column(TEXT("period"), pick(c->lang, "期间", "period"), false),
                                    column(TEXT("value"), pick(c->lang, "数值", "value"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                    column(TEXT("vintage"), pick(c->lang, "版次", "vintage"), false), column(TEXT("source"), pick(c->lang, "来源", "source"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "统计值", "observations"), (text){0}, columns, 8);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){party_cell(c, &parties.items[rows[i].party]), name_cell(c, r->statistics[rows[i].statistic].id, r->statistics[rows[i].statistic].name), rows[i].item,
                              period_format(c->a, book_zone(c->book), rows[i].when), dec_format(c->a, rows[i].count, rows[i].scale), r->units[rows[i].unit].id,
                              rows[i].vintage, rows[i].source_note});
    return true;
}

static bool post_closing(ops_call *c, bool reopen, heng_err *err)
{
    book_closing closing = {.reopen = reopen, .reason = ops_get(c, "--reason")};
    if (!want_period(c, "PERIOD", &closing.when, err) || !want_party(c, "PARTY", closing.when.start_us, &closing.party, NULL, err)) return false;
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .closing_count = 1, .closings = &closing};
    book_receipt receipt;
    if (!post_one(c, &batch, &receipt, NULL, err)) return false;
    const char *status = !receipt.created ? "exists" : reopen ? "reopened" : "closed";
    show_record(c, "close", (shown_field[]){{"status", "结果", "status", text_of(status), false}}, 1);
    if (!receipt.created) say(c, "原已如此，没有改动", "it is so already; nothing was changed");
    else if (reopen) say(c, "已解除封账", "opened again");
    else say(c, "已封账；此后的更正列为重述", "closed; later corrections show as restatements");
    return true;
}

bool op_close(ops_call *c, heng_err *err) { return post_closing(c, false, err); }
bool op_close_reopen(ops_call *c, heng_err *err) { return post_closing(c, true, err); }

bool op_close_list(ops_call *c, heng_err *err)
{
    book_parties parties;
    book_closing_row *rows;
    size_t count;
    if (!book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err) || !book_closings(c->book, c->a, c->known_us, &rows, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("party"), pick(c->lang, "主体", "party"), false), column(TEXT("period"), pick(c->lang, "期间", "period"), false),
                                    column(TEXT("closed"), pick(c->lang, "封账时间", "closed"), false), column(TEXT("reopened"), pick(c->lang, "解除时间", "reopened"), false),
                                    column(TEXT("reason"), pick(c->lang, "说明", "reason"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "封账", "closings"), (text){0}, columns, 5);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){party_cell(c, &parties.items[rows[i].party]), period_format(c->a, book_zone(c->book), rows[i].when), show_instant(c, rows[i].closed_us),
                              rows[i].reopened_us ? show_instant(c, rows[i].reopened_us) : (text){0}, rows[i].reason});
    return true;
}
