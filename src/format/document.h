/*
 * Documents in: txt, html, docx, pdf (text layer), ofd, and spreadsheets (xlsx, csv) as blocks of text, each with its place in the original. Nothing of the domain.
 *
 * A block is a paragraph or a table cell as the document has it, joined again across the line and page ends that only the layout made. Text is
 * UTF-8 as printed (no folding here); running heads, page numbers, menus and footers of web pages are given too, but marked, so that
 * nothing is thrown away silently. The kind of file is found by content, csv by its name.
 *
 * Blanks and line ends that only layout made (pdf, ofd, source of a web page) are taken out between Chinese characters and kept between Latin words.
 * Paragraphs inside one cell are parted by \n (html, docx). Cells without text give no block (but the last of a spreadsheet's row); numbers that a word processor makes are written out.
 * Bytes that are no UTF-8 inside a text that otherwise is: refused with line and character (format.encoding_bad), never mended.
 */
#ifndef FORMAT_DOCUMENT_H
#define FORMAT_DOCUMENT_H
#include "base.h"

typedef enum document_kind { DOCUMENT_TXT, DOCUMENT_HTML, DOCUMENT_DOCX, DOCUMENT_PDF, DOCUMENT_OFD, DOCUMENT_SHEET } document_kind;
typedef enum block_kind { BLOCK_PARAGRAPH, BLOCK_CELL, BLOCK_FURNITURE /* page number, running head, menu, footer */ } block_kind;

typedef struct document_block {
    block_kind kind;
    text content;
    int32_t page;            /* from 1; 0 = the format has no pages */
    int32_t table, row, column; /* BLOCK_CELL: from 1, in the whole document */
    int32_t row_span, column_span; /* of a merged cell; 1 = none */
    int64_t line;            /* txt and html: line of the original, from 1; 0 elsewhere */
    int64_t offset;          /* txt: byte of content's first character in the decoded text; else -1 */
    bool looks_like_heading; /* by style (docx heading style, html h1-h6, bold centred) */
} document_block;

typedef struct document {
    document_kind kind;
    int encoding;            /* TABLE_ENCODING_* of txt and html */
    text original;           /* the file's bytes */
    text decoded;            /* txt and html: the whole as UTF-8; else empty */
    hash hash;               /* SHA-256 of the bytes */
    text title;              /* of the format's own metadata, may be empty */
    int32_t page_count;
    size_t block_count;
    const document_block *blocks;
    bool has_no_text;        /* a scan without text layer: suggest recognition */
} document;

/*
 * Errors: format.document_empty, document_binary (also old .doc), document_bytes, document_encrypted (pdf, docx), document_too_large (bytes_max, 0 = 64 MiB),
 * document_inflated (512 MiB), document_bomb, document_cut, document_part, document_xml, document_dtd, document_blocks (2,000,000 blocks or words; nesting),
 * columns_too_many (1,000), encoding_bad, document_no_pdf_reader (pdftotext is missing: package poppler-utils), document_pdf_time, document_pdf_run,
 * and those of file_read. A pdf is read by pdftotext -bbox-layout run
 * as a child process without a shell, with a time limit of 60 s.
 */
MUST_USE bool document_open(arena *a, const char *path, int64_t bytes_max, document *ret, heng_err *err);
MUST_USE bool document_open_bytes(arena *a, const void *bytes, size_t len, const char *name, document *ret, heng_err *err);
#endif
