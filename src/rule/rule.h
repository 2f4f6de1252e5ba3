/*
 * Rules: units, commodities, kinds, factors, indicators, from packs of CSV tables (docs/rulebook.md).
 *
 * A rule_set is the whole of the rules as known at one moment, checked and indexed, read only. It is built from folders
 * (rule_load_folders) or from the rows kept in the store (rule_load_store): the same builder. Rows become facts
 * when the room book posts them (rule_rows gives them).
 */
#ifndef RULE_H
#define RULE_H
#include "base.h"
#include "format.h"
#include "store.h"

enum { RULE_TAGS_MAX = 256, RULE_DIMS_MAX = 16, RULE_NONE = -1 };

typedef struct rule_row {        /* one row of one table as it stands in the file */
    text table;                  /* "units" */
    text file;                   /* path as given */
    int64_t line;
    text pack;                   /* id of its pack */
    text key;                    /* the key columns joined by \x1f */
    size_t cell_count;
    const text *cells;           /* in the order of the table's declared columns, common columns last; missing = empty */
    hash hash;                   /* over table, and cells joined by \x1f */
    text region, source, verified, note;
    int32_t valid_from, valid_to;/* days, inclusive; INT32_MIN, INT32_MAX = open */
} rule_row;

typedef struct rule_dim { int8_t exp[RULE_DIMS_MAX]; } rule_dim; /* exponents by index of dimensions.csv; all 0 = pure number */

typedef struct rule_name { text zh, en; } rule_name;
typedef struct rule_unit {
    text id; rule_name name; text symbol;
    rule_dim dim;
    const rat *factor;           /* size in base units */
    int scale;                   /* decimals kept when recorded, -1 = not for recording */
    const rule_row *row;
} rule_unit;

typedef enum rule_class { RULE_NATURAL_INPUT, RULE_PRODUCT, RULE_RESIDUAL, RULE_RIGHT, RULE_MONEY, RULE_LOT } rule_class;
typedef struct rule_commodity {
    text id; rule_name name;
    rule_class class_;
    size_t unit_count; const int32_t *units;
    uint64_t tags[RULE_TAGS_MAX / 64];
    int order;
    const rule_row *row;
} rule_commodity;

typedef enum rule_effect { RULE_ENTER, RULE_LEAVE, RULE_TRANSFER, RULE_CONSUME, RULE_PRODUCE, RULE_ADJUST, RULE_HOLD } rule_effect;
typedef struct rule_kind {
    text id; rule_name name;
    uint64_t giver_classes, taker_classes; /* bit = index of the party class */
    uint32_t commodity_classes;            /* bit = rule_class */
    rule_effect effect;
    text balance_cell, supply_cell, use_cell;
    const rule_row *row;
} rule_kind;

typedef struct rule_party_class { text id; rule_name name; text psut_column; bool stores; const rule_row *row; } rule_party_class;
typedef struct rule_role { text id; rule_name name; const rule_row *row; } rule_role;
typedef struct rule_sector { text id; int32_t parent; rule_name name; int order; const rule_row *row; } rule_sector;
typedef struct rule_tag { text id; rule_name name; } rule_tag;
typedef struct rule_region { text code; text level; text parent; rule_name name; text successor; const rule_row *row; } rule_region;
typedef struct rule_industry { text code, level, parent; rule_name name; bool high_energy; const rule_row *row; } rule_industry;
typedef struct rule_statistic { text id; rule_name name; int32_t unit; text nature; const rule_row *row; } rule_statistic;
typedef struct rule_set_decl { text id, role; rule_name name; bool nearest_earlier; const rule_row *row; } rule_set_decl;

typedef struct formula formula; /* parsed, see formula.h */
typedef struct rule_indicator {
    text id; rule_name name; text aliases;
    int32_t unit; text direction, kind; int digits;
    const formula *formula;      /* NULL = not expressible, see reason */
    text formula_text, reason;
    const rule_row *row;
} rule_indicator;

