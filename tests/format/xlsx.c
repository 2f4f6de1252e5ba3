/* XLSX in: cells of every kind, dates, merges, and files that are wrong or hostile. */
#include "zip_make.h"
#include "show.h"

static text book(arena *a, const char *xml) { return xlsx_make(a, BOOK_OF(""), xml, 0); }

static const struct { const char *says, *rows, *want; } GOOD[] = {
    {"shared strings: trimmed, runs joined, reading aids left out",
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>", "1:原煤|天津"},
    {"numbers as text stay text", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>2</v></c></row>", "1:12.5"},
    {"escaped characters", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c></row>", "1:a\nb"},
    {"inline strings and formula strings",
     "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r></is></c><c r=\"B1\" t=\"str\"><f>A1</f><v>ab</v></c></row>", "1:ab|ab"},
    {"booleans and errors", "<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c><c r=\"B1\" t=\"e\"><v>#REF!</v></c></row>", "1:b'true'|e'#REF!'"},
    {"cached values of formulas", "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c></row>", "1:n'2'"},
    {"a formula never computed is an error, not a hole", "<row r=\"1\"><c r=\"A1\"><f>SUM(B1)</f><v></v></c></row>", "1:e'=SUM(B1)'"},
    {"gaps are empty cells", "<row r=\"3\"><c r=\"C3\"><v>1</v></c></row>", "3:||n'1'"},
    {"places may be left out", "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "1:n'1'|n'2' 2:n'3'"},
    {"empty and styled rows are passed over", "<row r=\"1\"/><row r=\"2\"><c r=\"A2\" s=\"1\"/></row><row r=\"9\"><c r=\"A9\"><v>1</v></c></row>", "9:n'1'"},
    {"names with a prefix", "<x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row>", "1:n'1'"},
    {"digits as typed", "<row r=\"1\"><c><v>12.50</v></c><c><v>-7</v></c><c><v>0</v></c><c><v>123456789012345</v></c></row>",
     "1:n'12.50'|n'-7'|n'0'|n'123456789012345'"},
    {"float noise goes", "<row r=\"1\"><c><v>0.30000000000000004</v></c><c><v>2.2999999999999998</v></c><c><v>1.1000000000000001E-2</v></c></row>",
     "1:n'0.3'|n'2.3'|n'0.011'"},
    {"but a digit that 15 cannot hold stays", "<row r=\"1\"><c><v>0.12345678901234568</v></c><c><v>9007199254740993</v></c></row>",
     "1:n'0.12345678901234568'|n'9007199254740992'"},
    {"exponents are written out", "<row r=\"1\"><c><v>1.2E-2</v></c><c><v>-1.5e+20</v></c><c><v>1E3</v></c><c><v>1E-10</v></c></row>",
     "1:n'0.012'|n'-150000000000000000000'|n'1000'|n'0.0000000001'"},
    {"what is no number is an error cell", "<row r=\"1\"><c><v>abc</v></c><c><v>1E999</v></c><c><v>1.2.3</v></c></row>", "1:e'abc'|e'1E999'|e'1.2.3'"},
    {"dates by style", "<row r=\"1\"><c s=\"1\"><v>44270</v></c><c s=\"2\"><v>44270.333333333336</v></c><c s=\"3\"><v>44256</v></c><c s=\"7\"><v>44256</v></c></row>",
     "1:d'2021-03-15'|d'2021-03-15T08:00:00'|d'2021-03'|d'2021-03'"},
    {"a day that a month style hides is kept", "<row r=\"1\"><c s=\"3\"><v>44270</v></c></row>", "1:d'2021-03-15'"},
    {"a time of day that a date style hides is kept", "<row r=\"1\"><c s=\"1\"><v>44270.5</v></c></row>", "1:d'2021-03-15T12:00:00'"},
    {"midnight of the next day is not lost to rounding", "<row r=\"1\"><c s=\"2\"><v>44270.99999999</v></c></row>", "1:d'2021-03-16T00:00:00'"},
    {"clock times and elapsed hours", "<row r=\"1\"><c s=\"6\"><v>0.5</v></c><c s=\"4\"><v>1.25</v></c></row>", "1:d'12:00:00'|d'30:00:00'"},
    {"letters in quotes make no date", "<row r=\"1\"><c s=\"5\"><v>3</v></c></row>", "1:n'3'"},
    {"the first days of 1900 and the day that never was",
     "<row r=\"1\"><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c><c s=\"1\"><v>61</v></c><c s=\"1\"><v>0</v></c><c s=\"1\"><v>-1</v></c></row>",
     "1:d'1900-01-01'|d'1900-02-28'|e'1900-02-29'|d'1900-03-01'|e'1900-01-00'|e'-1'"},
    {"the last day", "<row r=\"1\"><c s=\"1\"><v>2958465</v></c><c s=\"1\"><v>2958466</v></c></row>", "1:d'9999-12-31'|e'2958466'"},
    {"ISO dates", "<row r=\"1\"><c t=\"d\"><v>2021-03-15</v></c></row>", "1:d'2021-03-15'"},
};

static const struct { const char *says, *rows, *id, *field; int64_t row; } BAD[] = {
    {"a shared string that is not there", "<row r=\"4\"><c r=\"B4\" t=\"s\"><v>99</v></c></row>", "format.xlsx_string", "B", 4},
    {"a negative one", "<row r=\"4\"><c r=\"AA4\" t=\"s\"><v>-1</v></c></row>", "format.xlsx_string", "AA", 4},
    {"a style that is not there", "<row r=\"4\"><c r=\"B4\" s=\"99\"><v>1</v></c></row>", "format.xlsx_style", "B", 4},
    {"a cell without place", "<row r=\"4\"><c r=\"4B\"><v>1</v></c></row>", "format.xlsx_reference", "A", 4},
    {"row 0", "<row r=\"0\"><c><v>1</v></c></row>", "format.xlsx_reference", "", 0},
    {"a row beyond all limits", "<row r=\"99999999999\"><c><v>1</v></c></row>", "format.rows_too_many", "", 0},
    {"a column beyond XFD", "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>", "format.columns_too_many", "XFE", 1},
    {"XML that does not close", "<row r=\"1\"><c><v>1</c></row>", "format.xlsx_xml", "", 0},
};

static void test_cells(arena *a)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        heng_err err = {0};
        text seen = {0};
        const char *xml = arena_printf(a, SHEET_OF("%s"), GOOD[i].rows);
        if (check_ok(show_table(a, book(a, xml), NULL, &seen, &err), &err, GOOD[i].says)) check_text(seen, text_of(GOOD[i].want), GOOD[i].says);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err = {0};
        text seen;
        const char *xml = arena_printf(a, SHEET_OF("%s"), BAD[i].rows);
        check_fails(show_table(a, book(a, xml), NULL, &seen, &err), &err, BAD[i].id, BAD[i].says);
        check(strcmp(err.field, BAD[i].field) == 0 && err.row == BAD[i].row, "its cell");
        check(strcmp(err.sheet, "数据") == 0 && strcmp(err.file, "test") == 0, "its sheet and file");
    }
}

static void test_1904(arena *a)
{
    heng_err err = {0};
    text seen = {0}, in = xlsx_make(a, BOOK_OF("<workbookPr date1904=\"1\"/>"), SHEET_OF("<row><c s=\"1\"><v>0</v></c><c s=\"1\"><v>42808</v></c></row>"), 0);
    check_ok(show_table(a, in, NULL, &seen, &err), &err, "the 1904 system");
    check_text(seen, TEXT("1:d'1904-01-01'|d'2021-03-15'"), "counts from 1904-01-01");
}

static void test_sheets(arena *a)
{
    heng_err err = {0};
    table *t = NULL;
    text seen, in = book(a, SHEET_OF("<row><c><v>5</v></c></row>"));
    table_options hidden = {.sheet = TEXT("藏")}, missing = {.sheet = TEXT("没有")};
    check_ok(table_open_bytes(in.ptr, in.len, "t", NULL, &t, &err), &err, "a file of two sheets opens");
    check(table_is_xlsx(t) && table_sheet_count(t) == 2 && table_sheet_is_hidden(t, 0) && !table_sheet_is_hidden(t, 1), "the hidden one is listed as such");
    check_text(table_sheet_current(t), TEXT("数据"), "the first visible sheet is read");
    table_close(t);
    check_ok(show_table(a, in, &hidden, &seen, &err), &err, "a hidden sheet is read by its name");
    check_text(seen, TEXT("1:n'1'"), "and holds its own rows");
    check_fails(show_table(a, in, &missing, &seen, &err), &err, "format.xlsx_sheet", "a sheet that is not there");
    check(strcmp(err.other, "藏, 数据") == 0, "the names there are");
}

static void test_merged(arena *a)
{
    heng_err err = {0};
    text seen = {0};
    table_options fill = {.fill_merged = true};
    text in = book(a, XML "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>1</v></c></row>"
        "<row r=\"2\"><c r=\"C2\"><v>2</v></c></row><row r=\"3\"><c r=\"A3\"/></row><row r=\"4\"><c r=\"C4\"><v>4</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref=\"A1:B3\"/></mergeCells></worksheet>");
    check_ok(show_table(a, in, NULL, &seen, &err), &err, "merged cells");
    check_text(seen, TEXT("1:原煤||n'1' 2:||n'2' 4:||n'4'"), "the value stands in the first cell");
    check_ok(show_table(a, in, &fill, &seen, &err), &err, "merged cells, filled");
    check_text(seen, TEXT("1:原煤|原煤|n'1' 2:原煤|原煤|n'2' 4:||n'4'"), "the value is repeated in rows that hold something");
}

static text repeated(arena *a, const char *head, const char *row, size_t times, const char *tail)
{
    text_buf b = {.a = a};
    buf_str(&b, head);
    for (size_t i = 0; i < times; i++) buf_str(&b, row);
    buf_str(&b, tail);
    buf_char(&b, 0);
    return (text){b.ptr, b.len - 1};
}

static void test_large(arena *a)
{
    heng_err err = {0};
    text seen = {0}, small;
    table_options two_mib = {.bytes_max = 2 << 20};
    text xml = repeated(a, XML "<worksheet><sheetData>", "<row><c s=\"1\"/><c s=\"2\"/></row>", 1000000, "<row><c><v>1</v></c></row></sheetData></worksheet>");
    small = xlsx_make(a, BOOK_OF(""), xml.ptr, xml.len);
    check_ok(show_table(a, small, NULL, &seen, &err), &err, "a million empty styled rows are passed over");
    check_text(seen, TEXT("1000001:n'1'"), "and the row behind them is found");
    check_fails(show_table(a, small, &two_mib, &seen, &err), &err, "format.xlsx_too_large", "what is unpacked has a limit");
}

/* Blanks unpack a thousandfold, and the archive's own figures are not asked. */
static void test_bomb(arena *a)
{
    heng_err err = {0};
    text seen;
    size_t len = 40 << 20;
    char *xml = arena_alloc(a, len);
    memset(xml, ' ', len);
    memcpy(xml, XML "<worksheet>", sizeof XML "<worksheet>" - 1);
    check_fails(show_table(a, xlsx_make(a, BOOK_OF(""), xml, len), NULL, &seen, &err), &err, "format.xlsx_ratio", "a zip bomb");
    memset(xml, 'x', len);
    for (size_t i = 0; i + 8 < len; i += 8) memcpy(xml + i, &(uint64_t){i * 0x9E3779B97F4A7C15u | 0x4040404040404040u}, 8);
    for (size_t i = 0; i < len; i++) xml[i] = (char)('a' + (unsigned char)xml[i] % 26);
    memcpy(xml, XML "<worksheet a=\"", sizeof XML "<worksheet a=\"" - 1);
    check_fails(show_table(a, xlsx_make(a, BOOK_OF(""), xml, len), NULL, &seen, &err), &err, "format.xlsx_too_large", "a token without end");
}

static void test_hostile(arena *a)
{
    heng_err err = {0};
    text seen;
    text laughs = book(a, "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;</worksheet>");
    check_fails(show_table(a, laughs, NULL, &seen, &err), &err, "format.xlsx_dtd", "declared entities are refused");
    text deep = repeated(a, XML, "<a>", 1000, "");
    check_fails(show_table(a, book(a, deep.ptr), NULL, &seen, &err), &err, "format.xlsx_too_large", "deep nesting is refused");
    text overlap = repeated(a, XML "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData><mergeCells>",
                            "<mergeCell ref=\"A1:XFD1048576\"/>", 40000, "</mergeCells></worksheet>");
    table_options fill = {.fill_merged = true};
    check_ok(show_table(a, book(a, overlap.ptr), &fill, &seen, &err) || strcmp(err.message->id, "format.xlsx_too_large") == 0, &err,
             "merges upon merges end");
}

static void test_damaged(arena *a)
{
    heng_err err = {0};
    text seen, whole = book(a, SHEET_OF("<row><c><v>5</v></c></row>"));
    part other[] = {{"mimetype", "application/x", 0}, {"content.xml", "<a/>", 0}};
    part no_sheet[] = {{"_rels/.rels", ROOT_RELS, 0}, {"xl/workbook.xml", BOOK_OF(""), 0}, {"xl/_rels/workbook.xml.rels", BOOK_RELS, 0}};
    part empty_book[] = {{"xl/workbook.xml", XML "<workbook/>", 0}};
    part no_book[] = {{"[Content_Types].xml", "<a/>", 0}, {"_rels/.rels", ROOT_RELS, 0}};
    check_fails(show_table(a, (text){whole.ptr, whole.len / 2}, NULL, &seen, &err), &err, "format.xlsx_cut", "a file cut in the middle");
    check_fails(show_table(a, zip_make(a, other, 2), NULL, &seen, &err), &err, "format.xlsx_not", "another kind of archive");
    check_fails(show_table(a, zip_make(a, no_sheet, 3), NULL, &seen, &err), &err, "format.xlsx_part", "a part that is missing");
    check_fails(show_table(a, zip_make(a, empty_book, 1), NULL, &seen, &err), &err, "format.xlsx_no_sheet", "no sheet");
    check_fails(show_table(a, zip_make(a, no_book, 2), NULL, &seen, &err), &err, "format.xlsx_part", "no workbook");
    size_t crashes = 0;
    for (size_t i = 0; i < whole.len; i++) { /* every byte damaged once: a value, an error, never more */
        char *bad = arena_copy(a, whole.ptr, whole.len);
        bad[i] = (char)(bad[i] ^ 0x55);
        heng_err e = {0};
        bool ok = show_table(a, (text){bad, whole.len}, NULL, &seen, &e);
        crashes += !ok && !e.message;
    }
    check_int((int64_t)crashes, 0, "a damaged byte gives a value or an error");
}

int main(void)
{
    arena a = {0};
    test_cells(&a);
    test_1904(&a);
    test_sheets(&a);
    test_merged(&a);
    test_large(&a);
    test_bomb(&a);
    test_hostile(&a);
    test_damaged(&a);
    arena_free(&a);
    return check_done();
}
