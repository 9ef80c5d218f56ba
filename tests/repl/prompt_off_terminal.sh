#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# rung -i off a terminal: no prompt, no banner, nothing styled; lines are run to
# the last, errors end nothing.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
shopt -s lastpipe # so that `... | run` sets our variables

run() {
	"$RUNG" -i >out 2>err
	got=$?
	out=$(cat out)
	err=$(cat err)
}

printf 'echo a\nnonsense\nsleep 10ms\necho b' | run
equal 'the code' 0 "$got"
has 'an error ends nothing' "unknown command 'nonsense'" "$out"
has 'the last line needs no end' $'\nb' "$out"
equal 'all of it on stdout' '' "$err"
case $out in
*$'\033'* | *'> '*) fail 'a prompt or a style' ;;
esac

# The rc comes first, -e next; an error in one keeps nothing from running.
mkdir -p config/rung
printf 'echo rc\nnonsense\n' >config/rung/rc
export XDG_CONFIG_HOME=$PWD/config
echo 'echo typed' | "$RUNG" -i -e 'echo dash-e' >out 2>err
equal 'the order' 'rc dash-e typed' \
    "$(grep -xE 'rc|dash-e|typed' out | tr '\n' ' ' | sed 's/ $//')"
equal 'no rc in a script' 'script' "$("$RUNG" -e 'echo script')"
"$RUNG" -i help echo </dev/null >out 2>&1
has 'a topic' 'prints its words' "$(cat out)"
rm config/rung/rc
mkdir config/rung/rc
printf 'echo on\n' | run
has 'an rc that cannot be read is told' 'rc: is a directory' "$out"
has 'and nothing more' 'on' "$out"
unset XDG_CONFIG_HOME

# The history is the terminal's: none is kept here.
printf 'echo kept?\nhistory\n' | run
has 'listed' '1  echo kept?' "$out"
[ ! -e "$HOME/.local/state/rung/history" ] || fail 'there is a history file'

# A line of 16 MiB is the longest; one longer is let go, and said.
{
	printf 'let x '
	head -c 17000000 /dev/zero | tr '\0' x
	printf '\necho after\n'
} | run
has 'too long' 'line longer than 16M discarded' "$out"
has 'the next one runs' 'after' "$out"
{
	printf 'let x '
	head -c 16000000 /dev/zero | tr '\0' x
	printf '\necho after\n'
} | run
equal 'long enough' 'after' "$out"

# stdout breaks.
yes 'echo x' | "$RUNG" -i | head -n 1 >/dev/null
equal 'a broken pipe' 141 "${PIPESTATUS[1]}"
echo 'echo x' | "$RUNG" -i >/dev/full 2>err
equal 'a full device' 10 "${PIPESTATUS[1]}"
equal 'a full device: told' 'rung: stdout: no space left on device' "$(cat err)"
"$RUNG" -i -e 'echo x' </dev/null >&- 2>err
equal 'closed' 10 $?
equal 'closed: told' 'rung: stdout: not open' "$(cat err)"

# stdin cannot be read: told, and no success.
"$RUNG" -i -e 'echo before' <&- >out 2>&1
equal 'stdin closed' 10 $?
equal 'stdin closed: told' $'before\nrung: stdin: not open' "$(cat out)"
"$RUNG" -i <. >out 2>&1
equal 'stdin a directory' 10 $?
equal 'stdin a directory: told' 'rung: stdin: is a directory' "$(cat out)"

# Signals: an interrupt cancels what waits, and ends it where nothing does.
set -m # or what runs in the background ignores SIGINT
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
equal 'interrupted with nothing to do' 130 $?

# Held up by a pipe that nobody reads, it can still be told to end.
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
equal 'told to end while it is held up' 143 $?

# The same of stderr, where all is said that is not for programs.
"$RUNG" -i --json -e 'listen tcp://127.0.0.1:0' -e 'repeat 100000 try nonsense' \
    -e 'sleep 600' </dev/null 2>&4 >/dev/null &
pid=$!
pids+=("$pid")
until_ok blocked
kill -TERM "$pid"
wait "$pid"
equal 'told to end while nobody hears it' 143 $?
