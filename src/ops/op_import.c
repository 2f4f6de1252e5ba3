/* heng import, import list, import undo, template: files in, and the empty spreadsheets to fill. */
#include "ops_internal.h"

/* A file of the wrong kind has every row refused; the first ones tell why. */
enum { SHOWN_MAX = 20 };

static void show_refusals(ops_call *c, const intake_report *report)
{
    const sheet_column columns[] = {column(TEXT("row"), pick(c->lang, "行", "row"), true), column(TEXT("field"), pick(c->lang, "字段", "field"), false),
                                    column(TEXT("reason"), pick(c->lang, "原因", "reason"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "被拒绝的行", "refused"), pick(c->lang, "被拒绝的行", "refused rows"), columns, 3);
    char reason[2048];
    size_t shown = report->refusal_count <= SHOWN_MAX ? report->refusal_count : SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) {
        const heng_err *why = &report->refusals[i].why;
        err_format_reason(why, c->lang, reason, sizeof reason);
        sheet_row(s, (text[]){text_of(arena_printf(c->a, "%lld", (long long)why->row)), text_of(why->field), text_of(reason)});
    }
    long long rest = (long long)report->receipt.refused - (long long)shown;
    if (rest > 0) sheet_note(s, text_of(arena_printf(c->a, c->lang == HENG_ZH ? "另有 %lld 行被拒绝" : "and %lld more refused rows", rest)));
}

static const char *const STATUSES[] = {[INTAKE_CREATED] = "created",   [INTAKE_EXISTS] = "exists",   [INTAKE_SUPERSEDED] = "superseded",
                                       [INTAKE_REFUSED] = "refused",   [INTAKE_SKIPPED] = "skipped", [INTAKE_NOT_STORED] = "not_stored"};

/* For a program: what became of each row, in the order of the file. */
static void show_rows(ops_call *c, const intake_report *report)
{
    const sheet_column columns[] = {column(TEXT("row"), pick(c->lang, "行", "row"), true), column(TEXT("status"), pick(c->lang, "结果", "status"), false),
                                    column(TEXT("address"), pick(c->lang, "地址", "address"), false), column(TEXT("field"), pick(c->lang, "字段", "field"), false),
                                    column(TEXT("message"), pick(c->lang, "消息编号", "message"), false), column(TEXT("reason"), pick(c->lang, "原因", "reason"), false)};
    sheet *s = sheet_new(c->out, TEXT("rows"), TEXT("rows"), columns, 6);
    char reason[2048];
    for (size_t i = 0; i < report->row_count; i++) {
        const intake_row_result *row = &report->row_results[i];
        if (row->why) err_format_reason(row->why, c->lang, reason, sizeof reason);
        sheet_row(s, (text[]){number_text(c->a, row->row), text_of(STATUSES[row->status]), row->address, row->why ? text_of(row->why->field) : (text){0},
                              row->why ? text_of(row->why->message->id) : (text){0}, row->why ? text_of(reason) : (text){0}});
    }
}

static void show_import(ops_call *c, const intake_report *report, bool dry_run)
{
    say_receipt(c, &report->receipt, dry_run);
    show_receipt(c, "import", &report->receipt, dry_run);
    if (c->wants_rows) show_rows(c, report);
}

/* A file that has the columns of no form may hold readings of channels that are declared. */
static bool may_be_readings(ops_call *c, const heng_err *why)
{
    bool is_open = !ops_has(c, "--form") && !ops_has(c, "--mapping") && !ops_has(c, "--party") && !ops_has(c, "--supersede");
    return is_open && why->message && strcmp(why->message->id, "intake.no_form") == 0 && fits_readings(c);
}

