/*
 * A report as the body of an entry, JSON in fixed order so that the same report is the same bytes:
 *
 *   {"state":"filled","by":"wang","checked":"","decided":"","reason":"","received":"2021-08-05","first":"2021-08-05","file":"a.xlsx","sheet":"report",
 *    "delivery":0,"approved":0,"restated":0,"nil":false,"left_out":0,
 *    "rows":[{"row":9,"commodity":"electricity","unit":"1e4kWh","note":"","values":{"purchase":"12.5"},"posted":["purchase"]}]}
 *
 * Values are exact. Columns are by id, so that a form may gain columns. delivery 0 in a filled version: the version's own.
 */
#include "inside.h"

const struct filing_state_name filing_state_names[FILING_STATES] = {
    [FILING_MISSING] = {"missing", "未报", "missing"}, [FILING_FILLED] = {"filled", "已填报", "filled"}, [FILING_CHECKED] = {"checked", "已审核", "checked"},
    [FILING_APPROVED] = {"approved", "已审批", "approved"}, [FILING_RETURNED] = {"returned", "已退回", "returned"}};

filing_row *filing_row_new(arena *a, const rule_report_form *form)
{
    filing_row *x = NEW(a, filing_row);
    x->values = NEW_ARRAY(a, form->column_count + 1, const rat *);
    x->posted = NEW_ARRAY(a, form->column_count + 1, bool);
    return x;
}

static void put(text_buf *b, const char *key, text value)
{
    buf_printf(b, "%s\"%s\":", b->ptr[b->len - 1] == '{' ? "" : ",", key);
    json_string(b, value.ptr ? value : TEXT(""));
}

static void put_number(text_buf *b, const char *key, int64_t n) { buf_printf(b, ",\"%s\":%lld", key, (long long)n); }

static void put_row(text_buf *b, const filing *f, const rule_report_form *form, const filing_row *row)
{
    bool any = false;
    buf_printf(b, "{\"row\":%lld", (long long)row->row);
    put(b, "commodity", f->r->commodities[row->commodity].id);
    put(b, "unit", f->r->units[row->unit].id);
    put(b, "note", row->note);
    buf_str(b, ",\"values\":{");
    for (size_t c = 0; c < form->column_count; c++)
        if (row->values[c]) put(b, text_str(b->a, form->columns[c].id), rat_exact(b->a, row->values[c]));
    buf_str(b, "},\"posted\":[");
    for (size_t c = 0; c < form->column_count; c++) {
        if (!row->posted[c]) continue;
        if (any) buf_char(b, ',');
        json_string(b, form->columns[c].id);
        any = true;
    }
    buf_str(b, "]}");
}

text filing_body(arena *a, const filing *f, const filing_report *x)
{
    text_buf b = {.a = a};
    buf_char(&b, '{');
    put(&b, "state", text_of(filing_state_names[x->state].id));
    put(&b, "by", x->filled_by);
    put(&b, "checked", x->checked_by);
    put(&b, "decided", x->decided_by);
    put(&b, "reason", x->reason);
    put(&b, "received", day_format(a, x->received));
    put(&b, "first", day_format(a, x->first_received));
    put(&b, "file", x->file);
    put(&b, "sheet", x->sheet);
    put_number(&b, "delivery", x->delivery);
    put_number(&b, "approved", x->approved_version);
    put_number(&b, "restated", x->restated);
    buf_printf(&b, ",\"nil\":%s", x->is_nil ? "true" : "false");
    put_number(&b, "left_out", x->left_out);
    buf_str(&b, ",\"rows\":[");
    for (size_t i = 0; i < x->row_count; i++) {
        if (i) buf_char(&b, ',');
        put_row(&b, f, &f->forms[x->form], &x->rows[i]);
    }
    buf_str(&b, "]}");
    return buf_text(&b);
}

static text get(const json *o, const char *key)
{
    const json *j = json_get(o, key);
    return j && (j->kind == JSON_STRING || j->kind == JSON_BOOL) ? j->value : (text){0};
}

static int64_t get_number(const json *o, const char *key)
{
    const json *j = json_get(o, key);
    bool ok;
    int64_t n = j && j->kind == JSON_NUMBER ? text_to_i64(j->value, &ok) : 0;
    return n;
}

static int column_of(const rule_report_form *form, text id)
{
    for (size_t c = 0; c < form->column_count; c++)
        if (text_equal(form->columns[c].id, id)) return (int)c;
    return -1;
}

static bool read_row(const filing *f, const rule_report_form *form, const json *o, filing_row *row, heng_err *err)
{
    const json *values = json_get(o, "values"), *posted = json_get(o, "posted");
    row->row = get_number(o, "row");
    row->note = get(o, "note");
    if (!rule_commodity_want(f->r, get(o, "commodity"), &row->commodity, err) || !rule_unit_want(f->r, get(o, "unit"), &row->unit, err)) return false;
    for (const json *v = values ? values->first : NULL; v; v = v->next) {
        int c = column_of(form, v->key);
        if (c >= 0 && !rat_parse(f->a, v->value, &row->values[c], err)) return false;
    }
    for (const json *v = posted ? posted->first : NULL; v; v = v->next) {
        int c = column_of(form, v->value);
        if (c >= 0) row->posted[c] = true;
    }
    return true;
}

static bool read_rows(const filing *f, const json *rows, filing_report *x, heng_err *err)
{
    const rule_report_form *form = &f->forms[x->form];
    size_t n = rows && rows->kind == JSON_ARRAY ? rows->count : 0;
    x->rows = NEW_ARRAY(f->a, n + 1, filing_row);
    for (const json *o = n ? rows->first : NULL; o; o = o->next) {
        filing_row *row = filing_row_new(f->a, form);
        if (!read_row(f, form, o, row, err)) return false;
        x->rows[x->row_count++] = *row;
    }
    return true;
}

static bool read_days(const json *o, filing_report *x, heng_err *err)
{
    return day_parse(get(o, "received"), &x->received, err) && day_parse(get(o, "first"), &x->first_received, err);
}

bool filing_body_read(const filing *f, const book_entry_row *e, filing_report *ret, heng_err *err)
{
    const json *o;
    filing_report x = {.version = e->version, .known_us = e->known_us};
    heng_err inner = {0};
    bool ok = filing_key_read(f, e->key, &x.form, &x.party, &x.when, err);
    if (!ok) return false;
    if (e->body.len == 0) return *ret = x, true; /* withdrawn, as by an undo */
    if (!json_parse(f->a, e->body, &o, &inner) || !read_days(o, &x, &inner) || !read_rows(f, json_get(o, "rows"), &x, &inner)) return err_fill_n(err, &MSG_FILING_BODY, e->key.ptr, e->key.len, NULL);
    for (int s = 0; s < FILING_STATES; s++)
        if (text_is(get(o, "state"), filing_state_names[s].id)) x.state = (filing_state)s;
    x.filled_by = get(o, "by"), x.checked_by = get(o, "checked"), x.decided_by = get(o, "decided"), x.reason = get(o, "reason");
    x.file = get(o, "file"), x.sheet = get(o, "sheet");
    x.delivery = get_number(o, "delivery"), x.approved_version = get_number(o, "approved"), x.restated = get_number(o, "restated"), x.left_out = get_number(o, "left_out");
    x.is_nil = text_is(get(o, "nil"), "true");
    if (x.delivery == 0 && x.state == FILING_FILLED) x.delivery = e->delivery;
    *ret = x;
    return true;
}
