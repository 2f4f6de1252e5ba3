/* What the fuzz targets of documents share: packing parts into an archive, and what must be true of any document that opens. */
#ifndef DOCUMENT_FUZZ_H
#define DOCUMENT_FUZZ_H
#include <zip.h>
#include "document.h"
#include "format.h"

typedef struct fuzz_part { const char *name; text content; } fuzz_part;

static inline text fuzz_pack(arena *a, const fuzz_part *parts, size_t count)
{
    zip_error_t fault;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &fault);
    zip_source_keep(out);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &fault);
    for (size_t i = 0; i < count; i++) {
        zip_int64_t at = zip_file_add(z, parts[i].name, zip_source_buffer(z, parts[i].content.ptr, parts[i].content.len, 0), 0);
        if (at >= 0) zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    zip_close(z);
    zip_stat_t st;
    zip_source_stat(out, &st);
    char *packed = arena_alloc(a, st.size);
    zip_source_open(out);
    zip_source_read(out, packed, st.size);
    zip_source_close(out);
    zip_source_free(out);
    return (text){packed, st.size};
}

/* Opens or fails with a message; blocks are UTF-8, cells have a place. */
static inline void fuzz_document(text bytes)
{
    arena a = {0};
    heng_err err = {0};
    document d;
    if (document_open_bytes(&a, bytes.ptr, bytes.len, "fuzz", &d, &err)) {
        for (size_t i = 0; i < d.block_count; i++) {
            const document_block *b = &d.blocks[i];
            must(text_is_utf8(b->content, &(size_t){0}));
            must(b->kind != BLOCK_CELL || (b->table > 0 && b->row > 0 && b->column > 0 && b->row_span > 0 && b->column_span > 0));
        }
    } else {
        must(err.message);
    }
    arena_free(&a);
}
#endif
