/*
 * Declarations of channels.
 *
 * A channel's state is an entry of the book: kind "meter.channel", key its code, or code@2024-05-01 when it holds from a day on; the body is JSON with
 * words only (codes of parties, ids of commodities and units), so that the chain says what was declared. Fields at their default are left out.
 * The number of a channel is the store's own and stands in meter_channel.
 */
#include "inside.h"

static const char *const KINDS[] = {"counter", "interval", "level", "state"};

void meter_channel_init(meter_channel *c)
{
    *c = (meter_channel){.party = BOOK_NONE, .commodity = RULE_NONE, .unit = RULE_NONE, .wait_days = 3, .giver = BOOK_NONE, .taker = BOOK_NONE, .movement_kind = BOOK_NONE,
                         .valid_from = INT32_MIN, .valid_to = INT32_MAX, .id = METER_NONE};
}

/* ---- Out ---- */

static void put_name(text_buf *b, const char *name)
{
    if (b->len > 1) buf_char(b, ',');
    buf_printf(b, "\"%s\":", name);
}

static void put_text(text_buf *b, const char *name, text t)
{
    if (t.len == 0) return;
    put_name(b, name);
    buf_char(b, '"');
    for (size_t i = 0; i < t.len; i++) {
        unsigned char x = (unsigned char)t.ptr[i];
        if (x == '"' || x == '\\') buf_printf(b, "\\%c", x);
        else if (x < 0x20) buf_printf(b, "\\u%04x", x);
        else buf_char(b, (char)x);
    }
    buf_char(b, '"');
}

static void put_int(text_buf *b, const char *name, int64_t v, int64_t is_left_out)
{
    if (v == is_left_out) return;
    put_name(b, name);
    buf_printf(b, "%lld", (long long)v);
}

static void put_if(text_buf *b, const char *name, bool has, int64_t v)
{
    if (has) put_int(b, name, v, v == 0 ? 1 : 0);
}

static text party_code(const book_parties *parties, int32_t party) { return party >= 0 && (size_t)party < parties->count ? parties->items[party].code : TEXT(""); }

static text channel_body(arena *a, const rule_set *r, const book_parties *parties, const meter_channel *c)
{
    text_buf b = {.a = a};
    buf_char(&b, '{');
    put_text(&b, "meter", c->meter);
    put_text(&b, "name", c->name);
    put_text(&b, "party", party_code(parties, c->party));
    put_text(&b, "commodity", c->commodity >= 0 ? r->commodities[c->commodity].id : TEXT(""));
    put_text(&b, "unit", c->unit >= 0 ? r->units[c->unit].id : TEXT(""));
    put_text(&b, "kind", text_of(KINDS[c->kind]));
    put_int(&b, "scale", c->scale, 0);
    if (c->multiplier) put_text(&b, "multiplier", rat_exact(a, c->multiplier));
    put_int(&b, "roll_over", c->roll_over, 0);
    put_int(&b, "reset_starts", c->reset == METER_RESET_START, 0);
    put_int(&b, "interval_s", c->interval_s, 0);
    put_int(&b, "stamp_end", c->stamp == METER_STAMP_END, 0);
    put_int(&b, "wait_days", c->wait_days, 3);
    put_text(&b, "zone", text_of(c->zone));
    put_if(&b, "low", c->has_low, c->low);
    put_if(&b, "high", c->has_high, c->high);
    put_if(&b, "rate_per_hour", c->has_rate, c->rate_per_hour);
    put_if(&b, "capacity_per_hour", c->has_capacity, c->capacity_per_hour);
    put_text(&b, "calibrated", c->calibrated ? day_format(a, c->calibrated) : TEXT(""));
    put_text(&b, "calibration_due", c->calibration_due ? day_format(a, c->calibration_due) : TEXT(""));
    put_text(&b, "giver", party_code(parties, c->giver));
    put_text(&b, "taker", party_code(parties, c->taker));
    put_text(&b, "movement", c->movement_kind >= 0 ? r->kinds[c->movement_kind].id : TEXT(""));
    put_text(&b, "parent", c->parent);
    put_text(&b, "formula", c->formula);
    put_text(&b, "address", c->address);
    put_text(&b, "valid_to", c->valid_to != INT32_MAX ? day_format(a, c->valid_to) : TEXT(""));
    put_text(&b, "note", c->note);
    buf_char(&b, '}');
    return buf_text(&b);
}

