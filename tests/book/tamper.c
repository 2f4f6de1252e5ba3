/* What is changed outside the program is named by verify; a head once printed must be a link of the chain. */
#include <sqlite3.h>
#include "place.h"

static const struct { const char *says, *sql, *id; } CASES[] = {
    {"an amount changed", "UPDATE movement SET amount = amount + 1 WHERE id = 2", "book.chain_broken"},
    {"a time changed", "UPDATE movement SET start_us = start_us - 1 WHERE id = 3", "book.chain_broken"},
    {"a movement removed", "DELETE FROM movement WHERE id = 2", "book.fact_missing"},
    {"the last movement removed", "DELETE FROM movement WHERE id = (SELECT max(id) FROM movement)", "book.fact_missing"},
    {"a movement added", "INSERT INTO movement SELECT id + 1, id + 1, flow, amount, start_us, end_us, delivery, 0, 0, x'7800' FROM movement ORDER BY id DESC LIMIT 1", "book.fact_missing"},
    {"a party renamed", "UPDATE party SET code = 'mall' WHERE code = 'mill'", "book.chain_broken"},
    {"a fact changed", "UPDATE party_fact SET value = 'x' WHERE id = 2", "book.chain_broken"},
    {"a fact moved to another link", "UPDATE party_fact SET link = link + 1 WHERE id = 2", "book.chain_broken"},
    {"a supersession removed", "DELETE FROM supersession", "book.chain_broken"},
    {"a supersession turned", "UPDATE supersession SET new_grp = 0 WHERE id = 1", "book.chain_broken"},
    {"a monthly sum changed", "UPDATE flow_month SET delta = delta + 1 WHERE flow = 1", "book.sum_wrong"},
    {"a monthly sum removed", "DELETE FROM flow_month WHERE flow = 1", "book.sum_wrong"},
    {"a balance changed", "UPDATE balance SET posted = posted + 1", "book.balance_wrong"},
    {"a held amount changed", "UPDATE balance SET held = held + 1", "book.balance_wrong"},
    {"a balance removed", "DELETE FROM balance", "book.balance_wrong"},
    {"an observation changed", "UPDATE observation SET amount = 7 WHERE id = 1", "book.chain_broken"},
    {"an ended mark moved", "UPDATE observation SET ended = ended - 1 WHERE id = 1", "book.mark_wrong"},
    {"a factor changed", "UPDATE rule_row SET cells = replace(cells, '1000000', '1000001') WHERE tbl = 'units'", "book.chain_broken"},
    {"a link's hash changed", "UPDATE link SET hash = zeroblob(32) WHERE id = 3", "book.chain_broken"},
    {"a link's time changed", "UPDATE link SET known_us = known_us + 1 WHERE id = (SELECT max(id) FROM link)", "book.chain_broken"},
    {"the last link cut off", "DELETE FROM link WHERE id = (SELECT max(id) FROM link)", "book.fact_missing"},
    {"a key that leads elsewhere", "UPDATE identity SET grp = 1 WHERE grp = (SELECT max(grp) FROM identity)", "book.mark_wrong"},
    {"a key removed", "DELETE FROM identity WHERE grp = 1", "book.mark_wrong"},
    {"an index row removed", "DELETE FROM touch WHERE flow = 1", "book.fact_missing"},
    {"a delivery changed", "UPDATE delivery SET note = 'x' WHERE id = 2", "book.chain_broken"},
    {"a delivery's run changed", "UPDATE delivery SET movements = movements + 1 WHERE movements > 0", "book.mark_wrong"},
    {"a delivered file changed", "UPDATE delivery_bytes SET bytes = x'00'", "book.fact_missing"},
    {"a hold changed", "UPDATE hold SET amount = amount + 1", "book.chain_broken"},
    {"an edition's body changed", "UPDATE edition SET body = '{}'", "book.mark_wrong"},
    {"an entry changed", "UPDATE entry SET body = 'x' WHERE id = 1", "book.chain_broken"},
    {"an entry removed", "DELETE FROM entry WHERE id = 1", "book.fact_missing"},
    {"an entry's ended mark removed", "UPDATE entry SET ended = 0 WHERE id = 1", "book.mark_wrong"},
    {"the zone changed", "UPDATE meta SET value = 'Europe/Berlin' WHERE key = 'zone'", "book.chain_broken"},
};

