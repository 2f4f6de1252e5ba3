/* The messages of the room meter, declared once in messages.def. */
#ifndef METER_MESSAGES_H
#define METER_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../meter/messages.def"
#undef HENG_MSG
extern const heng_message *const meter_messages[];
#endif
