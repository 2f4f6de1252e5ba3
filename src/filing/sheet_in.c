/* A filled sheet as it stands: its cover, its header, its rows. What they mean is judged in fill.c. */
#include "inside.h"

enum { HEADER_ROWS = 20, MAP_CODE = -2, MAP_ENERGY = -3, MAP_UNIT = -4, MAP_NOTE = -5, MAP_IGNORED = -1, MAP_UNKNOWN = -6, FILE_COLUMNS_MAX = 256, ROWS_MAX = 1000 };

static bool is_word(const filing *f, text folded, int w)
{
    heng_err ignored = {0};
    text zh, en;
    return text_fold(f->a, text_of(filing_words[w].zh), &zh, &ignored) && text_fold(f->a, text_of(filing_words[w].en), &en, &ignored) && (text_equal(folded, zh) || text_equal(folded, en));
}

static text folded_of(const filing *f, text t)
{
    heng_err ignored = {0};
    text folded;
    return text_fold(f->a, t, &folded, &ignored) ? folded : t;
}

/* ---- Sheets ---- */

static bool find_sheets(filing *f, const char *path, text *ret_cover, text *ret_data, filled_sheet *out, heng_err *err)
{
    table *t;
    if (!table_open(path, NULL, &t, err)) return false;
    out->content = table_hash(t);
    out->bytes = text_copy(f->a, table_bytes(t));
    for (size_t i = 0; i < table_sheet_count(t); i++) {
        text name = text_copy(f->a, table_sheet_name(t, i)), folded = folded_of(f, name);
        if (!name.len || table_sheet_is_hidden(t, i)) continue;
        if (is_word(f, folded, WORD_COVER)) *ret_cover = name;
        else if (is_word(f, folded, WORD_SHEET) || !ret_data->len) *ret_data = name;
    }
    table_close(t);
    return true;
}

static bool read_cover(filing *f, const char *path, text sheet_name, given_sheet *g, heng_err *err)
{
    const struct { int word; text *at; } WANTED[] = {{WORD_FORM, &g->form}, {WORD_PARTY, &g->party}, {WORD_PERIOD, &g->period}, {WORD_BY, &g->by}};
    table *t;
    table_row row;
    if (!sheet_name.len) return true;
    if (!table_open(path, &(table_options){.sheet = sheet_name}, &t, err)) return false;
    bool ok;
    while ((ok = table_next(t, f->a, &row, err)) && !row.is_end)
        for (size_t i = 0; row.count > 1 && i < sizeof WANTED / sizeof *WANTED; i++)
            if (is_word(f, folded_of(f, row.cells[0].value), WANTED[i].word)) *WANTED[i].at = text_copy(f->a, row.cells[1].value);
    table_close(t);
    return ok;
}

/* ---- The header ---- */

typedef struct header { int map[FILE_COLUMNS_MAX]; size_t count; text titles[FILE_COLUMNS_MAX]; } header;

/* A title without what stands in brackets behind it. */
static text bare_title(const filing *f, text t)
{
    size_t at;
    t = text_nfkc(f->a, t);
    if (text_find(t, TEXT("("), &at) && at > 0) t.len = at;
    return folded_of(f, text_trim(t));
}

static bool column_is(const filing *f, const rule_report_column *c, text bare)
{
    text rest = c->aliases;
    const text names[] = {c->id, c->name.zh, c->name.en};
    for (size_t i = 0; i < 3; i++)
        if (names[i].len && text_equal(bare_title(f, names[i]), bare)) return true;
    while (rest.len)
        if (text_equal(bare_title(f, text_next(&rest, ';')), bare)) return true;
    return false;
}

