/*
 * Groups of movements: what the store knows of them is loaded for all groups of a commit at once, then each is judged in order
 * against that and against the groups before it in the same commit.
 */
#include "inside.h"

static const int64_t YEAR_1900_US = -2208988800000000, YEAR_2200_US = 7258118400000000;

/* ---- Each movement by itself ---- */

static bool index_fail(heng_err *err, int64_t v, const char *what)
{
    char seen[24];
    snprintf(seen, sizeof seen, "%lld", (long long)v);
    return err_fill(err, &MSG_BOOK_INDEX_BAD, seen, NULL, what);
}

static bool indexes_fit(const book *b, const book_movement *m, heng_err *err)
{
    const rule_set *r = b->rules;
    if (m->giver < 0 || (size_t)m->giver >= b->parties.count) return index_fail(err, m->giver, "giver");
    if (m->taker < 0 || (size_t)m->taker >= b->parties.count) return index_fail(err, m->taker, "taker");
    if (m->commodity < 0 || (size_t)m->commodity >= r->commodity_count) return index_fail(err, m->commodity, "commodity");
    if (m->unit < 0 || (size_t)m->unit >= r->unit_count) return index_fail(err, m->unit, "unit");
    if (m->kind < 0 || (size_t)m->kind >= r->kind_count) return index_fail(err, m->kind, "kind");
    if ((int)m->basis < BOOK_METERED || (int)m->basis > BOOK_APPORTIONED) return index_fail(err, (int)m->basis, "basis");
    return true;
}

/* A moment outside the years that are kept: its day, or where the calendar has none, microseconds. */
static const char *far_day(arena *a, const book *b, int64_t us)
{
    static const int64_t YEAR_1_US = -62135596800000000, YEAR_9999_US = 253370764800000000;
    if (us < YEAR_1_US || us > YEAR_9999_US) return arena_printf(a, "%lld us", (long long)us);
    return text_str(a, day_format(a, zone_day_of(b->zone, us)));
}

static bool period_fits(const book *b, period when, heng_err *err)
{
    if (when.start_us <= when.end_us && when.start_us >= YEAR_1900_US && when.end_us <= YEAR_2200_US) return true;
    arena a = {0};
    bool is_near = when.start_us >= YEAR_1900_US && when.start_us <= YEAR_2200_US && when.end_us >= YEAR_1900_US && when.end_us <= YEAR_2200_US;
    const char *start = is_near ? text_str(&a, instant_format(&a, b->zone, when.start_us)) : far_day(&a, b, when.start_us);
    const char *end = is_near ? text_str(&a, instant_format(&a, b->zone, when.end_us)) : far_day(&a, b, when.end_us - (when.end_us > INT64_MIN));
    err_fill(err, is_near || when.start_us > when.end_us ? &MSG_BOOK_PERIOD_BACKWARDS : &MSG_BOOK_PERIOD_RANGE, start, NULL, end);
    arena_free(&a);
    return err_in_field(err, "period");
}

static bool movement_check(pending *p, const book_movement *m, movement_ref *ret, heng_err *err)
{
    book *b = p->b;
    book_flow ends = {m->giver, m->taker, m->commodity, m->unit, m->kind, (uint8_t)m->basis};
    if (!indexes_fit(b, m, err)) return false;
    if (m->amount < 0) {
        char seen[24];
        snprintf(seen, sizeof seen, "%lld", (long long)m->amount);
        err_fill(err, &MSG_BOOK_AMOUNT_NEGATIVE, seen, NULL, NULL);
        return err_in_field(err, "amount");
    }
    if ((m->when.start_us > m->when.end_us || m->when.start_us < YEAR_1900_US || m->when.end_us > YEAR_2200_US) && !period_fits(b, m->when, err)) return false;
    flow_entry *f = book_flow_entry(b, &ends);
    if (!f->fits) return book_flow_judge(b, &ends, err);
    if (!f->is_looked_up) {
        f->is_looked_up = true;
        *ARENA_PUSH(p->a, p->flows, p->flow_count, p->flow_max) = f;
    }
    *ret = (movement_ref){f, m->amount, m->when};
    return true;
}

