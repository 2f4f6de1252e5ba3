/* Relationships of office packages; see package.h. */
#include "package.h"
#include <string.h>

static void ignore_end(void *ctx, xml_in *xml, const char *name) { (void)ctx, (void)xml, (void)name; }

static const char *copy_or_empty(arena *a, const char *s) { return s ? arena_copy(a, s, strlen(s)) : ""; }

static void relation_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    (void)xml;
    relations *r = ctx;
    if (strcmp(name, "Relationship") != 0) return;
    relation *item = ARENA_PUSH(r->a, r->items, r->count, r->max);
    item->id = copy_or_empty(r->a, xml_attribute(attributes, "Id"));
    item->type = copy_or_empty(r->a, xml_attribute(attributes, "Type"));
    item->target = copy_or_empty(r->a, xml_attribute(attributes, "Target"));
}

/* The type is a URL that differs between the two editions of the standard; its last word does not. */
bool relation_is(const relation *r, const char *word)
{
    const char *slash = strrchr(r->type, '/');
    return slash && strcmp(slash + 1, word) == 0;
}

const relation *relation_of_type(const relations *r, const char *type)
{
    for (size_t i = 0; i < r->count; i++)
        if (relation_is(&r->items[i], type)) return &r->items[i];
    return NULL;
}

const relation *relation_with_id(const relations *r, const char *id)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->items[i].id, id) == 0) return &r->items[i];
    return NULL;
}

/* A target is relative to the folder of the part that names it, or starts with / from the root. */
const char *package_resolve(arena *a, const char *base, const char *target)
{
    if (target[0] == '/') return arena_copy(a, target + 1, strlen(target + 1));
    const char *slash = strrchr(base, '/');
    size_t folder = slash ? (size_t)(slash - base) + 1 : 0;
    while (strncmp(target, "./", 2) == 0 || strncmp(target, "../", 3) == 0) {
        bool up = target[1] == '.';
        target += up ? 3 : 2;
        if (!up) continue;
        if (folder > 0) folder--; /* its final slash */
        while (folder > 0 && base[folder - 1] != '/') folder--;
    }
    return arena_printf(a, "%.*s%s", (int)folder, base, target);
}

bool relations_load(arena *a, zip_in *z, const char *part, relations *ret, heng_err *err)
{
    static const xml_events EVENTS = {relation_start, ignore_end, NULL};
    *ret = (relations){.a = a};
    return !zip_in_has(z, part) || xml_all(z, part, &EVENTS, ret, err);
}

const char *package_rels_name(arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    return arena_printf(a, "%.*s_rels/%s.rels", folder, part, part + folder);
}
