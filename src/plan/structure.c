/*
 * Sections, and the pieces of text between them.
 *
 * A heading is a number in one of the forms of numbering.csv and the words behind it: up to the end of the line, or to the full stop where
 * the text runs in. Where that stop is lost, the heading ends between a noun that headings end in (heading_end) and a verb that opens a sentence
 * (starter) with an object of its own. Headings inside a line are taken behind a full stop or bracket when their number is the next one due.
 * Annexes begin at a line 附件; rows of tables (cells parted by |) give headings from their first cells.
 */
#include "inside.h"

enum { HEADING_CHARS_MAX = 36, LINE_CHARS_MAX = 50, FORM_MAX = 24, PREFIX_MAX = 8, CELL_BYTES_MIN = 75 };

typedef struct number { const plan_form *form; text printed; int value; size_t end; int level; } number; /* form NULL: of an outline (1.1), its level told */

typedef struct builder {
    reading *r;
    int open[10];            /* index of the section open at each level, -1 = none */
    int due[FORM_MAX];       /* next number of each form, for headings inside lines */
    int last[FORM_MAX];      /* last number of each form; items may run through the sections */
    bool in_annex;
    size_t piece_start;      /* text not yet given to a piece begins here */
    bool opens;
    int shift;               /* chapters 第一章 push 一、 down */
    bool outline;            /* headings are 1, 1.1, 1.1.1 */
    int outline_last;        /* last number of the first level of an outline */
} builder;

static size_t skip_junk(text t, size_t at)
{
    while (at < t.len && (t.ptr[at] == ' ' || t.ptr[at] == '?')) at++;
    return at;
}

static size_t numeral_end(text t, size_t at, bool digits, int *ret_value)
{
    size_t end = at;
    int value = 0;
    if (digits) {
        while (end < t.len && is_digit(t.ptr[end]) && end - at < 3) value = value * 10 + (t.ptr[end++] - '0');
        *ret_value = value;
        return end;
    }
    for (size_t n = at; n + 3 <= t.len && n - at < 15; n += 3) {
        int v = zh_numeral(text_part(t, at, n + 3));
        if (v < 0) break;
        value = v;
        end = n + 3;
    }
    *ret_value = value;
    return end;
}

static bool match_form(const plan_form *f, text t, size_t at, number *ret)
{
    text rest = text_part(t, at, t.len);
    if (rest.len < f->open.len || memcmp(rest.ptr, f->open.ptr, f->open.len) != 0) return false;
    int value;
    size_t start = f->open.len, end = numeral_end(rest, start, f->is_digit, &value);
    if (end == start || value == 0) return false;
    size_t close = end;
    while (close < rest.len && rest.ptr[close] == ' ') close++;
    if (rest.len - close < f->close.len || memcmp(rest.ptr + close, f->close.ptr, f->close.len) != 0) return false;
    size_t stop = close + f->close.len;
    if (f->is_digit && stop < rest.len && is_digit(rest.ptr[stop])) return false; /* 1.5 */
    text printed = text_part(rest, 0, stop);
    if (!f->open.len || text_is(f->open, "第")) printed = f->open.len ? printed : text_part(rest, start, end);
    *ret = (number){f, printed, value, at + stop, 0};
    return true;
}

static bool match_number(const plan_rules *r, text t, size_t at, number *ret)
{
    for (size_t i = 0; i < r->form_count; i++)
        if (match_form(&r->forms[i], t, at, ret)) return true;
    return false;
}

static size_t clause_chars(text t, size_t at) /* characters up to the next mark */
{
    size_t n = 0;
    while (at < t.len && !strchr(",;:|\n)", t.ptr[at]) && !text_starts(text_part(t, at, t.len), "。") && !text_starts(text_part(t, at, t.len), "、")) {
        at += char_bytes(t.ptr + at, t.len - at);
        n++;
    }
    return n;
}

