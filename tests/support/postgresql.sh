#!/usr/bin/env bash
# Run a command beside a private PostgreSQL 15, and stop the server when it ends.
#
#   tests/support/postgresql.sh COMMAND [ARGUMENT...]
#
# The cluster lives in a temporary folder, listens on a unix socket there and on a free loopback port, and never syncs. The command finds it by
# PGHOST (the socket's folder), PGPORT, PGUSER and PGDATABASE; PGHOSTADDR_LOOPBACK names the loopback. PostgreSQL refuses to run as root: then it runs as
# the user postgres, or nobody. The exit status is the command's.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x "$bin/initdb" ] || bin=$(pg_config --bindir 2>/dev/null || true)
if [ ! -x "$bin/initdb" ] || [ ! -x "$bin/postgres" ]; then
    echo "not ok 1 - PostgreSQL 15 is installed (package postgresql-15)"
    echo "1..1"
    exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/heng-postgresql-XXXXXX")
server=
stop() {
    if [ -n "$server" ] && kill -INT "$server" 2>/dev/null; then # a fast shutdown
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

as_user=()
if [ "$(id -u)" -eq 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --inh-caps=-all)
fi
chmod 711 "$folder" # the socket must be reachable for whoever runs the command

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# exec, so that the background process is the server itself and can be stopped by its id.
start() {
    port=$(free_port)
    (cd "$folder" && exec ${as_user[@]+"${as_user[@]}"} "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=16MB -c max_connections=20 -c autovacuum=off \
        -c logging_collector=off >"$folder/log" 2>&1) &
    server=$!
    for _ in $(seq 200); do
        if ! kill -0 "$server" 2>/dev/null; then return 1; fi
        if [ "$(sed -n 8p "$folder/data/postmaster.pid" 2>/dev/null | tr -d ' ')" = ready ]; then return 0; fi
        sleep 0.05
    done
    return 1
}

if ! (cd "$folder" && LC_ALL=C ${as_user[@]+"${as_user[@]}"} "$bin/initdb" -D "$folder/data" -U heng -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$folder/init" 2>&1); then
    sed 's/^/# /' "$folder/init" || true
    echo "not ok 1 - initdb makes a cluster"
    echo "1..1"
    exit 1
fi
touch "$folder/log" && chmod 666 "$folder/log"
start || start || start || {
    sed 's/^/# /' "$folder/log"
    server=
    echo "not ok 1 - PostgreSQL starts"
    echo "1..1"
    exit 1
}

status=0
PGHOST=$folder PGPORT=$port PGUSER=heng PGDATABASE=postgres PGHOSTADDR_LOOPBACK=127.0.0.1 "$@" || status=$?
exit "$status"
