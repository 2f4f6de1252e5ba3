/*
 * What the files of the room account share.
 *
 *   columns    the book's monthly sums as columns (columns.c)
 *   selection  one pass over the columns: flows of a subtree and period, summed in 128 bits by group (select.c)
 *   group      flows alike in kind, commodity, unit, basis, ends and the traits of their parties
 *   factor     what one recorded unit is worth in the unit asked for, exact, with the rows it came from (factor.c)
 *   frame      a table before it is printed: lines, columns and terms (frame.c)
 *   term       group x factor, counted with a sign into one cell
 *
 * Tables, indicators and explanations are all made from the same terms, so that an explanation cannot but add up.
 */
#ifndef ACCOUNT_INSIDE_H
#define ACCOUNT_INSIDE_H
#include "account.h"
#include "messages.h"

enum { ACCOUNT_TRAITS_MAX = 65536, ACCOUNT_STEPS_MAX = 8,
       ACCOUNT_ROW_MONTHS = 12, ACCOUNT_DEPTH_MAX = 64, ACCOUNT_WHY_FLOWS_MAX = 2000, ACCOUNT_SPANS_MAX = 240 };

/* ---- columns.c ---- */
typedef struct flow_sort { int32_t kind, commodity, unit, basis; } flow_sort; /* rule indexes of the account's rules, RULE_NONE: not known to them */
typedef struct columns {
    size_t flow_count, row_count;
    const int32_t *giver, *taker; /* by flow */
    const uint32_t *sort;        /* by flow: index in sorts */
    const int64_t *flow_id;
    size_t sort_count; const flow_sort *sorts;
    const uint32_t *row_start;   /* flow_count + 1: the rows of a flow, years rising */
    const int32_t *row_year;
    const int64_t *sums;         /* row_count * 12, January first */
    bool is_narrow;              /* twelve sums of any row add up within int64 */
    int64_t link;
} columns;
/* Loads x->c at first need: holdings, observations and the like never ask for it. */
MUST_USE bool columns_need(account *x, heng_err *err);
MUST_USE bool columns_open(account *x, columns **ret, heng_err *err);

/* ---- open.c ---- */
typedef enum cell_part { PART_OTHER, PART_PRODUCTION, PART_IMPORT, PART_EXPORT, PART_FINAL, PART_NONENERGY, PART_LOSS, PART_TRANSFORM_IN,
                         PART_TRANSFORM_OUT, PART_STOCK_IN, PART_STOCK_OUT } cell_part;

typedef struct trait {           /* what the accounts ask about a party */
    int32_t class_, role, sector, section; /* section: row of industries; RULE_NONE */
    int32_t place;               /* index of places */
    int32_t member;              /* of the members view, else 0 */
    bool inside, measured;
    int32_t own;                 /* the party itself where it has measured factors, else BOOK_NONE */
} trait;

typedef struct party_state {     /* parties as of a day, as the account sees them */
    int32_t day;
    book_parties parties;
    size_t trait_count; const trait *traits;   /* without inside, member, measured */
    const uint16_t *trait_of;    /* by party */
    size_t place_count; const text *places;    /* region codes, "" = none */
    struct party_state *next;
} party_state;

struct selection;
typedef struct why_rows why_rows;

/* ---- measured.c: a party's own observations before rule rows ---- */
typedef enum measured_kind { MEASURED_NCV, MEASURED_CARBON, MEASURED_OXIDATION, MEASURED_KINDS } measured_kind;
typedef struct measured { measured_kind kind; int32_t party, commodity; period when; const rat *value; /* in base units */ book_observation_row row; } measured;
typedef struct measured_list measured_list;
struct account {
    arena *a;                    /* lives as long as the account */
    book *b;
    const rule_set *r;
    account_options o;           /* with defaults put in, but for the profile */
    int64_t known_us;
    const cal_zone *zone;
    columns *c;                  /* NULL until columns_need */
    account *columns_of;         /* the view of the same known-time whose columns these are; NULL = its own */
    const int32_t *class_map, *role_map; /* index of book_rules -> index of r; NULL = the same */
    party_state *states;
    struct selection *selections;
    text_map factors;            /* key bytes -> pointer */
    struct edges *edges;         /* by profile (select.c) */
    measured_list *measured;     /* NULL until measured_need */
    uint8_t *kind_part;          /* cell_part by kind */
    uint64_t *is_energy;         /* bit by commodity */
    account_channel_fn channel_fn; /* NULL = no meters */
    void *channel_context;
    account *other;              /* views opened for other options */
    account *next;
};
MUST_USE bool measured_need(account *x, heng_err *err);
size_t measured_all(const account *x, const measured **ret);
const measured *measured_find(const account *x, int32_t party, int32_t commodity, int32_t day, measured_kind kind); /* NULL: none of that day */
/* The same book with other options: the account itself when they are the same. */
MUST_USE bool account_view(account *x, const account_options *options, account **ret, heng_err *err);
MUST_USE bool party_state_at(account *x, int32_t day, const party_state **ret, heng_err *err);
text account_profile(const account *x, text place, int32_t day);
bool is_energy(const account *x, int32_t commodity);
/* First month and count of a period of whole months; account.period_not_months. */
MUST_USE bool period_in_months(const account *x, period when, int32_t *ret_first, int32_t *ret_count, heng_err *err);

