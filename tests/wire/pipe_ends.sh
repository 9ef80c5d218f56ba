#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# How `rung pipe` ends: at the end of input, when the peer closes, by a reset,
# by a broken output; each with its exit code.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo open late

# piped WANT OPTION...: runs a pipe whose input stays open; messages: $err
piped() {
	local want=$1
	shift
	exec 7<>open
	code_of "$want" "$@" <&7
	exec 7>&-
}
code_of() {
	local want=$1 got
	shift
	timeout 20 "$RUNG" pipe "$@" >out 2>err
	got=$?
	err=$(cat err)
	[ $got = "$want" ] || fail "ended with $got, not $want: $* ($err)"
}
quiet() {
	[ ! -s err ] || fail "$1: it said: $(cat err)"
}

# peer CMD...: starts a server at $port for one connection
peer() {
	start peer "$@"
	until_ok bound "$port"
}

# At the end of input the pipe half-closes, and still reads the late answer.
late_answer() {
	port=$(free_port)
	peer socat -t 20 "TCP4-LISTEN:$port,bind=127.0.0.1" \
	    SYSTEM:'cat >heard; cat heard heard'
	echo question >question
	code_of 0 ":$port" <question
	quiet 'late answer'
	equal 'late answer' 'question
question' "$(cat out)"
	# nc and ncat exit on the pipe's FIN, after they have received all data
	for tool in nc ncat; do
		port=$(free_port)
		$tool -l 127.0.0.1 "$port" <>late >peer.log 2>/dev/null &
		pid=$!
		pids+=("$pid")
		until_ok bound "$port"
		timeout 20 "$RUNG" pipe ":$port" < <(cat question) >out ||
		    fail "$tool: ended with $?"
		wait "$pid"
		equal "$tool heard" question "$(cat peer.log)"
	done
}

# With -N the peer gets no FIN, so it never answers; -q ends the wait.
no_half_close() {
	port=$(free_port)
	peer socat -t 20 "TCP4-LISTEN:$port,bind=127.0.0.1" \
	    SYSTEM:'cat >heard; cat heard'
	code_of 0 -N -q 100ms ":$port" <question
	quiet '-q'
	equal '-N' '' "$(cat out)"
	port=$(free_port)
	start peer socat -u "TCP4-LISTEN:$port,bind=127.0.0.1" - # never closes
	until_ok bound "$port"
	code_of 0 -q 0 ":$port" <question
	quiet '-q 0'
}

# If the peer ends, all its data is written, and the pipe ends without waiting
# for input.
peer_ends() {
	head -c 1000000 /dev/urandom >data
	port=$(free_port)
	peer socat -u OPEN:data "TCP4-LISTEN:$port,bind=127.0.0.1"
	piped 0 ":$port"
	quiet 'socat ends'
	same 'before the end of socat' data out
	port=$(free_port)
	peer ncat --send-only -l 127.0.0.1 "$port" --sh-exec 'cat data'
	piped 0 ":$port"
	same 'before the end of ncat' data out
	port=$(free_port)
	nc -N -l 127.0.0.1 "$port" <data >heard 2>/dev/null &
	pids+=($!)
	until_ok bound "$port"
	piped 0 ":$port"
	same 'before the end of nc' data out
}

# Input that the pipe has read before the peer's FIN is not lost, even if the
# peer is slow: the sent bytes and the unread input together are complete.
held_is_sent() {
	head -c 16000000 /dev/urandom >bulk
	mkfifo full gate
	exec 6<>full 9<>gate
	cat bulk >full &
	pids+=($!)
	server slow -e 'set inbox 64k; connect "exec:cat gate" as g' \
	    -e 'listen -a :0 as s; accept; @g recv line; @s.1 close -w' \
	    -e '@g recv line; @s.1 recv -o heard all'
	slow=$pid
	timeout 60 "$RUNG" pipe ":$port" <full >out 2>err &
	pid=$!
	until_ok stuck 01
	echo >&9
	until_ok stuck 08 # CLOSE-WAIT: the peer's FIN has arrived
	echo >&9
	wait "$pid" || fail "a slow peer: $? $(cat err)"
	quiet 'a slow peer'
	wait "$slow"
	cat full >left 6>&- &
	exec 6>&-
	wait $!
	cat heard left >both
	same 'a slow peer' bulk both
	exec 9>&-
	rm full gate
}
# stuck STATE: succeeds if in that TCP state the pipe's data is unread, or if
# the pipe has ended
stuck() {
	grep -q "$(printf ':%04X %s 0*[1-9A-F]' "$port" "$1")" /proc/net/tcp ||
	    ! kill -0 "$pid"
}

