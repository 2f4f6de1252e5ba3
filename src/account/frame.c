/*
 * A table before it is printed: lines, columns, terms; and the explanation of every cell from the same terms.
 *
 *   cell = signed sum of other lines' cells, where the line is a sum
 *        = signed sum of other columns' cells, where the column is a sum
 *        = sum over (factor, unit) of (sum of counts of its terms) x factor, otherwise
 *
 * so a count is summed in 128 bits and multiplied by its exact factor once, and the tree of frame_why has the same shape as the sum.
 * A cell with anything missing has no value, and so have the totals over it.
 */
#include <stdlib.h>
#include "inside.h"

enum { MISSING_TEXT_MAX = 400 };

void frame_init(frame *f, account *x, arena *a) { *f = (frame){.x = x, .a = a}; }

int32_t frame_line(frame *f, text id, rule_name name, int level, bool is_total, bool is_memo)
{
    *ARENA_PUSH(f->a, f->lines, f->line_count, f->line_max) = (account_line){.id = id, .name = name, .level = level, .is_total = is_total, .is_memo = is_memo};
    return (int32_t)f->line_count - 1;
}

int32_t frame_column(frame *f, text id, rule_name name, text unit)
{
    *ARENA_PUSH(f->a, f->columns, f->column_count, f->column_max) = (account_head){.id = id, .name = name, .unit = unit};
    return (int32_t)f->column_count - 1;
}

int32_t frame_find_line(const frame *f, text id)
{
    for (size_t i = 0; i < f->line_count; i++)
        if (text_equal(f->lines[i].id, id)) return (int32_t)i;
    for (size_t i = 0; i < f->line_count; i++) /* as it is printed */
        if (text_equal(f->lines[i].name.zh, id) || text_equal(f->lines[i].name.en, id)) return (int32_t)i;
    return -1;
}

/* Ids nearest to what was asked for, else all of them; at most a message's room. */
const char *frame_line_names(const frame *f, text asked)
{
    text *ids = NEW_ARRAY(f->a, f->line_count + 1, text);
    for (size_t i = 0; i < f->line_count; i++) ids[i] = f->lines[i].id;
    size_t at[3], n = text_nearest(f->a, asked, ids, f->line_count, 3, at);
    text_buf b = {.a = f->a};
    for (size_t i = 0; i < (n ? n : f->line_count) && b.len < 300; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(ids[n ? at[i] : i]));
    return text_str(f->a, buf_text(&b));
}

int32_t frame_find_column(const frame *f, text id)
{
    for (size_t i = 0; i < f->column_count; i++)
        if (text_equal(f->columns[i].id, id)) return (int32_t)i;
    return -1;
}

void frame_line_sum(frame *f, int32_t whole, int32_t part, int sign)
{
    *ARENA_PUSH(f->a, f->line_links, f->line_link_count, f->line_link_max) = (frame_link){whole, part, sign};
}

void frame_column_sum(frame *f, int32_t whole, int32_t part, int sign)
{
    *ARENA_PUSH(f->a, f->column_links, f->column_link_count, f->column_link_max) = (frame_link){whole, part, sign};
    f->columns[whole].is_total = true;
}

void frame_term(frame *f, int32_t line, int32_t column, const selection *s, uint32_t at, int sign, const factor *by)
{
    *ARENA_PUSH(f->a, f->terms, f->term_count, f->term_max) = (term){line, column, at, sign, by, s};
}

void frame_note(frame *f, const char *zh, const char *en)
{
    *ARENA_PUSH(f->a, f->notes, f->note_count, f->note_max) = (rule_name){text_copy(f->a, text_of(zh)), text_copy(f->a, text_of(en))};
}

/* ---- Cells ---- */

