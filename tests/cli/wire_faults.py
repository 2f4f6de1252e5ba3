#!/usr/bin/env python3
"""Readings over the wire when things break: SIGKILL under load, a full disk, a broker that is killed, lines that are cut, frames with the field's defects.
What was acknowledged is there, nothing counts twice, and verify passes.

usage: wire_faults.py HENG PROJECT
"""
import collections, csv, datetime, io, json, os, pathlib, random, re, shutil, signal, socket, struct, subprocess, sys, tempfile, threading, time, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import field
from command import Tap

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
tap = Tap()
TOKEN, BEGIN = "3f9c2b7a1d5e4f60", datetime.datetime(2024, 3, 15, tzinfo=field.SHANGHAI)
DEVICES = [f"DEVICE0{i}" for i in range(4)]


class City:
    """A database with monitors, a program and MQTT topics, and the listener beside it."""

    def __init__(self, cwd):
        self.cwd, self.listener = pathlib.Path(cwd), None
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("HENG_DB", "LC_", "HENG_LANG"))}
        self.env.update(HENG_RULEBOOK=str(project / "rulebook"), LANG="en_US.UTF-8", HENG_DB="city.heng")
        self.run("init", "--db", "city.heng")
        self.run("party", "add", "works-1", "--class", "enterprise", "--name", "works")
        with open(self.cwd / "channels.csv", "w", encoding="utf-8") as f:
            f.write("code,party,commodity,unit,kind,scale,interval_s,address\n")
            for mn in DEVICES:
                f.writelines(f"{mn}/{code},works-1,cod,mg/L,level,2,0,hj212:{mn}/2011/{code}-Rtd\n" for code in ("w01018", "w21003"))
            f.write("M2/kwh,works-1,electricity,kWh,level,2,0,\n")
            f.writelines(f"Q{i}/kw,works-1,electricity,kW,level,0,0,mqtt:park/q{i}#v\n" for i in range(2))
        self.run("meter", "add", "channels.csv")
        for mn in DEVICES:
            self.run("intake", "device", mn, "--password", "123456")
        self.run("intake", "source", "gateway-1", "--token", TOKEN)
        self.run("intake", "topic", "park/+", "--value", "v", "--time", "t")

    def run(self, *words, code=0):
        done = subprocess.run([heng, *words], cwd=self.cwd, env=self.env, capture_output=True, text=True, timeout=120)
        if done.returncode != code:
            tap.ok(False, f"heng {' '.join(words)}", done.stdout + done.stderr)
        return done.stdout

    def listen(self, *more):
        self.listener = subprocess.Popen([heng, "intake", "listen", "--hj212", "0", "--http", "0", *more], cwd=self.cwd, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said, self.log = [], []
        for line in self.listener.stdout:
            said.append(line)
            if line.startswith("addresses"):
                break
        self.ports = {way: int(port) for way, port in re.findall(r"^(HJ 212|HTTP): port (\d+)", "".join(said), re.M)}
        threading.Thread(target=lambda out, log: log.extend(out), args=(self.listener.stdout, self.log), daemon=True).start()

    def end(self, number=signal.SIGTERM):
        self.listener.send_signal(number)
        return self.listener.wait(60)

    def feed(self):
        """All that was ever taken, by channel and time: the values in their order."""
        found, cursor = collections.defaultdict(list), "0"
        while True:
            changes, after = json.loads(self.run("--format", "json", "meter", "feed", "--after", cursor, "--limit", "100000"))
            for row in changes["rows"]:
                found[row["channel"], datetime.datetime.fromisoformat(row["time"])].append(row["value"])
            cursor = after["rows"][0]["cursor"]
            if not after["rows"][0]["more"]:
                return found

    def verify(self, says):
        done = subprocess.run([heng, "verify"], cwd=self.cwd, env=self.env, capture_output=True, text=True)
        tap.ok(done.returncode == 0, says, done.stdout + done.stderr)


def same(found, value):
    return [round(v * 100) for v in found] == [round(float(value) * 100)]


class Monitor(threading.Thread):
    """Sends frame after frame, waits for each answer, and dials again when the line is cut; what was answered is kept."""

    def __init__(self, city, mn, seed):
        super().__init__(daemon=True)
        self.city, self.mn, self.rng, self.acknowledged, self.stops, self.at = city, mn, random.Random(seed), {}, False, 0

    def run(self):
        while not self.stops:
            try:
                with socket.create_connection(("127.0.0.1", self.city.ports["HJ 212"]), 2) as line:
                    line.settimeout(2)
                    while not self.stops:
                        self.one(line)
            except OSError:
                time.sleep(0.02)

    def one(self, line):
        when = BEGIN + datetime.timedelta(seconds=self.at)
        values = [("w01018", f"{self.at % 400}.25"), ("w21003", f"{self.at % 90}.50")] # the same when it is sent again
        frame = field.frame_of(self.mn, when, values)
        cut = self.rng.randrange(len(frame)) if self.rng.random() < 0.03 else None
        line.sendall(frame[:cut])
        if cut is not None:
            raise OSError("cut off on purpose")
        if b"CN=9014" not in line.recv(4096):
            raise OSError("no answer")
        self.acknowledged[when] = values
        self.at += 1


class Program(threading.Thread):
    def __init__(self, city):
        super().__init__(daemon=True)
        self.city, self.acknowledged, self.stops, self.at = city, {}, False, 0

    def run(self):
        while not self.stops:
            body = [{"channel": "M2/kwh", "time": (BEGIN + datetime.timedelta(seconds=self.at + i)).isoformat(), "value": f"{(self.at + i) % 700}.75"} for i in range(20)]
            request = urllib.request.Request(f"http://127.0.0.1:{self.city.ports['HTTP']}/readings", json.dumps(body).encode(), {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": str(self.at)})
            try:
                with urllib.request.urlopen(request, timeout=3) as answer:
                    said = json.load(answer)
                if said["taken"] + said["exists"] == 20:
                    self.acknowledged.update((row["time"], row["value"]) for row in body)
                    self.at += 20
            except OSError:
                time.sleep(0.02)


def lost_or_double(found, monitors, program):
    faults = [f"{m.mn} {when} {code} {value}: {found.get((f'{m.mn}/{code}', when))}" for m in monitors for when, values in m.acknowledged.items() for code, value in values
              if not same(found.get((f"{m.mn}/{code}", when), []), value)]
    faults += [f"{t} {value}: {found.get(('M2/kwh', datetime.datetime.fromisoformat(t)))}" for t, value in program.acknowledged.items() if not same(found.get(("M2/kwh", datetime.datetime.fromisoformat(t)), []), value)]
    return faults + [f"{key}: {values}" for key, values in found.items() if len(values) != 1]


def killed_under_load(cwd):
    city = City(cwd)
    city.listen()
    monitors, program = [Monitor(city, mn, i) for i, mn in enumerate(DEVICES)], Program(city)
    rng = random.Random(7)
    for thread in (*monitors, program):
        thread.start()
    for _ in range(5):
        time.sleep(0.2 + rng.random() * 0.4)
        city.end(signal.SIGKILL)
        city.listen()
    time.sleep(0.3)
    for thread in (*monitors, program):
        thread.stops = True
    for thread in (*monitors, program):
        thread.join(10)
    code = city.end()
    found = city.feed()
    count = sum(len(m.acknowledged) for m in monitors) * 2 + len(program.acknowledged)
    tap.ok(code == 0 and count > 200, f"five kills while four monitors and a program send ({count} readings acknowledged)", "".join(city.log))
    faults = lost_or_double(found, monitors, program)
    tap.ok(not faults, "each reading that was acknowledged is there, once", "\n".join(faults[:10]))
    city.verify("and the book verifies")


def full_disk(cwd):
    small = pathlib.Path(cwd) / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)], capture_output=True).returncode:
        return tap.skip("a full disk under a listener", "only root can mount a small disk")
    try:
        city = City(small)
        city.listen()
        with open(small / "filler", "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"0" * 65536)
            except OSError:
                os.truncate(small / "filler", f.tell() - 40000 if f.tell() > 40000 else 0)
        monitor = Monitor(city, DEVICES[0], 1)
        monitor.rng.random = lambda: 1.0
        monitor.start()
        for _ in range(200):
            time.sleep(0.05)
            if any("not kept" in line for line in city.log):
                break
        tap.ok(any("not kept" in line and "full" in "".join(city.log) for line in city.log), "a full disk is said, and what cannot be kept is not answered", "".join(city.log[-4:]))
        held = len(monitor.acknowledged)
        os.unlink(small / "filler")
        for _ in range(200):
            time.sleep(0.05)
            if len(monitor.acknowledged) > held + 20:
                break
        monitor.stops = True
        monitor.join(10)
        tap.ok(len(monitor.acknowledged) > held + 20, "with room again, it goes on without a restart", f"{held} then {len(monitor.acknowledged)}")
        city.end()
        found = city.feed()
        faults = lost_or_double(found, [monitor], Program(city))
        tap.ok(not faults, "nothing acknowledged is lost, nothing double", "\n".join(faults[:10]))
        city.verify("and the book verifies")
    finally:
        subprocess.run(["umount", "-l", str(small)])


# ---- A broker that is killed ----


def port_free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    def __init__(self, cwd):
        self.program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        self.folder, self.port, self.process = pathlib.Path(cwd) / "broker", port_free(), None
        self.folder.mkdir()
        self.folder.chmod(0o777)  # it steps down to a user of its own
        pathlib.Path(cwd).chmod(0o755)
        (self.folder / "conf").write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\npersistence true\npersistence_location {self.folder}/\nautosave_on_changes true\nautosave_interval 20\n")

    def start(self):
        self.process = subprocess.Popen([self.program, "-c", str(self.folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()


def mqtt_text(text):
    return struct.pack(">H", len(text)) + text.encode()


def mqtt_packet(kind, body):
    length, out = len(body), b""
    while True:
        length, low = divmod(length, 128)
        out += bytes([low | (128 if length else 0)])
        if not length:
            return bytes([kind]) + out + body


class Publisher(threading.Thread):
    """Publishes with quality 1, one after the other; a message without PUBACK is published again on the next line."""

    def __init__(self, port, name, count):
        super().__init__(daemon=True)
        self.port, self.name, self.count, self.at, self.acknowledged = port, f"q{name}", count, 0, {}

    def run(self):
        while self.at < self.count:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 2) as line:
                    line.settimeout(2)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    line.sendall(mqtt_packet(0x10, mqtt_text("MQTT") + b"\x04\x02\x00\x3c" + mqtt_text(f"publisher-{self.name}")))
                    line.recv(4)
                    while self.at < self.count:
                        self.one(line)
            except OSError:
                time.sleep(0.05)

    def one(self, line):
        when = BEGIN + datetime.timedelta(seconds=self.at)
        body = json.dumps({"v": self.at, "t": when.isoformat()}).encode()
        line.sendall(mqtt_packet(0x32, mqtt_text(f"park/{self.name}") + struct.pack(">H", self.at % 60000 + 1) + body))
        if line.recv(4)[:1] != b"\x40":
            raise OSError("no PUBACK")
        self.acknowledged[when] = time.monotonic()
        self.at += 1
        time.sleep(0.001)


def unsure(publisher, kills):
    """What was answered in the half second before a kill (and heard a moment later), and the last that the broker saves together."""
    times, out = sorted(publisher.acknowledged.items(), key=lambda one: one[1]), set()
    for kill in kills:
        before = [(when, at) for when, at in times if at < kill + 0.2]
        out.update(when for i, (when, at) in enumerate(before) if at > kill - 0.5 or i >= len(before) - 40)
    return out


def broker_killed(cwd):
    city, broker = City(cwd), Broker(cwd)
    if not broker.program:
        return tap.skip("a broker that is killed", "mosquitto is not installed")
    broker.start()
    city.listen("--mqtt", f"mqtt://127.0.0.1:{broker.port}")
    for _ in range(50):  # until the listener's session is at the broker: before that nobody keeps what is published
        Publisher(broker.port, 0, 1).run()
        if ("Q0/kw", BEGIN) in city.feed():
            break
    publishers, kills = [Publisher(broker.port, i, 1 << 30) for i in range(2)], []
    for p in publishers:
        p.start()
    for which in ("broker", "listener", "broker"):
        time.sleep(0.7)
        if which == "listener":
            city.end(signal.SIGKILL)
            city.listen("--mqtt", f"mqtt://127.0.0.1:{broker.port}")
        else:
            broker.kill()
            kills.append(time.monotonic())
            time.sleep(0.2)
            broker.start()
    time.sleep(0.7)
    for p in publishers:
        p.count = 0
    for p in publishers:
        p.join(30)
    # What the broker answered shortly before its death may be on no disk of its own: that is not ours to keep.
    sure = {(f"Q{p.name[1:]}/kw", when): (when - BEGIN).seconds for p in publishers for when in p.acknowledged.keys() - unsure(p, kills)}
    for _ in range(100):
        found = city.feed()
        if all(key in found for key in sure):
            break
        time.sleep(0.2)
    code = city.end()
    broker.kill()
    tap.ok(code == 0 and len(sure) > 100, f"a broker killed twice, the listener once, while two publish ({len(sure)} messages on the broker's disk)", "".join(city.log))
    missing = [key for key, value in sure.items() if not same(found.get(key, []), value)]
    tap.ok(not missing, "each message is there", f"{len(missing)}: {missing[:5]}")
    tap.ok(all(len(values) == 1 for values in found.values()), "and counts once, however often it came", [x for x in found.items() if len(x[1]) != 1][:10])
    city.verify("and the book verifies")


# ---- The field's frames and files ----


def read_all(line):
    try:
        while line.recv(65536):
            pass
    except OSError:
        pass  # closed


def field_frames(cwd):
    city = City(cwd)
    city.listen()
    made = list(field.frames(11, 600, {defect: 0.03 for defect in field.FRAME_DEFECTS}, mn=DEVICES[0]))
    rng = random.Random(3)
    stream = b"".join(frame for frame, *_ in made)
    with socket.create_connection(("127.0.0.1", city.ports["HJ 212"]), 5) as line:
        reader = threading.Thread(target=read_all, args=(line,), daemon=True)
        reader.start()
        while stream:
            n = rng.randrange(1, 1400)
            line.sendall(stream[:n])
            stream = stream[n:]
        line.shutdown(socket.SHUT_WR)
        reader.join(60)  # the other side hangs up when it has read all
    city.end()
    found, wrong = city.feed(), []
    for frame, defect, when, values in made:
        for i, (code, value) in enumerate(values):
            is_taken = defect is None or defect in field.TAKEN or (i == 1 and defect in ("key_twice", "value_text", "value_131072"))
            if is_taken and not same(found.pop((f"{DEVICES[0]}/{code}", when), []), value):
                wrong.append(f"{defect} {when} {code} {value}")
            if defect == "value_131072" and i == 0:
                found.pop((f"{DEVICES[0]}/{code}", when), None)  # as it stands: what it means is for the gates of the channel
    counts = dict(collections.Counter(defect for _, defect, *_ in made))
    tap.ok(not wrong, f"600 frames cut anywhere, half of them with defects: what has one meaning is taken ({counts})", "\n".join(wrong[:10]))
    tap.ok(not found, "and nothing else", list(found.items())[:10])
    city.verify("and the book verifies")


def field_file(cwd):
    city = City(cwd)
    city.run("meter", "add", "--code", "M001/kwh", "--party", "works-1", "--commodity", "electricity", "--unit", "kWh", "--kind", "interval", "--scale", "2", "--interval-s", "900")
    made = field.Readings(5, 96 * 31, {defect: 0.02 for defect in field.CSV_DEFECTS})
    (city.cwd / "month.csv").write_text(made.text(), encoding="utf-8")
    city.run("import", "month.csv", "--form", "readings", "--keep-going", code=1)
    sums = lambda: [float(row["amount"]) for row in csv.DictReader(io.StringIO(city.run("--format", "csv", "meter", "readings", "M001/kwh", "--period", "2024", "--by", "whole")))]
    tap.ok([round(v * 100) for v in sums()] == [made.total("M001/kwh")], f"a month with {sum(made.made.values())} defects of ten kinds comes to its true sum, to the digit", f"{sums()} wanted {made.total('M001/kwh')}")
    city.run("import", "month.csv", "--form", "readings", "--keep-going", code=1)
    tap.ok([round(v * 100) for v in sums()] == [made.total("M001/kwh")], "loaded again it stays so", sums())
    city.verify("and the book verifies")


for test in (killed_under_load, full_disk, broker_killed, field_frames, field_file):
    with tempfile.TemporaryDirectory(prefix="heng-wire-") as folder:
        test(folder)
tap.end()
