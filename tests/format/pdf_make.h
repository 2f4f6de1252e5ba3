/* PDFs made by hand: pages of lines at given places, in a font whose codes are UTF-16, with the map back to text. No compression. */
#ifndef PDF_MAKE_H
#define PDF_MAKE_H
#include "check.h"

typedef struct pdf_line { int page, x, y /* from the top, points */, size; const char *content; } pdf_line;

static inline void pdf_hex(text_buf *b, const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p;) { /* UTF-8 of the basic plane */
        unsigned c = *p < 0x80 ? *p : *p < 0xE0 ? (*p & 0x1Fu) << 6 | (p[1] & 0x3Fu) : (*p & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        p += *p < 0x80 ? 1 : *p < 0xE0 ? 2 : 3;
        buf_printf(b, "%04X", c);
    }
}

static inline void pdf_object(text_buf *b, size_t *offsets, int *count, const char *content)
{
    offsets[(*count)++] = b->len;
    buf_printf(b, "%d 0 obj\n", *count);
    buf_str(b, content);
    buf_str(b, "\nendobj\n");
}

static inline const char *pdf_page(arena *a, const pdf_line *lines, size_t count, int page)
{
    text_buf b = {.a = a};
    buf_str(&b, "BT ");
    for (size_t i = 0; i < count; i++) {
        if (lines[i].page != page) continue;
        buf_printf(&b, "/F %d Tf 1 0 0 1 %d %d Tm <", lines[i].size, lines[i].x, 842 - lines[i].y);
        pdf_hex(&b, lines[i].content);
        buf_str(&b, "> Tj ");
    }
    buf_str(&b, "ET");
    return arena_printf(a, "<</Length %zu>>stream\n%.*s\nendstream", b.len, (int)b.len, b.ptr);
}

static inline text pdf_make(arena *a, const pdf_line *lines, size_t count, int pages, const char *trailer)
{
    static const char MAP[] = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> "
                              "endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end";
    text_buf b = {.a = a}, kids = {.a = a};
    size_t offsets[256];
    int n = 0;
    buf_str(&b, "%PDF-1.4\n");
    for (int i = 0; i < pages; i++) buf_printf(&kids, "%d 0 R ", 8 + 2 * i);
    pdf_object(&b, offsets, &n, "<</Type/Catalog/Pages 2 0 R>>");
    pdf_object(&b, offsets, &n, arena_printf(a, "<</Type/Pages/Kids[%.*s]/Count %d>>", (int)kids.len, kids.len ? kids.ptr : "", pages));
    pdf_object(&b, offsets, &n, "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>");
    pdf_object(&b, offsets, &n, "<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000"
                                "/W[32 127 500]/FontDescriptor 6 0 R>>");
    pdf_object(&b, offsets, &n, arena_printf(a, "<</Length %zu>>stream\n%s\nendstream", sizeof MAP - 1, MAP));
    pdf_object(&b, offsets, &n, "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 800/StemV 80>>");
    for (int i = 0; i < pages; i++) {
        pdf_object(&b, offsets, &n, pdf_page(a, lines, count, i + 1));
        pdf_object(&b, offsets, &n, arena_printf(a, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>", n));
    }
    size_t cross = b.len;
    buf_printf(&b, "xref\n0 %d\n0000000000 65535 f \n", n + 1);
    for (int i = 0; i < n; i++) buf_printf(&b, "%010zu 00000 n \n", offsets[i]);
    buf_printf(&b, "trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", n + 1, trailer, cross);
    return buf_text(&b);
}
#endif
