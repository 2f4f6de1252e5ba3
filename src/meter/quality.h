/*
 * Quality of what is in: days judged by the gates of level day (gates.csv) over a period: completeness, gaps, values that stand still, calibration, the
 * days before, the meters below, permits. Nothing is changed; a finding names the gate, the time, what was seen and what was wanted.
 */
#ifndef METER_QUALITY_H
#define METER_QUALITY_H
#include "gate.h"

typedef struct meter_finding { int32_t channel; uint16_t gate; period when; text seen, wanted; /* numbers with their unit, the same in both languages */ } meter_finding;

/* Channels (count 0: all real ones) in order; the period is judged by whole days of each channel's zone. In order of channel, gate, time;
 * neighbouring days with the same finding are one finding. known_us: by the readings known then (gates and channels are those of now). */
MUST_USE bool meter_quality(meter_book *m, const meter_gates *g, arena *a, const int32_t *channels, size_t count, period when, int64_t known_us, meter_finding **ret, size_t *ret_count, heng_err *err);
/* Only the comparisons between channels (compare.c); meter_quality has them too. A finding for each day and comparison that does not hold. */
MUST_USE bool meter_compare(meter_book *m, const meter_gates *g, arena *a, const int32_t *channels, size_t count, period when, int64_t known_us, meter_finding **ret, size_t *ret_count, heng_err *err);

/* Filling of gaps by named methods; what is filled has the flag METER_ESTIMATED and gives way to a true value. */
typedef enum meter_fill_method { FILL_LAST_DAY /* the same time of the newest day before that has it */, FILL_LINEAR /* between the readings around */, FILL_PROFILE /* mean of the same
    time and kind of day (workday, weekend) in the 28 days before */, FILL_WORST /* the greatest value of the 30 days before (HJ 75: while availability is low) */, FILL_METHODS } meter_fill_method;
extern const struct meter_fill_name { const char *id, *zh, *en; } meter_fill_names[FILL_METHODS];
typedef struct meter_filled { int64_t gaps, readings, left; /* left: readings for which the method has nothing to go by */ meter_receipt receipt; } meter_filled;
/*
 * Fill the gaps of one channel in a period. Counters: linear only (the register between the readings around). who and reason are kept with the method in an
 * entry of the book ("meter.fill", channel/first day). Errors: meter.fill_counter, meter.fill_interval (no expected interval).
 */
MUST_USE bool meter_fill(meter_book *m, arena *a, int32_t channel, period when, meter_fill_method method, text who, text reason, bool dry_run, meter_filled *ret, heng_err *err);
/* How the estimate at a time came to be, by the newest entry that covers it; method NULL: it was not filled here. */
typedef struct meter_filled_by { const struct meter_fill_name *method; text who, reason; } meter_filled_by;
MUST_USE bool meter_filled_at(meter_book *m, arena *a, int32_t channel, int64_t time_us, int64_t known_us, meter_filled_by *ret, heng_err *err);
#endif