bool op_import(ops_call *c, heng_err *err)
{
    text refused = ops_get(c, "--refused");
    intake_options options = {.form = ops_get(c, "--form"), .mapping = ops_get(c, "--mapping"), .source = ops_get(c, "--source"), .sheet = ops_get(c, "--sheet"),
                              .party = ops_get(c, "--party"), .dry_run = ops_has(c, "--dry-run"), .keep_going = ops_has(c, "--keep-going"),
                              .supersede = ops_has(c, "--supersede"), .refused_path = refused.len ? text_str(c->a, refused) : NULL, .lang = c->lang, .quiet = c->quiet};
    intake_report report = {0};
    text file = ops_get(c, "FILE");
    if (text_is(options.form, "readings") || text_is(options.form, "读数") || ops_has(c, "--suggest")) return import_readings(c, err);
    if (!intake_file(c->book, c->a, text_str(c->a, file), &options, &report, err)) {
        if (!may_be_readings(c, err)) return false;
        err_clear(err);
        say(c, "%.*s 的表头是读数文件的，其中有已登记的通道：按读数导入（--form readings）", "%.*s has the header of a file of readings with channels that are declared: taken as readings (--form readings)", TEXT_FMT(file));
        return import_readings(c, err);
    }
    say(c, "%.*s：表式 %.*s，%lld 行", "%.*s: form %.*s, %lld rows", TEXT_FMT(file), TEXT_FMT(report.form), (long long)report.rows);
    if (report.skipped) say(c, "  按对照表跳过 %lld 行", "  skipped by the mapping: %lld rows", (long long)report.skipped);
    show_import(c, &report, options.dry_run);
    char warning[2048];
    for (size_t i = 0; i < report.warning_count; i++) {
        err_format(&report.warnings[i], c->lang, warning, sizeof warning);
        say(c, "注意：%s", "note: %s", warning);
    }
    if (!report.receipt.refused) return true;
    c->exit_code = OPS_FINDINGS;
    if (!c->wants_rows) show_refusals(c, &report);
    if (report.refused_path.len)
        say(c, "被拒绝的行连同原因已写入 %.*s，改好后可再导入", "refused rows with their reasons are in %.*s: mend them and import it again", TEXT_FMT(report.refused_path));
    else if (!options.dry_run)
        say(c, "没有写入任何数据；用 --keep-going 可先接受正确的行", "nothing was stored; --keep-going accepts the good rows");
    return true;
}

bool op_import_list(ops_call *c, heng_err *err)
{
    book_delivery *items;
    size_t count;
    if (!book_deliveries(c->book, c->a, &items, &count, err)) return false;
    const sheet_column columns[] = {
        column(TEXT("id"), pick(c->lang, "编号", "id"), true), column(TEXT("known"), pick(c->lang, "入账时间", "known"), false), column(TEXT("source"), pick(c->lang, "来源", "source"), false),
        column(TEXT("file"), pick(c->lang, "文件", "file"), false), column(TEXT("movements"), pick(c->lang, "流动", "movements"), true),
        column(TEXT("observations"), pick(c->lang, "统计值", "observations"), true), column(TEXT("entries"), pick(c->lang, "条目", "entries"), true), column(TEXT("undone"), pick(c->lang, "已撤销", "undone"), false)};
    sheet *s = sheet_new(c->out, pick(c->lang, "交付", "deliveries"), (text){0}, columns, 8);
    for (size_t i = 0; i < count; i++)
        sheet_row(s, (text[]){text_of(arena_printf(c->a, "%lld", (long long)items[i].id)), show_instant(c, items[i].known_us), items[i].source, items[i].file,
                              text_of(arena_printf(c->a, "%lld", (long long)items[i].movements)), text_of(arena_printf(c->a, "%lld", (long long)items[i].observations)),
                              text_of(arena_printf(c->a, "%lld", (long long)items[i].entries)),
                              items[i].is_undone ? c->wants_exact ? TEXT("yes") : pick(c->lang, "是", "yes") : TEXT("")});
    return true;
}

bool op_import_undo(ops_call *c, heng_err *err)
{
    int64_t delivery;
    book_receipt receipt;
    if (!want_number(c, "ID", &delivery, err) || !intake_undo(c->book, c->a, delivery, ops_get(c, "--reason"), &receipt, err)) return false;
    say_receipt(c, &receipt, false);
    show_receipt(c, "import undo", &receipt, false);
    return true;
}

bool op_template(ops_call *c, heng_err *err)
{
    char *path = text_str(c->a, ops_get(c, "FILE"));
    if (!intake_template(c->book, c->a, ops_get(c, "FORM"), path, c->lang, err)) return false;
    say(c, "已写出 %s", "wrote %s", path);
    show_record(c, "template", (shown_field[]){{"form", "表式", "form", ops_get(c, "FORM"), false}, {"file", "文件", "file", text_of(path), false}}, 2);
    return true;
}
