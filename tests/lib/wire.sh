# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Helpers of the wire tests: start peers, wait for them and end them by pid. The
# tests make the assertions.

set -u
pids=()
# A pipe that never has input: moment() waits for it without starting a process.
exec {nothing}<> <(:)
moment() {
	read -rt 0.03 -u "$nothing" || :
}

# Ends all processes of start() and rung(); runs whenever the test exits.
finish() {
	local code=$? pid end
	trap '' INT TERM HUP
	for pid in "${pids[@]}"; do
		kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	for pid in "${pids[@]}"; do
		end=$((SECONDS + 5))
		while kill -0 -- "-$pid" 2>/dev/null && [ $SECONDS -lt $end ]; do
			moment
		done
	done
	return $code
}
trap 'finish; exit $?' EXIT
# Cleans up only once: timeout(1) signals the test and its whole group.
trap 'trap "" INT TERM HUP; exit 1' INT TERM HUP

# start NAME CMD...: runs CMD in the background, with its output in
# $WORK/NAME.log. $pid is its process and its process group: finish() ends the
# whole group.
start() {
	local name=$1
	shift
	: >"$WORK/$name.log" # removes the output of an earlier one
	setsid "$@" >"$WORK/$name.log" 2>&1 </dev/null &
	pid=$!
	pids+=("$pid")
}

# rung NAME OPTION...: runs rung in the background, stdout in $WORK/NAME.out and
# stderr in $WORK/NAME.err. $pid is its process. The time limit is that of
# until_ok().
rung() {
	local name=$1
	shift
	case " $* " in
	*' pipe '*) ;;
	*) set -- -t 90s "$@" ;;
	esac
	: >"$WORK/$name.out"
	: >"$WORK/$name.err"
	"$RUNG" "$@" >"$WORK/$name.out" 2>"$WORK/$name.err" </dev/null &
	pid=$!
	pids+=("$pid")
}

# server NAME OPTION...: runs rung and waits until it listens at $addr, $port.
server() {
	rung "$@"
	until_ok grep -q 'listening on' "$WORK/$1.err"
	addr=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$WORK/$1.err" |
	    head -n 1)
	port=${addr##*:}
}

# ends WANT PID NAME: waits for the process and checks its exit code.
ends() {
	local got
	wait "$2"
	got=$?
	[ "$got" = "$1" ] && return
	echo "FAIL: $3 ended with $got, not $1"
	cat "$WORK/$3".* 2>/dev/null
	exit 1
}

# slain PID: kills the process with SIGKILL and reaps it
slain() {
	kill -9 "$1"
	wait "$1" 2>/dev/null || :
}

# each_engine CMD...: runs CMD with each engine of the loop in $RUNG_ENGINE.
each_engine() {
	for RUNG_ENGINE in poll epoll; do
		[ "$RUNG_ENGINE$(uname)" != epollLinux ] &&
		    [ "$RUNG_ENGINE" = epoll ] && continue
		export RUNG_ENGINE
		"$@"
	done
	unset RUNG_ENGINE
}

# Prints a port that was free a moment ago.
free_port() { # [udp]
	"$RUNG" -q -e "listen ${1:-tcp}://127.0.0.1:0 as s; echo \$s.port"
}

# closed_port: $port refuses connections, over IPv4 and IPv6. The port stays
# bound, so that no other program gets this number meanwhile.
closed_port() {
	start "closed$((++closed_ports))" python3 -c 'import signal, socket
while True:
    four = socket.socket()
    four.bind(("127.0.0.1", 0))
    try:
        six = socket.socket(socket.AF_INET6)
        six.bind(("::1", four.getsockname()[1]))
    except OSError as e:
        if e.errno == 98:
            continue
    break
print(four.getsockname()[1], flush=True)
signal.pause()'
	until_ok grep -q . "$WORK/closed$closed_ports.log"
	port=$(cat "$WORK/closed$closed_ports.log")
}
closed_ports=0

# Leaves a Unix socket without a listener: connections to it are always refused.
dead_socket() { # PATH
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1"
}

# until_ok CMD...: repeats CMD until it succeeds, for at most 90 s.
until_ok() {
	local end=$((SECONDS + 90))
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "timed out waiting for: $*"
			exit 1
		fi
		moment
	done
}

# until_listens PORT: waits until something listens on that TCP port
until_listens() {
	until_ok "$RUNG" -q -e "connect -t 1s 127.0.0.1:$1"
}

# fails CODE WORDS CMDS: rung -e CMDS exits with CODE and WORDS on stderr.
fails() {
	code "$1" "$RUNG" -q -e "$3"
	has "$3" "$2" "$err"
}

# bound PORT: succeeds if a process listens on that TCP port; bound_udp: if a
# process has that UDP port. Reads /proc, which makes no connection.
bound() {
	grep -qs "$(printf ':%04X ' "$1").* 0A " /proc/net/tcp /proc/net/tcp6
}
bound_udp() {
	grep -qs "$(printf ':%04X ' "$1").* 07 " /proc/net/udp /proc/net/udp6
}

# alone CMD...: runs CMD in a network namespace of its own. can_be_alone:
# succeeds if that is permitted.
alone() {
	unshare -rnm "$@"
}
can_be_alone() {
	alone true 2>/dev/null
}

# plain CMD...: runs CMD without capabilities; root keeps the user id and its
# files.
plain() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	else
		"$@"
	fi
}

fail() {
	echo "FAIL: $*"
	exit 1
}

# equal WHAT WANT GOT: fails unless the strings are equal
equal() {
	[ "$2" = "$3" ] && return
	echo "FAIL: $1"
	diff <(printf '%s\n' "$2") <(printf '%s\n' "$3")
	exit 1
}

# same WHAT FILE FILE: fails unless the files are equal, byte for byte
same() {
	cmp "$2" "$3" && return
	fail "$1: the files differ"
}

# has WHAT PART TEXT: fails unless the text contains the part
has() {
	case $3 in
	*"$2"*) return ;;
	esac
	echo "FAIL: $1: no '$2' in:"
	printf '%s\n' "$3"
	exit 1
}

# code WANT CMD...: checks the exit code; the output is in $out and $err.
code() {
	local want=$1 got
	shift
	"$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	got=$?
	out=$(tr -d '\0' <"$WORK/out") # bash cannot store NUL
	err=$(tr -d '\0' <"$WORK/err")
	[ "$got" = "$want" ] && return
	echo "FAIL: exit code $got, not $want: $*"
	cat "$WORK/out" "$WORK/err"
	exit 1
}

# npm_peers: installs the packages of tests/npm, once, and sets $NODE_PATH
npm_peers() {
	local dir=$TOP/build/npm
	mkdir -p "$dir"
	(
		flock 9
		cmp -s "$TOP/tests/npm/package.json" "$dir/installed" && exit 0
		cp "$TOP/tests/npm/package.json" "$dir" || exit 1
		npm install --prefix "$dir" --no-package-lock --no-audit \
		    --no-fund --silent >"$dir/log" 2>&1 || exit 1
		cp "$dir/package.json" "$dir/installed"
	) 9>"$dir/lock" || fail "npm: $(cat "$dir/log")"
	export NODE_PATH=$dir/node_modules PATH=$dir/node_modules/.bin:$PATH
}
