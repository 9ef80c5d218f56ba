#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What `send -n` has queued is written when the script that sent it has ended,
# that of a served peer too; a peer that takes nothing is given up in time.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

kilo=$(printf 'x%.0s' {1..1000})

# A reader that does what it is told, line by line.
reader() {
	rm -f told
	mkfifo told
	exec {tell}<>told
	start reader sh -c "exec \"\$@\" <told" sh "$RUNG" -q
}
tell() {
	printf '%s\n' "$*" >&"$tell"
}
says() { # FILE LINE
	until_ok grep -qx -- "$2" "$1"
}

at_the_end() {
	reader
	tell 'listen -a :0 as s; echo port $s.port'
	until_ok grep -q '^port' reader.log
	local port
	port=$(sed -n 's/^port //p' reader.log)
	rung writer -q -e "let k $kilo; set queue 64M; connect 127.0.0.1:$port" \
	    -e 'send -n -R 20000 $k; echo said'
	local writer=$pid
	says writer.out said
	tell 'accept s; recv -q all; echo $session.bytes_in'
	ends 0 "$writer" writer
	says reader.log 20000000
	exec {tell}>&-
}
each_engine at_the_end

# The peer's script has ended; the peer is closed when it has all.
server server -e "share k; let k $kilo; set queue 64M" \
    -e "listen --serve 'send -n -R 20000 \$k; echo said' 127.0.0.1:0 as s" \
    -e wait
reader
tell "set inbox 1k; connect 127.0.0.1:$port as c"
says server.out said
tell 'set inbox 64M; recv -q all; echo $c.bytes_in'
says reader.log 20000000
exec {tell}>&-

# Nobody reads.
code 5 "$RUNG" -q -t 200ms -e "let k $kilo; listen -a :0 as deaf" \
    -e 'connect $deaf.addr as c; send -n -R 20000 $k'
has 'who and how long' "rung: c: peer read nothing for 200ms; " "$err"
has 'how much' "queued bytes not sent" "$err"
# One that failed or is to end at once does not wait.
code 0 "$RUNG" -q -t 60s -e "let k $kilo; listen -a :0 as deaf" \
    -e 'connect $deaf.addr as c; send -n -R 20000 $k; quit'
