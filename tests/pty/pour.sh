#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A command with much output prints in pieces: other sessions are served
# meanwhile, and Ctrl-C cancels the command.
. "$(dirname "$0")/../lib/pty.sh"

answers() {
	[ "$(echo hello | socat -t 20 - "TCP4:127.0.0.1:$echo_port")" = hello ] ||
	    fail 'no answer'
}

rung -q
prompt 'rung>'
enter 'set live off'
enter 'listen --echo :0 as echo'
port_of echo
echo_port=$port
listening
n=0
for what in some 15000000 all; do
	yes | head -c 16000000 | nc -N 127.0.0.1 "$port" >/dev/null 2>&1 &
	pids+=($!)
	enter 'accept s'
	n=$((n + 1))
	enter "wait s.$n half-closed"
	prompt "s.$n (half-closed)>"
	enter "recv $what"
	sees 'y\n'
	answers
	keys C-c
	sees 'recv: interrupted'
	answers
	enter "close s.$n"
	prompt 'rung>'
	# The next output is not this one.
	keys C-l
	gone 'y\n'
done

# All output is printed, in pieces that do not end with a row.
yes ab | head -c 600000 | nc -N 127.0.0.1 "$port" >/dev/null 2>&1 &
pids+=($!)
n=$((n + 1))
enter 'accept s'
enter "wait s.$n half-closed"
prompt "s.$n (half-closed)>"
enter 'recv all'
sees 'ab\n'
prompt "s.$n (half-closed)>"
