/*
 * A rule set from the rows kept in the store, as they were known at a moment. The builder is the same as for folders; only the first fault is
 * told, since stored rows were checked when they were posted. Their hashes are taken as stored, too: whether row and hash belong together
 * is what `heng verify` asks.
 *
 * Rows come in the order they became known, so which pack lies over which is found first, from the rows of pack.csv ("over").
 */
#include "inside.h"

enum { COL_PACK, COL_TBL, COL_FILE, COL_LINE, COL_KEY_TEXT, COL_CELLS, COL_HASH };

static text text_at(const store_rows *rows, int column, size_t i)
{
    return rows->columns[column].texts ? rows->columns[column].texts[i] : (text){"", 0};
}

static void read_packs(builder *b, const store_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (!text_is(text_at(rows, COL_TBL, i), "pack")) continue;
        text rest = text_at(rows, COL_CELLS, i);
        for (int skipped = 0; skipped < RULE_COMMON; skipped++) (void)text_next(&rest, '\x1f');
        text key = text_next(&rest, '\x1f'), value = text_next(&rest, '\x1f');
        builder_pack(b, text_at(rows, COL_PACK, i));
        for (size_t p = 0; p < b->pack_count; p++) {
            if (!text_equal(b->packs[p].id, text_at(rows, COL_PACK, i))) continue;
            if (text_is(key, "version")) b->packs[p].version = value;
            if (text_is(key, "over")) b->packs[p].over = value;
        }
    }
}

/* Depth of a pack above the ground, by the packs it lies over. */
static int depth_of(const builder *b, size_t at)
{
    for (int depth = 0; depth < RULE_CLIMB_MAX; depth++) {
        size_t below = b->pack_count;
        for (size_t p = 0; p < b->pack_count; p++)
            if (b->packs[at].over.len > 0 && text_equal(b->packs[p].id, b->packs[at].over)) below = p;
        if (below == b->pack_count) return depth;
        at = below;
    }
    return RULE_CLIMB_MAX;
}

static void rank_packs(builder *b)
{
    for (size_t p = 0; p < b->pack_count; p++) b->packs[p].rank = depth_of(b, p);
    for (size_t p = 1; p < b->pack_count; p++) {
        rule_pack moved = b->packs[p];
        size_t at = p;
        for (; at > 0 && b->packs[at - 1].rank > moved.rank; at--) b->packs[at] = b->packs[at - 1];
        b->packs[at] = moved;
    }
    for (size_t p = 0; p < b->pack_count; p++) b->packs[p].rank = (int)p;
}

static bool add_rows(builder *b, const store_rows *rows, heng_err *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        text name = text_at(rows, COL_TBL, i);
        int tbl = rule_table_find(name);
        if (tbl < 0) return err_fill(err, &MSG_RULE_BAD_ROW, text_str(b->a, name), NULL, NULL);
        int64_t line = rows->columns[COL_LINE].ints ? rows->columns[COL_LINE].ints[i] : 0;
        row_add(b, tbl, row_new(b, tbl, text_at(rows, COL_PACK, i), text_at(rows, COL_FILE, i), line, text_at(rows, COL_CELLS, i), text_at(rows, COL_HASH, i)));
    }
    return true;
}

bool rule_load_store(arena *a, store *s, int64_t known_us, const rule_set **ret, heng_err *err)
{
    builder b;
    store_rows rows = {0};
    heng_err first = {0};
    store_param known = {.name = "known_us", .type = STORE_INT, .ints = &known_us};
    if (!store_run(s, SQL_rule_rows_as_known, &known, 1, 1, a, &rows, err)) return false;
    builder_begin(&b, a, NULL, &first);
    if (rows.count > 0) {
        read_packs(&b, &rows);
        rank_packs(&b);
        if (!add_rows(&b, &rows, err)) return false;
    }
    if (builder_finish(&b, ret)) return true;
    *err = first;
    return false;
}
