/* A form's period closed and reopened. The entry says whether reports may come; the book's closings of the filers mark what comes later as restated. */
#include "inside.h"

static text close_key(const filing *f, int form, period when)
{
    return text_of(arena_printf(f->a, "%.*s/%.*s", TEXT_FMT(f->forms[form].id), TEXT_FMT(period_format(f->a, f->zone, when))));
}

bool filing_closing_of(const filing *f, int form, period when, filing_closing *ret, heng_err *err)
{
    book_entry_row *rows;
    size_t n;
    const json *o, *j;
    text key = close_key(f, form, when);
    *ret = (filing_closing){0};
    if (!book_entries(f->b, f->a, FILING_CLOSE_KIND, key, f->known_us, false, &rows, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(rows[i].key, key) || !rows[i].body.len) continue;
        if (!json_parse(f->a, rows[i].body, &o, err)) return false;
        *ret = (filing_closing){.is_closed = (j = json_get(o, "state")) && text_is(j->value, "closed"), .known_us = rows[i].known_us, .version = rows[i].version};
        ret->by = (j = json_get(o, "by")) ? j->value : (text){0}, ret->reason = (j = json_get(o, "reason")) ? j->value : (text){0};
    }
    return true;
}

static text closing_body(const filing *f, const char *state, text by, text reason)
{
    text_buf b = {.a = f->a};
    buf_printf(&b, "{\"state\":\"%s\",\"by\":", state);
    json_string(&b, by);
    buf_str(&b, ",\"reason\":");
    json_string(&b, text_trim(reason));
    buf_char(&b, '}');
    return buf_text(&b);
}

static bool post(filing *f, int form, period when, const char *state, text by, text reason, size_t closing_count, const book_closing *closings, book_receipt *ret, heng_err *err)
{
    book_entry entry = {.kind = FILING_CLOSE_KIND, .key = close_key(f, form, when), .body = closing_body(f, state, by, reason)};
    book_batch b = {.source = text_of(arena_printf(f->a, "report:%.*s", TEXT_FMT(entry.key))), .note = TEXT("report close"), .all_or_none = true, .closing_count = closing_count, .closings = closings, .entry_count = 1, .entries = &entry};
    size_t n = book_batch_items(&b);
    book_result *results = NEW_ARRAY(f->a, n, book_result);
    if (!book_post(f->b, f->a, &b, results, ret, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    return true;
}

bool filing_close(filing *f, int form, period when, text by, text reason, book_receipt *ret, heng_err *err)
{
    filing_closing c;
    filing_status s;
    if (!filing_person(by, &by, err) || !filing_closing_of(f, form, when, &c, err)) return false;
    if (c.is_closed) return err_fill(err, &MSG_FILING_ALREADY_CLOSED, filing_form_words(f, form), filing_period_str(f, when), NULL);
    if (!filing_status_of(f, form, when, BOOK_NONE, &s, err)) return false;
    if (s.count.approved < s.count.wanted && !filing_reason_given(reason, "在报告未报齐或未全部审批时封账", "close a period while reports are missing or not approved", f->a, err)) return false;
    book_closing *closings = NEW_ARRAY(f->a, s.row_count + 1, book_closing);
    for (size_t i = 0; i < s.row_count; i++) closings[i] = (book_closing){.party = s.reports[i].party, .when = when, .reason = text_trim(reason)};
    return post(f, form, when, "closed", by, reason, s.row_count, closings, ret, err);
}

bool filing_reopen(filing *f, int form, period when, text by, text reason, book_receipt *ret, heng_err *err)
{
    filing_closing c;
    if (!filing_person(by, &by, err) || !filing_closing_of(f, form, when, &c, err)) return false;
    if (!c.is_closed) return err_fill(err, &MSG_FILING_NOT_CLOSED, filing_form_words(f, form), filing_period_str(f, when), NULL);
    return filing_reason_given(reason, "重新开启已封账的报告期", "reopen a closed period", f->a, err) && post(f, form, when, "open", by, reason, 0, NULL, ret, err);
}
