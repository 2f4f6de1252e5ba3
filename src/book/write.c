/*
 * Groups that stand are numbered, added to the months of their flows, and written: one store call for each table, whatever the size.
 */
#include <zlib.h>
#include "inside.h"

enum { SIDE_BYTES = 1 << 16, SIDE_MOVEMENTS = 4096 }; /* from which on a thread is worth its start */

/* ---- Months ---- */

static bool sum_overflow(const pending *p, const flow_entry *f, heng_err *err)
{
    const book *b = p->b;
    const rule_commodity *c = &b->rules->commodities[f->ends.commodity];
    return err_fill(err, &MSG_BOOK_SUM_OVERFLOW, book_party_words(p->a, b, f->ends.giver), book_party_words(p->a, b, f->ends.taker),
                    book_name_words(p->a, c->id, c->name));
}

static void flow_met(pending *p, flow_entry *f)
{
    if (f->pending == p->stamp) return;
    f->pending = p->stamp;
    f->month = 0;
    *ARENA_PUSH(p->a, p->touched, p->touched_count, p->touched_max) = f;
}

static month_entry *month_of_flow(pending *p, flow_entry *f, int32_t month)
{
    for (int64_t i = f->month; i; i = p->months[i - 1].next)
        if (p->months[i - 1].month == month) return &p->months[i - 1];
    month_entry *m = ARENA_PUSH(p->a, p->months, p->month_count, p->month_max);
    *m = (month_entry){f, month, 0, 0, f->month};
    f->month = (int64_t)p->month_count;
    return m;
}

static bool month_add(pending *p, flow_entry *f, int32_t month, int64_t delta, int64_t parts)
{
    month_entry *m = month_of_flow(p, f, month);
    m->parts += parts;
    return !__builtin_add_overflow(m->delta, delta, &m->delta);
}

static bool month_spread(pending *p, const movement_ref *m, int sign, heng_err *err)
{
    size_t max = share_month_count(p->b->zone, m->when);
    share_part few[16], *parts = max <= 16 ? few : NEW_ARRAY(p->a, max, share_part);
    size_t count = share_months(p->b->zone, m->amount, m->when, parts, max);
    for (size_t i = 0; i < count; i++)
        if (!month_add(p, m->flow, parts[i].month, sign * parts[i].amount, sign)) return sum_overflow(p, m->flow, err);
    return true;
}

bool book_month_movement(pending *p, const movement_ref *m, int sign, heng_err *err)
{
    flow_met(p, m->flow);
    int32_t month = book_month_of(p->b, m->when.start_us);
    if (m->when.end_us > p->b->month_end_us) return month_spread(p, m, sign, err);
    return month_add(p, m->flow, month, sign * m->amount, sign) || sum_overflow(p, m->flow, err);
}

/* ---- Numbers ---- */

static void delivery_number(pending *p, batch_state *s)
{
    if (!s->source->id) s->source->id = ++p->next.source;
    s->delivery = ++p->next.delivery;
}

static bool old_out(pending *p, const group_state *gs, heng_err *err)
{
    const movement_ref *refs = gs->replaces ? gs->replaces->refs : NULL;
    size_t count = gs->replaces ? gs->replaces->count : 0;
    int64_t old = gs->replaces ? gs->replaces->id : 0;
    if (gs->replaces_pending >= 0) {
        const group_state *o = &p->groups[gs->replaces_pending];
        refs = o->refs, count = o->g->count, old = o->id;
    }
    if (!old) return true;
    for (size_t i = 0; i < count; i++)
        if (!book_month_movement(p, &refs[i], -1, err)) return false;
    int64_t(*pair)[2] = ARENA_PUSH(p->a, p->supers, p->super_count, p->super_max);
    (*pair)[0] = old;
    (*pair)[1] = gs->id;
    return true;
}

/* Blocks, not links: when each commit brings few movements, most find their flow noted already. */
static void touch(pending *p, flow_entry *f, int64_t id)
{
    int64_t block = id >> BOOK_BLOCK_BITS;
    if (f->block == block + 1) return;
    f->block = block + 1;
    *ARENA_PUSH(p->a, p->touches, p->touch_count, p->touch_max) = (touch_entry){f, block};
}

