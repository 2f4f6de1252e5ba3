/*
 * The energy account: balance rows of the pack by commodity, and the same by member.
 *
 * A leaf row of balance_rows.csv takes the flows whose cell and filter fit; a row without cell is the signed sum of the rows
 * below it, so the difference and the total consumption are numbers of their own. Columns: recorded units (physical: one for each
 * commodity and unit), one energy unit and its total (standard), or energy units side by side (summary).
 */
#include <stdlib.h>
#include "inside.h"

typedef struct balance_row { const rule_row *row; text id, parent; int sign, order, level; cell_filter cells; int32_t line; } balance_row;

static int by_order(const void *a, const void *b)
{
    const balance_row *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    return (x->row->line > y->row->line) - (x->row->line < y->row->line);
}

static int number_of(text t, int otherwise)
{
    bool ok;
    int64_t v = text_to_i64(t, &ok);
    return ok && v >= INT32_MIN && v <= INT32_MAX ? (int)v : otherwise;
}

static int sign_of(text t)
{
    if (text_is(t, "-") || text_is(t, "-1")) return -1;
    return text_is(t, "0") ? 0 : 1; /* 0: of which, shown but in no sum */
}

static size_t read_rows(frame *f, balance_row **ret)
{
    const rule_row *const *rows;
    size_t count = rule_rows(f->x->r, "balance_rows", &rows);
    balance_row *out = NEW_ARRAY(f->a, count + 1, balance_row);
    for (size_t i = 0; i < count; i++) {
        const rule_row *w = rows[i];
        out[i] = (balance_row){.row = w, .id = rule_cell(w, "id"), .parent = rule_cell(w, "parent"), .sign = sign_of(rule_cell(w, "sign")),
                               .order = number_of(rule_cell(w, "order"), (int)i), .level = number_of(rule_cell(w, "level"), 0),
                               .cells = cell_filter_of(f->x, f->a, rule_cell(w, "cell"), rule_cell(w, "filter"))};
    }
    if (count > 0) qsort(out, count, sizeof *out, by_order);
    *ret = out;
    return count;
}

static int32_t row_find(const balance_row *rows, size_t count, text id)
{
    for (size_t i = 0; i < count && id.len > 0; i++)
        if (text_equal(rows[i].id, id)) return (int32_t)i;
    return -1;
}

static void add_lines(frame *f, balance_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rule_name name = {rule_cell(rows[i].row, "name_zh"), rule_cell(rows[i].row, "name_en")};
        rows[i].line = frame_line(f, rows[i].id, name, rows[i].level, rows[i].cells.cells.len == 0, rows[i].sign == 0);
    }
    for (size_t i = 0; i < count; i++) {
        int32_t parent = row_find(rows, count, rows[i].parent);
        if (parent >= 0 && rows[i].sign != 0) frame_line_sum(f, rows[parent].line, rows[i].line, rows[i].sign);
    }
}

/* Purchases inside the account belong to no balance; they are a memo line of their own. */
static int32_t add_internal(frame *f, const selection *s)
{
    cell_entry e[2];
    for (size_t g = 0; g < s->group_count; g++)
        if (is_energy(f->x, s->groups[g].commodity) && cells_of(f->x, s->groups[g].kind, s->groups[g].ends, e) == 1 && e[0].source == CELL_INTERNAL)
            return frame_line(f, TEXT("internal"), name_of("账户内部转移", "Transfers inside the account"), 0, false, true);
    return -1;
}

/* ---- Columns ---- */

typedef struct energy_column { int32_t commodity, unit; factor_use use; text basis; int32_t to_unit; int32_t column; } energy_column;
typedef struct energy_columns { energy_column *items; size_t count, max; } energy_columns;

static int by_commodity(const void *a, const void *b)
{
    const energy_column *x = a, *y = b;
    if (x->commodity != y->commodity) return x->commodity < y->commodity ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static bool commodity_before(const account *x, int32_t a, int32_t b)
{
    int oa = x->r->commodities[a].order, ob = x->r->commodities[b].order;
    return oa != ob ? oa < ob : a < b;
}

static energy_column *find_item(energy_columns *c, int32_t commodity, int32_t unit)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].commodity == commodity && c->items[i].unit == unit) return &c->items[i];
    return NULL;
}

