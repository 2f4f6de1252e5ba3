/*
 * Random posts, supersessions, undone deliveries, re-parentings and changed factors, against a naive twin.
 *
 * The twin keeps every fact in plain arrays with the moments from which and until which it is known, and computes each number again
 * from all movements: no flows, no months, no groups. Energy balance, carbon account, supply and use and holdings must be equal
 * at three known-dates, to the last digit. The seed is printed; HENG_SEED and HENG_OPS (or two arguments) choose another run.
 */
#include "city.h"

enum { DISTRICTS = 4, ENTERPRISES = 20, HOUSEHOLDS = 4, POOLS = 5, STOCKS = 2, BATCH = 400, STAGES = 3, PARTIES_MAX = 64 };

typedef struct fact { int32_t giver, taker, commodity, unit, kind; int64_t amount; period when; int64_t from_us, to_us; int64_t delivery; } fact;
typedef struct place_fact { int32_t party, place, day; int64_t from_us; } place_fact;
typedef struct factors_known { city_factors f; int64_t from_us; } factors_known;
typedef struct live_group { size_t first, count; int64_t delivery; bool is_live; } live_group;

typedef struct model {
    city c;
    arena a;
    uint64_t seed;
    int32_t districts[DISTRICTS], enterprises[ENTERPRISES], households[HOUSEHOLDS], pools[POOLS], stocks[STOCKS];
    int32_t coal, gas, power, co2, cea, t, tce, m3, kwh, allowance;
    fact *facts; size_t fact_count, fact_max;
    place_fact *places; size_t place_count, place_max;
    factors_known *factors; size_t factor_count, factor_max;
    live_group *groups; size_t group_count, group_max;
    int64_t *deliveries; size_t delivery_count, delivery_max;
    int64_t *knowns; size_t known_count, known_max;
    size_t rights_refused, superseded, undone, moved;
} model;

static uint64_t next_random(model *m)
{
    m->seed ^= m->seed << 13, m->seed ^= m->seed >> 7, m->seed ^= m->seed << 17;
    return m->seed;
}
static size_t pick(model *m, size_t n) { return (size_t)(next_random(m) >> 11) % n; }
static int32_t any_enterprise(model *m) { return m->enterprises[pick(m, ENTERPRISES)]; }
static int32_t any_pool(model *m) { return m->pools[pick(m, POOLS)]; }
static int32_t any_plant(model *m) { return m->enterprises[pick(m, 5)]; } /* the first five make power */
static int32_t any_inside(model *m) { return pick(m, 2) ? any_enterprise(m) : pick(m, 3) ? any_pool(m) : m->households[pick(m, HOUSEHOLDS)]; }

static void set_up(model *m)
{
    static const char *const industries[] = {"44", "44", "44", "44", "44", "31", "25", "52", "47", "31"};
    char code[16];
    city_make(&m->c);
    city *c = &m->c;
    for (int i = 0; i < DISTRICTS; i++) snprintf(code, sizeof code, "d%d", i), m->districts[i] = city_party(c, code, "district"), city_fact(c, code, "place", "city", day_from(2000, 1, 1));
    for (int i = 0; i < ENTERPRISES; i++) {
        snprintf(code, sizeof code, "e%d", i), m->enterprises[i] = city_party(c, code, "enterprise");
        city_fact(c, code, "industry", industries[i % 10], day_from(2000, 1, 1));
        if (i < 5) city_fact(c, code, "role", "thermal_power", day_from(2000, 1, 1));
    }
    for (int i = 0; i < HOUSEHOLDS; i++) snprintf(code, sizeof code, "h%d", i), m->households[i] = city_party(c, code, "household"), city_fact(c, code, "role", i % 2 ? "household_rural" : "household_urban", day_from(2000, 1, 1));
    for (int i = 0; i < POOLS; i++) snprintf(code, sizeof code, "p%d", i), m->pools[i] = city_party(c, code, "pool");
    for (int i = 0; i < STOCKS; i++) snprintf(code, sizeof code, "s%d", i), m->stocks[i] = city_party(c, code, "stock");
    m->coal = rule_commodity_find(c->r, TEXT("raw_coal")), m->gas = rule_commodity_find(c->r, TEXT("natural_gas")), m->power = rule_commodity_find(c->r, TEXT("electricity"));
    m->co2 = rule_commodity_find(c->r, TEXT("co2")), m->cea = rule_commodity_find(c->r, TEXT("cea"));
    m->t = rule_unit_find(c->r, TEXT("t")), m->tce = rule_unit_find(c->r, TEXT("tce")), m->m3 = rule_unit_find(c->r, TEXT("m3")), m->kwh = rule_unit_find(c->r, TEXT("kWh"));
    m->allowance = rule_unit_find(c->r, TEXT("allowance"));
    for (int i = 0; i < DISTRICTS; i++) *ARENA_PUSH(&m->a, m->places, m->place_count, m->place_max) = (place_fact){m->districts[i], c->city, day_from(2000, 1, 1), 0};
    *ARENA_PUSH(&m->a, m->factors, m->factor_count, m->factor_max) = (factors_known){CITY_FACTORS, 0};
}

