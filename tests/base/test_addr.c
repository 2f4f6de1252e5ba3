/* Addresses: one printed form, and what is not an address. */
#include "check.h"

static void reads(arena *a)
{
    static const struct { const char *t, *canonical; } CASES[] = {
        {"heng:energy/120000/2014/raw_coal?basis=calorific&known=2026-05-01", "heng:energy/120000/2014/raw_coal?basis=calorific&known=2026-05-01"},
        {"heng:energy/120000?known=1&basis=2", "heng:energy/120000?basis=2&known=1"},
        {"heng:energy", "heng:energy"}, {"heng:energy/", "heng:energy/"}, {"heng:energy?", "heng:energy"}, {"heng:energy?a=&b=1", "heng:energy?b=1"},
        {"heng:x/%E7%85%A4", "heng:x/%E7%85%A4"}, {"heng:x/煤", "heng:x/%E7%85%A4"}, {"heng:x/%e7%85%a4", "heng:x/%E7%85%A4"}, {"heng:x/%41%2F", "heng:x/A%2F"},
        {"heng:x/a//b", "heng:x/a//b"}, {"heng:x/1/2/3/4/5/6/7/8", "heng:x/1/2/3/4/5/6/7/8"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        heng_err err;
        addr x;
        if (check_ok(addr_parse(a, text_of(CASES[i].t), &x, &err), &err, CASES[i].t)) check_text(addr_format(a, &x), text_of(CASES[i].canonical), CASES[i].t);
    }
}

static void refuses(arena *a)
{
    static const char *const CASES[] = {
        "", "heng:", "energy/1", "HENG:x", "heng:/x", "heng:x y", "heng:x/a b", "heng:x/%", "heng:x/%4", "heng:x/%zz", "heng:x/%00", "heng:x/%FF", "heng:x?a", "heng:x?=1",
        "heng:x?a=1&a=2", "heng:x?a=1&&b=2", "heng:x?a=b=c", "heng:x/a#b", "heng:x/1/2/3/4/5/6/7/8/9",
        "heng:x?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1", "heng:煤",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        heng_err err;
        addr x;
        check_fails(addr_parse(a, text_of(CASES[i]), &x, &err), &err, "base.address_bad", CASES[i]);
    }
}

static void builds(arena *a)
{
    heng_err err;
    addr x = {.kind = TEXT("energy")}, back;
    addr_part(&x, TEXT("a/b?c&d=e %煤"));
    addr_set(&x, "pack", TEXT("3"));
    addr_set(&x, "basis", TEXT("coal_equal"));
    addr_set(&x, "known", TEXT("2026-05-01T08:00+08:00"));
    addr_set(&x, "pack", TEXT("4"));
    check_text(addr_format(a, &x), TEXT("heng:energy/a%2Fb%3Fc%26d%3De%20%25%E7%85%A4?basis=coal_equal&known=2026-05-01T08%3A00%2B08%3A00&pack=4"), "built, sorted, encoded");
    check(addr_parse(a, addr_format(a, &x), &back, &err) && text_equal(back.parts[0], x.parts[0]) && text_is(addr_get(&back, "known"), "2026-05-01T08:00+08:00"), "and read back");
    addr_set(&x, "known", TEXT(""));
    check(x.param_count == 2 && addr_get(&x, "known").len == 0 && text_is(addr_get(&x, "pack"), "4"), "an empty value takes the key out");
    addr_set(&x, "none", TEXT(""));
    check(x.param_count == 2, "or leaves it out");
}

int main(void)
{
    arena a = {0};
    reads(&a);
    refuses(&a);
    builds(&a);
    arena_free(&a);
    return check_done();
}
