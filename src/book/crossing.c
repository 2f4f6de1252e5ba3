/* Movements that reach beyond a period: their part in it is apportioned by days, and an account says so. */
#include "inside.h"

bool book_crossing_of(book *b, arena *a, period when, int64_t known_us, book_crossing **ret, size_t *ret_count, heng_err *err)
{
    static const char *const NAMES[] = {"from_us", "to_us", "link"};
    store_rows r;
    int64_t link;
    if (!book_fresh(b, err) || !book_link_at(b, known_us, &link, err)) return false;
    if (!book_run_ints(b, SQL_book_movement_crossing, a, &r, err, 3, NAMES, (int64_t[]){when.start_us, when.end_us, link})) return false;
    *ret = NEW_ARRAY(a, r.count + 1, book_crossing);
    *ret_count = r.count;
    for (size_t i = 0; i < r.count; i++) (*ret)[i] = (book_crossing){(int32_t)book_at(&r, 0, i), (int32_t)book_at(&r, 1, i), book_at(&r, 2, i)};
    return true;
}
