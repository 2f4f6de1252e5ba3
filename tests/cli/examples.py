#!/usr/bin/env python3
"""Every command's help has an example, and it works: run them all, in the order of the table, in a folder with the demo's database.

usage: examples.py HENG PROJECT
"""
import csv, os, pathlib, re, shlex, shutil, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
env = {k: v for k, v in os.environ.items() if k not in ("HENG_DB", "LC_ALL", "LC_MESSAGES", "HENG_LANG")}
env["LANG"] = "en_US.UTF-8"
verdicts = Tap()
tap = verdicts.ok


def run(words, cwd):
    return subprocess.run([heng, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=600)


with tempfile.TemporaryDirectory(prefix="heng-examples-") as cwd:
    overview = run(["help"], cwd).stdout
    commands = [m.group(1).strip() for m in re.finditer(r"^  ([a-z][a-z-]*(?: [a-z-]+)?)  ", overview, re.M)]
    done = subprocess.run(["bash", "-c", f"""eval "$({shlex.quote(str(heng))} completion bash)"
COMP_WORDS=(heng account energy --form ''); COMP_CWORD=4; _heng; echo ${{COMPREPLY[*]}}"""], cwd=cwd, env=env, capture_output=True, text=True)
    tap(done.stdout.split() == ["standard", "physical", "summary", "members"], "completion knows the values of an option", done.stdout + done.stderr)
    demo = run(["demo"], cwd)
    tap(demo.returncode == 0, "the demo runs", demo.stderr)
    tap(any("energy_balance_2021.csv:" in line and ("文件行" in line or "file row" in line) for line in demo.stdout.splitlines()), "its why goes down to a row of a file")
    shutil.copy(pathlib.Path(cwd) / "demo/tianjin.heng", pathlib.Path(cwd) / "shown.heng")
    if (pathlib.Path(cwd) / "demo/tianjin.heng").exists():
        run(["--db", "demo/tianjin.heng", "backup", "used.heng"], cwd)
        env["HENG_DB"] = "used.heng"
    (pathlib.Path(cwd) / "use.csv").write_text("giver,taker,commodity,kind,amount,unit,period\nrest_of_china,120000,raw_coal,import,1.5,t,2024-01\n")
    shutil.copy(project / "examples/plans/tianjin-2022.txt", pathlib.Path(cwd) / "plan.txt")
    (pathlib.Path(cwd) / "split.csv").write_text("party,value\ntj_industry,11000\ntj_other,600\n")
    examples = set()
    for command in commands:
        words = command.split()
        text = run(["help", *words], cwd)
        own = next((block for block in text.stdout.split("\nheng ") if re.match(rf"(heng )?{re.escape(command)}:", block)), "")
        example = re.search(r"example: heng (.*)", own)
        tap(bool(example), f"help {command} has an example", text.stdout)
        if not example:
            continue
        line = example.group(1)
        examples.add(line.strip())
        db = [] if words[0] not in ("init",) else ["--db", "new.heng"]
        line = line.replace("--db city.heng", "") if db else line
        done = run([*shlex.split(line), *db], cwd)
        tap(done.returncode in (0, 1) and "Sanitizer" not in done.stderr, f"heng {line}", f"exit {done.returncode}\n{done.stdout}{done.stderr}")
with open(project / "rulebook/cn/systems.csv", encoding="utf-8", newline="") as f:
    systems = list(csv.DictReader(f))
missing = [s["name_zh"] for s in systems if s["served_by"] and s["shown_by"] not in examples]
tap(not missing, "every system that is said to be served is shown by an example that runs", "\n".join(missing))
tap(len(systems) == 184, "all 184 systems are listed")
verdicts.end()
