/*
 * The pass: flows of a subtree and period, summed by group.
 *
 * A group is a number: (sort of the flow x traits + trait of its giver) x traits + trait of its taker. Every flow with an end inside adds its
 * months into its group, in 128 bits; tables work on the groups, of which there are hundreds where there are millions of sums.
 * Where the numbers are few, sums lie in an array by number; else in a hash table. The period is cut into spans at the months where some factor row starts or ends, so that one factor holds in a group.
 * Tree, roles and sectors are those of the last day of the period.
 *
 * The flows are shared out among threads; each has groups of its own, added up at the end. Sums do not depend on the order.
 */
#include <pthread.h>
#include <stdlib.h>
#include "inside.h"

enum { SELECT_THREADS_MAX = 16, SELECT_FLOWS_PER_THREAD_MIN = 20000, SELECT_SLOTS_FIRST = 1024, SELECT_DIRECT_MAX = 1 << 18 };

/* ---- Groups by key ---- */

typedef struct group_table { arena *a; uint64_t *keys; i128 *sums; uint32_t *slots; size_t count, max, slot_mask; } group_table;

static size_t slot_of(uint64_t key, size_t mask)
{
    key *= 0x9E3779B97F4A7C15u;
    return (key ^ key >> 32) & mask;
}

static void table_init(group_table *t, arena *a)
{
    *t = (group_table){.a = a, .slot_mask = SELECT_SLOTS_FIRST - 1};
    t->slots = NEW_ARRAY(a, SELECT_SLOTS_FIRST, uint32_t);
    t->max = SELECT_SLOTS_FIRST / 2;
    t->keys = NEW_ARRAY(a, t->max, uint64_t);
    t->sums = NEW_ARRAY(a, t->max, i128);
}

static void table_grow(group_table *t)
{
    size_t max = t->max * 2, slots = max * 2;
    t->keys = arena_grow(t->a, t->keys, t->max * sizeof *t->keys, max * sizeof *t->keys);
    t->sums = arena_grow(t->a, t->sums, t->max * sizeof *t->sums, max * sizeof *t->sums);
    t->slots = NEW_ARRAY(t->a, slots, uint32_t);
    t->slot_mask = slots - 1;
    t->max = max;
    for (uint32_t i = 0; i < t->count; i++) {
        size_t s = slot_of(t->keys[i], t->slot_mask);
        while (t->slots[s]) s = (s + 1) & t->slot_mask;
        t->slots[s] = i + 1;
    }
}

static uint32_t table_index(group_table *t, uint64_t key)
{
    size_t s = slot_of(key, t->slot_mask);
    for (; t->slots[s]; s = (s + 1) & t->slot_mask)
        if (t->keys[t->slots[s] - 1] == key) return t->slots[s] - 1;
    if (t->count == t->max) {
        table_grow(t);
        s = slot_of(key, t->slot_mask);
        while (t->slots[s]) s = (s + 1) & t->slot_mask;
    }
    t->keys[t->count] = key;
    t->sums[t->count] = 0;
    t->slots[s] = (uint32_t)++t->count;
    return (uint32_t)t->count - 1;
}

/* ---- One flow ---- */

static i128 row_sum(const columns *c, size_t row, int first, int count)
{
    const int64_t *m = c->sums + row * ACCOUNT_ROW_MONTHS;
    if (c->is_narrow) {
        int64_t sum = 0;
        if (count == ACCOUNT_ROW_MONTHS)
            for (int i = 0; i < ACCOUNT_ROW_MONTHS; i++) sum += m[i];
        else
            for (int i = first; i < first + count; i++) sum += m[i];
        return sum;
    }
    i128 sum = 0;
    for (int i = first; i < first + count; i++) sum += m[i];
    return sum;
}

