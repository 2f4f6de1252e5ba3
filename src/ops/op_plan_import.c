/*
 * heng plan import: documents into the book, from files and folders; an edited export back as corrections.
 *
 *   FILE    a document, or an export known by its header (key beside doc)
 *   FOLDER  every document in it; one that cannot be taken is said and passed over
 *   none    with --reread: every kept document, from its kept bytes
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "plan_desk.h"

typedef struct importing { plan_desk desk; ops_call *c; plan_keep_options o; sheet *rows; int64_t added, exist, reread, refused, exports; bool in_folder; } importing;

/* ---- What is said ---- */

static const char *status_id(plan_kept_status s)
{
    static const char *const IDS[] = {"new", "exists", "reread"};
    return IDS[s];
}

static sheet *rows_sheet(importing *m)
{
    const sheet_column columns[] = {column(TEXT("file"), TEXT("file"), false), column(TEXT("doc"), TEXT("doc"), false), column(TEXT("status"), TEXT("status"), false), column(TEXT("sections"), TEXT("sections"), true),
        column(TEXT("goals"), TEXT("goals"), true), column(TEXT("suspects"), TEXT("suspects"), true), column(TEXT("trends"), TEXT("trends"), true), column(TEXT("tasks"), TEXT("tasks"), true),
        column(TEXT("damage"), TEXT("damage"), true), column(TEXT("rows_changed"), TEXT("rows_changed"), true), column(TEXT("rows_withdrawn"), TEXT("rows_withdrawn"), true),
        column(TEXT("copy_of"), TEXT("copy_of"), false), column(TEXT("likeness"), TEXT("likeness"), true), column(TEXT("reason"), TEXT("reason"), false)};
    if (!m->rows) m->rows = sheet_new(m->c->out, TEXT("import"), TEXT("import"), columns, sizeof columns / sizeof *columns);
    return m->rows;
}

static void row_add(importing *m, text file, const plan_keep_report *r, text reason)
{
    arena *a = m->c->a;
    if (!m->c->wants_rows) return;
    bool is_reread = r && r->status == PLAN_KEPT_REREAD;
    text none = {"", 0};
    text cells[] = {file, r ? r->doc : none, text_of(r ? status_id(r->status) : "refused"), r ? number_text(a, (int64_t)r->sections) : none, r ? number_text(a, (int64_t)r->goals) : none,
        r ? number_text(a, (int64_t)r->suspects) : none, r ? number_text(a, (int64_t)r->trends) : none, r ? number_text(a, (int64_t)r->tasks) : none, r ? number_text(a, (int64_t)r->damages) : none,
        is_reread ? number_text(a, r->created + r->changed) : none, is_reread ? number_text(a, r->withdrawn) : none, r ? r->copy_of : none,
        r && r->copy_of.len ? number_text(a, r->likeness) : none, reason};
    sheet_row(rows_sheet(m), cells);
}

static void say_kept(importing *m, const plan_keep_report *r, text title)
{
    ops_call *c = m->c;
    if (r->status == PLAN_KEPT_EXISTS) {
        say(c, "%.*s：已经有了，没有变化", "%.*s: is there already, nothing changed", TEXT_FMT(r->doc));
    } else if (r->status == PLAN_KEPT_REREAD) {
        if (r->created + r->changed + r->withdrawn == 0) say(c, "%.*s：重读后没有变化", "%.*s: read again, nothing changed", TEXT_FMT(r->doc));
        else say(c, "%.*s：重读，新增 %lld 行，改变 %lld 行，消失 %lld 行，其余不变", "%.*s: read again, %lld rows new, %lld changed, %lld gone, the others as before", TEXT_FMT(r->doc), (long long)r->created, (long long)r->changed, (long long)r->withdrawn);
    } else {
        say(c, "%.*s：《%.*s》", "%.*s: %.*s", TEXT_FMT(r->doc), TEXT_FMT(title));
        say(c, "  章节 %zu，目标 %zu（存疑 %zu），趋势 %zu，任务 %zu，损伤 %zu", "  sections %zu, goals %zu (suspect %zu), trends %zu, tasks %zu, damages %zu", r->sections, r->goals, r->suspects, r->trends, r->tasks, r->damages);
    }
    if (r->status == PLAN_KEPT_NEW && !r->is_plan) say(c, "  不是规划，按要求仍然保存", "  no plan, kept all the same as asked");
    if (r->copy_of.len)
        say(c, "  与 %.*s 是同一规划（相似度 %d/1000）：都保存，列表中以 %.*s 为准；heng plan prefer %.*s 可改", "  the same plan as %.*s (likeness %d/1000): both are kept, lists count %.*s; heng plan prefer %.*s changes that", TEXT_FMT(r->copy_of), r->likeness,
            TEXT_FMT(r->copy_of), TEXT_FMT(r->doc));
}

