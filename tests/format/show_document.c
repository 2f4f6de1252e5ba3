/*
 * Prints the blocks of documents, one a line, for looking at them by eye: kind (P paragraph, H heading, C cell, F furniture), place, text.
 * show_document FILE...
 */
#include <stdio.h>
#include "document.h"
#include "format.h"

static void print_place(const document_block *b)
{
    printf("%c", b->kind == BLOCK_FURNITURE ? 'F' : b->kind == BLOCK_CELL ? 'C' : b->looks_like_heading ? 'H' : 'P');
    if (b->page > 0) printf(" p%d", b->page);
    if (b->line > 0) printf(" l%lld", (long long)b->line);
    if (b->kind != BLOCK_CELL) return;
    printf(" t%d r%d c%d", b->table, b->row, b->column);
    if (b->row_span > 1 || b->column_span > 1) printf(" %dx%d", b->row_span, b->column_span);
}

static bool show(const char *path)
{
    static const char *const KINDS[] = {"txt", "html", "docx", "pdf", "ofd"};
    arena a = {0};
    heng_err err = {0};
    document d = {0};
    char line[2048];
    bool ok = document_open(&a, path, 0, &d, &err);
    if (ok) {
        printf("# %s: %s, %d pages, %zu blocks%s, title '%.*s'\n", path, KINDS[d.kind], d.page_count, d.block_count, d.has_no_text ? ", no text" : "",
               TEXT_FMT(d.title));
        for (size_t i = 0; i < d.block_count; i++) {
            print_place(&d.blocks[i]);
            printf(" %.*s\n", TEXT_FMT(d.blocks[i].content));
        }
    } else {
        err_format(&err, HENG_EN, line, sizeof line);
        fprintf(stderr, "%s\n", line);
    }
    arena_free(&a);
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = true;
    for (int i = 1; i < argc; i++) ok = show(argv[i]) && ok;
    return ok ? 0 : 1;
}
