/* heng import of readings: a file of any layout through its mapping; and the mapping itself, suggested, shown and saved. */
#include "gate.h"
#include "ops_internal.h"
#include "readings.h"

enum { SHOWN_MAX = 20 };

static readings_order order_of(text word)
{
    return text_is(word, "YMD") ? ORDER_YMD : text_is(word, "DMY") ? ORDER_DMY : text_is(word, "MDY") ? ORDER_MDY : ORDER_FOUND;
}

/* --mapping: a saved name, else a file. */
static bool given_mapping(ops_call *c, readings_mapping *ret, bool *ret_given, heng_err *err)
{
    text name = ops_get(c, "--mapping"), bytes;
    *ret_given = name.len > 0;
    if (!name.len) return true;
    bool found;
    const char *path = text_str(c->a, name);
    if (!readings_mapping_find(c->book, c->a, name, ret, &found, err)) return false;
    if (found) return true;
    return (file_read(c->a, path, 1 << 20, &bytes, err) && readings_mapping_read(c->a, bytes, ret, err)) || err_in_file(err, path);
}

static void show_mapping(ops_call *c, const readings_mapping *m)
{
    const sheet_column columns[] = {column(TEXT("item"), pick(c->lang, "项目", "item"), false), column(TEXT("name"), pick(c->lang, "列", "column"), false), column(TEXT("value"), pick(c->lang, "含义", "value"), false)};
    sheet *s = sheet_new(c->out, TEXT("mapping"), pick(c->lang, "对照表（--mapping-to 文件.csv 写成文件，修改后用 --mapping 指定）", "mapping (--mapping-to FILE.csv writes it; change it, name it with --mapping)"), columns, 3);
    table *t;
    table_row row;
    heng_err ignored = {0};
    text csv = readings_mapping_text(c->a, m);
    bool is_head = true;
    if (!table_open_bytes(csv.ptr, csv.len, "mapping", &(table_options){.separator = ','}, &t, &ignored)) return;
    while (table_next(t, c->a, &row, &ignored) && !row.is_end) {
        text cells[3] = {{0}};
        for (size_t i = 0; i < 3 && i < row.count; i++) cells[i] = row.cells[i].value;
        if (!is_head) sheet_row(s, cells);
        is_head = false;
    }
    table_close(t);
}

static void show_guesses(ops_call *c, const readings_guess *g, size_t count)
{
    const sheet_column columns[] = {column(TEXT("code"), pick(c->lang, "通道", "channel"), false), column(TEXT("declared"), pick(c->lang, "已登记", "declared"), false), column(TEXT("column"), pick(c->lang, "列", "column"), false),
        column(TEXT("kind"), pick(c->lang, "像是", "looks like"), false), column(TEXT("unit"), pick(c->lang, "单位", "unit"), false), column(TEXT("scale"), pick(c->lang, "小数位", "scale"), true),
        column(TEXT("interval_s"), pick(c->lang, "间隔秒", "interval"), true),
        column(TEXT("values"), pick(c->lang, "有值", "values"), true), column(TEXT("missing"), pick(c->lang, "无值", "missing"), true), column(TEXT("low"), pick(c->lang, "最小", "low"), true),
        column(TEXT("high"), pick(c->lang, "最大", "high"), true)};
    sheet *s = sheet_new(c->out, TEXT("channels"), pick(c->lang, "各通道的样子", "what the channels look like"), columns, 11);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){g[i].code, yes_no(g[i].is_declared), g[i].header, g[i].kind, g[i].unit, number_text(c->a, g[i].scale), number_text(c->a, g[i].interval_s), number_text(c->a, g[i].count), number_text(c->a, g[i].missing), g[i].low, g[i].high});
    sheet_note(s, pick(c->lang, "未登记的通道请先登记：加 --channels 文件.csv 写出登记表，填好主体和品种后 heng meter add 文件.csv", "declare those that are not: --channels FILE.csv writes them, fill in party and commodity, then heng meter add FILE.csv"));
}

