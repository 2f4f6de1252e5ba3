/*
 * A file of readings, read through its mapping: rows to series of each channel, clocks to instants, all taken at once. Rows are not kept: what is refused
 * is read a second time when its file is written (readings_out.c).
 */
#include "inside.h"
#include "readings_in.h"

enum { SEARCH_ROWS = 60 };

/* ---- The columns ---- */

static int column_named(const table_row *row, text header)
{
    for (size_t i = 0; i < row->count; i++)
        if (text_equal(row->cells[i].value, header)) return (int)i;
    return -1;
}

/* Every {name} of a template must be a column; the first one is where its key comes from. */
static bool find_key(load *l, const table_row *row, text pattern, int *ret, heng_err *err)
{
    size_t open, close;
    *ret = -1;
    if (!text_find(pattern, TEXT("{"), &open) || !text_find(pattern, TEXT("}"), &close) || close < open) return true;
    text name = {pattern.ptr + open + 1, close - open - 1};
    *ret = column_named(row, name);
    return *ret >= 0 || err_fill(err, &MSG_INTAKE_READINGS_COLUMN, text_str(l->a, name), NULL, NULL);
}

/* fitting: how many of the mapping's columns are there before the first that is not. */
static bool columns_fit(load *l, const table_row *row, size_t *fitting, heng_err *err)
{
    *fitting = 0;
    for (size_t i = 0; i < l->map.time_count; i++, ++*fitting)
        if ((l->map.times[i].at = column_named(row, l->map.times[i].header)) < 0) return err_fill(err, &MSG_INTAKE_READINGS_COLUMN, text_str(l->a, l->map.times[i].header), NULL, NULL);
    for (size_t i = 0; i < l->map.value_count; i++, ++*fitting) {
        readings_value *v = &l->map.values[i];
        if ((v->at = column_named(row, v->header)) < 0) return err_fill(err, &MSG_INTAKE_READINGS_COLUMN, text_str(l->a, v->header), NULL, NULL);
        if (v->flag.len && (v->flag_at = column_named(row, v->flag)) < 0) return err_fill(err, &MSG_INTAKE_READINGS_COLUMN, text_str(l->a, v->flag), NULL, NULL);
        if (!find_key(l, row, v->channel, &l->key_at[i], err)) return false;
    }
    return true;
}

/* The error is that of the row that fits best, the first of equals. */
static bool find_header_row(load *l, table *t, heng_err *err)
{
    heng_err why = {0};
    size_t best = 0, fitting;
    for (int n = 0; n < SEARCH_ROWS; n++) {
        table_row row;
        if (!table_next(t, l->a, &row, err)) return false;
        if (row.is_end) break;
        heng_err other = {0};
        if (columns_fit(l, &row, &fitting, &other)) return l->header_row = row.number, true;
        if (!why.message || fitting > best) why = other, best = fitting;
    }
    *err = why;
    return why.message ? false : err_fill(err, &MSG_INTAKE_READINGS_NO_HEADER, NULL, NULL, NULL);
}

/* ---- Rows ---- */

static load_refusal *refusal_add(load *l, int64_t row, int column)
{
    l->refused_total++;
    load_refusal *x = ARENA_PUSH(l->a, l->refusals, l->refusal_count, l->refusal_max);
    *x = (load_refusal){.row = row, .column = column};
    return x;
}

/* The whole error is kept for the first ones, which are shown; of all, the reason as it is written beside the row. */
void readings_refuse(load *l, int64_t row, int column, const heng_err *why)
{
    char line[2048];
    heng_err placed = *why;
    load_refusal *x = refusal_add(l, row, column);
    if (column >= 0) err_in_field(&placed, text_str(l->a, l->map.values[column].header));
    err_at_row(&placed, row);
    err_format_reason(&placed, l->options->lang, line, sizeof line);
    x->reason = text_of(arena_printf(l->a, "%s%s%s", placed.field, !placed.field[0] ? "" : l->options->lang == HENG_ZH ? "：" : ": ", line));
    if (l->refusal_count > READINGS_REFUSALS_KEPT) return;
    heng_err *kept = NEW(l->a, heng_err);
    *kept = placed;
    x->why = kept;
}

static text cell_text(const table_row *row, int at) { return at >= 0 && (size_t)at < row->count ? row->cells[at].value : (text){0}; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80; }

