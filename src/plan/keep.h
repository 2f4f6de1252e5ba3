/*
 * Keeping plans: what was read is posted to the book, corrected by people, and loaded again.
 *
 * In the book a document is one delivery (source "plan", its bytes kept) and one entry for each row:
 *
 *   kind             key            body (JSON of the columns of docs/plan.md; spans of the clean text; block and byte)
 *   plan.document    DOC            head of the document
 *   plan.section     DOC/s12ab34    and plan.goal (g), plan.trend (r), plan.task (t), plan.damage (d)
 *   plan.edit        any of these   what a person changed: {"set":{...},"under":{the row as read}}, {"drop":"1"}, or a row added
 *   plan.sketch      DOC            smallest hashes of its shingles, to find the same plan again
 *
 * A row's key is the document's id, a letter and 24 bits of a hash of its words (quote, heading, text of the task; of the document's own words, not of
 * the columns that a rule may change), with -2, -3 among equals; so it stays when a document is read again with other rules.
 *
 * A correction lies over the row as read and stays when that is read anew. When the row below is gone, it stays as a row of the person's
 * (PLAN_LEFT). Every version has an author and a known-time; all is as known at any moment.
 *
 * Not here: reading (plan.h), links and comparisons (link.h, compare.h).
 */
#ifndef PLAN_KEEP_H
#define PLAN_KEEP_H
#include "book.h"
#include "plan.h"

enum { PLAN_SAME_PERMILLE = 350 };   /* documents this much alike are the same plan found again */

typedef enum plan_table { PLAN_DOCUMENTS, PLAN_SECTIONS, PLAN_GOALS, PLAN_TRENDS, PLAN_TASKS, PLAN_DAMAGES, PLAN_TABLES } plan_table;

/* As read; a person said yes to it; changed; added; changed, and the row below is gone; taken out. */
typedef enum plan_state { PLAN_AS_READ, PLAN_CONFIRMED, PLAN_CORRECTED, PLAN_ADDED, PLAN_LEFT, PLAN_DROPPED } plan_state;
const char *plan_state_name(plan_state s); /* read confirmed corrected added left dropped */

typedef struct plan_kept_head {
    text doc, key;               /* key: whole, "tianjin-2022/g12ab34"; of a document its id */
    plan_state state;
    int64_t version;             /* how many times the row and its correction have changed, from 1 */
    text author;                 /* who wrote the newest of both */
    int64_t known_us;
    plan_place place;            /* in the document: block and byte from 0; -1 for rows that a person added */
    bool is_copy;                /* of a document that another one stands for */
} plan_kept_head;

typedef struct plan_kept_document {
    plan_kept_head head;
    plan_doc row;                /* head of the document; source, clean and places are empty: plan_reopen */
    text file;                   /* name it was imported under */
    text copies;                 /* ids of documents that are the same plan, parted by ; */
    text copy_of;                /* the one of them that counts, empty: this one */
    int64_t delivery;
    bool is_plan;
    size_t sections, goals, trends, tasks, damages;
} plan_kept_document;
typedef struct plan_kept_section { plan_kept_head head; plan_section row; } plan_kept_section;
typedef struct plan_kept_goal { plan_kept_head head; plan_goal row; } plan_kept_goal;
typedef struct plan_kept_trend { plan_kept_head head; plan_trend row; } plan_kept_trend;
typedef struct plan_kept_task { plan_kept_head head; plan_task row; } plan_kept_task;
typedef struct plan_kept_damage { plan_kept_head head; plan_damage row; } plan_kept_damage;

typedef struct plan_kept {       /* documents in the order of their import, rows in the order of their place */
    size_t document_count; plan_kept_document *documents;
    size_t section_count; plan_kept_section *sections;
    size_t goal_count; plan_kept_goal *goals;
    size_t trend_count; plan_kept_trend *trends;
    size_t task_count; plan_kept_task *tasks;
    size_t damage_count; plan_kept_damage *damages;
} plan_kept;

/* All that is kept, corrections laid over it, dropped rows left out; doc: of one document only (exact id), empty: all, copies too (head.is_copy). */
MUST_USE bool plan_kept_load(book *b, arena *a, int64_t known_us, text doc, plan_kept *ret, heng_err *err);
/* The same with the rows that were dropped (state PLAN_DROPPED). */
MUST_USE bool plan_kept_load_all(book *b, arena *a, int64_t known_us, text doc, plan_kept *ret, heng_err *err);

#endif
