/*
 * Editions: a table frozen as it was announced, and what has changed since.
 *
 * The body is JSON with every value exact (a decimal, or p/q), so that a later difference is the whole difference. Its hash goes into
 * the chain with it. The comparison computes the same table with today's knowledge and today's rules.
 */
#include "format.h"
#include "inside.h"

static void json_name(text_buf *b, const char *key, rule_name n)
{
    buf_printf(b, ",\"%s_zh\":", key);
    json_string(b, n.zh);
    buf_printf(b, ",\"%s_en\":", key);
    json_string(b, n.en);
}

static void json_cells(arena *a, text_buf *b, const account_table *t, size_t line)
{
    buf_str(b, ",\"cells\":[");
    for (size_t c = 0; c < t->column_count; c++) {
        const account_cell *k = &t->cells[line * t->column_count + c];
        if (c > 0) buf_char(b, ',');
        if (k->value) json_string(b, rat_exact(a, k->value));
        else if (k->missing.len > 0) json_string(b, printed(a, "!%.*s", TEXT_FMT(k->missing)));
        else buf_str(b, "null");
    }
    buf_char(b, ']');
}

static text body_of(arena *a, const account_table *t)
{
    text_buf b = {.a = a};
    buf_str(&b, "{\"address\":");
    json_string(&b, t->address);
    json_name(&b, "title", t->title);
    buf_str(&b, ",\"columns\":[");
    for (size_t c = 0; c < t->column_count; c++) {
        buf_str(&b, c > 0 ? ",{\"id\":" : "{\"id\":");
        json_string(&b, t->columns[c].id);
        json_name(&b, "name", t->columns[c].name);
        buf_str(&b, ",\"unit\":");
        json_string(&b, t->columns[c].unit);
        buf_char(&b, '}');
    }
    buf_str(&b, "],\"lines\":[");
    for (size_t l = 0; l < t->line_count; l++) {
        buf_str(&b, l > 0 ? ",\n{\"id\":" : "\n{\"id\":");
        json_string(&b, t->lines[l].id);
        json_name(&b, "name", t->lines[l].name);
        buf_str(&b, ",\"unit\":");
        json_string(&b, t->lines[l].unit);
        json_cells(a, &b, t, l);
        buf_char(&b, '}');
    }
    buf_str(&b, "]}");
    return buf_text(&b);
}

/* An indicator as a table of one cell. */
static bool indicator_table(account *x, arena *a, const addr *at, account_table *ret, heng_err *err)
{
    int32_t party, indicator = at->part_count > 0 ? rule_indicator_find(x->r, at->parts[0]) : RULE_NONE;
    period when;
    account_value v;
    bool ok;
    if (indicator < 0) return err_fill(err, &MSG_INDICATOR_UNKNOWN, at->part_count > 0 ? text_str(a, at->parts[0]) : "", NULL, NULL);
    if (!address_subject(x, a, at, 1, &party, &when, err)) return false;
    int base = (int)text_to_i64(addr_get(at, "base"), &ok);
    if (!account_indicator(x, a, indicator, party, when, ok ? base : 0, &v, err)) return false;
    const rule_indicator *i = &x->r->indicators[indicator];
    account_line *line = NEW(a, account_line);
    account_head *head = NEW(a, account_head);
    account_cell *cell = NEW(a, account_cell);
    *line = (account_line){.id = i->id, .name = i->name};
    *head = (account_head){.id = TEXT("value"), .name = name_of("数值", "Value"), .unit = v.unit >= 0 ? x->r->units[v.unit].id : (text){0}};
    *cell = (account_cell){.value = v.value, .missing = v.missing, .is_flagged = v.is_flagged};
    *ret = (account_table){.title = i->name, .address = v.address, .line_count = 1, .lines = line, .column_count = 1, .columns = head, .cells = cell};
    return true;
}

static bool table_at(account *x, arena *a, const addr *at, account_table *ret, heng_err *err)
{
    frame_ask ask;
    frame f;
    if (text_is(at->kind, "indicator")) return indicator_table(x, a, at, ret, err);
    return frame_ask_of(x, a, at, &ask, err) && frame_build(x, a, &ask, &f, err) && frame_publish(&f, &ask, ret, err);
}

bool account_edition_issue(account *x, arena *a, text key, text kind, text name, text address, book_receipt *receipt, heng_err *err)
{
    addr at;
    account *v;
    account_table t;
    if (!addr_parse(a, address, &at, err) || !address_view(x, a, &at, &v, err) || !table_at(v, a, &at, &t, err)) return false;
    addr full = {0};
    if (!addr_parse(a, t.address, &full, err)) return false;
    book_edition e = {.key = key, .kind = kind, .name = name, .address = t.address, .profile = addr_get(&full, "profile"), .body = body_of(a, &t)};
    book_batch batch = {.source = TEXT("edition"), .all_or_none = true, .edition_count = 1, .editions = &e};
    book_result result = {0};
    if (!book_post(x->b, a, &batch, &result, receipt, err)) return false;
    if (result.status == BOOK_REFUSED && result.why) return *err = *result.why, false;
    return true;
}

