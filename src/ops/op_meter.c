/* heng meter add, list, show, readings, days, gaps, tree, close: channels and what they measured. */
#include "meter.h"
#include "ops_internal.h"

/* ---- Declaring: the same fields as options and as columns of a spreadsheet ---- */

enum field { CODE, METER, NAME, PARTY, COMMODITY, UNIT, KIND, SCALE, MULTIPLIER, ROLL_OVER, RESET, INTERVAL, STAMP, WAIT, ZONE, LOW, HIGH, RATE, CAPACITY, CALIBRATED, CALIBRATION_DUE, GIVER, TAKER,
             MOVEMENT, PARENT, FORMULA, ADDRESS, VALID_FROM, VALID_TO, NOTE, FIELDS };
static const struct { const char *id, *zh; } FIELD[FIELDS] = {
    {"code", "通道编码"}, {"meter", "表号"}, {"name", "名称"}, {"party", "主体"}, {"commodity", "品种"}, {"unit", "单位"}, {"kind", "类型"}, {"scale", "小数位"}, {"multiplier", "倍率"}, {"roll_over", "量程"},
    {"reset", "复位规则"}, {"interval_s", "间隔秒"}, {"stamp", "时标"}, {"wait_days", "等待天数"}, {"zone", "时区"}, {"low", "下限"}, {"high", "上限"}, {"rate_per_hour", "每小时变化上限"},
    {"capacity_per_hour", "每小时能力"}, {"calibrated", "检定日期"}, {"calibration_due", "检定到期"}, {"giver", "给出方"}, {"taker", "接收方"}, {"movement_kind", "流动类别"}, {"parent", "上级通道"},
    {"formula", "公式"}, {"address", "地址"}, {"valid_from", "生效日"}, {"valid_to", "失效日"}, {"note", "备注"}};

typedef struct fields { text value[FIELDS]; } fields;
typedef struct adding { ops_call *c; const rule_set *r; book_parties parties; } adding;

static bool choice(text t, const char *const *en, const char *const *zh, int count, const char *all, int *ret, heng_err *err)
{
    for (int i = 0; i < count; i++)
        if (text_is(t, en[i]) || text_is(t, zh[i])) return *ret = i, true;
    return t.len == 0 || err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, t.ptr, t.len, all);
}

static bool whole(text t, int64_t otherwise, int64_t *ret, bool *ret_has, heng_err *err)
{
    *ret = otherwise;
    if (ret_has) *ret_has = t.len > 0;
    return t.len == 0 || dec_parse(t, 0, DEC_EXACT, ret, err);
}

static bool party_in(const adding *x, text t, int32_t *ret, heng_err *err)
{
    *ret = BOOK_NONE;
    return t.len == 0 || book_party_want(x->c->book, &x->parties, t, ret, err);
}

static bool day_in(text t, int32_t otherwise, int32_t *ret, heng_err *err)
{
    *ret = otherwise;
    return t.len == 0 || day_parse(t, ret, err);
}

static bool numbers_in(const fields *f, meter_channel *to, int *ret_bad, heng_err *err)
{
    const struct { enum field at; int64_t otherwise; int64_t *to; bool *has; } LIST[] = {{ROLL_OVER, 0, &to->roll_over, NULL}, {LOW, 0, &to->low, &to->has_low}, {HIGH, 0, &to->high, &to->has_high},
        {RATE, 0, &to->rate_per_hour, &to->has_rate}, {CAPACITY, 0, &to->capacity_per_hour, &to->has_capacity}};
    for (size_t i = 0; i < sizeof LIST / sizeof *LIST; i++)
        if (!whole(f->value[LIST[i].at], LIST[i].otherwise, LIST[i].to, LIST[i].has, err)) return *ret_bad = (int)LIST[i].at, false;
    const struct { enum field at; int64_t otherwise, max; } SMALL[] = {{SCALE, 0, DEC_SCALE_MAX}, {INTERVAL, 0, 86400 * 31}, {WAIT, 3, 3660}};
    int64_t v[3];
    for (int i = 0; i < 3; i++) {
        *ret_bad = (int)SMALL[i].at;
        if (!whole(f->value[SMALL[i].at], SMALL[i].otherwise, &v[i], NULL, err)) return false;
        if (v[i] < 0 || v[i] > SMALL[i].max) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, f->value[SMALL[i].at].ptr, f->value[SMALL[i].at].len, i == 0 ? "0..18" : i == 1 ? "0..2678400" : "0..3660");
    }
    to->scale = (int)v[0], to->interval_s = (int32_t)v[1], to->wait_days = (int32_t)v[2];
    return true;
}

