#!/usr/bin/env python3
"""What goes wrong around the program: no permission, full disk, a second writer, backup at a bad moment, odd paths.

usage: faults.py HENG PROJECT
"""
import os, pathlib, random, shutil, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import GOOD, Heng, Tap, write_rows

OK, FINDINGS, USAGE, INPUT, STORE, BUSY, DAMAGED = range(7)
HENG, PROJECT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
BIG_ROWS = 60000
NOBODY = 65534
tap = Tap()
base = None  # a database to copy, made once


def rows(count, first=1):
    return [f"rest_of_china,tj_pool,raw_coal,import,{first + i}.{i % 1000:03d},t,2024-{1 + i % 12:02d}" for i in range(count)]


class Place:
    """A fresh folder with a copy of the base database and one file to import."""

    def __init__(self, name="heng-faults-"):
        self.name = name

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=self.name))
        shutil.copy(base, self.folder / "city.heng")
        write_rows(self.folder / "one.csv", [GOOD])
        return Heng(HENG, PROJECT, self.folder)

    def __exit__(self, *_):
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(self.folder)


def says(h, words, code, en, zh, label, **how):
    """The command ends with this code and says these words, in each language."""
    for lang, wanted in (("en", en), ("zh", zh)):
        got, out = h.run(*words, lang=lang, **how)
        tap.ok(got == code and all(w in out for w in wanted) and "Sanitizer" not in out, f"{label} ({lang})", f"exit {got}, wanted {code} and {wanted}\n{out}")


def open_to_nobody(h):
    """The program in the folder, so that it is reached whatever the rights above the project are."""
    os.chmod(h.cwd, 0o755)
    shutil.copy(HENG, h.cwd / "heng-copy")
    for path in h.cwd.iterdir():
        path.chmod(0o755 if path.name == "heng-copy" else 0o644)
    return Heng(h.cwd / "heng-copy", PROJECT, h.cwd)


def read_only():
    with Place() as h:
        h = open_to_nobody(h)
        prefix = ()
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                return tap.skip("a read-only database", "root, and setpriv is not installed")
            prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        else:
            os.chmod(h.cwd, 0o555)
        before = (h.cwd / "city.heng").read_bytes()
        db = ("--db", "city.heng")
        says(h, ("head", *db), OK, ["movements 0"], ["流动 0"], "a read-only folder: reading works", prefix=prefix)
        says(h, ("verify", *db), OK, ["verified"], ["核验通过"], "a read-only folder: verify works", prefix=prefix)
        says(h, ("import", "one.csv", *db), STORE, ["city.heng", "cannot be written", "permissions"], ["city.heng", "不可写", "权限"], "a read-only folder: import says why", prefix=prefix)
        os.chmod(h.cwd, 0o777)
        os.chmod(h.cwd / "city.heng", 0o444)
        says(h, ("import", "one.csv", *db), STORE, ["city.heng", "cannot be written"], ["city.heng", "不可写"], "a read-only file: import says why", prefix=prefix)
        says(h, ("head", *db), OK, ["movements 0"], ["流动 0"], "a read-only file: reading works", prefix=prefix)
        tap.ok((h.cwd / "city.heng").read_bytes() == before, "the read-only database is unchanged")
        os.chmod(h.cwd / "city.heng", 0o000)
        says(h, ("head", *db), STORE, ["city.heng", "permission"], ["city.heng", "权限"], "a file that may not be read says so", prefix=prefix)
        os.chmod(h.cwd / "city.heng", 0o666)
        os.chmod(h.cwd / "one.csv", 0o000)
        says(h, ("import", "one.csv", *db), STORE, ["one.csv", "may not read"], ["one.csv", "无权"], "a file of rows that may not be read says so", prefix=prefix)
        os.chmod(h.cwd, 0o755)
        says(h, ("backup", "copy.heng", *db), STORE, ["copy.heng", "cannot be written"], ["copy.heng", "不可写"], "a backup into a folder that may not be written", prefix=prefix)
        says(h, ("head", *db, "--format", "csv", "--out", "head.csv"), STORE, ["head.csv"], ["head.csv"], "an answer into a folder that may not be written", prefix=prefix)