static text made_key(const book *b, arena *a, const movement_ref *refs, size_t count)
{
    uint64_t h[2] = {count, ~(uint64_t)count};
    for (size_t i = 0; i < count; i++) {
        const uint64_t *key = book_flow_key(b, refs[i].flow);
        for (int k = 0; k < 2; k++) {
            h[k] = book_mix(h[k], key[k]);
            h[k] = book_mix(h[k], (uint64_t)refs[i].when.start_us);
            h[k] = book_mix(h[k], (uint64_t)refs[i].when.end_us);
        }
    }
    return book_key_made(a, refs[0].when.start_us, h);
}

/* refs stays NULL when the group is refused already. */
static bool group_check(pending *p, group_state *gs, heng_err *err)
{
    const book_group *g = gs->g;
    if (g->count < 1 || g->count > BOOK_GROUP_MAX) {
        return err_fill(err, &MSG_BOOK_GROUP_SIZE, arena_printf(p->a, "%zu", g->count), arena_printf(p->a, "%d", BOOK_GROUP_MAX), NULL);
    }
    if (g->ext_id.len && !book_text_ok(g->ext_id, BOOK_KEY_MAX, false, "ext_id", err)) return false;
    movement_ref *refs = arena_alloc(p->a, g->count * sizeof *refs);
    for (size_t i = 0; i < g->count; i++)
        if (!movement_check(p, &g->movements[i], &refs[i], err)) return err_at_row(err, g->movements[i].row);
    gs->key = g->ext_id.len ? book_key_ext(p->a, g->ext_id) : made_key(p->b, p->a, refs, g->count);
    gs->refs = refs;
    return true;
}

static void groups_check(pending *p, size_t batch)
{
    batch_state *s = &p->batches[batch];
    const book_batch *x = s->r->batch;
    s->first_group = p->group_count;
    if (s->is_failed || s->is_known) return;
    for (size_t i = 0; i < x->group_count; i++) {
        group_state *gs = &p->groups[p->group_count++];
        heng_err why;
        *gs = (group_state){.g = &x->groups[i], .batch = batch, .item = s->group_item + i, .same_before = -1, .replaces_pending = -1, .exists_pending = -1};
        why.message = NULL;
        if (x->groups[i].count != 1) memset(&why, 0, sizeof why);
        if (!group_check(p, gs, &why)) book_refuse(s, gs->item, &why);
    }
}

/* ---- Keys in order ---- */

static int compare_keys(text a, text b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = memcmp(a.ptr, b.ptr, n);
    return c ? c : a.len < b.len ? -1 : a.len > b.len;
}

static int compare_groups(const void *a, const void *b, void *context)
{
    const pending *p = context;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const group_state *x = &p->groups[i], *y = &p->groups[j];
    uintptr_t sx = (uintptr_t)p->batches[x->batch].source, sy = (uintptr_t)p->batches[y->batch].source;
    if (sx != sy) {
        int64_t ix = p->batches[x->batch].source->id, iy = p->batches[y->batch].source->id;
        return ix != iy ? (ix < iy ? -1 : 1) : sx < sy ? -1 : 1;
    }
    int c = compare_keys(x->key, y->key);
    return c ? c : i < j ? -1 : i > j;
}

static void sort_groups(pending *p, size_t count)
{
    bool is_sorted = true;
    for (size_t i = 1; i < count && is_sorted; i++) is_sorted = compare_groups(&p->order[i - 1], &p->order[i], p) < 0;
    if (!is_sorted) qsort_r(p->order, count, sizeof *p->order, compare_groups, p);
}

