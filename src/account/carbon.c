/*
 * The carbon account: CO2 by fuel and sector, process emissions, purchased electricity and heat apart.
 *
 *   burnt      amount x emission factor of the profile's choice, by the sector of who burns; in the total
 *   process    amount x process factor of each gas that the set has for it: CO2 in the column process, in the total; other gases
 *              in columns of their own, tonnes of the gas, and in CO2e
 *   nonenergy  a memo line: the CO2 that the carbon kept in products would be
 *   measured   movements of kind emit of a greenhouse gas: CO2 shown beside the computed, or counted in place of the computed
 *              emissions of the same party when the profile's source_of_truth is "measured"; other gases count in CO2e
 *   purchased  net electricity and heat over the subtree's border x the profile's factor: memo lines, in no total, so that
 *              electricity made inside is counted once, as the fuel burnt for it
 *
 * What each use of a fuel is, is a row of combustion.csv. Amounts are t of the gas that the column names; gases other than CO2 enter
 * a sum only in t CO2e, by the GWP set.
 */
#include "inside.h"

typedef struct carbon_work {
    frame *f; const selection *s;
    int32_t *sector_lines, unassigned, total, stored, electricity, heat, beside;
    int32_t process, measured, co2, other_gases, co2e, indirect;
    size_t gas_count; text gases[CARBON_GASES_MAX]; int32_t gas_columns[CARBON_GASES_MAX];
    bool truth_is_measured, has_gwp;
} carbon_work;

/* ---- What a group is ---- */

/* +1: came in over the border; -1: went out; 0: neither. */
int border_sign(const account *x, const group *g)
{
    cell_entry e[2];
    size_t count = cells_of(x, g->kind, g->ends, e);
    int sign = 0;
    for (size_t i = 0; i < count; i++) {
        if (e[i].source == CELL_BOUGHT) sign++;
        else if (e[i].source == CELL_SOLD) sign--;
        else if (e[i].source == CELL_OWN && part_of_kind(x, g->kind) == PART_IMPORT) sign++;
        else if (e[i].source == CELL_OWN && part_of_kind(x, g->kind) == PART_EXPORT) sign--;
    }
    return sign;
}

static bool item_of_gas(const account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item *ret)
{
    text gas = gas_of_commodity(x, g->commodity);
    const trait *giver = &s->traits[g->giver];
    *ret = (carbon_item){.part = CARBON_MEASURED, .sign = 1, .gas = gas, .end = giver, .is_beside = text_is(gas, "co2") && !truth_is_measured};
    return giver->inside && gas.len > 0;
}

static bool item_of_fuel(const account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item *ret)
{
    const rule_row *row;
    const trait *end = trait_actor(x, s, g);
    if (!actor_is_inside(x, g)) return false;
    text t = rule_combustion(x->r, g->kind, end->role, g->commodity, &row);
    *ret = (carbon_item){.sign = 1, .gas = TEXT("co2"), .end = end};
    ret->is_beside = truth_is_measured && end->measured;
    if (text_is(t, "burnt")) return ret->part = CARBON_FUEL, true;
    if (text_is(t, "process")) return ret->part = CARBON_PROCESS, true;
    ret->is_beside = false;
    return text_is(t, "nonenergy") ? ret->part = CARBON_STORED, true : false;
}

bool carbon_item_of(const account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item *ret)
{
    bool is_heat;
    if (text_is(x->r->kinds[g->kind].id, "emit")) return item_of_gas(x, s, g, truth_is_measured, ret);
    if (item_of_fuel(x, s, g, truth_is_measured, ret)) return true;
    int sign = border_sign(x, g);
    if (sign == 0 || !is_purchased_commodity(x, g->commodity, &is_heat)) return false;
    const trait *taker = &s->traits[g->taker], *giver = &s->traits[g->giver]; /* the factor is that of the end inside */
    *ret = (carbon_item){.part = is_heat ? CARBON_HEAT : CARBON_ELECTRICITY, .sign = sign, .gas = TEXT("co2"), .end = taker->inside ? taker : giver};
    return true;
}

bool carbon_factor(account *x, const selection *s, const group *g, const carbon_item *item, bool as_co2e, const factor **ret, heng_err *err)
{
    static const factor_use uses[] = {[CARBON_FUEL] = FACTOR_EMISSION, [CARBON_PROCESS] = FACTOR_PROCESS, [CARBON_STORED] = FACTOR_EMISSION,
                                      [CARBON_MEASURED] = FACTOR_GAS, [CARBON_ELECTRICITY] = FACTOR_PURCHASED, [CARBON_HEAT] = FACTOR_PURCHASED};
    factor_ask q = factor_ask_of(x, s, g, uses[item->part], item->end);
    q.gas = item->gas, q.as_co2e = as_co2e, q.basis = (text){0};
    if (q.use == FACTOR_PURCHASED || q.use == FACTOR_GAS) q.sector = RULE_NONE;
    return factor_get(x, &q, ret, err);
}

