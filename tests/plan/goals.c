/* One sentence, the goals in it: how numbers are judged by the words beside them. */
#include "plan_text.h"

#define BEFORE "东山市节能工作方案\n一、总体要求\n(一)指导思想。坚持节能优先。\n二、重点任务\n(二)推进节能。"

static const struct { const char *says, *sentence, *wanted; } CASES[] = {
    {"a rate that is to be reached", "到2025年,森林覆盖率达到39%。", "森林覆盖率 >= 39 % 2025 reach"},
    {"full-width marks and blanks", "到 2025 年，森林覆盖率达到 39％以上。", "森林覆盖率 >= 39 % 2025 reach"},
    {"a word behind the number turns the comparison", "到2025年,森林覆盖率达到39%左右。", "森林覆盖率 ~ 39 % 2025 about"},
    {"a cap", "到2025年,煤炭消费量控制在500万吨以内。", "煤炭消费量 <= 500 万吨 2025 cap"},
    {"a fall from a base year", "到2025年,单位地区生产总值能耗比2020年下降13.5%。", "单位地区生产总值能耗 decrease_by 13.5 % 2025 reach"},
    {"a rise by points", "到2025年,铁路货运量占比提高2个百分点。", "铁路货运量占比 increase_by 2 个百分点 2025 reach"},
    {"a level to come down to", "到2025年,供水管网漏损率下降到9%以下。", "供水管网漏损率 <= 9 % 2025 cap"},
    {"verb, number, thing", "培育150家市级以上龙头企业。", "市级以上龙头企业 >= 150 家  reach"},
    {"verb, thing, number", "到2025年,创建绿色工厂100家以上。", "绿色工厂 >= 100 家 2025 reach"},
    {"a verb shared by a list", "培育15家龙头企业、20个联合体。", "龙头企业 >= 15 家  reach; 联合体 >= 20 个  reach"},
    {"a range", "打造1-2个示范园区。", "示范园区 ~ 1 2 个  reach"},
    {"values told apart", "到2025年,覆盖率和处理率分别达到60%、50%以上。", "覆盖率 >= 60 % 2025 reach; 处理率 >= 50 % 2025 reach"},
    {"a share of a thing", "到2025年,规模以上企业30%以上完成智能化转型。", "完成智能化转型 >= 30 % 2025 reach"},
    {"two years of one indicator", "到2025年,回收率达到60%,到2030年达到80%。", "回收率 >= 60 % 2025 reach; 回收率 >= 80 % 2030 reach"},
    {"strive", "力争到2030年非化石能源消费比重达到25%。", "非化石能源消费比重 >= 25 % 2030 strive"},
    {"a period gives its last year", "“十四五”期间,新建充电桩5000个。", "新建充电桩 >= 5000 个 2025 reach"},
    {"doubling", "到2025年,海铁联运量翻一番。", "海铁联运量 increase_by 100 % 2025 reach"},
    {"thousands", "到2025年,企业数量达到11,600家。", "企业数量 >= 11600 家 2025 reach"},
    {"a threshold is no goal", "对产废量超100吨企业实施审核,2万平方米以上的公共建筑安装电表。", ""},
    {"a name is no goal", "推进500千伏变电站建设,打造15分钟生活圈,实施“871”工程,推广5G。", ""},
    {"what was is no goal", "截至2020年底,森林覆盖率达到39%。", ""},
    {"a number of a document is none", "按照《节能规划(2020—2035年)》(国发〔2021〕4号)要求推进。", ""},
    {"a list that shares its name", "到2025年,氨氮、总磷重点工程减排量分别达到3.2万吨、0.4万吨。", "氨氮重点工程减排量 >= 3.2 万吨 2025 reach; 总磷重点工程减排量 >= 0.4 万吨 2025 reach"},
    {"a list whose last part ends in 等", "到2025年,客船、货船等能耗强度比2020年分别下降3%、2%。", "客船能耗强度 decrease_by 3 % 2025 reach; 货船能耗强度 decrease_by 2 % 2025 reach"},
    {"a list shares the unit of its last number", "到2025年,农药、化肥使用比例分别降低5个、8个百分点。", "农药使用比例 decrease_by 5 个百分点 2025 reach; 化肥使用比例 decrease_by 8 个百分点 2025 reach"},
    {"things counted over commas", "到2025年,建成创新联盟4家,技术中心9家,新增监测站30个,120台自动设备。", "创新联盟 >= 4 家 2025 reach; 技术中心 >= 9 家 2025 reach; 新增监测站 >= 30 个 2025 reach; 自动设备 >= 120 台 2025 reach"},
    {"an amount without a verb", "到2025年,光伏发电装机容量约2800万千瓦。", "光伏发电装机容量 ~ 2800 万千瓦 2025 about"},
    {"a share of another amount", "到2025年,电动客车新车销售量达到客车新车销售总量的20%以上。", "电动客车新车销售量 >= 20 % 2025 reach"},
    {"shares of a list with one verb", "到2022年,95%的省级、80%的县级机关达到创建标准。", "达到创建标准 >= 95 % 2022 reach; 达到创建标准 >= 80 % 2022 reach"},
    {"a second change of the same indicator", "到2025年,单位产值能耗下降14%,力争下降15%。", "单位产值能耗 decrease_by 14 % 2025 reach; 单位产值能耗 decrease_by 15 % 2025 strive"},
    {"a goal in a bracket", "到2025年,建设输电通道(可再生能源电量比例原则上不低于50%)。", "可再生能源电量比例 >= 50 % 2025 reach"},
    {"the name behind a verb", "到2030年,改造后实现整体能效提升20%以上。", "整体能效 increase_by 20 % 2030 reach"},
    {"每年 is not of the name", "环保包装使用比例每年提升10%。", "环保包装使用比例 increase_by 10 %  reach"},
    {"doubling in one word", "2025年,力争储能装机实现翻番。", "储能装机 increase_by 100 % 2025 strive"},
    {"a size that picks things out is no goal", "淘汰10蒸吨以下燃煤锅炉,完成30万千瓦及以上机组改造,推进65蒸吨以上锅炉升级。", ""},
    {"a cap worded with 应", "单个组团面积不应超过50平方公里。", "单个组团面积 <= 50 平方公里  cap"},
    {"a standard by its share is a name", "城镇居住建筑执行75%节能标准。", ""},
    {"a list of measures", "全年整合退出炼油产能74万吨、焦化产能15万吨。", "炼油产能 >= 74 万吨  reach; 焦化产能 >= 15 万吨  reach"},
    {"a share without a year", "年底前60%以上县级机关创建成为节水型机关。", "创建成为节水型机关 >= 60 %  reach"},
    {"a share behind a list of things", "推动省直机关及60%以上的省属学校建成节水型单位。", "建成节水型单位 >= 60 %  reach"},
    {"a share at the head of a clause", "完成30个镇管网改造,30%污水处理厂完成提标改造。", "镇管网改造 >= 30 个  reach; 完成提标改造 >= 30 %  reach"},
    {"a share of another thing without a rate", "全年新开工装配式建筑占城镇新建建筑30%以上。", "新开工装配式建筑占城镇新建建筑 >= 30 %  reach"},
    {"by when stands behind the number", "推动机关2021年底前建成样板,力争80%以上的学校2025年底前达到创建要求。", "达到创建要求 >= 80 % 2025 strive"},
    {"a state made real without a year", "新建场馆节水器具使用率实现100%。", "新建场馆节水器具使用率 >= 100 %  reach"},
    {"a rule in quotation marks is named", "严格执行“夏季室温不低于26摄氏度、冬季室温不高于20摄氏度”的标准。", ""},
    {"what a bracket adds", "到2025年,改造老旧住宅200万平方米(其中市区60万平方米以上)。", "老旧住宅 >= 200 万平方米 2025 reach"},
    {"a list of amounts measured by one thing", "到2025年,单位GDP能源消耗、用水量比2020年分别降低13%、16%。", "单位GDP能源消耗 decrease_by 13 % 2025 reach; 单位GDP用水量 decrease_by 16 % 2025 reach"},
    {"parts that end alike", "到2025年,城市地区、农村地区供电可靠率分别提高至99.9%和99.8%。", "城市地区供电可靠率 >= 99.9 % 2025 reach; 农村地区供电可靠率 >= 99.8 % 2025 reach"},
    {"与上年相比 is not of the name", "2022年,单位建筑面积能耗、人均用水量同比分别下降1.0%和1.2%。", "单位建筑面积能耗 decrease_by 1.0 % 2022 reach; 人均用水量 decrease_by 1.2 % 2022 reach"},
    {"a word that looks like a verb", "建成区新建35蒸吨以下锅炉一律禁止。", ""},
    {"an attribute is not cut", "推进17个限期完成的整改项目。", "限期完成的整改项目 >= 17 个  reach"},
    {"capacity of transformers", "新增变电容量1800万千伏安、线路长度470公里。", "新增变电容量 >= 1800 万千伏安  reach; 线路长度 >= 470 公里  reach"},
    {"magnitudes on both ends of a range", "到2025年,储气能力达到550亿-600亿立方米。", "储气能力 ~ 550 600 亿立方米 2025 reach"},
    {"what a grant may be is no goal", "对每个项目给予补助,最高不超过200万元。", ""},
    {"two verbs before the thing", "到2025年,建设和修复防护林带100公里。", "防护林带 >= 100 公里 2025 reach"},
    {"a comma inside a bracket of the name", "建筑垃圾(不含渣土、泥浆)排放量每万平方米分别不高于300吨和200吨。", "建筑垃圾(不含渣土、泥浆)排放量每万平方米 <= 300 吨  cap; 建筑垃圾(不含渣土、泥浆)排放量每万平方米 <= 200 吨  cap"},
    {"years listed before values listed", "到2025年、2030年,光伏装机分别达到20万千瓦和40万千瓦。", "光伏装机 >= 20 万千瓦 2025 reach; 光伏装机 >= 40 万千瓦 2030 reach"},
    {"a yearly change of the amount before", "产业总产值突破200亿元,年均增长15%。", "产业总产值 >= 200 亿元  reach; 产业总产值 increase_by 15 %  reach"},
    {"a change beside a level", "到2025年,煤炭消费总量控制在120万吨以内,较2020年减少5万吨。", "煤炭消费总量 <= 120 万吨 2025 cap; 煤炭消费总量 decrease_by 5 万吨 2025 reach"},
    {"a deadline holds in its own sentence", "2022年底前完成20家企业清洁生产审核。利用率每年提高1个百分点。", "企业清洁生产审核 >= 20 家 2022 reach; 利用率 increase_by 1 个百分点  reach"},
    {"parts of one character", "到2025年,大、中、小型矿山建设率分别达到90%、80%、70%。", "大型矿山建设率 >= 90 % 2025 reach; 中型矿山建设率 >= 80 % 2025 reach; 小型矿山建设率 >= 70 % 2025 reach"},
    {"a list of long things", "累计完成公共建筑节能(绿色)改造20万平方米、既有居住建筑节能(绿色)改造30万平方米。", "公共建筑节能(绿色)改造 >= 20 万平方米  reach; 既有居住建筑节能(绿色)改造 >= 30 万平方米  reach"},
    {"以及 goes on with a list", "到2025年,建成3个试点社区、5家试点学校以及10家试点企业。", "试点社区 >= 3 个 2025 reach; 试点学校 >= 5 家 2025 reach; 试点企业 >= 10 家 2025 reach"},
    {"amounts without a verb behind a goal", "生产总量达到44亿吨左右,原油产量2亿吨左右。", "生产总量 ~ 44 亿吨  about; 原油产量 ~ 2 亿吨  about"},
    {"every year an amount", "每年推动20万平方米以上的住宅改造。", "住宅改造 >= 20 万平方米  reach"},
    {"a part done", "到2025年,完成全市废弃矿山修复60%。", "废弃矿山修复 >= 60 % 2025 reach"},
    {"a verb before a thing that is to reach a number", "到2025年,集聚电路企业超1000家,建设充电站达到50座以上,新能源用地建设规模达到20公顷。", "电路企业 >= 1000 家 2025 reach; 充电站 >= 50 座 2025 reach; 新能源用地建设规模 >= 20 公顷 2025 reach"},
    {"a bracket with its own year", "到2025年,绿色建筑占比达到70%以上(其中,2023年达到60%),星级建筑面积占比达到20%以上。", "绿色建筑占比 >= 70 % 2025 reach; 绿色建筑占比 >= 60 % 2023 reach; 星级建筑面积占比 >= 20 % 2025 reach"},
    {"a bracket that says what is done in a year", "提升森林质量(2023年完成营造林30万亩以上,完成森林抚育50万亩以上)。", "营造林 >= 30 万亩 2023 reach; 森林抚育 >= 50 万亩 2023 reach"},
    {"a straight mark for a closing one", "“十四五\"期间,新增森林面积50万亩。", "新增森林面积 >= 50 万亩 2025 reach"},
    {"a part in words", "到2025年,外来电力比重超过三分之一,企业自动监控率达到九成以上。", "外来电力比重 >= 33.33 % 2025 reach; 企业自动监控率 >= 90 % 2025 reach"},
    {"a comma in a name in quotation marks", "到2025年,建设2家以“低碳先行,循环发展”为主题的示范区。", "以“低碳先行,循环发展”为主题的示范区 >= 2 家 2025 reach"},
    {"a name that begins with 全国", "到2025年,建成全国示范县3个。", "全国示范县 >= 3 个 2025 reach"},
    {"what may be done is no goal", "允许各县选择2个乡镇开展采伐。", ""},
    {"two verbs joined by 并", "到2025年,培育并验收30个左右示范县城。", "示范县城 ~ 30 个 2025 about"},
    {"a threshold with another condition", "补助资金超过500万元、或情况特殊的,另行商定。", ""},
};

