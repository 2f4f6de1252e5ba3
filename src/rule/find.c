/*
 * Names to places: exact id first, then symbol, name or alias as written, then the same folded (text_fold).
 *
 * The folded names are made at the first look-up that finds nothing exactly, under a lock, in an arena of their own: most command lines
 * never need them, and folding thousands of Chinese names costs more than building all the rest. A folded name that two rows share means neither.
 */
#include "inside.h"

enum { NAMES_OF_ROW_MAX = 64, NAME_AMBIGUOUS = -2 };

int32_t id_find(const rule_set *r, int tbl, text id)
{
    const rule_table_rows *t = &r->index->tables[tbl];
    int64_t at;
    return text_map_find(rule_schema[tbl].key_has_dates ? &t->heads : &t->by_key, id, &at) ? (int32_t)at : RULE_NONE;
}

static bool has_names(int tbl)
{
    static const rule_table_id NAMED[] = {T_UNITS, T_TAGS, T_COMMODITIES, T_PARTY_CLASSES, T_ROLES, T_KINDS, T_SECTORS, T_SETS,
                                          T_INDUSTRIES, T_STATISTICS, T_INDICATORS};
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0]; i++)
        if ((int)NAMED[i] == tbl) return true;
    return false;
}

/* The names of a row besides its id: symbol, name_zh, name_en, aliases. */
size_t names_of_row(const rule_row *row, int tbl, text ret[NAMES_OF_ROW_MAX])
{
    static const char *const COLUMNS[] = {"symbol", "name_zh", "name_en"};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        text name = row_text(row, tbl, COLUMNS[i]);
        if (name.len > 0) ret[count++] = name;
    }
    text rest = row_text(row, tbl, "aliases");
    while (rest.len > 0 && count < NAMES_OF_ROW_MAX) {
        text name = text_trim(text_next(&rest, ';'));
        if (name.len > 0) ret[count++] = name;
    }
    return count;
}

static void exact_names(struct rule_index *x, int tbl)
{
    const rule_table_rows *t = &x->tables[tbl];
    text_map *m = &x->names[tbl].exact;
    for (size_t i = 0; i < t->count; i++) {
        text names[NAMES_OF_ROW_MAX];
        size_t count = names_of_row(t->rows[i], tbl, names);
        for (size_t n = 0; n < count; n++) {
            int64_t there;
            if (!text_map_find(m, names[n], &there)) text_map_put(m, names[n], (int64_t)i);
        }
    }
}

static void free_folded(void *p)
{
    struct rule_index *x = p;
    arena_free(&x->folded);
    pthread_mutex_destroy(&x->lock);
}

void names_build(builder *b)
{
    pthread_mutex_init(&b->index->lock, NULL);
    arena_on_free(b->a, free_folded, b->index);
    for (int t = 0; t < T_COUNT; t++)
        if (has_names(t)) exact_names(b->index, t);
}

static void put_folded(struct rule_index *x, int tbl, text name, int64_t at)
{
    text folded;
    heng_err err = {0};
    int64_t there;
    text_map *m = &x->names[tbl].folded;
    if (!text_fold(&x->folded, name, &folded, &err)) return;
    if (text_map_find(m, folded, &there) && there != at) at = NAME_AMBIGUOUS;
    text_map_put(m, folded, at);
}

static void fold_names(struct rule_index *x, int tbl)
{
    const rule_table_rows *t = &x->tables[tbl];
    x->names[tbl].folded.a = &x->folded;
    for (size_t i = 0; i < t->count; i++) {
        text names[NAMES_OF_ROW_MAX];
        size_t count = names_of_row(t->rows[i], tbl, names);
        put_folded(x, tbl, t->rows[i]->cells[0], (int64_t)i);
        for (size_t n = 0; n < count; n++) put_folded(x, tbl, names[n], (int64_t)i);
    }
    x->names[tbl].is_folded = true;
}

