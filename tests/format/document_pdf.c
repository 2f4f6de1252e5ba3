/* PDFs: lines to paragraphs, furniture, tables, files that are wrong, and the plans of examples/plans as a whole. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include "document_show.h"
#include "pdf_make.h"

#define FULL "到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重提升增加" /* 33 characters: fills 400 points at size 12 */
static const pdf_line TEXT_LINES[] = {
    {1, 217, 80, 18, "方案的实施意见"},
    {1, 230, 110, 12, "（市政发〔2022〕3号）"},
    {1, 90, 140, 12, "各县区人民政府，市政府各部门："},
    {1, 114, 162, 12, "到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重显著"},
    {1, 90, 184, 12, "到"}, {1, 105, 184, 12, "2025"}, {1, 132, 184, 12, "年能耗下降"}, {1, 195, 184, 12, "14%，推广 New Energy 技术，把绿色低碳循环发展贯穿全过程"},
    {1, 90, 206, 12, "提升。"},
    {1, 114, 228, 12, "一、总体要求"},
    {1, 114, 250, 12, "（一）指导思想。以新发展理念为指导推动产业结构明显优化增加提"},
    {1, 90, 272, 12, FULL},
    {1, 285, 800, 10, "— 1 —"}, {1, 90, 40, 9, "某市人民政府文件 1"},
    {2, 90, 80, 12, "贯穿全文的句子在这里结束。"},
    {2, 114, 102, 12, "（二）主要目标。能耗下降。"},
    {2, 400, 140, 12, "某市人民政府"},
    {2, 390, 162, 12, "2022年2月28日"},
    {2, 285, 800, 10, "— 2 —"}, {2, 90, 40, 9, "某市人民政府文件 2"},
    {3, 114, 80, 12, "附件：任务清单"},
    {3, 285, 800, 10, "— 3 —"}, {3, 90, 40, 9, "某市人民政府文件 3"},
};

static const pdf_line TABLE_LINES[] = {
    {1, 114, 60, 12, "以下为重点任务清单，按职责分工落实，每季度末报送进展情况由市"},
    {1, 90, 82, 12, "发展改革委汇总。"},
    {1, 90, 120, 10, "序号"}, {1, 140, 120, 10, "重点任务"}, {1, 380, 120, 10, "责任单位"},
    {1, 140, 142, 10, "开展原材料行业符合规范条件动态核"}, {1, 90, 156, 10, "1"}, {1, 140, 156, 10, "查，引导化工、有色、建材等行业规"}, {1, 380, 156, 10, "市工信局"},
    {1, 140, 170, 10, "范发展。"},
    {1, 380, 192, 10, "市工信局、市财"}, {1, 90, 206, 10, "2"}, {1, 140, 206, 10, "鼓励企业实施绿色化改造项目。"}, {1, 380, 206, 10, "政局、市发展改"}, {1, 380, 220, 10, "革委"},
    {2, 90, 80, 10, "序号"}, {2, 140, 80, 10, "重点任务"}, {2, 380, 80, 10, "责任单位"},
    {2, 90, 102, 10, "3"}, {2, 140, 102, 10, "推行工业产品绿色设计。"}, {2, 380, 102, 10, "市工信局"},
};

/* A head of two lines over the numbers, and headings right behind the last row. */
static const pdf_line FIGURE_LINES[] = {
    {1, 114, 60, 12, "以下为主要指标，按年度落实，每季度末报送进展情况由市政府办公"},
    {1, 90, 82, 12, "室汇总。"},
    {1, 90, 120, 10, "序"}, {1, 140, 127, 10, "指标名称"}, {1, 300, 120, 10, "2020年"}, {1, 380, 127, 10, "2025年"}, {1, 90, 134, 10, "号"},
    {1, 90, 156, 10, "1"}, {1, 140, 156, 10, "森林覆盖率"}, {1, 300, 156, 10, "38"}, {1, 380, 156, 10, "40"},
    {1, 140, 178, 10, "城市污水集中"}, {1, 90, 185, 10, "2"}, {1, 300, 185, 10, "60"}, {1, 380, 185, 10, "70"}, {1, 140, 192, 10, "处理率"},
    {1, 114, 216, 12, "三、主要任务"},
    {1, 114, 238, 12, "（一）推进工业节能"},
    {1, 114, 260, 12, "到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重显著"},
};

