/* Styles of word processor files: what a paragraph inherits (heading level, centred, list). */
#include <string.h>
#include <strings.h>
#include "document_docx.h"

enum { BASED_ON_MAX = 16 };

void docx_format_read(docx_format *f, const char *name, const char **attributes)
{
    const char *value = xml_attribute(attributes, "val");
    if (strcmp(name, "outlineLvl") == 0) f->outline = docx_value(attributes, 9);
    else if (strcmp(name, "jc") == 0) f->centred = value && strcmp(value, "center") == 0;
    else if (strcmp(name, "numId") == 0) f->list = docx_value(attributes, 0);
    else if (strcmp(name, "ilvl") == 0) f->level = docx_value(attributes, 0);
}

static void inherit(docx_format *f, const docx_format *from)
{
    if (f->outline < 0) f->outline = from->outline;
    if (f->centred < 0) f->centred = from->centred;
    if (f->list < 0) f->list = from->list;
    if (f->level < 0) f->level = from->level;
}

void docx_format_fill(docx_format *f, const docx_styles *styles, const char *style)
{
    if (!style) style = styles->otherwise;
    for (int i = 0; style && i < BASED_ON_MAX; i++) {
        int64_t at = 0;
        if (!text_map_find(&styles->index, text_of(style), &at)) return;
        inherit(f, &styles->items[at].format);
        style = styles->items[at].based_on;
    }
}

typedef struct styles_in { arena *a; docx_styles *styles; docx_style *now; bool in_paragraph; } styles_in;

static const char *copy(arena *a, const char *s) { return s ? arena_copy(a, s, strlen(s)) : NULL; }

static void style_begin(styles_in *s, const char **attributes)
{
    const char *type = xml_attribute(attributes, "type"), *id = xml_attribute(attributes, "styleId"), *otherwise = xml_attribute(attributes, "default");
    s->now = NULL;
    if (!id || (type && strcmp(type, "paragraph") != 0)) return;
    docx_styles *all = s->styles;
    s->now = ARENA_PUSH(s->a, all->items, all->count, all->max);
    *s->now = (docx_style){.id = copy(s->a, id), .format = DOCX_FORMAT_NONE};
    text_map_put(&all->index, text_of(s->now->id), (int64_t)all->count - 1);
    if (otherwise && (strcmp(otherwise, "1") == 0 || strcmp(otherwise, "true") == 0)) all->otherwise = s->now->id;
}

/* "heading 1" and its kin count as headings even without a level, and so do titles. */
static void style_name(docx_style *s, const char *name)
{
    if (!name || s->format.outline >= 0) return;
    if (strncasecmp(name, "heading ", 8) == 0 && name[8] >= '1' && name[8] <= '9') s->format.outline = name[8] - '1';
    else if (strcasecmp(name, "title") == 0) s->format.outline = 0;
}

static void styles_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    (void)x;
    styles_in *s = ctx;
    if (strcmp(name, "style") == 0) style_begin(s, attributes);
    if (!s->now) return;
    if (strcmp(name, "name") == 0) style_name(s->now, xml_attribute(attributes, "val"));
    else if (strcmp(name, "basedOn") == 0) s->now->based_on = copy(s->a, xml_attribute(attributes, "val"));
    else if (strcmp(name, "pPr") == 0) s->in_paragraph = true;
    else if (s->in_paragraph) docx_format_read(&s->now->format, name, attributes);
}

static void styles_end(void *ctx, xml_in *x, const char *name)
{
    (void)x;
    styles_in *s = ctx;
    if (strcmp(name, "pPr") == 0) s->in_paragraph = false;
    else if (strcmp(name, "style") == 0) s->now = NULL;
}

bool docx_styles_load(arena *a, zip_in *z, const char *part, docx_styles *ret, heng_err *err)
{
    static const xml_events EVENTS = {styles_start, styles_end, NULL};
    *ret = (docx_styles){.index = {.a = a}};
    styles_in s = {.a = a, .styles = ret};
    return !zip_in_has(z, part) || xml_all(z, part, &EVENTS, &s, err);
}
