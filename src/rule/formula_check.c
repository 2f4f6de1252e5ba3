/*
 * Judging formulas: dimensions from the leaves up, and circles among indicators.
 *
 * A number has its unit's dimension, an indicator that of its unit, stat and chain that of the statistic, emit a mass, other calls that of
 * their unit argument. Terms of a sum, and both sides of min and max, must agree; products and quotients add and take away powers.
 */
#include "inside.h"

#define NO_TEXT ((text){"", 0})

typedef struct inferring { arena *a; const rule_set *r; size_t *ret_at; heng_err *err; } inferring;

static bool fail(const inferring *x, int32_t at, const heng_message *m, text seen, text wanted, text other)
{
    *x->ret_at = (size_t)at;
    return err_fill(x->err, m, text_str(x->a, seen), text_str(x->a, wanted), text_str(x->a, other));
}

static bool dims_meet(const rule_set *r, const selector *s, int32_t unit)
{
    bool is_empty = true;
    int32_t tce = id_find(r, T_UNITS, TEXT("tce"));
    if (tce >= 0 && rule_dim_equal(r->units[tce].dim, r->units[unit].dim)) return true;
    for (size_t c = 0; c < r->commodity_count; c++) {
        if (!selector_match(r, s, (int32_t)c)) continue;
        is_empty = false;
        for (size_t u = 0; u < r->commodities[c].unit_count; u++)
            if (rule_dim_equal(r->units[r->commodities[c].units[u]].dim, r->units[unit].dim)) return true;
    }
    return is_empty; /* a tag that no commodity bears yet: a pack above may add one */
}

/* flow without a unit: the usual units of all commodities it means must have one dimension. */
static bool common_dim(const rule_set *r, const selector *s, rule_dim *ret)
{
    bool found = false;
    for (size_t c = 0; c < r->commodity_count; c++) {
        if (r->commodities[c].unit_count == 0 || !selector_match(r, s, (int32_t)c)) continue;
        rule_dim d = r->units[r->commodities[c].units[0]].dim;
        if (found && !rule_dim_equal(d, *ret)) return false;
        *ret = d;
        found = true;
    }
    return found;
}

static bool statistic_dim(const inferring *x, const formula_node *n, text id, rule_dim *ret)
{
    int32_t at = id_find(x->r, T_STATISTICS, id), unit = at >= 0 ? x->r->statistics[at].unit : RULE_NONE;
    if (unit < 0) return fail(x, n->at, &MSG_FORMULA_UNKNOWN_STATISTIC, id, NO_TEXT, NO_TEXT);
    *ret = x->r->units[unit].dim;
    return true;
}

/* A growth rate is a pure number. */
static bool check_growth(const inferring *x, const formula_node *n)
{
    rule_dim growth, none = {{0}};
    if (!statistic_dim(x, n, n->call->name2, &growth)) return false;
    return rule_dim_equal(growth, none) || fail(x, n->at, &MSG_FORMULA_TERMS, rule_dim_text(x->a, x->r, growth), TEXT("1"), NO_TEXT);
}

static bool indicator_dim(const inferring *x, const formula_node *n, int32_t at, rule_dim *ret)
{
    int32_t unit = x->r->indicators[at].unit;
    if (unit < 0) return fail(x, n->at, &MSG_FORMULA_UNKNOWN_INDICATOR, x->r->indicators[at].id, NO_TEXT, NO_TEXT);
    *ret = x->r->units[unit].dim;
    return true;
}

static bool mass_dim(const inferring *x, const formula_node *n, rule_dim *ret)
{
    return dim_parse(x->r, TEXT("mass"), ret) || fail(x, n->at, &MSG_FORMULA_NO_DIMENSION, NO_TEXT, TEXT("mass"), NO_TEXT);
}

static bool unit_dim(const inferring *x, const formula_node *n, rule_dim *ret)
{
    const formula_call *c = n->call;
    *ret = x->r->units[c->unit].dim;
    if (dims_meet(x->r, c->what, c->unit)) return true;
    return fail(x, n->at, &MSG_FORMULA_CALL_UNIT, x->r->units[c->unit].id, rule_dim_text(x->a, x->r, *ret), selector_text(x->a, c->what));
}

static bool emit_dim(const inferring *x, const formula_node *n, rule_dim *ret)
{
    int32_t unit = n->call->unit;
    if (!mass_dim(x, n, ret)) return false;
    if (unit < 0 || rule_dim_equal(x->r->units[unit].dim, *ret)) return true;
    return fail(x, n->at, &MSG_FORMULA_CALL_UNIT, x->r->units[unit].id, rule_dim_text(x->a, x->r, x->r->units[unit].dim), n->call->name);
}

static bool call_dim(const inferring *x, const formula_node *n, rule_dim *ret)
{
    const formula_call *c = n->call;
    int32_t at;
    switch (formula_function_find(c->function)->first) {
    case FIRST_STATISTIC: return statistic_dim(x, n, c->name, ret);
    case FIRST_LEVEL_GROWTH: return statistic_dim(x, n, c->name, ret) && check_growth(x, n);
    case FIRST_GAS: return emit_dim(x, n, ret);
    case FIRST_INDICATOR:
        at = id_find(x->r, T_INDICATORS, c->name);
        return indicator_dim(x, n, at, ret);
    case FIRST_SELECTOR: break;
    }
    if (c->unit >= 0) return unit_dim(x, n, ret);
    return common_dim(x->r, c->what, ret) || fail(x, n->at, &MSG_FORMULA_FLOW_UNIT, selector_text(x->a, c->what), NO_TEXT, NO_TEXT);
}

static bool infer(const inferring *x, formula_node *n);