/* ---- Random facts ---- */

static period random_period(model *m)
{
    const cal_zone *z = book_zone(m->c.b);
    int32_t month = month_from(2020, 1) + (int32_t)pick(m, 24);
    int64_t from = zone_month_start_us(z, month_from(2020, 1)), to = zone_month_start_us(z, month_from(2022, 1)), start;
    switch (pick(m, 6)) {
    case 0: return period_year(z, 2020 + (int)pick(m, 2));
    case 1: return period_months(z, month - month_number(month) % 3, 3);
    case 2: start = from + (int64_t)(next_random(m) >> 1) % (to - from); return (period){start, start};
    case 3:
        start = from + (int64_t)(next_random(m) >> 1) % (to - from);
        return (period){start, start + 1 + (int64_t)(next_random(m) >> 1) % (to - start)};
    default: return period_months(z, month, 1);
    }
}

static int32_t random_fuel(model *m, bool may_be_tce, int32_t *unit)
{
    switch (pick(m, may_be_tce ? 4 : 3)) {
    case 0: *unit = m->t; return m->coal;
    case 1: *unit = m->m3; return m->gas;
    case 2: *unit = m->kwh; return m->power;
    default: *unit = m->tce; return m->coal;
    }
}

static book_movement random_movement(model *m)
{
    static const char *const kinds[] = {"import", "export", "supply", "transform_in", "transform_out", "use", "use", "nonenergy", "lose", "store_in", "store_out", "extract", "emit"};
    city *c = &m->c;
    const char *kind = kinds[pick(m, sizeof kinds / sizeof *kinds)];
    book_movement b = {.giver = any_pool(m), .taker = any_enterprise(m), .kind = rule_kind_find(c->r, text_of(kind)), .basis = (book_basis)pick(m, 4),
                       .amount = (int64_t)(next_random(m) >> 1) % 4000000000, .when = random_period(m)};
    text k = text_of(kind);
    bool trades = text_is(k, "import") || text_is(k, "export") || text_is(k, "supply") || text_is(k, "store_in") || text_is(k, "store_out") || text_is(k, "lose");
    b.commodity = random_fuel(m, trades, &b.unit);
    if (text_is(k, "import")) b.giver = c->rest, b.taker = any_inside(m);
    if (text_is(k, "export")) b.giver = any_inside(m), b.taker = c->rest;
    if (text_is(k, "supply")) b.giver = any_inside(m), b.taker = any_inside(m);
    if (text_is(k, "transform_in")) b.taker = any_plant(m), b.commodity = pick(m, 2) ? m->coal : m->gas, b.unit = b.commodity == m->coal ? m->t : m->m3;
    if (text_is(k, "transform_out")) b.giver = any_plant(m), b.taker = any_pool(m), b.commodity = m->power, b.unit = m->kwh;
    if (text_is(k, "use") && pick(m, 3) == 0) b.taker = m->households[pick(m, HOUSEHOLDS)];
    if (text_is(k, "nonenergy")) b.commodity = m->coal, b.unit = m->t;
    if (text_is(k, "store_in")) b.taker = m->stocks[pick(m, STOCKS)];
    if (text_is(k, "store_out")) b.giver = m->stocks[pick(m, STOCKS)], b.taker = any_pool(m);
    if (text_is(k, "extract")) b.giver = c->resources, b.commodity = m->coal, b.unit = m->t;
    if (text_is(k, "emit")) b.giver = any_enterprise(m), b.taker = c->air, b.commodity = m->co2, b.unit = m->t;
    return b.giver == b.taker ? random_movement(m) : b;
}

