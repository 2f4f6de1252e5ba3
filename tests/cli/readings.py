#!/usr/bin/env python3
"""Files of readings in many layouts load by the mapping that is suggested, edited a little at most, and their sums are exact.

Each case: the file, what a person changes in the suggested mapping and in the suggested channels, what the report must say, and sums that were computed
apart from the rows with Python's decimals. Excerpts of real files stand in tests/intake/data (sources and licences: README.md there).

usage: readings.py HENG PROJECT
"""
import csv, datetime, io, os, pathlib, sys, tempfile
from decimal import Decimal as D

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import readings_make as make
from command import Heng, Tap

heng_path, project = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
DATA = project / "tests/intake/data"
tap = Tap()


class Case:
    """path: a file of DATA, or (name, rows) written as CSV or XLSX, or (name, [(sheet, rows, merges)]).
    mapping: [(start of a line, its new text; "" takes it out)]. channels: code -> fields, "" for all. sums: (code, period, readings, sum).
    says: parts of the import's report. options: of the import. also: (words of a command, a part of what it says)."""

    def __init__(self, says_what, path, sums, channels=None, mapping=(), says=(), options=(), also=()):
        self.what, self.path, self.sums, self.channels, self.mapping, self.says, self.options, self.also = says_what, path, sums, channels or {}, mapping, says, options, also


LEVEL = {"kind": "level", "unit": "1"}


def number(i):
    return D(i).scaleb(-2)


# ---- Layouts of Chinese bureaus and utilities, with closed-form sums ----

LONG = [["某园区电表示数导出"], ["表号", "用户名称", "采集时间", "正向有功总(kWh)", "倍率", "数据状态"],
        *[[m, "某厂", f"2024-03-01 {h:02d}:00:00", str(number(k * 100000 + 25 * h)), "60", "正常"] for h in range(24) for k, m in enumerate(("0012", "0013"), 1)],
        *[[m, "某厂", "2024-03-02 00:00:00", str(number(k * 100000 + 25 * 24)), "60", "正常"] for k, m in enumerate(("0012", "0013"), 1)]]
SLOTS = [["日期", "时段", "用电量（千瓦时）"], *[["２０２４年３月１日", f"{h:02d}:00-{h + 1:02d}:00", str(100 + h).translate(make.FULL)] for h in range(24)], ["合计", "", str(sum(100 + h for h in range(24)))],
         ["注：本表由供电公司提供"]]
MERGED = ("transformers.xlsx", [("三月", [["某厂变压器运行记录（2024年3月）"], ["时间", "1#变压器", "", "2#变压器", ""], ["", "有功(万kWh)", "无功(kvarh)", "有功(万kWh)", "无功(kvarh)"],
          *[[f"2024/3/1 {h}:00", number(h + 1), 10 * h, number(2 * h), 7] for h in range(24)], ["合计", number(300), 2760, number(552), 168], ["制表：", "", "审核："]],
          ("A1:E1", "A2:A3", "B2:C2", "D2:E2"))])
SHEETS = ("months.xlsx", [("一月", [["日期", "水表(m3)"], *[[datetime.date(2024, 1, d), d] for d in range(1, 32)]]), ("说明", [["每月一张表"]]),
                          ("二月", [["日期", "水表(m3)"], *[[datetime.date(2024, 2, d), 2 * d] for d in range(1, 30)]])])
MIDNIGHT = [["date", "Usage_kWh"], *[[f"{d:02d}/03/2024 {q // 4:02d}:{q % 4 * 15:02d}", str(number(1000 * d + q))] for d in range(13, 16) for q in [*range(1, 96), 0]]]
QUARTERS = [["表号", "数据项", "日期", *[f"P{p}" for p in range(1, 97)]],
            *[["T1", item, f"2024-03-{d:02d}", *[p * k + d for p in range(1, 97)]] for d in (1, 2) for item, k in (("有功功率", 1), ("无功功率", 3))]]
