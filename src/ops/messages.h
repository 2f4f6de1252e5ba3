/* The messages of the room ops, declared once in messages.def. */
#ifndef OPS_MESSAGES_H
#define OPS_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../ops/messages.def"
#undef HENG_MSG
extern const heng_message *const ops_messages[];
#endif
