/* Mappings of files of readings: as a small table, and saved in the book. What a file suggests stands in readings_look.c. */
#include "inside.h"
#include "readings_in.h"

static const struct { const char *word; readings_part part; } PARTS[] = {{"whole", PART_WHOLE}, {"date", PART_WHOLE}, {"clock", PART_WHOLE}, {"year", PART_YEAR}, {"month", PART_MONTH}, {"day", PART_DAY},
    {"hour", PART_HOUR}, {"minute", PART_MINUTE}, {"from", PART_FROM}, {"to", PART_TO}, {"period", PART_PERIOD}, {"index", PART_INDEX}};
static const char *const HEADS[] = {[HEAD_FOUND] = "found", [HEAD_LAST] = "last", [HEAD_NONE] = "none"};
static const char ITEMS[] = "sheet, header, time, start, step, end, order, zone, value, across, flag, unit, multiplier, missing, total, bad, suspect, round";
static const char *const ORDERS[] = {[ORDER_FOUND] = "found", [ORDER_YMD] = "YMD", [ORDER_DMY] = "DMY", [ORDER_MDY] = "MDY"};
static const char *const PART_WORDS[] = {[PART_WHOLE] = "whole", [PART_YEAR] = "year", [PART_MONTH] = "month", [PART_DAY] = "day", [PART_HOUR] = "hour", [PART_MINUTE] = "minute",
    [PART_FROM] = "from", [PART_TO] = "to", [PART_PERIOD] = "period", [PART_INDEX] = "index"};

/* ---- As a table ---- */

static void put_row(text_buf *b, const char *item, text name, text value)
{
    buf_printf(b, "%s,", item);
    csv_field(b, name, ',');
    buf_char(b, ',');
    csv_field(b, value, ',');
    buf_char(b, '\n');
}

static text clock_text(arena *a, int64_t local_s)
{
    int32_t day = (int32_t)(local_s / 86400);
    int64_t s = local_s % 86400;
    return text_of(arena_printf(a, "%.*s %02d:%02d:%02d", TEXT_FMT(day_format(a, day)), (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60)));
}

/* 00:15;96;900: the time of the first column, how many there are, and the seconds from one to the next. */
static text across_text(arena *a, const readings_value *v)
{
    return text_of(arena_printf(a, "%02d:%02d;%d;%d", v->first_s / 3600, v->first_s / 60 % 60, v->across, v->step_s));
}

static void put_values(text_buf *b, const readings_mapping *m)
{
    for (size_t i = 0; i < m->value_count; i++) put_row(b, "value", m->values[i].header, m->values[i].channel);
    for (size_t i = 0; i < m->value_count; i++) {
        const readings_value *v = &m->values[i];
        if (v->across) put_row(b, "across", v->header, across_text(b->a, v));
        if (v->flag.len) put_row(b, "flag", v->header, v->flag);
        if (v->unit.len) put_row(b, "unit", v->header, v->unit);
    }
}

text readings_mapping_text(arena *a, const readings_mapping *m)
{
    text_buf b = {.a = a};
    bool has_end = false;
    buf_str(&b, "item,name,value\n");
    if (m->sheet.len) put_row(&b, "sheet", (text){0}, m->sheet);
    if (m->head != HEAD_FOUND) put_row(&b, "header", (text){0}, text_of(HEADS[m->head]));
    for (size_t i = 0; i < m->time_count; i++) {
        put_row(&b, "time", m->times[i].header, text_of(PART_WORDS[m->times[i].part]));
        has_end |= m->times[i].part == PART_TO;
    }
    if (m->has_start) put_row(&b, "start", (text){0}, clock_text(a, m->start_s));
    if (m->step_s) put_row(&b, "step", (text){0}, text_of(arena_printf(a, "%lld", (long long)m->step_s)));
    if (has_end) put_row(&b, "end", (text){0}, m->end_is_in ? TEXT("in") : TEXT("out"));
    put_row(&b, "order", (text){0}, text_of(ORDERS[m->order]));
    if (m->zone.len) put_row(&b, "zone", (text){0}, m->zone);
    put_values(&b, m);
    if (m->multiplier.len) put_row(&b, "multiplier", m->multiplier, TEXT("check"));
    put_row(&b, "missing", (text){0}, m->missing);
    if (m->totals.len) put_row(&b, "total", (text){0}, m->totals);
    put_row(&b, "bad", (text){0}, m->bad_flags);
    put_row(&b, "suspect", (text){0}, m->suspect_flags);
    put_row(&b, "round", (text){0}, m->rounds ? TEXT("half_even") : TEXT("refuse"));
    return buf_text(&b);
}

static bool bad_row(int64_t row, text item, heng_err *err)
{
    err_fill_n(err, &MSG_INTAKE_READINGS_MAPPING_BAD, item.ptr, item.len, ITEMS);
    return err_at_row(err, row);
}

static bool take_time(readings_mapping *m, text header, text part, int64_t row, heng_err *err)
{
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (!text_is(part, PARTS[i].word) || m->time_count == READINGS_TIMES_MAX) continue;
        m->times[m->time_count].header = header;
        m->times[m->time_count].at = -1;
        m->times[m->time_count++].part = PARTS[i].part;
        return true;
    }
    return bad_row(row, part, err);
}

static readings_value *value_of(readings_mapping *m, text header)
{
    for (size_t i = 0; i < m->value_count; i++)
        if (text_equal(m->values[i].header, header)) return &m->values[i];
    return NULL;
}

