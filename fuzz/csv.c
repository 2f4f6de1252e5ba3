/* Fuzz: any bytes as a table (CSV unless they look like another file); every row is read. */
#include "format.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const uint8_t UNREAD[1] = {0};
    heng_err err = {0};
    table *t = NULL;
    arena scratch = {0};
    table_row row = {0};
    table_options options = {.rows_max = 100000, .columns_max = 1000};
    if (!table_open_bytes(len ? bytes : UNREAD, len, "fuzz.csv", &options, &t, &err)) {
        must(err.message);
        return 0;
    }
    while (!row.is_end) {
        arena_mark mark = arena_here(&scratch);
        if (!table_next(t, &scratch, &row, &err)) break;
        for (size_t i = 0; i < row.count; i++) must(text_is_utf8(row.cells[i].value, &(size_t){0}));
        arena_rewind(&scratch, mark);
    }
    must(row.is_end || err.message);
    table_close(t);
    arena_free(&scratch);
    return 0;
}
