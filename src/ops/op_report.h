/* What the operations on reports share. */
#ifndef OPS_REPORT_H
#define OPS_REPORT_H
#include "ops_internal.h"

text report_person(ops_call *c); /* --by, else the user of the system */
MUST_USE bool report_open(ops_call *c, filing *ret, heng_err *err);
MUST_USE bool report_form_period(ops_call *c, filing *f, int *ret_form, period *ret, heng_err *err); /* FORM PERIOD */
MUST_USE bool report_subject(ops_call *c, filing *f, int *ret_form, int32_t *ret_party, period *ret, heng_err *err); /* FORM PARTY PERIOD */
text report_party(const ops_call *c, const filing *f, int32_t party);
text report_state(const ops_call *c, filing_state s);
void report_show_findings(ops_call *c, const filing *f, const filing_finding *x, size_t count);
/* Under an account: how many of those who must have reported; nothing where no report was ever filed. */
void report_notes(ops_call *c, int32_t party, period when);
/* Findings of gates 80 and 81 and the other checks, over the months inside the period; party BOOK_NONE = all. For heng meter quality. */
MUST_USE bool report_findings_of(ops_call *c, period when, int32_t party, int32_t commodity, size_t *ret_count, heng_err *err);
/* why_report.c: below a movement that a report posted, who filled, checked and approved it. */
void why_of_report_movement(ops_call *c, const addr *at, why_node *root);
MUST_USE bool why_report(ops_call *c, const addr *at, why_node **ret, heng_err *err); /* heng:report/FORM/PERIOD/PARTY */
/* park_reports.c: the reports of the synthetic park; their sheets are written into folder. */
MUST_USE bool park_reports(ops_call *c, const char *folder, heng_err *err);
#endif
