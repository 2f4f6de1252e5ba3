/*
 * A look at a file of readings: its row of names, and what stands in the columns below.
 *
 * The row of names is the last row of words at the top, before the first row of data; alone, or with the row above it when its own names are not enough
 * (twice the same, or a column named in the upper row only). When no row of words comes before the data, it may be the last line of the file.
 */
#include "inside.h"
#include "readings_look.h"

enum { LOOK_ROWS = 4000, HEADER_ROWS = 20, RUN_MIN = 12 /* columns side by side that count up: times of a day */ };
static const char *const ROLE_WORDS[ROLES] = {"whole", "date", "clock", "year", "month", "day", "hour", "minute", "from", "to", "channel", "meter", "quantity", "value", "flag", "unit", "multiplier", "skip", "total",
    "missing", "suspect", "bad", "counter", "interval", "level"};

bool look_open(look *k, meter_book *m, arena *a, heng_err *err)
{
    *k = (look){.a = a, .m = m};
    if (!book_rules(meter_book_of(m), &k->rules, err)) return false;
    k->word_count = rule_rows(k->rules, "reading_words", &k->words);
    k->missing = look_words(k, ROLE_MISSING);
    return true;
}

/* ---- Words ---- */

text look_words(const look *k, role which)
{
    text_buf b = {.a = k->a};
    for (size_t i = 0; i < k->word_count; i++)
        if (text_is(rule_cell(k->words[i], "role"), ROLE_WORDS[which])) buf_printf(&b, "%s%.*s", b.len ? ";" : "", TEXT_FMT(rule_cell(k->words[i], "word")));
    return buf_text(&b);
}

static bool is_letter(const text t, size_t i) { return i < t.len && ((t.ptr[i] >= 'a' && t.ptr[i] <= 'z') || (t.ptr[i] >= '0' && t.ptr[i] <= '9')); }

/* A short word of ASCII letters stands alone: co is not in cost. */
static bool stands_in(text folded, text word)
{
    size_t at, from = 0;
    while (text_find((text){folded.ptr + from, folded.len - from}, word, &at)) {
        at += from;
        bool alone = (at == 0 || !is_letter(folded, at - 1)) && !is_letter(folded, at + word.len);
        if (alone || word.len > 4 || (unsigned char)word.ptr[0] >= 0x80) return true;
        from = at + 1;
    }
    return false;
}

bool look_has_word(const look *k, role which, text in)
{
    text folded, word;
    heng_err ignored = {0};
    if (!text_fold(k->a, in, &folded, &ignored)) return false;
    for (size_t i = 0; i < k->word_count; i++)
        if (text_is(rule_cell(k->words[i], "role"), ROLE_WORDS[which]) && text_fold(k->a, rule_cell(k->words[i], "word"), &word, &ignored) && stands_in(folded, word)) return true;
    return false;
}

static role role_of(const look *k, text header)
{
    text folded, word;
    heng_err ignored = {0};
    if (!header.len || !text_fold(k->a, header, &folded, &ignored)) return ROLE_NONE;
    for (size_t i = 0; i < k->word_count; i++) {
        if (!text_fold(k->a, rule_cell(k->words[i], "word"), &word, &ignored) || !text_equal(word, folded)) continue;
        for (int r = 0; r < ROLE_HEADERS; r++)
            if (text_is(rule_cell(k->words[i], "role"), ROLE_WORDS[r])) return (role)r;
    }
    return ROLE_NONE;
}

static bool find_bracket(text t, size_t *ret_open, size_t *ret_skip)
{
    static const char *const OPEN[] = {"(", "（", "["};
    bool found = false;
    *ret_open = *ret_skip = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t at;
        if (!text_find(t, text_of(OPEN[i]), &at) || (found && at > *ret_open)) continue;
        *ret_open = at, *ret_skip = strlen(OPEN[i]), found = true;
    }
    return found;
}

