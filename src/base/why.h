/*
 * The explanation of a number: a tree whose node values follow exactly from their children.
 *
 *   SUM       value = sum of children             PRODUCT   value = product of children
 *   QUOTIENT  value = first / second              NEGATE    value = - only child
 *   DIFFERENCE value = first - rest               SAME      value = only child (a name for it)
 *   FORMULA   value follows from children by `text` (an indicator's formula); children are its terms in order
 *   FLOW      one flow's sum = sum of its months   MONTH     = sum of its movements' parts of that month
 *   MOVEMENT  a leaf: one posted movement (part)    ROW       below a movement: the file row, printed (no value of its own)
 *   FACTOR    a leaf: a rule row                   OBSERVED  a leaf: an observation
 *   MISSING   a leaf without value: what is not there
 */
#ifndef BASE_WHY_H
#define BASE_WHY_H
#include "addr.h"
#include "rat.h"

typedef enum why_kind { WHY_SUM, WHY_PRODUCT, WHY_QUOTIENT, WHY_DIFFERENCE, WHY_NEGATE, WHY_SAME, WHY_FORMULA, WHY_FLOW, WHY_MONTH,
                        WHY_MOVEMENT, WHY_ROW, WHY_FACTOR, WHY_OBSERVED, WHY_MISSING } why_kind;

typedef struct why_node why_node;
struct why_node {
    why_kind kind;
    text label_zh, label_en;
    const rat *value;      /* NULL: none (ROW, MISSING) */
    text unit;             /* unit id, "" for a pure number */
    text address;          /* heng:... of this number, "" if it has none */
    text source;           /* document, set and version, file:row */
    text detail;           /* formula text, row text, factor key */
    why_node *first, *last, *next;
};

why_node *why_new(arena *a, why_kind kind, text label_zh, text label_en, const rat *value, text unit);
why_node *why_add(why_node *parent, why_node *child);  /* returns child */
/* Every node with children follows from them exactly; false names the first that does not (label in *ret_bad). */
bool why_check(arena *scratch, const why_node *root, const why_node **ret_bad);
/* Text tree; depth_max 0 = whole, leaves_max per node 0 = all (the rest is counted in a line). */
text why_text(arena *a, const why_node *root, heng_lang lang, int depth_max, int leaves_max);
text why_json(arena *a, const why_node *root);
const char *why_kind_name(why_kind kind); /* "sum", as in the JSON */
#endif
