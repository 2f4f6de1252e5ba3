/* Reports: the checks of a form by table, who may do what, the way into the ledger, on the rules that ship. */
#include <stdlib.h>
#include <unistd.h>
#include "check.h"
#include "filing.h"

typedef struct desk { arena a; char folder[64]; book *b; filing f; int form; period july; int32_t works; heng_err err; } desk;

static void must_ok(bool ok, const heng_err *err, const char *what)
{
    char line[2048];
    if (ok) return;
    err_format(err, HENG_EN, line, sizeof line);
    printf("Bail out! %s: %s\n", what, line);
    exit(1);
}

static void add_parties(desk *d, const rule_set *r)
{
    const struct { const char *code, *class_, *attr, *value; } PARTIES[] = {{"city", "district", "region_code", "120000"}, {"pool", "pool", "role", "supply_pool"}, {"works", "enterprise", "place", "city"}, {"mill", "enterprise", "place", "city"},
        {"shop", "household", "place", "city"}};
    enum { N = sizeof PARTIES / sizeof *PARTIES };
    book_party_new made[N];
    book_party_fact facts[N];
    for (size_t i = 0; i < N; i++) {
        made[i] = (book_party_new){text_of(PARTIES[i].code), rule_party_class_find(r, text_of(PARTIES[i].class_)), 0};
        facts[i] = (book_party_fact){text_of(PARTIES[i].code), text_of(PARTIES[i].attr), text_of(PARTIES[i].value), 0, 0};
    }
    book_batch batch = {.source = TEXT("town"), .all_or_none = true, .party_count = N, .parties = made, .party_fact_count = N, .party_facts = facts};
    must_ok(book_post(d->b, &d->a, &batch, NULL, NULL, &d->err), &d->err, "parties");
}

static void desk_open(desk *d)
{
    const char *folder = TEST_RULEBOOK;
    const rule_set *r;
    *d = (desk){.folder = "/tmp/heng-filing-XXXXXX"};
    must_ok(mkdtemp(d->folder) != NULL, &d->err, "folder");
    must_ok(book_create(arena_printf(&d->a, "%s/f.heng", d->folder), &(book_options){.fixed_now_us = INT64_C(1628000000000000)}, &d->b, &d->err), &d->err, "book"); /* 2021-08-03 */
    must_ok(rule_load_folders(&d->a, &folder, 1, &r, NULL, &d->err), &d->err, "rules");
    book_batch batch = {.source = TEXT("pack"), .rules = r};
    must_ok(book_post(d->b, &d->a, &batch, NULL, NULL, &d->err), &d->err, "posting rules");
    add_parties(d, r);
    must_ok(filing_open(&d->a, d->b, BOOK_KNOWN_NOW, HENG_EN, &d->f, &d->err) && filing_form_want(&d->f, TEXT("205-1"), &d->form, &d->err) &&
            filing_period_want(&d->f, d->form, TEXT("2021年7月"), &d->july, &d->err) && filing_at(&d->f, d->july, &d->err), &d->err, "filing");
    d->works = book_party_find(d->b, TEXT("works"));
}

static void desk_close(desk *d)
{
    book_close(d->b);
    int gone = system(arena_printf(&d->a, "rm -rf %s", d->folder));
    arena_free(&d->a);
    check(gone == 0, "the folder is gone");
}

static bool fill(desk *d, const char *party, const char *month, const char *rows, const filing_fill_options *more, filing_filled *ret)
{
    const char *path = arena_printf(&d->a, "%s/a.csv", d->folder);
    filing_fill_options o = more ? *more : (filing_fill_options){0};
    o.form = TEXT("energy_monthly"), o.party = text_of(party), o.period = text_of(month);
    if (!o.by.len) o.by = TEXT("wang");
    text csv = text_of(arena_printf(&d->a, "energy,unit,opening,purchase,production,sale,use,use_industrial,material,closing\n%s", rows));
    err_clear(&d->err);
    return file_write(path, csv, &d->err) && filing_fill(&d->f, path, &o, ret, &d->err);
}

/* energy,unit,opening,purchase,production,sale,use,use_industrial,material,closing */
static const struct { const char *says, *row, *refused /* id of the message */, *flagged /* id of the check */; } ROWS[] = {
    {"a row that balances", "原煤,t,30,120,0,0,100,,,50", NULL, NULL},
    {"half a percent off is within the rule", "原煤,t,30,120,0,0,100.7,,,50", NULL, NULL},
    {"more is flagged", "原煤,t,30,120,0,0,101,,,50", NULL, "identity"},
    {"production and sale are in the balance", "热力,GJ,,0,500,200,300,,,", NULL, NULL},
    {"a part larger than the whole is refused", "原煤,t,,100,,,100,101,,", "filing.check", NULL},
    {"a part equal to the whole is not", "原煤,t,,100,,,100,100,100,", NULL, NULL},
    {"a unit of the same dimension is taken", "原煤,kg,,1000,,,1000,,,", NULL, NULL},
    {"one of another is refused", "原煤,m3,,1,,,1,,,", "rule.unit_dimension", NULL},
    {"full-width digits are digits", "原煤,t,,１２,,,12,,,", NULL, NULL},
    {"a thousands separator is read", "原煤,t,,\"1,200\",,,1200,,,", NULL, NULL},
    {"a negative amount is refused", "原煤,t,,-1,,,0,,,", "filing.negative", NULL},
    {"words are no number", "原煤,t,,约十,,,10,,,", "base.number_bad", NULL},
    {"more decimals than are kept are refused", "原煤,t,,0.0000001,,,0,,,", "filing.not_exact", NULL},
    {"an unknown energy is refused", "煤油味,t,,1,,,1,,,", "rule.unknown_commodity", NULL},
    {"a thing that is no energy of the form too", "co2,t,,1,,,1,,,", "filing.not_on_form", NULL},
    {"no energy at all", ",t,,1,,,1,,,", "filing.no_energy", NULL},
};

