/*
 * Quality gates: what is wrong with a reading, by rules of the pack (gates.csv). A gate has a number that never changes its meaning, an outcome
 * (flag, move, hold, refuse, off), a parameter, and for people a name, a sentence and a remedy in two languages.
 *
 * This file judges readings as they come in (level reading); quality.h judges days and months that are in.
 */
#ifndef METER_GATE_H
#define METER_GATE_H
#include "meter.h"

/* Numbers of gates.csv that the program knows how to judge. A row that is missing there, or whose outcome is off, judges nothing. */
enum {
    GATE_ZONE_SHIFT = 20, GATE_FUTURE, GATE_CLOCK_LOST, GATE_DOUBLE, GATE_SENTINEL, GATE_NEGATIVE, GATE_RANGE, GATE_CAPACITY, GATE_BACKWARDS, GATE_RESET, GATE_RETURNED,
    GATE_RATE, GATE_STUCK, GATE_SPIKE, GATE_PERMIT,
    GATE_INCOMPLETE = 60, GATE_GAP, GATE_STUCK_DAY, GATE_CALIBRATION, GATE_LAST_PERIOD, GATE_NEIGHBOURS, GATE_PERMIT_TOTAL,
    GATE_COMPARE = 67, GATE_COMPARE_LAST = 79, /* comparisons between channels, as their list says: a pack may add its own */
    GATE_MONTH_REPORT = 80, GATE_IDENTITY, GATE_NUMBERS = 128
};

typedef struct meter_gate {
    uint16_t number;             /* 0: no such gate */
    bool is_off;
    uint8_t status;              /* meter_status of its outcome */
    const rat *parameter;        /* NULL = none */
    int64_t whole;               /* parameter rounded down */
    text id, level, severity;
    rule_name name, sentence, remedy;
    const rule_row *row;
} meter_gate;

typedef struct meter_gates meter_gates;
/* Gates of the rules, and the permits (bounds whose indicator is channel:CODE) of the book as known now. Lives in the arena; read only. Errors of the
 * pack's rows: meter.gate_bad. */
MUST_USE bool meter_gates_open(arena *a, meter_book *m, const meter_gates **ret, heng_err *err);
/* The gate of a number; one of number 0 when the pack has none. The room's own gates (1..15) have names too. */
const meter_gate *meter_gate_of(const meter_gates *g, int number);
/* The limit that a reading at that time was judged by, the same in both languages: "> 100", "< 0", "> 0.36 t (key of the permit)"; empty where the gate has none. */
text meter_gate_limit(arena *a, meter_book *m, const meter_gates *g, int number, int32_t channel, int64_t time_us, int64_t count);
/*
 * A comparison of the list of a gate 67..79: "{x}/pm25 <= {x}/pm10". Sides are codes, in which {x} stands for the same letters, and then every reading of both is
 * compared; or formulas of channels (formula.c), and then the amounts of each day are. The parameter is the share of the right side that is allowed for.
 */
typedef enum meter_sign { METER_AT_MOST, METER_AT_LEAST, METER_EQUAL } meter_sign;
typedef struct meter_comparison { int gate; meter_sign sign; text left, right; } meter_comparison;
size_t meter_gate_comparisons(const meter_gates *g, const meter_comparison **ret);
/* To be set by meter_gates_set with a meter_gates as context. */
bool meter_gate_judge(void *gates, arena *scratch, const meter_run *run, heng_err *err);
/* The permit of a channel as a count of its register in that state, for the period of the bound; NULL = none. */
typedef struct meter_permit { int32_t channel; const rat *amount; period when; text key; } meter_permit;
const meter_permit *meter_permit_of(const meter_gates *g, int32_t channel, int64_t at_us);
#endif
