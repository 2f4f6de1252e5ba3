/* heng plan show: one row with all its columns, its place in the original with words before and after, and its versions with their authors. */
#include "plan_desk.h"

enum { AROUND_CHARS = 60, OWN_CHARS = 160 };

typedef struct version { int64_t known_us; text author, what; } version;
typedef struct versions { size_t count, max; version *items; } versions;

/* To the second for people. */
static text when_words(ops_call *c, int64_t us)
{
    text t = show_instant(c, us);
    return c->wants_rows || t.len < 19 ? t : text_of(arena_printf(c->a, "%.10s %.8s", t.ptr, t.ptr + 11));
}

/* ---- Columns ---- */

static text title_of(ops_call *c, const plan_column *x) { return pick(c->lang, x->zh, x->id); }

static text value_words(ops_call *c, const plan_record *r, size_t i)
{
    const plan_column *columns;
    plan_columns(r->table, &columns);
    if (c->lang == HENG_ZH && columns[i].kind == PLAN_COL_FLAG) return text_is(r->cells[i], "1") ? TEXT("是") : (text){"", 0};
    if (columns[i].kind == PLAN_COL_FLAG && text_is(r->cells[i], "0")) return (text){"", 0};
    if (strcmp(columns[i].id, "firmness") == 0) return plan_firmness_words(c, r->cells[i]);
    if (strcmp(columns[i].id, "direction") == 0) return plan_direction_words(c, r->cells[i]);
    if (strcmp(columns[i].id, "note") == 0) return plan_note_words(c, r->cells[i]);
    if (strcmp(columns[i].id, "likely") == 0) return plan_likely_words(c, r->cells[i]);
    return r->cells[i];
}

static bool is_told_elsewhere(const plan_record *r, const plan_column *x)
{
    static const char *const IDS[] = {"doc", "key", "block", "byte", "version", "author", "state", "first_12_chars", "last_12_chars", "n_chars", "op", "value", "value_hi", "unit", "bodies_norm", "file"};
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++)
        if (strcmp(IDS[i], x->id) == 0) return r->table == PLAN_GOALS || strcmp(x->id, "file") != 0;
    return false;
}

static void say_columns(ops_call *c, const plan_record *r)
{
    const plan_column *columns;
    size_t count = plan_columns(r->table, &columns);
    if (r->table == PLAN_GOALS) say(c, "  要求：%.*s", "  wanted: %.*s", TEXT_FMT(plan_number_words(c, r)));
    for (size_t i = 0; i < count; i++) {
        text value = plan_column_is_shown(&columns[i]) ? value_words(c, r, i) : (text){"", 0};
        if (!value.len || is_told_elsewhere(r, &columns[i])) continue;
        bool changed = r->read && !text_equal(r->read[i], r->cells[i]);
        text was = changed ? r->read[i] : (text){"", 0}, title = title_of(c, &columns[i]);
        if (changed && was.len) say(c, "  %.*s：%.*s（读出的是“%.*s”）", "  %.*s: %.*s (read as '%.*s')", TEXT_FMT(title), TEXT_FMT(value), TEXT_FMT(was));
        else if (changed) say(c, "  %.*s：%.*s（读出时为空）", "  %.*s: %.*s (read as empty)", TEXT_FMT(title), TEXT_FMT(value));
        else say(c, "  %.*s：%.*s", "  %.*s: %.*s", TEXT_FMT(title), TEXT_FMT(value));
    }
}