static void keep(model *m, size_t group, const book_group *g, const book_receipt *r)
{
    live_group *w = &m->groups[group];
    for (size_t i = 0; w->is_live && i < w->count; i++) m->facts[w->first + i].to_us = r->known_us;
    *w = (live_group){m->fact_count, g->count, r->delivery, true};
    for (size_t i = 0; i < g->count; i++) {
        const book_movement *b = &g->movements[i];
        *ARENA_PUSH(&m->a, m->facts, m->fact_count, m->fact_max) = (fact){b->giver, b->taker, b->commodity, b->unit, b->kind, b->amount, b->when, r->known_us, INT64_MAX, r->delivery};
    }
}

/* One batch: new groups, and old keys with new content. */
static size_t post_batch(model *m, size_t ops)
{
    arena scratch = {0};
    heng_err err = {0};
    size_t *index = NEW_ARRAY(&scratch, ops, size_t), old = m->group_count;
    book_group *groups = NEW_ARRAY(&scratch, ops, book_group);
    book_result *results = NEW_ARRAY(&scratch, ops, book_result);
    for (size_t i = 0; i < ops; i++) {
        index[i] = m->group_count;
        if (old > BATCH && pick(m, 8) == 0) {
            size_t at = pick(m, old);
            bool taken = !m->groups[at].is_live;
            for (size_t k = 0; k < i; k++) taken |= index[k] == at;
            if (!taken) index[i] = at;
        }
        if (index[i] == m->group_count) *ARENA_PUSH(&m->a, m->groups, m->group_count, m->group_max) = (live_group){0};
        size_t count = 1 + pick(m, 10) / 7;
        book_movement *b = NEW_ARRAY(&scratch, count, book_movement);
        for (size_t k = 0; k < count; k++) b[k] = random_movement(m);
        groups[i] = (book_group){.ext_id = text_of(arena_printf(&scratch, "g%zu", index[i])), .movements = b, .count = count};
    }
    char source[32];
    book_batch batch = {.source = TEXT("model"), .note = text_of(source), .supersede = true, .group_count = ops, .groups = groups};
    book_receipt receipt;
    snprintf(source, sizeof source, "batch %zu", m->group_count);
    must_work(book_post(m->c.b, &scratch, &batch, results, &receipt, &err), &err, "batch");
    for (size_t i = 0; i < ops; i++) {
        if (results[i].status == BOOK_REFUSED) must_work(false, results[i].why, "a group of the model");
        if (results[i].status == BOOK_EXISTS) continue;
        m->superseded += results[i].status == BOOK_SUPERSEDED;
        keep(m, index[i], &groups[i], &receipt);
    }
    *ARENA_PUSH(&m->a, m->deliveries, m->delivery_count, m->delivery_max) = receipt.delivery;
    *ARENA_PUSH(&m->a, m->knowns, m->known_count, m->known_max) = receipt.known_us;
    arena_free(&scratch);
    return ops;
}

static size_t undo_one(model *m)
{
    book_receipt receipt;
    heng_err err = {0};
    arena scratch = {0};
    size_t which = pick(m, m->delivery_count);
    int64_t delivery = m->deliveries[which];
    book_batch batch = {.source = TEXT("model"), .note = TEXT("undo"), .undo_delivery = delivery};
    m->deliveries[which] = m->deliveries[--m->delivery_count]; /* once only */
    must_work(book_post(m->c.b, &scratch, &batch, NULL, &receipt, &err), &err, "undo");
    for (size_t g = 0; g < m->group_count; g++) {
        live_group *w = &m->groups[g];
        if (!w->is_live || w->delivery != delivery) continue;
        for (size_t i = 0; i < w->count; i++) m->facts[w->first + i].to_us = receipt.known_us;
        w->is_live = false;
        m->undone++;
    }
    arena_free(&scratch);
    return 1;
}

