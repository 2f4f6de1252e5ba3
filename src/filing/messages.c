#include "messages.h"

#define HENG_MSG(name, id, code, en, zh, hint_en, hint_zh) const heng_message MSG_##name = {id, HENG_##code, en, zh, hint_en, hint_zh};
#include "messages.def"
#undef HENG_MSG

#define HENG_MSG(name, ...) &MSG_##name,
const heng_message *const filing_messages[] = {
#include "messages.def"
    NULL};
