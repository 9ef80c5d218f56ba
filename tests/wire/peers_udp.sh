#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# rung over UDP as a client and as a server of other programs: each peer gets
# its own answer, and no datagram is split or joined.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

nc=$(command -v nc.openbsd || command -v nc)
mkfifo "$WORK/open" # an input that stays open and has no data
exec {open}<>"$WORK/open"

# asks NAME CMD...: a peer that sends its name and receives until the test ends.
asks() {
	local name=$1
	shift
	mkfifo "$WORK/$name.in"
	"$@" <"$WORK/$name.in" >"$WORK/$name.heard" 2>"$WORK/$name.err" &
	pids+=("$!")
	exec {fd}>"$WORK/$name.in"
	echo "$name" >&"$fd"
}

two_peers() {
	local one=$1 two=$2 at=$3 server
	shift 3
	rm -f "$WORK"/*.in
	server server -e "listen $at as s; accept s" \
	    -e 'expect /(\w+)\n/; let one $1; let first $session' \
	    -e 'echo $one; accept s; expect /(\w+)\n/; let two $1' \
	    -e 'echo $two; sendline to $two; @s.1 sendline to $one' \
	    -e 'recv line; @s.1 recv line; sessions; info s'
	server=$pid
	asks one ${one//PORT/$port}
	local to_one=$fd
	until_ok grep -q one "$WORK/server.out"
	asks two ${two//PORT/$port}
	until_ok grep -q 'to one' "$WORK/one.heard"
	until_ok grep -q 'to two' "$WORK/two.heard"
	echo 'and two' >&"$fd"
	echo 'and one' >&"$to_one"
	ends 0 "$server" server
	equal 'what the server heard' 'one
two
and two
and one' "$(cat "$WORK/server.out")"
	equal 'what one heard' 'to one' "$(cat "$WORK/one.heard")"
	equal 'what two heard' 'to two' "$(cat "$WORK/two.heard")"
	has 'the listener lists both' 's.2' "$(cat "$WORK/server.err")"
	exec {fd}>&- {to_one}>&-
}

peers() {
	two_peers "$nc -u 127.0.0.1 PORT" "ncat -u 127.0.0.1 PORT" udp://:0
	two_peers "socat - UDP4:127.0.0.1:PORT" "$nc -4 -u localhost PORT" \
	    udp4://127.0.0.1:0
	two_peers "$nc -u ::1 PORT" "socat - UDP6:[::1]:PORT" 'udp://[::1]:0'
}
each_engine peers

# rung as a client: the other programs answer its datagrams.
client() {
	local at=$1
	shift
	start service "$@"
	local service=$pid
	until_ok "$RUNG" -q -e "connect $at; send up?; expect -t 1s up?"
	code 0 "$RUNG" -q -e "connect $at" \
	    -e 'send one; expect -p -1 one; send two; expect -p -1 two' \
	    -e 'send "three\n"; recv; info'
	equal "$at answers" 'onetwothree' "$out"
	has 'counted as three' 'messages_in   3' "$err"
	kill "$service"
	wait "$service"
}

services() {
	local port
	port=$(free_port udp)
	client "udp://127.0.0.1:$port" \
	    socat "UDP4-RECVFROM:$port,bind=127.0.0.1,fork" PIPE
	client "udp6://[::1]:$port" \
	    socat "UDP6-RECVFROM:$port,bind=[::1],fork" PIPE
	client "udp://localhost:$port" \
	    socat "UDP4-RECVFROM:$port,bind=127.0.0.1,fork" PIPE
}
each_engine services
