/*
 * Result rows into columns. A column takes the type of its first value that is not null; after that another type is an error, since on a STRICT
 * table it can only come from a statement that mixes them. Arrays double in the arena; short texts share blocks.
 * A column is fetched once, as a value, and asked for type and content: of a long pass the calls for columns would be a tenth. SQLite calls such a value
 * unprotected because two threads may not share its connection; ours never do.
 */
#include "store_inside.h"

enum { ROWS_FIRST = 16, ROWS_FIRST_MAX = 65536, TEXT_BLOCK_BYTES = 65536, TEXT_ALIGN = 8 };

static bool type_of(int sqlite_type, store_type *ret)
{
    switch (sqlite_type) {
    case SQLITE_INTEGER: *ret = STORE_INT; return true;
    case SQLITE_TEXT: *ret = STORE_TEXT; return true;
    case SQLITE_BLOB: *ret = STORE_BLOB; return true;
    default: return false;
    }
}

static bool fail_value(const store *s, const char *name, const char *column, heng_err *err)
{
    err_fill(err, &MSG_STORE_VALUE, name, NULL, NULL);
    err_in_field(err, column);
    return err_in_file(err, s->path);
}

void collect_begin(collector *c, arena *a, const statement *st, size_t rows_hint)
{
    size_t columns = (size_t)sqlite3_column_count(st->stmt);
    *c = (collector){.a = a, .name = st->name};
    c->rows.column_count = columns;
    c->rows.columns = NEW_ARRAY(a, columns, store_column);
    c->typed = NEW_ARRAY(a, columns, bool);
    c->max = rows_hint < ROWS_FIRST ? ROWS_FIRST : rows_hint > ROWS_FIRST_MAX ? ROWS_FIRST_MAX : rows_hint;
}

/* Rows before the first typed value were null: 0 or empty. */
static void give_type(collector *c, size_t i, store_type type)
{
    store_column *column = &c->rows.columns[i];
    column->type = type;
    c->typed[i] = true;
    if (type == STORE_INT) column->ints = NEW_ARRAY(c->a, c->max, int64_t);
    else column->texts = NEW_ARRAY(c->a, c->max, text);
}

static void grow(collector *c)
{
    size_t old = c->rows.count, max = old ? c->max * 2 : c->max;
    c->rows.origin = arena_grow(c->a, c->rows.origin, old * sizeof(size_t), max * sizeof(size_t));
    for (size_t i = 0; i < c->rows.column_count; i++) {
        store_column *column = &c->rows.columns[i];
        column->nulls = arena_grow(c->a, column->nulls, old * sizeof(bool), max * sizeof(bool));
        if (column->ints) column->ints = arena_grow(c->a, column->ints, old * sizeof(int64_t), max * sizeof(int64_t));
        if (column->texts) column->texts = arena_grow(c->a, column->texts, old * sizeof(text), max * sizeof(text));
    }
    c->max = max;
}

static text keep_bytes(collector *c, const void *bytes, size_t len)
{
    if (len == 0) return (text){"", 0}; /* before the first block there is no place to point at */
    size_t room = (len + TEXT_ALIGN - 1) / TEXT_ALIGN * TEXT_ALIGN;
    if (room > TEXT_BLOCK_BYTES / 4) {
        char *own = arena_alloc(c->a, len);
        memcpy(own, bytes, len);
        return (text){own, len};
    }
    if (room > c->bytes_left) {
        c->bytes = arena_alloc(c->a, TEXT_BLOCK_BYTES);
        c->bytes_left = TEXT_BLOCK_BYTES;
    }
    text kept = {c->bytes, len};
    memcpy(c->bytes, bytes, len);
    c->bytes += room;
    c->bytes_left -= room;
    return kept;
}

static bool collect_value(collector *c, const store *s, sqlite3_stmt *stmt, size_t i, heng_err *err)
{
    store_column *column = &c->rows.columns[i];
    size_t row = c->rows.count;
    int at = (int)i;
    sqlite3_value *value = sqlite3_column_value(stmt, at);
    int sqlite_type = sqlite3_value_type(value);
    store_type type;

    column->nulls[row] = sqlite_type == SQLITE_NULL;
    if (column->nulls[row]) {
        if (column->ints) column->ints[row] = 0;
        if (column->texts) column->texts[row] = (text){"", 0};
        return true;
    }
    if (!type_of(sqlite_type, &type)) return fail_value(s, c->name, sqlite3_column_name(stmt, at), err);
    if (!c->typed[i]) give_type(c, i, type);
    if (type != column->type) return fail_value(s, c->name, sqlite3_column_name(stmt, at), err);
    if (type == STORE_INT) column->ints[row] = sqlite3_value_int64(value);
    else {
        const void *bytes = sqlite3_value_blob(value);
        column->texts[row] = keep_bytes(c, bytes, (size_t)sqlite3_value_bytes(value));
    }
    return true;
}

bool collect_row(collector *c, const store *s, sqlite3_stmt *stmt, size_t origin, heng_err *err)
{
    if (!c->rows.origin || c->rows.count == c->max) grow(c);
    for (size_t i = 0; i < c->rows.column_count; i++)
        if (!collect_value(c, s, stmt, i, err)) return false;
    c->rows.origin[c->rows.count++] = origin;
    return true;
}

/* A column of nulls only may be read as either type. */
void collect_end(collector *c, store_rows *ret)
{
    for (size_t i = 0; i < c->rows.column_count; i++) {
        store_column *column = &c->rows.columns[i];
        if (c->typed[i]) continue;
        column->ints = NEW_ARRAY(c->a, c->rows.count, int64_t);
        column->texts = NEW_ARRAY(c->a, c->rows.count, text);
    }
    *ret = c->rows;
}

void collect_one_begin(store_rows *one, arena *a, const statement *st)
{
    size_t columns = (size_t)sqlite3_column_count(st->stmt);
    *one = (store_rows){.count = 1, .column_count = columns};
    one->columns = NEW_ARRAY(a, columns, store_column);
    one->origin = NEW(a, size_t);
    for (size_t i = 0; i < columns; i++) {
        one->columns[i].ints = NEW(a, int64_t);
        one->columns[i].texts = NEW(a, text);
        one->columns[i].nulls = NEW(a, bool);
    }
}

bool collect_one(store_rows *one, const store *s, const statement *st, heng_err *err)
{
    for (size_t i = 0; i < one->column_count; i++) {
        store_column *column = &one->columns[i];
        sqlite3_value *value = sqlite3_column_value(st->stmt, (int)i);
        int sqlite_type = sqlite3_value_type(value);
        *column->ints = 0;
        *column->texts = (text){"", 0};
        *column->nulls = sqlite_type == SQLITE_NULL;
        if (*column->nulls) continue;
        if (!type_of(sqlite_type, &column->type)) return fail_value(s, st->name, sqlite3_column_name(st->stmt, (int)i), err);
        if (column->type == STORE_INT) *column->ints = sqlite3_value_int64(value);
        else {
            const char *bytes = sqlite3_value_blob(value);
            *column->texts = (text){bytes ? bytes : "", (size_t)sqlite3_value_bytes(value)};
        }
    }
    return true;
}