static text channel_key(arena *a, const meter_channel *c)
{
    if (c->valid_from == INT32_MIN) return c->code;
    text from = day_format(a, c->valid_from);
    return text_of(arena_printf(a, "%.*s@%.*s", TEXT_FMT(c->code), TEXT_FMT(from)));
}

/* ---- In ---- */

static text get_text(arena *a, const json *o, const char *name)
{
    const json *j = json_get(o, name);
    return j ? text_copy(a, j->value) : TEXT("");
}

static int64_t get_int(const json *o, const char *name, int64_t otherwise, bool *ret_has)
{
    const json *j = json_get(o, name);
    bool ok = false;
    int64_t v = j ? text_to_i64(j->value, &ok) : 0;
    if (ret_has) *ret_has = ok;
    return ok ? v : otherwise;
}

static int32_t get_day(const json *o, const char *name, int32_t otherwise)
{
    heng_err ignored = {0};
    const json *j = json_get(o, name);
    int32_t d;
    return j && day_parse(j->value, &d, &ignored) ? d : otherwise;
}

static int32_t party_of(book *b, arena *a, const json *o, const char *name)
{
    text t = get_text(a, o, name);
    return t.len ? book_party_find(b, t) : BOOK_NONE;
}

/* What was declared was checked when it was declared; a word that the rules no longer know is none. */
static void channel_read(meter_book *m, const json *o, meter_channel *c)
{
    arena *a = &m->memory;
    heng_err ignored = {0};
    text kind = get_text(a, o, "kind"), multiplier = get_text(a, o, "multiplier"), zone = get_text(a, o, "zone"), t;
    c->meter = get_text(a, o, "meter");
    c->name = get_text(a, o, "name");
    c->party = party_of(m->b, a, o, "party");
    c->giver = party_of(m->b, a, o, "giver");
    c->taker = party_of(m->b, a, o, "taker");
    if (m->rules) {
        t = get_text(a, o, "commodity"), c->commodity = t.len ? rule_commodity_find(m->rules, t) : RULE_NONE;
        t = get_text(a, o, "unit"), c->unit = t.len ? rule_unit_find(m->rules, t) : RULE_NONE;
        t = get_text(a, o, "movement"), c->movement_kind = t.len ? rule_kind_find(m->rules, t) : RULE_NONE;
    }
    for (int i = 0; i < 4; i++)
        if (text_is(kind, KINDS[i])) c->kind = (meter_kind)i;
    c->scale = (int)get_int(o, "scale", 0, NULL);
    if (multiplier.len && !rat_parse(a, multiplier, &c->multiplier, &ignored)) c->multiplier = NULL;
    c->roll_over = get_int(o, "roll_over", 0, NULL);
    c->reset = get_int(o, "reset_starts", 0, NULL) ? METER_RESET_START : METER_RESET_ZERO;
    c->interval_s = (int32_t)get_int(o, "interval_s", 0, NULL);
    c->stamp = get_int(o, "stamp_end", 0, NULL) ? METER_STAMP_END : METER_STAMP_START;
    c->wait_days = (int32_t)get_int(o, "wait_days", 3, NULL);
    c->zone = zone.len ? text_str(a, zone) : NULL;
    c->low = get_int(o, "low", 0, &c->has_low);
    c->high = get_int(o, "high", 0, &c->has_high);
    c->rate_per_hour = get_int(o, "rate_per_hour", 0, &c->has_rate);
    c->capacity_per_hour = get_int(o, "capacity_per_hour", 0, &c->has_capacity);
    c->calibrated = get_day(o, "calibrated", 0);
    c->calibration_due = get_day(o, "calibration_due", 0);
    c->parent = get_text(a, o, "parent");
    c->formula = get_text(a, o, "formula");
    c->address = get_text(a, o, "address");
    c->valid_to = get_day(o, "valid_to", INT32_MAX);
    c->note = get_text(a, o, "note");
}

/* ---- Loading ---- */

static mclock *clock_of(meter_book *m, const char *name)
{
    heng_err ignored = {0};
    const cal_zone *zone = book_zone(m->b);
    if (name && !zone_open(&m->memory, name, &zone, &ignored)) zone = book_zone(m->b);
    for (mclock *c = m->clocks; c; c = c->next)
        if (strcmp(c->name, zone_name(zone)) == 0) return c;
    mclock *c = NEW(&m->memory, mclock);
    *c = (mclock){.name = zone_name(zone), .zone = zone, .day = INT32_MIN, .next = m->clocks};
    return m->clocks = c;
}

