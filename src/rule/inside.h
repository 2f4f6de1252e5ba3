/*
 * What the files of the room rule share and no other room sees.
 *
 * The way of a rule: pack.c or load_store.c gives rows (rows.c) -> build.c makes typed arrays -> check.c judges the whole -> find.c, factor.c,
 * region.c, formula_*.c answer. Every fault is kept (faults of the builder), not only the first.
 */
#ifndef RULE_INSIDE_H
#define RULE_INSIDE_H
#include <pthread.h>
#include "messages.h"
#include "schema.h"

enum { RULE_CLIMB_MAX = 16, RULE_FACTOR_GAS_MAX = 16 };

/* Rows of one table. `by_key` finds a row by its whole key; `heads` and `next` chain the rows whose key differs in dates only. */
typedef struct rule_table_rows {
    size_t count, max;
    rule_row **rows;
    text_map by_key;
    text_map heads;
    int32_t *next;
} rule_table_rows;

/* Names of one table to places in it: bytes as written, and folded; the folded ones are made when first needed. */
typedef struct rule_names { text_map exact, folded; bool is_folded; } rule_names;

/* A factor row with what look-up asks of it; chained by `next` under (set, commodity) or (set, id). */
typedef struct rule_factor_row { const rule_row *row; int32_t unit, sector, next; } rule_factor_row;
typedef struct rule_factor_table { rule_factor_row *rows; text_map heads; } rule_factor_table;

struct rule_index {
    rule_table_rows tables[T_COUNT];
    size_t all_count; const rule_row **all;     /* in order of (table, key) */
    size_t dim_count; text dim_ids[RULE_DIMS_MAX];
    rule_names names[T_COUNT];
    pthread_mutex_t lock;                       /* guards the folded names */
    arena folded;
    rule_factor_table conversions, emissions, choices;
    text_map emission_sets;                     /* set -> first row of emissions, by next_in_set */
    int32_t *next_in_set;
    const rat *one;                             /* the ratio of a unit to itself: asked for with every row of a file */
    const rat **gwp_values;                     /* by row of gwp */
    int32_t *sector_order;                      /* sectors by order */
    text_map region_names; int32_t *region_next_name;
};

typedef struct rule_pack { text id, version, over; int rank; } rule_pack;

/* Work of one load. */
typedef struct builder {
    arena *a;
    rule_set *set;
    struct rule_index *index;
    rule_faults *faults;   /* may be NULL */
    size_t fault_total;
    heng_err *err;         /* gets the first fault */
    hash_state *hash;      /* NULL until it is needed */
    size_t pack_count, pack_max; rule_pack *packs;
} builder;

/* rows.c: rows by table, keys, laying one pack over another. */
void builder_begin(builder *b, arena *a, rule_faults *faults, heng_err *err);
int builder_pack(builder *b, text id);                   /* rank of a pack, adding it when it is new */
text row_joined(arena *a, const text *cells, size_t count); /* cells in the table's order into the stored form */
rule_row *row_new(builder *b, int tbl, text pack, text file, int64_t line, text joined_cells, text known_hash); /* known_hash empty: to be made */
void row_add(builder *b, int tbl, rule_row *row);      /* checks the key against the rows there are */
void row_fault(builder *b, const rule_row *row, const char *column, const heng_message *m, text seen, text wanted, text other);
void fault_add(builder *b, const heng_err *err);
text join_cells(arena *a, const text *parts, size_t count); /* by \x1f */
text row_place(arena *a, const rule_row *row);           /* "file:line" */
text row_text(const rule_row *row, int tbl, const char *column);
int row_column(int tbl, const char *column); /* its place in cells, for loops over rows; RULE_NONE */
text near_names(arena *a, text name, const text *names, size_t count);
text near_ids(arena *a, const rule_table_rows *t, text name);

/* pack.c: one pack from tables in memory, by their names; for fuzzing. */
typedef struct rule_file { const char *table_name; text bytes; } rule_file;
MUST_USE bool rule_load_bytes(arena *a, const rule_file *files, size_t count, const rule_set **ret, rule_faults *faults, heng_err *err);

