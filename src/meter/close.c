/*
 * Days become blocks and movements, in one transaction of the book.
 *
 *   sums of each day --> rows of blocks --> their hash as an entry (kind "meter.close", key the take) --> one movement a day with a flow
 *   --> book_post, and within it: take, journal, blocks, ends of older blocks
 *
 * A day that closes again is a new version: its older row stays, its movement is superseded under the same key ("2024-01-05/M001/kwh": day first, so
 * that keys come in order). A movement that the book refuses leaves its day closed and marked; the other days are not held up by it.
 */
#include "inside.h"

/* ---- A day's row ---- */

enum { PACK_BYTES = 1 << 18 };

/* Bodies are packed side by side; a stretch of the bound, most of it given back. */
text day_pack(meter_book *m, const day *x)
{
    packer *p = &m->packer;
    if (x->count == 0) return TEXT("");
    meter_block in = {x->time, x->value, x->flag, x->take};
    size_t bound = meter_block_bound(x->count);
    if (bound > p->left) {
        p->left = bound > PACK_BYTES ? bound : PACK_BYTES;
        p->at = arena_alloc(&m->scratch, p->left);
    }
    text body = {p->at, meter_block_encode(&in, x->count, (uint8_t *)p->at, METER_PATH_BEST)};
    p->at += body.len;
    p->left -= body.len;
    return body;
}

/* A day that came whole is packed while its readings are still in the processor's cache. What cannot be added up is told when the day closes. */
void day_pack_early(meter_book *m, day *x)
{
    heng_err ignored = {0};
    packer *p = &m->packer;
    edge none = {0};
    live l = day_live(&m->scratch, x);
    packed one;
    if (!day_sum(m, x->of, x->day, x->start_us, x->end_us, &l, &none, &none, &one.sums, &ignored) || x->count > METER_BLOCK_MAX || p->count == UINT32_MAX) return;
    one.body = day_pack(m, x);
    *ARENA_PUSH(&m->scratch, p->days, p->count, p->max) = one;
    x->packed = (uint32_t)p->count;
}

static char *number_put(char *to, int64_t v)
{
    char digits[20];
    size_t n = 0;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *to++ = '\x1f';
    if (v < 0) *to++ = '-';
    do digits[n++] = (char)('0' + left % 10);
    while (left /= 10);
    while (n) *to++ = digits[--n];
    return to;
}

/* Code and figures as text, each number behind a unit separator, then the body. A hundred thousand days of an import are too many for printf. */
hash closing_row_hash(hash_state *h, text code, int32_t d, int32_t version, const day_sums *s, text body)
{
    char line[9 * 21 + 1], *at = line;
    const int64_t numbers[] = {d, version, s->count, s->quality, s->sum, s->first, s->last, s->low, s->high};
    hash ret;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) at = number_put(at, numbers[i]);
    *at++ = '\n';
    hash_add(h, code.ptr, code.len);
    hash_add(h, line, (size_t)(at - line));
    hash_add(h, body.ptr, body.len);
    hash_done(h, &ret);
    return ret;
}

typedef struct row { day *x; day_sums sums; text body; bool has_movement; } row;
typedef struct job {
    meter_book *m;
    take_write *w;
    row *rows; size_t count;         /* days that close, in order of their ids */
    size_t open_count; day **opens;  /* open days written as rows too (compaction) */
    row *open_rows;
    journal_cols carry; bool is_carried, drops_all;
} job;

static bool row_make(job *j, day *x, row *r, heng_err *err)
{
    edge before = {0}, after = {0};
    if (x->packed) return *r = (row){.x = x, .sums = j->m->packer.days[x->packed - 1].sums}, true;
    if (is_counter(x->of)) day_edges(j->m, x, &before, &after, NULL);
    live l = day_live(&j->m->scratch, x);
    r->x = x;
    return day_sum(j->m, x->of, x->day, x->start_us, x->end_us, &l, &before, &after, &r->sums, err);
}

/* Marks of the book's judgement are no part of what the readings say. */
static bool is_same(const row *r)
{
    day_sums a = r->sums, b = r->x->row;
    a.quality &= ~QUALITY_REFUSED, b.quality &= ~QUALITY_REFUSED;
    return r->x->version > 0 && !r->x->is_changed && memcmp(&a, &b, sizeof a) == 0;
}