static int order_of_terms(const void *a, const void *b)
{
    const term *x = a, *y = b;
    int32_t ux = x->s->groups[x->group].unit, uy = y->s->groups[y->group].unit;
    int32_t cx = x->s->groups[x->group].commodity, cy = y->s->groups[y->group].commodity;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    if (cx != cy) return cx < cy ? -1 : 1;
    if (x->factor->id != y->factor->id) return x->factor->id < y->factor->id ? -1 : 1;
    if (ux != uy) return ux < uy ? -1 : 1;
    if (x->sign != y->sign) return x->sign > y->sign ? -1 : 1;
    if (x->s != y->s) return x->s->when.start_us < y->s->when.start_us ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

void frame_ready(frame *f)
{
    size_t cells = f->line_count * f->column_count, t = 0;
    if (f->term_count > 0) qsort(f->terms, f->term_count, sizeof *f->terms, order_of_terms);
    f->cell_start = NEW_ARRAY(f->a, cells + 1, size_t);
    f->values = NEW_ARRAY(f->a, cells + 1, frame_value);
    for (size_t c = 0; c < cells; c++) {
        f->cell_start[c] = t;
        while (t < f->term_count && (size_t)f->terms[t].line * f->column_count + (size_t)f->terms[t].column == c) t++;
    }
    f->cell_start[cells] = t;
}

/* One run: terms of a cell alike in commodity, factor, unit. Counts of different signs go into one sum. */
static size_t run_end(const frame *f, size_t at, size_t end)
{
    const term *t = &f->terms[at];
    int32_t unit = t->s->groups[t->group].unit, commodity = t->s->groups[t->group].commodity;
    while (at < end && f->terms[at].factor == t->factor && f->terms[at].s->groups[f->terms[at].group].unit == unit &&
           f->terms[at].s->groups[f->terms[at].group].commodity == commodity) at++;
    return at;
}

static const rat *run_amount(const frame *f, size_t at, size_t end)
{
    i128 count = 0;
    const term *t = &f->terms[at];
    for (size_t i = at; i < end; i++) count += f->terms[i].sign * f->terms[i].s->groups[f->terms[i].group].sum;
    return rat_scaled(f->a, count, f->x->r->units[t->s->groups[t->group].unit].scale);
}

static void add_missing(frame *f, frame_value *v, text missing)
{
    size_t at;
    v->is_flagged = true;
    v->parts_missing++;
    if (missing.len == 0 || text_find(v->missing, missing, &at) || v->missing.len > MISSING_TEXT_MAX) return;
    v->missing = v->missing.len == 0 ? missing : printed(f->a, "%.*s; %.*s", TEXT_FMT(v->missing), TEXT_FMT(missing));
}

static void add_uncertainty(frame *f, frame_value *v, const rat *half)
{
    if (!half) v->has_uncertainty = false;
    else v->uncertainty = rat_add(f->a, v->uncertainty, rat_sign(half) < 0 ? rat_neg(f->a, half) : half);
}

static void leaf_value(frame *f, size_t cell, frame_value *v)
{
    size_t end = f->cell_start[cell + 1];
    for (size_t at = f->cell_start[cell], next; at < end; at = next) {
        const factor *by = f->terms[at].factor;
        next = run_end(f, at, end);
        v->is_empty = false;
        v->parts++;
        for (size_t i = at; i < next; i++) v->is_flagged |= f->terms[i].s->groups[f->terms[i].group].basis == BOOK_APPORTIONED;
        v->is_flagged |= by->is_flagged;
        if (!by->value) { add_missing(f, v, by->missing); continue; }
        const rat *part = rat_mul(f->a, run_amount(f, at, next), by->value);
        v->value = rat_add(f->a, v->value, part);
        add_uncertainty(f, v, by->uncertainty ? rat_mul(f->a, part, by->uncertainty) : NULL);
    }
}

static void add_part(frame *f, frame_value *v, const frame_value *part, int sign)
{
    if (part->is_empty) return;
    v->is_empty = false;
    v->parts += part->parts;
    v->is_flagged |= part->is_flagged;
    if (part->missing.len > 0 || !part->value) {
        add_missing(f, v, part->missing);
        v->parts_missing += part->parts_missing - 1;
        return;
    }
    v->value = sign < 0 ? rat_sub(f->a, v->value, part->value) : rat_add(f->a, v->value, part->value);
    add_uncertainty(f, v, part->has_uncertainty ? part->uncertainty : NULL);
}

static bool line_is_sum(const frame *f, int32_t line)
{
    for (size_t i = 0; i < f->line_link_count; i++)
        if (f->line_links[i].whole == line) return true;
    return false;
}

static bool column_is_sum(const frame *f, int32_t column)
{
    for (size_t i = 0; i < f->column_link_count; i++)
        if (f->column_links[i].whole == column) return true;
    return false;
}

const frame_value *frame_cell(frame *f, int32_t line, int32_t column)
{
    size_t cell = (size_t)line * f->column_count + (size_t)column;
    frame_value *v = &f->values[cell];
    if (v->is_known) return v;
    frame_value made = {.is_known = true, .value = rat_int(f->a, 0), .uncertainty = rat_int(f->a, 0), .has_uncertainty = true, .is_empty = true};
    *v = made; /* a rule pack's cycle of rows ends here instead of running on */
    bool by_line = line_is_sum(f, line), by_column = !by_line && column_is_sum(f, column);
    for (size_t i = 0; by_line && i < f->line_link_count; i++)
        if (f->line_links[i].whole == line) add_part(f, &made, frame_cell(f, f->line_links[i].part, column), f->line_links[i].sign);
    for (size_t i = 0; by_column && i < f->column_link_count; i++)
        if (f->column_links[i].whole == column) add_part(f, &made, frame_cell(f, line, f->column_links[i].part), f->column_links[i].sign);
    if (!by_line && !by_column) leaf_value(f, cell, &made);
    if (made.is_empty || made.parts_missing > 0) made.value = NULL;
    *v = made;
    return v;
}

/* ---- To a table ---- */

text frame_address(const frame *f, arena *a, text line, text column)
{
    addr x = f->address;
    if (line.len > 0) addr_part(&x, line);
    if (line.len > 0 && column.len > 0) addr_part(&x, column);
    return addr_format(a, &x);
}

static bool line_is_empty(frame *f, int32_t line)
{
    for (int32_t c = 0; c < (int32_t)f->column_count; c++)
        if (!frame_cell(f, line, c)->is_empty) return false;
    return true;
}

static void note_missing(frame *f)
{
    frame_value all = {0};
    size_t cells = 0;
    for (size_t l = 0; l < f->line_count; l++)
        for (size_t c = 0; c < f->column_count; c++) {
            const frame_value *v = frame_cell(f, (int32_t)l, (int32_t)c);
            if (v->parts_missing == 0 || line_is_sum(f, (int32_t)l) || column_is_sum(f, (int32_t)c)) continue;
            cells++;
            add_missing(f, &all, v->missing);
        }
    if (cells == 0) return;
    frame_note(f, text_str(f->a, printed(f->a, "有 %zu 个单元格缺少因子,其上的合计不完整,不予给出:%.*s", cells, TEXT_FMT(all.missing))),
               text_str(f->a, printed(f->a, "%zu cells lack a factor; the totals over them are incomplete and not given: %.*s", cells, TEXT_FMT(all.missing))));
}

void frame_table(frame *f, bool drop_empty_lines, account_table *ret)
{
    account_line *lines = NEW_ARRAY(f->a, f->line_count + 1, account_line);
    account_cell *cells = NEW_ARRAY(f->a, f->line_count * f->column_count + 1, account_cell);
    size_t kept = 0;
    for (size_t l = 0; l < f->line_count; l++) {
        if (drop_empty_lines && line_is_empty(f, (int32_t)l)) continue;
        for (size_t c = 0; c < f->column_count; c++) {
            const frame_value *v = frame_cell(f, (int32_t)l, (int32_t)c);
            cells[kept * f->column_count + c] = (account_cell){.value = v->value, .missing = v->missing, .is_flagged = v->is_flagged && !v->is_empty,
                                                              .uncertainty = v->value && v->has_uncertainty && rat_sign(v->uncertainty) > 0 ? v->uncertainty : NULL};
        }
        lines[kept++] = f->lines[l];
    }
    note_missing(f);
    *ret = (account_table){.title = f->title, .address = frame_address(f, f->a, (text){0}, (text){0}), .line_count = kept, .lines = lines, .column_count = f->column_count,
                           .columns = f->columns, .cells = cells, .note_count = f->note_count, .notes = f->notes};
}

/* ---- Why ---- */

static why_node *missing_node(frame *f, text zh, text en, text what)
{
    why_node *n = why_new(f->a, WHY_MISSING, zh, en, NULL, (text){0});
    n->detail = what;
    return n;
}

static why_node *signed_node(frame *f, why_node *n, int sign)
{
    if (sign > 0) return n;
    why_node *minus = why_new(f->a, WHY_NEGATE, n->label_zh, n->label_en, n->value ? rat_neg(f->a, n->value) : NULL, n->unit);
    why_add(minus, n);
    return minus;
}

why_node *why_of_factor_row(arena *a, const rule_row *row, why_node *n)
{
    if (!row) return n;
    n->address = factor_row_address(a, row);
    n->source = printed(a, "%.*s %.*s:%lld%s%.*s%s%.*s%s", TEXT_FMT(row->pack), TEXT_FMT(row->table), (long long)row->line, row->region.len > 0 ? ", " : "",
                        TEXT_FMT(row->region), ", ", TEXT_FMT(row->source), "");
    if (row->verified.len > 0) n->source = printed(a, "%.*s [%.*s]", TEXT_FMT(n->source), TEXT_FMT(row->verified));
    return n;
}

static why_node *step_node(frame *f, const factor_step *s)
{
    why_node *n = why_new(f->a, WHY_FACTOR, s->label.zh, s->label.en, s->value, s->unit);
    text_buf b = {.a = f->a};
    why_of_factor_row(f->a, s->row, n);
    if (s->by) {
        n->kind = WHY_OBSERVED;
        n->address = printed(f->a, "heng:observation/%lld", (long long)s->by->row.id);
        n->source = s->by->row.source_note;
        buf_printf(&b, "measured by the party, %.*s", TEXT_FMT(period_format(f->a, f->x->zone, s->by->when)));
    }
    buf_add(&b, s->detail);
    if (s->choice) buf_printf(&b, "%schoice: %.*s:%lld %.*s", b.len ? "; " : "", TEXT_FMT(s->choice->table), (long long)s->choice->line, TEXT_FMT(s->choice->source));
    if (s->is_fallback) buf_printf(&b, "%searlier year's factor", b.len ? "; " : "");
    n->detail = buf_text(&b);
    return n;
}

/* Flows of one group: the amount it gave, before the sign. */
static bool add_group_flows(frame *f, const term *t, why_rows *rows, why_node *below, heng_err *err)
{
    flow_part *parts;
    size_t count = selection_flows(f->x, f->a, t->s, t->group, &parts);
    for (size_t i = 0; i < count; i++) {
        why_node *n;
        if (!why_flow(rows, parts[i].flow, &t->s->spans[t->s->groups[t->group].span], count <= ACCOUNT_WHY_FLOWS_MAX, &n, err)) return false;
        why_add(below, signed_node(f, n, t->sign));
    }
    return true;
}

static bool run_why(frame *f, size_t at, size_t end, why_rows *rows, why_node **ret, heng_err *err)
{
    const term *t = &f->terms[at];
    const group *g = &t->s->groups[t->group];
    const rule_commodity *c = &f->x->r->commodities[g->commodity];
    text unit = f->x->r->units[g->unit].id;
    why_node *amount = why_new(f->a, WHY_SUM, printed(f->a, "%.*s 实物量", TEXT_FMT(c->name.zh)), printed(f->a, "%.*s, amount", TEXT_FMT(c->name.en)), run_amount(f, at, end), unit);
    for (size_t i = at; i < end; i++)
        if (!add_group_flows(f, &f->terms[i], rows, amount, err)) return false;
    *ret = amount;
    if (t->factor->step_count == 0 && t->factor->value) return true;
    text out = f->lines[t->line].unit.len > 0 ? f->lines[t->line].unit : f->columns[t->column].unit;
    if (!t->factor->value) {
        why_node *m = missing_node(f, c->name.zh, c->name.en, t->factor->missing);
        why_add(m, amount);
        return *ret = m, true;
    }
    why_node *product = why_new(f->a, WHY_PRODUCT, c->name.zh, c->name.en, rat_mul(f->a, amount->value, t->factor->value), out);
    why_add(product, amount);
    for (size_t i = 0; i < t->factor->step_count; i++) why_add(product, step_node(f, &t->factor->steps[i]));
    return *ret = product, true;
}

static why_node *cell_node(frame *f, int32_t line, int32_t column)
{
    const frame_value *v = frame_cell(f, line, column);
    const account_line *l = &f->lines[line];
    const account_head *h = &f->columns[column];
    text zh = printed(f->a, "%.*s · %.*s", TEXT_FMT(l->name.zh), TEXT_FMT(h->name.zh)), en = printed(f->a, "%.*s · %.*s", TEXT_FMT(l->name.en), TEXT_FMT(h->name.en));
    why_node *n = why_new(f->a, v->value ? WHY_SUM : WHY_MISSING, zh, en, v->value, l->unit.len > 0 ? l->unit : h->unit);
    n->address = frame_address(f, f->a, l->id, h->id);
    n->detail = v->missing;
    return n;
}

static bool cell_why(frame *f, int32_t line, int32_t column, why_rows *rows, int depth, why_node **ret, heng_err *err)
{
    why_node *n = cell_node(f, line, column), *child;
    bool by_line = line_is_sum(f, line), by_column = !by_line && column_is_sum(f, column);
    size_t cell = (size_t)line * f->column_count + (size_t)column;
    *ret = n;
    for (size_t i = 0; by_line && depth < ACCOUNT_DEPTH_MAX && i < f->line_link_count; i++) {
        const frame_link *k = &f->line_links[i];
        if (k->whole != line || frame_cell(f, k->part, column)->is_empty) continue;
        if (!cell_why(f, k->part, column, rows, depth + 1, &child, err)) return false;
        why_add(n, signed_node(f, child, k->sign));
    }
    for (size_t i = 0; by_column && depth < ACCOUNT_DEPTH_MAX && i < f->column_link_count; i++) {
        const frame_link *k = &f->column_links[i];
        if (k->whole != column || frame_cell(f, line, k->part)->is_empty) continue;
        if (!cell_why(f, line, k->part, rows, depth + 1, &child, err)) return false;
        why_add(n, signed_node(f, child, k->sign));
    }
    for (size_t at = f->cell_start[cell], next; !by_line && !by_column && at < f->cell_start[cell + 1]; at = next) {
        next = run_end(f, at, f->cell_start[cell + 1]);
        if (!run_why(f, at, next, rows, &child, err)) return false;
        why_add(n, child);
    }
    return true;
}

bool frame_why(frame *f, int32_t line, int32_t column, why_rows *rows, why_node **ret, heng_err *err)
{
    return cell_why(f, line, column, rows, 0, ret, err);
}

static bool is_whole_years(const cal_zone *z, period when)
{
    int32_t first = zone_month_of(z, when.start_us), end = zone_month_of(z, when.end_us);
    return first % 12 == 0 && end % 12 == 0 && zone_month_start_us(z, first) == when.start_us && zone_month_start_us(z, end) == when.end_us;
}

bool note_apportioned(frame *f, const selection *s, period when, heng_err *err)
{
    book_crossing *rows;
    size_t count;
    int64_t movements = 0;
    if (is_whole_years(f->x->zone, when)) return true;
    if (!book_crossing_of(f->x->b, f->a, when, f->x->known_us, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (s->inside[rows[i].giver] || s->inside[rows[i].taker]) movements += rows[i].movements;
    if (movements == 0) return true;
    frame_note(f, text_str(f->a, printed(f->a, "其中 %lld 笔流动的期间超出本期,按天数分摊,属估计", (long long)movements)),
               text_str(f->a, printed(f->a, "%lld movements reach beyond this period; their part in it is apportioned by days, an estimate", (long long)movements)));
    return true;
}
