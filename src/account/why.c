/*
 * The public tables, and why: from an address to the tree that explains it.
 *
 * A cell's explanation is made by building its table again (the same selection, terms and sums) and walking down from the cell.
 */
#include "inside.h"

/* ---- Frames by name ---- */

bool frame_build(account *x, arena *a, const frame_ask *ask, frame *ret, heng_err *err)
{
    bool ok = false;
    frame_init(ret, x, a);
    switch (ask->kind) {
    case FRAME_ENERGY: ok = frame_energy(ret, ask, err); break;
    case FRAME_MEMBERS: ok = frame_members(ret, ask, err); break;
    case FRAME_CARBON: ok = frame_carbon(ret, ask, err); break;
    case FRAME_SUPPLY_USE: ok = frame_supply_use(ret, ask, err); break;
    }
    if (ok && !ret->cell_start) frame_ready(ret);
    return ok;
}

bool frame_ask_of(account *x, arena *a, const addr *at, frame_ask *ret, heng_err *err)
{
    text form = addr_get(at, "form");
    *ret = (frame_ask){.form = ENERGY_STANDARD};
    if (text_is(at->kind, "carbon")) ret->kind = FRAME_CARBON;
    else if (text_is(at->kind, "supply-use")) ret->kind = FRAME_SUPPLY_USE;
    else if (!text_is(at->kind, "energy")) return err_fill(err, &MSG_ADDRESS_KIND, text_str(a, addr_format(a, at)), NULL, NULL);
    else if (text_is(form, "members")) ret->kind = FRAME_MEMBERS;
    else if (text_is(form, "physical")) ret->form = ENERGY_PHYSICAL;
    else if (text_is(form, "summary")) ret->form = ENERGY_SUMMARY;
    else if (form.len > 0 && !text_is(form, "standard")) return err_fill_n(err, &MSG_FORM_UNKNOWN, form.ptr, form.len, NULL);
    return address_subject(x, a, at, 0, &ret->party, &ret->when, err);
}

/* ---- What has changed since the period was closed ---- */

/* The latest closing of the party or one above it that holds the whole period. */
static bool closed_at(account *x, arena *a, const frame_ask *ask, int64_t *ret_us, heng_err *err)
{
    book_closing_row *rows;
    size_t count;
    const party_state *s;
    *ret_us = 0;
    if (!book_closings(x->b, a, x->known_us, &rows, &count, err)) return false;
    if (count == 0) return true;
    if (!party_state_at(x, zone_day_of(x->zone, ask->when.end_us - 1), &s, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].reopened_us != 0 && rows[i].reopened_us <= x->known_us) continue;
        if (!period_contains(rows[i].when, ask->when) || rows[i].closed_us <= *ret_us) continue;
        int32_t up = ask->party;
        for (size_t depth = 0; up >= 0 && up != rows[i].party && depth < s->parties.count; depth++)
            up = x->o.tree == BOOK_BY_OWNER ? s->parties.items[up].owner : s->parties.items[up].place;
        if (up == rows[i].party) *ret_us = rows[i].closed_us;
    }
    return true;
}

static const account_cell *cell_at(const account_table *t, text line, text column)
{
    for (size_t l = 0; l < t->line_count; l++)
        for (size_t c = 0; text_equal(t->lines[l].id, line) && c < t->column_count; c++)
            if (text_equal(t->columns[c].id, column)) return &t->cells[l * t->column_count + c];
    return NULL;
}

static void mark_restated(frame *f, account_table *now, const account_table *then)
{
    account_cell *cells = (account_cell *)(uintptr_t)now->cells;
    const rat *zero = rat_int(f->a, 0);
    size_t marked = 0;
    for (size_t l = 0; l < now->line_count; l++)
        for (size_t c = 0; c < now->column_count; c++) {
            account_cell *k = &cells[l * now->column_count + c];
            const account_cell *old = cell_at(then, now->lines[l].id, now->columns[c].id);
            const rat *was = old ? old->value : NULL;
            if (k->value == was || (!k->value && !was) || (k->value && was && rat_equal(k->value, was))) continue;
            k->is_restated = true;
            if (++marked > 20) continue; /* the cells stay marked; the notes name the first of them */
            const rat *d = rat_sub(f->a, k->value ? k->value : zero, was ? was : zero);
            text unit = now->lines[l].unit.len > 0 ? now->lines[l].unit : now->columns[c].unit;
            const char *plus = rat_sign(d) > 0 ? "+" : "";
            frame_note(f, text_str(f->a, printed(f->a, "封账后重述:%.*s · %.*s %s%.*s %.*s", TEXT_FMT(now->lines[l].name.zh), TEXT_FMT(now->columns[c].name.zh), plus, TEXT_FMT(rat_format(f->a, d, 6)), TEXT_FMT(unit))),
                       text_str(f->a, printed(f->a, "restated since closing: %.*s · %.*s %s%.*s %.*s", TEXT_FMT(now->lines[l].name.en), TEXT_FMT(now->columns[c].name.en), plus, TEXT_FMT(rat_format(f->a, d, 6)), TEXT_FMT(unit))));
        }
    now->notes = f->notes, now->note_count = f->note_count;
}

