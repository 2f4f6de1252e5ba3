/* The table of operations. Adding one is adding a row here and its function; help, completion and the parser follow. */
#include "ops_internal.h"

#define END {.name = NULL}
#define ARG(n, k, en_, zh_) {.name = n, .kind = k, .required = true, .en = en_, .zh = zh_}
#define OPT(n, k, en_, zh_) {.name = n, .kind = k, .en = en_, .zh = zh_}
#define CHOICE(n, choices_, en_, zh_) {.name = n, .kind = OPS_CHOICE, .choices = choices_, .en = en_, .zh = zh_}

static const ops_arg NO_ARGS[] = {END};

static const ops_arg INIT_ARGS[] = {
    {.name = "--pack", .kind = OPS_DIR, .repeated = true, .en = "a city's rule pack over the national one", .zh = "叠加在国家规则包之上的城市规则包"},
    OPT("--zone", OPS_TEXT, "time zone of the city (Asia/Shanghai)", "城市时区（默认 Asia/Shanghai）"),
    CHOICE("--hash", "sha256|sm3|blake2b", "hash of the chain (sha256)", "哈希链的算法（默认 sha256）"), END};

static const ops_arg DEMO_ARGS[] = {OPT("--dir", OPS_DIR, "folder for the demo's database (demo)", "演示数据库所在文件夹（默认 demo）"), END};

static const ops_arg IMPORT_ARGS[] = {
    ARG("FILE", OPS_FILE, "CSV or XLSX file", "CSV 或 XLSX 文件"),
    OPT("--form", OPS_TEXT, "movements, observations, parties, balance, readings of meters (found by the header)", "表式：movements、observations、parties、balance，readings 为表计读数（默认按表头识别）"),
    OPT("--mapping", OPS_TEXT, "mapping of the rule pack, for a printed energy balance; for readings a saved name or a file", "规则包中的对照表（用于印刷的能源平衡表）；读数则为已保存的名称或文件"),
    OPT("--source", OPS_TEXT, "who issued it: the scope of row keys (the file's name)", "数据来源，即行键的范围（默认文件名）"),
    OPT("--sheet", OPS_TEXT, "sheet of the spreadsheet (the first)", "工作表名（默认第一张）"),
    OPT("--party", OPS_PARTY, "party for rows that name none", "没有写明主体的行归于哪个主体"),
    OPT("--dry-run", OPS_FLAG, "show what would happen, write nothing", "只试运行，不写入"),
    OPT("--keep-going", OPS_FLAG, "accept the good rows, write the refused ones with reasons to a file", "接受正确的行，被拒绝的行连同原因写入文件"),
    OPT("--refused", OPS_FILE, "where refused rows go (FILE.refused.csv or .xlsx)", "被拒绝的行写到哪里（默认 FILE.refused.csv 或 .xlsx）"),
    OPT("--supersede", OPS_FLAG, "same key with other content replaces what was there", "键相同而内容不同时，用新内容更正旧内容"),
    OPT("--suggest", OPS_FLAG, "readings: look at the file and suggest a mapping, take nothing", "读数：察看文件并给出对照表，不收读数"),
    OPT("--mapping-to", OPS_FILE, "with --suggest: write the mapping to this file", "与 --suggest 合用：把对照表写入此文件"),
    OPT("--channels", OPS_FILE, "with --suggest: write the file's channels as a table for heng meter add", "与 --suggest 合用：把文件里的通道写成可供 heng meter add 的登记表"),
    OPT("--commodity", OPS_TEXT, "with --channels: what they measure", "与 --channels 合用：所计量的品种"),
    OPT("--save-mapping", OPS_TEXT, "readings: save the mapping given under this name", "读数：把所给的对照表以此名称保存"),
    CHOICE("--date-order", "YMD|DMY|MDY", "readings: order of day and month where the file does not tell", "读数：日月次序（文件本身看不出时）"),
    OPT("--keep-present", OPS_FLAG, "readings: a value that differs from the one there is refused instead of replacing it", "读数：与已有值不同的拒收，而不更正"), END};
static const ops_arg QUALITY_ARGS[] = {ARG("--period", OPS_PERIOD, "period to judge", "期间"), OPT("--channel", OPS_TEXT, "one channel (all, with the meter tree)", "只看一个通道（默认全部，含表计树）"), END};
static const ops_arg QUARANTINE_ARGS[] = {
    OPT("--channel", OPS_TEXT, "one channel", "只看一个通道"), OPT("--all", OPS_FLAG, "also those worked through", "也列出已处理的"),
    {.name = "--accept", .kind = OPS_TEXT, .repeated = true, .en = "take this held reading as it stands", .zh = "按原值收下该读数"}, {.name = "--correct", .kind = OPS_TEXT, .repeated = true, .en = "take it with --value or --time", .zh = "按 --value 或 --time 改正后收下"},
    {.name = "--start", .kind = OPS_TEXT, .repeated = true, .en = "take it as the first count of a new meter: nothing flowed since the reading before", .zh = "换表：按新表的起点收下，与前一读数之间不计用量"},
    {.name = "--drop", .kind = OPS_TEXT, .repeated = true, .en = "it is no reading", .zh = "作废"}, OPT("--value", OPS_TEXT, "right value, as the meter shows it", "正确的值，按表上显示"), OPT("--time", OPS_TEXT, "right time", "正确的时间"),
    OPT("--reason", OPS_TEXT, "why; needed to work one through", "理由；处理时必填"), OPT("--user", OPS_TEXT, "who (the login name)", "经办人（默认登录名）"), END};
static const ops_arg FILL_ARGS[] = {
    ARG("CHANNEL", OPS_TEXT, "code of the channel", "通道编码"), ARG("--period", OPS_PERIOD, "where to fill", "期间"),
    {.name = "--method", .kind = OPS_CHOICE, .required = true, .choices = "last_day|linear|profile|worst_case", .en = "how the values are made", .zh = "补缺方法"},
    ARG("--reason", OPS_TEXT, "why", "理由"), OPT("--user", OPS_TEXT, "who (the login name)", "经办人（默认登录名）"), OPT("--dry-run", OPS_FLAG, "count only", "只计数"), END};
static const ops_arg UNDO_ARGS[] = {ARG("ID", OPS_TEXT, "delivery, see import list", "交付编号，见 import list"),
                                    ARG("--reason", OPS_TEXT, "why", "原因"), END};
static const ops_arg TEMPLATE_ARGS[] = {ARG("FORM", OPS_TEXT, "movements, observations, parties", "表式：movements、observations、parties"),
                                        ARG("FILE", OPS_FILE, "spreadsheet to write", "要写出的电子表格"), END};

static const ops_arg POST_ARGS[] = {
    ARG("--from", OPS_PARTY, "giver", "给出方"), ARG("--to", OPS_PARTY, "taker", "接收方"),
    ARG("--commodity", OPS_TEXT, "what moves", "物品"), ARG("--kind", OPS_TEXT, "kind of movement, see rule show kinds", "流动类别，见 rule show kinds"),
    ARG("--amount", OPS_TEXT, "decimal amount, not negative", "数量，不得为负"), ARG("--unit", OPS_TEXT, "unit it is recorded in", "计量单位"),
    ARG("--period", OPS_PERIOD, "2021, 2021-03, 2021Q1, 2021-03-15", "期间：2021、2021-03、2021Q1、2021-03-15"),
    CHOICE("--basis", "metered|reported|estimated|apportioned", "how it is known (reported)", "数据依据（默认 reported）"),
    OPT("--source", OPS_TEXT, "scope of the key (cli)", "键的范围（默认 cli）"), OPT("--key", OPS_TEXT, "external id: the same again changes nothing", "外部编号：重复提交不产生变化"),
    OPT("--supersede", OPS_FLAG, "replace what stands under the key", "更正同键的旧内容"), OPT("--hold", OPS_TEXT, "post from this hold", "从该冻结中过账"),
    OPT("--dry-run", OPS_FLAG, "judge, write nothing", "只判断，不写入"), END};
