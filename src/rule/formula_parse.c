/*
 * Reading formulas: recursive descent with a bounded depth, by the grammar of docs/rulebook.md.
 *
 * Names are looked up while reading, so that every error has its character. Arguments of a function are cut at commas first: a selector and a
 * unit (which may hold a slash: tce/1e4yuan) are read by their own rules. Ids and names count as they are written; nothing is folded here.
 */
#include "inside.h"

typedef struct parsing {
    arena *a; const rule_set *r;
    text t; size_t at;
    size_t fault_at;
    int depth;
    size_t use_count, use_max; int32_t *uses;
    heng_err *err;
} parsing;

const formula_function formula_functions[] = {
    {"use", FIRST_SELECTOR, true, true, {{"sector", 's', NULL, false}, {"role", 'r', NULL, false},
        {"part", 'w', "final nonenergy loss transform_in transform_out", false}, {"basis", 'w', "calorific coal_equal", false}}},
    {"supply", FIRST_SELECTOR, true, true, {{"part", 'w', "production import export stock", false}, {"basis", 'w', "calorific coal_equal", false}}},
    {"flow", FIRST_SELECTOR, true, false, {{"kind", 'k', NULL, true}, {"from", 'e', NULL, false}, {"to", 'e', NULL, false},
        {"basis", 'w', "metered reported estimated apportioned", false}}},
    {"emit", FIRST_GAS, true, false, {{"sector", 's', NULL, false}, {"fuel", 'f', NULL, false},
        {"part", 'w', "fuel process electricity heat energy", false}}},
    {"stat", FIRST_STATISTIC, false, false, {{"item", 't', NULL, false}}},
    {"chain", FIRST_LEVEL_GROWTH, false, false, {{"base", 'y', NULL, true}}},
    {"holding", FIRST_SELECTOR, true, true, {{NULL, 0, NULL, false}}},
    {"total", FIRST_INDICATOR, false, false, {{"from", 'b', NULL, true}}},
    {NULL, FIRST_SELECTOR, false, false, {{NULL, 0, NULL, false}}},
};

const formula_function *formula_function_find(text name)
{
    for (const formula_function *f = formula_functions; f->name; f++)
        if (text_is(name, f->name)) return f;
    return NULL;
}

text formula_arg_get(const formula_call *c, const char *key)
{
    for (size_t i = 0; i < c->arg_count; i++)
        if (text_is(c->args[i].key, key)) return c->args[i].value;
    return (text){"", 0};
}

static bool fail(parsing *p, size_t at, const heng_message *m, text seen, text wanted, text other)
{
    p->fault_at = at;
    return err_fill(p->err, m, text_str(p->a, seen), text_str(p->a, wanted), text_str(p->a, other));
}
#define NO_TEXT ((text){"", 0})

/* ---- letters ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_name_first(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80; }
static bool is_name_byte(char c) { return is_name_first(c) || is_digit(c); }

static void skip_blanks(parsing *p)
{
    while (p->at < p->t.len && is_blank(p->t.ptr[p->at])) p->at++;
}

static char peek(parsing *p)
{
    skip_blanks(p);
    return p->at < p->t.len ? p->t.ptr[p->at] : 0;
}

/* The word or sign at a place, for an error. */
static text seen_at(const parsing *p, size_t at)
{
    size_t end = at;
    while (end < p->t.len && is_name_byte(p->t.ptr[end])) end++;
    if (end == at && at < p->t.len) end++;
    return (text){p->t.ptr + at, end - at};
}

static bool want_sign(parsing *p, char sign)
{
    char wanted[2] = {sign, 0};
    if (peek(p) == sign) {
        p->at++;
        return true;
    }
    if (p->at >= p->t.len) return fail(p, p->at, &MSG_FORMULA_ENDS, NO_TEXT, text_of(wanted), NO_TEXT);
    return fail(p, p->at, &MSG_FORMULA_WANTED, seen_at(p, p->at), text_of(wanted), NO_TEXT);
}

static text read_name(parsing *p)
{
    size_t from = p->at;
    while (p->at < p->t.len && is_name_byte(p->t.ptr[p->at])) p->at++;
    return (text){p->t.ptr + from, p->at - from};
}

