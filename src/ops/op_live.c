/* heng meter last, feed: the newest readings, and what came after a cursor. */
#include "meter.h"
#include "ops_internal.h"

enum { FEED_USUAL = 1000, FEED_MAX = 1000000 };

static text value_cell(ops_call *c, const meter_channel *ch, const meter_reading *r)
{
    return r->flag & METER_GONE ? (text){0} : dec_format(c->a, r->count, ch->scale);
}

static text quality_cell(const ops_call *c, uint8_t flag) { return text_of(quality_word(flag, c->lang == HENG_ZH && !c->wants_exact)); }

static text unit_cell(const rule_set *r, const meter_channel *ch)
{
    return ch->unit >= 0 ? r->units[ch->unit].id : (text){0};
}

static text time_cell(ops_call *c, meter_book *m, const meter_reading *r)
{
    return instant_format(c->a, meter_channel_zone(m, r->channel), r->time_us);
}

static void show_cursor(ops_call *c, meter_cursor cursor, bool has_more)
{
    text t = meter_cursor_format(c->a, cursor);
    show_record(c, "cursor", (shown_field[]){{"cursor", "游标", "cursor", t, false}, {"more", "还有", "more", yes_no(has_more), false}}, 2);
    if (has_more) say(c, "游标 %.*s，其后还有", "cursor %.*s, and more behind it", TEXT_FMT(t));
    else say(c, "游标 %.*s", "cursor %.*s", TEXT_FMT(t));
}

/* ---- The newest ---- */

static bool last_rows(ops_call *c, meter_book *m, int32_t only, heng_err *err)
{
    const rule_set *r;
    meter_reading *last;
    meter_cursor cursor;
    size_t count;
    if (!book_rules(c->book, &r, err) || !meter_cursor_now(m, &cursor, err) || !meter_last(m, c->a, &last, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("time"), pick(c->lang, "时间", "time"), false), column(TEXT("value"), pick(c->lang, "读数", "value"), true),
                                    column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("quality"), pick(c->lang, "质量", "quality"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "最近读数", "last readings"), (text){0}, columns, 5);
    for (size_t i = 0; i < count; i++) {
        const meter_channel *ch = meter_channel_get(m, (int32_t)i);
        if (last[i].channel == METER_NONE || (only != METER_NONE && only != (int32_t)i)) continue;
        sheet_row(s, (text[]){ch->code, time_cell(c, m, &last[i]), value_cell(c, ch, &last[i]), unit_cell(r, ch), quality_cell(c, last[i].flag)});
    }
    show_cursor(c, cursor, false);
    return true;
}

bool op_meter_last(ops_call *c, heng_err *err)
{
    meter_book *m;
    int32_t only = METER_NONE;
    if (!meter_open(c->book, &m, err)) return false;
    bool ok = !ops_has(c, "CHANNEL") || meter_channel_want(m, ops_get(c, "CHANNEL"), &only, err) || err_in_field(err, "CHANNEL");
    ok = ok && last_rows(c, m, only, err);
    meter_book_close(m);
    return ok;
}

/* ---- What came after a cursor ---- */

static bool feed_rows(ops_call *c, meter_book *m, meter_cursor after, size_t limit, heng_err *err)
{
    const rule_set *r;
    meter_change change;
    if (!book_rules(c->book, &r, err) || !meter_changes(m, c->a, after, limit, &change, err)) return false;
    const sheet_column columns[] = {column(TEXT("cursor"), pick(c->lang, "游标", "cursor"), false), column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("time"), pick(c->lang, "时间", "time"), false),
                                    column(TEXT("value"), pick(c->lang, "读数", "value"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("quality"), pick(c->lang, "质量", "quality"), false),
                                    column(TEXT("known"), pick(c->lang, "入账时间", "known"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "读数变更", "changes"), (text){0}, columns, 7);
    for (size_t i = 0; i < change.count; i++) {
        const meter_changed *x = &change.items[i];
        const meter_channel *ch = meter_channel_get(m, x->reading.channel);
        sheet_row(s, (text[]){meter_cursor_format(c->a, x->cursor), ch->code, time_cell(c, m, &x->reading), value_cell(c, ch, &x->reading), unit_cell(r, ch), quality_cell(c, x->reading.flag), show_instant(c, x->known_us)});
    }
    show_cursor(c, change.cursor, change.has_more);
    return true;
}

static bool cursor_of(ops_call *c, meter_book *m, meter_cursor *ret, heng_err *err)
{
    text t = ops_get(c, "--after");
    *ret = (meter_cursor){0};
    if (t.len == 0) return true;
    if (text_is(t, "now")) return meter_cursor_now(m, ret, err);
    return meter_cursor_parse(t, ret, err) || err_in_field(err, "--after");
}

static bool limit_of(ops_call *c, size_t *ret, heng_err *err)
{
    bool ok = true;
    text t = ops_get(c, "--limit");
    int64_t limit = t.len ? text_to_i64(t, &ok) : FEED_USUAL;
    if (!ok || limit < 1 || limit > FEED_MAX) return err_fill_n(err, &MSG_OPS_COUNT_BAD, t.ptr, t.len, arena_printf(c->a, "%d", FEED_MAX)) || err_in_field(err, "--limit");
    *ret = (size_t)limit;
    return true;
}

bool op_meter_feed(ops_call *c, heng_err *err)
{
    meter_book *m;
    meter_cursor after;
    size_t limit = 0;
    if (!limit_of(c, &limit, err) || !meter_open(c->book, &m, err)) return false;
    bool ok = cursor_of(c, m, &after, err) && feed_rows(c, m, after, limit, err);
    meter_book_close(m);
    return ok;
}
