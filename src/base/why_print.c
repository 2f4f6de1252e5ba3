/*
 * Printing an explanation: a tree for a terminal, or JSON. See why.h.
 *
 *   用能 = 30 tce  [Σ]
 *   ├─ 原煤 = 20 tce  [×]
 *   │  ├─ 用量 = 28 t
 *   │  └─ 折标煤系数 ≈ 0.714285714286 tce/t  «附录4»
 *   └─ 天然气 = 10 tce
 *
 * The mark in brackets says how the value follows from the nodes below. Control characters that came with the data are printed as
 * blanks: they would command the terminal.
 */
#include <string.h>
#include "why.h"

enum { DEPTH_MAX = 200, SHOWN_DECIMALS = 12, SMALL_DECIMALS = 30 };

static const struct { const char *name, *mark; } KINDS[] = {
    [WHY_SUM] = {"sum", "Σ"},         [WHY_PRODUCT] = {"product", "×"}, [WHY_QUOTIENT] = {"quotient", "÷"}, [WHY_DIFFERENCE] = {"difference", "−"},
    [WHY_NEGATE] = {"negate", "±"},   [WHY_SAME] = {"same", "="},       [WHY_FORMULA] = {"formula", "ƒ"},   [WHY_FLOW] = {"flow", "Σ"},
    [WHY_MONTH] = {"month", "Σ"},     [WHY_MOVEMENT] = {"movement", ""}, [WHY_ROW] = {"row", ""},           [WHY_FACTOR] = {"factor", ""},
    [WHY_OBSERVED] = {"observed", ""}, [WHY_MISSING] = {"missing", ""},
};

const char *why_kind_name(why_kind kind) { return KINDS[kind].name; }

/* A count stands between before and after. */
static const struct { const char *no_data, *more_before, *more_after, *together, *below_before, *below_after; } WORDS[] = {
    [HENG_ZH] = {"：缺数据", "……另有 ", " 项", "，合计 ", "  （下有 ", " 项）"},
    [HENG_EN] = {": no data", "... ", " more", ", together ", "  (", " below)"},
};

typedef struct printer {
    text_buf out;
    arena *scratch;
    heng_lang lang;
    int depth_max, leaves_max;
} printer;

/* Characters of Unicode that steer the terminal are the C0 and C1 ones, and DEL. */
static void add_plain(text_buf *b, text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.ptr[i];
        bool c1 = c == 0xC2 && i + 1 < t.len && (unsigned char)t.ptr[i + 1] < 0xA0;
        i += c1;
        buf_char(b, c < ' ' || c == 0x7F || c1 ? ' ' : (char)c);
    }
}

static text plain_value(arena *scratch, const rat *v, bool *ret_exact)
{
    *ret_exact = rat_is_decimal(v, SHOWN_DECIMALS);
    if (*ret_exact) return rat_exact(scratch, v);
    text rounded = rat_format(scratch, v, SHOWN_DECIMALS);
    bool vanishes = text_is(rounded, "0.000000000000");
    return vanishes ? rat_format(scratch, v, SMALL_DECIMALS) : rounded;
}

static void add_value(printer *p, const rat *v, text unit)
{
    bool exact;
    text t = plain_value(p->scratch, v, &exact);
    buf_str(&p->out, exact ? " = " : " ≈ ");
    buf_add(&p->out, t);
    if (unit.len > 0) buf_char(&p->out, ' ');
    add_plain(&p->out, unit);
}

static void add_note(text_buf *b, const char *open, text t, const char *close)
{
    if (t.len == 0) return;
    buf_str(b, open);
    add_plain(b, t);
    buf_str(b, close);
}

static text label_of(const why_node *n, heng_lang lang)
{
    text wanted = lang == HENG_EN ? n->label_en : n->label_zh, other = lang == HENG_EN ? n->label_zh : n->label_en;
    return wanted.len > 0 ? wanted : other;
}

static void add_line(printer *p, const why_node *n)
{
    add_plain(&p->out, label_of(n, p->lang));
    if (n->value) add_value(p, n->value, n->unit);
    else if (n->kind != WHY_ROW) buf_str(&p->out, WORDS[p->lang].no_data);
    if (n->first && KINDS[n->kind].mark[0]) add_note(&p->out, "  [", text_of(KINDS[n->kind].mark), "]");
    add_note(&p->out, n->kind == WHY_ROW && label_of(n, p->lang).len == 0 ? "" : "  ", n->detail, "");
    add_note(&p->out, "  «", n->source, "»");
    add_note(&p->out, "  <", n->address, ">");
}

static size_t child_count(const why_node *n)
{
    size_t count = 0;
    for (const why_node *c = n->first; c; c = c->next) count++;
    return count;
}

/* A list may be cut, the terms of a formula may not: without one of them the line above makes no sense. */
static bool is_list(why_kind k)
{
    return k == WHY_SUM || k == WHY_FLOW || k == WHY_MONTH || k == WHY_MOVEMENT || k == WHY_OBSERVED || k == WHY_FACTOR;
}

