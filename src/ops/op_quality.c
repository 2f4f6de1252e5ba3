/* heng meter quality, quarantine, fill, gates: what is wrong with readings, and what people do about it. */
#include <stdlib.h>
#include "op_report.h"
#include "quality.h"

static bool open_meters(ops_call *c, meter_book **ret, const meter_gates **ret_gates, heng_err *err)
{
    if (!meter_open(c->book, ret, err)) return false;
    if (meter_gates_open(c->a, *ret, ret_gates, err)) {
        meter_gates_set(*ret, meter_gate_judge, (void *)(uintptr_t)*ret_gates);
        return true;
    }
    meter_book_close(*ret);
    return false;
}

static text time_text(ops_call *c, const cal_zone *z, int64_t us)
{
    text t = instant_format(c->a, z, us);
    return t.len > 16 ? text_of(arena_printf(c->a, "%.10s %.5s", t.ptr, t.ptr + 11)) : t;
}

/* Days and months as such; else from clock to clock, the day said once. */
static text period_text(ops_call *c, const cal_zone *z, period p)
{
    text whole = period_format(c->a, z, p), from = time_text(c, z, p.start_us), to = time_text(c, z, p.end_us);
    size_t at;
    if (!text_find(whole, TEXT("T"), &at) || from.len < 16 || to.len < 16) return whole;
    if (memcmp(from.ptr, to.ptr, 10) == 0) to = (text){to.ptr + 11, to.len - 11};
    return text_of(arena_printf(c->a, "%.*s..%.*s", TEXT_FMT(from), TEXT_FMT(to)));
}

static text severity_text(const ops_call *c, text word)
{
    return text_is(word, "error") ? pick(c->lang, "错误", "error") : text_is(word, "warning") ? pick(c->lang, "警告", "warning") : pick(c->lang, "提示", "note");
}

static void show_findings(ops_call *c, const rule_set *r, meter_book *m, const meter_gates *g, const meter_finding *f, size_t count)
{
    const sheet_column columns[] = {column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("gate"), pick(c->lang, "质量关", "gate"), true), column(TEXT("name"), pick(c->lang, "名称", "name"), false),
        column(TEXT("period"), pick(c->lang, "期间", "period"), false), column(TEXT("seen"), pick(c->lang, "实际", "seen"), false), column(TEXT("wanted"), pick(c->lang, "要求", "wanted"), false),
        column(TEXT("severity"), pick(c->lang, "程度", "severity"), false)};
    sheet *s = sheet_new(c->out, TEXT("quality"), pick(c->lang, "数据质量", "quality of the data"), columns, 7);
    bool told[GATE_NUMBERS] = {false};
    for (size_t i = 0; i < count; i++) {
        const meter_gate *x = meter_gate_of(g, f[i].gate);
        sheet_row(s, (text[]){meter_channel_get(m, f[i].channel)->code, number_text(c->a, f[i].gate), show_name(x->name, c->lang), period_text(c, meter_channel_zone(m, f[i].channel), f[i].when), show_amount(c, r, f[i].seen), show_amount(c, r, f[i].wanted), severity_text(c, x->severity)});
        told[f[i].gate] = true;
    }
    for (int i = 0; i < GATE_NUMBERS; i++) {
        const meter_gate *x = meter_gate_of(g, i);
        if (told[i]) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%d %.*s：%.*s。%.*s。" : "%d %.*s: %.*s. %.*s.", i, TEXT_FMT(show_name(x->name, c->lang)), TEXT_FMT(show_name(x->sentence, c->lang)), TEXT_FMT(show_name(x->remedy, c->lang)))));
    }
}

static bool quality(ops_call *c, meter_book *m, const meter_gates *g, heng_err *err)
{
    period when;
    int32_t channel;
    meter_finding *f;
    size_t count;
    const rule_set *r;
    text code = ops_get(c, "--channel");
    if (code.len && !meter_channel_want(m, code, &channel, err)) return false;
    if (!want_period_in(c, code.len ? meter_channel_zone(m, channel) : book_zone(c->book), "--period", &when, err)) return false;
    if (!meter_quality(m, g, c->a, &channel, code.len ? 1 : 0, when, c->known_us, &f, &count, err)) return false;
    if (!book_rules(c->book, &r, err)) return false;
    if (count || c->wants_rows) show_findings(c, r, m, g, f, count);
    const meter_channel *x = code.len ? meter_channel_get(m, channel) : NULL;
    size_t reports;
    if (!report_findings_of(c, when, x ? x->party : BOOK_NONE, x ? x->commodity : RULE_NONE, &reports, err)) return false;
    if (count + reports) c->exit_code = OPS_FINDINGS;
    else say(c, "没有发现问题", "nothing was found");
    return true;
}

bool op_meter_quality(ops_call *c, heng_err *err)
{
    meter_book *m;
    const meter_gates *g;
    if (!open_meters(c, &m, &g, err)) return false;
    bool ok = quality(c, m, g, err);
    meter_book_close(m);
    return ok;
}

