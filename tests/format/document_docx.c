/* Word processor files: paragraphs, headings, tables, changes, numbers, and files that are wrong. */
#include "document_show.h"
#include "zip_make.h"

#define DOC_RELS XML "<Relationships><Relationship Id=\"s\" Type=\"http://x/styles\" Target=\"styles.xml\"/><Relationship Id=\"n\" Type=\"http://x/numbering\" Target=\"numbering.xml\"/>" \
    "<Relationship Id=\"h\" Type=\"http://x/header\" Target=\"header1.xml\"/><Relationship Id=\"f\" Type=\"http://x/footer\" Target=\"/word/footer1.xml\"/></Relationships>"
#define DOC_ROOT XML "<Relationships><Relationship Id=\"r\" Type=\"http://x/officeDocument\" Target=\"word/document.xml\"/>" \
    "<Relationship Id=\"c\" Type=\"http://x/core-properties\" Target=\"docProps/core.xml\"/></Relationships>"
#define DOC_STYLES XML "<w:styles><w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style>" \
    "<w:style w:type=\"paragraph\" w:styleId=\"mine\"><w:name w:val=\"x\"/><w:basedOn w:val=\"1\"/></w:style>" \
    "<w:style w:type=\"paragraph\" w:styleId=\"list\"><w:name w:val=\"y\"/><w:pPr><w:numPr><w:numId w:val=\"2\"/></w:numPr></w:pPr></w:style></w:styles>"
#define LEVEL(n, format, pattern) "<w:lvl w:ilvl=\"" n "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" format "\"/><w:lvlText w:val=\"" pattern "\"/></w:lvl>"
#define DOC_NUMBERING XML "<w:numbering><w:abstractNum w:abstractNumId=\"0\">" LEVEL("0", "chineseCountingThousand", "%1、") LEVEL("1", "chineseCounting", "（%2）") \
    LEVEL("2", "decimal", "%3.") "</w:abstractNum><w:abstractNum w:abstractNumId=\"1\">" LEVEL("0", "bullet", "*") "</w:abstractNum>" \
    "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>"
#define P(t) "<w:p><w:r><w:t>" t "</w:t></w:r></w:p>"
#define LISTED(level, t) "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" level "\"/><w:numId w:val=\"2\"/></w:numPr></w:pPr><w:r><w:t>" t "</w:t></w:r></w:p>"
#define TC(properties, content) "<w:tc><w:tcPr>" properties "</w:tcPr>" content "</w:tc>"
#define BODY(content) XML "<w:document xmlns:w=\"w\"><w:body>" content "</w:body></w:document>"

static text docx(arena *a, const char *main_part)
{
    part parts[] = {{"[Content_Types].xml", XML "<Types/>", 0}, {"_rels/.rels", DOC_ROOT, 0}, {"word/_rels/document.xml.rels", DOC_RELS, 0},
                    {"word/document.xml", main_part, 0}, {"word/styles.xml", DOC_STYLES, 0}, {"word/numbering.xml", DOC_NUMBERING, 0},
                    {"word/header1.xml", XML "<w:hdr>" P("眉") "</w:hdr>", 0}, {"word/footer1.xml", XML "<w:ftr>" P("脚") "</w:ftr>", 0},
                    {"docProps/core.xml", XML "<cp:coreProperties><dc:title> 方案 </dc:title></cp:coreProperties>", 0}};
    return zip_make(a, parts, sizeof parts / sizeof *parts);
}