/* Where the stop behind a run-in heading is lost. */
static size_t split_heading(const plan_rules *r, text t)
{
    size_t chars = 0;
    for (size_t at = 0; at < t.len && chars < HEADING_CHARS_MAX; chars++) {
        text head = text_part(t, 0, at), rest = text_part(t, at, t.len);
        const plan_word *w = chars >= 6 ? list_start(&r->sets[SET_STARTER], rest) : NULL;
        const plan_word *again = w ? list_start(&r->sets[SET_STARTER], text_part(rest, w->word.len, rest.len)) : NULL; /* 体系建设加快…: 建设 is of the heading */
        if (w && !(again && list_equal(&r->sets[SET_HEADING_END], w->word)) && list_end(&r->sets[SET_HEADING_END], head) && clause_chars(rest, w->word.len) >= 2) return at;
        at += char_bytes(t.ptr + at, t.len - at);
    }
    return 0;
}

static size_t commas(text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) n += t.ptr[i] == ',' || t.ptr[i] == ';';
    return n;
}

/* 1.[]内为累计数, 2.△表示…: a note below a table. */
static bool is_note(text t)
{
    static const char *const MARKS[] = {"[", "△", "▲", "☐", "□", "★", "*", "#", "/", "=", "<", ">", "≥", "≤", "〔"};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS && !is_han(t, 0); i++)
        if (text_starts(t, MARKS[i])) return true;
    return text_starts(t, "带*") || text_starts(t, "“*”") || text_starts(t, "“★”");
}

/* Bytes of the heading that t (the line behind the number) begins with; 0 = none. *ret_next: where the text begins. */
static size_t heading_bytes(const plan_rules *r, text t, size_t *ret_next)
{
    size_t stop = 0, chars = 0;
    number n;
    while (stop < t.len && t.ptr[stop] != '\n' && !text_starts(text_part(t, stop, t.len), "。")) {
        if (stop > 0 && t.ptr[stop] == '(' && chars >= 4 && match_number(r, t, stop, &n) && !n.form->is_digit) break;
        if (chars >= 2 && text_starts(text_part(t, stop, t.len), "第") && match_number(r, t, stop, &n) && n.form->level > 1 && n.value == 1) break; /* 第一章…第一节… */
        if (t.ptr[stop] == ':' && chars >= 4 && chars <= 24) break;
        if (t.ptr[stop] == ' ' && chars >= 4 && chars <= 24 && stop > 2 && is_han(t, text_back(t, stop)) && text_chars(t) > LINE_CHARS_MAX) break;
        stop += char_bytes(t.ptr + stop, t.len - stop);
        chars++;
    }
    bool alone = stop >= t.len || t.ptr[stop] == '\n';
    text head = text_part(t, 0, stop);
    bool fits = chars >= 2 && (alone ? chars <= LINE_CHARS_MAX && commas(head) <= 1 : chars <= HEADING_CHARS_MAX && commas(head) <= 1);
    if (!fits || chars > (alone ? 30 : 24)) {
        size_t split = split_heading(r, text_part(t, 0, stop));
        if (split && split < stop) {
            *ret_next = split;
            return split;
        }
    }
    if (!fits || is_note(t)) return 0;
    *ret_next = stop + (text_starts(text_part(t, stop, t.len), "。") ? 3 : stop < t.len && (t.ptr[stop] == ':' || t.ptr[stop] == ' ') ? 1 : 0);
    return stop;
}

static void end_piece(builder *b, size_t end, int section, bool is_row)
{
    reading *r = b->r;
    text t = text_part(r->doc->clean, b->piece_start, end);
    size_t start = b->piece_start;
    while (t.len && (t.ptr[0] == ' ' || t.ptr[0] == '\n' || (t.ptr[0] == '?' && !is_row))) t = text_part(t, 1, t.len), start++;
    while (t.len && (t.ptr[t.len - 1] == ' ' || t.ptr[t.len - 1] == '\n' || t.ptr[t.len - 1] == '?')) t.len--;
    b->piece_start = end;
    if (t.len == 0) return;
    *ARENA_PUSH(r->a, r->pieces, r->piece_count, r->piece_max) = (plan_piece){{start, start + t.len}, section, b->in_annex, is_row, b->opens, false};
    b->opens = false;
}