static void say_state(ops_call *c, const plan_record *r)
{
    text when = when_words(c, r->head.known_us);
    switch (r->head.state) {
    case PLAN_AS_READ: return;
    case PLAN_LEFT: say(c, "  重读后文件中已没有这一行；因有人工修改而保留（%.*s，%.*s）", "  gone when the document was read again; kept because a person had changed it (%.*s, %.*s)", TEXT_FMT(r->head.author), TEXT_FMT(when)); return;
    case PLAN_ADDED: say(c, "  由 %.*s 于 %.*s 新增，不是从文件读出的", "  added by %.*s on %.*s, not read in the document", TEXT_FMT(r->head.author), TEXT_FMT(when)); return;
    default: break;
    }
    text state = plan_state_words(c, r->head.state);
    say(c, "  %.*s（%.*s，%.*s）", "  %.*s (%.*s, %.*s)", TEXT_FMT(state), TEXT_FMT(r->head.author), TEXT_FMT(when));
}

/* ---- The place in the original ---- */

static size_t chars_back(text t, size_t at, size_t n)
{
    while (n-- > 0 && at > 0)
        for (at--; at > 0 && ((unsigned char)t.ptr[at] & 0xC0) == 0x80;) at--;
    return at;
}

static size_t chars_on(text t, size_t at, size_t n)
{
    while (n-- > 0 && at < t.len)
        for (at++; at < t.len && ((unsigned char)t.ptr[at] & 0xC0) == 0x80;) at++;
    return at;
}

static text one_line(ops_call *c, text t)
{
    text_buf b = {.a = c->a};
    for (size_t i = 0; i < t.len; i++) buf_char(&b, t.ptr[i] == '\n' || t.ptr[i] == '\r' ? ' ' : t.ptr[i]);
    return b.len ? buf_text(&b) : (text){"", 0};
}

static bool is_in(const document *d, plan_place at) { return at.block >= 0 && (size_t)at.block < d->block_count && at.byte >= 0 && (size_t)at.byte <= d->blocks[at.block].content.len; }

/* Words of the original from one place to the end of a span of the clean text, with those around them. */
static text around(ops_call *c, const plan_read *p, plan_place at, size_t clean_end)
{
    const document *d = p->doc.source;
    plan_place end = clean_end && clean_end - 1 < p->doc.place_count ? p->doc.places[clean_end - 1] : at;
    text t = d->blocks[at.block].content;
    size_t start = (size_t)at.byte, stop = end.block == at.block && end.byte >= at.byte ? chars_on(t, (size_t)end.byte, 1) : t.len;
    size_t from = chars_back(t, start, AROUND_CHARS), to = chars_on(t, stop, AROUND_CHARS);
    text before = one_line(c, (text){t.ptr + from, start - from}), own = plan_short(c, one_line(c, (text){t.ptr + start, stop - start}), OWN_CHARS), after = one_line(c, (text){t.ptr + stop, to - stop});
    return text_of(arena_printf(c->a, "%s%.*s【%.*s】%.*s%s", from ? "…" : "", TEXT_FMT(before), TEXT_FMT(own), TEXT_FMT(after), to < t.len ? "…" : ""));
}

/* A goal said again: each further place. */
static void say_other_places(ops_call *c, const plan_record *r, const plan_read *p)
{
    plan_goal g = {0};
    if (r->table != PLAN_GOALS) return;
    plan_row_of(c->a, r, &g);
    for (size_t i = 1; i < g.occurrence_count; i++) {
        plan_span s = g.occurrences[i];
        plan_place at = s.start < p->doc.place_count ? p->doc.places[s.start] : (plan_place){-1, 0};
        if (!is_in(p->doc.source, at)) continue;
        text where = plan_place_words(c, p->doc.source, at), words = around(c, p, at, s.end);
        say(c, "  又见（%.*s）：", "  and again (%.*s):", TEXT_FMT(where));
        say(c, "    %.*s", "    %.*s", TEXT_FMT(words));
    }
}

