/* Posting groups: what is refused, what exists, what is superseded, what is undone. */
#include "place.h"

typedef struct movement_case { const char *says; void (*spoil)(const place *, book_movement *); const char *id; } movement_case;

static void negative(const place *p, book_movement *m) { (void)p; m->amount = -1; }
static void backwards(const place *p, book_movement *m) { (void)p; m->when.end_us = m->when.start_us - 1; }
static void too_early(const place *p, book_movement *m) { (void)p; m->when.start_us = INT64_MIN; }
static void no_giver(const place *p, book_movement *m) { (void)p; m->giver = 99; }
static void no_commodity(const place *p, book_movement *m) { (void)p; m->commodity = -1; }
static void no_kind(const place *p, book_movement *m) { (void)p; m->kind = 1000; }
static void no_basis(const place *p, book_movement *m) { (void)p; m->basis = (book_basis)7; }
static void wrong_giver(const place *p, book_movement *m) { m->giver = p->air; }
static void wrong_taker(const place *p, book_movement *m) { m->taker = p->air; }
static void wrong_commodity(const place *p, book_movement *m) { m->commodity = rule_commodity_find(p->r, TEXT("slag")); }
static void wrong_unit(const place *p, book_movement *m) { m->unit = rule_unit_find(p->r, TEXT("kWh")); }
static void to_itself(const place *p, book_movement *m) { (void)p; m->taker = m->giver; }

static const movement_case CASES[] = {
    {"a negative amount is refused", negative, "book.amount_negative"},
    {"a period that ends before it starts is refused", backwards, "book.period_backwards"},
    {"a period before 1900 is refused", too_early, "book.period_range"},
    {"a giver that does not exist is refused", no_giver, "book.index_bad"},
    {"a commodity that does not exist is refused", no_commodity, "book.index_bad"},
    {"a kind that does not exist is refused", no_kind, "book.index_bad"},
    {"a basis that does not exist is refused", no_basis, "book.index_bad"},
    {"a giver whose class does not fit is refused", wrong_giver, "book.kind_does_not_fit_giver"},
    {"a taker whose class does not fit is refused", wrong_taker, "book.kind_does_not_fit_taker"},
    {"a commodity whose class does not fit is refused", wrong_commodity, "book.kind_does_not_fit_commodity"},
    {"a unit that the commodity does not list is refused", wrong_unit, "book.unit_not_listed"},
    {"supply to oneself is refused", to_itself, "book.same_party"},
};

static void test_refusals(place *p)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        book_movement m = move(p, p->mill, p->works, "raw_coal", "supply", 5);
        CASES[i].spoil(p, &m);
        posted x = post_one(p, "refusals", "", m, false);
        check(x.ok && x.receipt.refused == 1, CASES[i].says);
        check_fails(x.result.status != BOOK_REFUSED, &p->err, CASES[i].id, CASES[i].says);
    }
    posted x = post_one(p, "refusals", "", move(p, p->mill, p->mill, "raw_coal", "use", 5), false);
    check(x.result.status == BOOK_CREATED, "final use by oneself is taken");
    book_group empty = {.movements = NULL, .count = 0};
    book_batch batch = {.source = TEXT("refusals"), .group_count = 1, .groups = &empty};
    book_result result;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a group of nothing is judged");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.group_size", "and refused");
    batch.source = TEXT("");
    check_fails(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "book.field_missing", "a batch without a source is an error");
}

static void test_identity(place *p)
{
    book_movement m = move(p, p->works, p->home, "electricity", "supply", 1000);
    posted first = post_one(p, "id", "A1", m, false), again = post_one(p, "id", "A1", m, false);
    check(first.result.status == BOOK_CREATED && first.receipt.link > 0, "a new key is created");
    check(again.result.status == BOOK_EXISTS && again.receipt.link == 0, "the same key and content exists, no link is made");
    check_int(again.result.id, first.result.id, "and gives the same group");
    m.amount = 1001;
    posted other = post_one(p, "id", "A1", m, false);
    check_fails(other.result.status != BOOK_REFUSED, &p->err, "book.key_conflict", "the same key with another content is refused");
    posted better = post_one(p, "id", "A1", m, true);
    check(better.result.status == BOOK_SUPERSEDED, "or superseded on request");
    check_int(sum_of(p, p->works, p->home, "electricity", BOOK_NONE, BOOK_KNOWN_NOW), 1001, "the sum is that of the correction");
    check(post_one(p, "id", "A1", m, true).result.status == BOOK_EXISTS, "the correction again exists");
    m.amount = 1000;
    check(post_one(p, "other", "A1", m, false).result.status == BOOK_CREATED, "a key is of its source");
    book_group g = {.ext_id = TEXT("A2"), .movements = &m, .count = 1, .supersedes = first.result.id};
    book_batch batch = {.source = TEXT("id"), .group_count = 1, .groups = &g};
    book_result result;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a group names what it supersedes");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.already_superseded", "a group is superseded once");
    g.supersedes = 424242;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "an unknown one is judged");
    check_fails(result.status != BOOK_REFUSED, result.why, "book.group_unknown", "and refused");
    g.supersedes = better.result.id;
    check_ok(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "a live one is replaced");
    check(result.status == BOOK_SUPERSEDED, "and says so");
}

