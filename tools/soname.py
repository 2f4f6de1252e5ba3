#!/usr/bin/env python3
"""The name under which a shared library is loaded: libxml2.so -> libxml2.so.2. usage: soname.py FOLDER NAME"""
import re, subprocess, sys

told = subprocess.run(["objdump", "-p", f"{sys.argv[1]}/lib{sys.argv[2]}.so"], capture_output=True, text=True, check=True).stdout
print(re.search(r"SONAME\s+(\S+)", told).group(1))
