#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The chat example, with three instances of nc: each gets the lines of all, and
# a notice when one leaves.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

nc=$(command -v nc.openbsd || command -v nc)
server server "$TOP/docs/examples/chat.rung" 0

joins() { # NAME NUMBER: starts nc, whose input is $fd
	mkfifo "$WORK/$1.in"
	"$nc" 127.0.0.1 "$port" <"$WORK/$1.in" >"$WORK/$1.heard" &
	pids+=("$!")
	exec {fd}>"$WORK/$1.in"
	until_ok grep -q "s.$2 is here" "$WORK/$1.heard"
}
joins one 1
one=$fd
joins two 2
two=$fd
joins three 3
three=${pids[-1]}

echo 'hello $message; @s.* close' >&"$one"
until_ok grep -q '^s.1: hello' "$WORK/two.heard"
slain "$three"
until_ok grep -q 's.3 has left' "$WORK/two.heard"
echo bye >&"$two"
until_ok grep -q '^s.2: bye' "$WORK/one.heard"

want='* s.1 is here
* s.2 is here
* s.3 is here
s.1: hello $message; @s.* close
* s.3 has left
s.2: bye'
until_ok grep -q '^s.2: bye' "$WORK/two.heard"
equal 'one heard' "$want" "$(cat "$WORK/one.heard")"
equal 'two heard' "$(echo "$want" | tail -n +2)" "$(cat "$WORK/two.heard")"
equal 'nothing failed' '' "$(grep -v ' listening on ' "$WORK/server.err")"
