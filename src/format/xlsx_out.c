/*
 * Sheets as XLSX (libxlsxwriter): one worksheet per sheet, frozen header in row 1, data from row 2, notes below as rows that begin with #.
 *
 * Numbers keep their decimals as number format. A spreadsheet holds 15 digits: a longer number is written as text, for a
 * silently changed digit is worse than a cell that does not sum. Choices become drop-down lists; a list that does not fit into the 255 characters of
 * the format (or holds a comma or quote) stands on a hidden sheet. Input checks and the colour of check columns reach over the whole column.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include "file.h"
#include "messages.h"
#include "sheet_in.h"
#include "table_in.h"

enum { ROWS_MAX = 1048576, DIGITS_MAX = 15, CELL_CHARS_MAX = 32767, NAME_CHARS_MAX = 31, LIST_BYTES_MAX = 255, WIDTH_MIN = 8, WIDTH_MAX = 60,
       HEADER_FILL = 0xE7EEE8, MARK_FILL = 0xFFE699, CHECK_FILL = 0xFFC7CE, CHECK_INK = 0x9C0006, NOTE_INK = 0x666666 };

typedef struct cell_style { int decimals; int indent; bool bold, marked, right; } cell_style; /* decimals -1 = text */
typedef struct style_entry { struct style_entry *next; cell_style key; lxw_format *format; } style_entry;

typedef struct out {
    arena *a;
    const sheet_book *book;
    lxw_workbook *workbook;
    const char *lists_name; /* of the hidden sheet; NULL until needed */
    uint16_t list_count;
    style_entry *styles;
    text_map names;       /* folded, in use */
} out;

static lxw_format *style_format(out *o, cell_style k)
{
    for (style_entry *e = o->styles; e; e = e->next) {
        cell_style x = e->key;
        if (x.decimals == k.decimals && x.indent == k.indent && x.bold == k.bold && x.marked == k.marked && x.right == k.right) return e->format;
    }
    lxw_format *f = workbook_add_format(o->workbook);
    if (k.bold) format_set_bold(f);
    if (k.bold) format_set_top(f, LXW_BORDER_THIN);
    if (k.marked) format_set_bg_color(f, MARK_FILL);
    if (k.indent > 0) format_set_indent(f, (uint8_t)k.indent);
    if (k.right) format_set_align(f, LXW_ALIGN_RIGHT);
    if (k.decimals == 0) format_set_num_format(f, "0");
    else if (k.decimals > 0) format_set_num_format(f, arena_printf(o->a, "0.%0*d", k.decimals, 0));
    style_entry *e = NEW(o->a, style_entry);
    *e = (style_entry){o->styles, k, f};
    o->styles = e;
    return f;
}

/* What a spreadsheet program accepts in a cell: UTF-8, no control characters but line ends and tabs, at most 32,767 characters. */
static char *cell_string(out *o, text t)
{
    char *s = text_str(o->a, t);
    size_t bad = 0, chars = 0, from = 0;
    while (!text_is_utf8((text){s + from, t.len - from}, &bad)) {
        s[from + bad] = '?';
        from += bad + 1;
    }
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7F) s[i] = ' ';
        if ((c & 0xC0) != 0x80 && ++chars > CELL_CHARS_MAX) {
            s[i] = 0;
            break;
        }
    }
    return s;
}