void clock_set(mclock *c, int32_t d)
{
    if (c->day == d) return;
    c->day = d;
    c->start_us = zone_day_start_us(c->zone, d);
    c->end_us = zone_day_start_us(c->zone, d + 1);
}

static channel *channel_new(meter_book *m, int32_t id, text code)
{
    channel *ch = NEW(&m->memory, channel);
    ch->id = id;
    ch->code = text_copy(&m->memory, code);
    ch->first_day = 1;
    ch->clock = clock_of(m, NULL);
    ch->states = NEW(&m->memory, meter_channel);
    ch->state_count = 1;
    meter_channel_init(&ch->states[0]);
    ch->states[0].code = ch->code;
    ch->states[0].id = id;
    *ARENA_PUSH(&m->memory, m->channels, m->channel_count, m->channel_max) = ch;
    text_map_put(&m->codes, ch->code, id);
    return ch;
}

static bool numbers_load(meter_book *m, heng_err *err)
{
    store_rows r;
    if (!store_run(m->store, SQL_meter_channel_all, NULL, 0, 1, &m->scratch, &r, err)) return false;
    for (size_t i = 0; i < r.count; i++) {
        channel *ch = channel_new(m, (int32_t)row_int(&r, 0, i), row_text(&r, 1, i));
        ch->first_day = (int32_t)row_int(&r, 2, i);
        ch->last_day = (int32_t)row_int(&r, 3, i);
    }
    return true;
}

static void state_add(meter_book *m, channel *ch, const meter_channel *c)
{
    if (!ch->is_known) ch->state_count = 0;
    ch->is_known = true;
    meter_channel *grown = arena_alloc(&m->memory, (ch->state_count + 1) * sizeof *grown);
    if (ch->state_count) memcpy(grown, ch->states, ch->state_count * sizeof *grown);
    size_t at = ch->state_count++;
    for (; at > 0 && grown[at - 1].valid_from > c->valid_from; at--) grown[at] = grown[at - 1];
    grown[at] = *c;
    ch->states = grown;
    ch->clock = clock_of(m, c->zone);
}

static text key_split(text key, int32_t *ret_from)
{
    heng_err ignored = {0};
    size_t at;
    *ret_from = INT32_MIN;
    if (!text_find(key, TEXT("@"), &at)) return key;
    if (!day_parse((text){key.ptr + at + 1, key.len - at - 1}, ret_from, &ignored)) *ret_from = INT32_MIN;
    return (text){key.ptr, at};
}

static void factor_set(meter_book *m, channel *ch)
{
    const meter_channel *c = channel_newest(ch);
    heng_err ignored = {0};
    ch->has_factor = false;
    if (!m->rules || c->unit < 0 || ch->state_count != 1) return;
    int scale = m->rules->units[c->unit].scale;
    const rat *f = rat_scaled(&m->scratch, pow10_i128(scale < 0 ? 0 : scale), c->scale);
    if (c->multiplier) f = rat_mul(&m->scratch, f, c->multiplier);
    ch->has_factor = scale >= 0 && rat_is_decimal(f, 0) && rat_to_scaled(f, 0, DEC_EXACT, &ch->factor, &ignored);
}

typedef struct number_new { meter_book *m; size_t first; } number_new;

static bool numbers_write(void *context, store *s, int64_t known_us, heng_err *err)
{
    number_new *x = context;
    meter_book *m = x->m;
    mcols c = mcols_of(&m->scratch, m->channel_count - x->first);
    int64_t *id = mcol(&c, "id");
    text *code = mcol_text(&c, "code");
    (void)known_us;
    for (size_t i = x->first; i < m->channel_count; i++) id[i - x->first] = (int64_t)i, code[i - x->first] = m->channels[i]->code;
    return mcols_run(s, SQL_meter_channel_add, &c, &m->scratch, NULL, err);
}

