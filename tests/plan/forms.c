/* Forms of plans: numbering, tables, statements of who is responsible, damage, likeness, and documents that are no plan. */
#include "plan_text.h"

static const char CHAPTERS[] =
    "北河市“十四五”节能规划\n北政发〔2021〕15号\n第一章 规划背景\n第一节 发展基础\n“十三五”期间,全市能耗累计下降18.2%,绿色工厂达到25家。\n"
    "第二章 总体要求\n第一节 主要目标\n到2025年,节能工作取得显著成效。能源利用效率大幅提高,非化石能源消费比重达到18%。\n"
    "指标名称 | 单位 | 2020年 | 2025年 | 属性\n森林覆盖率 | % | 38.5 | ≥40 | 约束性\n绿色工厂数量(家) | | 25 | 60 | 预期性\n"
    "第三章 重点任务\n第一节 推进工业节能\n一、实施改造\n(一)加快升级。推动绿色转型,完善节能制度。\n牵头单位:市工业和信息化局;配合单位:市发展改革委、各县(市、区)人民政府\n"
    "(二)强化建筑节能。推广绿色建材,改造老旧管网。\n责任单位:市住建局等部门\n第四章 保障措施\n加强组织领导。\n";

static const char ANNEX[] =
    "南河市无废城市建设方案\n一、总体要求\n(一)指导思想。坚持绿色发展,推进城市治理。\n二、主要任务\n(二)工业固废。加强管理。\n三、保障\n附件\n"
    "工作任务 | 牵头单位 | 配合单位 | 时限\n推进绿色工厂创建,建立梯度培育机制 | 市工信局 | 市发展改革委、市生态环境局 | 2025年\n"
    "健全再生资源回收体系,完善回收网络 | 市商务局 | 市供销社、各区人民政府 | 持续\n";

static const char INLINE[] =
    "西山市节能方案\n现将方案印发给你们,请执行。一、总体要求(一)指导思想。坚持节约优先。(二)主要目标。到2025年,能耗下降13%。二、重点任务(三)加快转型。推进改造。"
    "(市工信局、市商务局按职责分工负责)完善制度。(市发展改革委牵头负责)(四)健全体系。加强监测。(各区人民政府、市统计局等部门和市级有关部门负责)三、保障措施";

static const char LOST[] =
    "南山区碳达峰方案\n2023428\n一、总体要求\n(一)指导思想\n坚持绿色发展。\n二、任务\n(一)产业行动\n1.?推进绿色制造体系建设加快培育绿色工厂和绿色园区,推动重点行业节能改造升级,健全绿色制造服务机制\n"
    "到2025年,形成510家融合企业。引进1015个供应商。政府采购比例达到82%上。创建100“无废细胞”。\n";

static const char FIVE_YEARS[] =
    "东川市“十四五”循环经济规划\n目 录\n一、回顾与形势..........1\n(一)工作成效..........1\n二、总体要求............3\n(一)主要目标..........4\n三、主要任务............5\n"
    "一、回顾与形势\n(一)工作成效。建成绿色园区12个,资源产出率达到60%。\n二、总体要求\n(一)主要目标。到2025年,资源产出率提高到80%。\n"
    "类别 | 指标名称 | 目标值\n环境质量 | PM2.5浓度(微克/立方米) | 30\n环境质量 | 氮氧化物排放量减少(%)* | [10]\n环境质量 | 空气质量优良天数比率(%) | 86左右\n注:\n2.带*为累计数\n"
    "三、主要任务\n(一)园区。\n1、推进改造。完善园区设施,推动企业升级。(责任单位:市商务局;完成时限:2023年底)\n(二)回收。\n"
    "2、健全网络。推动主管部门(商务局、发改局)协同。建设回收站点。(主要责任单位:市供销社、市商务局。以下均需各县落实,不再列出)\n";

