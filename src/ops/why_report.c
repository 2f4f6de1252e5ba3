/*
 * heng why: below a movement that a report posted stands the report: who filled it, from which file, who checked and approved it; and
 * heng why heng:report/FORM/PERIOD/PARTY: the same by the report's own address, with what it posted.
 */
#include "op_report.h"

static why_node *said(why_node *parent, arena *a, text zh, text en, text source)
{
    why_node *n = why_new(a, WHY_ROW, zh, en, NULL, (text){0});
    n->source = source;
    return parent ? why_add(parent, n) : n;
}

static text report_address(arena *a, text key)
{
    addr at = {.kind = TEXT("report")};
    text rest = key;
    for (int i = 0; i < 2; i++) addr_part(&at, text_next(&rest, '/'));
    addr_part(&at, rest);
    return addr_format(a, &at);
}

/* One line for each step, oldest first, up to the version given (0 = all). */
static void tell_steps(ops_call *c, const filing_report *all, size_t count, int64_t upto, why_node *below)
{
    for (size_t i = 0; i < count; i++) {
        const filing_report *x = &all[i];
        text by = x->state == FILING_FILLED ? x->filled_by : x->state == FILING_CHECKED ? x->checked_by : x->decided_by, at = show_instant(c, x->known_us);
        if (upto && x->version > upto) break;
        said(below, c->a, text_of(arena_printf(c->a, "%s：%.*s，%.*s%s%.*s", filing_state_names[x->state].zh, TEXT_FMT(by), TEXT_FMT(at), x->reason.len ? "；" : "", TEXT_FMT(x->reason))),
             text_of(arena_printf(c->a, "%s by %.*s, %.*s%s%.*s", filing_state_names[x->state].en, TEXT_FMT(by), TEXT_FMT(at), x->reason.len ? "; " : "", TEXT_FMT(x->reason))), x->state == FILING_FILLED ? x->file : (text){0});
    }
}

static bool report_of(ops_call *c, filing *f, text key, filing_report **ret, size_t *ret_count, heng_err *err)
{
    text rest = key, form_id = text_next(&rest, '/'), month = text_next(&rest, '/');
    int form;
    int32_t party;
    period when;
    if (!report_open(c, f, err) || !filing_form_want(f, form_id, &form, err) || !filing_period_want(f, form, month, &when, err) || !filing_at(f, when, err)) return false;
    return book_party_want(c->book, &f->parties, rest, &party, err) && filing_history(f, form, party, when, ret, ret_count, err);
}

void why_of_report_movement(ops_call *c, const addr *at, why_node *root)
{
    heng_err ignored = {0};
    book_movement_row *rows;
    filing f;
    filing_report *all;
    size_t count, n;
    bool ok;
    if (!text_is(at->kind, "movement") || at->part_count != 1) return;
    int64_t id = text_to_i64(at->parts[0], &ok), version = 0;
    book_query q = {.party = BOOK_NONE, .commodity = BOOK_NONE, .kind = BOOK_NONE, .source = TEXT("report"), .after_id = id - 1, .limit = 1, .with_superseded = true};
    if (!ok || !book_movements_query(c->book, c->a, &q, c->known_us, &rows, &count, &ignored) || count == 0 || rows[0].id != id) return;
    if (!report_of(c, &f, rows[0].group_key, &all, &n, &ignored)) return;
    for (size_t i = 0; i < n; i++)
        if (all[i].known_us == rows[0].known_us) version = all[i].version; /* posted with this version */
    why_node *r = said(root, c->a, text_of(arena_printf(c->a, "报告 %.*s", TEXT_FMT(rows[0].group_key))), text_of(arena_printf(c->a, "report %.*s", TEXT_FMT(rows[0].group_key))), (text){0});
    r->address = report_address(c->a, rows[0].group_key);
    tell_steps(c, all, n, version, r);
}

/* The movements that the report has in the ledger. */
static bool tell_movements(ops_call *c, const filing *f, text key, int32_t party, period when, why_node *root, heng_err *err)
{
    book_movement_row *rows;
    size_t n;
    book_query q = {.party = party, .commodity = BOOK_NONE, .kind = BOOK_NONE, .source = TEXT("report"), .has_when = true, .when = when};
    if (!book_movements_query(c->book, c->a, &q, c->known_us, &rows, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!text_equal(rows[i].group_key, key)) continue;
        const book_flow *x = &rows[i].ends;
        rule_name kind = f->r->kinds[x->kind].name, commodity = f->r->commodities[x->commodity].name;
        why_node *k = said(root, c->a, text_of(arena_printf(c->a, "入账：%.*s %.*s", TEXT_FMT(kind.zh), TEXT_FMT(commodity.zh))), text_of(arena_printf(c->a, "posted: %.*s %.*s", TEXT_FMT(kind.en), TEXT_FMT(commodity.en))), (text){0});
        k->value = rat_scaled(c->a, rows[i].amount, f->r->units[x->unit].scale), k->unit = f->r->units[x->unit].id;
        k->address = text_of(arena_printf(c->a, "heng:movement/%lld", (long long)rows[i].id));
    }
    return true;
}

bool why_report(ops_call *c, const addr *at, why_node **ret, heng_err *err)
{
    filing f;
    filing_report *all;
    size_t n;
    text_buf key = {.a = c->a};
    for (size_t i = 0; i < at->part_count; i++) buf_printf(&key, "%s%.*s", i ? "/" : "", TEXT_FMT(at->parts[i]));
    if (at->part_count < 3) return err_fill(err, &MSG_OPS_REPORT_ADDRESS, text_str(c->a, addr_format(c->a, at)), NULL, NULL);
    if (!report_of(c, &f, buf_text(&key), &all, &n, err)) return false;
    text name = buf_text(&key);
    *ret = said(NULL, c->a, text_of(arena_printf(c->a, "报告 %.*s", TEXT_FMT(name))), text_of(arena_printf(c->a, "report %.*s", TEXT_FMT(name))), (text){0});
    tell_steps(c, all, n, 0, *ret);
    if (n == 0) return said(*ret, c->a, TEXT("没有报送"), TEXT("it was never filed"), (text){0}), true;
    return tell_movements(c, &f, filing_key(c->a, &f, all[0].form, all[0].party, all[0].when), all[0].party, all[0].when, *ret, err);
}