static bool same_key(const pending *p, size_t i, size_t j)
{
    const group_state *x = &p->groups[p->order[i]], *y = &p->groups[p->order[j]];
    return p->batches[x->batch].source == p->batches[y->batch].source && compare_keys(x->key, y->key) == 0;
}

/* Equal made keys of one batch are the first, second, ... delivery of the same thing. Returns whether any key has changed. */
static bool ordinals(pending *p, size_t count)
{
    bool changed = false;
    for (size_t i = 0, j; i < count; i = j) {
        uint32_t ordinal = 0;
        size_t batch = SIZE_MAX;
        for (j = i + 1; j < count && same_key(p, i, j);) j++;
        if (j == i + 1) continue;
        text base = p->groups[p->order[i]].key;
        for (size_t k = i; k < j; k++) {
            group_state *gs = &p->groups[p->order[k]];
            if (base.ptr[0] != 'm') break;
            ordinal = gs->batch == batch ? ordinal + 1 : 0;
            batch = gs->batch;
            gs->key = book_key_ordinal(p->a, base, ordinal);
            changed = changed || ordinal > 0;
        }
    }
    return changed;
}

static size_t groups_order(pending *p)
{
    size_t count = 0;
    p->order = arena_alloc(p->a, (p->group_count + 1) * sizeof *p->order);
    for (size_t i = 0; i < p->group_count; i++)
        if (p->groups[i].refs) p->order[count++] = i;
    sort_groups(p, count);
    if (ordinals(p, count)) sort_groups(p, count);
    for (size_t i = 1; i < count; i++)
        if (same_key(p, i - 1, i)) p->groups[p->order[i]].same_before = (int64_t)p->order[i - 1];
    return count;
}

/* ---- What the store knows ---- */

/* A key greater than the greatest of its source cannot be there: data that come in order of time are not looked up. */
static bool must_look(const pending *p, const group_state *gs)
{
    const book_source *s = p->batches[gs->batch].source;
    return s->id != 0 && s->has_last && gs->same_before < 0 && compare_keys(gs->key, s->last_key) <= 0;
}

static bool identities_load(pending *p, size_t count, heng_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += must_look(p, &p->groups[p->order[i]]);
    book_cols c = book_cols_of(p->a, n);
    int64_t *source = book_col(&c, "source");
    text *key = book_col_blob(&c, "key");
    size_t *who = NEW_ARRAY(p->a, n, size_t), at = 0;
    for (size_t i = 0; i < count; i++) {
        const group_state *gs = &p->groups[p->order[i]];
        if (!must_look(p, gs)) continue;
        source[at] = p->batches[gs->batch].source->id;
        key[at] = gs->key;
        who[at++] = p->order[i];
    }
    store_rows r;
    if (!book_run(p->b, SQL_book_identity_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) p->groups[who[r.origin[i]]].found = book_at(&r, 0, i);
    for (size_t i = 1; i < count; i++) { /* equal keys share what was found */
        group_state *gs = &p->groups[p->order[i]];
        if (gs->same_before >= 0) gs->found = p->groups[gs->same_before].found;
    }
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static size_t sort_once(int64_t *ids, size_t count)
{
    size_t kept = 0;
    qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1]) ids[kept++] = ids[i];
    return kept;
}

static bool flow_lost(int64_t id, heng_err *err)
{
    char seen[24];
    snprintf(seen, sizeof seen, "%lld", (long long)id);
    return err_fill(err, &MSG_BOOK_FACT_MISSING, seen, NULL, "flow");
}

