/* Keeping: the same document twice, corrections that survive a re-read, copies, undo, as known then. */
#include "../book/place.h"
#include "keep.h"

static const char PLAN[] =
    "北河市“十四五”节能规划\n北政发〔2021〕15号\n第一章 规划背景\n第一节 发展基础\n“十三五”期间,全市能耗累计下降18.2%,绿色工厂达到25家。\n"
    "第二章 总体要求\n第一节 主要目标\n到2025年,节能工作取得显著成效。能源利用效率大幅提高,非化石能源消费比重达到18%,煤炭消费总量控制在300万吨以内。\n"
    "第三章 重点任务\n第一节 推进工业节能\n一、实施改造\n(一)加快升级。推动绿色转型,完善节能制度,健全节能标准体系,加强重点用能单位管理,实施节能改造工程,推进余热余压利用。\n"
    "牵头单位:市工业和信息化局;配合单位:市发展改革委、各县(市、区)人民政府\n"
    "(二)强化建筑节能。推广绿色建材,改造老旧管网,提高新建建筑节能标准,推进既有建筑改造,发展装配式建筑,加强公共机构节能管理。\n责任单位:市住建局等部门\n"
    "第四章 保障措施\n第一节 组织领导\n加强组织领导,压实工作责任,完善考核评价,强化资金保障,加大宣传力度,营造全社会节能的良好氛围。\n";

typedef struct desk { place p; const plan_rules *rules; document d; plan_read read; } desk;

static plan_keep_report keep(desk *k, plan_read *read, const char *file, plan_keep_options o)
{
    plan_keep_report r;
    town_must(plan_keep_document(k->p.b, &k->p.a, text_of(file), &k->d, read, &o, &r, &k->p.err), &k->p.err, "keeping");
    return r;
}

static plan_kept load(desk *k, int64_t known_us)
{
    plan_kept kept;
    town_must(plan_kept_load(k->p.b, &k->p.a, known_us, (text){"", 0}, &kept, &k->p.err), &k->p.err, "loading");
    return kept;
}

static int64_t now(desk *k)
{
    book_head head;
    town_must(book_head_of(k->p.b, &head, &k->p.err), &k->p.err, "head");
    return head.known_us;
}

static bool edit(desk *k, plan_edit e, plan_edit_report *r) { return plan_edit_post(k->p.b, &k->p.a, k->rules, &e, 1, (text){"", 0}, false, r, &k->p.err); }

static bool set(desk *k, text key, const char *column, const char *value)
{
    plan_change s = {text_of(column), text_of(value)};
    plan_edit_report r;
    return edit(k, (plan_edit){.table = plan_table_of_key(key), .key = key, .set_count = 1, .sets = &s}, &r);
}

static const plan_kept_goal *goal_of(const plan_kept *kept, text key)
{
    for (size_t i = 0; i < kept->goal_count; i++)
        if (text_equal(kept->goals[i].head.key, key)) return &kept->goals[i];
    return NULL;
}

static void test_twice(desk *k)
{
    plan_keep_report r = keep(k, &k->read, "folder/北河.txt", (plan_keep_options){0});
    int64_t first = now(k);
    check(r.status == PLAN_KEPT_NEW && r.delivery > 0 && text_is(r.doc, "北河"), "a document is kept under its file's name");
    r = keep(k, &k->read, "other.txt", (plan_keep_options){0});
    check(r.status == PLAN_KEPT_EXISTS && text_is(r.doc, "北河") && now(k) == first, "the same bytes again change nothing");
    r = keep(k, &k->read, "北河.txt", (plan_keep_options){.reread = true});
    check(r.status == PLAN_KEPT_REREAD && r.created + r.changed + r.withdrawn == 0 && now(k) == first, "read again with the same rules, nothing changes");
    plan_kept kept = load(k, BOOK_KNOWN_NOW);
    check(kept.document_count == 1 && kept.goal_count == k->read.goal_count && kept.section_count == k->read.section_count && kept.task_count == k->read.task_count && kept.trend_count == k->read.trend_count,
        "all rows are there");
    size_t differ = 0;
    for (size_t i = 0; i < kept.goal_count && i < k->read.goal_count; i++) {
        const plan_goal *x = &kept.goals[i].row, *y = &k->read.goals[i];
        differ += !text_equal(x->indicator, y->indicator) || !text_equal(x->value, y->value) || x->op != y->op || x->span.start != y->span.start || x->occurrence_count != y->occurrence_count ||
                  !text_equal(x->target_year, y->target_year) || x->is_suspect != y->is_suspect;
    }
    check(differ == 0, "goals come back as they were read");
    check(kept.tasks[0].row.body_count == 3 && kept.tasks[0].row.items[0].role == PLAN_LEAD && kept.tasks[0].row.items[2].is_group, "tasks with their bodies and roles");
    check(text_is(kept.documents[0].row.doc_number, "北政发〔2021〕15号") && text_is(kept.documents[0].head.author, "tester") && kept.documents[0].is_plan, "the head with its author");
    plan_place at = k->read.doc.places[k->read.goals[0].span.start];
    check(kept.goals[0].head.place.block == at.block && kept.goals[0].head.place.byte == at.byte, "and each row's place");
}