/* A worksheet's name: at most 31 characters, none of []:*?/\, no quote at the ends, once in a file (without regard to case). */
static const char *sheet_name(out *o, text wanted)
{
    char *s = cell_string(o, wanted);
    size_t len = strlen(s), chars = 0, cut = 0;
    for (size_t i = 0; i < len; i++)
        if (strchr("[]:*?/\\\n\t", s[i])) s[i] = ' ';
    if (len > 0 && s[0] == '\'') s[0] = ' ';
    if (len > 0 && s[len - 1] == '\'') s[len - 1] = ' ';
    text t = text_trim((text){s, len});
    if (t.len == 0) t = TEXT("Sheet");
    for (int64_t n = 1;; n++) {
        const char *suffix = n == 1 ? "" : arena_printf(o->a, " %lld", (long long)n);
        chars = 0;
        for (cut = 0; cut < t.len; cut++)
            if (((unsigned char)t.ptr[cut] & 0xC0) != 0x80 && ++chars + strlen(suffix) > NAME_CHARS_MAX) break;
        const char *name = arena_printf(o->a, "%.*s%s", (int)cut, t.ptr, suffix);
        char *key = arena_copy(o->a, name, strlen(name));
        for (char *p = key; *p; p++)
            if (*p >= 'A' && *p <= 'Z') *p = (char)(*p | 0x20);
        int64_t used;
        if (text_map_find(&o->names, text_of(key), &used)) continue;
        text_map_put(&o->names, text_of(key), 1);
        return name;
    }
}

/* The format allows 255 characters; libxlsxwriter 1.1 joins the list in a buffer of as many bytes. */
static bool fits_inline(const sheet_column *c)
{
    size_t bytes = c->choice_count - 1;
    for (size_t i = 0; i < c->choice_count; i++) {
        text t = c->choices[i];
        bytes += t.len;
        if (bytes > LIST_BYTES_MAX || t.len == 0 || memchr(t.ptr, ',', t.len) || memchr(t.ptr, '"', t.len) || t.ptr[0] == '=') return false;
    }
    return true;
}

static char *range_formula(out *o, const sheet_column *c)
{
    char name[8];
    if (!o->lists_name) o->lists_name = sheet_name(o, TEXT("_lists"));
    lxw_col_to_name(name, o->list_count++, 1);
    return arena_printf(o->a, "='%s'!%s$1:%s$%zu", o->lists_name, name, name, c->choice_count);
}

static void add_short_list(out *o, lxw_worksheet *w, lxw_col_t column, const sheet_column *c)
{
    char **list = NEW_ARRAY(o->a, c->choice_count + 1, char *);
    for (size_t i = 0; i < c->choice_count; i++) list[i] = text_str(o->a, c->choices[i]);
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST, .dropdown = LXW_VALIDATION_ON, .value_list = list};
    worksheet_data_validation_range(w, 1, column, ROWS_MAX - 1, column, &v);
}

/* Made as a custom formula and then turned into a list: asked for a list by formula, libxlsxwriter 1.1 copies the formula twice and frees it once. */
static void add_long_list(out *o, lxw_worksheet *w, lxw_col_t column, const sheet_column *c)
{
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_CUSTOM_FORMULA, .dropdown = LXW_VALIDATION_ON, .value_formula = range_formula(o, c)};
    if (worksheet_data_validation_range(w, 1, column, ROWS_MAX - 1, column, &v) != LXW_NO_ERROR) return;
    lxw_data_val_obj *made = STAILQ_FIRST(w->data_validations);
    while (STAILQ_NEXT(made, list_pointers)) made = STAILQ_NEXT(made, list_pointers);
    made->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
}

static void add_choices(out *o, lxw_worksheet *w, lxw_col_t column, const sheet_column *c)
{
    if (c->choice_count == 0) return;
    if (fits_inline(c)) add_short_list(o, w, column, c);
    else add_long_list(o, w, column, c);
}

static void add_input_check(out *o, lxw_worksheet *w, lxw_col_t column, const sheet_column *c)
{
    if (c->input == SHEET_INPUT_ANY) return;
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_DECIMAL, .error_message = cell_string(o, c->input_says)};
    v.criteria = c->input == SHEET_INPUT_AMOUNT ? LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO : LXW_VALIDATION_CRITERIA_BETWEEN;
    if (c->input == SHEET_INPUT_NUMBER) v.minimum_number = -1e15, v.maximum_number = 1e15;
    worksheet_data_validation_range(w, 1, column, ROWS_MAX - 1, column, &v);
}

