/* A commit large enough for its short cuts (flows in order of their ends, all flows in one scan, lines and packing on a second thread) is the same as any. */
#include "place.h"

enum { PARTIES = 100, FLOWS = PARTIES * (PARTIES - 1), FILE_BYTES = 200000 };

typedef struct town { int32_t first; book_movement movements[FLOWS]; book_group groups[FLOWS]; char keys[FLOWS][8]; } town;

static void town_parties(place *p, town *t)
{
    book_party_new *n = NEW_ARRAY(&p->a, PARTIES, book_party_new);
    book_result *results = NEW_ARRAY(&p->a, PARTIES, book_result);
    for (int i = 0; i < PARTIES; i++) n[i] = (book_party_new){text_of(arena_printf(&p->a, "works-%02d", i)), rule_party_class_find(p->r, TEXT("enterprise")), 0};
    book_batch batch = {.source = TEXT("town"), .party_count = PARTIES, .parties = n};
    town_must(book_post(p->b, &p->a, &batch, results, NULL, &p->err), &p->err, "parties");
    t->first = (int32_t)results[0].id;
}

/* Every works supplies every other, in an order that jumps about. */
static book_batch flows_batch(const place *p, town *t, int first, int count, text bytes)
{
    for (int i = first; i < first + count; i++) {
        int at = i * 1009 % FLOWS, giver = at / (PARTIES - 1), taker = at % (PARTIES - 1);
        snprintf(t->keys[i], sizeof t->keys[i], "k%05d", i);
        t->movements[i] = move(p, t->first + giver, t->first + taker + (taker >= giver), "raw_coal", "supply", i + 1);
        t->movements[i].row = i + 1;
        t->groups[i] = (book_group){.ext_id = text_of(t->keys[i]), .movements = &t->movements[i], .count = 1};
    }
    return (book_batch){.source = TEXT("town"), .group_count = (size_t)count, .groups = t->groups + first, .bytes = bytes, .file = TEXT("town.csv"), .all_or_none = true};
}

static book_receipt post(place *p, const book_batch *batch)
{
    book_receipt receipt = {0};
    town_must(book_post(p->b, &p->a, batch, NULL, &receipt, &p->err), &p->err, "posting");
    return receipt;
}

static text some_bytes(arena *a)
{
    char *bytes = arena_alloc(a, FILE_BYTES);
    for (size_t i = 0; i < FILE_BYTES; i++) bytes[i] = (char)('a' + i * i / 7 % 23);
    return (text){bytes, FILE_BYTES};
}

static hash one_book(place *p, town *t, bool is_checked)
{
    place_make(p, T0, NULL);
    town_parties(p, t);
    text bytes = some_bytes(&p->a);
    book_batch half = flows_batch(p, t, 0, FLOWS / 2, TEXT("")), all = flows_batch(p, t, 0, FLOWS, bytes);
    book_receipt first = post(p, &half);
    place_reopen_at(p, T0 + DAY);
    book_receipt second = post(p, &all);
    book_head head;
    town_must(book_head_of(p->b, &head, &p->err), &p->err, "head");
    if (!is_checked) return head.hash;
    check_int(first.created, FLOWS / 2, "half of the movements are posted");
    check_int(second.created, FLOWS - FLOWS / 2, "then the rest");
    check_int(second.exists, FLOWS / 2, "and the first half is there already");
    check_verifies(p, "the book verifies");
    book_delivery d;
    text back = {0};
    check_ok(book_delivery_bytes(p->b, &p->a, second.delivery, &d, &back, &p->err) && text_equal(back, bytes), &p->err, "the file comes back as it was delivered");
    book_sums s;
    i128 total = 0;
    town_must(book_sums_load(p->b, &p->a, BOOK_KNOWN_NOW, 0, 0, &s, &p->err), &p->err, "sums");
    for (size_t i = 0; i < s.count; i++) total += s.sum[i];
    check_int((int64_t)s.flow_count, FLOWS, "each pair is one flow");
    check(total == (i128)FLOWS * (FLOWS + 1) / 2, "and the sums hold every movement once");
    bool own = true;
    for (size_t i = 0; i < s.count; i++) {
        const book_flow *f = &s.flows[s.flow[i]];
        int at = (f->giver - t->first) * (PARTIES - 1) + (f->taker - t->first) - (f->taker > f->giver);
        own = own && (s.sum[i] - 1) * 1009 % FLOWS == at;
    }
    check(own, "under its own flow");
    return head.hash;
}

int main(void)
{
    static town t;
    place p;
    hash a = one_book(&p, &t, true);
    place_remove(&p);
    hash b = one_book(&p, &t, false);
    place_remove(&p);
    check(hash_equal(a, b), "the same facts at the same times give the same chain");
    return check_done();
}
