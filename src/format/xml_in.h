/*
 * One XML part of an archive (or a text) read as events (expat), which can be paused at an element's end and gone on with later. Names come without their
 * namespace prefix. Document type declarations are refused (so no entity can be declared), nesting and single tokens have limits.
 */
#ifndef FORMAT_XML_IN_H
#define FORMAT_XML_IN_H
#include "zip_in.h"

typedef struct xml_in xml_in;

/* A handler that fails fills err (xml_err) and calls xml_stop. */
typedef struct xml_events {
    void (*start)(void *ctx, xml_in *x, const char *name, const char **attributes);
    void (*end)(void *ctx, xml_in *x, const char *name);
    void (*chars)(void *ctx, xml_in *x, const char *s, size_t len); /* NULL = not wanted */
} xml_events;

MUST_USE bool xml_open(arena *a, zip_in *z, const char *part, const xml_events *events, void *ctx, xml_in **ret, heng_err *err);
/* Reads until xml_pause or the end. */
MUST_USE bool xml_pump(xml_in *x, bool *ret_is_end, heng_err *err);
void xml_pause(xml_in *x);
void xml_stop(xml_in *x);
heng_err *xml_err(xml_in *x);
/* A whole part at once. */
MUST_USE bool xml_all(zip_in *z, const char *part, const xml_events *events, void *ctx, heng_err *err);
/* XML that is in memory already; name is for errors. */
MUST_USE bool xml_text(text xml, const char *name, const xml_events *events, void *ctx, heng_err *err);
const char *xml_attribute(const char **attributes, const char *name); /* NULL = absent */
#endif