/* Gases other than CO2 of the process factors in the pack, each once. */
static size_t process_gases(const account *x, text ret[CARBON_GASES_MAX])
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "emission_factors", &rows), n = 0;
    for (size_t i = 0; i < count && n + 1 < CARBON_GASES_MAX; i++) {
        text gas = rule_cell(rows[i], "gas");
        if (!text_is(rule_cell(rows[i], "kind"), "process") || !gas.len || text_is(gas, "co2")) continue;
        size_t k = 0;
        while (k < n && !text_equal(ret[k], gas)) k++;
        if (k == n) ret[n++] = gas;
    }
    return n;
}

/* A range without a choice is there, and is told as missing; only what no row speaks of is not there. */
static bool has_factor(const factor *by) { return by->value || !text_starts(by->missing, "no factor"); }

bool carbon_items_of(account *x, const selection *s, const group *g, bool truth_is_measured, carbon_item ret[CARBON_GASES_MAX], size_t *ret_count, heng_err *err)
{
    text gases[CARBON_GASES_MAX];
    const factor *by;
    *ret_count = carbon_item_of(x, s, g, truth_is_measured, &ret[0]);
    if (*ret_count == 0 || ret[0].part != CARBON_PROCESS) return true;
    size_t gas_count = process_gases(x, gases);
    for (size_t i = 0; i < gas_count; i++) {
        carbon_item one = ret[0];
        one.gas = gases[i];
        if (!carbon_factor(x, s, g, &one, false, &by, err)) return false;
        if (has_factor(by)) ret[(*ret_count)++] = one;
    }
    if (!carbon_factor(x, s, g, &ret[0], false, &by, err)) return false;
    if (*ret_count > 1 && !has_factor(by)) ret[0] = ret[--*ret_count]; /* it makes other gases, and no CO2 */
    return true;
}

bool carbon_select(account *x, int32_t party, period when, const selection **ret, bool *ret_measured, heng_err *err)
{
    if (!account_select(x, party, when, VIEW_PLAIN, ret, err)) return false;
    *ret_measured = text_is(rule_profile_set(x->r, (*ret)->profile, "source_of_truth"), "measured");
    return !*ret_measured || account_select(x, party, when, VIEW_MEASURED, ret, err);
}

/* ---- Lines and columns ---- */

static void add_sector_lines(carbon_work *w)
{
    const rule_set *r = w->f->x->r;
    w->sector_lines = NEW_ARRAY(w->f->a, r->sector_count + 1, int32_t);
    for (size_t i = 0; i < r->sector_count; i++) {
        int level = 1;
        for (int32_t up = r->sectors[i].parent; up >= 0 && level < ACCOUNT_DEPTH_MAX; up = r->sectors[up].parent) level++;
        bool has_children = false;
        for (size_t k = 0; k < r->sector_count; k++) has_children |= r->sectors[k].parent == (int32_t)i;
        w->sector_lines[i] = frame_line(w->f, r->sectors[i].id, r->sectors[i].name, level, has_children, false);
    }
    w->unassigned = frame_line(w->f, TEXT("unassigned"), name_of("未分部门", "No sector"), 1, false, false);
}

/* A sector with parts takes its own flows in a part of its own: a line is a sum or a leaf, never both. */
static void link_sectors(carbon_work *w)
{
    const rule_set *r = w->f->x->r;
    int32_t *own = NEW_ARRAY(w->f->a, r->sector_count + 1, int32_t);
    for (size_t i = 0; i < r->sector_count; i++) {
        int32_t line = w->sector_lines[i];
        own[i] = line;
        if (!w->f->lines[line].is_total) continue;
        rule_name n = r->sectors[i].name;
        own[i] = frame_line(w->f, printed(w->f->a, "%.*s.own", TEXT_FMT(r->sectors[i].id)), (rule_name){printed(w->f->a, "%.*s(未细分)", TEXT_FMT(n.zh)), printed(w->f->a, "%.*s, not divided", TEXT_FMT(n.en))},
                            w->f->lines[line].level + 1, false, false);
        frame_line_sum(w->f, line, own[i], 1);
    }
    for (size_t i = 0; i < r->sector_count; i++) {
        int32_t parent = r->sectors[i].parent;
        frame_line_sum(w->f, parent >= 0 ? w->sector_lines[parent] : w->total, w->sector_lines[i], 1);
    }
    frame_line_sum(w->f, w->total, w->unassigned, 1);
    w->sector_lines = own;
}

