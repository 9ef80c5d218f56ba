#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# rung over TCP, as a client and as a server of other programs: each side sends
# a line, receives the other side's line, and shuts down its direction first or
# second.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

nc=$(command -v nc.openbsd || command -v nc)
echo 'from the peer' >"$WORK/said"

# to ADDR CMD...: CMD listens, rung connects.
to() {
	local at=$1
	shift
	: >"$WORK/peer.err"
	"$@" <"$WORK/said" >"$WORK/heard" 2>"$WORK/peer.err" &
	pid=$!
	pids+=("$pid")
	until_ok grep -qi listening "$WORK/peer.err"
	code 0 "$RUNG" -q -e "connect $at; expect \"from the peer\\n\"" \
	    -e 'sendline from rung; close -w; expect eof; why'
	equal "$at: nothing is printed" '' "$out"
	has "$at: why" 'closed' "$err"
	ends 0 "$pid" peer
	equal "$1 heard" 'from rung' "$(cat "$WORK/heard")"
}

# from ADDR CMD...: rung listens on ADDR, CMD PORT connects.
from() {
	local at=$1 server
	shift
	server server -e "listen $at; accept; expect -p \"from the peer\\n\"" \
	    -e 'sendline from rung; close -w; expect eof'
	server=$pid
	"${@//PORT/$port}" <"$WORK/said" >"$WORK/heard" 2>"$WORK/peer.err" ||
	    fail "$1 ended with $?: $(cat "$WORK/peer.err")"
	ends 0 "$server" server
	equal "$1 heard" 'from rung' "$(cat "$WORK/heard")"
	equal "rung heard $1" 'from the peer' "$(cat "$WORK/server.out")"
}

all_of_them() {
	local port
	port=$(free_port)
	to "tcp4://127.0.0.1:$port" "$nc" -4 -N -lv 127.0.0.1 "$port"
	to "127.0.0.1 $port" ncat -4 -lv 127.0.0.1 "$port"
	to "127.0.0.1:$port" socat -d -d -t 20 \
	    "TCP4-LISTEN:$port,bind=127.0.0.1,reuseaddr" -
	from tcp4://:0 "$nc" -4 -N 127.0.0.1 PORT
	from 127.0.0.1:0 ncat 127.0.0.1 PORT
	from :0 socat -t 20 - TCP4:127.0.0.1:PORT

	to "tcp6://[::1]:$port" "$nc" -6 -N -lv ::1 "$port"
	to "[::1]:$port" ncat -6 -lv ::1 "$port"
	to "::1 $port" socat -d -d -t 20 \
	    "TCP6-LISTEN:$port,bind=[::1],reuseaddr" -
	from tcp6://:0 "$nc" -6 -N ::1 PORT
	from '[::1]:0' ncat -6 ::1 PORT
	from 'tcp6://[::1]:0' socat -t 20 - 'TCP6:[::1]:PORT'
}
each_engine all_of_them
