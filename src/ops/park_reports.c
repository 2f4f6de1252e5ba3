/*
 * The reports of the synthetic park for one month: sheets made from what the meters say and a few declared differences, then filled, checked and approved as an
 * enterprise and a bureau do it. Two enterprises do not report, one is late, one is far from its meters, one does not balance, one is corrected after the month
 * was closed.
 */
#include <errno.h>
#include <sys/stat.h>
#include "op_report.h"

#define MONTH TEXT("2021-07")
static const text FORM = {"energy_monthly", sizeof "energy_monthly" - 1};

/* permille: of what the meters say. own: rows of fuels without meters. */
typedef struct park_report { const char *party; int permille; const char *received, *own; } park_report;
static const park_report REPORTS[] = {
    {"E01", 1003, "2021-08-04", ""}, {"E02", 996, "2021-08-05", ""}, {"E03", 1001, "2021-08-03", ""}, {"E04", 1000, "2021-08-06", "原煤,吨,30,420,410,40,\n"},
    {"E05", 1004, "2021-08-06", "燃料油,吨,12,300,330,12,\n"}, {"E06", 998, "2021-08-09", "原煤,吨,120,260,300,80,\n"}, {"E07", 1085, "2021-08-05", ""}, {"E08", 1002, "2021-08-04", ""},
    {"E09", 999, "2021-08-10", ""}, {"E10", 1000, "2021-08-09", ""}, {"E11", 1006, "2021-08-13", ""}, {"E12", 995, "2021-08-06", "原煤,吨,60,150,155,55,\n"}, {"E14", 1001, "2021-08-02", "柴油,吨,8,0,1.2,6.8,备用发电机月度试机\n"},
    {"E15", 1000, "2021-08-05", "柴油,吨,5,22,21.5,5.5,\n"}, {"E16", 1003, "2021-08-06", ""}, {"E17", 997, "2021-08-09", "原煤,吨,800,5200,5100,900,\n"}, {"E18", 1002, "2021-08-04", ""}, {"E19", 1001, "2021-08-10", "柴油,吨,4,16,15,5,\n"}};
enum { REPORT_COUNT = sizeof REPORTS / sizeof REPORTS[0] };
static const struct { const char *commodity, *unit; } METERED[] = {{"electricity", "1e4kWh"}, {"natural_gas", "1e4m3"}, {"heat", "GJ"}};

typedef struct park_filing { ops_call *c; filing f; int form; period when; const filing_meters *m; const char *folder; } park_filing;

/* A line of the sheet: bought as the meters say, times permille; used the same, so that it balances. */
static void add_metered(park_filing *p, text_buf *b, int32_t party, int permille, size_t i)
{
    int32_t commodity = rule_commodity_find(p->f.r, text_of(METERED[i].commodity)), unit = rule_unit_find(p->f.r, text_of(METERED[i].unit));
    const rat *v = filing_metered_amount(&p->f, p->m, party, commodity, unit, REPORT_BOUGHT);
    if (!v) return;
    text shown = rat_format(p->c->a, rat_mul(p->c->a, v, rat_scaled(p->c->a, permille, 3)), 2);
    buf_printf(b, "%.*s,%.*s,,%.*s,%.*s,,\n", TEXT_FMT(p->f.r->commodities[commodity].name.zh), TEXT_FMT(p->f.r->units[unit].name.zh), TEXT_FMT(shown), TEXT_FMT(shown));
}

static bool write_sheet(park_filing *p, const park_report *r, const char *path, heng_err *err)
{
    text_buf b = {.a = p->c->a};
    int32_t party = book_party_find(p->c->book, text_of(r->party));
    buf_str(&b, "能源名称,计量单位,期初库存量,购进量,消费量合计,期末库存量,说明\n");
    for (size_t i = 0; i < sizeof METERED / sizeof *METERED; i++) add_metered(p, &b, party, r->permille, i);
    buf_str(&b, r->own);
    return file_write(path, buf_text(&b), err);
}

static bool fill(park_filing *p, const park_report *r, const char *path, const char *reason, heng_err *err)
{
    filing_filled filled;
    const char *who = arena_printf(p->c->a, p->c->lang == HENG_ZH ? "%s统计员" : "%s statistics", r->party);
    filing_fill_options o = {.form = FORM, .party = text_of(r->party), .period = MONTH, .by = text_of(who), .received = text_of(r->received), .reason = text_of(reason)};
    return filing_fill(&p->f, path, &o, &filled, err);
}

static text checker(const park_filing *p) { return pick(p->c->lang, "园区审核员", "park checker"); }
static text approver(const park_filing *p) { return pick(p->c->lang, "园区审批员", "park approver"); }

static bool approve(park_filing *p, const park_report *r, heng_err *err)
{
    book_receipt receipt;
    filing_posted posted;
    int32_t party = book_party_find(p->c->book, text_of(r->party));
    return filing_check(&p->f, p->form, party, p->when, checker(p), &receipt, err) && filing_approve(&p->f, p->form, party, p->when, approver(p), FILING_COMPARE, &posted, err);
}

static bool file_all(park_filing *p, heng_err *err)
{
    for (size_t i = 0; i < REPORT_COUNT; i++) {
        const park_report *r = &REPORTS[i];
        const char *path = arena_printf(p->c->a, "%s/%s-2021-07.csv", p->folder, r->party);
        if (!write_sheet(p, r, path, err) || !fill(p, r, path, "", err)) return false;
        if (strcmp(r->party, "E05") != 0 && !approve(p, r, err)) return false; /* it does not balance: it waits for an answer */
    }
    return true;
}

/* After the month is closed one enterprise finds that its fuel was wrong: opened again with a reason, corrected, approved; it shows as a restatement. */
static bool correct_one(park_filing *p, heng_err *err)
{
    book_receipt receipt;
    park_report r = REPORTS[5];
    const char *path = arena_printf(p->c->a, "%s/%s-2021-07-2.csv", p->folder, r.party);
    text due = pick(p->c->lang, "按期封账，两家未报", "closed in time, two have not reported"), why = pick(p->c->lang, "造纸企业更正原煤数", "the paper mill corrects its coal");
    r.own = "原煤,吨,120,290,320,90,\n", r.received = "2021-08-20";
    return filing_close(&p->f, p->form, p->when, approver(p), due, &receipt, err) && filing_reopen(&p->f, p->form, p->when, approver(p), why, &receipt, err) && write_sheet(p, &r, path, err) &&
           fill(p, &r, path, pick(p->c->lang, "漏计一车煤", "a load of coal was left out").ptr, err) && approve(p, &r, err);
}

bool park_reports(ops_call *c, const char *folder, heng_err *err)
{
    park_filing p = {.c = c, .folder = folder};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return err_fill(err, &MSG_OPS_NO_FOLDER, folder, strerrorname_np(errno), NULL);
    if (!report_open(c, &p.f, err) || !filing_form_want(&p.f, FORM, &p.form, err) || !filing_period_want(&p.f, p.form, MONTH, &p.when, err) || !filing_at(&p.f, p.when, err) || !filing_meters_load(&p.f, p.when, &p.m, err)) return false;
    return file_all(&p, err) && correct_one(&p, err);
}
