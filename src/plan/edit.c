/*
 * Corrections: checked against the columns of their table, merged with what the person or others changed before, posted as entries of their own.
 *
 *   {"set":{"value":"10"},"under":{the row as read},"confirmed":"1","drop":"1","added":"1"}
 *
 * A value set back to what was read leaves the correction; one with nothing left is withdrawn. A number that a person sets is no longer suspect.
 */
#include <stdio.h>
#include "keep_inside.h"

typedef struct editing {
    book *b;
    arena *a;
    const plan_rules *rules;
    text doc;                    /* of all edits, empty: several */
    plan_records tables[PLAN_TABLES]; bool is_loaded[PLAN_TABLES];
    text_map at[PLAN_TABLES];    /* key -> record */
    text_map edit_at; size_t edit_count; plan_kept_edit *edits;
    size_t count, max; book_entry *entries;
    text_map entry_at;           /* one entry for each key */
    plan_edit_report *report;
} editing;

/* The row that one edit gives. */
typedef struct edited { const plan_column *columns; size_t count; text *now, *read; bool *is_set; bool confirm, drop, added; } edited;

/* ---- Values ---- */

static bool in_choices(const char *choices, text value)
{
    for (text rest = text_of(choices);;) {
        bool is_last = !memchr(rest.ptr, '|', rest.len);
        if (text_equal(text_next(&rest, '|'), value)) return true;
        if (is_last) return false;
    }
}

static bool is_year(text t)
{
    bool ok;
    int64_t year = text_to_i64(t, &ok);
    return ok && t.len == 4 && year >= 1900 && year <= 2200;
}

static bool value_check(arena *a, const plan_column *c, text value, heng_err *err)
{
    int64_t count;
    int scale;
    int32_t day;
    heng_err ignored = {0};
    const char *seen = text_str(a, value);
    switch (c->check) {
    case PLAN_FIXED: return err_fill(err, &MSG_PLAN_COLUMN_FIXED, c->id, NULL, NULL);
    case PLAN_WORDS: return text_trim(value).len || err_fill(err, &MSG_PLAN_VALUE_MISSING, c->id, NULL, NULL);
    case PLAN_NUMBER: return !value.len || dec_parse_any(value, &count, &scale, &ignored) || err_fill(err, &MSG_PLAN_NUMBER_BAD, seen, NULL, NULL);
    case PLAN_YEAR: return !value.len || is_year(value) || err_fill(err, &MSG_PLAN_YEAR_BAD, seen, NULL, NULL);
    case PLAN_DAY: return !value.len || day_parse(value, &day, &ignored) || err_fill(err, &MSG_PLAN_DAY_BAD, seen, NULL, NULL);
    case PLAN_CHOICE: return in_choices(c->choices, value) || err_fill(err, &MSG_PLAN_CHOICE_BAD, seen, c->choices, NULL);
    case PLAN_FREE: break;
    }
    return true;
}

static bool column_unknown(arena *a, plan_table t, text id, heng_err *err)
{
    const plan_column *columns;
    text_buf b = {.a = a};
    size_t count = plan_columns(t, &columns);
    for (size_t i = 0; i < count; i++)
        if (columns[i].check != PLAN_FIXED) buf_printf(&b, "%s%s", b.len ? ", " : "", columns[i].id);
    return err_fill(err, &MSG_PLAN_COLUMN_UNKNOWN, text_str(a, id), text_str(a, buf_text(&b)), plan_table_name(t));
}

/* A person's new row may also say where it stands. */
static bool may_be_given(const plan_column *c) { return c->check != PLAN_FIXED || c->kind == PLAN_COL_TEXT || c->kind == PLAN_COL_EXTRA; }

static bool value_set(editing *e, const plan_edit *x, edited *to, const plan_change *s, heng_err *err)
{
    int at = plan_column_find(x->table, s->column);
    if (at < 0) return column_unknown(e->a, x->table, s->column, err);
    const plan_column *c = &to->columns[at];
    if (text_equal(s->value, to->now[at])) return true;
    bool ok = to->added && may_be_given(c) && c->check == PLAN_FIXED ? true : value_check(e->a, c, s->value, err);
    if (!ok) return err_in_field(err, c->id);
    to->now[at] = s->value;
    to->is_set[at] = true;
    return true;
}

static void set_column(edited *to, plan_table t, const char *id, text value)
{
    int at = plan_column_any(t, id);
    if (at < 0 || text_equal(to->now[at], value)) return;
    to->now[at] = value;
    to->is_set[at] = true;
}