static formula_node *new_node(parsing *p, formula_op op, size_t at, formula_node *left, formula_node *right)
{
    formula_node *n = NEW(p->a, formula_node);
    *n = (formula_node){.op = op, .at = (int32_t)at, .end = (int32_t)p->at, .unit = RULE_NONE, .indicator = RULE_NONE, .left = left, .right = right};
    return n;
}

static bool parse_sum(parsing *p, formula_node **ret);

/* ---- numbers ---- */

/* "45", "0.5", "1e4": an exponent only where digits follow, so that "3 e" stays a name. */
static text read_digits(parsing *p)
{
    size_t from = p->at;
    while (p->at < p->t.len && (is_digit(p->t.ptr[p->at]) || p->t.ptr[p->at] == '.')) p->at++;
    size_t e = p->at;
    if (e < p->t.len && (p->t.ptr[e] == 'e' || p->t.ptr[e] == 'E')) {
        e++;
        if (e < p->t.len && (p->t.ptr[e] == '-' || p->t.ptr[e] == '+')) e++;
        if (e < p->t.len && is_digit(p->t.ptr[e])) {
            while (e < p->t.len && is_digit(p->t.ptr[e])) e++;
            p->at = e;
        }
    }
    return (text){p->t.ptr + from, p->at - from};
}

static bool ends_unit(char c, bool slash_ends)
{
    return is_blank(c) || c == 0 || strchr("+-*()[],", c) || (slash_ends && c == '/');
}

static int32_t unit_upto(parsing *p, bool slash_ends, size_t *ret_end)
{
    size_t end = p->at;
    while (end < p->t.len && !ends_unit(p->t.ptr[end], slash_ends)) end++;
    *ret_end = end;
    return end > p->at ? exact_find(p->r, T_UNITS, (text){p->t.ptr + p->at, end - p->at}) : RULE_NONE;
}

/* The unit after a number: the longest of "kgce/m2" and "kgce" that there is. A letter that starts no unit is an error. */
static bool parse_number_unit(parsing *p, int32_t *ret)
{
    size_t end;
    char c = peek(p);
    *ret = RULE_NONE;
    if (!is_name_first(c) && c != '%') return true;
    *ret = unit_upto(p, false, &end);
    if (*ret < 0) *ret = unit_upto(p, true, &end);
    if (*ret < 0) {
        text seen = {p->t.ptr + p->at, end - p->at};
        return fail(p, p->at, &MSG_RULE_UNKNOWN_UNIT, seen, names_near(p->a, p->r, T_UNITS, seen), NO_TEXT);
    }
    p->at = end;
    return true;
}

static bool parse_number(parsing *p, formula_node **ret)
{
    size_t from = p->at;
    text digits = read_digits(p);
    int32_t unit;
    const rat *value;
    if (!number_ok(digits) || !rat_parse(p->a, digits, &value, p->err)) return fail(p, from, &MSG_RULE_NUMBER, digits, NO_TEXT, NO_TEXT);
    if (!parse_number_unit(p, &unit)) return false;
    formula_node *n = new_node(p, F_NUMBER, from, NULL, NULL);
    n->unit = unit;
    n->written = value;
    n->number = unit >= 0 ? rat_mul(p->a, value, p->r->units[unit].factor) : value;
    *ret = n;
    return true;
}

/* ---- calls ---- */

typedef struct piece { size_t at, end; } piece;

/* The next argument, up to a comma or the closing bracket of the call; quotes and brackets inside are passed over. */
static bool cut_argument(parsing *p, piece *ret, bool *ret_is_last)
{
    int depth = 0;
    bool quoted = false;
    skip_blanks(p);
    ret->at = p->at;
    for (; p->at < p->t.len; p->at++) {
        char c = p->t.ptr[p->at];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') depth++;
        if ((c == ')' || c == ',') && depth == 0) break;
        if (c == ')') depth--;
    }
    if (p->at >= p->t.len) return fail(p, p->at, &MSG_FORMULA_ENDS, NO_TEXT, quoted ? TEXT("\"") : TEXT(")"), NO_TEXT);
    *ret_is_last = p->t.ptr[p->at] == ')';
    ret->end = p->at++;
    while (ret->end > ret->at && is_blank(p->t.ptr[ret->end - 1])) ret->end--;
    return true;
}

static text piece_text(const parsing *p, piece x)
{
    return (text){p->t.ptr + x.at, x.end - x.at};
}

