/* The messages of the room base, declared once in messages.def. */
#ifndef BASE_MESSAGES_H
#define BASE_MESSAGES_H
#include "err.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../base/messages.def"
#undef HENG_MSG
extern const heng_message *const base_messages[];
#endif
