#!/usr/bin/env python3
"""Refused rows: import --keep-going gives them back in the file's own form, each with its reason; mended, they load.

usage: refused.py HENG PROJECT
"""
import csv, pathlib, re, subprocess, sys, tempfile, zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Heng, Tap

try:
    import openpyxl
except ImportError:
    openpyxl = None

tap = Tap()
HEAD = ["ext_id", "giver", "taker", "commodity", "kind", "amount", "unit", "period", "note"]
ROWS = [["a1", "rest_of_china", "tj_pool", "raw_coal", "import", "1", "t", "2024-01", "good"],
        ["a2", "rest_of_china", "tj_pool", "raw_coal", "import", "about ten", "t", "2024-01", "with, a comma and a \"quote\""],
        ["a3", "rest_of_china", "tj_pol", "raw_coal", "import", "2.5", "t", "2024-02", "two\nlines"],
        ["a4", "rest_of_china", "tj_pool", "raw_coal", "import", "0.001", "t", "2024-03", "中文备注"],
        ["a5", "rest_of_china", "tj_pool", "raw_coal", "import", "7", "m", "2024-03", ""]]
REFUSED = {"a2": "amount", "a3": "taker", "a5": "unit"}
MENDED = {"a2": "10", "a3": "tj_pool", "a5": "t"}


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)


def read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as f:
        return list(csv.reader(f))


def write_xlsx(path, rows):
    """A spreadsheet made with nothing but a zip: every cell an inline string."""
    escape = lambda v: v.replace("&", "&amp;").replace("<", "&lt;")
    cell = lambda r, c, v: f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t xml:space="preserve">{escape(v)}</t></is></c>'
    body = "".join(f'<row r="{r}">' + "".join(cell(r, c, v) for c, v in enumerate(row) if v) + "</row>" for r, row in enumerate(rows, 1))
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="用能" sheetId="1" r:id="rId1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>')


