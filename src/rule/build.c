/*
 * Rows to typed arrays. Place i of an array is row i of its table, so that a key's place in the table is the index everywhere. A cell that
 * check.c has found wrong becomes an empty value here; the set is given out only when there was no fault.
 */
#include <stdlib.h>
#include "inside.h"

static text cell(const rule_row *row, int tbl, const char *column) { return row_text(row, tbl, column); }

static rule_name name_of(const rule_row *row, int tbl)
{
    return (rule_name){cell(row, tbl, "name_zh"), cell(row, tbl, "name_en")};
}

static int32_t ref_of(builder *b, const rule_row *row, int tbl, const char *column, int ref)
{
    text id = cell(row, tbl, column);
    return id.len > 0 ? id_find(b->set, ref, id) : RULE_NONE;
}

static int int_of(const rule_row *row, int tbl, const char *column, int empty)
{
    bool ok;
    int64_t v = text_to_i64(cell(row, tbl, column), &ok);
    return ok && v > -1000000 && v < 1000000 ? (int)v : empty;
}

static int word_of(text word, const char *words)
{
    text rest = text_of(words);
    for (int i = 0; rest.len > 0; i++)
        if (text_equal(text_next(&rest, ' '), word)) return i;
    return 0;
}

static void build_dims(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_DIMENSIONS];
    for (size_t i = 0; i < t->count; i++) {
        bool is_derived = false;
        for (const rule_derived_dimension *d = rule_derived_dimensions; d->id; d++) is_derived = is_derived || text_is(t->rows[i]->cells[0], d->id);
        if (is_derived) continue;
        if (b->index->dim_count == RULE_DIMS_MAX) {
            row_fault(b, t->rows[i], "id", &MSG_RULE_TOO_MANY_DIMENSIONS, (text){"", 0}, TEXT("16"), (text){"", 0});
            return;
        }
        b->index->dim_ids[b->index->dim_count++] = t->rows[i]->cells[0];
    }
}

static void build_unit(builder *b, const rule_row *row, rule_unit *u)
{
    heng_err err = {0};
    text factor = cell(row, T_UNITS, "factor"), dimension = cell(row, T_UNITS, "dimension");
    *u = (rule_unit){.id = row->cells[0], .name = name_of(row, T_UNITS), .symbol = cell(row, T_UNITS, "symbol"), .row = row};
    u->scale = int_of(row, T_UNITS, "scale", -1);
    if (dimension.len > 0 && !dim_parse(b->set, dimension, &u->dim))
        row_fault(b, row, "dimension", &MSG_RULE_DIMENSION_TEXT, dimension, (text){"", 0}, (text){"", 0});
    if (u->scale > DEC_SCALE_MAX) row_fault(b, row, "scale", &MSG_RULE_WORD, cell(row, T_UNITS, "scale"), TEXT("0..18"), (text){"", 0});
    if (!rat_parse(b->a, factor, &u->factor, &err)) {
        u->factor = rat_int(b->a, 1); /* check_cells has said so */
    } else if (rat_sign(u->factor) <= 0) {
        row_fault(b, row, "factor", &MSG_RULE_FACTOR_NOT_POSITIVE, factor, (text){"", 0}, (text){"", 0});
        u->factor = rat_int(b->a, 1);
    }
}

static size_t count_pieces(text t)
{
    size_t count = t.len > 0;
    for (size_t i = 0; i < t.len; i++) count += t.ptr[i] == ';';
    return count;
}

static void commodity_units(builder *b, const rule_row *row, rule_commodity *c)
{
    text rest = cell(row, T_COMMODITIES, "units");
    int32_t *units = NEW_ARRAY(b->a, count_pieces(rest), int32_t);
    while (rest.len > 0) {
        text id = text_trim(text_next(&rest, ';'));
        int32_t unit = id_find(b->set, T_UNITS, id);
        if (unit < 0) continue;
        units[c->unit_count++] = unit;
        if (b->set->units[unit].scale < 0) row_fault(b, row, "units", &MSG_RULE_UNIT_NO_SCALE, id, (text){"", 0}, (text){"", 0});
    }
    c->units = units;
}

