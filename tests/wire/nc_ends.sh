#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# How `rung nc` and `rung ncat` end: at the end of input, when the peer closes,
# by a timeout, by a reset, by broken output. The ends are as in the originals,
# except that a reset is not a success.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C
# shellcheck disable=SC2086  # words that are meant to be several
mkfifo open
echo question >question
echo 'read x; echo "$x" >got; cat said' >converted.sh

# serving CMD: a server at $port for one connection
serving() {
	port=$(free_port)
	start peer socat -t 20 "TCP4-LISTEN:$port,bind=127.0.0.1" "$1"
	until_ok bound "$port"
}
# exits WANT CMD...: runs CMD, expects that exit code; output in out and err
exits() {
	local want=$1 got
	shift
	timeout 20 "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || fail "ended with $got, not $want: $* ($(cat err))"
}

# End of input: ncat shuts down the sending side, nc only with -N or -q.
input_ends() {
	for words in ncat 'ncat -q 15' 'ncat -k' 'nc -N' 'nc -q 15'; do
		serving SYSTEM:'cat >/dev/null; echo answer'
		exits 0 "$RUNG" $words 127.0.0.1 "$port" <question
		equal "$words" answer "$(cat out)"
	done
	for words in 'nc' 'ncat --no-shutdown'; do
		serving SYSTEM:'read x; echo line; cat >/dev/null; echo end'
		: >out # removes messages of an earlier run
		"$RUNG" $words 127.0.0.1 "$port" <question >>out &
		pids+=($!)
		until_ok grep -q line out
		kill $!
		wait $!
		equal "$words" line "$(cat out)"
	done
}

# Timeouts: on nc -w the exit is a success, on ncat -i it is not; -q and -w0 do
# not wait.
time_ends() {
	exec 7<>open
	serving SYSTEM:'read x'
	exits 0 "$RUNG" nc -w 1 127.0.0.1 "$port" <&7
	equal 'nc -w' '' "$(cat err)"
	serving SYSTEM:'read x'
	exits 1 "$RUNG" ncat -i 300ms 127.0.0.1 "$port" <&7
	equal 'ncat -i' 'Ncat: Idle timeout expired (300 ms).' "$(cat err)"
	exec 7>&-
	for words in 'nc -q 0' 'nc -w0' 'ncat --send-only' 'ncat -q 0'; do
		serving SYSTEM:'cat >heard; sleep 60'
		exits 0 "$RUNG" $words 127.0.0.1 "$port" <question
		until_ok cmp heard question
		rm heard
		slain "$pid"
	done
}

# If the peer ends, the nc client continues to send and closes its output; ncat
# -k does the same.
peer_ends() {
	for words in nc 'ncat -k'; do
		port=$(free_port)
		echo first | nc -N -l 127.0.0.1 "$port" >heard 2>/dev/null &
		pids+=($!)
		until_ok bound "$port"
		mkfifo late.in back
		"$RUNG" $words 127.0.0.1 "$port" <late.in >back &
		pid=$!
		pids+=("$pid")
		exec 8>late.in
		equal "$words: its output ends" first "$(cat back)"
		kill -0 "$pid" || fail "$words ended with the peer"
		echo late >&8
		exec 8>&-
		wait "$pid" || fail "$words ended with $?"
		until_ok grep -q late heard
		rm late.in back heard
	done
	exec 7<>open
	# stdin and stdout are one socket, as for a ProxyCommand
	port=$(free_port)
	echo first | nc -N -l 127.0.0.1 "$port" >heard 2>/dev/null &
	pids+=($!)
	until_ok bound "$port"
	exits 0 socat -t 0.1 - "EXEC:$RUNG nc 127.0.0.1 $port,setsid" <&7
	equal 'one socket' first "$(cat out)"
	# the peer's end ends ncat since 7.96, and any client that has nothing
	# more to send
	for words in ncat 'ncat -C' 'nc -d' 'ncat --recv-only' \
	    'ncat -k --recv-only'; do
		serving SYSTEM:'echo all'
		exits 0 "$RUNG" $words 127.0.0.1 "$port" <&7
		equal "$words" all "$(cat out)"
	done
	# the client's end has the same effect on a listener
	for words in 'nc -l' 'ncat -l'; do
		port=$(free_port)
		"$RUNG" $words 127.0.0.1 "$port" <&7 >out &
		pid=$!
		pids+=("$pid")
		until_ok bound "$port"
		echo said | nc -N 127.0.0.1 "$port"
		wait "$pid" || fail "$words: $?"
		equal "$words" said "$(cat out)"
	done
	exec 7>&-
}

# A reset is reported, and is not a success; data before it is written.
reset() {
	for words in 'nc -N' ncat; do
		server resetter -e 'listen -a :0 as s; accept; recv line' \
		    -e 'send gone; close -R; sleep 1h'
		exits 1 "$RUNG" $words 127.0.0.1 "$port" <question
		has "$words" 'reset by the peer' "$(cat err)"
		equal "$words" 1 "$(wc -l <err)"
		slain "$pid"
	done
}

head_goes() {
	for words in nc ncat; do
		serving SYSTEM:'yes'
		exec 7<>open
		timeout 20 "$RUNG" $words 127.0.0.1 "$port" <&7 2>err |
		    head -n 1 >first
		equal "$words | head" '141 0' "${PIPESTATUS[*]}"
		equal "$words | head" '' "$(cat err)"
		exec 7>&-
	done
}

