"""What the tests of whole commands share: run heng in a folder, make a database, write TAP."""
import os, pathlib, subprocess, sys

HEADER = "giver,taker,commodity,kind,amount,unit,period"
GOOD = "rest_of_china,tj_pool,raw_coal,import,1,t,2024-01"


def environment(lang="en"):
    env = {k: v for k, v in os.environ.items() if k not in ("HENG_DB", "LC_ALL", "LC_MESSAGES", "HENG_LANG")}
    env.update(LANG="zh_CN.UTF-8" if lang == "zh" else "en_US.UTF-8", USER="tester", TZ="Asia/Shanghai")
    return env


class Heng:
    """The command, in one folder, with one database (city.heng there, unless a run names another)."""

    def __init__(self, heng, project, cwd):
        self.heng, self.project, self.cwd = pathlib.Path(heng).resolve(), pathlib.Path(project).resolve(), pathlib.Path(cwd)

    def run(self, *words, lang="en", prefix=(), timeout=600, **env):
        done = subprocess.run([*prefix, self.heng, *words], cwd=self.cwd, env={**environment(lang), **env}, capture_output=True, timeout=timeout)
        return done.returncode, done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")

    def start(self, *words):
        return subprocess.Popen([self.heng, *words], cwd=self.cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def init(self, name="city.heng"):
        code, out = self.run("init", "--db", name, "--pack", str(self.project / "examples/tianjin/pack"))
        if code:
            print(f"Bail out! init: {out}")
            sys.exit(1)
        return self.cwd / name

    def movements(self, db="city.heng"):
        """How many movements the database holds."""
        code, out = self.run("head", "--db", db)
        return int(out.split("movements ")[1].split(",")[0]) if code == 0 else f"exit {code}: {out}"

    def deliveries(self, db="city.heng"):
        """File name -> list of how many movements each of its deliveries brought."""
        code, out = self.run("import", "list", "--db", db, "--format", "csv")
        found = {}
        for line in out.splitlines()[1:]:
            cells = line.split(",")
            found.setdefault(cells[3], []).append(int(cells[4]))
        return found


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, says, detail=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {says}")
        if not good:
            print("".join(f"#   {line}\n" for line in str(detail).splitlines()[:30]), end="")
        sys.stdout.flush()

    def skip(self, says, why):
        self.count += 1
        print(f"ok {self.count} - {says} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def write_rows(path, rows, header=HEADER):
    pathlib.Path(path).write_text("".join(line + "\n" for line in [header, *rows]), encoding="utf-8")
