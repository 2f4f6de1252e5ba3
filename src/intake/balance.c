/*
 * A printed energy balance into movements, by the pack's mapping: each printed process and sign names giver, taker and kind;
 * each printed fuel names commodity, unit and the factors by which its standard coal is turned back into
 * physical units, where that comes out exactly; else the amount stays recorded in tce. A row with a statistic is also kept
 * as printed, to compare with. An of-which row (less) is taken off its whole, so that each tonne is posted once.
 */
#include "inside.h"

typedef struct balance {
    const rule_row *const *processes;
    size_t process_count;
    const rule_row *const *items;
    size_t item_count;
    int32_t statistic;      /* under which printed values are kept; its unit is the unit they are printed in */
    const rat *tce;         /* one printed unit in tce */
    text_map by_cell;       /* year|material|process -> row */
} balance;

/* The mapping's statistic says in which unit the table is printed. */
static bool find_unit(reading *x, balance *b, heng_err *err)
{
    text name = (text){0};
    for (size_t i = 0; i < b->process_count && !name.len; i++) name = rule_cell(b->processes[i], "statistic");
    b->statistic = rule_statistic_find(x->rules, name);
    int32_t tce = rule_unit_find(x->rules, TEXT("tce"));
    if (b->statistic == RULE_NONE || tce == RULE_NONE) return err_fill(err, &MSG_INTAKE_UNKNOWN_STATISTIC, text_str(x->a, name), NULL, NULL);
    return rat_div(x->a, x->rules->units[x->rules->statistics[b->statistic].unit].factor, x->rules->units[tce].factor, &b->tce, err);
}

static bool find_mapping(reading *x, balance *b, heng_err *err)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->rules, "mappings", &rows), kept = 0, item_kept = 0;
    text wanted = x->options->mapping;
    text_buf names = {.a = x->a};
    const rule_row **processes = NEW_ARRAY(x->a, count + 1, const rule_row *);
    for (size_t i = 0; i < count; i++) {
        text name = rule_cell(rows[i], "mapping");
        if (text_equal(name, wanted)) processes[kept++] = rows[i];
        if (i == 0 || !text_equal(name, rule_cell(rows[i - 1], "mapping"))) buf_printf(&names, "%s%.*s", names.len ? ", " : "", TEXT_FMT(name));
    }
    if (!kept) return err_fill(err, wanted.len ? &MSG_INTAKE_NO_MAPPING : &MSG_INTAKE_MAPPING_WANTED, text_str(x->a, wanted), text_str(x->a, buf_text(&names)), NULL);
    count = rule_rows(x->rules, "mapping_items", &rows);
    const rule_row **items = NEW_ARRAY(x->a, count + 1, const rule_row *);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rule_cell(rows[i], "mapping"), wanted)) items[item_kept++] = rows[i];
    *b = (balance){.processes = processes, .process_count = kept, .items = items, .item_count = item_kept, .by_cell = {.a = x->a}};
    return find_unit(x, b, err);
}

static text cell_key(reading *x, text year, text material, text process)
{
    return text_of(arena_printf(x->a, "%.*s|%.*s|%.*s", TEXT_FMT(year), TEXT_FMT(material), TEXT_FMT(process)));
}

static const rule_row *process_row(const balance *b, text year, text process, bool negative)
{
    for (size_t i = 0; i < b->process_count; i++) {
        text own_year = rule_cell(b->processes[i], "year"), sign = rule_cell(b->processes[i], "sign");
        if (!text_equal(rule_cell(b->processes[i], "process"), process) || (own_year.len && !text_equal(own_year, year))) continue;
        if (!sign.len || text_is(sign, negative ? "-" : "+")) return b->processes[i];
    }
    return NULL;
}

static const rule_row *item_row(const balance *b, text material)
{
    for (size_t i = 0; i < b->item_count; i++)
        if (text_equal(rule_cell(b->items[i], "item"), material)) return b->items[i];
    return NULL;
}

static bool read_value(reading *x, const row_in *row, const rat **ret, heng_err *err)
{
    text value;
    return want_cell(x, row, "value", &value, err) && (rat_parse(x->a, value, ret, err) || err_in_field(err, "value"));
}