static size_t move_one(model *m)
{
    heng_err err = {0};
    arena scratch = {0};
    book_receipt receipt;
    book_result result = {0};
    const book_party *p;
    book_parties parties;
    int32_t who = pick(m, 6) == 0 ? m->stocks[pick(m, STOCKS)] : any_inside(m), where = pick(m, 8) == 0 ? m->c.city : m->districts[pick(m, DISTRICTS)];
    int32_t day = pick(m, 3) == 0 ? day_from(2000, 1, 1) : day_from(2020 + (int)pick(m, 2), 1 + (int)pick(m, 12), 1 + (int)pick(m, 28));
    must_work(book_parties_at(m->c.b, &scratch, day, BOOK_KNOWN_NOW, &parties, &err), &err, "parties");
    p = parties.items;
    book_party_fact f = {p[who].code, TEXT("place"), p[where].code, day, 0};
    book_batch batch = {.source = TEXT("model"), .party_fact_count = 1, .party_facts = &f, .supersede = true};
    must_work(book_post(m->c.b, &scratch, &batch, &result, &receipt, &err), &err, "a new place");
    if (result.status == BOOK_REFUSED) must_work(false, result.why, "a new place");
    if (result.status != BOOK_EXISTS) *ARENA_PUSH(&m->a, m->places, m->place_count, m->place_max) = (place_fact){who, where, day, receipt.known_us};
    m->moved++;
    arena_free(&scratch);
    return 1;
}

static const char *random_number(model *m, const char *before)
{
    return arena_printf(&m->a, "%s%d", before, (int)(1000 + pick(m, 9000)));
}

static size_t change_factors(model *m)
{
    book_head head;
    city_factors f = {random_number(m, "0."), random_number(m, "0.0"), random_number(m, "1."), random_number(m, "2."), random_number(m, "0.00"), random_number(m, "0.")};
    city_pack(&m->c, &f);
    city_load_rules(&m->c);
    must_work(book_head_of(m->c.b, &head, &m->c.err), &m->c.err, "head");
    *ARENA_PUSH(&m->a, m->factors, m->factor_count, m->factor_max) = (factors_known){f, head.known_us};
    return 1;
}

static int64_t held(const model *m, int32_t party, int64_t known_us)
{
    int64_t sum = 0;
    for (size_t i = 0; i < m->fact_count; i++) {
        const fact *f = &m->facts[i];
        if (f->commodity != m->cea || f->from_us > known_us || f->to_us <= known_us) continue;
        sum += f->taker == party ? f->amount : 0;
        sum -= f->giver == party ? f->amount : 0;
    }
    return sum;
}

/* Rights: refused exactly when the giver would hold less than nothing. */
static size_t post_right(model *m)
{
    city *c = &m->c;
    arena scratch = {0};
    heng_err err = {0};
    book_receipt receipt;
    book_result result = {0};
    bool issue = pick(m, 3) == 0;
    book_movement b = {.giver = issue ? c->registry : any_enterprise(m), .taker = any_enterprise(m), .commodity = m->cea, .unit = m->allowance, .kind = rule_kind_find(c->r, TEXT("right")),
                       .basis = BOOK_REPORTED, .amount = 1 + (int64_t)pick(m, 300), .when = random_period(m)};
    if (b.giver == b.taker) return 0;
    book_group g = {.ext_id = text_of(arena_printf(&scratch, "right %zu", m->fact_count + m->rights_refused)), .movements = &b, .count = 1};
    book_batch batch = {.source = TEXT("rights"), .group_count = 1, .groups = &g};
    bool enough = issue || held(m, b.giver, INT64_MAX - 1) >= b.amount;
    must_work(book_post(c->b, &scratch, &batch, &result, &receipt, &err), &err, "a right");
    if ((result.status == BOOK_CREATED) != enough) check(false, "a right is refused exactly when there is not enough");
    if (result.status == BOOK_CREATED)
        *ARENA_PUSH(&m->a, m->facts, m->fact_count, m->fact_max) = (fact){b.giver, b.taker, b.commodity, b.unit, b.kind, b.amount, b.when, receipt.known_us, INT64_MAX, 0};
    else m->rights_refused++;
    arena_free(&scratch);
    return 1;
}

/* ---- The naive twin ---- */