/* "... 995 more, together 123.4 t": what is not shown still adds up. */
static void add_rest(printer *p, const why_node *parent, const why_node *from, size_t count)
{
    const rat *sum = NULL;
    bool adds = parent->kind == WHY_SUM || parent->kind == WHY_FLOW || parent->kind == WHY_MONTH, exact;
    for (const why_node *c = from; c && adds; c = c->next)
        if (c->value) sum = sum ? rat_add(p->scratch, sum, c->value) : c->value;
    buf_printf(&p->out, "%s%zu%s", WORDS[p->lang].more_before, count, WORDS[p->lang].more_after);
    if (!sum) return;
    buf_str(&p->out, WORDS[p->lang].together);
    text t = plain_value(p->scratch, sum, &exact);
    if (!exact) buf_str(&p->out, "≈ ");
    buf_add(&p->out, t);
    add_note(&p->out, " ", parent->unit, "");
}

static void add_tree(printer *p, const why_node *n, text prefix, int depth);

static void add_children(printer *p, const why_node *n, size_t count, text prefix, int depth)
{
    size_t shown = p->leaves_max > 0 && is_list(n->kind) && count > (size_t)p->leaves_max ? (size_t)p->leaves_max : count;
    text deeper = text_of(arena_printf(p->scratch, "%.*s│  ", TEXT_FMT(prefix)));
    text deepest = text_of(arena_printf(p->scratch, "%.*s   ", TEXT_FMT(prefix)));
    const why_node *c = n->first;
    for (size_t i = 0; i < shown; i++, c = c->next) {
        bool last = i + 1 == count;
        buf_add(&p->out, prefix);
        buf_str(&p->out, last ? "└─ " : "├─ ");
        add_tree(p, c, last ? deepest : deeper, depth + 1);
    }
    if (shown == count) return;
    buf_add(&p->out, prefix);
    buf_str(&p->out, "└─ ");
    add_rest(p, n, c, count - shown);
    buf_char(&p->out, '\n');
}

static void add_tree(printer *p, const why_node *n, text prefix, int depth)
{
    arena_mark mark = arena_here(p->scratch);
    size_t count = child_count(n);
    bool too_deep = depth >= DEPTH_MAX || (p->depth_max > 0 && depth >= p->depth_max);
    add_line(p, n);
    if (too_deep && count > 0) buf_printf(&p->out, "%s%zu%s", WORDS[p->lang].below_before, count, WORDS[p->lang].below_after);
    buf_char(&p->out, '\n');
    if (!too_deep) add_children(p, n, count, prefix, depth);
    arena_rewind(p->scratch, mark);
}

text why_text(arena *a, const why_node *root, heng_lang lang, int depth_max, int leaves_max)
{
    arena scratch = {0};
    printer p = {.out = {.a = a}, .scratch = &scratch, .lang = lang, .depth_max = depth_max, .leaves_max = leaves_max};
    add_tree(&p, root, TEXT(""), 0);
    arena_free(&scratch);
    return buf_text(&p.out);
}

static void add_json_string(text_buf *b, text t)
{
    buf_char(b, '"');
    while (t.len > 0) {
        size_t good = t.len;
        bool whole = text_is_utf8(t, &good);
        for (size_t i = 0; i < good; i++) {
            unsigned char c = (unsigned char)t.ptr[i];
            if (c == '"' || c == '\\') buf_char(b, '\\');
            if (c < ' ') buf_printf(b, "\\u%04x", c);
            else buf_char(b, (char)c);
        }
        if (!whole) buf_str(b, "\xEF\xBF\xBD"); /* U+FFFD for a byte that is not UTF-8 */
        size_t used = good + !whole;
        t = (text){t.ptr + used, t.len - used};
    }
    buf_char(b, '"');
}

static void add_json_field(text_buf *b, const char *key, text value)
{
    if (value.len == 0) return;
    buf_printf(b, ",\"%s\":", key);
    add_json_string(b, value);
}

static void add_json(text_buf *b, arena *scratch, const why_node *n, int depth)
{
    arena_mark mark = arena_here(scratch);
    buf_printf(b, "{\"kind\":\"%s\"", KINDS[n->kind].name);
    add_json_field(b, "label_zh", n->label_zh);
    add_json_field(b, "label_en", n->label_en);
    if (n->value) add_json_field(b, "value", rat_exact(scratch, n->value));
    add_json_field(b, "unit", n->unit);
    add_json_field(b, "address", n->address);
    add_json_field(b, "source", n->source);
    add_json_field(b, "detail", n->detail);
    arena_rewind(scratch, mark);
    if (n->first && depth < DEPTH_MAX) {
        buf_str(b, ",\"children\":[");
        for (const why_node *c = n->first; c; c = c->next) {
            if (c != n->first) buf_char(b, ',');
            add_json(b, scratch, c, depth + 1);
        }
        buf_char(b, ']');
    }
    buf_char(b, '}');
}

text why_json(arena *a, const why_node *root)
{
    arena scratch = {0};
    text_buf b = {.a = a};
    add_json(&b, &scratch, root, 0);
    arena_free(&scratch);
    return buf_text(&b);
}
