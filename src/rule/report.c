/* Report forms: typed from their rows, and judged when a pack is loaded. See report.h. */
#include <stdlib.h>
#include "inside.h"

typedef struct forms { arena *a; const rule_set *r; builder *b; /* NULL = faults were told when the pack was loaded */ rule_report_form *items; size_t count; } forms;

static text cell(const rule_row *row, int tbl, const char *column) { return row_text(row, tbl, column); }

static rule_name names_of(const rule_row *row, int tbl, const char *zh, const char *en) { return (rule_name){cell(row, tbl, zh), cell(row, tbl, en)}; }

static int64_t whole(const rule_row *row, int tbl, const char *column, int64_t otherwise)
{
    bool ok;
    int64_t n = text_to_i64(cell(row, tbl, column), &ok);
    return ok ? n : otherwise;
}

/* Rows of a table that belong to a form, by their column `order`; rows of one order stay as they stand. */
typedef struct ordered { const rule_row *row; int64_t order; size_t at; } ordered;

static int by_order(const void *x, const void *y)
{
    const ordered *a = x, *b = y;
    if (a->order != b->order) return a->order < b->order ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static size_t rows_of(const forms *f, int tbl, text form, ordered **ret)
{
    const rule_table_rows *t = &f->r->index->tables[tbl];
    ordered *rows = NEW_ARRAY(f->a, t->count + 1, ordered);
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++)
        if (text_equal(cell(t->rows[i], tbl, "form"), form)) rows[n] = (ordered){t->rows[i], whole(t->rows[i], tbl, "order", 0), i}, n++;
    if (n) qsort(rows, n, sizeof *rows, by_order);
    *ret = rows;
    return n;
}

static void fault(const forms *f, const rule_row *row, const char *column, const heng_message *m, text seen, text wanted)
{
    if (f->b) row_fault(f->b, row, column, m, seen, wanted, (text){"", 0});
}

/* ---- Columns ---- */

static int column_find(const rule_report_form *form, text id)
{
    for (size_t i = 0; i < form->column_count; i++)
        if (text_equal(form->columns[i].id, id)) return (int)i;
    return -1;
}

static text column_ids(const forms *f, const rule_report_form *form)
{
    text_buf b = {.a = f->a};
    for (size_t i = 0; i < form->column_count; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(form->columns[i].id));
    return buf_text(&b);
}

static bool end_ok(const forms *f, text end)
{
    if (!text_starts(end, "role:")) return end.len > 0;
    return id_find(f->r, T_ROLES, (text){end.ptr + 5, end.len - 5}) >= 0;
}

static void read_column(const forms *f, const rule_row *row, rule_report_column *c)
{
    static const char *const METERS[] = {"", "bought", "used", "sold", "made"};
    *c = (rule_report_column){.id = cell(row, T_REPORT_COLUMNS, "id"), .name = names_of(row, T_REPORT_COLUMNS, "name_zh", "name_en"), .aliases = cell(row, T_REPORT_COLUMNS, "aliases"),
        .comment = names_of(row, T_REPORT_COLUMNS, "comment_zh", "comment_en"), .type = text_is(cell(row, T_REPORT_COLUMNS, "type"), "number") ? REPORT_NUMBER : REPORT_AMOUNT,
        .unit = id_find(f->r, T_UNITS, cell(row, T_REPORT_COLUMNS, "unit")), .kind = id_find(f->r, T_KINDS, cell(row, T_REPORT_COLUMNS, "kind")),
        .kind_less = id_find(f->r, T_KINDS, cell(row, T_REPORT_COLUMNS, "kind_less")), .from = cell(row, T_REPORT_COLUMNS, "from"), .to = cell(row, T_REPORT_COLUMNS, "to"), .row = row};
    for (int i = 1; i < 5; i++)
        if (text_is(cell(row, T_REPORT_COLUMNS, "meter"), METERS[i])) c->meter = (rule_report_meter)i;
    if (c->kind < 0) return;
    if (c->type != REPORT_AMOUNT || !c->from.len || !c->to.len) fault(f, row, "kind", &MSG_RULE_REPORT_POSTS, cell(row, T_REPORT_COLUMNS, "kind"), (text){"", 0});
    if (c->from.len && !end_ok(f, c->from)) fault(f, row, "from", &MSG_RULE_REPORT_PARTY, c->from, (text){"", 0});
    if (c->to.len && !end_ok(f, c->to)) fault(f, row, "to", &MSG_RULE_REPORT_PARTY, c->to, (text){"", 0});
}