static void test_reopen(desk *k)
{
    document d;
    plan_read read;
    check_ok(plan_reopen(k->p.b, &k->p.a, k->rules, NULL, TEXT("北河"), &d, &read, &k->p.err), &k->p.err, "the kept bytes are opened again");
    check(text_equal(read.doc.clean, k->read.doc.clean) && read.goal_count == k->read.goal_count, "and read the same");
}

static void test_corrections(desk *k)
{
    plan_kept kept = load(k, BOOK_KNOWN_NOW);
    text share = kept.goals[0].head.key, coal = kept.goals[1].head.key;
    int64_t before = now(k);
    check(set(k, share, "value", "20") && set(k, coal, "unit", "万吨标准煤"), "two goals are corrected");
    kept = load(k, BOOK_KNOWN_NOW);
    check_text(goal_of(&kept, share)->row.value, TEXT("20"), "the correction counts");
    check(goal_of(&kept, share)->head.state == PLAN_CORRECTED && goal_of(&kept, share)->head.version == 2, "and says so");
    kept = load(k, before);
    check_text(goal_of(&kept, share)->row.value, TEXT("18"), "as known before, it is as read");

    plan_read other = k->read; /* what newer rules might read: one goal otherwise, one not at all, one more before it in the same quote */
    plan_goal goals[2] = {k->read.goals[0], k->read.goals[0]};
    goals[0].value = TEXT("99");
    goals[1].firmness = TEXT("strive");
    other.goals = goals;
    other.goal_count = 2;
    plan_keep_report r = keep(k, &other, "北河.txt", (plan_keep_options){.reread = true});
    check(r.created == 1 && r.changed == 1 && r.withdrawn == 1, "a re-read touches the rows that differ alone");
    kept = load(k, BOOK_KNOWN_NOW);
    check(goal_of(&kept, share) && text_is(goal_of(&kept, share)->row.value, "20") && text_is(goal_of(&kept, share)->row.firmness, "strive"),
        "the correction stays with its own number, over the newly read columns");
    check(goal_of(&kept, coal) && goal_of(&kept, coal)->head.state == PLAN_LEFT && text_is(goal_of(&kept, coal)->row.unit, "万吨标准煤"), "a corrected row that is gone stays as the person's");
    check_int((int64_t)kept.goal_count, 3, "three goals in all");
    keep(k, &k->read, "北河.txt", (plan_keep_options){.reread = true});
    kept = load(k, BOOK_KNOWN_NOW);
    check(kept.goal_count == 2 && goal_of(&kept, coal)->head.state == PLAN_CORRECTED, "read as at first, all is under its key again");
}