static i128 flow_sum(const columns *c, size_t f, const span *s)
{
    i128 sum = 0;
    int32_t end = s->first_month + s->month_count;
    for (uint32_t r = c->row_start[f]; r < c->row_start[f + 1]; r++) {
        int32_t january = month_from(c->row_year[r], 1);
        int32_t from = s->first_month > january ? s->first_month - january : 0;
        int32_t to = end - january < ACCOUNT_ROW_MONTHS ? end - january : ACCOUNT_ROW_MONTHS;
        if (from < to) sum += row_sum(c, r, from, to - from);
    }
    return sum;
}

/* What a pass looks up for every flow. */
typedef struct lookup { const uint16_t *trait_of; size_t party_count, trait_count; uint8_t *inside; /* by trait */ uint8_t *known; /* by sort: all its rules are known */ } lookup;

static lookup lookup_of(const account *x, const selection *s, arena *a)
{
    lookup l = {s->trait_of, s->party_count, s->trait_count, arena_zero(a, s->trait_count + 1), arena_zero(a, x->c->sort_count + 1)};
    for (size_t t = 0; t < s->trait_count; t++) l.inside[t] = s->traits[t].inside;
    for (size_t i = 0; i < x->c->sort_count; i++) l.known[i] = (x->c->sorts[i].kind | x->c->sorts[i].commodity | x->c->sorts[i].unit) >= 0;
    return l;
}

/* False when no end is inside, or when the rules as known then do not know what it is. */
static inline bool flow_key(const columns *c, const lookup *l, size_t f, uint64_t *ret)
{
    size_t giver = (size_t)c->giver[f], taker = (size_t)c->taker[f];
    if (giver >= l->party_count || taker >= l->party_count) return false;
    size_t from = l->trait_of[giver], to = l->trait_of[taker];
    *ret = ((uint64_t)c->sort[f] * l->trait_count + from) * l->trait_count + to;
    return (l->inside[from] | l->inside[to]) & l->known[c->sort[f]];
}

static group group_of(const account *x, const selection *s, uint64_t key, int32_t months, i128 sum)
{
    size_t taker = (size_t)(key % s->trait_count), giver = (size_t)(key / s->trait_count % s->trait_count);
    const flow_sort *k = &x->c->sorts[key / s->trait_count / s->trait_count];
    bool gives = s->traits[giver].inside, takes = s->traits[taker].inside;
    return (group){.kind = k->kind, .commodity = k->commodity, .unit = k->unit, .basis = (uint8_t)(k->basis & 3), .ends = gives && takes ? ENDS_BOTH : gives ? ENDS_GIVER : ENDS_TAKER,
                   .giver = (int32_t)giver, .taker = (int32_t)taker, .span = months, .sum = sum};
}

/* ---- The pass ---- */

typedef struct pass { const columns *c; const lookup *l; const span *months; size_t from, to; arena a; i128 *direct; /* NULL: the table */ group_table groups; } pass;

static inline void pass_add(pass *w, uint64_t key, i128 sum)
{
    if (w->direct) {
        w->direct[key] += sum;
        return;
    }
    uint32_t at = table_index(&w->groups, key); /* may move the sums */
    w->groups.sums[at] += sum;
}

/* A whole calendar year is the usual question: one row of a flow, its twelve months. */
static void pass_year(pass *w)
{
    const columns *c = w->c;
    int32_t year = month_year(w->months->first_month);
    for (size_t f = w->from; f < w->to; f++) {
        uint64_t key;
        if (!flow_key(c, w->l, f, &key)) continue;
        for (uint32_t r = c->row_start[f]; r < c->row_start[f + 1]; r++) {
            if (c->row_year[r] != year) continue;
            const int64_t *m = c->sums + (size_t)r * ACCOUNT_ROW_MONTHS;
            int64_t sum = 0;
            for (int i = 0; i < ACCOUNT_ROW_MONTHS; i++) sum += m[i];
            if (sum != 0) pass_add(w, key, sum);
        }
    }
}