/* Fuels that are burnt or kept in products, in the pack's order, a column each. */
static int32_t *add_fuels(carbon_work *w)
{
    const rule_set *r = w->f->x->r;
    int32_t *fuel = NEW_ARRAY(w->f->a, r->commodity_count + 1, int32_t);
    bool *used = NEW_ARRAY(w->f->a, r->commodity_count + 1, bool);
    carbon_item item;
    for (size_t g = 0; g < w->s->group_count; g++) {
        const group *k = &w->s->groups[g];
        if (!used[k->commodity] && carbon_item_of(w->f->x, w->s, k, w->truth_is_measured, &item)) used[k->commodity] = item.part == CARBON_FUEL || item.part == CARBON_STORED;
    }
    for (size_t i = 0; i < r->commodity_count; i++) fuel[i] = used[i] ? frame_column(w->f, r->commodities[i].id, r->commodities[i].name, TEXT("t")) : -1;
    return fuel;
}

/* Gases other than CO2 that were emitted, a column of tonnes each; they add up only as CO2e. */
static bool find_gases(carbon_work *w, heng_err *err)
{
    carbon_item items[CARBON_GASES_MAX];
    size_t count;
    for (size_t g = 0; g < w->s->group_count; g++) {
        if (!carbon_items_of(w->f->x, w->s, &w->s->groups[g], w->truth_is_measured, items, &count, err)) return false;
        for (size_t i = 0; i < count; i++) {
            size_t k = 0;
            while (k < w->gas_count && !text_equal(w->gases[k], items[i].gas)) k++;
            if (k == w->gas_count && k < CARBON_GASES_MAX && !text_is(items[i].gas, "co2")) w->gases[w->gas_count++] = items[i].gas;
        }
    }
    return true;
}

static void add_gas_columns(carbon_work *w)
{
    for (size_t i = 0; i < w->gas_count; i++) {
        char *name = text_str(w->f->a, w->gases[i]);
        for (char *c = name; *c; c++)
            if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
        w->gas_columns[i] = frame_column(w->f, w->gases[i], (rule_name){text_of(name), text_of(name)}, TEXT("t"));
    }
}

static int32_t gas_column(const carbon_work *w, text gas)
{
    for (size_t i = 0; i < w->gas_count; i++)
        if (text_equal(w->gases[i], gas)) return w->gas_columns[i];
    return -1;
}

static int32_t *add_columns(carbon_work *w)
{
    frame *f = w->f;
    size_t first = f->column_count;
    int32_t *fuel = add_fuels(w);
    w->process = frame_column(f, TEXT("process"), name_of("工业过程", "Processes"), TEXT("t"));
    bool counts_measured = w->truth_is_measured;
    w->measured = frame_column(f, TEXT("measured"), counts_measured ? name_of("监测(计入)", "Measured, counted") : name_of("监测(对照,不计入)", "Measured, beside, not counted"), TEXT("t"));
    w->co2 = frame_column(f, TEXT("co2"), name_of("二氧化碳", "CO2"), TEXT("t"));
    for (int32_t c = (int32_t)first; c < w->measured; c++) frame_column_sum(f, w->co2, c, 1);
    if (counts_measured) frame_column_sum(f, w->co2, w->measured, 1);
    if (w->has_gwp) {
        w->other_gases = frame_column(f, TEXT("other_gases"), name_of("其他温室气体(CO2当量)", "Other gases, CO2e"), TEXT("t"));
        w->co2e = frame_column(f, TEXT("co2e"), name_of("二氧化碳当量", "CO2e"), TEXT("t"));
        frame_column_sum(f, w->co2e, w->co2, 1);
        frame_column_sum(f, w->co2e, w->other_gases, 1);
    }
    add_gas_columns(w);
    w->indirect = frame_column(f, TEXT("indirect"), name_of("外购电力热力(另列)", "Purchased power and heat, apart"), TEXT("t"));
    return fuel;
}

/* ---- Terms ---- */

static int32_t line_of(const carbon_work *w, const carbon_item *item)
{
    switch (item->part) {
    case CARBON_STORED: return w->stored;
    case CARBON_ELECTRICITY: return w->electricity;
    case CARBON_HEAT: return w->heat;
    case CARBON_FUEL: case CARBON_PROCESS: if (item->is_beside) return w->beside; break;
    case CARBON_MEASURED: break;
    }
    return item->end->sector >= 0 ? w->sector_lines[item->end->sector] : w->unassigned;
}

static bool put_term(carbon_work *w, uint32_t g, const carbon_item *item, int32_t column, bool as_co2e, heng_err *err)
{
    const factor *by;
    if (column < 0) return true;
    if (!carbon_factor(w->f->x, w->s, &w->s->groups[g], item, as_co2e, &by, err)) return false;
    frame_term(w->f, line_of(w, item), column, w->s, g, item->sign, by);
    return true;
}

