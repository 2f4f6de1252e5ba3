/* The messages of the room rule, declared once in messages.def. */
#ifndef RULE_MESSAGES_H
#define RULE_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../rule/messages.def"
#undef HENG_MSG
extern const heng_message *const rule_messages[];
#endif
