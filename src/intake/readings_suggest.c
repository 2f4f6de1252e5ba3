/*
 * A mapping suggested from a look at the file: which columns tell the time, which name the channel, which hold values, and how.
 *
 * Of a workbook the sheet is taken that holds the most values; all of them, when several have the same names in their columns.
 */
#include "inside.h"
#include "readings_look.h"

/* ---- Time ---- */

static void add_time(look *k, readings_mapping *m, int at, readings_part part)
{
    if (m->time_count == READINGS_TIMES_MAX) return;
    m->times[m->time_count].header = at >= 0 ? k->columns[at].header : (text){0}, m->times[m->time_count].at = at;
    m->times[m->time_count++].part = part;
}

static int with_role(const look *k, role r, bool (*fits)(const looked *))
{
    for (size_t i = 0; i < k->column_count; i++)
        if (k->columns[i].role == r && fits(&k->columns[i])) return (int)i;
    return -1;
}

static bool has_dates(const looked *c) { return c->times > 0 || (c->numbers > 0 && c->last >= 19000101 && c->texts == 0); }
static bool has_periods(const looked *c) { return c->periods > 0 || (c->numbers > 0 && c->scale == 0 && c->first >= 190001 && c->last <= 220012); }
static bool has_day_times(const looked *c) { return c->day_times > 0 && c->times == 0; }
static bool has_numbers(const looked *c) { return c->numbers > 0 && c->texts == 0 && c->scale == 0; }
static bool has_offsets(const looked *c) { return c->numbers > 0 && c->first >= 1000000000 && c->texts == 0; }

/* A date's clock: in the cell itself, in a column of its own, or as hour and minute. */
static void add_clock(look *k, readings_mapping *m, int date)
{
    static const role CLOCKS[] = {ROLE_CLOCK, ROLE_WHOLE, ROLE_DATE};
    if (k->columns[date].clocks) return;
    for (size_t i = 0; i < 3; i++) {
        int at = with_role(k, CLOCKS[i], has_day_times);
        if (at >= 0) {
            add_time(k, m, at, PART_WHOLE);
            return;
        }
    }
    int hour = with_role(k, ROLE_HOUR, has_numbers), minute = with_role(k, ROLE_MINUTE, has_numbers);
    if (hour < 0) return;
    add_time(k, m, hour, PART_HOUR);
    if (minute >= 0) add_time(k, m, minute, PART_MINUTE);
}

static bool by_parts(look *k, readings_mapping *m)
{
    static const role ROLES_OF[] = {ROLE_YEAR, ROLE_MONTH, ROLE_DAY, ROLE_HOUR, ROLE_MINUTE};
    static const readings_part PARTS_OF[] = {PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE};
    int at[5];
    for (int i = 0; i < 5; i++) at[i] = with_role(k, ROLES_OF[i], has_numbers);
    if (at[0] < 0 || at[1] < 0 || at[2] < 0) return false;
    for (int i = 0; i < 5; i++)
        if (at[i] >= 0) add_time(k, m, at[i], PARTS_OF[i]);
    return true;
}

static bool by_cells(look *k, readings_mapping *m)
{
    for (size_t i = 0; i < k->column_count; i++) {
        looked *c = &k->columns[i];
        if (c->role != ROLE_NONE || c->times == 0 || c->numbers) continue;
        c->role = ROLE_WHOLE;
        add_time(k, m, (int)i, PART_WHOLE);
        add_clock(k, m, (int)i);
        return true;
    }
    return false;
}

/* A column that counts the rows, 0, 1, 2 ...; else, beside hours without dates, the rows themselves. The start is for the user to say. */
static bool by_counting(look *k, readings_mapping *m)
{
    int at = -1;
    for (size_t i = 0; i < k->column_count && at < 0; i++) {
        const looked *c = &k->columns[i];
        if ((c->role == ROLE_NONE || c->role == ROLE_HOUR || c->role == ROLE_SKIP) && c->numbers > 24 && c->first >= 0 && c->first <= 1 && c->steps == c->numbers - 1 && c->missing == 0 && c->texts == 0) at = (int)i;
    }
    if (at < 0 && with_role(k, ROLE_HOUR, has_numbers) < 0) return false;
    if (at >= 0) k->columns[at].role = ROLE_WHOLE;
    add_time(k, m, at, PART_INDEX);
    m->step_s = 3600;
    return true;
}

