/*
 * The inside of the document readers.
 *
 *   document.c        what kind a file is, limits, the calls of document.h
 *   document_txt.c    plain text            document_html.c  web pages (libxml2)
 *   document_docx.c   word processor files  document_ofd.c   OFD (GB/T 33190)
 *   document_pdf.c    pdftotext as a child process
 *   document_sheet.c  spreadsheets and csv (table.h) as documents of tables
 *   document_columns.c  pages of two columns as two pages
 *   document_lines.c  words with places on pages to lines, lines to paragraphs; shared by pdf and ofd
 *   document_page.c   what of the lines is page number, running head or margin
 *   document_table.c  lines that stand in columns to cells
 *   document_char.c   questions about single characters and the ends of lines
 */
#ifndef FORMAT_DOCUMENT_IN_H
#define FORMAT_DOCUMENT_IN_H
#include "document.h"
#include "table.h"

enum { DOCUMENT_COLUMNS_MAX = 1000, DOCUMENT_BLOCKS_MAX = 2000000, DOCUMENT_TABLE_DEPTH_MAX = 32 };
static const int64_t DOCUMENT_INFLATED_MAX = (int64_t)512 << 20;

typedef struct document_out {
    arena *a;
    document *doc;
    document_block *blocks;
    size_t count, max;
    int32_t table_count;
} document_out;

/* A new block with neutral places (page 0, line 0, offset -1). Its text is trimmed, not copied. */
document_block *document_add(document_out *o, block_kind kind, text content);

/* The readers. doc->original is set; they add blocks and fill what they know of doc. */
MUST_USE bool document_txt(document_out *o, heng_err *err);
MUST_USE bool document_html(document_out *o, heng_err *err);
MUST_USE bool document_docx(document_out *o, heng_err *err);
MUST_USE bool document_pdf(document_out *o, heng_err *err);
MUST_USE bool document_ofd(document_out *o, heng_err *err);
MUST_USE bool document_sheet(document_out *o, heng_err *err);
bool document_is_csv_name(const char *name); /* a csv file is plain text by its bytes: only the name tells */

/* Words as a page shows them, in any order within their page; units of length are free (hundredths of a point or of a millimetre). */
typedef struct line_word { int32_t page, x0, y0, x1, y1; text content; } line_word;
typedef struct line_page { int32_t width, height; } line_page;
typedef struct line_words {
    arena *a;
    line_word *words;
    size_t count, max;
    line_page *pages;      /* by page number less 1 */
    size_t page_count, page_max;
} line_words;
/* Words to paragraphs, cells and furniture; sets doc->page_count and has_no_text. */
MUST_USE bool document_join(document_out *o, const line_words *w, heng_err *err);

/* Sheets: pages, of which one in two columns makes two. Words come by page and are given their sheet for it. numbers: the page of each sheet. */
typedef struct line_sheets { arena *a; line_page *pages; size_t count, max; int32_t *numbers; size_t number_count, number_max; } line_sheets;
line_sheets layout_part_columns(arena *a, line_word *words, size_t count, const line_page *pages, size_t page_count);

/* A stretch of a row without a wide gap. Rows are numbered through the document, down the page. */
typedef struct line_piece {
    int32_t page, row, x0, y0, x1, y1;
    int32_t em;             /* width of one Chinese character of it */
    text content;
    bool is_furniture, is_turned;
    int32_t region;         /* of document_table.c; 0 = none */
} line_piece;
typedef struct line_margins { int32_t left, right; } line_margins;
typedef struct line_layout {
    arena *a;
    line_piece *pieces;
    size_t count, max;
    const line_page *pages;  /* by sheet less 1; the page of words and pieces is a sheet */
    const int32_t *numbers;  /* and the page that it is of */
    size_t page_count;
    line_margins *margins;  /* by sheet less 1 */
    int32_t em, height, leading, indent; /* most frequent ones; indent 0: paragraphs are not indented */
    bool has_spills;        /* scraps of one to five characters stand on lines of their own, in the middle of paragraphs */
} line_layout;

void layout_mark_furniture(line_layout *l);
void layout_measure(line_layout *l);
/* Marks the pieces of tables with their region, and gives the cells of each. */
typedef struct line_cell { int32_t row, column, column_span; text content; int32_t page; } line_cell;
typedef struct line_table {
    size_t cell_count;
    const line_cell *cells;
    int32_t columns, rows, region;
    bool goes_on, repeats_head; /* the table before, over a page end; the first row is its head again */
    int32_t row_offset;
} line_table;
void layout_find_tables(line_layout *l, line_table **ret, size_t *ret_count);

/* Characters. */
uint32_t char_next(text t, size_t *at);          /* decodes at *at and moves on; 0 at the end */
uint32_t char_last(text t);
bool char_is_latin(uint32_t c);                   /* letter or digit of a word written with blanks */
bool text_is_page_number(text t);                 /* - 3 -, — 3 —, 3/12, 第3页, 第 3 页 共 12 页; also a bare 3 */
bool text_is_dashed_number(text t);               /* only those that nothing else can be */
bool text_is_numbered(text t);                    /* 一、 （一） 1. 第一章 ① —— 附件: begins an item */
bool text_is_ended(text t);                       /* a sentence ends here: 。！？；： perhaps with a closing quote or bracket */
int text_open_brackets(text t);                   /* opened less closed, of 《 （ 〔 “ and the ASCII bracket */
/* Adds the next word. gap: how wide the blank before it is, in thousandths of a character; LINE_BREAK at a line's end. */
enum { GAP_LINE_BREAK = -1 };
void buf_join(text_buf *b, text next, int gap);
#endif
