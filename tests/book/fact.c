/* Parties and their trees, observations, closings, bounds, editions. */
#include "place.h"

static void test_parties(place *p)
{
    static const struct { const char *says, *code, *id; } CODES[] = {
        {"a code with a blank is refused", "a b", "book.code_bad"},
        {"an empty code is refused", "", "book.field_missing"},
        {"a credit code with a wrong check digit is refused", "91350100M000100Y44", "rule.uscc_check"},
    };
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        book_party_new n = {text_of(CODES[i].code), rule_party_class_find(p->r, TEXT("enterprise")), 4};
        book_batch batch = {.source = TEXT("t"), .party_count = 1, .parties = &n};
        book_result result;
        check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "judged");
        check_fails(result.status != BOOK_REFUSED, result.why, CODES[i].id, CODES[i].says);
        check(result.status == BOOK_REFUSED && result.why->row == 4, "with its row");
    }
    book_party_new n[2] = {{TEXT("91350100M000100Y43"), rule_party_class_find(p->r, TEXT("enterprise")), 0}, {TEXT("mill"), rule_party_class_find(p->r, TEXT("household")), 0}};
    book_batch batch = {.source = TEXT("t"), .party_count = 2, .parties = n};
    book_result results[2];
    check_ok(book_post(p->b, &p->a, &batch, results, NULL, &p->err), &p->err, "parties");
    check(results[0].status == BOOK_CREATED, "a right credit code is taken");
    check_fails(results[1].status != BOOK_REFUSED, results[1].why, "book.party_class_differs", "a party keeps its class");
    n[1].class_ = rule_party_class_find(p->r, TEXT("enterprise"));
    check_ok(book_post(p->b, &p->a, &batch, results, NULL, &p->err), &p->err, "again");
    check(results[0].status == BOOK_EXISTS && results[1].status == BOOK_EXISTS && results[1].id == p->mill, "exist");
    batch.all_or_none = true;
    n[0].code = TEXT("ghost");
    n[1].code = TEXT("no good");
    check_ok(book_post(p->b, &p->a, &batch, results, NULL, &p->err), &p->err, "all or none");
    check(results[0].status == BOOK_NOT_TRIED && book_party_find(p->b, TEXT("ghost")) == BOOK_NONE, "leaves no party behind");
}