static void pass_months(pass *w)
{
    for (size_t f = w->from; f < w->to; f++) {
        uint64_t key;
        if (!flow_key(w->c, w->l, f, &key)) continue;
        i128 sum = flow_sum(w->c, f, w->months);
        if (sum != 0) pass_add(w, key, sum);
    }
}

static void *pass_run(void *p)
{
    pass *w = p;
    bool is_year = w->c->is_narrow && w->months->month_count == ACCOUNT_ROW_MONTHS && month_number(w->months->first_month) == 1;
    uint64_t numbers = (uint64_t)w->c->sort_count * w->l->trait_count * w->l->trait_count;
    if (numbers <= SELECT_DIRECT_MAX) w->direct = NEW_ARRAY(&w->a, numbers + 1, i128);
    else table_init(&w->groups, &w->a);
    if (is_year) pass_year(w);
    else pass_months(w);
    return NULL;
}

static size_t thread_count(const account *x)
{
    size_t want = x->o.threads > 0 ? (size_t)x->o.threads : 2, useful = x->c->flow_count / SELECT_FLOWS_PER_THREAD_MIN + 1;
    if (want > SELECT_THREADS_MAX) want = SELECT_THREADS_MAX;
    return want < useful ? want : useful;
}

static void pass_gather(const pass *w, group_table *t)
{
    uint64_t numbers = w->direct ? (uint64_t)w->c->sort_count * w->l->trait_count * w->l->trait_count : 0;
    for (uint64_t key = 0; key < numbers; key++) {
        if (w->direct[key] == 0) continue;
        uint32_t at = table_index(t, key);
        t->sums[at] += w->direct[key];
    }
    for (size_t g = 0; g < w->groups.count; g++) {
        uint32_t at = table_index(t, w->groups.keys[g]);
        t->sums[at] += w->groups.sums[g];
    }
}

/* Sums by group of one span into t. No overflow: at most 2^31 flows and rows of 64-bit sums. */
static void pass_all(const account *x, const lookup *l, const span *months, group_table *t)
{
    pass work[SELECT_THREADS_MAX] = {0};
    pthread_t threads[SELECT_THREADS_MAX];
    bool started[SELECT_THREADS_MAX] = {0};
    size_t n = thread_count(x), flows = x->c->flow_count;
    for (size_t i = 0; i < n; i++) {
        work[i] = (pass){.c = x->c, .l = l, .months = months, .from = flows * i / n, .to = flows * (i + 1) / n};
        if (i > 0) started[i] = pthread_create(&threads[i], NULL, pass_run, &work[i]) == 0;
    }
    for (size_t i = 0; i < n; i++)
        if (!started[i]) pass_run(&work[i]);
    for (size_t i = 0; i < n; i++) {
        if (started[i]) pthread_join(threads[i], NULL);
        pass_gather(&work[i], t);
        arena_free(&work[i].a);
    }
}

typedef struct keyed { uint64_t key; i128 sum; } keyed;

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const keyed *)a)->key, y = ((const keyed *)b)->key;
    return x < y ? -1 : x > y;
}

static void add_groups(account *x, selection *s)
{
    group *groups = NULL;
    uint64_t *keys = NULL;
    size_t max = 0, key_max = 0, key_count = 0;
    arena tables = {0};
    lookup l = lookup_of(x, s, &tables);
    for (size_t i = 0; i < s->span_count; i++) {
        arena scratch = {0};
        group_table t;
        table_init(&t, &scratch);
        pass_all(x, &l, &s->spans[i], &t);
        keyed *sorted = NEW_ARRAY(&scratch, t.count + 1, keyed);
        for (size_t g = 0; g < t.count; g++) sorted[g] = (keyed){t.keys[g], t.sums[g]};
        qsort(sorted, t.count, sizeof *sorted, by_key);
        for (size_t g = 0; g < t.count; g++) {
            *ARENA_PUSH(x->a, groups, s->group_count, max) = group_of(x, s, sorted[g].key, (int32_t)i, sorted[g].sum);
            *ARENA_PUSH(x->a, keys, key_count, key_max) = sorted[g].key;
        }
        arena_free(&scratch);
    }
    arena_free(&tables);
    s->groups = groups;
    s->keys = keys;
}