static const ops_arg FLOW_ARGS[] = {
    OPT("--party", OPS_PARTY, "giver or taker", "给出方或接收方"), OPT("--commodity", OPS_TEXT, "what moves", "物品"), OPT("--kind", OPS_TEXT, "kind", "类别"),
    OPT("--period", OPS_PERIOD, "that overlap this period", "与该期间重叠的"), OPT("--source", OPS_TEXT, "of this source", "来自该来源的"),
    OPT("--delivery", OPS_TEXT, "of this delivery", "来自该次交付的"), OPT("--all", OPS_FLAG, "superseded ones too", "也列出已被更正的"),
    OPT("--limit", OPS_TEXT, "at most so many (100)", "最多列出多少条（默认 100）"), END};
static const ops_arg HOLD_RESERVE_ARGS[] = {
    ARG("KEY", OPS_TEXT, "name of the hold", "冻结编号"), ARG("--party", OPS_PARTY, "holder", "持有人"), ARG("--commodity", OPS_TEXT, "right, money or lot", "权益、资金或批次"),
    ARG("--amount", OPS_TEXT, "amount reserved", "冻结数量"), OPT("--unit", OPS_TEXT, "unit (the usual one)", "单位（默认该物品的常用单位）"),
    OPT("--until", OPS_TEXT, "day on which it expires", "到期日"), END};
static const ops_arg HOLD_VOID_ARGS[] = {ARG("KEY", OPS_TEXT, "name of the hold", "冻结编号"), END};
static const ops_arg HOLD_EXPIRE_ARGS[] = {OPT("KEY", OPS_TEXT, "name of the hold (all that are due)", "冻结编号（默认全部到期的）"), END};
static const ops_arg HOLD_LIST_ARGS[] = {OPT("--party", OPS_PARTY, "holder", "持有人"), END};

static const ops_arg PARTY_ADD_ARGS[] = {
    ARG("CODE", OPS_TEXT, "own code or unified social credit code", "自定编码或统一社会信用代码"),
    ARG("--class", OPS_TEXT, "see rule show party_classes", "主体类别，见 rule show party_classes"), ARG("--name", OPS_TEXT, "Chinese name", "中文名称"),
    OPT("--name-en", OPS_TEXT, "English name", "英文名称"), OPT("--short", OPS_TEXT, "short names, joined by ;", "简称，用 ; 分隔"),
    OPT("--place", OPS_PARTY, "where it is: a party above it", "所在地（上级主体）"), OPT("--owner", OPS_PARTY, "who owns it", "所有者"),
    OPT("--industry", OPS_TEXT, "GB/T 4754 code", "国民经济行业代码（GB/T 4754）"), OPT("--region", OPS_TEXT, "GB/T 2260 code", "行政区划代码（GB/T 2260）"),
    OPT("--role", OPS_TEXT, "see rule show roles", "平衡表中的角色，见 rule show roles"), OPT("--from", OPS_TEXT, "valid from this day (1949-10-01)", "从哪一天起有效（默认 1949-10-01）"), END};
static const ops_arg PARTY_SET_ARGS[] = {
    ARG("PARTY", OPS_PARTY, "party", "主体"), ARG("ATTRIBUTE", OPS_TEXT, "name_zh name_en short_name place owner industry region_code role ext_id:<scheme>", "属性：name_zh name_en short_name place owner industry region_code role ext_id:<体系>"),
    ARG("VALUE", OPS_TEXT, "value", "取值"), ARG("--from", OPS_TEXT, "valid from this day", "从哪一天起有效"), END};
static const ops_arg PARTY_LIST_ARGS[] = {OPT("--under", OPS_PARTY, "only below this party", "只列出其下属"), CHOICE("--tree", "place|owner", "tree (place)", "按所在地或所有者（默认 place）"),
                                          OPT("--at", OPS_TEXT, "as of this day (today)", "截至哪一天（默认今天）"), END};
static const ops_arg PARTY_SHOW_ARGS[] = {ARG("PARTY", OPS_PARTY, "party", "主体"), END};

static const ops_arg OBSERVE_ARGS[] = {
    ARG("PARTY", OPS_PARTY, "party", "主体"), ARG("STATISTIC", OPS_TEXT, "see rule show statistics", "统计项目，见 rule show statistics"), ARG("VALUE", OPS_TEXT, "decimal", "数值"),
    ARG("--period", OPS_PERIOD, "period", "期间"), OPT("--unit", OPS_TEXT, "unit (the statistic's)", "单位（默认该统计项目的单位）"), OPT("--item", OPS_TEXT, "sub-item", "分项"),
    OPT("--vintage", OPS_TEXT, "edition of the figure; the greatest counts", "数据版次；取最大者"), OPT("--source", OPS_TEXT, "issuing document", "发布文件"),
    OPT("--supersede", OPS_FLAG, "replace what stands under the same key", "更正同键的旧值"), END};
static const ops_arg OBSERVE_LIST_ARGS[] = {OPT("--party", OPS_PARTY, "party", "主体"), OPT("--statistic", OPS_TEXT, "statistic", "统计项目"), OPT("--item", OPS_TEXT, "sub-item", "分项"),
                                            OPT("--period", OPS_PERIOD, "within", "期间范围"), END};
static const ops_arg METER_ADD_ARGS[] = {
    OPT("FILE", OPS_FILE, "spreadsheet or CSV with a row for each channel; its columns are the options below", "每行一个通道的电子表格或 CSV，列名同下列选项"),
    OPT("--code", OPS_TEXT, "unique code: meter/quantity", "唯一编码：表号/量名"), OPT("--meter", OPS_TEXT, "the device (what stands before / in the code)", "表号（默认编码中 / 之前的部分）"), OPT("--name", OPS_TEXT, "name", "名称"),
    OPT("--party", OPS_PARTY, "who owns the meter", "表计所属主体"), OPT("--commodity", OPS_TEXT, "what is measured", "计量的品种"), OPT("--unit", OPS_TEXT, "unit of its amounts", "单位"),
    CHOICE("--kind", "counter|interval|level|state", "counter 累计值, interval 时段值, level 瞬时值, state 状态 (interval)", "counter 累计值、interval 时段值、level 瞬时值、state 状态（默认 interval）"),
    OPT("--scale", OPS_TEXT, "decimals that it shows (0)", "读数小数位（默认 0）"), OPT("--multiplier", OPS_TEXT, "amount of one shown unit, exact: 60, 0.5, 44/12", "倍率，精确数：60、0.5、44/12"),
    OPT("--roll-over", OPS_TEXT, "count at which the counter is 0 again", "累计值归零的量程（计数）"), CHOICE("--reset", "zero|start", "a counter that falls counted from zero, or from a new start (zero)", "累计值变小时：从零累计 zero，或重新起算 start（默认 zero）"),
    OPT("--interval-s", OPS_TEXT, "seconds between readings", "读数间隔（秒）"), CHOICE("--stamp", "start|end", "what the time of an interval means (start)", "时段值的时标是起点还是终点（默认 start）"),
    OPT("--wait-days", OPS_TEXT, "days after which an incomplete day closes (3)", "不完整的日等待几天后关闭（默认 3）"), OPT("--zone", OPS_TEXT, "time zone of its clock (the city's)", "表计时钟的时区（默认城市时区）"),
    OPT("--low", OPS_TEXT, "least count", "计数下限"), OPT("--high", OPS_TEXT, "greatest count", "计数上限"), OPT("--rate-per-hour", OPS_TEXT, "greatest change of the count in an hour", "每小时计数变化上限"),
    OPT("--capacity-per-hour", OPS_TEXT, "count that the equipment can pass in an hour", "设备每小时最多通过的计数"), OPT("--calibrated", OPS_TEXT, "day of calibration", "检定日期"), OPT("--calibration-due", OPS_TEXT, "next calibration", "下次检定日期"),
    OPT("--giver", OPS_PARTY, "giver of the flow that its amounts become", "其数量记为流动时的给出方"), OPT("--taker", OPS_PARTY, "taker of that flow", "接收方"), OPT("--movement-kind", OPS_TEXT, "kind of that flow, see rule show kinds", "流动类别，见 rule show kinds"),
    OPT("--parent", OPS_TEXT, "channel above it in the meter tree", "表计树中的上级通道"), OPT("--formula", OPS_TEXT, "a virtual channel: M001/kwh - M002/kwh", "虚拟通道的公式：M001/kwh - M002/kwh"),
    OPT("--address", OPS_TEXT, "where it comes from, for the adapters", "采集地址"), OPT("--valid-from", OPS_TEXT, "this state holds from this day", "自哪一天起为此状态"), OPT("--valid-to", OPS_TEXT, "last day", "最后一天"), OPT("--note", OPS_TEXT, "note", "备注"),
    OPT("--dry-run", OPS_FLAG, "show what would happen, write nothing", "只试运行，不写入"), END};
