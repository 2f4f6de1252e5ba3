/* Rows of the form movements into groups. */
#include "inside.h"

typedef struct movement_in { book_movement m; text ext_id, group; row_in *row; struct movement_in *next; /* of its group */ } movement_in;

static bool cached(text_map *cache, text name, int32_t *ret)
{
    int64_t value;
    if (!text_map_find(cache, name, &value)) return false;
    *ret = (int32_t)value;
    return true;
}

static bool read_names(reading *x, const row_in *row, book_movement *m, int32_t *ret_unit, heng_err *err)
{
    text commodity, kind, unit;
    if (!want_cell(x, row, "commodity", &commodity, err) || !want_cell(x, row, "kind", &kind, err)) return false;
    unit = x->header_unit;
    if ((!unit.len || cell_at(x, row, "unit").len) && !want_cell(x, row, "unit", &unit, err)) return false;
    if (!cached(&x->commodity_cache, commodity, &m->commodity)) {
        if (!rule_commodity_want(x->rules, commodity, &m->commodity, err)) return err_in_field(err, "commodity");
        text_map_put(&x->commodity_cache, commodity, m->commodity);
    }
    if (!cached(&x->kind_cache, kind, &m->kind)) {
        if (!rule_kind_want(x->rules, kind, &m->kind, err)) return err_in_field(err, "kind");
        text_map_put(&x->kind_cache, kind, m->kind);
    }
    if (!cached(&x->unit_cache, unit, ret_unit)) {
        if (!rule_unit_want(x->rules, unit, ret_unit, err)) return err_in_field(err, "unit");
        text_map_put(&x->unit_cache, unit, *ret_unit);
    }
    return true;
}

/* The amount as written, in the unit written, into counts of the unit that the commodity is recorded in. */
static bool read_amount(reading *x, const row_in *row, int32_t unit, book_movement *m, heng_err *err)
{
    text amount;
    const rat *ratio, *value;
    if (!want_cell(x, row, "amount", &amount, err)) return false;
    amount = plain_text(x->a, amount);
    if (amount.ptr[0] == '-') return err_fill_n(err, &MSG_INTAKE_NEGATIVE, amount.ptr, amount.len, NULL) || err_in_field(err, "amount");
    if (!rule_recording_unit(x->rules, m->commodity, unit, &m->unit, &ratio, x->a, err)) return err_in_field(err, "unit");
    int scale = x->rules->units[m->unit].scale;
    if (m->unit == unit) return dec_parse(amount, scale, DEC_EXACT, &m->amount, err) || err_in_field(err, "amount");
    int64_t count;
    int given_scale;
    if (!dec_parse_any(amount, &count, &given_scale, err)) return err_in_field(err, "amount");
    value = rat_mul(x->a, rat_scaled(x->a, count, given_scale), ratio);
    if (rat_to_scaled(value, scale, DEC_EXACT, &m->amount, err)) return true;
    if (err->message->code == HENG_OVERFLOW) return err_in_field(err, "amount");
    const rule_unit *own = &x->rules->units[m->unit];
    char *seen = arena_printf(x->a, "%.*s %.*s", TEXT_FMT(amount), TEXT_FMT(x->rules->units[unit].id));
    return err_fill(err, &MSG_INTAKE_NOT_EXACT, seen, arena_printf(x->a, "%d", scale), text_str(x->a, own->id)) || err_in_field(err, "amount");
}

static bool read_basis(const reading *x, const row_in *row, book_basis *ret, heng_err *err)
{
    static const char *const names[][3] = {{"metered", "计量", ""}, {"reported", "上报", ""}, {"estimated", "估计", "估算"}, {"apportioned", "分摊", ""}};
    text t = cell_at(x, row, "basis");
    *ret = BOOK_REPORTED;
    if (!t.len) return true;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            if (names[i][k][0] && text_is(t, names[i][k])) {
                *ret = (book_basis)i;
                return true;
            }
    return err_fill_n(err, &MSG_INTAKE_UNKNOWN_BASIS, t.ptr, t.len, "metered(计量), reported(上报), estimated(估计), apportioned(分摊)") || err_in_field(err, "basis");
}

static bool read_row(reading *x, row_in *row, movement_in *in, heng_err *err)
{
    int32_t unit;
    in->row = row;
    in->ext_id = cell_at(x, row, "ext_id");
    in->group = cell_at(x, row, "group");
    in->m.row = row->number;
    return cell_party(x, row, "giver", &in->m.giver, err) && cell_party(x, row, "taker", &in->m.taker, err) && read_names(x, row, &in->m, &unit, err) &&
           cell_period(x, row, &in->m.when, err) && read_amount(x, row, unit, &in->m, err) && read_basis(x, row, &in->m.basis, err);
}

/* Rows of one group, in the order of its first row; a group with a refused row is refused whole. */
typedef struct group_in { movement_in *first, *last; size_t count; text key; bool is_refused; } group_in;

static group_in *group_of(reading *x, text_map *by_key, group_in **groups, size_t *count, size_t *max, text key)
{
    int64_t at;
    if (key.len && text_map_find(by_key, key, &at)) return &(*groups)[at];
    group_in *g = ARENA_PUSH(x->a, *groups, *count, *max);
    g->key = key;
    if (key.len) text_map_put(by_key, key, (int64_t)*count - 1);
    return g;
}

static void refuse_rest(reading *x, group_in *g)
{
    heng_err err = {0};
    err_fill_n(&err, &MSG_INTAKE_PARTLY_REFUSED, g->key.ptr, g->key.len, NULL);
    for (movement_in *m = g->first; m; m = m->next)
        if (!m->row->refused) refuse(x, m->row, &err);
}

static void group_add(group_in *g, movement_in *m)
{
    if (g->last) g->last->next = m;
    else g->first = m;
    g->last = m;
    g->count++;
}

bool read_movements(reading *x, heng_err *err)
{
    text_map by_key = {.a = x->a};
    group_in *groups = NULL;
    size_t count = 0, max = 0;
    movement_in *items = NEW_ARRAY(x->a, x->row_count, movement_in);
    heng_err why = {0}; /* large: cleared only after use */
    for (size_t i = 0; i < x->row_count; i++) {
        movement_in *in = &items[i];
        bool ok = read_row(x, &x->rows[i], in, &why);
        group_in *g = group_of(x, &by_key, &groups, &count, &max, in->group.len ? in->group : (text){0});
        group_add(g, in);
        if (ok) continue;
        g->is_refused = true;
        refuse(x, &x->rows[i], &why);
        err_clear(&why);
    }
    book_group *out = NEW_ARRAY(x->a, count + 1, book_group);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        group_in *g = &groups[i];
        if (g->is_refused) {
            refuse_rest(x, g);
            continue;
        }
        book_movement *m = g->count > 1 ? NEW_ARRAY(x->a, g->count, book_movement) : &g->first->m;
        size_t k = 0;
        for (const movement_in *in = g->first; in; in = in->next) {
            if (g->count > 1) m[k++] = in->m;
            in->row->item = (int64_t)kept;
        }
        out[kept++] = (book_group){.ext_id = g->first->ext_id.len ? g->first->ext_id : g->key, .movements = m, .count = g->count};
    }
    x->batch.groups = out;
    x->batch.group_count = kept;
    (void)err;
    return true;
}