static int compare_days(const void *a, const void *b)
{
    const day *x = *(day *const *)a, *y = *(day *const *)b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return x->of->id < y->of->id ? -1 : x->of->id > y->of->id;
}

static bool rows_make(job *j, day **closing, size_t count, heng_err *err)
{
    if (count) qsort(closing, count, sizeof *closing, compare_days);
    j->rows = NEW_ARRAY(&j->m->scratch, count, row);
    for (size_t i = 0; i < count; i++) {
        day *x = closing[i];
        if (x->version >= METER_VERSIONS_MAX || x->count > METER_BLOCK_MAX) {
            bool is_versions = x->version >= METER_VERSIONS_MAX;
            char wanted[24];
            snprintf(wanted, sizeof wanted, "%d", is_versions ? METER_VERSIONS_MAX : (int)METER_BLOCK_MAX);
            return err_fill(err, is_versions ? &MSG_METER_VERSIONS : &MSG_METER_DAY_LARGE, text_str(&j->m->scratch, x->of->code), wanted, text_str(&j->m->scratch, day_format(&j->m->scratch, x->day)));
        }
        row *r = &j->rows[j->count];
        if (!row_make(j, x, r, err)) return false;
        if (is_same(r)) continue;
        r->body = x->packed ? j->m->packer.days[x->packed - 1].body : day_pack(j->m, x);
        j->count++;
    }
    return true;
}

/* ---- Movements ---- */

static bool is_estimate(const row *r)
{
    const day *x = r->x;
    return QUALITY_ESTIMATED(r->sums.quality) || QUALITY_RESETS(r->sums.quality) || (x->expected ? (int64_t)x->live < x->expected : x->live == 0);
}

/* False in *ret_has: none is posted. A day below zero has no movement that could say so. */
static bool movement_make(job *j, row *r, book_movement *to, bool *ret_has, heng_err *err)
{
    const day *x = r->x;
    const meter_channel *c = channel_state(x->of, x->day);
    int64_t amount = 0;
    *ret_has = false;
    if (!c || c->movement_kind == BOOK_NONE || c->commodity < 0 || c->unit < 0 || r->sums.quality & QUALITY_REFUSED) return true;
    if (!channel_amount(j->m, x->of, c, r->sums.sum, &amount, err)) return false;
    if (amount < 0) r->sums.quality |= QUALITY_REFUSED, amount = 0;
    if (amount == 0 && x->version == 0 && r->sums.quality & QUALITY_REFUSED) return true;
    *to = (book_movement){.giver = c->giver, .taker = c->taker, .commodity = c->commodity, .unit = c->unit, .kind = c->movement_kind, .basis = is_estimate(r) ? BOOK_ESTIMATED : BOOK_METERED,
                          .amount = amount, .when = {x->start_us, x->end_us}};
    return *ret_has = true;
}

static text movement_key(arena *a, const day *x)
{
    char *p = arena_alloc(a, 12 + x->of->code.len);
    int year, month, d;
    day_split(x->day, &year, &month, &d);
    snprintf(p, 12, "%04d-%02d-%02d/", year, month, d);
    memcpy(p + 11, x->of->code.ptr, x->of->code.len);
    return (text){p, 11 + x->of->code.len};
}

static text closing_body(job *j)
{
    char hex[HASH_HEX + 1];
    hash all;
    hash_kind kind = book_hash_kind(j->m->b);
    hash_state *one = hash_open(&j->m->scratch, kind), *sum = hash_open(&j->m->scratch, kind);
    for (size_t i = 0; i < j->count; i++) {
        const row *r = &j->rows[i];
        hash h = closing_row_hash(one, r->x->of->code, r->x->day, r->x->version + 1, &r->sums, r->body);
        hash_add(sum, h.bytes, HASH_BYTES);
    }
    hash_done(sum, &all);
    hash_hex(all, hex);
    return text_of(arena_printf(&j->m->scratch, "{\"blocks\":%zu,\"hash\":\"%s\"}", j->count, hex));
}

/* ---- Within the transaction ---- */

