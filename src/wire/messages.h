/* The messages of the room wire, declared once in messages.def. */
#ifndef WIRE_MESSAGES_H
#define WIRE_MESSAGES_H
#include "err.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../wire/messages.def"
#undef HENG_MSG
extern const heng_message *const wire_messages[];
#endif