static bool group_in(pending *p, group_state *gs, heng_err *err)
{
    gs->id = p->next.movement + 1;
    p->next.movement += (int64_t)gs->g->count;
    for (size_t i = 0; i < gs->g->count; i++) {
        flow_entry *f = gs->refs[i].flow;
        if (!book_month_movement(p, &gs->refs[i], 1, err)) return false;
        touch(p, f, gs->id + (int64_t)i);
        if (f->id || f->is_new) continue;
        f->is_new = true;
        *ARENA_PUSH(p->a, p->news, p->new_count, p->new_max) = f;
    }
    if (gs->hold) *ARENA_PUSH(p->a, p->events, p->event_count, p->event_max) = (hold_event){gs->hold->id, TEXT("post"), gs->hold_amount, gs->id};
    return old_out(p, gs, err);
}

bool book_groups_accept(pending *p, batch_state *s, heng_err *err)
{
    size_t batch = (size_t)(s - p->batches);
    if (s->made > 0) delivery_number(p, s);
    s->first_movement = p->next.movement + 1;
    for (size_t k = s->first_group; k < p->group_count && p->groups[k].batch == batch; k++)
        if (p->groups[k].is_made && !group_in(p, &p->groups[k], err)) return false;
    s->movements = p->next.movement + 1 - s->first_movement;
    return true;
}

/* ---- Rows ---- */

static bool is_written(const batch_state *s) { return s->delivery != 0; }

static bool sources_write(pending *p, heng_err *err)
{
    size_t count = (size_t)(p->next.source - p->b->next.source);
    book_cols c = book_cols_of(p->a, count);
    int64_t *id = book_col(&c, "id");
    text *name = book_col_text(&c, "name");
    for (size_t i = 0; i < p->batch_count; i++) {
        const book_source *s = p->batches[i].source;
        if (!s || s->id <= p->b->next.source) continue;
        size_t at = (size_t)(s->id - p->b->next.source - 1); /* several batches may name it */
        id[at] = s->id;
        name[at] = s->name;
    }
    return book_run(p->b, SQL_book_source_add, &c, p->a, p->unused, err);
}

static text or_empty(text t) { return t.ptr ? t : TEXT(""); }

static text content_of(const book_batch *x)
{
    return x->has_content ? (text){(const char *)x->content.bytes, HASH_BYTES} : TEXT("");
}

static text hash_of_bytes(pending *p, const book_batch *x)
{
    if (x->bytes.len == 0) return TEXT("");
    hash *h = NEW(p->a, hash);
    *h = hash_of(p->b->hash, x->bytes.ptr, x->bytes.len);
    return (text){(const char *)h->bytes, HASH_BYTES};
}

/* ---- Beside the store ---- */

/* What needs no store runs on a second thread while rows are written: packing the delivered file, and the movements' lines in the chain. */
typedef struct side { pthread_t thread; bool is_running; void *(*work)(void *); void *context; } side;

static void side_start(side *s, bool is_large, void *(*work)(void *), void *context)
{
    *s = (side){.work = work, .context = context};
    s->is_running = is_large && pthread_create(&s->thread, NULL, work, context) == 0;
    if (!s->is_running) work(context); /* little work, or no thread to be had */
}

static void side_end(side *s)
{
    if (s->is_running) must(pthread_join(s->thread, NULL) == 0);
    s->is_running = false;
}

typedef struct file_packing { text bytes; char *packed; uLongf len; } file_packing;

static void *pack_file(void *context)
{
    file_packing *f = context;
    if (f->bytes.len > 0) /* level 1: a fifth larger than at 6, in a fifth of the time */
        must(compress2((Bytef *)f->packed, &f->len, (const Bytef *)f->bytes.ptr, (uLong)f->bytes.len, Z_BEST_SPEED) == Z_OK);
    return NULL;
}

