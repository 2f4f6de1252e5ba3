/* heng report forms, template, fill, check, return, approve, close, reopen: the way of an enterprise's report into the ledger. */
#include <stdlib.h>
#include "op_report.h"

text report_person(ops_call *c)
{
    const char *user = getenv("USER");
    text by = ops_get(c, "--by");
    return by.len ? by : text_of(user ? user : "");
}

bool report_open(ops_call *c, filing *ret, heng_err *err) { return filing_open(c->a, c->book, c->known_us, c->lang, ret, err); }

bool report_form_period(ops_call *c, filing *f, int *ret_form, period *ret, heng_err *err)
{
    return report_open(c, f, err) && (filing_form_want(f, ops_get(c, "FORM"), ret_form, err) || err_in_field(err, "FORM")) &&
           (filing_period_want(f, *ret_form, ops_get(c, "PERIOD"), ret, err) || err_in_field(err, "PERIOD")) && filing_at(f, *ret, err);
}

bool report_subject(ops_call *c, filing *f, int *ret_form, int32_t *ret_party, period *ret, heng_err *err)
{
    return report_form_period(c, f, ret_form, ret, err) && (book_party_want(c->book, &f->parties, ops_get(c, "PARTY"), ret_party, err) || err_in_field(err, "PARTY"));
}

text report_party(const ops_call *c, const filing *f, int32_t party) { return party_cell(c, &f->parties.items[party]); }

text report_state(const ops_call *c, filing_state s) { return c->wants_exact ? text_of(filing_state_names[s].id) : pick(c->lang, filing_state_names[s].zh, filing_state_names[s].en); }

/* ---- Forms and templates ---- */

bool op_report_forms(ops_call *c, heng_err *err)
{
    filing f;
    if (!report_open(c, &f, err)) return false;
    const sheet_column columns[] = {column(TEXT("form"), pick(c->lang, "报表", "form"), false), column(TEXT("name"), pick(c->lang, "名称", "name"), false), column(TEXT("code"), pick(c->lang, "表号", "number"), false),
        column(TEXT("frequency"), pick(c->lang, "频率", "each"), false), column(TEXT("due_days"), pick(c->lang, "期后天数截止", "due, days after"), true), column(TEXT("people"), pick(c->lang, "经办人数", "people"), true),
        column(TEXT("rows"), pick(c->lang, "品种", "energies"), true), column(TEXT("columns"), pick(c->lang, "列", "columns"), true), column(TEXT("checks"), pick(c->lang, "审核关系", "checks"), true)};
    sheet *s = sheet_new(c->out, TEXT("forms"), pick(c->lang, "报表（规则包 report_forms.csv）", "report forms (report_forms.csv of the rule pack)"), columns, 9);
    for (size_t i = 0; i < f.form_count; i++) {
        const rule_report_form *x = &f.forms[i];
        sheet_row(s, (text[]){x->id, show_name(x->name, c->lang), x->code, x->is_yearly ? pick(c->lang, "年", "year") : pick(c->lang, "月", "month"), number_text(c->a, x->due_days), number_text(c->a, x->people),
            number_text(c->a, (int64_t)x->row_count), number_text(c->a, (int64_t)x->column_count), number_text(c->a, (int64_t)x->check_count)});
    }
    return true;
}

static shown_field key_field(ops_call *c, const filing *f, int form, int32_t party, period when) { return (shown_field){"report", "报告", "report", filing_key(c->a, f, form, party, when), false}; }

bool op_report_template(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    int32_t party;
    period when;
    text out = ops_get(c, "FILE");
    if (!report_subject(c, &f, &form, &party, &when, err)) return false;
    text key = filing_key(c->a, &f, form, party, when), name = text_copy(c->a, key);
    for (char *p = (char *)(uintptr_t)name.ptr; p < name.ptr + name.len; p++)
        if (*p == '/') *p = '-';
    const char *path = out.len ? text_str(c->a, out) : arena_printf(c->a, "%.*s.xlsx", TEXT_FMT(name));
    if (!filing_template(&f, form, party, when, path, err)) return false;
    text due = day_format(c->a, filing_due_day(&f, form, when));
    say(c, "已写出 %s，报送截止 %.*s", "wrote %s, due %.*s", path, TEXT_FMT(due));
    show_record(c, "template", (shown_field[]){key_field(c, &f, form, party, when), {"file", "文件", "file", text_of(path), false}, {"due", "截止", "due", due, false}}, 3);
    return true;
}