static bool put(carbon_work *w, const int32_t *fuel, uint32_t g, heng_err *err)
{
    const group *k = &w->s->groups[g];
    carbon_item items[CARBON_GASES_MAX];
    size_t count;
    if (!carbon_items_of(w->f->x, w->s, k, w->truth_is_measured, items, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const carbon_item *item = &items[i];
        bool is_other = !text_is(item->gas, "co2");
        int32_t column = is_other                                                                  ? gas_column(w, item->gas)
                         : item->part == CARBON_MEASURED                                           ? w->measured
                         : item->part == CARBON_PROCESS                                            ? w->process
                         : item->part == CARBON_ELECTRICITY || item->part == CARBON_HEAT           ? w->indirect
                                                                                                   : fuel[k->commodity];
        if (!put_term(w, g, item, column, false, err)) return false;
        if (is_other && w->has_gwp && !put_term(w, g, item, w->other_gases, true, err)) return false;
    }
    return true;
}

/* Energy that somebody used up and no row of combustion.csv speaks of counts as nothing: that must be said. */
static bool is_unruled(const carbon_work *w, const group *k)
{
    const account *x = w->f->x;
    const rule_row *row;
    const trait *end = trait_actor(x, w->s, k);
    cell_part part = part_of_kind(x, k->kind);
    bool is_heat, used = part == PART_FINAL || part == PART_NONENERGY || part == PART_TRANSFORM_IN;
    if (!used || !is_energy(x, k->commodity) || !actor_is_inside(x, k) || is_purchased_commodity(x, k->commodity, &is_heat)) return false;
    (void)rule_combustion(x->r, k->kind, end->role, k->commodity, &row);
    return row == NULL;
}

static void note_unruled(carbon_work *w)
{
    text_buf zh = {.a = w->f->a}, en = {.a = w->f->a};
    bool *noted = NEW_ARRAY(w->f->a, w->f->x->r->commodity_count, bool);
    for (size_t g = 0; g < w->s->group_count; g++) {
        const group *k = &w->s->groups[g];
        if (noted[k->commodity] || !is_unruled(w, k)) continue;
        noted[k->commodity] = true;
        const rule_name *name = &w->f->x->r->commodities[k->commodity].name;
        buf_printf(&zh, "%s%.*s", zh.len ? "、" : "", TEXT_FMT(name->zh));
        buf_printf(&en, "%s%.*s", en.len ? ", " : "", TEXT_FMT(name->en));
    }
    if (!zh.len) return;
    frame_note(w->f, text_str(w->f->a, printed(w->f->a, "combustion.csv 没有适用的行,因此未计碳: %.*s", TEXT_FMT(buf_text(&zh)))),
               text_str(w->f->a, printed(w->f->a, "no row of combustion.csv speaks of these, so their carbon is not counted: %.*s", TEXT_FMT(buf_text(&en)))));
}

bool frame_carbon(frame *f, const frame_ask *ask, heng_err *err)
{
    carbon_work w = {.f = f};
    if (!carbon_select(f->x, ask->party, ask->when, &w.s, &w.truth_is_measured, err)) return false;
    w.has_gwp = f->x->o.gwp.len > 0 || rule_profile_set(f->x->r, w.s->profile, "gwp").len > 0;
    address_of(f->x, f->a, "carbon", w.s->profile, &f->address);
    address_party(f->x, f->a, &f->address, ask->party, ask->when);
    const book_party *p = &w.s->state->parties.items[ask->party];
    text when = period_format(f->a, f->x->zone, ask->when);
    f->title = (rule_name){printed(f->a, "%.*s %.*s 碳账户", TEXT_FMT(party_name(p, HENG_ZH)), TEXT_FMT(when)), printed(f->a, "%.*s %.*s carbon account", TEXT_FMT(party_name(p, HENG_EN)), TEXT_FMT(when))};
    if (!find_gases(&w, err)) return false;
    int32_t *fuel = add_columns(&w);
    add_sector_lines(&w);
    w.total = frame_line(f, TEXT("total"), name_of("直接排放合计", "Direct emissions"), 0, true, false);
    link_sectors(&w);
    w.stored = frame_line(f, TEXT("nonenergy"), name_of("非能源使用(碳留存于产品,不计入)", "Non-energy use, carbon kept in products, not counted"), 0, false, true);
    w.electricity = frame_line(f, TEXT("purchased_electricity"), name_of("净外购电力(另列)", "Net purchased electricity, apart"), 0, false, true);
    w.heat = frame_line(f, TEXT("purchased_heat"), name_of("净外购热力(另列)", "Net purchased heat, apart"), 0, false, true);
    w.beside = frame_line(f, TEXT("computed_beside"), name_of("有监测数据者的核算值(对照,不计入)", "Computed for parties that are measured, beside, not counted"), 0, false, true);
    for (uint32_t g = 0; g < w.s->group_count; g++)
        if (!put(&w, fuel, g, err)) return false;
    note_unruled(&w);
    return note_apportioned(f, w.s, ask->when, err);
}