static const struct { const char *says, *body, *want; } GOOD[] = {
    {"runs make one paragraph; blanks kept", "<w:p><w:r><w:t>到</w:t></w:r><w:r><w:t xml:space=\"preserve\">2025 年</w:t></w:r></w:p>", "P 到2025 年"},
    {"headings by style, also inherited, and by level",
     "<w:p><w:pPr><w:pStyle w:val=\"1\"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"mine\"/></w:pPr><w:r><w:t>乙</w:t></w:r></w:p>"
     "<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr><w:r><w:t>丙</w:t></w:r></w:p>", "H 甲|H 乙|H 丙"},
    {"a bold centred line is a heading, a bold one alone is not",
     "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>题</w:t></w:r></w:p><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>文</w:t></w:r></w:p>", "H 题|P 文"},
    {"a line break parts a paragraph, in a centred title it joins",
     "<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r></w:p><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:t>丙</w:t><w:br/><w:t>丁</w:t></w:r></w:p>", "P 甲|P 乙|P 丙丁"},
    {"deleted, moved and hidden text is out, inserted text is in",
     "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText><w:t>乙</w:t></w:r></w:del><w:moveFrom><w:r><w:t>丙</w:t></w:r></w:moveFrom>"
     "<w:ins><w:r><w:t>丁</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>戊</w:t></w:r></w:p>", "P 甲丁"},
    {"a deleted paragraph mark joins two paragraphs", "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>" P("乙"), "P 甲乙"},
    {"field codes are no text", "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>甲</w:t></w:r></w:p>", "P 甲"},
    {"a text box once, though written twice",
     "<w:p><w:r><w:t>甲</w:t></w:r><w:r><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:txbxContent>" P("框") "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" P("框")
     "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>乙</w:t></w:r></w:p>", "P 框|P 甲乙"},
    {"a table with spans",
     "<w:tbl><w:tr>" TC("<w:vMerge w:val=\"restart\"/>", P("一")) TC("<w:gridSpan w:val=\"2\"/>", P("二") P("三")) "</w:tr><w:tr>" TC("<w:vMerge/>", "<w:p/>") TC("", P("四")) TC("", P("五"))
     "</w:tr></w:tbl>" P("后"), "C1.1.1+2x1 一|C1.1.2+1x2 二\n三|C1.2.2 四|C1.2.3 五|P 后"},
    {"a table in a cell has its own number", "<w:tbl><w:tr>" TC("", P("外") "<w:tbl><w:tr>" TC("", P("内")) "</w:tr></w:tbl><w:p/>") "</w:tr></w:tbl>", "C2.1.1 内|C1.1.1 外"},
    {"numbers that the program makes are written out",
     LISTED("0", "总体") LISTED("1", "指导") LISTED("1", "目标") LISTED("2", "能耗") LISTED("0", "任务") LISTED("1", "工业")
     "<w:p><w:pPr><w:pStyle w:val=\"list\"/></w:pPr><w:r><w:t>保障</w:t></w:r></w:p>", "P 一、总体|P （一）指导|P （二）目标|P 1.能耗|P 二、任务|P （一）工业|P 三、保障"},
    {"bullets are no numbers", "<w:p><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>", "P 甲"},
};

static void test_good(arena *a)
{
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        heng_err err = {0};
        text seen = {0};
        const char *want = arena_printf(a, "F 眉|%s|F 脚", GOOD[i].want);
        if (check_ok(show_bytes(a, docx(a, arena_printf(a, BODY("%s"), GOOD[i].body)), &seen, &err), &err, GOOD[i].says)) check_text(seen, text_of(want), GOOD[i].says);
    }
    heng_err err = {0};
    document d = {0};
    text bytes = docx(a, BODY("<w:p/>"));
    check_ok(document_open_bytes(a, bytes.ptr, bytes.len, "test", &d, &err), &err, "an empty document");
    check(d.kind == DOCUMENT_DOCX && d.has_no_text, "has no text");
    check_text(d.title, TEXT("方案"), "but a title");
}

static void fails(arena *a, text bytes, const char *id, const char *says)
{
    heng_err err = {0};
    text seen;
    check_fails(show_bytes(a, bytes, &seen, &err), &err, id, says);
    check(strcmp(err.file, "test") == 0, "and names the file");
}

static void test_bad(arena *a)
{
    text good = docx(a, BODY(P("甲")));
    fails(a, (text){good.ptr, good.len / 2}, "format.document_cut", "a cut file");
    fails(a, docx(a, XML "<w:document><w:body><w:p>"), "format.document_xml", "XML that ends too early");
    fails(a, docx(a, XML "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document/>"), "format.document_dtd", "a document type");
    part lost[] = {{"[Content_Types].xml", XML "<Types/>", 0}, {"word/other.xml", XML "<a/>", 0}};
    fails(a, zip_make(a, lost, 2), "format.document_part", "without its main part");
    text_buf wide = {.a = a}, deep = {.a = a}, bomb = {.a = a};
    buf_str(&wide, XML "<w:document><w:body><w:tbl><w:tr>");
    for (int i = 0; i < 10000; i++) buf_str(&wide, TC("", P("1")));
    buf_str(&wide, "</w:tr></w:tbl></w:body></w:document>");
    fails(a, docx(a, text_str(a, buf_text(&wide))), "format.columns_too_many", "a table of 10,000 columns");
    for (int i = 0; i < 60; i++) buf_str(&deep, "<w:tbl><w:tr><w:tc>");
    fails(a, docx(a, text_str(a, buf_text(&deep))), "format.document_blocks", "tables in tables without end");
    buf_str(&bomb, XML "<w:document><w:body>");
    for (int i = 0; i < 24 << 10; i++) buf_printf(&bomb, "%1024s", "");
    buf_str(&bomb, "</w:body></w:document>");
    fails(a, docx(a, text_str(a, buf_text(&bomb))), "format.document_bomb", "a zip bomb");
}

int main(void)
{
    arena a = {0};
    test_good(&a);
    test_bad(&a);
    arena_free(&a);
    return check_done();
}