static void add_check_colour(out *o, lxw_worksheet *w, lxw_col_t column, const sheet *s)
{
    lxw_format *f = workbook_add_format(o->workbook);
    format_set_bg_color(f, CHECK_FILL);
    format_set_font_color(f, CHECK_INK);
    char name[8];
    lxw_col_to_name(name, column, 0);
    lxw_conditional_format c = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = arena_printf(o->a, "=LEN(%s2)>0", name), .format = f};
    worksheet_conditional_format_range(w, 1, column, (lxw_row_t)(s->line_count > 0 ? s->line_count : 1), column, &c);
}

/* Row by row over all long lists, as constant memory wants it. */
static void write_lists(out *o)
{
    size_t rows = 0, column;
    lxw_worksheet *w = workbook_add_worksheet(o->workbook, o->lists_name);
    worksheet_hide(w);
    do {
        column = 0;
        size_t longest = 0;
        for (size_t s = 0; s < o->book->count; s++)
            for (size_t c = 0; c < o->book->sheets[s]->column_count; c++) {
                const sheet_column *k = &o->book->sheets[s]->columns[c];
                if (k->choice_count == 0 || fits_inline(k)) continue;
                if (rows < k->choice_count) worksheet_write_string(w, (lxw_row_t)rows, (lxw_col_t)column, cell_string(o, k->choices[rows]), NULL);
                if (k->choice_count > longest) longest = k->choice_count;
                column++;
            }
        if (++rows >= longest) return;
    } while (rows < ROWS_MAX);
}

static void set_width(lxw_worksheet *w, const sheet *s, uint16_t c)
{
    size_t width = text_width(s->columns[c].title);
    for (size_t i = 0; i < s->line_count; i++) {
        size_t n = text_width(s->lines[i].cells[c]) + (c == 0 ? 2 * (size_t)s->lines[i].indent : 0);
        if (n > width) width = n;
    }
    width = width + 2 < WIDTH_MIN ? WIDTH_MIN : width + 2 > WIDTH_MAX ? WIDTH_MAX : width + 2;
    worksheet_set_column(w, c, c, s->columns[c].width > 0 ? s->columns[c].width : (double)width, NULL);
}

static void write_header(out *o, lxw_worksheet *w, const sheet *s)
{
    lxw_format *f = workbook_add_format(o->workbook);
    format_set_bold(f);
    format_set_bg_color(f, HEADER_FILL);
    format_set_bottom(f, LXW_BORDER_THIN);
    format_set_text_wrap(f);
    for (size_t i = 0; i < s->column_count; i++) {
        const sheet_column *c = &s->columns[i];
        worksheet_write_string(w, 0, (lxw_col_t)i, cell_string(o, c->title), f);
        if (c->comment.len > 0) worksheet_write_comment(w, 0, (lxw_col_t)i, cell_string(o, c->comment));
        add_choices(o, w, (uint16_t)i, c);
        add_input_check(o, w, (uint16_t)i, c);
        if (c->is_check) add_check_colour(o, w, (uint16_t)i, s);
        set_width(w, s, (uint16_t)i);
    }
    worksheet_freeze_panes(w, 1, 0);
}

/* Significant digits, and digits behind the point. */
static int count_digits(text number, int *ret_decimals)
{
    int significant = 0, decimals = 0;
    bool point = false;
    for (size_t i = 0; i < number.len; i++) {
        char c = number.ptr[i];
        if (c == '.') point = true;
        if (c < '0' || c > '9') continue;
        decimals += point;
        significant += c != '0' || significant > 0;
    }
    *ret_decimals = decimals;
    return significant;
}

static void write_cell(out *o, lxw_worksheet *w, lxw_row_t row, lxw_col_t column, const sheet_column *c, const sheet_line *line)
{
    const sheet_mark *mark = sheet_mark_find(line, column);
    text cell = line->cells[column], digits;
    cell_style style = {-1, column == 0 ? line->indent : 0, line->is_total, mark != NULL, c->align == SHEET_RIGHT || c->is_number};
    int decimals = 0;
    const sheet_formula *f = line->formulas;
    while (f && f->column != column) f = f->next;
    bool is_number = c->is_number && sheet_number(o->a, cell, &digits);
    if (f) {
        worksheet_write_formula_str(w, row, column, cell_string(o, f->formula), style_format(o, style), cell_string(o, cell));
    } else if (is_number && count_digits(digits, &decimals) <= DIGITS_MAX && decimals <= 2 * DIGITS_MAX) {
        style.decimals = decimals;
        worksheet_write_number(w, row, column, strtod(text_str(o->a, digits), NULL), style_format(o, style));
    } else if (cell.len > 0) {
        worksheet_write_string(w, row, column, cell_string(o, cell), style_format(o, style));
    } else if (mark || line->is_total) {
        worksheet_write_blank(w, row, column, style_format(o, style));
    }
    if (mark && mark->comment.len > 0) worksheet_write_comment(w, row, column, cell_string(o, mark->comment));
}

