/*
 * OFD in (GB/T 33190, the national format of fixed pages): a zip of XML.
 *
 *   OFD.xml -> Doc_0/Document.xml -> pages (and page templates) -> TextObject -> TextCode: text, place of its first character, distances
 *
 * Lengths are millimetres, y counts down, a TextCode stands on its base line. The words go to document_lines.c as those of a pdf do. Not here: glyph
 * transforms, seals, annotations, encrypted packages.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "document_in.h"
#include "messages.h"
#include "package.h"
#include "table_in.h"

enum { OFD_PAGES_MAX = 20000, DELTAS_MAX = 100000, LENGTH_MAX = 100000, TEXT_BYTES_MAX = 1 << 20 };

typedef struct ofd_page { const char *id, *part; } ofd_page;
typedef struct ofd_pages { arena *a; ofd_page *items; size_t count, max; const char *base; } ofd_pages;

typedef struct ofd {
    document_out *o;
    arena *a;
    zip_in *zip;
    line_words words;
    text_buf now;
    const char *root;        /* part of the document */
    ofd_pages pages, templates;
    double width, height;    /* of the page, mm */
    double box[4], ctm[6], size, x, y;
    const char *deltas, *page_template;
    bool in_root, in_title, in_box, in_code, in_template;
} ofd;

static const char *copy(arena *a, const char *s) { return s ? arena_copy(a, s, strlen(s)) : NULL; }

/* A length as written; what is none or absurd is 0. No locale: the separator is always a point. */
static double read_number(const char **at)
{
    const char *s = *at;
    double n = 0, part = 0.1;
    bool negative = false;
    while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == ',') s++;
    if (*s == '-' || *s == '+') negative = *s++ == '-';
    const char *digits = s;
    for (; *s >= '0' && *s <= '9'; s++)
        if (n < LENGTH_MAX) n = n * 10 + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++, part /= 10) n += (*s - '0') * part;
    if (s == digits) {
        *at = *s ? s + 1 : s;
        return 0;
    }
    *at = s;
    return n > LENGTH_MAX ? 0 : negative ? -n : n;
}

static void read_numbers(const char *s, double *to, int count)
{
    for (int i = 0; i < count; i++) to[i] = s ? read_number(&s) : 0;
}

static int32_t hundredths(double mm) { return mm > LENGTH_MAX ? LENGTH_MAX * 100 : mm < -LENGTH_MAX ? -LENGTH_MAX * 100 : (int32_t)lround(mm * 100); }

/* Root and document */

static void package_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    (void)x, (void)attributes;
    ofd *d = ctx;
    d->in_root = strcmp(name, "DocRoot") == 0 && !d->root;
    d->in_title = strcmp(name, "Title") == 0 && d->o->doc->title.len == 0;
    d->now.len = 0;
}

static void keep_chars(void *ctx, xml_in *x, const char *s, size_t len)
{
    (void)x;
    ofd *d = ctx;
    if ((d->in_root || d->in_title || d->in_box || d->in_code) && d->now.len + len < TEXT_BYTES_MAX) buf_add(&d->now, (text){s, len});
}

static const char *absolute(const char *part) { return part[0] == '/' ? part + 1 : part; }

static void package_end(void *ctx, xml_in *x, const char *name)
{
    (void)x, (void)name;
    ofd *d = ctx;
    text t = text_trim(buf_text(&d->now));
    if (d->in_root) d->root = absolute(text_str(d->a, t));
    if (d->in_title) d->o->doc->title = text_copy(d->o->a, t);
    d->in_root = d->in_title = false;
}

static void add_page(ofd *d, xml_in *x, ofd_pages *pages, const char **attributes)
{
    const char *base = xml_attribute(attributes, "BaseLoc"), *id = xml_attribute(attributes, "ID");
    if (!base) return;
    if (pages->count == OFD_PAGES_MAX) {
        fail_limit(xml_err(x), &MSG_DOCUMENT_BLOCKS, NULL, OFD_PAGES_MAX);
        xml_stop(x);
        return;
    }
    *ARENA_PUSH(d->a, pages->items, pages->count, pages->max) = (ofd_page){copy(d->a, id ? id : ""), package_resolve(d->a, d->root, base)};
}

