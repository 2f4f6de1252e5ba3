/* A town with meters: channels declared in the book of tests/book/place.h. */
#ifndef TEST_METERS_H
#define TEST_METERS_H
#include "../book/place.h"
#include "../base/random.h"
#include "meter.h"

#define MINUTE INT64_C(60000000)
#define HOUR INT64_C(3600000000)

static inline meter_book *meters_open(place *p)
{
    meter_book *m;
    town_must(meter_open(p->b, &m, &p->err), &p->err, "meters");
    return m;
}

static inline meter_channel channel_like(const place *p, const char *code, meter_kind kind, int32_t interval_s)
{
    meter_channel c;
    meter_channel_init(&c);
    c.code = text_of(code);
    c.kind = kind;
    c.party = p->mill;
    c.commodity = rule_commodity_find(p->r, TEXT("electricity"));
    c.unit = rule_unit_find(p->r, TEXT("kWh"));
    c.interval_s = interval_s;
    if (kind == METER_COUNTER || kind == METER_INTERVAL) c.giver = p->works, c.taker = p->mill, c.movement_kind = rule_kind_find(p->r, TEXT("supply"));
    return c;
}

static inline void channels_declare(place *p, meter_book *m, const meter_channel *c, size_t n)
{
    book_batch from = {.source = TEXT("town"), .all_or_none = true};
    book_result *results = NEW_ARRAY(&p->a, n, book_result);
    book_receipt receipt;
    town_must(meter_channels_put(m, &p->a, &from, c, n, results, &receipt, &p->err), &p->err, "channels");
    for (size_t i = 0; i < n; i++)
        if (results[i].status == BOOK_REFUSED) town_must(false, results[i].why, "channel");
}

static inline int32_t channel_id(place *p, meter_book *m, const char *code)
{
    int32_t id = METER_NONE;
    town_must(meter_channel_want(m, text_of(code), &id, &p->err), &p->err, code);
    return id;
}

static inline meter_receipt take_some(place *p, meter_book *m, int32_t ch, const int64_t *time, const int64_t *value, const uint8_t *flag, size_t n, meter_result *results)
{
    meter_receipt r;
    meter_batch b = {.count = n, .one_channel = ch, .time_us = time, .value = value, .flag = flag, .source = TEXT("test")};
    town_must(meter_take(m, &b, results, &r, &p->err), &p->err, "take");
    return r;
}

static inline void check_meters_verify(place *p, meter_book *m, const char *says)
{
    heng_err err = {0};
    meter_verify_report r;
    check_verifies(p, says);
    check_ok(meter_verify(m, NULL, &r, &err), &err, says);
}
#endif