/* 流量(L/s): the unit between the brackets, when it is a unit. Brackets may hold other words too: Electricity Use (Grid) (kBtu). */
static text split_unit(const look *k, text header)
{
    size_t open, skip, close;
    text t = header;
    while (find_bracket(t, &open, &skip)) {
        t = (text){t.ptr + open + skip, t.len - open - skip};
        text in = t;
        if (text_find(in, TEXT(")"), &close) || text_find(in, TEXT("）"), &close) || text_find(in, TEXT("]"), &close)) in.len = close;
        if (rule_unit_find(k->rules, text_trim(in)) >= 0) return text_copy(k->a, text_trim(in));
    }
    return (text){0};
}

static text before_bracket(text header)
{
    size_t open, skip;
    if (find_bracket(header, &open, &skip)) header.len = open;
    return text_trim(header);
}

text look_code(arena *a, text words)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < words.len; i++) {
        char c = words.ptr[i];
        bool bad = c == ' ' || c == '"' || c == '\'' || c == '@' || c == '/' || c == '{' || c == '}' || (unsigned char)c < 0x20;
        if (!bad) buf_char(&b, c);
        else if (b.len && b.ptr[b.len - 1] != '_') buf_char(&b, '_');
    }
    return buf_text(&b);
}

/* ---- The row of names ---- */

static bool is_number(const table_cell *c)
{
    int64_t v;
    int scale;
    heng_err ignored = {0};
    return c->kind == TABLE_NUMBER || (c->value.len && c->value.len < 40 && dec_parse_any(c->value, &v, &scale, &ignored));
}

/* 1, 2, 3 ... 96 or 00:15 ... 24:00 side by side are names of columns. */
static size_t run_length(const table_row *row)
{
    size_t best = 0, n = 0;
    bool ok = false, was = false;
    int64_t before = 0;
    for (size_t i = 0; i < row->count; i++) {
        int64_t v = text_to_i64(row->cells[i].value, &ok);
        n = ok && was && v == before + 1 ? n + 1 : ok;
        was = ok, before = v;
        best = n > best ? n : best;
    }
    return best;
}

typedef struct row_kind { size_t words, data, cells; } row_kind;

static row_kind kind_of(const look *k, const table_row *row)
{
    row_kind r = {0};
    size_t run = run_length(row);
    for (size_t i = 0; i < row->count; i++) {
        table_cell plain = {.value = readings_plain(k->a, row->cells[i].value), .kind = row->cells[i].kind}, *c = &plain;
        clock_time at;
        int64_t ignored;
        if (!c->value.len) continue;
        r.cells++;
        bool is_clock = clock_of_day(c->value, &ignored);
        bool is_data = !is_clock && (is_number(c) || c->kind == TABLE_DATE || readings_word_is(k->missing, c->value) || clock_read(c->value, ORDER_DMY, &at) || clock_read(c->value, ORDER_MDY, &at));
        r.data += is_data, r.words += !is_data;
    }
    if (run >= RUN_MIN) r.words += run, r.data -= run < r.data ? run : r.data;
    return r;
}

/* Are the names not enough: one that comes twice, or none where the row above has one? */
static bool needs_upper(const table_row *upper, const table_row *row)
{
    size_t upper_names = 0, twice = 0, only_above = 0;
    for (size_t i = 0; i < upper->count; i++) upper_names += upper->cells[i].value.len > 0;
    for (size_t i = 0; i < row->count; i++)
        for (size_t j = i + 1; j < row->count && row->count < 256; j++) twice += row->cells[i].value.len && text_equal(row->cells[i].value, row->cells[j].value);
    for (size_t i = 0; i < upper->count; i++) only_above += upper->cells[i].value.len && (i >= row->count || !row->cells[i].value.len);
    return upper_names >= 2 && (twice || only_above);
}

