#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Commands as peers: output, exit codes, half-close, much data in both
# directions, many commands at once. No command keeps running, becomes a zombie,
# or inherits one of rung's descriptors.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
head -c 10485760 /dev/urandom >data

# says WANT CODE CMDS: checks a script's stdout and exit code
says() {
	code "$2" "$RUNG" -t 20 -e "$3"
	equal "$3" "$1" "$out"
}
# piped CODE INPUT OPTION...: runs rung pipe; output in `out`, messages in `err`
piped() {
	local want=$1 from=$2 got
	shift 2
	timeout 20 "$RUNG" pipe "$@" <"$from" >out 2>err
	got=$?
	[ $got = "$want" ] || fail "$got, not $want: $* ($(cat err))"
}

dialogue() {
	says 'hello' 0 'connect exec:cat; sendline hello; recv line; close'
	says 'a
b' 0 "connect exec:sort; send 'b
a
'; close -w; recv all"
	says 'x' 0 "connect 'exec:echo x'; recv all"
	says 'c1: command ended with code 0' 0 \
	    "connect exec:true; wait c1 closed; let w \$c1.why; echo c1: \$w"
	# In a script and in a pipe, too, stdout is payload only.
	code 0 "$RUNG" -e "connect 'exec:echo said >&2; echo x'; recv all"
	equal 'payload' x "$out"
	has 'stderr' 'c1: stderr: said' "$err"
}

# A command gets a value in its environment, which sh does not parse. The
# variable's name must be typed, and replaces a variable of that name in rung's
# environment.
environment() {
	local hostile="let v \"a b'; touch ran; \\\"\\\$(touch ran)\""
	says "a b'; touch ran; \"\$(touch ran)" 0 \
	    "$hostile; connect --env F=\$v 'exec:echo \"\$F\"'; recv all"
	F=old says 'F=new
G=' 0 "connect --env F=1 --env G= --env F=new 'exec:env | grep ^[FG]='; recv all"
	for name in '$v' 'P$v' '' 1A=b =b A-B=c F; do
		says '' 2 "let v PATH=/nowhere; connect --env \"$name\" exec:true"
		has "$name" 'is not NAME=VALUE; type NAME= here: letters, digits and _, no digit first' "$err"
	done
	says '' 2 'connect --env F="a\0b" exec:true'
	has NUL 'connect: --env F: the value contains NUL' "$err"
	says '' 2 'connect --env F=1 :1'
	has tcp 'connect: --env needs an exec: address' "$err"
	[ ! -e ran ] || fail 'a value was run'
	says '' 2 'connect exec:cat; connect $c1.addr'
	has typed 'connect: exec: from a variable is not allowed' "$err"
	says 'x' 0 'connect exe\x63":echo x"; recv all'
}

# A command's failure becomes the end error of its session.
ends_badly() {
	says 'x' 10 "connect 'exec:echo x; exit 3'; recv line; recv all"
	has 'code 3' 'exec:echo x; exit 3: exited with code 3' "$err"
	says '' 10 'connect exec:nosuchcommand; recv all'
	has 127 'exited with code 127 (command not found)' "$err"
	has 127 'stderr: ' "$err"
	says '' 10 "connect 'exec:kill -9 \$\$'; recv all"
	has signal 'ended by signal 9 (Killed)' "$err"
	code 0 "$RUNG" -e "connect exec:false; wait c1 closed; try recv all" \
	    -e "why"
	has why 'c1: exec:false: exited with code 1' "$err"
}
# If a command ends without reading its input, the error is reported as for a
# reset.
unread() {
	rm -f fifo
	mkfifo fifo
	rung reader -e "connect 'exec:read x <fifo'; send more; echo sent" \
	    -e 'recv all'
	local reader=$pid
	until_ok grep -q sent reader.out
	echo go >fifo
	ends 7 "$reader" reader
	has unread 'exited with code 0 before reading all' "$(cat reader.err)"
}

bulk() {
	code 0 "$RUNG" -t 60 -e 'connect exec:cat; send -n -f data' \
	    -e 'recv -o back 10485760'
	same 'bulk' data back
	for RUNG_NO_SPLICE in 0 1; do
		export RUNG_NO_SPLICE
		piped 0 data exec:cat
		same 'pipe bulk' data out
		piped 0 data 'exec:cat; cat data'
		cat data data >twice
		same 'pipe twice' twice out
	done
	rm -f twice
}