static void test_facts(place *p)
{
    int32_t day = day_from(2021, 1, 1);
    check(place_fact(p, "mill", "name_zh", "东方钢铁厂", day_from(2020, 1, 1)) == BOOK_EXISTS, "the same fact exists");
    check(place_fact(p, "mill", "name_zh", "东方特钢", day_from(2020, 1, 1)) == BOOK_SUPERSEDED, "another value for the day supersedes");
    static const struct { const char *says, *code, *attr, *value, *id; } CASES[] = {
        {"an unknown attribute is refused", "mill", "colour", "red", "book.attr_unknown"},
        {"an unknown party is refused", "nobody", "note", "x", "book.party_unknown"},
        {"an unknown place is refused", "mill", "place", "nowhere", "book.party_unknown"},
        {"an unknown role is refused", "mill", "role", "wizard", "book.role_unknown"},
        {"a party does not lie in itself", "town", "place", "town", "book.tree_cycle"},
        {"nor in what lies in it", "town", "place", "mill", "book.tree_cycle"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_fails(place_fact(p, CASES[i].code, CASES[i].attr, CASES[i].value, day) != BOOK_REFUSED, &p->err, CASES[i].id, CASES[i].says);
    check(place_fact(p, "park", "place", "", day_from(2022, 1, 1)) == BOOK_CREATED, "a park leaves the town");
    check(place_fact(p, "town", "place", "mill", day_from(2022, 1, 1)) == BOOK_CREATED, "then the town may lie in the mill");
    check_fails(place_fact(p, "park", "place", "town", day_from(2023, 1, 1)) != BOOK_REFUSED, &p->err, "book.tree_cycle", "a cycle that begins later is refused too");
    check(place_fact(p, "town", "owner", "mill", day) == BOOK_CREATED, "owners are a tree of their own");
    book_parties parties;
    town_must(book_parties_at(p->b, &p->a, day, BOOK_KNOWN_NOW, &parties, &p->err), &p->err, "parties");
    const bool *inside = book_subtree(&p->a, &parties, BOOK_BY_PLACE, p->town);
    check(inside[p->town] && inside[p->park] && inside[p->mill] && !inside[p->works], "the subtree of the town");
}

static void test_finding(place *p)
{
    book_parties parties;
    int32_t found = BOOK_NONE;
    place_fact(p, "works", "short_name", "西热;西站", day_from(2020, 1, 1));
    place_fact(p, "home", "name_zh", "西站小区", day_from(2020, 1, 1));
    place_fact(p, "works", "ext_id:grid", "G-77", day_from(2020, 1, 1));
    town_must(book_parties_at(p->b, &p->a, day_from(2021, 1, 1), BOOK_KNOWN_NOW, &parties, &p->err), &p->err, "parties");
    static const struct { const char *says, *name, *code; } CASES[] = {
        {"by code", "mill", "mill"}, {"by ext id", "G-77", "works"}, {"by name", "东方特钢", "mill"}, {"by a short name", "西站", "works"}, {"by a part of the name", "特钢", "mill"}, {"by initials", "dftg", "mill"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        check_ok(book_party_want(p->b, &parties, text_of(CASES[i].name), &found, &p->err), &p->err, CASES[i].says);
        check(found == book_party_find(p->b, text_of(CASES[i].code)), CASES[i].says);
    }
    check_fails(book_party_want(p->b, &parties, TEXT("西"), &found, &p->err), &p->err, "book.party_ambiguous", "a part of two names is ambiguous");
    check_fails(book_party_want(p->b, &parties, TEXT("东方特刚"), &found, &p->err), &p->err, "book.party_unknown", "an unknown name");
    check(strstr(p->err.wanted, "东方特钢") != NULL, "gets the nearest");
}

static book_status observe(place *p, const char *vintage, int64_t count, int scale, const char *unit, bool supersede, book_result *result)
{
    book_observation o = {.party = p->town, .statistic = rule_statistic_find(p->r, TEXT("gdp")), .item = TEXT(""), .when = period_year(book_zone(p->b), 2020), .vintage = text_of(vintage), .count = count,
                          .scale = scale, .unit = rule_unit_find(p->r, text_of(unit)), .row = 3, .source_note = TEXT("yearbook")};
    book_batch batch = {.source = TEXT("yearbook"), .observation_count = 1, .observations = &o, .supersede = supersede};
    town_must(book_post(p->b, &p->a, &batch, result, NULL, &p->err), &p->err, "observe");
    if (result->status == BOOK_REFUSED) p->err = *result->why;
    return result->status;
}

static void test_observations(place *p)
{
    book_result r;
    book_head head;
    check(observe(p, "first", 1250, 1, "yuan", false, &r) == BOOK_CREATED, "an observation");
    town_must(book_head_of(p->b, &head, &p->err), &p->err, "head");
    check(observe(p, "first", 125, 0, "yuan", false, &r) == BOOK_EXISTS, "the same value with fewer decimals exists");
    check_fails(observe(p, "first", 126, 0, "yuan", false, &r) != BOOK_REFUSED, &p->err, "book.key_conflict", "another value is refused");
    check(observe(p, "first", 126, 0, "yuan", true, &r) == BOOK_SUPERSEDED, "or supersedes");
    check(observe(p, "final", 130, 0, "yuan", false, &r) == BOOK_CREATED, "another vintage stands beside it");
    check_fails(observe(p, "x", 130, 0, "t", false, &r) != BOOK_REFUSED, &p->err, "book.statistic_unit", "a unit of another dimension is refused");
    check_fails(observe(p, "x", 130, 19, "yuan", false, &r) != BOOK_REFUSED, &p->err, "book.scale_bad", "too many decimals are refused");
    book_observation_row *rows;
    size_t count;
    check_ok(book_observations(p->b, &p->a, p->town, RULE_NONE, (text){0}, NULL, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "observations now");
    check(count == 2 && rows[0].count == 130 && rows[1].count == 126 && rows[1].row == 3, "both vintages, the corrected value");
    check_ok(book_observations(p->b, &p->a, p->town, RULE_NONE, (text){0}, NULL, head.known_us, &rows, &count, &p->err), &p->err, "observations as known before");
    check(count == 1 && rows[0].count == 1250 && rows[0].superseded_us > 0, "the first value");
    book_batch undo = {.source = TEXT("x"), .undo_delivery = rows[0].delivery};
    book_receipt receipt;
    check_ok(book_post(p->b, &p->a, &undo, NULL, &receipt, &p->err), &p->err, "undo of the first");
    check_int(receipt.undone, 0, "finds it replaced already");
}

static void test_closing(place *p)
{
    book_closing c = {.party = p->park, .when = period_months(book_zone(p->b), month_from(2020, 12), 1)};
    book_batch batch = {.source = TEXT("clerk"), .closing_count = 1, .closings = &c};
    book_result result;
    book_receipt receipt;
    c.reopen = true;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "opening");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.reopen_needs_reason", "needs a reason");
    c.reason = TEXT("late invoice");
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "opening");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.not_closed", "what is not closed is refused");
    c.reopen = false;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "closing");
    check(result.status == BOOK_CREATED, "a period is closed");
    check_ok(book_post(p->b, &p->a, &batch, &result, &receipt, &p->err), &p->err, "again");
    check(result.status == BOOK_EXISTS && receipt.link == 0, "exists");
    book_movement m = move(p, p->mill, p->works, "raw_coal", "supply", 4);
    posted open = post_one(p, "late", "1", m, false);
    check(!open.result.is_restatement, "another month is no restatement");
    m.when = c.when;
    posted late = post_one(p, "late", "2", m, false);
    check(late.result.status == BOOK_CREATED && late.result.is_restatement && late.receipt.restated == 1, "a late movement of the subtree is taken and marked");
    m.giver = p->works, m.taker = p->home;
    check(!post_one(p, "late", "3", m, false).result.is_restatement, "others are free");
    c.reopen = true;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "opened again");
    m.giver = p->mill;
    check(!post_one(p, "late", "4", m, false).result.is_restatement, "then it is free");
    book_closing_row *rows;
    size_t count;
    check_ok(book_closings(p->b, &p->a, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "closings");
    check(count == 1 && rows[0].closed_us > 0 && rows[0].reopened_us > rows[0].closed_us && text_is(rows[0].reason, "late invoice"), "with both times and the reason");
}

static void test_bounds_editions(place *p)
{
    book_bound x = {.key = TEXT("cap"), .indicator = TEXT("coal_use"), .party = p->town, .compare = BOOK_AT_MOST, .value = TEXT("12.5"), .unit = TEXT("t"), .when = period_year(book_zone(p->b), 2025), .base = TEXT(""),
                    .source = TEXT("plan")};
    book_batch batch = {.source = TEXT("plan"), .bound_count = 1, .bounds = &x};
    book_result result;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a bound");
    check(result.status == BOOK_CREATED, "is created");
    x.value = TEXT("11");
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "again with another value");
    check(result.status == BOOK_SUPERSEDED, "supersedes");
    book_bound_row *rows;
    size_t count;
    check_ok(book_bounds(p->b, &p->a, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "bounds");
    check(count == 1 && text_is(rows[0].bound.value, "11"), "the newest counts");
    x.value = TEXT("eleven");
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a bound in words");
    check_fails(result.status != BOOK_REFUSED, result.why, "base.number_bad", "is refused");
    x.value = TEXT("1"), x.indicator = TEXT("joy");
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a bound on joy");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.indicator_unknown", "is refused");
    book_edition e = {TEXT("2020-final"), TEXT("energy"), TEXT("final"), TEXT("heng:energy/town/2020"), TEXT(""), TEXT("{\"a\":1}")};
    book_batch issue = {.source = TEXT("office"), .edition_count = 1, .editions = &e};
    check_ok(book_post(p->b, &p->a, &issue, &result, NULL, &p->err), &p->err, "an edition");
    check_ok(book_post(p->b, &p->a, &issue, &result, NULL, &p->err), &p->err, "again");
    check(result.status == BOOK_EXISTS, "exists");
    e.body = TEXT("{\"a\":2}");
    check_ok(book_post(p->b, &p->a, &issue, &result, NULL, &p->err), &p->err, "changed");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.name_taken", "an edition never changes");
    book_edition_row *editions;
    check_ok(book_editions(p->b, &p->a, TEXT("2020-final"), &editions, &count, &p->err), &p->err, "editions");
    check(count == 1 && text_is(editions[0].body, "{\"a\":1}"), "with the body as issued");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    test_parties(&p);
    test_observations(&p);
    test_closing(&p);
    test_bounds_editions(&p);
    test_facts(&p);
    test_finding(&p);
    check_verifies(&p, "the book verifies");
    place_reopen_at(&p, T0 + DAY);
    check_verifies(&p, "and after it was opened again");
    place_remove(&p);
    return check_done();
}
