/*
 * Filing: the reports that parties must file (报送), from the empty spreadsheet to the ledger.
 *
 *   template -> a person fills it -> filing_fill -> filled -> checked -> approved -> movements of the ledger
 *                                        ^             \         \
 *                                        |              +-> returned (with a reason)
 *                                        +---------------------'     an approved report is corrected the same way, with a reason
 *
 * Forms are rows of the rule pack (rule.h, report.h). A report is a keyed entry of the book (kind "filing.report", key FORM/PERIOD/PARTY): each step is a
 * version with its author, known-time and, where a file was filled, its delivery. An approved report posts one group of movements (source "report", key the
 * same), so that a correction supersedes all of it, once. A closed period of a form is an entry too (kind "filing.close", key FORM/PERIOD), and the first period for which a form was
 * ever filed (kind "filing.since", key FORM).
 *
 * Not here: what is shown of it (ops).
 */
#ifndef FILING_H
#define FILING_H
#include "base.h"
#include "book.h"
#include "format.h"
#include "rule.h"

typedef struct filing {          /* opened once for a command; all read only */
    arena *a;
    book *b;
    const rule_set *r;
    const cal_zone *zone;
    int64_t known_us;
    heng_lang lang;              /* of spreadsheets written */
    size_t form_count; const rule_report_form *forms;
    book_parties parties;        /* as of the day asked for by filing_at */
    int32_t parties_day;
} filing;
MUST_USE bool filing_open(arena *a, book *b, int64_t known_us, heng_lang lang, filing *ret, heng_err *err);
/* By id, name, alias or printed number. Errors: filing.no_form. */
MUST_USE bool filing_form_want(const filing *f, text name, int *ret, heng_err *err);
/* One month or one year, as the form asks for. Errors: filing.period. */
MUST_USE bool filing_period_want(const filing *f, int form, text t, period *ret, heng_err *err);
/* Parties as of the last day of the period, for all that follows. */
MUST_USE bool filing_at(filing *f, period when, heng_err *err);
period filing_last_period(const filing *f, int form, period when);
int32_t filing_due_day(const filing *f, int form, period when);
text filing_key(arena *a, const filing *f, int form, int32_t party, period when);

/* ---- Who must file ---- */

/* Parties that must file the form for the period, inside root by place (BOOK_NONE = all), by code. */
MUST_USE bool filing_filers(filing *f, int form, period when, int32_t root, int32_t **ret, size_t *ret_count, heng_err *err);
MUST_USE bool filing_filer_want(filing *f, int form, period when, int32_t party, heng_err *err); /* filing.no_filer */

/* ---- Reports ---- */

typedef enum filing_state { FILING_MISSING, FILING_FILLED, FILING_CHECKED, FILING_APPROVED, FILING_RETURNED, FILING_STATES } filing_state;
extern const struct filing_state_name { const char *id, *zh, *en; } filing_state_names[FILING_STATES];
typedef struct filing_row {
    int32_t commodity, unit;
    int64_t row;                 /* of the file */
    text note;
    const rat **values;          /* by column of the form, in `unit` (amounts) or the column's; NULL = empty */
    bool *posted;                /* by column: a movement stands in the ledger for it */
} filing_row;
typedef struct filing_report {
    int form; int32_t party; period when;
    filing_state state;
    int64_t version, known_us;   /* 0 = there is none */
    text filled_by, checked_by, decided_by; /* decided: approved or returned */
    text reason;                 /* of a correction or return */
    int32_t received, first_received; /* days: of this filling, of the first one */
    text file, sheet;
    int64_t delivery;            /* of the filled file */
    int64_t approved_version;    /* the version whose movements stand; 0 = none */
    int64_t restated;            /* movements that fell into a closed period when it was approved */
    bool is_nil;                 /* reported that there was nothing */
    int64_t left_out;            /* rows refused and left out (--keep-going) */
    size_t row_count; filing_row *rows;
} filing_report;
/* The newest version as known. state FILING_MISSING when there is none. */
MUST_USE bool filing_load(const filing *f, int form, int32_t party, period when, filing_report *ret, heng_err *err);
/* All versions, oldest first. */
MUST_USE bool filing_history(const filing *f, int form, int32_t party, period when, filing_report **ret, size_t *ret_count, heng_err *err);
/* All reports of a form for a period, newest versions. */
MUST_USE bool filing_load_all(const filing *f, int form, period when, filing_report **ret, size_t *ret_count, heng_err *err);
MUST_USE bool filing_want_report(const filing *f, const filing_report *x, heng_err *err); /* filing.no_report when there is none */
bool filing_is_in(const filing_report *x);   /* reported: it counts in totals */
bool filing_is_late(const filing *f, const filing_report *x);
const rat *filing_value(const filing_report *x, int32_t commodity, int column); /* NULL = empty */

/* ---- Templates and filled sheets ---- */

MUST_USE bool filing_template(filing *f, int form, int32_t party, period when, const char *path, heng_err *err);