static void count_kept(importing *m, const plan_keep_report *r)
{
    m->added += r->status == PLAN_KEPT_NEW;
    m->exist += r->status == PLAN_KEPT_EXISTS;
    m->reread += r->status == PLAN_KEPT_REREAD;
}

static void say_refused(importing *m, text file, const heng_err *why)
{
    char line[2048], reason[2048];
    err_format(why, m->c->lang, line, sizeof line);
    err_format_reason(why, m->c->lang, reason, sizeof reason);
    say(m->c, "%s", "%s", line);
    row_add(m, file, NULL, text_of(text_str(m->c->a, text_of(reason))));
    m->refused++;
    m->c->exit_code = OPS_FINDINGS;
}

static void say_counts(importing *m)
{
    ops_call *c = m->c;
    if (m->added + m->exist + m->reread + m->refused < 2) {
        if (m->o.dry_run && m->added + m->exist + m->reread) say(c, "只试运行，没有写入", "tried only, nothing was stored");
        return;
    }
    say(c, "共 %lld 个文件：新入库 %lld，已有 %lld，重读 %lld，未收 %lld%s", "%lld documents: new %lld, there already %lld, read again %lld, refused %lld%s", (long long)(m->added + m->exist + m->reread + m->refused), (long long)m->added,
        (long long)m->exist, (long long)m->reread, (long long)m->refused, !m->o.dry_run ? "" : c->lang == HENG_ZH ? "（只试运行，没有写入）" : " (tried only, nothing was stored)");
}

/* ---- Documents ---- */

/* Each document has memory of its own: a folder of thousands does not pile up. */
static bool keep_one(importing *m, text name, const char *path, const text *bytes, heng_err *err)
{
    arena own = {0};
    document d;
    plan_read p;
    plan_keep_report r;
    bool opened = bytes ? document_open_bytes(&own, bytes->ptr, bytes->len, path, &d, err) : document_open(&own, path, 0, &d, err);
    bool ok = opened && plan_read_document(&own, m->desk.rules, m->desk.regions, &d, &p, err) && plan_keep_document(m->c->book, &own, name, &d, &p, &m->o, &r, err);
    if (ok) {
        r.doc = text_copy(m->c->a, r.doc);
        r.copy_of = text_copy(m->c->a, r.copy_of);
        count_kept(m, &r);
        say_kept(m, &r, p.doc.title.len ? p.doc.title : r.doc);
        row_add(m, text_copy(m->c->a, name), &r, (text){"", 0});
    }
    arena_free(&own);
    return ok || err_in_file(err, path);
}

static bool take_file(importing *m, const char *path, heng_err *err)
{
    bool is_export = false;
    if (!plan_take_export(&m->desk, path, m->o.dry_run, &is_export, err)) return err_in_file(err, path);
    m->exports += is_export;
    return is_export || keep_one(m, text_of(path), path, NULL, err);
}

static size_t stem(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : strlen(name);
}