/* Channels that are not declared yet, as a table for heng meter add: party and commodity are for the user to fill in. */
static bool write_channels(ops_call *c, const readings_mapping *m, const readings_guess *g, size_t count, text path, heng_err *err)
{
    static const char *const HEADS[] = {"code", "name", "party", "commodity", "unit", "kind", "scale", "multiplier", "interval_s", "stamp", "zone"};
    enum { COLUMNS = sizeof HEADS / sizeof *HEADS };
    sheet_column columns[COLUMNS];
    sheet_book *out = sheet_book_new(c->a);
    for (int i = 0; i < COLUMNS; i++) columns[i] = column(text_of(HEADS[i]), text_of(HEADS[i]), false);
    sheet *s = sheet_new(out, TEXT("channels"), (text){0}, columns, COLUMNS);
    for (size_t i = 0; i < count; i++) {
        if (g[i].is_declared || !g[i].count) continue;
        text unit = g[i].unit.len ? g[i].unit : text_is(g[i].kind, "level") ? TEXT("1") : (text){0};
        sheet_row(s, (text[]){g[i].code, g[i].has_own_column ? g[i].header : (text){0}, ops_get(c, "--party"), ops_get(c, "--commodity"), unit, g[i].kind, number_text(c->a, g[i].scale), g[i].multiplier, number_text(c->a, g[i].interval_s), g[i].stamp, m->zone});
    }
    bool is_xlsx = text_ends(path, ".xlsx");
    return sheet_write(out, is_xlsx ? SHEET_XLSX : SHEET_CSV, text_str(c->a, path), &(sheet_style){.csv_bom = true}, err);
}

/* A suggestion is kept where the user says: in a file to be edited, in the book under a name. */
static bool keep_mapping(ops_call *c, const readings_mapping *m, heng_err *err)
{
    text file = ops_get(c, "--mapping-to"), name = ops_get(c, "--save-mapping");
    book_receipt saved;
    if (file.len && !file_write(text_str(c->a, file), readings_mapping_text(c->a, m), err)) return false;
    return !name.len || readings_mapping_save(c->book, c->a, name, m, &saved, err);
}

static bool suggest(ops_call *c, meter_book *m, heng_err *err)
{
    readings_mapping map;
    readings_guess *guesses;
    size_t count;
    bool given;
    const char *path = text_str(c->a, ops_get(c, "FILE"));
    text channels = ops_get(c, "--channels");
    if (!given_mapping(c, &map, &given, err)) return false;
    if (!given && !readings_suggest(m, c->a, path, ops_get(c, "--sheet"), order_of(ops_get(c, "--date-order")), &map, err)) return false;
    if (!readings_survey(m, c->a, path, &map, &guesses, &count, err)) return false;
    if (channels.len && !write_channels(c, &map, guesses, count, channels, err)) return false;
    for (size_t i = 0; i < count; i++) map.rounds |= guesses[i].too_fine > 0;
    if (!keep_mapping(c, &map, err)) return false;
    show_mapping(c, &map);
    show_guesses(c, guesses, count);
    return true;
}

static void show_gates(ops_call *c, const meter_gates *gates, const readings_report *r)
{
    const sheet_column columns[] = {column(TEXT("gate"), pick(c->lang, "质量关", "gate"), true), column(TEXT("name"), pick(c->lang, "名称", "name"), false), column(TEXT("readings"), pick(c->lang, "读数", "readings"), true),
        column(TEXT("outcome"), pick(c->lang, "结果", "outcome"), false), column(TEXT("what"), pick(c->lang, "说明", "what"), false), column(TEXT("remedy"), pick(c->lang, "办法", "remedy"), false)};
    static const char *const ZH[METER_STATUSES] = {"收下", "收下并标记", "改时收下", "待处理", "拒收", "已有", "更正"}, *const EN[METER_STATUSES] = {"accepted", "flagged", "re-timed", "held", "refused", "exists", "superseded"};
    sheet *s = NULL;
    for (int i = 1; i < GATE_NUMBERS; i++) {
        const meter_gate *g = meter_gate_of(gates, i);
        if (!r->by_gate[i] || !g->number) continue;
        if (!s) s = sheet_new(c->out, TEXT("gates"), pick(c->lang, "质量关", "quality gates"), columns, 6);
        sheet_row(s, (text[]){number_text(c->a, i), show_name(g->name, c->lang), number_text(c->a, r->by_gate[i]), pick(c->lang, ZH[g->status], EN[g->status]), show_name(g->sentence, c->lang), show_name(g->remedy, c->lang)});
    }
}

