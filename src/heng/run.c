/* One command from words to answer. The command line, and programs with libheng, come in here. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "command.h"
#include "heng.h"

heng_lang command_lang(void)
{
    static const char *const names[] = {"HENG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 4; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strncmp(value, "en", 2) == 0 ? HENG_EN : HENG_ZH;
    }
    return HENG_ZH; /* most users read Chinese first */
}

enum { WIDTH_USUAL = 140 }; /* of a table that goes to a file or a pipe */

typedef struct running { command_globals globals; const heng_io *io; } running;

static void give(heng_write write, const heng_io *io, text t)
{
    if (write && t.len) write(io->context, t.ptr, t.len);
}

static int report(const running *r, const heng_err *err)
{
    char line[4096], whole[4200];
    err_format(err, r->globals.lang, line, sizeof line);
    int len = snprintf(whole, sizeof whole, r->globals.lang == HENG_ZH ? "heng：%s\n" : "heng: %s\n", line);
    give(r->io->notes, r->io, (text){whole, (size_t)len < sizeof whole ? (size_t)len : sizeof whole - 1});
    return ops_exit_of(err);
}

/* A program that asked for a format gets it from every command: what is only said becomes rows. */
static void lines_as_rows(ops_call *c, const running *r)
{
    text rest = c->raw.len ? c->raw : buf_text(&c->lines);
    bool is_json = c->raw.len && (c->raw.ptr[0] == '{' || c->raw.ptr[0] == '[');
    if (r->globals.format == SHEET_TEXT || sheet_book_count(c->out) || !rest.len || is_json) return;
    sheet *s = sheet_new(c->out, text_of(c->op->name), (text){0}, &(sheet_column){.id = TEXT("text"), .title = TEXT("text")}, 1);
    while (rest.len) {
        text line = text_next(&rest, '\n');
        sheet_row(s, &line);
    }
    c->raw = (text){0};
    c->lines = (text_buf){.a = c->a};
}

static bool write_file(ops_call *c, const running *r, heng_err *err)
{
    sheet_style style = {.csv_bom = true};
    lines_as_rows(c, r);
    if (r->globals.format == SHEET_TEXT && !c->raw.len && !sheet_book_count(c->out)) return file_write(r->globals.out_path, buf_text(&c->lines), err);
    bool ok = c->raw.len ? file_write(r->globals.out_path, c->raw, err) : sheet_write(c->out, r->globals.format, r->globals.out_path, &style, err);
    if (ok) give(r->io->notes, r->io, buf_text(&c->lines));
    return ok;
}

static bool show(ops_call *c, const running *r, heng_err *err)
{
    if (r->globals.out_path) return write_file(c, r, err);
    sheet_style style = {.colour = r->globals.colour, .width_max = r->io->width};
    lines_as_rows(c, r);
    text body = c->raw.len ? c->raw : sheet_text(c->a, c->out, r->globals.format, &style);
    give(r->globals.format == SHEET_TEXT ? r->io->out : r->io->notes, r->io, buf_text(&c->lines));
    give(r->io->out, r->io, body);
    if (body.len && body.ptr[body.len - 1] != '\n') give(r->io->out, r->io, TEXT("\n"));
    return true;
}

static void flush(ops_call *c)
{
    heng_err ignored = {0};
    const running *r = c->surface;
    if (r->globals.out_path || r->globals.format != SHEET_TEXT) { /* a file, or a document for a program, is written once; what is said beside it is not held back */
        if (c->wants_rows) {
            give(r->io->notes, r->io, buf_text(&c->lines));
            c->lines = (text_buf){.a = c->a};
        }
        return;
    }
    (void)!show(c, r, &ignored);
    c->lines = (text_buf){.a = c->a};
    c->out = sheet_book_new(c->a);
    c->raw = (text){0};
}

/* Who acts: the environment's word; a job without one acts as the owner of its process. */
static text user_name(arena *a)
{
    enum { BYTES = 4096 };
    const char *name = getenv("USER");
    struct passwd entry, *found = NULL;
    if (!name || !*name) name = getenv("LOGNAME");
    if (name && *name) return text_of(name);
    if (getpwuid_r(getuid(), &entry, arena_alloc(a, BYTES), BYTES, &found) != 0 || !found) return (text){"", 0};
    return text_of(found->pw_name);
}

static int run(arena *a, const char *const *words, int count, const heng_io *io)
{
    heng_err err = {0};
    running r = {.globals = {.lang = command_lang(), .colour = io->colour, .quiet = io->quiet}, .io = io};
    ops_call call = {.a = a};
    if (!command_parse(a, words, count, &r.globals, &call, &err)) return report(&r, &err);
    if (r.globals.format == SHEET_XLSX && !r.globals.out_path) {
        err_fill(&err, &MSG_OPS_MISSING_ARGUMENT, call.op->name, "--out FILE.xlsx", NULL);
        return report(&r, &err);
    }
    const char *rulebook = getenv("HENG_RULEBOOK");
    call.lang = r.globals.lang;
    call.rulebook = rulebook ? rulebook : HENG_RULEBOOK_DIR;
    call.book_path = r.globals.db;
    call.quiet = r.globals.quiet;
    call.surface = &r;
    call.flush = flush;
    call.width = r.globals.format == SHEET_TEXT && !r.globals.out_path ? io->width > 60 ? (size_t)io->width : WIDTH_USUAL : 0;
    call.wants_json = r.globals.format == SHEET_JSON;
    call.wants_rows = r.globals.format != SHEET_TEXT;
    call.wants_exact = r.globals.format == SHEET_CSV || r.globals.format == SHEET_JSON;
    book_options options = {.user = user_name(a), .store = {.command = call.op->name}};
    if (!ops_run(&call, &options, &err) || !show(&call, &r, &err)) return report(&r, &err);
    return call.exit_code;
}

int heng_run(const char *const *words, int count, const heng_io *io)
{
    arena a = {0};
    int code = run(&a, words, count, io);
    arena_free(&a);
    return code;
}

const char *heng_version(void) { return HENG_VERSION; }
