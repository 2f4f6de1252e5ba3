/*
 * A form as a spreadsheet: empty, with last period's values beside; or as it was filled, with refused cells marked.
 *
 *   sheet 1   code | energy | unit | columns of the form | note | check (formulas, red) | [reason] | last: column, ...
 *   sheet 2   the cover: form, party, period, due day, who filled
 *   sheet 3   what each column means, and the checks
 *
 * A check's formula says the same as judge.c: sums of cells of the row and of the columns of the period before; checks over months are left to Heng. Its
 * 1E-9 is for the binary numbers of spreadsheets alone.
 */
#include "inside.h"

const struct sheet_words filing_words[WORD_COUNT] = {
    [WORD_SHEET] = {"填报", "report"}, [WORD_COVER] = {"封面", "cover"}, [WORD_README] = {"说明", "read me"}, [WORD_CODE] = {"代码", "code"}, [WORD_ENERGY] = {"能源名称", "energy"},
    [WORD_UNIT] = {"计量单位", "unit"}, [WORD_NOTE] = {"说明", "note"}, [WORD_CHECK] = {"检查", "check"}, [WORD_REASON] = {"原因", "reason"}, [WORD_LAST] = {"上期：", "last: "},
    [WORD_ITEM] = {"项目", "item"}, [WORD_VALUE] = {"内容", "value"}, [WORD_FORM] = {"报表", "form"}, [WORD_PARTY] = {"填报单位", "party"}, [WORD_NAME] = {"单位名称", "name"},
    [WORD_PERIOD] = {"报告期", "period"}, [WORD_DUE] = {"报送截止", "due"}, [WORD_BY] = {"填表人", "filled by"}, [WORD_FORM_NAME] = {"报表名称", "form name"}, [WORD_COLUMN] = {"列", "column"},
    [WORD_WHAT] = {"填什么", "what to fill"}, [WORD_AMOUNT_SAYS] = {"应填不小于零的数，不带单位", "a number that is not negative, without its unit"},
    [WORD_NUMBER_SAYS] = {"应填数，不带单位", "a number, without its unit"}};

enum { FIXED = 3 /* code, energy, unit */, BLANK_ROWS = 3, WIDTH = 14 };

typedef struct writing {
    filing *f;
    const rule_report_form *form;
    const filing_report *last;   /* NULL = none */
    const given_sheet *given;
    size_t reason_at, last_at, count; /* columns; last_at: where last period's begin; reason_at 0 = none */
    sheet *out;
    int64_t row;                 /* of the sheet, from 1 */
} writing;

static text word(const filing *f, int w) { return text_of(f->lang == HENG_ZH ? filing_words[w].zh : filing_words[w].en); }

text filing_title(const filing *f, const rule_report_column *c, heng_lang lang)
{
    text name = lang == HENG_ZH || !c->name.en.len ? c->name.zh : c->name.en;
    if (c->type != REPORT_NUMBER || c->unit < 0) return name;
    const rule_unit *u = &f->r->units[c->unit];
    return text_of(arena_printf(f->a, "%.*s(%.*s)", TEXT_FMT(name), TEXT_FMT(lang == HENG_ZH ? u->name.zh : u->id)));
}

/* ---- Formulas of the checks ---- */

static text column_letters(arena *a, size_t column)
{
    char s[8];
    size_t n = sizeof s;
    for (size_t c = column + 1; c > 0; c = (c - 1) / 26) s[--n] = (char)('A' + (c - 1) % 26);
    return text_copy(a, (text){s + n, sizeof s - n});
}

static text cell_name(const writing *w, size_t column) { return text_of(arena_printf(w->f->a, "%.*s%lld", TEXT_FMT(column_letters(w->f->a, column)), (long long)w->row)); }

static bool add_side(const writing *w, text_buf *b, text_buf *needed, const rule_report_term *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const rule_report_term *t = &terms[i];
        text factor = rat_exact(w->f->a, t->factor);
        if (t->column >= 0 && t->from == REPORT_OF_MONTHS) return false;
        bool is_one = t->column >= 0 && text_is(factor, "1");
        if (i) buf_char(b, '+');
        if (!is_one) buf_printf(b, "(%.*s)%s", TEXT_FMT(factor), t->column >= 0 ? "*" : "");
        if (t->column < 0) continue;
        text cell = cell_name(w, t->from == REPORT_OF_LAST ? w->last_at + (size_t)t->column : FIXED + (size_t)t->column);
        buf_printf(b, "N(%.*s)", TEXT_FMT(cell));
        if (t->from == REPORT_OF_LAST) buf_printf(needed, ",COUNT(%.*s)>0", TEXT_FMT(cell));
    }
    return true;
}

