/*
 * Selectors: commodity ids and tags joined by & (both), | (either), ! (not) and brackets; & binds closer than |. A name that is a
 * commodity and a tag means either.
 */
#include "inside.h"

typedef struct selecting { arena *a; const rule_set *r; text t; size_t at; int depth; heng_err *err; } selecting;

static void skip_blanks(selecting *s)
{
    while (s->at < s->t.len && (s->t.ptr[s->at] == ' ' || s->t.ptr[s->at] == '\t')) s->at++;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

static char peek(selecting *s)
{
    skip_blanks(s);
    return s->at < s->t.len ? s->t.ptr[s->at] : 0;
}

static bool parse_or(selecting *s, const selector **ret);

static selector *node(selecting *s, char op, const selector *left, const selector *right)
{
    selector *n = NEW(s->a, selector);
    *n = (selector){.op = op, .commodity = RULE_NONE, .tag = RULE_NONE, .left = left, .right = right};
    return n;
}

static text near_selectors(selecting *s, text name)
{
    const rule_set *r = s->r;
    text *names = NEW_ARRAY(s->a, r->commodity_count + r->tag_count, text);
    size_t count = 0;
    for (size_t i = 0; i < r->tag_count; i++) names[count++] = r->tags[i].id;
    for (size_t i = 0; i < r->commodity_count; i++) names[count++] = r->commodities[i].id;
    return near_names(s->a, name, names, count);
}

static bool parse_name(selecting *s, const selector **ret)
{
    size_t from = s->at;
    while (s->at < s->t.len && is_name_byte(s->t.ptr[s->at])) s->at++;
    if (s->at == from) {
        if (from == s->t.len) return err_fill(s->err, &MSG_FORMULA_ENDS_EARLY, NULL, NULL, NULL);
        return err_fill_n(s->err, &MSG_FORMULA_UNEXPECTED, s->t.ptr + from, 1, NULL);
    }
    selector *n = node(s, 0, NULL, NULL);
    n->name = (text){s->t.ptr + from, s->at - from};
    n->commodity = id_find(s->r, T_COMMODITIES, n->name);
    n->tag = id_find(s->r, T_TAGS, n->name);
    if (n->commodity < 0 && n->tag < 0) n->commodity = exact_find(s->r, T_COMMODITIES, n->name);
    if (n->commodity < 0 && n->tag < 0) {
        s->at = from;
        return err_fill(s->err, &MSG_FORMULA_UNKNOWN_COMMODITY, text_str(s->a, n->name), text_str(s->a, near_selectors(s, n->name)), NULL);
    }
    *ret = n;
    return true;
}

static bool parse_not(selecting *s, const selector **ret)
{
    const selector *inner;
    char c = peek(s);
    if (c != '!' && c != '(') return parse_name(s, ret);
    if (++s->depth > FORMULA_DEPTH_MAX) return err_fill(s->err, &MSG_FORMULA_TOO_DEEP, NULL, "64", NULL);
    s->at++;
    if (c == '!') {
        if (!parse_not(s, &inner)) return false;
        *ret = node(s, '!', inner, NULL);
    } else {
        if (!parse_or(s, ret)) return false;
        if (peek(s) != ')') return err_fill(s->err, &MSG_FORMULA_ENDS, NULL, ")", NULL);
        s->at++;
    }
    s->depth--;
    return true;
}

static bool parse_and(selecting *s, const selector **ret)
{
    const selector *right;
    if (!parse_not(s, ret)) return false;
    while (peek(s) == '&') {
        s->at++;
        if (!parse_not(s, &right)) return false;
        *ret = node(s, '&', *ret, right);
    }
    return true;
}

static bool parse_or(selecting *s, const selector **ret)
{
    const selector *right;
    if (!parse_and(s, ret)) return false;
    while (peek(s) == '|') {
        s->at++;
        if (!parse_and(s, &right)) return false;
        *ret = node(s, '|', *ret, right);
    }
    return true;
}

bool selector_parse(arena *a, const rule_set *r, text t, size_t *ret_at, const selector **ret, heng_err *err)
{
    selecting s = {.a = a, .r = r, .t = t, .err = err};
    bool ok = parse_or(&s, ret);
    if (ok && peek(&s) != 0) ok = err_fill_n(err, &MSG_FORMULA_LEFT_OVER, t.ptr + s.at, t.len - s.at, NULL);
    *ret_at = s.at;
    return ok;
}

static bool has_tag(const rule_commodity *c, int32_t tag)
{
    return tag >= 0 && tag < RULE_TAGS_MAX && (c->tags[tag / 64] >> (tag % 64) & 1);
}

/* Recursion is bounded by FORMULA_BYTES_MAX / 2 operators in a chain and FORMULA_DEPTH_MAX brackets. */
bool selector_match(const rule_set *r, const selector *s, int32_t commodity)
{
    if (s->op == '!') return !selector_match(r, s->left, commodity);
    if (s->op == 0) return s->commodity == commodity || has_tag(&r->commodities[commodity], s->tag);
    bool left = selector_match(r, s->left, commodity);
    if (s->op == '&') return left && selector_match(r, s->right, commodity);
    return left || selector_match(r, s->right, commodity);
}

static void write_selector(text_buf *b, const selector *s, char outer)
{
    bool brackets = (s->op == '|' && (outer == '&' || outer == '!')) || (s->op == '&' && outer == '!');
    if (brackets) buf_char(b, '(');
    if (s->op == 0) buf_add(b, s->name);
    if (s->op == '!') buf_char(b, '!');
    if (s->left) write_selector(b, s->left, s->op);
    if (s->right) {
        buf_printf(b, " %c ", s->op);
        write_selector(b, s->right, s->op);
    }
    if (brackets) buf_char(b, ')');
}

text selector_text(arena *a, const selector *s)
{
    text_buf b = {.a = a};
    write_selector(&b, s, 0);
    return buf_text(&b);
}
