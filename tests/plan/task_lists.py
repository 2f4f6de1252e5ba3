#!/usr/bin/env python3
"""Task lists and indicator tables in spreadsheets (TAP).

The annex of a plan made again as a spreadsheet and as csv gives the same tasks as the document; further small sheets in the forms that offices use.
task_lists.py READ_PLAN RULES PACK ANNEX_DOCUMENT
"""
import csv, os, subprocess, sys, tempfile, zipfile
from xml.sax.saxutils import escape

READ, RULES, PACK, DOCUMENT = sys.argv[1:5]
number = failed = 0


def tap(ok, says, detail=""):
    global number, failed
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {says}" + (f"\n#   {detail}" if detail and not ok else ""))


def letters(column):
    return chr(ord("A") + column)


def write_xlsx(path, sheets):
    """sheets: (name, rows of cells, merged ranges as (row, column, row, column) from 0)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        main, rel = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>')
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>' + "".join(f'<sheet name="{escape(n)}" sheetId="{i + 1}" r:id="r{i + 1}"/>' for i, (n, _, _) in enumerate(sheets)) + "</sheets></workbook>")
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(f'<Relationship Id="r{i + 1}" Type="{rel}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>' for i in range(len(sheets))) + "</Relationships>")
        for i, (_, rows, merged) in enumerate(sheets):
            body = "".join(f'<row r="{y + 1}">' + "".join(f'<c r="{letters(x)}{y + 1}"' + (f' ><v>{c}</v></c>' if isinstance(c, (int, float)) else f' t="inlineStr"><is><t>{escape(c)}</t></is></c>') for x, c in enumerate(row) if c != "") + "</row>" for y, row in enumerate(rows))
            merges = f'<mergeCells count="{len(merged)}">' + "".join(f'<mergeCell ref="{letters(b)}{a + 1}:{letters(d)}{c + 1}"/>' for a, b, c, d in merged) + "</mergeCells>" if merged else ""
            z.writestr(f"xl/worksheets/sheet{i + 1}.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>{merges}</worksheet>')


def read(path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([READ, RULES, "x", path, folder, PACK], check=True)
        out = {}
        for name in ("documents", "sections", "goals", "tasks"):
            with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as f:
                out[name] = list(csv.DictReader(f))
        return out


def xlsx(sheets):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.xlsx")
        write_xlsx(path, sheets)
        return read(path)


def table(text):
    return [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]


def merges_of(rows, column, first):
    """A column's runs of cells below a filled one, as merged ranges."""
    out, start = [], None
    for y in range(first, len(rows) + 1):
        if y == len(rows) or rows[y][column] != "":
            if start is not None and y - start > 1:
                out.append((start, column, y - 1, column))
            start = y
    return out


def annex():
    """The annex of a document as a spreadsheet: chapter and section in merged first columns."""
    from_document = read(DOCUMENT)
    heads = {}
    for s in from_document["sections"]:
        if s["part"] == "annex":
            heads[(s["chapter"], s["number"]) if s["level"] != "1" else s["number"]] = s["heading"]
    tasks = [t for t in from_document["tasks"]]
    rows, chapter, section = [["附件", "", "", "", ""], ["重点任务分工表", "", "", "", ""], ["重 点 任 务", "", "序号", "主要内容", "责任单位"]], None, None
    for t in tasks:
        own, part = t["chapter"].replace("附件", ""), t["section"]
        number = own + "、" + heads.get(own, "") if own != chapter else ""
        under = part + heads.get((own, part), "") if (own, part) != section else ""
        chapter, section = own, (own, part)
        rows.append([number, under, int(t["no"]), t["text"], t["bodies"]])
    merged = [(0, 0, 0, 4), (1, 0, 1, 4), (2, 0, 2, 1)] + merges_of(rows, 0, 3) + merges_of(rows, 1, 3)
    keys = ("no", "chapter", "section", "seq", "first_12_chars", "last_12_chars", "bodies", "mode", "bodies_norm", "open_list", "n_chars", "text")
    want = [tuple(t[k].replace("附件", "") if k == "chapter" else t[k] for k in keys) for t in tasks]
    got = xlsx([("附件", rows, merged)])
    seen = [tuple(t[k] for k in keys) for t in got["tasks"]]
    wrong = [(a, b) for a, b in zip(want, seen) if a != b]
    tap(len(want) == 109 and seen == want, f"the annex as a spreadsheet: {len(seen)} tasks, the same as {len(want)} of the document", f"{len(seen)} {wrong[:1]}")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.csv")
        for row in range(4, len(rows)):
            for x in (0, 1):
                rows[row][x] = rows[row][x] or rows[row - 1][x]
        with open(path, "w", encoding="utf-8-sig", newline="") as f:
            csv.writer(f).writerows(rows)
        seen = [tuple(t[k] for k in keys) for t in read(path)["tasks"]]
        tap(seen == want, f"and as csv: {len(seen)} tasks", str([(a, b) for a, b in zip(want, seen) if a != b][:1]))


