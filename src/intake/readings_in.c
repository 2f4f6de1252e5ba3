/*
 * A file of readings, read through its mapping: rows to series of each channel, clocks to instants, all taken at once. Rows are not kept: what is refused
 * is read a second time when its file is written (readings_out.c).
 */
#include "inside.h"
#include "readings_in.h"

/* ---- Refusals ---- */

static load_refusal *refusal_add(load *l, int64_t row, int column, int step)
{
    l->refused_total++;
    load_refusal *x = ARENA_PUSH(l->a, l->refusals, l->refusal_count, l->refusal_max);
    *x = (load_refusal){.row = row, .column = column, .step = step, .sheet = l->sheet};
    return x;
}

/* The name above a cell: that of the column itself where the columns of a day stand side by side. */
static const char *name_above(const load *l, int column, int step)
{
    const readings_value *v = &l->map.values[column];
    return text_str(l->a, v->across ? readings_cell(&l->head, v->at + step) : v->header);
}

/* The whole error is kept for the first ones, which are shown; of all, the reason as it is written beside the row. */
void readings_refuse(load *l, int64_t row, int column, int step, const heng_err *why)
{
    char line[2048];
    heng_err placed = *why;
    load_refusal *x = refusal_add(l, row, column, step);
    if (column >= 0) err_in_field(&placed, name_above(l, column, step));
    err_at_row(&placed, row);
    err_format_reason(&placed, l->options->lang, line, sizeof line);
    x->reason = text_of(arena_printf(l->a, "%s%s%s", placed.field, !placed.field[0] ? "" : l->options->lang == HENG_ZH ? "：" : ": ", line));
    if (l->refusal_count > READINGS_REFUSALS_KEPT) return;
    heng_err *kept = NEW(l->a, heng_err);
    *kept = placed;
    x->why = kept;
}

/* ---- Channels ---- */

/* A channel that is not there is told once, with the first row; the file is to be loaded again when it is declared. */
static series *no_channel(load *l, text code, int64_t row, int column, const heng_err *why)
{
    text_map_put(&l->by_code, text_copy(l->a, code), -1 - (int64_t)l->unknown_count);
    *ARENA_PUSH(l->a, l->unknown, l->unknown_count, l->unknown_max) = (load_unknown){.code = text_copy(l->a, code), .row = row, .count = 1, .column = column, .sheet = l->sheet, .why = *why};
    return NULL;
}

static series *series_of(load *l, text code, int64_t row, int column)
{
    int64_t at;
    int32_t id;
    heng_err why = {0};
    if (l->last && text_equal(l->last->code, code)) return l->last;
    if (text_map_find(&l->by_code, code, &at)) {
        if (at < 0) l->unknown[-1 - at].count++;
        return at < 0 ? NULL : (l->last = l->all[at]);
    }
    if (!meter_channel_want(l->m, code, &id, &why)) return no_channel(l, code, row, column, &why);
    series *s = NEW(l->a, series);
    *s = (series){.code = text_copy(l->a, code), .channel = id, .scale = meter_channel_get(l->m, id)->scale};
    text_map_put(&l->by_code, s->code, (int64_t)l->count);
    *(series **)ARENA_PUSH(l->a, l->all, l->count, l->max) = s;
    return l->last = s;
}

static bool is_taken(const load *l, int column)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i]->count && l->all[i]->items[0].column == column) return true;
    return false;
}

static bool is_total_code(const load *l, const load_unknown *u)
{
    text rest = u->code;
    while (rest.len)
        if (readings_is_total(l->a, &l->map, text_next(&rest, '/'))) return true;
    return false;
}