static int32_t place_then(const model *m, int32_t party, int32_t day, int64_t known_us)
{
    const place_fact *best = NULL;
    for (size_t i = 0; i < m->place_count; i++) {
        const place_fact *p = &m->places[i];
        if (p->party != party || p->day > day || p->from_us > known_us) continue;
        if (!best || p->day > best->day || (p->day == best->day && p->from_us >= best->from_us)) best = p;
    }
    return best ? best->place : BOOK_NONE;
}

static bool is_below(const model *m, int32_t party, int32_t root, int32_t day, int64_t known_us)
{
    for (int depth = 0; party >= 0 && depth < 10; depth++, party = place_then(m, party, day, known_us))
        if (party == root) return true;
    return false;
}

static int64_t upto(int64_t amount, period p, int64_t t)
{
    if (t <= p.start_us) return 0;
    if (t >= p.end_us) return amount;
    return (int64_t)((i128)amount * (t - p.start_us) / (p.end_us - p.start_us));
}

static int64_t part_of(const fact *f, period p)
{
    if (f->when.start_us == f->when.end_us) return f->when.start_us >= p.start_us && f->when.start_us < p.end_us ? f->amount : 0;
    return upto(f->amount, f->when, p.end_us) - upto(f->amount, f->when, p.start_us);
}

enum { X_PRODUCTION, X_IMPORT, X_EXPORT, X_BOUGHT, X_SOLD, X_STOCK_IN, X_STOCK_OUT, X_IN, X_OUT, X_FINAL, X_NONENERGY, X_LOSS, X_INTERNAL, X_COUNT };
enum { U_COAL_T, U_COAL_TCE, U_GAS, U_POWER, U_COUNT };
enum { S_ROW, S_HOUSEHOLD, S_ACCUMULATION, S_ENVIRONMENT, S_DISTRIBUTION, S_TOTAL, S_COUNT };

typedef struct twin {
    i128 x[X_COUNT][U_COUNT];
    i128 burnt_power, burnt_other, burnt_gas, stored_power, stored_other, net_power, measured;
    i128 supply[U_COUNT][S_COUNT], use[U_COUNT][S_COUNT];
    city_factors f;
} twin;

static int side_of(const model *m, int32_t party, bool inside)
{
    if (party == m->c.air || party == m->c.resources) return S_ENVIRONMENT;
    if (!inside || party == m->c.rest) return S_ROW;
    for (int i = 0; i < HOUSEHOLDS; i++) if (party == m->households[i]) return S_HOUSEHOLD;
    for (int i = 0; i < STOCKS; i++) if (party == m->stocks[i]) return S_ACCUMULATION;
    for (int i = 0; i < POOLS; i++) if (party == m->pools[i]) return S_DISTRIBUTION;
    return -1;
}

static bool is_plant(const model *m, int32_t party)
{
    for (int i = 0; i < 5; i++) if (party == m->enterprises[i]) return true;
    return false;
}

/* The table of effects, written out again. */
static void twin_energy(const model *m, const fact *f, text kind, bool gives, bool takes, i128 part, int u, twin *w)
{
    int own = -1, border = 0;
    bool at_giver = false;
    if (text_is(kind, "import") || text_is(kind, "extract")) own = text_is(kind, "import") ? X_IMPORT : X_PRODUCTION;
    if (text_is(kind, "export")) own = X_EXPORT, at_giver = true;
    if (text_is(kind, "transform_out")) own = X_OUT, at_giver = true;
    if (text_is(kind, "store_out")) own = X_STOCK_OUT, at_giver = true;
    if (text_is(kind, "transform_in")) own = X_IN;
    if (text_is(kind, "use")) own = X_FINAL;
    if (text_is(kind, "nonenergy")) own = X_NONENERGY;
    if (text_is(kind, "lose")) own = X_LOSS;
    if (text_is(kind, "store_in")) own = X_STOCK_IN;
    bool has_own = own >= 0 && (at_giver ? gives : takes);
    if (has_own) w->x[own][u] += part;
    if (own == X_IMPORT || own == X_PRODUCTION || own == X_EXPORT) {
        if (!has_own) w->x[at_giver ? X_BOUGHT : X_SOLD][u] += part;
        border = has_own ? (own == X_IMPORT) - (own == X_EXPORT) : at_giver ? 1 : -1;
    } else if (gives != takes) {
        w->x[takes ? X_BOUGHT : X_SOLD][u] += part;
        border = takes ? 1 : -1;
    } else if (own < 0) {
        w->x[X_INTERNAL][u] += part;
    }
    if (u == U_POWER) w->net_power += border * part;
    if (has_own && (own == X_FINAL || own == X_IN) && u == U_COAL_T) *(is_plant(m, f->taker) ? &w->burnt_power : &w->burnt_other) += part;
    if (has_own && (own == X_FINAL || own == X_IN) && u == U_GAS) w->burnt_gas += part;
    if (has_own && own == X_NONENERGY) *(is_plant(m, f->taker) ? &w->stored_power : &w->stored_other) += part;
}