/* ---- Filling ---- */

void report_show_findings(ops_call *c, const filing *f, const filing_finding *x, size_t count)
{
    if (!count) return;
    const sheet_column columns[] = {column(TEXT("party"), pick(c->lang, "填报单位", "party"), false), column(TEXT("energy"), pick(c->lang, "能源", "energy"), false), column(TEXT("gate"), pick(c->lang, "质量关", "gate"), true),
        column(TEXT("check"), pick(c->lang, "审核关系", "check"), false), column(TEXT("seen"), pick(c->lang, "实际", "seen"), false), column(TEXT("wanted"), pick(c->lang, "应为", "wanted"), false),
        column(TEXT("what"), pick(c->lang, "问题", "what"), false), column(TEXT("explained"), pick(c->lang, "已说明", "explained"), false)};
    sheet *s = sheet_new(c->out, TEXT("findings"), pick(c->lang, "需核实", "to be looked at"), columns, 8);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){report_party(c, f, x[i].party), name_cell(c, f->r->commodities[x[i].commodity].id, f->r->commodities[x[i].commodity].name), x[i].gate ? number_text(c->a, x[i].gate) : (text){0}, x[i].id, show_amount(c, f->r, x[i].seen), show_amount(c, f->r, x[i].wanted),
            show_name(x[i].sentence, c->lang), x[i].is_explained ? c->wants_exact ? TEXT("yes") : pick(c->lang, "是", "yes") : (text){0}});
}

static void show_refusals(ops_call *c, const filing_filled *x)
{
    const sheet_column columns[] = {column(TEXT("row"), pick(c->lang, "行", "row"), true), column(TEXT("field"), pick(c->lang, "字段", "field"), false), column(TEXT("reason"), pick(c->lang, "原因", "reason"), false)};
    sheet *s = sheet_new(c->out, TEXT("refused"), pick(c->lang, "被拒绝的行", "refused rows"), columns, 3);
    char reason[2048];
    for (size_t i = 0; i < x->refusal_count; i++) {
        err_format_reason(&x->refusals[i], c->lang, reason, sizeof reason);
        sheet_row(s, (text[]){number_text(c->a, x->refusals[i].row), text_of(x->refusals[i].field), text_of(reason)});
    }
}

static void say_filled(ops_call *c, const filing *f, const filing_filled *x, bool dry_run)
{
    text key = filing_key(c->a, f, x->form, x->party, x->when);
    if (x->status == BOOK_REFUSED) {
        say(c, "%.*s：有被拒绝的行，没有写入", "%.*s: rows are refused, nothing was stored", TEXT_FMT(key));
        return;
    }
    if (x->status == BOOK_EXISTS) say(c, "%.*s：与已报送的相同，没有改动（%s）", "%.*s: the same was filed before; nothing was changed (%s)", TEXT_FMT(key), c->lang == HENG_ZH ? filing_state_names[x->report.state].zh : filing_state_names[x->report.state].en);
    else if (dry_run) say(c, "%.*s：%zu 行，可以填报（试运行，没有写入）", "%.*s: %zu rows would be filed (dry run, nothing written)", TEXT_FMT(key), x->report.row_count);
    else say(c, "%.*s：%zu 行，由 %.*s 填报，待审核", "%.*s: %zu rows, filled by %.*s, to be checked", TEXT_FMT(key), x->report.row_count, TEXT_FMT(x->report.filled_by));
    if (x->is_late) say(c, "  迟报：截止 %.*s，收到 %.*s", "  late: due %.*s, received %.*s", TEXT_FMT(day_format(c->a, filing_due_day(f, x->form, x->when))), TEXT_FMT(day_format(c->a, x->report.first_received)));
    if (x->is_correction) say(c, "  更正：已审批的版本 %lld 在新版本审批前仍然有效", "  a correction: version %lld, approved, stands until this one is approved", (long long)x->report.approved_version);
    if (x->report.left_out) say(c, "  %lld 行被拒绝，未计入", "  %lld rows refused and left out", (long long)x->report.left_out);
}

