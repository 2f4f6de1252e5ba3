/* heng plan read: documents read into tables, nothing stored. What is read is kept by nobody yet: see docs/plan.md. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "plan_desk.h"

typedef struct plan_work { ops_call *c; const plan_rules *rules; const rule_set *regions; text table; plan_read **plans; text *docs; size_t count, max, docs_count, docs_max; } plan_work;

static const struct { const char *name; plan_table t; void (*make)(sheet_book *, const plan_read *, text); } MAKERS[] = {
    {"goals", PLAN_GOALS, plan_sheet_goals}, {"trends", PLAN_TRENDS, plan_sheet_trends}, {"tasks", PLAN_TASKS, plan_sheet_tasks},
    {"sections", PLAN_SECTIONS, plan_sheet_sections}, {"damage", PLAN_DAMAGES, plan_sheet_damage}};

/* The id of a document: its file's name without folder and ending. */
static text doc_id(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return text_copy(a, (text){name, dot && dot != name ? (size_t)(dot - name) : strlen(name)});
}

/* Every column for a program, a narrow table for people. */
static void show_rows_of(plan_work *w, arena *a, const plan_read *p, text doc)
{
    for (size_t i = 0; i < sizeof MAKERS / sizeof *MAKERS; i++) {
        plan_records rows;
        if (!text_is(w->table, MAKERS[i].name)) continue;
        if (w->c->wants_rows) {
            MAKERS[i].make(w->c->out, p, doc);
        } else {
            plan_read_records(a, p, doc, MAKERS[i].t, &rows);
            plan_show_read(w->c, MAKERS[i].t, &rows);
        }
    }
}

static void show_plan(plan_work *w, arena *a, const plan_read *p, text doc)
{
    show_rows_of(w, a, p, doc);
    if (w->c->wants_exact) return;
    say(w->c, "%.*s：《%.*s》", "%.*s: %.*s", TEXT_FMT(doc), TEXT_FMT(p->doc.title));
    say(w->c, "  章节 %zu，目标 %zu，趋势 %zu，任务 %zu，损伤 %zu", "  sections %zu, goals %zu, trends %zu, tasks %zu, damages %zu", p->section_count, p->goal_count, p->trend_count, p->task_count,
        p->damage_count);
}

/* The head and the counts of a plan, for the table of documents; the rest goes with its arena. */
static void keep_head(plan_work *w, const plan_read *p, text doc)
{
    arena *a = w->c->a;
    plan_read *kept = NEW(a, plan_read);
    *kept = *p;
    plan_doc *d = &kept->doc;
    text *texts[] = {&d->title, &d->issuer, &d->doc_number, &d->issue_date, &d->publish_date, &d->kind, &d->region, &d->gbt2260, &d->notice_title, &d->basis, &d->note};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(a, *texts[i]);
    *(plan_read **)ARENA_PUSH(a, w->plans, w->count, w->max) = kept;
    *(text *)ARENA_PUSH(a, w->docs, w->docs_count, w->docs_max) = doc;
}

/* Each document has memory of its own, given back before the next: a folder may hold thousands. */
static bool read_one(plan_work *w, const char *path, heng_err *err)
{
    arena one = {0};
    document d;
    plan_read p;
    text doc = doc_id(w->c->a, path);
    bool ok = document_open(&one, path, 0, &d, err) && plan_read_document(&one, w->rules, w->regions, &d, &p, err) && plan_fits(&p, err);
    if (ok) {
        keep_head(w, &p, doc);
        show_plan(w, &one, &p, doc);
    }
    arena_free(&one);
    return ok || err_in_file(err, path);
}

/* In a folder one document that cannot be read is said and passed over; the others are read. */
static void read_folder(plan_work *w, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        heng_err why = {0};
        char line[2048];
        if (plan_is_document_name(entries[i]->d_name) && !read_one(w, arena_printf(w->c->a, "%s/%s", folder, entries[i]->d_name), &why)) {
            err_format(&why, w->c->lang, line, sizeof line);
            say(w->c, "%s", "%s", line);
            w->c->exit_code = OPS_FINDINGS;
        }
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

static bool read_given(plan_work *w, heng_err *err)
{
    for (size_t i = 0; i < w->c->given_count; i++) {
        struct stat info;
        if (strcmp(w->c->given[i].name, "FILE") != 0) continue;
        const char *path = text_str(w->c->a, w->c->given[i].value);
        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) read_folder(w, path);
        else if (!read_one(w, path, err)) return false;
    }
    return true;
}

static void documents_for_people(plan_work *w)
{
    ops_call *c = w->c;
    const sheet_column heads[] = {column(TEXT("doc"), pick(c->lang, "文件", "document"), false), column(TEXT("title"), pick(c->lang, "标题", "title"), false), column(TEXT("issuer"), pick(c->lang, "发文机关", "issuer"), false),
                                  column(TEXT("region"), pick(c->lang, "地区", "region"), false), column(TEXT("gbt2260"), pick(c->lang, "区划代码", "code"), false),
                                  column(TEXT("issue_date"), pick(c->lang, "成文日期", "issued"), false)};
    sheet *s = sheet_new(c->out, TEXT("documents"), (text){0}, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < w->count; i++) {
        const plan_doc *d = &w->plans[i]->doc;
        sheet_row(s, (text[]){w->docs[i], plan_short(c, d->title, 40), plan_short(c, d->issuer, 20), d->region, d->gbt2260, d->issue_date});
    }
}

static void show_documents(plan_work *w)
{
    if (!w->c->wants_rows) documents_for_people(w);
    else plan_sheet_documents(w->c->out, (const plan_read *const *)w->plans, w->docs, w->count);
}

bool op_plan_read(ops_call *c, heng_err *err)
{
    plan_work w = {.c = c, .table = ops_get(c, "--table")};
    rule_faults faults = {0};
    const char *pack = arena_printf(c->a, "%s/cn", c->rulebook);
    if (!w.table.len) w.table = TEXT("goals");
    if (!plan_rules_open(c->a, arena_printf(c->a, "%s/plan", pack), &w.rules, err) || !rule_load_folders(c->a, &pack, 1, &w.regions, &faults, err)) return false;
    if (!read_given(&w, err)) return false;
    if (text_is(w.table, "documents") && w.count) show_documents(&w);
    return true;
}