/* The end of one bill is the start of the next, or the day before it. */
static void suggest_times(look *k, readings_mapping *m)
{
    int from = with_role(k, ROLE_FROM, has_dates), to = with_role(k, ROLE_TO, has_dates), at;
    if (from >= 0 && to >= 0) {
        add_time(k, m, from, PART_FROM);
        add_time(k, m, to, PART_TO);
        return;
    }
    static const role NAMED[] = {ROLE_WHOLE, ROLE_DATE, ROLE_MONTH, ROLE_YEAR};
    for (int i = 0; i < 4; i++) {
        if ((at = with_role(k, NAMED[i], has_dates)) < 0 && (at = with_role(k, NAMED[i], has_offsets)) < 0) continue;
        add_time(k, m, at, PART_WHOLE);
        add_clock(k, m, at);
        return;
    }
    static const role PERIODS[] = {ROLE_MONTH, ROLE_DATE, ROLE_WHOLE, ROLE_YEAR};
    for (int i = 0; i < 4; i++) {
        if ((at = with_role(k, PERIODS[i], has_periods)) < 0) continue;
        add_time(k, m, at, PART_PERIOD);
        return;
    }
    if (!by_parts(k, m) && !by_cells(k, m)) by_counting(k, m);
}

/* ---- Values ---- */

static bool number_in(text t, int64_t *ret)
{
    size_t i = 0;
    bool ok;
    while (i < t.len && (t.ptr[i] < '0' || t.ptr[i] > '9')) i++;
    size_t end = i;
    while (end < t.len && t.ptr[end] >= '0' && t.ptr[end] <= '9') end++;
    *ret = text_to_i64((text){t.ptr + i, end - i}, &ok);
    return ok && end - i < 5;
}

/* Columns side by side that are the times of a day: 00:15 ... 24:00, or 1 ... 96 (P1, 点1); how many from this one on. */
static size_t day_columns(const look *k, size_t from, int32_t *ret_first, int32_t *ret_step)
{
    int64_t first, v, step = 0, before;
    size_t n = 1;
    bool is_clock = clock_of_day(k->columns[from].header, &first);
    if (!is_clock && !number_in(k->columns[from].header, &first)) return 0;
    for (before = first; from + n < k->column_count; before = v, n++) {
        text h = k->columns[from + n].header;
        if (!(is_clock ? clock_of_day(h, &v) : number_in(h, &v))) break;
        if (is_clock && v == 0) v = 86400;                       /* a day that ends with 00:00 */
        if (n == 1) step = v - before;
        if (step <= 0 || v - before != step) break;
    }
    if (!is_clock && (n != 24 && n != 48 && n != 96 && n != 288)) return 0;
    if (n < 12) return 0;
    *ret_first = is_clock ? (int32_t)first : 0, *ret_step = (int32_t)(is_clock ? step : 86400 / (int64_t)n);
    return n;
}

/* A channel of this code, else the only one of this name; empty when there is none. */
static text declared_as(const look *k, text words)
{
    text found = {0};
    if (!words.len || meter_channel_find(k->m, words) != METER_NONE) return words;
    for (size_t i = 0; i < meter_channel_count(k->m); i++) {
        const meter_channel *c = meter_channel_get(k->m, (int32_t)i);
        if (!text_equal(c->name, words)) continue;
        if (found.len) return (text){0};
        found = c->code;
    }
    return found;
}

