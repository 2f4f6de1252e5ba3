/* Dimensions: products of powers of the base dimensions, and how they are printed. */
#include "inside.h"

bool rule_dim_equal(rule_dim a, rule_dim b)
{
    return memcmp(a.exp, b.exp, sizeof a.exp) == 0;
}

/* a * b (sign 1) or a / b (sign -1); false when a power passes what is kept. */
bool dim_combine(rule_dim a, rule_dim b, int sign, rule_dim *ret)
{
    for (size_t i = 0; i < RULE_DIMS_MAX; i++) {
        int exp = a.exp[i] + sign * b.exp[i];
        if (exp < -100 || exp > 100) return false;
        ret->exp[i] = (int8_t)exp;
    }
    return true;
}

static bool one_dim(const rule_set *r, text name, int depth, rule_dim *ret);

static bool product(const rule_set *r, text t, int depth, rule_dim *ret)
{
    rule_dim out = {{0}};
    int sign = 1;
    size_t from = 0;
    for (size_t i = 0; i <= t.len; i++) {
        if (i < t.len && t.ptr[i] != '/' && t.ptr[i] != '*') continue;
        rule_dim one = {{0}};
        text name = text_trim((text){t.ptr + from, i - from});
        if (!one_dim(r, name, depth, &one) || !dim_combine(out, one, sign, &out)) return false;
        sign = i < t.len && t.ptr[i] == '/' ? -1 : 1;
        from = i + 1;
    }
    *ret = out;
    return true;
}

static bool one_dim(const rule_set *r, text name, int depth, rule_dim *ret)
{
    if (text_is(name, "1")) return true;
    for (const rule_derived_dimension *d = rule_derived_dimensions; d->id; d++)
        if (depth == 0 && text_is(name, d->id)) return product(r, text_of(d->product), 1, ret);
    for (size_t i = 0; i < r->index->dim_count; i++) {
        if (!text_equal(r->index->dim_ids[i], name)) continue;
        ret->exp[i] = 1;
        return true;
    }
    return false;
}

bool dim_parse(const rule_set *r, text t, rule_dim *ret)
{
    return product(r, t, 0, ret);
}

static void add_powers(text_buf *out, const rule_set *r, rule_dim d, int sign)
{
    for (size_t i = 0; i < r->index->dim_count; i++) {
        for (int n = d.exp[i] * sign; n > 0; n--) {
            if (out->len > 0) buf_char(out, sign > 0 ? '*' : '/');
            buf_add(out, r->index->dim_ids[i]);
        }
    }
}

text rule_dim_text(arena *a, const rule_set *r, rule_dim d)
{
    text_buf out = {.a = a};
    add_powers(&out, r, d, 1);
    if (out.len == 0) buf_char(&out, '1');
    add_powers(&out, r, d, -1);
    return buf_text(&out);
}
