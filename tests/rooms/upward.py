#!/usr/bin/env python3
"""A room that includes the face of a room above it does not compile; its own face and those below do.

Takes the compile command of one file of each room from compile_commands.json and swaps the source for one line.
usage: upward.py BUILD_DIR
"""
import json, pathlib, shlex, subprocess, sys, tempfile

ROOMS = ["base", "format", "wire", "store", "rule", "book", "account", "meter", "plan", "intake", "ops", "heng"]
FACE = {"heng": "command.h"}
# A room below that is not in a room's own list is as unseen as one above: (room, unseen)
SIDEWAYS = {("store", "format")}

build = pathlib.Path(sys.argv[1])
commands = json.loads((build / "compile_commands.json").read_text())


def command_of(room):
    for entry in commands:
        path = pathlib.Path(entry["file"])
        if path.parent.name == room and path.parent.parent.name == "src":
            words = shlex.split(entry["command"])
            return [w for w in words if not w.endswith(path.name)], entry["directory"]
    raise SystemExit(f"no compile command for room {room}")


def compiles(room, header):
    words, directory = command_of(room)
    cut = []
    skip = False
    for word in words:  # drop outputs
        if skip:
            skip = False
            continue
        if word in ("-o", "-MF", "-MQ", "-c"):
            skip = word != "-c"
            continue
        if word == "-MD":
            continue
        cut.append(word)
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write(f'#include "{header}"\nextern int not_empty;\n')
        source.flush()
        return subprocess.run(cut + ["-fsyntax-only", source.name], cwd=directory, capture_output=True).returncode == 0


count = 0


def case(ok, says):
    global count
    count += 1
    print(f"{'ok' if ok else 'not ok'} {count} - {says}", flush=True)


for i, room in enumerate(ROOMS):
    case(compiles(room, FACE.get(room, room + ".h")), f"{room} sees its own face")
    if i + 1 < len(ROOMS):
        upper = ROOMS[i + 1]
        case(not compiles(room, FACE.get(upper, upper + ".h")), f"{room} cannot include {upper} above it")
    if i and (room, ROOMS[i - 1]) not in SIDEWAYS:
        lower = ROOMS[0]
        case(compiles(room, lower + ".h"), f"{room} may include {lower} below it")
print(f"1..{count}")