static const ops_arg METER_LIST_ARGS[] = {OPT("--party", OPS_PARTY, "of this party", "只列该主体的"), END};
static const ops_arg METER_SHOW_ARGS[] = {ARG("CHANNEL", OPS_TEXT, "code of the channel", "通道编码"), END};
static const ops_arg METER_LAST_ARGS[] = {OPT("CHANNEL", OPS_TEXT, "code of the channel (all)", "通道编码（默认全部）"), END};
static const ops_arg METER_FEED_ARGS[] = {OPT("--after", OPS_TEXT, "cursor that was printed last; now: only the cursor (from the beginning)", "上次输出的游标；now 只取当前游标（默认从头开始）"), OPT("--limit", OPS_TEXT, "most readings (1000)", "最多读数个数（默认 1000）"), END};
static const ops_arg METER_READINGS_ARGS[] = {ARG("CHANNEL", OPS_TEXT, "code of the channel; with * the sums of all that match", "通道编码；用 * 则为所有相符通道的合计"), ARG("--period", OPS_PERIOD, "period", "期间"),
                                              CHOICE("--by", "hour|day|month|whole", "sums instead of readings", "按时、日、月或整个期间合计，而不列读数"), END};
static const ops_arg METER_GAPS_ARGS[] = {ARG("--period", OPS_PERIOD, "period", "期间"), OPT("--channel", OPS_TEXT, "one channel (all)", "只看一个通道（默认全部）"), END};
static const ops_arg METER_TREE_ARGS[] = {OPT("CHANNEL", OPS_TEXT, "main meter (all)", "总表（默认全部）"), ARG("--period", OPS_PERIOD, "period", "期间"), END};
static const ops_arg CLOSE_ARGS[] = {ARG("PARTY", OPS_PARTY, "party; all below it too", "主体（含下属）"), ARG("PERIOD", OPS_PERIOD, "period", "期间"), OPT("--reason", OPS_TEXT, "why", "说明"), END};
static const ops_arg REOPEN_ARGS[] = {ARG("PARTY", OPS_PARTY, "party", "主体"), ARG("PERIOD", OPS_PERIOD, "period", "期间"), ARG("--reason", OPS_TEXT, "why", "原因"), END};

#define ACCOUNT_OPTIONS \
    CHOICE("--tree", "place|owner", "tree (place)", "按所在地或所有者（默认 place）"), \
    OPT("--profile", OPS_TEXT, "factor sets, see rule show profiles", "因子集组合，见 rule show profiles"), \
    CHOICE("--basis", "calorific|coal_equal", "how electricity and heat count (calorific)", "电力热力折算：当量值 calorific 或等价值 coal_equal"), \
    CHOICE("--unit", "tce|GJ", "standard unit (tce)", "标准单位（默认 tce）"), \
    OPT("--gwp", OPS_TEXT, "GWP set for CO2e, see rule show gwp", "全球增温潜势集，见 rule show gwp")
static const ops_arg ENERGY_ARGS[] = {
    ARG("--party", OPS_PARTY, "party: its whole subtree", "主体（含全部下属）"), ARG("--period", OPS_PERIOD, "period", "期间"),
    CHOICE("--form", "standard|physical|summary|members", "standard: by commodity in tce; physical: in recorded units; summary: all fuels side by side; members: by party below", "standard 按品种折标准量；physical 实物量；summary 汇总对照；members 按下属主体"),
    ACCOUNT_OPTIONS, END};
static const ops_arg ACCOUNT_ARGS[] = {ARG("--party", OPS_PARTY, "party: its whole subtree", "主体（含全部下属）"), ARG("--period", OPS_PERIOD, "period", "期间"), ACCOUNT_OPTIONS, END};
static const ops_arg HOLDINGS_ARGS[] = {ARG("--party", OPS_PARTY, "party: its whole subtree", "主体（含全部下属）"), ACCOUNT_OPTIONS, END};

static const ops_arg INDICATOR_ARGS[] = {
    ARG("NAME", OPS_TEXT, "id, name or alias", "指标编号、名称或别名"), ARG("--party", OPS_PARTY, "party", "主体"),
    {.name = "--period", .kind = OPS_PERIOD, .required = true, .repeated = true, .en = "period; several, or 2015..2021 for each year", .zh = "期间；可多次给出，2015..2021 表示逐年"},
    OPT("--base", OPS_TEXT, "base year", "基期年份"), ACCOUNT_OPTIONS, END};

static const ops_arg BOUND_ADD_ARGS[] = {
    ARG("KEY", OPS_TEXT, "name of the bound", "约束编号"), ARG("--indicator", OPS_TEXT, "indicator, or channel:CODE for what a meter measures", "指标；或写 channel:编码，约束该通道的计量"), ARG("--party", OPS_PARTY, "party", "主体"),
    ARG("--period", OPS_PERIOD, "period", "期间"),
    {.name = "--compare", .kind = OPS_CHOICE, .required = true, .choices = "at_most|at_least|equal|between", .en = "comparison", .zh = "比较方式"},
    ARG("--value", OPS_TEXT, "value in the unit", "限值"), OPT("--value-hi", OPS_TEXT, "upper end, for between", "上限（between 用）"), OPT("--unit", OPS_TEXT, "unit (the indicator's)", "单位（默认指标单位）"),
    OPT("--base", OPS_TEXT, "base year", "基期年份"), ARG("--source", OPS_TEXT, "document that sets it", "依据文件"), END};
static const ops_arg BOUND_LIST_ARGS[] = {OPT("--party", OPS_PARTY, "party", "主体"), ACCOUNT_OPTIONS, END};

static const ops_arg RECONCILE_ARGS[] = {ARG("TABLE", OPS_TEXT, "see reconcile list", "对账表，见 reconcile list"), OPT("--all", OPS_FLAG, "also the rows that agree", "也列出一致的行"), ACCOUNT_OPTIONS, END};
static const ops_arg CONFORM_ARGS[] = {OPT("--all", OPS_FLAG, "each line, not only the failed ones", "列出每一行，而不只是不符的行"), END};

static const ops_arg EDITION_ISSUE_ARGS[] = {
    ARG("KEY", OPS_TEXT, "name, e.g. 2021-preliminary", "编号，如 2021-preliminary"), ARG("ADDRESS", OPS_TEXT, "address of a table", "表的地址"),
    CHOICE("--kind", "preliminary|final", "preliminary 初步核算 or final 最终核实", "preliminary 初步核算或 final 最终核实"), OPT("--name", OPS_TEXT, "title", "标题"), ACCOUNT_OPTIONS, END};
