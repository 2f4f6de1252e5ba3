/*
 * Addresses of the accounts' numbers.
 *
 *   heng:energy/<party>/<period>/<line>/<column>?basis=&form=&known=&pack=&profile=&tree=&unit=      also carbon, supply-use
 *   heng:indicator/<id>/<party>/<period>?base=<year>...        heng:formula/<party>/<period>?text=&unit=&base=...
 *   heng:holdings/<party>/<line>/<column>
 *   heng:reconcile/<table>/<row>[/<part>]                      heng:flow/<id>/<period>
 *   heng:bound/<key>                                           heng:party/<code>
 *   heng:movement/<id>   heng:observation/<id>   heng:factor/<table>/<key>   heng:edition/<key>
 *
 * pack is the beginning of the hash of the rules: an address made under other rules is refused, not answered with another number. What is
 * left out means the account's own options.
 */
#include "inside.h"

enum { PACK_HEX = 12 };

static text pack_prefix(const account *x, arena *a)
{
    char hex[HASH_HEX + 1];
    hash_hex(x->r->hash, hex);
    return text_copy(a, (text){hex, PACK_HEX});
}

/* As people write it where that gives the same moment back, else microseconds. */
static text known_text(const account *x, arena *a)
{
    int64_t back = 0;
    heng_err ignored = {0};
    text t = instant_format(a, x->zone, x->known_us);
    if (known_parse(x, t, &back, &ignored) && back == x->known_us) return t;
    return printed(a, "%lld", (long long)x->known_us);
}

void address_of(const account *x, arena *a, const char *kind, text profile, addr *ret)
{
    *ret = (addr){.kind = text_of(kind)};
    addr_set(ret, "basis", x->o.basis);
    addr_set(ret, "pack", pack_prefix(x, a));
    if (profile.len > 0) addr_set(ret, "profile", profile);
    addr_set(ret, "tree", x->o.tree == BOOK_BY_OWNER ? TEXT("owner") : TEXT("place"));
    addr_set(ret, "unit", x->o.unit);
    if (x->o.gwp.len > 0) addr_set(ret, "gwp", x->o.gwp);
    if (x->known_us != BOOK_KNOWN_NOW) addr_set(ret, "known", known_text(x, a));
}

void address_party(const account *x, arena *a, addr *ret, int32_t party, period when)
{
    const book_parties *p = x->states ? &x->states->parties : account_parties((account *)(uintptr_t)x);
    addr_part(ret, p->items[party].code);
    addr_part(ret, period_format(a, x->zone, when));
}

bool known_parse(const account *x, text t, int64_t *ret, heng_err *err)
{
    bool ok;
    period p;
    heng_err inner = {0};
    int64_t us = text_to_i64(t, &ok);
    if (ok && t.len > 8) return *ret = us, true;
    if (!period_parse(x->zone, t, &p, &inner)) return err_fill_n(err, &MSG_KNOWN_BAD, t.ptr, t.len, NULL);
    *ret = period_is_instant(p) ? p.start_us : p.end_us - 1; /* a day: all that was known at its end */
    return true;
}

bool address_view(account *x, arena *a, const addr *address, account **ret, heng_err *err)
{
    account_options o = x->o;
    text known = addr_get(address, "known"), tree = addr_get(address, "tree"), pack = addr_get(address, "pack");
    if (known.len > 0 && !known_parse(x, known, &o.known_us, err)) return false;
    if (addr_get(address, "basis").len > 0) o.basis = addr_get(address, "basis");
    if (addr_get(address, "unit").len > 0 && !text_is(address->kind, "formula")) o.unit = addr_get(address, "unit");
    if (addr_get(address, "profile").len > 0) o.profile = addr_get(address, "profile");
    if (addr_get(address, "gwp").len > 0) o.gwp = addr_get(address, "gwp");
    if (text_is(tree, "owner")) o.tree = BOOK_BY_OWNER;
    else if (text_is(tree, "place")) o.tree = BOOK_BY_PLACE;
    else if (tree.len > 0) return err_fill_n(err, &MSG_TREE_UNKNOWN, tree.ptr, tree.len, NULL);
    if (!account_view(x, &o, ret, err)) return false;
    text have = pack_prefix(*ret, a);
    if (pack.len == 0 || (pack.len <= have.len && memcmp(pack.ptr, have.ptr, pack.len) == 0)) return true;
    return err_fill(err, &MSG_ADDRESS_PACK, text_str(a, pack), text_str(a, have), NULL);
}

bool address_subject(account *x, arena *a, const addr *address, size_t first, int32_t *ret_party, period *ret_when, heng_err *err)
{
    if (address->part_count < first + 2) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(a, addr_format(a, address)), "<party>/<period>", NULL);
    text code = address->parts[first];
    *ret_party = book_party_find(x->b, code);
    if (*ret_party == BOOK_NONE) return err_fill_n(err, &MSG_PARTY_UNKNOWN, code.ptr, code.len, NULL);
    return period_parse(x->zone, address->parts[first + 1], ret_when, err);
}

text factor_row_address(arena *a, const rule_row *row)
{
    addr x = {.kind = TEXT("factor")};
    char *key = arena_copy(a, row->key.ptr, row->key.len);
    for (size_t i = 0; i < row->key.len; i++)
        if (key[i] == '\x1f') key[i] = '|';
    addr_part(&x, row->table);
    addr_part(&x, (text){key, row->key.len});
    return addr_format(a, &x);
}

text party_name(const book_party *p, heng_lang lang)
{
    text first = lang == HENG_ZH ? p->name_zh : p->name_en, second = lang == HENG_ZH ? p->name_en : p->name_zh;
    return first.len > 0 ? first : second.len > 0 ? second : p->code;
}
