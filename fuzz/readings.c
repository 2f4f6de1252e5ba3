/*
 * Fuzz: bytes as a mapping, a line "---", and rows of a file of readings. A mapping that is read comes back as the same table; the rows are read by it, with any of
 * them as the row of names; every cell is tried as a time.
 */
#include <stdlib.h>
#include <string.h>
#include "readings_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { ROWS_MAX = 200 };

static void try_times(text t)
{
    clock_time at;
    int64_t from, to;
    for (int order = ORDER_FOUND; order <= ORDER_MDY; order++)
        if (clock_read(t, (readings_order)order, &at)) must(at.has_date);
    if (clock_period(t, &from, &to)) must(from < to);
    if (clock_of_day(t, &from)) must(from >= 0 && from <= 86400);
    must(clock_first(t).len <= t.len);
    (void)clock_order_evidence(t);
}

static void read_row(arena *a, const readings_mapping *m, const columns_bound *bound, const table_row *row, int64_t ordinal)
{
    row_when when;
    text_buf code = {.a = a};
    for (size_t i = 0; i < row->count; i++) try_times(readings_plain(a, row->cells[i].value)), (void)readings_is_total(a, m, row->cells[i].value);
    if (readings_row_when(m, a, row, ordinal, &when)) must(!when.is_period || when.to_s > when.at.local_s);
    for (size_t i = 0; i < m->value_count; i++) (void)readings_filled(&code, &bound->values[i].code, row), (void)readings_unit(&bound->values[i].unit, row);
}

static void read_rows(arena *a, readings_mapping *m, const char *bytes, size_t len)
{
    table *t;
    table_row row, above = {0}, rows[ROWS_MAX];
    size_t count = 0, fitting;
    heng_err err = {0};
    columns_bound bound = {.values = NEW_ARRAY(a, m->value_count + 1, bound_value)};
    if (!table_open_bytes(bytes, len, "rows", &(table_options){.separator = ','}, &t, &err)) return;
    while (count < ROWS_MAX && table_next(t, a, &row, &err) && !row.is_end) rows[count++] = row;
    for (size_t i = 0; i < count; i++) {
        table_row both = readings_join(a, &above, &rows[i]);
        err_clear(&err);
        if (readings_bind(a, m, &rows[i], &bound, &fitting, &err) || (err_clear(&err), readings_bind(a, m, &both, &bound, &fitting, &err)))
            for (size_t k = 0; k < count; k++) read_row(a, m, &bound, &rows[k], (int64_t)k);
        above = rows[i];
    }
    table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    heng_err err = {0};
    readings_mapping m, again;
    text all = {(const char *)bytes, len}, rest = {0};
    size_t at;
    if (len > 1 << 16) return 0;
    if (text_find(all, TEXT("---\n"), &at)) rest = (text){all.ptr + at + 4, all.len - at - 4}, all.len = at;
    if (readings_mapping_read(&a, all, &m, &err)) {
        text once = readings_mapping_text(&a, &m);
        must(readings_mapping_read(&a, once, &again, &err) && text_equal(once, readings_mapping_text(&a, &again)));
        read_rows(&a, &m, rest.ptr, rest.len);
    }
    arena_free(&a);
    return 0;
}
