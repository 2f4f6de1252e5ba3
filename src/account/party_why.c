/* Why of a party: each dated fact that was ever said about it, the delivery that brought it and the row of the file. */
#include "inside.h"

static const struct { const char *attr, *zh, *en; } ATTRIBUTES[] = {
    {"name_zh", "中文名称", "Chinese name"}, {"name_en", "英文名称", "English name"}, {"short_name", "简称", "short names"},
    {"place", "所在地", "place"},           {"owner", "所有者", "owner"},             {"industry", "行业", "industry"},
    {"region_code", "行政区划代码", "region code"}, {"role", "角色", "role"}};

static rule_name attribute_name(text attr)
{
    for (size_t i = 0; i < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; i++)
        if (text_is(attr, ATTRIBUTES[i].attr)) return name_of(ATTRIBUTES[i].zh, ATTRIBUTES[i].en);
    return (rule_name){attr, attr};
}

/* What a code stands for, behind it; empty where the value is no code. */
static rule_name meaning_of(account *x, const book_party_history *h)
{
    const rule_row *const *rows;
    if (text_is(h->attr, "place") || text_is(h->attr, "owner")) {
        int32_t party = book_party_find(x->b, h->value);
        const book_party *p = party == BOOK_NONE ? NULL : &account_parties(x)->items[party];
        return p ? (rule_name){party_name(p, HENG_ZH), party_name(p, HENG_EN)} : (rule_name){{0}, {0}};
    }
    if (!text_is(h->attr, "industry")) return (rule_name){{0}, {0}};
    size_t count = rule_rows(x->r, "industries", &rows);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rule_cell(rows[i], "code"), h->value)) return (rule_name){rule_cell(rows[i], "name_zh"), rule_cell(rows[i], "name_en")};
    return (rule_name){{0}, {0}};
}

static text fact_label(account *x, arena *a, const book_party_history *h, heng_lang lang)
{
    rule_name name = attribute_name(h->attr), means = meaning_of(x, h);
    text word = lang == HENG_ZH ? name.zh : name.en, meaning = lang == HENG_EN && means.en.len ? means.en : means.zh;
    text_buf b = {.a = a};
    buf_printf(&b, lang == HENG_ZH ? "%.*s：%.*s" : "%.*s: %.*s", TEXT_FMT(word), TEXT_FMT(h->value));
    if (meaning.len) buf_printf(&b, lang == HENG_ZH ? "（%.*s）" : " (%.*s)", TEXT_FMT(meaning));
    buf_printf(&b, lang == HENG_ZH ? "，自 %.*s 起" : ", from %.*s", TEXT_FMT(day_format(a, h->valid_from)));
    if (h->ended_us && h->ended_us <= x->known_us) buf_printf(&b, lang == HENG_ZH ? "，已被更正（%.*s）" : ", superseded %.*s", TEXT_FMT(instant_format(a, x->zone, h->ended_us)));
    return buf_text(&b);
}

bool party_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err)
{
    book_party_history *facts;
    size_t count;
    if (address->part_count != 1) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(a, addr_format(a, address)), "<party>", NULL);
    int32_t party = book_party_find(x->b, address->parts[0]);
    if (party == BOOK_NONE) return err_fill_n(err, &MSG_PARTY_UNKNOWN, address->parts[0].ptr, address->parts[0].len, NULL);
    if (!book_party_history_of(x->b, a, party, &facts, &count, err)) return false;
    const book_party *p = &account_parties(x)->items[party];
    why_node *root = why_new(a, WHY_ROW, party_name(p, HENG_ZH), party_name(p, HENG_EN), NULL, (text){0});
    root->detail = printed(a, "%.*s, %.*s", TEXT_FMT(p->code), TEXT_FMT(x->r->party_classes[p->class_].id));
    root->address = addr_format(a, address);
    for (size_t i = 0; i < count; i++) {
        const book_party_history *h = &facts[i];
        if (h->known_us > x->known_us) continue; /* as known then it had not been said */
        why_node *n = why_add(root, why_new(a, WHY_ROW, fact_label(x, a, h, HENG_ZH), fact_label(x, a, h, HENG_EN), NULL, (text){0}));
        n->detail = printed(a, "[%.*s]", TEXT_FMT(instant_format(a, x->zone, h->known_us)));
        why_file_row(rows, n, h->delivery, h->row);
    }
    return *ret = root, true;
}
