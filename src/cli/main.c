/*
 * The command heng: reads the command line by the table of operations, calls, prints. Nothing else is decided here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli.h"

#ifndef HENG_RULEBOOK_DIR
#error "the build names the folder of the shipped packs"
#endif

heng_lang cli_lang(void)
{
    static const char *const names[] = {"HENG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 4; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strncmp(value, "en", 2) == 0 ? HENG_EN : HENG_ZH;
    }
    return HENG_ZH; /* most users read Chinese first */
}

static int report(const heng_err *err, heng_lang lang)
{
    char line[4096];
    err_format(err, lang, line, sizeof line);
    fprintf(stderr, lang == HENG_ZH ? "heng：%s\n" : "heng: %s\n", line);
    return ops_exit_of(err);
}

static int terminal_width(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool print_answer(ops_call *c, const cli_globals *g, heng_err *err)
{
    sheet_style style = {.colour = g->colour, .width_max = terminal_width()};
    if (g->out_path) {
        style = (sheet_style){.csv_bom = true};
        if (c->raw.len) return file_write(g->out_path, c->raw, err);
        if (c->lines.len) fwrite(c->lines.ptr, 1, c->lines.len, stderr);
        return sheet_write(c->out, g->format, g->out_path, &style, err);
    }
    text body = c->raw.len ? c->raw : sheet_text(c->a, c->out, g->format, &style);
    if (c->lines.len) fwrite(c->lines.ptr, 1, c->lines.len, g->format == SHEET_TEXT ? stdout : stderr);
    fwrite(body.ptr, 1, body.len, stdout);
    if (body.len && body.ptr[body.len - 1] != '\n') putchar('\n');
    return fflush(stdout) == 0 || true; /* a closed pipe is the reader's wish, not our error */
}

static const cli_globals *flush_globals(const ops_call *c) { return (const cli_globals *)c->surface; }

static void flush(ops_call *c)
{
    heng_err ignored = {0};
    if (flush_globals(c)->out_path) return;
    (void)!print_answer(c, flush_globals(c), &ignored);
    c->lines = (text_buf){.a = c->a};
    c->out = sheet_book_new(c->a);
    c->raw = (text){0};
}

static int run(arena *a, int argc, char **argv)
{
    heng_err err = {0};
    cli_globals g = {.lang = cli_lang(), .known = NULL, .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
    ops_call call = {.a = a};
    if (!cli_parse(a, argc, argv, &g, &call, &err)) return report(&err, g.lang);
    const char *rulebook = getenv("HENG_RULEBOOK");
    call.lang = g.lang;
    call.rulebook = rulebook ? rulebook : HENG_RULEBOOK_DIR;
    call.book_path = g.db;
    call.quiet = g.quiet;
    call.surface = &g;
    call.flush = flush;
    call.wants_json = g.format == SHEET_JSON;
    call.wants_exact = g.format == SHEET_CSV || g.format == SHEET_JSON;
    const char *user = getenv("USER");
    book_options options = {.user = text_of(user ? user : ""), .store = {.command = call.op->name}};
    if (!ops_run(&call, &options, &err)) return report(&err, g.lang);
    if (!print_answer(&call, &g, &err)) return report(&err, g.lang);
    return call.exit_code;
}

int main(int argc, char **argv)
{
    arena a = {0};
    int code = run(&a, argc, argv);
    arena_free(&a);
    return code;
}
