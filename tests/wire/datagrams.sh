#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Datagrams and seqpackets keep their boundaries, even the empty and the largest
# ones. A datagram that is too large, or that recv consumes only in part, is
# reported.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

head -c 65507 /dev/urandom >largest
head -c 65508 /dev/urandom >larger

shapes() {
	local at
	for at in udp://:0 'udp6://[::1]:0' unix-dgram://d.sock; do
		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send one; send ""; send two' \
		    -e 'expect -1 one; echo $last; recv; echo "[$last]"' \
		    -e 'recv; echo; send -R 3 ab; recv; recv; recv; echo' \
		    -e 'send -f largest; recv -o back' \
		    -e 'echo $c1.messages_in $c1.bytes_in'
		equal "$at" 'one
[]
two
ababab
7 65519' "$out"
		same "$at: the largest" largest back
		rm -f back
	done
	for at in unix-seqpacket://q.sock "unix-seqpacket://@rung-$$"; do
		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send one; send two' \
		    -e 'expect -1 one; recv; echo; try send ""; echo $error' \
		    -e 'send -f largest; recv -o back; close -w; expect eof'
		equal "$at" 'two
usage' "$out"
		has "$at" 'cannot send an empty message: the peer would read the end of the connection' "$err"
		same "$at: the largest" largest back
	done
}
each_engine shapes

code 10 "$RUNG" -q -e 'listen udp://:0 as s; connect $s.addr' \
    -e 'send -f larger'
has 'a datagram too large' \
    'send: c1: 65508 bytes: too long for a udp datagram (limit 65507)' "$err"

# recv consumes a part: the rest stays separate from the next datagram
code 0 "$RUNG" -q -e 'listen --echo udp://:0 as s; connect $s.addr' \
    -e 'send abcdef; send ghi; recv 2; echo; recv; echo; recv; echo'
equal 'a part of a datagram' 'ab
cdef
ghi' "$out"

code 6 "$RUNG" -q -e 'listen --echo udp://:0 as s; connect $s.addr' \
    -e 'send abc; try recv 4; recv; echo; send xyz; recv until -'
equal 'a message too short is kept' abc "$out"
has 'what a message has not' 'only 3 of 4 bytes in the message, which stays in the inbox' "$err"
has 'what a message has not' 'not found in the message' "$err"


# a peer can be named before its first datagram
code 0 "$RUNG" -q -e 'listen udp://:0 as u; connect $u.addr as a' \
    -e '@a send one; @u.1 recv; echo; connect $u.addr as b' \
    -e 'use u.2 &; @u.2 sendline "to $session" &; @b send two; @b recv line'
equal 'a peer that comes later' 'one
to u.2' "$out"
