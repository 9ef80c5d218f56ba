# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Helpers of the pty tests: run rung in a tmux pane, type keys, read the screen.
# The tests make the assertions. No test sleeps: each reads the screen again
# until it is as expected or the time is over.

set -u
: "${RUNG:?the program to test}" "${WORK:=$(mktemp -d)}"
export HOME=${HOME:-$WORK} LC_ALL=C.UTF-8 TERM=screen-256color
# The line editor of this build: readline or libedit.
# shellcheck disable=SC2034
edit=${RUNG_EDIT:-${EDITOR_KIND:-readline}}
patience=${PATIENCE:-60}
# A pipe that never has input: moment() waits for it without starting a process.
exec {nothing}<> <(:)
moment() {
	read -rt 0.03 -u "$nothing" || :
}
pids=()

# Each pane has its own tmux server, because a server that is about to exit
# accepts no pane.
server=0
apart=$(command -v setsid || :) # tmux leaves a server process
tm() {
	# shellcheck disable=SC2086
	env -u TMUX $apart tmux -L "rung-$$-$server" -f /dev/null "$@"
}

# pane_children, pane_processes: print the pids of the pane. ended PID...:
# succeeds if all these processes have ended (or are zombies).
pane_children() {
	local pid
	for pid in $(tm list-panes -a -F '#{pane_pid}' 2>/dev/null); do
		pgrep -P "$pid"
	done
}
pane_processes() {
	local pid
	for pid in $(tm list-panes -a -F '#{pane_pid}' 2>/dev/null); do
		pgrep -s "$pid" # not -t: terminal names are reused
	done
}
ended() {
	local pid
	for pid in "$@"; do
		case $(ps -o stat= -p "$pid") in
		'' | Z*) ;;
		*) return 1 ;;
		esac
	done
}

# Closes the terminal and waits until its processes have ended.
close_pane() {
	local pids
	pids=$(pane_processes)
	tm kill-server
	# shellcheck disable=SC2086
	later ended $pids
	server=$((server + 1))
}

finish() {
	local code=$? pid pane_pids end=$((SECONDS + patience))
	trap '' INT TERM HUP
	thaw
	pane_pids=$(pane_processes)
	tm kill-server 2>/dev/null
	# The pane's processes may still write to $WORK.
	# shellcheck disable=SC2086
	until ended $pane_pids; do
		[ $SECONDS -lt $end ] || kill -KILL $pane_pids 2>/dev/null
		[ $SECONDS -lt $((end + 3)) ] || break
		moment
	done
	for pid in ${pids[@]+"${pids[@]}"}; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -f "${TMUX_TMPDIR:-/tmp}/tmux-$(id -u)/rung-$$-"*
	return $code
}
trap 'finish; exit $?' EXIT
# Cleans up only once: timeout(1) signals the test and its whole group.
trap 'trap "" INT TERM HUP; exit 1' INT TERM HUP

# pane COLUMNS ROWS CMD...: runs CMD in a terminal, then prints the exit code of
# CMD. (tmux sometimes does not report an exit.)
pane() {
	local columns=$1 rows=$2
	shift 2
	# shellcheck disable=SC2016  # for that sh
	tm new-session -d -x "$columns" -y "$rows" -s t "${extra_env[@]/#/-e}" \
	    "$(quoted sh -c 'trap : INT; "$@"; echo "exit code $?"
	        exec sleep 1000' sh "$@")" \; \
	    set -g status off \; set -g history-limit 5000 || exit 1
}
extra_env=()

quoted() {
	printf 'exec'
	printf ' %q' "$@"
}


# rung ARG...: runs rung in a pane of 80 by 24 and waits for the prompt.
rung() {
	pane 80 24 "$RUNG" "$@"
	prompt 'rung> '
}

# type_in TEXT: types TEXT literally; keys KEY...: types keys by name (Enter,
# C-c...). At Ctrl-C and Ctrl-Z the terminal discards keys that rung has not read
# and output that tmux has not read: a test that depends on them waits first.
type_in() {
	# A ; at the end would end the tmux command.
	tm send-keys -t t -l -- "${1/%;/\\;}"
}
keys() {
	tm send-keys -t t "$@"
}
enter() {
	type_in "$1"
	keys Enter
}

# screen: prints the screen; all: prints the scrollback, too. Both join wrapped
# lines.
screen() {
	tm capture-pane -p -J -t t
}
all() {
	tm capture-pane -p -J -S - -t t
}