/* 单位：万kWh somewhere in a line above the names. */
static void look_for_unit(look *k, const table_row *row)
{
    static const char *const WORDS[] = {"单位:", "单位：", "Unit:", "unit:", "Units:"};
    for (size_t i = 0; i < row->count; i++)
        for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++) {
            size_t at, end;
            text t = row->cells[i].value;
            if (!text_find(t, text_of(WORDS[w]), &at)) continue;
            t = text_trim((text){t.ptr + at + strlen(WORDS[w]), t.len - at - strlen(WORDS[w])});
            if (text_find(t, TEXT(" "), &end) || text_find(t, TEXT("）"), &end) || text_find(t, TEXT(")"), &end)) t.len = end;
            if (rule_unit_find(k->rules, t) >= 0) k->title_unit = text_copy(k->a, t);
        }
}

static bool find_last(look *k, const char *path, text sheet_name, heng_err *err)
{
    table_row last;
    if (!readings_last_row(k->a, path, sheet_name, &last, err)) return false;
    row_kind r = kind_of(k, &last);
    if (r.words < 2 || r.data) return err_fill(err, &MSG_INTAKE_READINGS_NO_HEADER, NULL, NULL, NULL);
    k->head = last, k->is_last = true;
    return true;
}

static bool find_head(look *k, table *t, const char *path, text sheet_name, heng_err *err)
{
    table_row row, upper = {0}, found = {0}, above = {0};
    bool is_weak = true, has_data = false;      /* weak: one word in the first column, which may be a title */
    for (int n = 0; n < HEADER_ROWS; n++) {
        if (!table_next(t, k->a, &row, err)) return false;
        if (row.is_end) break;
        row_kind r = kind_of(k, &row);
        look_for_unit(k, &row);
        bool is_data_row = r.data > 0 && (r.cells >= 2 || found.count == 1);
        if (is_data_row && found.number && !is_weak) break;
        has_data |= is_data_row;
        if (r.data == 0 && r.words && (r.words >= 2 || is_weak || !row.cells[0].value.len) && !(has_data && found.number)) found = row, above = upper, is_weak = r.words < 2 && row.cells[0].value.len;
        upper = row;
    }
    if (!found.number || (is_weak && found.count > 1 && has_data)) return find_last(k, path, sheet_name, err);
    k->head = readings_row_copy(k->a, &found);
    if (needs_upper(&above, &found)) {
        table_row both = readings_join(k->a, &above, &found);
        k->lower = k->head, k->head = readings_row_copy(k->a, &both);   /* cells lie in the file, which is closed before they are used */
    }
    return true;
}

/* ---- The columns ---- */

/* Of a name of two rows the upper part; empty when there is none. */
static text upper_part(const look *k, size_t i, text name)
{
    text below = k->lower.number ? readings_cell(&k->lower, (int)i) : (text){0};
    return below.len && below.len + 1 < name.len ? (text){name.ptr, name.len - below.len - 1} : (text){0};
}

/* energy_kwh, volume_m3. */
static text unit_suffix(const look *k, text name)
{
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '_') at--;
    text last = {name.ptr + at, name.len - at};
    static const rule_dim NONE;                                     /* DO_Pct is a name */
    int32_t id = last.len >= 2 ? rule_unit_find(k->rules, last) : RULE_NONE;
    return id >= 0 && memcmp(&k->rules->units[id].dim, &NONE, sizeof NONE) != 0 ? last : (text){0};
}

static void name_column(look *k, looked *c, text name, text over)
{
    text below = over.len ? (text){name.ptr + over.len + 1, name.len - over.len - 1} : name;
    bool is_unit = over.len && rule_unit_find(k->rules, below) >= 0;      /* a row of units under the names */
    c->unit = split_unit(k, name);
    c->words = before_bracket(is_unit ? over : below);
    if (is_unit) c->unit = below;
    else if (over.len && c->words.len) c->over = text_trim(over);
    if (!c->unit.len) c->unit = unit_suffix(k, c->words);
    c->role = role_of(k, name);
    if (c->role == ROLE_NONE) c->role = role_of(k, before_bracket(name));
    if (c->role == ROLE_NONE) c->role = role_of(k, is_unit ? over : below);
    if (c->role == ROLE_NONE) c->role = role_of(k, c->words);
}