/* ---- What follows from a changed value ---- */

static bool sets_any(const plan_edit *x, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < x->set_count; i++)
        for (size_t k = 0; k < count; k++)
            if (text_is(x->sets[i].column, ids[k])) return true;
    return false;
}

static bool among(const body_list *l, text written)
{
    for (size_t i = 0; i < l->count; i++)
        if (text_equal(l->items[i].as_written, written)) return true;
    return false;
}

/* Lead and supporting bodies by their columns; those of the list that are neither have no role. */
static void bodies_again(editing *e, edited *to)
{
    reading r = {.a = e->a, .rules = e->rules};
    body_list all = {0}, listed = {0};
    text_buf norm = {.a = e->a};
    read_bodies(&r, to->now[plan_column_any(PLAN_TASKS, "lead")], PLAN_LEAD, &all);
    read_bodies(&r, to->now[plan_column_any(PLAN_TASKS, "support")], PLAN_SUPPORT, &all);
    read_bodies(&r, to->now[plan_column_any(PLAN_TASKS, "bodies")], PLAN_BODY, &listed);
    for (size_t i = 0; i < listed.count; i++)
        if (!among(&all, listed.items[i].as_written)) *ARENA_PUSH(e->a, all.items, all.count, all.max) = listed.items[i];
    for (size_t i = 0; i < all.count; i++) buf_printf(&norm, "%s%.*s", i ? "、" : "", TEXT_FMT(squeeze(e->a, all.items[i].as_written)));
    set_column(to, PLAN_TASKS, "items", plan_items_text(e->a, all.items, all.count));
    set_column(to, PLAN_TASKS, "bodies_norm", norm.len ? buf_text(&norm) : (text){"", 0});
    set_column(to, PLAN_TASKS, "no_bodies", all.count ? TEXT("0") : TEXT("1"));
    if (!all.count) set_column(to, PLAN_TASKS, "mode", TEXT("none"));
    else if (text_is(to->now[plan_column_any(PLAN_TASKS, "mode")], "none")) set_column(to, PLAN_TASKS, "mode", TEXT("other"));
}

static void follow(editing *e, const plan_edit *x, edited *to)
{
    static const char *const BODIES[] = {"bodies", "lead", "support"}, *const NUMBERS[] = {"value", "value_hi", "unit", "op"}, *const SUSPECT[] = {"suspect"};
    if (x->table == PLAN_TASKS && (to->added || sets_any(x, BODIES, 3))) bodies_again(e, to);
    if (x->table == PLAN_GOALS && !to->added && sets_any(x, NUMBERS, 4) && !sets_any(x, SUSPECT, 1)) set_column(to, PLAN_GOALS, "suspect", TEXT("0"));
}

size_t plan_likely_sets(arena *a, const plan_record *r, plan_change *ret)
{
    text *parts, likely = plan_cell(r, "likely");
    size_t count = 0, n = text_split(a, likely, ' ', &parts);
    if (r->table != PLAN_GOALS || !text_is(plan_cell(r, "suspect"), "1")) return 0;
    ret[count++] = (plan_change){TEXT("suspect"), TEXT("0")};
    if (n < 3) return count; /* nothing offered: the number stands as printed */
    ret[count++] = (plan_change){TEXT("op"), parts[0]};
    ret[count++] = (plan_change){TEXT("value"), parts[1]};
    if (n > 3) ret[count++] = (plan_change){TEXT("value_hi"), parts[2]};
    ret[count++] = (plan_change){TEXT("unit"), parts[n - 1]};
    return count;
}

/* ---- The row under an edit ---- */

static bool table_ready(editing *e, plan_table t, heng_err *err)
{
    if (e->is_loaded[t]) return true;
    if (!plan_records_load(e->b, e->a, BOOK_KNOWN_NOW, t, t == PLAN_DOCUMENTS ? (text){"", 0} : e->doc, true, &e->tables[t], err)) return false;
    e->at[t].a = e->a;
    for (size_t i = 0; i < e->tables[t].count; i++) text_map_put(&e->at[t], e->tables[t].items[i].head.key, (int64_t)i);
    e->is_loaded[t] = true;
    return true;
}

