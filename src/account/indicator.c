/*
 * Indicators: the formula language over the accounts.
 *
 * Every amount in a formula is a frame of one cell, made of the same terms as the tables, so its value and its explanation come from
 * one place. Data that are not there make the value missing and say which. No movement at all of what a selector means is no data; a
 * selector of energy that finds nothing in a period whose energy is recorded is 0.
 */
#include <stdlib.h>
#include "inside.h"

typedef struct amount { frame f; const selection *s; size_t seen; int32_t unit; } amount;

/* ---- Time ---- */

static text when_text(const formula_run *run, period p) { return period_format(run->a, run->x->zone, p); }

static void set_missing(arena *a, formula_value *v, text what)
{
    text *list = NEW(a, text);
    *list = what;
    *v = (formula_value){.missing_count = 1, .missing = list};
}

/* The period meant; false (with the value missing) when no base year was given. */
static bool at_time(const formula_run *run, formula_when when, period *ret, formula_value *v, heng_err *err)
{
    int32_t first, count;
    *ret = run->when;
    if (when.kind == FORMULA_NOW) return true;
    if (when.kind == FORMULA_BASE && run->base_year == 0) return set_missing(run->a, v, TEXT("no base year given")), false;
    if (!period_in_months(run->x, run->when, &first, &count, err)) return false;
    int year = when.kind == FORMULA_BASE ? run->base_year + (count == 12 ? when.n : 0) : when.n;
    int32_t start = when.kind == FORMULA_OFFSET ? first + when.n * count : month_from(year, month_number(first));
    if (when.kind == FORMULA_BASE && count != 12) start += when.n * count;
    *ret = period_months(run->x->zone, start, count);
    return true;
}

/* ---- One amount ---- */

static void amount_init(formula_run *run, amount *m, const selection *s, text written, int32_t unit)
{
    *m = (amount){.s = s, .unit = unit};
    if (run->first_unit == RULE_NONE) run->first_unit = unit;
    frame_init(&m->f, run->x, run->a);
    text name = printed(run->a, "%.*s %.*s", TEXT_FMT(written), TEXT_FMT(when_text(run, s->when)));
    frame_line(&m->f, TEXT("amount"), (rule_name){name, name}, 0, false, false);
    frame_column(&m->f, TEXT("value"), (rule_name){party_name(&s->state->parties.items[s->party], HENG_ZH), party_name(&s->state->parties.items[s->party], HENG_EN)}, run->x->r->units[unit].id);
}

static bool amount_add(formula_run *run, amount *m, uint32_t g, int sign, text basis, heng_err *err)
{
    const group *k = &m->s->groups[g];
    const factor *by;
    int32_t base;
    bool is_scale = unit_is_energy_scale(run->x, m->unit, &base) && is_energy(run->x, k->commodity);
    const trait *actor = trait_actor(run->x, m->s, k), *giver = &m->s->traits[k->giver], *taker = &m->s->traits[k->taker];
    factor_ask q = factor_ask_of(run->x, m->s, k, is_scale ? FACTOR_ENERGY : FACTOR_UNIT, actor->inside ? actor : giver->inside ? giver : taker);
    q.to_unit = m->unit, q.sector = RULE_NONE;
    if (is_scale && basis.len > 0) q.basis = basis;
    if (!is_scale) q.place = (text){0}, q.day = 0, q.basis = (text){0};
    if (!factor_get(run->x, &q, &by, err)) return false;
    frame_term(&m->f, 0, 0, m->s, g, sign, by);
    return true;
}

static bool amount_done(formula_run *run, amount *m, formula_value *ret, heng_err *err)
{
    const rule_unit *u = &run->x->r->units[m->unit];
    frame_ready(&m->f);
    const frame_value *v = frame_cell(&m->f, 0, 0);
    const rat *value = v->is_empty ? rat_int(run->a, 0) : v->value;
    if (!value) set_missing(run->a, ret, v->missing);
    else *ret = (formula_value){.value = rat_mul(run->a, value, u->factor), .dim = u->dim, .is_flagged = v->is_flagged};
    if (!run->want_why) return true;
    if (!frame_why(&m->f, 0, 0, run->rows, &ret->why, err)) return false;
    ret->why->address = (text){0};
    if (value && v->is_empty) ret->why->kind = WHY_SUM, ret->why->value = value;
    return true;
}