/* ---- select.c ---- */
typedef enum flow_ends { ENDS_BOTH = 0, ENDS_GIVER = 1, ENDS_TAKER = 2 } flow_ends; /* which ends are inside */
typedef struct group {
    int32_t kind, commodity, unit;
    uint8_t ends, basis;
    int32_t giver, taker;        /* traits */
    int32_t span;
    i128 sum;                    /* 10^-scale of unit */
} group;
typedef struct span { int32_t first_month, month_count, day; } span; /* months in which no factor changes; day: where factors are looked up */
typedef enum selection_view { VIEW_PLAIN, VIEW_MEMBERS, VIEW_MEASURED, VIEW_HOLDING } selection_view;
typedef struct selection {
    selection_view view;
    int32_t party; period when; int32_t first_month, month_count;
    const party_state *state;
    text profile;
    const bool *inside;
    size_t party_count;
    const uint16_t *trait_of; size_t trait_count; const trait *traits;
    size_t member_count; const int32_t *members;       /* parties of the members view; member i+1 */
    size_t span_count; const span *spans;
    size_t group_count; const group *groups; const uint64_t *keys; /* in order of span, key */
    struct selection *next;
} selection;
MUST_USE bool account_select(account *x, int32_t party, period when, selection_view view, const selection **ret, heng_err *err);
/* Flows of one group with their sums in its span; in order of flow. */
typedef struct flow_part { uint32_t flow; i128 sum; } flow_part;
size_t selection_flows(const account *x, arena *a, const selection *s, uint32_t group_index, flow_part **ret);

/* ---- cell.c ---- */
typedef enum cell_source { CELL_OWN, CELL_BOUGHT, CELL_SOLD, CELL_INTERNAL } cell_source;
typedef struct cell_entry {
    cell_source source;
    text cell;                   /* balance_cell of the kind, "bought", "sold", "internal" */
    bool by_giver;               /* the filter looks at the giver, else at the taker */
    int sign;                    /* in the difference: +1, -1, 0 */
} cell_entry;
/* The cells that a flow of this kind with these ends inside fills (docs/rulebook.md, effects): 0 to 2. */
size_t cells_of(const account *x, int32_t kind, flow_ends ends, cell_entry ret[2]);
/* Cells and filter of a balance row, made ready once: lists separated by ';', alternatives inside a filter's piece by '|'. */
typedef struct cell_name { text name; int sign; } cell_name;
typedef struct filter_part { enum { FILTER_SECTOR, FILTER_ROLE, FILTER_OTHER, FILTER_NEVER } what; int32_t id; bool is_first; /* of its piece */ } filter_part;
typedef struct cell_filter { const account *x; text cells; size_t name_count, part_count; const cell_name *names; const filter_part *parts; } cell_filter;
cell_filter cell_filter_of(const account *x, arena *a, text cells, text filter);
/* The sign with which the group counts in the cells asked for (0 = not at all); a name may begin with '-': taken off. */
int cell_match(const cell_filter *f, const selection *s, const group *g);
void note_parts(account *x);     /* at opening */
cell_part part_of_kind(const account *x, int32_t kind);
const trait *trait_actor(const account *x, const selection *s, const group *g); /* the end where it happens: the giver of produce, else the taker */
bool actor_is_inside(const account *x, const group *g);

