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

enum { PLAN_SAME_PERMILLE = 350, PLAN_EQUAL_PERMILLE = 900 }; /* this much alike and of one title or number, or this much alike: the same plan found again */

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

/* ---- Rows as cells: for tables, corrections and exports ---- */

typedef enum plan_column_kind {
    PLAN_COL_DOC, PLAN_COL_KEY, PLAN_COL_STATE, PLAN_COL_VERSION, PLAN_COL_AUTHOR, PLAN_COL_COPIES, /* of the head; not stored in the row */
    PLAN_COL_FIRST, PLAN_COL_LAST, PLAN_COL_CHARS,                                  /* worked out from the text of a task */
    PLAN_COL_BLOCK, PLAN_COL_BYTE,                                                  /* the place, block from 1 */
    PLAN_COL_TEXT, PLAN_COL_INT, PLAN_COL_SIZE, PLAN_COL_FLAG, PLAN_COL_OP, PLAN_COL_PART,
    PLAN_COL_LEAD, PLAN_COL_SUPPORT, PLAN_COL_EXTRA,                                /* stored, but in no field of the struct */
    PLAN_COL_SPAN, PLAN_COL_SPANS, PLAN_COL_ITEMS                                   /* stored, never shown */
} plan_column_kind;
typedef enum plan_check { PLAN_FIXED, PLAN_FREE, PLAN_WORDS /* not empty */, PLAN_NUMBER, PLAN_YEAR, PLAN_DAY, PLAN_CHOICE } plan_check; /* FIXED: not to be edited */
typedef struct plan_column { const char *id, *zh; plan_column_kind kind; size_t offset; plan_check check; const char *choices; /* a|b|c */ } plan_column;

enum { PLAN_CELLS_MAX = 32 };
size_t plan_columns(plan_table t, const plan_column **ret);
int plan_column_find(plan_table t, text id);       /* -1 = none, or never shown */
const char *plan_table_name(plan_table t);         /* documents sections goals trends tasks damage */
plan_table plan_table_of_key(text key);            /* by the letter behind the slash; PLAN_DOCUMENTS without one, PLAN_TABLES for none */
bool plan_column_is_shown(const plan_column *c);

typedef struct plan_record {
    plan_table table;
    plan_kept_head head;
    text *cells;                 /* one for each column, head and worked-out ones filled too */
    text *read;                  /* as read, where a person changed something; else NULL */
    size_t start, end;           /* span of the clean text */
    int64_t order;               /* of its document */
} plan_record;
typedef struct plan_records { size_t count, max; plan_record *items; } plan_records;

/* One table in the order of its documents and places. with_dropped: also rows that were dropped. */
MUST_USE bool plan_records_load(book *b, arena *a, int64_t known_us, plan_table t, text doc, bool with_dropped, plan_records *ret, heng_err *err);
text plan_cell(const plan_record *r, const char *column);
/* The record of a key: whole, or a part of one that fits one row only ("g12ab"). Errors: plan.key_unknown (nearest), plan.key_ambiguous. */
MUST_USE bool plan_record_want(book *b, arena *a, int64_t known_us, text key, plan_record *ret, heng_err *err);
/* The id of a document: whole, or a part that fits one only. Errors: plan.document_unknown (nearest), plan.document_ambiguous. */
MUST_USE bool plan_document_want(book *b, arena *a, int64_t known_us, text name, text *ret, heng_err *err);

/* The record as the struct of its table (plan_goal, plan_task, ...; plan_kept_document). */
void plan_row_of(arena *a, const plan_record *r, void *row);

/* Shown columns as a sheet, with the ids as header: what an export holds. */
sheet *plan_sheet_records(sheet_book *b, plan_table t, const plan_records *rows);

/* One table of a document that was read and is not kept: rows without key, state and version. All but PLAN_DOCUMENTS. */
void plan_read_records(arena *a, const plan_read *p, text doc, plan_table t, plan_records *ret);

/* ---- Keeping a document ---- */

typedef enum plan_kept_status { PLAN_KEPT_NEW, PLAN_KEPT_EXISTS, PLAN_KEPT_REREAD } plan_kept_status;
typedef struct plan_known plan_known; /* which documents are kept, remembered from one to the next of an import */
plan_known *plan_known_new(arena *a);
typedef struct plan_keep_options { bool reread, dry_run, anyway; plan_known *known; /* NULL: looked up */ } plan_keep_options;
typedef struct plan_keep_report {
    plan_kept_status status;
    text doc;                    /* its id */
    int64_t delivery;
    int64_t created, changed, withdrawn, same; /* rows, of a document read again */
    size_t sections, goals, trends, tasks, damages, suspects;
    bool is_plan;
    text copy_of;                /* the same plan is kept already as this */
    int likeness;                /* of 1000 */
} plan_keep_report;

/*
 * Post what was read. name: of the file, its base gives the document's id. The same bytes again change nothing (EXISTS), unless reread: then rows that
 * differ are superseded and rows that are gone withdrawn; corrections stay. Errors: those of plan_fits (anyway: only plan.no_text_layer).
 */
MUST_USE bool plan_keep_document(book *b, arena *a, text name, const document *d, const plan_read *p, const plan_keep_options *o, plan_keep_report *ret, heng_err *err);
/* A kept document from its kept bytes: opened and read again, for places in the original. */
MUST_USE bool plan_reopen(book *b, arena *a, const plan_rules *rules, const rule_set *regions, text doc, document *ret_d, plan_read *ret, heng_err *err);

/* ---- Corrections ---- */

typedef struct plan_change { text column, value; } plan_change;
typedef struct plan_edit {
    plan_table table;
    text key;                    /* empty: a row is added */
    text doc;                    /* of an added row */
    bool drop, confirm, restore; /* restore: take the correction back */
    size_t set_count; const plan_change *sets;
    int64_t row;                 /* of the file it came from, for errors */
} plan_edit;
typedef struct plan_edit_report { int64_t changed, added, dropped, confirmed, restored, same; int64_t delivery; } plan_edit_report;
/*
 * Check all, then post all in one delivery, or nothing. rules: to take the names of bodies apart. An edit that changes nothing is counted as same. Errors: plan.key_unknown,
 * plan.column_unknown, plan.column_fixed, plan.choice_bad, plan.year_bad, plan.value_bad, plan.value_missing, with row and field.
 */
MUST_USE bool plan_edit_post(book *b, arena *a, const plan_rules *rules, const plan_edit *edits, size_t count, text file, bool dry_run, plan_edit_report *ret, heng_err *err);
/* What confirming a record sets: the likely reading of a number that is suspect. */
size_t plan_likely_sets(arena *a, const plan_record *r, plan_change *ret /* up to 6 */);
/* Make doc the one of its copies that counts. */
MUST_USE bool plan_prefer(book *b, arena *a, text doc, plan_edit_report *ret, heng_err *err);

/* Is this table an export (its header has the columns key and state)? Then its rows as edits: changed cells, rows without key, rows of state dropped. */
bool plan_is_export(const table_row *header, plan_table *ret);
MUST_USE bool plan_export_edits(book *b, arena *a, plan_table t, const table_row *header, const table_row *rows, size_t count, plan_edit **ret, size_t *ret_count, heng_err *err);

#endif
