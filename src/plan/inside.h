/*
 * The inside of the room plan: the rules as lists of words, and the steps of reading in the order in which read.c calls them.
 *
 *   clean.c      document -> clean text, every byte with its place
 *   head.c       title, issuer, number, dates, region; where the plan proper begins and ends
 *   structure.c  sections, and the pieces of text between headings (paragraphs and rows of tables)
 *   goals.c, indicators.c, trends.c, tasks.c, damage.c   rows out of the pieces
 *
 * All texts point into plan_doc.clean or into the arena. A word of the rules is matched by bytes; clean text is NFKC, so full-width forms need no rules.
 */
#ifndef PLAN_INSIDE_H
#define PLAN_INSIDE_H
#include "plan.h"

enum { PLAN_WORD_CELLS = 4, PLAN_BYTES_MAX = 2 << 20, PLAN_ROWS_MAX = 5000, PLAN_PLACES_MAX = 1000 }; /* more is no plan; of each table; of one goal */
typedef struct plan_word { text word; text cells[PLAN_WORD_CELLS]; } plan_word; /* cells: the columns behind the word, without the note */
enum { PLAN_BUCKETS = 256 };
typedef struct plan_index { uint16_t from[PLAN_BUCKETS + 1]; uint16_t *order; } plan_index; /* words by a hash of three bytes; the last bucket holds shorter ones */
typedef struct plan_list { size_t count, max; plan_word *words; const plan_index *starts, *ends; } plan_list; /* longest word first */

typedef enum plan_set { /* the lists of words.csv */
    SET_STARTER, SET_HEADING_END, SET_GOAL_HEADING, SET_PAST_HEADING, SET_PAST, SET_LEAD, SET_CUT, SET_FOLLOW, SET_RATE, SET_THING_HEAD,
    SET_NAME_AFTER, SET_ANNEX, SET_AFTER, SET_SPAM, SET_TRADITIONAL, SET_OPEN_TAIL, SET_TABLE_BODY, SET_TABLE_LEAD, SET_TABLE_SUPPORT, SET_TABLE_TASK,
    SET_TABLE_GOAL, SET_TABLE_UNIT, SET_TABLE_BINDING, SET_TABLE_SECTION, SET_TABLE_NUMBER, SET_TABLE_DEADLINE, SET_TABLE_TARGET, SET_ADVERB, SET_NOT_TREND, SET_ACTOR, SET_MOJIBAKE, SET_PROLOGUE, SET_SHARED, SET_TRAIL, SET_INTO, SET_LESS, SET_RATED, SET_NOT_NAME, SET_MORE, SET_NOT_BODY, SET_PER, SET_PER_AMOUNT, SET_MADE, SET_COUNT
} plan_set;

typedef struct plan_form { text id, open, close; bool is_digit; int level; } plan_form; /* one way of numbering */

struct plan_rules {
    size_t form_count; const plan_form *forms;
    plan_list cues;       /* word | op firmness kind */
    plan_list qualifiers; /* word | side op firmness */
    plan_list units;      /* unit | class */
    plan_list verbs;      /* verb | op firmness */
    plan_list years;      /* word | year role */
    plan_list scopes;     /* word | kind */
    plan_list trends;     /* word | direction side anywhere */
    plan_list trend_end, trend_start, trend_inside; /* of trends: the words of each side */
    plan_list kinds;      /* suffix | kind */
    plan_list duties;     /* cue | place role */
    plan_list heads, tails; /* of duties: the words of either place */
    plan_list endings;    /* ending | group */
    plan_list names;      /* short | full */
    plan_list link_words; /* word | kind into: one form for wordings of goals and indicators */
    plan_list link_same, link_drop, link_whole, link_changes, link_others, link_tails, link_names; /* of link_words, by kind: other words for one thing, nothing said, the whole place, words of change, words that make another thing, measures at the end of a name, words of tasks */
    plan_list sets[SET_COUNT];
};

/* The bucket of the three bytes at p. */
static inline unsigned plan_bucket(const char *p)
{
    unsigned x = (unsigned char)p[0] * 31u + (unsigned char)p[1] * 7u + (unsigned char)p[2] * 131u;
    return (x ^ x >> 7) % (PLAN_BUCKETS - 1);
}
/* Some word of the list may begin with what t begins with: a quick no for loops over every character. */
static inline bool list_may_start(const plan_list *l, text t)
{
    const plan_index *x = l->starts;
    if (x->from[PLAN_BUCKETS - 1] != x->from[PLAN_BUCKETS]) return true;
    if (t.len < 3) return false;
    unsigned at = plan_bucket(t.ptr);
    return x->from[at] != x->from[at + 1];
}

/* Lists: the longest word that t starts or ends with, or that stands in it; NULL if none. */
const plan_word *list_start(const plan_list *l, text t);
const plan_word *list_end(const plan_list *l, text t);
const plan_word *list_inside(const plan_list *l, text t);
const plan_word *list_equal(const plan_list *l, text t);