/* Words in the original; the place alone where the bytes were not kept. */
static bool say_place(ops_call *c, const plan_record *r, text *ret_words, text *ret_place, heng_err *err)
{
    plan_desk desk;
    document d;
    plan_read p;
    *ret_words = *ret_place = (text){"", 0};
    if (r->head.place.block < 0 || r->table == PLAN_DOCUMENTS) return true;
    if (!plan_desk_open(c, &desk, err) || !plan_reopen(c->book, c->a, desk.rules, desk.regions, r->head.doc, &d, &p, err)) return false;
    if (!is_in(&d, r->head.place)) return true;
    *ret_place = plan_place_words(c, &d, r->head.place);
    *ret_words = around(c, &p, r->head.place, r->end);
    say(c, "  原文（%.*s）：", "  in the original (%.*s):", TEXT_FMT(*ret_place));
    say(c, "    %.*s", "    %.*s", TEXT_FMT(*ret_words));
    say_other_places(c, r, &p);
    return true;
}

/* ---- Versions ---- */

static void version_add(ops_call *c, versions *v, const book_entry_row *e, text what)
{
    *ARENA_PUSH(c->a, v->items, v->count, v->max) = (version){e->known_us, e->author, what};
}

static text cell_json(const json *object, const char *id)
{
    const json *x = object ? json_get(object, id) : NULL;
    return x ? x->value : (text){"", 0};
}

/* Which columns differ between two bodies: "数值 510 → 5". */
static text difference(ops_call *c, plan_table t, const json *old, const json *now)
{
    const plan_column *columns;
    text_buf b = {.a = c->a};
    size_t count = plan_columns(t, &columns);
    for (size_t i = 0; i < count; i++) {
        text x = cell_json(old, columns[i].id), y = cell_json(now, columns[i].id);
        if (!plan_column_is_shown(&columns[i]) || text_equal(x, y)) continue;
        text title = title_of(c, &columns[i]), from = plan_short(c, x, 24), to = plan_short(c, y, 24);
        buf_printf(&b, "%s%.*s %.*s→%.*s", b.len ? (c->lang == HENG_ZH ? "；" : "; ") : "", TEXT_FMT(title), TEXT_FMT(from), TEXT_FMT(to));
    }
    return b.len ? buf_text(&b) : pick(c->lang, "位置改变", "its place changed");
}

static bool read_versions(ops_call *c, const plan_record *r, const char *kind, versions *v, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    const json *old = NULL, *now;
    if (!book_entries(c->book, c->a, text_of(kind), r->head.key, c->known_us, true, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(rows[i].key, r->head.key)) continue;
        if (!rows[i].body.len) {
            version_add(c, v, &rows[i], pick(c->lang, "重读后消失", "gone when read again"));
            old = NULL;
            continue;
        }
        if (!json_parse(c->a, rows[i].body, &now, err)) return false;
        version_add(c, v, &rows[i], !old ? pick(c->lang, "读出", "read") : text_of(arena_printf(c->a, c->lang == HENG_ZH ? "重读：%.*s" : "read again: %.*s", TEXT_FMT(difference(c, r->table, old, now)))));
        old = now;
    }
    return true;
}

/* What a correction says, against the correction before it. */
static text edit_words(ops_call *c, const plan_record *r, const json *edit)
{
    if (text_is(cell_json(edit, "drop"), "1")) return pick(c->lang, "删去", "dropped");
    if (text_is(cell_json(edit, "added"), "1")) return pick(c->lang, "新增", "added");
    const plan_column *columns;
    const json *set = json_get(edit, "set"), *under = json_get(edit, "under");
    text_buf b = {.a = c->a};
    size_t count = plan_columns(r->table, &columns);
    buf_str(&b, text_is(cell_json(edit, "confirmed"), "1") ? (c->lang == HENG_ZH ? "确认" : "confirmed") : (c->lang == HENG_ZH ? "更正" : "corrected"));
    for (size_t i = 0, n = 0; i < count; i++) {
        if (!plan_column_is_shown(&columns[i]) || !set || !json_get(set, columns[i].id)) continue;
        text title = title_of(c, &columns[i]), from = plan_short(c, cell_json(under, columns[i].id), 24), to = plan_short(c, cell_json(set, columns[i].id), 24);
        buf_printf(&b, "%s%.*s %.*s→%.*s", n++ ? (c->lang == HENG_ZH ? "；" : "; ") : (c->lang == HENG_ZH ? "：" : ": "), TEXT_FMT(title), TEXT_FMT(from), TEXT_FMT(to));
    }
    return buf_text(&b);
}

