#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Scripts: where they come from, when their lines are read, what goes to stdout
# and to stderr, and how they end.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
set -m # otherwise background processes ignore SIGINT

# The -e texts run in order, then the file; the first failure ends rung.
printf 'echo from the file $arg1 $argc\n' >script.rung
code 0 "$RUNG" -e 'echo one' -e 'echo two; echo three' script.rung ARG
equal 'the order' $'one\ntwo\nthree\nfrom the file ARG 1' "$out"
code 2 "$RUNG" -e 'echo one' -e 'nonsense' script.rung
equal 'the commands before it' 'one' "$out"
has 'the error' "-e:1:1: unknown command 'nonsense'" "$err"
printf 'echo one\n\n  nonsense x\necho two\n' >bad.rung
code 2 "$RUNG" bad.rung
has 'the error' 'bad.rung:3:3: unknown command' "$err"
equal 'no command after it ran' 'one' "$out"
printf '\xef\xbb\xbfecho marked\r\n' >marked.rung
code 0 "$RUNG" marked.rung
equal 'a byte order mark and CRLF' 'marked' "$out"

# Files that are not valid scripts.
code 10 "$RUNG" .
has 'a directory' '.: is a directory' "$err"
code 10 "$RUNG" nowhere.rung
has 'no file' 'nowhere.rung: no such file or directory' "$err"
printf 'echo a\0b\n' >binary
code 2 "$RUNG" binary
has 'a binary' 'rung: binary:1: not a script: NUL byte in column 7' "$err"
out=$("$RUNG" <binary 2>&1)
equal 'code of a binary stdin' 2 $?
out=$(cat binary | "$RUNG" 2>&1)
equal 'code of a piped binary' 2 $?
equal 'a piped binary' \
    'rung: stdin:1: not a script: NUL byte in column 7' "$out"
out=$(printf 'echo a\n\0b\n' | "$RUNG" 2>&1)
equal 'its line number' $'a\nrung: stdin:2: not a script: NUL byte in column 1' \
    "$out"
out=$(printf 'echo a\0b\necho c\n' | "$RUNG" -i -q 2>&1)
equal 'typed lines' $'NUL byte in column 7; write \\0\nc' "$out"
out=$("$RUNG" 2>&1 <.)
equal 'code of a directory as stdin' 10 $?
printf 'echo "never\nclosed' >open.rung
code 2 "$RUNG" open.rung
has 'an open quote' 'open.rung:1:6:' "$err"
out=$(cat open.rung | "$RUNG" 2>&1)
equal 'code of a piped open quote' 2 $?
has 'a piped open quote' 'stdin:1:6:' "$out"

# stdin is a file, or gets lines one at a time: each line is sent after the
# previous line's output was seen.
equal 'stdin from a file' 'hi' "$(echo 'echo hi' | cat >in; "$RUNG" <in)"
mkfifo lines said
"$RUNG" <lines >said 2>errors &
pid=$!
pids+=("$pid")
exec 3>lines 4<said
ask() {
	printf '%s\n' "$1" >&3
	read -rt 20 got <&4 || fail "no answer to: $1"
	equal "$1" "$2" "$got"
}
ask 'echo first' 'first'
ask '# a comment
echo second' 'second'
printf 'echo "two' >&3
ask ' halves"' 'two halves'
printf 'echo "two\nlines"\n' >&3
read -rt 20 got <&4
equal 'a command over two lines' 'two' "$got"
read -rt 20 got <&4
equal 'its second line' 'lines' "$got"
ask 'sleep 1ms; echo \
slept' 'slept'
# The last line needs no newline.
printf 'echo last' >&3
exec 3>&-
read -rt 20 got <&4
equal 'the last line' 'last' "$got"
exec 4<&-
wait "$pid"
equal 'the exit code' 0 $?
equal 'no message' '' "$(cat errors)"

# A waiting command leaves the next lines in the pipe.
{
	echo 'sleep 600'
	yes 'echo flood'
} 2>/dev/null | "$RUNG" >flooded &
pid=$!
pids+=("$pid")
until_ok grep -q '^State:.S' "/proc/$pid/status"
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
[ "$rss" -lt 65536 ] || fail "it read on: $rss KiB"
kill -INT "$pid"
wait "$pid"
equal 'interrupted while it waits' 130 $?
equal 'no command after it ran' '' "$(cat flooded)"

# Signals end a script.
for pair in INT:130 TERM:143 HUP:129; do
	echo 'echo up; sleep 600' >up.rung
	"$RUNG" up.rung >"up.$pair" 2>&1 &
	pid=$!
	until_ok grep -q up "up.$pair"
	kill -"${pair%:*}" "$pid"
	wait "$pid"
	equal "code after SIG${pair%:*}" "${pair#*:}" $?
	[ "$pair" != INT:130 ] ||
	    equal 'what was interrupted' 'up.rung:1: sleep: interrupted' \
	        "$(tail -n 1 "up.$pair")"
done

# Payload and diagnostics on the same descriptor are in order.
"$RUNG" -e 'echo 1; try nonsense; echo 2; try nonsense; echo 3' >both 2>&1
equal 'in order' '1 shell 2 shell 3' "$(sed 's/unknown.*/shell/
    /^nonsense\|^\^/d; s/.*: shell/shell/' both | grep -v 'try nonsense\|\^' |
    tr '\n' ' ' | sed 's/ $//')"

# Writing to stdout fails.
"$RUNG" -e 'repeat 1000000 echo a line' 2>errors | head -n 1 >/dev/null
equal 'a broken pipe' '141 0' "${PIPESTATUS[*]}"
equal 'no message' '' "$(cat errors)"
"$RUNG" -e 'echo x' >/dev/full 2>errors
equal 'a full device' 10 $?
equal 'the error is printed once' 'rung: stdout: no space left on device' "$(cat errors)"
"$RUNG" -e 'echo x' >&- 2>errors
equal 'stdout closed' 10 $?
equal 'the error is printed' 1 "$(grep -c 'stdout:' errors)"

# A line without an end is discarded when it reaches the limit.
out=$(head -c 70000000 /dev/zero | tr '\0' x | "$RUNG" 2>&1)
equal 'code of a line of 70 MB' 10 $?
equal 'a line of 70 MB' 'rung: stdin:1: line longer than 64 MiB' "$out"