/* A quality mark is a word of the list, alone or with codes behind it: <-3> [GSM] (CCU). */
static bool is_mark(text list, text mark)
{
    while (mark.len && list.len) {
        text word = text_trim(text_next(&list, ';'));
        bool begins = word.len && word.len <= mark.len && memcmp(word.ptr, mark.ptr, word.len) == 0;
        if (begins && (word.len == mark.len || !is_letter(mark.ptr[word.len]) || !is_letter(word.ptr[word.len - 1]))) return true;
    }
    return false;
}

/* Date and time put together; or year, month, day, hour and minute. An hour of 24 is the end of its day. */
static bool row_time(const load *l, const table_row *row, clock_time *ret)
{
    char joined[160];
    int64_t part[PART_MINUTE + 1] = {0};
    size_t len = 0;
    bool has_parts = false, ok;
    for (size_t i = 0; i < l->map.time_count; i++) {
        text t = cell_text(row, l->map.times[i].at);
        readings_part p = l->map.times[i].part;
        if (p != PART_WHOLE) {
            part[p] = text_to_i64(t, &ok), has_parts = true;
            if (!ok) return false;
        } else if (len + t.len + 2 < sizeof joined) {
            if (len) joined[len++] = ' ';
            memcpy(joined + len, t.ptr, t.len);
            len += t.len;
        }
    }
    if (len && !has_parts) return clock_read((text){joined, len}, l->map.order, ret);
    if (len && !clock_read((text){joined, len}, l->map.order, ret)) return false;
    if (!len) {
        if (part[PART_YEAR] < 1900 || part[PART_YEAR] > 2200 || part[PART_MONTH] < 1 || part[PART_MONTH] > 12 || part[PART_DAY] < 1 || part[PART_DAY] > 31) return false;
        *ret = (clock_time){.local_s = (int64_t)day_from((int)part[PART_YEAR], (int)part[PART_MONTH], (int)part[PART_DAY]) * 86400};
    }
    if (part[PART_HOUR] < 0 || part[PART_HOUR] > 24 || part[PART_MINUTE] < 0 || part[PART_MINUTE] > 59) return false;
    ret->local_s += part[PART_HOUR] * 3600 + part[PART_MINUTE] * 60;
    return true;
}

/* {building}/kwh with the row's cell in it. */
static text code_of(load *l, size_t value, const table_row *row)
{
    text pattern = l->map.values[value].channel;
    size_t open, close;
    if (l->key_at[value] < 0 || !text_find(pattern, TEXT("{"), &open) || !text_find(pattern, TEXT("}"), &close)) return pattern;
    text key = cell_text(row, l->key_at[value]);
    l->code.len = 0;
    buf_add(&l->code, (text){pattern.ptr, open});
    buf_add(&l->code, key);
    buf_add(&l->code, (text){pattern.ptr + close + 1, pattern.len - close - 1});
    return buf_text(&l->code);
}

/* A channel that is not there is told once, with the first row; the file is to be loaded again when it is declared. */
static series *no_channel(load *l, text code, int64_t row, int column, const heng_err *why)
{
    text_map_put(&l->by_code, text_copy(l->a, code), -1);
    readings_refuse(l, row, column, why);
    return NULL;
}

static series *series_of(load *l, text code, int64_t row, int column)
{
    int64_t at;
    int32_t id;
    heng_err why = {0};
    if (l->last && text_equal(l->last->code, code)) return l->last;
    if (text_map_find(&l->by_code, code, &at)) {
        l->refused_total += at < 0;
        return at < 0 ? NULL : (l->last = l->all[at]);
    }
    if (!meter_channel_want(l->m, code, &id, &why)) return no_channel(l, code, row, column, &why);
    series *s = NEW(l->a, series);
    *s = (series){.code = text_copy(l->a, code), .channel = id, .scale = meter_channel_get(l->m, id)->scale};
    text_map_put(&l->by_code, s->code, (int64_t)l->count);
    *(series **)ARENA_PUSH(l->a, l->all, l->count, l->max) = s;
    return l->last = s;
}

static void put(load *l, series *s, const clock_time *at, int64_t value, uint8_t flag, int64_t row, int column)
{
    *ARENA_PUSH(l->a, s->items, s->count, s->max) = (load_item){.local_s = at->local_s, .at_us = at->at_us, .value = value, .row = row, .column = (int16_t)column, .flag = flag, .has_offset = at->has_offset};
    l->report.cells++;
}

