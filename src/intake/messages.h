/* The messages of the room intake, declared once in messages.def. */
#ifndef INTAKE_MESSAGES_H
#define INTAKE_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../intake/messages.def"
#undef HENG_MSG
extern const heng_message *const intake_messages[];
#endif