/* Tables of indicators as pages give them: classes and numbers run into the names, raised and lowered figures, a unit without a head, the base year last. */
static const char FIGURES[] =
    "南江市“十四五”生态环境保护规划\n目 录\n一、总体要求1\n(一)规划目标2\n二、主要任务3\n三、保障措施9\n一、总体要求\n(一)规划目标。到2025年,生态环境持续改善。\n"
    "指标类别 | 指标名称 | | 2025年(目标) | 2020年(现状) | 属性\n环境 | ★细颗粒物(PM)浓度2.5 | 微克/立方米 | 30 | 36 | 约束性\n"
    "环境 | 非化石能源占能源消费总量比例 | % | 18 | 15 | 预期性\n治理 | 农村黑臭水体整治率(%) | | 60 | 40 | 预期性\n"
    "治理 | 风险17受污染耕地安全利用率2 | % | 93~95 | 90 | 约束性\n治理 | 化学需氧量排放量较2020年减少 | 万吨 | [1.2] | - | 约束性\n"
    "注:\n1.[]内为五年累计数。\n2.△为国家考核。\n二、主要任务\n(二)治水。推进治理。(由市生态环境局牵头、市水利局等市级有关部门按照职责分工指导推动,逗号前为牵头单位,下同)\n三、保障措施\n加强领导。\n";

static void figures(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(FIGURES), &p)) return;
    check_int((int64_t)p.section_count, 5, "a table of contents with page numbers alone gives no sections, nor do notes below a table");
    if (!check(p.goal_count == 5, "a goal for each row, none of the base year")) return;
    check_text(p.goals[0].indicator, TEXT("细颗粒物(PM2.5)浓度"), "a lowered figure goes where it belongs, a mark before the name goes");
    check_text(p.goals[0].unit, TEXT("微克/立方米"), "a unit in a cell without a head");
    check_text(p.goals[0].value, TEXT("30"), "the base year may stand last");
    check_text(p.goals[0].base_value, TEXT("36"), "its value is the base");
    check(p.goals[1].op == PLAN_AT_LEAST, "a share of a total is not the less the better");
    check(p.goals[2].op == PLAN_AT_LEAST, "nor is a rate of treatment");
    check_text(p.goals[3].indicator, TEXT("受污染耕地安全利用率"), "a class and a footnote are not of the name");
    check(p.goals[3].op == PLAN_ABOUT && text_is(p.goals[3].value_hi, "95"), "a range in a cell");
    check(p.goals[4].op == PLAN_DECREASE_BY && text_is(p.goals[4].base_year, "2020"), "a base year inside the name");
    if (!check(p.task_count == 1, "rows of indicators are no tasks")) return;
    check_text(p.tasks[0].bodies_norm, TEXT("市生态环境局、市水利局"), "a note among bodies is nobody");
    check(p.tasks[0].is_open_list, "等 and any words up to 部门 leave the list open");
}

/* Numbered 1, 1.1, 1.1.1; who is responsible told over several lines. */
static const char OUTLINE[] =
    "西江县2023年碳达峰工作要点\n西江政办发〔2023〕12号\n1 总体目标\n2023年,全县单位GDP能耗下降3%以上。\n2 主要任务\n2.1 推动能源转型\n2.1.1 发展光伏\n"
    "新增光伏装机10万千瓦,风电装机达到2.5万千瓦。\n完成时限:2023年12月\n牵头单位:县发展改革局(列首位的为牵头单位,下同)\n责任单位:县自然资源局、各镇人民政府\n"
    "2.1.2 控制煤炭消费\n煤炭消费总量控制在120万吨以内,较2022年减少5万吨。(责任领导:某人;责任单位:县统计局等)\n2.2 绿色出行\n推进公交优先。(县交通运输局牵头,各镇配合)\n3 保障措施\n3.1 加强领导\n";

static void outline(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(OUTLINE), &p)) return;
    if (!check(p.section_count == 8, "1, 2.1 and 2.1.1 are headings, an amount is none")) return;
    check(p.sections[2].level == 2 && p.sections[3].level == 3, "as many parts as levels");
    check_text(p.sections[3].heading, TEXT("发展光伏"), "the words behind the number");
    if (!check(p.task_count == 3, "lines one below the other are one statement")) return;
    check_text(p.tasks[0].bodies_norm, TEXT("县发展改革局、县自然资源局、各镇人民政府"), "all of its bodies, no note, no time");
    check(p.tasks[0].items[0].role == PLAN_LEAD, "who leads");
    check_text(p.tasks[1].section, TEXT("2.1.2"), "an outline number tells its section whole");
    check_text(p.tasks[1].bodies_norm, TEXT("县统计局"), "a person before the bodies is told beside them");
}