/* F_Temp beside Temp; or one column 状态 for all. */
static text flag_of(const look *k, text header)
{
    for (size_t i = 0; i < k->column_count; i++) {
        text h = k->columns[i].header;
        bool prefixed = h.len == header.len + 2 && (h.ptr[0] == 'F' || h.ptr[0] == 'f') && h.ptr[1] == '_' && memcmp(h.ptr + 2, header.ptr, header.len) == 0;
        if (prefixed || (k->columns[i].role == ROLE_FLAG && k->columns[i].numbers == 0)) return h;
    }
    return (text){0};
}

typedef struct keys { text all; text unit; bool has_channel, has_meter, has_quantity; } keys;

/* Of customer and meter, the later and finer one; a column that names what is measured stands behind it. */
static keys find_keys(const look *k)
{
    keys r = {0};
    text meter = {0}, quantity = {0};
    for (size_t i = 0; i < k->column_count; i++) {
        const looked *c = &k->columns[i];
        bool is_filled = c->texts || c->numbers || c->times;
        if (!is_filled) continue;
        text key = text_of(arena_printf(k->a, "{%.*s}", TEXT_FMT(c->header)));
        if (c->role == ROLE_CHANNEL) meter = key, r.has_channel = true;
        else if (c->role == ROLE_METER && !r.has_channel) meter = key, r.has_meter = true;
        else if (c->role == ROLE_QUANTITY) quantity = key, r.has_quantity = true;
        else if (c->role == ROLE_UNIT) r.unit = key;
    }
    r.all = meter.len && quantity.len ? text_of(arena_printf(k->a, "%.*s/%.*s", TEXT_FMT(meter), TEXT_FMT(quantity))) : meter.len ? meter : quantity;
    return r;
}

static text code_for(look *k, const keys *key, const looked *c, bool is_across)
{
    text whole = declared_as(k, c->over.len ? c->header : c->words), part = look_code(k->a, c->words);
    if (c->over.len) part = text_of(arena_printf(k->a, "%.*s/%.*s", TEXT_FMT(look_code(k->a, c->over)), TEXT_FMT(part)));
    if (key->all.len && (c->role == ROLE_VALUE || is_across)) return key->all;
    if (key->all.len) return text_of(arena_printf(k->a, "%.*s/%.*s", TEXT_FMT(key->all), TEXT_FMT(part)));
    return whole.len ? whole : is_across ? TEXT("value") : part.len ? part : c->header;
}

static void suggest_values(look *k, readings_mapping *m)
{
    size_t max = 0;
    keys key = find_keys(k);
    for (size_t i = 0; i < k->column_count; i++) {
        looked *c = &k->columns[i];
        readings_value v = {.header = c->header, .at = (int)i, .flag_at = -1, .is_guess = true};
        size_t across = day_columns(k, i, &v.first_s, &v.step_s);
        bool is_free = across || c->role == ROLE_NONE || c->role == ROLE_VALUE;
        if (!is_free || c->numbers == 0 || c->numbers < 4 * c->texts || m->value_count == READINGS_COLUMNS_MAX) continue;
        v.across = (int32_t)across;
        v.channel = code_for(k, &key, c, across > 0);
        v.flag = flag_of(k, c->header);
        v.unit = c->unit.len ? c->unit : key.unit.len && (c->role == ROLE_VALUE || across) ? key.unit : k->title_unit;
        *ARENA_PUSH(k->a, m->values, m->value_count, max) = v;
        if (across) i += across - 1;
    }
}

/* A unit that cannot become the channel's is not said: the channel's multiplier makes the two meet, as of L/s and m3. */
static void drop_other_units(look *k, readings_mapping *m)
{
    for (size_t i = 0; i < m->value_count; i++) {
        int32_t id = meter_channel_find(k->m, m->values[i].channel), unit = rule_unit_find(k->rules, m->values[i].unit);
        if (id == METER_NONE || unit < 0) continue;
        const rule_dim *to = &k->rules->units[meter_channel_get(k->m, id)->unit].dim;
        if (memcmp(&k->rules->units[unit].dim, to, sizeof *to) != 0) m->values[i].unit = (text){0};
    }
}