bool frame_publish(frame *f, const frame_ask *ask, account_table *ret, heng_err *err)
{
    int64_t closed_us;
    account *before;
    frame then;
    account_table old;
    frame_table(f, ask->kind != FRAME_ENERGY && ask->kind != FRAME_MEMBERS, ret);
    if (!closed_at(f->x, f->a, ask, &closed_us, err)) return false;
    if (closed_us == 0 || closed_us == f->x->known_us) return true;
    account_options o = f->x->o;
    o.known_us = closed_us;
    if (!account_view(f->x, &o, &before, err) || !frame_build(before, f->a, ask, &then, err)) return false;
    frame_table(&then, false, &old);
    mark_restated(f, ret, &old);
    return true;
}

/* ---- The public tables ---- */

static bool table_of(account *x, arena *a, frame_ask ask, account_table *ret, heng_err *err)
{
    frame f;
    return frame_build(x, a, &ask, &f, err) && frame_publish(&f, &ask, ret, err);
}

bool account_energy(account *x, arena *a, int32_t party, period when, account_energy_form form, account_table *ret, heng_err *err)
{
    return table_of(x, a, (frame_ask){FRAME_ENERGY, party, when, form}, ret, err);
}

bool account_energy_members(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err)
{
    return table_of(x, a, (frame_ask){FRAME_MEMBERS, party, when, ENERGY_STANDARD}, ret, err);
}

bool account_carbon(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err)
{
    return table_of(x, a, (frame_ask){FRAME_CARBON, party, when, ENERGY_STANDARD}, ret, err);
}

bool account_supply_use(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err)
{
    return table_of(x, a, (frame_ask){FRAME_SUPPLY_USE, party, when, ENERGY_STANDARD}, ret, err);
}

/* ---- Why, by kind of address ---- */

typedef struct asked { account *x; arena *a; addr at; why_rows *rows; text written; } asked;

/* The cell that stands for a whole line, column or table: total consumption, direct emissions, the common total; else the first that is not empty. */
static int32_t usual_line(frame *f, int32_t column)
{
    int32_t total = frame_find_line(f, TEXT("total"));
    if (total >= 0 && !frame_cell(f, total, column)->is_empty) return total;
    for (int32_t l = 0; l < (int32_t)f->line_count; l++)
        if (!frame_cell(f, l, column)->is_empty) return l;
    return total;
}

static int32_t usual_column(frame *f)
{
    int32_t total = frame_find_column(f, TEXT("total"));
    if (total < 0) total = frame_find_column(f, TEXT("co2"));
    return total >= 0 || f->column_count == 0 ? total : 0;
}

/* Parts after party and period: none, a line or a column, or both. */
static bool find_cell(asked *q, frame *f, int32_t *ret_line, int32_t *ret_column, heng_err *err)
{
    const addr *at = &q->at;
    text line = at->part_count > 2 ? at->parts[2] : (text){0}, column = at->part_count > 3 ? at->parts[3] : (text){0};
    *ret_line = line.len > 0 ? frame_find_line(f, line) : -1;
    if (at->part_count == 3 && *ret_line < 0) column = line, line = (text){0};
    *ret_column = column.len > 0 ? frame_find_column(f, column) : usual_column(f);
    if (*ret_column < 0) return at->part_count == 3 ? err_fill_n(err, &MSG_LINE_UNKNOWN, column.ptr, column.len, frame_line_names(f, column)) : err_fill_n(err, &MSG_COLUMN_UNKNOWN, column.ptr, column.len, NULL);
    if (line.len == 0) *ret_line = usual_line(f, *ret_column);
    return *ret_line >= 0 ? true : err_fill_n(err, &MSG_LINE_UNKNOWN, line.ptr, line.len, frame_line_names(f, line));
}