/* Is nothing of what the selector means in the book for this party and period? */
static bool has_data(const account *x, const selection *s, const selector *what)
{
    bool any_energy = false;
    for (size_t g = 0; g < s->group_count; g++) {
        if (what && selector_match(x->r, what, s->groups[g].commodity)) return true;
        any_energy |= is_energy(x, s->groups[g].commodity);
    }
    for (size_t c = 0; any_energy && what && c < x->r->commodity_count; c++)
        if (is_energy(x, (int32_t)c) && selector_match(x->r, what, (int32_t)c)) return true;
    return !what && any_energy;
}

static bool no_data(formula_run *run, const selection *s, text what, formula_value *ret)
{
    set_missing(run->a, ret, printed(run->a, "no data: %.*s %.*s", TEXT_FMT(what), TEXT_FMT(when_text(run, s->when))));
    return true;
}

/* ---- use, supply, flow, holding ---- */

static bool end_fits(const account *x, const formula_call *c, const trait *end)
{
    text sector = formula_arg_get(c, "sector"), role = formula_arg_get(c, "role");
    if (sector.len > 0) {
        int32_t want = rule_sector_find(x->r, sector);
        if (want < 0 || end->sector < 0 || !rule_sector_is_within(x->r, end->sector, want)) return false;
    }
    return role.len == 0 || (end->role >= 0 && end->role == rule_role_find(x->r, role));
}

static int sign_in_use(const account *x, const selection *s, const formula_call *c, const group *g)
{
    static const struct { const char *word; cell_part part; } WORDS[] = {{"final", PART_FINAL}, {"nonenergy", PART_NONENERGY}, {"loss", PART_LOSS},
                                                                         {"transform_in", PART_TRANSFORM_IN}, {"transform_out", PART_TRANSFORM_OUT}};
    text want = formula_arg_get(c, "part");
    cell_part part = part_of_kind(x, g->kind);
    if (!actor_is_inside(x, g) || !end_fits(x, c, trait_actor(x, s, g))) return 0;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].part == part) return want.len > 0 ? text_is(want, WORDS[i].word) : part == PART_TRANSFORM_OUT ? -1 : 1;
    return 0;
}

static int sign_in_supply(const account *x, const selection *s, const formula_call *c, const group *g)
{
    text want = formula_arg_get(c, "part");
    cell_part part = part_of_kind(x, g->kind);
    int border = border_sign(x, g), made = part == PART_PRODUCTION && actor_is_inside(x, g);
    int stock = !actor_is_inside(x, g) ? 0 : part == PART_STOCK_OUT ? 1 : part == PART_STOCK_IN ? -1 : 0;
    (void)s;
    if (text_is(want, "production")) return made;
    if (text_is(want, "import")) return border > 0;
    if (text_is(want, "export")) return border < 0;
    if (text_is(want, "stock")) return stock;
    return made + border + stock;
}

static bool party_fits(const account *x, text want, const trait *t)
{
    int32_t class_ = want.len > 0 ? rule_party_class_find(x->r, want) : RULE_NONE, role = want.len > 0 ? rule_role_find(x->r, want) : RULE_NONE;
    return want.len == 0 || (class_ >= 0 && t->class_ == class_) || (role >= 0 && t->role == role);
}

static int sign_in_flow(const account *x, const selection *s, const formula_call *c, const group *g)
{
    static const char *const basis[] = {"metered", "reported", "estimated", "apportioned"};
    text want = formula_arg_get(c, "basis");
    if (rule_kind_find(x->r, formula_arg_get(c, "kind")) != g->kind) return 0;
    if (want.len > 0 && !text_is(want, basis[g->basis & 3])) return 0;
    return party_fits(x, formula_arg_get(c, "from"), &s->traits[g->giver]) && party_fits(x, formula_arg_get(c, "to"), &s->traits[g->taker]);
}