/* ---- factor.c ---- */
typedef struct factor_step { const rat *value; rule_name label; text detail, unit; const rule_row *row, *choice; bool is_fallback; const measured *by; /* a party's own value, NULL = of a rule */ } factor_step;
typedef struct factor {
    int id;
    const rat *value;            /* per one recorded unit; NULL = missing */
    text missing;
    bool is_flagged;
    const rat *uncertainty;      /* relative; NULL = unknown */
    size_t step_count;
    factor_step steps[ACCOUNT_STEPS_MAX]; /* value = their product; none = 1 */
} factor;
typedef enum factor_use { FACTOR_RECORDED, FACTOR_UNIT, FACTOR_ENERGY, FACTOR_EMISSION, FACTOR_PROCESS, FACTOR_PURCHASED, FACTOR_GAS } factor_use;
typedef struct factor_ask {
    factor_use use;
    int32_t commodity, unit;     /* recorded */
    int32_t to_unit;             /* UNIT, ENERGY */
    int32_t sector;              /* EMISSION, PROCESS */
    text basis;                  /* ENERGY */
    text gas;                    /* EMISSION, PROCESS, GAS: "co2" */
    bool as_co2e;                /* times the gas's warming potential */
    int32_t own;                 /* ENERGY, EMISSION: the party whose measurements stand before rule rows; BOOK_NONE */
    text place, profile;
    int32_t day;
} factor_ask;
MUST_USE bool factor_get(account *x, const factor_ask *ask, const factor **ret, heng_err *err);
/* A factor_ask with the place, sector and day of one end of the group. */
factor_ask factor_ask_of(const account *x, const selection *s, const group *g, factor_use use, const trait *end);
/* Is the unit tce or GJ or a power of ten of them? Then amounts are converted by factors. ret_base: the unit tce or GJ. */
bool unit_is_energy_scale(const account *x, int32_t unit, int32_t *ret_base);
int border_sign(const account *x, const group *g); /* +1 came in over the border of the subtree, -1 went out */
text gas_of_commodity(const account *x, int32_t commodity); /* "co2", "ch4", ...; empty if none */
bool is_purchased_commodity(const account *x, int32_t commodity, bool *ret_is_heat);

/* ---- frame.c ---- */
typedef struct term { int32_t line, column; uint32_t group; int sign; const factor *factor; const selection *s; } term;
typedef struct frame_link { int32_t whole, part; int sign; } frame_link; /* a line (column) that is the signed sum of others */
typedef struct frame_value { bool is_known; const rat *value; text missing; bool is_flagged; const rat *uncertainty; bool has_uncertainty, is_empty; size_t parts, parts_missing; } frame_value;
typedef struct frame {
    account *x; arena *a;
    addr address; rule_name title; text place_note;
    account_line *lines; size_t line_count, line_max;
    account_head *columns; size_t column_count, column_max;
    frame_link *line_links; size_t line_link_count, line_link_max;
    frame_link *column_links; size_t column_link_count, column_link_max;
    term *terms; size_t term_count, term_max;
    rule_name *notes; size_t note_count, note_max;
    size_t *cell_start;          /* into terms, after frame_ready */
    frame_value *values;
} frame;
void frame_init(frame *f, account *x, arena *a);
int32_t frame_line(frame *f, text id, rule_name name, int level, bool is_total, bool is_memo);
int32_t frame_column(frame *f, text id, rule_name name, text unit);
int32_t frame_find_line(const frame *f, text id); /* by id, else by the printed name */
const char *frame_line_names(const frame *f, text asked);
int32_t frame_find_column(const frame *f, text id);
void frame_line_sum(frame *f, int32_t whole, int32_t part, int sign);
void frame_column_sum(frame *f, int32_t whole, int32_t part, int sign);
void frame_term(frame *f, int32_t line, int32_t column, const selection *s, uint32_t group, int sign, const factor *factor);
void frame_note(frame *f, const char *zh, const char *en);
/* Say how many movements reach beyond the period, so that their parts in it are shares by days. Whole years are not asked. */
MUST_USE bool note_apportioned(frame *f, const selection *s, period when, heng_err *err);
void frame_ready(frame *f);      /* all terms are in: sort them */
const frame_value *frame_cell(frame *f, int32_t line, int32_t column);
void frame_table(frame *f, bool drop_empty_lines, account_table *ret);
text frame_address(const frame *f, arena *a, text line, text column); /* line empty: of the table */
/* Value and explanation of one cell. */
why_node *why_of_factor_row(arena *a, const rule_row *row, why_node *n); /* address and source of a rule row */
MUST_USE bool frame_why(frame *f, int32_t line, int32_t column, why_rows *rows, why_node **ret, heng_err *err);