static int innermost(const builder *b)
{
    for (int level = 9; level > 0; level--)
        if (b->open[level] >= 0) return b->open[level];
    return -1;
}

static void close_sections(builder *b, int level, size_t end)
{
    for (int i = level; i < 10; i++) {
        if (b->open[i] >= 0) b->r->sections[b->open[i]].whole.end = end;
        b->open[i] = -1;
    }
}

static int level_of(const builder *b, const number *n)
{
    const plan_form *f = n->form;
    if (!f) return n->level;
    int level = f->level + (text_is(f->open, "第") ? 0 : b->shift);
    return level > 9 ? 9 : level;
}

static text up_number(const reading *r, int section, int level)
{
    while (section >= 0 && r->sections[section].level > level) section = r->parents[section];
    return section >= 0 && r->sections[section].level == level ? r->sections[section].number : (text){"", 0};
}

static void add_section(builder *b, int level, text num, size_t start, size_t end, text heading)
{
    reading *r = b->r;
    close_sections(b, level, start);
    int parent = innermost(b);
    size_t max = r->section_max;
    plan_section *s = ARENA_PUSH(r->a, r->sections, r->section_count, r->section_max);
    if (r->section_max != max) r->parents = arena_grow(r->a, r->parents, max * sizeof(int), r->section_max * sizeof(int));
    int index = (int)r->section_count - 1;
    r->parents[index] = parent;
    *s = (plan_section){.order = index + 1, .in_annex = b->in_annex, .level = level, .number = num, .heading = heading, .span = {start, end}, .whole = {start, r->doc->body.end}};
    s->parent = parent >= 0 ? r->sections[parent].number : (text){"", 0};
    b->open[level] = index;
    s->chapter = level == 1 ? num : up_number(r, parent, 1);
    b->opens = true;
}

/* Dots or other leaders in a row, as between a heading and its page number in a table of contents. */
static bool has_leaders(text t)
{
    static const char *const LEADERS[] = {"......", "……", "······", "􀆺􀆺􀆺"}; /* the last: a private character that printing programs leave for a dot */
    size_t at;
    for (size_t i = 0; i < sizeof LEADERS / sizeof *LEADERS; i++)
        if (text_find(t, text_of(LEADERS[i]), &at)) return true;
    return false;
}

/* A heading at byte `at` (number n, whose words begin behind it); false when no heading fits. */
static bool take_heading(builder *b, size_t at, const number *n, size_t line_end, size_t *ret_next)
{
    reading *r = b->r;
    text t = text_part(r->doc->clean, 0, line_end);
    size_t from = skip_junk(t, n->end), next;
    text rest = text_part(t, from, line_end);
    size_t bytes = heading_bytes(r->rules, rest, &next);
    if (!bytes || r->section_count >= PLAN_ROWS_MAX || has_leaders(text_part(rest, 0, bytes))) return false;
    end_piece(b, at, innermost(b), false);
    text heading = text_trim_junk(text_part(rest, 0, bytes));
    add_section(b, level_of(b, n), n->printed, at, from + bytes, heading);
    if (n->form) {
        b->due[n->form - r->rules->forms] = n->value + 1;
        b->last[n->form - r->rules->forms] = n->value;
    }
    for (size_t i = 0; n->form && i < r->rules->form_count && i < FORM_MAX; i++)
        if (r->rules->forms[i].level > n->form->level && b->due[i] > 1 && r->rules->forms[i].is_digit) b->due[i] = 1;
    b->piece_start = from + next;
    *ret_next = from + next;
    return true;
}

