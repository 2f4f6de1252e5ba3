/* Comparing: two copies of one plan, sentence by sentence; goals of several plans side by side. */
#include "links.h"
#include "plan_text.h"

static const char FIRST[] = "某市绿色发展实施方案\n一、总体要求\n(一)指导思想。全面贯彻新发展理念和生态文明思想。坚持节约优先和保护优先的方针。\n二、重点任务\n(二)推进工业绿色升级。加快实施"
                            "钢铁和石化绿色化改造。推行产品绿色设计和清洁生产。(市工业和信息化局负责)\n(三)提升能源效率。到2025年,单位地区生产总值能耗降低14%。\n";
static const char SECOND[] = "某市绿色发展实施方案\n一、总体要求\n(一)指导思想。坚持节约优先和保护优先的方针。\n二、重点任务\n(三)提升能源效率。到2025年,单位地区生产总值能耗降低14%。\n"
                             "(二)推进工业绿色升级。加快实施钢铁和石化绿色化改造。推行产品绿色设计和清洁生产。推行产品绿色设计和清洁生产。(市工业和信息化局负责)\n请用微信扫一扫分享本页。\n";

static size_t count_kind(const plan_same *s, plan_stretch_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) n += s->stretches[i].kind == kind && !s->stretches[i].is_heading;
    return n;
}

static void same_plan(arena *a, const plan_rules *rules)
{
    plan_read x, y;
    plan_same s;
    if (!plan_test_read(a, rules, text_of(FIRST), &x) || !plan_test_read(a, rules, text_of(SECOND), &y)) return;
    plan_compare_same(a, &x, &x, &s);
    check(s.count == 0 && s.missing + s.extra + s.doubled + s.moved == 0 && s.common == s.first_sentences, "a plan and itself differ in nothing");
    plan_compare_same(a, &x, &y, &s);
    check_int((int64_t)s.missing, 1, "the sentence that was left out is missing");
    check_int((int64_t)s.doubled, 1, "the sentence that stands twice is doubled");
    check_int((int64_t)s.extra, 1, "the page's own words are extra");
    check(s.moved > 0 && count_kind(&s, PLAN_MOVED) == 1, "the section that stands elsewhere is one stretch");
    for (size_t i = 0; i < s.count; i++)
        if (s.stretches[i].kind == PLAN_MISSING) check_text(s.stretches[i].quote, TEXT("全面贯彻新发展理念和生态文明思想"), "a missing stretch is quoted");
}

typedef struct said { const char *indicator, *value, *unit, *year, *scope; plan_op op; const char *base; } said;

static plan_compared compared_of(arena *a, const plan_linker *l, const char *doc, const said *goals, size_t count)
{
    const plan_goal **rows = NEW_ARRAY(a, count + 1, const plan_goal *);
    plan_link *links = NEW_ARRAY(a, count + 1, plan_link);
    for (size_t i = 0; i < count; i++) {
        plan_goal *g = NEW(a, plan_goal);
        *g = (plan_goal){.indicator = text_of(goals[i].indicator), .value = text_of(goals[i].value), .unit = text_of(goals[i].unit), .target_year = text_of(goals[i].year),
            .scope = text_of(goals[i].scope), .op = goals[i].op, .base_year = text_of(goals[i].base)};
        plan_link_goal(l, a, g, (text){0}, NULL, 0, &links[i]);
        rows[i] = g;
    }
    return (plan_compared){.doc = text_of(doc), .goal_count = count, .goals = rows, .links = links};
}

static const said NORTH[] = {
    {"森林覆盖率", "25", "%", "2025", "", PLAN_AT_LEAST, ""}, {"单位GDP能耗", "14.5", "%", "2025", "", PLAN_DECREASE_BY, "2020"}, {"公共充电桩数量", "7500", "台", "2025", "", PLAN_AT_LEAST, ""},
    {"非化石能源消费比重", "11.5", "%", "2025", "全市", PLAN_AT_LEAST, ""}, {"天然气消费", "28", "亿立方米", "2025", "", PLAN_AT_LEAST, ""}, {"绿色商场", "5", "家", "2025", "", PLAN_AT_LEAST, ""}};
static const said SOUTH[] = {
    {"森林(绿化)覆盖率", "25.0", "%", "2025", "", PLAN_AT_LEAST, ""}, {"单位地区生产总值能源消耗", "11", "%", "2025", "", PLAN_DECREASE_BY, "2015"}, {"公共充电桩数量", "0.8", "万台", "2025", "", PLAN_AT_LEAST, ""},
    {"非化石能源占能源消费总量比例", "25", "%", "2030", "", PLAN_AT_LEAST, ""}, {"天然气消费", "280000", "万立方米", "2025", "", PLAN_AT_LEAST, ""}, {"农膜回收率", "85", "%", "2025", "", PLAN_AT_LEAST, ""}};
static const struct { const char *wording, *verdict, *says; } WANT[] = {
    {"森林覆盖率", "same", "25 and 25.0 are the same, by alias"}, {"单位GDP能耗", "other_base", "decreases from different years are not compared"},
    {"公共充电桩数量", "higher", "8,000 in units of ten thousand is more than 7,500"}, {"非化石能源消费比重", "other_year", "a goal for another year stands beside, not compared"},
    {"天然气消费", "same", "28 hundred million is 280,000 ten thousand"}, {"绿色商场", "dropped", "what the second lacks is dropped"}, {"农膜回收率", "new", "what only the second has is new"}};

static void side_by_side(arena *a, const plan_rules *rules, const rule_set *r)
{
    const plan_linker *l = plan_linker_new(a, rules, r);
    const plan_compared docs[] = {compared_of(a, l, "north", NORTH, sizeof NORTH / sizeof *NORTH), compared_of(a, l, "south", SOUTH, sizeof SOUTH / sizeof *SOUTH)};
    const plan_compare_row *rows;
    size_t count = plan_compare_goals(a, r, docs, 2, &rows);
    check_int((int64_t)count, (int64_t)(sizeof WANT / sizeof *WANT), "one row for each thing compared");
    for (size_t i = 0; i < count && i < sizeof WANT / sizeof *WANT; i++) {
        check_text(rows[i].wording, text_of(WANT[i].wording), "rows stand in the order of the first plan");
        check_text(text_of(plan_verdict_id(rows[i].cells[1].verdict)), text_of(WANT[i].verdict), WANT[i].says);
    }
}

int main(void)
{
    arena a = {0};
    heng_err err = {0};
    const plan_rules *rules = plan_test_rules(&a);
    const rule_set *r = NULL;
    rule_faults faults = {0};
    const char *pack = PLAN_RULES "/..";
    if (rules) same_plan(&a, rules);
    if (rules && check_ok(rule_load_folders(&a, &pack, 1, &r, &faults, &err), &err, "the pack loads")) side_by_side(&a, rules, r);
    arena_free(&a);
    return check_done();
}