/* After all rows: a channel that is not there is refused; but a column of a guessed mapping that has none at all is left out, and a row of totals is one. */
static void settle_unknown(load *l)
{
    text_buf left = {.a = l->a};
    for (size_t i = 0; i < l->unknown_count; i++) {
        const load_unknown *u = &l->unknown[i];
        text header = l->map.values[u->column].header;
        if (is_total_code(l, u)) {
            l->report.totals += u->count;
        } else if (l->map.values[u->column].is_guess && l->count && !is_taken(l, u->column)) {
            size_t at;
            bool is_named = text_find(buf_text(&left), header, &at);
            if (!is_named) buf_printf(&left, "%s%.*s", left.len ? ", " : "", TEXT_FMT(header));
        } else {
            l->sheet = u->sheet;
            readings_refuse(l, u->row, u->column, 0, &u->why);
            l->refused_total += u->count - 1;
        }
    }
    l->report.left_out = buf_text(&left);
}

/* ---- Values ---- */

/* What one of the file's unit is in that of the channel; a multiplier that says the same is not applied a second time. */
static bool factor_of(load *l, series *s, text unit, heng_err *err)
{
    const meter_channel *c = meter_channel_get(l->m, s->channel);
    int32_t id = rule_unit_find(l->rules, unit);
    const rule_unit *to = &l->rules->units[c->unit], *from = id >= 0 ? &l->rules->units[id] : NULL;
    s->unit = (text){0}, s->factor = NULL;
    if (!from) return err_fill_n(err, &MSG_INTAKE_READINGS_UNIT_UNKNOWN, unit.ptr ? unit.ptr : "", unit.len, text_str(l->a, to->id));
    if (memcmp(&from->dim, &to->dim, sizeof to->dim) != 0) return err_fill_n(err, &MSG_INTAKE_READINGS_UNIT_OTHER, unit.ptr, unit.len, text_str(l->a, to->id));
    const rat *factor;
    if (!rat_div(l->a, from->factor, to->factor, &factor, err)) return false;
    bool is_one = rat_equal(factor, rat_int(l->a, 1)), is_told = c->multiplier && rat_equal(factor, c->multiplier);
    s->unit = text_copy(l->a, unit), s->factor = is_one || is_told ? NULL : factor;
    return true;
}

static bool plain_count(load *l, const series *s, text t, int64_t *ret, heng_err *err)
{
    if (dec_parse(t, s->scale, l->map.rounds ? DEC_HALF_EVEN : DEC_EXACT, ret, err)) return true;
    if (strcmp(err->message->id, "base.number_decimals") != 0) return false;
    return err_fill(err, &MSG_INTAKE_READINGS_DECIMALS, text_str(l->a, t), arena_printf(l->a, "%d", s->scale), text_str(l->a, meter_channel_get(l->m, s->channel)->code));
}

static bool count_of(load *l, const series *s, text t, int64_t *ret, heng_err *err)
{
    int64_t digits;
    int scale;
    if (!s->factor) return plain_count(l, s, t, ret, err);
    if (!dec_parse_any(t, &digits, &scale, err)) return false;
    arena_mark here = arena_here(l->a);
    const rat *v = rat_mul(l->a, rat_scaled(l->a, digits, scale), s->factor);
    bool ok = rat_is_decimal(v, s->scale) || l->map.rounds ? rat_to_scaled(v, s->scale, DEC_HALF_EVEN, ret, err)
                                                           : err_fill_n(err, &MSG_INTAKE_READINGS_UNIT_DECIMALS, t.ptr, t.len, arena_printf(l->a, "%d", s->scale));
    if (ok) arena_rewind(l->a, here);
    return ok;
}

static bool parse_value(load *l, series *s, text unit, text t, int64_t *ret, heng_err *err)
{
    int64_t exact;
    heng_err ignored = {0};
    if (unit.len ? !text_equal(unit, s->unit) && !factor_of(l, s, unit, err) : (s->factor = NULL, false)) return false;
    if (!count_of(l, s, t, ret, err)) return false;
    if (l->map.rounds && !s->factor) l->report.rounded += !dec_parse(t, s->scale, DEC_EXACT, &exact, &ignored);
    return true;
}