/* Commodities (and, for physical, units) that moved, in the pack's order. */
static void find_columns(frame *f, const selection *s, bool by_unit, energy_columns *c)
{
    cell_entry e[2];
    for (size_t g = 0; g < s->group_count; g++) {
        const group *w = &s->groups[g];
        int32_t unit = by_unit ? w->unit : RULE_NONE;
        if (!is_energy(f->x, w->commodity) || cells_of(f->x, w->kind, w->ends, e) == 0 || find_item(c, w->commodity, unit)) continue;
        *ARENA_PUSH(f->a, c->items, c->count, c->max) = (energy_column){.commodity = w->commodity, .unit = unit};
    }
    if (c->count > 0) qsort(c->items, c->count, sizeof *c->items, by_commodity);
    for (size_t i = 1; i < c->count; i++)
        for (size_t k = i; k > 0 && commodity_before(f->x, c->items[k].commodity, c->items[k - 1].commodity); k--) {
            energy_column swap = c->items[k];
            c->items[k] = c->items[k - 1];
            c->items[k - 1] = swap;
        }
}

static void physical_columns(frame *f, energy_columns *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const rule_commodity *w = &f->x->r->commodities[c->items[i].commodity];
        text unit = f->x->r->units[c->items[i].unit].id;
        c->items[i].use = FACTOR_RECORDED;
        c->items[i].column = frame_column(f, printed(f->a, "%.*s.%.*s", TEXT_FMT(w->id), TEXT_FMT(unit)), w->name, unit);
    }
}

static void standard_columns(frame *f, energy_columns *c)
{
    const account *x = f->x;
    int32_t unit = rule_unit_find(x->r, x->o.unit);
    for (size_t i = 0; i < c->count; i++) {
        const rule_commodity *w = &x->r->commodities[c->items[i].commodity];
        c->items[i].use = FACTOR_ENERGY, c->items[i].basis = x->o.basis, c->items[i].to_unit = unit;
        c->items[i].column = frame_column(f, w->id, w->name, x->o.unit);
    }
    int32_t total = frame_column(f, TEXT("total"), name_of("合计", "Total"), x->o.unit);
    for (size_t i = 0; i < c->count; i++) frame_column_sum(f, total, c->items[i].column, 1);
}

static void summary_columns(frame *f, energy_columns *c)
{
    static const struct { const char *id, *zh, *en, *unit, *basis; } COLUMNS[] = {
        {"tce", "当量值", "calorific", "tce", "calorific"}, {"tce_coal_equal", "等价值", "coal equal", "tce", "coal_equal"}, {"GJ", "热值", "heat", "GJ", "calorific"}};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
        energy_column *w = ARENA_PUSH(f->a, c->items, c->count, c->max);
        *w = (energy_column){.commodity = RULE_NONE, .unit = RULE_NONE, .use = FACTOR_ENERGY, .basis = text_of(COLUMNS[i].basis),
                             .to_unit = rule_unit_find(f->x->r, text_of(COLUMNS[i].unit))};
        w->column = frame_column(f, text_of(COLUMNS[i].id), name_of(COLUMNS[i].zh, COLUMNS[i].en), text_of(COLUMNS[i].unit));
    }
}

/* ---- Terms ---- */

/* Where factors are looked up for a balance cell: at the end where the cell is. */
static const trait *cell_end(const account *x, const selection *s, const group *g)
{
    const trait *actor = trait_actor(x, s, g), *giver = &s->traits[g->giver], *taker = &s->traits[g->taker];
    if (actor->inside) return actor;
    return giver->inside ? giver : taker;
}

static bool add_term(frame *f, const energy_column *c, int32_t line, const selection *s, uint32_t g, int sign, heng_err *err)
{
    const factor *by;
    factor_ask q = factor_ask_of(f->x, s, &s->groups[g], c->use, cell_end(f->x, s, &s->groups[g]));
    q.to_unit = c->to_unit;
    q.sector = RULE_NONE; /* conversions do not look at the sector: one factor, one run */
    if (c->use == FACTOR_RECORDED) q.place = (text){0}, q.day = 0;
    if (c->use == FACTOR_ENERGY) q.basis = c->basis;
    if (!factor_get(f->x, &q, &by, err)) return false;
    frame_term(f, line, c->column, s, g, sign, by);
    return true;
}