static void quoted(text_buf *b, text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] == '"') buf_char(b, '"');
        buf_char(b, t.ptr[i]);
    }
}

static text tolerance_text(const writing *w, const rule_report_check *c)
{
    const rat *parameter = NULL;
    if (c->gate) filing_gate(w->f, c->gate, &parameter, NULL);
    const rat *t = c->tolerance ? c->tolerance : c->compare == REPORT_EQUAL ? parameter : NULL;
    return t ? rat_is_decimal(t, 9) ? rat_exact(w->f->a, t) : rat_format(w->f->a, t, 9) : TEXT("0");
}

static void add_check(const writing *w, text_buf *b, const rule_report_check *c)
{
    text_buf l = {.a = w->f->a}, r = {.a = w->f->a}, needed = {.a = w->f->a};
    if ((c->gate && !filing_gate(w->f, c->gate, NULL, NULL)) || !add_side(w, &l, &needed, c->left, c->left_count) || !add_side(w, &r, &needed, c->right, c->right_count)) return;
    text left = buf_text(&l), right = buf_text(&r), slack = tolerance_text(w, c);
    buf_printf(b, "%sIF(AND(", b->len ? "&" : "");
    if (c->compare == REPORT_EQUAL) buf_printf(b, "ABS(%.*s-(%.*s))", TEXT_FMT(left), TEXT_FMT(right));
    else if (c->compare == REPORT_AT_MOST) buf_printf(b, "(%.*s)-(%.*s)", TEXT_FMT(left), TEXT_FMT(right));
    else buf_printf(b, "(%.*s)-(%.*s)", TEXT_FMT(right), TEXT_FMT(left));
    buf_printf(b, ">%.*s*MAX(ABS(%.*s),ABS(%.*s))+1E-9%.*s),\"", TEXT_FMT(slack), TEXT_FMT(left), TEXT_FMT(right), TEXT_FMT(buf_text(&needed)));
    quoted(b, filing_name(w->f, c->sentence));
    buf_str(b, w->f->lang == HENG_ZH ? "；\",\"\")" : "; \",\"\")");
}

static text check_formula(const writing *w)
{
    text_buf b = {.a = w->f->a};
    for (size_t i = 0; i < w->form->check_count; i++) add_check(w, &b, &w->form->checks[i]);
    if (!b.len) return (text){0};
    text first = cell_name(w, FIXED), last = cell_name(w, FIXED + w->form->column_count - 1);
    return text_of(arena_printf(w->f->a, "=IF(COUNT(%.*s:%.*s)=0,\"\",%.*s)", TEXT_FMT(first), TEXT_FMT(last), TEXT_FMT(buf_text(&b))));
}

/* ---- Columns ---- */

typedef struct names { text *items; size_t count; } names;

static names energy_names(const writing *w)
{
    names n = {.items = NEW_ARRAY(w->f->a, w->form->row_count + 1, text)};
    for (size_t i = 0; i < w->form->row_count; i++) n.items[n.count++] = filing_name(w->f, w->f->r->commodities[w->form->rows[i].commodity].name);
    return n;
}

static bool is_among(const names *n, text t)
{
    for (size_t i = 0; i < n->count; i++)
        if (text_equal(n->items[i], t)) return true;
    return false;
}

/* Units of the form's rows, and those that their energies are recorded in. */
static names unit_names(const writing *w)
{
    const rule_set *r = w->f->r;
    names n = {.items = NEW_ARRAY(w->f->a, r->unit_count + 1, text)};
    for (size_t i = 0; i < w->form->row_count; i++) {
        const rule_commodity *c = &r->commodities[w->form->rows[i].commodity];
        for (size_t k = 0; k <= c->unit_count; k++) {
            int32_t u = k ? c->units[k - 1] : w->form->rows[i].unit;
            text name = filing_name(w->f, r->units[u].name);
            if (u != rule_unit_find(r, TEXT("tce")) && n.count < r->unit_count && !is_among(&n, name)) n.items[n.count++] = name;
        }
    }
    return n;
}

