/*
 * Virtual channels: a formula over the exact amounts of other channels in the same period.
 *
 *   sum   = term {(+|-) term}      term = factor {(*|/) factor}      factor = number | code | "code" | ( sum ) | - factor
 *
 * A code ends at a blank, an operator or a bracket, except that '/' inside a code that exists is part of it: M001/kwh is a channel when one has that code,
 * a quotient otherwise. Codes with - + * in them are written in quotes. A channel without data makes the whole missing, and is counted; so does a
 * division by zero. Example: PUE of a data centre = "DC/total" / "DC/it".
 */
#include "inside.h"

enum { DEPTH_MAX = 16, NESTING_MAX = 64, FORMULA_CHARS_MAX = 4096 };

typedef struct reader {
    meter_book *m;
    arena *a;
    text t;
    size_t at;
    period when;
    int64_t known_us;
    int deep, nesting;
    int64_t missing, incomplete;
    bool is_open;
    heng_err *err;
} reader;

static bool sum_read(reader *r, const rat **ret);

static bool bad(reader *r, const char *wanted)
{
    char place[24];
    snprintf(place, sizeof place, "%zu", text_chars((text){r->t.ptr, r->at}) + 1);
    return err_fill(r->err, &MSG_METER_FORMULA_BAD, text_str(r->a, r->t), wanted, place);
}

static char peek(reader *r)
{
    while (r->at < r->t.len && (r->t.ptr[r->at] == ' ' || r->t.ptr[r->at] == '\t')) r->at++;
    return r->at < r->t.len ? r->t.ptr[r->at] : 0;
}

static bool channel_value(reader *r, text code, const rat **ret)
{
    int64_t id;
    meter_value v = {0};
    if (!text_map_find(&r->m->codes, code, &id)) return meter_channel_want(r->m, code, &(int32_t){0}, r->err);
    if (!value_run(r->m, r->a, r->m->channels[id], r->when, r->known_us, r->deep + 1, &v, r->err)) return false;
    r->missing += v.amount ? 0 : v.missing ? v.missing : 1;
    r->incomplete += v.incomplete;
    r->is_open |= v.is_open;
    *ret = v.amount;
    return true;
}

static bool ends_code(char c) { return strchr(" \t+-*()\"", c) != NULL; }

/* The longest code from here that exists; else up to the next '/'. */
static text code_at(const reader *r)
{
    size_t end = r->at;
    int64_t id;
    while (end < r->t.len && !ends_code(r->t.ptr[end])) end++;
    for (size_t k = end; k > r->at; k--) {
        if (k < end && r->t.ptr[k] != '/') continue;
        if (text_map_find(&r->m->codes, (text){r->t.ptr + r->at, k - r->at}, &id)) return (text){r->t.ptr + r->at, k - r->at};
    }
    return (text){r->t.ptr + r->at, end - r->at};
}

static bool quoted_read(reader *r, const rat **ret)
{
    size_t begin = ++r->at;
    while (r->at < r->t.len && r->t.ptr[r->at] != '"') r->at++;
    if (r->at >= r->t.len) return bad(r, "\"");
    text code = {r->t.ptr + begin, r->at++ - begin};
    return channel_value(r, code, ret);
}

static bool number_read(reader *r, const rat **ret)
{
    size_t begin = r->at;
    while (r->at < r->t.len && (strchr("0123456789.", r->t.ptr[r->at]) != NULL)) r->at++;
    heng_err ignored = {0};
    return rat_parse(r->a, (text){r->t.ptr + begin, r->at - begin}, ret, &ignored) || bad(r, "0..9");
}

static bool factor_read(reader *r, const rat **ret)
{
    char c = peek(r);
    int64_t id;
    if (r->nesting >= NESTING_MAX) return bad(r, "<= 64 ( )");
    r->nesting++;
    bool ok;
    text code = c ? code_at(r) : TEXT("");
    if (c == '-') ok = (r->at++, factor_read(r, ret)), *ret = ok && *ret ? rat_neg(r->a, *ret) : NULL;
    else if (c == '(') {
        r->at++;
        ok = sum_read(r, ret) && (peek(r) == ')' || bad(r, ")"));
        r->at++;
    } else if (c == '"') ok = quoted_read(r, ret);
    else if (c >= '0' && c <= '9' && !text_map_find(&r->m->codes, code, &id)) ok = number_read(r, ret);
    else if (code.len) r->at += code.len, ok = channel_value(r, code, ret);
    else ok = bad(r, "M001/kwh, 0..9, (");
    r->nesting--;
    return ok;
}