/* The words of the table, for people. */
static text rule_word(const ops_call *c, text word)
{
    static const char *const WORDS[][3] = {{"reading", "读数", "reading"}, {"day", "日", "day"}, {"month", "月", "month"}, {"flag", "收下并标记", "flag"}, {"move", "改时", "move"}, {"hold", "扣下待处理", "hold"},
        {"refuse", "拒收", "refuse"}, {"off", "停用", "off"}, {"hour", "小时", "hours"}, {"second", "秒", "seconds"}, {"second since 1970", "（1970年起的秒数）", "seconds since 1970"}, {"times", "倍", "times"},
        {"readings", "个读数", "readings"}, {"intervals", "个间隔", "intervals"}, {"share", "（比例）", "share"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0] && !c->wants_rows; i++)
        if (text_is(word, WORDS[i][0])) return pick(c->lang, WORDS[i][1], WORDS[i][2]);
    return word;
}

bool op_meter_gates(ops_call *c, heng_err *err)
{
    meter_book *m;
    const meter_gates *g;
    if (!open_meters(c, &m, &g, err)) return false;
    const sheet_column columns[] = {column(TEXT("gate"), pick(c->lang, "编号", "gate"), true), column(TEXT("name"), pick(c->lang, "名称", "name"), false), column(TEXT("level"), pick(c->lang, "层级", "level"), false),
        column(TEXT("outcome"), pick(c->lang, "处理", "outcome"), false), column(TEXT("parameter"), pick(c->lang, "参数", "parameter"), false), column(TEXT("what"), pick(c->lang, "说明", "what"), false),
        column(TEXT("remedy"), pick(c->lang, "办法", "remedy"), false)};
    sheet *s = sheet_new(c->out, TEXT("gates"), pick(c->lang, "质量关（规则包 gates.csv）", "quality gates (gates.csv of the rule pack)"), columns, 7);
    for (int i = METER_GATE_RULES; i < GATE_NUMBERS; i++) {
        const meter_gate *x = meter_gate_of(g, i);
        if (!x->number) continue;
        text unit = rule_word(c, rule_cell(x->row, "parameter_unit")), value = rule_cell(x->row, "parameter");
        sheet_row(s, (text[]){number_text(c->a, i), show_name(x->name, c->lang), rule_word(c, x->level), rule_word(c, rule_cell(x->row, "outcome")), text_of(arena_printf(c->a, "%.*s%s%.*s", TEXT_FMT(value), unit.len ? " " : "", TEXT_FMT(unit))),
            show_name(x->sentence, c->lang), show_name(x->remedy, c->lang)});
    }
    meter_book_close(m);
    return true;
}

/* ---- Quarantine ---- */

static text held_value(ops_call *c, meter_book *m, const meter_held *h) { return dec_format_trim(c->a, h->count, meter_channel_get(m, h->channel)->scale); }

static text state_text(const ops_call *c, text word)
{
    static const char *const WORDS[][3] = {{"accept", "按原值收下", "accepted"}, {"correct", "改正后收下", "corrected"}, {"drop", "作废", "dropped"}, {"start", "作为新表起点收下", "taken as a new start"}, {"replaced", "已由新值取代", "replaced"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (text_is(word, WORDS[i][0])) return c->wants_rows ? word : pick(c->lang, WORDS[i][1], WORDS[i][2]);
    return word;
}

static bool list_held(ops_call *c, meter_book *m, const meter_gates *g, heng_err *err)
{
    meter_held *h;
    size_t count;
    int32_t channel = METER_NONE;
    text code = ops_get(c, "--channel");
    if ((code.len && !meter_channel_want(m, code, &channel, err)) || !meter_held_list(m, c->a, channel, ops_has(c, "--all"), &h, &count, err)) return false;
    if (!count) say(c, "没有待处理的读数", "no held readings");
    if (!count && !c->wants_rows) return true;
    const sheet_column columns[] = {column(TEXT("id"), pick(c->lang, "编号", "id"), true), column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("time"), pick(c->lang, "时间", "time"), false),
        column(TEXT("value"), pick(c->lang, "读数", "value"), true), column(TEXT("gate"), pick(c->lang, "质量关", "gate"), true), column(TEXT("why"), pick(c->lang, "原因", "why"), false),
        column(TEXT("limit"), pick(c->lang, "限度", "limit"), false), column(TEXT("source"), pick(c->lang, "来源", "source"), false), column(TEXT("state"), pick(c->lang, "处理", "state"), false), column(TEXT("who"), pick(c->lang, "经办", "who"), false), column(TEXT("reason"), pick(c->lang, "理由", "reason"), false)};
    sheet *s = sheet_new(c->out, TEXT("quarantine"), pick(c->lang, "待处理的读数", "held readings"), columns, ops_has(c, "--all") ? 11 : 8);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){number_text(c->a, h[i].id), meter_channel_get(m, h[i].channel)->code, time_text(c, meter_channel_zone(m, h[i].channel), h[i].time_us), held_value(c, m, &h[i]), number_text(c->a, h[i].gate),
            show_name(meter_gate_of(g, h[i].gate)->name, c->lang), meter_gate_limit(c->a, m, g, h[i].gate, h[i].channel, h[i].time_us, h[i].count), h[i].source, state_text(c, h[i].state), h[i].who, h[i].reason});
    if (count && !ops_has(c, "--all"))
        sheet_note(s, pick(c->lang, "处理：heng meter quarantine --accept 编号 或 --drop 编号 或 --correct 编号 --value 值，均须 --reason 理由", "work through: heng meter quarantine --accept ID, --drop ID or --correct ID --value V, each with --reason"));
    return true;
}

