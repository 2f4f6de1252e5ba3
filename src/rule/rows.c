/*
 * Rows of tables while a rule set is built: cells, key, hash, and one pack lying over another.
 *
 * A row's cells stand in the order of the declared columns, joined by \x1f: so the store keeps them, and so the hash covers them
 * (table \x1f cells). A row of a higher pack takes the place of the row with the same key below. Not here: reading files (pack.c).
 */
#include "inside.h"

enum { ROWS_MAX = 1000000 };

void builder_begin(builder *b, arena *a, rule_faults *faults, heng_err *err)
{
    *b = (builder){.a = a, .faults = faults, .err = err};
    b->set = NEW(a, rule_set);
    b->index = NEW(a, struct rule_index);
    b->set->index = b->index;
    b->index->one = rat_int(a, 1);
    for (int t = 0; t < T_COUNT; t++) {
        b->index->tables[t].by_key.a = b->index->tables[t].heads.a = a;
        b->index->names[t].exact.a = a;
    }
    if (faults) faults->count = faults->total = 0;
}

void fault_add(builder *b, const heng_err *err)
{
    if (b->fault_total++ == 0) *b->err = *err;
    if (!b->faults) return;
    b->faults->total++;
    if (b->faults->count < b->faults->max) b->faults->items[b->faults->count++] = *err;
}

void row_fault(builder *b, const rule_row *row, const char *column, const heng_message *m, text seen, text wanted, text other)
{
    heng_err err = {0};
    arena scratch = {0};
    err_fill(&err, m, text_str(&scratch, seen), text_str(&scratch, wanted), text_str(&scratch, other));
    err_in_file(&err, text_str(&scratch, row->file));
    err_at_row(&err, row->line);
    if (column) err_in_field(&err, column);
    arena_free(&scratch);
    fault_add(b, &err);
}

text row_place(arena *a, const rule_row *row)
{
    return text_of(arena_printf(a, "%.*s:%lld", TEXT_FMT(row->file), (long long)row->line));
}

text near_names(arena *a, text name, const text *names, size_t count)
{
    size_t at[3];
    size_t found = text_nearest(a, name, names, count, 3, at);
    text_buf out = {.a = a};
    for (size_t i = 0; i < found; i++) {
        if (i > 0) buf_str(&out, ", ");
        buf_add(&out, names[at[i]]);
    }
    return buf_text(&out);
}

text near_ids(arena *a, const rule_table_rows *t, text name)
{
    text *ids = NEW_ARRAY(a, t->count, text);
    for (size_t i = 0; i < t->count; i++) ids[i] = t->rows[i]->cells[0];
    return near_names(a, name, ids, t->count);
}

int row_column(int tbl, const char *column)
{
    size_t count = rule_column_count(tbl);
    for (size_t i = 0; i < count; i++) {
        const char *name = rule_column_at(tbl, i)->name;
        if (name[0] == column[0] && strcmp(name, column) == 0) return (int)i;
    }
    return RULE_NONE;
}

text row_text(const rule_row *row, int tbl, const char *column)
{
    int at = row_column(tbl, column);
    return at < 0 ? (text){"", 0} : row->cells[at];
}

text rule_cell(const rule_row *row, const char *column)
{
    int tbl = rule_table_find(row->table);
    return tbl < 0 ? (text){"", 0} : row_text(row, tbl, column);
}

int builder_pack(builder *b, text id)
{
    for (size_t i = 0; i < b->pack_count; i++)
        if (text_equal(b->packs[i].id, id)) return (int)i;
    rule_pack *p = ARENA_PUSH(b->a, b->packs, b->pack_count, b->pack_max);
    p->id = text_copy(b->a, id);
    p->version = p->over = TEXT("");
    p->rank = (int)b->pack_count - 1;
    return p->rank;
}

/* Parts joined by \x1f, in one piece of memory of the right size. */
text join_cells(arena *a, const text *parts, size_t count)
{
    size_t len = count;
    for (size_t i = 0; i < count; i++) len += parts[i].len;
    char *out = arena_alloc(a, len), *at = out;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) *at++ = '\x1f';
        if (parts[i].len > 0) memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (text){out, (size_t)(at - out)};
}

/*
 * The stored form of a row: the common columns, then its own, empty ones at the end left out. So a later version may append columns to a
 * table: rows kept before read on with those empty, and keep their hash.
 */
text row_joined(arena *a, const text *cells, size_t count)
{
    text parts[RULE_COLUMNS_MAX];
    size_t own = count - RULE_COMMON;
    memcpy(parts, cells + own, RULE_COMMON * sizeof *parts);
    memcpy(parts + RULE_COMMON, cells, own * sizeof *parts);
    while (count > 0 && parts[count - 1].len == 0) count--;
    return join_cells(a, parts, count);
}