/* Inside a line a number counts as a heading when it is the next one due (or opens a level) and stands behind a stop or bracket. */
static bool is_due(const builder *b, const number *n)
{
    int due = b->due[n->form - b->r->rules->forms];
    return n->value == (due ? due : 1) || (n->value == 1 && !n->form->is_digit && due > 1 && b->open[level_of(b, n)] < 0);
}

/* The number right behind a heading: 一、总体要求(一)指导思想。 */
static size_t take_following(builder *b, size_t at, size_t end)
{
    number num;
    text t = text_part(b->r->doc->clean, 0, end);
    size_t k = skip_junk(t, at), next;
    while (k < end && match_number(b->r->rules, t, k, &num) && take_heading(b, k, &num, end, &next)) {
        at = next;
        k = skip_junk(t, at);
    }
    return at;
}

static void take_inside(builder *b, size_t at, size_t end)
{
    text t = b->r->doc->clean;
    while (at < end) {
        size_t n = char_bytes(t.ptr + at, end - at);
        bool stop = t.ptr[at] == ')' || (n == 3 && (memcmp(t.ptr + at, "。", 3) == 0 || memcmp(t.ptr + at, "》", 3) == 0));
        at += n;
        number num;
        if (!stop || at >= end) continue;
        size_t k = skip_junk(text_part(t, 0, end), at), next;
        if (match_number(b->r->rules, text_part(t, 0, end), k, &num) && is_due(b, &num) && take_heading(b, k, &num, end, &next)) at = take_following(b, next, end);
        if (at < b->piece_start) at = b->piece_start;
    }
}

static bool is_annex_line(const reading *r, text t)
{
    const plan_word *w = list_start(&r->rules->sets[SET_ANNEX], t);
    if (!w) return false;
    text rest = text_trim_junk(text_part(t, w->word.len, t.len));
    size_t at = 0;
    while (at < rest.len && (is_digit(rest.ptr[at]) || strchr(" .-", rest.ptr[at]))) at++;
    if (zh_numeral(text_trim_junk(rest)) > 0) at = rest.len;
    return at == rest.len || text_starts(text_part(t, w->word.len, t.len), ":");
}

/* 2. where no 1. stands before it: a note below a table, a step of a list. Only where headings are otherwise whole. */
static bool is_stray(const builder *b, const number *n)
{
    int due = b->due[n->form - b->r->rules->forms];
    return n->form->is_digit && !n->form->open.len && n->value > 1 && due <= 1 && n->value != b->last[n->form - b->r->rules->forms] + 1;
}

static size_t line_end(text t, size_t at, size_t end)
{
    const char *stop = memchr(t.ptr + at, '\n', end - at);
    return stop ? (size_t)(stop - t.ptr) : end;
}

/* 1.1, 2.3.1 at byte at, or the one number of the first level (1, 1.) where *ret says so: how many parts; 0 if it is none. */
static int outline_parts(const plan_rules *r, text t, size_t at, number *ret)
{
    int parts = 0, value = 0;
    size_t end = at, stop = at;
    for (bool more = true; more && parts < 5;) {
        size_t n = numeral_end(t, end, true, &value);
        if (n == end || n - end > 2 || value == 0) return 0;
        parts++;
        stop = end = n;
        more = end + 1 < t.len && t.ptr[end] == '.' && is_digit(t.ptr[end + 1]);
        end += more;
    }
    if (end < t.len && t.ptr[end] == '.') end++;
    end = skip_junk(t, end);
    text rest = text_part(t, end, t.len), behind = rest;
    while (text_starts(behind, "万") || text_starts(behind, "亿")) behind = text_part(behind, 3, behind.len);
    if (!(is_han(rest, 0) || text_starts(rest, "“")) || list_start(&r->units, behind) || text_starts(rest, "年") || text_starts(rest, "月") || text_starts(rest, "日")) return 0;
    *ret = (number){NULL, text_part(t, at, stop), value, end, parts};
    return parts;
}