/* The multiplier that a row states is the one declared; it is not applied here. */
static bool multiplier_fits(load *l, const table_row *row, const series *s, heng_err *err)
{
    text t = readings_plain(l->a, readings_cell(row, l->bound.multiplier_at));
    const rat *seen, *declared = meter_channel_get(l->m, s->channel)->multiplier;
    if (l->bound.multiplier_at < 0 || !t.len || readings_word_is(l->map.missing, t)) return true;
    arena_mark here = arena_here(l->a);
    bool ok = rat_parse(l->a, t, &seen, err);
    if (ok && !rat_equal(seen, declared ? declared : rat_int(l->a, 1)))
        return err_fill_n(err, &MSG_INTAKE_READINGS_MULTIPLIER, t.ptr, t.len, text_str(l->a, declared ? rat_exact(l->a, declared) : TEXT("1")));
    if (ok) arena_rewind(l->a, here);
    return ok;
}

/* ---- Rows ---- */

typedef struct cell_place { const row_when *when; int64_t row; int16_t column, step; uint8_t flag; } cell_place;

static void put(load *l, series *s, const cell_place *at, int64_t local_s, int64_t value, uint8_t flag)
{
    *ARENA_PUSH(l->a, s->items, s->count, s->max) = (load_item){.local_s = local_s, .at_us = at->when->at.at_us + (local_s - at->when->at.local_s) * 1000000, .value = value, .row = at->row, .column = at->column,
        .step = at->step, .flag = flag, .sheet = (uint8_t)l->sheet, .has_offset = at->when->at.has_offset};
    l->report.cells++;
}

/* A bill's amount over the intervals it covers, by the book's rule for sharing out a period, so that they add up to it. */
static bool put_shared(load *l, series *s, const cell_place *at, int64_t value, heng_err *err)
{
    const meter_channel *c = meter_channel_get(l->m, s->channel);
    int64_t from = at->when->at.local_s, to = at->when->to_s, step = c->interval_s ? c->interval_s : to - from, parts = (to - from + step - 1) / step;
    int64_t late = c->stamp == METER_STAMP_END ? step : 0;
    if (parts > READINGS_PARTS_MAX) return err_fill(err, &MSG_INTAKE_READINGS_PERIOD_LONG, arena_printf(l->a, "%lld", (long long)parts), "40000", NULL);
    period whole = {from, to};
    uint8_t flag = parts > 1 && at->flag == METER_GOOD ? METER_ESTIMATED : at->flag;
    for (int64_t t = from; t < to; t += step) put(l, s, at, t + late, share_between(value, whole, t, t + step < to ? t + step : to), flag);
    l->report.shared += parts > 1;
    l->report.cells -= parts - 1;
    return true;
}

static bool put_value(load *l, series *s, const cell_place *at, int64_t value, heng_err *err)
{
    const readings_value *v = &l->map.values[at->column];
    meter_kind kind = meter_channel_get(l->m, s->channel)->kind;
    int64_t local = at->when->at.local_s;
    if (v->across) local += v->first_s + (int64_t)at->step * v->step_s;
    if (at->when->is_period && kind == METER_INTERVAL) return put_shared(l, s, at, value, err);
    put(l, s, at, at->when->is_period && kind == METER_COUNTER ? at->when->to_s : local, value, at->flag);
    return true;
}

static void take_cell(load *l, arena *scratch, const table_row *row, size_t i, int step, const row_when *when)
{
    const readings_value *v = &l->map.values[i];
    text t = readings_plain(scratch, readings_cell(row, v->at + step)), mark = v->flag_at >= 0 ? readings_cell(row, v->flag_at) : (text){0};
    cell_place at = {.when = when, .row = row->number, .column = (int16_t)i, .step = (int16_t)step};
    heng_err why = {0};
    int64_t count;
    if (!t.len || readings_word_is(l->map.missing, t) || readings_is_mark(l->map.bad_flags, mark)) {
        l->report.missing++;
        return;
    }
    series *s = series_of(l, readings_filled(&l->code, &l->bound.values[i].code, row), row->number, (int)i);
    if (!s) return;
    at.flag = readings_is_mark(l->map.suspect_flags, mark) ? METER_SUSPECT : METER_GOOD;
    text unit = readings_unit(&l->bound.values[i].unit, row);
    bool ok = parse_value(l, s, unit, t, &count, &why) && (l->bound.multiplier_at < 0 || multiplier_fits(l, row, s, &why)) && put_value(l, s, &at, count, &why);
    if (!ok) readings_refuse(l, row->number, (int)i, step, &why);
}

