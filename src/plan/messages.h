/* The messages of the room plan, declared once in messages.def. */
#ifndef PLAN_MESSAGES_H
#define PLAN_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../plan/messages.def"
#undef HENG_MSG
extern const heng_message *const plan_messages[];
#endif
