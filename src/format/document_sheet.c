/*
 * Spreadsheets and csv files as documents of tables: each visible sheet is one table, its rows and columns those of the file.
 *
 * A merged cell stands in each row that it covers (table_options.fill_merged), as a reader sees it. A row with one value only (a title over the table, a
 * heading between rows, a note below) is a paragraph. Every row of cells is given to the sheet's last column, be it empty, so that rows of one table have one width.
 */
#include <strings.h>
#include "document_in.h"
#include "messages.h"
#include "table_in.h"

typedef struct sheet_rows { arena *a; table_row *items; size_t count, max, columns; } sheet_rows;

static bool keep_row(sheet_rows *s, const table_row *row, heng_err *err)
{
    table_cell *cells = NEW_ARRAY(s->a, row->count, table_cell);
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = row->cells[i];
        cells[i].value = text_copy(s->a, text_trim(row->cells[i].value));
        if (cells[i].value.len && i >= s->columns) s->columns = i + 1;
    }
    if ((s->count + 1) * (s->columns + 1) > DOCUMENT_BLOCKS_MAX) return fail_limit(err, &MSG_DOCUMENT_BLOCKS, NULL, DOCUMENT_BLOCKS_MAX);
    *ARENA_PUSH(s->a, s->items, s->count, s->max) = (table_row){.number = row->number, .count = row->count, .cells = cells};
    return true;
}

static bool read_rows(sheet_rows *s, table *t, heng_err *err)
{
    arena scratch = {0};
    bool ok;
    for (;;) {
        table_row row;
        arena_mark mark = arena_here(&scratch);
        ok = table_next(t, &scratch, &row, err);
        if (!ok || row.is_end) break;
        ok = keep_row(s, &row, err) || err_at_row(err, row.number);
        if (!ok) break;
        arena_rewind(&scratch, mark);
    }
    arena_free(&scratch);
    return ok;
}

/* The one value of a row that has no other, repeated or not; empty if there are several. */
static text only_value(const table_row *row)
{
    text value = {"", 0};
    for (size_t i = 0; i < row->count; i++) {
        if (!row->cells[i].value.len) continue;
        if (value.len && !text_equal(value, row->cells[i].value)) return (text){"", 0};
        value = row->cells[i].value;
    }
    return value;
}

static void add_row(document_out *o, const table_row *row, size_t columns, int32_t number)
{
    for (size_t i = 0; i < columns; i++) {
        text value = i < row->count ? row->cells[i].value : (text){"", 0};
        if (!value.len && i + 1 < columns) continue;
        document_block *b = document_add(o, BLOCK_CELL, value);
        b->table = o->table_count;
        b->row = number;
        b->column = (int32_t)i + 1;
    }
}

static void add_rows(document_out *o, const sheet_rows *s)
{
    o->table_count++;
    for (size_t i = 0; i < s->count; i++) {
        text value = only_value(&s->items[i]);
        if (!value.len) add_row(o, &s->items[i], s->columns, (int32_t)s->items[i].number);
        else if (document_add(o, BLOCK_PARAGRAPH, value) && !o->doc->title.len && text_chars(value) > 6 && i < 5) o->doc->title = value;
    }
}

static bool add_table(document_out *o, table *t, heng_err *err)
{
    sheet_rows s = {.a = o->a};
    if (!read_rows(&s, t, err)) return false;
    add_rows(o, &s);
    return true;
}

static bool add_sheet(document_out *o, text name, heng_err *err)
{
    table_options options = {.sheet = name, .fill_merged = true, .columns_max = DOCUMENT_COLUMNS_MAX, .bytes_max = DOCUMENT_INFLATED_MAX};
    table *t = NULL;
    if (!table_open_bytes(o->doc->original.ptr, o->doc->original.len, "", &options, &t, err)) return false;
    bool ok = add_table(o, t, err);
    table_close(t);
    return ok;
}

/* The names of the visible sheets; a csv file is one without a name. */
static bool sheet_names(document_out *o, text **ret, size_t *ret_count, heng_err *err)
{
    table_options options = {.columns_max = DOCUMENT_COLUMNS_MAX, .bytes_max = DOCUMENT_INFLATED_MAX};
    table *t = NULL;
    size_t max = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!table_open_bytes(o->doc->original.ptr, o->doc->original.len, "", &options, &t, err)) return false;
    for (size_t i = 0; i < table_sheet_count(t); i++)
        if (!table_sheet_is_hidden(t, i)) *ARENA_PUSH(o->a, *ret, *ret_count, max) = text_copy(o->a, table_sheet_name(t, i));
    o->doc->encoding = table_encoding(t);
    table_close(t);
    return true;
}

bool document_sheet(document_out *o, heng_err *err)
{
    text *names;
    size_t count;
    o->doc->kind = DOCUMENT_SHEET;
    if (!sheet_names(o, &names, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!add_sheet(o, names[i], err)) return false;
    o->doc->has_no_text = o->count == 0;
    return true;
}

bool document_is_csv_name(const char *name)
{
    size_t len = name ? strlen(name) : 0;
    return len > 4 && strcasecmp(name + len - 4, ".csv") == 0;
}
