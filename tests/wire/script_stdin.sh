#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A script on stdin: each line runs when it arrives, whether from a slow pipe or
# a file; the end of stdin ends rung.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

by_hand() {
	rm -f lines
	mkfifo lines
	: >fed.out
	: >fed.err
	"$RUNG" <lines >fed.out 2>fed.err &
	pid=$!
	pids+=("$pid")
	local fed=$pid
	exec {to}>lines
	echo 'echo one; listen --echo :0 as echo' >&"$to"
	until_ok grep -qx one fed.out
	until_ok grep -q listening fed.err
	# an incomplete line does not run yet; a quote continues over lines
	printf 'connect $echo.addr; send "two' >&"$to"
	kill -0 "$fed" || fail 'ended by half a line'
	printf '\nlines"; expect -p "lines"' >&"$to"
	printf '\necho\n' >&"$to"
	until_ok grep -qx lines fed.out
	# other sessions are served meanwhile
	equal 'it answers others' hi \
	    "$(printf hi | socat -t 20 - "TCP4:127.0.0.1:$(sed -n \
	    's/.*127.0.0.1:\([0-9]*\).*/\1/p' fed.err)")"
	printf 'echo no newline' >&"$to"
	exec {to}>&-
	ends 0 "$fed" fed
	equal 'the last line' 'no newline' "$(tail -n 1 fed.out)"
}
each_engine by_hand

feed() { # CODE TEXT: from a pipe, then from a file
	printf '%b' "$2" >input
	cat input | "$RUNG" >out 2>err
	local got=$?
	[ "$got" = "$1" ] || fail "$2: $got by a pipe: $(cat err)"
	"$RUNG" <input >out2 2>err2
	got=$?
	[ "$got" = "$1" ] || fail "$2: $got as a file: $(cat err2)"
	same "$2: stdout" out out2
	same "$2: stderr" <(sed 's/^rung: //' err) <(sed 's/^rung: //' err2)
	out=$(cat out) err=$(cat err)
}
feed 0 'echo one\necho two'
equal 'two lines' $'one\ntwo' "$out"
feed 4 'echo one\nconnect unix://none\necho two\n'
equal 'until it fails' one "$out"
has 'where' 'stdin:2: connect: ' "$err"
feed 3 'quit 3\necho never\n'
equal 'quit' '' "$out"
feed 2 'echo "abc\ndef\n'
has 'an open quote' 'stdin:1:6: unmatched "' "$err"
feed 0 ''
feed 0 '# nothing\n\n;;\n'
feed 2 'echo a\0b\n'
has 'a NUL' 'stdin:1: not a script: NUL byte in column 7' "$err"

{ printf "echo '"; head -c 1048576 /dev/zero | tr '\0' x; echo "'"; } |
    "$RUNG" >out || fail "1 MiB: $?"
equal 'a line of 1 MiB' 1048577 "$(wc -c <out)"

# -i without a terminal is the prompt mode without a prompt; errors do not end
# it.
printf 'echo one\nconnect unix://none\necho $error\nquit 5\n' |
    "$RUNG" -i -q >out 2>&1
equal 'its exit code' 5 "${PIPESTATUS[1]}"
has 'the error' 'connect: unix://none: no such socket' "$(cat out)"
has 'it goes on' unreachable "$(cat out)"
printf 'echo two\n' | "$RUNG" -i -q -e 'echo one' >out 2>&1 || fail "-i: $?"
equal '-e, then what is typed' $'one\ntwo' "$(cat out)"

# If the commands are arguments, stdin may be a terminal, or closed.
code 0 "$RUNG" -e 'echo hi'
equal 'stdin at its end' hi "$out"
"$RUNG" -e 'echo hi' >out <&- || fail "without a stdin: $?"
equal 'without a stdin' hi "$(cat out)"
"$RUNG" <&- >out 2>err
equal 'no stdin to read from' 10 $?
equal 'no stdin to read from' 'rung: stdin: not open' "$(cat err)"
"$RUNG" <"$WORK" >out 2>err
equal 'a directory' 10 $?
has 'a directory' 'stdin: is a directory' "$(cat err)"
