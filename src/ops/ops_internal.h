/* What the operations share among themselves. */
#ifndef OPS_INTERNAL_H
#define OPS_INTERNAL_H
#include "messages.h"
#include "ops.h"

/* show.c: numbers, units and common columns for people. */
typedef struct shown_unit {
    const rat *ratio;   /* shown = value / ratio */
    text label;         /* 万吨标准煤; the unit's own symbol when there is no display row */
    int digits;
} shown_unit;
text unit_label(const rule_unit *u, heng_lang lang);
const char *quality_word(uint8_t flag, bool zh); /* of a reading: good, suspect, estimated, manual, withdrawn */
text show_amount(ops_call *c, const rule_set *r, text amount); /* "12.5 1e4kWh" with the unit in words; programs get it as it is */
/* People's unit of a unit (display.csv) in the call's language. */
shown_unit show_unit_of(arena *a, const rule_set *r, text unit, heng_lang lang);
/* The unit itself; and whether a value is large enough (10) for people's unit. */
shown_unit show_own_unit(arena *a, const rule_set *r, text unit, heng_lang lang);
bool show_is_large(arena *a, const rat *v, const shown_unit *u);
/* What is missing, in the user's language. */
text show_missing(ops_call *c, const rule_set *r, text missing);
text show_number(arena *a, const rat *value, const shown_unit *u);
text show_name(rule_name n, heng_lang lang);
text pick(heng_lang lang, const char *zh, const char *en);
/* A line of c->lines. */
void say(ops_call *c, const char *zh, const char *en, ...) __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
sheet_column column(text id, text title, bool is_number);
/* record.c: one thing done, told in fields; in plain text nothing, the lines have said it. */
typedef struct shown_field { const char *id, *zh, *en; text value; bool is_number; } shown_field;
void show_record(ops_call *c, const char *name, const shown_field *fields, size_t count);
void show_receipt(ops_call *c, const char *name, const book_receipt *r, bool dry_run);
text number_text(arena *a, int64_t n);
text yes_no(bool is_so); /* yes, or nothing */
const char *status_name(book_status status);
/* For a program the code or id, for people the name. */
text party_cell(const ops_call *c, const book_party *p);
text name_cell(const ops_call *c, text id, rule_name name);
/* An exact value, decimal where it ends, else to 12 places. */
text exact_number(arena *a, const rat *v);
/* A derived table as a sheet: people's units in text and spreadsheets, exact in csv and json. */
void show_table(ops_call *c, const rule_set *r, const account_table *t, bool people);
text show_party_name(const book_party *p, heng_lang lang);
text show_instant(ops_call *c, int64_t us);
text show_value(ops_call *c, const rule_set *r, const account_value *v, shown_unit *u); /* number, or what is missing */

/* ops.c */
MUST_USE bool want_party(ops_call *c, const char *arg, int64_t us, int32_t *ret, book_parties *ret_parties, heng_err *err);
MUST_USE bool want_period(ops_call *c, const char *arg, period *ret, heng_err *err);
MUST_USE bool want_period_in(ops_call *c, const cal_zone *z, const char *arg, period *ret, heng_err *err); /* in the zone of a channel */
MUST_USE bool want_account(ops_call *c, account **ret, heng_err *err);
MUST_USE bool want_statistic(const rule_set *r, arena *a, text name, int32_t *ret, heng_err *err);
MUST_USE bool want_indicator(const rule_set *r, arena *a, text name, int32_t *ret, heng_err *err);
MUST_USE bool want_number(ops_call *c, const char *arg, int64_t *ret, heng_err *err);
int32_t today_in(const ops_call *c);
/* Post one batch of one item; a refusal becomes the error. */
MUST_USE bool post_one(ops_call *c, book_batch *batch, book_receipt *receipt, book_result *ret, heng_err *err);
void say_receipt(ops_call *c, const book_receipt *r, bool dry_run);

