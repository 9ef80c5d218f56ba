#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Data queued by `send -n` is written even after its script has ended; so is
# data of a script that serves a peer. If the peer does not read, the wait is
# limited.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

kilo=$(printf 'x%.0s' {1..1000})

# Starts a rung that reads only on command: each line sent to it is run.
reader() {
	rm -f told
	mkfifo told
	exec {orders}<>told
	start reader sh -c "exec \"\$@\" <told" sh "$RUNG" -q
}
order() {
	printf '%s\n' "$*" >&"$orders"
}
says() { # FILE LINE
	until_ok grep -qx -- "$2" "$1"
}

at_the_end() {
	reader
	order 'listen -a :0 as s; echo port $s.port'
	until_ok grep -q '^port' reader.log
	local port
	port=$(sed -n 's/^port //p' reader.log)
	rung writer -q -e "let k $kilo; set queue 64M; connect 127.0.0.1:$port" \
	    -e 'send -n -R 20000 $k; echo said'
	local writer=$pid
	says writer.out said
	order 'accept s; recv -q all; echo $session.bytes_in'
	ends 0 "$writer" writer
	says reader.log 20000000
	exec {orders}>&-
}
each_engine at_the_end

# The script that serves a peer has ended; the peer is closed after it got all
# data.
server server -e "share k; let k $kilo; set queue 64M" \
    -e "listen --serve 'send -n -R 20000 \$k; echo said' 127.0.0.1:0 as s" \
    -e wait
reader
order "set inbox 1k; connect 127.0.0.1:$port as c"
says server.out said
order 'set inbox 64M; recv -q all; echo $c.bytes_in'
says reader.log 20000000
exec {orders}>&-

# The peer does not read.
code 5 "$RUNG" -q -t 200ms -e "let k $kilo; listen -a :0 as deaf" \
    -e 'connect $deaf.addr as c; send -n -R 20000 $k'
has 'who and how long' "rung: c: peer read nothing for 200ms; " "$err"
has 'how much' "queued bytes not sent" "$err"
# A script that failed or called quit does not wait for queued data.
code 0 "$RUNG" -q -t 60s -e "let k $kilo; listen -a :0 as deaf" \
    -e 'connect $deaf.addr as c; send -n -R 20000 $k; quit'