static int32_t folded_find(struct rule_index *x, int tbl, text name)
{
    arena scratch = {0};
    heng_err err = {0};
    text folded;
    int64_t at = RULE_NONE;
    bool ok = name.len <= 1024 && text_is_utf8(name, NULL) && text_fold(&scratch, name, &folded, &err);
    if (ok) {
        pthread_mutex_lock(&x->lock);
        if (!x->names[tbl].is_folded) fold_names(x, tbl);
        if (!text_map_find(&x->names[tbl].folded, folded, &at) || at < 0) at = RULE_NONE;
        pthread_mutex_unlock(&x->lock);
    }
    arena_free(&scratch);
    return (int32_t)at;
}

int32_t exact_find(const rule_set *r, int tbl, text name)
{
    int64_t at;
    int32_t id = id_find(r, tbl, name);
    if (id >= 0 || name.len == 0) return id;
    return text_map_find(&r->index->names[tbl].exact, name, &at) ? (int32_t)at : RULE_NONE;
}

int32_t name_find(const rule_set *r, int tbl, text name)
{
    int32_t at = exact_find(r, tbl, name);
    return at >= 0 || name.len == 0 ? at : folded_find(r->index, tbl, name);
}

/* The nearest ids and names of a table, ids standing for the row they name. */
text names_near(arena *a, const rule_set *r, int tbl, text name)
{
    const rule_table_rows *t = &r->index->tables[tbl];
    text *names = NEW_ARRAY(a, t->count * 2, text);
    int zh = rule_column_find(tbl, TEXT("name_zh"));
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++) names[count++] = t->rows[i]->cells[0];
    for (size_t i = 0; i < t->count && zh >= 0; i++)
        if (t->rows[i]->cells[zh].len > 0) names[count++] = t->rows[i]->cells[zh];
    return near_names(a, name, names, count);
}

int32_t rule_unit_find(const rule_set *r, text name) { return name_find(r, T_UNITS, name); }
int32_t rule_commodity_find(const rule_set *r, text name) { return name_find(r, T_COMMODITIES, name); }
int32_t rule_kind_find(const rule_set *r, text name) { return name_find(r, T_KINDS, name); }
int32_t rule_party_class_find(const rule_set *r, text name) { return name_find(r, T_PARTY_CLASSES, name); }
int32_t rule_role_find(const rule_set *r, text name) { return name_find(r, T_ROLES, name); }
int32_t rule_sector_find(const rule_set *r, text name) { return name_find(r, T_SECTORS, name); }
int32_t rule_tag_find(const rule_set *r, text name) { return name_find(r, T_TAGS, name); }
int32_t rule_statistic_find(const rule_set *r, text name) { return name_find(r, T_STATISTICS, name); }
int32_t rule_indicator_find(const rule_set *r, text name) { return name_find(r, T_INDICATORS, name); }

/* "C25" and "C2511" as statistics write them: the letter is not part of the number. */
int32_t rule_industry_find(const rule_set *r, text name)
{
    int32_t at = id_find(r, T_INDUSTRIES, name);
    if (at < 0 && name.len > 1 && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z') at = id_find(r, T_INDUSTRIES, (text){name.ptr + 1, name.len - 1});
    return at >= 0 ? at : name_find(r, T_INDUSTRIES, name);
}

static bool want(arena *a, const rule_set *r, int tbl, text name, const heng_message *m, int32_t *ret, heng_err *err)
{
    int32_t at = name_find(r, tbl, name);
    if (at < 0) return err_fill(err, m, text_str(a, name), text_str(a, names_near(a, r, tbl, name)), NULL);
    *ret = at;
    return true;
}

static bool want_own(const rule_set *r, int tbl, text name, const heng_message *m, int32_t *ret, heng_err *err)
{
    arena scratch = {0};
    bool ok = want(&scratch, r, tbl, name, m, ret, err);
    arena_free(&scratch);
    return ok;
}

bool rule_commodity_want(const rule_set *r, text name, int32_t *ret, heng_err *err) { return want_own(r, T_COMMODITIES, name, &MSG_RULE_UNKNOWN_COMMODITY, ret, err); }
bool rule_unit_want(const rule_set *r, text name, int32_t *ret, heng_err *err) { return want_own(r, T_UNITS, name, &MSG_RULE_UNKNOWN_UNIT, ret, err); }
bool rule_kind_want(const rule_set *r, text name, int32_t *ret, heng_err *err) { return want_own(r, T_KINDS, name, &MSG_RULE_UNKNOWN_KIND, ret, err); }
