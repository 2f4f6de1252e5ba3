/* Filling: a sheet read, every row judged, and the report kept with its file when nothing is refused. */
#include "inside.h"

typedef struct work {
    filing *f;
    const filing_fill_options *o;
    filing_filled *out;
    const rule_report_form *form;
    filled_sheet sheet;
    given_row *rows;
    filing_row *judged; size_t judged_count;
    heng_err *refusals; size_t refusal_count, refusal_max;
    filing_finding *findings; size_t finding_count, finding_max;
} work;

static void refuse(work *w, given_row *g, const heng_err *why, int mark, text field)
{
    heng_err *kept = NEW(w->f->a, heng_err);
    *kept = *why;
    err_at_row(kept, g->row);
    if (field.len) err_in_field(kept, text_str(w->f->a, field));
    g->refused = kept, g->mark = mark;
    *ARENA_PUSH(w->f->a, w->refusals, w->refusal_count, w->refusal_max) = *kept;
}

static const rule_report_row *form_row(const work *w, int32_t commodity)
{
    for (size_t i = 0; i < w->form->row_count; i++)
        if (w->form->rows[i].commodity == commodity) return &w->form->rows[i];
    return NULL;
}

/* ---- A row ---- */

static bool read_energy(work *w, given_row *g, filing_row *row, heng_err *err)
{
    if (!g->energy.len) return err_fill(err, &MSG_FILING_NO_ENERGY, NULL, NULL, NULL);
    if (!rule_commodity_want(w->f->r, g->energy, &row->commodity, err)) return false;
    const rule_report_row *r = form_row(w, row->commodity);
    if (!r) return err_fill_n(err, &MSG_FILING_NOT_ON_FORM, g->energy.ptr, g->energy.len, NULL);
    g->commodity = row->commodity;
    for (size_t i = 0; i < w->judged_count; i++)
        if (w->judged[i].commodity == row->commodity) return err_fill(err, &MSG_FILING_ROW_TWICE, text_str(w->f->a, g->energy), NULL, arena_printf(w->f->a, "%lld", (long long)w->judged[i].row));
    row->unit = r->unit;
    return true;
}

static bool read_unit(work *w, const given_row *g, filing_row *row, heng_err *err)
{
    int32_t recorded;
    const rat *ratio;
    if (g->unit.len && !rule_unit_want(w->f->r, g->unit, &row->unit, err)) return false;
    return rule_recording_unit(w->f->r, row->commodity, row->unit, &recorded, &ratio, w->f->a, err);
}

static bool is_exact(work *w, const filing_row *row, text seen, const rat *value, heng_err *err)
{
    int32_t recorded;
    const rat *amount;
    int64_t count;
    heng_err inner = {0};
    if (!filing_recorded(w->f, row->commodity, row->unit, value, &recorded, &amount, err)) return false;
    const rule_unit *u = &w->f->r->units[recorded];
    if (rat_to_scaled(amount, u->scale, DEC_EXACT, &count, &inner)) return true;
    if (inner.message->code == HENG_OVERFLOW) return *err = inner, false;
    char *shown = arena_printf(w->f->a, "%.*s %.*s", TEXT_FMT(seen), TEXT_FMT(w->f->r->units[row->unit].id));
    return err_fill(err, &MSG_FILING_NOT_EXACT, shown, arena_printf(w->f->a, "%d", u->scale), text_str(w->f->a, u->id));
}

static bool read_cell(work *w, const given_row *g, filing_row *row, size_t c, heng_err *err)
{
    text t = text_nfkc(w->f->a, g->cells[c]);
    int64_t count;
    int scale;
    if (!t.len) return true;
    if (!dec_parse_any(t, &count, &scale, err)) return false;
    if (count < 0 && w->form->columns[c].type == REPORT_AMOUNT) return err_fill_n(err, &MSG_FILING_NEGATIVE, t.ptr, t.len, NULL);
    row->values[c] = rat_scaled(w->f->a, count, scale);
    return w->form->columns[c].type == REPORT_NUMBER || is_exact(w, row, t, row->values[c], err);
}

static text title(const work *w, size_t c) { return filing_title(w->f, &w->form->columns[c], w->f->lang); }

static text word(const work *w, int k) { return text_of(w->f->lang == HENG_ZH ? filing_words[k].zh : filing_words[k].en); }

static void judge_given(work *w, given_row *g)
{
    heng_err why = {0};
    filing_row *row = filing_row_new(w->f->a, w->form);
    row->row = g->row, row->note = g->note;
    if (g->refused) {
        why = *g->refused;
        refuse(w, g, &why, g->mark, (text){0});
        return;
    }
    if (!read_energy(w, g, row, &why)) { refuse(w, g, &why, -1, word(w, WORD_ENERGY)); return; }
    if (!read_unit(w, g, row, &why)) { refuse(w, g, &why, -2, word(w, WORD_UNIT)); return; }
    for (size_t c = 0; c < w->form->column_count; c++)
        if (!read_cell(w, g, row, c, &why)) { refuse(w, g, &why, (int)c, title(w, c)); return; }
    w->judged[w->judged_count++] = *row;
}

