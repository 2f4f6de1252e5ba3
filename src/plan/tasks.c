/*
 * Tasks (措施): stretches of text that a statement of who is responsible closes. The statement is a bracket (（市商务局、各区人民政府按职责分工负责）,
 * （责任单位：…）, （牵头单位：…；配合单位：…）), a line 责任单位：…, or a column of a table. The text begins behind the heading or behind the statement
 * before. A plan that names no bodies at all has one task for each innermost section outside its general part, and each says so.
 */
#include "inside.h"

typedef struct duty { bool found; text content; size_t start, end; } duty; /* the bracket, places in clean */

typedef struct tasker {
    reading *r;
    int section;
    bool in_annex;
    size_t start;  /* text not yet in a task */
    int seq;
    text text_column; int column_text, column_body, column_lead, column_support; size_t columns;
} tasker;

static const plan_word *duty_word(const reading *r, text t, const char *place)
{
    return place[0] == 'h' ? list_start(&r->rules->heads, t) : list_end(&r->rules->tails, t);
}

/* The cue and its colon that t opens with; NULL if none. */
static const plan_word *opening(const reading *r, text t)
{
    if (!list_may_start(&r->rules->heads, t)) return NULL;
    const plan_word *w = duty_word(r, t, "head");
    text rest = w ? text_trim(text_part(t, w->word.len, t.len)) : (text){"", 0};
    return w && rest.len > 1 && rest.ptr[0] == ':' ? w : NULL;
}

static bool is_time(const plan_word *w) { return w && text_is(w->cells[1], "time"); } /* 完成时限: is told beside who, and is nobody */

static bool is_headed(const reading *r, text t)
{
    const plan_word *w = opening(r, t);
    for (size_t at = 0; is_time(w) && at < t.len; at += char_bytes(t.ptr + at, t.len - at)) { /* 完成时限:…;责任单位:… */
        const plan_word *further = opening(r, text_part(t, at, t.len));
        if (further && !is_time(further)) w = further;
    }
    return w && !is_time(w);
}

/* What a bracket or line holds is a statement of who is responsible. */
static bool is_duty(const reading *r, text t)
{
    size_t at;
    if (text_chars(t) < 4 || text_chars(t) > 600) return false;
    if (is_headed(r, t)) return true;
    if (text_find(t, TEXT("以下简称"), &at) || text_find(t, TEXT("。"), &at)) return false;
    const plan_word *tail = duty_word(r, t, "tail");
    if (tail && text_chars(t) > text_chars(tail->word) + 2) return is_body_list(r, text_part(t, 0, t.len - tail->word.len)) || text_find(t, TEXT("牵头"), &at) || text_ends(t, "负责");
    return text_find(t, TEXT("、"), &at) && is_body_list(r, t);
}

static plan_role role_of(text name) { return text_is(name, "lead") ? PLAN_LEAD : text_is(name, "support") ? PLAN_SUPPORT : PLAN_BODY; }

/* One part without ; : an opening cue, a closing cue and the list between. */
static void read_part(const reading *r, text t, plan_role role, body_list *into, text_buf *listed, text *ret_tail)
{
    t = text_trim_junk(t);
    const plan_word *head = opening(r, t);
    if (is_time(head)) return;
    if (head) {
        role = role_of(head->cells[1]);
        t = text_trim_junk(text_part(t, head->word.len, t.len));
    }
    const plan_word *tail = duty_word(r, t, "tail");
    if (tail) {
        if (!text_is(tail->cells[1], "body")) role = role_of(tail->cells[1]);
        *ret_tail = tail->word;
        t = text_trim_junk(text_part(t, 0, t.len - tail->word.len));
    }
    if (!t.len) return;
    if (listed->len) buf_str(listed, "、");
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == ',') buf_str(listed, "、");
        else if (t.ptr[i] != ' ' && t.ptr[i] != '\n') buf_char(listed, t.ptr[i]);
    read_bodies(r, t, role, into);
}

/* Parts end at ; 。 line ends, before a further opening cue, and at a comma behind a closing cue (甲牵头,乙配合). */
static size_t part_end(const reading *r, text t, size_t at)
{
    const plan_word *own = opening(r, text_part(t, at, t.len));
    size_t i = own ? at + own->word.len : at; /* 主要责任单位 holds 责任单位 */
    for (; i < t.len; i += char_bytes(t.ptr + i, t.len - i)) {
        text rest = text_part(t, i, t.len);
        if (t.ptr[i] == ';' || t.ptr[i] == '\n' || text_starts(rest, "。")) return i;
        if (i > at && opening(r, rest)) return i;
        if (t.ptr[i] == ',' && duty_word(r, text_part(t, at, i), "tail")) return i;
    }
    return i;
}

