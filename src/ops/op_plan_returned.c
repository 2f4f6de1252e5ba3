/* An export of plans that was edited: csv, xlsx or json, a table or several, read as rows; what differs becomes corrections. */
#include "plan_desk.h"

typedef struct returned_table { plan_table t; table_row header; size_t count, max; table_row *rows; } returned_table;
typedef struct returned_file { arena *a; size_t count, max; returned_table *tables; } returned_file;

static bool is_all_empty(const table_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].value.len) return false;
    return true;
}

/* One sheet. A header that is none of an export's leaves it out. */
static bool sheet_take(returned_file *f, const char *path, const text *bytes, text name, bool *ret_found, heng_err *err)
{
    table *t;
    table_row header, row;
    table_options o = {.sheet = name};
    returned_table to = {0};
    *ret_found = false;
    if (!table_open_bytes(bytes->ptr, bytes->len, path, &o, &t, err)) return false;
    bool ok = table_next(t, f->a, &header, err);
    if (ok && !header.is_end && plan_is_export(&header, &to.t)) {
        to.header = header;
        while ((ok = table_next(t, f->a, &row, err)) && !row.is_end)
            if (!is_all_empty(&row) && !(row.count && text_starts(row.cells[0].value, "#"))) *ARENA_PUSH(f->a, to.rows, to.count, to.max) = row;
        *ARENA_PUSH(f->a, f->tables, f->count, f->max) = to;
        *ret_found = ok;
    }
    table_close(t);
    return ok;
}

static bool table_take(returned_file *f, const char *path, const text *bytes, heng_err *err)
{
    table *t;
    bool found;
    heng_err ignored = {0};
    if (!table_open_bytes(bytes->ptr, bytes->len, path, NULL, &t, &ignored)) return true; /* no table: a document, or the reader of documents says what it is */
    size_t count = table_sheet_count(t);
    text *names = NEW_ARRAY(f->a, count, text);
    for (size_t i = 0; i < count; i++) names[i] = text_copy(f->a, table_sheet_name(t, i));
    bool is_xlsx = table_is_xlsx(t), ok = true;
    table_close(t);
    for (size_t i = 0; ok && i < count; i++) {
        heng_err why = {0};
        ok = sheet_take(f, path, bytes, is_xlsx ? names[i] : (text){"", 0}, &found, &why);
        if (!ok && i == 0 && !f->count) return true; /* so far no export: a document, perhaps */
        if (!ok) *err = why;
    }
    return ok;
}

/* ---- JSON ---- */

static table_row json_cells(arena *a, const json *object, const table_row *header, int64_t number)
{
    table_cell *cells = NEW_ARRAY(a, header->count, table_cell);
    for (size_t i = 0; i < header->count; i++) {
        const json *x = json_get(object, text_str(a, header->cells[i].value));
        if (x && x->kind != JSON_NULL) cells[i] = (table_cell){x->value, TABLE_TEXT};
    }
    return (table_row){.number = number, .count = header->count, .cells = cells};
}

/* Any column of any row counts: one that is not the table's is told. */
static table_row json_header(arena *a, const json *rows)
{
    text_map seen = {.a = a};
    table_cell *cells = NULL;
    size_t count = 0, max = 0;
    for (const json *row = rows->first; row; row = row->next)
        for (const json *x = row->first; x; x = x->next) {
            int64_t at;
            if (text_map_find(&seen, x->key, &at)) continue;
            text_map_put(&seen, x->key, 1);
            *ARENA_PUSH(a, cells, count, max) = (table_cell){x->key, TABLE_TEXT};
        }
    return (table_row){.number = 0, .count = count, .cells = cells};
}

static void json_sheet(returned_file *f, const json *x)
{
    const json *rows = json_get(x, "rows");
    returned_table to = {0};
    if (!rows || rows->kind != JSON_ARRAY) return;
    to.header = json_header(f->a, rows);
    if (!plan_is_export(&to.header, &to.t)) return;
    int64_t number = 1;
    for (const json *row = rows->first; row; row = row->next) *ARENA_PUSH(f->a, to.rows, to.count, to.max) = json_cells(f->a, row, &to.header, number++);
    *ARENA_PUSH(f->a, f->tables, f->count, f->max) = to;
}

static bool json_take(returned_file *f, const text *bytes, heng_err *err)
{
    const json *root;
    if (!json_parse(f->a, *bytes, &root, err)) return false;
    if (root->kind == JSON_ARRAY)
        for (const json *x = root->first; x; x = x->next) json_sheet(f, x);
    else json_sheet(f, root);
    return true;
}

/* ---- What it changes ---- */

static void say_edits(ops_call *c, const char *path, const plan_edit_report *r, bool dry_run)
{
    int64_t n = r->changed + r->added + r->dropped + r->confirmed;
    if (!n) say(c, "%s：没有变化", "%s: nothing changed", path);
    else say(c, "%s：更正 %lld 行，新增 %lld 行，删去 %lld 行，确认 %lld 行%s", "%s: %lld rows corrected, %lld added, %lld dropped, %lld confirmed%s", path, (long long)r->changed, (long long)r->added, (long long)r->dropped,
        (long long)r->confirmed, !dry_run ? "" : c->lang == HENG_ZH ? "（只试运行，没有写入）" : " (tried only, nothing was stored)");
    const shown_field fields[] = {{"file", "文件", "file", text_of(path), false},
        {"corrected", "更正", "corrected", number_text(c->a, r->changed), true}, {"added", "新增", "added", number_text(c->a, r->added), true}, {"dropped", "删去", "dropped", number_text(c->a, r->dropped), true},
        {"confirmed", "确认", "confirmed", number_text(c->a, r->confirmed), true}};
    show_record(c, "plan import", fields, sizeof fields / sizeof *fields);
}

static bool edits_of(plan_desk *d, returned_file *f, plan_edit **ret, size_t *ret_count, heng_err *err)
{
    plan_edit *all = NULL;
    size_t count = 0, max = 0;
    for (size_t i = 0; i < f->count; i++) {
        plan_edit *edits;
        size_t n;
        const returned_table *t = &f->tables[i];
        if (!plan_export_edits(d->c->book, f->a, t->t, &t->header, t->rows, t->count, &edits, &n, err)) return f->count > 1 ? err_in_sheet(err, plan_table_name(t->t)) : false;
        for (size_t k = 0; k < n; k++) *ARENA_PUSH(f->a, all, count, max) = edits[k];
    }
    *ret = all;
    *ret_count = count;
    return true;
}

bool plan_take_export(plan_desk *d, const char *path, bool dry_run, bool *ret_is_export, heng_err *err)
{
    ops_call *c = d->c;
    returned_file f = {.a = c->a};
    text bytes, name = text_of(path);
    plan_edit *edits = NULL;
    size_t count = 0;
    plan_edit_report report;
    *ret_is_export = false;
    bool is_json = text_ends(name, ".json");
    if (!is_json && !text_ends(name, ".csv") && !text_ends(name, ".xlsx")) return true;
    if (!file_read(c->a, path, 0, &bytes, err)) return false;
    if (!bytes.len) return true;
    if (!(is_json ? json_take(&f, &bytes, err) : table_take(&f, path, &bytes, err))) return false;
    if (!f.count) return true;
    *ret_is_export = true;
    if (!edits_of(d, &f, &edits, &count, err) || !plan_edit_post(c->book, c->a, d->rules, edits, count, name, dry_run, &report, err)) return false;
    say_edits(c, path, &report, dry_run);
    return true;
}