/* build.c, check.c */
MUST_USE bool builder_finish(builder *b, const rule_set **ret);
MUST_USE bool builder_restore(builder *b, const rule_set **ret); /* rows that were judged before: order, hash and names of packs are there */
bool dim_parse(const rule_set *r, text t, rule_dim *ret); /* product of dimension ids */
bool dim_combine(rule_dim a, rule_dim b, int sign, rule_dim *ret);
void check_cells(builder *b);                             /* before the typed arrays: every cell by its column's type */
void check_reports(builder *b);                           /* report.c: forms, their columns and checks */
void check_dimension(builder *b, const rule_row *row, int tbl);
void check_whole(builder *b);                             /* after them: what needs more than one row */
void formulas_build(builder *b);                          /* parses indicators */
void check_formulas(builder *b);                          /* after that: finds cycles */
bool number_ok(text t);
const char *printed_factor_unit(const rule_set *r, const rule_row *row, int32_t *ret_mass_unit); /* NULL = fine, else what is wrong */

/* find.c */
void names_build(builder *b);
int32_t name_find(const rule_set *r, int tbl, text name);
int32_t id_find(const rule_set *r, int tbl, text id);    /* exact id only */
int32_t exact_find(const rule_set *r, int tbl, text name); /* id, symbol, name or alias as written; never folds */
text names_near(arena *a, const rule_set *r, int tbl, text name);
size_t names_of_row(const rule_row *row, int tbl, text ret[64]);

/* factor.c, region.c, sector.c */
void factors_build(builder *b);
void regions_build(builder *b);
void sectors_build(builder *b);
size_t region_climb(const rule_set *r, text place, text ret[RULE_CLIMB_MAX]); /* itself, its parents, "" */
/* Exact product of the parts by 44/12 per factor unit; NULL where parts are missing. */
const rat *parts_factor(arena *a, const rule_set *r, const rule_row *row, int32_t unit);

/* formula tree */
typedef enum formula_op { F_NUMBER, F_INDICATOR, F_CALL, F_NEG, F_ADD, F_SUB, F_MUL, F_DIV, F_MIN, F_MAX } formula_op;
typedef struct formula_node formula_node;
struct formula_node {
    formula_op op;
    rule_dim dim;
    int32_t at, end;          /* bytes in the formula */
    const rat *number;        /* F_NUMBER, in base units */
    int32_t unit;             /* F_NUMBER: as written */
    const rat *written;       /* F_NUMBER: in that unit */
    int32_t indicator;        /* F_INDICATOR */
    formula_call *call;       /* F_CALL */
    formula_when when;        /* of both */
    formula_node *left, *right;
};
struct formula { formula_node *root; text written; int32_t unit; size_t use_count; const int32_t *uses; /* indicators named */ };
struct selector { char op; /* & | ! or 0 = a name */ text name; int32_t commodity, tag; const selector *left, *right; };

MUST_USE bool selector_parse(arena *a, const rule_set *r, text t, size_t *ret_at, const selector **ret, heng_err *err);
/* Checks units of calls and terms; fills dim of every node. On a fault ret_at is the byte it belongs to. */
MUST_USE bool formula_infer(arena *a, const rule_set *r, formula_node *n, text written, size_t *ret_at, heng_err *err);
typedef enum function_first { FIRST_SELECTOR, FIRST_GAS, FIRST_STATISTIC, FIRST_LEVEL_GROWTH, FIRST_INDICATOR } function_first;
typedef struct formula_function_key {
    const char *key;
    char type;         /* s sector, r role, k kind, e class or role, w one of words, f selector, b base or year, y year, t text */
    const char *words;
    bool is_needed;
} formula_function_key;
typedef struct formula_function { const char *name; function_first first; bool takes_unit, needs_unit; formula_function_key keys[6]; } formula_function;
extern const formula_function formula_functions[];       /* ends with name NULL */
const formula_function *formula_function_find(text name);
#endif
