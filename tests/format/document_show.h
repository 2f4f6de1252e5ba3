/* A document as one line of text, for table-driven tests: "P text|H text|C1.2.3 text|F text"; cells by table, row and column, spans as +rows x columns. */
#ifndef DOCUMENT_SHOW_H
#define DOCUMENT_SHOW_H
#include "check.h"
#include "document.h"
#include "format.h"

static inline text show_document(arena *a, const document *d)
{
    text_buf out = {.a = a};
    for (size_t i = 0; i < d->block_count; i++) {
        const document_block *b = &d->blocks[i];
        if (i > 0) buf_char(&out, '|');
        buf_char(&out, b->kind == BLOCK_FURNITURE ? 'F' : b->kind == BLOCK_CELL ? 'C' : b->looks_like_heading ? 'H' : 'P');
        if (b->kind == BLOCK_CELL) buf_printf(&out, "%d.%d.%d", b->table, b->row, b->column);
        if (b->row_span > 1 || b->column_span > 1) buf_printf(&out, "+%dx%d", b->row_span, b->column_span);
        buf_char(&out, ' ');
        buf_add(&out, b->content);
    }
    return buf_text(&out);
}

static inline bool show_bytes(arena *a, text bytes, text *ret, heng_err *err)
{
    document d;
    if (!document_open_bytes(a, bytes.ptr, bytes.len, "test", &d, err)) return false;
    *ret = show_document(a, &d);
    return true;
}
#endif