static void take_cell(load *l, const table_row *row, size_t i, const clock_time *at)
{
    const readings_value *v = &l->map.values[i];
    text t = cell_text(row, v->at), mark = v->flag_at >= 0 ? cell_text(row, v->flag_at) : (text){0};
    heng_err why = {0};
    int64_t count;
    if (!t.len || readings_word_is(l->map.missing, t) || is_mark(l->map.bad_flags, mark)) {
        l->report.missing++;
        return;
    }
    series *s = series_of(l, code_of(l, i, row), row->number, (int)i);
    if (!s) return;
    bool ok = dec_parse(t, s->scale, DEC_EXACT, &count, &why);
    if (!ok && l->map.rounds && strcmp(why.message->id, "base.number_decimals") == 0) {
        err_clear(&why);
        ok = dec_parse(t, s->scale, DEC_HALF_EVEN, &count, &why);
        l->report.rounded += ok;
    }
    if (ok) put(l, s, at, count, is_mark(l->map.suspect_flags, mark) ? METER_SUSPECT : METER_GOOD, row->number, (int)i);
    else readings_refuse(l, row->number, (int)i, &why);
}

static void take_row(load *l, const table_row *row)
{
    clock_time at;
    heng_err why = {0};
    l->report.rows++;
    if (row_time(l, row, &at)) {
        for (size_t i = 0; i < l->map.value_count; i++) take_cell(l, row, i, &at);
        return;
    }
    text seen = cell_text(row, l->map.times[0].at);
    err_fill_n(&why, &MSG_INTAKE_READINGS_TIME, seen.ptr, seen.len, NULL);
    err_in_field(&why, text_str(l->a, l->map.times[0].header));
    readings_refuse(l, row->number, -1, &why);
}

static bool read_all(load *l, table *t, heng_err *err)
{
    arena scratch = {0};
    table_row row = {0};
    bool ok = true;
    l->code = (text_buf){.a = l->a};
    while (ok && (ok = table_next(t, &scratch, &row, err)) && !row.is_end) {
        bool is_comment = row.count && row.cells[0].value.len && row.cells[0].value.ptr[0] == '#';
        if (!is_comment) take_row(l, &row);
        arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok && (l->report.rows > 0 || err_fill(err, &MSG_INTAKE_NO_ROWS, NULL, NULL, NULL));
}

/* ---- Clocks ---- */

/* ... 23:45, 00:00 of the same date: that midnight is the end of its day. */
static void mend_midnights(load *l, series *s)
{
    for (size_t i = 1; i < s->count; i++) {
        int64_t before = s->items[i - 1].local_s, here = s->items[i].local_s;
        bool same_day = here % 86400 == 0 && before > here && before - here < 86400 && before - here >= 79200;
        if (!same_day) continue;
        s->items[i].local_s += 86400;
        l->report.midnights++;
    }
}

static bool to_instants(load *l, series *s, heng_err *err)
{
    const cal_zone *zone = l->zone ? l->zone : meter_channel_zone(l->m, s->channel);
    if (s->count && s->items[0].has_offset) return true;
    int64_t *local = NEW_ARRAY(l->a, s->count, int64_t), *us = NEW_ARRAY(l->a, s->count, int64_t);
    uint8_t *was = NEW_ARRAY(l->a, s->count, uint8_t);
    mend_midnights(l, s);
    for (size_t i = 0; i < s->count; i++) local[i] = s->items[i].local_s;
    if (!meter_clock_local(zone, local, s->count, us, was, err)) return false;
    for (size_t i = 0; i < s->count; i++) s->items[i].at_us = us[i], l->report.doubled += was[i] == 1;
    return true;
}

/* ---- Taking ---- */

static void make_batch(load *l, meter_batch *b)
{
    size_t total = 0;
    for (size_t i = 0; i < l->count; i++) total += l->all[i]->count;
    int32_t *channel = NEW_ARRAY(l->a, total + 1, int32_t);
    int64_t *time = NEW_ARRAY(l->a, total + 1, int64_t), *value = NEW_ARRAY(l->a, total + 1, int64_t);
    uint8_t *flag = NEW_ARRAY(l->a, total + 1, uint8_t);
    size_t n = 0;
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->all[i]->count; k++, n++) {
            const load_item *x = &l->all[i]->items[k];
            channel[n] = l->all[i]->channel, time[n] = x->at_us, value[n] = x->value, flag[n] = x->flag;
        }
    *b = (meter_batch){.count = total, .channel = channel, .time_us = time, .value = value, .flag = flag, .source = l->source, .delivery = l->report.delivery, .keep_present = l->options->keep_present};
}