static void document_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    ofd *d = ctx;
    if (strcmp(name, "Page") == 0) add_page(d, x, &d->pages, attributes);
    else if (strcmp(name, "TemplatePage") == 0) add_page(d, x, &d->templates, attributes);
    d->in_box = strcmp(name, "PhysicalBox") == 0;
    if (d->in_box) d->now.len = 0;
}

static void set_page_box(ofd *d)
{
    double box[4];
    buf_char(&d->now, 0);
    read_numbers(d->now.ptr, box, 4);
    if (box[2] > 0 && box[3] > 0) {
        d->width = box[2];
        d->height = box[3];
    }
    d->now.len = 0;
}

static void document_end(void *ctx, xml_in *x, const char *name)
{
    (void)x;
    ofd *d = ctx;
    if (d->in_box && strcmp(name, "PhysicalBox") == 0) set_page_box(d);
    d->in_box = false;
}

/* Pages */

static void object_start(ofd *d, const char **attributes)
{
    const char *size = xml_attribute(attributes, "Size"), *ctm = xml_attribute(attributes, "CTM");
    static const double PLAIN[6] = {1, 0, 0, 1, 0, 0};
    read_numbers(xml_attribute(attributes, "Boundary"), d->box, 4);
    memcpy(d->ctm, PLAIN, sizeof PLAIN);
    if (ctm) read_numbers(ctm, d->ctm, 6);
    d->size = size ? read_number(&size) : 0;
    if (d->size <= 0) d->size = 3.5;
    d->x = d->y = 0;
}

static void code_start(ofd *d, const char **attributes)
{
    const char *x = xml_attribute(attributes, "X"), *y = xml_attribute(attributes, "Y");
    if (x) d->x = read_number(&x);
    if (y) d->y = read_number(&y);
    d->deltas = copy(d->a, xml_attribute(attributes, "DeltaX"));
    d->in_code = true;
    d->now.len = 0;
}

/* Distances between characters: "3.5 3.5 g 10 3.5", where g 10 3.5 stands for ten times 3.5. */
typedef struct deltas { const char *at; double repeated; int64_t left; } deltas;

static double next_delta(deltas *d, double otherwise)
{
    while (d->left == 0) {
        while (d->at && (*d->at == ' ' || *d->at == '\n' || *d->at == '\t')) d->at++;
        if (!d->at || !*d->at) return otherwise;
        if (*d->at != 'g') return read_number(&d->at);
        d->at++;
        double count = read_number(&d->at);
        d->repeated = read_number(&d->at);
        d->left = count > DELTAS_MAX ? DELTAS_MAX : (int64_t)count;
        if (d->left < 0) d->left = 0;
    }
    d->left--;
    return d->repeated;
}

static double char_width(uint32_t c, double size) { return c < 0x2010 ? size / 2 : size; }

/* A word from the characters between two places of the object. */
static void add_word(ofd *d, text content, double x0, double x1)
{
    const double *m = d->ctm;
    double scale_x = m[0] == 0 ? 1 : fabs(m[0]), scale_y = m[3] == 0 ? 1 : fabs(m[3]);
    double left = d->box[0] + m[0] * x0 + m[2] * d->y + m[4], base = d->box[1] + m[1] * x0 + m[3] * d->y + m[5];
    line_words *w = &d->words;
    if (text_trim(content).len == 0) return;
    line_word *word = ARENA_PUSH(w->a, w->words, w->count, w->max);
    *word = (line_word){(int32_t)w->page_count, hundredths(left), hundredths(base - 0.88 * d->size * scale_y), hundredths(left + (x1 - x0) * scale_x),
                        hundredths(base + 0.12 * d->size * scale_y), text_copy(w->a, text_trim(content))};
    if (word->x1 < word->x0) word->x1 = word->x0;
}