static void test_edits(desk *k)
{
    plan_kept kept = load(k, BOOK_KNOWN_NOW);
    text goal = kept.goals[0].head.key, task = kept.tasks[1].head.key;
    plan_edit_report r;
    static const struct { const char *says, *column, *value, *id; } BAD[] = {
        {"a column that is none", "colour", "red", "plan.column_unknown"}, {"a column of the document's own words", "quote", "x", "plan.column_fixed"},
        {"an unknown comparison", "op", ">>", "plan.choice_bad"},          {"a year of words", "target_year", "明年", "plan.year_bad"},
        {"a number of words", "value", "许多", "plan.number_bad"},         {"no indicator", "indicator", " ", "plan.value_missing"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) check_fails(set(k, goal, BAD[i].column, BAD[i].value), &k->p.err, BAD[i].id, BAD[i].says);
    check_fails(set(k, TEXT("北河/g000000"), "value", "1"), &k->p.err, "plan.key_unknown", "a key that is none");
    check(set(k, task, "lead", "市住建局") && set(k, task, "bodies", "市住建局、市财政局"), "bodies are named");
    kept = load(k, BOOK_KNOWN_NOW);
    const plan_task *t = &kept.tasks[1].row;
    check(t->body_count == 2 && t->items[0].role == PLAN_LEAD && text_is(t->items[0].normal, "市住房和城乡建设局") && t->items[1].role == PLAN_BODY, "with role and normal name");
    check(edit(k, (plan_edit){.table = PLAN_GOALS, .key = goal, .drop = true}, &r) && r.dropped == 1 && load(k, BOOK_KNOWN_NOW).goal_count == 1, "a dropped goal is out of the lists");
    check(edit(k, (plan_edit){.table = PLAN_GOALS, .key = goal, .restore = true}, &r) && load(k, BOOK_KNOWN_NOW).goal_count == 2, "and comes back when the correction is taken back");
    kept = load(k, BOOK_KNOWN_NOW);
    check(kept.goals[0].head.state == PLAN_AS_READ && text_is(kept.goals[0].row.value, "18"), "as it was read");
    check(edit(k, (plan_edit){.table = PLAN_GOALS, .key = goal, .confirm = true}, &r) && load(k, BOOK_KNOWN_NOW).goals[0].head.state == PLAN_CONFIRMED, "a row may be confirmed as it is");
    check(edit(k, (plan_edit){.table = PLAN_GOALS, .key = goal, .confirm = true}, &r) && r.same == 1, "twice is once");
    plan_change sets[] = {{TEXT("indicator"), TEXT("绿色工厂")}, {TEXT("op"), TEXT(">=")}, {TEXT("value"), TEXT("100")}};
    check(edit(k, (plan_edit){.table = PLAN_GOALS, .doc = TEXT("北河"), .set_count = 3, .sets = sets}, &r) && r.added == 1, "a goal is added");
    kept = load(k, BOOK_KNOWN_NOW);
    check(kept.goal_count == 3 && kept.goals[2].head.state == PLAN_ADDED && kept.goals[2].head.place.block == -1 && text_is(kept.goals[2].row.firmness, "reach"), "last, without a place");
    check_fails(edit(k, (plan_edit){.table = PLAN_GOALS, .doc = TEXT("北河"), .set_count = 1, .sets = sets}, &r), &k->p.err, "plan.value_missing", "a goal needs a number");
    keep(k, &k->read, "北河.txt", (plan_keep_options){.reread = true});
    check(load(k, BOOK_KNOWN_NOW).goal_count == 3, "and survives a re-read");
}

static void test_copies(desk *k)
{
    char *longer = arena_printf(&k->p.a, "%s本规划自印发之日起施行。\n", PLAN);
    plan_keep_report r;
    plan_edit_report e;
    document first = k->d;
    plan_read read;
    town_must(document_open_bytes(&k->p.a, longer, strlen(longer), "again.txt", &k->d, &k->p.err) && plan_read_document(&k->p.a, k->rules, NULL, &k->d, &read, &k->p.err), &k->p.err, "a second scrape");
    r = keep(k, &read, "北河.txt", (plan_keep_options){0});
    check(text_is(r.doc, "北河-2") && text_is(r.copy_of, "北河") && r.likeness > 900, "the same plan found again is kept beside the first, under an id of its own");
    plan_kept kept = load(k, BOOK_KNOWN_NOW);
    check(kept.document_count == 2 && !kept.documents[0].head.is_copy && kept.documents[1].head.is_copy && text_is(kept.documents[0].copies, "北河-2"), "the first counts");
    check_ok(plan_prefer(k->p.b, &k->p.a, TEXT("北河-2"), &e, &k->p.err), &k->p.err, "unless told otherwise");
    kept = load(k, BOOK_KNOWN_NOW);
    check(kept.documents[0].head.is_copy && text_is(kept.documents[0].copy_of, "北河-2") && !kept.documents[1].head.is_copy && kept.goals[0].head.is_copy, "then the second does");
    k->d = first;
}

static void test_undo(desk *k)
{
    plan_kept kept = load(k, BOOK_KNOWN_NOW);
    int64_t before = now(k);
    book_batch batch = {.source = TEXT("plan"), .undo_delivery = kept.documents[1].delivery};
    town_must(book_post(k->p.b, &k->p.a, &batch, NULL, NULL, &k->p.err), &k->p.err, "undo");
    kept = load(k, BOOK_KNOWN_NOW);
    check(kept.document_count == 1 && kept.goal_count == 3 && !kept.documents[0].head.is_copy, "an import undone is gone with all its rows, and the other copy counts");
    check(load(k, before).document_count == 2, "as known before, both are there");
}

static void test_dry(desk *k)
{
    int64_t before = now(k);
    document first = k->d;
    plan_read read;
    town_must(document_open_bytes(&k->p.a, "第一章 短", strlen("第一章 短"), "short.txt", &k->d, &k->p.err) && plan_read_document(&k->p.a, k->rules, NULL, &k->d, &read, &k->p.err), &k->p.err, "a short text");
    plan_keep_options o = {0};
    plan_keep_report r;
    check_fails(plan_keep_document(k->p.b, &k->p.a, TEXT("short.txt"), &k->d, &read, &o, &r, &k->p.err), &k->p.err, "plan.too_short", "what is no plan is not kept");
    check(now(k) == before, "nothing is stored");
    o.anyway = true;
    check_ok(plan_keep_document(k->p.b, &k->p.a, TEXT("short.txt"), &k->d, &read, &o, &r, &k->p.err), &k->p.err, "unless anyway");
    k->d = first;
}

int main(void)
{
    desk k = {0};
    place_make(&k.p, T0, NULL);
    town_must(plan_rules_open(&k.p.a, PLAN_RULES, &k.rules, &k.p.err), &k.p.err, "rules of plans");
    town_must(document_open_bytes(&k.p.a, PLAN, sizeof PLAN - 1, "北河.txt", &k.d, &k.p.err) && plan_read_document(&k.p.a, k.rules, NULL, &k.d, &k.read, &k.p.err), &k.p.err, "the plan is read");
    test_twice(&k);
    test_reopen(&k);
    test_corrections(&k);
    test_edits(&k);
    test_copies(&k);
    test_undo(&k);
    test_dry(&k);
    check_verifies(&k.p, "the book verifies");
    place_remove(&k.p);
    return check_done();
}
