#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# One direction ends before the other: data that arrives after rung's FIN is
# read, data from before the peer's FIN can be consumed after it, and messages
# name the side that ended first.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

head -c 300000 /dev/urandom >data
# A peer that sends back all received data after the end of its input.
port=$(free_port)
start after socat -t 20 "TCP4-LISTEN:$port,bind=127.0.0.1,fork" \
    SYSTEM:'cat >heard; cat heard'
until_listens "$port"

ours_first() {
	code 0 "$RUNG" -q -e "connect :$port as c; send -n -f data; close -w" \
	    -e 'recv -o back 300000; expect eof; why; info'
	same 'what came after our end' data back
	has 'why' 'closed here (FIN), then by the peer' "$err"
	rm back

	# All in one turn, so that no answer can arrive in between.
	code 6 "$RUNG" -q -e "connect :$port as c; send hi" \
	    -e 'close -w; echo $c.state; why; recv; echo; expect eof' \
	    -e 'echo $c.state' \
	    -e 'try close -w; echo $error; send more'
	equal 'states' 'half-closed
hi
closed
closed' "$out"
	has 'why' 'sending side is shut down (FIN)' "$err"
	has 'sending then' 'send: c: closed here (FIN)' "$err"

	code 6 "$RUNG" -q -e "listen -a :0 as s; connect \$s.addr as c" \
	    -e 'close -w; send more'
	has 'sending after our end' 'c: sending side is shut down' "$err"
}
each_engine ours_first

theirs_first() {
	# a FIN with 300000 bytes unread, in a small inbox
	server server -e 'set inbox 64k; listen -1 :0; accept; recv 1' \
	    -e 'echo " $session.state"; recv -q 65535; sendline taken' \
	    -e 'recv -o rest all; echo $s1.1.state; expect eof; why s1.1' \
	    -e 'close s1.1; try @s1.1 send x; echo $error'
	socat -t 20 - "TCP4:127.0.0.1:$port" <data >heard ||
	    fail "socat ended with $?"
	ends 0 "$pid" server
	equal 'the answer after its end' taken "$(cat heard)"
	tail -c +65537 data >rest.wanted
	same 'the rest, after the end' rest.wanted rest
	has 'why' 'peer shut down its side (FIN); sending is open' \
	    "$(cat server.err)"
	has 'closed then' 'half-closed
closed' "$(tail -c 20 server.out)"
}
each_engine theirs_first

# recv and expect consume all the bytes that they need, or none: too few bytes
# stay in the inbox and are reported.
too_little() {
	code 6 "$RUNG" -q -e 'listen :0 as s; connect $s.addr as c; accept s' \
	    -e '@s.1 send "one\ntwo"; @s.1 close; @c recv line' \
	    -e 'try @c recv 10; try @c recv until x; try @c expect /two$x/' \
	    -e '@c recv line; @c recv'
	equal 'a last line without an end' 'one
two' "$out"
	has 'too few bytes' \
	    'recv: c: peer shut down its side (FIN) after 3 of 10 bytes; they stay in the inbox' \
	    "$err"
	has 'a text that is not there' \
	    'peer shut down its side (FIN), no more data; 3 bytes are kept in the inbox' \
	    "$err"
	has 'a pattern that is not there' \
	    'not received before the peer shut down its side (FIN)' "$err"
	has 'nothing at all' 'recv: c: peer shut down its side (FIN), no more data' \
	    "$(tail -n 1 <<<"$err")"
}
each_engine too_little