static bool add_terms(frame *f, const energy_columns *c, int32_t line, const selection *s, uint32_t g, int sign, heng_err *err)
{
    const group *w = &s->groups[g];
    for (size_t i = 0; i < c->count; i++) {
        const energy_column *k = &c->items[i];
        if (k->commodity != RULE_NONE && k->commodity != w->commodity) continue;
        if (k->unit != RULE_NONE && k->unit != w->unit) continue;
        if (!add_term(f, k, line, s, g, sign, err)) return false;
    }
    return true;
}

/* A cell of the difference that no row shows would make the printed difference wrong without a word. */
static void note_unplaced(frame *f, const selection *s, uint32_t g, bool is_placed, text_buf *noted)
{
    cell_entry e[2];
    size_t at, count = cells_of(f->x, s->groups[g].kind, s->groups[g].ends, e);
    if (is_placed || count == 0 || e[0].sign == 0) return;
    text word = printed(f->a, "[%.*s %.*s]", TEXT_FMT(f->x->r->kinds[s->groups[g].kind].id), TEXT_FMT(f->x->r->commodities[s->groups[g].commodity].id));
    if (!text_find(buf_text(noted), word, &at)) buf_add(noted, word);
}

static bool add_balance(frame *f, const balance_row *rows, size_t row_count, int32_t internal_line, const energy_columns *c, const selection *s, heng_err *err)
{
    text_buf unplaced = {.a = f->a};
    for (uint32_t g = 0; g < s->group_count; g++) {
        bool is_placed = false;
        cell_entry e[2];
        if (!is_energy(f->x, s->groups[g].commodity)) continue;
        for (size_t r = 0; r < row_count; r++) {
            int sign = rows[r].cells.cells.len == 0 ? 0 : cell_match(&rows[r].cells, s, &s->groups[g]);
            if (sign != 0 && !add_terms(f, c, rows[r].line, s, g, sign, err)) return false;
            is_placed |= sign != 0;
        }
        if (internal_line >= 0 && cells_of(f->x, s->groups[g].kind, s->groups[g].ends, e) == 1 && e[0].source == CELL_INTERNAL)
            if (!add_terms(f, c, internal_line, s, g, 1, err)) return false;
        note_unplaced(f, s, g, is_placed, &unplaced);
    }
    if (unplaced.len == 0) return true;
    text what = buf_text(&unplaced);
    frame_note(f, text_str(f->a, printed(f->a, "以下流量不落入规则包的任何一行: %.*s", TEXT_FMT(what))), text_str(f->a, printed(f->a, "these flows fall into no row of the rule pack: %.*s", TEXT_FMT(what))));
    return true;
}

static void set_title(frame *f, const selection *s, const char *zh, const char *en)
{
    const book_party *p = &s->state->parties.items[s->party];
    text when = period_format(f->a, f->x->zone, s->when);
    f->title = (rule_name){printed(f->a, "%.*s %.*s %s", TEXT_FMT(party_name(p, HENG_ZH)), TEXT_FMT(when), zh), printed(f->a, "%.*s %.*s %s", TEXT_FMT(party_name(p, HENG_EN)), TEXT_FMT(when), en)};
}

static const char *const FORM_IDS[] = {"physical", "standard", "summary"};

bool frame_energy(frame *f, const frame_ask *ask, heng_err *err)
{
    const selection *s;
    balance_row *rows;
    energy_columns c = {0};
    static const char *const zh[] = {"能源平衡表(实物量)", "能源平衡表(标准量)", "能源平衡表(汇总)"};
    static const char *const en[] = {"energy balance, recorded units", "energy balance, standard units", "energy balance, summary"};
    if (!account_select(f->x, ask->party, ask->when, VIEW_PLAIN, &s, err)) return false;
    address_of(f->x, f->a, "energy", s->profile, &f->address);
    address_party(f->x, f->a, &f->address, ask->party, ask->when);
    addr_set(&f->address, "form", text_of(FORM_IDS[ask->form]));
    set_title(f, s, zh[ask->form], en[ask->form]);
    size_t count = read_rows(f, &rows);
    add_lines(f, rows, count);
    int32_t internal_line = add_internal(f, s);
    if (ask->form != ENERGY_SUMMARY) find_columns(f, s, ask->form == ENERGY_PHYSICAL, &c);
    if (ask->form == ENERGY_PHYSICAL) physical_columns(f, &c);
    if (ask->form == ENERGY_STANDARD) standard_columns(f, &c);
    if (ask->form == ENERGY_SUMMARY) summary_columns(f, &c);
    return add_balance(f, rows, count, internal_line, &c, s, err) && note_apportioned(f, s, ask->when, err);
}

