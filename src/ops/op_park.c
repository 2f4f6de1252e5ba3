/* heng demo, second part: a synthetic park of twenty enterprises and 300 channels for a year, with defects, through the real gates into a book of its own. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "op_report.h"
#include "park.h"
#include "quality.h"

enum { YEAR = 2021, CLOSE_EVERY = 7 };

typedef struct year_run { ops_call *c; meter_book *m; park *p; const meter_gates *gates; int64_t counts[METER_STATUSES], by_gate[GATE_NUMBERS], found[PARK_DEFECTS], movements; } year_run;

static void add_receipt(year_run *y, const meter_receipt *r, const meter_result *results, size_t count)
{
    for (int i = 0; i < METER_STATUSES; i++) y->counts[i] += r->counts[i];
    for (size_t i = 0; i < count; i++)
        if (results[i].gate && results[i].gate < GATE_NUMBERS) y->by_gate[results[i].gate]++;
}

static bool run_days(year_run *y, heng_err *err)
{
    int32_t first = day_from(YEAR, 1, 1), last = day_from(YEAR, 12, 31);
    size_t max = 0;
    meter_result *results = NULL;
    progress bar;
    progress_begin(&bar, y->c->lang == HENG_ZH ? "模拟园区" : "simulating the park", last - first + 1, y->c->quiet);
    bool ok = true;
    for (int32_t day = first; ok && day <= last; day++) {
        meter_batch b;
        meter_receipt receipt;
        meter_close_receipt closed = {0};
        park_day(y->p, day, &b);
        if (b.count > max) results = NEW_ARRAY(y->c->a, max = 2 * b.count, meter_result);
        ok = meter_take(y->m, &b, results, &receipt, err);
        if (ok) add_receipt(y, &receipt, results, b.count);
        if (ok && day % CLOSE_EVERY == 0) ok = meter_days_close(y->m, b.arrival_us, &closed, err);
        y->movements += closed.movements;
        progress_add(&bar, 1);
    }
    meter_close_receipt rest = {0};
    ok = ok && meter_days_close(y->m, 0, &rest, err);
    progress_end(&bar);
    return ok;
}

static void show_defects(year_run *y)
{
    ops_call *c = y->c;
    const sheet_column columns[] = {column(TEXT("defect"), pick(c->lang, "放入的缺陷", "defect put in"), false), column(TEXT("injected"), pick(c->lang, "读数", "readings"), true),
        column(TEXT("gate"), pick(c->lang, "应由质量关", "gate"), false), column(TEXT("caught"), pick(c->lang, "该关判出", "judged by it"), true), column(TEXT("why"), pick(c->lang, "处理与原因", "why"), false)};
    sheet *s = sheet_new(c->out, TEXT("defects"), pick(c->lang, "合成数据里的缺陷，与质量关判出的", "defects of the synthetic data, and what the gates judged"), columns, 5);
    for (int i = 0; i < PARK_DEFECTS; i++) {
        const struct park_defect_name *d = &park_defect_names[i];
        const meter_gate *g = meter_gate_of(y->gates, d->gate);
        text why = d->gate ? show_name(g->sentence, c->lang) : i == PARK_GAP ? pick(c->lang, "日完整率和缺口在 heng meter quality 中列出", "listed by heng meter quality as incomplete days and gaps") : pick(c->lang, "合并，不重复计量", "merged, counted once");
        if (i == PARK_SPIKE) y->by_gate[GATE_CAPACITY] += y->by_gate[GATE_RANGE]; /* either may see it first */
        sheet_row(s, (text[]){pick(c->lang, d->zh, d->en), number_text(c->a, park_injected(y->p)[i]), d->gate ? text_of(arena_printf(c->a, "%d %.*s", d->gate, TEXT_FMT(show_name(g->name, c->lang)))) : TEXT(""),
            d->gate ? number_text(c->a, y->by_gate[d->gate]) : TEXT(""), why});
    }
    say(c, "产生读数 %lld 个：收下 %lld，标记 %lld，改时 %lld，更正 %lld，重发 %lld，待处理 %lld，拒收 %lld", "%lld readings made: accepted %lld, flagged %lld, re-timed %lld, superseded %lld, sent again %lld, held %lld, refused %lld",
        (long long)park_made(y->p), (long long)y->counts[METER_ACCEPTED], (long long)y->counts[METER_FLAGGED], (long long)y->counts[METER_MOVED], (long long)y->counts[METER_SUPERSEDED], (long long)y->counts[METER_EXISTS],
        (long long)y->counts[METER_QUARANTINED], (long long)y->counts[METER_REFUSED]);
}

static bool simulate(ops_call *c, const char *folder, heng_err *err)
{
    year_run y = {.c = c};
    if (!meter_open(c->book, &y.m, err)) return false;
    bool ok = meter_gates_open(c->a, y.m, &y.gates, err) && park_open(c->a, folder, y.m, &y.p, err);
    if (ok) meter_gates_set(y.m, meter_gate_judge, (void *)(uintptr_t)y.gates);
    ok = ok && run_days(&y, err);
    if (ok) show_defects(&y);
    meter_book_close(y.m);
    if (ok && c->flush) c->flush(c);
    return ok;
}