static const rat *absolute(reading *x, const rat *v) { return rat_sign(v) < 0 ? rat_neg(x->a, v) : v; }

/* The printed amount less its of-which row. */
static bool net_value(reading *x, const balance *b, const row_in *row, const rule_row *process, const rat **ret, int64_t *ret_row_less, heng_err *err)
{
    text less = rule_cell(process, "less");
    const rat *whole, *part;
    int64_t at;
    *ret_row_less = 0;
    if (!read_value(x, row, &whole, err)) return false;
    *ret = absolute(x, whole);
    if (!less.len || !text_map_find(&b->by_cell, cell_key(x, cell_at(x, row, "year"), cell_at(x, row, "material"), less), &at)) return true;
    if (!read_value(x, &x->rows[at], &part, err)) return false;
    *ret = rat_sub(x->a, *ret, absolute(x, part));
    *ret_row_less = x->rows[at].number;
    if (rat_sign(*ret) >= 0) return true;
    return err_fill(err, &MSG_INTAKE_LESS_TOO_LARGE, text_str(x->a, cell_at(x, row, "process")), NULL, text_str(x->a, less)) || err_in_field(err, "value");
}

/* A printed value into the physical unit, exactly at its scale; else into tce. */
static bool to_recorded(reading *x, const balance *b, const rule_row *item, const rat *printed, book_movement *m, heng_err *err)
{
    const rat *tce = rat_mul(x->a, printed, b->tce), *physical;
    int32_t tce_unit = rule_unit_find(x->rules, TEXT("tce"));
    rule_factor factor;
    if (!rule_commodity_want(x->rules, rule_cell(item, "commodity"), &m->commodity, err)) return false;
    if (!rule_unit_want(x->rules, rule_cell(item, "unit"), &m->unit, err)) return false;
    if (m->unit != tce_unit && rule_cell(item, "factor_set").len) {
        if (!rule_conversion(x->a, x->rules, rule_cell(item, "factor_set"), m->commodity, m->unit, TEXT("tce"), TEXT("calorific"), (text){0}, zone_day_of(x->zone, m->when.start_us), &factor, err))
            return false;
        heng_err inexact;
        if (rat_div(x->a, tce, factor.value, &physical, err) && rat_is_decimal(physical, x->rules->units[m->unit].scale))
            return rat_to_scaled(physical, x->rules->units[m->unit].scale, DEC_EXACT, &m->amount, &inexact) || rat_to_scaled(tce, 6, DEC_EXACT, &m->amount, err);
        m->unit = tce_unit;
    }
    return rat_to_scaled(tce, x->rules->units[m->unit].scale, DEC_EXACT, &m->amount, err) || err_in_field(err, "value");
}

static bool mapped_party(reading *x, const rule_row *process, const char *column, int32_t *ret, heng_err *err)
{
    return book_party_want(x->b, &x->parties, rule_cell(process, column), ret, err) || err_in_field(err, column);
}

static bool read_movement(reading *x, const balance *b, const row_in *row, const rule_row *process, const rule_row *item, book_movement *m, heng_err *err)
{
    const rat *value;
    *m = (book_movement){.row = row->number, .basis = BOOK_REPORTED};
    if (!period_parse(x->zone, cell_at(x, row, "year"), &m->when, err)) return err_in_field(err, "year");
    return net_value(x, b, row, process, &value, &m->row_less, err) && to_recorded(x, b, item, value, m, err) && rule_kind_want(x->rules, rule_cell(process, "kind"), &m->kind, err) &&
           mapped_party(x, process, "giver", &m->giver, err) && mapped_party(x, process, "taker", &m->taker, err);
}

