#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A terminal stopped by Ctrl-S stops nothing else: peers are served, signals are
# handled, and typed and received data appears when the terminal resumes.
. "$(dirname "$0")/../lib/pty.sh"

answers() { # TEXT: the echo session returns it
	[ "$(echo "$1" | socat -t 20 - "TCP4:127.0.0.1:$port")" = "$1" ] ||
	    fail "no answer to '$1'"
}
rung_pid() {
	pane_children | head -n 1
}

rung -q
enter 'listen --echo :0 as echo'
port_of echo
# shellcheck disable=SC2016
enter 'connect $echo.addr as c'
prompt 'c>'

hold
type_in 'sendline what was typed'
answers 'served while it is held'
answers 'more than once'
enter ''
answers 'and with keys waiting'
not_on_screen 'typed' || fail 'the terminal is not stopped'
# A signal resumes the terminal.
kill -WINCH "$(rung_pid)"
sees 'what was typed'
prompt 'c>'

if [ "$edit" = readline ]; then
	keys C-s
	type_in 'echo from the key'
	answers 'held by the key'
	not_on_screen 'from the key' || fail 'Ctrl-S does not stop the terminal'
	keys C-q
	prompt 'c> echo from the key'
	keys Enter
	sees_line 'from the key'
fi

# SIGTERM ends rung while the terminal is stopped during a flood.
listening
peer_floods "$port"
ever_sees 'elided'
hold
kill -TERM "$(rung_pid)"
ends 143
close_pane

# `quit` also ends rung while the terminal is stopped.
rung -q
listening
peer_connect "$port"
prompt 's.1>'
enter 'frame line; on message "quit 3"; echo ready'
sees_line 'ready'
hold
say 'quit'
ends 3
close_pane

# A key that the editor answers with the bell writes nothing to stderr, which
# would block while the terminal is stopped.
rang() {
	grep -q $'\a' "$WORK/shown"
}
# shellcheck disable=SC2016  # for that sh
pane 80 24 sh -c 'exec "$0" -q 2>"$1"' "$RUNG" "$WORK/stderr"
prompt 'rung>'
tm pipe-pane -t t "exec cat >'$WORK/shown'"
keys BSpace
type_in 'nonsen'
keys Tab
later rang
prompt 'rung> nonsen'
[ ! -s "$WORK/stderr" ] || fail 'the bell went to stderr'
