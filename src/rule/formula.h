/*
 * The formula language (docs/rulebook.md): parse, check units, evaluate in exact rationals. What the
 * functions mean is the caller's: evaluation asks a formula_source for each call. Errors name file, line and column.
 */
#ifndef RULE_FORMULA_H
#define RULE_FORMULA_H

enum { FORMULA_DEPTH_MAX = 64, FORMULA_BYTES_MAX = 4096, FORMULA_ARGS_MAX = 8 };

typedef struct selector selector; /* tree of commodity ids and tags */
bool selector_match(const rule_set *r, const selector *s, int32_t commodity);
text selector_text(arena *a, const selector *s);
MUST_USE bool selector_parse(arena *a, const rule_set *r, text t, size_t *ret_at, const selector **ret, heng_err *err); /* ret_at: byte of the fault */

typedef struct formula_arg { text key, value; } formula_arg; /* key = value, value as written without quotes */
typedef struct formula_call {
    text function;          /* use, supply, flow, emit, stat, chain, holding, total */
    const selector *what;   /* NULL where the function takes none */
    text name;              /* statistic of stat and chain, gas of emit, indicator of total */
    text name2;             /* growth statistic of chain */
    int32_t unit;           /* RULE_NONE = not given */
    size_t arg_count;
    formula_arg args[FORMULA_ARGS_MAX];
    text written;           /* the call as it stands in the formula */
} formula_call;
text formula_arg_get(const formula_call *c, const char *key); /* empty if absent */

/* When: an offset against the period asked for, or the base year, or a named year. */
typedef enum formula_when_kind { FORMULA_NOW, FORMULA_BASE, FORMULA_OFFSET, FORMULA_YEAR } formula_when_kind;
typedef struct formula_when { formula_when_kind kind; int n; } formula_when;

typedef struct formula_value {
    const rat *value;       /* in base units of dim (g, J, m3, ...); NULL = missing */
    rule_dim dim;
    size_t missing_count;   /* what is not there: "gdp_constant 2014" */
    const text *missing;
    bool is_flagged;        /* a fallback factor, an incomplete total, ... went in */
    why_node *why;          /* NULL unless asked for */
} formula_value;

typedef struct formula_source {
    void *context;
    bool want_why;
    /* Value of one call at a time; missing data are a value without rat, not an error. */
    bool (*call)(void *context, const formula_call *call, formula_when when, arena *a, formula_value *ret, heng_err *err);
    /* Value of another indicator (exact) at a time. */
    bool (*indicator)(void *context, int32_t indicator, formula_when when, arena *a, formula_value *ret, heng_err *err);
} formula_source;

/* Parse and check dimensions; unit: RULE_NONE or the unit the result must fit. A formula outside a pack (command line, reconcile table) the same way. */
MUST_USE bool formula_parse(arena *a, const rule_set *r, text t, int32_t unit, const formula **ret, heng_err *err);
MUST_USE bool formula_eval(arena *a, const rule_set *r, const formula *f, const formula_source *source, formula_value *ret, heng_err *err);
rule_dim formula_dim(const formula *f);
/* The value in a unit. */
const rat *formula_in_unit(arena *a, const rule_set *r, const formula_value *v, int32_t unit);
#endif
