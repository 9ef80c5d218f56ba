#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `recv -t D all` times out while the terminal is stopped. All data received
# before the timeout is still shown, and the command succeeds.
. "$(dirname "$0")/../lib/pty.sh"

over() {
	grep -q 'over' "$WORK/heard"
}

rung -q
enter 'set live off'
listening
peer_connect "$port"
enter 'accept s'
prompt 's.1>'
enter "accept -t 1m s; wait s.2 half-closed;\
 after 300ms '@s.1 sendline over'; recv -t 100ms all"
sees '[accept]>'
hold
yes ab | head -c 3000000 | nc -N 127.0.0.1 "$port" >/dev/null 2>&1 &
pids+=($!)
later over
release
prompt 's.2 (half-closed)>'
enter 'echo failed "$?", left $s.2.unread'
sees_line 'failed 0, left 0'
