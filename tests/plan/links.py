#!/usr/bin/env python3
"""Compares the indicators that goals are linked to with a reader's table; prints recall and precision of exact and of any link, and every miss (TAP).

links.py LINK_GOALS RULES PACK LINKS.csv FLOOR... GOALS.tsv... ; a floor is kind:recall:precision, in thousandths.
exact: of the goals that the reader tied exactly, those tied exactly to the same indicator. any: exact and likely together.
"""
import csv, subprocess, sys

linker, rules, pack, table = sys.argv[1:5]
floors = {a.split(":")[0]: tuple(map(int, a.split(":")[1:])) for a in sys.argv[5:] if ":" in a}
goals = [a for a in sys.argv[5:] if ":" not in a]
want = list(csv.DictReader(open(table, encoding="utf-8")))
out = subprocess.run([linker, rules, pack, *goals], check=True, capture_output=True, encoding="utf-8").stdout
seen = [dict(zip(("doc", "indicator", "grade", "goal", "reason"), r)) for r in csv.reader(out.splitlines())]
assert [(w["doc"], w["goal"]) for w in want] == [(s["doc"], s["goal"]) for s in seen], "the tables are not of the same goals"

def show(w, s):
    return f"{w['doc']} [{w['goal']}] scope [{w['scope']}] {w['op']} {w['value']}{w['unit']}: reader {w['indicator']} {w['grade']}, linked {s['indicator']} {s['grade']} ({s['reason']})"

number = failed = 0
for kind, grades in (("exact", ("exact",)), ("any", ("exact", "likely"))):
    pairs = list(zip(want, seen))
    wanted = [p for p in pairs if p[0]["grade"] in grades]
    linked = [p for p in pairs if p[1]["grade"] in grades]
    hit = [p for p in pairs if p[0]["grade"] in grades and p[1]["grade"] in grades and p[0]["indicator"] == p[1]["indicator"]]
    for p in wanted:
        if p not in hit:
            print(f"# missed {kind}: {show(*p)}")
    for p in linked:
        if p not in hit and p not in wanted:
            print(f"# extra  {kind}: {show(*p)}")
    recall, precision = (1000 * len(hit) // max(1, len(x)) for x in (wanted, linked))
    low = floors.get(kind, (0, 0))
    ok = recall >= low[0] and precision >= low[1]
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {kind} links: recall {recall / 1000:.3f} ({len(hit)} of {len(wanted)}), precision {precision / 1000:.3f} ({len(hit)} of {len(linked)}); floors {low[0] / 1000:.3f} {low[1] / 1000:.3f}")
print(f"1..{number}")
sys.exit(1 if failed else 0)
