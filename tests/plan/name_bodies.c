/*
 * Says how the directory names bodies: name_bodies PACK[:PACK...] CODE DATE < names, one a line; prints naming, id, name and the number of members, parted
 * by tabs, one line each. For the comparison with careful readers' tables (directory.py).
 */
#include <stdio.h>
#include "directory.h"

static bool load(arena *a, char *packs, const rule_set **ret, heng_err *err)
{
    const char *folders[8];
    size_t count = 0;
    rule_faults faults = {0};
    for (char *next = packs; next && count < 8;) {
        folders[count++] = next;
        next = strchr(next, ':');
        if (next) *next++ = 0;
    }
    return rule_load_folders(a, folders, count, ret, &faults, err);
}

static bool run(arena *a, char **argv, heng_err *err)
{
    const rule_set *r;
    const plan_directory *d;
    char line[512];
    plan_jurisdiction whose = {.code = text_of(argv[2])};
    if (!load(a, argv[1], &r, err) || !plan_directory_open(a, r, &d, err) || !day_parse(text_of(argv[3]), &whose.day, err)) return false;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        plan_named n = plan_body_named(a, d, &whose, text_copy(a, text_of(line)));
        printf("%s\t%.*s\t%.*s\t%zu\n", plan_naming_word(n.naming), TEXT_FMT(n.id), TEXT_FMT(n.name), n.member_count);
    }
    return true;
}

int main(int argc, char **argv)
{
    arena a = {0};
    heng_err err = {0};
    char line[2048];
    if (argc < 4) return 2;
    bool ok = run(&a, argv, &err);
    if (!ok) {
        err_format(&err, HENG_EN, line, sizeof line);
        fprintf(stderr, "%s\n", line);
    }
    arena_free(&a);
    return ok ? 0 : 1;
}
