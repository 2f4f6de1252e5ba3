/* heng account, why: derived tables and their explanation. */
#include "ops_internal.h"
#include "op_report.h"
#include "plan_view.h"
#include "why_reading.h"

static bool subject(ops_call *c, int32_t *party, period *when, account **x, heng_err *err)
{
    return want_period(c, "--period", when, err) && want_party(c, "--party", when->start_us, party, NULL, err) && want_account(c, x, err);
}

/* In text and spreadsheets people's units; csv and json hold exact values in the account's own units. */
static void show(ops_call *c, account *x, const account_table *t) { show_table(c, account_rules(x), t, !c->wants_exact); }

bool op_account_energy(ops_call *c, heng_err *err)
{
    int32_t party;
    period when;
    account *x;
    account_table t;
    text form = ops_get(c, "--form");
    if (!subject(c, &party, &when, &x, err)) return false;
    bool ok = text_is(form, "members")    ? account_energy_members(x, c->a, party, when, &t, err)
              : text_is(form, "physical") ? account_energy(x, c->a, party, when, ENERGY_PHYSICAL, &t, err)
              : text_is(form, "summary")  ? account_energy(x, c->a, party, when, ENERGY_SUMMARY, &t, err)
                                          : account_energy(x, c->a, party, when, ENERGY_STANDARD, &t, err);
    if (ok) show(c, x, &t), report_notes(c, party, when);
    account_close(x);
    return ok;
}

typedef bool account_fn(account *, arena *, int32_t, period, account_table *, heng_err *);

static bool one_table(ops_call *c, account_fn *fn, heng_err *err)
{
    int32_t party;
    period when;
    account *x;
    account_table t;
    if (!subject(c, &party, &when, &x, err)) return false;
    bool ok = fn(x, c->a, party, when, &t, err);
    if (ok) show(c, x, &t), report_notes(c, party, when);
    account_close(x);
    return ok;
}

bool op_account_carbon(ops_call *c, heng_err *err) { return one_table(c, account_carbon, err); }
bool op_account_supply_use(ops_call *c, heng_err *err) { return one_table(c, account_supply_use, err); }

bool op_account_holdings(ops_call *c, heng_err *err)
{
    int32_t party;
    account *x;
    account_table t;
    if (!want_party(c, "--party", 0, &party, NULL, err) || !want_account(c, &x, err)) return false;
    bool ok = account_holdings(x, c->a, party, &t, err);
    if (ok) show(c, x, &t);
    account_close(x);
    return ok;
}

/* An explanation as rows from the top down: csv, spreadsheets, and the demo's steps. */
static void why_rows(ops_call *c, sheet *s, const why_node *n, int level, int depth)
{
    enum { LEVEL_MAX = 200 };
    text label = c->lang == HENG_EN && n->label_en.len ? n->label_en : n->label_zh;
    sheet_row(s, (text[]){number_text(c->a, level), text_of(why_kind_name(n->kind)), label, exact_number(c->a, n->value), n->unit, n->detail, n->source, n->address});
    sheet_row_style(s, level, false);
    if (level >= LEVEL_MAX || (depth && level >= depth)) return;
    for (const why_node *k = n->first; k; k = k->next) why_rows(c, s, k, level + 1, depth);
}

static void why_sheet(ops_call *c, const why_node *root, int depth)
{
    const sheet_column columns[] = {column(TEXT("level"), pick(c->lang, "层", "level"), true), column(TEXT("kind"), pick(c->lang, "方式", "kind"), false),
                                    column(TEXT("label"), pick(c->lang, "内容", "what"), false), column(TEXT("value"), pick(c->lang, "数值", "value"), true),
                                    column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("detail"), pick(c->lang, "细节", "detail"), false),
                                    column(TEXT("source"), pick(c->lang, "来源", "source"), false), column(TEXT("address"), pick(c->lang, "地址", "address"), false)};
    why_rows(c, sheet_new(c->out, TEXT("why"), TEXT("why"), columns, 8), root, 0, depth);
}

static void show_why(ops_call *c, const why_node *root, int depth, int leaves)
{
    if (c->wants_json) c->raw = why_json(c->a, root);
    else if (c->wants_rows) why_sheet(c, root, depth);
    else c->raw = why_text(c->a, root, c->lang, depth, leaves);
}

bool op_why(ops_call *c, heng_err *err)
{
    int64_t depth = 0, leaves = 20;
    account *x;
    why_node *root;
    if (ops_has(c, "--depth") && !want_number(c, "--depth", &depth, err)) return false;
    if (ops_has(c, "--leaves") && !want_number(c, "--leaves", &leaves, err)) return false;
    addr at;
    if (!addr_parse(c->a, ops_get(c, "ADDRESS"), &at, err)) return false;
    bool is_goal = text_is(at.kind, "goal");
    bool is_report = text_is(at.kind, "report");
    if (is_goal || is_report || text_is(at.kind, "reading")) {
        if (!(is_goal ? why_goal(c, &at, &root, err) : is_report ? why_report(c, &at, &root, err) : why_reading(c, &at, &root, err))) return false;
        show_why(c, root, (int)depth, (int)leaves);
        return true;
    }
    if (!want_account(c, &x, err)) return false;
    meter_book *m = NULL;
    bool ok = !text_is(at.kind, "bound") || account_asks_meters(c, x, &m, err);
    ok = ok && account_why(x, c->a, ops_get(c, "ADDRESS"), &root, err);
    if (ok) why_of_goal_bound(c, &at, root), why_of_meter_movement(c, &at, root), why_of_report_movement(c, &at, root);
    if (ok) show_why(c, root, (int)depth, (int)leaves);
    meter_book_close(m);
    account_close(x);
    return ok;
}