/* Frames of the tables. */
typedef enum frame_kind { FRAME_ENERGY, FRAME_MEMBERS, FRAME_CARBON, FRAME_SUPPLY_USE } frame_kind;
typedef struct frame_ask { frame_kind kind; int32_t party; period when; account_energy_form form; } frame_ask;
MUST_USE bool frame_build(account *x, arena *a, const frame_ask *ask, frame *ret, heng_err *err);
MUST_USE bool frame_energy(frame *f, const frame_ask *ask, heng_err *err);
MUST_USE bool frame_members(frame *f, const frame_ask *ask, heng_err *err);
/* What a group is in the carbon account; false when it is nothing there. */
typedef enum carbon_part { CARBON_FUEL, CARBON_PROCESS, CARBON_STORED, CARBON_MEASURED, CARBON_ELECTRICITY, CARBON_HEAT } carbon_part;
typedef struct carbon_item { carbon_part part; int sign; text gas; const trait *end; bool is_beside; /* shown, not counted */ } carbon_item;
MUST_USE bool carbon_select(account *x, int32_t party, period when, const selection **ret, bool *ret_measured, heng_err *err);
bool carbon_item_of(const account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item *ret);
/* The same, a process by each gas for which its set has a factor; CO2 alone (and then missing) where it has none. */
enum { CARBON_GASES_MAX = 16 };
MUST_USE bool carbon_items_of(account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item ret[CARBON_GASES_MAX], size_t *ret_count, heng_err *err);
MUST_USE bool carbon_factor(account *x, const selection *s, const group *g, const carbon_item *item, bool as_co2e, const factor **ret, heng_err *err);
MUST_USE bool frame_carbon(frame *f, const frame_ask *ask, heng_err *err);
MUST_USE bool frame_supply_use(frame *f, const frame_ask *ask, heng_err *err);
MUST_USE bool frame_ask_of(account *x, arena *a, const addr *at, frame_ask *ret, heng_err *err); /* the table an address names */
/* Frame to table, with what has changed since its period was closed. */
MUST_USE bool frame_publish(frame *f, const frame_ask *ask, account_table *ret, heng_err *err);

/* ---- address.c ---- */
void address_of(const account *x, arena *a, const char *kind, text profile, addr *ret);
void address_party(const account *x, arena *a, addr *ret, int32_t party, period when);
/* The view that an address asks for. */
MUST_USE bool address_view(account *x, arena *a, const addr *address, account **ret, heng_err *err);
MUST_USE bool address_subject(account *x, arena *a, const addr *address, size_t first_part, int32_t *ret_party, period *ret_when, heng_err *err);
MUST_USE bool known_parse(const account *x, text t, int64_t *ret, heng_err *err);
text factor_row_address(arena *a, const rule_row *row);
text party_name(const book_party *p, heng_lang lang); /* name, other name, or code */

/* ---- why_rows.c: from flows down to file rows ---- */
why_rows *why_rows_new(account *x, arena *a);
/* A node of one flow's sum in the months; is_whole: with months, movements, rows below it. */
MUST_USE bool why_flow(why_rows *w, uint32_t flow, const span *months, bool is_whole, why_node **ret, heng_err *err);
MUST_USE bool why_movement(why_rows *w, const book_movement_row *m, int64_t from_us, int64_t to_us, why_node **ret, heng_err *err);
void why_file_row(why_rows *w, why_node *below, int64_t delivery, int64_t row);
/* Read the file rows noted so far, each file once. */
MUST_USE bool why_rows_print(why_rows *w, heng_err *err);

/* ---- indicator.c ---- */
typedef struct formula_run {     /* one evaluation */
    account *x; arena *a;
    int32_t party; period when; int base_year;
    bool want_why; why_rows *rows;
    int32_t first_unit;          /* of the first amount met, RULE_NONE */
    int depth;
} formula_run;
/* Evaluate a formula; unit RULE_NONE: the unit of the first amount in it. The explanation's root is in that unit. */
MUST_USE bool formula_run_text(formula_run *run, text formula_text, int32_t unit, account_value *ret, why_node **ret_why, heng_err *err);
MUST_USE bool formula_run_indicator(formula_run *run, int32_t indicator, account_value *ret, why_node **ret_why, heng_err *err);
why_node *why_of_observation(why_rows *rows, account *x, arena *a, const book_observation_row *o);
text reconcile_address(account *x, arena *a, const rule_row *row);

/* ---- reconcile.c, edition.c: explanations of their own ---- */
MUST_USE bool holdings_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err);
MUST_USE bool bound_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err);
MUST_USE bool party_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err);
MUST_USE bool reconcile_why(account *x, arena *a, const addr *address, why_rows *rows, why_node **ret, heng_err *err);

/* Small helpers. */
rule_name name_of(const char *zh, const char *en);
text printed(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
