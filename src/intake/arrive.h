/*
 * Readings from the wires into meters: the sink that the room wire asks for.
 *
 * A channel names in its declaration the addresses that it takes ("hj212:<MN>/2051/w01018-Avg", "mqtt:park/m1#kwh"; several parted by blanks). What comes
 * over HTTP names its channel itself. A counter's and an interval's value must fit the decimals of its channel exactly; a level or a state is rounded to
 * them, half to even, because instruments send more digits than they measure.
 *
 * Flags of HJ 212: N or none is good, S is typed in by hand, all others (F stopped, M maintained, D broken, C calibrated, T above the range,
 * B not heard) are suspect.
 */
#ifndef INTAKE_ARRIVE_H
#define INTAKE_ARRIVE_H
#include "gate.h"
#include "meter.h"
#include "wire.h"

typedef struct arrivals arrivals;
/* The meters and gates stay the caller's. *ret_doubled: addresses that more than one channel names (the first one takes them). say (or NULL) hears of
 * each address that no channel takes, once, up to a thousand. */
MUST_USE bool arrivals_open(meter_book *m, const meter_gates *g, wire_say say, void *say_context, arrivals **ret, size_t *ret_doubled, heng_err *err);
void arrivals_close(arrivals *v); /* NULL is fine */
size_t arrivals_addresses(const arrivals *v);
/*
 * A wire_sink; context is the arrivals. One take of the meters for each way in among the items. A reading that no take can keep for a reason of its own (it
 * would overflow a sum) is found by halving and refused, so that it cannot hold up all others for ever.
 */
bool arrivals_take(void *context, const wire_reading *items, size_t count, wire_verdict *verdicts, heng_err *err);
#endif
