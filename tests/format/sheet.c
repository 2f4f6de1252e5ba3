/* Sheets out: text, CSV, JSON, and XLSX read back. */
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>
#include "show.h"

static const text KINDS[] = {{"原煤", 6}, {"焦炭", 6}};

static sheet *energy(sheet_book *b)
{
    static text long_list[100];
    for (size_t i = 0; i < 100; i++) long_list[i] = TEXT("一个比较长的选项");
    sheet_column columns[] = {
        {.id = TEXT("item"), .title = TEXT("指标"), .choices = KINDS, .choice_count = 2},
        {.id = TEXT("value"), .title = TEXT("数值(万吨)"), .align = SHEET_RIGHT, .is_number = true, .comment = TEXT("单位:万吨")},
        {.id = TEXT("remark"), .title = TEXT("备注"), .choices = long_list, .choice_count = 100},
    };
    sheet *s = sheet_new(b, TEXT("能源"), TEXT("能源平衡"), columns, 3);
    sheet_row(s, (text[]){TEXT("原煤"), TEXT("1,234.50"), TEXT("a,b")});
    sheet_row(s, (text[]){TEXT("发电"), TEXT("0.30"), TEXT("")});
    sheet_row_style(s, 1, false);
    sheet_cell_mark(s, 1, TEXT("偏小"));
    sheet_row(s, (text[]){TEXT("缺"), TEXT("无数据"), TEXT("=1+1")});
    sheet_row(s, (text[]){TEXT("合计"), TEXT("-12345678901234567.8"), TEXT("\"q\"")});
    sheet_row_style(s, 0, true);
    sheet_note(s, TEXT("注:样例"));
    return s;
}

static void test_text(arena *a)
{
    sheet_book *b = sheet_book_new(a);
    energy(b);
    check_text(sheet_text(a, b, SHEET_TEXT, NULL), TEXT(
        "能源平衡\n"
        "指标              数值(万吨)  备注\n"
        "──────────────────────────────────\n"
        "原煤                1,234.50  a,b\n"
        "  发电                  0.30!\n"
        "缺                    无数据  =1+1\n"
        "──────────────────────────────────\n"
        "合计    -12345678901234567.8  \"q\"\n"
        "注:样例\n"), "text is aligned by its width on the terminal");
    text coloured = sheet_text(a, b, SHEET_TEXT, &(sheet_style){.colour = true});
    check(text_find(coloured, TEXT("\033[1m合计"), &(size_t){0}) && text_find(coloured, TEXT("\033[31m!"), &(size_t){0}), "with colour totals are bold and marks red");
}

static void test_cut(arena *a)
{
    sheet_column columns[] = {{.id = TEXT("a"), .title = TEXT("名称")}, {.id = TEXT("n"), .title = TEXT("数"), .is_number = true}};
    sheet_book *b = sheet_book_new(a);
    sheet *s = sheet_new(b, TEXT("x"), TEXT(""), columns, 2);
    sheet_row(s, (text[]){TEXT("天津市滨海新区第一热电厂"), TEXT("1234567890.12")});
    sheet_row(s, (text[]){TEXT("a\033[2J\nb"), TEXT("1")});
    check_text(sheet_text(a, b, SHEET_TEXT, &(sheet_style){.width_max = 26}), TEXT(
        "名称                    数\n"
        "──────────────────────────\n"
        "天津市滨海   1234567890.12\n"
        "新区第一热\n"
        "电厂\n"
        "a [2J b                  1\n"), "words go on below, numbers are whole, controls are blanks");
    sheet_book *c = sheet_book_new(a);
    s = sheet_new(c, TEXT("x"), TEXT(""), columns, 2);
    sheet_row(s, (text[]){TEXT("降低（2025）、use of energy, heat。天津市滨海新区第一热电厂"), TEXT("1")});
    check_text(sheet_text(a, c, SHEET_TEXT, &(sheet_style){.width_max = 15}), TEXT(
        "名称         数\n"
        "───────────────\n"
        "降低          1\n"
        "（2025）、\n"
        "use of\n"
        "energy, he…\n"), "a line begins with no closing mark and breaks no word; what is longer than four lines is cut");
    text narrow = sheet_text(a, b, SHEET_TEXT, &(sheet_style){.width_max = 3});
    check(text_find(narrow, TEXT("1234567890.12"), &(size_t){0}), "numbers are whole however narrow the terminal");
}