static bool flow_remember(book *b, const store_rows *r, size_t i, heng_err *err)
{
    book_flow ends = {(int32_t)book_at(r, 1, i), (int32_t)book_at(r, 2, i), rule_commodity_find(b->rules, book_text_at(r, 3, i)), rule_unit_find(b->rules, book_text_at(r, 4, i)),
                      rule_kind_find(b->rules, book_text_at(r, 5, i)), (uint8_t)book_at(r, 6, i)};
    bool is_known = ends.commodity >= 0 && ends.unit >= 0 && ends.kind >= 0 && ends.giver >= 0 && ends.taker >= 0 && (size_t)ends.giver < b->parties.count &&
                    (size_t)ends.taker < b->parties.count;
    if (!is_known) return flow_lost(book_at(r, 0, i), err);
    flow_entry *f = book_flow_entry(b, &ends);
    f->is_looked_up = true;
    if (f->id == 0) book_flow_numbered(b, f, book_at(r, 0, i));
    return true;
}

/* All flows of the store at once. */
static bool flows_all(pending *p, heng_err *err)
{
    static const char *const NAMES[] = {"after", "limit"};
    const int64_t values[] = {0, p->b->next.flow};
    store_rows r;
    if (!book_run_ints(p->b, SQL_book_flow_page, p->a, &r, err, 2, NAMES, values)) return false;
    for (size_t i = 0; i < r.count; i++)
        if (!flow_remember(p->b, &r, i, err)) return false;
    return true;
}

static bool flows_each(pending *p, heng_err *err)
{
    book *b = p->b;
    const rule_set *r = b->rules;
    book_cols c = book_cols_of(p->a, p->flow_count);
    int64_t *giver = book_col(&c, "giver"), *taker = book_col(&c, "taker"), *basis = book_col(&c, "basis");
    text *commodity = book_col_text(&c, "commodity"), *unit = book_col_text(&c, "unit"), *kind = book_col_text(&c, "kind");
    for (size_t i = 0; i < p->flow_count; i++) {
        const book_flow *f = &p->flows[i]->ends;
        giver[i] = f->giver;
        taker[i] = f->taker;
        basis[i] = f->basis;
        commodity[i] = r->commodities[f->commodity].id;
        unit[i] = r->units[f->unit].id;
        kind[i] = r->kinds[f->kind].id;
    }
    store_rows rows;
    if (!book_run(b, SQL_book_flow_find, &c, p->a, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        flow_entry *f = p->flows[rows.origin[i]];
        if (f->id == 0) book_flow_numbered(b, f, book_at(&rows, 0, i));
    }
    return true;
}

/* One by one, or when the store has hardly more flows than are asked for, all of them; nothing when all are in memory. */
static bool flows_look_up(pending *p, heng_err *err)
{
    int64_t stored = p->b->next.flow;
    bool is_many = p->flow_count > BOOK_PAGE / 4 && stored / 4 < (int64_t)p->flow_count;
    if (p->b->flows.numbered < stored && !(is_many ? flows_all(p, err) : flows_each(p, err))) return false;
    p->flow_count = 0;
    return true;
}

/* Flows of old movements, by number. */
static bool flows_by_id(pending *p, const store_rows *movements, heng_err *err)
{
    size_t count = 0;
    int64_t *ids = NEW_ARRAY(p->a, movements->count, int64_t);
    for (size_t i = 0; i < movements->count; i++)
        if (!book_flow_by_id(p->b, book_at(movements, 2, i))) ids[count++] = book_at(movements, 2, i);
    book_cols c = book_cols_of(p->a, sort_once(ids, count));
    int64_t *id = book_col(&c, "id");
    memcpy(id, ids, c.rows * sizeof *id);
    store_rows r;
    if (!book_run(p->b, SQL_book_flow_get, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++)
        if (!flow_remember(p->b, &r, i, err)) return false;
    return true;
}

old_group *book_old_find(const pending *p, int64_t id)
{
    size_t low = 0, high = p->old_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->olds[middle].id < id) low = middle + 1;
        else high = middle;
    }
    return low < p->old_count && p->olds[low].id == id ? &p->olds[low] : NULL;
}