/* "key = value": the key's length, 0 when the argument has no key. */
static size_t key_length(text t)
{
    size_t len = 0;
    while (len < t.len && is_name_byte(t.ptr[len])) len++;
    size_t at = len;
    while (at < t.len && is_blank(t.ptr[at])) at++;
    return at < t.len && t.ptr[at] == '=' ? len : 0;
}

static text key_names(parsing *p, const formula_function *f)
{
    text_buf out = {.a = p->a};
    for (size_t i = 0; i < 6 && f->keys[i].key; i++) buf_printf(&out, i > 0 ? ", %s" : "%s", f->keys[i].key);
    if (out.len == 0) buf_char(&out, '-');
    return buf_text(&out);
}

static bool is_year(text t)
{
    bool ok;
    int64_t year = text_to_i64(t, &ok);
    return ok && t.len == 4 && year >= 1900 && year <= 2999;
}

static bool word_in(text word, const char *words)
{
    for (text rest = text_of(words); rest.len > 0;)
        if (text_equal(text_next(&rest, ' '), word)) return true;
    return false;
}

static bool check_value(parsing *p, const formula_function_key *key, text value, size_t at)
{
    const rule_set *r = p->r;
    const selector *s;
    size_t inner;
    bool ok = true;
    text takes = text_of(key->words);
    switch (key->type) {
    case 's': ok = exact_find(r, T_SECTORS, value) >= 0; takes = ok ? takes : names_near(p->a, r, T_SECTORS, value); break;
    case 'r': ok = exact_find(r, T_ROLES, value) >= 0; takes = ok ? takes : names_near(p->a, r, T_ROLES, value); break;
    case 'k': ok = exact_find(r, T_KINDS, value) >= 0; takes = ok ? takes : names_near(p->a, r, T_KINDS, value); break;
    case 'e':
        ok = exact_find(r, T_PARTY_CLASSES, value) >= 0 || exact_find(r, T_ROLES, value) >= 0;
        takes = ok ? takes : names_near(p->a, r, T_PARTY_CLASSES, value);
        break;
    case 'w': ok = word_in(value, key->words); break;
    case 'y': ok = is_year(value); takes = TEXT("2020"); break;
    case 'b': ok = is_year(value) || text_is(value, "base"); takes = TEXT("base, 2020"); break;
    case 'f':
        if (selector_parse(p->a, r, value, &inner, &s, p->err)) return true;
        p->fault_at = at + inner;
        return false;
    default: ok = value.len > 0; break;
    }
    return ok || fail(p, at, &MSG_FORMULA_VALUE, value, text_of(key->key), takes);
}

static bool parse_key(parsing *p, const formula_function *f, piece x, formula_call *c)
{
    text whole = piece_text(p, x);
    text key = {whole.ptr, key_length(whole)};
    const formula_function_key *k = NULL;
    for (size_t i = 0; i < 6 && f->keys[i].key; i++)
        if (text_is(key, f->keys[i].key)) k = &f->keys[i];
    if (!k) return fail(p, x.at, &MSG_FORMULA_UNKNOWN_KEY, key, key_names(p, f), NO_TEXT);
    for (size_t i = 0; i < c->arg_count; i++)
        if (text_equal(c->args[i].key, key)) return fail(p, x.at, &MSG_FORMULA_KEY_TWICE, key, NO_TEXT, NO_TEXT);
    text value = {whole.ptr + key.len, whole.len - key.len};
    while (value.len > 0 && (is_blank(*value.ptr) || *value.ptr == '=')) value = (text){value.ptr + 1, value.len - 1};
    size_t at = (size_t)(value.ptr - p->t.ptr);
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') value = (text){value.ptr + 1, value.len - 2};
    if (!check_value(p, k, value, at)) return false;
    c->args[c->arg_count++] = (formula_arg){key, value}; /* at most one per key of the function, below FORMULA_ARGS_MAX */
    return true;
}

static bool want_statistic(parsing *p, piece x, text *ret)
{
    text t = piece_text(p, x);
    int32_t at = exact_find(p->r, T_STATISTICS, t);
    if (at < 0) return fail(p, x.at, &MSG_FORMULA_UNKNOWN_STATISTIC, t, names_near(p->a, p->r, T_STATISTICS, t), NO_TEXT);
    *ret = p->r->statistics[at].id;
    return true;
}

