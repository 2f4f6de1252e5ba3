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

/* "数量(吨)": where the bracket opens and how many bytes it takes; none: the length of the header. */
static size_t bracket_at(text t, size_t *ret_bytes)
{
    size_t at;
    *ret_bytes = strlen("(");
    if (text_find(t, TEXT("("), &at) && at > 0) return at;
    *ret_bytes = strlen("（");
    return text_find(t, TEXT("（"), &at) && at > 0 ? at : t.len;
}

static bool header_text(arena *a, table_cell cell, text *ret, heng_err *err)
{
    size_t bytes;
    text t = cell.value;
    t.len = bracket_at(t, &bytes);
    return text_fold(a, text_trim(t), ret, err);
}

/* The unit in the brackets of a header; empty when there is none. */
static text unit_in(text t)
{
    size_t bytes, open = bracket_at(t, &bytes), close;
    if (open == t.len) return (text){0};
    t = (text){t.ptr + open + bytes, t.len - open - bytes};
    if (text_find(t, TEXT(")"), &close) || text_find(t, TEXT("）"), &close)) t.len = close;
    return text_trim(t);
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

static int column_index(const form *f, const char *id)
{
    for (size_t c = 0; c < f->column_count; c++)
        if (strcmp(f->columns[c].id, id) == 0) return (int)c;
    return -1;
}

/* The unit that the header of the amounts gives for all rows. */
static text unit_of_amounts(const form *f, const table_row *row, const int *at)
{
    int amount = column_index(f, "amount");
    return amount >= 0 && at[amount] >= 0 ? unit_in(row->cells[at[amount]].value) : (text){0};
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
    bool has_unit = unit_of_amounts(f, row, at).len > 0;
    for (size_t c = 0; c < f->column_count; c++) absent += f->columns[c].required && at[c] < 0 && !(has_unit && strcmp(f->columns[c].id, "unit") == 0);
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
    x->header_unit = unit_of_amounts(f, row, x->at);
    return check_extra(x, row, err);
}

/* A header over two rows: 交易双方 merged over 供方 and 接收方, the other names merged downwards. The lower name counts, the upper where there is none. */
static table_row both_rows(arena *a, const table_row *upper, const table_row *lower)
{
    size_t count = upper->count > lower->count ? upper->count : lower->count;
    table_cell *cells = NEW_ARRAY(a, count + 1, table_cell);
    for (size_t i = 0; i < count; i++) {
        bool is_below = i < lower->count && lower->cells[i].kind != TABLE_EMPTY;
        cells[i] = is_below ? lower->cells[i] : i < upper->count ? upper->cells[i] : (table_cell){0};
    }
    return (table_row){.number = lower->number, .count = count, .cells = cells};
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
    int at[COLUMNS_MAX], at_both[COLUMNS_MAX], nearest_at[COLUMNS_MAX];
    for (int i = 0; i < COLUMNS_MAX; i++) nearest_at[i] = -1;
    table_row above = {0};
    for (int n = 0; n < HEADER_SEARCH_ROWS; n++) {
        table_row row, both;
        if (!table_next(t, x->a, &row, err)) return false;
        if (row.is_end) break;
        both = both_rows(x->a, &above, &row);
        above = row;
        for (size_t f = 0; f < FORM_COUNT; f++) {
            if (wanted && &FORMS[f] != wanted) continue;
            size_t absent = match(x, &FORMS[f], &row, at, err), found = 0;
            if (absent == 0) return accept_header(x, &FORMS[f], &row, err);
            if (n > 0 && match(x, &FORMS[f], &both, at_both, err) == 0) return accept_header(x, &FORMS[f], &both, err);
            for (size_t c = 0; c < FORMS[f].column_count; c++) found += FORMS[f].columns[c].required && at[c] >= 0;
            if (found <= nearest_found) continue;
            nearest_found = found;
            nearest = &FORMS[f];
            memcpy(nearest_at, at, sizeof at);
        }
    }
    return no_form(x, nearest, nearest_at, err);
}
