#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# FIFOs without a writer or a reader: the command waits, other sessions are
# served meanwhile, a signal ends the program, and -t limits the wait.

# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Background jobs of a non-interactive shell ignore SIGINT; this resets it.
default_signals=(env "--default-signal=INT,HUP,TERM" "$RUNG")

# is_served: the echo session of the rung at $addr answers.
is_served() {
	"$RUNG" -t 5s -e "connect $addr; send hello; expect hello" \
	    >served.out 2>&1 || {
		echo "FAIL: $case: the echo session is not served"
		cat served.out "$WORK/waits.err"
		exit 1
	}
}

# waits CMDS: starts a rung that runs CMDS and has an echo session at $addr.
waits() {
	case=$1
	: >waits.out
	: >waits.err
	"${default_signals[@]}" -t 90s -e 'listen --echo :0 as e' -e "$1" \
	    >waits.out 2>waits.err </dev/null &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' waits.err
	addr=$(sed -n 's/.*e: listening on \([^ ]*\).*/\1/p' waits.err)
}

# waits_for_writer CMDS: like waits, and waits until rung has opened the FIFO.
waits_for_writer() {
	rm -f fifo
	mkfifo fifo
	waits "$1"
	exec {writer}>fifo
}

reads=(
	'source fifo'
	'listen --serve fifo :0 as s; exit'
	'connect --proxy socks5://u@127.0.0.1:$e.port --proxy-auth fifo $e.addr'
	'connect $e.addr as c; send -f fifo; @c expect /done/'
)
for cmds in "${reads[@]}"; do
	for signal in TERM:143 INT:130 HUP:129; do
		waits_for_writer "$cmds"
		is_served
		kill -s "${signal%:*}" "$pid"
		ends "${signal#*:}" "$pid" waits
		exec {writer}>&-
	done
done

# Data that arrives late is also read.
waits_for_writer 'source fifo; echo after'
printf 'echo on' >&"$writer"
is_served
printf 'e\necho two\n' >&"$writer"
exec {writer}>&-
ends 0 "$pid" waits
equal 'what was read' $'one\ntwo\nafter' "$(cat waits.out)"

waits_for_writer 'listen --serve fifo :0 as s; connect $s.addr as c; @c expect hi'
is_served
echo 'send hi' >&"$writer"
exec {writer}>&-
ends 0 "$pid" waits

waits_for_writer 'connect $e.addr as c; send -f fifo; expect "part one and two"'
printf 'part one' >&"$writer"
is_served
printf ' and two' >&"$writer"
exec {writer}>&-
ends 0 "$pid" waits

# One line is enough: the writer may keep the FIFO open.
waits_for_writer 'listen -a :0 as proxy
connect -n --proxy http://127.0.0.1:$proxy.port --proxy-auth fifo localhost 1
accept proxy
expect "Basic dXNlcjpzZWNyZXQ="'
is_served
echo user:secret >&"$writer"
ends 0 "$pid" waits
exec {writer}>&-

# connect -n returns before the password is read.
waits_for_writer 'listen -a :0 as proxy
connect -n --proxy http://127.0.0.1:$proxy.port --proxy-auth fifo localhost 1
echo returned
accept -t 60s proxy
expect "Basic dXNlcjpzZWNyZXQ="'
until_ok grep -q returned waits.out
is_served
echo user:secret >&"$writer"
ends 0 "$pid" waits
exec {writer}>&-

# -t limits the wait for a writer.
rm fifo
mkfifo fifo
waits 'connect -t 100ms --proxy socks5://u@127.0.0.1:$e.port --proxy-auth fifo $e.addr'
ends 5 "$pid" waits
has 'a late password' 'fifo: no line read within 100ms' "$(cat waits.err)"

# The reader of the FIFO stops reading.
writes=(
	'connect exec:yes as y; recv -o fifo all'
	'connect $e.addr as c
repeat 20 "send -R 2000 0123456789; recv -q 20000"
log --script fifo'
)
for cmds in "${writes[@]}"; do
	for signal in TERM:143 INT:130 HUP:129; do
		rm -f fifo
		mkfifo fifo
		exec {reader}<>fifo
		waits "$cmds"
		IFS= read -r _ <&"$reader"
		is_served
		kill -s "${signal%:*}" "$pid"
		ends "${signal#*:}" "$pid" waits
		exec {reader}<&-
	done
done

# Data that was not written to the file stays in the inbox, or in $last; -t
# limits the wait.
rm -f fifo
mkfifo fifo
exec {reader}<>fifo
code 5 "$RUNG" -q -e 'connect "exec:head -c 300000 /dev/zero" as c' \
    -e 'recv -t 300ms -o fifo all'
has 'late' 'recv: fifo: write timed out after 300ms; the rest stays in the inbox' "$err"
code 0 "$RUNG" -q -e 'connect "exec:head -c 300000 /dev/zero; cat" as c' \
    -e 'try recv -t 300ms -o fifo all; echo $error' \
    -e 'send x; recv -o rest until x'
equal 'its class' recv-timeout "$out"
equal 'what is kept' 300001 "$(stat -c %s rest)"
code 0 "$RUNG" -q -e 'connect "exec:head -c 300000 /dev/zero; echo" as c' \
    -e 'try recv -t 300ms -o fifo line; echo $error; listen --echo :0 as e' \
    -e 'connect $e.addr as d; @d send $last; @d recv -o rest 300001'
equal 'its class' recv-timeout "$out"
equal 'what is in $last' 300001 "$(stat -c %s rest)"
exec {reader}<&-

# A pipe's log is complete even if it is read slowly. If the log is not read, -w
# ends the pipe.
"$RUNG" pipe -x fifo 'exec:head -c 3000000 /dev/zero' 'exec:cat >/dev/null' &
pid=$!
pids+=("$pid")
exec {reader}<fifo
equal 'bytes in the log' 3000000 "$(
	moment
	awk '/^20.*Z [<>]/ { n += $3 } END { print n }' <&"$reader"
)"
ends 0 "$pid" pipe
exec {reader}<&-
exec {reader}<>fifo
code 5 "$RUNG" pipe -w 300ms -x fifo exec:yes 'exec:cat >/dev/null'
has 'a log' 'log: write timed out after 300ms' "$err"
exec {reader}<&-

# Only the owner can read captured data, even in files that existed before.
for file in recv script pipe ncat ncatx; do
	echo old >"$file"
	chmod 644 "$file"
done
"$RUNG" -q -e 'listen --echo :0 as e; connect $e.addr; send x; recv -o recv 1' \
    -e 'log --script script' || fail 'rung'
"$RUNG" pipe -x pipe 'exec:echo y' exec:cat || fail 'rung pipe'
"$RUNG" ncat -o ncat -x ncatx --append-output 127.0.0.1 1 2>/dev/null </dev/null
for file in recv script pipe ncat ncatx; do
	equal "the mode of $file" 600 "$(stat -c %a "$file")"
done