static bool record_of(editing *e, const plan_edit *x, const plan_record **ret, heng_err *err)
{
    int64_t at;
    plan_table t = plan_table_of_key(x->key);
    if (t != x->table) return err_fill(err, &MSG_PLAN_KEY_UNKNOWN, text_str(e->a, x->key), NULL, NULL);
    if (!table_ready(e, t, err)) return false;
    if (text_map_find(&e->at[t], x->key, &at)) return *ret = &e->tables[t].items[at], true;
    plan_record ignored;
    return plan_record_want(e->b, e->a, BOOK_KNOWN_NOW, x->key, &ignored, err) ? err_fill(err, &MSG_PLAN_KEY_UNKNOWN, text_str(e->a, x->key), NULL, NULL) : false;
}

static bool edits_load(editing *e, heng_err *err)
{
    book_entry_row *rows;
    if (!book_entries(e->b, e->a, TEXT("plan.edit"), e->doc, BOOK_KNOWN_NOW, false, &rows, &e->edit_count, err)) return false;
    e->edits = NEW_ARRAY(e->a, e->edit_count, plan_kept_edit);
    for (size_t i = 0; i < e->edit_count; i++) {
        if (!plan_edit_parse(e->a, &rows[i], &e->edits[i], err)) return false;
        text_map_put(&e->edit_at, rows[i].key, (int64_t)i);
    }
    return true;
}

static edited edited_from(editing *e, const plan_record *r)
{
    edited x = {0};
    int64_t at;
    x.count = plan_columns(r->table, &x.columns);
    x.now = NEW_ARRAY(e->a, x.count, text);
    x.is_set = NEW_ARRAY(e->a, x.count, bool);
    x.read = r->read ? r->read : r->head.state == PLAN_AS_READ ? r->cells : NULL;
    memcpy(x.now, r->cells, x.count * sizeof *x.now);
    if (!text_map_find(&e->edit_at, r->head.key, &at)) return x;
    const plan_kept_edit *old = &e->edits[at];
    memcpy(x.is_set, old->is_set, x.count * sizeof *x.is_set);
    x.confirm = old->confirm;
    x.drop = old->drop;
    x.added = old->added;
    return x;
}

/* ---- As it is kept ---- */

static void cells_object(text_buf *b, const edited *x, const text *cells, bool only_set)
{
    bool any = false;
    buf_char(b, '{');
    for (size_t i = 0; i < x->count; i++) {
        if (!plan_column_is_kept(&x->columns[i]) || (only_set ? !x->is_set[i] : !cells[i].len)) continue;
        if (any) buf_char(b, ',');
        any = true;
        json_string(b, text_of(x->columns[i].id));
        buf_char(b, ':');
        json_string(b, cells[i].ptr ? cells[i] : (text){"", 0});
    }
    buf_char(b, '}');
}

/* Empty: nothing is left of it. */
static text edit_json(editing *e, edited *x)
{
    text_buf b = {.a = e->a};
    bool any = x->confirm || x->drop || x->added;
    for (size_t i = 0; i < x->count; i++) {
        if (x->read && x->is_set[i] && text_equal(x->now[i], x->read[i])) x->is_set[i] = false;
        any = any || x->is_set[i];
    }
    if (!any) return (text){"", 0};
    buf_str(&b, "{\"set\":");
    cells_object(&b, x, x->now, true);
    if (x->read && !x->added) buf_str(&b, ",\"under\":"), cells_object(&b, x, x->read, false);
    if (x->confirm) buf_str(&b, ",\"confirmed\":\"1\"");
    if (x->drop) buf_str(&b, ",\"drop\":\"1\"");
    if (x->added) buf_str(&b, ",\"added\":\"1\"");
    buf_char(&b, '}');
    return buf_text(&b);
}

static bool entry_put(editing *e, text key, text body, int64_t row, heng_err *err)
{
    int64_t at;
    if (text_map_find(&e->entry_at, key, &at)) return err_fill(err, &MSG_PLAN_KEY_TWICE, text_str(e->a, key), NULL, NULL);
    text_map_put(&e->entry_at, key, (int64_t)e->count);
    *ARENA_PUSH(e->a, e->entries, e->count, e->max) = (book_entry){TEXT("plan.edit"), key, body, row};
    return true;
}

/* ---- One edit ---- */