static void five_years(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(FIVE_YEARS), &p)) return;
    check_int((int64_t)p.section_count, 9, "a table of contents, and a note below a table, give no sections; items run through them");
    if (!check(p.goal_count == 4, "goals of the text and of a table without years; a chapter on what was has none")) return;
    check_text(p.goals[0].value, TEXT("80"), "the goal of the text");
    check(p.goals[1].op == PLAN_AT_MOST && p.goals[2].op == PLAN_DECREASE_BY && p.goals[3].op == PLAN_ABOUT, "less is better, a cut, and about");
    check_text(p.goals[2].indicator, TEXT("氮氧化物排放量"), "what the comparison says is not of the name");
    check_text(p.goals[1].target_year, TEXT("2025"), "a column 目标值 is of the last year of the period");
    if (!check(p.task_count == 2, "brackets that explain a word close no task")) return;
    check_text(p.tasks[0].bodies_norm, TEXT("市商务局"), "a time beside who is responsible is nobody");
    check_text(p.tasks[1].bodies_norm, TEXT("市供销社、市商务局"), "what follows the stop in a bracket names nobody");
}

static void chapters(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(CHAPTERS), &p)) return;
    check_int((int64_t)p.section_count, 10, "chapters, sections, and numbered heads below them");
    check_int(p.sections[5].level, 2, "第一节 is below 第三章");
    check_text(p.sections[6].number, TEXT("一"), "一、 is below 第一节");
    check_int(p.sections[6].level, 3, "where chapters and sections are, 一、 is the third level");
    check_int((int64_t)p.goal_count, 3, "goals of the text and of the table, none of the years past");
    check_text(p.goals[0].target_year, TEXT("2025"), "in a section of goals a year carries to the next sentence");
    check_text(p.goals[1].binding, TEXT("约束性"), "the property of an indicator");
    check_text(p.goals[1].base_value, TEXT("38.5"), "the base value of an indicator");
    check_text(p.goals[2].unit, TEXT("家"), "a unit in the brackets of a name");
    check_int((int64_t)p.task_count, 2, "lines that say who is responsible close tasks");
    check(p.task_count == 2 && p.tasks[0].items[0].role == PLAN_LEAD && p.tasks[0].items[1].role == PLAN_SUPPORT, "who leads and who supports");
    check(p.task_count == 2 && p.tasks[1].is_open_list, "等部门 leaves the list open");
    check_text(p.tasks[1].items[0].normal, TEXT("市住房和城乡建设局"), "a short name is written out");
    check(p.is_plan, "it is a plan");
}

static void annex(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(ANNEX), &p) || !check(p.task_count == 2, "two rows are two tasks")) return;
    check_text(p.tasks[0].bodies_norm, TEXT("市工信局、市发展改革委、市生态环境局"), "bodies of two columns");
    check(p.tasks[1].items[0].role == PLAN_LEAD && p.tasks[1].items[2].is_group, "the lead, and a group of bodies");
}

static void inline_heads(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(INLINE), &p)) return;
    check_int((int64_t)p.section_count, 7, "headings inside one line are found by their order");
    if (!check(p.task_count == 3, "brackets close tasks")) return;
    check_text(p.tasks[1].whole, TEXT("完善制度。"), "a task begins behind the bracket before");
    check_text(p.tasks[2].bodies_norm, TEXT("各区人民政府、市统计局、市级有关部门"), "what stands behind 等部门和 is a further body");
}

