/*
 * A checked rule set in a file beside the database, so that a command need not ask the store for thousands of rows and judge them again.
 *
 *   head (128 bytes) | rows | lengths | order | text
 *
 * A row's texts stand one behind the other: pack, file, key, its cells; lengths holds theirs in the same order. order: all rows by (table, key).
 * What is looked up by index is not kept: the typed arrays and maps are made from the cells by the code that makes them from the store, so a wrong file may give
 * wrong words but no index out of range. Left out against loading from the store are the query, splitting, hashing, sorting and the checks.
 *
 * The file counts only with the caller's stamp (which rules), the stamp of the program's sources (which checks; stamp.py), the right size and checksum, and
 * when building from it finds no fault. It is never needed: one that does not fit is made again, one that cannot be written is done without.
 */
#include <stdlib.h>
#include "inside.h"
#include "rule_build.h"

enum { KEPT_VERSION = 1, KEPT_ORDER = 0x01020304, KEPT_ROWS_MAX = 1 << 22, KEPT_BYTES_MAX = 1 << 28, KEPT_OWN = 3 /* pack, file, key */ };

typedef struct kept_head {
    char magic[8];
    uint32_t version, order;
    uint64_t build, checksum; /* over all, itself 0 */
    uint8_t stamp[HASH_BYTES], set[HASH_BYTES];
    uint32_t row_count, length_count, packs_len, zero;
    uint64_t text_bytes, zero2;
} kept_head;
_Static_assert(sizeof(kept_head) == 128, "the head of a file of rules is 128 bytes");

typedef struct kept_row {
    int64_t line;
    int32_t valid_from, valid_to;
    uint32_t table, zero;
    uint8_t hash[HASH_BYTES];
} kept_row;
_Static_assert(sizeof(kept_row) == 56, "a kept row is 56 bytes");

typedef struct kept_parts { const kept_row *rows; const uint32_t *lengths, *order; const char *text; } kept_parts;

static uint64_t kept_bytes(const kept_head *h)
{
    return sizeof *h + h->row_count * (sizeof(kept_row) + sizeof(uint32_t)) + h->length_count * sizeof(uint32_t) + h->packs_len + h->text_bytes;
}

static kept_parts kept_point(const kept_head *h, const char *bytes)
{
    kept_parts p = {.rows = (const void *)(bytes + sizeof *h)};
    p.lengths = (const void *)(p.rows + h->row_count);
    p.order = p.lengths + h->length_count;
    p.text = (const char *)(p.order + h->row_count);
    return p;
}

static uint64_t kept_checksum(const kept_head *h, text all)
{
    kept_head own = *h;
    own.checksum = 0;
    return text_hash((text){(const char *)&own, sizeof own}) * 3 + text_hash((text){all.ptr + sizeof own, all.len - sizeof own});
}

/* ---- Reading ---- */

static bool head_fits(const kept_head *h, text all, const hash *stamp)
{
    return memcmp(h->magic, "HENGRUL", 8) == 0 && h->version == KEPT_VERSION && h->order == KEPT_ORDER && h->build == RULE_BUILD &&
           memcmp(h->stamp, stamp->bytes, HASH_BYTES) == 0 && h->row_count <= KEPT_ROWS_MAX && h->length_count <= KEPT_BYTES_MAX &&
           h->text_bytes <= KEPT_BYTES_MAX && kept_bytes(h) == all.len && kept_checksum(h, all) == h->checksum;
}

/* The texts of all rows in one array; false when lengths and bytes do not agree. */
static bool texts_of(arena *a, const kept_head *h, const kept_parts *p, text **ret)
{
    text *texts = arena_alloc(a, h->length_count * sizeof *texts);
    const char *at = p->text + h->packs_len;
    uint64_t left = h->text_bytes;
    for (size_t i = 0; i < h->length_count; i++) {
        uint32_t len = p->lengths[i];
        if (len > left) return false;
        texts[i] = (text){at, len};
        at += len;
        left -= len;
    }
    *ret = texts;
    return left == 0;
}

static void kept_row_make(const kept_row *from, const text *texts, size_t count, rule_row *to)
{
    const text *common = texts + KEPT_OWN + count - RULE_COMMON;
    *to = (rule_row){.table = text_of(rule_schema[from->table].name), .file = texts[1], .line = from->line, .pack = texts[0], .key = texts[2], .cell_count = count,
                     .cells = texts + KEPT_OWN, .region = common[COMMON_REGION], .source = common[COMMON_SOURCE], .verified = common[COMMON_VERIFIED],
                     .note = common[COMMON_NOTE], .valid_from = from->valid_from, .valid_to = from->valid_to};
    memcpy(to->hash.bytes, from->hash, HASH_BYTES);
}

/* Rows stand table by table, so the place of a row is known. */
static bool rows_of(builder *b, const kept_head *h, const kept_parts *p, const text *texts, rule_row **ret)
{
    rule_row *rows = arena_alloc(b->a, h->row_count * sizeof *rows);
    rule_row **places = arena_alloc(b->a, h->row_count * sizeof *places);
    size_t used = 0;
    for (size_t i = 0; i < h->row_count; i++) {
        uint32_t tbl = p->rows[i].table;
        if (tbl >= T_COUNT || (i > 0 && tbl < p->rows[i - 1].table)) return false;
        size_t count = rule_column_count((int)tbl);
        if (used + KEPT_OWN + count > h->length_count) return false;
        kept_row_make(&p->rows[i], texts + used, count, &rows[i]);
        used += KEPT_OWN + count;
        rule_table_rows *t = &b->index->tables[tbl];
        places[i] = &rows[i];
        if (t->count == 0) t->rows = &places[i];
        text_map_put(&t->by_key, rows[i].key, (int64_t)t->count++);
    }
    *ret = rows;
    return used == h->length_count;
}