static void test_data(arena *a)
{
    sheet_book *b = sheet_book_new(a);
    energy(b);
    check_text(sheet_text(a, b, SHEET_CSV, &(sheet_style){.csv_bom = true}), TEXT("\xEF\xBB\xBFitem,value,remark\r\n原煤,1234.50,\"a,b\"\r\n发电,0.30,\r\n"
        "缺,无数据,\"=1+1\"\r\n合计,-12345678901234567.8,\"\"\"q\"\"\"\r\n"), "CSV");
    check_text(sheet_text(a, b, SHEET_JSON, NULL), TEXT("{\"title\":\"能源平衡\",\"columns\":[{\"id\":\"item\",\"title\":\"指标\"},"
        "{\"id\":\"value\",\"title\":\"数值(万吨)\"},{\"id\":\"remark\",\"title\":\"备注\"}],\"rows\":[\n"
        " {\"item\":\"原煤\",\"value\":1234.50,\"remark\":\"a,b\"},\n {\"item\":\"发电\",\"value\":0.30,\"remark\":\"\"},\n"
        " {\"item\":\"缺\",\"value\":\"无数据\",\"remark\":\"=1+1\"},\n {\"item\":\"合计\",\"value\":-12345678901234567.8,\"remark\":\"\\\"q\\\"\"}],"
        "\"notes\":[\"注:样例\"]}\n"), "JSON prints numbers as digits");
    energy(b);
    text two = sheet_text(a, b, SHEET_JSON, NULL);
    heng_err err = {0};
    const json *root = NULL;
    check_ok(json_parse(a, two, &root, &err), &err, "JSON of two sheets is JSON");
    check(root && root->kind == JSON_ARRAY && root->count == 2, "an array of two");
}

static const struct { const char *says, *in, *want; } FIELDS[] = {
    {"plain", "煤", "煤"}, {"empty", "", ""}, {"a negative number", "-1.5", "-1.5"}, {"a formula", "-1+2", "\"-1+2\""}, {"an at sign", "@x", "\"@x\""},
    {"a plus", "+86", "\"+86\""}, {"a blank at the end", "a ", "\"a \""}, {"a line end", "a\nb", "\"a\nb\""}, {"another separator", "a;b", "a;b"},
};

static const struct { const char *says; text in; const char *want; } STRINGS[] = {
    {"named escapes", {"\"\\\n\r\t\b\f", 7}, "\"\\\"\\\\\\n\\r\\t\\b\\f\""}, {"other controls", {"\x01\x1F", 2}, "\"\\u0001\\u001f\""},
    {"bytes that are no UTF-8", {"a\xFF" "b", 3}, "\"a\xEF\xBF\xBD" "b\""}, {"Chinese as it is", {"煤", 3}, "\"煤\""},
};

static void test_fields(arena *a)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        text_buf b = {.a = a};
        csv_field(&b, text_of(FIELDS[i].in), ',');
        check_text(buf_text(&b), text_of(FIELDS[i].want), FIELDS[i].says);
    }
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        text_buf b = {.a = a};
        json_string(&b, STRINGS[i].in);
        check_text(buf_text(&b), text_of(STRINGS[i].want), STRINGS[i].says);
    }
}

/* The XML of one part, to look for what the reader does not show. */
static text part_text(arena *a, text bytes, const char *name)
{
    zip_error_t fault;
    zip_t *z = zip_open_from_source(zip_source_buffer_create(bytes.ptr, bytes.len, 0, &fault), ZIP_RDONLY, &fault);
    zip_stat_t st = {0};
    char *s = NULL;
    zip_file_t *f = z ? zip_fopen(z, name, 0) : NULL;
    if (f && zip_stat(z, name, 0, &st) == 0) {
        s = arena_alloc(a, st.size);
        if (zip_fread(f, s, st.size) != (zip_int64_t)st.size) st.size = 0;
    }
    if (f) zip_fclose(f);
    if (z) zip_discard(z);
    return (text){s, s ? st.size : 0};
}

static bool holds(text t, const char *s) { return text_find(t, text_of(s), &(size_t){0}); }

/* What a template asks of the spreadsheet program: input checks, formulas, a colour for what they say. */
static void test_template(arena *a, const char *path)
{
    heng_err err = {0};
    text bytes = {0}, seen = {0};
    sheet_book *b = sheet_book_new(a);
    sheet_column columns[] = {{.id = TEXT("use"), .title = TEXT("消费量"), .is_number = true, .input = SHEET_INPUT_AMOUNT, .input_says = TEXT("应为不小于零的数")},
                              {.id = TEXT("check"), .title = TEXT("检查"), .is_check = true}};
    sheet *s = sheet_new(b, TEXT("填报"), TEXT(""), columns, 2);
    sheet_row(s, (text[]){TEXT("1.5"), TEXT("")});
    sheet_cell_formula(s, 1, TEXT("=IF(A2>1,\"多\",\"\")"));
    if (!check_ok(sheet_write(b, SHEET_XLSX, path, NULL, &err) && file_read(a, path, 0, &bytes, &err), &err, "a template is written")) return;
    text xml = part_text(a, bytes, "xl/worksheets/sheet1.xml");
    check(holds(xml, "<dataValidation type=\"decimal\" operator=\"greaterThanOrEqual\"") && holds(xml, "应为不小于零的数"), "amounts are checked as they are typed");
    check(holds(xml, "IF(A2&gt;1") && holds(xml, "LEN(B2)&gt;0"), "a formula says what is wrong, in red");
    check_ok(show_table(a, bytes, NULL, &seen, &err), &err, "and read: a formula that says nothing is an empty cell");
    check_text(seen, TEXT("1:消费量|检查 2:n'1.5'"), "its rows");
    unlink(path);
}