static void read_less(const forms *f, const rule_report_form *form, rule_report_column *c)
{
    for (text rest = cell(c->row, T_REPORT_COLUMNS, "less"); rest.len > 0;) {
        text id = text_trim(text_next(&rest, ';'));
        int at = column_find(form, id);
        if (!id.len) continue;
        if (at < 0 || c->less_count == RULE_REPORT_LESS_MAX) fault(f, c->row, "less", &MSG_RULE_REPORT_COLUMN, id, column_ids(f, form));
        else c->less[c->less_count++] = at;
    }
}

static void read_columns(const forms *f, rule_report_form *form)
{
    ordered *rows;
    size_t n = rows_of(f, T_REPORT_COLUMNS, form->id, &rows);
    if (n > RULE_REPORT_COLUMNS_MAX) {
        fault(f, rows[RULE_REPORT_COLUMNS_MAX].row, "id", &MSG_RULE_TOO_MANY_ROWS, (text){"", 0}, text_of(arena_printf(f->a, "%d", RULE_REPORT_COLUMNS_MAX)));
        n = RULE_REPORT_COLUMNS_MAX;
    }
    rule_report_column *columns = NEW_ARRAY(f->a, n + 1, rule_report_column);
    for (size_t i = 0; i < n; i++) read_column(f, rows[i].row, &columns[i]);
    form->columns = columns, form->column_count = n;
    for (size_t i = 0; i < n; i++) read_less(f, form, &columns[i]);
}

/* ---- Checks ---- */

typedef struct scan { const forms *f; const rule_report_form *form; text all, rest; } scan;

static bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

static void skip_blanks(scan *s)
{
    while (s->rest.len && s->rest.ptr[0] == ' ') s->rest.ptr++, s->rest.len--;
}

static bool take(scan *s, const char *word)
{
    skip_blanks(s);
    if (!text_starts(s->rest, word)) return false;
    s->rest.ptr += strlen(word), s->rest.len -= strlen(word);
    return true;
}

static text take_while(scan *s, bool (*is_in)(char))
{
    text t = {s->rest.ptr, 0};
    while (t.len < s->rest.len && is_in(t.ptr[t.len])) t.len++;
    s->rest.ptr += t.len, s->rest.len -= t.len;
    return t;
}

static bool is_number_char(char c) { return (c >= '0' && c <= '9') || c == '.'; }

static bool scan_column(scan *s, rule_report_term *t)
{
    text name = take_while(s, is_name_char);
    bool is_of = take(s, ".");
    if (is_of) {
        if (!text_is(name, "last") && !text_is(name, "months")) return false;
        t->from = text_is(name, "last") ? REPORT_OF_LAST : REPORT_OF_MONTHS;
        if (t->from == REPORT_OF_MONTHS && s->form->months < 0) return false;
        name = take_while(s, is_name_char);
    }
    t->column = column_find(s->form, name);
    return t->column >= 0;
}

/* factor * column, a column, or a number. */
static bool scan_term(scan *s, bool is_minus, rule_report_term *t)
{
    heng_err ignored = {0};
    *t = (rule_report_term){.factor = rat_int(s->f->a, 1), .column = -1};
    skip_blanks(s);
    if (!s->rest.len) return false;
    if (is_number_char(s->rest.ptr[0])) {
        if (!rat_parse(s->f->a, take_while(s, is_number_char), &t->factor, &ignored)) return false;
        if (take(s, "*")) {
            skip_blanks(s);
            if (!scan_column(s, t)) return false;
        }
    } else if (!scan_column(s, t)) return false;
    if (is_minus) t->factor = rat_neg(s->f->a, t->factor);
    return true;
}

static bool scan_side(scan *s, rule_report_term *terms, size_t *ret)
{
    bool is_minus = take(s, "-");
    for (*ret = 0; *ret < RULE_REPORT_TERMS_MAX;) {
        if (!scan_term(s, is_minus, &terms[(*ret)++])) return false;
        is_minus = take(s, "-");
        if (!is_minus && !take(s, "+")) return true;
    }
    return false;
}

static bool scan_check(scan *s, rule_report_check *c)
{
    if (!scan_side(s, c->left, &c->left_count)) return false;
    c->compare = take(s, "<=") ? REPORT_AT_MOST : take(s, ">=") ? REPORT_AT_LEAST : REPORT_EQUAL;
    if (c->compare == REPORT_EQUAL && !take(s, "=")) return false;
    if (!scan_side(s, c->right, &c->right_count)) return false;
    skip_blanks(s);
    return s->rest.len == 0;
}

static bool gate_is_there(const forms *f, int gate)
{
    const rule_table_rows *t = &f->r->index->tables[T_GATES];
    for (size_t i = 0; i < t->count; i++)
        if (whole(t->rows[i], T_GATES, "number", 0) == gate) return true;
    return gate == 0;
}