# Prints the children of a process, running or zombies.
children() {
	ps -o pid= --ppid "$1"
}
none_left() {
	[ -z "$(children "$1")" ]
}

# ended PID: succeeds if the process has exited; a zombie of init counts as
# ended
ended() {
	! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" 2>/dev/null
}

pipes() {
	printf 'b\na\n' >ba
	piped 0 ba exec:sort
	equal sort 'a
b' "$(cat out)"
	piped 10 /dev/null 'exec:echo x >&2; exit 3'
	equal 'both lines' "x
rung: pipe: exec:echo x >&2; exit 3: exited with code 3" "$(cat err)"
	piped 10 /dev/null 'exec:kill -9 $$'
	has 'signal' 'ended by signal 9' "$(cat err)"
	# A command that leaves input unread is not an error.
	piped 0 data 'exec:head -c 3'
	equal 'head' 3 "$(wc -c <out)"
	[ ! -s err ] || fail "it said: $(cat err)"
	"$RUNG" pipe 'exec:cat /dev/zero' </dev/null 2>err | head -c 3 >out
	equal '| head' '141 0' "${PIPESTATUS[*]}"
	# A signal that ends the pipe also ends the command.
	[ -p open ] || mkfifo open
	for other in '' "unix://$WORK/waits"; do
		[ -z "$other" ] || start waits socat "UNIX-LISTEN:waits" -
		[ -z "$other" ] || until_ok test -S waits
		rm -f runs
		"$RUNG" pipe $other 'exec:echo $$ >runs; exec sleep 60' \
		    <>open >out 2>err &
		pid=$!
		until_ok grep -q . runs
		kill "$pid"
		wait "$pid"
		equal 'by TERM' 143 $?
		until_ok ended "$(cat runs)"
	done
	# Processes that an ended command left behind also end.
	rm -f left out
	"$RUNG" pipe 'exec:sleep 1000 & echo $! >left; echo hi' \
	    <>open >out 2>err &
	pid=$!
	until_ok grep -qs hi out
	until_ok none_left "$pid"
	kill "$pid"
	wait "$pid"
	equal 'by TERM' 143 $?
	until_ok ended "$(cat left)"
	[ ! -s err ] || fail "it said: $(cat err)"
	piped 2 /dev/null -l exec:cat
	has '-l' 'cannot listen on a command' "$(cat err)"
	piped 0 /dev/null 'exec:echo x' 'exec:cat >into'
	equal 'two commands' x "$(cat into)"
}

