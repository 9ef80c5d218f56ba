#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Signals end a script at any time, with the exit codes that a shell uses;
# signals ignored when rung starts stay ignored. Socket paths are removed.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Background jobs of a non-interactive shell ignore SIGINT; this resets it.
default_signals=(env "--default-signal=INT,HUP,TERM" "$RUNG")

# caught SIGNAL CODE CMDS: sends the signal after the output "now"
caught() {
	: >caught.out
	"${default_signals[@]}" -q -e "echo now; $3" >caught.out 2>caught.err </dev/null &
	pid=$!
	pids+=("$pid")
	until_ok grep -q now caught.out
	kill -s "$1" "$pid"
	ends "$2" "$pid" caught
}

each_of_them() {
	local doing
	for doing in 'sleep 60' 'repeat 1000000000 let x 1' \
	    'listen :0 as s; accept -t 1m' \
	    'listen -a :0 as s; connect $s.addr; recv -t 1m' \
	    'listen -a :0 as s; connect $s.addr; expect -t 1m x' \
	    'listen -a :0 as s; connect $s.addr; recv all' \
	    'listen -a :0 as s; connect $s.addr; send -f /dev/zero' \
	    'try try sleep 60'; do
		caught TERM 143 "$doing"
		caught INT 130 "$doing"
		has "$doing" interrupted "$(cat caught.err)"
		caught HUP 129 "$doing"
	done
}
each_engine each_of_them

caught TERM 143 'listen unix://u.sock; sleep 60'
[ ! -e u.sock ] || fail 'the path is still there'

# If nothing reads stdout, output blocks, but a signal still ends rung.
mkfifo pipe
for signal in TERM:143 INT:130 HUP:129; do
	"${default_signals[@]}" -e 'repeat 1000000000 echo hello' >pipe 2>caught.err &
	pid=$!
	pids+=("$pid")
	exec {reader}<pipe
	IFS= read -r line <&"$reader"
	equal 'it prints' hello "$line"
	kill -s "${signal%:*}" "$pid"
	ends "${signal#*:}" "$pid" caught
	exec {reader}<&-
done

# A full stderr, which cannot take the final message, does not block a signal
# either.
for signal in TERM:143 INT:130 HUP:129; do
	"${default_signals[@]}" -e 'repeat 1000000000 try close nonsense' 2>pipe &
	pid=$!
	pids+=("$pid")
	exec {reader}<pipe
	IFS= read -r line <&"$reader"
	has 'it says' nonsense "$line"
	kill -s "${signal%:*}" "$pid"
	ends "${signal#*:}" "$pid" said
	exec {reader}<&-
done

# A command that waits for a file does not block a signal either.
for signal in TERM:143 INT:130 HUP:129; do
	mkfifo slow
	exec {reader}<>slow
	"${default_signals[@]}" -e 'connect exec:yes; recv -o slow all' 2>caught.err &
	pid=$!
	pids+=("$pid")
	IFS= read -r line <&"$reader"
	equal 'it writes' y "$line"
	kill -s "${signal%:*}" "$pid"
	ends "${signal#*:}" "$pid" caught
	[ "$signal" != INT:130 ] ||
	    has 'what ended' 'recv: interrupted' "$(cat caught.err)"
	exec {reader}<&-
	rm slow
done

# A pipe's log that is not read does not block a signal either.
for signal in TERM:143 INT:130 HUP:129; do
	mkfifo slow
	exec {reader}<>slow
	"${default_signals[@]}" pipe -x slow exec:yes 'exec:cat >/dev/null' 2>caught.err &
	pid=$!
	pids+=("$pid")
	IFS= read -r line <&"$reader"
	has 'it logs' ' > ' "$line"
	until_ok grep -q '^State:.S' "/proc/$pid/status"
	kill -s "${signal%:*}" "$pid"
	ends "${signal#*:}" "$pid" caught
	exec {reader}<&-
	rm slow
done

# Waiting for a silent writer does not block a signal. Data from the writer is
# read.
mkfifo commands
for signal in TERM:143 INT:130 HUP:129; do
	caught "${signal%:*}" "${signal#*:}" 'sleep 1ms; source commands'
	[ "$signal" != INT:130 ] ||
	    has 'what ended' 'source: interrupted' "$(cat caught.err)"
done
"${default_signals[@]}" -e 'source commands' >caught.out 2>caught.err &
pid=$!
pids+=("$pid")
{
	echo 'echo one'
	echo 'echo two'
} >commands
ends 0 "$pid" caught
equal 'what was read' $'one\ntwo' "$(cat caught.out)"

# With nohup SIGHUP is ignored.
: >caught.out
(
	trap '' HUP INT
	exec "$RUNG" -e 'echo now; listen -a :0 as s; connect $s.addr' \
	    -e 'try recv -t 300ms; echo survived'
) >caught.out 2>caught.err &
pid=$!
pids+=("$pid")
until_ok grep -q now caught.out
kill -s HUP "$pid"
kill -s INT "$pid"
ends 0 "$pid" caught
equal 'ignored ones' $'now\nsurvived' "$(cat caught.out)"