typedef struct rule_set rule_set;
struct rule_set {                /* all arrays read only */
    size_t unit_count; const rule_unit *units;
    size_t commodity_count; const rule_commodity *commodities;
    size_t kind_count; const rule_kind *kinds;
    size_t party_class_count; const rule_party_class *party_classes;
    size_t role_count; const rule_role *roles;
    size_t sector_count; const rule_sector *sectors;
    size_t tag_count; const rule_tag *tags;
    size_t region_count; const rule_region *regions;
    size_t industry_count; const rule_industry *industries;
    size_t statistic_count; const rule_statistic *statistics;
    size_t set_count; const rule_set_decl *sets;
    size_t indicator_count; const rule_indicator *indicators;
    text packs;                  /* "cn@1+tianjin@1" */
    hash hash;                   /* over all rows in order of (table, key): names the pack version */
    struct rule_index *index;    /* private */
};

/* Build from folders, ground first. All faults are found in one pass: up to max_faults go to faults (each with file, line, field); false when there is any. */
typedef struct rule_faults { heng_err *items; size_t count, max; size_t total; } rule_faults;
MUST_USE bool rule_load_folders(arena *a, const char *const *folders, size_t count, const rule_set **ret, rule_faults *faults, heng_err *err);
/* Build from the rows in the store as known at known_us (INT64_MAX = now). */
MUST_USE bool rule_load_store(arena *a, store *s, int64_t known_us, const rule_set **ret, heng_err *err);
/* A set kept in a file, made by this program from the rules that stamp stands for; false when there is none that fits. Keeping may fail: then it is done without. */
bool rule_load_kept(arena *a, const char *path, const hash *stamp, const rule_set **ret);
void rule_keep(const rule_set *r, const char *path, const hash *stamp);
/* Rows of one table in file order (laid-over ones replaced); any table of the pack, also those that only upper rooms understand. */
size_t rule_rows(const rule_set *r, const char *table, const rule_row *const **ret);
size_t rule_all_rows(const rule_set *r, const rule_row *const **ret);   /* in order of (table, key) */
/* The row's cells in their stored form (joined by U+001F); its hash is over this. A table's columns may be appended to, never moved or taken out. */
text rule_row_text(arena *a, const rule_row *row);
text rule_cell(const rule_row *row, const char *column);                /* empty if the table has no such column */
const char *const *rule_tables(void);                                   /* names, NULL at the end */
const char *rule_column_name(const char *table, size_t i);              /* its own, then the common columns; NULL behind the last, and if there is no such table */

/* Index by id, name, alias or symbol (folded); RULE_NONE if absent. With err: message with the nearest names. */
int32_t rule_unit_find(const rule_set *r, text name);
int32_t rule_commodity_find(const rule_set *r, text name);
int32_t rule_kind_find(const rule_set *r, text name);
int32_t rule_party_class_find(const rule_set *r, text name);
int32_t rule_role_find(const rule_set *r, text name);
int32_t rule_sector_find(const rule_set *r, text name);
int32_t rule_tag_find(const rule_set *r, text name);
int32_t rule_statistic_find(const rule_set *r, text name);
int32_t rule_indicator_find(const rule_set *r, text name);
/* The region's row valid on that day (codes are retired); RULE_NONE if none. A name or a code. */
int32_t rule_region_find(const rule_set *r, text code_or_name, int32_t day);
/* The region of that name inside another: 西湖区 in 330100 (several cities have one). */
int32_t rule_region_find_in(const rule_set *r, text name, text within, int32_t day);
bool rule_region_is_within(const rule_set *r, text code, text ancestor); /* by parents; retired codes through successors */
int32_t rule_industry_find(const rule_set *r, text code_or_name);
MUST_USE bool rule_commodity_want(const rule_set *r, text name, int32_t *ret, heng_err *err); /* rule.unknown_commodity with the nearest */
MUST_USE bool rule_unit_want(const rule_set *r, text name, int32_t *ret, heng_err *err);
MUST_USE bool rule_kind_want(const rule_set *r, text name, int32_t *ret, heng_err *err);
/* May this commodity be recorded in this unit? Otherwise the listed unit of the same dimension and the exact ratio unit/listed (万吨 -> t, 10000); an
 * error (rule.unit_dimension, rule.unit_not_listed) if there is none. */
