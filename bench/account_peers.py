#!/usr/bin/env python3
"""A year's energy and carbon account over 6 million monthly sums: the same result by SQLite, pandas and DuckDB, beside Heng.

Run bench/account first: it makes the book. This program takes the same sums from it as CSV, loads them into each peer in the form that
peer likes best (integers for names; DuckDB's own file; pandas columns in memory), and asks each for one table by kind, commodity, sector:
the exact sum, times the factor for energy, times the factor for CO2. The totals of all must equal Heng's to the last digit.

warm  the data is open, caches are full; median of RUNS
cold  a whole process from the command line, medians: with files in the page cache, and put out of it before each run (fadvise).
      heng: one process for each of the two tables, added. DuckDB: one process for one query that gives both.

usage: account_peers.py BUILD_DIR LIBDUCKDB [FOLDER]      FOLDER as for bench/account (default /tmp/heng-bench-account)
needs: python3-pandas, libopenblas0; /usr/bin/python3 on Debian
"""
import csv, os, pathlib, sqlite3, statistics, subprocess, sys, time
from fractions import Fraction

RUNS, COLD_RUNS = 7, 7
BUILD, LIBRARY = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
FOLDER = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/tmp/heng-bench-account").resolve()
HENG, DUCK, BENCH = BUILD / "src/cli/heng", BUILD / "bench/duckdb", BUILD / "bench/account"
BOOK, FLAT, DUCK_FILE, SQLITE_FILE = FOLDER / "city.heng", FOLDER / "flat.csv", FOLDER / "peer.duckdb", FOLDER / "peer.sqlite"
JANUARY, DECEMBER = 612, 623

# Amounts are counts below 2^63; their sums times a factor are not, so the product is made in 128 bits where the engine has them.
QUERY = f"""SELECT m.kind, m.commodity, p.sector, k.scale, {{sum}} AS total, {{sum}} * k.tce AS tce, {{sum}} * k.co2 AS co2
FROM month m JOIN party p ON p.party = m.taker JOIN factor k ON k.kind = m.kind AND k.commodity = m.commodity
WHERE m.month BETWEEN {JANUARY} AND {DECEMBER} GROUP BY m.kind, m.commodity, p.sector, k.scale, k.tce, k.co2"""
STAR = f"""SELECT f.kind, f.commodity, p.sector, k.scale, sum(m.sum) AS total, sum(m.sum) * k.tce AS tce, sum(m.sum) * k.co2 AS co2
FROM star m JOIN flow f ON f.flow = m.flow JOIN party p ON p.party = f.taker JOIN factor k ON k.kind = f.kind AND k.commodity = f.commodity
WHERE m.month BETWEEN {JANUARY} AND {DECEMBER} GROUP BY f.kind, f.commodity, p.sector, k.scale, k.tce, k.co2"""
DUCK_QUERY = QUERY.format(sum="sum(m.sum)")


def totals(rows):
    """Exact totals from rows of (kind, commodity, sector, scale, total, tce, co2)."""
    tce = co2 = Fraction(0)
    for row in rows:
        scale = 10 ** (int(row[3]) + 6)
        tce += Fraction(int(row[5]), scale)
        co2 += Fraction(int(row[6]), scale)
    return tce, co2


def data():
    """The CSV of bench/account with small numbers for names, and one wide row for each monthly sum."""
    subprocess.run([BENCH, "--csv", FOLDER, FOLDER], check=True)
    names = {}
    number = lambda name: names.setdefault(name, len(names))
    with open(FOLDER / "flow.csv") as f, open(FOLDER / "flow_n.csv", "w") as out:
        flows = {}
        scales = {}
        out.write("flow,giver,taker,commodity,kind\n")
        for r in csv.DictReader(f):
            flows[r["flow"]] = (r["giver"], r["taker"], number(r["commodity"]), number(r["kind"]))
            scales[number(r["kind"]), number(r["commodity"])] = int(r["scale"])
            out.write("%s,%s,%s,%d,%d\n" % (r["flow"], *flows[r["flow"]]))
    with open(FOLDER / "factor.csv") as f, open(FOLDER / "factor_n.csv", "w") as out:
        out.write("kind,commodity,scale,tce,co2\n")
        for r in csv.DictReader(f):
            k, c = number(r["kind"]), number(r["commodity"])
            out.write("%d,%d,%d,%s,%s\n" % (k, c, scales[k, c], r["tce_millionth"], r["co2_millionth"]))
    with open(FOLDER / "month.csv") as f, open(FLAT, "w") as out:
        next(f)
        out.write("giver,taker,commodity,kind,month,sum\n")
        for line in f:
            flow, month, amount = line.rstrip().split(",")
            out.write("%s,%s,%d,%d,%s,%s\n" % (*flows[flow], month, amount))