/* A line that may be a heading of an outline: short, and no sentence. */
static bool is_outline_line(const plan_rules *r, text line, number *ret)
{
    enum { TITLE_CHARS_MAX = 30 };
    return outline_parts(r, line, skip_junk(line, 0), ret) && text_chars(line) <= TITLE_CHARS_MAX && !text_ends(line, "。") && !memchr(line.ptr, ';', line.len) && !memchr(line.ptr, '|', line.len);
}

/* Headings are numbered 1, 1.1, 1.1.1 where several lines are headings so and no chapter is numbered in another way. */
static bool has_outline(const reading *r)
{
    enum { LINES_MIN = 3 };
    text t = clean_part(r, r->doc->body);
    size_t lines = 0, others = 0;
    number n;
    for (size_t at = 0; at < t.len;) {
        size_t end = line_end(t, at, t.len);
        text line = text_part(t, at, end);
        if (is_digit(line.ptr[0])) lines += is_outline_line(r->rules, line, &n) && n.level >= 2;
        else others += match_number(r->rules, line, 0, &n) && n.form->level == 1;
        at = end + 1;
    }
    return lines >= LINES_MIN && others < 2;
}

/* The heading of an outline that this line is: of the first level only the next number. */
static bool match_outline(builder *b, text line, size_t at, number *ret)
{
    number n;
    text here = text_part(line, at, line.len);
    if (!b->outline || !here.len || !is_digit(here.ptr[0]) || !is_outline_line(b->r->rules, here, &n)) return false;
    if (n.level == 1 && n.value != b->outline_last + 1) return false;
    if (n.level == 1) b->outline_last = n.value;
    n.end += at;
    *ret = n;
    return true;
}

static void take_line(builder *b, size_t start, size_t end)
{
    reading *r = b->r;
    text t = r->doc->clean;
    size_t at = skip_junk(text_part(t, 0, end), start), next;
    number n;
    if (at >= end) return;
    if (is_annex_line(r, text_trim_junk(text_part(t, at, end)))) {
        end_piece(b, start, innermost(b), false);
        close_sections(b, 1, start);
        b->in_annex = true;
        b->piece_start = end;
        return;
    }
    bool outlined = match_outline(b, text_part(t, 0, end), at, &n);
    bool headed = (outlined || (match_number(r->rules, text_part(t, 0, end), at, &n) && !is_stray(b, &n))) && take_heading(b, at, &n, end, &next);
    if (headed) at = take_following(b, next, end);
    take_inside(b, at, end);
    end_piece(b, end, innermost(b), false);
}

/* One cell of a table that is itself a heading: 一、健全… or (一)推进…. Repeated behind a page break it is the same section. */
static void take_cell(builder *b, text cell)
{
    reading *r = b->r;
    size_t at = (size_t)(cell.ptr - r->doc->clean.ptr);
    number n;
    if (!match_number(r->rules, cell, skip_junk(cell, 0), &n) || n.form->level > 2 || r->section_count >= PLAN_ROWS_MAX) return;
    text heading = text_trim_junk(text_part(cell, n.end, cell.len));
    int level = level_of(b, &n);
    int open = b->open[level];
    if (open >= 0 && text_equal(r->sections[open].number, n.printed) && text_equal(squeeze(r->a, r->sections[open].heading), squeeze(r->a, heading))) return;
    add_section(b, level, n.printed, at, at + cell.len, heading);
}

static bool is_cell_heading(const reading *r, text cell)
{
    number n;
    return match_number(r->rules, cell, skip_junk(cell, 0), &n) && n.form->level <= 2;
}

static void take_row(builder *b, size_t start, size_t end)
{
    text *cells;
    size_t count = row_cells(b->r->a, text_part(b->r->doc->clean, start, end), &cells);
    bool tells = b->in_annex; /* in the body a row of figures has classes, no headings */
    for (size_t i = 0; i < count && !tells; i++) tells = cells[i].len >= CELL_BYTES_MIN && !is_cell_heading(b->r, cells[i]); /* the text of a task */
    end_piece(b, start, innermost(b), false);
    for (size_t i = 0; i + 1 < count && i < 3 && tells; i++)
        if (cells[i].len && text_chars(cells[i]) <= LINE_CHARS_MAX) take_cell(b, cells[i]);
    end_piece(b, end, innermost(b), true);
}

