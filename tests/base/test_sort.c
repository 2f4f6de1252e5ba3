/* Items come out by key, equal keys in the order they had. */
#include "check.h"
#include "sort.h"

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static bool is_sorted(const sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (items[i - 1].key > items[i].key) return false;
        if (items[i - 1].key == items[i].key && (uintptr_t)items[i - 1].item > (uintptr_t)items[i].item) return false;
    }
    return true;
}

static void sorts(arena *a, uint64_t mask, const char *says)
{
    static const size_t COUNTS[] = {0, 1, 2, 31, 32, 33, 255, 256, 5000, 70000};
    uint64_t state = 42;
    bool ok = true;
    for (size_t n = 0; n < sizeof COUNTS / sizeof *COUNTS; n++) {
        sort_item *items = NEW_ARRAY(a, COUNTS[n], sort_item);
        uint64_t before = 0, after = 0;
        for (size_t i = 0; i < COUNTS[n]; i++) {
            items[i] = (sort_item){next(&state) & mask, (char *)a + i}; /* only the place counts */
            before += items[i].key;
        }
        sort_by_key(items, COUNTS[n]);
        for (size_t i = 0; i < COUNTS[n]; i++) after += items[i].key;
        ok = ok && is_sorted(items, COUNTS[n]) && before == after;
    }
    check(ok, says);
}

int main(void)
{
    arena a = {0};
    sorts(&a, UINT64_MAX, "keys of eight bytes");
    sorts(&a, 0xFFFF, "small keys, many equal");
    sorts(&a, 0xFF00000000u, "one byte in the middle");
    sorts(&a, 0, "all equal: the order stays");
    arena_free(&a);
    return check_done();
}
