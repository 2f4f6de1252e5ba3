/* What decode.c tells the rest of the room. */
#ifndef FORMAT_DECODE_H
#define FORMAT_DECODE_H
#include "table.h"
/* Line and character (both from 1) of the byte at index at in UTF-8 or ASCII-compatible bytes. */
void text_place(text bytes, size_t at, int64_t *ret_line, int64_t *ret_column);
#endif
