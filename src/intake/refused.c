/* Refused rows, in the file's own form: its header and cells, and the reason (a column in CSV; in a spreadsheet also the cell marked). */
#include "inside.h"

static bool column_is_field(const reading *x, size_t file_column, const char *field)
{
    for (size_t c = 0; c < x->form->column_count; c++)
        if (strcmp(x->form->columns[c].id, field) == 0) return x->at[c] == (int)file_column;
    return false;
}

static text header_of(const reading *x, size_t i) { return i < x->header_count ? x->header[i].value : (text){0}; }

bool write_refused(const reading *x, const char *path, bool is_xlsx, heng_err *err)
{
    size_t columns = x->header_count;
    int reason_at = -1; /* a file that was refused before has its column already */
    text reason_title = text_of(x->options->lang == HENG_ZH ? "原因" : "reason");
    for (size_t i = 0; i < columns; i++)
        if (text_is(header_of(x, i), "原因") || text_is(header_of(x, i), "reason")) reason_at = (int)i;
    if (reason_at < 0) reason_at = (int)columns++;
    sheet_column *heads = NEW_ARRAY(x->a, columns, sheet_column);
    for (size_t i = 0; i < columns; i++) {
        text title = (int)i == reason_at ? reason_title : header_of(x, i);
        heads[i] = (sheet_column){.id = title, .title = title, .is_number = false};
    }
    sheet_book *out = sheet_book_new(x->a);
    sheet *s = sheet_new(out, TEXT("refused"), (text){0}, heads, columns);
    text *cells = NEW_ARRAY(x->a, columns, text);
    for (size_t r = 0; r < x->row_count; r++) {
        const row_in *row = &x->rows[r];
        if (!row->refused) continue;
        char reason[2048];
        err_format_reason(row->refused, x->options->lang, reason, sizeof reason);
        for (size_t i = 0; i < columns; i++) cells[i] = (int)i == reason_at ? text_of(reason) : i < row->cell_count ? row->cells[i].value : (text){0};
        sheet_row(s, cells);
        for (size_t i = 0; is_xlsx && i < x->header_count; i++)
            if (row->refused->field[0] && column_is_field(x, i, row->refused->field)) sheet_cell_mark(s, i, text_of(reason));
    }
    sheet_style style = {.csv_bom = true};
    return sheet_write(out, is_xlsx ? SHEET_XLSX : SHEET_CSV, path, &style, err);
}
