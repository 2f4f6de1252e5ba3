/* Opening: forms of the rules, what a name and a period mean. */
#include "inside.h"

bool filing_open(arena *a, book *b, int64_t known_us, heng_lang lang, filing *ret, heng_err *err)
{
    *ret = (filing){.a = a, .b = b, .zone = book_zone(b), .known_us = known_us, .lang = lang, .parties_day = INT32_MIN};
    bool ok = known_us == BOOK_KNOWN_NOW ? book_rules(b, &ret->r, err) : book_rules_at(b, a, known_us, &ret->r, err);
    if (!ok) return false;
    ret->form_count = rule_report_forms(a, ret->r, &ret->forms);
    return true;
}

text filing_name(const filing *f, rule_name n) { return f->lang == HENG_ZH && n.zh.len ? n.zh : n.en.len ? n.en : n.zh; }

char *filing_party_words(const filing *f, int32_t party)
{
    const book_party *p = &f->parties.items[party];
    text zh = p->name_zh.len ? p->name_zh : p->code, en = p->name_en.len ? p->name_en : zh;
    return text_words(f->a, zh, en);
}

char *filing_form_words(const filing *f, int form)
{
    rule_name n = f->forms[form].name;
    return text_words(f->a, n.zh, n.en.len ? n.en : n.zh);
}

char *filing_period_str(const filing *f, period when) { return text_str(f->a, period_format(f->a, f->zone, when)); }

static bool is_form(const filing *f, const rule_report_form *x, text folded)
{
    heng_err ignored = {0};
    text rest = rule_cell(x->row, "aliases"), own;
    const text names[] = {x->id, x->name.zh, x->name.en, x->code};
    for (size_t i = 0; i < 4; i++)
        if (names[i].len && text_fold(f->a, names[i], &own, &ignored) && text_equal(own, folded)) return true;
    while (rest.len)
        if (text_fold(f->a, text_next(&rest, ';'), &own, &ignored) && text_equal(own, folded)) return true;
    return false;
}

bool filing_form_want(const filing *f, text name, int *ret, heng_err *err)
{
    text folded;
    text_buf all = {.a = f->a};
    if (!text_fold(f->a, name, &folded, err)) return false;
    for (size_t i = 0; i < f->form_count; i++) {
        if (is_form(f, &f->forms[i], folded)) return *ret = (int)i, true;
        buf_printf(&all, "%s%.*s", i ? ", " : "", TEXT_FMT(f->forms[i].id));
    }
    return err_fill_n(err, &MSG_FILING_NO_FORM, name.ptr, name.len, text_str(f->a, buf_text(&all)));
}

static period whole_period(const filing *f, int form, int64_t at_us)
{
    int32_t month = zone_month_of(f->zone, at_us);
    return f->forms[form].is_yearly ? period_year(f->zone, month_year(month)) : period_months(f->zone, month, 1);
}

bool filing_period_want(const filing *f, int form, text t, period *ret, heng_err *err)
{
    heng_err inner = {0};
    period p;
    size_t at;
    if (text_find(t, TEXT("T00:00:00"), &at)) t.len = at; /* a spreadsheet's month is its first day */
    if (period_parse(f->zone, text_nfkc(f->a, t), &p, &inner)) {
        period whole = whole_period(f, form, p.start_us);
        bool is_first_day = t.len == 10 && zone_day_of(f->zone, p.start_us) == zone_day_of(f->zone, whole.start_us) && p.end_us < whole.end_us;
        if ((p.start_us == whole.start_us && p.end_us == whole.end_us) || is_first_day) return *ret = whole, true;
    }
    char *wanted = f->forms[form].is_yearly ? text_words(f->a, TEXT("一年，如 2021"), TEXT("a year like 2021")) : text_words(f->a, TEXT("一个月，如 2021-07"), TEXT("a month like 2021-07"));
    return err_fill_n(err, &MSG_FILING_PERIOD, t.ptr, t.len, wanted);
}

bool filing_at(filing *f, period when, heng_err *err)
{
    int32_t day = zone_day_of(f->zone, when.end_us - 1);
    if (day == f->parties_day) return true;
    if (!book_parties_at(f->b, f->a, day, f->known_us, &f->parties, err)) return false;
    f->parties_day = day;
    return true;
}

period filing_last_period(const filing *f, int form, period when) { return whole_period(f, form, when.start_us - 1); }

int32_t filing_due_day(const filing *f, int form, period when) { return zone_day_of(f->zone, when.end_us - 1) + f->forms[form].due_days; }

text filing_key(arena *a, const filing *f, int form, int32_t party, period when)
{
    return text_of(arena_printf(a, "%.*s/%.*s/%.*s", TEXT_FMT(f->forms[form].id), TEXT_FMT(period_format(a, f->zone, when)), TEXT_FMT(f->parties.items[party].code)));
}

bool filing_key_read(const filing *f, text key, int *ret_form, int32_t *ret_party, period *ret, heng_err *err)
{
    text rest = key, form = text_next(&rest, '/'), when = text_next(&rest, '/');
    *ret_party = book_party_find(f->b, rest);
    *ret_form = -1;
    for (size_t i = 0; i < f->form_count; i++)
        if (text_equal(f->forms[i].id, form)) *ret_form = (int)i;
    if (*ret_form < 0 || *ret_party < 0) return err_fill_n(err, &MSG_FILING_BODY, key.ptr, key.len, NULL);
    return filing_period_want(f, *ret_form, when, ret, err);
}

bool filing_person(text by, text *ret, heng_err *err)
{
    *ret = text_trim(by);
    return ret->len > 0 || err_fill(err, &MSG_FILING_NO_PERSON, NULL, NULL, NULL);
}

bool filing_reason_given(text reason, const char *zh, const char *en, arena *a, heng_err *err)
{
    return text_trim(reason).len > 0 || err_fill(err, &MSG_FILING_NO_REASON, NULL, text_words(a, text_of(zh), text_of(en)), NULL);
}