def duck(times, *sql, threads=2, file=DUCK_FILE):
    out = subprocess.run([DUCK, LIBRARY, file, str(times), f"SET threads={threads}", *sql], check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split("\t") for line in out[:-1]], [float(v) for v in out[-1].split("\t")[1:]]


def duck_load():
    DUCK_FILE.unlink(missing_ok=True)
    columns = lambda **c: "{" + ",".join(f"'{k}':'{v}'" for k, v in c.items()) + "}"
    whole = dict(giver="INTEGER", taker="INTEGER", commodity="INTEGER", kind="INTEGER", month="INTEGER", sum="BIGINT")
    duck(1, f"CREATE TABLE month AS SELECT * FROM read_csv('{FLAT}', header=true, columns={columns(**whole)})",
         f"CREATE TABLE star AS SELECT * FROM read_csv('{FOLDER}/month.csv', header=true, columns={columns(flow='INTEGER', month='INTEGER', sum='BIGINT')})",
         f"CREATE TABLE flow AS SELECT * FROM read_csv('{FOLDER}/flow_n.csv', header=true, columns={columns(flow='INTEGER', giver='INTEGER', taker='INTEGER', commodity='INTEGER', kind='INTEGER')})",
         f"CREATE TABLE party AS SELECT * FROM read_csv('{FOLDER}/party.csv', header=true, columns={columns(party='INTEGER', sector='INTEGER')})",
         f"CREATE TABLE factor AS SELECT * FROM read_csv('{FOLDER}/factor_n.csv', header=true, columns={columns(kind='INTEGER', commodity='INTEGER', scale='INTEGER', tce='BIGINT', co2='BIGINT')})",
         "CHECKPOINT")


def sqlite_side():
    SQLITE_FILE.unlink(missing_ok=True)
    db = sqlite3.connect(SQLITE_FILE)
    db.executescript("""PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000;
        CREATE TABLE month (giver INTEGER, taker INTEGER, commodity INTEGER, kind INTEGER, month INTEGER, sum INTEGER);
        CREATE TABLE party (party INTEGER PRIMARY KEY, sector INTEGER);
        CREATE TABLE factor (kind INTEGER, commodity INTEGER, scale INTEGER, tce INTEGER, co2 INTEGER, PRIMARY KEY (kind, commodity)) WITHOUT ROWID;""")
    for table, file, places in (("month", FLAT, 6), ("party", FOLDER / "party.csv", 2), ("factor", FOLDER / "factor_n.csv", 5)):
        with open(file) as f:
            next(f)
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * places)})", csv.reader(f))
    db.commit()
    times, rows = [], []
    for _ in range(3):
        start = time.perf_counter()
        rows = db.execute(QUERY.format(sum="sum(m.sum)")).fetchall()
        times.append(time.perf_counter() - start)
    if any(isinstance(v, float) for row in rows for v in row):
        sys.exit("sqlite: a product left 64 bits")
    return statistics.median(times) * 1e3, totals(rows)


