/* Mappings of files of readings: as a small table, saved in the book, and suggested from what a file holds. */
#include <stdlib.h>
#include "inside.h"
#include "readings_in.h"

static const struct { const char *word; readings_part part; } PARTS[] = {{"whole", PART_WHOLE}, {"date", PART_WHOLE}, {"clock", PART_WHOLE}, {"year", PART_YEAR}, {"month", PART_MONTH}, {"day", PART_DAY},
    {"hour", PART_HOUR}, {"minute", PART_MINUTE}};
static const char *const ORDERS[] = {[ORDER_FOUND] = "found", [ORDER_YMD] = "YMD", [ORDER_DMY] = "DMY", [ORDER_MDY] = "MDY"};
static const char *const PART_WORDS[] = {[PART_WHOLE] = "whole", [PART_YEAR] = "year", [PART_MONTH] = "month", [PART_DAY] = "day", [PART_HOUR] = "hour", [PART_MINUTE] = "minute"};

/* ---- As a table ---- */

static void put_row(text_buf *b, const char *item, text name, text value)
{
    buf_printf(b, "%s,", item);
    csv_field(b, name, ',');
    buf_char(b, ',');
    csv_field(b, value, ',');
    buf_char(b, '\n');
}

text readings_mapping_text(arena *a, const readings_mapping *m)
{
    text_buf b = {.a = a};
    buf_str(&b, "item,name,value\n");
    if (m->sheet.len) put_row(&b, "sheet", (text){0}, m->sheet);
    for (size_t i = 0; i < m->time_count; i++) put_row(&b, "time", m->times[i].header, text_of(PART_WORDS[m->times[i].part]));
    put_row(&b, "order", (text){0}, text_of(ORDERS[m->order]));
    if (m->zone.len) put_row(&b, "zone", (text){0}, m->zone);
    for (size_t i = 0; i < m->value_count; i++) put_row(&b, "value", m->values[i].header, m->values[i].channel);
    for (size_t i = 0; i < m->value_count; i++)
        if (m->values[i].flag.len) put_row(&b, "flag", m->values[i].header, m->values[i].flag);
    put_row(&b, "missing", (text){0}, m->missing);
    put_row(&b, "bad", (text){0}, m->bad_flags);
    put_row(&b, "suspect", (text){0}, m->suspect_flags);
    put_row(&b, "round", (text){0}, m->rounds ? TEXT("half_even") : TEXT("refuse"));
    return buf_text(&b);
}

