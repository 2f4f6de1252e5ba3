/*
 * Numbers that the word processor makes: "%1、" at level 1 in Chinese numerals gives 一、 二、 三、, as the reader of the document sees them.
 * Without them the chapters of such a document would have no numbers at all.
 */
#include <string.h>
#include "document_docx.h"

enum { NUMBER_MAX = 9999 };

typedef struct numbering_in { arena *a; docx_numbering *n; docx_abstract *abstract; docx_list *list; int32_t level; } numbering_in;

static int32_t attribute_number(const char **attributes, const char *name)
{
    bool ok = false;
    const char *value = xml_attribute(attributes, name);
    int64_t n = value ? text_to_i64(text_of(value), &ok) : -1;
    return ok && n >= 0 && n <= INT32_MAX ? (int32_t)n : -1;
}

static void list_start(numbering_in *s, const char **attributes)
{
    s->list = ARENA_PUSH(s->a, s->n->lists, s->n->list_count, s->n->list_max);
    s->list->id = attribute_number(attributes, "numId");
    for (int i = 0; i < DOCX_LEVELS; i++) s->list->restart[i] = -1;
    s->abstract = NULL;
}

static void level_element(numbering_in *s, const char *name, const char **attributes)
{
    docx_level *l = &s->abstract->levels[s->level];
    const char *value = xml_attribute(attributes, "val");
    if (strcmp(name, "start") == 0) l->start = docx_value(attributes, 1);
    else if (strcmp(name, "numFmt") == 0 && value) l->format = arena_copy(s->a, value, strlen(value));
    else if (strcmp(name, "lvlText") == 0 && value) l->pattern = arena_copy(s->a, value, strlen(value));
}

static void numbering_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    (void)x;
    numbering_in *s = ctx;
    bool is_level = strcmp(name, "lvl") == 0 || strcmp(name, "lvlOverride") == 0;
    if (strcmp(name, "abstractNum") == 0) {
        s->abstract = ARENA_PUSH(s->a, s->n->abstracts, s->n->abstract_count, s->n->abstract_max);
        s->abstract->id = attribute_number(attributes, "abstractNumId");
        s->list = NULL;
        s->level = -1;
    } else if (strcmp(name, "num") == 0) {
        list_start(s, attributes);
        s->level = -1;
    } else if (is_level) {
        int32_t level = attribute_number(attributes, "ilvl");
        s->level = level >= 0 && level < DOCX_LEVELS ? level : -1;
    } else if (s->list && strcmp(name, "abstractNumId") == 0) {
        s->list->abstract = docx_value(attributes, -1);
    } else if (s->list && s->level >= 0 && strcmp(name, "startOverride") == 0) {
        s->list->restart[s->level] = docx_value(attributes, 1);
    } else if (s->abstract && s->level >= 0) {
        level_element(s, name, attributes);
    }
}

static void numbering_end(void *ctx, xml_in *x, const char *name)
{
    (void)x;
    numbering_in *s = ctx;
    if (strcmp(name, "lvl") == 0 || strcmp(name, "lvlOverride") == 0) s->level = -1;
}

bool docx_numbering_load(arena *a, zip_in *z, const char *part, docx_numbering *ret, heng_err *err)
{
    static const xml_events EVENTS = {numbering_start, numbering_end, NULL};
    *ret = (docx_numbering){0};
    numbering_in s = {.a = a, .n = ret, .level = -1};
    return !zip_in_has(z, part) || xml_all(z, part, &EVENTS, &s, err);
}

/* 1 to 9999 in Chinese: 十二, 一百零五. */
static void add_chinese(text_buf *b, int32_t n)
{
    static const char *const DIGITS[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, *const UNITS[] = {"千", "百", "十", ""};
    int32_t unit = 1000;
    bool begun = false, zero = false;
    if (n == 0) buf_str(b, "零");
    for (int i = 0; i < 4; i++, unit /= 10) {
        int32_t digit = n / unit % 10;
        if (digit == 0) {
            zero = begun;
            continue;
        }
        if (zero) buf_str(b, "零");
        if (digit != 1 || unit != 10 || begun) buf_str(b, DIGITS[digit]);
        buf_str(b, UNITS[i]);
        begun = true;
        zero = false;
    }
}

static void add_circled(text_buf *b, int32_t n)
{
    if (n < 1 || n > 20) {
        buf_printf(b, "%d", n);
        return;
    }
    unsigned c = 0x2460 + (unsigned)n - 1;
    buf_char(b, (char)(0xE0 | c >> 12));
    buf_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
    buf_char(b, (char)(0x80 | (c & 0x3F)));
}

static void add_formatted(text_buf *b, const char *format, int32_t n)
{
    static const char *const CHINESE[] = {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
                                          "japaneseCounting", "ideographDigital", "koreanCounting", "koreanDigital2"};
    for (size_t i = 0; i < sizeof CHINESE / sizeof *CHINESE; i++)
        if (strcmp(format, CHINESE[i]) == 0) {
            add_chinese(b, n);
            return;
        }
    if (strcmp(format, "decimalEnclosedCircle") == 0 || strcmp(format, "decimalEnclosedCircleChinese") == 0) add_circled(b, n);
    else if (strcmp(format, "lowerLetter") == 0 && n >= 1 && n <= 26) buf_char(b, (char)('a' + n - 1));
    else if (strcmp(format, "upperLetter") == 0 && n >= 1 && n <= 26) buf_char(b, (char)('A' + n - 1));
    else buf_printf(b, "%d", n);
}

static docx_list *find_list(docx_numbering *n, int32_t id)
{
    for (size_t i = 0; i < n->list_count; i++)
        if (n->lists[i].id == id) return &n->lists[i];
    return NULL;
}

static docx_abstract *find_abstract(docx_numbering *n, int32_t id)
{
    for (size_t i = 0; i < n->abstract_count; i++)
        if (n->abstracts[i].id == id) return &n->abstracts[i];
    return NULL;
}

static int32_t start_of(const docx_abstract *t, int level) { return t->levels[level].start > 0 ? t->levels[level].start : 1; }

static void count_up(docx_abstract *t, docx_list *l, int32_t level)
{
    if (l->restart[level] >= 0) {
        t->count[level] = l->restart[level];
        l->restart[level] = -1;
    } else if (!t->used[level]) {
        t->count[level] = start_of(t, level);
    } else if (t->count[level] < NUMBER_MAX) {
        t->count[level]++;
    }
    t->used[level] = true;
    for (int i = level + 1; i < DOCX_LEVELS; i++) t->used[i] = false;
}

text docx_number(arena *a, docx_numbering *n, const docx_format *f, bool has_text)
{
    docx_list *list = f->list > 0 && has_text ? find_list(n, f->list) : NULL;
    docx_abstract *t = list ? find_abstract(n, list->abstract) : NULL;
    int32_t level = f->level < 0 ? 0 : f->level;
    if (!t || level >= DOCX_LEVELS) return TEXT("");
    count_up(t, list, level);
    const docx_level *now = &t->levels[level];
    text_buf b = {.a = a};
    if (!now->pattern || (now->format && (strcmp(now->format, "bullet") == 0 || strcmp(now->format, "none") == 0))) return TEXT("");
    for (const char *p = now->pattern; *p; p++) {
        int of = p[0] == '%' && p[1] >= '1' && p[1] <= '9' ? p[1] - '1' : -1;
        if (of < 0) {
            buf_char(&b, *p);
            continue;
        }
        add_formatted(&b, t->levels[of].format ? t->levels[of].format : "decimal", t->used[of] ? t->count[of] : start_of(t, of));
        p++;
    }
    return buf_text(&b);
}
