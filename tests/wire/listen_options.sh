#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A listener's options, with other programs as peers: only one peer, a limited
# number at once, peers held until accepted, and echo.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

ask() { # PORT TEXT: prints the echo's answer
	printf '%s' "$2" | socat -t 20 - "TCP4:127.0.0.1:$1" 2>/dev/null
}
refuses() {
	! "$RUNG" -q -e "connect -t 1s 127.0.0.1:$1"
}

echo_many() {
	server echo -e 'listen --echo :0' -e 'sleep 60'
	equal 'a first' one "$(ask "$port" one)"
	equal 'a second' two "$(ask "$port" two)"
	local i asking=()
	for i in 1 2 3 4 5 6 7 8; do
		ask "$port" "number $i" >"answer.$i" &
		asking+=("$!")
	done
	wait "${asking[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		equal 'side by side' "number $i" "$(cat "answer.$i")"
	done
	kill "$pid"
}

once() {
	server once -e 'listen -1 --echo :0' -e 'sleep 60'
	equal 'the first' one "$(ask "$port" one)"
	until_ok refuses "$port"
	kill "$pid"

	# without --echo rung exchanges data with the peer itself
	server once -e 'listen -1 :0; accept; recv all; sendline done'
	equal 'one is served' 'done' "$(ask "$port" hello)"
	ends 0 "$pid" once
	equal 'one was heard' hello "$(cat once.out)"
}

at_most() {
	code 0 "$RUNG" -q -e 'listen --echo -m 2 :0 as s' \
	    -e 'connect $s.addr as a; connect $s.addr as b' \
	    -e 'connect $s.addr as c; @c send waits; @a send a; @b send b' \
	    -e '@a recv; @b recv; try @c expect -t 100ms waits; echo $error' \
	    -e 'echo $s.peers; close a; @c recv; echo; echo $s.accepted'
	equal 'two at a time' 'abexpect-timeout
2
waits
3' "$out"
	fails 2 '-m MAX must be 1 to 4294967295' 'listen -m 0 :0'
}

held() {
	code 0 "$RUNG" -q -e 'listen -a :0 as s; connect $s.addr as a' \
	    -e 'connect $s.addr as b; @a send one; @b send two' \
	    -e 'echo $s.accepted; accept s; recv; echo " $session"' \
	    -e 'accept s; recv; echo " $session"; echo $s.accepted' \
	    -e 'try accept -t 100ms s; echo $error'
	equal 'in order, when asked' '0
one s.1
two s.2
2
recv-timeout' "$out"
	has 'nobody comes' 'accept: s: no peer within 100ms' "$err"
}

datagrams() {
	code 0 "$RUNG" -q -e 'listen -m 1 udp://:0 as s' \
	    -e 'connect $s.addr as a; connect $s.addr as b' \
	    -e '@a send from a; accept s; recv; echo; @b send from b' \
	    -e 'try accept -t 100ms s; echo $s.peers'
	equal 'one address at a time' 'from a
1' "$out"
}

for one in echo_many once at_most held datagrams; do
	each_engine "$one"
done