# With -k the pipe continues to send after the peer's FIN.
sends_on() {
	port=$(free_port)
	nc -N -l 127.0.0.1 "$port" </dev/null >heard 2>/dev/null &
	peer=$!
	pids+=("$peer")
	until_ok bound "$port"
	timeout 20 "$RUNG" pipe -k ":$port" <late >out 2>err &
	pid=$!
	exec 8>late
	until_ok ended_one "$port"
	echo late >&8
	exec 8>&-
	wait "$pid" || fail "-k ended with $?"
	wait "$peer"
	equal '-k' late "$(cat heard)"
}
# succeeds if a FIN has arrived: the pipe's socket is in CLOSE-WAIT
ended_one() {
	grep -q "$(printf ':%04X 08 ' "$1")" /proc/net/tcp
}

# A file is sent whole, even if the peer ends first.
file_is_sent() {
	: >err
	"$RUNG" pipe -l :0 <data >heard 2>err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' err
	port=$(sed -n 's/.*127.0.0.1://p' err)
	echo question | nc -N 127.0.0.1 "$port" >out
	wait "$pid" || fail "pipe -l ended with $?"
	same 'the file' data out
}

# A reset is not a success.
reset() {
	server resetter -e 'listen -a :0 as s; accept; recv line' \
	    -e 'send gone; close -R; sleep 1h'
	echo x >x
	code_of 7 "127.0.0.1:$port" <x
	equal 'one line' 1 "$(wc -l <err)"
	has 'reset' 'reset by the peer' "$err"
}
# If data received before a reset still waits for a reader, the pipe fails.
broken_and_full() { # COMMAND...
	server resetter -e 'listen -a :0 as s; accept; send -n -R 65536 \
	    "................................................................"' \
	    -e 'recv line; close -R; echo gone; sleep 1h'
	mkfifo slow
	exec 9<>slow
	timeout 20 "$RUNG" "$@" 127.0.0.1 "$port" <late >slow 2>err &
	pid=$!
	exec 8>late
	until_ok unwritten "$port"
	echo go >&8
	until_ok grep -q gone resetter.out
	echo lost >&8
}
# A reader that blocks until -w expires does not change the error.
reset_beside_wait() { # WANT COMMAND...
	local want=$1
	shift
	broken_and_full "$@"
	wait "$pid"
	equal "$*" "$want" $?
	equal "$*: one line" 1 "$(wc -l <err)"
	has "$*" 'by the peer' "$(cat err)"
	exec 8>&- 9>&-
	rm slow
}
# The byte counts include all data forwarded after the reset.
reset_counts() {
	broken_and_full pipe
	until_ok pipe_is_empty 8
	exec 7<slow 8>&- 9>&-
	cat <&7 >got
	exec 7>&-
	wait "$pid"
	equal 'a reset' 7 $?
	has 'counted' ", $(wc -c <got) received)" "$(cat err)"
	rm slow
}
# succeeds if the reader has emptied that pipe
pipe_is_empty() {
	python3 -c 'import fcntl, sys, termios
n = fcntl.ioctl(int(sys.argv[1]), termios.FIONREAD, b"\0\0\0\0")
sys.exit(n != b"\0\0\0\0")' "$1"
}
# succeeds if data from that port is unread in the pipe's socket
unwritten() {
	grep -q "$(printf ':%04X 01 [0-9A-F]*:0*[1-9A-F]' "$1")" /proc/net/tcp
}

