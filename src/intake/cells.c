/* Cells of a row by the form's columns, with the errors that a person can act on. */
#include "inside.h"

static int column_of(const reading *x, const char *id)
{
    const form_column *columns = x->form->columns;
    for (size_t c = 0; c < x->form->column_count; c++)
        if (columns[c].id[0] == id[0] && strcmp(columns[c].id, id) == 0) return (int)c;
    return -1;
}

static const table_cell *find_cell(const reading *x, const row_in *row, const char *column)
{
    int c = column_of(x, column);
    if (c < 0 || x->at[c] < 0 || (size_t)x->at[c] >= row->cell_count) return NULL;
    return &row->cells[x->at[c]];
}

text cell_at(const reading *x, const row_in *row, const char *column)
{
    const table_cell *cell = find_cell(x, row, column);
    return cell ? cell->value : (text){0};
}

table_cell_kind cell_kind_at(const reading *x, const row_in *row, const char *column)
{
    const table_cell *cell = find_cell(x, row, column);
    return cell ? cell->kind : TABLE_EMPTY;
}

void refuse(reading *x, row_in *row, const heng_err *err)
{
    heng_err *copy = NEW(x->a, heng_err);
    text total;
    *copy = *err;
    if (looks_like_total(x, row, err, &total)) {
        *copy = (heng_err){0};
        err_fill_n(copy, &MSG_INTAKE_TOTAL_ROW, total.ptr, total.len, NULL);
        err_in_field(copy, err->field);
    }
    err_at_row(copy, row->number);
    row->refused = copy;
}

bool want_cell(const reading *x, const row_in *row, const char *column, text *ret, heng_err *err)
{
    const table_cell *cell = find_cell(x, row, column);
    *ret = cell ? cell->value : (text){0};
    if (cell && cell->kind == TABLE_ERROR) return err_fill_n(err, &MSG_INTAKE_CELL_ERROR, ret->ptr, ret->len, NULL) || err_in_field(err, column);
    if (ret->len) return true;
    const form_column *c = &x->form->columns[column_of(x, column)];
    return err_fill(err, &MSG_INTAKE_FIELD_EMPTY, "", x->options->lang == HENG_ZH ? c->wants_zh : c->wants_en, NULL) || err_in_field(err, column);
}

bool cell_party(reading *x, const row_in *row, const char *column, int32_t *ret, heng_err *err)
{
    text name = cell_at(x, row, column);
    int64_t cached;
    if (!name.len && x->options->party.len) name = x->options->party;
    if (!name.len && !want_cell(x, row, column, &name, err)) return false;
    if (text_map_find(&x->party_cache, name, &cached)) {
        *ret = (int32_t)cached;
        return true;
    }
    if (!book_party_want(x->b, &x->parties, name, ret, err)) return err_in_field(err, column);
    text_map_put(&x->party_cache, name, *ret);
    return true;
}

/* Full-width digits and letters as plain ones. */
text plain_text(arena *a, text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.ptr[i] >= 0x80) return text_nfkc(a, t);
    return t;
}

/* A spreadsheet holds a year as a number, a month as its first day, a day as its midnight; each reads as what it says. */
bool cell_period(reading *x, const row_in *row, period *ret, heng_err *err)
{
    text start = cell_at(x, row, "start"), end = cell_at(x, row, "end"), t;
    if (start.len && !cell_at(x, row, "period").len) return period_parse_pair(x->zone, start, end.len ? end : start, ret, err) || err_in_field(err, "start");
    if (!want_cell(x, row, "period", &t, err)) return false;
    size_t at;
    if (cell_kind_at(x, row, "period") == TABLE_DATE && text_find(t, TEXT("T00:00:00"), &at)) t.len = at; /* a day, shown with a clock */
    return period_parse(x->zone, plain_text(x->a, t), ret, err) || err_in_field(err, "period");
}