static void build_commodity(builder *b, const rule_row *row, rule_commodity *c)
{
    *c = (rule_commodity){.id = row->cells[0], .name = name_of(row, T_COMMODITIES), .row = row};
    c->class_ = (rule_class)word_of(cell(row, T_COMMODITIES, "class"), "natural_input product residual right money lot");
    c->order = int_of(row, T_COMMODITIES, "order", 0);
    commodity_units(b, row, c);
    for (text rest = cell(row, T_COMMODITIES, "tags"); rest.len > 0;) {
        int32_t tag = id_find(b->set, T_TAGS, text_trim(text_next(&rest, ';')));
        if (tag >= 0 && tag < RULE_TAGS_MAX) c->tags[tag / 64] |= (uint64_t)1 << (tag % 64);
    }
}

static uint64_t class_bits(builder *b, text list)
{
    uint64_t bits = 0;
    if (text_is(list, "*")) return UINT64_MAX;
    while (list.len > 0) {
        int32_t at = id_find(b->set, T_PARTY_CLASSES, text_trim(text_next(&list, ';')));
        if (at >= 0 && at < 64) bits |= (uint64_t)1 << at;
    }
    return bits;
}

static uint32_t commodity_class_bits(text list)
{
    uint32_t bits = 0;
    if (text_is(list, "*")) return UINT32_MAX;
    while (list.len > 0) bits |= 1U << word_of(text_trim(text_next(&list, ';')), "natural_input product residual right money lot");
    return bits;
}

static void build_kind(builder *b, const rule_row *row, rule_kind *k)
{
    *k = (rule_kind){.id = row->cells[0], .name = name_of(row, T_KINDS), .row = row};
    k->giver_classes = class_bits(b, cell(row, T_KINDS, "giver_classes"));
    k->taker_classes = class_bits(b, cell(row, T_KINDS, "taker_classes"));
    k->commodity_classes = commodity_class_bits(cell(row, T_KINDS, "commodity_classes"));
    k->effect = (rule_effect)word_of(cell(row, T_KINDS, "effect"), "enter leave transfer consume produce adjust hold");
    k->balance_cell = cell(row, T_KINDS, "balance_cell");
    k->supply_cell = cell(row, T_KINDS, "supply_cell");
    k->use_cell = cell(row, T_KINDS, "use_cell");
}

static void build_indicator(builder *b, const rule_row *row, rule_indicator *x)
{
    *x = (rule_indicator){.id = row->cells[0], .name = name_of(row, T_INDICATORS), .aliases = cell(row, T_INDICATORS, "aliases"), .row = row};
    x->unit = ref_of(b, row, T_INDICATORS, "unit", T_UNITS);
    x->direction = cell(row, T_INDICATORS, "direction");
    x->kind = cell(row, T_INDICATORS, "kind");
    x->digits = int_of(row, T_INDICATORS, "digits", 2);
    x->formula_text = cell(row, T_INDICATORS, "formula");
    x->reason = cell(row, T_INDICATORS, "reason");
}

static void build_sector(builder *b, const rule_row *row, rule_sector *s)
{
    *s = (rule_sector){.id = row->cells[0], .parent = ref_of(b, row, T_SECTORS, "parent", T_SECTORS), .name = name_of(row, T_SECTORS),
                       .order = int_of(row, T_SECTORS, "order", 0), .row = row};
}

static void build_region(builder *b, const rule_row *row, rule_region *g)
{
    (void)b;
    *g = (rule_region){.code = row->cells[0], .level = cell(row, T_REGIONS, "level"), .parent = cell(row, T_REGIONS, "parent"),
                       .name = name_of(row, T_REGIONS), .successor = cell(row, T_REGIONS, "successor"), .row = row};
}

