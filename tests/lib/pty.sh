# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# For the pty tests: rung in a terminal of tmux's, typed at and looked at. What
# is asserted stands in the tests. Nothing sleeps for a verdict: the screen is
# looked at until it is as it should be, or for too long.

set -u
: "${RUNG:?the program to test}" "${WORK:=$(mktemp -d)}"
export HOME=${HOME:-$WORK} LC_ALL=C.UTF-8 TERM=screen-256color
# Which editor it was built with: readline or libedit.
# shellcheck disable=SC2034
edit=${RUNG_EDIT:-${EDITOR_KIND:-readline}}
patience=${PATIENCE:-60}
# What is never written to, for a moment's wait without a process.
exec {nothing}<> <(:)
moment() {
	read -rt 0.03 -u "$nothing" || :
}
pids=()

# Each pane has a server of its own: one that is ending takes no new one.
server=0
apart=$(command -v setsid || :) # it leaves a process behind when it starts
tm() {
	# shellcheck disable=SC2086
	env -u TMUX $apart tmux -L "rung-$$-$server" -f /dev/null "$@"
}

# The processes that the pane runs, and whether they are gone (or only wait to
# be waited for, by whoever is their parent now).
pane_children() {
	local pid
	for pid in $(tm list-panes -a -F '#{pane_pid}' 2>/dev/null); do
		pgrep -P "$pid"
	done
}
pane_processes() {
	local pid
	for pid in $(tm list-panes -a -F '#{pane_pid}' 2>/dev/null); do
		pgrep -s "$pid" # not by its terminal: two may have one name
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

# The terminal goes away; what runs in it has to end.
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
	# They may still write to our directory.
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
# Only once: timeout(1) tells it and its group.
trap 'trap "" INT TERM HUP; exit 1' INT TERM HUP

# pane COLUMNS ROWS CMD...: a terminal that runs CMD, then says its exit code.
# (tmux's own way to tell that misses an end now and then.)
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


# The usual one: rung ARGS... on 80 by 24, until its prompt is there.
rung() {
	pane 80 24 "$RUNG" "$@"
	prompt 'rung> '
}

# type TEXT: as it stands; keys KEY...: by name (Enter, Up, C-c, Tab...)
type_in() {
	# To tmux, a ; at the end would end its own command.
	tm send-keys -t t -l -- "${1/%;/\\;}"
}
keys() {
	tm send-keys -t t "$@"
}
enter() {
	type_in "$1"
	keys Enter
}

# What is on the screen; with what has scrolled away: all. Wrapped lines are one.
screen() {
	tm capture-pane -p -J -t t
}
all() {
	tm capture-pane -p -J -S - -t t
}

# resize COLUMNS ROWS: until the terminal has that size. tmux changes the screen
# at once, but sets the terminal's size up to 250 ms later. rung reads the size
# before it reads keys or paints.
resize() {
	tm resize-window -t t -x "$1" -y "$2"
	later size_is "$1" "$2"
}
size_is() {
	[ "$(stty size <"$(pane_tty)")" = "$2 $1" ]
}

# later CMD...: tries until it succeeds, or gives up with the screen.
later() {
	local end=$((SECONDS + patience))
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "FAIL: never so: $*"
			thaw
			echo '---- the screen:'
			tm capture-pane -p -t t
			echo '----'
			exit 1
		fi
		moment
	done
}

# Trailing blanks do not count: capture-pane does not keep all of them.
trim() {
	sed 's/[ ]*$//'
}
last_line() {
	[ "$(screen | trim | sed '/^$/d' | tail -n 1)" = "$(echo "$1" | trim)" ]
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
cursor_is() {
	[ "$(tm display-message -p -t t '#{cursor_x},#{cursor_y}')" = "$1" ]
}

# What the tests say.
prompt() { later last_line "$1"; }     # the last line, with what is typed
sees() { later on_screen "$1"; }       # somewhere on the screen
sees_like() { later like "$1"; }       # a regular expression
sees_line() { later whole_line "$1"; } # a line of it
gone() { later not_on_screen "$1"; }
told() { later ever "$1"; } # also where it has scrolled away
ends() { later whole_line "exit code $1"; }

fail() {
	echo "FAIL: $*"
	thaw
	tm capture-pane -p -t t 2>/dev/null
	exit 1
}

# A peer that says what it is told to: peer_connect PORT, then say TEXT.
peer_connect() {
	mkfifo "$WORK/say"
	exec {say_fd}<>"$WORK/say"
	nc 127.0.0.1 "$1" <"$WORK/say" >"$WORK/heard" 2>/dev/null &
	pids+=($!)
}
say() {
	printf '%s\n' "$1" >&"$say_fd"
}

# One that never stops.
peer_floods() {
	mkfifo "$WORK/flood"
	yes 'a line of the flood' >"$WORK/flood" 2>/dev/null &
	pids+=($!)
	nc 127.0.0.1 "$1" <"$WORK/flood" >/dev/null 2>&1 &
	pids+=($!)
}

# Holds the terminal as Ctrl-S does, where an editor has no use for that key,
# and lets it go on.
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

# A terminal that nobody reads: nothing of tmux's answers until it thaws.
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

# Has rung listen; $port is where.
listening() {
	# shellcheck disable=SC2016  # rung's variable, not ours
	enter 'listen 127.0.0.1:0 as s; echo "port "$s.port'
	sees_like '^port [0-9]*$'
	port=$(screen | trim | sed -n 's/^port //p')
}