static void test_xlsx(arena *a, const char *path)
{
    heng_err err = {0};
    text bytes = {0}, seen = {0};
    table *t = NULL;
    sheet_book *b = sheet_book_new(a);
    energy(b);
    energy(b);
    if (!check_ok(sheet_write(b, SHEET_XLSX, path, NULL, &err) && file_read(a, path, 0, &bytes, &err), &err, "a spreadsheet is written")) return;
    check_ok(show_table(a, bytes, NULL, &seen, &err), &err, "and read");
    check_text(seen, TEXT("1:指标|数值(万吨)|备注 2:原煤|n'1234.5'|a,b 3:发电|n'0.3' 4:缺|无数据|=1+1 5:合计|-12345678901234567.8|\"q\" 7:# 注:样例"),
               "numbers are numbers, one that is too long for a spreadsheet is text");
    check_ok(table_open_bytes(bytes.ptr, bytes.len, "x", NULL, &t, &err), &err, "its sheets");
    check_int((int64_t)table_sheet_count(t), 3, "two, and the lists");
    check_text(table_sheet_name(t, 1), TEXT("能源 2"), "a name that is taken gets a number");
    check(table_sheet_is_hidden(t, 2), "the lists are hidden");
    table_close(t);
    text xml = part_text(a, bytes, "xl/worksheets/sheet1.xml");
    check(holds(xml, "原煤,焦炭"), "a short list stands in the sheet");
    check(holds(xml, "'_lists'!$A$1:$A$100"), "a long one on the hidden sheet");
    check(holds(xml, "sqref=\"A2:A1048576\"") && holds(xml, "state=\"frozen\""), "for all rows below the frozen header");
    check(holds(part_text(a, bytes, "xl/comments1.xml"), "偏小") && holds(part_text(a, bytes, "xl/comments1.xml"), "单位:万吨"), "comments stand at their cells");
    check(holds(part_text(a, bytes, "xl/styles.xml"), "formatCode=\"0.00\"") || holds(part_text(a, bytes, "xl/styles.xml"), "numFmtId=\"2\""), "decimals are kept as format");
}

static void test_write(arena *a, const char *path)
{
    heng_err err = {0};
    text bytes = {0};
    sheet_book *b = sheet_book_new(a);
    sheet_column c = {.id = TEXT("a"), .title = TEXT("[a]")};
    sheet *s = sheet_new(b, TEXT("a[1]/:*?很长很长很长很长很长很长很长很长很长很长很长很长很长"), TEXT(""), &c, 1);
    text_buf big = {.a = a};
    for (int i = 0; i < 40000; i++) buf_str(&big, "煤");
    text cell = buf_text(&big);
    sheet_row(s, &cell);
    cell = TEXT("bad \xFF byte \x01");
    sheet_row(s, &cell);
    check_ok(sheet_write(b, SHEET_XLSX, path, NULL, &err) && file_read(a, path, 0, &bytes, &err), &err, "odd names and cells are written");
    table *t = NULL;
    check_ok(table_open_bytes(bytes.ptr, bytes.len, "x", NULL, &t, &err), &err, "and read");
    check_int((int64_t)text_chars(table_sheet_name(t, 0)), 31, "the name is cut to 31 characters");
    table_close(t);
    check_ok(sheet_write(b, SHEET_CSV, path, NULL, &err) && file_read(a, path, 0, &bytes, &err), &err, "CSV to a file");
    check(text_starts(bytes, "a\r\n煤"), "is the CSV");
    check_fails(sheet_write(b, SHEET_XLSX, "/none/x.xlsx", NULL, &err), &err, "format.file_folder", "a folder that is not there");
    check_fails(sheet_write(b, SHEET_XLSX, "/dev/full", NULL, &err), &err, "format.file_full", "a full disk");
    check_ok(sheet_write(b, SHEET_XLSX, "/dev/null", NULL, &err), &err, "a device takes a spreadsheet");
}

int main(void)
{
    arena a = {0};
    char folder[] = "/tmp/heng-test-XXXXXX";
    test_text(&a);
    test_cut(&a);
    test_data(&a);
    test_fields(&a);
    if (check(mkdtemp(folder) != NULL, "a folder for the test")) {
        char *path = arena_printf(&a, "%s/out.xlsx", folder);
        test_template(&a, path);
        test_xlsx(&a, path);
        test_write(&a, path);
        unlink(path);
        check(rmdir(folder) == 0, "no temporary file is left behind");
    }
    arena_free(&a);
    return check_done();
}
