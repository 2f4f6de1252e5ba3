/* Words of the command line into an operation and its arguments. */
#include <stdlib.h>
#include "command.h"

typedef struct words { arena *a; int count; const char **items; int at; bool options_ended; } words;

/* In what language a fault is told must be known before the first fault. */
static void take_lang(const words *w, command_globals *g)
{
    for (int i = 0; i < w->count && strcmp(w->items[i], "--") != 0; i++) {
        text value = text_of(w->items[i]), name = text_next(&value, '=');
        if (!text_is(name, "--lang")) continue;
        if (!value.ptr || name.len == strlen(w->items[i])) value = text_of(i + 1 < w->count ? w->items[i + 1] : "");
        if (text_is(value, "en")) g->lang = HENG_EN;
        if (text_is(value, "zh")) g->lang = HENG_ZH;
    }
}

static const char *const GLOBALS[] = {"--db", "--lang", "--format", "--out", "--known", "--quiet", "--no-colour", "--help", NULL};

static bool is_global(text name)
{
    for (const char *const *g = GLOBALS; *g; g++)
        if (text_is(name, *g)) return true;
    return false;
}

static bool take_value(words *w, text option, text attached, const char **ret, heng_err *err)
{
    if (attached.ptr) {
        *ret = text_str(w->a, attached);
        return true;
    }
    if (w->at >= w->count) return err_fill_n(err, &MSG_OPS_MISSING_ARGUMENT, option.ptr, option.len, "VALUE");
    *ret = w->items[w->at++];
    return true;
}

static bool choice(const char *value, const char *choices, const char *option, size_t *ret, heng_err *err)
{
    text rest = text_of(choices);
    for (*ret = 0; rest.len; (*ret)++)
        if (text_is(text_next(&rest, '|'), value)) return true;
    return err_fill(err, &MSG_OPS_NOT_A_CHOICE, value, choices, NULL) || err_in_field(err, option);
}

/* The zone of most books; one in another zone reads the moment in its own when it opens (ops_known). */
static bool read_known(const char *value, ops_call *call, heng_err *err)
{
    arena scratch = {0};
    const cal_zone *zone;
    bool ok = zone_open(&scratch, "Asia/Shanghai", &zone, err) && ops_known(zone, text_of(value), &call->known_us, err);
    call->known = text_of(value);
    arena_free(&scratch);
    return ok || err_in_field(err, "--known");
}

static bool read_global(words *w, text name, text attached, command_globals *g, ops_call *call, bool *ret_help, heng_err *err)
{
    size_t n;
    const char *value = NULL;
    if (text_is(name, "--quiet")) return g->quiet = true;
    if (text_is(name, "--no-colour")) return !(g->colour = false);
    if (text_is(name, "--help")) return *ret_help = true;
    if (!take_value(w, name, attached, &value, err)) return false;
    if (text_is(name, "--db")) g->db = value;
    if (text_is(name, "--out")) g->out_path = value;
    if (text_is(name, "--lang")) {
        if (!choice(value, "zh|en", "--lang", &n, err)) return false;
        g->lang = (heng_lang)n;
    }
    if (text_is(name, "--format")) {
        if (!choice(value, "text|csv|json|xlsx", "--format", &n, err)) return false;
        g->format = (sheet_format)n;
    }
    return !text_is(name, "--known") || read_known(value, call, err);
}

static bool is_negative_number(const char *word) { return word[0] == '-' && ((word[1] >= '0' && word[1] <= '9') || word[1] == '.'); }

static const ops_arg *find_option(const ops_op *op, text name)
{
    for (const ops_arg *x = op->args; x->name; x++)
        if (text_is(name, x->name)) return x;
    return NULL;
}

static const ops_arg *next_positional(const ops_op *op, const ops_call *call)
{
    for (const ops_arg *x = op->args; x->name; x++)
        if (x->name[0] != '-' && (x->repeated || !ops_has(call, x->name))) return x;
    return NULL;
}

static bool give(ops_call *call, const char *name, text value, heng_err *err)
{
    if (call->given_count == OPS_GIVEN_MAX) return err_fill_n(err, &MSG_OPS_TOO_MANY, value.ptr, value.len, call->op->name);
    call->given[call->given_count].name = name;
    call->given[call->given_count++].value = value;
    return true;
}

static char *option_names(arena *a, const ops_op *op)
{
    text_buf b = {.a = a};
    for (const ops_arg *x = op->args; x->name; x++)
        if (x->name[0] == '-') buf_printf(&b, "%s ", x->name);
    buf_str(&b, "--db --lang --format --out --known --quiet --no-colour");
    return text_str(a, buf_text(&b));
}

static bool read_option(words *w, const ops_op *op, ops_call *call, text name, text attached, heng_err *err)
{
    const ops_arg *x = find_option(op, name);
    if (!x) return err_fill(err, &MSG_OPS_UNKNOWN_OPTION, text_str(w->a, name), option_names(w->a, op), op->name);
    if (x->kind == OPS_FLAG) return give(call, x->name, TEXT("1"), err);
    const char *value = NULL;
    if (!attached.ptr && w->at >= w->count) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, op->name, arena_printf(w->a, "%s VALUE", x->name), NULL);
    return take_value(w, name, attached, &value, err) && give(call, x->name, text_of(value), err);
}