static const char *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};

static text told(arena *a, const plan_read *p)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < p->goal_count; i++) {
        const plan_goal *g = &p->goals[i];
        buf_printf(&b, "%s%.*s %s %.*s%s%.*s %.*s %.*s %.*s", i ? "; " : "", TEXT_FMT(g->indicator), OPS[g->op], TEXT_FMT(g->value), g->value_hi.len ? " " : "", TEXT_FMT(g->value_hi),
            TEXT_FMT(g->unit), TEXT_FMT(g->target_year), TEXT_FMT(g->firmness));
    }
    return buf_text(&b);
}

static void check_anchor(arena *a, const plan_rules *rules)
{
    text bytes = TEXT(BEFORE "到2025年，森林覆盖率达到３９％。");
    plan_read p;
    if (!plan_test_read(a, rules, bytes, &p) || !check(p.goal_count == 1, "one goal")) return;
    plan_place at = p.doc.places[p.goals[0].span.start];
    text block = p.doc.source->blocks[at.block].content;
    text there = {block.ptr + at.byte, 15};
    check_text(there, TEXT("森林覆盖率"), "a goal opens at its place in the original");
    check_text(p.goals[0].value, TEXT("39"), "full-width digits are read");
}

int main(void)
{
    arena a = {0};
    const plan_rules *rules = plan_test_rules(&a);
    for (size_t i = 0; rules && i < sizeof CASES / sizeof *CASES; i++) {
        plan_read p;
        text bytes = text_of(arena_printf(&a, "%s%s", BEFORE, CASES[i].sentence));
        if (plan_test_read(&a, rules, bytes, &p)) check_text(told(&a, &p), text_of(CASES[i].wanted), CASES[i].says);
    }
    if (rules) check_anchor(&a, rules);
    arena_free(&a);
    return check_done();
}
