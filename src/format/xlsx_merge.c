/*
 * Merged cells. They stand behind the rows in the XML, so a sheet whose merges are to be filled is read twice. Filling repeats the value
 * of the first cell in the others, in rows that hold something of their own; a row that would hold only repeated values stays empty.
 */
#include <stdlib.h>
#include "messages.h"
#include "xlsx.h"

static const int64_t WORK_MAX = 500000000;
enum { MERGES_MAX = 1000000, ACTIVE_MAX = 16384, ROW_DIGITS_MAX = 9, COLUMN_LETTERS_MAX = 4 };

bool xlsx_place(const char *s, uint32_t *ret_column, int64_t *ret_row)
{
    uint32_t column = 0;
    int64_t row = 0;
    int letters = 0, digits = 0;
    for (; ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') || *s == '$'; s++) {
        if (*s == '$') continue;
        column = column * 26 + (uint32_t)((*s | 0x20) - 'a') + 1;
        if (++letters > COLUMN_LETTERS_MAX) return false;
    }
    for (; (*s >= '0' && *s <= '9') || (*s == '$' && digits == 0); s++) {
        if (*s == '$') continue;
        row = row * 10 + (*s - '0');
        if (++digits > ROW_DIGITS_MAX) return false;
    }
    if (letters == 0 || digits == 0 || row == 0 || *s) return false;
    *ret_column = column - 1;
    *ret_row = row;
    return true;
}

typedef struct merges_in { arena *a; merge_set *set; } merges_in;

static void merge_add(merges_in *m, xml_in *xml, const char *reference)
{
    char first[32];
    const char *colon = strchr(reference, ':');
    size_t len = colon ? (size_t)(colon - reference) : 0;
    xlsx_merge v = {0};
    if (!colon) return; /* one cell merged with itself */
    if (len < sizeof first) memcpy(first, reference, len);
    first[len < sizeof first ? len : 0] = 0;
    bool ok = xlsx_place(first, &v.column_first, &v.row_first) && xlsx_place(colon + 1, &v.column_last, &v.row_last);
    if (!ok || v.row_last < v.row_first || v.column_last < v.column_first) {
        err_fill(xml_err(xml), &MSG_XLSX_REFERENCE, reference, NULL, NULL);
        xml_stop(xml);
    } else if (m->set->count >= MERGES_MAX) {
        fail_limit(xml_err(xml), &MSG_XLSX_TOO_LARGE, "mergeCells", MERGES_MAX);
        xml_stop(xml);
    } else {
        *ARENA_PUSH(m->a, m->set->items, m->set->count, m->set->max) = v;
    }
}

static void merges_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    if (strcmp(name, "mergeCell") != 0) return;
    const char *reference = xml_attribute(attributes, "ref");
    if (reference) merge_add(ctx, xml, reference);
}

static void merges_end(void *ctx, xml_in *xml, const char *name) { (void)ctx, (void)xml, (void)name; }

static int by_first_row(const void *a, const void *b)
{
    const xlsx_merge *x = a, *y = b;
    return x->row_first < y->row_first ? -1 : x->row_first > y->row_first;
}

bool xlsx_merges_load(arena *a, xlsx *x, const char *part, heng_err *err)
{
    static const xml_events EVENTS = {merges_start, merges_end, NULL};
    merges_in m = {.a = a, .set = &x->merges};
    if (!xml_all(x->zip, part, &EVENTS, &m, err)) return false;
    if (x->merges.count > 0) qsort(x->merges.items, x->merges.count, sizeof *x->merges.items, by_first_row);
    x->merges.active = NEW_ARRAY(a, ACTIVE_MAX, size_t);
    return true;
}

/* Merges cannot overlap, so a row is touched by no more of them than it has columns; more come from a crafted file and are left. */
static void move_to_row(merge_set *s, int64_t row)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->active_count; i++)
        if (s->items[s->active[i]].row_last >= row) s->active[kept++] = s->active[i];
    s->work += (int64_t)s->active_count;
    s->active_count = kept;
    for (; s->next < s->count && s->items[s->next].row_first <= row; s->next++)
        if (s->items[s->next].row_last >= row && s->active_count < ACTIVE_MAX) s->active[s->active_count++] = s->next;
}

/* The value lives in the arena of the table: it is needed again many rows later. */
static void take_value(arena *a, xlsx_merge *m, int64_t row, const xlsx_cells *cells)
{
    if (m->row_first != row || m->column_first >= cells->count || cells->cells[m->column_first].kind == TABLE_EMPTY) return;
    m->value = cells->cells[m->column_first];
    m->value.value = text_copy(a, m->value.value);
    m->has_value = true;
}

bool xlsx_merges_fill(arena *a, xlsx *x, arena *scratch, int64_t row, xlsx_cells *cells, size_t columns_max, heng_err *err)
{
    merge_set *s = &x->merges;
    move_to_row(s, row);
    for (size_t i = 0; i < s->active_count; i++) {
        xlsx_merge *m = &s->items[s->active[i]];
        take_value(a, m, row, cells);
        if (!m->has_value) continue;
        for (size_t c = m->column_first; c <= m->column_last && c < columns_max; c++, s->work++) {
            table_cell *cell = xlsx_cell_at(scratch, cells, c);
            if (cell->kind == TABLE_EMPTY) *cell = m->value;
        }
    }
    return s->work <= WORK_MAX || fail_limit(err, &MSG_XLSX_TOO_LARGE, "mergeCells", WORK_MAX);
}