static const ops_arg EDITION_KEY_ARGS[] = {ARG("KEY", OPS_TEXT, "edition", "版本编号"), ACCOUNT_OPTIONS, END};
static const ops_arg WHY_ARGS[] = {ARG("ADDRESS", OPS_TEXT, "heng:... as printed below tables", "表格下方给出的 heng:... 地址"),
                                   OPT("--depth", OPS_TEXT, "levels shown (all)", "显示几层（默认全部）"), OPT("--leaves", OPS_TEXT, "parts shown of each sum (20; 0 = all)", "每个合计显示几项（默认 20，0 为全部）"), ACCOUNT_OPTIONS, END};

static const ops_arg VERIFY_ARGS[] = {OPT("--head", OPS_TEXT, "head printed in a report: must be in the chain", "报告中印出的链头：必须在链上"), END};
static const ops_arg BACKUP_ARGS[] = {ARG("FILE", OPS_FILE, "file to write", "要写出的文件"), END};
static const ops_arg RESTORE_ARGS[] = {ARG("FILE", OPS_FILE, "a backup", "备份文件"), OPT("--replace", OPS_FLAG, "the database is there: keep it aside", "数据库已存在时，旧库另存保留"), END};
static const ops_arg RULE_CHECK_ARGS[] = {{.name = "DIR", .kind = OPS_DIR, .repeated = true, .en = "pack over the national one (none: the national one alone)", .zh = "叠加在国家包之上的规则包（不写则只检查国家包）"}, END};
static const ops_arg RULE_SHOW_ARGS[] = {OPT("TABLE", OPS_TEXT, "table (none: all tables with their counts)", "表名（不写则列出全部表及行数）"), OPT("KEY", OPS_TEXT, "only rows in which a cell is this", "只列出含有该值的行"), END};
static const ops_arg RULE_LOAD_ARGS[] = {{.name = "DIR", .kind = OPS_DIR, .repeated = true, .en = "pack over the national one", .zh = "叠加在国家包之上的规则包"}, END};
static const ops_arg PLAN_READ_ARGS[] = {
    {.name = "FILE", .kind = OPS_FILE, .required = true, .repeated = true, .en = "plan documents (txt, html, docx, pdf, ofd; xlsx and csv with lists of tasks) or folders of them", .zh = "规划文件（txt、html、docx、pdf、ofd；任务清单可用 xlsx、csv）或其所在文件夹"},
    CHOICE("--table", "goals|trends|tasks|sections|documents|damage", "what to list (goals)", "列出什么（默认 goals 目标）"), END};
static const ops_arg PLAN_IMPORT_ARGS[] = {
    {.name = "FILE", .kind = OPS_FILE, .repeated = true, .en = "plan documents, folders of them, or an edited export", .zh = "规划文件、其所在文件夹，或编辑过的导出表"},
    OPT("--reread", OPS_FLAG, "read again what is there, with the rules of today (no FILE: all)", "用现在的规则重读已有的文件（不写 FILE 则全部重读）"),
    OPT("--anyway", OPS_FLAG, "keep a document that is no plan", "不是规划也保存"), OPT("--dry-run", OPS_FLAG, "show what would happen, write nothing", "只试运行，不写入"), END};
#define PLAN_DOC_OPTION OPT("--doc", OPS_TEXT, "one document: its id or a part of it (all)", "只看一个文件：编号或其中一段（默认全部）")
#define PLAN_LIST_OPTIONS PLAN_DOC_OPTION, OPT("--copies", OPS_FLAG, "also copies of the same plan", "也列出同一规划的副本"), OPT("--dropped", OPS_FLAG, "also rows that were dropped", "也列出已删去的行")
static const ops_arg PLAN_DOCUMENTS_ARGS[] = {PLAN_DOC_OPTION, OPT("--dropped", OPS_FLAG, "also documents that were dropped", "也列出已删去的文件"), END};
static const ops_arg PLAN_SECTIONS_ARGS[] = {PLAN_LIST_OPTIONS, END};
static const ops_arg PLAN_GOALS_ARGS[] = {
    PLAN_LIST_OPTIONS, OPT("--year", OPS_TEXT, "target year", "目标年"), OPT("--indicator", OPS_TEXT, "words of the indicator", "指标中的词"), OPT("--suspect", OPS_FLAG, "only numbers that look damaged", "只列存疑的数"), END};
static const ops_arg PLAN_TRENDS_ARGS[] = {PLAN_LIST_OPTIONS, OPT("--year", OPS_TEXT, "target year", "目标年"), OPT("--indicator", OPS_TEXT, "words of the subject", "对象中的词"), END};
static const ops_arg PLAN_TASKS_ARGS[] = {PLAN_LIST_OPTIONS, OPT("--body", OPS_TEXT, "body that answers for it", "责任单位"),
                                          OPT("--expand", OPS_FLAG, "a row for each task and body, by its full name, groups as their members", "每个任务的每个单位一行，用全称，统称展开为成员"), END};
static const ops_arg PLAN_BODIES_ARGS[] = {PLAN_DOC_OPTION, OPT("--copies", OPS_FLAG, "also copies of the same plan", "也计入同一规划的副本"), OPT("--body", OPS_TEXT, "a part of its name", "名称中的词"),
                                           OPT("--expand", OPS_FLAG, "count groups (各区人民政府) for each of their members", "统称（各区人民政府）按各成员计"), END};
static const ops_arg PLAN_DAMAGE_ARGS[] = {PLAN_LIST_OPTIONS, CHOICE("--kind", "doubled|out_of_order|lost_heading|injected|lost_separator|mojibake|before|after", "one kind", "只看一种"), END};
static const ops_arg PLAN_SHOW_ARGS[] = {ARG("KEY", OPS_TEXT, "key of a row or document, or a part that fits one only", "行或文件的键，或能唯一确定它的一段"), END};
static const ops_arg PLAN_CONFIRM_ARGS[] = {{.name = "KEY", .kind = OPS_TEXT, .required = true, .repeated = true, .en = "keys of rows", .zh = "行的键"}, OPT("--dry-run", OPS_FLAG, "judge, write nothing", "只判断，不写入"), END};
#define PLAN_SET {.name = "--set", .kind = OPS_TEXT, .repeated = true, .en = "column=value, as often as needed", .zh = "列=值，可多次给出"}
static const ops_arg PLAN_CORRECT_ARGS[] = {ARG("KEY", OPS_TEXT, "key of a row or document", "行或文件的键"), PLAN_SET, OPT("--drop", OPS_FLAG, "take the row out of the lists", "从列表中删去这一行"),
                                            OPT("--restore", OPS_FLAG, "take all corrections of it back", "撤回对它的全部修改"), OPT("--dry-run", OPS_FLAG, "judge, write nothing", "只判断，不写入"), END};
static const ops_arg PLAN_ADD_ARGS[] = {
    {.name = "TABLE", .kind = OPS_CHOICE, .required = true, .choices = "goals|trends|tasks|sections", .en = "table", .zh = "表"},
    {.name = "--doc", .kind = OPS_TEXT, .required = true, .en = "document that the row belongs to", .zh = "所属文件"}, PLAN_SET, END};
static const ops_arg PLAN_PREFER_ARGS[] = {ARG("DOC", OPS_TEXT, "document", "文件"), END};
static const ops_arg PLAN_EXPORT_ARGS[] = {
    OPT("FILE", OPS_FILE, "FILE.xlsx, FILE.json, FILE.csv (one table), or a folder (one csv a table); none: as --format and --out say", "文件.xlsx、文件.json、文件.csv（一张表），或文件夹（每表一个 csv）；不写则按 --format 与 --out"),
    PLAN_DOC_OPTION, CHOICE("--table", "documents|sections|goals|trends|tasks|damage", "one table (all; csv: goals)", "只导出一张表（默认全部；csv 默认 goals）"), OPT("--dropped", OPS_FLAG, "also rows that were dropped", "也导出已删去的行"), END};