static void begin_columns(look *k)
{
    k->column_count = k->head.count < READINGS_COLUMNS_MAX ? k->head.count : READINGS_COLUMNS_MAX;
    k->columns = NEW_ARRAY(k->a, k->column_count + 1, looked);
    for (size_t i = 0; i < k->column_count; i++) {
        text name = k->head.cells[i].value;
        bool is_taken = !name.len || readings_column(&k->head, name) != (int)i;   /* none, or one that came before */
        name_column(k, &k->columns[i], name, upper_part(k, i, name));
        k->columns[i].header = is_taken ? text_of(arena_printf(k->a, "#%zu", i + 1)) : name;
    }
}

static void look_at_number(looked *c, int64_t count, int scale)
{
    int64_t whole = 0;
    heng_err ignored = {0};
    if (scale > c->scale && scale <= 15) c->scale = scale;
    if (!dec_rescale(count, scale, 0, DEC_DOWN, &whole, &ignored)) whole = 0;
    c->steps += c->numbers > 0 && scale == 0 && whole == c->last + 1;
    if (c->numbers++ == 0) c->first = whole;
    c->last = whole;
}

static void look_at_cell(look *k, looked *c, arena *scratch, const table_cell *cell)
{
    int64_t count, from, to;
    int scale;
    clock_time at;
    heng_err ignored = {0};
    text t = readings_plain(scratch, cell->value);
    if (cell->kind == TABLE_EMPTY || !t.len || readings_word_is(k->missing, t)) c->missing++;
    else if (cell->kind != TABLE_DATE && dec_parse_any(t, &count, &scale, &ignored)) look_at_number(c, count, scale);
    else if (clock_read(t, ORDER_DMY, &at) || clock_read(t, ORDER_MDY, &at) || clock_read(t, ORDER_YMD, &at)) c->times++, c->clocks += at.has_offset || at.local_s % 86400 != 0, k->evidence |= clock_order_evidence(t);
    else if (clock_period(t, &from, &to)) c->periods++;
    else if (clock_of_day(t, &from)) c->day_times++;
    else c->texts++;
}

/* After the first rows: does every column show what it holds? A zone that begins in autumn does not yet. */
static bool is_settled(const look *k)
{
    for (size_t i = 0; i < k->column_count; i++) {
        const looked *c = &k->columns[i];
        if (!c->numbers && !c->texts && !c->times && !c->periods && !c->day_times) return false;
    }
    return true;
}

static bool look_at_rows(look *k, table *t, heng_err *err)
{
    static const table_cell NONE = {.kind = TABLE_EMPTY};
    arena scratch = {0};
    table_row row = {0};
    bool ok = true;
    while ((k->rows % LOOK_ROWS || !k->rows || !is_settled(k)) && (ok = table_next(t, &scratch, &row, err)) && !row.is_end) {
        if (k->is_last ? row.number == k->head.number : row.number <= k->head.number) continue;
        k->rows++;
        for (size_t i = 0; i < k->column_count; i++) look_at_cell(k, &k->columns[i], &scratch, i < row.count ? &row.cells[i] : &NONE);
        arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok;
}

bool look_at_sheet(look *k, const char *path, text sheet_name, heng_err *err)
{
    table *t = NULL;
    bool ok = readings_open(k->a, path, sheet_name, &t, err) && find_head(k, t, path, sheet_name, err);
    table_close(t);
    t = NULL;
    if (!ok) return false;
    begin_columns(k);
    ok = readings_open(k->a, path, sheet_name, &t, err) && look_at_rows(k, t, err);
    table_close(t);
    return ok;
}
