/*
 * Fuzz: spreadsheets. An input that starts with PK is a whole file. Any other is three pieces parted by a zero byte (sheet, strings, styles)
 * that are packed into a sound archive first, so that the fuzzer works on the XML and not on checksums.
 */
#include <zip.h>
#include "format.h"

#define XML "<?xml version=\"1.0\"?>"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void add_part(zip_t *z, const char *name, text content)
{
    zip_int64_t i = zip_file_add(z, name, zip_source_buffer(z, content.ptr, content.len, 0), 0);
    if (i >= 0) zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0);
}

static text pack(arena *a, text sheet_xml, text strings, text styles)
{
    zip_error_t fault;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &fault);
    zip_source_keep(out);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &fault);
    add_part(z, "xl/workbook.xml", TEXT(XML "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"s\"/></sheets></workbook>"));
    add_part(z, "xl/_rels/workbook.xml.rels", TEXT(XML "<Relationships><Relationship Id=\"s\" Type=\"/worksheet\" Target=\"sheet.xml\"/>"
        "<Relationship Id=\"t\" Type=\"/sharedStrings\" Target=\"strings.xml\"/><Relationship Id=\"u\" Type=\"/styles\" Target=\"styles.xml\"/></Relationships>"));
    add_part(z, "xl/sheet.xml", sheet_xml);
    add_part(z, "xl/strings.xml", strings);
    add_part(z, "xl/styles.xml", styles);
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

static void read_all(text bytes, bool fill_merged)
{
    heng_err err = {0};
    table *t = NULL;
    arena scratch = {0};
    table_row row = {0};
    table_options options = {.rows_max = 100000, .columns_max = 1000, .bytes_max = 1 << 24, .fill_merged = fill_merged};
    if (!table_open_bytes(bytes.ptr, bytes.len, "fuzz.xlsx", &options, &t, &err)) {
        must(err.message);
        return;
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
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    text rest = {(const char *)bytes, len};
    if (len == 0) return 0;
    if (!text_starts(rest, "PK")) {
        text sheet_xml = text_next(&rest, 0), strings = text_next(&rest, 0);
        rest = pack(&a, sheet_xml, strings, rest);
    }
    read_all(rest, false);
    read_all(rest, true);
    arena_free(&a);
    return 0;
}