/* scan.c: small tools on clean text */
static inline size_t char_bytes(const char *p, size_t len) /* of the character that begins at p, 1 on broken bytes */
{
    unsigned char c = (unsigned char)*p;
    size_t n = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return n <= len ? n : 1;
}
static inline bool is_han(text t, size_t at) /* a CJK ideograph begins there */
{
    if (at + 3 > t.len) return false;
    unsigned char c = (unsigned char)t.ptr[at], d = (unsigned char)t.ptr[at + 1];
    return (c == 0xE4 && d >= 0xB8) || (c >= 0xE5 && c <= 0xE9) || (c == 0xE3 && d >= 0x90);
}
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_latin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline text text_part(text t, size_t start, size_t end)
{
    if (end > t.len) end = t.len;
    if (start > end) start = end;
    return (text){t.ptr + start, end - start};
}
/* count characters from the from-th; empty when there are fewer. */
text char_part(text t, size_t from, size_t count);
text text_trim_junk(text t);                             /* blanks and stray marks off both ends */
size_t text_back(text t, size_t at);                     /* start of the character before at */
text squeeze(arena *a, text t);                          /* without any blanks */
bool has_set(const plan_rules *r, plan_set set, text t); /* a word of the set stands in it */
int zh_numeral(text t);                                  /* 一..九十九, 百; -1 if it is none */
size_t count_of(text whole, text needle);
size_t lost_pairs(text t);                               /* quotation marks and brackets without their other half */

/* Where groups of four characters stand, so that a quote is found without reading the whole text again. */
typedef struct plan_grams { text t; int32_t *heads, *next; size_t count; int32_t *at; } plan_grams;
void grams_make(arena *a, text t, plan_grams *ret);
size_t grams_count(const plan_grams *g, text quote);     /* places that do not overlap */
bool grams_next(const plan_grams *g, text quote, size_t from, size_t *ret_at);

typedef struct plan_piece { /* text between headings, in order */
    plan_span span;
    int section;            /* index of the section it stands in, -1 before the first */
    bool in_annex, is_row;  /* is_row: a row of a table, cells parted by | */
    bool opens;             /* first piece behind its heading */
    bool is_figures;        /* of a table of indicators: its numbers are judged by column, not by words */
} plan_piece;

typedef struct reading { /* what one reading passes from step to step */
    arena *a;
    const plan_rules *rules;
    const rule_set *regions;
    plan_doc *doc;
    size_t section_count, section_max; plan_section *sections; int *parents;
    bool *goal_sections, *past_sections; /* by section: it or a section above it is one of goals, or tells what was */
    size_t piece_count, piece_max; plan_piece *pieces;
    size_t goal_count, goal_max; plan_goal *goals;
    size_t table_goal_count; /* the first ones, of tables of indicators: rows of their own, whatever the text says */
    size_t trend_count, trend_max; plan_trend *trends;
    size_t task_count, task_max; plan_task *tasks;
    size_t damage_count, damage_max; plan_damage *damages;
    plan_grams grams;
    int year;               /* of issue, 0 = unknown */
    bool lost_marks;        /* the document lost dashes and marks: merged ranges are to be expected */
} reading;

MUST_USE bool clean_document(arena *a, const plan_rules *rules, const document *d, plan_doc *ret, heng_err *err);
void read_head(reading *r);
void read_structure(reading *r);
void read_indicators(reading *r);   /* tables of indicators; before read_goals */
void read_goals(reading *r);
void read_trends(reading *r);
void read_tasks(reading *r);
void read_damage(reading *r);
void read_task_list(reading *r);    /* a spreadsheet: sections, pieces and tasks by the heads of its columns */
void read_duty(const reading *r, text listed, plan_task *ret); /* bodies of a statement of who is responsible */

/* Labels of a piece or section: chapter "一", "附件一"; section "(三)", "(三)4". */
void section_labels(const reading *r, int section, bool in_annex, text *ret_chapter, text *ret_section);
text clean_part(const reading *r, plan_span s);
/* All places of quote in the clean text; the one at `first` first. */
size_t find_places(const reading *r, text quote, plan_span first, const plan_span **ret);
void add_damage(reading *r, const char *kind, const char *severity, plan_span at, size_t count, text zh, text en);

/* Sentences and years (years.c). */
typedef struct plan_year { size_t start, end, until /* end of the bracket that it stands in */; text year; enum { YEAR_TARGET, YEAR_BASE, YEAR_PAST } role; } plan_year;
typedef struct plan_years { size_t count, max; plan_year *items; } plan_years;
void find_years(const reading *r, text sentence, plan_years *ret);
text year_before(const plan_years *y, size_t at, text carried); /* target year that holds at that byte */
bool next_sentence(text t, size_t *at, text *ret);              /* ends at 。! or a line end */
bool next_clause(text sentence, size_t *at, text *ret);         /* parted by , ; : outside brackets */
bool is_past(const reading *r, int section);                    /* a section that tells what was */
bool is_goal_section(const reading *r, int section);

/* Bodies (bodies.c). */
typedef struct body_list { size_t count, max; plan_body *items; bool is_open; } body_list;
void read_bodies(const reading *r, text listed, plan_role role, body_list *ret);
bool is_body_list(const reading *r, text t);
text body_normal(arena *a, const plan_rules *r, text name);

text without_marks(arena *a, text t);                    /* blanks, brackets, quotes, commas and the like out (link.c) */
bool cut_word_of_change(const plan_rules *rules, text *t); /* 降低, 下降率 off the end of a wording; true if there was one (link.c) */
/* Rows of tables (cells parted by |). */
size_t row_cells(arena *a, text row, text **ret);
#endif
