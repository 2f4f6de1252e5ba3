/*
 * heng why heng:reading/<channel>/<day or time>: what was read, how its day became a movement, and which bounds and goals it is measured for.
 * And the other way: below a movement that a meter made stand the hours of its day, which add up to it exactly.
 */
#include "meter.h"
#include "plan_view.h"
#include "quality.h"
#include "why_reading.h"

enum { HOURS_MAX = 25 };

static text reading_address(arena *a, text code, int32_t day)
{
    addr at = {.kind = TEXT("reading")};
    addr_part(&at, code);
    addr_part(&at, day_format(a, day));
    return addr_format(a, &at);
}

static text unit_of(const rule_set *r, const meter_channel *c) { return c->unit >= 0 ? r->units[c->unit].id : (text){0}; }

static why_node *said(why_node *parent, arena *a, const char *zh, const char *en, text source)
{
    why_node *n = why_new(a, WHY_ROW, text_of(zh), text_of(en), NULL, (text){0});
    n->source = source;
    return parent ? why_add(parent, n) : n;
}

static text hour_text(arena *a, const cal_zone *z, int64_t us)
{
    text t = instant_format(a, z, us);
    return t.len > 16 ? text_of(arena_printf(a, "%.10s %.5s", t.ptr, t.ptr + 11)) : t;
}

/* The hours of a day, as amounts: exactly the day. Nothing when they do not add up (a counter whose day reaches over its ends). */
static void add_hours(arena *a, meter_book *m, const rule_set *r, int32_t channel, int32_t day, const rat *total, why_node *below)
{
    const meter_channel *c = meter_channel_on(m, channel, day);
    const cal_zone *z = meter_channel_zone(m, channel);
    meter_table t;
    heng_err ignored = {0};
    const rat *sum = rat_int(a, 0);
    if (!c || !meter_sums(m, a, &channel, 1, (period){zone_day_start_us(z, day), zone_day_start_us(z, day + 1)}, METER_BY_HOUR, METER_EACH, BOOK_KNOWN_NOW, &t, &ignored)) return;
    for (size_t i = 0; i < t.steps; i++) sum = rat_add(a, sum, meter_amount(a, c, t.cells[i].sum));
    if (!total || !rat_equal(sum, total)) return;
    for (size_t i = 0; i < t.steps; i++) {
        if (t.cells[i].count == 0) continue;
        text hour = hour_text(a, z, t.start_us[i]);
        char *label = arena_printf(a, "%.*s", TEXT_FMT(hour));
        why_node *n = why_add(below, why_new(a, WHY_MOVEMENT, text_of(arena_printf(a, "%s 起一小时，读数 %lld 个", label, (long long)t.cells[i].count)),
                                             text_of(arena_printf(a, "hour from %s, %lld readings", label, (long long)t.cells[i].count)), meter_amount(a, c, t.cells[i].sum), unit_of(r, c)));
        addr at = {.kind = TEXT("reading")};
        addr_part(&at, c->code);
        addr_part(&at, text_of(arena_printf(a, "%.10sT%.2s:00", label, label + 11)));
        n->address = addr_format(a, &at);
    }
}

/* 2021-07-01/E01-M1/kwh: the key that the room meter gives to the movement of a channel-day. */
static bool split_key(text key, int32_t *day, text *code)
{
    heng_err ignored = {0};
    text rest = key, first = text_next(&rest, '/');
    *code = rest;
    return rest.len > 0 && day_parse(first, day, &ignored);
}

