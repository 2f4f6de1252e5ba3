/* What was known when: sums on days and within a day, movements, rules, parties, holdings. Periods shared by months. */
#include "place.h"

static void test_known(place *p)
{
    int32_t january = month_from(2021, 1);
    book_movement m = move(p, p->mill, p->works, "raw_coal", "supply", 100);
    posted first = post_one(p, "k", "1", m, false);
    m.amount = 70;
    posted same_day = post_one(p, "k", "1", m, true);
    place_reopen_at(p, T0 + 2 * DAY);
    m.amount = 50;
    posted later = post_one(p, "k", "1", m, true);
    posted again = post_one(p, "k", "2", m, false);
    int64_t t1 = first.receipt.known_us, t2 = same_day.receipt.known_us, t3 = later.receipt.known_us, t4 = again.receipt.known_us;
    const struct { const char *says; int64_t known_us, want; } CASES[] = {
        {"before the first nothing is known", t1 - 1, 0}, {"at its moment the first is known", t1, 100}, {"just before the correction of the same day", t2 - 1, 100},
        {"at the correction of the same day", t2, 70},    {"at the end of that day", T0 + DAY - 1, 70},  {"two days later, just before the next", t3 - 1, 70},
        {"at the next correction", t3, 50},               {"before the second key", t4 - 1, 50},         {"at the second key", t4, 100},
        {"now", BOOK_KNOWN_NOW, 100},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) check_int(sum_of(p, p->mill, p->works, "raw_coal", january, CASES[i].known_us), CASES[i].want, CASES[i].says);
    book_sums s;
    town_must(book_sums_load(p->b, &p->a, BOOK_KNOWN_NOW, january, 1, &s, &p->err), &p->err, "sums");
    book_movement_row *rows;
    size_t count;
    check_ok(book_movements_of(p->b, &p->a, s.flow_ids[s.flow[0]], january, 1, t2, &rows, &count, &p->err), &p->err, "movements as known");
    check(count == 1 && rows[0].amount == 70, "are those that were live then");
    check_ok(book_movements_of(p->b, &p->a, s.flow_ids[s.flow[0]], january, 1, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "and now");
    check(count == 2 && rows[0].amount == 50 && rows[1].amount == 50, "those that are live now");
    check_text(rows[1].group_key, TEXT("2"), "with their key");
    book_query q = {.party = p->mill, .commodity = BOOK_NONE, .kind = BOOK_NONE, .with_superseded = true};
    check_ok(book_movements_query(p->b, &p->a, &q, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "all of a party");
    check(count == 4 && rows[0].superseded_by == same_day.result.id && rows[0].superseded_us == t2, "with what replaced them");
    q.limit = 1;
    q.after_id = rows[0].id;
    check_ok(book_movements_query(p->b, &p->a, &q, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "a page");
    check(count == 1 && rows[0].amount == 70, "goes on after an id");
}

static void test_sharing(place *p)
{
    book_movement m = move(p, p->mill, p->home, "raw_coal", "supply", 1000);
    m.when = period_year(book_zone(p->b), 2021);
    posted x = post_one(p, "share", "y", m, false);
    check(x.result.status == BOOK_CREATED, "a year's movement");
    int64_t total = 0;
    for (int month = 1; month <= 12; month++) total += sum_of(p, p->mill, p->home, "raw_coal", month_from(2021, month), BOOK_KNOWN_NOW);
    check_int(total, 1000, "its months add up to it");
    check_int(sum_of(p, p->mill, p->home, "raw_coal", month_from(2021, 1), BOOK_KNOWN_NOW), 84, "January has floor(1000*31/365)");
    m.amount = 999;
    check(post_one(p, "share", "y", m, true).result.status == BOOK_SUPERSEDED, "corrected");
    check_int(sum_of(p, p->mill, p->home, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 999, "all months follow");
    m.amount = INT64_MAX;
    check(post_one(p, "share", "big", m, false).result.status == BOOK_CREATED, "the largest amount is taken");
    heng_err err = {0};
    book_group g = {.ext_id = TEXT("big2"), .movements = &m, .count = 1};
    book_batch batch = {.source = TEXT("share"), .group_count = 1, .groups = &g};
    m.when = period_months(book_zone(p->b), month_from(2021, 1), 1);
    check(!book_post(p->b, &p->a, &batch, NULL, NULL, &err), "a sum that does not fit is an error");
    check_verifies(p, "and nothing of it is stored");
}

static void test_rules_known(place *p)
{
    int64_t before = 0;
    book_head head;
    town_must(book_head_of(p->b, &head, &p->err), &p->err, "head");
    before = head.known_us;
    const char *folders[] = {TEST_PACK, TEST_CITY};
    const rule_set *r, *then;
    heng_err item = {0};
    rule_faults faults = {&item, 0, 1, 0};
    town_must(rule_load_folders(&p->a, folders, 2, &r, &faults, &p->err), faults.count ? &item : &p->err, "city pack");
    book_batch load = {.source = TEXT("pack"), .rules = r};
    book_receipt receipt;
    check_ok(book_post(p->b, &p->a, &load, NULL, &receipt, &p->err), &p->err, "a city's pack is laid over");
    check(receipt.rules_added > 0, "its rows are added");
    check_ok(book_post(p->b, &p->a, &load, NULL, &receipt, &p->err), &p->err, "again");
    check(receipt.rules_added == 0 && receipt.rules_ended == 0 && receipt.link == 0, "changes nothing");
    town_must(book_rules(p->b, &p->r, &p->err), &p->err, "rules");
    check(rule_commodity_find(p->r, TEXT("biogas")) != RULE_NONE, "the new commodity is known now");
    check_ok(book_rules_at(p->b, &p->a, before, &then, &p->err), &p->err, "the rules as known before");
    check(rule_commodity_find(then, TEXT("biogas")) == RULE_NONE, "do not know it");
    const char *broken[] = {TEST_BROKEN};
    town_must(rule_load_folders(&p->a, broken, 1, &r, &faults, &p->err), faults.count ? &item : &p->err, "other scale");
    load.rules = r;
    check_fails(book_post(p->b, &p->a, &load, NULL, &receipt, &p->err), &p->err, "book.rule_in_use", "a scale in use never changes");
    check_verifies(p, "the book verifies");
}

static void test_parties_known(place *p)
{
    book_parties parties;
    book_head head;
    town_must(book_head_of(p->b, &head, &p->err), &p->err, "head");
    place_fact(p, "mill", "place", "town", day_from(2021, 7, 1));
    place_fact(p, "mill", "place", "works", day_from(2020, 1, 1));
    const struct { const char *says; int32_t day; int64_t known_us; int32_t want; } CASES[] = {
        {"before the first fact it lies nowhere", day_from(2019, 1, 1), BOOK_KNOWN_NOW, BOOK_NONE},
        {"the corrected place holds from the same day", day_from(2020, 6, 1), BOOK_KNOWN_NOW, p->works},
        {"a later fact holds from its day", day_from(2021, 7, 1), BOOK_KNOWN_NOW, p->town},
        {"as known before, the old place", day_from(2021, 7, 1), head.known_us, p->park},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        town_must(book_parties_at(p->b, &p->a, CASES[i].day, CASES[i].known_us, &parties, &p->err), &p->err, "parties");
        check_int(parties.items[p->mill].place, CASES[i].want, CASES[i].says);
    }
    book_party_history *h;
    size_t count, ended = 0;
    check_ok(book_party_history_of(p->b, &p->a, p->mill, &h, &count, &p->err), &p->err, "the history of a party");
    for (size_t i = 0; i < count; i++) ended += h[i].ended_us > 0;
    check(count == 4 && ended == 1, "has every fact and when it ended");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    test_known(&p);
    test_sharing(&p);
    test_rules_known(&p);
    test_parties_known(&p);
    check_verifies(&p, "the book verifies");
    place_remove(&p);
    return check_done();
}
