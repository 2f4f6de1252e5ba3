/* Rows kept in the store give the same rules as the folders they came from; a row known later is not there earlier. */
#include <stdlib.h>
#include <unistd.h>
#include "packs.h"

enum { LOADED_US = 1000, CHANGED_US = 2000 };

/* Posting is the business of the room book; here the rows are put in plainly. */
static bool put_row(store *s, arena *a, const rule_row *row, int64_t id, int64_t from_us, heng_err *err)
{
    static const int64_t ONE = 1;
    text hash_bytes = {(const char *)row->hash.bytes, HASH_BYTES};
    text joined = rule_row_text(a, row);
    store_param p[] = {
        {.name = "id", .type = STORE_INT, .ints = &id}, {.name = "link", .type = STORE_INT, .ints = &ONE}, {.name = "pack", .type = STORE_TEXT, .texts = &row->pack},
        {.name = "tbl", .type = STORE_TEXT, .texts = &row->table}, {.name = "file", .type = STORE_TEXT, .texts = &row->file},
        {.name = "line", .type = STORE_INT, .ints = &row->line}, {.name = "key", .type = STORE_TEXT, .texts = &row->key},
        {.name = "cells", .type = STORE_TEXT, .texts = &joined}, {.name = "hash", .type = STORE_BLOB, .texts = &hash_bytes},
        {.name = "from_load", .type = STORE_INT, .ints = &ONE}, {.name = "from_us", .type = STORE_INT, .ints = &from_us}};
    return store_run(s, SQL_book_rule_row_add, p, sizeof p / sizeof p[0], 1, a, NULL, err);
}

static bool put_rows(store *s, arena *a, const rule_set *r, const char *pack, int64_t first_id, int64_t from_us, heng_err *err)
{
    const rule_row *const *rows;
    for (int t = 0; rule_tables()[t]; t++) {
        size_t count = rule_rows(r, rule_tables()[t], &rows);
        for (size_t i = 0; i < count; i++)
            if (text_is(rows[i]->pack, pack) && !put_row(s, a, rows[i], first_id++, from_us, err)) return false;
    }
    return true;
}

static void test_kept(arena *a, store *s)
{
    heng_err err = {0};
    const rule_set *ground = load_ground(a), *city = load_packs(a, (const char *const[]){"ground", "city"}, 2), *r = NULL;
    check_ok(store_begin(s, &err) && put_rows(s, a, city, "city", 1, CHANGED_US, &err) && put_rows(s, a, ground, "ground", 1000, LOADED_US, &err) && store_commit(s, &err),
             &err, "rows are kept, the upper pack's first");
    check_ok(rule_load_store(a, s, INT64_MAX, &r, &err), &err, "the rules of now");
    check(hash_equal(r->hash, city->hash), "are those of the folders");
    check_text(r->packs, TEXT("ground@1+city@7"), "and the packs lie as they say");
    check_int((int64_t)r->indicator_count, (int64_t)city->indicator_count, "with formulas");
    int32_t biogas = rule_commodity_find(r, TEXT("biogas"));
    check_text(biogas < 0 ? TEXT("-") : r->commodities[biogas].row->file, city->commodities[rule_commodity_find(city, TEXT("biogas"))].row->file, "and the places they came from");
    check_ok(rule_load_store(a, s, LOADED_US, &r, &err), &err, "the rules as known before the city's pack");
    check(hash_equal(r->hash, ground->hash), "are those of the ground alone");
    check_ok(rule_load_store(a, s, LOADED_US - 1, &r, &err), &err, "before any pack was known");
    check_int((int64_t)r->unit_count, 0, "there are no rules");
}

/* ---- The file beside the database ---- */

static bool change_byte(const char *path, long at, int by)
{
    FILE *f = fopen(path, "r+b");
    if (!f) return false;
    int c = fseek(f, at, SEEK_SET) == 0 ? fgetc(f) : EOF;
    bool ok = c != EOF && fseek(f, at, SEEK_SET) == 0 && fputc((c + by) & 0xFF, f) != EOF;
    return fclose(f) == 0 && ok;
}

static bool rows_equal(const rule_set *x, const rule_set *y)
{
    const rule_row *const *a, *const *b;
    size_t count = rule_all_rows(x, &a);
    if (rule_all_rows(y, &b) != count) return false;
    for (size_t i = 0; i < count; i++) {
        if (!hash_equal(a[i]->hash, b[i]->hash) || !text_equal(a[i]->key, b[i]->key) || !text_equal(a[i]->file, b[i]->file) || !text_equal(a[i]->pack, b[i]->pack)) return false;
        if (a[i]->line != b[i]->line || a[i]->valid_from != b[i]->valid_from || a[i]->valid_to != b[i]->valid_to || a[i]->cell_count != b[i]->cell_count) return false;
        for (size_t c = 0; c < a[i]->cell_count; c++)
            if (!text_equal(a[i]->cells[c], b[i]->cells[c])) return false;
    }
    return true;
}

static void test_file(arena *a, const char *path)
{
    static const hash STAMP = {{1, 2, 3}}, OTHER = {{1, 2, 4}};
    const rule_set *city = load_packs(a, (const char *const[]){"ground", "city"}, 2), *r = NULL;
    check(!rule_load_kept(a, path, &STAMP, &r), "no file, no rules");
    rule_keep(city, path, &STAMP);
    check(rule_load_kept(a, path, &STAMP, &r), "rules that were kept are there");
    check(r && hash_equal(r->hash, city->hash) && rows_equal(r, city), "row by row");
    check_text(r->packs, city->packs, "with the names of their packs");
    check_int((int64_t)r->commodity_count, (int64_t)city->commodity_count, "and typed");
    bool same = r->indicator_count == city->indicator_count;
    for (size_t i = 0; same && i < city->indicator_count; i++) same = (r->indicators[i].formula == NULL) == (city->indicators[i].formula == NULL);
    check(same, "the same indicators can be computed");
    check(!rule_load_kept(a, path, &OTHER, &r), "not for another stamp");
    text bytes;
    heng_err err = {0};
    check_ok(file_read(a, path, 0, &bytes, &err), &err, "the file can be read");
    size_t wrong = 0, tried = 0;
    for (long at = 0; at < (long)bytes.len; at += at < 4096 ? 7 : 997, tried++) {
        if (!change_byte(path, at, 1)) break;
        wrong += rule_load_kept(a, path, &STAMP, &r);
        if (!change_byte(path, at, -1)) break;
    }
    check(tried > 500 && wrong == 0, "no byte can change unseen");
    check(truncate(path, (off_t)bytes.len - 1) == 0 && !rule_load_kept(a, path, &STAMP, &r), "a cut file does not count");
    check(truncate(path, 5) == 0 && !rule_load_kept(a, path, &STAMP, &r), "nor the stump of one");
    rule_keep(city, path, &OTHER);
    check(rule_load_kept(a, path, &OTHER, &r), "and it is made anew over what was there");
    rule_keep(city, "/nowhere/at/all", &STAMP);
    check(true, "what cannot be written is done without");
    unlink(path);
}

int main(void)
{
    arena a = {0};
    store *s = NULL;
    heng_err err = {0};
    char folder[] = "/tmp/heng-kept-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    char *path = arena_printf(&a, "%s/kept.heng", folder);
    if (check_ok(store_open(path, STORE_CREATE, NULL, &s, &err), &err, "a store is made")) test_kept(&a, s);
    test_file(&a, arena_printf(&a, "%s-rules", path));
    store_close(s);
    unlink(path);
    unlink(arena_printf(&a, "%s-writer", path));
    rmdir(folder);
    arena_free(&a);
    return check_done();
}