typedef struct filing_fill_options {
    text form, party, period;    /* where the file does not say (CSV), or against it */
    text by, by_default;         /* by_default: when neither is given nor on the cover */
    text reason;
    text received;               /* day; empty = today */
    const char *refused_path;    /* NULL = FILE.refused.xlsx */
    bool dry_run, keep_going, nil;
} filing_fill_options;
/* A check that does not hold. */
typedef struct filing_finding {
    int form; int32_t party; period when;
    int32_t commodity; int64_t row;
    text id; rule_name sentence;
    int gate;                    /* of gates.csv, 0 = none */
    text seen, wanted;           /* the two sides, with unit */
    bool refuses, is_explained;  /* the row's note says something */
} filing_finding;
typedef struct filing_filled {
    int form; int32_t party; period when;
    filing_report report;        /* as it would stand, or stands */
    size_t refusal_count; const heng_err *refusals;
    size_t finding_count; const filing_finding *findings; /* flagged */
    book_receipt receipt;
    book_status status;          /* of the report: created, exists, superseded; refused: nothing was stored */
    bool is_late, is_correction; /* of a report that was approved */
    text refused_path;
} filing_filled;
/* True: judged; without keep_going a refusal means that nothing was stored. */
MUST_USE bool filing_fill(filing *f, const char *path, const filing_fill_options *o, filing_filled *ret, heng_err *err);

/* ---- Judging ---- */

/* The checks of the form over a report; refusing ones too. */
MUST_USE bool filing_judge(filing *f, const filing_report *x, filing_finding **ret, size_t *ret_count, heng_err *err);

/* What the party's meters say of a cell. */
typedef struct filing_compared {
    int32_t party, commodity, unit; int column;
    const rat *reported, *metered; /* in the report's unit; metered NULL = its meters have none */
    const rat *off;              /* |reported - metered| / reported; NULL = reported is 0 or empty, or nothing is metered */
    bool is_far;                 /* more than the rule of gate 80 */
    bool is_double;              /* metered, and posted from the report too */
} filing_compared;
typedef struct filing_meters filing_meters; /* sums of metered movements of a period */
MUST_USE bool filing_meters_load(filing *f, period when, const filing_meters **ret, heng_err *err);
/* What they are to a party, in a unit of the commodity; NULL = none. */
const rat *filing_metered_amount(filing *f, const filing_meters *m, int32_t party, int32_t commodity, int32_t unit, rule_report_meter what);
MUST_USE bool filing_compare(filing *f, const filing_meters *m, const filing_report *x, filing_compared **ret, size_t *ret_count, heng_err *err);
/* Gate 80, 81 and the others that a period's reports do not pass; party BOOK_NONE = all. Gate 80: sentence of gates.csv. */
MUST_USE bool filing_findings(filing *f, int form, period when, int32_t party, filing_finding **ret, size_t *ret_count, heng_err *err);

/* ---- Decisions ---- */

typedef enum filing_metered { FILING_COMPARE /* cells that meters have are compared, not posted */, FILING_REMAINDER /* what is reported above them is posted */, FILING_ALL } filing_metered;
typedef struct filing_posted { int64_t movements, compared, restated, below_zero; book_receipt receipt; } filing_posted;
MUST_USE bool filing_check(filing *f, int form, int32_t party, period when, text by, book_receipt *ret, heng_err *err);
MUST_USE bool filing_return(filing *f, int form, int32_t party, period when, text by, text reason, book_receipt *ret, heng_err *err);
MUST_USE bool filing_approve(filing *f, int form, int32_t party, period when, text by, filing_metered metered, filing_posted *ret, heng_err *err);

/* ---- A period, closed and reopened ---- */

typedef struct filing_closing { bool is_closed; text by, reason; int64_t known_us; int64_t version; } filing_closing;
MUST_USE bool filing_closing_of(const filing *f, int form, period when, filing_closing *ret, heng_err *err);
/* Close: no report may come or change. The filers' period is closed in the book too, so that what is approved later shows as a restatement. A reason is needed
 * while a report is missing or not approved. Reopen: with a reason; the book's closing stands. */
MUST_USE bool filing_close(filing *f, int form, period when, text by, text reason, book_receipt *ret, heng_err *err);
MUST_USE bool filing_reopen(filing *f, int form, period when, text by, text reason, book_receipt *ret, heng_err *err);

/* ---- How much is there ---- */

typedef struct filing_count { int64_t wanted, in, approved, waiting /* filled or checked */, returned, missing, late, corrected /* approved more than once */; } filing_count;
typedef struct filing_status { filing_count count; size_t row_count; filing_report *reports; /* one for each filer */ } filing_status;
MUST_USE bool filing_status_of(filing *f, int form, period when, int32_t root, filing_status *ret, heng_err *err);
/* "18 of 20 reported" for forms whose filers lie inside root, over the periods of the form inside `when` that are over, from the first one on for which it was ever filed; lines for people. */
MUST_USE bool filing_notes(filing *f, period when, int32_t root, text **ret_zh, text **ret_en, size_t *ret_count, heng_err *err);
text filing_reported(const filing *f, int form, const filing_count *c, heng_lang lang); /* "form: 18 of 20 reported" */
typedef struct filing_total { int32_t commodity, unit; const rat **values; } filing_total; /* by column; unit of the form's row */
MUST_USE bool filing_total_of(filing *f, const filing_status *s, filing_total **ret, size_t *ret_count, heng_err *err);

extern const heng_message *const filing_messages[];
#endif
