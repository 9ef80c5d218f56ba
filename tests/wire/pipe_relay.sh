#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung pipe -l ADDR ADDR2`: each peer gets a connection of its own. Half-closes
# are passed on in both directions, and so are resets.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
head -c 20000000 /dev/urandom >data

relay() { # OPTION... -- ADDR2
	: >relay.err
	"$RUNG" -v pipe "$@" 2>relay.err </dev/null &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' relay.err
	port=$(sed -n 's/.*listening on.*127.0.0.1://p' relay.err)
}

# The server answers only after the client's FIN was passed on, and the client
# ends only after the server's FIN was passed back.
there_and_back() {
	server=$(free_port)
	start server socat -t 30 "TCP4-LISTEN:$server,bind=127.0.0.1,fork" \
	    'SYSTEM:t=$(mktemp); cat >$t; cat $t; rm $t'
	echo=$pid
	until_listens "$server"

	relay -l 127.0.0.1:0 "127.0.0.1:$server"
	nc -N 127.0.0.1 "$port" <data >back || fail "nc: $?"
	same 'through nc' data back
	wait "$pid" || fail "the relay ended with $?"

	relay -l -k 127.0.0.1:0 "127.0.0.1:$server"
	for i in 1 2 3; do
		socat -t 30 - "TCP4:127.0.0.1:$port" <data >"back$i" &
		peers[i]=$!
	done
	for i in 1 2 3; do
		wait "${peers[i]}" || fail "socat $i: $?"
		same "peer $i" data "back$i"
	done
	ncat 127.0.0.1 "$port" <data >back || fail "ncat: $?"
	same 'through ncat' data back
	code 0 "$RUNG" pipe -k "127.0.0.1:$port"
	kill "$pid"
	wait "$pid"
	equal 'ended by TERM' 143 $?

	# over another kind of link, and through two pipes
	relay -l "unix://$WORK/sock" "127.0.0.1:$server"
	one=$pid
	relay -l 127.0.0.1:0 "unix://$WORK/sock"
	"$RUNG" pipe "127.0.0.1:$port" <data >back || fail "pipe: $?"
	same 'through two' data back
	wait "$one" || fail "the first ended with $?"
	wait "$pid" || fail "the second ended with $?"
	kill "$echo"
}

# The server ends first; the client's data is still sent.
server_first() {
	: >server.err
	"$RUNG" -v pipe -l -k 127.0.0.1:0 <less >got 2>server.err &
	server=$!
	pids+=("$server")
	until_ok grep -q 'listening on' server.err
	to=$(sed -n 's/.*127.0.0.1://p' server.err)
	relay -l 127.0.0.1:0 "127.0.0.1:$to"
	"$RUNG" pipe -k "127.0.0.1:$port" <less >back || fail "pipe: $?"
	same 'from the server' less back
	wait "$pid" || fail "the relay ended with $?"
	until_ok cmp less got
	kill "$server"
}

# With -m 1 the second peer waits until the first has ended.
in_turn() {
	server=$(free_port)
	start server socat "TCP4-LISTEN:$server,bind=127.0.0.1,fork" PIPE
	until_listens "$server"
	relay -l -k -m 1 127.0.0.1:0 "127.0.0.1:$server"
	code 0 "$RUNG" -q -e "connect 127.0.0.1:$port as a; sendline one" \
	    -e "recv line; connect 127.0.0.1:$port as b; @b send two" \
	    -e 'try @b recv -t 200ms; echo $error; @a close' \
	    -e '@b recv 3; echo'
	equal 'in turn' 'one
recv-timeout
two' "$out"
	kill "$pid"
}

# A reset is passed on, is reported in one line, and ends no other pair.
resets() {
	server resetter -e 'listen -a :0 as s; accept; recv line; close -R' \
	    -e 'accept; recv line; close -R; sleep 1h'
	resetter=$pid
	relay -l -k 127.0.0.1:0 "127.0.0.1:$port"
	from=$port
	for i in 1 2; do
		code 7 "$RUNG" -q -e "connect 127.0.0.1:$from; sendline x" \
		    -e 'recv'
	done
	until_ok two_lines
	kill "$pid" "$resetter"
}
two_lines() {
	[ "$(grep -c 'reset by the peer' relay.err)" = 2 ]
}

# The peer has gone. The command does not read the data queued for it, and its
# output cannot be sent: the relay does not wait for the command.
never_reads() {
	rm -f deaf
	relay -l -k 127.0.0.1:0 'exec:echo $$ >deaf; exec yes'
	mkfifo gate
	exec 9<>gate
	local relay=$pid
	rung peer -e "set inbox 64k; connect 127.0.0.1:$port as a" \
	    -e '@a send -n -R 100000 "................................"' \
	    -e 'connect "exec:cat gate" as g; @g recv line; @a close -R'
	until_ok both_ways_full
	kill -0 "$(cat deaf)" || fail 'it has ended before'
	echo >&9
	until_ok is_gone "$(cat deaf)"
	until_ok grep -q 'by the peer' relay.err
	kill "$relay"
	exec 9>&-
	rm gate
}
# succeeds if both queues of the relay's connection are full
both_ways_full() {
	grep -q "$(printf '0100007F:%04X [0-9A-F:]* 01 %s:0*[1-9A-F]' "$port" \
	    '0*[1-9A-F][0-9A-F]*')" /proc/net/tcp
}
is_gone() {
	! kill -0 "$1"
}

# If nothing listens at the target, the peer is closed with an error, and the
# next peer is served.
target_refuses() {
	relay -l -k 127.0.0.1:0 "unix://$WORK/none"
	code 0 "$RUNG" -q -e "connect 127.0.0.1:$port; try recv all"
	code 0 "$RUNG" -q -e "connect 127.0.0.1:$port; try recv all"
	# The connection is closed before the error is written.
	until_ok printed_twice
	kill "$pid"
}

printed_twice() {
	[ "$(grep -c 'such socket; is' relay.err)" = 2 ]
}

# Connects two listeners as the client of both.
both_dialled() {
	one=$(free_port)
	two=$(free_port)
	socat -t 30 "TCP4-LISTEN:$one,bind=127.0.0.1" - <less >one.got &
	pids+=($!)
	socat -t 30 "TCP4-LISTEN:$two,bind=127.0.0.1" - <data >two.got &
	pids+=($!)
	until_ok bound "$one"
	until_ok bound "$two"
	code 0 "$RUNG" pipe "127.0.0.1:$one" "127.0.0.1:$two"
	until_ok cmp data one.got
	until_ok cmp less two.got
}

all() {
	there_and_back
	server_first
	in_turn
	resets
	never_reads
	target_refuses
	both_dialled
}
head -c 3000000 /dev/urandom >less
for RUNG_NO_SPLICE in 0 1; do
	export RUNG_NO_SPLICE
	each_engine all
done
