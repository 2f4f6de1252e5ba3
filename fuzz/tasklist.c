/* Fuzz: any bytes as a csv file (or, beginning with PK, a spreadsheet) with a list of tasks. */
#include "plan_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    arena a = {0};
    heng_err err = {0};
    document d;
    plan_read p;
    if (len && document_open_bytes(&a, bytes, len, "fuzz.csv", &d, &err)) {
        must(plan_read_document(&a, shipped(), NULL, &d, &p, &err)); /* plan rule 4 */
        look(&p);
        sheet_book *b = sheet_book_new(&a);
        plan_sheet_tasks(b, &p, TEXT("x"));
        plan_sheet_goals(b, &p, TEXT("x"));
    } else {
        must(!len || err.message);
    }
    arena_free(&a);
    return 0;
}
