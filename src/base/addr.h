/*
 * Addresses of derived numbers: heng:<kind>/<part>/<part>...?<key>=<value>&...
 *   heng:energy/120000/2014/raw_coal?basis=calorific&known=2026-05-01
 * Parts and values are percent-encoded UTF-8 outside letters, digits and -._~ ; keys are in sorted order in the printed form, so that
 * equal addresses are equal bytes. base knows the form; each room gives its own kinds a meaning.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H
#include "text.h"

enum { ADDR_PARTS_MAX = 8, ADDR_PARAMS_MAX = 16 };
typedef struct addr_param { text key, value; } addr_param;
typedef struct addr {
    text kind;
    size_t part_count;
    text parts[ADDR_PARTS_MAX];
    size_t param_count;
    addr_param params[ADDR_PARAMS_MAX];
} addr;

MUST_USE bool addr_parse(arena *a, text t, addr *ret, heng_err *err); /* base.address_bad */
text addr_format(arena *a, const addr *x);
void addr_part(addr *x, text part);
void addr_set(addr *x, const char *key, text value);
text addr_get(const addr *x, const char *key); /* empty if absent */
#endif
