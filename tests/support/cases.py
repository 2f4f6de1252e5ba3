#!/usr/bin/env python3
"""Run cases of whole commands: tests/errors/*.case and tests/golden/*.case.

A case is a file of keys; a block's lines begin with "| ":

    says: an unknown commodity names the nearest ones and stores nothing
    file: bad.csv              (a block follows; "file: bad.csv gb18030" writes it in that encoding; "hex:" takes hex bytes)
    | giver,taker,...
    make: python lines that make a file (block), run in the case's folder
    id: room.name              (messages that it prints, by their id; checked by tests/errors/covered.py)
    run: import bad.csv        (several run: lines; the last one's output is compared)
    send: python lines (block) run while the last run: listens on the wire; what they print comes first. hj212(data) and raw(bytes) send to the
    |     port of HJ 212 and print the answer, http(body) posts
    exit: 3
    env: HENG_EXAMPLES=none    (for the last run)
    keeps: yes                 (the head of the chain is the same before and after the last run)
    zh:                        (what it prints, stdout then stderr, by language; a line may hold <...> where anything may stand)
    | ...
    en:
    | ...

Each case has a fresh folder with a database of the national and the Tianjin pack (city.heng). HENG_UPDATE=1 writes what was seen.
usage: cases.py HENG PROJECT FOLDER [CASE...]
"""
import os, pathlib, re, shlex, shutil, socket, subprocess, sys, tempfile, urllib.error, urllib.request
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import field

heng, project, folder = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
only = {name.removesuffix(".case") for name in sys.argv[4:]}
UPDATE = os.environ.get("HENG_UPDATE") == "1"
count = failed = 0


def tap(ok, says, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {says}")
    if not ok:
        for line in detail.splitlines():
            print(f"#   {line}")
    sys.stdout.flush()


def parse(path):
    entries, last = [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") or line == "|":
            last[1].append(line[2:])
        elif line.strip() and not line.startswith("#"):
            key, _, value = line.partition(":")
            last = [key.strip(), [], value.strip()]
            entries.append(last)
    return entries


def environment(lang, **extra):
    env = {k: v for k, v in os.environ.items() if k not in ("HENG_DB", "LANG", "LC_ALL", "LC_MESSAGES", "HENG_LANG")}
    env.update(LANG="zh_CN.UTF-8" if lang == "zh" else "en_US.UTF-8", USER="tester", TZ="Asia/Shanghai", **extra)
    return env


def run(words, cwd, lang, **extra):
    done = subprocess.run([heng, *shlex.split(words)], cwd=cwd, env=environment(lang, **extra), capture_output=True, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")


class Listening:
    """heng intake listen, from when it says its ports until it is told to end."""

    def __init__(self, words, cwd, lang):
        self.lang, self.said = lang, []
        self.process = subprocess.Popen([heng, *shlex.split(words)], cwd=cwd, env=environment(lang), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith(("addresses", "通道接收的地址")):
                break
        self.ports = {way: int(port) for way, port in re.findall(r"^(HJ 212|HTTP)(?:: port |：端口 )(\d+)", "".join(lines), re.M)}

    def say(self, *words):
        self.said.append(" ".join(str(w) for w in words))

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.ports["HJ 212"]), 5) as line:
            line.settimeout(0.3)
            line.sendall(data)
            try:
                self.say(line.recv(4096).decode("ascii", "replace").strip() or "hung up")
            except TimeoutError:
                self.say("no answer")

    def hj212(self, data, code=None):
        data = data.encode("utf-8")
        self.raw(b"##%04d%s%s\r\n" % (len(data), data, (f"{field.crc(data):04X}" if code is None else code).encode()))

    def http(self, body, token="3f9c2b7a1d5e4f60", path="/readings"):
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": self.lang}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.ports['HTTP']}{path}", body.encode("utf-8"), headers), timeout=5) as answer:
                self.say(answer.status, answer.read().decode("utf-8").strip())
        except urllib.error.HTTPError as error:
            self.say(error.code, error.read().decode("utf-8").strip())

    def end(self):
        self.process.terminate()
        rest = re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", self.process.stdout.read(), flags=re.M)
        return self.process.wait(60), "".join(line + "\n" for line in self.said) + re.sub(r"127\.0\.0\.1:\d+", "<peer>", rest)


def run_and_send(words, block, cwd, lang):
    l = Listening(words, cwd, lang)
    exec("\n".join(block), {"hj212": l.hj212, "raw": l.raw, "http": l.http, "field": field, "wait": lambda s: time.sleep(s)})
    return l.end()


