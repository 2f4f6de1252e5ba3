/* The messages of the room account, declared once in messages.def. */
#ifndef ACCOUNT_MESSAGES_H
#define ACCOUNT_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../account/messages.def"
#undef HENG_MSG
extern const heng_message *const account_messages[];
#endif
