/* The kept plans with their links: what the operations on links, bounds, comparisons and splits share. */
#ifndef OPS_PLAN_VIEW_H
#define OPS_PLAN_VIEW_H
#include "keep.h"
#include "links.h"
#include "ops_internal.h"

typedef struct plan_view {
    ops_call *c;
    const plan_rules *rules;
    const rule_set *r;
    const plan_linker *linker;
    plan_kept kept;
    plan_link *links;            /* one for each goal of kept */
    size_t choice_count; const plan_choice *choices;
    /* figures, opened when asked for */
    account *x;
    size_t year_count; int *years; /* with data, newest first */
    struct figure *figures; size_t figure_count, figure_max;
} plan_view;

/* doc: one document, empty: all that are no copies of another. */
MUST_USE bool plan_view_load(ops_call *c, text doc, plan_view *ret, heng_err *err);
MUST_USE bool plan_view_load_all(ops_call *c, plan_view *ret, heng_err *err); /* copies too */
void plan_view_close(plan_view *v);
MUST_USE bool plan_view_goal(const plan_view *v, text key, size_t *ret, heng_err *err); /* by key or a part of it; ops.no_goal */
MUST_USE bool plan_view_document(const plan_view *v, text doc, const plan_kept_document **ret, heng_err *err);
const plan_kept_document *plan_view_document_of(const plan_view *v, const plan_kept_head *head);
/* The party of a plan's place: its code or region code is the document's GB/T 2260 code; BOOK_NONE. */
int32_t plan_view_party(const plan_view *v, const book_parties *parties, const plan_kept_document *d);
/* The whole document read again from the bytes that the import kept. */
MUST_USE bool plan_view_read(const plan_view *v, const plan_kept_document *d, plan_read *ret, heng_err *err);

/* The base year of a goal that is a change: as stated, else that of its five-year period (link_words.csv, kind base), said in *ret_assumed. 0: none. */
int plan_view_base(const plan_view *v, const plan_goal *g, bool *ret_assumed);
/* The goal's limit as an exact text in a rule's unit; false when the unit or number is none. */
bool plan_view_limit(const plan_view *v, const plan_goal *g, text value, text *ret_value, int32_t *ret_unit);

/* The latest figure of the indicator that judges a goal. */
typedef struct plan_figure { account_value value; int year; /* of the value, or the last year tried */ bool has_party; const rat *distance; /* in the indicator's unit: room (+) or lack (-); NULL none */ bool base_assumed; int base; } plan_figure;
MUST_USE bool plan_view_figure(plan_view *v, size_t goal, plan_figure *ret, heng_err *err);

/* Tasks of the goal's document that answer for it, nearest first: ret[i] index of kept.tasks. */
typedef struct plan_view_answer { size_t task; plan_answer how; } plan_view_answer;
size_t plan_view_answers(const plan_view *v, size_t goal, plan_view_answer **ret);
/* Their bodies, each once, at most max, then how many more: "市农业农村委、市发展改革委 等 5 个". */
text plan_view_bodies(const plan_view *v, const plan_view_answer *answers, size_t count, size_t max);

text goal_text(const ops_call *c, const plan_goal *g);  /* ≥ 40% */
text goal_words(const ops_call *c, const plan_goal *g); /* scope and indicator */
text grade_text(const ops_call *c, const plan_link *l);
text figure_text(plan_view *v, const plan_figure *f);   /* 0.535 (2021), or what is missing */
text distance_text(plan_view *v, size_t goal, const plan_figure *f); /* reached; 3.2 percentage points to go; empty */
/* Which bound a goal makes; false with a reason in the user's language when it makes none. */
bool goal_bound(const plan_view *v, size_t goal, int32_t party, book_bound *ret, text *ret_reason);
text goal_address(arena *a, text key);   /* heng:goal/<doc>/<key> */
MUST_USE bool why_goal(ops_call *c, const addr *at, why_node **ret, heng_err *err);
/* A bound that a goal or its split made: a line that leads to the goal. */
void why_of_goal_bound(ops_call *c, const addr *at, why_node *root);
#endif