static bool holds(const account *x, const group *g, const trait *t)
{
    if (!t->inside) return false;
    return x->r->commodities[g->commodity].class_ >= RULE_RIGHT || (t->class_ >= 0 && x->r->party_classes[t->class_].stores);
}

static int sign_in_holding(const account *x, const selection *s, const formula_call *c, const group *g)
{
    (void)c;
    return (int)holds(x, g, &s->traits[g->taker]) - (int)holds(x, g, &s->traits[g->giver]);
}

typedef int sign_fn(const account *, const selection *, const formula_call *, const group *);

static int32_t usual_unit(const account *x, const selector *what)
{
    for (size_t c = 0; c < x->r->commodity_count; c++)
        if (x->r->commodities[c].unit_count > 0 && selector_match(x->r, what, (int32_t)c)) return x->r->commodities[c].units[0];
    return RULE_NONE;
}

static bool call_amount(formula_run *run, const formula_call *c, period when, selection_view view, sign_fn *sign, formula_value *ret, heng_err *err)
{
    const selection *s;
    amount m;
    int32_t unit = c->unit != RULE_NONE ? c->unit : usual_unit(run->x, c->what);
    if (!account_select(run->x, run->party, when, view, &s, err)) return false;
    if (unit == RULE_NONE || !has_data(run->x, s, c->what)) return no_data(run, s, c->written, ret);
    amount_init(run, &m, s, c->written, unit);
    for (uint32_t g = 0; g < s->group_count; g++) {
        if (!selector_match(run->x->r, c->what, s->groups[g].commodity)) continue;
        int n = sign(run->x, s, c, &s->groups[g]);
        for (int i = 0; i < abs(n); i++)
            if (!amount_add(run, &m, g, n < 0 ? -1 : 1, formula_arg_get(c, "basis"), err)) return false;
    }
    return amount_done(run, &m, ret, err);
}

/* ---- emit ---- */

static bool emit_part_fits(text want, const carbon_item *item)
{
    bool is_indirect = item->part == CARBON_ELECTRICITY || item->part == CARBON_HEAT;
    if (item->part == CARBON_STORED || item->is_beside) return false;
    if (want.len == 0) return !is_indirect;
    if (text_is(want, "energy")) return item->part == CARBON_FUEL || is_indirect;
    return (text_is(want, "fuel") && item->part == CARBON_FUEL) || (text_is(want, "process") && item->part == CARBON_PROCESS) ||
           (text_is(want, "electricity") && item->part == CARBON_ELECTRICITY) || (text_is(want, "heat") && item->part == CARBON_HEAT);
}

static bool emit_gas_fits(text want, const carbon_item *item) { return text_is(want, "co2e") || text_equal(want, item->gas); }

static bool add_emission(formula_run *run, amount *m, const formula_call *c, const selector *fuel, bool truth_is_measured, uint32_t g, heng_err *err)
{
    const group *k = &m->s->groups[g];
    carbon_item items[CARBON_GASES_MAX];
    size_t count;
    const factor *by;
    if (fuel && !selector_match(run->x->r, fuel, k->commodity)) return true;
    if (!carbon_items_of(run->x, m->s, k, truth_is_measured, items, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!emit_part_fits(formula_arg_get(c, "part"), &items[i]) || !emit_gas_fits(c->name, &items[i]) || !end_fits(run->x, c, items[i].end)) continue;
        if (!carbon_factor(run->x, m->s, k, &items[i], text_is(c->name, "co2e"), &by, err)) return false;
        frame_term(&m->f, 0, 0, m->s, g, items[i].sign, by);
    }
    return true;
}

