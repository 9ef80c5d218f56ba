#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The peer is killed in the middle of a transfer, in either direction: rung
# reports how many bytes were received or not sent, and continues.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# The peer sends without end. When it is killed, the kernel sends a FIN.
while_receiving() {
	server server -e 'listen --echo :0 as other; listen :0 as s; echo $s.port' \
	    -e 'accept s; recv -q 1000000; echo came; try expect --discard never' \
	    -e 'echo $error; connect $other.addr as d; @d send still here' \
	    -e '@d expect -p "still here"; echo; @s.1 recv -q all; why s.1' \
	    -e '@s.1 expect never'
	local server=$pid
	until_ok test -s server.out
	start sender socat -u /dev/zero \
	    "TCP4:127.0.0.1:$(head -n 1 server.out)"
	local sender=$pid
	until_ok grep -q came server.out
	slain "$sender"
	ends 6 "$server" server
	has 'the others go on' 'eof-early
still here' "$(cat server.out)"
	has 'it says who ended' 'peer shut down its side (FIN)' \
	    "$(cat server.err)"
}

# The peer does not read: data queued in its kernel and in rung's kernel is
# lost.
while_sending() {
	server reader -e 'listen -a :0 as s; sleep 60'
	local reader=$pid at=$addr
	rung sender -e "connect $at as c; set timeout 200ms" \
	    -e 'try send -f /dev/zero; echo $error; set timeout 60s' \
	    -e 'try send -f /dev/zero; echo $error; why c; @c send more'
	local sender=$pid
	until_ok grep -q send-timeout sender.out
	slain "$reader"
	ends 7 "$sender" sender
	equal 'the classes' 'send-timeout
reset' "$(cat sender.out)"
	has 'how much was not sent' 'bytes not sent' "$(cat sender.err)"
	has 'why' 'bytes unsent' "$(cat sender.err)"
}

each_engine while_receiving
each_engine while_sending