static bool order_of(builder *b, const kept_head *h, const kept_parts *p, const rule_row *rows)
{
    struct rule_index *x = b->index;
    x->all = arena_alloc(b->a, h->row_count * sizeof *x->all);
    x->all_count = h->row_count;
    for (size_t i = 0; i < h->row_count; i++) {
        if (p->order[i] >= h->row_count) return false;
        x->all[i] = &rows[p->order[i]];
    }
    return true;
}

static bool kept_build(arena *a, text all, const rule_set **ret)
{
    const kept_head *h = (const void *)all.ptr;
    kept_parts p = kept_point(h, all.ptr);
    builder b;
    heng_err ignored = {0};
    text *texts;
    rule_row *rows;
    builder_begin(&b, a, NULL, &ignored);
    if (!texts_of(a, h, &p, &texts) || !rows_of(&b, h, &p, texts, &rows) || !order_of(&b, h, &p, rows)) return false;
    memcpy(b.set->hash.bytes, h->set, HASH_BYTES);
    b.set->packs = (text){p.text, h->packs_len};
    return builder_restore(&b, ret);
}

bool rule_load_kept(arena *a, const char *path, const hash *stamp, const rule_set **ret)
{
    heng_err ignored = {0};
    arena_mark before = arena_here(a);
    text all;
    if (file_read(a, path, KEPT_BYTES_MAX, &all, &ignored) && all.len >= sizeof(kept_head) && head_fits((const void *)all.ptr, all, stamp) && kept_build(a, all, ret)) return true;
    arena_rewind(a, before);
    return false;
}

/* ---- Writing ---- */

typedef struct kept_text { text_buf lengths, bytes; } kept_text;

static void keep_text(kept_text *k, text t)
{
    uint32_t len = (uint32_t)t.len;
    buf_add(&k->lengths, (text){(const char *)&len, sizeof len});
    buf_add(&k->bytes, t);
}

static void keep_row(text_buf *rows, kept_text *k, int tbl, const rule_row *row)
{
    kept_row r = {.line = row->line, .valid_from = row->valid_from, .valid_to = row->valid_to, .table = (uint32_t)tbl};
    memcpy(r.hash, row->hash.bytes, HASH_BYTES);
    buf_add(rows, (text){(const char *)&r, sizeof r});
    keep_text(k, row->pack);
    keep_text(k, row->file);
    keep_text(k, row->key);
    for (size_t i = 0; i < row->cell_count; i++) keep_text(k, row->cells[i]);
}

typedef struct place_of_row { const rule_row *row; uint32_t place; } place_of_row;

static int compare_places(const void *x, const void *y)
{
    const rule_row *a = ((const place_of_row *)x)->row, *b = ((const place_of_row *)y)->row;
    return (a > b) - (a < b);
}

/* Where each row of `all` stands among the rows table by table. */
static void keep_order(arena *a, text_buf *out, const struct rule_index *x)
{
    place_of_row *places = NEW_ARRAY(a, x->all_count + 1, place_of_row);
    uint32_t n = 0;
    for (int t = 0; t < T_COUNT; t++)
        for (size_t i = 0; i < x->tables[t].count; i++, n++) places[n] = (place_of_row){x->tables[t].rows[i], n};
    qsort(places, n, sizeof *places, compare_places);
    for (size_t i = 0; i < x->all_count; i++) {
        const place_of_row *found = bsearch(&(place_of_row){x->all[i], 0}, places, n, sizeof *places, compare_places);
        buf_add(out, (text){(const char *)&found->place, sizeof found->place});
    }
}

static text kept_of(arena *a, const rule_set *r, const hash *stamp)
{
    const struct rule_index *x = r->index;
    text_buf rows = {.a = a}, out = {.a = a};
    kept_text k = {{.a = a}, {.a = a}};
    buf_add(&k.bytes, r->packs);
    for (int t = 0; t < T_COUNT; t++)
        for (size_t i = 0; i < x->tables[t].count; i++) keep_row(&rows, &k, t, x->tables[t].rows[i]);
    kept_head h = {.magic = "HENGRUL", .version = KEPT_VERSION, .order = KEPT_ORDER, .build = RULE_BUILD, .row_count = (uint32_t)x->all_count,
                   .length_count = (uint32_t)(k.lengths.len / sizeof(uint32_t)), .packs_len = (uint32_t)r->packs.len, .text_bytes = k.bytes.len - r->packs.len};
    memcpy(h.stamp, stamp->bytes, HASH_BYTES);
    memcpy(h.set, r->hash.bytes, HASH_BYTES);
    buf_add(&out, (text){(const char *)&h, sizeof h});
    buf_add(&out, buf_text(&rows));
    buf_add(&out, buf_text(&k.lengths));
    keep_order(a, &out, x);
    buf_add(&out, buf_text(&k.bytes));
    h.checksum = kept_checksum(&h, buf_text(&out));
    memcpy(out.ptr, &h, sizeof h);
    return buf_text(&out);
}

void rule_keep(const rule_set *r, const char *path, const hash *stamp)
{
    arena a = {0};
    heng_err ignored = {0};
    text all = kept_of(&a, r, stamp);
    if (all.len <= KEPT_BYTES_MAX) (void)!file_write(path, all, &ignored); /* read-only folder, full disk: done without */
    arena_free(&a);
}