typedef struct park_step { const char *zh, *en, *name, *given[32]; } park_step;

#define MONTH(m) "--period", "2021-" m
static const park_step STEPS[] = {
    {"园区各企业 2021 年能源消费", "energy of the park's enterprises in 2021", "account energy", {"--party", "park", "--period", "2021", "--form", "members", NULL}},
    {"数据中心各月 PUE（规划：到2025年不超过1.5，新建不超过1.25）", "PUE of the data centre by month (the plan: at most 1.5 by 2025, new ones 1.25)", "indicator",
     {"NAME", "pue", "--party", "E14", MONTH("01"), MONTH("02"), MONTH("03"), MONTH("04"), MONTH("05"), MONTH("06"), MONTH("07"), MONTH("08"), MONTH("09"), MONTH("10"), MONTH("11"), MONTH("12"), NULL}},
    {"以 2021 年的数对照规划目标", "the figures of 2021 beside the plan's goals", "bound list", {"--party", "E14", NULL}},
    {"表计树：数据中心总表与分表之差", "meter tree: what the main of the data centre has more than the meters below", "meter tree", {"CHANNEL", "E14-M1/kwh", "--period", "2021", NULL}},
    {"数据质量：食品加工总表", "quality: the main meter of the food works", "meter quality", {"--channel", "E07-M1/kwh", "--period", "2021", NULL}},
    {"企业月报：谁报了，谁没有报（合成）", "reports of the enterprises for July: who reported, who has not (synthetic)", "report status", {"FORM", "energy_monthly", "PERIOD", "2021-07", NULL}},
    {"月报汇总", "totals of the reports", "report total", {"FORM", "energy_monthly", "PERIOD", "2021-07", NULL}},
    {"月报与表计相差、收支不平之处", "where reports differ from the meters or do not balance", "report quality", {"FORM", "energy_monthly", "PERIOD", "2021-07", NULL}},
    {"为什么：一个读数，直到要求它的规划原句", "why: one reading, up to the sentence of the plan that asked for it", "why", {"ADDRESS", "heng:reading/E14-M2%2Fkwh/2021-07-01T10:00", NULL}},
};

/* The goals on data centres of the plan loaded, as bounds on the park's own; the period is the year that there is data for. */
static bool add_bounds(ops_call *c, heng_err *err)
{
    static const char *const GOALS[][2] = {{"split/xiqing-2023/g2da1c3/E14", "1.5"}, {"split/xiqing-2023/g1fa17c/E14", "1.25"}};
    for (size_t i = 0; i < 2; i++)
        if (!run_step(c, "bound add", (const char *[]){"KEY", GOALS[i][0], "--indicator", "pue", "--party", "E14", "--period", "2021", "--compare", "at_most", "--value", GOALS[i][1], "--source", "天津市西青区碳达峰实施方案", NULL}, err)) return false;
    return true;
}

static bool load_park(ops_call *c, const char *folder, heng_err *err)
{
    const char *pack = arena_printf(c->a, "%s/pack", folder), *channels = arena_printf(c->a, "%s/channels.csv", folder), *plan = arena_printf(c->a, "%s/../plans/xiqing-2023.txt", folder);
    book_options options = {.user = TEXT("demo")};
    if (access(channels, R_OK) != 0) return err_fill(err, &MSG_OPS_NO_EXAMPLES, folder, NULL, NULL);
    if (!book_create(c->book_path, &options, &c->book, err) || !init_book(c, c->book, &pack, 1, err)) return false;
    return run_step(c, "meter add", (const char *[]){"FILE", channels, NULL}, err) && run_step(c, "plan import", (const char *[]){"FILE", plan, NULL}, err);
}

/* The synthetic park has a book of its own beside the city's, so that nothing invented stands in the city's account. */
bool op_demo_park(ops_call *c, heng_err *err)
{
    text dir = ops_get(c, "--dir");
    const char *folder = dir.len ? text_str(c->a, dir) : "demo", *tables = arena_printf(c->a, "%s/park", examples_folder());
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return err_fill(err, &MSG_OPS_NO_FOLDER, folder, strerrorname_np(errno), NULL);
    c->book_path = arena_printf(c->a, "%s/park.heng", folder);
    remove_book(c->book_path, c->a);
    say(c, "演示：合成园区（数据为虚构，规模取自天津市工业的二百分之一），300 个通道，2021 全年每一刻钟，装入 %s", "demo: a synthetic park (invented; its size is a two-hundredth of Tianjin's industry), 300 channels, every quarter hour of 2021, loaded into %s", c->book_path);
    bool ok = load_park(c, tables, err) && add_bounds(c, err) && simulate(c, tables, err);
    ok = ok && park_reports(c, arena_printf(c->a, "%s/park_reports", folder), err);
    for (size_t i = 0; ok && i < sizeof STEPS / sizeof STEPS[0]; i++) {
        say(c, "\n%zu. %s", "\n%zu. %s", i + 1, c->lang == HENG_ZH ? STEPS[i].zh : STEPS[i].en);
        ok = run_step(c, STEPS[i].name, STEPS[i].given, err);
    }
    book_close(c->book);
    c->book = NULL;
    if (!c->wants_rows) c->out = sheet_book_new(c->a);
    return ok;
}
