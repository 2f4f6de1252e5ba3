/* heng account, why: derived tables and their explanation. */
#include "ops_internal.h"

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
    if (ok) show(c, x, &t);
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
    if (ok) show(c, x, &t);
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

bool op_why(ops_call *c, heng_err *err)
{
    int64_t depth = 0, leaves = 20;
    account *x;
    why_node *root;
    if (ops_has(c, "--depth") && !want_number(c, "--depth", &depth, err)) return false;
    if (ops_has(c, "--leaves") && !want_number(c, "--leaves", &leaves, err)) return false;
    if (!want_account(c, &x, err)) return false;
    bool ok = account_why(x, c->a, ops_get(c, "ADDRESS"), &root, err);
    if (ok) c->raw = c->wants_json ? why_json(c->a, root) : why_text(c->a, root, c->lang, (int)depth, (int)leaves);
    account_close(x);
    return ok;
}
