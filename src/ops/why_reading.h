/* Explanations that reach into the meters. */
#ifndef OPS_WHY_READING_H
#define OPS_WHY_READING_H
#include "ops_internal.h"

/* heng:reading/<channel>/<day or time>: its readings, the movement of their day, the bounds and goals that it is measured for. */
MUST_USE bool why_reading(ops_call *c, const addr *at, why_node **ret, heng_err *err);
/* Below heng:movement/<id>, when a meter made it: its day and hours. */
void why_of_meter_movement(ops_call *c, const addr *at, why_node *root);
#endif
