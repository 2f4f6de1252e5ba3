/*
 * Rows of a worksheet, one at a time: the parser is paused at the end of each row that holds something.
 *
 *   <sheetData> <row r="7"> <c r="B7" s="3" t="s"> <f>formula</f> <v>value</v> <is><t>text</t></is> </c> ... </row> ... </sheetData>
 *
 * Rows and cells without a value cost only their XML. What the sheet says of its own size (<dimension>) is never used.
 */
#include <stdio.h>
#include "messages.h"
#include "xlsx.h"

typedef enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_STRING, CELL_INLINE, CELL_BOOL, CELL_ERROR, CELL_DATE } cell_type;

enum { CELLS_FIRST = 16 };

typedef struct sheet_in {
    table *t;
    xlsx *x;
    xml_in *xml;
    arena *scratch;          /* of the running call */
    int64_t row;
    xlsx_cells cells;        /* of the row, in scratch */
    size_t column, column_next;
    cell_type type;
    int64_t style;
    text_buf value, formula; /* memory used again from cell to cell */
    text_buf *into;          /* where characters go now; NULL = nowhere */
    int phonetic;
    bool has_formula, in_data, in_row, in_cell, row_has_content;
} sheet_in;

static void column_letters(size_t column, char out[8])
{
    char reversed[8];
    int n = 0;
    for (size_t v = column + 1; v > 0 && n < 7; v = (v - 1) / 26) reversed[n++] = (char)('A' + (v - 1) % 26);
    for (int i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    out[n] = 0;
}

static void stop_at_cell(sheet_in *s)
{
    char letters[8];
    column_letters(s->column, letters);
    err_in_field(xml_err(s->xml), letters);
    err_at_row(xml_err(s->xml), s->row);
    xml_stop(s->xml);
}

table_cell *xlsx_cell_at(arena *scratch, xlsx_cells *cells, size_t column)
{
    if (column >= cells->max) {
        size_t max = cells->max ? cells->max : CELLS_FIRST;
        while (max <= column) max *= 2;
        cells->cells = arena_grow(scratch, cells->cells, cells->max * sizeof *cells->cells, max * sizeof *cells->cells);
        cells->max = max;
    }
    if (column >= cells->count) {
        memset(&cells->cells[cells->count], 0, (column + 1 - cells->count) * sizeof *cells->cells);
        cells->count = column + 1;
    }
    return &cells->cells[column];
}

static void start_row(sheet_in *s, const char **attributes)
{
    const char *r = xml_attribute(attributes, "r");
    bool ok = true;
    s->row = r ? text_to_i64(text_of(r), &ok) : s->row + 1;
    s->column_next = 0;
    s->cells = (xlsx_cells){0};
    s->in_row = true;
    s->row_has_content = false;
    if (!ok || s->row <= 0) {
        err_fill(xml_err(s->xml), &MSG_XLSX_REFERENCE, r, NULL, NULL);
        xml_stop(s->xml);
    } else if (s->row > s->t->options.rows_max) {
        fail_limit(xml_err(s->xml), &MSG_ROWS_TOO_MANY, NULL, s->t->options.rows_max);
        xml_stop(s->xml);
    }
}

static cell_type type_of(const char *t)
{
    static const struct { const char *name; cell_type type; } TYPES[] = {
        {"s", CELL_SHARED}, {"str", CELL_STRING}, {"inlineStr", CELL_INLINE}, {"b", CELL_BOOL}, {"e", CELL_ERROR}, {"d", CELL_DATE}};
    for (size_t i = 0; t && i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(t, TYPES[i].name) == 0) return TYPES[i].type;
    return CELL_NUMBER;
}

static bool cell_column(sheet_in *s, const char *place)
{
    uint32_t column;
    int64_t row;
    s->column = s->column_next;
    if (place && !xlsx_place(place, &column, &row)) return err_fill(xml_err(s->xml), &MSG_XLSX_REFERENCE, place, NULL, NULL);
    if (place) s->column = column;
    s->column_next = s->column + 1;
    return s->column < (size_t)s->t->options.columns_max || fail_limit(xml_err(s->xml), &MSG_COLUMNS_TOO_MANY, NULL, s->t->options.columns_max);
}

static void start_cell(sheet_in *s, const char **attributes)
{
    const char *place = NULL, *style = NULL, *type = NULL;
    for (; *attributes; attributes += 2) {
        if (strcmp(*attributes, "r") == 0) place = attributes[1];
        else if (strcmp(*attributes, "s") == 0) style = attributes[1];
        else if (strcmp(*attributes, "t") == 0) type = attributes[1];
    }
    bool ok = true;
    s->in_cell = true;
    s->has_formula = false;
    s->value.len = s->formula.len = 0;
    s->type = type_of(type);
    s->style = style ? text_to_i64(text_of(style), &ok) : 0;
    if (!ok) s->style = -1;
    if (!cell_column(s, place)) stop_at_cell(s);
}

static void sheet_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    (void)xml;
    sheet_in *s = ctx;
    if (!s->in_data) {
        s->in_data = strcmp(name, "sheetData") == 0;
    } else if (strcmp(name, "c") == 0 && s->in_row) {
        start_cell(s, attributes);
    } else if (strcmp(name, "row") == 0) {
        start_row(s, attributes);
    } else if (s->in_cell) {
        if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && s->phonetic == 0)) s->into = &s->value;
        else if (strcmp(name, "f") == 0) s->into = &s->formula, s->has_formula = true;
        else if (strcmp(name, "rPh") == 0) s->phonetic++;
    }
}

static void sheet_chars(void *ctx, xml_in *xml, const char *p, size_t len)
{
    (void)xml;
    sheet_in *s = ctx;
    if (s->into) buf_add(s->into, (text){p, len});
}