static void test_rows(desk *d)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        filing_filled x;
        bool ok = fill(d, "works", "2021-07", ROWS[i].row, &(filing_fill_options){.dry_run = true}, &x);
        const char *refused = ok && x.refusal_count ? x.refusals[0].message->id : NULL;
        bool right = ok && (ROWS[i].refused ? refused && strcmp(refused, ROWS[i].refused) == 0 : !refused);
        right = right && (ROWS[i].flagged ? x.finding_count == 1 && text_is(x.findings[0].id, ROWS[i].flagged) : ROWS[i].refused || x.finding_count == 0);
        check(right, ROWS[i].says);
        if (!right) printf("# seen %s, %zu findings\n", refused ? refused : ok ? "nothing refused" : d->err.message->id, ok ? x.finding_count : 0);
    }
}

static const struct { const char *says, *text; bool is_ok; } PERIODS[] = {
    {"a month", "2021-07", true}, {"a month in Chinese", "2021年7月", true}, {"its first day, as a spreadsheet has it", "2021-07-01", true}, {"another day is none", "2021-07-02", false}, {"a year is no month", "2021", false},
    {"two months are none", "2021-07..2021-08", false}, {"words are none", "七月", false}};

static void test_periods(desk *d)
{
    for (size_t i = 0; i < sizeof PERIODS / sizeof *PERIODS; i++) {
        heng_err err = {0};
        period p;
        check(filing_period_want(&d->f, d->form, text_of(PERIODS[i].text), &p, &err) == PERIODS[i].is_ok, PERIODS[i].says);
    }
    check_int(filing_due_day(&d->f, d->form, d->july), day_from(2021, 8, 10), "July is due on the tenth of August");
}

static void test_filers(desk *d)
{
    int32_t *all = NULL;
    size_t n = 0;
    check_ok(filing_filers(&d->f, d->form, d->july, BOOK_NONE, &all, &n, &d->err), &d->err, "filers");
    check(n == 2 && text_is(d->f.parties.items[all[0]].code, "mill") && text_is(d->f.parties.items[all[1]].code, "works"), "enterprises file, others do not");
    check_ok(filing_filers(&d->f, d->form, d->july, book_party_find(d->b, TEXT("works")), &all, &n, &d->err) && n == 1 ? true : (err_clear(&d->err), false), &d->err, "inside a place only those in it");
}

/* ---- Steps: who may do what in which state ---- */

typedef enum step { FILL, CHECK, APPROVE, RETURN, CLOSE, REOPEN } step;
static const struct { const char *says; step step; const char *by, *reason, *fails; filing_state after; } STEPS[] = {
    {"what is not there cannot be checked", CHECK, "li", "", "filing.no_report", FILING_MISSING},
    {"it is filled", FILL, "wang", "", NULL, FILING_FILLED},
    {"it is not approved unchecked", APPROVE, "li", "", "filing.state", FILING_FILLED},
    {"not checked by who filled it", CHECK, "wang", "", "filing.same_person", FILING_FILLED},
    {"not returned without a reason", RETURN, "li", " ", "filing.no_reason", FILING_FILLED},
    {"it goes back with one", RETURN, "li", "look again", NULL, FILING_RETURNED},
    {"what went back is not checked", CHECK, "li", "", "filing.state", FILING_RETURNED},
    {"it is filled again", FILL, "wang", "", NULL, FILING_FILLED},
    {"checked by another", CHECK, "li", "", NULL, FILING_CHECKED},
    {"not checked twice", CHECK, "zhao", "", "filing.state", FILING_CHECKED},
    {"not approved by who filled it", APPROVE, "wang", "", "filing.same_person", FILING_CHECKED},
    {"approved by another; of two people the checker may", APPROVE, "li", "", NULL, FILING_APPROVED},
    {"a month with a report missing is not closed without a reason", CLOSE, "zhao", "", "filing.no_reason", FILING_APPROVED},
    {"with one it is", CLOSE, "zhao", "due", NULL, FILING_APPROVED},
    {"then nothing goes back", RETURN, "zhao", "x", "filing.closed", FILING_APPROVED},
    {"and nothing comes", FILL, "wang", "x", "filing.closed", FILING_APPROVED},
    {"it is not closed twice", CLOSE, "zhao", "due", "filing.already_closed", FILING_APPROVED},
    {"it does not open without a reason", REOPEN, "zhao", "", "filing.no_reason", FILING_APPROVED},
    {"it opens with one", REOPEN, "zhao", "weighed again", NULL, FILING_APPROVED},
    {"an open one does not open", REOPEN, "zhao", "again", "filing.not_closed", FILING_APPROVED},
    {"a correction says why", FILL, "wang", "", "filing.no_reason", FILING_APPROVED},
    {"and is taken", FILL, "wang", "weighed again", NULL, FILING_FILLED},
    {"checked", CHECK, "li", "", NULL, FILING_CHECKED},
    {"approved", APPROVE, "zhao", "", NULL, FILING_APPROVED},
};