static void write_notes(out *o, lxw_worksheet *w, const sheet *s)
{
    lxw_format *f = workbook_add_format(o->workbook);
    format_set_italic(f);
    format_set_font_color(f, NOTE_INK);
    for (size_t i = 0; i < s->note_count; i++) {
        const char *line = arena_printf(o->a, "# %.*s", TEXT_FMT(s->notes[i]));
        worksheet_write_string(w, (lxw_row_t)(s->line_count + 2 + i), 0, cell_string(o, text_of(line)), f);
    }
}

static bool write_sheet(out *o, const sheet *s, heng_err *err)
{
    if (s->line_count + s->note_count + 2 > ROWS_MAX) return fail_limit(err, &MSG_XLSX_ROWS, NULL, ROWS_MAX - 2);
    if (s->column_count > (size_t)LXW_COL_MAX) return fail_limit(err, &MSG_COLUMNS_TOO_MANY, NULL, LXW_COL_MAX);
    lxw_worksheet *w = workbook_add_worksheet(o->workbook, sheet_name(o, s->name));
    write_header(o, w, s);
    for (size_t i = 0; i < s->line_count; i++)
        for (size_t c = 0; c < s->column_count; c++) write_cell(o, w, (lxw_row_t)(i + 1), (lxw_col_t)c, &s->columns[c], &s->lines[i]);
    write_notes(o, w, s);
    return true;
}

static bool close_failed(lxw_error code, const char *path, heng_err *err)
{
    char seen[32];
    if (errno) return file_write_failed(errno, path, err);
    snprintf(seen, sizeof seen, "libxlsxwriter %d", (int)code);
    err_fill(err, &MSG_XLSX_WRITE, seen, NULL, NULL);
    return err_in_file(err, path);
}

static bool write_book(out *o, const char *file, const char *path, heng_err *err)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    bool ok = true;
    o->workbook = workbook_new_opt(file, &options);
    must(o->workbook);
    for (size_t i = 0; ok && i < o->book->count; i++) ok = write_sheet(o, o->book->sheets[i], err) || err_in_file(err, path);
    if (ok && o->lists_name) write_lists(o);
    errno = 0;
    lxw_error code = workbook_close(o->workbook); /* frees it too, whatever happens */
    return ok && (code == LXW_NO_ERROR || close_failed(code, path, err));
}

/* To a terminal or pipe: libxlsxwriter can only write a file, so one is made and copied. */
static bool write_through(out *o, file_new *f, heng_err *err)
{
    char name[] = "/tmp/heng-XXXXXX";
    text bytes = {0};
    int fd = mkstemp(name);
    if (fd < 0) return file_write_failed(errno, f->path, err);
    bool ok = write_book(o, name, f->path, err) && file_read(o->a, name, 0, &bytes, err) && file_new_add(f, bytes, err);
    close(fd);
    unlink(name);
    return ok;
}

bool xlsx_write(const sheet_book *b, const char *path, heng_err *err)
{
    arena a = {0};
    out o = {.a = &a, .book = b, .names = {.a = &a}};
    file_new f;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(c); /* a point in numbers, in this thread only */
    bool ok = file_new_begin(&a, path, &f, err);
    if (ok) ok = file_new_end(&f, f.temporary ? write_book(&o, f.temporary, path, err) : write_through(&o, &f, err), err);
    uselocale(before);
    freelocale(c);
    arena_free(&a);
    return ok;
}
