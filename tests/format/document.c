/* Documents in: the kind by content, plain text, and files that are none. */
#include "document_show.h"
#include "zip_make.h"

static const struct { const char *says, *bytes, *want; } TXT[] = {
    {"a line is a paragraph", "天津市\n\n  总体要求  \r\n到2025年。", "P 天津市|P 总体要求|P 到2025年。"},
    {"a page number between dashes is furniture", "甲\n— 3 —\n乙\n3\n", "P 甲|F — 3 —|P 乙|P 3"},
    {"a byte order mark is no text", "\xEF\xBB\xBF甲\n", "P 甲"},
    {"GB18030 is found", "\xCC\xEC\xBD\xF2\xCA\xD0\n", "P 天津市"},
    {"UTF-16 is found", "\xFF\xFE\x29\x59", "P 天"},
    {"tags inside a text make no web page", "能耗 <html> 下降\n", "P 能耗 <html> 下降"},
    {"lines that a program broke are joined, but not over an indent, a number or a short line",
     "    到二〇二五年产业结构能源结构运输结构明显优化绿色产业\n比重显著提升基础设施绿色化水平不断提高清洁生产水平提高\n生产生活方式绿色转型成效显著能源资源配置更加合理效率优\n化提高。\n"
     "    到二〇三〇年产业结构能源结构运输结构明显优化绿色产业\n比重显著提升基础设施绿色化水平不断提高清洁生产水平提高\n生产生活方式绿色转型成效显著能源资源配置更加合理效率优\n"
     "（一）推进工业绿色升级加快实施钢铁石化化工有色建材纺织\n造纸皮革等行业绿色化改造推行产品绿色设计建设绿色制造体\n系大力发展再制造产业加强再制造产品认证与推广应用建设资\n"
     "源综合利用基地促进工业固体废物综合利用全面推行清洁生产\n依法在双超双有高耗能行业实施强制性清洁生产审核完善散乱\n污企业认定办法分类实施关停取缔整合搬迁整改提升等措施。\n",
     "P 到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重显著提升基础设施绿色化水平不断提高清洁生产水平提高生产生活方式绿色转型成效显著能源资源配置更加合理效率优化提高。"
     "|P 到二〇三〇年产业结构能源结构运输结构明显优化绿色产业比重显著提升基础设施绿色化水平不断提高清洁生产水平提高生产生活方式绿色转型成效显著能源资源配置更加合理效率优"
     "|P （一）推进工业绿色升级加快实施钢铁石化化工有色建材纺织造纸皮革等行业绿色化改造推行产品绿色设计建设绿色制造体系大力发展再制造产业加强再制造产品认证与推广应用建设资"
     "源综合利用基地促进工业固体废物综合利用全面推行清洁生产依法在双超双有高耗能行业实施强制性清洁生产审核完善散乱污企业认定办法分类实施关停取缔整合搬迁整改提升等措施。"},
};

static const struct { const char *says, *bytes; size_t len; const char *id; int64_t row, column; } BAD[] = {
    {"nothing", "", 0, "format.document_empty", 0, 0},
    {"blanks only", " \n\t\n", 4, "format.document_empty", 0, 0},
    {"zero bytes", "abc\0\0\0def\1\2", 11, "format.document_bytes", 0, 0},
    {"control characters", "\1\2\3\4\5\6\7abc", 10, "format.document_bytes", 0, 0},
    {"a picture", "\x89PNG\r\n\x1A\n", 8, "format.document_binary", 0, 0},
    {"an old .doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more", 17, "format.document_binary", 0, 0},
    {"invalid UTF-8 in the middle", "到2025年\n能耗\xE5\x8D\n下降百分之十四点五\n", 47, "format.encoding_bad", 2, 3},
    {"an archive that is cut", "PK\3\4abcdef", 10, "format.document_cut", 0, 0},
};

static void test_txt(arena *a)
{
    for (size_t i = 0; i < sizeof TXT / sizeof *TXT; i++) {
        heng_err err = {0};
        text seen = {0};
        if (check_ok(show_bytes(a, text_of(TXT[i].bytes), &seen, &err), &err, TXT[i].says)) check_text(seen, text_of(TXT[i].want), TXT[i].says);
    }
}

static void test_places(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text bytes = TEXT("标题\n\n  第二段\n");
    if (!check_ok(document_open_bytes(a, bytes.ptr, bytes.len, "test", &d, &err), &err, "a text opens")) return;
    check_int((int64_t)d.block_count, 2, "two paragraphs");
    check(d.blocks[1].line == 3 && d.blocks[1].offset == 10, "a paragraph knows its line and its place in the decoded text");
    check(d.blocks[1].page == 0 && d.page_count == 0, "a text has no pages");
    text there = {d.decoded.ptr + d.blocks[1].offset, d.blocks[1].content.len};
    check_text(there, TEXT("第二段"), "its place holds its words");
    hash want = hash_of(HASH_SHA256, bytes.ptr, bytes.len);
    check(hash_equal(d.hash, want), "the hash is that of the bytes");
}

static void test_bad(arena *a)
{
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err = {0};
        text seen;
        check_fails(show_bytes(a, (text){BAD[i].bytes, BAD[i].len}, &seen, &err), &err, BAD[i].id, BAD[i].says);
        check(err.row == BAD[i].row && err.column == BAD[i].column && strcmp(err.file, "test") == 0, "its place");
    }
    heng_err err = {0};
    document d;
    check_fails(document_open(a, "/nonexistent/plan.pdf", 0, &d, &err), &err, "format.file_open", "no such file");
    part parts[] = {{"[Content_Types].xml", XML "<Types/>", 0}, {"xl/workbook.xml", XML "<workbook/>", 0}};
    text xlsx = zip_make(a, parts, 2), seen;
    check_fails(show_bytes(a, xlsx, &seen, &err), &err, "format.xlsx_no_sheet", "a spreadsheet without a sheet holds no list");
}

/* 100 MB of text: refused by its size, before it is read. */
static void test_too_large(arena *a)
{
    heng_err err = {0};
    document d;
    size_t len = (size_t)100 << 20;
    char *bytes = arena_alloc(a, len);
    memset(bytes, 'a', len);
    check_fails(document_open_bytes(a, bytes, len, "test", &d, &err), &err, "format.document_too_large", "100 MB of text are refused");
    check(strcmp(err.wanted, "64") == 0, "the limit is named, in MiB");
    check_fails(document_open(a, "/proc/self/exe", 1000, &d, &err), &err, "format.document_too_large", "the caller's limit holds");
}

int main(void)
{
    arena a = {0};
    test_txt(&a);
    test_places(&a);
    test_bad(&a);
    test_too_large(&a);
    arena_free(&a);
    return check_done();
}
