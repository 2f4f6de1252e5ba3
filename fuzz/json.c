/* Fuzz: any bytes as JSON; a tree that is given back holds only UTF-8 and is no deeper than allowed. */
#include "format.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_tree(const json *n, int depth)
{
    size_t count = 0;
    must(depth <= JSON_DEPTH_MAX + 1 && text_is_utf8(n->key, &(size_t){0}) && text_is_utf8(n->value, &(size_t){0}));
    for (const json *c = n->first; c; c = c->next, count++) check_tree(c, depth + 1);
    must(count == n->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    heng_err err = {0};
    const json *root = NULL;
    bool ok = json_parse(&a, len ? (text){(const char *)bytes, len} : TEXT(""), &root, &err);
    must(ok ? root != NULL : err.message != NULL);
    if (ok) check_tree(root, 0);
    arena_free(&a);
    return 0;
}
