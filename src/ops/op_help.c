/* heng help, completion, version: all from the table of operations. */
#include "ops_internal.h"

static const struct { const char *name, *zh, *en; } GLOBAL_OPTIONS[] = {
    {"--db FILE", "数据库（默认 $HENG_DB，其次 city.heng）", "database ($HENG_DB, else city.heng)"},
    {"--lang zh|en", "语言（默认按 LANG）", "language (by LANG)"},
    {"--format text|csv|json|xlsx", "输出格式（默认 text；xlsx 需要 --out）", "output (text; xlsx needs --out)"},
    {"--out FILE", "写到文件", "write to a file"},
    {"--known TIME", "按该日结束时或该时刻所知：2026-05-01、2026-05-01T12:30:00", "as known at the end of a day or at a moment: 2026-05-01, 2026-05-01T12:30:00"},
    {"--quiet", "不显示进度", "no progress"},
    {"--no-colour", "不用颜色（也认 NO_COLOR）", "no colours (NO_COLOR too)"}};
enum { GLOBAL_OPTION_COUNT = sizeof GLOBAL_OPTIONS / sizeof GLOBAL_OPTIONS[0] };

static const struct { int code; const char *zh, *en; } EXIT_CODES[] = {
    {OPS_OK, "完成", "done"},
    {OPS_FINDINGS, "已判断，但有拒绝、不符或错误", "judged, and something is refused, differs or is faulty"},
    {OPS_USAGE, "命令用法不对", "the command line is wrong"},
    {OPS_INPUT, "输入有误：请改正后重试", "the input is wrong: mend it and come again"},
    {OPS_STORE, "磁盘、权限或版本问题", "disk, permission or version"},
    {OPS_BUSY, "另一个写入者正占用数据库", "another writer holds the database"},
    {OPS_DAMAGED, "数据库未通过核验", "the database does not verify"}};

/* Pad to a column by terminal width. */
static void padded(text_buf *b, text t, size_t width)
{
    buf_add(b, t);
    for (size_t w = text_width(t); w < width; w++) buf_char(b, ' ');
}

/* A heading stands before the first command of its group, in the order of the table. */
static const struct { const char *first, *zh, *en; } GROUPS[] = {
    {"init", "开始", "to begin"},
    {"import", "数据录入", "data in"},
    {"post", "流动、权益与主体", "movements, rights and parties"},
    {"close", "封账", "closing"},
    {"account energy", "账户、指标与对账", "accounts, indicators, reconciliation"},
    {"why", "解释、核验与备份", "explanation, verification, backup"},
    {"rule check", "规则包", "rule packs"},
    {"meter add", "表计与读数", "meters and readings"},
    {"report forms", "企业报表", "reports of enterprises"},
    {"plan read", "规划", "plans"},
    {"help", "其他", "other"}};

static void group_heading(ops_call *c, text_buf *b, const char *name)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        if (strcmp(GROUPS[i].first, name) == 0) buf_printf(b, "%s%s\n", i ? "\n" : "", c->lang == HENG_ZH ? GROUPS[i].zh : GROUPS[i].en);
}

static void list_commands(ops_call *c, text_buf *b)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++) {
        group_heading(c, b, ops[i].name);
        buf_str(b, "  ");
        padded(b, text_of(ops[i].name), 20);
        buf_str(b, c->lang == HENG_ZH ? ops[i].zh : ops[i].en);
        buf_char(b, '\n');
    }
}

static void overview(ops_call *c, text_buf *b)
{
    bool zh = c->lang == HENG_ZH;
    buf_str(b, zh ? "衡：城市绿色低碳循环发展的账本\n\n用法：heng 命令 [参数] [选项]\n\n" : "Heng: the operating ledger of a city's green economy\n\nusage: heng COMMAND [ARGUMENTS] [OPTIONS]\n\n");
    list_commands(c, b);
    buf_str(b, zh ? "\n每个命令都可用的选项：\n" : "\noptions of every command:\n");
    for (size_t i = 0; i < GLOBAL_OPTION_COUNT; i++) {
        buf_str(b, "  ");
        padded(b, text_of(GLOBAL_OPTIONS[i].name), 30);
        buf_str(b, zh ? GLOBAL_OPTIONS[i].zh : GLOBAL_OPTIONS[i].en);
        buf_char(b, '\n');
    }
    buf_str(b, zh ? "\n退出码：\n" : "\nexit codes:\n");
    for (size_t i = 0; i < sizeof EXIT_CODES / sizeof EXIT_CODES[0]; i++) buf_printf(b, "  %d  %s\n", EXIT_CODES[i].code, zh ? EXIT_CODES[i].zh : EXIT_CODES[i].en);
    buf_str(b, zh ? "\nheng help 命令：参数与示例。初次使用请先运行 heng demo。\n" : "\nheng help COMMAND: arguments and an example. New here? Run heng demo first.\n");
}

