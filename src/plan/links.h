/*
 * What is made of plans once they are read: goals tied to indicators, tasks to the systems they ask for and the goals they serve, plans to plans.
 *
 * All of it is a pure function of typed rows (plan.h), rules and the choices that people made; nothing is stored here.
 */
#ifndef PLAN_LINKS_H
#define PLAN_LINKS_H
#include "plan.h"

/* ---- Goal to indicator ---- */

enum { PLAN_CANDIDATES_MAX = 3 };
typedef enum plan_link_grade { PLAN_LINK_NONE, PLAN_LINK_LIKELY, PLAN_LINK_EXACT } plan_link_grade;

typedef struct plan_choice { text key, indicator, author; } plan_choice; /* a person's answer to plan_link.key: indicator id, empty = it is none of them */
typedef struct plan_candidate { int32_t indicator; int score; /* 0..1000 */ } plan_candidate;

typedef struct plan_link {
    int32_t indicator;           /* RULE_NONE for none */
    plan_link_grade grade;
    bool by_person;              /* confirmed or denied, now or for an earlier document */
    bool is_change;              /* the goal is a change, the indicator a level: measured against the base year */
    text reason_zh, reason_en;
    size_t candidate_count;
    plan_candidate candidates[PLAN_CANDIDATES_MAX]; /* best first, whether linked or not */
    text key;                    /* wording, scope, unit and kind of the goal, in one form: the same in the next document */
} plan_link;

typedef struct plan_linker plan_linker; /* names and aliases of all indicators in one form */
/* Both must outlive the linker. */
const plan_linker *plan_linker_new(arena *a, const plan_rules *rules, const rule_set *r);
/* jurisdiction: the plan's region as named (天津市), may be empty: a scope that is just this is the whole. */
void plan_link_goal(const plan_linker *l, arena *a, const plan_goal *g, text jurisdiction, const plan_choice *choices, size_t choice_count, plan_link *ret);
const char *plan_link_grade_id(plan_link_grade g); /* "exact", "likely", "none" */

/* ---- Sentences to the systems that they ask for ---- */

typedef struct plan_system { text id; rule_name name; text software, served_by, shown_by; rule_name extent; size_t word_count; const text *words; } plan_system; /* words in one form */
/* The table systems.csv of the rules, in its order. */
size_t plan_systems(arena *a, const rule_set *r, const plan_system **ret);
/* Which systems a text asks for: ret_words[i] is the word that says so, empty for the others. Returns how many. */
size_t plan_systems_asked(arena *a, const plan_system *systems, size_t count, text t, text *ret_words);
/* The sentence of t (parted by 。!; and line ends) in which the word (as plan_systems_asked gives it) stands; t itself if none. */
text plan_sentence_with(arena *a, text t, text word);

/* ---- The same plan found again ---- */

typedef enum plan_stretch_kind { PLAN_MISSING, PLAN_EXTRA, PLAN_DOUBLED, PLAN_MOVED } plan_stretch_kind;
typedef struct plan_stretch {    /* sentences that follow one another */
    plan_stretch_kind kind;
    bool is_heading;             /* one heading, not sentences */
    size_t sentences, chars;
    text quote;                  /* its first sentence */
    plan_span at;                /* missing: in the first document; else in the second */
    text behind;                 /* missing and moved: the sentence of the first document before it, empty at its start */
} plan_stretch;
typedef struct plan_same {
    int likeness;                /* 0..1000 */
    size_t first_sentences, second_sentences, common; /* common: of the first, found in the second */
    size_t missing, extra, doubled, moved; /* sentences */
    size_t missing_headings, moved_headings;
    size_t count; const plan_stretch *stretches; /* headings first, then in order of place */
} plan_same;
/* Sentence by sentence, marks and blanks left out. Both documents must be read (clean text, sections). */
void plan_compare_same(arena *a, const plan_read *first, const plan_read *second, plan_same *ret);

/* ---- Goals of several plans side by side ---- */

typedef enum plan_verdict { PLAN_ABSENT, PLAN_FIRST, PLAN_SAME, PLAN_HIGHER, PLAN_LOWER, PLAN_NEW, PLAN_GONE, PLAN_OTHER_UNIT, PLAN_OTHER_YEAR, PLAN_OTHER_BASE, PLAN_OTHER_KIND, PLAN_DOUBTFUL } plan_verdict;
const char *plan_verdict_id(plan_verdict v); /* "", first, same, higher, lower, new, dropped, other_unit, other_year, other_base, other_comparison, suspect */
typedef struct plan_compared { text doc; size_t goal_count; const plan_goal *const *goals; const plan_link *links; } plan_compared;
typedef struct plan_compare_cell { const plan_goal *goal; size_t index; plan_verdict verdict; } plan_compare_cell; /* goal NULL: none; index in the document's goals */
typedef struct plan_compare_row { int32_t indicator; /* RULE_NONE: by wording */ text wording, scope; const plan_compare_cell *cells; /* one per document */ } plan_compare_row;
/*
 * One row for each indicator (or wording, scope and unit where none is linked) and target year; a value for a year that no other plan has
 * stands with one of another year. The verdict compares with the first document that has the goal: higher and lower are of the number, not of the ambition.
 */
size_t plan_compare_goals(arena *a, const rule_set *r, const plan_compared *docs, size_t doc_count, const plan_compare_row **ret);

/* ---- Goals to the tasks that answer for them ---- */

typedef enum plan_answer { PLAN_NO_ANSWER, PLAN_ANSWER_INSIDE, PLAN_ANSWER_SECTION, PLAN_ANSWER_NAMES } plan_answer;
/*
 * How a task of the same document answers for a goal: the goal stands in the task's own text; the task is of the goal's section; or (for the goals of a general
 * part, which have no tasks) the task names the thing: the goal's wording or a name of its indicator (names, in one form).
 */
plan_answer plan_task_answers(arena *a, const plan_rules *rules, const plan_goal *g, const plan_task *t, const text *names, size_t name_count);
/* The wording of a goal and the names and aliases of its indicator, in one form: whole, and the thing measured (link_words.csv, kinds tail and names). */
size_t plan_goal_names(arena *a, const plan_rules *rules, const rule_set *r, const plan_goal *g, int32_t indicator, text **ret);

/* The unit as worded in a plan (亿立方米, 万辆, 家, "" for a ratio): the rule's unit and how many of it one is; false if the rules have none. */
bool plan_unit_find(arena *a, const rule_set *r, text unit, int32_t *ret_unit, const rat **ret_ratio);
/* The base year of goals for a target year that name none (link_words.csv, kind base: of the five-year plan); empty if the rules name none. */
text plan_period_base(const plan_rules *rules, text target_year);
/* One form of a wording, so that two plans' words can be compared: marks out, words of link_words.csv replaced. */
text plan_wording(arena *a, const plan_rules *rules, text t);
#endif