bool channels_load(meter_book *m, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    m->codes.a = &m->memory;
    if (!numbers_load(m, err) || !book_entries(m->b, &m->scratch, TEXT("meter.channel"), TEXT(""), BOOK_KNOWN_NOW, false, &rows, &count, err)) return false;
    number_new x = {m, m->channel_count};
    for (size_t i = 0; i < count; i++) {
        const json *o;
        int64_t id;
        meter_channel c;
        int32_t from;
        text code = key_split(rows[i].key, &from);
        if (!json_parse(&m->scratch, rows[i].body, &o, err)) return false;
        if (!text_map_find(&m->codes, code, &id)) {
            if (!m->is_writer || m->channel_count >= METER_CHANNELS_MAX) continue;
            id = channel_new(m, (int32_t)m->channel_count, code)->id;
        }
        meter_channel_init(&c);
        channel_read(m, o, &c);
        c.code = m->channels[id]->code;
        c.id = (int32_t)id;
        c.valid_from = from;
        if (c.meter.len == 0) {
            size_t at = code.len;
            text_find(code, TEXT("/"), &at);
            c.meter = (text){c.code.ptr, at};
        }
        state_add(m, m->channels[id], &c);
    }
    for (size_t i = 0; i < m->channel_count; i++) factor_set(m, m->channels[i]);
    return m->channel_count == x.first || book_within(m->b, numbers_write, &x, err);
}

/* ---- Looking ---- */

const meter_channel *channel_newest(const channel *ch) { return &ch->states[ch->state_count - 1]; }

const meter_channel *channel_state(const channel *ch, int32_t d)
{
    for (size_t i = ch->state_count; i-- > 0;) {
        const meter_channel *c = &ch->states[i];
        if (c->valid_from <= d) return ch->is_known && d <= c->valid_to ? c : NULL;
    }
    return NULL;
}

bool channel_amount(meter_book *m, const channel *ch, const meter_channel *c, int64_t sum, int64_t *ret, heng_err *err)
{
    if (ch->has_factor && !__builtin_mul_overflow(sum, ch->factor, ret)) return true;
    int scale = m->rules->units[c->unit].scale;
    return rat_to_scaled(meter_amount(&m->scratch, c, sum), scale < 0 ? 0 : scale, DEC_HALF_EVEN, ret, err);
}

const rat *meter_amount(arena *a, const meter_channel *c, i128 count)
{
    const rat *v = rat_scaled(a, count, c->scale);
    return c->multiplier ? rat_mul(a, v, c->multiplier) : v;
}

/* Whether an amount follows from a sum by any declaration that the channel has had: a day posted under an older one stays as it was until it closes again. */
bool channel_amount_was(meter_book *m, const channel *ch, int64_t sum, int64_t amount, bool *ret, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    *ret = false;
    if (!book_entries(m->b, &m->scratch, TEXT("meter.channel"), ch->code, BOOK_KNOWN_NOW, true, &rows, &count, err)) return false;
    for (size_t i = 0; i < count && !*ret; i++) {
        const json *o;
        int32_t from;
        int64_t was;
        meter_channel c;
        if (rows[i].body.len == 0 || !text_equal(key_split(rows[i].key, &from), ch->code)) continue;
        if (!json_parse(&m->scratch, rows[i].body, &o, err)) return false;
        meter_channel_init(&c);
        channel_read(m, o, &c);
        if (c.unit < 0) continue;
        int scale = m->rules->units[c.unit].scale;
        if (!rat_to_scaled(meter_amount(&m->scratch, &c, sum), scale < 0 ? 0 : scale, DEC_HALF_EVEN, &was, err)) return false;
        *ret = was == amount;
    }
    return true;
}

/* ---- Declaring ---- */

static bool field_bad(heng_err *err, const char *field, const char *seen, const char *wanted)
{
    err_fill(err, &MSG_METER_FIELD_BAD, seen, wanted, NULL);
    return err_in_field(err, field);
}

static bool needs(heng_err *err, const char *field)
{
    err_fill(err, &MSG_METER_AMOUNT_NEEDS, field, NULL, NULL);
    return err_in_field(err, field);
}

static bool number_ok(heng_err *err, const char *field, int64_t v, int64_t low, int64_t high)
{
    char seen[24], wanted[64];
    if (v >= low && v <= high) return true;
    snprintf(seen, sizeof seen, "%lld", (long long)v);
    snprintf(wanted, sizeof wanted, "%lld..%lld", (long long)low, (long long)high);
    return field_bad(err, field, seen, wanted);
}

