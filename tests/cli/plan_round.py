#!/usr/bin/env python3
"""Export of plans, edit, import, export again: the tables hold what was edited, and everything else is as it was.

usage: plan_round.py HENG PROJECT
"""
import csv, io, json, os, pathlib, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "HENG_LANG")}
env.update(LANG="en_US.UTF-8", HENG_DB="round.heng", USER="editor")
verdicts = Tap()
tap = verdicts.ok
HEAD = {"state", "version", "author"}


def run(*words):
    done = subprocess.run([heng, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def read(path):
    """Rows of all tables, by key; of a folder of csv, or of one json."""
    if path.is_dir():
        tables = {p.stem: list(csv.DictReader(io.StringIO(p.read_text(encoding="utf-8-sig")))) for p in sorted(path.glob("*.csv"))}
    else:
        names = ["documents", "sections", "goals", "trends", "tasks", "damage"]
        tables = {n: t["rows"] for n, t in zip(names, json.loads(path.read_text(encoding="utf-8")))}
    return {n: {r["key"]: r for r in rows} for n, rows in tables.items()}


def edit(tables):
    """A cell of three tables, a row dropped, a row of one's own: what to write, and what to find afterwards."""
    goals, trends, tasks = (list(tables[n].values()) for n in ("goals", "trends", "tasks"))
    goals[0].update(value="12.25", unit="万吨", note="a note, with \"marks\" and a comma")
    trends[1].update(direction="peak")
    tasks[2].update(lead="市财政局", support="市商务局、市统计局")
    goals[3]["state"] = "dropped"
    added = {c: "" for c in goals[0]} | {"doc": goals[0]["doc"], "indicator": "绿色工厂", "op": ">=", "value": "100", "unit": "家", "target_year": "2030"}
    tables["goals"][""] = added
    return goals[3]["key"], added


def write(tables, path):
    if path.suffix == ".json":
        path.write_text(json.dumps([{"title": n, "rows": list(rows.values())} for n, rows in tables.items()], ensure_ascii=False), encoding="utf-8")
        return [path]
    path.mkdir()
    for name, rows in tables.items():
        with open(path / f"{name}.csv", "w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(next(iter(rows.values()))))
            writer.writeheader()
            writer.writerows(rows.values())
    return sorted(path.glob("*.csv"))


def differences(wanted, seen, dropped, added):
    out = []
    for name, rows in wanted.items():
        there = dict(seen[name])
        for key, row in rows.items():
            if key in ("", dropped):
                continue
            other = there.pop(key, None)
            skip = HEAD | ({"mode", "bodies_norm", "no_bodies"} if name == "tasks" else set()) | ({"suspect"} if name == "goals" else set())
            out += [f"{name} {key} {c}: {row[c]!r} became {other and other[c]!r}" for c in row if c not in skip and (not other or other[c] != row[c])]
        fresh = [r for r in there.values()]
        if name == "goals" and len(fresh) == 1 and all(fresh[0][c] == v for c, v in added.items() if v):
            continue
        out += [f"{name}: a row more, {r['key']}" for r in fresh]
    return out


with tempfile.TemporaryDirectory(prefix="heng-round-") as cwd:
    cwd = pathlib.Path(cwd)
    for form in ("tables", "tables.json"):
        for old in cwd.glob("round.heng*"):
            old.unlink()
        run("init", "--pack", str(project / "examples/tianjin/pack"))
        code, out = run("plan", "import", str(project / "examples/plans/tianjin-2022.txt"), str(project / "examples/plans/tianshui-2022.txt"))
        tap(code == 0, f"{form}: two plans are imported", out)
        run("plan", "export", form)
        tables = read(cwd / form)
        dropped, added = edit(tables)
        files = write(tables, cwd / ("edited" + pathlib.Path(form).suffix))
        code, out = run("plan", "import", *map(str, files))
        tap(code == 0 and "3 rows corrected" in out if len(files) == 1 else code == 0, f"{form}: the edited tables are imported", out)
        run("plan", "export", "again" + pathlib.Path(form).suffix)
        again = read(cwd / ("again" + pathlib.Path(form).suffix))
        found = differences(tables, again, dropped, added)
        tap(not found, f"{form}: the next export holds what was edited and nothing else has changed", "\n".join(found))
        tap(dropped not in again["goals"] and sum(r["author"] == "editor" and r["state"] == "corrected" for t in again.values() for r in t.values()) == 3, f"{form}: three corrections under the editor's name, one row dropped")
        code, out = run("plan", "import", "again.json" if form.endswith("json") else "again/goals.csv")
        tap(code == 0 and "nothing changed" in out, f"{form}: that export again changes nothing", out)
        code, out = run("plan", "export", "whole.xlsx")
        code, out = run("plan", "import", "whole.xlsx")
        tap(code == 0 and "nothing changed" in out, f"{form}: nor does the same as a spreadsheet", out)
        code, out = run("plan", "import", "--reread")
        code, out = run("plan", "export", "third" + pathlib.Path(form).suffix)
        tap(read(cwd / ("third" + pathlib.Path(form).suffix)) == again, f"{form}: a re-read leaves all of it", out)
        code, out = run("verify")
        tap(code == 0, f"{form}: the book verifies", out)
        for old in [p for p in cwd.iterdir() if p.is_dir()]:
            for p in old.iterdir():
                p.unlink()
            old.rmdir()
verdicts.end()