static bool infer_pair(const inferring *x, formula_node *n)
{
    if (!infer(x, n->left) || !infer(x, n->right)) return false;
    rule_dim left = n->left->dim, right = n->right->dim;
    n->dim = left;
    if (n->op == F_MUL || n->op == F_DIV)
        return dim_combine(left, right, n->op == F_MUL ? 1 : -1, &n->dim) || fail(x, n->right->at, &MSG_FORMULA_POWER, NO_TEXT, NO_TEXT, NO_TEXT);
    if (rule_dim_equal(left, right)) return true;
    return fail(x, n->right->at, &MSG_FORMULA_TERMS, rule_dim_text(x->a, x->r, right), rule_dim_text(x->a, x->r, left), NO_TEXT);
}

static bool infer(const inferring *x, formula_node *n)
{
    switch (n->op) {
    case F_NUMBER:
        if (n->unit >= 0) n->dim = x->r->units[n->unit].dim;
        return true;
    case F_INDICATOR: return indicator_dim(x, n, n->indicator, &n->dim);
    case F_CALL: return call_dim(x, n, &n->dim);
    case F_NEG:
        if (!infer(x, n->left)) return false;
        n->dim = n->left->dim;
        return true;
    default: return infer_pair(x, n);
    }
}

bool formula_infer(arena *a, const rule_set *r, formula_node *n, text written, size_t *ret_at, heng_err *err)
{
    (void)written;
    return infer(&(inferring){a, r, ret_at, err}, n);
}

/* ---- the formulas of a pack ---- */

static void formula_fault(builder *b, const rule_row *row, const char *column, heng_err *err)
{
    arena scratch = {0};
    err_in_file(err, text_str(&scratch, row->file));
    err_at_row(err, row->line);
    err_in_field(err, column);
    arena_free(&scratch);
    fault_add(b, err);
}

/* "yes" and empty mean a formula stands; "no" means none, with the reason. */
static bool has_formula(builder *b, const rule_indicator *x)
{
    bool is_no = text_is(row_text(x->row, T_INDICATORS, "expressible"), "no");
    if (is_no && x->formula_text.len > 0) row_fault(b, x->row, "formula", &MSG_RULE_FORMULA_TOO, NO_TEXT, NO_TEXT, NO_TEXT);
    if (x->formula_text.len == 0 && (!is_no || x->reason.len == 0))
        row_fault(b, x->row, is_no ? "reason" : "formula", &MSG_RULE_NO_FORMULA, NO_TEXT, NO_TEXT, NO_TEXT);
    return !is_no && x->formula_text.len > 0;
}

void formulas_build(builder *b)
{
    rule_indicator *items = (rule_indicator *)(uintptr_t)b->set->indicators;
    for (size_t i = 0; i < b->set->indicator_count; i++) {
        heng_err err = {0};
        if (!has_formula(b, &items[i])) continue;
        if (!formula_parse(b->a, b->set, items[i].formula_text, items[i].unit, &items[i].formula, &err))
            formula_fault(b, items[i].row, "formula", &err);
    }
}

typedef struct walk { builder *b; uint8_t *state; int32_t *path; size_t length; } walk;

static void cycle_fault(walk *w, int32_t back_to)
{
    text_buf path = {.a = w->b->a};
    size_t from = w->length;
    while (from > 0 && w->path[from - 1] != back_to) from--;
    for (size_t i = from ? from - 1 : 0; i < w->length; i++) {
        buf_add(&path, w->b->set->indicators[w->path[i]].id);
        buf_str(&path, " > ");
    }
    buf_add(&path, w->b->set->indicators[back_to].id);
    row_fault(w->b, w->b->set->indicators[back_to].row, "formula", &MSG_FORMULA_CYCLE, buf_text(&path), NO_TEXT, NO_TEXT);
}

/* Depth first; deeper than FORMULA_DEPTH_MAX indicators of indicators is refused, since evaluation recurses the same way. */
static void visit(walk *w, int32_t at)
{
    const formula *f = w->b->set->indicators[at].formula;
    if (w->length == FORMULA_DEPTH_MAX) {
        row_fault(w->b, w->b->set->indicators[at].row, "formula", &MSG_FORMULA_TOO_DEEP, NO_TEXT, TEXT("64"), NO_TEXT);
        w->state[at] = 2;
        return;
    }
    w->state[at] = 1;
    w->path[w->length++] = at;
    for (size_t i = 0; f && i < f->use_count; i++) {
        int32_t next = f->uses[i];
        if (w->state[next] == 1) cycle_fault(w, next);
        else if (w->state[next] == 0) visit(w, next);
    }
    w->length--;
    w->state[at] = 2;
}

static void check_cycles(builder *b)
{
    int32_t path[FORMULA_DEPTH_MAX];
    walk w = {.b = b, .state = NEW_ARRAY(b->a, b->set->indicator_count, uint8_t), .path = path};
    for (size_t i = 0; i < b->set->indicator_count; i++)
        if (w.state[i] == 0) visit(&w, (int32_t)i);
}

static void check_reconcile(builder *b)
{
    static const char *const COLUMNS[] = {"published", "computed"};
    const rule_table_rows *t = &b->index->tables[T_RECONCILE];
    for (size_t i = 0; i < t->count; i++) {
        for (size_t c = 0; c < 2; c++) {
            heng_err err = {0};
            const formula *f;
            text written = row_text(t->rows[i], T_RECONCILE, COLUMNS[c]);
            if (written.len > 0 && !formula_parse(b->a, b->set, written, RULE_NONE, &f, &err)) formula_fault(b, t->rows[i], COLUMNS[c], &err);
        }
    }
}

void check_formulas(builder *b)
{
    check_cycles(b);
    check_reconcile(b);
}
