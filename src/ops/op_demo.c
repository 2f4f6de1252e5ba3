/* heng demo: a real city on the real path. Every step is an operation that a user could type. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ops_internal.h"

const char *examples_folder(void)
{
    const char *own = getenv("HENG_EXAMPLES");
    return own ? own : HENG_EXAMPLES_DIR;
}

/* Files of the example, in order of loading. */
static const struct { const char *file, *form, *mapping, *source; } FILES[] = {
    {"energy_balance_2021.csv", "balance", "eb_tj_2021", "energy balance 2021"},
    {"energy_balance_2010_2014.csv", "balance", "eb_tj_2014", "energy balance 2014"},
    {"energy_balance_2010_2014.csv", "balance", "eb_tj_2010", "energy balance 2010"},
    {"ceads_2014.csv", "observations", "", "CEADs 2014"},
    {"city_statistics.csv", "observations", "", "city statistics"},
    {"ceads_2015_2019.csv", "observations", "", "CEADs 2015-2019"},
};

typedef struct step { const char *zh, *en; const char *name; const char *given[16]; /* name, value, ... NULL */ } step;

static const step STEPS[] = {
    {"2021 年能源平衡：各品种合计，当量值与等价值并列", "the energy balance of 2021: all fuels, calorific and coal-equal side by side", "account energy",
     {"--party", "120000", "--period", "2021", "--form", "summary", "--profile", "tianjin_2021", NULL}},
    {"2021 年碳账户：按部门和燃料", "the carbon account of 2021 by sector and fuel", "account carbon", {"--party", "120000", "--period", "2021", "--profile", "tianjin_2021", NULL}},
    {"指标：能源消费总量", "indicator: total energy use", "indicator", {"NAME", "energy_total", "--party", "120000", "--period", "2010", "--period", "2014", "--period", "2021", NULL}},
    {"指标：单位 GDP 能耗（缺数据的年份说明缺什么）", "indicator: energy per GDP (a year without data says what is missing)", "indicator",
     {"NAME", "energy_intensity", "--party", "120000", "--period", "2010", "--period", "2014", "--period", "2021", NULL}},
    {"指标：煤炭占比", "indicator: share of coal", "indicator", {"NAME", "coal_share", "--party", "120000", "--period", "2010", "--period", "2014", "--period", "2021", NULL}},
    {"对账：2021 年印刷合计", "reconciliation: the printed totals of 2021", "reconcile", {"TABLE", "balance_2021", NULL}},
    {"对账：2014 年与 CEADs，按燃料", "reconciliation: 2014 with CEADs, by fuel", "reconcile", {"TABLE", "ceads_2014_fuel", NULL}},
    {"对账：2014 年与 CEADs，按部门", "reconciliation: 2014 with CEADs, by sector", "reconcile", {"TABLE", "ceads_2014_sector", NULL}},
    {"为什么：一个数字直到文件中的行", "why: one number down to file rows", "why", {"ADDRESS", "heng:energy/120000/2021/import_foreign/total", "--leaves", "2", NULL}},
};

bool run_step(ops_call *c, const char *name, const char *const *given, heng_err *err)
{
    ops_call inner = *c;
    char *copy = text_str(c->a, text_of(name)), *verb = strchr(copy, ' ');
    if (verb) *verb++ = '\0';
    inner.op = ops_find(copy, verb);
    inner.given_count = 0;
    for (; given[0]; given += 2) {
        inner.given[inner.given_count].name = given[0];
        inner.given[inner.given_count++].value = text_of(given[1]);
    }
    inner.out = c->wants_rows ? c->out : sheet_book_new(c->a); /* for a program all steps are one answer */
    inner.wants_json = false;
    inner.lines = (text_buf){.a = c->a};
    inner.raw = (text){0};
    inner.flush = NULL;
    if (!ops_run(&inner, &(book_options){0}, err)) return false;
    c->out = inner.out;
    buf_add(&c->lines, buf_text(&inner.lines));
    if (inner.raw.len) buf_add(&c->lines, inner.raw);
    if (c->flush) c->flush(c);
    return true;
}

static bool load_files(ops_call *c, const char *folder, heng_err *err)
{
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        const char *path = arena_printf(c->a, "%s/tianjin/%s", folder, FILES[i].file);
        const char *given[] = {"FILE", path, "--form", FILES[i].form, "--source", FILES[i].source, FILES[i].mapping[0] ? "--mapping" : NULL, FILES[i].mapping, NULL};
        if (!run_step(c, "import", given, err)) return false;
    }
    return true;
}

