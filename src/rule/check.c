/*
 * Judging a pack whole. check_cells looks at every cell by the declared type of its column; check_whole at what needs other rows: periods
 * that overlap, parents in a circle, factors that a choice names. Formulas are judged in formula_pack.c.
 */
#include "inside.h"

#define NO_TEXT ((text){"", 0})

/* Decimal or p/q as rat_parse reads it, without making one. */
static bool decimal_ok(text t)
{
    size_t i = 0, digits = 0, points = 0;
    if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) i++;
    for (; i < t.len && ((t.ptr[i] >= '0' && t.ptr[i] <= '9') || t.ptr[i] == '.'); i++) {
        digits += t.ptr[i] != '.';
        points += t.ptr[i] == '.';
    }
    if (digits == 0 || points > 1) return false;
    if (i == t.len) return true;
    if (t.ptr[i] != 'e' && t.ptr[i] != 'E') return false;
    size_t first = ++i;
    if (i < t.len && (t.ptr[i] == '-' || t.ptr[i] == '+')) first = ++i;
    while (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9') i++;
    return i == t.len && i > first && i - first <= 2;
}

bool number_ok(text t)
{
    size_t at;
    if (t.len > 100) return false;
    if (!text_find(t, TEXT("/"), &at)) return decimal_ok(t);
    text below = {t.ptr + at + 1, t.len - at - 1};
    bool is_zero = true;
    for (size_t i = 0; i < below.len; i++) is_zero = is_zero && (below.ptr[i] < '1' || below.ptr[i] > '9');
    return decimal_ok((text){t.ptr, at}) && decimal_ok(below) && !is_zero;
}

static bool word_ok(text word, const char *words)
{
    for (text rest = text_of(words); rest.len > 0;)
        if (text_equal(text_next(&rest, ' '), word)) return true;
    return false;
}

typedef struct cell_check { builder *b; const rule_row *row; const rule_column *column; } cell_check;

static void check_word(const cell_check *c, text word)
{
    if (!word_ok(word, c->column->words))
        row_fault(c->b, c->row, c->column->name, &MSG_RULE_WORD, word, text_of(c->column->words), NO_TEXT);
}

static void check_ref(const cell_check *c, text id)
{
    const rule_table_rows *t = &c->b->index->tables[c->column->ref];
    bool is_open = c->column->ref == T_REGIONS && t->count == 0; /* a small pack without regions may still name codes */
    if (is_open || id_find(c->b->set, (int)c->column->ref, id) >= 0) return;
    row_fault(c->b, c->row, c->column->name, &MSG_RULE_UNKNOWN_REFERENCE, id, near_ids(c->b->a, t, id),
              text_of(rule_schema[c->column->ref].name));
}

static void check_list(const cell_check *c, text list, void (*one)(const cell_check *, text))
{
    while (list.len > 0) {
        text piece = text_trim(text_next(&list, ';'));
        if (piece.len > 0) one(c, piece);
    }
}

static void check_number(const cell_check *c, text t)
{
    bool ok;
    if (c->column->type == COL_INT) text_to_i64(t, &ok);
    else ok = number_ok(t);
    if (!ok) row_fault(c->b, c->row, c->column->name, &MSG_RULE_NUMBER, t, NO_TEXT, NO_TEXT);
}

static void check_cell(const cell_check *c, text t)
{
    if (t.len == 0) {
        if (c->column->flags & COL_NEEDED) row_fault(c->b, c->row, c->column->name, &MSG_RULE_EMPTY, NO_TEXT, NO_TEXT, NO_TEXT);
        return;
    }
    if ((c->column->flags & COL_STAR) && text_is(t, "*")) return;
    switch (c->column->type) {
    case COL_TEXT:
    case COL_DATE: break; /* dates were read with the row */
    case COL_NUMBER:
    case COL_INT: check_number(c, t); break;
    case COL_BOOL:
        if (!text_is(t, "0") && !text_is(t, "1")) row_fault(c->b, c->row, c->column->name, &MSG_RULE_WORD, t, TEXT("0 1"), NO_TEXT);
        break;
    case COL_WORD: check_word(c, t); break;
    case COL_WORDS: check_list(c, t, check_word); break;
    case COL_REF: check_ref(c, t); break;
    case COL_REFS: check_list(c, t, check_ref); break;
    }
}

static void check_source(builder *b, int tbl, const rule_row *row)
{
    bool is_own = text_is(row->verified, "declared") || text_is(row->verified, "computed");
    if (row->source.len == 0 && !is_own && !rule_schema[tbl].needs_no_source)
        row_fault(b, row, "source", &MSG_RULE_NO_SOURCE, NO_TEXT, NO_TEXT, NO_TEXT);
}

void check_cells(builder *b)
{
    for (int t = 0; t < T_COUNT; t++) {
        const rule_table_rows *rows = &b->index->tables[t];
        for (size_t i = 0; i < rows->count; i++) {
            for (size_t c = 0; c < rows->rows[i]->cell_count; c++)
                check_cell(&(cell_check){b, rows->rows[i], rule_column_at(t, c)}, rows->rows[i]->cells[c]);
            check_source(b, t, rows->rows[i]);
        }
    }
}