/* A table of contents: lines with leaders, at most three others between. Returns where it ends; `from` if there is none. *ret_start: where it begins. */
static size_t contents_end(text t, size_t from, size_t end, size_t *ret_start)
{
    enum { LINES_BEFORE_MAX = 200 };
    size_t last = from, others = 0, lines = 0, before = 0;
    *ret_start = from;
    for (size_t at = from; at < end && before < LINES_BEFORE_MAX;) {
        before += lines == 0;
        size_t stop = line_end(t, at, end);
        text line = text_trim(text_part(t, at, stop));
        if (line.len && has_leaders(line)) {
            if (lines++ == 0) *ret_start = at;
            last = stop + 1 < end ? stop + 1 : end;
            others = 0;
        } else if (line.len && lines && ++others > 3) {
            break;
        }
        at = stop + 1;
    }
    return lines >= 3 ? last : from;
}

/* Where chapters are 第一章, the forms 一、 and (一) stand below them. */
static int chapter_shift(const reading *r)
{
    text t = clean_part(r, r->doc->body);
    bool chapters = false, divisions = false;
    for (size_t at = 0; at < t.len;) {
        size_t end = line_end(t, at, t.len);
        number n;
        if (match_number(r->rules, text_part(t, 0, end), skip_junk(text_part(t, 0, end), at), &n) && text_is(n.form->open, "第")) {
            chapters |= n.form->level == 1;
            divisions |= n.form->level == 2;
        }
        at = end + 1;
    }
    return chapters ? (divisions ? 2 : 1) : 0;
}

/* 发展基础6: a heading of a table of contents with its page. */
static text without_page(text heading)
{
    size_t end = heading.len;
    while (end > 0 && (is_digit(heading.ptr[end - 1]) || heading.ptr[end - 1] == ' ')) end--;
    return end >= 6 && is_han(heading, end - 3) ? text_part(heading, 0, end) : heading;
}

/* The sections before the first one with a paragraph of text. */
static size_t bare_sections(const reading *r)
{
    enum { TEXT_BYTES_MIN = 90 };
    size_t stop;
    for (size_t p = 0; p < r->piece_count; p++) {
        text t = clean_part(r, r->pieces[p].span);
        if (r->pieces[p].section >= 0 && t.len > TEXT_BYTES_MIN && text_find(t, TEXT("。"), &stop)) return (size_t)r->pieces[p].section;
    }
    return r->section_count;
}

static bool comes_again(const reading *r, size_t i)
{
    text heading = without_page(r->sections[i].heading);
    for (size_t k = i + 1; k < r->section_count; k++)
        if (!r->sections[k].in_annex && text_equal(r->sections[k].number, r->sections[i].number) && text_equal(r->sections[k].heading, heading)) return true;
    return false;
}

/* A table of contents: headings without text, found again later. Its sections go. */
static void drop_contents(reading *r)
{
    enum { CONTENTS_MAX = 400 };
    size_t again = 0, found = 0, bare = bare_sections(r);
    if (r->section_count < 6) return;
    for (size_t i = 0; i <= bare && i < r->section_count && i < CONTENTS_MAX; i++)
        if (comes_again(r, i)) again = i + 1, found++;
    if (found < 3 || found * 2 < again) return;
    for (size_t i = again; i < r->section_count; i++) {
        r->sections[i - again] = r->sections[i];
        r->sections[i - again].order -= (int)again;
        r->parents[i - again] = r->parents[i] >= (int)again ? r->parents[i] - (int)again : -1;
    }
    r->section_count -= again;
    size_t kept = 0;
    for (size_t p = 0; p < r->piece_count; p++) {
        plan_piece piece = r->pieces[p];
        if (piece.section >= 0 && piece.section < (int)again) continue;
        if (piece.section >= 0) piece.section -= (int)again;
        r->pieces[kept++] = piece;
    }
    r->piece_count = kept;
}

