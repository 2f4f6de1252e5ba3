/* heng party: who takes part, with dated attributes. */
#include "ops_internal.h"

static const char *const OPTION_ATTRS[][2] = {{"--name", "name_zh"}, {"--name-en", "name_en"}, {"--short", "short_name"}, {"--industry", "industry"},
                                              {"--region", "region_code"}, {"--role", "role"}, {"--place", "place"}, {"--owner", "owner"}};
enum { OPTION_ATTR_COUNT = sizeof OPTION_ATTRS / sizeof OPTION_ATTRS[0] };

static bool read_from(ops_call *c, int32_t *ret, heng_err *err)
{
    text from = ops_get(c, "--from");
    if (!from.len) from = TEXT("1949-10-01");
    return day_parse(from, ret, err) || err_in_field(err, "--from");
}

/* place and owner may be given by name; the fact keeps the code. */
static bool read_value(ops_call *c, const char *option, const char *attr, text *ret, heng_err *err)
{
    *ret = ops_get(c, option);
    if (strcmp(attr, "place") != 0 && strcmp(attr, "owner") != 0) return true;
    int32_t party;
    book_parties parties;
    if (!want_party(c, option, 0, &party, &parties, err)) return false;
    *ret = parties.items[party].code;
    return true;
}

bool op_party_add(ops_call *c, heng_err *err)
{
    const rule_set *r;
    int32_t from;
    if (!book_rules(c->book, &r, err) || !read_from(c, &from, err)) return false;
    book_party_new party = {.code = ops_get(c, "CODE"), .class_ = rule_party_class_find(r, ops_get(c, "--class"))};
    if (party.class_ == RULE_NONE) return err_fill_n(err, &MSG_OPS_UNKNOWN_ID, ops_get(c, "--class").ptr, ops_get(c, "--class").len, c->lang == HENG_ZH ? "主体类别" : "party class") || err_in_field(err, "--class");
    book_party_fact facts[OPTION_ATTR_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < OPTION_ATTR_COUNT; i++) {
        if (!ops_has(c, OPTION_ATTRS[i][0])) continue;
        text value;
        if (!read_value(c, OPTION_ATTRS[i][0], OPTION_ATTRS[i][1], &value, err)) return false;
        facts[count++] = (book_party_fact){.party_code = party.code, .attr = text_of(OPTION_ATTRS[i][1]), .value = value, .valid_from = from};
    }
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .party_count = 1, .parties = &party, .party_fact_count = count, .party_facts = facts};
    book_receipt receipt;
    if (!post_one(c, &batch, &receipt, NULL, err)) return false;
    show_record(c, "party", (shown_field[]){{"code", "编码", "code", party.code, false}, {"status", "结果", "status", receipt.created ? TEXT("created") : TEXT("exists"), false}}, 2);
    if (receipt.created) say(c, "已新增 %.*s", "added %.*s", TEXT_FMT(party.code));
    else say(c, "已有 %.*s，没有改动", "%.*s is there already; nothing was changed", TEXT_FMT(party.code));
    return true;
}

bool op_party_set(ops_call *c, heng_err *err)
{
    int32_t from, party;
    book_parties parties;
    text value;
    if (!read_from(c, &from, err) || !want_party(c, "PARTY", 0, &party, &parties, err)) return false;
    if (!read_value(c, "VALUE", text_str(c->a, ops_get(c, "ATTRIBUTE")), &value, err)) return false;
    book_party_fact fact = {.party_code = parties.items[party].code, .attr = ops_get(c, "ATTRIBUTE"), .value = value, .valid_from = from};
    book_batch batch = {.source = TEXT("cli"), .all_or_none = true, .supersede = true, .party_fact_count = 1, .party_facts = &fact};
    book_receipt receipt;
    if (!post_one(c, &batch, &receipt, NULL, err)) return false;
    const char *status = receipt.superseded ? "superseded" : receipt.created ? "created" : "exists";
    show_record(c, "party", (shown_field[]){{"code", "编码", "code", fact.party_code, false}, {"status", "结果", "status", text_of(status), false}}, 2);
    if (receipt.created || receipt.superseded) say(c, "已变更 %.*s", "changed %.*s", TEXT_FMT(fact.party_code));
    else say(c, "内容相同，没有改动", "it says so already; nothing was changed");
    return true;
}

