/* heng report status, show, total, quality: what is there of reports, and what is wrong with it. */
#include "op_report.h"

static text shown_value(ops_call *c, const rat *v) { return !v ? (text){0} : c->wants_exact || rat_is_decimal(v, 6) ? exact_number(c->a, v) : rat_format(c->a, v, 6); }

static text unit_cell(const ops_call *c, const filing *f, int32_t unit) { return c->wants_exact ? f->r->units[unit].id : unit_label(&f->r->units[unit], c->lang); }

/* ---- Status ---- */

static void count_lines(ops_call *c, const filing *f, int form, const filing_status *s, sheet *under)
{
    const filing_count *n = &s->count;
    text_buf missing = {.a = c->a};
    for (size_t i = 0; i < s->row_count; i++)
        if (s->reports[i].state == FILING_MISSING) buf_printf(&missing, "%s%.*s", missing.len ? pick(c->lang, "、", ", ").ptr : "", TEXT_FMT(report_party(c, f, s->reports[i].party)));
    sheet_note(under, filing_reported(f, form, n, c->lang));
    sheet_note(under, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "已审批 %lld，待审核审批 %lld，已退回 %lld，迟报 %lld，更正 %lld" : "approved %lld, waiting %lld, returned %lld, late %lld, corrected %lld", (long long)n->approved,
                                           (long long)n->waiting, (long long)n->returned, (long long)n->late, (long long)n->corrected)));
    if (missing.len) sheet_note(under, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "未报：%.*s" : "not reported: %.*s", TEXT_FMT(buf_text(&missing)))));
}

static text late_text(ops_call *c, const filing *f, int form, period when, const filing_report *x)
{
    int32_t due = filing_due_day(f, form, when);
    if (filing_is_late(f, x)) return c->wants_exact ? TEXT("late") : pick(c->lang, "迟报", "late");
    if (x->state == FILING_MISSING && today_in(c) > due) return c->wants_exact ? TEXT("overdue") : pick(c->lang, "逾期", "overdue");
    return (text){0};
}

static text what_now(ops_call *c, const filing_report *x)
{
    if (x->state == FILING_APPROVED && x->restated) return pick(c->lang, "重述", "restated");
    if (x->approved_version > 0 && x->state != FILING_APPROVED) return pick(c->lang, "更正中", "under correction");
    return x->is_nil ? pick(c->lang, "零申报", "nil") : (text){0};
}

static bool root_of(ops_call *c, const filing *f, int32_t *ret, heng_err *err)
{
    *ret = BOOK_NONE;
    return !ops_has(c, "--party") || book_party_want(c->book, &f->parties, ops_get(c, "--party"), ret, err) || err_in_field(err, "--party");
}