static void amount_column(const writing *w, sheet_column *out, const rule_report_column *c)
{
    *out = (sheet_column){.id = c->id, .title = filing_title(w->f, c, w->f->lang), .is_number = true, .comment = filing_name(w->f, c->comment), .width = WIDTH,
        .input = c->type == REPORT_AMOUNT ? SHEET_INPUT_AMOUNT : SHEET_INPUT_NUMBER,
        .input_says = word(w->f, c->type == REPORT_AMOUNT ? WORD_AMOUNT_SAYS : WORD_NUMBER_SAYS)};
}

static void plan_columns(writing *w, sheet_column *c)
{
    names energies = energy_names(w), units = unit_names(w);
    size_t n = 0;
    c[n++] = (sheet_column){.id = TEXT("code"), .title = word(w->f, WORD_CODE), .width = 6};
    c[n++] = (sheet_column){.id = TEXT("energy"), .title = word(w->f, WORD_ENERGY), .choices = energies.items, .choice_count = energies.count, .width = 18};
    c[n++] = (sheet_column){.id = TEXT("unit"), .title = word(w->f, WORD_UNIT), .choices = units.items, .choice_count = units.count, .width = 12};
    for (size_t i = 0; i < w->form->column_count; i++) amount_column(w, &c[n++], &w->form->columns[i]);
    c[n++] = (sheet_column){.id = TEXT("note"), .title = word(w->f, WORD_NOTE), .width = 20};
    c[n++] = (sheet_column){.id = TEXT("check"), .title = word(w->f, WORD_CHECK), .width = 40, .is_check = true};
    if (w->given) w->reason_at = n, c[n++] = (sheet_column){.id = TEXT("reason"), .title = word(w->f, WORD_REASON), .width = 50};
    w->last_at = n;
    for (size_t i = 0; i < w->form->column_count; i++)
        c[n++] = (sheet_column){.id = w->form->columns[i].id, .title = text_of(arena_printf(w->f->a, "%.*s%.*s", TEXT_FMT(word(w->f, WORD_LAST)), TEXT_FMT(filing_title(w->f, &w->form->columns[i], w->f->lang)))), .is_number = true, .width = WIDTH};
    w->count = n;
}

/* ---- Rows ---- */

static void add_last(const writing *w, text *cells, int32_t commodity, int32_t unit)
{
    for (size_t i = 0; w->last && i < w->last->row_count; i++) {
        const filing_row *row = &w->last->rows[i];
        if (row->commodity != commodity || row->unit != unit) continue;
        for (size_t c = 0; c < w->form->column_count; c++)
            if (row->values[c]) cells[w->last_at + c] = rat_is_decimal(row->values[c], 9) ? rat_exact(w->f->a, row->values[c]) : rat_format(w->f->a, row->values[c], 9);
    }
}

static size_t mark_column(const given_row *g)
{
    if (g->mark >= 0) return FIXED + (size_t)g->mark;
    return g->mark == -2 ? 2 : 1;
}

static void put_row(writing *w, text *cells, const given_row *g)
{
    if (g && g->refused && w->reason_at) {
        char reason[2048];
        err_format_reason(g->refused, w->f->lang, reason, sizeof reason);
        cells[w->reason_at] = text_of(arena_printf(w->f->a, "%s", reason));
    }
    w->row++;
    sheet_row(w->out, cells);
    if (g && g->refused) sheet_cell_mark(w->out, mark_column(g), w->reason_at ? cells[w->reason_at] : (text){0});
    text checks = check_formula(w);
    if (checks.len) sheet_cell_formula(w->out, FIXED + w->form->column_count + 1, checks);
}

static void form_row(writing *w, const rule_report_row *r)
{
    text *cells = NEW_ARRAY(w->f->a, w->count, text);
    cells[0] = r->code, cells[1] = filing_name(w->f, w->f->r->commodities[r->commodity].name), cells[2] = filing_name(w->f, w->f->r->units[r->unit].name);
    add_last(w, cells, r->commodity, r->unit);
    put_row(w, cells, NULL);
}