/* A row without a time: a total by its words, a note when it holds no value, else a mistake. */
static void take_timeless(load *l, arena *scratch, const table_row *row)
{
    heng_err why = {0};
    int64_t count;
    int scale;
    bool has_value = false, is_total = false;
    for (size_t i = 0; i < row->count && !is_total; i++) is_total = readings_is_total(scratch, &l->map, row->cells[i].value);
    for (size_t i = 0; i < l->map.value_count; i++)
        for (int k = 0; k < l->map.values[i].across + !l->map.values[i].across; k++) {
            heng_err ignored = {0};
            has_value |= dec_parse_any(readings_plain(scratch, readings_cell(row, l->map.values[i].at + k)), &count, &scale, &ignored);
        }
    if (is_total || !has_value) {
        l->report.totals += is_total, l->report.notes += !is_total;
        return;
    }
    l->report.rows++;
    if (l->is_survey) return;
    text seen = readings_cell(row, l->map.times[0].at);
    err_fill_n(&why, &MSG_INTAKE_READINGS_TIME, seen.ptr ? seen.ptr : "", seen.len, NULL);
    err_in_field(&why, text_str(l->a, l->map.times[0].header));
    readings_refuse(l, row->number, -1, 0, &why);
}

static void take_row(load *l, arena *scratch, const table_row *row)
{
    row_when when;
    if (!readings_row_when(&l->map, scratch, row, l->report.rows, &when)) {
        take_timeless(l, scratch, row);
        return;
    }
    l->report.rows++;
    for (size_t i = 0; i < l->map.value_count; i++) {
        int columns = l->map.values[i].across ? l->map.values[i].across : 1;
        for (int k = 0; k < columns; k++) {
            if (l->is_survey) readings_survey_cell(l, scratch, row, i, k, &when);
            else take_cell(l, scratch, row, i, k, &when);
        }
    }
}