bool op_report_status(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    period when;
    int32_t root;
    filing_status st;
    filing_closing closing;
    if (!report_form_period(c, &f, &form, &when, err) || !root_of(c, &f, &root, err) || !filing_status_of(&f, form, when, root, &st, err) || !filing_closing_of(&f, form, when, &closing, err)) return false;
    const sheet_column columns[] = {column(TEXT("party"), pick(c->lang, "填报单位", "party"), false), column(TEXT("state"), pick(c->lang, "状态", "state"), false), column(TEXT("received"), pick(c->lang, "收到", "received"), false),
        column(TEXT("late"), pick(c->lang, "时限", "in time"), false), column(TEXT("filled_by"), pick(c->lang, "填报", "filled by"), false), column(TEXT("checked_by"), pick(c->lang, "审核", "checked by"), false),
        column(TEXT("decided_by"), pick(c->lang, "审批/退回", "approved or returned by"), false), column(TEXT("note"), pick(c->lang, "备注", "note"), false), column(TEXT("reason"), pick(c->lang, "理由", "reason"), false)};
    text name = show_name(f.forms[form].name, c->lang), p = period_format(c->a, f.zone, when), due = day_format(c->a, filing_due_day(&f, form, when));
    sheet *s = sheet_new(c->out, TEXT("status"), text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s %.*s，截止 %.*s" : "%.*s %.*s, due %.*s", TEXT_FMT(name), TEXT_FMT(p), TEXT_FMT(due))), columns, 9);
    for (size_t i = 0; i < st.row_count; i++) {
        const filing_report *x = &st.reports[i];
        sheet_row(s, (text[]){report_party(c, &f, x->party), report_state(c, x->state), x->state == FILING_MISSING ? (text){0} : day_format(c->a, x->first_received), late_text(c, &f, form, when, x), x->filled_by, x->checked_by, x->decided_by, what_now(c, x), x->reason});
    }
    count_lines(c, &f, form, &st, s);
    if (closing.version) sheet_note(s, text_of(arena_printf(c->a, closing.is_closed ? (c->lang == HENG_ZH ? "已封账：%.*s，%.*s" : "closed by %.*s: %.*s") : (c->lang == HENG_ZH ? "重新开启：%.*s，%.*s" : "open again, by %.*s: %.*s"), TEXT_FMT(closing.by), TEXT_FMT(closing.reason))));
    return true;
}

/* ---- Totals ---- */

bool op_report_total(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    period when;
    int32_t root;
    filing_status st;
    filing_total *t;
    size_t n;
    if (!report_form_period(c, &f, &form, &when, err) || !root_of(c, &f, &root, err) || !filing_status_of(&f, form, when, root, &st, err) || !filing_total_of(&f, &st, &t, &n, err)) return false;
    const rule_report_form *x = &f.forms[form];
    sheet_column *columns = NEW_ARRAY(c->a, x->column_count + 2, sheet_column);
    size_t *shown = NEW_ARRAY(c->a, x->column_count, size_t), shown_count = 0;
    columns[0] = column(TEXT("energy"), pick(c->lang, "能源", "energy"), false), columns[1] = column(TEXT("unit"), pick(c->lang, "单位", "unit"), false);
    for (size_t k = 0; k < x->column_count; k++) {
        bool any = c->wants_exact;
        for (size_t i = 0; i < n; i++) any = any || t[i].values[k];
        if (!any) continue;
        columns[2 + shown_count] = column(x->columns[k].id, show_name(x->columns[k].name, c->lang), true);
        shown[shown_count++] = k;
    }
    sheet *s = sheet_new(c->out, TEXT("total"), text_of(arena_printf(c->a, "%.*s %.*s", TEXT_FMT(show_name(x->name, c->lang)), TEXT_FMT(period_format(c->a, f.zone, when)))), columns, shown_count + 2);
    for (size_t i = 0; i < n; i++) {
        text *cells = NEW_ARRAY(c->a, shown_count + 2, text);
        cells[0] = name_cell(c, f.r->commodities[t[i].commodity].id, f.r->commodities[t[i].commodity].name), cells[1] = unit_cell(c, &f, t[i].unit);
        for (size_t k = 0; k < shown_count; k++) cells[2 + k] = shown_value(c, t[i].values[shown[k]]);
        sheet_row(s, cells);
    }
    count_lines(c, &f, form, &st, s);
    return true;
}

/* ---- One report ---- */

static void show_values(ops_call *c, const filing *f, const filing_report *x, const filing_report *last)
{
    const rule_report_form *form = &f->forms[x->form];
    const sheet_column columns[] = {column(TEXT("energy"), pick(c->lang, "能源", "energy"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("column"), pick(c->lang, "列", "column"), false),
        column(TEXT("value"), pick(c->lang, "数值", "value"), true), column(TEXT("last"), pick(c->lang, "上期", "last"), true), column(TEXT("posted"), pick(c->lang, "入账", "posted"), false), column(TEXT("note"), pick(c->lang, "说明", "note"), false)};
    sheet *s = sheet_new(c->out, TEXT("values"), text_of(arena_printf(c->a, "%.*s %.*s %.*s", TEXT_FMT(report_party(c, f, x->party)), TEXT_FMT(show_name(form->name, c->lang)), TEXT_FMT(period_format(c->a, f->zone, x->when)))), columns, 7);
    for (size_t i = 0; i < x->row_count; i++)
        for (size_t k = 0; k < form->column_count; k++) {
            const filing_row *row = &x->rows[i];
            if (!row->values[k]) continue;
            int32_t unit = form->columns[k].type == REPORT_NUMBER ? form->columns[k].unit : row->unit;
            sheet_row(s, (text[]){name_cell(c, f->r->commodities[row->commodity].id, f->r->commodities[row->commodity].name), unit >= 0 ? unit_cell(c, f, unit) : (text){0}, name_cell(c, form->columns[k].id, form->columns[k].name),
                shown_value(c, row->values[k]), last ? shown_value(c, filing_value(last, row->commodity, (int)k)) : (text){0}, row->posted[k] ? c->wants_exact ? TEXT("yes") : pick(c->lang, "是", "yes") : (text){0}, row->note});
        }
}

static void show_compared(ops_call *c, const filing *f, const filing_report *x, const filing_compared *k, size_t count)
{
    if (!count) return;
    const sheet_column columns[] = {column(TEXT("energy"), pick(c->lang, "能源", "energy"), false), column(TEXT("column"), pick(c->lang, "列", "column"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
        column(TEXT("reported"), pick(c->lang, "报表", "reported"), true), column(TEXT("metered"), pick(c->lang, "表计", "metered"), true), column(TEXT("off"), pick(c->lang, "相差(%)", "off(%)"), true),
        column(TEXT("verdict"), pick(c->lang, "判定", "verdict"), false)};
    sheet *s = sheet_new(c->out, TEXT("meters"), pick(c->lang, "与表计核对（质量关 80）", "beside the meters (gate 80)"), columns, 7);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){name_cell(c, f->r->commodities[k[i].commodity].id, f->r->commodities[k[i].commodity].name), name_cell(c, f->forms[x->form].columns[k[i].column].id, f->forms[x->form].columns[k[i].column].name),
            unit_cell(c, f, k[i].unit), shown_value(c, k[i].reported), shown_value(c, k[i].metered), k[i].off ? rat_format(c->a, rat_mul(c->a, k[i].off, rat_int(c->a, 100)), 1) : (text){0},
            k[i].is_double ? pick(c->lang, "重复入账", "counted twice") : k[i].is_far ? pick(c->lang, "相差过大", "too far") : (text){0}});
}

static void show_history(ops_call *c, const filing_report *all, size_t count)
{
    const sheet_column columns[] = {column(TEXT("version"), pick(c->lang, "版本", "version"), true), column(TEXT("known"), pick(c->lang, "时间", "when"), false), column(TEXT("state"), pick(c->lang, "状态", "state"), false),
        column(TEXT("by"), pick(c->lang, "经办", "by"), false), column(TEXT("file"), pick(c->lang, "文件", "file"), false), column(TEXT("reason"), pick(c->lang, "理由", "reason"), false), column(TEXT("restated"), pick(c->lang, "重述", "restated"), true)};
    sheet *s = sheet_new(c->out, TEXT("history"), pick(c->lang, "办理经过", "what was done"), columns, 7);
    for (size_t i = 0; i < count; i++) {
        const filing_report *x = &all[i];
        text by = x->state == FILING_FILLED ? x->filled_by : x->state == FILING_CHECKED ? x->checked_by : x->decided_by;
        sheet_row(s, (text[]){number_text(c->a, x->version), show_instant(c, x->known_us), report_state(c, x->state), by, x->file, x->reason, x->restated ? number_text(c->a, x->restated) : (text){0}});
    }
}

bool op_report_show(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    int32_t party;
    period when;
    filing_report x, last, *history;
    filing_finding *found;
    filing_compared *compared;
    const filing_meters *m;
    size_t n, k, h;
    if (!report_subject(c, &f, &form, &party, &when, err) || !filing_load(&f, form, party, when, &x, err)) return false;
    if (x.state == FILING_MISSING) return filing_want_report(&f, &x, err);
    if (!filing_load(&f, form, party, filing_last_period(&f, form, when), &last, err) || !filing_judge(&f, &x, &found, &n, err) || !filing_meters_load(&f, when, &m, err) || !filing_compare(&f, m, &x, &compared, &k, err) ||
        !filing_history(&f, form, party, when, &history, &h, err)) return false;
    show_values(c, &f, &x, filing_is_in(&last) ? &last : NULL);
    show_compared(c, &f, &x, compared, k);
    report_show_findings(c, &f, found, n);
    show_history(c, history, h);
    return true;
}

/* ---- Quality ---- */

bool op_report_quality(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    period when;
    int32_t root;
    filing_finding *found;
    size_t n, kept = 0;
    if (!report_form_period(c, &f, &form, &when, err) || !root_of(c, &f, &root, err) || !filing_findings(&f, form, when, BOOK_NONE, &found, &n, err)) return false;
    const bool *inside = root != BOOK_NONE ? book_subtree(c->a, &f.parties, BOOK_BY_PLACE, root) : NULL;
    for (size_t i = 0; i < n; i++)
        if (!inside || inside[found[i].party]) found[kept++] = found[i];
    if (kept) c->exit_code = OPS_FINDINGS;
    else say(c, "没有发现问题", "nothing was found");
    if (!kept) show_record(c, "report quality", (shown_field[]){{"form", "报表", "form", f.forms[form].id, false}, {"findings", "问题", "findings", TEXT("0"), true}}, 2);
    report_show_findings(c, &f, found, kept);
    return true;
}

bool report_findings_of(ops_call *c, period when, int32_t party, int32_t commodity, size_t *ret_count, heng_err *err)
{
    filing f;
    filing_finding *all = NULL, *found;
    size_t max = 0, n;
    *ret_count = 0;
    if (!report_open(c, &f, err)) return false;
    int32_t first = zone_month_of(f.zone, when.start_us), last = zone_month_of(f.zone, when.end_us - 1);
    for (size_t form = 0; form < f.form_count; form++)
        for (int32_t month = first; month <= last; month++) {
            period p = f.forms[form].is_yearly ? period_year(f.zone, month_year(month)) : period_months(f.zone, month, 1);
            if (!period_contains(when, p) || (f.forms[form].is_yearly && month_number(month) != 1)) continue;
            if (!filing_findings(&f, (int)form, p, party, &found, &n, err)) return false;
            for (size_t i = 0; i < n; i++)
                if (commodity < 0 || found[i].commodity == commodity) *ARENA_PUSH(c->a, all, *ret_count, max) = found[i];
        }
    if (!filing_at(&f, when, err)) return false;
    report_show_findings(c, &f, all, *ret_count);
    return true;
}

void report_notes(ops_call *c, int32_t party, period when)
{
    filing f;
    text *zh, *en;
    size_t n;
    heng_err ignored = {0};
    if (!report_open(c, &f, &ignored) || !filing_notes(&f, when, party, &zh, &en, &n, &ignored)) return;
    for (size_t i = 0; i < n && sheet_last(c->out); i++) sheet_note(sheet_last(c->out), c->lang == HENG_ZH ? zh[i] : en[i]);
}