static bool edit_versions(ops_call *c, const plan_record *r, versions *v, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    const json *edit;
    if (!book_entries(c->book, c->a, TEXT("plan.edit"), r->head.key, c->known_us, true, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(rows[i].key, r->head.key)) continue;
        if (rows[i].body.len && !json_parse(c->a, rows[i].body, &edit, err)) return false;
        version_add(c, v, &rows[i], rows[i].body.len ? edit_words(c, r, edit) : pick(c->lang, "撤回修改", "correction taken back"));
    }
    return true;
}

static void show_versions(ops_call *c, versions *v)
{
    const sheet_column columns[] = {column(TEXT("known"), pick(c->lang, "时间", "when"), false), column(TEXT("author"), pick(c->lang, "作者", "author"), false), column(TEXT("what"), pick(c->lang, "变化", "what"), false)};
    sheet *s = sheet_new(c->out, TEXT("versions"), pick(c->lang, "版本", "versions"), columns, 3);
    for (size_t done = 0; done < v->count; done++) { /* few: the earliest that is left, each time */
        size_t first = v->count;
        for (size_t i = 0; i < v->count; i++)
            if (v->items[i].what.ptr && (first == v->count || v->items[i].known_us < v->items[first].known_us)) first = i;
        version *x = &v->items[first];
        sheet_row(s, (text[]){when_words(c, x->known_us), x->author, x->what});
        x->what = (text){0};
    }
}

/* ---- All ---- */

static void show_fields(ops_call *c, const plan_record *r, text place, text words)
{
    const plan_column *columns;
    size_t count = plan_columns(r->table, &columns), n = 0;
    sheet_column heads[PLAN_CELLS_MAX + 2];
    text cells[PLAN_CELLS_MAX + 2];
    for (size_t i = 0; i < count; i++) {
        if (!plan_column_is_shown(&columns[i])) continue;
        heads[n] = column(text_of(columns[i].id), text_of(columns[i].id), false);
        cells[n++] = r->cells[i];
    }
    heads[n] = column(TEXT("place"), TEXT("place"), false), cells[n++] = place;
    heads[n] = column(TEXT("original"), TEXT("original"), false), cells[n++] = words;
    sheet_row(sheet_new(c->out, text_of(plan_table_name(r->table)), (text){0}, heads, n), cells);
}

static text name_of(ops_call *c, const plan_record *r)
{
    const char *const columns[PLAN_TABLES] = {"title", "heading", "indicator", "subject", "text", c->lang == HENG_ZH ? "what_zh" : "what_en"};
    text name = plan_cell(r, columns[r->table]);
    return r->table == PLAN_TASKS ? plan_short(c, name, 28) : name;
}

bool op_plan_show(ops_call *c, heng_err *err)
{
    plan_record r;
    versions v = {0};
    text place, words;
    if (!plan_record_want(c->book, c->a, c->known_us, ops_get(c, "KEY"), &r, err)) return false;
    text name = name_of(c, &r);
    say(c, "%.*s：%.*s", "%.*s: %.*s", TEXT_FMT(r.head.key), TEXT_FMT(name));
    say_state(c, &r);
    say_columns(c, &r);
    if (!say_place(c, &r, &words, &place, err)) return false;
    if (c->wants_rows) show_fields(c, &r, place, words);
    static const char *const KINDS[] = {"plan.document", "plan.section", "plan.goal", "plan.trend", "plan.task", "plan.damage"};
    if (!read_versions(c, &r, KINDS[r.table], &v, err) || !edit_versions(c, &r, &v, err)) return false;
    show_versions(c, &v);
    return true;
}