static bool channel_from(const adding *x, const fields *f, meter_channel *to, int *bad, heng_err *err)
{
    static const char *const KINDS[] = {"counter", "interval", "level", "state"}, *const KINDS_ZH[] = {"累计值", "时段值", "瞬时值", "状态"}, *const STAMPS[] = {"start", "end"}, *const STAMPS_ZH[] = {"起", "止"},
                      *const RESETS[] = {"zero", "start"}, *const RESETS_ZH[] = {"归零", "新起点"};
    arena *a = x->c->a;
    int kind = METER_INTERVAL, stamp = 0, reset = 0;
    const text *v = f->value;
    meter_channel_init(to);
    to->code = v[CODE], to->meter = v[METER], to->name = v[NAME], to->parent = v[PARENT], to->formula = v[FORMULA], to->address = v[ADDRESS], to->note = v[NOTE];
    to->zone = v[ZONE].len ? text_str(a, v[ZONE]) : NULL;
    if (*bad = KIND, !choice(v[KIND], KINDS, KINDS_ZH, 4, "counter|interval|level|state", &kind, err)) return false;
    if (*bad = STAMP, !choice(v[STAMP], STAMPS, STAMPS_ZH, 2, "start|end", &stamp, err)) return false;
    if (*bad = RESET, !choice(v[RESET], RESETS, RESETS_ZH, 2, "zero|start", &reset, err)) return false;
    to->kind = (meter_kind)kind, to->stamp = (meter_stamp)stamp, to->reset = (meter_reset)reset;
    if (*bad = PARTY, !party_in(x, v[PARTY], &to->party, err)) return false;
    if (*bad = GIVER, !party_in(x, v[GIVER], &to->giver, err)) return false;
    if (*bad = TAKER, !party_in(x, v[TAKER], &to->taker, err)) return false;
    if (*bad = COMMODITY, v[COMMODITY].len && !rule_commodity_want(x->r, v[COMMODITY], &to->commodity, err)) return false;
    if (*bad = UNIT, v[UNIT].len && !rule_unit_want(x->r, v[UNIT], &to->unit, err)) return false;
    if (*bad = MOVEMENT, v[MOVEMENT].len && !rule_kind_want(x->r, v[MOVEMENT], &to->movement_kind, err)) return false;
    if (*bad = MULTIPLIER, v[MULTIPLIER].len && !rat_parse(a, v[MULTIPLIER], &to->multiplier, err)) return false;
    if (*bad = CALIBRATED, !day_in(v[CALIBRATED], 0, &to->calibrated, err)) return false;
    if (*bad = CALIBRATION_DUE, !day_in(v[CALIBRATION_DUE], 0, &to->calibration_due, err)) return false;
    if (*bad = VALID_FROM, !day_in(v[VALID_FROM], INT32_MIN, &to->valid_from, err)) return false;
    if (*bad = VALID_TO, !day_in(v[VALID_TO], INT32_MAX, &to->valid_to, err)) return false;
    return numbers_in(f, to, bad, err);
}

/* ---- A spreadsheet of channels ---- */

/* interval_s, or as the option is written: interval-s. */
static bool is_named(text cell, const char *id)
{
    size_t len = strlen(id);
    for (size_t i = 0; i < cell.len && i < len; i++)
        if (cell.ptr[i] != id[i] && !(cell.ptr[i] == '-' && id[i] == '_')) return false;
    return cell.len == len;
}

static bool header_read(const adding *x, const table_row *row, int *of_column, size_t max, heng_err *err)
{
    text_buf all = {.a = x->c->a};
    for (int k = 0; k < FIELDS; k++) buf_printf(&all, "%s%s", k ? " " : "", FIELD[k].id);
    for (size_t i = 0; i < max; i++) of_column[i] = -1;
    for (size_t i = 0; i < row->count && i < max; i++) {
        text cell = row->cells[i].value;
        for (int k = 0; k < FIELDS; k++)
            if (is_named(cell, FIELD[k].id) || text_is(cell, FIELD[k].zh)) of_column[i] = k;
        if (cell.len && of_column[i] < 0) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, cell.ptr, cell.len, text_str(x->c->a, buf_text(&all))), err_at_row(err, row->number);
    }
    return true;
}

typedef struct channel_rows { size_t count, max, row_max; meter_channel *items; int64_t *rows; } channel_rows;