static bool why_cell(asked *q, why_node **ret, heng_err *err)
{
    frame_ask ask;
    frame f;
    int32_t line, column;
    if (q->at.part_count < 2 || q->at.part_count > 4) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(q->a, q->written), "<party>/<period>/<line>/<column>", NULL);
    if (!frame_ask_of(q->x, q->a, &q->at, &ask, err) || !frame_build(q->x, q->a, &ask, &f, err) || !find_cell(q, &f, &line, &column, err)) return false;
    if (frame_cell(&f, line, column)->is_empty) return err_fill(err, &MSG_CELL_EMPTY, text_str(q->a, q->written), NULL, NULL);
    return frame_why(&f, line, column, q->rows, ret, err);
}

static bool why_value(asked *q, why_node **ret, heng_err *err)
{
    formula_run run = {.x = q->x, .a = q->a, .want_why = true, .rows = q->rows, .first_unit = RULE_NONE};
    account_value v;
    bool ok, is_indicator = text_is(q->at.kind, "indicator");
    int base = (int)text_to_i64(addr_get(&q->at, "base"), &ok);
    run.base_year = ok ? base : 0;
    if (!address_subject(q->x, q->a, &q->at, is_indicator ? 1 : 0, &run.party, &run.when, err)) return false;
    if (is_indicator) {
        int32_t i = rule_indicator_find(q->x->r, q->at.parts[0]);
        if (i < 0) return err_fill_n(err, &MSG_INDICATOR_UNKNOWN, q->at.parts[0].ptr, q->at.parts[0].len, NULL);
        if (!formula_run_indicator(&run, i, &v, ret, err)) return false;
    } else {
        text unit = addr_get(&q->at, "unit");
        int32_t u = RULE_NONE;
        if (unit.len > 0 && !rule_unit_want(q->x->r, unit, &u, err)) return false;
        if (!formula_run_text(&run, addr_get(&q->at, "text"), u, &v, ret, err)) return false;
    }
    if (!*ret) *ret = why_new(q->a, WHY_MISSING, v.missing, v.missing, NULL, (text){0});
    (*ret)->address = q->written;
    return true;
}

static bool id_of(asked *q, int64_t *ret, heng_err *err)
{
    bool ok = false;
    if (q->at.part_count > 0) *ret = text_to_i64(q->at.parts[0], &ok);
    return ok && *ret > 0 ? true : err_fill(err, &MSG_NOT_FOUND, text_str(q->a, q->written), NULL, NULL);
}

static bool why_one_movement(asked *q, why_node **ret, heng_err *err)
{
    int64_t id = 0;
    book_movement_row *rows;
    size_t count;
    book_query query = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE, .with_superseded = true, .limit = 1};
    if (!id_of(q, &id, err)) return false;
    query.after_id = id - 1;
    if (!book_movements_query(q->x->b, q->a, &query, q->x->known_us, &rows, &count, err)) return false;
    if (count == 0 || rows[0].id != id) return err_fill(err, &MSG_NOT_FOUND, text_str(q->a, q->written), NULL, NULL);
    if (!why_movement(q->rows, &rows[0], INT64_MIN, INT64_MAX, ret, err)) return false;
    if (rows[0].superseded_by != 0)
        (*ret)->detail = rows[0].superseded_by > 0 ? printed(q->a, "%.*s; superseded by group %lld", TEXT_FMT((*ret)->detail), (long long)rows[0].superseded_by)
                                                   : printed(q->a, "%.*s; undone", TEXT_FMT((*ret)->detail));
    return true;
}

static bool why_one_observation(asked *q, why_node **ret, heng_err *err)
{
    int64_t id = 0;
    book_observation_row *rows;
    size_t count;
    if (!id_of(q, &id, err)) return false;
    if (!book_observations(q->x->b, q->a, BOOK_NONE, RULE_NONE, (text){0}, NULL, q->x->known_us, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id) return *ret = why_of_observation(q->rows, q->x, q->a, &rows[i]), true;
    return err_fill(err, &MSG_NOT_FOUND, text_str(q->a, q->written), NULL, NULL);
}

static bool why_factor(asked *q, why_node **ret, heng_err *err)
{
    const rule_row *const *rows;
    if (q->at.part_count != 2) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(q->a, q->written), "<table>/<key>", NULL);
    size_t count = rule_rows(q->x->r, text_str(q->a, q->at.parts[0]), &rows);
    for (size_t i = 0; i < count; i++) {
        text address = factor_row_address(q->a, rows[i]);
        addr at;
        if (!addr_parse(q->a, address, &at, err)) return false;
        if (!text_equal(at.parts[1], q->at.parts[1])) continue;
        why_node *n = why_new(q->a, WHY_FACTOR, rows[i]->table, rows[i]->table, NULL, (text){0});
        text_buf b = {.a = q->a};
        const char *table_name = text_str(q->a, rows[i]->table), *name;
        for (size_t c = 0; c < rows[i]->cell_count && (name = rule_column_name(table_name, c)); c++)
            if (rows[i]->cells[c].len > 0) buf_printf(&b, "%s%s=%.*s", b.len > 0 ? ", " : "", name, TEXT_FMT(rows[i]->cells[c]));
        n->detail = buf_text(&b);
        return *ret = why_of_factor_row(q->a, rows[i], n), true;
    }
    return err_fill(err, &MSG_NOT_FOUND, text_str(q->a, q->written), NULL, NULL);
}

