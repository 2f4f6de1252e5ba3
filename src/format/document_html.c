/*
 * Web pages in (libxml2's HTML parser, as events).
 *
 * The bytes are made UTF-8 first, by what they are and not by what the page says: a page that says gb2312 and holds characters of GBK would
 * be cut off at the first of them, silently. Only Big5 is believed. Text between two block elements is a piece; document_web.c judges
 * which pieces are the article. Scripts, styles, lists to choose from and deleted text are left out.
 */
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include "document_web.h"
#include "library.h"
#include "messages.h"
#include "table_in.h"

enum { SPAN_MAX = 65534, HEAD_BYTES = 4096, DEPTH_MAX = 4096 };

typedef enum element_role { ROLE_BLOCK, ROLE_INLINE, ROLE_SKIPPED, ROLE_BOX, ROLE_BREAK, ROLE_HEADING, ROLE_LINK, ROLE_ASIDE, ROLE_TABLE, ROLE_ROW, ROLE_CELL, ROLE_TITLE } element_role;

static const struct { const char *name; element_role role; } ELEMENTS[] = {
    {"b", ROLE_INLINE}, {"strong", ROLE_INLINE}, {"i", ROLE_INLINE}, {"em", ROLE_INLINE}, {"u", ROLE_INLINE}, {"s", ROLE_INLINE},
    {"span", ROLE_INLINE}, {"font", ROLE_INLINE}, {"sub", ROLE_INLINE}, {"sup", ROLE_INLINE}, {"small", ROLE_INLINE}, {"big", ROLE_INLINE},
    {"label", ROLE_INLINE}, {"img", ROLE_INLINE}, {"wbr", ROLE_INLINE}, {"tt", ROLE_INLINE}, {"nobr", ROLE_INLINE}, {"mark", ROLE_INLINE},
    {"ins", ROLE_INLINE}, {"cite", ROLE_INLINE}, {"q", ROLE_INLINE}, {"abbr", ROLE_INLINE}, {"time", ROLE_INLINE}, {"bdo", ROLE_INLINE},
    {"o:p", ROLE_INLINE}, {"code", ROLE_INLINE}, {"input", ROLE_INLINE}, {"ruby", ROLE_INLINE}, {"rb", ROLE_INLINE},
    {"script", ROLE_SKIPPED}, {"style", ROLE_SKIPPED}, {"noscript", ROLE_SKIPPED}, {"template", ROLE_SKIPPED}, {"svg", ROLE_SKIPPED},
    {"object", ROLE_SKIPPED}, {"select", ROLE_SKIPPED}, {"textarea", ROLE_SKIPPED}, {"button", ROLE_SKIPPED}, {"iframe", ROLE_SKIPPED},
    {"del", ROLE_SKIPPED}, {"rt", ROLE_SKIPPED}, {"rp", ROLE_SKIPPED},
    {"div", ROLE_BOX}, {"section", ROLE_BOX}, {"article", ROLE_BOX}, {"main", ROLE_BOX}, {"body", ROLE_BOX}, {"center", ROLE_BOX}, {"header", ROLE_BOX},
    {"form", ROLE_BOX}, {"br", ROLE_BREAK}, {"a", ROLE_LINK}, {"nav", ROLE_ASIDE}, {"footer", ROLE_ASIDE}, {"aside", ROLE_ASIDE},
    {"h1", ROLE_HEADING}, {"h2", ROLE_HEADING}, {"h3", ROLE_HEADING}, {"h4", ROLE_HEADING}, {"h5", ROLE_HEADING}, {"h6", ROLE_HEADING},
    {"table", ROLE_TABLE}, {"tr", ROLE_ROW}, {"td", ROLE_CELL}, {"th", ROLE_CELL}, {"title", ROLE_TITLE},
};

/* An open element, with what it had to put aside. The name is the parser's, which keeps it. */
typedef struct element { const char *name; element_role role; size_t box; bool hides; } element;

/* A table that is open. until[c]: the row up to which column c is taken by a cell from above. */
typedef struct open_table { int32_t index, row, column, cells, row_span, column_span; bool in_cell; int32_t *until; } open_table;

typedef struct html {
    web *w;
    document_out *o;
    htmlParserCtxtPtr parser;
    heng_err *err;
    text_buf now, title;
    size_t chars, link_chars;
    int64_t line;
    bool blank, blank_is_line;   /* white space waits for the next character */
    element *open;
    size_t depth, depth_max;
    open_table tables[DOCUMENT_TABLE_DEPTH_MAX];
    size_t table_depth;
    size_t box;
    int skipped, links, headings, asides, titles;
    bool is_stopped;
} html;