static bool call_emit(formula_run *run, const formula_call *c, period when, formula_value *ret, heng_err *err)
{
    const selection *s;
    amount m;
    bool truth_is_measured;
    size_t at;
    const selector *fuel = NULL;
    text written = formula_arg_get(c, "fuel");
    int32_t t = rule_unit_find(run->x->r, TEXT("t")), base;
    if (written.len > 0 && !selector_parse(run->a, run->x->r, written, &at, &fuel, err)) return false;
    if (!carbon_select(run->x, run->party, when, &s, &truth_is_measured, err)) return false;
    bool any = false;
    carbon_item item;
    for (size_t g = 0; g < s->group_count && !any; g++) any = carbon_item_of(run->x, s, &s->groups[g], truth_is_measured, &item);
    if (t < 0 || (!any && !has_data(run->x, s, NULL))) return no_data(run, s, c->written, ret);
    (void)base;
    amount_init(run, &m, s, c->written, t); /* factors give t; the formula carries it into the unit asked for */
    for (uint32_t g = 0; g < s->group_count; g++)
        if (!add_emission(run, &m, c, fuel, truth_is_measured, g, err)) return false;
    return amount_done(run, &m, ret, err);
}

/* ---- stat, chain ---- */

typedef struct observed { const rat *value; int32_t unit; why_node *why; } observed; /* unit: of r; value in it */

static const book_observation_row *newest(const book_observation_row *rows, size_t count, period when)
{
    const book_observation_row *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].when.start_us != when.start_us || rows[i].when.end_us != when.end_us) continue;
        int order = best ? text_compare(rows[i].vintage, best->vintage) : 1;
        if (order > 0 || (order == 0 && rows[i].known_us >= best->known_us)) best = &rows[i];
    }
    return best;
}

static why_node *observation_node(account *x, arena *a, why_rows *rows, const rule_set *now, const book_observation_row *o)
{
    const rule_statistic *s = &now->statistics[o->statistic];
    text when = period_format(a, x->zone, o->when);
    text item = o->item.len > 0 ? printed(a, " [%.*s]", TEXT_FMT(o->item)) : (text){0};
    why_node *n = why_new(a, WHY_OBSERVED, printed(a, "%.*s%.*s %.*s", TEXT_FMT(s->name.zh), TEXT_FMT(item), TEXT_FMT(when)), printed(a, "%.*s%.*s %.*s", TEXT_FMT(s->name.en), TEXT_FMT(item), TEXT_FMT(when)),
                          rat_scaled(a, o->count, o->scale), now->units[o->unit].id);
    n->address = printed(a, "heng:observation/%lld", (long long)o->id);
    n->source = o->source_note;
    if (o->vintage.len > 0) n->detail = printed(a, "vintage %.*s", TEXT_FMT(o->vintage));
    why_file_row(rows, n, o->delivery, o->row);
    return n;
}

why_node *why_of_observation(why_rows *rows, account *x, arena *a, const book_observation_row *o)
{
    const rule_set *now;
    heng_err ignored = {0};
    return book_rules(x->b, &now, &ignored) ? observation_node(x, a, rows, now, o) : NULL;
}

/* ret->value NULL when there is none. */
static bool observe(formula_run *run, text statistic, text item, period when, observed *ret, heng_err *err)
{
    const rule_set *now;
    book_observation_row *rows;
    size_t count;
    *ret = (observed){.unit = RULE_NONE};
    if (!book_rules(run->x->b, &now, err)) return false;
    int32_t at = rule_statistic_find(now, statistic);
    if (at < 0) return true;
    text exact = item.len > 0 ? item : TEXT("");
    if (!book_observations(run->x->b, run->a, run->party, at, exact, &when, run->x->known_us, &rows, &count, err)) return false;
    const book_observation_row *o = newest(rows, count, when);
    if (!o) return true;
    ret->unit = rule_unit_find(run->x->r, now->units[o->unit].id);
    if (ret->unit < 0) return true;
    ret->value = rat_scaled(run->a, o->count, o->scale);
    if (run->want_why) ret->why = observation_node(run->x, run->a, run->rows, now, o);
    if (run->first_unit == RULE_NONE) run->first_unit = ret->unit;
    return true;
}