DIRTY_AIR = [["station", "year", "month", "day", "hour", "PM2.5", "PM10"], *[["S1", 2024, 3, 1, h, 50 + h, 60 if h % 6 else 40 + h] for h in range(24)]]
REGISTER = [["抄表日期", "表号", "上次示数", "本月用量", "单位"], ["2024-03-01", "W1", "0", "１，２３４．５", "立方米"], ["2024-03-02", "W1", "0", "0.2", "千立方米"], ["2024-03-03", "W1", "0", "-", "立方米"]]
UNITS_BELOW = [["时间", "蒸汽", "给水"], ["", "GJ", "m3"], *[[f"2024-03-01 {h:02d}:00", h, 2 * h] for h in range(24)]]
MONTHS = [["账期", "表号", "用电量(kWh)"], ["2024年1月", "E1", "3100"], ["2024年2月", "E1", "2900"], ["2024-03", "E1", "3101"]]


def generated(layout, points=96, **defects):
    o = make.options(["x", "--layout", layout, "--points", str(points), "--days", "4", "--meters", "3", *[w for k, v in defects.items() for w in ("--" + k.replace("_", "-"), str(v))]])
    return make.Maker(o)


CASES = [
    Case("a long table of registers with the multiplier beside", ("registers.csv", LONG), [("0012/正向有功总", "2024-03-01", 24, 6 * 60), ("0013/正向有功总", "2024-03-01", 24, 6 * 60)]),
    Case("date and span of time, full-width digits, a total and a note below", ("slots.csv", SLOTS), [("slots", "2024-03-01", 24, 2676)], mapping=[("value,用电量", "value,用电量（千瓦时）,slots")],
         says=["passed over: 1 totals, 1 rows of words"]),
    Case("two rows of merged headers, 万kWh, totals and notes", MERGED, [("1#变压器/有功", "2024-03-01", 24, 30000), ("2#变压器/有功", "2024-03-01", 24, 55200), ("1#变压器/无功", "2024-03-01", 24, 2760)],
         channels={"1#变压器/无功": {"commodity": "reactive_electricity"}, "2#变压器/无功": {"commodity": "reactive_electricity"}}, says=["1 totals, 1 rows of words"]),
    Case("a sheet for each month, and one of words", SHEETS, [("水表", "2024-01", 31, 496), ("水表", "2024-02", 29, 870)], channels={"": {"commodity": "tap_water"}}),
    Case("the day's last quarter hour printed as 00:00 of its own date", ("midnight.csv", MIDNIGHT), [("Usage_kWh", f"2024-03-{d}", 96, number(96 * 1000 * d + 95 * 48)) for d in (13, 14, 15)],
         channels={"": {"stamp": "end", "unit": "kWh"}}, says=["3 midnights"]),
    Case("96 columns a day, rows by meter and quantity", ("curve.csv", QUARTERS), [("T1/有功功率", "2024-03-01", 96, 96 * 97 // 2 + 96), ("T1/无功功率", "2024-03-02", 96, 3 * 96 * 97 // 2 + 192)], channels={"": LEVEL}),
    Case("a row a day, amounts of each row in its own unit", ("water.csv", REGISTER), [("W1", "2024-03", 2, D("1434.5"))], channels={"": {"commodity": "tap_water", "interval_s": "86400", "kind": "interval"}}),
    Case("a row of units below the names", ("boiler.csv", UNITS_BELOW), [("蒸汽", "2024-03-01", 24, 276), ("给水", "2024-03-01", 24, 552)],
         channels={"蒸汽": {"commodity": "heat", "kind": "interval"}, "给水": {"commodity": "tap_water", "kind": "interval"}}),
    Case("bills by month, shared out over their days", ("months.csv", MONTHS), [("E1", "2024-01", 31, 3100), ("E1", "2024-02", 29, 2900), ("E1", "2024-03", 31, 3101), ("E1", "2024-03-31", 1, 101)],
         says=["3 bills were shared out"]),
    Case("particles: the fine and the coarse of a station", ("air.csv", DIRTY_AIR), [("S1/PM2.5", "2024-03-01", 24, 1476), ("S1/PM10", "2024-03-01", 24, 60 * 20 + 40 * 4 + 36)], channels={"": LEVEL},
         also=[(["meter", "quality", "--period", "2024-03-01"], "10/24")]),
    # Excerpts of real files
    Case("ten districts over two clock changes", "water_districts.csv", [("DMA_1", "2021", 144, D("3916.377")), ("DMA_3", "2021", 124, D("1785.258")), ("DMA_3", "2021-03-28", 23, D("397.692")), ("DMA_3", "2021-10-31", 22, D("271.476")),
         ("DMA_6", "2021", 121, D("3257.360999999999712")), ("DMA_*", "2021", 1376, D("112728.383999999999712"))], channels={"": {"commodity": "tap_water", "unit": "m3", "multiplier": "18/5", "zone": "Europe/Rome"}},
         says=["lie in the hour that comes twice"]),
    Case("zeros that are gaps are said to be missing", "campus_zeros.csv", [("b0/kwh", "2019", 120, D("3466.5")), ("b24/kwh", "2019", 47, D("1198.3"))], channels={"": {"zone": "UTC"}}, mapping=[("missing", "missing,,0.0;0")],
         says=["167 values (73 cells without)"]),
    Case("hours without dates, counted from a start", "home_hours.csv", [("non_shiftable_load", "2017", 336, D("508.40354918")), ("solar_generation", "2017", 336, D("79870.7036955"))],
         mapping=[("step,", "step,,3600\nstart,,2017-07-31 23:00")], channels={"non_shiftable_load": {"unit": "kWh"}, "": LEVEL}),
    Case("the header on the last line", "carbon_price.csv", [("price", "2010..2026", 90, D("3468.96"))], channels={"": {**LEVEL, "zone": "Pacific/Auckland"}}),
    Case("prices of zones, one ends and two begin, with the day of 25 hours", "zone_prices.csv", [("Germany_Austria_Luxembourg", "2018", 24, D("1001.82")), ("Germany_Luxembourg", "2018", 97, D("4766.75")), ("France", "2018", 121, D("7616.39")),
         ("France", "2018-10-28", 25, D("1344.40")), ("Austria", "2018", 97, D("5192.54"))], channels={"": {**LEVEL, "zone": "Europe/Berlin"}}),
    Case("flags: rejected is left out, suspect is marked", "sonde_flags.csv", [("gndblwq/Temp", "2021", 82, D("2505.1")), ("gndblwq/DO_Pct", "2021", 82, D("6823.9")), ("gndblwq/Turb", "2021", 77, 1312), ("gndblwq/Depth", "2021", 82, D("53.79"))],
         channels={"": {**LEVEL, "zone": "Etc/GMT+6"}}),
    Case("a column that labels outliers", "pv_outliers.csv", [("value_normalized", "2017", 500, D("235.516450385"))], channels={"": {**LEVEL, "zone": "UTC"}}),
    Case("bills with two dates, units in a column, dates as numbers of the spreadsheet", "bills.xlsx", [("70305364/Electric_-_Grid", "2018..2020", 1066, 1598705), ("88714363/Natural_Gas", "2018..2020", 1067, D("3827.74263330536")),
         ("56714050/Potable_Indoor", "2018..2020", 1035, D("5216.297438352")), ("21836145/Potable_Outdoor", "2018..2020", 1035, 0)],
         channels={"88714363/Natural_Gas": {"commodity": "natural_gas"}, "56714050/Potable_Indoor": {"commodity": "tap_water"}, "21836145/Potable_Outdoor": {"commodity": "tap_water"}, "*Cost": None}, says=["104 bills", "Cost ($)"]),
    Case("units and kinds of meter that nobody knows are refused with reasons", "bills_unknown_units.xlsx", [("5766973-0/Electric_-_Grid", "2016", 60, D("1146082.6") * D("0.00105505585262")), ("5766975-1/Natural_Gas", "2016", 29, D("496310.9") * D("0.00105505585262"))],
         channels={"5766973-1/Natural_Gas": {"commodity": "natural_gas", "unit": "GJ", "scale": "15"}, "5766975-1/Natural_Gas": {"commodity": "natural_gas"}, "*Unknown*": None}, options=["--keep-going"],
         says=["refused 4", "'Some Unknown Unit' is no unit that is known", "there is no channel '5766973-1/Some_Unknown_Type'"]),
    Case("a Green Button feed: Wh by quarter hour become kWh", "green_button.xml", [("409483/1", "2011-03-06", 2, D("3.581"))], channels={"": {"zone": "UTC"}}),
    Case("months and numbers as text, title lines, several sheets", "months_as_text.xlsx", [("4544232/Electricity_Use", "2016-01", 31, D("85887.1") * D("0.00105505585262")), ("4544232/Electricity_Use", "2016", 60, D("261584.4") * D("0.00105505585262"))]),
]


def edit(lines, changes):
    for start, new in changes:
        at = next((i for i, line in enumerate(lines) if line.startswith(start)), None)
        if at is None:
            return f"no line {start} in {lines}"
        lines[at] = new
    return ""


def write_input(cwd, path):
    if isinstance(path, str):
        return DATA / path
    name, content = path
    if name.endswith(".xlsx"):
        make.write_xlsx(cwd / name, content)
    else:
        make.write_csv(cwd / name, content)
    return cwd / name


def fields_of(case, code):
    for pattern, fields in case.channels.items():
        if pattern == code or (pattern.startswith("*") and pathlib.PurePath("/" + code.replace("/", "|")).match(pattern.replace("/", "|"))):
            return fields
    return case.channels.get("", {})


def declare(heng, case, path):
    code, out = heng.run("import", str(path), "--form", "readings", "--suggest", "--mapping-to", "mapping.csv", "--channels", "channels.csv", "--party", "120000", "--commodity", "electricity")
    if code:
        return f"suggest: {out}"
    lines = (heng.cwd / "mapping.csv").read_text(encoding="utf-8").splitlines()
    fault = edit(lines, case.mapping)
    (heng.cwd / "mapping.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if fault or not case.mapping:
        return fault or declare_rows(heng, case)
    code, out = heng.run("import", str(path), "--form", "readings", "--mapping", "mapping.csv", "--suggest", "--channels", "channels.csv", "--party", "120000", "--commodity", "electricity")
    return f"suggest: {out}" if code else declare_rows(heng, case)


def declare_rows(heng, case):
    with open(heng.cwd / "channels.csv", encoding="utf-8-sig", newline="") as f:
        rows = [{**r, **fields_of(case, r["code"])} for r in csv.DictReader(f) if fields_of(case, r["code"]) is not None]
    with open(heng.cwd / "channels.csv", "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    code, out = heng.run("meter", "add", "channels.csv")
    return f"declare: {out}" if code else ""


def summed(heng, code, period):
    status, out = heng.run("meter", "readings", code, "--period", period, "--by", "whole", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.lstrip("\ufeff"))))
    if status or not rows:
        return None, out
    return (int(rows[0]["readings"]), D(rows[0].get("amount") or rows[0]["sum"] or 0)), out


def run(heng, case):
    path = write_input(heng.cwd, case.path)
    fault = declare(heng, case, path)
    if fault:
        return fault
    words = ["--mapping", "mapping.csv"] if case.mapping else []
    code, out = heng.run("import", str(path), "--form", "readings", *words, *case.options, "--refused", "refused.out")
    missing = [part for part in case.says if part not in out]
    if missing or code != (1 if case.options else 0):
        return f"import, exit {code}: {missing} not in: {out}"
    for channel, period, readings, total in case.sums:
        got, out = summed(heng, channel, period)
        if got != (readings, D(total)):
            return f"{channel} {period}: {got}, wanted {readings}, {total}\n{out}"
    for words, part in case.also:
        code, out = heng.run(*words)
        if part not in out:
            return f"{words}: no {part} in {out}"
    return ""


def run_generated(heng, layout, ending, points, **defects):
    """A file of the generator: what it says of itself comes out, its defects are all refused, and nothing else."""
    maker = generated(layout, points, **defects)
    path = heng.cwd / f"{layout}{points}.{ending}"
    maker.write(path)
    case = Case("", "", [], mapping=[("order", "order,,found")])
    fault = declare(heng, case, path)
    if fault:
        return fault
    code, out = heng.run("import", str(path), "--form", "readings", "--mapping", "mapping.csv", "--keep-going", "--format", "csv")
    report = next(csv.DictReader(io.StringIO(out.replace("\ufeff", "").replace("\r\n", "\n").split("\n\n")[0])), {})
    if code > 1 or int(report.get("held", 0)) + int(report.get("refused", 0)) != maker.refused:
        return f"exit {code}, wanted {maker.refused} held or refused: {out}"
    for meter in maker.codes():
        got, out = summed(heng, meter, "2024")
        if got is None or got[1] != number(maker.sums[meter]) or (layout != "bills" and got[0] != maker.counts[meter]):
            return f"{meter}: {got}, wanted {maker.counts[meter]}, {number(maker.sums[meter])}\n{out}"
    return ""


def run_mended(heng, ending):
    """What is refused comes with its reason, and is loaded again without a mapping, the unit above the table not lost."""
    rows = [["某厂用电（单位：万kWh）"], ["日期", "1号线", "2号线"], *[[f"2024-03-{d:02d}", "抄表失败" if d == 7 else str(d), str(2 * d)] for d in range(1, 11)], ["合计", "48", "110"]]
    path = heng.cwd / f"lines.{ending}"
    make.write_rows(path, rows)
    for code in ("1号线", "2号线"):
        heng.run("meter", "add", "--code", code, "--party", "120000", "--commodity", "electricity", "--unit", "kWh", "--interval-s", "86400")
    code, out = heng.run("import", str(path), "--form", "readings", "--keep-going")
    refused = heng.cwd / f"lines.{ending}.refused.{ending}"
    if code != 1 or "抄表失败" not in out or not refused.exists():
        return f"exit {code}: {out}"
    if ending == "csv":
        text = refused.read_text(encoding="utf-8-sig")
        mended = heng.cwd / "mended.csv"
        mended.write_text(text.replace("抄表失败", "7", 1), encoding="utf-8")
        code, out = heng.run("import", str(mended), "--form", "readings")
        if code or "accepted 1," not in out:
            return f"{text}\n{out}"
    for code, total in (("1号线", 550000 if ending == "csv" else 480000), ("2号线", 1100000)):
        got, out = summed(heng, code, "2024-03")
        if got is None or got[1] != total:
            return f"{code}: {got}, wanted {total}\n{out}"
    return ""


with tempfile.TemporaryDirectory(prefix="heng-readings-") as temp:
    base = pathlib.Path(temp)
    heng = Heng(heng_path, project, base)
    first = heng.init("first.heng").read_bytes()
    pack = {p.name: p.read_bytes() for p in base.iterdir() if p.is_file()}

    def fresh(name):
        folder = base / name
        folder.mkdir()
        for n, data in pack.items():
            (folder / n.replace("first.heng", "city.heng")).write_bytes(data)
        os.environ["HENG_DB"] = "city.heng"
        one = Heng(heng_path, project, folder)
        one.run_ = one.run
        one.run = lambda *words, **more: one.run_(words[0], *words[1:], HENG_DB=str(folder / "city.heng"), **more)
        return one

    for i, case in enumerate(CASES):
        fault = run(fresh(f"case{i}"), case)
        tap.ok(not fault, case.what, fault)
    for ending in ("csv", "xlsx"):
        fault = run_mended(fresh(f"mended-{ending}"), ending)
        tap.ok(not fault, f"a unit in a line above the table is not lost on what was refused ({ending})", fault)
    DEFECTS = dict(missing=0.03, empty=0.02, text=0.01, full_width=0.05, sentinel=0.01)
    for layout, ending, points, more in (("long", "csv", 24, {"double": 0.02}), ("wide", "xlsx", 96, {}), ("day", "csv", 24, {}), ("day", "xlsx", 96, {}), ("bills", "csv", 24, {"sentinel": 0})):
        fault = run_generated(fresh(f"{layout}-{ending}-{points}"), layout, ending, points, **{**DEFECTS, **more})
        tap.ok(not fault, f"generated: {layout}, {points} points a day, {ending}, with defects", fault)
tap.end()