static bool term_read(reader *r, const rat **ret)
{
    if (!factor_read(r, ret)) return false;
    for (char c = peek(r); c == '*' || c == '/'; c = peek(r)) {
        const rat *x = NULL;
        r->at++;
        if (!factor_read(r, &x)) return false;
        if (!*ret || !x) *ret = NULL;
        else if (c == '*') *ret = rat_mul(r->a, *ret, x);
        else if (rat_sign(x) == 0) *ret = NULL, r->missing++;
        else if (!rat_div(r->a, *ret, x, ret, r->err)) return false;
    }
    return true;
}

static bool sum_read(reader *r, const rat **ret)
{
    *ret = NULL;
    if (!term_read(r, ret)) return false;
    for (char c = peek(r); c == '+' || c == '-'; c = peek(r)) {
        const rat *x = NULL;
        r->at++;
        if (!term_read(r, &x)) return false;
        if (!*ret || !x) *ret = NULL;
        else *ret = c == '+' ? rat_add(r->a, *ret, x) : rat_sub(r->a, *ret, x);
    }
    return true;
}

static bool formula_run(meter_book *m, arena *a, text t, period when, int64_t known_us, int deep, meter_value *ret, heng_err *err)
{
    reader r = {.m = m, .a = a, .t = t, .when = when, .known_us = known_us, .deep = deep, .err = err};
    const rat *v = NULL;
    if (t.len > FORMULA_CHARS_MAX) return bad(&r, "<= 4096 bytes");
    if (!sum_read(&r, &v)) return false;
    if (peek(&r)) return bad(&r, "+ - * /");
    *ret = (meter_value){v, r.missing, r.incomplete, r.is_open};
    return true;
}

bool value_run(meter_book *m, arena *a, channel *ch, period when, int64_t known_us, int deep, meter_value *ret, heng_err *err)
{
    const meter_channel *c = channel_newest(ch);
    meter_table t;
    if (deep > DEPTH_MAX) return err_fill(err, &MSG_METER_FORMULA_DEEP, text_str(a, ch->code), "16", NULL);
    if (c->formula.len) return formula_run(m, a, c->formula, when, known_us, deep, ret, err);
    bool by_day = ch->state_count > 1; /* the multiplier may change in the period */
    if (!sums_run(m, &m->scratch, &ch->id, 1, when, by_day ? METER_BY_DAY : METER_WHOLE, METER_EACH, known_us, &t, err)) return false;
    *ret = (meter_value){0};
    int64_t count = 0, expected = 0;
    for (size_t i = 0; i < t.steps; i++) {
        const meter_cell *cell = &t.cells[i];
        count += cell->count, expected += cell->expected;
        const meter_channel *s = by_day ? channel_state(ch, zone_day_of(ch->clock->zone, t.start_us[i])) : c;
        ret->is_open |= cell->is_open;
        if ((cell->count == 0 && cell->sum == 0) || !s) continue;
        const rat *v = meter_amount(a, s, cell->sum);
        ret->amount = ret->amount ? rat_add(a, ret->amount, v) : v;
    }
    ret->missing = ret->amount ? 0 : 1;
    ret->incomplete = ret->amount && count < expected;
    return true;
}

bool meter_value_of(meter_book *m, arena *a, int32_t id, period when, int64_t known_us, meter_value *ret, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    channel *ch = channel_by_id(m, id, err);
    bool ok = ch && value_run(m, a, ch, when, known_us, 0, ret, err);
    meter_leave(m);
    return ok;
}

bool meter_formula(meter_book *m, arena *a, text t, period when, int64_t known_us, meter_value *ret, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    bool ok = formula_run(m, a, t, when, known_us, 0, ret, err);
    meter_leave(m);
    return ok;
}
