#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A paste taller than the screen: the rows around the cursor are visible, all
# rows can be edited, and a paste that runs is shown in full above its output.
. "$(dirname "$0")/../lib/pty.sh"

# rows WANT...: the rows of the screen, from the top.
rows() {
	[ "$(screen | trim | sed '/^$/d')" = "$(printf '%s\n' "$@")" ]
}
lines() { # FROM TO
	seq -f 'echo line%g' "$1" "$2"
}

rung -q
lines 1 60 | head -c -1 >"$WORK/lines"
tm load-buffer "$WORK/lines"
tm paste-buffer -p -t t
later rows '(38 rows above) echo line39' "$(lines 40 60)"
cursor 11,21

# The cursor is at the beginning, at the end, and in the middle.
keys Home
later rows 'rung> echo line1' "$(lines 2 22)"
cursor 6,0
type_in 'echo first; '
later rows 'rung> echo first; echo line1' "$(lines 2 22)"
keys End
type_in '!'
later rows '(38 rows above) echo line39' "$(lines 40 59)" 'echo line60!'
for _ in {1..31}; do
	keys M-b
done
later rows '(33 rows above) echo line34' "$(lines 35 55)"
type_in '_'
later rows '(33 rows above) echo line34' "$(lines 35 44)" 'echo _line45' \
    "$(lines 46 55)"
cursor 6,11

# Pastes of other sizes.
whole() {
	resize 80 70
	prompt 'echo line60!'
	sees_line 'rung> echo first; echo line1'
	gone 'rows above'
	cursor 6
}
resize 50 12
later rows '(35 rows above) echo line36' "$(lines 37 44)" 'echo _line45'
cursor 6,9
whole
resize 80 24
later rows '(33 rows above) echo line34' "$(lines 35 44)" 'echo _line45' \
    "$(lines 46 55)"
cursor 6,11
whole

# The paste is shown in full, wherever the cursor was. tmux drops the rows below
# the cursor, and sets the new size only after Enter arrives.
tm resize-window -t t -x 80 -y 24
keys Enter
sees_line 'line60!'
prompt 'rung>'
{
	echo 'rung> echo first; echo line1'
	lines 2 44
	echo 'echo _line45'
	lines 46 59
	echo 'echo line60!'
	echo first
	seq -f 'line%g' 44
	echo _line45
	seq -f 'line%g' 46 59
	echo 'line60!'
	echo 'rung>'
} >"$WORK/want"
all | trim | tail -n "$(wc -l <"$WORK/want")" | diff "$WORK/want" - ||
    fail 'not in full'

# Tests a recalled paste, messages above it, and Ctrl-C.
listening
peer_connect "$port"
prompt 's.1>'
{
	printf 'echo "begin\n'
	seq 50
	printf 'end"'
} >"$WORK/quoted"
tm load-buffer "$WORK/quoted"
tm paste-buffer -p -t t
prompt 'end"'
keys Enter
sees_line 'end'
prompt 's.1>'
keys Up
later like '(30 rows above) 30'
prompt 'end"'
say 'meanwhile'
sees 'meanwhile'
later like '(30 rows above) 30'
keys C-c
prompt 's.1>'
enter 'echo alive'
sees_line 'alive'

# A search shows its prompt; libedit has no incremental search.
[ "$edit" = readline ] || exit 0
keys C-r
type_in '49'
later like "(reverse-i-search).49': 30"
prompt 'end"'
keys C-g
prompt 's.1>'
