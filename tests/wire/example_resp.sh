#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The example that speaks Redis' protocol, asked by redis-cli.
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
asks empty GET rung
asks '' GET another
asks OK SET rung '42 $value; quit 3'
asks '42 $value; quit 3' GET rung
asks "ERR 'FLUSHALL' is not known here" FLUSHALL

# All on one connection, and bytes of every kind.
got=$(printf 'SET rung "\\x00\\xff\\r\\n\\"<"\nGET rung\nPING\n' |
    timeout 20 redis-cli --no-raw -p "$port")
equal 'a pipe of commands' 'OK
"\x00\xff\r\n\"<"
PONG' "$got"