void read_duty(const reading *r, text t, plan_task *ret)
{
    body_list l = {0};
    text_buf listed = {.a = r->a}, norm = {.a = r->a};
    text tail = {"", 0};
    plan_role role = PLAN_BODY;
    for (size_t at = 0; at < t.len;) {
        size_t end = part_end(r, t, at);
        read_part(r, text_part(t, at, end), role, &l, &listed, &tail);
        at = end < t.len && (t.ptr[end] == ';' || t.ptr[end] == ',' || t.ptr[end] == '\n') ? end + 1 : end < t.len && text_starts(text_part(t, end, t.len), "。") ? end + 3 : end;
    }
    for (size_t i = 0; i < l.count; i++) {
        if (i) buf_str(&norm, "、");
        buf_add(&norm, squeeze(r->a, l.items[i].as_written));
    }
    ret->bodies = buf_text(&listed);
    ret->bodies_norm = buf_text(&norm);
    ret->is_open_list = l.is_open;
    ret->items = l.items;
    ret->body_count = l.count;
    ret->mode = text_is(tail, "按职责分工负责") || text_is(tail, "负责") ? tail : TEXT("other");
}

static void add_task(tasker *k, plan_span s, text duty_text, text no)
{
    reading *r = k->r;
    text t = clean_part(r, s);
    while (t.len && (t.ptr[0] == ' ' || t.ptr[0] == '\n' || t.ptr[0] == '?')) t = text_part(t, 1, t.len), s.start++;
    while (t.len && (t.ptr[t.len - 1] == ' ' || t.ptr[t.len - 1] == '\n')) t.len--, s.end--;
    if (text_chars(t) < 4 || r->task_count >= PLAN_ROWS_MAX) return;
    bool ok;
    int64_t printed = text_to_i64(no, &ok);
    plan_task x = {.no = ok && printed > 0 && printed < 10000 ? (int)printed : (int)r->task_count + 1, .seq = ++k->seq, .whole = t, .span = s, .has_no_bodies = duty_text.len == 0};
    section_labels(r, k->section, false, &x.chapter, &x.section);
    if (duty_text.len) read_duty(r, duty_text, &x);
    else x.mode = TEXT("none");
    *ARENA_PUSH(r->a, r->tasks, r->task_count, r->task_max) = x;
}

static bool is_open_bracket(text t, size_t at, size_t *ret_width)
{
    if (t.ptr[at] == '(' || t.ptr[at] == '[') return *ret_width = 1, true;
    if ((unsigned char)t.ptr[at] != 0xE3) return false;
    text rest = text_part(t, at, t.len);
    return (text_starts(rest, "〔") || text_starts(rest, "【")) && (*ret_width = 3, true);
}

/* The bracket that opens at `at`: its end, or 0. A bracket lost or of another kind at the end is taken too. */
static size_t bracket_end(text t, size_t at, size_t *ret_width)
{
    int depth = 0;
    for (size_t i = at; i < t.len && i - at < 2400; i += char_bytes(t.ptr + i, t.len - i)) {
        size_t width;
        text rest = text_part(t, i, t.len);
        if (is_open_bracket(t, i, &width)) depth++;
        bool closes = t.ptr[i] == ')' || t.ptr[i] == ']' || text_starts(rest, "〕") || text_starts(rest, "】");
        if (closes && --depth == 0) {
            *ret_width = t.ptr[i] == ')' || t.ptr[i] == ']' ? 1 : 3;
            return i;
        }
    }
    return 0;
}

/* (甲、乙负责。以下均需各区落实,不再列出): what stands behind the stop names nobody. */
static text first_sentence(text t)
{
    size_t stop;
    return text_find(t, TEXT("。"), &stop) && stop > 12 ? text_part(t, 0, stop) : t;
}

