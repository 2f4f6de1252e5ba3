/*
 * Intake: files of rows become facts. Finds the layout (form) by its header, maps names to the book, posts through book_post, and
 * gives each row its status. A refused row keeps the file's own form: it is written out with its reason, ready to mend and load again.
 */
#ifndef INTAKE_H
#define INTAKE_H
#include "base.h"
#include "book.h"
#include "format.h"
#include "rule.h"

/* Forms: declared in forms.def with their columns (id, Chinese and English header, required, kind of content). movements, observations, parties,
 * balance (a printed energy balance through a mapping of the pack: columns province|party,year,material,process,value). */
typedef struct intake_column { text id; rule_name title; bool required; text content; rule_name comment; } intake_column;
typedef struct intake_form { text id; rule_name name; size_t column_count; const intake_column *columns; } intake_form;

typedef struct intake_options {
    text form;              /* empty = found by header */
    text mapping;           /* of mappings.csv, for form balance */
    text source;            /* logical source; empty = the file's name without folder */
    text sheet;
    text party;             /* default party for rows without */
    bool dry_run, keep_going, supersede;
    const char *refused_path; /* where refused rows go with keep_going; NULL = <file>.refused.<csv|xlsx> */
    heng_lang lang;         /* of the reasons written there */
    bool quiet;             /* no progress */
} intake_options;

typedef struct intake_refusal { heng_err why; } intake_refusal;
/* What became of a row. The address is that of the first fact made of it; empty where nothing is stored under a number. */
typedef enum intake_status { INTAKE_CREATED, INTAKE_EXISTS, INTAKE_SUPERSEDED, INTAKE_REFUSED, INTAKE_SKIPPED, INTAKE_NOT_STORED /* good, but another row was refused */ } intake_status;
typedef struct intake_row_result { int64_t row; intake_status status; text address; const heng_err *why; } intake_row_result;
typedef struct intake_report {
    text form; hash content;
    int64_t rows, skipped;
    book_receipt receipt;
    size_t refusal_count; const intake_refusal *refusals; /* at most 1000 kept; receipt.refused counts all */
    size_t row_count; const intake_row_result *row_results; /* every row, in the order of the file */
    text refused_path;      /* written, or empty */
    size_t warning_count; const heng_err *warnings;
} intake_report;

/* True: judged (see report; without keep_going any refusal means that nothing was stored). False: the file could not be read or the book not written. */
MUST_USE bool intake_file(book *b, arena *a, const char *path, const intake_options *options, intake_report *ret, heng_err *err);
MUST_USE bool intake_undo(book *b, arena *a, int64_t delivery, text reason, book_receipt *ret, heng_err *err);
/* An empty spreadsheet for a form: headers, drop-down names of parties, commodities, units, kinds, a second sheet that explains. */
MUST_USE bool intake_template(book *b, arena *a, text form, const char *path, heng_lang lang, heng_err *err);

extern const heng_message *const intake_messages[];
#endif