static void arg_synopsis(text_buf *b, const ops_arg *x)
{
    bool positional = x->name[0] != '-';
    buf_str(b, x->required ? " " : " [");
    buf_str(b, x->name);
    if (!positional && x->kind != OPS_FLAG) buf_printf(b, " %s", x->choices ? x->choices : "…");
    if (!x->required) buf_char(b, ']');
    if (x->repeated) buf_str(b, "...");
}

static void one_command(ops_call *c, text_buf *b, const ops_op *op)
{
    bool zh = c->lang == HENG_ZH;
    buf_printf(b, "heng %s: %s\n\n%s heng %s", op->name, zh ? op->zh : op->en, zh ? "用法：" : "usage:", op->name);
    for (const ops_arg *x = op->args; x->name; x++) arg_synopsis(b, x);
    buf_str(b, "\n\n");
    for (const ops_arg *x = op->args; x->name; x++) {
        buf_str(b, "  ");
        padded(b, text_of(x->name), 14);
        buf_str(b, zh ? x->zh : x->en);
        if (x->choices) buf_printf(b, " [%s]", x->choices);
        buf_char(b, '\n');
    }
    if (op->example) buf_printf(b, "%s heng %s\n", zh ? "\n示例：" : "\nexample:", op->example);
}

static bool is_asked(const ops_op *op, text noun, text verb)
{
    text rest = text_of(op->name), first = text_next(&rest, ' ');
    return !noun.len || (text_equal(first, noun) && (!verb.len || text_equal(rest, verb)));
}

static void commands_sheet(ops_call *c, text noun, text verb)
{
    static const char *const needs[] = {[OPS_NO_BOOK] = "nothing", [OPS_READS] = "reads", [OPS_WRITES] = "writes"};
    const sheet_column columns[] = {column(TEXT("command"), pick(c->lang, "命令", "command"), false), column(TEXT("about"), pick(c->lang, "用途", "about"), false),
                                    column(TEXT("needs"), pick(c->lang, "数据库", "database"), false), column(TEXT("example"), pick(c->lang, "示例", "example"), false)};
    size_t count;
    const ops_op *ops = ops_table(&count);
    sheet *s = sheet_new(c->out, TEXT("commands"), TEXT("commands"), columns, 4);
    for (size_t i = 0; i < count; i++)
        if (is_asked(&ops[i], noun, verb)) sheet_row(s, (text[]){text_of(ops[i].name), pick(c->lang, ops[i].zh, ops[i].en), text_of(needs[ops[i].needs]), text_of(ops[i].example)});
}

static void arguments_sheet(ops_call *c, text noun, text verb)
{
    static const char *const kinds[] = {[OPS_FLAG] = "flag", [OPS_TEXT] = "text", [OPS_FILE] = "file", [OPS_DIR] = "folder", [OPS_PARTY] = "party", [OPS_PERIOD] = "period", [OPS_CHOICE] = "choice"};
    const sheet_column columns[] = {column(TEXT("command"), pick(c->lang, "命令", "command"), false), column(TEXT("name"), pick(c->lang, "参数", "name"), false),
                                    column(TEXT("kind"), pick(c->lang, "种类", "kind"), false), column(TEXT("required"), pick(c->lang, "必需", "required"), false),
                                    column(TEXT("repeated"), pick(c->lang, "可重复", "repeated"), false), column(TEXT("choices"), pick(c->lang, "可选值", "choices"), false),
                                    column(TEXT("about"), pick(c->lang, "说明", "about"), false)};
    size_t count;
    const ops_op *ops = ops_table(&count);
    sheet *s = sheet_new(c->out, TEXT("arguments"), TEXT("arguments"), columns, 7);
    for (size_t i = 0; i < count; i++)
        for (const ops_arg *x = ops[i].args; is_asked(&ops[i], noun, verb) && x->name; x++)
            sheet_row(s, (text[]){text_of(ops[i].name), text_of(x->name), text_of(kinds[x->kind]), yes_no(x->required), yes_no(x->repeated), text_of(x->choices), pick(c->lang, x->zh, x->en)});
}