# resize COLUMNS ROWS: waits until the terminal has that size. tmux changes the
# screen at once, but sets the terminal's size up to 250 ms later. rung reads
# the size before it reads keys or paints. Wait for the cursor before a resize:
# tmux would draw output for the old size on the new screen.
resize() {
	tm resize-window -t t -x "$1" -y "$2"
	later size_is "$1" "$2"
}
size_is() {
	[ "$(stty size <"$(pane_tty)")" = "$2 $1" ]
}

# later CMD...: repeats CMD until it succeeds; after $patience seconds prints
# the screen and exits.
later() {
	local end=$((SECONDS + patience))
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "FAIL: timed out waiting for: $*"
			thaw
			echo '---- the screen:'
			tm capture-pane -p -t t
			echo '----'
			exit 1
		fi
		moment
	done
}

# Removes trailing blanks, of which capture-pane keeps only some.
trim() {
	sed 's/[ ]*$//'
}
last_line() {
	[ "$(screen | trim | sed '/^$/d' | tail -n 1)" = "$(echo "$1" | trim)" ]
}
# Does the same, but ignores the unread data that the prompt shows.
last_prompt() {
	[ "$(screen | trim | sed '/^$/d' | tail -n 1 |
	    sed 's/ +[0-9]*[kMm]*\(>\| \[\)/\1/')" = "$(echo "$1" | trim)" ]
}
on_screen() {
	screen | grep -qF -- "$1"
}
not_on_screen() {
	! screen | grep -qF -- "$1"
}
ever() {
	all | grep -qF -- "$1"
}
like() {
	screen | trim | grep -q -- "$1"
}
whole_line() {
	screen | trim | grep -qxF -- "$1"
}
cursor_is() { # COLUMN[,ROW]
	local at='#{cursor_x},#{cursor_y}'
	case $1 in *,*) ;; *) at='#{cursor_x}' ;; esac
	[ "$(tm display-message -p -t t "$at")" = "$1" ]
}

# The assertions.
# prompt compares the last line, with typed text, but without unread data;
# whole_prompt with it.
prompt() { later last_prompt "$1"; }
whole_prompt() { later last_line "$1"; }
sees() { later on_screen "$1"; }       # anywhere on the screen
sees_like() { later like "$1"; }       # a regular expression
sees_line() { later whole_line "$1"; } # a whole line
gone() { later not_on_screen "$1"; }
ever_sees() { later ever "$1"; } # also in the scrollback
cursor() { later cursor_is "$1"; }
ends() { later whole_line "exit code $1"; }

fail() {
	echo "FAIL: $*"
	thaw
	tm capture-pane -p -t t 2>/dev/null
	exit 1
}

# peer_connect PORT: connects a peer; say TEXT: sends a line from it.
peer_connect() {
	mkfifo "$WORK/say"
	exec {say_fd}<>"$WORK/say"
	nc 127.0.0.1 "$1" <"$WORK/say" >"$WORK/heard" 2>/dev/null &
	pids+=($!)
}
say() {
	printf '%s\n' "$1" >&"$say_fd"
}

# peer_floods PORT: connects a peer that never stops sending.
peer_floods() {
	mkfifo "$WORK/flood"
	yes 'a line of the flood' >"$WORK/flood" 2>/dev/null &
	pids+=($!)
	nc 127.0.0.1 "$1" <"$WORK/flood" >/dev/null 2>&1 &
	pids+=($!)
}

# hold and release stop and restart the terminal's output as Ctrl-S and Ctrl-Q
# do. No keys are typed, because a line editor may read Ctrl-S as a command.
tty_flow() { # TCOOFF|TCOON
	python3 -c 'import os, sys, termios
tty = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
termios.tcflow(tty, getattr(termios, sys.argv[2]))
' "${frozen_tty:-$(pane_tty)}" "$1"
}
pane_tty() {
	tm list-panes -a -F '#{pane_tty}'
}
hold() {
	tty_flow TCOOFF
}
release() {
	tty_flow TCOON
}

# freeze: stops the tmux server until thaw: nothing reads the terminal, and no
# tmux command is answered.
frozen=''
frozen_tty=''
freeze() {
	frozen_tty=$(pane_tty)
	frozen=$(tm display-message -p '#{pid}')
	kill -STOP "$frozen"
}
thaw() {
	[ -z "$frozen" ] || kill -CONT "$frozen" 2>/dev/null
	frozen='' frozen_tty=''
}

# port_of NAME: sets $port to the port of this listener. listening: makes rung
# listen as s on $port.
port_of() {
	enter "echo '$1 has port '\$$1.port."
	sees_like "^$1 has port [0-9]*[.]$"
	# shellcheck disable=SC2034
	port=$(screen | trim | sed -n "s/^$1 has port \([0-9]*\)[.]$/\1/p")
}
listening() {
	enter 'listen 127.0.0.1:0 as s'
	port_of s
}