static text head_text(builder *b, text key)
{
    char *s = arena_copy(b->a, key.ptr, key.len);
    for (size_t i = 0; i < key.len; i++)
        if (s[i] == '\x1f') s[i] = ' ';
    return text_trim((text){s, key.len});
}

static void check_overlap(builder *b, int tbl)
{
    const rule_table_rows *t = &b->index->tables[tbl];
    for (size_t i = 0; i < t->count; i++) {
        for (int32_t n = t->next[i]; n >= 0; n = t->next[n]) {
            const rule_row *x = t->rows[i], *y = t->rows[n];
            if (x->valid_from > y->valid_to || y->valid_from > x->valid_to) continue;
            row_fault(b, y, NULL, &MSG_RULE_OVERLAP, head_text(b, y->key), NO_TEXT, row_place(b->a, x));
            break; /* the first of them is enough to mend */
        }
    }
}

/* Parents are few steps up; more steps than rows is a circle. The path is printed once, from its first row. */
static void check_parents(builder *b, int tbl)
{
    const rule_table_rows *t = &b->index->tables[tbl];
    uint8_t *state = NEW_ARRAY(b->a, t->count, uint8_t); /* 0 new, 1 on the path, 2 done */
    for (size_t i = 0; i < t->count; i++) {
        int32_t at = (int32_t)i;
        text_buf path = {.a = b->a};
        while (at >= 0 && state[at] == 0) {
            state[at] = 1;
            buf_add(&path, t->rows[at]->cells[0]);
            buf_str(&path, " > ");
            text parent = row_text(t->rows[at], tbl, "parent");
            at = parent.len > 0 ? id_find(b->set, tbl, parent) : RULE_NONE;
        }
        if (at >= 0 && state[at] == 1) {
            buf_add(&path, t->rows[at]->cells[0]);
            row_fault(b, t->rows[at], "parent", &MSG_RULE_CYCLE, buf_text(&path), NO_TEXT, NO_TEXT);
        }
        for (at = (int32_t)i; at >= 0 && state[at] == 1;) {
            state[at] = 2;
            text parent = row_text(t->rows[at], tbl, "parent");
            at = parent.len > 0 ? id_find(b->set, tbl, parent) : RULE_NONE;
        }
    }
}

static void check_filters(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_BALANCE_ROWS];
    for (size_t i = 0; i < t->count; i++) {
        for (text rest = row_text(t->rows[i], T_BALANCE_ROWS, "filter"); rest.len > 0;) {
            text piece = text_trim(text_next(&rest, ';')), id = piece;
            text word = text_trim(text_next(&id, ':'));
            int tbl = text_is(word, "sector") ? T_SECTORS : text_is(word, "role") ? T_ROLES : text_is(word, "other") ? T_PARTY_CLASSES : RULE_NONE;
            if (tbl < 0 || id_find(b->set, tbl, text_trim(id)) < 0)
                row_fault(b, t->rows[i], "filter", &MSG_RULE_FILTER, piece, NO_TEXT, NO_TEXT);
        }
    }
}

/* A factor for coal by the cubic metre can never serve: the unit must measure what one of the commodity's units measures. */
void check_dimension(builder *b, const rule_row *row, int tbl)
{
    int32_t commodity = id_find(b->set, T_COMMODITIES, row_text(row, tbl, "commodity")), unit = id_find(b->set, T_UNITS, row_text(row, tbl, "unit"));
    if (commodity < 0 || unit < 0) return;
    const rule_commodity *c = &b->set->commodities[commodity];
    text_buf listed = {.a = b->a};
    for (size_t i = 0; i < c->unit_count; i++) {
        if (rule_dim_equal(b->set->units[c->units[i]].dim, b->set->units[unit].dim)) return;
        if (i > 0) buf_str(&listed, ", ");
        buf_add(&listed, b->set->units[c->units[i]].id);
    }
    if (c->unit_count > 0) row_fault(b, row, "unit", &MSG_RULE_UNIT_DIMENSION, b->set->units[unit].id, buf_text(&listed), c->id);
}

static void check_conversions(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_CONVERSIONS];
    for (size_t i = 0; i < t->count; i++) {
        const rule_row *row = t->rows[i];
        bool has_range = row_text(row, T_CONVERSIONS, "value_low").len > 0 && row_text(row, T_CONVERSIONS, "value_high").len > 0;
        if (row_text(row, T_CONVERSIONS, "value").len == 0 && !has_range)
            row_fault(b, row, "value", &MSG_RULE_NO_VALUE, NO_TEXT, NO_TEXT, NO_TEXT);
        check_dimension(b, row, T_CONVERSIONS);
    }
}