static bool code_ok(text t, heng_err *err)
{
    bool ok = t.len >= 1 && t.len <= METER_CODE_MAX && text_is_utf8(t, &(size_t){0});
    for (size_t i = 0; i < t.len && ok; i++) ok = (unsigned char)t.ptr[i] > ' ' && t.ptr[i] != '@' && t.ptr[i] != '"' && t.ptr[i] != '\'' && t.ptr[i] != 0x7f;
    return ok || err_fill_n(err, &MSG_METER_CODE_BAD, t.ptr ? t.ptr : "", t.len, "120");
}

static bool unit_ok(meter_book *m, const meter_channel *c, heng_err *err)
{
    const rule_set *r = m->rules;
    bool is_amount = c->kind == METER_COUNTER || c->kind == METER_INTERVAL;
    if (c->commodity < 0 && !is_amount) return true;
    if (c->commodity < 0 || (size_t)c->commodity >= r->commodity_count) return needs(err, "commodity");
    if (c->unit < 0 || (size_t)c->unit >= r->unit_count) return needs(err, "unit");
    const rule_commodity *g = &r->commodities[c->commodity];
    text_buf b = {.a = &m->scratch};
    for (size_t i = 0; i < g->unit_count; i++) {
        if (g->units[i] == c->unit || !is_amount) return true;
        if (i) buf_str(&b, ", ");
        buf_add(&b, r->units[g->units[i]].id);
    }
    buf_char(&b, 0);
    return err_fill(err, &MSG_METER_UNIT_NOT_LISTED, text_str(&m->scratch, r->units[c->unit].id), b.ptr, text_str(&m->scratch, g->id));
}

static bool flow_ok(meter_book *m, const meter_channel *c, heng_err *err)
{
    int has = (c->giver != BOOK_NONE) + (c->taker != BOOK_NONE) + (c->movement_kind != BOOK_NONE);
    if (has == 0) return true;
    const char *code = text_str(&m->scratch, c->code);
    if (has < 3) return err_fill(err, &MSG_METER_FLOW_HALF, code, c->giver == BOOK_NONE ? "giver" : c->taker == BOOK_NONE ? "taker" : "movement", NULL);
    if (c->kind != METER_COUNTER && c->kind != METER_INTERVAL) return err_fill(err, &MSG_METER_FLOW_NO_AMOUNT, code, NULL, KINDS[c->kind]);
    return true;
}

static bool zone_ok(meter_book *m, const meter_channel *c, heng_err *err)
{
    const cal_zone *z;
    return !c->zone || zone_open(&m->scratch, c->zone, &z, err);
}

static text parent_of(meter_book *m, const meter_channel *channels, size_t count, text code)
{
    int64_t id;
    for (size_t i = count; i-- > 0;)
        if (text_equal(channels[i].code, code)) return channels[i].parent;
    return text_map_find(&m->codes, code, &id) ? channel_newest(m->channels[id])->parent : TEXT("");
}

static bool tree_ok(meter_book *m, const meter_channel *channels, size_t count, const meter_channel *c, heng_err *err)
{
    text at = c->parent;
    for (int deep = 0; at.len && deep < 64; deep++) {
        if (text_equal(at, c->code)) return err_fill(err, &MSG_METER_PARENT_CYCLE, text_str(&m->scratch, c->code), NULL, text_str(&m->scratch, c->parent));
        at = parent_of(m, channels, count, at);
    }
    return at.len == 0 || err_fill(err, &MSG_METER_PARENT_CYCLE, text_str(&m->scratch, c->code), NULL, text_str(&m->scratch, c->parent));
}

static bool channel_ok(meter_book *m, const meter_channel *channels, size_t count, const meter_channel *c, heng_err *err)
{
    int64_t id;
    if (!code_ok(c->code, err)) return err_in_field(err, "code");
    if (c->parent.len && c->parent.len < METER_CODE_MAX && !text_map_find(&m->codes, c->parent, &id)) {
        bool is_here = false;
        for (size_t i = 0; i < count && !is_here; i++) is_here = text_equal(channels[i].code, c->parent);
        if (!is_here) return err_fill_n(err, &MSG_METER_CHANNEL_UNKNOWN, c->parent.ptr, c->parent.len, NULL), err_in_field(err, "parent");
    }
    return number_ok(err, "scale", c->scale, 0, DEC_SCALE_MAX) && number_ok(err, "interval_s", c->interval_s, 0, 86400 * 31) && number_ok(err, "wait_days", c->wait_days, 0, 3660) &&
           number_ok(err, "roll_over", c->roll_over, 0, INT64_MAX) && number_ok(err, "capacity_per_hour", c->capacity_per_hour, 0, INT64_MAX) &&
           (!c->multiplier || rat_sign(c->multiplier) > 0 || field_bad(err, "multiplier", text_str(&m->scratch, rat_exact(&m->scratch, c->multiplier)), "> 0")) && zone_ok(m, c, err) &&
           (c->formula.len || unit_ok(m, c, err)) && flow_ok(m, c, err) && tree_ok(m, channels, count, c, err);
}