static const ops_arg PLAN_LINK_ARGS[] = {OPT("GOAL", OPS_TEXT, "key of a goal (none: list)", "目标的键（不写则列出）"), OPT("INDICATOR", OPS_TEXT, "yes, another indicator, or none: kept", "yes（同意）、另一个指标或 none（没有）：记住"),
                                         PLAN_DOC_OPTION, OPT("--all", OPS_FLAG, "also goals without an indicator", "也列出没有对应指标的目标"), END};
static const ops_arg PLAN_BOUNDS_ARGS[] = {PLAN_DOC_OPTION, OPT("--dry-run", OPS_FLAG, "show what would happen, write nothing", "只试运行，不写入"), END};
static const ops_arg PLAN_STATUS_ARGS[] = {PLAN_DOC_OPTION, OPT("--all", OPS_FLAG, "also goals whose indicator is not sure", "也列出指标尚未确定的目标"), ACCOUNT_OPTIONS, END};
static const ops_arg PLAN_COMPARE_ARGS[] = {{.name = "DOC", .kind = OPS_TEXT, .required = true, .repeated = true, .en = "plans, two to twenty", .zh = "规划，二至二十份"},
                                            OPT("--goals", OPS_FLAG, "goals side by side, also where both are the same plan", "即使是同一规划，也并列比较目标"), END};
static const ops_arg PLAN_SPLIT_ARGS[] = {ARG("GOAL", OPS_TEXT, "key of a goal", "目标的键"), OPT("FILE", OPS_FILE, "CSV or XLSX: party, value, weight (none: show)", "CSV 或 XLSX：主体、数值、权重（不写则显示）"),
                                          OPT("--template", OPS_FILE, "write an empty table", "写出空表"), CHOICE("--method", "sum|mean", "how parts make the whole (by the indicator)", "各部分如何合成：合计或加权平均（默认按指标）"),
                                          OPT("--weights", OPS_TEXT, "a statistic of each party as its weight", "以各主体的某个统计项目为权重"), OPT("--year", OPS_TEXT, "year of the weights", "权重的年份"),
                                          OPT("--slack", OPS_FLAG, "the parts may be stricter than the goal", "允许各部分严于目标"), OPT("--dry-run", OPS_FLAG, "check, write nothing", "只核对，不写入"), END};
static const ops_arg SYSTEMS_ARGS[] = {OPT("NAME", OPS_TEXT, "one system: its sentences", "一个系统：列出原句"), OPT("--asked", OPS_FLAG, "only those that the plans imported ask for", "只列出已导入规划要求的"),
                                      OPT("--sentences", OPS_FLAG, "one row for each sentence that asks", "每个提出要求的原句一行"), END};
static const ops_arg HELP_ARGS[] = {OPT("COMMAND", OPS_TEXT, "command", "命令"), OPT("VERB", OPS_TEXT, "verb", "子命令"), END};
static const ops_arg COMPLETION_ARGS[] = {{.name = "SHELL", .kind = OPS_CHOICE, .required = true, .choices = "bash|zsh", .en = "shell", .zh = "命令行解释器"}, END};

static const ops_arg LISTEN_ARGS[] = {
    OPT("--hj212", OPS_TEXT, "port for monitors that speak HJ 212 (0: a free one)", "HJ 212 监测设备上报的端口（0 表示任选）"), OPT("--http", OPS_TEXT, "port for JSON readings by HTTP (0: a free one)", "以 HTTP 上报 JSON 读数的端口（0 表示任选）"),
    OPT("--mqtt", OPS_TEXT, "broker: mqtt://[user:password@]host[:port]", "消息服务器：mqtt://[用户:密码@]主机[:端口]"), OPT("--mqtt-ca", OPS_FILE, "certificate of the broker's issuer, for mqtts://", "mqtts:// 所用的颁发机构证书"),
    OPT("--modbus", OPS_FILE, "table of registers to poll (CSV or XLSX)", "要轮询的寄存器表（CSV 或 XLSX）"), OPT("--host", OPS_TEXT, "address to listen at (127.0.0.1)", "监听的地址（默认 127.0.0.1）"),
    OPT("--seconds", OPS_TEXT, "end after so many seconds (at a signal)", "多少秒后结束（默认收到信号时结束）"), OPT("--any-device", OPS_FLAG, "take HJ 212 devices that are not declared too", "也接收未登记的 HJ 212 设备"),
    OPT("--set-clocks", OPS_FLAG, "send the time to devices whose clock is off by more than ten minutes", "向时钟偏差超过十分钟的设备发送校时"),
    OPT("--ask-missing", OPS_FLAG, "ask HJ 212 devices for history that they skipped", "向 HJ 212 设备补取缺失的历史数据"), END};
static const ops_arg DEVICE_ARGS[] = {ARG("MN", OPS_TEXT, "identity of the device, as it sends it", "设备唯一标识，与设备上报的一致"), OPT("--password", OPS_TEXT, "its PW (any)", "访问密码 PW（默认不检查）"),
                                      OPT("--zone", OPS_TEXT, "time zone of its clock (the database's)", "设备时钟的时区（默认数据库的时区）"), OPT("--key", OPS_TEXT, "key of its enciphered data (HJ 212-2025, SM4): 16 characters or 32 hex digits", "其加密数据的密钥（HJ 212-2025，SM4）：16 个字符或 32 位十六进制数"), OPT("--lenient", OPS_FLAG, "take its frames without CRC", "接收其没有 CRC 的报文"), OPT("--remove", OPS_FLAG, "withdraw it", "注销"), END};
static const ops_arg TOPIC_ARGS[] = {ARG("FILTER", OPS_TEXT, "topics: park/+/power, park/#", "主题：park/+/power、park/#"), OPT("--value", OPS_TEXT, "path of the value in JSON: data.kwh; * for every number (the payload is the number)", "JSON 中数值的路径：data.kwh；* 表示每个数（默认消息本身是数）"),
                                     OPT("--time", OPS_TEXT, "path of the time (arrival)", "时间的路径（默认到达时间）"), OPT("--flag", OPS_TEXT, "path of the flag", "标记的路径"), OPT("--remove", OPS_FLAG, "withdraw it", "注销"), END};
static const ops_arg SOURCE_ARGS[] = {ARG("NAME", OPS_TEXT, "who posts", "上报方名称"), OPT("--token", OPS_TEXT, "its token, at least 16 characters; kept as a hash", "令牌，至少 16 个字符；只保存其哈希"), OPT("--remove", OPS_FLAG, "withdraw it", "注销"), END};

