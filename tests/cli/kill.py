#!/usr/bin/env python3
"""Kill imports (SIGKILL) at random moments: what was acknowledged is there, nothing is half there, the chain verifies.

HENG_ROUNDS rounds (200) and HENG_SEED may be set. usage: kill.py HENG PROJECT
"""
import fcntl, os, pathlib, random, shlex, shutil, signal, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Heng, Tap, environment, write_rows

ROUNDS = int(os.environ.get("HENG_ROUNDS", "200"))
SEED = int(os.environ.get("HENG_SEED", str(random.SystemRandom().randrange(1 << 32))))
ROWS = 2000
FRESH_EVERY = 20  # rounds on one database, so that verifying stays short
chance = random.Random(SEED)
tap = Tap()


def make_file(path, name, keyed):
    """ROWS movements that no other file has; keyed rows carry an external id."""
    first = chance.randrange(1, 1 << 20)
    rows = [f"rest_of_china,tj_pool,raw_coal,import,{first + i}.{i % 1000:03d},t,2024-{1 + i % 12:02d}" for i in range(ROWS)]
    if keyed:
        write_rows(path / name, [f"{name}-{i},{row}" for i, row in enumerate(rows)], "ext_id,giver,taker,commodity,kind,amount,unit,period")
    else:
        write_rows(path / name, rows)


def killed_single(h, name, after_s):
    """Returns whether the import was acknowledged before it was killed."""
    p = h.start("import", name)
    time.sleep(after_s)
    p.kill()
    out, _ = p.communicate()
    return [name] if p.returncode == 0 and b"created" in out else []


def killed_several(h, names, after_s):
    """A shell loop over several files, killed whole; returns the files that it said were done."""
    script = f"for f in {' '.join(names)}; do {shlex.quote(str(h.heng))} import $f >/dev/null && echo done $f; done"
    p = subprocess.Popen(["sh", "-c", script], cwd=h.cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(after_s)
    os.killpg(p.pid, signal.SIGKILL)
    out, _ = p.communicate()
    return [line.split()[1] for line in out.decode().splitlines() if line.startswith("done ")]


def settle(h):
    """A killed process may still be inside its last fsync; when it is gone the writer's lock is free."""
    with open(h.cwd / "city.heng-writer", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def fault_of(h, before, names, acknowledged):
    """What is wrong after a kill; empty when nothing is."""
    settle(h)
    movements, deliveries = h.movements(), h.deliveries()
    if not isinstance(movements, int):
        return f"cannot be opened: {movements}"
    if (movements - before) % ROWS or not 0 <= movements - before <= ROWS * len(names):
        return f"half a file is there: {before} movements before, {movements} after"
    stored = [n for n in names if n in deliveries]
    if movements - before != ROWS * len(stored) or any(deliveries[n] != [ROWS] for n in stored):
        return f"deliveries {deliveries} and movements {before} to {movements} differ"
    if not set(acknowledged) <= set(stored):
        return f"acknowledged {acknowledged}, stored {stored}"
    if len(stored) > len(acknowledged) + 1 or stored != names[: len(stored)]:
        return f"more than the one in flight is stored: {stored}, acknowledged {acknowledged}"
    return ""


def fault_of_retry(h, before, names):
    """The same files once more: each completes, or says that it is there."""
    was = h.deliveries()
    for name in names:
        code, out = h.run("import", name)
        wanted = "imported before" if name in was else f"created {ROWS},"
        if code or wanted not in out:
            return f"retry of {name}: exit {code}, wanted '{wanted}'\n{out}"
    movements = h.movements()
    return "" if movements == before + ROWS * len(names) else f"after the retry {movements} movements, wanted {before + ROWS * len(names)}"


def one_round(h, number, import_s):
    several = number % 2 == 1
    names = [f"r{number}-{i}.csv" for i in range(3 if several else 1)]
    for name in names:
        make_file(h.cwd, name, keyed=chance.random() < 0.5)
    before = h.movements()
    after_s = chance.random() * import_s * 1.3 * len(names)
    acknowledged = killed_several(h, names, after_s) if several else killed_single(h, names[0], after_s)
    fault = fault_of(h, before, names, acknowledged) or (fault_of_retry(h, before, names) if chance.random() < 0.4 else "")
    for name in names:
        (h.cwd / name).unlink()
    return fault, acknowledged, names


def measure(h):
    times = []
    for i in range(3):
        make_file(h.cwd, f"m{i}.csv", keyed=True)
        start = time.monotonic()
        h.run("import", f"m{i}.csv")
        times.append(time.monotonic() - start)
    return sorted(times)[1]


def main():
    killed = done = 0
    with tempfile.TemporaryDirectory(prefix="heng-kill-") as folder:
        h = Heng(sys.argv[1], sys.argv[2], folder)
        h.init()
        h.run("backup", "base.heng")
        import_s = measure(h)
        print(f"# seed {SEED}, {ROUNDS} rounds, an import of {ROWS} rows takes {import_s * 1000:.0f} ms")
        for number in range(ROUNDS):
            if number % FRESH_EVERY == 0:
                for old in h.cwd.glob("city.heng*"):
                    old.unlink()
                shutil.copy(h.cwd / "base.heng", h.cwd / "city.heng")
            fault, acknowledged, names = one_round(h, number, import_s)
            done += len(acknowledged)
            killed += len(acknowledged) < len(names)
            import_s *= 1.05 if len(acknowledged) < len(names) else 0.95  # the load changes: about every second round shall be killed
            if fault:
                tap.ok(False, f"round {number} of seed {SEED}", fault)
            if number % 10 == 9 or number == ROUNDS - 1:
                code, out = h.run("verify")
                tap.ok(code == 0, f"after round {number + 1} the database verifies", out)
        tap.ok(tap.failed == 0, f"{ROUNDS} rounds: what was acknowledged is there, nothing is half there, a retry completes or says so")
        tap.ok(killed >= ROUNDS // 4 and (done > 0 or ROUNDS < 20), f"{killed} rounds were killed before their end, {done} files were acknowledged")
    tap.end()


main()