static bool is_same_amount(const meter_channel *a, const meter_channel *b)
{
    const bool one = !a->multiplier && !b->multiplier;
    return (one || (a->multiplier && b->multiplier && rat_equal(a->multiplier, b->multiplier))) && a->unit == b->unit && a->scale == b->scale && a->giver == b->giver && a->taker == b->taker &&
           a->movement_kind == b->movement_kind && a->commodity == b->commodity && a->kind == b->kind;
}

/* Channels that have closed days, and say now something else about their amounts. */
static int32_t *restated_of(meter_book *m, const meter_channel *channels, size_t count, size_t *ret_count)
{
    int32_t *ids = NEW_ARRAY(&m->scratch, count, int32_t);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t id;
        if (!text_map_find(&m->codes, channels[i].code, &id) || m->channels[id]->first_day > m->channels[id]->last_day) continue;
        if (!is_same_amount(channel_newest(m->channels[id]), &channels[i])) ids[(*ret_count)++] = (int32_t)id;
    }
    return ids;
}

enum { RESTATE_DAYS = 4096 };

/* Their closed days close again, so that the ledger says what is declared now. */
static bool restate(meter_book *m, channel *ch, heng_err *err)
{
    for (int32_t first = ch->first_day; first <= ch->last_day; first += RESTATE_DAYS) {
        day_list days = {0}, closed = {0};
        for (int32_t d = first; d <= ch->last_day && d < first + RESTATE_DAYS; d++) {
            day *x = day_make(m, ch, d);
            if (!x->is_loaded) day_list_add(m, &days, x);
            else if (x->version > 0) day_list_add(m, &closed, x);
        }
        if (days.count && !days_load(m, days.items, days.count, err)) return false;
        for (size_t i = 0; i < days.count; i++)
            if (days.items[i]->version > 0) day_list_add(m, &closed, days.items[i]);
        for (size_t i = 0; i < closed.count; i++) closed.items[i]->is_changed = true;
        if (closed.count == 0) continue;
        take_write w = {.take = m->next_take, .source = TEXT("declared")};
        if (!counter_ready(m, closed.items, closed.count, err) || !take_commit(m, &w, closed.items, closed.count, err)) return false;
        days_tidy(m, closed.items, closed.count);
    }
    return true;
}

/* New codes get their numbers in the same transaction. */
typedef struct put_job { meter_book *m; size_t count; text *codes; } put_job;

static bool put_within(void *context, store *s, const struct book_receipt *at, heng_err *err)
{
    put_job *j = context;
    mcols c = mcols_of(&j->m->scratch, j->count);
    int64_t *id = mcol(&c, "id");
    text *code = mcol_text(&c, "code");
    (void)at;
    for (size_t i = 0; i < j->count; i++) id[i] = (int64_t)(j->m->channel_count + i), code[i] = j->codes[i];
    return mcols_run(s, SQL_meter_channel_add, &c, &j->m->scratch, NULL, err);
}