/* What is used of libxml2, in the order of NAMES: the library is loaded with the first page. */
typedef struct xml_functions {
    __typeof__(htmlNewParserCtxt) *parser_new;
    __typeof__(htmlCtxtReadMemory) *read;
    __typeof__(xmlStopParser) *stop;
    __typeof__(xmlFreeDoc) *document_free;
    __typeof__(htmlFreeParserCtxt) *parser_free;
} xml_functions;

static struct {
    pthread_once_t once;
    bool is_loaded;
    xml_functions xml;
    char why[256];
} shared = {.once = PTHREAD_ONCE_INIT};

static void load_once(void)
{
    static const char *const NAMES[] = {"htmlNewParserCtxt", "htmlCtxtReadMemory", "xmlStopParser", "xmlFreeDoc", "htmlFreeParserCtxt", NULL};
    void *found[5];
    _Static_assert(sizeof found == sizeof shared.xml, "a place for each name");
    shared.is_loaded = library_load(FORMAT_LIBXML2, NAMES, found, shared.why, sizeof shared.why);
    if (shared.is_loaded) memcpy(&shared.xml, found, sizeof found);
}

static bool load(heng_err *err)
{
    must(pthread_once(&shared.once, load_once) == 0);
    return shared.is_loaded || err_fill(err, &MSG_LIBRARY_MISSING, shared.why, NULL, NULL);
}

static void stop(html *h)
{
    h->is_stopped = true;
    shared.xml.stop(h->parser);
}

static void fail_at_line(html *h, const heng_message *message, int64_t max)
{
    if (h->is_stopped) return;
    fail_limit(h->err, message, NULL, max);
    err_at_row(h->err, h->parser->input ? h->parser->input->line : 0);
    stop(h);
}

static element_role role_of(const char *name)
{
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof *ELEMENTS; i++)
        if (strcasecmp(name, ELEMENTS[i].name) == 0) return ELEMENTS[i].role;
    return ROLE_BLOCK;
}

/* Ends the piece that is being gathered. */
static void flush(html *h)
{
    text t = text_trim(buf_text(&h->now));
    const open_table *cell = h->table_depth > 0 ? &h->tables[h->table_depth - 1] : NULL;
    web *w = h->w;
    if (t.len > 0) {
        web_piece *p = ARENA_PUSH(w->a, w->pieces, w->piece_count, w->piece_max);
        *p = (web_piece){.content = text_copy(w->a, t), .chars = h->chars, .link_chars = h->link_chars, .line = h->line, .box = h->box,
                         .is_heading = h->headings > 0, .is_aside = h->asides > 0};
        if (cell && cell->in_cell) {
            p->table = cell->index + 1;
            p->row = cell->row;
            p->column = cell->column;
            p->row_span = cell->row_span;
            p->column_span = cell->column_span;
        }
    }
    if (w->piece_count >= DOCUMENT_BLOCKS_MAX) fail_at_line(h, &MSG_DOCUMENT_BLOCKS, DOCUMENT_BLOCKS_MAX);
    h->now.len = 0;
    h->chars = h->link_chars = 0;
    h->blank = h->blank_is_line = false;
}

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcasecmp((const char *)attributes[0], name) == 0) return attributes[1] ? (const char *)attributes[1] : "";
    return NULL;
}

static bool is_hidden(const xmlChar **attributes)
{
    const char *style = attribute(attributes, "style"), *role = attribute(attributes, "role");
    if (attribute(attributes, "hidden") || (role && strcasecmp(role, "navigation") == 0)) return true;
    const char *display = style ? strcasestr(style, "display") : NULL;
    if (!display) return false;
    display += strlen("display");
    while (*display == ' ' || *display == ':') display++;
    return strncasecmp(display, "none", 4) == 0;
}

static int32_t span_of(const xmlChar **attributes, const char *name)
{
    const char *value = attribute(attributes, name);
    int64_t n = 0;
    for (; value && *value >= '0' && *value <= '9' && n <= SPAN_MAX; value++) n = n * 10 + (*value - '0');
    return n < 1 ? 1 : n > SPAN_MAX ? SPAN_MAX : (int32_t)n;
}

static void open_box(html *h)
{
    web *w = h->w;
    *ARENA_PUSH(w->a, w->boxes, w->box_count, w->box_max) = (web_box){.parent = h->box};
    h->box = w->box_count - 1;
}

static void table_begin(html *h)
{
    web *w = h->w;
    if (h->table_depth > 0) w->tables[h->tables[h->table_depth - 1].index].has_table = true;
    if (h->table_depth == DOCUMENT_TABLE_DEPTH_MAX) {
        fail_at_line(h, &MSG_DOCUMENT_BLOCKS, DOCUMENT_TABLE_DEPTH_MAX);
        return;
    }
    *ARENA_PUSH(w->a, w->tables, w->table_count, w->table_max) = (web_table){0};
    open_table *t = &h->tables[h->table_depth++];
    int32_t *until = t->until ? t->until : NEW_ARRAY(w->a, DOCUMENT_COLUMNS_MAX + 2, int32_t); /* used again by the next table of this depth */
    memset(until, 0, (DOCUMENT_COLUMNS_MAX + 2) * sizeof *until);
    *t = (open_table){.index = (int32_t)w->table_count - 1, .until = until};
}

