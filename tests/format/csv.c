/* CSV in: encodings, line ends, quotes, separators, cut files. */
#include "show.h"

#define BYTES(literal) {literal, sizeof literal - 1}

static const struct { const char *says; text in; const char *want; } GOOD[] = {
    {"plain rows", BYTES("a,b\n1,2\n"), "1:a|b 2:1|2"},
    {"cells are trimmed, also of full-width blanks", BYTES(" a ,\xE3\x80\x80" "b\n"), "1:a|b"},
    {"CRLF", BYTES("a,b\r\n1,2\r\n"), "1:a|b 2:1|2"},
    {"CR alone", BYTES("a,b\r1,2\r"), "1:a|b 2:1|2"},
    {"no line end after a whole last row", BYTES("a,b\n1,2"), "1:a|b 2:1|2"},
    {"an empty last cell without line end is a cell", BYTES("a,b\n1,"), "1:a|b 2:1|"},
    {"empty rows are passed over and keep their numbers", BYTES("a,b\n\n,,\n \n1,2\n"), "1:a|b 5:1|2"},
    {"quoted separator, quote and line end", BYTES("a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n"), "1:a|b 2:x,\"y\"\nz|2 4:3|4"},
    {"an empty quoted cell", BYTES("a,b\n\"\",2\n"), "1:a|b 2:|2"},
    {"a quoted cell may end the file", BYTES("a,b\n1,\"2\""), "1:a|b 2:1|2"},
    {"a quote inside an unquoted cell is itself", BYTES("a,b\n5\" pipe,2\n"), "1:a|b 2:5\" pipe|2"},
    {"a ragged row is shorter or longer", BYTES("a,b,c\n1\n1,2,3,4\n"), "1:a|b|c 2:1 3:1|2|3|4"},
    {"semicolons", BYTES("a;b;c,d\n1,5;2;3\n"), "1:a|b|c,d 2:1,5|2|3"},
    {"tabs", BYTES("a\tb\n1\t2\n"), "1:a|b 2:1|2"},
    {"bars", BYTES("a|b\n1|2\n"), "1:a|b 2:1|2"},
    {"title lines do not hide the separator", BYTES("report 2021\n\na;b\n1;2\n"), "1:report 2021 3:a|b 4:1|2"},
    {"one column", BYTES("a\n1\n2"), "1:a 2:1 3:2"},
    {"byte order mark of UTF-8", BYTES("\xEF\xBB\xBF" "\xE7\x85\xA4,b\n1,2\n"), "1:煤|b 2:1|2"},
    {"GB18030", BYTES("\xC3\xBA,\xC6\xF8\n1,2\n"), "1:煤|气 2:1|2"},
    {"GB18030 beyond GBK, in four bytes", BYTES("\xC3\xBA,\x95\x32\x82\x36\n1,2\n"), "1:煤|𠀀 2:1|2"},
    {"UTF-16 LE with mark", BYTES("\xFF\xFE" "a\0,\0\x64\x71\n\0" "1\0,\0" "2\0\n\0"), "1:a|煤 2:1|2"},
    {"UTF-16 BE with mark", BYTES("\xFE\xFF" "\0a\0,\x71\x64\0\n\0" "1\0,\0" "2\0\n"), "1:a|煤 2:1|2"},
    {"UTF-16 LE by its zero bytes", BYTES("a\0,\0\x64\x71\n\0" "1\0,\0" "2\0\n\0"), "1:a|煤 2:1|2"},
    {"UTF-16 BE by its zero bytes", BYTES("\0a\0,\x71\x64\0\n\0" "1\0,\0" "2\0\n"), "1:a|煤 2:1|2"},
};

