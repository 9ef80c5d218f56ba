#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung pipe` passes all byte values unchanged: a hundred million bytes in both
# directions, with every other tool as the peer, with splice and without.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

head -c 104857600 /dev/urandom >data
head -c 3000001 data >less

# listens NAME NET ADDR CMD...: starts CMD, and waits until it listens on ADDR
listens() {
	local name=$1 at=$2
	shift 2
	: >"$name.log"
	"$@" >"$name.got" 2>"$name.log" <less &
	pid=$!
	pids+=("$pid")
	case $at in
	/*) until_ok test -S "$at" ;;
	*) until_ok bound "$at" ;;
	esac
}
# Looks for the listening socket in /proc, because the server would serve a
# probe connection.

# Each server sends `less` and receives `data`. The pipe needs -k, because the
# server ends first.
takes_all() { # NAME ADDR
	"$RUNG" pipe -k "$2" <data >back || fail "$1: ended with $?"
	wait "$pid" || fail "$1 itself ended with $?"
	same "$1: what went" data "$3"
	same "$1: what came" less back
	rm -f "$3" back
}

clients() {
	port=$(free_port)
	listens nc "$port" nc -N -l 127.0.0.1 "$port"
	takes_all nc "127.0.0.1:$port" nc.got
	port=$(free_port)
	listens ncat "$port" ncat -l 127.0.0.1 "$port"
	takes_all ncat "127.0.0.1:$port" ncat.got
	port=$(free_port)
	listens socat "$port" socat -t 30 "TCP4-LISTEN:$port,bind=127.0.0.1" -
	takes_all socat "127.0.0.1:$port" socat.got
	rm -f sock
	listens nc "$WORK/sock" nc -N -l -U "$WORK/sock"
	takes_all 'nc -U' "unix://$WORK/sock" nc.got
	rm -f sock
	listens ncat "$WORK/sock" ncat -l -U "$WORK/sock"
	takes_all 'ncat -U' "unix://$WORK/sock" ncat.got
	rm -f sock
	listens socat "$WORK/sock" socat -t 30 "UNIX-LISTEN:$WORK/sock" -
	takes_all 'socat unix' "unix://$WORK/sock" socat.got
	rm -f sock
}

# Each client sends `data` to a listening pipe and receives `less`.
serves() { # NAME CMD...
	local name=$1
	shift
	"$@" <data >back || fail "$name itself ended with $?"
	wait "$pid" || fail "pipe -l for $name ended with $?"
	same "$name: what came" data got
	same "$name: what went" less back
	rm -f got back
}
listening() { # ADDR
	: >pipe.err
	"$RUNG" -v pipe -l "$1" <less >got 2>pipe.err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' pipe.err
	port=$(sed -n 's/.*127.0.0.1://p' pipe.err)
}
servers() {
	listening 127.0.0.1:0
	serves nc nc -N 127.0.0.1 "$port"
	listening 127.0.0.1:0
	serves ncat ncat 127.0.0.1 "$port"
	listening 127.0.0.1:0
	serves socat socat -t 30 - "TCP4:127.0.0.1:$port"
	listening "unix://$WORK/sock"
	serves 'nc -U' nc -N -U sock
	[ ! -e sock ] || fail 'the path is left behind'
	listening "unix://$WORK/sock"
	serves 'socat unix' socat -t 30 - "UNIX-CONNECT:sock"
}

for RUNG_NO_SPLICE in 0 1; do
	export RUNG_NO_SPLICE
	clients
	servers
done
