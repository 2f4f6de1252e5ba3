/* Inside of the docx reader: what formats and numbers of paragraphs it takes from styles and lists. */
#ifndef FORMAT_DOCUMENT_DOCX_H
#define FORMAT_DOCUMENT_DOCX_H
#include "document_in.h"
#include "xml_in.h"

/* What a paragraph or its style says; DOCX_FORMAT_NONE says nothing. */
typedef struct docx_format {
    int32_t outline;        /* level of a heading, 0 to 8; 9 = body text; -1 = not said */
    int32_t centred;        /* 1 yes, 0 no, -1 not said */
    int32_t list, level;    /* numId and ilvl; -1 = not said; list 0 = none */
} docx_format;
#define DOCX_FORMAT_NONE ((docx_format){-1, -1, -1, -1})

typedef struct docx_style { const char *id, *based_on; docx_format format; } docx_style;
typedef struct docx_styles { docx_style *items; size_t count, max; text_map index; const char *otherwise; } docx_styles;

void docx_format_read(docx_format *f, const char *name, const char **attributes); /* one element of w:pPr */
void docx_format_fill(docx_format *f, const docx_styles *styles, const char *style /* NULL = the default style */);
MUST_USE bool docx_styles_load(arena *a, zip_in *z, const char *part, docx_styles *ret, heng_err *err);

enum { DOCX_LEVELS = 9 };
typedef struct docx_level { const char *format, *pattern; int32_t start; } docx_level;
typedef struct docx_abstract { int32_t id; docx_level levels[DOCX_LEVELS]; int32_t count[DOCX_LEVELS]; bool used[DOCX_LEVELS]; } docx_abstract;
typedef struct docx_list { int32_t id; int32_t abstract; int32_t restart[DOCX_LEVELS]; /* -1 = none left */ } docx_list;
typedef struct docx_numbering {
    docx_abstract *abstracts;
    size_t abstract_count, abstract_max;
    docx_list *lists;
    size_t list_count, list_max;
} docx_numbering;
MUST_USE bool docx_numbering_load(arena *a, zip_in *z, const char *part, docx_numbering *ret, heng_err *err);
/* The number that stands before this paragraph, and one more is counted; empty: none. */
text docx_number(arena *a, docx_numbering *n, const docx_format *f, bool has_text);

bool docx_is_on(const char **attributes);                        /* w:val absent or true */
int32_t docx_value(const char **attributes, int32_t otherwise);   /* w:val as a number */
#endif
