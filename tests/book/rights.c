/* Balances of rights and money, holds, stocks. */
#include "place.h"

static int64_t posted_of(place *p, int32_t party, const char *commodity, int64_t known_us, bool held)
{
    book_holding *h;
    size_t count;
    int32_t c = rule_commodity_find(p->r, text_of(commodity));
    town_must(book_holdings(p->b, &p->a, party, known_us, &h, &count, &p->err), &p->err, "holdings");
    for (size_t i = 0; i < count; i++)
        if (h[i].party == party && h[i].commodity == c) return held ? h[i].held : h[i].posted;
    return 0;
}

static book_status give(place *p, const char *key, int32_t from, int32_t to, int64_t amount, const char *hold)
{
    book_movement m = move(p, from, to, "allowance", "right", amount);
    book_group g = {.ext_id = text_of(key), .movements = &m, .count = 1, .hold = text_of(hold)};
    book_batch batch = {.source = TEXT("registry"), .group_count = 1, .groups = &g};
    book_result result = {0};
    town_must(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "post");
    if (result.status == BOOK_REFUSED) p->err = *result.why;
    return result.status;
}

static book_status hold(place *p, const char *key, book_hold_action action, int32_t party, int64_t amount, int64_t expires_us)
{
    int32_t c = rule_commodity_find(p->r, TEXT("allowance"));
    book_hold h = {text_of(key), action, party, c, p->r->commodities[c].units[0], amount, expires_us};
    book_batch batch = {.source = TEXT("registry"), .hold_count = 1, .holds = &h};
    book_result result = {0};
    town_must(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "hold");
    if (result.status == BOOK_REFUSED) p->err = *result.why;
    return result.status;
}

static void test_balances(place *p)
{
    check(give(p, "1", p->gov, p->mill, 100, "") == BOOK_CREATED, "an issuer may hold less than nothing");
    check(give(p, "2", p->mill, p->works, 60, "") == BOOK_CREATED, "who holds enough may give");
    check_fails(give(p, "3", p->mill, p->works, 41, "") != BOOK_REFUSED, &p->err, "book.balance_below_zero", "who does not may not");
    check(give(p, "3", p->mill, p->works, 40, "") == BOOK_CREATED, "down to nothing is fine");
    check(posted_of(p, p->gov, "allowance", BOOK_KNOWN_NOW, false) == -100 && posted_of(p, p->works, "allowance", BOOK_KNOWN_NOW, false) == 100, "balances follow");
    book_movement m = move(p, p->gov, p->mill, "allowance", "right", 50);
    posted x = post_one(p, "registry", "1", m, true);
    check_fails(x.result.status != BOOK_REFUSED, &p->err, "book.balance_below_zero", "a correction may not take what was given away");
    book_movement *rows = NEW_ARRAY(&p->a, 3, book_movement);
    rows[0] = move(p, p->works, p->home, "allowance", "right", 30);
    rows[1] = move(p, p->home, p->mill, "allowance", "right", 30);
    rows[2] = move(p, p->home, p->mill, "allowance", "right", 1);
    book_group g[3] = {{.ext_id = TEXT("a"), .movements = &rows[0], .count = 1}, {.ext_id = TEXT("b"), .movements = &rows[1], .count = 1}, {.ext_id = TEXT("c"), .movements = &rows[2], .count = 1}};
    book_batch batch = {.source = TEXT("registry"), .group_count = 3, .groups = g};
    book_result results[3];
    book_receipt receipt;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "within a batch");
    check(results[1].status == BOOK_CREATED && results[2].status == BOOK_REFUSED, "balances are judged in order");
    int64_t known = receipt.known_us;
    check(give(p, "9", p->mill, p->works, 30, "") == BOOK_CREATED, "back again");
    check_int(posted_of(p, p->mill, "allowance", known, false), 30, "a holding as known before");
    book_batch undo = {.source = TEXT("registry"), .undo_delivery = receipt.delivery};
    check_fails(book_post(p->b, &p->a, &undo, NULL, NULL, &p->err), &p->err, "book.balance_below_zero", "an undo may not take what was given away");
    check_verifies(p, "a refused undo leaves nothing behind");
}