static bool read_check(const forms *f, const rule_report_form *form, const rule_row *row, rule_report_check *c)
{
    heng_err ignored = {0};
    text tolerance = cell(row, T_REPORT_CHECKS, "tolerance");
    *c = (rule_report_check){.id = cell(row, T_REPORT_CHECKS, "id"), .sentence = names_of(row, T_REPORT_CHECKS, "sentence_zh", "sentence_en"), .formula = cell(row, T_REPORT_CHECKS, "formula"),
        .refuses = text_is(cell(row, T_REPORT_CHECKS, "outcome"), "refuse"), .gate = (int)whole(row, T_REPORT_CHECKS, "gate", 0), .row = row};
    if (tolerance.len && !rat_parse(f->a, tolerance, &c->tolerance, &ignored)) c->tolerance = NULL;
    if (!gate_is_there(f, c->gate)) fault(f, row, "gate", &MSG_RULE_UNKNOWN_REFERENCE, cell(row, T_REPORT_CHECKS, "gate"), (text){"", 0});
    scan s = {.f = f, .form = form, .all = c->formula, .rest = c->formula};
    if (scan_check(&s, c)) return true;
    fault(f, row, "formula", &MSG_RULE_REPORT_CHECK, s.rest.len ? s.rest : s.all, column_ids(f, form));
    return false;
}

static void read_checks(const forms *f, rule_report_form *form)
{
    ordered *rows;
    size_t n = rows_of(f, T_REPORT_CHECKS, form->id, &rows);
    rule_report_check *checks = NEW_ARRAY(f->a, n + 1, rule_report_check);
    for (size_t i = 0; i < n; i++)
        if (read_check(f, form, rows[i].row, &checks[form->check_count])) form->check_count++;
    form->checks = checks;
}

/* ---- Forms ---- */

static void read_rows(const forms *f, rule_report_form *form)
{
    ordered *rows;
    size_t n = rows_of(f, T_REPORT_ROWS, form->id, &rows);
    rule_report_row *out = NEW_ARRAY(f->a, n + 1, rule_report_row);
    for (size_t i = 0; i < n; i++) {
        rule_report_row x = {id_find(f->r, T_COMMODITIES, cell(rows[i].row, T_REPORT_ROWS, "commodity")), id_find(f->r, T_UNITS, cell(rows[i].row, T_REPORT_ROWS, "unit")),
                             cell(rows[i].row, T_REPORT_ROWS, "code"), rows[i].row};
        if (x.commodity >= 0 && x.unit >= 0) out[form->row_count++] = x;
    }
    form->rows = out;
}

static int form_find(const forms *f, text id)
{
    for (size_t i = 0; i < f->count; i++)
        if (id.len && text_equal(f->items[i].id, id)) return (int)i;
    return -1;
}

static void read_forms(forms *f)
{
    const rule_table_rows *t = &f->r->index->tables[T_REPORT_FORMS];
    f->items = NEW_ARRAY(f->a, t->count + 1, rule_report_form);
    for (f->count = 0; f->count < t->count; f->count++) {
        const rule_row *row = t->rows[f->count];
        f->items[f->count] = (rule_report_form){.id = cell(row, T_REPORT_FORMS, "id"), .name = names_of(row, T_REPORT_FORMS, "name_zh", "name_en"), .code = cell(row, T_REPORT_FORMS, "code"),
            .is_yearly = text_is(cell(row, T_REPORT_FORMS, "frequency"), "year"), .due_days = (int)whole(row, T_REPORT_FORMS, "due_days", 0), .people = (int)whole(row, T_REPORT_FORMS, "people", 2),
            .filer_classes = cell(row, T_REPORT_FORMS, "filer_classes"), .filer_roles = cell(row, T_REPORT_FORMS, "filer_roles"), .row = row};
    }
    for (size_t i = 0; i < f->count; i++) f->items[i].months = form_find(f, cell(f->items[i].row, T_REPORT_FORMS, "months"));
    for (size_t i = 0; i < f->count; i++) {
        read_columns(f, &f->items[i]);
        read_rows(f, &f->items[i]);
        read_checks(f, &f->items[i]);
    }
}

void check_reports(builder *b)
{
    arena scratch = {0};
    forms f = {.a = &scratch, .r = b->set, .b = b};
    read_forms(&f);
    arena_free(&scratch);
    const rule_table_rows *t = &b->index->tables[T_REPORT_ROWS];
    for (size_t i = 0; i < t->count; i++) check_dimension(b, t->rows[i], T_REPORT_ROWS);
}

size_t rule_report_forms(arena *a, const rule_set *r, const rule_report_form **ret)
{
    forms f = {.a = a, .r = r};
    read_forms(&f);
    *ret = f.items;
    return f.count;
}
