/* One row of a file of readings by its mapping: when it was, which channel it is of, what its mark says. */
#include "inside.h"
#include "readings_in.h"

text readings_cell(const table_row *row, int at) { return at >= 0 && (size_t)at < row->count ? row->cells[at].value : (text){0}; }

bool readings_word_is(text list, text word)
{
    while (list.len)
        if (text_equal(text_trim(text_next(&list, ';')), word)) return true;
    return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80; }

/* A quality mark is a word of the list, alone or with codes behind it: <-3> [GSM] (CCU). */
bool readings_is_mark(text list, text mark)
{
    while (mark.len && list.len) {
        text word = text_trim(text_next(&list, ';'));
        bool begins = word.len && word.len <= mark.len && memcmp(word.ptr, mark.ptr, word.len) == 0;
        if (begins && (word.len == mark.len || !is_letter(mark.ptr[word.len]) || !is_letter(word.ptr[word.len - 1]))) return true;
    }
    return false;
}

/* Full-width digits and signs as ASCII ones; text of ASCII alone is given back as it is. */
text readings_plain(arena *a, text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.ptr[i] >= 0x80) return text_nfkc(a, t);
    return t;
}

typedef struct parts { int64_t number[PART_MINUTE + 1]; bool has_numbers; char joined[160]; size_t len; row_when *to; bool has_from, has_to; } parts;

/* Of a date the end of a bill's day or the moment itself. */
static bool take_end(const readings_mapping *map, parts *p, text t, bool is_end)
{
    clock_time at;
    if (!clock_read(t, map->order, &at)) return false;
    if (!is_end) return p->to->at = at, p->has_from = true;
    p->to->to_s = at.local_s + (map->end_is_in && at.local_s % 86400 == 0 ? 86400 : 0);
    return p->has_to = true;
}

static bool take_index(const readings_mapping *map, parts *p, text t, bool has_column, int64_t ordinal)
{
    bool ok = true;
    int64_t n = has_column ? text_to_i64(t, &ok) : ordinal;
    if (!ok || !map->has_start || n < 0 || n > 100000000) return false;
    p->to->at = (clock_time){.local_s = map->start_s + n * map->step_s};
    return p->has_from = true;
}

static bool take_part(const readings_mapping *map, parts *p, size_t i, text t, int64_t ordinal)
{
    bool ok = true;
    readings_part part = map->times[i].part;
    if (part == PART_FROM || part == PART_TO) return take_end(map, p, t, part == PART_TO);
    if (part == PART_INDEX) return take_index(map, p, t, map->times[i].header.len > 0, ordinal);
    if (part == PART_PERIOD) return p->has_from = p->has_to = clock_period(t, &p->to->at.local_s, &p->to->to_s);
    if (part != PART_WHOLE) {
        p->number[part] = text_to_i64(t, &ok), p->has_numbers = true;
        return ok;
    }
    t = clock_first(t);
    if (!t.len) return true;
    if (p->len + t.len + 2 >= sizeof p->joined) return false;
    if (p->len) p->joined[p->len++] = ' ';
    memcpy(p->joined + p->len, t.ptr, t.len);
    p->len += t.len;
    return true;
}

/* Date and time put together; or year, month, day, hour and minute; or a bill's two ends. An hour of 24 is the end of its day. */
bool readings_row_when(const readings_mapping *map, arena *scratch, const table_row *row, int64_t ordinal, row_when *ret)
{
    *ret = (row_when){0};
    parts p = {.to = ret};
    for (size_t i = 0; i < map->time_count; i++)
        if (!take_part(map, &p, i, readings_plain(scratch, readings_cell(row, map->times[i].at)), ordinal)) return false;
    ret->is_period = p.has_to;
    if (p.has_from && !p.len && !p.has_numbers) return !p.has_to || ret->to_s > ret->at.local_s;
    if (p.len && !clock_read((text){p.joined, p.len}, map->order, &ret->at)) return false;
    if (!p.has_numbers) return p.len > 0;
    const int64_t *n = p.number;
    if (!p.len) {
        if (n[PART_YEAR] < 1900 || n[PART_YEAR] > 2200 || n[PART_MONTH] < 1 || n[PART_MONTH] > 12 || n[PART_DAY] < 1 || n[PART_DAY] > 31) return false;
        ret->at = (clock_time){.local_s = (int64_t)day_from((int)n[PART_YEAR], (int)n[PART_MONTH], (int)n[PART_DAY]) * 86400};
    }
    if (n[PART_HOUR] < 0 || n[PART_HOUR] > 24 || n[PART_MINUTE] < 0 || n[PART_MINUTE] > 59) return false;
    ret->at.local_s += n[PART_HOUR] * 3600 + n[PART_MINUTE] * 60;
    return true;
}

/* A cell as part of a code, which holds no blanks, quotes and @. */
static void add_key(text_buf *b, text key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool bad = (unsigned char)c <= ' ' || c == '"' || c == '\'' || c == '@' || c == 0x7f;
        buf_char(b, bad ? '_' : c);
    }
}

/* {building}/kwh with the row's cells in it; valid until the next call with this buffer. */
text readings_filled(text_buf *b, const code_pattern *p, const table_row *row)
{
    if (p->count == 0) return p->after;
    b->len = 0;
    for (size_t i = 0; i < p->count; i++) {
        buf_add(b, p->before[i]);
        add_key(b, readings_cell(row, p->at[i]));
    }
    buf_add(b, p->after);
    return buf_text(b);
}

/* A unit: said by the mapping, or the cell that the pattern names, as it stands. */
text readings_unit(const code_pattern *p, const table_row *row) { return p->count ? readings_cell(row, p->at[0]) : p->after; }

bool readings_is_total(arena *a, const readings_mapping *map, text cell)
{
    enum { LABEL_MAX = 60 };      /* bytes: a label, not a remark */
    text list = map->totals, folded;
    heng_err ignored = {0};
    if (!cell.len || cell.len > LABEL_MAX || !text_fold(a, cell, &folded, &ignored)) return false;
    while (folded.len && list.len) {
        text word = text_trim(text_next(&list, ';'));
        bool ends = word.len && word.len <= folded.len && memcmp(folded.ptr + folded.len - word.len, word.ptr, word.len) == 0;
        if (ends && (word.len == folded.len || (unsigned char)word.ptr[0] >= 0x80)) return true; /* 日合计 ends in 合计; subtotals of ASCII stand alone */
    }
    return false;
}