static bool take_write_row(const job *j, store *s, int64_t link, heng_err *err)
{
    mcols c = mcols_of(&j->m->scratch, 1);
    mcol(&c, "id")[0] = j->w->take;
    mcol(&c, "known_us")[0] = j->w->known_us;
    mcol(&c, "link")[0] = link;
    mcol(&c, "readings")[0] = j->w->readings;
    mcol_text(&c, "source")[0] = j->w->source.ptr ? j->w->source : TEXT("");
    mcol(&c, "delivery")[0] = j->w->delivery;
    return mcols_run(s, SQL_meter_take_add, &c, &j->m->scratch, NULL, err);
}

static bool journal_row(const job *j, store *s, const journal_cols *cols, heng_err *err)
{
    mcols c = mcols_of(&j->m->scratch, 1);
    mcol(&c, "take")[0] = j->w->take;
    mcol(&c, "readings")[0] = (int64_t)cols->count;
    mcol_blob(&c, "body")[0] = journal_pack(&j->m->scratch, cols);
    return mcols_run(s, SQL_meter_journal_add, &c, &j->m->scratch, NULL, err);
}

static bool journal_write(const job *j, store *s, heng_err *err)
{
    if (j->is_carried || j->drops_all) {
        mcols c = mcols_of(&j->m->scratch, 1);
        mcol(&c, "take")[0] = j->w->take;
        if (j->m->journal_readings && !mcols_run(s, SQL_meter_journal_drop, &c, &j->m->scratch, NULL, err)) return false;
        return !j->is_carried || journal_row(j, s, &j->carry, err);
    }
    return !j->w->journal || j->w->journal->count == 0 || journal_row(j, s, j->w->journal, err);
}

static bool blocks_add(const job *j, store *s, const row *rows, size_t count, int64_t link, heng_err *err)
{
    mcols c = mcols_of(&j->m->scratch, count);
    int64_t *id = mcol(&c, "id"), *l = mcol(&c, "link"), *ended = mcol(&c, "ended"), *n = mcol(&c, "count"), *quality = mcol(&c, "quality"), *sum = mcol(&c, "sum"), *first = mcol(&c, "first"),
            *last = mcol(&c, "last"), *low = mcol(&c, "low"), *high = mcol(&c, "high");
    text *body = mcol_blob(&c, "body");
    for (size_t i = 0; i < count; i++) {
        const row *r = &rows[i];
        id[i] = block_id(r->x->day, r->x->of->id, link ? r->x->version + 1 : 0);
        l[i] = link, ended[i] = 0, n[i] = r->sums.count, quality[i] = r->sums.quality, sum[i] = r->sums.sum, first[i] = r->sums.first, last[i] = r->sums.last;
        low[i] = r->sums.low, high[i] = r->sums.high, body[i] = r->body;
    }
    return mcols_run(s, SQL_meter_block_add, &c, &j->m->scratch, NULL, err);
}

/* Older rows of these days: closed ones end, open ones go. */
static bool blocks_end(const job *j, store *s, const row *rows, size_t count, int64_t link, heng_err *err)
{
    size_t ends = 0, drops = 0;
    for (size_t i = 0; i < count; i++) ends += rows[i].x->version > 0, drops += rows[i].x->has_row;
    mcols e = mcols_of(&j->m->scratch, ends), d = mcols_of(&j->m->scratch, drops);
    int64_t *end_id = mcol(&e, "id"), *end_link = mcol(&e, "link"), *drop_id = mcol(&d, "id");
    size_t at = 0, to = 0;
    for (size_t i = 0; i < count; i++) {
        const day *x = rows[i].x;
        if (x->version > 0) end_id[at] = block_id(x->day, x->of->id, x->version), end_link[at++] = link;
        if (x->has_row) drop_id[to++] = block_id(x->day, x->of->id, 0);
    }
    return mcols_run(s, SQL_meter_block_end, &e, &j->m->scratch, NULL, err) && mcols_run(s, SQL_meter_block_drop, &d, &j->m->scratch, NULL, err);
}

static void grow_days(channel *ch, int32_t d)
{
    bool none = ch->first_day > ch->last_day;
    if (!none && d >= ch->first_day && d <= ch->last_day) return;
    if (none || d < ch->first_day) ch->first_day = d;
    if (none || d > ch->last_day) ch->last_day = d;
    ch->days_grown = true;
}