def pandas_side():
    import pandas
    month = pandas.read_csv(FLAT, dtype={c: "int32" for c in ("giver", "taker", "commodity", "kind", "month")})
    party, factor = pandas.read_csv(FOLDER / "party.csv", dtype="int32"), pandas.read_csv(FOLDER / "factor_n.csv")
    sector = party.set_index("party")["sector"].reindex(range(int(month["taker"].max()) + 1), fill_value=-1).to_numpy()
    times, table = [], None
    for _ in range(RUNS):
        start = time.perf_counter()
        m = month[(month["month"] >= JANUARY) & (month["month"] <= DECEMBER)]
        grouped = m["sum"].groupby([m["kind"], m["commodity"], pandas.Series(sector[m["taker"].to_numpy()], index=m.index, name="sector")], sort=False).sum().reset_index()
        table = grouped.merge(factor, on=["kind", "commodity"])
        table["e"], table["c"] = table["sum"] * table["tce"], table["sum"] * table["co2"]
        times.append(time.perf_counter() - start)
    rows = [(0, 0, 0, s, 0, int(n) * int(t), int(n) * int(c)) for s, n, t, c in zip(table["scale"], table["sum"], table["tce"], table["co2"])]
    return statistics.median(times) * 1e3, totals(rows), pandas.__version__


def put_out(*paths):
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def cold(words, files, out_of_cache):
    times, out = [], ""
    for i in range(COLD_RUNS):
        if out_of_cache:
            put_out(*files)
        start = time.perf_counter()
        out = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3, out


def heng_cell(out, line, column):
    rows = list(csv.reader(out.lstrip("\ufeff").splitlines()))
    at = rows[0].index(column)
    return next(Fraction(r[at]) for r in rows if r and r[0] == line)


def heng_words(table):
    return [HENG, "--db", BOOK, "--format", "csv", "account", table, "--party", "city", "--period", "2021", "--profile", "bench"]


data()
duck_load()
files = [BOOK, str(BOOK) + "-columns"]
for table in ("energy", "carbon"):
    cold(heng_words(table), files, False)  # the first run makes the column file
heng = {table: (cold(heng_words(table), files, False), cold(heng_words(table), files, True)) for table in ("energy", "carbon")}

wide, wide_ms = duck(RUNS + 1, DUCK_QUERY)
star, star_ms = duck(RUNS + 1, STAR)
one, one_ms = duck(RUNS + 1, DUCK_QUERY, threads=1)
want = totals(wide)
equal = {"duckdb, one wide table": totals(wide), "duckdb, sums and flows joined": totals(star)}
sqlite_ms, equal["sqlite"] = sqlite_side()
pandas_ms, equal["pandas"], pandas_version = pandas_side()
equal["heng"] = (heng_cell(heng["energy"][0][1], "total", "total_tce"), heng_cell(heng["carbon"][0][1], "total", "co2_t"))
for name, value in equal.items():
    print(f"{name:32} {float(value[0]):.6f} tce {float(value[1]):.6f} t CO2  {'equal' if value == want else 'DIFFERENT'}")

duck_words = [DUCK, LIBRARY, DUCK_FILE, "1", "SET threads=2", DUCK_QUERY]
duck_cold, duck_out = cold(duck_words, [DUCK_FILE], False)[0], cold(duck_words, [DUCK_FILE, LIBRARY], True)[0]
warm = lambda ms: statistics.median(ms[1:])
print(f"files: book {BOOK.stat().st_size:,}, columns {os.path.getsize(str(BOOK) + '-columns'):,}, duckdb {DUCK_FILE.stat().st_size:,}, sqlite {SQLITE_FILE.stat().st_size:,} bytes")
print(f"warm, one query (heng's warm time: bench/account)")
print(f"  duckdb wide, 2 threads         {warm(wide_ms):9.1f} ms   1 thread {warm(one_ms):.1f} ms; joined {warm(star_ms):.1f} ms")
print(f"  pandas {pandas_version}                   {pandas_ms:9.1f} ms")
print(f"  sqlite {sqlite3.sqlite_version}, cache 1 GB      {sqlite_ms:9.1f} ms")
print(f"a new process; files in the page cache | put out of it")
for table in ("energy", "carbon"):
    print(f"  heng account {table:16}  {heng[table][0][0]:9.1f} ms | {heng[table][1][0]:9.1f} ms")
print(f"  heng, both                     {sum(heng[t][0][0] for t in heng):9.1f} ms | {sum(heng[t][1][0] for t in heng):9.1f} ms")
print(f"  duckdb, own file, 2 threads    {duck_cold:9.1f} ms | {duck_out:9.1f} ms (its library put out of the cache too)")
