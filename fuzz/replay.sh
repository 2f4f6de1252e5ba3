#!/bin/sh
# Replay a fuzz target's kept corpus once, as one TAP case per target.
target=$1 corpus=$2
if out=$("$target" -runs=0 "$corpus" 2>&1); then
    echo "ok 1 - $(basename "$target") survives its corpus of $(ls "$corpus" | wc -l) files"
else
    echo "not ok 1 - $(basename "$target") fails on its corpus"
    echo "$out" | tail -30 | sed 's/^/# /'
fi
echo 1..1
