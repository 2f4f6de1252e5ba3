/* Spreadsheets made by hand: a zip of the given parts, in memory. */
#ifndef ZIP_MAKE_H
#define ZIP_MAKE_H
#include <zip.h>
#include "check.h"

typedef struct part { const char *name, *content; size_t len; /* 0 = strlen */ } part;

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define ROOT_RELS XML "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
#define BOOK_RELS XML "<Relationships><Relationship Id=\"r1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/>" \
    "<Relationship Id=\"r2\" Type=\"http://x/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>" \
    "<Relationship Id=\"r3\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/>" \
    "<Relationship Id=\"r4\" Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>"
#define BOOK_OF(properties) XML "<workbook xmlns:r=\"http://r\">" properties "<sheets><sheet name=\"藏\" sheetId=\"1\" state=\"hidden\" r:id=\"r2\"/>" \
    "<sheet name=\"数据\" sheetId=\"2\" r:id=\"r1\"/></sheets></workbook>"
#define STYLES XML "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>" \
    "<numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/><numFmt numFmtId=\"166\" formatCode=\"0.00&quot;days&quot;\"/></numFmts>" \
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/>" \
    "<xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"20\"/><xf numFmtId=\"57\"/></cellXfs></styleSheet>"
#define STRINGS XML "<sst count=\"9\"><si><t> 原煤 </t></si><si><r><t>天</t></r><r><t>津</t></r><rPh><t>tianjin</t></rPh></si><si><t>12.5</t></si>" \
    "<si><t>a_x000A_b</t></si></sst>"
#define SHEET2 XML "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>"
#define SHEET_OF(rows) XML "<worksheet><dimension ref=\"A1:B2\"/><sheetData>" rows "</sheetData></worksheet>"

static inline text zip_make(arena *a, const part *parts, size_t count)
{
    zip_error_t fault;
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &fault);
    zip_source_keep(out);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &fault);
    for (size_t i = 0; i < count; i++) {
        size_t len = parts[i].len ? parts[i].len : strlen(parts[i].content);
        zip_int64_t n = zip_file_add(z, parts[i].name, zip_source_buffer(z, parts[i].content, len, 0), 0);
        zip_set_file_compression(z, (zip_uint64_t)n, ZIP_CM_DEFLATE, 1);
    }
    zip_close(z);
    zip_stat_t st;
    zip_source_stat(out, &st);
    char *bytes = arena_alloc(a, st.size);
    zip_source_open(out);
    zip_source_read(out, bytes, st.size);
    zip_source_close(out);
    zip_source_free(out);
    return (text){bytes, st.size};
}

/* A whole spreadsheet around one sheet's XML. */
static inline text xlsx_make(arena *a, const char *workbook, const char *xml, size_t len)
{
    part parts[] = {{"[Content_Types].xml", XML "<Types/>", 0}, {"_rels/.rels", ROOT_RELS, 0}, {"xl/workbook.xml", workbook, 0},
                    {"xl/_rels/workbook.xml.rels", BOOK_RELS, 0}, {"xl/worksheets/sheet1.xml", xml, len},
                    {"xl/worksheets/sheet2.xml", SHEET2, 0}, {"xl/sharedStrings.xml", STRINGS, 0}, {"xl/styles.xml", STYLES, 0}};
    return zip_make(a, parts, sizeof parts / sizeof *parts);
}
#endif