/* Only a batch alone brings bytes. */
static void packing_start(pending *p, side *s, file_packing *f)
{
    const batch_state *first = &p->batches[0];
    *f = (file_packing){.bytes = first->r->batch->bytes};
    if (!is_written(first) || f->bytes.len > BOOK_FILE_MAX) f->bytes.len = 0;
    f->len = compressBound((uLong)f->bytes.len);
    f->packed = arena_alloc(p->a, f->len);
    side_start(s, f->bytes.len > SIDE_BYTES, pack_file, f);
}

static bool bytes_write(pending *p, const file_packing *f, heng_err *err)
{
    if (f->bytes.len == 0) return true;
    book_cols c = book_cols_of(p->a, 1);
    book_col(&c, "delivery")[0] = p->batches[0].delivery;
    book_col(&c, "byte_count")[0] = (int64_t)f->bytes.len;
    book_col_blob(&c, "bytes")[0] = (text){f->packed, f->len};
    return book_run(p->b, SQL_book_delivery_bytes_add, &c, p->a, p->unused, err);
}

typedef struct delivery_cols { int64_t *id, *link, *source, *first_movement, *movements, *first_observation, *observations, *refused; text *file, *sheet, *content, *bytes_hash, *user, *note; bool *no_content, *no_bytes; } delivery_cols;

static delivery_cols delivery_cols_of(book_cols *c)
{
    delivery_cols d = {.id = book_col(c, "id"), .link = book_col(c, "link"), .source = book_col(c, "source"), .first_movement = book_col(c, "first_movement"),
                       .movements = book_col(c, "movements"), .first_observation = book_col(c, "first_observation"), .observations = book_col(c, "observations"),
                       .refused = book_col(c, "refused"), .file = book_col_text(c, "file"), .sheet = book_col_text(c, "sheet"), .user = book_col_text(c, "user_name"),
                       .note = book_col_text(c, "note")};
    d.content = book_col_blob(c, "content");
    d.no_content = book_col_nulls(c);
    d.bytes_hash = book_col_blob(c, "bytes_hash");
    d.no_bytes = book_col_nulls(c);
    return d;
}

static void delivery_row(pending *p, const batch_state *s, const delivery_cols *d, size_t i)
{
    const book_batch *x = s->r->batch;
    d->id[i] = s->delivery;
    d->link[i] = p->link;
    d->source[i] = s->source->id;
    d->first_movement[i] = s->first_movement;
    d->movements[i] = s->movements;
    d->first_observation[i] = s->first_observation;
    d->observations[i] = s->observations;
    d->refused[i] = s->refused;
    d->file[i] = or_empty(x->file);
    d->sheet[i] = or_empty(x->sheet);
    d->user[i] = p->b->user;
    d->note[i] = or_empty(x->note);
    d->content[i] = content_of(x);
    d->no_content[i] = !x->has_content;
    d->bytes_hash[i] = hash_of_bytes(p, x);
    d->no_bytes[i] = x->bytes.len == 0;
    book_line_delivery(p->chain, s->delivery, s->source->name, d->file[i], d->sheet[i], d->content[i], d->bytes_hash[i], d->user[i], d->note[i], s->refused);
}

static bool deliveries_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, (size_t)(p->next.delivery - p->b->next.delivery));
    delivery_cols d = delivery_cols_of(&c);
    size_t at = 0;
    for (size_t i = 0; i < p->batch_count; i++)
        if (is_written(&p->batches[i])) delivery_row(p, &p->batches[i], &d, at++);
    return book_run(p->b, SQL_book_delivery_add, &c, p->a, p->unused, err);
}

static void sort_news(pending *p)
{
    sort_item *order = arena_alloc(p->a, p->new_count * sizeof *order);
    for (size_t i = 0; i < p->new_count; i++) {
        const book_flow *e = &p->news[i]->ends;
        uint64_t commodity = (uint32_t)e->commodity, unit = (uint32_t)e->unit, kind = (uint32_t)e->kind;
        order[i] = (sort_item){commodity << 40 ^ unit << 20 ^ kind << 4 ^ e->basis, p->news[i]}; /* a good order is enough: nothing but speed hangs on it */
    }
    sort_by_key(order, p->new_count);
    for (size_t i = 0; i < p->new_count; i++) {
        const book_flow *e = &((flow_entry *)order[i].item)->ends;
        order[i].key = (uint64_t)(uint32_t)e->giver << 32 | (uint32_t)e->taker;
    }
    sort_by_key(order, p->new_count);
    for (size_t i = 0; i < p->new_count; i++) p->news[i] = order[i].item;
}

