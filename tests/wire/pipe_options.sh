#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Options of `rung pipe` that change the data or the end: -C, -i, -w, -x, and -l
# -k, which serves one peer after another.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo open

into() { # CMD...: runs `rung pipe` with CMD; the peer's input is in heard
	port=$(free_port)
	socat -u "TCP4-LISTEN:$port,bind=127.0.0.1" - >heard &
	sink=$!
	pids+=("$sink")
	until_ok bound "$port"
	"$RUNG" pipe "$@" ":$port" || fail "$*: ended with $?"
	wait "$sink"
}

# LF becomes CRLF; CRLF is unchanged, even if a read ends after the CR.
printf 'a\nb\r\n\r\r\n\n\0\r' >lines
into -C <lines
printf 'a\r\nb\r\n\r\r\n\r\n\0\r' >wanted
same '-C' wanted heard
{ head -c 300000 /dev/zero | tr '\0' '\n'; } >many
into -C <many
equal '-C of many' 600000 "$(wc -c <heard)"

# -i pauses after each line.
before=${EPOCHREALTIME/./}
printf '1\n2\n3\n4' >lines
into -i 100ms <lines
same '-i' lines heard
[ $((${EPOCHREALTIME/./} - before)) -ge 300000 ] || fail '-i: no pauses'

# The log contains all data of both directions, and can be read back.
port=$(free_port)
start echo socat "TCP4-LISTEN:$port,bind=127.0.0.1" PIPE
until_ok bound "$port"
head -c 100000 /dev/urandom >data
"$RUNG" pipe -x log ":$port" <data >back || fail "-x: ended with $?"
same '-x' data back
equal '-x: only we may read it' 600 "$(stat -c %a log)"
grep -Eq '^20[0-9-]*T[0-9:]*\.[0-9]{6}Z > [0-9]+$' log || fail '-x: no head'
for dir in '>' '<'; do
	awk -v dir="$dir" '$2 == ">" || $2 == "<" { on = $2 == dir; next }
	    on { print substr($0, 11, 48) }' log | xxd -r -p >parts
	same "-x: what went $dir" data parts
done
code 10 "$RUNG" pipe -x none/log ":$port"
has '-x' 'no such file' "$err"

# -w ends the pipe if no connection opens or no data moves
exec 7<>open
port=$(free_port)
start silent socat "TCP4-LISTEN:$port,bind=127.0.0.1" 'SYSTEM:read x'
until_ok bound "$port"
timeout 20 "$RUNG" pipe -w 300ms ":$port" <&7 2>err
equal '-w' 5 $?
has '-w' 'no data in either direction for 300ms' "$(cat err)"
exec 7>&-
# -w counts from the last write, not from the last read; a pause of -i is not
# idle time. The pipe does not wait for the sink's end (-q 0).
seq 6 >lines
for pause in 100ms 400ms; do
	into -i $pause -w 300ms -q 0 <lines
	same "-i $pause -w" lines heard
done

# -l -k: one peer after another, until a signal
: >err
"$RUNG" -v pipe -l -k 127.0.0.1:0 </dev/null >out 2>err &
pid=$!
pids+=("$pid")
until_ok grep -q 'listening on' err
port=$(sed -n 's/.*listening on.*127.0.0.1://p' err)
for i in 1 2 3; do
	echo $i | nc -N 127.0.0.1 "$port"
	echo $i | ncat 127.0.0.1 "$port"
	echo $i | socat - "TCP4:127.0.0.1:$port"
done
nine() {
	[ "$(wc -l <out)" = 9 ]
}
until_ok nine
equal 'in turn' '1 1 1 2 2 2 3 3 3' "$(xargs <out)"
kill "$pid"
wait "$pid"
equal 'ended by TERM' 143 $?

# a full output or log ends the pipe
for words in '' '-x /dev/full' "-x /dev/full -m 2"; do
	: >err
	"$RUNG" -v pipe -l -k $words 127.0.0.1:0 <>open >/dev/full 2>err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q 'listening on' err
	port=$(sed -n 's/.*listening on.*127.0.0.1://p' err)
	echo lost | socat -u - "TCP4:127.0.0.1:$port"
	wait "$pid"
	equal "full: $words" 10 $?
	has "full: $words" 'no space left' "$(cat err)"
done

# With too few descriptors for a kernel pipe, an input that is open but has no
# data does not block the other direction.
for most in 8 9 10; do
	server speaks -e 'listen -a :0 as s; accept; send "one\n"; recv line' \
	    -e 'send "two\n"; recv all'
	: >out
	(
		ulimit -n "$most"
		exec "$RUNG" pipe ":$port"
	) <>open >>out 2>err &
	pid=$!
	pids+=("$pid")
	until_ok grep -q one out
	echo go >open
	until_ok grep -q two out
	kill "$pid"
	wait "$pid"
	equal "$most descriptors" 143 $?
done