static bool edit_row(editing *e, const plan_edit *x, heng_err *err)
{
    const plan_record *r;
    int64_t at;
    if (!record_of(e, x, &r, err)) return false;
    edited to = edited_from(e, r);
    bool has_old = text_map_find(&e->edit_at, r->head.key, &at);
    if (x->restore) {
        if (has_old) e->report->restored++;
        else e->report->same++;
        return !has_old || entry_put(e, r->head.key, (text){"", 0}, x->row, err);
    }
    bool was_dropped = to.drop;
    for (size_t i = 0; i < x->set_count; i++)
        if (!value_set(e, x, &to, &x->sets[i], err)) return false;
    follow(e, x, &to);
    to.drop = x->drop || (to.drop && !x->set_count && !x->confirm);
    to.confirm = to.confirm || x->confirm;
    text before = (text){"", 0}, after = edit_json(e, &to);
    if (has_old) {
        edited old = edited_from(e, r);
        before = edit_json(e, &old);
    }
    if (text_equal(before, after)) return e->report->same++, true;
    if (x->drop && !was_dropped) e->report->dropped++;
    else if (x->confirm) e->report->confirmed++;
    else e->report->changed++;
    return entry_put(e, r->head.key, after, x->row, err);
}

static bool added_check(const plan_edit *x, const edited *to, heng_err *err)
{
    static const char *const NEEDS[PLAN_TABLES][4] = {
        [PLAN_SECTIONS] = {"heading", "level"}, [PLAN_GOALS] = {"indicator", "op", "value"}, [PLAN_TRENDS] = {"subject", "direction"}, [PLAN_TASKS] = {"text"}};
    if (!NEEDS[x->table][0]) return err_fill(err, &MSG_PLAN_TABLE_FIXED, plan_table_name(x->table), NULL, NULL);
    for (size_t i = 0; NEEDS[x->table][i]; i++) {
        if (to->now[plan_column_any(x->table, NEEDS[x->table][i])].len) continue;
        err_fill(err, &MSG_PLAN_VALUE_MISSING, NEEDS[x->table][i], NULL, NULL);
        return err_in_field(err, NEEDS[x->table][i]);
    }
    return true;
}

static text added_key(editing *e, const plan_edit *x, text body)
{
    char hex[HASH_HEX + 1];
    int64_t there;
    hash_hex(hash_of(HASH_SHA256, body.ptr, body.len), hex);
    text base = text_of(arena_printf(e->a, "%.*s/%c%.6s", TEXT_FMT(x->doc), plan_table_letter(x->table), hex)), key = base;
    for (int n = 2; text_map_find(&e->at[x->table], key, &there) || text_map_find(&e->edit_at, key, &there) || text_map_find(&e->entry_at, key, &there); n++)
        key = text_of(arena_printf(e->a, "%.*s-%d", TEXT_FMT(base), n));
    return key;
}

static bool edit_add(editing *e, const plan_edit *x, heng_err *err)
{
    int64_t there;
    edited to = {.added = true};
    if (!table_ready(e, PLAN_DOCUMENTS, err) || !table_ready(e, x->table, err)) return false;
    if (!text_map_find(&e->at[PLAN_DOCUMENTS], x->doc, &there)) {
        text ignored;
        if (!plan_document_want(e->b, e->a, BOOK_KNOWN_NOW, x->doc, &ignored, err)) return err_in_field(err, "doc");
        return err_fill(err, &MSG_PLAN_DOCUMENT_UNKNOWN, text_str(e->a, x->doc), text_str(e->a, ignored), NULL), err_in_field(err, "doc");
    }
    to.count = plan_columns(x->table, &to.columns);
    to.now = NEW_ARRAY(e->a, to.count, text);
    to.is_set = NEW_ARRAY(e->a, to.count, bool);
    for (size_t i = 0; i < x->set_count; i++)
        if (x->sets[i].value.len && !value_set(e, x, &to, &x->sets[i], err)) return false;
    if (!added_check(x, &to, err)) return false;
    if (x->table == PLAN_GOALS && !to.now[plan_column_any(PLAN_GOALS, "firmness")].len) set_column(&to, PLAN_GOALS, "firmness", TEXT("reach"));
    follow(e, x, &to);
    text body = edit_json(e, &to);
    e->report->added++;
    return entry_put(e, added_key(e, x, body), body, x->row, err);
}

/* ---- All ---- */

static text common_doc(const plan_edit *edits, size_t count)
{
    text doc = {"", 0};
    for (size_t i = 0; i < count; i++) {
        text key = edits[i].key, own = key.len ? text_next(&key, '/') : edits[i].doc;
        if (i && !text_equal(own, doc)) return (text){"", 0};
        doc = own;
    }
    return doc;
}

