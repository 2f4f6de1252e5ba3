#!/usr/bin/env python3
"""Every example of the help answers a program too: with --format csv, json and xlsx it gives tables whose columns have names, and the same
rows in each of them. No answer is a list of sentences.

usage: formats.py HENG PROJECT
"""
import csv, io, json, os, pathlib, re, shlex, shutil, subprocess, sys, tempfile, xml.dom.minidom, zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
env = {k: v for k, v in os.environ.items() if k not in ("HENG_DB", "LC_ALL", "LC_MESSAGES", "HENG_LANG")}
env["LANG"] = "en_US.UTF-8"
verdicts = Tap()
tap = verdicts.ok
DOCUMENTS = {"why": "kind", "edition show": "lines"}  # as JSON a tree, and the frozen bytes: not tables


def run(words, cwd):
    return subprocess.run([heng, *words], cwd=cwd, env=env, capture_output=True, timeout=600)


def named(ids):
    if ids == ["text"]:
        return "sentences, not fields"
    bad = [i for i in ids if not i.strip() or i.isdigit()]
    return f"columns without a name in {ids}" if bad or len(set(ids)) != len(ids) or not ids else ""


def json_faults(command, out):
    answer = json.loads(out)
    if command in DOCUMENTS:
        return "" if DOCUMENTS[command] in answer else f"no {DOCUMENTS[command]}"
    tables = answer if isinstance(answer, list) else [answer]
    for t in tables:
        ids = [c["id"] for c in t["columns"]]
        if named(ids):
            return named(ids)
        for row in t["rows"]:
            if list(row) != ids:
                return f"a row of {list(row)}, wanted {ids}"
    return "" if tables else "no table"


def csv_tables(out):
    """Tables part by an empty line; a row of one empty cell is written as an empty line too, but no table has a single column that may be empty."""
    tables, table = [], []
    for row in csv.reader(io.StringIO(out.decode("utf-8"), newline=""), strict=True):
        if row:
            table.append(row)
        elif table:
            tables.append(table)
            table = []
    return tables + ([table] if table else [])


def csv_faults(out):
    tables = csv_tables(out)
    for t in tables:
        if named(t[0]):
            return named(t[0])
        if any(len(row) != len(t[0]) for row in t):
            return f"a row that is not as wide as {t[0]}"
    return "" if tables else "no table"


def xlsx_faults(path):
    if not path.exists():
        return "no file"
    with zipfile.ZipFile(path) as z:
        if z.testzip():
            return "damaged"
        sheets = [n for n in z.namelist() if n.startswith("xl/worksheets/sheet")]
        for n in sheets + ["xl/workbook.xml"]:
            xml.dom.minidom.parseString(z.read(n))
        return "" if sheets else "no sheet"


def faults(command, form, done, cwd):
    if done.returncode not in (0, 1) or b"Sanitizer" in done.stderr:
        return f"exit {done.returncode}\n{done.stderr.decode()}"
    try:
        if form == "json":
            return json_faults(command, done.stdout)
        return csv_faults(done.stdout) if form == "csv" else xlsx_faults(cwd / "out.xlsx")
    except Exception as e:
        return f"{e!r}\n{done.stdout[:600]!r}"


def rows_of(words, cwd):
    answer = json.loads(run([*words, "--format", "json"], cwd).stdout)
    return [t["rows"] for t in (answer if isinstance(answer, list) else [answer])]


def exact_values(cwd):
    """What is told to a program is exact: known values of the examples, after they ran."""
    tap(rows_of(["observe", "120000", "population_resident", "1.23456789", "--period", "2031"], cwd)[0][0]["status"] == "created", "a new observation is told as created")
    tap(rows_of(["observe", "120000", "population_resident", "1.23456789", "--period", "2031"], cwd)[0][0]["status"] == "exists", "the same again as existing")
    seen = rows_of(["observe", "list", "--party", "120000", "--statistic", "population_resident", "--period", "2031"], cwd)[0]
    tap([(r["party"], r["statistic"], r["value"]) for r in seen] == [("120000", "population_resident", 1.23456789)], "codes for names, and the value to the last digit", seen)
    (cwd / "two.csv").write_text("id,giver,taker,commodity,kind,amount,unit,period\nx,rest_of_china,120000,raw_coal,import,1.5,t,2024-01\ny,rest_of_china,120000,raw_cole,import,2.5,t,2024-01\n")
    receipt, rows = rows_of(["import", "two.csv", "--keep-going"], cwd)
    tap((receipt[0]["status"], receipt[0]["created"], receipt[0]["refused"]) == ("stored", 1, 1), "an import gives its receipt", receipt)
    tap([(r["row"], r["status"], r["field"], r["message"]) for r in rows] == [(2, "created", "", ""), (3, "refused", "commodity", "rule.unknown_commodity")], "and what became of each row", rows)
    flow = [r for r in rows_of(["flow", "--source", "two.csv"], cwd)[0]]
    tap(len(flow) == 1 and rows[0]["address"] == f"heng:movement/{flow[0]['id']}" and flow[0]["amount"] == 1.5 and flow[0]["giver"] == "rest_of_china",
        "under the address of the row stands the movement", flow)
    head = rows_of(["head"], cwd)[0][0]
    tap(re.fullmatch("[0-9a-f]{64}", head["head"]) is not None and rows_of(["verify", "--head", head["head"]], cwd)[0][0]["status"] == "verified", "head and verify are fields")


with tempfile.TemporaryDirectory(prefix="heng-formats-") as top:
    top = pathlib.Path(top)
    run(["demo"], top)
    run(["--db", "demo/tianjin.heng", "backup", "base.heng"], top)
    overview = json.loads(run(["help", "--format", "json"], top).stdout)
    commands = [(r["command"], r["example"]) for r in overview[0]["rows"]]
    tap(len(commands) > 40, "help lists the commands as rows")
    for form in ("json", "csv", "xlsx"):
        cwd = top / form
        cwd.mkdir()
        shutil.copy(top / "base.heng", cwd / "used.heng")
        shutil.copy(top / "base.heng", cwd / "shown.heng")
        (cwd / "demo").mkdir()
        shutil.copy(top / "base.heng", cwd / "demo/tianjin.heng")
        shutil.copy(project / "examples/plans/tianjin-2022.txt", cwd / "plan.txt")
        (cwd / "split.csv").write_text("party,value\n120000,11600\n")
        (cwd / "use.csv").write_text("giver,taker,commodity,kind,amount,unit,period\nrest_of_china,120000,raw_coal,import,1.5,t,2024-01\n")
        env["HENG_DB"] = "used.heng"
        for command, example in commands:
            words = shlex.split(example.replace("--db city.heng", "--db new.heng"))
            out = ["--out", "out.xlsx"] if form == "xlsx" else []
            (cwd / "out.xlsx").unlink(missing_ok=True)
            done = run([*words, "--format", form, *out], cwd)
            why = faults(command, form, done, cwd)
            tap(not why, f"--format {form}: heng {example}", why)
        if form == "json":
            exact_values(cwd)
verdicts.end()
