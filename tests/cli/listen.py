#!/usr/bin/env python3
"""heng intake listen as docs/intake.md shows it: its commands are run, then a monitor, a program and a device with registers talk to it.

usage: listen.py HENG PROJECT
"""
import json, os, pathlib, re, signal, socket, struct, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from command import Tap
from field import crc

heng, project = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MN = "010000A8900016F000169DC0"
verdicts = Tap()
tap = verdicts.ok


def frame(cp, cn=2011, pw="123456"):
    data = f"QN=20240315080000001;ST=32;CN={cn};PW={pw};MN={MN};Flag=5;CP=&&{cp}&&".encode()
    return b"##%04d%s%04X\r\n" % (len(data), data, crc(data))


def send(port, data):
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.settimeout(5)
        s.sendall(data)
        return s.recv(4096).decode()


def post(port, body, token="3f9c2b7a1d5e4f60"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readings", json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def registers(server):
    """A Modbus device: function 3 and 4, every register holds 123."""
    while True:
        try:
            line, _ = server.accept()
            while True:
                head = line.recv(12)
                if len(head) < 12:
                    break
                number, _, _, unit, function, _, words = struct.unpack(">HHHBBHH", head)
                line.sendall(struct.pack(">HHHBBB", number, 0, 3 + 2 * words, unit, function, 2 * words) + struct.pack(">H", 123) * words)
        except OSError:
            return


with tempfile.TemporaryDirectory(prefix="heng-listen-") as cwd:
    env = dict(os.environ, HENG_RULEBOOK=str(project / "rulebook"), LANG="en_US.UTF-8", PATH=f"{heng.parent}:{os.environ['PATH']}")

    def run(command):
        return subprocess.run(["sh", "-c", command], cwd=cwd, env=env, capture_output=True, text=True)

    device = socket.create_server(("127.0.0.1", 0))
    modbus_port = device.getsockname()[1]
    threading.Thread(target=registers, args=(device,), daemon=True).start()
    for block in re.findall(r"```console\n(.*?)```", (project / "docs/intake.md").read_text(encoding="utf-8"), re.S):
        for command in re.split(r"^\$ ", block, flags=re.M)[1:]:
            done = run(command.replace("1502", str(modbus_port)))
            tap(done.returncode == 0, f"docs/intake.md: {command.splitlines()[0]}", done.stdout + done.stderr)

    def listen():
        p = subprocess.Popen([heng, "--db", "city.heng", "--lang", "en", "intake", "listen", "--hj212", "0", "--http", "0", "--modbus", "registers.csv"], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = []
        for line in p.stdout:
            said.append(line)
            if line.startswith("addresses"):
                break
        ports = {way: int(port) for way, port in re.findall(r"^(HJ 212|HTTP): port (\d+)", "".join(said), re.M)}
        return p, ports

    p, ports = listen()
    tap(len(ports) == 2, "it says its ports", ports)
    answer = send(ports["HJ 212"], frame("DataTime=20240315080000;w01018-Rtd=35.20,w01018-Flag=N"))
    tap("CN=9014" in answer, "a monitor is answered", answer)
    answer = send(ports["HJ 212"], frame("DataTime=20240315080000;w01018-Rtd=1", pw="000000"))
    tap("QnRtn=3" in answer, "one with a wrong password is told so", answer)
    status, said = post(ports["HTTP"], [{"channel": "M2/kwh", "time": "2024-03-15T08:00:00+08:00", "value": 12.5}, {"channel": "M9/kwh", "time": 1710460800, "value": 1}])
    tap(status == 200 and said["taken"] == 1 and said["verdicts"][1]["message"] == "intake.no_channel", "a program has a verdict for each reading", said)
    status, said = post(ports["HTTP"], [], "another token 123")
    tap(status == 401, "one without its token has none", said)
    shown = run("heng --db city.heng --format csv meter readings S1/cod --period 2024-03-15")
    tap("35.2" in shown.stdout, "readings are shown while it listens", shown.stdout + shown.stderr)
    time.sleep(2.5)
    p.send_signal(signal.SIGTERM)
    out, errors = p.communicate(timeout=30)
    tap(p.returncode == 0 and "readings taken" in out, "a signal ends it, with its counts", out + errors)
    tap("wire.hj212_password 1" in out, "and the reasons of what was refused", out)
    shown = run(f"heng --db city.heng --format csv meter list")
    tap("12.3" in shown.stdout, "a register was polled", shown.stdout)

    p, ports = listen()
    acknowledged = []
    for i in range(40):
        if "CN=9014" in send(ports["HJ 212"], frame(f"DataTime=202403150901{i:02d};w01018-Rtd={i}.5,w01018-Flag=N")):
            acknowledged.append(i)
    p.kill()
    p.wait()
    shown = run("heng --db city.heng --format csv meter readings S1/cod --period 2024-03-15")
    tap(len(acknowledged) == 40 and all(f"09:01:{i:02d}" in shown.stdout for i in acknowledged), "killed, it has kept all that it acknowledged", shown.stdout[:2000])
    verified = run("heng --db city.heng verify")
    tap(verified.returncode == 0, "and the book verifies", verified.stdout + verified.stderr)
verdicts.end()