static void fill(place *p)
{
    post_one(p, "s", "1", move(p, p->mill, p->works, "raw_coal", "supply", 5), false);
    post_one(p, "s", "2", move(p, p->mill, p->works, "raw_coal", "supply", 6), false);
    post_one(p, "s", "2", move(p, p->mill, p->works, "raw_coal", "supply", 7), true);
    post_one(p, "s", "3", move(p, p->gov, p->mill, "allowance", "right", 9), false);
    book_movement m = move(p, p->mill, p->home, "raw_coal", "supply", 5);
    book_group g = {.movements = &m, .count = 1};
    book_observation o[2] = {{.party = p->town, .statistic = 0, .when = m.when, .count = 5, .unit = rule_unit_find(p->r, TEXT("yuan"))}};
    o[1] = o[0];
    o[1].count = 6;
    book_hold h = {TEXT("h"), BOOK_RESERVE, p->mill, rule_commodity_find(p->r, TEXT("allowance")), rule_unit_find(p->r, TEXT("piece")), 4, 0};
    book_edition e = {TEXT("e"), TEXT("k"), TEXT("n"), TEXT("a"), TEXT("p"), TEXT("{\"x\":1}")};
    book_entry n[2] = {{TEXT("note"), TEXT("k"), TEXT("one"), 0}, {TEXT("note"), TEXT("k"), TEXT("two"), 0}};
    book_batch batch = {.source = TEXT("file"), .bytes = TEXT("some bytes of a file"), .group_count = 1, .groups = &g, .observation_count = 2, .observations = o, .hold_count = 1, .holds = &h,
                        .edition_count = 1, .editions = &e, .entry_count = 2, .entries = n, .supersede = true};
    book_receipt receipt;
    town_must(book_post(p->b, &p->a, &batch, NULL, &receipt, &p->err), &p->err, "fill");
    check(receipt.link > 0 && receipt.refused == 0, "facts of every kind");
}

static bool run(const char *path, const char *sql)
{
    sqlite3 *db;
    bool ok = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_total_changes(db) > 0;
    if (!ok) printf("# %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return ok;
}

static void tamper(place *p, const char *says, const char *sql, const char *id)
{
    char copy[200], command[1000];
    heng_err err = {0};
    book *b;
    book_verify_report report;
    snprintf(copy, sizeof copy, "%s/copy.heng", p->folder);
    snprintf(command, sizeof command, "rm -f %s*; cp %s %s", copy, p->path, copy);
    check(system(command) == 0 && run(copy, sql), says);
    bool ok = book_open(copy, false, NULL, &b, &err);
    if (ok) {
        ok = book_verify(b, NULL, NULL, &report, &err);
        book_close(b);
    }
    check_fails(ok, &err, id, says);
}

static void test_heads(place *p)
{
    book_head old, now;
    book_verify_report report;
    town_must(book_head_of(p->b, &old, &p->err), &p->err, "head");
    post_one(p, "s", "later", move(p, p->mill, p->works, "raw_coal", "supply", 5), false);
    town_must(book_head_of(p->b, &now, &p->err), &p->err, "head");
    check(!hash_equal(old.hash, now.hash) && now.link == old.link + 1 && now.known_us > old.known_us, "the head goes on");
    check_ok(book_verify(p->b, &old.hash, NULL, &report, &p->err), &p->err, "an older head is found");
    check_int(report.head_link, old.link, "at its link");
    hash none = hash_of(HASH_SHA256, "none", 4);
    check_fails(book_verify(p->b, &none, NULL, &report, &p->err), &p->err, "book.head_absent", "a head that never was is not");
}

static void test_same_bytes(hash_kind kind)
{
    hash heads[2];
    for (int i = 0; i < 2; i++) {
        place p = {0};
        snprintf(p.folder, sizeof p.folder, "/tmp/heng-book-XXXXXX");
        town_must(mkdtemp(p.folder) != NULL, &p.err, "folder");
        snprintf(p.path, sizeof p.path, "%s/town.heng", p.folder);
        book_options o = {.fixed_now_us = T0, .user = TEXT("tester"), .hash = kind};
        town_must(book_create(p.path, &o, &p.b, &p.err), &p.err, "create");
        place_town(&p);
        fill(&p);
        book_head h;
        town_must(book_head_of(p.b, &h, &p.err), &p.err, "head");
        heads[i] = h.hash;
        check(h.kind == kind, "the kind of hash is kept");
        check_verifies(&p, "and verifies");
        place_remove(&p);
    }
    check(hash_equal(heads[0], heads[1]), "the same facts at the same times have the same head");
}

int main(void)
{
    place p;
    place_make(&p, T0, NULL);
    fill(&p);
    test_heads(&p);
    place_reopen_at(&p, T0); /* so that the log is in the file */
    book_close(p.b);
    p.b = NULL;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) tamper(&p, CASES[i].says, CASES[i].sql, CASES[i].id);
    place_remove(&p);
    test_same_bytes(HASH_SHA256);
    test_same_bytes(HASH_SM3);
    test_same_bytes(HASH_BLAKE2B);
    return check_done();
}
