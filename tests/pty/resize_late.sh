#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Keys and text that arrive after a resize use the new size, even if SIGWINCH is
# late; here SIGWINCH is ignored.
. "$(dirname "$0")/../lib/pty.sh"

pane 80 24 sh -c 'trap "" WINCH; exec "$0" -q' "$RUNG"
prompt 'rung>'
listening
peer_connect "$port"
prompt 's.1>'
# If a screen is cleared from its first row, tmux keeps a copy, so the line
# under test is further down.
enter "repeat 12 'echo above'"
prompt 's.1>'
line='echo aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbcccccccccccccccccccc'
once() {
	[ "$(all | grep -c 'aaaaabbbbb')" = "$1" ] ||
	    fail "the line is not there $1 times"
}
type_in "$line"
prompt "s.1> $line"

# A key uses the new size.
resize 50 24
type_in 'd'
prompt "s.1> ${line}d"
once 1

# Text above the line uses the new size.
resize 30 24
say 'narrow'
sees 'narrow'
prompt "s.1> ${line}d"
once 1

# Ctrl-C uses the new size.
keys Home
cursor 8
resize 100 24
keys C-c
sees_line "s.1 +7> ${line}d^C"
prompt 's.1>'
once 1

# Enter uses the new size.
type_in "$line"
prompt "s.1> $line"
keys Home
cursor 8
resize 40 24
keys Enter
sees_line "${line#echo }"
prompt 's.1>'
once 3
