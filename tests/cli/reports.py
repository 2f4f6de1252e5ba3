#!/usr/bin/env python3
"""Reports of enterprises, the whole way: a template goes out, is filled wrongly, comes back marked, is mended in the marked copy and filled again; checked and
approved by other people; beside meters; closed, reopened, corrected, restated; as known before.

The spreadsheets are edited cell by cell in their own XML, so that no library stands between.
usage: reports.py HENG PROJECT
"""
import json, os, pathlib, re, subprocess, sys, tempfile, zipfile
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "HENG_LANG")}
env.update(LANG="en_US.UTF-8", HENG_DB="reports.heng", USER="somebody")
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
S = f"{{{NS}}}"
ET.register_namespace("", NS)
ET.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
verdicts = Tap()
tap = verdicts.ok
FORM = "energy_monthly"


def run(*words, lang="en"):
    done = subprocess.run([heng, *words, "--lang", lang], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def rows(*words):
    """The tables of a command as JSON, each a list of rows."""
    done = subprocess.run([heng, *words, "--lang", "en", "--format", "json"], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    answer = json.loads(done.stdout)
    return done.returncode, [t["rows"] for t in (answer if isinstance(answer, list) else [answer])]


# ---- Spreadsheets ----

def part(path, name):
    with zipfile.ZipFile(path) as z:
        return z.read(name).decode()


def text_of(cell):
    if cell is None:
        return ""
    return "".join(t.text or "" for t in cell.iter(S + "t")) or (cell.findtext(S + "v") or "")


def column(ref):
    n = 0
    for c in re.match(r"[A-Z]+", ref).group():
        n = n * 26 + ord(c) - 64
    return n


def table(path):
    """{(row, column): text} and the titles of the first sheet."""
    root = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    cells = {(int(r.get("r")), column(c.get("r"))): text_of(c) for r in root.iter(S + "row") for c in r}
    return cells, {v: k[1] for k, v in cells.items() if k[0] == 1}


def edit(path, out, values):
    """values: {(energy, title): text}; a number is written as one."""
    cells, titles = table(path)
    energies = {v: k[0] for k, v in cells.items() if k[1] == 2 and k[0] > 1 and v}
    root = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    for (energy, title), value in values.items():
        r, c = energies[energy], titles[title]
        row = next(x for x in root.iter(S + "row") if int(x.get("r")) == r)
        ref = ""
        n = c
        while n:
            n, m = divmod(n - 1, 26)
            ref = chr(65 + m) + ref
        for old in [x for x in row if x.get("r") == f"{ref}{r}"]:
            row.remove(old)
        cell = ET.Element(S + "c", r=f"{ref}{r}")
        if re.fullmatch(r"-?[0-9.]+", value):
            ET.SubElement(cell, S + "v").text = value
        elif value:
            cell.set("t", "inlineStr")
            ET.SubElement(ET.SubElement(cell, S + "is"), S + "t").text = value
        at = sum(column(x.get("r")) < c for x in row)
        row.insert(at, cell)
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as o:
        for name in z.namelist():
            o.writestr(name, ET.tostring(root) if name == "xl/worksheets/sheet1.xml" else z.read(name))


def comments(path):
    root = ET.fromstring(part(path, "xl/comments1.xml")) if "xl/comments1.xml" in zipfile.ZipFile(path).namelist() else None
    return {} if root is None else {c.get("ref"): "".join(t.text or "" for t in c.iter(S + "t")) for c in root.iter(S + "comment") if not c.get("ref").endswith("1") or len(c.get("ref")) > 2}


def coloured(path, ref):
    styles = ET.fromstring(part(path, "xl/styles.xml"))
    fills = [f.find(f".//{S}fgColor").get("rgb") if f.find(f".//{S}fgColor") is not None else "" for f in styles.find(S + "fills")]
    xfs = [fills[int(x.get("fillId"))] for x in styles.find(S + "cellXfs")]
    root = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    cell = next(c for c in root.iter(S + "c") if c.get("r") == ref)
    return xfs[int(cell.get("s", 0))]


# ---- The steps ----

def template_is_ready():
    code, out = run("report", "template", FORM, "园区钢厂", "2024-03", "t.xlsx", lang="zh")
    tap(code == 0 and "2024-04-10" in out, "a template goes out, with its due day", out)
    xml, cover = part(cwd / "t.xlsx", "xl/worksheets/sheet1.xml"), ET.fromstring(part(cwd / "t.xlsx", "xl/worksheets/sheet2.xml"))
    cover = {text_of(r[0]): text_of(r[1]) for r in cover.iter(S + "row") if len(r) > 1}
    tap(cover["填报单位"] == "steel-1" and cover["报告期"] == "2024-03" and cover["报表"] == FORM, "party, period and form are in already", cover)
    tap('type="list"' in xml and 'type="decimal"' in xml and "期初库存加购进加自产" in xml and "<conditionalFormatting" in xml, "with names to choose, input checks, checks as formulas in red")
    cells, titles = table(cwd / "t.xlsx")
    tap(cells[2, 1] == "01" and cells[2, 2] == "原煤" and "上期：购进量" in titles, "the energies of the form stand there, and columns for the period before")


GOOD = {("原煤", "月初库存量"): "30", ("原煤", "购进量"): "120", ("原煤", "消费量合计"): "100", ("原煤", "月末库存量"): "50", ("电力", "购进量"): "12.5", ("电力", "消费量合计"): "12.5"}


def refused_and_mended():
    bad = GOOD | {("柴油", "购进量"): "-3", ("汽油", "消费量合计"): "一百", ("电力", "工业生产消费"): "13"}
    edit(cwd / "t.xlsx", cwd / "bad.xlsx", bad)
    code, out = run("report", "fill", "bad.xlsx", "--by", "wang", lang="zh")
    tap(code == 1 and "没有写入" in out and out.count("“-3”为负数") == 1, "a wrong sheet is refused whole, every fault told", out)
    tap(run("report", "show", FORM, "steel-1", "2024-03")[0] == 3, "nothing of it is stored")
    copy = cwd / "bad.xlsx.refused.xlsx"
    cells, titles = table(copy)
    marks = {ref: says for ref, says in comments(copy).items() if int(re.sub("[A-Z]", "", ref)) > 1}
    tap(len(marks) == 3 and any("为负数" in s for s in marks.values()) and any("不是数" in s for s in marks.values()) and any("大于消费合计" in s for s in marks.values()), "a copy comes back with a comment at each refused cell", marks)
    tap(all(coloured(copy, ref).endswith("FFE699") for ref in marks), "and a colour", [coloured(copy, ref) for ref in marks])
    tap("原因" in titles and cells[2, 2] == "原煤" and cells[2, titles["购进量"]] == "120", "the other cells are as they were filled")
    edit(copy, cwd / "mended.xlsx", {("柴油", "购进量"): "", ("汽油", "消费量合计"): "", ("电力", "工业生产消费"): "12"})
    code, out = run("report", "fill", "mended.xlsx", "--by", "wang", "--received", "2024-04-08", lang="zh")
    tap(code == 0 and "2 行" in out and "迟报" not in out, "mended in the copy, it is taken", out)
    code, out = run("report", "fill", "mended.xlsx", "--by", "wang", lang="zh")
    tap(code == 0 and "相同" in out, "the same again changes nothing", out)


def four_eyes():
    tap(run("report", "check", FORM, "steel-1", "2024-03", "--by", "wang")[0] == 3, "who filled it does not check it")
    tap(run("report", "approve", FORM, "steel-1", "2024-03", "--by", "li")[0] == 3, "nothing is approved unchecked")
    tap(run("report", "check", FORM, "steel-1", "2024-03", "--by", "li")[0] == 0, "another one checks it")
    code, out = run("report", "approve", FORM, "steel-1", "2024-03", "--by", "zhao")
    tap(code == 0 and "movements posted: 5" in out, "a third approves: its movements go into the ledger", out)
    code, (flows,) = rows("flow", "--party", "steel-1")
    tap(sorted((f["kind"], f["commodity"], str(f["amount"])) for f in flows) == sorted([("supply", "raw_coal", "120"), ("use", "raw_coal", "100"), ("store_in", "raw_coal", "20"), ("supply", "electricity", "125000"), ("use", "electricity", "125000")]), "each by the kinds table, in the unit it is recorded in", flows)
    code, out = run("why", f"heng:movement/{next(f['id'] for f in flows if f['kind'] == 'store_in')}")
    tap("mended.xlsx" in out and "filled by wang" in out and "checked by li" in out and "approved by zhao" in out and "原煤" in out, "why leads to file, row, and who filled, checked and approved", out)


def meters():
    days = "".join(f"2024-03-{d:02},{{}}\n" for d in range(1, 32))
    for code, commodity, unit, kind, giver in (("G1/kwh", "electricity", "kWh", "use", "tj_pool"), ("G2/m3", "natural_gas", "m3", "use", "tj_pool")):
        run("meter", "add", "--code", code, "--party", "glass-1", "--commodity", commodity, "--unit", unit, "--kind", "interval", "--interval-s", "86400", "--giver", giver, "--taker", "glass-1", "--movement-kind", kind)
    def read(code, value):
        (cwd / "r.csv").write_text("time,channel,value\n" + "".join(f"2024-03-{d:02} 00:00,{code},{value}\n" for d in range(1, 32)))
        out = run("import", "r.csv", "--form", "readings", "--source", code)[1]
        run("meter", "close")
        return out
    said = read("G1/kwh", 1000)
    (cwd / "g.csv").write_text("energy,unit,purchase,use\n电力,kWh,33500,33500\n天然气,1e4m3,6.2,6.2\n")
    run("report", "fill", "g.csv", "--form", FORM, "--party", "glass-1", "--period", "2024-03", "--by", "qian", "--received", "2024-04-12")
    run("report", "check", FORM, "glass-1", "2024-03", "--by", "li")
    code, out = run("report", "approve", FORM, "glass-1", "2024-03", "--by", "zhao")
    tap(code == 0 and "movements posted: 2" in out and "2 cells are metered" in out, "what meters have is compared, not posted again", said + out)
    code, (found,) = rows("report", "quality", FORM, "2024-03", "--party", "glass-1")
    tap(code == 1 and {(f["gate"], f["check"], f["seen"]) for f in found} == {(80, "purchase", "31000 kWh"), (80, "use", "31000 kWh")}, "gate 80: the days of the meters are 7 % off the report", found)
    code, out = run("meter", "quality", "--period", "2024-03")
    tap(code == 1 and "31000 kWh" in out and "80" in out, "heng meter quality shows it too", out)
    read("G2/m3", 2000)
    code, out = run("report", "show", FORM, "glass-1", "2024-03")
    tap("counted twice" in out, "meters that came later are seen: counted twice", out)
    code, out = run("report", "quality", FORM, "2024-03")
    tap("posted from the report, and metered since" in out, "and found", out)
    code, out = run("report", "approve", FORM, "glass-1", "2024-03", "--by", "zhao")
    code, out = run("report", "show", FORM, "glass-1", "2024-03")
    tap("counted twice" not in out, "approved again, they count once", out)
    code, (flows,) = rows("flow", "--party", "glass-1", "--commodity", "natural_gas", "--limit", "100")
    tap(sum(float(f["amount"]) for f in flows) == 62000, "by the meters alone", flows[:3])


def left_out():
    (cwd / "r.csv").write_text("time,channel,value\n" + "".join(f"2024-02-{d:02} 00:00,G1/kwh,1000\n" for d in range(1, 30)))
    run("import", "r.csv", "--form", "readings", "--source", "february")
    run("meter", "close")
    (cwd / "f.csv").write_text("energy,unit,purchase,use\n天然气,1e4m3,6,6\n")
    run("report", "fill", "f.csv", "--form", FORM, "--party", "glass-1", "--period", "2024-02", "--by", "qian", "--received", "2024-03-05")
    code, (found,) = rows("report", "quality", FORM, "2024-02", "--party", "glass-1")
    tap({(f["gate"], f["energy"], f["seen"], f["wanted"]) for f in found} == {(80, "electricity", "2.9 1e4kWh", "0 1e4kWh")}, "an energy that is metered and left out of the report is found", found)


def remainder_and_undo():
    reported = lambda: sorted(float(f["amount"]) for f in rows("flow", "--party", "glass-1", "--commodity", "electricity", "--limit", "100")[1][0] if f["delivery"] and f["period"] == "2024-03" and f["kind"] in ("supply", "use"))
    code, out = run("report", "approve", FORM, "glass-1", "2024-03", "--by", "zhao", "--metered", "remainder")
    tap("what is reported above the meters was posted" in out and reported() == [2500, 2500], "asked for, what is reported above the meters is posted", (out, reported()))
    code, out = run("report", "approve", FORM, "glass-1", "2024-03", "--by", "zhao", "--metered", "all")
    tap("count twice" in out and reported() == [33500, 33500], "or all of it, and that is said", (out, reported()))
    last = rows("import", "list")[1][0][-1]["id"]
    run("import", "undo", str(last), "--reason", "mistaken")
    tap(reported() == [], "an approval that is undone takes its movements with it", reported())
    run("report", "approve", FORM, "glass-1", "2024-03", "--by", "zhao")


def status_and_account():
    code, out = run("report", "status", FORM, "2024-03")
    tap("2 of 3 reported" in out and "not reported: Paper mill" in out and "late 1" in out, "2 of 3 reported, one late, one missing", out)
    code, out = run("account", "energy", "--party", "120000", "--period", "2024-03", "--form", "summary")
    tap("2 of 3 reported" in out, "it stands under the account of the city", out[-300:])
    code, out = run("account", "energy", "--party", "steel-1", "--period", "2024-03")
    tap("1 of 1 reported" in out, "and of the enterprise", out[-300:])


def closed_and_restated():
    tap(run("report", "close", FORM, "2024-03", "--by", "zhao")[0] == 3, "a month with a report missing is closed only with a reason")
    tap(run("report", "close", FORM, "2024-03", "--by", "zhao", "--reason", "due")[0] == 0, "with one it is")
    edit(cwd / "mended.xlsx", cwd / "corrected.xlsx", {("原煤", "消费量合计"): "104", ("原煤", "月末库存量"): "46"})
    code, out = run("report", "fill", "corrected.xlsx", "--by", "wang", "--reason", "weighed again")
    tap(code == 3 and "was closed by zhao" in out, "a closed month takes no correction", out)
    tap(run("report", "reopen", FORM, "2024-03", "--by", "zhao")[0] == 3 and run("report", "reopen", FORM, "2024-03", "--by", "zhao", "--reason", "weighed again")[0] == 0, "it opens with a reason")
    tap(run("report", "fill", "corrected.xlsx", "--by", "wang")[0] == 3, "an approved report is corrected with a reason")
    code, out = run("report", "fill", "corrected.xlsx", "--by", "wang", "--reason", "weighed again")
    tap(code == 0 and "stands until this one is approved" in out, "then it is taken, and the approved one stands", out)
    use = lambda *more: next((r for r in rows("flow", "--party", "steel-1", *more)[1][0] if r["kind"] == "use" and r["commodity"] == "raw_coal"), {}).get("amount")
    tap(use() == 100, "the ledger has the old figure", use())
    run("report", "check", FORM, "steel-1", "2024-03", "--by", "li")
    known = rows("report", "show", FORM, "steel-1", "2024-03")[1][-1][-1]["known"]
    code, out = run("report", "approve", FORM, "steel-1", "2024-03", "--by", "zhao")
    tap(code == 0 and "restatement" in out and use() == 104, "approved, it is restated", out)
    tap(use("--known", known) == 100, "as known before, it is as it was", use("--known", known))
    code, out = run("report", "status", FORM, "2024-03", "--known", known)
    tap("under correction" in out and "restated" not in out, "and so is the status", out)
    code, out = run("report", "status", FORM, "2024-03")
    tap("restated" in out and "corrected 1" in out and "open again, by zhao: weighed again" in out, "the status says restated, and why the month is open", out)
    code, out = run("report", "return", FORM, "steel-1", "2024-03", "--by", "li", "--reason", "once more")
    code, out = run("report", "total", FORM, "2024-03")
    tap(re.search(r"raw coal +t +30 +120 +104 ", out) and "2 of 3 reported" in out, "sent back, what was approved still counts", out)


def next_month():
    run("report", "template", FORM, "steel-1", "2024-04", "t4.xlsx", lang="zh")
    cells, titles = table(cwd / "t4.xlsx")
    tap(not cells.get((2, titles["上期：消费量合计"])), "a report that was sent back is not beside the next one")
    run("report", "template", FORM, "glass-1", "2024-04", "g4.xlsx", lang="zh")
    cells, titles = table(cwd / "g4.xlsx")
    gas = next(k[0] for k, v in cells.items() if v == "天然气" and k[1] == 2)
    tap(cells.get((gas, titles["上期：购进量"])) == "6.2", "the values of the month before stand beside", cells.get((gas, titles["上期：购进量"])))
    (cwd / "g4.csv").write_text("energy,unit,purchase,use,note\n天然气,1e4m3,24,24,新增一条线\n电力,kWh,9000,9000,\n")
    code, (record, found) = rows("report", "fill", "g4.csv", "--form", FORM, "--party", "glass-1", "--period", "2024-04", "--by", "qian", "--received", "2024-05-02")
    tap({(f["gate"], f["energy"], f["check"], f["explained"]) for f in found} == {(64, "natural_gas", "use_up", "yes"), (64, "electricity", "use_down", "")}, "against last period: flagged, an explanation is seen", found)


def year():
    for month in range(1, 13):
        (cwd / "m.csv").write_text(f"energy,unit,purchase,use\n天然气,1e4m3,{month},{month}\n")
        run("report", "fill", "m.csv", "--form", FORM, "--party", "paper-1", "--period", f"2023-{month:02}", "--by", "sun", "--received", "2024-01-05")
    (cwd / "y.csv").write_text("energy,unit,purchase,use\n天然气,m3,780000,800000\n")
    code, (record, found) = rows("report", "fill", "y.csv", "--form", "energy_yearly", "--party", "paper-1", "--period", "2023", "--by", "sun", "--received", "2024-03-05")
    tap([(f["check"], f["seen"], f["wanted"]) for f in found if f["check"] == "use_months"] == [("use_months", "800000 m³", "= 780000 m³")], "the year beside the sum of its months, whatever the units", found)
    run("report", "check", "energy_yearly", "paper-1", "2023", "--by", "li")
    tap(run("report", "approve", "energy_yearly", "paper-1", "2023", "--by", "li")[0] == 3, "a yearly report needs three people")
    code, out = run("report", "approve", "energy_yearly", "paper-1", "2023", "--by", "zhao")
    tap(code == 0 and "movements posted: 0" in out, "and posts nothing: the months have", out)
    code, out = run("account", "energy", "--party", "paper-1", "--period", "2023")
    tap("12 of 12 reported" in out and "1 of 1 reported" in out, "the account of the year counts both forms", out[-300:])


with tempfile.TemporaryDirectory(prefix="heng-reports-") as folder:
    cwd = pathlib.Path(folder)
    (cwd / "parties.csv").write_text("code,class,name_zh,name_en,place,industry\nsteel-1,enterprise,园区钢厂,Park steel works,120000,31\nglass-1,enterprise,玻璃厂,Glass works,120000,30\npaper-1,enterprise,造纸厂,Paper mill,120000,22\n")
    done = run("init", "--db", "reports.heng", "--pack", str(project / "examples/tianjin/pack"))
    tap(done[0] == 0 and run("import", "parties.csv")[0] == 0, "a book with three enterprises", done[1])
    for step in (template_is_ready, refused_and_mended, four_eyes, meters, left_out, remainder_and_undo, status_and_account, closed_and_restated, next_month, year):
        try:
            step()
        except Exception as fault:  # a step that breaks off fails; the others go on
            tap(False, f"{step.__name__} runs to its end", repr(fault))
    code, out = run("verify")
    tap(code == 0, "the book verifies", out)
verdicts.end()
