#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Connecting to silent addresses, and to a Unix listener with a full backlog:
# connect times out, other sessions continue, and queued data is sent later or
# reported as lost.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Listens with the smallest backlog. On a command, accepts one connection and
# echoes one line.
cat >lazy.py <<'E2'
import signal, socket, sys
signal.signal(signal.SIGUSR1, lambda *_: None)
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(0)
print("listens", flush=True)
signal.pause()
while True:
    peer = listener.accept()[0]
    line = peer.makefile("rwb")
    line.write(line.readline())
    line.flush()
E2

backlog_is_full() {
	"$RUNG" -v -e 'connect -t 50ms unix://lazy.sock' 2>&1 |
	    grep -q 'backlog full, retrying'
}

# lazy: starts the listener above, pid $lazy, and fills its backlog.
lazy() {
	rm -f lazy.sock
	start lazy python3 lazy.py lazy.sock
	lazy=$pid
	until_ok grep -q listens lazy.log
	rung full -e 'repeat 9 "connect -n unix://lazy.sock"; sleep 1h'
	until_ok backlog_is_full
}

full_backlog() {
	lazy
	code 5 "$RUNG" -v -e 'connect -t 200ms unix://lazy.sock'
	has 'a full backlog' 'backlog full, retrying' "$err"
	has 'a full backlog' 'unix://lazy.sock: no answer within 200ms' "$err"

	# The connection is refused as soon as the listener has ended.
	rung waits -v -e 'connect -t 60s unix://lazy.sock'
	local waits=$pid
	until_ok grep -q 'backlog full, retrying' waits.err
	slain "$lazy"
	ends 4 "$waits" waits
	has 'gone while connecting' 'refused' "$(cat waits.err)"
}
each_engine full_backlog

# The connection opens as soon as the backlog has room.
lazy
kill "$pid"
rung waits -v -e 'connect -t 60s -n unix://lazy.sock; sendline queued' \
    -e 'recv line'
waits=$pid
until_ok grep -q 'backlog full, retrying' waits.err
kill -USR1 "$lazy"
ends 0 "$waits" waits
equal 'what was sent while connecting' queued "$(cat waits.out)"

can_be_alone || { echo 'no namespaces: silent addresses were not tried'; exit 0; }

# These addresses do not exist, so packets to them are lost, as are queries to
# the name server.
echo nameserver 192.0.2.2 >resolv.conf
cat >silent <<'E2'
mount --bind resolv.conf /etc/resolv.conf
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip route add 192.0.2.0/24 dev lo
exec "$@"
E2
silent() {
	code "$1" alone sh silent "$RUNG" "${@:2}"
}

silent 5 -q -e 'connect -t 200ms 192.0.2.2:80'
has 'a silent address' \
    'connect: tcp://192.0.2.2:80: no answer within 200ms' "$err"
silent 5 -q -t 200ms -e 'connect 192.0.2.2:80'
has 'the default timeout' 'no answer within 200ms' "$err"
silent 5 -q -e 'connect -t 200ms slow.example:80'
has 'a silent name server' \
    'tcp://slow.example:80: the name was not resolved within 200ms' "$err"

# rung pipe reports this timeout for the address, and not for the command, which
# only waits for the address.
silent 5 pipe -w 200ms slow.example:80
has 'a silent name server' \
    'pipe: tcp://slow.example:80: the name was not resolved within 200ms' "$err"
silent 5 pipe -w 200ms 192.0.2.2:80 exec:cat
has 'a silent address' 'pipe: tcp://192.0.2.2:80: no answer within 200ms (tr' \
    "$err"
silent 5 pipe -w 200ms exec:cat 192.0.2.2:80
has 'a silent address' 'pipe: tcp://192.0.2.2:80: no answer within 200ms (tr' \
    "$err"

# Other sessions continue. Data stays queued, and is reported as lost after a
# close.
silent 0 -q -e 'listen --echo :0 as echo; connect -n 192.0.2.2:80 as slow' \
    -e '@slow send -n hello; connect $echo.addr as quick; @quick send hi' \
    -e '@quick recv; echo " $slow.state $slow.unsent"; why slow' \
    -e 'try @slow send -n again; close slow; why slow'
equal 'one waits, the other goes on' 'hi connecting 5' "$out"
has 'unsent while it connects' 'connecting; 5 bytes unsent' "$err"
has 'unsent at the close' 'slow: closed here; 10 bytes unsent' "$err"
silent 5 -q -e 'connect -n 192.0.2.2:80; expect -t 200ms x'
has 'expecting something of it' '(still connecting)' "$err"
silent 5 -q -t 200ms -e 'connect -n 192.0.2.2:80; send x'
has 'sending to it' '1 byte' "$err"
