/* What the files of filing share. */
#ifndef FILING_INSIDE_H
#define FILING_INSIDE_H
#include "filing.h"
#include "messages.h"

#define FILING_KIND TEXT("filing.report")
#define FILING_SINCE_KIND TEXT("filing.since")
#define FILING_CLOSE_KIND TEXT("filing.close")
#define FILING_SOURCE TEXT("report")

text filing_name(const filing *f, rule_name n);                     /* in the user's language */
char *filing_party_words(const filing *f, int32_t party);           /* name in both languages, for a message */
char *filing_form_words(const filing *f, int form);
char *filing_period_str(const filing *f, period when);
MUST_USE bool filing_person(text by, text *ret, heng_err *err);     /* trimmed; filing.no_person */
MUST_USE bool filing_reason_given(text reason, const char *zh, const char *en, arena *a, heng_err *err);

/* body.c: a report as JSON and back. */
text filing_body(arena *a, const filing *f, const filing_report *x);
MUST_USE bool filing_body_read(const filing *f, const book_entry_row *e, filing_report *ret, heng_err *err);
filing_row *filing_row_new(arena *a, const rule_report_form *form);
MUST_USE bool filing_key_read(const filing *f, text key, int *ret_form, int32_t *ret_party, period *ret, heng_err *err);

/* meters.c, ends.c: a cell's amount in the unit it is recorded in. */
MUST_USE bool filing_recorded(const filing *f, int32_t commodity, int32_t unit, const rat *value, int32_t *ret_unit, const rat **ret, heng_err *err);
const rat *filing_metered_of(const filing_meters *m, const bool *inside, int32_t commodity, int32_t unit /* recorded */, rule_report_meter what); /* NULL = none */
/* The parties at both ends of a column's movement; the party's stock is made when it is not there. */
MUST_USE bool filing_ends(filing *f, const rule_report_column *c, int32_t party, int32_t *ret_from, int32_t *ret_to, heng_err *err);

/* report.c: the first period for which the form was ever filed; false: none. */
MUST_USE bool filing_since(const filing *f, int form, bool *ret_any, period *ret, heng_err *err);

/* judge.c: one check over one row. False when a report that it speaks of is not there. */
typedef struct filing_before { const filing_report *last; const filing_report *months; size_t month_count; } filing_before;
MUST_USE bool filing_before_load(filing *f, const filing_report *x, filing_before *ret, heng_err *err);
bool filing_gate(const filing *f, int number, const rat **ret_parameter, rule_name *ret_sentence); /* false: switched off */
void filing_judge_row(const filing *f, const filing_report *x, const filing_row *row, const filing_before *before, filing_finding **items, size_t *count, size_t *max);

/* sheet_out.c: a form as a spreadsheet; given, of one commodity, stands in its row with its marks. */
typedef struct given_row { int64_t row; text code, energy, unit, note; const text *cells; /* by column */ const heng_err *refused; int mark; /* column of the form; -1 energy, -2 unit, -3 the whole row */ int32_t commodity; } given_row;
typedef struct given_sheet { text form, party, period, by; size_t count; const given_row *rows; } given_sheet;
MUST_USE bool filing_write_sheet(filing *f, int form, int32_t party, period when, const given_sheet *given /* NULL = empty */, const char *path, heng_err *err);
/* sheet_in.c */
typedef struct filled_sheet { hash content; text bytes, sheet, file; given_sheet given; int64_t skipped; } filled_sheet;
MUST_USE bool filing_read_sheet(filing *f, const char *path, const filing_fill_options *o, filled_sheet *ret, heng_err *err);
text filing_title(const filing *f, const rule_report_column *c, heng_lang lang); /* with the unit of a number */
extern const struct sheet_words { const char *zh, *en; } filing_words[];
enum { WORD_SHEET, WORD_COVER, WORD_README, WORD_CODE, WORD_ENERGY, WORD_UNIT, WORD_NOTE, WORD_CHECK, WORD_REASON, WORD_LAST, WORD_ITEM, WORD_VALUE, WORD_FORM, WORD_PARTY, WORD_NAME, WORD_PERIOD, WORD_DUE, WORD_BY, WORD_FORM_NAME, WORD_COLUMN, WORD_WHAT, WORD_AMOUNT_SAYS, WORD_NUMBER_SAYS, WORD_COUNT };
#endif