static bool read_rows(load *l, table *t, heng_err *err)
{
    arena scratch = {0};
    table_row row = {0};
    bool ok = true;
    while (ok && (ok = table_next(t, &scratch, &row, err)) && !row.is_end && !(l->map.head == HEAD_LAST && row.number == l->head.number)) {
        bool is_comment = row.count && row.cells[0].value.len && row.cells[0].value.ptr[0] == '#' && !table_is_xlsx(t);
        if (!is_comment) take_row(l, &scratch, &row);
        arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok;
}

/* ---- Sheets ---- */

static void list_sheets(load *l, const table *t)
{
    bool all = text_is(l->map.sheet, "*");
    l->sheets[0] = all ? table_sheet_current(t) : l->map.sheet, l->sheet_count = 1;
    if (!all || !table_is_xlsx(t)) return;
    l->sheet_count = 0;
    for (size_t i = 0; i < table_sheet_count(t) && l->sheet_count < READINGS_SHEETS_MAX; i++)
        if (!table_sheet_is_hidden(t, i)) l->sheets[l->sheet_count++] = text_copy(l->a, table_sheet_name(t, i));
}

/* Of several sheets those are read that have the columns. */
static bool read_sheet(load *l, const char *path, size_t *used, heng_err *err)
{
    table *t;
    heng_err why = {0};
    if (!readings_open(l->a, path, l->sheets[l->sheet], &t, err)) return false;
    bool fits = readings_find_head(l, t, path, &why), ok = fits || l->sheet_count > 1;
    if (!ok) *err = why;
    if (ok && l->map.head != HEAD_FOUND) {                   /* the names were looked for apart */
        table_close(t);
        t = NULL;
        ok = readings_open(l->a, path, l->sheets[l->sheet], &t, err);
    }
    if (ok && fits) ok = read_rows(l, t, err), ++*used;
    table_close(t);
    return ok;
}

static bool read_all(load *l, const char *path, const table *t, heng_err *err)
{
    size_t used = 0;
    l->code = (text_buf){.a = l->a};
    l->bound.values = NEW_ARRAY(l->a, l->map.value_count + 1, bound_value);
    list_sheets(l, t);
    for (l->sheet = 0; (size_t)l->sheet < l->sheet_count; l->sheet++)
        if (!read_sheet(l, path, &used, err)) return false;
    if (!used) return err_fill(err, &MSG_INTAKE_READINGS_NO_HEADER, NULL, NULL, NULL);
    settle_unknown(l);
    return l->report.rows > 0 || err_fill(err, &MSG_INTAKE_NO_ROWS, NULL, NULL, NULL);
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

/* What was read from the file: the codes, then the columns. */
static char *readings_hex(load *l, const meter_batch *b)
{
    hash all;
    char *hex = arena_alloc(l->a, HASH_HEX + 1);
    hash_state *h = hash_open(l->a, book_hash_kind(meter_book_of(l->m)));
    for (size_t i = 0; i < l->count; i++) {
        const char *line = arena_printf(l->a, "%.*s;%d;%zu\n", TEXT_FMT(l->all[i]->code), l->all[i]->scale, l->all[i]->count);
        hash_add(h, line, strlen(line));
    }
    hash_add(h, b->time_us, b->count * sizeof *b->time_us);
    hash_add(h, b->value, b->count * sizeof *b->value);
    hash_add(h, b->flag, b->count);
    hash_done(h, &all);
    hash_hex(all, hex);
    return hex;
}

static bool find_file(load *l, text key, book_entry_row **ret, heng_err *err)
{
    size_t count;
    if (!book_entries(meter_book_of(l->m), l->a, TEXT("intake.readings"), key, BOOK_KNOWN_NOW, false, ret, &count, err)) return false;
    if (count == 0) *ret = NULL;
    return true;
}

/* The same file with the same readings once more changes nothing: what differs from it was corrected since, and stays. */
static bool find_again(load *l, const table *t, meter_batch *b, heng_err *err)
{
    char hex[HASH_HEX + 1];
    book_entry_row *was;
    hash_hex(table_hash(t), hex);
    l->readings = text_of(readings_hex(l, b));
    if (!find_file(l, text_of(hex), &was, err)) return false;
    l->is_again = was && text_equal(was->body, l->readings);
    l->report.delivery = was ? was->delivery : 0;
    b->keep_present |= l->is_again;
    return true;
}

/* The file itself is evidence: kept with an entry before its readings are taken. */
static bool keep_file(load *l, const table *t, const char *name, heng_err *err)
{
    char hex[HASH_HEX + 1];
    book_receipt receipt;
    book_result result;
    book_entry_row *kept;
    if (l->is_again) return true;
    hash_hex(table_hash(t), hex);
    book_entry e = {.kind = TEXT("intake.readings"), .key = text_of(hex), .body = text_of(name)};
    book_batch batch = {.source = l->source, .file = text_of(name), .sheet = table_sheet_current(t), .bytes = table_bytes(t), .all_or_none = true, .supersede = true, .entry_count = 1, .entries = &e};
    if (!book_post(meter_book_of(l->m), l->a, &batch, &result, &receipt, err) || !find_file(l, e.key, &kept, err)) return false;
    l->report.delivery = kept ? kept->delivery : 0;
    return true;
}

/* When they are taken, the entry says which: only then is the file one that came before. */
static bool mark_taken(load *l, const table *t, heng_err *err)
{
    char hex[HASH_HEX + 1];
    book_receipt receipt;
    book_result result;
    if (l->is_again) return true;
    hash_hex(table_hash(t), hex);
    book_entry e = {.kind = TEXT("intake.readings"), .key = text_of(hex), .body = l->readings};
    book_batch batch = {.source = l->source, .all_or_none = true, .supersede = true, .entry_count = 1, .entries = &e};
    return book_post(meter_book_of(l->m), l->a, &batch, &result, &receipt, err);
}

/* Of a file that came before: another value that stands now is no refusal. */
static void settle_again(load *l, const meter_batch *b, meter_result *results)
{
    int64_t *n = l->report.receipt.counts;
    for (size_t i = 0; i < b->count && l->is_again && !l->options->keep_present; i++) {
        if (results[i].status != METER_REFUSED || results[i].gate != METER_GATE_CHANGED) continue;
        results[i].status = METER_EXISTS, results[i].gate = METER_GATE_NONE;
        n[METER_REFUSED]--, n[METER_EXISTS]++, l->report.since++;
    }
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
                load_refusal *to = refusal_add(l, x->row, x->column, x->step);
                to->sheet = x->sheet;
                to->gate = r->gate, to->channel = l->all[i]->channel, to->value = x->value, to->time_us = r->time_us;
                continue;
            }
            if (r->time_us < l->report.when.start_us) l->report.when.start_us = r->time_us;
            if (r->time_us > l->report.when.end_us) l->report.when.end_us = r->time_us;
        }
    (void)b;
}