static void build_industry(builder *b, const rule_row *row, rule_industry *i)
{
    (void)b;
    *i = (rule_industry){.code = row->cells[0], .level = cell(row, T_INDUSTRIES, "level"), .parent = cell(row, T_INDUSTRIES, "parent"),
                         .name = name_of(row, T_INDUSTRIES), .high_energy = text_is(cell(row, T_INDUSTRIES, "high_energy"), "1"), .row = row};
}

static void build_party_class(builder *b, const rule_row *row, rule_party_class *c)
{
    (void)b;
    *c = (rule_party_class){.id = row->cells[0], .name = name_of(row, T_PARTY_CLASSES), .psut_column = cell(row, T_PARTY_CLASSES, "psut_column"),
                            .stores = text_is(cell(row, T_PARTY_CLASSES, "stores"), "1"), .row = row};
}

static void build_role(builder *b, const rule_row *row, rule_role *x)
{
    (void)b;
    *x = (rule_role){.id = row->cells[0], .name = name_of(row, T_ROLES), .row = row};
}

static void build_tag(builder *b, const rule_row *row, rule_tag *x)
{
    (void)b;
    *x = (rule_tag){.id = row->cells[0], .name = name_of(row, T_TAGS)};
}

static void build_statistic(builder *b, const rule_row *row, rule_statistic *x)
{
    *x = (rule_statistic){.id = row->cells[0], .name = name_of(row, T_STATISTICS), .unit = ref_of(b, row, T_STATISTICS, "unit", T_UNITS),
                          .nature = cell(row, T_STATISTICS, "nature"), .row = row};
}

static void build_set(builder *b, const rule_row *row, rule_set_decl *x)
{
    (void)b;
    *x = (rule_set_decl){.id = row->cells[0], .role = cell(row, T_SETS, "role"), .name = name_of(row, T_SETS),
                         .nearest_earlier = text_is(cell(row, T_SETS, "fallback"), "nearest_earlier"), .row = row};
}

/* One array of the set from one table. */
#define SPLIT(b, table_id, type, array, count_, build_one)                                          \
    do {                                                                                            \
        const rule_table_rows *t_ = &(b)->index->tables[table_id];                                  \
        type *items_ = NEW_ARRAY((b)->a, t_->count, type);                                          \
        (b)->set->array = items_;                                                                   \
        (b)->set->count_ = t_->count;                                                               \
        for (size_t i_ = 0; i_ < t_->count; i_++) build_one((b), t_->rows[i_], &items_[i_]);        \
    } while (0)

static void build_arrays(builder *b)
{
    build_dims(b);
    SPLIT(b, T_UNITS, rule_unit, units, unit_count, build_unit);
    SPLIT(b, T_TAGS, rule_tag, tags, tag_count, build_tag);
    SPLIT(b, T_COMMODITIES, rule_commodity, commodities, commodity_count, build_commodity);
    SPLIT(b, T_PARTY_CLASSES, rule_party_class, party_classes, party_class_count, build_party_class);
    SPLIT(b, T_ROLES, rule_role, roles, role_count, build_role);
    SPLIT(b, T_KINDS, rule_kind, kinds, kind_count, build_kind);
    SPLIT(b, T_SECTORS, rule_sector, sectors, sector_count, build_sector);
    SPLIT(b, T_REGIONS, rule_region, regions, region_count, build_region);
    SPLIT(b, T_INDUSTRIES, rule_industry, industries, industry_count, build_industry);
    SPLIT(b, T_STATISTICS, rule_statistic, statistics, statistic_count, build_statistic);
    SPLIT(b, T_SETS, rule_set_decl, sets, set_count, build_set);
    SPLIT(b, T_INDICATORS, rule_indicator, indicators, indicator_count, build_indicator);
    if (b->set->tag_count > RULE_TAGS_MAX || b->set->party_class_count > 64)
        row_fault(b, b->index->tables[b->set->tag_count > RULE_TAGS_MAX ? T_TAGS : T_PARTY_CLASSES].rows[64], "id", &MSG_RULE_TOO_MANY_DIMENSIONS,
                  (text){"", 0}, b->set->tag_count > RULE_TAGS_MAX ? TEXT("256") : TEXT("64"), (text){"", 0});
}

