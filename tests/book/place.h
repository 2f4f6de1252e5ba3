/* A place to test in: a folder of its own, a book with the rules of tests/book/pack and a small town in it. */
#ifndef TEST_PLACE_H
#define TEST_PLACE_H
#include <stdlib.h>
#include <unistd.h>
#include "book.h"
#include "check.h"

/* 2021-06-01T00:00+08:00: known-times of the tests begin here. */
#define T0 ((int64_t)1622476800000000)
#define DAY ((int64_t)86400000000)

typedef struct place {
    arena a;
    char folder[64], path[128];
    book *b;
    const rule_set *r;
    heng_err err;
    int32_t mill, works, home, gov, store, air, town, park;
} place;

static inline void town_must(bool ok, const heng_err *err, const char *what)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    printf("Bail out! %s: %s\n", what, line);
    exit(1);
}

static inline void place_rules(place *p, const char *folder)
{
    heng_err items[8];
    rule_faults faults = {items, 0, 8, 0};
    const rule_set *r;
    bool ok = rule_load_folders(&p->a, &folder, 1, &r, &faults, &p->err);
    town_must(ok, faults.count ? &items[0] : &p->err, "rules");
    book_batch batch = {.source = TEXT("pack"), .rules = r};
    town_must(book_post(p->b, &p->a, &batch, NULL, NULL, &p->err), &p->err, "posting rules");
    town_must(book_rules(p->b, &p->r, &p->err), &p->err, "reading rules");
}

static inline int32_t place_party(place *p, const char *code, const char *class_)
{
    book_party_new n = {text_of(code), rule_party_class_find(p->r, text_of(class_)), 0};
    book_batch batch = {.source = TEXT("town"), .party_count = 1, .parties = &n};
    book_result result = {0};
    town_must(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "party");
    if (result.status == BOOK_REFUSED) town_must(false, result.why, code);
    return (int32_t)result.id;
}

static inline book_status place_fact(place *p, const char *code, const char *attr, const char *value, int32_t day)
{
    book_party_fact f = {text_of(code), text_of(attr), text_of(value), day, 0};
    book_batch batch = {.source = TEXT("town"), .party_fact_count = 1, .party_facts = &f};
    book_result result = {0};
    town_must(book_post(p->b, &p->a, &batch, &result, NULL, &p->err), &p->err, "fact");
    if (result.status == BOOK_REFUSED) p->err = *result.why;
    return result.status;
}

static inline void place_town(place *p)
{
    place_rules(p, TEST_PACK);
    p->town = place_party(p, "town", "government");
    p->park = place_party(p, "park", "enterprise");
    p->mill = place_party(p, "mill", "enterprise");
    p->works = place_party(p, "works", "enterprise");
    p->home = place_party(p, "home", "household");
    p->gov = place_party(p, "gov", "government");
    p->store = place_party(p, "yard", "stock");
    p->air = place_party(p, "air", "environment");
    place_fact(p, "mill", "name_zh", "东方钢铁厂", day_from(2020, 1, 1));
    place_fact(p, "works", "name_zh", "西站热电厂", day_from(2020, 1, 1));
    place_fact(p, "gov", "role", "issuer", day_from(2020, 1, 1));
    place_fact(p, "mill", "place", "park", day_from(2020, 1, 1));
    place_fact(p, "park", "place", "town", day_from(2020, 1, 1));
}

static inline void place_make(place *p, int64_t fixed_now_us, const char *vfs)
{
    *p = (place){0};
    snprintf(p->folder, sizeof p->folder, "/tmp/heng-book-XXXXXX");
    town_must(mkdtemp(p->folder) != NULL, &p->err, "folder");
    snprintf(p->path, sizeof p->path, "%s/town.heng", p->folder);
    book_options o = {.fixed_now_us = fixed_now_us, .user = TEXT("tester"), .store = {.vfs = vfs}};
    town_must(book_create(p->path, &o, &p->b, &p->err), &p->err, "create");
    place_town(p);
}

static inline void place_reopen_at(place *p, int64_t fixed_now_us)
{
    book_close(p->b);
    book_options o = {.fixed_now_us = fixed_now_us, .user = TEXT("tester")};
    p->b = NULL;
    town_must(book_open(p->path, true, &o, &p->b, &p->err), &p->err, "open");
    town_must(book_rules(p->b, &p->r, &p->err), &p->err, "reading rules");
}

static inline void place_remove(place *p)
{
    char command[160];
    book_close(p->b);
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    if (system(command) != 0) printf("# %s stays\n", p->folder);
    arena_free(&p->a);
}

/* amount in the count of the unit's scale; a movement of January 2021 unless said */
static inline book_movement move(const place *p, int32_t giver, int32_t taker, const char *commodity, const char *kind, int64_t amount)
{
    int32_t c = rule_commodity_find(p->r, text_of(commodity));
    return (book_movement){.giver = giver, .taker = taker, .commodity = c, .unit = p->r->commodities[c].units[0], .kind = rule_kind_find(p->r, text_of(kind)),
                           .basis = BOOK_REPORTED, .amount = amount, .when = period_months(book_zone(p->b), month_from(2021, 1), 1)};
}

typedef struct posted { bool ok; book_result result; book_receipt receipt; } posted;

static inline posted post_one(place *p, const char *source, const char *key, book_movement m, bool supersede)
{
    posted x = {0};
    book_group g = {.ext_id = text_of(key), .movements = &m, .count = 1};
    book_batch batch = {.source = text_of(source), .group_count = 1, .groups = &g, .supersede = supersede};
    x.ok = book_post(p->b, &p->a, &batch, &x.result, &x.receipt, &p->err);
    if (x.ok && x.result.status == BOOK_REFUSED) p->err = *x.result.why;
    return x;
}

/* The sum of all flows of a commodity from giver to taker in a month (or BOOK_NONE: all), as known. */
static inline int64_t sum_of(place *p, int32_t giver, int32_t taker, const char *commodity, int32_t month, int64_t known_us)
{
    book_sums s;
    int64_t total = 0;
    int32_t c = rule_commodity_find(p->r, text_of(commodity));
    town_must(book_sums_load(p->b, &p->a, known_us, 0, 0, &s, &p->err), &p->err, "sums");
    for (size_t i = 0; i < s.count; i++) {
        const book_flow *f = &s.flows[s.flow[i]];
        if (f->commodity == c && f->giver == giver && f->taker == taker && (month == BOOK_NONE || s.month[i] == month)) total += s.sum[i];
    }
    return total;
}

static inline void check_verifies(place *p, const char *says)
{
    book_verify_report report;
    heng_err err = {0};
    check_ok(book_verify(p->b, NULL, NULL, &report, &err), &err, says);
}
#endif