static void row_end(html *h)
{
    if (h->table_depth == 0) return;
    open_table *t = &h->tables[h->table_depth - 1];
    if (t->cells >= 2) h->w->tables[t->index].rows_of_many++;
    t->cells = 0;
    t->in_cell = false;
}

static void row_begin(html *h)
{
    if (h->table_depth == 0) return;
    open_table *t = &h->tables[h->table_depth - 1];
    row_end(h);
    t->row++;
    t->column = 0;
    t->column_span = 1;
}

static void cell_begin(html *h, const xmlChar **attributes)
{
    if (h->table_depth == 0) return;
    open_table *t = &h->tables[h->table_depth - 1];
    if (t->row == 0) row_begin(h);
    int32_t column = t->column + (t->column > 0 ? t->column_span : 1);
    while (column <= DOCUMENT_COLUMNS_MAX && t->until[column] >= t->row) column++;
    t->column_span = span_of(attributes, "colspan");
    t->row_span = span_of(attributes, "rowspan");
    if ((int64_t)column + t->column_span - 1 > DOCUMENT_COLUMNS_MAX) {
        fail_at_line(h, &MSG_COLUMNS_TOO_MANY, DOCUMENT_COLUMNS_MAX);
        return;
    }
    for (int32_t i = column; i < column + t->column_span; i++) t->until[i] = t->row + t->row_span - 1;
    t->column = column;
    t->cells++;
    t->in_cell = true;
}

static void begin_role(html *h, element_role role, const xmlChar **attributes)
{
    switch (role) {
    case ROLE_SKIPPED: h->skipped++; break;
    case ROLE_LINK: h->links++; break;
    case ROLE_HEADING: h->headings++; break;
    case ROLE_ASIDE: h->asides++; break;
    case ROLE_TITLE: h->titles++; break;
    case ROLE_BOX: open_box(h); break;
    case ROLE_TABLE: table_begin(h); break;
    case ROLE_ROW: row_begin(h); break;
    case ROLE_CELL: open_box(h), cell_begin(h, attributes); break;
    case ROLE_BLOCK: case ROLE_INLINE: case ROLE_BREAK: break;
    }
}

static void end_role(html *h, element_role role)
{
    switch (role) {
    case ROLE_SKIPPED: h->skipped--; break;
    case ROLE_LINK: h->links--; break;
    case ROLE_HEADING: h->headings--; break;
    case ROLE_ASIDE: h->asides--; break;
    case ROLE_TITLE: h->titles--; break;
    case ROLE_TABLE:
        row_end(h);
        if (h->table_depth > 0) h->table_depth--;
        break;
    case ROLE_ROW: row_end(h); break;
    case ROLE_CELL:
        if (h->table_depth > 0) h->tables[h->table_depth - 1].in_cell = false;
        break;
    case ROLE_BLOCK: case ROLE_INLINE: case ROLE_BREAK: case ROLE_BOX: break;
    }
}

static bool is_inline(element_role role) { return role == ROLE_INLINE || role == ROLE_LINK || role == ROLE_SKIPPED || role == ROLE_TITLE; }

static void on_start(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
    html *h = ctx;
    element_role role = role_of((const char *)name);
    if (h->is_stopped) return;
    if (h->depth >= DEPTH_MAX) {
        fail_at_line(h, &MSG_DOCUMENT_BLOCKS, DEPTH_MAX);
        return;
    }
    bool joins = is_inline(role) || (role == ROLE_BREAK && h->headings > 0); /* a broken title is one title */
    if (!joins && h->skipped == 0) flush(h);
    element e = {.name = (const char *)name, .role = role, .box = h->box, .hides = is_hidden(attributes)};
    *ARENA_PUSH(h->w->a, h->open, h->depth, h->depth_max) = e;
    if (e.hides) h->asides++;
    begin_role(h, role, attributes);
}

static void pop(html *h)
{
    element *e = &h->open[h->depth - 1];
    if (!is_inline(e->role) && e->role != ROLE_BREAK && h->skipped == 0) flush(h);
    end_role(h, e->role);
    if (e->hides) h->asides--;
    h->box = e->box;
    h->depth--;
}

static void on_end(void *ctx, const xmlChar *name)
{
    html *h = ctx;
    size_t at = h->depth;
    while (at > 0 && strcmp(h->open[at - 1].name, (const char *)name) != 0) at--;
    if (h->is_stopped || at == 0) return;
    while (h->depth >= at) pop(h);
}