static text no_observation(formula_run *run, text statistic, text item, period when)
{
    text t = when_text(run, when);
    if (item.len > 0) return printed(run->a, "no data: %.*s [%.*s] %.*s", TEXT_FMT(statistic), TEXT_FMT(item), TEXT_FMT(t));
    return printed(run->a, "no data: %.*s %.*s", TEXT_FMT(statistic), TEXT_FMT(t));
}

static bool call_stat(formula_run *run, const formula_call *c, period when, formula_value *ret, heng_err *err)
{
    observed o;
    text item = formula_arg_get(c, "item");
    if (!observe(run, c->name, item, when, &o, err)) return false;
    if (!o.value) return set_missing(run->a, ret, no_observation(run, c->name, item, when)), true;
    const rule_unit *u = &run->x->r->units[o.unit];
    *ret = (formula_value){.value = rat_mul(run->a, o.value, u->factor), .dim = u->dim, .why = o.why};
    return true;
}

/* 1 + growth, or the index itself, as a pure number. */
static const rat *rate_of(formula_run *run, const observed *o, bool is_index, why_node **ret_why)
{
    const rat *size = run->x->r->units[o->unit].factor, *pure = rat_mul(run->a, o->value, size);
    const rat *rate = is_index ? pure : rat_add(run->a, rat_int(run->a, 1), pure);
    if (!run->want_why) return rate;
    why_node *n = why_new(run->a, WHY_PRODUCT, o->why->label_zh, o->why->label_en, pure, (text){0});
    why_add(n, o->why);
    why_add(n, why_new(run->a, WHY_FACTOR, run->x->r->units[o->unit].id, run->x->r->units[o->unit].id, size, (text){0}));
    *ret_why = n;
    if (is_index) return rate;
    why_node *sum = why_new(run->a, WHY_SUM, TEXT("1+增长率"), TEXT("1 + growth"), rate, (text){0});
    why_add(sum, why_new(run->a, WHY_FACTOR, TEXT("1"), TEXT("1"), rat_int(run->a, 1), (text){0}));
    why_add(sum, n);
    *ret_why = sum;
    return rate;
}

typedef struct chain_work { formula_run *run; const formula_call *c; bool is_index; text *missing; size_t missing_count, missing_max; const rat *product; why_node *product_why; } chain_work;

static bool chain_years(chain_work *w, int from, int to, heng_err *err)
{
    w->product = rat_int(w->run->a, 1);
    w->product_why = why_new(w->run->a, WHY_PRODUCT, TEXT("逐年增长"), TEXT("growth, year by year"), NULL, (text){0});
    for (int year = from + 1; year <= to; year++) {
        observed o;
        why_node *why = NULL;
        period when = period_year(w->run->x->zone, year);
        if (!observe(w->run, w->c->name2, (text){0}, when, &o, err)) return false;
        if (!o.value) {
            *ARENA_PUSH(w->run->a, w->missing, w->missing_count, w->missing_max) = no_observation(w->run, w->c->name2, (text){0}, when);
            continue;
        }
        w->product = rat_mul(w->run->a, w->product, rate_of(w->run, &o, w->is_index, &why));
        if (why) why_add(w->product_why, why);
    }
    w->product_why->value = w->product;
    return true;
}