static void show_filled(ops_call *c, const filing *f, const filing_filled *x, bool dry_run)
{
    say_filled(c, f, x, dry_run);
    const char *status = x->status == BOOK_EXISTS || x->status == BOOK_REFUSED || !dry_run ? status_name(x->status) : "dry_run";
    show_record(c, "report fill", (shown_field[]){key_field(c, f, x->form, x->party, x->when), {"status", "结果", "status", text_of(status), false},
        {"rows", "行", "rows", number_text(c->a, (int64_t)x->report.row_count), true}, {"refused", "拒绝", "refused", number_text(c->a, (int64_t)x->refusal_count), true},
        {"flagged", "需核实", "flagged", number_text(c->a, (int64_t)x->finding_count), true}, {"late", "迟报", "late", yes_no(x->is_late), false}, {"correction", "更正", "correction", yes_no(x->is_correction), false},
        {"refused_file", "拒绝文件", "refused file", x->refused_path, false}}, 8);
    report_show_findings(c, f, x->findings, x->finding_count);
    if (!x->refusal_count) return;
    c->exit_code = OPS_FINDINGS;
    show_refusals(c, x);
    if (x->refused_path.len) say(c, "表的副本已写入 %.*s，被拒绝的单元格已着色并附原因；改好后可再填报", "a copy of the sheet is in %.*s, refused cells coloured and with their reason: mend it and fill again", TEXT_FMT(x->refused_path));
}

bool op_report_fill(ops_call *c, heng_err *err)
{
    filing f;
    filing_filled x;
    text refused = ops_get(c, "--refused");
    const char *user = getenv("USER");
    filing_fill_options o = {.form = ops_get(c, "--form"), .party = ops_get(c, "--party"), .period = ops_get(c, "--period"), .by = ops_get(c, "--by"), .by_default = text_of(user ? user : ""), .reason = ops_get(c, "--reason"),
        .received = ops_get(c, "--received"), .refused_path = refused.len ? text_str(c->a, refused) : NULL, .dry_run = ops_has(c, "--dry-run"), .keep_going = ops_has(c, "--keep-going"), .nil = ops_has(c, "--nil")};
    if (!report_open(c, &f, err) || !filing_fill(&f, text_str(c->a, ops_get(c, "FILE")), &o, &x, err)) return false;
    show_filled(c, &f, &x, o.dry_run);
    return true;
}

/* ---- Decisions ---- */

static void show_step(ops_call *c, const filing *f, int form, int32_t party, period when, filing_state state, const book_receipt *r)
{
    text key = filing_key(c->a, f, form, party, when), by = report_person(c);
    say(c, "%.*s：%s（%.*s）", "%.*s: %s by %.*s", TEXT_FMT(key), c->lang == HENG_ZH ? filing_state_names[state].zh : filing_state_names[state].en, TEXT_FMT(by));
    show_record(c, "report", (shown_field[]){key_field(c, f, form, party, when), {"state", "状态", "state", text_of(filing_state_names[state].id), false}, {"by", "经办", "by", by, false},
        {"link", "链环", "link", number_text(c->a, r->link), true}}, 4);
}

bool op_report_check(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    int32_t party;
    period when;
    book_receipt r;
    filing_finding *found;
    size_t n;
    if (!report_subject(c, &f, &form, &party, &when, err) || !filing_findings(&f, form, when, party, &found, &n, err) || !filing_check(&f, form, party, when, report_person(c), &r, err)) return false;
    show_step(c, &f, form, party, when, FILING_CHECKED, &r);
    report_show_findings(c, &f, found, n); /* what the checker has to answer for */
    return true;
}

bool op_report_return(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    int32_t party;
    period when;
    book_receipt r;
    if (!report_subject(c, &f, &form, &party, &when, err) || !filing_return(&f, form, party, when, report_person(c), ops_get(c, "--reason"), &r, err)) return false;
    show_step(c, &f, form, party, when, FILING_RETURNED, &r);
    return true;
}

