/* The messages of the room filing, declared once in messages.def. */
#ifndef FILING_MESSAGES_H
#define FILING_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../filing/messages.def"
#undef HENG_MSG
extern const heng_message *const filing_messages[];
#endif
