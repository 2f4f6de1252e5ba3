#!/usr/bin/env python3
"""The commands shown in README.md and README.zh-CN.md do what is shown.

Blocks ```console: lines "$ COMMAND" (a here-document goes on to its END line) are run in one folder per file, in order; what
follows is the output. A line "..." stands for any lines. "heng" is the command under test. HENG_UPDATE=1 writes what was seen
(blocks that hold "..." keep it).
usage: readme.py HENG PROJECT
"""
import os, pathlib, re, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
UPDATE = os.environ.get("HENG_UPDATE") == "1"
verdicts = Tap()
tap = verdicts.ok


def steps(block):
    """[(command, [output lines])]"""
    found, end = [], None
    for line in block:
        if end is not None:
            found[-1][0].append(line)
            end = None if line == end else end
        elif line.startswith("$ "):
            found.append([[line[2:]], []])
            here = re.search(r"<<'?(\w+)'?", line)
            end = here.group(1) if here else None
        else:
            found[-1][1].append(line)
    return found


def matches(seen, wanted):
    pattern = "".join(r"(?:.*\n)*" if line == "..." else ".*".join(re.escape(p) for p in line.split("…")) + r"\n" for line in wanted)
    return re.fullmatch(pattern, "".join(line + "\n" for line in seen)) is not None


def run_file(path, lang):
    lines = path.read_text(encoding="utf-8").splitlines()
    out, i = [], 0
    with tempfile.TemporaryDirectory(prefix="heng-readme-") as temp:
        cwd = pathlib.Path(temp)
        (cwd / "bin").mkdir()
        (cwd / "bin/heng").symlink_to(heng)
        env = {k: v for k, v in os.environ.items() if k not in ("HENG_DB", "LC_ALL", "LC_MESSAGES", "HENG_LANG")}
        env.update(PATH=f"{cwd}/bin:{env['PATH']}", LANG=lang)
        work = cwd / "work"
        work.mkdir()
        while i < len(lines):
            out.append(lines[i])
            if lines[i] != "```console":
                i += 1
                continue
            end = lines.index("```", i + 1)
            for command, wanted in steps(lines[i + 1:end]):
                done = subprocess.run(["bash", "-c", "\n".join(command)], cwd=work, env=env, capture_output=True, text=True, timeout=300)
                seen = [l.rstrip() for l in (done.stdout + done.stderr).splitlines()]
                ok = matches(seen, [l.rstrip() for l in wanted])
                tap(ok or UPDATE, f"{path.name}: {command[0]}", "\n".join(seen))
                out += ["$ " + command[0], *command[1:], *(wanted if ok or "..." in wanted else seen)]
            out.append("```")
            i = end + 1
    if UPDATE:
        path.write_text("\n".join(out) + "\n", encoding="utf-8")


run_file(project / "README.md", "en_US.UTF-8")
run_file(project / "README.zh-CN.md", "zh_CN.UTF-8")
run_file(project / "docs/readings_files.md", "en_US.UTF-8")
run_file(project / "docs/reports.md", "en_US.UTF-8")
run_file(project / "docs/meters.md", "en_US.UTF-8")
verdicts.end()