static bool olds_fill(pending *p, const store_rows *m, heng_err *err)
{
    movement_ref *refs = NEW_ARRAY(p->a, m->count, movement_ref);
    for (size_t i = 0; i < m->count; i++) {
        old_group *o = &p->olds[m->origin[i]];
        if (book_at(m, 1, i) != o->id) continue; /* the number was not that of a group */
        if (o->count == 0) o->refs = &refs[i];
        o->count++;
        refs[i] = (movement_ref){book_flow_by_id(p->b, book_at(m, 2, i)), book_at(m, 3, i), {book_at(m, 4, i), book_at(m, 5, i)}};
        if (!refs[i].flow) return flow_lost(book_at(m, 2, i), err);
    }
    return true;
}

bool book_olds_load(pending *p, size_t count, const int64_t *ids, heng_err *err)
{
    book_cols c = book_cols_of(p->a, count);
    int64_t *grp = book_col(&c, "grp");
    store_rows m, s;
    p->olds = NEW_ARRAY(p->a, count, old_group);
    p->old_count = count;
    for (size_t i = 0; i < count; i++) grp[i] = p->olds[i].id = ids[i];
    if (!book_run(p->b, SQL_book_movement_group, &c, p->a, &m, err) || !flows_by_id(p, &m, err) || !olds_fill(p, &m, err)) return false;
    if (!book_run(p->b, SQL_book_supersession_find, &c, p->a, &s, err)) return false;
    for (size_t i = 0; i < s.count; i++) {
        old_group *o = &p->olds[s.origin[i]];
        o->by = book_at(&s, 0, i) ? book_at(&s, 0, i) : -1;
        o->by_us = book_at(&s, 1, i);
    }
    return true;
}

static bool olds_of_groups(pending *p, heng_err *err)
{
    size_t count = 0;
    int64_t *ids = arena_alloc(p->a, (2 * p->group_count + 1) * sizeof *ids);
    for (size_t i = 0; i < p->group_count; i++) {
        const group_state *gs = &p->groups[i];
        if (gs->refs && gs->found) ids[count++] = gs->found;
        if (gs->refs && gs->g->supersedes > 0) ids[count++] = gs->g->supersedes;
    }
    return book_olds_load(p, sort_once(ids, count), ids, err);
}

static void want_balance(balance_entry *e, balance_entry **list, size_t *count)
{
    if (!e || e->is_loaded) return;
    e->is_loaded = true;
    list[(*count)++] = e;
}