static void add_use(parsing *p, int32_t indicator)
{
    *ARENA_PUSH(p->a, p->uses, p->use_count, p->use_max) = indicator;
}

static bool want_indicator(parsing *p, size_t at, text t, int32_t *ret)
{
    *ret = exact_find(p->r, T_INDICATORS, t);
    if (*ret < 0) return fail(p, at, &MSG_FORMULA_UNKNOWN_INDICATOR, t, names_near(p->a, p->r, T_INDICATORS, t), NO_TEXT);
    add_use(p, *ret);
    return true;
}

static bool parse_first(parsing *p, const formula_function *f, piece x, formula_call *c)
{
    size_t inner;
    int32_t indicator;
    text t = piece_text(p, x);
    switch (f->first) {
    case FIRST_SELECTOR:
        if (selector_parse(p->a, p->r, t, &inner, &c->what, p->err)) return true;
        p->fault_at = x.at + inner;
        return false;
    case FIRST_GAS:
        if (t.len == 0) return fail(p, x.at, &MSG_FORMULA_ARGUMENT_MISSING, c->function, TEXT("co2e"), NO_TEXT);
        c->name = t;
        return true;
    case FIRST_STATISTIC:
    case FIRST_LEVEL_GROWTH: return want_statistic(p, x, &c->name);
    case FIRST_INDICATOR:
        if (!want_indicator(p, x.at, t, &indicator)) return false;
        c->name = p->r->indicators[indicator].id;
        return true;
    }
    return false;
}

static bool parse_place(parsing *p, const formula_function *f, size_t n, piece x, formula_call *c)
{
    text t = piece_text(p, x);
    if (n == 0) return parse_first(p, f, x, c);
    if (n == 1 && f->first == FIRST_LEVEL_GROWTH) return want_statistic(p, x, &c->name2);
    if (n != 1 || !f->takes_unit) return fail(p, x.at, &MSG_FORMULA_ARGUMENT_MANY, t, NO_TEXT, NO_TEXT);
    c->unit = exact_find(p->r, T_UNITS, t);
    return c->unit >= 0 || fail(p, x.at, &MSG_RULE_UNKNOWN_UNIT, t, names_near(p->a, p->r, T_UNITS, t), NO_TEXT);
}

static bool check_needed(parsing *p, const formula_function *f, const formula_call *c, size_t places)
{
    size_t end = p->at - 1;
    if (places < 1 || (f->first == FIRST_LEVEL_GROWTH && places < 2))
        return fail(p, end, &MSG_FORMULA_ARGUMENT_MISSING, c->function, f->first == FIRST_SELECTOR ? TEXT("energy") : TEXT("name"), NO_TEXT);
    if (f->needs_unit && c->unit < 0) return fail(p, end, &MSG_FORMULA_ARGUMENT_MISSING, c->function, TEXT("unit"), NO_TEXT);
    for (size_t i = 0; i < 6 && f->keys[i].key; i++)
        if (f->keys[i].is_needed && formula_arg_get(c, f->keys[i].key).len == 0)
            return fail(p, end, &MSG_FORMULA_ARGUMENT_MISSING, c->function, text_of(f->keys[i].key), NO_TEXT);
    return true;
}

static bool parse_arguments(parsing *p, const formula_function *f, formula_call *c)
{
    size_t places = 0;
    bool is_last = false;
    while (!is_last) {
        piece x;
        if (!cut_argument(p, &x, &is_last)) return false;
        if (x.at == x.end && is_last && places == 0) break;
        if (key_length(piece_text(p, x)) > 0) {
            if (!parse_key(p, f, x, c)) return false;
        } else {
            if (c->arg_count > 0) return fail(p, x.at, &MSG_FORMULA_ARGUMENT_MANY, piece_text(p, x), NO_TEXT, NO_TEXT);
            if (!parse_place(p, f, places++, x, c)) return false;
        }
    }
    return check_needed(p, f, c, places);
}

static text function_names(parsing *p, text name)
{
    text names[12] = {TEXT("min"), TEXT("max")};
    size_t count = 2;
    for (const formula_function *f = formula_functions; f->name; f++) names[count++] = text_of(f->name);
    return near_names(p->a, name, names, count);
}