bool load_city(ops_call *c, heng_err *err)
{
    const char *folder = examples_folder();
    book_options options = {.user = TEXT("demo")};
    const char *pack = arena_printf(c->a, "%s/tianjin/pack", folder);
    if (access(pack, R_OK) != 0) return err_fill(err, &MSG_OPS_NO_EXAMPLES, folder, NULL, NULL);
    if (!book_create(c->book_path, &options, &c->book, err)) return false;
    return init_book(c, c->book, &pack, 1, err) && load_files(c, folder, err);
}

void remove_book(const char *path, arena *a)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-columns", "-rules", "-writer"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) unlink(arena_printf(a, "%s%s", path, endings[i]));
}

/* The plans shipped with the program, and one of them held against the accounts. */
static bool show_plans(ops_call *c, size_t number, heng_err *err)
{
    static const step steps[] = {
        {"规划的目标：现值（或缺什么数据）、差距、负责的任务与单位", "the goals of the plan: present values (or what data is missing), how far, which tasks and bodies answer for each", "plan status", {"--doc", "tianjin-2022", NULL}},
        {"为什么：一个目标，从原句到数据", "why: one goal, from its sentence to the data", "why", {"ADDRESS", "heng:goal/tianjin-2022/g2fa7fa", "--depth", "5", "--leaves", "1", NULL}}};
    say(c, "\n%zu. %s", "\n%zu. %s", number, c->lang == HENG_ZH ? "规划：四份文件读成目标、任务与责任单位" : "plans: four documents read into goals, tasks and bodies");
    if (!run_step(c, "plan import", (const char *const[]){"FILE", arena_printf(c->a, "%s/plans", examples_folder()), NULL}, err)) return false;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        say(c, "\n%zu. %s", "\n%zu. %s", number + 1 + i, c->lang == HENG_ZH ? steps[i].zh : steps[i].en);
        if (!run_step(c, steps[i].name, steps[i].given, err)) return false;
    }
    return true;
}

static void say_next(ops_call *c)
{
    bool zh = c->lang == HENG_ZH;
    const char *db = c->book_path;
    say(c, "%s", "%s", zh ? "接下来可以试试：" : "what to try next:");
    say(c, "  heng --db %s account energy --party 天津 --period 2021 --form physical", "  heng --db %s account energy --party 120000 --period 2021 --form physical", db);
    say(c, "  heng --db %s reconcile balance_2014", "  heng --db %s reconcile balance_2014", db);
    say(c, "  heng --db %s plan compare tianjin-2022 tianshui-2022 xiqing-2023;  heng --db %s systems --asked", "  heng --db %s plan compare tianjin-2022 tianshui-2022 xiqing-2023;  heng --db %s systems --asked", db, db);
    say(c, "  heng --db %s template movements my.xlsx   # 填写后 heng import my.xlsx", "  heng --db %s template movements my.xlsx   # fill it, then heng import my.xlsx", db);
    say(c, "  heng --db %s verify;  heng conform;  heng help", "  heng --db %s verify;  heng conform;  heng help", db);
}

bool op_demo(ops_call *c, heng_err *err)
{
    text dir = ops_get(c, "--dir");
    const char *folder = dir.len ? text_str(c->a, dir) : "demo";
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return err_fill(err, &MSG_OPS_NO_FOLDER, folder, strerrorname_np(errno), NULL);
    c->book_path = arena_printf(c->a, "%s/tianjin.heng", folder);
    remove_book(c->book_path, c->a); /* the demo's own file, made anew each time */
    say(c, "演示：天津市公布的能源平衡表，装入 %s", "demo: Tianjin's published energy balances, loaded into %s", c->book_path);
    bool ok = load_city(c, err);
    for (size_t i = 0; ok && i < sizeof STEPS / sizeof STEPS[0]; i++) {
        say(c, "\n%zu. %s", "\n%zu. %s", i + 1, c->lang == HENG_ZH ? STEPS[i].zh : STEPS[i].en);
        ok = run_step(c, STEPS[i].name, STEPS[i].given, err);
    }
    ok = ok && show_plans(c, sizeof STEPS / sizeof STEPS[0] + 1, err);
    book_close(c->book);
    c->book = NULL;
    if (!c->wants_rows) c->out = sheet_book_new(c->a);
    if (ok) say_next(c);
    return ok;
}