# Lines are sent with CRLF, and with a pause after each.
lines() {
	printf 'a\nb\r\nc' >said
	printf 'a\r\nb\r\nc' >wanted
	for words in 'nc -C -q 15' 'ncat --crlf'; do
		serving SYSTEM:'cat >heard; echo ok'
		exits 0 "$RUNG" $words 127.0.0.1 "$port" <said
		same "$words" wanted heard
	done
	# output of a command gets CRLF towards the peer; the command's input is
	# unchanged
	for words in -c -e; do
		serving SYSTEM:'cat question; cat >heard'
		rm -f heard
		exits 0 "$RUNG" ncat -C 127.0.0.1 "$port" $words \
		    'sh converted.sh'
		until_ok cmp wanted heard
		same "$words: what it gets" question got
		port=$(free_port)
		"$RUNG" ncat -C -l 127.0.0.1 "$port" $words 'sh converted.sh' &
		pid=$!
		pids+=("$pid")
		until_ok bound "$port"
		timeout 20 ncat 127.0.0.1 "$port" <question >heard
		wait "$pid" || fail "-C -l $words: $?"
		same "-C -l $words" wanted heard
		rm got heard
	done
	printf '1\n2\n3\n' >said
	before=${EPOCHREALTIME/./}
	serving SYSTEM:'cat >heard; echo ok'
	exits 0 "$RUNG" ncat -d 100ms 127.0.0.1 "$port" <said
	same 'ncat -d' said heard
	[ $((${EPOCHREALTIME/./} - before)) -ge 200000 ] ||
	    fail 'ncat -d: no pauses'
}

# Several ports without -z are connected to one after the other.
in_turn() {
	ports=
	for i in 1 2; do
		port=$(free_port)
		start "turn$i" socat "TCP4-LISTEN:$port,bind=127.0.0.1" \
		    "SYSTEM:echo peer $i"
		until_ok bound "$port"
		ports="$ports $port"
	done
	exits 0 "$RUNG" nc 127.0.0.1 "$(free_port)" $ports </dev/null
	equal 'in turn' 'peer 1
peer 2' "$(cat out)"
	exits 1 "$RUNG" nc 127.0.0.1 $ports </dev/null
	# a reset is not a success, even if another port answers
	server resetter -e 'listen -a :0 as s; accept; recv all; close -R' -e 'sleep 1h'
	reset=$port
	server greeter -e 'listen :0 as s; @s on peer "send hi\n; close"' \
	    -e 'sleep 1h'
	exits 1 "$RUNG" nc -N 127.0.0.1 "$reset" "$port" </dev/null
	has 'a reset' 'reset by the peer' "$(cat err)"
	equal 'goes on' hi "$(cat out)"
	timeout 20 "$RUNG" nc -N 127.0.0.1 "$(free_port)" "$port" "$port" \
	    </dev/null >/dev/full 2>err
	equal 'a full output' 1 $?
	equal 'and no more' 1 "$(wc -l <err)"
	# an unknown name is reported once
	exits 1 "$RUNG" nc nohost.invalid 80 81 82 </dev/null
	equal 'no such host' 1 "$(wc -l <err)"
}

# The source port and address can be set.
source_address() {
	serving SYSTEM:'echo $SOCAT_PEERADDR $SOCAT_PEERPORT'
	mine=$(free_port)
	exits 0 "$RUNG" nc -s 127.0.0.1 -p "$mine" 127.0.0.1 "$port" </dev/null
	equal '-s -p' "127.0.0.1 $mine" "$(cat out)"
	for words in nc ncat; do
		serving SYSTEM:'echo $SOCAT_PEERADDR'
		exits 0 "$RUNG" $words -s localhost 127.0.0.1 "$port" </dev/null
		equal "$words -s localhost" 127.0.0.1 "$(cat out)"
	done
	serving SYSTEM:'echo $SOCAT_PEERADDR $SOCAT_PEERPORT'
	mine=$(free_port)
	exits 0 "$RUNG" ncat --source 127.0.0.1 --source-port "$mine" \
	    127.0.0.1 "$port" </dev/null
	equal '--source' "127.0.0.1 $mine" "$(cat out)"
}

# A client removes the path of its own socket, even when a signal ends it.
own_path() {
	start sink socat -u "UNIX-RECV:$WORK/sink" OPEN:/dev/null
	until_ok test -S sink
	exec 7<>open
	"$RUNG" nc -uU -s "$WORK/own" "$WORK/sink" <&7 &
	pid=$!
	until_ok test -S own
	kill "$pid"
	wait "$pid"
	equal 'by TERM' 143 $?
	[ ! -e own ] || fail 'the path is still there'
	exec 7>&-
	rm sink
}

# A newline or escape in a name starts no new line and sets no colour.
names() {
	local odd=$'no\nNcat: such\e[1m'
	exec 7<>open
	for words in 'nc -U' 'ncat -U'; do
		exits 1 "$RUNG" $words "$odd" <&7
		equal "$words: lines" 1 "$(wc -l <err)"
		: >err
		"$RUNG" $words -lv "$odd" <&7 2>err &
		pid=$!
		pids+=("$pid")
		until_ok grep -q Listening err
		kill "$pid"
		wait "$pid"
		equal "$words: lines" 1 "$(wc -l <err)"
		has "$words" 'istening on no\nNcat: such\e[1m' "$(cat err)"
	done
	exec 7>&-
}

all() {
	input_ends
	time_ends
	peer_ends
	reset
	head_goes
	lines
	in_turn
	source_address
	own_path
	names
}
each_engine all