static void show_refused(ops_call *c, const readings_report *r)
{
    if (r->refusal_count == 0 || c->wants_rows) return;
    const sheet_column columns[] = {column(TEXT("row"), pick(c->lang, "行", "row"), true), column(TEXT("field"), pick(c->lang, "列", "column"), false), column(TEXT("reason"), pick(c->lang, "原因", "reason"), false)};
    sheet *s = sheet_new(c->out, TEXT("refused"), pick(c->lang, "没有收下的读数", "readings not taken"), columns, 3);
    char line[2048];
    size_t shown = r->refusal_count < SHOWN_MAX ? r->refusal_count : SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) {
        err_format_reason(&r->refusals[i].why, c->lang, line, sizeof line);
        sheet_row(s, (text[]){number_text(c->a, r->refusals[i].why.row), text_of(r->refusals[i].why.field), text_of(line)});
    }
    if (r->refused > (int64_t)shown) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "另有 %lld 个" : "and %lld more", (long long)(r->refused - (int64_t)shown))));
}

static void show_report(ops_call *c, const meter_gates *gates, const readings_report *r, const meter_close_receipt *closed, bool is_dry)
{
    const int64_t *n = r->receipt.counts;
    say(c, "%.*s：读数，%lld 行，%lld 个值（另有 %lld 格无值），%zu 个通道", "%.*s: readings, %lld rows, %lld values (%lld cells without), %zu channels", TEXT_FMT(ops_get(c, "FILE")), (long long)r->rows, (long long)r->cells,
        (long long)r->missing, r->channels);
    say(c, "  %s收下 %lld，标记 %lld，改时 %lld，更正 %lld，已有 %lld，待处理 %lld，拒收 %lld", "  %saccepted %lld, flagged %lld, re-timed %lld, superseded %lld, there already %lld, held %lld, refused %lld",
        is_dry ? (c->lang == HENG_ZH ? "（试算，未写入）" : "(nothing written) ") : "", (long long)n[METER_ACCEPTED], (long long)n[METER_FLAGGED], (long long)n[METER_MOVED], (long long)n[METER_SUPERSEDED], (long long)n[METER_EXISTS],
        (long long)n[METER_QUARANTINED], (long long)(r->refused - n[METER_QUARANTINED]));
    if (r->midnights) say(c, "  %lld 个写成当日 00:00 的午夜按当日终了（24:00）处理", "  %lld midnights written as 00:00 of their day were read as its end (24:00)", (long long)r->midnights);
    if (r->shared) say(c, "  %lld 张账单按其起止日期分摊，标为估计", "  %lld bills were shared out over the days they cover, marked as estimated", (long long)r->shared);
    if (r->rounded) say(c, "  %lld 个值的小数位超出通道的位数，已舍入", "  %lld values had more decimals than their channel keeps and were rounded", (long long)r->rounded);
    if (r->totals || r->notes) say(c, "  跳过合计 %lld 行（格），说明文字 %lld 行", "  passed over: %lld totals, %lld rows of words", (long long)r->totals, (long long)r->notes);
    if (r->left_out.len) say(c, "  未登记通道而略过的列：%.*s", "  columns left out, no channel is declared for them: %.*s", TEXT_FMT(r->left_out));
    if (r->since) say(c, "  这份文件以前导入过；其中 %lld 个值后来已更正，保持更正后的值", "  this file was imported before; %lld of its values were corrected since and stay so", (long long)r->since);
    if (r->doubled) say(c, "  %lld 个读数在夏令时结束时重复的那一小时", "  %lld readings lie in the hour that comes twice when summer time ends", (long long)r->doubled);
    if (closed->days) say(c, "  关闭通道日 %lld 个，入账流动 %lld 笔", "  channel-days closed %lld, movements posted %lld", (long long)(closed->days + r->receipt.days_closed), (long long)closed->movements);
    show_record(c, "import", (shown_field[]){{"rows", "行", "rows", number_text(c->a, r->rows), true}, {"values", "值", "values", number_text(c->a, r->cells), true}, {"missing", "无值", "missing", number_text(c->a, r->missing), true},
        {"accepted", "收下", "accepted", number_text(c->a, n[METER_ACCEPTED]), true}, {"flagged", "标记", "flagged", number_text(c->a, n[METER_FLAGGED]), true}, {"moved", "改时", "re-timed", number_text(c->a, n[METER_MOVED]), true},
        {"superseded", "更正", "superseded", number_text(c->a, n[METER_SUPERSEDED]), true}, {"exists", "已有", "exists", number_text(c->a, n[METER_EXISTS]), true},
        {"held", "待处理", "held", number_text(c->a, n[METER_QUARANTINED]), true}, {"refused", "拒收", "refused", number_text(c->a, r->refused - n[METER_QUARANTINED]), true}}, 10);
    show_gates(c, gates, r);
    show_refused(c, r);
}

