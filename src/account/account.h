/*
 * Accounts: tables derived from the book's sums by declared rules, exactly. Nothing here writes but editions, through book_post.
 *
 * An account names party, period, known-time, tree, profile (the factor sets). Amounts are summed as counts in 128 bits
 * and multiplied by exact factors once; rounding is the surface's. Every cell has an address and an explanation.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H
#include "base.h"
#include "book.h"
#include "rule.h"

typedef struct account account;   /* an opened view: book, known-time, rules as known then, parties, sums in columns */

typedef struct account_options {
    int64_t known_us;             /* BOOK_KNOWN_NOW */
    book_tree tree;
    text profile;                 /* empty: the profile that the pack declares as default for party and year */
    text basis;                   /* "calorific" (default) or "coal_equal" */
    text unit;                    /* "tce" (default), "GJ" */
    text gwp;                     /* a GWP set overriding the profile's; empty = the profile's */
    bool no_snapshot;             /* do not use or write the column snapshot file */
    int threads;                  /* 0 = 2 */
} account_options;

/* Columns come from the snapshot file <book>-columns when it carries the book's last link and rules hash, else from the store (and the snapshot is rewritten). */
MUST_USE bool account_open(arena *a, book *b, const account_options *options, account **ret, heng_err *err);
void account_close(account *x);
void account_forget(account *x); /* sums made so far are made again when asked for; a benchmark measures them this way */
const rule_set *account_rules(const account *x);
const book_parties *account_parties(account *x);

/* ---- A derived table ---- */
typedef struct account_cell {
    const rat *value;             /* exact, in the column's unit; NULL = empty (no movement) or missing */
    text missing;                 /* "no factor: LNG in NDRC-2015-OTHER": shown in place of a number */
    bool is_flagged;              /* fallback factor, apportioned part, ... */
    bool is_restated;             /* changed since its period was closed */
    const rat *uncertainty;       /* half-width carried beside the sum, NULL = unknown */
} account_cell;
typedef struct account_line { text id; rule_name name; int level; bool is_total; bool is_memo; text unit; } account_line; /* unit: of the whole line, where it is not its column's */
typedef struct account_head { text id; rule_name name; text unit; bool is_total; } account_head; /* unit id; is_total: a sum of other columns */
typedef struct account_table {
    rule_name title;
    text address;                 /* of the table; a cell's is <address>/<line>/<column> before the ? */
    size_t line_count; const account_line *lines;
    size_t column_count; const account_head *columns;
    const account_cell *cells;    /* line * column_count + column */
    size_t note_count; const rule_name *notes; /* "18 of 20 reported", restated sums, flagged factors */
} account_table;

typedef enum account_energy_form {
    ENERGY_PHYSICAL,              /* columns: commodities in their recorded units */
    ENERGY_STANDARD,              /* columns: commodities in tce or GJ, and totals */
    ENERGY_SUMMARY                /* columns: physical?, tce calorific, tce coal_equal, GJ; lines: balance rows */
} account_energy_form;
MUST_USE bool account_energy(account *x, arena *a, int32_t party, period when, account_energy_form form, account_table *ret, heng_err *err);
/* By party below the given one (members of the tree) instead of by balance row: columns use, bought, sold, ... in tce. */
MUST_USE bool account_energy_members(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err);
/* Lines: sectors (and processes), memo lines for purchased electricity and heat, non-energy use; columns: fuels (CO2), process, total, CO2e when a GWP set is named. */
MUST_USE bool account_carbon(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err);
/* SEEA physical supply and use: lines are commodities by class, columns by party class/industry; supply table above, use table below; identities checked and shown. */
MUST_USE bool account_supply_use(account *x, arena *a, int32_t party, period when, account_table *ret, heng_err *err);
/* Holdings of rights, money, lots. */
MUST_USE bool account_holdings(account *x, arena *a, int32_t party, account_table *ret, heng_err *err);

/* ---- Indicators ---- */
typedef struct account_value {
    const rat *value;             /* in unit; NULL = missing */
    int32_t unit; int digits;
    text missing;                 /* joined: "no data: gdp_constant 2014" */
    bool is_flagged;
    text address;
} account_value;
/* base_year 0 = none given. */
MUST_USE bool account_indicator(account *x, arena *a, int32_t indicator, int32_t party, period when, int base_year, account_value *ret, heng_err *err);
MUST_USE bool account_formula(account *x, arena *a, text formula_text, int32_t unit, int32_t party, period when, int base_year, account_value *ret, heng_err *err);
/* A bound may be set on a channel of a meter: its indicator is "channel:CODE". What the channel measured is told by the room above that knows meters;
 * until that is set, and where amount stays NULL, the value is missing. */
typedef struct account_channel_value { const rat *amount; text unit, address; } account_channel_value;
typedef bool (*account_channel_fn)(void *context, arena *a, text code, period when, int64_t known_us, account_channel_value *ret, heng_err *err);
void account_channels_set(account *x, account_channel_fn fn, void *context);
typedef struct account_bound_state { book_bound_row row; account_value value; const rat *distance; text state; /* met, missed, no_data, not_due */ } account_bound_state;
MUST_USE bool account_bounds(account *x, arena *a, int32_t party /* BOOK_NONE = all */, account_bound_state **ret, size_t *ret_count, heng_err *err);

/* ---- Reconciliation ---- */
typedef struct account_reconcile_line {
    text row, part; rule_name name; text unit; int digits;
    account_value published, computed;
    const rat *difference;        /* published - computed, of a row; of a part: what the part explains */
    const rat *unexplained;       /* of a row: difference less its parts */
    rule_name cause; bool is_rounding; text address;
} account_reconcile_line;
MUST_USE bool account_reconcile(account *x, arena *a, text name, account_reconcile_line **ret, size_t *ret_count, heng_err *err);
size_t account_reconcile_tables(account *x, arena *a, text **ret);
typedef struct account_conform_line { text case_, source; rule_name name; account_value computed; const rat *published, *tolerance; bool passed; text note; } account_conform_line;

/* A published number to replay: computed is a formula, unit may be empty (that of its first amount). A case that cannot be computed fails, with the reason as note. */
typedef struct account_conform_case { text case_, source; rule_name name; text party, period, profile, computed, unit, published, tolerance; } account_conform_case;
MUST_USE bool account_conform(account *x, arena *a, const account_conform_case *cases, size_t count, account_conform_line **ret, heng_err *err);

/* ---- Editions ---- */
/* Freeze the table at an address under a key; posts through book_post. */
MUST_USE bool account_edition_issue(account *x, arena *a, text key, text kind, text name, text address, book_receipt *receipt, heng_err *err);
/* What has changed since: lines of address, then, now, difference. */
typedef struct account_edition_change { text line, column; rule_name name; const rat *then, *now; text unit; } account_edition_change;
MUST_USE bool account_edition_diff(account *x, arena *a, text key, account_edition_change **ret, size_t *ret_count, heng_err *err);

/* ---- Why ---- */
/* Explain any address made above, or heng:movement/<id>, heng:observation/<id>, heng:factor/<table>/<key>, heng:edition/<key>. The tree passes why_check and its root equals the number shown. */
MUST_USE bool account_why(account *x, arena *a, text address, why_node **ret, heng_err *err);

extern const heng_message *const account_messages[];
#endif