static void twin_compute(const model *m, int32_t root, period when, int64_t known_us, twin *w)
{
    int32_t day = zone_day_of(book_zone(m->c.b), when.end_us - 1);
    bool inside[PARTIES_MAX];
    *w = (twin){0};
    for (int32_t p = 0; p < PARTIES_MAX; p++) inside[p] = is_below(m, p, root, day, known_us);
    for (size_t i = 0; i < m->factor_count; i++)
        if (m->factors[i].from_us <= known_us) w->f = m->factors[i].f;
    for (size_t i = 0; i < m->fact_count; i++) {
        const fact *f = &m->facts[i];
        if (f->from_us > known_us || f->to_us <= known_us || f->commodity == m->cea) continue;
        bool gives = inside[f->giver], takes = inside[f->taker];
        if (!gives && !takes) continue;
        i128 part = part_of(f, when);
        if (f->commodity == m->co2) { w->measured += gives ? part : 0; continue; }
        int u = f->commodity == m->gas ? U_GAS : f->commodity == m->power ? U_POWER : f->unit == m->t ? U_COAL_T : U_COAL_TCE;
        twin_energy(m, f, m->c.r->kinds[f->kind].id, gives, takes, part, u, w);
        int from = side_of(m, f->giver, gives), to = side_of(m, f->taker, takes);
        bool passed_on = from == S_DISTRIBUTION; /* stands net, in use */
        i128(*given)[S_COUNT] = passed_on ? &w->use[u] : &w->supply[u];
        (*given)[S_TOTAL] += passed_on ? -part : part;
        if (from >= 0) (*given)[from] += passed_on ? -part : part;
        w->use[u][S_TOTAL] += part;
        if (to >= 0) w->use[u][to] += part;
    }
}

/* ---- Comparing ---- */

typedef struct compare { model *m; arena a; size_t compared, wrong; const char *where; } compare;

static void same(compare *k, const account_table *t, const char *line, const char *column, const rat *wanted)
{
    const account_cell *cell = cell_of(t, line, column);
    const rat *seen = cell->value ? cell->value : rat_int(&k->a, 0);
    k->compared++;
    if (cell->missing.len == 0 && rat_equal(seen, wanted)) return;
    if (k->wrong++ < 5) printf("# %s %s/%s: account %.*s%.*s, twin %.*s\n", k->where, line, column, TEXT_FMT(rat_exact(&k->a, seen)), TEXT_FMT(cell->missing), TEXT_FMT(rat_exact(&k->a, wanted)));
}

static const rat *times(compare *k, i128 count, int scale, const char *factor)
{
    const rat *v;
    heng_err err = {0};
    must_work(rat_parse(&k->a, text_of(factor), &v, &err), &err, factor);
    return rat_mul(&k->a, rat_scaled(&k->a, count, scale), v);
}

static const char *const UNITS[U_COUNT] = {"raw_coal.t", "raw_coal.tce", "natural_gas.m3", "electricity.kWh"};

static i128 total_of(const twin *w, int u) { return w->x[X_FINAL][u] + w->x[X_NONENERGY][u] + w->x[X_LOSS][u] + w->x[X_IN][u] - w->x[X_OUT][u]; }
static i128 difference_of(const twin *w, int u)
{
    return w->x[X_PRODUCTION][u] + w->x[X_IMPORT][u] + w->x[X_BOUGHT][u] + w->x[X_STOCK_OUT][u] + w->x[X_OUT][u] - w->x[X_EXPORT][u] - w->x[X_SOLD][u] - w->x[X_STOCK_IN][u] - w->x[X_IN][u] -
           w->x[X_FINAL][u] - w->x[X_NONENERGY][u] - w->x[X_LOSS][u];
}