static bool take_across(readings_value *v, text value, int64_t row, heng_err *err)
{
    text rest = value;
    int64_t first = 0;
    bool ok_count, ok_step;
    bool ok = clock_of_day(text_next(&rest, ';'), &first);
    int64_t count = text_to_i64(text_next(&rest, ';'), &ok_count), step = text_to_i64(text_next(&rest, ';'), &ok_step);
    if (!ok || !ok_count || !ok_step || count < 1 || count > 1440 || step < 1 || step > 86400) return bad_row(row, value, err);
    v->first_s = (int32_t)first, v->across = (int32_t)count, v->step_s = (int32_t)step;
    return true;
}

/* Items that say more of a column named above. */
static bool take_more(readings_mapping *m, text item, text name, text value, int64_t row, heng_err *err)
{
    readings_value *of = value_of(m, name);
    if (!of) return bad_row(row, name.len ? name : item, err);
    if (text_is(item, "across")) return take_across(of, value, row, err);
    if (text_is(item, "flag")) of->flag = value;
    else of->unit = value;
    return true;
}

static bool take_choice(text value, const char *const *words, int count, int *ret, int64_t row, heng_err *err)
{
    for (int i = 0; i < count; i++)
        if (text_is(value, words[i])) return *ret = i, true;
    return bad_row(row, value, err);
}

/* Times without dates: when the first row is, and how far apart the rows are. */
static bool take_start(readings_mapping *m, text item, text value, int64_t row, heng_err *err)
{
    bool ok;
    clock_time at;
    if (text_is(item, "start")) {
        if (!clock_read(value, ORDER_YMD, &at)) return bad_row(row, value, err);
        return m->start_s = at.local_s, m->has_start = true;
    }
    m->step_s = text_to_i64(value, &ok);
    return (ok && m->step_s > 0 && m->step_s <= 366 * 86400) || bad_row(row, value, err);
}

static bool take_word(readings_mapping *m, text item, text name, text value, int64_t row, heng_err *err)
{
    if (text_is(item, "sheet")) m->sheet = value;
    else if (text_is(item, "zone")) m->zone = value;
    else if (text_is(item, "missing")) m->missing = value;
    else if (text_is(item, "total")) m->totals = value;
    else if (text_is(item, "bad")) m->bad_flags = value;
    else if (text_is(item, "suspect")) m->suspect_flags = value;
    else if (text_is(item, "multiplier")) m->multiplier = name;
    else if (text_is(item, "end")) m->end_is_in = text_is(value, "in");
    else if (text_is(item, "round")) m->rounds = text_is(value, "half_even");
    else return bad_row(row, item, err);
    return true;
}

static bool take_item(arena *a, readings_mapping *m, size_t *max, text item, text name, text value, int64_t row, heng_err *err)
{
    int chosen = 0;
    if (text_is(item, "time")) return take_time(m, name, value.len ? value : TEXT("whole"), row, err);
    if (text_is(item, "order")) return take_choice(value, ORDERS, 4, &chosen, row, err) && (m->order = (readings_order)chosen, true);
    if (text_is(item, "header")) return take_choice(value, HEADS, 3, &chosen, row, err) && (m->head = (readings_head)chosen, true);
    if (text_is(item, "start") || text_is(item, "step")) return take_start(m, item, value, row, err);
    if (text_is(item, "across") || text_is(item, "flag") || text_is(item, "unit")) return take_more(m, item, name, value, row, err);
    if (!text_is(item, "value")) return take_word(m, item, name, value, row, err);
    if (m->value_count == READINGS_COLUMNS_MAX || !name.len || !value.len) return bad_row(row, item, err);
    *ARENA_PUSH(a, m->values, m->value_count, *max) = (readings_value){.header = name, .channel = value, .at = -1, .flag_at = -1};
    return true;
}

bool readings_mapping_read(arena *a, text csv, readings_mapping *ret, heng_err *err)
{
    table *t = NULL;
    table_row row;
    size_t max = 0;
    bool is_head = true, ok = table_open_bytes(csv.ptr, csv.len, "mapping", &(table_options){.separator = ','}, &t, err);
    *ret = (readings_mapping){0};
    while (ok && (ok = table_next(t, a, &row, err)) && !row.is_end) {
        text cell[3] = {{0}};
        for (size_t i = 0; i < 3 && i < row.count; i++) cell[i] = text_copy(a, row.cells[i].value);
        if (!is_head) ok = take_item(a, ret, &max, cell[0], cell[1], cell[2], row.number, err);
        is_head = false;
    }
    table_close(t);
    if (ok && (!ret->time_count || !ret->value_count)) ok = bad_row(0, ret->time_count ? TEXT("value") : TEXT("time"), err);
    return ok;
}

bool readings_mapping_save(book *b, arena *a, text name, const readings_mapping *m, book_receipt *receipt, heng_err *err)
{
    book_entry e = {.kind = TEXT("intake.mapping"), .key = name, .body = readings_mapping_text(a, m)};
    book_batch batch = {.source = TEXT("intake.mapping"), .all_or_none = true, .entry_count = 1, .entries = &e};
    return book_post(b, a, &batch, NULL, receipt, err);
}

bool readings_mapping_find(book *b, arena *a, text name, readings_mapping *ret, bool *ret_found, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    *ret_found = false;
    if (!book_entries(b, a, TEXT("intake.mapping"), name, BOOK_KNOWN_NOW, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (text_equal(rows[i].key, name)) return *ret_found = true, readings_mapping_read(a, rows[i].body, ret, err);
    return true;
}
