/* Fuzz: any bytes as a text document, cleaned and read as a plan with the shipped rules; every span lies in the clean text. */
#include "plan_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Both ways in: as the document reader sees the bytes, and as one block of anything (the reader would refuse it). */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    heng_err err = {0};
    document d = {0};
    plan_read p;
    document_block block = {.kind = BLOCK_PARAGRAPH, .content = {(const char *)bytes, len}, .offset = -1};
    bool read = len && document_open_bytes(&a, bytes, len, "fuzz.txt", &d, &err);
    if (!read) d = (document){.kind = DOCUMENT_PDF, .block_count = 1, .blocks = &block};
    if (!len) block.content.ptr = "";
    must(plan_read_document(&a, shipped(), NULL, &d, &p, &err)); /* plan rule 4 */
    look(&p);
    sheet_book *b = sheet_book_new(&a);
    const plan_read *one = &p;
    text name = TEXT("x");
    plan_sheet_documents(b, &one, &name, 1);
    plan_sheet_goals(b, &p, name);
    plan_sheet_tasks(b, &p, name);
    arena_free(&a);
    return 0;
}
