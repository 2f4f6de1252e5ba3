/* JSON in: a tree with numbers as their raw text (yajl), depth and size limited. Nothing of the domain. */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H
#include "base.h"
typedef enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind;
typedef struct json json;
struct json {
    json_kind kind;
    text key;           /* inside an object */
    text value;         /* NUMBER: raw digits, STRING, BOOL: true/false */
    size_t count;       /* children */
    json *first, *next;
};
enum { JSON_DEPTH_MAX = 64, JSON_BYTES_MAX = 256 << 20 };
MUST_USE bool json_parse(arena *a, text bytes, const json **ret, heng_err *err); /* duplicate keys and bad UTF-8 are errors, with place */
const json *json_get(const json *object, const char *key); /* NULL if absent or no object */
#endif