/* Flows are numbered as they appear; many at once in order of their ends, so that rows go into the table and into its unique index one behind the other. */
static void flows_number(pending *p)
{
    if (p->new_count >= BOOK_PAGE / 4) sort_news(p);
    for (size_t i = 0; i < p->new_count; i++) book_flow_numbered(p->b, p->news[i], ++p->next.flow);
}

/* The months of a flow hang on it; all flows of the commit by number. */
static void touched_sort(pending *p)
{
    sort_item *order = arena_alloc(p->a, p->touched_count * sizeof *order);
    for (size_t i = 0; i < p->touched_count; i++) order[i] = (sort_item){(uint64_t)p->touched[i]->id, p->touched[i]};
    sort_by_key(order, p->touched_count);
    for (size_t i = 0; i < p->touched_count; i++) p->touched[i] = order[i].item;
}

static bool flows_write(pending *p, heng_err *err)
{
    const rule_set *r = p->b->rules;
    book_cols c = book_cols_of(p->a, p->new_count);
    int64_t *id = book_col(&c, "id"), *giver = book_col(&c, "giver"), *taker = book_col(&c, "taker"), *basis = book_col(&c, "basis");
    text *commodity = book_col_text(&c, "commodity"), *unit = book_col_text(&c, "unit"), *kind = book_col_text(&c, "kind");
    for (size_t i = 0; i < p->new_count; i++) {
        const flow_entry *f = p->news[i];
        id[i] = f->id;
        giver[i] = f->ends.giver;
        taker[i] = f->ends.taker;
        basis[i] = f->ends.basis;
        commodity[i] = r->commodities[f->ends.commodity].id;
        unit[i] = r->units[f->ends.unit].id;
        kind[i] = r->kinds[f->ends.kind].id;
    }
    return book_run(p->b, SQL_book_flow_add, &c, p->a, p->unused, err);
}

typedef struct movement_cols { int64_t *id, *grp, *flow, *amount, *start, *end, *delivery, *row, *less; text *key; bool *no_key; } movement_cols;

static void movement_row(const group_state *gs, size_t i, int64_t delivery, const movement_cols *c, size_t at)
{
    const movement_ref *m = &gs->refs[i];
    const book_movement *x = &gs->g->movements[i];
    c->id[at] = gs->id + (int64_t)i;
    c->grp[at] = gs->id;
    c->flow[at] = m->flow->id;
    c->amount[at] = m->amount;
    c->start[at] = m->when.start_us;
    c->end[at] = m->when.end_us;
    c->delivery[at] = delivery;
    c->row[at] = x->row;
    c->less[at] = x->row_less;
    c->key[at] = i == 0 ? gs->key : (text){"", 0};
    c->no_key[at] = i > 0;
}

static void *movement_lines(void *context)
{
    const pending *p = context;
    for (size_t k = 0; k < p->group_count; k++) {
        const group_state *gs = &p->groups[k];
        int64_t delivery = p->batches[gs->batch].delivery;
        for (size_t i = 0; gs->is_made && gs->refs && i < gs->g->count; i++) {
            const movement_ref *m = &gs->refs[i];
            const book_movement *x = &gs->g->movements[i];
            book_movement_line line = {gs->id, i == 0 ? gs->key : TEXT(""), m->flow->line, m->amount, m->when.start_us, m->when.end_us, delivery, x->row, x->row_less};
            book_line_movement(p->chain, &line);
        }
    }
    return NULL;
}

