/*
 * Evaluating formulas in exact rationals.
 *
 * Values are kept in base units (g, J, m3, s, yuan, ...). A missing value stays missing through every operation, with the list of all that is
 * missing; division by zero is a missing value too. Explanations follow exactly from node to node: a leaf comes from the source in the
 * unit the source chose, and where that is not the base unit a PRODUCT of the leaf and a FACTOR ("J per tce") carries it there; the root
 * is carried into the formula's unit the same way. So why->unit names the unit of why->value, while value is always in base units.
 */
#include "inside.h"

typedef struct evaluating { arena *a; const rule_set *r; const formula *f; const formula_source *source; heng_err *err; } evaluating;

static bool eval(const evaluating *x, const formula_node *n, formula_value *ret);

/* The unit of size 1, else the dimension written out. */
static text base_unit(const evaluating *x, rule_dim d)
{
    rule_dim none = {{0}};
    if (rule_dim_equal(d, none)) return (text){"", 0};
    for (size_t i = 0; i < x->r->unit_count; i++)
        if (rule_dim_equal(x->r->units[i].dim, d) && rat_equal(x->r->units[i].factor, rat_int(x->a, 1))) return x->r->units[i].id;
    return rule_dim_text(x->a, x->r, d);
}

static text written(const evaluating *x, const formula_node *n)
{
    return text_trim((text){x->f->written.ptr + n->at, (size_t)(n->end - n->at)});
}

/* why * factor, in another unit of the same dimension. */
static why_node *carry(const evaluating *x, why_node *why, const rat *factor, text unit, text factor_label)
{
    why_node *product = why_new(x->a, WHY_PRODUCT, why->label_zh, why->label_en, rat_mul(x->a, why->value, factor), unit);
    why_add(product, why);
    why_add(product, why_new(x->a, WHY_FACTOR, factor_label, factor_label, factor, (text){"", 0}));
    return product;
}

static text ratio_label(const evaluating *x, text to, text from)
{
    return text_of(arena_printf(x->a, "%.*s/%.*s", TEXT_FMT(to), TEXT_FMT(from)));
}

static why_node *to_base(const evaluating *x, why_node *why, rule_dim dim)
{
    if (!why || !why->value || why->unit.len == 0) return why;
    int32_t unit = id_find(x->r, T_UNITS, why->unit);
    if (unit < 0 || rat_equal(x->r->units[unit].factor, rat_int(x->a, 1))) return why;
    text base = base_unit(x, dim);
    return carry(x, why, x->r->units[unit].factor, base, ratio_label(x, base, why->unit));
}

static why_node *in_unit(const evaluating *x, why_node *why, int32_t unit)
{
    const rat *factor;
    heng_err err = {0};
    if (!why || !why->value || unit < 0 || rat_equal(x->r->units[unit].factor, rat_int(x->a, 1))) return why;
    if (!rat_div(x->a, rat_int(x->a, 1), x->r->units[unit].factor, &factor, &err)) return why;
    return carry(x, why, factor, x->r->units[unit].id, ratio_label(x, x->r->units[unit].id, why->unit));
}

static void add_missing(const evaluating *x, formula_value *v, const text *more, size_t count)
{
    text *all = NEW_ARRAY(x->a, v->missing_count + count, text);
    size_t n = v->missing_count;
    for (size_t i = 0; i < n; i++) all[i] = v->missing[i];
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;
        for (size_t k = 0; k < n; k++) is_there = is_there || text_equal(all[k], more[i]);
        if (!is_there) all[n++] = more[i];
    }
    v->missing = all;
    v->missing_count = n;
}

static why_node *missing_why(const evaluating *x, const formula_value *v, text label)
{
    if (!x->source->want_why) return NULL;
    text what = v->missing_count > 0 ? v->missing[0] : label;
    return why_new(x->a, WHY_MISSING, what, what, NULL, (text){"", 0});
}

static bool eval_number(const evaluating *x, const formula_node *n, formula_value *ret)
{
    *ret = (formula_value){.value = n->number, .dim = n->dim};
    if (x->source->want_why) {
        text unit = n->unit >= 0 ? x->r->units[n->unit].id : (text){"", 0}, label = written(x, n);
        ret->why = to_base(x, why_new(x->a, WHY_FACTOR, label, label, n->written, unit), n->dim);
    }
    return true;
}

