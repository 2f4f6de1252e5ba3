/*
 * The shipped example: every cell of Tianjin's accounts of 2021 and 2014 is explained down to file rows, and the explanation adds up;
 * every row of every reconciliation and every indicator of the pack too.
 */
#include "city.h"
#include "intake.h"

static void load(city *c, const char *file, const char *mapping)
{
    char path[512];
    intake_report report = {0};
    intake_options o = {.mapping = text_of(mapping), .quiet = true};
    snprintf(path, sizeof path, "%s/%s", TEST_TIANJIN, file);
    must_work(intake_file(c->b, &c->a, path, &o, &report, &c->err), &c->err, file);
    check(report.receipt.refused == 0 && report.receipt.created > 0, file);
}

static void load_parties(city *c)
{
    static const char *const attrs[] = {"name_zh", "name_en", "short_names", "place", "owner", "industry", "region_code", "role"};
    const rule_row *const *rows;
    size_t count = rule_rows(c->r, "parties", &rows), facts = 0;
    book_party_new *parties = NEW_ARRAY(&c->a, count, book_party_new);
    book_party_fact *list = NEW_ARRAY(&c->a, count * 8, book_party_fact);
    for (size_t i = 0; i < count; i++) {
        parties[i] = (book_party_new){rule_cell(rows[i], "code"), rule_party_class_find(c->r, rule_cell(rows[i], "class")), 0};
        for (size_t k = 0; k < 8; k++) {
            text v = rule_cell(rows[i], attrs[k]);
            if (v.len) list[facts++] = (book_party_fact){parties[i].code, k == 2 ? TEXT("short_name") : text_of(attrs[k]), v, day_from(1949, 10, 1), 0};
        }
    }
    book_batch batch = {.source = TEXT("pack"), .all_or_none = true, .party_count = count, .parties = parties, .party_fact_count = facts, .party_facts = list};
    book_receipt receipt;
    must_work(book_post(c->b, &c->a, &batch, NULL, &receipt, &c->err), &c->err, "parties");
    check(receipt.refused == 0, "the pack's parties are posted");
}

static void make(city *c)
{
    heng_err items[8];
    rule_faults faults = {items, 0, 8, 0};
    const rule_set *r;
    const char *folders[] = {TEST_RULEBOOK, TEST_TIANJIN "/pack"};
    *c = (city){0};
    snprintf(c->folder, sizeof c->folder, "/tmp/heng-account-XXXXXX");
    must_work(mkdtemp(c->folder) != NULL, &c->err, "folder");
    snprintf(c->path, sizeof c->path, "%s/tianjin.heng", c->folder);
    book_options o = {.fixed_now_us = CITY_NOW, .user = TEXT("tester")};
    must_work(book_create(c->path, &o, &c->b, &c->err), &c->err, "create");
    bool ok = rule_load_folders(&c->a, folders, 2, &r, &faults, &c->err);
    must_work(ok, faults.count ? &items[0] : &c->err, "rules");
    book_batch batch = {.source = TEXT("pack"), .rules = r};
    must_work(book_post(c->b, &c->a, &batch, NULL, NULL, &c->err), &c->err, "posting rules");
    must_work(book_rules(c->b, &c->r, &c->err), &c->err, "reading rules");
    load_parties(c);
    load(c, "energy_balance_2021.csv", "eb_tj_2021");
    load(c, "energy_balance_2010_2014.csv", "eb_tj_2014");
    load(c, "ceads_2014.csv", "");
    load(c, "city_statistics.csv", "");
}

static void tables(city *c, account *x, const char *year)
{
    account_table t;
    heng_err err = {0};
    int32_t tianjin = book_party_find(c->b, TEXT("120000"));
    period y = when_of(c, year);
    for (int form = ENERGY_PHYSICAL; form <= ENERGY_SUMMARY; form++) {
        if (!check_ok(account_energy(x, &c->a, tianjin, y, (account_energy_form)form, &t, &err), &err, "the energy account")) return;
        check_whys(x, &t, "every cell of the energy account adds up from its file rows");
    }
    if (check_ok(account_carbon(x, &c->a, tianjin, y, &t, &err), &err, "the carbon account")) check_whys(x, &t, "every cell of the carbon account adds up from its file rows");
    if (check_ok(account_supply_use(x, &c->a, tianjin, y, &t, &err), &err, "supply and use")) check_whys(x, &t, "every cell of supply and use adds up from its file rows");
    if (check_ok(account_energy_members(x, &c->a, tianjin, y, &t, &err), &err, "by member")) check_whys(x, &t, "every cell by member adds up from its file rows");
}