def read_xlsx(path):
    """Rows, {cell: comment}, {cell that is filled with a colour}: with openpyxl where it is installed, else from the parts themselves."""
    if openpyxl:
        sheet = openpyxl.load_workbook(path).worksheets[0]
        rows = [["" if c.value is None else str(c.value) for c in row] for row in sheet.iter_rows()]
        cells = [c for row in sheet.iter_rows() for c in row]
        return rows, {c.coordinate: c.comment.text for c in cells if c.comment}, {c.coordinate for c in cells if c.row > 1 and c.fill.fill_type == "solid"}
    unescape = lambda v: v.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    words = lambda xml: unescape("".join(re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", xml)))
    with zipfile.ZipFile(path) as z:
        part = lambda name: z.read(name).decode() if name in z.namelist() else ""
        styles = re.findall(r"<xf [^>]*?fillId=\"(\d+)\"", re.search(r"<cellXfs.*?</cellXfs>", part("xl/styles.xml"), re.S)[0])
        notes = {ref: words(body) for ref, body in re.findall(r'<comment ref="([A-Z]+\d+)".*?>(.*?)</comment>', part("xl/comments1.xml"), re.S)}
        rows, marked = [], set()
        for row in re.findall(r"<row [^>]*>(.*?)</row>", part("xl/worksheets/sheet1.xml"), re.S):
            line = [""] * 10
            for ref, style, body in re.findall(r'<c r="([A-Z]+\d+)"(?: s="(\d+)")? t="inlineStr">(.*?)</c>', row, re.S):
                line[ord(ref[0]) - 65] = words(body)
                if style and int(styles[int(style)]) > 1 and not ref.endswith("1"):
                    marked.add(ref)
            rows.append(line)
        return rows, notes, marked


def check_rows(kind, rows, reason):
    """The refused rows stand as they were, under the same header, with a reason at the end."""
    tap.ok(rows[0] == HEAD + [reason], f"{kind}: the header is the file's own, and the reason", rows[0])
    wanted = {r[0]: r for r in ROWS}
    tap.ok([r[0] for r in rows[1:]] == list(REFUSED), f"{kind}: exactly the refused rows, in their order", rows)
    tap.ok(all(r[:-1] == wanted[r[0]] for r in rows[1:]), f"{kind}: their cells as they were written", rows)
    tap.ok(all(r[-1] for r in rows[1:]), f"{kind}: each has a reason", rows)


def mend(rows):
    return [rows[0]] + [[MENDED[r[0]] if HEAD[c] == REFUSED[r[0]] else v for c, v in enumerate(r[: len(HEAD)])] + r[len(HEAD):] for r in rows[1:]]


def load_all(h, kind, name, mended, write):
    code, out = h.run("import", name, "--source", "works", "--keep-going")
    tap.ok(code == 1 and "created 0, existing 2, superseded 0, refused 3" in out and h.movements() == 2, f"{kind}: the same file once more creates nothing", out)
    write(h.cwd / mended[0], mended[1])
    code, out = h.run("import", mended[0], "--source", "works")
    tap.ok(code == 0 and "created 3, existing 0, superseded 0, refused 0" in out, f"{kind}: mended, they load", out)
    tap.ok(h.movements() == 5, f"{kind}: all five are there", h.movements())
    code, out = h.run("import", mended[0], "--source", "works")
    tap.ok(code == 0 and "imported before" in out and h.movements() == 5, f"{kind}: the mended file once more changes nothing", out)


def csv_case(project, heng, lang, reason):
    with tempfile.TemporaryDirectory(prefix="heng-refused-") as folder:
        h = Heng(heng, project, folder)
        h.init()
        write_csv(h.cwd / "use.csv", [HEAD] + ROWS)
        code, out = h.run("import", "use.csv", "--source", "works", "--keep-going", lang=lang)
        tap.ok(code == 1 and "use.csv.refused.csv" in out, f"CSV ({lang}): findings, and where they are", f"exit {code}\n{out}")
        tap.ok(h.movements() == 2, f"CSV ({lang}): the good rows are accepted", h.movements())
        rows = read_csv(h.cwd / "use.csv.refused.csv")
        check_rows(f"CSV ({lang})", rows, reason)
        load_all(h, f"CSV ({lang})", "use.csv", ("mended.csv", mend(rows)), write_csv)


def twice_case(project, heng):
    """Mended in part: the rest comes back once more, with its new reason in the same column."""
    with tempfile.TemporaryDirectory(prefix="heng-refused-") as folder:
        h = Heng(heng, project, folder)
        h.init()
        write_csv(h.cwd / "use.csv", [HEAD] + ROWS)
        h.run("import", "use.csv", "--source", "works", "--keep-going", "--refused", "first.csv")
        rows = read_csv(h.cwd / "first.csv")
        rows[1][HEAD.index("amount")], rows[2][HEAD.index("taker")] = "10", "tj_pool"
        rows[3][HEAD.index("unit")] = "furlongs"
        write_csv(h.cwd / "first.csv", rows)
        code, out = h.run("import", "first.csv", "--source", "works", "--keep-going", "--refused", "second.csv")
        again = read_csv(h.cwd / "second.csv")
        tap.ok(code == 1 and len(again) == 2 and again[0] == HEAD + ["reason"], "what is still wrong comes back, with one column of reasons", f"{out}\n{again}")
        tap.ok("furlongs" in again[1][-1], "the reason is the new one", again)
        again[1][HEAD.index("unit")] = "t"
        write_csv(h.cwd / "second.csv", again)
        code, out = h.run("import", "second.csv", "--source", "works")
        tap.ok(code == 0 and h.movements() == 5, "and loads at last", out)


def mended_elsewhere(project, heng):
    """The file was right and the database lacked a party: the same file once more brings the rows that were refused."""
    with tempfile.TemporaryDirectory(prefix="heng-refused-") as folder:
        h = Heng(heng, project, folder)
        h.init()
        rows = [HEAD] + [["", "rest_of_china", "works-9" if i == 2 else "tj_pool", "raw_coal", "import", str(i), "t", f"2024-0{i}", ""] for i in (1, 2, 3)]
        write_csv(h.cwd / "use.csv", rows)
        h.run("import", "use.csv", "--keep-going")
        h.run("party", "add", "works-9", "--class", "pool", "--name", "示例供应", "--place", "120000")
        code, out = h.run("import", "use.csv", "--keep-going")
        tap.ok(code == 0 and "created 1, existing 2" in out and h.movements() == 3, "a party added later: the same file brings the row that lacked it", f"exit {code}\n{out}")
        code, out = h.run("import", "use.csv", "--keep-going")
        tap.ok(code == 0 and "created 0, existing 3" in out and h.movements() == 3, "and then nothing more", f"exit {code}\n{out}")
        code, out = h.run("verify")
        tap.ok(code == 0, "the database verifies", out)


def xlsx_case(project, heng, lang, reason):
    with tempfile.TemporaryDirectory(prefix="heng-refused-") as folder:
        h = Heng(heng, project, folder)
        h.init()
        write_xlsx(h.cwd / "use.xlsx", [HEAD] + ROWS)
        code, out = h.run("import", "use.xlsx", "--source", "works", "--keep-going", lang=lang)
        tap.ok(code == 1 and "use.xlsx.refused.xlsx" in out, f"XLSX ({lang}): findings, and where they are", f"exit {code}\n{out}")
        rows, notes, marked = read_xlsx(h.cwd / "use.xlsx.refused.xlsx")
        check_rows(f"XLSX ({lang})", rows, reason)
        wanted = {f"{chr(65 + HEAD.index(column))}{r}": rows[r - 1][-1] for r, column in enumerate(REFUSED.values(), 2)}
        tap.ok(set(notes) == set(wanted) and all(wanted[c] in notes[c] for c in wanted), f"XLSX ({lang}): the reason is the comment of the cell at fault", f"{notes}\n{wanted}")
        tap.ok(set(wanted) <= marked and len(marked) == 3, f"XLSX ({lang}): that cell is marked, and no other", marked)
        load_all(h, f"XLSX ({lang})", "use.xlsx", ("mended.xlsx", mend(rows)), write_xlsx)


def saved_again(project, heng):
    """The refused spreadsheet itself, mended in a spreadsheet program and saved."""
    if not openpyxl:
        return tap.skip("the refused spreadsheet is mended in place", "openpyxl is not installed")
    with tempfile.TemporaryDirectory(prefix="heng-refused-") as folder:
        h = Heng(heng, project, folder)
        h.init()
        write_xlsx(h.cwd / "use.xlsx", [HEAD] + ROWS)
        h.run("import", "use.xlsx", "--keep-going")
        book = openpyxl.load_workbook(h.cwd / "use.xlsx.refused.xlsx")
        for row in book.worksheets[0].iter_rows(min_row=2):
            row[HEAD.index(REFUSED[row[0].value])].value = MENDED[row[0].value]
        book.save(h.cwd / "mended.xlsx")
        code, out = h.run("import", "mended.xlsx")
        tap.ok(code == 0 and h.movements() == 5, "the refused spreadsheet is mended in place", out)


heng, project = sys.argv[1:3]
for lang, reason in (("en", "reason"), ("zh", "原因")):
    csv_case(project, heng, lang, reason)
    xlsx_case(project, heng, lang, reason)
twice_case(project, heng)
saved_again(project, heng)
mended_elsewhere(project, heng)
tap.end()