static bool eval_asked(const evaluating *x, const formula_node *n, formula_value *ret)
{
    const formula_source *s = x->source;
    *ret = (formula_value){0};
    bool ok = n->op == F_CALL ? s->call(s->context, n->call, n->when, x->a, ret, x->err) : s->indicator(s->context, n->indicator, n->when, x->a, ret, x->err);
    if (!ok) return false;
    ret->dim = n->dim;
    if (!ret->value && ret->missing_count == 0) {
        text *what = NEW(x->a, text);
        *what = written(x, n);
        ret->missing = what;
        ret->missing_count = 1;
    }
    if (!s->want_why) return true;
    if (!ret->why) ret->why = ret->value ? why_new(x->a, WHY_OBSERVED, written(x, n), written(x, n), ret->value, base_unit(x, n->dim)) : missing_why(x, ret, written(x, n));
    if (n->op == F_INDICATOR && ret->why->value) {
        why_node *same = why_new(x->a, WHY_SAME, ret->why->label_zh, ret->why->label_en, ret->why->value, ret->why->unit);
        why_add(same, ret->why);
        ret->why = same;
    }
    ret->why = to_base(x, ret->why, n->dim);
    return true;
}

static why_kind kind_of(formula_op op)
{
    switch (op) {
    case F_ADD: return WHY_SUM;
    case F_SUB: return WHY_DIFFERENCE;
    case F_MUL: return WHY_PRODUCT;
    case F_DIV: return WHY_QUOTIENT;
    case F_NEG: return WHY_NEGATE;
    default: return WHY_FORMULA; /* min, max: follows by its text */
    }
}

static void explain(const evaluating *x, const formula_node *n, const formula_value *left, const formula_value *right, formula_value *ret)
{
    if (!x->source->want_why) return;
    text label = written(x, n);
    ret->why = why_new(x->a, kind_of(n->op), label, label, ret->value, base_unit(x, n->dim));
    ret->why->detail = label;
    if (left->why) why_add(ret->why, left->why);
    if (right && right->why) why_add(ret->why, right->why);
}

static void divide(const evaluating *x, const formula_node *n, const rat *above, const rat *below, formula_value *ret)
{
    heng_err err = {0};
    if (rat_div(x->a, above, below, &ret->value, &err)) return;
    text what = written(x, n->right);
    text missing = text_of(arena_printf(x->a, "divide by zero: %.*s", TEXT_FMT(what)));
    ret->value = NULL;
    add_missing(x, ret, &missing, 1);
}

static void compute(const evaluating *x, const formula_node *n, const rat *l, const rat *r, formula_value *ret)
{
    switch (n->op) {
    case F_ADD: ret->value = rat_add(x->a, l, r); break;
    case F_SUB: ret->value = rat_sub(x->a, l, r); break;
    case F_MUL: ret->value = rat_mul(x->a, l, r); break;
    case F_DIV: divide(x, n, l, r, ret); break;
    case F_MIN: ret->value = rat_compare(l, r) <= 0 ? l : r; break;
    case F_MAX: ret->value = rat_compare(l, r) >= 0 ? l : r; break;
    default: break;
    }
}

static bool eval_pair(const evaluating *x, const formula_node *n, formula_value *ret)
{
    formula_value left, right;
    if (!eval(x, n->left, &left) || !eval(x, n->right, &right)) return false;
    *ret = (formula_value){.dim = n->dim, .is_flagged = left.is_flagged || right.is_flagged};
    if (left.value && right.value) compute(x, n, left.value, right.value, ret);
    if (left.missing_count > 0) add_missing(x, ret, left.missing, left.missing_count);
    if (right.missing_count > 0) add_missing(x, ret, right.missing, right.missing_count);
    explain(x, n, &left, &right, ret);
    return true;
}

static bool eval_negative(const evaluating *x, const formula_node *n, formula_value *ret)
{
    formula_value inner;
    if (!eval(x, n->left, &inner)) return false;
    *ret = inner;
    ret->value = inner.value ? rat_neg(x->a, inner.value) : NULL;
    explain(x, n, &inner, NULL, ret);
    return true;
}

static bool eval(const evaluating *x, const formula_node *n, formula_value *ret)
{
    switch (n->op) {
    case F_NUMBER: return eval_number(x, n, ret);
    case F_INDICATOR:
    case F_CALL: return eval_asked(x, n, ret);
    case F_NEG: return eval_negative(x, n, ret);
    default: return eval_pair(x, n, ret);
    }
}

bool formula_eval(arena *a, const rule_set *r, const formula *f, const formula_source *source, formula_value *ret, heng_err *err)
{
    evaluating x = {a, r, f, source, err};
    formula_value v;
    if (!eval(&x, f->root, &v)) return false;
    v.why = in_unit(&x, v.why, f->unit);
    *ret = v;
    return true;
}

const rat *formula_in_unit(arena *a, const rule_set *r, const formula_value *v, int32_t unit)
{
    const rat *out;
    heng_err err = {0};
    if (!v->value || unit < 0 || (size_t)unit >= r->unit_count || !rule_dim_equal(v->dim, r->units[unit].dim)) return NULL;
    return rat_div(a, v->value, r->units[unit].factor, &out, &err) ? out : NULL;
}
