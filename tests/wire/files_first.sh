#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Files that are needed before the loop turns are read directly: signals end
# rung while it waits for a FIFO, and no listener exists yet.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo fifo

# starts OPTION...: runs rung in the background.
starts() {
	# Background jobs of a non-interactive shell ignore SIGINT.
	env --default-signal=INT,HUP,TERM "$RUNG" "$@" >out 2>err </dev/null &
	pid=$!
	pids+=("$pid")
}

# is_ended SIGNAL:CODE NAME: sends the signal.
is_ended() {
	[ ! -e s.sock ] || fail "$2: a listener waits for the file"
	kill -s "${1%:*}" "$pid"
	ends "${1#*:}" "$pid" err
}

# reads SIGNAL:CODE OPTION...: signals rung while it reads the FIFO.
reads() {
	local signal=$1
	shift
	starts "$@"
	exec {writer}>fifo # once rung has opened it
	is_ended "$signal" "$*"
	exec {writer}>&-
}

for signal in TERM:143 INT:130 HUP:129; do
	reads "$signal" fifo
	reads "$signal" -i -e 'listen unix://s.sock' fifo
	reads "$signal" pipe --proxy socks5://u@127.0.0.1:1 --proxy-auth fifo \
	    -l unix://s.sock :1
	reads "$signal" ncat --allowfile fifo -l -U s.sock
	starts pipe -x fifo -l unix://s.sock exec:cat
	until_ok grep -q '^State:.S' "/proc/$pid/status"
	is_ended "$signal" 'pipe -x'
done