#define REPORT_FORM ARG("FORM", OPS_TEXT, "report form: id, name or number (heng report forms)", "报表：标识、名称或表号（见 heng report forms）")
#define REPORT_PARTY ARG("PARTY", OPS_PARTY, "party that files", "填报单位")
#define REPORT_PERIOD ARG("PERIOD", OPS_PERIOD, "month or year of the report", "报告期（月或年）")
#define REPORT_BY OPT("--by", OPS_TEXT, "who does it (the user of the system)", "经办人（默认系统用户）")
#define REPORT_ROOT OPT("--party", OPS_PARTY, "only parties in this place (all that must file)", "只看此地的填报单位（默认全部应报单位）")
static const ops_arg REPORT_TEMPLATE_ARGS[] = {REPORT_FORM, REPORT_PARTY, REPORT_PERIOD, OPT("FILE", OPS_FILE, "spreadsheet to write (FORM-PERIOD-PARTY.xlsx)", "写出的表格（默认 报表-报告期-单位.xlsx）"), END};
static const ops_arg REPORT_FILL_ARGS[] = {
    ARG("FILE", OPS_FILE, "filled template, or a CSV file with its header", "填好的模板，或有同样表头的 CSV"), OPT("--form", OPS_TEXT, "report form (of the cover)", "报表（默认按封面）"), OPT("--party", OPS_PARTY, "party that files (of the cover)", "填报单位（默认按封面）"),
    OPT("--period", OPS_PERIOD, "period (of the cover)", "报告期（默认按封面）"), OPT("--by", OPS_TEXT, "who filled it (of the cover, else the user)", "填表人（默认按封面，其次系统用户）"),
    OPT("--received", OPS_TEXT, "day on which it was received (today)", "收到日期（默认今天）"), OPT("--reason", OPS_TEXT, "why an approved report is corrected", "更正已审批报告的理由"),
    OPT("--refused", OPS_FILE, "where the copy with refused cells goes (FILE.refused.xlsx)", "标出被拒绝单元格的副本写到哪里（默认 FILE.refused.xlsx）"), OPT("--nil", OPS_FLAG, "there is nothing to report", "零申报"),
    OPT("--keep-going", OPS_FLAG, "take the good rows, leave the refused ones out", "接受正确的行，略去被拒绝的行"), OPT("--dry-run", OPS_FLAG, "show what would happen, write nothing", "只试运行，不写入"), END};
static const ops_arg REPORT_STEP_ARGS[] = {REPORT_FORM, REPORT_PARTY, REPORT_PERIOD, REPORT_BY, END};
static const ops_arg REPORT_RETURN_ARGS[] = {REPORT_FORM, REPORT_PARTY, REPORT_PERIOD, OPT("--reason", OPS_TEXT, "what must be mended", "须更正之处"), REPORT_BY, END};
static const ops_arg REPORT_APPROVE_ARGS[] = {REPORT_FORM, REPORT_PARTY, REPORT_PERIOD, REPORT_BY,
    CHOICE("--metered", "compare|remainder|all", "cells that the party's meters have too: compare and post nothing (default), post what is above the meters, post all", "表计已有的项：只核对不入账（默认）、只记超出部分、全部入账"), END};
static const ops_arg REPORT_SHOW_ARGS[] = {REPORT_FORM, REPORT_PARTY, REPORT_PERIOD, END};
static const ops_arg REPORT_STATUS_ARGS[] = {REPORT_FORM, REPORT_PERIOD, REPORT_ROOT, END};
static const ops_arg REPORT_CLOSE_ARGS[] = {REPORT_FORM, REPORT_PERIOD, OPT("--reason", OPS_TEXT, "why; needed while reports are missing or not approved", "理由；报告未齐或未全部审批时必填"), REPORT_BY, END};
static const ops_arg REPORT_REOPEN_ARGS[] = {REPORT_FORM, REPORT_PERIOD, OPT("--reason", OPS_TEXT, "why", "理由"), REPORT_BY, END};