static const meter_held *held_of(const meter_held *h, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (h[i].id == id) return &h[i];
    return NULL;
}

/* All ids given under one of the three words. */
static size_t given_ids(ops_call *c, const char *arg, int64_t *ids, heng_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->given_count; i++) {
        if (strcmp(c->given[i].name, arg) != 0) continue;
        if (!dec_parse(c->given[i].value, 0, DEC_EXACT, &ids[n++], err)) return err_in_field(err, arg), 0;
    }
    return n;
}

static bool end_held(ops_call *c, meter_book *m, const char *state, const int64_t *ids, size_t n, heng_err *err)
{
    meter_held *h;
    size_t count;
    meter_receipt receipt;
    int64_t times[OPS_GIVEN_MAX], values[OPS_GIVEN_MAX];
    text value = ops_get(c, "--value"), who = ops_get(c, "--user"), time = ops_get(c, "--time");
    const char *user = getenv("USER");
    if (!meter_held_list(m, c->a, METER_NONE, false, &h, &count, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const meter_held *x = held_of(h, count, ids[i]);
        times[i] = x ? x->time_us : 0, values[i] = x ? x->count : 0;
        if (x && value.len && !dec_parse(value, meter_channel_get(m, x->channel)->scale, DEC_EXACT, &values[i], err)) return err_in_field(err, "--value");
        period at;
        if (x && time.len && !period_parse(meter_channel_zone(m, x->channel), time, &at, err)) return err_in_field(err, "--time");
        if (x && time.len) times[i] = at.start_us;
    }
    if (!meter_held_end(m, state, ids, times, values, n, who.len ? who : text_of(user ? user : "unknown"), ops_get(c, "--reason"), &receipt, err)) return false;
    say(c, "已处理 %zu 个读数", "worked through: %zu readings", n);
    return true;
}

static bool quarantine(ops_call *c, meter_book *m, const meter_gates *g, heng_err *err)
{
    static const char *const WAYS[][2] = {{"--accept", "accept"}, {"--correct", "correct"}, {"--start", "start"}, {"--drop", "drop"}};
    for (size_t i = 0; i < 4; i++) {
        int64_t ids[OPS_GIVEN_MAX];
        size_t n = given_ids(c, WAYS[i][0], ids, err);
        if (err->message) return false;
        if (n) return end_held(c, m, WAYS[i][1], ids, n, err);
    }
    return list_held(c, m, g, err);
}

bool op_meter_quarantine(ops_call *c, heng_err *err)
{
    meter_book *m;
    const meter_gates *g;
    if (!open_meters(c, &m, &g, err)) return false;
    bool ok = quarantine(c, m, g, err);
    meter_book_close(m);
    return ok;
}

/* ---- Filling ---- */

static bool fill(ops_call *c, meter_book *m, heng_err *err)
{
    int32_t channel;
    period when;
    meter_filled filled;
    text method = ops_get(c, "--method"), who = ops_get(c, "--user");
    const char *user = getenv("USER");
    int which = 0;
    while (which < FILL_METHODS && !text_is(method, meter_fill_names[which].id)) which++;
    if (!meter_channel_want(m, ops_get(c, "CHANNEL"), &channel, err) || !want_period_in(c, meter_channel_zone(m, channel), "--period", &when, err)) return false;
    if (!meter_fill(m, c->a, channel, when, (meter_fill_method)which, who.len ? who : text_of(user ? user : "unknown"), ops_get(c, "--reason"), ops_has(c, "--dry-run"), &filled, err)) return false;
    say(c, "缺口 %lld 处，补上读数 %lld 个（%s），仍缺 %lld 个", "gaps %lld, filled with %lld readings (%s), still missing %lld", (long long)filled.gaps, (long long)filled.readings,
        c->lang == HENG_ZH ? meter_fill_names[which].zh : meter_fill_names[which].en, (long long)filled.left);
    show_record(c, "fill", (shown_field[]){{"gaps", "缺口", "gaps", number_text(c->a, filled.gaps), true}, {"readings", "补上", "readings", number_text(c->a, filled.readings), true}, {"left", "仍缺", "left", number_text(c->a, filled.left), true},
        {"method", "方法", "method", method, false}}, 4);
    return true;
}

bool op_meter_fill(ops_call *c, heng_err *err)
{
    meter_book *m;
    const meter_gates *g;
    if (!open_meters(c, &m, &g, err)) return false;
    bool ok = fill(c, m, err);
    meter_book_close(m);
    return ok;
}
