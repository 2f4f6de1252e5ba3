#!/usr/bin/env python3
"""Files of readings as bureaus and utilities export them, with declared defect rates, and beside them what must come out.

Layouts: long (a row a reading), wide (a column a meter), day (a row a meter and day, 24 or 96 columns), bills (start, end, amount).
Defects, each a share of the readings: missing (a word for no value), empty, text (no number), full_width (digits ＩＮ full width), sentinel
(a device's word for no value), double (the row comes again with the same value). The same seed makes the same file.

usage: readings_make.py FILE.csv|FILE.xlsx --layout long|wide|day|bills [--meters 3] [--days 5] [--points 96] [--seed 1] [--DEFECT 0.01 ...]
writes FILE and FILE.expected.csv (code, readings, sum; a last row "refused" with the number of cells that no reader may take).
"""
import argparse, csv, datetime, decimal, random, sys, zipfile
from xml.sax.saxutils import escape

DEFECTS = ("missing", "empty", "text", "full_width", "sentinel", "double")
MISSING_WORDS = ("-", "NaN", "缺测", "N/A")
FULL = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
DAY0 = datetime.date(2024, 3, 1)


# ---- Spreadsheets ----

def column_name(i):
    name = ""
    i += 1
    while i:
        i, rest = divmod(i - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_xml(value, at):
    if value is None or value == "":
        return ""
    if isinstance(value, (int, float, decimal.Decimal)):
        return f'<c r="{at}"><v>{value}</v></c>'
    if isinstance(value, datetime.time):
        return f'<c r="{at}" s="2"><v>{decimal.Decimal(value.hour * 60 + value.minute) / 1440}</v></c>'
    if isinstance(value, datetime.date):
        return f'<c r="{at}" s="1"><v>{(value - datetime.date(1899, 12, 30)).days}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def sheet_xml(rows, merges=()):
    out = ['<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>']
    for r, row in enumerate(rows, 1):
        out.append(f'<row r="{r}">' + "".join(cell_xml(v, f"{column_name(i)}{r}") for i, v in enumerate(row)) + "</row>")
    out.append("</sheetData>")
    if merges:
        out.append(f'<mergeCells count="{len(merges)}">' + "".join(f'<mergeCell ref="{m}"/>' for m in merges) + "</mergeCells>")
    return "".join(out) + "</worksheet>"


def write_xlsx(path, sheets):
    """sheets: [(name, rows, merges)]; cells are text, numbers, dates or times."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
                               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
                               'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
                           + "".join(f'<sheet name="{escape(s[0])}" sheetId="{i}" r:id="s{i}"/>' for i, s in enumerate(sheets, 1)) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
                                      + "".join(f'<Relationship Id="s{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(sheets) + 1))
                                      + f'<Relationship Id="st" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
                         '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for i, (_, rows, *merges) in enumerate(sheets, 1):
        files[f"xl/worksheets/sheet{i}.xml"] = sheet_xml(rows, merges[0] if merges else ())
    with zipfile.ZipFile(path, "w") as out:
        for name, text in files.items():                 # ZipInfo has one date for all, so the same rows make the same file
            out.writestr(zipfile.ZipInfo(name), '<?xml version="1.0" encoding="UTF-8"?>' + text, zipfile.ZIP_DEFLATED)


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def write_rows(path, rows):
    if str(path).endswith(".xlsx"):
        write_xlsx(path, [("数据", [["" if v is None else v for v in row] for row in rows])])
    else:
        write_csv(path, rows)


# ---- Readings ----

class Maker:
    def __init__(self, options):
        self.o, self.random = options, random.Random(options.seed)
        self.sums, self.counts, self.refused = {}, {}, 0

    def value(self, code, hundredths):
        """A cell for this amount, perhaps with a defect; what must come out is counted here."""
        r, at = self.random.random(), 0.0
        text = str(decimal.Decimal(hundredths).scaleb(-2))
        self.sums.setdefault(code, 0), self.counts.setdefault(code, 0)
        for defect in DEFECTS[:5]:
            at += getattr(self.o, defect)
            if r >= at:
                continue
            if defect == "missing":
                return self.random.choice(MISSING_WORDS)
            if defect == "empty":
                return ""
            if defect in ("text", "sentinel"):
                self.refused += 1
                return "抄表失败" if defect == "text" else "99999"
            text = text.translate(FULL)
            break
        self.sums[code] += hundredths
        self.counts[code] += 1
        return text

    def amount(self, meter, step):
        return 100 * (meter + 1) + self.random.randrange(500) + step % 7

    def codes(self):
        return [f"M{m + 1:03d}" for m in range(self.o.meters)]

    def times(self):
        seconds = 86400 // self.o.points
        for d in range(self.o.days):
            for p in range(self.o.points):
                yield d, p, datetime.datetime.combine(DAY0, datetime.time()) + datetime.timedelta(days=d, seconds=p * seconds)

    def long(self):
        yield ["表号", "采集时间", "电量(kWh)"]
        for d, p, at in self.times():
            for m, code in enumerate(self.codes()):
                row = [code, at.strftime("%Y-%m-%d %H:%M:%S"), self.value(code, self.amount(m, p))]
                yield row
                if self.random.random() < self.o.double:
                    yield row

    def wide(self):
        yield ["日期", "时间", *(f"{code}(kWh)" for code in self.codes())]
        for d, p, at in self.times():
            yield [at.strftime("%Y/%m/%d"), at.strftime("%H:%M"), *(self.value(code, self.amount(m, p)) for m, code in enumerate(self.codes()))]

    def day(self):
        step = 1440 // self.o.points
        yield ["某供电公司用户日用电量明细（单位：kWh）"]
        yield ["序号", "表号", "日期", *(f"{(p + 1) * step // 60:02d}:{(p + 1) * step % 60:02d}" for p in range(self.o.points)), "日合计"]
        total = 0
        for d in range(self.o.days):
            for m, code in enumerate(self.codes()):
                before = self.sums.get(code, 0)
                cells = [self.value(code, self.amount(m, p)) for p in range(self.o.points)]
                total += self.sums[code] - before
                yield [d * self.o.meters + m + 1, code, (DAY0 + datetime.timedelta(days=d)).isoformat(), *cells, str(decimal.Decimal(self.sums[code] - before).scaleb(-2))]
        yield ["", "合计", "", *([""] * self.o.points), str(decimal.Decimal(total).scaleb(-2))]
        yield ["制表人：", "", "审核人："]

    def bills(self):
        yield ["表号", "开始日期", "结束日期", "电量(kWh)", "备注"]
        for m, code in enumerate(self.codes()):
            start = DAY0
            for n in range(self.o.days):
                end = start + datetime.timedelta(days=28 + self.random.randrange(6))
                yield [code, start.isoformat(), end.isoformat(), self.value(code, 1000 * self.amount(m, n)), ""]
                start = end

    def write(self, path):
        write_rows(path, list(getattr(self, self.o.layout)()))
        write_csv(str(path) + ".expected.csv", [["code", "readings", "sum"], *([c, self.counts[c], decimal.Decimal(self.sums[c]).scaleb(-2)] for c in self.codes()), ["refused", self.refused, ""]])


def options(words):
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("file")
    p.add_argument("--layout", choices=("long", "wide", "day", "bills"), default="long")
    for name, default in (("meters", 3), ("days", 5), ("points", 96), ("seed", 1)):
        p.add_argument("--" + name, type=int, default=default)
    for name in DEFECTS:
        p.add_argument("--" + name.replace("_", "-"), type=float, default=0.0)
    return p.parse_args(words)


if __name__ == "__main__":
    o = options(sys.argv[1:])
    Maker(o).write(o.file)