static bool call_chain(formula_run *run, const formula_call *c, period when, formula_value *ret, heng_err *err)
{
    bool ok;
    observed level;
    int base = (int)text_to_i64(formula_arg_get(c, "base"), &ok), year = month_year(zone_month_of(run->x->zone, when.start_us));
    int32_t growth = rule_statistic_find(run->x->r, c->name2);
    period base_year = period_year(run->x->zone, base), whole = period_year(run->x->zone, year);
    chain_work w = {.run = run, .c = c, .is_index = growth >= 0 && text_is(run->x->r->statistics[growth].nature, "index")};
    if (!ok || whole.start_us != when.start_us || whole.end_us != when.end_us) return set_missing(run->a, ret, no_observation(run, c->name, (text){0}, when)), true;
    if (!observe(run, c->name, (text){0}, base_year, &level, err)) return false;
    if (!level.value) *ARENA_PUSH(run->a, w.missing, w.missing_count, w.missing_max) = no_observation(run, c->name, (text){0}, base_year);
    if (!chain_years(&w, year >= base ? base : year, year >= base ? year : base, err)) return false;
    *ret = (formula_value){.missing_count = w.missing_count, .missing = w.missing};
    if (w.missing_count > 0) return true;
    const rule_unit *u = &run->x->r->units[level.unit];
    const rat *value;
    heng_err zero = {0};
    if (year >= base) value = rat_mul(run->a, level.value, w.product);
    else if (!rat_div(run->a, level.value, w.product, &value, &zero)) return set_missing(run->a, ret, TEXT("growth of -100 %")), true;
    *ret = (formula_value){.value = rat_mul(run->a, value, u->factor), .dim = u->dim};
    if (!run->want_why) return true;
    ret->why = why_new(run->a, year >= base ? WHY_PRODUCT : WHY_QUOTIENT, printed(run->a, "%.*s(%d年价)", TEXT_FMT(c->name), base), printed(run->a, "%.*s, chained to %d", TEXT_FMT(c->name), base), value, u->id);
    why_add(ret->why, level.why);
    if (year != base) why_add(ret->why, w.product_why);
    else ret->why->kind = WHY_SUM;
    return true;
}

/* ---- Other indicators ---- */

static bool source_call(void *context, const formula_call *c, formula_when when, arena *a, formula_value *ret, heng_err *err);
static bool source_indicator(void *context, int32_t indicator, formula_when when, arena *a, formula_value *ret, heng_err *err);

static bool eval_at(const formula_run *outer, int32_t indicator, period when, formula_value *ret, heng_err *err)
{
    const rule_indicator *i = &outer->x->r->indicators[indicator];
    formula_run run = *outer;
    formula_source source = {.context = &run, .want_why = run.want_why, .call = source_call, .indicator = source_indicator};
    run.when = when;
    if (++run.depth > ACCOUNT_DEPTH_MAX) return err_fill(err, &MSG_FORMULA_DEEP, text_str(run.a, i->id), "64", NULL);
    if (!i->formula) return set_missing(run.a, ret, printed(run.a, "not expressible: %.*s", TEXT_FMT(i->id))), true;
    if (!formula_eval(run.a, run.x->r, i->formula, &source, ret, err)) return false;
    if (ret->why) {
        why_node *named = why_new(run.a, ret->why->value ? WHY_SAME : WHY_MISSING, printed(run.a, "%.*s %.*s", TEXT_FMT(i->name.zh), TEXT_FMT(when_text(&run, when))),
                                  printed(run.a, "%.*s %.*s", TEXT_FMT(i->name.en), TEXT_FMT(when_text(&run, when))), ret->why->value, ret->why->unit);
        named->detail = i->formula_text;
        if (i->row) named->source = printed(run.a, "%.*s:%lld %.*s", TEXT_FMT(i->row->table), (long long)i->row->line, TEXT_FMT(i->row->source));
        why_add(named, ret->why);
        ret->why = named;
    }
    return true;
}