static bool take_step(desk *d, size_t i, filing_posted *posted)
{
    book_receipt r;
    filing_filled x;
    text by = text_of(STEPS[i].by), reason = text_of(STEPS[i].reason);
    const char *rows = i < 12 ? "原煤,t,30,120,,,100,,,50" : "原煤,t,30,120,,,104,,,46";
    err_clear(&d->err);
    switch (STEPS[i].step) {
    case FILL: return fill(d, "works", "2021-07", rows, &(filing_fill_options){.by = by, .reason = reason}, &x);
    case CHECK: return filing_check(&d->f, d->form, d->works, d->july, by, &r, &d->err);
    case APPROVE: return filing_approve(&d->f, d->form, d->works, d->july, by, FILING_COMPARE, posted, &d->err);
    case RETURN: return filing_return(&d->f, d->form, d->works, d->july, by, reason, &r, &d->err);
    case CLOSE: return filing_close(&d->f, d->form, d->july, by, reason, &r, &d->err);
    case REOPEN: return filing_reopen(&d->f, d->form, d->july, by, reason, &r, &d->err);
    }
    return false;
}

static void test_steps(desk *d)
{
    filing_posted posted = {0};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        filing_report x;
        bool ok = take_step(d, i, &posted);
        const char *id = ok ? NULL : d->err.message->id;
        must_ok(filing_load(&d->f, d->form, d->works, d->july, &x, &d->err), &d->err, "load");
        bool right = x.state == STEPS[i].after && (STEPS[i].fails ? id && strcmp(id, STEPS[i].fails) == 0 : ok);
        check(right, STEPS[i].says);
        if (!right) printf("# seen %s, %s\n", id ? id : "success", filing_state_names[x.state].id);
    }
    check(posted.movements == 3 && posted.restated > 0, "the correction posts its movements anew, as a restatement");
}

/* Purchase, use, and the stock that grew by 20, then by 16. */
static void test_ledger(desk *d)
{
    static const struct { const char *kind; int64_t amount; } WANTED[] = {{"supply", 120000000}, {"use", 104000000}, {"store_in", 16000000}};
    book_movement_row *rows = NULL;
    size_t n = 0;
    book_query q = {.party = d->works, .commodity = BOOK_NONE, .kind = BOOK_NONE, .source = TEXT("report")};
    check_ok(book_movements_query(d->b, &d->a, &q, BOOK_KNOWN_NOW, &rows, &n, &d->err), &d->err, "movements");
    if (!check_int((int64_t)n, 3, "the group of the first approval is superseded whole")) return;
    for (size_t i = 0; i < 3; i++) {
        check(text_is(d->f.r->kinds[rows[i].ends.kind].id, WANTED[i].kind) && rows[i].amount == WANTED[i].amount && rows[i].row == 2, WANTED[i].kind);
        check_text(rows[i].group_key, TEXT("energy_monthly/2021-07/works"), "under the report's key");
    }
    book_verify_report report;
    check_ok(book_verify(d->b, NULL, NULL, &report, &d->err), &d->err, "the book verifies");
}

static void test_status(desk *d)
{
    filing_status s = {0};
    filing_total *t = NULL;
    size_t n = 0;
    filing_filled x;
    must_ok(fill(d, "mill", "2021-07", "原煤,kg,,5000,,,5000,,,\n电力,1e4kWh,,2,,,2,,,", NULL, &x), &d->err, "fill");
    check_ok(filing_status_of(&d->f, d->form, d->july, BOOK_NONE, &s, &d->err) && filing_total_of(&d->f, &s, &t, &n, &d->err), &d->err, "status and total");
    check(s.count.wanted == 2 && s.count.in == 2 && s.count.approved == 1 && s.count.waiting == 1 && s.count.late == 0 && s.count.corrected == 1, "two of two are in, one is approved, one was corrected");
    check(n == 2 && rat_equal(t[0].values[1], rat_int(&d->a, 125)) && rat_equal(t[1].values[6], rat_int(&d->a, 2)), "kilograms and tonnes add up");
}

int main(void)
{
    static desk d;
    desk_open(&d);
    test_rows(&d);
    test_periods(&d);
    test_filers(&d);
    test_steps(&d);
    test_ledger(&d);
    test_status(&d);
    desk_close(&d);
    return check_done();
}