static void test_figures(arena *a)
{
    heng_err err = {0};
    text seen = {0}, pdf = pdf_make(a, FIGURE_LINES, sizeof FIGURE_LINES / sizeof *FIGURE_LINES, 1, "");
    if (!check_ok(show_bytes(a, pdf, &seen, &err), &err, "a pdf with a table of figures")) return;
    check_text(seen,
               TEXT("P 以下为主要指标，按年度落实，每季度末报送进展情况由市政府办公室汇总。|C1.1.1 序号|C1.1.2 指标名称|C1.1.3 2020年|C1.1.4 2025年"
                    "|C1.2.1 1|C1.2.2 森林覆盖率|C1.2.3 38|C1.2.4 40|C1.3.1 2|C1.3.2 城市污水集中处理率|C1.3.3 60|C1.3.4 70"
                    "|H 三、主要任务|H （一）推进工业节能|P 到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重显著"),
               "a head of two lines is one row, and the headings behind a table are none of its cells");
}

static void test_lines(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text pdf = pdf_make(a, TEXT_LINES, sizeof TEXT_LINES / sizeof *TEXT_LINES, 3, "");
    if (!check_ok(document_open_bytes(a, pdf.ptr, pdf.len, "test", &d, &err), &err, "a pdf opens")) return;
    check_text(show_document(a, &d),
               TEXT("F 某市人民政府文件1|H 方案的实施意见|H （市政发〔2022〕3号）|P 各县区人民政府，市政府各部门："
                    "|P 到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重显著到2025年能耗下降14%，推广New Energy技术，把绿色低碳循环发展贯穿全过程提升。"
                    "|H 一、总体要求|P （一）指导思想。以新发展理念为指导推动产业结构明显优化增加提" FULL "贯穿全文的句子在这里结束。"
                    "|F —1—|F 某市人民政府文件2|P （二）主要目标。能耗下降。|P 某市人民政府|P 2022年2月28日|F —2—|F 某市人民政府文件3|H 附件：任务清单|F —3—"),
               "paragraphs are joined over lines and pages, blanks of layout go, heads and page numbers are furniture");
    check(d.kind == DOCUMENT_PDF && d.page_count == 3 && !d.has_no_text && d.blocks[d.block_count - 2].page == 3, "kind and pages are known");
}

static void test_table(arena *a)
{
    heng_err err = {0};
    text seen = {0}, pdf = pdf_make(a, TABLE_LINES, sizeof TABLE_LINES / sizeof *TABLE_LINES, 2, "");
    if (!check_ok(show_bytes(a, pdf, &seen, &err), &err, "a pdf with a table")) return;
    check_text(seen,
               TEXT("P 以下为重点任务清单，按职责分工落实，每季度末报送进展情况由市发展改革委汇总。|C1.1.1 序号|C1.1.2 重点任务|C1.1.3 责任单位"
                    "|C1.2.1 1|C1.2.2 开展原材料行业符合规范条件动态核查，引导化工、有色、建材等行业规范发展。|C1.2.3 市工信局"
                    "|C1.3.1 2|C1.3.2 鼓励企业实施绿色化改造项目。|C1.3.3 市工信局、市财政局、市发展改革委"
                    "|F 序号|F 重点任务|F 责任单位|C1.4.1 3|C1.4.2 推行工业产品绿色设计。|C1.4.3 市工信局"),
               "lines of cells are joined, rows found, the table goes on over the page end");
}

/* A gazette's page: a title over two columns of twenty lines; a sentence goes on from the foot of the left to the top of the right. */
static void test_columns(arena *a)
{
    static pdf_line lines[41];
    heng_err err = {0};
    text seen = {0}, want = TEXT("");
    text_buf b = {.a = a};
    lines[0] = (pdf_line){1, 220, 60, 18, "某市人民政府公报"};
    buf_str(&b, "H 某市人民政府公报|P ");
    for (int i = 0; i < 40; i++) {
        bool right = i >= 20, first = i % 10 == 0 && i != 20, last = i % 10 == 9 && i != 19;
        lines[i + 1] = (pdf_line){1, (right ? 310 : 60) + (first ? 22 : 0), 100 + 18 * (i % 20), 11, first ? "推动绿色低碳循环发展体系加快建立健全" : last ? "各项任务落实。" : "产业结构能源结构运输结构明显优化绿色产业"};
        buf_str(&b, lines[i + 1].content);
        if (last && i < 39) buf_str(&b, "|P ");
    }
    want = buf_text(&b);
    check_ok(show_bytes(a, pdf_make(a, lines, 41, 1, ""), &seen, &err), &err, "a page of two columns");
    check_text(seen, want, "is read column by column");
}