MUST_USE bool rule_recording_unit(const rule_set *r, int32_t commodity, int32_t unit, int32_t *ret_unit, const rat **ret_ratio, arena *a, heng_err *err);
bool rule_dim_equal(rule_dim a, rule_dim b);
text rule_dim_text(arena *a, const rule_set *r, rule_dim d);
/* The sector of a party with this industry code (may be empty) and role (RULE_NONE). */
int32_t rule_sector_of(const rule_set *r, text industry, int32_t role);
bool rule_sector_is_within(const rule_set *r, int32_t sector, int32_t ancestor);

/* The set that a profile names for a role ("conversion"); empty text if it names none. */
text rule_profile_set(const rule_set *r, text profile, const char *role);

/* Factors. place: region code of the party, found from the nearest (itself, its parents, everywhere). Overlap inside a set is an error at load. */
typedef struct rule_factor {
    const rat *value;            /* exact, per one unit of the commodity */
    const rule_row *row;         /* the row cited */
    const rule_row *choice;      /* the factor_choices row, if one led here */
    bool is_fallback;            /* an earlier year's, by the set's declaration */
    const rat *ncv, *carbon_content, *oxidation, *ratio; /* parts of an emission factor where it has them; ratio: unit conversion applied, 44/12 apart */
    const rat *uncertainty;      /* relative, NULL = not given */
} rule_factor;
/* Energy of one unit in tce or GJ. basis "calorific" or "coal_equal". Recorded in tce/GJ itself: exact unit ratio, row NULL. False with
 * rule.no_factor (seen: commodity, unit; wanted: set) when there is none; rule.factor_is_range for a range without a choice. */
MUST_USE bool rule_conversion(arena *a, const rule_set *r, text set, int32_t commodity, int32_t unit, text to_unit, text basis, text place, int32_t day, rule_factor *ret, heng_err *err);
/* Emission of one unit by a choice (profile role emission) or a set: t of gas per unit. */
MUST_USE bool rule_emission(arena *a, const rule_set *r, text choice, int32_t commodity, int32_t unit, text gas, int32_t sector, text place, int32_t day, rule_factor *ret, heng_err *err);
/* Purchased electricity (per kWh) or heat (per GJ, any recorded unit): t CO2 per unit, from a set of role electricity or heat. */
MUST_USE bool rule_purchased(arena *a, const rule_set *r, text set, int32_t commodity, int32_t unit, text place, int32_t day, rule_factor *ret, heng_err *err);
MUST_USE bool rule_gwp(const rule_set *r, text set, text gas, const rat **ret, const rule_row **ret_row, heng_err *err);
/* treatment of combustion.csv: "burnt", "nonenergy", ...; "none" if no row matches */
text rule_combustion(const rule_set *r, int32_t kind, int32_t role, int32_t commodity, const rule_row **ret_row);

/* What heng rule check prints besides faults: indicators that cannot be expressed (with reason), printed factors that differ from their parts, ... */
typedef struct rule_remark { text what_zh, what_en; const rule_row *row; } rule_remark;
size_t rule_remarks(arena *a, const rule_set *r, rule_remark **ret);

/* Unified social credit code, GB 32100-2015: 18 characters, both check digits. Errors rule.uscc_length, rule.uscc_character, rule.uscc_check, rule.uscc_organisation_check
 * name the digit wanted. *ret: normalised (NFKC, upper case). */
/* May a party bear this code of an industry or a region? Errors rule.unknown_industry, rule.unknown_region with what comes near; a pack without
 * the list refuses none. Classes of a listed division, and parts of a region whose parts are not listed, are taken. */
MUST_USE bool rule_industry_check(arena *a, const rule_set *r, text code, heng_err *err);
MUST_USE bool rule_region_check(arena *a, const rule_set *r, text code, heng_err *err);
MUST_USE bool rule_uscc_check(arena *a, text code, text *ret, heng_err *err);

extern const heng_message *const rule_messages[];
#include "formula.h"
#include "report.h"
#endif