# A peer that has not read all data is killed in the middle of a transfer.
killed_peer() {
	port=$(free_port)
	start peer socat -u "TCP4-LISTEN:$port,bind=127.0.0.1" -
	peer=$pid
	until_ok bound "$port"
	mkfifo slow
	timeout 20 "$RUNG" pipe ":$port" <slow >out 2>err &
	pid=$!
	exec 8>slow
	echo first >&8
	until_ok grep -q first peer.log
	kill -STOP "$peer"
	cat data >&8
	until_ok unread "$port"
	slain "$peer"
	wait "$pid"
	equal 'kill -9' 7 $?
	exec 8>&-
	rm slow
	equal 'one line' 1 "$(wc -l <err)"
}
# succeeds if data to that port is unread in the peer's socket
unread() {
	grep "$(printf '0100007F:%04X 0100007F' "$1")" /proc/net/tcp |
	    grep -q ' 01 [0-9A-F]*:0*[1-9A-F]'
}

refused() {
	port=$(free_port)
	code_of 4 "127.0.0.1:$port" </dev/null
	equal 'one line' 1 "$(wc -l <err)"
	has 'refused' 'is the server listening' "$err"
	code_of 4 "unix://$WORK/nobody" </dev/null
	code_of 3 host.invalid:80 </dev/null
	code_of 2 80 </dev/null
	has 'hint' 'write :80' "$err"
}

# With `| head -1` the pipe exits silently with 141, even if the peer is silent
# and the input stays open.
head_goes() {
	server holder -e 'listen -a :0 as s; accept; send "one\ntwo\n"; sleep 1h'
	exec 7<>open
	timeout 20 "$RUNG" pipe ":$port" <&7 2>err | head -n 1 >first
	equal '| head' '141 0' "${PIPESTATUS[*]}"
	exec 7>&-
	quiet '| head'
	equal 'one line' one "$(cat first)"
	port=$(free_port)
	peer socat -U "TCP4-LISTEN:$port,bind=127.0.0.1" 'SYSTEM:yes'
	timeout 20 "$RUNG" pipe ":$port" <data 2>err | head -n 1 >first
	equal '| head of much' '141 0' "${PIPESTATUS[*]}"
	quiet '| head of much'
}

# The standard descriptors may be of any kind, or closed.
odd_ends() {
	port=$(free_port)
	peer socat "TCP4-LISTEN:$port,bind=127.0.0.1,fork" SYSTEM:'cat; echo x'
	timeout 20 "$RUNG" pipe ":$port" <&- >out || fail "no input: $?"
	equal 'no input' x "$(cat out)"
	timeout 20 "$RUNG" pipe ":$port" </dev/null >&- 2>err
	equal 'no output' 10 $?
	timeout 20 "$RUNG" pipe ":$port" </dev/null >/dev/full 2>err
	equal 'a full output' 10 $?
	has 'a full output' 'standard output: no space left' "$(cat err)"
	timeout 20 "$RUNG" pipe ":$port" </dev/null >/dev/null ||
	    fail "/dev/null: $?"
	timeout 20 "$RUNG" pipe ":$port" <. >out 2>err
	equal 'a directory' 10 $?
	echo before >log
	timeout 20 "$RUNG" pipe ":$port" </dev/null >>log || fail "append: $?"
	equal 'appended' 'before
x' "$(cat log)"
	# The descriptors are the socket pair that socat makes for its child.
	# socat does not wait for the child, so this test does: the fifo ends
	# when the last process that has it open exits.
	mkfifo over
	socat -t 10 - "EXEC:$RUNG pipe \:$port,setsid" </dev/null >out 9>over &
	pids+=($!)
	cat over
	equal 'sockets' x "$(cat out)"
	rm over
}

rows() {
	late_answer
	no_half_close
	peer_ends
	held_is_sent
	sends_on
	file_is_sent
	reset
	reset_counts
	killed_peer
	refused
	head_goes
	odd_ends
}
echo question >question
for RUNG_NO_SPLICE in 0 1; do
	export RUNG_NO_SPLICE
	each_engine rows
done
unset RUNG_NO_SPLICE
# With -w 5 the reset comes before the timeout.
reset_beside_wait 7 pipe -w 5
reset_beside_wait 1 nc -w 5
