#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# All byte values pass unchanged: each of the 256, and a million random ones, to
# an echo and back; sent from a file, received into a file, a variable and
# stdout.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

for i in {0..255}; do
	printf '%b' "\\0$(printf '%o' "$i")"
done >every
head -c 1048576 /dev/urandom >random
[ "$(wc -c <every)" = 256 ] || fail 'the 256 are not 256'

streams() {
	local at
	for at in 127.0.0.1:0 '[::1]:0' unix://s.sock; do
		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send -f every; recv 256'
		same "$at: every byte to stdout" every out

		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send -f every; recv -s all 256' \
		    -e 'send $all; recv -o again 256'
		same "$at: every byte through a variable" every again

		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send -n -f random; close -w' \
		    -e 'recv all'
		same "$at: a million to stdout" random out

		code 0 "$RUNG" -q -e "listen --echo $at as echo" \
		    -e 'connect $echo.addr; send -n -f random' \
		    -e 'expect /\A(?s:(?:.{32768}){32})/; let it $0; send $it' \
		    -e 'recv -o again 1048576'
		same "$at: a million through a match" random again
		rm -f again
	done
}
each_engine streams

# Bytes in a script are unchanged: between single quotes only the quote is
# special. A script with a NUL is rejected.
tr -d "'\0" <every >literal
{
	printf "send '"
	cat literal
	printf "'; recv 254"
} >literal.rung
code 0 "$RUNG" -q -e 'listen --echo :0 as echo; connect $echo.addr' \
    literal.rung
same 'bytes in a script' literal out

# Tests with socat as the echo. One write is longer than PIPE_BUF, so that socat
# may block on the pipe that it uses internally.
port=$(free_port)
start echo socat -b 4096 "TCP4-LISTEN:$port,bind=127.0.0.1,fork" PIPE
until_listens "$port"
code 0 "$RUNG" -q -e "connect :$port; send -n -f every; send -n -f random" \
    -e 'close -w; recv 256; recv -o back all'
same 'every byte through socat' every out
same 'a million through socat' random back