static bool post(editing *e, text file, bool dry_run, heng_err *err)
{
    if (!file.len && e->count == 1) file = e->entries[0].key; /* so that the list of deliveries says which row */
    book_batch batch = {.source = TEXT("plan"), .file = file, .note = TEXT("correction"), .all_or_none = true, .dry_run = dry_run, .entry_count = e->count, .entries = e->entries};
    book_result *results = NEW_ARRAY(e->a, e->count, book_result);
    book_receipt receipt;
    if (!e->count) return true;
    if (!book_post(e->b, e->a, &batch, results, &receipt, err)) return false;
    for (size_t i = 0; i < e->count; i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    e->report->delivery = receipt.delivery;
    return true;
}

bool plan_edit_post(book *b, arena *a, const plan_rules *rules, const plan_edit *edits, size_t count, text file, bool dry_run, plan_edit_report *ret, heng_err *err)
{
    editing e = {.b = b, .a = a, .rules = rules, .doc = common_doc(edits, count), .edit_at = {.a = a}, .entry_at = {.a = a}, .report = ret};
    *ret = (plan_edit_report){0};
    if (!edits_load(&e, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!(edits[i].key.len ? edit_row(&e, &edits[i], err) : edit_add(&e, &edits[i], err))) return edits[i].row ? err_at_row(err, edits[i].row) : false;
    return post(&e, file, dry_run, err);
}

/* ---- Which of several copies counts ---- */

bool plan_prefer(book *b, arena *a, text doc, plan_edit_report *ret, heng_err *err)
{
    plan_records d;
    editing e = {.b = b, .a = a, .edit_at = {.a = a}, .entry_at = {.a = a}, .report = ret};
    *ret = (plan_edit_report){0};
    if (!plan_records_load(b, a, BOOK_KNOWN_NOW, PLAN_DOCUMENTS, (text){"", 0}, true, &d, err) || !edits_load(&e, err)) return false;
    const plan_record *chosen = NULL;
    for (size_t i = 0; i < d.count; i++)
        if (text_equal(d.items[i].head.doc, doc)) chosen = &d.items[i];
    if (!chosen) return err_fill(err, &MSG_PLAN_DOCUMENT_UNKNOWN, text_str(a, doc), NULL, NULL);
    text group = text_of(arena_printf(a, ";%.*s;%.*s;", TEXT_FMT(doc), TEXT_FMT(plan_cell(chosen, "copies"))));
    for (size_t i = 0; i < d.count; i++) {
        text one = text_of(arena_printf(a, ";%.*s;", TEXT_FMT(d.items[i].head.doc)));
        if (!text_find(group, one, &(size_t){0})) continue;
        edited to = edited_from(&e, &d.items[i]), old = edited_from(&e, &d.items[i]);
        set_column(&to, PLAN_DOCUMENTS, "copy_of", text_equal(d.items[i].head.doc, doc) ? (text){"", 0} : doc);
        text before = edit_json(&e, &old), after = edit_json(&e, &to);
        if (text_equal(before, after)) ret->same++;
        else if (ret->changed++, !entry_put(&e, d.items[i].head.key, after, 0, err)) return false;
    }
    return post(&e, (text){"", 0}, false, err);
}

/* ---- An export that came back ---- */

static size_t header_fit(const table_row *header, plan_table t, bool *ret_key, bool *ret_doc)
{
    size_t n = 0;
    *ret_key = *ret_doc = false;
    for (size_t i = 0; i < header->count; i++) {
        n += plan_column_find(t, header->cells[i].value) >= 0;
        *ret_key = *ret_key || text_is(header->cells[i].value, "key");
        *ret_doc = *ret_doc || text_is(header->cells[i].value, "doc");
    }
    return n;
}

bool plan_is_export(const table_row *header, plan_table *ret)
{
    size_t best = 0;
    bool has_key, has_doc;
    for (int t = 0; t < PLAN_TABLES; t++) {
        size_t n = header_fit(header, (plan_table)t, &has_key, &has_doc);
        if (has_key && has_doc && n >= 5 && n > best) best = n, *ret = (plan_table)t;
    }
    return best > 0;
}

typedef struct returned { editing *e; plan_table t; const table_row *header; int *columns; /* of each header cell */ size_t count, max; plan_edit *edits; } returned;

static text cell_at(const table_row *row, size_t i) { return i < row->count && row->cells[i].value.ptr ? text_trim(row->cells[i].value) : (text){"", 0}; }

static text cell_of(const returned *x, const table_row *row, const char *id)
{
    for (size_t i = 0; i < x->header->count; i++)
        if (text_is(x->header->cells[i].value, id)) return cell_at(row, i);
    return (text){"", 0};
}

static bool state_check(arena *a, text state, const plan_record *r, plan_edit *to, heng_err *err)
{
    text now = r ? text_of(plan_state_name(r->head.state)) : state; /* of a row that is to be added it says nothing */
    if (!state.len || text_equal(state, now)) return true;
    to->drop = text_is(state, "dropped");
    to->confirm = text_is(state, "confirmed");
    if (to->drop || to->confirm) return true;
    err_fill(err, &MSG_PLAN_CHOICE_BAD, text_str(a, state), arena_printf(a, "%.*s|confirmed|dropped", TEXT_FMT(now)), NULL);
    return err_in_field(err, "state");
}

static bool fixed_changed(arena *a, const plan_column *c, text was, heng_err *err)
{
    const char *wanted = was.len ? text_str(a, text_part(was, 0, was.len > 60 ? text_back(was, 60) : was.len)) : NULL;
    err_fill(err, &MSG_PLAN_COLUMN_FIXED, c->id, wanted, NULL);
    return err_in_field(err, c->id);
}

static bool row_sets(returned *x, const table_row *row, const plan_record *r, plan_edit *to, heng_err *err)
{
    const plan_column *columns;
    plan_columns(x->t, &columns);
    plan_change *sets = NEW_ARRAY(x->e->a, x->header->count, plan_change);
    for (size_t i = 0; i < x->header->count; i++) {
        if (x->columns[i] < 0) continue;
        const plan_column *c = &columns[x->columns[i]];
        text seen = cell_at(row, i), was = r ? text_trim(r->cells[x->columns[i]]) : (text){"", 0};
        if (text_equal(seen, was) || c->kind == PLAN_COL_STATE || c->kind == PLAN_COL_VERSION || c->kind == PLAN_COL_AUTHOR) continue;
        if (!r && (!may_be_given(c) || c->kind == PLAN_COL_DOC)) continue;
        if (r && c->check == PLAN_FIXED) return fixed_changed(x->e->a, c, was, err);
        sets[to->set_count++] = (plan_change){text_of(c->id), seen};
    }
    to->sets = sets;
    return true;
}

static bool row_edit(returned *x, const table_row *row, heng_err *err)
{
    editing *e = x->e;
    const plan_record *r = NULL;
    text key = cell_of(x, row, "key"), version = cell_of(x, row, "version");
    plan_edit to = {.table = x->t, .key = key, .doc = cell_of(x, row, "doc"), .row = row->number};
    if (key.len && !record_of(e, &to, &r, err)) return err_in_field(err, "key");
    if (!row_sets(x, row, r, &to, err)) return false;
    bool is_old = r && version.len && !text_equal(version, plan_cell(r, "version")), state_differs = r && !text_equal(cell_of(x, row, "state"), plan_cell(r, "state"));
    if (is_old && (to.set_count || state_differs)) return err_fill(err, &MSG_PLAN_EXPORT_OLD, text_str(e->a, key), text_str(e->a, plan_cell(r, "version")), text_str(e->a, r->head.author));
    if (!state_check(e->a, cell_of(x, row, "state"), r, &to, err)) return false;
    if (r && !to.set_count && !to.drop && !to.confirm) return true;
    *ARENA_PUSH(e->a, x->edits, x->count, x->max) = to;
    return true;
}

bool plan_export_edits(book *b, arena *a, plan_table t, const table_row *header, const table_row *rows, size_t count, plan_edit **ret, size_t *ret_count, heng_err *err)
{
    editing e = {.b = b, .a = a};
    returned x = {.e = &e, .t = t, .header = header, .columns = NEW_ARRAY(a, header->count, int)};
    for (size_t i = 0; i < header->count; i++) {
        x.columns[i] = plan_column_find(t, header->cells[i].value);
        if (x.columns[i] < 0 && header->cells[i].value.len) return column_unknown(a, t, header->cells[i].value, err), err_at_row(err, header->number);
    }
    for (size_t i = 0; i < count; i++)
        if (!row_edit(&x, &rows[i], err)) return err_at_row(err, rows[i].number);
    *ret = x.edits;
    *ret_count = x.count;
    return true;
}
