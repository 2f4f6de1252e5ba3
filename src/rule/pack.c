/*
 * Rule packs as folders of CSV tables: files to rows. Every fault is kept and the reading goes on with the next row, so that one check shows all.
 * Cells of unknown columns are dropped after the fault; comment rows (# in the first column) are passed over.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include "inside.h"

enum { HEADER_MAX = 64 };

typedef struct reading {
    builder *b;
    int table_id;
    text pack, path;
    size_t column_count;
    int place[HEADER_MAX];      /* of a file's column in the row's cells; RULE_NONE = unknown */
} reading;

static void header_fault(reading *in, int64_t line, const heng_message *m, text seen, text wanted)
{
    rule_row at = {.file = in->path, .line = line};
    row_fault(in->b, &at, NULL, m, seen, wanted, (text){"", 0});
}

static text near_column(reading *in, text name)
{
    text names[RULE_COLUMNS_MAX];
    size_t count = rule_column_count(in->table_id);
    for (size_t i = 0; i < count; i++) names[i] = text_of(rule_column_at(in->table_id, i)->name);
    return near_names(in->b->a, name, names, count);
}

static bool has_place(const reading *in, size_t upto, int place)
{
    for (size_t i = 0; i < upto; i++)
        if (in->place[i] == place) return true;
    return false;
}

static void read_header(reading *in, const table_row *row)
{
    in->column_count = row->count < HEADER_MAX ? row->count : HEADER_MAX;
    for (size_t i = 0; i < in->column_count; i++) {
        text name = row->cells[i].value;
        int place = rule_column_find(in->table_id, name);
        in->place[i] = RULE_NONE;
        if (place < 0) {
            if (name.len > 0) header_fault(in, row->number, &MSG_RULE_UNKNOWN_COLUMN, name, near_column(in, name));
        } else if (has_place(in, i, place)) {
            header_fault(in, row->number, &MSG_RULE_COLUMN_TWICE, name, (text){"", 0});
        } else {
            in->place[i] = place;
        }
    }
    for (size_t i = 0; i < rule_schema[in->table_id].column_count; i++) {
        const rule_column *c = &rule_schema[in->table_id].columns[i];
        if ((c->flags & COL_NEEDED) && !has_place(in, in->column_count, (int)i))
            header_fault(in, row->number, &MSG_RULE_MISSING_COLUMN, (text){"", 0}, text_of(c->name));
    }
}

static void read_row(reading *in, const table_row *row)
{
    text cells[RULE_COLUMNS_MAX] = {{0}};
    for (size_t i = 0; i < row->count; i++) {
        text v = row->cells[i].value;
        if (i >= in->column_count) {
            if (v.len > 0) header_fault(in, row->number, &MSG_RULE_TOO_MANY_CELLS, v, (text){"", 0});
            break;
        }
        if (v.len > 0 && (memchr(v.ptr, '\x1f', v.len) || memchr(v.ptr, 0, v.len))) {
            header_fault(in, row->number, &MSG_RULE_CELL_CONTROL, (text){"", 0}, (text){"", 0});
            return;
        }
        if (in->place[i] >= 0) cells[in->place[i]] = v;
    }
    size_t count = rule_column_count(in->table_id);
    for (size_t i = 0; i < count; i++) cells[i] = text_trim(cells[i]);
    text joined = row_joined(in->b->a, cells, count);
    row_add(in->b, in->table_id, row_new(in->b, in->table_id, in->pack, in->path, row->number, joined, TEXT("")));
}

static bool is_comment(const table_row *row)
{
    return row->count > 0 && row->cells[0].value.len > 0 && row->cells[0].value.ptr[0] == '#';
}

/* A file that cannot be read on is a fault like others; the tables after it are still read. */
static void read_rows(reading *in, table *t, arena *scratch)
{
    bool has_header = false;
    heng_err err = {0};
    for (;;) {
        arena_mark mark = arena_here(scratch);
        table_row row;
        if (!table_next(t, scratch, &row, &err)) {
            err_in_file(&err, in->path.ptr);
            fault_add(in->b, &err);
            return;
        }
        if (row.is_end) return;
        if (is_comment(&row)) continue;
        if (has_header) read_row(in, &row);
        else read_header(in, &row);
        has_header = true;
        arena_rewind(scratch, mark);
    }
}

static const table_options OPTIONS = {.separator = ',', .bytes_max = 64 << 20, .rows_max = 1000000, .columns_max = 1000};

/* One file, from the folder or, with bytes, from memory. */
static void read_table(builder *b, int table_id, text pack, const char *path, const text *bytes)
{
    arena scratch = {0};
    table *t = NULL;
    heng_err err = {0};
    reading in = {.b = b, .table_id = table_id, .pack = pack, .path = text_copy(b->a, text_of(path))};
    bool ok = bytes ? table_open_bytes(bytes->ptr, bytes->len, path, &OPTIONS, &t, &err) : table_open(path, &OPTIONS, &t, &err);
    if (ok) {
        read_rows(&in, t, &scratch);
    } else {
        err_in_file(&err, path);
        fault_add(b, &err);
    }
    table_close(t);
    arena_free(&scratch);
}

