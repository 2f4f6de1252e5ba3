/* Two times: as known then, restated after closing, editions and what has changed; addresses that name another view. */
#include "city.h"

static text coal_in(city *c, const account_options *o)
{
    account_table t;
    heng_err err = {0};
    account *x = city_account(c, o);
    must_work(account_energy(x, &c->a, c->city, when_of(c, "2021"), ENERGY_STANDARD, &t, &err), &err, "energy");
    return shown(c, cell_of(&t, "import_domestic", "raw_coal"));
}

static void as_known(city *c, int64_t before)
{
    account_options then = {.known_us = before};
    account_table t;
    heng_err err = {0};
    why_node *root;
    city_post(c, "coal in", move(c, c->rest, c->yard, "raw_coal", "import", "1100", "2021"));
    check_text(coal_in(c, NULL), TEXT("770"), "a correction replaces the amount");
    check_text(coal_in(c, &then), TEXT("700"), "as known before it, the old amount stands");
    city_factors f = CITY_FACTORS;
    f.coal_tce = "0.71";
    city_pack(c, &f);
    city_load_rules(c);
    check_text(coal_in(c, NULL), TEXT("781"), "a new factor counts from now on");
    check_text(coal_in(c, &then), TEXT("700"), "as known before it, the old factor stands");
    city_fact(c, "yard", "place", "rest_of_china", day_from(2021, 6, 1));
    account *x = city_account(c, &then);
    must_work(account_energy(x, &c->a, c->city, when_of(c, "2021"), ENERGY_STANDARD, &t, &err), &err, "energy");
    text address = address_of_cell(&c->a, &t, TEXT("import_domestic"), TEXT("raw_coal"));
    check_ok(account_why(city_account(c, NULL), &c->a, address, &root, &err), &err, "an address that names its known-time is explained from any view");
    check_text(rat_exact(&c->a, root->value), TEXT("700"), "with the number of then");
    check(why_check(&c->a, root, NULL), "which adds up");
    city_fact(c, "yard", "place", "park", day_from(2021, 6, 1));
    check_text(coal_in(c, NULL), TEXT("781"), "back inside");
}

static void closing(city *c)
{
    account_table t;
    heng_err err = {0};
    book_closing k = {.party = c->city, .when = when_of(c, "2021"), .reason = TEXT("year end")};
    book_batch batch = {.source = TEXT("test"), .closing_count = 1, .closings = &k};
    must_work(book_post(c->b, &c->a, &batch, NULL, NULL, &c->err), &c->err, "closing");
    account *x = city_account(c, NULL);
    check_ok(account_energy(x, &c->a, c->city, when_of(c, "2021"), ENERGY_PHYSICAL, &t, &err), &err, "a closed year");
    check(!cell_of(&t, "import_domestic", "raw_coal.t")->is_restated, "nothing is restated yet");
    book_receipt r = city_post(c, "coal in", move(c, c->rest, c->yard, "raw_coal", "import", "1150", "2021"));
    check_int(r.restated, 1, "a late correction is a restatement");
    x = city_account(c, NULL);
    check_ok(account_energy(x, &c->a, c->city, when_of(c, "2021"), ENERGY_PHYSICAL, &t, &err), &err, "the year afterwards");
    check(cell_of(&t, "import_domestic", "raw_coal.t")->is_restated, "the cell is marked");
    check(cell_of(&t, "difference", "raw_coal.t")->is_restated, "and the totals over it");
    check(!cell_of(&t, "import_domestic", "electricity.kWh")->is_restated, "other cells are not");
    bool noted = false;
    for (size_t i = 0; i < t.note_count; i++) {
        size_t at;
        noted |= text_find(t.notes[i].en, TEXT("restated since closing"), &at) && text_find(t.notes[i].en, TEXT("+50"), &at);
    }
    check(noted, "the note says by how much");
}

static void editions(city *c)
{
    account_table t;
    heng_err err = {0};
    book_receipt receipt = {0};
    account_edition_change *changes;
    size_t count;
    account *x = city_account(c, NULL);
    must_work(account_energy(x, &c->a, c->city, when_of(c, "2021"), ENERGY_STANDARD, &t, &err), &err, "energy");
    check_ok(account_edition_issue(x, &c->a, TEXT("2021-prelim"), TEXT("preliminary"), TEXT("2021 初步核算"), t.address, &receipt, &err), &err, "an account is issued");
    check_ok(account_edition_diff(city_account(c, NULL), &c->a, TEXT("2021-prelim"), &changes, &count, &err), &err, "compared at once");
    check_int((int64_t)count, 0, "nothing has changed");
    city_post(c, "coal of the mill", move(c, c->yard, c->mill, "raw_coal", "use", "151", "2021"));
    check_ok(account_edition_diff(city_account(c, NULL), &c->a, TEXT("2021-prelim"), &changes, &count, &err), &err, "compared after a correction");
    bool found = false;
    for (size_t i = 0; i < count; i++)
        if (text_is(changes[i].line, "final_industry_energy") && text_is(changes[i].column, "raw_coal"))
            found = changes[i].then && changes[i].now && text_is(rat_exact(&c->a, rat_sub(&c->a, changes[i].now, changes[i].then)), "0.71");
    check(found, "the changed cell is listed with its exact difference");
    check(count >= 4, "and what lies over it");
    check_fails(account_edition_diff(x, &c->a, TEXT("none"), &changes, &count, &err), &err, "account.edition_unknown", "an edition that is not there");
    why_node *root;
    check_ok(account_why(x, &c->a, TEXT("heng:edition/2021-prelim"), &root, &err), &err, "an edition has an address");
}