/* ---- Checks ---- */

static int first_column(const rule_report_form *form, text id)
{
    for (size_t i = 0; i < form->check_count; i++) {
        const rule_report_check *c = &form->checks[i];
        if (!text_equal(c->id, id)) continue;
        for (size_t k = 0; k < c->left_count; k++)
            if (c->left[k].column >= 0 && c->left[k].from == REPORT_OF_ROW) return c->left[k].column;
    }
    return 0;
}

static given_row *given_of(work *w, int64_t row)
{
    for (size_t i = 0; i < w->sheet.given.count; i++)
        if (w->rows[i].row == row) return &w->rows[i];
    return NULL;
}

static void refuse_check(work *w, const filing_finding *x)
{
    given_row *g = given_of(w, x->row);
    heng_err why = {0};
    int c = first_column(w->form, x->id);
    if (!g || g->refused) return;
    err_fill(&why, &MSG_FILING_CHECK, text_str(w->f->a, x->seen), text_str(w->f->a, x->wanted), text_words(w->f->a, x->sentence.zh, x->sentence.en));
    refuse(w, g, &why, c, title(w, (size_t)c));
}

static bool run_checks(work *w, heng_err *err)
{
    filing_report x = {.form = w->out->form, .party = w->out->party, .when = w->out->when, .row_count = w->judged_count, .rows = w->judged};
    filing_finding *found;
    size_t n, kept = 0;
    if (!filing_judge(w->f, &x, &found, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (found[i].refuses) refuse_check(w, &found[i]);
        else *ARENA_PUSH(w->f->a, w->findings, w->finding_count, w->finding_max) = found[i];
    }
    for (size_t i = 0; i < w->judged_count; i++) { /* rows that a check refuses are not kept */
        const given_row *g = given_of(w, w->judged[i].row);
        if (!g || !g->refused) w->judged[kept++] = w->judged[i];
    }
    w->judged_count = kept;
    return true;
}

/* ---- Keeping it ---- */

static bool received_day(work *w, int32_t *ret, heng_err *err)
{
    *ret = zone_day_of(w->f->zone, book_now_us(w->f->b));
    return !w->o->received.len || day_parse(w->o->received, ret, err) || err_in_field(err, "--received");
}

static text who(const work *w) { return w->o->by.len ? w->o->by : text_trim(w->sheet.given.by).len ? w->sheet.given.by : w->o->by_default; }

static bool describe(work *w, const filing_report *before, heng_err *err)
{
    filing_report *x = &w->out->report;
    *x = (filing_report){.form = w->out->form, .party = w->out->party, .when = w->out->when, .state = FILING_FILLED, .file = w->sheet.file, .sheet = w->sheet.sheet, .reason = text_trim(w->o->reason),
        .approved_version = before->approved_version, .is_nil = w->o->nil, .row_count = w->judged_count, .rows = w->judged, .left_out = w->o->keep_going ? (int64_t)w->refusal_count : 0};
    if (!filing_person(who(w), &x->filled_by, err) || !received_day(w, &x->received, err)) return false;
    x->first_received = before->version && before->state != FILING_MISSING ? before->first_received : x->received;
    w->out->is_correction = before->approved_version > 0;
    w->out->is_late = filing_is_late(w->f, &(filing_report){.version = 1, .state = FILING_FILLED, .form = x->form, .when = x->when, .first_received = x->first_received});
    if (w->out->is_correction && !text_trim(w->o->reason).len) return filing_reason_given(w->o->reason, "更正已审批的报告", "correct an approved report", w->f->a, err);
    return true;
}

static bool is_same(const filing_report *x, const filing_report *y, const filing *f)
{
    filing_report a = *x, b = *y;
    b.checked_by = b.decided_by = a.checked_by = a.decided_by = (text){0};
    b.delivery = a.delivery = 0, b.state = a.state, b.received = a.received, b.restated = a.restated, b.approved_version = a.approved_version, b.reason = a.reason, b.filled_by = a.filled_by, b.file = a.file;
    b.rows = NEW_ARRAY(f->a, y->row_count + 1, filing_row);
    for (size_t i = 0; i < b.row_count; i++) b.rows[i] = y->rows[i], b.rows[i].row = i < a.row_count ? a.rows[i].row : 0, b.rows[i].posted = NEW_ARRAY(f->a, f->forms[b.form].column_count + 1, bool);
    return text_equal(filing_body(f->a, f, &a), filing_body(f->a, f, &b));
}

static bool post_report(work *w, heng_err *err)
{
    filing_report *x = &w->out->report;
    book_entry entries[2] = {{.kind = FILING_KIND, .key = filing_key(w->f->a, w->f, x->form, x->party, x->when), .body = filing_body(w->f->a, w->f, x)},
                             {.kind = FILING_SINCE_KIND, .key = w->form->id, .body = period_format(w->f->a, w->f->zone, x->when)}};
    bool any;
    period since;
    if (!filing_since(w->f, x->form, &any, &since, err)) return false;
    size_t count = any && since.start_us <= x->when.start_us ? 1 : 2;
    book_batch b = {.source = text_of(arena_printf(w->f->a, "report:%.*s", TEXT_FMT(entries[0].key))), .file = w->sheet.file, .sheet = w->sheet.sheet, .bytes = w->sheet.bytes, .note = TEXT("report fill"),
        .all_or_none = true, .dry_run = w->o->dry_run, .entry_count = count, .entries = entries};
    book_result results[2];
    if (!book_post(w->f->b, w->f->a, &b, results, &w->out->receipt, err)) return false;
    if (results[0].status == BOOK_REFUSED) return *err = *results[0].why, false;
    w->out->status = results[0].status;
    x->version = 1, x->delivery = w->out->receipt.delivery;
    return true;
}

static bool keep(work *w, heng_err *err)
{
    filing_report before;
    if (!filing_load(w->f, w->out->form, w->out->party, w->out->when, &before, err)) return false;
    if (before.state != FILING_MISSING && before.state != FILING_RETURNED && w->refusal_count == 0) {
        filing_report now = {.form = w->out->form, .party = w->out->party, .when = w->out->when, .sheet = w->sheet.sheet, .is_nil = w->o->nil, .row_count = w->judged_count, .rows = w->judged, .first_received = before.first_received, .received = before.received};
        if (is_same(&now, &before, w->f)) {
            w->out->report = before, w->out->status = BOOK_EXISTS, w->out->receipt.exists = 1;
            return true;
        }
    }
    return describe(w, &before, err) && post_report(w, err);
}

static bool write_refused(work *w, const char *path, heng_err *err)
{
    const char *to = w->o->refused_path ? w->o->refused_path : arena_printf(w->f->a, "%s.refused.xlsx", path);
    w->sheet.given.rows = w->rows;
    if (w->o->by.len) w->sheet.given.by = w->o->by;
    if (!filing_write_sheet(w->f, w->out->form, w->out->party, w->out->when, &w->sheet.given, to, err)) return false;
    w->out->refused_path = text_of(to);
    return true;
}

/* ---- The whole ---- */

static bool closed_error(filing *f, int form, period when, heng_err *err)
{
    filing_closing c;
    if (!filing_closing_of(f, form, when, &c, err)) return false;
    if (!c.is_closed) return true;
    return err_fill(err, &MSG_FILING_CLOSED, filing_form_words(f, form), filing_period_str(f, when), text_str(f->a, c.by));
}

static bool find_subject(work *w, heng_err *err)
{
    filing *f = w->f;
    filing_filled *out = w->out;
    const given_sheet *g = &w->sheet.given;
    if (!filing_form_want(f, g->form, &out->form, err) || !filing_period_want(f, out->form, g->period, &out->when, err) || !filing_at(f, out->when, err)) return false;
    if (!book_party_want(f->b, &f->parties, g->party, &out->party, err)) return false;
    w->form = &f->forms[out->form];
    return filing_filer_want(f, out->form, out->when, out->party, err) && closed_error(f, out->form, out->when, err);
}

static bool judge_all(work *w, heng_err *err)
{
    size_t n = w->sheet.given.count;
    w->rows = NEW_ARRAY(w->f->a, n + 1, given_row);
    w->judged = NEW_ARRAY(w->f->a, n + 1, filing_row);
    for (size_t i = 0; i < n; i++) w->rows[i] = w->sheet.given.rows[i];
    for (size_t i = 0; i < n; i++) judge_given(w, &w->rows[i]);
    if (n == 0 && !w->o->nil) return err_fill(err, &MSG_FILING_EMPTY, NULL, NULL, NULL);
    if (n > 0 && w->o->nil) return err_fill(err, &MSG_FILING_NIL_VALUES, NULL, NULL, NULL);
    return run_checks(w, err);
}

bool filing_fill(filing *f, const char *path, const filing_fill_options *o, filing_filled *ret, heng_err *err)
{
    work w = {.f = f, .o = o, .out = ret};
    *ret = (filing_filled){.status = BOOK_REFUSED};
    if (!filing_read_sheet(f, path, o, &w.sheet, err)) return false;
    if (!find_subject(&w, err) || !judge_all(&w, err)) return err_in_file(err, path);
    if ((w.refusal_count == 0 || o->keep_going) && !keep(&w, err)) return false;
    if (w.refusal_count > 0 && !o->dry_run && !write_refused(&w, path, err)) return false;
    ret->refusal_count = w.refusal_count, ret->refusals = w.refusals;
    ret->finding_count = w.finding_count, ret->findings = w.findings;
    return true;
}