/* Judged first: without keep_going a reading that is refused means that nothing is written, not even the file. */
static bool is_blocked(load *l, meter_batch *b, meter_result *results, bool *ret, heng_err *err)
{
    *ret = l->refused_total > 0 && !l->options->keep_going;
    if (*ret || l->options->keep_going || l->options->dry_run) return true;
    b->dry_run = true;
    if (!meter_take(l->m, b, results, &l->report.receipt, err)) return false;
    settle_again(l, b, results);
    *ret = l->report.receipt.counts[METER_REFUSED] > 0;
    l->report.since = 0;
    return true;
}

static bool take(load *l, const table *t, const char *name, heng_err *err)
{
    meter_batch b;
    bool blocked;
    make_batch(l, &b);
    meter_result *results = NEW_ARRAY(l->a, b.count + 1, meter_result);
    if (!find_again(l, t, &b, err) || !is_blocked(l, &b, results, &blocked, err)) return false;
    b.dry_run = l->options->dry_run || blocked;
    if (!b.dry_run && !keep_file(l, t, name, err)) return false;
    b.delivery = l->report.delivery;
    if (!meter_take(l->m, &b, results, &l->report.receipt, err)) return false;
    if (!b.dry_run && !mark_taken(l, t, err)) return false;
    settle_again(l, &b, results);
    count_results(l, &b, results);
    l->report.refused = l->refused_total;
    return true;
}

static bool open_mapping(load *l, const char *path, heng_err *err)
{
    if (!l->options->mapping) return readings_suggest(l->m, l->a, path, l->options->sheet, l->options->order, &l->map, err);
    return l->map = *l->options->mapping, true;
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
    for (size_t i = 0; i < l->map.time_count; i++)
        if (l->map.times[i].part == PART_INDEX && (!l->map.has_start || !l->map.step_s)) return err_fill(err, &MSG_INTAKE_READINGS_START, NULL, NULL, NULL);
    l->source = l->options->source.len ? l->options->source : text_of(name);
    bool ok = book_rules(meter_book_of(l->m), &l->rules, err) && readings_open(l->a, path, text_is(l->map.sheet, "*") ? (text){0} : l->map.sheet, &t, err) && read_all(l, path, t, err);
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

bool readings_survey(meter_book *m, arena *a, const char *path, const readings_mapping *mapping, readings_guess **ret, size_t *ret_count, heng_err *err)
{
    readings_options none = {0};
    load l = {.m = m, .a = a, .options = &none, .by_code = {.a = a}, .map = *mapping, .is_survey = true};
    table *t = NULL;
    bool all_sheets = text_is(mapping->sheet, "*");
    if (!l.map.has_start) l.map.has_start = true;            /* of times without dates only the steps matter */
    bool ok = book_rules(meter_book_of(m), &l.rules, err) && readings_open(a, path, all_sheets ? (text){0} : mapping->sheet, &t, err) && read_all(&l, path, t, err) &&
              readings_survey_end(&l, ret, ret_count, err);
    table_close(t);
    return ok || err_in_file(err, path);
}