static bool call_total(formula_run *run, const formula_call *c, period when, formula_value *ret, heng_err *err)
{
    bool ok = true;
    text from = formula_arg_get(c, "from");
    int base = text_is(from, "base") ? run->base_year : (int)text_to_i64(from, &ok), year = month_year(zone_month_of(run->x->zone, when.start_us));
    int32_t at = rule_indicator_find(run->x->r, c->name);
    if (base == 0 || !ok) return set_missing(run->a, ret, TEXT("no base year given")), true;
    if (at < 0) return err_fill(err, &MSG_INDICATOR_UNKNOWN, text_str(run->a, c->name), NULL, NULL);
    formula_value sum = {.value = rat_int(run->a, 0)};
    text *missing = NULL;
    size_t missing_max = 0;
    why_node *why = run->want_why ? why_new(run->a, WHY_SUM, c->written, c->written, NULL, (text){0}) : NULL;
    const rat *shown = rat_int(run->a, 0);
    for (int y = base + 1; y <= year; y++) {
        formula_value v = {0};
        if (!eval_at(run, at, period_year(run->x->zone, y), &v, err)) return false;
        for (size_t i = 0; i < v.missing_count; i++) *ARENA_PUSH(run->a, missing, sum.missing_count, missing_max) = v.missing[i];
        sum.is_flagged |= v.is_flagged, sum.dim = v.dim;
        if (v.value) sum.value = rat_add(run->a, sum.value, v.value);
        if (why && v.why) why_add(why, v.why), why->unit = v.why->unit, shown = v.why->value ? rat_add(run->a, shown, v.why->value) : shown;
    }
    sum.missing = missing;
    if (sum.missing_count > 0) sum.value = NULL;
    else if (why) why->value = shown, sum.why = why;
    return *ret = sum, true;
}

static bool source_indicator(void *context, int32_t indicator, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    formula_run *run = context;
    period at;
    heng_err inner = {0};
    (void)a;
    if (!at_time(run, when, &at, ret, &inner)) return inner.message ? (*err = inner, false) : true;
    return eval_at(run, indicator, at, ret, err);
}

static bool source_call(void *context, const formula_call *c, formula_when when, arena *a, formula_value *ret, heng_err *err)
{
    formula_run *run = context;
    period at;
    heng_err inner = {0};
    (void)a;
    if (!at_time(run, when, &at, ret, &inner)) return inner.message ? (*err = inner, false) : true;
    if (text_is(c->function, "use")) return call_amount(run, c, at, VIEW_PLAIN, sign_in_use, ret, err);
    if (text_is(c->function, "supply")) return call_amount(run, c, at, VIEW_PLAIN, sign_in_supply, ret, err);
    if (text_is(c->function, "flow")) return call_amount(run, c, at, VIEW_PLAIN, sign_in_flow, ret, err);
    if (text_is(c->function, "holding")) return call_amount(run, c, at, VIEW_HOLDING, sign_in_holding, ret, err);
    if (text_is(c->function, "emit")) return call_emit(run, c, at, ret, err);
    if (text_is(c->function, "stat")) return call_stat(run, c, at, ret, err);
    if (text_is(c->function, "chain")) return call_chain(run, c, at, ret, err);
    if (text_is(c->function, "total")) return call_total(run, c, at, ret, err);
    return err_fill(err, &MSG_FORMULA_ARGUMENT, text_str(run->a, c->function), "function", text_str(run->a, c->written));
}

/* ---- Whole formulas ---- */

static text joined_missing(arena *a, const formula_value *v)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < v->missing_count; i++) {
        if (i > 0) buf_str(&b, "; ");
        buf_add(&b, v->missing[i]);
    }
    return buf_text(&b);
}

static void value_out(formula_run *run, const formula_value *v, int32_t unit, account_value *ret)
{
    *ret = (account_value){.unit = unit, .digits = 2, .is_flagged = v->is_flagged, .missing = joined_missing(run->a, v)};
    ret->value = unit == RULE_NONE ? v->value : formula_in_unit(run->a, run->x->r, v, unit);
}

/* The unit to show a formula in: that of its first amount where the dimension is the same, else a unit of size 1, else none (a pure number). */
static int32_t shown_unit(const formula_run *run, const formula *f)
{
    const rule_set *r = run->x->r;
    rule_dim d = formula_dim(f);
    if (run->first_unit != RULE_NONE && rule_dim_equal(r->units[run->first_unit].dim, d)) return run->first_unit;
    const rat *one = rat_int(run->a, 1);
    for (size_t i = 0; i < r->unit_count; i++)
        if (rule_dim_equal(r->units[i].dim, d) && rat_equal(r->units[i].factor, one)) return (int32_t)i;
    return RULE_NONE;
}

