/* Loading the small packs of these tests. The folder comes from the build (TEST_PACKS). */
#ifndef TEST_PACKS_H
#define TEST_PACKS_H
#include "check.h"
#include "rule.h"

enum { GIVEN_DAY = 18628 /* 2021-01-01 */ };

static inline const rule_set *load_packs(arena *a, const char *const *names, size_t count)
{
    const char *folders[4];
    const rule_set *r = NULL;
    heng_err err = {0};
    for (size_t i = 0; i < count; i++) folders[i] = arena_printf(a, "%s/%s", TEST_PACKS, names[i]);
    check_ok(rule_load_folders(a, folders, count, &r, NULL, &err), &err, "the packs load without faults");
    return r;
}

static inline const rule_set *load_ground(arena *a)
{
    return load_packs(a, (const char *const[]){"ground"}, 1);
}

static inline int32_t day_of(const char *t)
{
    int32_t day = 0;
    heng_err err = {0};
    return day_parse(text_of(t), &day, &err) ? day : 0;
}
#endif