static bool channel_days(const job *j, store *s, heng_err *err)
{
    channel **grown = NEW_ARRAY(&j->m->scratch, j->count + j->open_count, channel *);
    size_t n = 0;
    for (size_t i = 0; i < j->count + j->open_count; i++) {
        channel *ch = i < j->count ? j->rows[i].x->of : j->opens[i - j->count]->of;
        if (!ch->days_grown) continue;
        ch->days_grown = false;
        grown[n++] = ch;
    }
    mcols c = mcols_of(&j->m->scratch, n);
    int64_t *id = mcol(&c, "id"), *first = mcol(&c, "first_day"), *last = mcol(&c, "last_day");
    for (size_t i = 0; i < n; i++) id[i] = grown[i]->id, first[i] = grown[i]->first_day, last[i] = grown[i]->last_day;
    return mcols_run(s, SQL_meter_channel_days, &c, &j->m->scratch, NULL, err);
}

static bool all_write(job *j, store *s, int64_t link, int64_t known_us, heng_err *err)
{
    int64_t next = j->m->last_known_us == INT64_MIN ? INT64_MIN : j->m->last_known_us + 1;
    j->w->known_us = known_us > next ? known_us : next;
    j->w->link = link;
    for (size_t i = 0; i < j->count; i++) grow_days(j->rows[i].x->of, j->rows[i].x->day);
    for (size_t i = 0; i < j->open_count; i++) grow_days(j->opens[i]->of, j->opens[i]->day);
    return take_write_row(j, s, link, err) && held_write(j->m, s, j->w, err) && journal_write(j, s, err) && blocks_end(j, s, j->rows, j->count, link, err) &&
           blocks_add(j, s, j->rows, j->count, link, err) && blocks_end(j, s, j->open_rows, j->open_count, 0, err) && blocks_add(j, s, j->open_rows, j->open_count, 0, err) && channel_days(j, s, err);
}

static bool within_post(void *context, store *s, const struct book_receipt *at, heng_err *err) { return all_write(context, s, at->link, at->known_us, err); }
static bool within_journal(void *context, store *s, int64_t known_us, heng_err *err) { return all_write(context, s, 0, known_us, err); }

/* ---- Posting ---- */

static void refused_mark(row **of, const book_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (results[i].status == BOOK_REFUSED) of[i]->sums.quality |= QUALITY_REFUSED;
}

/* All days with their movements; *ret_refused: some were refused and marked, nothing is stored. */
static bool post_once(job *j, book_receipt *receipt, heng_err *err)
{
    arena *a = &j->m->scratch;
    book_movement *movements = arena_alloc(a, (j->count + 1) * sizeof *movements);
    book_group *groups = NEW_ARRAY(a, j->count, book_group);
    row **of = NEW_ARRAY(a, j->count, row *);
    size_t n = 0;
    bool has;
    for (size_t i = 0; i < j->count; i++) {
        if (!movement_make(j, &j->rows[i], &movements[n], &has, err)) return false;
        if (!has) continue;
        groups[n] = (book_group){.ext_id = movement_key(a, j->rows[i].x), .movements = &movements[n], .count = 1};
        of[n++] = &j->rows[i];
    }
    book_entry entry = {TEXT("meter.close"), text_of(arena_printf(a, "%012lld", (long long)j->w->take)), closing_body(j), 0};
    book_result *results = NEW_ARRAY(a, n + 1, book_result);
    book_batch batch = {.source = TEXT("meter"), .note = j->w->source.ptr ? j->w->source : TEXT(""), .all_or_none = true, .supersede = true, .group_count = n, .groups = groups, .entry_count = 1, .entries = &entry,
                        .within = within_post, .within_context = j};
    if (!book_post(j->m->b, a, &batch, results, receipt, err)) return false;
    if (receipt->refused) refused_mark(of, results, n);
    j->w->movements = (int64_t)n;
    return true;
}

enum { POST_TRIES = 16 };

static bool post_all(job *j, heng_err *err)
{
    char seen[24];
    for (int i = 0; i < POST_TRIES; i++) {
        book_receipt receipt;
        if (!post_once(j, &receipt, err)) return false;
        if (receipt.refused == 0) return true;
    }
    snprintf(seen, sizeof seen, "%lld", (long long)j->w->take);
    return err_fill(err, &MSG_METER_CLOSING_REFUSED, seen, NULL, NULL);
}

