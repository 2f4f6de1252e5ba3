/*
 * Task lists in spreadsheets (重点任务清单): the heads of the columns say what a row holds.
 *
 * A head row names the text of the task and who is responsible; which words do is told by words.csv (table_task, table_body, …). Columns before the
 * text that are no number are what the tasks are sorted by: a new value there opens a section, of the level of its number (一、 （一）) or, without
 * one, of its column. A second head row (牵头单位 and 配合单位 below 责任单位) adds to the first. Tables of indicators are left to indicators.c, through the pieces.
 */
#include "inside.h"

enum { LIST_COLUMNS_MAX = 64, LIST_SECTIONS_MAX = 4, HEAD_CHARS_MAX = 14 };

typedef struct list_columns {
    bool found;
    size_t count;
    int task, body, lead, support, number, deadline, target;
    size_t section_count; int sections[LIST_SECTIONS_MAX];
    text deadline_head, target_head;
} list_columns;

typedef struct lister {
    reading *r;
    list_columns columns;
    text open[LIST_SECTIONS_MAX]; /* value of each section column as it was last */
    int above[LIST_SECTIONS_MAX + 1]; /* section opened by it, -1 = none; the last: by a heading between rows */
    int section, seq;
} lister;

static bool is_head(const reading *r, plan_set set, text cell) { return list_inside(&r->rules->sets[set], cell) != NULL; }

static void add_section_column(list_columns *c, int column)
{
    if (c->section_count < LIST_SECTIONS_MAX) c->sections[c->section_count++] = column;
}

/* A column of a task's text; of several the last is the text, those before sort it. */
static void take_task_column(list_columns *c, int column)
{
    if (c->task >= 0) add_section_column(c, c->task);
    c->task = column;
}

static void take_head(const reading *r, list_columns *c, int i, text cell)
{
    if (is_head(r, SET_TABLE_NUMBER, cell)) c->number = i;
    else if (is_head(r, SET_TABLE_LEAD, cell)) c->lead = i;
    else if (is_head(r, SET_TABLE_SUPPORT, cell)) c->support = i;
    else if (is_head(r, SET_TABLE_BODY, cell)) c->body = i;
    else if (is_head(r, SET_TABLE_DEADLINE, cell)) c->deadline = i, c->deadline_head = cell;
    else if (is_head(r, SET_TABLE_SECTION, cell) && c->task < 0) add_section_column(c, i);
    else if (is_head(r, SET_TABLE_TARGET, cell)) c->target = i, c->target_head = cell;
    else if (is_head(r, SET_TABLE_TASK, cell) && c->body < 0 && c->lead < 0) take_task_column(c, i);
}

static bool read_head_row(const reading *r, const text *cells, size_t count, list_columns *ret)
{
    list_columns c = {.found = true, .count = count, .task = -1, .body = -1, .lead = -1, .support = -1, .number = -1, .deadline = -1, .target = -1};
    text before = {"", 0};
    for (size_t i = 0; i < count && i < LIST_COLUMNS_MAX; i++) {
        text cell = squeeze(r->a, cells[i]);
        bool again = i > 0 && (!cell.len || text_equal(cell, before)); /* one head over two columns */
        if (again && c.task == (int)i - 1 && c.number != (int)i) take_task_column(&c, (int)i);
        else if (cell.len && !again && text_chars(cell) <= HEAD_CHARS_MAX) take_head(r, &c, (int)i, cell);
        before = cell;
    }
    if (c.task < 0 || (c.body < 0 && c.lead < 0)) return false;
    *ret = c;
    return true;
}

static text cell_at(const text *cells, size_t count, int i) { return i >= 0 && (size_t)i < count ? text_trim(cells[i]) : (text){"", 0}; }

