#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Peers that send without end share the memory that rung may use: no data is
# lost, a small answer still arrives, and a failed allocation is the error
# `limit`.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

# Each peer sends more than the limit for all, and waits until its data is read.
flooders() {
	local i
	for i in 1 2 3 4 5 6; do
		start "flood$i" socat -u "OPEN:$WORK/much" "TCP:127.0.0.1:$port"
	done
}

head -c 4M /dev/zero | tr '\0' x >"$WORK/much"

floods() {
	server floods -e 'set memory 1M; set log 0; listen :0 as s' \
	    -e 'repeat 6 "accept s"' \
	    -e 'listen --echo :0 as e; connect $e.addr as c' \
	    -e 'use s.1; try recv until y; echo $error' \
	    -e '@c sendline small; @c recv line; use s.2' \
	    -e 'try expect /y/; echo $error; sessions -v s.*' \
	    -e 'let n 0; @s.1 recv -q all; @s.2 recv -q all; @s.3 recv -q all' \
	    -e '@s.4 recv -q all; @s.5 recv -q all; @s.6 recv -q all' \
	    -e 'echo $s.1.bytes_in $s.6.bytes_in'
	local rung=$pid
	flooders
	ends 0 "$rung" floods
	equal 'what it printed' 'limit
small
limit
4194304 4194304' "$(cat "$WORK/floods.out")"
	has 'why recv failed' "not enough memory (" "$(cat "$WORK/floods.err")"
	has 'how much is in use' ' of 1048576 bytes in use: ' \
	    "$(cat "$WORK/floods.err")"
}
each_engine floods