# Each peer gets a command, whose environment describes the peer.
serving() {
	: >served.err
	"$RUNG" -v pipe -l -k "$1" "$2" </dev/null 2>served.err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' served.err
	addr=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' served.err)
	port=${addr##*:}
}
two_left() {
	[ "$(wc -l <left)" = 2 ]
}
serves() {
	serving :0 'exec:env | grep ^NCAT_ | sort; cat'
	for tool in "nc -N 127.0.0.1 $port" "ncat 127.0.0.1 $port" \
	    "socat -t 20 - TCP4:127.0.0.1:$port" "$RUNG pipe :$port"; do
		$tool <data >back || fail "$tool: $?"
		head -n 5 back | sed 's/\(REMOTE_PORT=\)[0-9]*/\1N/' >five
		equal "$tool" "NCAT_LOCAL_ADDR=127.0.0.1
NCAT_LOCAL_PORT=$port
NCAT_PROTO=TCP
NCAT_REMOTE_ADDR=127.0.0.1
NCAT_REMOTE_PORT=N" "$(cat five)"
		tail -n +6 back | cmp - data || fail "$tool: the data differ"
	done
	kill "$pid"
	wait "$pid"
	equal 'by TERM' 143 $?
	# If the command ends first, the peer's connection ends, too.
	serving :0 'exec:echo now'
	equal first now "$(timeout 20 nc 127.0.0.1 "$port" </dev/zero)"
	equal first now "$(timeout 20 "$RUNG" pipe ":$port" </dev/zero)"
	kill "$pid"
	wait "$pid"
	# With a single peer, the pipe exits with an error if its command does.
	for code in 0 3; do
		rung once -v pipe -l :0 "exec:cat; exit $code"
		until_ok grep -q 'listening on' once.err
		port=$(sed -n 's/.*listening on .*:\([0-9]*\).*/\1/p' once.err)
		"$RUNG" pipe ":$port" <data >back || fail "to one: $?"
		same 'to one' data back
		ends $((code ? 10 : 0)) "$pid" once
	done
	has 'to one' 'cat; exit 3: exited with code 3' "$(cat once.err)"
	# Processes left behind by a peer's command end with the connection.
	serving :0 'exec:sleep 1000 & echo $!'
	"$RUNG" -q -e "connect :$port; recv line; close -R" >left
	until_ok ended "$(cat left)"
	# Processes left behind also end with the server, here those of two peers.
	"$RUNG" -q -e "repeat 2 'connect :$port'; @* recv line; sleep 1h" \
	    >left &
	clients=$!
	pids+=("$clients")
	until_ok two_left
	kill "$pid"
	wait "$pid"
	while read -r command; do
		until_ok ended "$command"
	done <left
	kill "$clients"
	wait "$clients"
	serving "unix://$WORK/sock" "exec:env | grep -c \"^NCAT_.*=.*$WORK\""
	equal unix 1 "$(timeout 20 nc -U sock </dev/null)"
	kill "$pid"
	wait "$pid"
}

# Runs two hundred commands at once; after they have ended, no process is left.
many() {
	rung many -e "repeat 200 'connect exec:cat'" \
	    -e '@* sendline hello; @* recv line' \
	    -e '@* close; echo closed; on open echo; sleep 1h'
	until_ok grep -q closed many.out
	equal 'many' 200 "$(grep -c '^hello$' many.out)"
	until_ok none_left "$pid"
	kill "$pid"
	wait "$pid" 2>/dev/null
	serving :0 exec:cat
	local server=$pid clients=()
	for ((i = 0; i < 50; i++)); do
		"$RUNG" pipe ":$port" <err >"got.$i" &
		clients+=("$!")
	done
	echo x >err
	for i in "${clients[@]}"; do
		wait "$i" || fail "a client ended with $?"
	done
	until_ok none_left "$server"
	kill "$server"
	wait "$server"
}

# Closing the session closes the command's input, and terminates a command that
# ignores the end of its input.
closed() {
	rung closes -e "connect 'exec:trap \"\" HUP; sleep 1000 & sleep 1000'" \
	    -e 'close; echo closed; sleep 1h'
	until_ok grep -q closed closes.out
	until_ok none_left "$pid"
	kill "$pid"
	wait "$pid" 2>/dev/null
	# At exit a command that reads to the end of its input may finish.
	rm -f into
	says '' 0 "connect 'exec:cat >into'; send last words"
	until_ok grep -q 'last words' into
	# The death of a detached command by SIGTERM is no failure; a command
	# that ignores SIGTERM is reported.
	serving :0 "exec:trap '' TERM; echo ready; sleep 5; sleep 1000"
	"$RUNG" -q -e "connect :$port; recv line; close -R" >out
	equal ready ready "$(cat out)"
	until_ok grep -q 'left running' served.err
	for child in $(children "$pid"); do
		kill -9 -- "-$child" 2>/dev/null
	done
	kill "$pid"
	wait "$pid"
}

# The command has none of rung's descriptors open and ignores no signal.
inherits() {
	ls -l /proc/self/fd >/dev/null 2>&1 || return 0
	code 0 "$RUNG" -e "listen :0 as s; connect \$s.addr as c" \
	    -e "connect 'exec:ls /proc/self/fd | wc -l' as e" -e '@e recv all'
	with=$out
	without=$(/bin/sh -c 'ls /proc/self/fd | wc -l')
	[ "$with" -le "$((without + 1))" ] ||
	    fail "$with descriptors in it, not $without"
	# The C library reserves signals 32 and 33.
	code 0 "$RUNG" -e 'connect "exec:grep SigIgn /proc/self/status"; recv'
	[ $((16#${out##*[[:blank:]]} & 16#7fffffff)) = 0 ] ||
	    fail "signals are ignored in it: $out"
}

all() {
	dialogue
	environment
	ends_badly
	unread
	pipes
	serves
	closed
}
each_engine all
export RUNG_NO_PIDFD=1
all
unset RUNG_NO_PIDFD
bulk
many
inherits
