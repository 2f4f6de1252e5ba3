#!/usr/bin/env python3
"""A number for the sources that judge rules: kept rule sets of another number are not believed. usage: stamp.py OUTPUT SOURCE..."""
import hashlib, pathlib, sys

output, sources = pathlib.Path(sys.argv[1]), sorted(sys.argv[2:])
h = hashlib.sha256()
for name in sources:
    h.update(pathlib.Path(name).name.encode() + b"\0" + pathlib.Path(name).read_bytes())
output.write_text(f"#define RULE_BUILD UINT64_C(0x{h.hexdigest()[:16]})\n")