static void damaged(arena *a, const plan_rules *rules)
{
    plan_read p;
    if (!plan_test_read(a, rules, text_of(LOST), &p)) return;
    check_text(p.doc.issue_date, TEXT("2023-04-28"), "a date that lost its marks");
    check_text(p.sections[4].heading, TEXT("推进绿色制造体系建设"), "a heading whose stop is lost");
    size_t suspect = 0;
    for (size_t i = 0; i < p.goal_count; i++) suspect += p.goals[i].is_suspect;
    check_int((int64_t)suspect, 4, "four numbers are suspect");
    check_text(p.goals[0].value, TEXT("510"), "a damaged number stays as printed");
    check_text(p.goals[0].likely, TEXT("~ 5 10 家"), "its likely reading stands beside it");
}

static void no_plans(arena *a, const plan_rules *rules)
{
    static const struct { const char *says, *bytes; } CASES[] = {
        {"one word", "你好"},
        {"a table of numbers", "1,2,3\n4,5,6\n7,8,9\n"},
        {"a story", "从前有一座山,山上有一座庙,庙里有一个老和尚。老和尚在讲故事,讲的是从前有一座山。"},
        {"text in another language", "It was the best of times, it was the worst of times."}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        plan_read p;
        text_buf b = {.a = a};
        for (int k = 0; k < 30; k++) buf_str(&b, CASES[i].bytes);
        if (plan_test_read(a, rules, buf_text(&b), &p)) check(!p.is_plan && p.doc.note.len > 0, CASES[i].says);
    }
}

static void likeness(arena *a, const plan_rules *rules)
{
    plan_read x, y, z;
    if (!plan_test_read(a, rules, text_of(CHAPTERS), &x) || !plan_test_read(a, rules, text_of(ANNEX), &y)) return;
    text_buf b = {.a = a};
    buf_str(&b, CHAPTERS + sizeof CHAPTERS / 2 / 3 * 3);
    buf_str(&b, CHAPTERS);
    check_int(plan_likeness(a, &x.doc, &x.doc), 1000, "a plan is all like itself");
    check(plan_likeness(a, &x.doc, &y.doc) < 200, "two plans are not alike");
    if (plan_test_read(a, rules, TEXT("空"), &z)) check_int(plan_likeness(a, &z.doc, &z.doc), 0, "nothing is like nothing");
}

/* Converted piece by piece, a text is what the library makes of it whole, also where a phrase decides (一目瞭然, 藉口, 乾坤, 反覆, 麼). */
static void traditional(arena *a, const plan_rules *rules)
{
    static const char TEXT_TW[] = "關於綠色發展體系建設的實施方案,對環境與產業進行調整,經濟結構優質發展,提高資源利用效率。一目瞭然,以免藉口,扭轉乾坤,乾燥設備,反覆試驗,答覆群眾,瞭解情況,覆蓋範圍,憑藉優勢,"
                                  "沈默與沈陽,什麼時候,計畫裡的目標,後臺與后稷,劃定區劃,著力推進,名著,鐘錶,台灣與颱風,徵收與長征,牴觸,衹有,丑時,醜聞。";
    plan_read p;
    text whole = {"", 0};
    heng_err err = {0};
    if (!check_ok(text_simplify(a, text_of(TEXT_TW), &whole, &err), &err, "the library converts the text")) return;
    if (!plan_test_read(a, rules, text_of(TEXT_TW), &p)) return;
    check(p.doc.was_traditional, "the text is found to be Traditional");
    check_text(text_trim(p.doc.clean), text_trim(text_nfkc(a, whole)), "pieces give what the whole gives");
}

static void bad_rules(arena *a)
{
    const plan_rules *rules = NULL;
    heng_err err = {0};
    check_fails(plan_rules_open(a, "/nonexistent", &rules, &err), &err, "format.file_open", "rules that are not there");
    check(rules == NULL, "nothing is given back");
}

int main(void)
{
    arena a = {0};
    const plan_rules *rules = plan_test_rules(&a);
    if (rules) {
        chapters(&a, rules);
        five_years(&a, rules);
        figures(&a, rules);
        outline(&a, rules);
        annex(&a, rules);
        inline_heads(&a, rules);
        damaged(&a, rules);
        no_plans(&a, rules);
        likeness(&a, rules);
        traditional(&a, rules);
    }
    bad_rules(&a);
    arena_free(&a);
    return check_done();
}