/* White space of the source is no text; a line end between Chinese characters is not even a blank. */
static void add_char(html *h, text_buf *to, text t, size_t from, size_t next, uint32_t c)
{
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        h->blank = true;
        h->blank_is_line = h->blank_is_line || c == '\n' || c == '\r';
        return;
    }
    if (h->blank && to->len > 0) {
        bool latin = char_is_latin(char_last((text){to->ptr, to->len})) && char_is_latin(c);
        if (!h->blank_is_line || latin) buf_char(to, ' ');
    }
    if (to->len == 0 && h->parser->input) h->line = h->parser->input->line;
    h->blank = h->blank_is_line = false;
    buf_add(to, (text){t.ptr + from, next - from});
    if (c == 0xA0 || c == 0x3000) return;
    h->chars++;
    h->link_chars += h->links > 0;
}

static void on_chars(void *ctx, const xmlChar *s, int len)
{
    html *h = ctx;
    text t = {(const char *)s, len > 0 ? (size_t)len : 0};
    if (h->is_stopped || (h->skipped > 0 && h->titles == 0)) return;
    text_buf *to = h->titles > 0 ? &h->title : &h->now;
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        uint32_t c = char_next(t, &at);
        add_char(h, to, t, from, at, c);
    }
    if (h->titles > 0) h->chars = h->link_chars = 0;
}

static void parse(html *h, text utf8)
{
    h->parser = shared.xml.parser_new();
    must(h->parser && h->parser->sax);
    memset(h->parser->sax, 0, sizeof *h->parser->sax);
    h->parser->sax->startElement = on_start;
    h->parser->sax->endElement = on_end;
    h->parser->sax->characters = on_chars;
    h->parser->sax->ignorableWhitespace = on_chars;
    h->parser->sax->initialized = 1;
    h->parser->userData = h;
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC;
    shared.xml.document_free(shared.xml.read(h->parser, utf8.ptr, (int)utf8.len, NULL, "UTF-8", options));
    while (!h->is_stopped && h->depth > 0) pop(h);
    if (!h->is_stopped) flush(h);
    shared.xml.parser_free(h->parser);
    h->parser = NULL;
}

/* Traditional pages in Big5 look like GB18030, so here the page's own word counts. */
static bool says_big5(text bytes)
{
    text head = {bytes.ptr, bytes.len < HEAD_BYTES ? bytes.len : HEAD_BYTES};
    for (size_t i = 0; i + 12 < head.len; i++)
        if (strncasecmp(head.ptr + i, "charset", 7) == 0)
            for (size_t k = i + 7; k < i + 12 && k + 4 <= head.len; k++)
                if (strncasecmp(head.ptr + k, "big5", 4) == 0) return true;
    return false;
}

static bool convert_big5(arena *a, text bytes, text *ret)
{
    iconv_t cd = iconv_open("UTF-8", "BIG5-HKSCS");
    if (cd == (iconv_t)-1) return false;
    size_t max = bytes.len * 2 + 16, in_left = bytes.len, out_left = max;
    char *out = arena_alloc(a, max), *to = out;
    union { const char *from; char *to; } in = {.from = bytes.ptr}; /* iconv takes char ** and does not write there */
    size_t n = iconv(cd, &in.to, &in_left, &to, &out_left);
    iconv_close(cd);
    *ret = (text){out, max - out_left};
    return n != (size_t)-1 && in_left == 0 && !memchr(out, 0, ret->len);
}

static bool decode(document_out *o, heng_err *err)
{
    document *d = o->doc;
    size_t bad = 0;
    if (says_big5(d->original) && !text_is_utf8(d->original, &bad) && convert_big5(o->a, d->original, &d->decoded)) {
        d->encoding = TABLE_ENCODING_GB18030; /* the nearest there is: a double-byte encoding of Chinese */
        return true;
    }
    return text_decode(o->a, d->original.ptr, d->original.len, &d->decoded, &d->encoding, err);
}

static bool has_text(const document_out *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->blocks[i].kind != BLOCK_FURNITURE) return true;
    return false;
}

bool document_html(document_out *o, heng_err *err)
{
    if (!load(err) || !decode(o, err)) return false;
    arena work = {0};
    web w = {.a = &work};
    html *h = NEW(&work, html);
    h->w = &w;
    h->o = o;
    h->err = err;
    h->now.a = h->title.a = &work;
    *ARENA_PUSH(w.a, w.boxes, w.box_count, w.box_max) = (web_box){0};
    parse(h, o->doc->decoded);
    bool ok = !h->is_stopped;
    if (ok) {
        web_judge(&w);
        web_blocks(&w, o);
        o->doc->title = text_copy(o->a, text_trim(buf_text(&h->title)));
        o->doc->has_no_text = !has_text(o);
    }
    arena_free(&work);
    return ok;
}