/* A bare list of bodies is a statement only at the end of a sentence; inside one it explains a word (主管部门(经信厅、工信局)). */
static bool stands_alone(const reading *r, text t, size_t start, size_t end, text content)
{
    if (is_headed(r, content) || duty_word(r, content, "tail")) return true;
    text before = text_trim(text_part(t, 0, start)), behind = text_trim(text_part(t, end, t.len));
    return text_ends(before, "。") || text_ends(before, ";") || !behind.len || text_starts(behind, "。");
}

static bool next_duty(const reading *r, text t, size_t *at, duty *ret)
{
    for (size_t i = *at; i < t.len; i += char_bytes(t.ptr + i, t.len - i)) {
        size_t open, close_width, end;
        if (!is_open_bracket(t, i, &open) || (end = bracket_end(t, i, &close_width)) == 0) continue;
        text content = first_sentence(text_trim_junk(text_part(t, i + open, end)));
        if (!is_duty(r, content) || !stands_alone(r, t, i, end + close_width, content)) continue;
        *ret = (duty){true, content, i, end + close_width};
        *at = ret->end;
        return true;
    }
    return false;
}

/* Lines 牵头单位:…, 责任单位:…, 完成时限:… one below the other, from p on: one statement. */
static bool duty_lines(const reading *r, const plan_piece *p, text *ret)
{
    const plan_piece *last = p, *end = r->pieces + r->piece_count;
    bool headed = is_headed(r, text_trim_junk(clean_part(r, p->span)));
    if (!opening(r, text_trim_junk(clean_part(r, p->span)))) return false;
    while (last + 1 < end && last[1].section == p->section && !last[1].opens && opening(r, text_trim_junk(clean_part(r, last[1].span)))) {
        last++;
        headed = headed || is_headed(r, text_trim_junk(clean_part(r, last->span)));
    }
    *ret = clean_part(r, (plan_span){p->span.start, last->span.end});
    return headed;
}

static void take_piece(tasker *k, const plan_piece *p)
{
    reading *r = k->r;
    if (p->section != k->section || p->in_annex != k->in_annex || p->opens) {
        k->section = p->section;
        k->in_annex = p->in_annex;
        k->start = p->span.start;
        k->seq = 0;
    }
    text t = clean_part(r, p->span);
    if (p->span.end <= k->start) return;
    if (p->span.start > k->start && duty_lines(r, p, &t)) {
        add_task(k, (plan_span){k->start, p->span.start}, t, (text){"", 0});
        k->start = p->span.start + t.len;
        return;
    }
    duty d = {0};
    for (size_t at = 0; next_duty(r, t, &at, &d);) {
        size_t end = p->span.start + d.start;
        add_task(k, (plan_span){k->start, end}, d.content, (text){"", 0});
        k->start = p->span.start + d.end;
        while (k->start < p->span.end && strchr(" ;,", r->doc->clean.ptr[k->start])) k->start++;
        if (text_starts(text_part(r->doc->clean, k->start, p->span.end), "。")) k->start += 3;
    }
    text rest = text_part(r->doc->clean, k->start, p->span.end);
    size_t line = 0; /* 责任单位:… at the end of a paragraph without a bracket */
    for (size_t i = 0; i < rest.len; i += char_bytes(rest.ptr + i, rest.len - i))
        if (i > 0 && is_headed(r, text_part(rest, i, rest.len)) && text_ends(text_part(rest, 0, i), "。")) line = i;
    if (line) {
        add_task(k, (plan_span){k->start, k->start + line}, text_part(rest, line, rest.len), (text){"", 0});
        k->start = p->span.end;
    }
}

static bool is_number_cell(text t)
{
    if (t.len == 0 || t.len > 4) return false;
    for (size_t i = 0; i < t.len; i++)
        if (!is_digit(t.ptr[i]) && t.ptr[i] != '.') return false;
    return true;
}

static bool read_header(tasker *k, const text *cells, size_t count)
{
    int body = -1, lead = -1, support = -1, task = -1;
    const plan_list *sets = k->r->rules->sets;
    for (size_t i = 0; i < count; i++) {
        text cell = squeeze(k->r->a, cells[i]);
        if (!cell.len || text_chars(cell) > 12) continue;
        if (list_inside(&sets[SET_TABLE_LEAD], cell)) lead = (int)i;
        else if (list_inside(&sets[SET_TABLE_SUPPORT], cell)) support = (int)i;
        else if (list_inside(&sets[SET_TABLE_BODY], cell)) body = (int)i;
        else if (task < 0 && list_inside(&sets[SET_TABLE_TASK], cell)) task = (int)i;
    }
    if (body < 0 && lead < 0) return false;
    k->column_body = body >= 0 ? body : lead;
    k->column_lead = lead;
    k->column_support = support;
    k->column_text = task;
    k->columns = count;
    return true;
}

