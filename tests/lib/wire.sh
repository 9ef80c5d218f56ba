# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# For the wire tests: peers that are started, waited for and ended by pid. What
# is asserted stands in the tests.

set -u
pids=()
# Where nothing ever comes: to wait for a moment without a process.
exec {nothing}<> <(:)
moment() {
	read -rt 0.03 -u "$nothing" || :
}

# Ends all that start() began; runs however the test ends.
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
# Only once: timeout(1) tells it and its group.
trap 'trap "" INT TERM HUP; exit 1' INT TERM HUP

# start NAME CMD...: in the background; output to $WORK/NAME.log. $pid is its,
# and its process group's: what it starts in turn ends with the test.
start() {
	local name=$1
	shift
	: >"$WORK/$name.log" # what an earlier one said does not count
	setsid "$@" >"$WORK/$name.log" 2>&1 </dev/null &
	pid=$!
	pids+=("$pid")
}

# rung NAME OPTION...: in the background, with a stdout and a stderr of its own:
# $WORK/NAME.out, $WORK/NAME.err. $pid is its. It waits as long as we do.
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

# server NAME OPTION...: the same, until it listens: $addr and $port say where.
server() {
	rung "$@"
	until_ok grep -q 'listening on' "$WORK/$1.err"
	addr=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$WORK/$1.err" |
	    head -n 1)
	port=${addr##*:}
}

# ends WANT PID NAME: waits for its end, and looks at its exit code.
ends() {
	local got
	wait "$2"
	got=$?
	[ "$got" = "$1" ] && return
	echo "FAIL: $3 ended with $got, not $1"
	cat "$WORK/$3".* 2>/dev/null
	exit 1
}

# slain PID: ends it as the kernel would, without a word
slain() {
	kill -9 "$1"
	wait "$1" 2>/dev/null || :
}

# each_engine CMD...: under each engine of the loop; $RUNG_ENGINE names it.
each_engine() {
	for RUNG_ENGINE in poll epoll; do
		[ "$RUNG_ENGINE$(uname)" != epollLinux ] &&
		    [ "$RUNG_ENGINE" = epoll ] && continue
		export RUNG_ENGINE
		"$@"
	done
	unset RUNG_ENGINE
}

# A port that the kernel has just given and taken back.
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

# Leaves a Unix socket that nobody listens on: it refuses whatever else runs
# on the machine.
dead_socket() { # PATH
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1"
}

# until CMD...: tries until it succeeds, for at most 90 s: machines can be slow.
until_ok() {
	local end=$((SECONDS + 90))
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "gave up waiting for: $*"
			exit 1
		fi
		moment
	done
}

# until something listens on that TCP port
until_listens() {
	until_ok "$RUNG" -q -e "connect -t 1s 127.0.0.1:$1"
}

# fails CODE WORDS CMDS: a script of one -e ends with that code and says that.
fails() {
	code "$1" "$RUNG" -q -e "$3"
	has "$3" "$2" "$err"
}

# Something listens on that TCP port, or has that UDP port, as the kernel tells:
# no connection is used up.
bound() {
	grep -qs "$(printf ':%04X ' "$1").* 0A " /proc/net/tcp /proc/net/tcp6
}
bound_udp() {
	grep -qs "$(printf ':%04X ' "$1").* 07 " /proc/net/udp /proc/net/udp6
}

# alone CMD...: without a network, but for what CMD makes there. Where that is
# not allowed: can_be_alone is false.
alone() {
	unshare -rnm "$@"
}
can_be_alone() {
	alone true 2>/dev/null
}

# plain CMD...: without privileges; root stays root, and its files its own.
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

# equal WHAT WANT GOT
equal() {
	[ "$2" = "$3" ] && return
	echo "FAIL: $1"
	diff <(printf '%s\n' "$2") <(printf '%s\n' "$3")
	exit 1
}

# same WHAT FILE FILE: byte for byte
same() {
	cmp "$2" "$3" && return
	fail "$1: the two differ"
}

# has WHAT PART TEXT: the text has the part in it
has() {
	case $3 in
	*"$2"*) return ;;
	esac
	echo "FAIL: $1: no '$2' in:"
	printf '%s\n' "$3"
	exit 1
}

# code WANT CMD...: the command's exit code; its output stays in $out and $err.
code() {
	local want=$1 got
	shift
	"$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	got=$?
	out=$(tr -d '\0' <"$WORK/out") # bash keeps none
	err=$(tr -d '\0' <"$WORK/err")
	[ "$got" = "$want" ] && return
	echo "FAIL: exit code $got, not $want: $*"
	cat "$WORK/out" "$WORK/err"
	exit 1
}
