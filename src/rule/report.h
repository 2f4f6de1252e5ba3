/*
 * Report forms of enterprises (report_forms.csv and its four companions), read out of the rows of a rule set.
 *
 * A check compares two sums of columns of one row of a form:
 *
 *     opening + purchase + production = sale + use + closing        use <= 3*last.use        use = months.use
 *
 * A name alone is the cell of the same row; last.x the cell of the report of the period before; months.x the sum of x over the reports of the form's months
 * (column `months` of report_forms). An empty cell counts as 0; a report that is not there makes the check silent.
 */
#ifndef RULE_REPORT_H
#define RULE_REPORT_H

enum { RULE_REPORT_COLUMNS_MAX = 40, RULE_REPORT_TERMS_MAX = 24, RULE_REPORT_LESS_MAX = 8 };

typedef enum rule_report_from { REPORT_OF_ROW, REPORT_OF_LAST, REPORT_OF_MONTHS } rule_report_from;
typedef struct rule_report_term { const rat *factor; int column; /* -1 = the number alone */ rule_report_from from; } rule_report_term;
typedef enum rule_report_compare { REPORT_EQUAL, REPORT_AT_MOST, REPORT_AT_LEAST } rule_report_compare;
typedef struct rule_report_check {
    text id; rule_name sentence; text formula;
    rule_report_compare compare;
    size_t left_count, right_count;
    rule_report_term left[RULE_REPORT_TERMS_MAX], right[RULE_REPORT_TERMS_MAX];
    const rat *tolerance;        /* share of the larger side; NULL = none */
    int gate;                    /* of gates.csv, whose parameter and outcome then count; 0 = none */
    bool refuses;                /* else it is flagged */
    const rule_row *row;
} rule_report_check;

typedef enum rule_report_type { REPORT_AMOUNT /* of the row's energy, in its unit, not negative */, REPORT_NUMBER /* in the column's unit */ } rule_report_type;
typedef enum rule_report_meter { REPORT_NOT_METERED, REPORT_BOUGHT, REPORT_USED, REPORT_SOLD, REPORT_MADE } rule_report_meter;
typedef struct rule_report_column {
    text id; rule_name name; text aliases; rule_name comment;
    rule_report_type type;
    int32_t unit;                /* of a number; RULE_NONE */
    int32_t kind, kind_less;     /* of the movement it becomes; kind_less when less is more, with the ends exchanged. RULE_NONE = posts none */
    text from, to;               /* self, stock, role:ROLE, or the code of a party */
    size_t less_count; int less[RULE_REPORT_LESS_MAX]; /* columns taken off before it is posted */
    rule_report_meter meter;     /* what of the party's meters it is compared with */
    const rule_row *row;
} rule_report_column;
typedef struct rule_report_row { int32_t commodity, unit; text code; const rule_row *row; } rule_report_row;

typedef struct rule_report_form {
    text id; rule_name name; text code;
    bool is_yearly;
    int due_days;                /* after the end of the period */
    int people;                  /* 2: who checks or approves is not who filled; 3: three persons */
    int months;                  /* index of the monthly form whose sums it is compared with; -1 */
    text filer_classes, filer_roles; /* lists; report_filers.csv names parties one by one instead */
    size_t column_count; const rule_report_column *columns;
    size_t row_count; const rule_report_row *rows;
    size_t check_count; const rule_report_check *checks;
    const rule_row *row;
} rule_report_form;

/* All forms, in the order of their rows; columns, rows and checks by `order`. Names live as long as the rule set. */
size_t rule_report_forms(arena *a, const rule_set *r, const rule_report_form **ret);
#endif
