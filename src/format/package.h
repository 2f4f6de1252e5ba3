/* Office packages: which part of a zip archive belongs to which, by relationships. Shared by spreadsheets and word processor files. */
#ifndef FORMAT_PACKAGE_H
#define FORMAT_PACKAGE_H
#include "xml_in.h"

typedef struct relation { const char *id, *type, *target; } relation;
typedef struct relations {
    arena *a;
    relation *items;
    size_t count, max;
} relations;

/* The relationships in this part; none if the archive does not have it. */
MUST_USE bool relations_load(arena *a, zip_in *z, const char *part, relations *ret, heng_err *err);
bool relation_is(const relation *r, const char *word); /* the last word of its type */
const relation *relation_of_type(const relations *r, const char *type); /* NULL = none */
const relation *relation_with_id(const relations *r, const char *id);
const char *package_resolve(arena *a, const char *base, const char *target); /* target as named in part base */
const char *package_rels_name(arena *a, const char *part);
#endif
