/* A table as one line of text, for table-driven tests: "1:a|b 3:c"; other kinds than text carry a letter: n'1' d'2021-01-01'. */
#ifndef SHOW_H
#define SHOW_H
#include "check.h"
#include "format.h"

static inline bool show_rows(arena *a, table *t, text_buf *out, heng_err *err)
{
    arena scratch = {0};
    bool ok = true;
    for (;;) {
        table_row r;
        arena_mark mark = arena_here(&scratch);
        ok = table_next(t, &scratch, &r, err);
        if (!ok || r.is_end) break;
        if (out->len > 0) buf_char(out, ' ');
        buf_printf(out, "%lld:", (long long)r.number);
        for (size_t i = 0; i < r.count; i++) {
            if (i > 0) buf_char(out, '|');
            if (r.cells[i].kind > TABLE_TEXT) buf_printf(out, "%c'", "__ndbe"[r.cells[i].kind]);
            buf_add(out, r.cells[i].value);
            if (r.cells[i].kind > TABLE_TEXT) buf_char(out, '\'');
        }
        arena_rewind(&scratch, mark);
    }
    arena_free(&scratch);
    (void)a;
    return ok;
}

static inline bool show_table(arena *a, text bytes, const table_options *options, text *ret, heng_err *err)
{
    table *t = NULL;
    text_buf out = {.a = a};
    if (!table_open_bytes(bytes.ptr, bytes.len, "test", options, &t, err)) return false;
    bool ok = show_rows(a, t, &out, err);
    table_close(t);
    *ret = buf_text(&out);
    return ok;
}
#endif
