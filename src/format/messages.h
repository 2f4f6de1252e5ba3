/* The messages of the room format, declared once in messages.def. */
#ifndef FORMAT_MESSAGES_H
#define FORMAT_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../format/messages.def"
#undef HENG_MSG
extern const heng_message *const format_messages[];
#endif
