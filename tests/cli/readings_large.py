#!/usr/bin/env python3
"""A large file of readings with one bad cell, as CSV and as a spreadsheet: one clear refusal; mended as spreadsheet programs save it, it loads; sums are exact
before and after. A month sent again with corrections is not refused and counts nothing twice.

usage: readings_large.py HENG PROJECT
"""
import csv, datetime, json, pathlib, sys, tempfile, time, zipfile
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Heng, Tap

try:
    import openpyxl
except ImportError:
    openpyxl = None

ROWS, BAD_ROW = 100_000, 54_321  # the bad cell stands on this line of the file
START = datetime.datetime(2020, 7, 1)
HEAD = ["采集时间", "A/kwh", "B/kwh"]
YEAR = "2020-07-01..2021-06-30"
tap = Tap()


def good_rows():
    return [[f"{START + datetime.timedelta(minutes=5 * i):%Y-%m-%d %H:%M}", f"{Decimal(i * 7 % 1000) / 100}", str(1000 + 3 * i)] for i in range(ROWS)]


def write_csv(path, rows, encoding="utf-8"):
    with open(path, "w", newline="", encoding=encoding) as f:
        csv.writer(f).writerows(rows)


def write_xlsx(path, rows):
    """A spreadsheet made with nothing but a zip: numbers as numbers, the rest as words."""
    def cell(r, c, v):
        try:
            return f'<c r="{chr(65 + c)}{r}"><v>{Decimal(v)}</v></c>'
        except ArithmeticError:
            return f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{v.replace("&", "&amp;").replace("<", "&lt;")}</t></is></c>'

    body = "".join(f'<row r="{r}">' + "".join(cell(r, c, v) for c, v in enumerate(row) if v) + "</row>" for r, row in enumerate(rows, 1))
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="读数" sheetId="1" r:id="rId1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>')


class City(Heng):
    """A database with two channels: amounts of five minutes, and a register; both flow into the ledger."""

    def __init__(self, folder):
        super().__init__(*sys.argv[1:3], folder)
        self.init()
        for code, kind, scale in (("A/kwh", "interval", "2"), ("B/kwh", "counter", "0")):
            code, out = self.run("meter", "add", "--code", code, "--party", "120000", "--commodity", "electricity", "--unit", "kWh", "--kind", kind, "--scale", scale, "--interval-s", "300",
                                 "--giver", "rest_of_china", "--taker", "tj_pool", "--movement-kind", "import")
            assert code == 0, out

    def take(self, name, *words, lang="en"):
        """(exit, output) of heng import NAME --form readings."""
        return self.run("import", name, "--form", "readings", *words, lang=lang)

    def total(self, code, *words):
        done, out = self.run("meter", "readings", code, "--period", YEAR, "--by", "whole", "--format", "json", *words)
        return json.loads(out, parse_float=Decimal, parse_int=Decimal)["rows"][0]["amount"] if done == 0 else out

    def totals(self):
        return [self.total("A/kwh"), self.total("B/kwh")]

    def verified(self, says):
        code, out = self.run("verify")
        tap.ok(code == 0, says, out)


def said(out, **wanted):
    """The counts of the report."""
    return all(f"{word.replace('_', ' ')} {count}" in out for word, count in wanted.items())


def mend_csv(h, name):
    """As a spreadsheet program of a Chinese office saves it: GB18030, its own way to write a time."""
    with open(h.cwd / name, newline="", encoding="utf-8-sig") as f:
        rows = list(csv.reader(f))
    at = datetime.datetime.strptime(rows[1][0], "%Y-%m-%d %H:%M")
    rows[1][0] = f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}"
    rows[1][1] = good_rows()[BAD_ROW - 2][1]
    write_csv(h.cwd / "mended.csv", rows, "gb18030")
    return "mended.csv"


def mend_xlsx(h, name):
    good = good_rows()[BAD_ROW - 2]
    if openpyxl:
        book = openpyxl.load_workbook(h.cwd / name)
        book.worksheets[0]["B2"].value = float(good[1])
        book.save(h.cwd / "mended.xlsx")
    else:
        write_xlsx(h.cwd / "mended.xlsx", [HEAD, good])
    return "mended.xlsx"


def read_refused(h, name):
    if name.endswith(".csv"):
        with open(h.cwd / name, newline="", encoding="utf-8-sig") as f:
            return list(csv.reader(f))
    if not openpyxl:
        return None
    return [["" if v is None else str(v) for v in row] for row in openpyxl.load_workbook(h.cwd / name).worksheets[0].iter_rows(values_only=True)]