static void filled_row(writing *w, const given_row *g)
{
    text *cells = NEW_ARRAY(w->f->a, w->count, text);
    int32_t unit = rule_unit_find(w->f->r, g->unit);
    cells[0] = g->code, cells[1] = g->energy, cells[2] = g->unit, cells[FIXED + w->form->column_count] = g->note;
    for (size_t c = 0; c < w->form->column_count; c++) cells[FIXED + c] = g->cells[c];
    if (g->commodity >= 0) add_last(w, cells, g->commodity, unit);
    put_row(w, cells, g);
}

static bool is_given(const writing *w, int32_t commodity)
{
    for (size_t i = 0; w->given && i < w->given->count; i++)
        if (w->given->rows[i].commodity == commodity) return true;
    return false;
}

/* Rows as they were filled, in their order, and below them the others of the form. */
static void put_rows(writing *w)
{
    text *blank = NEW_ARRAY(w->f->a, w->count, text);
    for (size_t i = 0; w->given && i < w->given->count; i++) filled_row(w, &w->given->rows[i]);
    for (size_t i = 0; i < w->form->row_count; i++)
        if (!is_given(w, w->form->rows[i].commodity)) form_row(w, &w->form->rows[i]);
    for (int i = 0; i < BLANK_ROWS; i++) put_row(w, blank, NULL);
}

/* ---- The other sheets ---- */

static void add_cover(const writing *w, sheet_book *into, int32_t party, period when)
{
    filing *f = w->f;
    const sheet_column columns[] = {{.id = TEXT("item"), .title = word(f, WORD_ITEM), .width = 18}, {.id = TEXT("value"), .title = word(f, WORD_VALUE), .width = 44}};
    sheet *s = sheet_new(into, word(f, WORD_COVER), (text){0}, columns, 2);
    const book_party *p = &f->parties.items[party];
    sheet_row(s, (text[]){word(f, WORD_FORM), w->form->id});
    sheet_row(s, (text[]){word(f, WORD_FORM_NAME), filing_name(f, w->form->name)});
    sheet_row(s, (text[]){word(f, WORD_PARTY), p->code});
    sheet_row(s, (text[]){word(f, WORD_NAME), f->lang == HENG_ZH || !p->name_en.len ? p->name_zh : p->name_en});
    sheet_row(s, (text[]){word(f, WORD_PERIOD), period_format(f->a, f->zone, when)});
    sheet_row(s, (text[]){word(f, WORD_DUE), day_format(f->a, filing_due_day(f, (int)(w->form - f->forms), when))});
    sheet_row(s, (text[]){word(f, WORD_BY), w->given ? w->given->by : TEXT("")});
}

static void add_readme(const writing *w, sheet_book *into)
{
    const sheet_column columns[] = {{.id = TEXT("column"), .title = word(w->f, WORD_COLUMN)}, {.id = TEXT("what"), .title = word(w->f, WORD_WHAT)}};
    sheet *s = sheet_new(into, word(w->f, WORD_README), (text){0}, columns, 2);
    for (size_t i = 0; i < w->form->column_count; i++) sheet_row(s, (text[]){filing_title(w->f, &w->form->columns[i], w->f->lang), filing_name(w->f, w->form->columns[i].comment)});
    for (size_t i = 0; i < w->form->check_count; i++) sheet_row(s, (text[]){word(w->f, WORD_CHECK), filing_name(w->f, w->form->checks[i].sentence)});
}

bool filing_write_sheet(filing *f, int form, int32_t party, period when, const given_sheet *given, const char *path, heng_err *err)
{
    writing w = {.f = f, .form = &f->forms[form], .given = given, .row = 1};
    filing_report last;
    if (!filing_at(f, when, err) || !filing_load(f, form, party, filing_last_period(f, form, when), &last, err)) return false;
    if (filing_is_in(&last)) w.last = &last;
    sheet_column *columns = NEW_ARRAY(f->a, 2 * w.form->column_count + 8, sheet_column);
    plan_columns(&w, columns);
    sheet_book *all = sheet_book_new(f->a);
    w.out = sheet_new(all, word(f, WORD_SHEET), (text){0}, columns, w.count);
    put_rows(&w);
    add_cover(&w, all, party, when);
    add_readme(&w, all);
    return sheet_write(all, SHEET_XLSX, path, &(sheet_style){0}, err);
}

bool filing_template(filing *f, int form, int32_t party, period when, const char *path, heng_err *err)
{
    return filing_at(f, when, err) && filing_filer_want(f, form, when, party, err) && filing_write_sheet(f, form, party, when, NULL, path, err);
}
