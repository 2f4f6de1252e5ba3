/* Web pages: the article among menus and footers, tables, encodings, and pages that are wrong. */
#include "document_show.h"

#define LONG "为贯彻落实国家要求，加快建立健全绿色低碳循环发展经济体系，结合我市实际，制定本方案。到2025年，单位能耗下降14%。"
#define PAGE(body) "<!DOCTYPE html><html><head><title>某市方案</title></head><body>" body "</body></html>"
#define MENU "<ul><li><a href=1>首页</a></li><li><a>公开</a></li><li><a>互动</a></li><li><a>服务</a></li><li><a>天气</a></li></ul>"

static const struct { const char *says, *html, *want; } PAGES[] = {
    {"paragraphs and headings", PAGE("<h1>方案</h1><p>甲</p><h2>一、总体要求</h2><p>乙<b>丙</b>丁</p>"), "H 方案|P 甲|H 一、总体要求|P 乙丙丁"},
    {"line ends of the source are no blanks between Chinese characters", PAGE("<p>绿色\n低碳 GDP\ngrowth</p>"), "P 绿色低碳 GDP growth"},
    {"a line break parts paragraphs but joins a title", PAGE("<h1>关于印发<br>方案的通知</h1><div>甲<br/>乙</div>"), "H 关于印发方案的通知|P 甲|P 乙"},
    {"scripts, styles, choices and deleted text are left out",
     PAGE("<script>if (a < b) document.write('<p>x</p>')</script><style>p{}</style><select><option>1</option></select><p>甲<del>乙</del>丙</p>"), "P 甲丙"},
    {"menu, path and footer are furniture",
     PAGE("<div>" MENU "</div><div>位置：<a>首页</a>&gt;<a>文件</a></div><h1>某市方案</h1><div>日期：2022-03-01 <a>大</a></div><div><p>" LONG "</p><p>" LONG
          "</p><p>某市人民政府</p></div><div><a>关于</a>|<a>联系</a></div><div>版权所有 某市人民政府</div>"),
     "F 首页|F 公开|F 互动|F 服务|F 天气|F 位置：首页>文件|H 某市方案|P 日期：2022-03-01 大|P " LONG "|P " LONG "|P 某市人民政府|F 关于|联系|F 版权所有 某市人民政府"},
    {"nav, footer and what is hidden are furniture", PAGE("<nav>导航</nav><p>甲</p><p style=\"color:red; display : none\">藏</p><footer>尾</footer>"),
     "F 导航|P 甲|F 藏|F 尾"},
    {"a data table gives cells, with spans",
     PAGE("<table><tr><th rowspan=2>指标</th><th colspan=2>年</th></tr><tr><td>2020</td><td>2025</td></tr><tr><td>能耗</td><td><p>1</p><p>2</p></td><td>3</td></tr></table>"),
     "C1.1.1+2x1 指标|C1.1.2+1x2 年|C1.2.2 2020|C1.2.3 2025|C1.3.1 能耗|C1.3.2 1\n2|C1.3.3 3"},
    {"a table that lays the page out gives paragraphs", PAGE("<table><tr><td>左</td><td><table><tr><td>一</td></tr></table></td></tr></table>"), "P 左|P 一"},
    {"entities, missing end tags, stray ones", PAGE("<p>A&amp;B &lt;5%&nbsp;<p>乙</div></p>丙"), "P A&B <5%|P 乙|P 丙"},
    {"a fragment without head", "<div><p>甲</p></div>", "P 甲"},
};

static void test_pages(arena *a)
{
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        heng_err err = {0};
        text seen = {0};
        if (check_ok(show_bytes(a, text_of(PAGES[i].html), &seen, &err), &err, PAGES[i].says)) check_text(seen, text_of(PAGES[i].want), PAGES[i].says);
    }
}

/* Says gb2312, holds a character of GBK (镕) and one of GB18030 in four bytes. */
static void test_gb2312(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text page = TEXT("<html><head><meta charset=\"gb2312\"></head>\n<body>\n<p>\xE9\x46\x81\x39\xEE\x39\xB5\xE7</p></body></html>");
    if (!check_ok(document_open_bytes(a, page.ptr, page.len, "test", &d, &err), &err, "a page that says gb2312 and is more")) return;
    check_text(show_document(a, &d), TEXT("P 镕㐀电"), "is read to its end");
    check(d.encoding == TABLE_ENCODING_GB18030 && d.kind == DOCUMENT_HTML && d.blocks[0].line == 3, "encoding, kind and line are known");
}

static void test_title_and_big5(arena *a)
{
    heng_err err = {0};
    document d = {0};
    text page = TEXT(PAGE("<p>甲</p>")), big5 = TEXT("<html><meta charset=big5><p>\xAA\xF7\xBF\xC4</p></html>"), seen = {0};
    check_ok(document_open_bytes(a, page.ptr, page.len, "test", &d, &err), &err, "a page");
    check_text(d.title, TEXT("某市方案"), "its title");
    check_ok(show_bytes(a, big5, &seen, &err), &err, "a page in Big5");
    check_text(seen, TEXT("P 金融"), "is taken at its word");
}

static void test_bad(arena *a)
{
    heng_err err = {0};
    text seen;
    text_buf wide = {.a = a}, deep = {.a = a}, cut = {.a = a};
    buf_str(&wide, "<html><table>\n<tr>");
    for (int i = 0; i < 10000; i++) buf_str(&wide, "<td>1</td>");
    check_fails(show_bytes(a, buf_text(&wide), &seen, &err), &err, "format.columns_too_many", "a table of 10,000 columns");
    check(err.row == 2 && strcmp(err.wanted, "1000") == 0, "its line and the limit");
    check_fails(show_bytes(a, TEXT("<html><table><tr><td colspan=99999>1"), &seen, &err), &err, "format.columns_too_many", "a span beyond the limit");
    buf_str(&deep, "<html>");
    for (int i = 0; i < 100000; i++) buf_str(&deep, "<div>");
    check_fails(show_bytes(a, buf_text(&deep), &seen, &err), &err, "format.document_blocks", "100,000 elements in each other");
    for (int i = 0; i < 50; i++) buf_str(&cut, "<html><body><p>到二〇二五年</p>\n");
    buf_str(&cut, "<p>\xE5\xAD</p>");
    err_clear(&err);
    check_fails(show_bytes(a, buf_text(&cut), &seen, &err), &err, "format.encoding_bad", "damaged UTF-8 is refused");
    check(err.row == 51 && err.column == 4, "with its place");
}

int main(void)
{
    arena a = {0};
    test_pages(&a);
    test_gb2312(&a);
    test_title_and_big5(&a);
    test_bad(&a);
    arena_free(&a);
    return check_done();
}
