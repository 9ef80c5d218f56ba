#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# rung over Unix sockets as a client and as a server of other programs: streams
# by path and by abstract name, seqpackets and datagrams.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

nc=$(command -v nc.openbsd || command -v nc)
echo 'from the peer' >"$WORK/said"
cd "$WORK" || exit 1

# to ADDR CMD...: CMD listens, rung connects.
to() {
	local at=$1
	shift
	: >peer.err
	"$@" <said >heard 2>peer.err &
	pid=$!
	pids+=("$pid")
	until_ok grep -qi listening peer.err
	code 0 "$RUNG" -q -e "connect $at; expect \"from the peer\\n\"" \
	    -e 'sendline from rung; close -w; expect eof'
	ends 0 "$pid" peer
	equal "$1 heard" 'from rung' "$(cat heard)"
	rm -f peer.sock
}

# from ADDR CMD...: rung listens on ADDR, CMD connects.
from() {
	local at=$1 server
	shift
	server server -e "listen $at; accept; expect -p \"from the peer\\n\"" \
	    -e 'sendline from rung; close -w; expect eof'
	server=$pid
	"$@" <said >heard 2>peer.err ||
	    fail "$1 ended with $?: $(cat peer.err)"
	ends 0 "$server" server
	equal "$1 heard" 'from rung' "$(cat heard)"
	equal "rung heard $1" 'from the peer' "$(cat server.out)"
	[ ! -e our.sock ] || fail 'a path that rung made is still there'
}

all_of_them() {
	to unix://peer.sock "$nc" -N -lvU peer.sock
	to "unix://$WORK/peer.sock" ncat -lvU peer.sock
	to unix://peer.sock socat -d -d -t 20 UNIX-LISTEN:peer.sock -
	to "unix://@rung-wire-$$" socat -d -d -t 20 "ABSTRACT-LISTEN:rung-wire-$$" -
	to unix-seqpacket://peer.sock socat -d -d -t 20 \
	    UNIX-LISTEN:peer.sock,type=5 -

	from unix://our.sock "$nc" -N -U our.sock
	from "unix://$WORK/our.sock" ncat -U our.sock
	from unix://our.sock socat -t 20 - UNIX-CONNECT:our.sock
	from "unix://@rung-wire-$$" socat -t 20 - "ABSTRACT-CONNECT:rung-wire-$$"
	from unix-seqpacket://our.sock socat -t 20 - \
	    UNIX-CONNECT:our.sock,type=5
}
each_engine all_of_them

# Datagrams have no end, so each side exits after it has received enough.
datagrams() {
	start echo socat UNIX-RECVFROM:peer.sock,fork PIPE
	local echo=$pid
	until_ok test -S peer.sock
	code 0 "$RUNG" -q -e 'connect unix-dgram://peer.sock' \
	    -e 'send one; expect -p -1 one; echo; send three; recv'
	equal 'socat answers each datagram' 'one
three' "$out"
	kill "$echo"
	rm -f peer.sock

	server server -e 'listen unix-dgram://our.sock' \
	    -e 'accept; recv; sendline from rung'
	local server=$pid
	: >heard
	echo 'from the peer' | socat -t 20 - \
	    UNIX-SENDTO:our.sock,bind=its.sock >heard 2>peer.err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'from rung' heard
	ends 0 "$server" server
	equal 'rung heard socat' 'from the peer' "$(cat server.out)"
	kill "$pid"
	wait "$pid"
	rm -f its.sock
	[ ! -e our.sock ] || fail 'a path that rung made is still there'
}
each_engine datagrams