static text name_or_empty(const ops_call *c, const book_parties *parties, int32_t party)
{
    return party == BOOK_NONE ? (text){0} : party_cell(c, &parties->items[party]);
}

bool op_party_list(ops_call *c, heng_err *err)
{
    const rule_set *r;
    book_parties parties;
    int32_t day = today_in(c), under = BOOK_NONE;
    if (ops_has(c, "--at") && !day_parse(ops_get(c, "--at"), &day, err)) return err_in_field(err, "--at");
    if (!book_rules(c->book, &r, err) || !book_parties_at(c->book, c->a, day, c->known_us, &parties, err)) return false;
    if (ops_has(c, "--under") && !book_party_want(c->book, &parties, ops_get(c, "--under"), &under, err)) return err_in_field(err, "--under");
    const bool *inside = under == BOOK_NONE ? NULL : book_subtree(c->a, &parties, text_is(ops_get(c, "--tree"), "owner") ? BOOK_BY_OWNER : BOOK_BY_PLACE, under);
    const sheet_column columns[] = {column(TEXT("code"), pick(c->lang, "编码", "code"), false), column(TEXT("name"), pick(c->lang, "名称", "name"), false),
                                    column(TEXT("class"), pick(c->lang, "类别", "class"), false), column(TEXT("place"), pick(c->lang, "所在地", "place"), false),
                                    column(TEXT("owner"), pick(c->lang, "所有者", "owner"), false), column(TEXT("industry"), pick(c->lang, "行业", "industry"), false),
                                    column(TEXT("role"), pick(c->lang, "角色", "role"), false), column(TEXT("sector"), pick(c->lang, "部门", "sector"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "主体", "parties"), (text){0}, columns, 8);
    for (size_t i = 0; i < parties.count; i++) {
        const book_party *p = &parties.items[i];
        if (inside && !inside[i]) continue;
        const rule_party_class *class_ = &r->party_classes[p->class_];
        sheet_row(s, (text[]){p->code, show_party_name(p, c->lang), name_cell(c, class_->id, class_->name), name_or_empty(c, &parties, p->place),
                              name_or_empty(c, &parties, p->owner), p->industry, p->role == RULE_NONE ? (text){0} : name_cell(c, r->roles[p->role].id, r->roles[p->role].name),
                              p->sector == RULE_NONE ? (text){0} : name_cell(c, r->sectors[p->sector].id, r->sectors[p->sector].name)});
    }
    return true;
}

bool op_party_show(ops_call *c, heng_err *err)
{
    int32_t party;
    book_parties parties;
    book_party_history *rows;
    size_t count;
    if (!want_party(c, "PARTY", 0, &party, &parties, err) || !book_party_history_of(c->book, c->a, party, &rows, &count, err)) return false;
    say(c, "%.*s  %.*s", "%.*s  %.*s", TEXT_FMT(parties.items[party].code), TEXT_FMT(show_party_name(&parties.items[party], c->lang)));
    const sheet_column columns[] = {column(TEXT("attribute"), pick(c->lang, "属性", "attribute"), false), column(TEXT("value"), pick(c->lang, "取值", "value"), false),
                                    column(TEXT("from"), pick(c->lang, "生效日", "valid from"), false), column(TEXT("known"), pick(c->lang, "入账时间", "known"), false),
                                    column(TEXT("ended"), pick(c->lang, "被更正于", "superseded"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "沿革", "history"), (text){0}, columns, 5);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){rows[i].attr, rows[i].value, day_format(c->a, rows[i].valid_from), show_instant(c, rows[i].known_us),
                              rows[i].ended_us ? show_instant(c, rows[i].ended_us) : (text){0}});
    return true;
}