static bool movements_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, (size_t)(p->next.movement - p->b->next.movement));
    movement_cols m = {.id = book_col(&c, "id"), .grp = book_col(&c, "grp"), .flow = book_col(&c, "flow"), .amount = book_col(&c, "amount"), .start = book_col(&c, "start_us"),
                       .end = book_col(&c, "end_us"), .delivery = book_col(&c, "delivery"), .row = book_col(&c, "row_no"), .less = book_col(&c, "row_less")};
    m.key = book_col_blob(&c, "key");
    m.no_key = book_col_nulls(&c);
    size_t at = 0;
    for (size_t k = 0; k < p->group_count; k++) {
        const group_state *gs = &p->groups[k];
        if (!gs->is_made || !gs->refs) continue;
        for (size_t i = 0; i < gs->g->count; i++) movement_row(gs, i, p->batches[gs->batch].delivery, &m, at++);
    }
    return book_run(p->b, SQL_book_movement_add, &c, p->a, p->unused, err);
}

static bool supersessions_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->super_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *old = book_col(&c, "old_grp"), *new_ = book_col(&c, "new_grp");
    for (size_t i = 0; i < p->super_count; i++) {
        id[i] = ++p->next.supersession;
        link[i] = p->link;
        old[i] = p->supers[i][0];
        new_[i] = p->supers[i][1];
        book_line_supersession(p->chain, old[i], new_[i]);
    }
    return book_run(p->b, SQL_book_supersession_add, &c, p->a, p->unused, err);
}

/* ---- Keys ---- */

/* Of groups with one key, the last that stands owns it. */
static size_t key_owners(pending *p, const group_state **owners)
{
    size_t count = 0, ordered = 0;
    for (size_t i = 0; i < p->group_count; i++) ordered += p->groups[i].refs != NULL;
    const group_state *last = NULL;
    for (size_t i = 0; i < ordered; i++) {
        const group_state *gs = &p->groups[p->order[i]];
        if (gs->same_before < 0) last = NULL;
        if (gs->is_made) last = gs;
        bool ends_run = i + 1 == ordered || p->groups[p->order[i + 1]].same_before < 0;
        if (ends_run && last) owners[count++] = last;
    }
    return count;
}

static void last_key_put(book_source *s, text key)
{
    size_t n = key.len < s->last_key.len ? key.len : s->last_key.len;
    int c = s->has_last ? memcmp(key.ptr, s->last_key.ptr, n) : 1;
    if (c < 0 || (c == 0 && key.len <= s->last_key.len)) return;
    memcpy(s->last_bytes, key.ptr, key.len);
    s->last_key = (text){s->last_bytes, key.len};
    s->has_last = true;
}

static bool identities_run(pending *p, const group_state **owners, size_t count, bool is_known, heng_err *err)
{
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) rows += (owners[i]->found != 0) == is_known;
    book_cols c = book_cols_of(p->a, rows);
    int64_t *source = book_col(&c, "source"), *grp = book_col(&c, "grp");
    text *key = book_col_blob(&c, "key");
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const group_state *gs = owners[i];
        if ((gs->found != 0) != is_known) continue;
        book_source *s = p->batches[gs->batch].source;
        source[at] = s->id;
        grp[at] = gs->id;
        key[at++] = gs->key;
        last_key_put(s, gs->key);
    }
    return book_run(p->b, is_known ? SQL_book_identity_move : SQL_book_identity_add, &c, p->a, p->unused, err);
}

static bool identities_write(pending *p, heng_err *err)
{
    const group_state **owners = arena_alloc(p->a, (p->group_count + 1) * sizeof *owners);
    size_t count = key_owners(p, owners);
    return identities_run(p, owners, count, false, err) && identities_run(p, owners, count, true, err);
}

/* ---- Sums ---- */