/* Balances of all flows in hand that are not in memory yet. */
static bool balances_run(pending *p, balance_entry **list, size_t count, heng_err *err)
{
    const rule_set *r = p->b->rules;
    book_cols c = book_cols_of(p->a, count);
    int64_t *party = book_col(&c, "party");
    text *commodity = book_col_text(&c, "commodity"), *unit = book_col_text(&c, "unit");
    for (size_t i = 0; i < count; i++) {
        party[i] = list[i]->party;
        commodity[i] = r->commodities[list[i]->commodity].id;
        unit[i] = r->units[list[i]->unit].id;
    }
    store_rows rows;
    if (!book_run(p->b, SQL_book_balance_find, &c, p->a, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        list[rows.origin[i]]->posted = book_at(&rows, 0, i);
        list[rows.origin[i]]->held = book_at(&rows, 1, i);
    }
    return true;
}

static void want_refs(const movement_ref *refs, size_t n, balance_entry **list, size_t *count)
{
    for (size_t i = 0; i < n; i++) {
        want_balance(refs[i].flow->giver, list, count);
        want_balance(refs[i].flow->taker, list, count);
    }
}

bool book_balances_load(pending *p, heng_err *err)
{
    size_t count = 0, max = p->b->flows.balance_count + 1;
    balance_entry **list = arena_alloc(p->a, max * sizeof *list); /* each at most once */
    for (size_t i = 0; i < p->group_count; i++)
        if (p->groups[i].refs) want_refs(p->groups[i].refs, p->groups[i].g->count, list, &count);
    for (size_t i = 0; i < p->old_count; i++) want_refs(p->olds[i].refs, p->olds[i].count, list, &count);
    for (size_t i = 0; i < p->hold_count; i++) {
        const hold_state *h = &p->hold_items[i];
        if (h->id) want_balance(book_balance_entry(p->b, h->party, h->commodity, h->unit), list, &count);
    }
    return balances_run(p, list, count, err);
}

static bool want_hold(pending *p, text key)
{
    int64_t at;
    if (key.len == 0 || text_map_find(&p->holds, key, &at)) return false;
    text_map_put(&p->holds, key, (int64_t)p->hold_count);
    p->hold_items[p->hold_count++] = (hold_state){.key = key, .party = BOOK_NONE};
    return true;
}

static void hold_fill(book *b, hold_state *h, const store_rows *r, size_t i)
{
    h->id = book_at(r, 0, i);
    h->party = (int32_t)book_at(r, 1, i);
    h->commodity = rule_commodity_find(b->rules, book_text_at(r, 2, i));
    h->unit = rule_unit_find(b->rules, book_text_at(r, 3, i));
    h->amount = book_at(r, 4, i);
    h->expires_us = book_at(r, 5, i);
    h->posted = book_at(r, 6, i);
    h->released = book_at(r, 7, i);
}

static bool holds_load(pending *p, heng_err *err)
{
    size_t max = 0;
    for (size_t i = 0; i < p->batch_count; i++) max += p->batches[i].r->batch->hold_count;
    for (size_t i = 0; i < p->group_count; i++) max += p->groups[i].g->hold.len > 0;
    p->holds.a = p->a;
    p->hold_items = NEW_ARRAY(p->a, max, hold_state);
    for (size_t i = 0; i < p->group_count; i++) (void)want_hold(p, p->groups[i].g->hold);
    for (size_t i = 0; i < p->batch_count; i++)
        for (size_t j = 0; j < p->batches[i].r->batch->hold_count; j++) (void)want_hold(p, p->batches[i].r->batch->holds[j].key);
    book_cols c = book_cols_of(p->a, p->hold_count);
    text *key = book_col_text(&c, "key");
    for (size_t i = 0; i < p->hold_count; i++) key[i] = p->hold_items[i].key;
    store_rows r;
    if (!book_run(p->b, SQL_book_hold_find, &c, p->a, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) hold_fill(p->b, &p->hold_items[r.origin[i]], &r, i);
    return true;
}

bool book_groups_prepare(pending *p, heng_err *err)
{
    size_t max = 0;
    for (size_t i = 0; i < p->batch_count; i++) max += p->batches[i].r->batch->group_count;
    p->groups = arena_alloc(p->a, (max + 1) * sizeof *p->groups);
    for (size_t i = 0; i < p->batch_count; i++) groups_check(p, i);
    size_t count = groups_order(p);
    return identities_load(p, count, err) && flows_look_up(p, err) && olds_of_groups(p, err) && holds_load(p, err) && book_balances_load(p, err);
}

/* ---- Judging ---- */

static bool same_content(const movement_ref *x, size_t xn, const movement_ref *y, size_t yn)
{
    if (xn != yn) return false;
    for (size_t i = 0; i < xn; i++)
        if (x[i].flow != y[i].flow || x[i].amount != y[i].amount || x[i].when.start_us != y[i].when.start_us || x[i].when.end_us != y[i].when.end_us) return false;
    return true;
}

static bool key_conflict(pending *p, const group_state *gs, heng_err *err)
{
    return err_fill(err, &MSG_BOOK_KEY_CONFLICT, text_str(p->a, book_key_printable(p->a, gs->key)), NULL, text_str(p->a, p->batches[gs->batch].source->name));
}

static bool replaced(pending *p, const old_group *o, heng_err *err)
{
    const char *id = arena_printf(p->a, "%lld", (long long)o->id);
    int64_t at = o->pending_by ? p->known_us : o->by_us;
    const char *when = text_str(p->a, instant_format(p->a, p->b->zone, at));
    if (o->pending_by) return err_fill(err, &MSG_BOOK_ALREADY_SUPERSEDED, id, when, "?");
    if (o->by < 0) return err_fill(err, &MSG_BOOK_ALREADY_UNDONE, id, when, NULL);
    return err_fill(err, &MSG_BOOK_ALREADY_SUPERSEDED, id, when, arena_printf(p->a, "%lld", (long long)o->by));
}

/* What stands under this key before this group: a group of this commit, of the store, or nothing. */
static bool judge_key(pending *p, group_state *gs, heng_err *err)
{
    bool may_supersede = p->batches[gs->batch].r->batch->supersede;
    int64_t k = gs->same_before;
    while (k >= 0 && !p->groups[k].is_made) k = p->groups[k].same_before;
    if (k >= 0) {
        const group_state *other = &p->groups[k];
        gs->exists = same_content(gs->refs, gs->g->count, other->refs, other->g->count);
        gs->exists_pending = gs->exists ? k : -1;
        if (gs->exists) return true;
        if (!may_supersede || other->pending_by) return key_conflict(p, gs, err);
        gs->replaces_pending = k;
        return true;
    }
    old_group *o = gs->found ? book_old_find(p, gs->found) : NULL;
    if (!o || o->by == -1) return true;
    gs->exists = same_content(gs->refs, gs->g->count, o->refs, o->count);
    gs->exists_id = o->id;
    if (gs->exists) return true;
    if (o->by || o->pending_by) return replaced(p, o, err);
    if (!may_supersede && gs->g->supersedes != o->id) return key_conflict(p, gs, err);
    gs->replaces = o;
    return true;
}

static bool judge_supersedes(pending *p, group_state *gs, heng_err *err)
{
    int64_t id = gs->g->supersedes;
    if (id == 0 || (gs->replaces && gs->replaces->id == id)) return true;
    old_group *o = book_old_find(p, id);
    if (!o || o->count == 0) return err_fill(err, &MSG_BOOK_GROUP_UNKNOWN, arena_printf(p->a, "%lld", (long long)id), NULL, NULL);
    if (o->by || o->pending_by) return replaced(p, o, err);
    if (gs->replaces || gs->replaces_pending >= 0) return key_conflict(p, gs, err);
    gs->replaces = o;
    return true;
}

static bool refs_move(pending *p, const movement_ref *refs, size_t count, int sign, heng_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const flow_entry *f = refs[i].flow;
        if (f->giver && !book_balance_move(p, f->giver, -sign * refs[i].amount, err)) return false;
        if (f->taker && !book_balance_move(p, f->taker, sign * refs[i].amount, err)) return false;
    }
    return true;
}

/* After the whole group: nobody may hold less than nothing. sign 1: givers have given; -1: takers have lost what is replaced. */
static bool refs_stand(pending *p, group_state *gs, const movement_ref *refs, size_t count, int sign, heng_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const flow_entry *f = refs[i].flow;
        const balance_entry *e = sign > 0 ? f->giver : f->taker;
        if (!e) continue;
        if (e->is_holding && book_below_zero(p, e, zone_day_of(p->b->zone, refs[i].when.start_us), err)) return false;
        if (!e->is_holding && e->posted < 0) gs->goes_below_zero = true;
    }
    return true;
}

