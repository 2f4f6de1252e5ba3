/* XML events from a zip part; see xml_in.h. */
#include "xml_in.h"
#include <expat.h>
#include <stdio.h>
#include "messages.h"
#include "table_in.h"

enum { CHUNK_BYTES = 64 * 1024, DEPTH_MAX = 256, TOKEN_BYTES_MAX = 8 << 20 };

struct xml_in {
    XML_Parser parser;
    zip_part *part;     /* or, where it is NULL, the text left */
    text left;
    const char *name;
    const xml_events *events;
    void *ctx;
    heng_err *err;      /* of the running call */
    int64_t fed;
    int depth;
    bool is_paused, is_stopped, is_last;
};

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    xml_in *x = user;
    if (x->is_stopped) return;
    if (++x->depth > DEPTH_MAX) {
        fail_limit(x->err, &MSG_XLSX_TOO_LARGE, x->name, DEPTH_MAX);
        xml_stop(x);
        return;
    }
    x->events->start(x->ctx, x, local_name(name), attributes);
}

static void on_end(void *user, const XML_Char *name)
{
    xml_in *x = user;
    x->depth--;
    if (!x->is_stopped) x->events->end(x->ctx, x, local_name(name));
}

static void on_chars(void *user, const XML_Char *s, int len)
{
    xml_in *x = user;
    if (!x->is_stopped) x->events->chars(x->ctx, x, s, (size_t)len);
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
    (void)name, (void)system, (void)public, (void)has_subset;
    xml_in *x = user;
    err_fill(x->err, &MSG_XLSX_DTD, x->name, NULL, NULL);
    xml_stop(x);
}

static void free_parser(void *parser) { XML_ParserFree(parser); }

static xml_in *xml_new(arena *a, const char *name, const xml_events *events, void *ctx)
{
    xml_in *x = NEW(a, xml_in);
    *x = (xml_in){.events = events, .ctx = ctx, .name = arena_copy(a, name, strlen(name))};
    x->parser = XML_ParserCreate(NULL);
    must(x->parser);
    arena_on_free(a, free_parser, x->parser);
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    if (events->chars) XML_SetCharacterDataHandler(x->parser, on_chars);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    return x;
}

bool xml_open(arena *a, zip_in *z, const char *part, const xml_events *events, void *ctx, xml_in **ret, heng_err *err)
{
    zip_part *p = NULL;
    if (!zip_part_open(a, z, part, &p, err)) return false;
    *ret = xml_new(a, part, events, ctx);
    (*ret)->part = p;
    return true;
}

heng_err *xml_err(xml_in *x) { return x->err; }

void xml_pause(xml_in *x)
{
    x->is_paused = true;
    XML_StopParser(x->parser, XML_TRUE);
}

void xml_stop(xml_in *x)
{
    if (x->is_stopped) return;
    x->is_stopped = true;
    XML_StopParser(x->parser, XML_FALSE);
}

static bool parse_failed(xml_in *x)
{
    char place[64];
    if (x->is_stopped) return false; /* the handler has filled err */
    snprintf(place, sizeof place, "%llu:%llu", (unsigned long long)XML_GetCurrentLineNumber(x->parser),
             (unsigned long long)XML_GetCurrentColumnNumber(x->parser) + 1);
    return err_fill(x->err, &MSG_XLSX_XML, x->name, NULL, place);
}

/* expat looks at an unfinished token again with every chunk, so an endless one costs its square. */
static bool token_fits(xml_in *x)
{
    int64_t at = XML_GetCurrentByteIndex(x->parser);
    return x->fed - at <= TOKEN_BYTES_MAX || fail_limit(x->err, &MSG_XLSX_TOO_LARGE, x->name, TOKEN_BYTES_MAX);
}

static bool read_more(xml_in *x, void *to, size_t *ret_len)
{
    if (x->part) return zip_part_read(x->part, to, CHUNK_BYTES, ret_len, x->err);
    size_t n = x->left.len < CHUNK_BYTES ? x->left.len : CHUNK_BYTES;
    if (n > 0) memcpy(to, x->left.ptr, n);
    x->left = (text){x->left.ptr + n, x->left.len - n};
    *ret_len = n;
    return true;
}

static bool feed(xml_in *x, enum XML_Status *ret_status)
{
    if (!token_fits(x)) return false; /* before the buffer, which forgets the place */
    void *buffer = XML_GetBuffer(x->parser, CHUNK_BYTES);
    size_t n = 0;
    must(buffer);
    if (!read_more(x, buffer, &n)) return false;
    x->fed += (int64_t)n;
    x->is_last = n == 0;
    *ret_status = XML_ParseBuffer(x->parser, (int)n, x->is_last);
    return true;
}

bool xml_pump(xml_in *x, bool *ret_is_end, heng_err *err)
{
    enum XML_Status status = XML_STATUS_OK;
    x->err = err;
    if (x->is_paused) {
        x->is_paused = false;
        status = XML_ResumeParser(x->parser);
    }
    while (status == XML_STATUS_OK && !x->is_last)
        if (!feed(x, &status)) return false;
    if (status == XML_STATUS_ERROR) return parse_failed(x);
    *ret_is_end = status == XML_STATUS_OK;
    return true;
}

bool xml_all(zip_in *z, const char *part, const xml_events *events, void *ctx, heng_err *err)
{
    arena a = {0};
    xml_in *x = NULL;
    bool is_end = false;
    bool ok = xml_open(&a, z, part, events, ctx, &x, err) && xml_pump(x, &is_end, err);
    arena_free(&a);
    return ok;
}

bool xml_text(text xml, const char *name, const xml_events *events, void *ctx, heng_err *err)
{
    arena a = {0};
    bool is_end = false;
    xml_in *x = xml_new(&a, name, events, ctx);
    x->left = xml;
    bool ok = xml_pump(x, &is_end, err);
    arena_free(&a);
    return ok;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local_name(*attributes), name) == 0) return attributes[1];
    return NULL;
}