/* The first section that tells what is to be; before it stand chapters on what was. -1 if there is none. */
static int first_goal_section(const reading *r)
{
    for (size_t i = 0; i < r->section_count; i++)
        if (has_set(r->rules, SET_GOAL_HEADING, r->sections[i].heading) && !has_set(r->rules, SET_PAST_HEADING, r->sections[i].heading)) return (int)i;
    return -1;
}

static int chapter_of(const reading *r, int section)
{
    while (r->parents[section] >= 0) section = r->parents[section];
    return section;
}

/* Chapters before the goals, one of whose headings speaks of what was (成效, 形势, 问题), tell what was. */
static void mark_prologue(reading *r)
{
    int goal = first_goal_section(r), last = goal < 0 ? 0 : chapter_of(r, goal);
    for (int i = 0; i < last; i++) {
        if (!has_set(r->rules, SET_PROLOGUE, r->sections[i].heading)) continue;
        int chapter = chapter_of(r, i);
        for (int k = chapter; k < last; k++)
            if (chapter_of(r, k) == chapter) r->past_sections[k] = true;
    }
}

static void mark_sections(reading *r)
{
    r->goal_sections = NEW_ARRAY(r->a, r->section_count, bool);
    r->past_sections = NEW_ARRAY(r->a, r->section_count, bool);
    for (size_t i = 0; i < r->section_count; i++) {
        int parent = r->parents[i];
        r->goal_sections[i] = (parent >= 0 && r->goal_sections[parent]) || has_set(r->rules, SET_GOAL_HEADING, r->sections[i].heading);
        r->past_sections[i] = (parent >= 0 && r->past_sections[parent]) || has_set(r->rules, SET_PAST_HEADING, r->sections[i].heading);
    }
    mark_prologue(r);
}

void read_structure(reading *r)
{
    builder b = {.r = r, .piece_start = r->doc->body.start};
    text t = r->doc->clean;
    memset(b.open, -1, sizeof b.open);
    size_t contents, behind = contents_end(t, r->doc->body.start, r->doc->body.end, &contents);
    b.shift = chapter_shift(r);
    b.outline = has_outline(r);
    for (size_t at = r->doc->body.start; at < r->doc->body.end;) {
        if (behind > contents && at >= contents && at < behind) {
            at = behind;
            b.piece_start = behind < r->doc->body.end ? behind : r->doc->body.end;
            continue;
        }
        size_t end = line_end(t, at, r->doc->body.end);
        bool goes_on = end + 1 < r->doc->body.end && t.ptr[end + 1] == '|'; /* a cell ended in a line break */
        size_t whole = goes_on ? line_end(t, end + 1, r->doc->body.end) : end;
        if (memchr(t.ptr + at, '|', whole - at)) {
            take_row(&b, at, whole);
            end = whole;
        } else {
            take_line(&b, at, end);
        }
        at = end + 1;
    }
    drop_contents(r);
    mark_sections(r);
}

text clean_part(const reading *r, plan_span s) { return text_part(r->doc->clean, s.start, s.end); }

void section_labels(const reading *r, int section, bool in_annex, text *ret_chapter, text *ret_section)
{
    text chapter = {"", 0}, label = {"", 0};
    for (int s = section; s >= 0; s = r->parents[s]) {
        const plan_section *x = &r->sections[s];
        if (x->level == 1) chapter = x->number;
        else if (is_digit(x->number.ptr[0]) && text_starts(label, text_str(r->a, x->number)) && label.ptr[x->number.len] == '.') continue; /* 2.1.3 says 2.1 too */
        else label = text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(x->number), TEXT_FMT(label)));
    }
    if (in_annex) chapter = text_of(arena_printf(r->a, "附件%.*s", TEXT_FMT(chapter)));
    *ret_chapter = chapter;
    *ret_section = label;
}