def prepare(entries, cwd):
    for key, block, value in entries:
        if key == "file":
            name, _, encoding = value.partition(" ")
            text = "".join(line + "\n" for line in block)
            (cwd / name).write_bytes(text.encode(encoding or "utf-8"))
        elif key == "cut":  # a file whose last line has no end
            (cwd / value).write_bytes("\n".join(block).encode())
        elif key == "hex":
            (cwd / value).write_bytes(bytes.fromhex("".join(block)))
        elif key == "make":
            subprocess.run([sys.executable, "-c", "\n".join(block)], cwd=cwd, check=True, timeout=120)


def matches(seen, wanted):
    if len(seen) != len(wanted):
        return False
    for s, w in zip(seen, wanted):
        pattern = ".*".join(re.escape(part) for part in re.split(r"<[^<>]*>", w))
        if not re.fullmatch(pattern, s):
            return False
    return True


def one(path, base):
    """The verdicts of a case: (ok, says, detail) each."""
    entries, verdicts = parse(path), []
    say = lambda *verdict: verdicts.append(verdict)
    get = lambda key: next((e for e in entries if e[0] == key), None)
    seen = {}
    for lang in ("zh", "en"):
        with tempfile.TemporaryDirectory(prefix="heng-case-") as temp:
            cwd = pathlib.Path(temp)
            shutil.copy(base, cwd / "city.heng")
            runs = [e[2] for e in entries if e[0] == "run"]
            prepare(entries, cwd)
            for words in runs[:-1]:
                run(words, cwd, lang)
            before = run("head", cwd, "en") if get("keeps") else None
            if get("send"):
                code, out = run_and_send(runs[-1], get("send")[1], cwd, lang)
            else:
                code, out = run(runs[-1], cwd, lang, **dict(e[2].split("=", 1) for e in entries if e[0] == "env"))
            after = run("head", cwd, "en") if get("keeps") else None
            seen[lang] = (code, [l.rstrip() for l in out.replace(str(cwd), "DIR").splitlines()])
            if get("keeps"):
                say(before == after, f"{path.stem}: nothing is stored", f"{before}\n{after}")
    says = f"{path.stem}: {get('says')[2]}"
    if UPDATE:
        rewrite(path, entries, seen)
    for lang in ("zh", "en"):
        code, lines = seen[lang]
        wanted = get(lang)
        ok = wanted is not None and matches(lines, [l.rstrip() for l in wanted[1]]) and code == int(get("exit")[2])
        say(ok or UPDATE, f"{says} ({lang})", f"exit {code}\n" + "\n".join(lines))
    return verdicts


def settle(line):
    """What differs from run to run, or with every row added to the rules, may be anything."""
    line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+\d\d:\d\d", "<time>", line)
    line = re.sub(r"(pack=|in force are |所用规则为 )[0-9a-f]{12}\b", r"\1<hash>", line)
    line = re.sub(r"\b(?!0{64})[0-9a-f]{64}\b", "<hash>", line)
    return re.sub(r"\b\d{6,8}(?= bytes| 字节)|(?<=at least )\d{6,8}$", "<count>", line)


def rewrite(path, entries, seen):
    out = []
    for key, block, value in entries:
        if key in ("zh", "en", "exit"):
            continue
        out.append(f"{key}: {value}".rstrip())
        out += ["| " + l if l else "|" for l in block]
    out.append(f"exit: {seen['en'][0]}")
    old = {e[0]: e[1] for e in entries if e[0] in ("zh", "en")}
    for lang in ("zh", "en"):
        out.append(f"{lang}:")
        lines = seen[lang][1]
        if lang in old and matches(lines, [l.rstrip() for l in old[lang]]):
            lines = old[lang]
        else:
            lines = [settle(l) for l in lines]
        out += ["| " + l if l else "|" for l in lines]
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


with tempfile.TemporaryDirectory(prefix="heng-base-") as temp:
    base = pathlib.Path(temp) / "city.heng"
    code, out = run(f"init --db {shlex.quote(str(base))} --pack {shlex.quote(str(project / 'examples/tianjin/pack'))}", temp, "en")
    if code:
        print(f"Bail out! init failed: {out}")
        sys.exit(1)
    for extra in pathlib.Path(temp).iterdir():  # fold the log into the file, so that one file is the whole database
        pass
    copy = pathlib.Path(temp) / "whole.heng"
    run(f"backup --db {shlex.quote(str(base))} {shlex.quote(str(copy))}", temp, "en")
    paths = [p for p in sorted(folder.glob("*.case")) if not only or p.stem in only]
    with ThreadPoolExecutor(2) as pool:
        for verdicts in pool.map(lambda path: one(path, copy), paths):
            for verdict in verdicts:
                tap(*verdict)
print(f"1..{count}")
sys.exit(1 if failed else 0)