static bool channels_put(meter_book *m, arena *a, const book_batch *from, const meter_channel *channels, size_t count, book_result *results, book_receipt *receipt, heng_err *err)
{
    arena *s = &m->scratch;
    book_parties parties;
    if (!m->rules && !book_rules(m->b, &m->rules, err)) return false;
    if (!book_parties_at(m->b, s, INT32_MAX, BOOK_KNOWN_NOW, &parties, err)) return false;
    book_entry *declared = NEW_ARRAY(s, count, book_entry);
    size_t *who = NEW_ARRAY(s, count, size_t), good = 0, refused = 0;
    put_job job = {m, 0, NEW_ARRAY(s, count, text)};
    text_map seen = {.a = s};
    for (size_t i = 0; i < count; i++) {
        heng_err why = {0};
        int64_t id;
        if (!channel_ok(m, channels, count, &channels[i], &why)) {
            heng_err *kept = NEW(a, heng_err);
            *kept = why;
            if (results) results[i] = (book_result){.status = BOOK_REFUSED, .why = kept};
            refused++;
            continue;
        }
        if (!text_map_find(&m->codes, channels[i].code, &id) && !text_map_find(&seen, channels[i].code, &id)) {
            text_map_put(&seen, channels[i].code, 1);
            job.codes[job.count++] = channels[i].code;
        }
        who[good] = i;
        declared[good++] = (book_entry){TEXT("meter.channel"), channel_key(s, &channels[i]), channel_body(s, m->rules, &parties, &channels[i]), (int64_t)i + 1};
    }
    book_receipt spare, *to = receipt ? receipt : &spare;
    *to = (book_receipt){0};
    bool is_nothing = good == 0 || (from->all_or_none && refused);
    book_result *got = NEW_ARRAY(s, good + 1, book_result);
    book_batch batch = {.source = from->source, .file = from->file, .sheet = from->sheet, .content = from->content, .has_content = from->has_content, .bytes = from->bytes, .note = from->note,
                        .all_or_none = from->all_or_none, .dry_run = from->dry_run, .entry_count = good, .entries = declared, .within = put_within, .within_context = &job};
    if (!is_nothing && !book_post(m->b, a, &batch, got, to, err)) return false;
    for (size_t i = 0; i < good && results; i++) results[who[i]] = is_nothing ? (book_result){.status = BOOK_NOT_TRIED} : got[i];
    to->refused += (int64_t)refused;
    size_t changed;
    int32_t *ids = restated_of(m, channels, is_nothing || from->dry_run ? 0 : count, &changed);
    if (!meter_refresh(m, err)) return false;
    for (size_t i = 0; i < changed; i++)
        if (!restate(m, m->channels[ids[i]], err)) return meter_forget(m), false;
    return true;
}

bool meter_channels_put(meter_book *m, arena *a, const book_batch *from, const meter_channel *channels, size_t count, book_result *results, book_receipt *receipt, heng_err *err)
{
    bool ok = meter_enter(m, err);
    if (!ok) return false;
    ok = channels_put(m, a, from, channels, count, results, receipt, err);
    meter_leave(m);
    return ok;
}

size_t meter_channel_count(meter_book *m)
{
    heng_err ignored = {0};
    if (!meter_enter(m, &ignored)) return 0;
    size_t count = m->channel_count;
    meter_leave(m);
    return count;
}

static bool is_id(const meter_book *m, int32_t id) { return id >= 0 && (size_t)id < m->channel_count; }
const meter_channel *meter_channel_get(meter_book *m, int32_t id) { return is_id(m, id) ? channel_newest(m->channels[id]) : NULL; }
const meter_channel *meter_channel_on(meter_book *m, int32_t id, int32_t d) { return is_id(m, id) ? channel_state(m->channels[id], d) : NULL; }
const cal_zone *meter_channel_zone(meter_book *m, int32_t id) { return is_id(m, id) ? m->channels[id]->clock->zone : book_zone(m->b); }

int32_t meter_channel_find(meter_book *m, text code)
{
    heng_err ignored = {0};
    int64_t id = METER_NONE;
    if (!meter_enter(m, &ignored)) return METER_NONE;
    if (!text_map_find(&m->codes, code, &id)) id = METER_NONE;
    meter_leave(m);
    return (int32_t)id;
}

bool meter_channel_want(meter_book *m, text code, int32_t *ret, heng_err *err)
{
    size_t at[3];
    int32_t id = meter_channel_find(m, code);
    if (id != METER_NONE) return *ret = id, true;
    arena a = {0};
    text *names = NEW_ARRAY(&a, m->channel_count, text);
    for (size_t i = 0; i < m->channel_count; i++) names[i] = m->channels[i]->code;
    size_t found = text_nearest(&a, code, names, m->channel_count, 3, at);
    text_buf b = {.a = &a};
    for (size_t i = 0; i < found; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(names[at[i]]));
    err_fill(err, &MSG_METER_CHANNEL_UNKNOWN, text_str(&a, code), text_str(&a, buf_text(&b)), NULL);
    arena_free(&a);
    return false;
}