static bool read_printed(reading *x, const balance *b, const row_in *row, book_observation *o, heng_err *err)
{
    text value;
    *o = (book_observation){.row = row->number, .statistic = b->statistic, .unit = x->rules->statistics[b->statistic].unit};
    o->item = text_of(arena_printf(x->a, "%.*s|%.*s", TEXT_FMT(cell_at(x, row, "material")), TEXT_FMT(cell_at(x, row, "process"))));
    if (!period_parse(x->zone, cell_at(x, row, "year"), &o->when, err)) return err_in_field(err, "year");
    return cell_party(x, row, "party", &o->party, err) && want_cell(x, row, "value", &value, err) && (dec_parse_any(value, &o->count, &o->scale, err) || err_in_field(err, "value"));
}

typedef struct balance_out { book_movement *movements; book_group *groups; size_t group_count; book_observation *observations; size_t observation_count; } balance_out;

static bool read_row(reading *x, const balance *b, row_in *row, balance_out *out, heng_err *err)
{
    const rat *value;
    text material, name, year;
    if (!want_cell(x, row, "year", &year, err) || !want_cell(x, row, "material", &material, err) || !want_cell(x, row, "process", &name, err) || !read_value(x, row, &value, err)) return false;
    bool negative = rat_sign(value) < 0;
    const rule_row *process = process_row(b, year, name, negative), *item = item_row(b, material);
    if (!process) return err_fill(err, &MSG_INTAKE_UNMAPPED_PROCESS, text_str(x->a, name), negative ? "-" : "+", text_str(x->a, x->options->mapping)) || err_in_field(err, "process");
    if (!item) return err_fill(err, &MSG_INTAKE_UNMAPPED_ITEM, text_str(x->a, material), NULL, text_str(x->a, x->options->mapping)) || err_in_field(err, "material");
    text how = rule_cell(process, "treatment"), item_how = rule_cell(item, "treatment");
    bool skipped = text_is(how, "skip") || text_is(item_how, "skip");
    bool moves = text_is(how, "movement") && text_is(item_how, "movement");
    bool printed = !skipped && (text_is(how, "printed") || text_is(item_how, "printed"));
    if (moves) {
        book_movement *m = &out->movements[out->group_count];
        if (!read_movement(x, b, row, process, item, m, err)) return false;
        if (m->amount > 0) {
            row->item = (int64_t)out->group_count;
            out->groups[out->group_count++] = (book_group){.ext_id = cell_key(x, year, material, name), .movements = m, .count = 1};
        } else moves = false; /* the of-which row is all of it */
    }
    if (printed && !read_printed(x, b, row, &out->observations[out->observation_count], err)) return false;
    out->observation_count += printed;
    x->skipped += !moves && !printed;
    return true;
}

static bool index_cells(reading *x, balance *b)
{
    for (size_t i = 0; i < x->row_count; i++) {
        text key = cell_key(x, cell_at(x, &x->rows[i], "year"), cell_at(x, &x->rows[i], "material"), cell_at(x, &x->rows[i], "process"));
        int64_t before;
        if (text_map_find(&b->by_cell, key, &before)) {
            heng_err why = {0};
            err_fill(&why, &MSG_INTAKE_ITEM_TWICE, text_str(x->a, key), NULL, arena_printf(x->a, "%lld", (long long)x->rows[before].number));
            refuse(x, &x->rows[i], &why);
        } else text_map_put(&b->by_cell, key, (int64_t)i);
    }
    return true;
}

/* A mapping names the city in its pack, so a printed province name that the book does not know is read as the mapping's own party. */
bool read_balance(reading *x, heng_err *err)
{
    balance b;
    balance_out out = {.movements = NEW_ARRAY(x->a, x->row_count + 1, book_movement), .groups = NEW_ARRAY(x->a, x->row_count + 1, book_group),
                       .observations = NEW_ARRAY(x->a, x->row_count + 1, book_observation)};
    if (!find_mapping(x, &b, err) || !index_cells(x, &b)) return false;
    for (size_t i = 0; i < x->row_count; i++) {
        heng_err why = {0};
        if (!x->rows[i].refused && !read_row(x, &b, &x->rows[i], &out, &why)) refuse(x, &x->rows[i], &why);
    }
    x->batch.groups = out.groups;
    x->batch.group_count = out.group_count;
    x->batch.observations = out.observations;
    x->batch.observation_count = out.observation_count;
    return true;
}
