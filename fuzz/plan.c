/* Fuzz: any bytes as a text document, cleaned and read as a plan with the shipped rules; every span lies in the clean text. */
#include "plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const plan_rules *shipped(void)
{
    static arena kept;
    static const plan_rules *rules;
    heng_err err = {0};
    if (!rules) must(plan_rules_open(&kept, FUZZ_PLAN_RULES, &rules, &err));
    return rules;
}

static void look(const plan_read *p)
{
    size_t len = p->doc.clean.len;
    must(p->doc.place_count == len);
    for (size_t i = 0; i < p->goal_count; i++) must(p->goals[i].span.start <= p->goals[i].span.end && p->goals[i].span.end <= len && p->goals[i].indicator.len > 0);
    for (size_t i = 0; i < p->task_count; i++) must(p->tasks[i].span.start <= p->tasks[i].span.end && p->tasks[i].span.end <= len);
    for (size_t i = 0; i < p->section_count; i++) must(p->sections[i].span.start <= p->sections[i].span.end && p->sections[i].whole.end <= len);
    for (size_t i = 0; i < p->damage_count; i++) must(p->damages[i].span.start <= len);
    for (size_t i = 0; i < len; i++) must(p->doc.places[i].block >= 0 && p->doc.places[i].byte >= 0);
}

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
