/* heng help, completion, version: all from the table of operations. */
#include "ops_internal.h"

static const struct { const char *name, *zh, *en; } GLOBAL_OPTIONS[] = {
    {"--db FILE", "数据库（默认 $HENG_DB，其次 city.heng）", "database ($HENG_DB, else city.heng)"},
    {"--lang zh|en", "语言（默认按 LANG）", "language (by LANG)"},
    {"--format text|csv|json|xlsx", "输出格式（默认 text；xlsx 需要 --out）", "output (text; xlsx needs --out)"},
    {"--out FILE", "写到文件", "write to a file"},
    {"--known DATE", "按该日所知", "as known on that day"},
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

static void list_commands(ops_call *c, text_buf *b)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++) {
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

bool op_help(ops_call *c, heng_err *err)
{
    text noun = ops_get(c, "COMMAND"), verb = ops_get(c, "VERB");
    text_buf b = {.a = c->a};
    if (!noun.len) overview(c, &b);
    size_t count, shown = 0;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; noun.len && i < count; i++) {
        text rest = text_of(ops[i].name), first = text_next(&rest, ' ');
        if (!text_equal(first, noun) || (verb.len && !text_equal(rest, verb))) continue;
        if (shown++) buf_char(&b, '\n');
        one_command(c, &b, &ops[i]);
    }
    if (noun.len && !shown) return err_fill_n(err, &MSG_OPS_UNKNOWN_COMMAND, noun.ptr, noun.len, "heng help");
    c->raw = buf_text(&b);
    return true;
}

bool op_version(ops_call *c, heng_err *err)
{
    (void)err;
    c->raw = text_of(arena_printf(c->a, "heng %s (%s %d)\n", HENG_VERSION, c->lang == HENG_ZH ? "数据库版本" : "database version", store_version()));
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
    c->raw = buf_text(&b);
    return true;
}
