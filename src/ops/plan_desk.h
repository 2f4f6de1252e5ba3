/* What the operations on kept plans share: rules, tables for people, words of the call's language. */
#ifndef OPS_PLAN_DESK_H
#define OPS_PLAN_DESK_H
#include "keep.h"
#include "ops_internal.h"

typedef struct plan_desk { ops_call *c; const plan_rules *rules; const rule_set *regions; } plan_desk;
MUST_USE bool plan_desk_open(ops_call *c, plan_desk *ret, heng_err *err);
bool plan_is_document_name(const char *name);      /* by its ending */
text plan_short(ops_call *c, text t, size_t chars); /* cut for a list, whole for a program */
text plan_number_words(ops_call *c, const plan_record *goal); /* ≥ 40 %, for people */
text plan_year_words(const plan_record *r);
text plan_firmness_words(ops_call *c, text id);
text plan_direction_words(ops_call *c, text id);
text plan_state_words(ops_call *c, plan_state s);   /* as read: empty */
text plan_note_words(ops_call *c, text note);      /* what the reader remarks, in the call's language */
text plan_likely_words(ops_call *c, text likely);  /* "~ 5 10 家": 5–10 家 */
text plan_place_words(ops_call *c, const document *d, plan_place at); /* page, line, cell, block and byte, as far as the document has them */
MUST_USE bool plan_desk_doc(ops_call *c, text *ret, heng_err *err); /* --doc, empty when not given */

MUST_USE bool plan_list_task_bodies(ops_call *c, heng_err *err); /* op_plan_bodies.c: one row for each task and body, groups as their members */

void plan_show_read(ops_call *c, plan_table t, const plan_records *rows); /* op_plan_list.c: rows that are not kept, narrow, for people */

/* op_plan_returned.c: an export that came back. False with no error: this file is none. */
MUST_USE bool plan_take_export(plan_desk *d, const char *path, bool dry_run, bool *ret_is_export, heng_err *err);
#endif