bool op_help(ops_call *c, heng_err *err)
{
    text noun = ops_get(c, "COMMAND"), verb = ops_get(c, "VERB");
    text_buf b = {.a = c->a};
    if (!noun.len) overview(c, &b);
    size_t count, shown = 0;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; noun.len && i < count; i++) {
        if (!is_asked(&ops[i], noun, verb)) continue;
        if (shown++) buf_char(&b, '\n');
        one_command(c, &b, &ops[i]);
    }
    if (noun.len && !shown) return err_fill_n(err, &MSG_OPS_UNKNOWN_COMMAND, noun.ptr, noun.len, "heng help");
    if (c->wants_rows) {
        commands_sheet(c, noun, verb);
        arguments_sheet(c, noun, verb);
        return true;
    }
    c->raw = buf_text(&b);
    return true;
}

bool op_version(ops_call *c, heng_err *err)
{
    (void)err;
    show_record(c, "version", (shown_field[]){{"version", "版本", "version", TEXT(HENG_VERSION), false}, {"database_version", "数据库版本", "database version", number_text(c->a, store_version()), true}}, 2);
    if (!c->wants_rows) c->raw = text_of(arena_printf(c->a, "heng %s (%s %d)\n", HENG_VERSION, c->lang == HENG_ZH ? "数据库版本" : "database version", store_version()));
    return true;
}

static void completion_words(text_buf *b, const char *noun)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    const char *last = "";
    for (size_t i = 0; i < count; i++) {
        text rest = text_of(ops[i].name), first = text_next(&rest, ' ');
        if (!noun && !text_is(first, last)) buf_printf(b, "%.*s ", TEXT_FMT(first));
        if (noun && text_is(first, noun) && rest.len) buf_printf(b, "%.*s ", TEXT_FMT(rest));
        if (!noun) last = text_str(b->a, first);
    }
}

static void completion_cases(text_buf *b)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++) {
        buf_printf(b, "    '%s') words=\"", ops[i].name);
        for (const ops_arg *x = ops[i].args; x->name; x++)
            if (x->name[0] == '-') buf_printf(b, "%s ", x->name);
        buf_str(b, "--db --lang --format --out --known --quiet --no-colour\" ;;\n");
    }
}

/* After an option of few values, those. */
static void completion_choices(text_buf *b)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++)
        for (const ops_arg *x = ops[i].args; x->name; x++) {
            if (!x->choices || x->name[0] != '-') continue;
            buf_printf(b, "    '%s %s') words=\"", ops[i].name, x->name);
            for (text rest = text_of(x->choices); rest.len; buf_char(b, ' ')) buf_add(b, text_next(&rest, '|'));
            buf_str(b, "\" ;;\n");
        }
    buf_str(b, "    *' --lang') words=\"zh en\" ;;\n    *' --format') words=\"text csv json xlsx\" ;;\n");
}

static void completion_verbs(text_buf *b)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++) {
        text rest = text_of(ops[i].name), first = text_next(&rest, ' ');
        text before = i ? text_of(ops[i - 1].name) : (text){0};
        if (i && text_equal(text_next(&before, ' '), first)) continue;
        char *noun = text_str(b->a, first);
        buf_printf(b, "    %s) verbs=\"", noun);
        completion_words(b, noun);
        buf_str(b, "\" ;;\n");
    }
}

bool op_completion(ops_call *c, heng_err *err)
{
    (void)err;
    text_buf b = {.a = c->a};
    if (text_is(ops_get(c, "SHELL"), "zsh")) buf_str(&b, "autoload -U +X bashcompinit && bashcompinit\n");
    buf_str(&b, "_heng() {\n  local cur=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} verb=${COMP_WORDS[2]} words= verbs= key\n"
                "  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W \"");
    completion_words(&b, NULL);
    buf_str(&b, "\" -- \"$cur\")); return; fi\n  case \"$noun\" in\n");
    completion_verbs(&b);
    buf_str(&b, "  esac\n  key=$noun\n  case \" $verbs \" in *\" $verb \"*) [ -n \"$verb\" ] && key=\"$noun $verb\" ;; esac\n  case \"$key\" in\n");
    completion_cases(&b);
    buf_str(&b, "  esac\n  [ \"$COMP_CWORD\" -eq 2 ] && words=\"$verbs$words\"\n"
                "  case \"$cur\" in -*) ;; *) [ \"$COMP_CWORD\" -eq 2 ] && words=$verbs || words= ;; esac\n"
                "  case \"$key ${COMP_WORDS[COMP_CWORD-1]}\" in\n");
    completion_choices(&b);
    buf_str(&b, "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _heng heng ./heng\n");
    if (!c->wants_rows) c->raw = buf_text(&b);
    else show_record(c, "completion", (shown_field[]){{"shell", "命令行解释器", "shell", ops_get(c, "SHELL"), false}, {"script", "脚本", "script", buf_text(&b), false}}, 2);
    return true;
}
