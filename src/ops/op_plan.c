/* heng plan read: documents read into tables, nothing stored. What is read is kept by nobody yet: see docs/plan.md. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "ops_internal.h"

typedef struct plan_work { ops_call *c; const plan_rules *rules; const rule_set *regions; text table; plan_read **plans; text *docs; size_t count, max, docs_count, docs_max; } plan_work;

static const struct { const char *name; void (*make)(sheet_book *, const plan_read *, text); } PLAN_TABLES[] = {
    {"goals", plan_sheet_goals}, {"trends", plan_sheet_trends}, {"tasks", plan_sheet_tasks}, {"sections", plan_sheet_sections}, {"damage", plan_sheet_damage}};

/* The id of a document: its file's name without folder and ending. */
static text doc_id(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return text_copy(a, (text){name, dot && dot != name ? (size_t)(dot - name) : strlen(name)});
}

static void show_plan(plan_work *w, const plan_read *p, text doc)
{
    for (size_t i = 0; i < sizeof PLAN_TABLES / sizeof PLAN_TABLES[0]; i++)
        if (text_is(w->table, PLAN_TABLES[i].name)) PLAN_TABLES[i].make(w->c->out, p, doc);
    if (w->c->wants_exact) return;
    say(w->c, "%.*s：%.*s", "%.*s: %.*s", TEXT_FMT(doc), TEXT_FMT(p->doc.title));
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
        show_plan(w, &p, doc);
    }
    arena_free(&one);
    return ok || err_in_file(err, path);
}

static bool is_document(const char *name)
{
    static const char *const endings[] = {".txt", ".html", ".htm", ".docx", ".pdf", ".ofd", ".xlsx"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (text_ends(text_of(name), endings[i])) return true;
    return false;
}

/* In a folder one document that cannot be read is said and passed over; the others are read. */
static void read_folder(plan_work *w, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        heng_err why = {0};
        char line[2048];
        if (is_document(entries[i]->d_name) && !read_one(w, arena_printf(w->c->a, "%s/%s", folder, entries[i]->d_name), &why)) {
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

bool op_plan_read(ops_call *c, heng_err *err)
{
    plan_work w = {.c = c, .table = ops_get(c, "--table")};
    rule_faults faults = {0};
    const char *pack = arena_printf(c->a, "%s/cn", c->rulebook);
    if (!w.table.len) w.table = TEXT("goals");
    if (!plan_rules_open(c->a, arena_printf(c->a, "%s/plan", pack), &w.rules, err) || !rule_load_folders(c->a, &pack, 1, &w.regions, &faults, err)) return false;
    if (!read_given(&w, err)) return false;
    if (text_is(w.table, "documents") && w.count) plan_sheet_documents(c->out, (const plan_read *const *)w.plans, w.docs, w.count);
    return true;
}