static bool rows_read(const adding *x, table *t, channel_rows *out, heng_err *err)
{
    enum { COLUMNS = 64 };
    int of_column[COLUMNS], bad = CODE;
    table_row row;
    if (!table_next(t, x->c->a, &row, err) || row.is_end || !header_read(x, &row, of_column, COLUMNS, err)) return err->message == NULL;
    for (;;) {
        fields f = {0};
        if (!table_next(t, x->c->a, &row, err)) return false;
        if (row.is_end) return true;
        for (size_t i = 0; i < row.count && i < COLUMNS; i++)
            if (of_column[i] >= 0) f.value[of_column[i]] = text_copy(x->c->a, row.cells[i].value); /* cells lie in the file, which is closed before they are used */
        meter_channel *to = ARENA_PUSH(x->c->a, out->items, out->count, out->max);
        if (out->row_max < out->max) out->rows = arena_grow(x->c->a, out->rows, out->row_max * sizeof *out->rows, out->max * sizeof *out->rows), out->row_max = out->max;
        out->rows[out->count - 1] = row.number;
        if (!channel_from(x, &f, to, &bad, err)) return err_in_field(err, FIELD[bad].id), err_at_row(err, row.number);
    }
}

static bool file_rows(const adding *x, const char *path, channel_rows *out, hash *content, heng_err *err)
{
    table *t;
    if (!table_open(path, NULL, &t, err)) return false;
    *content = table_hash(t);
    bool ok = rows_read(x, t, out, err);
    table_close(t);
    return ok || err_in_file(err, path);
}

static bool option_rows(const adding *x, channel_rows *out, heng_err *err)
{
    fields f = {0};
    int bad = CODE;
    for (int k = 0; k < FIELDS; k++) {
        char *name = arena_printf(x->c->a, "--%s", FIELD[k].id);
        for (char *p = name; *p; p++) *p = *p == '_' ? '-' : *p;
        f.value[k] = ops_get(x->c, name);
    }
    meter_channel *to = ARENA_PUSH(x->c->a, out->items, out->count, out->max);
    return channel_from(x, &f, to, &bad, err) || err_in_field(err, FIELD[bad].id);
}

static bool put_rows(ops_call *c, meter_book *m, const channel_rows *rows, const char *path, const book_batch *from, heng_err *err)
{
    book_receipt receipt;
    book_result *results = NEW_ARRAY(c->a, rows->count + 1, book_result);
    if (!meter_channels_put(m, c->a, from, rows->items, rows->count, results, &receipt, err)) return false;
    for (size_t i = 0; i < rows->count; i++) {
        if (results[i].status != BOOK_REFUSED) continue;
        *err = *results[i].why;
        if (rows->rows) err_at_row(err, rows->rows[i]);
        return path ? err_in_file(err, path) : false;
    }
    show_receipt(c, "channels", &receipt, from->dry_run);
    say_receipt(c, &receipt, from->dry_run);
    return true;
}

bool op_meter_add(ops_call *c, heng_err *err)
{
    adding x = {.c = c};
    channel_rows rows = {0};
    hash content = {{0}};
    meter_book *m;
    text file = ops_get(c, "FILE");
    const char *path = file.len ? text_str(c->a, file) : NULL;
    if (!path && !ops_has(c, "--code")) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, "meter add", "FILE | --code", NULL);
    if (!book_rules(c->book, &x.r, err) || !book_parties_at(c->book, c->a, today_in(c), BOOK_KNOWN_NOW, &x.parties, err)) return false;
    if (!(path ? file_rows(&x, path, &rows, &content, err) : option_rows(&x, &rows, err)) || !meter_open(c->book, &m, err)) return false;
    book_batch from = {.source = TEXT("meter.channels"), .file = file, .all_or_none = true, .dry_run = ops_has(c, "--dry-run")};
    bool ok = put_rows(c, m, &rows, path, &from, err);
    meter_book_close(m);
    return ok;
}

/* ---- Showing ---- */

static bool open_here(ops_call *c, meter_book **ret, heng_err *err) { return meter_open(c->book, ret, err); }

static text kind_cell(ops_call *c, meter_kind k)
{
    static const char *const EN[] = {"counter", "interval", "level", "state"}, *const ZH[] = {"累计值", "时段值", "瞬时值", "状态"};
    return text_of(c->wants_exact || c->lang == HENG_EN ? EN[k] : ZH[k]);
}

static text unit_cell(const rule_set *r, int32_t unit) { return unit >= 0 ? r->units[unit].id : TEXT(""); }

/* A count as the meter shows it. */
static text shown(ops_call *c, const meter_channel *ch, i128 count) { return dec_format(c->a, count, ch->scale); }