static const ops_op TABLE[] = {
    {"init", OPS_NO_BOOK, "make a database: rules, and the parties that packs bring", "建立数据库：装入规则包及其自带主体", INIT_ARGS, "init --db city.heng", op_init},
    {"demo", OPS_NO_BOOK, "a real city: load its published statistics and show its accounts", "真实城市演示：装入公布的统计数据并展示账户", DEMO_ARGS, "demo --dir demo", op_demo},
    {"demo park", OPS_NO_BOOK, "a synthetic park: a year of readings with defects, through the quality gates", "合成园区演示：全年读数（含缺陷）经质量关入账", DEMO_ARGS, "demo park --dir demo", op_demo_park},
    {"import", OPS_WRITES, "take in a file of rows", "导入数据文件", IMPORT_ARGS, "import use.csv --form movements --dry-run", op_import},
    {"import list", OPS_READS, "deliveries so far", "历次交付", NO_ARGS, "import list", op_import_list},
    {"import undo", OPS_WRITES, "undo a delivery: its facts are superseded, nothing is erased", "撤销一次交付：其事实被更正取代，不会抹去", UNDO_ARGS, "import undo 6 --reason 测试", op_import_undo},
    {"template", OPS_READS, "an empty spreadsheet for a form, with drop-down names", "生成带下拉选项的空白表格", TEMPLATE_ARGS, "template movements movements.xlsx", op_template},
    {"intake listen", OPS_WRITES, "take readings from monitors, gateways and registers until told to end", "接收监测设备、网关和寄存器的读数，直到结束", LISTEN_ARGS, "intake listen --hj212 0 --http 0 --seconds 1", op_intake_listen},
    {"intake device", OPS_WRITES, "declare a device that speaks HJ 212", "登记 HJ 212 设备", DEVICE_ARGS, "intake device 010000A8900016F000169DC0 --password 123456", op_intake_device},
    {"intake topic", OPS_WRITES, "declare MQTT topics and where their messages hold value and time", "登记 MQTT 主题及其消息中数值和时间的位置", TOPIC_ARGS, "intake topic park/+/power --value data.kw --time data.t", op_intake_topic},
    {"intake source", OPS_WRITES, "declare who may post readings by HTTP", "登记可用 HTTP 上报读数的来源", SOURCE_ARGS, "intake source gateway-1 --token 3f9c2b7a1d5e4f60", op_intake_source},
    {"intake list", OPS_READS, "declared devices, topics and sources", "列出已登记的设备、主题和来源", NO_ARGS, "intake list", op_intake_list},
    {"post", OPS_WRITES, "post one movement", "登记一笔流动", POST_ARGS,
     "post --from rest_of_china --to 120000 --commodity raw_coal --kind import --amount 12.5 --unit t --period 2024-03 --key example-1", op_post},
    {"flow", OPS_READS, "list movements", "列出流动记录", FLOW_ARGS, "flow --party 120000 --limit 5", op_flow},
    {"hold reserve", OPS_WRITES, "reserve a right, money or a lot", "冻结权益、资金或批次", HOLD_RESERVE_ARGS,
     "hold reserve bid-1 --party registry_national --commodity 全国碳排放配额 --amount 10", op_hold_reserve},
    {"hold void", OPS_WRITES, "give a hold back", "解除冻结", HOLD_VOID_ARGS, "hold void bid-1", op_hold_void},
    {"hold expire", OPS_WRITES, "give back holds whose last day has passed", "解除已到期的冻结", HOLD_EXPIRE_ARGS, "hold expire", op_hold_expire},
    {"hold list", OPS_READS, "holds and their state", "列出冻结及其状态", HOLD_LIST_ARGS, "hold list", op_hold_list},
    {"party add", OPS_WRITES, "add a party", "新增主体", PARTY_ADD_ARGS, "party add works-1 --class enterprise --name 示例机械厂 --place 120000 --industry 34", op_party_add},
    {"party set", OPS_WRITES, "change a dated attribute of a party", "变更主体的属性（带生效日）", PARTY_SET_ARGS, "party set 120000 name_en 'Tianjin City' --from 2022-01-01", op_party_set},
    {"party list", OPS_READS, "list parties", "列出主体", PARTY_LIST_ARGS, "party list --under 120000", op_party_list},
    {"party show", OPS_READS, "a party and its history", "主体及其沿革", PARTY_SHOW_ARGS, "party show 120000", op_party_show},
    {"observe", OPS_WRITES, "record a statistic", "登记一个统计值", OBSERVE_ARGS, "observe 120000 gdp_current 16000 --period 2030 --source 示例", op_observe},
    {"observe list", OPS_READS, "list statistics", "列出统计值", OBSERVE_LIST_ARGS, "observe list --party 120000 --statistic gdp_current", op_observe_list},
    {"close", OPS_WRITES, "close a period: later corrections show as restatements", "封账：此后的更正列为重述", CLOSE_ARGS, "close 120000 2021 --reason 年报定稿", op_close},
    {"close list", OPS_READS, "closed periods", "已封账的期间", NO_ARGS, "close list", op_close_list},
    {"close reopen", OPS_WRITES, "open a closed period again", "解除封账", REOPEN_ARGS, "close reopen 120000 2021 --reason 更正", op_close_reopen},
    {"account energy", OPS_READS, "energy account", "能源账户", ENERGY_ARGS, "account energy --party 120000 --period 2021 --form summary", op_account_energy},
    {"account carbon", OPS_READS, "carbon account", "碳账户", ACCOUNT_ARGS, "account carbon --party 120000 --period 2021", op_account_carbon},
    {"account supply-use", OPS_READS, "physical supply and use table (SEEA)", "实物供给使用表（SEEA）", ACCOUNT_ARGS, "account supply-use --party 120000 --period 2021", op_account_supply_use},
    {"account holdings", OPS_READS, "holdings of rights, money and lots", "权益、资金和批次的持有量", HOLDINGS_ARGS, "account holdings --party 120000", op_account_holdings},
    {"indicator", OPS_READS, "an indicator over periods", "计算指标", INDICATOR_ARGS, "indicator energy_total --party 120000 --period 2021", op_indicator},
    {"indicator list", OPS_READS, "indicators with formula, unit, what cannot be expressed", "列出指标及公式、单位、不可表达者", NO_ARGS, "indicator list", op_indicator_list},
    {"bound add", OPS_WRITES, "set a bound: a goal, limit, quota or budget", "设定约束：目标、限值、配额或预算", BOUND_ADD_ARGS,
     "bound add coal-2025 --indicator coal_total --party 120000 --period 2025 --compare at_most --value 3700 --source 示例", op_bound_add},
    {"bound list", OPS_READS, "bounds and whether they are met", "列出约束及其达成情况", BOUND_LIST_ARGS, "bound list", op_bound_list},
    {"reconcile", OPS_READS, "published figure, ours, difference, cause, row by row", "逐行对账：公布数、本账数、差额、原因", RECONCILE_ARGS, "reconcile balance_2021", op_reconcile},
    {"reconcile list", OPS_READS, "tables that can be reconciled", "可对账的表", NO_ARGS, "reconcile list", op_reconcile_list},
    {"conform", OPS_NO_BOOK, "replay published results and say pass or fail for each", "重算已发布的结果并逐条判定", CONFORM_ARGS, "conform", op_conform},
    {"edition issue", OPS_WRITES, "freeze a table as announced", "按公布时的样子冻结一张表", EDITION_ISSUE_ARGS,
     "edition issue 2021-preliminary 'heng:energy/120000/2021?form=summary' --kind preliminary", op_edition_issue},
    {"edition list", OPS_READS, "editions", "列出版本", NO_ARGS, "edition list", op_edition_list},
    {"edition show", OPS_READS, "an edition as announced", "显示公布时的表", EDITION_KEY_ARGS, "edition show 2021-preliminary", op_edition_show},
    {"edition diff", OPS_READS, "what has changed since", "公布以来的变化", EDITION_KEY_ARGS, "edition diff 2021-preliminary", op_edition_diff},
    {"why", OPS_READS, "explain a number down to file rows", "解释一个数字，直到文件中的行", WHY_ARGS, "why heng:indicator/energy_total/120000/2021 --depth 2", op_why},
    {"verify", OPS_READS, "recompute chain, sums and balances from nothing", "从头重算哈希链、合计与余额", VERIFY_ARGS, "verify", op_verify},
    {"head", OPS_READS, "head of the chain, to print in a report", "链头，可印在报告中", NO_ARGS, "head", op_head},
    {"backup", OPS_READS, "copy the database while it is in use", "在线备份", BACKUP_ARGS, "backup copy.heng", op_backup},
    {"restore", OPS_NO_BOOK, "put a backup in place", "用备份恢复", RESTORE_ARGS, "restore copy.heng --db restored.heng", op_restore},
    {"rule check", OPS_NO_BOOK, "check rule packs whole", "完整检查规则包", RULE_CHECK_ARGS, "rule check", op_rule_check},
    {"rule show", OPS_READS, "rows of the rules as known", "显示规则行", RULE_SHOW_ARGS, "rule show kinds", op_rule_show},
    {"rule load", OPS_WRITES, "load packs; changed rows end the old ones", "装入规则包；改动的行终止旧行", RULE_LOAD_ARGS, "rule load", op_rule_load},
    {"meter add", OPS_WRITES, "declare channels of meters, by options or by a spreadsheet", "登记表计通道，用选项或电子表格", METER_ADD_ARGS, "meter add --code M001/kwh --party 120000 --commodity electricity --unit kWh --kind counter --interval-s 900", op_meter_add},
    {"meter list", OPS_READS, "list channels with their last readings", "列出通道及最近读数", METER_LIST_ARGS, "meter list", op_meter_list},
    {"meter show", OPS_READS, "a channel's declaration and its versions", "通道的登记内容及各版本", METER_SHOW_ARGS, "meter show M001/kwh", op_meter_show},
    {"meter last", OPS_READS, "the newest reading of each channel, and the cursor to go on from", "各通道最近读数，以及续取用的游标", METER_LAST_ARGS, "meter last", op_meter_last},
    {"meter feed", OPS_READS, "readings taken after a cursor, each once, with the cursor of the next call", "游标之后入账的读数，每个一次，并给出下次的游标", METER_FEED_ARGS, "meter feed --after 0 --limit 10", op_meter_feed},
    {"meter readings", OPS_READS, "readings of a channel, or sums by hour, day, month", "一个通道的读数，或按时、日、月的合计", METER_READINGS_ARGS, "meter readings M001/kwh --period 2021-07 --by day", op_meter_readings},
    {"meter days", OPS_READS, "the days of channels: open, closed, refused, how complete", "通道各日：是否关闭、完整程度", METER_GAPS_ARGS, "meter days --period 2021-07 --channel M001/kwh", op_meter_days},
    {"meter gaps", OPS_READS, "where readings are missing", "读数缺口", METER_GAPS_ARGS, "meter gaps --period 2021-07-01 --channel M001/kwh", op_meter_gaps},
    {"meter tree", OPS_READS, "main and sub meters: loss and unmetered share", "总表与分表：差额与未计量比例", METER_TREE_ARGS, "meter tree --period 2021-07", op_meter_tree},
    {"meter close", OPS_WRITES, "close the days whose wait is over: each becomes a movement", "关闭等待期已过的日：每个通道日记一笔流动", NO_ARGS, "meter close", op_meter_close},
    {"meter quality", OPS_READS, "what the days of meters lack: gaps, stuck values, permits, the tree", "表计各日的质量：缺口、不动、许可、表计树", QUALITY_ARGS, "meter quality --period 2021-07", op_meter_quality},
    {"meter quarantine", OPS_WRITES, "readings that gates held back, and working them through", "被质量关扣下的读数及其处理", QUARANTINE_ARGS, "meter quarantine", op_meter_quarantine},
    {"meter fill", OPS_WRITES, "fill gaps by a named method, marked as estimated", "按指定方法补缺，标为估计", FILL_ARGS, "meter fill M001/kwh --period 2021-07 --method linear --reason 断线 --dry-run", op_meter_fill},
    {"meter gates", OPS_READS, "the quality gates, what each judges and what to do", "各道质量关：判什么、怎么办", NO_ARGS, "meter gates", op_meter_gates},
    {"plan read", OPS_NO_BOOK, "read plan documents into goals, tasks and bodies; nothing is stored", "把规划文件读成目标、任务与责任单位；不写入数据库", PLAN_READ_ARGS,
     "plan read plan.txt --table goals", op_plan_read},
    {"plan import", OPS_WRITES, "take in plan documents, or an edited export of them", "导入规划文件，或编辑过的导出表", PLAN_IMPORT_ARGS, "plan import plan.txt", op_plan_import},
    {"plan list", OPS_READS, "the documents that are kept", "已导入的规划文件", PLAN_DOCUMENTS_ARGS, "plan list", op_plan_list},
    {"plan documents", OPS_READS, "the documents that are kept", "已导入的规划文件", PLAN_DOCUMENTS_ARGS, "plan documents --format csv", op_plan_documents},
    {"plan sections", OPS_READS, "chapters, sections, items", "章、节、条目", PLAN_SECTIONS_ARGS, "plan sections --doc tianjin-2022", op_plan_sections},
    {"plan goals", OPS_READS, "every quantitative goal with its year and firmness", "各项定量目标及其年份、力度", PLAN_GOALS_ARGS, "plan goals --year 2025", op_plan_goals},
    {"plan trends", OPS_READS, "goals without a number: direction and year", "没有数字的目标：方向与年份", PLAN_TRENDS_ARGS, "plan trends", op_plan_trends},
    {"plan tasks", OPS_READS, "tasks with the bodies that answer for them", "任务及责任单位", PLAN_TASKS_ARGS, "plan tasks --body 商务局", op_plan_tasks},
    {"plan bodies", OPS_READS, "bodies, their roles and how many tasks", "单位、角色与任务数", PLAN_BODIES_ARGS, "plan bodies", op_plan_bodies},
    {"plan damage", OPS_READS, "what is damaged in the documents: look here first", "文件的损伤：先看这里", PLAN_DAMAGE_ARGS, "plan damage", op_plan_damage},
    {"plan show", OPS_READS, "a row whole: columns, sentence, place in the original, versions", "完整显示一行：各列、原句、原文位置、版本", PLAN_SHOW_ARGS, "plan show tianjin-2022", op_plan_show},
    {"plan confirm", OPS_WRITES, "say yes to rows; a suspect number takes its likely reading", "确认行；存疑的数采用可能的读法", PLAN_CONFIRM_ARGS, "plan confirm tianjin-2022/g8695c3", op_plan_confirm},
    {"plan correct", OPS_WRITES, "correct a row or drop it; a correction survives a re-read", "更正或删去一行；重读后更正仍在", PLAN_CORRECT_ARGS, "plan correct tianjin-2022 --set note=已核对", op_plan_correct},
    {"plan add", OPS_WRITES, "add a row that the reader missed", "补上漏读的一行", PLAN_ADD_ARGS, "plan add goals --doc tianjin-2022 --set indicator=绿色工厂 --set op=>= --set value=100 --set unit=家", op_plan_add},
    {"plan prefer", OPS_WRITES, "which of several copies of a plan counts", "同一规划有多份时以哪份为准", PLAN_PREFER_ARGS, "plan prefer tianjin-2022", op_plan_prefer},
    {"plan export", OPS_READS, "tables to edit in a spreadsheet and import again", "导出可在电子表格中编辑、再导入的表", PLAN_EXPORT_ARGS, "plan export plans.xlsx", op_plan_export},
    {"plan link", OPS_WRITES, "which indicator judges each goal, and why; a person's choice is kept", "各目标由哪个指标判定及理由；人工选择予以保留", PLAN_LINK_ARGS, "plan link --doc tianjin-2022", op_plan_link},
    {"plan bounds", OPS_WRITES, "post the goals tied to indicators as bounds", "把已挂接指标的目标登记为约束", PLAN_BOUNDS_ARGS, "plan bounds --dry-run", op_plan_bounds},
    {"plan status", OPS_READS, "goals: present value, how far, which tasks and bodies answer for each", "目标的现值、差距、负责的任务与单位", PLAN_STATUS_ARGS, "plan status", op_plan_status},
    {"plan compare", OPS_READS, "the same plan found twice, or goals of several plans side by side", "同一规划的两个来源逐句比较，或多份规划的目标并列比较", PLAN_COMPARE_ARGS, "plan compare tianjin-2022 tianshui-2022", op_plan_compare},
    {"plan split", OPS_WRITES, "share a goal out to parties, checked exactly", "把目标分解到各主体，精确核对", PLAN_SPLIT_ARGS, "plan split g8695c3 split.csv --dry-run", op_plan_split},
    {"report forms", OPS_READS, "forms that parties must file", "须报送的报表", NO_ARGS, "report forms", op_report_forms},
    {"report template", OPS_READS, "a form as a spreadsheet to fill: names to choose, checks, last period beside", "生成供填报的表格：下拉选项、检查公式、上期数", REPORT_TEMPLATE_ARGS, "report template energy_monthly works-1 2024-03 report.xlsx", op_report_template},
    {"report fill", OPS_WRITES, "take in a filled form; refused cells come back marked", "收下填好的报表；被拒绝的单元格标出退回", REPORT_FILL_ARGS, "report fill report.xlsx --nil --by 王 --received 2024-04-05", op_report_fill},
    {"report check", OPS_WRITES, "check a report: by another person than filled it", "审核报告：须由填报人以外的人", REPORT_STEP_ARGS, "report check energy_monthly works-1 2024-03 --by 李", op_report_check},
    {"report approve", OPS_WRITES, "approve a report: its movements go into the ledger", "审批报告：数据入账", REPORT_APPROVE_ARGS, "report approve energy_monthly works-1 2024-03 --by 张", op_report_approve},
    {"report status", OPS_READS, "who has reported, who has not, who is late", "报送情况：已报、未报、迟报", REPORT_STATUS_ARGS, "report status energy_monthly 2024-03", op_report_status},
    {"report total", OPS_READS, "sums over the reports, with how many reported", "报表汇总，并注明已报家数", REPORT_STATUS_ARGS, "report total energy_monthly 2024-03", op_report_total},
    {"report show", OPS_READS, "a report: values, last period, meters, checks, who did what", "一份报告：数值、上期、表计、审核关系、办理经过", REPORT_SHOW_ARGS, "report show energy_monthly works-1 2024-03", op_report_show},
    {"report quality", OPS_READS, "what reports do not pass: meters, balance, last period", "报告未通过之处：表计核对、收支平衡、与上期相比", REPORT_STATUS_ARGS, "report quality energy_monthly 2024-03", op_report_quality},
    {"report close", OPS_WRITES, "close a period of a form: no report may come or change", "封账：不再接收或更改报告", REPORT_CLOSE_ARGS, "report close energy_monthly 2024-03 --by 张 --reason 按期封账", op_report_close},
    {"report reopen", OPS_WRITES, "open a closed period again, with a reason", "重新开启已封账的报告期，须写明理由", REPORT_REOPEN_ARGS, "report reopen energy_monthly 2024-03 --by 张 --reason 企业更正", op_report_reopen},
    {"report return", OPS_WRITES, "send a report back with a reason", "退回报告并写明理由", REPORT_RETURN_ARGS, "report return energy_monthly works-1 2024-03 --by 李 --reason 用电量与电表不符", op_report_return},
    {"systems", OPS_READS, "the systems that plans ask for, and what serves each today", "规划要求的系统，以及今天有什么功能服务它", SYSTEMS_ARGS, "systems --asked", op_systems},
    {"help", OPS_NO_BOOK, "commands, options, examples, exit codes", "命令、选项、示例与退出码", HELP_ARGS, "help account energy", op_help},
    {"completion", OPS_NO_BOOK, "script for the shell: eval \"$(heng completion bash)\"", "命令行补全脚本：eval \"$(heng completion bash)\"", COMPLETION_ARGS, "completion bash", op_completion},
    {"version", OPS_NO_BOOK, "version", "版本", NO_ARGS, "version", op_version},
};

const ops_op *ops_table(size_t *ret_count)
{
    *ret_count = sizeof TABLE / sizeof TABLE[0];
    return TABLE;
}
