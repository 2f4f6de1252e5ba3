/* The messages of the room store, declared once in messages.def. */
#ifndef STORE_MESSAGES_H
#define STORE_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../store/messages.def"
#undef HENG_MSG
extern const heng_message *const store_messages[];
#endif