/* ---- What has changed ---- */

static const rat *frozen_value(arena *a, const json *cell)
{
    const rat *v;
    heng_err ignored = {0};
    if (!cell || cell->kind != JSON_STRING || !rat_parse(a, cell->value, &v, &ignored)) return NULL;
    return v;
}

static const rat *value_at(const account_table *t, text line, text column)
{
    for (size_t l = 0; l < t->line_count; l++)
        for (size_t c = 0; text_equal(t->lines[l].id, line) && c < t->column_count; c++)
            if (text_equal(t->columns[c].id, column)) return t->cells[l * t->column_count + c].value;
    return NULL;
}

static text json_text(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->kind == JSON_STRING ? j->value : (text){0};
}

typedef struct changes { account_edition_change *items; size_t count, max; } changes;

static void add_change(arena *a, changes *c, text line, text column, rule_name line_name, rule_name column_name, text unit, const rat *then, const rat *now)
{
    if ((!then && !now) || (then && now && rat_equal(then, now))) return;
    rule_name name = {printed(a, "%.*s · %.*s", TEXT_FMT(line_name.zh), TEXT_FMT(column_name.zh)), printed(a, "%.*s · %.*s", TEXT_FMT(line_name.en), TEXT_FMT(column_name.en))};
    *ARENA_PUSH(a, c->items, c->count, c->max) = (account_edition_change){line, column, name, then, now, unit};
}

/* Cells of the frozen table beside today's; then the cells that only today's has. */
static void compare(arena *a, const json *body, const account_table *today, changes *ret)
{
    const json *heads = json_get(body, "columns"), *lines = json_get(body, "lines");
    text_map seen = {.a = a};
    for (const json *l = lines ? lines->first : NULL; l; l = l->next) {
        const json *cells = json_get(l, "cells"), *k = heads ? heads->first : NULL;
        for (const json *c = cells ? cells->first : NULL; c && k; c = c->next, k = k->next) {
            text line = json_text(l, "id"), column = json_text(k, "id"), unit = json_text(l, "unit").len > 0 ? json_text(l, "unit") : json_text(k, "unit");
            text_map_put(&seen, printed(a, "%.*s\n%.*s", TEXT_FMT(line), TEXT_FMT(column)), 1);
            add_change(a, ret, line, column, (rule_name){json_text(l, "name_zh"), json_text(l, "name_en")}, (rule_name){json_text(k, "name_zh"), json_text(k, "name_en")}, unit,
                       frozen_value(a, c), value_at(today, line, column));
        }
    }
    for (size_t l = 0; l < today->line_count; l++)
        for (size_t c = 0; c < today->column_count; c++) {
            int64_t found;
            const account_line *line = &today->lines[l];
            const account_head *head = &today->columns[c];
            if (text_map_find(&seen, printed(a, "%.*s\n%.*s", TEXT_FMT(line->id), TEXT_FMT(head->id)), &found)) continue;
            add_change(a, ret, line->id, head->id, line->name, head->name, line->unit.len > 0 ? line->unit : head->unit, NULL, today->cells[l * today->column_count + c].value);
        }
}

/* The address without what pins it to its time. */
static addr unpinned(const addr *at)
{
    addr out = {.kind = at->kind, .part_count = at->part_count};
    memcpy(out.parts, at->parts, sizeof out.parts);
    for (size_t i = 0; i < at->param_count; i++)
        if (!text_is(at->params[i].key, "known") && !text_is(at->params[i].key, "pack")) out.params[out.param_count++] = at->params[i];
    return out;
}

bool account_edition_diff(account *x, arena *a, text key, account_edition_change **ret, size_t *ret_count, heng_err *err)
{
    book_edition_row *rows;
    size_t count;
    const json *body;
    addr at;
    account *v;
    account_table today;
    changes found = {0};
    heng_err inner = {0};
    if (!book_editions(x->b, a, key, &rows, &count, err)) return false;
    if (count == 0) return err_fill_n(err, &MSG_EDITION_UNKNOWN, key.ptr, key.len, NULL);
    if (!json_parse(a, rows[count - 1].body, &body, &inner)) return err_fill_n(err, &MSG_EDITION_BODY, key.ptr, key.len, NULL);
    if (!addr_parse(a, rows[count - 1].address, &at, err)) return false;
    at = unpinned(&at);
    if (!address_view(x, a, &at, &v, err) || !table_at(v, a, &at, &today, err)) return false;
    compare(a, body, &today, &found);
    *ret = found.items, *ret_count = found.count;
    return true;
}
