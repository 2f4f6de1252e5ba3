/* Inside of the web page reader: what document_html.c finds and document_web.c judges. */
#ifndef FORMAT_DOCUMENT_WEB_H
#define FORMAT_DOCUMENT_WEB_H
#include "document_in.h"

/* A stretch of text between two block elements. */
typedef struct web_piece {
    text content;
    size_t chars, link_chars;       /* without blanks */
    int64_t line;
    size_t box;                     /* innermost box it stands in */
    int32_t table, row, column, row_span, column_span; /* cell of the innermost table; table 0 = none, else index + 1 of web.tables */
    bool is_heading, is_aside;      /* aside: in nav, footer, aside or hidden */
    bool is_furniture;
} web_piece;

/* An element that can hold an article: div, section, td, body. */
typedef struct web_box { size_t parent; size_t prose_chars, prose_count; } web_box;

typedef struct web_table { int32_t rows, rows_of_many; bool has_table; int32_t number; } web_table;

typedef struct web {
    arena *a;
    web_piece *pieces;
    size_t piece_count, piece_max;
    web_box *boxes;                 /* 0 is the page */
    size_t box_count, box_max;
    web_table *tables;
    size_t table_count, table_max;
    text title;
} web;

void web_judge(web *w);                        /* marks furniture */
void web_blocks(const web *w, document_out *o); /* pieces to blocks, those of data tables as cells */
#endif