static void test_made_keys(place *p)
{
    book_movement m[3] = {move(p, p->mill, p->works, "raw_coal", "supply", 7), move(p, p->mill, p->works, "raw_coal", "supply", 7), move(p, p->mill, p->works, "raw_coal", "supply", 9)};
    book_group g[3] = {{.movements = &m[0], .count = 1}, {.movements = &m[1], .count = 1}, {.movements = &m[2], .count = 1}};
    book_batch batch = {.source = TEXT("made"), .group_count = 3, .groups = g};
    book_result results[3];
    book_receipt receipt;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "rows without keys");
    check_int(receipt.created, 3, "two equal deliveries in one file are two");
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "again");
    check_int(receipt.exists, 3, "the same file again changes nothing");
    check_int(sum_of(p, p->mill, p->works, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 23, "and all are in the sum");
    m[2].amount = 10;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "one row corrected");
    check(receipt.exists == 2 && receipt.refused == 1, "is refused");
    batch.supersede = true;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "with supersede");
    check(receipt.exists == 2 && receipt.superseded == 1, "it replaces its row");
    check_int(sum_of(p, p->mill, p->works, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 24, "in the sum");
}

static void test_whole(place *p)
{
    book_movement good = move(p, p->mill, p->home, "raw_coal", "supply", 7), bad = good;
    bad.amount = -7;
    book_group g[2] = {{.ext_id = TEXT("w1"), .movements = &good, .count = 1}, {.ext_id = TEXT("w2"), .movements = &bad, .count = 1}};
    book_batch batch = {.source = TEXT("whole"), .group_count = 2, .groups = g, .all_or_none = true};
    book_result results[2];
    book_receipt receipt;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "all or none with one bad row");
    check(receipt.refused == 1 && receipt.created == 0 && receipt.link == 0, "stores nothing");
    check(results[0].status == BOOK_NOT_TRIED && results[1].status == BOOK_REFUSED, "and says which row");
    batch.all_or_none = false;
    batch.dry_run = true;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "a dry run");
    check(receipt.refused == 1 && receipt.created == 1 && receipt.link == 0 && results[0].id == 0, "says what would be, and stores nothing");
    batch.dry_run = false;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "keep going");
    check(receipt.refused == 1 && receipt.created == 1, "takes the good row");
    book_movement pair[2] = {good, bad};
    book_group both = {.ext_id = TEXT("w3"), .movements = pair, .count = 2};
    batch.groups = &both;
    batch.group_count = 1;
    check_ok(book_post(p->b, &p->a, &batch, results, &receipt, &p->err), &p->err, "a group with a bad movement");
    check(receipt.refused == 1 && receipt.created == 0, "is refused whole");
    check_int(sum_of(p, p->mill, p->home, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 7, "one good row is in the sum");
}