/* ---- The journal afterwards ---- */

static void carry_make(job *j)
{
    meter_book *m = j->m;
    size_t n = 0;
    for (size_t i = 0; i < m->open.count; i++) n += m->open.items[i]->is_listed ? 0 : m->open.items[i]->pending;
    arena *a = &m->scratch;
    journal_cols *c = &j->carry;
    *c = (journal_cols){0, arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n * 8 + 8), arena_alloc(a, n + 1)};
    for (size_t i = 0; i < m->open.count; i++) {
        const day *x = m->open.items[i];
        for (size_t k = 0; k < x->count && !x->is_listed; k++) {
            if (x->take[k] <= x->row_take) continue;
            c->channel[c->count] = x->of->id, c->time[c->count] = x->time[k], c->value[c->count] = x->value[k], c->take[c->count] = x->take[k], c->flag[c->count++] = x->flag[k];
        }
    }
}

/* Closing days are marked is_listed while this runs. */
static void journal_plan(job *j)
{
    meter_book *m = j->m;
    int64_t pending = m->pending, all = m->journal_readings + (j->w->journal ? (int64_t)j->w->journal->count : 0);
    for (size_t i = 0; i < j->count; i++) pending -= (int64_t)j->rows[i].x->pending;
    for (size_t i = 0; i < j->open_count; i++) pending -= (int64_t)j->opens[i]->pending;
    j->drops_all = pending == 0;
    j->is_carried = pending > 0 && j->count > 0 && pending * 4 < all;
    if (j->is_carried) carry_make(j);
}

static void row_done(job *j, row *r, bool is_closed)
{
    day *x = r->x;
    j->m->pending -= (int64_t)x->pending;
    x->pending = 0;
    x->row_take = j->w->take;
    x->has_row = !is_closed;
    x->is_loaded = true;
    if (!is_closed) return;
    j->w->days++;
    j->w->corrected += x->version > 0;
    j->w->refused += (r->sums.quality & QUALITY_REFUSED) != 0;
    x->version++;
    x->row = r->sums;
    x->is_open = false;
}

static void days_settle(meter_book *m)
{
    size_t open = 0;
    for (size_t i = 0; i < m->open.count; i++)
        if (m->open.items[i]->is_open) m->open.items[open++] = m->open.items[i];
    m->open.count = open;
}

/* Open days that get a row: all, when the journal has grown long; else days between readings of a counter of which a day closes:
 * once rows lie on both sides, they would not be found again from the journal. */
static bool opens_make(job *j, heng_err *err)
{
    meter_book *m = j->m;
    bool spills = j->w->spills || m->pending > METER_PENDING_MAX;
    day_list list = {0};
    for (size_t i = 0; i < m->open.count && spills; i++)
        if (!m->open.items[i]->is_listed && m->open.items[i]->is_loaded) day_list_add(m, &list, m->open.items[i]);
    for (size_t i = 0; i < j->count && !spills; i++) {
        channel *ch = j->rows[i].x->of;
        for (size_t k = 0; is_counter(ch) && k < ch->day_count; k++) {
            day *x = ch->days[k];
            if (!x->is_open || x->is_listed || x->count || x->has_row || x->is_changed) continue;
            x->is_changed = true; /* once */
            day_list_add(m, &list, x);
        }
    }
    if (list.count == 0) return true;
    if (!counter_ready(m, list.items, list.count, err)) return false;
    qsort(list.items, list.count, sizeof *list.items, compare_days);
    j->opens = list.items;
    j->open_count = list.count;
    j->open_rows = NEW_ARRAY(&m->scratch, list.count, row);
    for (size_t i = 0; i < list.count; i++) {
        list.items[i]->is_changed = false;
        if (!row_make(j, list.items[i], &j->open_rows[i], err)) return false;
        j->open_rows[i].body = day_pack(j->m, list.items[i]);
    }
    return true;
}

/* The entries of a day that has a row again: they are read when they are wanted. */
static void unload(meter_book *m, day *x)
{
    if (x->count == 0) return;
    day *f = NEW(&m->days_memory, day);
    *f = (day){.max = x->max, .time = x->time, .value = x->value, .take = x->take, .flag = x->flag, .next_free = m->free_days};
    m->free_days = f;
    x->time = x->value = x->take = NULL, x->flag = NULL;
    x->max = x->count = 0;
    x->is_loaded = false;
}