/* 一、推进工业绿色升级: its number and words. */
static text heading_number(const reading *r, text t, text *ret_words, int *ret_level)
{
    for (size_t i = 0; i < r->rules->form_count; i++) {
        const plan_form *f = &r->rules->forms[i];
        size_t at = f->open.len, start = at;
        if (at && (t.len < at || memcmp(t.ptr, f->open.ptr, at) != 0)) continue;
        while (at < t.len && (f->is_digit ? is_digit(t.ptr[at]) : is_han(t, at) && zh_numeral(text_part(t, at, at + 3)) > 0)) at += f->is_digit ? 1 : 3;
        text rest = text_part(t, at, t.len);
        if (at == start || rest.len < f->close.len || memcmp(rest.ptr, f->close.ptr, f->close.len) != 0) continue;
        *ret_words = text_trim_junk(text_part(rest, f->close.len, rest.len));
        *ret_level = f->level;
        return f->open.len ? text_part(t, 0, at + f->close.len) : text_part(t, 0, at);
    }
    return (text){"", 0};
}

static int add_list_section(lister *k, text t, int level, int parent)
{
    reading *r = k->r;
    size_t start = (size_t)(t.ptr - r->doc->clean.ptr), max = r->section_max;
    if (r->section_count >= PLAN_ROWS_MAX) return parent;
    text words = t, number = heading_number(r, t, &words, &level);
    if (parent >= 0 && level <= r->sections[parent].level) level = r->sections[parent].level + 1;
    plan_section *s = ARENA_PUSH(r->a, r->sections, r->section_count, r->section_max);
    if (r->section_max != max) r->parents = arena_grow(r->a, r->parents, max * sizeof(int), r->section_max * sizeof(int));
    int index = (int)r->section_count - 1;
    r->parents[index] = parent;
    *s = (plan_section){.order = index + 1, .level = level > 9 ? 9 : level, .number = number, .heading = words, .span = {start, start + t.len}, .whole = {start, r->doc->clean.len}};
    if (parent >= 0) s->parent = r->sections[parent].number;
    if (parent >= 0) s->chapter = r->sections[parent].level == 1 ? r->sections[parent].number : r->sections[parent].chapter;
    else s->chapter = number;
    return index;
}

/* Sections that the row's first columns open. */
static void open_sections(lister *k, const text *cells, size_t count)
{
    const list_columns *c = &k->columns;
    int parent = k->above[LIST_SECTIONS_MAX];
    bool changed = false;
    for (size_t i = 0; i < c->section_count; i++) {
        text value = cell_at(cells, count, c->sections[i]);
        if (value.len && (changed || !text_equal(value, k->open[i]))) {
            k->open[i] = value;
            k->above[i] = add_list_section(k, value, (int)i + (parent >= 0 && i == 0 ? 2 : 1), parent);
            k->seq = 0;
            changed = true;
        }
        if (k->above[i] >= 0) parent = k->above[i];
    }
    k->section = parent;
}

/* A heading between the rows, over the whole width. */
static void take_heading(lister *k, text t)
{
    k->above[LIST_SECTIONS_MAX] = -1;
    int index = add_list_section(k, t, 1, -1);
    for (size_t i = 0; i < LIST_SECTIONS_MAX; i++) k->open[i] = (text){"", 0}, k->above[i] = -1;
    k->above[LIST_SECTIONS_MAX] = index;
    k->section = index;
    k->seq = 0;
}

/* Numbers as labels, as in documents; a section without one is called by its words. */
static void list_labels(const reading *r, int section, text *ret_chapter, text *ret_section)
{
    text chapter = {"", 0}, label = {"", 0};
    for (int s = section; s >= 0; s = r->parents[s]) {
        const plan_section *x = &r->sections[s];
        text own = x->number.len ? x->number : x->heading;
        if (r->parents[s] < 0) chapter = own;
        else label = text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(own), TEXT_FMT(label)));
    }
    *ret_chapter = chapter;
    *ret_section = label;
}

static text note_of(const reading *r, const list_columns *c, const text *cells, size_t count)
{
    text deadline = cell_at(cells, count, c->deadline), target = cell_at(cells, count, c->target);
    text_buf b = {.a = r->a};
    if (deadline.len) buf_printf(&b, "%.*s:%.*s", TEXT_FMT(c->deadline_head), TEXT_FMT(deadline));
    if (target.len) buf_printf(&b, "%s%.*s:%.*s", b.len ? ";" : "", TEXT_FMT(c->target_head), TEXT_FMT(target));
    return buf_text(&b);
}

