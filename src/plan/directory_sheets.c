/* Bodies and tasks as sheets, each body by its name in the directory. */
#include <stdlib.h>
#include "directory.h"
#include "inside.h"

enum { COLUMNS_MAX = 16 };

static sheet *begin(sheet_book *b, const char *name, const char *const *ids)
{
    sheet_column columns[COLUMNS_MAX] = {0};
    size_t count = 0;
    for (; ids[count] && count < COLUMNS_MAX; count++) columns[count] = (sheet_column){.id = text_of(ids[count]), .title = text_of(ids[count])};
    return sheet_new(b, text_of(name), TEXT(""), columns, count);
}

static text number(arena *a, size_t n) { return text_of(arena_printf(a, "%zu", n)); }

static text role_word(plan_role role) { return role == PLAN_LEAD ? TEXT("lead") : role == PLAN_SUPPORT ? TEXT("support") : TEXT("body"); }

/* A body over all tasks of a plan. */
typedef struct counted { plan_named named; text written; size_t order, tasks, lead, support; } counted;
typedef struct counting { arena *a; const plan_directory *d; plan_jurisdiction whose; text_map by_name, by_written; size_t count, max; counted *items; } counting;

/* The place of the body in items; the same writing is asked of the directory once. */
static counted *count_body(counting *k, text written)
{
    int64_t at;
    if (text_map_find(&k->by_written, written, &at)) return &k->items[at];
    plan_named n = plan_body_named(k->a, k->d, &k->whose, written);
    text key = n.id.len ? n.id : n.name;
    if (!text_map_find(&k->by_name, key, &at)) {
        at = (int64_t)k->count;
        *ARENA_PUSH(k->a, k->items, k->count, k->max) = (counted){.named = n, .written = written, .order = k->count};
        text_map_put(&k->by_name, key, at);
    } else {
        k->items[at].written = text_of(arena_printf(k->a, "%.*s;%.*s", TEXT_FMT(k->items[at].written), TEXT_FMT(written)));
    }
    text_map_put(&k->by_written, written, at);
    return &k->items[at];
}

static int by_tasks(const void *x, const void *y)
{
    const counted *a = x, *b = y;
    if (a->tasks != b->tasks) return a->tasks > b->tasks ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void count_task(counting *k, const plan_task *t)
{
    for (size_t i = 0; i < t->body_count; i++) {
        counted *c = count_body(k, squeeze(k->a, t->items[i].as_written));
        c->tasks++;
        c->lead += t->items[i].role == PLAN_LEAD;
        c->support += t->items[i].role == PLAN_SUPPORT;
    }
}

void plan_sheet_bodies(sheet_book *b, const plan_directory *d, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "id", "body", "type", "kind", "naming", "place", "written", "tasks", "lead", "support", "members", NULL};
    arena a = {0};
    counting k = {.a = &a, .d = d, .whose = plan_jurisdiction_of(&p->doc), .by_name = {.a = &a}, .by_written = {.a = &a}};
    sheet *s = begin(b, "bodies", IDS);
    for (size_t i = 0; i < p->task_count; i++) count_task(&k, &p->tasks[i]);
    if (k.count > 1) qsort(k.items, k.count, sizeof *k.items, by_tasks);
    for (size_t i = 0; i < k.count; i++) {
        const counted *c = &k.items[i];
        const plan_named *n = &c->named;
        sheet_row(s, (text[]){doc, n->id, n->name, n->type, n->kind, text_of(plan_naming_word(n->naming)), n->place, c->written, number(&a, c->tasks), number(&a, c->lead),
                              number(&a, c->support), n->member_count ? number(&a, n->member_count) : TEXT("")});
    }
    arena_free(&a);
}

static void task_row(sheet *s, arena *a, text doc, const plan_task *t, const plan_body *x, const plan_named *n, const plan_member *m)
{
    sheet_row(s, (text[]){doc, number(a, (size_t)t->no), t->chapter, t->section, number(a, (size_t)t->seq), x->as_written, role_word(x->role), text_of(plan_naming_word(n->naming)), m ? m->id : n->id,
                          m ? m->name : n->name});
}

void plan_sheet_task_bodies(sheet_book *b, const plan_directory *d, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "no", "chapter", "section", "seq", "as_written", "role", "naming", "id", "body", NULL};
    arena a = {0};
    plan_jurisdiction whose = plan_jurisdiction_of(&p->doc);
    sheet *s = begin(b, "task_bodies", IDS);
    for (size_t i = 0; i < p->task_count; i++)
        for (size_t k = 0; k < p->tasks[i].body_count; k++) {
            const plan_body *x = &p->tasks[i].items[k];
            plan_named n = plan_body_named(&a, d, &whose, x->as_written);
            for (size_t m = 0; m < n.member_count; m++) task_row(s, &a, doc, &p->tasks[i], x, &n, &n.members[m]);
            if (!n.member_count) task_row(s, &a, doc, &p->tasks[i], x, &n, NULL);
        }
    arena_free(&a);
}