static void test_holds(place *p)
{
    int64_t has = posted_of(p, p->works, "allowance", BOOK_KNOWN_NOW, false);
    check_fails(hold(p, "h0", BOOK_RESERVE, p->works, has + 1, 0) != BOOK_REFUSED, &p->err, "book.balance_below_zero", "no more is reserved than is there");
    check(hold(p, "h1", BOOK_RESERVE, p->works, has, 0) == BOOK_CREATED, "all of it may be");
    check(hold(p, "h1", BOOK_RESERVE, p->works, has, 0) == BOOK_EXISTS, "the same again exists");
    check_fails(hold(p, "h1", BOOK_RESERVE, p->works, 1, 0) != BOOK_REFUSED, &p->err, "book.name_taken", "another under that key is refused");
    check_fails(give(p, "h-a", p->works, p->home, 1, "") != BOOK_REFUSED, &p->err, "book.balance_below_zero", "what is held cannot be given");
    check(give(p, "h-b", p->works, p->home, 10, "h1") == BOOK_CREATED, "but by the hold, in part");
    check_fails(give(p, "h-c", p->works, p->home, has, "h1") != BOOK_REFUSED, &p->err, "book.hold_exceeded", "not more than is open");
    check_fails(give(p, "h-d", p->gov, p->home, 1, "h1") != BOOK_REFUSED, &p->err, "book.hold_not_matched", "not by another party");
    check_fails(give(p, "h-e", p->works, p->home, 1, "none") != BOOK_REFUSED, &p->err, "book.hold_unknown", "not by a hold that is not there");
    check_fails(hold(p, "h1", BOOK_EXPIRE, p->works, 0, 0) != BOOK_REFUSED, &p->err, "book.hold_not_expired", "a hold without end does not expire");
    check(hold(p, "h1", BOOK_VOID, p->works, 0, 0) == BOOK_CREATED, "it is voided");
    check(hold(p, "h1", BOOK_VOID, p->works, 0, 0) == BOOK_EXISTS, "once");
    check_int(posted_of(p, p->works, "allowance", BOOK_KNOWN_NOW, true), 0, "nothing is held any more");
    check(hold(p, "h2", BOOK_RESERVE, p->works, 5, T0 + 1) == BOOK_CREATED, "a hold with an end");
    book_head then;
    check_ok(book_head_of(p->b, &then, &p->err), &p->err, "the moment before it ends");
    check_fails(give(p, "h-f", p->works, p->home, 1, "h2") != BOOK_REFUSED, &p->err, "book.hold_expired", "is not posted after it");
    check(hold(p, "h2", BOOK_EXPIRE, p->works, 0, 0) == BOOK_CREATED, "and expires");
    int32_t coal = rule_commodity_find(p->r, TEXT("raw_coal"));
    book_hold h = {TEXT("h3"), BOOK_RESERVE, p->mill, coal, p->r->commodities[coal].units[0], 5, 0};
    book_batch batch = {.source = TEXT("registry"), .hold_count = 1, .holds = &h};
    book_result result;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "coal");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.hold_not_a_holding", "cannot be held");
    book_hold_row *rows;
    size_t count;
    check_ok(book_holds(p->b, &p->a, p->works, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "holds of a party");
    check(count == 2 && text_is(rows[0].state, "void") && rows[0].posted == 10 && text_is(rows[1].state, "expired"), "with what became of them");
    check_ok(book_holds(p->b, &p->a, p->works, then.known_us, &rows, &count, &p->err), &p->err, "holds as known then");
    check(count == 2 && text_is(rows[0].state, "void") && text_is(rows[1].state, "open") && rows[1].open == 5, "the one that ended later is open");
}

static void test_stock(place *p)
{
    posted in = post_one(p, "yard", "in", move(p, p->mill, p->store, "raw_coal", "store_in", 10), false);
    check(in.result.status == BOOK_CREATED && !in.result.goes_below_zero, "into stock");
    posted out = post_one(p, "yard", "out", move(p, p->store, p->mill, "raw_coal", "store_out", 11), false);
    check(out.result.status == BOOK_CREATED && out.result.goes_below_zero, "more out of stock than was there warns");
    check_int(posted_of(p, p->store, "raw_coal", BOOK_KNOWN_NOW, false), -1, "and is kept");
    check_int(posted_of(p, p->mill, "raw_coal", BOOK_KNOWN_NOW, false), 0, "nothing piles up at a mill");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    test_balances(&p);
    test_holds(&p);
    test_stock(&p);
    check_verifies(&p, "the book verifies");
    place_remove(&p);
    return check_done();
}