static void tell_day(ops_call *c, meter_book *m, const rule_set *r, int32_t channel, int32_t day, why_node *below)
{
    meter_day *d;
    size_t count;
    heng_err ignored = {0};
    if (!meter_days(m, c->a, &channel, 1, day, 1, &d, &count, &ignored) || count == 0) return;
    const meter_channel *x = meter_channel_on(m, channel, day);
    char *zh = arena_printf(c->a, "通道 %.*s（%.*s）：%s，读数 %lld 个，应到 %lld 个，估计 %lld 个，存疑 %lld 个", TEXT_FMT(x->code), TEXT_FMT(x->name), d->state == METER_DAY_CLOSED ? "已关闭" : "未关闭，暂计", (long long)d->count,
                            (long long)d->expected, (long long)d->estimated, (long long)d->suspect);
    char *en = arena_printf(c->a, "channel %.*s (%.*s): %s, %lld readings of %lld expected, %lld estimated, %lld suspect", TEXT_FMT(x->code), TEXT_FMT(x->name), d->state == METER_DAY_CLOSED ? "closed" : "open, provisional",
                            (long long)d->count, (long long)d->expected, (long long)d->estimated, (long long)d->suspect);
    said(below, c->a, zh, en, (text){0})->address = reading_address(c->a, x->code, day);
    (void)r;
}

void why_of_meter_movement(ops_call *c, const addr *at, why_node *root)
{
    heng_err ignored = {0};
    book_movement_row *rows;
    const rule_set *r;
    meter_book *m;
    size_t count;
    bool ok;
    text code;
    int32_t day, channel;
    if (!text_is(at->kind, "movement") || at->part_count != 1) return;
    int64_t id = text_to_i64(at->parts[0], &ok);
    book_query q = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE, .source = TEXT("meter"), .after_id = id - 1, .limit = 1, .with_superseded = true};
    if (!ok || !book_movements_query(c->book, c->a, &q, c->known_us, &rows, &count, &ignored) || count == 0 || rows[0].id != id) return;
    if (!split_key(rows[0].group_key, &day, &code) || !book_rules(c->book, &r, &ignored) || !meter_open(c->book, &m, &ignored)) return;
    if ((channel = meter_channel_find(m, code)) != METER_NONE) {
        tell_day(c, m, r, channel, day, root);
        if (!root->value || root->kind == WHY_MOVEMENT) {
            const meter_channel *x = meter_channel_on(m, channel, day);
            why_node *sum = why_new(c->a, WHY_SUM, TEXT("各小时之和"), TEXT("sum of its hours"), root->value, x ? unit_of(r, x) : (text){0});
            add_hours(c->a, m, r, channel, day, root->value, sum);
            if (sum->first) root->kind = WHY_SAME, why_add(root, sum);
        }
    }
    meter_book_close(m);
}

/* ---- A reading ---- */

typedef struct asked { ops_call *c; meter_book *m; const rule_set *r; const meter_channel *ch; int32_t channel; const cal_zone *zone; why_node *root; } asked;

static bool filled_text(asked *x, int64_t time_us, text *ret, heng_err *err)
{
    meter_filled_by by;
    bool zh = x->c->lang == HENG_ZH;
    if (!meter_filled_at(x->m, x->c->a, x->channel, time_us, x->c->known_us, &by, err)) return false;
    if (by.method) *ret = text_of(arena_printf(x->c->a, zh ? "补缺：%s；%.*s：%.*s" : "filled: %s; %.*s: %.*s", zh ? by.method->zh : by.method->en, TEXT_FMT(by.who), TEXT_FMT(by.reason)));
    return true;
}

/* Where a reading came from: method, person and reason of an estimate; else the source of its take, and when it came. */
static bool origin_text(asked *x, const meter_series *s, size_t i, text *ret, heng_err *err)
{
    arena *a = x->c->a;
    bool zh = x->c->lang == HENG_ZH;
    meter_take_row t;
    *ret = (text){0};
    if ((s->flag[i] & METER_QUALITY) == METER_ESTIMATED && !filled_text(x, s->time_us[i], ret, err)) return false;
    if (ret->len) return true;
    if (!meter_take_of(x->m, a, s->take[i], &t, err)) return false;
    text known = show_instant(x->c, t.known_us);
    const char *delivery = t.delivery ? arena_printf(a, zh ? "，交付 %lld" : ", delivery %lld", (long long)t.delivery) : "";
    *ret = text_of(arena_printf(a, zh ? "%.*s%s，%.*s 收下（第 %lld 批）" : "%.*s%s, taken %.*s (take %lld)", TEXT_FMT(t.source), delivery, TEXT_FMT(known), (long long)s->take[i]));
    return true;
}

