#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A reset in the middle of a stream is reported as a reset, never as an orderly
# end; data received before it can still be consumed.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Sends six bytes; answers the next data with a reset instead of a FIN.
cat >resets.py <<'E2'
import socket, struct
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print("listening on", listener.getsockname()[1], flush=True)
while True:
    peer = listener.accept()[0]
    peer.sendall(b"abcdef")
    peer.recv(1)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
E2
start resets python3 resets.py
until_ok grep -q listening resets.log
port=$(sed 's/.* //' resets.log)
begin="connect 127.0.0.1:$port as c; expect abc; send x"

by_others() {
	code 7 "$RUNG" -q -e "$begin" -e 'expect eof'
	has 'no end in order' \
	    "expect: c: tcp://127.0.0.1:$port: reset by the peer" "$err"
	code 0 "$RUNG" -q -e "$begin" -e 'expect close; echo $c.state; why'
	equal 'but an end' closed "$out"
	has 'why' 'reset by the peer' "$err"
	code 7 "$RUNG" -q -e "$begin" -e 'recv all'
	equal 'what came before' def "$out"
	has 'recv all' 'reset by the peer' "$err"
	code 0 "$RUNG" -q -e "$begin" -e 'try recv 4; echo $error $?' \
	    -e 'try expect nothing; echo $error; try recv line; echo $error' \
	    -e 'recv 3; echo; try recv; echo $error; try send x; echo $error' \
	    -e 'try close -w; echo $error'
	equal 'each of them fails as a reset' 'reset 7
reset
reset
def
reset
reset
reset' "$out"
	has 'what is kept' 'reset by the peer; 3 bytes are kept in the inbox' "$err"
	code 7 "$RUNG" -q -e "$begin" -e 'repeat 1000000 send x'
	has 'while sending' 'reset by the peer' "$err"
}
each_engine by_others

# A peer that has closed answers the next data with a RST. rung reports it at
# once, not at the next send; the data received before the FIN stays.
after_the_fin() {
	code 0 "$RUNG" -e 'listen :0 as s; connect $s.addr as c; @s.1 send abc' \
	    -e '@s.1 close; wait c half-closed; @c send late; wait -t 9s c closed' \
	    -e '@c recv 3; try @c recv; echo " $error"; @c expect eof' \
	    -e '@c recv all; try @c send x; echo $error; echo $c.why'
	has 'what came before' 'abc eof-early
reset
tcp://' "$out"
	has 'why' 'reset by the peer after its FIN' "$out"
	has 'the notice' 'reset by the peer after its FIN; sent data may be lost' "$err"
}
each_engine after_the_fin

by_us() {
	code 7 "$RUNG" -q -e 'listen :0 as s; connect $s.addr as c; accept s' \
	    -e '@c send abc; @s.1 recv 3; @c close -R; why c; @s.1 recv'
	has 'here' 'c: reset here (RST)' "$err"
	has 'at the other end' 'recv: s.1: ' "$err"
	has 'at the other end' 'reset by the peer' "$err"

	# If no command waits, a notice reports the reset, except with -q.
	code 0 "$RUNG" -e 'listen :0 as s; connect $s.addr as c; accept s' \
	    -e 'close -R c; try @s.1 expect close'
	rung other -e 'listen --echo :0 as s' -e 'sleep 60'
	until_ok grep -q listening other.err
	local at
	at=$(sed -n 's/.*listening on //p' other.err)
	code 0 "$RUNG" -e "connect $at; send x; recv -q; close -R"
	until_ok grep -q 's.1: .*reset by the peer' other.err

	# The peer was never accepted when its listener closes.
	local where
	for where in :0 unix://u.sock; do
		code 7 "$RUNG" -q -e "listen -a $where as s" \
		    -e 'connect $s.addr as c; send abc; close s; recv'
		has "$where" 'reset by the peer' "$err"
	done
}
each_engine by_us