static bool bad_row(int64_t row, text item, heng_err *err)
{
    err_fill_n(err, &MSG_INTAKE_READINGS_MAPPING_BAD, item.ptr, item.len, "sheet, time, order, zone, value, flag, missing, bad, suspect, round");
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

static bool take_item(arena *a, readings_mapping *m, size_t *max, text item, text name, text value, int64_t row, heng_err *err)
{
    if (text_is(item, "time")) return take_time(m, name, value.len ? value : TEXT("whole"), row, err);
    if (text_is(item, "order")) {
        for (int i = 0; i < 4; i++)
            if (text_is(value, ORDERS[i])) return m->order = (readings_order)i, true;
        return bad_row(row, value, err);
    }
    if (text_is(item, "value")) {
        if (m->value_count == READINGS_COLUMNS_MAX || !name.len || !value.len) return bad_row(row, item, err);
        *ARENA_PUSH(a, m->values, m->value_count, *max) = (readings_value){.header = name, .channel = value, .at = -1, .flag_at = -1};
        return true;
    }
    readings_value *of = text_is(item, "flag") ? value_of(m, name) : NULL;
    if (of) of->flag = value;
    else if (text_is(item, "sheet")) m->sheet = value;
    else if (text_is(item, "zone")) m->zone = value;
    else if (text_is(item, "missing")) m->missing = value;
    else if (text_is(item, "bad")) m->bad_flags = value;
    else if (text_is(item, "suspect")) m->suspect_flags = value;
    else if (text_is(item, "round")) m->rounds = text_is(value, "half_even");
    else return bad_row(row, item, err);
    return true;
}

bool readings_mapping_read(arena *a, text csv, readings_mapping *ret, heng_err *err)
{
    table *t;
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

/* ---- Suggested from a file ---- */

enum { LOOK_ROWS = 4000, HEADER_ROWS = 12, ROLE_NONE = -1 };
typedef enum role { ROLE_WHOLE, ROLE_DATE, ROLE_CLOCK, ROLE_YEAR, ROLE_MONTH, ROLE_DAY, ROLE_HOUR, ROLE_MINUTE, ROLE_CHANNEL, ROLE_METER, ROLE_VALUE, ROLE_FLAG, ROLE_UNIT, ROLE_SKIP, ROLE_MISSING, ROLE_SUSPECT, ROLE_BAD, ROLES } role;
static const char *const ROLE_WORDS[ROLES] = {"whole", "date", "clock", "year", "month", "day", "hour", "minute", "channel", "meter", "value", "flag", "unit", "skip", "missing", "suspect", "bad"};

typedef struct looked { text header; int role; int64_t numbers, texts, missing, times; int scale; bool falls; int64_t low, high, last; int low_scale; text first_text; text unit; } looked;
typedef struct look {
    arena *a;
    meter_book *m;
    const rule_set *rules;
    const rule_row *const *words;
    size_t word_count, column_count;
    looked *columns;
    int evidence;
    int64_t *stamps;
    size_t stamp_count, stamp_max;
} look;

static int role_of(const look *k, text header)
{
    text folded, word;
    heng_err ignored = {0};
    if (!text_fold(k->a, header, &folded, &ignored)) return ROLE_NONE;
    for (size_t i = 0; i < k->word_count; i++) {
        if (!text_fold(k->a, rule_cell(k->words[i], "word"), &word, &ignored) || !text_equal(word, folded)) continue;
        for (int r = 0; r <= ROLE_SKIP; r++)
            if (text_is(rule_cell(k->words[i], "role"), ROLE_WORDS[r])) return r;
    }
    return ROLE_NONE;
}

static text words_of(const look *k, role which)
{
    text_buf b = {.a = k->a};
    for (size_t i = 0; i < k->word_count; i++)
        if (text_is(rule_cell(k->words[i], "role"), ROLE_WORDS[which])) buf_printf(&b, "%s%.*s", b.len ? ";" : "", TEXT_FMT(rule_cell(k->words[i], "word")));
    return buf_text(&b);
}

bool readings_word_is(text list, text word)
{
    while (list.len)
        if (text_equal(text_trim(text_next(&list, ';')), word)) return true;
    return false;
}

/* 流量(L/s): the unit between the brackets; kwh_total has none. */
static text split_unit(look *k, text header)
{
    size_t open, close;
    text t = header;
    if (!text_find(t, TEXT("("), &open) && !text_find(t, TEXT("["), &open) && !text_find(t, TEXT("（"), &open)) return (text){0};
    size_t skip = (unsigned char)t.ptr[open] >= 0x80 ? 3 : 1;
    t = (text){t.ptr + open + skip, t.len - open - skip};
    if (text_find(t, TEXT(")"), &close) || text_find(t, TEXT("]"), &close) || text_find(t, TEXT("）"), &close)) t.len = close;
    return text_copy(k->a, text_trim(t));
}

static void begin_columns(look *k, const table_row *head)
{
    k->column_count = head->count < READINGS_COLUMNS_MAX ? head->count : READINGS_COLUMNS_MAX;
    k->columns = NEW_ARRAY(k->a, k->column_count + 1, looked);
    for (size_t i = 0; i < k->column_count; i++) {
        k->columns[i].header = text_copy(k->a, head->cells[i].value);
        k->columns[i].unit = split_unit(k, k->columns[i].header);
        k->columns[i].role = role_of(k, k->columns[i].header);
    }
}

static void look_at_number(looked *c, int64_t count, int scale)
{
    bool ok = scale <= 15;
    heng_err ignored = {0};
    int64_t v = 0;
    if (scale > c->scale && ok) c->scale = scale;
    ok = dec_rescale(count, scale, 6, DEC_DOWN, &v, &ignored);
    if (ok && c->numbers > 0 && v < c->last) c->falls = true;
    if (ok && (c->numbers == 0 || v < c->low)) c->low = v;
    if (ok && (c->numbers == 0 || v > c->high)) c->high = v;
    if (ok) c->last = v;
    c->numbers++;
}

static void look_at_cell(look *k, looked *c, const table_cell *cell, text missing)
{
    int64_t count;
    int scale;
    clock_time at;
    heng_err ignored = {0};
    if (cell->kind == TABLE_EMPTY || !cell->value.len || readings_word_is(missing, cell->value)) c->missing++;
    else if (cell->kind == TABLE_DATE) c->times++;
    else if (dec_parse_any(cell->value, &count, &scale, &ignored)) look_at_number(c, count, scale);
    else if (clock_read(cell->value, ORDER_DMY, &at) || clock_read(cell->value, ORDER_MDY, &at)) c->times++, k->evidence |= clock_order_evidence(cell->value);
    else if (c->texts++ == 0) c->first_text = text_copy(k->a, cell->value);
}

/* The header is the row above the first row that holds both a time or number and nothing unnamed: in practice the last of the rows without numbers at the top. */
static bool find_head(look *k, table *t, table_row *ret, heng_err *err)
{
    table_row row;
    bool has = false;
    for (int n = 0; n < HEADER_ROWS; n++) {
        size_t numbers = 0, words = 0;
        if (!table_next(t, k->a, &row, err)) return false;
        if (row.is_end) break;
        for (size_t i = 0; i < row.count; i++) {
            int64_t v;
            int scale;
            heng_err ignored = {0};
            bool is_number = row.cells[i].kind == TABLE_NUMBER || (row.cells[i].value.len && dec_parse_any(row.cells[i].value, &v, &scale, &ignored));
            numbers += is_number || row.cells[i].kind == TABLE_DATE;
            words += row.cells[i].value.len && !is_number;
        }
        if (has && numbers > 0) return true;
        if (words >= 2 && numbers == 0) *ret = row, has = true;
    }
    return has || err_fill(err, &MSG_INTAKE_READINGS_NO_HEADER, NULL, NULL, NULL);
}

static bool look_at_rows(look *k, table *t, text missing, heng_err *err)
{
    for (int n = 0; n < LOOK_ROWS; n++) {
        table_row row;
        arena scratch = {0};
        bool ok = table_next(t, &scratch, &row, err), is_end = ok && row.is_end;
        for (size_t i = 0; ok && !is_end && i < k->column_count; i++) look_at_cell(k, &k->columns[i], i < row.count ? &row.cells[i] : &(table_cell){.kind = TABLE_EMPTY}, missing);
        arena_free(&scratch);
        if (!ok) return false;
        if (is_end) break;
    }
    return true;
}

static void suggest_times(look *k, readings_mapping *m)
{
    static const readings_part PART_OF[] = {[ROLE_WHOLE] = PART_WHOLE, [ROLE_DATE] = PART_WHOLE, [ROLE_CLOCK] = PART_WHOLE, [ROLE_YEAR] = PART_YEAR, [ROLE_MONTH] = PART_MONTH, [ROLE_DAY] = PART_DAY,
        [ROLE_HOUR] = PART_HOUR, [ROLE_MINUTE] = PART_MINUTE};
    for (size_t i = 0; i < k->column_count; i++) {
        looked *c = &k->columns[i];
        bool by_word = c->role >= ROLE_WHOLE && c->role <= ROLE_MINUTE && (c->times > 0 || c->role > ROLE_DATE || c->numbers > 0);
        bool by_cells = c->role == ROLE_NONE && c->times > 0 && c->numbers == 0 && m->time_count == 0;
        if ((!by_word && !by_cells) || m->time_count == READINGS_TIMES_MAX) continue;
        if (by_cells) c->role = ROLE_WHOLE;
        m->times[m->time_count].header = c->header, m->times[m->time_count].at = (int)i;
        m->times[m->time_count++].part = PART_OF[c->role];
    }
}

/* The words before a bracket. */
static text before_bracket(text header)
{
    size_t open;
    if (text_find(header, TEXT("("), &open) || text_find(header, TEXT("["), &open) || text_find(header, TEXT("（"), &open)) header.len = open;
    return text_trim(header);
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

/* The words as a code: without blanks and signs that a code may not hold. */
static text code_part(look *k, text words)
{
    text_buf b = {.a = k->a};
    for (size_t i = 0; i < words.len; i++) {
        char c = words.ptr[i];
        bool bad = c == ' ' || c == '"' || c == '\'' || c == '@' || c == '/' || c == '{' || c == '}' || (unsigned char)c < 0x20;
        if (!bad) buf_char(&b, c);
        else if (b.len && b.ptr[b.len - 1] != '_') buf_char(&b, '_');
    }
    return buf_text(&b);
}

static void add_value(look *k, readings_mapping *m, size_t *max, size_t i, text key, text flag)
{
    looked *c = &k->columns[i];
    text words = before_bracket(c->header), part = code_part(k, words), code = part;
    if (key.len) code = c->role == ROLE_VALUE ? key : text_of(arena_printf(k->a, "%.*s/%.*s", TEXT_FMT(key), TEXT_FMT(part)));
    else if (declared_as(k, words).len) code = declared_as(k, words);
    *ARENA_PUSH(k->a, m->values, m->value_count, *max) = (readings_value){.header = c->header, .channel = code, .flag = flag, .at = (int)i, .flag_at = -1};
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

static void suggest_values(look *k, readings_mapping *m)
{
    size_t max = 0;
    text key = {0};
    bool has_channel = false;
    for (size_t i = 0; i < k->column_count; i++) {
        const looked *c = &k->columns[i];
        bool names = c->role == ROLE_CHANNEL || (c->role == ROLE_METER && !has_channel && (c->texts || c->numbers));
        if (!names) continue;
        has_channel = c->role == ROLE_CHANNEL;
        key = text_of(arena_printf(k->a, "{%.*s}", TEXT_FMT(c->header))); /* of customer and meter, the later and finer one */
    }
    for (size_t i = 0; i < k->column_count; i++) {
        looked *c = &k->columns[i];
        bool is_free = c->role == ROLE_NONE || c->role == ROLE_VALUE;
        if (is_free && c->numbers > 0 && c->numbers >= 4 * c->texts && c->header.len) add_value(k, m, &max, i, key, flag_of(k, c->header));
    }
}

static void guess(look *k, const readings_mapping *m, readings_guess **ret, size_t *ret_count)
{
    readings_guess *all = NEW_ARRAY(k->a, m->value_count + 1, readings_guess);
    for (size_t i = 0; i < m->value_count; i++) {
        const looked *c = &k->columns[m->values[i].at];
        bool is_register = !c->falls && c->numbers > 24 && c->high > c->low;
        all[i] = (readings_guess){.code = m->values[i].channel, .header = c->header, .unit = c->unit, .kind = is_register ? TEXT("counter") : c->low < 0 ? TEXT("level") : TEXT("interval"), .scale = c->scale,
            .count = c->numbers, .missing = c->missing, .low = dec_format_trim(k->a, c->low, 6), .high = dec_format_trim(k->a, c->high, 6), .is_declared = meter_channel_find(k->m, m->values[i].channel) != METER_NONE};
    }
    *ret = all, *ret_count = m->value_count;
}

bool readings_suggest(meter_book *mb, arena *a, const char *path, text sheet_name, readings_order order, readings_mapping *ret, readings_guess **ret_guesses, size_t *ret_count, heng_err *err)
{
    look k = {.a = a, .m = mb};
    table *t = NULL;
    table_row head;
    *ret = (readings_mapping){.sheet = sheet_name, .order = order};
    if (!book_rules(meter_book_of(mb), &k.rules, err)) return false;
    k.word_count = rule_rows(k.rules, "reading_words", &k.words);
    ret->missing = words_of(&k, ROLE_MISSING), ret->bad_flags = words_of(&k, ROLE_BAD), ret->suspect_flags = words_of(&k, ROLE_SUSPECT);
    bool ok = table_open(path, &(table_options){.sheet = sheet_name}, &t, err) && find_head(&k, t, &head, err);
    if (ok) begin_columns(&k, &head);
    ok = ok && look_at_rows(&k, t, ret->missing, err);
    table_close(t);
    if (!ok) return err_in_file(err, path);
    suggest_times(&k, ret);
    suggest_values(&k, ret);
    if (!ret->time_count || !ret->value_count) return err_fill(err, &MSG_INTAKE_READINGS_NO_COLUMN, ret->time_count ? "数值" : "时间", ret->time_count ? "value" : "time", NULL) || err_in_file(err, path);
    if (ret->order == ORDER_FOUND && (k.evidence & 4)) {
        bool mdy = k.evidence & 2, dmy = k.evidence & 1;
        if (mdy == dmy) return err_fill(err, &MSG_INTAKE_READINGS_ORDER, text_str(a, ret->times[0].header), NULL, NULL) || err_in_file(err, path);
        ret->order = mdy ? ORDER_MDY : ORDER_DMY;
    }
    guess(&k, ret, ret_guesses, ret_count);
    return true;
}
