/* The messages of the room book, declared once in messages.def. */
#ifndef BOOK_MESSAGES_H
#define BOOK_MESSAGES_H
#include "base.h"
#define HENG_MSG(name, ...) extern const heng_message MSG_##name;
#include "../book/messages.def"
#undef HENG_MSG
extern const heng_message *const book_messages[];
#endif
