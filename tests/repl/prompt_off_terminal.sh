#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# rung -i without a terminal: no prompt, no banner, no styles; all lines run,
# errors do not end it.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
shopt -s lastpipe # `... | run` sets variables of this shell

run() {
	"$RUNG" -i >out 2>err
	got=$?
	out=$(cat out)
	err=$(cat err)
}

printf 'echo a\nnonsense\nsleep 10ms\necho b' | run
equal 'the exit code' 0 "$got"
has 'lines after an error run' "unknown command 'nonsense'" "$out"
has 'the last line needs no newline' $'\nb' "$out"
equal 'stdout' '' "$err"
case $out in
*$'\033'* | *'> '*) fail 'a prompt or a style' ;;
esac

# The rc file runs first, then -e; an error in one does not stop the others.
mkdir -p config/rung
printf 'echo rc\nnonsense\n' >config/rung/rc
export XDG_CONFIG_HOME=$PWD/config
echo 'echo typed' | "$RUNG" -i -e 'echo dash-e' >out 2>err
equal 'the order' 'rc dash-e typed' \
    "$(grep -xE 'rc|dash-e|typed' out | tr '\n' ' ' | sed 's/ $//')"
equal 'no rc in a script' 'script' "$("$RUNG" -e 'echo script')"
"$RUNG" -i help echo </dev/null >out 2>&1
has 'a topic' 'print words' "$(cat out)"
rm config/rung/rc
mkdir config/rung/rc
printf 'echo on\n' | run
has 'an unreadable rc is reported' 'rc: is a directory' "$out"
has 'nothing else is printed' 'on' "$out"
unset XDG_CONFIG_HOME

# Without a terminal there is no history.
printf 'echo kept?\nhistory\n' | run
has 'listed' '1  echo kept?' "$out"
[ ! -e "$HOME/.local/state/rung/history" ] || fail 'there is a history file'

# A line may have 16 MiB; a longer line is discarded and reported.
{
	printf 'let x '
	head -c 17000000 /dev/zero | tr '\0' x
	printf '\necho after\n'
} | run
has 'too long' 'line longer than 16 MiB discarded' "$out"
has 'the next one runs' 'after' "$out"
{
	printf 'let x '
	head -c 16000000 /dev/zero | tr '\0' x
	printf '\necho after\n'
} | run
equal 'the longest line' 'after' "$out"

# stdout has no reader.
yes 'echo x' | "$RUNG" -i | head -n 1 >/dev/null
equal 'a broken pipe' 141 "${PIPESTATUS[1]}"
echo 'echo x' | "$RUNG" -i >/dev/full 2>err
equal 'a full device' 10 "${PIPESTATUS[1]}"
equal 'a full device: the error' 'rung: stdout: no space left on device' "$(cat err)"
"$RUNG" -i -e 'echo x' </dev/null >&- 2>err
equal 'closed' 10 $?
equal 'closed: the error' 'rung: stdout: not open' "$(cat err)"

# If stdin cannot be read, rung prints an error and fails.
"$RUNG" -i -e 'echo before' <&- >out 2>&1
equal 'stdin closed' 10 $?
equal 'stdin closed: the error' $'before\nrung: stdin: not open' "$(cat out)"
"$RUNG" -i <. >out 2>&1
equal 'stdin a directory' 10 $?
equal 'stdin a directory: the error' 'rung: stdin: is a directory' "$(cat out)"

# An interrupt cancels the waiting command; if no command waits, it ends rung.
set -m # otherwise background processes ignore SIGINT
mkfifo lines
"$RUNG" -i <lines >out 2>&1 &
pid=$!
pids+=("$pid")
exec 3>lines
printf 'echo go; sleep 600\n' >&3
until_ok grep -q go out
kill -INT "$pid"
until_ok grep -q 'sleep: interrupted' out
printf 'echo still\n' >&3
until_ok grep -q still out
kill -INT "$pid"
wait "$pid"
equal 'interrupted while idle' 130 $?

# SIGTERM ends rung even if stdout is a full pipe that is not read.
mkfifo unread
exec 4<>unread
"$RUNG" -i -e 'listen tcp://127.0.0.1:0' -e 'repeat 100000 echo a line' \
    -e 'sleep 600' </dev/null >&4 2>&1 &
pid=$!
pids+=("$pid")
blocked() {
	grep -qE 'poll|pipe_w' "/proc/$pid/wchan" ||
	    grep -q '^State:.S' "/proc/$pid/status"
}
until_ok blocked
kill -TERM "$pid"
wait "$pid"
equal 'SIGTERM with a full stdout' 143 $?

# SIGTERM also ends rung if stderr, which has all notices and errors, is full.
"$RUNG" -i --json -e 'listen tcp://127.0.0.1:0' -e 'repeat 100000 try nonsense' \
    -e 'sleep 600' </dev/null 2>&4 >/dev/null &
pid=$!
pids+=("$pid")
until_ok blocked
kill -TERM "$pid"
wait "$pid"
equal 'SIGTERM with a full stderr' 143 $?
