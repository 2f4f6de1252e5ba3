/*
 * The physical supply and use table (SEEA Central Framework, chapter 3).
 *
 * A movement whose kind has both a supply cell and a use cell fills one of each: supply in the column of its giver, use in that of its
 * taker. Columns are the sections of industry, industries without section, households, accumulation, the rest of the world and the
 * environment, as the party's class says (psut_column); a party outside the account that is no environment stands in the column "row".
 *
 *   identity of rows      total supply = total use: by construction, and checked
 *   identity of columns   use - supply = net addition to stock, and what nobody recorded: a line of its own
 *
 * What only passes goods on (psut_column distribution: a supply pool) makes nothing and uses nothing: it stands net, taken less given, in a
 * column of the use table. So a tonne that came in and went on through the pool is supplied once and used once.
 *
 * Each commodity has a line in each unit it was recorded in. Energy commodities together stand in the account's energy unit,
 * masses in t; there the identity of columns is shown. Rights, money and lots are not physical.
 */
#include "inside.h"

typedef struct psut {
    frame *f; const selection *s;
    int32_t section_count, first_other; /* columns: sections in use, then these */
    int32_t *section_column, industry, household, accumulation, row, environment, distribution, total;
    int32_t energy_unit, mass_unit;
    int32_t energy[2], mass[2];  /* total lines of supply and use */
} psut;

static const char *const SIDE_IDS[2] = {"supply", "use"};
static const char *const SIDE_ZH[2] = {"供给", "使用"}, *const SIDE_EN[2] = {"supply", "use"};

static bool is_physical(const account *x, const group *g)
{
    const rule_kind *k = &x->r->kinds[g->kind];
    return x->r->commodities[g->commodity].class_ <= RULE_RESIDUAL && k->supply_cell.len > 0 && k->use_cell.len > 0;
}

static int32_t column_of(const psut *p, const trait *t)
{
    text column = t->class_ >= 0 ? p->f->x->r->party_classes[t->class_].psut_column : (text){0};
    if (text_is(column, "environment")) return p->environment;
    if (!t->inside || text_is(column, "row")) return p->row;
    if (text_is(column, "household")) return p->household;
    if (text_is(column, "distribution")) return p->distribution;
    if (text_is(column, "accumulation")) return p->accumulation;
    return t->section >= 0 ? p->section_column[t->section] : p->industry;
}

static void add_columns(psut *p)
{
    frame *f = p->f;
    const rule_set *r = f->x->r;
    bool *used = NEW_ARRAY(f->a, r->industry_count + 1, bool);
    p->section_column = NEW_ARRAY(f->a, r->industry_count + 1, int32_t);
    for (size_t t = 0; t < p->s->trait_count; t++)
        if (p->s->traits[t].section >= 0 && p->s->traits[t].inside) used[p->s->traits[t].section] = true;
    for (size_t i = 0; i < r->industry_count; i++)
        if (used[i]) p->section_column[i] = frame_column(f, r->industries[i].code, r->industries[i].name, (text){0});
    p->industry = frame_column(f, TEXT("industry"), name_of("未分行业", "Industries without section"), (text){0});
    p->household = frame_column(f, TEXT("household"), name_of("住户", "Households"), (text){0});
    p->accumulation = frame_column(f, TEXT("accumulation"), name_of("积累", "Accumulation"), (text){0});
    p->row = frame_column(f, TEXT("row"), name_of("账户以外", "Rest of the world"), (text){0});
    p->environment = frame_column(f, TEXT("environment"), name_of("环境", "Environment"), (text){0});
    p->distribution = frame_column(f, TEXT("distribution"), name_of("中转净额", "Passed on, net"), (text){0});
    p->total = frame_column(f, TEXT("total"), name_of("合计", "Total"), (text){0});
    for (int32_t c = 0; c < p->total; c++) frame_column_sum(f, p->total, c, 1);
}

static text line_id(frame *f, int side, const group *g)
{
    return printed(f->a, "%s.%.*s.%.*s", SIDE_IDS[side], TEXT_FMT(f->x->r->commodities[g->commodity].id), TEXT_FMT(f->x->r->units[g->unit].id));
}

static void add_commodity_lines(psut *p, int side, rule_class class_)
{
    frame *f = p->f;
    const rule_set *r = f->x->r;
    for (size_t c = 0; c < r->commodity_count; c++)
        for (size_t g = 0; g < p->s->group_count && r->commodities[c].class_ == class_; g++) {
            const group *k = &p->s->groups[g];
            if (k->commodity != (int32_t)c || !is_physical(f->x, k)) continue;
            text id = line_id(f, side, k), unit = r->units[k->unit].id;
            if (frame_find_line(f, id) >= 0) continue;
            rule_name n = r->commodities[c].name;
            int32_t line = frame_line(f, id, (rule_name){printed(f->a, "%s · %.*s(%.*s)", SIDE_ZH[side], TEXT_FMT(n.zh), TEXT_FMT(unit)), printed(f->a, "%s · %.*s (%.*s)", SIDE_EN[side], TEXT_FMT(n.en), TEXT_FMT(unit))}, 1, false, false);
            f->lines[line].unit = unit;
        }
}

static int32_t common_line(psut *p, const char *what, const char *zh, const char *en, int32_t unit)
{
    frame *f = p->f;
    text u = f->x->r->units[unit].id;
    int32_t line = frame_line(f, printed(f->a, "%s.%.*s", what, TEXT_FMT(u)), (rule_name){printed(f->a, "%s(%.*s)", zh, TEXT_FMT(u)), printed(f->a, "%s (%.*s)", en, TEXT_FMT(u))}, 0, true, false);
    f->lines[line].unit = u;
    return line;
}