/* The file itself is evidence: kept with an entry that names what was read from it. */
static bool keep_file(load *l, const table *t, const char *name, heng_err *err)
{
    hash content = table_hash(t);
    char hex[HASH_HEX + 1];
    book_receipt receipt;
    book_result result;
    hash_hex(content, hex);
    book_entry e = {.kind = TEXT("intake.readings"), .key = text_of(hex), .body = text_of(name)};
    book_batch batch = {.source = l->source, .file = text_of(name), .sheet = table_sheet_current(t), .bytes = table_bytes(t), .all_or_none = true, .entry_count = 1, .entries = &e};
    if (!book_post(meter_book_of(l->m), l->a, &batch, &result, &receipt, err)) return false;
    book_entry_row *rows;
    size_t count;
    if (!book_entries(meter_book_of(l->m), l->a, e.kind, e.key, BOOK_KNOWN_NOW, false, &rows, &count, err)) return false;
    l->report.delivery = count ? rows[0].delivery : 0;
    return true;
}

static void count_results(load *l, const meter_batch *b, const meter_result *results)
{
    size_t n = 0;
    l->report.when = (period){INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->all[i]->count; k++, n++) {
            const meter_result *r = &results[n];
            if (r->gate < GATE_NUMBERS && r->gate) l->report.by_gate[r->gate]++;
            if (r->status == METER_QUARANTINED || r->status == METER_REFUSED) {
                const load_item *x = &l->all[i]->items[k];
                load_refusal *to = refusal_add(l, x->row, x->column);
                to->gate = r->gate, to->channel = l->all[i]->channel, to->value = x->value, to->time_us = r->time_us;
                continue;
            }
            if (r->time_us < l->report.when.start_us) l->report.when.start_us = r->time_us;
            if (r->time_us > l->report.when.end_us) l->report.when.end_us = r->time_us;
        }
    (void)b;
}

static bool take(load *l, const table *t, const char *name, heng_err *err)
{
    meter_batch b;
    bool blocked = l->refused_total > 0 && !l->options->keep_going;
    if (!l->options->dry_run && !blocked && !keep_file(l, t, name, err)) return false;
    make_batch(l, &b);
    b.dry_run = l->options->dry_run || blocked;
    meter_result *results = NEW_ARRAY(l->a, b.count + 1, meter_result);
    if (!meter_take(l->m, &b, results, &l->report.receipt, err)) return false;
    count_results(l, &b, results);
    l->report.refused = l->refused_total;
    return true;
}

static bool open_mapping(load *l, const char *path, heng_err *err)
{
    readings_guess *guesses;
    size_t count;
    if (l->options->mapping) return l->map = *l->options->mapping, true;
    return readings_suggest(l->m, l->a, path, (text){0}, ORDER_FOUND, &l->map, &guesses, &count, err);
}

static text base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_of(slash ? slash + 1 : path);
}

static bool work(load *l, const char *path, heng_err *err)
{
    table *t = NULL;
    const char *name = text_str(l->a, base_name(path));
    if (!open_mapping(l, path, err)) return false;
    if (l->map.zone.len && !zone_open(l->a, text_str(l->a, l->map.zone), &l->zone, err)) return false;
    l->source = l->options->source.len ? l->options->source : text_of(name);
    bool ok = table_open(path, &(table_options){.sheet = l->map.sheet}, &t, err) && find_header_row(l, t, err) && read_all(l, t, err);
    for (size_t i = 0; ok && i < l->count; i++) ok = to_instants(l, l->all[i], err);
    ok = ok && take(l, t, name, err) && readings_write_refused(l, path, table_is_xlsx(t), err);
    table_close(t);
    return ok;
}

bool readings_file(meter_book *m, arena *a, const char *path, const readings_options *options, readings_report *ret, heng_err *err)
{
    load l = {.m = m, .a = a, .options = options, .by_code = {.a = a}};
    bool ok = work(&l, path, err);
    l.report.channels = l.count;
    readings_report_refusals(&l);
    *ret = l.report;
    return ok || err_in_file(err, path);
}
