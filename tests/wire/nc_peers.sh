#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Every listener with every client: nc, ncat, socat, `rung nc` and `rung ncat`,
# also called by links named nc and ncat; over TCP, UDP and Unix sockets.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C
real=$(command -v nc.openbsd || command -v nc)
mkdir bin
ln -s "$RUNG" bin/nc
ln -s "$RUNG" bin/ncat
head -c 300000 /dev/urandom >up
head -c 200000 /dev/urandom >much
# nc exits without reading all its input once a client has ended; rung does not
down_of() {
	case $1 in
	"$real"*) head -c 2000 much ;;
	*) cat much ;;
	esac >down
}

# Both directions are complete, although one ends long before the other.
tcp() {
	for server in "$real -N -l 127.0.0.1" "ncat -l 127.0.0.1" \
	    "bin/nc -N -l 127.0.0.1" "bin/ncat -l 127.0.0.1" \
	    "$RUNG nc -N -lp" "$RUNG ncat -lp"; do
		for client in "$real -N 127.0.0.1" "ncat 127.0.0.1" \
		    "bin/nc -N 127.0.0.1" "bin/ncat 127.0.0.1" \
		    "socat -t 20 - TCP4:127.0.0.1:"; do
			case "$server $client" in
			*rung* | bin/* | *' bin/'*) ;;
			*) continue ;;
			esac
			port=$(free_port)
			down_of "$server"
			$server "$port" <down >heard 2>server.err &
			pid=$!
			pids+=("$pid")
			until_ok bound "$port"
			[ "${client%:}" != "$client" ] || client="$client "
			timeout 20 $client$port <up >back 2>client.err ||
			    fail "$client at $server: $?, $(cat client.err)"
			wait "$pid" || fail "$server: $? $(cat server.err)"
			same "$server from $client" up heard
			same "$client from $server" down back
		done
	done
}

unix() {
	for server in "$real -N -lU" "ncat -lU" "bin/nc -N -lU" \
	    "bin/ncat -lU"; do
		for client in "bin/nc -NU" "bin/ncat -U" "$real -NU"; do
			rm -f socket
			down_of "$server"
			$server socket <down >heard 2>server.err &
			pid=$!
			pids+=("$pid")
			until_ok test -S socket
			until_ok grep -q ' 0001[0 ]* 01 .*socket' \
			    /proc/net/unix
			timeout 20 $client socket <up >back 2>client.err ||
			    fail "$client at $server: $?, $(cat client.err)"
			wait "$pid" || fail "$server: $? $(cat server.err)"
			same "$server from $client" up heard
			same "$client from $server" down back
		done
	done
}

udp() {
	for server in "$real -lu 127.0.0.1" "ncat -lu 127.0.0.1" \
	    "bin/nc -lu 127.0.0.1" "bin/ncat -lu 127.0.0.1"; do
		for client in "bin/nc -u -w0" "bin/nc -u -q 0" "bin/ncat -u"; do
			port=$(free_port udp)
			: >heard # removes data of an earlier run
			$server "$port" </dev/null >heard 2>server.err &
			pid=$!
			pids+=("$pid")
			until_ok bound_udp "$port"
			echo datagram | timeout 20 $client 127.0.0.1 "$port" ||
			    fail "$client: $?"
			until_ok grep -q datagram heard
			kill "$pid"
			wait "$pid" 2>/dev/null || :
		done
	done
}

tcp
unix
udp