static bool judge_hold(pending *p, group_state *gs, heng_err *err)
{
    int64_t at, given = 0;
    if (gs->g->hold.len == 0) return true;
    hold_state *h = text_map_find(&p->holds, gs->g->hold, &at) ? &p->hold_items[at] : NULL;
    const char *name = text_str(p->a, gs->g->hold);
    if (!h || h->id == 0) return err_fill(err, &MSG_BOOK_HOLD_UNKNOWN, name, NULL, NULL);
    int64_t open = h->amount - h->posted - h->released;
    if (h->expires_us && p->known_us >= h->expires_us) return err_fill(err, &MSG_BOOK_HOLD_EXPIRED, name, text_str(p->a, instant_format(p->a, p->b->zone, h->expires_us)), NULL);
    if (open <= 0) return err_fill(err, &MSG_BOOK_HOLD_NOT_OPEN, name, NULL, NULL);
    for (size_t i = 0; i < gs->g->count; i++) {
        const book_flow *f = &gs->refs[i].flow->ends;
        bool is_of_it = f->giver == h->party && f->commodity == h->commodity && f->unit == h->unit;
        if (is_of_it && __builtin_add_overflow(given, gs->refs[i].amount, &given)) given = INT64_MAX;
    }
    if (given == 0) return err_fill(err, &MSG_BOOK_HOLD_NOT_MATCHED, name, NULL, NULL);
    int scale = p->b->rules->units[h->unit].scale;
    if (given > open)
        return err_fill(err, &MSG_BOOK_HOLD_EXCEEDED, name, text_str(p->a, dec_format(p->a, open, scale < 0 ? 0 : scale)), text_str(p->a, dec_format(p->a, given, scale < 0 ? 0 : scale)));
    balance_entry *e = book_balance_entry(p->b, h->party, h->commodity, h->unit);
    book_journal_set(p, &h->posted, h->posted + given);
    book_journal_set(p, &e->held, e->held - given);
    book_balance_changed(p, e);
    gs->hold = h;
    gs->hold_amount = given;
    return true;
}

