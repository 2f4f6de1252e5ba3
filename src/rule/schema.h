/*
 * The tables a rule pack may hold, as data: their columns, keys, what a cell must be. Adding a table or a column is adding rows in
 * schema.c; folders, store and checks follow from them. What the tables mean is in docs/rulebook.md.
 */
#ifndef RULE_SCHEMA_H
#define RULE_SCHEMA_H
#include "rule.h"

typedef enum rule_table_id {
    T_PACK, T_DIMENSIONS, T_UNITS, T_TAGS, T_COMMODITIES, T_PARTY_CLASSES, T_ROLES, T_KINDS, T_SECTORS, T_BALANCE_ROWS, T_SETS,
    T_CONVERSIONS, T_EMISSION_FACTORS, T_FACTOR_CHOICES, T_GWP, T_COMBUSTION, T_PROFILES, T_REGIONS, T_INDUSTRIES, T_STATISTICS,
    T_INDICATORS, T_DISPLAY, T_MAPPINGS, T_MAPPING_ITEMS, T_RECONCILE, T_PARTIES, T_BODIES, T_BODY_GROUPS, T_GATES, T_READING_WORDS, T_SYSTEMS,
    T_POLLUTANTS, T_REPORT_FORMS, T_REPORT_COLUMNS, T_REPORT_ROWS, T_REPORT_CHECKS, T_REPORT_FILERS,
    T_COUNT
} rule_table_id;

typedef enum rule_column_type {
    COL_TEXT,
    COL_NUMBER,  /* decimal or p/q */
    COL_INT,
    COL_BOOL,    /* 0 or 1; empty = 0 */
    COL_WORD,    /* one of `words` */
    COL_WORDS,   /* a list of them, or * */
    COL_REF,     /* key of table `ref` */
    COL_REFS,    /* a list of keys */
    COL_DATE
} rule_column_type;

enum { COL_KEY = 1, COL_NEEDED = 2, COL_STAR = 4 /* * stands for any */ };
enum { RULE_COMMON = 6, RULE_COLUMNS_MAX = 24 };
/* The common columns, counted from the table's own column_count. */
enum { COMMON_REGION, COMMON_VALID_FROM, COMMON_VALID_TO, COMMON_SOURCE, COMMON_VERIFIED, COMMON_NOTE };

typedef struct rule_column {
    const char *name;
    rule_column_type type;
    unsigned flags;
    rule_table_id ref;
    const char *words; /* separated by blanks */
} rule_column;

typedef struct rule_table {
    const char *name;
    bool key_has_region;  /* the key goes on with region */
    bool key_has_dates;   /* and with valid_from; periods of one key must not overlap */
    bool needs_no_source;
    const rule_column *columns; /* its own, without the common ones */
    size_t column_count;
} rule_table;

extern const rule_table rule_schema[T_COUNT];
extern const rule_column rule_common_columns[RULE_COMMON];
/* A dimension that is a product of others: kW is recorded as a power and is energy by time. */
typedef struct rule_derived_dimension { const char *id, *product; } rule_derived_dimension;
extern const rule_derived_dimension rule_derived_dimensions[]; /* ends with id NULL */

int rule_table_find(text name);                 /* RULE_NONE if there is no such table */
int rule_column_find(int tbl, text name);     /* place in rule_row.cells, common columns included */
const rule_column *rule_column_at(int tbl, size_t i);
size_t rule_column_count(int tbl);            /* with the common ones */
#endif