/* ---- By member ---- */

/*
 * Every member is a subtree of its own: what goes from one member to another is sold by the first and bought by the second. The line of
 * the whole is not their sum but the account of the root's subtree, where the same flow is internal.
 */
static const struct { const char *id, *zh, *en, *cells; } MEMBER_COLUMNS[] = {
    {"production", "生产", "Production", "production"}, {"import", "调入与进口", "Imports", "import"}, {"export", "调出与出口", "Exports", "export"},
    {"bought", "购入", "Bought", "bought"}, {"sold", "售出", "Sold", "sold"}, {"use", "消费量", "Consumption", "consumption"},
    {"difference", "平衡差额", "Difference", "difference"}, {"internal", "内部转移", "Internal", "internal"}};
enum { MEMBER_COLUMN_COUNT = sizeof MEMBER_COLUMNS / sizeof *MEMBER_COLUMNS };

/* The group as one member sees it; false when the member has no end of it. */
static bool seen_by(const selection *s, const group *g, int32_t member, group *ret)
{
    const trait *giver = &s->traits[g->giver], *taker = &s->traits[g->taker];
    bool gives = giver->inside && giver->member == member, takes = taker->inside && taker->member == member;
    *ret = *g;
    ret->ends = gives && takes ? ENDS_BOTH : gives ? ENDS_GIVER : ENDS_TAKER;
    return gives || takes;
}

static bool add_member_terms(frame *f, const selection *s, const cell_filter *cells, uint32_t g, const group *seen, int32_t line, heng_err *err)
{
    for (int32_t c = 0; c < MEMBER_COLUMN_COUNT; c++) {
        energy_column k = {.use = FACTOR_ENERGY, .basis = f->x->o.basis, .to_unit = rule_unit_find(f->x->r, f->x->o.unit), .column = c};
        int sign = cell_match(&cells[c], s, seen);
        if (sign != 0 && !add_term(f, &k, line, s, g, sign, err)) return false;
    }
    return true;
}

bool frame_members(frame *f, const frame_ask *ask, heng_err *err)
{
    const selection *s;
    if (!account_select(f->x, ask->party, ask->when, VIEW_MEMBERS, &s, err)) return false;
    address_of(f->x, f->a, "energy", s->profile, &f->address);
    address_party(f->x, f->a, &f->address, ask->party, ask->when);
    addr_set(&f->address, "form", TEXT("members"));
    set_title(f, s, "能源账户(分成员)", "energy account by member");
    const book_party *parties = s->state->parties.items;
    for (size_t m = 0; m <= s->member_count; m++) {
        const book_party *p = &parties[m == 0 ? s->party : s->members[m - 1]];
        frame_line(f, p->code, (rule_name){party_name(p, HENG_ZH), party_name(p, HENG_EN)}, 1, false, false);
    }
    int32_t whole = frame_line(f, TEXT("whole"), name_of("整体(以外部边界计)", "The whole, at its own border"), 0, true, false);
    cell_filter cells[MEMBER_COLUMN_COUNT];
    for (size_t c = 0; c < MEMBER_COLUMN_COUNT; c++) cells[c] = cell_filter_of(f->x, f->a, text_of(MEMBER_COLUMNS[c].cells), (text){0});
    for (size_t c = 0; c < MEMBER_COLUMN_COUNT; c++)
        frame_column(f, text_of(MEMBER_COLUMNS[c].id), name_of(MEMBER_COLUMNS[c].zh, MEMBER_COLUMNS[c].en), f->x->o.unit);
    for (uint32_t g = 0; g < s->group_count; g++) {
        group seen;
        if (!is_energy(f->x, s->groups[g].commodity)) continue;
        int32_t giver = s->traits[s->groups[g].giver].member, taker = s->traits[s->groups[g].taker].member;
        if (seen_by(s, &s->groups[g], giver, &seen) && !add_member_terms(f, s, cells, g, &seen, giver, err)) return false;
        if (taker != giver && seen_by(s, &s->groups[g], taker, &seen) && !add_member_terms(f, s, cells, g, &seen, taker, err)) return false;
        if (!add_member_terms(f, s, cells, g, &s->groups[g], whole, err)) return false;
    }
    frame_note(f, "成员之间的转移计入各成员的购入与售出,不计入整体的购入与售出", "what members pass to one another is bought and sold by them, not by the whole");
    return true;
}
