#!/usr/bin/env python3
"""A balance report over 100,000 transactions beside ledger and hledger.

Data: 100,000 payments between 1,000 parties, two postings each, fixed seed; the same for all three. Heng takes a CSV in (all
checks, sums, chain; fsync at commit) and reports holdings; ledger and hledger read their journal and report balances.
Totals of all three must agree. Whole-process wall time, median of RUNS after one warm-up.
usage: journal.py HENG
"""
import os, pathlib, random, re, shutil, statistics, subprocess, sys, tempfile, time

HENG = str(pathlib.Path(sys.argv[1]).resolve())
TRANSACTIONS, PARTIES, RUNS, SEED = 100_000, 1_000, 5, 20260101


def data():
    rng = random.Random(SEED)
    for n in range(TRANSACTIONS):
        giver = rng.randrange(PARTIES)
        taker = (giver + 1 + rng.randrange(PARTIES - 1)) % PARTIES
        yield n, giver, taker, rng.randrange(1, 100_000), 1 + n * 28 // TRANSACTIONS, 1 + n * 12 // TRANSACTIONS


def run(words, **how):
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "LANG": "en_US.UTF-8"}, **how)
    took = time.perf_counter() - start
    if done.returncode not in (0,):
        sys.exit(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return took, done.stdout


PLACE = pathlib.Path(os.environ.get("HENG_BENCH_DIR", pathlib.Path(__file__).resolve().parent.parent / "build"))  # on the disk of the project
PLACE.mkdir(exist_ok=True)
with tempfile.TemporaryDirectory(prefix="bench-", dir=PLACE) as temp:
    os.chdir(temp)
    with open("parties.csv", "w") as f:
        f.write("code,class,name_zh,place\ncity,government,City,\n")
        f.writelines(f"p{n:04d},enterprise,Party {n:04d},city\n" for n in range(PARTIES))
    with open("opening.csv", "w") as f:
        f.write("ext_id,giver,taker,commodity,kind,amount,unit,period\n")
        f.writelines(f"o{n:04d},registry,p{n:04d},cny,pay,100000000,yuan,2023-12-31\n" for n in range(PARTIES))
    with open("pay.csv", "w") as f, open("j.ledger", "w") as j:
        f.write("ext_id,giver,taker,commodity,kind,amount,unit,period\n")
        for n in range(PARTIES):
            j.write(f"2023-12-31 opening\n    p{n:04d}  100000000.00 CNY\n    registry\n\n")
        for n, giver, taker, fen, day, month in data():
            amount = f"{fen // 100}.{fen % 100:02d}"
            f.write(f"t{n:06d},p{giver:04d},p{taker:04d},cny,pay,{amount},yuan,2024-{month:02d}-{day:02d}\n")
            j.write(f"2024-{month:02d}-{day:02d} t{n:06d}\n    p{taker:04d}  {amount} CNY\n    p{giver:04d}\n\n")
    run([HENG, "init", "--db", "base.heng"])
    run([HENG, "--db", "base.heng", "import", "parties.csv"])
    run([HENG, "--db", "base.heng", "import", "opening.csv"])
    run([HENG, "--db", "base.heng", "backup", "start.heng"])

    def fresh():
        for old in pathlib.Path(".").glob("b.heng*"):
            old.unlink()
        shutil.copy("start.heng", "b.heng")

    def heng_import():
        fresh()
        return run([HENG, "--db", "b.heng", "import", "pay.csv", "--quiet"])[0]

    def heng_report():
        return run([HENG, "--db", "b.heng", "account", "holdings", "--party", "city", "--format", "csv"])[0]

    # In turns, so that a busy moment of the machine meets all of them.
    sides = {"import": heng_import, "report": heng_report, "ledger": lambda: run(["ledger", "-f", "j.ledger", "balance"])[0],
             "hledger": lambda: run(["hledger", "-f", "j.ledger", "balance"])[0]}
    times = {name: [] for name in sides}
    for turn in range(RUNS + 1):
        for name, fn in sides.items():
            took = fn()
            if turn:
                times[name].append(took)
    imported, reported, ledger, hledger = (statistics.median(times[name]) for name in sides)

    out = run([HENG, "--db", "b.heng", "account", "holdings", "--party", "city", "--format", "csv"])[1]
    theirs = {}
    for line in run(["ledger", "-f", "j.ledger", "balance", "--flat"])[1].splitlines():
        m = re.match(r"\s*([-\d.]+) CNY\s+(p\d{4})$", line)
        if m:
            theirs[m.group(2)] = float(m.group(1))
    ours = dict(re.findall(r"^(p\d{4})\.cny\.yuan,([-\d.]+)", out, re.M))
    different = [p for p, v in theirs.items() if abs(float(ours.get(p, "nan")) - v) > 1e-6 or p not in ours]
    print(f"transactions {TRANSACTIONS}, parties {PARTIES}, seed {SEED}, median of {RUNS} in turns, whole process, warm file cache")
    print(f"balances that differ from ledger's: {len(different)} of {len(theirs)}")
    print(f"heng import (durable)     {imported:.3f} s   {TRANSACTIONS / imported:,.0f} movements/s   file {os.path.getsize('b.heng') + sum(p.stat().st_size for p in pathlib.Path('.').glob('b.heng-*')):,} bytes")
    print(f"heng report               {reported:.4f} s")
    print(f"ledger balance            {ledger:.3f} s   {ledger / (imported + reported):.1f} x heng import + report   {ledger / reported:.1f} x heng report")
    print(f"hledger balance           {hledger:.3f} s   {hledger / (imported + reported):.1f} x heng import + report   {hledger / reported:.1f} x heng report")
