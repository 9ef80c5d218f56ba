#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Connecting to what does not answer: silent addresses, and a Unix listener
# whose backlog is full. It ends in time, the rest of rung goes on meanwhile,
# and what it was told to send is kept, or said to be lost.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Listens with the smallest backlog; accepts, and echoes a line, when told to.
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
	    grep -q 'trying on'
}

# lazy: $lazy is its pid, and its backlog is full.
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
	has 'a full backlog' 'its backlog is full; trying on' "$err"
	has 'a full backlog' 'unix://lazy.sock: no answer within 200ms' "$err"

	# It is refused as soon as the listener is gone.
	rung waits -v -e 'connect -t 60s unix://lazy.sock'
	local waits=$pid
	until_ok grep -q 'trying on' waits.err
	slain "$lazy"
	ends 4 "$waits" waits
	has 'gone while connecting' 'refused' "$(cat waits.err)"
}
each_engine full_backlog

# and open as soon as there is room
lazy
kill "$pid"
rung waits -v -e 'connect -t 60s -n unix://lazy.sock; sendline queued' \
    -e 'recv line'
waits=$pid
until_ok grep -q 'trying on' waits.err
kill -USR1 "$lazy"
ends 0 "$waits" waits
equal 'what was sent while connecting' queued "$(cat waits.out)"

can_be_alone || { echo 'no namespaces: silent addresses were not tried'; exit 0; }

# Nobody is behind them, and what is sent to them is lost; so is what is asked of
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

# A pipe says the same; of a command nothing, for it waits for the other end.
silent 5 pipe -w 200ms slow.example:80
has 'a silent name server' \
    'pipe: tcp://slow.example:80: the name was not resolved within 200ms' "$err"
silent 5 pipe -w 200ms 192.0.2.2:80 exec:cat
has 'a silent address' 'pipe: tcp://192.0.2.2:80: no answer within 200ms (tr' \
    "$err"
silent 5 pipe -w 200ms exec:cat 192.0.2.2:80
has 'a silent address' 'pipe: tcp://192.0.2.2:80: no answer within 200ms (tr' \
    "$err"

# Others go on; what was queued is not forgotten, and goes with a close.
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