/* min(a, b), max(a, b): the only functions whose arguments are formulas. */
static bool parse_extreme(parsing *p, formula_op op, size_t from, formula_node **ret)
{
    formula_node *left, *right;
    if (!parse_sum(p, &left) || !want_sign(p, ',') || !parse_sum(p, &right) || !want_sign(p, ')')) return false;
    *ret = new_node(p, op, from, left, right);
    return true;
}

static bool parse_call(parsing *p, text name, size_t from, formula_node **ret)
{
    p->at++; /* the bracket */
    if (text_is(name, "min")) return parse_extreme(p, F_MIN, from, ret);
    if (text_is(name, "max")) return parse_extreme(p, F_MAX, from, ret);
    const formula_function *f = formula_function_find(name);
    if (!f) return fail(p, from, &MSG_FORMULA_UNKNOWN_FUNCTION, name, function_names(p, name), NO_TEXT);
    formula_call *c = NEW(p->a, formula_call);
    *c = (formula_call){.function = name, .unit = RULE_NONE};
    if (!parse_arguments(p, f, c)) return false;
    c->written = (text){p->t.ptr + from, p->at - from};
    *ret = new_node(p, F_CALL, from, NULL, NULL);
    (*ret)->call = c;
    return true;
}

static bool parse_primary(parsing *p, formula_node **ret)
{
    char c = peek(p);
    size_t from = p->at;
    int32_t indicator;
    if (c == 0) return fail(p, p->at, &MSG_FORMULA_ENDS_EARLY, NO_TEXT, NO_TEXT, NO_TEXT);
    if (is_digit(c) || c == '.') return parse_number(p, ret);
    if (c == '(') {
        p->at++;
        return parse_sum(p, ret) && want_sign(p, ')');
    }
    if (!is_name_first(c)) return fail(p, from, &MSG_FORMULA_UNEXPECTED, seen_at(p, from), NO_TEXT, NO_TEXT);
    text name = read_name(p);
    if (peek(p) == '(') return parse_call(p, name, from, ret);
    if (!want_indicator(p, from, name, &indicator)) return false;
    p->at = from + name.len;
    *ret = new_node(p, F_INDICATOR, from, NULL, NULL);
    (*ret)->indicator = indicator;
    return true;
}

/* ---- when ---- */

/* The word in the brackets: base, -1 or 2020. */
static bool parse_when(text t, formula_when *ret)
{
    bool ok;
    *ret = (formula_when){FORMULA_BASE, 0};
    if (text_is(t, "base")) return true;
    if (is_year(t)) {
        *ret = (formula_when){FORMULA_YEAR, (int)text_to_i64(t, &ok)};
        return true;
    }
    int64_t n = text_to_i64(t, &ok);
    *ret = (formula_when){FORMULA_OFFSET, (int)n};
    return ok && t.len > 1 && t.ptr[0] == '-' && n >= -1000 && n < 0;
}

/* x[inner][outer]: the value that x[inner] had at outer. A fixed inner time stays; an inner offset counts from outer. */
static formula_when when_join(formula_when inner, formula_when outer)
{
    if (inner.kind == FORMULA_NOW) return outer;
    if (inner.kind != FORMULA_OFFSET) return inner;
    return (formula_when){outer.kind, outer.kind == FORMULA_BASE ? inner.n : outer.n + inner.n};
}

static bool parse_postfix(parsing *p, formula_node **ret)
{
    if (!parse_primary(p, ret)) return false;
    bool is_bracketed = p->at > 0 && (*ret)->end != (int32_t)p->at; /* "(x)": the node ends before the bracket */
    while (peek(p) == '[') {
        size_t from = p->at++;
        formula_when when;
        while (p->at < p->t.len && p->t.ptr[p->at] != ']') p->at++;
        text t = text_trim((text){p->t.ptr + from + 1, p->at - from - 1});
        if (!want_sign(p, ']')) return false;
        if (!parse_when(t, &when)) return fail(p, from + 1, &MSG_FORMULA_WHEN, t, NO_TEXT, NO_TEXT);
        if (is_bracketed || ((*ret)->op != F_CALL && (*ret)->op != F_INDICATOR)) return fail(p, from, &MSG_FORMULA_WHEN_PLACE, t, NO_TEXT, NO_TEXT);
        (*ret)->when = when_join((*ret)->when, when);
        (*ret)->end = (int32_t)p->at;
    }
    return true;
}

