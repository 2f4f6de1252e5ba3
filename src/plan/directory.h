/*
 * The directory of bodies: a body as a task names it -> the body that is meant, in one form for all its names.
 *
 * Bodies are rows of the rule table bodies (patterns of full names and short ones, good for every place) and of city packs; groups (各区, 有农业的区) are
 * rows of body_groups, whose members a city pack names. Which place a name means follows from whose plan it stands in: 市 in a district's plan
 * is the district's city, 省 in a city's plan its province. Pure: nothing is stored, nothing fails; a body that no row fits stays as written.
 * Not here: cutting a list into bodies (bodies.c).
 */
#ifndef PLAN_DIRECTORY_H
#define PLAN_DIRECTORY_H
#include "plan.h"

typedef enum plan_naming {
    PLAN_NAMED,           /* one body */
    PLAN_NAMED_GROUP,     /* several, all known: members */
    PLAN_GROUP_UNDEFINED, /* several (各县区, 有关区人民政府), and no pack says which */
    PLAN_NAMED_OPEN,      /* nobody in particular (有关部门) */
    PLAN_NOT_NAMED        /* not in the directory: kept as written */
} plan_naming;

typedef struct plan_jurisdiction { text code, name; int32_t day; } plan_jurisdiction; /* whose plan: GB/T 2260 code (may be empty), its name; day of issue */
typedef struct plan_member { text id, name, place; } plan_member;
typedef struct plan_named {
    plan_naming naming;
    text id;              /* "120000:development_reform": place and type; a place that no table knows stands behind the plan's own, "310000/崇明区:government";
                           * of a group the place is the group's name; empty if there is none */
    text name;            /* 天津市发展和改革委员会; as written where not in the directory */
    text type, kind;      /* of the row */
    text place;           /* code, or the name of a place that no table knows */
    bool place_is_assumed;/* the name holds no place (住建局): the plan's own was taken */
    size_t member_count; const plan_member *members; /* of PLAN_NAMED_GROUP */
    const rule_row *row;  /* of bodies; NULL if none fits */
    const rule_row *group;/* of body_groups */
} plan_named;

typedef struct plan_directory plan_directory;
/* Compiles the tables bodies and body_groups; r must stay. Errors: plan.body_pattern, with file, row and field. */
MUST_USE bool plan_directory_open(arena *a, const rule_set *r, const plan_directory **ret, heng_err *err);
plan_jurisdiction plan_jurisdiction_of(const plan_doc *d);
/* Texts of the result live in the arena, or in the rules, or are parts of as_written. */
plan_named plan_body_named(arena *a, const plan_directory *d, const plan_jurisdiction *whose, text as_written);
const char *plan_naming_word(plan_naming n); /* named, group, undefined, open, unknown */

#endif