def forms():
    rows = table("""
        天水市2023年碳达峰重点任务清单 | | | | | |
        序号 | 重点任务 | 工作内容 | 牵头单位 | 配合单位 | 完成时限 | 备注
        1 | 能源转型 | 推进分布式光伏整县开发，新增装机10万千瓦。 | 市发展改革委 | 市自然资源局、各县区人民政府 | 2023年12月底 |
        2 | | 淘汰燃煤锅炉20台。 | 市生态环境局 | 市市场监管局等部门 | 2023年10月 |
        3 | 绿色交通 | 新增新能源公交车50辆。 | 市交通运输局 | 市财政局 | 2023年12月底 |
    """)
    merged = [(0, 0, 0, 6), (2, 1, 3, 1)]
    got = xlsx([("清单", rows, merged)])
    tasks = got["tasks"]
    tap([t["chapter"] for t in tasks] == ["能源转型", "能源转型", "绿色交通"], "a merged column without numbers gives sections", str([t["chapter"] for t in tasks]))
    tap([t["lead"] for t in tasks] == ["市发展改革委", "市生态环境局", "市交通运输局"], "a column of leading bodies", str([t["lead"] for t in tasks]))
    tap([t["support"] for t in tasks] == ["市自然资源局、各县区人民政府", "市市场监管局", "市财政局"] and tasks[1]["open_list"] == "1", "a column of supporting bodies, open lists marked", str([(t["support"], t["open_list"]) for t in tasks]))
    tap([t["note"] for t in tasks][:2] == ["完成时限:2023年12月底", "完成时限:2023年10月"], "the deadline stands in the note", str([t["note"] for t in tasks]))
    tap(got["documents"][0]["is_plan"] == "1" and got["documents"][0]["title"] == "天水市2023年碳达峰重点任务清单" and got["documents"][0]["gbt2260"] == "620500", "the row above the heads is the title and names the place", str(got["documents"]))
    tap([(t["text"], t["no"]) for t in tasks][1] == ("淘汰燃煤锅炉20台。", "2"), "text and printed number", str(tasks[1]))

    rows = table("""
        附件2 | | | |
        责任分工表 | | | |
        序号 | 工作任务 | 责任单位 | | 时间要求
         | | 牵头单位 | 配合单位 |
        一、工业领域 | | | |
        1 | 创建绿色工厂3家。 | 市工信局 | 市财政局 | 长期坚持
        2 | 开展节能诊断。 | 市工信局 | | 2024年
        二、建筑领域 | | | |
        3 | 推广绿色建材。 | 市住建局 | 市工信局 | 2025年
    """)
    got = xlsx([("说明", [["填表说明"], ["本表由各部门填写"]], []), ("分工", rows, [(0, 0, 0, 4), (1, 0, 1, 4), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 3, 4), (4, 0, 4, 4), (7, 0, 7, 4)])])
    tasks = got["tasks"]
    tap([(t["chapter"], t["no"], t["seq"], t["lead"], t["support"]) for t in tasks] == [("一", "1", "1", "市工信局", "市财政局"), ("一", "2", "2", "市工信局", ""), ("二", "3", "1", "市住建局", "市工信局")],
        "heads of two rows, headings between the rows, the second sheet", str([(t["chapter"], t["no"], t["seq"], t["lead"], t["support"]) for t in tasks]))
    tap([s["heading"] for s in got["sections"]] == ["工业领域", "建筑领域"], "headings between the rows are sections", str(got["sections"]))

    rows = table("""
        天水市“十四五”节能主要指标 | | | | |
        序号 | 指标 | 单位 | 2020年 | 2025年 | 属性
        1 | 单位地区生产总值能耗降低 | % | | 13.5 | 约束性
        2 | 森林覆盖率 | % | 36.5 | 37.2 | 约束性
        3 | 绿色建筑占新建建筑比例 | % | 60 | ≥90 |
    """)
    goals = xlsx([("指标", rows, [(0, 0, 0, 5)])])["goals"]
    want = [("单位地区生产总值能耗", "decrease_by", "13.5", "%", "2025", "约束性", ""), ("森林覆盖率", ">=", "37.2", "%", "2025", "约束性", "36.5"), ("绿色建筑占新建建筑比例", ">=", "90", "%", "2025", "", "60")]
    seen = [(g["indicator"], g["op"], g["value"], g["unit"], g["target_year"], g["binding"], g["base_value"]) for g in goals]
    tap(seen == want, "a table of indicators gives goals", str(seen))
    got = xlsx([("收入", table("月份 | 收入 | 支出\n1月 | 10 | 20\n2月 | 30 | 10"), [])])
    tap(got["documents"][0]["is_plan"] == "0" and not got["tasks"], "a spreadsheet of something else is no plan", str(got["documents"]))


annex()
forms()
print(f"1..{number}")
sys.exit(1 if failed else 0)
