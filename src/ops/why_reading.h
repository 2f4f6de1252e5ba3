/* Explanations that reach into the meters. */
#ifndef OPS_WHY_READING_H
#define OPS_WHY_READING_H
#include "meter.h"
#include "ops_internal.h"

/* heng:reading/<channel>/<day or time>: its readings, the movement of their day, the bounds and goals that it is measured for. */
MUST_USE bool why_reading(ops_call *c, const addr *at, why_node **ret, heng_err *err);
/* Below heng:movement/<id>, when a meter made it: its day and hours. */
void why_of_meter_movement(ops_call *c, const addr *at, why_node *root);
/* Bounds on channels of meters are compared with what those measured. The meter_book is closed by the caller, after the last question to the account. */
MUST_USE bool account_asks_meters(ops_call *c, account *x, meter_book **ret, heng_err *err);
#endif