def full_disk():
    label = "a full disk"
    if os.geteuid() != 0:
        return tap.skip(label, "only root can mount a small disk")
    with tempfile.TemporaryDirectory(prefix="heng-full-") as folder:
        small = pathlib.Path(folder) / "small"
        small.mkdir()
        size = base.stat().st_size // 1024 + 2500
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(small)], capture_output=True).returncode:
            return tap.skip(label, "no permission to mount")
        try:
            full_disk_at(Heng(HENG, PROJECT, small))
        finally:
            subprocess.run(["umount", "-l", str(small)])


def fill(path, free_bytes):
    """A file that takes all the room but so many bytes."""
    with open(path, "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"0" * 4096)
        except OSError:
            os.truncate(path, max(0, path.stat().st_size - free_bytes))
    return path


def full_disk_at(h):
    shutil.copy(base, h.cwd / "city.heng")
    with tempfile.NamedTemporaryFile(suffix=".csv") as big:
        write_rows(big.name, rows(BIG_ROWS))
        says(h, ("import", big.name), STORE, ["city.heng", "the disk is full", "nothing was stored in part"], ["city.heng", "磁盘已满"], "a full disk: import says so")
    tap.ok(h.movements() == 0, "a full disk: nothing was stored", h.movements())
    filler = fill(h.cwd / "filler", 300000)
    says(h, ("backup", "copy.heng"), STORE, ["copy.heng", "the disk is full"], ["copy.heng", "磁盘已满"], "a full disk: backup says so")
    left = [p.name for p in h.cwd.iterdir() if "partial" in p.name or p.name == "copy.heng"]
    tap.ok(not left, "a full disk: no half backup is left", left)
    fill(h.cwd / "rest", 0)
    says(h, ("account", "energy", "--party", "120000", "--period", "2021", "--format", "csv", "--out", "account.csv"), STORE, ["account.csv", "the disk is full"], ["account.csv", "磁盘已满"], "a full disk: an answer to a file says so")
    tap.ok(not (h.cwd / "account.csv").exists(), "a full disk: no half answer is left")
    filler.unlink()
    (h.cwd / "rest").unlink()
    write_rows(h.cwd / "one.csv", [GOOD])
    code, out = h.run("import", "one.csv")
    tap.ok(code == OK and h.movements() == 1, "room again: the import goes on", out)
    code, out = h.run("verify")
    tap.ok(code == OK, "room again: the database verifies", out)


def second_writer():
    with Place() as h:
        write_rows(h.cwd / "big.csv", rows(BIG_ROWS))
        holder = subprocess.Popen([sys.executable, "-c", "import fcntl,sys,time\nf=open('city.heng-writer','a+')\nfcntl.flock(f,fcntl.LOCK_EX)\n"
                                   "f.truncate(0);f.write('4711@bureau\\nheng import use.csv\\n2026-05-01 08:00:00 +0800\\n');f.flush()\nprint('held',flush=True);time.sleep(600)"],
                                  cwd=h.cwd, stdout=subprocess.PIPE)
        holder.stdout.readline()
        who = ["4711@bureau", "heng import use.csv", "2026-05-01 08:00:00"]
        says(h, ("import", "one.csv"), BUSY, ["city.heng", *who, "wait until it ends"], ["city.heng", *who, "结束后再试"], "a second writer: the message names the first")
        says(h, ("head",), OK, ["movements 0"], ["流动 0"], "a second writer: reading goes on")
        holder.kill()
        holder.wait()
        code, out = h.run("import", "one.csv")
        tap.ok(code == OK, "a writer that died holds nothing", out)


def two_imports():
    """Two real imports at once: the second waits or says who writes; afterwards each file is there once."""
    with Place() as h:
        write_rows(h.cwd / "big.csv", rows(BIG_ROWS))
        first = h.start("import", "big.csv")
        while not (h.cwd / "city.heng-writer").exists() or not (h.cwd / "city.heng-writer").read_text():
            time.sleep(0.002)
        words = (h.cwd / "city.heng-writer").read_text()
        code, out = h.run("import", "one.csv")
        first.communicate()
        tap.ok(f"{first.pid}@" in words and "import" in words, "the lock says which process and command writes", words)
        tap.ok(code == OK or (code == BUSY and f"{first.pid}@" in out), "a second import at once waits, or names the first", f"exit {code}\n{out}")
        if code == BUSY:
            code, out = h.run("import", "one.csv")
        tap.ok(code == OK and h.movements() == BIG_ROWS + 1, "both files are there in the end", f"{h.movements()}\n{out}")


def backup_while_importing():
    with Place() as h:
        for i in range(4):
            write_rows(h.cwd / f"part{i}.csv", rows(BIG_ROWS // 4, 1 + i * BIG_ROWS))
        loop = f"for i in 0 1 2 3; do '{HENG}' import part$i.csv >/dev/null || exit 1; done"
        p = subprocess.Popen(["sh", "-c", loop], cwd=h.cwd, env={**os.environ, "LANG": "en_US.UTF-8"})
        copies = []
        while p.poll() is None and len(copies) < 20:
            name = f"copy{len(copies)}.heng"
            copies.append((name, *h.run("backup", name)))
        p.wait()
        bad = [f"{n}: exit {c} {o}" for n, c, o in copies if c]
        tap.ok(copies and not bad and p.returncode == 0, f"{len(copies)} backups while importing succeed, and so do the imports", "\n".join(bad))
        counts = [h.movements(n) for n, _, _ in copies]
        tap.ok(all(isinstance(n, int) and n % (BIG_ROWS // 4) == 0 for n in counts) and counts == sorted(counts), "each backup holds whole files, and never fewer than the one before", counts)
        chosen = copies[len(copies) // 2][0]
        code, out = h.run("verify", "--db", chosen)
        tap.ok(code == OK, "a backup taken while importing verifies", out)


def restore():
    with Place() as h:
        h.run("backup", "empty.heng")
        h.run("import", "one.csv")
        says(h, ("restore", "empty.heng"), INPUT, ["city.heng", "already"], ["city.heng", "已有"], "restore does not write over a database")
        tap.ok(h.movements() == 1, "and leaves it as it was", h.movements())
        code, out = h.run("restore", "empty.heng", "--replace")
        kept = [p.name for p in h.cwd.glob("city.heng.before-restore-*") if not p.name.endswith(("-wal", "-shm", "-writer"))]
        tap.ok(code == OK and h.movements() == 0 and len(kept) == 1, "restore --replace puts the backup in place and keeps the old one", f"{out}\n{kept}")
        tap.ok(bool(kept) and h.movements(kept[0]) == 1, "the old one is whole", kept)
        says(h, ("restore", "none.heng", "--db", "new.heng"), INPUT, ["none.heng"], ["none.heng"], "a backup that is not there")
        says(h, ("restore", "one.csv", "--db", "new.heng"), INPUT, ["one.csv", "not a database"], ["one.csv", "不是数据库"], "a backup that is no database")
        (h.cwd / "cut.heng").write_bytes((h.cwd / "empty.heng").read_bytes()[:200000])
        says(h, ("restore", "cut.heng", "--db", "new.heng"), DAMAGED, ["cut.heng", "cut off"], ["cut.heng", "截断"], "a backup that is cut")
        tap.ok(not (h.cwd / "new.heng").exists(), "none of them makes a database")
        says(h, ("backup", "empty.heng"), INPUT, ["empty.heng", "already"], ["empty.heng", "已有"], "a backup does not write over a file")
        says(h, ("backup", "no/such/copy.heng"), INPUT, ["no/such", "folder"], ["no/such", "文件夹"], "a backup into a folder that is not there")


def newer():
    with Place() as h:
        with sqlite3.connect(h.cwd / "city.heng") as db:
            db.execute("pragma user_version=9999")
        db.close()
        before = (h.cwd / "city.heng").read_bytes()
        for words in (("head",), ("import", "one.csv"), ("verify",)):
            says(h, words, STORE, ["city.heng", "9999", "newer"], ["city.heng", "9999", "更新的"], f"a database of a newer version: {words[0]}")
        tap.ok((h.cwd / "city.heng").read_bytes() == before, "and nothing of it is changed")


def damaged():
    with Place() as h:
        h.run("import", "one.csv")
        with sqlite3.connect(h.cwd / "city.heng") as db:
            db.execute("update movement set amount = amount + 1 where id = (select min(id) from movement)")
        db.close()
        says(h, ("verify",), DAMAGED, ["link"], ["环"], "an amount changed behind the program's back is found")
    with Place() as h:
        data = bytearray((h.cwd / "city.heng").read_bytes())
        (h.cwd / "city.heng").write_bytes(data[: len(data) // 2])
        says(h, ("head",), DAMAGED, ["city.heng", "cut off"], ["city.heng", "截断"], "a database cut in half")


def kill_backup():
    chance = random.Random(4)
    with Place() as h:
        write_rows(h.cwd / "big.csv", rows(BIG_ROWS))
        h.run("import", "big.csv")
        start = time.monotonic()
        h.run("backup", "whole.heng")
        taken = time.monotonic() - start
        bad = []
        for i in range(12):
            p = h.start("backup", f"copy{i}.heng")
            time.sleep(chance.random() * taken * 1.1)
            p.kill()
            p.communicate()
            if (h.cwd / f"copy{i}.heng").exists() and h.movements(f"copy{i}.heng") != BIG_ROWS:
                bad.append(f"copy{i} is half")
        tap.ok(not bad and h.movements() == BIG_ROWS, "a backup killed at any moment is whole or not there", "\n".join(bad))
        code, out = h.run("backup", "after.heng")
        tap.ok(code == OK and h.movements("after.heng") == BIG_ROWS, "and the next one works", out)


def odd_path():
    with tempfile.TemporaryDirectory(prefix="heng ") as folder:
        home = pathlib.Path(folder) / "我的 项目 #1 (副本) 100% 'x'"
        home.mkdir()
        for part in ("rulebook", "examples"):
            shutil.copytree(PROJECT / part, home / part)
        h = Heng(HENG, PROJECT, home)
        env = {"HENG_RULEBOOK": str(home / "rulebook"), "HENG_EXAMPLES": str(home / "examples")}
        db = ("--db", str(home / "数据 库.heng"))
        code, out = h.run("init", *db, "--pack", str(home / "examples/tianjin/pack"), **env)
        tap.ok(code == OK, "init in a path with blanks, Chinese characters and signs", out)
        write_rows(home / "用 能.csv", [GOOD])
        code, out = h.run("import", "用 能.csv", *db, **env)
        tap.ok(code == OK and h.movements(db[1]) == 1, "import there", out)
        code, out = h.run("demo", **env)
        tap.ok(code == OK, "the demo runs there", out[-2000:])
        code, out = h.run("conform", **env)
        tap.ok(code == OK, "and the published results are replayed", out[-2000:])
        code, out = h.run("backup", "备 份.heng", *db, **env)
        tap.ok(code == OK and h.movements("备 份.heng") == 1, "a backup there", out)
        code, out = h.run("verify", *db, **env)
        tap.ok(code == OK, "verify there", out)


with tempfile.TemporaryDirectory(prefix="heng-base-") as temp:
    maker = Heng(HENG, PROJECT, temp)
    maker.init("made.heng")
    code, out = maker.run("backup", "--db", "made.heng", "base.heng")
    base = pathlib.Path(temp) / "base.heng"
    for test in (read_only, full_disk, second_writer, two_imports, backup_while_importing, restore, newer, damaged, kill_backup, odd_path):
        test()
tap.end()
