/* Builder of text: grows by doubling in its arena, in place while it is the newest there. See text.h. */
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *reserve(text_buf *b, size_t bytes)
{
    if (bytes > b->max - b->len) {
        size_t max = b->max ? b->max * 2 : 64;
        while (max - b->len < bytes) max *= 2;
        b->ptr = arena_grow(b->a, b->ptr, b->max, max);
        b->max = max;
    }
    return b->ptr + b->len;
}

void buf_add(text_buf *b, text t)
{
    if (t.len == 0) return;
    memcpy(reserve(b, t.len), t.ptr, t.len);
    b->len += t.len;
}

void buf_str(text_buf *b, const char *s)
{
    buf_add(b, text_of(s));
}

void buf_char(text_buf *b, char c)
{
    *reserve(b, 1) = c;
    b->len++;
}

void buf_printf(text_buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char small[256];
    int len = vsnprintf(small, sizeof small, format, args);
    must(len >= 0);
    if ((size_t)len < sizeof small) {
        buf_add(b, (text){small, (size_t)len});
    } else {
        vsnprintf(reserve(b, (size_t)len + 1), (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

text buf_text(const text_buf *b)
{
    return b->len ? (text){b->ptr, b->len} : TEXT("");
}