static void test_delivery(place *p)
{
    book_movement m[2] = {move(p, p->park, p->home, "raw_coal", "supply", 100), move(p, p->park, p->works, "raw_coal", "supply", 200)};
    m[0].row = 2, m[1].row = 3;
    book_group g[2] = {{.movements = &m[0], .count = 1}, {.movements = &m[1], .count = 1}};
    book_batch batch = {.source = TEXT("file"), .file = TEXT("coal.csv"), .has_content = true, .content = hash_of(HASH_SHA256, "x", 1), .bytes = TEXT("a,b\n1,2\n3,4\n"), .group_count = 2, .groups = g};
    book_result results[2];
    book_receipt first, again;
    check_ok(book_post(p->b, &p->a, &batch, results, &first, &p->err), &p->err, "a file");
    check_ok(book_post(p->b, &p->a, &batch, results, &again, &p->err), &p->err, "twice");
    check(again.delivery_exists && again.exists == 2 && again.delivery == first.delivery, "exists, with the delivery named");
    book_delivery d;
    text bytes;
    check_ok(book_delivery_bytes(p->b, &p->a, first.delivery, &d, &bytes, &p->err), &p->err, "its bytes are kept");
    check_text(bytes, TEXT("a,b\n1,2\n3,4\n"), "as they were");
    check(d.movements == 2 && !d.is_undone && text_is(d.user, "tester"), "with the number of its movements and the user");
    m[0].amount = 111;
    book_group fix = {.movements = &m[0], .count = 1, .ext_id = TEXT("fix"), .supersedes = 0};
    book_movement_row *rows;
    size_t count;
    book_query q = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE, .delivery = first.delivery};
    check_ok(book_movements_query(p->b, &p->a, &q, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "movements of a delivery");
    check(count == 2 && rows[0].row == 2 && rows[1].row == 3 && rows[1].amount == 200, "with their rows");
    fix.supersedes = rows[0].group;
    book_batch fixing = {.source = TEXT("clerk"), .group_count = 1, .groups = &fix};
    check_ok(book_post(p->b, &p->a, &fixing, results, &again, &p->err), &p->err, "one of them is corrected");
    book_batch undo = {.source = TEXT("clerk"), .undo_delivery = first.delivery};
    check_ok(book_post(p->b, &p->a, &undo, NULL, &again, &p->err), &p->err, "the file is undone");
    check_int(again.undone, 1, "but for the row that was corrected since");
    check_int(sum_of(p, p->park, p->works, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 0, "its movement has left the sum");
    check_int(sum_of(p, p->park, p->home, "raw_coal", BOOK_NONE, BOOK_KNOWN_NOW), 111, "the correction stays");
    check_fails(book_post(p->b, &p->a, &undo, NULL, &again, &p->err), &p->err, "book.already_undone", "a delivery is undone once");
    undo.undo_delivery = 4711;
    check_fails(book_post(p->b, &p->a, &undo, NULL, &again, &p->err), &p->err, "book.delivery_unknown", "an unknown one is an error");
    m[0].amount = 100;
    check_ok(book_post(p->b, &p->a, &batch, results, &again, &p->err), &p->err, "after the undo the file can be loaded again");
    check(results[1].status == BOOK_CREATED && results[0].status == BOOK_EXISTS, "the undone row is created anew");
}

static void test_calls(place *p)
{
    uint64_t calls[3];
    static const size_t SIZES[3] = {1, 100, 8192};
    for (int k = 0; k < 3; k++) {
        book_movement *m = NEW_ARRAY(&p->a, SIZES[k], book_movement);
        book_group *g = NEW_ARRAY(&p->a, SIZES[k], book_group);
        for (size_t i = 0; i < SIZES[k]; i++) {
            m[i] = move(p, p->mill, p->works, "raw_coal", "supply", (int64_t)i);
            m[i].when = period_months(book_zone(p->b), month_from(2000 + k, 1) + (int32_t)(i % 12), 1);
            g[i] = (book_group){.movements = &m[i], .count = 1};
        }
        book_batch batch = {.source = TEXT("calls"), .group_count = SIZES[k], .groups = g, .supersede = true};
        uint64_t before = store_call_count(book_store(p->b));
        book_receipt receipt;
        check_ok(book_post(p->b, &p->a, &batch, NULL, &receipt, &p->err), &p->err, "a batch of some size");
        calls[k] = store_call_count(book_store(p->b)) - before;
        check_int(receipt.created, (int64_t)SIZES[k], "is counted without results");
        printf("# %zu groups: %llu store calls\n", SIZES[k], (unsigned long long)calls[k]);
    }
    check(calls[0] <= 16 && calls[1] <= 16 && calls[2] <= 16, "a batch makes at most 16 store calls, whatever its size");
}

/* Over several blocks of ids: the movements found of each flow add up to its sums. */
static void test_movements_of(place *p)
{
    book_sums s;
    size_t wrong = 0, found = 0;
    town_must(book_sums_load(p->b, &p->a, BOOK_KNOWN_NOW, 0, 0, &s, &p->err), &p->err, "sums");
    int64_t *total = NEW_ARRAY(&p->a, s.flow_count, int64_t);
    for (size_t i = 0; i < s.count; i++) total[s.flow[i]] += s.sum[i];
    for (size_t f = 0; f < s.flow_count; f++) {
        book_movement_row *rows;
        size_t count;
        town_must(book_movements_of(p->b, &p->a, s.flow_ids[f], 0, 0, BOOK_KNOWN_NOW, &rows, &count, &p->err), &p->err, "movements");
        for (size_t i = 0; i < count; i++) total[f] -= rows[i].amount;
        wrong += total[f] != 0;
        found += count;
    }
    check(wrong == 0 && found > 8192, "the movements of each flow add up to its sums");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    test_refusals(&p);
    test_identity(&p);
    test_made_keys(&p);
    test_whole(&p);
    test_delivery(&p);
    test_calls(&p);
    test_movements_of(&p);
    check_verifies(&p, "the book verifies");
    place_remove(&p);
    return check_done();
}
