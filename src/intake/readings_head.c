/*
 * The names of a file's columns: one row of names, two rows put together (1#变压器 merged above 有功(kWh) is 1#变压器/有功(kWh)), the last line of the file, or
 * none (#1, #2, ...). And where the columns of a mapping stand among them.
 */
#include "inside.h"
#include "readings_in.h"

enum { SEARCH_ROWS = 60 };

/* Upper names reach to the right over columns without one, as merged cells do; a name that stands in one of the rows only is taken from there. */
table_row readings_join(arena *a, const table_row *upper, const table_row *lower)
{
    size_t count = upper->count > lower->count ? upper->count : lower->count;
    table_cell *cells = NEW_ARRAY(a, count + 1, table_cell);
    text over = {0};
    for (size_t i = 0; i < count; i++) {
        text above = i < upper->count ? upper->cells[i].value : (text){0}, below = i < lower->count ? lower->cells[i].value : (text){0};
        if (above.len || !below.len) over = above;
        bool both = over.len && below.len && !text_equal(over, below);
        cells[i].kind = TABLE_TEXT;
        cells[i].value = both ? text_of(arena_printf(a, "%.*s/%.*s", TEXT_FMT(over), TEXT_FMT(below))) : below.len ? below : above;
    }
    return (table_row){.number = lower->number, .count = count, .cells = cells};
}

table_row readings_row_copy(arena *a, const table_row *row)
{
    table_cell *cells = NEW_ARRAY(a, row->count + 1, table_cell);
    for (size_t i = 0; i < row->count; i++) cells[i] = (table_cell){.value = text_copy(a, row->cells[i].value), .kind = row->cells[i].kind};
    return (table_row){.number = row->number, .count = row->count, .cells = cells};
}

/* #3 is the third column, unless a column has that name. */
int readings_column(const table_row *head, text name)
{
    bool ok = false;
    for (size_t i = 0; i < head->count; i++)
        if (text_equal(head->cells[i].value, name)) return (int)i;
    int64_t at = name.len > 1 && name.ptr[0] == '#' ? text_to_i64((text){name.ptr + 1, name.len - 1}, &ok) : 0;
    return ok && at >= 1 && at <= 16384 ? (int)at - 1 : -1;
}

static bool want_column(arena *a, const table_row *head, text name, int *ret, heng_err *err)
{
    *ret = readings_column(head, name);
    return *ret >= 0 || err_fill(err, &MSG_INTAKE_READINGS_COLUMN, text_str(a, name), NULL, NULL);
}

/* {building}/kwh: what stands before each cell, the cells, what stands behind. */
static bool bind_pattern(arena *a, const table_row *head, text pattern, code_pattern *ret, heng_err *err)
{
    size_t open, close;
    *ret = (code_pattern){0};
    while (text_find(pattern, TEXT("{"), &open) && text_find(pattern, TEXT("}"), &close) && close > open && ret->count < READINGS_KEYS_MAX) {
        text name = {pattern.ptr + open + 1, close - open - 1};
        ret->before[ret->count] = (text){pattern.ptr, open};
        if (!want_column(a, head, name, &ret->at[ret->count++], err)) return false;
        pattern = (text){pattern.ptr + close + 1, pattern.len - close - 1};
    }
    ret->after = pattern;
    return true;
}

static bool bind_value(arena *a, const table_row *head, readings_value *v, bound_value *to, heng_err *err)
{
    if (!want_column(a, head, v->header, &v->at, err)) return false;
    if (v->flag.len && !want_column(a, head, v->flag, &v->flag_at, err)) return false;
    return bind_pattern(a, head, v->channel, &to->code, err) && bind_pattern(a, head, v->unit, &to->unit, err);
}

bool readings_bind(arena *a, readings_mapping *map, const table_row *head, columns_bound *ret, size_t *fitting, heng_err *err)
{
    *fitting = 0;
    ret->multiplier_at = -1;
    for (size_t i = 0; i < map->time_count; i++, ++*fitting)
        if (map->times[i].header.len && !want_column(a, head, map->times[i].header, &map->times[i].at, err)) return false;
    for (size_t i = 0; i < map->value_count; i++, ++*fitting)
        if (!bind_value(a, head, &map->values[i], &ret->values[i], err)) return false;
    return !map->multiplier.len || want_column(a, head, map->multiplier, &ret->multiplier_at, err);
}

bool readings_last_row(arena *a, const char *path, text sheet_name, table_row *ret, heng_err *err)
{
    table *t;
    arena kept[2] = {{0}};           /* the row before is given back only when the next one is there */
    table_row row, last = {0};
    int at = 0;
    if (!readings_open(a, path, sheet_name, &t, err)) return false;
    bool ok;
    while ((ok = table_next(t, &kept[at], &row, err)) && !row.is_end) {
        last = row;
        at = 1 - at;
        arena_free(&kept[at]);
    }
    if (ok) *ret = readings_row_copy(a, &last);
    arena_free(&kept[0]);
    arena_free(&kept[1]);
    table_close(t);
    return ok;
}

/* Of a file without a row of names, as wide as its columns are asked for. */
static bool numbered(load *l, heng_err *err)
{
    size_t fitting;
    l->head = (table_row){0};
    return readings_bind(l->a, &l->map, &l->head, &l->bound, &fitting, err);
}

static bool try_row(load *l, const table_row *row, size_t *best, heng_err *why)
{
    heng_err other = {0};
    size_t fitting;
    if (readings_bind(l->a, &l->map, row, &l->bound, &fitting, &other)) return l->head = readings_row_copy(l->a, row), true;
    if (!why->message || fitting > *best) *why = other, *best = fitting;
    return false;
}

/* The error is that of the row that fits best, the first of equals. A row of names is read by itself, then together with the one above it. */
bool readings_find_head(load *l, table *t, const char *path, heng_err *err)
{
    heng_err why = {0};
    size_t best = 0;
    table_row row, both, above = {0};
    if (l->map.head == HEAD_NONE) return numbered(l, err);
    if (l->map.head == HEAD_LAST) {
        if (!readings_last_row(l->a, path, table_sheet_current(t), &row, err)) return false;
        return try_row(l, &row, &best, &why) || (*err = why, false);
    }
    for (int n = 0; n < SEARCH_ROWS; n++) {
        if (!table_next(t, l->a, &row, err)) return false;
        if (row.is_end) break;
        if (try_row(l, &row, &best, &why)) return true;
        both = readings_join(l->a, &above, &row);
        if (n > 0 && try_row(l, &both, &best, &why)) return true;
        above = row;
    }
    *err = why;
    return why.message ? false : err_fill(err, &MSG_INTAKE_READINGS_NO_HEADER, NULL, NULL, NULL);
}