static bool list(ops_call *c, meter_book *m, heng_err *err)
{
    const rule_set *r;
    book_parties parties;
    meter_reading *last;
    size_t count;
    if (!book_rules(c->book, &r, err) || !book_parties_at(c->book, c->a, today_in(c), c->known_us, &parties, err) || !meter_last(m, c->a, &last, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("code"), pick(c->lang, "通道", "channel"), false), column(TEXT("name"), pick(c->lang, "名称", "name"), false), column(TEXT("party"), pick(c->lang, "主体", "party"), false),
                                    column(TEXT("commodity"), pick(c->lang, "品种", "commodity"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("kind"), pick(c->lang, "类型", "kind"), false),
                                    column(TEXT("parent"), pick(c->lang, "上级", "parent"), false), column(TEXT("last_time"), pick(c->lang, "最近读数时间", "last reading"), false),
                                    column(TEXT("last"), pick(c->lang, "最近读数", "value"), true)};
    sheet *s = sheet_new(c->out, pick(c->lang, "通道", "channels"), (text){0}, columns, 9);
    text party = ops_get(c, "--party");
    int32_t only = BOOK_NONE;
    if (party.len && !book_party_want(c->book, &parties, party, &only, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const meter_channel *ch = meter_channel_get(m, (int32_t)i);
        if (only != BOOK_NONE && ch->party != only) continue;
        bool has = last[i].channel != METER_NONE;
        sheet_row(s, (text[]){ch->code, ch->name, ch->party == BOOK_NONE ? (text){0} : party_cell(c, &parties.items[ch->party]),
                              ch->commodity < 0 ? (text){0} : name_cell(c, r->commodities[ch->commodity].id, r->commodities[ch->commodity].name), unit_cell(r, ch->unit),
                              ch->formula.len ? ch->formula : kind_cell(c, ch->kind), ch->parent, has ? show_instant(c, last[i].time_us) : (text){0}, has ? shown(c, ch, last[i].count) : (text){0}});
    }
    return true;
}

static bool want_channel(ops_call *c, meter_book *m, int32_t *ret, heng_err *err) { return meter_channel_want(m, ops_get(c, "CHANNEL"), ret, err) || err_in_field(err, "CHANNEL"); }

/* Its declaration in the words of the chain, one version a row. */
static bool show(ops_call *c, meter_book *m, heng_err *err)
{
    int32_t id;
    book_entry_row *rows;
    size_t count;
    if (!want_channel(c, m, &id, err)) return false;
    text code = meter_channel_get(m, id)->code;
    if (!book_entries(c->book, c->a, TEXT("meter.channel"), code, c->known_us, true, &rows, &count, err)) return false;
    const sheet_column columns[] = {column(TEXT("key"), pick(c->lang, "通道", "channel"), false), column(TEXT("version"), pick(c->lang, "版本", "version"), true), column(TEXT("known"), pick(c->lang, "入账时间", "known"), false),
                                    column(TEXT("superseded"), pick(c->lang, "被更正于", "superseded"), false), column(TEXT("field"), pick(c->lang, "项目", "field"), false), column(TEXT("value"), pick(c->lang, "内容", "value"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "登记内容", "declaration"), (text){0}, columns, 6);
    for (size_t i = 0; i < count; i++) {
        const json *o;
        bool is_it = text_equal(rows[i].key, code) || (rows[i].key.len > code.len && rows[i].key.ptr[code.len] == '@');
        if (!is_it || rows[i].body.len == 0 || !json_parse(c->a, rows[i].body, &o, err)) continue;
        for (const json *f = o->first; f; f = f->next)
            sheet_row(s, (text[]){rows[i].key, number_text(c->a, rows[i].version), show_instant(c, rows[i].known_us), rows[i].superseded_us ? show_instant(c, rows[i].superseded_us) : (text){0}, f->key, f->value});
    }
    return true;
}

const char *quality_word(uint8_t flag, bool zh)
{
    static const char *const EN[] = {"good", "suspect", "estimated", "manual"}, *const ZH[] = {"有效", "存疑", "估计", "人工"};
    if (flag & METER_GONE) return zh ? "已撤回" : "withdrawn";
    return (zh ? ZH : EN)[(flag & METER_QUALITY) < 4 ? flag & METER_QUALITY : METER_SUSPECT];
}

/* In a list of many, a good reading is silent. */
static text quality_cell(ops_call *c, uint8_t flag)
{
    text_buf b = {.a = c->a};
    bool zh = c->lang == HENG_ZH && !c->wants_exact;
    if ((flag & METER_QUALITY) != METER_GOOD) buf_str(&b, quality_word(flag, zh));
    if (flag & METER_START) buf_str(&b, zh ? " 起点" : " start");
    if (flag & METER_RETIMED) buf_str(&b, zh ? " 改时" : " retimed");
    return text_trim(buf_text(&b));
}

static text instant_cell(ops_call *c, meter_book *m, int32_t id, int64_t us) { return instant_format(c->a, meter_channel_zone(m, id), us); }

static bool series_sheet(ops_call *c, meter_book *m, int32_t id, period when, heng_err *err)
{
    meter_series r;
    const meter_channel *ch = meter_channel_get(m, id);
    if (!meter_readings(m, c->a, id, when, c->known_us, &r, err)) return false;
    const sheet_column columns[] = {column(TEXT("time"), pick(c->lang, "时间", "time"), false), column(TEXT("value"), pick(c->lang, "读数", "value"), true), column(TEXT("quality"), pick(c->lang, "质量", "quality"), false)};
    sheet *s = sheet_new(c->out, ch->code, (text){0}, columns, 3);
    for (size_t i = 0; i < r.count; i++) sheet_row(s, (text[]){instant_cell(c, m, id, r.time_us[i]), shown(c, ch, r.value[i]), quality_cell(c, r.flag[i])});
    return true;
}

/* All decimals of a sum: a reading may have fourteen. */
static text exact_amount(arena *a, const rat *v) { return rat_is_decimal(v, 18) ? rat_exact(a, v) : exact_number(a, v); }

/* Channels added up in one step of time. count 0: nothing there. */
typedef struct added { const rat *amount, *low, *high; int64_t count, expected, estimated; bool is_open; } added;

static void add_cell(arena *a, added *to, const meter_channel *ch, const meter_cell *cell)
{
    to->expected += cell->expected, to->estimated += cell->estimated, to->count += cell->count, to->is_open |= cell->is_open;
    if (!cell->count && !cell->sum) return;
    const rat *v = meter_amount(a, ch, cell->sum);
    to->amount = to->amount ? rat_add(a, to->amount, v) : v;
    if (!cell->count) return;
    const rat *low = rat_scaled(a, cell->min, ch->scale), *high = rat_scaled(a, cell->max, ch->scale);
    if (!to->low || rat_compare(low, to->low) < 0) to->low = low;
    if (!to->high || rat_compare(high, to->high) > 0) to->high = high;
}

static bool is_amount(const meter_channel *ch) { return ch->kind == METER_COUNTER || ch->kind == METER_INTERVAL; }

/* One row a step: the sum of what channels of one unit and kind counted; of levels their mean, and the sum that the mean is of. */
static bool sums_rows(ops_call *c, sheet *s, const meter_table *t, const cal_zone *z, meter_book *m, const int32_t *ids, size_t count, const rule_set *r, heng_err *err)
{
    const meter_channel *first = meter_channel_get(m, ids[0]);
    for (size_t i = 0; i < t->steps; i++) {
        added x = {0};
        for (size_t k = 0; k < count; k++) add_cell(c->a, &x, meter_channel_get(m, ids[k]), &t->cells[k * t->steps + i]);
        const rat *mean = x.amount;
        if (mean && x.count && !is_amount(first) && !rat_div(c->a, x.amount, rat_int(c->a, x.count), &mean, err)) return false;
        text sum = x.amount ? exact_amount(c->a, x.amount) : (text){0};
        sheet_row(s, (text[]){instant_format(c->a, z, t->start_us[i]), mean ? exact_amount(c->a, mean) : (text){0}, unit_cell(r, first->unit), number_text(c->a, x.count), number_text(c->a, x.expected), number_text(c->a, x.estimated),
                              x.low ? exact_amount(c->a, x.low) : (text){0}, x.high ? exact_amount(c->a, x.high) : (text){0}, is_amount(first) ? (text){0} : sum,
                              x.is_open ? pick(c->lang, "未关闭（暂计）", "open (provisional)") : (text){0}});
    }
    return true;
}

static bool sums_sheet(ops_call *c, meter_book *m, const int32_t *ids, size_t count, text title, period when, meter_step step, const rule_set *r, heng_err *err)
{
    meter_table t;
    bool amounts = is_amount(meter_channel_get(m, ids[0]));
    if (!meter_sums(m, c->a, ids, count, when, step, METER_EACH, c->known_us, &t, err)) return false;
    const sheet_column columns[] = {column(TEXT("from"), pick(c->lang, "起", "from"), false), column(amounts ? TEXT("amount") : TEXT("mean"), amounts ? pick(c->lang, "数量", "amount") : pick(c->lang, "平均", "mean"), true),
                                    column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("readings"), pick(c->lang, "读数", "readings"), true), column(TEXT("expected"), pick(c->lang, "应有", "expected"), true),
                                    column(TEXT("estimated"), pick(c->lang, "估计", "estimated"), true), column(TEXT("min"), pick(c->lang, "最小", "min"), true), column(TEXT("max"), pick(c->lang, "最大", "max"), true),
                                    column(TEXT("sum"), pick(c->lang, "读数之和", "sum of readings"), true), column(TEXT("state"), pick(c->lang, "状态", "state"), false)};
    sheet *s = sheet_new(c->out, title, (text){0}, columns, 10);
    return sums_rows(c, s, &t, meter_channel_zone(m, ids[0]), m, ids, count, r, err);
}

/* *: any text, none included. */
static bool code_matches(text pattern, text code)
{
    size_t star, at;
    if (!text_find(pattern, TEXT("*"), &star)) return text_equal(pattern, code);
    if (code.len < star || memcmp(pattern.ptr, code.ptr, star) != 0) return false;
    pattern = (text){pattern.ptr + star + 1, pattern.len - star - 1}, code = (text){code.ptr + star, code.len - star};
    for (at = 0; at <= code.len; at++)
        if (code_matches(pattern, (text){code.ptr + at, code.len - at})) return true;
    return false;
}

/* Real channels of a pattern that count the same unit in the same way as one of them: those that can be added. */
static size_t alike(meter_book *m, text pattern, bool *done, int32_t *ret)
{
    const meter_channel *like = NULL;
    size_t n = 0;
    for (size_t i = 0; i < meter_channel_count(m); i++) {
        const meter_channel *ch = meter_channel_get(m, (int32_t)i);
        if (done[i] || ch->formula.len || !code_matches(pattern, ch->code) || (like && (ch->unit != like->unit || is_amount(ch) != is_amount(like)))) continue;
        if (!like) like = ch;                       /* the first one says what the others must be like */
        done[i] = true, ret[n++] = (int32_t)i;
    }
    return n;
}

/* All channels of a pattern: one table for each unit and kind. */
static bool pattern_sums(ops_call *c, meter_book *m, text pattern, meter_step step, const rule_set *r, heng_err *err)
{
    size_t total = meter_channel_count(m), count;
    int32_t *ids = NEW_ARRAY(c->a, total + 1, int32_t), unknown;
    bool *done = NEW_ARRAY(c->a, total + 1, bool), found = false;
    period when;
    while ((count = alike(m, pattern, done, ids)) > 0) {
        text title = text_of(arena_printf(c->a, c->lang == HENG_ZH ? "%.*s：%zu 个通道" : "%.*s: %zu channels", TEXT_FMT(pattern), count));
        if (!want_period_in(c, meter_channel_zone(m, ids[0]), "--period", &when, err) || !sums_sheet(c, m, ids, count, title, when, step, r, err)) return false;
        found = true;
    }
    return found || meter_channel_want(m, pattern, &unknown, err) || err_in_field(err, "CHANNEL");
}

static bool virtual_whole(ops_call *c, meter_book *m, int32_t id, period when, heng_err *err)
{
    meter_value v;
    if (!meter_value_of(m, c->a, id, when, c->known_us, &v, err)) return false;
    text value = v.amount ? exact_number(c->a, v.amount) : (text){0};
    show_record(c, "value", (shown_field[]){{"value", "数值", "value", value, true}, {"missing", "缺少", "missing", number_text(c->a, v.missing), true}, {"incomplete", "不全", "incomplete", number_text(c->a, v.incomplete), true}}, 3);
    if (v.amount) say(c, "%.*s", "%.*s", TEXT_FMT(value));
    if (v.amount && v.incomplete) say(c, "其中 %lld 个通道的数据不全", "%lld of its channels have only some of their readings", (long long)v.incomplete);
    if (!v.amount) say(c, "无数据：缺少 %lld 项", "no data: %lld parts are missing", (long long)v.missing);
    return true;
}

static int64_t step_end(const cal_zone *z, meter_step step, int64_t us)
{
    if (step == METER_BY_MONTH) return zone_month_start_us(z, zone_month_of(z, us) + 1);
    int32_t day = zone_day_of(z, us);
    int64_t hour = INT64_C(3600000000), start = zone_day_start_us(z, day);
    return step == METER_BY_DAY ? zone_day_start_us(z, day + 1) : start + ((us - start) / hour + 1) * hour;
}

/* A formula has a value for each step of its own: what it is over a day is not always the sum of its hours (a share, a PUE). */
static bool virtual_sheet(ops_call *c, meter_book *m, int32_t id, period when, meter_step step, const rule_set *r, heng_err *err)
{
    const cal_zone *z = meter_channel_zone(m, id);
    const meter_channel *ch = meter_channel_get(m, id);
    const sheet_column columns[] = {column(TEXT("from"), pick(c->lang, "起", "from"), false), column(TEXT("amount"), pick(c->lang, "数量", "amount"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                    column(TEXT("missing"), pick(c->lang, "缺少", "missing"), true), column(TEXT("incomplete"), pick(c->lang, "不全", "incomplete"), true), column(TEXT("state"), pick(c->lang, "状态", "state"), false)};
    sheet *s = sheet_new(c->out, ch->code, (text){0}, columns, 6);
    for (int64_t at = when.start_us, end; at < when.end_us; at = end) {
        meter_value v;
        end = step_end(z, step, at) < when.end_us ? step_end(z, step, at) : when.end_us;
        if (!meter_value_of(m, c->a, id, (period){at, end}, c->known_us, &v, err)) return false;
        sheet_row(s, (text[]){instant_format(c->a, z, at), v.amount ? exact_amount(c->a, v.amount) : (text){0}, unit_cell(r, ch->unit), number_text(c->a, v.missing), number_text(c->a, v.incomplete), v.is_open ? pick(c->lang, "未关闭（暂计）", "open (provisional)") : (text){0}});
    }
    return true;
}

static bool readings(ops_call *c, meter_book *m, heng_err *err)
{
    int32_t id;
    period when;
    const rule_set *r;
    text by = ops_get(c, "--by"), code = ops_get(c, "CHANNEL");
    meter_step step = text_is(by, "hour") ? METER_BY_HOUR : text_is(by, "day") ? METER_BY_DAY : text_is(by, "month") ? METER_BY_MONTH : METER_WHOLE;
    size_t star;
    if (!book_rules(c->book, &r, err)) return false;
    if (text_find(code, TEXT("*"), &star) && meter_channel_find(m, code) == METER_NONE) return pattern_sums(c, m, code, step, r, err);
    if (!want_channel(c, m, &id, err) || !want_period_in(c, meter_channel_zone(m, id), "--period", &when, err)) return false;
    if (meter_channel_get(m, id)->formula.len) return step == METER_WHOLE ? virtual_whole(c, m, id, when, err) : virtual_sheet(c, m, id, when, step, r, err);
    if (!by.len) return series_sheet(c, m, id, when, err);
    return sums_sheet(c, m, &id, 1, meter_channel_get(m, id)->code, when, step, r, err);
}

static bool wanted_channels(ops_call *c, meter_book *m, int32_t *one, size_t *count, heng_err *err)
{
    *count = ops_has(c, "--channel");
    return !*count || meter_channel_want(m, ops_get(c, "--channel"), one, err) || err_in_field(err, "--channel");
}

static bool gaps(ops_call *c, meter_book *m, heng_err *err)
{
    int32_t one;
    size_t count, n;
    period when;
    meter_gap *g;
    if (!wanted_channels(c, m, &one, &count, err) || !want_period_in(c, count == 1 ? meter_channel_zone(m, one) : book_zone(c->book), "--period", &when, err) || !meter_gaps(m, c->a, &one, count, when, &g, &n, err)) return false;
    const sheet_column columns[] = {column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("from"), pick(c->lang, "起", "from"), false), column(TEXT("to"), pick(c->lang, "止", "to"), false),
                                    column(TEXT("missing"), pick(c->lang, "缺少读数", "readings missing"), true)};
    sheet *s = sheet_new(c->out, pick(c->lang, "缺口", "gaps"), (text){0}, columns, 4);
    for (size_t i = 0; i < n; i++)
        sheet_row(s, (text[]){meter_channel_get(m, g[i].channel)->code, instant_cell(c, m, g[i].channel, g[i].when.start_us), instant_cell(c, m, g[i].channel, g[i].when.end_us), number_text(c->a, g[i].missing)});
    if (n) c->exit_code = OPS_FINDINGS;
    return true;
}

static bool days(ops_call *c, meter_book *m, heng_err *err)
{
    static const char *const EN[] = {"no data", "open", "closed", "refused"}, *const ZH[] = {"无数据", "未关闭", "已关闭", "账本拒绝"};
    int32_t one;
    size_t count, n;
    period when;
    meter_day *d;
    if (!wanted_channels(c, m, &one, &count, err) || !want_period_in(c, count == 1 ? meter_channel_zone(m, one) : book_zone(c->book), "--period", &when, err)) return false;
    int32_t first = zone_day_of(book_zone(c->book), when.start_us), last = zone_day_of(book_zone(c->book), when.end_us - 1);
    if (!meter_days(m, c->a, &one, count, first, last - first + 1, &d, &n, err)) return false;
    const sheet_column columns[] = {column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("day"), pick(c->lang, "日", "day"), false), column(TEXT("state"), pick(c->lang, "状态", "state"), false),
                                    column(TEXT("version"), pick(c->lang, "关闭次数", "closings"), true), column(TEXT("sum"), pick(c->lang, "合计", "sum"), true), column(TEXT("readings"), pick(c->lang, "读数", "readings"), true),
                                    column(TEXT("expected"), pick(c->lang, "应有", "expected"), true), column(TEXT("estimated"), pick(c->lang, "估计", "estimated"), true), column(TEXT("resets"), pick(c->lang, "复位", "resets"), true)};
    sheet *s = sheet_new(c->out, pick(c->lang, "各日", "days"), (text){0}, columns, 9);
    for (size_t i = 0; i < n; i++) {
        const meter_channel *ch = meter_channel_get(m, d[i].channel);
        if (d[i].state == METER_DAY_EMPTY && !count) continue;
        sheet_row(s, (text[]){ch->code, day_format(c->a, d[i].day), text_of((c->lang == HENG_ZH && !c->wants_exact ? ZH : EN)[d[i].state]), number_text(c->a, d[i].version),
                              exact_number(c->a, meter_amount(c->a, ch, d[i].sum)), number_text(c->a, d[i].count), number_text(c->a, d[i].expected), number_text(c->a, d[i].estimated), number_text(c->a, d[i].resets)});
    }
    return true;
}

static bool tree(ops_call *c, meter_book *m, heng_err *err)
{
    int32_t root = METER_NONE;
    size_t n;
    period when;
    meter_node *nodes;
    const rule_set *r;
    if (!book_rules(c->book, &r, err) || !want_period(c, "--period", &when, err) || (ops_has(c, "CHANNEL") && !want_channel(c, m, &root, err))) return false;
    if (!meter_tree(m, c->a, root, when, c->known_us, &nodes, &n, err)) return false;
    const sheet_column columns[] = {column(TEXT("channel"), pick(c->lang, "通道", "channel"), false), column(TEXT("amount"), pick(c->lang, "计量", "amount"), true), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false),
                                    column(TEXT("below"), pick(c->lang, "下级合计", "below"), true), column(TEXT("loss"), pick(c->lang, "差额", "loss"), true), column(TEXT("unmetered"), pick(c->lang, "未计量 %", "unmetered %"), true),
                                    column(TEXT("missing"), pick(c->lang, "下级无数据", "below without data"), true)};
    sheet *s = sheet_new(c->out, pick(c->lang, "表计树", "meter tree"), (text){0}, columns, 7);
    for (size_t i = 0; i < n; i++) {
        const meter_node *x = &nodes[i];
        const meter_channel *ch = meter_channel_get(m, x->channel);
        text indent = text_of(arena_printf(c->a, "%*s%.*s", c->wants_exact ? 0 : 2 * x->depth, "", TEXT_FMT(ch->code)));
        const rat *share = x->unmetered ? rat_mul(c->a, x->unmetered, rat_int(c->a, 100)) : NULL;
        sheet_row(s, (text[]){indent, x->amount ? exact_number(c->a, x->amount) : (text){0}, unit_cell(r, ch->unit), x->below ? exact_number(c->a, x->below) : (text){0}, x->loss ? exact_number(c->a, x->loss) : (text){0},
                              share ? rat_format(c->a, share, 2) : (text){0}, x->missing ? number_text(c->a, x->missing) : (text){0}});
    }
    return true;
}

static bool close_days(ops_call *c, meter_book *m, heng_err *err)
{
    meter_close_receipt r;
    if (!meter_days_close(m, 0, &r, err)) return false;
    show_record(c, "close", (shown_field[]){{"days", "关闭的日", "days", number_text(c->a, r.days), true}, {"movements", "流动", "movements", number_text(c->a, r.movements), true}, {"refused", "账本拒绝", "refused", number_text(c->a, r.refused), true}}, 3);
    say(c, "已关闭 %lld 个通道日，记入 %lld 笔流动", "closed %lld channel-days, posted %lld movements", (long long)r.days, (long long)r.movements);
    if (r.refused) say(c, "其中 %lld 笔被账本拒绝，见 heng meter days", "%lld of them the ledger refused, see heng meter days", (long long)r.refused), c->exit_code = OPS_FINDINGS;
    return true;
}

static bool with_meters(ops_call *c, bool (*fn)(ops_call *, meter_book *, heng_err *), heng_err *err)
{
    meter_book *m;
    if (!open_here(c, &m, err)) return false;
    bool ok = fn(c, m, err);
    meter_book_close(m);
    return ok;
}

bool op_meter_list(ops_call *c, heng_err *err) { return with_meters(c, list, err); }
bool op_meter_show(ops_call *c, heng_err *err) { return with_meters(c, show, err); }
bool op_meter_readings(ops_call *c, heng_err *err) { return with_meters(c, readings, err); }
bool op_meter_gaps(ops_call *c, heng_err *err) { return with_meters(c, gaps, err); }
bool op_meter_days(ops_call *c, heng_err *err) { return with_meters(c, days, err); }
bool op_meter_tree(ops_call *c, heng_err *err) { return with_meters(c, tree, err); }
bool op_meter_close(ops_call *c, heng_err *err) { return with_meters(c, close_days, err); }