static void addresses(city *c)
{
    static const struct { const char *says, *address, *id; } BAD[] = {
        {"no address at all", "hello", "base.address_bad"},
        {"an unknown kind", "heng:poem/1", "account.address_kind"},
        {"no period", "heng:energy/city", "account.address_parts"},
        {"too many parts", "heng:energy/city/2021/total/total/total", "account.address_parts"},
        {"an unknown line", "heng:energy/city/2021/nothing/raw_coal?profile=test", "account.line_unknown"},
        {"an unknown column", "heng:energy/city/2021/supply/gold?profile=test", "account.column_unknown"},
        {"an empty cell", "heng:energy/city/2021/final_construction/raw_coal?profile=test", "account.cell_empty"},
        {"an unknown party", "heng:energy/nobody/2021/supply/raw_coal", "account.party_unknown"},
        {"an unknown profile", "heng:energy/city/2021/supply/raw_coal?profile=none", "account.profile_absent"},
        {"an unknown basis", "heng:energy/city/2021/supply/raw_coal?basis=equivalent", "account.basis_unknown"},
        {"an unknown form", "heng:energy/city/2021/supply/raw_coal?form=round", "account.form_unknown"},
        {"other rules", "heng:energy/city/2021/supply/raw_coal?pack=000000000000", "account.address_pack"},
        {"an unknown movement", "heng:movement/999999", "account.not_found"},
        {"a movement that is no number", "heng:movement/x", "account.not_found"},
        {"an unknown factor", "heng:factor/conversions/x", "account.not_found"},
        {"an unknown indicator", "heng:indicator/x/city/2021", "account.indicator_unknown"},
        {"a bad known-time", "heng:energy/city/2021/supply/raw_coal?known=soon", "account.known_bad"}};
    static const struct { const char *says, *address; } SHORT[] = {{"a table stands for its total", "heng:energy/city/2021?profile=test"},
        {"a line for its total", "heng:energy/city/2021/supply?profile=test"}, {"a column for its total", "heng:energy/city/2021/raw_coal?profile=test"},
        {"a carbon account for its CO2", "heng:carbon/city/2021?profile=test"}, {"supply and use too", "heng:supply-use/city/2021?profile=test"}};
    account *x = city_account(c, NULL);
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++) {
        heng_err err = {0};
        why_node *root;
        check_ok(account_why(x, &c->a, text_of(SHORT[i].address), &root, &err), &err, SHORT[i].says);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err = {0};
        why_node *root;
        check_fails(account_why(x, &c->a, text_of(BAD[i].address), &root, &err), &err, BAD[i].id, BAD[i].says);
    }
}

/* Every address inside an explanation is itself explained. */
static void follow(account *x, const why_node *n, size_t *count, size_t *failed)
{
    if (n->address.len > 0) {
        arena scratch = {0};
        why_node *root;
        heng_err err = {0};
        char line[1024];
        ++*count;
        if (!account_why(x, &scratch, n->address, &root, &err) && (*failed)++ == 0) {
            err_format(&err, HENG_EN, line, sizeof line);
            printf("# %.*s: %s\n", TEXT_FMT(n->address), line);
        }
        arena_free(&scratch);
    }
    for (const why_node *k = n->first; k; k = k->next) follow(x, k, count, failed);
}

static void inner_addresses(city *c)
{
    heng_err err = {0};
    why_node *root;
    size_t count = 0, failed = 0;
    account *x = city_account(c, NULL);
    if (!check_ok(account_why(x, &c->a, TEXT("heng:energy/city/2021/difference/total?profile=test"), &root, &err), &err, "the difference of all is explained")) return;
    follow(x, root, &count, &failed);
    printf("# %zu addresses followed\n", count);
    check(count > 20 && failed == 0, "every address in an explanation can be followed");
}

static void snapshot(city *c)
{
    char file[200];
    text with = coal_in(c, NULL);
    account_options without = {.known_us = BOOK_KNOWN_NOW, .no_snapshot = true};
    snprintf(file, sizeof file, "%s-columns", c->path);
    check(access(file, R_OK) == 0, "the columns are kept beside the book");
    check_text(coal_in(c, &without), with, "and give what the store gives");
    FILE *f = fopen(file, "r+");
    if (f && fseek(f, -70, SEEK_END) == 0) fputc('x', f);
    if (f) fclose(f);
    check_text(coal_in(c, NULL), with, "a damaged file is made again");
    if (truncate(file, 300) != 0) printf("# not cut\n");
    check_text(coal_in(c, NULL), with, "a cut one too");
    city_post(c, "coal in", move(c, c->rest, c->yard, "raw_coal", "import", "1000", "2021"));
    check_text(coal_in(c, NULL), TEXT("710"), "a stale one is not used");
}

int main(void)
{
    city c;
    book_head head;
    city_make(&c);
    city_year(&c, "2021");
    must_work(book_head_of(c.b, &head, &c.err), &c.err, "head");
    as_known(&c, head.known_us);
    closing(&c);
    editions(&c);
    addresses(&c);
    inner_addresses(&c);
    snapshot(&c);
    city_remove(&c);
    return check_done();
}