/* First pass: global options out, the rest stays in order. */
static bool take_globals(words *w, command_globals *g, ops_call *call, const char **rest, int *rest_count, bool *help, heng_err *err)
{
    while (w->at < w->count) {
        const char *word = w->items[w->at++];
        text value = text_of(word), name = text_next(&value, '=');
        bool attached = name.len < strlen(word);
        if (w->options_ended || !text_starts(name, "--") || !is_global(name)) {
            w->options_ended |= strcmp(word, "--") == 0;
            rest[(*rest_count)++] = word;
            continue;
        }
        if (!read_global(w, name, attached ? value : (text){0}, g, call, help, err)) return false;
    }
    return true;
}

/* Verbs of a noun; empty when there is no such noun. */
static text verbs_of(arena *a, const char *noun)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    text_buf b = {.a = a};
    for (size_t i = 0; i < count; i++) {
        text rest = text_of(ops[i].name);
        if (text_is(text_next(&rest, ' '), noun)) buf_printf(&b, "%s%s", b.len ? ", " : "", ops[i].name);
    }
    return buf_text(&b);
}

static char *nearest_command(arena *a, const char *word)
{
    size_t count, named = 0, at[3];
    const ops_op *ops = ops_table(&count);
    text *names = NEW_ARRAY(a, 2 * count, text), last = {0};
    text_buf b = {.a = a};
    for (size_t i = 0; i < count; i++) {
        text rest = names[named++] = text_of(ops[i].name), noun = text_next(&rest, ' ');
        if (rest.len && !text_equal(noun, last)) names[named++] = noun;
        last = noun;
    }
    size_t n = text_nearest(a, text_of(word), names, named, 3, at);
    for (size_t i = 0; i < n; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(names[at[i]]));
    return text_str(a, n ? buf_text(&b) : TEXT("heng help"));
}

static bool find_command(words *w, ops_call *call, heng_err *err)
{
    if (w->count == 1 && strcmp(w->items[0], "--version") == 0) w->items[0] = "version";
    const char *noun = w->count ? w->items[0] : "help", *verb = w->count > 1 ? w->items[1] : NULL;
    call->op = verb ? ops_find(noun, verb) : NULL;
    w->at = call->op ? 2 : 1;
    if (!call->op) call->op = ops_find(noun, NULL);
    if (call->op) return true;
    const char *word = verb ? arena_printf(w->a, "%s %s", noun, verb) : noun;
    text verbs = verbs_of(w->a, noun);
    if (verbs.len && (!verb || verb[0] == '-')) return err_fill(err, &MSG_OPS_VERB_MISSING, noun, text_str(w->a, verbs), NULL);
    return err_fill(err, &MSG_OPS_UNKNOWN_COMMAND, word, nearest_command(w->a, word), NULL);
}

static bool read_words(words *w, ops_call *call, heng_err *err)
{
    while (w->at < w->count) {
        const char *word = w->items[w->at++];
        if (!w->options_ended && strcmp(word, "--") == 0) {
            w->options_ended = true;
            continue;
        }
        if (!w->options_ended && word[0] == '-' && word[1] && !is_negative_number(word)) {
            text value = text_of(word), name = text_next(&value, '=');
            if (!read_option(w, call->op, call, name, name.len < strlen(word) ? value : (text){0}, err)) return false;
            continue;
        }
        const ops_arg *x = next_positional(call->op, call);
        if (!x) return err_fill(err, &MSG_OPS_TOO_MANY, word, call->op->name, NULL);
        if (!give(call, x->name, text_of(word), err)) return false;
    }
    return true;
}

bool command_parse(arena *a, const char *const *given, int count, command_globals *g, ops_call *call, heng_err *err)
{
    words all = {.a = a, .count = count, .items = NEW_ARRAY(a, (size_t)count + 1, const char *)};
    words rest = {.a = a, .items = NEW_ARRAY(a, (size_t)count + 1, const char *)};
    if (count) memcpy(all.items, given, (size_t)count * sizeof *given);
    bool help = false;
    call->known_us = BOOK_KNOWN_NOW;
    g->db = getenv("HENG_DB");
    if (!g->db) g->db = "city.heng";
    take_lang(&all, g);
    if (!take_globals(&all, g, call, rest.items, &rest.count, &help, err)) return false;
    if (help || (rest.count == 1 && (strcmp(rest.items[0], "-h") == 0))) { /* heng X --help is heng help X */
        call->op = ops_find("help", NULL);
        for (int i = 0; i < rest.count && i < 2; i++)
            if (rest.items[i][0] != '-') (void)!give(call, i == 0 ? "COMMAND" : "VERB", text_of(rest.items[i]), err);
        return true;
    }
    return find_command(&rest, call, err) && read_words(&rest, call, err);
}