static void test_bad(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text blank = pdf_make(a, NULL, 0, 2, ""), seen;
    check_ok(document_open_bytes(a, blank.ptr, blank.len, "test", &d, &err), &err, "a pdf without text opens");
    check(d.has_no_text && d.page_count == 2, "and says that it has none");
    text locked = pdf_make(a, TEXT_LINES, 3, 1,
                           "/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]/Encrypt<</Filter/Standard/V 1/R 2/P -64"
                           "/O<0102030405060708091011121314151617181920212223242526272829303132>/U<0102030405060708091011121314151617181920212223242526272829303132>>>");
    check_fails(show_bytes(a, locked, &seen, &err), &err, "format.document_encrypted", "a pdf with a password");
    check_fails(show_bytes(a, TEXT("%PDF-1.7\nnothing more\n"), &seen, &err), &err, "format.document_cut", "a pdf that is cut");
}

static void test_no_reader(arena *a)
{
    heng_err err = {0};
    text seen, pdf = pdf_make(a, TEXT_LINES, 1, 1, "");
    const char *was = getenv("PATH");
    was = was ? arena_copy(a, was, strlen(was)) : NULL;
    setenv("PATH", "/nonexistent", 1);
    check_fails(show_bytes(a, pdf, &seen, &err), &err, "format.document_no_pdf_reader", "without pdftotext the message names it");
    if (was) setenv("PATH", was, 1);
}

static bool has_page_number_inside(text t)
{
    size_t at = 0;
    return text_find(t, TEXT("—1—"), &at) || text_find(t, TEXT("— 1 —"), &at) || text_find(t, TEXT("-10一"), &at);
}

/* A paragraph of some length that ends as a sentence, a clause or a bracket does, or is a heading. */
static bool is_whole(const document_block *b)
{
    static const char *const ENDS[] = {"。", "；", "：", "）", "”", "〕", "！", ":", ")", ";", "html"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (text_ends(b->content, ENDS[i])) return true;
    return b->looks_like_heading || text_chars(b->content) < 45;
}

static void test_plan(arena *a, const char *path)
{
    heng_err err = {0};
    document d = {0};
    size_t broken = 0, headings = 0;
    if (!check_ok(document_open(a, path, 0, &d, &err), &err, path)) return;
    for (size_t i = 0; i < d.block_count; i++) {
        const document_block *b = &d.blocks[i];
        if (b->kind == BLOCK_FURNITURE) continue;
        bool whole = b->kind == BLOCK_PARAGRAPH && is_whole(b) && !has_page_number_inside(b->content);
        if (!whole) printf("# %.*s\n", TEXT_FMT(b->content));
        broken += !whole;
        headings += b->looks_like_heading;
    }
    check_int((int64_t)broken, 0, "no sentence is broken, no page number inside one");
    check(headings >= 5 && !d.has_no_text, "headings stand apart");
}

static void test_plans(arena *a, const char *folder)
{
    const char *path = arena_printf(a, "%s/pdf", folder);
    DIR *dir = opendir(path);
    size_t count = 0;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (text_ends(text_of(e->d_name), ".pdf")) {
            test_plan(a, arena_printf(a, "%s/%s", path, e->d_name));
            count++;
        }
    if (dir) closedir(dir);
    check(count >= 10, "the ten plans are there");
}

int main(int argc, char **argv)
{
    arena a = {0};
    test_lines(&a);
    test_table(&a);
    test_figures(&a);
    test_columns(&a);
    test_bad(&a);
    test_no_reader(&a);
    if (argc > 1) test_plans(&a, argv[1]);
    arena_free(&a);
    return check_done();
}