static text cell_at(const text *cells, size_t count, int i) { return i >= 0 && (size_t)i < count ? cells[i] : (text){"", 0}; }

/* Cells of a row of tasks: by its number where it has one, else by the columns of the header, else the long cell before a list of bodies. */
static bool row_task(tasker *k, const text *cells, size_t count, text *ret_no, text *ret_text, text *ret_bodies)
{
    for (size_t i = 0; i + 2 < count; i++)
        if (is_number_cell(cells[i]) && text_chars(cells[i + 1]) >= 6) {
            *ret_no = cells[i];
            *ret_text = cells[i + 1];
            for (size_t j = i + 2; j < count; j++)
                if (is_body_list(k->r, cells[j])) return *ret_bodies = cells[j], true;
            if (k->column_body >= 0 && cells[i + 2].len) return *ret_bodies = cells[i + 2], true;
        }
    *ret_no = (text){"", 0};
    for (size_t j = 1; j < count; j++)
        if (cells[j].len && is_body_list(k->r, cells[j])) {
            size_t i = j;
            while (i > 0 && text_chars(cells[i - 1]) < 8) i--;
            if (i == 0) return false;
            *ret_text = cells[i - 1];
            *ret_bodies = cells[j];
            return true;
        }
    return false;
}

static void take_row(tasker *k, const plan_piece *p)
{
    reading *r = k->r;
    text *cells, no, t, bodies;
    size_t count = row_cells(r->a, clean_part(r, p->span), &cells);
    if (p->section != k->section || p->in_annex != k->in_annex) {
        k->section = p->section;
        k->in_annex = p->in_annex;
        k->seq = 0;
    }
    k->start = p->span.end;
    if (read_header(k, cells, count) || !row_task(k, cells, count, &no, &t, &bodies)) return;
    size_t start = (size_t)(t.ptr - r->doc->clean.ptr);
    text lead = cell_at(cells, count, k->column_lead), support = cell_at(cells, count, k->column_support);
    if (k->columns == count && lead.len && support.len && k->column_lead != k->column_support)
        bodies = text_of(arena_printf(r->a, "牵头单位:%.*s;配合单位:%.*s", TEXT_FMT(lead), TEXT_FMT(support)));
    add_task(k, (plan_span){start, start + t.len}, bodies, no);
}

static bool is_innermost(const reading *r, int section)
{
    return (size_t)section + 1 >= r->section_count || r->parents[section + 1] != section;
}

/* No bodies anywhere: the innermost sections are the tasks, but not those of the general part. */
static void plain_tasks(tasker *k)
{
    reading *r = k->r;
    for (size_t i = 0; i < r->section_count; i++) {
        if (!is_innermost(r, (int)i) || is_goal_section(r, (int)i) || is_past(r, (int)i) || r->sections[i].in_annex || r->sections[i].level < 2) continue;
        size_t start = 0, end = 0;
        for (size_t p = 0; p < r->piece_count; p++)
            if (r->pieces[p].section == (int)i && !r->pieces[p].is_row) {
                if (!end) start = r->pieces[p].span.start;
                end = r->pieces[p].span.end;
            }
        int parent = r->parents[i];
        if (parent != k->section || i == 0) k->seq = 0;
        if (end) {
            k->section = (int)i;
            add_task(k, (plan_span){start, end}, (text){"", 0}, (text){"", 0});
            k->section = parent;
        }
    }
}

void read_tasks(reading *r)
{
    tasker k = {.r = r, .section = -2, .column_lead = -1, .column_support = -1, .column_body = -1, .column_text = -1};
    for (size_t i = 0; i < r->piece_count; i++) {
        bool headless = r->pieces[i].section < 0 && !r->pieces[i].in_annex && r->section_count > 0; /* the preamble orders nothing */
        if (r->pieces[i].is_figures) continue; /* an indicator, though somebody answers for it */
        if (r->pieces[i].is_row) take_row(&k, &r->pieces[i]);
        else if (!headless) take_piece(&k, &r->pieces[i]);
    }
    if (r->task_count == 0) plain_tasks(&k);
}