static bool file_is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A misspelt file would be passed over in silence: every .csv in the folder must be a table. */
static void check_files(builder *b, const char *folder)
{
    DIR *d = opendir(folder);
    if (!d) return;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        text name = text_of(e->d_name);
        if (!text_ends(name, ".csv") || name.ptr[0] == '.') continue;
        text id = {name.ptr, name.len - 4};
        if (rule_table_find(id) >= 0) continue;
        text names[T_COUNT];
        for (int t = 0; t < T_COUNT; t++) names[t] = text_of(rule_schema[t].name);
        rule_row at = {.file = text_of(arena_printf(b->a, "%s/%s", folder, e->d_name))};
        row_fault(b, &at, NULL, &MSG_RULE_UNKNOWN_TABLE, id, near_names(b->a, id, names, T_COUNT), (text){"", 0});
    }
    closedir(d);
}

/* pack.csv is read first, under no pack; its rows then go under the id they name. */
static bool read_pack_file(builder *b, const char *folder, text *ret_id, heng_err *err)
{
    char *path = arena_printf(b->a, "%s/pack.csv", folder);
    if (!file_is_there(path)) return err_fill(err, &MSG_RULE_NO_PACK, folder, NULL, NULL);
    rule_table_rows *t = &b->index->tables[T_PACK];
    size_t first = t->count;
    text mark = text_of(arena_printf(b->a, "\x1e%zu %s", b->pack_count, folder));
    builder_pack(b, mark);
    read_table(b, T_PACK, mark, path, NULL);
    *ret_id = (text){"", 0};
    for (size_t i = first; i < t->count; i++)
        if (text_is(t->rows[i]->cells[0], "id")) *ret_id = t->rows[i]->cells[1];
    if (ret_id->len == 0) return err_fill(err, &MSG_RULE_NO_PACK, folder, NULL, NULL);
    for (size_t i = 0; i + 1 < b->pack_count; i++)
        if (text_equal(b->packs[i].id, *ret_id)) return err_fill(err, &MSG_RULE_PACK_TWICE, ret_id->ptr ? text_str(b->a, *ret_id) : "", NULL, NULL);
    rule_pack *pack = &b->packs[b->pack_count - 1];
    pack->id = *ret_id;
    for (size_t i = first; i < t->count; i++) {
        rule_row *row = t->rows[i];
        text key = row->cells[0];
        row->pack = *ret_id;
        row->key = text_of(arena_printf(b->a, "%.*s\x1f%.*s", TEXT_FMT(*ret_id), TEXT_FMT(key)));
        text_map_put(&t->by_key, row->key, (int64_t)i);
        if (text_is(key, "version")) pack->version = row->cells[1];
        if (text_is(key, "over")) pack->over = row->cells[1];
    }
    return true;
}

static void check_over(builder *b, const char *folder)
{
    const rule_pack *pack = &b->packs[b->pack_count - 1];
    if (pack->over.len == 0) return;
    for (size_t i = 0; i + 1 < b->pack_count; i++)
        if (text_equal(b->packs[i].id, pack->over)) return;
    rule_row at = {.file = text_of(arena_printf(b->a, "%s/pack.csv", folder))};
    row_fault(b, &at, "over", &MSG_RULE_PACK_OVER, pack->over, (text){"", 0}, (text){"", 0});
}

static bool read_folder(builder *b, const char *folder, heng_err *err)
{
    text id;
    if (!read_pack_file(b, folder, &id, err)) return err_in_file(err, folder);
    check_over(b, folder);
    check_files(b, folder);
    for (int t = T_PACK + 1; t < T_COUNT; t++) {
        char *path = arena_printf(b->a, "%s/%s.csv", folder, rule_schema[t].name);
        if (file_is_there(path)) read_table(b, t, id, path, NULL);
    }
    return true;
}

bool rule_load_folders(arena *a, const char *const *folders, size_t count, const rule_set **ret, rule_faults *faults, heng_err *err)
{
    builder b;
    heng_err first = {0};
    builder_begin(&b, a, faults, &first);
    for (size_t i = 0; i < count; i++)
        if (!read_folder(&b, folders[i], err)) return false;
    if (builder_finish(&b, ret)) return true;
    *err = first;
    return false;
}

bool rule_load_bytes(arena *a, const rule_file *files, size_t count, const rule_set **ret, rule_faults *faults, heng_err *err)
{
    builder b;
    heng_err first = {0};
    builder_begin(&b, a, faults, &first);
    builder_pack(&b, TEXT("bytes"));
    for (size_t i = 0; i < count; i++) {
        int table_id = rule_table_find(text_of(files[i].table_name));
        if (table_id >= 0) read_table(&b, table_id, TEXT("bytes"), files[i].table_name, &files[i].bytes);
    }
    if (builder_finish(&b, ret)) return true;
    *err = first;
    return false;
}