static void check_emissions(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_EMISSION_FACTORS];
    for (size_t i = 0; i < t->count; i++) {
        const rule_row *row = t->rows[i];
        text unit = row_text(row, T_EMISSION_FACTORS, "unit");
        int32_t mass;
        bool has_parts = row_text(row, T_EMISSION_FACTORS, "carbon_content").len > 0 && row_text(row, T_EMISSION_FACTORS, "oxidation").len > 0;
        if (row_text(row, T_EMISSION_FACTORS, "factor").len == 0 && !has_parts)
            row_fault(b, row, "factor", &MSG_RULE_NO_VALUE, NO_TEXT, NO_TEXT, NO_TEXT);
        const char *wrong = printed_factor_unit(b->set, row, &mass);
        if (wrong) row_fault(b, row, "factor_unit", &MSG_RULE_FACTOR_UNIT, row_text(row, T_EMISSION_FACTORS, "factor_unit"), unit, NO_TEXT);
    }
}

static text near_factors(builder *b, text set, text id)
{
    const rule_table_rows *t = &b->index->tables[T_EMISSION_FACTORS];
    text *names = NEW_ARRAY(b->a, t->count, text);
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++)
        if (text_equal(row_text(t->rows[i], T_EMISSION_FACTORS, "set"), set)) names[count++] = row_text(t->rows[i], T_EMISSION_FACTORS, "id");
    return near_names(b->a, id, names, count);
}

static void check_choices(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_FACTOR_CHOICES];
    for (size_t i = 0; i < t->count; i++) {
        text set = row_text(t->rows[i], T_FACTOR_CHOICES, "set"), id = row_text(t->rows[i], T_FACTOR_CHOICES, "id");
        text key = text_of(arena_printf(b->a, "%.*s\x1f%.*s", TEXT_FMT(set), TEXT_FMT(id)));
        int64_t at;
        check_dimension(b, t->rows[i], T_FACTOR_CHOICES);
        if (set.len > 0 && id.len > 0 && id_find(b->set, T_SETS, set) >= 0 && !text_map_find(&b->index->emissions.heads, key, &at))
            row_fault(b, t->rows[i], "id", &MSG_RULE_NO_SUCH_FACTOR, id, set, near_factors(b, set, id));
    }
}

/* commodity: an id, tag:x or *; empty counts as *. */
static void check_combustion(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_COMBUSTION];
    for (size_t i = 0; i < t->count; i++) {
        text c = row_text(t->rows[i], T_COMBUSTION, "commodity");
        int tbl = text_starts(c, "tag:") ? T_TAGS : T_COMMODITIES;
        text id = tbl == T_TAGS ? text_trim((text){c.ptr + 4, c.len - 4}) : c;
        if (c.len == 0 || text_is(c, "*") || id_find(b->set, tbl, id) >= 0) continue;
        row_fault(b, t->rows[i], "commodity", &MSG_RULE_UNKNOWN_REFERENCE, c, near_ids(b->a, &b->index->tables[tbl], id),
                  text_of(rule_schema[tbl].name));
    }
}

/* A profile names a set of the role, or, for emission, a choice. */
static void check_profiles(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_PROFILES], *choices = &b->index->tables[T_FACTOR_CHOICES];
    for (size_t i = 0; i < t->count; i++) {
        text role = row_text(t->rows[i], T_PROFILES, "role"), set = row_text(t->rows[i], T_PROFILES, "set");
        bool is_found = id_find(b->set, T_SETS, set) >= 0 || text_is(role, "source_of_truth");
        for (size_t n = 0; n < choices->count && !is_found && text_is(role, "emission"); n++)
            is_found = text_equal(choices->rows[n]->cells[0], set);
        if (!is_found)
            row_fault(b, t->rows[i], "set", &MSG_RULE_UNKNOWN_REFERENCE, set, near_ids(b->a, &b->index->tables[T_SETS], set), TEXT("sets"));
    }
}

static bool industry_text_ok(text t)
{
    if (t.len == 1) return t.ptr[0] >= 'A' && t.ptr[0] <= 'Z';
    text rest = t;
    text from = text_next(&rest, '-');
    bool ok;
    text_to_i64(from, &ok);
    if (!ok || from.len < 2 || from.len > 4) return false;
    if (rest.len == 0) return from.len == t.len;
    text_to_i64(rest, &ok);
    return ok && rest.len == from.len;
}

static void check_sectors(builder *b)
{
    const rule_table_rows *t = &b->index->tables[T_SECTORS];
    for (size_t i = 0; i < t->count; i++) {
        for (text rest = row_text(t->rows[i], T_SECTORS, "industries"); rest.len > 0;) {
            text piece = text_trim(text_next(&rest, ';'));
            if (piece.len > 0 && !industry_text_ok(piece))
                row_fault(b, t->rows[i], "industries", &MSG_RULE_INDUSTRIES_TEXT, piece, NO_TEXT, NO_TEXT);
        }
    }
}

void check_whole(builder *b)
{
    for (int t = 0; t < T_COUNT; t++) {
        if (rule_schema[t].key_has_dates) check_overlap(b, t);
        if (rule_column_find(t, TEXT("parent")) >= 0) check_parents(b, t);
    }
    check_sectors(b);
    check_filters(b);
    check_conversions(b);
    check_emissions(b);
    check_choices(b);
    check_combustion(b);
    check_profiles(b);
    check_reports(b);
}