text rule_row_text(arena *a, const rule_row *row) { return row_joined(a, row->cells, row->cell_count); }

/* The key: its columns, then region and valid_from where they belong to it. A line of pack.csv belongs to its pack alone. */
static text row_key(builder *b, int tbl, const rule_row *row)
{
    const rule_table *t = &rule_schema[tbl];
    text parts[RULE_COLUMNS_MAX];
    size_t count = 0;
    if (tbl == T_PACK) parts[count++] = row->pack;
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].flags & COL_KEY) parts[count++] = row->cells[i];
    if (t->key_has_region) parts[count++] = row->cells[t->column_count + COMMON_REGION];
    if (t->key_has_dates) parts[count++] = row->cells[t->column_count + COMMON_VALID_FROM];
    return count == 1 ? parts[0] : join_cells(b->a, parts, count);
}

static int32_t row_day(builder *b, rule_row *row, const char *column, text t, int32_t open)
{
    heng_err err; /* large; filled by day_parse alone */
    int32_t day = open;
    if (t.len > 0 && !day_parse(t, &day, &err)) {
        row_fault(b, row, column, &MSG_RULE_DATE, t, (text){"", 0}, (text){"", 0});
        return open;
    }
    return day;
}

static void row_common(builder *b, rule_row *row, const text *common)
{
    row->region = common[COMMON_REGION];
    row->source = common[COMMON_SOURCE];
    row->verified = common[COMMON_VERIFIED];
    row->note = common[COMMON_NOTE];
    row->valid_from = row_day(b, row, "valid_from", common[COMMON_VALID_FROM], INT32_MIN);
    row->valid_to = row_day(b, row, "valid_to", common[COMMON_VALID_TO], INT32_MAX);
    if (row->valid_from > row->valid_to)
        row_fault(b, row, "valid_to", &MSG_RULE_DATES_BACKWARDS, common[COMMON_VALID_FROM], common[COMMON_VALID_TO], (text){"", 0});
}

static void row_hash(builder *b, rule_row *row, text joined)
{
    if (!b->hash) b->hash = hash_open(b->a, HASH_SHA256);
    hash_add(b->hash, row->table.ptr, row->table.len);
    hash_add(b->hash, "\x1f", 1);
    hash_add(b->hash, joined.ptr, joined.len);
    hash_done(b->hash, &row->hash);
}

rule_row *row_new(builder *b, int tbl, text pack, text file, int64_t line, text joined, text known_hash)
{
    rule_row *row = NEW(b->a, rule_row);
    size_t count = rule_column_count(tbl);
    text *cells = NEW_ARRAY(b->a, count, text);
    *row = (rule_row){.table = text_of(rule_schema[tbl].name), .file = file, .line = line, .pack = pack, .cell_count = count, .cells = cells};
    text rest = joined;
    size_t own = count - RULE_COMMON;
    for (size_t i = 0; i < count; i++) cells[i < RULE_COMMON ? own + i : i - RULE_COMMON] = rest.len > 0 ? text_next(&rest, '\x1f') : (text){"", 0};
    if (known_hash.len == HASH_BYTES) memcpy(row->hash.bytes, known_hash.ptr, HASH_BYTES);
    else row_hash(b, row, joined);
    row_common(b, row, cells + count - RULE_COMMON);
    row->key = row_key(b, tbl, row);
    return row;
}

static text printed_key(arena *a, text key)
{
    char *s = arena_copy(a, key.ptr, key.len);
    for (size_t i = 0; i < key.len; i++)
        if (s[i] == '\x1f') s[i] = ' ';
    return (text){s, key.len};
}

void row_add(builder *b, int tbl, rule_row *row)
{
    rule_table_rows *t = &b->index->tables[tbl];
    int64_t at;
    if (text_map_find(&t->by_key, row->key, &at)) {
        rule_row *old = t->rows[at];
        int old_rank = b->packs[builder_pack(b, old->pack)].rank, new_rank = b->packs[builder_pack(b, row->pack)].rank;
        if (old_rank == new_rank) {
            row_fault(b, row, NULL, &MSG_RULE_DUPLICATE, printed_key(b->a, row->key), (text){"", 0}, row_place(b->a, old));
        } else if (new_rank > old_rank) {
            t->rows[at] = row;
        }
        return;
    }
    if (t->count >= ROWS_MAX) {
        row_fault(b, row, NULL, &MSG_RULE_TOO_MANY_ROWS, (text){"", 0}, TEXT("1000000"), (text){"", 0});
        return;
    }
    text_map_put(&t->by_key, row->key, (int64_t)t->count);
    rule_row **slot = ARENA_PUSH(b->a, t->rows, t->count, t->max);
    *slot = row;
}
