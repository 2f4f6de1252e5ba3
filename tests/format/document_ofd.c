/* OFD: text objects by place, templates, distances of characters, and files that are wrong. */
#include "document_show.h"
#include "zip_make.h"

#define OFD_ROOT XML "<ofd:OFD xmlns:ofd=\"o\"><ofd:DocBody><ofd:DocInfo><ofd:Title>方案</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
#define OFD_DOC XML "<ofd:Document><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID=\"9\" BaseLoc=\"Tpls/T.xml\"/>" \
    "</ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/P0.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"/Doc_0/Pages/P1.xml\"/></ofd:Pages></ofd:Document>"
#define PAGE_OF(objects) XML "<ofd:Page><ofd:Template TemplateID=\"9\"/><ofd:Content><ofd:Layer>" objects "</ofd:Layer></ofd:Content></ofd:Page>"
#define LINE(x, y, size, t) "<ofd:TextObject Boundary=\"" x " " y " 160 8\" Size=\"" size "\"><ofd:TextCode X=\"0\" Y=\"4\">" t "</ofd:TextCode></ofd:TextObject>"
#define SPREAD(x, y, size, deltas, t) "<ofd:TextObject Boundary=\"" x " " y " 160 8\" Size=\"" size "\"><ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"" deltas "\">" t "</ofd:TextCode></ofd:TextObject>"
#define MOVED(x, y, t) "<ofd:TextObject Boundary=\"0 0 10 10\" CTM=\"2 0 0 2 " x " " y "\" Size=\"2.5\"><ofd:TextCode X=\"0\" Y=\"0\">" t "</ofd:TextCode></ofd:TextObject>"

static text ofd(arena *a, const char *first, const char *second)
{
    part parts[] = {{"OFD.xml", OFD_ROOT, 0}, {"Doc_0/Document.xml", OFD_DOC, 0}, {"Doc_0/Pages/P0.xml", first, 0}, {"Doc_0/Pages/P1.xml", second, 0},
                    {"Doc_0/Tpls/T.xml", XML "<ofd:Page/>", 0}};
    return zip_make(a, parts, sizeof parts / sizeof *parts);
}

static void test_lines(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text bytes = ofd(a,
        PAGE_OF(LINE("40", "70", "5", "到二〇二五年产业结构能源结构运输结构优化绿色产业比重") /* given before the title: order is by place */
                LINE("75", "30", "8", "实施方案的通知") LINE("30", "55", "5", "各县区人民政府：")
                SPREAD("30", "80", "5", "5 2.5 2.5 2.5 2.5 g 40 5", "到2025年能耗下降百分之十四点五森林覆盖率达到百分之四十并")
                LINE("30", "90", "5", "到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重") LINE("95", "285", "4", "— 1 —")),
        PAGE_OF(LINE("30", "30", "5", "目标。") LINE("40", "40", "5", "一、总体要求") MOVED("40", "54", "（一）指导思想。") LINE("95", "285", "4", "— 2 —")));
    if (!check_ok(document_open_bytes(a, bytes.ptr, bytes.len, "test", &d, &err), &err, "an OFD file opens")) return;
    check_text(show_document(a, &d),
               TEXT("H 实施方案的通知|P 各县区人民政府：|P 到二〇二五年产业结构能源结构运输结构优化绿色产业比重到2025年能耗下降百分之十四点五森林覆盖率达到百分之四十并"
                    "到二〇二五年产业结构能源结构运输结构明显优化绿色产业比重目标。|F —1—|H 一、总体要求|P （一）指导思想。|F —2—"),
               "lines by place, joined over the page end");
    check(d.kind == DOCUMENT_OFD && d.page_count == 2 && d.blocks[0].page == 1, "kind and pages");
    check_text(d.title, TEXT("方案"), "its title");
}

static void fails(arena *a, text bytes, const char *id, const char *says)
{
    heng_err err = {0};
    text seen;
    check_fails(show_bytes(a, bytes, &seen, &err), &err, id, says);
}

static void test_bad(arena *a)
{
    text good = ofd(a, PAGE_OF(LINE("30", "30", "5", "甲")), PAGE_OF(""));
    heng_err err = {0};
    document d = {0};
    fails(a, (text){good.ptr, good.len - 40}, "format.document_cut", "a cut file");
    fails(a, ofd(a, "<ofd:Page>", PAGE_OF("")), "format.document_xml", "a page that ends too early");
    part lost[] = {{"OFD.xml", OFD_ROOT, 0}, {"Doc_0/Document.xml", OFD_DOC, 0}}, rootless[] = {{"OFD.xml", XML "<ofd:OFD/>", 0}};
    fails(a, zip_make(a, lost, 2), "format.document_part", "a page that is not there");
    fails(a, zip_make(a, rootless, 1), "format.document_part", "no document at all");
    text scan = ofd(a, PAGE_OF("<ofd:ImageObject/>"), PAGE_OF(LINE("95", "285", "4", "— 2 —")));
    check_ok(document_open_bytes(a, scan.ptr, scan.len, "test", &d, &err), &err, "pictures only");
    check(d.has_no_text, "have no text");
    text odd = ofd(a, PAGE_OF(SPREAD("x", "1e99", "-5", "g g g 99999999999 1 g 0 0", "甲乙丙")), PAGE_OF(SPREAD("99999999", "3", "99999999", "99999999 9", "甲乙丙")));
    check_ok(document_open_bytes(a, odd.ptr, odd.len, "test", &d, &err), &err, "absurd numbers do no harm");
}

int main(void)
{
    arena a = {0};
    test_lines(&a);
    test_bad(&a);
    arena_free(&a);
    return check_done();
}