static void compare_energy(compare *k, account *x, int32_t root, period when, const twin *w, const int *scale)
{
    static const char *const lines[X_COUNT] = {"production", "import_domestic", "export_domestic", "bought", "sold", "stock_in", "stock_out", "total_in", "total_out", "total_final", "total_nonenergy", "losses", "internal"};
    account_table t;
    heng_err err = {0};
    must_work(account_energy(x, &k->a, root, when, ENERGY_PHYSICAL, &t, &err), &err, "energy");
    for (int u = 0; u < U_COUNT; u++) {
        for (int c = 0; c < X_COUNT; c++) same(k, &t, lines[c], UNITS[u], rat_scaled(&k->a, w->x[c][u], scale[u]));
        same(k, &t, "difference", UNITS[u], rat_scaled(&k->a, difference_of(w, u), scale[u]));
        same(k, &t, "total", UNITS[u], rat_scaled(&k->a, total_of(w, u), scale[u]));
    }
    must_work(account_energy(x, &k->a, root, when, ENERGY_STANDARD, &t, &err), &err, "energy in tce");
    const char *const factors[U_COUNT] = {w->f.coal_tce, "1", w->f.gas_tce, "0.0001229"};
    const rat *total = rat_int(&k->a, 0), *difference = total;
    for (int u = 0; u < U_COUNT; u++) {
        total = rat_add(&k->a, total, times(k, total_of(w, u), scale[u], factors[u]));
        difference = rat_add(&k->a, difference, times(k, difference_of(w, u), scale[u], factors[u]));
    }
    same(k, &t, "total", "total", total);
    same(k, &t, "difference", "total", difference);
}

static void compare_carbon(compare *k, account *x, int32_t root, period when, const twin *w, const int *scale)
{
    account_table t;
    heng_err err = {0};
    must_work(account_carbon(x, &k->a, root, when, &t, &err), &err, "carbon");
    const rat *coal = rat_add(&k->a, times(k, w->burnt_power, scale[U_COAL_T], w->f.coal_power_co2), times(k, w->burnt_other, scale[U_COAL_T], w->f.coal_co2));
    const rat *gas = times(k, w->burnt_gas, scale[U_GAS], w->f.gas_co2);
    same(k, &t, "total", "raw_coal", coal);
    same(k, &t, "total", "natural_gas", gas);
    same(k, &t, "total", "co2", rat_add(&k->a, coal, gas));
    same(k, &t, "total", "co2e", rat_add(&k->a, coal, gas));
    same(k, &t, "total", "measured", rat_scaled(&k->a, w->measured, scale[U_COAL_T]));
    same(k, &t, "purchased_electricity", "indirect", times(k, w->net_power, scale[U_POWER] + 3, w->f.grid)); /* kg to t */
    same(k, &t, "nonenergy", "raw_coal", rat_add(&k->a, times(k, w->stored_power, scale[U_COAL_T], w->f.coal_power_co2), times(k, w->stored_other, scale[U_COAL_T], w->f.coal_co2)));
}

static void compare_supply_use(compare *k, account *x, int32_t root, period when, const twin *w, const int *scale)
{
    static const char *const columns[S_COUNT] = {"row", "household", "accumulation", "environment", "distribution", "total"};
    account_table t;
    heng_err err = {0};
    char line[64];
    must_work(account_supply_use(x, &k->a, root, when, &t, &err), &err, "supply and use");
    for (int u = 0; u < U_COUNT; u++)
        for (int c = 0; c < S_COUNT; c++) {
            snprintf(line, sizeof line, "supply.%s", UNITS[u]);
            same(k, &t, line, columns[c], rat_scaled(&k->a, w->supply[u][c], scale[u]));
            snprintf(line, sizeof line, "use.%s", UNITS[u]);
            same(k, &t, line, columns[c], rat_scaled(&k->a, w->use[u][c], scale[u]));
        }
    same(k, &t, "balance.tce", "total", rat_int(&k->a, 0));
}

