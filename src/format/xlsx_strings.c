/* Shared strings: each <si> is one text, of one <t> or of several runs; the reading aid of <rPh> (furigana, pinyin) is no part of it. */
#include "xlsx.h"

typedef struct strings_in {
    arena *a;
    xlsx *x;
    text_buf now; /* the string being read; its memory is used again */
    int phonetic;
    bool in_text;
} strings_in;

static int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/* At "_xHHHH_": its code unit, else -1. */
static int escape_at(text t, size_t i)
{
    int unit = 0;
    if (t.len - i < 7 || t.ptr[i] != '_' || t.ptr[i + 1] != 'x' || t.ptr[i + 6] != '_') return -1;
    for (size_t k = i + 2; k < i + 6; k++) {
        int v = hex_value(t.ptr[k]);
        if (v < 0) return -1;
        unit = unit * 16 + v;
    }
    return unit;
}

static void add_unit(text_buf *b, int unit)
{
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF)) return; /* no character */
    if (unit < 0x80) {
        buf_char(b, (char)unit);
    } else if (unit < 0x800) {
        buf_char(b, (char)(0xC0 | (unit >> 6)));
        buf_char(b, (char)(0x80 | (unit & 0x3F)));
    } else {
        buf_char(b, (char)(0xE0 | (unit >> 12)));
        buf_char(b, (char)(0x80 | ((unit >> 6) & 0x3F)));
        buf_char(b, (char)(0x80 | (unit & 0x3F)));
    }
}

text xlsx_unescape(arena *a, text t)
{
    size_t first = 0;
    if (!text_find(t, TEXT("_x"), &first)) return t;
    text_buf b = {.a = a};
    for (size_t i = 0; i < t.len; i++) {
        int unit = escape_at(t, i);
        if (unit < 0) buf_char(&b, t.ptr[i]);
        else add_unit(&b, unit);
        if (unit >= 0) i += 6;
    }
    return buf_text(&b);
}

static void strings_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    (void)xml, (void)attributes;
    strings_in *s = ctx;
    if (strcmp(name, "si") == 0) s->now.len = 0;
    else if (strcmp(name, "rPh") == 0) s->phonetic++;
    else if (strcmp(name, "t") == 0) s->in_text = s->phonetic == 0;
}

static void strings_end(void *ctx, xml_in *xml, const char *name)
{
    (void)xml;
    strings_in *s = ctx;
    if (strcmp(name, "t") == 0) s->in_text = false;
    else if (strcmp(name, "rPh") == 0) s->phonetic--;
    if (strcmp(name, "si") != 0) return;
    text t = trim_quick(xlsx_unescape(s->now.a, buf_text(&s->now)));
    *ARENA_PUSH(s->a, s->x->strings, s->x->string_count, s->x->string_max) = t.len ? text_copy(s->a, t) : TEXT("");
}

static void strings_chars(void *ctx, xml_in *xml, const char *p, size_t len)
{
    (void)xml;
    strings_in *s = ctx;
    if (s->in_text) buf_add(&s->now, (text){p, len});
}

bool xlsx_strings_load(arena *a, xlsx *x, const char *part, heng_err *err)
{
    static const xml_events EVENTS = {strings_start, strings_end, strings_chars};
    arena work = {0};
    strings_in s = {.a = a, .x = x, .now = {.a = &work}};
    bool ok = xml_all(x->zip, part, &EVENTS, &s, err);
    arena_free(&work);
    return ok;
}
