/*
 * Who stands at the ends of a movement that a report posts.
 *
 *   self      the party that reports           stock     its stock: a party "<code>.stock" of class stock in it, made when it is first needed
 *   role:X    the party of that role that lies nearest: in the same place, in a place above it, or (without a place) of the same region; else the only one there is
 *   CODE      a party by its code
 */
#include "inside.h"

enum { CLIMB_MAX = 64 };

static bool has_role(const filing *f, const book_party *p, text role) { return p->role >= 0 && text_equal(f->r->roles[p->role].id, role); }

/* The only party of the role that fits; BOOK_NONE when there is none or more than one. */
static int32_t only_one(const filing *f, text role, bool (*fits)(const filing *, const book_party *, int32_t), int32_t with)
{
    int32_t found = BOOK_NONE;
    for (size_t i = 0; i < f->parties.count; i++) {
        const book_party *p = &f->parties.items[i];
        if (!has_role(f, p, role) || !fits(f, p, with)) continue;
        if (found != BOOK_NONE) return BOOK_NONE;
        found = p->id;
    }
    return found;
}

static bool in_place(const filing *f, const book_party *p, int32_t place) { return (void)f, p->place == place; }

static bool in_region(const filing *f, const book_party *p, int32_t party)
{
    text region = f->parties.items[party].region_code;
    return p->place == BOOK_NONE && region.len > 0 && text_equal(p->region_code, region);
}

static bool any_party(const filing *f, const book_party *p, int32_t with) { return (void)f, (void)p, (void)with, true; }

static int32_t nearest(const filing *f, text role, int32_t party)
{
    int32_t found = BOOK_NONE, place = f->parties.items[party].place;
    for (int i = 0; i < CLIMB_MAX && place != BOOK_NONE && found == BOOK_NONE; i++, place = f->parties.items[place].place) found = only_one(f, role, in_place, place);
    if (found == BOOK_NONE) found = only_one(f, role, in_region, party);
    return found != BOOK_NONE ? found : only_one(f, role, any_party, 0);
}

/* The book takes parties by their numbers: a new one comes in a batch of its own, before the movements. */
static bool make_stock(filing *f, int32_t party, text code, int32_t *ret, heng_err *err)
{
    const book_party *p = &f->parties.items[party];
    int32_t class_ = rule_party_class_find(f->r, TEXT("stock"));
    int32_t from = 0; /* 1970: before any report */
    text zh = text_of(arena_printf(f->a, "%.*s库存", TEXT_FMT(p->name_zh.len ? p->name_zh : p->code))), en = text_of(arena_printf(f->a, "stock of %.*s", TEXT_FMT(p->name_en.len ? p->name_en : p->code)));
    const book_party_new made = {.code = code, .class_ = class_};
    const book_party_fact facts[] = {{code, TEXT("name_zh"), zh, from, 0}, {code, TEXT("name_en"), en, from, 0}, {code, TEXT("place"), p->code, from, 0}, {code, TEXT("owner"), p->code, from, 0}};
    book_batch b = {.source = FILING_SOURCE, .note = TEXT("report: a party's stock"), .all_or_none = true, .party_count = 1, .parties = &made, .party_fact_count = 4, .party_facts = facts};
    book_result results[5];
    book_receipt receipt;
    if (!book_post(f->b, f->a, &b, results, &receipt, err)) return false;
    for (size_t i = 0; i < 5; i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    *ret = book_party_find(f->b, code);
    f->parties_day = INT32_MIN;
    return true;
}

static bool stock_of(filing *f, int32_t party, int32_t *ret, heng_err *err)
{
    text code = text_of(arena_printf(f->a, "%.*s.stock", TEXT_FMT(f->parties.items[party].code)));
    *ret = book_party_find(f->b, code);
    return *ret != BOOK_NONE || make_stock(f, party, code, ret, err);
}

static bool end_of(filing *f, text end, int32_t party, int32_t *ret, heng_err *err)
{
    *ret = party;
    if (text_is(end, "self")) return true;
    if (text_is(end, "stock")) return stock_of(f, party, ret, err);
    *ret = text_starts(end, "role:") ? nearest(f, (text){end.ptr + 5, end.len - 5}, party) : book_party_find(f->b, end);
    return *ret != BOOK_NONE || err_fill(err, &MSG_FILING_NO_END, NULL, text_str(f->a, end), filing_party_words(f, party));
}

bool filing_ends(filing *f, const rule_report_column *c, int32_t party, int32_t *ret_from, int32_t *ret_to, heng_err *err)
{
    return end_of(f, c->from, party, ret_from, err) && end_of(f, c->to, party, ret_to, err);
}
