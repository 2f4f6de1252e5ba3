/* Which form a file holds: the first row that has all required columns of one, by any of their names in either language. */
#include "inside.h"

#define FORM(id, zh, en) static const form_column COLUMNS_##id[] = {
#define COLUMN(id, zh, en, required, others, wants_zh, wants_en) {#id, zh, en, required, others, wants_zh, wants_en},
#define END_FORM };
#include "forms.def"
#undef FORM
#undef COLUMN
#undef END_FORM

#define FORM(id, zh, en) {#id, zh, en, COLUMNS_##id, sizeof COLUMNS_##id / sizeof COLUMNS_##id[0]},
#define COLUMN(...)
#define END_FORM
const form FORMS[] = {
#include "forms.def"
};
#undef FORM
#undef COLUMN
#undef END_FORM
const size_t FORM_COUNT = sizeof FORMS / sizeof FORMS[0];

const form *form_find(text id)
{
    for (size_t i = 0; i < FORM_COUNT; i++)
        if (text_is(id, FORMS[i].id) || text_is(id, FORMS[i].zh)) return &FORMS[i];
    return NULL;
}

static bool is_reason(text folded) { return text_is(folded, "原因") || text_is(folded, "reason") || text_is(folded, "refused_reason"); }

static bool header_text(arena *a, table_cell cell, text *ret, heng_err *err)
{
    size_t bracket;
    text t = cell.value;
    if (text_find(t, TEXT("("), &bracket) && bracket > 0) t.len = bracket; /* "数量(吨)": a unit in the header */
    else if (text_find(t, TEXT("（"), &bracket) && bracket > 0) t.len = bracket;
    return text_fold(a, text_trim(t), ret, err);
}

static bool column_is(arena *a, const form_column *column, text folded, heng_err *err)
{
    text rest = text_of(column->others), name;
    const char *own[] = {column->id, column->zh, column->en};
    for (size_t i = 0; i < 3; i++)
        if (text_fold(a, text_of(own[i]), &name, err) && text_equal(name, folded)) return true;
    while (rest.len)
        if (text_fold(a, text_next(&rest, '|'), &name, err) && text_equal(name, folded)) return true;
    return false;
}

/* Columns of the form in this row; how many required ones are absent. */
static size_t match(reading *x, const form *f, const table_row *row, int *at, heng_err *err)
{
    size_t absent = 0;
    for (size_t c = 0; c < f->column_count; c++) at[c] = -1;
    for (size_t i = 0; i < row->count; i++) {
        text folded;
        if (row->cells[i].kind == TABLE_EMPTY || !header_text(x->a, row->cells[i], &folded, err)) continue;
        for (size_t c = 0; c < f->column_count; c++)
            if (at[c] < 0 && column_is(x->a, &f->columns[c], folded, err)) {
                at[c] = (int)i;
                break;
            }
    }
    for (size_t c = 0; c < f->column_count; c++) absent += f->columns[c].required && at[c] < 0;
    return absent;
}

static bool check_extra(reading *x, const table_row *row, heng_err *err)
{
    for (size_t i = 0; i < row->count; i++) {
        text folded, value = row->cells[i].value;
        if (!value.len || value.ptr[0] == '#') continue;
        bool used = false;
        for (size_t c = 0; c < x->form->column_count; c++) used |= x->at[c] == (int)i;
        if (used) continue;
        if (!header_text(x->a, row->cells[i], &folded, err)) return false;
        if (is_reason(folded)) continue;
        for (size_t c = 0; c < x->form->column_count; c++)
            if (column_is(x->a, &x->form->columns[c], folded, err) && strcmp(x->form->columns[c].id, "note") != 0) {
                err_fill(err, &MSG_INTAKE_DOUBLE_COLUMN, text_str(x->a, row->cells[x->at[c]].value), NULL, text_str(x->a, value));
                return err_at_row(err, row->number);
            } else if (column_is(x->a, &x->form->columns[c], folded, err)) used = true; /* several columns of notes */
        if (used) continue;
        text names[COLUMNS_MAX];
        for (size_t c = 0; c < x->form->column_count; c++) names[c] = text_of(x->form->columns[c].id);
        size_t near[2], n = text_nearest(x->a, folded, names, x->form->column_count, 2, near);
        text_buf b = {.a = x->a};
        for (size_t k = 0; k < n; k++) buf_printf(&b, "%s%s(%s)", k ? ", " : "", x->form->columns[near[k]].id, x->form->columns[near[k]].zh);
        err_fill_n(err, &MSG_INTAKE_EXTRA_COLUMN, value.ptr, value.len, text_str(x->a, buf_text(&b)));
        return err_at_row(err, row->number);
    }
    return true;
}

static bool accept_header(reading *x, const form *f, const table_row *row, heng_err *err)
{
    x->form = f;
    match(x, f, row, x->at, err);
    x->header_count = row->count;
    x->header = row->cells;
    return check_extra(x, row, err);
}

static bool no_form(reading *x, const form *nearest, const int *at, heng_err *err)
{
    text_buf b = {.a = x->a};
    for (size_t c = 0; c < nearest->column_count; c++)
        if (nearest->columns[c].required && at[c] < 0) buf_printf(&b, "%s%s(%s)", b.len ? ", " : "", nearest->columns[c].id, nearest->columns[c].zh);
    return err_fill(err, &MSG_INTAKE_NO_FORM, NULL, text_str(x->a, buf_text(&b)), nearest->id);
}

bool find_header(reading *x, table *t, heng_err *err)
{
    const form *wanted = x->options->form.len ? form_find(x->options->form) : NULL;
    if (x->options->form.len && !wanted) return err_fill_n(err, &MSG_INTAKE_UNKNOWN_FORM, x->options->form.ptr, x->options->form.len, "movements, observations, parties, balance");
    const form *nearest = wanted ? wanted : &FORMS[0];
    size_t nearest_found = 0;
    int at[COLUMNS_MAX], nearest_at[COLUMNS_MAX];
    for (int i = 0; i < COLUMNS_MAX; i++) nearest_at[i] = -1;
    for (int n = 0; n < HEADER_SEARCH_ROWS; n++) {
        table_row row;
        if (!table_next(t, x->a, &row, err)) return false;
        if (row.is_end) break;
        for (size_t f = 0; f < FORM_COUNT; f++) {
            if (wanted && &FORMS[f] != wanted) continue;
            size_t absent = match(x, &FORMS[f], &row, at, err), found = 0;
            if (absent == 0) return accept_header(x, &FORMS[f], &row, err);
            for (size_t c = 0; c < FORMS[f].column_count; c++) found += FORMS[f].columns[c].required && at[c] >= 0;
            if (found <= nearest_found) continue;
            nearest_found = found;
            nearest = &FORMS[f];
            memcpy(nearest_at, at, sizeof at);
        }
    }
    return no_form(x, nearest, nearest_at, err);
}