static const struct { const char *says; text in; const char *id; int64_t row; } BAD[] = {
    {"an empty file", BYTES(""), "format.file_empty", 0},
    {"a file of blanks", BYTES(" \r\n\n"), "format.file_empty", 0},
    {"a mark and nothing", BYTES("\xEF\xBB\xBF"), "format.file_empty", 0},
    {"cut inside a quoted cell", BYTES("a,b\n1,2\n3,\"4"), "format.csv_quote_open", 3},
    {"cut inside the last row", BYTES("a,b,c\n1,2,3\n4,5"), "format.csv_cut", 3},
    {"words after a closing quote", BYTES("a,b\n\"x\"y,2\n"), "format.csv_after_quote", 2},
    {"bytes of no encoding", BYTES("a,b\n\xFF\xFF,2\n"), "format.encoding_bad", 2},
    {"UTF-8 with one bad byte is not taken as GB18030", BYTES("煤,气\n热,\xE7\x94\n电,水\n"), "format.encoding_bad", 2},
    {"UTF-8 cut inside a character", BYTES("煤,气\n热,\xE7\x94"), "format.encoding_bad", 2},
    {"half a UTF-16 character at the end", BYTES("\xFF\xFE" "a\0,\0b"), "format.encoding_bad", 1},
    {"zero bytes", BYTES("a,b\n1,\0\0\0\0\n"), "format.encoding_bad", 2},
    {"PDF", BYTES("%PDF-1.4\n"), "format.file_kind", 0},
    {"HTML in disguise", BYTES("\xEF\xBB\xBF\n<HTML><table>"), "format.file_kind", 0},
    {"gzip", BYTES("\x1F\x8B\x08\0\0"), "format.file_kind", 0},
    {"an old spreadsheet", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0"), "format.xls_old", 0},
    {"a locked spreadsheet", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"), "format.xlsx_encrypted", 0},
};

static void test_limits(arena *a)
{
    heng_err err = {0};
    text seen;
    table_options two_rows = {.rows_max = 2}, two_columns = {.columns_max = 2}, five_bytes = {.bytes_max = 5}, comma = {.separator = ','};
    check_ok(show_table(a, TEXT("a\n1\n"), &two_rows, &seen, &err), &err, "as many rows as allowed");
    check_fails(show_table(a, TEXT("a\n1\n2\n"), &two_rows, &seen, &err), &err, "format.rows_too_many", "one row more");
    check_int(err.row, 3, "the row that passed the limit is named");
    check_fails(show_table(a, TEXT("a,b\n1,2,3\n"), &two_columns, &seen, &err), &err, "format.columns_too_many", "one column more");
    check_fails(show_table(a, TEXT("a,b\n1,2\n"), &five_bytes, &seen, &err), &err, "format.file_too_large", "more bytes than allowed");
    check_ok(show_table(a, TEXT("a;b;c,d\n1;2;3,4\n"), &comma, &seen, &err), &err, "a separator that is given");
    check_text(seen, TEXT("1:a;b;c|d 2:1;2;3|4"), "is not looked for");
}

static void test_many_columns(arena *a)
{
    text_buf in = {.a = a};
    heng_err err = {0};
    table *t = NULL;
    table_row r;
    arena scratch = {0};
    for (int i = 0; i < 5000; i++) buf_str(&in, i ? ",x" : "x");
    check_ok(table_open_bytes(in.ptr, in.len, "wide", NULL, &t, &err) && table_next(t, &scratch, &r, &err), &err, "5,000 columns are read");
    check_int((int64_t)r.count, 5000, "all of them");
    check(table_next(t, &scratch, &r, &err) && r.is_end && table_next(t, &scratch, &r, &err) && r.is_end, "the end stays the end");
    check(!table_is_xlsx(t) && table_sheet_count(t) == 1 && table_sheet_name(t, 0).len == 0, "CSV is one sheet without name");
    hash h = table_hash(t), own = hash_of(HASH_SHA256, in.ptr, in.len);
    check(hash_equal(h, own) && table_bytes(t).ptr == in.ptr, "hash and bytes are those of the file, not copied");
    table_close(t);
    table_close(NULL);
    arena_free(&scratch);
}

static void test_failure_stays(void)
{
    static const char IN[] = "a,b\n\"x\"y,2\n3,4\n";
    heng_err err = {0}, again = {0};
    table *t = NULL;
    table_row r = {.number = 77};
    arena scratch = {0};
    bool ok = table_open_bytes(IN, sizeof IN - 1, "bad.csv", NULL, &t, &err) && table_next(t, &scratch, &r, &err);
    check_ok(ok, &err, "the rows before the bad one are read");
    check(!table_next(t, &scratch, &r, &err) && r.number == 1, "a failed read leaves the row as it was");
    check(!table_next(t, &scratch, &r, &again) && again.message == err.message && again.row == 2, "and fails the same way again");
    check(strcmp(err.file, "bad.csv") == 0, "the file is named");
    table_close(t);
    arena_free(&scratch);
}

int main(void)
{
    arena a = {0};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        heng_err err = {0};
        text seen = {0};
        if (check_ok(show_table(&a, GOOD[i].in, NULL, &seen, &err), &err, GOOD[i].says)) check_text(seen, text_of(GOOD[i].want), GOOD[i].says);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err = {0};
        text seen;
        check_fails(show_table(&a, BAD[i].in, NULL, &seen, &err), &err, BAD[i].id, BAD[i].says);
        check_int(err.row, BAD[i].row, "its row");
    }
    test_limits(&a);
    test_many_columns(&a);
    test_failure_stays();
    arena_free(&a);
    return check_done();
}