/* What the columns say of who is responsible, in the form of a statement: 牵头单位:…;配合单位:…. */
static text duty_of(const reading *r, const list_columns *c, const text *cells, size_t count)
{
    text body = cell_at(cells, count, c->body), lead = cell_at(cells, count, c->lead), support = cell_at(cells, count, c->support);
    if (!lead.len && !support.len) return body;
    text_buf b = {.a = r->a};
    if (lead.len) buf_printf(&b, "牵头单位:%.*s", TEXT_FMT(lead));
    if (support.len) buf_printf(&b, "%s配合单位:%.*s", b.len ? ";" : "", TEXT_FMT(support));
    if (body.len && !text_equal(body, lead) && !text_equal(body, support)) buf_printf(&b, "%s责任单位:%.*s", b.len ? ";" : "", TEXT_FMT(body));
    return buf_text(&b);
}

static void take_task(lister *k, const text *cells, size_t count)
{
    reading *r = k->r;
    const list_columns *c = &k->columns;
    text t = cell_at(cells, count, c->task), duty = duty_of(r, c, cells, count);
    for (size_t i = c->section_count; i > 0 && !t.len && duty.len; i--) t = cell_at(cells, count, c->sections[i - 1]);
    size_t start = (size_t)(t.ptr - r->doc->clean.ptr);
    bool ok;
    if (text_chars(t) < 2 || r->task_count >= PLAN_ROWS_MAX) return;
    open_sections(k, cells, count);
    int64_t no = text_to_i64(cell_at(cells, count, c->number), &ok);
    plan_task x = {.no = ok && no > 0 && no < 10000 ? (int)no : (int)r->task_count + 1, .seq = ++k->seq, .whole = t, .span = {start, start + t.len}, .has_no_bodies = !duty.len};
    list_labels(r, k->section, &x.chapter, &x.section);
    if (duty.len) read_duty(r, duty, &x);
    else x.mode = TEXT("none");
    x.note = note_of(r, c, cells, count);
    *ARENA_PUSH(r->a, r->tasks, r->task_count, r->task_max) = x;
}

static bool is_only_number(text t)
{
    size_t at = 0;
    while (at < t.len && (is_digit(t.ptr[at]) || t.ptr[at] == '.')) at++;
    return at == t.len;
}

static void take_line(lister *k, size_t start, size_t end)
{
    reading *r = k->r;
    text line = text_part(r->doc->clean, start, end), *cells;
    list_columns head;
    size_t count = row_cells(r->a, line, &cells), at;
    bool is_row = text_find(line, TEXT(" | "), &at);
    if (is_row && read_head_row(r, cells, count, &head)) {
        k->columns = head;
    } else if (is_row && k->columns.found) {
        take_task(k, cells, count);
    } else if (!is_row && text_chars(line) >= 2 && text_chars(line) <= 40 && k->columns.found && !is_only_number(line)) {
        take_heading(k, line);
    }
    *ARENA_PUSH(r->a, r->pieces, r->piece_count, r->piece_max) = (plan_piece){{start, end}, k->section, false, is_row, false, false};
}

void read_task_list(reading *r)
{
    lister k = {.r = r, .section = -1};
    text t = r->doc->clean;
    for (size_t i = 0; i <= LIST_SECTIONS_MAX; i++) k.above[i] = -1;
    for (size_t at = 0; at < t.len;) {
        const char *stop = memchr(t.ptr + at, '\n', t.len - at);
        size_t end = stop ? (size_t)(stop - t.ptr) : t.len;
        if (text_trim(text_part(t, at, end)).len) take_line(&k, at, end);
        at = end + 1;
    }
    r->goal_sections = NEW_ARRAY(r->a, r->section_count + 1, bool);
    r->past_sections = NEW_ARRAY(r->a, r->section_count + 1, bool);
}
