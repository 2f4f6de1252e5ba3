#!/usr/bin/env python3
"""Compares what the plan reader finds with careful readers' tables; prints recall and precision of each kind and every miss (TAP).

gold.py READ_PLAN RULES PACK GOLD DOC=FILE... FLOOR... ; a floor is kind:recall:precision, in thousandths.
A goal is right when indicator, comparison, value (and upper value), unit and target year are all right; borderline rows count neither way.
"""
import csv, subprocess, sys, tempfile, os, unicodedata

TABLES = ("documents", "sections", "goals", "trends", "tasks")

def squeeze(s):
    return "".join(c for c in unicodedata.normalize("NFKC", s or "") if not c.isspace())

def tsv(path):
    with open(path, encoding="utf-8", newline="") as f:
        head, *rows = [line.rstrip("\n").split("\t") for line in f if line.strip()]
    return [dict(zip(head, row + [""] * (len(head) - len(row)))) for row in rows]

def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))

def goal_key(g):
    return (squeeze(g["indicator"]), g["op"], g["value"], g["value_hi"], squeeze(g["unit"]), g["target_year"])

def near(a, b):
    a, b = squeeze(a), squeeze(b)
    return a == b or (a and b and (a in b or b in a))

def compare(kind, gold, seen, same, show, optional=lambda g: False):
    left = list(seen)
    hit, missed = 0, []
    for must in (True, False):
        for g in gold:
            if optional(g) == must:
                continue
            found = next((s for s in left if same(g, s)), None)
            if found is not None:
                left.remove(found)
                hit += 1 if must else 0
            elif must:
                missed.append(g)
    left = [s for s in left if not optional(s)]
    for g in missed:
        print(f"# missed {kind}: {show(g)}")
    for s in left:
        print(f"# extra  {kind}: {show(s)}")
    return hit, hit + len(missed), hit + len(left)

KINDS = {
    "goals": (lambda g, s: goal_key(g) == goal_key(s), lambda g: f"{g['doc']} {g['chapter']}{g['section']} [{g['indicator']}] {g['op']} {g['value']} {g['value_hi']} {g['unit']} {g['target_year']} | {g['quote'][:60]}"),
    "goals_near": (lambda g, s: goal_key(g)[1:] == goal_key(s)[1:] and near(g["indicator"], s["indicator"]), lambda g: g["indicator"]),
    "trends": (lambda g, s: g["target_year"] == s["target_year"] and g["direction"] == s["direction"] and near(g["quote"], s["quote"]), lambda g: f"{g['doc']} {g['chapter']}{g['section']} {g['target_year']} {g['direction']} [{g['subject']}] | {g['quote'][:60]}"),
    "tasks": (lambda g, s: squeeze(g["first_12_chars"]) == squeeze(s["first_12_chars"]) and squeeze(g["last_12_chars"]) == squeeze(s["last_12_chars"]), lambda g: f"{g['doc']} {g['no']} {g['chapter']}{g['section']} {g['first_12_chars']}…{g['last_12_chars']} {g['n_chars']}"),
    "bodies": (lambda g, s: g["key"] == s["key"] and g["body"] == s["body"], lambda g: f"{g['key']} {g['body']}"),
    "sections": (lambda g, s: (g["part"], g["level"], g["number"], squeeze(g["heading"])) == (s["part"], s["level"], s["number"], squeeze(s["heading"])), lambda g: f"{g['doc']} {g['part']} {g['level']} {g['number']} {g['heading']}"),
    "suspect": (lambda g, s: goal_key(g)[2:3] == goal_key(s)[2:3] and near(g["quote"], s["quote"]), lambda g: f"{g['value']} {g['quote'][:60]}"),
    "head": (lambda g, s: g == s, lambda g: f"{g['field']} {g['value']}"),
}

def bodies(tasks):
    return [{"key": squeeze(t["first_12_chars"]) + squeeze(t["last_12_chars"]), "body": squeeze(b)} for t in tasks for b in t["bodies_norm"].split("、") if b]

def head(rows):
    fields = ("title", "issuer", "doc_number", "issue_date", "kind", "region", "gbt2260", "notice_title", "publish_date", "basis")
    return [{"field": r["doc"] + " " + f, "value": squeeze(r[f])} for r in rows for f in fields]

def score(want, seen, floors):
    """Prints misses, extras, recall and precision of each kind that was annotated or has a floor; how many fell below."""
    named = [t for t in seen["tasks"] if t["no_bodies"] != "1"]
    pairs = {"goals": (want["goals"], seen["goals"]), "goals_near": (want["goals"], seen["goals"]), "trends": (want["trends"], seen["trends"]), "tasks": (want["tasks"], named),
             "bodies": (bodies(want["tasks"]), bodies(named)), "sections": (want["sections"], seen["sections"]),
             "suspect": ([g for g in want["goals"] if g["suspect"] == "1"], [g for g in seen["goals"] if g["suspect"] == "1"]), "head": (head(want["documents"]), head(seen["documents"]))}
    number, failed = 0, 0
    for kind, (g, s) in pairs.items():
        if not g and kind not in floors:
            continue
        same, show = KINDS[kind]
        optional = (lambda x: x.get("borderline") == "1") if kind.startswith("goals") else (lambda x: False)
        hit, all_gold, all_seen = compare(kind, g, s, same, show, optional)
        recall = 1000 * hit // all_gold if all_gold else 1000
        precision = 1000 * hit // all_seen if all_seen else 1000
        low = floors.get(kind, (0, 0))
        ok = recall >= low[0] and precision >= low[1]
        number += 1
        failed += not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {kind}: recall {recall / 1000:.3f} ({hit} of {all_gold}), precision {precision / 1000:.3f} ({hit} of {all_seen}); floors {low[0] / 1000:.3f} {low[1] / 1000:.3f}")
    print(f"1..{number}")
    return failed

def main():
    reader, rules, pack, gold = sys.argv[1:5]
    files = dict(a.split("=", 1) for a in sys.argv[5:] if "=" in a)
    floors = {a.split(":")[0]: tuple(map(int, a.split(":")[1:])) for a in sys.argv[5:] if "=" not in a}
    seen = {k: [] for k in TABLES}
    for doc, path in files.items():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([reader, rules, doc, path, folder, pack], check=True)
            for k in seen:
                seen[k] += read(os.path.join(folder, k + ".csv"))
    want = {k: [r for r in tsv(os.path.join(gold, k + ".tsv")) if r["doc"] in files] if os.path.exists(os.path.join(gold, k + ".tsv")) else [] for k in seen}
    return 1 if score(want, seen, floors) else 0

if __name__ == "__main__":
    sys.exit(main())