static void add_lines(psut *p)
{
    for (int side = 0; side < 2; side++) {
        for (int class_ = RULE_NATURAL_INPUT; class_ <= RULE_RESIDUAL; class_++) add_commodity_lines(p, side, (rule_class)class_);
        p->energy[side] = common_line(p, SIDE_IDS[side], side ? "能源使用合计" : "能源供给合计", side ? "Energy, total use" : "Energy, total supply", p->energy_unit);
        p->mass[side] = common_line(p, SIDE_IDS[side], side ? "质量使用合计" : "质量供给合计", side ? "Mass, total use" : "Mass, total supply", p->mass_unit);
    }
    int32_t energy = common_line(p, "balance", "能源:净增存货与未记录", "Energy: net addition to stock and unrecorded", p->energy_unit);
    int32_t mass = common_line(p, "balance", "质量:净增存货与未记录", "Mass: net addition to stock and unrecorded", p->mass_unit);
    frame_line_sum(p->f, energy, p->energy[1], 1);
    frame_line_sum(p->f, energy, p->energy[0], -1);
    frame_line_sum(p->f, mass, p->mass[1], 1);
    frame_line_sum(p->f, mass, p->mass[0], -1);
}

static bool put(psut *p, int32_t line, int32_t column, uint32_t g, int sign, factor_use use, int32_t to_unit, heng_err *err)
{
    const factor *by;
    const group *k = &p->s->groups[g];
    const trait *giver = &p->s->traits[k->giver], *taker = &p->s->traits[k->taker];
    factor_ask q = factor_ask_of(p->f->x, p->s, k, use, taker->inside ? taker : giver);
    q.to_unit = to_unit, q.sector = RULE_NONE;
    if (use == FACTOR_RECORDED) q.place = (text){0}, q.day = 0;
    if (!factor_get(p->f->x, &q, &by, err)) return false;
    frame_term(p->f, line, column, p->s, g, sign, by);
    return true;
}

static bool put_group(psut *p, uint32_t g, heng_err *err)
{
    const group *k = &p->s->groups[g];
    const account *x = p->f->x;
    bool is_mass = rule_dim_equal(x->r->units[k->unit].dim, x->r->units[p->mass_unit].dim);
    for (int end = 0; end < 2; end++) {
        int32_t column = column_of(p, &p->s->traits[end ? k->taker : k->giver]);
        bool is_net = column == p->distribution && end == 0;
        int side = is_net ? 1 : end, sign = is_net ? -1 : 1;
        if (!put(p, frame_find_line(p->f, line_id(p->f, side, k)), column, g, sign, FACTOR_RECORDED, RULE_NONE, err)) return false;
        if (is_energy(x, k->commodity) && !put(p, p->energy[side], column, g, sign, FACTOR_ENERGY, p->energy_unit, err)) return false;
        if (is_mass && !put(p, p->mass[side], column, g, sign, FACTOR_UNIT, p->mass_unit, err)) return false;
    }
    return true;
}

/* Row identity: each commodity's supply and use have the same total. Call when all cells can be computed. */
static void note_identity(psut *p)
{
    frame *f = p->f;
    size_t checked = 0, wrong = 0;
    for (size_t l = 0; l < f->line_count; l++) {
        if (!text_starts(f->lines[l].id, "supply.")) continue;
        int32_t other = frame_find_line(f, printed(f->a, "use.%.*s", (int)f->lines[l].id.len - 7, f->lines[l].id.ptr + 7));
        const frame_value *supply = frame_cell(f, (int32_t)l, p->total), *use = frame_cell(f, other, p->total);
        if (!supply->value || !use->value) continue;
        checked++;
        wrong += !rat_equal(supply->value, use->value);
    }
    frame_note(f, text_str(f->a, printed(f->a, "行恒等式(总供给=总使用):核对 %zu 行,不等 %zu 行", checked, wrong)),
               text_str(f->a, printed(f->a, "row identity, total supply = total use: %zu rows checked, %zu differ", checked, wrong)));
}

bool frame_supply_use(frame *f, const frame_ask *ask, heng_err *err)
{
    psut p = {.f = f, .energy_unit = rule_unit_find(f->x->r, f->x->o.unit), .mass_unit = rule_unit_find(f->x->r, TEXT("t"))};
    if (p.energy_unit < 0 || p.mass_unit < 0) return err_fill(err, &MSG_UNIT_UNKNOWN, "t", NULL, NULL);
    if (!account_select(f->x, ask->party, ask->when, VIEW_PLAIN, &p.s, err)) return false;
    address_of(f->x, f->a, "supply-use", p.s->profile, &f->address);
    address_party(f->x, f->a, &f->address, ask->party, ask->when);
    const book_party *party = &p.s->state->parties.items[ask->party];
    text when = period_format(f->a, f->x->zone, ask->when);
    f->title = (rule_name){printed(f->a, "%.*s %.*s 实物供给使用表", TEXT_FMT(party_name(party, HENG_ZH)), TEXT_FMT(when)), printed(f->a, "%.*s %.*s physical supply and use", TEXT_FMT(party_name(party, HENG_EN)), TEXT_FMT(when))};
    add_columns(&p);
    add_lines(&p);
    for (uint32_t g = 0; g < p.s->group_count; g++)
        if (is_physical(f->x, &p.s->groups[g]) && !put_group(&p, g, err)) return false;
    frame_ready(f);
    note_identity(&p);
    return true;
}