size_t selection_flows(const account *x, arena *a, const selection *s, uint32_t group_index, flow_part **ret)
{
    size_t count = 0, max = 0;
    const span *months = &s->spans[s->groups[group_index].span];
    arena tables = {0};
    lookup l = lookup_of(x, s, &tables);
    *ret = NULL;
    for (size_t f = 0; f < x->c->flow_count; f++) {
        uint64_t key;
        if (!flow_key(x->c, &l, f, &key) || key != s->keys[group_index]) continue;
        i128 sum = flow_sum(x->c, f, months);
        if (sum != 0) *ARENA_PUSH(a, *ret, count, max) = (flow_part){(uint32_t)f, sum};
    }
    arena_free(&tables);
    return count;
}

/* ---- Spans ---- */

static int by_month(const void *a, const void *b) { return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b); }

typedef struct edges edges;
struct edges { arena *a; text profile; int32_t *months; size_t count, max; text *sets; size_t set_count, set_max; edges *next; };

/* The first whole month from that day on. */
static void add_edge(edges *e, int32_t day)
{
    int year, month, of_month;
    day_split(day, &year, &month, &of_month);
    *ARENA_PUSH(e->a, e->months, e->count, e->max) = month_from(year, month) + (of_month > 1);
}

static bool has_set(const edges *e, text set)
{
    for (size_t i = 0; i < e->set_count; i++)
        if (text_equal(e->sets[i], set)) return true;
    return false;
}

static void add_set(edges *e, text set)
{
    if (set.len > 0 && !has_set(e, set)) *ARENA_PUSH(e->a, e->sets, e->set_count, e->set_max) = set;
}

/* Dates of the rows of a table that are of the sets in use. */
static void add_dates(const account *x, edges *e, const char *which, const char *column)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, which, &rows);
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->valid_from == INT32_MIN && rows[i]->valid_to == INT32_MAX) continue;
        if (!has_set(e, rule_cell(rows[i], column))) continue;
        if (rows[i]->valid_from > INT32_MIN) add_edge(e, rows[i]->valid_from);
        if (rows[i]->valid_to < INT32_MAX) add_edge(e, rows[i]->valid_to + 1);
    }
}

/* Months at which a factor that the profile may use starts or ends, rising. */
static void find_edges(const account *x, text profile, edges *e)
{
    const rule_row *const *rows;
    size_t count = rule_rows(x->r, "profiles", &rows);
    for (size_t i = 0; i < count; i++)
        if (text_equal(rule_cell(rows[i], "profile"), profile)) add_set(e, rule_cell(rows[i], "set"));
    add_set(e, x->o.gwp);
    count = rule_rows(x->r, "factor_choices", &rows);
    for (size_t i = 0; i < count; i++)
        if (has_set(e, rule_cell(rows[i], "choice"))) add_set(e, rule_cell(rows[i], "set"));
    add_dates(x, e, "conversions", "set");
    add_dates(x, e, "emission_factors", "set");
    add_dates(x, e, "factor_choices", "choice");
    add_dates(x, e, "gwp", "set");
    if (e->count > 0) qsort(e->months, e->count, sizeof *e->months, by_month);
}

static const edges *edges_of(account *x, text profile)
{
    edges *e = x->edges;
    while (e && !text_equal(e->profile, profile)) e = e->next;
    if (e) return e;
    e = NEW(x->a, edges);
    *e = (edges){.a = x->a, .profile = profile, .next = x->edges};
    find_edges(x, profile, e);
    return x->edges = e;
}

static span span_of(const account *x, int32_t first, int32_t end)
{
    return (span){first, end - first, zone_day_of(x->zone, zone_month_start_us(x->zone, first))};
}