static int map_title(const filing *f, const rule_report_form *form, text title)
{
    text bare = bare_title(f, title);
    if (!bare.len || title.ptr[0] == '#' || text_starts(title, filing_words[WORD_LAST].zh) || text_starts(title, filing_words[WORD_LAST].en)) return MAP_IGNORED;
    if (is_word(f, bare, WORD_CHECK) || is_word(f, bare, WORD_REASON)) return MAP_IGNORED;
    if (is_word(f, bare, WORD_CODE)) return MAP_CODE;
    if (is_word(f, bare, WORD_ENERGY)) return MAP_ENERGY;
    if (is_word(f, bare, WORD_UNIT)) return MAP_UNIT;
    if (is_word(f, bare, WORD_NOTE)) return MAP_NOTE;
    for (size_t c = 0; c < form->column_count; c++)
        if (column_is(f, &form->columns[c], bare)) return (int)c;
    return MAP_UNKNOWN;
}

static bool map_row(const filing *f, const rule_report_form *form, const table_row *row, header *h)
{
    bool energy = false, unit = false, amount = false;
    *h = (header){.count = row->count < FILE_COLUMNS_MAX ? row->count : FILE_COLUMNS_MAX};
    for (size_t i = 0; i < h->count; i++) {
        h->titles[i] = text_copy(f->a, row->cells[i].value);
        h->map[i] = map_title(f, form, h->titles[i]);
        energy = energy || h->map[i] == MAP_ENERGY, unit = unit || h->map[i] == MAP_UNIT, amount = amount || h->map[i] >= 0;
    }
    return energy && unit && amount;
}

static char *near_titles(const filing *f, const rule_report_form *form, text title)
{
    text names[RULE_REPORT_COLUMNS_MAX];
    size_t at[1];
    for (size_t c = 0; c < form->column_count; c++) names[c] = filing_name(f, form->columns[c].name);
    return text_nearest(f->a, title, names, form->column_count, 1, at) ? text_str(f->a, names[at[0]]) : NULL;
}

static bool check_header(const filing *f, const rule_report_form *form, const header *h, heng_err *err)
{
    for (size_t i = 0; i < h->count; i++) {
        text t = h->titles[i];
        if (h->map[i] == MAP_UNKNOWN) return err_fill_n(err, &MSG_FILING_COLUMN_UNKNOWN, t.ptr, t.len, near_titles(f, form, t));
        for (size_t k = 0; k < i; k++)
            if (h->map[i] != MAP_IGNORED && h->map[k] == h->map[i]) return err_fill_n(err, &MSG_FILING_COLUMN_TWICE, t.ptr, t.len, NULL);
    }
    return true;
}

static bool find_header(filing *f, int form, table *t, header *h, heng_err *err)
{
    text_buf b = {.a = f->a};
    table_row row;
    for (int i = 0; i < HEADER_ROWS; i++) {
        if (!table_next(t, f->a, &row, err)) return false;
        if (row.is_end) break;
        if (map_row(f, &f->forms[form], &row, h)) return check_header(f, &f->forms[form], h, err) || err_at_row(err, row.number);
    }
    for (size_t c = 0; c < f->forms[form].column_count && c < 4; c++) buf_printf(&b, "%s%.*s", c ? ", " : "", TEXT_FMT(filing_name(f, f->forms[form].columns[c].name)));
    return err_fill(err, &MSG_FILING_NO_HEADER, NULL, text_str(f->a, buf_text(&b)), filing_form_words(f, form));
}

/* ---- Rows ---- */

static text kept_cell(const filing *f, table_cell c) { return c.value.len ? text_copy(f->a, c.value) : TEXT(""); }

/* A row of totals is worked out by Heng: passed over. */
static bool is_total(const filing *f, text energy)
{
    static const char *const WORDS[] = {"能源合计", "合计", "总计", "total", "total energy"};
    text folded = folded_of(f, energy);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_equal(folded, folded_of(f, text_of(WORDS[i])))) return true;
    return false;
}