static void compare_holdings(compare *k, account *x, int64_t known_us)
{
    heng_err err = {0};
    for (int i = 0; i < ENTERPRISES; i++) {
        account_table t;
        char line[64];
        must_work(account_holdings(x, &k->a, k->m->enterprises[i], &t, &err), &err, "holdings");
        snprintf(line, sizeof line, "e%d.cea.allowance", i);
        same(k, &t, line, "posted", rat_int(&k->a, held(k->m, k->m->enterprises[i], known_us)));
    }
}

static void compare_all(model *m, int64_t known_us, const char *where)
{
    static const char *const periods[] = {"2021", "2020", "2021Q2", "2020-05", "2020-11..2021-02"};
    const int scale[U_COUNT] = {m->c.r->units[m->t].scale, m->c.r->units[m->tce].scale, m->c.r->units[m->m3].scale, m->c.r->units[m->kwh].scale};
    account_options o = {.known_us = known_us, .no_snapshot = pick(m, 2) == 0, .profile = TEXT("test")};
    compare k = {.m = m, .where = where};
    account *x;
    heng_err err = {0};
    int64_t at = known_us == BOOK_KNOWN_NOW ? INT64_MAX - 1 : known_us;
    must_work(account_open(&k.a, m->c.b, &o, &x, &err), &err, "account");
    const int32_t roots[] = {m->c.city, m->districts[0], m->districts[1], m->districts[3], any_enterprise(m), any_pool(m)};
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++)
        for (size_t r = 0; r < sizeof roots / sizeof *roots; r++) {
            twin w;
            period when = when_of(&m->c, periods[p]);
            twin_compute(m, roots[r], when, at, &w);
            compare_energy(&k, x, roots[r], when, &w, scale);
            compare_carbon(&k, x, roots[r], when, &w, scale);
            compare_supply_use(&k, x, roots[r], when, &w, scale);
        }
    compare_holdings(&k, x, at);
    check(k.wrong == 0 && k.compared > 0, where);
    printf("# %zu numbers compared, %zu differ\n", k.compared, k.wrong);
    fflush(stdout);
    account_close(x);
    arena_free(&k.a);
}

/* A sanitized build is ten times slower and looks for other faults. */
#if defined(__SANITIZE_ADDRESS__)
enum { OPS = 20000 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { OPS = 20000 };
#else
enum { OPS = 100000 };
#endif
#else
enum { OPS = 100000 };
#endif

int main(int argc, char **argv)
{
    model *m = calloc(1, sizeof *m);
    const char *ops_text = argc > 1 ? argv[1] : getenv("HENG_OPS"), *seed_text = argc > 2 ? argv[2] : getenv("HENG_SEED");
    size_t ops = ops_text ? strtoull(ops_text, NULL, 10) : OPS, done = 0;
    m->seed = seed_text ? strtoull(seed_text, NULL, 10) : (uint64_t)now_us();
    if (m->seed == 0) m->seed = 1;
    printf("# seed %llu, %zu operations\n", (unsigned long long)m->seed, ops);
    set_up(m);
    for (int stage = 0; stage < STAGES; stage++) {
        size_t until = ops * (size_t)(stage + 1) / STAGES, posts = 0;
        while (done < until) {
            done += post_batch(m, until - done < BATCH ? until - done : BATCH);
            for (int i = 0; i < 3 && done < until; i++) done += move_one(m);
            for (int i = 0; i < 3 && done < until; i++) done += post_right(m);
            if (++posts % 9 == 0 && m->delivery_count > 0 && done < until) done += undo_one(m);
            if (posts % 25 == 3 && done < until) done += change_factors(m);
        }
        compare_all(m, BOOK_KNOWN_NOW, "as known now");
        compare_all(m, m->knowns[pick(m, m->known_count)], "as known then");
        compare_all(m, m->knowns[pick(m, m->known_count / 2 + 1)], "as known earlier");
    }
    printf("# %zu movements, %zu superseded, %zu groups undone, %zu moved, %zu rights refused, %zu rule changes\n", m->fact_count, m->superseded, m->undone, m->moved, m->rights_refused, m->factor_count - 1);
    book_verify_report report;
    check_ok(book_verify(m->c.b, NULL, NULL, &report, &m->c.err), &m->c.err, "the book verifies");
    city_remove(&m->c);
    arena_free(&m->a);
    free(m);
    return check_done();
}
