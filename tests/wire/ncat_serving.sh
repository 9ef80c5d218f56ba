#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung ncat -l`: access lists, the limit of connections, logs, and a command
# for each peer; all as in ncat, and with ncat as the client.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C
# shellcheck disable=SC2016,SC2086  # words that are meant to be several
mkfifo open

# serving OPTION...: starts `rung ncat -l -v` at $port; output in served.out,
# .err
serving() {
	port=$(free_port)
	: >served.err
	"$RUNG" ncat -l -v 127.0.0.1 "$port" "$@" <>open >served.out \
	    2>served.err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'Listening on' served.err
	equal 'where' "Ncat: Listening on 127.0.0.1:$port" \
	    "$(head -n 1 served.err)"
}
stop() {
	kill "$pid"
	wait "$pid"
	equal 'by TERM' 143 $?
}
client_sends() { # TEXT: sends it with the real ncat
	echo "$1" | timeout 20 ncat 127.0.0.1 "$port" 2>/dev/null
}

# Access lists: addresses, ranges, lists, files.
access_lists() {
	printf '# ours\n10.0.0.0/8\n127.0.0.0/30 # and these\n' >hosts
	for words in '--allow 127.0.0.1' '--allow 10.0.0.1,127.0.0-1.*' \
	    '--deny 127.0.0.2' '--allowfile hosts' '--deny 10.0.0.0/8,::1' \
	    '--allow localhost' '--allow ::ffff:127.0.0.1'; do
		serving -k $words
		client_sends "in by $words"
		until_ok grep -q "in by $words" served.out
		stop
	done
	for words in '--allow 127.0.0.2' '--deny 127.0.0.1' \
	    '--deny 127.0.0.0/8' '--denyfile hosts' \
	    '--deny ::ffff:127.0.0.1' '--deny ::ffff:127.0.0.0/104' \
	    '--allow 127.0.0.1 --deny 127.0.0.1'; do
		serving -k $words
		client_sends out
		until_ok grep -q 'New connection denied: not allowed' served.err
		stop
		equal "$words" '' "$(cat served.out)"
	done
	# with a single peer to serve, a rejected peer does not count
	serving --deny 127.0.0.2
	"$RUNG" nc -s 127.0.0.2 127.0.0.1 "$port" </dev/null || :
	until_ok grep -q 'not allowed' served.err
	client_sends welcome
	wait "$pid" || fail "ended with $?"
	equal 'the next' welcome "$(cat served.out)"
}

# Two clients are served at once, a third is not; input goes to both.
connection_limit() {
	serving -k -m 2
	for i in 1 2; do
		mkfifo "in$i"
		ncat 127.0.0.1 "$port" <"in$i" >"out$i" 2>/dev/null &
		peers[i]=$!
		pids+=($!)
	done
	exec 4>in1 5>in2
	echo first >&4
	until_ok grep -q first served.out
	echo second >&5
	until_ok grep -q second served.out
	equal 'a third' '' "$(timeout 20 ncat --recv-only 127.0.0.1 "$port" \
	    2>/dev/null)"
	until_ok grep -q 'denied: connection limit reached (2)' served.err
	echo all >open
	until_ok grep -q all out1
	until_ok grep -q all out2
	exec 4>&-
	wait "${peers[1]}"
	client_sends third
	until_ok grep -q third served.out
	exec 5>&-
	rm in1 in2
	stop
}

# Logs are raw or hex, and appended or overwritten.
logs() {
	: >log
	for words in '-o log' '-o log' '--append-output -o log'; do
		serving $words
		client_sends one
		wait "$pid"
	done
	equal '-o' 'one
one' "$(cat log)"
	serving -x log
	client_sends hexed
	wait "$pid"
	has '-x' '68 65 78 65 64 0a' "$(cat log)"
}

# Each peer gets a command, whose environment describes the peer.
commands() {
	serving -k -c 'echo $NCAT_REMOTE_ADDR $NCAT_LOCAL_PORT $NCAT_PROTO; cat'
	for i in 1 2; do
		equal '-c' "127.0.0.1 $port TCP
$i" "$(client_sends $i)"
	done
	stop
	# the command gets the end of input, and rung waits for it
	serving -c 'cat >/dev/null; echo answer'
	equal 'the end' answer "$(client_sends question)"
	wait "$pid" || fail "the end: $?"
	serving --send-only -c 'cat; echo answer'
	equal '--send-only' 'question
answer' "$(client_sends question)"
	wait "$pid" || fail "--send-only: $?"
	before=${EPOCHREALTIME/./}
	serving -d 100ms -c 'printf "1\n2\n3\n"'
	equal '-d' '1
2
3' "$(client_sends '')"
	wait "$pid" || fail "-d: $?"
	[ $((${EPOCHREALTIME/./} - before)) -ge 200000 ] || fail '-d: no pauses'
	serving -e '/bin/echo a\ \ b "c $HOME *'
	equal '-e' 'a  b "c $HOME *' \
	    "$(timeout 20 ncat --recv-only 127.0.0.1 "$port" 2>/dev/null)"
	wait "$pid" || fail "-e: $?"
	serving -c 'exit 3'
	timeout 20 ncat --recv-only 127.0.0.1 "$port" 2>/dev/null
	wait "$pid"
	equal 'a command that fails' 1 $?
	has 'a command that fails' 'exited with code 3' "$(cat served.err)"
	# a client's command starts after the connection is open
	code 1 "$RUNG" ncat 127.0.0.1 "$(free_port)" -c 'touch began'
	[ ! -e began ] || fail 'it began without a peer'
	port=$(free_port)
	echo question | nc -l 127.0.0.1 "$port" >heard 2>/dev/null &
	pids+=($!)
	until_ok bound "$port"
	code 0 timeout 20 "$RUNG" ncat 127.0.0.1 "$port" \
	    -c 'read x; echo "$x $NCAT_REMOTE_PORT"'
	until_ok grep -q . heard
	equal 'a client' "question $port" "$(cat heard)"
}

# Each dialect words the errors of listen as the original program does.
cannot_listen() {
	serving -k
	code 1 "$RUNG" nc -l 127.0.0.1 "$port"
	equal 'nc' 'nc: Address already in use' "$err"
	code 2 "$RUNG" ncat -l 127.0.0.1 "$port"
	equal 'ncat' "Ncat: bind to 127.0.0.1:$port: Address already in use. \
QUITTING." "$err"
	stop
	code 1 "$RUNG" nc -l nohost.invalid 80
	has 'nc' 'nc: getaddrinfo: ' "$err"
	code 2 "$RUNG" ncat -l nohost.invalid 80
	has 'ncat' 'Ncat: Could not resolve hostname "nohost.invalid": ' "$err"
	has 'ncat' '. QUITTING.' "$err"
}

access_lists
cannot_listen
connection_limit
logs
commands
