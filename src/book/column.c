/* Columns of parameters for the store, and pages of rows from it. */
#include "inside.h"

book_cols book_cols_of(arena *a, size_t rows)
{
    return (book_cols){.a = a, .rows = rows};
}

static store_param *column_new(book_cols *c, const char *name, store_type type)
{
    must(c->count < sizeof c->params / sizeof *c->params);
    store_param *p = &c->params[c->count++];
    *p = (store_param){.name = name, .type = type};
    return p;
}

int64_t *book_col(book_cols *c, const char *name)
{
    int64_t *ints = NEW_ARRAY(c->a, c->rows, int64_t);
    column_new(c, name, STORE_INT)->ints = ints;
    return ints;
}

text *book_col_text(book_cols *c, const char *name)
{
    text *texts = NEW_ARRAY(c->a, c->rows, text);
    column_new(c, name, STORE_TEXT)->texts = texts;
    return texts;
}

text *book_col_blob(book_cols *c, const char *name)
{
    text *texts = NEW_ARRAY(c->a, c->rows, text);
    column_new(c, name, STORE_BLOB)->texts = texts;
    return texts;
}

bool *book_col_nulls(book_cols *c)
{
    bool *nulls = NEW_ARRAY(c->a, c->rows, bool);
    c->params[c->count - 1].nulls = nulls;
    return nulls;
}

bool book_run(book *b, sql_id id, const book_cols *c, arena *a, store_rows *ret, heng_err *err)
{
    if (ret) *ret = (store_rows){0};
    if (c->rows == 0) return true;
    return store_run(b->store, id, c->count ? c->params : NULL, c->count, c->rows, a, ret, err);
}

bool book_run_ints(book *b, sql_id id, arena *a, store_rows *ret, heng_err *err, size_t count, const char *const *names, const int64_t *values)
{
    book_cols c = book_cols_of(a, 1);
    for (size_t i = 0; i < count; i++) book_col(&c, names[i])[0] = values[i];
    return book_run(b, id, &c, a, ret, err);
}

int64_t book_at(const store_rows *r, size_t column, size_t row)
{
    return r->columns[column].ints ? r->columns[column].ints[row] : 0;
}

text book_text_at(const store_rows *r, size_t column, size_t row)
{
    return r->columns[column].texts ? r->columns[column].texts[row] : (text){"", 0};
}

bool book_null_at(const store_rows *r, size_t column, size_t row)
{
    return r->columns[column].nulls && r->columns[column].nulls[row];
}

void book_cursor_open(book_cursor *c, sql_id sql, int64_t after)
{
    *c = (book_cursor){.sql = sql, .after = after};
}

bool book_cursor_peek(book *b, book_cursor *c, bool *ret_end, heng_err *err)
{
    if (c->at >= c->rows.count && !c->ended) {
        arena_free(&c->memory);
        c->rows = (store_rows){0};
        c->at = 0;
        static const char *const NAMES[] = {"after", "limit"};
        int64_t values[] = {c->after, BOOK_PAGE};
        if (!book_run_ints(b, c->sql, &c->memory, &c->rows, err, 2, NAMES, values)) return false;
        c->ended = c->rows.count == 0;
        if (!c->ended) c->after = book_at(&c->rows, 0, c->rows.count - 1);
    }
    *ret_end = c->ended;
    return true;
}

void book_cursor_close(book_cursor *c)
{
    arena_free(&c->memory);
    *c = (book_cursor){.ended = true};
}