/* By name without its ending, so that plan.txt comes before plan-copy.txt. */
static int by_stem(const struct dirent **x, const struct dirent **y)
{
    int order = text_compare((text){(*x)->d_name, stem((*x)->d_name)}, (text){(*y)->d_name, stem((*y)->d_name)});
    return order ? order : strcmp((*x)->d_name, (*y)->d_name);
}

/* What a folder holds beside documents: other files, folders. Hidden ones are not spoken of. */
static void note_passed(importing *m, text_buf *passed, const char *path, const char *name)
{
    struct stat info;
    if (name[0] == '.' || stat(path, &info) != 0) return;
    buf_printf(passed, "%s%s%s", passed->len ? (m->c->lang == HENG_ZH ? "、" : ", ") : "", name, S_ISDIR(info.st_mode) ? "/" : "");
}

static void say_passed(importing *m, const char *folder, text passed, int documents)
{
    if (!documents) say(m->c, "%s：没有可读的文件（.txt、.html、.docx、.pdf、.ofd、.xlsx、.csv）", "%s: holds no document (.txt, .html, .docx, .pdf, .ofd, .xlsx, .csv)", folder);
    if (passed.len) say(m->c, "没有看：%.*s", "not looked at: %.*s", TEXT_FMT(plan_short(m->c, passed, 100)));
}

static void take_folder(importing *m, const char *folder)
{
    text_buf passed = {.a = m->c->a};
    int documents = 0;
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, by_stem);
    for (int i = 0; i < count; i++) {
        heng_err why = {0};
        const char *path = arena_printf(m->c->a, "%s/%s", folder, entries[i]->d_name);
        bool is_document = plan_is_document_name(entries[i]->d_name);
        documents += is_document;
        if (!is_document) note_passed(m, &passed, path, entries[i]->d_name);
        else if (!take_file(m, path, &why)) say_refused(m, text_of(path), &why);
        if (m->c->flush && !m->c->wants_rows) m->c->flush(m->c);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    say_passed(m, folder, buf_text(&passed), documents);
}

static bool take_given(importing *m, heng_err *err)
{
    for (size_t i = 0; i < m->c->given_count; i++) {
        struct stat info;
        if (strcmp(m->c->given[i].name, "FILE") != 0) continue;
        const char *path = text_str(m->c->a, m->c->given[i].value);
        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) take_folder(m, path);
        else if (!take_file(m, path, err)) return false;
    }
    return true;
}

/* All that is kept, read again. */
static bool take_kept(importing *m, heng_err *err)
{
    plan_records d;
    if (!plan_records_load(m->c->book, m->c->a, BOOK_KNOWN_NOW, PLAN_DOCUMENTS, (text){"", 0}, true, &d, err)) return false;
    for (size_t i = 0; i < d.count; i++) {
        bool ok;
        heng_err why = {0};
        arena own = {0};
        book_delivery delivery;
        text bytes, file = plan_cell(&d.items[i], "file");
        if (!book_delivery_bytes(m->c->book, &own, text_to_i64(plan_cell(&d.items[i], "delivery"), &ok), &delivery, &bytes, &why) || !keep_one(m, file, text_str(m->c->a, file), &bytes, &why)) say_refused(m, file, &why);
        arena_free(&own);
    }
    return true;
}

bool op_plan_import(ops_call *c, heng_err *err)
{
    importing m = {.c = c, .o = {.reread = ops_has(c, "--reread"), .dry_run = ops_has(c, "--dry-run"), .anyway = ops_has(c, "--anyway")}};
    bool has_file = ops_get(c, "FILE").len > 0;
    m.o.known = plan_known_new(c->a);
    if (!has_file && !m.o.reread) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, "plan import", "FILE", NULL);
    if (!plan_desk_open(c, &m.desk, err) || !(has_file ? take_given(&m, err) : take_kept(&m, err))) return false;
    say_counts(&m);
    return true;
}
