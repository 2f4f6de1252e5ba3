#!/usr/bin/env python3
"""The directory of bodies over careful readers' tables: how many mentions it names, each that it does not, and names that must be one body (TAP).

directory.py NAME_BODIES PACK CITIES TASKS...   PACK: rulebook/cn; CITIES: the folder with the cities' packs
"""
import collections, csv, os, subprocess, sys

TOOL, PACK, CITIES = sys.argv[1:4]
PLACES = {"000": ("120000", "2022-03-25", "tianjin"), "002": ("620500", "2022-04-26", "tianshui"), "sh22": ("310000", "2022-07-08", ""), "sx22": ("140000", "2022-08-01", "")}
FLOOR = 0.95
number = failed = 0


def tap(ok, says):
    global number, failed
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {says}")


def named(code, day, city, names):
    packs = PACK + (f":{CITIES}/{city}/pack" if city else "")
    out = subprocess.run([TOOL, packs, code, day], input="\n".join(names) + "\n", text=True, capture_output=True, check=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def mentions(path):
    with open(path, encoding="utf-8", newline="") as f:
        head, *rows = [line.rstrip("\n").split("\t") for line in f if line.strip()]
    counts = collections.defaultdict(collections.Counter)
    for row in rows:
        task = dict(zip(head, row + [""] * len(head)))
        counts[task["doc"]].update(b for b in task["bodies_norm"].split("、") if b)
    return counts


def rates(path):
    for doc, counts in mentions(path).items():
        found = named(*PLACES[doc], list(counts))
        how = collections.Counter()
        for (body, n), (naming, _, _, _) in zip(counts.items(), found):
            how[naming] += n
            if naming == "unknown":
                print(f"# not in the directory: {doc} {body} ({n})")
            elif naming == "undefined":
                print(f"# a group that no pack defines: {doc} {body} ({n})")
        known = sum(how.values()) - how["unknown"]
        print("# " + doc + ": " + ", ".join(f"{k} {v}" for k, v in how.most_common()))
        tap(known >= FLOOR * sum(how.values()), f"{doc}: {known} of {sum(how.values())} mentions named ({known / sum(how.values()):.3f}), {len(counts)} ways of writing; floor {FLOOR}")


def one_body():
    """(whose plan, names that are one body, its id, its full name)"""
    tianjin, xiqing, tianshui, gansu = ("120000", "2022-03-25", "tianjin"), ("120111", "2023-04-28", "tianjin"), ("620500", "2022-04-26", "tianshui"), ("620000", "2022-01-01", "tianshui")
    elsewhere = ("", "2022-01-01", "")
    cases = [
        (tianjin, "市发展改革委 市发展和改革委员会 市发改委 天津市发展改革委 天津市发改委", "120000:development_reform", "天津市发展和改革委员会"),
        (tianjin, "市规划资源局 市规划和自然资源局", "120000:natural_resources", "天津市规划和自然资源局"),
        (tianjin, "国网天津市电力公司", "120000:power_grid", "国网天津市电力公司"),
        (tianjin, "天津港集团", "120000/天津港(集团)有限公司:port_group", "天津港(集团)有限公司"),
        (tianjin, "滨海新区人民政府 滨海新区政府 滨海新区", "120116:government", "滨海新区人民政府"),
        (tianjin, "国家发展改革委", "100000:development_reform", "国家发展和改革委员会"),
        (xiqing, "市生态环境局", "120000:ecology", "天津市生态环境局"),
        (xiqing, "区生态环境局 西青区生态环境局", "120111:ecology", "西青区生态环境局"),
        (xiqing, "区发展改革委 区发改委", "120111:development_reform", "西青区发展和改革委员会"),
        (tianshui, "市工信局 市工业和信息化局", "620500:industry", "天水市工业和信息化局"),
        (tianshui, "省工信厅 甘肃省工业和信息化厅", "620000:industry", "甘肃省工业和信息化厅"),
        (tianshui, "人行天水市中心支行 人民银行天水中心支行", "620500:central_bank", "中国人民银行天水市中心支行"),
        (tianshui, "天水银保监分局", "620500:banking_regulator", "中国银行保险监督管理委员会天水监管分局"),
        (tianshui, "团市委 共青团市委 共青团天水市委", "620500:youth", "共青团天水市委员会"),
        (tianshui, "市法院 市中级人民法院", "620500:court", "天水市中级人民法院"),
        (gansu, "天水市发展改革委", "620500:development_reform", "天水市发展和改革委员会"),
        (tianshui, "秦州区人民政府 秦州区政府", "620502:government", "秦州区人民政府"),
    ]
    for whose, names, want, full in cases:
        found = named(*whose, names.split())
        tap(all(f[1] == want and f[2] == full for f in found), f"{names}: {want} {full}" + "".join(f" | {f[1]} {f[2]}" for f in found if f[1] != want or f[2] != full))
    groups = [
        (tianjin, "各区人民政府 各区政府 各区 各区县", "group", 16), (tianjin, "有农业的区人民政府 涉农区人民政府", "group", 10), (tianjin, "有关区人民政府", "undefined", 0),
        (tianjin, "各区发展改革委", "group", 16), (xiqing, "各区人民政府", "group", 16), (tianshui, "各县区人民政府 各县区政府 各县区 各县区发展改革局", "group", 7), (tianshui, "各县", "group", 5),
        (tianshui, "有农业的区人民政府", "undefined", 0), (elsewhere, "各区人民政府", "undefined", 0), (tianjin, "有关部门 市级有关部门", "open", 0),
        (tianjin, "关于 专家 志愿者 居民", "unknown", 0),
    ]
    for whose, names, naming, count in groups:
        found = named(*whose, names.split())
        tap(all(f[0] == naming and int(f[3]) == count for f in found), f"{names} in {whose[0]}: {naming} of {count}" + "".join(f" | {f}" for f in found if f[0] != naming or int(f[3]) != count))


for path in sys.argv[4:]:
    rates(path)
one_body()
print(f"1..{number}")
sys.exit(1 if failed else 0)