/* A flow's blocks were noted in their order, and keep it. */
static bool touches_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->touch_count);
    int64_t *flow = book_col(&c, "flow"), *block = book_col(&c, "block");
    sort_item *order = arena_alloc(p->a, p->touch_count * sizeof *order);
    for (size_t i = 0; i < p->touch_count; i++) order[i] = (sort_item){(uint64_t)p->touches[i].flow->id, &p->touches[i]};
    sort_by_key(order, p->touch_count);
    for (size_t i = 0; i < p->touch_count; i++) {
        flow[i] = (int64_t)order[i].key;
        block[i] = ((const touch_entry *)order[i].item)->block;
    }
    return book_run(p->b, SQL_book_touch_add, &c, p->a, p->unused, err);
}

static bool months_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->month_count);
    int64_t *flow = book_col(&c, "flow"), *month = book_col(&c, "month"), *day = book_col(&c, "known_day"), *delta = book_col(&c, "delta"), *parts = book_col(&c, "parts");
    size_t at = 0;
    for (size_t i = 0; i < p->touched_count; i++) {
        for (int64_t m = p->touched[i]->month; m; m = p->months[m - 1].next) {
            flow[at] = p->touched[i]->id;
            month[at] = p->months[m - 1].month;
            day[at] = p->known_day;
            delta[at] = p->months[m - 1].delta;
            parts[at++] = p->months[m - 1].parts;
        }
    }
    return book_run(p->b, SQL_book_flow_month_add, &c, p->a, p->unused, err); /* a sum that does not fit is refused by the store: STRICT */
}

static bool balances_write(pending *p, heng_err *err)
{
    const rule_set *r = p->b->rules;
    book_cols c = book_cols_of(p->a, p->balance_count);
    int64_t *party = book_col(&c, "party"), *posted = book_col(&c, "posted"), *held = book_col(&c, "held");
    text *commodity = book_col_text(&c, "commodity"), *unit = book_col_text(&c, "unit");
    for (size_t i = 0; i < p->balance_count; i++) {
        const balance_entry *e = p->balances[i];
        party[i] = e->party;
        commodity[i] = r->commodities[e->commodity].id;
        unit[i] = r->units[e->unit].id;
        posted[i] = e->posted;
        held[i] = e->held;
    }
    return book_run(p->b, SQL_book_balance_put, &c, p->a, p->unused, err);
}

/* ---- The link ---- */

static bool link_write(pending *p, heng_err *err)
{
    hash *h = NEW(p->a, hash);
    book_chain_done(p->chain, h);
    book_cols c = book_cols_of(p->a, 1);
    book_col(&c, "id")[0] = p->link;
    book_col(&c, "known_us")[0] = p->known_us;
    book_col_blob(&c, "hash")[0] = (text){(const char *)h->bytes, HASH_BYTES};
    book_col(&c, "first_movement")[0] = p->b->next.movement + 1;
    book_col(&c, "movements")[0] = p->next.movement - p->b->next.movement;
    book_col(&c, "facts")[0] = p->chain->facts;
    if (!book_run(p->b, SQL_book_link_add, &c, p->a, p->unused, err)) return false;
    p->head = *h;
    return true;
}

/* The chain belongs to the lines' thread from its start to its end. */
static bool movements_and_flows(pending *p, heng_err *err)
{
    side lines;
    side_start(&lines, p->next.movement - p->b->next.movement > SIDE_MOVEMENTS, movement_lines, p);
    bool ok = flows_write(p, err) && movements_write(p, err);
    side_end(&lines);
    return ok;
}

static bool rows_write(pending *p, heng_err *err)
{
    return sources_write(p, err) && deliveries_write(p, err) && book_marks_write(p, err) && book_parties_write(p, err) && movements_and_flows(p, err) &&
           supersessions_write(p, err) && book_facts_write(p, err) && identities_write(p, err) && touches_write(p, err) && months_write(p, err) &&
           balances_write(p, err);
}

bool book_write(pending *p, heng_err *err)
{
    side packing;
    file_packing file;
    p->chain = book_chain_new(p->a, p->b->hash);
    book_chain_begin(p->chain, &p->b->head.hash, p->link, p->known_us);
    flows_number(p);
    touched_sort(p);
    packing_start(p, &packing, &file);
    bool ok = rows_write(p, err);
    side_end(&packing);
    return ok && bytes_write(p, &file, err) && link_write(p, err);
}