static void suggest_multiplier(const look *k, readings_mapping *m)
{
    for (size_t i = 0; i < k->column_count; i++)
        if (k->columns[i].role == ROLE_MULTIPLIER && k->columns[i].numbers) m->multiplier = k->columns[i].header;
}

/* ---- Order of dates ---- */

static bool suggest_order(const look *k, readings_mapping *m, heng_err *err)
{
    bool first_big = k->evidence & 1, second_big = k->evidence & 2, short_year = k->evidence & 8, not_ymd = !short_year || (k->evidence & 16);
    if (m->order != ORDER_FOUND || !(k->evidence & 4)) return true;
    if (first_big == second_big || !not_ymd) return err_fill(err, &MSG_INTAKE_READINGS_ORDER, text_str(k->a, m->times[0].header), NULL, NULL);
    m->order = second_big ? ORDER_MDY : ORDER_DMY;
    return true;
}

/* ---- Sheets ---- */

static bool suggest_sheet(look *k, const char *path, readings_mapping *m, heng_err *err)
{
    if (!look_at_sheet(k, path, m->sheet, err)) return false;
    if (k->is_last) m->head = HEAD_LAST;
    m->title_unit = k->title_unit;
    suggest_times(k, m);
    suggest_values(k, m);
    suggest_multiplier(k, m);
    drop_other_units(k, m);
    if (!m->time_count || !m->value_count) return err_fill(err, &MSG_INTAKE_READINGS_NO_COLUMN, m->time_count ? "数值" : "时间", m->time_count ? "value" : "time", NULL);
    return suggest_order(k, m, err);
}

static int64_t weight(const look *k, const readings_mapping *m)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->value_count; i++) n += k->columns[m->values[i].at].numbers;
    return n;
}

static bool same_names(const table_row *x, const table_row *y)
{
    bool same = x->count == y->count;
    for (size_t i = 0; same && i < x->count; i++) same = text_equal(x->cells[i].value, y->cells[i].value);
    return same;
}

static bool sheet_names(arena *a, const char *path, text *names, size_t *count, heng_err *err)
{
    table *t;
    if (!readings_open(a, path, (text){0}, &t, err)) return false;
    *count = 0;
    for (size_t i = 0; table_is_xlsx(t) && i < table_sheet_count(t) && *count < READINGS_SHEETS_MAX; i++)
        if (!table_sheet_is_hidden(t, i)) names[(*count)++] = text_copy(a, table_sheet_name(t, i));
    table_close(t);
    return true;
}

bool readings_suggest(meter_book *mb, arena *a, const char *path, text sheet_name, readings_order order, readings_mapping *ret, heng_err *err)
{
    text names[READINGS_SHEETS_MAX];
    size_t count = 0, alike = 0;
    int64_t best = -1;
    look k, of_best = {0};
    heng_err first = {0};
    if (!sheet_name.len && !sheet_names(a, path, names, &count, err)) return err_in_file(err, path);
    if (count <= 1) names[0] = sheet_name, count = 1;
    for (size_t i = 0; i < count; i++) {
        heng_err why = {0};
        if (!look_open(&k, mb, a, err)) return false;
        readings_mapping m = {.sheet = names[i], .order = order, .missing = k.missing, .totals = look_words(&k, ROLE_TOTAL), .bad_flags = look_words(&k, ROLE_BAD), .suspect_flags = look_words(&k, ROLE_SUSPECT)};
        if (!suggest_sheet(&k, path, &m, &why)) {
            if (!first.message) first = why;
            continue;
        }
        alike += best >= 0 && same_names(&k.head, &of_best.head);
        if (weight(&k, &m) > best) best = weight(&k, &m), *ret = m, of_best = k;
    }
    if (best < 0) return *err = first, err_in_file(err, path);
    if (alike) ret->sheet = TEXT("*");
    return true;
}