/* Edges of the profile and of the measurements of parties inside, rising. */
static const int32_t *all_edges(account *x, const selection *s, size_t *ret_count)
{
    const edges *e = edges_of(x, s->profile);
    const measured *m;
    size_t count = measured_all(x, &m);
    edges own = {.a = x->a};
    for (size_t i = 0; i < count; i++) {
        if ((size_t)m[i].party >= s->state->parties.count || !s->inside[m[i].party]) continue;
        add_edge(&own, zone_day_of(x->zone, m[i].when.start_us));
        add_edge(&own, zone_day_of(x->zone, m[i].when.end_us));
    }
    *ret_count = e->count;
    if (own.count == 0) return e->months;
    for (size_t i = 0; i < e->count; i++) *ARENA_PUSH(own.a, own.months, own.count, own.max) = e->months[i];
    qsort(own.months, own.count, sizeof *own.months, by_month);
    *ret_count = own.count;
    return own.months;
}

static bool cut_spans(account *x, selection *s, heng_err *err)
{
    span *spans = NULL;
    size_t max = 0;
    int32_t at = s->first_month, end = s->first_month + s->month_count;
    size_t edge_count;
    const int32_t *months = all_edges(x, s, &edge_count);
    for (size_t i = 0; i < edge_count && s->span_count < ACCOUNT_SPANS_MAX && s->view != VIEW_HOLDING; i++) {
        if (months[i] <= at || months[i] >= end) continue;
        *ARENA_PUSH(x->a, spans, s->span_count, max) = span_of(x, at, months[i]);
        at = months[i];
    }
    if (s->span_count >= ACCOUNT_SPANS_MAX) return err_fill(err, &MSG_PERIOD_TOO_LONG, NULL, "240", NULL);
    *ARENA_PUSH(x->a, spans, s->span_count, max) = span_of(x, at, end);
    s->spans = spans;
    return true;
}

/* ---- Traits of a selection: those of the parties, and inside, member, measured ---- */

static int32_t parent_of(const account *x, const book_party *p) { return x->o.tree == BOOK_BY_OWNER ? p->owner : p->place; }

/* For every party inside: which child of the root it is under; the root itself 0. */
static void find_members(account *x, selection *s, int32_t *member)
{
    int32_t *members = NULL;
    size_t max = 0;
    const book_parties *p = &s->state->parties;
    for (size_t i = 0; i < p->count; i++)
        if (parent_of(x, &p->items[i]) == s->party) {
            *ARENA_PUSH(x->a, members, s->member_count, max) = (int32_t)i;
            member[i] = (int32_t)s->member_count;
        }
    for (size_t i = 0; i < p->count; i++) {
        int32_t up = (int32_t)i;
        for (size_t depth = 0; s->inside[i] && up >= 0 && up != s->party && member[up] == 0 && depth < p->count; depth++) up = parent_of(x, &p->items[up]);
        if (s->inside[i] && up >= 0 && up != s->party) member[i] = member[up];
    }
    s->members = members;
}

/* Parties that gave a measured greenhouse gas in the period. */
static void find_measured(const account *x, const selection *s, bool *emits)
{
    span all = {s->first_month, s->month_count, 0};
    for (size_t f = 0; f < x->c->flow_count; f++) {
        const columns *c = x->c;
        const flow_sort *k = &c->sorts[c->sort[f]];
        if (k->kind < 0 || k->commodity < 0 || (size_t)c->giver[f] >= s->party_count) continue;
        if (!s->inside[c->giver[f]] || !text_is(x->r->kinds[k->kind].id, "emit")) continue;
        if (text_is(gas_of_commodity(x, k->commodity), "co2") && flow_sum(c, f, &all) != 0) emits[c->giver[f]] = true;
    }
}