static void say_posted(ops_call *c, const filing_posted *p, filing_metered how)
{
    say(c, "  入账流动 %lld 笔", "  movements posted: %lld", (long long)p->movements);
    if (p->compared && how == FILING_COMPARE) say(c, "  %lld 项表计已入账：只核对，不重复入账（--metered remainder 记超出部分，all 全记）", "  %lld cells are metered: compared, not posted again (--metered remainder posts what is above the meters, all posts them whole)", (long long)p->compared);
    if (p->compared && how == FILING_REMAINDER) say(c, "  %lld 项表计已入账：只记报表超出表计的部分", "  %lld cells are metered: what is reported above the meters was posted", (long long)p->compared);
    if (p->compared && how == FILING_ALL) say(c, "  注意：%lld 项表计也已入账，两者都计入", "  note: %lld cells are metered too, and count twice", (long long)p->compared);
    if (p->restated) say(c, "  落入已封账的期间，列为重述", "  it falls into a closed period and shows as a restatement");
    if (p->below_zero) say(c, "  注意：账面库存低于零（此前的库存没有入账）", "  note: the stock in the ledger goes below zero (what was there before was never posted)");
}

bool op_report_approve(ops_call *c, heng_err *err)
{
    filing f;
    int form;
    int32_t party;
    period when;
    filing_posted p;
    text how = ops_get(c, "--metered");
    filing_metered metered = text_is(how, "all") ? FILING_ALL : text_is(how, "remainder") ? FILING_REMAINDER : FILING_COMPARE;
    if (!report_subject(c, &f, &form, &party, &when, err) || !filing_approve(&f, form, party, when, report_person(c), metered, &p, err)) return false;
    text key = filing_key(c->a, &f, form, party, when), by = report_person(c);
    say(c, "%.*s：%s（%.*s）", "%.*s: %s by %.*s", TEXT_FMT(key), c->lang == HENG_ZH ? filing_state_names[FILING_APPROVED].zh : filing_state_names[FILING_APPROVED].en, TEXT_FMT(by));
    say_posted(c, &p, metered);
    show_record(c, "report", (shown_field[]){key_field(c, &f, form, party, when), {"state", "状态", "state", TEXT("approved"), false}, {"by", "经办", "by", by, false},
        {"movements", "流动", "movements", number_text(c->a, p.movements), true}, {"metered", "表计已有", "metered", number_text(c->a, p.compared), true}, {"restated", "重述", "restated", number_text(c->a, p.restated), true},
        {"link", "链环", "link", number_text(c->a, p.receipt.link), true}}, 7);
    return true;
}

/* ---- A period ---- */

static bool close_or_open(ops_call *c, bool opens, heng_err *err)
{
    filing f;
    int form;
    period when;
    book_receipt r;
    text by = report_person(c), reason = ops_get(c, "--reason");
    if (!report_form_period(c, &f, &form, &when, err)) return false;
    if (!(opens ? filing_reopen(&f, form, when, by, reason, &r, err) : filing_close(&f, form, when, by, reason, &r, err))) return false;
    text period_text = period_format(c->a, f.zone, when), name = show_name(f.forms[form].name, c->lang);
    if (opens) say(c, "%.*s %.*s：已重新开启（%.*s）；此后审批的报告列为重述", "%.*s %.*s: open again (%.*s); what is approved from now on shows as a restatement", TEXT_FMT(name), TEXT_FMT(period_text), TEXT_FMT(by));
    else say(c, "%.*s %.*s：已封账（%.*s）", "%.*s %.*s: closed by %.*s", TEXT_FMT(name), TEXT_FMT(period_text), TEXT_FMT(by));
    show_record(c, "report close", (shown_field[]){{"form", "报表", "form", f.forms[form].id, false}, {"period", "报告期", "period", period_text, false}, {"state", "状态", "state", opens ? TEXT("open") : TEXT("closed"), false},
        {"by", "经办", "by", by, false}, {"reason", "理由", "reason", reason, false}, {"link", "链环", "link", number_text(c->a, r.link), true}}, 6);
    return true;
}

bool op_report_close(ops_call *c, heng_err *err) { return close_or_open(c, false, err); }
bool op_report_reopen(ops_call *c, heng_err *err) { return close_or_open(c, true, err); }
