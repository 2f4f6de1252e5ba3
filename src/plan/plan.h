/*
 * Plans: government documents read into sections, goals, trends, tasks and bodies, each anchored to its sentence.
 *
 * Reading is pure: document in, plan out, the same answer every time; nothing is stored here. The rules (cues, units, firmness
 * words, section numbering, endings of bodies) are tables of the rule pack under rulebook/cn/plan/ that a domain person can edit; no rule names
 * a document, a city or a sentence.
 *
 * Clean text: NFKC with radicals, Traditional to Simplified (tw2s) where the document is in Traditional characters, blanks that layout made
 * taken out; every cleaned character keeps its place (block, byte) in the document. Columns and meanings of the tables are those of docs/plan.md.
 */
#ifndef PLAN_H
#define PLAN_H
#include "base.h"
#include "document.h"
#include "format.h"
#include "rule.h"

typedef struct plan_place { int32_t block, byte; } plan_place; /* in document.blocks and its content */
typedef struct plan_span { size_t start, end; } plan_span;     /* bytes of plan_doc.clean */

typedef struct plan_doc {        /* one document, cleaned */
    const document *source;
    text clean;                  /* whole normalised text, paragraphs ended by \n */
    size_t place_count;
    const plan_place *places;    /* one per byte of clean (the first byte of a character counts) */
    bool was_traditional;
    /* head */
    text title, issuer, doc_number, issue_date, publish_date, kind, region, gbt2260, notice_title, basis, note;
    plan_span notice, body, before, after; /* covering notice, the plan proper, text before and after */
} plan_doc;

typedef struct plan_section {
    int order;
    bool in_annex;
    int level;                   /* 1 chapter, 2 section, 3 item */
    text chapter, parent, number, heading;
    plan_span span;              /* the heading */
    plan_span whole;             /* heading and all below it */
    text note;
} plan_section;

typedef enum plan_op { PLAN_AT_LEAST, PLAN_AT_MOST, PLAN_EQUAL, PLAN_ABOUT, PLAN_DECREASE_BY, PLAN_INCREASE_BY, PLAN_RANK } plan_op;
typedef struct plan_goal {
    text indicator, value, value_hi, unit, base_year, base_value, target_year, firmness, scope, cue, quote, note, likely;
    plan_op op;
    bool is_suspect, is_borderline;
    text binding;                /* 约束性, 预期性 or empty */
    text chapter, section;
    plan_span span;              /* the quote */
    size_t occurrence_count; const plan_span *occurrences; /* all places, the first is span */
} plan_goal;

typedef struct plan_trend { text target_year, subject, direction, quote, note, firmness, chapter, section; plan_span span; size_t occurrence_count; } plan_trend;

typedef enum plan_role { PLAN_BODY, PLAN_LEAD, PLAN_SUPPORT } plan_role;
typedef struct plan_body { text as_written, normal; plan_role role; bool is_group; } plan_body;
typedef struct plan_task {
    int no;
    text chapter, section;
    int seq;
    text whole;                  /* the task's text */
    text bodies, bodies_norm, mode;
    bool is_open_list;
    bool has_no_bodies;
    size_t body_count; const plan_body *items;
    plan_span span;
    text note;
} plan_task;

typedef struct plan_damage { text kind; /* doubled, out_of_order, lost_heading, injected, lost_separator, mojibake, before, after */ text severity; /* note, warning, error */ text what_zh, what_en; plan_span span; size_t count; } plan_damage;

typedef struct plan_read {
    plan_doc doc;
    size_t section_count; const plan_section *sections;
    size_t goal_count; const plan_goal *goals;
    size_t trend_count; const plan_trend *trends;
    size_t task_count; const plan_task *tasks;
    size_t damage_count; const plan_damage *damages;
    bool is_plan;                /* false: this document is no plan (says why in doc.note) */
} plan_read;

typedef struct plan_rules plan_rules; /* cues and patterns, compiled once */
MUST_USE bool plan_rules_open(arena *a, const char *folder, const plan_rules **ret, heng_err *err); /* rulebook/cn/plan */
/* r gives regions (GB/T 2260); may be NULL. */
MUST_USE bool plan_read_document(arena *a, const plan_rules *rules, const rule_set *r, const document *d, plan_read *ret, heng_err *err);
/* Is it a plan with text? Otherwise the message that says why not: plan.no_text_layer, too_long, too_short, no_sections, no_goals, no_columns. */
MUST_USE bool plan_fits(const plan_read *p, heng_err *err);

/* Tables as sheets with the columns of docs/plan.md (at least those of the gold files, same names). doc: the id to print. */
void plan_sheet_documents(sheet_book *b, const plan_read *const *plans, const text *docs, size_t count);
void plan_sheet_sections(sheet_book *b, const plan_read *p, text doc);
void plan_sheet_goals(sheet_book *b, const plan_read *p, text doc);
void plan_sheet_trends(sheet_book *b, const plan_read *p, text doc);
void plan_sheet_tasks(sheet_book *b, const plan_read *p, text doc);
void plan_sheet_damage(sheet_book *b, const plan_read *p, text doc);

/* How alike two plans are, by shingles of characters: 0..1000. */
int plan_likeness(arena *a, const plan_doc *x, const plan_doc *y);

extern const heng_message *const plan_messages[];
#endif