/* By party: itself where it has measured a factor, else BOOK_NONE. */
static int32_t *own_parties(const account *x, size_t count)
{
    const measured *m;
    size_t measured_count = measured_all(x, &m);
    int32_t *own = NEW_ARRAY(x->a, count + 1, int32_t);
    for (size_t i = 0; i < count; i++) own[i] = BOOK_NONE;
    for (size_t i = 0; i < measured_count; i++)
        if ((size_t)m[i].party < count) own[m[i].party] = m[i].party;
    return own;
}

static bool make_traits(account *x, selection *s, heng_err *err)
{
    size_t n = s->state->parties.count, count = 0, max = 0;
    int32_t *member = NEW_ARRAY(x->a, n + 1, int32_t);
    bool *emits = NEW_ARRAY(x->a, n + 1, bool);
    int32_t *own = own_parties(x, n);
    uint16_t *of = NEW_ARRAY(x->a, n + 1, uint16_t);
    trait *traits = NULL;
    text_map known = {.a = x->a};
    if (s->view == VIEW_MEMBERS) find_members(x, s, member);
    if (s->view == VIEW_MEASURED) find_measured(x, s, emits);
    for (size_t i = 0; i < n; i++) {
        const uint64_t parts[2] = {(uint64_t)s->state->trait_of[i] << 40 | (uint64_t)(uint32_t)member[i] << 2 | (uint64_t)s->inside[i] << 1 | (uint64_t)emits[i], (uint64_t)own[i]};
        int64_t found;
        text key = {(const char *)parts, sizeof parts};
        if (!text_map_find(&known, key, &found)) {
            if (count >= ACCOUNT_TRAITS_MAX) return err_fill(err, &MSG_TOO_MANY_TRAITS, NULL, "65536", NULL);
            trait *t = ARENA_PUSH(x->a, traits, count, max);
            *t = s->state->traits[s->state->trait_of[i]];
            t->inside = s->inside[i], t->member = member[i], t->measured = emits[i], t->own = own[i];
            found = (int64_t)count - 1;
            text_map_put(&known, text_copy(x->a, key), found);
        }
        of[i] = (uint16_t)found;
    }
    s->trait_of = of, s->traits = traits, s->trait_count = count, s->party_count = n;
    return true;
}

static bool select_new(account *x, selection *s, heng_err *err)
{
    int32_t last_day = zone_day_of(x->zone, s->when.end_us - 1);
    if (!columns_need(x, err) || !measured_need(x, err)) return false;
    if (!period_in_months(x, s->when, &s->first_month, &s->month_count, err)) return false;
    if (s->view == VIEW_HOLDING) { /* from the first month there can be */
        int32_t first = month_from(1900, 1), end = s->first_month + s->month_count;
        s->first_month = first < end ? first : end - 1;
        s->month_count = end - s->first_month;
    }
    if (!party_state_at(x, last_day, &s->state, err)) return false;
    if (s->party < 0 || (size_t)s->party >= s->state->parties.count) return err_fill(err, &MSG_PARTY_UNKNOWN, "", NULL, NULL);
    s->inside = book_subtree(x->a, &s->state->parties, x->o.tree, s->party);
    s->profile = account_profile(x, s->state->places[s->state->traits[s->state->trait_of[s->party]].place], span_of(x, s->first_month, s->first_month + 1).day);
    if (!cut_spans(x, s, err) || !make_traits(x, s, err)) return false;
    add_groups(x, s);
    return true;
}

bool account_select(account *x, int32_t party, period when, selection_view view, const selection **ret, heng_err *err)
{
    selection *s = x->selections;
    while (s && (s->party != party || s->view != view || s->when.start_us != when.start_us || s->when.end_us != when.end_us)) s = s->next;
    if (!s) {
        s = NEW(x->a, selection);
        s->party = party, s->when = when, s->view = view;
        if (!select_new(x, s, err)) return false;
        s->next = x->selections;
        x->selections = s;
    }
    *ret = s;
    return true;
}