static bool is_known(const account *x, const flow_sort *k) { return x->r && (k->kind | k->commodity | k->unit) >= 0; }

static bool why_one_flow(asked *q, why_node **ret, heng_err *err)
{
    int64_t id = 0;
    period when;
    span months = {0};
    const party_state *s;
    if (!id_of(q, &id, err)) return false;
    if (q->at.part_count != 2) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(q->a, q->written), "<id>/<period>", NULL);
    if (!period_parse(q->x->zone, q->at.parts[1], &when, err) || !period_in_months(q->x, when, &months.first_month, &months.month_count, err)) return false;
    if (!columns_need(q->x, err) || !party_state_at(q->x, zone_day_of(q->x->zone, when.end_us - 1), &s, err)) return false;
    for (size_t f = 0; f < q->x->c->flow_count; f++)
        if (q->x->c->flow_id[f] == id && is_known(q->x, &q->x->c->sorts[q->x->c->sort[f]])) return why_flow(q->rows, (uint32_t)f, &months, true, ret, err);
    return err_fill(err, &MSG_NOT_FOUND, text_str(q->a, q->written), NULL, NULL);
}

static bool why_edition(asked *q, why_node **ret, heng_err *err)
{
    book_edition_row *rows;
    size_t count;
    char hex[HASH_HEX + 1];
    if (q->at.part_count != 1) return err_fill(err, &MSG_ADDRESS_PARTS, text_str(q->a, q->written), "<key>", NULL);
    if (!book_editions(q->x->b, q->a, q->at.parts[0], &rows, &count, err)) return false;
    if (count == 0) return err_fill_n(err, &MSG_EDITION_UNKNOWN, q->at.parts[0].ptr, q->at.parts[0].len, NULL);
    const book_edition_row *e = &rows[count - 1];
    hash_hex(e->body_hash, hex);
    why_node *n = why_new(q->a, WHY_SUM, e->name, e->name, NULL, (text){0});
    n->address = e->address;
    n->source = printed(q->a, "%.*s, link %lld, %.*s", TEXT_FMT(e->kind), (long long)e->link, TEXT_FMT(instant_format(q->a, q->x->zone, e->known_us)));
    n->detail = printed(q->a, "sha256 %s", hex);
    return *ret = n, true;
}

bool account_why(account *x, arena *a, text address, why_node **ret, heng_err *err)
{
    static const struct { const char *kind; bool (*fn)(asked *, why_node **, heng_err *); } KINDS[] = {
        {"energy", why_cell}, {"carbon", why_cell}, {"supply-use", why_cell}, {"indicator", why_value}, {"formula", why_value}, {"movement", why_one_movement},
        {"observation", why_one_observation}, {"factor", why_factor}, {"flow", why_one_flow}, {"edition", why_edition}};
    asked q = {.a = a, .written = address};
    if (!addr_parse(a, address, &q.at, err) || !address_view(x, a, &q.at, &q.x, err)) return false;
    q.rows = why_rows_new(q.x, a);
    if (text_is(q.at.kind, "holdings")) return holdings_why(q.x, a, &q.at, q.rows, ret, err) && why_rows_print(q.rows, err);
    if (text_is(q.at.kind, "reconcile")) return reconcile_why(q.x, a, &q.at, q.rows, ret, err) && why_rows_print(q.rows, err);
    if (text_is(q.at.kind, "bound")) return bound_why(q.x, a, &q.at, q.rows, ret, err) && why_rows_print(q.rows, err);
    if (text_is(q.at.kind, "party")) return party_why(q.x, a, &q.at, q.rows, ret, err) && why_rows_print(q.rows, err);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (text_is(q.at.kind, KINDS[i].kind)) return KINDS[i].fn(&q, ret, err) && why_rows_print(q.rows, err);
    return err_fill(err, &MSG_ADDRESS_KIND, text_str(a, address), NULL, NULL);
}