bool formula_run_text(formula_run *run, text formula_text, int32_t unit, account_value *ret, why_node **ret_why, heng_err *err)
{
    const formula *f;
    formula_value v = {0};
    formula_source source = {.context = run, .call = source_call, .indicator = source_indicator};
    bool want_why = run->want_why;
    if (!formula_parse(run->a, run->x->r, formula_text, unit, &f, err)) return false;
    if (unit == RULE_NONE) { /* a first time to find the unit */
        run->want_why = false;
        if (!formula_eval(run->a, run->x->r, f, &source, &v, err)) return false;
        unit = shown_unit(run, f);
        run->want_why = want_why;
        if (!formula_parse(run->a, run->x->r, formula_text, unit, &f, err)) return false;
    }
    source.want_why = want_why;
    if (!formula_eval(run->a, run->x->r, f, &source, &v, err)) return false;
    value_out(run, &v, unit, ret);
    if (ret_why) *ret_why = v.why;
    return true;
}

bool formula_run_indicator(formula_run *run, int32_t indicator, account_value *ret, why_node **ret_why, heng_err *err)
{
    const rule_indicator *i = &run->x->r->indicators[indicator];
    formula_value v = {0};
    if (!eval_at(run, indicator, run->when, &v, err)) return false;
    value_out(run, &v, i->unit, ret);
    ret->digits = i->digits;
    if (ret_why) *ret_why = v.why;
    return true;
}

static text default_profile(account *x, int32_t party, period when)
{
    const party_state *s;
    heng_err ignored = {0};
    int32_t day = zone_day_of(x->zone, when.start_us);
    if (x->o.profile.len > 0 || !party_state_at(x, zone_day_of(x->zone, when.end_us - 1), &s, &ignored)) return x->o.profile;
    if (party < 0 || (size_t)party >= s->parties.count) return x->o.profile;
    return account_profile(x, s->places[s->traits[s->trait_of[party]].place], day);
}

bool account_indicator(account *x, arena *a, int32_t indicator, int32_t party, period when, int base_year, account_value *ret, heng_err *err)
{
    formula_run run = {.x = x, .a = a, .party = party, .when = when, .base_year = base_year, .first_unit = RULE_NONE};
    addr at;
    if (indicator < 0 || (size_t)indicator >= x->r->indicator_count) return err_fill(err, &MSG_INDICATOR_UNKNOWN, "", NULL, NULL);
    if (!formula_run_indicator(&run, indicator, ret, NULL, err)) return false;
    address_of(x, a, "indicator", default_profile(x, party, when), &at);
    addr_part(&at, x->r->indicators[indicator].id);
    address_party(x, a, &at, party, when);
    if (base_year != 0) addr_set(&at, "base", printed(a, "%d", base_year));
    ret->address = addr_format(a, &at);
    return true;
}

bool account_formula(account *x, arena *a, text formula_text, int32_t unit, int32_t party, period when, int base_year, account_value *ret, heng_err *err)
{
    formula_run run = {.x = x, .a = a, .party = party, .when = when, .base_year = base_year, .first_unit = RULE_NONE};
    addr at;
    if (!formula_run_text(&run, formula_text, unit, ret, NULL, err)) return false;
    address_of(x, a, "formula", default_profile(x, party, when), &at);
    address_party(x, a, &at, party, when);
    addr_set(&at, "text", formula_text);
    addr_set(&at, "unit", ret->unit == RULE_NONE ? (text){0} : x->r->units[ret->unit].id);
    if (base_year != 0) addr_set(&at, "base", printed(a, "%d", base_year));
    ret->address = addr_format(a, &at);
    return true;
}
