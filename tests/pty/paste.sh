#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A paste of many lines runs in order, bracketed or not; a line of 1 MiB is
# accepted.
. "$(dirname "$0")/../lib/pty.sh"

rung -q

# A bracketed paste runs after Enter.
printf 'echo p1\nincr n\necho "p2\np3"\nsleep 10ms\necho p4 $n\n' >"$WORK/lines"
enter 'let n 1'
tm load-buffer "$WORK/lines"
tm paste-buffer -p -t t
sees 'echo p4'
keys Enter
sees_line 'p4 2'
for line in p1 p2 p3; do
	sees_line $line
done
prompt 'rung>'

# rung drops a NUL in a paste, and nothing else.
# shellcheck disable=SC2046
tm send-keys -t t -H $(printf '\033[200~echo on\0e\recho two\0\033[201~' |
    od -An -v -t x1)
prompt 'echo two'
keys Enter
sees_line 'two'
enter 'echo three'
sees_line 'three'
screen | trim | sed -n '/^rung> echo one$/,/^three$/p' >"$WORK/got"
printf '%s\n' 'rung> echo one' 'echo two' one two 'rung> echo three' three |
    diff - "$WORK/got" || fail 'not each line, and nothing else'
prompt 'rung>'

# Invalid bytes are unchanged, bracketed or not.
printf 'echo "a\377b"' >"$WORK/bytes"
tm load-buffer "$WORK/bytes"
for way in '-p' ''; do
	# shellcheck disable=SC2086
	tm paste-buffer $way -t t
	sees 'b"'
	keys Enter
	sees_line 'a\xffb'
	keys C-l
	gone 'xff'
done

# This paste is not bracketed.
for i in {1..50}; do
	echo "echo line$i"
done >"$WORK/many"
tm load-buffer "$WORK/many"
tm paste-buffer -t t
later whole_line line50
all | trim | grep -x 'line[0-9]*' >"$WORK/got"
seq -f 'line%g' 50 | diff - "$WORK/got" || fail 'not each once and in order'

# An incomplete line stays incomplete.
printf 'echo done\necho ha' >"$WORK/half"
tm load-buffer "$WORK/half"
tm paste-buffer -t t
sees_line 'done'
prompt 'rung> echo ha'
type_in 'lf'
keys Enter
sees_line 'half'

# The pasted line has 1 MiB.
received() {
	[ "$(wc -c <"$WORK/heard")" = "$1" ]
}
{
	printf 'send '
	head -c 1048576 /dev/zero | tr '\0' x
} >"$WORK/big"
listening
peer_connect "$port"
prompt 's.1>'
enter 'view off'
patience=100
tm load-buffer "$WORK/big"
tm paste-buffer -p -t t
keys Enter
later received 1048576
tm paste-buffer -t t
keys Enter
later received 2097152
enter 'echo afterwards'
sees_line 'afterwards'
