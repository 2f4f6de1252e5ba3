/*
 * A synthetic park: readings of a year by quarter hour for the channels of examples/park, with defects at declared rates. Invented, and always said to
 * be; its shapes are those of real loads (examples/park/README.md). The same day gives the same readings every time.
 */
#ifndef OPS_PARK_H
#define OPS_PARK_H
#include "meter.h"

typedef enum park_defect { PARK_GAP, PARK_SPIKE, PARK_ZERO, PARK_RESET, PARK_WORD, PARK_FUTURE, PARK_CLOCK, PARK_REPEAT, PARK_DOUBLE, PARK_LATE, PARK_STUCK, PARK_SHIFT, PARK_DEFECTS } park_defect;
extern const struct park_defect_name { const char *zh, *en; int gate; /* that should find it, 0 = none: it is merged or shown as a gap */ } park_defect_names[PARK_DEFECTS];

typedef struct park park;
/* The channels of folder/profile.csv must have been declared in the book. Lives in the arena. */
MUST_USE bool park_open(arena *a, const char *folder, meter_book *m, park **ret, heng_err *err);
/* What is sent on the morning after a day (late readings of earlier days too), as the devices write it. Valid until the next call. Days must follow each other. */
void park_day(park *p, int32_t day, meter_batch *ret);
/* How many readings each defect touched so far, and the true amounts. */
const int64_t *park_injected(const park *p);
int64_t park_made(const park *p); /* readings, whether sent or not */
#endif