static bool refs_closed(book *b, const movement_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (book_is_closed(b, refs[i].flow->ends.giver, refs[i].when) || book_is_closed(b, refs[i].flow->ends.taker, refs[i].when)) return true;
    return false;
}

static bool group_judge(pending *p, group_state *gs, heng_err *err)
{
    if (!judge_key(p, gs, err)) return false;
    if (gs->exists) return true;
    if (!judge_supersedes(p, gs, err)) return false;
    const movement_ref *old = NULL;
    size_t old_count = 0;
    if (gs->replaces) old = gs->replaces->refs, old_count = gs->replaces->count;
    if (gs->replaces_pending >= 0) old = p->groups[gs->replaces_pending].refs, old_count = p->groups[gs->replaces_pending].g->count;
    if (!refs_move(p, old, old_count, -1, err) || !refs_move(p, gs->refs, gs->g->count, 1, err) || !judge_hold(p, gs, err)) return false;
    if (!refs_stand(p, gs, gs->refs, gs->g->count, 1, err) || !refs_stand(p, gs, old, old_count, -1, err)) return false;
    if (p->b->closings.open) gs->is_restatement = refs_closed(p->b, gs->refs, gs->g->count) || refs_closed(p->b, old, old_count);
    int64_t by = (int64_t)(gs - p->groups) + 1;
    book_journal_set(p, &gs->is_made, 1);
    if (gs->replaces) book_journal_set(p, &gs->replaces->pending_by, by);
    if (gs->replaces_pending >= 0) book_journal_set(p, &p->groups[gs->replaces_pending].pending_by, by);
    return true;
}

bool book_groups_judge(pending *p, batch_state *s, heng_err *err)
{
    (void)err;
    size_t batch = (size_t)(s - p->batches);
    for (size_t k = s->first_group; k < p->group_count && p->groups[k].batch == batch; k++) {
        group_state *gs = &p->groups[k];
        if (!gs->refs) continue;
        heng_err why;
        why.message = NULL;
        size_t mark = p->journal_count;
        if (group_judge(p, gs, &why)) {
            s->made += gs->is_made;
            continue;
        }
        book_journal_revert(p, mark);
        if (gs->g->movements[0].row) err_at_row(&why, gs->g->movements[0].row);
        book_refuse(s, gs->item, &why);
    }
    return true;
}