def one_bad_cell(kind, write, mend):
    rows = good_rows()
    all_a, all_b = sum(Decimal(r[1]) for r in rows), Decimal(3 * (ROWS - 1))
    bad_a = Decimal(rows[BAD_ROW - 2][1])
    rows[BAD_ROW - 2][1] = "12,5x"
    with tempfile.TemporaryDirectory(prefix="heng-readings-") as folder:
        h = City(folder)
        name = f"july.{kind}"
        write(h.cwd / name, [HEAD] + rows)
        before = h.run("head")
        code, out = h.take(name)
        tap.ok(code == 1 and f"{name}: readings, {ROWS} rows" in out and str(BAD_ROW) in out and "A/kwh" in out and "12,5x" in out and "no reading was taken" in out, f"{kind}: one bad cell is named by file, row, column and value", f"exit {code}\n{out}")
        tap.ok(h.run("head") == before, f"{kind}: and nothing is stored")
        code, out = h.take(name, "--keep-going")
        tap.ok(code == 1 and said(out, accepted=2 * ROWS - 1, refused=1), f"{kind}: --keep-going takes everything else", f"exit {code}\n{out}")
        tap.ok(h.totals() == [all_a - bad_a, all_b], f"{kind}: and the sums are exact", f"{h.totals()} wanted {[all_a - bad_a, all_b]}")
        refused = read_refused(h, f"{name}.refused.{kind}")
        if refused:
            tap.ok(len(refused) == 2 and refused[0] == HEAD + ["reason"] and refused[1][1] == "12,5x" and refused[1][0] == rows[BAD_ROW - 2][0], f"{kind}: the refused file is the row, under the file's own header, with a reason", refused)
            tap.ok("A/kwh" in refused[1][3] and "'12,5x'" in refused[1][3] and "number" in refused[1][3], f"{kind}: the reason names the column, the value and what was expected", refused[1])
        code, out = h.take(name, "--keep-going", "--refused", f"zh.{kind}", lang="zh")
        tap.ok(code == 1 and f"已有 {2 * ROWS - 1}" in out and "拒收 1" in out, f"{kind}: the same file once more changes nothing", f"exit {code}\n{out}")
        refused = read_refused(h, f"zh.{kind}")
        if refused:
            tap.ok(refused[0][3] == "原因" and "“12,5x”不是数" in refused[1][3], f"{kind}: in Chinese for those who read Chinese", refused)
        mended = mend(h, f"{name}.refused.{kind}")
        code, out = h.take(mended)
        tap.ok(code == 0 and said(out, accepted=1, there_already=1, refused=0), f"{kind}: mended in a spreadsheet program, the refused file loads", f"exit {code}\n{out}")
        tap.ok(h.totals() == [all_a, all_b], f"{kind}: and the sums are exact again", f"{h.totals()} wanted {[all_a, all_b]}")
        code, out = h.take(mended)
        tap.ok(code == 0 and said(out, accepted=0, there_already=2), f"{kind}: once more changes nothing", f"exit {code}\n{out}")
        if kind == "csv":
            corrected_month(h, rows, [all_a, all_b], bad_a)
        h.verified(f"{kind}: all verifies")


def corrected_month(h, rows, totals, bad_a):
    """February again: fifty corrected values, the row of a value twice, one row less, and the first hour of March."""
    rows[BAD_ROW - 2][1] = f"{bad_a}"
    month = [list(r) for r in rows if r[0].startswith("2021-02")]
    more = Decimal(0)
    for r in month[100:150]:
        r[1] = f"{Decimal(r[1]) + Decimal('0.25')}"
        more += Decimal("0.25")
    again = month[:60] + [month[7]] + month[61:] + [r for r in rows if r[0].startswith("2021-03-01 00")]
    write_csv(h.cwd / "february.csv", [HEAD] + again)
    time.sleep(1.1)  # a moment is told to the second
    movements, known = h.movements(), f"{datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))):%Y-%m-%dT%H:%M:%S}"
    time.sleep(1.1)
    code, out = h.take("february.csv")
    tap.ok(code == 0 and said(out, superseded=50, accepted=0, held=0, refused=0) and said(out, there_already=2 * len(again) - 50), "a month sent again with corrections is taken: what changed replaces what was there", f"exit {code}\n{out}")
    tap.ok(h.totals() == [totals[0] + more, totals[1]], "nothing is counted twice, a row that is left out stays", f"{h.totals()} wanted {[totals[0] + more, totals[1]]}")
    code, out = h.take("february.csv")
    tap.ok(code == 0 and said(out, superseded=0, accepted=0) and h.totals() == [totals[0] + more, totals[1]], "once more changes nothing", out)
    tap.ok(isinstance(movements, int) and h.movements() > movements, "the corrected days restate their movements", f"{movements} to {h.movements()}")
    code, out = h.take("july.csv", "--keep-going")
    tap.ok(said(out, superseded=0, accepted=0) and "50 of its values were corrected since" in out and h.totals() == [totals[0] + more, totals[1]], "the first file once more does not undo the corrections", f"exit {code}\n{out}")
    tap.ok(h.total("A/kwh", "--known", known) == totals[0], "as known before, the sum is what it was", h.total("A/kwh", "--known", known))
    code, out = h.take("february.csv", "--keep-present", "--keep-going")
    tap.ok(code == 0, "--keep-present has nothing to object to what is there", out)


one_bad_cell("csv", write_csv, mend_csv)
one_bad_cell("xlsx", write_xlsx, mend_xlsx)
tap.end()