/* ---- sums ---- */

static bool deeper(parsing *p)
{
    return ++p->depth <= FORMULA_DEPTH_MAX || fail(p, p->at, &MSG_FORMULA_TOO_DEEP, NO_TEXT, TEXT("64"), NO_TEXT);
}

static bool parse_unary(parsing *p, formula_node **ret)
{
    size_t from = p->at;
    formula_node *inner;
    if (peek(p) != '-') return parse_postfix(p, ret);
    from = p->at++;
    if (!deeper(p) || !parse_unary(p, &inner)) return false;
    p->depth--;
    *ret = new_node(p, F_NEG, from, inner, NULL);
    return true;
}

/* A chain a + b + c leans left; its length is bounded like the depth, since it is walked by recursion. */
static bool parse_chain(parsing *p, const char *signs, const formula_op ops[2], bool (*part)(parsing *, formula_node **), formula_node **ret)
{
    int links = 0;
    formula_node *right;
    if (!part(p, ret)) return false;
    for (char c = peek(p); c == signs[0] || c == signs[1]; c = peek(p)) {
        size_t from = (size_t)(*ret)->at;
        p->at++;
        if (++links > FORMULA_DEPTH_MAX) return fail(p, p->at, &MSG_FORMULA_TOO_DEEP, NO_TEXT, TEXT("64"), NO_TEXT);
        if (!part(p, &right)) return false;
        *ret = new_node(p, c == signs[0] ? ops[0] : ops[1], from, *ret, right);
    }
    return true;
}

static bool parse_product(parsing *p, formula_node **ret)
{
    return parse_chain(p, "*/", (const formula_op[]){F_MUL, F_DIV}, parse_unary, ret);
}

static bool parse_sum(parsing *p, formula_node **ret)
{
    if (!deeper(p) || !parse_chain(p, "+-", (const formula_op[]){F_ADD, F_SUB}, parse_product, ret)) return false;
    p->depth--;
    return true;
}

static bool check_result(parsing *p, const formula_node *root, int32_t unit)
{
    if (unit < 0 || rule_dim_equal(root->dim, p->r->units[unit].dim)) return true;
    return fail(p, 0, &MSG_FORMULA_UNIT, rule_dim_text(p->a, p->r, root->dim), rule_dim_text(p->a, p->r, p->r->units[unit].dim), p->r->units[unit].id);
}

static bool parse_whole(parsing *p, int32_t unit, formula_node **ret)
{
    size_t bad;
    if (p->t.len > FORMULA_BYTES_MAX) return fail(p, 0, &MSG_FORMULA_TOO_LONG, NO_TEXT, TEXT("4096"), NO_TEXT);
    if (!text_is_utf8(p->t, &bad)) return fail(p, bad, &MSG_FORMULA_UNEXPECTED, TEXT("?"), NO_TEXT, NO_TEXT);
    if (!parse_sum(p, ret)) return false;
    if (peek(p) != 0 || p->at < p->t.len) return fail(p, p->at, &MSG_FORMULA_LEFT_OVER, (text){p->t.ptr + p->at, p->t.len - p->at}, NO_TEXT, NO_TEXT);
    return formula_infer(p->a, p->r, *ret, p->t, &p->fault_at, p->err) && check_result(p, *ret, unit);
}

bool formula_parse(arena *a, const rule_set *r, text t, int32_t unit, const formula **ret, heng_err *err)
{
    heng_err fault = {0};
    parsing p = {.a = a, .r = r, .t = text_copy(a, t), .err = &fault};
    formula_node *root;
    if (!parse_whole(&p, unit, &root)) {
        size_t upto = p.fault_at < p.t.len ? p.fault_at : p.t.len;
        *err = fault;
        return err_at_column(err, text_is_utf8((text){p.t.ptr, upto}, NULL) ? (int64_t)text_chars((text){p.t.ptr, upto}) + 1 : (int64_t)upto + 1);
    }
    formula *f = NEW(a, formula);
    *f = (formula){root, p.t, unit, p.use_count, p.uses};
    *ret = f;
    return true;
}

rule_dim formula_dim(const formula *f)
{
    return f->root->dim;
}