static bool tell_readings(asked *x, period when, heng_err *err)
{
    meter_series s;
    text origin;
    arena *a = x->c->a;
    if (!meter_readings(x->m, a, x->channel, when, x->c->known_us, &s, err)) return false;
    for (size_t i = 0; i < s.count; i++) {
        text value = dec_format_trim(a, s.value[i], x->ch->scale), time = hour_text(a, x->zone, s.time_us[i]);
        if (!origin_text(x, &s, i, &origin, err)) return false;
        said(x->root, a, arena_printf(a, "读数 %.*s：%.*s（%s）", TEXT_FMT(time), TEXT_FMT(value), quality_word(s.flag[i], true)),
             arena_printf(a, "reading %.*s: %.*s (%s)", TEXT_FMT(time), TEXT_FMT(value), quality_word(s.flag[i], false)), origin);
    }
    if (s.count == 0) said(x->root, a, "这段时间没有读数", "no readings in this time", (text){0});
    return true;
}

/* The movement that the day became. */
static bool tell_movement(asked *x, int32_t day, heng_err *err)
{
    book_movement_row *rows;
    size_t count;
    arena *a = x->c->a;
    text key = text_of(arena_printf(a, "%.*s/%.*s", TEXT_FMT(day_format(a, day)), TEXT_FMT(x->ch->code)));
    if (x->ch->movement_kind == BOOK_NONE) return said(x->root, a, "这个通道不产生流动", "this channel makes no movements", (text){0}), true;
    book_query q = {.party = x->ch->taker, .commodity = x->ch->commodity, .kind = BOOK_NONE, .source = TEXT("meter"), .has_when = true, .when = {zone_day_start_us(x->zone, day), zone_day_start_us(x->zone, day + 1)}};
    if (!book_movements_query(x->c->book, a, &q, x->c->known_us, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(rows[i].group_key, key)) continue;
        why_node *n = said(x->root, a, "所在日的流动", "the movement of its day", key);
        n->value = rat_scaled(a, rows[i].amount, x->r->units[rows[i].ends.unit].scale), n->unit = x->r->units[rows[i].ends.unit].id;
        n->address = text_of(arena_printf(a, "heng:movement/%lld", (long long)rows[i].id));
        return true;
    }
    return said(x->root, a, "所在日尚未关闭，不在账本中", "its day is not closed: not in the ledger", (text){0}), true;
}

/* Does the formula speak of this commodity, by its id or one of its tags? */
static bool formula_names(const rule_set *r, const rule_indicator *i, int32_t commodity)
{
    size_t at;
    const rule_commodity *c = &r->commodities[commodity];
    if (text_find(i->formula_text, c->id, &at)) return true;
    for (size_t t = 0; t < r->tag_count; t++)
        if ((c->tags[t / 64] >> t % 64 & 1) && text_find(i->formula_text, r->tags[t].id, &at)) return true;
    return false;
}

