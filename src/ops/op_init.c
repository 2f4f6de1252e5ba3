/* heng init: a new book with the national pack, the packs named, and the parties that they bring along. */
#include <stdlib.h>
#include <unistd.h>
#include "ops_internal.h"

static const char *const PARTY_ATTRS[] = {"name_zh", "name_en", "short_names", "place", "owner", "industry", "region_code", "role"};
enum { PARTY_ATTR_COUNT = sizeof PARTY_ATTRS / sizeof PARTY_ATTRS[0] };
static const int32_t ALWAYS_DAY = -7397; /* 1949-10-01: parties of a pack without a date of their own */

static bool load_rules(ops_call *c, book *b, const char *const *folders, size_t count, const rule_set **ret, book_receipt *receipt, heng_err *err)
{
    heng_err items[1];
    rule_faults faults = {.items = items, .max = 1};
    if (!rule_load_folders(c->a, folders, count, ret, &faults, err)) {
        if (faults.count) *err = items[0];
        return false;
    }
    book_batch batch = {.source = TEXT("rules"), .rules = *ret, .all_or_none = true};
    return book_post(b, c->a, &batch, NULL, receipt, err);
}

/* Parties first, so that facts may name one another in any order. */
static bool post_pack_parties(ops_call *c, book *b, const rule_set *r, long long *ret_new, heng_err *err)
{
    const rule_row *const *rows;
    size_t count = rule_rows(r, "parties", &rows), fact_count = 0;
    book_party_new *parties = NEW_ARRAY(c->a, count + 1, book_party_new);
    book_party_fact *facts = NEW_ARRAY(c->a, count * PARTY_ATTR_COUNT + 1, book_party_fact);
    for (size_t i = 0; i < count; i++) {
        text code = rule_cell(rows[i], "code");
        parties[i] = (book_party_new){.code = code, .class_ = rule_party_class_find(r, rule_cell(rows[i], "class")), .row = rows[i]->line};
        int32_t from = rows[i]->valid_from == INT32_MIN ? ALWAYS_DAY : rows[i]->valid_from;
        for (size_t k = 0; k < PARTY_ATTR_COUNT; k++) {
            text value = rule_cell(rows[i], PARTY_ATTRS[k]);
            if (!value.len) continue;
            const char *attr = strcmp(PARTY_ATTRS[k], "short_names") == 0 ? "short_name" : PARTY_ATTRS[k];
            facts[fact_count++] = (book_party_fact){.party_code = code, .attr = text_of(attr), .value = value, .valid_from = from, .row = rows[i]->line};
        }
    }
    book_batch batch = {.source = TEXT("rules"), .party_count = count, .parties = parties, .party_fact_count = fact_count,
                        .party_facts = facts, .supersede = true};
    book_result *results = NEW_ARRAY(c->a, count + fact_count + 1, book_result);
    book_receipt receipt;
    if (!book_post(b, c->a, &batch, results, &receipt, err)) return false;
    *ret_new = 0; /* parties, not their facts */
    for (size_t i = 0; i < count + fact_count; i++) {
        *ret_new += i < count && results[i].status == BOOK_CREATED;
        if (results[i].status != BOOK_REFUSED) continue;
        *err = *results[i].why;
        return false;
    }
    return true;
}

bool init_book(ops_call *c, book *b, const char *const *packs, size_t pack_count, heng_err *err)
{
    const char **folders = NEW_ARRAY(c->a, pack_count + 1, const char *);
    folders[0] = arena_printf(c->a, "%s/cn", c->rulebook);
    for (size_t i = 0; i < pack_count; i++) folders[i + 1] = packs[i];
    const rule_set *r;
    book_receipt rules;
    long long parties;
    if (!load_rules(c, b, folders, pack_count + 1, &r, &rules, err) || !book_rules(b, &r, err)) return false; /* the book's own: indexes are its */
    if (!post_pack_parties(c, b, r, &parties, err)) return false;
    say(c, "规则包 %.*s：%lld 行；自带主体 %lld 个", "packs %.*s: %lld rows; parties brought along: %lld", TEXT_FMT(r->packs), (long long)rules.rules_added,
        parties);
    show_record(c, "rules", (shown_field[]){{"packs", "规则包", "packs", r->packs, false}, {"rows_added", "新增行", "rows added", number_text(c->a, rules.rules_added), true},
                                            {"rows_ended", "终止行", "rows ended", number_text(c->a, rules.rules_ended), true},
                                            {"parties_added", "自带主体", "parties brought along", number_text(c->a, parties), true}}, 4);
    return true;
}

static size_t given_packs(ops_call *c, const char *arg, const char ***ret)
{
    const char **packs = NEW_ARRAY(c->a, c->given_count + 1, const char *);
    size_t count = 0;
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, arg) == 0) packs[count++] = text_str(c->a, c->given[i].value);
    *ret = packs;
    return count;
}

bool op_init(ops_call *c, heng_err *err)
{
    if (access(c->book_path, F_OK) == 0) return err_fill(err, &MSG_OPS_PATH_TAKEN, c->book_path, NULL, NULL);
    const char **packs;
    size_t pack_count = given_packs(c, "--pack", &packs);
    text zone = ops_get(c, "--zone"), hash_name = ops_get(c, "--hash");
    book_options options = {.zone = zone.len ? text_str(c->a, zone) : NULL};
    if (hash_name.len) hash_kind_find(hash_name, &options.hash);
    book *b = NULL;
    if (!book_create(c->book_path, &options, &b, err)) return false;
    bool ok = init_book(c, b, packs, pack_count, err);
    book_close(b);
    if (!ok) { /* a database without rules would only be in the way of the next try */
        unlink(c->book_path);
        return false;
    }
    say(c, "已建立数据库 %s", "made the database %s", c->book_path);
    show_record(c, "init", (shown_field[]){{"database", "数据库", "database", text_of(c->book_path), false}}, 1);
    return true;
}

bool op_rule_load(ops_call *c, heng_err *err)
{
    const char **packs;
    size_t pack_count = given_packs(c, "DIR", &packs);
    return init_book(c, c->book, packs, pack_count, err);
}
