/*
 * heng conform: published results of statistics and other systems, replayed. A book of its own is made from the shipped files
 * in a temporary folder; each line of examples/conform/conform.csv is a formula, the published figure and a tolerance.
 */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include "ops_internal.h"

/* The movement files of the cases: every CSV of the folder but the two that are no movements. */
static bool load_cases(ops_call *c, const char *folder, heng_err *err)
{
    struct dirent **entries;
    if (!run_step(c, "import", (const char *[]){"FILE", arena_printf(c->a, "%s/parties.csv", folder), "--form", "parties", NULL}, err)) return false;
    int count = scandir(folder, &entries, NULL, alphasort);
    bool ok = count >= 0 || err_fill(err, &MSG_OPS_NO_EXAMPLES, folder, NULL, NULL);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (ok && text_ends(text_of(name), ".csv") && strcmp(name, "parties.csv") != 0 && strcmp(name, "conform.csv") != 0)
            ok = run_step(c, "import", (const char *[]){"FILE", arena_printf(c->a, "%s/%s", folder, name), "--form", "movements", NULL}, err);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return ok;
}

static const char *const CASE_COLUMNS[] = {"case", "source", "name_zh", "name_en", "party", "period", "profile", "computed", "published", "tolerance", "unit"};
enum { CASE_COLUMN_COUNT = sizeof CASE_COLUMNS / sizeof CASE_COLUMNS[0] };

static text case_cell(const table_row *row, const int *at, int column) { return at[column] >= 0 && (size_t)at[column] < row->count ? row->cells[at[column]].value : (text){0}; }

static bool read_cases(ops_call *c, table *t, account_conform_case **ret, size_t *ret_count, heng_err *err)
{
    size_t max = 0;
    table_row row;
    int at[CASE_COLUMN_COUNT];
    *ret_count = 0;
    if (!table_next(t, c->a, &row, err)) return false;
    for (int k = 0; k < CASE_COLUMN_COUNT; k++) {
        at[k] = -1;
        for (size_t i = 0; !row.is_end && i < row.count; i++)
            if (text_is(row.cells[i].value, CASE_COLUMNS[k])) at[k] = (int)i;
    }
    while (table_next(t, c->a, &row, err)) {
        if (row.is_end) return true;
        account_conform_case *x = ARENA_PUSH(c->a, *ret, *ret_count, max);
        *x = (account_conform_case){.case_ = case_cell(&row, at, 0), .source = case_cell(&row, at, 1), .name = {case_cell(&row, at, 2), case_cell(&row, at, 3)},
                                    .party = case_cell(&row, at, 4), .period = case_cell(&row, at, 5), .profile = case_cell(&row, at, 6), .computed = case_cell(&row, at, 7),
                                    .published = case_cell(&row, at, 8), .tolerance = case_cell(&row, at, 9), .unit = case_cell(&row, at, 10)};
    }
    return false;
}

static text figure(arena *a, const rat *v, text missing) { return !v ? missing : rat_is_decimal(v, 12) ? rat_exact(a, v) : rat_format(a, v, 12); }

static void show_lines(ops_call *c, const account_conform_line *lines, size_t count)
{
    const sheet_column columns[] = {column(TEXT("case"), pick(c->lang, "案例", "case"), false), column(TEXT("name"), pick(c->lang, "内容", "what"), false),
                                    column(TEXT("published"), pick(c->lang, "公布数", "published"), true), column(TEXT("computed"), pick(c->lang, "重算数", "computed"), true),
                                    column(TEXT("tolerance"), pick(c->lang, "容差", "tolerance"), true), column(TEXT("verdict"), pick(c->lang, "判定", "verdict"), false)};
    size_t passed = 0;
    sheet *s = sheet_new(c->out, pick(c->lang, "重算", "conform"), (text){0}, columns, 6);
    for (size_t i = 0; i < count; i++) {
        const account_conform_line *l = &lines[i];
        passed += l->passed;
        if (l->passed && !ops_has(c, "--all")) continue;
        sheet_row(s, (text[]){l->case_, show_name(l->name, c->lang), figure(c->a, l->published, (text){0}), figure(c->a, l->computed.value, l->computed.missing.len ? l->computed.missing : l->note),
                              figure(c->a, l->tolerance, (text){0}), c->wants_exact ? l->passed ? TEXT("pass") : TEXT("fail") : l->passed ? pick(c->lang, "符合", "pass") : pick(c->lang, "不符", "FAIL")});
    }
    show_record(c, "conform summary", (shown_field[]){{"replayed", "重算", "replayed", number_text(c->a, (int64_t)count), true}, {"pass", "符合", "pass", number_text(c->a, (int64_t)passed), true},
                                                      {"fail", "不符", "fail", number_text(c->a, (int64_t)(count - passed)), true}}, 3);
    say(c, "重算 %zu 项：符合 %zu，不符 %zu", "replayed %zu results: %zu pass, %zu fail", count, passed, count - passed);
    if (passed < count) c->exit_code = OPS_FINDINGS;
}

static bool replay(ops_call *c, const char *folder, heng_err *err)
{
    table *t = NULL;
    account *x = NULL;
    account_conform_case *cases = NULL;
    account_conform_line *lines;
    size_t count;
    bool ok = table_open(arena_printf(c->a, "%s/conform.csv", folder), NULL, &t, err) && read_cases(c, t, &cases, &count, err) && want_account(c, &x, err) &&
              account_conform(x, c->a, cases, count, &lines, err);
    if (ok) {
        c->out = sheet_book_new(c->a);
        c->lines = (text_buf){.a = c->a};
        show_lines(c, lines, count);
    }
    account_close(x);
    table_close(t);
    return ok;
}

bool op_conform(ops_call *c, heng_err *err)
{
    const char *temp = getenv("TMPDIR");
    char *folder = arena_printf(c->a, "%s/heng-conform-XXXXXX", temp ? temp : "/tmp");
    if (!mkdtemp(folder)) return err_fill(err, &MSG_OPS_PATH_TAKEN, folder, NULL, NULL);
    void (*shown)(ops_call *) = c->flush;
    const char *cases = arena_printf(c->a, "%s/conform", examples_folder());
    c->flush = NULL; /* the steps of loading are not the answer */
    c->book_path = arena_printf(c->a, "%s/conform.heng", folder);
    bool ok = load_city(c, err) && load_cases(c, cases, err) && replay(c, cases, err);
    book_close(c->book);
    c->book = NULL;
    c->flush = shown;
    remove_book(c->book_path, c->a);
    rmdir(folder);
    return ok;
}
