#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Datagrams through `rung pipe` keep their boundaries, in both directions and
# through a relay.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo in

# listening NAME OPTION...: starts a pipe with the fifo as input; sets $port
listening() {
	local name=$1
	shift
	: >"$name.err"
	"$RUNG" -v pipe "$@" <>in >"$name.got" 2>"$name.err" &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' "$name.err"
	port=$(sed -n 's/.*listening on.*127.0.0.1:\([0-9]*\).*/\1/p' \
	    "$name.err")
}
# Input of 65,507 bytes is sent in one datagram, longer input in two.
longest() {
	head -c 100000 /dev/urandom >data
	rm -f sink2.out
	rung sink2 -e "listen udp://:0 as s; echo \$s.port; accept" \
	    -e 'recv -o first; recv -o second'
	until_ok test -s sink2.out
	to=$(cat sink2.out)
	code_in 0 data "$RUNG" pipe -q 0 "udp://127.0.0.1:$to"
	wait "$pid" || fail "the sink ended with $?"
	equal 'the first' 65507 "$(wc -c <first)"
	cat first second >both
	same 'both' data both
}
code_in() {
	local want=$1 from=$2
	shift 2
	"$@" <"$from" >out 2>err
	[ $? = "$want" ] || fail "not $want: $* ($(cat err))"
}

# The pipe answers a request of nc, ncat and socat.
answered() {
	for tool in "nc -u" "ncat -u" "socat -t 20 - UDP4:127.0.0.1:"; do
		listening served -l udp://127.0.0.1:0
		case $tool in
		socat*) tool=$tool$port ;;
		*) tool="$tool 127.0.0.1 $port" ;;
		esac
		mkfifo ask
		$tool <ask >answer 2>/dev/null &
		asks=$!
		pids+=("$asks")
		exec 8>ask
		echo ask >said
		echo answer >answered
		cat said >&8
		until_ok cmp served.got said
		cat answered >in
		until_ok cmp answer answered
		exec 8>&-
		kill "$asks" "$pid" 2>/dev/null
		wait "$pid" "$asks" 2>/dev/null
		rm ask
	done
}

# Each read of the input is sent as one datagram; the server prints each.
boundaries() { # SCHEME ADDR
	rm -f sink.out
	rung sink -e "listen $1$2 as s; echo \$s.addr; accept" \
	    -e 'recv; echo; recv; echo; recv -q; echo end'
	until_ok test -s sink.out
	to=$(head -n 1 sink.out)
	sink=$pid
	"$RUNG" pipe -q 0 "$to" <in &
	pid=$!
	pids+=("$pid")
	exec 8>in
	printf one >&8
	until_ok grep -q one sink.out
	printf 'two two' >&8
	until_ok grep -q 'two two' sink.out
	printf 'three' >&8
	exec 8>&-
	wait "$pid" || fail "$1: ended with $?"
	wait "$sink" || fail "$1: the sink ended with $?"
	equal "$1" "$to
one
two two
end" "$(cat sink.out)"
}

# The port is closed, so ICMP reports an error.
refused() {
	port=$(free_port udp)
	timeout 20 "$RUNG" pipe "udp://127.0.0.1:$port" <<<x 2>err
	equal 'refused' 4 $?
	has 'refused' refused "$(cat err)"
}

# On a link with message boundaries the end is passed on, too.
in_order() {
	listening served -l "unix-seqpacket://$WORK/seq"
	echo question >question
	code_in 0 question timeout 20 "$RUNG" pipe "unix-seqpacket://$WORK/seq"
	wait "$pid" || fail "seqpacket: ended with $?"
	same 'seqpacket' question served.got
}

# -k: many senders share one output; replies go to the last sender.
from_many() {
	listening served -l -k udp://127.0.0.1:0
	code 0 "$RUNG" -q -e "connect udp://127.0.0.1:$port as a; send one" \
	    -e "connect udp://127.0.0.1:$port as b; @b send two" \
	    -e '@a close; @b close'
	until_ok grep -q onetwo served.got
	kill "$pid"
	wait "$pid"
	equal 'by TERM' 143 $?
}

# In a relay each peer has its own socket, and each datagram stays whole.
relayed() {
	server echo -e 'listen --echo udp://:0 as echo; sleep 1h'
	listening relay -l -k udp://127.0.0.1:0 "udp://127.0.0.1:$port"
	code 0 "$RUNG" -q -e "connect udp://127.0.0.1:$port as a" \
	    -e "connect udp://127.0.0.1:$port as b" \
	    -e '@a send one; @a send three; @b send two' \
	    -e '@b recv; echo; @a recv; echo; @a recv; echo'
	equal relayed 'two
one
three' "$out"
	kill "$pid"
	wait "$pid"
	equal 'the relay, by TERM' 143 $?
}

all() {
	longest
	answered
	boundaries udp:// :0
	boundaries unix-dgram:// "//$WORK/dgram"
	boundaries unix-seqpacket:// "//$WORK/seq"
	refused
	in_order
	from_many
	relayed
}
each_engine all