static bool take_file(ops_call *c, meter_book *m, heng_err *err)
{
    readings_mapping map;
    readings_report r;
    meter_close_receipt closed = {0};
    const meter_gates *gates;
    bool given, dry_run = ops_has(c, "--dry-run");
    text refused = ops_get(c, "--refused"), save = ops_get(c, "--save-mapping");
    if (!meter_gates_open(c->a, m, &gates, err) || !given_mapping(c, &map, &given, err)) return false;
    meter_gates_set(m, meter_gate_judge, (void *)(uintptr_t)gates);
    readings_options options = {.mapping = given ? &map : NULL, .sheet = ops_get(c, "--sheet"), .order = order_of(ops_get(c, "--date-order")), .source = ops_get(c, "--source"), .dry_run = dry_run, .keep_going = ops_has(c, "--keep-going"), .keep_present = ops_has(c, "--keep-present"),
        .refused_path = refused.len ? text_str(c->a, refused) : NULL, .lang = c->lang};
    if (!readings_file(m, c->a, text_str(c->a, ops_get(c, "FILE")), &options, &r, err)) return false;
    book_receipt saved;
    if (save.len && given && !readings_mapping_save(c->book, c->a, save, &map, &saved, err)) return false;
    if (!dry_run && r.receipt.take && !meter_days_close(m, 0, &closed, err)) return false;
    bool is_blocked = r.refused > r.receipt.counts[METER_QUARANTINED] && !options.keep_going && r.receipt.take == 0;
    show_report(c, gates, &r, &closed, dry_run || is_blocked);
    if (r.refused) c->exit_code = OPS_FINDINGS;
    if (r.refused_path.len) say(c, "没有收下的连同原因已写入 %.*s，改好后可再导入", "what was not taken is in %.*s with its reasons: mend it and import it again", TEXT_FMT(r.refused_path));
    else if (is_blocked && !dry_run) say(c, "没有写入任何读数；用 --keep-going 可先收下好的", "no reading was taken; --keep-going takes the good ones");
    return true;
}

static bool has_declared(ops_call *c, meter_book *m)
{
    readings_mapping map;
    readings_guess *guesses;
    size_t count;
    heng_err ignored = {0};
    const char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!readings_suggest(m, c->a, path, ops_get(c, "--sheet"), order_of(ops_get(c, "--date-order")), &map, &ignored)) return false;
    if (!readings_survey(m, c->a, path, &map, &guesses, &count, &ignored)) return false;
    for (size_t i = 0; i < count; i++)
        if (guesses[i].is_declared) return true;
    return false;
}

bool fits_readings(ops_call *c)
{
    meter_book *m;
    heng_err ignored = {0};
    if (!meter_open(c->book, &m, &ignored)) return false;
    bool fits = meter_channel_count(m) > 0 && has_declared(c, m);
    meter_book_close(m);
    return fits;
}

bool import_readings(ops_call *c, heng_err *err)
{
    meter_book *m;
    if (!meter_open(c->book, &m, err)) return false;
    bool ok = ops_has(c, "--suggest") ? suggest(c, m, err) : take_file(c, m, err);
    meter_book_close(m);
    return ok;
}
