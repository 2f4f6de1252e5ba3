#!/usr/bin/env python3
"""Imports of readings are killed (SIGKILL) at random moments: each file is there whole or not at all, what was acknowledged is there, sending all again counts
nothing twice, sums are exact, and all verifies.

HENG_READINGS_ROUNDS rounds (10) and HENG_SEED may be set. usage: readings_kill.py HENG PROJECT
"""
import datetime, fcntl, json, os, pathlib, random, sys, tempfile, time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Heng, Tap

ROUNDS = int(os.environ.get("HENG_READINGS_ROUNDS", "10"))
SEED = int(os.environ.get("HENG_SEED", str(random.SystemRandom().randrange(1 << 32))))
START, DAYS, STEPS = datetime.datetime(2021, 1, 1), 3, 288  # a file: three days of five minutes, five channels
CODES = [f"K{i}/kwh" for i in range(5)]
chance = random.Random(SEED)
tap = Tap()


def value(channel, row):
    return 5000 + 2 * row if channel == 0 else (row * 7 + channel * 13) % 50


def write_file(path, number):
    """The rows of these days; of the days before, one corrected value a file."""
    rows = range(number * DAYS * STEPS, (number + 1) * DAYS * STEPS)
    lines = [",".join([f"{START + datetime.timedelta(minutes=5 * r):%Y-%m-%d %H:%M}", *(str(value(c, r)) for c in range(5))]) for r in rows]
    if number:
        r = rows[0] - 100
        lines.append(f"{START + datetime.timedelta(minutes=5 * r):%Y-%m-%d %H:%M},,{value(1, r) + 1000},,,")
    path.write_text("\n".join([",".join(["时间", *CODES]), *lines]) + "\n", encoding="utf-8")


def wanted(files):
    """Sum of each channel when these many files are in."""
    rows = files * DAYS * STEPS
    sums = [2 * max(rows - 1, 0)] + [sum(value(c, r) for r in range(rows)) for c in range(1, 5)]
    sums[1] += 1000 * max(files - 1, 0)
    return sums


def sums(h):
    found = []
    for code in CODES:
        done, out = h.run("meter", "readings", code, "--period", "2021", "--by", "whole", "--format", "json")
        if done:
            return out
        found.append(int(json.loads(out, parse_float=Decimal)["rows"][0]["amount"] or 0))
    return found


def settle(h):
    """A killed process may still be inside its last fsync; when it is gone the writer's lock is free."""
    with open(h.cwd / "city.heng-writer", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def fault_of(h, number, acknowledged):
    """What is wrong after a kill, and how many files are in."""
    settle(h)
    found = sums(h)
    if acknowledged and found != wanted(number + 1):
        return f"acknowledged, but the sums are {found}, wanted {wanted(number + 1)}"
    if found not in (wanted(number), wanted(number + 1)):
        return f"half a file: sums are {found}, wanted {wanted(number)} or {wanted(number + 1)}"
    code, out = h.run("import", f"f{number}.csv", "--form", "readings")
    found = sums(h)
    return "" if code == 0 and found == wanted(number + 1) else f"sent again: exit {code}, sums are {found}, wanted {wanted(number + 1)}\n{out}"


def main():
    killed, import_s = 0, 0.0
    with tempfile.TemporaryDirectory(prefix="heng-rkill-") as folder:
        h = Heng(sys.argv[1], sys.argv[2], folder)
        h.init()
        for i, code in enumerate(CODES):
            h.run("meter", "add", "--code", code, "--party", "120000", "--commodity", "electricity", "--unit", "kWh", "--kind", "interval" if i else "counter", "--interval-s", "300",
                  "--giver", "rest_of_china", "--taker", "tj_pool", "--movement-kind", "import")
        for number in range(ROUNDS):
            write_file(h.cwd / f"f{number}.csv", number)
            start = time.monotonic()
            p = h.start("import", f"f{number}.csv", "--form", "readings")
            if number:
                time.sleep(chance.random() * import_s * 1.2)
                p.kill()
            out, _ = p.communicate()
            import_s = (time.monotonic() - start) if not number else import_s
            killed += p.returncode != 0
            fault = fault_of(h, number, p.returncode == 0)
            if fault:
                tap.ok(False, f"round {number} of seed {SEED}", fault)
                break
        code, out = h.run("verify")
        tap.ok(tap.failed == 0, f"{ROUNDS} files: each is there whole or not at all, and once, when it is sent again (seed {SEED})")
        tap.ok(code == 0, "it verifies", out)
        tap.ok(killed >= ROUNDS // 4, f"{killed} imports were killed before their end")
    tap.end()


main()
