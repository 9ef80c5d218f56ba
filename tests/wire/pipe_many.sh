#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung pipe -l -k -m N` on standard input and output serves N peers at once.
# All their data goes to the output; the input goes to each peer.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# serving NAME OPTION...: starts `pipe -l -k` with the fifo as input; sets $port
serving() {
	local name=$1
	shift
	rm -f in
	mkfifo in
	: >"$name.err"
	"$RUNG" -v pipe -l -k "$@" <in >"$name.got" 2>"$name.err" &
	pid=$!
	pids+=("$pid")
	served=$pid
	exec 9>in
	until_ok grep -q 'listening on' "$name.err"
	port=$(sed -n 's/.*listening on.*127.0.0.1:\([0-9]*\).*/\1/p' \
	    "$name.err")
}
stop() { # ends the pipe with SIGTERM
	kill "$served"
	wait "$served"
	equal 'ended by TERM' 143 $?
	exec 9>&-
}

# joins NAME FD CMD...: starts a peer whose input, a fifo, stays open at FD
joins() {
	local name=$1 fd=$2
	shift 2
	rm -f "$name.in"
	mkfifo "$name.in"
	: >"$name.out"
	"$@" <"$name.in" >"$name.out" 2>/dev/null 4>&- 5>&- 6>&- 9>&- &
	pids+=($!)
	eval "exec $fd>$name.in"
}

# nc, ncat and socat are served at once: each sends and receives before any has
# ended
all_at_once() {
	serving served -m 3 127.0.0.1:0
	joins nc 4 nc 127.0.0.1 "$port"
	joins ncat 5 ncat 127.0.0.1 "$port"
	joins socat 6 socat - "TCP4:127.0.0.1:$port"
	until_ok grep -q '#3' served.err
	echo from-nc >&4
	until_ok grep -q from-nc served.got
	echo from-ncat >&5
	until_ok grep -q from-ncat served.got
	echo from-socat >&6
	until_ok grep -q from-socat served.got
	equal 'what came' 'from-nc
from-ncat
from-socat' "$(cat served.got)"
	echo to-all >&9
	for name in nc ncat socat; do
		until_ok grep -q to-all "$name.out"
	done
	# one peer leaves; the two others continue
	exec 5>&-
	wait "${pids[-2]}"
	echo again >&9
	until_ok grep -q again nc.out
	until_ok grep -q again socat.out
	equal 'who has left' to-all "$(cat ncat.out)"
	exec 4>&- 6>&-
	stop
}

# With -m 3 a fourth peer waits in the backlog, and is served after one has
# left.
one_more_waits() {
	serving served -m 2 127.0.0.1:0
	joins a 4 nc -N 127.0.0.1 "$port"
	first=${pids[-1]}
	joins b 5 nc -N 127.0.0.1 "$port"
	until_ok grep -q '#2' served.err
	joins c 6 nc -N 127.0.0.1 "$port"
	echo from-c >&6
	echo from-b >&5
	until_ok grep -q from-b served.got
	! grep -q '#3' served.err || fail 'a third was served beside two'
	exec 4>&-
	wait "$first"
	until_ok grep -q from-c served.got
	exec 5>&- 6>&-
	stop
}

# The end of input is a half-close for all peers, including later ones.
input_ends() {
	serving served -m 4 127.0.0.1:0
	joins a 4 socat -t 20 - "TCP4:127.0.0.1:$port"
	joins b 5 socat -t 20 - "TCP4:127.0.0.1:$port"
	until_ok grep -q '#2' served.err
	echo last >&9
	exec 9>&-
	until_ok grep -q last a.out
	until_ok grep -q last b.out
	echo late >&4
	until_ok grep -q late served.got
	equal 'after it' '' "$(echo later | timeout 20 socat -t 20 - \
	    "TCP4:127.0.0.1:$port")"
	until_ok grep -q later served.got
	exec 4>&- 5>&-
	stop
}

# Much data is sent to many peers: each gets all data, and the input is read
# only as fast as they read.
much() {
	head -c 3000000 /dev/urandom >data
	rm -f served.err
	"$RUNG" -v pipe -l -k -m 5 127.0.0.1:0 <>hold >got 2>served.err &
	served=$!
	pids+=("$served")
	until_ok grep -q 'listening on' served.err
	port=$(sed -n 's/.*listening on.*127.0.0.1://p' served.err)
	for i in 1 2 3; do
		"$RUNG" pipe -N -q 90 ":$port" </dev/null >"heard$i" &
		pids+=($!)
	done
	until_ok grep -q '#3' served.err
	cat data >hold
	for i in 1 2 3; do
		until_ok cmp "heard$i" data
	done
	for i in 1 2; do
		"$RUNG" pipe ":$port" <data >/dev/null &
		senders[i]=$!
	done
	wait "${senders[@]}"
	all_came() {
		[ "$(wc -c <got)" = 6000000 ]
	}
	until_ok all_came
	kill "$served"
	wait "$served"
}

# A silent peer costs a single descriptor.
quiet_peers() {
	serving served -m 20 127.0.0.1:0
	before=$(descriptors)
	rung peers -e "repeat 20 'connect :$port'; @* sendline hello; sleep 1h"
	all_heard() {
		[ "$(wc -l <served.got)" = 20 ]
	}
	until_ok all_heard
	[ "$(descriptors)" -le $((before + 22)) ] ||
	    fail "20 peers: from $before to $(descriptors) descriptors"
	kill "$pid"
	wait "$pid"
	stop
}
descriptors() {
	find "/proc/$served/fd" -type l 2>/dev/null | wc -l
}

# When the reader of the output exits, the pipe ends.
head_goes() {
	: >served.err
	rm -f first status # removes the output of an earlier run
	{
		"$RUNG" -v pipe -l -k -m 2 127.0.0.1:0 <>hold 2>served.err
		echo $? >status
	} | head -n 1 >first &
	pids+=($!)
	until_ok grep -q 'listening on' served.err
	port=$(sed -n 's/.*listening on.*127.0.0.1://p' served.err)
	echo one | nc -N 127.0.0.1 "$port"
	until_ok grep -q one first
	echo two | nc -N 127.0.0.1 "$port" || :
	until_ok grep -q 141 status
}

# An input message is sent to each peer as one message, with CRLF after -C.
messages() {
	: >served.err
	"$RUNG" -v pipe -C -l -k -m 2 "unix-seqpacket://$WORK/seq" <>hold \
	    >got 2>served.err &
	served=$!
	pids+=("$served")
	until_ok grep -q 'listening on' served.err
	for i in 1 2; do
		rung "m$i" -e "connect unix-seqpacket://$WORK/seq" \
		    -e 'recv; recv'
		peers[i]=$pid
	done
	until_ok grep -q '#2' served.err
	echo one >hold
	until_ok grep -q one m1.out
	until_ok grep -q one m2.out
	echo two >hold
	wait "${peers[@]}" || fail "a peer ended with $?"
	for i in 1 2; do
		equal "messages of $i" "$(printf 'one\r\ntwo\r\n')" \
		    "$(cat "m$i.out")"
	done
	kill "$served"
	wait "$served"
}

mkfifo hold
all() {
	all_at_once
	one_more_waits
	input_ends
	much
	quiet_peers
	head_goes
	messages
}
for RUNG_NO_SPLICE in 0 1; do
	export RUNG_NO_SPLICE
	each_engine all
done
