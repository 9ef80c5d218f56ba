#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The example that speaks the Redis protocol, used by redis-cli and
# redis-benchmark.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

server server "$TOP/docs/examples/resp.rung" 0

asks() { # WANT WORD...
	local want=$1
	shift
	equal "$*" "$want" "$(timeout 20 redis-cli -p "$port" "$@" 2>&1)"
}
asks PONG PING
asks 'hello there' PING 'hello there'
asks 'one "; quit 3' ECHO 'one "; quit 3'
asks '' GET rung
asks OK SET rung '42 $value; quit 3'
asks '42 $value; quit 3' GET rung
asks OK SET 'a key]}; "quit" $n' 'its value'
asks 'its value' GET 'a key]}; "quit" $n'
asks '' GET 'a key'
asks 2 EXISTS rung nobody 'a key]}; "quit" $n'
asks 1 DEL rung nobody
asks 0 EXISTS rung
asks OK SET '' ''
asks '' GET ''
asks 1 EXISTS ''
asks 1 INCR n
asks 2 INCR n
asks 'ERR the words behind it are not right' INCR 'a key]}; "quit" $n'
asks 'ERR the words behind it are not right' GET
asks "ERR FLUSHALL is not known here" FLUSHALL

# Sends all requests on one connection, with all kinds of bytes.
got=$(printf '%s\n' 'SET "\x00]\xff" "\x00\xff\r\n\"<"' 'GET "\x00]\xff"' \
    'GET "\x00]"' PING | timeout 20 redis-cli --no-raw -p "$port")
equal 'a pipe of commands' 'OK
"\x00\xff\r\n\"<"
(nil)
PONG' "$got"

# Sends requests byte by byte, and many in one piece.
exec 9<>"/dev/tcp/127.0.0.1/$port"
one=$'*3\r\n$3\r\nset\r\n$1\r\nk\r\n$4\r\n\r\n*1\r\n'
for ((i = 0; i < ${#one}; i++)); do
	printf '%s' "${one:i:1}" >&9
done
get=$'*2\r\n$3\r\nGET\r\n$1\r\nk\r\n'
printf '%s' "$get$get" $'PING\r\n' >&9
got=$(timeout 20 head -c 32 <&9 | od -An -c | tr -d ' \n')
exec 9>&-
equal 'in pieces, and at once' \
    '+OK\r\n$4\r\n\r\n*1\r\n$4\r\n\r\n*1\r\n+PONG\r\n' "$got"

# Sends many requests without waiting for the answers (pipelined).
got=$(timeout 60 redis-benchmark -p "$port" -n 400 -c 20 -P 5 \
    -t ping,set,get,incr --csv 2>/dev/null | cut -d, -f1 | tr '\n' ' ')
equal 'redis-benchmark' \
    '"test" "PING_INLINE" "PING_MBULK" "SET" "GET" "INCR" ' "$got"
asks 400 GET 'counter:__rand_int__'