static void code_end(ofd *d)
{
    text t = buf_text(&d->now);
    deltas steps = {.at = d->deltas};
    double x = d->x, word_x = x;
    size_t word = 0;
    for (size_t at = 0; at < t.len;) {
        size_t start = at;
        uint32_t c = char_next(t, &at);
        double width = char_width(c, d->size), step = next_delta(&steps, width);
        bool is_blank = c == ' ' || c == 0x3000 || c == '\n' || c == '\t' || c == '\r' || c == 0xA0, is_wide_gap = step > width * 2.5;
        if (is_blank) add_word(d, (text){t.ptr + word, start - word}, word_x, x);
        else if (at == t.len || is_wide_gap) add_word(d, (text){t.ptr + word, at - word}, word_x, x + width);
        x += step;
        if (!is_blank && !is_wide_gap) continue;
        word = at;
        word_x = x;
    }
    d->x = x; /* a code without a place goes on from here */
}

static void page_start(void *ctx, xml_in *x, const char *name, const char **attributes)
{
    (void)x;
    ofd *d = ctx;
    if (strcmp(name, "TextObject") == 0) object_start(d, attributes);
    else if (strcmp(name, "TextCode") == 0) code_start(d, attributes);
    else if (strcmp(name, "Template") == 0 && !d->in_template) d->page_template = copy(d->a, xml_attribute(attributes, "TemplateID"));
    else if (strcmp(name, "PhysicalBox") == 0 && !d->in_template) {
        d->in_box = true;
        d->now.len = 0;
    }
    if (d->words.count < DOCUMENT_BLOCKS_MAX) return;
    fail_limit(xml_err(x), &MSG_DOCUMENT_BLOCKS, NULL, DOCUMENT_BLOCKS_MAX);
    xml_stop(x);
}

static void page_end(void *ctx, xml_in *x, const char *name)
{
    (void)x;
    ofd *d = ctx;
    if (d->in_code && strcmp(name, "TextCode") == 0) code_end(d);
    if (d->in_box && strcmp(name, "PhysicalBox") == 0) {
        set_page_box(d);
        d->words.pages[d->words.page_count - 1] = (line_page){hundredths(d->width), hundredths(d->height)};
    }
    d->in_code = d->in_box = false;
}

static const ofd_page *find_template(const ofd *d, const char *id)
{
    for (size_t i = 0; id && i < d->templates.count; i++)
        if (strcmp(d->templates.items[i].id, id) == 0) return &d->templates.items[i];
    return NULL;
}

static bool read_page(ofd *d, const ofd_page *page, heng_err *err)
{
    static const xml_events EVENTS = {page_start, page_end, keep_chars};
    line_words *w = &d->words;
    *ARENA_PUSH(w->a, w->pages, w->page_count, w->page_max) = (line_page){hundredths(d->width), hundredths(d->height)};
    d->page_template = NULL;
    if (!xml_all(d->zip, page->part, &EVENTS, d, err)) return false;
    const ofd_page *below = find_template(d, d->page_template);
    d->in_template = true;
    bool ok = !below || !zip_in_has(d->zip, below->part) || xml_all(d->zip, below->part, &EVENTS, d, err);
    d->in_template = false;
    return ok;
}

static bool read_all(ofd *d, heng_err *err)
{
    static const xml_events PACKAGE = {package_start, package_end, keep_chars}, DOCUMENT = {document_start, document_end, keep_chars};
    if (!zip_in_open(d->a, d->o->doc->original, DOCUMENT_INFLATED_MAX, &d->zip, err) || !xml_all(d->zip, "OFD.xml", &PACKAGE, d, err)) return false;
    if (!d->root) return err_fill(err, &MSG_DOCUMENT_PART, "OFD.xml", NULL, NULL);
    if (!xml_all(d->zip, d->root, &DOCUMENT, d, err)) return false;
    for (size_t i = 0; i < d->pages.count; i++)
        if (!read_page(d, &d->pages.items[i], err)) return false;
    return document_join(d->o, &d->words, err);
}

bool document_ofd(document_out *o, heng_err *err)
{
    arena work = {0};
    ofd d = {.o = o, .a = &work, .words = {.a = &work}, .now = {.a = &work}, .width = 210, .height = 297};
    o->doc->kind = DOCUMENT_OFD;
    bool ok = read_all(&d, err);
    arena_free(&work);
    return ok;
}
