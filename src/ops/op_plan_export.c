/*
 * heng plan export: tables of what is kept, to be edited in a spreadsheet and imported again.
 *
 *   FILE.xlsx   one sheet a table         FILE.csv   one table (--table)
 *   FILE.json   an array of tables        FOLDER     one csv a table
 */
#include <errno.h>
#include <sys/stat.h>
#include "plan_desk.h"

typedef struct exporting { ops_call *c; text doc, only; sheet *told; } exporting;

/* For programs: which tables were written, and where. */
static void tell_table(exporting *x, plan_table t, const char *path, size_t rows)
{
    ops_call *c = x->c;
    say(c, "  %s：%zu 行", "  %s: %zu rows", plan_table_name(t), rows);
    if (!path || !c->wants_rows) return;
    const sheet_column columns[] = {column(TEXT("file"), pick(c->lang, "文件", "file"), false), column(TEXT("table"), pick(c->lang, "表", "table"), false), column(TEXT("rows"), pick(c->lang, "行数", "rows"), true)};
    if (!x->told) x->told = sheet_new(c->out, TEXT("plan export"), TEXT("plan export"), columns, 3);
    sheet_row(x->told, (text[]){text_of(path), text_of(plan_table_name(t)), number_text(c->a, (int64_t)rows)});
}

static bool is_wanted(const exporting *x, plan_table t) { return !x->only.len || text_is(x->only, plan_table_name(t)); }

static bool table_add(exporting *x, plan_table t, const char *path, sheet_book *to, heng_err *err)
{
    plan_records rows;
    if (!plan_records_load(x->c->book, x->c->a, x->c->known_us, t, x->doc, ops_has(x->c, "--dropped"), &rows, err)) return false;
    plan_sheet_records(to, t, &rows);
    tell_table(x, t, path, rows.count);
    return true;
}

static bool write_folder(exporting *x, const char *folder, heng_err *err)
{
    sheet_style style = {.csv_bom = true};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return err_fill(err, &MSG_OPS_NO_FOLDER, folder, strerror(errno), NULL);
    for (int t = 0; t < PLAN_TABLES; t++) {
        sheet_book *one = sheet_book_new(x->c->a);
        const char *path = arena_printf(x->c->a, "%s/%s.csv", folder, plan_table_name((plan_table)t));
        if (!is_wanted(x, (plan_table)t)) continue;
        if (!table_add(x, (plan_table)t, path, one, err) || !sheet_write(one, SHEET_CSV, path, &style, err)) return false;
    }
    return true;
}

static bool write_file(exporting *x, const char *path, sheet_format format, heng_err *err)
{
    sheet_style style = {.csv_bom = true};
    sheet_book *to = path ? sheet_book_new(x->c->a) : x->c->out;
    if (format == SHEET_CSV && !x->only.len) x->only = TEXT("goals");
    for (int t = 0; t < PLAN_TABLES; t++)
        if (is_wanted(x, (plan_table)t) && !table_add(x, (plan_table)t, path, to, err)) return false;
    return !path || sheet_write(to, format, path, &style, err);
}

bool op_plan_export(ops_call *c, heng_err *err)
{
    exporting x = {.c = c, .only = ops_get(c, "--table")};
    text file = ops_get(c, "FILE");
    if (!plan_desk_doc(c, &x.doc, err)) return false;
    if (!file.len) return write_file(&x, NULL, c->wants_rows && !c->wants_exact ? SHEET_XLSX : c->wants_json ? SHEET_JSON : SHEET_CSV, err);
    const char *path = text_str(c->a, file);
    say(c, "写出 %s", "wrote %s", path);
    if (text_ends(file, ".xlsx")) return write_file(&x, path, SHEET_XLSX, err);
    if (text_ends(file, ".json")) return write_file(&x, path, SHEET_JSON, err);
    if (text_ends(file, ".csv")) return write_file(&x, path, SHEET_CSV, err);
    return write_folder(&x, path, err);
}