/* Does it hold anything of its own? A printed energy without a value does not. */
static bool read_row(const filing *f, const rule_report_form *form, const header *h, const table_row *row, given_row *g, heng_err *why, bool *ret_bad)
{
    text *cells = NEW_ARRAY(f->a, form->column_count + 1, text);
    bool any = false;
    *g = (given_row){.row = row->number, .cells = cells, .commodity = -1, .mark = -1};
    *ret_bad = false;
    for (size_t i = 0; i < row->count && i < h->count; i++) {
        text value = kept_cell(f, row->cells[i]);
        int m = h->map[i];
        if (m == MAP_CODE) g->code = value;
        if (m == MAP_ENERGY) g->energy = value;
        if (m == MAP_UNIT) g->unit = value;
        if (m == MAP_NOTE) g->note = value;
        if (m < 0) continue;
        cells[m] = value;
        any = any || value.len;
        if (row->cells[i].kind != TABLE_ERROR || *ret_bad) continue;
        err_fill_n(why, &MSG_FILING_CELL_ERROR, value.ptr, value.len, NULL);
        err_at_row(why, row->number), err_in_field(why, text_str(f->a, h->titles[i]));
        g->mark = m, *ret_bad = true;
    }
    return any;
}

static bool read_rows(filing *f, int form, table *t, const header *h, filled_sheet *out, heng_err *err)
{
    given_row *rows = NULL;
    size_t count = 0, max = 0;
    for (;;) {
        table_row row;
        given_row g;
        heng_err why = {0};
        bool bad;
        if (!table_next(t, f->a, &row, err)) return false;
        if (row.is_end) break;
        if ((row.count && text_starts(row.cells[0].value, "#")) || !read_row(f, &f->forms[form], h, &row, &g, &why, &bad)) continue;
        if (is_total(f, g.energy)) {
            out->skipped++;
            continue;
        }
        if (bad) {
            heng_err *kept = NEW(f->a, heng_err);
            *kept = why;
            g.refused = kept;
        }
        if (count == ROWS_MAX) return err_fill(err, &MSG_FILING_TOO_MANY_ROWS, NULL, arena_printf(f->a, "%d", ROWS_MAX), NULL) || err_at_row(err, row.number);
        *ARENA_PUSH(f->a, rows, count, max) = g;
    }
    out->given.rows = rows, out->given.count = count;
    return true;
}

static bool read_data(filing *f, int form, const char *path, text sheet_name, filled_sheet *out, heng_err *err)
{
    table *t;
    header *h = NEW(f->a, header);
    if (!table_open(path, &(table_options){.sheet = sheet_name, .columns_max = FILE_COLUMNS_MAX}, &t, err)) return false;
    out->sheet = text_copy(f->a, table_sheet_current(t));
    bool ok = find_header(f, form, t, h, err) && read_rows(f, form, t, h, out, err);
    table_close(t);
    return ok;
}

bool filing_read_sheet(filing *f, const char *path, const filing_fill_options *o, filled_sheet *ret, heng_err *err)
{
    text cover = {0}, data = {0};
    int form;
    *ret = (filled_sheet){0};
    const char *slash = strrchr(path, '/');
    ret->file = text_of(slash ? slash + 1 : path);
    if (!find_sheets(f, path, &cover, &data, ret, err) || !read_cover(f, path, cover, &ret->given, err)) return err_in_file(err, path);
    if (o->form.len) ret->given.form = o->form;
    if (o->party.len) ret->given.party = o->party;
    if (o->period.len) ret->given.period = o->period;
    const struct { text value; int word; } NEEDED[] = {{ret->given.form, WORD_FORM}, {ret->given.party, WORD_PARTY}, {ret->given.period, WORD_PERIOD}};
    for (size_t i = 0; i < 3; i++)
        if (!NEEDED[i].value.len) return err_fill(err, &MSG_FILING_NOT_SAID, NULL, text_words(f->a, text_of(filing_words[NEEDED[i].word].zh), text_of(filing_words[NEEDED[i].word].en)), NULL) || err_in_file(err, path);
    if (!filing_form_want(f, ret->given.form, &form, err)) return false;
    return read_data(f, form, path, data, ret, err) || err_in_file(err, path);
}
