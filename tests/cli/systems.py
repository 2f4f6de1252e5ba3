#!/usr/bin/env python3
"""The systems that the shipped plans ask for, as `heng systems` finds them by words, against what readers found (tests/plan/gold/systems.csv).

The words of rulebook/cn/systems.csv were taken from these very plans: this says that none was lost, not how well other plans fare.

usage: systems.py HENG PROJECT
"""
import csv, io, os, pathlib, subprocess, sys, tempfile

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
FLOORS = (0.98, 0.98)
env = {k: v for k, v in os.environ.items() if k != "HENG_DB"}
with open(project / "tests/plan/gold/systems.csv", encoding="utf-8", newline="") as f:
    want = {(r["doc"], r["system"]) for r in csv.DictReader(f)}
docs = sorted({d for d, _ in want})
with tempfile.TemporaryDirectory(prefix="heng-systems-") as cwd:
    run = lambda *words: subprocess.run([heng, "--db", "a.heng", *words], cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout
    run("init")
    run("plan", "import", *(str(project / f"examples/plans/{d}.txt") for d in docs))
    seen = {(r["doc"], r["system"]) for r in csv.DictReader(io.StringIO(run("--format", "csv", "systems", "--sentences")))}
for doc, system in sorted(want - seen):
    print(f"# missed {doc} {system}")
for doc, system in sorted(seen - want):
    print(f"# extra  {doc} {system}")
recall, precision = len(want & seen) / len(want), len(want & seen) / max(1, len(seen))
ok = recall >= FLOORS[0] and precision >= FLOORS[1]
print(f"{'ok' if ok else 'not ok'} 1 - systems asked for: recall {recall:.3f} ({len(want & seen)} of {len(want)}), precision {precision:.3f} ({len(want & seen)} of {len(seen)}); floors {FLOORS[0]} {FLOORS[1]}")
print("1..1")
sys.exit(0 if ok else 1)