/* Bounds on the channel's parties and on those they stand in, whose indicator speaks of its commodity: what this is measured for. */
static bool tell_bounds(asked *x, int32_t day, heng_err *err)
{
    book_bound_row *rows;
    book_parties parties;
    size_t count;
    arena *a = x->c->a;
    if (!book_bounds(x->c->book, a, x->c->known_us, &rows, &count, err) || !book_parties_at(x->c->book, a, day, x->c->known_us, &parties, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const book_bound *b = &rows[i].bound;
        int32_t indicator = rule_indicator_find(x->r, b->indicator);
        bool is_own = text_starts(b->indicator, "channel:") && text_equal((text){b->indicator.ptr + 8, b->indicator.len - 8}, x->ch->code);
        bool *inside = book_subtree(a, &parties, BOOK_BY_PLACE, b->party);
        bool touches = (x->ch->taker >= 0 && inside[x->ch->taker]) || (x->ch->giver >= 0 && inside[x->ch->giver]) || inside[x->ch->party];
        if (!is_own && (indicator == RULE_NONE || !touches || !formula_names(x->r, &x->r->indicators[indicator], x->ch->commodity))) continue;
        rule_name what = is_own ? (rule_name){TEXT("这个通道的许可量"), TEXT("the permit of this channel")} : x->r->indicators[indicator].name;
        why_node *n = said(x->root, a, arena_printf(a, "用来判断的约束：%.*s %.*s，%.*s", TEXT_FMT(show_party_name(&parties.items[b->party], HENG_ZH)), TEXT_FMT(what.zh), TEXT_FMT(b->key)),
                           arena_printf(a, "a bound that it is measured for: %.*s, %.*s, %.*s", TEXT_FMT(show_party_name(&parties.items[b->party], HENG_EN)), TEXT_FMT(what.en), TEXT_FMT(b->key)), b->source);
        addr at = {.kind = TEXT("bound")};
        addr_part(&at, b->key);
        n->address = addr_format(a, &at);
        why_of_goal_bound(x->c, &(addr){.kind = TEXT("bound"), .part_count = 1, .parts = {b->key}}, n);
    }
    return true;
}

static bool explain(asked *x, text when, heng_err *err)
{
    period p;
    if (!period_parse(x->zone, when, &p, err)) return false;
    if (p.start_us == p.end_us) p.end_us = p.start_us + (int64_t)(x->ch->interval_s > 0 ? x->ch->interval_s : 1) * 1000000;
    int32_t day = zone_day_of(x->zone, p.start_us);
    text name = x->ch->name.len ? x->ch->name : x->ch->code;
    x->root = said(NULL, x->c->a, arena_printf(x->c->a, "%.*s（%.*s）%.*s", TEXT_FMT(name), TEXT_FMT(x->ch->code), TEXT_FMT(when)), arena_printf(x->c->a, "%.*s (%.*s) %.*s", TEXT_FMT(name), TEXT_FMT(x->ch->code), TEXT_FMT(when)), (text){0});
    return tell_readings(x, p, err) && tell_movement(x, day, err) && tell_bounds(x, day, err);
}

bool why_reading(ops_call *c, const addr *at, why_node **ret, heng_err *err)
{
    asked x = {.c = c};
    text_buf code = {.a = c->a};
    if (at->part_count < 2) return err_fill(err, &MSG_OPS_READING_ADDRESS, text_str(c->a, addr_format(c->a, at)), NULL, NULL);
    for (size_t i = 0; i + 1 < at->part_count; i++) buf_printf(&code, "%s%.*s", i ? "/" : "", TEXT_FMT(at->parts[i]));
    if (!book_rules(c->book, &x.r, err) || !meter_open(c->book, &x.m, err)) return false;
    bool ok = meter_channel_want(x.m, buf_text(&code), &x.channel, err);
    if (ok) x.ch = meter_channel_get(x.m, x.channel), x.zone = meter_channel_zone(x.m, x.channel);
    ok = ok && explain(&x, at->parts[at->part_count - 1], err);
    meter_book_close(x.m);
    *ret = x.root;
    return ok;
}

static bool channel_amount(void *context, arena *a, text code, period when, int64_t known_us, account_channel_value *ret, heng_err *err)
{
    meter_book *m = context;
    const rule_set *r;
    meter_value v;
    int32_t id = meter_channel_find(m, code);
    if (id == METER_NONE) return true;
    if (!book_rules(meter_book_of(m), &r, err) || !meter_value_of(m, a, id, when, known_us, &v, err)) return false;
    ret->amount = v.amount;
    ret->unit = unit_of(r, meter_channel_get(m, id));
    return true;
}

bool account_asks_meters(ops_call *c, account *x, meter_book **ret, heng_err *err)
{
    if (!meter_open(c->book, ret, err)) return false;
    account_channels_set(x, channel_amount, *ret);
    return true;
}
