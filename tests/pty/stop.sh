#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A terminal that stops during a large paint delays only that paint: peers are
# served, and timers run. When the terminal resumes, the rest of the paint and
# the half-typed line appear. Signals and Ctrl-D still end rung.
. "$(dirname "$0")/../lib/pty.sh"

answers() { # TEXT: the echo session returns it
	[ "$(echo "$1" | socat -t 20 - "TCP4:127.0.0.1:$echo_port")" = "$1" ] ||
	    fail "no answer to '$1'"
}
lines=900 # elides no line, but exceeds the terminal's buffer
paint() { # WORD: sends $lines lines, and waits until rung has them
	say "$(yes "$1 is a line of some length, of which there are many" |
	    head -n $((lines - 1)))
$1 is a line and the end"
	later was_received "$1"
	answers "behind $1"
}
was_received() { # WORD: succeeds if the handler has answered it
	grep -qx "$1 was heard" "$WORK/heard"
}
is_shown() { # WORD: succeeds if all its lines were shown
	[ "$(all | grep -c "< .* $1 is a line")" = $lines ]
}
timer_fired() {
	grep -qx 'the timer fired' "$WORK/heard"
}
# Stops the terminal during a paint of WORD.
stop_in() {
	freeze
	paint "$1"
	hold
	thaw
}
begin() { # [shell|dumb]: runs rung with two listeners, and a peer at one
	case ${1:-} in
	shell)
		pane 80 24 bash --norc --noprofile -i
		enter "PS1='sh: '"
		later last_line 'sh:'
		enter "'$RUNG' -q"
		;;
	dumb) pane 80 24 env TERM=dumb "$RUNG" -q ;;
	*) rung -q ;;
	esac
	prompt 'rung>'
	enter 'listen --echo :0 as echo'
	port_of echo
	echo_port=$port
	listening
	rm -f "$WORK/say"
	peer_connect "$port"
	[ "${1:-}" != dumb ] || enter 'accept s'
	prompt 's.1>'
	enter 'frame line'
	# shellcheck disable=SC2016
	enter 'on message /^(\w+) is a line and/ send -r "$1 was heard\n"'
	sees 'was heard'
	prompt 's.1>'
}

# The paint resumes where it stopped.
begin
enter "on message /^wake/ \"after 10ms 'sendline the timer fired'\""
prompt 's.1>'
type_in 'echo half'
prompt 's.1> echo half'
stop_in first
answers 'while it is stopped'
say 'wake'
later timer_fired
type_in ' typed'
answers 'and with keys waiting'
is_shown first && fail 'the terminal is not stopped'
release
later is_shown first
prompt 's.1> echo half typed'
keys Enter
sees_line 'half typed'
prompt 's.1>'

# A signal resumes the terminal, and is handled. (Ctrl-C, the key, would also
# discard output that tmux has not read.)
type_in 'echo lost'
prompt 's.1> echo lost'
stop_in second
kill -INT "$(pane_children)"
later is_shown second
prompt 's.1>'
enter 'echo found'
sees_line 'found'
! whole_line lost || fail 'the line ran'

# Output above the limit is discarded and counted.
stop_in third
paint fourth
paint fifth
answers 'with more to come'
release
later is_shown third
ever_sees 'elided'
prompt 's.1>'

# Ctrl-D is read when the terminal resumes, like other keys.
stop_in sixth
keys C-d
answers 'with the end waiting'
release
ends 0
is_shown sixth || fail 'the paint was discarded'
close_pane

# Ctrl-Z: the signal, for the same reason.
begin shell
type_in 'echo half'
prompt 's.1> echo half'
stop_in first
kill -TSTP "$(pgrep -P "$(pane_children)")"
sees 'Stopped'
prompt 'sh:'
enter 'fg'
later is_shown first
prompt 's.1> echo half'
type_in ' typed'
keys Enter
sees_line 'half typed'
close_pane

# SIGTERM ends rung while the terminal does not read.
begin
rung_pid=$(pane_children | head -n 1)
freeze
paint first
kill -TERM "$rung_pid"
later ended "$rung_pid"
thaw
sees_like '143$' # bash prints its notice after the incomplete paint
close_pane

# The terminal closes during the paint.
begin
stop_in first
close_pane

# The same stop without an editor.
begin dumb
stop_in first
answers 'while it is stopped'
is_shown first && fail 'the terminal is not stopped'
release
later is_shown first
prompt 's.1>'