/* Rows whose key differs in dates only form a chain, in file order. */
static void build_heads(builder *b, int tbl)
{
    rule_table_rows *t = &b->index->tables[tbl];
    t->next = NEW_ARRAY(b->a, t->count, int32_t);
    for (size_t i = t->count; i-- > 0;) {
        text key = t->rows[i]->key;
        size_t len = key.len;
        while (len > 0 && key.ptr[len - 1] != '\x1f') len--;
        text head = {key.ptr, len > 0 ? len - 1 : 0};
        int64_t first;
        t->next[i] = text_map_find(&t->heads, head, &first) ? (int32_t)first : RULE_NONE;
        text_map_put(&t->heads, head, (int64_t)i);
    }
}

static int compare_rows(const void *x, const void *y)
{
    const rule_row *a = *(const rule_row *const *)x, *b = *(const rule_row *const *)y;
    int by_key = text_compare(a->key, b->key);
    return by_key ? by_key : text_compare(a->pack, b->pack);
}

static int compare_tables(const void *x, const void *y)
{
    return strcmp(rule_schema[*(const int *)x].name, rule_schema[*(const int *)y].name);
}

/* All rows in order of (table, key), and the hash over their hashes. */
static void build_order(builder *b)
{
    struct rule_index *x = b->index;
    int order[T_COUNT];
    for (int t = 0; t < T_COUNT; t++) {
        order[t] = t;
        x->all_count += x->tables[t].count;
    }
    qsort(order, T_COUNT, sizeof order[0], compare_tables);
    x->all = NEW_ARRAY(b->a, x->all_count, const rule_row *);
    size_t at = 0;
    for (int i = 0; i < T_COUNT; i++) {
        const rule_table_rows *t = &x->tables[order[i]];
        for (size_t n = 0; n < t->count; n++) x->all[at + n] = t->rows[n];
        qsort(x->all + at, t->count, sizeof *x->all, compare_rows);
        at += t->count;
    }
    if (!b->hash) b->hash = hash_open(b->a, HASH_SHA256);
    for (size_t i = 0; i < x->all_count; i++) hash_add(b->hash, x->all[i]->hash.bytes, HASH_BYTES);
    hash_done(b->hash, &b->set->hash);
}

static void build_pack_names(builder *b)
{
    text_buf out = {.a = b->a};
    for (size_t i = 0; i < b->pack_count; i++) {
        if (i > 0) buf_char(&out, '+');
        buf_add(&out, b->packs[i].id);
        buf_char(&out, '@');
        buf_add(&out, b->packs[i].version);
    }
    b->set->packs = buf_text(&out);
}

static void build_all_heads(builder *b)
{
    for (int t = 0; t < T_COUNT; t++)
        if (rule_schema[t].key_has_dates) build_heads(b, t);
}

static void build_typed(builder *b)
{
    build_arrays(b);
    regions_build(b);
    sectors_build(b);
    factors_build(b);
}

bool builder_restore(builder *b, const rule_set **ret)
{
    build_all_heads(b);
    names_build(b);
    build_typed(b);
    formulas_build(b);
    if (b->fault_total > 0) return false;
    *ret = b->set;
    return true;
}

bool builder_finish(builder *b, const rule_set **ret)
{
    build_all_heads(b);
    names_build(b);
    check_cells(b);
    build_typed(b);
    check_whole(b);
    formulas_build(b);
    check_formulas(b);
    build_order(b);
    build_pack_names(b);
    if (b->fault_total > 0) return false;
    *ret = b->set;
    return true;
}

size_t rule_rows(const rule_set *r, const char *tbl, const rule_row *const **ret)
{
    int t = rule_table_find(text_of(tbl));
    if (t < 0) return 0;
    const rule_row *const *rows = (const rule_row *const *)r->index->tables[t].rows;
    *ret = rows;
    return r->index->tables[t].count;
}

size_t rule_all_rows(const rule_set *r, const rule_row *const **ret)
{
    *ret = r->index->all;
    return r->index->all_count;
}