bool take_commit(meter_book *m, take_write *w, day **closing, size_t count, heng_err *err)
{
    job j = {.m = m, .w = w};
    if (!rows_make(&j, closing, count, err)) return false;
    for (size_t i = 0; i < j.count; i++) j.rows[i].x->is_listed = true;
    if (!opens_make(&j, err)) return false;
    journal_plan(&j);
    bool is_empty = j.count + j.open_count == 0 && w->readings == 0 && w->held_count + w->ended_count == 0;
    if (is_empty) return true;
    if (!(j.count ? post_all(&j, err) : book_within(m->b, within_journal, &j, err))) return false;
    m->journal_readings = j.drops_all ? 0 : j.is_carried ? (int64_t)j.carry.count : m->journal_readings + (w->journal ? (int64_t)w->journal->count : 0);
    for (size_t i = 0; i < j.count; i++) row_done(&j, &j.rows[i], true);
    for (size_t i = 0; i < j.open_count; i++) {
        row_done(&j, &j.open_rows[i], false);
        unload(m, j.open_rows[i].x);
    }
    for (size_t i = 0; i < j.count; i++) j.rows[i].x->is_listed = false;
    days_settle(m);
    m->next_take = w->take + 1;
    held_settle(m, w);
    m->last_known_us = w->known_us;
    return true;
}

/* ---- Due days ---- */

static bool is_due(const day *x, int64_t now_us)
{
    const meter_channel *c = channel_state(x->of, x->day);
    int64_t wait = (c ? c->wait_days : 0) * METER_DAY_US;
    return x->end_us + wait <= now_us;
}

/* A day between readings of a counter is due only when the reading after it is there; a day that holds nothing else is not closed. */
static bool has_content(meter_book *m, const day *x)
{
    edge before, after;
    if (x->count) return true;
    if (!is_counter(x->of)) return false;
    day_edges(m, x, &before, &after, NULL);
    return before.count && after.count;
}

enum { CLOSE_MAX = 1 << 19 };

static bool close_some(meter_book *m, int64_t now_us, meter_close_receipt *ret, bool *ret_more, heng_err *err)
{
    day_list due = {0};
    for (size_t i = 0; i < m->open.count && due.count < CLOSE_MAX; i++)
        if (is_due(m->open.items[i], now_us)) day_list_add(m, &due, m->open.items[i]);
    *ret_more = due.count == CLOSE_MAX;
    day_list unloaded = {0};
    for (size_t i = 0; i < due.count; i++)
        if (!due.items[i]->is_loaded) day_list_add(m, &unloaded, due.items[i]);
    if (unloaded.count && !days_load(m, unloaded.items, unloaded.count, err)) return false;
    if (!counter_ready(m, due.items, due.count, err)) return false;
    size_t n = 0;
    for (size_t i = 0; i < due.count; i++)
        if (has_content(m, due.items[i])) due.items[n++] = due.items[i];
    if (n == 0) return *ret_more = false, true;
    take_write w = {.take = m->next_take, .source = TEXT("close")};
    if (!take_commit(m, &w, due.items, n, err)) return false;
    days_tidy(m, due.items, n);
    ret->days += w.days, ret->movements += w.movements, ret->refused += w.refused;
    if (w.link) ret->link = w.link;
    return true;
}

bool meter_days_close(meter_book *m, int64_t now, meter_close_receipt *ret, heng_err *err)
{
    bool more = true, ok = true;
    meter_close_receipt spare, *to = ret ? ret : &spare;
    *to = (meter_close_receipt){0};
    if (!meter_enter(m, err)) return false;
    while (more && ok) ok = close_some(m, now ? now : book_now_us(m->b), to, &more, err);
    if (!ok) meter_forget(m);
    meter_leave(m);
    return ok;
}

bool meter_compact(meter_book *m, heng_err *err)
{
    if (!meter_enter(m, err)) return false;
    take_write w = {.take = m->next_take, .source = TEXT("compact"), .spills = true};
    bool ok = take_commit(m, &w, NULL, 0, err);
    if (!ok) meter_forget(m);
    meter_leave(m);
    return ok;
}
