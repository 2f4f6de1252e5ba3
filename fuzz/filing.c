/*
 * Fuzz: any bytes as a filled report (CSV or XLSX), judged against the forms that ship, nothing stored. What is taken has no refusal without a reason and no row
 * twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "filing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void need(bool ok, const heng_err *err)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    abort();
}

static book *town(arena *a)
{
    static char folder[] = "/tmp/heng-fuzz-filing-XXXXXX";
    const char *rules = FUZZ_PLAN_RULES "/..";
    const rule_set *r = NULL;
    book *b = NULL;
    heng_err err = {0};
    need(mkdtemp(folder) != NULL, &err);
    need(book_create(arena_printf(a, "%s/f.heng", folder), &(book_options){0}, &b, &err) && rule_load_folders(a, &rules, 1, &r, NULL, &err), &err);
    book_batch batch = {.source = TEXT("pack"), .rules = r};
    need(book_post(b, a, &batch, NULL, NULL, &err), &err);
    const book_party_new works = {TEXT("works"), rule_party_class_find(r, TEXT("enterprise")), 0};
    book_batch parties = {.source = TEXT("town"), .party_count = 1, .parties = &works};
    need(book_post(b, a, &parties, NULL, NULL, &err), &err);
    int gone = system(arena_printf(a, "rm -rf %s", folder)); /* open files stay */
    return (void)gone, b;
}

static void check_filled(const filing_filled *x)
{
    for (size_t i = 0; i < x->refusal_count; i++) must(x->refusals[i].message != NULL);
    for (size_t i = 0; i < x->report.row_count; i++)
        for (size_t k = 0; k < i; k++) must(x->report.rows[i].commodity != x->report.rows[k].commodity);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static arena kept;
    static book *b;
    arena a = {0};
    filing f;
    filing_filled x;
    heng_err err = {0};
    filing_fill_options o = {.form = TEXT("energy_monthly"), .party = TEXT("works"), .period = TEXT("2024-03"), .by = TEXT("fuzz"), .dry_run = true, .keep_going = len % 2 == 1};
    if (!b) b = town(&kept);
    int fd = memfd_create("filled", 0);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len) abort();
    need(filing_open(&a, b, BOOK_KNOWN_NOW, HENG_EN, &f, &err), &err);
    if (filing_fill(&f, arena_printf(&a, "/proc/self/fd/%d", fd), &o, &x, &err)) check_filled(&x);
    else must(err.message != NULL);
    close(fd);
    arena_free(&a);
    return 0;
}