static void put(sheet_in *s, text value, table_cell_kind kind)
{
    if (value.len == 0) return;
    *xlsx_cell_at(s->scratch, &s->cells, s->column) = (table_cell){value, kind};
    s->row_has_content = true;
}

static bool put_shared(sheet_in *s, text raw)
{
    bool ok;
    char count[32];
    int64_t i = text_to_i64(raw, &ok);
    if (ok && i >= 0 && (size_t)i < s->x->string_count) {
        put(s, s->x->strings[i], TABLE_TEXT);
        return true;
    }
    snprintf(count, sizeof count, "%zu", s->x->string_count);
    return err_fill_n(xml_err(s->xml), &MSG_XLSX_STRING, raw.ptr, raw.len, count);
}

static bool cell_form(sheet_in *s, xlsx_form *ret)
{
    char seen[32], count[32];
    *ret = FORM_NUMBER;
    if (!s->x->has_styles || (s->x->form_count == 0 && s->style == 0)) return true;
    if (s->style >= 0 && (size_t)s->style < s->x->form_count) {
        *ret = (xlsx_form)s->x->forms[s->style];
        return true;
    }
    snprintf(seen, sizeof seen, "%lld", (long long)s->style);
    snprintf(count, sizeof count, "%zu", s->x->form_count);
    return err_fill(xml_err(s->xml), &MSG_XLSX_STYLE, seen, count, NULL);
}

static bool put_number(sheet_in *s, text raw)
{
    xlsx_form form;
    text value;
    if (!cell_form(s, &form)) return false;
    if (form == FORM_NUMBER) {
        bool ok = xlsx_number(s->scratch, s->x->c_locale, raw, &value);
        put(s, ok ? value : text_copy(s->scratch, raw), ok ? TABLE_NUMBER : TABLE_ERROR);
    } else {
        bool ok = xlsx_date(s->scratch, s->x, raw, form, &value);
        put(s, value, ok ? TABLE_DATE : TABLE_ERROR);
    }
    return true;
}

/* A formula that was never computed has no value: shown as an error, or a hole would be taken for an empty cell. */
static void put_uncomputed(sheet_in *s)
{
    text_buf b = {.a = s->scratch};
    buf_char(&b, '=');
    buf_add(&b, text_trim(buf_text(&s->formula)));
    put(s, buf_text(&b), TABLE_ERROR);
}

static void put_text(sheet_in *s, text raw, table_cell_kind kind)
{
    text t = trim_quick(xlsx_unescape(s->scratch, raw));
    put(s, t.len ? text_copy(s->scratch, t) : t, kind);
}

static bool end_cell(sheet_in *s)
{
    text raw = buf_text(&s->value);
    if (s->type == CELL_STRING || s->type == CELL_INLINE) {
        put_text(s, raw, TABLE_TEXT);
        return true;
    }
    raw = trim_quick(raw);
    if (raw.len == 0) {
        if (s->has_formula) put_uncomputed(s);
        return true;
    }
    switch (s->type) {
    case CELL_SHARED: return put_shared(s, raw);
    case CELL_BOOL: put(s, text_is(raw, "1") || text_is(raw, "true") ? TEXT("true") : TEXT("false"), TABLE_BOOL); return true;
    case CELL_ERROR: put_text(s, raw, TABLE_ERROR); return true;
    case CELL_DATE: put_text(s, raw, TABLE_DATE); return true;
    default: return put_number(s, raw);
    }
}

static void sheet_end(void *ctx, xml_in *xml, const char *name)
{
    sheet_in *s = ctx;
    if (s->in_cell) {
        s->into = NULL;
        if (strcmp(name, "rPh") == 0 && s->phonetic > 0) s->phonetic--;
        if (strcmp(name, "c") != 0) return;
        s->in_cell = false;
        s->phonetic = 0;
        if (!end_cell(s)) stop_at_cell(s);
    } else if (s->in_row && strcmp(name, "row") == 0) {
        s->in_row = false;
        if (s->row_has_content) xml_pause(xml);
    } else if (strcmp(name, "sheetData") == 0) {
        s->in_data = false;
    }
}

static bool sheet_open(table *t, heng_err *err)
{
    static const xml_events EVENTS = {sheet_start, sheet_end, sheet_chars};
    xlsx *x = t->xlsx;
    const char *part = x->sheets[x->current].part;
    sheet_in *s = NEW(&t->mem, sheet_in);
    *s = (sheet_in){.t = t, .x = x, .value = {.a = &t->mem}, .formula = {.a = &t->mem}};
    if (t->options.fill_merged && !xlsx_merges_load(&t->mem, x, part, err)) return false;
    if (!xml_open(&t->mem, x->zip, part, &EVENTS, s, &s->xml, err)) return false;
    x->sheet = s;
    return true;
}

static bool next_row(table *t, sheet_in *s, arena *scratch, table_row *ret, heng_err *err)
{
    bool is_end = false;
    s->scratch = scratch;
    if (!xml_pump(s->xml, &is_end, err)) return false;
    *ret = (table_row){.number = s->row, .is_end = is_end};
    if (is_end) return true;
    if (t->options.fill_merged && !xlsx_merges_fill(&t->mem, t->xlsx, scratch, s->row, &s->cells, (size_t)t->options.columns_max, err)) return false;
    ret->cells = s->cells.cells;
    ret->count = s->cells.count;
    return true;
}

bool xlsx_next(table *t, arena *scratch, table_row *ret, heng_err *err)
{
    bool ok = (t->xlsx->sheet || sheet_open(t, err)) && next_row(t, t->xlsx->sheet, scratch, ret, err);
    return ok || err_in_sheet(err, text_str(scratch, table_sheet_current(t)));
}
