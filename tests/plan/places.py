#!/usr/bin/env python3
"""Whose plan it is: the place and its GB/T 2260 code, by the government that issued it or the words of the title (TAP).

places.py READ_PLAN RULES PACK
"""
import csv, os, subprocess, sys, tempfile

READ, RULES, PACK = sys.argv[1:4]
NOTICE = "{who}关于印发{title}的通知\n各有关单位：\n现将《{title}》印发给你们，请认真贯彻执行。\n{who}\n2022年5月6日\n{title}\n一、总体要求\n到2025年，非化石能源消费占比达到20%，单位地区生产总值能耗下降14%。\n二、重点任务\n"
TASK = "（{n}）推进第{n}项工作。加快建设清洁低碳安全高效的能源体系，推动产业结构优化升级，提升绿色发展水平，完善绿色发展政策。（市发展改革委负责）\n"
CASES = [  # who issued it, the title, the place, its code
    ("大连市人民政府", "碳达峰实施方案", "大连市", "210200"),
    ("杭州市西湖区人民政府", "碳达峰实施方案", "杭州市西湖区", "330106"),  # several cities have a 西湖区
    ("沈阳市苏家屯区人民政府", "碳达峰实施方案", "沈阳市苏家屯区", "210111"),
    ("重庆市渝北区人民政府", "碳达峰实施方案", "重庆市渝北区", "500112"),
    ("内蒙古自治区鄂尔多斯市人民政府", "碳达峰实施方案", "内蒙古自治区鄂尔多斯市", "150600"),
    ("恩施土家族苗族自治州人民政府", "碳达峰实施方案", "恩施土家族苗族自治州", "422800"),
    ("石河子市人民政府", "碳达峰实施方案", "石河子市", "659001"),
    ("浦东新区人民政府", "碳达峰实施方案", "浦东新区", "310115"),
    ("吉林市人民政府", "碳达峰实施方案", "吉林市", "220200"),  # not the province
    ("吉林省人民政府", "碳达峰实施方案", "吉林省", "220000"),
    ("海南省人民政府", "碳达峰实施方案", "海南省", "460000"),  # not the prefecture of Qinghai
    ("朝阳区人民政府", "碳达峰实施方案", "朝阳区", ""),  # of two cities, and not the city 朝阳
    ("中共成都市委", "碳达峰实施方案", "成都市", "510100"),
    ("市发展和改革委员会", "加快建设老城区绿色交通促进长治久安实施方案", "", ""),  # words, no places
]

number = failed = 0
for who, title, region, code in CASES:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "plan.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write(NOTICE.format(who=who, title=title) + "".join(TASK.format(n=n) for n in "一二三四五六七八"))
        subprocess.run([READ, RULES, "x", path, folder, PACK], check=True)
        with open(os.path.join(folder, "documents.csv"), encoding="utf-8", newline="") as f:
            d = next(csv.DictReader(f))
    ok = (d["region"], d["gbt2260"]) == (region, code)
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {who}, {title}: {region or 'no place'} {code}" + ("" if ok else f"\n# seen {d['region']} {d['gbt2260']}"))
print(f"1..{number}")
sys.exit(1 if failed else 0)