static void check_value(account *x, const account_value *v, text address, size_t *checked, size_t *failed)
{
    arena scratch = {0};
    why_node *root = NULL;
    heng_err err = {0};
    char line[1024] = "";
    bool ok = account_why(x, &scratch, address, &root, &err);
    if (!ok) err_format(&err, HENG_EN, line, sizeof line);
    ok = ok && why_check(&scratch, root, NULL) && (v->value ? root->value && rat_equal(root->value, v->value) : !root->value);
    ++*checked;
    if (!ok && (*failed)++ == 0) printf("# %.*s: %s\n", TEXT_FMT(address), line);
    arena_free(&scratch);
}

static void values(city *c, account *x)
{
    size_t checked = 0, failed = 0;
    int32_t tianjin = book_party_find(c->b, TEXT("120000"));
    for (size_t i = 0; i < c->r->indicator_count; i++) {
        account_value v;
        heng_err err = {0};
        if (!account_indicator(x, &c->a, (int32_t)i, tianjin, when_of(c, "2021"), 2014, &v, &err)) {
            check_ok(false, &err, "an indicator of the pack");
            continue;
        }
        check_value(x, &v, v.address, &checked, &failed);
    }
    check(failed == 0 && checked > 80, "every indicator of the pack is explained, or says what is missing");
    printf("# %zu indicators\n", checked);
}

static void reconciled(city *c, account *x)
{
    text *names;
    size_t count = account_reconcile_tables(x, &c->a, &names), checked = 0, failed = 0;
    check(count > 0, "there are tables to reconcile");
    for (size_t i = 0; i < count; i++) {
        account_reconcile_line *lines;
        size_t line_count;
        heng_err err = {0};
        if (!check_ok(account_reconcile(x, &c->a, names[i], &lines, &line_count, &err), &err, "a table is reconciled")) continue;
        for (size_t l = 0; l < line_count; l++) check_value(x, &(account_value){.value = lines[l].difference}, lines[l].address, &checked, &failed);
    }
    check(failed == 0 && checked > 100, "every difference is explained");
    printf("# %zu reconciliation lines\n", checked);
}

/* Leaves are file rows, printed. */
static size_t count_rows(const why_node *n, size_t *ret_printed)
{
    size_t rows = n->kind == WHY_ROW;
    *ret_printed += n->kind == WHY_ROW && n->detail.len > 0;
    for (const why_node *k = n->first; k; k = k->next) rows += count_rows(k, ret_printed);
    return rows;
}

static void leaves(city *c, account *x)
{
    why_node *root;
    heng_err err = {0};
    size_t shown_rows = 0;
    if (!check_ok(account_why(x, &c->a, TEXT("heng:energy/120000/2021/supply/total"), &root, &err), &err, "primary supply of 2021")) return;
    check_text(rat_exact(&c->a, root->value), TEXT("75371073.6"), "is 75.371 Mtce");
    size_t rows = count_rows(root, &shown_rows);
    check(rows > 50 && rows == shown_rows, "every leaf is a row of the file, printed as it stands");
}

/* A row of a reconciliation has a profile of its own; the view that was opened for the question has summed nothing itself. */
static void asked_first(city *c)
{
    account_options o = {.known_us = BOOK_KNOWN_NOW};
    account *x;
    why_node *root;
    heng_err err = {0};
    size_t shown_rows = 0;
    if (!check_ok(account_open(&c->a, c->b, &o, &x, &err), &err, "a fresh view")) return;
    if (!check_ok(account_why(x, &c->a, TEXT("heng:reconcile/ceads_2014_fuel/raw_coal"), &root, &err), &err, "explains a difference as its first question")) return;
    check(count_rows(root, &shown_rows) > 0 && shown_rows > 0, "down to rows of the file");
}

int main(void)
{
    city c;
    make(&c);
    asked_first(&c);
    account_options o = {.known_us = BOOK_KNOWN_NOW};
    account *x;
    must_work(account_open(&c.a, c.b, &o, &x, &c.err), &c.err, "account");
    tables(&c, x, "2021");
    tables(&c, x, "2014");
    values(&c, x);
    reconciled(&c, x);
    leaves(&c, x);
    city_remove(&c);
    return check_done();
}
