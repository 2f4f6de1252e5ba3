#!/usr/bin/env python3
"""Every message is seen: by a case of this folder that names it (id: room.name), or README.md says where else.

Each id that a case names must also be what the case prints. HENG_UPDATE=1 writes the id lines by what the cases print.
usage: covered.py PROJECT
"""
import fnmatch, os, pathlib, re, sys

PROJECT = pathlib.Path(sys.argv[1]).resolve()
FOLDER = PROJECT / "tests/errors"
STRING = r'"(?:[^"\\]|\\.)*"'
MESSAGE = re.compile(rf'HENG_MSG\(\s*\w+,\s*"([a-z]+\.[a-z0-9_]+)",\s*\w+,\s*({STRING}),\s*({STRING})')
count = failed = 0


def tap(ok, says, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {says}" + (f"\n#   {detail}" if detail and not ok else ""))


def pattern(template):
    """The template as a regular expression: marks stand for anything, an optional part may be there or not."""
    text = template[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    out = ""
    for piece in re.split(r"(\{\w+\?|\?\}|\{\w+\})", text):
        out += "(?:" if re.fullmatch(r"\{\w+\?", piece) else ")?" if piece == "?}" else ".*" if re.fullmatch(r"\{\w+\}", piece) else re.escape(piece)
    return re.compile(out)


def messages():
    found = {}
    for path in sorted(PROJECT.glob("src/*/messages.def")):
        for id_, en, _ in MESSAGE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(id_, []).append(pattern(en))
    return found


def printed(text):
    """The English lines that a case expects, a cell broken over lines joined again."""
    return [line[2:] for line in text.split("\nen:", 1)[-1].splitlines() if line.startswith("| ")]


def literal(p):
    return len(re.sub(r"\\(.)|\.\*|\(\?:|\)\?", r"\1", p.pattern))


def seen_in(lines, known):
    """(ids whose English template some line fits, of these for each line the one that says most)."""
    fitting, best = set(), set()
    for line in lines:
        fits = [(literal(p), id_) for id_, patterns in known.items() for p in patterns if literal(p) > 5 and p.search(line)]
        fitting |= {id_ for _, id_ in fits}
        best |= {max(fits)[1]} if fits else set()
    return fitting, best


known = messages()
readme = (FOLDER / "README.md").read_text(encoding="utf-8") if (FOLDER / "README.md").exists() else ""
listed = re.findall(r"^\| `([a-z]+\.[a-z0-9_*]+)`", readme, re.M)
elsewhere = {id_ for id_ in known if any(fnmatch.fnmatchcase(id_, l) for l in listed)}
provoked = set()
for path in sorted(FOLDER.glob("*.case")):
    text = path.read_text(encoding="utf-8")
    fitting, best = seen_in(printed(text), known)
    named = set(re.findall(r"^id: (\S+)$", text, re.M))
    if os.environ.get("HENG_UPDATE") == "1" and (not named or not named <= fitting):
        named = best
        lines = [line for line in text.splitlines() if not line.startswith("id: ")]
        lines[1:1] = [f"id: {id_}" for id_ in sorted(named)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tap(named <= fitting and (named or not best), f"{path.stem} names what it prints", f"names {sorted(named)}, prints {sorted(best)}")
    provoked |= named
tap(not provoked - set(known), "no case names a message that is not there", sorted(provoked - set(known)))
unknown = [l for l in listed if not fnmatch.filter(known, l)]
tap(not unknown, "README.md lists no message that is not there", unknown)
tap(not elsewhere & provoked, "README.md lists no message that a case provokes", sorted(elsewhere & provoked))
missing = sorted(set(known) - provoked - elsewhere)
tap(not missing, f"each of {len(known)} messages is provoked by a case or listed in README.md", " ".join(missing))
print(f"1..{count}")
sys.exit(1 if failed else 0)