bool op_init(ops_call *, heng_err *);
bool op_demo(ops_call *, heng_err *);
bool op_demo_park(ops_call *, heng_err *);
bool op_import(ops_call *, heng_err *);
bool op_import_list(ops_call *, heng_err *);
bool op_import_undo(ops_call *, heng_err *);
bool op_template(ops_call *, heng_err *);
bool op_intake_listen(ops_call *, heng_err *);
bool op_intake_device(ops_call *, heng_err *);
bool op_intake_topic(ops_call *, heng_err *);
bool op_intake_source(ops_call *, heng_err *);
bool op_intake_list(ops_call *, heng_err *);
bool op_post(ops_call *, heng_err *);
bool op_flow(ops_call *, heng_err *);
bool op_hold_reserve(ops_call *, heng_err *);
bool op_hold_void(ops_call *, heng_err *);
bool op_hold_expire(ops_call *, heng_err *);
bool op_hold_list(ops_call *, heng_err *);
bool op_party_add(ops_call *, heng_err *);
bool op_party_set(ops_call *, heng_err *);
bool op_party_list(ops_call *, heng_err *);
bool op_party_show(ops_call *, heng_err *);
bool op_observe(ops_call *, heng_err *);
bool op_observe_list(ops_call *, heng_err *);
bool op_close(ops_call *, heng_err *);
bool op_close_list(ops_call *, heng_err *);
bool op_close_reopen(ops_call *, heng_err *);
bool op_account_energy(ops_call *, heng_err *);
bool op_account_carbon(ops_call *, heng_err *);
bool op_account_supply_use(ops_call *, heng_err *);
bool op_account_holdings(ops_call *, heng_err *);
bool op_indicator(ops_call *, heng_err *);
bool op_indicator_list(ops_call *, heng_err *);
bool op_bound_add(ops_call *, heng_err *);
bool op_bound_list(ops_call *, heng_err *);
bool op_reconcile(ops_call *, heng_err *);
bool op_reconcile_list(ops_call *, heng_err *);
bool op_conform(ops_call *, heng_err *);
bool op_edition_issue(ops_call *, heng_err *);
bool op_edition_list(ops_call *, heng_err *);
bool op_edition_show(ops_call *, heng_err *);
bool op_edition_diff(ops_call *, heng_err *);
bool op_why(ops_call *, heng_err *);
bool op_verify(ops_call *, heng_err *);
bool op_head(ops_call *, heng_err *);
bool op_backup(ops_call *, heng_err *);
bool op_restore(ops_call *, heng_err *);
bool op_rule_check(ops_call *, heng_err *);
bool op_rule_show(ops_call *, heng_err *);
bool op_rule_load(ops_call *, heng_err *);
/* op_readings.c: import of a file of readings */
bool import_readings(ops_call *, heng_err *);
bool op_meter_add(ops_call *, heng_err *);
bool op_meter_list(ops_call *, heng_err *);
bool op_meter_last(ops_call *, heng_err *);
bool op_meter_feed(ops_call *, heng_err *);
bool op_meter_show(ops_call *, heng_err *);
bool op_meter_readings(ops_call *, heng_err *);
bool op_meter_days(ops_call *, heng_err *);
bool op_meter_gaps(ops_call *, heng_err *);
bool op_meter_tree(ops_call *, heng_err *);
bool op_meter_close(ops_call *, heng_err *);
bool op_meter_quality(ops_call *, heng_err *);
bool fits_readings(ops_call *c); /* FILE has times, values, and a channel that is declared */
bool op_meter_quarantine(ops_call *, heng_err *);
bool op_meter_fill(ops_call *, heng_err *);
bool op_meter_gates(ops_call *, heng_err *);
bool op_plan_read(ops_call *, heng_err *);
bool op_plan_import(ops_call *, heng_err *);
bool op_plan_list(ops_call *, heng_err *);
bool op_plan_documents(ops_call *, heng_err *);
bool op_plan_sections(ops_call *, heng_err *);
bool op_plan_goals(ops_call *, heng_err *);
bool op_plan_trends(ops_call *, heng_err *);
bool op_plan_tasks(ops_call *, heng_err *);
bool op_plan_bodies(ops_call *, heng_err *);
bool op_plan_damage(ops_call *, heng_err *);
bool op_plan_show(ops_call *, heng_err *);
bool op_plan_confirm(ops_call *, heng_err *);
bool op_plan_correct(ops_call *, heng_err *);
bool op_plan_add(ops_call *, heng_err *);
bool op_plan_prefer(ops_call *, heng_err *);
bool op_plan_export(ops_call *, heng_err *);
bool op_plan_link(ops_call *, heng_err *);
bool op_plan_bounds(ops_call *, heng_err *);
bool op_plan_status(ops_call *, heng_err *);
bool op_plan_compare(ops_call *, heng_err *);
bool op_plan_split(ops_call *, heng_err *);
bool op_report_forms(ops_call *, heng_err *);
bool op_report_template(ops_call *, heng_err *);
bool op_report_fill(ops_call *, heng_err *);
bool op_report_check(ops_call *, heng_err *);
bool op_report_approve(ops_call *, heng_err *);
bool op_report_return(ops_call *, heng_err *);
bool op_report_status(ops_call *, heng_err *);
bool op_report_total(ops_call *, heng_err *);
bool op_report_show(ops_call *, heng_err *);
bool op_report_quality(ops_call *, heng_err *);
bool op_report_close(ops_call *, heng_err *);
bool op_report_reopen(ops_call *, heng_err *);
bool op_systems(ops_call *, heng_err *);
bool op_help(ops_call *, heng_err *);
bool op_completion(ops_call *, heng_err *);
bool op_version(ops_call *, heng_err *);

/* op_init.c: load the national pack and the packs named, post the parties they bring. */
MUST_USE bool init_book(ops_call *c, book *b, const char *const *packs, size_t pack_count, heng_err *err);
/* op_demo.c: the shipped examples, and operations run as steps of another (arguments: name, value, ..., NULL). */
const char *examples_folder(void);
MUST_USE bool run_step(ops_call *c, const char *name, const char *const *given, heng_err *err);
/* Make the book at c->book_path with the example city's packs and files; c->book is open for writing, also on failure. */
MUST_USE bool load_city(ops_call *c, heng_err *err);
void remove_book(const char *path, arena *a);
/* op_rule.c: faults as a sheet. */
void show_faults(ops_call *c, const rule_faults *faults);
#endif
